/*
 * Calls to other programs. The one idea: what happened is put into the queue by the change that
 * makes it happen; whether anybody can be reached is another matter, tried again and again for
 * more than a day, and how it ended is a receipt.
 */
#include "collect/webhook.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/hmac.h"
#include "base/period.h"
#include "base/str.h"
#include "collect/pull.h"
#include "collect/round.h"
#include "collect/webhook.sql.h"
#include "notice/outside.h"
#include "store/county.h"
#include "store/record.h"
#include "store/secret.h"

#include <string.h>

const char webhook_job[] = "webhook";
const char *const webhook_events[3] = { WEBHOOK_ROUND_OPENED, WEBHOOK_FILING_SIGNED,
                                        WEBHOOK_PUBLISHED };
enum { FIRST_WAIT_S = 60, LONGEST_WAIT_S = 3 * 3600 };

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; (p = strstr(p, word)); p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
            return true;
    return false;
}

/* ---- setting up ---- */

static enum rc write_record(struct tx *tx, struct county *c, const struct query *audit,
                            const void *row, const char *kind, const char *subject,
                            const char *by, struct arena *a, struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, audit, row);
    struct record_part part = part_restricted(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = subject,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

static enum rc check_new(const struct snap *s, const struct webhook_new *n, struct arena *a,
                         struct err *e)
{
    const char *allowed;
    size_t k, known = 0;
    char **event = str_split(a, n->events, ' ', &k);
    for (size_t i = 0; i < k; i++) {
        bool found = false;
        for (size_t j = 0; j < COUNT(webhook_events); j++)
            found |= str_eq(event[i], webhook_events[j]);
        if (*event[i] && !found)
            return err_set(e, RC_INVALID, N_("没有「{event}」这种事"), "event", event[i]);
        known += found;
    }
    if (known == 0)
        return err_set(e, RC_INVALID, N_("请至少选一件要通知的事"));
    if (!str_starts(n->url, "http://") && !str_starts(n->url, "https://"))
        return err_set(e, RC_INVALID, N_("接口地址应以 https:// 或 http:// 开头"));
    enum rc rc = setting_text(s, &collect_settings[COLLECT_OUTSIDE], a, &allowed, e);
    if (rc == RC_OK && !outside_allowed(allowed, n->url))
        rc = err_set(e, RC_INVALID,
                     N_("{address}不在允许连接的地址里;请系统管理员在「设置」里加上"),
                     "address", n->url);
    return rc;
}

enum rc webhook_make(struct tx *tx, struct county *c, const struct person *by,
                     const struct webhook_new *n, struct arena *a, const char **ret_code,
                     char ret_key[2 * WEBHOOK_KEY + 1], struct err *e)
{
    uint8_t key[WEBHOOK_KEY];
    struct hook_last_row last;
    struct bytes sealed;
    struct id record;
    enum rc rc = person_demand(by, CAP_DISPATCH, NULL, e);
    if (rc == RC_OK)
        rc = check_new(tx_snap(tx), n, a, e);
    if (rc == RC_OK)
        rc = hook_last_one(tx_snap(tx), a, &last, e);
    random_bytes(key, sizeof(key));
    if (rc == RC_OK)
        rc = secret_seal(c, key, sizeof(key), a, &sealed, e);
    if (rc != RC_OK)
        return rc;
    const struct hook_audit_row row = { .code =
                                            arena_printf(a, "H-%05lld", (long long)last.id + 1),
                                        .name = n->name,
                                        .url = n->url,
                                        .events = n->events,
                                        .state = "on",
                                        .by_account = by->code,
                                        .at = county_now(c) };
    rc = write_record(tx, c, &hook_audit_query, &row, "webhook.set", row.code, by->code, a,
                      &record, e);
    if (rc == RC_OK)
        rc = hook_insert(tx, row.code, row.name, row.url, row.events, sealed, row.state,
                         row.by_account, row.at, record, NULL, e);
    if (rc == RC_OK) {
        *ret_code = row.code;
        hex_encode(key, sizeof(key), ret_key);
    }
    explicit_bzero(key, sizeof(key));
    return rc;
}

enum rc webhook_switch(struct tx *tx, struct county *c, const struct person *by,
                       const char *code, bool on, struct arena *a, struct err *e)
{
    struct hook_of_code_row h;
    struct id record;
    int64_t changed = 0;
    enum rc rc = person_demand(by, CAP_DISPATCH, NULL, e);
    if (rc == RC_OK)
        rc = hook_of_code_one(tx_snap(tx), code, a, &h, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的外部程序"), "code", code);
    }
    if (rc != RC_OK)
        return rc;
    const struct hook_audit_row row = { .code = h.code,
                                        .name = h.name,
                                        .url = h.url,
                                        .events = h.events,
                                        .state = on ? "on" : "off",
                                        .by_account = h.by_account,
                                        .at = county_now(c) };
    rc = write_record(tx, c, &hook_audit_query, &row, "webhook.set", h.code, by->code, a,
                      &record, e);
    if (rc == RC_OK)
        rc = hook_set_state(tx, row.state, row.at, record, h.code, &changed, e);
    if (rc == RC_OK && changed == 0)
        rc = err_set(e, RC_CONFLICT, on ? N_("已经开着") : N_("已经停了"));
    return rc;
}

/* ---- the queue ---- */

static enum rc put(struct tx *tx, const char *hook, const char *event, const char *subject,
                   struct utime at, struct arena *a, struct err *e)
{
    struct call_last_row last;
    enum rc rc = call_last_one(tx_snap(tx), hook, a, &last, e);
    return rc == RC_OK ? call_insert(tx, hook, last.number + 1, event, subject, at, NULL, e)
                       : rc;
}

enum rc webhook_emit(struct tx *tx, struct county *c, const char *event, const char *code,
                     struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct hook_list_row *h;
    size_t n;
    enum rc rc = hook_list_all(tx_snap(tx), a, &h, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (str_eq(h[i].state, "on") && has_word(h[i].events, event))
            rc = put(tx, h[i].code, event, code, county_now(c), a, e);
    return rc;
}

/* Publications are a matter of the desk, which knows nothing of us: what is new among them. */
static enum rc put_published(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct calls_published_row *p;
    size_t n;
    char code[PERIOD_TEXT];
    (void)arg;
    enum rc rc = calls_published_all(tx_snap(tx), a, &p, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = put(tx, p[i].code, WEBHOOK_PUBLISHED, period_code(p[i].period, code),
                 p[i].published_at, a, e);
    return rc;
}

/* ---- calling ---- */

struct calling {
    struct county *c;
    struct arena *a;
    const struct calls_due_row *call;
    struct utime now;
    bool sent;
    int64_t attempts, status;
    const char *message;
};

static const char *body_of(const struct calls_due_row *r, struct arena *a)
{
    struct canon k;
    size_t n;
    char at[TIME_TEXT];
    canon_init(&k, a);
    canon_text(&k, "at", time_iso(r->made_at, at));
    canon_text(&k, "event", r->event);
    canon_text(&k, "hook", r->hook);
    canon_int(&k, "number", r->number);
    canon_text(&k, "subject", r->subject);
    return canon_end(&k, &n);
}

static enum rc call_out(struct calling *x, struct err *e)
{
    uint8_t key[WEBHOOK_KEY], mac[HASH_SIZE];
    char hex[HASH_HEX];
    struct outside_reply r;
    const char *body = body_of(x->call, x->a);
    enum rc rc = secret_open(x->c, x->call->secret, key, sizeof(key), e);
    if (rc != RC_OK)
        return rc;
    hmac_sha256(key, sizeof(key), body, strlen(body), mac);
    explicit_bzero(key, sizeof(key));
    const char *const headers[] = { arena_printf(x->a, "X-Jingjian-Event: %s", x->call->event),
                                    arena_printf(x->a, "X-Jingjian-Signature: sha256=%s",
                                                 hex_encode(mac, sizeof(mac), hex)),
                                    NULL };
    rc = outside_ask(x->a,
                     &(struct outside_call){ .url = x->call->url,
                                             .post = true,
                                             .body = { (const uint8_t *)body, strlen(body) },
                                             .media = "application/json",
                                             .headers = headers,
                                             .timeout_ms = WEBHOOK_TIMEOUT_MS,
                                             .max = WEBHOOK_ANSWER_MAX,
                                             .cut = true },
                     &r, e);
    if (rc != RC_OK)
        return rc;
    x->status = r.status;
    return r.status / 100 == 2 ? RC_OK
                               : err_set(e, RC_IO, N_("对方答{status},应是2xx"), "status",
                                         arena_printf(x->a, "%d", r.status));
}

static int64_t wait_s(int64_t attempts)
{
    int64_t s = FIRST_WAIT_S;
    for (int64_t i = 1; i < attempts && s < LONGEST_WAIT_S; i++)
        s *= 2;
    return s < LONGEST_WAIT_S ? s : LONGEST_WAIT_S;
}

static enum rc write_outcome(struct tx *tx, void *arg, struct err *e)
{
    struct calling *x = arg;
    const struct calls_due_row *r = x->call;
    struct id record;
    if (!x->sent && x->attempts < WEBHOOK_ATTEMPTS)
        return call_again(tx, x->attempts,
                          (struct utime){ x->now.us + wait_s(x->attempts) * 1000000 },
                          x->status, x->message, r->id, NULL, e);
    const struct call_audit_row row = { .hook = r->hook,
                                        .number = r->number,
                                        .event = r->event,
                                        .subject = r->subject,
                                        .made_at = r->made_at,
                                        .state = x->sent ? "sent" : "failed",
                                        .attempts = x->attempts,
                                        .status = x->status,
                                        .message = x->message,
                                        .ended_at = county_now(x->c) };
    enum rc rc = write_record(tx, x->c, &call_audit_query, &row, "webhook.called",
                              arena_printf(x->a, "%s-%lld", r->hook, (long long)r->number), "",
                              x->a, &record, e);
    return rc == RC_OK ? call_end(tx, row.state, row.attempts, row.status, row.message,
                                  row.ended_at, record, r->id, NULL, e)
                       : rc;
}

enum rc webhook_send(struct county *c, struct utime now, struct webhook_sent *ret,
                     struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct calls_due_row *r;
    struct calls_published_row *fresh;
    size_t n = 0, n_fresh = 0;
    *ret = (struct webhook_sent){ 0 };
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = calls_published_all(s, a, &fresh, &n_fresh, e);
    db_read_end(&s);
    if (rc == RC_OK && n_fresh)
        rc = db_transact(c->db, put_published, NULL, e);
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = calls_due_all(s, now, a, &r, &n, e);
    db_read_end(&s);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        CLEANUP(err_done) struct err why = { 0 };
        struct calling x = { .c = c,
                             .a = a,
                             .call = &r[i],
                             .now = now,
                             .attempts = r[i].attempts + 1,
                             .message = "" };
        x.sent = call_out(&x, &why) == RC_OK;
        if (!x.sent)
            x.message = pull_message(&why, a);
        rc = db_transact(c->db, write_outcome, &x, e);
        ret->sent += x.sent;
        ret->later += !x.sent && x.attempts < WEBHOOK_ATTEMPTS;
        ret->given_up += !x.sent && x.attempts >= WEBHOOK_ATTEMPTS;
    }
    return rc;
}

enum rc webhook_job_run(struct job_run *r, struct err *e)
{
    const struct clock real = { 0 };
    struct webhook_sent sent;
    enum rc rc = webhook_send(r->c, clock_now(&real), &sent, e);
    if (rc == RC_OK && sent.sent + sent.later + sent.given_up)
        (void)err_set(&r->said, RC_DONE, N_("送到{sent}次,过后再试{later}次,放弃{lost}次"),
                      "sent", fmt_count(r->a, sent.sent), "later", fmt_count(r->a, sent.later),
                      "lost", fmt_count(r->a, sent.given_up)); /* no failure */
    return rc;
}
