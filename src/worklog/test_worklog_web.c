/* The work log by its pages: who may open, write, ask and see what; pictures in and out; JSON
 * for phones; hints for whom they are and for nobody else. */
#include "base/file.h"
#include "flow/test_world.h"
#include "people/test_site.h"
#include "store/file.h"
#include "worklog/worklog_page.h"

#include <stdlib.h>
#include <string.h>

struct pages {
    struct world w;
    struct site site;
    const char *token[PEOPLE];
    const char *matter;
};

static struct web_reply get(struct pages *s, enum someone who, const char *target)
{
    return site_get(&s->site, s->token[who], target);
}

static struct web_reply post(struct pages *s, enum someone who, const char *form)
{
    return site_post(&s->site, s->token[who], "/worklog", form);
}

static void pages_open(struct pages *s, struct county *c, struct arena *a)
{
    const struct route_table tables[] = { { matter_routes, matter_routes_n },
                                          { inbox_routes, inbox_routes_n },
                                          { worklog_routes, worklog_routes_n },
                                          { work_hint_routes, work_hint_routes_n } };
    CLEANUP(err_done) struct err e = { 0 };
    *s = (struct pages){ .w = world_new(c, a) };
    world_day(&s->w, 2026, 9, 30);
    flow_use_log(c, worklog_fill);
    site_open(&s->site, c, a, tables, COUNT(tables), NULL);
    for (enum someone i = LEADER; i < PEOPLE; i++)
        s->token[i] = site_token(&s->site, world_codes[i]);
    CHECK_OK(
        world_open(&s->w, DESK1, "errand", "整治涉企乱收费", "", "why=批示", &s->matter, &e));
}

static void send(struct pages *s)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(world_move(&s->w, DESK1, s->matter, "send",
                        "lead=CG;due=2026-11-20;joint=SW;title=整治涉企乱收费", &e));
    CHECK_OK(world_move(&s->w, FIN1, s->matter, "sign", NULL, &e));
}

#define FORM(s, rest) arena_printf((s)->w.a, "matter=%s&%s", (s)->matter, rest)
#define AT(s, rest) arena_printf((s)->w.a, "/worklog/%s%s", (s)->matter, rest)

static void rights(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct pages s;
    pages_open(&s, c, a);
    /* What is being written is nobody's, here neither. */
    CHECK_STATUS(get(&s, DESK1, AT(&s, "")), 404);
    CHECK_STATUS(post(&s, FIN1, FORM(&s, "text=x")), 404);
    CHECK_LACKS(get(&s, DESK1, arena_printf(a, "/matter/%s", s.matter)), "写或问");
    CHECK_HAS(get(&s, FIN1, "/worklog"), "现在没有可以记的事");
    send(&s);
    CHECK_HAS(get(&s, FIN1, "/worklog"), "整治涉企乱收费");
    CHECK_HAS(get(&s, TRADE, "/worklog"), "整治涉企乱收费"); /* the joint unit */
    CHECK_LACKS(get(&s, TOWN, "/worklog"), "整治涉企乱收费");
    CHECK_STATUS(get(&s, LEADER, "/worklog"), 403);
    CHECK_STATUS(get(&s, TOWN, AT(&s, "")), 404);
    CHECK_STATUS(post(&s, TOWN, FORM(&s, "text=x")), 404);
    CHECK_STATUS(post(&s, LEADER, FORM(&s, "text=x")), 403);
    struct web_reply r = post(&s, FIN1, FORM(&s, "text=到窗口看过了"));
    CHECK_STATUS(r, 303);
    CHECK(str_starts(r.location, AT(&s, "#w-")));
    CHECK_HAS(get(&s, FIN2, "/worklog"), "到窗口看过了");
    CHECK_HAS(get(&s, FIN2, AT(&s, "")), "财政局李青");
    CHECK_HAS(get(&s, LEADER, arena_printf(a, "/matter/%s", s.matter)), "到窗口看过了");
    CHECK_LACKS(get(&s, TOWN, "/worklog"), "到窗口看过了");
    /* The group asks at once, the unit is told, and answers. */
    CHECK_STATUS(post(&s, GROUP, FORM(&s, "kind=question&text=几个窗口？")), 303);
    CHECK_HAS(get(&s, FIN1, "/inbox"), "云记录里有询问");
    r = get(&s, FIN1, AT(&s, ""));
    CHECK_HAS(r, "答复");
    const char *answer = strstr(r.body, "kind=answer");
    CHECK(answer != NULL);
    const char *about = answer ? strstr(answer, "about=") : NULL;
    CHECK(about != NULL);
    const char *code = about ? arena_strndup(a, about + 6, 32) : "";
    CHECK_HAS(get(&s, FIN1, AT(&s, arena_printf(a, "?kind=answer&about=%s", code))),
              "针对沈言的询问");
    CHECK_STATUS(
        post(&s, FIN1, FORM(&s, arena_printf(a, "kind=answer&about=%s&text=十二个", code))),
        303);
    CHECK_HAS(get(&s, GROUP, AT(&s, "")), "十二个");
    /* What is wrong is said, and what was typed is still there. */
    r = post(&s, FIN1, FORM(&s, "text=打13812345678找我"));
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "个人信息");
    CHECK_HAS(r, "打13812345678找我");
    CHECK_STATUS(post(&s, FIN1, FORM(&s, "text=")), 400);
    CHECK_STATUS(post(&s, FIN1, FORM(&s, "kind=praise&text=x")), 400);
    CHECK_STATUS(post(&s, FIN1, "text=x"), 400);
    CHECK_STATUS(post(&s, FIN1, FORM(&s, "text=x&entry=zz")), 400);
    /* Where nothing is open any more, what was done last can still be written to, late. What
     * waits on a phone finds its way also when there is no form: whose it is stands on the
     * page. */
    CHECK_HAS(get(&s, TOWN, "/worklog"), "现在没有可以记的事");
    CHECK_HAS(get(&s, TOWN, "/worklog"), "data-outbox=\"t1\"");
    CHECK_LACKS(get(&s, FIN1, "/worklog"), "已经结束");
    CHECK_OK(world_move(&s.w, DESK1, s.matter, "drop", "why=并入另一件", &e));
    r = get(&s, FIN1, "/worklog");
    CHECK_HAS(r, "整治涉企乱收费（已经结束，记下的注明迟交）");
    CHECK_HAS(r, "data-worklog=");
    CHECK_LACKS(get(&s, TOWN, "/worklog"), "整治涉企乱收费");
    CHECK_STATUS(post(&s, FIN1, FORM(&s, "text=还有一句")), 303);
    CHECK_HAS(get(&s, FIN1, AT(&s, "")), "迟交");
    /* A phone that did not hear the answer sends it again after the matter was handed over: it
     * has come. What had not is still refused. */
    CHECK_OK(world_open(&s.w, DESK1, "errand", "移交的一件", "", "why=批示", &s.matter, &e));
    send(&s);
    CHECK_STATUS(
        post(&s, FIN1, FORM(&s, "text=交出去之前&entry=60112233445566778899aabbccddeeff")),
        303);
    CHECK_OK(world_hand(&s.w, DESK1, s.matter, "T1", "", &e));
    CHECK_STATUS(
        post(&s, FIN1, FORM(&s, "text=交出去之前&entry=60112233445566778899aabbccddeeff")),
        303);
    r = post(&s, FIN1, FORM(&s, "text=别的话&entry=60112233445566778899aabbccddeeff"));
    CHECK(r.status == 403 || r.status == 404);
    r = post(&s, FIN1, FORM(&s, "text=交出去之后&entry=70112233445566778899aabbccddeeff"));
    CHECK(r.status == 403 || r.status == 404);
    r = post(&s, FIN2, FORM(&s, "text=交出去之前&entry=60112233445566778899aabbccddeeff"));
    CHECK(r.status == 403 || r.status == 404);
    /* No page says how many there are. */
    CHECK_LACKS(get(&s, FIN1, "/worklog"), "条记录");
    site_done(&s.site);
}

/* A form with files, whose bytes may be any. */
static struct web_reply upload(struct pages *s, enum someone who, const char *id,
                               const char *name, const void *p, size_t n, bool json)
{
    struct arena *a = s->w.a;
    struct str b;
    str_init(&b, a);
    str_addf(&b,
             "--XX\r\nContent-Disposition: form-data; name=\"matter\"\r\n\r\n%s\r\n"
             "--XX\r\nContent-Disposition: form-data; name=\"entry\"\r\n\r\n%s\r\n"
             "--XX\r\nContent-Disposition: form-data; name=\"request_id\"\r\n\r\n%s\r\n"
             "--XX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n看照片\r\n"
             "--XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"%s\"\r\n"
             "Content-Type: image/jpeg\r\n\r\n",
             s->matter, id, id, name);
    str_addn(&b, p, n);
    str_add(&b, "\r\n--XX--\r\n");
    const char *headers[] = { arena_printf(a, "Authorization: Bearer %s", s->token[who]),
                              "Content-Type: multipart/form-data; boundary=XX",
                              json ? "Accept: application/json" : "Accept: text/html", NULL };
    struct web_reply r;
    web_fake_ask(
        s->site.web,
        &(struct web_ask){
            .method = "POST", .target = "/worklog", .headers = headers, .body = b.s, .n = b.n },
        a, &r);
    return r;
}

static const char *cut(struct arena *a, const char *text, const char *begin, char end)
{
    const char *p = strstr(text, begin);
    const char *q = p ? strchr(p, end) : NULL;
    CHECK(q != NULL);
    return q ? arena_strndup(a, p, (size_t)(q - p)) : "/";
}

static void pictures(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct pages s;
    struct bytes photo;
    pages_open(&s, c, a);
    send(&s);
    CHECK_OK(file_read(
        a, arena_printf(a, "%s/tests/corpus/picture/exif_gps.jpg", getenv("JINGJIAN_SOURCE")),
        1 << 20, &photo, &e));
    const char *id = "aaaabbbbccccddddeeeeffff00001111";
    struct web_reply r = upload(&s, FIN1, id, "IMG_13812345678.jpg", photo.p, photo.n, true);
    CHECK_STATUS(r, 201);
    r = upload(&s, FIN1, id, "IMG_13812345678.jpg", photo.p, photo.n, true);
    CHECK_STATUS(r, 201); /* answered as before */
    r = get(&s, FIN1, AT(&s, ".json"));
    const char *thumb = cut(a, r.body, AT(&s, "/thumb/"), '"'),
               *whole = cut(a, r.body, AT(&s, "/file/"), '"');
    CHECK(!strstr(strstr(r.body, thumb) + strlen(thumb), "/thumb/")); /* once */
    CHECK_LACKS(r, "13812345678"); /* names of pictures are not kept */
    for (int i = 0; i < 2; i++) {
        r = get(&s, GROUP, i ? whole : thumb);
        CHECK_STATUS(r, 200);
        CHECK_STR(r.type, "image/jpeg");
        CHECK(!memmem(r.body, r.n, "Exif", 4) && !memmem(r.body, r.n, "GPS", 3));
        CHECK_STATUS(get(&s, TOWN, i ? whole : thumb), 404);
    }
    /* Nothing that was sent is kept in any other form. */
    uint8_t digest[HASH_SIZE];
    sha256(photo.p, photo.n, digest);
    CHECK(!file_exists(file_path(c, a, digest)));
    static const struct {
        const char *name, *content, *why;
    } wrong[] = {
        { "照片.jpg", "\xff\xd8\xff\xe0 no picture", "是坏的" },
        { "照片.heic",
          "\0\0\0\x18"
          "ftypheic",
          "HEIC" },
        { "页面.html", "<script>alert(1)</script>", "不能附上" },
        { "录像.mp4",
          "\0\0\0\x18"
          "ftypisom",
          "不能附上" },
        { "名单.pdf", "MZ\x90", "不能附上" },
        { "13812345678.pdf", "%PDF-1.7", "改名" },
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        size_t n = wrong[i].content[0] ? strlen(wrong[i].content) : 12;
        r = upload(&s, FIN1, arena_printf(a, "%032x", (unsigned)(i + 1)), wrong[i].name,
                   wrong[i].content, n, true);
        CHECK_STATUS(r, 400);
        CHECK_HAS(r, wrong[i].why);
    }
    r = upload(&s, FIN1, "99990000999900009999000099990000", "台账.pdf", "%PDF-1.7 x", 10,
               true);
    CHECK_STATUS(r, 201);
    r = get(&s, FIN1, AT(&s, ".json"));
    CHECK_HAS(r, "台账.pdf");
    site_done(&s.site);
}

static void hints(struct county *c)
{
    static const char words[] = "text="
                                "上午到城关镇便民服务中心核对窗口收费公示牌现场比对目录清单发现"
                                "两项已取消的费用还挂在墙上当场改正";
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages s;
    pages_open(&s, c, a);
    send(&s);
    CHECK_STATUS(post(&s, FIN1, FORM(&s, words)), 303);
    CHECK_STATUS(post(&s, TRADE, FORM(&s, words)), 303);
    CHECK_STATUS(get(&s, LEADER, "/worklog/hint"), 403);
    CHECK_STATUS(get(&s, FIN1, "/worklog/hint"), 403);
    CHECK_STATUS(get(&s, LEADER, "/worklog/hint/K-2026-00001"), 403);
    struct web_reply r = get(&s, DESK1, "/worklog/hint");
    CHECK_HAS(r, "几乎一样");
    r = get(&s, GROUP, "/worklog/hint/K-2026-00001");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "财政局");
    CHECK_HAS(r, "商务局");
    CHECK_HAS(r, "两边的文字有100%相同；那时定的是80%起提示");
    CHECK_LACKS(r, "到期前");
    CHECK_STATUS(site_post(&s.site, s.token[GROUP], "/worklog/hint/K-2026-00001",
                           "version=1&state=dismissed&reason="),
                 400);
    CHECK_STATUS(site_post(&s.site, s.token[FIN1], "/worklog/hint/K-2026-00001",
                           "version=1&state=dismissed&reason=x"),
                 403);
    CHECK_STATUS(site_post(&s.site, s.token[GROUP], "/worklog/hint/K-2026-00001",
                           "version=1&state=dismissed&reason=两家一起去的"),
                 303);
    CHECK_HAS(get(&s, DESK1, "/worklog/hint"), "没有要看的");
    CHECK_HAS(get(&s, DESK1, "/worklog/hint?decided=1"), "已排除");
    /* Neither unit is told off by it anywhere. */
    CHECK_LACKS(get(&s, FIN1, AT(&s, "")), "几乎一样");
    CHECK_LACKS(get(&s, LEADER, arena_printf(a, "/matter/%s", s.matter)), "几乎一样");
    site_done(&s.site);
}

T_COUNTY(rights)
T_COUNTY(pictures)
T_COUNTY(hints)

T_MAIN(T_COUNTY_CASES("who opens, writes, asks and answers", rights),
       T_COUNTY_CASES("pictures in and out, and what is refused", pictures),
       T_COUNTY_CASES("hints are for who dispatches and supervises", hints))
