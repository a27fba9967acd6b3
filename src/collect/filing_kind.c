/*
 * The table of a filing. Lateness is no state: the clock has run out and the filing stays open.
 * Which of the two ways to the signature is open is decided by the round's setting, kept in the
 * matter's own field. Anybody of the unit may check; who signs is named (CAP_SIGN). not_mover
 * keeps the four eyes, and the check sees to it that what is signed is what was submitted.
 */
#include "base/str.h"
#include "collect/filing.h"
#include "collect/round.sql.h"
#include "collect/webhook.h"
#include "flow/matter.h"

static const struct flow_state states[] = {
    { .code = "todo", .name = N_("未开始"), .waits = FLOW_HOLDER, .clock = "file" },
    { .code = "filling", .name = N_("填报中"), .waits = FLOW_HOLDER, .clock = "file" },
    { .code = "returned", .name = N_("退回"), .waits = FLOW_HOLDER, .clock = "file" },
    { .code = "checking", .name = N_("待审核"), .waits = FLOW_UNIT, .clock = "file" },
    { .code = "signing",
      .name = N_("待签发"),
      .waits = FLOW_BY_CAP,
      .need = CAP_SIGN,
      .clock = "file" },
    { .code = "signed", .name = N_("已签发"), .final = true },
    { .code = "stopped", .name = N_("批次已结束"), .final = true },
};
static const struct flow_field fields[] = {
    { .code = "due", .name = N_("截止日"), .type = FLOW_DAY, .min = 0, .max = 400 },
    { .code = "late", .name = N_("迟报等到"), .type = FLOW_DAY, .min = 0, .max = 600 },
    { .code = "signatures", .name = N_("签几次"), .type = FLOW_INT, .min = 1, .max = 2 },
    { .code = "rows", .name = N_("填报项数"), .type = FLOW_INT, .min = 0, .max = 1000000 },
    { .code = "gaps", .name = N_("没有填的项数"), .type = FLOW_INT, .min = 0, .max = 1000000 },
    { .code = "stamp", .name = N_("内容摘要"), .type = FLOW_TEXT, .max = 100 },
    { .code = "came", .name = N_("进了几格"), .type = FLOW_INT, .min = 1, .max = 1000000 },
    { .code = "filler", .name = N_("填报人"), .type = FLOW_TEXT, .max = 60 },
    { .code = "import", .name = N_("入库编号"), .type = FLOW_TEXT, .max = 30 },
    { .code = "until",
      .name = N_("到哪一天"),
      .type = FLOW_DAY,
      .min = 1,
      .max = 200,
      .sets = FLOW_SETS_UNTIL },
    { .code = "why", .name = N_("理由"), .type = FLOW_LINES, .max = 500 },
};
static const struct flow_rung file_ladder[] = {
    { .days = -3 },
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW },
    { .days = 4, .colour = FLOW_ORANGE, .tell = FLOW_BY_CAP, .need = CAP_DISPATCH },
    { .days = 10, .colour = FLOW_RED, .tell = FLOW_SUPERVISOR },
};
static const struct flow_clock clocks[] = {
    { .code = "file",
      .name = N_("报送期限"),
      .from = "due",
      .resumes = true,
      .counts = true,
      FLOW_ROWS(ladder, file_ladder) },
};

#define FILLING "todo|filling|returned"
static const struct flow_move moves[] = {
    { .verb = "begin",
      .name = N_("开始填报"),
      .from = "todo|returned",
      .to = "filling",
      .who = FLOW_HOLDER },
    { .verb = "arrive",
      .name = N_("数值进来"),
      .from = "todo|returned",
      .to = "filling",
      .who = FLOW_SYSTEM,
      .fields = "came!",
      .event = N_("这个来源的数值由文件或自动取数进来") },
    { .verb = "arrive",
      .name = N_("数值进来"),
      .from = "filling",
      .who = FLOW_SYSTEM,
      .fields = "came!",
      .event = N_("这个来源的数值由文件或自动取数进来") },
    { .verb = "submit",
      .name = N_("提交审核"),
      .from = FILLING,
      .to = "checking",
      .who = FLOW_HOLDER,
      .fields = "rows! gaps stamp! filler!" },
    { .verb = "submit_one",
      .name = N_("提交签发"),
      .from = FILLING,
      .to = "signing",
      .who = FLOW_HOLDER,
      .fields = "rows! gaps stamp! filler!" },
    { .verb = "take_back",
      .name = N_("撤回再改"),
      .from = "checking|signing",
      .to = "filling",
      .who = FLOW_HOLDER },
    { .verb = "check",
      .name = N_("审核通过"),
      .from = "checking",
      .to = "signing",
      .who = FLOW_UNIT,
      .not_mover = true },
    { .verb = "back",
      .name = N_("退回"),
      .from = "checking|signing",
      .to = "returned",
      .who = FLOW_UNIT,
      .fields = "why!",
      .not_mover = true,
      .returns = true },
    { .verb = "sign",
      .name = N_("签发"),
      .from = "signing",
      .to = "signed",
      .who = FLOW_BY_CAP,
      .need = CAP_SIGN,
      .fields = "import",
      .not_mover = true,
      .help = N_("签发后数值入库,以本单位名义报出;要改只能由平台专班退回重报"),
      .final_act = true },
    { .verb = "ask_more",
      .name = N_("申请延期"),
      .from = FILLING,
      .who = FLOW_HOLDER,
      .fields = "until! why!",
      .asks = FLOW_EXTEND },
    { .verb = "give_more",
      .name = N_("同意延期"),
      .from = FILLING,
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "until",
      .grants = FLOW_EXTEND },
    { .verb = "no_more",
      .name = N_("不同意延期"),
      .from = FILLING,
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "why!",
      .refuses = FLOW_EXTEND },
    { .verb = "urge",
      .name = N_("催报"),
      .from = FILLING "|checking|signing",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .urges = true },
    { .verb = "stop",
      .name = N_("结束批次"),
      .from = FILLING "|checking|signing",
      .to = "stopped",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "why",
      .urges = true },
    { .verb = "recall",
      .name = N_("退回重报"),
      .from = "signed|stopped",
      .to = "returned",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "why! due!",
      .reopens = true },
};

static enum rc same_as_submitted(const struct flow_look *l, bool submitting, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *now;
    enum rc rc = filing_stamp(l->snap, l->matter->code, a, &now, e);
    if (rc != RC_OK || str_eq(now, matter_value(l->matter, "stamp")))
        return rc;
    return submitting ? err_set(e, RC_CONFLICT, N_("请在填报页提交:那里先核对,再提交"))
                      : err_set(e, RC_CONFLICT,
                                N_("提交之后数值又有变化,签发的不是原来提交的内容;"
                                   "请退回,重新提交"));
}

static enum rc check(const struct flow_look *l, struct err *e)
{
    const struct matter *m = l->matter;
    if (!l->move)
        return RC_OK;
    const char *verb = l->move->verb;
    bool one = str_eq(verb, "submit_one"), two = str_eq(verb, "submit");
    if ((one || two) && str_eq(matter_value(m, "signatures"), "2") != two)
        return err_set(e, RC_DENIED, N_("本批次不走这一步"));
    if (l->only_asking)
        return RC_OK;
    if ((one || two) && !str_eq(matter_value(m, "filler"), l->by))
        return err_set(e, RC_INVALID, N_("填报人应是提交的人"));
    if (str_eq(verb, "sign") && str_eq(matter_value(m, "filler"), l->by))
        return err_set(e, RC_CONFLICT, N_("填报的人不能签发自己填的;请本单位另一名签发人签发"));
    if (one || two)
        return same_as_submitted(l, true, e);
    return str_eq(verb, "check") || str_eq(verb, "sign") ? same_as_submitted(l, false, e)
                                                         : RC_OK;
}

static enum rc apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    if (!l->move || !str_eq(l->move->verb, "sign"))
        return RC_OK;
    enum rc rc = cells_signed(tx, l->matter->code, NULL, e);
    return rc == RC_OK ? webhook_emit(tx, l->c, WEBHOOK_FILING_SIGNED, l->matter->code, e) : rc;
}

const struct flow_kind filing_kind = {
    .code = "filing",
    .name = N_("填报"),
    .help = N_("一个数据来源在一个采集批次里的填报、审核和签发"),
    .prefix = "F",
    .page = "/filing/",
    .open = CAP_DISPATCH,
    .open_fields = "due! late signatures!",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .links = "round import",
    .check = check,
    .apply = apply,
};

bool filing_late(bool open, int64_t due_day, int32_t today)
{
    return open && due_day && due_day < today;
}

const char *filing_state_text(const char *state, bool open, int64_t due_day, int32_t today)
{
    const struct flow_state *st = flow_state_of(&filing_kind, state);
    bool theirs = str_eq(state, "todo") || str_eq(state, "filling");
    return theirs && filing_late(open, due_day, today) ? N_("逾期") : st ? st->name : state;
}
