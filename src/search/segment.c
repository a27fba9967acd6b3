/* Segments: written, put together, removed; see segment.h. */
#include "search/segment.h"

#include "base/map.h"
#include "search/search.sql.h"

#include <stdlib.h>
#include <string.h>

enum rc segment_damaged(struct err *e)
{
    return err_set(e, RC_DB, N_("搜索的索引坏了，请用 jingjian search rebuild 重建"));
}

/* ---- a new one ---- */

struct numbers {
    const char *term;
    uint32_t *list;
    size_t n, room;
};
struct gathered {
    struct arena *a;
    struct map *places;
    struct numbers *all;
    size_t n, room;
};

static struct numbers *numbers_of(struct gathered *g, const char *term)
{
    ptrdiff_t at = map_index(g->places, term);
    if (at >= 0)
        return &g->all[at];
    if (g->n == g->room) {
        size_t more = g->room ? 2 * g->room : 1024;
        g->all = arena_grow(g->a, g->all, g->room * sizeof(*g->all), more * sizeof(*g->all));
        g->room = more;
    }
    map_add_index(g->places, term, g->n);
    g->all[g->n] = (struct numbers){ .term = term };
    return &g->all[g->n++];
}

static void number_add(struct gathered *g, const char *term, uint32_t number)
{
    struct numbers *x = numbers_of(g, term);
    if (x->n && x->list[x->n - 1] == number)
        return;
    if (x->n == x->room) {
        size_t more = x->room ? 4 * x->room : 2;
        x->list = arena_grow(g->a, x->list, x->n * sizeof(*x->list), more * sizeof(*x->list));
        x->room = more;
    }
    x->list[x->n++] = number;
}

static int by_term(const void *x, const void *y)
{
    const struct numbers *a = x, *b = y;
    return strcmp(a->term, b->term);
}

static void gather(const struct segment_doc *d, int64_t first, struct gathered *g)
{
    char *words = arena_strdup(g->a, d->words), *rest = words, *word;
    while ((word = strsep(&rest, " ")))
        if (*word)
            number_add(g, word, (uint32_t)(d->id - first));
}

static enum rc blocks_insert(struct tx *tx, struct id segment, size_t first,
                             const struct bytes *blocks, size_t n, struct err *e)
{
    enum rc rc =
        first + n > SEGMENT_BLOCKS ? err_set(e, RC_INVALID, N_("搜索的索引太大了")) : RC_OK;
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = search_block_insert(tx, block_id(segment, first + i), blocks[i], NULL, e);
    return rc;
}

static struct bytes dir_of(const struct packer *p)
{
    return (struct bytes){ (const uint8_t *)p->dir.s, p->dir.n };
}

static void pack_posting(struct packer *p, struct bytes term, const uint32_t *list, size_t n,
                         uint32_t span, struct str *posting)
{
    str_reset(posting);
    posting_write(posting, list, n, span);
    pack_add(p, term, (struct bytes){ (const uint8_t *)posting->s, posting->n });
}

static enum rc next_segment(const struct snap *s, struct arena *a, struct id *ret,
                            struct err *e)
{
    struct search_segment_next_row row;
    enum rc rc = search_segment_next_one(s, a, &row, e);
    ret->v = row.id;
    return rc;
}

enum rc segment_write(struct tx *tx, const struct segment_doc *docs, size_t n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(pack_done) struct packer p = { 0 };
    CLEANUP(str_done) struct str posting = { 0 };
    struct gathered g = { .a = a, .places = map_new(a) };
    struct id id;
    if (n == 0)
        return RC_OK;
    int64_t first = docs[0].id;
    uint32_t span = (uint32_t)(docs[n - 1].id - first + 1);
    pack_begin(&p, a);
    str_init(&posting, NULL);
    for (size_t i = 0; i < n; i++)
        gather(&docs[i], first, &g);
    qsort(g.all, g.n, sizeof(*g.all), by_term);
    for (size_t i = 0; i < g.n; i++)
        pack_posting(&p, term_of(g.all[i].term), g.all[i].list, g.all[i].n, span, &posting);
    pack_end(&p);
    struct bytes dir = dir_of(&p);
    enum rc rc = next_segment(tx_snap(tx), a, &id, e);
    if (rc == RC_OK)
        rc = blocks_insert(tx, id, 0, &dir, 1, e);
    if (rc == RC_OK)
        rc = blocks_insert(tx, id, 1, p.blocks, p.n, e);
    return rc == RC_OK ? search_segment_insert(tx, id, (struct id){ first }, span, (int64_t)n,
                                               /* ready= */ true, NULL, e)
                       : rc;
}

/* ---- removing ---- */

struct removing {
    struct id segment;
    bool over;
};

/* The last blocks first; when none is left, the segment. */
static enum rc remove_slice(struct tx *tx, void *arg, struct err *e)
{
    enum { AT_ONCE = 128 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct removing *x = arg;
    struct id from = block_id(x->segment, 0), to = block_id(x->segment, SEGMENT_BLOCKS);
    enum rc rc = RC_OK;
    x->over = false;
    while (rc == RC_OK && !x->over && !tx_slice_over(tx)) {
        struct search_block_last_row last;
        rc = search_block_last_one(tx_snap(tx), from, to, a, &last, e);
        x->over = rc == RC_OK && last.id < from.v;
        if (rc == RC_OK && x->over)
            rc = search_segment_delete(tx, x->segment, NULL, e);
        else if (rc == RC_OK)
            rc = search_blocks_delete(
                tx, (struct id){ last.id - AT_ONCE > from.v ? last.id - AT_ONCE : from.v }, to,
                NULL, e);
        arena_reset(a);
    }
    return rc;
}

/* What does not count: replaced, or not finished when the program ended. */
static enum rc remove_waste(struct county *c, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct search_segments_waste_row *rows;
    size_t n = 0;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = search_segments_waste_all(s, a, &rows, &n, e);
    db_read_end(&s);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct removing x = { .segment = rows[i].id };
        while (rc == RC_OK && !x.over)
            rc = db_transact(c->db, remove_slice, &x, e);
    }
    return rc;
}

/* ---- putting together ---- */

enum { RUN_MAX = 64 };
struct cursor {
    struct arena *a; /* its block */
    struct id segment;
    size_t number, n_blocks; /* the next block; how many there are, with the directory */
    struct bytes block;
    size_t at;
    struct block_entry e;
    uint32_t span, shift;
    bool over;
};
struct merging {
    struct county *c;
    const struct snap *s;
    struct search_segments_row *run; /* from the oldest */
    size_t n;
    struct cursor cursors[RUN_MAX];
    struct id id; /* of the new one */
    int64_t first;
    uint32_t span;
    uint64_t *alive;
    uint32_t *numbers, *part;
    struct packer pack;
    size_t written; /* its blocks so far */
};

static enum rc cursor_block(struct merging *m, struct cursor *k, struct err *e)
{
    struct search_block_get_row row;
    arena_reset(k->a);
    enum rc rc = search_block_get_one(m->s, block_id(k->segment, k->number), k->a, &row, e);
    if (rc == RC_NOTFOUND)
        return segment_damaged(e);
    k->block = row.body;
    k->at = 0;
    return rc;
}

static enum rc cursor_next(struct merging *m, struct cursor *k, struct err *e)
{
    bool bad = false;
    while (!block_next(k->block, &k->at, &k->e, &bad)) {
        if (bad)
            return segment_damaged(e);
        k->over = k->number == k->n_blocks;
        if (k->over)
            return RC_OK;
        enum rc rc = cursor_block(m, k, e);
        if (rc != RC_OK)
            return rc;
        k->number++;
    }
    return RC_OK;
}

static enum rc cursor_open(struct merging *m, size_t i, struct err *e)
{
    struct cursor *k = &m->cursors[i];
    struct directory d;
    *k = (struct cursor){ .a = arena_new(),
                          .segment = m->run[i].id,
                          .span = (uint32_t)m->run[i].span,
                          .shift = (uint32_t)(m->run[i].first_id.v - m->first) };
    enum rc rc = cursor_block(m, k, e);
    if (rc != RC_OK)
        return rc;
    if (!directory_read(k->block, k->a, &d))
        return segment_damaged(e);
    k->n_blocks = d.n + 1;
    k->number = 1;
    k->block = (struct bytes){ 0 };
    return cursor_next(m, k, e);
}

static enum rc read_alive(struct merging *m, struct err *e)
{
    CLEANUP(rows_close) struct rows *rows = NULL;
    struct search_docs_alive_row row;
    enum rc rc = search_docs_alive_open(m->s, (struct id){ m->first },
                                        (struct id){ m->first + m->span }, &rows, e);
    while (rc == RC_OK && (rc = search_docs_alive_next(rows, &row, e)) == RC_OK) {
        uint64_t n = (uint64_t)(row.id.v - m->first);
        m->alive[n / 64] |= (uint64_t)1 << n % 64;
    }
    return rc == RC_DONE ? RC_OK : rc;
}

static enum rc write_blocks(struct tx *tx, void *arg, struct err *e)
{
    struct merging *m = arg;
    return blocks_insert(tx, m->id, m->written + 1, m->pack.blocks, m->pack.n, e);
}

static enum rc flush(struct merging *m, struct err *e)
{
    enum rc rc = db_transact(m->c->db, write_blocks, m, e);
    m->written += m->pack.n;
    pack_taken(&m->pack);
    return rc;
}

/* All numbers of the lowest word, of those who have it; they go on. */
static enum rc merge_term(struct merging *m, struct bytes term, size_t *ret_n, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        struct cursor *k = &m->cursors[i];
        size_t had;
        if (k->over || term_cmp(k->e.term, term) != 0)
            continue;
        if (!posting_read(k->e.posting, k->span, m->part, &had))
            return segment_damaged(e);
        for (size_t x = 0; x < had; x++) {
            uint32_t number = m->part[x] + k->shift;
            if (m->alive[number / 64] >> number % 64 & 1)
                m->numbers[n++] = number;
        }
        enum rc rc = cursor_next(m, k, e);
        if (rc != RC_OK)
            return rc;
    }
    *ret_n = n;
    return RC_OK;
}

static enum rc merge_all(struct merging *m, struct err *e)
{
    enum { FLUSH = 128 };
    CLEANUP(str_done) struct str posting, term;
    enum rc rc = RC_OK;
    str_init(&posting, NULL);
    str_init(&term, NULL);
    while (rc == RC_OK) {
        const struct cursor *low = NULL;
        size_t n = 0;
        for (size_t i = 0; i < m->n; i++) {
            const struct cursor *k = &m->cursors[i];
            if (!k->over && (!low || term_cmp(k->e.term, low->e.term) < 0))
                low = k;
        }
        if (!low)
            break;
        str_reset(&term);
        str_addn(&term, low->e.term.p, low->e.term.n);
        struct bytes t = { (const uint8_t *)term.s, term.n };
        rc = merge_term(m, t, &n, e);
        if (rc == RC_OK && n)
            pack_posting(&m->pack, t, m->numbers, n, m->span, &posting);
        if (rc == RC_OK && m->pack.n >= FLUSH)
            rc = flush(m, e);
    }
    pack_end(&m->pack);
    return rc == RC_OK ? flush(m, e) : rc;
}

static enum rc announce(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct merging *m = arg;
    enum rc rc = next_segment(tx_snap(tx), a, &m->id, e);
    return rc == RC_OK ? search_segment_insert(tx, m->id, (struct id){ m->first }, m->span, 0,
                                               /* ready= */ false, NULL, e)
                       : rc;
}

/* From here on the new one counts and the others do not. */
static enum rc replace(struct tx *tx, void *arg, struct err *e)
{
    const struct merging *m = arg;
    struct bytes dir = dir_of(&m->pack);
    struct id to = { m->first + m->span };
    enum rc rc = blocks_insert(tx, m->id, 0, &dir, 1, e);
    if (rc == RC_OK)
        rc = search_segment_sum(tx, (struct id){ m->first }, to, m->id, NULL, e);
    if (rc == RC_OK)
        rc = search_segments_replaced(tx, (struct id){ m->first }, to, NULL, e);
    return rc == RC_OK ? search_segment_ready(tx, m->id, NULL, e) : rc;
}

static enum rc merge_run(struct county *c, struct search_segments_row *run, size_t n,
                         struct err *e)
{
    enum { AGE_MS = 3600 * 1000 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(arena_freep) struct arena *packed = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct merging m = { .c = c, .run = run, .n = n, .first = run[0].first_id.v };
    m.span = (uint32_t)(run[n - 1].first_id.v + run[n - 1].span - m.first);
    m.alive = arena_array(a, bits_words(m.span), sizeof(*m.alive));
    m.numbers = arena_array(a, m.span, sizeof(*m.numbers));
    m.part = arena_array(a, m.span, sizeof(*m.part));
    pack_begin(&m.pack, packed);
    enum rc rc = db_transact(c->db, announce, &m, e);
    if (rc == RC_OK)
        rc = db_read_for(c->db, AGE_MS, &s, e);
    m.s = s;
    if (rc == RC_OK)
        rc = read_alive(&m, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = cursor_open(&m, i, e);
    if (rc == RC_OK)
        rc = merge_all(&m, e);
    db_read_end(&s);
    if (rc == RC_OK)
        rc = db_transact(c->db, replace, &m, e);
    for (size_t i = 0; i < n; i++)
        arena_free(m.cursors[i].a);
    pack_done(&m.pack);
    return rc == RC_OK ? remove_waste(c, e) : rc;
}

/* Of a size: how many times eight. */
static int level_of(int64_t things)
{
    int level = 0;
    for (; things >= 8; things /= 8)
        level++;
    return level;
}

/* Neighbours from i on that may become one. */
static size_t run_from(const struct search_segments_row *r, size_t n, size_t i, int level,
                       int64_t *ret_things)
{
    int64_t things = 0, span = 0;
    size_t k = i;
    for (; k < n && k - i < RUN_MAX && level_of(r[k].things) <= level; k++) {
        span = r[k].first_id.v + r[k].span - r[i].first_id.v;
        if (things + r[k].things > SEGMENT_THINGS || span > SEGMENT_SPAN)
            break;
        things += r[k].things;
    }
    *ret_things = things;
    return k - i;
}

/* Eight of a size or smaller, side by side; or what makes half of the largest there is. */
static bool find_run(const struct search_segments_row *r, size_t n, bool all, size_t *ret_at,
                     size_t *ret_n)
{
    enum { LEVELS = 7 };
    for (int level = all ? LEVELS : 0; level <= LEVELS; level++)
        for (size_t i = 0; i < n; i++) {
            int64_t things;
            *ret_at = i;
            *ret_n = run_from(r, n, i, level, &things);
            if (*ret_n >= 8 || (all && *ret_n >= 2) ||
                (*ret_n >= 3 && things > SEGMENT_THINGS / 2))
                return true;
        }
    return false;
}

enum rc segments_tidy(struct county *c, bool all, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum rc rc = remove_waste(c, e);
    for (bool more = true; rc == RC_OK && more;) {
        struct search_segments_row *rows;
        size_t n, at, len;
        CLEANUP(db_read_end) const struct snap *s = NULL;
        arena_reset(a);
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = search_segments_all(s, a, &rows, &n, e);
        db_read_end(&s);
        more = rc == RC_OK && find_run(rows, n, all, &at, &len);
        if (more)
            rc = merge_run(c, rows + at, len, e);
    }
    return rc;
}
