/*
 * The desk and objections on a small county: draft to publication by the right people, an
 * objection that holds the approval up, is upheld by a third person and changes the figures,
 * the old report that stays, a correction after publication, and matters made again from
 * records.
 */
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "monitor/compute.h"
#include "monitor/publication.h"
#include "monitor/publication.sql.h"
#include "monitor/report_store.h"
#include "monitor/scheme_import.h"
#include "monitor/values_import.h"
#include "people/account.sql.h"
#include "people/unit_import.h"
#include "publish/bundle.h"
#include "publish/objection.h"
#include "publish/release.sql.h"
#include "publish/release_kind.h"
#include "sheet/csv.h"
#include "store/test_county.h"

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
    "P2,A2,投诉件数,D02,件,quarter,-1,条例,监测,5年,8202\n";
static const char scheme_csv[] =
    "iCode,iName,Level,Parent,Direction,Weight,Unit,Type,Formula,Method,Params\n"
    "I,指数,2,,1,1,,Aggregate,,,\n"
    "A1,按期公告率,1,I,1,1,%,Indicator,#{P-1},,\n"
    "A2,投诉,1,I,-1,1,件,Indicator,P2,,\n";
static const char values_csv[] = "unit,point,period,value,missing,note\n"
                                 "D01,P-1,2026Q2,90,,\nD02,P-1,2026Q2,40,,\n"
                                 "D03,P-1,2026Q2,70,,\n"
                                 "D01,P2,2026Q2,1,,\nD02,P2,2026Q2,2,,\n"
                                 "D03,P2,2026Q2,3,,\n";

enum who { LEADER, EDITOR, REVIEWER, CLERK, SUPPLIER, PROGRAM, PEOPLE };
static const struct account_new people[] = {
    { "lingdao", "甲", "QX", "leader", "" },  { "pingtai", "乙", "QX", "platform", "" },
    { "fuhe", "丙", "QX", "platform", "" },   { "jingban", "丁", "D02", "clerk", "" },
    { "shuju", "戊", "D01", "supplier", "" },
};
static const struct flow_kind *const kinds[] = { &release_flow_kind, &opinion_flow_kind,
                                                 &objection_flow_kind };

struct world {
    struct county *c;
    struct arena *a;
    const struct units *units;
    struct person person[PEOPLE];
    struct point *points;
    size_t n_points;
    struct scheme scheme;
    struct period q;
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
    CHECK_INT(move(&w, LEADER, r, "ask", ""), RC_DENIED);
    CHECK_INT(move(&w, EDITOR, r, "ask", ""), RC_OK);
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
    CHECK_INT(move(&w, EDITOR, r, "ask", ""), RC_OK);
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
    CHECK_INT(move(&w, EDITOR, r, "ask", ""), RC_OK);
    CHECK(sees(&w, CLERK, "D02") > approved);
    end(&w);
}
T_COUNTY(a_later_computation_is_not_approved)

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

static void an_objection_is_upheld_and_issued_again(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c);
    const char *r = release(&w);
    CHECK_INT(move(&w, EDITOR, r, "ask", ""), RC_OK);
    int64_t first = sees(&w, CLERK, "D02");
    /* The point's code has a dash, as units' and periods' codes are joined by one. */
    const char *o = object(&w, CLERK, "value", "D02-P-1-2026Q2");
    CHECK_STR(state_of(&w, opinion(&w, "D02")), "objected");
    all_answer(&w);
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_CONFLICT); /* it is open */
    CHECK_INT(move(&w, CLERK, o, "accept", ""), RC_DENIED);
    CHECK_INT(move(&w, REVIEWER, o, "accept", ""), RC_OK);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=按系统时间更正"), RC_INVALID);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=按系统时间更正;value=八十"),
              RC_INVALID);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=按系统时间更正;value=80"), RC_OK);
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_CONFLICT); /* not computed again yet */
    CHECK_OK(objection_reissue(c, o, &e));
    int64_t second = sees(&w, CLERK, "D02");
    CHECK(second > first);
    CHECK(score(&w, second, "D02") > score(&w, first, "D02"));
    CHECK_INT(sees(&w, LEADER, NULL), 0);
    CHECK_OK(objection_reissue(c, o, &e)); /* twice is once */
    CHECK_INT(sees(&w, CLERK, "D02"), second);
    tick(&w);
    CHECK_INT(move(&w, EDITOR, r, "submit", ""), RC_OK);
    CHECK_INT(move(&w, LEADER, r, "approve", ""), RC_OK);
    CHECK_INT(move(&w, EDITOR, r, "publish", ""), RC_OK);
    /* The old one is kept, and says by what it was replaced. */
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct publication_of_row old, now;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(publication_of_one(s, (struct id){ first }, w.a, &old, &e));
    CHECK_OK(publication_of_one(s, (struct id){ second }, w.a, &now, &e));
    CHECK_INT(old.replaced_by.v, second);
    CHECK(strstr(now.erratum, o) && strstr(now.erratum, "按系统时间更正"));
    struct objection_rates_row *rates;
    size_t n;
    CHECK_OK(objection_rates_all(s, w.a, &rates, &n, &e));
    CHECK(n == 1 && str_eq(rates[0].what, "source") && str_eq(rates[0].code, "D01") &&
          rates[0].upheld == 1);
    db_read_end(&s);
    end(&w);
}
T_COUNTY(an_objection_is_upheld_and_issued_again)

/* After publication: readers keep what is published until the correction is approved. */
static void a_published_report_is_corrected(struct county *c)
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
    CHECK_INT(move(&w, EDITOR, o, "uphold", "decision=完整率算错"), RC_DENIED);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=完整率算错;value=80"), RC_INVALID);
    CHECK_INT(move(&w, REVIEWER, o, "uphold", "decision=完整率算错了"), RC_OK);
    CHECK_OK(objection_reissue(c, o, &e));
    tick(&w);
    CHECK_STR(state_of(&w, r), "decision");
    CHECK_INT(sees(&w, CLERK, "D01"), first);
    CHECK(sees(&w, LEADER, NULL) > first);
    CHECK_INT(move(&w, LEADER, r, "approve", ""), RC_OK);
    CHECK_INT(move(&w, EDITOR, r, "publish", ""), RC_OK);
    int64_t second = sees(&w, CLERK, "D01");
    CHECK(second > first);
    /* Both can be read, and the new one is a correction. */
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct sight k;
    struct held_report held;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(sight_load(s, &w.person[CLERK], w.units, w.a, &k, &e));
    CHECK(sight_find(&k, (struct id){ first }, units_find(w.units, "D01")) != NULL);
    CHECK_OK(report_load(c, s, &k, units_find(w.units, "D02"), w.q, LANG_ZH, w.a, &held, &e));
    CHECK_INT(held.r.stage, REPORT_CORRECTED);
    CHECK(held.r.erratum && strstr(held.r.erratum, "完整率算错了"));
    db_read_end(&s);
    end(&w);
}
T_COUNTY(a_published_report_is_corrected)

T_MAIN(T_COUNTY_CASES("a period goes from draft to publication by the right people",
                      goes_from_draft_to_publication),
       T_COUNTY_CASES("a later computation is not what was approved",
                      a_later_computation_is_not_approved),
       T_COUNTY_CASES("the command goes past the desk; a period is one file",
                      the_command_goes_past_the_desk),
       T_COUNTY_CASES("an objection is upheld and issued again",
                      an_objection_is_upheld_and_issued_again),
       T_COUNTY_CASES("a published report is corrected", a_published_report_is_corrected))
