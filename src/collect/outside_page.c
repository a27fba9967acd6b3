/* Pages about what goes in and out by itself: pulls and webhooks, with their logs. */
#include "base/clock.h"
#include "base/str.h"
#include "collect/collect_page.h"
#include "collect/pull.h"
#include "collect/pull.html.h"
#include "collect/pull.sql.h"
#include "collect/pulls.html.h"
#include "collect/webhook.h"
#include "collect/webhook.html.h"
#include "collect/webhook.sql.h"
#include "collect/webhooks.html.h"
#include "monitor/data_page.h"
#include "people/account.sql.h"
#include "store/county.h"

static const char *typed(struct rq *rq, const char *name, const char *fallback)
{
    const char *v = rq->method == POST ? rq_field(rq, name) : NULL;
    return v ? v : fallback;
}

static const char *named(struct rq *rq, const char *code, const char *const (*list)[2],
                         size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i][0], code))
            return rq_tr(rq, list[i][1]);
    return code;
}

static const char *const kinds[][2] = { { "folder", N_("文件夹") },
                                        { "http", N_("HTTP接口") },
                                        { "sql", N_("只读SQL视图") } };
static const char *const outcomes[][2] = { { "taken", N_("已取到") },
                                           { "same", N_("没有新数") },
                                           { "failed", N_("没有取成") } };
static const char *const events[][2] = { { WEBHOOK_ROUND_OPENED, N_("批次开始") },
                                         { WEBHOOK_FILING_SIGNED, N_("来源签发") },
                                         { WEBHOOK_PUBLISHED, N_("结果发布") } };
static const char *const call_states[][2] = { { "waiting", N_("待送") },
                                              { "sent", N_("已送到") },
                                              { "failed", N_("没送到,不再试") } };

/* ---- pulls ---- */

static enum rc pulls_again(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    struct pulls_page p = { .error = error,
                            .folder = "pull",
                            .name = typed(rq, "name", ""),
                            .kind = typed(rq, "kind", "folder"),
                            .place = typed(rq, "place", ""),
                            .relation = typed(rq, "relation", ""),
                            .points = typed(rq, "points", ""),
                            .every = 24 };
    struct pull_list_row *rows;
    const struct point *points;
    size_t n, n_points;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = pull_list_all(s, rq->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = points_load(s, NULL, rq->a, &points, &n_points, e);
    if (rc != RC_OK)
        return rc;
    p.sources = arena_array(rq->a, n_points, sizeof(*p.sources));
    for (size_t i = 0; i < n_points; i++) {
        size_t j = 0;
        while (j < p.n_sources && !str_eq(p.sources[j].code, points[i].owner))
            j++;
        if (j == p.n_sources)
            p.sources[p.n_sources++] =
                (struct pulls_sources){ points[i].owner,
                                        unit_name_of(k->units, points[i].owner),
                                        str_eq(points[i].owner, typed(rq, "source", "")) };
    }
    p.pulls = arena_array(rq->a, n, sizeof(*p.pulls));
    for (size_t i = 0; i < n; i++) {
        bool on = str_eq(rows[i].state, "on");
        const char *outcome = rows[i].outcome ? rows[i].outcome : "";
        p.on += on;
        p.failed += on && str_eq(outcome, "failed");
        p.pulls[p.n_pulls++] = (struct pulls_pulls){
            .code = rows[i].code,
            .name = rows[i].name,
            .source_name = unit_name_of(k->units, rows[i].source),
            .kind_name = named(rq, rows[i].kind, kinds, COUNT(kinds)),
            .place = rows[i].place,
            .on = on,
            .every = rows[i].every_hours,
            .at = rows[i].run_at,
            .outcome = outcome,
            .outcome_name = named(rq, outcome, outcomes, COUNT(outcomes)),
            .message = rows[i].message ? pull_message_in(rows[i].message, rq->lang, rq->a) : ""
        };
    }
    rq_crumb(rq, rq_tr(rq, N_("采集批次")), "/round");
    rq_crumb(rq, rq_tr(rq, N_("自动取数")), NULL);
    return pulls_render(rq, &p, e);
}

static enum rc pulls_show(struct rq *rq, struct err *e)
{
    return pulls_again(rq, NULL, e);
}

struct changing {
    struct rq *rq;
    struct pull_new pull;
    struct webhook_new hook;
    const char *code;
    char key[2 * WEBHOOK_KEY + 1];
    bool on;
    struct id job;
};

static enum rc do_pull_make(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return pull_make(tx, rq_county(x->rq), &rq_asker(x->rq)->person, &x->pull, x->rq->a,
                     &x->code, e);
}

static enum rc pull_make_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq };
    struct pull_new *n = &x.pull;
    const char *why = NULL;
    enum rc rc = rq_text(rq, "name", N_("取什么"), PULL_NAME_MAX, &n->name, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "source", N_("来源"), &n->source, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "kind", N_("方式"), 10, &n->kind, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "place", N_("从哪里"), PULL_PLACE_MAX, &n->place, e);
    n->relation = n->points = "";
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "relation", N_("视图"), 120, &n->relation, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "points", N_("监测点"), 1000, &n->points, e);
    if (rc == RC_OK)
        rc = rq_int(rq, "every", N_("多少小时取一次"), 1, 24 * 31, &n->every_hours, e);
    n->secret = rq_field(rq, "secret") ? rq_field(rq, "secret") : "";
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, do_pull_make, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/pull/%s", x.code);
    rc = rq_form_failed(rq, rc, &why, e);
    return rc == RC_OK ? pulls_again(rq, why, e) : rc;
}

static enum rc pull_again(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *code = rq_param(rq, "code");
    struct pull_of_code_row row;
    struct account_of_code_row by;
    struct pull_run_last_row last;
    struct pager_page pager;
    struct pull_runs_row *runs;
    size_t n, from, to;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = pull_of_code_one(s, code, rq->a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的取数"), "code", code);
    }
    if (rc == RC_OK)
        rc = account_of_code_one(s, row.by_account, rq->a, &by, e);
    if (rc == RC_OK)
        rc = pull_run_last_one(s, code, rq->a, &last, e);
    if (rc == RC_OK)
        rc = rq_pager(rq, (size_t)last.number, &from, &to, &pager, e);
    if (rc == RC_OK) /* the newest first */
        rc = pull_runs_all(s, code, last.number - (int64_t)to, last.number - (int64_t)from,
                           rq->a, &runs, &n, e);
    if (rc != RC_OK)
        return rc;
    struct pull_page p = { .pager = pager,
                           .code = row.code,
                           .name = row.name,
                           .source_name = unit_name_of(rq_asker(rq)->units, row.source),
                           .kind_name = named(rq, row.kind, kinds, COUNT(kinds)),
                           .place = row.place,
                           .relation = row.relation,
                           .points = row.points,
                           .every = row.every_hours,
                           .on = str_eq(row.state, "on"),
                           .by_name = by.name,
                           .error = error };
    p.runs = arena_array(rq->a, n, sizeof(*p.runs));
    for (size_t i = 0; i < n; i++)
        p.runs[p.n_runs++] =
            (struct pull_runs){ .number = runs[i].number,
                                .at = runs[i].at,
                                .outcome = runs[i].outcome,
                                .outcome_name =
                                    named(rq, runs[i].outcome, outcomes, COUNT(outcomes)),
                                .message = pull_message_in(runs[i].message, rq->lang, rq->a),
                                .file = runs[i].file_name,
                                .rows = runs[i].n_rows,
                                .fresh = runs[i].n_fresh,
                                .changed = runs[i].n_changed,
                                .import = runs[i].import };
    rq_crumb(rq, rq_tr(rq, N_("自动取数")), "/pull");
    rq_crumb(rq, row.code, NULL);
    return pull_render(rq, &p, e);
}

static enum rc pull_show(struct rq *rq, struct err *e)
{
    return pull_again(rq, NULL, e);
}

static enum rc do_pull_ask(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    const struct clock real = { 0 };
    struct pull_of_code_row row;
    enum rc rc = pull_of_code_one(tx_snap(tx), x->code, x->rq->a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的取数"), "code", x->code);
    }
    return rc == RC_OK ? job_add(tx, pull_job, x->code, "", (struct utime){ 0 },
                                 x->rq->account.code, clock_now(&real), &x->job, e)
                       : rc;
}

/* In the background: the other side may take its time. */
static enum rc pull_run_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq, .code = rq_param(rq, "code") };
    enum rc rc = db_transact(rq_county(rq)->db, do_pull_ask, &x, e);
    if (rc != RC_OK)
        return rc;
    jobs_wake(rq_county(rq));
    rq_notice(rq, rq_tr(rq, N_("正在取，稍后刷新看结果")));
    return web_donef(rq, e, "/pull/%s", x.code);
}

static enum rc do_pull_switch(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return pull_switch(tx, rq_county(x->rq), &rq_asker(x->rq)->person, x->code, x->on, x->rq->a,
                       e);
}

static enum rc pull_switch_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq, .code = rq_param(rq, "code"), .on = rq_flag(rq, "on") };
    const char *why = NULL;
    enum rc rc = db_transact(rq_county(rq)->db, do_pull_switch, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/pull/%s", x.code);
    rc = rq_form_failed(rq, rc, &why, e);
    return rc == RC_OK ? pull_again(rq, why, e) : rc;
}

/* ---- webhooks ---- */

static const char *events_text(struct rq *rq, const char *list)
{
    struct str b;
    size_t n;
    char **each = str_split(rq->a, list, ' ', &n);
    str_init(&b, rq->a);
    for (size_t i = 0; i < n; i++)
        if (*each[i])
            str_addf(&b, "%s%s", b.n ? rq_tr(rq, N_("、")) : "",
                     named(rq, each[i], events, COUNT(events)));
    return b.s;
}

static bool was_chosen(struct rq *rq, const char *event)
{
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    for (size_t i = 0; rq->method == POST && i < n; i++)
        if (str_eq(f[i].name, "event") && str_eq(f[i].value, event))
            return true;
    return rq->method != POST;
}

static enum rc hooks_again(struct rq *rq, const char *error, const char *key,
                           const char *key_of, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct webhooks_page p = { .error = error,
                               .key = key,
                               .key_of = key_of,
                               .name = key ? "" : typed(rq, "name", ""),
                               .url_typed = key ? "" : typed(rq, "url", "") };
    struct hook_list_row *rows;
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = hook_list_all(s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p.events = arena_array(rq->a, COUNT(events), sizeof(*p.events));
    for (size_t i = 0; i < COUNT(events); i++)
        p.events[p.n_events++] =
            (struct webhooks_events){ events[i][0], rq_tr(rq, events[i][1]),
                                      was_chosen(rq, events[i][0]) };
    p.hooks = arena_array(rq->a, n, sizeof(*p.hooks));
    for (size_t i = 0; i < n; i++) {
        bool on = str_eq(rows[i].state, "on");
        p.on += on;
        p.failed += on ? rows[i].n_failed : 0;
        p.hooks[p.n_hooks++] =
            (struct webhooks_hooks){ .code = rows[i].code,
                                     .name = rows[i].name,
                                     .address = rows[i].url,
                                     .events = events_text(rq, rows[i].events),
                                     .on = on,
                                     .sent = rows[i].n_sent,
                                     .waiting = rows[i].n_waiting,
                                     .failed = rows[i].n_failed };
    }
    rq_crumb(rq, rq_tr(rq, N_("采集批次")), "/round");
    rq_crumb(rq, rq_tr(rq, N_("通知外部程序")), NULL);
    return webhooks_render(rq, &p, e);
}

static enum rc webhooks_show(struct rq *rq, struct err *e)
{
    return hooks_again(rq, NULL, NULL, NULL, e);
}

static enum rc do_hook_make(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return webhook_make(tx, rq_county(x->rq), &rq_asker(x->rq)->person, &x->hook, x->rq->a,
                        &x->code, x->key, e);
}

/* The key is shown once, so that this answer is the page itself and no redirect. */
static enum rc webhook_make_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq };
    struct str list;
    const char *why = NULL;
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    str_init(&list, rq->a);
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].name, "event"))
            str_addf(&list, "%s%s", list.n ? " " : "", f[i].value);
    x.hook.events = list.s;
    enum rc rc = rq_text(rq, "name", N_("谁的程序"), WEBHOOK_NAME_MAX, &x.hook.name, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "url", N_("地址"), WEBHOOK_URL_MAX, &x.hook.url, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, do_hook_make, &x, e);
    if (rc == RC_OK)
        return hooks_again(rq, NULL, x.key, x.hook.name, e);
    rc = rq_form_failed(rq, rc, &why, e);
    return rc == RC_OK ? hooks_again(rq, why, NULL, NULL, e) : rc;
}

static enum rc hook_again(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *code = rq_param(rq, "code");
    struct hook_of_code_row row;
    struct call_last_row last;
    struct pager_page pager;
    struct calls_of_row *calls;
    size_t n, from, to;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = hook_of_code_one(s, code, rq->a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的外部程序"), "code", code);
    }
    if (rc == RC_OK)
        rc = call_last_one(s, code, rq->a, &last, e);
    if (rc == RC_OK)
        rc = rq_pager(rq, (size_t)last.number, &from, &to, &pager, e);
    if (rc == RC_OK)
        rc = calls_of_all(s, code, last.number - (int64_t)to, last.number - (int64_t)from,
                          rq->a, &calls, &n, e);
    if (rc != RC_OK)
        return rc;
    struct webhook_page p = { .pager = pager,
                              .code = row.code,
                              .name = row.name,
                              .address = row.url,
                              .events = events_text(rq, row.events),
                              .on = str_eq(row.state, "on"),
                              .error = error };
    p.calls = arena_array(rq->a, n, sizeof(*p.calls));
    for (size_t i = 0; i < n; i++)
        p.calls[p.n_calls++] = (struct webhook_calls){
            .number = calls[i].number,
            .event = named(rq, calls[i].event, events, COUNT(events)),
            .subject = calls[i].subject,
            .made = calls[i].made_at,
            .state = calls[i].state,
            .state_name = named(rq, calls[i].state, call_states, COUNT(call_states)),
            .attempts = calls[i].attempts,
            .status = calls[i].status,
            .message = pull_message_in(calls[i].message, rq->lang, rq->a),
            .ended = calls[i].ended_at
        };
    rq_crumb(rq, rq_tr(rq, N_("通知外部程序")), "/webhook");
    rq_crumb(rq, row.code, NULL);
    return webhook_render(rq, &p, e);
}

static enum rc webhook_show(struct rq *rq, struct err *e)
{
    return hook_again(rq, NULL, e);
}

static enum rc do_hook_switch(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return webhook_switch(tx, rq_county(x->rq), &rq_asker(x->rq)->person, x->code, x->on,
                          x->rq->a, e);
}

static enum rc webhook_switch_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq, .code = rq_param(rq, "code"), .on = rq_flag(rq, "on") };
    const char *why = NULL;
    enum rc rc = db_transact(rq_county(rq)->db, do_hook_switch, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/webhook/%s", x.code);
    rc = rq_form_failed(rq, rc, &why, e);
    return rc == RC_OK ? hook_again(rq, why, e) : rc;
}

#define OUTSIDE                                                                                \
    .auth = SESSION | TOKEN, .need = CAP_DISPATCH, .scope = SCOPE_ALL /* part of an            \
                                                                         initialiser */

const struct route outside_routes[] = {
    { OUTSIDE, .method = GET, .path = "/pull", .fn = pulls_show, .page = &pulls_kind,
      .help = N_("自动取数") },
    { OUTSIDE, .method = POST, .path = "/pull", .fn = pull_make_post,
      .help = N_("登记一项取数") },
    { OUTSIDE, .method = GET, .path = "/pull/:code", .fn = pull_show, .page = &pull_kind,
      .help = N_("一项取数和它的记录") },
    { OUTSIDE, .method = POST, .path = "/pull/:code/run", .fn = pull_run_post,
      .help = N_("现在取一次") },
    { OUTSIDE, .method = POST, .path = "/pull/:code/switch", .fn = pull_switch_post,
      .help = N_("停止或重新开始自动取") },
    { OUTSIDE, .method = GET, .path = "/webhook", .fn = webhooks_show, .page = &webhooks_kind,
      .help = N_("通知外部程序") },
    { OUTSIDE, .method = POST, .path = "/webhook", .fn = webhook_make_post,
      .help = N_("登记一个外部程序") },
    { OUTSIDE, .method = GET, .path = "/webhook/:code", .fn = webhook_show,
      .page = &webhook_kind, .help = N_("一个外部程序和送达记录") },
    { OUTSIDE, .method = POST, .path = "/webhook/:code/switch", .fn = webhook_switch_post,
      .help = N_("停止或重新开始通知") },
};
const size_t outside_routes_n = COUNT(outside_routes);
