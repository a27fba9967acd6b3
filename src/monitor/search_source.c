/*
 * What of figures can be found: points, reports and warnings, by what they are called. No
 * figure is in the index. Reports and warnings pass the gate of publication: a thing bears the
 * stages its figures have reached, a person the one from which they see (publication.h), so a
 * draft is found by nobody who may not open it; a page asks the gate itself once more.
 */
#include "monitor/search_source.h"

#include "base/period.h"
#include "monitor/publication.h"
#include "monitor/search_source.sql.h"
#include "store/county.h"
#include "warn/warning.h"

#include <string.h>

/* ---- points ---- */

static enum rc point_docs(const struct snap *s, struct county *c, const struct record_line *r,
                          struct id record, struct search_pen *p, struct arena *a,
                          struct err *e)
{
    struct search_points_of_row *rows;
    size_t n;
    (void)c;
    enum rc rc = search_points_of_all(s, record, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        search_put(p, &(struct search_doc){
                          .code = rows[i].code,
                          .text = { rows[i].code, rows[i].name,
                                    arena_printf(a, "%s %s\n%s %s", rows[i].purpose,
                                                 rows[i].legal_basis, rows[i].indicator,
                                                 rows[i].unit_of_measure),
                                    /* initials= */ true },
                          .href = arena_printf(a, "/point/%s", rows[i].code),
                          .unit = rows[i].owner,
                          .at = r->at,
                          .record = rows[i].record_id,
                          .gates = GATE_READER });
    return rc;
}

const struct search_source search_points = {
    .code = "point", .name = N_("监测点"), .records = "point.set", .docs = point_docs
};

/* ---- indicators ---- */

static enum rc indicator_docs(const struct snap *s, struct county *c,
                              const struct record_line *r, struct id record,
                              struct search_pen *p, struct arena *a, struct err *e)
{
    struct search_nodes_of_row *rows;
    struct search_nodes_gone_row *gone;
    size_t n, n_gone;
    (void)c;
    enum rc rc = search_nodes_of_all(s, record, a, &rows, &n, e);
    if (rc == RC_OK)
        rc = search_nodes_gone_all(s, record, a, &gone, &n_gone, e);
    for (size_t i = 0; rc == RC_OK && i < n_gone; i++)
        search_drop(p, gone[i].code);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        search_put(
            p, &(struct search_doc){
                   .code = rows[i].code,
                   .text = { rows[i].code, rows[i].name,
                             arena_printf(a, "%s\n%s %s", rows[i].standard, rows[i].source,
                                          rows[i].unit_of_measure),
                             /* initials= */ true },
                   .href = arena_printf(a, "/%s/%s", rows[i].level == 1 ? "indicator" : "node",
                                        rows[i].code),
                   .unit = rows[i].owner,
                   .at = r->at,
                   .record = record,
                   .gates = GATE_COUNTY });
    return rc;
}

const struct search_source search_indicators = {
    .code = "indicator", .name = N_("指标"), .records = "scheme.adopted", .docs = indicator_docs
};

/* ---- files with values ---- */

/* Seen by who sent it, and by who sends for the whole county. */
#define GATE_IMPORTS "_i"

static enum rc import_docs(const struct snap *s, struct county *c, const struct record_line *r,
                           struct id record, struct search_pen *p, struct arena *a,
                           struct err *e)
{
    struct search_import_of_row row;
    struct str gates;
    (void)c, (void)r;
    enum rc rc = search_import_of_one(s, record, a, &row, e);
    if (rc != RC_OK)
        return rc;
    str_init(&gates, a);
    gate_add(&gates, GATE_IMPORTS);
    if (row.account_id.v)
        gate_add(&gates, gate_account(row.account_id, a));
    search_put(p, &(struct search_doc){
                      .code = row.code,
                      .text = { row.code, row.file_name, row.sender ? row.sender : "", false },
                      .href = arena_printf(a, "/import/%s", row.code),
                      .unit = row.unit ? row.unit : "",
                      .at = row.done_at,
                      .record = record,
                      .gates = gates.s });
    return RC_OK;
}

static void import_keys(const struct person *who, const struct units *us, struct str *keys)
{
    (void)us;
    if (person_may(who, CAP_SEND_VALUES, NULL))
        gate_add(keys, GATE_IMPORTS);
}

static enum rc import_may(struct rq *rq, const struct snap *s, const struct search_hit *h,
                          bool *ret, struct err *e)
{
    const struct person *who = &rq_asker(rq)->person;
    struct search_import_sender_row row;
    enum rc rc = search_import_sender_one(s, h->code, rq->a, &row, e);
    if (rc == RC_OK)
        *ret = person_may(who, CAP_SEND_VALUES, NULL) ||
               (row.account_id.v == rq->account.id.v && person_can(who, CAP_SEND_VALUES));
    return rc;
}

const struct search_source search_imports = { .code = "import",
                                              .name = N_("报送文件"),
                                              .records = "values.imported",
                                              .docs = import_docs,
                                              .keys = import_keys,
                                              .may = import_may };

/* ---- stages ---- */

static const char *own_gate(int64_t stage, struct id unit, struct arena *a)
{
    return arena_printf(a, "_g%lldu%lld", (long long)stage, (long long)unit.v);
}

/* Of a unit's figures that have come to a stage. */
static const char *stage_gates(int64_t stage, struct id unit, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (int64_t s = PUBLICATION_DRAFT; s <= stage && s < PUBLICATION_PUBLISHED; s++) {
        gate_add(&b, arena_printf(a, "_g%lld", (long long)s));
        gate_add(&b, own_gate(s, unit, a));
    }
    if (stage >= PUBLICATION_PUBLISHED) {
        gate_add(&b, GATE_COUNTY);
        gate_add(&b, gate_unit(unit, a));
    }
    return b.s;
}

/* Once for reports and warnings: their gates are the same. */
static void stage_keys(const struct person *who, const struct units *us, struct str *keys)
{
    enum publication_stage floor = publication_floor(who, false),
                           own = publication_floor(who, true);
    if (person_may(who, CAP_READ_COUNTY, NULL) && floor < PUBLICATION_PUBLISHED)
        gate_add(keys, arena_printf(keys->a, "_g%d", (int)floor));
    for (size_t i = 0; own < floor && i < us->n; i++) {
        const struct unit *u = &us->all[i];
        if (person_may(who, CAP_READ_UNIT, u) &&
            (person_may(who, CAP_HANDLE, u) || person_may(who, CAP_SUPERVISE, u)))
            gate_add(keys, own_gate(own, u->id, keys->a));
    }
}

/* ---- reports ---- */

/* One thing for a unit and period, whichever computation shows it: it is found by whom some
 * computation of it may be shown. */
static enum rc report_docs(const struct snap *s, struct county *c, const struct record_line *r,
                           struct id record, struct search_pen *p, struct arena *a,
                           struct err *e)
{
    struct search_stage_of_row stage;
    struct search_stage_best_row best;
    struct search_reports_of_row *rows;
    char code[PERIOD_TEXT];
    size_t n;
    (void)c;
    enum rc rc = search_stage_of_one(s, record, a, &stage, e);
    if (rc == RC_OK)
        rc = search_stage_best_one(s, stage.period, a, &best, e);
    if (rc == RC_OK)
        rc = search_reports_of_all(s, stage.period, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc; /* RC_NOTFOUND: a later record says more */
    period_code(stage.period, code);
    const char *name = period_name(a, stage.period, LANG_ZH);
    for (size_t i = 0; i < n; i++)
        search_put(p, &(struct search_doc){
                          .code = arena_printf(a, "%s/%s", rows[i].code, code),
                          .text = { "", arena_printf(a, "%s %s体检报告", rows[i].name, name),
                                    arena_printf(a, "%s %s", rows[i].code, code),
                                    /* initials= */ true },
                          .href = arena_printf(a, "/report/%s/%s", rows[i].code, code),
                          .unit = rows[i].code,
                          .at = r->at,
                          .record = stage.record_id,
                          .gates = stage_gates(best.stage, rows[i].id, a) });
    return rc;
}

static enum rc report_may(struct rq *rq, const struct snap *s, const struct search_hit *h,
                          bool *ret, struct err *e)
{
    const struct unit *u = units_find(rq_asker(rq)->units, h->unit);
    struct sight k;
    struct period p;
    (void)s;
    enum rc rc = rq_sight(rq, &k, e);
    if (rc == RC_OK)
        rc = period_parse(strrchr(h->code, '/') + 1, &p, e);
    if (rc == RC_OK)
        *ret = sight_run_of(&k, p, u) != NULL;
    return rc;
}

const struct search_source search_reports = { .code = "report",
                                              .name = N_("体检报告"),
                                              .records = "period.stage",
                                              .docs = report_docs,
                                              .keys = stage_keys,
                                              .may = report_may };

/* ---- warnings ---- */

static enum rc warning_docs(const struct snap *s, struct county *c, const struct record_line *r,
                            struct id record, struct search_pen *p, struct arena *a,
                            struct err *e)
{
    struct search_stage_of_row stage;
    struct search_warnings_of_row *rows;
    size_t n;
    (void)c;
    enum rc rc = search_stage_of_one(s, record, a, &stage, e);
    if (rc == RC_OK)
        rc = search_warnings_of_all(s, stage.computation_id, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        search_put(p, &(struct search_doc){
                          .code = rows[i].code,
                          .text = { rows[i].code,
                                    arena_printf(a, "%s %s", rows[i].unit_name, rows[i].name),
                                    arena_printf(a, "%s %s %s", rows[i].subject, rows[i].rule,
                                                 rows[i].target),
                                    /* initials= */ true },
                          .href = arena_printf(a, "/warning/%s", rows[i].code),
                          .unit = rows[i].unit,
                          .at = r->at,
                          .record = stage.record_id,
                          .gates = stage_gates(rows[i].stage, rows[i].unit_id, a) });
    return rc;
}

static enum rc warning_may(struct rq *rq, const struct snap *s, const struct search_hit *h,
                           bool *ret, struct err *e)
{
    struct sight k;
    struct warn_history x;
    enum rc rc = rq_sight(rq, &k, e);
    const struct warn_sight sight = sight_warnings(&k);
    if (rc == RC_OK)
        rc = warn_load(s, h->code, &sight, rq->lang, rq->a, &x, e);
    *ret = rc == RC_OK;
    return rc;
}

const struct search_source search_warnings = { .code = "warning",
                                               .name = N_("预警"),
                                               .records = "period.stage",
                                               .docs = warning_docs,
                                               .may = warning_may };
