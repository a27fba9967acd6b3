/* One value: file, row, sender and time of every version, the indicators it goes into, its own
 * past and its peers. */
#include "monitor/value_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/data_page.h"
#include "monitor/point.sql.h"
#include "monitor/publication.h"
#include "monitor/scheme.h"
#include "monitor/value.html.h"
#include "monitor/value.sql.h"
#include "monitor/value_other.h"
#include "monitor/value_other.sql.h"
#include "people/asker.h"
#include "stats/describe.h"
#include "store/county.h"
#include "web/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PAST_MAX = 24, TREND_VALUES = 8 };

struct filling {
    struct rq *rq;
    const struct snap *s;
    const struct unit *unit;
    const struct units *units; /* at the end of the period */
    struct point_of_code_row row;
    struct point point;
    struct period period;
    struct value_page *p;
};

static enum rc versions(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    struct value_versions_row *rows;
    size_t n;
    enum rc rc = value_versions_all(f->s, f->unit->id, f->point.id, f->period, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct value_page *p = f->p;
    p->value = NAN;
    p->missing = rq_tr(f->rq, N_("还没有报"));
    p->versions = arena_array(a, n, sizeof(*p->versions));
    const struct person *who = &rq_asker(f->rq)->person;
    bool may_open = person_can(who, CAP_SEND_VALUES);
    p->sees_county = person_can(who, CAP_READ_COUNTY);
    struct vouched v = { .log_index = -1,
                         .log_index_null = true,
                         .vouch = rq_tr(f->rq, N_("还没有写入日志。")) };
    for (size_t i = n; rc == RC_OK && i-- > 0;) {
        const struct value_versions_row *r = &rows[i];
        rc = record_vouch(f->rq, f->s, r->record_id, &v, e);
        p->versions[i] =
            (struct value_versions){ .version = r->version,
                                     .value = r->value,
                                     .missing = missing_text(f->rq, r->missing),
                                     .note = r->note,
                                     .import = may_open ? r->import : NULL,
                                     .file = r->file_name,
                                     .cell = r->cell,
                                     .row = r->row_no,
                                     .sent_by =
                                         r->sender ? r->sender : rq_tr(f->rq, N_("系统")),
                                     .at = r->done_at,
                                     .log_index = v.log_index,
                                     .log_index_null = v.log_index_null,
                                     .current = i == 0 };
    }
    p->n_versions = n;
    p->log_index = v.log_index; /* of the newest, which comes last in the loop */
    p->log_index_null = v.log_index_null;
    p->vouch = v.vouch;
    if (n) {
        p->value = rows[0].value;
        p->missing = missing_text(f->rq, rows[0].missing);
        p->version = rows[0].version;
    }
    return rc;
}

/* What others say of the same number, newest first. */
static enum rc others(struct filling *f, struct err *e)
{
    struct rq *rq = f->rq;
    const struct asker *k = rq_asker(rq);
    struct value_page *p = f->p;
    struct others_of_row *rows;
    bool seen[2] = { false, false };
    size_t n;
    enum rc rc =
        others_of_all(f->s, f->unit->code, f->point.code, f->period, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->others = arena_array(rq->a, n, sizeof(*p->others));
    for (size_t i = 0; i < n; i++) {
        bool *done = &seen[str_eq(rows[i].kind, "verified")];
        p->others[p->n_others++] =
            (struct value_others){ .kind_name = rq_tr(rq, other_kind_text(rows[i].kind)),
                                   .value = rows[i].value,
                                   .difference = p->value - rows[i].value,
                                   .source_name = unit_name_of(k->units, rows[i].source),
                                   .how = rows[i].how,
                                   .by_name =
                                       rows[i].by_name ? rows[i].by_name : rows[i].by_account,
                                   .at = rows[i].at,
                                   .newest = !*done };
        *done = true;
    }
    p->may_add = point_applies(&f->point, f->unit) &&
                 other_may(&k->person, k->units, f->unit, f->row.owner);
    p->sources = arena_array(rq->a, k->units->n, sizeof(*p->sources));
    for (size_t i = 0; p->may_add && i < k->units->n; i++) {
        const struct unit *u = &k->units->all[i];
        bool own = u->id.v == k->person.unit.v;
        if (!str_eq(u->code, f->row.owner) &&
            (own || person_may(&k->person, CAP_SEND_VALUES, u)))
            p->sources[p->n_sources++] = (struct value_sources){ u->code, u->name, own };
    }
    return RC_OK;
}

/* When it was due, and whether its first version came in time. */
static void due_words(struct filling *f, const struct due_days *d)
{
    struct rq *rq = f->rq;
    struct value_page *p = f->p;
    char date[PERIOD_TEXT];
    int32_t day = due_day(d, f->period);
    if (!point_applies(&f->point, f->unit)) {
        p->missing = rq_tr(rq, N_("不适用于本单位"));
        p->due = rq_tr(rq, N_("不用报"));
        return;
    }
    if (p->n_versions == 0) {
        p->due = due_text(rq, day);
        return;
    }
    int32_t over = time_day(p->versions[p->n_versions - 1].at) - day;
    p->due = arena_strdup(rq->a, day_code(day, date));
    p->arrived = over > 0 ? text_fill(rq->a, rq_tr(rq, N_("逾期{n}天报来")), "n",
                                      arena_printf(rq->a, "%d", over), NULL)
                          : rq_tr(rq, N_("按期报来"));
}

static bool uses(const struct filling *f, const struct scheme_node *node)
{
    const struct formula *formula;
    const char *const *names;
    CLEANUP(err_done) struct err ignored = { 0 };
    if (!*node->formula)
        return str_eq(f->point.indicator, node->code);
    if (formula_compile(f->rq->a, node->formula, NULL, NULL, &formula, &ignored) != RC_OK)
        return false; /* a draft's; what is adopted compiles */
    size_t n = formula_names(formula, &names);
    for (size_t i = 0; i < n; i++)
        if (str_eq(names[i], f->point.code))
            return true;
    return false;
}

static enum rc used(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    const struct scheme *sc;
    enum rc rc = scheme_for_period(f->s, f->period, a, &sc, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    struct sight sees;
    struct scores_of_unit_row *scores = NULL;
    size_t n_scores = 0;
    if (rc == RC_OK)
        rc = rq_sight(f->rq, &sees, e);
    if (rc != RC_OK)
        return rc;
    const struct publication *run = sight_run_of(&sees, f->period, f->unit);
    if (run)
        rc = scores_of_unit_all(f->s, run->computation, f->unit->id, a, &scores, &n_scores, e);
    if (rc != RC_OK)
        return rc;
    struct value_page *p = f->p;
    p->used = arena_array(a, sc->n, sizeof(*p->used));
    for (size_t i = 0; i < sc->n; i++) {
        const struct scheme_node *node = &sc->nodes[i];
        if (!uses(f, node))
            continue;
        struct value_used *x = &p->used[p->n_used++];
        *x = (struct value_used){ .code = node->code,
                                  .name = node->name,
                                  .formula = node->formula,
                                  .score = NAN,
                                  .weight = node->weight };
        for (size_t k = 0; k < n_scores; k++)
            if (str_eq(scores[k].node_code, node->code))
                x->score = scores[k].score;
    }
    return RC_OK;
}

static int by_first_day(const void *a, const void *b)
{
    int32_t x = period_last_day(((const struct value_past *)a)->period),
            y = period_last_day(((const struct value_past *)b)->period);
    return (x > y) - (x < y);
}

static enum rc past(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    struct value_history_row *rows;
    size_t n, m = 0;
    enum rc rc = value_history_all(f->s, f->unit->id, f->point.id, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct value_past *all = arena_array(a, n, sizeof(*all));
    for (size_t i = 0; i < n; i++) {
        if (m == 0 || !period_same(all[m - 1].period, rows[i].period))
            m++;
        all[m - 1] =
            (struct value_past){ rows[i].period, rows[i].value,
                                 missing_text(f->rq, rows[i].missing), rows[i].version };
    }
    if (m > 1)
        qsort(all, m, sizeof(*all), by_first_day);
    size_t from = m > PAST_MAX ? m - PAST_MAX : 0;
    struct value_page *p = f->p;
    p->n_past = m - from;
    struct svg_trend_point *points = arena_array(a, p->n_past, sizeof(*points));
    p->past = arena_array(a, p->n_past, sizeof(*p->past));
    for (size_t i = 0; i < p->n_past; i++) {
        p->past[p->n_past - 1 - i] = all[from + i]; /* the newest first */
        points[i] = (struct svg_trend_point){ period_name(a, all[from + i].period, f->rq->lang),
                                              all[from + i].value, NAN, NAN };
    }
    struct str b;
    str_init(&b, a);
    svg_trend(&b, &(struct svg_trend){ .label = rq_tr(f->rq, N_("各期数值")),
                                       .n = p->n_past,
                                       .points = points,
                                       .values = true });
    p->trend = b.s;
    return RC_OK;
}

static enum rc peers(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    struct point_cell *cells;
    enum rc rc = point_cells(f->s, f->units, f->point.id, f->period, a, &cells, e);
    if (rc != RC_OK)
        return rc;
    double *v = arena_array(a, f->units->n, sizeof(*v)),
           *sorted = arena_array(a, f->units->n, sizeof(*sorted));
    size_t n = 0;
    for (size_t i = 0; i < f->units->n; i++)
        if (str_eq(f->units->all[i].peer_group, f->unit->peer_group) && !isnan(cells[i].value))
            v[n++] = cells[i].value;
    f->p->peer_n = (int64_t)n;
    f->p->peer_median = NAN;
    if (n == 0)
        return RC_OK;
    size_t m = col_sorted(v, n, sorted);
    f->p->peer_median = m % 2 ? sorted[m / 2] : (sorted[m / 2 - 1] + sorted[m / 2]) / 2;
    /* The same as a table: how many units have a value, without their names. */
    f->p->peer_rows = arena_array(a, m, sizeof(*f->p->peer_rows));
    for (size_t i = 0; i < m; i++) {
        if (f->p->n_peer_rows == 0 || f->p->peer_rows[f->p->n_peer_rows - 1].value != sorted[i])
            f->p->peer_rows[f->p->n_peer_rows++] =
                (struct value_peer_rows){ .value = sorted[i],
                                          .own = sorted[i] == cells[f->unit->index].value };
        f->p->peer_rows[f->p->n_peer_rows - 1].n++;
    }
    struct svg_scale scale = svg_scale_of(v, n, 0);
    struct str b;
    str_init(&b, a);
    svg_dots_cell(&b, &scale, v, n, f->p->peer_median);
    f->p->peers = b.s;
    return RC_OK;
}

static enum rc find(struct filling *f, struct err *e)
{
    struct rq *rq = f->rq;
    enum rc rc = rq_unit(rq, rq_param(rq, "unit"), &f->unit, e);
    if (rc == RC_OK)
        rc = period_parse(rq_param(rq, "period"), &f->period, e);
    if (rc != RC_OK)
        return rc;
    rc = point_of_code_one(f->s, rq_param(rq, "point"), rq->a, &f->row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编码为「{point}」的监测点"), "point",
                       rq_param(rq, "point"));
    }
    if (rc == RC_OK)
        rc = units_load(f->s, period_last_day(f->period), rq->a, &f->units, e);
    const struct point *points;
    size_t n = 0;
    if (rc == RC_OK)
        rc = points_of_period(f->s, f->period, rq->a, &points, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (points[i].id.v == f->row.id.v)
            f->point = points[i];
    return rc;
}

static enum rc value_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct value_page p = { 0 };
    struct filling f = { .rq = rq, .p = &p };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    f.s = s;
    if (rc == RC_OK)
        rc = find(&f, e);
    if (rc != RC_OK)
        return rc;
    p.unit_code = f.unit->code;
    p.unit_name = f.unit->name;
    p.point = f.row.code;
    p.name = f.row.name;
    p.period = f.period;
    p.measure = f.row.unit_of_measure;
    p.frequency = rq_tr(rq, frequency_text(f.point.frequency));
    p.may_object = person_may(&rq_asker(rq)->person, CAP_HANDLE, f.unit);
    p.owner = unit_name_of(f.units, f.row.owner);
    p.legal_basis = f.row.legal_basis;
    p.purpose = f.row.purpose;
    p.retention = f.row.retention;
    p.contact = f.row.contact;
    struct due_days due;
    rc = due_load(s, &due, e);
    if (rc != RC_OK)
        return rc;
    p.next_update = next_update_text(rq, &due, &f.point, f.period);
    p.how = text_fill(rq->a, rq_tr(rq, N_("由{owner}报送。")), "owner", p.owner, NULL);
    rc = versions(&f, e);
    if (rc == RC_OK)
        rc = others(&f, e);
    if (rc == RC_OK)
        due_words(&f, &due);
    if (rc == RC_OK)
        rc = used(&f, e);
    if (rc == RC_OK)
        rc = past(&f, e);
    if (rc == RC_OK)
        rc = peers(&f, e);
    if (rc != RC_OK)
        return rc;
    char code[PERIOD_TEXT];
    rq_crumb(rq, f.unit->name,
             arena_printf(rq->a, "/report/%s/%s", f.unit->code, period_code(f.period, code)));
    rq_crumb(rq, p.name, NULL);
    return value_render(rq, &p, e);
}

const struct route value_routes[] = {
    { .method = GET,
      .path = "/value/:unit/:point/:period",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = value_show,
      .journal = "value",
      .page = &value_kind,
      .help = N_("一个数值的来历：每一版的文件、位置、报送人和时间") },
};
const size_t value_routes_n = COUNT(value_routes);
