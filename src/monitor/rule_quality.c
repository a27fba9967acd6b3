/* Rules by what became of their warnings: one pass over the steps of their matters. */
#include "monitor/rule_quality.h"

#include "base/clock.h"
#include "base/str.h"
#include "monitor/rule_quality.sql.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct counting {
    const struct calendar *cal;
    struct rule_quality *q; /* the rule that is counted */
    double *days;           /* of its signings */
    const char *matter;
    struct utime sent; /* 0: signed for already */
};

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void finish(struct counting *c)
{
    struct rule_quality *q = c->q;
    size_t n = q ? (size_t)q->signed_n : 0;
    if (!q)
        return;
    q->days = q->days_most = NAN;
    if (n == 0)
        return;
    qsort(c->days, n, sizeof(*c->days), by_size);
    q->days = n % 2 ? c->days[n / 2] : (c->days[n / 2 - 1] + c->days[n / 2]) / 2;
    q->days_most = c->days[n - 1];
}

static void signing(struct counting *c, struct utime at)
{
    int n;
    /* A year without its arrangement is not guessed. */
    if (c->sent.us && !calendar_count(c->cal, time_day(c->sent), time_day(at), &n))
        c->days[c->q->signed_n++] = n;
    c->sent = (struct utime){ 0 };
}

static void step(struct counting *c, const struct quality_steps_row *r)
{
    struct rule_quality *q = c->q;
    if (!str_eq(c->matter, r->matter)) {
        q->matters++;
        c->matter = r->matter;
        c->sent = (struct utime){ 0 };
    }
    if (str_eq(r->verb, "open") || str_eq(r->verb, "again"))
        q->fired++;
    q->again += str_eq(r->verb, "again");
    if (str_eq(r->verb, "send") || str_eq(r->verb, "auto_send"))
        c->sent = r->at;
    if (str_eq(r->verb, "sign") || str_eq(r->verb, "sign_alone"))
        signing(c, r->at);
    bool upheld = str_eq(r->verb, "upheld");
    q->upheld += upheld;
    q->false_alarms += upheld || (str_eq(r->verb, "exclude") &&
                                  strstr(r->given, "\"ground\":\"false\"") != NULL);
}

enum rc rule_quality_load(const struct snap *s, const struct calendar *cal, struct arena *a,
                          struct rule_quality **ret, size_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    struct quality_steps_row *rows;
    size_t n, n_rules = 0;
    enum rc rc = quality_steps_all(s, tmp, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct rule_quality *list = arena_array(a, n, sizeof(*list));
    struct counting c = { .cal = cal, .days = arena_array(tmp, n, sizeof(*c.days)) };
    for (size_t i = 0; i < n; i++) {
        if (!c.q || !str_eq(c.q->rule, rows[i].rule)) {
            finish(&c);
            c.q = &list[n_rules++];
            *c.q = (struct rule_quality){ .rule = arena_strdup(a, rows[i].rule) };
            c.matter = "";
        }
        step(&c, &rows[i]);
    }
    finish(&c);
    *ret = list;
    *ret_n = n_rules;
    return RC_OK;
}
