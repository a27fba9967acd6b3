/* Evaluations from a sheet: checked and shown first, written when the person says so; then
 * compared in the background. */
#include "base/clock.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "people/table_import.h"
#include "quality/agree_import.html.h"
#include "quality/agree_page.h"
#include "quality/agreement.h"
#include "store/county.h"
#include "store/job.h"

#include <math.h>

enum { EVALUATION_BYTES = 16 << 20 };

static enum rc show(struct rq *rq, struct agree_import_page *p, struct err *e)
{
    p->max_bytes = EVALUATION_BYTES;
    rq_crumb(rq, rq_tr(rq, N_("体检准不准")), "/agree");
    rq_crumb(rq, rq_tr(rq, N_("导入评价")), NULL);
    return agree_import_render(rq, p, e);
}

static enum rc import_show(struct rq *rq, struct err *e)
{
    struct agree_import_page p = { .file = "" };
    return show(rq, &p, e);
}

static struct agree_import_groups *group_of(struct rq *rq, struct agree_import_page *p,
                                            enum source source, struct period period)
{
    const char *name = rq_tr(rq, source_text(source));
    for (size_t i = 0; i < p->n_groups; i++)
        if (str_eq(p->groups[i].source_name, name) && period_same(p->groups[i].period, period))
            return &p->groups[i];
    p->groups[p->n_groups] =
        (struct agree_import_groups){ .source_name = name, .period = period };
    return &p->groups[p->n_groups++];
}

static enum rc look(struct rq *rq, void *list, size_t n, void *page, struct err *e)
{
    const struct evaluations *x = list;
    struct agree_import_page *p = page;
    struct map *units = map_new(rq->a);
    p->groups = arena_array(rq->a, x->n, sizeof(*p->groups));
    for (size_t i = 0; i < x->n; i++) {
        const struct evaluation *v = &x->list[i];
        struct agree_import_groups *g = group_of(rq, p, v->source, v->period);
        g->units++;
        g->scores += !isnan(v->score);
        g->states += *v->state != '\0';
        (void)map_add(units, v->unit->code, p); /* there already is as good */
    }
    for (size_t i = 0; i < x->n_problem; i++) {
        const struct evaluation_problem *v = &x->problem[i];
        group_of(rq, p, v->source, v->period)->problems += v->n;
        p->problem_total += v->n;
    }
    p->evaluations = (int64_t)n;
    p->units = (int64_t)map_count(units);
    return RC_OK;
}

/* The tree is read anew into what is kept: the request's goes with the request. */
static enum rc read(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct evaluations *x = arena_alloc(a, sizeof(*x));
    const int32_t today = county_today(rq_county(rq));
    const struct units *us;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, today, a, &us, e);
    if (rc == RC_OK)
        rc = evaluations_from_table(t, us, today, a, x, ps, e);
    *ret_list = x;
    *ret_n = x->n;
    return rc;
}

static const struct table_import evaluations_table = { .held = HELD_EVALUATIONS,
                                                       .bytes = EVALUATION_BYTES,
                                                       .nothing = N_("{file} 里没有一条评价"),
                                                       .read = read,
                                                       .look = look };

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct agree_import_page p = { 0 };
    struct table_import_said said;
    enum rc rc = table_import_read(rq, &evaluations_table, &p, &said, e);
    if (rc != RC_OK)
        return rc;
    TABLE_IMPORT_SAY(&p, &said);
    return show(rq, &p, e);
}

static enum rc ask_for_comparison(struct tx *tx, void *arg, struct err *e)
{
    const struct rq *rq = arg;
    const struct clock real = { 0 };
    struct id id;
    return job_add(tx, agreement_job, "", "", (struct utime){ 0 }, rq->account.code,
                   clock_now(&real), &id, e);
}

static enum rc import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    CLEANUP(arena_freep) struct arena *a = NULL;
    struct table_waiting w;
    const char *code;
    enum rc rc = table_import_take(rq, &evaluations_table, &a, &w, e);
    if (rc == RC_OK)
        rc = evaluations_write(c, w.list, &w.file, rq->account.code, rq->a, &code, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, ask_for_comparison, rq, e);
    if (rc != RC_OK)
        return rc;
    jobs_wake(c);
    rq_notice(rq,
              text_fill(rq->a, rq_tr(rq, N_("已入库，编号{code}；正在比较，片刻后刷新本页。")),
                        "code", code, NULL));
    return web_done(rq, "/agree", e);
}

const struct route agree_import_routes[] = {
    { .method = GET,
      .path = "/agree/import",
      .auth = SESSION,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = import_show },
    { .method = POST,
      .path = "/agree/import",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = import_post,
      .body_max = EVALUATION_BYTES,
      .n_files = 1,
      .page = &agree_import_kind,
      .help = N_("核对一张评价表") },
    { .method = POST,
      .path = "/agree/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = import_confirm,
      .help = N_("导入核对过的评价表") },
};
const size_t agree_import_routes_n = COUNT(agree_import_routes);
