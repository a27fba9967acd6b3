/* The desk as a page: how far each period has come, and the one thing to do now. The moves
 * themselves are the matter's. */
#include "publish/publish_page.h"

#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "flow/page_room.h"
#include "monitor/publication.h"
#include "publish/bundle.h"
#include "publish/publish.html.h"
#include "publish/release.sql.h"
#include "publish/release_kind.h"
#include "store/county.h"
#include "store/job.h"

struct desk {
    struct rq *rq;
    const struct snap *s;
    struct sight sees;
    struct publish_page p;
};

/* The steps as people know them; a state of the matter each. */
static const struct {
    const char *state, *name;
} steps[] = {
    { "draft", N_("草稿") },          { "comment", N_("征求意见") },
    { "objections", N_("异议处理") }, { "decision", N_("领导审定") },
    { "approved", N_("发布") },
};

static const char *tr(const struct desk *d, const char *zh)
{
    return rq_tr(d->rq, zh);
}

static int64_t count_of(const struct linked_states_row *rows, size_t n, const char *states)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        if (word_in(states, rows[i].state, ' '))
            sum += rows[i].n;
    return sum;
}

static const char upheld[] = "righting righting_part upheld partly";

/* What this person may do now, the first that the state waits for. */
static const struct flow_move *may_do(const struct desk *d, const char *state)
{
    const struct person *who = &rq_asker(d->rq)->person;
    for (size_t i = 0; i < release_flow_kind.n_moves; i++) {
        const struct flow_move *m = &release_flow_kind.moves[i];
        if ((m->who & FLOW_BY_CAP) && flow_move_from(&release_flow_kind, m, state) &&
            !str_eq(m->verb, "redo") && !str_eq(m->verb, "correct") &&
            person_may(who, m->need, NULL))
            return m;
    }
    return NULL;
}

static const char *waits(const struct desk *d, const char *state)
{
    const struct flow_state *s = flow_state_of(&release_flow_kind, state);
    if (s->waits & FLOW_SYSTEM)
        return tr(d, N_("各单位核对"));
    return s->need == CAP_APPROVE ? tr(d, N_("领导审定")) : tr(d, N_("平台专班办理"));
}

static const char *answer_of(const struct desk *d, const char *state)
{
    static const struct {
        const char *state, *text;
    } answers[] = {
        { "draft", N_("计算完了，还是草稿：核对之后送各单位征求意见。") },
        { "comment", N_("各单位正在核对自己的报告，5个工作日内答复。") },
        { "objections", N_("征求意见已结束：办完异议就送审定。") },
        { "decision", N_("等领导审定，审定之后才能发布。") },
        { "approved", N_("已经审定，可以发布。") },
        { "published", N_("已经发布，没有要办的。") },
    };
    for (size_t i = 0; i < COUNT(answers); i++)
        if (str_eq(answers[i].state, state))
            return tr(d, answers[i].text);
    return "";
}

/* The period that is being worked on: the first, from the oldest, that has not been published.
 */
static enum rc current(struct desk *d, const struct release_list_row *r, struct err *e)
{
    struct publish_page *p = &d->p;
    struct rq *rq = d->rq;
    struct linked_states_row *opinions, *objections;
    size_t n_opinions, n_objections, here = COUNT(steps);
    enum rc rc = period_parse(r->period, &p->at, e);
    if (rc == RC_OK)
        rc = linked_states_all(d->s, "period", r->period, "opinion", rq->a, &opinions,
                               &n_opinions, e);
    if (rc == RC_OK)
        rc = linked_states_all(d->s, "period", r->period, "objection", rq->a, &objections,
                               &n_objections, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_move *m = may_do(d, r->state);
    enum flow_colour colour = (enum flow_colour)r->colour;
    p->code = r->code;
    p->state = r->state;
    p->state_name = tr(d, flow_state_of(&release_flow_kind, r->state)->name);
    p->answer = answer_of(d, r->state);
    p->verb = m ? m->verb : "";
    p->verb_name = m ? tr(d, m->name) : "";
    p->note = m && m->help ? tr(d, m->help) : "";
    p->waits = r->open ? waits(d, r->state) : "";
    p->mark = flow_colour_mark(colour);
    p->colour = tr(d, flow_colour_text(colour));
    p->due = day_time((int32_t)r->due_day);
    p->due_text = r->open ? rq_due_text(rq, d->s, (int32_t)r->due_day, (int)r->gap_year) : "";
    p->agreed = count_of(opinions, n_opinions, "agreed");
    p->objected = count_of(opinions, n_opinions, "objected");
    p->silent = count_of(opinions, n_opinions, "silent");
    p->asked = p->agreed + p->objected + p->silent + count_of(opinions, n_opinions, "asked");
    p->answered = p->agreed + p->objected;
    p->open =
        count_of(objections, n_objections, "filed reviewing asked righting righting_part");
    p->upheld = count_of(objections, n_objections, upheld);
    p->steps = arena_array(rq->a, COUNT(steps), sizeof(*p->steps));
    for (size_t i = 0; i < COUNT(steps); i++)
        if (str_eq(steps[i].state, r->state))
            here = i;
    for (size_t i = 0; i < COUNT(steps); i++)
        p->steps[p->n_steps++] =
            (struct publish_steps){ .name = tr(d, steps[i].name),
                                    .hint = i < here ? tr(d, N_("已办")) : "",
                                    .here = i == here,
                                    .done = i < here };
    return RC_OK;
}

static enum rc row(struct desk *d, const struct release_list_row *r, struct err *e)
{
    struct linked_states_row *objections;
    struct period period;
    size_t n;
    enum rc rc = period_parse(r->period, &period, e);
    if (rc == RC_OK)
        rc = linked_states_all(d->s, "period", r->period, "objection", d->rq->a, &objections,
                               &n, e);
    if (rc != RC_OK)
        return rc;
    struct publish_periods x = { .period = period,
                                 .code = r->code,
                                 .state_name =
                                     tr(d, flow_state_of(&release_flow_kind, r->state)->name),
                                 .upheld = count_of(objections, n, upheld) };
    for (size_t i = 0; i < n; i++)
        x.objections += objections[i].n;
    for (size_t i = 0; i < d->sees.n; i++) {
        const struct publication *run = &d->sees.list[i];
        if (!period_same(run->period, period) || run->stage < d->sees.floor)
            continue;
        x.runs++;
        if (!x.computed.us)
            x.computed = run->computed_at;
        if (run->published_at.us && !x.published.us) {
            x.published = run->published_at;
            x.approved_by = run->approver;
            x.bundle = bundle_path(rq_county(d->rq), run, d->rq->a) != NULL;
            x.may_bundle = !x.bundle;
        } else if (run->published_at.us)
            x.corrected = true;
    }
    d->p.periods[d->p.n_periods++] = x;
    return RC_OK;
}

static enum rc publish_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct desk d = { .rq = rq };
    struct release_list_row *rows;
    size_t n;
    enum rc rc = rq_sight(rq, &d.sees, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    d.s = s;
    if (rc == RC_OK)
        rc = release_list_all(s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    d.p.answer = tr(&d, N_("一期计算完，从这里一步步办到发布。"));
    d.p.periods = arena_array(rq->a, n, sizeof(*d.p.periods));
    size_t at = n ? 0 : SIZE_MAX; /* the newest, when all are through */
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        at = rows[i].open ? i : at;
        rc = row(&d, &rows[i], e);
    }
    if (rc == RC_OK && at != SIZE_MAX)
        rc = current(&d, &rows[at], e);
    return rc == RC_OK ? publish_render(rq, &d.p, e) : rc;
}

/* ---- a period as one file ---- */

struct asking {
    struct rq *rq;
    const char *key;
    struct id job;
};

static enum rc ask_bundle(struct tx *tx, void *arg, struct err *e)
{
    struct asking *k = arg;
    const struct clock real = { .simulated = false };
    return job_add(tx, bundle_job, k->key, "", (struct utime){ 0 }, k->rq->account.code,
                   clock_now(&real), &k->job, e);
}

/* The published run of the period, whoever asks. */
static enum rc published(struct rq *rq, const struct publication **ret, struct err *e)
{
    struct sight sees;
    struct period p;
    char code[PERIOD_TEXT];
    enum rc rc = period_parse(rq_param(rq, "period"), &p, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &sees, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < sees.n; i++)
        if (period_same(sees.list[i].period, p) && sees.list[i].published_at.us) {
            *ret = &sees.list[i];
            return RC_OK;
        }
    return err_set(e, RC_NOTFOUND, N_("{period} 还没有发布"), "period", period_code(p, code));
}

static enum rc bundle_get(struct rq *rq, struct err *e)
{
    const struct publication *run;
    char code[PERIOD_TEXT];
    enum rc rc = published(rq, &run, e);
    if (rc != RC_OK)
        return rc;
    const char *path = bundle_path(rq_county(rq), run, rq->a);
    period_code(run->period, code);
    if (path)
        return web_file(rq, path, "application/zip", arena_printf(rq->a, "%s.zip", code), e);
    return err_set(e, RC_NOTFOUND, N_("{period} 还没有打包:请在发布台上点「打包」"), "period",
                   code);
}

static enum rc bundle_post(struct rq *rq, struct err *e)
{
    const struct publication *run;
    char code[PERIOD_TEXT];
    struct asking k = { .rq = rq };
    enum rc rc = published(rq, &run, e);
    if (rc != RC_OK)
        return rc;
    k.key = period_code(run->period, code);
    rc = db_transact(rq_county(rq)->db, ask_bundle, &k, e);
    if (rc != RC_OK)
        return rc;
    jobs_wake(rq_county(rq));
    return web_donef(rq, e, "/publish");
}

const struct route publish_routes[] = {
    { .method = GET,
      .path = "/publish/:period.zip",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = bundle_get,
      .journal = "bundle",
      .help = N_("已发布的一期:全部报告、原文和回执,一个压缩包") },
    { .method = POST,
      .path = "/publish/:period/bundle",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = bundle_post,
      .help = N_("把一期打包:记为一个任务,在后台做") },
    { .method = GET,
      .path = "/publish",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = publish_show,
      .page = &publish_kind,
      .help = N_("发布台:各期办到哪一步") },
};
const size_t publish_routes_n = COUNT(publish_routes);
