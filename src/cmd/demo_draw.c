/*
 * 回头看 in the demo's year: after each quarter what was closed in it is announced, the numbers
 * of the notary's public draw of the next afternoon are entered by two people, and those that
 * were drawn are looked at. Notary and numbers are invented, as everything in the demo is: a
 * state lottery's issue would have real ones.
 */
#include "base/clock.h"
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_order.h"
#include "directive/lookback.h"
#include "directive/lookback.sql.h"
#include "flow/matter.h"
#include "store/county.h"

static const struct {
    const char *from, *to, *announced, *issue, *numbers;
    int64_t k;
} draws[] = {
    { "2026-01-05", "2026-03-31", "2026-04-13", "清溪公证处2026年第1期公开摇号",
      "02 07 11 19 26 31 05", 3 },
    { "2026-04-01", "2026-06-30", "2026-07-13", "清溪公证处2026年第2期公开摇号",
      "04 09 13 17 22 30 12", 4 },
    { "2026-07-01", "2026-09-30", "2026-10-12", "清溪公证处2026年第3期公开摇号",
      "01 10 16 18 27 33 08", 5 },
};
static const char first[] = "wenshu", second[] = "danqing";
/* From this draw on one of each has come back; what the last one found is still open. */
enum { FIRST_REBOUND = 1, LAST = COUNT(draws) - 1, EVENT_MINUTE = 15 * 60 };

struct drawing {
    struct demo_year *y;
    size_t i;
    const char *code;
    struct draw_seed seed;
    struct arena *a;
};

static enum rc announce(struct tx *tx, void *arg, struct err *e)
{
    struct drawing *x = arg;
    struct lookback_new n = { .k = draws[x->i].k,
                              .draw = { .event = "other",
                                        .issue = draws[x->i].issue,
                                        .source = "清溪公证处公告栏（虚构）",
                                        .day = x->y->day + 1,
                                        .minute = EVENT_MINUTE,
                                        .by = first } };
    struct lookback_candidates_row *rows;
    size_t n_rows;
    enum rc rc = day_parse(draws[x->i].from, &n.from, e);
    if (rc == RC_OK)
        rc = day_parse(draws[x->i].to, &n.to, e);
    if (rc == RC_OK)
        rc = lookback_candidates_all(tx_snap(tx), day_start(n.from), day_start(n.to + 1), x->a,
                                     &rows, &n_rows, e);
    if (rc == RC_OK && (int64_t)n_rows < n.k)
        n.k = (int64_t)n_rows;
    return rc == RC_OK && n_rows > 0 ? lookback_announce(tx, x->y->c, &n, x->a, &x->code, e)
                                     : rc;
}

static enum rc enter(struct tx *tx, void *arg, struct err *e)
{
    struct drawing *x = arg;
    return draw_seed(tx, x->y->c, x->code, &x->seed, e);
}

static enum rc check(struct tx *tx, void *arg, struct err *e)
{
    struct drawing *x = arg;
    return draw_check(tx, x->y->c, x->code, &x->seed, e);
}

/* The draw of this span, "" when there was nothing to draw. */
static enum rc find(struct drawing *x, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct lookback_draws_row *rows;
    size_t n = 0;
    x->code = "";
    enum rc rc = db_read(x->y->c->db, &s, e);
    if (rc == RC_OK)
        rc = lookback_draws_all(s, x->a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (str_starts(rows[i].subject, draws[x->i].from))
            x->code = rows[i].code;
    return rc;
}

static enum rc announce_day(struct drawing *x, struct err *e)
{
    int64_t n;
    enum rc rc = demo_hour(x->y, 18, e);
    if (rc == RC_OK)
        rc = db_transact(x->y->c->db, announce, x, e);
    if (rc == RC_OK)
        rc = county_seal_now(x->y->c, e);
    return rc == RC_OK ? draw_seal(x->y->c, &n, e) : rc;
}

/* What was drawn is somebody's work again (demo_directive.c). */
static enum rc take_up(struct drawing *x, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct demo_orders *o = x->y->orders;
    struct draw d;
    bool back = x->i < FIRST_REBOUND;
    enum rc rc = db_read(x->y->c->db, &s, e);
    if (rc == RC_OK)
        rc = draw_load(s, x->code, x->a, &d, e);
    for (size_t i = 0; rc == RC_OK && i < d.lot.n_drawn; i++)
        for (size_t k = 0; k < o->n; k++) {
            struct demo_order *order = &o->list[k];
            if (!order->code || !str_eq(order->code, d.lot.drawn[i].code))
                continue;
            order->over = false;
            order->next = x->y->day + 2 + (int32_t)(demo_number(order->title) % 6);
            order->rebounds = !back && str_eq(order->severity, "early");
            back |= order->rebounds;
            if (order->rebounds && x->i == LAST)
                order->fate = 'o';
        }
    return rc;
}

/* The day after. */
static enum rc draw_day(struct drawing *x, struct err *e)
{
    struct county *c = x->y->c;
    int64_t n;
    enum rc rc = find(x, e);
    if (rc != RC_OK || !*x->code)
        return rc;
    rc = demo_hour(x->y, 18, e);
    x->seed = (struct draw_seed){ .issue = draws[x->i].issue,
                                  .outcome = draws[x->i].numbers,
                                  .from = "清溪公证处公告栏",
                                  .at = { day_start(x->y->day - 1).us +
                                          INT64_C(60000000) * (EVENT_MINUTE + 5) },
                                  .by = first };
    if (rc == RC_OK)
        rc = db_transact(c->db, enter, x, e);
    x->seed.by = second;
    if (rc == RC_OK)
        rc = db_transact(c->db, check, x, e);
    if (rc == RC_OK)
        rc = lookback_follow(c, x->code, &n, e);
    return rc == RC_OK ? take_up(x, e) : rc;
}

enum rc demo_draw_day(struct demo_year *y, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum rc rc = RC_OK;
    for (size_t i = 0; i < COUNT(draws) && rc == RC_OK; i++) {
        struct drawing x = { .y = y, .i = i, .a = a };
        int32_t day;
        rc = day_parse(draws[i].announced, &day, e);
        if (rc == RC_OK && y->day == day)
            rc = announce_day(&x, e);
        else if (rc == RC_OK && y->day == day + 2)
            rc = draw_day(&x, e);
    }
    return rc;
}
