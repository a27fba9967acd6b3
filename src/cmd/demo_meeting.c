/*
 * 研判会商 in the demo's year: after each published quarter one meeting, with a page frozen
 * before it, three decisions and what became of them; the next one is ready to be held. And the
 * platform's monthly bulletin.
 */
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_order.h"
#include "flow/flow.h"
#include "meeting/agenda.h"
#include "monitor/demo.h"

#include <string.h>

enum { DESK_HOUR = 10, MEETING_HOUR = 16, NOTES = 5, SETTLED = 6 };
static const char desk[] = "wenshu";

/* Prepared and frozen on a day, held on another (0: not yet), settled five days later. */
static const struct meeting {
    int month, prepared, held_month, held;
    const char *title, *decisions, *conclusions, *attended;
    const char *born[3]; /* title of the directive that a decision became; NULL: none */
} meetings[] = {
    { 8,
      6,
      8,
      11,
      "2026年第二季度研判会商",
      "惠民补贴超期的镇，是按户督办还是按环节督办\n"
      "工程款拖欠里等上级补助的一类，要不要单列\n"
      "自设表格清理以后，村里再接到的怎么退回去\n",
      "按环节督办：造册、审核、拨付三段分别限时，哪一段超时找哪一段；户数由财政局每周核对一次\n"
      "单列。写明资金来源和日子，由分管领导批准挂账；无争议的一律先付\n"
      "村里凭停用清单可以不填，退表只需打一个电话，由统计局找发表的部门\n",
      "区委、区纪委监委、财政局、农业农村局、统计局",
      { "临时救助重复审批", NULL, "经济普查补录反复退表" } },
    { 11,
      2,
      0,
      0,
      "2026年第三季度研判会商",
      "撂荒地核实比上报多一倍，少报不追究的话怎么兑现\n"
      "断头路占地补偿两镇统一后的差额由谁承担\n"
      "回头看抽出反弹的一件，同类的要不要一起重看\n",
      NULL,
      NULL,
      { NULL } },
};
static const char *const notes[NOTES] = { "两个季度方向一致，不是偶然", "主要是自身数据变化",
                                          "请主责部门会上说明原因", "措施刚到位，下季再看",
                                          "同组单位没有这个变化" };

/* Bulletins: submitted by the desk, approved by a leader and issued days later (0: not yet). */
static const struct bulletin_of {
    const char *month;
    int sent_month, sent, approved, issued;
    const char *title, *text;
} bulletins[] = {
    { "202608", 9, 3, 4, 7, "2026年8月通报",
      "惠民补贴三段限时以后，退汇重发快了，造册仍是最慢的一段。工程款里等上级补助的已单列挂账，"
      "写明资金来源和复查日子。请各单位报办结前先看一遍佐证：写了“已完成”的，要找得到那个数"
      "。" },
    { "202609", 10, 12, 13, 14, "2026年9月通报",
      "街面秩序和窗口服务两类没有反弹。云记录写看得见的结果，不写“全面自查、举一反三”。"
      "撂荒地摸排进入播种，少报的不追究，种不上的写清原因。第四季度不新设表格。" },
    { "202610", 11, 2, 0, 0, "2026年10月通报",
      "回头看抽五件，反弹一件，已重开。断头路、衔接资金等几件过了原定期限，牵头单位要写明还差什"
      "么、"
      "哪天能完。十一月起请各单位把村牌清理作为减负的第一件事。" },
};

/* What is being begun. */
struct convening {
    struct demo_year *y;
    const struct meeting *m;
    const struct bulletin_of *b;
    struct arena *a;
    struct flow_done done;
};

static const char *day_text(struct arena *a, int32_t day)
{
    char text[PERIOD_TEXT];
    return arena_strdup(a, day_code(day, text));
}

static enum rc open_as(struct tx *tx, struct convening *x, const struct flow_new *n,
                       struct err *e)
{
    struct person who;
    struct flow_who w;
    const struct units *us;
    enum rc rc = demo_person(x->y, tx_snap(tx), desk, x->a, &who, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), x->y->day, x->a, &us, e);
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(tx), x->y->c, &who, us, x->a, &w, e);
    return rc == RC_OK ? flow_open(tx, x->y->c, &w, n, x->a, &x->done, e) : rc;
}

static enum rc open_meeting(struct tx *tx, void *arg, struct err *e)
{
    struct convening *x = arg;
    int32_t day =
        x->m->held ? day_of(DEMO_YEAR, x->m->held_month, x->m->held) : day_of(DEMO_YEAR, 11, 5);
    const struct flow_given given[] = { { "day", day_text(x->a, day) },
                                        { "place", "区委三楼会议室" },
                                        { "chair", "顾衡" } };
    return open_as(tx, x,
                   &(struct flow_new){ .kind = "meeting",
                                       .title = x->m->title,
                                       .unit = "",
                                       .given = given,
                                       .n_given = COUNT(given) },
                   e);
}

static enum rc open_bulletin(struct tx *tx, void *arg, struct err *e)
{
    struct convening *x = arg;
    const struct flow_given given[] = { { "month", x->b->month }, { "text", x->b->text } };
    const struct flow_link link = { "period", x->b->month };
    return open_as(tx, x,
                   &(struct flow_new){ .kind = "bulletin",
                                       .title = x->b->title,
                                       .unit = "",
                                       .given = given,
                                       .n_given = COUNT(given),
                                       .links = &link,
                                       .n_links = 1 },
                   e);
}

/* The largest changes that can be told apart, each with a word. */
static enum rc changes(struct demo_year *y, struct arena *a, const char **ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct agenda_change *c;
    struct str b;
    size_t n;
    str_init(&b, a);
    enum rc rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = agenda_candidates(s, y->c, a, &c, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n && i < NOTES; i++)
        str_addf(&b, "%s %s %s\n", c[i].unit, c[i].node, notes[i]);
    *ret = b.s;
    return rc;
}

static enum rc prepare(struct demo_year *y, const struct meeting *m, const char **ret,
                       struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct convening x = { .y = y, .m = m, .a = a };
    struct flow_given given[] = { { "changes", "" }, { "decisions", m->decisions } };
    enum rc rc = db_transact(y->c->db, open_meeting, &x, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_strdup(y->a, x.done.code);
    rc = changes(y, a, &given[0].value, e);
    if (rc == RC_OK)
        rc = demo_move(y, desk, *ret, "arrange", given, COUNT(given), e);
    return rc == RC_OK ? demo_move(y, desk, *ret, "freeze", NULL, 0, e) : rc;
}

const char *demo_meeting_of(const struct demo_year *y, const char *title)
{
    for (size_t i = 0; i < COUNT(meetings) && y->meetings; i++)
        for (size_t k = 0; k < COUNT(meetings[i].born); k++)
            if (meetings[i].born[k] && str_eq(meetings[i].born[k], title))
                return y->meetings[i];
    return NULL;
}

/* What became of the decisions is written down, and the meeting is settled. */
static enum rc settle(struct demo_year *y, const struct meeting *m, const char *code,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < COUNT(m->born); i++) {
        const char *became = AGENDA_NONE_BORN;
        for (size_t k = 0; k < y->orders->n && m->born[i]; k++)
            if (str_eq(y->orders->list[k].title, m->born[i]) && y->orders->list[k].code)
                became = y->orders->list[k].code;
        str_addf(&b, "%zu %s\n", i + 1, became);
    }
    const struct flow_given born = { "born", b.s };
    enum rc rc = demo_move(y, desk, code, "turn", &born, 1, e);
    return rc == RC_OK ? demo_move(y, desk, code, "finish", NULL, 0, e) : rc;
}

static enum rc bulletin_day(struct demo_year *y, const struct bulletin_of *b, const char **code,
                            struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct convening x = { .y = y, .b = b, .a = a };
    const int32_t sent = day_of(DEMO_YEAR, b->sent_month, b->sent), day = y->day - sent;
    if (day < 0 || (day != 0 && day != b->approved - b->sent && day != b->issued - b->sent))
        return RC_OK;
    enum rc rc = demo_hour(y, DESK_HOUR, e);
    if (rc == RC_OK && day == 0) {
        rc = db_transact(y->c->db, open_bulletin, &x, e);
        if (rc == RC_OK) {
            *code = arena_strdup(y->a, x.done.code);
            rc = demo_move(y, desk, *code, "submit", NULL, 0, e);
        }
    } else if (rc == RC_OK) {
        bool approves = day == b->approved - b->sent;
        rc = demo_move(y, approves ? "guheng" : desk, *code, approves ? "approve" : "issue",
                       NULL, 0, e);
    }
    return rc;
}

enum rc demo_meeting_day(struct demo_year *y, struct err *e)
{
    enum rc rc = RC_OK;
    if (!y->meetings)
        y->meetings =
            arena_array(y->a, COUNT(meetings) + COUNT(bulletins), sizeof(*y->meetings));
    for (size_t i = 0; i < COUNT(bulletins) && rc == RC_OK; i++)
        rc = bulletin_day(y, &bulletins[i], &y->meetings[COUNT(meetings) + i], e);
    for (size_t i = 0; i < COUNT(meetings) && rc == RC_OK; i++) {
        const struct meeting *m = &meetings[i];
        int32_t prepared = day_of(DEMO_YEAR, m->month, m->prepared),
                held = m->held ? day_of(DEMO_YEAR, m->held_month, m->held) : 0;
        if (y->day == prepared) {
            rc = demo_hour(y, DESK_HOUR, e);
            if (rc == RC_OK)
                rc = prepare(y, m, &y->meetings[i], e);
        } else if (y->day == held) {
            rc = demo_hour(y, MEETING_HOUR, e);
            const struct flow_given given[] = { { "conclusions", m->conclusions },
                                                { "attended", m->attended } };
            if (rc == RC_OK)
                rc = demo_move(y, desk, y->meetings[i], "hold", given, COUNT(given), e);
        } else if (held && y->day == held + SETTLED) {
            rc = demo_hour(y, DESK_HOUR, e);
            if (rc == RC_OK)
                rc = settle(y, m, y->meetings[i], e);
        }
    }
    return rc;
}
