/* The yearly check-up: its table, what it looks at, what its end brings. */
#include "meeting/checkup.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "meeting/checkup.sql.h"
#include "monitor/point.h"
#include "monitor/scheme.h"
#include "store/county.h"
#include "warn/rule.h"

#include <math.h>
#include <string.h>

enum { YEAR_DAYS = 365 };

/* ---- the kind ---- */

static const struct flow_rung ladder[] = {
    { .days = -20 },
    { .days = -10 },
    { .days = -5, .colour = FLOW_YELLOW },
    { .days = -1, .colour = FLOW_ORANGE, .tell = FLOW_BY_CAP, .need = CAP_APPROVE },
};
static const struct flow_clock clocks[] = {
    { .code = "day",
      .name = N_("体检到期日"),
      .from = "day",
      FLOW_ROWS(ladder, ladder),
      .lapse = "expire" },
};
static const struct flow_state states[] = {
    { .code = "open",
      .name = N_("逐项审议"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "day" },
    { .code = "done", .name = N_("办结"), .final = true },
    { .code = "cancelled", .name = N_("撤销"), .final = true },
};
static const struct flow_field fields[] = {
    { .code = "day",
      .name = N_("到期日"),
      .type = FLOW_DAY,
      .min = 10,
      .max = 180,
      .help = N_("到这一天还没有决定续用的，到期；至少留10天") },
    { .code = "why", .name = N_("理由"), .type = FLOW_LINES, .min = 2, .max = 300 },
};
static const struct flow_move moves[] = {
    { .verb = "finish",
      .name = N_("办结"),
      .from = "open",
      .to = "done",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .help = N_("每一项都决定了才能办结；决定不续用的从此到期") },
    { .verb = "expire",
      .name = N_("到期"),
      .from = "open",
      .to = "done",
      .who = FLOW_SYSTEM,
      .event = N_("到期日已过；没有决定续用的都到期") },
    { .verb = "cancel",
      .name = N_("撤销"),
      .from = "open",
      .to = "cancelled",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "why!",
      .help = N_("撤销后什么都不到期") },
};

enum rc checkup_newest(const struct snap *s, struct arena *a, const char **ret_code,
                       bool *ret_open, struct err *e)
{
    struct checkup_last_row row;
    enum rc rc = checkup_last_one(s, a, &row, e);
    if (rc == RC_OK) {
        *ret_code = row.code;
        *ret_open = row.open;
    }
    return rc;
}

/* ---- what it looks at ---- */

struct listing {
    struct arena *a;
    enum lang lang;
    struct checkup_item *items;
    size_t n;
    struct checkup_predicts_row *predicts;
    size_t n_predicts;
};

static const struct checkup_predicts_row *predicts(const struct listing *l, bool rule,
                                                   const char *code)
{
    for (size_t i = 0; i < l->n_predicts; i++)
        if (str_eq(l->predicts[i].code, code) && str_eq(l->predicts[i].kind, "rule") == rule)
            return &l->predicts[i];
    return NULL;
}

static const char *count_text(struct listing *l, int64_t n)
{
    return fmt_count(l->a, n);
}

static const char *agreement_text(struct listing *l, const struct checkup_predicts_row *p,
                                  bool rule)
{
    if (!p || (!rule && isnan(p->tau)))
        return lang_text(l->lang, N_("准不准还比不出来"));
    if (p->retire)
        return lang_text(l->lang, N_("和别人的评价比，什么都没有预示"));
    if (rule)
        return text_fill(l->a, lang_text(l->lang, N_("点名{called}次，其中{hits}次确有问题")),
                         "called", count_text(l, p->called), "hits", count_text(l, p->hits),
                         NULL);
    return text_fill(l->a, lang_text(l->lang, N_("和别人评价的一致程度（tau-b）{tau}")), "tau",
                     fmt_real(l->a, p->tau, 2), NULL);
}

static void add(struct listing *l, const char *what, const char *code, const char *name,
                const char *used, bool idle)
{
    l->items[l->n++] = (struct checkup_item){ .what = what,
                                              .code = code,
                                              .name = name,
                                              .used = used,
                                              .idle = idle,
                                              .decided = { .decision = "", .reason = "" } };
}

static enum rc add_rules(const struct snap *s, struct utime since, struct listing *l,
                         struct rule **ret_rules, size_t *ret_n, struct err *e)
{
    struct checkup_warnings_row *rows;
    size_t n;
    enum rc rc = rules_in_force(s, l->a, ret_rules, ret_n, e);
    if (rc == RC_OK)
        rc = checkup_warnings_all(s, since, l->a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < *ret_n; i++) {
        const struct rule *r = &(*ret_rules)[i];
        const struct checkup_predicts_row *p = predicts(l, true, r->code);
        int64_t fired = 0, matters = 0;
        for (size_t k = 0; k < n; k++)
            if (str_eq(rows[k].code, r->code)) {
                fired = rows[k].fired;
                matters = rows[k].matters;
            }
        add(l, "rule", r->code, r->name,
            text_fill(l->a,
                      lang_text(l->lang, N_("一年里亮{fired}次，办了{matters}件；{agree}")),
                      "fired", count_text(l, fired), "matters", count_text(l, matters), "agree",
                      agreement_text(l, p, true), NULL),
            matters == 0 || (p && p->retire));
    }
    return rc;
}

static enum rc add_indicators(const struct snap *s, struct utime since, int32_t today,
                              struct listing *l, const struct rule *rules, size_t n_rules,
                              struct err *e)
{
    const struct scheme *sc;
    struct checkup_read_row read;
    enum rc rc = scheme_if_any(s, period_at(PERIOD_QUARTER, today), l->a, &sc, e);
    if (rc == RC_OK)
        rc = checkup_read_one(s, since, l->a, &read, e);
    for (size_t i = 0; rc == RC_OK && sc && i < sc->n; i++) {
        const struct scheme_node *d = &sc->nodes[i];
        if (!str_eq(d->type, "Indicator"))
            continue;
        const struct checkup_predicts_row *p = predicts(l, false, d->code);
        int64_t watched = 0;
        for (size_t k = 0; k < n_rules; k++)
            watched += str_eq(rules[k].target, d->code);
        add(l, "indicator", d->code, d->name,
            text_fill(
                l->a,
                lang_text(
                    l->lang,
                    N_("{watched}条预警规则看它；含它的报告一年里被打开{read}次；{agree}")),
                "watched", count_text(l, watched), "read", count_text(l, read.n), "agree",
                agreement_text(l, p, false), NULL),
            p && p->retire);
    }
    return rc;
}

static enum rc add_forms(const struct snap *s, struct utime since, struct listing *l,
                         const struct point *points, size_t n_points, const struct rule *rules,
                         size_t n_rules, struct err *e)
{
    struct checkup_values_row *rows;
    size_t n;
    struct map *came = map_new(l->a);
    enum rc rc = checkup_values_all(s, since, l->a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        (void)map_add_index(came, rows[i].code, (size_t)rows[i].n);
    for (size_t i = 0; rc == RC_OK && i < n_points; i++) {
        ptrdiff_t values = map_index(came, points[i].code);
        int64_t watched = 0;
        for (size_t k = 0; k < n_rules; k++)
            watched += str_eq(rules[k].target, points[i].code);
        add(l, "form", points[i].code, points[i].name,
            text_fill(l->a,
                      lang_text(l->lang, N_("一年里报来{values}个数，{watched}"
                                            "条预警规则直接看它，算进指标{indicator}")),
                      "values", count_text(l, values > 0 ? values : 0), "watched",
                      count_text(l, watched), "indicator", points[i].indicator, NULL),
            values <= 0);
    }
    return rc;
}

static enum rc lay_over(const struct snap *s, const char *checkup, struct listing *l,
                        struct err *e)
{
    struct readopt *done;
    size_t n;
    struct map *at = map_new(l->a);
    enum rc rc = readopt_load(s, checkup, l->a, &done, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < l->n; i++)
        (void)map_add_index(at, arena_printf(l->a, "%s %s", l->items[i].what, l->items[i].code),
                            i);
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t k = map_index(at, arena_printf(l->a, "%s %s", done[i].what, done[i].item));
        if (k >= 0)
            l->items[k].decided = done[i];
        else /* a rule that has gone dormant by it is in force no more, and stays listed */
            add(l, done[i].what, done[i].item, done[i].item, done[i].used, false),
                l->items[l->n - 1].decided = done[i];
    }
    return RC_OK;
}

/* With their use since a moment; NOBODY_ASKS: what is decided is asked, not the use. */
static const struct utime NOBODY_ASKS = { INT64_MAX };
static enum rc items_since(const struct snap *s, struct county *c, const char *checkup,
                           struct utime since, enum lang lang, struct arena *a,
                           struct checkup_item **ret, size_t *ret_n, struct err *e)
{
    struct listing l = { .a = a, .lang = lang };
    struct rule *rules = NULL;
    const struct point *points = NULL;
    const struct scheme *sc = NULL;
    struct readopt *done;
    size_t n_rules = 0, n_points = 0, n_done = 0;
    int32_t today = county_today(c);
    enum rc rc = checkup_predicts_all(s, a, &l.predicts, &l.n_predicts, e);
    if (rc == RC_OK)
        rc = points_load(s, NULL, a, &points, &n_points, e);
    if (rc == RC_OK)
        rc = scheme_if_any(s, period_at(PERIOD_QUARTER, today), a, &sc, e);
    if (rc == RC_OK)
        rc = readopt_load(s, checkup, a, &done, &n_done, e);
    if (rc != RC_OK)
        return rc;
    l.items =
        arena_array(a, RULES_MAX + n_points + (sc ? sc->n : 0) + n_done, sizeof(*l.items));
    rc = add_rules(s, since, &l, &rules, &n_rules, e);
    if (rc == RC_OK)
        rc = add_indicators(s, since, today, &l, rules, n_rules, e);
    if (rc == RC_OK)
        rc = add_forms(s, since, &l, points, n_points, rules, n_rules, e);
    if (rc == RC_OK)
        rc = lay_over(s, checkup, &l, e);
    *ret = l.items;
    *ret_n = l.n;
    return rc;
}

enum rc checkup_items(const struct snap *s, struct county *c, const char *checkup,
                      enum lang lang, struct arena *a, struct checkup_item **ret, size_t *ret_n,
                      struct err *e)
{
    return items_since(s, c, checkup, day_start(county_today(c) - YEAR_DAYS), lang, a, ret,
                       ret_n, e);
}

/* ---- deciding ---- */

enum rc checkup_decide(struct tx *tx, struct county *c, const char *checkup, const char *what,
                       const char *const *items, size_t n, const char *decision,
                       const char *reason, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct checkup_item *all;
    struct matter m;
    size_t n_all;
    if (!str_eq(decision, "keep") && !str_eq(decision, "expire"))
        return err_set(e, RC_INVALID, N_("请选「续用」或「不续用」"));
    enum rc rc = readopt_reason_check(reason, e);
    if (rc == RC_OK)
        rc = matter_load(tx_snap(tx), c, checkup, a, &m, e);
    if (rc == RC_OK && !m.open)
        return err_set(e, RC_CONFLICT,
                       N_("{code} 已办结；已失效的可以再采用，别的要改请到下一次体检"), "code",
                       checkup);
    if (rc == RC_OK)
        rc = checkup_items(tx_snap(tx), c, checkup, LANG_ZH, a, &all, &n_all, e);
    if (rc != RC_OK)
        return rc;
    struct map *at = map_new(a);
    for (size_t i = 0; i < n_all; i++)
        if (str_eq(all[i].what, what))
            (void)map_add_index(at, all[i].code, i);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        ptrdiff_t k = map_index(at, items[i]);
        rc = k < 0 ? err_set(e, RC_NOTFOUND, N_("体检里没有「{what} {item}」"), "what", what,
                             "item", items[i])
                   : readopt_write(tx, c,
                                   &(struct readopt){ .checkup = checkup,
                                                      .what = what,
                                                      .item = all[k].code,
                                                      .decision = decision,
                                                      .reason = reason,
                                                      .used = all[k].used,
                                                      .by = by },
                                   e);
    }
    return rc;
}

/* ---- its end ---- */

static enum rc sleep_rule(struct tx *tx, struct county *c, const char *code, const char *reason,
                          struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rule *versions;
    size_t n, written;
    enum rc rc = rule_load(tx_snap(tx), code, a, &versions, &n, e);
    if (rc != RC_OK || versions[0].live == 0)
        return rc;
    struct rule r = versions[0];
    for (size_t i = 0; i < n; i++)
        if (versions[i].version == versions[0].live)
            r = versions[i];
    r.state = RULE_OFF;
    r.why = arena_printf(a, "规则体检未续用：%s", reason);
    if (utf8_count(r.why) > RULE_WHY_MAX)
        r.why = "规则体检未续用";
    return rules_write(tx, c, &r, 1, (struct id){ 0 }, "", &written, e);
}

/* Decisions take effect; what nobody decided (there is none at an early end) expires. */
static enum rc settle(struct tx *tx, struct county *c, const char *checkup, bool early,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct checkup_item *items;
    size_t n;
    enum rc rc = items_since(tx_snap(tx), c, checkup,
                             early ? NOBODY_ASKS : day_start(county_today(c) - YEAR_DAYS),
                             LANG_ZH, a, &items, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct checkup_item *x = &items[i];
        bool open = !*x->decided.decision;
        bool expires = open || str_eq(x->decided.decision, "expire");
        struct readopt r = { .checkup = checkup,
                             .what = x->what,
                             .item = x->code,
                             .decision = expires ? "expire" : "keep",
                             .reason = open ? "到期日前没有人决定续用" : x->decided.reason,
                             .used = open ? x->used : x->decided.used,
                             .by = open ? "" : x->decided.by,
                             .in_force = true };
        rc = readopt_write(tx, c, &r, e);
        if (rc == RC_OK && expires && str_eq(x->what, "rule"))
            rc = sleep_rule(tx, c, x->code, r.reason, e);
    }
    return rc;
}

static enum rc check(const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *verb = l->move ? l->move->verb : "", *code;
    bool open;
    struct checkup_item *items;
    size_t n, left = 0;
    if (l->only_asking)
        return RC_OK;
    if (!l->move) {
        enum rc rc = checkup_newest(l->snap, a, &code, &open, e);
        if (rc == RC_NOTFOUND) {
            err_done(e);
            *e = (struct err){ 0 };
            return RC_OK;
        }
        return rc == RC_OK && open
                   ? err_set(e, RC_CONFLICT, N_("已有一次体检在办：{code}"), "code", code)
                   : rc;
    }
    if (!str_eq(verb, "finish"))
        return RC_OK;
    enum rc rc =
        items_since(l->snap, l->c, l->matter->code, NOBODY_ASKS, LANG_ZH, a, &items, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        left += !*items[i].decided.decision;
    if (rc == RC_OK && left)
        return err_set(e, RC_CONFLICT, N_("还有{n}项没有决定"), "n",
                       arena_printf(a, "%zu", left));
    return rc;
}

static enum rc apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    const char *verb = l->move ? l->move->verb : "";
    return str_eq(verb, "finish") || str_eq(verb, "expire")
               ? settle(tx, l->c, l->matter->code, str_eq(verb, "finish"), e)
               : RC_OK;
}

const struct flow_kind checkup_flow_kind = {
    .code = "checkup",
    .name = N_("规则体检"),
    .help = N_("每年一次：每个指标、每条规则、每张表，有用的续用，没人用的到期"),
    .prefix = "RC",
    .page = "/checkup/",
    .open = CAP_DISPATCH,
    .open_fields = "day!",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .check = check,
    .apply = apply,
};
