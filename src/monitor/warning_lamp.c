/*
 * The colour people handle warnings by. The one idea: only matters in a few states can differ
 * from the figures, an index finds those, and a matter is read whole only where its row says
 * that it does differ.
 */
#include "monitor/warning_lamp.h"

#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "monitor/warning_matter.sql.h"
#include "warn/warning.h"

#include <stdlib.h>

enum { FEW = 16 }; /* occurrences asked for one by one, as those of a report */

static bool judged_by(const struct matter *m, const struct warn_view *v)
{
    char code[PERIOD_TEXT];
    return str_eq(matter_value(m, "judged"), period_code(v->period, code)) &&
           warn_colour_of(matter_value(m, "colour")) == v->colour &&
           str_eq(matter_value(m, "light"), v->code);
}

/* Dismissed, and no worse since. */
static bool dismissed(const struct matter *m, const struct warn_view *v)
{
    struct period judged;
    CLEANUP(err_done) struct err none = { 0 };
    return (str_eq(m->last_verb, "exclude") || str_eq(m->last_verb, "upheld")) &&
           v->colour <= warn_colour_of(matter_value(m, "colour")) &&
           period_parse(matter_value(m, "judged"), &judged, &none) == RC_OK &&
           period_last_day(v->period) >= period_last_day(judged);
}

static enum rc lamp_of(const struct snap *s, const char *code, const char *state, int64_t lamp,
                       struct warn_view *v, struct arena *a, struct err *e)
{
    bool final = str_eq(state, "passed") || str_eq(state, "excluded");
    struct matter m;
    if (!final && (enum warn_colour)lamp >= v->colour)
        return RC_OK;
    enum rc rc = matter_load(s, NULL, code, a, &m, e);
    if (rc != RC_OK)
        return rc;
    if (str_eq(state, "excluded") ? dismissed(&m, v) : judged_by(&m, v))
        v->lamp = final ? WARN_NONE : warn_colour_of(matter_value(&m, "lamp"));
    return RC_OK;
}

static enum rc put_each(const struct snap *s, struct warn_view *list, size_t n, struct arena *a,
                        struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct hands_eased_of_row *h;
        size_t n_rows = 0;
        if (warn_view_burns(&list[i]))
            rc = hands_eased_of_all(s, list[i].code, a, &h, &n_rows, e);
        if (rc == RC_OK && n_rows > 0)
            rc = lamp_of(s, h->code, h->state, h->lamp, &list[i], a, e);
    }
    return rc;
}

static enum rc put_all(const struct snap *s, struct warn_view *list, size_t n, struct arena *a,
                       struct err *e)
{
    struct hands_eased_row *rows;
    size_t n_rows;
    enum rc rc = hands_eased_all(s, a, &rows, &n_rows, e);
    if (rc != RC_OK || n_rows == 0)
        return rc;
    struct map *of = map_new(a);
    for (size_t i = 0; i < n_rows; i++)
        map_set(of, rows[i].warning, &rows[i]);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct hands_eased_row *h =
            warn_view_burns(&list[i]) ? map_get(of, list[i].code) : NULL;
        if (h)
            rc = lamp_of(s, h->code, h->state, h->lamp, &list[i], a, e);
    }
    return rc;
}

enum rc warning_lamps_put(const struct snap *s, struct warn_view *list, size_t n, bool *ret_any,
                          struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum rc rc = n <= FEW ? put_each(s, list, n, a, e) : put_all(s, list, n, a, e);
    *ret_any = false;
    for (size_t i = 0; i < n; i++)
        *ret_any |= list[i].lamp != list[i].colour;
    return rc;
}

/* What was carried by a warning that is out stands by itself. */
static void let_go(struct warn_view *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; list[i].merged && k < n; k++)
            if (list[k].id.v == list[i].merged_into.v && list[k].lamp == WARN_NONE)
                list[i].merged = false;
}

/* What burns comes first already; among that the worst lamp, else as it was. */
static int worst_first(const void *x, const void *y)
{
    const struct warn_view *a = x, *b = y;
    bool burns_a = warn_view_burns(a), burns_b = warn_view_burns(b);
    if (burns_a != burns_b)
        return burns_a ? -1 : 1;
    if (burns_a && a->lamp != b->lamp)
        return (int)b->lamp - (int)a->lamp;
    if (!burns_a && (a->state == WARN_RESOLVED) != (b->state == WARN_RESOLVED))
        return a->state == WARN_RESOLVED ? 1 : -1;
    if (a->colour != b->colour)
        return (int)b->colour - (int)a->colour;
    if (a->merged != b->merged)
        return (int)a->merged - (int)b->merged;
    return (a->id.v > b->id.v) - (a->id.v < b->id.v);
}

enum rc warnings_shown(const struct snap *s, struct period p, const struct warn_sight *sight,
                       struct id unit, enum lang lang, struct arena *a, struct warn_view **ret,
                       size_t *ret_n, struct err *e)
{
    bool any;
    enum rc rc = warn_of_period(s, p, sight, unit, lang, a, ret, ret_n, e);
    if (rc == RC_OK)
        rc = warning_lamps_put(s, *ret, *ret_n, &any, e);
    if (rc == RC_OK && any) {
        let_go(*ret, *ret_n);
        qsort(*ret, *ret_n, sizeof(**ret), worst_first);
    }
    return rc;
}

const char *warning_lamp_text(enum warn_colour lamp)
{
    return lamp == WARN_NONE ? N_("已灭") : warn_colour_text(lamp);
}

const char *warning_lamp_mark(enum warn_colour lamp)
{
    return lamp == WARN_NONE ? "n" : warn_mark(lamp);
}

const char *warning_was(const struct warn_view *v, enum lang lang, struct arena *a)
{
    if (v->lamp == v->colour)
        return NULL;
    return text_fill(a, lang_text(lang, N_("原{colour}")), "colour",
                     lang_text(lang, warn_colour_text(v->colour)), NULL);
}
