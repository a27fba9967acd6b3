/*
 * Collection in the demo's year: each quarter a round, whose filings move when the departments'
 * values come (demo_values.c), are submitted and signed by somebody else. Two departments are
 * late, one is sent back once. A stationed group looks at the papers of some values. A round
 * for October is running when the demo stands still, and a pull that was given a web page.
 */
#include "base/file.h"
#include "base/str.h"
#include "cmd/demo_year.h"
#include "collect/filing.h"
#include "collect/pull.h"
#include "collect/round.sql.h"
#include "monitor/demo.h"
#include "monitor/value_other.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

/* Days from the end of the quarter. */
enum {
    OPENED = 1,
    SUBMITTED = 10, /* and the ones after it, by turn */
    DUE = 12,
    URGED = 13,
    LATE = 18,
    CLOSED = 19,
    VERIFIED = 26,
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
                   .note =
                       "数从台账和业务系统来，不要为报数另发通知。没有数值的，写明缺失原因。",
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
    static const struct flow_given why = { "why", "有两格与业务系统不一致，请核对后再报" };
    const char *filler = demo_account(y, f->source, "supplier"),
               *head = demo_account(y, f->source, "signer");
    struct flow_who w;
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

/* ---- somebody looks at the papers ---- */

struct looking {
    struct demo_year *y;
    const struct flow_who *w;
    struct arena *a;
    struct other_new found[8];
    size_t n;
};

static enum rc enter(struct tx *tx, void *arg, struct err *e)
{
    const struct looking *l = arg;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < l->n && rc == RC_OK; i++)
        rc = other_add(tx, l->y->c, l->w->person, l->w->units, &l->found[i], l->a, e);
    return rc;
}

/* Some values of three units: all but one are as they were sent. */
static enum rc verify(struct demo_year *y, struct period p, struct arena *a, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    static const char *const units[] = { "D02", "D05", "D07" };
    const struct person all = person_system();
    struct values_context x;
    struct flow_who w;
    struct looking l = { .y = y, .w = &w, .a = a };
    bool told = false;
    enum rc rc = demo_hour(y, FILLER_HOUR, e);
    if (rc == RC_OK)
        rc = who(y, "fangzhi", a, &w, e);
    if (rc == RC_OK)
        rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = values_context_make(y->c, s, &all, a, &x, e);
    for (size_t k = 0; rc == RC_OK && k < x.n_points && l.n < COUNT(l.found); k += 7)
        for (size_t u = 0; u < x.look.n_unit && l.n < COUNT(l.found); u++) {
            struct values_known v;
            bool ours = str_eq(x.look.unit[u].code, units[l.n % COUNT(units)]);
            if (!ours || x.points[k].frequency != PERIOD_QUARTER)
                continue;
            x.look.known(x.look.arg, u, k, p, &v);
            if (!v.there || isnan(v.value))
                continue;
            bool twice = l.n >= 3 && !told && v.value > 5;
            told |= twice;
            l.found[l.n] = (struct other_new){ .unit = x.look.unit[u].code,
                                               .point = x.points[k].code,
                                               .period = p,
                                               .kind = "verified",
                                               .value = v.value - twice,
                                               .source = "G01",
                                               .how = twice ? "原始登记簿里有一笔重复，应减1"
                                                            : "与原始登记簿相符" };
            l.n++;
        }
    db_read_end(&s);
    return rc == RC_OK ? db_transact(y->c->db, enter, &l, e) : rc;
}

/* ---- what is fetched by itself ---- */

struct fetching {
    struct demo_year *y;
    const struct flow_who *w;
    struct arena *a;
    const char *code;
};

static enum rc set_up(struct tx *tx, void *arg, struct err *e)
{
    struct fetching *f = arg;
    static const struct pull_new n = { .name = "政务服务系统按月导出",
                                       .source = "D24",
                                       .kind = "folder",
                                       .place = "zwfw",
                                       .relation = "",
                                       .secret = "",
                                       .points = "P113 P114",
                                       .every_hours = 24 };
    return pull_make(tx, f->y->c, f->w->person, &n, f->a, &f->code, e);
}

/* The system's session had ended when it exported: its sign-in page came in place of data. */
static enum rc fetch(struct demo_year *y, struct arena *a, struct err *e)
{
    static const char page[] = "<!DOCTYPE html>\n<title>登录</title>\n";
    const char *dir = arena_printf(a, "%s/pull", y->c->dir),
               *path = arena_printf(a, "%s/zwfw/2026-10.csv", dir);
    struct flow_who w;
    struct fetching f = { .y = y, .w = &w, .a = a };
    struct pull_ran ran;
    enum rc rc = who(y, "wenshu", a, &w, e);
    if (rc == RC_OK &&
        (mkdir(dir, 0700) != 0 || mkdir(arena_printf(a, "%s/zwfw", dir), 0700) != 0))
        rc = err_set(e, RC_IO, N_("数据文件夹里没有 pull/{name}"), "name", "zwfw");
    if (rc == RC_OK)
        rc = file_write_atomic(path, page, strlen(page), e);
    if (rc == RC_OK)
        rc = db_transact(y->c->db, set_up, &f, e);
    if (rc != RC_OK)
        return rc;
    const time_t then = y->t.us / 1000000;
    (void)utime(path,
                &(struct utimbuf){ then, then }); /* else it is said to be still written */
    return pull_run(y->c, f.code, a, &ran, e);
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
    if (y->day == day_of(DEMO_YEAR, 11, 2)) {
        enum rc rc =
            begin(y, period_of(PERIOD_MONTH, DEMO_YEAR, 10), day_of(DEMO_YEAR, 11, 10), a, e);
        return rc == RC_OK ? fetch(y, a, e) : rc;
    }
    if (day == VERIFIED)
        return verify(y, p, a, e);
    return day >= SUBMITTED && day <= CLOSED ? file_all(y, p, day, e) : RC_OK;
}
