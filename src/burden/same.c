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

/* Two characters in a row, as one number; a name as the sorted list of them. */
struct grams {
    uint64_t g[NAME_CHARS];
    size_t n;
};

/* Words that say nothing about what is counted. */
static const char *const idle[] = { "本季度",   "本年度", "本月", "本期", "当期",
                                    "截至期末", "的",     "数量", "总数", "个数" };

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

static bool counts(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= 0x3400 && c < 0xA000) || c >= 0x20000;
}

static void grams_of(const char *name, struct grams *ret)
{
    uint32_t c[NAME_CHARS];
    size_t n = 0;
    const char *end = name + strlen(name);
    for (const char *p = name; p < end && n < NAME_CHARS;) {
        size_t len = idle_at(p);
        uint32_t ch = len ? 0 : utf8_next(p, end, &len);
        if (counts(ch))
            c[n++] = ch;
        p += len ? len : 1;
    }
    if (n > 1 && c[n - 1] == 0x6570 /* 数 */)
        n--;
    ret->n = 0;
    for (size_t i = 0; i + 1 < n; i++)
        ret->g[ret->n++] = (uint64_t)c[i] << 32 | c[i + 1];
    if (n == 1)
        ret->g[ret->n++] = c[0];
    if (ret->n > 1)
        qsort(ret->g, ret->n, sizeof(ret->g[0]), by_value);
}

static double likeness(const struct grams *a, const struct grams *b)
{
    size_t i = 0, k = 0, both = 0;
    if (a->n + b->n == 0)
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
    return 2.0 * (double)both / (double)(a->n + b->n);
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

/* A decision is about a point as it was called then. */
static enum rc decided(const struct snap *s, struct arena *a, struct same_pair *p,
                       struct err *e)
{
    struct verdict_of_row row;
    enum rc rc = verdict_of_one(s, p->point.code, p->other.code, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc == RC_OK && str_eq(row.name, p->point.name)) {
        p->verdict = verdict_of(row.verdict);
        p->reason = row.reason;
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
