/*
 * Objections as a table. Four things can be objected to, and upholding means something else of
 * each: a value gets a new version, a warning's finding is void, of a report it is named what
 * was wrong and the values behind it are corrected, a hint is dismissed. The first three change
 * what was issued: they stay open as 更正中 until it is computed and issued again (reissue.c).
 */
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "flow/matter.h"
#include "monitor/publication.h"
#include "monitor/warning_kind.h"
#include "people/unit.h"
#include "publish/correction.h"
#include "publish/objection.h"
#include "publish/release.sql.h"
#include "publish/release_kind.h"
#include "quality/hint.h"
#include "store/county.h"
#include "store/job.h"
#include "warn/warning.h"

#include <string.h>

/* ---- the table ---- */

static const struct flow_rung short_ladder[] = { { .days = -1 },
                                                 { .days = 1, .colour = FLOW_YELLOW } };
static const struct flow_rung right_ladder[] = {
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW, .tell = FLOW_BY_CAP, .need = CAP_DISPATCH },
};
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
    { .code = "righting",
      .name = N_("成立·更正中"),
      .waits = FLOW_SYSTEM,
      .clock = "right",
      .rests = true },
    { .code = "righting_part",
      .name = N_("部分成立·更正中"),
      .waits = FLOW_SYSTEM,
      .clock = "right",
      .rests = true },
    { .code = "upheld", .name = N_("成立"), .final = true },
    { .code = "partly", .name = N_("部分成立"), .final = true },
    { .code = "refused", .name = N_("不成立"), .final = true },
    { .code = "withdrawn", .name = N_("撤回"), .final = true },
};
static const struct flow_choice faults[] = {
    { "values", N_("数值有误") },
    { "scheme", N_("方案或口径有误，已另行改好") },
    { "unit", N_("单位归类有误，已另行改好") },
    { NULL, NULL },
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
    BURDEN_FIELD(N_("补充要花的时间，会记在单位的负担账上")),
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
      .help = N_("会作为这个数的新版本写入,原来的版本留着") },
    { .code = "fault", .name = N_("错在哪里"), .type = FLOW_CHOICE, .choices = faults },
    { .code = "values",
      .name = N_("更正哪些数值"),
      .type = FLOW_LINES,
      .max = 2000,
      .help = N_("一行一个:监测点=数值,如 P161=0;监测点写编号或名称") },
    { .code = "why", .name = N_("理由"), .type = FLOW_LINES, .min = 2, .max = 500 },
    { .code = "outcome", .name = N_("更正结果"), .type = FLOW_LINES, .max = 2000 },
};
static const struct flow_clock clocks[] = {
    { .code = "accept",
      .name = N_("受理期限"),
      .days = 2,
      .counts = true,
      FLOW_ROWS(ladder, short_ladder) },
    { .code = "review",
      .name = N_("复核期限"),
      .days = 10,
      .resumes = true,
      .counts = true,
      FLOW_ROWS(ladder, review_ladder) },
    { .code = "more",
      .name = N_("补充期限"),
      .days = 5,
      FLOW_ROWS(ladder, short_ladder),
      .lapse = "go_on" },
    { .code = "right", .name = N_("更正期限"), .days = 2, FLOW_ROWS(ladder, right_ladder) },
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
      .fields = "question! minutes!" },
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
    /* Upholding, by what it is about; check lets one of them through. */
    { .verb = "uphold",
      .name = N_("成立"),
      .from = "reviewing",
      .to = "righting",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision! value!",
      .final_act = true,
      .help = N_("数值随即更正,有关的得分和报告重新计算、带更正说明重新发出,原来的留着") },
    { .verb = "part",
      .name = N_("部分成立"),
      .from = "reviewing",
      .to = "righting_part",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision! value!",
      .final_act = true,
      .help = N_("数值更正为另一个数,有关的得分和报告重新计算、带更正说明重新发出") },
    { .verb = "uphold_report",
      .name = N_("成立"),
      .from = "reviewing",
      .to = "righting",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision! fault! values",
      .final_act = true,
      .help = N_("写明错在哪里;报告随即重新计算、带更正说明重新发出,原来的留着") },
    { .verb = "part_report",
      .name = N_("部分成立"),
      .from = "reviewing",
      .to = "righting_part",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision! fault! values",
      .final_act = true,
      .help = N_("写明错在哪里;报告随即重新计算、带更正说明重新发出,原来的留着") },
    { .verb = "uphold_warning",
      .name = N_("成立"),
      .from = "reviewing",
      .to = "righting",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision!",
      .final_act = true,
      .help = N_("这一期的这项预警撤销并注明,处置随即终止,报告重新计算、带更正说明重新发出") },
    { .verb = "uphold_hint",
      .name = N_("成立"),
      .from = "reviewing",
      .to = "upheld",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "decision!",
      .final_act = true,
      .help = N_("这条提示随即排除,复核意见就是理由;提示不进报告,不用重新计算") },
    { .verb = "righted",
      .name = N_("更正完毕"),
      .from = "righting",
      .to = "upheld",
      .who = FLOW_SYSTEM,
      .fields = "outcome!",
      .event = N_("已经重新计算、重新发出") },
    { .verb = "righted_part",
      .name = N_("更正完毕"),
      .from = "righting_part",
      .to = "partly",
      .who = FLOW_SYSTEM,
      .fields = "outcome!",
      .event = N_("已经重新计算、重新发出") },
    { .verb = "retry",
      .name = N_("再更正一次"),
      .from = "righting|righting_part",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .help = N_("系统更正没有做完时用,如后台任务失败;已经做了的不会再做") },
    { .verb = "back",
      .name = N_("更正不了,退回复核"),
      .from = "righting|righting_part",
      .to = "reviewing",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "why!",
      .returns = true },
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
      .from = "filed|reviewing|asked",
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

/* What upholds objections to what; NULL: that is no verb of it. */
static const char *upholds_what(const struct flow_move *m)
{
    static const struct {
        const char *verb, *what;
    } verbs[] = {
        { "uphold", "value" },           { "part", "value" },
        { "uphold_report", "report" },   { "part_report", "report" },
        { "uphold_warning", "warning" }, { "uphold_hint", "hint" },
    };
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (str_eq(verbs[i].verb, m->verb))
            return verbs[i].what;
    return NULL;
}

enum rc objection_about_of(const struct snap *s, struct county *c, const struct matter *m,
                           struct arena *a, const struct units **ret_units,
                           struct objection_about *ret, struct err *e)
{
    static const char *const whats[] = { "value", "warning", "report", "hint" };
    const char *what = "", *code = "", *period = link_of(m, "period");
    for (size_t i = 0; i < COUNT(whats); i++)
        if (*link_of(m, whats[i])) {
            what = whats[i];
            code = link_of(m, what);
        }
    enum rc rc = units_load(s, county_today(c), a, ret_units, e);
    if (rc == RC_OK)
        rc = objection_about_load(s, *ret_units, NULL, what, code, a, ret, e);
    /* A warning may have gone on since. */
    return rc == RC_OK && str_eq(what, "warning") ? period_parse(period, &ret->period, e) : rc;
}

/* Who issued it does not judge it, nor who objects, whoever brings it forward and in whatever
 * state. */
static enum rc check_hands(const struct flow_look *l, const struct objection_about *x,
                           const struct units *us, struct err *e)
{
    const struct party *issuer = matter_party(l->matter, PARTY_ISSUER);
    bool hand = false;
    if (str_eq(l->by, l->matter->opener))
        return err_set(e, RC_DENIED, N_("提出异议的人不能复核自己的异议"));
    enum rc rc = objection_about_hand(l->snap, us, x, l->by, &hand, e);
    return rc == RC_OK && (hand || (issuer && str_eq(issuer->account, l->by)))
               ? err_set(e, RC_DENIED, N_("原经办人不能复核自己经办的,请另一个人复核"))
               : rc;
}

static enum rc check(const struct flow_look *l, struct err *e)
{
    static const char judging[] = "accept ask_more refuse back";
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct units *us;
    struct objection_about x;
    if (!l->move || !*l->by)
        return RC_OK;
    const char *what = upholds_what(l->move);
    if (what && !*link_of(l->matter, what))
        return err_set(e, RC_DENIED, N_("这件异议不走「{move}」这一步"), "move", l->move->name);
    /* A finding that is void stays void. */
    if (str_eq(l->move->verb, "back") && *link_of(l->matter, "warning"))
        return err_set(e, RC_DENIED, N_("这件异议不走「{move}」这一步"), "move", l->move->name);
    if (!what && !word_in(judging, l->move->verb, ' '))
        return RC_OK;
    enum rc rc = objection_about_of(l->snap, l->c, l->matter, a, &us, &x, e);
    if (rc == RC_OK)
        rc = check_hands(l, &x, us, e);
    return rc == RC_OK && what && !l->only_asking
               ? correction_check(l->c, l->snap, l->matter, &x, l->by, e)
               : rc;
}

static enum rc dismiss(struct tx *tx, const struct flow_look *l, struct arena *a, struct err *e)
{
    const char *why = text_fill(a, N_("异议{code}成立:{why}"), "code", l->matter->code, "why",
                                matter_value(l->matter, "decision"), NULL);
    return hint_upheld(tx, l->c, link_of(l->matter, "hint"), why, l->by, e);
}

static enum rc take_back(struct tx *tx, const struct flow_look *l, struct err *e)
{
    const char *warning = link_of(l->matter, "warning");
    struct period p;
    enum rc rc = period_parse(link_of(l->matter, "period"), &p, e);
    if (rc == RC_OK)
        rc = warn_void(tx, l->c, warning, p, l->matter->code, l->by, e);
    return rc == RC_OK ? warning_matter_upheld(tx, l->c, warning, l->matter->code, e) : rc;
}

/* What the unit was asked about the period's report is answered by objecting. */
static enum rc opened(struct tx *tx, const struct flow_look *l, struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < l->matter->n_links && rc == RC_OK; i++) {
        struct period p;
        if (!str_eq(l->matter->links[i].what, "period"))
            continue;
        rc = period_parse(l->matter->links[i].code, &p, e);
        if (rc == RC_OK)
            rc = opinion_objected(tx, l->c, matter_unit(l->matter), p, e);
    }
    return rc;
}

static enum rc apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct id job;
    const struct clock real = { .simulated = false };
    if (!l->move)
        return opened(tx, l, e);
    const char *what = upholds_what(l->move);
    if (str_eq(l->move->verb, "ask_more"))
        return burden_ask_role(tx, l, BURDEN_OBJECTION, PARTY_LEAD, e);
    if (str_eq(what, "hint"))
        return dismiss(tx, l, a, e);
    if (!what && !str_eq(l->move->verb, "retry"))
        return RC_OK;
    enum rc rc = str_eq(what, "warning") ? take_back(tx, l, e) : RC_OK;
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
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .links = "value warning report hint period rule check source",
    .check = check,
    .apply = apply,
};

/* The computed periods whose reports a value is in; of the rest the one it is about. */
static enum rc link_periods(const struct snap *s, const struct objection_about *about,
                            struct arena *a, struct flow_link **ret, size_t *ret_n,
                            struct err *e)
{
    struct periods_after_row *rows = NULL;
    size_t n = 0;
    bool own = false;
    char code[PERIOD_TEXT];
    enum rc rc =
        str_eq(about->what, "value")
            ? periods_after_all(s, period_first_day(about->period) - 1, a, &rows, &n, e)
            : RC_OK;
    if (rc != RC_OK)
        return rc;
    struct flow_link *list = arena_array(a, n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        if (period_first_day(rows[i].period) > period_last_day(about->period))
            continue;
        own |= period_same(rows[i].period, about->period);
        list[(*ret_n)++] =
            (struct flow_link){ "period", arena_strdup(a, period_code(rows[i].period, code)) };
    }
    if (!own)
        list[(*ret_n)++] =
            (struct flow_link){ "period", arena_strdup(a, period_code(about->period, code)) };
    *ret = list;
    return RC_OK;
}

enum rc objection_open(struct tx *tx, struct county *c, const struct flow_who *w,
                       const struct objection_about *about, const char *grounds,
                       const char *right, struct arena *a, struct flow_done *ret, struct err *e)
{
    struct flow_given given[3] = { { "grounds", grounds } };
    struct flow_link *periods = NULL;
    size_t n_given = 1, n_links = 0, n_periods = 0;
    struct linked_newest_row same;
    enum rc rc =
        linked_newest_one(tx_snap(tx), about->what, about->code, "objection", a, &same, e);
    if (rc == RC_OK && same.open)
        return err_set(e, RC_CONFLICT, N_("已经有一件异议在办:{code}"), "code", same.code);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    /* Hints are in no report: nothing of a period waits for them. */
    rc = str_eq(about->what, "hint")
             ? RC_OK
             : link_periods(tx_snap(tx), about, a, &periods, &n_periods, e);
    if (rc != RC_OK)
        return rc;
    struct flow_link *links = arena_array(a, n_periods + 4, sizeof(*links));
    links[n_links++] = (struct flow_link){ about->what, about->code };
    for (size_t i = 0; i < n_periods; i++)
        links[n_links++] = periods[i];
    if (*right)
        given[n_given++] = (struct flow_given){ "right", right };
    if (*about->issuer)
        given[n_given++] = (struct flow_given){ "issuer", about->issuer };
    if (*about->rule)
        links[n_links++] = (struct flow_link){ "rule", about->rule };
    if (*about->check)
        links[n_links++] = (struct flow_link){ "check", about->check };
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
