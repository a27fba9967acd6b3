/* Collection by its pages: who may see and do what, what a refused form says, what is kept. */
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "collect/collect_page.h"
#include "collect/pull.h"
#include "collect/test_collect.h"
#include "monitor/readopt.h"
#include "people/test_site.h"

#include <string.h>

struct pages {
    struct world w;
    struct site site;
    const char *token[PEOPLE];
};

static void pages_open(struct pages *s, struct county *c, struct arena *a)
{
    const struct route_table tables[] = { { round_routes, round_routes_n },
                                          { filing_routes, filing_routes_n },
                                          { outside_routes, outside_routes_n } };
    *s = (struct pages){ .w = world_new(c, a) };
    site_open(&s->site, c, a, tables, COUNT(tables), NULL);
    for (enum someone i = 0; i < PEOPLE; i++)
        s->token[i] = site_token(&s->site, world_codes[i]);
}

static struct web_reply get(struct pages *s, enum someone who, const char *target)
{
    return site_get(&s->site, s->token[who], target);
}

static struct web_reply post(struct pages *s, enum someone who, const char *target,
                             const char *body)
{
    return site_post(&s->site, s->token[who], target, body);
}

static struct web_reply upload(struct pages *s, enum someone who, const char *target,
                               const char *csv)
{
    return site_upload(&s->site, s->token[who], target, "v.csv", csv, "");
}

static const char *moving(struct pages *s, const char *filing, const char *more)
{
    return arena_printf(s->w.a, "version=%lld%s",
                        (long long)world_filing(&s->w, filing).version, more);
}

static enum rc expire(struct tx *tx, void *arg, struct err *e)
{
    return readopt_write(tx, arg,
                         &(struct readopt){ .checkup = "RC-2026-00001",
                                            .what = "form",
                                            .item = "P2",
                                            .decision = "expire",
                                            .reason = "没有人用",
                                            .used = "",
                                            .by = "",
                                            .in_force = true },
                         e);
}

/* What a check-up let expire is named where a round is made, and not asked for. */
static void what_expired_is_named(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct pages s;
    pages_open(&s, c, a);
    CHECK_LACKS(get(&s, DESK, "/round/new"), "不再要的");
    CHECK_OK(db_transact(c->db, expire, c, &e));
    CHECK_HAS(get(&s, DESK, "/round/new"), "规则体检RC-2026-00001）</a>");
    CHECK_HAS(get(&s, DESK, "/round/new"), "/point/P2");
    site_done(&s.site);
}
T_COUNTY(what_expired_is_named)

static void by_pages(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages s;
    pages_open(&s, c, a);
    /* Rounds are the platform's: others may look at most. */
    CHECK_STATUS(get(&s, DESK, "/round"), 200);
    CHECK_STATUS(get(&s, LEADER, "/round"), 200);
    CHECK_STATUS(get(&s, FILL1, "/round"), 403);
    CHECK_STATUS(get(&s, TOWN, "/round"), 403);
    CHECK_STATUS(get(&s, LEADER, "/round/new"), 403);
    CHECK_HAS(get(&s, DESK, "/round/new"), "财政局");
    static const char good[] =
        "period=2026Q3&open_day=2026-09-30&due_day=2026-10-12&"
        "late_day=2026-10-20&signatures=2&minutes=45&source=CG&source=SW";
    CHECK_STATUS(post(&s, LEADER, "/round", good), 403);
    /* What is wrong is said, and what was typed stays. */
    struct web_reply r =
        post(&s, DESK, "/round",
             "period=2026Q3&open_day=2026-09-30&due_day=2026-02-30&late_day=2026-10-20&"
             "signatures=2&minutes=45&source=CG");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "value=\"2026-02-30\"");
    r = post(&s, DESK, "/round",
             "period=2026Q3&open_day=2026-09-30&due_day=2026-10-12&late_day=2026-10-20");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "请至少选一个来源");
    r = post(&s, DESK, "/round", good);
    CHECK_STATUS(r, 303);
    CHECK_STR(r.location, "/round/B-2026-00001");
    CHECK_STATUS(post(&s, DESK, "/round", good), 409); /* the same is asked for once */
    r = get(&s, DESK, "/round/B-2026-00001");
    CHECK_HAS(r, "0/2个来源已签发");
    CHECK_HAS(r, "/filing/F-2026-00001");
    CHECK_STATUS(get(&s, DESK, "/round/B-2026-00002"), 404);
    CHECK_STATUS(get(&s, DESK, "/round/B-2026-00001.json"), 200);
    /* A filing is its source's, and the platform's to look at. */
    CHECK_HAS(get(&s, FILL1, "/filing"), "有1件填报没有签发");
    CHECK_HAS(get(&s, TOWN, "/filing"), "没有要填报的");
    CHECK_STATUS(get(&s, OTHER, "/filing/F-2026-00001"), 404);
    CHECK_STATUS(get(&s, TOWN, "/filing/F-2026-00001"), 404);
    CHECK(!strstr(get(&s, DESK, "/filing/F-2026-00001").body, "<input class"));
    r = get(&s, FILL1, "/filing/F-2026-00001");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "name=\"v:T1:P1:2026Q3\"");
    CHECK(!strstr(r.body, "/filing/F-2026-00001/submit")); /* nothing is filled in */
    /* Typing. */
    CHECK_STATUS(post(&s, OTHER, "/filing/F-2026-00001/save", "v%3AT1%3AP1%3A2026Q3=1"), 404);
    CHECK_STATUS(post(&s, DESK, "/filing/F-2026-00001/save", "v%3AT1%3AP1%3A2026Q3=1"), 403);
    CHECK_STATUS(post(&s, FILL1, "/filing/F-2026-00001/save", "v%3AT9%3AP1%3A2026Q3=1"), 400);
    r = post(&s, FILL1, "/filing/F-2026-00001/save",
             "g=0&v%3AT1%3AP1%3A2026Q3=4O&v%3AT2%3AP1%3A2026Q3=");
    CHECK_STATUS(r, 303);
    CHECK_STR(r.location, "/filing/F-2026-00001?g=0");
    r = get(&s, FILL1, "/filing/F-2026-00001");
    CHECK_HAS(r, "value=\"4O\"");
    CHECK_HAS(r, "有1格要改");
    CHECK_STATUS(post(&s, FILL1, "/filing/F-2026-00001/submit", moving(&s, "F-2026-00001", "")),
                 400);
    /* A sheet: all of it or nothing. */
    r = upload(&s, FILL1, "/filing/F-2026-00001/upload",
               "unit,point,period,value\nT1,P1,2026Q3,4\nT2,P1,2026Q3,x\n");
    CHECK_STATUS(r, 400);
    CHECK_INT(world_filing(&s.w, "F-2026-00001").typed, 1);
    r = upload(&s, FILL1, "/filing/F-2026-00001/upload",
               "unit,point,period,value\nT1,P1,2026Q3,4\nT2,P1,2026Q3,5\nT2,P1,2026Q2,5\n");
    CHECK_STATUS(r, 303);
    CHECK_INT(world_filing(&s.w, "F-2026-00001").typed, 2);
    /* Two signatures, and an old page. */
    const char *old = moving(&s, "F-2026-00001", "");
    CHECK_STATUS(post(&s, FILL1, "/filing/F-2026-00001/submit", old), 303);
    r = post(&s, FILL1, "/filing/F-2026-00001/submit", old);
    CHECK_STATUS(r, 409);
    CHECK_STATUS(post(&s, HEAD1, "/filing/F-2026-00001/sign", moving(&s, "F-2026-00001", "")),
                 409);
    r = get(&s, FILL2, "/filing/F-2026-00001");
    CHECK_HAS(r, "/filing/F-2026-00001/check");
    CHECK_HAS(r, "李青填报");
    CHECK_STATUS(post(&s, FILL2, "/filing/F-2026-00001/check", moving(&s, "F-2026-00001", "")),
                 303);
    /* Typed on a page opened before: kept, and told. */
    r = post(&s, FILL1, "/filing/F-2026-00001/save", "g=0&v%3AT1%3AP1%3A2026Q3=9");
    CHECK_STR(r.location, "/filing/F-2026-00001?g=0&kept=1");
    CHECK_HAS(get(&s, FILL1, r.location), "没有算进这次填报");
    CHECK_STATUS(post(&s, HEAD1, "/filing/F-2026-00001/back", moving(&s, "F-2026-00001", "")),
                 400); /* without a reason */
    CHECK_HAS(get(&s, HEAD1, "/filing/F-2026-00001"), "/filing/F-2026-00001/sign");
    CHECK_STATUS(post(&s, HEAD1, "/filing/F-2026-00001/sign", moving(&s, "F-2026-00001", "")),
                 303);
    r = get(&s, DESK, "/round/B-2026-00001");
    CHECK_HAS(r, "1/2个来源已签发");
    /* Reminders and the end. */
    CHECK_STATUS(post(&s, LEADER, "/round/B-2026-00001/urge", ""), 403);
    CHECK_STATUS(post(&s, DESK, "/round/B-2026-00001/urge", ""), 303);
    CHECK_HAS(get(&s, DESK, "/round/B-2026-00001"), "没有看过");
    CHECK_STATUS(post(&s, DESK, "/round/B-2026-00001/open", ""), 409);
    CHECK_STATUS(post(&s, DESK, "/round/B-2026-00001/close", ""), 400);
    CHECK_STATUS(post(&s, DESK, "/round/B-2026-00001/close", "why=x"), 303);
    CHECK_STATUS(post(&s, DESK, "/round/B-2026-00001/close", "why=x"), 409);
    /* What others supplied about one's own unit is known, and may be objected to. */
    r = get(&s, TOWN, "/filing?period=2026Q3");
    CHECK_HAS(r, "本期少填1项");
    CHECK_HAS(r, "/objection/new?");
    site_done(&s.site);
}
T_COUNTY(by_pages)

/* What goes in and out by itself is set up by the platform, within what is allowed. */
static void outside(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages s;
    pages_open(&s, c, a);
    static const char good[] = "name=x&source=CG&kind=folder&place=xf&every=24";
    CHECK_STATUS(get(&s, DESK, "/pull"), 200);
    CHECK_STATUS(get(&s, FILL1, "/pull"), 403);
    CHECK_STATUS(get(&s, LEADER, "/webhook"), 403);
    CHECK_STATUS(post(&s, FILL1, "/pull", good), 403);
    struct web_reply r =
        post(&s, DESK, "/pull", "name=x&source=CG&kind=folder&place=..&every=1");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "value=\"..\"");
    r = post(&s, DESK, "/pull", good);
    CHECK_STATUS(r, 303);
    CHECK_STR(r.location, "/pull/Q-00001");
    CHECK_HAS(get(&s, DESK, "/pull"), "还没有取过");
    CHECK_STATUS(post(&s, DESK, "/pull/Q-00001/run", ""), 303);
    CHECK_STATUS(post(&s, DESK, "/pull/Q-00009/run", ""), 404);
    struct pull_ran ran;
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(pull_run(c, "Q-00001", a, &ran, &e));
    CHECK_HAS(get(&s, DESK, "/pull/Q-00001"), "没有 pull/xf");
    CHECK_STATUS(post(&s, DESK, "/pull/Q-00001/switch", "on=0"), 303);
    CHECK_STATUS(post(&s, DESK, "/pull/Q-00001/switch", "on=0"), 409);
    CHECK_STATUS(get(&s, DESK, "/pull/Q-00009"), 404);
    r = post(&s, DESK, "/webhook", "name=x&url=http%3A%2F%2F10.0.0.1%2F&event=published");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "不在允许连接的地址里");
    CHECK_STATUS(post(&s, DESK, "/webhook", "name=x&url=http%3A%2F%2F10.0.0.1%2F"), 400);
    CHECK_STATUS(get(&s, DESK, "/webhook/H-00001"), 404);
    CHECK_STATUS(post(&s, DESK, "/webhook/H-00001/switch", "on=0"), 404);
    site_done(&s.site);
}
T_COUNTY(outside)

T_MAIN(T_COUNTY_CASES("what expired is named", what_expired_is_named),
       T_COUNTY_CASES("a round from its making to its end, by pages", by_pages),
       T_COUNTY_CASES("pulls and webhooks, by pages", outside))
