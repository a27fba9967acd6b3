/*
 * Warnings as people read them. A step carries facts only; sentences are made here, in the
 * reader's language, from the version of the rule it was judged by.
 */
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "warn/warning.h"
#include "warn/warning.sql.h"
#include "warn/words.h"

#include <math.h>
#include <stdlib.h>

static const char *const state_words[] = {
    [WARN_NEW] = "",          [WARN_PENDING] = "pending",
    [WARN_FIRING] = "firing", [WARN_RECOVERING] = "recovering",
    [WARN_NODATA] = "nodata", [WARN_RESOLVED] = "resolved"
};
static const char *const colour_words[] = {
    [WARN_NONE] = "", [WARN_YELLOW] = "yellow", [WARN_ORANGE] = "orange", [WARN_RED] = "red"
};
static const char *const end_words[] = { [WARN_GOES_ON] = "",
                                         [WARN_CLEARED] = "cleared",
                                         [WARN_FADED] = "faded",
                                         [WARN_WITHDRAWN] = "withdrawn",
                                         [WARN_CORRECTED] = "corrected",
                                         [WARN_VOIDED] = "voided" };

static int word_at(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(words[i], word))
            return (int)i;
    return 0;
}

const char *warn_state_word(enum warn_state s)
{
    return state_words[s];
}

enum warn_state warn_state_of(const char *word)
{
    return (enum warn_state)word_at(state_words, COUNT(state_words), word);
}

const char *warn_colour_word(enum warn_colour c)
{
    return colour_words[c];
}

enum warn_colour warn_colour_of(const char *word)
{
    return (enum warn_colour)word_at(colour_words, COUNT(colour_words), word);
}

const char *warn_end_word(enum warn_end end)
{
    return end_words[end];
}

enum warn_end warn_end_of(const char *word)
{
    return (enum warn_end)word_at(end_words, COUNT(end_words), word);
}

bool warn_view_burns(const struct warn_view *v)
{
    return v->fired_period.v != 0 && v->state != WARN_RESOLVED;
}

bool warn_view_counts(const struct warn_view *v)
{
    return warn_view_burns(v) && !v->merged && v->lamp != WARN_NONE;
}

/* ---- one row ---- */

/* A step, whichever query it came from. */
struct facts {
    struct warn_view v;
    struct warn_at at;
    struct rule rule;
    const char *subject, *holder;
    struct utime judged_at;
    struct id record;
};

/* Two queries give rows of the same shape; sqlc has a struct for each. */
#define FACTS_OF(row)                                                                          \
    (struct facts)                                                                             \
    {                                                                                          \
        .v = { .id = (row).warning_id,                                                         \
               .code = (row).code,                                                             \
               .name = (row).name,                                                             \
               .unit = (row).unit_id,                                                          \
               .rule_id = (row).rule_id,                                                       \
               .rule_code = (row).rule_code,                                                   \
               .rule_version = (int)(row).version,                                             \
               .colour = warn_colour_of((row).colour),                                         \
               .lamp = warn_colour_of((row).colour),                                           \
               .state = warn_state_of((row).state),                                            \
               .period = (row).period,                                                         \
               .first_period = (row).first_period,                                             \
               .fired_period = (row).fired_period,                                             \
               .occurrence = (int)(row).occurrence,                                            \
               .value = (row).value,                                                           \
               .previous = (row).previous,                                                     \
               .limit = (row).limit_value,                                                     \
               .measure = (row).measure,                                                       \
               .merged_into = (row).merged_into,                                               \
               .merged = (row).merged_into.v != 0 },                                           \
        .at = { .state = warn_state_of((row).state),                                           \
                .held = warn_state_of((row).held),                                             \
                .colour = warn_colour_of((row).colour),                                        \
                .clear = (int)(row).clear,                                                     \
                .first = (row).first_period,                                                   \
                .fired = (row).fired_period,                                                   \
                .end = warn_end_of((row).ended) },                                             \
        .rule = { .version = (int)(row).version,                                               \
                  .code = (row).rule_code,                                                     \
                  .name = (row).name,                                                          \
                  .kind = warn_target_of((row).target_kind),                                   \
                  .target = (row).target,                                                      \
                  .when = { .op = rule_op_of((row).op),                                        \
                            .limit = { NAN, (row).yellow, (row).orange, (row).red },           \
                            .recover = (row).recover,                                          \
                            .for_periods = (int)(row).for_periods,                             \
                            .recover_periods = (int)(row).recover_periods },                   \
                  .advice = (row).advice },                                                    \
        .subject = (row).subject, .holder = (row).holder, .judged_at = (row).at,               \
        .record = (row).record_id                                                              \
    }

/* Values of earlier periods; the last one of a period counts. */
struct trail {
    struct period period;
    struct words_value value;
};

static const char *values_of(const struct facts *f, const struct trail *trail, size_t n,
                             enum lang lang, struct arena *a)
{
    size_t want = (size_t)f->rule.when.for_periods, have = 0;
    struct words_value *v = arena_array(a, want, sizeof(*v));
    if (!warn_live(&f->at))
        want = 1;
    for (size_t i = want; i > 1; i--) {
        struct period p = period_step(f->v.period, -(int)(i - 1));
        struct words_value found = { NAN, NAN };
        bool any = false;
        for (size_t k = 0; k < n; k++)
            if (period_same(trail[k].period, p)) {
                found = trail[k].value;
                any = true;
            }
        if (any)
            v[have++] = found;
    }
    v[have++] = (struct words_value){ f->v.value, f->v.previous };
    return words_values(&f->rule, v, have, f->v.limit, f->v.measure, lang, a);
}

/* No limit is crossed any more, but the recovery limit is not met: said, because the value
 * alone looks as if nothing were wrong. */
static bool between(const struct facts *f)
{
    const struct condition *c = &f->rule.when;
    struct warn_value v = { .applies = true, .now = f->v.value, .before = f->v.previous };
    if (c->op == RULE_MISSING || c->op == RULE_LATE)
        return false;
    struct judged j = warn_judge(c, &v);
    return warn_burns(&f->at) && !j.nodata && j.level == WARN_NONE && !j.recovered;
}

static const char *figure_of(const struct facts *f, enum lang lang, struct arena *a)
{
    return words_clears(&f->rule, &f->at, f->v.period, f->subject, f->v.measure, lang, a);
}

static void speak(struct facts *f, const struct trail *trail, size_t n, enum lang lang,
                  struct arena *a)
{
    struct warn_view *v = &f->v;
    f->subject = lang_text(lang, f->subject);
    const char *figure = figure_of(f, lang, a);
    bool advise = warn_burns(&f->at) && *f->rule.advice;
    v->rule = words_rule(&f->rule, v->colour, v->measure, lang, a);
    v->values = values_of(f, trail, n, lang, a);
    if (between(f))
        v->values = text_fill(a, lang_text(lang, N_("{values}，未到恢复界线")), "values",
                              v->values, NULL);
    v->clears = advise ? text_fill(a, lang_text(lang, N_("{figure}；{advice}")), "figure",
                                   figure, "advice", f->rule.advice, NULL)
                       : figure;
    v->who = *f->holder ? text_fill(a, lang_text(lang, N_("本单位整改，{holder}出数")),
                                    "holder", f->holder, NULL)
                        : lang_text(lang, N_("本单位整改"));
}

/* ---- who sees what ---- */

static bool seen(const struct warn_sight *sight, struct period p, struct id unit,
                 struct id computation, const char *run_state)
{
    bool done = str_eq(run_state, "done");
    if (!sight)
        return done;
    struct id upto = sight->upto(sight->arg, p, unit);
    return upto.v && computation.v <= upto.v && (done || computation.v == upto.v);
}

/* ---- all of a period ---- */

static int standing(const struct warn_view *v)
{
    return warn_view_burns(v) ? 0 : v->state != WARN_RESOLVED ? 1 : 2;
}

static int worst_first(const void *x, const void *y)
{
    const struct warn_view *a = x, *b = y;
    if (standing(a) != standing(b))
        return standing(a) - standing(b);
    if (a->colour != b->colour)
        return (int)b->colour - (int)a->colour;
    if (a->merged != b->merged)
        return (int)a->merged - (int)b->merged;
    return (a->id.v > b->id.v) - (a->id.v < b->id.v);
}

/* Ended ones are shown only when people had seen them. */
static bool shown(const struct facts *f)
{
    return warn_live(&f->at) || f->at.fired.v;
}

enum rc warn_of_period(const struct snap *s, struct period p, const struct warn_sight *sight,
                       struct id unit, enum lang lang, struct arena *a, struct warn_view **ret,
                       size_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    struct warning_views_row *rows;
    struct warning_trail_row *old = NULL;
    size_t n, n_old = 0, n_facts = 0;
    int longest = 1;
    size_t n_rows;
    enum rc rc = warning_views_all(s, p, unit, a, &rows, &n_rows, e);
    if (rc != RC_OK)
        return rc;
    n = 0;
    for (size_t i = 0; i < n_rows; i++)
        if (seen(sight, p, rows[i].unit_id, rows[i].computation_id, rows[i].run_state))
            rows[n++] = rows[i];
    struct facts *facts = arena_array(tmp, n, sizeof(*facts));
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && rows[i + 1].warning_id.v == rows[i].warning_id.v)
            continue;
        facts[n_facts] = FACTS_OF(rows[i]);
        const struct facts *f = &facts[n_facts];
        n_facts += shown(f);
        longest = f->rule.when.for_periods > longest ? f->rule.when.for_periods : longest;
    }
    if (longest > 1 && n_facts > 0)
        rc = warning_trail_all(s, period_first_day(period_step(p, -(longest - 1))),
                               period_last_day(p), unit, tmp, &old, &n_old, e);
    if (rc != RC_OK)
        return rc;
    struct trail *trail = arena_array(tmp, n_old, sizeof(*trail));
    size_t n_trail = 0;
    for (size_t i = 0; i < n_old; i++)
        if (seen(sight, old[i].period, old[i].unit_id, old[i].computation_id, old[i].run_state))
            old[n_trail++] = old[i];
    n_old = n_trail;
    for (size_t i = 0; i < n_old; i++)
        trail[i] = (struct trail){ old[i].period, { old[i].value, old[i].previous } };
    struct warn_view *list = arena_array(a, n_facts, sizeof(*list));
    size_t from = 0;
    for (size_t i = 0; i < n_facts; i++) {
        /* Both are in the order of warnings. */
        while (from < n_old && old[from].warning_id.v < facts[i].v.id.v)
            from++;
        size_t to = from;
        while (to < n_old && old[to].warning_id.v == facts[i].v.id.v)
            to++;
        speak(&facts[i], &trail[from], to - from, lang, a);
        list[i] = facts[i].v;
    }
    if (n_facts > 0)
        qsort(list, n_facts, sizeof(*list), worst_first);
    *ret = list;
    *ret_n = n_facts;
    return RC_OK;
}

/* ---- one warning ---- */

enum rc warn_load(const struct snap *s, const char *code, const struct warn_sight *sight,
                  enum lang lang, struct arena *a, struct warn_history *ret, struct err *e)
{
    struct warning_history_row *rows;
    size_t n_rows, n = 0, n_judged = 0;
    enum rc rc = warning_history_all(s, code, a, &rows, &n_rows, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n_rows; i++)
        if (seen(sight, rows[i].period, rows[i].unit_id, rows[i].computation_id,
                 rows[i].run_state))
            rows[n++] = rows[i];
    if (n == 0)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的预警"), "code", code);
    struct facts *facts = arena_array(a, n, sizeof(*facts));
    struct trail *trail = arena_array(a, n, sizeof(*trail));
    struct warn_judgement *judged = arena_array(a, n, sizeof(*judged));
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && period_same(rows[i + 1].period, rows[i].period))
            continue;
        struct facts *f = &facts[n_judged];
        *f = FACTS_OF(rows[i]);
        trail[n_judged] = (struct trail){ f->v.period, { f->v.value, f->v.previous } };
        judged[n_judged++] = (struct warn_judgement){ .period = f->v.period,
                                                      .state = f->v.state,
                                                      .colour = f->v.colour,
                                                      .value = f->v.value,
                                                      .previous = f->v.previous,
                                                      .limit = f->v.limit,
                                                      .rule_version = f->v.rule_version,
                                                      .at = f->judged_at,
                                                      .record = f->record };
    }
    struct facts *last = &facts[n_judged - 1];
    speak(last, trail, n_judged - 1, lang, a);
    *ret = (struct warn_history){ .now = last->v,
                                  .end = last->at.end,
                                  .rule = last->rule,
                                  .subject = last->subject,
                                  .holder = last->holder,
                                  .figure = figure_of(last, lang, a),
                                  .judged = judged,
                                  .n = n_judged };
    return RC_OK;
}
