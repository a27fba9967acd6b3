/* What goes over the wire, and what is concluded from what comes back. */
#include "base/hash.h"
#include "base/test.h"
#include "notice/channel.h"
#include "notice/outside.h"
#include "notice/test_gateway_server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const text = "您有3件事项待签收，请登录查看";

static struct message message(void)
{
    return (struct message){ .to = "li@example.gov.cn",
                             .subject = "净鉴提醒",
                             .text = text,
                             .id = "jingjian-1",
                             .n = 3,
                             .at = { INT64_C(1790726400) * 1000000 } };
}

static void mail_is_a_letter(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct test_gateway s = { .smtp = true };
    struct message m = message();
    struct str b;
    test_gateway_start(&s, "");
    struct gateway g = { .channel = CHANNEL_MAIL,
                         .address = arena_printf(a, "127.0.0.1:%d", s.port),
                         .secure = "plain",
                         .sender = "jingjian@example.gov.cn",
                         .login = "",
                         .secret = "" };
    struct sent r = channel_send(&g, &m, a);
    CHECK_INT(r.went, WENT);
    const char *got = test_gateway_got(&s, a);
    str_init(&b, a);
    base64_add(&b, text, strlen(text));
    CHECK(strstr(got, "RCPT TO:<li@example.gov.cn>") != NULL);
    CHECK(strstr(got, "MAIL FROM:<jingjian@example.gov.cn>") != NULL);
    CHECK(strstr(got, "Message-ID: <jingjian-1@example.gov.cn>") != NULL);
    CHECK(strstr(got, "Date: Wed, 30 Sep 2026 08:00:00 +0800") != NULL);
    CHECK(strstr(got, b.s) != NULL);
    test_gateway_stop(&s);
}

static void mail_over_tls(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char dir[] = "/tmp/jingjian-tls-XXXXXX";
    CHECK(mkdtemp(dir) != NULL);
    struct test_gateway s = { .smtp = true, .tls = true };
    struct message m = message();
    test_gateway_start(&s, dir);
    struct gateway g = { .channel = CHANNEL_MAIL,
                         .address = arena_printf(a, "127.0.0.1:%d", s.port),
                         .secure = "starttls",
                         .sender = "jingjian@example.gov.cn",
                         .login = "jingjian",
                         .secret = "geheim-8842",
                         .ca = s.ca };
    struct sent r = channel_send(&g, &m, a);
    CHECK_INT(r.went, WENT);
    const char *got = test_gateway_got(&s, a);
    CHECK(strstr(got, "STARTTLS") != NULL && strstr(got, "AUTH PLAIN") != NULL);
    /* Who cannot show a certificate that is trusted gets neither password nor letter. */
    g.ca = NULL;
    r = channel_send(&g, &m, a);
    CHECK_INT(r.went, WENT_NOT);
    CHECK(r.down);
    got = test_gateway_got(&s, a);
    CHECK(!strstr(got, "AUTH") && !strstr(got, "RCPT"));
    CHECK_INT(s.taken, 1);
    unlink(s.ca);
    rmdir(dir);
    test_gateway_stop(&s);
}

/* What may have gone is told apart from what surely has not. */
static void outcomes(void)
{
    static const struct {
        bool smtp;
        enum wrong wrong;
        enum went went;
        bool down;
    } cases[] = {
        { true, WORKS, WENT, false },
        { true, REFUSES_ADDRESS, WENT_NEVER, false },
        { true, TRY_LATER, WENT_NOT, true },
        { true, HANGS_UP_LATE, WENT_UNSURE, true },
        { true, SAYS_NO, WENT_NEVER, false },
        { false, WORKS, WENT, false },
        { false, REFUSES_ADDRESS, WENT_NEVER, false },
        { false, TRY_LATER, WENT_NOT, true },
        { false, HANGS_UP_LATE, WENT_UNSURE, true },
        { false, SAYS_NO, WENT_NOT, true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct test_gateway s = { .smtp = cases[i].smtp,
                                  .wrong = cases[i].wrong,
                                  .answer = "{\"errcode\":0,\"errmsg\":\"ok\"}" };
        struct message m = message();
        test_gateway_start(&s, "");
        struct gateway g = {
            .channel = cases[i].smtp ? CHANNEL_MAIL : CHANNEL_CHAT,
            .address = cases[i].smtp
                           ? arena_printf(a, "127.0.0.1:%d", s.port)
                           : arena_printf(a, "http://127.0.0.1:%d/send?key={secret}", s.port),
            .secure = "plain",
            .sender = "jingjian@example.gov.cn",
            .login = "",
            .secret = "k 1",
            .media = "application/json",
            .body = "{\"text\":\"{text}\",\"to\":\"{address}\",\"n\":{n}}",
            .taken = "\"errcode\":0,"
        };
        struct sent r = channel_send(&g, &m, a);
        if (r.went != cases[i].went || r.down != cases[i].down)
            t_fail(__FILE__, __LINE__, "case %zu: %d %d: %s", i, (int)r.went, r.down, r.said);
        /* Neither the key nor the address comes back in what is kept. */
        CHECK(!strstr(r.said, "k 1") && !strstr(r.said, "li@example"));
        if (!cases[i].smtp) {
            const char *got = test_gateway_got(&s, a);
            CHECK(strstr(got, "POST /send?key=k%201 HTTP/1.1") != NULL);
            CHECK(
                strstr(
                    got,
                    "{\"text\":\"您有3件事项待签收，请登录查看\",\"to\":\"li@example.gov.cn\","
                    "\"n\":3}") != NULL);
        }
        test_gateway_stop(&s);
    }
    /* Nobody listens. */
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct message m = message();
    struct gateway g = { .channel = CHANNEL_SMS,
                         .address = "http://127.0.0.1:1/{text}",
                         .media = "",
                         .body = "",
                         .taken = "",
                         .secret = "" };
    struct sent r = channel_send(&g, &m, a);
    CHECK_INT(r.went, WENT_NOT);
    CHECK(r.down);
}

/* DingTalk's 加签, against a signature computed by Python's hmac: sign =
 * quote(b64encode(hmac.new( key, (timestamp + "\n" + key), sha256).digest())). */
static void a_robot_is_signed_for(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct test_gateway s = { .answer =
                                  "{\"errcode\":310000,\"errmsg\":\"SEC0f3a8842 t-77\"}" };
    struct message m = message();
    test_gateway_start(&s, "");
    struct gateway g = { .channel = CHANNEL_CHAT,
                         .address =
                             arena_printf(a,
                                          "http://127.0.0.1:%d/robot/send?access_token={token}"
                                          "&timestamp={timestamp}&sign={sign}",
                                          s.port),
                         .secret = "t-77 SEC0f3a8842",
                         .media = "application/json",
                         .body = "{\"msgtype\":\"text\",\"text\":{\"content\":\"{text}\"}}",
                         .taken = "\"errcode\":0," };
    struct sent r = channel_send(&g, &m, a);
    CHECK_PART(test_gateway_got(&s, a),
               "POST /robot/send?access_token=t-77&timestamp=1790726400000&sign="
               "9EOnNgy1urIfBI%2BJtALhlbeotMNAszSwe%2BtCgeZSzEo%3D HTTP/1.1");
    /* It refused: that is said, without the key it repeated. */
    CHECK(r.went == WENT_NOT && strstr(r.said, "310000"));
    CHECK(!strstr(r.said, "SEC0f3a8842") && !strstr(r.said, "t-77"));
    test_gateway_stop(&s);
}

static void templates(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct gateway g = { .secret = "a&b" };
    struct message m = { .to = "13800000000", .text = "说\"好\"\n{n}", .id = "x", .n = 2 };
    CHECK_STR(template_fill("{text}|{unknown}|{n}", &g, &m, TEMPLATE_PLAIN, a),
              "说\"好\"\n{n}|{unknown}|2");
    CHECK_STR(template_fill("{\"t\":\"{text}\"}", &g, &m, TEMPLATE_JSON, a),
              "{\"t\":\"说\\\"好\\\"\\u000a{n}\"}");
    CHECK_STR(template_fill("k={secret}&m={address}", &g, &m, TEMPLATE_URL, a),
              "k=a%26b&m=13800000000");
}

static void what_may_be_set(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(contact_check(CHANNEL_SMS, "13800000000", &e));
    CHECK_OK(contact_check(CHANNEL_MAIL, "li@example.gov.cn", &e));
    static const struct {
        enum channel c;
        const char *bad;
    } bad[] = { { CHANNEL_SMS, "12345" },
                { CHANNEL_SMS, "1380000000x" },
                { CHANNEL_MAIL, "li" },
                { CHANNEL_MAIL, "li@example.gov.cn\r\nBcc: all@example.gov.cn" },
                { CHANNEL_MAIL, "<li@example.gov.cn>" },
                { CHANNEL_CHAT, "" },
                { CHANNEL_CHAT, "a\",\"b" } };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP(err_done) struct err x = { 0 };
        CHECK_INT(contact_check(bad[i].c, bad[i].bad, &x), RC_INVALID);
    }
    struct gateway g = { .channel = CHANNEL_MAIL,
                         .address = "smtp.example.gov.cn:587",
                         .secure = "starttls",
                         .sender = "jingjian@example.gov.cn",
                         .login = "x" };
    CHECK_OK(gateway_check(&g, &e));
    g.secure = "plain"; /* no password in the clear */
    CHECK_INT(gateway_check(&g, &e), RC_INVALID);
    err_done(&e);
    e = (struct err){ 0 };
    g = (struct gateway){ .channel = CHANNEL_SMS,
                          .address = "ftp://x/{text}",
                          .media = "",
                          .body = "",
                          .taken = "" };
    CHECK_INT(gateway_check(&g, &e), RC_INVALID);
    err_done(&e);
    e = (struct err){ 0 };
    g.address = "https://sms.example.cn/send"; /* says nothing */
    CHECK_INT(gateway_check(&g, &e), RC_INVALID);
}

/* What every call to a program outside keeps to. */
static void calls_over_https(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    char dir[] = "/tmp/jingjian-https-XXXXXX";
    CHECK(mkdtemp(dir) != NULL);
    struct test_gateway s = { .tls = true, .answer = "unit,point\n" };
    test_gateway_start(&s, dir);
    struct outside_reply r;
    struct outside_call call = { .url = arena_printf(a, "https://127.0.0.1:%d/v.csv", s.port),
                                 .bearer = "geheim-8842",
                                 .ca = s.ca,
                                 .timeout_ms = 5000,
                                 .max = 100 };
    CHECK_OK(outside_ask(a, &call, &r, &e));
    CHECK_INT(r.status, 200);
    CHECK_STR((const char *)r.body.p, "unit,point\n");
    const char *got = test_gateway_got(&s, a);
    CHECK_PART(got, "GET /v.csv HTTP/1.1");
    CHECK_PART(got, "Authorization: Bearer geheim-8842");
    /* It sends elsewhere: said, and nobody goes there. */
    s.wrong = SENDS_ON;
    CHECK_OK(outside_ask(a, &call, &r, &e));
    CHECK_INT(r.status, 302);
    CHECK_STR(r.redirect, "https://elsewhere.example/v.csv");
    s.wrong = WORKS;
    /* More than was asked for. */
    call.max = 5;
    CHECK_INT(outside_ask(a, &call, &r, &e), RC_TOOBIG);
    err_done(&e);
    call.cut = true;
    CHECK_OK(outside_ask(a, &call, &r, &e));
    CHECK_INT(r.body.n, 5);
    (void)test_gateway_got(&s, a);
    /* The certificate is not trusted, or of another name: the token does not go out. */
    call.ca = NULL;
    CHECK_INT(outside_ask(a, &call, &r, &e), RC_IO);
    CHECK_PART(err_message(&e, LANG_ZH, a), "证书核验不过");
    CHECK(!r.asked);
    err_done(&e);
    call.ca = s.ca;
    call.url = arena_printf(a, "https://localhost:%d/v.csv", s.port);
    CHECK_INT(outside_ask(a, &call, &r, &e), RC_IO);
    CHECK_PART(err_message(&e, LANG_ZH, a), "证书核验不过");
    err_done(&e);
    CHECK(!strstr(test_gateway_got(&s, a), "geheim"));
    /* Other protocols are none of its business. */
    call.url = "file:///etc/passwd";
    CHECK_INT(outside_ask(a, &call, &r, &e), RC_INVALID);
    err_done(&e);
    CHECK(outside_bearer_valid("abc.DEF-_~+/=") && !outside_bearer_valid("a b") &&
          !outside_bearer_valid("a\r\nX: y"));
    unlink(s.ca);
    rmdir(dir);
    test_gateway_stop(&s);
}

T_MAIN({ "a mail is a letter", mail_is_a_letter }, { "mail over TLS", mail_over_tls },
       { "calls over https", calls_over_https },
       { "what is concluded from what comes back", outcomes },
       { "a robot is signed for", a_robot_is_signed_for }, { "templates", templates },
       { "what may be set", what_may_be_set })
