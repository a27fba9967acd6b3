/* Pulls: what is taken, and everything that leaves nothing behind but its line in the log. */
#include "base/file.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "collect/pull.h"
#include "collect/pull.sql.h"
#include "collect/test_collect.h"
#include "collect/test_server.h"
#include "store/setting.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

struct setting_up {
    struct world *w;
    enum someone who;
    struct pull_new n;
    const char *code, *allowed;
    bool on;
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct setting_up *x = arg;
    return pull_make(tx, x->w->c, &x->w->people[x->who], &x->n, x->w->a, &x->code, e);
}

static enum rc turn(struct tx *tx, void *arg, struct err *e)
{
    struct setting_up *x = arg;
    return pull_switch(tx, x->w->c, &x->w->people[x->who], x->code, x->on, x->w->a, e);
}

static enum rc allow(struct tx *tx, void *arg, struct err *e)
{
    struct setting_up *x = arg;
    return setting_set(tx, x->w->c, &collect_settings[COLLECT_OUTSIDE], x->allowed, "", e);
}

static const char *pull(struct world *w, const char *kind, const char *place,
                        const char *relation, const char *points)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct setting_up x = { .w = w,
                            .who = DESK,
                            .n = { "取数", "CG", kind, place, relation, "", points, 24 } };
    CHECK_OK(db_transact(w->c->db, make, &x, &e));
    return x.code;
}

/* What the last run of a pull came to; its message in Chinese. */
static struct pull_runs_row ran(struct world *w, const char *code, const char **ret_said)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct pull_runs_row *rows;
    struct pull_ran done;
    size_t n;
    CHECK_OK(pull_run(w->c, code, w->a, &done, &e));
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(pull_runs_all(s, code, 0, INT64_MAX, w->a, &rows, &n, &e));
    CHECK(n > 0);
    CHECK_INT(rows[0].number, done.number);
    CHECK_STR(rows[0].outcome, done.outcome);
    *ret_said = pull_message_in(rows[0].message, LANG_ZH, w->a);
    return rows[0];
}

#define CHECK_SAID(said, text)                                                                 \
    do {                                                                                       \
        if (!strstr((said), (text)))                                                           \
            t_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", (text), (said));                 \
    } while (0)

static void put_file(struct world *w, const char *name, const char *text, bool settled)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *dir = arena_printf(w->a, "%s/pull", w->c->dir),
               *path = arena_printf(w->a, "%s/xf/%s", dir, name);
    (void)mkdir(dir, 0700); /* may be there */
    (void)mkdir(arena_printf(w->a, "%s/xf", dir), 0700);
    CHECK_OK(file_write_atomic(path, text, strlen(text), &e));
    if (settled)
        CHECK(utime(path, &(struct utimbuf){ 1000000000, 1000000000 }) == 0);
}

static void put_bytes(struct world *w, const char *name, struct bytes b)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *path = arena_printf(w->a, "%s/pull/xf/%s", w->c->dir, name);
    CHECK_OK(file_write_atomic(path, b.p, b.n, &e));
    CHECK(utime(path, &(struct utimbuf){ 1000000000, 1000000000 }) == 0);
}

static size_t imports(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct pull_list_row *rows;
    size_t n;
    struct filing f = world_filing(w, "F-2026-00001");
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(pull_list_all(s, w->a, &rows, &n, &e));
    return (size_t)f.filled;
}

static void from_a_folder(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *filing, *said;
    world_round(&w, 1, &filing);
    const char *code = pull(&w, "folder", "xf", "", "P1");
    CHECK_STR(code, "Q-00001");
    CHECK_STR(ran(&w, code, &said).outcome, "failed");
    CHECK_SAID(said, "没有 pull/xf");
    /* Being written; half; a web page; empty; another's point; wrong. Nothing is written. */
    put_file(&w, "2026-09.csv", "unit,point,period,value\nT1,P1,2026Q3,4\n", false);
    CHECK_STR(ran(&w, code, &said).outcome, "failed");
    CHECK_SAID(said, "刚刚还在写");
    static const struct {
        const char *text, *says;
    } wrong[] = {
        { "unit,point,period,value\nT1,P1,2026Q3,4\nT2,P1,2026Q3,12", "只传了一半" },
        { "unit,point,period,value\nT1,P1,2026Q3,4\nT2,P1,202\n", "2026-09.csv" },
        { "\n <!DOCTYPE html>\n<html><body>请登录</body></html>\n", "是网页" },
        { "", "是空的" },
        { "unit,point,period,value\n", "没有一行数值" },
        { "unit,point,period,value\nT1,P1,2026Q3,4\nT1,P2,202607,4\n", "P2不在这项取数里" },
        { "unit,point,period,value\nT1,P1,2026Q3,4\nT2,P1,2026Q3,4O\n", "要改正" },
        { "unit,point,period,value,手机\nT1,P1,2026Q3,4,13800138000\n"
          "T2,P1,2026Q3,5,13900139000\n",
          "个人名单" },
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        put_file(&w, "2026-09.csv", wrong[i].text, true);
        CHECK_STR(ran(&w, code, &said).outcome, "failed");
        if (i != 6)
            CHECK_SAID(said, wrong[i].says);
    }
    CHECK_INT(imports(&w), 0);
    CHECK_STR(world_filing(&w, filing).state, "todo");
    /* Half a workbook, which sorts last; then it is there as a whole. */
    struct bytes book = world_sheet(&w);
    put_bytes(&w, "2026-09b.xlsx", (struct bytes){ book.p, book.n / 2 });
    CHECK_STR(ran(&w, code, &said).outcome, "failed");
    CHECK_INT(imports(&w), 0);
    CHECK(unlink(arena_printf(a, "%s/pull/xf/2026-09b.xlsx", c->dir)) == 0);
    /* Taken, and the filing moves; twice the same is said. */
    put_file(&w, "2026-09.csv", "unit,point,period,value\nT1,P1,2026Q3,4\n", true);
    struct pull_runs_row r = ran(&w, code, &said);
    CHECK_STR(r.outcome, "taken");
    CHECK_INT(r.n_fresh, 0); /* no value before it is signed */
    CHECK_SAID(said, "1格进填报F-2026-00001，签发后才入库");
    CHECK_STR(r.import, "I-000001");
    CHECK_STR(world_filing(&w, filing).state, "filling");
    CHECK_INT(world_filing(&w, filing).typed, 1);
    CHECK_INT(imports(&w), 1);
    CHECK_STR(ran(&w, code, &said).outcome, "same");
    CHECK_SAID(said, "一模一样");
    /* The newest by name; the same values in another file are no news either. */
    put_file(&w, "2026-10.csv", "unit,point,period,value,note\nT1,P1,2026Q3,4,\n", true);
    CHECK_STR(ran(&w, code, &said).outcome, "same");
    CHECK_SAID(said, "和已有的一样");
    put_file(&w, "2026-10b.csv", "unit,point,period,value\nT1,P1,2026Q3,5\n", true);
    r = ran(&w, code, &said);
    CHECK_STR(r.outcome, "taken");
    CHECK_INT(world_filing(&w, filing).typed, 1);
    /* What no round asks for is a value at once. */
    put_file(&w, "2026-10c.csv", "unit,point,period,value\nT1,P1,2026Q2,3\n", true);
    r = ran(&w, code, &said);
    CHECK_INT(r.n_fresh, 1);
    CHECK_STR(said, "");
    /* The job takes those whose time has come. */
    struct job_run job = { .c = c, .a = a, .key = "", .args = "", .by = "" };
    CHECK_OK(pull_job_run(&job, &e));
    CHECK_STR(ran(&w, code, &said).outcome, "same");
    world_proved(&w);
}
T_COUNTY(from_a_folder)

static void from_an_endpoint(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct t_server server;
    const char *filing, *said;
    world_round(&w, 1, &filing);
    t_server_start(&server, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: "
                            "6\r\n\r\n<html>");
    const char *url = arena_printf(a, "http://127.0.0.1:%d/values.csv", server.port);
    /* Only where the system administrator allows. */
    struct setting_up x = { .w = &w,
                            .who = DESK,
                            .n = { "取数", "CG", "http", url, "", "", "", 24 } };
    CHECK_INT(db_transact(c->db, make, &x, &e), RC_INVALID);
    err_done(&e);
    x.allowed = arena_printf(a, "http://10.0.0.1 http://127.0.0.1:%d", server.port);
    CHECK_OK(db_transact(c->db, allow, &x, &e));
    const char *code = pull(&w, "http", url, "", "");
    CHECK_STR(ran(&w, code, &said).outcome, "failed");
    CHECK_SAID(said, "是网页");
    /* Nobody is followed to where nobody was allowed to go. */
    server.reply =
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/x\r\nContent-Length: "
        "0\r\n\r\n";
    CHECK_STR(ran(&w, code, &said).outcome, "failed");
    CHECK_SAID(said, "http://169.254.169.254/x");
    server.reply = "HTTP/1.1 503 no\r\nContent-Length: 0\r\n\r\n";
    CHECK_STR(ran(&w, code, &said).outcome, "failed");
    CHECK_SAID(said, "503");
    server.reply = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 900\r\n\r\n"
                   "unit,point,period,value\nT1,P1,2026Q3,4\n";
    CHECK_STR(ran(&w, code, &said).outcome, "failed"); /* cut off */
    server.reply = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 39\r\n\r\n"
                   "unit,point,period,value\nT1,P1,2026Q3,4\n";
    CHECK_STR(ran(&w, code, &said).outcome, "taken");
    CHECK_STR(ran(&w, code, &said).outcome, "same");
    CHECK(!strstr(server.last, "Authorization"));
    /* A token goes along, and is nowhere but sealed in the row. */
    x.n.secret = "tok-5521";
    CHECK_OK(db_transact(c->db, make, &x, &e));
    CHECK_STR(ran(&w, x.code, &said).outcome, "same"); /* the filing has it already */
    CHECK_PART(server.last, "Authorization: Bearer tok-5521\r\n");
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct pull_of_code_row row;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(pull_of_code_one(s, x.code, a, &row, &e));
    CHECK(row.secret.n > 8 && !memmem(row.secret.p, row.secret.n, "tok-5521", 8));
    db_read_end(&s);
    /* A certificate of nobody's: https is not spoken to just anybody. */
    x.allowed = arena_printf(a, "%s https://127.0.0.1:%d", x.allowed, server.port);
    CHECK_OK(db_transact(c->db, allow, &x, &e));
    const char *tls =
        pull(&w, "http", arena_printf(a, "https://127.0.0.1:%d/v.csv", server.port), "", "");
    CHECK_STR(ran(&w, tls, &said).outcome, "failed");
    /* No longer allowed: it is asked every time. */
    x.allowed = "";
    CHECK_OK(db_transact(c->db, allow, &x, &e));
    CHECK_STR(ran(&w, code, &said).outcome, "failed");
    CHECK_SAID(said, "不在允许连接的地址里");
    t_server_stop(&server);
    x.allowed = arena_printf(a, "http://127.0.0.1:%d", server.port);
    CHECK_OK(db_transact(c->db, allow, &x, &e));
    CHECK_STR(ran(&w, code, &said).outcome, "failed"); /* nobody there */
    CHECK_INT(imports(&w), 1);
}
T_COUNTY(from_an_endpoint)

static void query(PGconn *p, const char *sql)
{
    PGresult *r = PQexec(p, sql);
    CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
}

static void from_a_view(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *url = getenv("JINGJIAN_PG"), *filing, *said;
    if (!url)
        return; /* the county's own back end does not matter here */
    struct world w = world_new(c, a);
    PGconn *p = PQconnectdb(url);
    CHECK(PQstatus(p) == CONNECTION_OK);
    query(p, "DROP SCHEMA IF EXISTS outside_test CASCADE");
    query(p, "CREATE SCHEMA outside_test");
    query(p, "CREATE TABLE outside_test.t (unit text, point text, period text, value numeric, "
             "missing text, note text)");
    query(p, "CREATE VIEW outside_test.v AS SELECT * FROM outside_test.t");
    query(p, "CREATE FUNCTION outside_test.f() RETURNS text LANGUAGE sql AS "
             "'INSERT INTO outside_test.t (unit) VALUES (''x'') RETURNING unit'");
    query(p, "CREATE VIEW outside_test.bad AS SELECT outside_test.f() AS unit, '' AS point, '' "
             "AS period, '' AS value, '' AS missing, '' AS note");
    world_round(&w, 1, &filing);
    struct setting_up x = { .w = &w, .allowed = url };
    CHECK_OK(db_transact(c->db, allow, &x, &e));
    const char *code = pull(&w, "sql", url, "outside_test.v", "P1"),
               *bad = pull(&w, "sql", url, "outside_test.bad", "P1"),
               *none = pull(&w, "sql", url, "outside_test.none", "P1"),
               *evil = pull(&w, "sql", url, "outside_test.v; DROP TABLE x", "P1");
    CHECK_STR(ran(&w, code, &said).outcome, "failed");
    CHECK_SAID(said, "没有一行数值");
    query(p, "INSERT INTO outside_test.t VALUES ('T1', 'P1', '2026Q3', 12.5, NULL, NULL), "
             "('T2', 'P1', '2026Q3', NULL, 'lost', NULL)");
    CHECK_STR(ran(&w, code, &said).outcome, "taken");
    CHECK_INT(imports(&w), 2);
    /* It can only read. */
    CHECK_STR(ran(&w, bad, &said).outcome, "failed");
    CHECK_SAID(said, "read-only");
    CHECK_STR(ran(&w, none, &said).outcome, "failed");
    CHECK_SAID(said, "六列");
    CHECK_STR(ran(&w, evil, &said).outcome, "failed");
    CHECK_SAID(said, "视图名");
    query(p, "DROP SCHEMA outside_test CASCADE");
    PQfinish(p);
}
T_COUNTY(from_a_view)

static void refuses(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    static const struct {
        enum someone who;
        struct pull_new n;
        enum rc want;
    } cases[] = {
        { FILL1, { "取数", "CG", "folder", "xf", "", "", "", 24 }, RC_DENIED },
        { LEADER, { "取数", "CG", "folder", "xf", "", "", "", 24 }, RC_DENIED },
        { DESK, { "取数", "NO", "folder", "xf", "", "", "", 24 }, RC_INVALID },
        { DESK, { "取数", "CG", "folder", "../keys", "", "", "", 24 }, RC_INVALID },
        { DESK, { "取数", "CG", "ftp", "xf", "", "", "", 24 }, RC_INVALID },
        { DESK, { "取数", "CG", "http", "https://x/", "", "", "", 24 }, RC_INVALID },
        { DESK, { "取数", "CG", "http", "file:///etc/passwd", "", "", "", 24 }, RC_INVALID },
        { DESK, { "取数", "CG", "folder", "xf", "", "geheim", "", 24 }, RC_INVALID },
        { DESK,
          { "取数", "CG", "sql", "postgresql://u@h/d?password=x", "v", "", "", 24 },
          RC_INVALID },
        { DESK, { "取数", "CG", "folder", "xf", "", "", "P3", 24 }, RC_INVALID },
        { DESK, { "取数", "CG", "folder", "xf", "", "", "P9", 24 }, RC_NOTFOUND },
        { DESK, { "取数", "CG", "folder", "xf", "", "", "", 0 }, RC_INVALID },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct setting_up x = { .w = &w, .who = cases[i].who, .n = cases[i].n };
        enum rc rc = db_transact(c->db, make, &x, &e);
        if (rc != cases[i].want)
            t_fail(__FILE__, __LINE__, "case %zu: %d", i, rc);
        err_done(&e);
    }
    struct setting_up x = { .w = &w, .who = DESK, .code = "Q-00009" };
    CHECK_INT(db_transact(c->db, turn, &x, &e), RC_NOTFOUND);
    err_done(&e);
    x.code = pull(&w, "folder", "xf", "", "");
    CHECK_OK(db_transact(c->db, turn, &x, &e));
    CHECK_INT(db_transact(c->db, turn, &x, &e), RC_CONFLICT); /* twice */
    err_done(&e);
    x.who = FILL1;
    x.on = true;
    CHECK_INT(db_transact(c->db, turn, &x, &e), RC_DENIED);
    err_done(&e);
    CHECK(outside_allowed("http://a.example", "http://a.example/x"));
    CHECK(!outside_allowed("http://a.example", "http://a.example.org/x"));
    CHECK(!outside_allowed("", "http://a.example/x"));
    CHECK(outside_allowed("http://b/ http://a/x/", "http://a/x/y"));
}
T_COUNTY(refuses)

T_MAIN(T_COUNTY_CASES("values come from a folder, whole or not at all", from_a_folder),
       T_COUNTY_CASES("values come from an endpoint", from_an_endpoint),
       T_COUNTY_CASES("values come from a view that is only read", from_a_view),
       T_COUNTY_CASES("what may not be set up is refused", refuses))
