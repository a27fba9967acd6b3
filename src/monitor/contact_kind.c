/* The stationed group's contacts as a table. */
#include "monitor/contact_kind.h"

#include "base/str.h"
#include "burden/burden.h"
#include "flow/matter.h"

static const struct flow_rung answer_ladder[] = {
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW },
    { .days = 3, .colour = FLOW_ORANGE, .tell = FLOW_SUPERVISOR },
};
static const struct flow_rung read_ladder[] = { { .days = -1 },
                                                { .days = 1, .colour = FLOW_YELLOW } };
static const struct flow_clock clocks[] = {
    { .code = "answer",
      .name = N_("答复期限"),
      .from = "due",
      FLOW_ROWS(ladder, answer_ladder),
      .counts = true },
    { .code = "read", .name = N_("阅处期限"), .days = 5, FLOW_ROWS(ladder, read_ladder) },
};
static const struct flow_state states[] = {
    { .code = "draft",
      .name = N_("草稿·没有发出"),
      .draft = true,
      .waits = FLOW_SUPERVISOR,
      .unclocked = N_("没有发出，只有派驻组看得到") },
    { .code = "asked", .name = N_("待说明"), .waits = FLOW_HOLDER, .clock = "answer" },
    { .code = "invited", .name = N_("待回复邀请"), .waits = FLOW_HOLDER, .clock = "answer" },
    { .code = "suggested", .name = N_("待答复建议"), .waits = FLOW_HOLDER, .clock = "answer" },
    { .code = "handed", .name = N_("主责部门办理中"), .waits = FLOW_JOINT, .clock = "answer" },
    { .code = "answered",
      .name = N_("已答复·待派驻组阅处"),
      .waits = FLOW_SUPERVISOR,
      .clock = "read" },
    { .code = "closed", .name = N_("了结"), .final = true },
    { .code = "withdrawn", .name = N_("撤回"), .final = true },
    { .code = "dropped", .name = N_("没有发出，作废"), .final = true, .draft = true },
};

static const struct flow_choice comes[] = { { "yes", N_("应约") },
                                            { "other", N_("改个时间") },
                                            { "no", N_("不便前来，书面说明") },
                                            { NULL, NULL } };
static const struct flow_choice takes[] = {
    { "all", N_("采纳") }, { "part", N_("部分采纳") }, { "none", N_("不采纳") }, { NULL, NULL }
};
static const struct flow_field fields[] = {
    { .code = "title",
      .name = N_("标题"),
      .type = FLOW_TEXT,
      .max = 80,
      .sets = FLOW_SETS_TITLE,
      .help = N_("一句话说清是什么事；不写个人信息") },
    { .code = "text",
      .name = N_("内容"),
      .type = FLOW_LINES,
      .min = 2,
      .max = 2000,
      .help = N_("写单位的事和数，不写个人；问题线索走线索渠道，不进本平台") },
    { .code = "due", .name = N_("请在哪天前答复"), .type = FLOW_DAY, .min = 1, .max = 92 },
    { .code = "meet", .name = N_("商谈日期"), .type = FLOW_DAY, .max = 92 },
    { .code = "joint",
      .name = N_("主责部门"),
      .type = FLOW_UNIT_CODES,
      .min = 1,
      .max = 1,
      .sets = FLOW_SETS_JOINT },
    BURDEN_FIELD(N_("答复要花的时间，会记在单位的负担账上")),
    { .code = "papers", .name = N_("附件"), .type = FLOW_FILES },
    { .code = "answer", .name = N_("答复"), .type = FLOW_LINES, .min = 2, .max = 2000 },
    { .code = "comes", .name = N_("能不能来"), .type = FLOW_CHOICE, .choices = comes },
    { .code = "takes", .name = N_("采纳情况"), .type = FLOW_CHOICE, .choices = takes },
    { .code = "proofs", .name = N_("佐证材料"), .type = FLOW_FILES },
    { .code = "until",
      .name = N_("申请延到哪天"),
      .type = FLOW_DAY,
      .min = 1,
      .max = 92,
      .sets = FLOW_SETS_UNTIL },
    { .code = "why", .name = N_("原因"), .type = FLOW_LINES, .min = 2, .max = 500 },
    { .code = "result", .name = N_("阅处意见"), .type = FLOW_LINES, .max = 1000 },
};

#define SENT_AS N_("只发出这张表上填的；写草稿时的修改、留言和材料留在派驻组，对方看不到")
static const struct flow_move moves[] = {
    { .verb = "save",
      .name = N_("改草稿"),
      .from = "draft",
      .who = FLOW_SUPERVISOR,
      .fields = "title! text!",
      .help = N_("没有发出，只有派驻组看得到") },
    { .verb = "ask",
      .name = N_("请说明情况"),
      .from = "draft|answered",
      .to = "asked",
      .who = FLOW_SUPERVISOR,
      .fields = "title! text! due! minutes! papers",
      .help = SENT_AS },
    { .verb = "invite",
      .name = N_("邀请商谈"),
      .from = "draft|answered",
      .to = "invited",
      .who = FLOW_SUPERVISOR,
      .fields = "title! text! meet! due! minutes! papers",
      .help = SENT_AS },
    { .verb = "suggest",
      .name = N_("提出工作建议"),
      .from = "draft|answered",
      .to = "suggested",
      .who = FLOW_SUPERVISOR,
      .fields = "title! text! due! minutes! papers",
      .help = SENT_AS },
    { .verb = "refer",
      .name = N_("移交主责部门"),
      .from = "draft|answered",
      .to = "handed",
      .who = FLOW_SUPERVISOR,
      .fields = "title! text! joint! due! minutes! papers",
      .help = N_("由主责部门先办，派驻组监督；所说的单位也看得到已经移交") },
    { .verb = "drop",
      .name = N_("不发了，作废"),
      .from = "draft",
      .to = "dropped",
      .who = FLOW_SUPERVISOR },
    { .verb = "explain",
      .name = N_("说明情况"),
      .from = "asked",
      .to = "answered",
      .who = FLOW_HOLDER,
      .fields = "answer! proofs" },
    { .verb = "reply",
      .name = N_("回复邀请"),
      .from = "invited",
      .to = "answered",
      .who = FLOW_HOLDER,
      .fields = "comes! answer proofs" },
    { .verb = "respond",
      .name = N_("答复建议"),
      .from = "suggested",
      .to = "answered",
      .who = FLOW_HOLDER,
      .fields = "takes! answer! proofs" },
    { .verb = "report",
      .name = N_("答复办理情况"),
      .from = "handed",
      .to = "answered",
      .who = FLOW_JOINT,
      .fields = "answer! proofs" },
    { .verb = "decline",
      .name = N_("回退：不是本部门职责"),
      .from = "handed",
      .to = "answered",
      .who = FLOW_JOINT,
      .fields = "why!",
      .returns = true },
    { .verb = "ask_more",
      .name = N_("申请延期"),
      .from = "asked|invited|suggested|handed",
      .who = FLOW_HOLDER | FLOW_JOINT,
      .fields = "until! why!",
      .asks = FLOW_EXTEND },
    { .verb = "give_more",
      .name = N_("同意延期"),
      .from = "asked|invited|suggested|handed",
      .who = FLOW_SUPERVISOR,
      .fields = "until",
      .grants = FLOW_EXTEND },
    { .verb = "keep_day",
      .name = N_("不同意延期"),
      .from = "asked|invited|suggested|handed",
      .who = FLOW_SUPERVISOR,
      .fields = "why!",
      .refuses = FLOW_EXTEND },
    { .verb = "withdraw",
      .name = N_("撤回"),
      .from = "asked|invited|suggested|handed",
      .to = "withdrawn",
      .who = FLOW_SUPERVISOR,
      .fields = "why!" },
    { .verb = "close",
      .name = N_("阅处了结"),
      .from = "answered",
      .to = "closed",
      .who = FLOW_SUPERVISOR,
      .fields = "result" },
};

/* A unit is not the competent department of its own matter. */
static enum rc check(const struct flow_look *l, struct err *e)
{
    if (!l->move || l->only_asking || !str_eq(l->move->verb, "refer") ||
        matter_party(l->matter, PARTY_JOINT))
        return RC_OK;
    return err_set(e, RC_INVALID,
                   N_("「主责部门」要是另一个单位；请这个单位自己说明，用「请说明情况」"));
}

/* What is sent is asked of who answers. */
static enum rc apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    const char *verb = l->move ? l->move->verb : "";
    if (str_eq(verb, "refer"))
        return burden_ask_role(tx, l, BURDEN_CONTACT, PARTY_JOINT, e);
    return word_in("ask invite suggest", verb, ' ')
               ? burden_ask_role(tx, l, BURDEN_CONTACT, PARTY_LEAD, e)
               : RC_OK;
}

static enum rc describe(const struct flow_look *l, enum lang lang, struct arena *a,
                        struct flow_words *ret, struct err *e)
{
    (void)l;
    (void)a;
    (void)e;
    ret->answer =
        lang_text(lang, N_("这是日常工作联系，不是谈话、函询，也不作为考核、任用、问责的依据"));
    return RC_OK;
}

const struct flow_kind contact_flow_kind = {
    .code = "contact",
    .name = N_("派驻联系单"),
    .help = N_("派驻组请单位说明、邀请商谈、提建议或移交主责部门；发出以前只有派驻组看得到"),
    .prefix = "G",
    .open = CAP_SUPERVISE,
    .open_fields = "title! text!",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .links = "warning report value objection",
    .check = check,
    .apply = apply,
    .describe = describe,
};
