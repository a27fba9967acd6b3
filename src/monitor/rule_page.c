/*
 * Rules: the list, one with its history, its trial on past periods, a new version. What the
 * form says is first a struct rule, whether it can be read or not; trying, saving and showing
 * start from that.
 */
#include "monitor/rule_page.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/overview_page.h"
#include "monitor/publication.h"
#include "monitor/readopt.h"
#include "monitor/rule.html.h"
#include "monitor/rule_gate.h"
#include "monitor/rule_list.html.h"
#include "monitor/rule_quality.html.h"
#include "monitor/rule_target.h"
#include "monitor/warn_feed.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "store/county.h"
#include "warn/trial.h"
#include "warn/words.h"
#include "web/svg.h"

#include <math.h>

enum { TRIAL_UNITS_SHOWN = 10, TRIAL_SAMPLE_MAX = 200, TARGET_MAX = 100 };

/* ---- what stands ---- */

struct present {
    struct warn_view *all;
    size_t n;
    const bool *may; /* by unit.index */
    const struct units *units;
    struct period period;
};

static enum rc present_load(struct rq *rq, const struct snap *s, const char *path,
                            struct present *ret, struct err *e)
{
    struct asker *k = rq_asker(rq);
    *ret = (struct present){ .units = k->units,
                             .may = person_scope(&k->person, CAP_READ_UNIT, k->units, rq->a) };
    struct sight sees;
    enum rc rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &sees, true, path, &ret->period, e);
    if (rc != RC_OK)
        return rc;
    const struct warn_sight sight = sight_warnings(&sees);
    return warnings_shown(s, ret->period, &sight, (struct id){ 0 }, rq->lang, rq->a, &ret->all,
                          &ret->n, e);
}

/* How many warnings of a rule burn where the reader may look: a rule burns at most once at a
 * unit. */
static int64_t burning(const struct present *st, const char *rule)
{
    int64_t n = 0;
    for (size_t i = 0; i < st->n; i++) {
        const struct unit *u = units_by_id(st->units, st->all[i].unit);
        n += u && st->may[u->index] && warn_view_burns(&st->all[i]) &&
             str_eq(st->all[i].rule_code, rule);
    }
    return n;
}

/* ---- the list ---- */

/* 启用; 启用(有未启用的新稿) when a newer draft waits behind the version in force. */
static const char *state_text(const struct rq *rq, const struct rule *r)
{
    if (r->state == RULE_DRAFT && r->live)
        return rq_tr(rq, N_("启用，有未启用的新稿"));
    return rq_tr(rq, rule_state_text(r->state));
}

static enum rc rule_list_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rule *rules;
    struct present st;
    struct rule_targets_known known;
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rules_newest(s, rq->a, &rules, &n, e);
    if (rc == RC_OK)
        rc = present_load(rq, s, "/rule", &st, e);
    if (rc == RC_OK)
        rc = rule_targets_load(s, st.period, rq->a, &known, e);
    if (rc != RC_OK)
        return rc;
    struct rule_list_page p = { .may_edit = person_can(&rq_asker(rq)->person, CAP_EDIT_RULES),
                                .quality = person_can(&rq_asker(rq)->person, CAP_READ_COUNTY),
                                .rules = arena_array(rq->a, n, sizeof(*p.rules)),
                                .n_rules = n };
    for (size_t i = 0; i < n; i++) {
        const struct rule *r = &rules[i];
        const char *measure, *name = rq_tr(rq, rule_target_name(&known, r, &measure));
        int64_t firing = burning(&st, r->code);
        p.rules[i] =
            (struct rule_list_rules){ .code = r->code,
                                      .name = r->name,
                                      .target = name,
                                      .words = words_rule(r, warn_lowest(&r->when), measure,
                                                          rq->lang, rq->a),
                                      .yellow = r->when.limit[WARN_YELLOW],
                                      .orange = r->when.limit[WARN_ORANGE],
                                      .red = r->when.limit[WARN_RED],
                                      .measure = measure,
                                      .for_periods = r->when.for_periods,
                                      .state = r->live ? "live" : rule_state_word(r->state),
                                      .state_name = state_text(rq, r),
                                      .firing = firing,
                                      .unit_total = firing,
                                      .version = r->version };
        p.live += r->live > 0;
    }
    return rule_list_render(rq, &p, e);
}

/* ---- one rule ---- */

struct showing {
    struct rq *rq;
    const struct snap *s;
    struct rule_targets_known known;
    struct present st;
    struct rule *versions; /* newest first; none for a fresh rule */
    size_t n_versions;
    struct rule r; /* what is shown: the newest version, or what the form says */
    struct rule_page p;
};

static enum rc begin(struct showing *x, const char *code, struct err *e)
{
    struct rq *rq = x->rq;
    const char *path = code ? arena_printf(rq->a, "/rule/%s", code) : "/rule/new";
    enum rc rc = db_read(rq_county(rq)->db, &x->s, e);
    if (rc == RC_OK && code)
        rc = rule_load(x->s, code, rq->a, &x->versions, &x->n_versions, e);
    if (rc == RC_OK)
        rc = present_load(rq, x->s, path, &x->st, e);
    if (rc == RC_OK)
        rc = rule_targets_load(x->s, x->st.period, rq->a, &x->known, e);
    if (rc != RC_OK)
        return rc;
    x->r = x->n_versions ? x->versions[0]
                         : (struct rule){ .code = "",
                                          .name = "",
                                          .state = RULE_DRAFT,
                                          .target = "",
                                          .when = { .op = RULE_BELOW,
                                                    .limit = { NAN, NAN, NAN, NAN },
                                                    .recover = NAN,
                                                    .for_periods = 1,
                                                    .recover_periods = 1 },
                                          .peer_group = "",
                                          .advice = "",
                                          .send = RULE_REVIEW,
                                          .why = "",
                                          .by = "" };
    return RC_OK;
}

static const char *number_text(struct arena *a, double v)
{
    struct str b;
    str_init(&b, a);
    if (!isnan(v))
        json_num(&b, v);
    return b.s;
}

/* What a rule may look at; what has expired is marked, and comes into force by none. */
static enum rc show_targets(struct showing *x, struct err *e)
{
    const struct rule_targets_known *k = &x->known;
    struct rule_page *p = &x->p;
    struct rq *rq = x->rq;
    struct map *indicators, *forms;
    size_t n_nodes = k->scheme ? k->scheme->n : 0;
    enum rc rc = readopt_gone(x->s, "indicator", rq->a, &indicators, e);
    if (rc == RC_OK)
        rc = readopt_gone(x->s, "form", rq->a, &forms, e);
    if (rc != RC_OK)
        return rc;
    p->targets = arena_array(rq->a, k->n_points + n_nodes + 1, sizeof(*p->targets));
    p->targets[p->n_targets++] =
        (struct rule_targets){ "completeness", "completeness", rq_tr(rq, N_("数据完整率")) };
    for (size_t i = 0; i < n_nodes; i++) {
        const struct scheme_node *n = &k->scheme->nodes[i];
        p->targets[p->n_targets++] =
            (struct rule_targets){ n->level == 1 ? "indicator" : "score", n->code,
                                   readopt_mark(n->name, map_get(indicators, n->code), rq->lang,
                                                rq->a) };
    }
    for (size_t i = 0; i < k->n_points; i++)
        p->targets[p->n_targets++] = (struct rule_targets){
            "point", k->points[i].code,
            readopt_mark(k->points[i].name, map_get(forms, k->points[i].code), rq->lang, rq->a)
        };
    return RC_OK;
}

static bool listed(struct arena *a, const char *list, const char *word)
{
    size_t n;
    char **words = str_split(a, list, '|', &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(words[i], word))
            return true;
    return false;
}

/* Peer groups there are, and what the rule names besides (kinds, groups that are gone). */
static void show_groups(struct showing *x)
{
    struct arena *a = x->rq->a;
    const struct units *us = x->st.units;
    struct rule_page *p = &x->p;
    struct map *seen = map_new(a);
    size_t n_own;
    char **own = str_split(a, x->r.peer_group, '|', &n_own);
    p->groups = arena_array(a, us->n + n_own, sizeof(*p->groups));
    for (size_t i = 0; i < us->n + n_own; i++) {
        const char *g = i < us->n ? us->all[i].peer_group : own[i - us->n];
        if (*g && map_add(seen, g, p))
            p->groups[p->n_groups++] =
                (struct rule_groups){ g, g, listed(a, x->r.peer_group, g) };
    }
}

static void show_versions(struct showing *x)
{
    struct rule_page *p = &x->p;
    p->versions = arena_array(x->rq->a, x->n_versions, sizeof(*p->versions));
    for (size_t i = 0; i < x->n_versions; i++) {
        const struct rule *r = &x->versions[i];
        const char *measure;
        (void)rule_target_name(&x->known, r, &measure); /* only its measure is needed */
        p->versions[p->n_versions++] = (struct rule_versions){
            .version = r->version,
            .words = text_fill(x->rq->a, rq_tr(x->rq, N_("{rule}（{state}）")), "rule",
                               words_rule(r, WARN_NONE, measure, x->rq->lang, x->rq->a),
                               "state", rq_tr(x->rq, rule_state_text(r->state)), NULL),
            .at = r->created_at,
            .by = *r->by ? r->by : rq_tr(x->rq, N_("系统")),
            .why = *r->why ? r->why : NULL
        };
    }
}

/* A field as it was sent. */
static const char *typed(const struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    return v ? v : "";
}

/* What the rule says. */
static const char *sentence(struct showing *x, const char *name, const char *measure)
{
    const struct rule *r = &x->r;
    struct arena *a = x->rq->a;
    if (warn_lowest(&r->when) == WARN_NONE)
        return rq_tr(x->rq, N_("写明看什么、过了哪条线、连续几期才发出。"));
    const char *rule = words_rule(r, WARN_NONE, measure, x->rq->lang, a);
    return text_fill(a, rq_tr(x->rq, N_("{name}：{rule}。")), "name", name, "rule", rule, NULL);
}

static enum rc render(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct rule_page *p = &x->p;
    const struct rule *r = &x->r;
    bool fresh = x->n_versions == 0;
    const char *measure, *name = rq_tr(rq, rule_target_name(&x->known, r, &measure));
    p->code = r->code;
    p->fresh = fresh;
    p->name = r->name;
    p->version = fresh ? 0 : x->versions[0].version;
    p->next = fresh ? 1 : x->versions[0].version + 1;
    p->state = rule_state_word(r->state);
    p->state_name = state_text(rq, r);
    p->words = sentence(x, name, measure);
    p->may_edit = person_can(&rq_asker(rq)->person, CAP_EDIT_RULES);
    p->target_kind = r->kind ? warn_target_word(r->kind) : "";
    p->target_name = name;
    p->op = rule_op_word(r->when.op);
    p->measure = measure;
    p->for_periods = r->when.for_periods;
    p->recover_periods = r->when.recover_periods;
    p->peer_group = r->peer_group;
    p->advice = r->advice;
    p->send = rule_send_word(r->send);
    p->send_name = rq_tr(rq, rule_send_text(r->send));
    p->why = rq->method == POST ? typed(rq, "why") : "";
    if (!p->error) { /* otherwise what was typed is there already */
        p->target = r->kind ? rule_target_field(&x->known, r) : "";
        p->yellow = number_text(rq->a, r->when.limit[WARN_YELLOW]);
        p->orange = number_text(rq->a, r->when.limit[WARN_ORANGE]);
        p->red = number_text(rq->a, r->when.limit[WARN_RED]);
        p->recover = number_text(rq->a, r->when.recover);
    }
    p->firing = p->firing_units = fresh ? 0 : burning(&x->st, r->code);
    show_groups(x);
    show_versions(x);
    enum rc rc = show_targets(x, e);
    if (rc == RC_OK && !fresh)
        rc = readopt_expired(x->s, "rule", r->code, rq->lang, rq->a, &p->expired, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("预警规则")), "/rule");
    rq_crumb(rq, fresh ? rq_tr(rq, N_("新建规则")) : x->versions[0].name, NULL);
    return rule_render(rq, p, e);
}

static enum rc show(struct rq *rq, const char *code, struct err *e)
{
    struct showing x = { .rq = rq };
    enum rc rc = begin(&x, code, e);
    if (rc == RC_OK)
        rc = render(&x, e);
    db_read_end(&x.s);
    return rc;
}

static enum rc rule_show(struct rq *rq, struct err *e)
{
    return show(rq, rq_param(rq, "code"), e);
}

static enum rc rule_new_show(struct rq *rq, struct err *e)
{
    return show(rq, NULL, e);
}

/* ---- the form ---- */

static enum rc read_limit(struct rq *rq, const char *field, const char *label, double *ret,
                          struct showing *x, struct err *e)
{
    x->p.error_field = field;
    *ret = NAN;
    return rq_real_opt(rq, field, label, ret, e);
}

static enum rc read_periods(struct rq *rq, const char *field, const char *label, int *ret,
                            struct showing *x, struct err *e)
{
    int64_t v = 1;
    x->p.error_field = field;
    enum rc rc = rq_int_opt(rq, field, label, 1, WARN_PERIODS_MAX, &v, e);
    *ret = (int)v;
    return rc;
}

/* Ticked groups as "a|b". */
static const char *read_groups(struct rq *rq)
{
    struct str b;
    str_init(&b, rq->a);
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].name, "peer_group") && f[i].n > 0)
            str_addf(&b, "%s%s", b.n ? "|" : "", f[i].value);
    return b.s;
}

static enum rc read_words(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct rule *r = &x->r;
    enum rc rc = RC_OK;
    if (x->n_versions == 0) {
        x->p.error_field = "code";
        rc = rq_code(rq, "code", N_("规则代码"), &r->code, e);
    }
    if (rc == RC_OK) {
        x->p.error_field = "name";
        rc = rq_text(rq, "name", N_("名称"), RULE_NAME_MAX, &r->name, e);
    }
    if (rc == RC_OK) {
        x->p.error_field = "advice";
        rc = rq_text_opt(rq, "advice", N_("消除办法"), RULE_ADVICE_MAX, &r->advice, e);
    }
    if (rc == RC_OK) {
        x->p.error_field = "why";
        rc = rq_text_opt(rq, "why", N_("为什么改"), RULE_WHY_MAX, &r->why, e);
    }
    return rc;
}

static enum rc read_target(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct rule *r = &x->r;
    const char *text;
    x->p.error_field = "target";
    enum rc rc = rq_text(rq, "target", N_("看什么"), TARGET_MAX, &text, e);
    if (rc == RC_OK)
        rc = rule_target_find(&x->known, text, &r->kind, &r->target, e);
    if (rc != RC_OK)
        return rc;
    r->when.op = rule_op_of(rq_field(rq, "op"));
    r->state = rule_state_of(rq_field(rq, "state"));
    if (*typed(rq, "send")) /* programs of before do not say it */
        r->send = rule_send_of(typed(rq, "send"));
    x->p.error_field = "state";
    if (!r->state)
        return err_set(e, RC_INVALID, N_("状态应是 live、draft 或 off"));
    return RC_OK;
}

/* What the form says, into x->r; on RC_INVALID x->p.error_field names the field. */
static enum rc read_form(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct condition *w = &x->r.when;
    enum rc rc = read_words(x, e);
    if (rc == RC_OK)
        rc = read_target(x, e);
    if (rc == RC_OK)
        rc = read_limit(rq, "yellow", N_("黄色界线"), &w->limit[WARN_YELLOW], x, e);
    if (rc == RC_OK)
        rc = read_limit(rq, "orange", N_("橙色界线"), &w->limit[WARN_ORANGE], x, e);
    if (rc == RC_OK)
        rc = read_limit(rq, "red", N_("红色界线"), &w->limit[WARN_RED], x, e);
    if (rc == RC_OK)
        rc = read_limit(rq, "recover", N_("恢复界线"), &w->recover, x, e);
    if (rc == RC_OK)
        rc = read_periods(rq, "for_periods", N_("连续几期才发出"), &w->for_periods, x, e);
    if (rc == RC_OK)
        rc = read_periods(rq, "recover_periods", N_("连续几期才消除"), &w->recover_periods, x,
                          e);
    x->r.peer_group = read_groups(rq);
    return rc == RC_OK ? rule_check(&x->r, &x->p.error_field, e) : rc;
}

/* The page again, with what was typed and what is wrong with it. */
static enum rc show_wrong(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    x->p.error = err_message(e, rq->lang, rq->a);
    err_done(e);
    x->p.target = typed(rq, "target");
    x->p.yellow = typed(rq, "yellow");
    x->p.orange = typed(rq, "orange");
    x->p.red = typed(rq, "red");
    x->p.recover = typed(rq, "recover");
    x->r.name = typed(rq, "name");
    x->r.advice = typed(rq, "advice");
    if (x->n_versions == 0)
        x->r.code = typed(rq, "code");
    enum rule_op op = rule_op_of(typed(rq, "op"));
    enum rule_state state = rule_state_of(typed(rq, "state"));
    x->r.when.op = op ? op : RULE_BELOW;
    x->r.state = state ? state : RULE_DRAFT;
    x->r.send = x->r.send ? x->r.send : RULE_REVIEW;
    x->r.peer_group = read_groups(rq);
    rq->status = 400;
    return render(x, e);
}

/* ---- the trial ---- */

static void trial_tables(struct showing *x, const struct warn_source *const *past, size_t n,
                         const struct trial *t, const struct trial *now, struct rule_trial *out)
{
    struct rq *rq = x->rq;
    struct arena *a = rq->a;
    const char *measure;
    bool on_axis = x->r.when.op == RULE_BELOW || x->r.when.op == RULE_ABOVE;
    double most = 1;
    (void)rule_target_name(&x->known, &x->r, &measure); /* only its measure is needed */
    out->colours = arena_array(a, WARN_COLOURS, sizeof(*out->colours));
    for (enum warn_colour c = WARN_RED; c >= WARN_YELLOW; c--)
        out->colours[out->n_colours++] =
            (struct rule_trial_colours){ warn_mark(c), rq_tr(rq, warn_colour_text(c)),
                                         (int64_t)t->by_colour[c], (int64_t)now->by_colour[c] };
    for (size_t i = 0; i < n; i++)
        most = fmax(most, (double)t->by_period[i]);
    out->periods = arena_array(a, n, sizeof(*out->periods));
    struct svg_scale scale = { 0, most };
    for (size_t i = 0; i < n; i++) {
        struct str bar;
        str_init(&bar, a);
        svg_bar_cell(&bar, &scale, (double)t->by_period[i], NAN, NAN, NAN, false);
        out->periods[out->n_periods++] =
            (struct rule_trial_periods){ past[i]->period, (int64_t)t->by_period[i],
                                         (int64_t)now->by_period[i], bar.s };
    }
    out->units = arena_array(a, TRIAL_UNITS_SHOWN, sizeof(*out->units));
    for (size_t i = 0; i < t->n_units && i < TRIAL_UNITS_SHOWN; i++)
        out->units[out->n_units++] =
            (struct rule_trial_units){ t->units[i].unit->code, t->units[i].unit->name,
                                       (int64_t)t->units[i].n, warn_mark(t->units[i].worst),
                                       rq_tr(rq, warn_colour_text(t->units[i].worst)) };
    out->sample = arena_array(a, TRIAL_SAMPLE_MAX, sizeof(*out->sample));
    for (size_t i = 0; i < t->total && i < TRIAL_SAMPLE_MAX; i++) {
        const struct trial_hit *h = &t->hits[i];
        out->sample[out->n_sample++] =
            (struct rule_trial_sample){ h->unit->code,
                                        h->unit->name,
                                        h->fired,
                                        warn_mark(h->colour),
                                        rq_tr(rq, warn_colour_text(h->colour)),
                                        words_number(h->value, on_axis ? h->limit : NAN,
                                                     measure, rq->lang, a),
                                        words_number(h->limit, NAN, measure, rq->lang, a) };
    }
}

static enum rc try_it(struct showing *x, struct err *e)
{
    struct arena *a = x->rq->a;
    const struct warn_source *const *past;
    struct trial t, now = { .total = 0 };
    size_t n;
    enum rc rc = warn_feed_past(x->s, WARN_PAST_MAX, x->rq->now, a, &past, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n == 0)
        return err_set(e, RC_INVALID, N_("还没有算过的期间,没有数据可以试算"));
    int64_t limit;
    rc = setting_int(x->s, &rule_settings[SET_RULE_LOAD], &limit, e);
    if (rc != RC_OK)
        return rc;
    rule_trial(&x->r, past, n, a, &t);
    now.by_period = arena_array(a, n, sizeof(*now.by_period));
    for (size_t i = 0; i < x->n_versions; i++)
        if (x->versions[i].version == x->versions[i].live)
            rule_trial(&x->versions[i], past, n, a, &now);
    struct rule_trial *out = arena_alloc(a, sizeof(*out));
    *out = (struct rule_trial){
        .from_name = period_name(a, past[0]->period, x->rq->lang),
        .to_name = period_name(a, past[n - 1]->period, x->rq->lang),
        .total = (int64_t)t.total,
        .unit_total = (int64_t)t.n_units,
        .now_total = (int64_t)now.total,
        .load = rule_load_of(&t),
        .load_limit = limit,
        .over = rule_load_of(&t) > (double)limit,
    };
    trial_tables(x, past, n, &t, &now, out);
    x->p.trial = out;
    x->rq->status = 200;
    return RC_OK;
}

/* ---- saving ---- */

struct saving {
    struct county *c;
    const struct rule *r;
    struct id account;
    const char *by;
    bool fresh;
    size_t written;
};

static enum rc save(struct tx *tx, void *arg, struct err *e)
{
    struct saving *p = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rule *there;
    size_t n = 0;
    p->written = 0;
    if (p->fresh) {
        CLEANUP(err_done) struct err none = { 0 };
        enum rc rc = rule_load(tx_snap(tx), p->r->code, a, &there, &n, &none);
        if (rc == RC_OK)
            return err_set(e, RC_CONFLICT, N_("已有代码为「{code}」的规则,请换一个代码"),
                           "code", p->r->code);
        if (rc != RC_NOTFOUND) {
            err_move(e, &none);
            return rc;
        }
    }
    return rules_write(tx, p->c, p->r, 1, p->account, p->by, &p->written, e);
}

static const char *saved_text(enum rule_state s)
{
    switch (s) {
    case RULE_DRAFT:
        return N_("已存为新稿，启用中的没有改动。");
    case RULE_LIVE:
        return N_("新版已启用，下次计算起按它判。");
    case RULE_OFF:
        return N_("规则已停用，它的预警在下次计算时结束。");
    }
    return "";
}

static enum rc save_it(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct saving p = { .c = rq_county(rq),
                        .r = &x->r,
                        .account = rq->account.id,
                        .by = rq->account.code,
                        .fresh = x->n_versions == 0 };
    enum rc rc = rule_gate(x->s, &x->r, 1, rq->now, e);
    if (rc == RC_CONFLICT) {
        x->p.error_field = "state";
        return rq->json ? rc : show_wrong(x, e);
    }
    db_read_end(&x->s); /* a change does not wait behind a snapshot */
    if (rc == RC_OK)
        rc = db_transact(p.c->db, save, &p, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(
        rq, rq_tr(rq, p.written ? saved_text(x->r.state) : N_("内容没有变化，没有生成新版。")));
    return web_donef(rq, e, "/rule/%s", x->r.code);
}

static enum rc post(struct rq *rq, const char *code, struct err *e)
{
    struct showing x = { .rq = rq };
    enum rc rc = begin(&x, code, e);
    if (rc == RC_OK)
        rc = read_form(&x, e);
    bool trying = str_eq(rq_field(rq, "act"), "try");
    if (rc == RC_OK && trying)
        rc = try_it(&x, e);
    if (rc == RC_OK)
        rc = trying ? render(&x, e) : save_it(&x, e);
    else if (rc == RC_INVALID && !rq->json && x.s)
        rc = show_wrong(&x, e);
    db_read_end(&x.s);
    return rc;
}

static enum rc rule_post(struct rq *rq, struct err *e)
{
    return post(rq, rq_param(rq, "code"), e);
}

static enum rc rule_new_post(struct rq *rq, struct err *e)
{
    return post(rq, NULL, e);
}

const struct route rule_routes[] = {
    { .method = GET,
      .path = "/rule",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = rule_list_show,
      .page = &rule_list_kind,
      .help = N_("预警规则") },
    { .method = GET,
      .path = "/rule/new",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = rule_new_show,
      .page = &rule_kind,
      .help = N_("新建预警规则的表单") },
    { .method = GET,
      .path = "/rule/quality",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = rule_quality_show,
      .page = &rule_quality_kind,
      .help = N_("规则质量：误报、签收用时、负担和复发") },
    { .method = GET,
      .path = "/rule/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = rule_show,
      .page = &rule_kind,
      .help = N_("一条预警规则和它的历史") },
    { .method = POST,
      .path = "/rule",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = rule_new_post,
      .help = N_("新建预警规则;act=try 只在过去的数据上试算") },
    { .method = POST,
      .path = "/rule/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = rule_post,
      .help = N_("预警规则的新版;act=try 只在过去的数据上试算") },
};
const size_t rule_routes_n = COUNT(rule_routes);
