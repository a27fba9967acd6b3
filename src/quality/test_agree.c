/* Evaluations by the pages: what is wrong with a table, writing, comparing, who sees what. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.h"
#include "monitor/import.sql.h"
#include "monitor/point.h"
#include "monitor/publication.h"
#include "monitor/scheme_import.h"
#include "monitor/value.sql.h"
#include "people/asker.h"
#include "quality/agree_page.h"
#include "quality/agreement.h"
#include "quality/quality.sql.h"
#include "sheet/csv.h"
#include "store/audit.h"
#include "store/test_county.h"
#include "warn/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TOWNS = 24 };

struct world {
    struct county *c;
    struct arena *a;
    struct web_fake *web;
    const char *editor, *leader, *clerk; /* tokens */
    struct period period;
};

#define CHECK_STATUS(r, want)                                                                  \
    do {                                                                                       \
        if ((r).status != (want))                                                              \
            t_fail(__FILE__, __LINE__, "status %d, not %d: %.600s", (r).status, (want),        \
                   (r).body);                                                                  \
    } while (0)
static void check_has(int line, const struct web_reply *r, const char *text)
{
    const char *h1 = strstr(r->body, "<h1");
    if (!strstr(r->body, text))
        t_fail(__FILE__, line, "no \"%s\" in %.300s", text, h1 ? h1 : r->body);
}
#define CHECK_HAS(r, text) check_has(__LINE__, &(r), (text))

static struct web_reply ask(struct world *w, const char *token, const char *method,
                            const char *target, const char *type, const char *body)
{
    const char *headers[] = { arena_printf(w->a, "Authorization: Bearer %s", token),
                              arena_printf(w->a, "Content-Type: %s", type), NULL };
    struct web_reply r;
    web_fake_ask(w->web,
                 &(struct web_ask){ .method = method,
                                    .target = target,
                                    .headers = headers,
                                    .body = body,
                                    .n = body ? strlen(body) : 0 },
                 w->a, &r);
    return r;
}

static struct web_reply get(struct world *w, const char *token, const char *target)
{
    return ask(w, token, "GET", target, "text/plain", NULL);
}

static struct web_reply upload(struct world *w, const char *token, const char *csv)
{
    return ask(w, token, "POST", "/agree/import", "multipart/form-data; boundary=XX",
               arena_printf(w->a,
                            "--XX\r\nContent-Disposition: form-data; name=\"file\"; "
                            "filename=\"巡察.csv\"\r\nContent-Type: text/csv\r\n\r\n%s\r\n"
                            "--XX--\r\n",
                            csv));
}

/* ---- the county: 24 towns, P1 feeds A1 (rises with the town), P2 feeds A2 (says nothing) ----
 */

static double given(size_t town, size_t point)
{
    return point == 0 ? 40 + 2 * (double)town : 50 + (double)(town * 7 % 5);
}

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct unit_term terms[TOWNS + 1] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" }
    };
    for (size_t i = 0; i < TOWNS; i++)
        terms[i + 1] = (struct unit_term){ .code = arena_printf(w->a, "T%02zu", i),
                                           .parent = "QX",
                                           .name = arena_printf(w->a, "第%zu镇", i),
                                           .kind = "town",
                                           .peer_group = "镇" };
    static const struct account_new people[] = {
        { .code = "zhuanban", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
        { .code = "lingdao", .name = "韩松", .unit = "QX", .role = "leader", .scope = "" },
        { .code = "jingban", .name = "李青", .unit = "T02", .role = "clerk", .scope = "" },
    };
    const char **tokens[] = { &w->editor, &w->leader, &w->clerk };
    char codes[COUNT(people)][ACTIVATION_CODE + 1];
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = accounts_make(tx, w->c, people, COUNT(people), 0, "", w->a, codes, e);
    for (size_t i = 0; i < COUNT(people) && rc == RC_OK; i++) {
        const char *code;
        rc = account_activate(tx, w->c, people[i].code, codes[i], "no password", e);
        if (rc == RC_OK)
            rc = token_make(tx, w->c, people[i].code, "test", "", 30, "", w->a, tokens[i],
                            &code, e);
    }
    return rc;
}

static enum rc make_scheme(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct point points[2];
    for (size_t i = 0; i < 2; i++)
        points[i] = (struct point){ .code = i ? "P2" : "P1",
                                    .indicator = i ? "A2" : "A1",
                                    .name = i ? "投诉办结率" : "合同按期公告率",
                                    .owner = "T00",
                                    .unit_of_measure = "%",
                                    .peer_group = "",
                                    .legal_basis = "条例",
                                    .purpose = "监测",
                                    .retention = "5年",
                                    .contact = "8201",
                                    .frequency = PERIOD_QUARTER,
                                    .direction = 1 };
#define NODE(c, up, n, l, t)                                                                   \
    {                                                                                          \
        .code = (c), .parent = (up), .name = (n), .level = (l), .type = (t), .direction = 1,   \
        .weight = 1, .unit_of_measure = "%", .target = __builtin_nan(""), .denominator = "",   \
        .owner = "", .frequency = "", .formula = "", .peer_group = "", .scoring = "",          \
        .veto = "", .standard = "", .source = "", .tags = ""                                   \
    }
    static const struct scheme_node nodes[] = {
        NODE("QX", "", "指数", 3, "Aggregate"),
        NODE("B1", "QX", "公开", 2, "Aggregate"),
        NODE("A1", "B1", "采购合同按期公告率", 1, "Indicator"),
        NODE("A2", "B1", "投诉按期办结率", 1, "Indicator"),
    };
    struct scheme s = { .name = "方案",
                        .note = "",
                        .config =
                            "{\"normalise\":{\"method\":\"goalposts\",\"l\":0,\"u\":100}}",
                        .sheet_map = "",
                        .nodes = nodes,
                        .n = COUNT(nodes) };
    struct rule rule = { .code = "R1",
                         .name = "公告率低",
                         .state = RULE_LIVE,
                         .kind = WARN_POINT,
                         .target = "P1",
                         .when = { .op = RULE_BELOW,
                                   .limit = { NAN, 60, NAN, NAN },
                                   .recover = NAN,
                                   .for_periods = 1,
                                   .recover_periods = 1 },
                         .peer_group = "",
                         .advice = "",
                         .send = RULE_REVIEW,
                         .why = "",
                         .by = "" };
    size_t changed;
    int version;
    enum rc rc = points_write(tx, w->c, points, COUNT(points), "", &changed, e);
    if (rc == RC_OK)
        rc = rules_write(tx, w->c, &rule, 1, (struct id){ 0 }, "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, w->c, &s, (struct id){ 0 }, "", &version, e);
    return rc == RC_OK ? scheme_adopt(tx, w->c, version, period_of(PERIOD_QUARTER, 2026, 1),
                                      (struct id){ 0 }, "", e)
                       : rc;
}

static enum rc put_values(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct units *us;
    const struct point *points;
    size_t n;
    struct import_insert_row made;
    uint8_t digest[HASH_SIZE] = { 1 };
    enum rc rc = units_load(tx_snap(tx), county_today(w->c), w->a, &us, e);
    if (rc == RC_OK)
        rc = points_load(tx_snap(tx), NULL, w->a, &points, &n, e);
    if (rc == RC_OK)
        rc = import_insert_one(tx, "I-000001", "values", "loading", "v.csv",
                               (struct bytes){ digest, sizeof(digest) }, (struct id){ 0 },
                               (struct id){ 0 }, w->period, 6, 6, 0, 0, 0, county_now(w->c),
                               w->a, &made, e);
    for (size_t i = 0; i < TOWNS * 2 && rc == RC_OK; i++) {
        const struct unit *u = units_find(us, arena_printf(w->a, "T%02zu", i / 2));
        rc = value_insert(tx, u->id, points[i % 2].id, w->period, 1, given(i / 2, i % 2), "",
                          "", made.id, (int64_t)i + 2, "", (int64_t)i, NULL, e);
    }
    return rc == RC_OK
               ? import_done(tx, county_now(w->c), (struct bytes){ digest, sizeof(digest) },
                             (struct id){ 1 }, made.id, NULL, e)
               : rc;
}

static void world_open(struct world *w, struct county *c)
{
    static const struct section none[] = { { 0 } };
    CLEANUP(err_done) struct err e = { 0 };
    struct route_table tables[] = { { agree_routes, agree_routes_n },
                                    { agree_import_routes, agree_import_routes_n } };
    struct compute_result r;
    *w = (struct world){ .c = c,
                         .a = arena_new(),
                         .period = period_of(PERIOD_QUARTER, 2026, 2) };
    CHECK_OK(web_check_routes(tables, COUNT(tables), CAP_PUBLIC, &e));
    CHECK_OK(county_set_clock(c, day_start(day_of(2026, 10, 5)), &e));
    CHECK_OK(db_transact(c->db, make_people, w, &e));
    CHECK_OK(db_transact(c->db, make_scheme, w, &e));
    CHECK_OK(db_transact(c->db, put_values, w, &e));
    CHECK_OK(compute_period(w->c, w->period, "", NULL, NULL, &r, &e));
    struct web_config cfg = { .listen = "127.0.0.1:0",
                              .user = c,
                              .hooks = people_hooks(c, none),
                              .tables = arena_copy(w->a, tables, sizeof(tables)),
                              .n_tables = COUNT(tables) };
    CHECK_OK(web_fake_new(&cfg, &w->web, &e));
}

static void world_done(struct world *w)
{
    web_fake_free(w->web);
    arena_free(w->a);
}

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

static const char *token_of(struct world *w, const struct web_reply *r)
{
    static const char at[] = "name=\"token\" value=\"";
    const char *s = strstr(r->body, at);
    CHECK(s != NULL);
    return s ? arena_strndup(w->a, s + sizeof(at) - 1, 32) : "";
}

static void evaluations_are_imported_and_compared(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    size_t n;
    world_open(&w, c);
    struct web_reply r = get(&w, w.leader, "/agree");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "还没有导入评价");

    r = upload(&w, w.editor, good_file(&w));
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "24个单位的24条评价，8个问题");
    const char *token = token_of(&w, &r);
    r = ask(&w, w.editor, "POST", "/agree/import/confirm", "application/x-www-form-urlencoded",
            arena_printf(w.a, "token=%s", token));
    CHECK_STR(r.location, "/agree");
    CHECK_STATUS(ask(&w, w.editor, "POST", "/agree/import/confirm",
                     "application/x-www-form-urlencoded", arena_printf(w.a, "token=%s", token)),
                 409);
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
    r = upload(&w, w.editor,
               "unit,period,source,state\nT00,2026Q2,职能部门,好\nT01,2026Q2,职能部门,差\n"
               "T02,2026Q2,职能部门,较好\n");
    CHECK_STATUS(r, 200);
    r = ask(&w, w.editor, "POST", "/agree/import/confirm", "application/x-www-form-urlencoded",
            arena_printf(w.a, "token=%s", token_of(&w, &r)));
    CHECK_STR(r.location, "/agree");
    CHECK_OK(agreement_compute_all(c, &n, &e));
    CHECK_INT(n, 12);
    r = get(&w, w.leader, "/agree?source=department");
    CHECK_HAS(r, "职能部门");
    CHECK_HAS(r, "（3个单位）");
    r = get(&w, w.leader, "/agree?source=inspection");
    CHECK_HAS(r, "（24个单位）");
}
T_COUNTY(evaluations_are_imported_and_compared)

static void a_wrong_table_is_refused_by_its_cells(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
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
        struct web_reply r = upload(&w, w.editor, cases[i].csv);
        CHECK_STATUS(r, cases[i].status);
        CHECK_HAS(r, cases[i].says);
        CHECK(!strstr(r.body, "name=\"token\""));
    }
}
T_COUNTY(a_wrong_table_is_refused_by_its_cells)

static void who_may(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    CHECK_STATUS(get(&w, w.clerk, "/agree"), 403);
    CHECK_STATUS(upload(&w, w.leader, good_file(&w)), 403);
    CHECK_STATUS(upload(&w, w.clerk, good_file(&w)), 403);
    struct web_reply r = upload(&w, w.editor, good_file(&w));
    /* What one person checked another cannot confirm. */
    CHECK_STATUS(ask(&w, w.leader, "POST", "/agree/import/confirm",
                     "application/x-www-form-urlencoded",
                     arena_printf(w.a, "token=%s", token_of(&w, &r))),
                 403);
}
T_COUNTY(who_may)

T_MAIN(T_COUNTY_CASES("evaluations are imported and compared",
                      evaluations_are_imported_and_compared),
       T_COUNTY_CASES("a wrong table is refused by its cells",
                      a_wrong_table_is_refused_by_its_cells),
       T_COUNTY_CASES("a leader reads, only the platform imports", who_may))
