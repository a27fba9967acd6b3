/*
 * The run over a period. The engine works outside any transaction; what it found is written a
 * few units at a time into a computation in state running, which nobody sees, and becomes
 * visible by one last change. A run that fails, or of which the program was stopped, is cleared
 * by the next.
 */
#include "monitor/compute.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/assess.h"
#include "monitor/compute.sql.h"
#include "monitor/publication.h"
#include "monitor/report_build.h"
#include "monitor/report_json.h"
#include "monitor/warn_feed.h"
#include "store/county.h"
#include "store/record.h"
#include "warn/warn.h"

#include <math.h>
#include <string.h>

enum { UNITS_A_SLICE = 4 };

struct run {
    struct county *c;
    struct arena *a;
    const char *by;
    struct period period;
    struct utime started;
    struct panel *panel;
    struct assessment now, before;
    bool has_before;
    struct change_split *split;
    struct id id;
    size_t from, to; /* units of the slice being written */
    struct report_trend **trend;
    size_t *n_trend;
    struct built *reports; /* by unit */
    struct rows_hash scores_hash, reports_hash;
    size_t n_burning;
    compute_progress *progress;
    void *arg;
};

/* A finished report, waiting to be written. */
struct built {
    const char *state;
    struct health_report r;
    const char *zh, *en; /* canonical JSON */
    size_t n_zh, n_en;
    uint8_t digest[HASH_SIZE], digest_en[HASH_SIZE];
};

static void rows_closep(struct rows **rows)
{
    rows_close(rows);
}

static enum rc step(const struct run *r, int64_t done, struct err *e)
{
    return r->progress ? r->progress(r->arg, done, (int64_t)r->panel->n_units * 3, e) : RC_OK;
}

/* ---- reading and thinking ---- */

static enum rc load_before(struct run *r, const struct snap *s, struct err *e)
{
    struct period prev = period_step(r->period, -1);
    struct run_newest_row old;
    enum rc rc = run_newest_one(s, prev, r->a, &old, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    /* What was known then, by the scheme of then: the score the unit was told. */
    const struct scheme *then;
    struct panel *was, *now_by_old, *before_by_new;
    struct change_input in = { .now = r->panel };
    rc = scheme_load(s, old.scheme_id, r->a, &then, e);
    if (rc == RC_OK)
        rc = panel_build(s, then, prev, old.started_at, r->a, &was, e);
    if (rc != RC_OK)
        return rc;
    in.before = was;
    in.now_by_old = r->panel;
    in.before_by_new = was;
    if (then->version != r->panel->plan.scheme->version) {
        rc = panel_build(s, then, r->period, r->started, r->a, &now_by_old, e);
        if (rc == RC_OK)
            rc = panel_build(s, r->panel->plan.scheme, prev, old.started_at, r->a,
                             &before_by_new, e);
        if (rc != RC_OK)
            return rc;
        in.now_by_old = now_by_old;
        in.before_by_new = before_by_new;
    }
    rc = assess(was, r->a, &r->before, e);
    r->has_before = rc == RC_OK;
    if (rc == RC_OK)
        r->split = change_split_new(&in, r->a);
    return rc;
}

/* Earlier periods of each unit, from the newest computation of each. */
static enum rc load_trend(struct run *r, const struct snap *s, struct err *e)
{
    size_t n = r->panel->n_units;
    r->trend = arena_array(r->a, n, sizeof(*r->trend));
    r->n_trend = arena_array(r->a, n, sizeof(*r->n_trend));
    for (size_t u = 0; u < n; u++) {
        struct report_trend_row *rows;
        size_t n_rows;
        enum rc rc = report_trend_all(s, r->panel->unit[u]->id, r->a, &rows, &n_rows, e);
        if (rc != RC_OK)
            return rc;
        r->trend[u] = arena_array(r->a, n_rows, sizeof(**r->trend));
        for (size_t i = 0; i < n_rows; i++)
            if (rows[i].last_day < period_last_day(r->period) &&
                period_kind(rows[i].period) == period_kind(r->period) &&
                (i + 1 == n_rows || !period_same(rows[i + 1].period, rows[i].period)))
                r->trend[u][r->n_trend[u]++] = (struct report_trend){ .period = rows[i].period,
                                                                      .score = rows[i].score,
                                                                      .lo = rows[i].score_lo,
                                                                      .hi = rows[i].score_hi };
    }
    return RC_OK;
}

static enum rc think(struct run *r, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read_for(r->c->db, 600000, &s, e);
    if (rc == RC_OK)
        rc = panel_build(s, NULL, r->period, r->started, r->a, &r->panel, e);
    if (rc == RC_OK)
        rc = assess(r->panel, r->a, &r->now, e);
    if (rc == RC_OK)
        rc = load_before(r, s, e);
    return rc == RC_OK ? load_trend(r, s, e) : rc;
}

/* ---- writing ---- */

/* The run itself; config is where the digest of its scheme goes. */
static void head_row(const struct run *r, uint8_t config[HASH_SIZE], struct arena *a,
                     struct computation_audit_row *ret)
{
    const struct panel *p = r->panel;
    scheme_digest(p->plan.scheme, config);
    *ret = (struct computation_audit_row){
        .computation = r->id,
        .config_digest = { config, HASH_SIZE },
        .county_hi = r->now.county_hi,
        .county_lo = r->now.county_lo,
        .county_score = r->now.county,
        .input_digest = { p->digest, sizeof(p->digest) },
        .last_day = period_last_day(r->period),
        .missing = missing_counts(a, p->n_missing),
        .n_due = p->n_due,
        .n_units = (int64_t)p->n_units,
        .n_values = p->n_present,
        .period = r->period,
        .scheme = p->plan.scheme->version,
        .started_at = r->started,
    };
}

static enum rc write_begin(struct tx *tx, void *arg, struct err *e)
{
    struct run *r = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct computations_running_row *stale;
    size_t n;
    enum rc rc = computations_running_all(tx_snap(tx), r->period, a, &stale, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        rc = scores_drop(tx, stale[i].id, NULL, e);
        if (rc == RC_OK)
            rc = reports_drop(tx, stale[i].id, NULL, e);
        if (rc == RC_OK)
            rc = computation_failed(tx, N_("程序中途停止"), stale[i].id, NULL, e);
    }
    struct computation_audit_row h;
    uint8_t config[HASH_SIZE];
    head_row(r, config, a, &h);
    struct computation_insert_row made;
    if (rc == RC_OK)
        rc = computation_insert_one(tx, h.period, (int32_t)h.last_day,
                                    r->panel->plan.scheme->id, h.config_digest, h.input_digest,
                                    h.n_units, h.n_values, h.n_due, h.county_score, h.county_lo,
                                    h.county_hi, h.missing, h.started_at, a, &made, e);
    if (rc == RC_OK)
        r->id = made.id;
    return rc;
}

/* A node's score of a unit, in the order in which rows are written; false when there is none.
 */
static bool score_row(const struct run *r, size_t unit, size_t i, struct score_audit_row *ret)
{
    const struct panel *p = r->panel;
    const struct scheme_tree *t = &p->plan.tree;
    size_t row = r->now.row_of[unit], node = t->top_first[i];
    double score = assess_score(&r->now, unit, node);
    enum missing why = t->nodes[node].leaf ? (enum missing)p->why[node][unit] : PRESENT;
    if (isnan(score) && why == MISSING_NA)
        return false; /* it does not apply to the unit */
    double share = row == SIZE_MAX ? 0 : r->now.share[row * t->n + node];
    struct assess_range in = assess_interval(&r->now, unit, node);
    *ret = (struct score_audit_row){ .contribution =
                                         isnan(score) ? NAN : r->now.part[row * t->n + node],
                                     .missing = isnan(score) ? missing_code(why) : "",
                                     .node = t->nodes[node].code,
                                     .peer_median = NAN,
                                     .raw = t->nodes[node].leaf ? p->raw[node][unit] : NAN,
                                     .score = score,
                                     .score_hi = in.hi,
                                     .score_lo = in.lo,
                                     .unit = p->unit[unit]->code,
                                     .weight = share * 100 };
    return true;
}

static enum rc write_scores_of(struct tx *tx, const struct run *r, size_t unit, struct err *e)
{
    const struct panel *p = r->panel;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < p->plan.tree.n && rc == RC_OK; i++) {
        struct score_audit_row s;
        if (score_row(r, unit, i, &s))
            rc = score_insert(tx, r->id, p->unit[unit]->id, s.node, s.score, s.score_lo,
                              s.score_hi, s.raw, s.weight, s.contribution, s.peer_median,
                              s.missing, NULL, e);
    }
    return rc;
}

/* The root over what is written, for the run's record: outside the changes, which may run
 * twice. */
static void hash_scores(struct run *r)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    rows_hash_init(&r->scores_hash);
    for (size_t u = 0; u < r->panel->n_units; u++)
        for (size_t i = 0; i < r->panel->plan.tree.n; i++) {
            struct score_audit_row s;
            if (score_row(r, u, i, &s))
                rows_hash_row(&r->scores_hash, &score_audit_query, &s, scratch);
        }
}

static enum rc write_scores(struct tx *tx, void *arg, struct err *e)
{
    const struct run *r = arg;
    enum rc rc = RC_OK;
    for (size_t u = r->from; u < r->to && rc == RC_OK; u++)
        rc = write_scores_of(tx, r, u, e);
    return rc;
}

static enum rc write_warnings(struct tx *tx, void *arg, struct err *e)
{
    struct run *r = arg;
    struct warn_source src;
    warn_feed(&r->now, r->has_before ? &r->before : NULL, r->id, r->a, &src);
    return warn_evaluate(tx, r->c, &src, e);
}

static struct report_audit_row report_row(const struct run *r, size_t u)
{
    const struct built *b = &r->reports[u];
    size_t row = r->now.row_of[u];
    return (struct report_audit_row){ .digest = { b->digest, HASH_SIZE },
                                      .digest_en = { b->digest_en, HASH_SIZE },
                                      .due = b->r.values_expected,
                                      .peer_rank_hi = b->r.peer_rank_hi,
                                      .peer_rank_lo = b->r.peer_rank_lo,
                                      .period = r->period,
                                      .present = b->r.values_present,
                                      .rank_hi = b->r.rank_hi,
                                      .rank_lo = b->r.rank_lo,
                                      .score = b->r.score,
                                      .score_hi = b->r.hi,
                                      .score_lo = b->r.lo,
                                      .standing =
                                          row == SIZE_MAX ? 0 : (int64_t)r->now.standing[row],
                                      .state = b->state,
                                      .unit = r->panel->unit[u]->code };
}

static void hash_reports(struct run *r)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    rows_hash_init(&r->reports_hash);
    for (size_t u = 0; u < r->panel->n_units; u++) {
        struct report_audit_row row = report_row(r, u);
        rows_hash_row(&r->reports_hash, &report_audit_query, &row, scratch);
    }
}

static enum rc write_reports(struct tx *tx, void *arg, struct err *e)
{
    const struct run *r = arg;
    enum rc rc = RC_OK;
    for (size_t u = r->from; u < r->to && rc == RC_OK; u++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const struct built *b = &r->reports[u];
        const struct unit *unit = r->panel->unit[u];
        char code[PERIOD_TEXT];
        struct canon k;
        canon_init(&k, a);
        canon_hex(&k, "digest", b->digest, HASH_SIZE);
        canon_hex(&k, "digest_en", b->digest_en, HASH_SIZE);
        canon_period(&k, "period", r->period);
        canon_text(&k, "unit", unit->code);
        struct record_part part = part_open(&k);
        struct id record;
        rc = record_append(
            tx, r->c,
            &(struct record_new){
                .kind = "report.made",
                .unit = unit->code,
                .subject = arena_printf(a, "%s-%s", unit->code, period_code(r->period, code)),
                .by = r->by,
                .parts = &part,
                .n_parts = 1 },
            &record, e);
        struct report_audit_row x = report_row(r, u);
        if (rc == RC_OK)
            rc = report_insert(tx, r->id, unit->id, x.period, x.state, x.score, x.score_lo,
                               x.score_hi, x.rank_lo, x.rank_hi, x.peer_rank_lo, x.peer_rank_hi,
                               x.standing, x.due, x.present,
                               (struct bytes){ (const uint8_t *)b->zh, b->n_zh },
                               (struct bytes){ (const uint8_t *)b->en, b->n_en }, x.digest,
                               x.digest_en, record, NULL, e);
    }
    return rc;
}

static enum rc write_done(struct tx *tx, void *arg, struct err *e)
{
    const struct run *r = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t config[HASH_SIZE];
    char code[PERIOD_TEXT];
    struct computation_audit_row h;
    struct canon k;
    head_row(r, config, a, &h);
    h.done_at = county_now(r->c);
    canon_init(&k, a);
    canon_row(&k, &computation_audit_query, &h);
    canon_rows(&k, "score", &r->scores_hash);
    canon_rows(&k, "report", &r->reports_hash);
    struct record_part part = part_open(&k);
    struct id record;
    enum rc rc = record_append(tx, r->c,
                               &(struct record_new){ .kind = "period.computed",
                                                     .unit = "",
                                                     .subject = period_code(r->period, code),
                                                     .by = r->by,
                                                     .parts = &part,
                                                     .n_parts = 1 },
                               &record, e);
    int64_t changed = 0;
    if (rc == RC_OK)
        rc = computation_done(tx, h.done_at, record, r->id, &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_CONFLICT, N_("{period} 又开始了一次计算,这一次作废"), "period",
                       code);
    return rc == RC_OK ? publication_set(tx, r->c,
                                         &(struct publication_step){ .computation = r->id,
                                                                     .stage = PUBLICATION_DRAFT,
                                                                     .by = r->by },
                                         e)
                       : rc;
}

static enum rc write_failed(struct tx *tx, void *arg, struct err *e)
{
    const struct run *r = arg;
    enum rc rc = scores_drop(tx, r->id, NULL, e);
    if (rc == RC_OK)
        rc = reports_drop(tx, r->id, NULL, e);
    return rc == RC_OK ? computation_failed(tx, N_("计算没有完成"), r->id, NULL, e) : rc;
}

static enum rc in_slices(struct run *r, enum rc (*fn)(struct tx *, void *, struct err *),
                         int64_t before, struct err *e)
{
    enum rc rc = RC_OK;
    for (r->from = 0; r->from < r->panel->n_units && rc == RC_OK; r->from = r->to) {
        r->to = r->from + UNITS_A_SLICE < r->panel->n_units ? r->from + UNITS_A_SLICE
                                                            : r->panel->n_units;
        rc = db_transact(r->c->db, fn, r, e);
        if (rc == RC_OK)
            rc = step(r, before + (int64_t)r->to, e);
    }
    return rc;
}

/* ---- reports ---- */

static const char *state_word(enum report_state s)
{
    switch (s) {
    case REPORT_STATE_NONE:
        return "none";
    case REPORT_STEADY:
        return "steady";
    case REPORT_WATCH:
        return "watch";
    case REPORT_FOCUS:
        return "focus";
    }
    return "none";
}

static const char *json_of(const struct health_report *h, struct arena *a, size_t *ret_n,
                           uint8_t digest[HASH_SIZE])
{
    struct str b;
    str_init(&b, a);
    report_write(&b, h);
    sha256(b.s, b.n, digest);
    *ret_n = b.n;
    return b.s;
}

/* What this run has judged itself, and what was there before. */
static struct id own_sight(const void *arg, struct period p, struct id unit)
{
    const struct run *r = arg;
    (void)p; /* the same of every period */
    (void)unit;
    return r->id;
}

static enum rc build_one(struct run *r, const struct report_source *src,
                         const struct report_shared *shared, size_t u, struct err *e)
{
    struct built *b = &r->reports[u];
    const struct warn_sight sight = { own_sight, r };
    for (enum lang lang = LANG_ZH; lang <= LANG_EN; lang++) {
        CLEANUP(arena_freep) struct arena *tmp = arena_new();
        struct warn_view *list;
        size_t n;
        enum rc rc = warn_of_period(src->snap, r->period, &sight, r->panel->unit[u]->id, lang,
                                    tmp, &list, &n, e);
        if (rc == RC_OK)
            rc = report_build(src, shared, u, list, n, lang, tmp, &b->r, e);
        if (rc != RC_OK)
            return rc;
        if (lang == LANG_ZH)
            b->zh = json_of(&b->r, r->a, &b->n_zh, b->digest);
        else
            b->en = json_of(&b->r, r->a, &b->n_en, b->digest_en);
        for (size_t i = 0; i < n && lang == LANG_ZH; i++)
            r->n_burning += warn_view_counts(&list[i]);
    }
    b->state = state_word(b->r.state);
    return RC_OK;
}

static enum rc build_reports(struct run *r, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read_for(r->c->db, 600000, &s, e);
    if (rc != RC_OK)
        return rc;
    struct report_source src = { .snap = s,
                                 .county = r->c->name,
                                 .demo = r->c->demo,
                                 .now = &r->now,
                                 .before = r->has_before ? &r->before : NULL,
                                 .split = r->split,
                                 .computed_at = r->started,
                                 .trend = (const struct report_trend *const *)r->trend,
                                 .n_trend = r->n_trend };
    const struct report_shared *shared = report_shared_new(&src, r->a);
    r->reports = arena_array(r->a, r->panel->n_units, sizeof(*r->reports));
    for (size_t u = 0; u < r->panel->n_units && rc == RC_OK; u++) {
        rc = build_one(r, &src, shared, u, e);
        if (rc == RC_OK)
            rc = step(r, (int64_t)(r->panel->n_units + u + 1), e);
    }
    return rc;
}

static enum rc write_all(struct run *r, struct err *e)
{
    hash_scores(r);
    enum rc rc = in_slices(r, write_scores, 0, e);
    if (rc == RC_OK)
        rc = db_transact(r->c->db, write_warnings, r, e);
    if (rc == RC_OK)
        rc = build_reports(r, e);
    if (rc == RC_OK)
        hash_reports(r);
    if (rc == RC_OK)
        rc = in_slices(r, write_reports, (int64_t)r->panel->n_units * 2, e);
    return rc == RC_OK ? db_transact(r->c->db, write_done, r, e) : rc;
}

enum rc compute_period(struct county *c, struct period p, const char *by,
                       compute_progress *progress, void *arg, struct compute_result *ret,
                       struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct run r = { .c = c,
                     .a = a,
                     .by = by,
                     .period = p,
                     .started = county_now(c),
                     .progress = progress,
                     .arg = arg };
    enum rc rc = think(&r, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, write_begin, &r, e);
    if (rc != RC_OK)
        return rc;
    rc = write_all(&r, e);
    if (rc != RC_OK) {
        CLEANUP(err_done) struct err ignored = { 0 };
        (void)!db_transact(c->db, write_failed, &r,
                           &ignored); /* otherwise the next run clears it */
        return rc;
    }
    *ret = (struct compute_result){ .id = r.id,
                                    .n_units = r.panel->n_units,
                                    .n_values = r.panel->n_present,
                                    .n_due = r.panel->n_due,
                                    .county_score = r.now.county,
                                    .n_warnings = r.n_burning };
    for (size_t u = 0; u < r.panel->n_units; u++)
        ret->n_scored += !isnan(assess_index(&r.now, u));
    return RC_OK;
}

/* ---- auditing ---- */

/* Does the report's own record, the one its proof shows, tell the same digest? */
static bool report_recorded(const struct snap *s, const struct reports_whole_row *row)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err none = { 0 };
    struct record *rec = arena_alloc(a, sizeof(*rec));
    struct canon k;
    size_t n;
    canon_init(&k, a);
    canon_hex(&k, "digest", row->digest.p, row->digest.n);
    canon_hex(&k, "digest_en", row->digest_en.p, row->digest_en.n);
    canon_period(&k, "period", row->period);
    canon_text(&k, "unit", row->unit);
    const char *want = canon_end(&k, &n);
    return record_get(s, row->record_id, a, rec, &none) == RC_OK && rec->n_parts > 0 &&
           !rec->parts[0].erased && rec->parts[0].bytes.n == n &&
           memcmp(rec->parts[0].bytes.p, want, n) == 0;
}

enum rc reports_check(const struct snap *s, struct err *e)
{
    CLEANUP(rows_closep) struct rows *rows = NULL;
    struct reports_whole_row row;
    enum rc rc = reports_whole_open(s, &rows, e);
    while (rc == RC_OK) {
        uint8_t zh[HASH_SIZE], en[HASH_SIZE];
        char code[PERIOD_TEXT];
        rc = reports_whole_next(rows, &row, e);
        if (rc != RC_OK)
            break;
        sha256(row.body.p, row.body.n, zh);
        sha256(row.body_en.p, row.body_en.n, en);
        if (row.digest.n != HASH_SIZE || memcmp(zh, row.digest.p, HASH_SIZE) != 0 ||
            row.digest_en.n != HASH_SIZE || memcmp(en, row.digest_en.p, HASH_SIZE) != 0 ||
            !report_recorded(s, &row))
            return err_set(e, RC_UNPROVEN, N_("表 report 里{unit}的{period}体检报告被改动过"),
                           "unit", row.unit, "period", period_code(row.period, code));
    }
    return rc == RC_DONE ? RC_OK : rc;
}
