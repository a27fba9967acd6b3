/*
 * Asking the index. What is asked for, the keys of who asks and the kind of thing are sets of
 * numbers, a bit a thing, put together segment by segment; so the answer is this person's
 * alone. Then each thing is looked at once more, because two characters that stand together
 * twice are not yet the word.
 *
 * Three tiers, each without what the one before has: what is called just so, names, texts. Each
 * is read newest first and only as far as the page needs: the newest segments first, then more
 * at a time. The keys are asked for only where something fits, and not where it is so little
 * that looking at the things themselves is quicker. A question to the database is a way there
 * and back, so what is likely needed is asked for together.
 */
#include "base/map.h"
#include "search/room.h"
#include "search/search.sql.h"
#include "search/segment.h"
#include "store/county.h"

#include <string.h>

enum { LOOKED_AT_MAX = 500 };

/* ---- keys ---- */

const char *gate_unit(struct id unit, struct arena *a)
{
    return arena_printf(a, "_u%lld", (long long)unit.v);
}

const char *gate_handler(struct id unit, struct arena *a)
{
    return arena_printf(a, "_h%lld", (long long)unit.v);
}

const char *gate_account(struct id account, struct arena *a)
{
    return arena_printf(a, "_a%lld", (long long)account.v);
}

void gate_add(struct str *list, const char *gate)
{
    str_addf(list, "%s%s", list->n ? " " : "", gate);
}

/* Who reads the county has its key and needs none of units. */
const char *search_keys(struct county *c, const struct person *who, const struct units *us,
                        struct arena *a)
{
    const struct search_room *m = search_room(c);
    bool county = person_may(who, CAP_READ_COUNTY, NULL);
    struct str keys;
    size_t n = 0;
    str_init(&keys, a);
    if (person_can(who, CAP_READ_UNIT))
        gate_add(&keys, GATE_READER);
    if (county)
        gate_add(&keys, GATE_COUNTY);
    if (who->id.v)
        gate_add(&keys, gate_account(who->id, a));
    for (size_t i = 0; !county && i < us->n && n < SEARCH_UNITS_MAX; i++) {
        const struct unit *u = &us->all[i];
        bool reads = person_may(who, CAP_READ_UNIT, u);
        if (reads)
            gate_add(&keys, gate_unit(u->id, a));
        if (person_may(who, CAP_HANDLE, u))
            gate_add(&keys, gate_handler(u->id, a));
        n += reads;
    }
    for (size_t i = 0; i < m->n; i++)
        if (m->sources[i]->keys)
            m->sources[i]->keys(who, us, &keys);
    return keys.s;
}

/* ---- segments ---- */

struct segment {
    struct id id;
    int64_t first;
    uint32_t span;
    struct directory dir;
    struct bytes *blocks; /* by number; p NULL: not read */
    uint64_t *bits;       /* what fits in the tier at hand; NULL: nothing */
    size_t top;           /* no bit from this word on */
};
struct finding {
    const struct snap *s;
    struct county *c;
    const struct question *q;
    const char *source;
    struct map *keys;
    struct arena *a, *once;   /* once: for looking at a thing */
    struct segment *segments; /* newest first */
    size_t n_segments;
    uint32_t span; /* of the longest */
    struct {
        uint64_t *one, *all, *other, *before, *bits; /* bits NULL: a segment has it */
    } scratch;
    size_t looked; /* how many things were looked at, over all */
    struct search_hit *list;
    size_t n, max; /* hits, and how many are wanted: one more than the page */
    struct search_after last;
};

static uint64_t *new_bits(struct finding *f)
{
    return arena_array(f->a, bits_words(f->span), sizeof(uint64_t));
}

static enum rc read_segments(struct finding *f, struct err *e)
{
    struct search_directories_row *rows;
    size_t n;
    enum rc rc = search_directories_all(f->s, f->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    f->segments = arena_array(f->a, n, sizeof(*f->segments));
    for (; f->n_segments < n; f->n_segments++) {
        const struct search_directories_row *r = &rows[f->n_segments];
        struct segment *g = &f->segments[f->n_segments];
        *g = (struct segment){ .id = r->id, .first = r->first_id.v, .span = (uint32_t)r->span };
        if (!directory_read(r->directory, f->a, &g->dir))
            return segment_damaged(e);
        g->blocks = arena_array(f->a, g->dir.n + 1, sizeof(*g->blocks));
        f->span = g->span > f->span ? g->span : f->span;
    }
    f->scratch.one = new_bits(f);
    f->scratch.all = new_bits(f);
    f->scratch.other = new_bits(f);
    f->scratch.before = new_bits(f);
    return RC_OK;
}

/* Blocks of some segments, in one question to the database. */
struct wish {
    struct finding *f;
    struct str ids;
    size_t n;
};

static void wish_for(struct wish *w, const struct segment *g, size_t number)
{
    if (w->ids.n)
        str_addc(&w->ids, ',');
    str_int(&w->ids, block_id(g->id, number).v);
    w->n++;
}

static enum rc wish_read(struct wish *w, struct search_blocks_by_row **ret, size_t *ret_n,
                         struct err *e)
{
    size_t want = w->n;
    enum rc rc = RC_OK;
    *ret_n = 0;
    if (want)
        rc = search_blocks_by_all(w->f->s, w->ids.s, w->f->a, ret, ret_n, e);
    str_reset(&w->ids);
    w->n = 0;
    return rc == RC_OK && *ret_n != want ? segment_damaged(e) : rc;
}

static struct segment *segment_of(struct finding *f, struct id block)
{
    for (size_t i = 0; i < f->n_segments; i++)
        if (f->segments[i].id.v == block.v / SEGMENT_BLOCKS)
            return &f->segments[i];
    return NULL;
}

static const uint8_t asked; /* p of a block that is on its way */

static void wish_want(struct wish *w, struct segment *g, const struct want *want)
{
    for (size_t i = 0; i < want->n; i++)
        for (size_t k = 0; k < want->parts[i].n; k++) {
            const struct choice *x = &want->parts[i].choices[k];
            for (size_t t = 0; t < x->n; t++) {
                size_t number = directory_find(&g->dir, x->words[t]);
                if (!number || g->blocks[number].p)
                    continue;
                g->blocks[number].p = &asked;
                wish_for(w, g, number);
            }
        }
}

/* What was wished for of some segments is not needed. */
static void wish_drop(struct wish *w, struct segment *g, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 1; k <= g[i].dir.n; k++)
            if (g[i].blocks[k].p == &asked)
                g[i].blocks[k].p = NULL;
    str_reset(&w->ids);
    w->n = 0;
}

static enum rc wish_end(struct wish *w, struct err *e)
{
    struct search_blocks_by_row *rows;
    size_t n;
    enum rc rc = wish_read(w, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct segment *g = segment_of(w->f, rows[i].id);
        if (!g)
            return segment_damaged(e);
        g->blocks[rows[i].id.v % SEGMENT_BLOCKS] = rows[i].body;
    }
    return rc;
}

/* ---- sets ---- */

/* Add who has a word to bits; *ret_any: somebody may. */
static enum rc add_term(const struct segment *g, const char *term, uint64_t *bits,
                        bool *ret_any, struct err *e)
{
    struct bytes posting;
    bool bad = false;
    size_t number = directory_find(&g->dir, term);
    *ret_any = number && block_find(g->blocks[number], term, &posting, &bad);
    if (bad || (*ret_any && !posting_or(posting, bits, g->span)))
        return segment_damaged(e);
    return RC_OK;
}

static bool and_bits(uint64_t *bits, const uint64_t *other, size_t n)
{
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= bits[i] &= other[i];
    return any != 0;
}

/* bits becomes who has all words of a choice; other is used for it. */
static enum rc choose(const struct segment *g, const struct choice *c, uint64_t *bits,
                      uint64_t *other, bool *ret_any, struct err *e)
{
    size_t n = bits_words(g->span);
    enum rc rc = RC_OK;
    *ret_any = c->n > 0;
    memset(bits, 0, n * sizeof(*bits));
    for (size_t i = 0; rc == RC_OK && *ret_any && i < c->n; i++) {
        if (i)
            memset(other, 0, n * sizeof(*other));
        rc = add_term(g, c->words[i], i ? other : bits, ret_any, e);
        if (rc == RC_OK && i && *ret_any)
            *ret_any = and_bits(bits, other, n);
    }
    return rc;
}

/* What of bits fits as well; *ret_any: something is left. */
static enum rc fit(struct finding *f, const struct segment *g, const struct want *w,
                   uint64_t *bits, bool *ret_any, struct err *e)
{
    uint64_t *one = f->scratch.one, *all = f->scratch.all, *other = f->scratch.other;
    size_t n = bits_words(g->span);
    enum rc rc = RC_OK;
    *ret_any = true;
    for (size_t i = 0; rc == RC_OK && *ret_any && i < w->n; i++) {
        memset(all, 0, n * sizeof(*all));
        *ret_any = false;
        for (size_t k = 0; rc == RC_OK && k < w->parts[i].n; k++) {
            const struct choice *x = &w->parts[i].choices[k];
            bool any;
            if (x->n == 1) {
                rc = add_term(g, x->words[0], all, &any, e);
            } else {
                rc = choose(g, x, one, other, &any, e);
                for (size_t b = 0; rc == RC_OK && any && b < n; b++)
                    all[b] |= one[b];
            }
            *ret_any |= any;
        }
        if (rc == RC_OK && *ret_any)
            *ret_any = and_bits(bits, all, n);
    }
    return rc;
}

/* ---- a tier ---- */

struct tier {
    int number;
    struct want want[TIERS];
    struct want keys;
    int64_t below; /* no thing from this number on */
};

enum { NEWEST = 1 << 16 }; /* numbers that are looked through first */

/* Segments from i on that make up so many numbers below. */
static size_t segments_of(const struct finding *f, const struct tier *t, size_t i, int64_t much)
{
    int64_t numbers = 0;
    size_t n = 0;
    for (; i + n < f->n_segments && numbers < much; n++)
        numbers += f->segments[i + n].first < t->below ? f->segments[i + n].span : 0;
    return n;
}

/* What most questions need: of the newest all words and the keys, if those are a few; of the
 * others whether something is called just so. */
static enum rc read_ahead(struct finding *f, const struct tier *t, struct err *e)
{
    enum { FEW_KEYS = 8 };
    struct wish w = { .f = f };
    size_t newest = segments_of(f, t, 0, NEWEST);
    str_init(&w.ids, f->a);
    for (size_t i = 0; i < f->n_segments; i++)
        for (int k = 0; k < (i < newest ? TIERS : TIER_NAME); k++)
            wish_want(&w, &f->segments[i], &t->want[k]);
    for (size_t i = 0; i < newest && t->keys.parts[0].n <= FEW_KEYS; i++)
        wish_want(&w, &f->segments[i], &t->keys);
    return wish_end(&w, e);
}

static enum rc fit_words(struct finding *f, const struct tier *t, struct segment *g,
                         struct err *e)
{
    size_t n = bits_words(g->span);
    uint64_t *bits = f->scratch.bits ? f->scratch.bits : new_bits(f),
             *before = f->scratch.before;
    bool any, found;
    memset(bits, 0xff, n * sizeof(*bits));
    enum rc rc = fit(f, g, &t->want[t->number], bits, &any, e);
    for (int k = 0; rc == RC_OK && any && k < t->number; k++) {
        if (!t->want[k].n)
            continue;
        memset(before, 0xff, n * sizeof(*before));
        rc = fit(f, g, &t->want[k], before, &found, e);
        for (size_t i = 0; rc == RC_OK && found && i < n; i++)
            bits[i] &= ~before[i];
    }
    g->bits = rc == RC_OK && any ? bits : NULL;
    g->top = n;
    f->scratch.bits = g->bits ? NULL : bits;
    return rc;
}

/* How many things fit in some segments, or more than most. */
static size_t count_bits(const struct segment *g, size_t n, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; g[i].bits && k < g[i].top && count <= most; k++)
            count += (size_t)__builtin_popcountll(g[i].bits[k]);
    return count;
}

/* Take out what no key opens. Where that would read more than the things themselves, those
 * are left in: each is looked at once more anyway. */
static enum rc fit_keys(struct finding *f, const struct tier *t, struct segment *g, size_t n,
                        struct err *e)
{
    enum { THINGS_A_BLOCK = 2, THINGS_MAX = 4 * SEARCH_PAGE };
    struct wish w = { .f = f };
    str_init(&w.ids, f->a);
    for (size_t i = 0; i < n; i++)
        if (g[i].bits)
            wish_want(&w, &g[i], &t->keys);
    size_t few = w.n * THINGS_A_BLOCK < THINGS_MAX ? w.n * THINGS_A_BLOCK : THINGS_MAX;
    if (few && count_bits(g, n, few) <= few) {
        wish_drop(&w, g, n);
        return RC_OK;
    }
    enum rc rc = wish_end(&w, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        bool any = false;
        if (g[i].bits)
            rc = fit(f, &g[i], &t->keys, g[i].bits, &any, e);
        if (!any)
            g[i].bits = NULL;
    }
    return rc;
}

/* What of some segments fits and may be seen. */
static enum rc fit_segments(struct finding *f, const struct tier *t, struct segment *g,
                            size_t n, struct err *e)
{
    struct wish w = { .f = f };
    str_init(&w.ids, f->a);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < (t->number == TIER_WHOLE ? TIER_NAME : TIERS); k++)
            wish_want(&w, &g[i], &t->want[k]);
    enum rc rc = wish_end(&w, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = fit_words(f, t, &g[i], e);
    return rc == RC_OK ? fit_keys(f, t, g, n, e) : rc;
}

/* The highest number of a segment that fits and is below another; it goes out. */
static bool take_highest(struct segment *g, int64_t below, int64_t *ret)
{
    for (; g->bits && g->top > 0; g->top--)
        while (g->bits[g->top - 1]) {
            int bit = 63 - __builtin_clzll(g->bits[g->top - 1]);
            g->bits[g->top - 1] &= ~((uint64_t)1 << bit);
            *ret = g->first + (int64_t)(g->top - 1) * 64 + bit;
            if (*ret < below)
                return true;
        }
    return false;
}

/* ---- hits ---- */

/* Does a key open one of its gates? And is it of the kind that is asked for? */
static bool opens(const struct finding *f, const struct search_docs_by_row *r)
{
    size_t n;
    char **gates = str_split(f->once, r->gates, ' ', &n);
    for (size_t i = 0; i < n; i++)
        if (map_has(f->keys, gates[i]))
            return !*f->source || str_eq(f->source, r->source);
    return false;
}

static void look(struct finding *f, const struct search_docs_by_row *r, int tier)
{
    struct search_text t = { r->label, r->name, r->body, r->initials };
    const struct search_source *source = search_source_of(f->c, r->source);
    arena_reset(f->once);
    if (f->n == f->max || !opens(f, r))
        return;
    enum found why = question_fits(f->q, &t, f->once);
    f->looked++;
    if (why != FOUND_NOT && source)
        f->list[f->n++] = (struct search_hit){ .id = r->id,
                                               .source = source,
                                               .text = t,
                                               .code = r->code,
                                               .href = r->href,
                                               .unit = r->unit,
                                               .at = r->at,
                                               .why = why };
    if (f->n < f->max)
        f->last = (struct search_after){ tier, r->id };
}

/* Hits of some segments, newest first, until there are enough. */
static enum rc read_hits(struct finding *f, const struct tier *t, struct segment *g, size_t n,
                         struct err *e)
{
    size_t at_once = 2 * SEARCH_PAGE; /* more each time: of many that fit few are meant */
    struct str ids;
    enum rc rc = RC_OK;
    str_init(&ids, f->a);
    for (size_t i = 0; rc == RC_OK && i < n && f->n < f->max && f->looked < LOOKED_AT_MAX;) {
        struct search_docs_by_row *rows;
        size_t n_ids = 0, n_rows;
        int64_t id;
        str_reset(&ids);
        while (i < n && n_ids < at_once && f->looked + n_ids < LOOKED_AT_MAX) {
            if (!take_highest(&g[i], t->below, &id)) {
                i++;
                continue;
            }
            if (n_ids++)
                str_addc(&ids, ',');
            str_int(&ids, id);
        }
        if (n_ids == 0)
            break;
        rc = search_docs_by_all(f->s, ids.s, f->a, &rows, &n_rows, e);
        for (size_t k = 0; rc == RC_OK && k < n_rows; k++)
            look(f, &rows[k], t->number);
        at_once = at_once < LOOKED_AT_MAX / 2 ? 2 * at_once : at_once;
    }
    return rc;
}

/* The newest segments first, then those behind them, more at a time. */
static enum rc read_tier(struct finding *f, const struct tier *t, struct err *e)
{
    int64_t much = t->number == TIER_WHOLE ? INT64_MAX : NEWEST;
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < f->n_segments;) {
        size_t n = segments_of(f, t, i, much);
        if (f->n == f->max || f->looked >= LOOKED_AT_MAX)
            return RC_OK;
        rc = fit_segments(f, t, f->segments + i, n, e);
        if (rc == RC_OK)
            rc = read_hits(f, t, f->segments + i, n, e);
        i += n;
        if (much < INT64_MAX / 8)
            much *= 8;
    }
    return rc;
}

enum rc search_find(const struct snap *s, struct county *c, const struct question *q,
                    const char *source, const char *keys, const struct search_after *after,
                    size_t max, struct arena *a, struct search_hit **ret, size_t *ret_n,
                    struct search_after *ret_after, bool *ret_more, struct err *e)
{
    CLEANUP(arena_freep) struct arena *once = arena_new();
    struct tier t = { 0 };
    struct finding f = { .s = s,
                         .c = c,
                         .q = q,
                         .source = source,
                         .keys = map_new(a),
                         .a = a,
                         .once = once,
                         .list = arena_array(a, max + 1, sizeof(*f.list)),
                         .max = max + 1 };
    bool nothing = !*keys || (*source && !search_source_of(c, source));
    size_t n_keys;
    char **each = str_split(a, keys, ' ', &n_keys);
    for (size_t i = 0; i < n_keys; i++)
        (void)map_add(f.keys, each[i], f.keys); /* twice is once */
    want_any(&t.keys, keys, a);
    if (*source)
        want_any(&t.keys, arena_printf(a, "_s%s", source), a);
    for (int k = 0; k < TIERS; k++)
        want_tier(q, k, a, &t.want[k]);
    t.below = INT64_MAX;
    enum rc rc = nothing ? RC_OK : read_segments(&f, e);
    if (rc == RC_OK)
        rc = read_ahead(&f, &t, e);
    for (t.number = after->tier; rc == RC_OK && t.number < TIERS; t.number++) {
        if (!has_tier(q, t.number))
            continue;
        t.below = t.number == after->tier && after->id.v ? after->id.v : INT64_MAX;
        rc = read_tier(&f, &t, e);
    }
    if (rc != RC_OK)
        return rc;
    *ret_more = f.n > max || f.looked >= LOOKED_AT_MAX;
    *ret = f.list;
    *ret_n = f.n > max ? max : f.n;
    *ret_after = f.last;
    return RC_OK;
}
