/*
 * Gateways and people's addresses: set up by pages, secrets and addresses sealed. A record says
 * what was set and the digest of what is sealed, never a secret or an address.
 */
#include "base/hash.h"
#include "base/str.h"
#include "notice/notice.h"
#include "notice/room.h"
#include "notice/sending.sql.h"
#include "store/county.h"
#include "store/record.h"
#include "store/secret.h"

static const char *digest_of(struct arena *a, struct bytes sealed)
{
    uint8_t d[HASH_SIZE];
    char *hex = arena_alloc(a, 2 * HASH_SIZE + 1);
    sha256(sealed.p, sealed.n, d);
    return hex_encode(d, HASH_SIZE, hex);
}

enum rc notice_record(struct tx *tx, struct county *c, const char *kind, const char *subject,
                      const char *by, const struct query *audit, const void *row,
                      struct arena *a, struct id *ret, struct err *e)
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

/* ---- gateways ---- */

static struct gateway gateway_of(const struct gateway_list_row *r)
{
    return (struct gateway){ .channel = channel_find(r->channel),
                             .enabled = r->enabled,
                             .address = r->address,
                             .secure = r->secure,
                             .sender = r->sender,
                             .login = r->login,
                             .media = r->media,
                             .body = r->body,
                             .taken = r->taken,
                             .secret = r->secret.n ? "*" : "" };
}

enum rc gateways_get(const struct snap *s, struct arena *a, struct gateway **ret, size_t *ret_n,
                     struct err *e)
{
    struct gateway_list_row *rows;
    size_t n;
    enum rc rc = gateway_list_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = gateway_of(&rows[i]);
    return RC_OK;
}

enum rc gateway_open(const struct snap *s, struct county *c, enum channel channel,
                     struct arena *a, struct gateway *ret, struct err *e)
{
    struct gateway_list_row *rows;
    size_t n;
    enum rc rc = gateway_list_all(s, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        if (!str_eq(rows[i].channel, channel_code(channel)))
            continue;
        struct gateway g = gateway_of(&rows[i]);
        g.secret = "";
        if (rows[i].secret.n)
            rc = secret_open_text(c, rows[i].secret, a, &g.secret, e);
        if (rc == RC_OK)
            *ret = g;
        return rc;
    }
    return rc == RC_OK ? err_set(e, RC_NOTFOUND, N_("「{channel}」还没有设置"), "channel",
                                 channel_text(channel))
                       : rc;
}

static const struct gateway_list_row *row_of(const struct gateway_list_row *rows, size_t n,
                                             enum channel channel)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].channel, channel_code(channel)))
            return &rows[i];
    return NULL;
}

enum rc gateway_set(struct tx *tx, struct county *c, const struct gateway *g,
                    const char *secret, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct gateway_list_row *rows;
    size_t n;
    struct id record;
    struct bytes sealed = { NULL, 0 };
    enum rc rc = gateway_check(g, e);
    if (rc == RC_OK)
        rc = gateway_list_all(tx_snap(tx), a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    const struct gateway_list_row *old = row_of(rows, n, g->channel);
    if (!secret && old)
        sealed = old->secret;
    else if (secret && *secret)
        rc = secret_seal(c, secret, strlen(secret), a, &sealed, e);
    struct gateway_audit_row row = { .channel = channel_code(g->channel),
                                     .enabled = g->enabled,
                                     .address = g->address,
                                     .secure = g->secure,
                                     .sender = g->sender,
                                     .login = g->login,
                                     .secret_digest = sealed.n ? digest_of(a, sealed) : "",
                                     .media = g->media,
                                     .body = g->body,
                                     .taken = g->taken,
                                     .by_account = by,
                                     .at = county_now(c) };
    if (rc == RC_OK)
        rc = notice_record(tx, c, "gateway.set", row.channel, by, &gateway_audit_query, &row, a,
                           &record, e);
    if (rc == RC_OK)
        rc = gateway_put(tx, row.channel, row.enabled, row.address, row.secure, row.sender,
                         row.login, sealed, row.secret_digest, row.media, row.body, row.taken,
                         by, row.at, record, NULL, e);
    /* What was wrong may be right now: ask it at once. */
    return rc == RC_OK ? health_good(tx, row.channel, NULL, e) : rc;
}

/* ---- contacts ---- */

enum rc contacts_get(const struct snap *s, struct county *c, const char *account,
                     struct arena *a, struct contact **ret, size_t *ret_n, struct err *e)
{
    struct contact_of_row *rows;
    size_t n;
    enum rc rc = contact_of_all(s, account, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    *ret_n = n;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        (*ret)[i] = (struct contact){ channel_find(rows[i].channel), rows[i].enabled, "" };
        rc = secret_open_text(c, rows[i].sealed, a, &(*ret)[i].address, e);
    }
    return rc;
}

enum rc contact_set(struct tx *tx, struct county *c, const char *account,
                    const struct contact *x, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bytes sealed;
    struct id record;
    enum rc rc = contact_check(x->channel, x->address, e);
    if (rc == RC_OK)
        rc = secret_seal(c, x->address, strlen(x->address), a, &sealed, e);
    if (rc != RC_OK)
        return rc;
    struct contact_audit_row row = { .account = account,
                                     .channel = channel_code(x->channel),
                                     .enabled = x->enabled,
                                     .sealed_digest = digest_of(a, sealed),
                                     .at = county_now(c) };
    rc = notice_record(tx, c, "contact.set",
                       arena_printf(a, "%s-%s", account, channel_code(x->channel)), account,
                       &contact_audit_query, &row, a, &record, e);
    return rc == RC_OK ? contact_put(tx, account, row.channel, row.enabled, sealed,
                                     row.sealed_digest, row.at, record, NULL, e)
                       : rc;
}

/* ---- for the audit ---- */

static enum rc differs(const char *table, const char *who, struct err *e)
{
    return err_set(e, RC_UNPROVEN, N_("表 {table}:「{key}」封存的内容被改动过"), "table", table,
                   "key", who);
}

enum rc contacts_check(const struct snap *s, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct id after = { 0 };
    for (;;) {
        struct contact_all_row *rows;
        size_t n;
        arena_reset(a);
        enum rc rc = contact_all_all(s, after, a, &rows, &n, e);
        for (size_t i = 0; rc == RC_OK && i < n; i++) {
            after = rows[i].id;
            if (!str_eq(digest_of(a, rows[i].sealed), rows[i].sealed_digest))
                rc = differs("contact", rows[i].account, e);
        }
        if (rc != RC_OK || n == 0)
            return rc;
    }
}

enum rc gateways_check(const struct snap *s, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct gateway_list_row *rows;
    size_t n;
    enum rc rc = gateway_list_all(s, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (!str_eq(rows[i].secret.n ? digest_of(a, rows[i].secret) : "",
                    rows[i].secret_digest))
            rc = differs("gateway", rows[i].channel, e);
    return rc;
}
