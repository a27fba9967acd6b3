/*
 * Rounds. The one idea: a round only says what is asked of whom and until when; its points and
 * its filings are written once and never changed, so that a later change of a point's owner
 * does not move what was asked.
 */
#include "collect/round.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/str.h"
#include "burden/burden.h"
#include "collect/filing.h"
#include "collect/round.sql.h"
#include "collect/webhook.h"
#include "monitor/point.h"
#include "monitor/readopt.h"
#include "store/county.h"
#include "store/record.h"

const struct setting collect_settings[] = {
    [COLLECT_SIGNATURES] = { .key = "collect.signatures",
                             .type = SETTING_INT,
                             .fallback = "1",
                             .min = 1,
                             .max = 2,
                             .title = N_("单位内部签几次"),
                             .unit = N_("次"),
                             .help = N_("新建采集批次时的默认值:1是签发,2是审核后签发") },
    [COLLECT_OUTSIDE] = { .key = "collect.outside",
                          .type = SETTING_TEXT,
                          .fallback = "",
                          .max = 4000,
                          .title = N_("可以连接的外部地址"),
                          .help =
                              N_("自动取数和通知外部程序只能连这些地址(各是一个开头),空格分隔;"
                                 "空着就一个也不连") },
};
const size_t collect_settings_n = COUNT(collect_settings);

size_t round_periods(enum period_kind frequency, struct period round,
                     struct period ret[ROUND_PERIODS_MAX])
{
    struct period last = period_at(frequency, period_last_day(round)),
                  q = period_first_in(frequency, round);
    size_t n = 0;
    for (; n < ROUND_PERIODS_MAX && q.v && period_last_day(q) <= period_last_day(last);
         q = period_step(q, 1))
        if (period_last_day(q) >= period_first_day(round) &&
            period_last_day(q) <= period_last_day(round))
            ret[n++] = q;
    return n;
}

/* ---- records ---- */

static enum rc round_record(struct tx *tx, struct county *c, const struct round_audit_row *row,
                            const char *kind, const char *by, struct arena *a, struct id *ret,
                            struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &round_audit_query, row);
    struct record_part part = part_open(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = row->code,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

/* One record over many rows of a table. */
static enum rc rows_record(struct tx *tx, struct county *c, const char *table,
                           const char *round, const char *kind, const struct rows_hash *h,
                           const char *by, struct arena *a, struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_text(&k, "round", round);
    canon_rows(&k, table, h);
    struct record_part part = part_open(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = round,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

/* ---- making ---- */

static enum rc check_days(const struct round_new *n, int32_t today, struct err *e)
{
    char code[PERIOD_TEXT], other[PERIOD_TEXT];
    if (period_first_day(n->period) > today)
        return err_set(e, RC_INVALID, N_("{period}还没有开始,不能采集"), "period",
                       period_code(n->period, code));
    if (n->due_day < n->open_day)
        return err_set(e, RC_INVALID, N_("截止日{due}不能早于开始日{open}"), "due",
                       day_code(n->due_day, code), "open", day_code(n->open_day, other));
    if (n->due_day < today)
        return err_set(e, RC_INVALID, N_("截止日{due}已经过去"), "due",
                       day_code(n->due_day, code));
    if (n->late_day < n->due_day)
        return err_set(e, RC_INVALID, N_("迟报等到的日子{late}不能早于截止日{due}"), "late",
                       day_code(n->late_day, code), "due", day_code(n->due_day, other));
    if (n->due_day - n->open_day > ROUND_SPAN_MAX || n->late_day - n->due_day > ROUND_SPAN_MAX)
        return err_set(e, RC_INVALID, N_("开始、截止、迟报三个日子之间各不超过{days}天"),
                       "days", "200");
    return RC_OK;
}

enum rc round_points_of(const struct snap *s, struct period p, struct arena *a,
                        const struct point **ret, size_t *ret_n, struct err *e)
{
    const struct point *all;
    struct point *list;
    struct map *gone;
    size_t n, k = 0;
    enum rc rc = points_of_period(s, p, a, &all, &n, e);
    if (rc == RC_OK)
        rc = readopt_gone(s, "form", a, &gone, e);
    if (rc != RC_OK)
        return rc;
    list = arena_array(a, n, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        if (!map_has(gone, all[i].code))
            list[k++] = all[i];
    *ret = list;
    *ret_n = k;
    return RC_OK;
}

static bool chosen(const struct round_new *n, const char *source)
{
    for (size_t i = 0; i < n->n_sources; i++)
        if (str_eq(n->sources[i], source))
            return true;
    return n->n_sources == 0;
}

/* The same is asked for once. */
static enum rc check_overlap(const struct snap *s, const struct round_new *n,
                             const struct point *p, struct arena *a, struct err *e)
{
    struct period mine[ROUND_PERIODS_MAX], theirs[ROUND_PERIODS_MAX];
    struct round_overlap_row *rows;
    size_t k, n_mine = round_periods(p->frequency, n->period, mine);
    enum rc rc = round_overlap_all(s, p->code, a, &rows, &k, e);
    for (size_t i = 0; rc == RC_OK && i < k; i++) {
        size_t n_theirs = round_periods(p->frequency, rows[i].period, theirs);
        for (size_t x = 0; x < n_mine; x++)
            for (size_t y = 0; y < n_theirs; y++)
                if (period_same(mine[x], theirs[y]))
                    return err_set(e, RC_CONFLICT,
                                   N_("批次{round}已向{source}采集同一期的数据,不重复要"),
                                   "round", rows[i].round, "source", p->owner);
    }
    return rc;
}

static bool asks(const struct round_new *n, const struct point *p)
{
    struct period each[ROUND_PERIODS_MAX];
    return chosen(n, p->owner) && round_periods(p->frequency, n->period, each) > 0;
}

static enum rc write_points(struct tx *tx, struct county *c, const struct round_new *n,
                            const char *code, const char *by, struct arena *a, struct err *e)
{
    const struct snap *s = tx_snap(tx);
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    const struct point *points;
    struct rows_hash h;
    struct map *seen = map_new(a);
    struct id record;
    size_t n_points, taken = 0;
    enum rc rc = round_points_of(s, n->period, a, &points, &n_points, e);
    rows_hash_init(&h);
    for (size_t i = 0; i < n_points && rc == RC_OK; i++) {
        if (!asks(n, &points[i]))
            continue;
        (void)map_add(seen, points[i].owner, seen); /* there already: fine */
        rc = check_overlap(s, n, &points[i], a, e);
        rows_hash_row(&h, &round_point_audit_query,
                      &(struct round_point_audit_row){
                          .round = code, .point = points[i].code, .source = points[i].owner },
                      scratch);
        taken++;
    }
    for (size_t i = 0; i < n->n_sources && rc == RC_OK; i++)
        if (!map_has(seen, n->sources[i]))
            rc = err_set(e, RC_INVALID, N_("{source}没有要报送的监测点"), "source",
                         n->sources[i]);
    if (rc == RC_OK && taken == 0)
        rc = err_set(e, RC_INVALID, N_("还没有监测点,先导入监测点再建批次"));
    if (rc == RC_OK)
        rc = rows_record(tx, c, "collect_point", code, "round.points", &h, by, a, &record, e);
    for (size_t i = 0; i < n_points && rc == RC_OK; i++)
        if (asks(n, &points[i]))
            rc = round_point_insert(tx, code, points[i].code, points[i].owner, record, NULL, e);
    return rc;
}

/* ---- what it costs those who are asked ---- */

/* Minutes of a source by its points; 0 when one of them has no estimate (*ret_lacks). */
static int64_t minutes_of_points(const struct point *points, size_t n, const char *source,
                                 struct period period, const struct point **ret_lacks)
{
    struct period each[ROUND_PERIODS_MAX];
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        size_t times = round_periods(points[i].frequency, period, each);
        if (!str_eq(points[i].owner, source) || times == 0)
            continue;
        if (!points[i].minutes)
            *ret_lacks = &points[i];
        sum += points[i].minutes * (int64_t)times;
    }
    return *ret_lacks ? 0 : sum;
}

/* Who asks says how long it takes: for every source, or of every point. */
static enum rc state_minutes(struct tx *tx, struct county *c, const struct round_new *n,
                             const char *code, const char *by, struct arena *a, struct err *e)
{
    const struct point *points, *lacks = NULL;
    size_t n_points;
    struct burden_estimate est = { .what = BURDEN_ROUND, .code = code, .minutes = n->minutes };
    enum rc rc = round_points_of(tx_snap(tx), n->period, a, &points, &n_points, e);
    for (size_t i = 0; rc == RC_OK && !n->minutes && i < n_points; i++)
        if (asks(n, &points[i]) && !points[i].minutes)
            lacks = &points[i];
    if (rc == RC_OK && lacks)
        rc = err_set(e, RC_INVALID,
                     N_("请写明预计每家用时几分钟:监测点{code}「{name}」还没有估计,"
                        "也可以先在监测点上填"),
                     "code", lacks->code, "name", lacks->name);
    if (rc == RC_OK)
        rc = burden_office(tx_snap(tx), c, by, a, &est.requester, e);
    return rc == RC_OK ? burden_state(tx, c, &est, by, a, e) : rc;
}

/* The round has reached its sources. */
static enum rc ask_sources(struct tx *tx, struct county *c, const struct round_of_code_row *r,
                           const char *const *sources, size_t n, const char *by,
                           struct arena *a, struct err *e)
{
    const struct point *points;
    size_t n_points, k = 0;
    struct burden_estimate stated;
    const char *requester;
    struct burden_ask *list = arena_array(a, n, sizeof(*list));
    enum rc rc = burden_stated(tx_snap(tx), BURDEN_ROUND, r->code, a, &stated, e);
    if (rc != RC_OK || stated.minutes < 0)
        return rc; /* a round of before estimates were stated */
    rc = round_points_of(tx_snap(tx), r->period, a, &points, &n_points, e);
    if (rc == RC_OK)
        rc = burden_office(tx_snap(tx), c, r->by_account, a, &requester, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct point *lacks = NULL;
        int64_t own = stated.minutes
                          ? stated.minutes
                          : minutes_of_points(points, n_points, sources[i], r->period, &lacks);
        own = own > BURDEN_MINUTES_MAX ? BURDEN_MINUTES_MAX : own;
        if (own > 0)
            list[k++] = (struct burden_ask){ .what = BURDEN_ROUND,
                                             .code = r->code,
                                             .title = r->title,
                                             .unit = sources[i],
                                             .requester = requester,
                                             .minutes = own };
    }
    return rc == RC_OK ? burden_ask(tx, c, list, k, by, a, e) : rc;
}

enum rc round_make(struct tx *tx, struct county *c, const struct flow_who *w,
                   const struct round_new *n, struct arena *a, const char **ret_code,
                   struct err *e)
{
    const char *by = w->person->code;
    int32_t today = county_today(c);
    struct round_last_row last;
    struct id record;
    int year, month, day;
    enum rc rc = *by ? person_demand(w->person, CAP_DISPATCH, NULL, e) : RC_OK;
    if (rc == RC_OK && c->trial)
        rc = err_set(e, RC_CONFLICT, N_("还没有正式启用,不能开采集批次:先做完首次设置"));
    if (rc == RC_OK)
        rc = check_days(n, today, e);
    if (rc == RC_OK && (n->signatures < 1 || n->signatures > 2))
        rc = err_set(e, RC_INVALID, N_("单位内部签1次或2次"));
    if (rc == RC_OK)
        rc = round_last_one(tx_snap(tx), a, &last, e);
    if (rc != RC_OK)
        return rc;
    day_split(today, &year, &month, &day);
    const char *code = arena_printf(a, "B-%d-%05lld", year, (long long)last.id + 1);
    const struct round_audit_row row = { .code = code,
                                         .title = n->title,
                                         .period = n->period,
                                         .open_day = n->open_day,
                                         .due_day = n->due_day,
                                         .late_day = n->late_day,
                                         .signatures = n->signatures,
                                         .state = "planned",
                                         .note = n->note,
                                         .by_account = by,
                                         .at = county_now(c) };
    rc = write_points(tx, c, n, code, by, a, e);
    if (rc == RC_OK)
        rc = state_minutes(tx, c, n, code, by, a, e);
    if (rc == RC_OK)
        rc = round_record(tx, c, &row, "round.planned", by, a, &record, e);
    if (rc == RC_OK)
        rc = round_insert(tx, row.code, row.title, row.period, row.open_day, row.due_day,
                          row.late_day, row.signatures, row.state, row.note, row.by_account,
                          row.at, record, NULL, e);
    if (rc == RC_OK && n->open_day <= today)
        rc = round_open(tx, c, w, code, a, e);
    if (rc == RC_OK)
        *ret_code = code;
    return rc;
}

/* ---- opening and closing ---- */

static enum rc find(const struct snap *s, const char *code, struct arena *a,
                    struct round_of_code_row *ret, struct err *e)
{
    enum rc rc = round_of_code_one(s, code, a, ret, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的批次"), "code", code);
    }
    return rc;
}

static enum rc set_state(struct tx *tx, struct county *c, const struct round_of_code_row *r,
                         const char *to, const char *by, struct arena *a, struct err *e)
{
    struct id record;
    int64_t changed = 0;
    const struct round_audit_row row = { .code = r->code,
                                         .title = r->title,
                                         .period = r->period,
                                         .open_day = r->open_day,
                                         .due_day = r->due_day,
                                         .late_day = r->late_day,
                                         .signatures = r->signatures,
                                         .state = to,
                                         .note = r->note,
                                         .by_account = r->by_account,
                                         .at = county_now(c) };
    enum rc rc = round_record(tx, c, &row, arena_printf(a, "round.%s", to), by, a, &record, e);
    if (rc == RC_OK)
        rc = round_set_state(tx, to, row.at, record, r->code, r->state, &changed, e);
    return rc == RC_OK && changed == 0
               ? err_set(e, RC_CONFLICT, N_("批次{code}刚刚被别人动过,请刷新再看"), "code",
                         r->code)
               : rc;
}

static enum rc open_filing(struct tx *tx, struct county *c, const struct flow_who *w,
                           const struct round_of_code_row *r, const char *source,
                           struct arena *a, const char **ret, struct err *e)
{
    char due[PERIOD_TEXT], late[PERIOD_TEXT];
    const struct unit *u = units_find(w->units, source);
    const struct flow_given given[] = {
        { "due", day_code((int32_t)r->due_day, due) },
        { "late", day_code((int32_t)r->late_day, late) },
        { "signatures", r->signatures == 2 ? "2" : "1" },
    };
    const struct flow_link link = { "round", r->code };
    const struct flow_new n = { .kind = filing_kind.code,
                                .title =
                                    arena_printf(a, "%s·%s", r->title, u ? u->name : source),
                                .unit = source,
                                .given = given,
                                .n_given = COUNT(given),
                                .links = &link,
                                .n_links = 1 };
    struct flow_done done;
    enum rc rc = flow_open(tx, c, w, &n, a, &done, e);
    if (rc == RC_OK)
        *ret = done.code;
    return rc;
}

static enum rc write_filings(struct tx *tx, struct county *c, const char *round,
                             const char *const *sources, const char *const *filings, size_t n,
                             const char *by, struct arena *a, struct err *e)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    struct rows_hash h;
    struct id record;
    rows_hash_init(&h);
    for (size_t i = 0; i < n; i++)
        rows_hash_row(&h, &round_filing_audit_query,
                      &(struct round_filing_audit_row){
                          .round = round, .source = sources[i], .filing = filings[i] },
                      scratch);
    enum rc rc =
        rows_record(tx, c, "collect_filing", round, "round.filings", &h, by, a, &record, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = round_filing_insert(tx, round, sources[i], filings[i], record, NULL, e);
    return rc;
}

enum rc round_open(struct tx *tx, struct county *c, const struct flow_who *w, const char *code,
                   struct arena *a, struct err *e)
{
    struct round_of_code_row r;
    struct round_points_row *points;
    size_t n, m = 0;
    const char *by = w->person->code;
    enum rc rc = *by ? person_demand(w->person, CAP_DISPATCH, NULL, e) : RC_OK;
    if (rc == RC_OK)
        rc = find(tx_snap(tx), code, a, &r, e);
    if (rc == RC_OK && !str_eq(r.state, "planned"))
        rc = err_set(e, RC_CONFLICT,
                     str_eq(r.state, "open") ? N_("批次{code}已经开始了")
                                             : N_("批次{code}已经结束了"),
                     "code", code);
    if (rc == RC_OK)
        rc = round_points_all(tx_snap(tx), code, "", a, &points, &n, e);
    if (rc != RC_OK)
        return rc;
    const char **sources = arena_array(a, n, sizeof(*sources)),
               **filings = arena_array(a, n, sizeof(*filings));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (m && str_eq(sources[m - 1], points[i].source))
            continue;
        sources[m] = points[i].source;
        rc = open_filing(tx, c, w, &r, sources[m], a, &filings[m], e);
        m++;
    }
    if (rc == RC_OK)
        rc = write_filings(tx, c, code, sources, filings, m, by, a, e);
    if (rc == RC_OK)
        rc = ask_sources(tx, c, &r, sources, m, by, a, e);
    if (rc == RC_OK)
        rc = set_state(tx, c, &r, "open", by, a, e);
    return rc == RC_OK ? webhook_emit(tx, c, WEBHOOK_ROUND_OPENED, code, e) : rc;
}

/* One move for every filing of a round that has not ended. */
static enum rc move_all(struct tx *tx, struct county *c, const struct flow_who *w,
                        const char *code, const char *verb, const struct flow_given *given,
                        size_t n_given, struct arena *a, int64_t *ret_n, struct err *e)
{
    struct round_filings_row *f;
    struct flow_done done;
    size_t n;
    int64_t moved = 0;
    enum rc rc = round_filings_all(tx_snap(tx), code, a, &f, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (!f[i].open)
            continue;
        rc = flow_move(tx, c, w,
                       &(struct flow_act){ .matter = f[i].filing,
                                           .verb = verb,
                                           .version = f[i].version,
                                           .given = given,
                                           .n_given = n_given },
                       a, &done, e);
        moved++;
    }
    if (rc == RC_OK)
        *ret_n = moved;
    return rc;
}

static enum rc find_open(struct tx *tx, const struct flow_who *w, const char *code,
                         bool planned_too, struct arena *a, struct round_of_code_row *ret,
                         struct err *e)
{
    enum rc rc = person_demand(w->person, CAP_DISPATCH, NULL, e);
    if (rc == RC_OK)
        rc = find(tx_snap(tx), code, a, ret, e);
    if (rc == RC_OK && !str_eq(ret->state, "open") &&
        !(planned_too && str_eq(ret->state, "planned")))
        rc = err_set(e, RC_CONFLICT,
                     str_eq(ret->state, "planned") ? N_("批次{code}还没有开始")
                                                   : N_("批次{code}已经结束了"),
                     "code", code);
    return rc;
}

enum rc round_close(struct tx *tx, struct county *c, const struct flow_who *w, const char *code,
                    const char *why, struct arena *a, int64_t *ret_stopped, struct err *e)
{
    struct round_of_code_row r;
    const struct flow_given given = { "why", why };
    enum rc rc = find_open(tx, w, code, /* planned_too= */ true, a, &r, e);
    if (rc == RC_OK)
        rc = move_all(tx, c, w, code, "stop", &given, 1, a, ret_stopped, e);
    return rc == RC_OK ? set_state(tx, c, &r, "closed", w->person->code, a, e) : rc;
}

enum rc round_urge(struct tx *tx, struct county *c, const struct flow_who *w, const char *code,
                   struct arena *a, int64_t *ret_told, struct err *e)
{
    struct round_of_code_row r;
    enum rc rc = find_open(tx, w, code, /* planned_too= */ false, a, &r, e);
    if (rc == RC_OK)
        rc = move_all(tx, c, w, code, "urge", NULL, 0, a, ret_told, e);
    return rc == RC_OK && *ret_told == 0
               ? err_set(e, RC_CONFLICT, N_("各来源都已签发,没有要催的"))
               : rc;
}

/* ---- by itself ---- */

struct opening {
    struct county *c;
    const char *code;
    struct arena *a;
};

static enum rc open_one(struct tx *tx, void *arg, struct err *e)
{
    struct opening *o = arg;
    const struct units *us;
    struct round_of_code_row r;
    enum rc rc = find(tx_snap(tx), o->code, o->a, &r, e);
    if (rc != RC_OK || !str_eq(r.state, "planned"))
        return rc;
    rc = units_load(tx_snap(tx), county_today(o->c), o->a, &us, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_who w = flow_who_system(us);
    return round_open(tx, o->c, &w, o->code, o->a, e);
}

enum rc rounds_open_due(struct county *c, int64_t *ret_opened, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rounds_to_open_row *rows;
    size_t n = 0;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = rounds_to_open_all(s, county_today(c), a, &rows, &n, e);
    db_read_end(&s);
    *ret_opened = 0;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct opening o = { .c = c, .code = rows[i].code, .a = a };
        rc = db_transact(c->db, open_one, &o, e);
        *ret_opened += rc == RC_OK;
    }
    return rc;
}

enum rc round_job_run(struct job_run *r, struct err *e)
{
    int64_t opened;
    enum rc rc = rounds_open_due(r->c, &opened, e);
    if (rc == RC_OK && opened)
        (void)err_set(&r->said, RC_DONE, N_("开始了{n}个批次"), "n",
                      fmt_count(r->a, opened)); /* no failure */
    return rc;
}
