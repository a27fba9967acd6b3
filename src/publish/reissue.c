/*
 * What an objection that was upheld leads to. Every step looks whether it has been done, so
 * that the job may be run again: values get new versions, the periods they are in and those
 * after are computed again, each comes to the stage where the one it replaces stood, and the
 * objection ends by saying what came of it.
 */
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "monitor/compute.h"
#include "monitor/publication.h"
#include "monitor/publication.sql.h"
#include "publish/correction.h"
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
    const struct units *units;
    struct matter m;
    struct objection_about about;
    const char *by;     /* who decided */
    struct utime since; /* what is computed later has what was put right */
    struct str outcome;
};

/* ---- computing and issuing again ---- */

struct issuing {
    struct reissue *r;
    struct period p;
    const char *erratum; /* of this objection */
    bool corrects;       /* what was published */
};

/* What was wrong with all that was not published since, and with this. */
static const char *errata(const struct issuing *x, const struct publication_of_period_row *rows,
                          size_t n, struct arena *a)
{
    const char *all = "";
    for (size_t i = 0; i < n && rows[i].stage < PUBLICATION_PUBLISHED; i++)
        if (*rows[i].erratum) {
            all = rows[i].erratum; /* it has those before it */
            break;
        }
    if (strstr(all, x->r->m.code))
        return all;
    return *all ? arena_printf(a, "%s\n%s", all, x->erratum) : x->erratum;
}

/* The newest computation comes to where the one before it stood; what was published waits for
 * approval. */
static enum rc issue(struct tx *tx, void *arg, struct err *e)
{
    struct issuing *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct publication_of_period_row *rows;
    struct flow_done done;
    const char *code, *state;
    size_t n;
    int64_t was = 0;
    enum rc rc = publication_of_period_all(tx_snap(tx), x->p, a, &rows, &n, e);
    for (size_t i = 1; rc == RC_OK && i < n; i++)
        was = rows[i].stage > was ? rows[i].stage : was;
    if (rc != RC_OK || n == 0 || was <= PUBLICATION_DRAFT)
        return rc;
    x->corrects = was == PUBLICATION_PUBLISHED;
    if (x->corrects)
        was = PUBLICATION_DECISION;
    const char *erratum = errata(x, rows, n, a);
    if (rows[0].stage < was || !str_eq(rows[0].erratum, erratum))
        rc = publication_set(
            tx, x->r->c,
            &(struct publication_step){
                .computation = rows[0].computation_id,
                .stage = (enum publication_stage)(rows[0].stage > was ? rows[0].stage : was),
                .approved_by = "",
                .erratum = erratum,
                .by = x->r->by },
            e);
    if (rc == RC_OK && x->corrects)
        rc = release_of(tx_snap(tx), x->p, a, &code, &state, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc != RC_OK || !x->corrects || !str_eq(state, "published"))
        return rc;
    struct flow_who w = flow_who_system(x->r->units);
    return flow_move(tx, x->r->c, &w,
                     &(struct flow_act){ .matter = code, .verb = "reissue", .version = -1 }, a,
                     &done, e);
}

/* The unit's score by a run; "—" without one. */
static enum rc score_of(const struct reissue *r, const struct snap *s, struct id run,
                        const char **ret, struct err *e)
{
    const struct unit *u = units_find(r->units, r->about.unit);
    struct report_of_row row;
    *ret = "—";
    enum rc rc = u ? report_of_one(s, run, u->id, r->a, &row, e) : RC_NOTFOUND;
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc == RC_OK && isfinite(row.score))
        *ret = fmt_score(r->a, row.score);
    return rc;
}

/* What it has come to, against what people had before. */
static enum rc tell(struct reissue *r, const struct snap *s, struct period p, const char **ret,
                    struct err *e)
{
    struct publication_of_period_row *rows;
    size_t n, old = 1;
    const char *was = "—", *now = "—";
    enum rc rc = publication_of_period_all(s, p, r->a, &rows, &n, e);
    /* Runs since the decision are parts of putting it right. */
    while (rc == RC_OK && old + 1 < n && rows[old].at.us > r->m.state_at.us)
        old++;
    if (rc == RC_OK && n > 0)
        rc = score_of(r, s, rows[0].computation_id, &now, e);
    if (rc == RC_OK && n > 1)
        rc = score_of(r, s, rows[old].computation_id, &was, e);
    const char *period = period_name(r->a, p, LANG_ZH);
    *ret = str_eq(was, now) ? text_fill(r->a, N_("{period}重新计算，得分仍是{now}"), "period",
                                        period, "now", now, NULL)
                            : text_fill(r->a, N_("{period}重新计算，得分由{was}变为{now}"),
                                        "period", period, "was", was, "now", now, NULL);
    return rc;
}

static enum rc again(struct reissue *r, struct period p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct publication now;
    struct run_head_row run;
    struct compute_result done;
    const char *came;
    enum rc rc = db_read(r->c->db, &s, e);
    if (rc == RC_OK)
        rc = publication_newest(s, p, r->a, &now, e);
    if (rc == RC_OK)
        rc = run_head_one(s, now.computation, r->a, &run, e);
    db_read_end(&s);
    /* By nobody: who decided has not computed it. */
    if (rc == RC_OK && run.started_at.us <= r->since.us)
        rc = compute_period(r->c, p, "", NULL, NULL, &done, e);
    if (rc == RC_OK)
        rc = db_read(r->c->db, &s, e);
    if (rc == RC_OK)
        rc = tell(r, s, p, &came, e);
    db_read_end(&s);
    if (rc != RC_OK)
        return rc;
    struct issuing x = { .r = r, .p = p };
    x.erratum = publication_erratum_line(
        r->about.unit,
        text_fill(r->a, N_("{code}成立（{what}）：{why}；{came}"), "code", r->m.code, "what",
                  r->about.title, "why", matter_value(&r->m, "decision"), "came", came, NULL),
        r->a);
    rc = db_transact(r->c->db, issue, &x, e);
    if (rc == RC_OK)
        str_addf(&r->outcome, "%s%s%s", r->outcome.n ? "\n" : "", came,
                 x.corrects ? N_("，待审定后重新发布") : "");
    return rc;
}

/* Everything the change reaches: the periods it is in, and later ones, which show what changed
 * since. */
static enum rc all_again(struct reissue *r, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct periods_after_row *rows;
    size_t n;
    bool value = str_eq(r->about.what, "value");
    enum rc rc = db_read(r->c->db, &s, e);
    if (rc == RC_OK)
        rc = periods_after_all(s, period_first_day(r->about.period) - 1, r->a, &rows, &n, e);
    db_read_end(&s);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (value || period_kind(rows[i].period) == period_kind(r->about.period))
            rc = again(r, rows[i].period, e);
    return rc;
}

static enum rc finish(struct tx *tx, void *arg, struct err *e)
{
    struct reissue *r = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct flow_who w = flow_who_system(r->units);
    struct flow_given outcome = { "outcome", r->outcome.n ? r->outcome.s : r->about.title };
    struct flow_done done;
    return flow_move(tx, r->c, &w,
                     &(struct flow_act){ .matter = r->m.code,
                                         .verb = str_eq(r->m.state, "righting_part")
                                                     ? "righted_part"
                                                     : "righted",
                                         .version = -1,
                                         .given = &outcome,
                                         .n_given = 1 },
                     a, &done, e);
}

enum rc objection_reissue(struct county *c, const char *objection, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct reissue r = { .c = c, .a = a };
    str_init(&r.outcome, a);
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = matter_load(s, c, objection, a, &r.m, e);
    if (rc == RC_OK)
        rc = objection_about_of(s, c, &r.m, a, &r.units, &r.about, e);
    db_read_end(&s);
    if (rc != RC_OK || !str_starts(r.m.state, "righting"))
        return rc;
    r.by = r.m.state_mover;
    rc = correction_write(c, &r.m, &r.about, r.by, a, &r.since, e);
    if (r.since.us < r.m.state_at.us)
        r.since = r.m.state_at;
    if (rc == RC_OK && str_eq(r.about.what, "warning"))
        str_add(&r.outcome, text_fill(a, N_("预警{code}撤销"), "code", r.about.code, NULL));
    if (rc == RC_OK)
        rc = all_again(&r, e);
    return rc == RC_OK ? db_transact(c->db, finish, &r, e) : rc;
}

enum rc reissue_job_run(struct job_run *r, struct err *e)
{
    return objection_reissue(r->c, r->key, e);
}
