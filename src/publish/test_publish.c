/*
 * The desk and objections on a small county: draft to publication by the right people, an
 * objection that holds the approval up, is upheld by a third person and changes the figures,
 * the old report that stays, a correction after publication, and matters made again from
 * records.
 */
#include "base/period.h"
#include "base/str.h"
#include "burden/test_load.h"
#include "flow/matter.h"
#include "monitor/compute.h"
#include "monitor/publication.h"
#include "monitor/publication.sql.h"
#include "monitor/report_store.h"
#include "monitor/scheme_import.h"
#include "monitor/values_import.h"
#include "monitor/warning_kind.h"
#include "people/account.sql.h"
#include "people/unit_import.h"
#include "publish/asking.h"
#include "publish/bundle.h"
#include "publish/objection.h"
#include "publish/release.sql.h"
#include "publish/release_kind.h"
#include "quality/hint_store.h"
#include "sheet/csv.h"
#include "store/job.h"
#include "store/test_county.h"
#include "warn/rule.h"
#include "warn/warning.h"

#include <math.h>
#include <string.h>

static const char units_csv[] = "code,parent,name,kind,peer_group,from,to\n"
                                "QX,,清溪区,county,,2020-01-01,\n"
                                "D01,QX,财政局,department,部门,2020-01-01,\n"
                                "D02,QX,审计局,department,部门,2020-01-01,\n"
                                "D03,QX,教育局,department,部门,2020-01-01,\n";
static const char points_csv[] =
    "code,indicator,name,owner,unit_of_measure,frequency,direction,legal_basis,purpose,"
    "retention,contact\n"
    "P-1,A1,按期公告率,D01,%,quarter,1,条例,监测,5年,8201\n"
    "P2,A2,投诉件数,D02,件,quarter,-1,条例,监测,5年,8202\n"
    "P3,A3,检查次数,D02,次,month,1,条例,监测,5年,8202\n";
static const char scheme_csv[] =
    "iCode,iName,Level,Parent,Direction,Weight,Unit,Type,Formula,Method,Params\n"
    "I,指数,2,,1,1,,Aggregate,,,\n"
    "A1,按期公告率,1,I,1,1,%,Indicator,#{P-1},,\n"
    "A2,投诉,1,I,-1,1,件,Indicator,P2,,\n"
    "A3,检查,1,I,1,1,次,Indicator,sum(P3),,\n";
static const char values_csv[] = "unit,point,period,value,missing,note\n"
                                 "D01,P-1,2026Q2,90,,\nD02,P-1,2026Q2,40,,\n"
                                 "D03,P-1,2026Q2,70,,\n"
                                 "D01,P2,2026Q2,1,,\nD02,P2,2026Q2,2,,\n"
                                 "D03,P2,2026Q2,3,,\n"
                                 "D01,P3,202604,4,,\nD02,P3,202604,2,,\n"
                                 "D03,P3,202604,6,,\nD01,P3,202605,4,,\n"
                                 "D02,P3,202605,2,,\nD03,P3,202605,6,,\n"
                                 "D01,P3,202606,4,,\nD02,P3,202606,2,,\n"
                                 "D03,P3,202606,6,,\n";

enum who { LEADER, EDITOR, REVIEWER, THIRD, CLERK, SUPPLIER, PROGRAM, PEOPLE };
static const struct account_new people[] = {
    { "lingdao", "甲", "QX", "leader", "" }, { "pingtai", "乙", "QX", "platform", "" },
    { "fuhe", "丙", "QX", "platform", "" },  { "disan", "己", "QX", "platform", "" },
    { "jingban", "丁", "D02", "clerk", "" }, { "shuju", "戊", "D01", "supplier", "" },
};
static const struct flow_kind *const kinds[] = { &release_flow_kind, &opinion_flow_kind,
                                                 &objection_flow_kind, &warning_flow_kind };

struct world {
    struct county *c;
    struct arena *a;
    const struct units *units;
    struct person person[PEOPLE];
    struct point *points;
    size_t n_points;
    struct scheme scheme;
    struct rule rule;
    struct period q;
    bool slow; /* changes have used up their slice when they begin */
};

static struct table *table_of(struct world *w, const char *name, const char *text)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = NULL;
    CHECK_OK(csv_read(w->a, name, (struct bytes){ (const uint8_t *)text, strlen(text) }, NULL,
                      &t, &e));
    return t;
}

static enum rc make_frame(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    char codes[COUNT(people)][ACTIVATION_CODE + 1];
    size_t changed;
    int version;
    enum rc rc = points_write(tx, w->c, w->points, w->n_points, "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, w->c, &w->scheme, (struct id){ 0 }, "", &version, e);
    if (rc == RC_OK)
        rc = scheme_adopt(tx, w->c, version, period_of(PERIOD_QUARTER, 2026, 1),
                          (struct id){ 0 }, "", e);
    w->rule = (struct rule){ .code = "R9",
                             .name = "公告不及时",
                             .state = RULE_LIVE,
                             .kind = WARN_POINT,
                             .target = "P-1",
                             .when = { .op = RULE_BELOW,
                                       .limit = { NAN, 50, NAN, 20 },
                                       .recover = NAN,
                                       .for_periods = 1,
                                       .recover_periods = 1 },
                             .peer_group = "",
                             .advice = "",
                             .send = RULE_REVIEW,
                             .why = "" };
    if (rc == RC_OK)
        rc = rules_write(tx, w->c, &w->rule, 1, (struct id){ 0 }, "", &changed, e);
    if (rc == RC_OK)
        rc = accounts_make(tx, w->c, people, COUNT(people), 0, "", w->a, codes, e);
    for (size_t i = 0; i < COUNT(people) && rc == RC_OK; i++)
        rc = account_activate(tx, w->c, people[i].code, codes[i], "no password", e);
    return rc;
}

static void send(struct world *w, enum who by, const char *csv)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    const struct bytes file = { (const uint8_t *)csv, strlen(csv) };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(values_context_make(w->c, s, &w->person[by], w->a, &x, &e));
    CHECK_OK(values_import_check(&x, "v.csv", file, w->a, &k, NULL, &e));
    db_read_end(&s);
    CHECK_OK(values_import_write(w->c, &x, &k, "v.csv", file, (struct id){ 0 }, NULL,
                                 &w->person[by], w->a, &done, &e));
}

static void compute(struct world *w, enum who by)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct compute_result r;
    CHECK_OK(compute_period(w->c, w->q, people[by].code, NULL, NULL, &r, &e));
}

static void tick(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct utime t = county_now(w->c);
    t.us += 1000000;
    CHECK_OK(county_set_clock(w->c, t, &e));
}

static struct world begin(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = { .c = c, .a = arena_new(), .q = period_of(PERIOD_QUARTER, 2026, 2) };
    struct problems ps;
    struct unit_term *terms;
    size_t n, changed;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    flow_use(c, kinds, COUNT(kinds));
    release_use(c);
    problems_init(&ps, w.a);
    CHECK_OK(units_from_table(table_of(&w, "u.csv", units_csv), w.a, &terms, &n, &ps, &e));
    CHECK_OK(units_import(c, terms, n, false, NULL, "", &changed, &e));
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(c), w.a, &w.units, &e));
    CHECK_OK(points_from_table(table_of(&w, "p.csv", points_csv), w.units, w.a, &w.points,
                               &w.n_points, &ps, &e));
    CHECK_OK(scheme_from_table(table_of(&w, "s.csv", scheme_csv), w.a, &w.scheme, &ps, &e));
    w.scheme.name = "方案";
    db_read_end(&s);
    CHECK_OK(db_transact(c->db, make_frame, &w, &e));
    CHECK_OK(db_read(c->db, &s, &e));
    w.person[PROGRAM] = person_system();
    for (size_t i = 0; i < COUNT(people); i++) {
        struct account_of_code_row row;
        CHECK_OK(account_of_code_one(s, people[i].code, w.a, &row, &e));
        CHECK_OK(person_load(s, row.id, county_today(c), ~UINT64_C(0), w.a, &w.person[i], &e));
    }
    db_read_end(&s);
    send(&w, PROGRAM, values_csv);
    tick(&w);
    compute(&w, EDITOR);
    tick(&w);
    return w;
}

/* ---- acting and looking ---- */

struct doing {
    struct world *w;
    struct flow_who who;
    struct flow_act act;
    const struct objection_about *about;
    const char *grounds;
    struct flow_done done;
};

static enum rc move_it(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    while (d->w->slow && !tx_slice_over(tx))
        ;
    return d->about ? objection_open(tx, d->w->c, &d->who, d->about, d->grounds, "", d->w->a,
                                     &d->done, e)
                    : flow_move(tx, d->w->c, &d->who, &d->act, d->w->a, &d->done, e);
}

static struct flow_who who_of(struct world *w, enum who by)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who r = flow_who_system(w->units);
    if (by == PROGRAM)
        return r;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_who_load(s, w->c, &w->person[by], w->units, w->a, &r, &e));
    return r;
}

/* given: "field=value;field=value" */
static enum rc move(struct world *w, enum who by, const char *matter, const char *verb,
                    const char *given)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct flow_given list[4];
    size_t n = 0, parts;
    char **pairs = str_split(w->a, given, ';', &parts);
    for (size_t i = 0; i < parts && *pairs[i]; i++) {
        char *eq = strchr(pairs[i], '=');
        *eq = '\0';
        list[n++] = (struct flow_given){ pairs[i], eq + 1 };
    }
    struct doing d = {
        .w = w,
        .who = who_of(w, by),
        .act = { .matter = matter, .verb = verb, .version = -1, .given = list, .n_given = n }
    };
    enum rc rc = db_transact(w->c->db, move_it, &d, &e);
    if (rc == RC_OK && !w->slow && (str_eq(verb, "ask") || str_eq(verb, "redo")))
        CHECK_OK(asking_finish(w->c, matter, &e)); /* the machine may be slow */
    tick(w);
    return rc;
}

static const char *object(struct world *w, enum who by, const char *what, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct objection_about about = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(objection_about_load(s, w->units, NULL, what, code, w->a, &about, &e));
    db_read_end(&s);
    struct doing d = {
        .w = w, .who = who_of(w, by), .about = &about, .grounds = "公告期以系统时间为准,数错了"
    };
    CHECK_OK(db_transact(w->c->db, move_it, &d, &e));
    tick(w);
    return d.done.code ? d.done.code : "";
}

static const char *state_of(struct world *w, const char *matter)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m = { .state = "" };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(matter_load(s, w->c, matter, w->a, &m, &e));
    return m.state;
}

static const char *release(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *code = "", *state;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(release_of(s, w->q, w->a, &code, &state, &e));
    return code;
}

static const char *opinion(struct world *w, const char *unit)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *code = "", *state;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(opinion_of(s, unit, w->q, w->a, &code, &state, &e));
    return code;
}

/* The newest computation, and the one that a person sees of a unit (0: none). */
static int64_t sees(struct world *w, enum who by, const char *unit)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct sight k;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(sight_load(s, &w->person[by], w->units, w->a, &k, &e));
    const struct publication *run =
        sight_run_of(&k, w->q, unit ? units_find(w->units, unit) : NULL);
    return run ? run->computation.v : 0;
}

static double score(struct world *w, int64_t run, const char *unit)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct report_of_row r = { .score = -1 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(
        report_of_one(s, (struct id){ run }, units_find(w->units, unit)->id, w->a, &r, &e));
    return r.score;
}

static void all_answer(struct world *w)
{
    static const char *const units[] = { "D01", "D02", "D03" };
    for (size_t i = 0; i < COUNT(units); i++)
        if (str_eq(state_of(w, opinion(w, units[i])), "asked"))
            CHECK_INT(move(w, PROGRAM, opinion(w, units[i]), "pass", ""), RC_OK);
}

/* Every matter is what its records say. */
static void end(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    int64_t n = 0;
    CHECK_OK(db_read_for(w->c->db, 60000, &s, &e));
    CHECK_OK(flow_rebuild_all(s, w->c, &n, &e));
    CHECK(n >= 1);
    db_read_end(&s);
    arena_free(w->a);
}

/* ---- the desk ---- */

static void goes_from_draft_to_publication(struct county *c)
{
    struct world w = begin(c);
    const char *r = release(&w);
    CHECK_STR(state_of(&w, r), "draft");
    int64_t first = sees(&w, EDITOR, NULL);
    CHECK(first > 0);
    CHECK_INT(sees(&w, LEADER, NULL), 0);
    CHECK_INT(sees(&w, CLERK, "D02"), 0);
    CHECK_INT(move(&w, LEADER, r, "ask", "minutes=30"), RC_DENIED);
    CHECK_INT(move(&w, EDITOR, r, "ask", ""), RC_INVALID);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=0"), RC_INVALID);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    int64_t asks;
    CHECK_INT(load_of(c, "D02", "QX", &asks), 30);
    CHECK_INT(asks, 1);
    /* Each unit its own. */
    CHECK_INT(sees(&w, CLERK, "D02"), first);
    CHECK_INT(sees(&w, CLERK, "D01"), 0);
    CHECK_INT(sees(&w, SUPPLIER, "D01"), first);
    CHECK_INT(sees(&w, LEADER, "D02"), 0);
    CHECK_INT(move(&w, SUPPLIER, opinion(&w, "D02"), "agree", ""), RC_NOTFOUND);
    CHECK_INT(move(&w, CLERK, opinion(&w, "D02"), "agree", "note=无误"), RC_OK);
    CHECK_STR(state_of(&w, r), "comment");
    all_answer(&w);
    CHECK_STR(state_of(&w, r), "objections");
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_OK);
    CHECK_INT(sees(&w, LEADER, NULL), first);
    CHECK_INT(sees(&w, CLERK, "D01"), 0);
    CHECK_INT(move(&w, EDITOR, r, "approve", ""), RC_DENIED);
    CHECK_INT(move(&w, EDITOR, r, "publish", ""), RC_CONFLICT);
    CHECK_INT(move(&w, LEADER, r, "approve", ""), RC_OK);
    CHECK_INT(move(&w, EDITOR, r, "publish", ""), RC_OK);
    CHECK_STR(state_of(&w, r), "published");
    CHECK_INT(sees(&w, CLERK, "D01"), first);
    end(&w);
}
T_COUNTY(goes_from_draft_to_publication)

/* What was approved is what is published: a computation made since begins as a draft. */
static void a_later_computation_is_not_approved(struct county *c)
{
    struct world w = begin(c);
    const char *r = release(&w);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    all_answer(&w);
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_OK);
    CHECK_INT(move(&w, LEADER, r, "approve", ""), RC_OK);
    int64_t approved = sees(&w, LEADER, NULL);
    compute(&w, EDITOR);
    tick(&w);
    CHECK(sees(&w, EDITOR, NULL) > approved);
    CHECK_INT(sees(&w, LEADER, NULL), approved);
    CHECK_INT(sees(&w, CLERK, "D02"), approved);
    CHECK_INT(move(&w, EDITOR, r, "publish", ""), RC_CONFLICT);
    CHECK_INT(move(&w, EDITOR, r, "redo", "why=又收到数值"), RC_OK);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    CHECK(sees(&w, CLERK, "D02") > approved);
    end(&w);
}
T_COUNTY(a_later_computation_is_not_approved)

static void run_jobs(struct world *w)
{
    static const struct job_kind jobs[] = {
        { .name = asking_job, .title = "", .help = "", .fn = asking_job_run }
    };
    CLEANUP(err_done) struct err e = { 0 };
    bool ran = true;
    while (ran)
        CHECK_OK(
            job_run_one(w->c, jobs, COUNT(jobs), (struct utime){ INT64_MAX / 2 }, &ran, &e));
}

static size_t asked(struct world *w)
{
    static const char *const units[] = { "D01", "D02", "D03" };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    size_t n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    for (size_t i = 0; i < COUNT(units); i++) {
        const char *code, *state;
        enum rc rc = opinion_of(s, units[i], w->q, w->a, &code, &state, &e);
        n += rc == RC_OK && str_eq(state, "asked");
        err_done(&e);
        e = (struct err){ 0 };
    }
    return n;
}

/* More units than a change may ask: the rest is a job's, and nothing ends before it. */
static void units_are_asked_in_slices(struct county *c)
{
    struct world w = begin(c);
    const char *r = release(&w);
    w.slow = true;
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    CHECK_INT(asked(&w), 1);
    CHECK_INT(move(&w, SUPPLIER, opinion(&w, "D01"), "agree", ""), RC_OK);
    CHECK_STR(state_of(&w, r), "comment"); /* whoever was asked has answered */
    run_jobs(&w);
    CHECK_INT(asked(&w), 2);
    CHECK_STR(state_of(&w, opinion(&w, "D01")), "agreed"); /* asked once */
    CHECK_INT(move(&w, EDITOR, r, "redo", "why=又收到数值"), RC_OK);
    CHECK_INT(asked(&w), 1);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    CHECK_INT(asked(&w), 0);
    run_jobs(&w);
    CHECK_INT(asked(&w), 3);
    run_jobs(&w);
    CHECK_INT(asked(&w), 3);
    int64_t asks;
    CHECK_INT(load_of(c, "D01", "QX", &asks), 60); /* in two rounds */
    CHECK_INT(asks, 2);
    w.slow = false;
    all_answer(&w);
    CHECK_STR(state_of(&w, r), "objections");
    end(&w);
}
T_COUNTY(units_are_asked_in_slices)

static void the_command_goes_past_the_desk(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    const char *path;
    CHECK_OK(publication_publish(c, w.q, "", &e));
    CHECK_STR(state_of(&w, release(&w)), "published");
    CHECK(sees(&w, CLERK, "D01") > 0);
    /* And the period as one file, once it is sealed. */
    CHECK_INT(bundle_make(c, period_of(PERIOD_QUARTER, 2026, 3), NULL, NULL, w.a, &path, &e),
              RC_NOTFOUND);
    err_done(&e);
    e = (struct err){ 0 };
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(bundle_make(c, w.q, NULL, NULL, w.a, &path, &e));
    const char *again;
    CHECK_OK(bundle_make(c, w.q, NULL, NULL, w.a, &again, &e));
    CHECK_STR(again, path);
    end(&w);
}
T_COUNTY(the_command_goes_past_the_desk)

/* ---- objections ---- */

static struct matter matter_of(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m = { .state = "" };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(matter_load(s, w->c, code, w->a, &m, &e));
    return m;
}

static const char *erratum_of(struct world *w, int64_t run, const char *unit)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct publication_of_row row = { .erratum = "" };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(publication_of_one(s, (struct id){ run }, w->a, &row, &e));
    return publication_erratum_of(row.erratum, unit, LANG_ZH, w->a);
}

static void check_rate(struct world *w, const char *what, const char *code, int64_t upheld)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct objection_rates_row *rows;
    size_t n;
    bool found = false;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(objection_rates_all(s, w->a, &rows, &n, &e));
    for (size_t i = 0; i < n; i++)
        found |= str_eq(rows[i].what, what) && str_eq(rows[i].code, code) &&
                 rows[i].upheld == upheld;
    CHECK(found);
}

/* Through the desk from where the objections are settled. */
static void settle(struct world *w, const char *r)
{
    CHECK_INT(move(w, EDITOR, r, "submit", ""), RC_OK);
    CHECK_INT(move(w, LEADER, r, "approve", ""), RC_OK);
    CHECK_INT(move(w, EDITOR, r, "publish", ""), RC_OK);
}

static void an_objection_to_a_value_is_upheld(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    const char *r = release(&w);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    int64_t first = sees(&w, CLERK, "D02");
    /* The point's code has a dash, as units' and periods' codes are joined by one. */
    const char *o = object(&w, CLERK, "value", "D02-P-1-2026Q2");
    CHECK_STR(state_of(&w, opinion(&w, "D02")), "objected");
    all_answer(&w);
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_CONFLICT); /* it is open */
    CHECK_INT(move(&w, CLERK, o, "accept", ""), RC_DENIED);
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    CHECK_INT(move(&w, REVIEWER, o, "uphold_report", "decision=按系统时间更正;fault=values"),
              RC_DENIED);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=按系统时间更正"), RC_INVALID);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=按系统时间更正;value=八十"),
              RC_INVALID);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=按系统时间更正;value=40"), RC_INVALID);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=按系统时间更正;value=80"), RC_OK);
    CHECK_STR(state_of(&w, o), "righting");
    CHECK_INT(move(&w, CLERK, o, "withdraw", ""), RC_CONFLICT);
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_CONFLICT); /* not computed again yet */
    /* The job may be asked for again; who has it done twice has it once. */
    CHECK_INT(move(&w, EDITOR, o, "retry", ""), RC_OK);
    CHECK_OK(objection_reissue(c, o, &e));
    CHECK_STR(state_of(&w, o), "upheld");
    int64_t second = sees(&w, CLERK, "D02");
    CHECK(second > first);
    CHECK(score(&w, second, "D02") > score(&w, first, "D02"));
    struct matter m = matter_of(&w, o);
    CHECK(strstr(matter_value(&m, "outcome"), "得分由"));
    CHECK_INT(sees(&w, LEADER, NULL), 0);
    CHECK_OK(objection_reissue(c, o, &e));
    CHECK_INT(sees(&w, CLERK, "D02"), second);
    tick(&w);
    settle(&w, r);
    /* The old one is kept, and says by what it was replaced; what was wrong is told to the unit
     * whose figure it was, the others hear that something was put right. */
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct publication_of_row old;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(publication_of_one(s, (struct id){ first }, w.a, &old, &e));
    db_read_end(&s);
    CHECK_INT(old.replaced_by.v, second);
    CHECK(strstr(erratum_of(&w, second, "D02"), o) &&
          strstr(erratum_of(&w, second, "D02"), "按系统时间更正"));
    CHECK_STR(erratum_of(&w, second, "D01"), "别的单位的数据更正过，本期重新计算");
    CHECK(strstr(erratum_of(&w, second, NULL), "按系统时间更正"));
    check_rate(&w, "source", "D01", 1);
    end(&w);
}
T_COUNTY(an_objection_to_a_value_is_upheld)

/* Two at once: the second computation has both, and both errata. */
static void two_objections_are_upheld_one_after_the_other(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    const char *r = release(&w);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    const char *one = object(&w, CLERK, "value", "D02-P-1-2026Q2"),
               *two = object(&w, SUPPLIER, "value", "D01-P2-2026Q2");
    all_answer(&w);
    CHECK_INT(move(&w, REVIEWER, one, "accept", ""), RC_OK);
    CHECK_INT(move(&w, REVIEWER, two, "accept", ""), RC_OK);
    CHECK_INT(move(&w, REVIEWER, one, "uphold", "decision=按系统时间更正;value=80"), RC_OK);
    CHECK_INT(move(&w, REVIEWER, two, "part", "decision=少算了八件;value=9"), RC_OK);
    CHECK_OK(objection_reissue(c, one, &e));
    tick(&w);
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_CONFLICT);
    int64_t first = sees(&w, EDITOR, NULL);
    CHECK_OK(objection_reissue(c, two, &e));
    CHECK_STR(state_of(&w, two), "partly");
    int64_t second = sees(&w, EDITOR, NULL);
    CHECK(second > first);
    CHECK(score(&w, second, "D01") < score(&w, first, "D01"));
    CHECK(strstr(erratum_of(&w, second, NULL), one) &&
          strstr(erratum_of(&w, second, NULL), two));
    tick(&w);
    settle(&w, r);
    /* And who decided about a value has sent it: the next objection is another's. */
    const char *o = object(&w, CLERK, "value", "D02-P-1-2026Q2");
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_DENIED);
    CHECK_INT(move(&w, EDITOR, o, "accept", ""), RC_OK);
    end(&w);
}
T_COUNTY(two_objections_are_upheld_one_after_the_other)

/* A value reported by the month is in the quarter's report. */
static void a_value_of_a_month_reaches_the_quarter(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    const char *r = release(&w);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    int64_t first = sees(&w, CLERK, "D02");
    const char *o = object(&w, CLERK, "value", "D02-P3-202606");
    CHECK_STR(state_of(&w, opinion(&w, "D02")), "objected");
    all_answer(&w);
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_CONFLICT);
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=按台账更正;value=9"), RC_OK);
    CHECK_OK(objection_reissue(c, o, &e));
    CHECK(sees(&w, CLERK, "D02") > first);
    tick(&w);
    settle(&w, r);
    end(&w);
}
T_COUNTY(a_value_of_a_month_reaches_the_quarter)

/* How a rule stands at a unit by what somebody sees; NULL: not at all. */
static const struct warn_view *warning_of(struct world *w, enum who by, const char *unit)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct sight k;
    struct warn_view *list;
    size_t n;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(sight_load(s, &w->person[by], w->units, w->a, &k, &e));
    const struct warn_sight sight = sight_warnings(&k);
    CHECK_OK(warn_of_period(s, w->q, &sight, units_find(w->units, unit)->id, LANG_ZH, w->a,
                            &list, &n, &e));
    return n ? &list[0] : NULL;
}

static bool hand_is(struct world *w, const char *warning, const char *state)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct linked_newest_row m = { .state = "" };
    CHECK_OK(db_read(w->c->db, &s, &e));
    enum rc rc = linked_newest_one(s, "warning", warning, "warning", w->a, &m, &e);
    return rc == RC_OK ? str_eq(m.state, state) : !state;
}

/* While units are asked: what was found is void, marked, and never sent to anybody. */
static void an_objection_to_a_warning_is_upheld(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    const char *r = release(&w);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    int64_t first = sees(&w, CLERK, "D02");
    const struct warn_view *v = warning_of(&w, CLERK, "D02");
    CHECK(v && warn_view_burns(v));
    const char *o = object(&w, CLERK, "warning", v->code);
    all_answer(&w);
    CHECK_INT(move(&w, EDITOR, o, "accept", ""), RC_DENIED); /* has computed it */
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    CHECK_INT(move(&w, EDITOR, o, "uphold_warning", "decision=分母不足三件不判"), RC_DENIED);
    CHECK_INT(move(&w, REVIEWER, o, "uphold_warning", "decision=分母不足三件不判"), RC_OK);
    CHECK_INT(move(&w, REVIEWER, o, "back", "why=改不了"), RC_DENIED); /* void is void */
    CHECK_OK(objection_reissue(c, o, &e));
    tick(&w);
    int64_t second = sees(&w, CLERK, "D02");
    CHECK(second > first);
    v = warning_of(&w, CLERK, "D02");
    CHECK(v && !warn_view_burns(v) && v->state == WARN_RESOLVED);
    struct matter m = matter_of(&w, o);
    CHECK(strstr(matter_value(&m, "outcome"), v->code) &&
          strstr(matter_value(&m, "outcome"), "撤销"));
    settle(&w, r);
    CHECK(hand_is(&w, v->code, NULL));
    CHECK(strstr(erratum_of(&w, second, "D02"), "分母不足三件不判"));
    /* Computing again does not bring it back; a worse value would. */
    compute(&w, EDITOR);
    CHECK(!warn_view_burns(warning_of(&w, EDITOR, "D02")));
    tick(&w);
    send(&w, PROGRAM, "unit,point,period,value,missing,note\nD02,P-1,2026Q2,10,,\n");
    tick(&w);
    compute(&w, EDITOR);
    CHECK(warn_view_burns(warning_of(&w, EDITOR, "D02")));
    check_rate(&w, "rule", "R9", 1);
    check_rate(&w, "source", "D01", 1);
    end(&w);
}
T_COUNTY(an_objection_to_a_warning_is_upheld)

/* After publication: its handling ends at once, and who had sent it does not decide. */
static void a_warning_in_hands_is_taken_back(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    CHECK_OK(publication_publish(c, w.q, "", &e));
    tick(&w);
    const struct warn_view *v = warning_of(&w, CLERK, "D02");
    CHECK(v && hand_is(&w, v->code, "queued"));
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct linked_newest_row hand;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(linked_newest_one(s, "warning", v->code, "warning", w.a, &hand, &e));
    db_read_end(&s);
    CHECK_INT(move(&w, THIRD, hand.code, "send", ""), RC_OK);
    const char *o = object(&w, CLERK, "warning", v->code);
    CHECK_INT(move(&w, EDITOR, o, "accept", ""), RC_DENIED);
    CHECK_INT(move(&w, THIRD, o, "accept", ""), RC_DENIED);
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    CHECK_INT(move(&w, THIRD, o, "uphold_warning", "decision=规则不该适用"), RC_DENIED);
    CHECK_INT(move(&w, REVIEWER, o, "uphold_warning", "decision=规则不该适用"), RC_OK);
    CHECK(hand_is(&w, v->code, "excluded"));
    int64_t first = sees(&w, CLERK, "D01");
    CHECK_OK(objection_reissue(c, o, &e));
    CHECK_STR(state_of(&w, release(&w)), "decision");
    CHECK_INT(sees(&w, CLERK, "D01"), first);
    tick(&w);
    CHECK_INT(move(&w, LEADER, release(&w), "approve", ""), RC_OK);
    CHECK_INT(move(&w, EDITOR, release(&w), "publish", ""), RC_OK);
    CHECK(!warn_view_burns(warning_of(&w, CLERK, "D02")));
    CHECK(hand_is(&w, v->code, "excluded"));
    end(&w);
}
T_COUNTY(a_warning_in_hands_is_taken_back)

/* After publication: readers keep what is published until the correction is approved. */
static void an_objection_to_a_report_is_upheld(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    CHECK_OK(publication_publish(c, w.q, "", &e));
    tick(&w);
    const char *r = release(&w), *o = object(&w, CLERK, "report", "D02-2026Q2");
    int64_t first = sees(&w, CLERK, "D01");
    /* Who computed it does not decide. */
    CHECK_INT(move(&w, EDITOR, o, "accept", ""), RC_DENIED);
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    static const struct {
        const char *given;
        enum rc rc;
    } cases[] = {
        { "decision=两个数报错了", RC_INVALID },                            /* where? */
        { "decision=两个数报错了;fault=values", RC_INVALID },               /* which? */
        { "decision=方案口径不对;fault=scheme", RC_CONFLICT },              /* as before */
        { "decision=两个数报错了;fault=values;values=P-1", RC_INVALID },    /* no number */
        { "decision=两个数报错了;fault=values;values=P-1=多", RC_INVALID }, /* as above */
        { "decision=两个数报错了;fault=values;values=P-9=1", RC_INVALID },  /* no point */
        { "decision=两个数报错了;fault=values;values=P-1=40", RC_INVALID }, /* the same */
        { "decision=两个数报错了;fault=values;values=P-1 2030Q1=40", RC_INVALID }, /* to come */
    };
    CHECK_INT(move(&w, EDITOR, o, "uphold_report", "decision=完整率算错;fault=unit"),
              RC_DENIED);
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_INT(move(&w, REVIEWER, o, "uphold_report", cases[i].given), cases[i].rc);
    CHECK_INT(move(&w, REVIEWER, o, "uphold_report",
                   "decision=两个数报错了;fault=values;values=P-1=85\n投诉件数=1"),
              RC_OK);
    CHECK_OK(objection_reissue(c, o, &e));
    tick(&w);
    CHECK_STR(state_of(&w, o), "upheld");
    CHECK_STR(state_of(&w, r), "decision");
    CHECK_INT(sees(&w, CLERK, "D01"), first);
    CHECK(sees(&w, LEADER, NULL) > first);
    CHECK_INT(move(&w, LEADER, r, "approve", ""), RC_OK);
    CHECK_INT(move(&w, EDITOR, r, "publish", ""), RC_OK);
    int64_t second = sees(&w, CLERK, "D01");
    CHECK(second > first && score(&w, second, "D02") > score(&w, first, "D02"));
    /* Both can be read, and the new one is a correction. */
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct sight k;
    struct held_report held;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(sight_load(s, &w.person[CLERK], w.units, w.a, &k, &e));
    CHECK(sight_find(&k, (struct id){ first }, units_find(w.units, "D01")) != NULL);
    CHECK_OK(report_load(c, s, &k, units_find(w.units, "D02"), w.q, LANG_ZH, w.a, &held, &e));
    CHECK_INT(held.r.stage, REPORT_CORRECTED);
    CHECK(held.r.erratum && strstr(held.r.erratum, "两个数报错了"));
    db_read_end(&s);
    end(&w);
}
T_COUNTY(an_objection_to_a_report_is_upheld)

/* The source has sent it right meanwhile: nothing is to be written, only computed. */
static void a_report_is_right_by_what_came_since(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    CHECK_INT(move(&w, EDITOR, release(&w), "ask", "minutes=30"), RC_OK);
    const char *o = object(&w, CLERK, "report", "D02-2026Q2");
    int64_t first = sees(&w, CLERK, "D02");
    send(&w, PROGRAM, "unit,point,period,value,missing,note\nD02,P-1,2026Q2,95,,\n");
    tick(&w);
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    CHECK_INT(
        move(&w, REVIEWER, o, "part_report", "decision=来源已经更正;fault=values;values="),
        RC_OK);
    CHECK_OK(objection_reissue(c, o, &e));
    CHECK_STR(state_of(&w, o), "partly");
    CHECK(sees(&w, CLERK, "D02") > first);
    end(&w);
}
T_COUNTY(a_report_is_right_by_what_came_since)

static struct hint hint_now(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct hint h = { .reason = "", .decided_by = "" };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(hint_load(s, code, w->a, &h, &e));
    return h;
}

static enum rc make_hint(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct hint h = { .code = "H-2026Q2-0001",
                            .thing = "V1 D02 P-1 2026Q2",
                            .rule = "V1",
                            .rule_version = 1,
                            .kind = CHECK_COMPARE,
                            .period = w->q,
                            .unit = "D02",
                            .owner = "D01",
                            .point = "P-1",
                            .importance = CHECK_HIGH,
                            .numbers = "{}",
                            .state = HINT_OPEN,
                            .reason = "",
                            .decided_by = "",
                            .found_at = county_now(w->c),
                            .changed_at = county_now(w->c),
                            .version = 1 };
    return hint_store(tx, w->c, &h, "", e);
}

/* The department whose figure it is objects; nothing of a report waits for it, nothing is
 * computed. */
static void an_objection_to_a_hint_is_upheld(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    const char *r = release(&w), *code = "H-2026Q2-0001";
    CHECK_OK(db_transact(c->db, make_hint, &w, &e));
    CHECK_OK(hint_decide(c, code, 1, HINT_CONFIRMED, "和台账对不上", people[EDITOR].code, false,
                         &e));
    tick(&w);
    CHECK_INT(move(&w, EDITOR, r, "ask", "minutes=30"), RC_OK);
    int64_t first = sees(&w, EDITOR, NULL);
    const char *o = object(&w, SUPPLIER, "hint", code);
    all_answer(&w);
    CHECK_STR(state_of(&w, opinion(&w, "D01")), "silent");   /* the report is not objected to */
    CHECK_INT(move(&w, EDITOR, o, "accept", ""), RC_DENIED); /* has confirmed it */
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=台账是对的;value=1"), RC_DENIED);
    settle(&w, r); /* while it is open */
    CHECK_INT(move(&w, REVIEWER, o, "uphold_hint", "decision=核对了原始凭证，数没有错"), RC_OK);
    CHECK_STR(state_of(&w, o), "upheld");
    struct hint h = hint_now(&w, code);
    CHECK_INT(h.state, HINT_DISMISSED);
    CHECK(strstr(h.reason, o) && strstr(h.reason, "核对了原始凭证"));
    CHECK_STR(h.decided_by, people[REVIEWER].code);
    CHECK_OK(objection_reissue(c, o, &e));
    CHECK_INT(sees(&w, EDITOR, NULL), first);
    check_rate(&w, "check", "V1", 1);
    end(&w);
}
T_COUNTY(an_objection_to_a_hint_is_upheld)

/* Refused, sent back for want of a way, asked for more: the clocks are of working days. */
static void an_objection_is_refused_in_time(struct county *c)
{
    struct world w = begin(c);
    CHECK_INT(move(&w, EDITOR, release(&w), "ask", "minutes=30"), RC_OK);
    int64_t first = sees(&w, CLERK, "D02");
    const char *o = object(&w, CLERK, "report", "D02-2026Q2");
    struct matter m = matter_of(&w, o);
    CHECK_STR(m.clock, "accept");
    CHECK_INT(matter_running(&m)->left, 2);
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    m = matter_of(&w, o);
    CHECK_STR(m.clock, "review");
    CHECK_INT(matter_running(&m)->left, 10);
    CHECK_INT(move(&w, REVIEWER, o, "ask_more", "question=差哪一张附件"), RC_INVALID);
    int64_t asks, before = load_of(c, "D02", "QX", &asks);
    CHECK_INT(move(&w, REVIEWER, o, "ask_more", "question=差哪一张附件;minutes=20"), RC_OK);
    CHECK_INT(load_of(c, "D02", "QX", &asks) - before, 20);
    CHECK_INT(move(&w, REVIEWER, o, "refuse", "decision=还没有补"), RC_CONFLICT);
    CHECK_INT(move(&w, CLERK, o, "supply", "more=附后"), RC_OK);
    CHECK_INT(move(&w, REVIEWER, o, "uphold_report", "decision=归组错了一级;fault=unit"),
              RC_OK);
    CHECK_INT(move(&w, REVIEWER, o, "back", "why=归组其实没有改"), RC_OK);
    CHECK_INT(move(&w, REVIEWER, o, "refuse", "decision=归组没有错"), RC_OK);
    CHECK_STR(state_of(&w, o), "refused");
    CHECK_INT(sees(&w, CLERK, "D02"), first);
    end(&w);
}
T_COUNTY(an_objection_is_refused_in_time)

T_MAIN(T_COUNTY_CASES("a period goes from draft to publication by the right people",
                      goes_from_draft_to_publication),
       T_COUNTY_CASES("a later computation is not what was approved",
                      a_later_computation_is_not_approved),
       T_COUNTY_CASES("units are asked in slices", units_are_asked_in_slices),
       T_COUNTY_CASES("the command goes past the desk; a period is one file",
                      the_command_goes_past_the_desk),
       T_COUNTY_CASES("an objection to a value is upheld", an_objection_to_a_value_is_upheld),
       T_COUNTY_CASES("two objections are upheld one after the other",
                      two_objections_are_upheld_one_after_the_other),
       T_COUNTY_CASES("a value of a month reaches the quarter",
                      a_value_of_a_month_reaches_the_quarter),
       T_COUNTY_CASES("an objection to a warning is upheld",
                      an_objection_to_a_warning_is_upheld),
       T_COUNTY_CASES("a warning in hands is taken back", a_warning_in_hands_is_taken_back),
       T_COUNTY_CASES("an objection to a report is upheld", an_objection_to_a_report_is_upheld),
       T_COUNTY_CASES("a report is right by what came since",
                      a_report_is_right_by_what_came_since),
       T_COUNTY_CASES("an objection to a hint is upheld", an_objection_to_a_hint_is_upheld),
       T_COUNTY_CASES("an objection is refused in time", an_objection_is_refused_in_time))
