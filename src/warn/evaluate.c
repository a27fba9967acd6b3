/*
 * Judging a period. Everything is read and thought through first: what stood after the judged
 * period before, what a former judgement of this period said, what the values say now. Then
 * only differences are written, so that judging twice writes once.
 *
 * The one idea: the state before comes from the period before, never from a former judgement of
 * this one; the former judgement only lends its rows, so that codes stay.
 */
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "store/county.h"
#include "store/record.h"
#include "warn/trial.h"
#include "warn/warning.h"
#include "warn/warning.sql.h"
#include "warn/words.h"

#include <math.h>
#include <string.h>

/* An occurrence of a rule at a unit. */
struct occurrence {
    struct id id; /* 0: to be written */
    struct id rule, unit;
    const char *code;
    int number;
    bool seen;                                      /* some judgement of this period knew it */
    bool used;                                      /* by a change */
    const struct warning_steps_at_row *before, *at; /* after the period before; formerly after
                                                       this one; NULL: nothing */
    struct occurrence *next;                        /* of the same rule and unit, newer */
};

/* What becomes of an occurrence. */
struct change {
    struct occurrence *of;
    const struct rule *rule; /* NULL: not in force any more */
    struct id rule_version;
    const char *unit;
    struct warn_at was, next;
    double value, previous;
    struct warn_subject subject;
    struct change *into; /* carries it */
};

struct judging {
    struct county *c;
    const struct warn_source *src;
    struct arena *a;
    struct rule *rules;
    size_t n_rules;
    struct period before;   /* 0: none was judged */
    struct occurrence *all; /* there when we began */
    size_t n_all;
    struct map *chains; /* "rule unit" → oldest occurrence */
    struct map *voids;  /* "rule unit" → what does not count in this period */
    struct change *changes;
    size_t n_changes, cap;
    int last_number;                /* of this period's codes */
    const struct warn_sight *sight; /* of who tries; NULL: everything that counts */
};

/* ---- reading ---- */

static const char *pair_key(struct arena *a, struct id rule, struct id unit)
{
    return arena_printf(a, "%lld %lld", (long long)rule.v, (long long)unit.v);
}

static const char *id_key(struct arena *a, struct id id)
{
    return arena_printf(a, "%lld", (long long)id.v);
}

static void note_number(struct judging *j, const char *code)
{
    char period[PERIOD_TEXT];
    const char *prefix = arena_printf(j->a, "W-%s-", period_code(j->src->period, period));
    double v;
    size_t n = strlen(prefix);
    if (str_starts(code, prefix) && parse_real_n(code + n, strlen(code + n), &v) &&
        v > j->last_number)
        j->last_number = (int)v;
}

static void join_chain(struct judging *j, struct occurrence *o)
{
    const char *key = pair_key(j->a, o->rule, o->unit);
    struct occurrence *first = map_get(j->chains, key);
    if (!first) {
        map_add(j->chains, key, o);
        return;
    }
    while (first->next)
        first = first->next;
    first->next = o;
}

static enum rc read_before(struct judging *j, const struct snap *s, struct err *e)
{
    struct judged_before_row *rows;
    size_t n;
    enum rc rc = judged_before_all(s, period_last_day(j->src->period), j->a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK && !j->before.v; i++)
        if (period_kind(rows[i].period) == period_kind(j->src->period))
            j->before = rows[i].period;
    return rc;
}

static enum rc read_occurrences(struct judging *j, const struct snap *s, struct err *e)
{
    struct warning_identities_row *rows;
    struct warning_steps_at_row *steps;
    size_t n, n_steps;
    struct period p = j->src->period;
    enum rc rc = warning_identities_all(s, j->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = warning_steps_at_all(s, p, j->before.v ? j->before : p, j->a, &steps, &n_steps, e);
    if (rc != RC_OK)
        return rc;
    struct map *by_id = map_new(j->a);
    j->all = arena_array(j->a, n, sizeof(*j->all));
    j->n_all = n;
    for (size_t i = 0; i < n; i++) {
        struct occurrence *o = &j->all[i];
        *o = (struct occurrence){ .id = rows[i].id,
                                  .rule = rows[i].rule_id,
                                  .unit = rows[i].unit_id,
                                  .code = rows[i].code,
                                  .number = (int)rows[i].occurrence };
        note_number(j, o->code);
        if (o->number <= 0)
            continue; /* of a trial that was cleared: only its code is taken */
        map_add(by_id, id_key(j->a, o->id), o);
        join_chain(j, o);
    }
    /* Of a warning and period the newest row of a computation that counts. */
    for (size_t i = 0; i < n_steps; i++) {
        const struct warning_steps_at_row *r = &steps[i];
        struct occurrence *o = map_get(by_id, id_key(j->a, r->warning_id));
        if (!o)
            continue;
        bool counts =
            str_eq(r->run_state, "done") || r->computation_id.v == j->src->computation.v;
        if (j->sight)
            counts = counts &&
                     r->computation_id.v <= j->sight->upto(j->sight->arg, r->period, o->unit).v;
        if (period_same(r->period, p)) {
            o->seen = true;
            o->at = counts ? r : o->at;
        } else if (counts) {
            o->before = r;
        }
    }
    return RC_OK;
}

static enum rc read_voids(struct judging *j, const struct snap *s, struct err *e)
{
    struct warnings_void_row *rows;
    size_t n;
    enum rc rc = warnings_void_all(s, j->src->period, j->a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        map_set(j->voids, pair_key(j->a, rows[i].rule_id, rows[i].unit_id), &rows[i]);
    return rc;
}

static struct warn_at state_of(const struct warning_steps_at_row *r)
{
    if (!r)
        return (struct warn_at){ .state = WARN_NEW };
    return (struct warn_at){ .state = warn_state_of(r->state),
                             .held = warn_state_of(r->held),
                             .colour = warn_colour_of(r->colour),
                             .run = (int)r->run,
                             .clear = (int)r->clear,
                             .eased = warn_colour_of(r->eased),
                             .first = r->first_period,
                             .fired = r->fired_period,
                             .end = warn_end_of(r->ended) };
}

/* ---- thinking ---- */

static struct change *change_of(struct judging *j, struct occurrence *o)
{
    if (j->n_changes == j->cap) {
        size_t cap = j->cap ? j->cap * 2 : 64;
        j->changes = arena_grow(j->a, j->changes, j->cap * sizeof(*j->changes),
                                cap * sizeof(*j->changes));
        j->cap = cap;
    }
    o->used = true;
    struct change *ch = &j->changes[j->n_changes++];
    *ch = (struct change){ .of = o, .value = NAN, .previous = NAN };
    return ch;
}

/* An objection to what is found here was upheld, and it is no worse than it was then. */
static bool is_void(const struct judging *j, const char *pair, enum warn_colour found)
{
    const struct warnings_void_row *v = map_get(j->voids, pair);
    return v && found <= warn_colour_of(v->colour);
}

/* The row that a start in this period is written to: one that a former judgement had opened for
 * it, or a new one. */
static struct occurrence *row_for_start(struct judging *j, struct occurrence *chain,
                                        struct id rule, struct id unit)
{
    int newest = 0;
    for (struct occurrence *o = chain; o; o = o->next) {
        if (o->seen && (!o->before || warn_end_of(o->before->ended) == WARN_CORRECTED))
            return o;
        newest = o->number;
    }
    char period[PERIOD_TEXT];
    struct occurrence *o = arena_alloc(j->a, sizeof(*o));
    *o = (struct occurrence){ .rule = rule, .unit = unit, .number = newest + 1 };
    o->code =
        arena_printf(j->a, "W-%s-%04d", period_code(j->src->period, period), ++j->last_number);
    return o;
}

/* A rule at a unit. */
static void judge(struct judging *j, const struct rule *r, size_t unit)
{
    const struct warn_source *src = j->src;
    const struct unit *u = src->units[unit];
    const char *pair = pair_key(j->a, r->id, u->id);
    struct occurrence *chain = map_get(j->chains, pair), *from = NULL;
    struct warn_at was = { .state = WARN_NEW };
    for (struct occurrence *o = chain; o && !warn_live(&was); o = o->next) {
        was = state_of(o->before);
        from = o;
    }
    if (!warn_live(&was))
        was = (struct warn_at){ .state = WARN_NEW };
    struct warn_value v = src->look(src->arg, r->kind, r->target, unit);
    struct warn_at next = warn_next(&r->when, &was, &v, src->period);
    if (next.state == WARN_NEW)
        return;
    if (warn_live(&next) && is_void(j, pair, next.colour)) {
        next.state = WARN_RESOLVED;
        next.held = WARN_NEW;
        next.end = WARN_VOIDED;
    }
    struct change *ch =
        change_of(j, warn_live(&was) ? from : row_for_start(j, chain, r->id, u->id));
    struct judged judged = warn_judge(&r->when, &v);
    bool counts = r->when.op == RULE_MISSING || r->when.op == RULE_LATE;
    ch->rule = r;
    ch->rule_version = r->version_id;
    ch->unit = u->code;
    ch->was = was;
    ch->next = next;
    ch->value = !v.applies ? NAN : counts ? judged.value : v.now;
    ch->previous = v.applies ? v.before : NAN;
    ch->subject = src->describe(src->arg, r->kind, r->target);
}

/* What no rule in force looks at any more, and what a former judgement of this period had found
 * but this one did not. */
static void end_others(struct judging *j, struct occurrence *o)
{
    struct warn_at before = state_of(o->before), at = state_of(o->at);
    if (o->used)
        return;
    bool goes = warn_live(&before);
    if (!goes && (!o->at || at.end == WARN_CORRECTED || at.end == WARN_VOIDED))
        return;
    const struct warning_steps_at_row *r = goes ? o->before : o->at;
    struct change *ch = change_of(j, o);
    ch->unit = r->unit;
    ch->rule_version = r->rule_version_id;
    ch->was = goes ? before : (struct warn_at){ .state = WARN_NEW };
    ch->next = goes ? before : at;
    ch->next.state = WARN_RESOLVED;
    ch->next.held = WARN_NEW;
    ch->next.end = goes                        ? WARN_WITHDRAWN
                   : before.end == WARN_VOIDED ? WARN_VOIDED
                                               : WARN_CORRECTED;
    ch->subject = (struct warn_subject){
        .name = r->subject, .measure = r->measure, .holder = r->holder, .family = ""
    };
}

/* Within one unit and indicator the first of the highest colour carries the lower ones. */
static void merge(struct judging *j)
{
    struct map *highest = map_new(j->a);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < j->n_changes; i++) {
            struct change *ch = &j->changes[i];
            if (!warn_burns(&ch->next) || !*ch->subject.family)
                continue;
            const char *key = arena_printf(j->a, "%s %s", ch->unit, ch->subject.family);
            struct change *top = map_get(highest, key);
            if (pass == 0 && (!top || top->next.colour < ch->next.colour))
                map_set(highest, key, ch);
            if (pass == 1 && top->next.colour > ch->next.colour)
                ch->into = top;
        }
}

static void think(struct judging *j)
{
    const struct warn_source *src = j->src;
    for (size_t r = 0; r < j->n_rules; r++)
        for (size_t u = 0; u < src->n_units; u++)
            if (unit_in_groups(src->units[u], j->rules[r].peer_group))
                judge(j, &j->rules[r], u);
}

/* ---- writing ---- */

static struct warning_step_audit_row row_of(const struct judging *j, const struct change *ch)
{
    const struct warn_at *n = &ch->next;
    return (struct warning_step_audit_row){
        .warning_id = ch->of->id,
        .period = j->src->period,
        .last_day = period_last_day(j->src->period),
        .computation_id = j->src->computation,
        .rule_version_id = ch->rule_version,
        .from_state = warn_state_word(ch->was.state),
        .state = warn_state_word(n->state),
        .held = warn_state_word(n->held),
        .ended = warn_end_word(n->end),
        .colour = warn_colour_word(n->colour),
        .run = n->run,
        .clear = n->clear,
        .eased = warn_colour_word(n->eased),
        .first_period = n->first,
        .fired_period = n->fired,
        .value = ch->value,
        .previous = ch->previous,
        .limit_value = ch->rule ? ch->rule->when.limit[n->colour] : NAN,
        .merged_into = ch->into ? ch->into->of->id : (struct id){ 0 },
        .subject = ch->subject.name,
        .measure = ch->subject.measure,
        .holder = ch->subject.holder,
        .at = county_now(j->c),
    };
}

static bool same_real(double x, double y)
{
    return x == y || (isnan(x) && isnan(y));
}

/* Whether the former judgement said the same. */
static bool known(const struct warning_steps_at_row *r, const struct warning_step_audit_row *n)
{
    return r && r->rule_version_id.v == n->rule_version_id.v && str_eq(r->state, n->state) &&
           str_eq(r->held, n->held) && str_eq(r->ended, n->ended) &&
           str_eq(r->colour, n->colour) && r->run == n->run && r->clear == n->clear &&
           str_eq(r->eased, n->eased) && period_same(r->first_period, n->first_period) &&
           r->fired_period.v == n->fired_period.v && same_real(r->value, n->value) &&
           same_real(r->previous, n->previous) && same_real(r->limit_value, n->limit_value) &&
           r->merged_into.v == n->merged_into.v && str_eq(r->subject, n->subject) &&
           str_eq(r->measure, n->measure) && str_eq(r->holder, n->holder);
}

static enum rc record(struct tx *tx, const struct judging *j, const char *kind,
                      const struct change *ch, const struct query *audit, const void *row,
                      struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, j->a);
    canon_row(&k, audit, row);
    struct record_part part = part_open(&k);
    return record_append(tx, j->c,
                         &(struct record_new){ .kind = kind,
                                               .unit = ch->unit,
                                               .subject = ch->of->code,
                                               .by = "",
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

static enum rc write_begin(struct tx *tx, struct judging *j, struct change *ch, struct err *e)
{
    struct occurrence *o = ch->of;
    struct warning_audit_row row = { .code = o->code,
                                     .rule_id = o->rule,
                                     .unit_id = o->unit,
                                     .occurrence = o->number,
                                     .created_at = county_now(j->c) };
    struct warning_insert_row made;
    struct id id;
    enum rc rc = record(tx, j, "warning.begin", ch, &warning_audit_query, &row, &id, e);
    if (rc == RC_OK)
        rc = warning_insert_one(tx, row.code, row.rule_id, row.unit_id, row.occurrence,
                                row.created_at, id, j->a, &made, e);
    if (rc == RC_OK)
        o->id = made.id;
    return rc;
}

static enum rc write_step(struct tx *tx, struct judging *j, const struct change *ch,
                          struct err *e)
{
    struct warning_step_audit_row w = row_of(j, ch);
    struct id id;
    if (known(ch->of->at, &w))
        return RC_OK;
    enum rc rc = record(tx, j, "warning.step", ch, &warning_step_audit_query, &w, &id, e);
    if (rc != RC_OK)
        return rc;
    return warning_step_insert(
        tx, w.warning_id, w.period, w.last_day, w.computation_id, w.rule_version_id,
        w.from_state, w.state, w.held, w.ended, w.colour, w.run, w.clear, w.eased,
        w.first_period, w.fired_period, w.value, w.previous, w.limit_value, w.merged_into,
        w.subject, w.measure, w.holder, w.at, id, NULL, e);
}

static enum rc read_all(struct judging *j, const struct snap *s, struct err *e)
{
    j->chains = map_new(j->a);
    j->voids = map_new(j->a);
    enum rc rc = rules_in_force(s, j->a, &j->rules, &j->n_rules, e);
    if (rc == RC_OK)
        rc = read_before(j, s, e);
    if (rc == RC_OK)
        rc = read_occurrences(j, s, e);
    return rc == RC_OK ? read_voids(j, s, e) : rc;
}

enum rc warn_try(const struct snap *s, const struct warn_source *src, size_t unit,
                 const struct warn_sight *sight, enum lang lang, struct arena *a,
                 struct warn_tried **ret, size_t *ret_n, struct err *e)
{
    struct judging j = { .src = src, .a = a, .sight = sight };
    enum rc rc = read_all(&j, s, e);
    if (rc != RC_OK)
        return rc;
    for (size_t r = 0; r < j.n_rules; r++)
        if (unit_in_groups(src->units[unit], j.rules[r].peer_group))
            judge(&j, &j.rules[r], unit);
    struct warn_tried *out = arena_array(a, j.n_changes, sizeof(*out));
    size_t n = 0;
    for (size_t i = 0; i < j.n_changes; i++) {
        const struct change *ch = &j.changes[i];
        if (!warn_live(&ch->next))
            continue;
        const struct words_value v = { ch->value, ch->previous };
        double limit = ch->rule->when.limit[ch->next.colour];
        const char *measure = ch->subject.measure;
        out[n++] = (struct warn_tried){
            .rule = ch->rule,
            .at = ch->next,
            .subject = ch->subject,
            .said = words_rule(ch->rule, ch->next.colour, measure, lang, a),
            .values = words_values(ch->rule, &v, 1, limit, measure, lang, a),
            .clears = words_clears(ch->rule, &ch->next, src->period, ch->subject.name, measure,
                                   lang, a)
        };
    }
    *ret = out;
    *ret_n = n;
    return RC_OK;
}

enum rc warn_evaluate(struct tx *tx, struct county *c, const struct warn_source *src,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct judging j = { .c = c, .src = src, .a = a };
    enum rc rc = read_all(&j, tx_snap(tx), e);
    if (rc != RC_OK)
        return rc;
    think(&j);
    for (size_t i = 0; i < j.n_all; i++)
        end_others(&j, &j.all[i]);
    merge(&j);
    for (size_t i = 0; i < j.n_changes && rc == RC_OK; i++)
        if (!j.changes[i].of->id.v)
            rc = write_begin(tx, &j, &j.changes[i], e);
    for (size_t i = 0; i < j.n_changes && rc == RC_OK; i++)
        rc = write_step(tx, &j, &j.changes[i], e);
    return rc;
}

/* ---- what does not count ---- */

enum rc warn_void(struct tx *tx, struct county *c, const char *code, struct period p,
                  const char *objection, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct warning_judged_row judged;
    struct id id;
    enum rc rc = warning_judged_one(tx_snap(tx), code, p, a, &judged, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, rc, N_("没有编号为「{code}」的预警"), "code", code);
    if (rc != RC_OK)
        return rc;
    struct warning_void_audit_row row = { .warning_id = judged.warning_id,
                                          .period = p,
                                          .colour = judged.colour,
                                          .objection = objection,
                                          .at = county_now(c) };
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &warning_void_audit_query, &row);
    struct record_part part = part_open(&k);
    rc = record_append(tx, c,
                       &(struct record_new){ .kind = "warning.void",
                                             .unit = judged.unit,
                                             .subject = code,
                                             .by = by,
                                             .parts = &part,
                                             .n_parts = 1 },
                       &id, e);
    return rc == RC_OK ? warning_void_insert(tx, row.warning_id, row.period, row.colour,
                                             row.objection, row.at, id, NULL, e)
                       : rc;
}
