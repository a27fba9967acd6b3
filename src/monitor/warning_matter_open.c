/*
 * What a released computation means for the matters of warnings. The one idea: each matter
 * keeps by which period it was judged and as what; a judgement that says nothing new moves
 * nothing, so that the same computation can be released twice and a run can stop anywhere.
 */
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/rule_target.h"
#include "monitor/warning_kind_room.h"
#include "monitor/warning_matter.sql.h"
#include "store/county.h"
#include "warn/warning.h"
#include "warn/words.h"

#include <string.h>

/* How a rule stands at a unit after the period. */
struct standing {
    const struct warnings_released_row *r;
    bool burns, merged;
    const struct hand_rows_row *at; /* its matter; NULL: none */
    bool linked;                    /* the matter knows this occurrence */
};

struct opening {
    struct tx *tx;
    struct county *c;
    struct arena *a;
    struct flow_who who;
    struct period period;
    const char *period_code;
    struct rule_targets_known known;
    struct standing *all;
    size_t n;
};

static const char *key_of(struct arena *a, struct id rule, struct id unit)
{
    return arena_printf(a, "%lld %lld", (long long)rule.v, (long long)unit.v);
}

static bool row_burns(const struct warnings_released_row *r)
{
    return r->fired_period.v && !str_eq(r->state, "resolved");
}

/* Of a rule at a unit the occurrence that burns, else the newest. */
static void sort_out(struct opening *o, const struct warnings_released_row *rows, size_t n,
                     const struct hand_rows_row *matters, size_t n_matters)
{
    struct map *by_pair = map_new(o->a), *linked = map_new(o->a), *matter = map_new(o->a);
    for (size_t i = 0; i < n_matters; i++) {
        map_add(linked, matters[i].warning, o);
        map_set(matter, key_of(o->a, matters[i].rule_id, matters[i].unit_id),
                (void *)(uintptr_t)&matters[i]);
    }
    o->all = arena_array(o->a, n, sizeof(*o->all));
    for (size_t i = 0; i < n; i++) {
        const struct warnings_released_row *r = &rows[i];
        if (i + 1 < n && rows[i + 1].warning_id.v == r->warning_id.v)
            continue;
        const char *key = key_of(o->a, r->rule_id, r->unit_id);
        struct standing *s = map_get(by_pair, key);
        if (s && (s->burns || (!row_burns(r) && s->r->occurrence > r->occurrence)))
            continue;
        if (!s) {
            s = &o->all[o->n++];
            map_add(by_pair, key, s);
        }
        *s = (struct standing){ .r = r,
                                .burns = row_burns(r),
                                .merged = r->merged_into.v != 0,
                                .at = map_get(matter, key),
                                .linked = map_get(linked, r->code) != NULL };
    }
}

/* ---- what is told ---- */

static const char *value_text(const struct opening *o, const struct warnings_released_row *r)
{
    struct rule rule = { .when = { .op = rule_op_of(r->op) } };
    struct words_value v = { r->value, r->previous };
    return words_values(&rule, &v, 1, r->limit_value, r->measure, LANG_ZH, o->a);
}

struct telling {
    struct flow_given given[6];
    size_t n;
};

static void tell(struct telling *t, const char *field, const char *value)
{
    if (*value)
        t->given[t->n++] = (struct flow_given){ field, value };
}

static enum rc move(struct opening *o, const char *matter, const char *verb,
                    const struct telling *t, struct err *e)
{
    struct flow_done done;
    return flow_move(o->tx, o->c, &o->who,
                     &(struct flow_act){ .matter = matter,
                                         .verb = verb,
                                         .version = -1,
                                         .given = t ? t->given : NULL,
                                         .n_given = t ? t->n : 0 },
                     o->a, &done, e);
}

static struct telling judgement(const struct opening *o, const struct standing *s,
                                const char *lamp)
{
    struct telling t = { .n = 0 };
    tell(&t, "judged", o->period_code);
    tell(&t, "colour", s->r->colour);
    tell(&t, "lamp", lamp);
    tell(&t, "value", value_text(o, s->r));
    return t;
}

/* ---- acting ---- */

/* Sent by the program when the rule says so; red never is. */
static enum rc auto_send(struct opening *o, const struct standing *s, const char *matter,
                         struct err *e)
{
    if (!str_eq(s->r->send, "at_once") || str_eq(s->r->colour, "red"))
        return RC_OK;
    return move(o, matter, "auto_send", NULL, e);
}

static enum rc open_new(struct opening *o, const struct standing *s, struct err *e)
{
    const struct warnings_released_row *r = s->r;
    const struct unit *u = units_find(o->who.units, r->unit);
    if (!u) /* dissolved since: its warnings end with the next computation */
        return RC_OK;
    struct rule rule = { .kind = warn_target_of(r->target_kind), .target = r->target };
    const char *owner = rule_target_owner(&o->known, &rule);
    struct telling t = judgement(o, s, r->colour);
    if (!str_eq(owner, r->unit) && units_find(o->who.units, owner))
        tell(&t, "joint", owner);
    struct flow_link links[] = { { "warning", r->code }, { "rule", r->rule_code } };
    struct flow_done done;
    enum rc rc =
        flow_open(o->tx, o->c, &o->who,
                  &(struct flow_new){ .kind = warning_flow_kind.code,
                                      .title = arena_printf(o->a, "%s：%s", u->name, r->name),
                                      .unit = r->unit,
                                      .given = t.given,
                                      .n_given = t.n,
                                      .links = links,
                                      .n_links = COUNT(links) },
                  o->a, &done, e);
    return rc == RC_OK ? auto_send(o, s, done.code, e) : rc;
}

static enum rc link_newest(struct opening *o, const struct standing *s, struct err *e)
{
    struct flow_link link = { "warning", s->r->code };
    struct flow_done done;
    return s->linked
               ? RC_OK
               : flow_add_links(o->tx, o->c, &o->who, s->at->code, &link, 1, o->a, &done, e);
}

/* -1, 0, 1: the period lies before, is, lies after the one the matter was judged by. */
static int against(const struct opening *o, const struct matter *m)
{
    struct period p;
    CLEANUP(err_done) struct err none = { 0 };
    if (period_parse(matter_value(m, "judged"), &p, &none) != RC_OK)
        return 1;
    int32_t was = period_last_day(p), now = period_last_day(o->period);
    return (now > was) - (now < was);
}

static enum rc wake(struct opening *o, const struct standing *s, const struct matter *m,
                    struct err *e)
{
    bool excluded = str_eq(m->state, "excluded");
    bool worse = warn_colour_of(s->r->colour) > warn_colour_of(matter_value(m, "colour"));
    bool anew = !s->linked || worse || (!excluded && against(o, m) > 0);
    if (!s->burns || s->merged || !anew || against(o, m) < 0)
        return RC_OK;
    struct telling t = judgement(o, s, s->r->colour);
    enum rc rc = move(o, m->code, "again", &t, e);
    if (rc == RC_OK)
        rc = link_newest(o, s, e);
    return rc == RC_OK ? auto_send(o, s, m->code, e) : rc;
}

/* It has ended by figures. */
static enum rc end(struct opening *o, const struct standing *s, const struct matter *m,
                   struct err *e)
{
    enum warn_end how = warn_end_of(s->r->ended);
    /* Of a unit that is gone others hold it now: what was promised is not forgotten. */
    bool handed = !str_eq(matter_unit(m), s->r->unit);
    const char *verb = how == WARN_CLEARED     ? "recover"
                       : how == WARN_CORRECTED ? "correct"
                       : how == WARN_VOIDED    ? "upheld"
                                               : "withdraw";
    struct telling t = { .n = 0 };
    if (how != WARN_VOIDED)
        tell(&t, "judged", o->period_code);
    if (how == WARN_CLEARED)
        tell(&t, "value", value_text(o, s->r));
    if (how == WARN_WITHDRAWN && handed) {
        if (!str_eq(m->state, "waiting"))
            return RC_OK;
        verb = "ask_person";
    }
    return move(o, m->code, verb, &t, e);
}

/* It goes on: the matter hears of the new value, and of a worse colour. */
static enum rc go_on(struct opening *o, const struct standing *s, const struct matter *m,
                     struct err *e)
{
    enum warn_colour now = warn_colour_of(s->r->colour),
                     was = warn_colour_of(matter_value(m, "colour")),
                     lamp = warn_colour_of(matter_value(m, "lamp"));
    int later = against(o, m);
    bool waits = str_eq(m->state, "waiting"),
         unsent = str_eq(m->state, "queued") || str_eq(m->state, "resend");
    if (later < 0 || (later == 0 && now == was && s->linked))
        return RC_OK;
    bool firing = str_eq(s->r->state, "firing");
    /* What a third person let step down stays down as long as no new value fires. */
    if (firing || now > was || lamp > now)
        lamp = now;
    const char *verb = "judge";
    if (now == WARN_RED && now > was && !unsent)
        verb = "raise";
    else if (waits && later > 0 && firing)
        verb = "persist";
    struct telling t = judgement(o, s, warn_colour_word(lamp));
    enum rc rc = move(o, m->code, verb, &t, e);
    return rc == RC_OK ? link_newest(o, s, e) : rc;
}

static enum rc act(struct opening *o, const struct standing *s, struct err *e)
{
    struct matter m;
    if (!s->at)
        return s->burns && !s->merged ? open_new(o, s, e) : RC_OK;
    enum rc rc = matter_load(tx_snap(o->tx), o->c, s->at->code, o->a, &m, e);
    if (rc != RC_OK)
        return rc;
    if (!m.open)
        return wake(o, s, &m, e);
    if (s->burns)
        return go_on(o, s, &m, e);
    return against(o, &m) >= 0 && s->linked ? end(o, s, &m, e) : RC_OK;
}

/* ---- a computation ---- */

static enum rc read_all(struct opening *o, struct id computation, struct err *e)
{
    const struct snap *s = tx_snap(o->tx);
    struct computation_period_row run;
    struct warnings_released_row *rows;
    struct hand_rows_row *matters;
    const struct units *us;
    size_t n, n_matters;
    char code[PERIOD_TEXT];
    enum rc rc = computation_period_one(s, computation, o->a, &run, e);
    if (rc == RC_OK && !str_eq(run.state, "done"))
        return err_set(e, RC_CONFLICT, N_("这次计算没有完成,不能按它发出预警"));
    if (rc == RC_OK)
        rc = warnings_released_all(s, run.period, computation, o->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = hand_rows_all(s, o->a, &matters, &n_matters, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(o->c), o->a, &us, e);
    if (rc == RC_OK)
        rc = rule_targets_load(s, run.period, o->a, &o->known, e);
    if (rc != RC_OK)
        return rc;
    o->period = run.period;
    o->period_code = arena_strdup(o->a, period_code(run.period, code));
    o->who = flow_who_system(us);
    sort_out(o, rows, n, matters, n_matters);
    return RC_OK;
}

enum rc warning_matters_open(struct tx *tx, struct county *c, struct id computation,
                             struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct opening o = { .tx = tx, .c = c, .a = a };
    if (!flow_kind_of(c, warning_flow_kind.code))
        return RC_OK;
    enum rc rc = read_all(&o, computation, e);
    for (size_t i = 0; i < o.n && rc == RC_OK; i++)
        rc = act(&o, &o.all[i], e);
    return rc;
}

/* ---- an objection ---- */

enum rc warning_matter_upheld(struct tx *tx, struct county *c, const char *warning,
                              const char *objection, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct opening o = { .tx = tx, .c = c, .a = a };
    struct hand_rows_row *rows;
    const struct units *us;
    size_t n;
    enum rc rc = hand_rows_all(tx_snap(tx), a, &rows, &n, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc != RC_OK)
        return rc;
    o.who = flow_who_system(us);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct flow_link link = { "objection", objection };
        struct flow_done done;
        if (!str_eq(rows[i].warning, warning) || str_eq(rows[i].state, "excluded"))
            continue;
        rc = flow_add_links(tx, c, &o.who, rows[i].code, &link, 1, a, &done, e);
        if (rc == RC_OK)
            rc = move(&o, rows[i].code, "upheld", NULL, e);
    }
    return rc;
}
