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
#include "search/segment.h"
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
    /* Everything below a code: what came before it in the batch goes, what comes after stays.
     */
    const char *place = str_ends(code, "/") ? arena_printf(p->a, "%s%zu", code, p->n) : code;
    *work_add(p, place) = (struct piece_of_work){ .source = p->source,
                                                  .code = arena_strdup(p->a, code),
                                                  .drop = true };
}

/* ---- writing ---- */

struct writing {
    const struct search_pen *pen;
    size_t from, done; /* pieces of work */
    int64_t next_seq;  /* the mark, once everything is written */
};

static enum rc take_out(struct tx *tx, struct id id, struct err *e)
{
    enum rc rc = search_segment_lost(tx, id, NULL, e);
    return rc == RC_OK ? search_doc_delete(tx, id, NULL, e) : rc;
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
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = take_out(tx, rows[i].id, e);
    return rc;
}

static bool unchanged(const struct search_doc_get_row *x, const struct search_doc *d)
{
    return str_eq(x->label, d->text.label) && str_eq(x->name, d->text.name) &&
           str_eq(x->body, d->text.body) && x->initials == d->text.initials &&
           str_eq(x->href, d->href) && str_eq(x->unit, d->unit) && str_eq(x->gates, d->gates);
}

/* Out what goes or was otherwise, then in what is new. */
static enum rc write_some(struct tx *tx, const struct piece_of_work *w, size_t n,
                          struct segment_doc *in, size_t *n_in, int64_t *next_id, struct err *e)
{
    enum rc rc = RC_OK;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct search_doc *d = &w[i].doc;
        struct search_doc_get_row was;
        arena_reset(a);
        if (w[i].drop && str_ends(w[i].code, "/")) {
            rc = take_out_below(tx, w[i].source, w[i].code, a, e);
            continue;
        }
        rc = search_doc_get_one(tx_snap(tx), w[i].code, w[i].source, a, &was, e);
        if (rc == RC_OK && !w[i].drop && unchanged(&was, d))
            continue;
        if (rc == RC_OK)
            rc = take_out(tx, was.id, e);
        else if (rc == RC_NOTFOUND)
            rc = RC_OK;
        if (rc != RC_OK || w[i].drop)
            continue;
        in[*n_in] = (struct segment_doc){ *next_id, w[i].words };
        rc = search_doc_insert(tx, (struct id){ *next_id }, w[i].source, d->code, d->text.label,
                               d->text.name, d->text.body, d->text.initials, d->href, d->unit,
                               d->at, d->gates, NULL, e);
        ++*n_in;
        ++*next_id;
    }
    return rc;
}

static enum rc write_slice(struct tx *tx, void *arg, struct err *e)
{
    enum { AT_ONCE = 32, SEGMENT_MAX = 4096 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct writing *x = arg;
    struct search_state_get_row st;
    struct segment_doc *in = arena_array(a, SEGMENT_MAX, sizeof(*in));
    size_t n_in = 0;
    x->done = x->from;
    enum rc rc = search_state_get_one(tx_snap(tx), a, &st, e);
    int64_t next_id = st.next_id;
    while (rc == RC_OK && x->done < x->pen->n && n_in + AT_ONCE <= SEGMENT_MAX &&
           (x->done == x->from || !tx_slice_over(tx))) {
        size_t left = x->pen->n - x->done, n = left < AT_ONCE ? left : AT_ONCE;
        rc = write_some(tx, x->pen->list + x->done, n, in, &n_in, &next_id, e);
        x->done += n;
    }
    if (rc == RC_OK)
        rc = segment_write(tx, in, n_in, e);
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

/* again: the same is said about its subject by a later record of the batch. */
static enum rc ask_sources(const struct snap *s, struct county *c, const struct record_line *r,
                           struct id record, bool again, struct search_pen *p, struct err *e)
{
    const struct search_room *m = room(c);
    for (size_t i = 0; i < m->n; i++) {
        CLEANUP(err_done) struct err why = { 0 };
        if (!listed(m->sources[i]->records, r->kind) || (again && m->sources[i]->by_subject))
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
        rc = ask_sources(s, c, &r, rows[i].id, /* again= */ false, p, e);
    }
    p->any_record = false;
    return rc;
}

static enum rc read_batch(const struct snap *s, struct county *c, int64_t from,
                          struct search_pen *p, int64_t *ret_next, size_t *ret_n, struct err *e)
{
    struct search_records_row *rows;
    enum rc rc = search_records_all(s, from, SEARCH_BATCH, p->a, &rows, ret_n, e);
    if (rc != RC_OK || *ret_n == 0)
        return rc;
    struct map *later = map_new(p->a);
    bool *again = arena_array(p->a, *ret_n, sizeof(*again));
    for (size_t i = *ret_n; i > 0; i--) {
        const struct search_records_row *r = &rows[i - 1];
        again[i - 1] = !map_add(later, arena_printf(p->a, "%s %s", r->kind, r->subject), rows);
    }
    for (size_t i = 0; rc == RC_OK && i < *ret_n; i++) {
        struct record_line r = { .seq = rows[i].seq,
                                 .at = rows[i].at,
                                 .kind = rows[i].kind,
                                 .unit = rows[i].unit,
                                 .subject = rows[i].subject,
                                 .by = "" };
        rc = str_eq(r.kind, "record.erase") ? ask_erased(s, c, rows[i].id, p, e)
                                            : ask_sources(s, c, &r, rows[i].id, again[i], p, e);
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

/* Everything below a number, some at a time; the segments go as waste. */
static enum rc clear_slice(struct tx *tx, void *arg, struct err *e)
{
    enum { AT_ONCE = 500 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct search_docs_first_row row = { .id = 1 };
    bool *more = arg;
    enum rc rc = state_make(tx, NULL, e);
    if (rc == RC_OK)
        rc = search_segments_replaced(tx, (struct id){ 0 }, (struct id){ INT64_MAX }, NULL, e);
    while (rc == RC_OK && row.id && !tx_slice_over(tx)) {
        rc = search_docs_first_one(tx_snap(tx), a, &row, e);
        if (rc == RC_OK && row.id)
            rc = search_docs_delete(tx, (struct id){ row.id + AT_ONCE }, NULL, e);
    }
    *more = row.id != 0;
    return rc;
}

static enum rc clear(struct county *c, struct err *e)
{
    bool more = true;
    enum rc rc = RC_OK;
    while (rc == RC_OK && more)
        rc = db_transact(c->db, clear_slice, &more, e);
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
    rc = write_all(c, &p, next, e);
    return rc == RC_OK && p.n ? segments_tidy(c, /* all= */ false, e) : rc;
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

enum rc search_merge(struct county *c, struct err *e)
{
    pthread_mutex_t *one = &room(c)->one;
    pthread_mutex_lock(one);
    enum rc rc = segments_tidy(c, /* all= */ true, e);
    pthread_mutex_unlock(one);
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
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = take_out(tx, rows[i].id, e);
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
    while (!pause_for(t, wait)) {
        CLEANUP(err_done) struct err e = { 0 };
        bool more = false;
        enum rc rc = search_update(t->c, &more, &e);
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
