/* Matters by their pages: who sees what, a form taken and refused, files, receipts, JSON. */
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/test_world.h"
#include "people/test_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pages {
    struct world w;
    struct site site;
    const char *token[PEOPLE];
};

static struct web_reply get(struct pages *s, enum someone who, const char *target)
{
    return site_get(&s->site, s->token[who], target);
}

static struct web_reply post(struct pages *s, enum someone who, const char *target,
                             const char *body)
{
    return site_post(&s->site, s->token[who], target, body);
}

/* Pages for a look at them: JINGJIAN_PAGES names a folder. */
static void keep(const char *name, const struct web_reply *r)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *dir = getenv("JINGJIAN_PAGES");
    if (!dir)
        return;
    FILE *f = fopen(arena_printf(a, "%s/%s.html", dir, name), "w");
    if (!f)
        return;
    fputs(r->body, f);
    fclose(f);
}

static void pages_open(struct pages *s, struct county *c, struct arena *a)
{
    static const struct section sections[] = {
        { .name = N_("今日"), .href = "/inbox", .need = CAP_SELF },
        { .name = N_("事项"), .href = "/board", .need = CAP_READ_UNIT },
        { .name = NULL }
    };
    const struct route_table tables[] = {
        { matter_routes, matter_routes_n },         { inbox_routes, inbox_routes_n },
        { matter_new_routes, matter_new_routes_n }, { away_routes, away_routes_n },
        { calendar_routes, calendar_routes_n },     { handover_routes, handover_routes_n },
        { statistics_routes, statistics_routes_n }
    };
    *s = (struct pages){ .w = world_new(c, a) };
    world_day(&s->w, 2026, 9, 30);
    site_open(&s->site, c, a, tables, COUNT(tables), sections);
    for (enum someone i = LEADER; i < PEOPLE; i++)
        s->token[i] = site_token(&s->site, world_codes[i]);
}

static void pages(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct pages s;
    const char *code;
    pages_open(&s, c, a);
    CHECK_OK(
        world_open(&s.w, DESK1, "errand", "整治涉企乱收费", "", "why=批示要求", &code, &e));
    CHECK_OK(world_open(&s.w, SYSTEM, "warning", "采购合同未按期公告", "CG", NULL, NULL, &e));
    struct web_reply r = get(&s, FIN1, "/matter/E-2026-00001");
    CHECK_STATUS(r, 404); /* a draft */
    r = get(&s, DESK1, "/matter/E-2026-00001");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "整治涉企乱收费");
    CHECK_HAS(r, "这是草稿");
    CHECK_HAS(r, "/matter/E-2026-00001/move/send");
    keep("draft", &r);
    /* What is wrong is said on the page, and what was typed is still there. */
    r = post(&s, DESK1, "/matter/E-2026-00001/move/send",
             "version=1&lead=CG&due=2026-02-30&title=%E6%95%B4%E6%B2%BB");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "不是日期");
    CHECK_HAS(r, "value=\"整治\"");
    keep("refused", &r);
    r = post(&s, DESK1, "/matter/E-2026-00001/move/send",
             "version=1&lead=CG&due=2026-11-20&joint=SW&joint=T1&title=%E6%95%B4%E6%B2%BB");
    CHECK_STATUS(r, 303);
    CHECK_STR(r.location, "/matter/E-2026-00001");
    r = post(&s, DESK1, "/matter/E-2026-00001/move/send", "version=1&lead=CG&due=2026-11-20");
    CHECK_STATUS(r, 409);
    CHECK_HAS(r, "周明在2026-09-30 09:00办了「发出」");
    r = get(&s, FIN1, "/inbox");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "有1件等着办");
    CHECK_HAS(r, "还有2个工作日");
    CHECK_HAS(r, "知道了");
    keep("inbox", &r);
    r = post(&s, FIN1, "/notice/1/ack", "x=1");
    CHECK(r.status == 303 || r.status == 404);
    r = get(&s, FIN1, "/matter/E-2026-00001");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "签收期限");
    CHECK_HAS(r, "逾期第2个工作日");
    keep("sent", &r);
    r = get(&s, LEADER, "/matter/E-2026-00001");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "现在等");
    CHECK_HAS(r, "财政局");
    keep("leader", &r);
    r = post(&s, LEADER, "/matter/E-2026-00001/move/sign", "version=2");
    CHECK_STATUS(r, 403);
    r = post(&s, FIN1, "/matter/E-2026-00001/move/sign", "version=2");
    CHECK_STATUS(r, 303);
    r = post(&s, GROUP, "/matter/E-2026-00001/comment", "comment=%E8%BF%9B%E5%BA%A6%EF%BC%9F");
    CHECK_STATUS(r, 303);
    r = post(&s, GROUP, "/matter/E-2026-00001/comment", "comment=+");
    CHECK_STATUS(r, 400);
    r = post(&s, FIN1, "/matter/E-2026-00001/move/split", "version=3&units=T1&units=SW");
    CHECK_STATUS(r, 303);
    r = site_ask(&s.site, s.token[FIN1], "POST", "/matter/E-2026-00001/attach",
                 "multipart/form-data; boundary=XX",
                 "--XX\r\nContent-Disposition: form-data; name=\"files\"; "
                 "filename=\"验收表.csv\"\r\nContent-Type: text/csv\r\n\r\n街道,验收\r\n"
                 "北城,是\r\n\r\n--XX--\r\n");
    CHECK_STATUS(r, 303);
    r = get(&s, FIN1, "/matter/E-2026-00001");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "进度？");
    CHECK_HAS(r, "验收表.csv");
    CHECK_HAS(r, "分解为2件");
    keep("working", &r);
    const char *at = strstr(r.body, "/matter/E-2026-00001/file/");
    CHECK(at != NULL);
    const char *file = at ? arena_strndup(a, at, strcspn(at, "\"")) : "/";
    r = get(&s, FIN1, file);
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "北城,是");
    r = get(&s, TOWN, file); /* the town has a share in it */
    CHECK_STATUS(r, 200);
    r = get(&s, SECADMIN, file); /* administrators see no content */
    CHECK_STATUS(r, 404);
    r = get(&s, SECADMIN, "/inbox");
    CHECK_STATUS(r, 200);
    r = get(&s, FIN1, "/matter/E-2026-00001.json");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "\"state_name\":\"办理中\"");
    r = get(&s, FIN1, "/matter/E-2026-00001?do=ask_more");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "move/ask_more");
    keep("form", &r);
    r = post(&s, FIN1, "/matter/E-2026-00001/hand-over",
             "reason=%E5%88%86%E5%B7%A5&account=cg2");
    CHECK_STATUS(r, 303);
    r = get(&s, DESK1, "/board/errand");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "在办3件");
    keep("board", &r);
    r = get(&s, DESK1, "/board/errand?q=%E6%95%B4%E6%B2%BB");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "找到3件");
    r = get(&s, DESK1, "/board/nothing");
    CHECK_STATUS(r, 404);
    r = get(&s, DESK1, "/agenda?from=2026-11-16");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "到期1件");
    r = get(&s, DESK1, "/agenda?from=2026-09-28");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "休息");
    keep("agenda", &r);
    r = get(&s, DESK1, "/agenda?from=2026-12-28");
    CHECK_HAS(r, "没有2027年的节假日安排");
    r = get(&s, DESK1, "/matters/errand.csv");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "E-2026-00001");
    r = get(&s, DESK1, "/matters/errand.xlsx");
    CHECK_STATUS(r, 200);
    r = get(&s, DESK1, "/matters/errand");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "\"编号\": \"E-2026-00001\"");
    world_proved(&s.w);
    site_done(&s.site);
}
T_COUNTY(pages)

static void opening_by_hand(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages s;
    pages_open(&s, c, a);
    struct web_reply r = get(&s, FIN1, "/matter/new");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "kind=objection");
    CHECK(!strstr(r.body, "kind=errand")); /* what one may not open is not offered */
    r = get(&s, LEADER, "/matter/new");
    CHECK_HAS(r, "没有您可以发起的事项");
    r = get(&s, DESK1, "/matter/new?kind=warning");
    CHECK_STATUS(r, 403);
    CHECK_HAS(r, "由系统发起");
    r = get(&s, FIN1, "/matter/new?kind=errand");
    CHECK_STATUS(r, 403);
    r = get(&s, FIN1, "/matter/new?kind=objection&link=warning:W-2026Q3-0041");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "value=\"warning:W-2026Q3-0041\"");
    CHECK_HAS(r, "<option value=\"CG\" selected"); /* the only unit it can be */
    CHECK(!strstr(r.body, "<option value=\"SW\""));
    keep("new", &r);
    r = post(&s, FIN1, "/matter/new",
             "kind=objection&unit=CG&title=%E6%95%B4%E6%B2%BB&link=warning:W-1");
    CHECK_STATUS(r, 400); /* without grounds; what was typed stays */
    CHECK_HAS(r, "value=\"整治\"");
    CHECK_HAS(r, "value=\"warning:W-1\"");
    r = post(
        &s, FIN1, "/matter/new",
        "kind=objection&unit=SW&title=x&grounds=%E6%95%B0%E5%80%BC%E4%B8%8D%E5%AF%B9%E5%AF%B9");
    CHECK_STATUS(r, 403);
    r = post(&s, FIN1, "/matter/new",
             "kind=objection&unit=CG&title=x&grounds=%E6%95%B0%E5%80%BC%E4%B8%8D%E5%AF%B9%E5%"
             "AF%B9&link="
             "sky:W-1");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "不能关联");
    r = post(&s, FIN1, "/matter/new",
             "kind=objection&unit=CG&title=%E6%95%B4%E6%B2%BB&grounds=%E6%95%B0%E5%80%BC%E4%B8%"
             "8D%E5%AF%B9%E5%AF%B9&link=warning:W-1");
    CHECK_STATUS(r, 303);
    CHECK_STR(r.location, "/matter/O-2026-00001");
    r = get(&s, FIN1, "/matter/O-2026-00001");
    CHECK_HAS(r, "W-1");
    site_done(&s.site);
}
T_COUNTY(opening_by_hand)

static void being_away(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *code;
    struct pages s;
    pages_open(&s, c, a);
    struct web_reply r = get(&s, FIN1, "/me/away");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "value=\"cg2\""); /* a colleague can be chosen */
    keep("away", &r);
    r = post(&s, FIN1, "/me/away", "to=cg2&from=2026-09-30&until=2026-09-01");
    CHECK_STATUS(r, 400);
    r = post(&s, FIN1, "/me/away", "to=cg1&from=2026-09-30&until=2026-10-09");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "不能是本人");
    r = post(&s, FIN1, "/me/away", "to=cg2&from=2026-09-30&until=2026-10-09");
    CHECK_STATUS(r, 303);
    r = get(&s, FIN1, "/me/away");
    CHECK_HAS(r, "陈禾正替您代办");
    r = get(&s, FIN2, "/me/away");
    CHECK_HAS(r, "您正替1人代办");
    /* Nobody stands in for a stand-in. */
    r = post(&s, FIN2, "/me/away", "to=sw1&from=2026-10-08&until=2026-10-08");
    CHECK(r.status == 400 || r.status == 409);
    CHECK_HAS(r, "不能转给别人");
    CHECK_OK(world_open(&s.w, DESK1, "errand", "整治", "", "why=批示要求", &code, &e));
    CHECK_OK(world_move(&s.w, DESK1, code, "send", "lead=CG;holder=cg1;due=2026-11-20", &e));
    r = get(&s, FIN2, "/inbox");
    CHECK_HAS(r, "替李青代办");
    r = post(&s, FIN1, "/me/away/end", "number=1");
    CHECK_STATUS(r, 303);
    r = get(&s, FIN1, "/me/away");
    CHECK_HAS(r, "已收回");
    /* Leaving for good: what one holds goes to a colleague at once. */
    r = get(&s, FIN1, "/handover");
    CHECK_HAS(r, "您名下有1件在办");
    keep("handover", &r);
    r = post(&s, FIN1, "/handover", "from_unit=CG&own=1&to_account=sw1&reason=x");
    CHECK_STATUS(r, 400); /* not of this unit */
    r = post(&s, FIN1, "/handover", "from_unit=CG&own=1&to_account=cg2&reason=x");
    CHECK_STATUS(r, 303);
    CHECK_STR(world_matter(&s.w, code).parties[0].account, "cg2");
    r = post(&s, TRADE, "/handover", "from_unit=CG&to_unit=SW&reason=x");
    CHECK_STATUS(r, 404); /* what one may not see is not there */
    r = get(&s, DESK1, "/statistics?from=2026-01-01&to=2026-12-31");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "在办1件");
    keep("statistics", &r);
    r = get(&s, DESK1, "/statistics?from=2026-02-01&to=2026-01-01");
    CHECK_STATUS(r, 400);
    r = get(&s, DESK1, "/statistics.csv");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "净用时中位");
    r = get(&s, SECADMIN, "/statistics");
    CHECK_STATUS(r, 403);
    site_done(&s.site);
}
T_COUNTY(being_away)

static enum rc end_unit(struct tx *tx, void *arg, struct err *e)
{
    static const struct unit_term ended = { .code = "CG",
                                            .parent = "QX",
                                            .name = "财政局",
                                            .kind = "department",
                                            .peer_group = "局",
                                            .from_day = 0,
                                            .to_day = 20727 }; /* 2026-10-01 */
    return units_write(tx, ((struct pages *)arg)->w.c, &ended, 1, 0, "", e);
}

static void a_unit_is_gone(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *code;
    struct pages s;
    pages_open(&s, c, a);
    CHECK_OK(world_open(&s.w, DESK1, "errand", "整治", "", "why=批示要求", &code, &e));
    CHECK_OK(world_move(&s.w, DESK1, code, "send", "lead=CG;due=2026-11-20", &e));
    CHECK_OK(db_transact(c->db, end_unit, &s, &e));
    people_changed(c);
    world_day(&s.w, 2026, 10, 8);
    struct web_reply r = get(&s, DESK1, "/handover");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "1件事项的单位已经撤销");
    CHECK_HAS(r, "财政局：1件"); /* as it was called */
    r = get(&s, TRADE, "/handover");
    CHECK(!strstr(r.body, "财政局"));
    r = post(&s, DESK1, "/handover", "from_unit=CG&to_unit=&reason=x");
    CHECK_STATUS(r, 400);
    r = post(&s, DESK1, "/handover", "from_unit=CG&to_unit=CG&reason=x");
    CHECK(r.status == 400 || r.status == 409);
    r = post(&s, DESK1, "/handover", "from_unit=CG&to_unit=SW&reason=%E6%92%A4%E5%B9%B6");
    CHECK_STATUS(r, 303);
    r = get(&s, DESK1, "/handover");
    CHECK_HAS(r, "没有要移交的");
    world_units_again(&s.w);
    struct matter m = world_matter(&s.w, code);
    CHECK_STR(matter_unit(&m), "SW");
    site_done(&s.site);
}
T_COUNTY(a_unit_is_gone)

static struct web_reply send_calendar(struct pages *s, enum someone who, const char *rows)
{
    const char *csv = arena_printf(s->w.a, "年度,日期,类型,名称,来源\n%s", rows);
    return site_upload(&s->site, s->token[who], "/calendar/import", "2027.csv", csv, "");
}

static void the_calendar(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages s;
    pages_open(&s, c, a);
    struct web_reply r = get(&s, TOWN, "/calendar?year=2026");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "2026年有248个工作日");
    CHECK(!strstr(r.body, "/calendar/import"));
    keep("calendar", &r);
    r = get(&s, DESK1, "/calendar?year=2027");
    CHECK_HAS(r, "没有2027年的节假日安排");
    CHECK_HAS(r, "/calendar/import");
    r = get(&s, DESK1, "/calendar?year=1999");
    CHECK_STATUS(r, 400);
    r = send_calendar(&s, TOWN, "2027,2027-01-01,放假,元旦,通知\n");
    CHECK_STATUS(r, 403);
    r = send_calendar(&s, DESK1, "2027,2027-13-01,放假,元旦,通知\n");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "还不能导入");
    r = send_calendar(&s, DESK1, "2027,2027-01-01,放假,元旦,通知\n");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "核对好了，还没有写入");
    const char *at = strstr(r.body, "name=\"token\" value=\"");
    CHECK(at != NULL);
    if (!at)
        return;
    at += strlen("name=\"token\" value=\"");
    const char *token = arena_strndup(a, at, strcspn(at, "\""));
    r = get(&s, DESK1, "/calendar?year=2027");
    CHECK_HAS(r, "没有2027年的节假日安排"); /* a dry run writes nothing */
    r = post(&s, DESK1, "/calendar/import/confirm", arena_printf(a, "token=%s", token));
    CHECK_STATUS(r, 303);
    CHECK_STR(r.location, "/calendar?year=2027");
    r = post(&s, DESK1, "/calendar/import/confirm", arena_printf(a, "token=%s", token));
    CHECK_STATUS(r, 409);
    r = get(&s, DESK1, "/calendar?year=2027");
    CHECK_HAS(r, "第1版");
    CHECK_HAS(r, "2027年有260个工作日");
    site_done(&s.site);
}
T_COUNTY(the_calendar)

T_MAIN(T_COUNTY_CASES("matters by their pages", pages),
       T_COUNTY_CASES("a matter is opened by hand", opening_by_hand),
       T_COUNTY_CASES("standing in, handing over, statistics", being_away),
       T_COUNTY_CASES("a dissolved unit's matters find a new one", a_unit_is_gone),
       T_COUNTY_CASES("the calendar, and its import in two steps", the_calendar))
