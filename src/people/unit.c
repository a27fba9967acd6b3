/*
 * The dated tree of units. A tree has at most some ten thousand nodes and is read whole: checks
 * and scopes are then walks in memory instead of recursive queries in two dialects.
 */
#include "people/unit.h"

#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "people/unit.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <stdlib.h>
#include <string.h>

struct build {
    struct unit *out; /* depth first */
    size_t n;
    const struct unit_terms_at_row *rows;
    const size_t *first_child, *next; /* by row; SIZE_MAX ends */
    struct arena *a;
};

/* Places row i and what is below it; returns its unit. A row is visited once, so that a cycle
 * cannot run away. */
static struct unit *place(struct build *b, size_t i, const struct unit *parent)
{
    const struct unit_terms_at_row *r = &b->rows[i];
    struct unit *u = &b->out[b->n];
    *u = (struct unit){
        .id = r->unit_id,
        .code = r->code,
        .name = r->name,
        .kind = r->kind,
        .peer_group = r->peer_group,
        .from_day = (int32_t)r->from_day,
        .to_day = (int32_t)r->to_day,
        .parent = parent,
        .index = b->n,
        .assessed = r->peer_group[0] != '\0',
    };
    b->n++;
    size_t n = 0;
    for (size_t k = b->first_child[i]; k != SIZE_MAX; k = b->next[k])
        n++;
    const struct unit **children = arena_array(b->a, n, sizeof(*children));
    size_t at = 0;
    for (size_t k = b->first_child[i]; k != SIZE_MAX; k = b->next[k])
        children[at++] = place(b, k, u);
    u->children = children;
    u->n_children = n;
    return u;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct unit_terms_at_row *)a)->unit_id.v,
            y = ((const struct unit_terms_at_row *)b)->unit_id.v;
    return (x > y) - (x < y);
}

static size_t row_of(const struct unit_terms_at_row *sorted, size_t n, struct id id)
{
    struct unit_terms_at_row key = { .unit_id = id };
    const struct unit_terms_at_row *r =
        n ? bsearch(&key, sorted, n, sizeof(*sorted), by_id) : NULL;
    return r ? (size_t)r->sort : SIZE_MAX;
}

enum rc units_load(const struct snap *s, int32_t day, struct arena *a, const struct units **ret,
                   struct err *e)
{
    struct unit_terms_at_row *rows;
    size_t n;
    enum rc rc = unit_terms_at_all(s, day, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct units *us = arena_alloc(a, sizeof(*us));
    struct map *codes = map_new(a);
    struct unit *out = arena_array(a, n, sizeof(*out));
    size_t *first = arena_array(a, n, sizeof(*first)), *last = arena_array(a, n, sizeof(*last)),
           *next = arena_array(a, n, sizeof(*next)),
           *parent = arena_array(a, n, sizeof(*parent));
    /* A copy sorted by id finds parents; its sort column carries the row's place. */
    struct unit_terms_at_row *sorted = arena_copy(a, rows, n * sizeof(*rows));
    for (size_t i = 0; i < n; i++) {
        sorted[i].sort = (int64_t)i;
        first[i] = last[i] = next[i] = SIZE_MAX;
    }
    if (n)
        qsort(sorted, n, sizeof(*sorted), by_id);
    for (size_t i = 0; i < n; i++) {
        parent[i] = rows[i].parent_id.v ? row_of(sorted, n, rows[i].parent_id) : SIZE_MAX;
        size_t p = parent[i];
        if (p == SIZE_MAX)
            continue;
        if (first[p] == SIZE_MAX)
            first[p] = i;
        else
            next[last[p]] = i;
        last[p] = i;
    }
    struct build b = { .out = out, .rows = rows, .first_child = first, .next = next, .a = a };
    for (size_t i = 0; i < n; i++)
        if (parent[i] == SIZE_MAX)
            place(&b, i, NULL);
    for (size_t i = 0; i < b.n; i++)
        map_add(codes, out[i].code, &out[i]);
    *us = (struct units){
        .day = day, .all = out, .n = b.n, .by_code = codes, .root = b.n ? &out[0] : NULL
    };
    *ret = us;
    return RC_OK;
}

const struct unit *units_find(const struct units *us, const char *code)
{
    return code ? map_get(us->by_code, code) : NULL;
}

const struct unit *units_named(const struct units *us, const char *text)
{
    const struct unit *found = units_find(us, text);
    size_t n = 0;
    for (size_t i = 0; !found && i < us->n; i++)
        n += str_eq(us->all[i].name, text);
    for (size_t i = 0; n == 1 && !found; i++)
        if (str_eq(us->all[i].name, text))
            found = &us->all[i];
    return found;
}

const struct unit *units_by_id(const struct units *us, struct id id)
{
    for (size_t i = 0; id.v && i < us->n; i++)
        if (us->all[i].id.v == id.v)
            return &us->all[i];
    return NULL;
}

bool unit_under(const struct unit *u, const struct unit *root)
{
    for (; u; u = u->parent)
        if (u->id.v == root->id.v)
            return true;
    return false;
}

/* Whether the list "a|b|c" holds the word. */
static bool listed(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *s = list; n && *s;) {
        size_t len = strcspn(s, "|");
        if (len == n && memcmp(s, word, n) == 0)
            return true;
        s += len + (s[len] == '|');
    }
    return false;
}

bool unit_in_groups(const struct unit *u, const char *groups)
{
    if (!u->assessed)
        return false;
    return !*groups || listed(groups, u->peer_group) || listed(groups, u->kind);
}

/* ---- writing ---- */

struct pending {
    const struct unit_term *t;
    size_t row;
};

struct check {
    struct arena *a;
    struct pending *terms; /* what there will be: written ones first, then the untouched ones of
                              the database */
    size_t n;
    const struct pending **sorted; /* by code and first day */
};

/* What can be wrong with a row; without a row number when it was a form. */
enum fault {
    BAD_CODE,
    BAD_NAME,
    BAD_KIND,
    BAD_SPAN,
    TWO_ROOTS,
    NO_PARENT,
    IN_A_CIRCLE,
    SPANS_MEET,
    SAME_DAY
};
static enum rc bad_row(struct err *e, struct arena *a, size_t row, enum fault fault,
                       const char *value)
{
    static const char *const texts[][2] = {
        [BAD_CODE] = { N_("第{row}行: 单位编码「{value}」应由字母、数字、- 和 _ 组成,至多64个"),
                       N_("单位编码「{value}」应由字母、数字、- 和 _ 组成,至多64个") },
        [BAD_NAME] = { N_("第{row}行: 单位「{value}」的名称应有1至60个字"),
                       N_("单位「{value}」的名称应有1至60个字") },
        [BAD_KIND] = { N_("第{row}行: 单位「{value}」没有写类别(kind)"),
                       N_("单位「{value}」没有写类别") },
        [BAD_SPAN] = { N_("第{row}行: 单位「{value}」的止日早于起日"),
                       N_("单位「{value}」的止日早于起日") },
        [TWO_ROOTS] = { N_("第{row}行: 单位「{value}」没有上级,而县(区)一级只能有一个"),
                        N_("单位「{value}」没有上级,而县(区)一级只能有一个") },
        [NO_PARENT] = { N_("第{row}行: 上级单位「{value}」不存在"),
                        N_("上级单位「{value}」不存在") },
        [IN_A_CIRCLE] = { N_("第{row}行: 单位「{value}」的上级绕成了圈,或层级超过12层"),
                          N_("单位「{value}」的上级绕成了圈,或层级超过12层") },
        [SPANS_MEET] = { N_("第{row}行: 单位「{value}」的起止日期与另一行重叠"),
                         N_("单位「{value}」的起止日期与已有的一段重叠") },
        [SAME_DAY] = { N_("第{row}行: 单位「{value}」同一起日写了两次"),
                       N_("单位「{value}」同一起日写了两次") },
    };
    return err_set(e, RC_INVALID, texts[fault][row == 0], "row", arena_printf(a, "%zu", row),
                   "value", value);
}

static bool spans_meet(const struct unit_term *x, const struct unit_term *y)
{
    return (x->to_day == 0 || y->from_day <= x->to_day) &&
           (y->to_day == 0 || x->from_day <= y->to_day);
}

static enum rc check_one(struct check *k, const struct unit_term *t, size_t row, struct err *e)
{
    if (!code_valid(t->code) || str_eq(t->code, "new") || str_eq(t->code, "import"))
        return bad_row(e, k->a, row, BAD_CODE, t->code);
    if (!t->name[0] || utf8_count(t->name) > UNIT_NAME_MAX)
        return bad_row(e, k->a, row, BAD_NAME, t->code);
    if (!t->kind[0])
        return bad_row(e, k->a, row, BAD_KIND, t->code);
    if (t->to_day && t->to_day < t->from_day)
        return bad_row(e, k->a, row, BAD_SPAN, t->code);
    return RC_OK;
}

static int by_code_and_day(const void *a, const void *b)
{
    const struct unit_term *x = (*(const struct pending *const *)a)->t,
                           *y = (*(const struct pending *const *)b)->t;
    int order = strcmp(x->code, y->code);
    return order ? order : (x->from_day > y->from_day) - (x->from_day < y->from_day);
}

/* The first term of the code in k->sorted; k->n when there is none. */
static size_t first_of(const struct check *k, const char *code)
{
    size_t lo = 0, hi = k->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (strcmp(k->sorted[mid]->t->code, code) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < k->n && str_eq(k->sorted[lo]->t->code, code) ? lo : k->n;
}

/* The term of the code on a day, else its first; NULL when the code is unknown. */
static const struct unit_term *term_of(const struct check *k, const char *code, int32_t day)
{
    size_t first = first_of(k, code);
    if (first == k->n)
        return NULL;
    for (size_t i = first; i < k->n && str_eq(k->sorted[i]->t->code, code); i++) {
        const struct unit_term *t = k->sorted[i]->t;
        if (t->from_day <= day && (t->to_day == 0 || t->to_day >= day))
            return t;
    }
    return k->sorted[first]->t;
}

static enum rc check_tree(struct check *k, struct err *e)
{
    const char *root = NULL;
    for (size_t i = 0; i < k->n; i++) {
        const struct unit_term *t = k->terms[i].t;
        size_t row = k->terms[i].row;
        if (!t->parent[0]) {
            if (root && !str_eq(root, t->code))
                return bad_row(e, k->a, row, TWO_ROOTS, t->code);
            root = t->code;
            continue;
        }
        if (first_of(k, t->parent) == k->n)
            return bad_row(e, k->a, row, NO_PARENT, t->parent);
        const struct unit_term *up = t;
        for (int depth = 0; up && up->parent[0]; depth++) {
            if (depth >= UNIT_DEPTH_MAX)
                return bad_row(e, k->a, row, IN_A_CIRCLE, t->code);
            up = term_of(k, up->parent, t->from_day);
        }
    }
    for (size_t i = 1; i < k->n; i++) {
        const struct pending *x = k->sorted[i - 1], *y = k->sorted[i];
        if (str_eq(x->t->code, y->t->code) && spans_meet(x->t, y->t))
            return bad_row(e, k->a, x->row > y->row ? x->row : y->row, SPANS_MEET, x->t->code);
    }
    return RC_OK;
}

/* The untouched terms of the database, behind the new ones. A new term with the same first day
 * replaces the old. */
static enum rc add_present(struct check *k, const struct snap *s, const struct map *touched,
                           struct err *e)
{
    struct unit_terms_all_row *rows;
    size_t n;
    enum rc rc = unit_terms_all_all(s, k->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct pending *all = arena_array(k->a, k->n + n, sizeof(*all));
    memcpy(all, k->terms, k->n * sizeof(*all));
    for (size_t i = 0; i < n; i++) {
        if (map_has(touched,
                    arena_printf(k->a, "%s %lld", rows[i].code, (long long)rows[i].from_day)))
            continue;
        struct unit_term *t = arena_alloc(k->a, sizeof(*t));
        *t = (struct unit_term){ .code = rows[i].code,
                                 .parent = rows[i].parent ? rows[i].parent : "",
                                 .name = rows[i].name,
                                 .kind = rows[i].kind,
                                 .peer_group = rows[i].peer_group,
                                 .from_day = (int32_t)rows[i].from_day,
                                 .to_day = (int32_t)rows[i].to_day };
        all[k->n++] = (struct pending){ .t = t, .row = 0 };
    }
    k->terms = all;
    k->sorted = arena_array(k->a, k->n, sizeof(const struct pending *));
    for (size_t i = 0; i < k->n; i++)
        k->sorted[i] = &all[i];
    if (k->n)
        qsort(k->sorted, k->n, sizeof(const struct pending *), by_code_and_day);
    return RC_OK;
}

static enum rc id_of(struct tx *tx, struct arena *a, const char *code, struct id *ret,
                     struct err *e)
{
    struct unit_id_of_row found;
    enum rc rc = unit_id_of_one(tx_snap(tx), code, a, &found, e);
    if (rc == RC_OK) {
        *ret = found.id;
        return RC_OK;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    struct unit_insert_row made;
    rc = unit_insert_one(tx, code, a, &made, e);
    if (rc == RC_OK)
        *ret = made.id;
    return rc;
}

static enum rc write_term(struct tx *tx, struct county *c, struct arena *a,
                          const struct unit_term *t, int64_t sort, const char *by,
                          struct err *e)
{
    struct id unit, parent = { 0 }, record;
    enum rc rc = id_of(tx, a, t->code, &unit, e);
    if (rc == RC_OK && t->parent[0])
        rc = id_of(tx, a, t->parent, &parent, e);
    if (rc != RC_OK)
        return rc;
    const struct unit_term_audit_row row = { .code = t->code,
                                             .from_day = t->from_day,
                                             .kind = t->kind,
                                             .name = t->name,
                                             .parent = t->parent[0] ? t->parent : NULL,
                                             .peer_group = t->peer_group,
                                             .sort = sort,
                                             .to_day = t->to_day };
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &unit_term_audit_query, &row);
    struct record_part part = part_open(&k);
    /* Each span is a thing of its own: its name is the code and its first day. */
    char day[PERIOD_TEXT];
    const char *subject =
        t->from_day ? arena_printf(a, "%s@%s", t->code, day_code(t->from_day, day)) : t->code;
    rc = record_append(tx, c,
                       &(struct record_new){ .kind = "unit.set",
                                             .unit = t->code,
                                             .subject = subject,
                                             .by = by,
                                             .parts = &part,
                                             .n_parts = 1 },
                       &record, e);
    if (rc != RC_OK)
        return rc;
    return unit_term_put(tx, unit, parent, t->name, t->kind, t->peer_group, t->from_day,
                         t->to_day, sort, "", record, NULL, e);
}

enum rc units_write(struct tx *tx, struct county *c, const struct unit_term *terms, size_t n,
                    size_t first_row, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct check k = { .a = a, .n = n };
    struct map *touched = map_new(a);
    k.terms = arena_array(a, n, sizeof(*k.terms));
    for (size_t i = 0; i < n; i++) {
        size_t row = first_row ? first_row + i : 0;
        k.terms[i] = (struct pending){ .t = &terms[i], .row = row };
        enum rc rc = check_one(&k, &terms[i], row, e);
        if (rc != RC_OK)
            return rc;
        if (!map_add(touched, arena_printf(a, "%s %d", terms[i].code, terms[i].from_day),
                     (void *)&terms[i]))
            return bad_row(e, a, row, SAME_DAY, terms[i].code);
    }
    enum rc rc = add_present(&k, tx_snap(tx), touched, e);
    if (rc == RC_OK)
        rc = check_tree(&k, e);
    struct unit_term_sort_last_row last;
    if (rc == RC_OK)
        rc = unit_term_sort_last_one(tx_snap(tx), a, &last, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = write_term(tx, c, a, &terms[i],
                        terms[i].sort ? terms[i].sort : last.sort + 1 + (int64_t)i, by, e);
    return rc;
}

enum rc unit_change(struct tx *tx, struct county *c, const struct unit_term *term,
                    const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct unit_id_of_row unit;
    struct unit_terms_of_row *rows = NULL;
    size_t n = 0;
    enum rc rc = unit_id_of_one(tx_snap(tx), term->code, a, &unit, e);
    if (rc == RC_OK)
        rc = unit_terms_of_all(tx_snap(tx), unit.id, a, &rows, &n, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    struct unit_term change[2] = { *term };
    size_t n_change = 1;
    for (size_t i = 0; i < n; i++) {
        const struct unit_terms_of_row *r = &rows[i];
        if (r->from_day > term->from_day &&
            (!change[0].to_day || r->from_day <= change[0].to_day))
            change[0].to_day = (int32_t)r->from_day - 1;
        if (r->from_day > term->from_day || (r->to_day && r->to_day < term->from_day))
            continue;
        change[0].to_day = (int32_t)r->to_day;
        change[0].sort = (int)r->sort;
        if (r->from_day == term->from_day)
            continue; /* the same first day: it is replaced */
        change[n_change++] = (struct unit_term){ .code = term->code,
                                                 .parent = r->parent ? r->parent : "",
                                                 .name = r->name,
                                                 .kind = r->kind,
                                                 .peer_group = r->peer_group,
                                                 .from_day = (int32_t)r->from_day,
                                                 .to_day = term->from_day - 1,
                                                 .sort = (int)r->sort };
    }
    return units_write(tx, c, change, n_change, 0, by, e);
}

enum rc units_of_ended(const struct snap *s, const char *code, struct arena *a,
                       const struct units **ret, struct err *e)
{
    struct unit_id_of_row unit;
    struct unit_terms_of_row *rows;
    size_t n = 0;
    enum rc rc = unit_id_of_one(s, code, a, &unit, e);
    if (rc == RC_OK)
        rc = unit_terms_of_all(s, unit.id, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n == 0)
        return RC_NOTFOUND;
    return units_load(s, (int32_t)(rows[0].to_day ? rows[0].to_day : rows[0].from_day), a, ret,
                      e);
}
