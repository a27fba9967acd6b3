/* What an objection is about, looked up; and who had a hand in it, who never judges it. */
#include "base/period.h"
#include "base/str.h"
#include "monitor/point.sql.h"
#include "monitor/publication.h"
#include "monitor/rule_target.h"
#include "people/unit.h"
#include "publish/objection.h"
#include "publish/release.sql.h"
#include "quality/hint.h"
#include "warn/warning.h"

#include <string.h>

static enum rc missing(const char *what, const char *code, struct err *e)
{
    return err_set(e, RC_NOTFOUND, N_("没有可以提异议的「{code}」({what})"), "code", code,
                   "what", what);
}

/* UNIT-…-PERIOD: what stands before the last dash, and the period behind it. */
static enum rc cut_period(const char *code, struct arena *a, const char **ret_rest,
                          struct period *ret, struct err *e)
{
    const char *dash = strrchr(code, '-');
    if (!dash || dash == code)
        return RC_NOTFOUND;
    CLEANUP(err_done) struct err none = { 0 };
    (void)e; /* whatever is wrong with it, there is no such thing */
    *ret_rest = arena_strndup(a, code, (size_t)(dash - code));
    return period_parse(dash + 1, ret, &none) == RC_OK ? RC_OK : RC_NOTFOUND;
}

static enum rc about_report(const struct snap *s, const struct units *us, const char *code,
                            struct arena *a, struct objection_about *ret, struct err *e)
{
    const char *unit;
    struct run_issuer_row issuer;
    char text[PERIOD_TEXT];
    enum rc rc = cut_period(code, a, &unit, &ret->period, e);
    const struct unit *u = rc == RC_OK ? units_find(us, unit) : NULL;
    if (!u)
        return RC_NOTFOUND;
    rc = run_issuer_one(s, ret->period, a, &issuer, e);
    if (rc != RC_OK)
        return rc;
    ret->unit = u->code;
    ret->issuer = issuer.by_account;
    ret->title = text_fill(a, N_("{unit}{period}体检报告"), "unit", u->name, "period",
                           period_name(a, ret->period, LANG_ZH), NULL);
    ret->href = arena_printf(a, "/report/%s/%s", u->code, period_code(ret->period, text));
    return RC_OK;
}

/* Codes of units and points may have dashes: every cut is tried. */
static enum rc about_value(const struct snap *s, const struct units *us, const char *code,
                           struct arena *a, struct objection_about *ret, struct err *e)
{
    const char *rest;
    char text[PERIOD_TEXT];
    enum rc rc = cut_period(code, a, &rest, &ret->period, e);
    for (const char *dash = rc == RC_OK ? strchr(rest, '-') : NULL; dash;
         dash = strchr(dash + 1, '-')) {
        const struct unit *u = units_find(us, arena_strndup(a, rest, (size_t)(dash - rest)));
        struct point_of_code_row point;
        struct value_issuer_row issuer;
        rc = u ? point_of_code_one(s, dash + 1, a, &point, e) : RC_NOTFOUND;
        if (rc == RC_OK)
            rc = value_issuer_one(s, u->id, point.id, ret->period, a, &issuer, e);
        if (rc == RC_NOTFOUND)
            continue;
        if (rc != RC_OK)
            return rc;
        ret->unit = u->code;
        ret->point = point.code;
        ret->source = point.owner;
        ret->issuer = issuer.account ? issuer.account : "";
        ret->title = text_fill(a, N_("{unit}{period}「{point}」"), "unit", u->name, "period",
                               period_name(a, ret->period, LANG_ZH), "point", point.name, NULL);
        ret->href = arena_printf(a, "/value/%s/%s/%s", u->code, point.code,
                                 period_code(ret->period, text));
        return RC_OK;
    }
    return RC_NOTFOUND;
}

/* Whose figure a warning was judged by. */
static enum rc source_of(const struct snap *s, const struct warn_history *h, struct arena *a,
                         const char **ret, struct err *e)
{
    struct rule_targets_known known;
    enum rc rc = rule_targets_load(s, h->now.period, a, &known, e);
    if (rc == RC_OK)
        *ret = rule_target_owner(&known, &h->rule);
    return rc;
}

static enum rc about_warning(const struct snap *s, const struct units *us,
                             const struct warn_sight *sight, const char *code, struct arena *a,
                             struct objection_about *ret, struct err *e)
{
    struct warn_history h;
    struct run_issuer_row issuer;
    enum rc rc = warn_load(s, code, sight, LANG_ZH, a, &h, e);
    const struct unit *u = rc == RC_OK ? units_by_id(us, h.now.unit) : NULL;
    if (rc == RC_OK && !u)
        return RC_NOTFOUND;
    if (rc == RC_OK)
        rc = run_issuer_one(s, h.now.period, a, &issuer, e);
    if (rc == RC_OK)
        rc = source_of(s, &h, a, &ret->source, e);
    if (rc != RC_OK)
        return rc;
    ret->period = h.now.period;
    ret->unit = u->code;
    ret->rule = h.now.rule_code;
    ret->issuer = issuer.by_account;
    ret->title =
        text_fill(a, N_("{unit}预警「{name}」"), "unit", u->name, "name", h.now.name, NULL);
    ret->href = arena_printf(a, "/warning/%s", code);
    return RC_OK;
}

/* Of whom the department that supplied the figures is the party. */
static enum rc about_hint(const struct snap *s, const struct units *us, const char *code,
                          struct arena *a, struct objection_about *ret, struct err *e)
{
    struct hint h;
    enum rc rc = hint_load(s, code, a, &h, e);
    if (rc != RC_OK || !units_find(us, h.owner))
        return rc == RC_OK ? RC_NOTFOUND : rc;
    ret->unit = h.owner;
    ret->source = h.owner;
    ret->check = h.rule;
    ret->period = h.period;
    ret->issuer = h.decided_own ? "" : h.decided_by;
    ret->title = text_fill(a, N_("复核提示{code}"), "code", code, NULL);
    ret->href = arena_printf(a, "/hint/%s", code);
    return RC_OK;
}

enum rc objection_about_load(const struct snap *s, const struct units *us,
                             const struct warn_sight *sight, const char *what, const char *code,
                             struct arena *a, struct objection_about *ret, struct err *e)
{
    struct objection_about x = { .what = what,
                                 .code = code,
                                 .title = code,
                                 .unit = "",
                                 .point = "",
                                 .rule = "",
                                 .check = "",
                                 .source = "",
                                 .issuer = "",
                                 .href = "" };
    enum rc rc = RC_NOTFOUND;
    if (str_eq(what, "report"))
        rc = about_report(s, us, code, a, &x, e);
    else if (str_eq(what, "value"))
        rc = about_value(s, us, code, a, &x, e);
    else if (str_eq(what, "warning"))
        rc = about_warning(s, us, sight, code, a, &x, e);
    else if (str_eq(what, "hint"))
        rc = about_hint(s, us, code, a, &x, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return missing(what, code, e);
    }
    if (rc == RC_OK)
        *ret = x;
    return rc;
}

/* ---- who had a hand in it ---- */

enum rc objection_about_hand(const struct snap *s, const struct units *us,
                             const struct objection_about *x, const char *account, bool *ret,
                             struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char period[PERIOD_TEXT];
    struct run_hand_row run = { 0 };
    struct value_hand_row value = { 0 };
    struct warning_hand_row warning = { 0 };
    struct point_of_code_row point;
    const struct unit *u = units_find(us, x->unit);
    enum rc rc = RC_OK;
    bool judged = str_eq(x->what, "report") || str_eq(x->what, "warning");
    if (judged)
        rc = run_hand_one(s, x->period, account, period_code(x->period, period), a, &run, e);
    if (rc == RC_OK && str_eq(x->what, "warning"))
        rc = warning_hand_one(s, x->code, account, a, &warning, e);
    if (rc == RC_OK && str_eq(x->what, "value") && u)
        rc = point_of_code_one(s, x->point, a, &point, e);
    if (rc == RC_OK && str_eq(x->what, "value") && u)
        rc = value_hand_one(s, u->id, point.id, x->period, account, a, &value, e);
    if (rc == RC_OK)
        *ret = str_eq(x->issuer, account) || run.n || value.n || warning.n;
    return rc;
}
