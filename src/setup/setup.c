/* The three acts of the set-up, each one change with its record. */
#include "setup/setup.h"

#include "base/period.h"
#include "base/str.h"
#include "quality/hint.h"
#include "setup/setup.sql.h"
#include "store/canon.h"
#include "store/county.h"
#include "store/record.h"
#include "warn/warning.sql.h"

struct act {
    struct county *c;
    const char *by;
    struct setup_cleared cleared;
};

static enum rc append(struct tx *tx, const struct act *x, const char *kind, struct canon *k,
                      struct id *ret, struct err *e)
{
    struct record_part part = part_open(k);
    return record_append(tx, x->c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = "",
                                               .by = x->by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

/* The row there is; RC_CONFLICT unless the county is on trial. */
static enum rc on_trial(const struct snap *s, struct arena *a, struct setup_get_row *ret,
                        struct err *e)
{
    enum rc rc = setup_get_one(s, a, ret, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_CONFLICT, N_("这个县没有在做首次设置"));
    }
    return rc == RC_OK && !str_eq(ret->state, "trial")
               ? err_set(e, RC_CONFLICT, N_("已经正式启用了"))
               : rc;
}

/* ---- beginning ---- */

static enum rc begin(struct tx *tx, void *arg, struct err *e)
{
    const struct act *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct setup_audit_row row = { .begun_at = county_now(x->c),
                                         .live_by = "",
                                         .state = "trial" };
    struct canon k;
    struct id record;
    canon_init(&k, a);
    canon_row(&k, &setup_audit_query, &row);
    enum rc rc = append(tx, x, "setup.begun", &k, &record, e);
    return rc == RC_OK ? setup_make(tx, row.begun_at, record, NULL, e) : rc;
}

enum rc setup_begin(struct county *c, struct err *e)
{
    struct act x = { .c = c, .by = "" };
    enum rc rc = db_transact(c->db, begin, &x, e);
    if (rc == RC_OK)
        c->trial = true;
    return rc;
}

/* ---- clearing ---- */

static enum rc clear(struct tx *tx, void *arg, struct err *e)
{
    struct act *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct snap *s = tx_snap(tx);
    struct setup_get_row now;
    struct trial_loading_row loading;
    struct trial_imports_row *imports;
    struct trial_computations_row *runs;
    struct trial_warnings_row *warnings;
    size_t n_imports = 0, n_runs = 0, n_warnings = 0;
    enum rc rc = on_trial(s, a, &now, e);
    if (rc == RC_OK)
        rc = trial_loading_one(s, a, &loading, e);
    if (rc == RC_OK && loading.n)
        return err_set(e, RC_CONFLICT, N_("正在入库,等它做完再清除"));
    if (rc == RC_OK)
        rc = trial_imports_all(s, a, &imports, &n_imports, e);
    if (rc == RC_OK)
        rc = trial_computations_all(s, a, &runs, &n_runs, e);
    if (rc == RC_OK)
        rc = trial_warnings_all(s, a, &warnings, &n_warnings, e);
    if (rc != RC_OK)
        return rc;
    x->cleared = (struct setup_cleared){ n_imports, n_runs };
    struct trial_cleared_audit_row *rows = arena_array(a, n_imports + n_runs, sizeof(*rows));
    struct rows_hash hash, warned;
    size_t n = 0;
    for (size_t i = 0; i < n_imports; i++)
        rows[n++] = (struct trial_cleared_audit_row){ .what = "import",
                                                      .row_id = imports[i].id,
                                                      .code = imports[i].code };
    for (size_t i = 0; i < n_runs; i++) {
        char code[PERIOD_TEXT];
        rows[n++] = (struct trial_cleared_audit_row){
            .what = "computation",
            .row_id = runs[i].id,
            .code = arena_strdup(a, period_code(runs[i].period, code))
        };
    }
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    rows_hash_init(&hash);
    for (size_t i = 0; i < n; i++)
        rows_hash_row(&hash, &trial_cleared_audit_query, &rows[i], scratch);
    rows_hash_init(&warned);
    for (size_t i = 0; i < n_warnings; i++) {
        const struct trial_warnings_row *w = &warnings[i];
        const struct warning_audit_row row = { .code = w->code,
                                               .rule_id = w->rule_id,
                                               .unit_id = w->unit_id,
                                               .occurrence = -w->id.v,
                                               .created_at = w->created_at };
        rows_hash_row(&warned, &warning_audit_query, &row, scratch);
    }
    struct canon k;
    struct id record;
    canon_init(&k, a);
    canon_rows(&k, "trial_cleared", &hash);
    canon_rows(&k, "warning", &warned);
    rc = append(tx, x, "setup.cleared", &k, &record, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        rc = trial_cleared_add(tx, rows[i].what, rows[i].row_id, rows[i].code, record, NULL, e);
        if (rc == RC_OK)
            rc = i < n_imports ? trial_import_clear(tx, rows[i].row_id, NULL, e)
                               : trial_computation_clear(tx, rows[i].row_id, NULL, e);
    }
    for (size_t i = 0; i < n_warnings && rc == RC_OK; i++)
        rc = trial_warning_clear(tx, record, warnings[i].id, NULL, e);
    if (rc == RC_OK)
        rc = trial_waiting_drop(tx, NULL, e);
    return rc == RC_OK ? trial_running_stop(tx, N_("试算已清除,这次计算作废"), NULL, e) : rc;
}

/* Hints about values that are no more are gone, each with its record: periods are judged again.
 */
static enum rc judge_again(struct county *c, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct trial_hints_row *rows;
    size_t n = 0;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = trial_hints_all(s, a, &rows, &n, e);
    }
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct hints_found found;
        rc = hints_run(c, rows[i].period, by, &found, e);
    }
    return rc;
}

enum rc setup_clear(struct county *c, const char *by, struct setup_cleared *ret, struct err *e)
{
    struct act x = { .c = c, .by = by };
    enum rc rc = db_transact(c->db, clear, &x, e);
    if (rc == RC_OK)
        rc = judge_again(c, by, e);
    if (rc == RC_OK)
        *ret = x.cleared;
    return rc;
}

/* ---- going live ---- */

static enum rc go_live(struct tx *tx, void *arg, struct err *e)
{
    const struct act *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct snap *s = tx_snap(tx);
    struct setup_get_row now;
    struct trial_count_row there;
    struct trial_loading_row loading;
    struct trial_cleared_count_row cleared;
    enum rc rc = on_trial(s, a, &now, e);
    if (rc == RC_OK)
        rc = trial_count_one(s, a, &there, e);
    if (rc == RC_OK)
        rc = trial_loading_one(s, a, &loading, e);
    if (rc == RC_OK)
        rc = trial_cleared_count_one(s, a, &cleared, e);
    if (rc != RC_OK)
        return rc;
    if (there.imports || there.computations || loading.n)
        return err_set(e, RC_CONFLICT, N_("试算的数还在:先清除试算数据,再正式启用"));
    if (!cleared.computations)
        return err_set(e, RC_CONFLICT, N_("还没有试算过:先用过去的一期试算一遍"));
    const struct setup_audit_row row = {
        .begun_at = now.begun_at, .live_at = county_now(x->c), .live_by = x->by, .state = "live"
    };
    struct canon k;
    struct id record;
    int64_t changed = 0;
    canon_init(&k, a);
    canon_row(&k, &setup_audit_query, &row);
    rc = append(tx, x, "setup.live", &k, &record, e);
    if (rc == RC_OK)
        rc = setup_end(tx, row.live_at, x->by, record, &changed, e);
    if (rc == RC_OK) /* a computation begun meanwhile would come out as one of the trial */
        rc = trial_running_stop(tx, N_("试算已清除,这次计算作废"), NULL, e);
    return rc;
}

enum rc setup_go_live(struct county *c, const char *by, struct err *e)
{
    struct act x = { .c = c, .by = by };
    enum rc rc = db_transact(c->db, go_live, &x, e);
    if (rc == RC_OK)
        c->trial = false;
    return rc;
}

enum rc setup_check(const struct snap *s, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct trial_cleared_wrong_row wrong;
    enum rc rc = trial_cleared_wrong_one(s, a, &wrong, e);
    if (rc == RC_OK && (wrong.imports || wrong.computations))
        return err_set(e, RC_UNPROVEN, N_("表 {table} 与清除试算数据的记录不符"), "table",
                       wrong.imports ? "import" : "computation");
    return rc;
}
