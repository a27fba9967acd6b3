/* Decisions of the yearly check-up: one row and one record each. */
#include "monitor/readopt.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/str.h"
#include "monitor/readopt.sql.h"
#include "store/county.h"
#include "store/record.h"

enum rc readopt_write(struct tx *tx, struct county *c, const struct readopt *r, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct readopt_audit_row row = { .checkup = r->checkup,
                                     .what = r->what,
                                     .item = r->item,
                                     .decision = r->decision,
                                     .reason = r->reason,
                                     .used = r->used,
                                     .in_force = r->in_force,
                                     .by_account = r->by,
                                     .at = county_now(c) };
    struct id record;
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &readopt_audit_query, &row);
    struct record_part part = part_restricted(&k);
    enum rc rc = record_append(tx, c,
                               &(struct record_new){ .kind = "readopt.decided",
                                                     .unit = "",
                                                     .subject = r->item,
                                                     .by = r->by,
                                                     .parts = &part,
                                                     .n_parts = 1 },
                               &record, e);
    return rc == RC_OK ? readopt_put(tx, r->checkup, r->what, r->item, r->decision, r->reason,
                                     r->used, r->in_force, r->by, row.at, record, NULL, e)
                       : rc;
}

enum rc readopt_load(const struct snap *s, const char *checkup, struct arena *a,
                     struct readopt **ret, size_t *ret_n, struct err *e)
{
    struct readopt_of_row *rows;
    enum rc rc = readopt_of_all(s, checkup, a, &rows, ret_n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, *ret_n, sizeof(**ret));
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct readopt){ .checkup = checkup,
                                      .what = rows[i].what,
                                      .item = rows[i].item,
                                      .decision = rows[i].decision,
                                      .reason = rows[i].reason,
                                      .used = rows[i].used,
                                      .by = rows[i].by_account,
                                      .in_force = rows[i].in_force,
                                      .at = rows[i].at };
    return RC_OK;
}

enum rc readopt_reason_check(const char *reason, struct err *e)
{
    return *reason && utf8_count(reason) <= READOPT_REASON_MAX
               ? RC_OK
               : err_set(e, RC_INVALID, N_("请写明理由，1至200个字"));
}

/* The decision in force; found: there is one. */
static enum rc newest(const struct snap *s, const char *what, const char *item, struct arena *a,
                      struct readopt_newest_row *ret, bool *found, struct err *e)
{
    enum rc rc = readopt_newest_one(s, what, item, a, ret, e);
    *found = rc == RC_OK;
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    return rc;
}

enum rc readopt_expired(const struct snap *s, const char *what, const char *item,
                        enum lang lang, struct arena *a, const char **ret, struct err *e)
{
    struct readopt_newest_row row;
    bool found;
    *ret = "";
    enum rc rc = newest(s, what, item, a, &row, &found, e);
    if (rc == RC_OK && found && str_eq(row.decision, "expire"))
        *ret = text_fill(
            a, lang_text(lang, N_("已失效：{day}规则体检（{checkup}）没有续用。{reason}")),
            "day", fmt_date(a, row.at), "checkup", row.checkup, "reason", row.reason, NULL);
    return rc;
}

enum rc readopt_gone(const struct snap *s, const char *what, struct arena *a, struct map **ret,
                     struct err *e)
{
    struct readopt_expired_items_row *rows;
    size_t n;
    enum rc rc = readopt_expired_items_all(s, what, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct readopt *list = arena_array(a, n, sizeof(*list));
    *ret = map_new(a);
    for (size_t i = 0; i < n; i++) {
        list[i] = (struct readopt){ .checkup = rows[i].checkup,
                                    .what = what,
                                    .item = rows[i].item,
                                    .decision = "expire",
                                    .reason = rows[i].reason,
                                    .in_force = true,
                                    .at = rows[i].at };
        (void)map_add(*ret, rows[i].item, &list[i]);
    }
    return RC_OK;
}

enum rc readopt_refuse(const char *name, const struct readopt *r, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    return err_set(e, RC_CONFLICT,
                   N_("「{name}」已失效：{day}规则体检（{checkup}）没有续用；要再用，先在「规则"
                      "体检」页上再采用"),
                   "name", name, "day", fmt_date(a, r->at), "checkup", r->checkup);
}

const char *readopt_mark(const char *name, const struct readopt *r, enum lang lang,
                         struct arena *a)
{
    return r ? text_fill(a, lang_text(lang, N_("{name}（已失效：{day}规则体检{checkup}）")),
                         "name", name, "day", fmt_date(a, r->at), "checkup", r->checkup, NULL)
             : name;
}

enum rc readopt_again(struct tx *tx, struct county *c, const char *what, const char *item,
                      const char *reason, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct readopt_newest_row row;
    bool found = false;
    enum rc rc = readopt_reason_check(reason, e);
    if (rc == RC_OK)
        rc = newest(tx_snap(tx), what, item, a, &row, &found, e);
    if (rc != RC_OK)
        return rc;
    if (!found || !str_eq(row.decision, "expire"))
        return err_set(e, RC_CONFLICT, N_("「{item}」没有失效，不用再采用"), "item", item);
    return readopt_write(tx, c,
                         &(struct readopt){ .checkup = row.checkup,
                                            .what = what,
                                            .item = item,
                                            .decision = "keep",
                                            .reason = reason,
                                            .used = row.used,
                                            .in_force = true,
                                            .by = by },
                         e);
}
