/* Points: the list with what has come of each in the period, one point with its values, and
 * changing one. */
#include "monitor/point_page.h"

#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "monitor/data_page.h"
#include "monitor/overview_page.h"
#include "monitor/point.html.h"
#include "monitor/point.sql.h"
#include "monitor/point_same.h"
#include "monitor/points.html.h"
#include "monitor/publication.h"
#include "monitor/readopt.h"
#include "monitor/scheme.h"
#include "monitor/scheme_import.h"
#include "people/asker.h"
#include "stats/describe.h"
#include "store/county.h"
#include "web/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINT_NAME_MAX = 100, POINT_TEXT_MAX = 300 };

/* The period of a point's own frequency that ends with p. */
static struct period own_period(const struct point *pt, struct period p)
{
    return period_at(pt->frequency, period_last_day(p));
}

static const struct scheme_node *node_of(const struct scheme *sc, const char *code)
{
    for (size_t i = 0; sc && i < sc->n; i++)
        if (str_eq(sc->nodes[i].code, code))
            return &sc->nodes[i];
    return NULL;
}

static void counts(const struct units *us, const struct point *pt, const bool *may,
                   const struct point_cell *cells, int64_t *expected, int64_t *present)
{
    for (size_t u = 0; u < us->n; u++) {
        if (!us->all[u].assessed || !may[u] || !point_applies(pt, &us->all[u]))
            continue;
        ++*expected;
        *present += !isnan(cells[u].value);
    }
}

/* ---- the list ---- */

static int by_code(const struct point *a, const struct point *b)
{
    return strcmp(a->code, b->code);
}

/* A macro: one comparison by a text, equal ones by code. */
#define BY_TEXT(field)                                                                         \
    static int by_##field(const void *x, const void *y)                                        \
    {                                                                                          \
        const struct point *a = *(const struct point *const *)x,                               \
                           *b = *(const struct point *const *)y;                               \
        int d = strcmp(a->field, b->field);                                                    \
        return d ? d : by_code(a, b);                                                          \
    }
BY_TEXT(name)
BY_TEXT(owner)
BY_TEXT(indicator)

static int by_frequency(const void *x, const void *y)
{
    const struct point *a = *(const struct point *const *)x,
                       *b = *(const struct point *const *)y;
    return a->frequency != b->frequency ? (int)a->frequency - (int)b->frequency : by_code(a, b);
}

/* As they are loaded: by code. */
static const struct {
    const char *name;
    int (*compare)(const void *, const void *);
} sorts[] = { { "name", by_name },
              { "owner", by_owner },
              { "indicator", by_indicator },
              { "frequency", by_frequency } };

static enum rc point_row(struct rq *rq, const struct snap *s, const struct units *us,
                         const bool *may, const struct scheme *sc, const struct point *pt,
                         struct period p, struct points_points *out, struct err *e)
{
    struct point_cell *cells;
    const struct scheme_node *node = node_of(sc, pt->indicator);
    enum rc rc = point_cells(s, us, pt->id, own_period(pt, p), rq->a, &cells, e);
    if (rc != RC_OK)
        return rc;
    *out = (struct points_points){ .code = pt->code,
                                   .name = pt->name,
                                   .owner = pt->owner,
                                   .owner_name = unit_name_of(us, pt->owner),
                                   .measure = pt->unit_of_measure,
                                   .frequency_name = rq_tr(rq, frequency_text(pt->frequency)),
                                   .direction = pt->direction,
                                   .indicator = pt->indicator,
                                   .indicator_name = node ? node->name : pt->indicator };
    counts(us, pt, may, cells, &out->expected, &out->present);
    out->complete = out->expected ? (double)out->present / (double)out->expected : NAN;
    return RC_OK;
}

static enum rc points_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *owner = rq_query(rq, "owner"), *find = rq_query(rq, "find"),
               *frequency = rq_query(rq, "frequency");
    struct points_page p = { .owner = owner ? owner : "",
                             .find = find ? find : "",
                             .frequency = frequency ? frequency : "",
                             .sort = "",
                             .may_edit = person_can(&rq_asker(rq)->person, CAP_EDIT_POINTS),
                             .sees_county =
                                 person_can(&rq_asker(rq)->person, CAP_READ_COUNTY) };
    const struct units *us;
    const struct scheme *sc;
    const struct point *all;
    size_t n, m = 0, from, to;
    struct sight sees;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &sees, false, "/point", &p.period, e);
    if (rc == RC_OK)
        rc = units_load(s, period_last_day(p.period), rq->a, &us, e);
    if (rc == RC_OK)
        rc = scheme_if_any(s, p.period, rq->a, &sc, e);
    if (rc == RC_OK)
        rc = points_load(s, sc, rq->a, &all, &n, e);
    if (rc != RC_OK)
        return rc;
    p.owners = arena_array(rq->a, n, sizeof(*p.owners));
    const struct point **shown = arena_array(rq->a, n, sizeof(*shown));
    for (size_t i = 0; i < n; i++) {
        const struct point *pt = &all[i];
        size_t o = 0;
        while (o < p.n_owners && !str_eq(p.owners[o].code, pt->owner))
            o++;
        if (o == p.n_owners)
            p.owners[p.n_owners++] =
                (struct points_owners){ pt->owner, unit_name_of(us, pt->owner), 0,
                                        str_eq(pt->owner, p.owner) };
        p.owners[o].n++;
        bool fits = (!*p.owner || str_eq(p.owner, pt->owner)) &&
                    (!*p.frequency || str_eq(p.frequency, frequency_word(pt->frequency))) &&
                    (!*p.find || strstr(pt->name, p.find) || strstr(pt->code, p.find));
        if (fits)
            shown[m++] = pt;
    }
    p.total = (int64_t)m;
    for (size_t i = 0; i < COUNT(sorts); i++)
        if (str_eq(sorts[i].name, rq_query(rq, "sort"))) {
            p.sort = sorts[i].name;
            qsort(shown, m, sizeof(*shown), sorts[i].compare);
        }
    rc = rq_pager(rq, m, &from, &to, &p.pager, e);
    bool *may = person_scope(&rq_asker(rq)->person, CAP_READ_UNIT, us, rq->a);
    p.points = arena_array(rq->a, to, sizeof(*p.points));
    for (size_t i = from; rc == RC_OK && i < to; i++)
        rc = point_row(rq, s, us, may, sc, shown[i], p.period, &p.points[p.n_points++], e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("监测点")), NULL);
    return points_render(rq, &p, e);
}

/* ---- one point ---- */

struct filling {
    struct rq *rq;
    const struct snap *s;
    const struct units *us;
    const struct scheme *sc;
    struct point pt;
    struct point_page p;
};

static enum rc find(struct filling *f, struct err *e)
{
    const char *code = rq_param(f->rq, "code");
    const struct point *points;
    size_t n;
    enum rc rc = points_load(f->s, f->sc, f->rq->a, &points, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (str_eq(points[i].code, code)) {
            f->pt = points[i];
            return RC_OK;
        }
    /* One that is not asked for any more stays readable. */
    return rc == RC_OK ? point_find(f->s, code, f->rq->a, &f->pt, e) : rc;
}

static enum rc values(struct filling *f, struct err *e)
{
    struct rq *rq = f->rq;
    struct point_cell *cells;
    struct point_page *p = &f->p;
    enum rc rc = point_cells(f->s, f->us, f->pt.id, p->period, rq->a, &cells, e);
    if (rc != RC_OK)
        return rc;
    const bool *may = person_scope(&rq_asker(rq)->person, CAP_READ_UNIT, f->us, rq->a);
    double *v = arena_array(rq->a, f->us->n + 1, sizeof(*v)),
           *sorted = arena_array(rq->a, f->us->n + 1, sizeof(*sorted));
    size_t n = 0;
    counts(f->us, &f->pt, may, cells, &p->expected, &p->present);
    p->complete = p->expected ? (double)p->present / (double)p->expected : NAN;
    for (size_t u = 0; u < f->us->n; u++)
        if (may[u] && !isnan(cells[u].value))
            v[n++] = cells[u].value;
    size_t m = col_sorted(v, n, sorted);
    p->median = m == 0 ? NAN : m % 2 ? sorted[m / 2] : (sorted[m / 2 - 1] + sorted[m / 2]) / 2;
    v[n] = 0; /* bars begin at nothing */
    struct svg_scale scale = svg_scale_of(v, n + 1, 0);
    p->values = arena_array(rq->a, f->us->n, sizeof(*p->values));
    for (size_t u = 0; u < f->us->n; u++) {
        const struct point_cell *c = &cells[u];
        if (!may[u] || c->version == 0)
            continue;
        struct str b;
        str_init(&b, rq->a);
        if (!isnan(c->value))
            svg_bar_cell(&b, &scale, c->value, NAN, NAN, p->median, false);
        p->values[p->n_values++] =
            (struct point_values){ .unit = f->us->all[u].code,
                                   .unit_name = f->us->all[u].name,
                                   .value = c->value,
                                   .missing = missing_text(rq, c->missing),
                                   .version = c->version,
                                   .sent_at = c->at,
                                   .bar = b.s };
    }
    struct str axis;
    str_init(&axis, rq->a);
    svg_axis(&axis, &scale, 4);
    p->axis = axis.s;
    return RC_OK;
}

static void choices(struct filling *f)
{
    struct point_page *p = &f->p;
    p->frequencies = arena_array(f->rq->a, PERIOD_DAY + 1, sizeof(*p->frequencies));
    for (enum period_kind k = PERIOD_YEAR; k <= PERIOD_DAY; k++)
        p->frequencies[p->n_frequencies++] =
            (struct point_frequencies){ frequency_word(k), rq_tr(f->rq, frequency_text(k)),
                                        k == f->pt.frequency };
    p->owners = arena_array(f->rq->a, f->us->n, sizeof(*p->owners));
    for (size_t i = 0; i < f->us->n; i++)
        p->owners[p->n_owners++] =
            (struct point_owners){ f->us->all[i].code, f->us->all[i].name,
                                   str_eq(f->us->all[i].code, f->pt.owner) };
}

static enum rc show(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filling f = { .rq = rq };
    struct vouched v;
    struct period asked;
    struct sight sees;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    f.s = s;
    if (rc == RC_OK)
        rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &sees, false,
                             arena_printf(rq->a, "/point/%s", rq_param(rq, "code")), &asked, e);
    if (rc == RC_OK)
        rc = units_load(s, period_last_day(asked), rq->a, &f.us, e);
    if (rc == RC_OK)
        rc = scheme_if_any(s, asked, rq->a, &f.sc, e);
    if (rc == RC_OK)
        rc = find(&f, e);
    if (rc == RC_OK)
        rc = record_vouch(rq, s, f.pt.record, &v, e);
    struct due_days due;
    if (rc == RC_OK)
        rc = due_load(s, &due, e);
    if (rc != RC_OK)
        return rc;
    const struct unit *own = units_by_id(rq_asker(rq)->units, rq_asker(rq)->person.unit);
    const struct point *pt = &f.pt;
    const struct scheme_node *node = node_of(f.sc, pt->indicator);
    f.p = (struct point_page){
        .code = pt->code,
        .name = pt->name,
        .owner = pt->owner,
        .owner_name = unit_name_of(f.us, pt->owner),
        .measure = pt->unit_of_measure,
        .minutes = pt->minutes,
        .may_hint = own && person_may(&rq_asker(rq)->person, CAP_HANDLE, own),
        .different =
            rq->method == POST && rq_field(rq, "different") ? rq_field(rq, "different") : "",
        .frequency = frequency_word(pt->frequency),
        .frequency_name = rq_tr(rq, frequency_text(pt->frequency)),
        .direction = pt->direction,
        .indicator = pt->indicator,
        .indicator_name = node ? node->name : pt->indicator,
        .formula = node ? node->formula : "",
        .legal_basis = pt->legal_basis,
        .purpose = pt->purpose,
        .retention = pt->retention,
        .contact = pt->contact,
        .peer_group = pt->peer_group,
        .period = own_period(pt, asked),
        .next_update = next_update_text(rq, &due, pt, asked),
        .may_edit = person_can(&rq_asker(rq)->person, CAP_EDIT_POINTS),
        .sees_county = person_can(&rq_asker(rq)->person, CAP_READ_COUNTY),
        .error = error,
        .log_index = v.log_index,
        .log_index_null = v.log_index_null,
        .vouch = v.vouch
    };
    choices(&f);
    rc = values(&f, e);
    if (rc == RC_OK)
        rc = readopt_expired(s, "form", pt->code, rq->lang, rq->a, &f.p.expired, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("监测点")), "/point");
    rq_crumb(rq, pt->name, NULL);
    return point_render(rq, &f.p, e);
}

static enum rc point_show(struct rq *rq, struct err *e)
{
    return show(rq, NULL, e);
}

/* ---- changing one ---- */

struct change {
    struct rq *rq;
    struct point pt;
};

static enum rc write_point(struct tx *tx, void *arg, struct err *e)
{
    struct change *ch = arg;
    size_t changed;
    return points_write(tx, rq_county(ch->rq), &ch->pt, 1, ch->rq->account.code, &changed, e);
}

static enum rc read_form(struct filling *f, struct err *e)
{
    struct rq *rq = f->rq;
    struct point *pt = &f->pt;
    const char *frequency;
    enum rc rc = rq_text(rq, "name", N_("名称"), POINT_NAME_MAX, &pt->name, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "owner", N_("提供部门"), &pt->owner, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "frequency", N_("周期"), 10, &frequency, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "measure", N_("计量单位"), 20, &pt->unit_of_measure, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "legal_basis", N_("法律依据"), POINT_TEXT_MAX, &pt->legal_basis, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "purpose", N_("用途"), POINT_TEXT_MAX, &pt->purpose, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "retention", N_("保存"), POINT_TEXT_MAX, &pt->retention, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "contact", N_("联系科室"), POINT_TEXT_MAX, &pt->contact, e);
    if (rc == RC_OK)
        rc = rq_int_opt(rq, "minutes", N_("预计用时"), 1, BURDEN_MINUTES_MAX, &pt->minutes, e);
    if (rc != RC_OK)
        return rc;
    pt->frequency = frequency_of(frequency);
    if (!pt->frequency)
        return err_set(e, RC_INVALID, N_("不认识的周期"));
    if (!units_find(rq_asker(rq)->units, pt->owner))
        return err_set(e, RC_INVALID, N_("没有编码为「{unit}」的单位"), "unit", pt->owner);
    return RC_OK;
}

static enum rc point_post(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filling f = { .rq = rq };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = point_find(s, rq_param(rq, "code"), rq->a, &f.pt, e);
    db_read_end(&s);
    if (rc == RC_OK)
        rc = person_demand(&rq_asker(rq)->person, CAP_EDIT_POINTS, NULL, e);
    if (rc != RC_OK)
        return rc;
    rc = read_form(&f, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "different", N_("不是同一个数的理由"), SAME_REASON_MAX,
                         &f.pt.different, e);
    struct change ch = { .rq = rq, .pt = f.pt };
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_point, &ch, e);
    if ((rc == RC_INVALID || rc == RC_CONFLICT) && !rq->json) {
        const char *why = arena_strdup(rq->a, err_message(e, rq->lang, rq->a));
        rq->status = rc_http(rc);
        err_done(e);
        return show(rq, why, e);
    }
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, rq_tr(rq, N_("已保存")));
    return web_donef(rq, e, "/point/%s", f.pt.code);
}

const struct route point_routes[] = {
    { .method = GET,
      .path = "/point",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = points_show,
      .page = &points_kind,
      .help = N_("数据监测点") },
    { .method = GET,
      .path = "/point/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = point_show,
      .page = &point_kind,
      .help = N_("一个监测点和它一期的数值") },
    { .method = POST,
      .path = "/point/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_OBJECT,
      .fn = point_post,
      .help = N_("修改一个监测点") },
};
const size_t point_routes_n = COUNT(point_routes);
