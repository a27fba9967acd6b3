/* The demo county as a whole: what it promises comes out of the same code as a real county's.
 */
#include "base/file.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/kinds.h"
#include "cmd/routes.h"
#include "duty/duty.h"
#include "duty/first_form.h"
#include "meeting/regulation.h"
#include "monitor/compute.sql.h"
#include "monitor/demo.h"
#include "monitor/warning_matter.h"
#include "people/account.sql.h"
#include "people/asker.h"
#include "store/file.h"
#include "store/test_county.h"
#include "warn/warn.h"
#include "worklog/hint.h"

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

static int run_demo(const struct t_db *t, const char *data, const char *seed, struct arena *a)
{
    const char *const words[] = { "jingjian", "demo", "--data", data,       "--seed",
                                  seed,       "--db", t->url,   "--schema", t->schema };
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

/* What was ordered, solved, found early, made into rules: counted over matters and registers as
 * the rooms keep them. An early problem found and corrected is a warning that people have put
 * right (已消除, 经复核消除) and that no directive carries, or a directive's problem marked
 * 苗头性 or 重大 that ended solved (demo/README.md). */
static bool among(const char *word, const char *words)
{
    return word_in(words, word, ' ');
}

static void check_directives(struct county *c, int64_t early_problems)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct map *carried = map_new(a), *kinds = map_new(a), *titles = map_new(a);
    int64_t sent = 0, solved = 0, early = 0, major = 0, reopened = 0, late = 0, hung = 0,
            returned = 0, returned_part = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    for (int i = 1; i < 400; i++) {
        struct matter m;
        enum rc rc = matter_load(s, c, arena_printf(a, "D-%d-%05d", DEMO_YEAR, i), a, &m, &e);
        if (rc == RC_NOTFOUND)
            break;
        CHECK_OK(rc);
        if (!map_add(titles, m.title, c))
            t_fail(__FILE__, __LINE__, "the title again: %s", m.title);
        returned_part += *m.parent && m.returned;
        reopened += m.reopened;
        if (*m.parent || m.draft)
            continue;
        sent++;
        hung += str_eq(m.state, "hung");
        returned += m.returned > 0;
        late += m.open && m.colour == FLOW_RED;
        for (size_t k = 0; k < m.n_links; k++)
            if (str_eq(m.links[k].what, "warning"))
                map_set(carried, m.links[k].code, c);
        if (!among(m.state, "closed archived") || !str_eq(matter_value(&m, "solved"), "yes"))
            continue;
        solved++;
        early += among(matter_value(&m, "severity"), "early major");
        if (str_eq(matter_value(&m, "severity"), "major")) {
            major++;
            map_set(kinds, matter_value(&m, "problem_kind"), c);
        }
    }
    err_done(&e);
    e = (struct err){ 0 };
    CHECK_INT(sent, 142);
    CHECK_INT(solved, 123);
    CHECK_INT(major, 15);
    CHECK_INT(map_count(kinds), 7);
    CHECK_INT(reopened, 2);
    CHECK(returned > 10 && returned_part > 0 && late > 0 && hung > 0);
    const struct warning_hands *h = NULL;
    size_t n = 0;
    CHECK_OK(warning_hands_load(s, a, &h, &e));
    const struct hand_of_warning *list = warning_hands_list(h, &n);
    for (size_t i = 0; i < n; i++) {
        struct matter m;
        bool apart = among(list[i].state, "closed passed");
        CHECK_OK(matter_load(s, c, list[i].code, a, &m, &e));
        for (size_t k = 0; k < m.n_links; k++)
            apart = apart &&
                    !(str_eq(m.links[k].what, "warning") && map_has(carried, m.links[k].code));
        early += apart;
    }
    if (early_problems)
        CHECK_INT(early, early_problems);
}

/* Instructions that leaders wrote and that the office wrote down, with the scan; some became
 * directives, some were answered, some wait. */
static void check_instructions(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    size_t written = 0, by_office = 0, answered = 0, about = 0, done = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    for (int i = 1; i < 100; i++) {
        struct matter m;
        enum rc rc = matter_load(s, c, arena_printf(a, "I-%d-%05d", DEMO_YEAR, i), a, &m, &e);
        if (rc == RC_NOTFOUND)
            break;
        CHECK_OK(rc);
        written++;
        answered += str_eq(m.state, "answered");
        done += str_eq(m.state, "done");
        for (size_t k = 0; k < m.n_links; k++)
            about += str_eq(m.links[k].what, "report");
        if (!*matter_value(&m, "leader"))
            continue;
        by_office++;
        CHECK(!str_eq(m.opener, matter_value(&m, "leader")));
        CHECK_INT(m.n_files, 1);
        struct bytes scan = { NULL, 0 };
        uint8_t digest[HASH_SIZE];
        CHECK(hex_decode(m.files[0].digest, HASH_SIZE, digest));
        CHECK_OK(file_get(c, a, digest, 1 << 20, &scan, &e));
        CHECK(scan.n > 1000 && memcmp(scan.p, "\x89PNG", 4) == 0);
    }
    CHECK_INT(written, 27);
    CHECK_INT(by_office, 8);
    CHECK_INT(answered, 7);
    CHECK(done > 10 && about > 5);
}

/* What was written down as the work went: with pictures, also late; hints of all that the demo
 * means to be found, and of nothing else. */
static void check_records(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct work *list;
    struct person p;
    struct flow_who w;
    const struct units *us;
    struct account_of_code_row desk;
    struct work_hint *hints;
    struct id after = { 0 };
    size_t n, pictures = 0, late = 0, asked = 0, answers = 0, open = 0, decided = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    do {
        CHECK_OK(worklog_after(s, after, a, &list, &n, &e));
        for (size_t i = 0; i < n; i++) {
            after = list[i].id;
            pictures += list[i].n_files;
            late += list[i].late;
            asked += list[i].kind == WORK_QUESTION;
            answers += list[i].kind == WORK_ANSWER;
        }
    } while (n == WORK_PAGE);
    CHECK(pictures > 40);
    CHECK_INT(late, 3);
    CHECK(asked > 20 && answers <= asked && answers + 5 > asked);
    CHECK_OK(units_load(s, county_today(c), a, &us, &e));
    CHECK_OK(account_of_code_one(s, "wenshu", a, &desk, &e));
    CHECK_OK(person_load(s, desk.id, county_today(c), ~UINT64_C(0), a, &p, &e));
    CHECK_OK(flow_who_load(s, c, &p, us, a, &w, &e));
    CHECK_OK(work_hints_list(s, &w, true, (struct id){ 0 }, SIZE_MAX, a, &hints, &open, &e));
    CHECK_OK(
        work_hints_list(s, &w, false, (struct id){ 0 }, SIZE_MAX, a, &hints, &decided, &e));
    for (size_t i = 0; i < decided; i++)
        CHECK(hints[i].kind == WORK_HINT_TEXT || hints[i].kind == WORK_HINT_PICTURE);
    CHECK_INT(open, 1);
    CHECK_INT(decided, 4);
}

static void check_registers(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct regulation *rules;
    struct first_form *forms;
    struct duty_post *posts;
    struct account_of_code_row organ;
    struct person p;
    const struct units *us;
    size_t n;
    int64_t used = 0, counted = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(c), a, &us, &e));
    CHECK_OK(regulations_load(s, a, &rules, &n, &e));
    CHECK_INT(n, 38);
    CHECK_OK(account_of_code_one(s, "chuxing", a, &organ, &e));
    CHECK_OK(person_load(s, organ.id, county_today(c), ~UINT64_C(0), a, &p, &e));
    CHECK_OK(first_form_list(s, &p, us, DEMO_YEAR, a, &forms, &n, &e));
    for (size_t i = 0; i < n; i++) {
        used += forms[i].used;
        counted += forms[i].counted;
    }
    CHECK_INT(used, 109);
    CHECK(counted > 0 && counted < used);
    /* every duty holder has confirmed */
    CHECK_OK(duty_posts(s, "", a, &posts, &n, &e));
    CHECK(n > 200);
    for (size_t i = 0; i < n; i++) {
        struct duty_confirm k;
        CHECK(*posts[i].account != '\0');
        CHECK_OK(duty_confirmed(s, posts[i].code, posts[i].account, DEMO_YEAR, a, &k, &e));
        CHECK_INT(k.state, DUTY_CONFIRMED);
    }
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
    int code = run_demo(&t, data, "1", a);
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
        check_directives(c, 169);
        check_instructions(c);
        check_records(c);
        check_registers(c);
        check_today(c);
        check_leader_sees_no_hint(c);
    }
    county_close(c);
    c = NULL;
    check_files(data, a);
}

/* Another seed gives other values and warnings, so also another number of early problems. */
static void another_seed_gives_as_much(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(county_closep) struct county *c = NULL;
    CLEANUP(t_db_done) struct t_db t = { .dir = NULL };
    CHECK(t_db_init(&t, DB_SQLITE));
    const char *data = arena_printf(a, "%s/demo", t.dir);
    CHECK_INT(run_demo(&t, data, "2", a), CMD_OK);
    enum rc rc = county_open(data, &c, &e);
    CHECK_OK(rc);
    if (rc != RC_OK)
        return;
    kinds_use(c);
    check_directives(c, 0);
    check_instructions(c);
    check_registers(c);
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
         on_postgres },
       { "another seed gives as many directives, rules and person-times",
         another_seed_gives_as_much })
