#include "meeting/test_world.h"

#include "base/clock.h"
#include "base/period.h"
#include "monitor/compute.h"
#include "monitor/publication.h"
#include "monitor/scheme_import.h"
#include "monitor/values_import.h"
#include "people/account.sql.h"
#include "sheet/csv.h"
#include "warn/rule.h"

#include <math.h>
#include <string.h>

const char *refused;

static const struct account_new people[PROGRAM] = {
    [LEADER] = { .code = "lingdao",
                 .name = "韩松",
                 .unit = "QX",
                 .role = "leader",
                 .scope = "" },
    [EDITOR] = { .code = "pingtai",
                 .name = "周明",
                 .unit = "QX",
                 .role = "platform",
                 .scope = "" },
    [SECOND] = { .code = "fuhe",
                 .name = "陈序",
                 .unit = "QX",
                 .role = "platform",
                 .scope = "" },
    [CLERK] = { .code = "jingban",
                .name = "李青",
                .unit = "D01",
                .role = "clerk",
                .scope = "" },
    [OTHER] = { .code = "bieren", .name = "方立", .unit = "D02", .role = "clerk", .scope = "" },
};

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term terms[] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
        { .code = "D01",
          .parent = "QX",
          .name = "财政局",
          .kind = "department",
          .peer_group = "部门" },
        { .code = "D02",
          .parent = "QX",
          .name = "审计局",
          .kind = "department",
          .peer_group = "部门" },
        { .code = "T01",
          .parent = "QX",
          .name = "云岭镇",
          .kind = "town",
          .peer_group = "乡镇" },
    };
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = site_people(tx, w->c, people, PROGRAM, w->a, e);
    return rc;
}

void world_open(struct world *w, struct county *c, const struct flow_kind *const *kinds,
                size_t n_kinds, const struct route_table *tables, size_t n_tables)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    *w = (struct world){ .c = c, .a = arena_new() };
    flow_use(c, kinds, n_kinds);
    CHECK_OK(county_set_clock(c, day_start(day_of(2026, 10, 9)), &e));
    CHECK_OK(db_transact(c->db, make_people, w, &e));
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(c), w->a, &w->units, &e));
    w->person[PROGRAM] = person_system();
    for (size_t i = 0; i < PROGRAM; i++) {
        struct account_of_code_row row;
        CHECK_OK(account_of_code_one(s, people[i].code, w->a, &row, &e));
        CHECK_OK(
            person_load(s, row.id, county_today(c), ~UINT64_C(0), w->a, &w->person[i], &e));
    }
    site_open(&w->site, c, w->a, tables, n_tables, NULL);
    for (size_t i = 0; i < PROGRAM; i++)
        w->token[i] = site_token(&w->site, people[i].code);
}

void world_done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}

void world_day(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct utime t = county_now(w->c);
    t.us += INT64_C(86400000000);
    CHECK_OK(county_set_clock(w->c, t, &e));
}

/* ---- results ---- */

static const char points_csv[] =
    "code,indicator,name,owner,unit_of_measure,frequency,direction,legal_basis,purpose,"
    "retention,contact\n"
    "P1,A1,按期公告率,D01,%,quarter,1,条例,监测,5年,8201\n"
    "P2,A2,办结率,D02,%,quarter,1,条例,监测,5年,8202\n"
    "P3,A3,公开率,D02,%,quarter,1,条例,监测,5年,8202\n";
static const char scheme_csv[] =
    "iCode,iName,Level,Parent,Direction,Weight,Unit,Type,Formula,Method,Params\n"
    "I,指数,3,,1,1,,Aggregate,,,\n"
    "B1,公开,2,I,1,1,,Aggregate,,,\n"
    "B2,办理,2,I,1,1,,Aggregate,,,\n"
    "A1,按期公告率,1,B1,1,1,%,Indicator,P1,,\n"
    "A3,公开率,1,B1,1,1,%,Indicator,P3,,\n"
    "A2,办结率,1,B2,1,1,%,Indicator,P2,,\n";
static const char values_q1[] = "unit,point,period,value,missing,note\n"
                                "D01,P1,2026Q1,90,,\nD02,P1,2026Q1,70,,\nT01,P1,2026Q1,50,,\n"
                                "D01,P2,2026Q1,92,,\nD02,P2,2026Q1,71,,\nT01,P2,2026Q1,52,,\n"
                                "D01,P3,2026Q1,91,,\nD02,P3,2026Q1,70,,\nT01,P3,2026Q1,51,,\n";
static const char values_q2[] = "unit,point,period,value,missing,note\n"
                                "D01,P1,2026Q2,40,,\nD02,P1,2026Q2,70,,\nT01,P1,2026Q2,80,,\n"
                                "D01,P2,2026Q2,41,,\nD02,P2,2026Q2,71,,\nT01,P2,2026Q2,82,,\n"
                                "D01,P3,2026Q2,42,,\nD02,P3,2026Q2,70,,\nT01,P3,2026Q2,81,,\n";

static struct table *table_of(struct world *w, const char *name, const char *text)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = NULL;
    CHECK_OK(csv_read(w->a, name, (struct bytes){ (const uint8_t *)text, strlen(text) }, NULL,
                      &t, &e));
    return t;
}

struct frame {
    struct world *w;
    struct point *points;
    size_t n_points;
    struct scheme scheme;
};

static enum rc make_frame(struct tx *tx, void *arg, struct err *e)
{
    struct frame *f = arg;
    struct county *c = f->w->c;
    size_t changed;
    int version;
    struct rule rule = { .code = "R1",
                         .name = "公告率低",
                         .state = RULE_LIVE,
                         .kind = WARN_POINT,
                         .target = "P1",
                         .when = { .op = RULE_BELOW,
                                   .limit = { NAN, 60, 45, NAN },
                                   .recover = NAN,
                                   .for_periods = 1,
                                   .recover_periods = 1 },
                         .peer_group = "",
                         .advice = "",
                         .send = RULE_REVIEW,
                         .why = "",
                         .by = "" };
    enum rc rc = points_write(tx, c, f->points, f->n_points, "", &changed, e);
    if (rc == RC_OK)
        rc = rules_write(tx, c, &rule, 1, (struct id){ 0 }, "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, c, &f->scheme, (struct id){ 0 }, "", &version, e);
    return rc == RC_OK ? scheme_adopt(tx, c, version, period_of(PERIOD_QUARTER, 2026, 1),
                                      (struct id){ 0 }, "", e)
                       : rc;
}

void world_draft(struct world *w, int quarter, const char *csv)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    struct compute_result r;
    struct period p = period_of(PERIOD_QUARTER, 2026, quarter);
    const struct bytes file = { (const uint8_t *)csv, strlen(csv) };
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_read(w->c->db, &s, &e));
        CHECK_OK(values_context_make(w->c, s, &w->person[PROGRAM], w->a, &x, &e));
        CHECK_OK(values_import_check(&x, "v.csv", file, w->a, &k, NULL, &e));
    }
    CHECK_OK(values_import_write(w->c, &x, &k, "v.csv", file, (struct id){ 0 }, NULL,
                                 &w->person[PROGRAM], w->a, &done, &e));
    CHECK_OK(compute_period(w->c, p, "", NULL, NULL, &r, &e));
}

void world_values(struct world *w, int quarter, const char *csv)
{
    CLEANUP(err_done) struct err e = { 0 };
    world_draft(w, quarter, csv);
    CHECK_OK(publication_publish(w->c, period_of(PERIOD_QUARTER, 2026, quarter), "", &e));
}

void world_results(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct frame f = { .w = w };
    struct problems ps;
    problems_init(&ps, w->a);
    CHECK_OK(points_from_table(table_of(w, "p.csv", points_csv), w->units, w->a, &f.points,
                               &f.n_points, &ps, &e));
    CHECK_OK(scheme_from_table(table_of(w, "s.csv", scheme_csv), w->a, &f.scheme, &ps, &e));
    f.scheme.name = "方案";
    f.scheme.config =
        "{\"normalise\":{\"method\":\"goalposts\",\"l\":0,\"u\":100},"
        "\"uncertainty\":{\"replications\":100,\"seed\":1,\"weight_noise\":0.25}}";
    CHECK_OK(db_transact(w->c->db, make_frame, &f, &e));
    world_values(w, 1, values_q1);
    world_values(w, 2, values_q2);
}

/* ---- matters ---- */

struct doing {
    struct world *w;
    struct flow_who who;
    struct flow_new fresh;
    struct flow_act act;
    struct flow_done done;
};

static enum rc do_it(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return d->fresh.kind ? flow_open(tx, d->w->c, &d->who, &d->fresh, d->w->a, &d->done, e)
                         : flow_move(tx, d->w->c, &d->who, &d->act, d->w->a, &d->done, e);
}

static struct flow_given *given_of(struct world *w, const char *given, size_t *ret_n)
{
    size_t parts;
    char **pairs = str_split(w->a, given, ';', &parts);
    struct flow_given *list = arena_array(w->a, parts, sizeof(*list));
    *ret_n = 0;
    for (size_t i = 0; i < parts && *pairs[i]; i++) {
        char *eq = strchr(pairs[i], '=');
        *eq = '\0';
        list[(*ret_n)++] = (struct flow_given){ pairs[i], eq + 1 };
    }
    return list;
}

static enum rc run(struct doing *d, enum who by)
{
    CLEANUP(err_done) struct err e = { 0 };
    d->who = flow_who_system(d->w->units);
    if (by != PROGRAM) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_read(d->w->c->db, &s, &e));
        CHECK_OK(
            flow_who_load(s, d->w->c, &d->w->person[by], d->w->units, d->w->a, &d->who, &e));
    }
    enum rc rc = db_transact(d->w->c->db, do_it, d, &e);
    refused = rc == RC_OK ? "" : arena_strdup(d->w->a, err_message(&e, LANG_ZH, d->w->a));
    return rc;
}

enum rc open_matter(struct world *w, enum who by, const char *kind, const char *title,
                    const char *unit, const char *given, const char **ret_code)
{
    struct doing d = { .w = w, .fresh = { .kind = kind, .title = title, .unit = unit } };
    d.fresh.given = given_of(w, given, &d.fresh.n_given);
    enum rc rc = run(&d, by);
    if (rc == RC_OK)
        *ret_code = d.done.code;
    return rc;
}

enum rc move(struct world *w, enum who by, const char *matter, const char *verb,
             const char *given)
{
    struct doing d = { .w = w, .act = { .matter = matter, .verb = verb, .version = -1 } };
    d.act.given = given_of(w, given, &d.act.n_given);
    return run(&d, by);
}

struct linking {
    struct world *w;
    const char *matter;
    struct flow_link link;
};

static enum rc link_it(struct tx *tx, void *arg, struct err *e)
{
    struct linking *x = arg;
    struct flow_who who = flow_who_system(x->w->units);
    struct flow_done done;
    return flow_add_links(tx, x->w->c, &who, x->matter, &x->link, 1, x->w->a, &done, e);
}

void link_matter(struct world *w, const char *matter, const char *what, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct linking x = { w, matter, { what, code } };
    CHECK_OK(db_transact(w->c->db, link_it, &x, &e));
}

/* ---- pages ---- */

struct web_reply get(struct world *w, enum who by, const char *target)
{
    return site_get(&w->site, w->token[by], target);
}

struct web_reply post(struct world *w, enum who by, const char *target, const char *form)
{
    return site_post(&w->site, w->token[by], target, form);
}

struct web_reply upload(struct world *w, enum who by, const char *target, const char *name,
                        const char *content)
{
    return site_upload(&w->site, w->token[by], target, name, content, "");
}
