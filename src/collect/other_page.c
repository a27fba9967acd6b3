/* Claimed, verified and validated values of a period side by side, the largest differences
 * first; and a file of others' numbers, all of it or nothing. */
#include "base/clock.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/str.h"
#include "collect/collect_page.h"
#include "collect/filing.h"
#include "collect/others.html.h"
#include "monitor/data_page.h"
#include "monitor/value_other.h"
#include "monitor/value_other.sql.h"
#include "store/county.h"

#include <math.h>
#include <stdlib.h>

enum { PERIODS_OFFERED = 8, SNAP_MS = 120000 };

/* One value with what others say of it. */
struct beside {
    size_t unit, point;
    double verified, validated;
    const char *source, *how;
    struct values_known claimed;
    double apart; /* largest difference, relative; NaN: nothing to compare */
};

static int by_apart(const void *x, const void *y)
{
    const struct beside *a = x, *b = y;
    double p = isnan(a->apart) ? -1 : a->apart, q = isnan(b->apart) ? -1 : b->apart;
    if (p != q)
        return (p < q) - (p > q);
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

static double difference(const struct beside *b)
{
    double other = isnan(b->verified) ? b->validated : b->verified;
    return b->claimed.there ? b->claimed.value - other : NAN;
}

static enum rc collect(struct rq *rq, const struct snap *s, const struct values_context *x,
                       struct period p, struct beside **ret, size_t *ret_n, struct err *e)
{
    struct others_of_period_row *rows;
    struct map *units = map_new(rq->a), *points = map_new(rq->a), *at = map_new(rq->a);
    const struct person *who = &rq_asker(rq)->person;
    size_t n, m = 0;
    enum rc rc = others_of_period_all(s, p, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < x->look.n_unit; i++)
        map_add_index(units, x->look.unit[i].code, i);
    for (size_t i = 0; i < x->n_points; i++)
        map_add_index(points, x->points[i].code, i);
    struct beside *list = arena_array(rq->a, n, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t u = map_index(units, rows[i].unit), k = map_index(points, rows[i].point);
        if (u < 0 || k < 0 || !person_may(who, CAP_READ_UNIT, x->unit[u]))
            continue;
        const char *key = arena_printf(rq->a, "%td %td", u, k);
        ptrdiff_t j = map_index(at, key);
        if (j < 0) {
            j = (ptrdiff_t)m++;
            map_add_index(at, key, (size_t)j);
            list[j] = (struct beside){
                .unit = (size_t)u, .point = (size_t)k, .verified = NAN, .validated = NAN
            };
            x->look.known(x->look.arg, (size_t)u, (size_t)k, p, &list[j].claimed);
        }
        *(str_eq(rows[i].kind, "verified") ? &list[j].verified : &list[j].validated) =
            rows[i].value;
        list[j].source = rows[i].source;
        list[j].how = rows[i].how;
    }
    for (size_t i = 0; i < m; i++)
        list[i].apart = fabs(difference(&list[i])) / fmax(1, fabs(list[i].claimed.value));
    qsort(list, m, sizeof(*list), by_apart);
    *ret = list;
    *ret_n = m;
    return RC_OK;
}

static void sources(struct rq *rq, const struct values_context *x, struct others_page *p)
{
    const struct asker *k = rq_asker(rq);
    p->sources = arena_array(rq->a, k->units->n, sizeof(*p->sources));
    (void)x;
    for (size_t i = 0; i < k->units->n; i++)
        if (person_may(&k->person, CAP_SEND_VALUES, &k->units->all[i]) ||
            k->units->all[i].id.v == k->person.unit.v)
            p->sources[p->n_sources++] =
                (struct others_sources){ k->units->all[i].code, k->units->all[i].name,
                                         k->units->all[i].id.v == k->person.unit.v };
}

static enum rc show(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct person all = person_system();
    struct period now = period_at(PERIOD_QUARTER, time_day(rq->now));
    struct others_page p = { .error = error,
                             .period = period_step(now, -1),
                             .kind = rq->method == POST && rq_field(rq, "kind")
                                         ? rq_field(rq, "kind")
                                         : "validated" };
    struct values_context x;
    struct beside *list = NULL;
    size_t n = 0;
    char code[PERIOD_TEXT];
    enum rc rc = rq_query_period(rq, "period", N_("期间"), &p.period, e);
    if (rc == RC_OK)
        rc = db_read_for(rq_county(rq)->db, SNAP_MS, &s, e);
    if (rc == RC_OK)
        rc = values_context_make(rq_county(rq), s, &all, rq->a, &x, e);
    if (rc == RC_OK)
        rc = collect(rq, s, &x, p.period, &list, &n, e);
    size_t from, to;
    if (rc == RC_OK)
        rc = rq_pager(rq, n, &from, &to, &p.pager, e);
    if (rc != RC_OK)
        return rc;
    p.n = (int64_t)n;
    p.lines = arena_array(rq->a, to - from, sizeof(*p.lines));
    for (size_t i = 0; i < n; i++) {
        const struct beside *b = &list[i];
        p.apart += !isnan(b->apart) && b->apart > 0;
        if (i < from || i >= to)
            continue;
        p.lines[p.n_lines++] = (struct others_lines){
            .unit = x.look.unit[b->unit].code,
            .unit_name = x.look.unit[b->unit].name,
            .point = x.points[b->point].code,
            .point_name = x.points[b->point].name,
            .claimed = b->claimed.there ? b->claimed.value : NAN,
            .missing = b->claimed.there ? missing_text(rq, b->claimed.missing) : "",
            .verified = b->verified,
            .validated = b->validated,
            .difference = difference(b),
            .share = b->apart > 0 ? b->apart : NAN,
            .source_name = unit_name_of(rq_asker(rq)->units, b->source),
            .how = b->how
        };
    }
    p.periods = arena_array(rq->a, PERIODS_OFFERED, sizeof(*p.periods));
    for (int i = 0; i < PERIODS_OFFERED; i++) {
        struct period q = period_step(now, -i);
        p.periods[p.n_periods++] =
            (struct others_periods){ arena_strdup(rq->a, period_code(q, code)),
                                     period_name(rq->a, q, rq->lang),
                                     period_same(q, p.period) };
    }
    sources(rq, &x, &p);
    rq_crumb(rq, rq_tr(rq, N_("申报、核实、印证")), NULL);
    return others_render(rq, &p, e);
}

static enum rc others_show(struct rq *rq, struct err *e)
{
    return show(rq, NULL, e);
}

struct adding {
    struct rq *rq;
    const struct values_context *x;
    const struct values_checked *k;
    const char *kind, *source, *how;
};

static enum rc add_all(struct tx *tx, void *arg, struct err *e)
{
    const struct adding *d = arg;
    const struct asker *k = rq_asker(d->rq);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < d->k->n && rc == RC_OK; i++) {
        const struct value_row *r = &d->k->row[i];
        rc = other_add(tx, rq_county(d->rq), &k->person, k->units,
                       &(struct other_new){ .unit = d->x->look.unit[r->unit].code,
                                            .point = d->x->points[r->point].code,
                                            .period = r->period,
                                            .kind = d->kind,
                                            .value = r->value,
                                            .source = d->source,
                                            .how = d->how },
                       d->rq->a, e);
    }
    return rc;
}

static enum rc take(struct rq *rq, size_t *ret_n, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct person all = person_system(); /* whose point it is does not matter here */
    const struct upload *u = rq_upload(rq, "file");
    struct values_context x;
    struct values_checked k;
    struct adding d = { .rq = rq, .x = &x, .k = &k };
    struct bytes file;
    enum rc rc = rq_text(rq, "kind", N_("是什么值"), 20, &d.kind, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "source", N_("谁提供"), &d.source, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "how", N_("怎么得的"), OTHER_HOW_MAX, &d.how, e);
    if (rc == RC_OK && (!u || u->size == 0))
        rc = err_set(e, RC_INVALID, N_("请选择一个文件"));
    if (rc == RC_OK)
        rc = file_read(rq->a, u->path, FILING_UPLOAD_MAX, &file, e);
    if (rc == RC_OK)
        rc = db_read_for(rq_county(rq)->db, SNAP_MS, &s, e);
    if (rc == RC_OK)
        rc = values_context_make(rq_county(rq), s, &all, rq->a, &x, e);
    x.signed_for = true; /* no report of the source */
    if (rc == RC_OK)
        rc = values_import_check(&x, u->filename, file, rq->a, &k, NULL, e);
    if (rc == RC_OK && k.n_refused)
        rc = err_set(e, RC_INVALID, N_("{file}里有像个人名单的列，请去掉后再传"), "file",
                     u->filename);
    if (rc == RC_OK)
        rc = problems_err(&k.problems, u->filename, e);
    if (rc == RC_OK && k.n == 0)
        rc = err_set(e, RC_INVALID, N_("{file}里没有一行数值"), "file", u->filename);
    if (rc != RC_OK)
        return rc;
    db_read_end(&s);
    *ret_n = k.n;
    return db_transact(rq_county(rq)->db, add_all, &d, e);
}

static enum rc others_post(struct rq *rq, struct err *e)
{
    const char *why = NULL;
    size_t n = 0;
    enum rc rc = take(rq, &n, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &why, e);
        return rc == RC_OK ? show(rq, why, e) : rc;
    }
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已登记{n}个数")), "n",
                            fmt_count(rq->a, (int64_t)n), NULL));
    return web_done(rq, "/other", e);
}

/* One number, from the page of the value. */
struct one {
    struct rq *rq;
    struct other_new n;
};

static enum rc add_one(struct tx *tx, void *arg, struct err *e)
{
    struct one *x = arg;
    const struct asker *k = rq_asker(x->rq);
    return other_add(tx, rq_county(x->rq), &k->person, k->units, &x->n, x->rq->a, e);
}

static enum rc other_post(struct rq *rq, struct err *e)
{
    struct one x = { .rq = rq,
                     .n = { .unit = rq_param(rq, "unit"), .point = rq_param(rq, "point") } };
    char code[PERIOD_TEXT];
    enum rc rc = period_parse(rq_param(rq, "period"), &x.n.period, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "kind", N_("是什么值"), 20, &x.n.kind, e);
    if (rc == RC_OK)
        rc = rq_real(rq, "value", N_("数值"), &x.n.value, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "source", N_("谁提供"), &x.n.source, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "how", N_("怎么得的"), OTHER_HOW_MAX, &x.n.how, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, add_one, &x, e);
    return rc == RC_OK ? web_donef(rq, e, "/value/%s/%s/%s", x.n.unit, x.n.point,
                                   period_code(x.n.period, code))
                       : rc;
}

const struct route other_routes[] = {
    { .method = GET,
      .path = "/other",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = others_show,
      .page = &others_kind,
      .help = N_("申报值、核实值和印证值并排") },
    { .method = POST,
      .path = "/other",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = others_post,
      .body_max = FILING_UPLOAD_MAX,
      .n_files = 1,
      .help = N_("用一张表登记核实值或印证值") },
    { .method = POST,
      .path = "/value/:unit/:point/:period/other",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = other_post,
      .help = N_("登记一个核实值或印证值") },
};
const size_t other_routes_n = COUNT(other_routes);
