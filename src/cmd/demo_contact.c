/* 派驻联系单 in the demo's year: what the stationed groups ask, suggest and hand over, and what
 * they are answered. One is still a note that only its group sees. */
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_order.h"
#include "flow/flow.h"
#include "monitor/demo.h"

enum { HOUR = 11 };

/* Days count from the day the note was written. verb "": not sent; answer NULL: not answered
 * yet; closed 0: not closed yet. */
static const struct contact {
    int month, day;
    const char *group, *unit, *verb, *title, *text, *joint;
    int answered, closed;
    const char *takes, *answer, *result;
    const char *of; /* title of the directive that it is about; NULL: none */
} contacts[] = {
    { 2, 3, "fangzhi", "D07", "ask", "消费券第二批发放前的频次限制",
      "第一批出现同一终端连续核销，第二批发放前频次限制做到哪一步了？", NULL, 3, 5, NULL,
      "单店单日上限已上线，压测时拦下模拟刷单37笔；第二批按新规则发。",
      "做法清楚，第二批发完再看一次数" },
    { 3, 11, "baitan", "D29", "suggest", "小作坊抽检不合格后先下架再走程序",
      "五批次处置决定都拖过了九十天，建议不合格当天先下架，处罚程序另走。", NULL, 4, 6, "all",
      "已采纳。当天下架写进流转时限规定，三月起执行，已有两批当天下架。", "已见效，了结" },
    { 4, 15, "yanlu", "D22", "ask", "体检费改为凭结果结算后的乡镇反映",
      "有卫生院反映凭结果结算后垫支压力大，请说明怎么解决。", NULL, 4, 6, NULL,
      "按季预拨六成，季末凭结果结清，三家卫生院已收到预拨款。", "" },
    { 5, 22, "shenyuan", "D34", "suggest", "借调文件写明止期",
      "借用超期多因文件没有止期，建议今后没有止期的一律不办。", NULL, 4, 7, "all",
      "已采纳，六月一日起没有止期的借用函系统不收。", "" },
    { 6, 9, "fangzhi", "D11", "invite", "门面公开招租后的原租户意见",
      "十四间公开招租后有三户到信访反映，想同你单位当面对一次情况。", NULL, 3, 8, "yes",
      "已应约当面对过，三户均享同价优先，两户续租、一户自愿放弃。", "情况清楚" },
    { 7, 21, "yanlu", "D23", "refer", "老旧电梯停用期间老人出行",
      "六台停用电梯楼内有行动不便老人，请民政局看能不能安排临时送餐送药。", "D17", 5, 8, NULL,
      "十九位老人已登记，停用期间由社区食堂送餐，卫生站每周上门一次。", "" },
    { 8, 18, "baitan", "D24", "ask", "暗访空岗的大厅为什么没有流动岗",
      "五个大厅里两个没有设流动岗，是没有人还是没有排？", NULL, 2, 4, NULL,
      "两个大厅人员借到专项，八月底归还；归还前由大厅长顶岗。", "" },
    { 9, 15, "fangzhi", "D09", "suggest", "管护合同验水点建议设在渠尾",
      "渠首有水不等于田里有水，建议验水点一律设渠尾，群众也能看见。", NULL, 5, 7, "all",
      "已采纳，三家合同都改在渠尾验水。", "" },
    { 9, 28, "shenyuan", "D35", "suggest", "撤销加码通知后回访到村",
      "撤了通知村里未必知道，建议撤一份回访两个村。", NULL, 4, 9, "part",
      "按每份回访一个村，十一个村都问了；人手有限，其余抽查。", "可以" },
    { 10, 20, "fangzhi", "D10", "ask", "断头路两镇补偿标准统一后的签约进度",
      "十月十六日到期，还差三户没有签，卡在哪里？雨季过后路基还要几天？", NULL, 0, 0, NULL,
      NULL, NULL, "农村公路“断头路”迟迟不通" },
    { 10, 26, "fangzhi", "D04", "suggest", "衔接资金验收排队的项目先预付",
      "二十一个项目卡在验收，建议无争议的部分按合同先付七成。", NULL, 3, 0, "part",
      "十三个项目可以先付，另外八个资料不齐，补齐一个付一个。", NULL,
      "乡村振兴衔接资金支出进度慢" },
    { 10, 30, "fangzhi", "D05", "", "断供接口的历史数据有没有缺口",
      "五个接口断了三个月，恢复以后中间这一段数要不要补，先核一下再问。", NULL, 0, 0, NULL,
      NULL, NULL },
};

struct opening {
    struct demo_year *y;
    const struct contact *k;
    struct arena *a;
    struct flow_done done;
};

static enum rc note(struct tx *tx, void *arg, struct err *e)
{
    struct opening *x = arg;
    const struct flow_given given[] = { { "title", x->k->title }, { "text", x->k->text } };
    struct person who;
    struct flow_who w;
    const struct units *us;
    const struct demo_orders *o = x->y->orders;
    struct flow_link link = { .what = "matter" };
    for (size_t i = 0; i < o->n && x->k->of; i++)
        if (str_eq(o->list[i].title, x->k->of))
            link.code = o->list[i].code;
    enum rc rc = demo_person(x->y, tx_snap(tx), x->k->group, x->a, &who, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), x->y->day, x->a, &us, e);
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(tx), x->y->c, &who, us, x->a, &w, e);
    return rc == RC_OK ? flow_open(tx, x->y->c, &w,
                                   &(struct flow_new){ .kind = "contact",
                                                       .title = x->k->title,
                                                       .unit = x->k->unit,
                                                       .given = given,
                                                       .n_given = COUNT(given),
                                                       .links = &link,
                                                       .n_links = link.code != NULL },
                                   x->a, &x->done, e)
                       : rc;
}

static const char *day_text(struct arena *a, int32_t day)
{
    char text[PERIOD_TEXT];
    return arena_strdup(a, day_code(day, text));
}

static enum rc begin(struct demo_year *y, const struct contact *k, const char **ret,
                     struct arena *a, struct err *e)
{
    struct opening x = { .y = y, .k = k, .a = a };
    enum rc rc = db_transact(y->c->db, note, &x, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_strdup(y->a, x.done.code);
    if (!*k->verb)
        return RC_OK;
    struct flow_given given[6] = { { "title", k->title },
                                   { "text", k->text },
                                   { "due", day_text(a, y->day + 10) },
                                   { "minutes", str_eq(k->verb, "ask") ? "30" : "45" } };
    size_t n = 4;
    if (str_eq(k->verb, "invite"))
        given[n++] = (struct flow_given){ "meet", day_text(a, y->day + 6) };
    if (k->joint)
        given[n++] = (struct flow_given){ "joint", k->joint };
    return demo_move(y, k->group, *ret, k->verb, given, n, e);
}

static enum rc answer(struct demo_year *y, const struct contact *k, const char *code,
                      struct err *e)
{
    const char *verb = str_eq(k->verb, "ask")       ? "explain"
                       : str_eq(k->verb, "invite")  ? "reply"
                       : str_eq(k->verb, "suggest") ? "respond"
                                                    : "report";
    const char *unit = k->joint ? k->joint : k->unit, *clerk = demo_account(y, unit, "clerk");
    struct flow_given given[2] = { { "answer", k->answer } };
    size_t n = 1;
    if (k->takes)
        given[n++] =
            (struct flow_given){ str_eq(k->verb, "invite") ? "comes" : "takes", k->takes };
    return demo_move(y, clerk, code, verb, given, n, e);
}

enum rc demo_contact_day(struct demo_year *y, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum rc rc = RC_OK;
    if (!y->contacts)
        y->contacts = arena_array(y->a, COUNT(contacts), sizeof(*y->contacts));
    for (size_t i = 0; i < COUNT(contacts) && rc == RC_OK; i++) {
        const struct contact *k = &contacts[i];
        const int32_t days = y->day - day_of(DEMO_YEAR, k->month, k->day);
        const bool answers = days > 0 && days == k->answered,
                   closes = days > 0 && days == k->closed;
        if (days != 0 && !answers && !closes)
            continue;
        rc = demo_hour(y, HOUR, e);
        if (rc == RC_OK && days == 0)
            rc = begin(y, k, &y->contacts[i], a, e);
        if (rc == RC_OK && answers)
            rc = answer(y, k, y->contacts[i], e);
        if (rc == RC_OK && closes)
            rc = demo_move(y, k->group, y->contacts[i], "close",
                           &(struct flow_given){ "result", k->result }, *k->result ? 1 : 0, e);
    }
    return rc;
}
