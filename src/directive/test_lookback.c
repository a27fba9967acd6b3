/* 回头看 by the pages, on both databases: announced, sealed, drawn by two people, followed; who
 * may do what, what is refused, and how the rates come out. */
#include "base/clock.h"
#include "base/period.h"
#include "directive/directive.h"
#include "directive/lookback.h"
#include "directive/lookback_page.h"
#include "flow/matter.h"
#include "meeting/test_world.h"
#include "monitor/draw_page.h"
#include "monitor/publication.h"
#include "monitor/warning_kind.h"
#include "people/account.sql.h"
#include "store/seal.h"

#include <string.h>

enum { DIRECTIVES = 4 };

static enum rc make_signer(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return account_grant(tx, w->c, "bieren", "signer", "D01", "", e);
}

static void begin(struct world *w, struct county *c)
{
    static const struct flow_kind *const kinds[] = { &directive_flow_kind,
                                                     &instruction_flow_kind,
                                                     &warning_flow_kind };
    const struct route_table tables[] = { { draw_routes, draw_routes_n },
                                          { lookback_routes, lookback_routes_n } };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_of_code_row row;
    world_open(w, c, kinds, COUNT(kinds), tables, COUNT(tables));
    CHECK_OK(db_transact(c->db, make_signer, w, &e));
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(account_of_code_one(s, "bieren", w->a, &row, &e));
    CHECK_OK(
        person_load(s, row.id, county_today(c), ~UINT64_C(0), w->a, &w->person[OTHER], &e));
}

struct act {
    enum who by;
    const char *verb, *given;
};

static void all_moves(struct world *w, const char *code, const struct act *moves, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (move(w, moves[i].by, code, moves[i].verb, moves[i].given) != RC_OK)
            t_fail(__FILE__, __LINE__, "%s: %s", moves[i].verb, refused);
}

/* From work to its end. */
static void end_it(struct world *w, const char *code)
{
    static const struct act moves[] = {
        { CLERK, "report", "result=十二项已补齐；solved=yes" },
        { OTHER, "head_sign", "" },
        { SECOND, "close", "found=看过材料，属实" },
    };
    all_moves(w, code, moves, COUNT(moves));
}

/* A directive to the finance bureau, all the way to its end. */
static const char *closed(struct world *w, const char *title)
{
    static const struct act moves[] = {
        { EDITOR, "submit", "minutes=30" },
        { LEADER, "sign_off", "opinion=同意" },
        { EDITOR, "send", "" },
        { CLERK, "sign", "" },
        { CLERK, "accept", "" },
        { CLERK, "plan", "plan=逐项核对，十月底前补齐" },
    };
    const char *code = "";
    CHECK(open_matter(w, EDITOR, "directive", title, "",
                      "order=合同公告逐项补齐;source=meeting;source_doc=第3次研判会;"
                      "due=2026-10-30;lead=D01",
                      &code) == RC_OK);
    all_moves(w, code, moves, COUNT(moves));
    end_it(w, code);
    return code;
}

static void set_clock(struct county *c, int day, int minute)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct utime t = { day_start(day_of(2026, 10, day)).us + INT64_C(60000000) * minute };
    CHECK_OK(county_set_clock(c, t, &e));
}

static const char *state_of(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(matter_load(s, w->c, code, w->a, &m, &e));
    return m.state;
}

#define FORM "from=2026-10-09&to=2026-10-09&k=2&event=ssq&issue=2026114&day=2026-10-13"
#define SEED "issue=2026114&day=2026-10-13&minute=21:20&from=cwl.gov.cn&outcome="

static void announce(struct world *w)
{
    struct county *c = w->c;
    CLEANUP(err_done) struct err e = { 0 };
    int64_t n;
    CHECK_STATUS(get(w, CLERK, "/lookback"), 403);
    CHECK_HAS(get(w, LEADER, "/lookback?from=2026-10-09&to=2026-10-09"), "还没有抽查过");
    CHECK_LACKS(get(w, LEADER, "/lookback?from=2026-10-09&to=2026-10-09"), "公告名单和抽法");
    CHECK_STATUS(post(w, LEADER, "/lookback", FORM), 403);
    CHECK_STATUS(
        post(w, EDITOR, "/lookback",
             "from=2026-10-09&to=2026-10-10&k=2&event=ssq&issue=2026114&day=2026-10-13"),
        400);
    CHECK_HAS(get(w, EDITOR, "/lookback?from=2026-10-09&to=2026-10-09"), "有4件可抽");
    CHECK_HAS(post(w, EDITOR, "/lookback",
                   "from=2026-10-09&to=2026-10-09&k=5&event=ssq&issue=2026114&day=2026-10-13"),
              "应抽1到4项");
    CHECK_HAS(post(w, EDITOR, "/lookback",
                   "from=2026-10-09&to=2026-10-09&k=2&event=ssq&issue=2026113&day=2026-10-08"),
              "来不及先存证");
    CHECK_HAS(post(w, EDITOR, "/lookback",
                   "from=2026-10-09&to=2026-10-09&k=2&event=ssq&issue=2026114&day=2026-10-12"),
              "周二、周四、周日");
    CHECK_STATUS(post(w, EDITOR, "/lookback", FORM), 303);
    CHECK_STATUS(post(w, SECOND, "/lookback", FORM), 409);
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(draw_seal(c, &n, &e));
    CHECK_INT(n, 1);
}

static void draw(struct world *w)
{
    struct county *c = w->c;
    CHECK_HAS(get(w, EDITOR, "/draw/L-2026-0001"), "等公开事件");
    CHECK_STATUS(post(w, EDITOR, "/draw/L-2026-0001/seed", SEED "03+08+15+21+27+33+09"), 409);
    set_clock(c, 13, 22 * 60);
    CHECK_STATUS(post(w, CLERK, "/draw/L-2026-0001/seed", SEED "03+08+15+21+27+33+09"), 403);
    CHECK_STATUS(post(w, EDITOR, "/draw/L-2026-0001/seed", SEED "03+08+15+21+27+33"), 400);
    CHECK_STATUS(post(w, EDITOR, "/draw/L-2026-0001/seed", SEED "03+08+15+21+27+33+09"), 303);
    /* The second person is not shown what the first read. */
    CHECK_HAS(get(w, SECOND, "/draw/L-2026-0001"), "核对并抽出");
    CHECK_LACKS(get(w, SECOND, "/draw/L-2026-0001"), "03 08 15");
    CHECK_LACKS(get(w, SECOND, "/draw/L-2026-0001.json"), "03 08 15");
    CHECK_LACKS(get(w, SECOND, "/draw/L-2026-0001.draw"), "seed");
    CHECK_LACKS(get(w, EDITOR, "/draw/L-2026-0001"), "核对并抽出");
    CHECK_STATUS(post(w, EDITOR, "/draw/L-2026-0001/check",
                      "issue=2026114&outcome=03+08+15+21+27+33+09"),
                 403);
    CHECK_HAS(post(w, SECOND, "/draw/L-2026-0001/check",
                   "issue=2026114&outcome=03+08+15+21+27+33+10"),
              "不一致");
    CHECK_STATUS(post(w, SECOND, "/draw/L-2026-0001/check",
                      "issue=2026114&outcome=03+08+15+21+27+33+09"),
                 303);
    CHECK_STATUS(post(w, SECOND, "/draw/L-2026-0001/void", "reason=x"), 409);
    /* Everybody who reads figures may draw it again. */
    CHECK_HAS(get(w, CLERK, "/draw/L-2026-0001"), "抽出的2项");
    CHECK_HAS(get(w, CLERK, "/draw/L-2026-0001.draw"), "\nseed\n03 08 15 21 27 33 09\n");
    CHECK_HAS(get(w, CLERK, "/draw"), "已抽出1次");
}

static void follow(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct draw d;
    int64_t n;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(draw_load(s, "L-2026-0001", w->a, &d, &e));
    db_read_end(&s);
    CHECK_INT(d.lot.n_drawn, 2);
    const char *one = d.lot.drawn[0].code, *two = d.lot.drawn[1].code;
    CHECK_OK(lookback_follow(w->c, "L-2026-0001", &n, &e));
    CHECK_INT(n, 2);
    CHECK_STR(state_of(w, one), "looking");
    CHECK_OK(lookback_follow(w->c, "L-2026-0001", &n, &e));
    CHECK_INT(n, 0);
    CHECK_HAS(get(w, LEADER, "/lookback"), "还在看2件");
    CHECK(move(w, SECOND, one, "held", "found=现场看过，没有反弹") == RC_OK);
    CHECK(move(w, SECOND, two, "rebound", "lacks=又有三项没有公告;due=2026-11-20") == RC_OK);
    CHECK_STR(state_of(w, one), "archived");
    CHECK_STR(state_of(w, two), "working");
    /* Not drawn a second time by being called again. */
    CHECK_OK(lookback_follow(w->c, "L-2026-0001", &n, &e));
    CHECK_INT(n, 0);
    struct lookback_rates r;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(lookback_rates(s, &r, &e));
    CHECK_INT(r.closed, DIRECTIVES);
    CHECK_INT(r.reopened, 1);
    CHECK_INT(r.drawn, 2);
    CHECK_INT(r.held, 1);
    CHECK_INT(r.rebound, 1);
    CHECK_INT(r.warned, 0);
    CHECK_OK(flow_rebuild_all(s, w->c, &n, &e));
    db_read_end(&s);
    CHECK_HAS(get(w, LEADER, "/lookback"), "50.0%");
    CHECK_HAS(get(w, LEADER, "/lookback"), two);
}

/* A span that begins on a drawn day overlaps; who was drawn is never drawn again. */
static void drawn_once(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct draw d;
    CHECK_STATUS(
        post(w, EDITOR, "/lookback",
             "from=2026-10-09&to=2026-10-12&k=1&event=ssq&issue=2026115&day=2026-10-15"),
        409);
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(draw_load(s, "L-2026-0001", w->a, &d, &e));
    db_read_end(&s);
    end_it(w, d.lot.drawn[1].code);
    set_clock(w->c, 14, 9 * 60);
    CHECK_HAS(get(w, EDITOR, "/lookback?from=2026-10-13&to=2026-10-13"), "没有可抽的");
}

static struct lookback_rates rates(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct lookback_rates r;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(lookback_rates(s, &r, &e));
    return r;
}

static void what_fires_again_counts_once_it_is_published(struct county *c)
{
    static const char values[] = "unit,point,period,value,missing,note\n"
                                 "D01,P1,2026Q3,70,,\nD02,P1,2026Q3,70,,\nT01,P1,2026Q3,50,,\n"
                                 "D01,P2,2026Q3,41,,\nD02,P2,2026Q3,71,,\nT01,P2,2026Q3,82,,\n"
                                 "D01,P3,2026Q3,42,,\nD02,P3,2026Q3,70,,\nT01,P3,2026Q3,81,,\n";
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    begin(&w, c);
    world_results(&w);
    link_matter(&w, closed(&w, "公告率低"), "warning", "W-2026Q1-0001");
    CHECK_INT(rates(&w).warned, 1);
    CHECK_INT(rates(&w).recurred, 0);
    set_clock(c, 10, 9 * 60);
    world_draft(&w, 3, values);
    CHECK_INT(rates(&w).recurred, 0);
    CHECK_OK(publication_publish(c, period_of(PERIOD_QUARTER, 2026, 3), "", &e));
    CHECK_INT(rates(&w).recurred, 1);
    /* One that ended after it fired has not come back. */
    link_matter(&w, closed(&w, "公告率低，又一件"), "warning", "W-2026Q1-0001");
    CHECK_INT(rates(&w).warned, 2);
    CHECK_INT(rates(&w).recurred, 1);
    world_done(&w);
}
T_COUNTY(what_fires_again_counts_once_it_is_published)

static void goes_from_list_to_result(struct county *c)
{
    struct world w;
    begin(&w, c);
    for (int i = 0; i < DIRECTIVES; i++)
        closed(&w, arena_printf(w.a, "合同公告不及时%d", i));
    set_clock(c, 10, 9 * 60);
    announce(&w);
    draw(&w);
    follow(&w);
    drawn_once(&w);
    world_done(&w);
}
T_COUNTY(goes_from_list_to_result)

T_MAIN(T_COUNTY_CASES("looking again goes from a list to rates", goes_from_list_to_result),
       T_COUNTY_CASES("what fires again counts once it is published",
                      what_fires_again_counts_once_it_is_published))
