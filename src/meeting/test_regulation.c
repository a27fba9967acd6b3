/*
 * The register: what is taken and what is refused, a sheet's round trip, whether a problem has
 * come again, who sees what.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/rng.h"
#include "meeting/regulation.h"
#include "meeting/regulation.sql.h"
#include "meeting/regulation_page.h"
#include "meeting/test_world.h"
#include "monitor/publication.h"
#include "monitor/warning_kind.h"
#include "sheet/csv.h"
#include "store/audit.h"

#include <string.h>

/* A matter that ends and may be opened again. */
static const struct flow_state states[] = {
    { .code = "open", .name = "办理中", .waits = FLOW_HOLDER, .unclocked = "测试" },
    { .code = "done", .name = "销号", .final = true },
};
static const struct flow_move moves[] = {
    { .verb = "close", .name = "销号", .from = "open", .to = "done", .who = FLOW_HOLDER },
    { .verb = "again",
      .name = "重开",
      .from = "done",
      .to = "open",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .reopens = true },
};
static const struct flow_kind thing = { .code = "thing",
                                        .name = "试事",
                                        .help = "测试",
                                        .prefix = "TT",
                                        .open = CAP_DISPATCH,
                                        .links = "warning",
                                        .states = states,
                                        .n_states = COUNT(states),
                                        .moves = moves,
                                        .n_moves = COUNT(moves) };
/* A directive, as far as its problem goes. */
static const struct flow_field problem_fields[] = {
    { .code = "problem_kind", .name = "问题类别", .type = FLOW_TEXT, .max = 40 }
};
static const struct flow_kind directive = { .code = "directive",
                                            .name = "廉动令",
                                            .help = "测试",
                                            .prefix = "D",
                                            .open = CAP_DISPATCH,
                                            .open_fields = "problem_kind",
                                            .states = states,
                                            .n_states = COUNT(states),
                                            .moves = moves,
                                            .n_moves = COUNT(moves),
                                            .fields = problem_fields,
                                            .n_fields = COUNT(problem_fields) };
static const struct flow_kind *const kinds[] = { &thing, &directive, &warning_flow_kind };

static void begin(struct world *w, struct county *c)
{
    static struct route_table tables[2];
    tables[0] = (struct route_table){ regulation_routes, regulation_routes_n };
    tables[1] = (struct route_table){ regulation_import_routes, regulation_import_routes_n };
    world_open(w, c, kinds, COUNT(kinds), tables, COUNT(tables));
}

static const struct regulation good = { .code = "",
                                        .title = "小额工程采购管理办法",
                                        .kind = REGULATION_MADE,
                                        .document = "清财〔2026〕12号",
                                        .unit = "D01",
                                        .problem = "化整为零规避招标",
                                        .matter = "",
                                        .why = "",
                                        .by = "" };

struct adding {
    struct world *w;
    struct regulation r;
    const char *code;
};

static enum rc add_it(struct tx *tx, void *arg, struct err *e)
{
    struct adding *x = arg;
    return x->r.version ? regulation_change(tx, x->w->c, &x->r, "pingtai", e)
                        : regulation_add(tx, x->w->c, &x->r, "pingtai", x->w->a, &x->code, e);
}

static enum rc add(struct world *w, struct regulation r, const char **ret_code)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct adding x = { w, r, r.code };
    enum rc rc = db_transact(w->c->db, add_it, &x, &e);
    if (ret_code)
        *ret_code = x.code;
    return rc;
}

static void what_is_wrong_is_refused(struct county *c)
{
    struct world w;
    const char *code;
    begin(&w, c);
    int32_t today = county_today(c);
    struct regulation r = good;
    r.day = today;
    static const struct {
        const char *title, *unit, *problem, *matter;
        int from_today, kind;
    } wrong[] = {
        { "", "D01", "问题", "", 0, REGULATION_MADE },
        { "办法", "D99", "问题", "", 0, REGULATION_MADE },
        { "办法", "D01", "", "", 0, REGULATION_MADE },
        { "办法", "D01", "问题", "D-2026-00001", 0, REGULATION_MADE },
        { "办法", "D01", "问题", "", 1, REGULATION_MADE },
        { "办法", "D01", "问题", "", 0, 0 },
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct regulation x = { .code = "",
                                .title = wrong[i].title,
                                .kind = (enum regulation_kind)wrong[i].kind,
                                .document = "",
                                .day = today + wrong[i].from_today,
                                .unit = wrong[i].unit,
                                .problem = wrong[i].problem,
                                .matter = wrong[i].matter,
                                .why = "",
                                .by = "" };
        if (add(&w, x, NULL) != RC_INVALID)
            t_fail(__FILE__, __LINE__, "row %zu is taken", i);
    }
    CHECK_INT(add(&w, r, &code), RC_OK);
    CHECK_STR(code, "Z-0001");
    CHECK_INT(add(&w, r, NULL), RC_CONFLICT); /* the same document of the same unit */
    r.unit = "D02";
    CHECK_INT(add(&w, r, &code), RC_OK); /* another unit's numbers are its own */
    CHECK_STR(code, "Z-0002");
    /* Two people change it: the second one is told. */
    r.code = "Z-0001";
    r.version = 1;
    r.unit = "D01";
    r.title = "小额工程采购管理办法（修订）";
    CHECK_INT(add(&w, r, NULL), RC_OK);
    r.title = "别的名字";
    CHECK_INT(add(&w, r, NULL), RC_CONFLICT);
    world_done(&w);
}
T_COUNTY(what_is_wrong_is_refused)

static struct regulation_fate fate_of(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct regulation *list;
    struct regulation_fate *fates;
    size_t n;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(regulations_load(s, w->a, &list, &n, &e));
    CHECK_OK(regulations_fate(s, w->c, list, n, w->a, &fates, &e));
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].code, code))
            return fates[i];
    t_fail(__FILE__, __LINE__, "no rule %s", code);
    return (struct regulation_fate){ 0 };
}

static void a_problem_that_comes_again_is_found(struct county *c)
{
    struct world w;
    const char *matter, *with, *without;
    struct regulation r = good;
    begin(&w, c);
    CHECK_INT(open_matter(&w, EDITOR, "thing", "采购拆分", "D01", "", &matter), RC_OK);
    r.day = county_today(c);
    r.matter = matter;
    CHECK_INT(add(&w, r, &with), RC_OK);
    r.document = "清财〔2026〕13号";
    r.matter = "";
    CHECK_INT(add(&w, r, &without), RC_OK);
    CHECK_INT(fate_of(&w, with).again, REGULATION_OPEN);
    CHECK_INT(fate_of(&w, without).again, REGULATION_UNKNOWN);
    CHECK_INT(move(&w, CLERK, matter, "close", ""), RC_OK);
    CHECK_INT(fate_of(&w, with).again, REGULATION_NOT_AGAIN);
    world_day(&w);
    CHECK_INT(move(&w, EDITOR, matter, "again", ""), RC_OK);
    struct regulation_fate f = fate_of(&w, with);
    CHECK_INT(f.again, REGULATION_AGAIN);
    CHECK_STR(f.times ? f.events[0].code : "", matter);
    CHECK_INT((int)f.times, 1);
    CHECK_INT(fate_of(&w, without).again, REGULATION_UNKNOWN);
    /* Ended again does not undo that it came again. */
    CHECK_INT(move(&w, CLERK, matter, "close", ""), RC_OK);
    CHECK_INT(fate_of(&w, with).again, REGULATION_AGAIN);
    CHECK_HAS(get(&w, EDITOR, "/regulation?again=yes"), with);
    CHECK_LACKS(get(&w, EDITOR, "/regulation?again=yes"), without);
    world_done(&w);
}
T_COUNTY(a_problem_that_comes_again_is_found)

/* What fires again in a draft is not known before the draft is published. */
static void a_drafts_warning_says_nothing_yet(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    const char *matter, *code;
    struct regulation r = good;
    begin(&w, c);
    world_results(&w);
    CHECK_INT(open_matter(&w, EDITOR, "thing", "公告率低", "D01", "", &matter), RC_OK);
    link_matter(&w, matter, "warning", "W-2026Q1-0001"); /* of the town; over in 2026Q2 */
    CHECK_INT(move(&w, CLERK, matter, "close", ""), RC_OK);
    r.day = county_today(c);
    r.matter = matter;
    CHECK_INT(add(&w, r, &code), RC_OK);
    world_draft(&w, 3,
                "unit,point,period,value,missing,note\n"
                "D01,P1,2026Q3,70,,\nD02,P1,2026Q3,70,,\nT01,P1,2026Q3,50,,\n"
                "D01,P2,2026Q3,41,,\nD02,P2,2026Q3,71,,\nT01,P2,2026Q3,82,,\n"
                "D01,P3,2026Q3,42,,\nD02,P3,2026Q3,70,,\nT01,P3,2026Q3,81,,\n");
    CHECK_INT(fate_of(&w, code).again, REGULATION_NOT_AGAIN);
    CHECK_OK(publication_publish(c, period_of(PERIOD_QUARTER, 2026, 3), "", &e));
    struct regulation_fate f = fate_of(&w, code);
    CHECK_INT(f.again, REGULATION_AGAIN);
    CHECK_STR(f.times ? f.events[0].code : "", "W-2026Q3-0001");
    world_done(&w);
}
T_COUNTY(a_drafts_warning_says_nothing_yet)

/* Later directives with the same kind of problem, counted one by one beside it. */
static void later_problems_of_the_kind_are_counted(struct county *c)
{
    static const char *const units[] = { "QX", "D01", "D02", "T01" }, *const problems[] = {
        "采购不规范", "采购", "工资\"拖欠\"", ""
    };
    enum { DIRECTIVES = 40, RULES = 12 };
    struct made {
        const char *code, *unit, *problem;
        int32_t day;
    } d[DIRECTIVES], rules[RULES];
    struct world w;
    struct rng g;
    size_t n_rules = 0, came = 0, seen_all = 0;
    begin(&w, c);
    rng_init(&g, 7, 0);
    for (size_t i = 0; i < DIRECTIVES; i++) {
        d[i] = (struct made){ .unit = units[rng_below(&g, COUNT(units))],
                              .problem = problems[rng_below(&g, COUNT(problems))],
                              .day = county_today(c) };
        CHECK_INT(
            open_matter(&w, EDITOR, "directive", "事项", d[i].unit,
                        *d[i].problem ? arena_printf(w.a, "problem_kind=%s", d[i].problem) : "",
                        &d[i].code),
            RC_OK);
        if (i % 3 == 1 && n_rules < RULES) { /* cured, where the matter is or for the county */
            struct regulation r = good;
            r.document = arena_printf(w.a, "〔2026〕%zu号", i);
            r.unit = rng_below(&g, 2) ? "QX" : d[rng_below(&g, i)].unit;
            r.day = county_today(c);
            r.matter = d[i].code;
            rules[n_rules] =
                (struct made){ .unit = r.unit, .problem = d[i].code, .day = r.day };
            CHECK_INT(add(&w, r, &rules[n_rules++].code), RC_OK);
        }
        if (rng_below(&g, 2))
            world_day(&w);
    }
    for (size_t i = 0; i < n_rules; i++) {
        const struct made *m = d;
        while (!str_eq(m->code, rules[i].problem))
            m++;
        size_t want = 0;
        for (size_t k = 0; k < DIRECTIVES; k++)
            want += d[k].day > rules[i].day && *m->problem &&
                    str_eq(d[k].problem, m->problem) &&
                    (str_eq(rules[i].unit, "QX") || str_eq(d[k].unit, rules[i].unit) ||
                     str_eq(d[k].unit, m->unit));
        struct regulation_fate f = fate_of(&w, rules[i].code);
        CHECK_INT((int)f.times, (int)want);
        CHECK_INT(f.again, want ? REGULATION_AGAIN : REGULATION_OPEN);
        came += want;
        const char *page = arena_printf(w.a, "/regulation/%s", rules[i].code);
        struct web_reply r = get(&w, LEADER, page);
        for (size_t k = 0; k < f.times; k++) { /* each with its link */
            CHECK_HAS(r, arena_printf(w.a, "/matter/%s", f.events[k].code));
            seen_all += k == 0 || f.events[k].at.us >= f.events[k - 1].at.us;
        }
    }
    CHECK(came > RULES && seen_all == came);
    world_done(&w);
}
T_COUNTY(later_problems_of_the_kind_are_counted)

/* Who reads one unit sees of a county's rule what is theirs, and how many more there are. */
static void others_are_only_counted(struct county *c)
{
    struct world w;
    const char *first, *own, *other, *code;
    struct regulation r = good;
    begin(&w, c);
    CHECK_INT(open_matter(&w, EDITOR, "directive", "一", "D01", "problem_kind=采购", &first),
              RC_OK);
    r.unit = "D01";
    r.day = county_today(c);
    r.matter = first;
    CHECK_INT(add(&w, r, &code), RC_OK);
    world_day(&w);
    CHECK_INT(open_matter(&w, EDITOR, "directive", "二", "D01", "problem_kind=采购", &own),
              RC_OK);
    CHECK_INT(open_matter(&w, EDITOR, "directive", "三", "D02", "problem_kind=采购", &other),
              RC_OK);
    CHECK_INT((int)fate_of(&w, code).times, 1); /* D02 is not under D01 */
    r.code = code;
    r.version = 1;
    r.unit = "QX";
    CHECK_INT(add(&w, r, NULL), RC_OK);
    CHECK_INT((int)fate_of(&w, code).times, 2);
    const char *page = arena_printf(w.a, "/regulation/%s", code);
    CHECK_HAS(get(&w, LEADER, page), arena_printf(w.a, "/matter/%s", other));
    CHECK_STATUS(get(&w, CLERK, page), 404); /* the county's rule is not a unit's */
    r.version = 2;
    r.unit = "D01";
    r.matter = other; /* now the matter itself is of another unit */
    CHECK_INT(add(&w, r, NULL), RC_OK);
    CHECK_INT((int)fate_of(&w, code).times, 1); /* the second directive, of D01 */
    CHECK_HAS(get(&w, CLERK, page), arena_printf(w.a, "/matter/%s", own));
    CHECK_LACKS(get(&w, CLERK, page), "您看不到。");
    world_day(&w);
    CHECK_INT(open_matter(&w, EDITOR, "directive", "四", "D02", "problem_kind=采购", &other),
              RC_OK);
    CHECK_HAS(get(&w, CLERK, page), "另有1次在别的单位");
    CHECK_LACKS(get(&w, CLERK, page), other);
    world_done(&w);
}
T_COUNTY(others_are_only_counted)

static void units_see_their_own_and_the_platform_writes(struct county *c)
{
    struct world w;
    begin(&w, c);
    CHECK_STATUS(get(&w, EDITOR, "/regulation"), 200);
    CHECK_HAS(get(&w, EDITOR, "/regulation"), "还没有登记制度");
    const char *form =
        "title=采购办法&kind=made&document=1号&day=2026-10-08&unit=D01&problem=拆分&matter=";
    CHECK_STATUS(post(&w, CLERK, "/regulation", form), 403);
    CHECK_STATUS(post(&w, LEADER, "/regulation", form), 403);
    CHECK_STATUS(post(&w, EDITOR, "/regulation", form), 303);
    CHECK_STATUS(
        post(&w, EDITOR, "/regulation",
             "title=审计办法&kind=improved&document=&day=2026-10-09&unit=D02&problem=漏审"),
        303);
    CHECK_STATUS(post(&w, EDITOR, "/regulation",
                      "title=办法&kind=made&day=2026-13-09&unit=D02&problem=漏审"),
                 400);
    CHECK_HAS(get(&w, CLERK, "/regulation"), "采购办法");
    CHECK_LACKS(get(&w, CLERK, "/regulation"), "审计办法");
    CHECK_HAS(get(&w, LEADER, "/regulation"), "审计办法");
    CHECK_STATUS(get(&w, CLERK, "/regulation/Z-0001"), 200);
    CHECK_STATUS(get(&w, CLERK, "/regulation/Z-0002"), 404);
    CHECK_LACKS(get(&w, LEADER, "/regulation?q=%E9%87%87%E8%B4%AD"), "审计办法");
    CHECK_LACKS(get(&w, LEADER, "/regulation?unit=D02"), "采购办法");
    CHECK_LACKS(get(&w, LEADER, "/regulation?kind=improved"), "采购办法");
    CHECK_STATUS(get(&w, LEADER, "/regulation?kind=bad"), 400);
    CHECK_STATUS(get(&w, LEADER, "/regulation?again=bad"), 400);
    CHECK_STATUS(get(&w, LEADER, "/regulation.xlsx"), 200);
    CHECK_STATUS(post(&w, EDITOR, "/regulation/Z-0001",
                      "version=1&title=采购办法&kind=improved&document=1号&day=2026-10-08&unit="
                      "D01&problem=拆分&why=写错了"),
                 303);
    CHECK_STATUS(post(&w, EDITOR, "/regulation/Z-0001",
                      "version=1&title=采购&kind=improved&document=1号&day=2026-10-08&unit=D01&"
                      "problem=拆分"),
                 409);
    CHECK_HAS(get(&w, LEADER, "/regulation/Z-0001"), "写错了");
    world_done(&w);
}
T_COUNTY(units_see_their_own_and_the_platform_writes)

static void a_sheet_goes_in_and_comes_out(struct county *c)
{
    static const char csv[] =
        "编号,制度名称,新建或修订,文号,印发日期,印发单位,针对的问题,关联事项\n"
        ",采购办法,新建,1号,2026-09-01,财政局,拆分,\n"
        ",审计办法,修订,2号,2026/9/2,D02,漏审,\n";
    static const char bad[] =
        "编号,制度名称,新建或修订,文号,印发日期,印发单位,针对的问题,关联事项\n"
        ",采购办法,新建,3号,2026-09-01,没有的局,拆分,\n"
        "Z-0099,审计办法,修订,4号,2026-09-02,D02,漏审,\n"
        ",重的,修订,5号,2027-09-02,D02,漏审,D-1\n"
        ",重的,修订,5号,2026-09-02,D02,漏审,\n";
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    begin(&w, c);
    CHECK_STATUS(upload(&w, CLERK, "/regulation/import", "z.csv", csv), 403);
    struct web_reply r = upload(&w, EDITOR, "/regulation/import", "z.csv", csv);
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "新增2项");
    CHECK_LACKS(get(&w, EDITOR, "/regulation"), "采购办法"); /* not before the yes */
    const char *token = site_held(&w.site, &r);
    CHECK_STATUS(
        post(&w, EDITOR, "/regulation/import/confirm", arena_printf(w.a, "token=%s", token)),
        303);
    CHECK_STATUS(
        post(&w, EDITOR, "/regulation/import/confirm", arena_printf(w.a, "token=%s", token)),
        409);
    CHECK_HAS(get(&w, EDITOR, "/regulation"), "采购办法");
    r = upload(&w, EDITOR, "/regulation/import", "z.csv", csv);
    CHECK_HAS(r, "未变2项");
    r = upload(&w, EDITOR, "/regulation/import", "z.csv", bad);
    CHECK_HAS(r, "4处要改");
    CHECK_HAS(r, "没有的局");
    CHECK_HAS(r, "Z-0099");
    CHECK_HAS(r, "和上面一行是同一项制度");
    CHECK_STATUS(upload(&w, EDITOR, "/regulation/import", "z.csv", "标题,没有的列\na,b\n"),
                 400);
    CHECK_STATUS(upload(&w, EDITOR, "/regulation/import", "z.csv", "编号,制度名称\n"), 400);
    CHECK_STATUS(
        upload(&w, EDITOR, "/regulation/import", "z.xlsx", "PK\x03\x04 not a workbook"), 400);
    /* What the register gives, it takes, and nothing changes. */
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct regulation *list, *back;
    struct regulation_fate *fates;
    struct problems ps;
    size_t n, n_back;
    problems_init(&ps, w.a);
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(regulations_load(s, w.a, &list, &n, &e));
    CHECK_INT((int)n, 2);
    CHECK_OK(regulations_fate(s, c, list, n, w.a, &fates, &e));
    CHECK_OK(regulations_from_table(s, w.units,
                                    regulations_to_table(list, n, fates, w.units, w.a),
                                    county_today(c), w.a, &back, &n_back, &ps, &e));
    CHECK_INT((int)ps.wrong, 0);
    CHECK_INT((int)n_back, 2);
    for (size_t i = 0; i < n_back; i++)
        CHECK(regulation_same(&list[i], &back[i]) && str_eq(list[i].code, back[i].code));
    world_done(&w);
}
T_COUNTY(a_sheet_goes_in_and_comes_out)

static void the_audit_accepts_it(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    struct audit_result found;
    struct regulation r = good;
    begin(&w, c);
    r.day = county_today(c);
    CHECK_INT(add(&w, r, NULL), RC_OK);
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(audit_data(w.a, c, regulation_audits, COUNT(regulation_audits), NULL, NULL, &found,
                        &e));
    world_done(&w);
}
T_COUNTY(the_audit_accepts_it)

T_MAIN(T_COUNTY_CASES("what is wrong is refused", what_is_wrong_is_refused),
       T_COUNTY_CASES("a draft's warning says nothing yet", a_drafts_warning_says_nothing_yet),
       T_COUNTY_CASES("a problem that comes again is found",
                      a_problem_that_comes_again_is_found),
       T_COUNTY_CASES("later problems of the kind are counted",
                      later_problems_of_the_kind_are_counted),
       T_COUNTY_CASES("others are only counted", others_are_only_counted),
       T_COUNTY_CASES("units see their own and the platform writes",
                      units_see_their_own_and_the_platform_writes),
       T_COUNTY_CASES("a sheet goes in and comes out", a_sheet_goes_in_and_comes_out),
       T_COUNTY_CASES("the audit accepts what was written", the_audit_accepts_it))
