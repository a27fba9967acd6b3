/*
 * The pages of the set-up. They lead into the imports there are and say whose turn it is; the
 * only acts of their own are clearing the trial and going live. Administrators see which steps
 * are done, not what is in them.
 */
#include "setup/setup_page.h"

#include "base/period.h"
#include "base/str.h"
#include "monitor/data_page.h"
#include "people/asker.h"
#include "setup/example.h"
#include "setup/setup.h"
#include "setup/setup.html.h"
#include "setup/setup_step.html.h"
#include "setup/steps.h"
#include "sheet/sheet.h"
#include "store/county.h"

#include <string.h>

enum { SNAP_MS = 120000 };

/* Who has to do with the set-up at all. */
static bool may_see(const struct asker *k)
{
    static const enum cap caps[] = { CAP_EDIT_UNITS, CAP_ACCOUNTS, CAP_SETTINGS, CAP_AUDIT,
                                     CAP_APPROVE };
    for (size_t i = 0; i < COUNT(caps); i++)
        if (person_can(&k->person, caps[i]))
            return true;
    return false;
}

static bool mine(const struct rq *rq, enum setup_step s)
{
    return person_may(&rq_asker(rq)->person, setup_about[s].need, NULL);
}

/* What is in a step is for who does it and for who works with content. */
static bool sees(const struct rq *rq, enum setup_step s)
{
    return mine(rq, s) || person_can(&rq_asker(rq)->person, CAP_READ_COUNTY);
}

static enum rc look(struct rq *rq, struct setup_view *v, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    if (!may_see(rq_asker(rq)))
        return err_set(e, RC_DENIED, N_("首次设置由平台专班和安全管理员做"));
    enum rc rc = db_read_for(rq_county(rq)->db, SNAP_MS, &s, e);
    return rc == RC_OK ? setup_look(rq_county(rq), s, rq->lang, rq->a, v, e) : rc;
}

/* "安全管理员(李敏)", or the role alone. */
static const char *whose(struct rq *rq, const struct setup_view *v, enum setup_step s)
{
    const char *role = setup_about[s].need == CAP_ACCOUNTS ? rq_tr(rq, N_("安全管理员"))
                                                           : rq_tr(rq, N_("平台专班"));
    return *v->step[s].who ? text_fill(rq->a, rq_tr(rq, N_("{role}（{names}）")), "role", role,
                                       "names", v->step[s].who, NULL)
                           : "";
}

static void count(const struct setup_stand *x, int64_t *ret_must, int64_t *ret_look)
{
    *ret_must = *ret_look = 0;
    for (size_t i = 0; i < x->n; i++)
        *(x->finding[i].must ? ret_must : ret_look) += 1;
}

static enum rc setup_show(struct rq *rq, struct err *e)
{
    struct setup_view v;
    enum rc rc = look(rq, &v, e);
    if (rc != RC_OK)
        return rc;
    struct setup_page p = { .was = v.was,
                            .trial = v.trial,
                            .live_at = v.live_at,
                            .name = "",
                            .href = "/setup",
                            .who = "",
                            .steps = arena_array(rq->a, SETUP_STEPS, sizeof(*p.steps)) };
    if (v.next < SETUP_STEPS) {
        p.no = (int64_t)v.next + 1;
        p.name = rq_tr(rq, setup_about[v.next].name);
        p.href = arena_printf(rq->a, "/setup/%s", setup_about[v.next].code);
        p.mine = mine(rq, v.next);
        p.who = whose(rq, &v, v.next);
        /* An empty county: somebody must be there to begin. */
        p.first = v.trial && !*p.who && !p.mine && mine(rq, SETUP_PEOPLE);
    }
    for (enum setup_step s = SETUP_UNITS; s < SETUP_STEPS; s++) {
        struct setup_steps *x = &p.steps[p.n_steps++];
        bool in = sees(rq, s), now = v.trial && s == v.next;
        *x = (struct setup_steps){ .no = (int64_t)s + 1,
                                   .code = setup_about[s].code,
                                   .name = rq_tr(rq, setup_about[s].name),
                                   .why = rq_tr(rq, setup_about[s].why),
                                   .said = in ? v.step[s].said : "",
                                   .who = v.step[s].done ? "" : whose(rq, &v, s),
                                   .done = v.step[s].done,
                                   .now = now,
                                   .mine = mine(rq, s) };
        /* What has not been reached yet is not wrong. */
        if (in && (v.step[s].done || s == v.next))
            count(&v.step[s], &x->must, &x->look);
        p.done += v.step[s].done;
    }
    rq_crumb(rq, rq_tr(rq, N_("首次设置")), NULL);
    return setup_render(rq, &p, e);
}

/* ---- one step ---- */

static enum rc step_of(struct rq *rq, enum setup_step *ret, struct err *e)
{
    const char *code = rq_param(rq, "step");
    *ret = setup_step_of(code);
    return *ret < SETUP_STEPS
               ? RC_OK
               : err_set(e, RC_NOTFOUND, N_("首次设置没有「{step}」这一步"), "step", code);
}

/* Where the table of a step is sent. */
static void act_of(struct rq *rq, enum setup_step s, const struct setup_view *v,
                   struct setup_step_page *p)
{
    static const struct {
        const char *href, *text;
    } acts[SETUP_STEPS] = {
        [SETUP_UNITS] = { "/unit/import", N_("上传单位表") },
        [SETUP_PEOPLE] = { "/account/import", N_("上传账号表") },
        [SETUP_SCHEME] = { "/scheme/import", N_("上传方案表") },
        [SETUP_SOURCES] = { "/point/import", N_("上传监测点表") },
        [SETUP_VALUES] = { "/import/new", N_("上传数值") },
    };
    char code[PERIOD_TEXT];
    period_code(v->period, code);
    if (!acts[s].href)
        return;
    p->act_href = s == SETUP_VALUES ? arena_printf(rq->a, "%s?period=%s", acts[s].href, code)
                                    : acts[s].href;
    p->act = rq_tr(rq, acts[s].text);
    p->blank = arena_printf(rq->a, "/setup/%s/blank.xlsx", setup_about[s].code);
    p->example = arena_printf(rq->a, "/setup/%s/example.xlsx", setup_about[s].code);
    if (s == SETUP_SOURCES && v->scheme) { /* one line for each indicator that lacks a point */
        p->blank = arena_printf(rq->a, "/scheme/%d/points.xlsx", v->scheme);
        bool drafted = false;
        for (size_t i = 0; i < v->step[s].n && !drafted; i++)
            drafted = v->step[s].finding[i].must && v->step[s].finding[i].href &&
                      str_starts(v->step[s].finding[i].href, "/scheme/");
        if (drafted) { /* points are there: adopting is what is left */
            p->act_href = arena_printf(rq->a, "/scheme/%d/preview", v->scheme);
            p->act = rq_tr(rq, N_("去采用方案"));
        }
    }
    if (s == SETUP_VALUES) {
        p->blank = arena_printf(rq->a, "/import/template.xlsx?period=%s", code);
        p->example = arena_printf(rq->a, "%s?period=%s", p->example, code);
    }
}

static void columns(struct rq *rq, enum setup_step s, struct setup_step_page *p)
{
    const struct heading *h = setup_headings(s);
    size_t n = 0;
    while (h && h[n].code)
        n++;
    p->columns = arena_array(rq->a, n, sizeof(*p->columns));
    for (size_t i = 0; i < n; i++) {
        const char *bar = strchr(h[i].names, '|');
        p->columns[p->n_columns++] =
            (struct setup_step_columns){ .name = bar ? arena_strndup(rq->a, h[i].names,
                                                                     (size_t)(bar - h[i].names))
                                                     : h[i].names,
                                         .help = rq_tr(rq, h[i].help),
                                         .sample = h[i].sample,
                                         .needed = h[i].needed };
    }
}

static enum rc setup_step_show(struct rq *rq, struct err *e)
{
    struct setup_view v;
    enum setup_step s;
    int64_t seen;
    enum rc rc = step_of(rq, &s, e);
    if (rc == RC_OK)
        rc = look(rq, &v, e);
    if (rc != RC_OK)
        return rc;
    const struct setup_stand *x = &v.step[s];
    bool in = sees(rq, s);
    struct setup_step_page p = { .no = (int64_t)s + 1,
                                 .code = setup_about[s].code,
                                 .name = rq_tr(rq, setup_about[s].name),
                                 .why = rq_tr(rq, setup_about[s].why),
                                 .how = rq_tr(rq, setup_about[s].how),
                                 .said = in ? x->said : "",
                                 .trial = v.trial,
                                 .done = x->done,
                                 .mine = mine(rq, s),
                                 .who = whose(rq, &v, s),
                                 .act = "",
                                 .prev = "",
                                 .next = "",
                                 .period = v.period,
                                 .computed = v.computed,
                                 .may_compute = s == SETUP_COMPUTE &&
                                                v.step[SETUP_VALUES].done && v.imports > 0,
                                 .live = s == SETUP_LIVE,
                                 .imports = v.imports,
                                 .values = v.values,
                                 .computations = v.computations,
                                 .reports = v.reports,
                                 .warnings = v.warnings };
    if (in) {
        count(x, &p.must, &seen);
        p.findings = arena_array(rq->a, x->n, sizeof(*p.findings));
        for (size_t i = 0; i < x->n; i++)
            p.findings[p.n_findings++] =
                (struct setup_step_findings){ .must = x->finding[i].must,
                                              .what = x->finding[i].what,
                                              .todo = x->finding[i].todo,
                                              .href = x->finding[i].href,
                                              .act =
                                                  x->finding[i].act ? x->finding[i].act : "" };
    }
    if (s == SETUP_LIVE && v.trial) {
        bool before = true;
        for (enum setup_step i = SETUP_UNITS; i < SETUP_LIVE; i++)
            before &= v.step[i].done;
        p.may_clear = before && (v.imports > 0 || v.computations > 0);
        p.may_go = before && !p.may_clear;
    }
    act_of(rq, s, &v, &p);
    columns(rq, s, &p);
    if (s > SETUP_UNITS) {
        p.prev = rq_tr(rq, setup_about[s - 1].name);
        p.prev_href = arena_printf(rq->a, "/setup/%s", setup_about[s - 1].code);
    }
    if (s + 1 < SETUP_STEPS) {
        p.next = rq_tr(rq, setup_about[s + 1].name);
        p.next_href = arena_printf(rq->a, "/setup/%s", setup_about[s + 1].code);
    }
    rq_crumb(rq, rq_tr(rq, N_("首次设置")), "/setup");
    rq_crumb(rq, p.name, NULL);
    return setup_step_render(rq, &p, e);
}

/* ---- tables ---- */

static enum rc send(struct rq *rq, const struct table *t, const char *name, struct err *e)
{
    struct str b;
    str_init(&b, NULL);
    enum rc rc = sheet_write(SHEET_XLSX, &t, 1, /* bom= */ false, rq->now, &b, e);
    if (rc == RC_OK)
        return web_str(rq, &b, sheet_format_mime(SHEET_XLSX), name, e);
    str_done(&b);
    return rc;
}

static enum rc setup_blank_get(struct rq *rq, struct err *e)
{
    enum setup_step s;
    const struct table *t;
    enum rc rc = step_of(rq, &s, e);
    if (rc == RC_OK)
        rc = setup_blank(s, rq->lang, rq->a, &t, e);
    return rc == RC_OK ? send(rq, t,
                              arena_printf(rq->a, "%d-%s.xlsx", (int)s + 1,
                                           rq_tr(rq, setup_about[s].name)),
                              e)
                       : rc;
}

static enum rc setup_example_get(struct rq *rq, struct err *e)
{
    enum setup_step s;
    const struct table *t;
    struct period p = period_step(period_at(PERIOD_QUARTER, time_day(rq->now)), -1);
    enum rc rc = step_of(rq, &s, e);
    if (rc == RC_OK)
        rc = rq_query_period(rq, "period", N_("期间"), &p, e);
    if (rc == RC_OK)
        rc = setup_example(s, p, rq->lang, rq->a, &t, e);
    return rc == RC_OK
               ? send(rq, t,
                      text_fill(rq->a, rq_tr(rq, N_("{no}-{name}-例子（演示数据）.xlsx")), "no",
                                arena_printf(rq->a, "%d", (int)s + 1), "name",
                                rq_tr(rq, setup_about[s].name), NULL),
                      e)
               : rc;
}

/* ---- the two acts ---- */

/* RC_CONFLICT naming the first step that is not done. */
static enum rc all_before(struct rq *rq, struct err *e)
{
    struct setup_view v;
    enum rc rc = look(rq, &v, e);
    for (enum setup_step s = SETUP_UNITS; rc == RC_OK && s < SETUP_LIVE; s++)
        if (!v.step[s].done)
            return err_set(e, RC_CONFLICT, N_("第{n}步「{name}」还没有做完：{what}"), "n",
                           arena_printf(rq->a, "%d", (int)s + 1), "name",
                           rq_tr(rq, setup_about[s].name), "what", v.step[s].finding[0].what);
    return rc;
}

static enum rc setup_clear_post(struct rq *rq, struct err *e)
{
    struct setup_cleared done;
    enum rc rc = setup_clear(rq_county(rq), rq->account.code, &done, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已清除{n}次导入和{m}次计算")), "n",
                            arena_printf(rq->a, "%zu", done.imports), "m",
                            arena_printf(rq->a, "%zu", done.computations), NULL));
    return web_done(rq, "/setup/live", e);
}

static enum rc setup_live_post(struct rq *rq, struct err *e)
{
    enum rc rc = all_before(rq, e);
    if (rc == RC_OK)
        rc = setup_go_live(rq_county(rq), rq->account.code, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, rq_tr(rq, N_("已正式启用")));
    return web_done(rq, "/setup", e);
}

const struct route setup_routes[] = {
    { .method = GET,
      .path = "/setup",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_LIST,
      .fn = setup_show,
      .page = &setup_kind,
      .help = N_("首次设置：七步各到哪里，轮到谁") },
    { .method = GET,
      .path = "/setup/:step",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = setup_step_show,
      .page = &setup_step_kind,
      .help = N_("首次设置的一步：units、people、scheme、sources、values、compute、live") },
    { .method = GET,
      .path = "/setup/:step/blank.xlsx",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = setup_blank_get,
      .help = N_("一步的空表，各列怎么填在另一张工作表里") },
    { .method = GET,
      .path = "/setup/:step/example.xlsx",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = setup_example_get,
      .help = N_("一步填好的例子，来自演示县") },
    { .method = POST,
      .path = "/setup/clear",
      .auth = SESSION | TOKEN,
      .need = CAP_ADOPT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = setup_clear_post,
      .help = N_("清除试算数据：数值、计算、得分、报告、预警不再算数") },
    { .method = POST,
      .path = "/setup/live",
      .auth = SESSION | TOKEN,
      .need = CAP_ADOPT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = setup_live_post,
      .help = N_("正式启用") },
};
const size_t setup_routes_n = COUNT(setup_routes);
