/*
 * A unit's health report as page, JSON and PDF. All three are made from the one struct that was
 * committed to; the page adds drawings and where things are linked.
 */
#include "monitor/report_page.h"

#include "base/period.h"
#include "base/str.h"
#include "monitor/overview_page.h"
#include "monitor/report.html.h"
#include "monitor/report_store.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "stats/describe.h"
#include "store/county.h"
#include "web/svg.h"

#include <math.h>
#include <string.h>

static const char *mark_letter(enum mark m)
{
    switch (m) {
    case MARK_NONE:
    case MARK_BLUE:
        return "b";
    case MARK_RED:
        return "r";
    case MARK_ORANGE:
        return "o";
    case MARK_YELLOW:
        return "y";
    }
    return "b";
}

static const char *stage_word(enum report_stage s)
{
    switch (s) {
    case REPORT_TRIAL:
        return "trial";
    case REPORT_DRAFT:
        return "draft";
    case REPORT_COMMENT:
        return "comment";
    case REPORT_PUBLISHED:
        return "published";
    case REPORT_CORRECTED:
        return "corrected";
    }
    return "draft";
}

static const char *state_word(enum report_state s)
{
    static const char *const words[] = { "none", "steady", "watch", "focus" };
    return words[s];
}

static const char *missing_text(const struct rq *rq, enum report_missing m)
{
    return m == REPORT_PRESENT ? "" : report_missing_text(m, rq->lang);
}

static void strip(struct rq *rq, const struct health_report *r, struct report_page *p)
{
    struct svg_strip_unit *units = arena_array(rq->a, r->n_units, sizeof(*units));
    struct report_strip_rows *rows = arena_array(rq->a, 3, sizeof(*rows));
    size_t above = 0, same = 0;
    double *score = arena_array(rq->a, r->n_units, sizeof(*score));
    for (size_t i = 0; i < r->n_units; i++) {
        units[i] = (struct svg_strip_unit){ .name = r->units[i].name,
                                            .v = r->units[i].score,
                                            .same = r->units[i].same };
        score[i] = r->units[i].score;
        above += r->units[i].score > r->score && !r->units[i].same;
        same += r->units[i].same && !isnan(r->units[i].score);
    }
    struct str b;
    str_init(&b, rq->a);
    svg_strip(&b, &(struct svg_strip){ .label = health_report_answer(rq->a, r, rq->lang),
                                       .own_name = r->unit_name,
                                       .own = r->score,
                                       .lo = r->lo,
                                       .hi = r->hi,
                                       .n = r->n_units,
                                       .units = units });
    p->strip = b.s;
    /* Three ranges of ranks: before, with and behind the unit. */
    double *sorted = arena_array(rq->a, r->n_units, sizeof(*sorted));
    size_t n = col_sorted(score, r->n_units, sorted);
    size_t from[] = { 0, above, above + same, n };
    for (size_t k = 0; k < 3; k++)
        if (from[k + 1] > from[k])
            rows[p->n_strip_rows++] =
                (struct report_strip_rows){ .rank_from = (int64_t)from[k] + 1,
                                            .rank_to = (int64_t)from[k + 1],
                                            .total = (int64_t)(from[k + 1] - from[k]),
                                            .hi = sorted[n - 1 - from[k]],
                                            .lo = sorted[n - from[k + 1]],
                                            .own = k == 1 };
    p->strip_rows = rows;
}

static void trend(struct rq *rq, const struct health_report *r, struct report_page *p)
{
    struct svg_trend_point *points = arena_array(rq->a, r->n_trend, sizeof(*points));
    struct report_trend_rows *rows = arena_array(rq->a, r->n_trend, sizeof(*rows));
    for (size_t i = 0; i < r->n_trend; i++) {
        const struct report_trend *t = &r->trend[i];
        points[i] = (struct svg_trend_point){ .name = period_name(rq->a, t->period, rq->lang),
                                              .v = t->score,
                                              .lo = t->lo,
                                              .hi = t->hi };
        rows[i] = (struct report_trend_rows){
            .period = t->period, .score = t->score, .lo = t->lo, .hi = t->hi
        };
    }
    struct str b;
    str_init(&b, rq->a);
    svg_trend(&b, &(struct svg_trend){
                      .label = rq_tr(rq, N_("各期得分")), .n = r->n_trend, .points = points });
    p->trend = b.s;
    p->trend_rows = rows;
    p->n_trend_rows = r->n_trend;
}

/* Whether the node at i leads to the indicator of a code, so that the page opens the way to the
 * worst one. */
static bool leads_to(const struct health_report *r, size_t i, const char *code)
{
    for (size_t k = i + 1; k < r->n_nodes && r->nodes[k].depth > r->nodes[i].depth; k++)
        if (str_eq(r->nodes[k].code, code))
            return true;
    return false;
}

/* A point of the indicator: where those who do not see the county's pages go on to. */
static const char *point_of(const struct report_page *p, const struct health_report *r,
                            const char *indicator)
{
    for (size_t i = 0; !p->sees_county && i < r->n_values; i++)
        if (str_eq(r->values[i].indicator, indicator))
            return r->values[i].point;
    return NULL;
}

static void tree(struct rq *rq, const struct health_report *r, struct report_page *p)
{
    struct report_nodes *nodes = arena_array(rq->a, r->n_nodes, sizeof(*nodes));
    const char *worst = r->n_weaknesses ? r->weaknesses[0].code : "";
    double most = 1;
    for (size_t i = 0; i < r->n_nodes; i++)
        most = fmax(most, fabs(r->nodes[i].score - r->nodes[i].peer_median));
    for (size_t i = 0; i < r->n_nodes; i++) {
        const struct report_node *n = &r->nodes[i];
        int next = i + 1 < r->n_nodes ? r->nodes[i + 1].depth : 1;
        double versus = n->score - n->peer_median;
        struct str bar;
        str_init(&bar, rq->a);
        if (!isnan(versus))
            svg_change_cell(&bar, versus, most);
        nodes[i] = (struct report_nodes){ .depth = n->depth,
                                          .code = n->code,
                                          .name = n->name,
                                          .leaf = n->n_children == 0,
                                          .open = leads_to(r, i, worst),
                                          .weight = n->weight,
                                          .score = n->score,
                                          .lo = n->lo,
                                          .hi = n->hi,
                                          .peer_median = n->peer_median,
                                          .versus = versus,
                                          .bar = bar.s,
                                          .contribution = n->contribution,
                                          .missing = missing_text(rq, n->missing),
                                          .capped = n->capped,
                                          .note = n->note,
                                          .point = n->n_children == 0 ? point_of(p, r, n->name)
                                                                      : NULL };
        if (n->depth > next) {
            nodes[i].n_closes = (size_t)(n->depth - next);
            nodes[i].closes = arena_array(rq->a, nodes[i].n_closes, sizeof(*nodes[i].closes));
        }
    }
    p->nodes = nodes;
    p->n_nodes = r->n_nodes;
}

static void notable(struct rq *rq, const struct health_report *r, struct report_page *p)
{
    p->strengths = arena_array(rq->a, r->n_strengths, sizeof(*p->strengths));
    p->weaknesses = arena_array(rq->a, r->n_weaknesses, sizeof(*p->weaknesses));
    for (size_t i = 0; i < r->n_strengths; i++) {
        const struct report_point_of_note *s = &r->strengths[i];
        p->strengths[i] = (struct report_strengths){ s->code,        s->name,
                                                     s->path,        s->score,
                                                     s->peer_median, s->points,
                                                     s->note,        point_of(p, r, s->name) };
    }
    for (size_t i = 0; i < r->n_weaknesses; i++) {
        const struct report_point_of_note *s = &r->weaknesses[i];
        p->weaknesses[i] = (struct report_weaknesses){
            s->code,        s->name,   s->path, s->score,
            s->peer_median, s->points, s->note, point_of(p, r, s->name)
        };
    }
    p->n_strengths = r->n_strengths;
    p->n_weaknesses = r->n_weaknesses;
}

static void causes(struct rq *rq, const struct health_report *r, struct report_page *p)
{
    p->no_change_reason = r->no_change_reason;
    p->change = r->score - r->prev;
    if (isnan(p->change))
        return;
    double shown[REPORT_CAUSES], sums[REPORT_CAUSES + 2] = { 0 };
    for (size_t i = 0; i < REPORT_CAUSES; i++) {
        shown[i] = r->causes[i].points;
        sums[i + 1] = sums[i] + shown[i];
    }
    sums[REPORT_CAUSES + 1] = 0;
    struct svg_scale scale = svg_scale_of(sums, COUNT(sums), 1);
    report_round(shown, REPORT_CAUSES, p->change, 1, shown);
    struct str axis, total;
    str_init(&axis, rq->a);
    svg_axis(&axis, &scale, 4);
    p->cause_axis = axis.s;
    p->causes = arena_array(rq->a, REPORT_CAUSES, sizeof(*p->causes));
    for (size_t i = 0; i < REPORT_CAUSES; i++) {
        struct str b;
        str_init(&b, rq->a);
        svg_step_cell(&b, &scale, sums[i], sums[i + 1], SVG_STEP, true);
        p->causes[i] =
            (struct report_causes){ .name = report_cause_text((enum report_cause)i, rq->lang),
                                    .points = shown[i],
                                    .step = b.s,
                                    .note = r->causes[i].note };
    }
    p->n_causes = REPORT_CAUSES;
    str_init(&total, rq->a);
    svg_step_cell(&total, &scale, 0, sums[REPORT_CAUSES], SVG_STEP_TOTAL, false);
    p->total_step = total.s;
}

/* The way of the value behind the weakest indicator, as an example on the page. */
static void way(struct rq *rq, const struct health_report *r, struct report_page *p)
{
    const struct report_value *v = NULL;
    for (size_t i = 0; i < r->n_values && !v; i++)
        if (r->n_weaknesses && str_eq(r->values[i].indicator, r->weaknesses[0].name) &&
            r->values[i].missing == REPORT_PRESENT)
            v = &r->values[i];
    for (size_t i = 0; i < r->n_values && !v; i++)
        if (r->values[i].missing == REPORT_PRESENT)
            v = &r->values[i];
    if (!v)
        return;
    p->way = arena_alloc(rq->a, sizeof(*p->way));
    *p->way = (struct report_way){ .point = v->point,
                                   .name = v->name,
                                   .indicator = v->indicator,
                                   .value = v->value,
                                   .unit = v->unit,
                                   .missing = missing_text(rq, v->missing),
                                   .score = v->score,
                                   .how = v->how,
                                   .source = v->source,
                                   .file = v->file,
                                   .sheet = v->sheet,
                                   .row = v->row,
                                   .cell = v->cell,
                                   .sent_by = v->sent_by,
                                   .sent_at = v->sent_at,
                                   .checked_by = v->checked_by,
                                   .checked_at = v->checked_at,
                                   .signed_by = v->signed_by,
                                   .signed_at = v->signed_at,
                                   .version = v->version,
                                   .version_note = v->version_note,
                                   .log_index = v->log_index,
                                   .log_index_null = v->log_index < 0,
                                   .next_update = v->next_update,
                                   .legal_basis = v->legal_basis };
}

static void warnings(struct rq *rq, const struct health_report *r, struct report_page *p)
{
    p->warnings = arena_array(rq->a, r->n_warnings, sizeof(*p->warnings));
    for (size_t i = 0; i < r->n_warnings; i++) {
        const struct report_warning *w = &r->warnings[i];
        p->warnings[i] =
            (struct report_warnings){ .code = w->code,
                                      .mark = mark_letter(w->mark),
                                      .colour = mark_text(w->mark, rq->lang),
                                      .name = w->name,
                                      .rule = w->rule,
                                      .values = w->values,
                                      .state = report_warning_state_text(w->state, rq->lang),
                                      .state_note = w->state_note,
                                      .clears = w->clears,
                                      .who = w->who };
    }
    p->n_warnings = r->n_warnings;
}

/* The report says what the rules said when it was issued; beside it how people handle each by
 * now. The page is kept, so that its list is copied first. */
static enum rc lamps(struct rq *rq, const struct health_report *r, struct report_page *p,
                     struct err *e)
{
    static const enum warn_colour colours[] = { [MARK_NONE] = WARN_NONE,
                                                [MARK_YELLOW] = WARN_YELLOW,
                                                [MARK_ORANGE] = WARN_ORANGE,
                                                [MARK_RED] = WARN_RED };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct warn_view *v = arena_array(rq->a, r->n_warnings, sizeof(*v));
    bool any = false;
    if (r->n_warnings == 0)
        return RC_OK;
    for (size_t i = 0; i < r->n_warnings; i++) {
        const struct report_warning *w = &r->warnings[i];
        bool burns = w->state == REPORT_FIRING || w->state == REPORT_NODATA;
        v[i] = (struct warn_view){ .code = w->code,
                                   .colour = colours[w->mark],
                                   .lamp = colours[w->mark],
                                   .period = r->period,
                                   .fired_period = burns ? r->period : (struct period){ 0 },
                                   .state = WARN_FIRING };
    }
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = warning_lamps_put(s, v, r->n_warnings, &any, e);
    if (rc != RC_OK || !any)
        return rc;
    p->warnings = arena_copy(rq->a, p->warnings, p->n_warnings * sizeof(*p->warnings));
    for (size_t i = 0; i < p->n_warnings; i++)
        if (v[i].lamp != v[i].colour) {
            p->warnings[i].now = rq_tr(rq, warning_lamp_text(v[i].lamp));
            p->warnings[i].now_mark = warning_lamp_mark(v[i].lamp);
        }
    return RC_OK;
}

static void completeness(struct rq *rq, const struct health_report *r, struct report_page *p)
{
    p->values_expected = r->values_expected;
    p->values_present = r->values_present;
    p->values_late = r->values_late;
    p->complete =
        r->values_expected ? (double)r->values_present / (double)r->values_expected : NAN;
    p->kinds_missing = arena_array(rq->a, REPORT_MISSING_KINDS, sizeof(*p->kinds_missing));
    for (enum report_missing m = REPORT_NA; m < REPORT_MISSING_KINDS; m++)
        if (r->missing[m])
            p->kinds_missing[p->n_kinds_missing++] =
                (struct report_kinds_missing){ report_missing_text(m, rq->lang),
                                               r->missing[m] };
    p->gaps = arena_array(rq->a, r->n_gaps, sizeof(*p->gaps));
    for (size_t i = 0; i < r->n_gaps; i++) {
        const struct report_gap *g = &r->gaps[i];
        p->gaps[i] =
            (struct report_gaps){ g->code,  g->name, report_missing_text(g->kind, rq->lang),
                                  g->owner, g->note, g->next };
    }
    p->n_gaps = r->n_gaps;
    p->values = arena_array(rq->a, r->n_values, sizeof(*p->values));
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        p->values[i] =
            (struct report_values){ v->point,   v->name,    v->indicator,
                                    v->value,   v->unit,    missing_text(rq, v->missing),
                                    v->version, v->sent_at, v->late_days };
    }
    p->n_values = r->n_values;
}

static enum rc find(struct rq *rq, const char *period_text, struct held_report *ret,
                    struct err *e)
{
    const struct unit *unit;
    struct period period;
    enum rc rc = period_parse(period_text, &period, e);
    if (rc == RC_OK)
        rc = rq_unit(rq, rq_param(rq, "unit"), &unit, e);
    return rc == RC_OK ? report_hold(rq, unit, period, ret, e) : rc;
}

/* Everything of the page that the report says by itself, without its proof. */
static struct report_page page_of(struct rq *rq, bool sees_county,
                                  const struct health_report *r)
{
    struct report_page p = { .county = r->county,
                             .unit_code = r->unit_code,
                             .unit_name = r->unit_name,
                             .period = r->period,
                             .answer_more = r->answer_more,
                             .score = r->score,
                             .lo = r->lo,
                             .hi = r->hi,
                             .coverage = (int64_t)(r->coverage * 100 + 0.5),
                             .prev = r->prev,
                             .rank_lo = r->rank_lo,
                             .rank_hi = r->rank_hi,
                             .peer_rank_lo = r->peer_rank_lo,
                             .peer_rank_hi = r->peer_rank_hi,
                             .n_ranked = r->n_ranked,
                             .state = state_word(r->state),
                             .state_name = report_state_text(r->state, rq->lang),
                             .state_reason = r->state_reason,
                             .peer_name = r->peer_name,
                             .peer_count = r->peer_count,
                             .peer_median = r->peer_median,
                             .scheme_name = r->scheme_name,
                             .scheme_version = r->scheme_version,
                             .scheme_from = r->scheme_from,
                             .method_note = r->method_note,
                             .computed = r->computed_at,
                             .sees_county = sees_county };
    strip(rq, r, &p);
    trend(rq, r, &p);
    tree(rq, r, &p);
    notable(rq, r, &p);
    causes(rq, r, &p);
    way(rq, r, &p);
    warnings(rq, r, &p);
    completeness(rq, r, &p);
    return p;
}

/* How far it has come and who vouches for it by now. */
static void page_proof(struct arena *a, enum lang lang, const struct health_report *r,
                       struct report_page *p)
{
    p->stage = stage_word(r->stage);
    p->stage_name = report_stage_text(r->stage, lang);
    p->erratum = r->erratum;
    p->published = r->published_at;
    p->approved_by = r->approved_by;
    p->vouch = health_report_vouch(a, r, lang);
    p->log_index = r->proof.index;
    p->log_index_null = r->proof.index < 0;
    p->digest = r->proof.digest;
}

static void *make_page(struct arena *a, enum lang lang, const struct health_report *r,
                       bool sees_county)
{
    struct rq rq = { .a = a, .lang = lang };
    struct report_page *p = arena_alloc(a, sizeof(*p));
    *p = page_of(&rq, sees_county, r);
    return p;
}

static enum rc report_show(struct rq *rq, struct err *e)
{
    struct held_report held;
    struct sight sees;
    enum rc rc = find(rq, rq_param(rq, "period"), &held, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &sees, e);
    if (rc != RC_OK)
        return rc;
    if (!rq->json) /* where else to go is for people */
        rq_offer_periods(rq, &sees, true, arena_printf(rq->a, "/report/%s/", held.r.unit_code),
                         held.r.period);
    const struct person *reader = &rq_asker(rq)->person;
    struct report_page p = *(const struct report_page *)report_once(
        &held, person_can(reader, CAP_READ_COUNTY), make_page);
    page_proof(rq->a, rq->lang, &held.r, &p);
    if (held.run.replaced_by.v) {
        p.replaced = true;
        p.replaced_at = held.run.replaced_at;
    }
    p.previous = held.previous.v;
    p.previous_null = !held.previous.v;
    p.may_compute = person_can(reader, CAP_COMPUTE);
    const struct unit *unit = units_find(rq_asker(rq)->units, held.r.unit_code);
    p.may_object = unit && person_may(reader, CAP_HANDLE, unit);
    p.may_instruct = person_can(reader, CAP_INSTRUCT);
    rc = lamps(rq, &held.r, &p, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("体检报告")), "/report");
    rq_crumb(rq, held.r.unit_name, NULL);
    return report_render(rq, &p, e);
}

/* A file lies beside no server: a link that names something stays as its words, one that only
 * leads on (class btn or go) goes altogether. */
static void add_without_links(struct str *b, const char *html)
{
    const char *at, *end;
    while ((at = strstr(html, "<a ")) != NULL && (end = strstr(at, "</a>")) != NULL) {
        const char *words = strchr(at, '>') + 1;
        bool leads_on = str_starts(at, "<a class=\"btn\"") || str_starts(at, "<a class=\"go\"");
        str_addn(b, html, (size_t)(at - html));
        if (!leads_on)
            str_addn(b, words, (size_t)(end - words));
        html = end + strlen("</a>");
    }
    str_add(b, html);
}

void report_page_alone(const struct health_report *r, enum lang lang, struct utime now,
                       const struct web_assets *assets, struct arena *a, struct str *b)
{
    struct rq rq = { .a = a, .lang = lang, .now = now };
    struct report_page p = page_of(&rq, /* sees_county= */ false, r);
    page_proof(a, lang, r, &p);
    struct out o = { .a = a, .lang = lang, .now = now, .assets = assets };
    str_init(&o.b, a);
    str_add(&o.b, "<!doctype html>\n<html lang=\"");
    str_add(&o.b, lang == LANG_EN ? "en" : "zh-CN");
    str_add(&o.b, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                  "content=\"width=device-width\"><title>");
    html_text(&o.b, health_report_title(a, r, lang));
    str_add(&o.b, "</title><style>");
    for (size_t i = 0; assets && i < assets->n; i++)
        if (str_eq(assets->rows[i].type, "text/css") ||
            str_starts(assets->rows[i].type, "text/css;"))
            str_addn(&o.b, assets->rows[i].p, assets->rows[i].n);
    str_add(&o.b, "</style></head><body>");
    const char *mark = health_report_mark(a, r, lang);
    if (mark) {
        str_add(&o.b, "<p class=\"demo\">");
        html_text(&o.b, mark);
        str_add(&o.b, "</p>");
    }
    str_add(&o.b, "<main class=\"main alone\">");
    struct out body = o;
    str_init(&body.b, a);
    report_kind.html(&body, &p);
    add_without_links(&o.b, body.b.s);
    str_add(&o.b, "</main></body></html>\n");
    *b = o.b;
}

/* The report to take along; the QR on paper is read by a telephone: a whole address. */
static enum rc find_file(struct rq *rq, struct held_report *ret, struct err *e)
{
    enum rc rc = find(rq, rq_param(rq, "period"), ret, e);
    const char *url = rc == RC_OK ? ret->r.proof.url : NULL;
    if (url && *url == '/' && *rq->host)
        ret->r.proof.url = arena_printf(rq->a, "%s://%s%s", rq->scheme, rq->host, url);
    return rc;
}

static enum rc send_file(struct rq *rq, const struct health_report *r, struct bytes b,
                         const char *type, const char *ending, struct err *e)
{
    char code[PERIOD_TEXT];
    return web_bytes(
        rq, b.p, b.n, type,
        arena_printf(rq->a, "%s-%s.%s", r->unit_code, period_code(r->period, code), ending), e);
}

static enum rc report_pdf(struct rq *rq, struct err *e)
{
    struct held_report held;
    struct bytes pdf;
    enum rc rc = find_file(rq, &held, e);
    if (rc == RC_OK)
        rc = health_report_pdf(&held.r, rq->lang, rq->a, &pdf, NULL, e);
    return rc == RC_OK ? send_file(rq, &held.r, pdf, "application/pdf", "pdf", e) : rc;
}

static enum rc report_docx(struct rq *rq, struct err *e)
{
    struct held_report held;
    struct bytes docx;
    enum rc rc = find_file(rq, &held, e);
    if (rc == RC_OK)
        rc = health_report_docx(&held.r, rq->lang, rq->a, &docx, e);
    return rc == RC_OK ? send_file(rq, &held.r, docx,
                                   "application/vnd.openxmlformats-officedocument."
                                   "wordprocessingml.document",
                                   "docx", e)
                       : rc;
}

const struct route report_routes[] = {
    { .method = GET,
      .path = "/report/:unit/:period",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = report_show,
      .journal = "report",
      .page = &report_kind,
      .help = N_("一个单位一期的体检报告") },
    { .method = GET,
      .path = "/report/:unit/:period.pdf",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = report_pdf,
      .journal = "report.pdf",
      .help = N_("体检报告PDF") },
    { .method = GET,
      .path = "/report/:unit/:period.docx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = report_docx,
      .journal = "report.docx",
      .help = N_("体检报告Word文档") },
};
const size_t report_routes_n = COUNT(report_routes);
