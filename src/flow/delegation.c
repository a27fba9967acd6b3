/* Standing in for somebody who is away. Nobody stands in for a stand-in: what one holds for
 * another is never handed on, and an arrangement that would need it is refused. */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "store/county.h"
#include "store/record.h"

enum { REASON_MAX = 200 };

enum rc flow_who_load(const struct snap *s, struct county *c, const struct person *person,
                      const struct units *units, struct arena *a, struct flow_who *ret,
                      struct err *e)
{
    struct delegations_to_row *rows;
    size_t n;
    int32_t today = county_today(c);
    enum rc rc = delegations_to_all(s, person->code, today, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct flow_who w = { .person = person, .units = units };
    w.absent = arena_array(a, n, sizeof(*w.absent));
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = person_load(s, rows[i].account_id, today, ~UINT64_C(0), a,
                         &w.absent[w.n_absent++].person, e);
    if (rc == RC_OK)
        *ret = w;
    return rc;
}

static enum rc write_record(struct tx *tx, struct county *c,
                            const struct delegation_audit_row *row, const char *kind,
                            const char *by, struct arena *a, struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &delegation_audit_query, row);
    struct record_part part = part_restricted(&k);
    return record_append(
        tx, c,
        &(struct record_new){
            .kind = kind,
            .unit = "",
            .subject = arena_printf(a, "%s-%lld", row->from_account, (long long)row->number),
            .by = by,
            .parts = &part,
            .n_parts = 1 },
        ret, e);
}

static enum rc check_account(const struct snap *s, const char *code, struct arena *a,
                             struct err *e)
{
    struct flow_account_row row;
    enum rc rc = flow_account_one(s, code, a, &row, e);
    if (rc == RC_NOTFOUND || (rc == RC_OK && str_eq(row.state, "locked")))
        return err_set(e, RC_INVALID, N_("没有可用的账号「{account}」"), "account", code);
    return rc;
}

static enum rc check_span(int32_t from, int32_t to, int32_t today, struct arena *a,
                          struct err *e)
{
    if (to < from)
        return err_set(e, RC_INVALID, N_("代办的结束日不能早于开始日"));
    if (to < today)
        return err_set(e, RC_INVALID, N_("这段时间已经过去,不能再安排代办"));
    if (to - from >= DELEGATION_DAYS_MAX)
        return err_set(e, RC_INVALID, N_("代办一次最多{days}天;更久请用移交"), "days",
                       arena_printf(a, "%d", DELEGATION_DAYS_MAX));
    return RC_OK;
}

/* No overlap that would make a chain, or two stand-ins at once. */
static enum rc check_chain(const struct snap *s, const char *from, const char *to,
                           int32_t from_day, int32_t to_day, struct arena *a, struct err *e)
{
    struct delegations_between_row *r;
    size_t n;
    enum rc rc = delegations_between_all(s, to_day, from_day, from, to, a, &r, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        char first[PERIOD_TEXT], last[PERIOD_TEXT];
        day_code((int32_t)r[i].from_day, first);
        day_code((int32_t)r[i].to_day, last);
        if (str_eq(r[i].from_account, to))
            rc = err_set(e, RC_CONFLICT,
                         N_("{account}自己在{from}至{to}也由别人代办,不能再替人代办;"
                            "请另选一人或错开日期"),
                         "account", to, "from", first, "to", last);
        else if (str_eq(r[i].to_account, from))
            rc =
                err_set(e, RC_CONFLICT,
                        N_("{account}在{from}至{to}正替{other}代办,不能转给别人;"
                           "请先由{other}另行安排"),
                        "account", from, "from", first, "to", last, "other", r[i].from_account);
        else if (str_eq(r[i].from_account, from))
            rc = err_set(e, RC_CONFLICT, N_("{from}至{to}已经安排{other}代办"), "from", first,
                         "to", last, "other", r[i].to_account);
    }
    return rc;
}

enum rc delegation_add(struct tx *tx, struct county *c, const struct person *by,
                       const char *from, const char *to, int32_t from_day, int32_t to_day,
                       const char *reason, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct snap *s = tx_snap(tx);
    struct delegation_last_row last;
    struct id record;
    if (!str_eq(by->code, from) && !person_may(by, CAP_ACCOUNTS, NULL))
        return err_set(e, RC_DENIED, N_("代办要由本人或安全管理员安排"));
    if (str_eq(from, to))
        return err_set(e, RC_INVALID, N_("代办人不能是本人"));
    if (utf8_count(reason) > REASON_MAX)
        return err_set(e, RC_INVALID, N_("「{field}」太长,最多{limit}个字"), "field",
                       N_("事由"), "limit", "200");
    enum rc rc = check_span(from_day, to_day, county_today(c), a, e);
    if (rc == RC_OK)
        rc = check_account(s, from, a, e);
    if (rc == RC_OK)
        rc = check_account(s, to, a, e);
    if (rc == RC_OK)
        rc = check_chain(s, from, to, from_day, to_day, a, e);
    if (rc == RC_OK)
        rc = delegation_last_one(s, from, a, &last, e);
    if (rc != RC_OK)
        return rc;
    struct delegation_audit_row row = { .number = last.number + 1,
                                        .from_account = from,
                                        .to_account = to,
                                        .from_day = from_day,
                                        .to_day = to_day,
                                        .reason = reason,
                                        .ended_by = "",
                                        .by_account = by->code,
                                        .at = county_now(c) };
    rc = write_record(tx, c, &row, "delegation.add", by->code, a, &record, e);
    if (rc == RC_OK)
        rc = delegation_insert(tx, row.number, from, to, from_day, to_day, reason, by->code,
                               row.at, record, NULL, e);
    return rc;
}

enum rc delegation_end(struct tx *tx, struct county *c, const struct person *by,
                       const char *from, int64_t number, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct delegation_row_row d;
    struct id record;
    int32_t today = county_today(c);
    if (!str_eq(by->code, from) && !person_may(by, CAP_ACCOUNTS, NULL))
        return err_set(e, RC_DENIED, N_("代办要由本人或安全管理员安排"));
    enum rc rc = delegation_row_one(tx_snap(tx), from, number, a, &d, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有这一项代办安排"));
    if (rc != RC_OK)
        return rc;
    if (*d.ended_by || d.to_day < today)
        return err_set(e, RC_CONFLICT, N_("这一项代办已经结束"));
    struct delegation_audit_row row = { .number = d.number,
                                        .from_account = d.from_account,
                                        .to_account = d.to_account,
                                        .from_day = d.from_day,
                                        .to_day = d.to_day,
                                        .reason = d.reason,
                                        .ended_by = by->code,
                                        .by_account = d.by_account,
                                        .at = county_now(c) };
    rc = write_record(tx, c, &row, "delegation.end", by->code, a, &record, e);
    if (rc == RC_OK)
        rc = delegation_set_end(tx, by->code, row.to_day, row.at, record, d.id, NULL, e);
    return rc;
}

enum rc delegation_list(const struct snap *s, const char *account, struct arena *a,
                        struct delegation **ret, size_t *ret_n, struct err *e)
{
    struct delegations_of_row *rows;
    size_t n;
    enum rc rc = delegations_of_all(s, account, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = (struct delegation){ .from = rows[i].from_account,
                                         .to = rows[i].to_account,
                                         .reason = rows[i].reason,
                                         .ended_by = rows[i].ended_by,
                                         .by = rows[i].by_account,
                                         .number = rows[i].number,
                                         .from_day = (int32_t)rows[i].from_day,
                                         .to_day = (int32_t)rows[i].to_day };
    return RC_OK;
}
