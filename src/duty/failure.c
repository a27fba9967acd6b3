/* What the discipline organ entered, and what people say to what is held about them. Who may is
 * decided here, so that no route, present or to come, can go around it. */
#include "duty/failure.h"

#include "base/period.h"
#include "base/str.h"
#include "duty/duty.sql.h"
#include "store/canon.h"
#include "store/county.h"

#include <string.h>

/* One kind for both, sealed daily with padding: the log does not tell which of them, nor that
 * there was any. */
static const char record_kind[] = "duty.personal";

static enum rc append(struct tx *tx, struct county *c, struct canon *restricted,
                      struct canon *personal, struct id *ret, struct err *e)
{
    struct record_part parts[] = { part_restricted(restricted), part_personal(personal) };
    return record_append(tx, c,
                         &(struct record_new){ .kind = record_kind,
                                               .unit = "",
                                               .subject = "",
                                               .daily = true,
                                               .parts = parts,
                                               .n_parts = COUNT(parts) },
                         ret, e);
}

/* ---- 失责记实 ---- */

/* A number as documents have them, 清纪监〔2026〕12号: nothing else fits in, no story either.
 */
static bool is_document(const char *s)
{
    static const char *const open[] = { "〔", "[", "（", "(", "【" }, *const close[] = {
        "〕", "]", "）", ")", "】"
    };
    size_t n = utf8_count(s);
    if (n < 6 || n > FAILURE_DOCUMENT_MAX || !str_ends(s, "号"))
        return false;
    for (size_t i = 0; i < COUNT(open); i++) {
        const char *p = strstr(s, open[i]);
        if (!p || p == s)
            continue;
        p += strlen(open[i]);
        if (strspn(p, "0123456789") != 4 || !str_starts(p + 4, close[i]))
            return false;
        p += 4 + strlen(close[i]);
        size_t digits = strspn(p, "0123456789");
        return digits > 0 && str_eq(p + digits, "号");
    }
    return false;
}

static enum rc insert(struct tx *tx, struct county *c, const struct duty_failure_audit_row *row,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct canon restricted, personal;
    struct id record;
    canon_init(&restricted, a);
    canon_text(&restricted, "code", row->code);
    canon_text(&restricted, "by_account", row->by_account);
    canon_time(&restricted, "at", row->at);
    canon_init(&personal, a);
    canon_text(&personal, "post", row->post);
    canon_text(&personal, "account", row->account);
    canon_text(&personal, "document", row->document);
    canon_int(&personal, "day", row->day);
    canon_text(&personal, "duty", row->duty);
    enum rc rc = append(tx, c, &restricted, &personal, &record, e);
    return rc == RC_OK ? duty_failure_insert(tx, row->code, row->post, row->account,
                                             row->document, row->day, row->duty,
                                             row->by_account, row->at, record, NULL, e)
                       : rc;
}

/* Over the unit of today, or of its last day when it has ended. */
static enum rc demand(const struct snap *s, const struct person *by, const struct units *us,
                      const char *unit, struct arena *a, struct err *e)
{
    const struct unit *u = units_find(us, unit);
    if (!u) {
        enum rc rc = units_of_ended(s, unit, a, &us, e);
        if (rc != RC_OK)
            return rc;
        u = units_find(us, unit);
    }
    return person_demand(by, CAP_DISCIPLINE, u, e);
}

enum rc failure_add(struct tx *tx, struct county *c, const struct person *by,
                    const struct units *us, const struct failure_new *f, struct arena *a,
                    const char **ret_code, struct err *e)
{
    const struct snap *s = tx_snap(tx);
    struct duty_post p;
    struct duty_holding_on_row holder;
    struct duty_failure_same_row same;
    struct duty_failure_last_row last;
    int year, month, day;
    /* Who may not enter any is told nothing about posts. */
    enum rc rc =
        person_can(by, CAP_DISCIPLINE) ? RC_OK : person_demand(by, CAP_DISCIPLINE, NULL, e);
    if (rc == RC_OK)
        rc = duty_post_get(s, f->post, a, &p, e);
    if (rc == RC_OK)
        rc = demand(s, by, us, p.unit, a, e);
    if (rc == RC_OK && !is_document(f->document))
        rc = err_set(
            e, RC_INVALID,
            N_("失责记实凭文号登记，文号应如 清纪监〔2026〕12号；经过写在文件里，不写进平台"));
    if (rc == RC_OK && !f->duty)
        rc = err_set(e, RC_INVALID,
                     N_("责任应为 主体责任、监督责任、第一责任人责任 或 一岗双责"));
    if (rc == RC_OK && (f->day <= 0 || f->day > county_today(c)))
        rc = err_set(e, RC_INVALID, N_("文件日期应是今天或以前"));
    if (rc != RC_OK)
        return rc;
    rc = duty_holding_on_one(s, f->post, f->day, a, &holder, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_INVALID, N_("文件那天没有人任「{post}」：请核对岗位和日期"),
                       "post", p.name);
    if (rc == RC_OK && str_eq(holder.account, by->code))
        return err_set(e, RC_DENIED, N_("本人的事要由别人登记"));
    if (rc == RC_OK)
        rc = duty_failure_same_one(s, f->post, f->document, duty_word(f->duty), f->day, a,
                                   &same, e);
    if (rc == RC_OK)
        return err_set(e, RC_CONFLICT, N_("这份文件已经登记，编号{code}"), "code", same.code);
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    rc = duty_failure_last_one(s, a, &last, e);
    if (rc != RC_OK)
        return rc;
    day_split(county_today(c), &year, &month, &day);
    struct duty_failure_audit_row row = { .code = arena_printf(a, "Q-%d-%04lld", year,
                                                               (long long)last.id + 1),
                                          .post = f->post,
                                          .account = holder.account,
                                          .document = f->document,
                                          .day = f->day,
                                          .duty = duty_word(f->duty),
                                          .by_account = by->code,
                                          .at = county_now(c) };
    rc = insert(tx, c, &row, e);
    if (rc == RC_OK)
        *ret_code = row.code;
    return rc;
}

static enum rc list(const struct snap *s, const char *account, struct arena *a,
                    struct failure **ret, size_t *ret_n, struct err *e)
{
    struct duty_failures_row *rows;
    enum rc rc = duty_failures_all(s, account, a, &rows, ret_n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, *ret_n, sizeof(**ret));
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct failure){ .code = rows[i].code,
                                      .post = rows[i].post,
                                      .post_name = rows[i].post_name ? rows[i].post_name : "",
                                      .unit = rows[i].unit ? rows[i].unit : "",
                                      .account = rows[i].account,
                                      .holder = rows[i].holder ? rows[i].holder : "",
                                      .document = rows[i].document,
                                      .day = (int32_t)rows[i].day,
                                      .duty = duty_of(rows[i].duty),
                                      .erased = !*rows[i].account,
                                      .at = rows[i].at,
                                      .record = rows[i].record_id };
    return RC_OK;
}

enum rc failures_of(const struct snap *s, const char *account, struct arena *a,
                    struct failure **ret, size_t *ret_n, struct err *e)
{
    *ret_n = 0;
    return *account ? list(s, account, a, ret, ret_n, e) : RC_OK;
}

enum rc failures_seen(const struct snap *s, const struct person *p, const struct units *us,
                      struct arena *a, struct failure **ret, size_t *ret_n, struct err *e)
{
    size_t n, m = 0;
    enum rc rc = list(s, "", a, ret, &n, e);
    if (rc != RC_OK)
        return rc;
    bool all = person_may(p, CAP_DISCIPLINE, NULL);
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_find(us, (*ret)[i].unit);
        if (all || (u && person_may(p, CAP_DISCIPLINE, u)))
            (*ret)[m++] = (*ret)[i];
    }
    *ret_n = m;
    return RC_OK;
}

/* ---- erasing ---- */

static enum rc blank(struct tx *tx, const struct record *r, uint32_t parts, struct err *e)
{
    (void)parts; /* there is one personal part; the record is of a row of either table */
    enum rc rc = duty_failure_blank(tx, r->id, NULL, e);
    return rc == RC_OK ? duty_statement_blank(tx, r->id, NULL, e) : rc;
}

const struct eraser duty_eraser = { .kind = record_kind, .blank = blank };

static enum rc erase_record(struct county *c, struct id id, const char *ground, const char *by,
                            struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct record *r = arena_alloc(a, sizeof(*r));
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = record_get(s, id, a, r, e);
    db_read_end(&s);
    return rc == RC_OK ? record_erase(c, id, record_parts_of(r, PART_PERSONAL), ground, by,
                                      &duty_eraser, 1, e)
                       : rc;
}

enum rc failure_erase(struct county *c, const struct person *by, const struct units *us,
                      const char *code, const char *ground, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct duty_failure_row_row f;
    struct duty_post p;
    struct duty_statements_row *said;
    size_t n;
    enum rc rc =
        person_can(by, CAP_DISCIPLINE) ? RC_OK : person_demand(by, CAP_DISCIPLINE, NULL, e);
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = duty_failure_row_one(s, code, a, &f, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的失责记实"), "code", code);
    if (rc == RC_OK && !*f.account)
        return err_set(e, RC_CONFLICT, N_("「{code}」已经删除"), "code", code);
    if (rc == RC_OK)
        rc = duty_post_get(s, f.post, a, &p, e);
    if (rc == RC_OK)
        rc = demand(s, by, us, p.unit, a, e);
    if (rc == RC_OK && str_eq(f.account, by->code))
        rc = err_set(e, RC_DENIED, N_("本人的事要由别人登记"));
    if (rc == RC_OK && !*ground)
        rc = err_set(e, RC_INVALID, N_("请写删除的依据"));
    if (rc == RC_OK)
        rc = duty_statements_all(s, "failure", code, a, &said, &n, e);
    db_read_end(&s);
    /* What was said to it first: were it to stop half-way, the rest is still found by the code.
     */
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (*said[i].account)
            rc = erase_record(c, said[i].record_id, ground, by->code, e);
    return rc == RC_OK ? erase_record(c, f.record_id, ground, by->code, e) : rc;
}

/* ---- 本人说明 ---- */

/* Is it about them? */
static enum rc about(const struct snap *s, struct county *c, const struct person *by,
                     const char *what, const char *code, struct arena *a, struct err *e)
{
    struct duty_failure_row_row f;
    struct duty_late_one_row m;
    enum rc rc = RC_NOTFOUND;
    if (str_eq(what, "failure")) {
        rc = duty_failure_row_one(s, code, a, &f, e);
        if (rc == RC_OK && !str_eq(f.account, by->code))
            rc = RC_NOTFOUND;
    } else if (str_eq(what, "matter")) {
        rc = duty_late_one_one(s, code, by->code, county_today(c), a, &m, e);
    }
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    return err_set(e, RC_DENIED, N_("只有本人能说明自己的事；「{code}」不是您名下的"), "code",
                   code);
}

enum rc statement_add(struct tx *tx, struct county *c, const struct person *by,
                      const char *what, const char *code, const char *text, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duty_statement_last_row last;
    struct canon restricted, personal;
    struct id record;
    text = str_trim(a, text);
    enum rc rc = about(tx_snap(tx), c, by, what, code, a, e);
    if (rc == RC_OK && (!*text || utf8_count(text) > STATEMENT_MAX))
        rc = err_set(e, RC_INVALID, N_("说明应有1至1000个字"));
    if (rc == RC_OK)
        rc = duty_statement_last_one(tx_snap(tx), what, code, a, &last, e);
    if (rc == RC_OK && last.last >= STATEMENTS_MAX)
        rc = err_set(e, RC_TOOBIG, N_("一件事至多说明50次"));
    if (rc != RC_OK)
        return rc;
    struct utime at = county_now(c);
    canon_init(&restricted, a);
    canon_text(&restricted, "what", what);
    canon_text(&restricted, "code", code);
    canon_int(&restricted, "number", last.last + 1);
    canon_time(&restricted, "at", at);
    canon_init(&personal, a);
    canon_text(&personal, "account", by->code);
    canon_text(&personal, "text", text);
    rc = append(tx, c, &restricted, &personal, &record, e);
    return rc == RC_OK ? duty_statement_insert(tx, what, code, last.last + 1, by->code, text,
                                               at, record, NULL, e)
                       : rc;
}

enum rc statements_of(const struct snap *s, const char *what, const char *code, struct arena *a,
                      struct statement **ret, size_t *ret_n, struct err *e)
{
    struct duty_statements_row *rows;
    enum rc rc = duty_statements_all(s, what, code, a, &rows, ret_n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, *ret_n, sizeof(**ret));
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct statement){ rows[i].account, rows[i].text, rows[i].at };
    return RC_OK;
}
