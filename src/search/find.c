/*
 * Asking the index. A condition is put together of what is asked for, the keys of who asks and
 * the kind of thing, so that the database answers for this person only; then each thing is
 * looked at once more, because two characters that stand together twice are not yet the word.
 *
 * Three conditions, each without what the one before found: what is called just so, names,
 * texts. Each is read newest first and only as far as the page needs.
 */
#include "search/room.h"
#include "search/search.sql.h"
#include "store/county.h"

#include <string.h>

enum { TIERS = 3, LOOKED_AT_MAX = 2000 };

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

/* ---- one condition ---- */

struct finding {
    const struct snap *s;
    struct county *c;
    const struct question *q;
    const char *source, *keys;
    enum words_for form;
    struct arena *a;
    int64_t top;   /* no thing has a higher number */
    size_t looked; /* how many were looked at, over all */
    struct search_hit *list;
    size_t n, max; /* hits, and how many are wanted: one more than the page */
    struct search_after last;
};

static void want_tier(const struct finding *f, int tier, struct str *b)
{
    if (tier == 0)
        want_whole(f->q, f->form, b);
    else if (tier == 1)
        want_name(f->q, f->form, b);
    else
        want_text(f->q, f->form, b);
}

static bool has_tier(const struct finding *f, int tier)
{
    return tier == 0 ? has_whole(f->q) : f->q->n > 0;
}

static const char *condition(const struct finding *f, int tier, const char *blocks)
{
    struct str b;
    str_init(&b, f->a);
    str_addc(&b, '(');
    want_tier(f, tier, &b);
    if (*f->source) {
        want_and(f->form, &b);
        want_any(arena_printf(f->a, "_s%s", f->source), f->form, &b);
    }
    want_and(f->form, &b);
    want_any(f->keys, f->form, &b);
    if (*blocks) {
        want_and(f->form, &b);
        want_any(blocks, f->form, &b);
    }
    str_addc(&b, ')');
    for (int before = 0; before < tier; before++) {
        if (!has_tier(f, before))
            continue;
        want_not(f->form, &b);
        want_tier(f, before, &b);
    }
    return b.s;
}

/* Hits of a condition below a number, newest first, until there are enough. *ret_all: there are
 * no others. */
static enum rc read_hits(struct finding *f, int tier, const char *want, int64_t below,
                         struct err *e)
{
    enum { AT_ONCE = 2 * SEARCH_PAGE };
    enum rc rc = RC_OK;
    size_t n = AT_ONCE;
    while (rc == RC_OK && n == AT_ONCE && f->n < f->max && f->looked < LOOKED_AT_MAX) {
        struct search_hits_row *rows;
        rc = search_hits_all(f->s, want, below, AT_ONCE, f->a, &rows, &n, e);
        f->looked += rc == RC_OK ? n : 0;
        for (size_t i = 0; rc == RC_OK && i < n && f->n < f->max; i++) {
            struct search_text t = { rows[i].label, rows[i].name, rows[i].body,
                                     rows[i].initials };
            const struct search_source *source = search_source_of(f->c, rows[i].source);
            enum found why = question_fits(f->q, &t, f->a);
            below = rows[i].id.v;
            if (why == FOUND_NOT || !source)
                continue;
            f->list[f->n++] = (struct search_hit){ .id = rows[i].id,
                                                   .source = source,
                                                   .text = t,
                                                   .code = rows[i].code,
                                                   .href = rows[i].href,
                                                   .unit = rows[i].unit,
                                                   .at = rows[i].at,
                                                   .why = why };
            if (f->n < f->max)
                f->last = (struct search_after){ tier, rows[i].id };
        }
    }
    return rc;
}

/* PostgreSQL: the newest blocks first, in steps that grow; then everything. */
static enum rc read_blocks(struct finding *f, int tier, int64_t below, struct err *e)
{
    enum rc rc = RC_OK;
    int64_t hi = below < f->top + 1 ? below : f->top + 1; /* things below it are left */
    for (int level = 0; level < BLOCK_LEVELS; level++) {
        int bits = block_bits(level);
        int64_t last = (hi - 1) >> bits, first = last > 0 ? last - 1 : 0;
        struct str blocks;
        str_init(&blocks, f->a);
        for (int64_t k = first; k <= last; k++)
            gate_add(&blocks, arena_printf(f->a, "_t%d_%lld", level, (long long)k));
        if (hi <= 1 || f->n == f->max)
            return rc;
        rc = read_hits(f, tier, condition(f, tier, blocks.s), hi, e);
        if (rc != RC_OK)
            return rc;
        hi = first << bits;
    }
    return hi > 1 && f->n < f->max ? read_hits(f, tier, condition(f, tier, ""), hi, e) : rc;
}

enum rc search_find(const struct snap *s, struct county *c, const struct question *q,
                    const char *source, const char *keys, const struct search_after *after,
                    size_t max, struct arena *a, struct search_hit **ret, size_t *ret_n,
                    struct search_after *ret_after, bool *ret_more, struct err *e)
{
    bool pg = db_kind(c->db) == DB_POSTGRES;
    struct search_state_get_row st;
    struct finding f = { .s = s,
                         .c = c,
                         .q = q,
                         .source = source,
                         .keys = keys,
                         .form = pg ? WORDS_TSQUERY : WORDS_FTS5,
                         .a = a,
                         .list = arena_array(a, max + 1, sizeof(*f.list)),
                         .max = max + 1 };
    enum rc rc = search_state_get_one(s, a, &st, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    bool empty = rc == RC_NOTFOUND || !*keys || (*source && !search_source_of(c, source));
    f.top = empty ? 0 : st.next_id - 1;
    rc = RC_OK;
    for (int tier = after->tier; !empty && rc == RC_OK && tier < TIERS && f.n < f.max; tier++) {
        int64_t below = tier == after->tier && after->id.v ? after->id.v : INT64_MAX;
        if (!has_tier(&f, tier))
            continue;
        rc = pg ? read_blocks(&f, tier, below, e)
                : read_hits(&f, tier, condition(&f, tier, ""), below, e);
    }
    if (rc != RC_OK)
        return rc;
    *ret_more = f.n > max;
    *ret = f.list;
    *ret_n = *ret_more ? max : f.n;
    *ret_after = f.last;
    return RC_OK;
}
