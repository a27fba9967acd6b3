/*
 * A meeting from its preparation to its end: changes that the intervals tell apart, one page
 * whatever was written, figures that stay as they were frozen, directives born of decisions.
 */
#include "base/clock.h"
#include "base/period.h"
#include "flow/matter.h"
#include "meeting/agenda.h"
#include "meeting/frozen.h"
#include "meeting/meeting.sql.h"
#include "meeting/meeting_kind.h"
#include "meeting/meeting_page.h"
#include "meeting/test_world.h"
#include "store/audit.h"

#include <math.h>
#include <string.h>

/* What is born of a decision, as far as a meeting knows it. */
static const struct flow_state states[] = {
    { .code = "draft",
      .name = "拟办",
      .draft = true,
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .unclocked = "测试" },
    { .code = "sent",
      .name = "办理中",
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .unclocked = "测试" },
    { .code = "closed", .name = "销号", .final = true },
    { .code = "cancelled", .name = "撤销", .final = true },
};
static const struct flow_choice sources[] = { { "meeting", "会商" }, { NULL, NULL } };
static const struct flow_field fields[] = {
    { .code = "order", .name = "要求", .type = FLOW_LINES, .max = 2000 },
    { .code = "source", .name = "来源", .type = FLOW_CHOICE, .choices = sources },
    { .code = "due", .name = "期限", .type = FLOW_DAY, .max = 400 },
};
static const struct flow_move moves[] = {
    { .verb = "send",
      .name = "发出",
      .from = "draft",
      .to = "sent",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH },
    { .verb = "close",
      .name = "销号",
      .from = "sent",
      .to = "closed",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH },
    { .verb = "cancel",
      .name = "撤销",
      .from = "sent",
      .to = "cancelled",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH },
};
static const struct flow_kind directive = { .code = "directive",
                                            .name = "廉动令",
                                            .help = "测试",
                                            .prefix = "D",
                                            .open = CAP_DISPATCH,
                                            .open_fields = "order! source! due!",
                                            FLOW_ROWS(states, states),
                                            FLOW_ROWS(moves, moves),
                                            FLOW_ROWS(fields, fields) };
static const struct flow_kind *const kinds[] = { &meeting_flow_kind, &directive };

static void begin(struct world *w, struct county *c)
{
    static struct route_table tables[1];
    tables[0] = (struct route_table){ meeting_routes, meeting_routes_n };
    world_open(w, c, kinds, COUNT(kinds), tables, COUNT(tables));
}

static const char *prepared(struct world *w)
{
    const char *code = "";
    if (open_matter(w, EDITOR, "meeting", "第三季度研判会商", "",
                    "day=2026-10-16;place=一号会议室;chair=韩松", &code) != RC_OK)
        t_fail(__FILE__, __LINE__, "%s", refused);
    return code;
}

static void only_what_can_be_told_apart_is_put_before_it(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    struct agenda_change *list;
    size_t n;
    begin(&w, c);
    world_results(&w);
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(agenda_candidates(s, c, w.a, &list, &n, &e));
    }
    bool still = false, fell = false, rose = false;
    for (size_t i = 0; i < n; i++) {
        still |= str_eq(list[i].unit, "D02");
        fell |= str_eq(list[i].unit, "D01") && list[i].now < list[i].before;
        rose |= str_eq(list[i].unit, "T01") && list[i].now > list[i].before;
        CHECK(list[i].now_lo > list[i].before_hi || list[i].now_hi < list[i].before_lo);
    }
    CHECK(fell && rose && !still);
    CHECK(n >= 2 && !str_eq(list[0].unit, list[1].unit)); /* a unit once among the first */
    /* What is computed and not published is nobody's to read, a meeting's neither. */
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct agenda_change *same;
        size_t m;
        world_draft(&w, 3,
                    "unit,point,period,value,missing,note\n"
                    "D01,P1,2026Q3,90,,\nD02,P1,2026Q3,20,,\nT01,P1,2026Q3,30,,\n"
                    "D01,P2,2026Q3,91,,\nD02,P2,2026Q3,21,,\nT01,P2,2026Q3,32,,\n"
                    "D01,P3,2026Q3,92,,\nD02,P3,2026Q3,20,,\nT01,P3,2026Q3,31,,\n");
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(agenda_candidates(s, c, w.a, &same, &m, &e));
        CHECK_INT(m, n);
        for (size_t i = 0; i < n && i < m; i++)
            CHECK(str_eq(same[i].unit, list[i].unit) && same[i].now >= list[i].now &&
                  same[i].now <= list[i].now);
    }
    const char *code = prepared(&w);
    CHECK_HAS(get(&w, EDITOR, arena_printf(w.a, "/meeting/%s", code)), "2026年第二季度");
    CHECK_LACKS(get(&w, EDITOR, arena_printf(w.a, "/meeting/%s", code)), "2026年第三季度");
    /* A person chooses and orders; what the intervals do not tell apart is refused. */
    CHECK_INT(move(&w, EDITOR, code, "arrange", "changes=T01 I 连升两期\nD01 B1 公告不按期"),
              RC_OK);
    CHECK_INT(move(&w, EDITOR, code, "arrange", "changes=D02 I 没有变"), RC_INVALID);
    CHECK_INT(move(&w, EDITOR, code, "arrange", "changes=D01 I\nD01 I"), RC_INVALID);
    CHECK_INT(move(&w, EDITOR, code, "arrange",
                   "changes=D01 I 一二三四五六七八九十一二三四五六七八九十一二三四五"),
              RC_INVALID);
    CHECK_INT(move(&w, EDITOR, code, "arrange", "decisions=一\n二\n三\n四"), RC_INVALID);
    CHECK_INT(move(&w, EDITOR, code, "arrange", "decisions=定一件事｜D-2026-00099"),
              RC_INVALID);
    CHECK_INT(move(&w, CLERK, code, "arrange", "decisions=一"), RC_NOTFOUND);
    CHECK_STATUS(get(&w, CLERK, arena_printf(w.a, "/meeting/%s", code)), 403);
    CHECK_HAS(get(&w, LEADER, arena_printf(w.a, "/meeting/%s", code)), "连升两期");
    world_done(&w);
}
T_COUNTY(only_what_can_be_told_apart_is_put_before_it)

static struct frozen frozen_of(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct frozen f = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(frozen_load(s, code, w->a, &f, &e));
    return f;
}

static void frozen_figures_stay(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    struct audit_result found;
    begin(&w, c);
    const char *code = prepared(&w), *page = arena_printf(w.a, "/meeting/%s", code);
    CHECK_INT(move(&w, EDITOR, code, "arrange", "decisions=是否约谈财政局负责人"), RC_OK);
    CHECK_INT(move(&w, EDITOR, code, "freeze", ""), RC_CONFLICT); /* nothing is published */
    world_results(&w);
    CHECK_INT(move(&w, EDITOR, code, "freeze", ""), RC_OK);
    struct frozen f = frozen_of(&w, code);
    CHECK_INT((int)f.version, 1);
    CHECK_LACKS(get(&w, LEADER, page), "处后来有变");
    CHECK_HAS(get(&w, LEADER, page), "当时的数");
    /* A correction comes: the frozen page says what it said, and what is so now beside it. */
    world_values(&w, 2,
                 "unit,point,period,value,missing,note\nD01,P1,2026Q2,60,,\nD01,P2,2026Q2,60,,"
                 "\nD01,P3,2026Q2,60,,\n");
    struct frozen g = frozen_of(&w, code);
    CHECK_STR(f.content, g.content);
    CHECK_INT((int)g.version, 1);
    CHECK_HAS(get(&w, LEADER, page), "处后来有变");
    CHECK_HAS(get(&w, LEADER, page), "现在的数：");
    /* Taken back and frozen again is a second version; the first one stays. */
    CHECK_INT(move(&w, EDITOR, code, "arrange", "decisions=别的"), RC_CONFLICT);
    CHECK_INT(move(&w, EDITOR, code, "thaw", "why=又有更正"), RC_OK);
    CHECK_INT(move(&w, EDITOR, code, "freeze", ""), RC_OK);
    g = frozen_of(&w, code);
    CHECK_INT((int)g.version, 2);
    CHECK(!str_eq(f.content, g.content));
    CHECK_LACKS(get(&w, LEADER, page), "处后来有变");
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(audit_data(w.a, c, meeting_audits, COUNT(meeting_audits), NULL, NULL, &found, &e));
    world_done(&w);
}
T_COUNTY(frozen_figures_stay)

static void decisions_become_directives(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    begin(&w, c);
    world_results(&w);
    const char *code = prepared(&w), *page = arena_printf(w.a, "/meeting/%s", code);
    CHECK_INT(move(&w, EDITOR, code, "freeze", ""), RC_INVALID); /* nothing is asked of it */
    CHECK_INT(move(&w, EDITOR, code, "arrange",
                   "decisions=财政局公告不按期怎么办\n云岭镇的做法是否推广"),
              RC_OK);
    CHECK_INT(move(&w, EDITOR, code, "freeze", ""), RC_OK);
    CHECK_INT(move(&w, EDITOR, code, "hold", "conclusions=只写了一项"), RC_INVALID);
    /* One that was not held yet is not the last one. */
    const char *next = prepared(&w), *next_page = arena_printf(w.a, "/meeting/%s", next);
    CHECK_LACKS(get(&w, LEADER, arena_printf(w.a, "%s.json", next_page)), code);
    CHECK_STATUS(post(&w, EDITOR, arena_printf(w.a, "%s/move", page),
                      "verb=hold&conclusion1=财政局限期整改，逐月报告公告情况&conclusion2="
                      "先观察一期&attended=县委办、纪委监委"),
                 303);
    CHECK_INT(move(&w, EDITOR, code, "finish", ""), RC_CONFLICT);
    const char *to = arena_printf(w.a, "%s/directive", page);
    CHECK_STATUS(post(&w, LEADER, to, "decision=1&what=directive&due=2026-11-20"), 403);
    CHECK_STATUS(post(&w, EDITOR, to, "decision=3&what=directive&due=2026-11-20"), 400);
    CHECK_STATUS(post(&w, EDITOR, to, "decision=1&what=directive&due=2026-11-20"), 303);
    /* The draft is the platform's alone: a leader reads that it is being written. */
    CHECK_HAS(get(&w, EDITOR, page), "财政局限期整改，逐月报告公告情况</a>");
    CHECK_HAS(get(&w, LEADER, page), "正在起草");
    CHECK_INT(move(&w, EDITOR, "D-2026-00001", "send", ""), RC_OK);
    CHECK_HAS(get(&w, LEADER, page), "办理中");
    CHECK_INT(move(&w, EDITOR, code, "finish", ""),
              RC_CONFLICT); /* the second has no way yet */
    CHECK_STATUS(post(&w, EDITOR, to, "decision=2&what=none"), 303);
    CHECK_STATUS(post(&w, EDITOR, to, "decision=1&what=directive&due=2026-11-20"), 303);
    CHECK_INT(move(&w, EDITOR, "D-2026-00002", "send", ""), RC_OK);
    CHECK_INT(move(&w, EDITOR, code, "finish", ""), RC_OK);
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        int64_t n;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(flow_rebuild_all(s, c, &n, &e));
    }
    /* The next meeting reads what became of it, live until it is frozen. */
    CHECK_HAS(get(&w, LEADER, next_page), "廉动令2件：销号0，在办2");
    CHECK_INT(move(&w, EDITOR, "D-2026-00001", "close", ""), RC_OK);
    CHECK_HAS(get(&w, LEADER, next_page), "廉动令2件：销号1，在办1");
    CHECK_INT(move(&w, EDITOR, "D-2026-00002", "cancel", ""), RC_OK);
    CHECK_HAS(get(&w, LEADER, next_page), "廉动令2件：销号1，在办0，其中逾期0；撤销作废1");
    world_done(&w);
}
T_COUNTY(decisions_become_directives)

/* ---- one page ---- */

static const char *of_length(struct arena *a, size_t n)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < n; i++)
        str_add(&b, i % 10 == 9 ? "，" : "镇");
    return b.s;
}

static struct agenda full(struct arena *a, size_t name, size_t decision)
{
    struct agenda g = { .title = "清溪区2026年第三季度净化政治生态监测研判会商",
                        .place = "县委第一会议室",
                        .chair = "韩松",
                        .day = day_of(2026, 10, 16),
                        .now = period_of(PERIOD_QUARTER, 2026, 3),
                        .before = period_of(PERIOD_QUARTER, 2026, 2),
                        .other_scheme = true,
                        .county = 71.24,
                        .county_lo = 70.9,
                        .county_hi = 71.6,
                        .county_before = 70.1,
                        .red = 12,
                        .orange = 40,
                        .yellow = 80,
                        .directives = 142,
                        .directives_late = 17,
                        .objections = 9,
                        .n_changes = AGENDA_CHANGES,
                        .n_decisions = AGENDA_DECISIONS,
                        .last_code = "M-2026-00001",
                        .last_title = "上一次",
                        .last_day = day_of(2026, 7, 16),
                        .n_last = AGENDA_DECISIONS };
    for (size_t i = 0; i < AGENDA_CHANGES; i++)
        g.changes[i] = (struct agenda_change){ .unit = "T01",
                                               .unit_name = of_length(a, name),
                                               .node = "A1",
                                               .node_name = of_length(a, name),
                                               .before = 78.4,
                                               .before_lo = 77.9,
                                               .before_hi = 78.9,
                                               .now = 61.2,
                                               .now_lo = 60.4,
                                               .now_hi = 62.1,
                                               .note = of_length(a, AGENDA_NOTE_MAX) };
    for (size_t i = 0; i < AGENDA_DECISIONS; i++) {
        g.decisions[i] = (struct agenda_decision){ of_length(a, decision), "D-2026-00142",
                                                   of_length(a, 60) };
        g.last[i] = (struct agenda_last){ of_length(a, AGENDA_CONCLUSION_MAX), 3, 2, 1, 1 };
    }
    return g;
}

static void it_fits_one_page(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct agenda_paper p = { .county = "清溪区",
                                    .mark = "演示数据·非真实",
                                    .lang = LANG_ZH,
                                    .at = { INT64_C(1791000000000000) },
                                    .digest = "0123456789abcdef0123456789abcdef" };
    struct bytes out;
    struct agenda g = full(a, 24, AGENDA_DECISION_MAX);
    CHECK_OK(agenda_pdf(&g, &p, a, &out, &e));
    CHECK(out.n > 5000);
    CHECK_OK(agenda_docx(&g, &p, a, &out, &e));
    const struct agenda_paper en = { .county = "Qingxi",
                                     .lang = LANG_EN,
                                     .at = { INT64_C(1791000000000000) } };
    CHECK_OK(agenda_pdf(&g, &en, a, &out, &e));
    /* Frozen and read back it is the same. */
    struct agenda back;
    CHECK_OK(agenda_read(agenda_write(&g, a), a, &back, &e));
    CHECK_STR(agenda_write(&back, a), agenda_write(&g, a));
    /* What does not fit is refused, and named. */
    g = full(a, 60, 400);
    g.decisions[1].text = of_length(a, 900);
    CHECK_INT(agenda_pdf(&g, &p, a, &out, &e), RC_TOOBIG);
    CHECK(strstr(err_message(&e, LANG_ZH, a), "缩短第2项请决定的事项（现有900个字）") != NULL);
}

static void what_was_not_written_by_us_is_refused(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const char *const bad[] = { "", "[]", "{", "null", "{\"title\":1}" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP(err_done) struct err e = { 0 };
        struct agenda g;
        enum rc rc = agenda_read(bad[i], a, &g, &e);
        CHECK(rc == RC_UNPROVEN || (i == 4 && rc == RC_OK && isnan(g.county) && !*g.title));
    }
}

T_MAIN(T_COUNTY_CASES("only what can be told apart is put before it",
                      only_what_can_be_told_apart_is_put_before_it),
       T_COUNTY_CASES("frozen figures stay", frozen_figures_stay),
       T_COUNTY_CASES("decisions become directives", decisions_become_directives),
       { "it fits one page", it_fits_one_page },
       { "what was not written by us is refused", what_was_not_written_by_us_is_refused })
