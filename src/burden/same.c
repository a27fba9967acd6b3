/* Likeness of names is pure; decisions are rows with records. */
#include "burden/same.h"

#include "base/map.h"
#include "base/str.h"
#include "burden/same.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_CHARS = 128 /* of a name that count */ };

/* ---- likeness ---- */

/* A name as it is compared: its characters, and two in a row as one number, sorted. */
struct letters {
    uint32_t c[NAME_CHARS];
    size_t n;
};
struct grams {
    struct letters of;
    uint64_t g[NAME_CHARS];
    size_t n;
};

/* Words that say nothing about what is counted. */
static const char *const idle[] = { "本季度",   "本年度", "本月", "本期", "当期",
                                    "截至期末", "的",     "数量", "总数", "个数" };
/* What a name may end with that says no more than the unit of measure does. */
static const char *const endings[] = { "总量", "数", "量", "件", "个", "宗" };

static size_t idle_at(const char *s)
{
    for (size_t i = 0; i < COUNT(idle); i++)
        if (str_starts(s, idle[i]))
            return strlen(idle[i]);
    return 0;
}

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static bool digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool counts(uint32_t c)
{
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 0x3400 && c < 0xA000) || c >= 0x20000;
}

/* 全角, capitals and 一二三 as their plain forms. */
static uint32_t plain(uint32_t c)
{
    static const uint32_t numerals[] = { 0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                         0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D };
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFF01 - '!';
    if (c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    for (uint32_t i = 0; i < COUNT(numerals); i++)
        if (c == numerals[i])
            return '0' + i;
    return c;
}

/* A year says only which period. */
static bool drop_year(struct letters *l)
{
    enum { YEAR = 5 };
    const uint32_t *c = l->n < YEAR ? NULL : l->c + l->n - YEAR;
    bool year = c && c[0] == '2' && c[1] == '0' && digit(c[2]) && digit(c[3]) &&
                c[4] == 0x5E74 /* 年 */;
    l->n -= year ? YEAR : 0;
    return year;
}

static void drop_ending(struct letters *l, const char *ending)
{
    const char *end = ending + strlen(ending);
    uint32_t c[2];
    size_t n = 0, len;
    for (const char *p = ending; p < end; p += len)
        c[n++] = utf8_next(p, end, &len);
    if (l->n > n && memcmp(l->c + l->n - n, c, n * sizeof(c[0])) == 0)
        l->n -= n;
}

static void add(struct letters *l, uint32_t c)
{
    if (counts(c) && l->n < NAME_CHARS)
        l->c[l->n++] = c;
}

/* 十 is 10; of 十五 it is the 1, of 六十 the 0, of 六十五 nothing. */
static void add_ten(struct letters *l, const char *next, const char *end)
{
    size_t len;
    bool before = l->n && digit(l->c[l->n - 1]),
         after = next < end && digit(plain(utf8_next(next, end, &len)));
    if (!before)
        add(l, '1');
    if (!after)
        add(l, '0');
}

static void letters_of(const char *name, struct letters *ret)
{
    const char *end = name + strlen(name);
    ret->n = 0;
    for (const char *p = name; p < end;) {
        size_t len = idle_at(p);
        uint32_t c = len ? 0 : plain(utf8_next(p, end, &len));
        p += len ? len : 1;
        if (c == 0x5341 /* 十 */)
            add_ten(ret, p, end);
        else
            add(ret, c);
        if (drop_year(ret) && str_starts(p, "度"))
            p += strlen("度");
    }
    for (size_t i = 0; i < COUNT(endings); i++)
        drop_ending(ret, endings[i]);
}

static void grams_of(const char *name, struct grams *ret)
{
    const uint32_t *c = ret->of.c;
    letters_of(name, &ret->of);
    ret->n = 0;
    for (size_t i = 0; i + 1 < ret->of.n; i++)
        ret->g[ret->n++] = (uint64_t)c[i] << 32 | c[i + 1];
    if (ret->of.n == 1)
        ret->g[ret->n++] = c[0];
    if (ret->n > 1)
        qsort(ret->g, ret->n, sizeof(ret->g[0]), by_value);
}

/* The next number in a name; false at its end. */
static bool number_next(const struct letters *l, size_t *at, uint64_t *ret)
{
    while (*at < l->n && !digit(l->c[*at]))
        ++*at;
    if (*at == l->n)
        return false;
    for (*ret = 0; *at < l->n && digit(l->c[*at]); ++*at)
        *ret = *ret * 10 + (l->c[*at] - '0');
    return true;
}

/* 60岁以上 is not 80岁以上; a name without a number may be either. */
static bool numbers_differ(const struct letters *a, const struct letters *b)
{
    size_t i = 0, k = 0;
    uint64_t x, y;
    bool any_a = number_next(a, &i, &x), any_b = number_next(b, &k, &y);
    if (!any_a || !any_b)
        return false;
    while (any_a && any_b && x == y) {
        any_a = number_next(a, &i, &x);
        any_b = number_next(b, &k, &y);
    }
    return any_a || any_b;
}

/* A short form leaves characters out and turns none round. */
static double shortened(const struct letters *a, const struct letters *b)
{
    enum { SHORTEST = 3 };
    const struct letters *s = a->n < b->n ? a : b, *l = a->n < b->n ? b : a;
    size_t i = 0;
    if (s->n < SHORTEST || s->n * 2 < l->n)
        return 0;
    for (size_t k = 0; k < l->n && i < s->n; k++)
        i += s->c[i] == l->c[k];
    return i == s->n ? (1 + (double)s->n / (double)l->n) / 2 : 0;
}

static double likeness(const struct grams *a, const struct grams *b)
{
    size_t i = 0, k = 0, both = 0;
    if (a->n + b->n == 0 || numbers_differ(&a->of, &b->of))
        return 0;
    while (i < a->n && k < b->n) {
        if (a->g[i] == b->g[k]) {
            both++;
            i++;
            k++;
        } else if (a->g[i] < b->g[k]) {
            i++;
        } else {
            k++;
        }
    }
    double dice = 2.0 * (double)both / (double)(a->n + b->n), s = shortened(&a->of, &b->of);
    return dice > s ? dice : s;
}

double same_likeness(const char *a, const char *b)
{
    struct grams x, y;
    grams_of(a, &x);
    grams_of(b, &y);
    return likeness(&x, &y);
}

static bool suspect(const struct same_point *a, const struct same_point *b, double like)
{
    bool alike = str_eq(a->measure, b->measure) && str_eq(a->frequency, b->frequency);
    double from = str_eq(a->indicator, b->indicator) ? SAME_EQUAL
                  : alike                            ? SAME_LIKE
                                                     : SAME_UNLIKE;
    return like >= from;
}

bool same_suspect(const struct same_point *a, const struct same_point *b, double *ret_like)
{
    *ret_like = same_likeness(a->name, b->name);
    return suspect(a, b, *ret_like);
}

/* ---- pairs ---- */

static enum same_verdict verdict_of(const char *word)
{
    return str_eq(word, "same") ? SAME_SAME : SAME_DIFFERENT;
}

/* A decision is about a point as it was called then; it holds whichever of the two came later.
 */
static enum rc decided(const struct snap *s, struct arena *a, struct same_pair *p,
                       struct err *e)
{
    const struct same_point *of[] = { &p->point, &p->other };
    enum rc rc = RC_OK;
    for (size_t i = 0; i < COUNT(of) && rc == RC_OK && p->verdict == SAME_OPEN; i++) {
        struct verdict_of_row row;
        rc = verdict_of_one(s, of[i]->code, of[!i]->code, a, &row, e);
        if (rc == RC_NOTFOUND) {
            err_done(e);
            rc = RC_OK;
        } else if (rc == RC_OK && str_eq(row.name, of[i]->name)) {
            p->verdict = verdict_of(row.verdict);
            p->reason = row.reason;
        }
    }
    return rc;
}

static int likest(const void *x, const void *y)
{
    const struct same_pair *a = x, *b = y;
    if (a->like != b->like)
        return a->like < b->like ? 1 : -1;
    int d = strcmp(a->point.code, b->point.code);
    return d ? d : strcmp(a->other.code, b->other.code);
}

enum rc same_find(const struct snap *s, const struct same_point *new, size_t n,
                  const struct same_point *there, size_t n_there, struct arena *a,
                  struct same_pair **ret, size_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    struct map *known = map_new(tmp);
    struct grams *g_new = arena_array(tmp, n, sizeof(*g_new)),
                 *g_there = arena_array(tmp, n_there, sizeof(*g_there));
    struct same_pair *out = arena_array(a, SAME_PAIRS_MAX, sizeof(*out));
    size_t m = 0;
    enum rc rc = RC_OK;
    for (size_t k = 0; k < n_there; k++) {
        grams_of(there[k].name, &g_there[k]);
        map_add_index(known, there[k].code, k);
    }
    for (size_t i = 0; i < n; i++)
        grams_of(new[i].name, &g_new[i]);
    for (size_t i = 0; i < n && rc == RC_OK && m < SAME_PAIRS_MAX; i++) {
        ptrdiff_t own = map_index(known, new[i].code);
        if (own >= 0 && str_eq(there[own].name, new[i].name))
            continue;
        for (size_t k = 0; k < n_there + i && rc == RC_OK && m < SAME_PAIRS_MAX; k++) {
            const struct same_point *o = k < n_there ? &there[k] : &new[k - n_there];
            double like = likeness(&g_new[i], k < n_there ? &g_there[k] : &g_new[k - n_there]);
            /* A row of the list that is there already is looked at as it will be. */
            if (str_eq(o->code, new[i].code) || !suspect(&new[i], o, like) ||
                (k >= n_there && map_has(known, o->code)))
                continue;
            out[m] =
                (struct same_pair){ .point = new[i], .other = *o, .like = like, .reason = "" };
            rc = decided(s, a, &out[m], e);
            m++;
        }
    }
    if (m > 1)
        qsort(out, m, sizeof(*out), likest);
    *ret = out;
    *ret_n = m;
    return rc;
}

enum rc same_refuse(const struct same_pair *pairs, size_t n,
                    const char *(*owner_name)(const void *arg, const char *owner),
                    const void *arg, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        const struct same_pair *p = &pairs[i];
        if (p->verdict == SAME_DIFFERENT)
            continue;
        return err_set(
            e, RC_CONFLICT,
            p->verdict == SAME_SAME
                ? N_("「{name}」已确认与{code}「{other}」是同一个数,由{owner}报送,不重复要:"
                     "请直接引用{code}")
                : N_("「{name}」与{code}「{other}」很像,数在{owner}:请先确认是不是同一个数,"
                     "不是的说明理由"),
            "name", p->point.name, "code", p->other.code, "other", p->other.name, "owner",
            owner_name(arg, p->other.owner));
    }
    return RC_OK;
}

/* ---- deciding ---- */

enum rc same_decide(struct tx *tx, struct county *c, const struct same_decision *d,
                    const char *by, struct arena *a, struct err *e)
{
    const char *reason = d->verdict == SAME_DIFFERENT ? str_trim(a, d->reason) : "",
               *word = d->verdict == SAME_SAME ? "same" : "different";
    struct verdict_of_row was = { .number = 0 };
    struct canon k;
    struct id record;
    if (d->verdict == SAME_OPEN)
        return err_set(e, RC_INVALID, N_("请确认「{name}」是不是同一个数"), "name", d->name);
    if (d->verdict == SAME_DIFFERENT && !*reason)
        return err_set(e, RC_INVALID,
                       N_("请写明「{name}」为什么不是同一个数:数的对象、口径或时间有什么不同"),
                       "name", d->name);
    if (str_eq(d->point, d->other))
        return err_set(e, RC_INVALID, N_("一个监测点不能和自己比"));
    enum rc rc = verdict_of_one(tx_snap(tx), d->point, d->other, a, &was, e);
    if (rc == RC_OK && str_eq(was.verdict, word) && str_eq(was.reason, reason) &&
        str_eq(was.name, d->name))
        return RC_OK;
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    const struct same_audit_row row = { .at = county_now(c),
                                        .by_account = by,
                                        .name = d->name,
                                        .number = was.number + 1,
                                        .other = d->other,
                                        .point = d->point,
                                        .reason = reason,
                                        .verdict = word };
    canon_init(&k, a);
    canon_row(&k, &same_audit_query, &row);
    struct record_part part = part_open(&k);
    rc = record_append(tx, c,
                       &(struct record_new){ .kind = "point.same",
                                             .unit = "",
                                             .subject = d->point,
                                             .by = by,
                                             .parts = &part,
                                             .n_parts = 1 },
                       &record, e);
    return rc == RC_OK
               ? verdict_insert(tx, row.point, row.other, row.name, row.number, row.verdict,
                                row.reason, row.by_account, row.at, record, NULL, e)
               : rc;
}
