/*
 * A leader's written instruction as a table. It has no lead unit: what a leader wrote is for
 * leaders and the platform until a directive made of it carries its words to a unit. Somebody
 * of the office may write it down for a leader (代录): then it names the leader and carries the
 * scan, and is shown as what it is.
 */
#include "base/str.h"
#include "directive/room.h"
#include "flow/matter.h"
#include "people/account.h"
#include "store/county.h"

static const struct flow_rung turn_ladder[] = {
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW },
    { .days = 3, .colour = FLOW_ORANGE, .tell = FLOW_OPENER },
};
static const struct flow_clock clocks[] = {
    { .code = "turn",
      .name = N_("转办期限"),
      .days = 2,
      .counts = true,
      FLOW_ROWS(ladder, turn_ladder) },
};
static const struct flow_state states[] = {
    { .code = "written",
      .name = N_("待转办"),
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "turn" },
    { .code = "turned",
      .name = N_("已转办"),
      .waits = FLOW_SYSTEM,
      .unclocked = N_("由它拟的廉动令各有期限"),
      .rests = true },
    { .code = "done", .name = N_("办结"), .final = true },
    { .code = "answered", .name = N_("已答复"), .final = true },
    { .code = "withdrawn", .name = N_("收回"), .final = true },
};
static const struct flow_field fields[] = {
    { .code = "text",
      .name = N_("批示内容"),
      .type = FLOW_LINES,
      .min = 2,
      .max = 2000,
      .help = N_("写事和要求；问题线索走线索渠道，不进本平台") },
    { .code = "leader",
      .name = N_("代录的是哪位领导的批示"),
      .type = FLOW_ACCOUNT_CODE,
      .help = N_("领导自己写的不填") },
    { .code = "given_on", .name = N_("批示日期"), .type = FLOW_DAY, .min = -90, .max = 0 },
    { .code = "scan",
      .name = N_("批示件扫描"),
      .type = FLOW_FILES,
      .help = N_("代录的要附批示件扫描") },
    { .code = "answer",
      .name = N_("答复"),
      .type = FLOW_LINES,
      .min = 4,
      .max = 2000,
      .help = N_("不另发廉动令的，写明怎么办的、谁在办") },
    { .code = "why", .name = N_("理由"), .type = FLOW_LINES, .min = 2, .max = 500 },
    { .code = "word", .name = N_("催问"), .type = FLOW_LINES, .min = 2, .max = 500 },
};
static const struct flow_move moves[] = {
    { .verb = "turn",
      .name = N_("转为廉动令"),
      .from = "written",
      .to = "turned",
      .who = FLOW_SYSTEM,
      .event = N_("由它拟了廉动令") },
    { .verb = "answer",
      .name = N_("答复，不另发廉动令"),
      .from = "written",
      .to = "answered",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "answer!",
      .help = N_("批示人看得到答复，不满意可以再批") },
    { .verb = "unturn",
      .name = N_("重新待转办"),
      .from = "turned",
      .to = "written",
      .who = FLOW_SYSTEM,
      .event = N_("由它拟的廉动令都撤销了"),
      .returns = true },
    { .verb = "fulfil",
      .name = N_("办结"),
      .from = "turned",
      .to = "done",
      .who = FLOW_SYSTEM,
      .event = N_("由它拟的廉动令都销号了") },
    { .verb = "again",
      .name = N_("重新办理"),
      .from = "done",
      .to = "turned",
      .who = FLOW_SYSTEM,
      .event = N_("由它拟的廉动令重开了，或又拟了一件"),
      .reopens = true },
    { .verb = "press",
      .name = N_("催问"),
      .from = "written",
      .who = FLOW_BY_CAP,
      .need = CAP_APPROVE,
      .fields = "word!",
      .urges = true },
    { .verb = "withdraw",
      .name = N_("收回"),
      .from = "written",
      .to = "withdrawn",
      .who = FLOW_OPENER,
      .fields = "why!" },
};

/* Whoever signs off is a leader. */
static bool is_leader(const struct person *p, size_t n, const char *account)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(p[i].code, account))
            return true;
    return false;
}

static enum rc check(const struct flow_look *l, struct err *e)
{
    const char *leader = matter_value(l->matter, "leader");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct person *leaders;
    size_t n;
    if (l->move || !*l->by)
        return RC_OK;
    enum rc rc = people_who_can(l->snap, CAP_APPROVE, county_today(l->c), a, &leaders, &n, e);
    if (rc != RC_OK)
        return rc;
    if (!*leader && !is_leader(leaders, n, l->by))
        return err_set(e, RC_INVALID, N_("请写明代录的是哪位领导的批示"));
    if (!*leader)
        return RC_OK;
    if (str_eq(leader, l->by))
        return err_set(e, RC_INVALID, N_("自己的批示不用代录：「代录」一栏不填"));
    if (!is_leader(leaders, n, leader))
        return err_set(e, RC_INVALID, N_("只能代录领导的批示：{account}不是领导"), "account",
                       leader);
    if (l->matter->n_files == 0)
        return err_set(e, RC_INVALID, N_("代录的批示要附批示件扫描"));
    return RC_OK;
}

const struct flow_kind instruction_flow_kind = {
    .code = "instruction",
    .name = N_("批示"),
    .help = N_("领导写的批示；由专班转成廉动令，办得怎样批示人随时看得到"),
    .prefix = "I",
    .open = CAP_INSTRUCT,
    .open_fields = "text! leader given_on scan",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .links = "report warning value period indicator",
    .check = check,
    .describe = instruction_describe,
};
