/* 回头看. The list of a draw is what ended in a span of days, nothing else: nobody chooses who
 * is on it. */
#include "directive/lookback.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "directive/lookback.sql.h"
#include "flow/flow.h"
#include "flow/matter.h"
#include "people/unit.h"
#include "store/county.h"
#include "store/job.h"

#include <string.h>

const char lookback_job[] = "lookback.drawn";

/* ---- announcing ---- */

/* A subject is the span: 2026-07-01_2026-09-30. */
static const char *span_text(int32_t from, int32_t to, struct arena *a)
{
    char first[PERIOD_TEXT], last[PERIOD_TEXT];
    return arena_printf(a, "%s_%s", day_code(from, first), day_code(to, last));
}

bool lookback_span(const char *subject, struct arena *a, int32_t *ret_from, int32_t *ret_to)
{
    CLEANUP(err_done) struct err quiet = { 0 };
    size_t n;
    char **p = str_split(a, subject, '_', &n);
    return n == 2 && day_parse(p[0], ret_from, &quiet) == RC_OK &&
           day_parse(p[1], ret_to, &quiet) == RC_OK;
}

static enum rc check_span(const struct snap *s, struct county *c, const struct lookback_new *n,
                          struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct lookback_draws_row *rows;
    char day[PERIOD_TEXT];
    size_t n_rows;
    int32_t from, to;

    if (n->from > n->to || n->to - n->from >= LOOKBACK_SPAN_MAX)
        return err_set(e, RC_INVALID, N_("销号的日子要从早到晚,最多{n}天"), "n",
                       arena_printf(a, "%d", LOOKBACK_SPAN_MAX));
    if (n->to >= county_today(c))
        return err_set(e, RC_INVALID, N_("{day}还没有过完,名单还会变;最后一天要在今天以前"),
                       "day", day_code(n->to, day));
    enum rc rc = lookback_draws_all(s, a, &rows, &n_rows, e);
    for (size_t i = 0; i < n_rows && rc == RC_OK; i++)
        if (lookback_span(rows[i].subject, a, &from, &to) && from <= n->to && n->from <= to)
            return err_set(e, RC_CONFLICT,
                           N_("这些日子与{code}的{span}重叠:一件廉动令只抽一次,请换别的日子"),
                           "code", rows[i].code, "span", rows[i].subject);
    return rc;
}

static const char *title_of(int32_t from, int32_t to, struct arena *a)
{
    int y1, m1, d1, y2, m2, d2;

    day_split(from, &y1, &m1, &d1);
    day_split(to, &y2, &m2, &d2);
    return y1 == y2
               ? arena_printf(a, "%d年%d月%d日至%d月%d日销号廉动令回头看", y1, m1, d1, m2, d2)
               : arena_printf(a, "%d年%d月%d日至%d年%d月%d日销号廉动令回头看", y1, m1, d1, y2,
                              m2, d2);
}

enum rc lookback_announce(struct tx *tx, struct county *c, const struct lookback_new *n,
                          struct arena *a, const char **ret_code, struct err *e)
{
    struct lookback_candidates_row *rows;
    size_t n_rows = 0;

    enum rc rc = check_span(tx_snap(tx), c, n, e);
    if (rc == RC_OK)
        rc = lookback_candidates_all(tx_snap(tx), day_start(n->from), day_start(n->to + 1), a,
                                     &rows, &n_rows, e);
    if (rc != RC_OK)
        return rc;
    if (n_rows == 0)
        return err_set(e, RC_INVALID, N_("这些日子里没有销号的廉动令,没有可抽的"));
    struct lot_item *items = arena_array(a, n_rows, sizeof(*items));
    struct lot_take *take = arena_alloc(a, sizeof(*take));
    for (size_t i = 0; i < n_rows; i++)
        items[i] = (struct lot_item){ .stratum = "", .code = rows[i].code };
    *take = (struct lot_take){ .stratum = "", .k = n->k > 0 ? (size_t)n->k : 0 };
    struct draw_new d = n->draw;
    d.purpose = "lookback";
    d.subject = span_text(n->from, n->to, a);
    d.title = title_of(n->from, n->to, a);
    d.items = items;
    d.n_items = n_rows;
    d.takes = take;
    d.n_takes = 1;
    return draw_announce(tx, c, &d, a, ret_code, e);
}

/* ---- following ---- */

struct following {
    struct county *c;
    const char *matter, *draw;
    bool moved;
};

/* Drawn when it stands where it ended; was it drawn before, nothing is done again. */
static enum rc follow_one(struct tx *tx, void *arg, struct err *e)
{
    struct following *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct flow_given given = { "draw", x->draw };
    const struct units *us;
    struct flow_done done;
    struct matter m;

    x->moved = false;
    enum rc rc = matter_load(tx_snap(tx), x->c, x->matter, a, &m, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), county_today(x->c), a, &us, e);
    if (rc != RC_OK || (!str_eq(m.state, "closed") && !str_eq(m.state, "archived")) ||
        *matter_value(&m, "draw"))
        return rc;
    struct flow_who system = flow_who_system(us);
    x->moved = true;
    return flow_move(tx, x->c, &system,
                     &(struct flow_act){ .matter = x->matter,
                                         .verb = "drawn",
                                         .version = -1,
                                         .given = &given,
                                         .n_given = 1 },
                     a, &done, e);
}

enum rc lookback_follow(struct county *c, const char *draw, int64_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct draw d;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        enum rc rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = draw_load(s, draw, a, &d, e);
        if (rc != RC_OK)
            return rc;
    }
    *ret_n = 0;
    for (size_t i = 0; i < d.lot.n_drawn; i++) {
        struct following x = { .c = c, .matter = d.lot.drawn[i].code, .draw = draw };
        enum rc rc = db_transact(c->db, follow_one, &x, e);
        if (rc != RC_OK)
            return rc;
        *ret_n += x.moved;
    }
    return RC_OK;
}

enum rc lookback_job_run(struct job_run *r, struct err *e)
{
    int64_t n;
    enum rc rc = lookback_follow(r->c, r->key, &n, e);

    if (rc == RC_OK)
        (void)err_set(&r->said, RC_DONE, N_("{draw}抽中的{n}件转入回头看"), "draw", r->key, "n",
                      fmt_count(r->a, n)); /* no failure */
    return rc;
}

/* ---- how it went ---- */

enum rc lookback_rates(const struct snap *s, struct lookback_rates *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct lookback_verbs_row *verbs;
    struct lookback_closed_row closed;
    struct lookback_recurred_row recurred;
    size_t n = 0;

    *ret = (struct lookback_rates){ 0 };
    enum rc rc = lookback_verbs_all(s, a, &verbs, &n, e);
    if (rc == RC_OK)
        rc = lookback_closed_one(s, a, &closed, e);
    if (rc == RC_OK)
        rc = lookback_recurred_one(s, a, &recurred, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        if (str_eq(verbs[i].verb, "drawn"))
            ret->drawn = verbs[i].n;
        if (str_eq(verbs[i].verb, "held"))
            ret->held = verbs[i].n;
        if (str_eq(verbs[i].verb, "rebound"))
            ret->rebound = verbs[i].n;
    }
    ret->closed = closed.n;
    ret->reopened = closed.again;
    ret->warned = recurred.n;
    ret->recurred = recurred.again;
    return RC_OK;
}
