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
    bool burns;
    struct standing *top;           /* the higher colour of its indicator that carries it */
    const struct hand_rows_row *at; /* its matter; NULL: none */
    const char *matter;             /* code of that, also of one that was just opened; NULL */
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
    struct map *linked; /* by code of a warning: the row of the matter that knows it */
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
    struct map *by_pair = map_new(o->a), *matter = map_new(o->a);
    o->linked = map_new(o->a);
    for (size_t i = 0; i < n_matters; i++) {
        map_set(o->linked, matters[i].warning, (void *)(uintptr_t)&matters[i]);
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
                                .at = map_get(matter, key),
                                .linked = map_get(o->linked, r->code) != NULL };
        s->matter = s->at ? s->at->code : NULL;
    }
}

static const char *warning_key(struct arena *a, struct id warning)
{
    return arena_printf(a, "%lld", (long long)warning.v);
}

/*
 * A higher colour carries the lower ones of its indicator, and takes over what is already being
 * done about one of them: that matter goes on as its own. Of several the first; the others, and
 * those of a warning that has a matter already, rest until they stand alone again.
 */
static void unite(struct opening *o)
{
    struct map *by_warning = map_new(o->a);
    for (size_t i = 0; i < o->n; i++)
        if (o->all[i].burns)
            map_set(by_warning, warning_key(o->a, o->all[i].r->warning_id), &o->all[i]);
    for (size_t i = 0; i < o->n; i++) {
        struct standing *s = &o->all[i];
        struct standing *top = s->burns && s->r->merged_into.v
                                   ? map_get(by_warning, warning_key(o->a, s->r->merged_into))
                                   : NULL;
        s->top = top;
        if (!top || top->at || !s->at || !s->at->open || str_eq(s->at->state, "carried"))
            continue;
        top->at = s->at;
        top->matter = s->at->code;
    }
}

/* Of two that share a matter the one that it is about now. */
static bool before(const struct standing *x, const struct standing *y)
{
    enum warn_colour a = warn_colour_of(x->r->colour), b = warn_colour_of(y->r->colour);
    if (x->burns != y->burns)
        return x->burns;
    if (!x->top != !y->top)
        return !x->top;
    return a != b ? a > b : x->r->warning_id.v < y->r->warning_id.v;
}

/* By code of the matter. */
static struct map *leaders(const struct opening *o)
{
    struct map *lead = map_new(o->a);
    for (size_t i = 0; i < o->n; i++) {
        struct standing *s = &o->all[i];
        const struct standing *other = s->at ? map_get(lead, s->at->code) : NULL;
        if (s->at && (!other || before(s, other)))
            map_set(lead, s->at->code, s);
    }
    return lead;
}

/* ---- what is told ---- */

static const char *value_text(const struct opening *o, const struct warnings_released_row *r)
{
    struct rule rule = { .when = { .op = rule_op_of(r->op) } };
    struct words_value v = { r->value, r->previous };
    return words_values(&rule, &v, 1, r->limit_value, r->measure, LANG_ZH, o->a);
}

struct telling {
    struct flow_given given[8];
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
    tell(&t, "light", s->r->code);
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

static const char *title_of(const struct opening *o, const struct standing *s)
{
    const struct unit *u = units_find(o->who.units, s->r->unit);
    return arena_printf(o->a, "%s：%s", u ? u->name : s->r->unit, s->r->name);
}

static enum rc open_new(struct opening *o, struct standing *s, struct err *e)
{
    const struct warnings_released_row *r = s->r;
    if (!units_find(o->who.units, r->unit))
        return RC_OK; /* dissolved since: its warnings end with the next computation */
    struct rule rule = { .kind = warn_target_of(r->target_kind), .target = r->target };
    const char *owner = rule_target_owner(&o->known, &rule);
    struct telling t = judgement(o, s, r->colour);
    if (!str_eq(owner, r->unit) && units_find(o->who.units, owner))
        tell(&t, "joint", owner);
    struct flow_link links[] = { { "warning", r->code }, { "rule", r->rule_code } };
    struct flow_done done;
    enum rc rc = flow_open(o->tx, o->c, &o->who,
                           &(struct flow_new){ .kind = warning_flow_kind.code,
                                               .title = title_of(o, s),
                                               .unit = r->unit,
                                               .given = t.given,
                                               .n_given = t.n,
                                               .links = links,
                                               .n_links = COUNT(links) },
                           o->a, &done, e);
    if (rc != RC_OK)
        return rc;
    s->matter = done.code;
    return auto_send(o, s, done.code, e);
}

static bool links_with(const struct matter *m, const char *what, const char *code)
{
    for (size_t i = 0; i < m->n_links; i++)
        if (str_eq(m->links[i].what, what) && str_eq(m->links[i].code, code))
            return true;
    return false;
}

static enum rc link_to(struct opening *o, const struct matter *m, const char *what,
                       const char *code, struct err *e)
{
    struct flow_link link = { what, code };
    struct flow_done done;
    return links_with(m, what, code)
               ? RC_OK
               : flow_add_links(o->tx, o->c, &o->who, m->code, &link, 1, o->a, &done, e);
}

static enum rc link_newest(struct opening *o, const struct standing *s, const struct matter *m,
                           struct err *e)
{
    enum rc rc = link_to(o, m, "warning", s->r->code, e);
    return rc == RC_OK ? link_to(o, m, "rule", s->r->rule_code, e) : rc;
}

/* The matter is about another warning of the same indicator from now on. */
static enum rc turn(struct opening *o, const struct standing *s, const struct matter *m,
                    struct err *e)
{
    bool higher = warn_colour_of(s->r->colour) > warn_colour_of(matter_value(m, "colour"));
    struct telling t = { .n = 0 };
    tell(&t, "light", s->r->code);
    tell(&t, "title", title_of(o, s));
    enum rc rc = move(o, m->code, higher ? "merge" : "remain", &t, e);
    return rc == RC_OK ? link_newest(o, s, m, e) : rc;
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

/* Has the matter been about another rule until now? */
static bool other_rule(const struct opening *o, const struct standing *s,
                       const struct matter *m)
{
    const struct hand_rows_row *was = map_get(o->linked, matter_value(m, "light"));
    return was && was->rule_id.v != s->r->rule_id.v;
}

/* A person dismissed it. By figures alone (a correction, a rule out of force) it would be back
 * when they are. */
static bool dismissed(const struct matter *m)
{
    return str_eq(m->state, "excluded") &&
           (str_eq(m->last_verb, "exclude") || str_eq(m->last_verb, "upheld"));
}

static enum rc wake(struct opening *o, const struct standing *s, const struct matter *m,
                    struct err *e)
{
    bool worse = warn_colour_of(s->r->colour) > warn_colour_of(matter_value(m, "colour"));
    bool anew = !s->linked || worse || (str_eq(m->state, "excluded") && !dismissed(m)) ||
                (!dismissed(m) && against(o, m) > 0);
    if (!s->burns || !anew || against(o, m) < 0)
        return RC_OK;
    struct telling t = judgement(o, s, s->r->colour);
    if (other_rule(o, s, m))
        tell(&t, "title", title_of(o, s));
    enum rc rc = move(o, m->code, "again", &t, e);
    if (rc == RC_OK)
        rc = link_newest(o, s, m, e);
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
    return rc == RC_OK ? link_newest(o, s, m, e) : rc;
}

/* It stands alone again, and is sent again. */
static enum rc part(struct opening *o, const struct standing *s, const struct matter *m,
                    struct err *e)
{
    struct telling t = judgement(o, s, s->r->colour);
    if (against(o, m) < 0)
        return RC_OK;
    enum rc rc = move(o, m->code, "part", &t, e);
    if (rc == RC_OK)
        rc = link_newest(o, s, m, e);
    return rc == RC_OK ? auto_send(o, s, m->code, e) : rc;
}

/* A higher colour of its indicator has a matter of its own: this one rests. When that ends
 * otherwise than by figures, it goes on. */
static enum rc carried(struct opening *o, const struct standing *s, const struct matter *m,
                       struct err *e)
{
    struct matter top;
    enum rc rc = matter_load(tx_snap(o->tx), o->c, s->top->matter, o->a, &top, e);
    bool rests = str_eq(m->state, "carried");
    if (rc != RC_OK)
        return rc;
    if (!top.open)
        return rests ? part(o, s, m, e) : go_on(o, s, m, e);
    rc = rests ? RC_OK : move(o, m->code, "carry", NULL, e);
    return rc == RC_OK ? link_to(o, m, "matter", top.code, e) : rc;
}

/* Nobody had begun with it: the matter of the higher colour knows it, and goes on with it when
 * that has ended. */
static enum rc join(struct opening *o, const struct standing *s, struct err *e)
{
    struct matter top;
    if (!s->top->matter) /* of a unit that is gone */
        return RC_OK;
    enum rc rc = matter_load(tx_snap(o->tx), o->c, s->top->matter, o->a, &top, e);
    return rc == RC_OK && top.open ? link_to(o, &top, "warning", s->r->code, e) : rc;
}

static enum rc act(struct opening *o, struct standing *s, struct err *e)
{
    struct matter m;
    if (!s->at)
        return !s->burns ? RC_OK : s->top ? join(o, s, e) : open_new(o, s, e);
    enum rc rc = matter_load(tx_snap(o->tx), o->c, s->at->code, o->a, &m, e);
    if (rc != RC_OK)
        return rc;
    if (!m.open)
        return s->top ? RC_OK : wake(o, s, &m, e);
    if (!s->burns)
        return against(o, &m) >= 0 && s->linked ? end(o, s, &m, e) : RC_OK;
    if (s->top && s->top->matter && !str_eq(s->top->matter, m.code))
        return carried(o, s, &m, e);
    if (str_eq(m.state, "carried"))
        return part(o, s, &m, e);
    if (other_rule(o, s, &m) && against(o, &m) >= 0) {
        rc = turn(o, s, &m, e);
        if (rc == RC_OK)
            rc = matter_load(tx_snap(o->tx), o->c, m.code, o->a, &m, e);
    }
    return rc == RC_OK ? go_on(o, s, &m, e) : rc;
}

/* What carries others first: the others ask how its matter stands. */
static enum rc act_all(struct opening *o, struct err *e)
{
    struct map *lead = leaders(o);
    enum rc rc = RC_OK;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < o->n && rc == RC_OK; i++) {
            struct standing *s = &o->all[i];
            bool leads = !s->at || map_get(lead, s->at->code) == s;
            if (leads && (s->top != NULL) == (pass == 1))
                rc = act(o, s, e);
        }
    return rc;
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
    unite(o);
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
    return rc == RC_OK ? act_all(&o, e) : rc;
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
        struct matter m;
        if (!str_eq(rows[i].warning, warning) || str_eq(rows[i].state, "excluded"))
            continue;
        rc = matter_load(tx_snap(tx), c, rows[i].code, a, &m, e);
        if (rc == RC_OK)
            rc = link_to(&o, &m, "objection", objection, e);
        /* Of a lower colour that it carries it only hears. */
        if (rc == RC_OK && str_eq(matter_value(&m, "light"), warning))
            rc = move(&o, m.code, "upheld", NULL, e);
    }
    return rc;
}
