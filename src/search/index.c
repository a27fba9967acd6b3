/*
 * Keeping the index. Reading and making words happens outside of any change; a change only
 * writes what is finished, a slice at a time, and the mark moves with the last slice of a
 * batch: what was cut short is done again.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "search/room.h"
#include "search/search.sql.h"
#include "store/county.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- the room ---- */

static void *room_make(struct county *c)
{
    struct search_room *r = mem_alloc(sizeof(*r));
    (void)c;
    pthread_mutex_init(&r->one, NULL);
    return r;
}

static void room_free(void *p)
{
    struct search_room *r = p;
    pthread_mutex_destroy(&r->one);
    free(r);
}

static struct search_room *room(struct county *c)
{
    return county_room(c, ROOM_SEARCH, room_make, room_free);
}

const struct search_room *search_room(struct county *c)
{
    return room(c);
}

void search_use(struct county *c, const struct search_source *const *sources, size_t n)
{
    struct search_room *r = room(c);
    r->sources = sources;
    r->n = n;
}

const struct search_source *search_source_of(struct county *c, const char *code)
{
    const struct search_room *r = room(c);
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->sources[i]->code, code))
            return r->sources[i];
    return NULL;
}

/* ---- what a batch has to write ---- */

struct piece_of_work {
    const char *source, *code;
    struct search_doc doc; /* unless drop */
    const char *words;
    bool drop;
};
struct search_pen {
    struct arena *a;
    const char *source;
    struct id record; /* at hand */
    bool any_record;  /* write it whatever its latest change is */
    struct piece_of_work *list;
    size_t n, room;
    struct map *places; /* of a thing in the list: the last word counts */
};

static struct piece_of_work *work_add(struct search_pen *p, const char *code)
{
    const char *key = arena_printf(p->a, "%s %s", p->source, code);
    ptrdiff_t at = map_index(p->places, key);
    if (at >= 0)
        return &p->list[at];
    map_add_index(p->places, key, p->n);
    if (p->n == p->room) {
        size_t more = p->room ? 2 * p->room : 64;
        struct piece_of_work *list = arena_array(p->a, more, sizeof(*list));
        if (p->n)
            memcpy(list, p->list, p->n * sizeof(*list));
        p->list = list;
        p->room = more;
    }
    return &p->list[p->n++];
}

void search_put(struct search_pen *p, const struct search_doc *d)
{
    struct str words;
    if (d->record.v && d->record.v != p->record.v && !p->any_record)
        return;
    str_init(&words, p->a);
    words_of_text(&d->text, p->a, &words);
    str_addf(&words, " _s%s %s", p->source, d->gates);
    *work_add(p, d->code) = (struct piece_of_work){
        .source = p->source,
        .code = arena_strdup(p->a, d->code),
        .words = words.s,
        .doc = { .code = arena_strdup(p->a, d->code),
                 .text = { arena_strdup(p->a, d->text.label), arena_strdup(p->a, d->text.name),
                           arena_strdup(p->a, d->text.body), d->text.initials },
                 .href = arena_strdup(p->a, d->href),
                 .unit = arena_strdup(p->a, d->unit),
                 .at = d->at,
                 .gates = arena_strdup(p->a, d->gates) }
    };
}

void search_drop(struct search_pen *p, const char *code)
{
    *work_add(p, code) = (struct piece_of_work){ .source = p->source,
                                                 .code = arena_strdup(p->a, code),
                                                 .drop = true };
}

/* ---- writing ---- */

struct writing {
    const struct search_pen *pen;
    size_t from, done; /* pieces of work */
    int64_t next_seq;  /* the mark, once everything is written */
};

/* The words of a thing as they were made; they must be the same when they are taken out. */
static const char *words_again(const struct search_doc_get_row *d, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    words_of_text(&(struct search_text){ d->label, d->name, d->body, d->initials }, a, &b);
    str_addf(&b, " _s%s %s", d->source, d->gates);
    return b.s;
}

static enum rc take_out(struct tx *tx, const struct search_doc_get_row *d, struct arena *a,
                        struct err *e)
{
    enum rc rc = search_words_delete(tx, d->id, words_again(d, a), NULL, e);
    return rc == RC_OK ? search_doc_delete(tx, d->id, NULL, e) : rc;
}

/* Rows of the two queries have the same columns. */
static struct search_doc_get_row same_row(const struct search_docs_below_row *r)
{
    return (struct search_doc_get_row){ .id = r->id,
                                        .source = r->source,
                                        .code = r->code,
                                        .label = r->label,
                                        .name = r->name,
                                        .body = r->body,
                                        .initials = r->initials,
                                        .href = r->href,
                                        .unit = r->unit,
                                        .at = r->at,
                                        .gates = r->gates };
}

/* Everything whose code is code/… */
static enum rc take_out_below(struct tx *tx, const char *source, const char *code,
                              struct arena *a, struct err *e)
{
    struct search_docs_below_row *rows;
    size_t n = strlen(code);
    char *to = arena_strdup(a, code);
    to[n - 1] = '/' + 1;
    enum rc rc = search_docs_below_all(tx_snap(tx), code, to, source, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct search_doc_get_row row = same_row(&rows[i]);
        rc = take_out(tx, &row, a, e);
    }
    return rc;
}

static bool unchanged(const struct search_doc_get_row *x, const struct search_doc *d)
{
    return str_eq(x->label, d->text.label) && str_eq(x->name, d->text.name) &&
           str_eq(x->body, d->text.body) && x->initials == d->text.initials &&
           str_eq(x->href, d->href) && str_eq(x->unit, d->unit) && str_eq(x->gates, d->gates);
}

static const char *with_blocks(const struct tx *tx, const char *words, int64_t id,
                               struct arena *a)
{
    struct str b;
    if (db_kind(tx_db(tx)) != DB_POSTGRES)
        return words;
    str_init(&b, a);
    str_add(&b, words);
    for (int level = 0; level < BLOCK_LEVELS; level++)
        str_addf(&b, " _t%d_%lld", level, (long long)(id >> block_bits(level)));
    return b.s;
}

/* Out what goes or was otherwise, then in what is new: FTS5 keeps what is written in memory
 * only while numbers rise. */
static enum rc write_some(struct tx *tx, const struct piece_of_work *w, size_t n,
                          int64_t *next_id, struct arena *a, struct err *e)
{
    enum rc rc = RC_OK;
    bool *in = arena_array(a, n, sizeof(*in));
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct search_doc_get_row was;
        if (w[i].drop && str_ends(w[i].code, "/")) {
            rc = take_out_below(tx, w[i].source, w[i].code, a, e);
            continue;
        }
        rc = search_doc_get_one(tx_snap(tx), w[i].code, w[i].source, a, &was, e);
        in[i] = !w[i].drop;
        if (rc == RC_OK && !w[i].drop && unchanged(&was, &w[i].doc))
            in[i] = false;
        else if (rc == RC_OK)
            rc = take_out(tx, &was, a, e);
        else if (rc == RC_NOTFOUND)
            rc = RC_OK;
    }
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct search_doc *d = &w[i].doc;
        struct id id = { *next_id };
        if (!in[i])
            continue;
        rc = search_doc_insert(tx, id, w[i].source, d->code, d->text.label, d->text.name,
                               d->text.body, d->text.initials, d->href, d->unit, d->at,
                               d->gates, NULL, e);
        if (rc == RC_OK)
            rc = search_words_insert(tx, id, with_blocks(tx, w[i].words, id.v, a), NULL, e);
        ++*next_id;
    }
    return rc;
}

static enum rc write_slice(struct tx *tx, void *arg, struct err *e)
{
    enum { AT_ONCE = 32 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct writing *x = arg;
    struct search_state_get_row st;
    x->done = x->from;
    enum rc rc = search_state_get_one(tx_snap(tx), a, &st, e);
    int64_t next_id = st.next_id;
    while (rc == RC_OK && x->done < x->pen->n && (x->done == x->from || !tx_slice_over(tx))) {
        size_t left = x->pen->n - x->done, n = left < AT_ONCE ? left : AT_ONCE;
        rc = write_some(tx, x->pen->list + x->done, n, &next_id, a, e);
        x->done += n;
    }
    if (rc == RC_OK)
        rc = search_state_ids(tx, next_id, NULL, e);
    if (rc == RC_OK && x->done == x->pen->n)
        rc = search_state_at(tx, x->next_seq, NULL, e);
    return rc;
}

static enum rc write_all(struct county *c, const struct search_pen *p, int64_t next_seq,
                         struct err *e)
{
    struct writing x = { .pen = p, .next_seq = next_seq };
    enum rc rc;
    do {
        rc = db_transact(c->db, write_slice, &x, e);
        x.from = x.done;
    } while (rc == RC_OK && x.from < p->n);
    return rc;
}

/* ---- a batch of records ---- */

static bool listed(const char *kinds, const char *kind)
{
    for (const char *p = kinds; *p;) {
        size_t n = strcspn(p, " ");
        if (strncmp(p, kind, n) == 0 && (kind[n] == '\0' || p[n - 1] == '.'))
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

/* What cannot be read today would stop everything behind it; what is wrong with the database
 * itself does. */
static bool stops(enum rc rc)
{
    return rc == RC_IO || rc == RC_DB || rc == RC_BUSY;
}

static enum rc ask_sources(const struct snap *s, struct county *c, const struct record_line *r,
                           struct id record, struct search_pen *p, struct err *e)
{
    const struct search_room *m = room(c);
    for (size_t i = 0; i < m->n; i++) {
        CLEANUP(err_done) struct err why = { 0 };
        if (!listed(m->sources[i]->records, r->kind))
            continue;
        p->source = m->sources[i]->code;
        p->record = record;
        enum rc rc = m->sources[i]->docs(s, c, r, record, p, p->a, &why);
        if (rc != RC_OK && stops(rc))
            return m->sources[i]->docs(s, c, r, record, p, p->a, e);
        if (rc != RC_OK && rc != RC_NOTFOUND)
            log_error("search: a record was left out", &why);
    }
    return RC_OK;
}

/* What an erasing left of the things its records had made. */
static enum rc ask_erased(const struct snap *s, struct county *c, struct id erasing,
                          struct search_pen *p, struct err *e)
{
    struct search_erased_row *rows;
    size_t n;
    enum rc rc = search_erased_all(s, erasing, p->a, &rows, &n, e);
    p->any_record = true;
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct record_line r = { .at = rows[i].at,
                                 .kind = rows[i].kind,
                                 .unit = rows[i].unit,
                                 .subject = rows[i].subject,
                                 .by = "" };
        rc = ask_sources(s, c, &r, rows[i].id, p, e);
    }
    p->any_record = false;
    return rc;
}

static enum rc read_batch(const struct snap *s, struct county *c, int64_t from,
                          struct search_pen *p, int64_t *ret_next, size_t *ret_n, struct err *e)
{
    struct search_records_row *rows;
    enum rc rc = search_records_all(s, from, SEARCH_BATCH, p->a, &rows, ret_n, e);
    for (size_t i = 0; rc == RC_OK && i < *ret_n; i++) {
        struct record_line r = { .seq = rows[i].seq,
                                 .at = rows[i].at,
                                 .kind = rows[i].kind,
                                 .unit = rows[i].unit,
                                 .subject = rows[i].subject,
                                 .by = "" };
        rc = str_eq(r.kind, "record.erase") ? ask_erased(s, c, rows[i].id, p, e)
                                            : ask_sources(s, c, &r, rows[i].id, p, e);
        *ret_next = rows[i].seq + 1;
    }
    return rc;
}

/* ---- anew ---- */

static enum rc state_make(struct tx *tx, void *arg, struct err *e)
{
    (void)arg;
    return search_state_make(tx, SEARCH_VERSION, NULL, e);
}

struct clearing {
    bool words, more;
};

static enum rc clear_slice(struct tx *tx, void *arg, struct err *e)
{
    enum { AT_ONCE = 500 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct clearing *x = arg;
    size_t n = AT_ONCE;
    enum rc rc = state_make(tx, NULL, e);
    x->more = true;
    if (rc == RC_OK && x->words)
        rc = search_words_clear(tx, NULL, e);
    while (rc == RC_OK && n == AT_ONCE && !tx_slice_over(tx)) {
        struct search_docs_some_row *rows;
        rc = search_docs_some_all(tx_snap(tx), AT_ONCE, a, &rows, &n, e);
        for (size_t i = 0; rc == RC_OK && i < n; i++)
            rc = search_doc_delete(tx, rows[i].id, NULL, e);
        arena_reset(a);
    }
    x->more = n == AT_ONCE;
    return rc;
}

static enum rc clear(struct county *c, struct err *e)
{
    struct clearing x = { .words = true };
    enum rc rc;
    do {
        rc = db_transact(c->db, clear_slice, &x, e);
        x.words = false;
    } while (rc == RC_OK && x.more);
    return rc;
}

/* ---- going on ---- */

/* Where it goes on; an index made by another version's words, or none, begins anew. */
static enum rc begin(struct county *c, struct arena *a, int64_t *ret_from, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct search_state_get_row st;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = search_state_get_one(s, a, &st, e);
    db_read_end(&s);
    if (rc == RC_OK && st.version == SEARCH_VERSION) {
        *ret_from = st.next_seq < st.size ? st.next_seq : -1;
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = clear(c, e);
    else if (rc == RC_NOTFOUND)
        rc = db_transact(c->db, state_make, NULL, e);
    *ret_from = 0;
    return rc;
}

static enum rc update(struct county *c, bool *ret_more, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct search_pen p = { .a = a, .places = map_new(a) };
    int64_t from, next = 0;
    size_t n = 0;
    *ret_more = false;
    enum rc rc = begin(c, a, &from, e);
    if (rc != RC_OK || from < 0)
        return rc;
    rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = read_batch(s, c, from, &p, &next, &n, e);
    db_read_end(&s);
    if (rc != RC_OK || n == 0)
        return rc;
    *ret_more = n == SEARCH_BATCH;
    return write_all(c, &p, next, e);
}

enum rc search_update(struct county *c, bool *ret_more, struct err *e)
{
    pthread_mutex_t *one = &room(c)->one;
    pthread_mutex_lock(one);
    enum rc rc = update(c, ret_more, e);
    pthread_mutex_unlock(one);
    return rc;
}

enum rc search_clear(struct county *c, struct err *e)
{
    pthread_mutex_t *one = &room(c)->one;
    pthread_mutex_lock(one);
    enum rc rc = clear(c, e);
    pthread_mutex_unlock(one);
    return rc;
}

enum rc search_update_all(struct county *c, struct err *e)
{
    bool more = true;
    enum rc rc = RC_OK;
    while (rc == RC_OK && more)
        rc = search_update(c, &more, e);
    return rc;
}

struct merging {
    int64_t pages, pieces;
};

static enum rc merge_slice(struct tx *tx, void *arg, struct err *e)
{
    struct merging *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct search_pieces_row row = { .n = 0 };
    enum rc rc = search_words_merge(tx, x->pages, NULL, e);
    if (rc == RC_OK)
        rc = search_pieces_one(tx_snap(tx), a, &row, e);
    x->pieces = row.n;
    return rc;
}

enum rc search_merge(struct county *c, struct err *e)
{
    enum { PAGES = 256, TURNS_MAX = 4000 }; /* a change of some milliseconds; 4 GB of them */
    struct merging x = { .pages = -PAGES, .pieces = 2 };
    enum rc rc = RC_OK;
    for (int i = 0; rc == RC_OK && x.pieces > 1 && i < TURNS_MAX; i++) {
        rc = db_transact(c->db, merge_slice, &x, e);
        x.pages = PAGES;
    }
    return rc;
}

enum rc search_state(const struct snap *s, struct arena *a, struct search_state *ret,
                     struct err *e)
{
    struct search_state_get_row st;
    enum rc rc = search_state_get_one(s, a, &st, e);
    if (rc == RC_NOTFOUND)
        st = (struct search_state_get_row){ .size = 1 };
    else if (rc != RC_OK)
        return rc;
    int64_t behind = st.size - st.next_seq;
    *ret = (struct search_state){ .behind = behind,
                                  .things = st.next_id > 0 ? st.next_id - 1 : 0,
                                  .building = behind > 4 * SEARCH_BATCH || rc != RC_OK };
    return RC_OK;
}

/* ---- erasing ---- */

static enum rc blank(struct tx *tx, const struct record *r, uint32_t parts, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct search_docs_below_row *rows;
    size_t n;
    (void)parts; /* whichever part it was, the thing is made anew of what is left */
    if (!*r->subject)
        return RC_OK;
    enum rc rc = search_docs_below_all(tx_snap(tx), r->subject,
                                       arena_printf(a, "%s ", r->subject), "", a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct search_doc_get_row row = same_row(&rows[i]);
        rc = take_out(tx, &row, a, e);
    }
    return rc == RC_OK ? take_out_below(tx, "", arena_printf(a, "%s/", r->subject), a, e) : rc;
}

const struct eraser search_eraser = { .kind = "", .blank = blank };

/* ---- the thread ---- */

struct search_thread {
    struct county *c;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stop;
};

static bool pause_for(struct search_thread *t, int64_t s)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += s;
    pthread_mutex_lock(&t->mutex);
    while (!t->stop && s > 0 && pthread_cond_timedwait(&t->wake, &t->mutex, &until) == 0)
        ;
    bool stop = t->stop;
    pthread_mutex_unlock(&t->mutex);
    return stop;
}

static void *search_loop(void *arg)
{
    enum { FAILED_S = 30 };
    struct search_thread *t = arg;
    int64_t wait = 0;
    bool much = false; /* more than a batch was behind */
    while (!pause_for(t, wait)) {
        CLEANUP(err_done) struct err e = { 0 };
        bool more = false;
        enum rc rc = search_update(t->c, &more, &e);
        if (rc == RC_OK && much && !more)
            rc = search_merge(t->c, &e);
        much = more;
        if (rc != RC_OK)
            log_error("search index failed", &e);
        wait = rc != RC_OK ? FAILED_S : more ? 0 : SEARCH_LOOK_S;
    }
    return NULL;
}

enum rc search_start(struct county *c, struct search_thread **ret, struct err *e)
{
    struct search_thread *t = mem_alloc(sizeof(*t));
    pthread_condattr_t attr;
    t->c = c;
    pthread_mutex_init(&t->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&t->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&t->thread, NULL, search_loop, t) != 0) {
        free(t);
        return err_set(e, RC_IO, N_("不能启动索引线程"));
    }
    *ret = t;
    return RC_OK;
}

void search_stop(struct search_thread **t)
{
    if (!*t)
        return;
    pthread_mutex_lock(&(*t)->mutex);
    (*t)->stop = true;
    pthread_cond_broadcast(&(*t)->wake);
    pthread_mutex_unlock(&(*t)->mutex);
    pthread_join((*t)->thread, NULL);
    pthread_cond_destroy(&(*t)->wake);
    pthread_mutex_destroy(&(*t)->mutex);
    free(*t);
    *t = NULL;
}
