/*
 * What a meeting reads: found in the newest two published periods of one kind, in the matters
 * that are open, in the last meeting; what people chose and wrote is laid over it. A change
 * counts only when the intervals of the two periods do not touch: what cannot be told apart is
 * not put before a meeting.
 */
#include "meeting/agenda.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "meeting/frozen.h"
#include "meeting/meeting.sql.h"
#include "monitor/data_page.h"
#include "monitor/publication.h"
#include "monitor/warning_lamp.h"
#include "store/canon.h"
#include "store/county.h"
#include "warn/warn.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* The two newest published periods of one kind. */
struct two {
    struct sight sight;
    struct run_head_row now, before;
    const struct units *units; /* at the end of the newer one */
    size_t n;                  /* how many there are: 0, 1, 2 */
};

static enum rc two_load(const struct snap *s, struct county *c, struct arena *a,
                        struct two *ret, struct err *e)
{
    struct person *program = arena_alloc(a, sizeof(*program));
    size_t n;
    *program = person_system();
    *ret = (struct two){ .n = 0 };
    enum rc rc = units_load(s, county_today(c), a, &ret->units, e);
    if (rc == RC_OK)
        rc = sight_load(s, program, ret->units, a, &ret->sight, e);
    if (rc != RC_OK)
        return rc;
    ret->sight.floor = ret->sight.own = PUBLICATION_PUBLISHED; /* what everybody may see */
    const struct period *list = sight_periods(&ret->sight, false, a, &n);
    for (size_t i = 0; i < n && ret->n < 2 && rc == RC_OK; i++) {
        if (i > 0 && period_kind(list[i]) != period_kind(list[0]))
            continue;
        rc = sight_run_load(&ret->sight, s, list[i], a, ret->n ? &ret->before : &ret->now, e);
        ret->n++;
    }
    if (rc == RC_OK && ret->n)
        rc = units_load(s, period_last_day(ret->now.period), a, &ret->units, e);
    return rc;
}

/* ---- changes ---- */

/* Of the first ones each unit is named once. */
static void vary(struct agenda_change *list, size_t n)
{
    for (size_t at = 0; at < AGENDA_CHANGES && at < n; at++) {
        size_t pick = at;
        for (bool seen = true; pick < n && seen; pick += seen) {
            seen = false;
            for (size_t k = 0; k < at && !seen; k++)
                seen = str_eq(list[k].unit, list[pick].unit);
        }
        if (pick >= n)
            return;
        struct agenda_change x = list[pick];
        memmove(&list[at + 1], &list[at], (pick - at) * sizeof(*list));
        list[at] = x;
    }
}

static enum rc candidates(const struct snap *s, const struct two *t, struct arena *a,
                          struct agenda_change **ret, size_t *ret_n, struct err *e)
{
    struct clear_changes_row *rows = NULL;
    size_t n = 0;
    enum rc rc = t->n < 2 ? RC_OK
                          : clear_changes_all(s, t->before.id, t->now.scheme_id, t->now.id, a,
                                              &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = (struct agenda_change){ .unit = rows[i].unit,
                                            .unit_name = unit_name_of(t->units, rows[i].unit),
                                            .node = rows[i].node_code,
                                            .node_name = rows[i].name,
                                            .before = rows[i].before,
                                            .before_lo = rows[i].before_lo,
                                            .before_hi = rows[i].before_hi,
                                            .now = rows[i].score,
                                            .now_lo = rows[i].score_lo,
                                            .now_hi = rows[i].score_hi,
                                            .note = "" };
    vary(*ret, n);
    return RC_OK;
}

enum rc agenda_candidates(const struct snap *s, struct county *c, struct arena *a,
                          struct agenda_change **ret, size_t *ret_n, struct err *e)
{
    struct two t;
    enum rc rc = two_load(s, c, a, &t, e);
    return rc == RC_OK ? candidates(s, &t, a, ret, ret_n, e) : rc;
}

/* ---- what people wrote ---- */

const char *const *agenda_lines(const struct matter *m, const char *field, struct arena *a,
                                size_t *ret_n)
{
    size_t n;
    char **all = str_split(a, matter_value(m, field), '\n', &n);
    const char **kept = arena_array(a, n, sizeof(*kept));
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        const char *s = str_trim(a, all[i]);
        if (*s)
            kept[(*ret_n)++] = s;
    }
    return kept;
}

/* "D04 A1 说明": the two codes and what is left. */
static void split_change(const char *line, struct arena *a, const char **unit,
                         const char **node, const char **note)
{
    size_t u = strcspn(line, " \t");
    *unit = arena_strndup(a, line, u);
    line += u + strspn(line + u, " \t");
    size_t n = strcspn(line, " \t");
    *node = arena_strndup(a, line, n);
    *note = arena_strdup(a, line + n + strspn(line + n, " \t"));
}

/* "决定什么｜D-2026-00012" */
static struct agenda_decision split_decision(const char *line, struct arena *a)
{
    static const char bar[] = "｜";
    const char *at = strstr(line, bar);
    if (!at)
        return (struct agenda_decision){ line, "", "" };
    return (struct agenda_decision){ str_trim(a, arena_strndup(a, line, (size_t)(at - line))),
                                     str_trim(a, arena_strdup(a, at + strlen(bar))), "" };
}

static enum rc check_changes(const struct snap *s, const struct two *t, const struct matter *m,
                             struct arena *a, struct err *e)
{
    struct agenda_change *list;
    size_t n, n_lines;
    const char *const *lines = agenda_lines(m, "changes", a, &n_lines);
    enum rc rc = candidates(s, t, a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n_lines > AGENDA_CHANGES)
        return err_set(e, RC_INVALID, N_("变化至多五项，写了{n}项"), "n",
                       arena_printf(a, "%zu", n_lines));
    for (size_t i = 0; i < n_lines; i++) {
        const char *unit, *node, *note;
        bool found = false;
        split_change(lines[i], a, &unit, &node, &note);
        for (size_t k = 0; k < n && !found; k++)
            found = str_eq(list[k].unit, unit) && str_eq(list[k].node, node);
        if (!found)
            return err_set(
                e, RC_INVALID,
                N_("「{unit} "
                   "{node}」不在能分辨的变化里：前后两期的区间有重叠，或者没有这个单位、指标"),
                "unit", unit, "node", node);
        for (size_t k = 0; k < i; k++) {
            const char *u, *d, *rest;
            split_change(lines[k], a, &u, &d, &rest);
            if (str_eq(u, unit) && str_eq(d, node))
                return err_set(e, RC_INVALID, N_("「{unit} {node}」写了两次"), "unit", unit,
                               "node", node);
        }
        if (utf8_count(note) > AGENDA_NOTE_MAX)
            return err_set(e, RC_INVALID, N_("第{n}项变化的说明至多24个字，请缩短"), "n",
                           arena_printf(a, "%zu", i + 1));
    }
    return RC_OK;
}

static enum rc check_decisions(const struct snap *s, const struct matter *m, struct arena *a,
                               struct err *e)
{
    size_t n;
    const char *const *lines = agenda_lines(m, "decisions", a, &n);
    if (n > AGENDA_DECISIONS)
        return err_set(e, RC_INVALID, N_("请决定的事项至多三项，写了{n}项"), "n",
                       arena_printf(a, "%zu", n));
    for (size_t i = 0; i < n; i++) {
        struct agenda_decision d = split_decision(lines[i], a);
        struct matter from;
        if (!*d.text || utf8_count(d.text) > AGENDA_DECISION_MAX)
            return err_set(e, RC_INVALID, N_("第{n}项请决定的事项应有1至90个字，请缩短"), "n",
                           arena_printf(a, "%zu", i + 1));
        if (!*d.basis)
            continue;
        enum rc rc = matter_load(s, NULL, d.basis, a, &from, e);
        if (rc == RC_NOTFOUND || (rc == RC_OK && from.draft)) {
            err_done(e);
            *e = (struct err){ 0 };
            return err_set(e, RC_INVALID, N_("第{n}项的由来「{code}」不是一件事项的编号"), "n",
                           arena_printf(a, "%zu", i + 1), "code", d.basis);
        }
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

enum rc agenda_check(const struct snap *s, struct county *c, const struct matter *m,
                     struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct two t;
    enum rc rc = two_load(s, c, a, &t, e);
    if (rc == RC_OK)
        rc = check_changes(s, &t, m, a, e);
    return rc == RC_OK ? check_decisions(s, m, a, e) : rc;
}

/* ---- as it is now ---- */

static enum rc fill_changes(const struct snap *s, const struct two *t, const struct matter *m,
                            struct arena *a, struct agenda *g, struct err *e)
{
    struct agenda_change *list;
    size_t n, n_lines;
    const char *const *lines = agenda_lines(m, "changes", a, &n_lines);
    enum rc rc = candidates(s, t, a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n_lines == 0) { /* nobody chose: the largest */
        g->n_changes = n < AGENDA_CHANGES ? n : AGENDA_CHANGES;
        if (g->n_changes)
            memcpy(g->changes, list, g->n_changes * sizeof(*list));
        return RC_OK;
    }
    for (size_t i = 0; i < n_lines && g->n_changes < AGENDA_CHANGES; i++) {
        const char *unit, *node, *note;
        split_change(lines[i], a, &unit, &node, &note);
        for (size_t k = 0; k < n; k++)
            if (str_eq(list[k].unit, unit) && str_eq(list[k].node, node)) {
                list[k].note = note;
                g->changes[g->n_changes++] = list[k];
                break;
            }
    }
    return RC_OK;
}

static enum rc fill_decisions(const struct snap *s, const struct matter *m, struct arena *a,
                              struct agenda *g, struct err *e)
{
    size_t n;
    const char *const *lines = agenda_lines(m, "decisions", a, &n);
    for (size_t i = 0; i < n && g->n_decisions < AGENDA_DECISIONS; i++) {
        struct agenda_decision d = split_decision(lines[i], a);
        struct matter from;
        if (*d.basis) {
            enum rc rc = matter_load(s, NULL, d.basis, a, &from, e);
            if (rc != RC_OK)
                return rc;
            d.basis_title = from.title;
        }
        g->decisions[g->n_decisions++] = d;
    }
    return RC_OK;
}

enum rc agenda_born(const struct matter *m, struct arena *a, struct agenda_born **ret,
                    size_t *ret_n, struct err *e)
{
    size_t n;
    const char *const *lines = agenda_lines(m, "born", a, &n);
    *ret = arena_array(a, n, sizeof(**ret));
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (lines[i][0] < '1' || lines[i][0] > '0' + AGENDA_DECISIONS || lines[i][1] != ' ')
            return err_set(e, RC_INVALID, N_("「{line}」应写成：第几项 事项编号"), "line",
                           lines[i]);
        (*ret)[(*ret_n)++] = (struct agenda_born){ (size_t)(lines[i][0] - '1'),
                                                   str_trim(a, arena_strdup(a, lines[i] + 2)) };
    }
    return RC_OK;
}

static enum rc tally(const struct snap *s, struct county *c, const struct agenda_born *b,
                     struct arena *a, struct agenda *g, struct err *e)
{
    struct matter m;
    if (b->decision >= g->n_last || str_eq(b->code, AGENDA_NONE_BORN))
        return RC_OK;
    enum rc rc = matter_load(s, c, b->code, a, &m, e);
    if (rc != RC_OK)
        return rc;
    const struct clock_at *cl = matter_running(&m);
    struct agenda_last *x = &g->last[b->decision];
    x->born++;
    x->open += m.open;
    x->done += !m.open && !word_in("cancelled dropped", m.state, ' ');
    x->late += m.open && cl && cl->first > 0 && cl->first < county_today(c);
    return RC_OK;
}

/* What became of a meeting's decisions. */
static enum rc fill_last(const struct snap *s, struct county *c, const char *code,
                         struct arena *a, struct agenda *g, struct err *e)
{
    struct matter last;
    struct agenda_born *born;
    size_t n, n_lines;
    enum rc rc = matter_load(s, c, code, a, &last, e);
    if (rc == RC_OK)
        rc = agenda_born(&last, a, &born, &n, e);
    if (rc != RC_OK)
        return rc;
    g->last_code = code;
    g->last_title = last.title;
    g->last_day = matter_day(&last, "day");
    g->n_last = 0;
    const char *const *lines = agenda_lines(&last, "conclusions", a, &n_lines);
    for (size_t i = 0; i < n_lines && g->n_last < AGENDA_DECISIONS; i++)
        g->last[g->n_last++] = (struct agenda_last){ .text = lines[i] };
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = tally(s, c, &born[i], a, g, e);
    return rc;
}

static enum rc find_last(const struct snap *s, struct county *c, const struct matter *m,
                         struct arena *a, struct agenda *g, struct err *e)
{
    struct meeting_before_row row;
    enum rc rc = meeting_before_one(s, m->code, m->id, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    return rc == RC_OK ? fill_last(s, c, row.code, a, g, e) : rc;
}

/* What is open now, and the lights of the newer period. */
static enum rc fill_figures(const struct snap *s, struct county *c, const struct two *t,
                            struct arena *a, struct agenda *g, struct err *e)
{
    struct warn_view *warnings = NULL;
    struct meeting_counts_row directives, objections;
    size_t n = 0;
    enum rc rc = meeting_counts_one(s, county_today(c), "directive", a, &directives, e);
    if (rc == RC_OK)
        rc = meeting_counts_one(s, county_today(c), "objection", a, &objections, e);
    struct warn_sight see = sight_warnings(&t->sight);
    if (rc == RC_OK && t->n)
        rc = warnings_shown(s, t->now.period, &see, (struct id){ 0 }, LANG_ZH, a, &warnings, &n,
                            e);
    if (rc != RC_OK)
        return rc;
    g->directives = directives.n;
    g->directives_late = directives.late;
    g->objections = objections.n;
    for (size_t i = 0; i < n; i++)
        if (warn_view_counts(&warnings[i])) {
            g->red += warnings[i].lamp == WARN_RED;
            g->orange += warnings[i].lamp == WARN_ORANGE;
            g->yellow += warnings[i].lamp == WARN_YELLOW;
        }
    return RC_OK;
}

enum rc agenda_make(const struct snap *s, struct county *c, const struct matter *m,
                    struct arena *a, struct agenda *ret, struct err *e)
{
    struct two t;
    *ret = (struct agenda){ .title = m->title,
                            .place = matter_value(m, "place"),
                            .chair = matter_value(m, "chair"),
                            .day = matter_day(m, "day"),
                            .county = NAN,
                            .county_lo = NAN,
                            .county_hi = NAN,
                            .county_before = NAN,
                            .last_code = "",
                            .last_title = "" };
    enum rc rc = two_load(s, c, a, &t, e);
    if (rc != RC_OK)
        return rc;
    if (t.n) {
        ret->now = t.now.period;
        ret->county = t.now.county_score;
        ret->county_lo = t.now.county_lo;
        ret->county_hi = t.now.county_hi;
    }
    if (t.n > 1) {
        ret->before = t.before.period;
        ret->county_before = t.before.county_score;
        ret->other_scheme = t.now.scheme_id.v != t.before.scheme_id.v;
    }
    rc = fill_changes(s, &t, m, a, ret, e);
    if (rc == RC_OK)
        rc = fill_decisions(s, m, a, ret, e);
    if (rc == RC_OK)
        rc = find_last(s, c, m, a, ret, e);
    return rc == RC_OK ? fill_figures(s, c, &t, a, ret, e) : rc;
}

/* One change of the same unit and node, as the two runs say it today. */
static enum rc read_again(const struct snap *s, const struct two *t, struct arena *a,
                          struct agenda_change *x, struct err *e)
{
    struct score_pair_row row;
    enum rc rc = score_pair_one(s, t->before.id, t->now.scheme_id, t->now.id, x->unit, x->node,
                                a, &row, e);
    if (rc == RC_NOTFOUND) { /* it is no longer there: nothing to set beside it */
        err_done(e);
        *e = (struct err){ 0 };
        x->before = x->now = NAN;
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    x->before = row.before;
    x->before_lo = row.before_lo;
    x->before_hi = row.before_hi;
    x->now = row.score;
    x->now_lo = row.score_lo;
    x->now_hi = row.score_hi;
    return RC_OK;
}

enum rc agenda_again(const struct snap *s, struct county *c, const struct agenda *then,
                     struct arena *a, struct agenda *ret, struct err *e)
{
    struct two t;
    *ret = *then;
    ret->red = ret->orange = ret->yellow = 0;
    enum rc rc = two_load(s, c, a, &t, e);
    if (rc == RC_OK && then->now.v)
        rc = sight_run_load(&t.sight, s, then->now, a, &t.now, e);
    if (rc == RC_OK && then->before.v)
        rc = sight_run_load(&t.sight, s, then->before, a, &t.before, e);
    if (rc != RC_OK)
        return rc;
    if (then->now.v) {
        ret->county = t.now.county_score;
        ret->county_lo = t.now.county_lo;
        ret->county_hi = t.now.county_hi;
    }
    if (then->before.v)
        ret->county_before = t.before.county_score;
    for (size_t i = 0; i < ret->n_changes && rc == RC_OK; i++)
        rc = read_again(s, &t, a, &ret->changes[i], e);
    if (rc == RC_OK && *then->last_code)
        rc = fill_last(s, c, then->last_code, a, ret, e);
    return rc == RC_OK ? fill_figures(s, c, &t, a, ret, e) : rc;
}
