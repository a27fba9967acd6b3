/* Settings. The one idea: a setting exists only as a row of a const table, so that every limit
 * has a name and a sentence. */
#include "store/setting.h"

#include "base/parse.h"
#include "base/str.h"
#include "store/county.h"
#include "store/record.h"
#include "store/setting.sql.h"
#include "tlog/ops.h"
#include "verify/policy.h"

#include <jansson.h>
#include <string.h>

/* Witnesses, groups and the quorum; the county's own log line is put before it. */
static enum rc policy_check_text(const char *value, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct policy *p = arena_alloc(a, sizeof(*p));
    size_t line;

    if (policy_parse(tlog_ops(), span_of(value), p, &line) && p->n_logs == 0)
        return RC_OK;
    return err_set(e, RC_INVALID,
                   N_("见证策略第 {line} 行不对:应由 witness、group 行和一个 quorum 行组成"),
                   "line", arena_printf(a, "%zu", line));
}

static enum rc address_check(const char *value, struct err *e)
{
    bool ok = !*value || ((str_starts(value, "http://") || str_starts(value, "https://")) &&
                          !strpbrk(value, " \"<>\\") && !str_ends(value, "/"));
    return ok ? RC_OK
              : err_set(e, RC_INVALID,
                        N_("网址应以 http:// 或 https:// 开头，末尾不带 /，如 {example}"),
                        "example", "https://jingjian.qingxi.example");
}

const struct setting store_settings[] = {
    [SET_LOG_POLICY] = { .key = "log.policy",
                         .type = SETTING_TEXT,
                         .fallback = "quorum none\n",
                         .max = 20000,
                         .title = N_("见证机构"),
                         .help = N_("日志的见证机构和法定数(tlog-policy 格式,不含 log 行)"),
                         .check = policy_check_text },
    [SET_DAILY_PAD] = { .key = "log.daily_pad",
                        .type = SETTING_INT,
                        .fallback = "32",
                        .min = 1,
                        .max = 4096,
                        .title = N_("按日封存补足"),
                        .unit = N_("条"),
                        .help = N_("按日封存的记录每天补足到这个数的整数倍") },
    [SET_LOG_ADDRESS] = { .key = "log.address",
                          .type = SETTING_TEXT,
                          .fallback = "",
                          .max = 200,
                          .title = N_("核验网址"),
                          .help =
                              N_("本平台的网址，印进报告的二维码；空着就用打开报告时的网址"),
                          .check = address_check },
};
const size_t store_settings_n = COUNT(store_settings);

const struct setting *setting_find(const struct setting *list, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].key, key))
            return &list[i];
    return NULL;
}

enum rc setting_text(const struct snap *snap, const struct setting *s, struct arena *a,
                     const char **ret, struct err *e)
{
    struct setting_value_row row;

    enum rc rc = setting_value_one(snap, s->key, a, &row, e);
    if (rc == RC_OK)
        *ret = row.value;
    else if (rc == RC_NOTFOUND)
        *ret = s->fallback;
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* An INT or BOOL read back. */
static enum rc number_of(const struct setting *s, const char *text, int64_t *ret, struct err *e)
{
    bool yes_no = s->type == SETTING_BOOL;
    return parse_int64(text, yes_no ? 0 : s->min, yes_no ? 1 : s->max, s->key, ret, e);
}

enum rc setting_int(const struct snap *snap, const struct setting *s, int64_t *ret,
                    struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *text;

    enum rc rc = setting_text(snap, s, a, &text, e);
    return rc == RC_OK ? number_of(s, text, ret, e) : rc;
}

enum rc setting_check(const struct setting *s, const char *value, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t max = s->max == 0 ? 1000 : (size_t)s->max;
    int64_t v;
    enum rc rc = RC_OK;

    switch (s->type) {
    case SETTING_INT:
        rc = parse_int64(value, s->min, s->max, s->key, &v, e);
        break;
    case SETTING_BOOL:
        rc = parse_int64(value, 0, 1, s->key, &v, e);
        break;
    case SETTING_TEXT:
        if (strlen(value) > max)
            rc = err_set(e, RC_TOOBIG, N_("设置 {key} 超过 {max} 字节"), "key", s->key, "max",
                         arena_printf(a, "%zu", max));
        break;
    }
    return rc == RC_OK && s->check != NULL ? s->check(value, e) : rc;
}

enum rc setting_set(struct tx *tx, struct county *c, const struct setting *s, const char *value,
                    const char *by, struct err *e)
{
    return setting_change(tx, c, s, value, "", by, e);
}

enum rc setting_change(struct tx *tx, struct county *c, const struct setting *s,
                       const char *value, const char *why, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct setting_audit_row row = { .key = s->key,
                                     .value = value,
                                     .changed_at = county_now(c) };
    struct canon canon, reason;
    const char *was;

    enum rc rc = setting_check(s, value, e);
    if (rc == RC_OK)
        rc = setting_text(tx_snap(tx), s, a, &was, e);
    if (rc != RC_OK || str_eq(was, value))
        return rc;
    canon_init(&canon, a);
    canon_row(&canon, &setting_audit_query, &row);
    canon_init(&reason, a);
    canon_text(&reason, "why", why);
    const struct record_part parts[] = { part_open(&canon), part_open(&reason) };
    const struct record_new new = { .kind = "setting.set",
                                    .unit = "",
                                    .subject = s->key,
                                    .by = by,
                                    .parts = parts,
                                    .n_parts = *why ? 2 : 1 };
    rc = record_append(tx, c, &new, &row.record_id, e);
    if (rc != RC_OK)
        return rc;
    return setting_put(tx, row.key, row.value, row.changed_at, row.record_id, NULL, e);
}

static const char *said(const struct record *r, const char *key, struct arena *a)
{
    const char *text = NULL;

    for (size_t i = 0; i < r->n_parts && text == NULL; i++) {
        if (r->parts[i].erased)
            continue;
        json_t *o = json_loadb((const char *)r->parts[i].bytes.p, r->parts[i].bytes.n, 0, NULL);
        const char *v = json_string_value(json_object_get(o, key));
        if (v != NULL)
            text = arena_strdup(a, v);
        json_decref(o);
    }
    return text == NULL ? "" : text;
}

enum rc setting_int_then(const struct snap *snap, const struct setting *s, struct utime at,
                         int64_t *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct setting_then_row row;
    struct record r;

    enum rc rc = setting_then_one(snap, s->key, at, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return number_of(s, s->fallback, ret, e);
    }
    if (rc == RC_OK)
        rc = record_get(snap, row.id, a, &r, e);
    return rc == RC_OK ? number_of(s, said(&r, "value", a), ret, e) : rc;
}

enum rc setting_history(const struct snap *snap, struct arena *a, int64_t max,
                        struct setting_past **ret, size_t *ret_n, struct err *e)
{
    struct setting_records_row *rows;
    size_t n;

    enum rc rc = setting_records_all(snap, max, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct setting_past *list = arena_array(a, n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        struct record r;
        rc = record_get(snap, rows[i].id, a, &r, e);
        if (rc != RC_OK)
            return rc;
        list[i] = (struct setting_past){ .key = r.subject,
                                         .value = said(&r, "value", a),
                                         .why = said(&r, "why", a),
                                         .by = r.by,
                                         .at = r.at };
    }
    *ret = list;
    *ret_n = n;
    return RC_OK;
}
