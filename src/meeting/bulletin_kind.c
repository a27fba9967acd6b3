/* The bulletin as a table: drafted by the platform, approved by a leader, issued. What is sent
 * to be approved is frozen, and that is what is issued. */
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "meeting/bulletin.h"
#include "meeting/bulletin.sql.h"
#include "meeting/frozen.h"
#include "store/county.h"

static const struct flow_rung ladder[] = {
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW },
    { .days = 3, .colour = FLOW_ORANGE, .tell = FLOW_BY_CAP, .need = CAP_APPROVE },
};
static const struct flow_clock clocks[] = {
    { .code = "write",
      .name = N_("起草期限"),
      .days = 5,
      .counts = true,
      FLOW_ROWS(ladder, ladder) },
    { .code = "decide",
      .name = N_("审定期限"),
      .days = 3,
      .counts = true,
      FLOW_ROWS(ladder, ladder) },
    { .code = "issue",
      .name = N_("印发期限"),
      .days = 2,
      .counts = true,
      FLOW_ROWS(ladder, ladder) },
};
static const struct flow_state states[] = {
    { .code = "draft",
      .name = N_("起草"),
      .draft = true,
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "write" },
    { .code = "review",
      .name = N_("待审定"),
      .waits = FLOW_BY_CAP,
      .need = CAP_APPROVE,
      .clock = "decide" },
    { .code = "approved",
      .name = N_("待印发"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "issue" },
    { .code = "issued", .name = N_("已印发"), .final = true },
    { .code = "dropped", .name = N_("作废"), .final = true, .draft = true },
};
static const struct flow_field fields[] = {
    { .code = "month", .name = N_("月份"), .type = FLOW_PERIOD },
    { .code = "text",
      .name = N_("情况和要求"),
      .type = FLOW_LINES,
      .max = BULLETIN_TEXT_MAX,
      .help = N_("数字由系统取，这里写情况和要求；不给单位排名，不写人名") },
    { .code = "why", .name = N_("理由"), .type = FLOW_LINES, .min = 2, .max = 500 },
};
static const struct flow_move moves[] = {
    { .verb = "submit",
      .name = N_("送审定"),
      .from = "draft",
      .to = "review",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .help = N_("数字定在此刻；审定和印发的都是这一份") },
    { .verb = "write",
      .name = N_("修改"),
      .from = "draft",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "text" },
    { .verb = "approve",
      .name = N_("审定"),
      .from = "review",
      .to = "approved",
      .who = FLOW_BY_CAP,
      .need = CAP_APPROVE,
      .not_mover = true },
    { .verb = "back",
      .name = N_("退回修改"),
      .from = "review",
      .to = "draft",
      .who = FLOW_BY_CAP,
      .need = CAP_APPROVE,
      .fields = "why!",
      .returns = true },
    { .verb = "issue",
      .name = N_("印发"),
      .from = "approved",
      .to = "issued",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .final_act = true,
      .help = N_("印发后各单位看得到通报，和自己名下的事项") },
    { .verb = "drop",
      .name = N_("作废"),
      .from = "draft",
      .to = "dropped",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "why!" },
};

static enum rc check(const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bulletin_of_month_row row;
    struct period month = bulletin_month(l->matter);
    char code[PERIOD_TEXT];
    if (l->move || l->only_asking)
        return RC_OK;
    if (month.v == 0 || period_kind(month) != PERIOD_MONTH)
        return err_set(e, RC_INVALID, N_("通报按月，月份应写作 202609"));
    if (period_first_day(month) > county_today(l->c))
        return err_set(e, RC_INVALID, N_("{month} 还没有开始"), "month",
                       period_code(month, code));
    enum rc rc = bulletin_of_month_one(l->snap, period_code(month, code), a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    return rc == RC_OK ? err_set(e, RC_CONFLICT, N_("{month} 已有通报 {code}"), "month",
                                 period_code(month, code), "code", row.code)
                       : rc;
}

static enum rc apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bulletin b;
    if (!l->move || !str_eq(l->move->verb, "submit"))
        return RC_OK;
    enum rc rc = bulletin_make(tx_snap(tx), bulletin_month(l->matter),
                               matter_value(l->matter, "text"), a, &b, e);
    return rc == RC_OK ? frozen_put(tx, l->c, l->matter->code, bulletin_write(&b, a), l->by, e)
                       : rc;
}

const struct flow_kind bulletin_flow_kind = {
    .code = "bulletin",
    .name = N_("通报"),
    .help = N_("一个月的廉动令、预警、异议和填报；每个数点开就是背后的事项"),
    .prefix = "TB",
    .page = "/bulletin/",
    .found_by_room = true,
    .open = CAP_DISPATCH,
    .open_fields = "month! text",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .links = "period",
    .check = check,
    .apply = apply,
};
