/* Claimed, verified and validated values: who may say what, and where it is shown. */
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "collect/collect_page.h"
#include "collect/test_collect.h"
#include "monitor/value_other.h"
#include "monitor/value_other.sql.h"
#include "monitor/value_page.h"
#include "people/test_site.h"

#include <math.h>
#include <string.h>

struct adding {
    struct world *w;
    enum someone who;
    struct other_new n;
};

static enum rc add(struct tx *tx, void *arg, struct err *e)
{
    struct adding *x = arg;
    return other_add(tx, x->w->c, &x->w->people[x->who], x->w->units, &x->n, x->w->a, e);
}

#define Q3 period_of(PERIOD_QUARTER, 2026, 3)

static void says_who_may(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const struct {
        enum someone who;
        const char *kind, *source, *point, *unit, *how;
        double value;
        enum rc want;
    } cases[] = {
        { DESK, "verified", "QX", "P1", "T1", "抽查凭证30份", 40, RC_OK },
        { DESK, "verified", "QX", "P1", "T1", "再查一次", 41, RC_OK },
        { OTHER, "validated", "SW", "P1", "T1", "商务系统同口径", 42, RC_OK },
        { FILL1, "verified", "CG", "P1", "T1", "自己", 40, RC_DENIED },
        { FILL1, "validated", "SW", "P1", "T1", "替别人", 40, RC_DENIED },
        { DESK, "validated", "CG", "P1", "T1", "来源自己", 40, RC_DENIED },
        { OTHER, "verified", "SW", "P1", "T1", "不监督它", 40, RC_DENIED },
        { TOWN, "validated", "T1", "P1", "T1", "自己", 40, RC_DENIED },
        { DESK, "guess", "QX", "P1", "T1", "猜的", 40, RC_INVALID },
        { DESK, "verified", "QX", "P1", "T1", "", 40, RC_INVALID },
        { DESK, "verified", "QX", "P2", "T1", "月报", 40, RC_INVALID },
        { DESK, "verified", "QX", "P1", "T1", "不是数", NAN, RC_INVALID },
        { DESK, "verified", "QX", "P1", "T9", "没有", 40, RC_NOTFOUND },
        { DESK, "verified", "QX", "P9", "T1", "没有", 40, RC_NOTFOUND },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct adding x = { &w,
                            cases[i].who,
                            { cases[i].unit, cases[i].point, Q3, cases[i].kind, cases[i].value,
                              cases[i].source, cases[i].how } };
        enum rc rc = db_transact(c->db, add, &x, &e);
        if (rc != cases[i].want)
            t_fail(__FILE__, __LINE__, "case %zu: %d, not %d", i, rc, cases[i].want);
        err_done(&e);
    }
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct others_of_row *rows;
    size_t n;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(others_of_all(s, "T1", "P1", Q3, a, &rows, &n, &e));
    CHECK_INT(n, 3); /* nothing is overwritten */
    db_read_end(&s);
    /* Beside the field; the newest of its kind. */
    const char *filing;
    world_round(&w, 1, &filing);
    struct filing f = world_filing(&w, filing);
    CHECK_REAL(filing_at(&f, 2, 0)->verified, 41, 0);
    CHECK_REAL(filing_at(&f, 2, 0)->validated, 42, 0);
    CHECK(isnan(filing_at(&f, 3, 0)->verified));
}
T_COUNTY(says_who_may)

struct pages {
    struct world w;
    struct site site;
    const char *token[PEOPLE];
};

static struct web_reply get(struct pages *s, enum someone who, const char *target)
{
    return site_get(&s->site, s->token[who], target);
}

static struct web_reply post(struct pages *s, enum someone who, const char *target,
                             const char *form)
{
    return site_post(&s->site, s->token[who], target, form);
}

static struct web_reply upload(struct pages *s, enum someone who, const char *csv)
{
    return site_upload(&s->site, s->token[who], "/other", "v.csv", csv,
                       SITE_PART("kind", "validated") SITE_PART("source", "SW")
                           SITE_PART("how", "同口径"));
}

static void by_pages(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct pages s = { .w = world_new(c, a) };
    const struct route_table tables[] = { { other_routes, other_routes_n },
                                          { value_routes, value_routes_n } };
    site_open(&s.site, c, a, tables, COUNT(tables), NULL);
    for (enum someone i = 0; i < PEOPLE; i++)
        s.token[i] = site_token(&s.site, world_codes[i]);
    CHECK_OK(world_import(&s.w, FILL1, "unit,point,period,value\nT1,P1,2026Q3,40\n", NULL, &e));
    /* A file: all of it or nothing. */
    CHECK_INT(
        upload(&s, OTHER, "unit,point,period,value\nT1,P1,2026Q3,39\nT2,P1,2026Q3,x\n").status,
        400);
    CHECK_INT(upload(&s, FILL1, "unit,point,period,value\nT1,P1,2026Q3,39\n").status, 403);
    CHECK(!strstr(get(&s, DESK, "/other?period=2026Q3").body, "/value/T1/P1"));
    CHECK_INT(
        upload(&s, OTHER, "unit,point,period,value\nT1,P1,2026Q3,39\nT2,P1,2026Q3,7\n").status,
        303);
    struct web_reply r = get(&s, DESK, "/other?period=2026Q3");
    CHECK_INT(r.status, 200);
    CHECK(strstr(r.body, "有2个数有人核实或印证，1个对不上") != NULL);
    /* The value's own page shows both, and takes one more. */
    r = get(&s, TOWN, "/value/T1/P1/2026Q3");
    CHECK_INT(r.status, 200);
    CHECK(strstr(r.body, "印证值") && strstr(r.body, "商务局") &&
          !strstr(r.body, "/2026Q3/other"));
    CHECK_INT(
        post(&s, TOWN, "/value/T1/P1/2026Q3/other", "kind=verified&value=1&source=T1&how=x")
            .status,
        403);
    CHECK_INT(get(&s, TOWN, "/value/T2/P1/2026Q3").status, 403);
    CHECK_INT(
        post(&s, DESK, "/value/T1/P1/2026Q3/other", "kind=verified&value=4O&source=QX&how=x")
            .status,
        400);
    CHECK_INT(
        post(&s, DESK, "/value/T1/P1/2026Q3/other", "kind=verified&value=38.5&source=QX&how=x")
            .status,
        303);
    r = get(&s, DESK, "/value/T1/P1/2026Q3");
    CHECK(strstr(r.body, "核实值") && strstr(r.body, "38.5"));
    /* Others see no more than their own units. */
    r = get(&s, TOWN, "/other?period=2026Q3");
    CHECK(strstr(r.body, "云岭镇") && !strstr(r.body, "石桥镇"));
    site_done(&s.site);
}
T_COUNTY(by_pages)

T_MAIN(T_COUNTY_CASES("only others say what others found", says_who_may),
       T_COUNTY_CASES("three numbers side by side", by_pages))
