/*
 * The meeting as a table. What is written stands in three fields of lines, so that each can be
 * replaced whole: changes (UNIT NODE what a person says of it), decisions (text ｜ code of the
 * matter it comes from) and conclusions, one for each decision. Freezing keeps the figures.
 */
#include "meeting/meeting_kind.h"

#include "base/str.h"
#include "flow/matter.h"
#include "meeting/agenda.h"
#include "meeting/frozen.h"
#include "store/county.h"

static const struct flow_rung day_ladder[] = {
    { .days = -2 },
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW },
};
static const struct flow_rung settle_ladder[] = {
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW },
    { .days = 3, .colour = FLOW_ORANGE, .tell = FLOW_BY_CAP, .need = CAP_APPROVE },
};
static const struct flow_clock clocks[] = {
    { .code = "day", .name = N_("会期"), .from = "day", FLOW_ROWS(ladder, day_ladder) },
    { .code = "settle",
      .name = N_("会后办理期限"),
      .days = 5,
      .counts = true,
      FLOW_ROWS(ladder, settle_ladder) },
};
static const struct flow_state states[] = {
    { .code = "prepare",
      .name = N_("筹备"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "day" },
    { .code = "frozen",
      .name = N_("议题已定稿"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "day" },
    { .code = "held",
      .name = N_("已召开"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "settle" },
    { .code = "done", .name = N_("办结"), .final = true },
    { .code = "cancelled", .name = N_("不开了"), .final = true },
};
static const struct flow_field fields[] = {
    { .code = "day", .name = N_("开会日期"), .type = FLOW_DAY, .min = 0, .max = 120 },
    { .code = "place", .name = N_("地点"), .type = FLOW_TEXT, .max = 40 },
    { .code = "chair", .name = N_("主持人"), .type = FLOW_TEXT, .max = 20 },
    { .code = "changes",
      .name = N_("五项变化"),
      .type = FLOW_LINES,
      .max = 600,
      .help = N_("每行一项，至多五项：单位编码、指标编码、说明（至多24个字），用空格隔开") },
    { .code = "decisions",
      .name = N_("三项请决定"),
      .type = FLOW_LINES,
      .max = 500,
      .help = N_("每行一项，至多三项，每项至多90个字；由哪件事来的，在后面写｜和编号") },
    { .code = "conclusions",
      .name = N_("会议决定"),
      .type = FLOW_LINES,
      .max = 1200,
      .help = N_("每行一项，和请决定的事项一一对应，每项至多300个字；没有定的写明再议") },
    { .code = "born",
      .name = N_("由会议决定产生的事项"),
      .type = FLOW_LINES,
      .max = 600,
      .help = N_("每行：第几项决定、事项编号，用空格隔开；不另发的写－") },
    { .code = "attended", .name = N_("参加人员"), .type = FLOW_LINES, .max = 300 },
    { .code = "why", .name = N_("理由"), .type = FLOW_LINES, .min = 2, .max = 300 },
};
#define DESK .who = FLOW_BY_CAP, .need = CAP_DISPATCH /* part of an initialiser */
static const struct flow_move moves[] = {
    { .verb = "freeze",
      .name = N_("议题定稿"),
      .from = "prepare",
      .to = "frozen",
      DESK,
      .help = N_("数字定在此刻，以后更正也不改这一页；要印的一页A4从此不变") },
    { .verb = "arrange",
      .name = N_("修改议题"),
      .from = "prepare",
      DESK,
      .fields = "changes decisions place chair" },
    { .verb = "thaw",
      .name = N_("退回筹备"),
      .from = "frozen",
      .to = "prepare",
      DESK,
      .fields = "why!",
      .returns = true,
      .help = N_("会前还要改议题；再定稿时数字重新取") },
    { .verb = "hold",
      .name = N_("记录会议决定"),
      .from = "frozen",
      .to = "held",
      DESK,
      .fields = "conclusions! attended" },
    { .verb = "turn",
      .name = N_("登记决定的去向"),
      .from = "held",
      DESK,
      .fields = "born!",
      .help = N_("一般在会商的页面上点「拟廉动令」，由系统登记") },
    { .verb = "finish",
      .name = N_("办结"),
      .from = "held",
      .to = "done",
      DESK,
      .help = N_("决定都已转为廉动令，或写明不另发") },
    { .verb = "cancel",
      .name = N_("不开了"),
      .from = "prepare|frozen",
      .to = "cancelled",
      DESK,
      .fields = "why!" },
};

/* One conclusion for each decision, none too long. */
static enum rc check_conclusions(const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n, want;
    const char *const *lines = agenda_lines(l->matter, "conclusions", a, &n);
    (void)agenda_lines(l->matter, "decisions", a, &want);
    if (n != want)
        return err_set(e, RC_INVALID,
                       N_("请决定的有{want}项，会议决定写了{n}项：应一行一项、一一对应"),
                       "want", arena_printf(a, "%zu", want), "n", arena_printf(a, "%zu", n));
    for (size_t i = 0; i < n; i++)
        if (utf8_count(lines[i]) > AGENDA_CONCLUSION_MAX)
            return err_set(e, RC_INVALID, N_("第{n}项决定至多300个字"), "n",
                           arena_printf(a, "%zu", i + 1));
    return RC_OK;
}

/* Ready to be frozen: something is asked of the meeting, and all of it fits one page. */
static enum rc check_freeze(const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct agenda g;
    struct bytes pdf;
    enum rc rc = agenda_check(l->snap, l->c, l->matter, e);
    if (rc == RC_OK)
        rc = agenda_make(l->snap, l->c, l->matter, a, &g, e);
    if (rc == RC_OK && g.n_decisions == 0)
        return err_set(e, RC_INVALID, N_("还没有写请会议决定的事项：至少一项，至多三项"));
    if (rc == RC_OK && g.before.v == 0)
        return err_set(e, RC_CONFLICT, N_("还没有两期发布的结果，无从比较变化"));
    return rc == RC_OK
               ? agenda_pdf(&g,
                            &(struct agenda_paper){
                                .county = l->c->name, .lang = LANG_ZH, .at = county_now(l->c) },
                            a, &pdf, e)
               : rc;
}

/* Each decision has become something, or was said to need nothing. */
static enum rc check_turned(const struct flow_look *l, bool all, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct agenda_born *born;
    struct matter m;
    size_t n, want;
    (void)agenda_lines(l->matter, "conclusions", a, &want);
    enum rc rc = agenda_born(l->matter, a, &born, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (born[i].decision >= want)
            return err_set(e, RC_INVALID, N_("没有第{n}项决定"), "n",
                           arena_printf(a, "%zu", born[i].decision + 1));
        if (!str_eq(born[i].code, AGENDA_NONE_BORN))
            rc = matter_load(l->snap, l->c, born[i].code, a, &m, e);
    }
    for (size_t d = 0; all && d < want && rc == RC_OK; d++) {
        bool there = false;
        for (size_t i = 0; i < n && !there; i++)
            there = born[i].decision == d;
        if (!there)
            return err_set(e, RC_CONFLICT,
                           N_("第{n}项决定还没有去向：请拟廉动令，或写明不另发"), "n",
                           arena_printf(a, "%zu", d + 1));
    }
    return rc;
}

static enum rc check(const struct flow_look *l, struct err *e)
{
    const char *verb = l->move ? l->move->verb : "";
    if (l->only_asking)
        return RC_OK;
    if (str_eq(verb, "arrange"))
        return agenda_check(l->snap, l->c, l->matter, e);
    if (str_eq(verb, "freeze"))
        return check_freeze(l, e);
    if (str_eq(verb, "turn") || str_eq(verb, "finish"))
        return check_turned(l, str_eq(verb, "finish"), e);
    return str_eq(verb, "hold") ? check_conclusions(l, e) : RC_OK;
}

static enum rc apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct agenda g;
    if (!l->move || !str_eq(l->move->verb, "freeze"))
        return RC_OK;
    enum rc rc = agenda_make(tx_snap(tx), l->c, l->matter, a, &g, e);
    return rc == RC_OK ? frozen_put(tx, l->c, l->matter->code, agenda_write(&g, a), l->by, e)
                       : rc;
}

const struct flow_kind meeting_flow_kind = {
    .code = "meeting",
    .name = N_("研判会商"),
    .help = N_("会前一页材料，议题定稿，会上的决定转为廉动令"),
    .prefix = "M",
    .page = "/meeting/",
    .found_by_room = true,
    .open = CAP_DISPATCH,
    .open_fields = "day! place chair",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .links = "period warning",
    .check = check,
    .apply = apply,
};
