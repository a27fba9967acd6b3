/* The pages: who sees which load, answers by form, and that a form leaves nothing behind; and
 * that no table and no line of the program measures a person's time. */
#include "base/file.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "burden/burden_page.h"
#include "people/test_site.h"
#include "store/journal.h"
#include "store/test_whole.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 6 };
struct world {
    struct t_county *t;
    struct county *c;
    struct arena *a;
    struct site site;
    const char *clerk[UNITS], *desk; /* tokens */
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct unit_term terms[UNITS + 1] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" }
    };
    struct account_new people[UNITS + 1];
    struct burden_ask asks[UNITS];
    for (int i = 0; i < UNITS; i++) {
        const char *u = arena_printf(w->a, "U%d", i);
        terms[i + 1] = (struct unit_term){ .code = u,
                                           .parent = "QX",
                                           .name = arena_printf(w->a, "第%d局", i),
                                           .kind = "department",
                                           .peer_group = "" };
        people[i] = (struct account_new){ .code = arena_printf(w->a, "ren%d", i),
                                          .name = "某人",
                                          .unit = u,
                                          .role = "clerk",
                                          .scope = "" };
        asks[i] = (struct burden_ask){ .what = BURDEN_ROUND,
                                       .code = "B-2026-00001",
                                       .title = "三季度数据采集",
                                       .unit = u,
                                       .requester = "QX",
                                       .minutes = 40 };
    }
    people[UNITS] = (struct account_new){
        .code = "desk", .name = "周明", .unit = "QX", .role = "platform", .scope = ""
    };
    enum rc rc = units_write(tx, w->c, terms, UNITS + 1, 0, "", e);
    if (rc == RC_OK)
        rc = site_people(tx, w->c, people, UNITS + 1, w->a, e);
    return rc == RC_OK ? burden_ask(tx, w->c, asks, UNITS, "desk", w->a, e) : rc;
}

static void world_open(struct world *w, struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct route_table tables[] = { { burden_routes, burden_routes_n } };
    *w = (struct world){ .t = t, .c = t->c, .a = arena_new() };
    CHECK_OK(db_transact(w->c->db, make, w, &e));
    site_open(&w->site, w->c, w->a, tables, COUNT(tables), NULL);
    for (int i = 0; i < UNITS; i++)
        w->clerk[i] = site_token(&w->site, arena_printf(w->a, "ren%d", i));
    w->desk = site_token(&w->site, "desk");
}

static void world_done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}

static struct web_reply ask(struct world *w, const char *token, const char *target,
                            const char *body)
{
    return body ? site_post(&w->site, token, target, body) : site_get(&w->site, token, target);
}

static const char *main_of(const struct web_reply *r)
{
    const char *at = strstr(r->body, "<h1>");
    return at ? at : r->body;
}

static void loads_are_seen_by_those_they_concern(struct t_county *t)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, t);
    struct web_reply r = ask(&w, w.clerk[0], "/burden", NULL);
    CHECK_INT(r.status, 200);
    CHECK_PART(main_of(&r), "第0局被要了1次，估计共40分钟");
    CHECK_PART(main_of(&r), "清溪区");
    CHECK(!strstr(main_of(&r), "全域")); /* a unit sees its own */
    CHECK_INT(ask(&w, w.clerk[0], "/burden?unit=U1", NULL).status, 403);
    CHECK_INT(ask(&w, w.clerk[0], "/burden?unit=U99", NULL).status, 404);
    r = ask(&w, w.desk, "/burden", NULL);
    CHECK_PART(main_of(&r), "本单位要别人办的，估计共240分钟");
    CHECK_PART(main_of(&r), "不足5份，不显示");
    CHECK_PART(main_of(&r), "全域：谁要得多");
    r = ask(&w, w.desk, "/burden?unit=U1", NULL);
    CHECK_PART(main_of(&r), "第1局被要了1次");
    CHECK(!strstr(main_of(&r), "匿名提交</button>")); /* it is not theirs to answer */
}
T_COUNTY_IN(loads_are_seen_by_those_they_concern)

enum { MANY = 505 }; /* more than a page lists */

static enum rc ask_often(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct burden_ask *asks = arena_array(w->a, MANY, sizeof(*asks));
    for (int i = 0; i < MANY; i++)
        asks[i] = (struct burden_ask){ .what = BURDEN_DIRECTIVE,
                                       .code = arena_printf(w->a, "D-2026-%05d", i + 1),
                                       .title = "整治",
                                       .unit = "U0",
                                       .requester = "QX",
                                       .minutes = 1 };
    return burden_ask(tx, w->c, asks, MANY, "desk", w->a, e);
}

static void totals_are_of_all_there_is(struct t_county *t)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, t);
    CHECK_OK(db_transact(w.c->db, ask_often, &w, &e));
    struct web_reply r = ask(&w, w.clerk[0], "/burden", NULL);
    CHECK_PART(main_of(&r), "第0局被要了506次，估计共545分钟");
    CHECK_PART(main_of(&r), "只列最近的500件");
    r = ask(&w, w.desk, "/burden", NULL);
    CHECK_PART(main_of(&r), "本单位要别人办的，估计共745分钟");
    CHECK_PART(main_of(&r), "只列最近的500件");
    r = ask(&w, w.clerk[1], "/burden", NULL);
    CHECK(!strstr(main_of(&r), "只列最近的500件"));
}
T_COUNTY_IN(totals_are_of_all_there_is)

#define ANSWER(unit, is) "what=round&code=B-2026-00001&unit=" unit "&answer=" is

static void a_form_leaves_nothing_behind(struct t_county *t)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, t);
    for (int i = 0; i < UNITS; i++) /* that the tokens were used is known already */
        CHECK_INT(ask(&w, w.clerk[i], "/burden", NULL).status, 200);
    CHECK_OK(county_seal_now(w.c, &e));
    CHECK_OK(journal_flush(w.c, &e));
    const char *before = t_whole(t, w.a);
    for (int i = 0; i < UNITS; i++) {
        const char *body =
            arena_printf(w.a,
                         "what=round&code=B-2026-00001&unit=U%d&answer=%s&before=1&request_id="
                         "abcdefgh1234567%d",
                         i, i < 2 ? "longer" : "as_said", i);
        CHECK_INT(ask(&w, w.clerk[i], "/burden/answer", body).status, 303);
        /* Pressed twice: it is known by the unit, not by the name of the request. */
        CHECK_INT(ask(&w, w.clerk[i], "/burden/answer", body).status, 409);
    }
    CHECK_OK(journal_flush(w.c, &e));
    CHECK_OK(county_seal_now(w.c, &e));
    size_t n;
    char **line = str_split(w.a, t_whole_new(before, t_whole(t, w.a), w.a), '\n', &n);
    for (size_t i = 0; i < n; i++)
        if (*line[i] && !str_starts(line[i], "table burden_once ") &&
            !str_starts(line[i], "table burden_tally "))
            t_fail(__FILE__, __LINE__, "%s", line[i]);
    struct web_reply r = ask(&w, w.desk, "/burden", NULL);
    CHECK_PART(main_of(&r), "5份：比说的久2、差不多3、用不了0");
    r = ask(&w, w.clerk[3], "/burden", NULL);
    CHECK_PART(main_of(&r), "本单位已答");
    for (size_t i = 0; i < burden_routes_n; i++)
        CHECK(burden_routes[i].method == GET || burden_routes[i].quiet);
}
T_COUNTY_IN(a_form_leaves_nothing_behind)

static void what_is_wrong_is_refused(struct t_county *t)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, t);
    static const struct {
        const char *body;
        int status;
    } cases[] = {
        { "", 400 },
        { ANSWER("U0", ""), 400 },
        { ANSWER("U0", "perhaps"), 400 },
        { ANSWER("U1", "less"), 403 },
        { ANSWER("U77", "less"), 400 },
        { "what=round&code=B-2026-00099&unit=U0&answer=less", 404 },
        { "what=%00&code=B&unit=U0&answer=less", 400 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct web_reply r = ask(&w, w.clerk[0], "/burden/answer", cases[i].body);
        if (r.status != cases[i].status)
            t_fail(__FILE__, __LINE__, "case %zu: status %d, not %d", i, r.status,
                   cases[i].status);
    }
    CHECK_INT(ask(&w, w.desk, "/burden/answer", ANSWER("U0", "less")).status, 403);
    CHECK_INT(ask(&w, w.clerk[0], "/burden/before", "point=P404").status, 404);
    CHECK_INT(ask(&w, w.desk, "/burden/before", "point=P404").status, 403);
}
T_COUNTY_IN(what_is_wrong_is_refused)

/* ---- no time of a person ---- */

/* Words of columns that would hold a duration. */
static bool tells_duration(const char *column)
{
    static const char *const words[] = { "minute", "second", "hour",   "duration", "elapsed",
                                         "spent",  "online", "dwell",  "idle",     "active",
                                         "visit",  "click",  "viewed", "typing",   "_days",
                                         "beat",   "stay" };
    for (size_t i = 0; i < COUNT(words); i++)
        if (strstr(column, words[i]))
            return true;
    return str_ends(column, "_us") || str_ends(column, "_ms") || str_eq(column, "us") ||
           str_eq(column, "ms");
}

/* The columns that may: of requests and machines, none of them in a table about a person. */
static bool is_known(const char *table, const char *column)
{
    static const char *const known[] = {
        "burden_estimate.minutes",
        "burden_ask.minutes",       /* the requester's, of the request */
        "collect_pull.every_hours", /* of a machine */
        "matter.gross_days",
        "matter.net_days", /* working days of a matter, whoever had it */
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        size_t n = strlen(table);
        if (strncmp(known[i], table, n) == 0 && known[i][n] == '.' &&
            str_eq(known[i] + n + 1, column))
            return true;
    }
    return false;
}

static size_t check_migration(const char *path, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes all;
    const char *table = "";
    size_t n, columns = 0;
    CHECK_OK(file_read(a, path, 1 << 20, &all, &e));
    char **line = str_split(a, arena_strndup(a, (const char *)all.p, all.n), '\n', &n);
    for (size_t i = 0; i < n; i++) {
        const char *at = strstr(line[i], "ALTER TABLE "), *add = strstr(line[i], "ADD COLUMN ");
        const char *column = NULL;
        if (str_starts(line[i], "CREATE TABLE "))
            table = arena_strndup(a, line[i] + 13, strcspn(line[i] + 13, " ("));
        else if (at && add) {
            table = arena_strndup(a, at + 12, strcspn(at + 12, " "));
            column = arena_strndup(a, add + 11, strcspn(add + 11, " "));
        } else if (str_starts(line[i], "    "))
            column = arena_strndup(a, line[i] + 4, strcspn(line[i] + 4, " "));
        if (!column)
            continue;
        columns++;
        if (tells_duration(column) && !is_known(table, column))
            t_fail(__FILE__, __LINE__, "%s.%s: whose time is it?", table, column);
    }
    return columns;
}

/* What a script would need to watch a person; that a clock runs for a job of a machine is said
 * in job.js with other means. */
static void check_script(const char *path, struct arena *a)
{
    static const char *const words[] = { "sendBeacon",      "visibilitychange",
                                         "performance.now", "beforeunload",
                                         "mousemove",       "requestIdleCallback" };
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes all;
    CHECK_OK(file_read(a, path, 4 << 20, &all, &e));
    const char *text = arena_strndup(a, (const char *)all.p, all.n);
    for (size_t i = 0; i < COUNT(words); i++)
        if (strstr(text, words[i]))
            t_fail(__FILE__, __LINE__, "%s uses %s", path, words[i]);
}

/*
 * What is written to the log of the process: of a request how long the machine took, and then
 * not whose it was; of what a person did nothing that lasts.
 */
static void check_log(const char *path, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes all;
    CHECK_OK(file_read(a, path, 4 << 20, &all, &e));
    for (const char *at = arena_strndup(a, (const char *)all.p, all.n);
         (at = strstr(at, "log_event(LOG_"));) {
        const char *call = arena_strndup(a, at, (size_t)(strstr(at, ");") - at));
        bool whose = strstr(call, "account") || strstr(call, "person");
        size_t n;
        char **part = str_split(a, call, '"', &n);
        for (size_t i = 1; i < n; i += 2)
            if (tells_duration(part[i]) && whose)
                t_fail(__FILE__, __LINE__, "%s: \"%s\" of a person: %s", path, part[i], call);
        at += strlen("log_event");
    }
}

static void check_logs(const char *dir, struct arena *a, size_t *ret_n)
{
    struct dirent **list = NULL;
    int n = scandir(dir, &list, NULL, alphasort);
    CHECK(n > 0);
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(a, "%s/%s", dir, list[i]->d_name);
        if (list[i]->d_type == DT_DIR && list[i]->d_name[0] != '.')
            check_logs(path, a, ret_n);
        if (str_ends(path, ".c") && !str_starts(list[i]->d_name, "test_")) {
            check_log(path, a);
            ++*ret_n;
        }
        free(list[i]);
    }
    free(list);
}

static size_t each_file(const char *dir, const char *ending, struct arena *a,
                        void (*script)(const char *path, struct arena *a))
{
    struct dirent **list = NULL;
    size_t columns = 0;
    int n = scandir(dir, &list, NULL, alphasort);
    CHECK(n > 0);
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(a, "%s/%s", dir, list[i]->d_name);
        if (str_ends(list[i]->d_name, ending)) {
            if (script)
                script(path, a);
            else
                columns += check_migration(path, a);
        }
        free(list[i]);
    }
    free(list);
    return columns;
}

static void no_time_of_a_person_is_measured_or_kept(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *source = getenv("JINGJIAN_SOURCE");
    if (!source) {
        t_skip("no source tree");
        return;
    }
    CHECK(each_file(arena_printf(a, "%s/migrations", source), ".sql", a, NULL) > 300);
    each_file(arena_printf(a, "%s/web/js", source), ".js", a, check_script);
    size_t sources = 0;
    check_logs(arena_printf(a, "%s/src", source), a, &sources);
    CHECK(sources > 300);
    /* The test sees what it looks for. */
    CHECK(tells_duration("us") && tells_duration("active_ms") && !tells_duration("status"));
    CHECK(tells_duration("seconds_online") && tells_duration("time_spent"));
    CHECK(!is_known("session", "seconds") && !is_known("burden_askx", "minutes"));
}

T_MAIN(T_COUNTY_CASES("loads are seen by those they concern",
                      loads_are_seen_by_those_they_concern),
       T_COUNTY_CASES("totals are of all there is", totals_are_of_all_there_is),
       T_COUNTY_CASES("a form leaves nothing behind", a_form_leaves_nothing_behind),
       T_COUNTY_CASES("what is wrong is refused", what_is_wrong_is_refused),
       { "no time of a person is measured or kept", no_time_of_a_person_is_measured_or_kept })
