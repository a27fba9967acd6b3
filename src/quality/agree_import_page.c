/* Evaluations from a sheet: checked and shown first, written when the person says so; then
 * compared in the background. */
#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "people/asker.h"
#include "people/held.h"
#include "quality/agree_import.html.h"
#include "quality/agree_page.h"
#include "quality/agreement.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/job.h"

#include <math.h>

enum { EVALUATION_BYTES = 16 << 20 };

struct waiting {
    struct evaluations x;
    struct file_sent file;
};

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

static void fill_groups(struct rq *rq, const struct evaluations *x, struct agree_import_page *p)
{
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
    p->evaluations = (int64_t)x->n;
    p->units = (int64_t)map_count(units);
}

static enum rc read_table(struct rq *rq, const struct upload *u, const struct units *us,
                          struct arena *a, struct waiting *w, struct problems *ps,
                          struct err *e)
{
    struct book book;
    const struct table *t;
    if (!u)
        return err_set(e, RC_INVALID, N_("请选择文件"));
    w->file.name = arena_strdup(a, u->filename);
    enum rc rc = file_read(a, u->path, EVALUATION_BYTES, &w->file.content, e);
    if (rc == RC_OK)
        rc = sheet_read(a, w->file.name, w->file.content, NULL, &book, e);
    if (rc == RC_OK)
        w->file.media = sheet_format_mime(sheet_format_of(w->file.content));
    if (rc == RC_OK)
        rc = book_first(&book, w->file.name, &t, e);
    if (rc == RC_OK)
        rc = evaluations_from_table(t, us, county_today(rq_county(rq)), a, &w->x, ps, e);
    if (rc == RC_OK && w->x.n == 0 && ps->wrong == 0)
        return err_set(e, RC_INVALID, N_("{file} 里没有一条评价"), "file", w->file.name);
    return rc;
}

/* The tree is read anew into what is kept: the request's goes with the request. */
static enum rc own_units(struct county *c, struct arena *a, const struct units **ret,
                         struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    return rc == RC_OK ? units_load(s, county_today(c), a, ret, e) : rc;
}

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct agree_import_page p = { .error_field = "file" };
    const struct upload *u = rq_upload(rq, "file");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct waiting *w = arena_alloc(a, sizeof(*w));
    const struct units *us;
    struct problems ps;
    problems_init(&ps, a);
    enum rc rc = own_units(c, a, &us, e);
    if (rc == RC_OK)
        rc = read_table(rq, u, us, a, w, &ps, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &p.error, e);
        return rc == RC_OK ? show(rq, &p, e) : rc;
    }
    p.error_field = NULL; /* the file could be read */
    p.file = u->filename;
    rq_fixes(rq, &ps, &p.problems, &p.n_problems);
    if (ps.wrong == 0) {
        char token[HELD_TOKEN];
        fill_groups(rq, &w->x, &p);
        held_put(c, HELD_EVALUATIONS, rq->account.id, &a, w, token);
        p.token = arena_strdup(rq->a, token);
    }
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
    const char *token = rq_field(rq, "token"), *code;
    CLEANUP(arena_freep) struct arena *a = NULL;
    const struct waiting *w =
        held_take(c, HELD_EVALUATIONS, rq->account.id, token ? token : "", &a);
    if (!w)
        return err_set(e, RC_CONFLICT, N_("核对过的表已过期或已导入,请重新上传"));
    struct file_sent file = w->file;
    enum rc rc = evaluations_write(c, &w->x, &file, rq->account.code, rq->a, &code, e);
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
