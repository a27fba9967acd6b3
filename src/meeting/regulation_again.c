/*
 * Whether a problem came again after its rule was issued, never typed and never stored: looked
 * up in what happened since. Three things say so: the matter in which it was dealt with was
 * opened again; a warning of the same rule lit again; another directive has the same kind of
 * problem. The last two count at the unit of that matter and at the unit that issued the rule
 * with all under it: where the rule is to cure.
 */
#include "base/clock.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "meeting/regulation.h"
#include "meeting/regulation.sql.h"
#include "store/canon.h"
#include "store/county.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *text;
} agains[] = { [REGULATION_UNKNOWN] = { "unknown", N_("没有关联事项,无从判断") },
               [REGULATION_OPEN] = { "open", N_("关联事项还没有办结") },
               [REGULATION_NOT_AGAIN] = { "no", N_("印发以来没有再发") },
               [REGULATION_AGAIN] = { "yes", N_("印发以后又发生") } };

const char *regulation_again_word(enum regulation_again x)
{
    return agains[x].word;
}

const char *regulation_again_text(enum regulation_again x)
{
    return agains[x].text;
}

enum { EVENTS_STEP = 8 };

struct looking {
    struct arena *a;
    struct county *c;
    const struct units *units;
    const struct regulation *list;
    size_t n;
    struct regulation_fate *fates;
    const char **at;      /* unit of each rule's matter; NULL: there is none */
    const char **problem; /* its kind of problem as a matter's body has it; NULL: none */
};

/* A rule has few; more are counted and the first shown. */
static void again(struct looking *x, size_t i, const char *what, const char *code,
                  const char *unit, struct utime at)
{
    struct regulation_fate *f = &x->fates[i];
    struct regulation_event event = { what, arena_strdup(x->a, code), arena_strdup(x->a, unit),
                                      at };
    if (f->times % EVENTS_STEP == 0) {
        struct regulation_event *more =
            arena_array(x->a, f->times + EVENTS_STEP, sizeof(*more));
        if (f->times)
            memcpy(more, f->events, f->times * sizeof(*more));
        f->events = more;
    }
    f->events[f->times++] = event;
    f->again = REGULATION_AGAIN;
}

/* Whether a rule is to cure what happens at a unit. */
static bool cures(const struct looking *x, size_t i, const char *unit)
{
    const struct unit *u = units_find(x->units, unit),
                      *root = units_find(x->units, x->list[i].unit);
    return str_eq(unit, x->at[i]) || (u && root && unit_under(u, root));
}

/* The matters the rules came out of: where, of which kind, whether they have ended. */
static enum rc look_at_matters(const struct snap *s, struct looking *x, struct err *e)
{
    for (size_t i = 0; i < x->n; i++) {
        struct matter m;
        size_t n;
        struct canon k;
        if (!*x->list[i].matter)
            continue;
        enum rc rc = matter_load(s, x->c, x->list[i].matter, x->a, &m, e);
        if (rc == RC_NOTFOUND) {
            err_done(e);
            *e = (struct err){ 0 };
            continue;
        }
        if (rc != RC_OK)
            return rc;
        const char *problem = matter_value(&m, "problem_kind");
        x->fates[i].again = m.open ? REGULATION_OPEN : REGULATION_NOT_AGAIN;
        x->at[i] = matter_unit(&m);
        canon_init(&k, x->a);
        canon_text(&k, "field", "problem_kind");
        canon_text(&k, "text", problem);
        x->problem[i] = *problem ? canon_end(&k, &n) : NULL;
    }
    return RC_OK;
}

static enum rc look_at_steps(const struct snap *s, struct looking *x, struct err *e)
{
    struct regulation_reopened_row *steps;
    size_t n;
    enum rc rc = regulation_reopened_all(s, x->a, &steps, &n, e);
    for (size_t k = 0; rc == RC_OK && k < n; k++)
        for (size_t i = 0; i < x->n; i++)
            if (x->at[i] && str_eq(steps[k].matter, x->list[i].matter) &&
                steps[k].at.us >= day_start(x->list[i].day).us)
                again(x, i, "matter", steps[k].matter, x->at[i], steps[k].at);
    return rc;
}

static enum rc look_at_warnings(const struct snap *s, struct looking *x, struct err *e)
{
    struct regulation_warned_row *rows;
    struct map *by_code = map_new(x->a);
    size_t n;
    enum rc rc = regulation_warned_all(s, x->a, &rows, &n, e);
    for (size_t i = 0; i < x->n; i++)
        (void)map_add_index(by_code, x->list[i].code, i);
    for (size_t k = 0; rc == RC_OK && k < n; k++) {
        ptrdiff_t i = map_index(by_code, rows[k].regulation);
        if (i >= 0 && rows[k].created_at.us >= day_start(x->list[i].day).us &&
            (rows[k].same || cures(x, (size_t)i, rows[k].unit)))
            again(x, (size_t)i, "warning", rows[k].code, rows[k].unit, rows[k].created_at);
    }
    return rc;
}

static void rows_closep(struct rows **rows)
{
    rows_close(rows);
}

/* Later directives: their bodies are passed by, and only one mark in them is looked for. */
static enum rc look_at_directives(const struct snap *s, struct looking *x, struct err *e)
{
    CLEANUP(rows_closep) struct rows *rows = NULL;
    struct regulation_directives_row row;
    int32_t since = INT32_MAX;
    for (size_t i = 0; i < x->n; i++)
        if (x->problem[i] && x->list[i].day < since)
            since = x->list[i].day;
    if (since == INT32_MAX)
        return RC_OK;
    enum rc rc = regulation_directives_open(s, day_start(since + 1), &rows, e);
    while (rc == RC_OK && (rc = regulation_directives_next(rows, &row, e)) == RC_OK) {
        const char *mark = strstr(row.body, "{\"field\":\"problem_kind\"");
        for (size_t i = 0; mark && i < x->n; i++)
            if (x->problem[i] && str_starts(mark, x->problem[i]) &&
                row.opened_at.us >= day_start(x->list[i].day + 1).us &&
                !str_eq(row.code, x->list[i].matter) && cures(x, i, row.unit))
                again(x, i, "later", row.code, row.unit, row.opened_at);
    }
    return rc == RC_DONE ? RC_OK : rc;
}

static int by_time(const void *a, const void *b)
{
    const struct regulation_event *x = a, *y = b;
    if (x->at.us != y->at.us)
        return x->at.us < y->at.us ? -1 : 1;
    return strcmp(x->code, y->code);
}

enum rc regulations_fate(const struct snap *s, struct county *c, const struct regulation *list,
                         size_t n, struct arena *a, struct regulation_fate **ret, struct err *e)
{
    struct looking x = { .a = a,
                         .c = c,
                         .list = list,
                         .n = n,
                         .fates = arena_array(a, n, sizeof(*x.fates)),
                         .at = arena_array(a, n, sizeof(*x.at)),
                         .problem = arena_array(a, n, sizeof(*x.problem)) };
    enum rc rc = units_load(s, county_today(c), a, &x.units, e);
    if (rc == RC_OK)
        rc = look_at_matters(s, &x, e);
    if (rc == RC_OK)
        rc = look_at_steps(s, &x, e);
    if (rc == RC_OK)
        rc = look_at_warnings(s, &x, e);
    if (rc == RC_OK)
        rc = look_at_directives(s, &x, e);
    for (size_t i = 0; i < n; i++)
        if (x.fates[i].times)
            qsort(x.fates[i].events, x.fates[i].times, sizeof(*x.fates[i].events), by_time);
    *ret = x.fates;
    return rc;
}
