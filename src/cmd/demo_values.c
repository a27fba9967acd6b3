/*
 * The demo's departments send their values, and the platform computes each quarter. A month's
 * values come in the month after, a quarter's with those of its last month.
 */
#include "base/parse.h"
#include "base/str.h"
#include "cmd/demo_year.h"
#include "monitor/compute.h"
#include "monitor/demo.h"
#include "monitor/values_import.h"
#include "store/record.h"

#include <string.h>

enum {
    SENT_AFTER_DAYS = 8, /* from the end of the month */
    SENDERS_A_DAY = 8,
    FIRST_HOUR = 9,
    COMPUTED_AFTER_DAYS = 20, /* from the end of the quarter */
    COMPUTED_HOUR = 10,
};

/* The head and the rows of one period; empty when there is no row. */
static void rows_of_period(const char *csv, struct period p, struct str *ret)
{
    char code[PERIOD_TEXT];
    period_code(p, code);
    size_t head = strcspn(csv, "\n") + 1, n = strlen(code);
    for (const char *line = csv + head; *line;) {
        const char *end = line + strcspn(line, "\n") + 1,
                   *at = strchr(strchr(line, ',') + 1, ',');
        if (strncmp(at + 1, code, n) == 0 && at[n + 1] == ',') {
            if (ret->n == 0)
                str_addn(ret, csv, head);
            str_addn(ret, line, (size_t)(end - line));
        }
        line = end;
    }
}

/* What a department sends for p, a quarter or a month of quarter; nothing when it has none. */
static enum rc send_values(struct demo_year *y, struct period quarter, struct period p,
                           const char *owner, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct str all, csv;
    char code[PERIOD_TEXT];
    str_init(&all, a);
    str_init(&csv, a);
    struct person sender;
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    enum rc rc = demo_values(a, y->seed, quarter, owner, &all, e);
    if (rc == RC_OK)
        rows_of_period(all.s, p, &csv);
    if (rc != RC_OK || csv.n == 0)
        return rc;
    const char *by = demo_account(y, owner, "supplier");
    if (!by)
        return err_set(e, RC_NOTFOUND, N_("没有编码为「{unit}」的单位"), "unit", owner);
    rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = demo_person(y, s, by, a, &sender, e);
    if (rc == RC_OK)
        rc = values_context_make(y->c, s, &sender, a, &x, e);
    const char *name = arena_printf(a, "%s-%s.csv", owner, period_code(p, code));
    struct bytes file = { (const uint8_t *)csv.s, csv.n };
    if (rc == RC_OK)
        rc = values_import_check(&x, name, file, a, &k, NULL, e);
    if (rc == RC_OK)
        rc = problems_err(&k.problems, name, e);
    if (rc == RC_OK)
        rc = values_import_write(y->c, &x, &k, name, file, (struct id){ 0 }, NULL, &sender, a,
                                 &done, e);
    return rc;
}

/* The departments whose turn is today send a month, and the quarter when it is its last. */
static enum rc send_month(struct demo_year *y, struct period quarter, struct period month,
                          struct err *e)
{
    int32_t turn = y->day - period_last_day(month) - SENT_AFTER_DAYS;
    enum rc rc = RC_OK;
    if (turn < 0)
        return RC_OK;
    size_t first = (size_t)turn * SENDERS_A_DAY;
    for (size_t i = first; i < first + SENDERS_A_DAY && i < y->n_owners && rc == RC_OK; i++) {
        rc = demo_hour(y, FIRST_HOUR + (int)(i - first), e);
        if (rc == RC_OK)
            rc = send_values(y, quarter, month, y->owners[i], e);
        if (rc == RC_OK && period_last_day(month) == period_last_day(quarter))
            rc = send_values(y, quarter, quarter, y->owners[i], e);
    }
    return rc;
}

enum rc demo_values_day(struct demo_year *y, struct err *e)
{
    struct compute_result r;
    enum rc rc = RC_OK;
    for (int q = 1; q <= DEMO_QUARTERS && rc == RC_OK; q++) {
        struct period quarter = period_of(PERIOD_QUARTER, DEMO_YEAR, q);
        struct period last = period_at(PERIOD_MONTH, period_last_day(quarter));
        for (int back = 2; back >= 0 && rc == RC_OK; back--)
            rc = send_month(y, quarter, period_step(last, -back), e);
        if (rc == RC_OK && y->day == period_last_day(quarter) + COMPUTED_AFTER_DAYS) {
            rc = demo_hour(y, COMPUTED_HOUR, e);
            if (rc == RC_OK)
                rc = compute_period(y->c, quarter, "wenshu", NULL, NULL, &r, e);
        }
    }
    return rc;
}
