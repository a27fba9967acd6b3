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

static enum rc step(const struct run *r, int64_t done, struct err *e)
{
    return r->progress ? r->progress(r->arg, done, (int64_t)r->panel->n_units * 3, e) : RC_OK;
}

/* ---- reading and thinking ---- */

static enum rc load_before(struct run *r, const struct snap *s, struct err *e)
{
    struct period prev = period_step(r->period, -1);
    struct computation_of_period_row old;
    enum rc rc = computation_of_period_one(s, prev, r->a, &old, e);
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
                period_kind(rows[i].period) == period_kind(r->period))
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
    uint8_t config[HASH_SIZE];
    scheme_digest(r->panel->plan.scheme, config);
    struct computation_insert_row made;
    if (rc == RC_OK)
        rc = computation_insert_one(
            tx, r->period, period_last_day(r->period), r->panel->plan.scheme->id,
            (struct bytes){ config, sizeof(config) },
            (struct bytes){ r->panel->digest, sizeof(r->panel->digest) },
            (int64_t)r->panel->n_units, r->panel->n_present, r->panel->n_due, r->now.county,
            r->now.county_lo, r->now.county_hi, missing_counts(a, r->panel->n_missing),
            r->started, a, &made, e);
    if (rc == RC_OK)
        r->id = made.id;
    return rc;
}

static enum rc write_scores_of(struct tx *tx, const struct run *r, size_t unit, struct err *e)
{
    const struct panel *p = r->panel;
    const struct scheme_tree *t = &p->plan.tree;
    size_t row = r->now.row_of[unit];
    enum rc rc = RC_OK;
    for (size_t i = 0; i < t->n && rc == RC_OK; i++) {
        size_t node = t->top_first[i];
        double score = assess_score(&r->now, unit, node),
               raw = t->nodes[node].leaf ? p->raw[node][unit] : NAN;
        enum missing why = t->nodes[node].leaf ? (enum missing)p->why[node][unit] : PRESENT;
        if (isnan(score) && why == MISSING_NA)
            continue; /* it does not apply to the unit */
        double share = row == SIZE_MAX ? 0 : r->now.share[row * t->n + node];
        struct assess_range in = assess_interval(&r->now, unit, node);
        rc = score_insert(tx, r->id, p->unit[unit]->id, t->nodes[node].code, score, in.lo,
                          in.hi, raw, share * 100, isnan(score) ? NAN : share * score, NAN,
                          isnan(score) ? missing_code(why) : "", NULL, e);
    }
    return rc;
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
        size_t row = r->now.row_of[u];
        if (rc == RC_OK)
            rc = report_insert(
                tx, r->id, unit->id, r->period, b->state, b->r.score, b->r.lo, b->r.hi,
                b->r.rank_lo, b->r.rank_hi, b->r.peer_rank_lo, b->r.peer_rank_hi,
                row == SIZE_MAX ? 0 : (int64_t)r->now.standing[row], b->r.values_expected,
                b->r.values_present, (struct bytes){ (const uint8_t *)b->zh, b->n_zh },
                (struct bytes){ (const uint8_t *)b->en, b->n_en },
                (struct bytes){ b->digest, HASH_SIZE },
                (struct bytes){ b->digest_en, HASH_SIZE }, record, NULL, e);
    }
    return rc;
}

static enum rc write_done(struct tx *tx, void *arg, struct err *e)
{
    const struct run *r = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t config[HASH_SIZE];
    char code[PERIOD_TEXT];
    scheme_digest(r->panel->plan.scheme, config);
    struct canon k;
    canon_init(&k, a);
    canon_hex(&k, "config", config, HASH_SIZE);
    canon_hex(&k, "input", r->panel->digest, HASH_SIZE);
    canon_int(&k, "computation", r->id.v);
    canon_int(&k, "scheme", r->panel->plan.scheme->version);
    canon_int(&k, "values", r->panel->n_present);
    canon_period(&k, "period", r->period);
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
        rc = computation_done(tx, county_now(r->c), record, r->id, &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_CONFLICT, N_("{period} 又开始了一次计算,这一次作废"), "period",
                       code);
    return rc;
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

static enum rc build_one(struct run *r, const struct report_source *src,
                         const struct report_shared *shared, size_t u, struct err *e)
{
    struct built *b = &r->reports[u];
    for (enum lang lang = LANG_ZH; lang <= LANG_EN; lang++) {
        CLEANUP(arena_freep) struct arena *tmp = arena_new();
        struct warn_view *list;
        size_t n;
        enum rc rc = warn_of_period(src->snap, r->period, r->id, r->panel->unit[u]->id, lang,
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
    enum rc rc = in_slices(r, write_scores, 0, e);
    if (rc == RC_OK)
        rc = db_transact(r->c->db, write_warnings, r, e);
    if (rc == RC_OK)
        rc = build_reports(r, e);
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
