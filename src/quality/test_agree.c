/* Evaluations by the pages: what is wrong with a table, writing, comparing, who sees what. */
#include "base/period.h"
#include "monitor/compute.h"
#include "monitor/publication.h"
#include "quality/agreement.h"
#include "quality/test_world.h"

/* ---- tests ---- */

/* Every town's evaluation rises with A1; the four lowest have a problem found on 25 October. */
static const char *good_file(struct world *w)
{
    struct str b;
    str_init(&b, w->a);
    str_add(&b, "unit,period,source,score,state,problem,count,found\n");
    for (size_t i = 0; i < TOWNS; i++)
        str_addf(&b, "T%02zu,2026Q2,巡察,%zu,,%s\n", i, 60 + i,
                 i < 4 ? "合同公告不及时,2,2026-10-01" : ",,");
    return b.s;
}

static void evaluations_are_imported_and_compared(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    size_t n;
    world_open(&w, c, NULL);
    struct web_reply r = get(&w, w.leader, "/agree");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "还没有导入评价");

    r = upload(&w, w.editor, "/agree/import", good_file(&w));
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "24个单位的24条评价，8个问题");
    const char *token = site_held(&w.site, &r);
    r = post(&w, w.editor, "/agree/import/confirm", arena_printf(w.a, "token=%s", token));
    CHECK_STR(r.location, "/agree");
    CHECK_STATUS(
        post(&w, w.editor, "/agree/import/confirm", arena_printf(w.a, "token=%s", token)), 409);
    r = get(&w, w.leader, "/agree");
    CHECK_HAS(r, "还没有发布的体检结果可比");

    /* A draft is compared with nothing. */
    CHECK_OK(agreement_compute_all(c, &n, &e));
    CHECK_INT(n, 0);
    CHECK_OK(publication_publish(c, w.period, "zhuanban", &e));
    CHECK_OK(agreement_compute_all(c, &n, &e));
    CHECK_INT(n, 6); /* total, B1, A1, A2, warnings, R1 */
    r = get(&w, w.leader, "/agree");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "和巡察的评价比较一致（24个单位）");
    /* Ten towns below 60 were warned, the four with problems among them. */
    CHECK_HAS(r, "发现有问题的4个单位里，体检预警过4个");
    CHECK_HAS(r, "40.0%");
    CHECK_HAS(r, "（4/10个单位）");
    CHECK_HAS(r, "合同公告不及时");
    CHECK_HAS(r, "投诉按期办结率"); /* says nothing: listed */
    CHECK(!strstr(r.body, "采购合同按期公告率"));
    CHECK(!strstr(r.body, "Kendall") && !strstr(r.body, "导入评价</a>"));
    /* Warned on 5 October, four days after it was found. */
    CHECK_HAS(r, "中位−4天");
    r = get(&w, w.leader, "/agree?source=inspection&period=2026Q2&view=expert");
    CHECK_HAS(r, "Kendall");
    r = get(&w, w.leader, "/agree.json?view=expert");
    CHECK_HAS(r, "\"code\":\"A1\"");
    CHECK_HAS(r, "\"tau\":1,\"tau_lo\":1,\"tau_hi\":1");
    CHECK_STATUS(get(&w, w.leader, "/agree?source=inspection&period=2026Q1"), 404);
    CHECK_STATUS(get(&w, w.leader, "/agree?source=newspaper"), 400);

    /* Another source stands beside it; a newer file of the same replaces it. */
    r = upload(&w, w.editor, "/agree/import",
               "unit,period,source,state\nT00,2026Q2,职能部门,好\nT01,2026Q2,职能部门,差\n"
               "T02,2026Q2,职能部门,较好\n");
    CHECK_STATUS(r, 200);
    r = post(&w, w.editor, "/agree/import/confirm",
             arena_printf(w.a, "token=%s", site_held(&w.site, &r)));
    CHECK_STR(r.location, "/agree");
    CHECK_OK(agreement_compute_all(c, &n, &e));
    CHECK_INT(n, 18); /* each apart, and both together */
    r = get(&w, w.leader, "/agree?source=department");
    CHECK_HAS(r, "职能部门");
    CHECK_HAS(r, "（3个单位）");
    r = get(&w, w.leader, "/agree?source=inspection");
    CHECK_HAS(r, "（24个单位）");
    /* Apart by default; put together where somebody chooses it. */
    CHECK_HAS(r, "href=\"/agree?source=all&amp;period=2026Q2\"");
    CHECK(!strstr(r.body, "合在一起：各组口径不同"));
    CHECK_STATUS(get(&w, w.leader, "/agree?source=inspection&period=all"), 200);
    r = get(&w, w.leader, "/agree?source=all&period=2026Q2");
    CHECK_HAS(r, "把2组评价合在一起");
    CHECK_HAS(r, "（27次评价）");
}
T_COUNTY(evaluations_are_imported_and_compared)

static void confirm(struct world *w, const char *csv)
{
    struct web_reply r = upload(w, w->editor, "/agree/import", csv);
    r = post(w, w->editor, "/agree/import/confirm",
             arena_printf(w->a, "token=%s", site_held(&w->site, &r)));
    CHECK_STR(r.location, "/agree");
}

/* Two periods of a source with scales of their own: put together each town stands by its place
 * in its own period, and is drawn with both its cases. */
static void periods_are_put_together_by_choice(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    const struct period q1 = period_of(PERIOD_QUARTER, 2026, 1);
    struct compute_result done;
    struct str b;
    size_t n;
    world_open(&w, c, NULL);
    CHECK_OK(publication_publish(c, w.period, "zhuanban", &e));
    world_values(&w, q1);
    CHECK_OK(compute_period(c, q1, "", NULL, NULL, &done, &e));
    CHECK_OK(publication_publish(c, q1, "zhuanban", &e));
    str_init(&b, w.a);
    str_add(&b, "unit,period,source,score\n");
    for (size_t i = 0; i < TOWNS; i++)
        str_addf(&b, "T%02zu,2026Q2,巡察,%zu\nT%02zu,2026Q1,巡察,%zu\n", i, 60 + i, i, 1 + i);
    confirm(&w, b.s);
    CHECK_OK(agreement_compute_all(c, &n, &e));
    CHECK_INT(n, 18); /* two periods and both together, six figures each */
    struct web_reply r =
        get(&w, w.leader, "/agree.json?source=inspection&period=all&view=expert");
    /* The orders agree within each period: by raw scores they would not. */
    CHECK_HAS(r, "\"tau\":1,\"tau_lo\":1,\"tau_hi\":1");
    CHECK_HAS(r, "\"strata\":2");
    CHECK_HAS(r, "（48次评价）");
    r = get(&w, w.leader, "/agree?source=inspection&period=2026Q2&view=expert");
    CHECK_HAS(r, "各期总指数和巡察评价的一致程度"); /* the trend and its table */
    CHECK_HAS(r, "<svg");
    CHECK_HAS(r, "（24个单位）");
    CHECK(!strstr(r.body, "合在一起：各组口径不同"));
    CHECK_STATUS(get(&w, w.leader, "/agree?source=all&period=all"), 200); /* nothing yet */
}
T_COUNTY(periods_are_put_together_by_choice)

static void a_wrong_table_is_refused_by_its_cells(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c, NULL);
    static const struct {
        const char *csv, *says;
        int status;
    } cases[] = {
        { "unit,period,score\nT00,2026Q2,1\n", "缺少列 source", 400 },
        { "unit,period,source,score,姓名\nT00,2026Q2,巡察,1,张三\n", "不认识的列「姓名」",
          400 },
        { "unit,period,source,score\n", "没有一条评价", 400 },
        { "unit,period,source,score\nT00,2026Q2,巡察\n", "第2行", 400 },
        { "unit,period,source,score\nT99,2026Q2,巡察,1\n", "没有编码为「T99」的单位", 200 },
        { "unit,period,source,score\nT00,2026Q5,巡察,1\n", "「2026Q5」不是期间", 200 },
        { "unit,period,source,score\nT00,2027Q1,巡察,1\n", "还没有开始", 200 },
        { "unit,period,source,score\nT00,2026Q2,报纸,1\n", "不认识的来源「报纸」", 200 },
        { "unit,period,source,score\nT00,2026Q2,巡察,九十\n", "「九十」不是数", 200 },
        { "unit,period,source,score\nT00,2026Q2,巡察,\n", "没有分数、状况", 200 },
        { "unit,period,source,state\nT00,2026Q2,巡察,很好\n", "不认识的状况「很好」", 200 },
        { "unit,period,source,score\nT00,2026Q2,巡察,1\nT00,2026Q2,巡察,2\n", "分数写了两个",
          200 },
        { "unit,period,source,problem,count\nT00,2026Q2,巡察,账目,0\n", "1以上的整数", 200 },
        { "unit,period,source,problem,found\nT00,2026Q2,巡察,账目,2026-13-01\n", "不是日期",
          200 },
        { "unit,period,source,problem,found\nT00,2026Q2,巡察,账目,2026-12-01\n", "还没有到",
          200 },
        { "unit,period,source,problem\nT00,2026Q2,巡察,账目\nT00,2026Q2,巡察,账目\n",
          "写了两行", 200 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct web_reply r = upload(&w, w.editor, "/agree/import", cases[i].csv);
        CHECK_STATUS(r, cases[i].status);
        CHECK_HAS(r, cases[i].says);
        CHECK(!strstr(r.body, "name=\"token\""));
    }
}
T_COUNTY(a_wrong_table_is_refused_by_its_cells)

static void who_may(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c, NULL);
    CHECK_STATUS(get(&w, w.clerk, "/agree"), 403);
    CHECK_STATUS(upload(&w, w.leader, "/agree/import", good_file(&w)), 403);
    CHECK_STATUS(upload(&w, w.clerk, "/agree/import", good_file(&w)), 403);
    struct web_reply r = upload(&w, w.editor, "/agree/import", good_file(&w));
    /* What one person checked another cannot confirm. */
    CHECK_STATUS(post(&w, w.leader, "/agree/import/confirm",
                      arena_printf(w.a, "token=%s", site_held(&w.site, &r))),
                 403);
}
T_COUNTY(who_may)

T_MAIN(T_COUNTY_CASES("evaluations are imported and compared",
                      evaluations_are_imported_and_compared),
       T_COUNTY_CASES("periods are put together by choice", periods_are_put_together_by_choice),
       T_COUNTY_CASES("a wrong table is refused by its cells",
                      a_wrong_table_is_refused_by_its_cells),
       T_COUNTY_CASES("a leader reads, only the platform imports", who_may))
