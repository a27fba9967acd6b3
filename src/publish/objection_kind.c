/* Objections as a table; what they are about, and by whom it was issued, is looked up. */
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "monitor/point.sql.h"
#include "monitor/publication.h"
#include "monitor/warning_kind.h"
#include "people/unit.h"
#include "publish/objection.h"
#include "publish/release.sql.h"
#include "publish/release_kind.h"
#include "store/county.h"
#include "store/job.h"
#include "warn/warning.h"

#include <math.h>
#include <string.h>

/* ---- what it is about ---- */

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

enum rc objection_about_load(const struct snap *s, const struct units *us,
                             const struct warn_sight *sight, const char *what, const char *code,
                             struct arena *a, struct objection_about *ret, struct err *e)
{
    struct objection_about x = { .what = what,
                                 .code = code,
                                 .title = code,
                                 .unit = ret->unit ? ret->unit : "",
                                 .period = ret->period,
                                 .point = "",
                                 .rule = "",
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
    else if (str_eq(what, "hint") && units_find(us, x.unit) && x.period.v) {
        x.title = text_fill(a, N_("复核提示{code}"), "code", code, NULL);
        x.href = arena_printf(a, "/hint/%s", code);
        rc = RC_OK;
    }
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return missing(what, code, e);
    }
    if (rc == RC_OK)
        *ret = x;
    return rc;
}

/* ---- the table ---- */

static const struct flow_rung short_ladder[] = { { .days = -1 },
                                                 { .days = 1, .colour = FLOW_YELLOW } };
static const struct flow_rung review_ladder[] = {
    { .days = -2 },
    { .days = 1, .colour = FLOW_YELLOW },
    { .days = 3, .colour = FLOW_ORANGE, .tell = FLOW_BY_CAP, .need = CAP_APPROVE },
};
static const struct flow_state states[] = {
    { .code = "filed",
      .name = N_("待受理"),
      .waits = FLOW_REVIEWER,
      .need = CAP_DISPATCH,
      .clock = "accept" },
    { .code = "reviewing",
      .name = N_("复核中"),
      .waits = FLOW_REVIEWER,
      .need = CAP_DISPATCH,
      .clock = "review" },
    { .code = "asked",
      .name = N_("待补充材料"),
      .waits = FLOW_OPENER,
      .clock = "more",
      .rests = true },
    { .code = "upheld", .name = N_("成立"), .final = true },
    { .code = "partly", .name = N_("部分成立"), .final = true },
    { .code = "refused", .name = N_("不成立"), .final = true },
    { .code = "withdrawn", .name = N_("撤回"), .final = true },
};
static const struct flow_field fields[] = {
    { .code = "grounds",
      .name = N_("异议理由"),
      .type = FLOW_LINES,
      .min = 5,
      .max = 1000,
      .help = N_("哪里不对,依据是什么") },
    { .code = "right", .name = N_("认为应当是"), .type = FLOW_TEXT, .max = 100 },
    { .code = "issuer",
      .name = N_("原经办人"),
      .type = FLOW_ACCOUNT_CODE,
      .sets = FLOW_SETS_ISSUER },
    { .code = "question", .name = N_("要补充什么"), .type = FLOW_LINES, .max = 500 },
    { .code = "more", .name = N_("补充说明"), .type = FLOW_LINES, .max = 1000 },
    { .code = "proofs", .name = N_("佐证材料"), .type = FLOW_FILES },
    { .code = "decision",
      .name = N_("复核意见"),
      .type = FLOW_LINES,
      .min = 5,
      .max = 1000,
      .help = N_("书面理由,提出异议的单位看得到") },
    { .code = "value",
      .name = N_("更正后的数值"),
      .type = FLOW_TEXT,
      .max = 30,
      .help = N_("对数值的异议成立时必填;会作为这个数的新版本写入,原来的版本留着") },
};
static const struct flow_clock clocks[] = {
    { .code = "accept",
      .name = N_("受理期限"),
      .days = 2,
      .counts = true,
      .ladder = short_ladder,
      .n_ladder = COUNT(short_ladder) },
    { .code = "review",
      .name = N_("复核期限"),
      .days = 10,
      .resumes = true,
      .counts = true,
      .ladder = review_ladder,
      .n_ladder = COUNT(review_ladder) },
    { .code = "more",
      .name = N_("补充期限"),
      .days = 5,
      .ladder = short_ladder,
      .n_ladder = COUNT(short_ladder),
      .lapse = "go_on" },
};
static const struct flow_move moves[] = {
    { .verb = "accept",
      .name = N_("受理"),
      .from = "filed",
      .to = "reviewing",
      .who = FLOW_REVIEWER,
      .need = CAP_DISPATCH },
    { .verb = "ask_more",
      .name = N_("请补充"),
      .from = "reviewing",
      .to = "asked",
      .who = FLOW_REVIEWER | FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "question!" },
    { .verb = "supply",
      .name = N_("补充"),
      .from = "asked",
      .to = "reviewing",
      .who = FLOW_OPENER,
      .fields = "more! proofs" },
    { .verb = "go_on",
      .name = N_("逾期未补充,继续复核"),
      .from = "asked",
      .to = "reviewing",
      .who = FLOW_SYSTEM,
      .event = N_("补充期限已过") },
    { .verb = "uphold",
      .name = N_("成立"),
      .from = "reviewing",
      .to = "upheld",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision! value",
      .final_act = true,
      .help = N_("有关的得分和报告随即重新计算、带更正说明重新发出,原来的留着") },
    { .verb = "part",
      .name = N_("部分成立"),
      .from = "reviewing",
      .to = "partly",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision! value",
      .final_act = true },
    { .verb = "refuse",
      .name = N_("不成立"),
      .from = "reviewing",
      .to = "refused",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision!",
      .final_act = true },
    { .verb = "withdraw",
      .name = N_("撤回"),
      .from = "*",
      .to = "withdrawn",
      .who = FLOW_OPENER },
};

static const char *link_of(const struct matter *m, const char *what)
{
    for (size_t i = 0; i < m->n_links; i++)
        if (str_eq(m->links[i].what, what))
            return m->links[i].code;
    return "";
}

static bool upholds(const struct flow_move *m)
{
    return m && (str_eq(m->verb, "uphold") || str_eq(m->verb, "part"));
}

/* Who issued it does not judge it, whoever brings it forward and in whatever state. */
static enum rc check_issuer(const struct flow_look *l, struct err *e)
{
    const struct party *issuer = matter_party(l->matter, PARTY_ISSUER);
    return issuer && *l->by && str_eq(issuer->account, l->by)
               ? err_set(e, RC_DENIED, N_("原经办人不能复核自己经办的,请另一个人复核"))
               : RC_OK;
}

static enum rc check(const struct flow_look *l, struct err *e)
{
    double v;
    const char *value = matter_value(l->matter, "value");
    if (!l->move)
        return RC_OK;
    bool judges = upholds(l->move) || str_eq(l->move->verb, "refuse");
    enum rc rc = judges ? check_issuer(l, e) : RC_OK;
    if (rc != RC_OK || l->only_asking || !upholds(l->move))
        return rc;
    bool about_value = *link_of(l->matter, "value");
    if (about_value && !*value)
        return err_set(e, RC_INVALID, N_("对数值的异议成立,请填「更正后的数值」"));
    if (!about_value && *value)
        return err_set(e, RC_INVALID,
                       N_("这件异议不是对一个数值提的,「更正后的数值」请留空;"
                          "数值有错的,由来源更正后重新计算"));
    if (*value && !parse_real_n(value, strlen(value), &v))
        return err_set(e, RC_INVALID, N_("「更正后的数值」要是一个数,如 86.5"));
    return RC_OK;
}

static enum rc apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    struct period p;
    struct id job;
    const struct clock real = { .simulated = false };
    const char *period = link_of(l->matter, "period");
    if (!l->move) {
        enum rc rc = period_parse(period, &p, e);
        return rc == RC_OK ? opinion_objected(tx, l->c, matter_unit(l->matter), p, e) : rc;
    }
    if (!upholds(l->move))
        return RC_OK;
    const char *warning = link_of(l->matter, "warning");
    enum rc rc =
        *warning ? warning_matter_upheld(tx, l->c, warning, l->matter->code, e) : RC_OK;
    return rc == RC_OK ? job_add(tx, reissue_job, l->matter->code, "", (struct utime){ 0 },
                                 l->by, clock_now(&real), &job, e)
                       : rc;
}

const struct flow_kind objection_flow_kind = {
    .code = "objection",
    .name = N_("异议"),
    .help = N_("单位对一个数值、预警、报告或提示的异议"),
    .prefix = "O",
    .open = CAP_HANDLE,
    .open_fields = "grounds! right issuer",
    .states = states,
    .n_states = COUNT(states),
    .moves = moves,
    .n_moves = COUNT(moves),
    .fields = fields,
    .n_fields = COUNT(fields),
    .clocks = clocks,
    .n_clocks = COUNT(clocks),
    .links = "value warning report hint period rule source",
    .check = check,
    .apply = apply,
};

enum rc objection_open(struct tx *tx, struct county *c, const struct flow_who *w,
                       const struct objection_about *about, const char *grounds,
                       const char *right, struct arena *a, struct flow_done *ret, struct err *e)
{
    char code[PERIOD_TEXT];
    struct flow_given given[3] = { { "grounds", grounds } };
    struct flow_link links[4] = { { about->what, about->code },
                                  { "period", period_code(about->period, code) } };
    size_t n_given = 1, n_links = 2;
    struct linked_newest_row same;
    enum rc rc =
        linked_newest_one(tx_snap(tx), about->what, about->code, "objection", a, &same, e);
    if (rc == RC_OK && same.open)
        return err_set(e, RC_CONFLICT, N_("已经有一件异议在办:{code}"), "code", same.code);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    if (*right)
        given[n_given++] = (struct flow_given){ "right", right };
    if (*about->issuer)
        given[n_given++] = (struct flow_given){ "issuer", about->issuer };
    if (*about->rule)
        links[n_links++] = (struct flow_link){ "rule", about->rule };
    if (*about->source)
        links[n_links++] = (struct flow_link){ "source", about->source };
    return flow_open(tx, c, w,
                     &(struct flow_new){
                         .kind = objection_flow_kind.code,
                         .title = text_fill(a, N_("异议：{what}"), "what", about->title, NULL),
                         .unit = about->unit,
                         .given = given,
                         .n_given = n_given,
                         .links = links,
                         .n_links = n_links },
                     a, ret, e);
}
