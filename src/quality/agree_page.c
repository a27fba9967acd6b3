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
#include "web/svg.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    bool all_sources, all_periods;
    const char *span; /* "" all periods */
    const struct evaluated_row *evaluated;
    const struct agreement_totals_row *totals;
    const struct agreement_of_row *rows;
    size_t n, n_evaluated, n_totals;
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

/* What was asked: a source and a period, each one or all. Nothing: the newest. */
static enum rc asked(struct showing *x, enum source *ret_source, struct period *ret_period,
                     struct err *e)
{
    struct rq *rq = x->rq;
    const char *source = rq_query(rq, "source"), *period = rq_query(rq, "period");
    bool all = source && str_eq(source, "all"), ever = period && str_eq(period, "all");
    *ret_source = source && *source && !all ? source_of(source) : 0;
    *ret_period = (struct period){ 0 };
    x->p.pooled = all || ever;
    x->all_sources = all;
    x->all_periods = ever;
    if (source && *source && !all && !*ret_source)
        return err_set(
            e, RC_INVALID,
            N_("没有来源「{source}」；应为 inspection、department、supervision 或 all"),
            "source", source);
    return ever ? RC_OK : rq_query_period(rq, "period", N_("期间"), ret_period, e);
}

static const char *pool_label(const struct showing *x, const char *source, const char *span)
{
    struct rq *rq = x->rq;
    struct period p;
    CLEANUP(err_done) struct err e = { 0 };
    const char *who = *source ? rq_tr(rq, source_text(source_of(source)))
                              : rq_tr(rq, N_("各来源")),
               *when = *span && period_parse(span, &p, &e) == RC_OK
                           ? period_name(rq->a, p, rq->lang)
                           : rq_tr(rq, N_("各期"));
    return text_fill(rq->a, rq_tr(rq, N_("{source}，{period}")), "source", who, "period", when,
                     NULL);
}

/* What has been put together, beside each source and period apart. */
static enum rc pools(struct showing *x, struct err *e)
{
    struct agree_page *p = &x->p;
    struct agreement_totals_row *t;
    size_t n;
    enum rc rc = agreement_totals_all(x->s, x->rq->a, &t, &n, e);
    if (rc != RC_OK)
        return rc;
    x->totals = t;
    x->n_totals = n;
    p->pools = arena_array(x->rq->a, n, sizeof(*p->pools));
    for (size_t i = 0; i < n; i++)
        if (!*t[i].source || !*t[i].span)
            p->pools[p->n_pools++] =
                (struct agree_pools){ .href =
                                          arena_printf(x->rq->a, "/agree?source=%s&period=%s",
                                                       *t[i].source ? t[i].source : "all",
                                                       *t[i].span ? t[i].span : "all"),
                                      .label = pool_label(x, t[i].source, t[i].span),
                                      .strata = t[i].strata,
                                      .chosen = p->pooled && str_eq(t[i].source, p->source) &&
                                                str_eq(t[i].span, x->span) };
    return RC_OK;
}

static enum rc choose(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct agree_page *p = &x->p;
    struct evaluated_row *rows;
    size_t n, at = 0;
    enum source source;
    struct period period;
    char code[PERIOD_TEXT];
    enum rc rc = asked(x, &source, &period, e);
    if (rc == RC_OK)
        rc = evaluated_all(x->s, rq->a, &rows, &n, e);
    if (rc != RC_OK || n == 0)
        return rc;
    x->evaluated = rows;
    x->n_evaluated = n;
    p->choices = arena_array(rq->a, n, sizeof(*p->choices));
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        enum source s = source_of(rows[i].source);
        bool is =
            (!source || s == source) && (!period.v || period_same(period, rows[i].period));
        if (is && !found) { /* the newest: of what is put together it names the pages */
            at = i;
            found = true;
        }
        p->choices[p->n_choices++] =
            (struct agree_choices){ .source = rows[i].source,
                                    .source_name = rq_tr(rq, source_text(s)),
                                    .period = rows[i].period };
    }
    if (!found)
        return err_set(e, RC_NOTFOUND, N_("没有这个来源在这一期的评价"));
    p->chosen = true;
    p->choices[at].chosen = !p->pooled;
    p->period = rows[at].period;
    p->source = x->all_sources ? "" : rows[at].source;
    x->span = x->all_periods ? "" : arena_strdup(rq->a, period_code(p->period, code));
    p->source_name = x->all_sources ? rq_tr(rq, N_("各来源")) : p->choices[at].source_name;
    p->per = rq_tr(rq, p->pooled ? N_("次评价") : N_("个单位"));
    p->here = arena_printf(rq->a, "/agree?source=%s&period=%s", *p->source ? p->source : "all",
                           *x->span ? x->span : "all");
    return pools(x, e);
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
    const char *text =
        str_eq(words, "比较一致") ? N_("体检得分的先后和{source}的评价比较一致（{n}）。")
        : str_eq(words, "有些一致")
            ? N_("体检得分的先后和{source}的评价有些一致，不算强（{n}）。")
        : str_eq(words, "相反") ? N_("体检得分的先后和{source}的评价相反（{n}），要查原因。")
        : str_eq(words, "看不出一致")
            ? N_("看不出体检得分的先后和{source}的评价一致（{n}）。")
            : N_("体检得分和{source}的评价分不出先后，无法比较（{n}）。");
    p->computed = true;
    p->n = r->n;
    p->at = r->at;
    p->words = text_fill(rq->a, rq_tr(rq, text), "source", p->source_name, "n",
                         arena_printf(rq->a, "%lld%s%s", (long long)r->n,
                                      rq->lang == LANG_EN ? " " : "", p->per),
                         NULL);
    p->strata = r->strata;
}

static const struct svg_scale tau_scale = { -1, 1 };

static const char *tau_cell(struct arena *a, const struct agreement_of_row *r)
{
    struct str b;
    str_init(&b, a);
    svg_interval_cell(&b, &tau_scale, r->tau, r->tau_lo, r->tau_hi, 0);
    return b.s;
}

/* ---- what could be retired ---- */

static int by_name(const void *a, const void *b)
{
    const struct agreement_of_row *const *x = a, *const *y = b;
    int d = strcmp((*x)->name, (*y)->name);
    return d ? d : strcmp((*x)->code, (*y)->code);
}

static int by_cases(const void *a, const void *b)
{
    const struct agreement_of_row *const *x = a, *const *y = b;
    return (*x)->n != (*y)->n ? ((*x)->n < (*y)->n) - ((*x)->n > (*y)->n) : by_name(a, b);
}

/* Least agreement first. */
static int by_agreement(const void *a, const void *b)
{
    const struct agreement_of_row *const *x = a, *const *y = b;
    double u = (*x)->tau, v = (*y)->tau;
    if (isnan(u) != isnan(v))
        return isnan(u) ? 1 : -1;
    return !isnan(u) && u != v ? (u > v) - (u < v) : by_name(a, b);
}

static enum rc fill_retire(struct showing *x, const struct agreement_of_row **all, size_t n,
                           struct err *e)
{
    static const struct {
        const char *name;
        int (*compare)(const void *, const void *);
    } sorts[] = { { "", by_agreement }, { "n", by_cases }, { "name", by_name } };
    struct agree_page *p = &x->p;
    const char *asked = rq_query(x->rq, "sort");
    size_t from, to, sort = 0;
    for (size_t i = 0; i < COUNT(sorts); i++)
        if (asked && str_eq(asked, sorts[i].name))
            sort = i;
    p->sort = sorts[sort].name;
    p->n_listed = (int64_t)n;
    if (n > 1)
        qsort(all, n, sizeof(*all), sorts[sort].compare);
    enum rc rc = rq_pager(x->rq, n, &from, &to, &p->pager, e);
    p->retire = arena_array(x->rq->a, n, sizeof(*p->retire));
    for (size_t i = from; rc == RC_OK && i < to; i++) {
        const struct agreement_of_row *r = all[i];
        p->retire[p->n_retire++] = (struct agree_retire){
            .code = r->code,
            .name = name_of(x, r),
            .href = href_of(x, r),
            .rule = str_eq(r->kind, "rule"),
            .words = rq_tr(x->rq, agreement_words(r->tau, r->tau_lo, r->tau_hi)),
            .n = r->n,
            .tau = r->tau,
            .tau_lo = r->tau_lo,
            .tau_hi = r->tau_hi,
            .hit_share = r->hit_share,
            .hit_lo = r->hit_lo,
            .hit_hi = r->hit_hi,
            .base = r->cases ? (double)r->so / (double)r->cases : NAN,
        };
    }
    return rc;
}

/* ---- period by period ---- */

static int by_span(const void *a, const void *b)
{
    const struct agreement_totals_row *const *x = a, *const *y = b;
    return strcmp((*x)->span, (*y)->span);
}

/* How the index agreed with the source at hand in each period, when there are several. */
static void fill_trend(struct showing *x)
{
    struct agree_page *p = &x->p;
    struct arena *a = x->rq->a;
    const struct agreement_totals_row **t = arena_array(a, x->n_totals, sizeof(*t));
    size_t n = 0;
    for (size_t i = 0; i < x->n_totals; i++)
        if (*x->totals[i].span && str_eq(x->totals[i].source, p->source))
            t[n++] = &x->totals[i];
    if (n < 2)
        return;
    qsort(t, n, sizeof(*t), by_span);
    struct svg_trend_point *points = arena_array(a, n, sizeof(*points));
    p->trend = arena_array(a, n, sizeof(*p->trend));
    for (size_t i = 0; i < n; i++) {
        CLEANUP(err_done) struct err e = { 0 };
        struct period at = { 0 };
        if (period_parse(t[i]->span, &at, &e) != RC_OK)
            continue;
        points[p->n_trend] = (struct svg_trend_point){ period_name(a, at, x->rq->lang),
                                                       t[i]->tau, t[i]->tau_lo, t[i]->tau_hi };
        p->trend[p->n_trend++] =
            (struct agree_trend){ at, t[i]->n, t[i]->tau, t[i]->tau_lo, t[i]->tau_hi };
    }
    struct str b;
    str_init(&b, a);
    svg_trend(&b, &(struct svg_trend){ .label = rq_tr(x->rq, N_("各期总指数和评价的一致程度")),
                                       .n = p->n_trend,
                                       .points = points,
                                       .values = true,
                                       .ref_name = rq_tr(x->rq, N_("看不出一致")),
                                       .ref = 0 });
    p->trend_svg = b.s;
}

static enum rc fill(struct showing *x, struct err *e)
{
    struct agree_page *p = &x->p;
    struct rq *rq = x->rq;
    p->rows = arena_array(rq->a, x->n, sizeof(*p->rows));
    p->bars = arena_array(rq->a, x->n, sizeof(*p->bars));
    p->aspects = arena_array(rq->a, x->n, sizeof(*p->aspects));
    const struct agreement_of_row **retire = arena_array(rq->a, x->n, sizeof(*retire));
    size_t n_retire = 0;
    struct str b;
    str_init(&b, rq->a);
    svg_axis(&b, &tau_scale, 4);
    p->axis = b.s;
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
            retire[n_retire++] = r;
        if (p->expert && (str_eq(r->kind, "total") || str_eq(r->kind, "aspect") ||
                          str_eq(r->kind, "warnings")))
            p->bars[p->n_bars++] = (struct agree_bars){ name,   tau_cell(rq->a, r), r->n,
                                                        r->tau, r->tau_lo,          r->tau_hi };
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
    return fill_retire(x, retire, n_retire, e);
}

/* Problems by kind, and at how many of their units a warning burned in the period: of one
 * source and period. */
static enum rc kinds_of(struct showing *x, const struct evaluated_row *v, struct map *kind,
                        struct err *e)
{
    struct agree_page *p = &x->p;
    struct arena *a = x->rq->a;
    struct evaluation_problems_of_row *rows;
    struct warn_view *w;
    size_t n, n_w;
    char key[24];
    struct agreement_run run = { 0 };
    struct warn_sight sight = agreement_warnings(&run);
    enum rc rc = agreement_run_of(x->s, v->period, a, &run, e);
    if (rc == RC_OK)
        rc = evaluation_problems_of_all(x->s, v->source, v->period, a, &rows, &n, e);
    if (rc == RC_OK)
        rc = warn_of_period(x->s, v->period, &sight, (struct id){ 0 }, x->rq->lang, a, &w, &n_w,
                            e);
    if (rc != RC_OK)
        return rc;
    struct map *warned = map_new(a);
    for (size_t i = 0; i < n_w; i++)
        if (warn_view_burns(&w[i]) || w[i].state == WARN_RESOLVED) {
            (void)snprintf(key, sizeof(key), "%lld", (long long)w[i].unit.v);
            (void)map_add(warned, key, x); /* there already is as good */
        }
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = map_index(kind, rows[i].kind);
        if (at < 0) {
            at = (ptrdiff_t)p->n_kinds;
            map_add_index(kind, rows[i].kind, p->n_kinds);
            p->kinds = arena_grow(a, p->kinds, p->n_kinds * sizeof(*p->kinds),
                                  (p->n_kinds + 1) * sizeof(*p->kinds));
            p->kinds[p->n_kinds++] = (struct agree_kinds){ .name = rows[i].kind };
        }
        (void)snprintf(key, sizeof(key), "%lld", (long long)rows[i].unit_id.v);
        p->kinds[at].units++;
        p->kinds[at].problems += rows[i].n;
        p->kinds[at].warned += map_has(warned, key);
    }
    return RC_OK;
}

static enum rc kinds(struct showing *x, struct err *e)
{
    struct map *kind = map_new(x->rq->a);
    char code[PERIOD_TEXT];
    enum rc rc = RC_OK;
    for (size_t i = 0; i < x->n_evaluated && rc == RC_OK; i++) {
        const struct evaluated_row *v = &x->evaluated[i];
        if ((*x->p.source && !str_eq(v->source, x->p.source)) ||
            (*x->span && !str_eq(x->span, period_code(v->period, code))))
            continue;
        rc = kinds_of(x, v, kind, e);
        if (rc == RC_NOTFOUND) { /* not published: nothing to compare with */
            err_done(e);
            *e = (struct err){ 0 };
            rc = RC_OK;
        }
    }
    return rc;
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
                                .per = "",
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
        rc = agreement_of_all(s, x.p.source, x.span, rq->a, &rows, &x.n, e);
        x.rows = rc == RC_OK ? rows : NULL;
    }
    if (rc == RC_OK)
        rc = fill(&x, e);
    if (rc == RC_OK && x.p.computed)
        rc = kinds(&x, e);
    if (rc == RC_OK && x.p.expert && *x.p.source)
        fill_trend(&x);
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
