/* Matters by their pages: who sees what, a form taken and refused, files, receipts, JSON. */
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/test_world.h"
#include "people/asker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct site {
    struct world w;
    struct web_fake *web;
    const char *token[PEOPLE];
};

static enum rc make_tokens(struct tx *tx, void *arg, struct err *e)
{
    struct site *s = arg;
    enum rc rc = RC_OK;
    for (enum someone i = LEADER; i < PEOPLE && rc == RC_OK; i++) {
        const char *code;
        rc = token_make(tx, s->w.c, world_codes[i], "test", "", 30, "", s->w.a, &s->token[i],
                        &code, e);
    }
    return rc;
}

static struct web_reply ask(struct site *s, enum someone who, const char *target,
                            const char *type, const char *body)
{
    struct arena *a = s->w.a;
    const char *headers[] = { arena_printf(a, "Authorization: Bearer %s", s->token[who]),
                              arena_printf(a, "Content-Type: %s", type), NULL };
    struct web_reply r;
    web_fake_ask(s->web,
                 &(struct web_ask){ .method = body ? "POST" : "GET",
                                    .target = target,
                                    .headers = headers,
                                    .body = body,
                                    .n = body ? strlen(body) : 0 },
                 a, &r);
    return r;
}

static struct web_reply get(struct site *s, enum someone who, const char *target)
{
    return ask(s, who, target, "text/plain", NULL);
}

static struct web_reply post(struct site *s, enum someone who, const char *target,
                             const char *body)
{
    return ask(s, who, target, "application/x-www-form-urlencoded", body);
}

#define CHECK_STATUS(r, want)                                                                  \
    do {                                                                                       \
        if ((r).status != (want))                                                              \
            t_fail(__FILE__, __LINE__, "status %d, not %d: %.900s", (r).status, (want),        \
                   (r).body);                                                                  \
    } while (0)
#define CHECK_HAS(r, text)                                                                     \
    do {                                                                                       \
        if (!strstr((r).body, (text)))                                                         \
            t_fail(__FILE__, __LINE__, "no \"%s\" in %.6000s", (text), (r).body);              \
    } while (0)

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

static void site_make(struct site *s, struct county *c, struct arena *a)
{
    static const struct section sections[] = {
        { .name = N_("今日"), .href = "/inbox", .need = CAP_SELF },
        { .name = N_("事项"), .href = "/board", .need = CAP_READ_UNIT },
        { .name = NULL }
    };
    static struct route_table tables[2];
    CLEANUP(err_done) struct err e = { 0 };
    *s = (struct site){ .w = world_new(c, a) };
    world_day(&s->w, 2026, 9, 30);
    CHECK_OK(db_transact(c->db, make_tokens, s, &e));
    tables[0] = (struct route_table){ matter_routes, matter_routes_n };
    tables[1] = (struct route_table){ inbox_routes, inbox_routes_n };
    struct web_config cfg = { .user = c,
                              .hooks = people_hooks(c, sections),
                              .tables = tables,
                              .n_tables = 2,
                              .sign_in = "/signin",
                              .assets = NULL };
    CHECK_OK(web_fake_new(&cfg, &s->web, &e));
}

static void pages(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct site s;
    const char *code;
    site_make(&s, c, a);
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
    r = ask(
        &s, FIN1, "/matter/E-2026-00001/attach", "multipart/form-data; boundary=xx",
        "--xx\r\nContent-Disposition: form-data; name=\"files\"; filename=\"验收表.csv\"\r\n"
        "Content-Type: text/csv\r\n\r\n街道,验收\r\n北城,是\r\n\r\n--xx--\r\n");
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
    web_fake_free(s.web);
}
T_COUNTY(pages)

T_MAIN(T_COUNTY_CASES("matters by their pages", pages))
