/* 体检准不准: how far the health check agrees with a source's evaluations, for everybody in
 * words, for experts in numbers. */
#include "quality/agree_page.h"

#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/data_page.h"
#include "people/asker.h"
#include "quality/agree.html.h"
#include "quality/agreement.h"
#include "quality/quality.sql.h"
#include "store/county.h"

#include <math.h>
#include <stdio.h>

/* What the interval of a rank agreement says, in words; source text. */
static const char *agreement_words(double tau, double lo, double hi)
{
    if (isnan(tau) || isnan(lo))
        return N_("无法比较");
    if (hi < 0)
        return N_("相反");
    if (lo <= 0)
        return N_("看不出一致");
    return tau >= 0.5 ? N_("比较一致") : N_("有些一致");
}

struct showing {
    struct rq *rq;
    const struct snap *s;
    struct agree_page p;
    enum source source;
    const struct agreement_of_row *rows;
    size_t n;
};

static const char *kind_text(const char *kind)
{
    return str_eq(kind, "total")       ? N_("总指数")
           : str_eq(kind, "aspect")    ? N_("方面")
           : str_eq(kind, "node")      ? N_("上级指标")
           : str_eq(kind, "indicator") ? N_("指标")
           : str_eq(kind, "rule")      ? N_("预警规则")
                                       : N_("预警");
}

static enum rc choose(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct agree_page *p = &x->p;
    struct evaluated_row *rows;
    size_t n, at = 0;
    const char *asked = rq_query(rq, "source");
    struct period period = { 0 };
    enum rc rc = rq_query_period(rq, "period", N_("期间"), &period, e);
    if (rc == RC_OK && asked && *asked && !source_of(asked))
        rc = err_set(e, RC_INVALID,
                     N_("没有来源「{source}」;应为 inspection、department 或 supervision"),
                     "source", asked);
    if (rc == RC_OK)
        rc = evaluated_all(x->s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->choices = arena_array(rq->a, n, sizeof(*p->choices));
    bool found = n > 0 && !(asked && *asked) && !period.v;
    for (size_t i = 0; i < n; i++) {
        enum source source = source_of(rows[i].source);
        bool is = (!asked || !*asked || source == source_of(asked)) &&
                  (!period.v || period_same(period, rows[i].period));
        if (is && !found) {
            at = i;
            found = true;
        }
        p->choices[p->n_choices++] =
            (struct agree_choices){ .source = rows[i].source,
                                    .source_name = rq_tr(rq, source_text(source)),
                                    .period = rows[i].period };
    }
    if (n && !found)
        return err_set(e, RC_NOTFOUND, N_("没有这个来源在这一期的评价"));
    if (n == 0)
        return RC_OK;
    p->choices[at].chosen = p->chosen = true;
    x->source = source_of(rows[at].source);
    p->source = rows[at].source;
    p->source_name = rq_tr(rq, source_text(x->source));
    p->period = rows[at].period;
    return RC_OK;
}

static const char *href_of(const struct showing *x, const struct agreement_of_row *r)
{
    char code[PERIOD_TEXT];
    if (str_eq(r->kind, "rule"))
        return arena_printf(x->rq->a, "/rule/%s", r->code);
    if (str_eq(r->kind, "indicator") || str_eq(r->kind, "node") || str_eq(r->kind, "aspect"))
        return arena_printf(x->rq->a, "/node/%s?period=%s", r->code,
                            period_code(x->p.period, code));
    return NULL;
}

static const char *name_of(const struct showing *x, const struct agreement_of_row *r)
{
    return *r->name                      ? r->name
           : str_eq(r->kind, "warnings") ? rq_tr(x->rq, N_("全部预警"))
                                         : rq_tr(x->rq, N_("总指数"));
}

static void headline(struct showing *x, const struct agreement_of_row *r)
{
    struct agree_page *p = &x->p;
    struct rq *rq = x->rq;
    const char *words = agreement_words(r->tau, r->tau_lo, r->tau_hi);
    const char *text = str_eq(words, "比较一致")
                           ? N_("体检得分的先后和{source}的评价比较一致（{n}个单位）。")
                       : str_eq(words, "有些一致")
                           ? N_("体检得分的先后和{source}的评价有些一致，不算强（{n}个单位）。")
                       : str_eq(words, "相反")
                           ? N_("体检得分的先后和{source}的评价相反（{n}个单位），要查原因。")
                       : str_eq(words, "看不出一致")
                           ? N_("看不出体检得分的先后和{source}的评价一致（{n}个单位）。")
                           : N_("体检得分和{source}的评价分不出先后，无法比较（{n}个单位）。");
    p->computed = true;
    p->n = r->n;
    p->at = r->at;
    p->words = text_fill(rq->a, rq_tr(rq, text), "source", p->source_name, "n",
                         arena_printf(rq->a, "%lld", (long long)r->n), NULL);
}

static void fill(struct showing *x)
{
    struct agree_page *p = &x->p;
    struct rq *rq = x->rq;
    p->rows = arena_array(rq->a, x->n, sizeof(*p->rows));
    p->aspects = arena_array(rq->a, x->n, sizeof(*p->aspects));
    p->retire = arena_array(rq->a, x->n, sizeof(*p->retire));
    for (size_t i = 0; i < x->n; i++) {
        const struct agreement_of_row *r = &x->rows[i];
        const char *href = href_of(x, r), *name = name_of(x, r);
        if (str_eq(r->kind, "total"))
            headline(x, r);
        if (str_eq(r->kind, "warnings")) {
            p->called = r->called;
            p->so = r->so;
            p->hits = r->hits;
            p->hit_share = r->hit_share;
            p->found_share = r->found_share;
            p->lead_n = r->lead_n;
            p->lead = r->lead;
        }
        if (str_eq(r->kind, "aspect"))
            p->aspects[p->n_aspects++] = (struct agree_aspects){
                .name = name,
                .href = href,
                .words = rq_tr(rq, agreement_words(r->tau, r->tau_lo, r->tau_hi)),
                .n = r->n
            };
        if (r->retire)
            p->retire[p->n_retire++] = (struct agree_retire){ .code = r->code,
                                                              .name = name,
                                                              .href = href,
                                                              .rule = str_eq(r->kind, "rule"),
                                                              .n = r->n };
        if (p->expert)
            p->rows[p->n_rows++] =
                (struct agree_rows){ .kind = r->kind,
                                     .kind_name = rq_tr(rq, kind_text(r->kind)),
                                     .code = r->code,
                                     .name = name,
                                     .href = href,
                                     .n = r->n,
                                     .tau = r->tau,
                                     .tau_lo = r->tau_lo,
                                     .tau_hi = r->tau_hi,
                                     .rho = r->rho,
                                     .rho_lo = r->rho_lo,
                                     .rho_hi = r->rho_hi,
                                     .called = r->called,
                                     .so = r->so,
                                     .hits = r->hits,
                                     .hit_share = r->hit_share,
                                     .hit_lo = r->hit_lo,
                                     .hit_hi = r->hit_hi,
                                     .found_share = r->found_share,
                                     .found_lo = r->found_lo,
                                     .found_hi = r->found_hi,
                                     .lead_n = r->lead_n,
                                     .lead = r->lead,
                                     .lead_lo = r->lead_lo,
                                     .lead_hi = r->lead_hi,
                                     .retire = r->retire };
    }
}

/* Problems by kind, and at how many of their units a warning burned in the period. */
static enum rc kinds(struct showing *x, struct err *e)
{
    struct agree_page *p = &x->p;
    struct arena *a = x->rq->a;
    struct evaluation_problems_of_row *rows;
    struct warn_view *w;
    size_t n, n_w;
    char key[24];
    struct agreement_run run = { 0 };
    struct warn_sight sight = agreement_warnings(&run);
    enum rc rc = agreement_run_of(x->s, p->period, a, &run, e);
    if (rc == RC_OK)
        rc = evaluation_problems_of_all(x->s, p->source, p->period, a, &rows, &n, e);
    if (rc == RC_OK)
        rc = warn_of_period(x->s, p->period, &sight, (struct id){ 0 }, x->rq->lang, a, &w, &n_w,
                            e);
    if (rc != RC_OK)
        return rc;
    struct map *warned = map_new(a), *kind = map_new(a);
    for (size_t i = 0; i < n_w; i++)
        if (warn_view_burns(&w[i]) || w[i].state == WARN_RESOLVED) {
            (void)snprintf(key, sizeof(key), "%lld", (long long)w[i].unit.v);
            (void)map_add(warned, key, x); /* there already is as good */
        }
    p->kinds = arena_array(a, n, sizeof(*p->kinds));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = map_index(kind, rows[i].kind);
        if (at < 0) {
            at = (ptrdiff_t)p->n_kinds++;
            map_add_index(kind, rows[i].kind, (size_t)at);
            p->kinds[at] = (struct agree_kinds){ .name = rows[i].kind };
        }
        (void)snprintf(key, sizeof(key), "%lld", (long long)rows[i].unit_id.v);
        p->kinds[at].units++;
        p->kinds[at].problems += rows[i].n;
        p->kinds[at].warned += map_has(warned, key);
    }
    return RC_OK;
}

static enum rc sets(struct showing *x, struct err *e)
{
    struct evaluation_sets_row *rows;
    size_t n;
    enum rc rc = evaluation_sets_all(x->s, x->rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    x->p.sets = arena_array(x->rq->a, n, sizeof(*x->p.sets));
    for (size_t i = 0; i < n; i++)
        x->p.sets[x->p.n_sets++] = (struct agree_sets){ .code = rows[i].code,
                                                        .file = rows[i].file_name,
                                                        .evaluations = rows[i].evaluations,
                                                        .problems = rows[i].problems,
                                                        .at = rows[i].at,
                                                        .who = rows[i].who ? rows[i].who : "" };
    return RC_OK;
}

static enum rc agree_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *view = rq_query(rq, "view");
    struct showing x = { .rq = rq,
                         .p = { .expert = view && str_eq(view, "expert"),
                                .source = "",
                                .may_import = person_can(&rq_asker(rq)->person, CAP_EDIT_RULES),
                                .hit_share = NAN,
                                .found_share = NAN,
                                .lead = NAN } };
    struct agreement_of_row *rows;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = choose(&x, e);
    if (rc == RC_OK && x.p.chosen) {
        rc = agreement_of_all(s, x.p.source, x.p.period, rq->a, &rows, &x.n, e);
        x.rows = rc == RC_OK ? rows : NULL;
    }
    if (rc == RC_OK)
        fill(&x);
    if (rc == RC_OK && x.p.computed)
        rc = kinds(&x, e);
    if (rc == RC_OK && x.p.may_import)
        rc = sets(&x, e);
    return rc == RC_OK ? agree_render(rq, &x.p, e) : rc;
}

const struct route agree_routes[] = {
    { .method = GET,
      .path = "/agree",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_LIST,
      .fn = agree_show,
      .page = &agree_kind,
      .help = N_("体检结果和巡察、职能部门、监督部门评价的一致程度") },
};
const size_t agree_routes_n = COUNT(agree_routes);
