/* Reminders as pages: what was sent and what became of it, the gateways, one's own addresses.
 */
#include "notice/notice_page.h"

#include "base/clock.h"
#include "base/parse.h"
#include "base/str.h"
#include "notice/channels.html.h"
#include "notice/gateways.html.h"
#include "notice/notice.h"
#include "notice/notice_one.html.h"
#include "notice/notices.html.h"
#include "notice/sending.sql.h"
#include "people/asker.h"
#include "store/county.h"

enum { LINES = 50, DAYS_BACK = 7 };

static bool sees_all(const struct rq *rq)
{
    const struct person *p = &rq_asker(rq)->person;
    return person_may(p, CAP_OPERATE, NULL) || person_may(p, CAP_DISPATCH, NULL);
}

static const char *asked(struct rq *rq, const char *name)
{
    const char *v = rq_query(rq, name);
    return v ? v : "";
}

static const struct {
    const char *code, *name;
} outcomes[] = { { "waiting", N_("等着发") },
                 { "sent", N_("已送到网关") },
                 { "refused", N_("被拒收") },
                 { "unknown", N_("不知是否送到") },
                 { "given_up", N_("三天没发出，放弃了") } };

static const char *outcome_text(struct rq *rq, const char *outcome, bool trying)
{
    if (!*outcome)
        return rq_tr(rq, trying ? N_("正在发") : N_("等着发"));
    for (size_t i = 0; i < COUNT(outcomes); i++)
        if (str_eq(outcomes[i].code, outcome))
            return rq_tr(rq, outcomes[i].name);
    return outcome;
}

static const char *cause_text(struct rq *rq, const char *cause, int64_t n)
{
    const char *text = str_eq(cause, "red")    ? N_("有事项变红，共{n}件待办")
                       : str_eq(cause, "test") ? N_("试发")
                                               : N_("每日一条，{n}件待办");
    return text_fill(rq->a, rq_tr(rq, text), "n", arena_printf(rq->a, "%lld", (long long)n),
                     NULL);
}

static const char *channel_name(struct rq *rq, const char *code)
{
    enum channel c = channel_find(code);
    return c ? rq_tr(rq, channel_text(c)) : code;
}

/* ---- the list ---- */

static enum rc fill_downs(struct rq *rq, const struct snap *s, struct notices_page *p,
                          struct err *e)
{
    enum rc rc = RC_OK;
    p->downs = arena_array(rq->a, CHANNELS, sizeof(*p->downs));
    for (enum channel c = CHANNEL_MAIL; c < CHANNELS && rc == RC_OK; c++) {
        struct health_of_row h;
        rc = health_of_one(s, channel_code(c), rq->a, &h, e);
        if (rc == RC_OK)
            p->downs[p->n_downs++] =
                (struct notices_downs){ rq_tr(rq, channel_text(c)), h.since, h.said, h.failures,
                                        h.next_at };
        if (rc == RC_NOTFOUND) {
            err_done(e);
            *e = (struct err){ 0 };
            rc = RC_OK;
        }
    }
    return rc;
}

static enum rc fill_counts(struct rq *rq, const struct snap *s, struct notices_page *p,
                           struct err *e)
{
    struct sending_counts_row *rows;
    struct gateway *g;
    size_t n, n_g;
    struct utime since = { county_now(rq_county(rq)).us -
                           (int64_t)DAYS_BACK * 86400 * 1000000 };
    enum rc rc = sending_counts_all(s, since, rq->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = gateways_get(s, rq->a, &g, &n_g, e);
    p->off = true;
    for (size_t i = 0; rc == RC_OK && i < n_g; i++)
        p->off &= !g[i].enabled;
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        if (!*rows[i].outcome)
            p->waiting += rows[i].n;
        else if (str_eq(rows[i].outcome, "sent"))
            p->sent += rows[i].n;
        else
            p->failed += rows[i].n;
    }
    return rc;
}

static enum rc notices_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct notices_page p = { .all = sees_all(rq),
                              .outcome = asked(rq, "outcome"),
                              .channel = asked(rq, "channel") };
    struct sending_list_row *rows;
    bool waiting = str_eq(p.outcome, "waiting");
    int64_t before = INT64_MAX;
    size_t n;
    p.may_set = person_may(&rq_asker(rq)->person, CAP_SETTINGS, NULL);
    enum rc rc = rq_query_int(rq, "before", N_("编号"), 1, INT64_MAX, &before, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = sending_list_all(s, p.all ? "" : rq_asker(rq)->person.code, p.channel,
                              waiting ? "" : p.outcome, waiting, before, LINES, rq->a, &rows,
                              &n, e);
    if (rc == RC_OK && p.all)
        rc = fill_downs(rq, s, &p, e);
    if (rc == RC_OK)
        rc = fill_counts(rq, s, &p, e);
    if (rc != RC_OK)
        return rc;
    if (!p.all) /* the county's numbers are not this person's */
        p.sent = p.failed = p.waiting = 0;
    p.lines = arena_array(rq->a, n, sizeof(*p.lines));
    p.n_lines = n;
    for (size_t i = 0; i < n; i++)
        p.lines[i] = (struct notices_lines){
            .number = rows[i].number,
            .who = p.all ? (rows[i].name ? rows[i].name : rows[i].account) : "",
            .channel = channel_name(rq, rows[i].channel),
            .cause = cause_text(rq, rows[i].cause, rows[i].n),
            .n = rows[i].n,
            .outcome = rows[i].outcome,
            .state = outcome_text(rq, rows[i].outcome, rows[i].trying),
            .said = str_eq(rows[i].outcome, "sent") ? "" : rows[i].said,
            .made = rows[i].made_at,
            .ended = rows[i].ended_at
        };
    if (n == LINES)
        p.more = arena_printf(rq->a, "/notice?channel=%s&outcome=%s&before=%lld", p.channel,
                              p.outcome, (long long)rows[n - 1].number);
    p.outcomes = arena_array(rq->a, COUNT(outcomes), sizeof(*p.outcomes));
    for (size_t i = 0; i < COUNT(outcomes); i++)
        p.outcomes[p.n_outcomes++] =
            (struct notices_outcomes){ outcomes[i].code, rq_tr(rq, outcomes[i].name),
                                       str_eq(outcomes[i].code, p.outcome) };
    p.channels = arena_array(rq->a, CHANNELS, sizeof(*p.channels));
    for (enum channel c = CHANNEL_MAIL; c < CHANNELS; c++)
        p.channels[p.n_channels++] =
            (struct notices_channels){ channel_code(c), rq_tr(rq, channel_text(c)),
                                       str_eq(channel_code(c), p.channel) };
    return notices_render(rq, &p, e);
}

/* ---- one ---- */

static enum rc one_load(struct rq *rq, const struct snap *s, struct sending_one_row_row *ret,
                        struct err *e)
{
    CLEANUP(err_done) struct err bad = { 0 };
    int64_t number = 0;
    enum rc rc = parse_int64(rq_param(rq, "number"), 1, INT64_MAX, "", &number, &bad) == RC_OK
                     ? sending_one_row_one(s, number, rq->a, ret, e)
                     : RC_NOTFOUND;
    if (rc == RC_NOTFOUND ||
        (rc == RC_OK && !sees_all(rq) && !str_eq(ret->account, rq_asker(rq)->person.code)))
        return err_set(e, RC_NOTFOUND, N_("没有这条提醒"));
    return rc;
}

static enum rc one_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct sending_one_row_row x;
    struct try_list_row *tries;
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = one_load(rq, s, &x, e);
    if (rc == RC_OK)
        rc = try_list_all(s, x.number, rq->a, &tries, &n, e);
    if (rc != RC_OK)
        return rc;
    struct notice_one_page p = {
        .number = x.number,
        .text = notice_text(x.n, rq->lang, rq->a),
        .who = sees_all(rq) ? (x.name ? x.name : x.account) : "",
        .channel = channel_name(rq, x.channel),
        .cause = cause_text(rq, x.cause, x.n),
        .state = outcome_text(rq, x.outcome, x.trying),
        .said = x.said,
        .made = x.made_at,
        .ended = x.ended_at,
        .due = x.due_at,
        .tries = x.tries,
        .unsure = str_eq(x.outcome, "unknown"),
        .may_again = *x.outcome && !str_eq(x.outcome, "sent"),
        .log_index = x.seq,
        .log_index_null = x.seq_null,
        .n_tried = n,
    };
    p.tried = arena_array(rq->a, n, sizeof(*p.tried));
    for (size_t i = 0; i < n; i++)
        p.tried[i] = (struct notice_one_tried){ tries[i].try, tries[i].at, tries[i].said };
    rq_crumb(rq, rq_tr(rq, N_("提醒记录")), "/notice");
    rq_crumb(rq, arena_printf(rq->a, "%lld", (long long)x.number), NULL);
    return notice_one_render(rq, &p, e);
}

struct again {
    struct county *c;
    const char *by;
    int64_t number;
};

static enum rc do_again(struct tx *tx, void *arg, struct err *e)
{
    const struct again *x = arg;
    return notice_again(tx, x->c, x->number, x->by, e);
}

static enum rc again_post(struct rq *rq, struct err *e)
{
    struct again x = { .c = rq_county(rq), .by = rq_asker(rq)->person.code };
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct sending_one_row_row row;
        enum rc rc = db_read(x.c->db, &s, e);
        if (rc == RC_OK)
            rc = one_load(rq, s, &row, e);
        if (rc != RC_OK)
            return rc;
        x.number = row.number;
    }
    enum rc rc = db_transact(x.c->db, do_again, &x, e);
    return rc == RC_OK ? web_donef(rq, e, "/notice/%lld", (long long)x.number) : rc;
}

/* ---- gateways ---- */

static const struct gateway *gateway_in(const struct gateway *g, size_t n, enum channel c)
{
    for (size_t i = 0; i < n; i++)
        if (g[i].channel == c)
            return &g[i];
    return NULL;
}

static const char *down_text(struct rq *rq, const struct snap *s, enum channel c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct health_of_row h;
    if (health_of_one(s, channel_code(c), rq->a, &h, &e) != RC_OK)
        return "";
    return text_fill(rq->a, rq_tr(rq, N_("从{since}起不通：{said}")), "since",
                     fmt_time(rq->a, h.since), "said", h.said, NULL);
}

/* What is typed goes before what is kept. */
static const char *kept(struct rq *rq, bool here, const char *name, const char *was)
{
    const char *typed = here ? rq_field(rq, name) : NULL;
    return typed ? typed : was;
}

static void fill_gateway(struct rq *rq, const struct gateway *g, enum channel c, bool here,
                         const char *down, struct gateways_list *ret)
{
    static const char chat[] = "{\"msgtype\":\"text\",\"text\":{\"content\":\"{text}\","
                               "\"mentioned_mobile_list\":[\"{address}\"]}}";
    static const struct gateway none = { .address = "",
                                         .secure = "starttls",
                                         .sender = "",
                                         .login = "",
                                         .media = "application/json",
                                         .body = "{\"to\":\"{address}\",\"text\":\"{text}\","
                                                 "\"id\":\"{id}\"}",
                                         .taken = "",
                                         .secret = "" };
    const struct gateway *was = g ? g : &none;
    *ret = (struct gateways_list){
        .code = channel_code(c),
        .name = rq_tr(rq, channel_text(c)),
        .mail = c == CHANNEL_MAIL,
        .enabled = here ? rq_flag(rq, "enabled") : was->enabled,
        .address = kept(rq, here, "address", was->address),
        .secure = kept(rq, here, "secure", was->secure),
        .sender = kept(rq, here, "sender", was->sender),
        .login = kept(rq, here, "login", was->login),
        .has_secret = *was->secret,
        .media = kept(rq, here, "media", was->media),
        .body = kept(rq, here, "body", g || c != CHANNEL_CHAT ? was->body : chat),
        .taken = kept(rq, here, "taken", g || c != CHANNEL_CHAT ? was->taken : "\"errcode\":0"),
        .here = here,
        .down = down
    };
    ret->secures = (struct gateways_list_secures){ .plain = str_eq(ret->secure, "plain"),
                                                   .starttls = str_eq(ret->secure, "starttls"),
                                                   .tls = str_eq(ret->secure, "tls") };
    ret->medias =
        (struct gateways_list_medias){ .get = !*ret->media,
                                       .json = str_eq(ret->media, "application/json"),
                                       .form = str_eq(ret->media,
                                                      "application/x-www-form-urlencoded") };
}

static enum rc gateways_page_show(struct rq *rq, struct gateways_page *p, enum channel here,
                                  struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct gateway *g;
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = gateways_get(s, rq->a, &g, &n, e);
    if (rc != RC_OK)
        return rc;
    p->list = arena_array(rq->a, CHANNELS, sizeof(*p->list));
    for (enum channel c = CHANNEL_MAIL; c < CHANNELS; c++) {
        const struct gateway *x = gateway_in(g, n, c);
        p->on += x && x->enabled;
        fill_gateway(rq, x, c, c == here, down_text(rq, s, c), &p->list[p->n_list++]);
    }
    rq_crumb(rq, rq_tr(rq, N_("提醒记录")), "/notice");
    rq_crumb(rq, rq_tr(rq, N_("提醒网关")), NULL);
    return gateways_render(rq, p, e);
}

static enum rc gateways_show(struct rq *rq, struct err *e)
{
    struct gateways_page p = { .error = NULL };
    return gateways_page_show(rq, &p, 0, e);
}

struct setting_up {
    struct county *c;
    struct gateway g;
    const char *secret, *by;
    enum channel channel;
};

static enum rc set_gateway(struct tx *tx, void *arg, struct err *e)
{
    const struct setting_up *x = arg;
    return gateway_set(tx, x->c, &x->g, x->secret, x->by, e);
}

static enum rc channel_asked(struct rq *rq, const char *code, enum channel *ret, struct err *e)
{
    *ret = channel_find(code ? code : "");
    return *ret ? RC_OK
                : err_set(e, RC_NOTFOUND, N_("没有「{channel}」这个渠道"), "channel",
                          code ? code : "");
}

static enum rc gateway_post(struct rq *rq, struct err *e)
{
    struct setting_up x = { .c = rq_county(rq), .by = rq_asker(rq)->person.code };
    struct gateways_page p = { .error = NULL };
    const char *secret = rq_field(rq, "secret");
    enum channel c;
    enum rc rc = channel_asked(rq, rq_param(rq, "channel"), &c, e);
    if (rc != RC_OK)
        return rc;
    x.g = (struct gateway){ .channel = c, .enabled = rq_flag(rq, "enabled") };
    x.secret = secret && *secret ? secret : NULL;
    const struct {
        const char *name, *label;
        const char **to;
        size_t max;
    } fields[] = { { "address", N_("网关地址"), &x.g.address, 2000 },
                   { "secure", N_("加密方式"), &x.g.secure, 20 },
                   { "sender", N_("发件人"), &x.g.sender, 120 },
                   { "login", N_("登录名"), &x.g.login, 120 },
                   { "media", N_("格式"), &x.g.media, 60 },
                   { "body", N_("消息模板"), &x.g.body, 4000 },
                   { "taken", N_("收下的回答"), &x.g.taken, 120 } };
    for (size_t i = 0; i < COUNT(fields) && rc == RC_OK; i++)
        rc = rq_text_opt(rq, fields[i].name, fields[i].label, fields[i].max, fields[i].to, e);
    if (rc == RC_OK && secret && strlen(secret) > 500)
        rc = err_set(e, RC_TOOBIG, N_("密钥最多{limit}个字节"), "limit", "500");
    if (rc == RC_OK)
        rc = db_transact(x.c->db, set_gateway, &x, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已保存")));
        return web_done(rq, "/gateway", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? gateways_page_show(rq, &p, c, e) : rc;
}

static enum rc try_gateway(struct tx *tx, void *arg, struct err *e)
{
    const struct setting_up *x = arg;
    return notice_test(tx, x->c, x->channel, x->by, e);
}

static enum rc gateway_test_post(struct rq *rq, struct err *e)
{
    struct setting_up x = { .c = rq_county(rq), .by = rq_asker(rq)->person.code };
    struct gateways_page p = { .error = NULL };
    enum rc rc = channel_asked(rq, rq_param(rq, "channel"), &x.channel, e);
    if (rc != RC_OK)
        return rc;
    rc = db_transact(x.c->db, try_gateway, &x, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("试发的一条一分钟内发出，结果见提醒记录")));
        return web_done(rq, "/notice", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? gateways_page_show(rq, &p, 0, e) : rc;
}

/* ---- one's own addresses ---- */

static enum rc channels_page_show(struct rq *rq, struct channels_page *p, enum channel here,
                                  struct err *e)
{
    static const struct {
        const char *hint, *kind;
    } ways[CHANNELS] = { [CHANNEL_MAIL] = { N_("单位邮箱"), "email" },
                         [CHANNEL_SMS] = { N_("手机号"), "tel" },
                         [CHANNEL_CHAT] = { N_("企业微信或钉钉里登记的手机号或账号"),
                                            "text" } };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct contact *own;
    struct gateway *g;
    size_t n, n_g;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = contacts_get(s, rq_county(rq), rq_asker(rq)->person.code, rq->a, &own, &n, e);
    if (rc == RC_OK)
        rc = gateways_get(s, rq->a, &g, &n_g, e);
    if (rc != RC_OK)
        return rc;
    p->none = n == 0;
    p->list = arena_array(rq->a, CHANNELS, sizeof(*p->list));
    for (enum channel c = CHANNEL_MAIL; c < CHANNELS; c++) {
        const struct gateway *gate = gateway_in(g, n_g, c);
        struct channels_list *l = &p->list[p->n_list++];
        *l = (struct channels_list){ .code = channel_code(c),
                                     .name = rq_tr(rq, channel_text(c)),
                                     .enabled = true,
                                     .address = "",
                                     .on = gate && gate->enabled,
                                     .hint = rq_tr(rq, ways[c].hint),
                                     .kind = ways[c].kind };
        for (size_t i = 0; i < n; i++)
            if (own[i].channel == c) {
                l->address = own[i].address;
                l->enabled = own[i].enabled;
            }
        l->address = kept(rq, c == here, "address", l->address);
    }
    rq_crumb(rq, rq_tr(rq, N_("我的账户")), "/me");
    rq_crumb(rq, rq_tr(rq, N_("提醒地址")), NULL);
    return channels_render(rq, p, e);
}

static enum rc channels_show(struct rq *rq, struct err *e)
{
    struct channels_page p = { .error = NULL };
    return channels_page_show(rq, &p, 0, e);
}

struct own {
    struct county *c;
    const char *account;
    struct contact x;
};

static enum rc set_own(struct tx *tx, void *arg, struct err *e)
{
    const struct own *o = arg;
    return contact_set(tx, o->c, o->account, &o->x, e);
}

static enum rc channels_post(struct rq *rq, struct err *e)
{
    struct own o = { .c = rq_county(rq), .account = rq_asker(rq)->person.code };
    struct channels_page p = { .error = NULL };
    enum rc rc = channel_asked(rq, rq_field(rq, "channel"), &o.x.channel, e);
    if (rc != RC_OK)
        return rc;
    o.x.enabled = rq_flag(rq, "enabled");
    rc = rq_text(rq, "address", N_("地址"), 120, &o.x.address, e);
    if (rc == RC_OK)
        rc = db_transact(o.c->db, set_own, &o, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已保存")));
        return web_done(rq, "/me/channels", e);
    }
    p.error_field = channel_code(o.x.channel);
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? channels_page_show(rq, &p, o.x.channel, e) : rc;
}

#define OWN .auth = SESSION | TOKEN, .need = CAP_SELF /* part of an initialiser */
#define SETTING                                                                                \
    .auth = SESSION | TOKEN, .need = CAP_SETTINGS, .scope = SCOPE_ALL /* part of an            \
                                                                         initialiser */

const struct route notice_routes[] = {
    { OWN, .method = GET, .path = "/notice", .scope = SCOPE_LIST, .fn = notices_show,
      .page = &notices_kind, .help = N_("发出的提醒和结果:本人的;运维和专班看全部") },
    { OWN, .method = GET, .path = "/notice/:number", .scope = SCOPE_OBJECT, .fn = one_show,
      .page = &notice_one_kind, .help = N_("一条提醒的经过") },
    { OWN, .method = POST, .path = "/notice/:number/again", .scope = SCOPE_OBJECT,
      .fn = again_post, .help = N_("没有送到或不知是否送到的,再发一次") },
    { SETTING, .method = GET, .path = "/gateway", .fn = gateways_show, .page = &gateways_kind,
      .help = N_("提醒网关:邮件、短信、企业微信或钉钉") },
    { SETTING, .method = POST, .path = "/gateway/:channel", .fn = gateway_post,
      .help = N_("设置一个网关;secret留空不改") },
    { SETTING, .method = POST, .path = "/gateway/:channel/test", .fn = gateway_test_post,
      .help = N_("给自己试发一条") },
    { .auth = SESSION,
      .need = CAP_SELF,
      .scope = SCOPE_ALL,
      .method = GET,
      .path = "/me/channels",
      .fn = channels_show },
    { .auth = SESSION,
      .need = CAP_SELF,
      .scope = SCOPE_ALL,
      .method = POST,
      .path = "/me/channels",
      .fn = channels_post },
};
const size_t notice_routes_n = COUNT(notice_routes);
