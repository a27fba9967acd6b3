/* Schemes by the pages: a table goes in, is copied, edited, tried and adopted; and who may do
 * what. */
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "monitor/compute.h"
#include "monitor/import.sql.h"
#include "monitor/map_page.h"
#include "monitor/node_page.h"
#include "monitor/panel.h"
#include "monitor/proof_page.h"
#include "monitor/publication.h"
#include "monitor/report_list_page.h"
#include "monitor/scheme_import.h"
#include "monitor/scheme_page.h"
#include "monitor/value.sql.h"
#include "monitor/wall_page.h"
#include "people/test_site.h"

#include <stdlib.h>
#include <string.h>

/* An index of two indicators, scored by goalposts 0 to 100. */
#define META                                                                                   \
    "iCode,iName,Level,Parent,Direction,Weight,Type,Method,Params\r\n"                         \
    "QX,指数,3,,1,1,Aggregate,,\r\n"                                                         \
    "A,履责,2,QX,1,1,Aggregate,,\r\n"                                                        \
    "A1,按期落实率,1,A,1,3,Indicator,goalposts,\"{\"\"l\"\":0,\"\"u\"\":100}\"\r\n"       \
    "A2,投诉办结率,1,A,1,1,Indicator,goalposts,\"{\"\"l\"\":0,\"\"u\"\":100}\"\r\n"

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    const char *editor, *reader; /* tokens */
};

static struct web_reply get(struct world *w, const char *target)
{
    return site_get(&w->site, w->editor, target);
}

static struct web_reply post(struct world *w, const char *target, const char *body)
{
    return site_post(&w->site, w->editor, target, body);
}

static struct web_reply upload(struct world *w, const char *target, const char *name,
                               const char *content, const char *more)
{
    return site_upload(&w->site, w->editor, target, name, content, more);
}

static bool has(const struct web_reply *r, const char *text)
{
    return strstr(r->body, text) != NULL;
}

/* ---- the county ---- */

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term terms[] = {
        { .code = "QX",
          .parent = "",
          .name = "清溪区",
          .kind = "county",
          .peer_group = "",
          .from_day = 10000 },
        { .code = "T01",
          .parent = "QX",
          .name = "云岭镇",
          .kind = "town",
          .peer_group = "乡镇街道",
          .from_day = 10000 },
        { .code = "T02",
          .parent = "QX",
          .name = "白石镇",
          .kind = "town",
          .peer_group = "乡镇街道",
          .from_day = 10000 },
        { .code = "T03",
          .parent = "QX",
          .name = "南渡镇",
          .kind = "town",
          .peer_group = "乡镇街道",
          .from_day = 10000 },
    };
    static const struct account_new people[] = {
        { .code = "zhuanban", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
        { .code = "jingban", .name = "李青", .unit = "T01", .role = "clerk", .scope = "" },
    };
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = site_people(tx, w->c, people, COUNT(people), w->a, e);
    static const struct point points[] = {
        { .code = "P1",
          .indicator = "A1",
          .name = "按期落实率",
          .owner = "T01",
          .unit_of_measure = "%",
          .peer_group = "",
          .legal_basis = "条例",
          .purpose = "监测",
          .retention = "5年",
          .contact = "8201",
          .frequency = PERIOD_QUARTER,
          .direction = 1 },
        { .code = "P2",
          .indicator = "A2",
          .name = "投诉办结率",
          .owner = "T01",
          .unit_of_measure = "%",
          .peer_group = "",
          .legal_basis = "条例",
          .purpose = "监测",
          .retention = "5年",
          .contact = "8201",
          .frequency = PERIOD_QUARTER,
          .direction = 1 },
    };
    size_t changed;
    return rc == RC_OK ? points_write(tx, w->c, points, COUNT(points), "", &changed, e) : rc;
}

static void world_open(struct world *w, struct county *c)
{
    const struct route_table tables[] = { { scheme_routes, scheme_routes_n },
                                          { scheme_import_routes, scheme_import_routes_n },
                                          { scheme_edit_routes, scheme_edit_routes_n },
                                          { scheme_preview_routes, scheme_preview_routes_n },
                                          { node_routes, node_routes_n },
                                          { report_list_routes, report_list_routes_n },
                                          { proof_routes, proof_routes_n },
                                          { map_routes, map_routes_n },
                                          { wall_routes, wall_routes_n } };
    struct err e = { 0 };
    *w = (struct world){ .c = c, .a = arena_new() };
    CHECK_OK(db_transact(c->db, make_people, w, &e));
    site_open(&w->site, c, w->a, tables, COUNT(tables), NULL);
    w->editor = site_token(&w->site, "zhuanban");
    w->reader = site_token(&w->site, "jingban");
}

static void world_done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}

/* ---- tests ---- */

static void goes_in_is_edited_and_adopted(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    struct web_reply r = get(&w, "/scheme");
    CHECK_STATUS(r, 303);
    CHECK_STR(r.location, "/scheme/import");
    r = get(&w, "/scheme/import");
    CHECK_STATUS(r, 200);

    /* A table with a fault is refused with its cell, and nothing is kept. */
    r = upload(&w, "/scheme/import", "坏.csv",
               "iCode,iName,Level,Parent,Weight,Type\r\nQX,x,二,,1,Aggregate\r\n", "");
    CHECK_STATUS(r, 400);
    CHECK(has(&r, "C2"));
    r = upload(&w, "/scheme/import", "2026年方案.csv", META, "");
    CHECK(r.status == 303 || r.status == 201);
    CHECK_STR(r.location, "/scheme/1");
    r = get(&w, "/scheme/1");
    CHECK_STATUS(r, 200);
    CHECK(has(&r, "按期落实率") && has(&r, "2026年方案") && has(&r, "草案"));

    /* What comes out goes in again as the same. */
    r = get(&w, "/scheme/1/nodes.csv");
    CHECK_STATUS(r, 200);
    struct web_reply again = upload(&w, "/scheme/import", "again.csv", r.body, "");
    CHECK_STR(again.location, "/scheme/2");
    again = get(&w, "/scheme/2/nodes.csv");
    CHECK_STR(again.body, r.body);

    /* By hand: weights, then one node; what cannot be read is said beside the field and changes
     * nothing. */
    r = get(&w, "/scheme/1/edit?node=A1");
    CHECK_STATUS(r, 200);
    r = post(&w, "/scheme/1/weights", "weight:A1=1&weight:A2=0");
    CHECK_STATUS(r, 400);
    r = post(&w, "/scheme/1/weights", "weight:A1=1&weight:A2=3");
    CHECK(r.status == 303 || r.status == 201);
    r = post(&w, "/scheme/1/node",
             "node=A1&name=x&formula=P1+*&method=goalposts&low=0&high=100");
    CHECK_STATUS(r, 400);
    r = post(&w, "/scheme/1/node", "node=A1&name=x&formula=P9&method=goalposts&low=0&high=100");
    CHECK_STATUS(r, 400);
    CHECK(has(&r, "P9"));
    r = post(&w, "/scheme/1/node",
             "node=A1&name=%E8%90%BD%E5%AE%9E%E7%8E%87&formula=P1&method=points&full=100&per_"
             "event=-5&cap=40&veto=%3E+90+%3A+60&direction=1");
    CHECK(r.status == 303 || r.status == 201);
    r = get(&w, "/scheme/1.json");
    CHECK(has(&r, "落实率") && has(&r, "每件扣5分"));
    r = get(&w, "/scheme/1/edit.json?node=A1");
    CHECK(has(&r, "> 90 : 60"));
    /* What was typed stays on the page with its error, right or wrong. */
    r = post(&w, "/scheme/1/node", "node=A1&name=typed&measure=box&owner=D9&veto=perhaps");
    CHECK_STATUS(r, 400);
    CHECK(has(&r, "typed") && has(&r, "box") && has(&r, "D9") && has(&r, "perhaps"));
    r = post(&w, "/scheme/1/weights", "weight:A1=0&weight:A2=17");
    CHECK_STATUS(r, 400);
    CHECK(has(&r, "17"));

    /* Adopted for good: no editing afterwards, but a copy is a draft again. */
    CHECK_STATUS(post(&w, "/scheme/1/adopt", "from=2026Q1"), 400);
    r = get(&w, "/scheme/1/preview");
    CHECK_STATUS(r, 200);
    CHECK(has(&r, "不可撤回"));
    r = post(&w, "/scheme/1/adopt", "from=2026Q1&why=first");
    CHECK(r.status == 303 || r.status == 201);
    CHECK_STATUS(post(&w, "/scheme/1/adopt", "from=2026Q1&why=again"), 409);
    CHECK_STATUS(post(&w, "/scheme/1/weights", "weight:A1=2"), 409);
    r = get(&w, "/scheme.json");
    CHECK(has(&r, "\"version\":1") && has(&r, "adopted"));
    r = post(&w, "/scheme/1/copy", "");
    CHECK_STR(r.location, "/scheme/3/edit");
    CHECK_STATUS(get(&w, "/scheme/99"), 404);
}
T_COUNTY(goes_in_is_edited_and_adopted)

/* A county's own sheet: columns are shown, what is unknown is asked, then it is a draft and
 * comes out as the same bytes. */
static void takes_own_sheet(struct county *c)
{
    static const char sheet[] = "一级,二级,三级,四级,分值,评分标准,数据来源,责任单位,周期\r\n"
                                "履责,落实,部署,按期落实率,60,达到100%得满分60分，60%"
                                "以下不得分，之间按比例计分,台账,云岭镇,季度\r\n"
                                ",,,会议办结率,40,看情况给分,台账,某某办,季度\r\n";
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    struct web_reply r = upload(&w, "/scheme/import", "本县方案.csv", sheet, "");
    CHECK_STATUS(r, 200);
    CHECK(has(&r, "评分标准") && has(&r, "column:F") && has(&r, "按期落实率"));
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX];
    sha256(sheet, strlen(sheet), digest);
    const char *form = arena_printf(w.a, "digest=%s&file_name=%%E6%%9C%%AC%%E5%%8E%%BF.csv",
                                    hex_encode(digest, HASH_SIZE, hex));
    r = post(&w, "/scheme/import", arena_printf(w.a, "%s&step=3", form));
    CHECK_STATUS(r, 200);
    CHECK(has(&r, "某某办") && has(&r, "看情况给分"));
    r = post(&w, "/scheme/import", arena_printf(w.a, "%s&step=4", form));
    CHECK_STR(r.location, "/scheme/1");
    r = get(&w, "/scheme/1");
    CHECK_STATUS(r, 200);
    CHECK(has(&r, "会议办结率") && has(&r, "看情况给分"));
    r = get(&w, "/scheme/1/sheet.xlsx");
    CHECK_STR(r.body, sheet);
    /* Bytes nobody has sent. */
    r = post(&w, "/scheme/import", "digest=00&step=4&file_name=x");
    CHECK_STATUS(r, 400);
}
T_COUNTY(takes_own_sheet)

/* Values as an import would leave them: both points of every town. */
static enum rc put_values(struct tx *tx, void *arg, struct err *e)
{
    static const double v[3][2] = { { 90, 50 }, { 70, 80 }, { 60, 40 } };
    struct world *w = arg;
    const struct units *us;
    const struct point *points;
    size_t n;
    struct import_insert_row made;
    uint8_t digest[HASH_SIZE] = { 1 };
    struct period p = period_of(PERIOD_QUARTER, 2026, 2);
    enum rc rc = units_load(tx_snap(tx), county_today(w->c), w->a, &us, e);
    if (rc == RC_OK)
        rc = points_load(tx_snap(tx), NULL, w->a, &points, &n, e);
    if (rc == RC_OK)
        rc = import_insert_one(tx, "I-000001", "values", "loading", "v.csv",
                               (struct bytes){ digest, sizeof(digest) }, (struct id){ 0 },
                               (struct id){ 0 }, p, 6, 6, 0, 0, 0, county_now(w->c), w->a,
                               &made, e);
    for (size_t i = 0; i < 6 && rc == RC_OK; i++) {
        const struct unit *u = units_find(us, i / 2 == 0 ? "T01" : i / 2 == 1 ? "T02" : "T03");
        rc = value_insert(tx, u->id, points[i % 2].id, p, 1, v[i / 2][i % 2], "", "", made.id,
                          (int64_t)i + 2, "", (int64_t)i, NULL, e);
    }
    return rc == RC_OK
               ? import_done(tx, county_now(w->c), (struct bytes){ digest, sizeof(digest) },
                             (struct id){ 1 }, made.id, NULL, e)
               : rc;
}

/* A draft with other weights beside what was computed, from the same values; and the pages of
 * nodes and reports over it. */
static void tries_a_draft(struct county *c)
{
    CLEANUP(world_done) struct world w;
    struct err e = { 0 };
    struct compute_result done;
    world_open(&w, c);
    upload(&w, "/scheme/import", "a.csv", META, "");
    struct web_reply r = post(&w, "/scheme/1/adopt", "from=2026Q1&why=first");
    CHECK(r.status == 303 || r.status == 201);
    CHECK_OK(db_transact(c->db, put_values, &w, &e));
    CHECK_OK(compute_period(c, period_of(PERIOD_QUARTER, 2026, 2), "", NULL, NULL, &done, &e));
    CHECK_OK(publication_publish(c, period_of(PERIOD_QUARTER, 2026, 2), "", &e));
    CHECK_INT(done.n_scored, 3);
    /* Weights 3 : 1 become 1 : 3, so that T01 falls from 80 to 60 and T02 rises from 72.5
     * to 77.5. */
    post(&w, "/scheme/1/copy", "");
    post(&w, "/scheme/2/weights", "weight:A1=1&weight:A2=3");
    r = get(&w, "/scheme/2/preview.json?period=2026Q2");
    CHECK_STATUS(r, 200);
    CHECK(has(&r, "\"old\":80,\"new\":60") && has(&r, "\"old\":72.5,\"new\":77.5"));
    CHECK(has(&r, "\"old_weight\":75,\"new_weight\":25"));
    r = get(&w, "/scheme/2/preview?period=2026Q2");
    CHECK_STATUS(r, 200);
    r = get(&w, "/indicator/A1.json?period=2026Q2");
    CHECK(has(&r, "\"median\":70") && has(&r, "\"highest\":90") && has(&r, "\"telling\":true"));
    r = get(&w, "/indicator/A1?period=2026Q2&unit=T01");
    CHECK_STATUS(r, 200);
    r = get(&w, "/node/A?period=2026Q2");
    CHECK_STATUS(r, 200);
    CHECK(has(&r, "按期落实率"));
    CHECK_STATUS(get(&w, "/node/A1?period=2026Q2"), 303);
    CHECK_STATUS(get(&w, "/indicator/NONE?period=2026Q2"), 404);
    r = get(&w, "/report.json?period=2026Q2");
    CHECK(has(&r, "\"total\":3") && has(&r, "云岭镇"));
    /* Who has a scope sees what lies in it. */
    r = site_get(&w.site, w.reader, "/report.json?period=2026Q2");
    CHECK(has(&r, "\"total\":1") && has(&r, "云岭镇") && !has(&r, "白石镇"));
    CHECK_STATUS(get(&w, "/wall?period=2026Q2"), 200);
}
T_COUNTY(tries_a_draft)

static void refuses_who_may_not(struct county *c)
{
    static const struct {
        const char *method, *target;
    } closed[] = { { "GET", "/scheme/import" },
                   { "POST", "/scheme/import" },
                   { "POST", "/scheme/1/copy" },
                   { "GET", "/scheme/1/edit" },
                   { "POST", "/scheme/1/weights" },
                   { "POST", "/scheme/1/node" },
                   { "GET", "/scheme/1/preview" },
                   { "POST", "/scheme/1/adopt" },
                   { "GET", "/map" },
                   { "POST", "/map/tiles" },
                   { "POST", "/map/geo" },
                   { "GET", "/wall" },
                   { "GET", "/node/QX" },
                   { "GET", "/report/T02/2026Q3.record" } };
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    upload(&w, "/scheme/import", "a.csv", META, "");
    for (size_t i = 0; i < COUNT(closed); i++) {
        struct web_reply r = site_ask(&w.site, w.reader, closed[i].method, closed[i].target,
                                      "application/x-www-form-urlencoded",
                                      str_eq(closed[i].method, "POST") ? "" : NULL);
        if (r.status != 403 && r.status != 401)
            t_fail(__FILE__, __LINE__, "%s %s: %d", closed[i].method, closed[i].target,
                   r.status);
    }
    /* A draft is not theirs to see, nor is there anything else yet. */
    CHECK_STATUS(site_get(&w.site, w.reader, "/scheme/1"), 403);
    CHECK_STATUS(site_get(&w.site, w.reader, "/scheme/1/nodes.csv"), 403);
    CHECK_STATUS(site_get(&w.site, w.reader, "/scheme/1/sheet.xlsx"), 403);
    CHECK_STATUS(site_get(&w.site, w.reader, "/scheme"), 404);
    CHECK_STATUS(post(&w, "/scheme/1/adopt", "from=2026Q1&why=first"), 303);
    struct web_reply r = site_get(&w.site, w.reader, "/scheme/1");
    CHECK_STATUS(r, 200);
    CHECK(!has(&r, "继续编制"));
}
T_COUNTY(refuses_who_may_not)

static void places_towns(struct county *c)
{
#define RING "[[[119.1,29.1],[119.2,29.1],[119.2,29.2],[119.1,29.1]]]"
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    CHECK_STATUS(get(&w, "/map"), 200);
    CHECK_STATUS(post(&w, "/map/tiles", "x:T01=1&y:T01=1&x:T02=1&y:T02=1"), 400);
    CHECK_STATUS(post(&w, "/map/tiles", "x:T01=1&y:T01=13"), 400);
    struct web_reply r = post(&w, "/map/tiles", "x:T01=1&y:T01=1&x:T02=2&y:T02=1");
    CHECK(r.status == 303 || r.status == 201);
    r = get(&w, "/map.json");
    CHECK(has(&r, "\"x\":2"));
    CHECK_STATUS(get(&w, "/map.geojson"), 404);
    const char *more =
        "--XX\r\nContent-Disposition: form-data; name=\"code_key\"\r\n\r\nname\r\n"
        "--XX\r\nContent-Disposition: form-data; name=\"review_no\"\r\n\r\nGS(2026)0001号\r\n";
    const char *geo = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                      "\"properties\":{\"name\":\"云岭镇\"},"
                      "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":" RING
                      "}},{\"type\":\"Feature\",\"properties\":{\"name\":\"无名\"},"
                      "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":" RING "}}]}";
    CHECK_STATUS(upload(&w, "/map/geo", "a.geojson", "{\"type\":\"Feature\"}", more), 400);
    r = upload(&w, "/map/geo", "a.geojson", geo, more);
    CHECK(r.status == 303 || r.status == 201);
    r = get(&w, "/map.json");
    CHECK(has(&r, "\"kind\":\"geo\"") && has(&r, "\"matched\":1") && has(&r, "无名") &&
          has(&r, "GS(2026)0001号"));
    r = get(&w, "/map.geojson");
    /* By unit, whatever the file's own property was; what has no unit stays, uncoloured. */
    CHECK(has(&r, "\"code\":\"T01\",\"name\":\"云岭镇\"") && has(&r, "\"name\":\"无名\"") &&
          has(&r, "[[["));
    r = upload(
        &w, "/map/geo", "a.geojson",
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        "\"urn:ogc:def:crs:EPSG::3857\"}},\"features\":[]}",
        more);
    CHECK_STATUS(r, 400);
    CHECK(has(&r, "EPSG::3857"));
    post(&w, "/map/none", "");
    r = get(&w, "/map.json");
    CHECK(has(&r, "\"kind\":\"tiles\""));
}
T_COUNTY(places_towns)

static void shows_proofs(struct county *c)
{
    CLEANUP(world_done) struct world w;
    struct err e = { 0 };
    world_open(&w, c);
    upload(&w, "/scheme/import", "a.csv", META, "");
    CHECK_OK(county_seal_now(c, &e));
    struct web_reply r = get(&w, "/proof/0");
    CHECK_STATUS(r, 200);
    CHECK(has(&r, "本机关自证") && has(&r, "jingjian verify"));
    r = get(&w, "/proof/0.tlog-proof");
    CHECK_STATUS(r, 200);
    CHECK(str_starts(r.body, "c2sp.org/tlog-proof@v1"));
    r = get(&w, "/proof/0.record");
    CHECK(has(&r, "\"parts\""));
    CHECK_STATUS(get(&w, "/proof/99999"), 404);
    CHECK_STATUS(get(&w, "/wall"), 200);
    CHECK_STATUS(get(&w, "/report"), 200);
}
T_COUNTY(shows_proofs)

/* Which of the words are in what the reader gets of any record. */
static void see_all(struct world *w, const char *reader, const char *const *words, size_t n,
                    bool *ret)
{
    static const char *const forms[] = { ".json", ".record" };
    memset(ret, 0, n * sizeof(*ret));
    for (int i = 0; i < 1000; i++)
        for (size_t f = 0; f < COUNT(forms); f++) {
            struct web_reply r =
                site_get(&w->site, reader, arena_printf(w->a, "/proof/%d%s", i, forms[f]));
            if (r.status == 404)
                return;
            CHECK_STATUS(r, 200);
            for (size_t k = 0; k < n; k++)
                ret[k] |= strstr(r.body, words[k]) != NULL;
        }
}

/* Everybody may check a record; what stands in it only who may see what it is about. */
static void proofs_keep_to_the_scope(struct county *c)
{
    CLEANUP(world_done) struct world w;
    struct err e = { 0 };
    enum { OURS, THEIRS, TOKEN_MADE, DRAFTED, WORDS };
    static const char *const words[] = { "what\\\":\\\"ours", "what\\\":\\\"theirs",
                                         "what\\\":\\\"token", "what\\\":\\\"draft" };
    bool seen[WORDS];
    world_open(&w, c);
    (void)t_record(c, "warning.step", "T01",
                   "ours"); /* the row is not needed, here and below */
    (void)t_record(c, "warning.step", "T02", "theirs");
    (void)t_record(c, "token.made", "", "token");
    (void)t_record(c, "scheme.edited", "", "draft");
    CHECK_OK(county_seal_now(c, &e));
    see_all(&w, w.reader, words, WORDS, seen);
    CHECK(seen[OURS]);
    CHECK(!seen[THEIRS] && !seen[TOKEN_MADE] && !seen[DRAFTED]);
    see_all(&w, w.editor, words, WORDS, seen);
    CHECK(seen[OURS] && seen[THEIRS] && seen[DRAFTED]);
}
T_COUNTY(proofs_keep_to_the_scope)

static void knows_review_numbers(void)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = { { "", true },
                  { "GS(2026)0001号", true },
                  { "GS(2026)1", true },
                  { "浙S（2026）12号", true },
                  { "GS2026", false },
                  { "x", false },
                  { "GS(26)1号", false },
                  { "GS(2026)号", false },
                  { "GS(2026)1号 ", false } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(err_done) struct err e = { 0 };
        if ((review_no_check(cases[i].text, &e) == RC_OK) != cases[i].good)
            t_fail(__FILE__, __LINE__, "%s", cases[i].text);
    }
}

T_MAIN(T_COUNTY_CASES("a scheme goes in, is edited and adopted", goes_in_is_edited_and_adopted),
       T_COUNTY_CASES("a county's own sheet becomes a draft", takes_own_sheet),
       T_COUNTY_CASES("a draft is tried on a past period", tries_a_draft),
       T_COUNTY_CASES("who may not edit is refused", refuses_who_may_not),
       T_COUNTY_CASES("towns are placed and drawn", places_towns),
       T_COUNTY_CASES("a record's proof is shown and given", shows_proofs),
       T_COUNTY_CASES("a record's content is for who may see what it is about",
                      proofs_keep_to_the_scope),
       { "review numbers are recognised", knows_review_numbers })
