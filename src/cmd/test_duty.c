/*
 * The four responsibilities through the program's whole table of routes: a year as its people
 * walk it, and then everything everybody can ask for and send. What the discipline organ
 * entered is looked for in every answer, and nobody else brings any in by any route.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/kinds.h"
#include "cmd/routes.h"
#include "duty/duty.h"
#include "duty/failure.h"
#include "duty/first_form.h"
#include "people/test_site.h"
#include "store/seal.h"

#include <string.h>

static const struct unit_term terms[] = {
    { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
    { .code = "D01",
      .parent = "QX",
      .name = "财政局",
      .kind = "department",
      .peer_group = "局" },
    { .code = "D02",
      .parent = "QX",
      .name = "审计局",
      .kind = "department",
      .peer_group = "局" },
    { .code = "D03",
      .parent = "QX",
      .name = "教育局",
      .kind = "department",
      .peer_group = "局" },
    { .code = "JW",
      .parent = "QX",
      .name = "区纪委监委",
      .kind = "department",
      .peer_group = "" },
    { .code = "G01", .parent = "QX", .name = "派驻一组", .kind = "group", .peer_group = "" },
};
/* Who sees what: the failure entered about the head of D01, the paper file of the organ itself,
 * that of the group. */
enum { FAILURE = 1, FILE_OF_ORGAN = 2, FILE_OF_GROUP = 4 };
static const struct someone {
    struct account_new account;
    unsigned sees;
} people[] = {
    { { .code = "pingtai", .unit = "QX", .role = "platform" }, 0 },
    { { .code = "lingdao", .unit = "QX", .role = "leader" }, 0 },
    { { .code = "juzhang", .unit = "D01", .role = "signer" }, FAILURE }, /* about them */
    { { .code = "fuju", .unit = "D01", .role = "clerk" }, 0 },
    { { .code = "jingban", .unit = "D02", .role = "clerk" }, 0 },
    { { .code = "shuju", .unit = "D03", .role = "supplier" }, 0 },
    { { .code = "paizhu", .unit = "G01", .role = "group", .scope = "D01|D02" },
      FAILURE | FILE_OF_GROUP },
    { { .code = "bieren", .unit = "D02", .role = "group", .scope = "D03" }, 0 },
    { { .code = "jiwei", .unit = "JW", .role = "discipline" },
      FAILURE | FILE_OF_ORGAN | FILE_OF_GROUP },
    { { .code = "xitong", .unit = "", .role = "sysadmin" }, 0 },
    { { .code = "anquan", .unit = "", .role = "secadmin" }, 0 },
    { { .code = "shenji", .unit = "", .role = "auditadmin" }, 0 },
};
enum { PEOPLE = COUNT(people) };
static const struct {
    unsigned what;
    const char *text;
} sentinels[] = {
    { FAILURE, "哨监〔2026〕77号" }, { FAILURE, "哨兵说明" },
    { FILE_OF_ORGAN, "哨兵机关卷" }, { FILE_OF_GROUP, "哨兵派驻卷" },
    { FILE_OF_ORGAN, ">617<" },      { FILE_OF_ORGAN, ":617," },
    { FILE_OF_ORGAN, ":617}" },
};

struct world {
    struct site x;
    struct county *c;
    struct arena *a;
    const char *token[PEOPLE];
};

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct account_new list[PEOPLE];
    for (size_t i = 0; i < PEOPLE; i++) {
        list[i] = people[i].account;
        list[i].name = arena_printf(w->a, "人%zu", i);
        list[i].scope = list[i].scope ? list[i].scope : "";
    }
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    return rc == RC_OK ? site_people(tx, w->c, list, PEOPLE, w->a, e) : rc;
}

static void open_world(struct world *w, struct county *c)
{
    static struct route_table tables[ROUTE_TABLES_MAX];
    CLEANUP(err_done) struct err e = { 0 };
    *w = (struct world){ .c = c, .a = arena_new() };
    kinds_use(c);
    CHECK_OK(db_transact(c->db, make_people, w, &e));
    site_open(&w->x, c, w->a, tables, routes_all(tables), sections);
    for (size_t i = 0; i < PEOPLE; i++)
        w->token[i] = site_token(&w->x, people[i].account.code);
}

static void close_world(struct world *w)
{
    site_done(&w->x);
    arena_free(w->a);
}

static const char *token_of(struct world *w, const char *who)
{
    for (size_t i = 0; i < PEOPLE; i++)
        if (str_eq(people[i].account.code, who))
            return w->token[i];
    CHECK(false);
    return "";
}

static struct web_reply get(struct world *w, const char *who, const char *target)
{
    return site_get(&w->x, token_of(w, who), target);
}

static struct web_reply post(struct world *w, const char *who, const char *target,
                             const char *form)
{
    return site_post(&w->x, token_of(w, who), target, form);
}

/* ---- a year ---- */

static const char lists[] = "单位,岗位,责任,任职账号,职责,依据,频次\n"
                            "D01,局长,第一责任人责任,juzhang,研究部署,规定第八条,每季度\n"
                            "D01,副局长,一岗双责,fuju,分管领域,规定第九条,每年\n"
                            "D02,局长,主体责任,jingban,研究部署,规定第八条,每季度\n"
                            "D03,局长,主体责任,shuju,研究部署,规定第八条,每季度\n";

static void import_lists(struct world *w)
{
    struct web_reply r = site_upload(&w->x, token_of(w, "pingtai"), "/duty/import", "职责.csv",
                                     lists, SITE_PART("year", "2026"));
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "4个岗位。现在还没有入库");
    CHECK_STATUS(post(w, "pingtai", "/duty/import/confirm",
                      arena_printf(w->a, "token=%s", site_held(&w->x, &r))),
                 303);
    CHECK_STATUS(post(w, "pingtai", "/duty/year", "year=2026&minutes=15&due=2026-10-30"), 303);
}

#define DOCUMENT "%E5%93%A8%E7%9B%91%E3%80%942026%E3%80%9577%E5%8F%B7" /* 哨监〔2026〕77号 */
#define SAID "%E5%93%A8%E5%85%B5%E8%AF%B4%E6%98%8E"                    /* 哨兵说明 */
#define SECTION_LEVEL "%E7%A7%91%E7%BA%A7"                             /* 科级 */
#define OTHER_LEVEL "%E5%85%B6%E4%BB%96"                               /* 其他 */
#define ORGANS "%E5%93%A8%E5%85%B5%E6%9C%BA%E5%85%B3%E5%8D%B7"         /* 哨兵机关卷 */
#define GROUPS "%E5%93%A8%E5%85%B5%E6%B4%BE%E9%A9%BB%E5%8D%B7"         /* 哨兵派驻卷 */

/* What the discipline organ enters; today is 2026-09-30. */
static void enter(struct world *w)
{
    CHECK_STATUS(post(w, "jiwei", "/duty/failure",
                      "post=D01-1&document=" DOCUMENT "&day=2026-09-30&duty=main"),
                 303);
    CHECK_STATUS(
        post(w, "juzhang", "/duty/statement", "what=failure&code=Q-2026-0001&text=" SAID), 303);
    CHECK_STATUS(post(w, "jiwei", "/duty/form",
                      "month=202608&level=" SECTION_LEVEL "&file=" ORGANS
                      "&used=617&counted=600"),
                 303);
    CHECK_STATUS(post(w, "paizhu", "/duty/form",
                      "month=202608&level=" OTHER_LEVEL "&file=" GROUPS "&used=3&counted=3"),
                 303);
}

static void a_year_is_walked(struct county *c)
{
    struct world w;
    open_world(&w, c);
    import_lists(&w);
    CHECK_HAS(get(&w, "juzhang", "/duty?lang=zh"), "1份职责清单请您确认");
    CHECK_HAS(get(&w, "juzhang", "/inbox"), "Z-2026-00001");
    CHECK_HAS(get(&w, "juzhang", "/duty/confirm/Z-2026-00001"), "研究部署");
    /* Nobody does it for them, and not for a version they have not read. */
    CHECK_STATUS(get(&w, "fuju", "/duty/confirm/Z-2026-00001"), 303);
    CHECK_STATUS(post(&w, "fuju", "/duty/confirm/Z-2026-00001", "version=1"), 403);
    CHECK_STATUS(post(&w, "pingtai", "/matter/Z-2026-00001/move/confirm", "version=1"), 403);
    CHECK_STATUS(post(&w, "juzhang", "/duty/confirm/Z-2026-00001", "version=2"), 409);
    CHECK_STATUS(post(&w, "juzhang", "/duty/confirm/Z-2026-00001", "version=1"), 303);
    CHECK_STATUS(post(&w, "juzhang", "/duty/confirm/Z-2026-00001", "version=1"), 409);
    CHECK_HAS(get(&w, "juzhang", "/duty"), "职责已确认");
    CHECK_HAS(get(&w, "juzhang", "/duty/confirm/Z-2026-00001"), "已由您确认");
    /* A group sees its units, the platform all. */
    CHECK_HAS(get(&w, "paizhu", "/duty/unit"), "财政局");
    CHECK_LACKS(get(&w, "paizhu", "/duty/unit"), "教育局");
    CHECK_HAS(get(&w, "pingtai", "/duty/unit"), "4人中1人已确认");
    CHECK_STATUS(get(&w, "paizhu", "/duty/unit/D03"), 403);
    CHECK_STATUS(get(&w, "paizhu", "/duty/post/D03-1"), 403);
    CHECK_STATUS(get(&w, "pingtai", "/duty/post/X9-1"), 404);
    /* Who keeps what. */
    CHECK_STATUS(post(&w, "jingban", "/duty/unit/D02", "name=a&duty=main"), 403);
    CHECK_STATUS(post(&w, "juzhang", "/duty/unit/D01", "name=a&duty=main"), 303);
    CHECK_STATUS(post(&w, "juzhang", "/duty/unit/D01", "name=a&duty=main"), 409);
    CHECK_STATUS(post(&w, "juzhang", "/duty/unit/D02", "name=a&duty=main"), 403);
    CHECK_STATUS(post(&w, "fuju", "/duty/post/D01-1/hold", "account=fuju&from=2026-09-30"),
                 403);
    CHECK_STATUS(post(&w, "juzhang", "/duty/post/D01-3/hold", "account=fuju&from=2026-10-01"),
                 400);
    CHECK_STATUS(post(&w, "juzhang", "/duty/post/D01-3/hold", "account=fuju&from=2026-09-30"),
                 303);
    CHECK_STATUS(post(&w, "juzhang", "/duty/post/D01-3/release", "last=2026-09-30"), 303);
    CHECK_STATUS(post(&w, "juzhang", "/duty/post/D01-3/end", ""), 303);
    CHECK_STATUS(post(&w, "pingtai", "/duty/year", "year=2026&minutes=15&due=2026-11-30"), 409);
    CHECK_STATUS(post(&w, "juzhang", "/duty/year", "year=2026&minutes=15&due=2026-11-30"), 403);
    close_world(&w);
}

static void a_sheet_is_checked_before_it_is_taken(struct county *c)
{
    static const char bad[] = "单位,岗位,责任,任职账号,职责,依据,频次\n"
                              "D99,局长,主体责任,,职责,规定,每年\n"
                              "D01,局长,领导责任,nobody,职责,规定,偶尔\n";
    struct world w;
    open_world(&w, c);
    struct web_reply r = site_upload(&w.x, token_of(&w, "pingtai"), "/duty/import", "职责.csv",
                                     bad, SITE_PART("year", "2026"));
    CHECK_HAS(r, "D99");
    CHECK_HAS(r, "不认识的责任");
    CHECK_HAS(r, "没有可用的账号");
    CHECK_LACKS(r, "name=\"token\"");
    CHECK_STATUS(site_upload(&w.x, token_of(&w, "pingtai"), "/duty/import", "职责.csv",
                             "a,b\n1,2\n", SITE_PART("year", "2026")),
                 400);
    CHECK_STATUS(site_upload(&w.x, token_of(&w, "pingtai"), "/duty/import", "职责.csv", lists,
                             SITE_PART("year", "26")),
                 400);
    /* A unit's signer brings in their own unit's alone; who signs for none, nothing. */
    CHECK_HAS(site_upload(&w.x, token_of(&w, "juzhang"), "/duty/import", "职责.csv", lists,
                          SITE_PART("year", "2026")),
              "您不维护");
    CHECK_STATUS(site_upload(&w.x, token_of(&w, "fuju"), "/duty/import", "职责.csv", lists,
                             SITE_PART("year", "2026")),
                 403);
    CHECK_STATUS(post(&w, "fuju", "/duty/import/confirm", "token=x"), 403);
    CHECK_STATUS(post(&w, "pingtai", "/duty/import/confirm", "token=x"), 409);
    CHECK_STATUS(get(&w, "pingtai", "/duty/import/blank.xlsx"), 200);
    CHECK_STATUS(get(&w, "pingtai", "/duty/import/example.xlsx"), 200);
    close_world(&w);
}

/* ---- in whose order ---- */

static void stand_in_order(struct world *w, const char *target)
{
    struct web_reply r = get(w, "pingtai", target);
    const char *at[3] = { strstr(r.body, "D01"), strstr(r.body, "D02"), strstr(r.body, "D03") };
    CHECK_STATUS(r, 200);
    CHECK(at[0] && at[1] && at[2] && at[0] < at[1] && at[1] < at[2]);
}

static void units_stand_in_their_own_order_whatever_the_figures(struct county *c)
{
    static const char *const targets[] = { "/duty/unit", "/duty/unit?sort=confirmed",
                                           "/duty/unit?sort=asked&order=desc",
                                           "/duty/unit.json?sort=confirmed" };
    static const char *const homes[] = { "/today", "/overview", "/mine", "/publish", "/wall" };
    struct world w;
    open_world(&w, c);
    import_lists(&w);
    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < COUNT(targets); i++)
            stand_in_order(&w, targets[i]);
        /* The last one first, then the one in the middle. */
        if (turn < 2)
            CHECK_STATUS(
                post(&w, turn ? "jingban" : "shuju",
                     turn ? "/duty/confirm/Z-2026-00003" : "/duty/confirm/Z-2026-00004",
                     "version=1"),
                303);
    }
    /* No head of a column sorts, and no home page has the figures. */
    CHECK_LACKS(get(&w, "pingtai", "/duty/unit"), "sort=");
    for (size_t p = 0; p < PEOPLE; p++)
        for (size_t i = 0; i < COUNT(homes); i++) {
            CHECK_LACKS(site_get(&w.x, w.token[p], homes[i]), "已确认/应确认");
            CHECK_LACKS(site_get(&w.x, w.token[p], homes[i]), "人已确认");
            CHECK_LACKS(site_get(&w.x, w.token[p], arena_printf(w.a, "%s.json", homes[i])),
                        "\"confirmed\"");
        }
    close_world(&w);
}

/* ---- what stays in the circle ---- */

static const struct {
    const char *name, *values;
} params[] = {
    { "unit", "D01|D02|D03" },
    { "code", "D01-1|D02-1|Z-2026-00001|Q-2026-0001" },
    { "period", "2026Q3" },
    { "index", "0|5|20|60|100" },
    { "what", "units|values|points|scheme|scores|warnings|records" },
    { "kind", "duty|directive" },
    { "", "1|Q-2026-0001" },
};

static const char *values_of(const char *name, size_t n)
{
    size_t i = 0;
    while (*params[i].name &&
           (strlen(params[i].name) != n || strncmp(params[i].name, name, n) != 0))
        i++;
    return params[i].values;
}

struct crawl {
    struct world *w;
    size_t who, asked;
    unsigned saw;
    const char *form; /* NULL: GET */
};

static void look(struct crawl *k, const char *target)
{
    struct world *w = k->w;
    struct web_reply r = k->form ? site_post(&w->x, w->token[k->who], target, k->form)
                                 : site_get(&w->x, w->token[k->who], target);
    k->asked++;
    if (r.status >= 500)
        t_fail(__FILE__, __LINE__, "%s of %s: %d", target, people[k->who].account.code,
               r.status);
    for (size_t i = 0; i < COUNT(sentinels); i++) {
        if (!memmem(r.body, r.n, sentinels[i].text, strlen(sentinels[i].text)))
            continue;
        k->saw |= sentinels[i].what;
        /* What somebody sent themselves is shown to them again. */
        if (!(people[k->who].sees & sentinels[i].what) && !k->form)
            t_fail(__FILE__, __LINE__, "%s sees %s at %s", people[k->who].account.code,
                   sentinels[i].text, target);
    }
}

static void fill(struct crawl *k, const struct route *route, const char *done, const char *rest)
{
    const char *colon = strchr(rest, ':');
    if (!colon) {
        const char *path = arena_printf(k->w->a, "%s%s", done, rest);
        look(k, path);
        if (route->page && route->method == GET)
            look(k, arena_printf(k->w->a, "%s.json", path));
        if (route->method == GET)
            look(k, arena_printf(k->w->a, "%s?year=2026&period=2026Q3", path));
        return;
    }
    size_t n = strcspn(colon + 1, "/."), n_values;
    char **values = str_split(k->w->a, values_of(colon + 1, n), '|', &n_values);
    for (size_t i = 0; i < n_values; i++)
        fill(k, route,
             arena_printf(k->w->a, "%s%.*s%s", done, (int)(colon - rest), rest, values[i]),
             colon + 1 + n);
}

static void everything(struct crawl *k, enum method method)
{
    struct route_table tables[ROUTE_TABLES_MAX];
    size_t n = routes_all(tables);
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < tables[i].n; r++)
            if (tables[i].routes[r].method == method)
                fill(k, &tables[i].routes[r], "", tables[i].routes[r].path);
}

static void what_the_organ_entered_is_in_no_other_answer(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    open_world(&w, c);
    import_lists(&w);
    enter(&w);
    CHECK_OK(county_set_clock(c, day_start(day_of(2026, 10, 9)), &e));
    CHECK_STATUS(post(&w, "paizhu", "/duty/form/give", "quarter=2026Q3"), 403);
    CHECK_STATUS(post(&w, "lingdao", "/duty/form/give", "quarter=2026Q3"), 403);
    CHECK_STATUS(post(&w, "jiwei", "/duty/form/give", "quarter=2026Q3"), 303);
    CHECK_STATUS(post(&w, "jiwei", "/duty/form/give", "quarter=2026Q3"), 409);
    CHECK_OK(county_seal_now(c, &e));
    /* Outside: the sum is shown; 617 and 3 are not, for each would give the other. */
    CHECK_HAS(get(&w, "lingdao", "/duty/form/shown"), "620");
    CHECK_HAS(get(&w, "lingdao", "/duty/form/shown"), "&lt;5");
    CHECK_STATUS(get(&w, "lingdao", "/duty/form"), 403);
    CHECK_STATUS(get(&w, "pingtai", "/duty/form"), 403);
    CHECK_STATUS(get(&w, "jingban", "/duty/form/shown"), 403);
    CHECK_STATUS(get(&w, "pingtai", "/duty/failure"), 403);
    CHECK_STATUS(get(&w, "lingdao", "/duty/failure.json"), 403);
    CHECK_STATUS(get(&w, "bieren", "/duty/post/D01-1"), 403);
    for (size_t p = 0; p < PEOPLE; p++) {
        struct crawl k = { .w = &w, .who = p };
        /* Who sees what is the same code on both; the queries are asked by some on each. */
        if (db_kind(c->db) == DB_POSTGRES && p % 3)
            continue;
        everything(&k, GET);
        CHECK(k.asked > 100);
        CHECK_INT(k.saw, people[p].sees); /* teeth: who may see it finds it */
    }
    close_world(&w);
}

/* ---- nobody else enters any ---- */

static size_t rows(struct world *w, const char *who)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct person p = person_system();
    const struct units *us;
    struct failure *f;
    struct first_form *form;
    size_t n = 0, m = 0;
    (void)who;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(w->c), w->a, &us, &e));
    CHECK_OK(failures_seen(s, &p, us, w->a, &f, &n, &e));
    CHECK_OK(first_form_list(s, &p, us, 2026, w->a, &form, &m, &e));
    for (size_t i = 0; i < n; i++)
        CHECK(!f[i].erased);
    return n * 1000 + m;
}

static void nobody_else_enters_any_by_any_route(struct county *c)
{
    static const char form[] =
        "post=D02-1&document=%E6%B8%85%E7%9B%91%E3%80%942026%E3%80%958%E5%8F%B7&day=2026-09-30"
        "&duty=main&month=202607&level=" SECTION_LEVEL
        "&file=x1&used=9&counted=9&quarter=2026Q2&ground=g&what=failure&code=Q-2026-0001&text=t"
        "&account=juzhang&verb=confirm&version=1";
    struct world w;
    open_world(&w, c);
    import_lists(&w);
    enter(&w);
    size_t before = rows(&w, "");
    CHECK_INT(before, 1002);
    for (size_t p = 0; p < PEOPLE; p++) {
        struct crawl k = { .w = &w, .who = p, .form = form };
        const char *role = people[p].account.role;
        if (str_eq(role, "discipline") || str_eq(role, "group"))
            continue;
        if (db_kind(c->db) == DB_POSTGRES && p % 3)
            continue;
        everything(&k, POST);
        CHECK(k.asked > 30);
        CHECK_INT(rows(&w, ""), before);
    }
    /* Teeth: the same words by who may. */
    CHECK_STATUS(post(&w, "paizhu", "/duty/form", form), 303);
    CHECK_INT(rows(&w, ""), before + 1);
    close_world(&w);
}

T_COUNTY(a_year_is_walked)
T_COUNTY(a_sheet_is_checked_before_it_is_taken)
T_COUNTY(units_stand_in_their_own_order_whatever_the_figures)
T_COUNTY(what_the_organ_entered_is_in_no_other_answer)
T_COUNTY(nobody_else_enters_any_by_any_route)
T_MAIN(T_COUNTY_CASES("a year is walked", a_year_is_walked),
       T_COUNTY_CASES("a sheet is checked before it is taken",
                      a_sheet_is_checked_before_it_is_taken),
       T_COUNTY_CASES("units stand in their own order whatever the figures",
                      units_stand_in_their_own_order_whatever_the_figures),
       T_COUNTY_CASES("what the organ entered is in no other answer",
                      what_the_organ_entered_is_in_no_other_answer),
       T_COUNTY_CASES("nobody else enters any by any route",
                      nobody_else_enters_any_by_any_route))
