/*
 * Whole requests through the program's own table of routes, against a small county in a
 * temporary folder: a letter says who asks, then `METHOD TARGET`, header lines, an empty line
 * and the body. Whoever is signed in brings the right CSRF token, so that what is tried is what
 * lies behind it. Whatever comes, the answer is well formed, and never "the server's fault".
 */
#include "base/log.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "cmd/routes.h"
#include "monitor/compute.h"
#include "monitor/publication.h"
#include "monitor/scheme_import.h"
#include "monitor/values_import.h"
#include "people/account.h"
#include "people/asker.h"
#include "people/password.h"
#include "people/people_pages.h"
#include "people/session.h"
#include "people/unit.h"
#include "people/unit_import.h"
#include "sheet/csv.h"
#include "sheet/problem.h"
#include "store/test_county.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS_MAX = 20, INPUTS_A_COUNTY = 5000 };

static const char units_csv[] = "code,parent,name,kind,peer_group,from,to\n"
                                "QX,,清溪区,county,,2020-01-01,\n"
                                "D01,QX,财政局,department,部门,2020-01-01,\n"
                                "D02,QX,审计局,department,部门,2020-01-01,\n"
                                "D03,QX,教育局,department,部门,2020-01-01,\n"
                                "T01,QX,云岭镇,town,乡镇,2020-01-01,\n"
                                "T02,QX,白石镇,town,乡镇,2020-01-01,\n"
                                "G01,QX,第一派驻组,group,,2020-01-01,\n";
static const char points_csv[] =
    "code,indicator,name,owner,unit_of_measure,frequency,direction,legal_basis,purpose,"
    "retention,contact\n"
    "P1,A1,按期公告率,D01,%,quarter,1,条例,监测,5年,8201\n"
    "P2,A2,投诉件数,D02,件,quarter,-1,条例,监测,5年,8202\n";
static const char scheme_csv[] =
    "iCode,iName,Level,Parent,Direction,Weight,Unit,Type,Formula,Method,Params\n"
    "I,指数,3,,1,1,,Aggregate,,,\n"
    "A,公开,2,I,1,1,,Aggregate,,,\n"
    "A1,按期公告率,1,A,1,1,%,Indicator,P1,,\n"
    "A2,投诉,1,A,-1,1,件,Indicator,P2,,\n";
static const char values_csv[] = "unit,point,period,value,missing,note\n"
                                 "D01,P1,2026Q2,90,,\nD02,P1,2026Q2,80,,\n"
                                 "D03,P1,2026Q2,70,,\nT01,P1,2026Q2,60,,\n"
                                 "T02,P1,2026Q2,,lost,没有台账\n"
                                 "D01,P2,2026Q2,1,,\nD02,P2,2026Q2,2,,\n"
                                 "D03,P2,2026Q2,3,,\nT01,P2,2026Q2,,na,\n"
                                 "T02,P2,2026Q2,5,,\n";

static const struct someone {
    char letter;
    const char *code, *role, *unit;
} people[] = {
    { 'p', "pingtai", "platform", "QX" }, { 'c', "jingban", "clerk", "D02" },
    { 's', "shuju", "supplier", "D01" },  { 'g', "paizhu", "group", "G01" },
    { 'l', "lingdao", "leader", "QX" },   { 'y', "xitong", "sysadmin", NULL },
    { 'a', "anquan", "secadmin", NULL },  { 'j', "shenji", "auditadmin", NULL },
};

struct world {
    struct t_county t;
    struct web_fake *web;
    char *cookie[COUNT(people)], *csrf[COUNT(people)];
    struct arena *a;
    int n; /* inputs it has seen */
};
static struct world w; /* kept between inputs: making a county takes a second */

static void must(enum rc rc, struct err *e)
{
    if (rc == RC_OK)
        return;
    fprintf(stderr, "%s\n", err_message(e, LANG_ZH, w.a));
    abort();
}

static struct table *table_of(const char *name, const char *text)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t;
    must(csv_read(w.a, name, (struct bytes){ (const uint8_t *)text, strlen(text) }, NULL, &t,
                  &e),
         &e);
    return t;
}

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct account_new list[COUNT(people)];
    char codes[COUNT(people)][ACTIVATION_CODE + 1];
    struct county *c = w.t.c;
    char *hash = arg;
    for (size_t i = 0; i < COUNT(people); i++)
        list[i] = (struct account_new){ .code = people[i].code,
                                        .name = "甲",
                                        .unit = people[i].unit ? people[i].unit : "",
                                        .role = people[i].role,
                                        .scope = "" };
    enum rc rc = accounts_make(tx, c, list, COUNT(list), 0, "", w.a, codes, e);
    for (size_t i = 0; i < COUNT(list) && rc == RC_OK; i++)
        rc = account_activate(tx, c, list[i].code, codes[i], hash, e);
    return rc;
}

struct frame {
    struct point *points;
    size_t n;
    struct scheme scheme;
};

static enum rc make_frame(struct tx *tx, void *arg, struct err *e)
{
    struct frame *f = arg;
    size_t changed;
    int version;
    enum rc rc = points_write(tx, w.t.c, f->points, f->n, "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, w.t.c, &f->scheme, (struct id){ 0 }, "", &version, e);
    return rc == RC_OK ? scheme_adopt(tx, w.t.c, version, period_of(PERIOD_QUARTER, 2026, 1),
                                      (struct id){ 0 }, "", e)
                       : rc;
}

static void make_content(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct problems ps;
    struct unit_term *terms;
    size_t n, changed;
    const struct units *us;
    struct frame f = { .n = 0 };
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    struct compute_result computed;
    struct person all = person_system();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct bytes values = { (const uint8_t *)values_csv, sizeof(values_csv) - 1 };
    problems_init(&ps, w.a);
    must(units_from_table(table_of("u.csv", units_csv), w.a, &terms, &n, &ps, &e), &e);
    must(units_import(w.t.c, terms, n, false, NULL, "", &changed, &e), &e);
    must(db_read(w.t.c->db, &s, &e), &e);
    must(units_load(s, county_today(w.t.c), w.a, &us, &e), &e);
    must(points_from_table(table_of("p.csv", points_csv), us, w.a, &f.points, &f.n, &ps, &e),
         &e);
    must(scheme_from_table(table_of("s.csv", scheme_csv), w.a, &f.scheme, &ps, &e), &e);
    f.scheme.name = "方案";
    db_read_end(&s);
    must(db_transact(w.t.c->db, make_frame, &f, &e), &e);
    must(db_read(w.t.c->db, &s, &e), &e);
    must(values_context_make(w.t.c, s, &all, w.a, &x, &e), &e);
    must(values_import_check(&x, "v.csv", values, w.a, &k, NULL, &e), &e);
    db_read_end(&s);
    must(values_import_write(w.t.c, &x, &k, "v.csv", values, (struct id){ 0 }, NULL, &all, w.a,
                             &done, &e),
         &e);
    must(compute_period(w.t.c, period_of(PERIOD_QUARTER, 2026, 2), "", NULL, NULL, &computed,
                        &e),
         &e);
    must(publication_publish(w.t.c, period_of(PERIOD_QUARTER, 2026, 2), "", &e), &e);
    must(county_seal_now(w.t.c, &e), &e);
}

static void sign_everybody_in(void)
{
    static const char password[] = "jing-jian-2026";
    CLEANUP(err_done) struct err e = { 0 };
    char hash[PASSWORD_TEXT];
    password_hash(password, hash);
    must(db_transact(w.t.c->db, make_people, hash, &e), &e);
    for (size_t i = 0; i < COUNT(people); i++) {
        struct session s;
        char cookie[SESSION_TOKEN + 1], token[65];
        must(sign_in(w.t.c, people[i].code, password, "127.0.0.1", "", w.a, &s, cookie, &e),
             &e);
        web_csrf(s.secret, token);
        w.cookie[i] = arena_printf(w.a, "Cookie: session=%s", cookie);
        w.csrf[i] = arena_printf(w.a, "X-CSRF-Token: %s", token);
    }
}

static void world_end(void)
{
    web_fake_free(w.web);
    t_county_done(&w.t);
    arena_free(w.a);
    w = (struct world){ .n = 0 };
}

static void world_begin(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct route_table tables[ROUTE_TABLES_MAX];
    w.a = arena_new();
    log_set_level(LOG_ERROR);
    if (!t_county_init(&w.t, DB_SQLITE))
        abort();
    make_content();
    sign_everybody_in();
    struct web_limit limits[PEOPLE_LIMITS];
    for (size_t i = 0; i < PEOPLE_LIMITS; i++)
        limits[i] = (struct web_limit){ people_limits[i].name, 1e9, 1e9 };
    struct web_config cfg = { .user = w.t.c,
                              .hooks = people_hooks(w.t.c, sections),
                              .tables = tables,
                              .n_tables = routes_all(tables),
                              .sign_in = "/signin",
                              .per_address = { "address", 1e9, 1e9 },
                              .per_account = { "account", 1e9, 1e9 },
                              .limits = limits,
                              .n_limits = PEOPLE_LIMITS };
    must(web_fake_new(&cfg, &w.web, &e), &e);
}

/* Lines of head become a web_ask; the first letter says who asks. */
static void cut(struct arena *a, char *head, struct web_ask *ask, const char **headers)
{
    size_t n, k = 0;
    char **lines = str_split(a, head, '\n', &n);
    for (size_t i = 0; i < COUNT(people); i++)
        if (lines[0][0] == people[i].letter) {
            headers[k++] = w.cookie[i];
            headers[k++] = w.csrf[i];
        }
    char *method = lines[0] + (lines[0][0] != '\0');
    method += *method == ' ';
    char *space = strchr(method, ' ');
    ask->method = method;
    ask->target = space ? space + 1 : "/";
    if (space)
        *space = '\0';
    for (size_t i = 1; i < n && k < HEADERS_MAX; i++)
        headers[k++] = lines[i];
    ask->headers = headers;
}

static void check(const struct web_reply *r, const char *what)
{
    bool text = str_starts(r->type, "text/html") || str_starts(r->type, "application/json");
    const char *wrong =
        r->status < 200 || r->status > 599 || (r->status >= 500 && r->status != 503) ? "status"
        : text && (strlen(r->body) != r->n || !utf8_valid(r->body, r->n))            ? "text"
        : text && strstr(r->body, "<script>")                                        ? "script"
        : strpbrk(r->location, "\r\n") || str_starts(r->location, "//") ? "location"
                                                                        : NULL;
    if (!wrong)
        return;
    fprintf(stderr, "%s: %s answers %d %s\n%.2000s\n", wrong, what, r->status, r->location,
            text ? r->body : "");
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (w.web && ++w.n > INPUTS_A_COUNTY)
        world_end();
    if (!w.web) {
        static bool known; /* one farewell is enough */
        world_begin();
        if (!known)
            atexit(world_end);
        known = true;
    }
    const char *s = (const char *)data, *end = memmem(s, size, "\n\n", 2);
    size_t head_n = end ? (size_t)(end - s) : size;
    if (head_n == 0 || memchr(s, '\0', head_n))
        return 0;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *headers[HEADERS_MAX + 1] = { 0 };
    struct web_ask ask = { .body = end ? end + 2 : "", .n = end ? size - head_n - 2 : 0 };
    struct web_reply r;
    cut(a, arena_strndup(a, s, head_n), &ask, headers);
    web_fake_ask(w.web, &ask, a, &r);
    check(&r, ask.target);
    return 0;
}
