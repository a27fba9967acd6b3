/*
 * Collection in the demo's year: each quarter a round, whose filings move when the departments'
 * values come (demo_values.c), are submitted and signed by somebody else. Two departments are
 * late, one is sent back once. A round for October is running when the demo stands still.
 */
#include "base/str.h"
#include "cmd/demo_year.h"
#include "collect/filing.h"
#include "collect/round.sql.h"
#include "monitor/demo.h"

/* Days from the end of the quarter. */
enum {
    OPENED = 1,
    SUBMITTED = 10, /* and the ones after it, by turn */
    DUE = 12,
    URGED = 13,
    LATE = 18,
    CLOSED = 19,
};
enum { DESK_HOUR = 8, FILLER_HOUR = 17, HEAD_HOUR = 16 };
/* By place among the sources: when each submits, and who is sent back the first time. */
enum { THIRD_DAY = 12, FIRST_LATE = 14, SENT_BACK = 5 };

/* Who acts in one change; fn of the change gets this. */
struct acting {
    struct demo_year *y;
    struct flow_who w;
    struct arena *a;
    struct round_new fresh;
    const char *code;
    int64_t n;
};

static enum rc who(struct demo_year *y, const char *account, struct arena *a,
                   struct flow_who *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct person *p = arena_alloc(a, sizeof(*p));
    const struct units *us;
    enum rc rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = demo_person(y, s, account, a, p, e);
    if (rc == RC_OK)
        rc = units_load(s, y->day, a, &us, e);
    return rc == RC_OK ? flow_who_load(s, y->c, p, us, a, ret, e) : rc;
}

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    return round_make(tx, x->y->c, &x->w, &x->fresh, x->a, &x->code, e);
}

static enum rc urge(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    return round_urge(tx, x->y->c, &x->w, x->code, x->a, &x->n, e);
}

static enum rc finish(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    return round_close(tx, x->y->c, &x->w, x->code, "各来源均已签发", x->a, &x->n, e);
}

static enum rc by_desk(struct demo_year *y, struct acting *x,
                       enum rc (*fn)(struct tx *, void *, struct err *), struct err *e)
{
    enum rc rc = demo_hour(y, DESK_HOUR, e);
    if (rc == RC_OK)
        rc = who(y, "wenshu", x->a, &x->w, e);
    return rc == RC_OK ? db_transact(y->c->db, fn, x, e) : rc;
}

static enum rc begin(struct demo_year *y, struct period p, int32_t due, struct arena *a,
                     struct err *e)
{
    struct acting x = {
        .y = y,
        .a = a,
        .fresh = { .title = arena_printf(a, "%s数据采集", period_name(a, p, LANG_ZH)),
                   .note = "数从台账和业务系统来,不要为报数另发通知。没有数值的,写明缺失原因。",
                   .period = p,
                   .open_day = y->day,
                   .due_day = due,
                   .late_day = due + LATE - DUE,
                   .signatures = 1 }
    };
    return by_desk(y, &x, make, e);
}

/* The filings of the round of a period, in the order of their sources. */
static enum rc filings(struct demo_year *y, struct period p, struct arena *a,
                       const char **ret_round, struct round_filings_row **ret, size_t *ret_n,
                       struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct round_list_row *rounds;
    size_t n;
    enum rc rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = round_list_all(s, y->day, a, &rounds, &n, e);
    *ret_n = 0;
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (period_same(rounds[i].period, p)) {
            *ret_round = rounds[i].code;
            return round_filings_all(s, rounds[i].code, a, ret, ret_n, e);
        }
    return rc;
}

/* The day on which a source submits, by its place. */
static int32_t submits(size_t i)
{
    return i >= FIRST_LATE  ? DUE + 2 + (int32_t)(i - FIRST_LATE)
           : i >= THIRD_DAY ? SUBMITTED + 1
                            : SUBMITTED;
}

/* One source on one day: it submits; the day after somebody else signs or sends it back. */
static enum rc file(struct demo_year *y, int32_t day, size_t i,
                    const struct round_filings_row *f, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct flow_given why = { "why", "有两格与业务系统不一致,请核对后再报" };
    const char *filler = demo_account(y, f->source, "supplier"),
               *head = demo_account(y, f->source, "clerk");
    struct flow_who w;
    if (!head) /* of a department without a clerk another supplier signs */
        for (size_t k = 0; k < y->n_accounts; k++)
            if (str_eq(y->accounts[k].unit, f->source) &&
                !str_eq(y->accounts[k].code, filler) && str_eq(y->accounts[k].role, "supplier"))
                head = y->accounts[k].code;
    if (!filler || !head)
        return RC_OK;
    bool signing = str_eq(f->state, "signing"),
         back = signing && i == SENT_BACK && !f->returned;
    if (signing ? day <= submits(i) : day < submits(i) || !f->open)
        return RC_OK;
    enum rc rc = demo_hour(y, signing ? HEAD_HOUR : FILLER_HOUR, e);
    if (rc == RC_OK)
        rc = who(y, signing ? head : filler, a, &w, e);
    if (rc != RC_OK)
        return rc;
    if (!signing)
        return filing_submit(y->c, &w, f->filing, f->version, a, e);
    return back ? filing_move(y->c, &w, f->filing, "back", f->version, &why, 1, a, e)
                : filing_sign(y->c, &w, f->filing, f->version, a, e);
}

static enum rc file_all(struct demo_year *y, struct period p, int32_t day, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct acting x = { .y = y, .a = a };
    struct round_filings_row *f;
    size_t n;
    enum rc rc = filings(y, p, a, &x.code, &f, &n, e);
    if (rc == RC_OK && n && day == URGED)
        rc = by_desk(y, &x, urge, e);
    if (rc == RC_OK && n && day == CLOSED)
        return by_desk(y, &x, finish, e);
    if (rc == RC_OK && day == URGED) /* versions have moved */
        rc = filings(y, p, a, &x.code, &f, &n, e);
    for (int turn = 0; turn < 2; turn++) /* heads before fillers: the hour goes on */
        for (size_t i = 0; i < n && rc == RC_OK; i++)
            if (str_eq(f[i].state, "signing") == (turn == 0) && f[i].open)
                rc = file(y, day, i, &f[i], e);
    return rc;
}

enum rc demo_collect_day(struct demo_year *y, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct period p;
    int32_t day = demo_days_since(y, &p);
    if (day == 0)
        return RC_OK;
    if (day == OPENED)
        return begin(y, p, period_last_day(p) + DUE, a, e);
    /* The last thing that happens: October's monthly values are asked for. */
    if (y->day == day_of(DEMO_YEAR, 11, 2))
        return begin(y, period_of(PERIOD_MONTH, DEMO_YEAR, 10), day_of(DEMO_YEAR, 11, 10), a,
                     e);
    return day >= SUBMITTED && day <= CLOSED ? file_all(y, p, day, e) : RC_OK;
}
