/*
 * Sending by libcurl (outside.h). The one idea: it tells how far it came (was everything handed
 * over? what was the last answer?), and from that follows whether the message may have gone.
 */
#include "notice/channel.h"

#include "base/clock.h"
#include "base/hmac.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "notice/outside.h"

#include <curl/curl.h>
#include <string.h>

enum { ANSWER_MAX = 65536, URL_MAX = 2000, BODY_MAX = 4000, LINE64 = 57 };

static const struct {
    const char *code, *text;
} channels[CHANNELS] = {
    [CHANNEL_MAIL] = { "mail", N_("邮件") },
    [CHANNEL_SMS] = { "sms", N_("短信") },
    [CHANNEL_CHAT] = { "chat", N_("企业微信或钉钉") },
};

const char *channel_code(enum channel c)
{
    return channels[c].code;
}

const char *channel_text(enum channel c)
{
    return channels[c].text;
}

enum channel channel_find(const char *code)
{
    for (enum channel c = CHANNEL_MAIL; c < CHANNELS; c++)
        if (str_eq(channels[c].code, code))
            return c;
    return 0;
}

/* ---- what is right ---- */

/* Nothing that could begin another line or leave a quoted place. */
static bool plain(const char *s, size_t max)
{
    if (!utf8_valid(s, strlen(s)) || strlen(s) > max)
        return false;
    for (; *s; s++)
        if ((unsigned char)*s <= 0x20 || *s == 0x7f || strchr("<>\"'\\`,;", *s))
            return false;
    return true;
}

static bool mail_valid(const char *s)
{
    const char *at = strchr(s, '@');
    return at && at != s && at[1] && !strchr(at + 1, '@') && strchr(at + 1, '.') &&
           plain(s, 120);
}

static bool phone_valid(const char *s)
{
    return strlen(s) == 11 && s[0] == '1' && strspn(s, "0123456789") == 11;
}

enum rc contact_check(enum channel c, const char *address, struct err *e)
{
    switch (c) {
    case CHANNEL_MAIL:
        if (!mail_valid(address))
            return err_set(e, RC_INVALID, N_("邮箱应写作 {example}"), "example",
                           "name@example.gov.cn");
        return RC_OK;
    case CHANNEL_SMS:
        if (!phone_valid(address))
            return err_set(e, RC_INVALID, N_("手机号应是1开头的11位数字"));
        return RC_OK;
    case CHANNEL_CHAT:
        if (!*address || !plain(address, 64))
            return err_set(e, RC_INVALID,
                           N_("企业微信或钉钉的账号应是64个以内的字母、数字或符号,没有空格"));
        return RC_OK;
    case CHANNELS:
        break;
    }
    return err_set(e, RC_INVALID, N_("没有「{channel}」这个渠道"), "channel", "");
}

static enum rc mail_check(const struct gateway *g, struct err *e)
{
    const char *colon = strrchr(g->address, ':');
    int64_t port;
    if (!colon || colon == g->address || !plain(g->address, 200) ||
        parse_int64(colon + 1, 1, 65535, N_("端口"), &port, e) != RC_OK) {
        err_done(e);
        *e = (struct err){ 0 };
        return err_set(e, RC_INVALID, N_("服务器应写作 主机:端口,如 {example}"), "example",
                       "smtp.example.gov.cn:587");
    }
    if (!str_eq(g->secure, "plain") && !str_eq(g->secure, "starttls") &&
        !str_eq(g->secure, "tls"))
        return err_set(e, RC_INVALID, N_("加密方式应为 plain、starttls 或 tls"));
    if (!mail_valid(g->sender))
        return err_set(e, RC_INVALID, N_("发件人应写作 {example}"), "example",
                       "jingjian@example.gov.cn");
    if (*g->login && str_eq(g->secure, "plain"))
        return err_set(e, RC_INVALID, N_("密码不能走不加密的连接:请选 starttls 或 tls"));
    return RC_OK;
}

enum rc gateway_check(const struct gateway *g, struct err *e)
{
    if (g->channel == CHANNEL_MAIL)
        return mail_check(g, e);
    bool http = str_starts(g->address, "http://"), https = str_starts(g->address, "https://");
    if ((!http && !https) || strlen(g->address) > URL_MAX ||
        strpbrk(g->address, " \r\n\t\"<>\\"))
        return err_set(e, RC_INVALID, N_("网关地址应以 http:// 或 https:// 开头,没有空格"));
    if (strlen(g->body) > BODY_MAX || !utf8_valid(g->body, strlen(g->body)))
        return err_set(e, RC_INVALID, N_("消息模板最多{limit}字节"), "limit", "4000");
    if (*g->media && !str_eq(g->media, "application/json") &&
        !str_eq(g->media, "application/x-www-form-urlencoded"))
        return err_set(e, RC_INVALID,
                       N_("消息格式应为 application/json 或 "
                          "application/x-www-form-urlencoded;空着就用 GET"));
    if (!strstr(g->address, "{text}") && !strstr(g->body, "{text}"))
        return err_set(e, RC_INVALID, N_("地址或模板里要有 {open}text{close}:那是消息的一句话"),
                       "open", "{", "close", "}");
    return RC_OK;
}

/* ---- templates ---- */

static void add_value(struct str *b, const char *v, enum template_form form)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *v; v++) {
        unsigned char c = (unsigned char)*v;
        bool free = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                    (c >= 'A' && c <= 'Z') || strchr("-._~", c);
        if (form == TEMPLATE_URL && !free)
            str_addf(b, "%%%c%c", hex[c >> 4], hex[c & 15]);
        else if (form == TEMPLATE_JSON && (c == '"' || c == '\\'))
            str_addf(b, "\\%c", c);
        else if (form == TEMPLATE_JSON && c < 0x20)
            str_addf(b, "\\u%04x", c);
        else
            str_addc(b, (char)c);
    }
}

/*
 * A DingTalk robot wants two secrets: the token of its address, and the key that signs (加签).
 * They are kept as one, with a space between; without one both are the whole.
 */
static const char *signing_key(const struct gateway *g)
{
    const char *space = strchr(g->secret, ' ');
    return space ? space + 1 : g->secret;
}

static const char *token(const struct gateway *g, struct arena *a)
{
    return arena_strndup(a, g->secret, strcspn(g->secret, " "));
}

/* base64(HMAC-SHA256(key, timestamp + "\n" + key)), the timestamp in milliseconds. */
static const char *signature(const struct gateway *g, const char *stamp, struct arena *a)
{
    const char *key = signing_key(g);
    const char *what = arena_printf(a, "%s\n%s", stamp, key);
    uint8_t mac[HASH_SIZE];
    struct str b;
    hmac_sha256(key, strlen(key), what, strlen(what), mac);
    str_init(&b, a);
    base64_add(&b, mac, sizeof(mac));
    return b.s;
}

const char *template_fill(const char *template, const struct gateway *g,
                          const struct message *m, enum template_form form, struct arena *a)
{
    const char *stamp = arena_printf(a, "%lld", (long long)(m->at.us / 1000));
    const struct {
        const char *name, *value;
    } names[] = {
        { "{address}", m->to },    { "{text}", m->text },
        { "{id}", m->id },         { "{n}", arena_printf(a, "%lld", (long long)m->n) },
        { "{secret}", g->secret }, { "{token}", token(g, a) },
        { "{timestamp}", stamp },  { "{sign}", signature(g, stamp, a) }
    };
    struct str b;
    str_init(&b, a);
    for (const char *p = template; *p;) {
        size_t i = 0;
        while (i < COUNT(names) && !str_starts(p, names[i].name))
            i++;
        if (i == COUNT(names)) {
            str_addc(&b, *p++);
            continue;
        }
        add_value(&b, names[i].value, form);
        p += strlen(names[i].name);
    }
    return b.s;
}

/* ---- libcurl ---- */

struct talk {
    struct arena *a;
    struct str answer;
    struct bytes body;
    size_t given; /* of the body, to libcurl */
    bool all;     /* it has asked for more than there is: everything was handed over */
};

static size_t take(char *p, size_t size, size_t n, void *arg)
{
    struct talk *t = arg;
    if (t->answer.n < ANSWER_MAX)
        str_addn(&t->answer, p, size * n);
    return size * n;
}

static size_t give(char *p, size_t size, size_t n, void *arg)
{
    struct talk *t = arg;
    size_t left = t->body.n - t->given, some = size * n < left ? size * n : left;
    memcpy(p, t->body.p + t->given, some);
    t->given += some;
    t->all |= some == 0;
    return some;
}

/* What a gateway said, short, one line, without what must not be repeated. */
static const char *word(struct arena *a, const char *text, const struct gateway *g,
                        const struct message *m)
{
    const char *hide[] = { g->secret, token(g, a), signing_key(g), m->to };
    struct str b;
    str_init(&b, a);
    for (const char *p = text; *p && b.n < SAID_MAX - 8;) {
        bool hidden = false;
        for (size_t i = 0; i < COUNT(hide) && !hidden; i++)
            if (*hide[i] && str_starts(p, hide[i])) {
                str_add(&b, "***");
                p += strlen(hide[i]);
                hidden = true;
            }
        if (hidden)
            continue;
        size_t n = 1;
        while (((unsigned char)p[n] & 0xc0) == 0x80)
            n++;
        if ((unsigned char)*p < 0x20)
            str_addc(&b, ' ');
        else
            str_addn(&b, p, n);
        p += n;
    }
    return utf8_valid(b.s, b.n) ? str_trim(a, b.s) : "?";
}

/* ---- mail ---- */

/* In lines that every mail server takes. */
static const char *base64_lines(struct arena *a, const char *text)
{
    struct str b;
    size_t n = strlen(text);
    str_init(&b, a);
    for (size_t i = 0; i < n; i += LINE64) {
        str_add(&b, i ? "\r\n" : "");
        base64_add(&b, text + i, n - i < LINE64 ? n - i : LINE64);
    }
    return b.s;
}

/* As RFC 5322 wants a date: always in English, in China's time. */
static const char *mail_date(struct arena *a, struct utime at)
{
    static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int32_t day = time_day(at);
    int y, m, d;
    int64_t s = (at.us - day_start(day).us) / 1000000;
    day_split(day, &y, &m, &d);
    return arena_printf(a, "%s, %d %s %d %02d:%02d:%02d +0800", days[(day % 7 + 7 + 3) % 7], d,
                        months[m - 1], y, (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static struct bytes mail_of(const struct gateway *g, const struct message *m, struct arena *a)
{
    const char *host = strchr(g->sender, '@') + 1;
    char *text = arena_printf(
        a,
        "Date: %s\r\nFrom: <%s>\r\nTo: <%s>\r\nSubject: =?UTF-8?B?%s?=\r\n"
        "Message-ID: <%s@%s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "%s\r\n",
        mail_date(a, m->at), g->sender, m->to, base64_lines(a, m->subject), m->id, host,
        base64_lines(a, m->text));
    return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static struct sent mail_judge(CURLcode rc, long code, const struct talk *t, const char *said)
{
    bool answered = code >= 400 && code < 600;
    if (rc == CURLE_OK)
        return (struct sent){ .went = WENT, .said = said };
    if (t->all && !answered) /* the whole letter is there, but no word about it came back */
        return (struct sent){ .went = WENT_UNSURE, .said = said, .down = true };
    if (rc == CURLE_LOGIN_DENIED || outside_never_reached((int)rc))
        return (struct sent){ .went = WENT_NOT, .said = said, .down = true };
    if (code >= 550 && code < 560) /* this address or this letter, for good */
        return (struct sent){ .went = WENT_NEVER, .said = said };
    return (struct sent){ .went = WENT_NOT, .said = said, .down = true };
}

static struct sent mail_send(const struct gateway *g, const struct message *m, struct arena *a)
{
    struct talk t = { .a = a, .body = mail_of(g, m, a) };
    char why[CURL_ERROR_SIZE] = "";
    long code = 0;
    str_init(&t.answer, a);
    CURL *c = outside_handle("smtp,smtps", g->ca, CHANNEL_TIMEOUT_S * 1000);
    if (!c)
        return (struct sent){ .went = WENT_NOT, .said = "libcurl", .down = true };
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &t);
    struct curl_slist *to = curl_slist_append(NULL, m->to);
    bool tls = str_eq(g->secure, "tls");
    curl_easy_setopt(c, CURLOPT_URL,
                     arena_printf(a, "%s://%s", tls ? "smtps" : "smtp", g->address));
    if (str_eq(g->secure, "starttls"))
        curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    if (*g->login) {
        curl_easy_setopt(c, CURLOPT_USERNAME, g->login);
        curl_easy_setopt(c, CURLOPT_PASSWORD, g->secret);
    }
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, arena_printf(a, "<%s>", g->sender));
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(c, CURLOPT_READDATA, &t);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    CURLcode rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    curl_slist_free_all(to);
    curl_easy_cleanup(c);
    const char *said = rc == CURLE_OK ? "250" : *why ? why : curl_easy_strerror(rc);
    return mail_judge(rc, code, &t, word(a, said, g, m));
}

/* ---- HTTP ---- */

static struct sent http_judge(enum rc rc, const struct outside_reply *r,
                              const struct gateway *g, const char *said)
{
    int code = r->status;
    if (rc != RC_OK && !r->asked)
        return (struct sent){ .went = WENT_NOT, .said = said, .down = true };
    /* Asked, but not answered; or a proxy before the gateway does not know either. */
    if (rc != RC_OK || code == 502 || code == 504)
        return (struct sent){ .went = WENT_UNSURE, .said = said, .down = true };
    if (code >= 200 && code < 300 && (!*g->taken || strstr((const char *)r->body.p, g->taken)))
        return (struct sent){ .went = WENT, .said = said };
    if (code >= 400 && code < 500 && code != 408 && code != 429)
        return (struct sent){ .went = WENT_NEVER, .said = said };
    return (struct sent){ .went = WENT_NOT, .said = said, .down = true };
}

static struct sent http_send(const struct gateway *g, const struct message *m, struct arena *a)
{
    bool json = str_eq(g->media, "application/json");
    const char *body = template_fill(g->body, g, m, json ? TEMPLATE_JSON : TEMPLATE_URL, a);
    const char *const headers[] = { arena_printf(a, "Idempotency-Key: %s", m->id), NULL };
    CLEANUP(err_done) struct err why = { 0 };
    struct outside_reply r;
    enum rc rc = outside_ask(
        a,
        &(struct outside_call){ .url = template_fill(g->address, g, m, TEMPLATE_URL, a),
                                .post = *g->media != '\0',
                                .body = { (const uint8_t *)body, strlen(body) },
                                .media = g->media,
                                .headers = headers,
                                .ca = g->ca,
                                .timeout_ms = CHANNEL_TIMEOUT_S * 1000,
                                .max = ANSWER_MAX,
                                .cut = true },
        &r, &why);
    const char *said = rc == RC_OK
                           ? arena_printf(a, "HTTP %d %s", r.status, (const char *)r.body.p)
                           : err_message(&why, LANG_ZH, a);
    return http_judge(rc, &r, g, word(a, said, g, m));
}

struct sent channel_send(const struct gateway *g, const struct message *m, struct arena *a)
{
    return g->channel == CHANNEL_MAIL ? mail_send(g, m, a) : http_send(g, m, a);
}
