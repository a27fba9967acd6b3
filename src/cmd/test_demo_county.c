/* The demo county as a whole: what it promises comes out of the same code as a real county's.
 */
#include "base/file.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/kinds.h"
#include "cmd/routes.h"
#include "monitor/compute.sql.h"
#include "monitor/demo.h"
#include "monitor/warning_matter.h"
#include "people/asker.h"
#include "store/test_county.h"
#include "warn/warn.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Commands print; TAP goes on afterwards. */
static int run(const char *const *words, size_t n, struct arena *a)
{
    char **args = arena_array(a, n + 1, sizeof(*args));
    for (size_t i = 0; i < n; i++)
        args[i] = arena_strdup(a, words[i]);
    int out = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)dup2(null, STDOUT_FILENO); /* at worst what it says is among the results */
    close(null);
    int code = cmd_main((int)n, args);
    (void)dup2(out, STDOUT_FILENO); /* as above */
    close(out);
    return code;
}

static int run_demo(const struct t_db *t, const char *data, struct arena *a)
{
    const char *const words[] = { "jingjian", "demo", "--data", data,       "--seed",
                                  "1",        "--db", t->url,   "--schema", t->schema };
    return run(words, t->kind == DB_SQLITE ? 6 : COUNT(words), a);
}

struct standing {
    size_t fired; /* of the quarter */
    size_t burning[WARN_RED + 1];
    size_t merged;
};

static struct standing standing_of(const struct snap *s, struct period p, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct standing r = { .fired = 0 };
    struct warn_view *v = NULL;
    size_t n = 0;
    CHECK_OK(warn_of_period(s, p, NULL, (struct id){ 0 }, LANG_ZH, a, &v, &n, &e));
    for (size_t i = 0; i < n; i++) {
        r.fired += period_same(v[i].fired_period, p);
        r.burning[v[i].colour] += warn_view_counts(&v[i]);
        r.merged += v[i].merged;
    }
    return r;
}

/* A warning is one occurrence of a rule at a unit that reached firing. */
static void check_county(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    int64_t values = 0;
    size_t reports = 0, fired = 0;
    struct standing last = { .fired = 0 };
    for (int q = 1; q <= DEMO_QUARTERS; q++) {
        struct period p = period_of(PERIOD_QUARTER, DEMO_YEAR, q);
        struct run_newest_row newest;
        struct run_head_row run;
        struct reports_of_run_row *rows;
        size_t n = 0;
        CHECK_OK(run_newest_one(s, p, a, &newest, &e));
        CHECK_OK(run_head_one(s, newest.id, a, &run, &e));
        CHECK_OK(reports_of_run_all(s, run.id, a, &rows, &n, &e));
        reports += n;
        values += run.n_values;
        last = standing_of(s, p, a);
        fired += last.fired;
    }
    CHECK_INT(values, DEMO_VALUES);
    CHECK_INT(reports, 207);
    CHECK_INT(fired, 132);
    CHECK_INT(last.burning[WARN_RED], 4);
    CHECK_INT(last.burning[WARN_ORANGE], 17);
    CHECK_INT(last.burning[WARN_YELLOW], 37);
    CHECK_INT(last.merged, 0);
}

/* Every warning that fired is in people's hands, and they stand at many places. */
static void check_hands(struct county *c)
{
    static const char *const some[] = { "queued",     "sent",    "guiding",  "signed",
                                        "rectifying", "waiting", "excluded", "closed" };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct warning_hands *h = NULL;
    struct warning_quiet *quiet;
    size_t n = 0, n_quiet = 0;
    int64_t again = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(warning_hands_load(s, a, &h, &e));
    const struct hand_of_warning *list = warning_hands_list(h, &n);
    for (size_t i = 0; i < COUNT(some); i++) {
        size_t there = 0;
        for (size_t k = 0; k < n; k++)
            there += str_eq(list[k].state, some[i]);
        if (there == 0)
            t_fail(__FILE__, __LINE__, "no warning's matter is %s", some[i]);
    }
    for (size_t k = 0; k < n; k++)
        again += list[k].reopened;
    CHECK(n > 100 && again > 0);
    CHECK_OK(warning_quiet_list(s, county_today(c), a, &quiet, &n_quiet, &e));
    CHECK(n_quiet > 0);
}

/* A report as each kind of file: whole, and saying that the data are invented. */
static void check_files(const char *data, struct arena *a)
{
    static const struct {
        const char *format, *begins, *has;
    } kinds[] = { { "pdf", "%PDF-", "%%EOF" },
                  { "html", "<!doctype html>", "演示数据" },
                  { "json", "{\"answer_more\"", "\"demo\":true" } };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const char *out = arena_printf(a, "%s/report.%s", data, kinds[i].format);
        const char *const words[] = {
            "jingjian", "report",   "--data",        data,    "--unit", "T01",    "--period",
            "2026Q3",   "--format", kinds[i].format, "--out", out,      "--lang", "zh"
        };
        CLEANUP(err_done) struct err e = { 0 };
        struct bytes file;
        CHECK_INT(run(words, COUNT(words), a), CMD_OK);
        CHECK_OK(file_read(a, out, 1 << 20, &file, &e));
        CHECK(file.n > strlen(kinds[i].begins) &&
              memcmp(file.p, kinds[i].begins, strlen(kinds[i].begins)) == 0);
        CHECK(memmem(file.p, file.n, kinds[i].has, strlen(kinds[i].has)) != NULL);
        CHECK(memmem(file.p, file.n, "href=\"/", 7) == NULL);
    }
}

/* What somebody finds after signing in. */
static struct web_reply page_of(struct county *c, struct web_fake *web, const char *account,
                                const char *target, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct session s;
    char cookie[SESSION_TOKEN + 1];
    struct web_reply r = { .body = "" };
    CHECK_OK(sign_in(c, account, "qingxi-demo-2026", "127.0.0.1", "test", a, &s, cookie, &e));
    const char *header = arena_printf(a, "Cookie: session=%s", cookie);
    web_fake_ask(
        web,
        &(struct web_ask){ .target = target, .headers = (const char *const[]){ header, NULL } },
        a, &r);
    CHECK_INT(r.status, 200);
    return r;
}

static void check_today(struct county *c)
{
    static const struct {
        const char *account, *says, *not, *target; /* target NULL: /today */
    } cases[] = {
        /* a clerk: the own unit's warnings and report, nobody else's */
        { "zhoumin", "财政局：合同款支付超期", "云岭镇" },
        { "zhoumin", "/report/D04/2026Q3", "/overview" },
        /* a department: when the next values are due, and the last receipts */
        { "linruoxi", "下一次：2027-01-10前报2026年第四季度的数", "D04" },
        { "linruoxi", "D31-2026Q3.csv已入库", "/job" },
        /* a group: its units' warnings by name */
        { "fangzhi", "交通局：审计问题到期未整改", "云岭镇" },
        /* a leader: what changed */
        { "guheng", "廉动令：文明城市创建市民巡访问题整改", "/import" },
        { "guheng", "新发出预警28项", "/job" },
        /* the homes of a stationed group and of who supplies data: others' units are not named
         */
        { "fangzhi", "11个单位", "云岭镇", "/mine" },
        { "fangzhi", "/report/D04/2026Q3", "/overview", "/mine" },
        { "linruoxi", "43份体检报告", "财政局", "/usage" },
        { "linruoxi", "100 * P095 / P094", "云岭镇", "/usage" },
    };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *web;
    struct route_table tables[ROUTE_TABLES_MAX];
    struct web_config cfg = { .user = c,
                              .hooks = people_hooks(c, sections),
                              .tables = tables,
                              .n_tables = routes_all(tables),
                              .sign_in = "/signin" };
    CHECK_OK(web_fake_new(&cfg, &web, &e));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct web_reply r =
            page_of(c, web, cases[i].account, cases[i].target ? cases[i].target : "/today", a);
        if (!strstr(r.body, cases[i].says) || strstr(r.body, cases[i].not ))
            t_fail(__FILE__, __LINE__, "%s: \"%s\", not \"%s\": %.6000s", cases[i].account,
                   cases[i].says, cases[i].not, r.body);
    }
    web_fake_free(web);
}

/* Every page a leader can reach by links, up to what one minute lets a person read: none leads
 * to a hint or names one; the hints are there, and departments see them. */
static struct web_reply read_page(struct web_fake *web, const char *cookie, const char *target,
                                  struct arena *a)
{
    struct web_reply r;
    const char *header = arena_printf(a, "Cookie: session=%s", cookie);
    web_fake_ask(
        web,
        &(struct web_ask){ .target = target, .headers = (const char *const[]){ header, NULL } },
        a, &r);
    return r;
}

static void check_leader_sees_no_hint(struct county *c)
{
    enum { PAGES = 220 };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *web;
    struct route_table tables[ROUTE_TABLES_MAX];
    struct web_config cfg = { .user = c,
                              .hooks = people_hooks(c, sections),
                              .tables = tables,
                              .n_tables = routes_all(tables),
                              .sign_in = "/signin" };
    struct session s;
    char leader[SESSION_TOKEN + 1], supplier[SESSION_TOKEN + 1];
    const char *queue[PAGES] = { "/today", "/overview", "/agree", "/wall", "/publish" };
    size_t n = 5, read = 0;
    struct map *seen = map_new(a);
    CHECK_OK(web_fake_new(&cfg, &web, &e));
    CHECK_OK(sign_in(c, "guheng", "qingxi-demo-2026", "127.0.0.1", "test", a, &s, leader, &e));
    CHECK_OK(
        sign_in(c, "tianwei", "qingxi-demo-2026", "127.0.0.1", "test", a, &s, supplier, &e));
    for (size_t i = 0; i < n; i++) {
        CLEANUP(arena_freep) struct arena *page = arena_new();
        struct web_reply r = read_page(web, leader, queue[i], page);
        read += r.status == 200;
        if (strstr(r.body, "\"/hint") || strstr(r.body, "H-2026Q"))
            t_fail(__FILE__, __LINE__, "a leader's page leads to a hint: %s", queue[i]);
        for (const char *at = r.body; r.status == 200 && n < PAGES;) {
            at = strstr(at, "href=\"/");
            if (!at)
                break;
            at += 6;
            size_t len = strcspn(at, "\"#&");
            const char *target = arena_strndup(a, at, len);
            bool page_like = !str_starts(target, "/static") && !strstr(target, ".json") &&
                             !strstr(target, ".pdf") && !str_starts(target, "/export");
            if (page_like && map_add(seen, target, c))
                queue[n++] = target;
        }
    }
    CHECK(read > 100);
    CHECK_INT(read_page(web, leader, "/hint", a).status, 403);
    CHECK_INT(read_page(web, leader, "/hint/H-2026Q3-0001", a).status, 403);
    struct web_reply r = read_page(web, leader, "/agree", a);
    CHECK(strstr(r.body, "巡察发现有问题的") != NULL);
    r = read_page(web, supplier, "/hint?state=all", a);
    CHECK_INT(r.status, 200);
    CHECK(strstr(r.body, "/hint/H-2026Q3-") != NULL);
    web_fake_free(web);
}

static void makes_what_it_promises(enum db_kind kind)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(t_db_done) struct t_db t = { .dir = NULL };
    if (!t_db_init(&t, kind))
        return;
    const char *data = arena_printf(a, "%s/demo", t.dir);
    int code = run_demo(&t, data, a);
    CHECK_INT(code, CMD_OK);
    if (code != CMD_OK)
        return;
    CLEANUP(county_closep) struct county *c = NULL;
    enum rc rc = county_open(data, &c, &e);
    CHECK_OK(rc);
    if (rc == RC_OK) {
        kinds_use(c);
        check_county(c);
        check_hands(c);
        check_today(c);
        check_leader_sees_no_hint(c);
    }
    county_close(c);
    c = NULL;
    check_files(data, a);
}

static void on_sqlite(void)
{
    makes_what_it_promises(DB_SQLITE);
}

static void on_postgres(void)
{
    makes_what_it_promises(DB_POSTGRES);
}

T_MAIN({ "the demo makes 10,337 values, 207 reports and 132 warnings (SQLite)", on_sqlite },
       { "the demo makes 10,337 values, 207 reports and 132 warnings (PostgreSQL)",
         on_postgres })
