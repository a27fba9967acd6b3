/* 一数一源 by the pages: a new point that repeats one is refused with the place of the data
 * until a person has decided; so is one that gets another's name; what is the same is asked no
 * more. */
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "monitor/point.sql.h"
#include "monitor/point_page.h"
#include "monitor/point_same.h"
#include "monitor/scheme_import.h"
#include "people/test_site.h"

#include <string.h>

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    const char *desk, *clerk; /* tokens */
};

#define POINT(c_, i_, n_)                                                                      \
    {                                                                                          \
        .code = (c_), .indicator = (i_), .name = (n_), .owner = "XF", .unit_of_measure = "件", \
        .peer_group = "", .legal_basis = "条例", .purpose = "监测", .retention = "5年",        \
        .contact = "8201", .frequency = PERIOD_QUARTER, .direction = 1                         \
    }
static const struct point there[] = { POINT("P1", "A1", "到期应办结的信访事项数"),
                                      POINT("P2", "A1", "按期办结的信访事项数") };
static const struct point alike = POINT("P3", "B1", "本期到期应办结的信访事项数");

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term terms[] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
        { .code = "XF",
          .parent = "QX",
          .name = "信访局",
          .kind = "department",
          .peer_group = "" },
    };
    static const struct account_new people[] = {
        { .code = "zhuanban", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
        { .code = "jingban", .name = "李青", .unit = "XF", .role = "clerk", .scope = "" },
    };
    size_t changed;
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = site_people(tx, w->c, people, COUNT(people), w->a, e);
    if (rc == RC_OK)
        rc = points_write(tx, w->c, there, COUNT(there), "", &changed, e);
    /* One of before new points were held against those that are there. */
    const struct point *p = &alike;
    return rc == RC_OK
               ? point_put(tx, p->code, p->indicator, p->name, p->owner, p->unit_of_measure,
                           frequency_word(p->frequency), p->direction, p->legal_basis,
                           p->purpose, p->retention, p->contact, (struct id){ 1 }, NULL, e)
               : rc;
}

static void world_open(struct world *w, struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct route_table tables[] = { { point_routes, point_routes_n },
                                          { point_import_routes, point_import_routes_n },
                                          { point_same_routes, point_same_routes_n } };
    *w = (struct world){ .c = c, .a = arena_new() };
    CHECK_OK(db_transact(c->db, make, w, &e));
    site_open(&w->site, c, w->a, tables, COUNT(tables), NULL);
    w->desk = site_token(&w->site, "zhuanban");
    w->clerk = site_token(&w->site, "jingban");
}

static void world_done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}

static struct web_reply post(struct world *w, const char *target, const char *body)
{
    return site_post(&w->site, w->desk, target, body);
}

static struct web_reply get(struct world *w, const char *target)
{
    return site_get(&w->site, w->desk, target);
}

static void check(const struct web_reply *r, int status, const char *part)
{
    if (r->status != status)
        t_fail(__FILE__, __LINE__, "status %d, not %d: %.300s", r->status, status, r->body);
    const char *main = strstr(r->body, "<h1>");
    CHECK_PART(main ? main : r->body, part);
}

/* A sheet of points: "code,indicator,name" rows; the rest is the same. */
static struct web_reply upload(struct world *w, const char *rows)
{
    struct str b;
    size_t n;
    str_init(&b, w->a);
    str_add(&b, "code,indicator,name,owner,unit_of_measure,frequency,direction,legal_basis,"
                "purpose,retention,contact,minutes\r\n");
    char **row = str_split(w->a, rows, ';', &n);
    for (size_t i = 0; i < n; i++)
        str_addf(&b, "%s,XF,件,quarter,1,条例,监测,5年,8201,15\r\n", row[i]);
    return site_upload(&w->site, w->desk, "/point/import", "p.csv", b.s, "");
}

static bool is_there(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct point pt;
    CHECK_OK(db_read(w->c->db, &s, &e));
    return point_find(s, code, w->a, &pt, &e) == RC_OK;
}

static void a_sheet_that_repeats_is_refused_until_decided(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    struct web_reply r = upload(&w, "P8,C1,信访事项到期应办结数;P9,C2,村级集体收入");
    check(&r, 200, "对很像，先确认");
    CHECK_PART(r.body, "数在信访局");
    /* Not decided, then without a reason: nothing is written, the table is still there. */
    r = post(&w, "/point/import/confirm",
             arena_printf(w.a, "token=%s", site_held(&w.site, &r)));
    check(&r, 400, "请确认「信访事项到期应办结数」是不是同一个数");
    r = post(&w, "/point/import/confirm",
             arena_printf(w.a,
                          "token=%s&s.P8.P1=different&w.P8.P1=&s.P8.P3=different&w.P8.P3=x",
                          site_held(&w.site, &r)));
    check(&r, 400, "为什么不是同一个数");
    CHECK(!is_there(&w, "P8") && !is_there(&w, "P9"));
    /* The same number: the row stays out, the others come in. */
    r = post(&w, "/point/import/confirm",
             arena_printf(w.a, "token=%s&s.P8.P1=same&s.P8.P3=same", site_held(&w.site, &r)));
    CHECK_INT(r.status, 303);
    CHECK(!is_there(&w, "P8") && is_there(&w, "P9"));
    /* Another number, with the reason: it comes in and is not asked about again. */
    r = upload(&w, "P8,C1,信访事项到期应办结数");
    check(&r, 200, "checked=\"\"");
    r = post(
        &w, "/point/import/confirm",
        arena_printf(w.a,
                     "token=%s&s.P8.P1=different&w.P8.P1=chongfu&s.P8.P3=different&w.P8.P3="
                     "chongfu",
                     site_held(&w.site, &r)));
    CHECK_INT(r.status, 303);
    CHECK(is_there(&w, "P8"));
    r = upload(&w, "P8,C1,信访事项到期应办结数");
    CHECK(!strstr(r.body, "对很像，先确认"));
}
T_COUNTY(a_sheet_that_repeats_is_refused_until_decided)

struct writing {
    struct world *w;
    struct point list[2];
    size_t n, changed;
};
static enum rc write_list(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    return points_write(tx, x->w->c, x->list, x->n, "zhuanban", &x->changed, e);
}

/* Whoever writes points writes them by this function: commands, pages, the demo. */
static void no_way_in_leads_round_the_question(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    static const struct {
        struct point list[2];
        size_t n;
        enum rc rc;
    } cases[] = {
        { { POINT("P8", "C1", "信访事项到期应办结数") }, 1, RC_CONFLICT },
        { { POINT("P8", "C1", "信访总量"), POINT("P9", "C2", "信访件总量") }, 2, RC_CONFLICT },
        { { POINT("P8", "C1", "ＧＤＰ增速"), POINT("P9", "C2", "gdp增速") }, 2, RC_CONFLICT },
        { { POINT("P8", "C1", "60岁以上老人"), POINT("P9", "C2", "80岁以上老人") }, 2, RC_OK },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct writing x = { .w = &w, .n = cases[i].n };
        memcpy(x.list, cases[i].list, sizeof(x.list));
        CHECK_INT(db_transact(c->db, write_list, &x, &e), cases[i].rc);
        CHECK_INT(is_there(&w, "P8"), cases[i].rc == RC_OK);
        err_done(&e);
    }
    /* The table's own word is a decision of who brings it, and is found again as one. */
    struct writing x = { .w = &w,
                         .n = 1,
                         .list = { POINT("P7", "C7", "信访事项到期应办结数") } };
    x.list[0].different = "只数重复信访";
    CHECK_OK(db_transact(c->db, write_list, &x, &e));
    struct web_reply r = get(&w, "/point/same");
    CHECK_PART(r.body, "只数重复信访");
    check(&r, 200, "1对监测点很像"); /* the one of before */
}
T_COUNTY(no_way_in_leads_round_the_question)

static void a_table_is_held_against_itself(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    c->trial = true; /* the set-up brings its points in here, many at once */
    struct web_reply r = upload(&w, "P8,C1,信访总量;P9,C2,信访件总量;P7,C3,村级集体收入");
    check(&r, 200, "1对很像，先确认");
    CHECK_PART(r.body, "像P8「信访总量」，数在信访局");
    r = post(&w, "/point/import/confirm",
             arena_printf(w.a, "token=%s", site_held(&w.site, &r)));
    check(&r, 400, "请确认「信访件总量」是不是同一个数");
    CHECK(!is_there(&w, "P7") && !is_there(&w, "P8"));
    r = post(&w, "/point/import/confirm",
             arena_printf(w.a, "token=%s&s.P9.P8=same", site_held(&w.site, &r)));
    CHECK_INT(r.status, 303);
    CHECK(is_there(&w, "P7") && is_there(&w, "P8") && !is_there(&w, "P9"));
    /* A reason in the table is what the form begins with. */
    r = site_upload(&w.site, w.desk, "/point/import", "p.csv",
                    "code,indicator,name,owner,unit_of_measure,frequency,direction,legal_basis,"
                    "purpose,retention,contact,different\r\n"
                    "P9,C2,信访件总量,XF,件,quarter,1,条例,监测,5年,8201,只数来访\r\n",
                    "");
    CHECK_PART(r.body, "value=\"只数来访\"");
}
T_COUNTY(a_table_is_held_against_itself)

static void a_point_that_is_renamed_into_another_is_refused(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    struct web_reply r = upload(&w, "P9,C2,村级集体收入");
    r = post(&w, "/point/import/confirm",
             arena_printf(w.a, "token=%s", site_held(&w.site, &r)));
    CHECK_INT(r.status, 303);
    static const char form[] =
        "name=%E4%BF%A1%E8%AE%BF%E4%BA%8B%E9%A1%B9%E5%88%B0%E6%9C%9F%E5%"
        "BA%94%E5%8A%9E%E7%BB%93%E6%95%B0&owner=XF&frequency=quarter&"
        "measure=%E4%BB%B6&legal_basis=x&purpose=x&retention=x&contact=x";
    r = post(&w, "/point/P9", form);
    check(&r, 409, "数在信访局");
    r = post(&w, "/point/P9", arena_printf(w.a, "%s&minutes=0", form));
    check(&r, 400, "预计用时");
    r = post(&w, "/point/P9", arena_printf(w.a, "%s&different=chongfu&minutes=25", form));
    CHECK_INT(r.status, 303);
    r = get(&w, "/point/P9");
    check(&r, 200, "每期25分钟，提出者估计");
}
T_COUNTY(a_point_that_is_renamed_into_another_is_refused)

/* What a round says of its points. */
static int64_t open_pairs(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct point *list;
    size_t n;
    int64_t open = -1;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(points_load(s, NULL, w->a, &list, &n, &e));
    CHECK_OK(points_same_open(s, list, n, w->a, &open, &e));
    return open;
}

static void what_is_there_is_decided_on_its_page(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    CHECK_INT(site_get(&w.site, w.clerk, "/point/same").status, 403);
    struct web_reply r = get(&w, "/point/same");
    check(&r, 200, "1对监测点很像");
    CHECK_INT(open_pairs(&w), 1);
    static const struct {
        const char *body;
        int status;
    } wrong[] = {
        { "point=P3&other=P1&verdict=different&reason=", 400 },
        { "point=P3&other=P1&verdict=perhaps&reason=x", 400 },
        { "point=P3&other=P3&verdict=same", 400 },
        { "point=P3&other=P77&verdict=same", 404 },
        { "point=P3", 400 },
        { "", 400 },
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        CHECK_INT(post(&w, "/point/same", wrong[i].body).status, wrong[i].status);
    CHECK_INT(post(&w, "/point/same", "point=P3&other=P1&verdict=same").status, 303);
    r = get(&w, "/point/same");
    check(&r, 200, "没有要确认的监测点");
    CHECK_INT(open_pairs(&w), 0);
    /* It is not asked for any more, and stays readable. */
    {
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(db_read_end) const struct snap *s = NULL;
        const struct point *list;
        size_t n;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(points_load(s, NULL, w.a, &list, &n, &e));
        CHECK_INT(n, 2);
    }
    CHECK_INT(get(&w, "/point/P3").status, 200);
}
T_COUNTY(what_is_there_is_decided_on_its_page)

T_MAIN(T_COUNTY_CASES("a sheet that repeats is refused until decided",
                      a_sheet_that_repeats_is_refused_until_decided),
       T_COUNTY_CASES("no way in leads round the question", no_way_in_leads_round_the_question),
       T_COUNTY_CASES("a table is held against itself", a_table_is_held_against_itself),
       T_COUNTY_CASES("a point that is renamed into another is refused",
                      a_point_that_is_renamed_into_another_is_refused),
       T_COUNTY_CASES("what is there is decided on its page",
                      what_is_there_is_decided_on_its_page))
