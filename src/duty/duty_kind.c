/* The yearly confirmation of a holder's duties as a table: the program opens it, the holder
 * alone confirms it, and a new version of the list asks again. */
#include "base/str.h"
#include "burden/burden.h"
#include "duty/duty.h"
#include "flow/matter.h"

static const struct flow_rung ladder[] = {
    { .days = -5 },
    { .days = -1 },
    { .days = 1, .colour = FLOW_YELLOW },
    { .days = 5, .colour = FLOW_ORANGE, .tell = FLOW_SUPERVISOR },
};
static const struct flow_clock clocks[] = {
    { .code = "confirm",
      .name = N_("确认期限"),
      .from = "due",
      FLOW_ROWS(ladder, ladder),
      .counts = true },
};
static const struct flow_state states[] = {
    { .code = "waiting", .name = N_("待本人确认"), .waits = FLOW_HOLDER, .clock = "confirm" },
    { .code = "confirmed", .name = N_("已确认"), .final = true },
    { .code = "ended", .name = N_("不再任职，了结"), .final = true },
};
static const struct flow_field fields[] = {
    { .code = "year",
      .name = N_("年度"),
      .type = FLOW_INT,
      .min = DUTY_FIRST_YEAR,
      .max = DUTY_LAST_YEAR },
    { .code = "version", .name = N_("清单第几版"), .type = FLOW_INT, .min = 1, .max = 1000000 },
    { .code = "holder",
      .name = N_("任职人"),
      .type = FLOW_ACCOUNT_CODE,
      .sets = FLOW_SETS_HOLDER },
    { .code = "due", .name = N_("在哪天前确认"), .type = FLOW_DAY, .min = 1, .max = 400 },
    BURDEN_FIELD(N_("读清单、确认要花的时间，会记在单位的负担账上")),
};
static const struct flow_move moves[] = {
    { .verb = "confirm",
      .name = N_("我已阅读并确认"),
      .from = "waiting",
      .to = "confirmed",
      .who = FLOW_HOLDER,
      .help = N_("确认的是这一版清单；清单改了会再请您确认"),
      .final_act = true },
    { .verb = "revise",
      .name = N_("清单改版"),
      .from = "waiting",
      .who = FLOW_SYSTEM,
      .event = N_("职责清单出了新的一版"),
      .fields = "version! due!" },
    { .verb = "renew",
      .name = N_("清单改版，再次确认"),
      .from = "confirmed",
      .to = "waiting",
      .who = FLOW_SYSTEM,
      .event = N_("确认之后职责清单出了新的一版"),
      .fields = "version! due!",
      .reopens = true },
    { .verb = "end",
      .name = N_("不再任职"),
      .from = "waiting",
      .to = "ended",
      .who = FLOW_SYSTEM,
      .event = N_("任职结束，或岗位撤销") },
};

/* Reading one's own duties is nobody else's to do, a stand-in's neither. */
static enum rc check(const struct flow_look *l, struct err *e)
{
    if (!l->move || !str_eq(l->move->verb, "confirm") ||
        str_eq(l->by, matter_account(l->matter)))
        return RC_OK;
    return err_set(e, RC_DENIED, N_("职责要由任职人本人阅读确认，不能代办"));
}

static enum rc describe(const struct flow_look *l, enum lang lang, struct arena *a,
                        struct flow_words *ret, struct err *e)
{
    (void)e;
    ret->answer = text_fill(
        a, lang_text(lang, N_("{year}年职责清单第{version}版，请任职人读后确认")), "year",
        matter_value(l->matter, "year"), "version", matter_value(l->matter, "version"), NULL);
    return RC_OK;
}

const struct flow_kind duty_flow_kind = {
    .code = "duty",
    .name = N_("知责明责"),
    .help = N_("任职人每年读一遍岗位职责清单并确认；换了人、改了清单，再确认一次"),
    .prefix = "Z",
    .page = "/duty/confirm/",
    .personal = true,
    .open_fields = "year! version! holder! due! minutes",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .links = "post duty_year",
    .check = check,
    .describe = describe,
};
