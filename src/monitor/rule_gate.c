/* The gate before a rule goes live. */
#include "monitor/rule_gate.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/readopt.h"
#include "monitor/warn_feed.h"

const struct setting rule_settings[] = {
    [SET_RULE_LOAD] = { .key = "rule.load",
                        .type = SETTING_INT,
                        .fallback = "50",
                        .min = 1,
                        .max = 100,
                        .title = N_("规则启用的上限"),
                        .unit = N_("项"),
                        .help = N_("一条规则在过去的数据上试算，每100个单位每期亮的预警超过这个"
                                   "数就不能启用") },
};
const size_t rule_settings_n = COUNT(rule_settings);

double rule_load_of(const struct trial *t)
{
    return t->looked ? 100.0 * (double)t->lit / (double)t->looked : 0;
}

static enum rc check(const struct rule *r, const struct warn_source *const *past, size_t n,
                     int64_t limit, struct arena *a, struct err *e)
{
    struct trial t;
    char from[PERIOD_TEXT], to[PERIOD_TEXT];
    rule_trial(r, past, n, a, &t);
    if (rule_load_of(&t) <= (double)limit)
        return RC_OK;
    return err_set(
        e, RC_CONFLICT,
        N_("规则「{code}」不能启用：在{from}至{to}试算，看了{looked}个单位·期，亮{lit}项，"
           "每100个单位每期{load}项，超过上限{limit}项。请放宽界线或增加连续期数再试，"
           "也可以先存为起草"),
        "code", r->code, "from", period_code(past[0]->period, from), "to",
        period_code(past[n - 1]->period, to), "looked", fmt_count(a, (int64_t)t.looked), "lit",
        fmt_count(a, (int64_t)t.lit), "load", fmt_value(a, rule_load_of(&t)), "limit",
        fmt_count(a, limit));
}

/* What the yearly check-up let expire comes into force by nobody's rule: neither the rule
 * itself nor one that looks at what has expired. */
static enum rc check_expired(const struct snap *s, const struct rule *r, struct arena *a,
                             struct err *e)
{
    struct map *rules, *forms, *indicators;
    const struct readopt *gone = NULL;
    enum rc rc = readopt_gone(s, "rule", a, &rules, e);
    if (rc == RC_OK)
        rc = readopt_gone(s, "form", a, &forms, e);
    if (rc == RC_OK)
        rc = readopt_gone(s, "indicator", a, &indicators, e);
    if (rc != RC_OK)
        return rc;
    gone = map_get(rules, r->code);
    if (gone)
        return readopt_refuse(r->name, gone, e);
    if (r->kind == WARN_POINT || r->kind == WARN_INDICATOR || r->kind == WARN_SCORE)
        gone = map_get(r->kind == WARN_POINT ? forms : indicators, r->target);
    return gone ? readopt_refuse(r->target, gone, e) : RC_OK;
}

enum rc rule_gate(const struct snap *s, const struct rule *list, size_t n, struct utime as_of,
                  struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct warn_source *const *past = NULL;
    struct rule *live;
    size_t n_live, n_past = 0;
    int64_t limit;
    enum rc rc = rules_in_force(s, a, &live, &n_live, e);
    if (rc == RC_OK)
        rc = setting_int(s, &rule_settings[SET_RULE_LOAD], &limit, e);
    if (rc != RC_OK)
        return rc;
    struct map *by_code = map_new(a);
    for (size_t i = 0; i < n_live; i++)
        map_add(by_code, live[i].code, &live[i]);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct rule *was = map_get(by_code, list[i].code);
        if (list[i].state != RULE_LIVE || (was && rule_same(was, &list[i])))
            continue;
        rc = check_expired(s, &list[i], a, e);
        if (rc == RC_OK && !past)
            rc = warn_feed_past(s, WARN_PAST_MAX, as_of, a, &past, &n_past, e);
        if (rc == RC_OK && n_past > 0)
            rc = check(&list[i], past, n_past, limit, a, e);
    }
    return rc;
}
