/* Tables out. Each kind is one function; what they have in common is the scope. */
#include "monitor/export.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "db/db.h"
#include "monitor/compute.sql.h"
#include "monitor/data_page.h"
#include "monitor/scheme.h"
#include "monitor/scheme_import.h"
#include "monitor/warning_lamp.h"
#include "monitor/warning_matter.h"
#include "people/unit_import.h"
#include "store/record.h"
#include "warn/warning.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct exporting {
    const struct snap *s;
    const struct person *who;
    const struct sight *k;
    const struct export_wish *wish;
    struct period period;
    const struct units *us; /* at the end of the period */
    const bool *may;        /* by unit.index */
    struct arena *a;
};

static void number(struct exporting *x, struct table *t, size_t row, size_t col, double v)
{
    if (!isnan(v))
        table_set(t, row, col, CELL_NUMBER, fmt_exact(x->a, v));
}

static void head(struct table *t, const char *const *names)
{
    for (size_t c = 0; c < t->cols; c++)
        table_set(t, 0, c, CELL_TEXT, names[c]);
}

static enum rc units_out(struct exporting *x, const struct table **ret, struct err *e)
{
    const struct table *all;
    enum rc rc = units_to_table(x->s, x->a, &all, e);
    if (rc != RC_OK || person_may(x->who, CAP_READ_UNIT, NULL)) {
        if (rc == RC_OK)
            *ret = all;
        return rc;
    }
    size_t *keep = arena_array(x->a, all->rows, sizeof(*keep)), n = 1; /* row 0 is the head */
    for (size_t r = 1; r < all->rows; r++) {
        const struct unit *u = units_find(x->us, table_text(all, r, 0));
        if (u && x->may[u->index])
            keep[n++] = r;
    }
    struct table *t = table_new(x->a, n, all->cols, false);
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < all->cols; c++)
            table_set(t, r, c, CELL_TEXT, table_text(all, keep[r], c));
    *ret = t;
    return RC_OK;
}

static enum rc scheme_out(struct exporting *x, const struct table **ret, struct err *e)
{
    const struct scheme *sc;
    enum rc rc = scheme_for_period(x->s, x->period, x->a, &sc, e);
    if (rc == RC_OK)
        *ret = scheme_to_table(sc, x->a);
    return rc;
}

static enum rc points_out(struct exporting *x, const struct table **ret, struct err *e)
{
    const struct point *points;
    size_t n;
    enum rc rc = points_load(x->s, NULL, x->a, &points, &n, e);
    if (rc == RC_OK)
        *ret = points_to_table(points, n, x->a);
    return rc;
}

struct value_out {
    const struct unit *u;
    const struct point *pt;
    struct period period;
    const struct point_cell *cell;
};

static bool wanted(const struct exporting *x, const struct point *pt, const struct unit *u,
                   const struct point_cell *c)
{
    if (!x->may[u->index])
        return false;
    if (!x->wish->missing)
        return c->version > 0;
    return isnan(c->value) && u->assessed && point_applies(pt, u);
}

static enum rc values_out(struct exporting *x, const struct table **ret, struct err *e)
{
    static const char *const names[] = {
        "unit", "point", "period", "value", "missing", "note"
    };
    const struct point *points;
    size_t n_points, n = 0, room = 1024;
    struct value_out *out = arena_array(x->a, room, sizeof(*out));
    enum rc rc = points_of_period(x->s, x->period, x->a, &points, &n_points, e);
    for (size_t i = 0; rc == RC_OK && i < n_points; i++) {
        const struct point *pt = &points[i];
        if (x->wish->point && !str_eq(x->wish->point, pt->code))
            continue;
        /* Every period of the point's own kind that ends within the one asked for, the oldest
         * first. */
        struct period last = period_at(pt->frequency, period_last_day(x->period)),
                      q = period_first_in(pt->frequency, x->period);
        for (; rc == RC_OK && q.v && period_last_day(q) <= period_last_day(last);
             q = period_step(q, 1)) {
            struct point_cell *cells;
            rc = point_cells(x->s, x->us, pt->id, q, x->a, &cells, e);
            for (size_t u = 0; rc == RC_OK && u < x->us->n; u++) {
                if (!wanted(x, pt, &x->us->all[u], &cells[u]))
                    continue;
                if (n == room) {
                    struct value_out *more = arena_array(x->a, room * 2, sizeof(*more));
                    memcpy(more, out, n * sizeof(*more));
                    out = more;
                    room *= 2;
                }
                out[n++] = (struct value_out){ &x->us->all[u], pt, q, &cells[u] };
            }
        }
    }
    if (rc != RC_OK)
        return rc;
    struct table *t = table_new(x->a, n + 1, COUNT(names), true);
    head(t, names);
    for (size_t i = 0; i < n; i++) {
        char code[PERIOD_TEXT];
        table_set(t, i + 1, 0, CELL_TEXT, out[i].u->code);
        table_set(t, i + 1, 1, CELL_TEXT, out[i].pt->code);
        table_set(t, i + 1, 2, CELL_TEXT, arena_strdup(x->a, period_code(out[i].period, code)));
        number(x, t, i + 1, 3, out[i].cell->value);
        table_set(t, i + 1, 4, CELL_TEXT, out[i].cell->missing);
        table_set(t, i + 1, 5, CELL_TEXT, out[i].cell->note);
    }
    *ret = t;
    return RC_OK;
}

/* The runs that have a part in what the person sees of the period: of every unit the one that
 * counts for it, so that there are at most two. */
static enum rc runs_of(struct exporting *x, const struct publication *ret[2], size_t *ret_n,
                       struct err *e)
{
    char code[PERIOD_TEXT];
    size_t n = 0;
    if (sight_run(x->k, x->period))
        ret[n++] = sight_run(x->k, x->period);
    for (size_t u = 0; u < x->us->n && n < 2; u++) {
        const struct publication *run = sight_run_of(x->k, x->period, &x->us->all[u]);
        if (run && (n == 0 || ret[0] != run))
            ret[n++] = run;
    }
    *ret_n = n;
    return n ? RC_OK
             : err_set(e, RC_NOTFOUND, N_("{period} 还没有计算过，或还没有发布"), "period",
                       period_code(x->period, code));
}

static enum rc scores_out(struct exporting *x, const struct table **ret, struct err *e)
{
    static const char *const names[] = { "unit",        "node",   "score",  "score_lo",
                                         "score_hi",    "raw",    "weight", "contribution",
                                         "peer_median", "missing" };
    const struct publication *runs[2];
    struct scores_of_run_row *of[2] = { NULL, NULL };
    size_t n_runs, n[2] = { 0, 0 }, m = 0;
    enum rc rc = runs_of(x, runs, &n_runs, e);
    for (size_t r = 0; rc == RC_OK && r < n_runs; r++)
        rc = scores_of_run_all(x->s, runs[r]->computation, x->a, &of[r], &n[r], e);
    if (rc != RC_OK)
        return rc;
    struct scores_of_run_row *rows = arena_array(x->a, n[0] + n[1], sizeof(*rows));
    for (size_t r = 0; r < n_runs; r++)
        for (size_t i = 0; i < n[r]; i++) {
            const struct unit *u = units_by_id(x->us, of[r][i].unit_id);
            if (u && x->may[u->index] && sight_run_of(x->k, x->period, u) == runs[r])
                rows[m++] = of[r][i];
        }
    struct table *t = table_new(x->a, m + 1, COUNT(names), true);
    head(t, names);
    for (size_t i = 0; i < m; i++) {
        table_set(t, i + 1, 0, CELL_TEXT, rows[i].unit);
        table_set(t, i + 1, 1, CELL_TEXT, rows[i].node_code);
        number(x, t, i + 1, 2, rows[i].score);
        number(x, t, i + 1, 3, rows[i].score_lo);
        number(x, t, i + 1, 4, rows[i].score_hi);
        number(x, t, i + 1, 5, rows[i].raw);
        number(x, t, i + 1, 6, rows[i].weight);
        number(x, t, i + 1, 7, rows[i].contribution);
        number(x, t, i + 1, 8, rows[i].peer_median);
        table_set(t, i + 1, 9, CELL_TEXT, rows[i].missing);
    }
    *ret = t;
    return RC_OK;
}

static const char *period_text(struct exporting *x, struct period p)
{
    char code[PERIOD_TEXT];
    return p.v ? arena_strdup(x->a, period_code(p, code)) : "";
}

static const char *key_of(struct id id, char out[24])
{
    snprintf(out, 24, "%lld", (long long)id.v);
    return out;
}

/* By what it was found mended: by the next value, or by a third person's review. */
static const char *verified_by(const struct warn_view *w, const struct hand_of_warning *h)
{
    if (str_eq(h->state, "closed"))
        return "value";
    bool eased = w->lamp != WARN_NONE && w->lamp < w->colour;
    return str_eq(h->state, "passed") || eased ? "review" : "";
}

/* How people handle it, as far as who exports may see it. */
static void hand_out(struct exporting *x, struct table *t, size_t row, size_t col,
                     const struct warn_view *w, const struct warning_hands *hands)
{
    const struct hand_of_warning *h = warning_hand_of(hands, w->rule_id, w->unit);
    char due[PERIOD_TEXT], quiet[PERIOD_TEXT], at[TIME_TEXT];
    bool sees =
        h && (!h->draft || person_may(x->who, CAP_DISPATCH, units_by_id(x->us, w->unit)));
    const char *const cells[] = {
        w->lamp == WARN_NONE && warn_view_burns(w) ? "out" : warn_colour_word(w->lamp),
        sees ? h->code : "",
        sees ? h->state : "",
        sees && h->signed_at.us ? arena_strdup(x->a, time_iso(h->signed_at, at)) : "",
        sees && h->open && h->due ? arena_strdup(x->a, day_code(h->due, due)) : "",
        sees ? arena_printf(x->a, "%lld", (long long)h->reopened) : "",
        sees && h->open && h->quiet_day ? arena_strdup(x->a, day_code(h->quiet_day, quiet))
                                        : "",
        sees ? verified_by(w, h) : "",
    };
    for (size_t i = 0; i < COUNT(cells); i++)
        table_set(t, row, col + i, i == 5 && *cells[i] ? CELL_NUMBER : CELL_TEXT, cells[i]);
}

static enum rc warnings_out(struct exporting *x, const struct table **ret, struct err *e)
{
    static const char *const names[] = { "code",         "rule",
                                         "rule_version", "name",
                                         "unit",         "period",
                                         "colour",       "state",
                                         "since",        "fired",
                                         "value",        "previous",
                                         "limit",        "unit_of_measure",
                                         "merged_into",  "condition",
                                         "clears",       "lamp",
                                         "matter",       "handling",
                                         "signed",       "due",
                                         "recurrence",   "quiet_until",
                                         "verified_by" };
    enum { HAND = 17 }; /* what follows is how people handle it */
    const struct warning_hands *hands;
    const struct publication *runs[2];
    struct warn_view *all;
    size_t n, m = 0;
    const struct warn_sight sight = sight_warnings(x->k);
    enum rc rc = runs_of(x, runs, &n, e);
    if (rc == RC_OK)
        rc = warnings_shown(x->s, x->period, &sight, (struct id){ 0 }, x->wish->lang, x->a,
                            &all, &n, e);
    if (rc == RC_OK)
        rc = warning_hands_load(x->s, x->a, &hands, e);
    if (rc == RC_OK)
        rc = warning_hands_signed(x->s, hands, e);
    if (rc != RC_OK)
        return rc;
    struct map *code_of = map_new(x->a);
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_by_id(x->us, all[i].unit);
        char key[24];
        map_set(code_of, key_of(all[i].id, key), (void *)all[i].code);
        if (u && x->may[u->index])
            all[m++] = all[i];
    }
    struct table *t = table_new(x->a, m + 1, COUNT(names), true);
    head(t, names);
    for (size_t i = 0; i < m; i++) {
        const struct warn_view *w = &all[i];
        char key[24];
        const char *into =
            w->merged_into.v ? map_get(code_of, key_of(w->merged_into, key)) : "";
        const char *const cells[] = { w->code,
                                      w->rule_code,
                                      NULL,
                                      w->name,
                                      units_by_id(x->us, w->unit)->code,
                                      period_text(x, w->period),
                                      warn_colour_word(w->colour),
                                      warn_state_word(w->state),
                                      period_text(x, w->first_period),
                                      period_text(x, w->fired_period),
                                      NULL,
                                      NULL,
                                      NULL,
                                      w->measure,
                                      into ? into : "",
                                      w->rule,
                                      w->clears };
        _Static_assert(COUNT(cells) == HAND, "a cell for each name");
        for (size_t c = 0; c < COUNT(cells); c++)
            if (cells[c])
                table_set(t, i + 1, c, CELL_TEXT, cells[c]);
        number(x, t, i + 1, 2, w->rule_version);
        number(x, t, i + 1, 10, w->value);
        number(x, t, i + 1, 11, w->previous);
        number(x, t, i + 1, 12, w->limit);
        hand_out(x, t, i + 1, HAND, w, hands);
    }
    *ret = t;
    return RC_OK;
}

static enum rc records_out(struct exporting *x, const struct table **ret, struct err *e)
{
    static const char *const names[] = { "index",   "time", "kind", "unit",
                                         "subject", "by",   "leaf" };
    struct utime from = { 0 }, to = { INT64_MAX };
    struct record_line *lines;
    size_t n;
    /* Who did what: the audit administrator's, and the machine's own. */
    enum rc rc = person_demand(x->who, CAP_AUDIT, NULL, e);
    if (rc == RC_OK && x->wish->period.v) {
        from = day_start(period_first_day(x->period));
        to = day_start(period_last_day(x->period) + 1);
    }
    if (rc == RC_OK)
        rc = record_lines(x->s, from, to, x->a, &lines, &n, e);
    if (rc != RC_OK)
        return rc;
    struct table *t = table_new(x->a, n + 1, COUNT(names), true);
    head(t, names);
    for (size_t i = 0; i < n; i++) {
        char at[TIME_TEXT], hex[HASH_HEX];
        const char *const cells[] = { arena_strdup(x->a, time_iso(lines[i].at, at)),
                                      lines[i].kind,
                                      lines[i].unit,
                                      lines[i].subject,
                                      lines[i].by,
                                      arena_strdup(
                                          x->a, hex_encode(lines[i].leaf, HASH_BYTES, hex)) };
        if (lines[i].seq >= 0)
            number(x, t, i + 1, 0, (double)lines[i].seq);
        for (size_t c = 0; c < COUNT(cells); c++)
            table_set(t, i + 1, c + 1, CELL_TEXT, cells[c]);
    }
    *ret = t;
    return RC_OK;
}

static const struct {
    const char *what;
    bool computed; /* says nothing without a computation */
    enum rc (*fn)(struct exporting *x, const struct table **ret, struct err *e);
} outs[] = { { "units", false, units_out },    { "scheme", false, scheme_out },
             { "points", false, points_out },  { "values", true, values_out },
             { "scores", true, scores_out },   { "warnings", true, warnings_out },
             { "records", false, records_out } };

static const struct table *with_note(struct exporting *x, const struct table *t)
{
    struct table *copy = arena_alloc(x->a, sizeof(*copy));
    struct table_look *look = arena_alloc(x->a, sizeof(*look));
    *copy = *t;
    *look = t->look ? *t->look : (struct table_look){ .head_rows = 1, .frozen_rows = 1 };
    look->note = lang_text(x->wish->lang, x->wish->mark);
    copy->look = look;
    return copy;
}

bool export_known(const char *what)
{
    for (size_t i = 0; i < COUNT(outs); i++)
        if (str_eq(outs[i].what, what))
            return true;
    return false;
}

enum rc export_table(const struct snap *s, const struct sight *k, int32_t today,
                     const struct export_wish *wish, struct arena *a, const struct table **ret,
                     struct err *e)
{
    const struct person *who = k->person;
    struct exporting x = {
        .s = s, .who = who, .k = k, .wish = wish, .period = wish->period, .a = a
    };
    size_t what = 0, n;
    while (what < COUNT(outs) && !str_eq(outs[what].what, wish->what))
        what++;
    if (what == COUNT(outs))
        return err_set(e, RC_NOTFOUND,
                       N_("能导出的是units、scheme、points、values、scores、warnings、records，"
                          "没有「{what}」"),
                       "what", wish->what);
    if (!x.period.v) {
        const struct period *periods = sight_periods(k, true, a, &n);
        if (n == 0 && outs[what].computed)
            return err_set(e, RC_NOTFOUND, N_("还没有计算过，请写明期间"));
        x.period = n ? periods[0] : period_at(PERIOD_QUARTER, today);
    }
    enum rc rc = units_load(s, period_last_day(x.period), a, &x.us, e);
    if (rc != RC_OK)
        return rc;
    x.may = person_scope(who, CAP_READ_UNIT, x.us, a);
    const struct table *made;
    rc = outs[what].fn(&x, &made, e);
    if (rc == RC_OK)
        *ret = wish->mark ? with_note(&x, made) : made;
    return rc;
}
