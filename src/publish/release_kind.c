/*
 * The desk as two tables. The one idea: a matter says who does what by when, the publication of
 * the computation says who sees it, and a move carries both forward in one change. A
 * computation made meanwhile is a draft again: what was approved is what is published, or
 * nothing.
 */
#include "publish/release_kind.h"

#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "flow/matter.h"
#include "monitor/publication.h"
#include "people/unit.h"
#include "publish/asking.h"
#include "publish/release.sql.h"
#include "store/county.h"

#include <string.h>

/* ---- finding ---- */

enum rc release_of(const struct snap *s, struct period p, struct arena *a,
                   const char **ret_code, const char **ret_state, struct err *e)
{
    char code[PERIOD_TEXT];
    struct linked_newest_row row;
    enum rc rc = linked_newest_one(s, "period", period_code(p, code), release_flow_kind.code, a,
                                   &row, e);
    if (rc == RC_OK) {
        *ret_code = row.code;
        *ret_state = row.state;
    }
    return rc;
}

static const char *report_code(struct arena *a, const char *unit, struct period p)
{
    char code[PERIOD_TEXT];
    return arena_printf(a, "%s-%s", unit, period_code(p, code));
}

enum rc opinion_of(const struct snap *s, const char *unit, struct period p, struct arena *a,
                   const char **ret_code, const char **ret_state, struct err *e)
{
    struct linked_newest_row row;
    enum rc rc = linked_newest_one(s, "report", report_code(a, unit, p), opinion_flow_kind.code,
                                   a, &row, e);
    if (rc == RC_OK) {
        *ret_code = row.code;
        *ret_state = row.state;
    }
    return rc;
}

enum rc release_period(const struct matter *m, struct period *ret, struct err *e)
{
    for (size_t i = 0; i < m->n_links; i++)
        if (str_eq(m->links[i].what, "period"))
            return period_parse(m->links[i].code, ret, e);
    return err_set(e, RC_INVALID, N_("事项没有写明期间"));
}

enum rc release_move(struct tx *tx, struct county *c, const char *matter, const char *verb,
                     struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct units *us;
    struct flow_done done;
    enum rc rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    struct flow_who w = flow_who_system(us);
    return rc == RC_OK
               ? flow_move(tx, c, &w,
                           &(struct flow_act){ .matter = matter, .verb = verb, .version = -1 },
                           a, &done, e)
               : rc;
}

/* ---- what a unit is asked ---- */

static const struct flow_rung opinion_ladder[] = { { .days = -1 },
                                                   { .days = 0, .colour = FLOW_YELLOW } };
static const struct flow_state opinion_states[] = {
    { .code = "asked", .name = N_("待核对"), .waits = FLOW_HOLDER, .clock = "comment" },
    { .code = "agreed", .name = N_("无异议"), .final = true },
    { .code = "objected", .name = N_("有异议"), .final = true },
    { .code = "silent", .name = N_("逾期视为无异议"), .final = true },
    { .code = "dropped", .name = N_("已重新计算,作废"), .final = true },
};
#define MINUTES BURDEN_FIELD(N_("每个单位核对要花的时间，会记在单位的负担账上"))
static const struct flow_field opinion_fields[] = {
    MINUTES,
    { .code = "note", .name = N_("说明"), .type = FLOW_LINES, .max = 500 },
};
static const struct flow_clock opinion_clocks[] = {
    { .code = "comment",
      .name = N_("征求意见期限"),
      .days = 5,
      .counts = true,
      FLOW_ROWS(ladder, opinion_ladder),
      .lapse = "pass" },
};
static const struct flow_move opinion_moves[] = {
    { .verb = "agree",
      .name = N_("核对无误"),
      .from = "asked",
      .to = "agreed",
      .who = FLOW_HOLDER,
      .fields = "note",
      .help = N_("报告里的数和预警都对。有不对的,到报告、数值或预警的页面上点「提异议」") },
    { .verb = "object",
      .name = N_("已提异议"),
      .from = "asked",
      .to = "objected",
      .who = FLOW_SYSTEM,
      .event = N_("单位提出了异议") },
    { .verb = "pass",
      .name = N_("逾期视为无异议"),
      .from = "asked",
      .to = "silent",
      .who = FLOW_SYSTEM,
      .event = N_("征求意见期限已过") },
    { .verb = "drop",
      .name = N_("作废"),
      .from = "asked",
      .to = "dropped",
      .who = FLOW_SYSTEM,
      .event = N_("征求意见稿被退回") },
};

/* The last answer ends the round. */
static enum rc opinion_apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct parts_open_row open;
    struct matter release;
    bool all = false;
    if (!l->move || str_eq(l->move->verb, "drop") || !*l->matter->parent)
        return RC_OK;
    enum rc rc = parts_open_one(tx_snap(tx), l->matter->parent, a, &open, e);
    if (rc == RC_OK && open.n == 0)
        rc = matter_load(tx_snap(tx), l->c, l->matter->parent, a, &release, e);
    if (rc == RC_OK && open.n == 0 && str_eq(release.state, "comment"))
        rc = asking_all_asked(tx_snap(tx), l->c, &release, &all, e);
    if (rc == RC_OK && all)
        rc = release_move(tx, l->c, l->matter->parent, "collect", e);
    return rc;
}

const struct flow_kind opinion_flow_kind = {
    .code = "opinion",
    .name = N_("征求意见"),
    .help = N_("请单位核对自己的体检报告:无误,或提出异议"),
    .prefix = "Y",
    .open_fields = "minutes",
    FLOW_ROWS(states, opinion_states),
    FLOW_ROWS(moves, opinion_moves),
    FLOW_ROWS(fields, opinion_fields),
    FLOW_ROWS(clocks, opinion_clocks),
    .links = "report period",
    .part_of = "release",
    .apply = opinion_apply,
};

enum rc opinion_objected(struct tx *tx, struct county *c, const char *unit, struct period p,
                         struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *code, *state;
    enum rc rc = opinion_of(tx_snap(tx), unit, p, a, &code, &state, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    return rc == RC_OK && str_eq(state, "asked") ? release_move(tx, c, code, "object", e) : rc;
}

/* ---- the desk ---- */

static const struct flow_rung desk_ladder[] = {
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW },
    { .days = 3, .colour = FLOW_ORANGE, .tell = FLOW_BY_CAP, .need = CAP_APPROVE },
};
static const struct flow_rung comment_ladder[] = { { .days = -1 } };
static const struct flow_state release_states[] = {
    { .code = "draft",
      .name = N_("草稿"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "check" },
    { .code = "comment",
      .name = N_("征求意见"),
      .waits = FLOW_SYSTEM,
      .clock = "comment",
      .rests = true },
    { .code = "objections",
      .name = N_("异议处理"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "settle" },
    { .code = "decision",
      .name = N_("待审定"),
      .waits = FLOW_BY_CAP,
      .need = CAP_APPROVE,
      .clock = "decide" },
    { .code = "approved",
      .name = N_("待发布"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "issue" },
    { .code = "published", .name = N_("已发布"), .final = true },
};
static const struct flow_field release_fields[] = {
    MINUTES,
    { .code = "why", .name = N_("理由"), .type = FLOW_LINES, .min = 2, .max = 500 },
    { .code = "erratum",
      .name = N_("更正说明"),
      .type = FLOW_LINES,
      .min = 5,
      .max = 500,
      .help = N_("原来错在哪里,改成什么;写在更正后的每一份报告上") },
};
#define DESK_CLOCK(c, n, d) /* part of an initialiser */                                       \
    {                                                                                          \
        .code = (c), .name = (n), .days = (d), .counts = true, FLOW_ROWS(ladder, desk_ladder)  \
    }
static const struct flow_clock release_clocks[] = {
    DESK_CLOCK("check", N_("核对期限"), 5),
    { .code = "comment",
      .name = N_("征求意见期限"),
      .days = 5,
      FLOW_ROWS(ladder, comment_ladder),
      .lapse = "collect" },
    DESK_CLOCK("settle", N_("异议处理期限"), 10),
    DESK_CLOCK("decide", N_("审定期限"), 3),
    DESK_CLOCK("issue", N_("发布期限"), 2),
};
static const struct flow_move release_moves[] = {
    { .verb = "ask",
      .name = N_("送各单位征求意见"),
      .from = "draft",
      .to = "comment",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "minutes!",
      .help = N_("每个单位看到自己的报告和预警,5个工作日内核对;别的单位和领导还看不到") },
    { .verb = "collect",
      .name = N_("征求意见结束"),
      .from = "comment",
      .to = "objections",
      .who = FLOW_SYSTEM,
      .event = N_("期限已过,或者每个单位都答复了") },
    { .verb = "submit",
      .name = N_("送审定"),
      .from = "objections",
      .to = "decision",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .parts_final = true,
      .help = N_("异议都办完了才能送审;送审后领导看得到") },
    { .verb = "approve",
      .name = N_("审定"),
      .from = "decision",
      .to = "approved",
      .who = FLOW_BY_CAP,
      .need = CAP_APPROVE,
      .not_mover = true },
    { .verb = "back",
      .name = N_("退回"),
      .from = "decision",
      .to = "objections",
      .who = FLOW_BY_CAP,
      .need = CAP_APPROVE,
      .fields = "why!",
      .returns = true },
    { .verb = "publish",
      .name = N_("发布"),
      .from = "approved",
      .to = "published",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .final_act = true,
      .help = N_("发布后按权限公开;要改,只能再发更正") },
    { .verb = "resubmit",
      .name = N_("重新送审定"),
      .from = "approved",
      .to = "decision",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .returns = true,
      .help = N_("审定之后又改过的,要再审定一次") },
    { .verb = "redo",
      .name = N_("退回草稿重办"),
      .from = "comment|objections|decision|approved",
      .to = "draft",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "why!",
      .returns = true,
      .help = N_("重新计算之后,从征求意见办起") },
    { .verb = "correct",
      .name = N_("更正"),
      .from = "published",
      .to = "draft",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "erratum!",
      .reopens = true,
      .help = N_("改好数值、重新计算之后再发布;原来的留着,标「已更正」") },
    { .verb = "reissue",
      .name = N_("异议成立,改后再发"),
      .from = "published",
      .to = "decision",
      .who = FLOW_SYSTEM,
      .event = N_("发布之后异议成立,已经重新计算"),
      .reopens = true },
    { .verb = "past_desk",
      .name = N_("直接发布"),
      .from = "*",
      .to = "published",
      .who = FLOW_SYSTEM,
      .event = N_("在服务器上用命令发布") },
};

/* An objection that was upheld is open until it has been put right. */
static enum rc check_objections(const struct flow_look *l, struct period p, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct linked_open_row open;
    char code[PERIOD_TEXT];
    enum rc rc =
        linked_open_one(l->snap, "period", period_code(p, code), "objection", a, &open, e);
    if (rc == RC_OK && open.n > 0)
        return err_set(e, RC_CONFLICT, N_("还有{n}件异议没有办完,办完才能审定"), "n",
                       arena_printf(a, "%lld", (long long)open.n));
    return rc;
}

/* What is decided about is the newest computation: one that was made since begins as a draft.
 */
static enum rc check_stage(const struct publication *now, enum publication_stage want,
                           struct err *e)
{
    char code[PERIOD_TEXT];
    return now->stage == want
               ? RC_OK
               : err_set(e, RC_CONFLICT,
                         N_("{period} 之后又计算过,新的还没有征求意见:请「退回草稿重办」"),
                         "period", period_code(now->period, code));
}

static enum rc release_check(const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct period p;
    struct publication now;
    const char *verb = l->move ? l->move->verb : "";
    /* Of these two the page offers the one that applies. */
    const bool publishes = str_eq(verb, "publish"), resubmits = str_eq(verb, "resubmit");
    if (!*verb || (l->only_asking && !publishes && !resubmits) || str_eq(verb, "past_desk"))
        return RC_OK;
    enum rc rc = release_period(l->matter, &p, e);
    if (rc == RC_OK)
        rc = publication_newest(l->snap, p, a, &now, e);
    if (rc != RC_OK)
        return rc;
    if (resubmits && *now.approved_by)
        return err_set(e, RC_DENIED, N_("审定之后没有改过,可以发布"));
    if (l->only_asking)
        return publishes && !*now.approved_by
                   ? err_set(e, RC_DENIED, N_("审定之后又改过:请「重新送审定」"))
                   : RC_OK;
    if (str_eq(verb, "submit") && now.stage < PUBLICATION_COMMENT)
        return check_stage(&now, PUBLICATION_COMMENT, e);
    if (str_eq(verb, "submit") || str_eq(verb, "approve"))
        rc = check_objections(l, p, e);
    if (rc == RC_OK && (str_eq(verb, "approve") || publishes))
        rc = check_stage(&now, PUBLICATION_DECISION, e);
    if (rc == RC_OK && publishes && !*now.approved_by)
        return err_set(e, RC_CONFLICT, N_("审定之后又改过:请「重新送审定」"));
    if (rc == RC_OK && str_eq(verb, "ask") && now.stage == PUBLICATION_PUBLISHED)
        return err_set(e, RC_CONFLICT, N_("更正之后还没有重新计算:先改数值,再计算"));
    return rc;
}

static enum rc release_apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct period p;
    struct publication now;
    const char *verb = l->move ? l->move->verb : "";
    if (!*verb || str_eq(verb, "past_desk") || str_eq(verb, "collect"))
        return RC_OK;
    enum rc rc = release_period(l->matter, &p, e);
    if (rc == RC_OK)
        rc = publication_newest(tx_snap(tx), p, a, &now, e);
    if (rc != RC_OK)
        return rc;
    struct publication_step step = { .computation = now.computation, .by = l->by };
    const char *erratum = matter_value(l->matter, "erratum");
    if (str_eq(verb, "redo"))
        return asking_go_on(tx, l->c, l->matter, l->by, e);
    if (str_eq(verb, "ask"))
        step.stage = PUBLICATION_COMMENT;
    else if (str_eq(verb, "submit"))
        step.stage = PUBLICATION_DECISION;
    else if (str_eq(verb, "approve")) {
        step.stage = PUBLICATION_DECISION;
        step.approved_by = l->by;
    } else if (str_eq(verb, "publish")) {
        step.stage = PUBLICATION_PUBLISHED;
        step.erratum = *erratum && !*now.erratum ? erratum : NULL;
    }
    if (step.stage && step.stage >= now.stage)
        rc = publication_set(tx, l->c, &step, e);
    if (rc == RC_OK && str_eq(verb, "ask"))
        rc = asking_go_on(tx, l->c, l->matter, l->by, e);
    return rc;
}

const struct flow_kind release_flow_kind = {
    .code = "release",
    .name = N_("发布"),
    .help = N_("一期监测结果从草稿到发布:征求意见、异议处理、领导审定、发布、更正"),
    .prefix = "P",
    FLOW_ROWS(states, release_states),
    FLOW_ROWS(moves, release_moves),
    FLOW_ROWS(fields, release_fields),
    FLOW_ROWS(clocks, release_clocks),
    .links = "period",
    .check = release_check,
    .apply = release_apply,
};

/* ---- computations come to the desk ---- */

static enum rc open_release(struct tx *tx, struct county *c, struct period p, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct units *us;
    struct flow_done done;
    char code[PERIOD_TEXT];
    const struct flow_link link = { "period", period_code(p, code) };
    enum rc rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    struct flow_who w = flow_who_system(us);
    return rc == RC_OK
               ? flow_open(tx, c, &w,
                           &(struct flow_new){
                               .kind = release_flow_kind.code,
                               .title = text_fill(a, N_("{period}监测结果发布"), "period",
                                                  period_name(a, p, LANG_ZH), NULL),
                               .unit = "",
                               .links = &link,
                               .n_links = 1 },
                           a, &done, e)
               : rc;
}

/* Something has reached a stage, by the desk or past it. */
static enum rc reached(struct tx *tx, struct county *c, const struct publication *now,
                       struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char period[PERIOD_TEXT];
    struct linked_newest_row row;
    if (c->trial)
        return RC_OK; /* before the county is live nothing comes to the desk */
    enum rc rc = linked_newest_one(tx_snap(tx), "period", period_code(now->period, period),
                                   release_flow_kind.code, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        rc = open_release(tx, c, now->period, e);
        if (rc == RC_OK)
            rc = linked_newest_one(tx_snap(tx), "period", period, release_flow_kind.code, a,
                                   &row, e);
    }
    if (rc == RC_OK && now->stage == PUBLICATION_PUBLISHED && row.open)
        rc = release_move(tx, c, row.code, "past_desk", e);
    return rc;
}

void release_use(struct county *c)
{
    publication_watch(c, reached);
}
