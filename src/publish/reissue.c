/*
 * What an objection that was upheld leads to. Every step looks whether it has been done, so
 * that the job may be run again: the value gets a new version, the period and those after it
 * are computed again, and each comes to the stage where the one it replaces stood.
 */
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "monitor/compute.h"
#include "monitor/publication.h"
#include "monitor/publication.sql.h"
#include "monitor/values_import.h"
#include "people/account.sql.h"
#include "publish/objection.h"
#include "publish/release.sql.h"
#include "publish/release_kind.h"
#include "store/county.h"
#include "store/job.h"

#include <math.h>
#include <string.h>

const char reissue_job[] = "reissue";

struct reissue {
    struct county *c;
    struct arena *a;
    struct matter m;
    struct objection_about about;
    const char *by; /* who decided */
    const char *erratum;
};

/* ---- the value ---- */

static enum rc correct_value(struct reissue *r, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *text = matter_value(&r->m, "value");
    char period[PERIOD_TEXT];
    struct account_of_code_row row;
    struct person who;
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    if (!*text)
        return RC_OK;
    enum rc rc = db_read(r->c->db, &s, e);
    if (rc == RC_OK)
        rc = account_of_code_one(s, r->by, r->a, &row, e);
    if (rc == RC_OK)
        rc = person_load(s, row.id, county_today(r->c), ~UINT64_C(0), r->a, &who, e);
    if (rc == RC_OK)
        rc = values_context_make(r->c, s, &who, r->a, &x, e);
    const char *name = arena_printf(r->a, "%s.csv", r->m.code),
               *csv =
                   arena_printf(r->a, "unit,point,period,value,missing,note\n%s,%s,%s,%s,,%s\n",
                                r->about.unit, r->about.point,
                                period_code(r->about.period, period), text, r->m.code);
    const struct bytes file = { (const uint8_t *)csv, strlen(csv) };
    x.signed_for = true; /* decided by the reviewer */
    if (rc == RC_OK)
        rc = values_import_check(&x, name, file, r->a, &k, NULL, e);
    if (rc == RC_OK)
        rc = problems_err(&k.problems, name, e);
    if (rc != RC_OK || (k.fresh == 0 && k.changed == 0))
        return rc; /* it is there already */
    return values_import_write(r->c, &x, &k, name, file, (struct id){ 0 }, NULL, &who, r->a,
                               &done, e);
}

/* ---- computing and issuing again ---- */

struct issuing {
    struct reissue *r;
    struct period p;
};

/* The newest computation comes to where the one before it stood; what was published waits for
 * approval. */
static enum rc issue(struct tx *tx, void *arg, struct err *e)
{
    const struct issuing *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct publication_of_period_row *rows;
    const struct units *us;
    struct flow_done done;
    const char *code, *state;
    size_t n;
    int64_t was = 0;
    enum rc rc = publication_of_period_all(tx_snap(tx), x->p, a, &rows, &n, e);
    for (size_t i = 1; rc == RC_OK && i < n; i++)
        was = rows[i].stage > was ? rows[i].stage : was;
    if (rc != RC_OK || n == 0 || was <= PUBLICATION_DRAFT)
        return rc;
    bool published = was == PUBLICATION_PUBLISHED;
    if (published)
        was = PUBLICATION_DECISION;
    if (rows[0].stage < was)
        rc = publication_set(tx, x->r->c,
                             &(struct publication_step){ .computation = rows[0].computation_id,
                                                         .stage = (enum publication_stage)was,
                                                         .erratum = x->r->erratum,
                                                         .by = x->r->by },
                             e);
    if (rc == RC_OK && published)
        rc = release_of(tx_snap(tx), x->p, a, &code, &state, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc != RC_OK || !published || !str_eq(state, "published"))
        return rc;
    rc = units_load(tx_snap(tx), county_today(x->r->c), a, &us, e);
    struct flow_who w = flow_who_system(us);
    return rc == RC_OK ? flow_move(tx, x->r->c, &w,
                                   &(struct flow_act){
                                       .matter = code, .verb = "reissue", .version = -1 },
                                   a, &done, e)
                       : rc;
}

static enum rc again(struct reissue *r, struct period p, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct publication now;
    struct run_head_row run;
    struct compute_result done;
    enum rc rc = db_read(r->c->db, &s, e);
    if (rc == RC_OK)
        rc = publication_newest(s, p, a, &now, e);
    if (rc == RC_OK)
        rc = run_head_one(s, now.computation, a, &run, e);
    db_read_end(&s);
    if (rc == RC_OK && run.started_at.us < r->m.closed_at.us)
        rc = compute_period(r->c, p, r->by, NULL, NULL, &done, e);
    return rc == RC_OK ? db_transact(r->c->db, issue, &(struct issuing){ r, p }, e) : rc;
}

static enum rc begin(struct reissue *r, const char *objection, struct err *e)
{
    static const char *const whats[] = { "value", "warning", "report", "hint" };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct units *us;
    const char *what = "", *code = "";
    enum rc rc = db_read(r->c->db, &s, e);
    if (rc == RC_OK)
        rc = matter_load(s, r->c, objection, r->a, &r->m, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(r->c), r->a, &us, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < r->m.n_links; i++) {
        for (size_t k = 0; k < COUNT(whats); k++)
            if (str_eq(r->m.links[i].what, whats[k])) {
                what = whats[k];
                code = r->m.links[i].code;
            }
        if (str_eq(r->m.links[i].what, "period"))
            rc = period_parse(r->m.links[i].code, &r->about.period, e);
    }
    struct period p = r->about.period;
    r->about.unit = matter_unit(&r->m);
    if (rc == RC_OK)
        rc = objection_about_load(s, us, NULL, what, code, r->a, &r->about, e);
    r->about.period = p; /* a warning may have gone on since */
    r->by = r->m.state_mover;
    r->erratum = text_fill(r->a, N_("{code}成立（{what}）：{why}"), "code", r->m.code, "what",
                           r->about.title, "why", matter_value(&r->m, "decision"), NULL);
    return rc;
}

enum rc objection_reissue(struct county *c, const char *objection, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct reissue r = { .c = c, .a = a };
    struct periods_after_row *later;
    size_t n;
    enum rc rc = begin(&r, objection, e);
    if (rc != RC_OK || (!str_eq(r.m.state, "upheld") && !str_eq(r.m.state, "partly")))
        return rc;
    rc = correct_value(&r, e);
    if (rc == RC_OK)
        rc = again(&r, r.about.period, e);
    /* Reports of later periods show what changed since this one. */
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = periods_after_all(s, period_last_day(r.about.period), a, &later, &n, e);
    db_read_end(&s);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (period_kind(later[i].period) == period_kind(r.about.period))
            rc = again(&r, later[i].period, e);
    return rc;
}

enum rc reissue_job_run(struct job_run *r, struct err *e)
{
    return objection_reissue(r->c, r->key, e);
}
