/*
 * The model check: what a table of a kind can get wrong that a compiler does not see. Pure: it
 * looks at tables only, and says every fault it finds in one line.
 */
#include "base/map.h"
#include "base/str.h"
#include "flow/matter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct checking {
    const struct flow_kind *const *kinds;
    size_t n;
    const struct flow_kind *k;
    bool english;
    struct str *out;
    struct arena *a;
};

static void fault(struct checking *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void fault(struct checking *c, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    str_addf(c->out, "%s: %s\n", c->k->code, text);
}

static bool is_word(const char *s)
{
    for (const char *p = s; p && *p; p++)
        if (!(*p >= 'a' && *p <= 'z') && *p != '_')
            return false;
    return s && *s;
}

/* Chinese in the source and English in the list; what is needed is a name. */
static void words(struct checking *c, const char *what, const char *code, const char *zh,
                  bool needed)
{
    if (!zh || !*zh) {
        if (needed)
            fault(c, "%s %s has no words", what, code);
        return;
    }
    const char *en = lang_text(LANG_EN, zh);
    if (c->english && str_eq(en, zh))
        fault(c, "%s %s: \"%s\" has no English", what, code, zh);
    else if (c->english && needed && *en >= 'a' && *en <= 'z')
        fault(c, "%s %s: \"%s\" is a name and begins with a capital", what, code, en);
}

/* ---- moves as a graph ---- */

static size_t state_index(const struct checking *c, const char *code)
{
    for (size_t i = 0; i < c->k->n_states; i++)
        if (str_eq(c->k->states[i].code, code))
            return i;
    return SIZE_MAX;
}

static void check_reach(struct checking *c)
{
    bool *seen = arena_array(c->a, c->k->n_states, sizeof(*seen));
    bool grew = c->k->n_states > 0;
    if (grew)
        seen[0] = true;
    while (grew) {
        grew = false;
        for (size_t i = 0; i < c->k->n_moves; i++) {
            const struct flow_move *m = &c->k->moves[i];
            size_t to = m->to ? state_index(c, m->to) : SIZE_MAX;
            for (size_t s = 0; to != SIZE_MAX && s < c->k->n_states; s++)
                if (seen[s] && !seen[to] && flow_move_from(c->k, m, c->k->states[s].code))
                    seen[to] = grew = true;
        }
    }
    for (size_t i = 0; i < c->k->n_states; i++)
        if (!seen[i])
            fault(c, "state %s cannot be reached", c->k->states[i].code);
}

/* From every state some end can be reached. */
static void check_ends(struct checking *c)
{
    bool *ends = arena_array(c->a, c->k->n_states, sizeof(*ends));
    bool grew = true, any = false;
    for (size_t i = 0; i < c->k->n_states; i++)
        any |= ends[i] = c->k->states[i].final;
    if (!any)
        fault(c, "no state is final");
    while (grew) {
        grew = false;
        for (size_t i = 0; i < c->k->n_moves; i++) {
            const struct flow_move *m = &c->k->moves[i];
            size_t to = m->to ? state_index(c, m->to) : SIZE_MAX;
            for (size_t s = 0; to != SIZE_MAX && ends[to] && s < c->k->n_states; s++)
                if (!ends[s] && flow_move_from(c->k, m, c->k->states[s].code))
                    ends[s] = grew = true;
        }
    }
    for (size_t i = 0; any && i < c->k->n_states; i++)
        if (!ends[i])
            fault(c, "from state %s no end can be reached", c->k->states[i].code);
}

/* ---- roles ---- */

static bool some_role_has(enum cap cap)
{
    for (size_t i = 0; i < roles_n; i++)
        if (roles[i].caps >> cap & 1)
            return true;
    return false;
}

static bool lists_sets(const struct checking *c, const char *list, enum flow_sets sets)
{
    const char *code;
    bool required;
    while (fields_next(&list, c->a, &code, &required)) {
        const struct flow_field *f = flow_field_of(c->k, code);
        if (f && f->sets == sets)
            return true;
    }
    return false;
}

static bool can_set(const struct checking *c, enum flow_sets sets)
{
    bool can = lists_sets(c, c->k->open_fields, sets);
    for (size_t i = 0; !can && i < c->k->n_moves; i++)
        can = lists_sets(c, c->k->moves[i].fields, sets);
    return can;
}

static void check_roles(struct checking *c, const char *what, const char *code,
                        unsigned roles_set, enum cap need)
{
    if (roles_set >= FLOW_SYSTEM << 1)
        fault(c, "%s %s: unknown role", what, code);
    if ((roles_set & (FLOW_BY_CAP | FLOW_REVIEWER)) && !need)
        fault(c, "%s %s: by capability, but none is named", what, code);
    if (need && !some_role_has(need))
        fault(c, "%s %s: no role has the capability %s", what, code, cap_name(need));
    if ((roles_set & FLOW_JOINT) && !can_set(c, FLOW_SETS_JOINT))
        fault(c, "%s %s: by joint units, but no field names any", what, code);
    if (roles_set == FLOW_OPENER && !c->k->open)
        fault(c, "%s %s: by who opened it, but the program does", what, code);
}

/* ---- fields ---- */

struct use {
    bool *field, *clock;
};

static void check_list(struct checking *c, const char *where, const char *list, struct use *u)
{
    const char *code;
    bool required;
    struct map *seen = map_new(c->a);
    while (fields_next(&list, c->a, &code, &required)) {
        const struct flow_field *f = flow_field_of(c->k, code);
        if (!f)
            fault(c, "%s: no field %s", where, code);
        else
            u->field[f - c->k->fields] = true;
        if (!map_add(seen, code, seen))
            fault(c, "%s: field %s twice", where, code);
    }
}

static void check_field(struct checking *c, const struct flow_field *f)
{
    static const struct {
        enum flow_sets sets;
        enum flow_type type;
    } pairs[] = {
        { FLOW_SETS_LEAD, FLOW_UNIT_CODE },      { FLOW_SETS_HOLDER, FLOW_ACCOUNT_CODE },
        { FLOW_SETS_JOINT, FLOW_UNIT_CODES },    { FLOW_SETS_SUPERVISOR, FLOW_UNIT_CODE },
        { FLOW_SETS_ISSUER, FLOW_ACCOUNT_CODE }, { FLOW_SETS_UNTIL, FLOW_DAY },
        { FLOW_SETS_TITLE, FLOW_TEXT },
    };
    words(c, "field", f->code, f->name, true);
    words(c, "field", f->code, f->help, false);
    if (!is_word(f->code))
        fault(c, "field %s: a code is a-z and _", f->code ? f->code : "?");
    if (f->type < FLOW_TEXT || f->type > FLOW_FILES)
        fault(c, "field %s has no type", f->code);
    if (f->max && f->min > f->max)
        fault(c, "field %s: its least is more than its most", f->code);
    if (f->sets == FLOW_SETS_PARTS && f->type != FLOW_UNIT_CODES &&
        f->type != FLOW_ACCOUNT_CODE)
        fault(c, "field %s: its type does not fit what it sets", f->code);
    if ((f->type == FLOW_CHOICE || f->type == FLOW_CHOICES) != (f->choices != NULL))
        fault(c, "field %s: choices and CHOICE belong together", f->code);
    for (const struct flow_choice *ch = f->choices; ch && ch->code; ch++)
        words(c, "choice", ch->code, ch->name, true);
    for (size_t i = 0; i < COUNT(pairs); i++)
        if (f->sets == pairs[i].sets && f->type != pairs[i].type)
            fault(c, "field %s: its type does not fit what it sets", f->code);
}

/* ---- states, clocks, moves ---- */

static void check_state(struct checking *c, const struct flow_state *s, struct use *u)
{
    bool out = false;
    const struct flow_clock *cl = flow_clock_of(c->k, s->clock);
    words(c, "state", s->code, s->name, true);
    words(c, "state", s->code, s->unclocked, false);
    if (!is_word(s->code))
        fault(c, "state %s: a code is a-z and _", s->code ? s->code : "?");
    for (size_t i = 0; i < c->k->n_moves; i++)
        out |= flow_move_from(c->k, &c->k->moves[i], s->code) && c->k->moves[i].to &&
               !str_eq(c->k->moves[i].to, s->code);
    if (s->clock && !cl)
        fault(c, "state %s: no clock %s", s->code, s->clock);
    if (cl)
        u->clock[cl - c->k->clocks] = true;
    if (s->final && (s->clock || s->waits || s->unclocked || s->rests))
        fault(c, "state %s is final: nothing runs and nobody waits", s->code);
    if (s->final)
        return;
    if (!out)
        fault(c, "state %s has no way out", s->code);
    if (!s->clock == !s->unclocked)
        fault(c, "state %s: either a clock or a reason for none", s->code);
    if (!(s->waits & ~(unsigned)FLOW_SYSTEM) && !(s->waits & FLOW_SYSTEM))
        fault(c, "state %s lies on nobody's desk", s->code);
    check_roles(c, "state", s->code, s->waits, s->need);
    /* Whoever has it on the desk can do something about it. */
    bool may = false;
    for (size_t i = 0; i < c->k->n_moves; i++)
        may |= flow_move_from(c->k, &c->k->moves[i], s->code) &&
               (c->k->moves[i].who & s->waits) != 0;
    if (!may)
        fault(c, "state %s waits for people who have no move there", s->code);
}

static void check_clock(struct checking *c, const struct flow_clock *cl)
{
    words(c, "clock", cl->code, cl->name, true);
    if (!is_word(cl->code))
        fault(c, "clock %s: a code is a-z and _", cl->code ? cl->code : "?");
    if ((cl->days > 0) == (cl->from != NULL))
        fault(c, "clock %s: either days or a field that says until when", cl->code);
    const struct flow_field *f = cl->from ? flow_field_of(c->k, cl->from) : NULL;
    if (cl->from && (!f || f->type != FLOW_DAY))
        fault(c, "clock %s: no day field %s", cl->code, cl->from);
    for (size_t i = 0; i < cl->n_ladder; i++) {
        const struct flow_rung *r = &cl->ladder[i], *prev = i ? r - 1 : NULL;
        if (prev && prev->days >= r->days)
            fault(c, "clock %s: rungs are not in order", cl->code);
        for (size_t k = 0; r->colour && k < i; k++)
            if (cl->ladder[k].colour >= r->colour)
                fault(c, "clock %s: colours do not rise", cl->code);
        if (r->tell & (r->tell - 1))
            fault(c, "clock %s: a rung tells one role", cl->code);
        check_roles(c, "clock", cl->code, r->tell, r->need);
        if (!cl->from && !cl->calendar && r->days < 0 && -r->days >= cl->days)
            fault(c, "clock %s: a rung lies before it starts", cl->code);
    }
    if (cl->n_ladder == 0 || cl->ladder[0].days > 0)
        fault(c, "clock %s says nothing before it is too late", cl->code);
    for (size_t i = 0; cl->lapse && i < c->k->n_states; i++) {
        const struct flow_state *s = &c->k->states[i];
        const struct flow_move *m = flow_move_of(c->k, s->code, cl->lapse);
        if (str_eq(s->clock, cl->code) && (!m || !(m->who & FLOW_SYSTEM)))
            fault(c, "clock %s: %s is no move of the program in state %s", cl->code, cl->lapse,
                  s->code);
    }
}

/* A clock that goes by a field finds it filled in: no way leads into a state of the clock past
 * every move that asks for the field. */
static void check_from(struct checking *c, const struct flow_clock *cl)
{
    const char *marked = cl->from ? arena_printf(c->a, "%s!", cl->from) : NULL;
    bool *seen = arena_array(c->a, c->k->n_states, sizeof(*seen));
    if (!marked || word_in(c->k->open_fields, marked, ' ') || c->k->n_states == 0)
        return;
    seen[0] = true;
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < c->k->n_moves; i++) {
            const struct flow_move *m = &c->k->moves[i];
            size_t to = m->to ? state_index(c, m->to) : SIZE_MAX;
            for (size_t s = 0; to != SIZE_MAX && s < c->k->n_states; s++)
                if (seen[s] && !seen[to] && !word_in(m->fields, marked, ' ') &&
                    flow_move_from(c->k, m, c->k->states[s].code))
                    seen[to] = grew = true;
        }
    }
    for (size_t s = 0; s < c->k->n_states; s++)
        if (seen[s] && str_eq(c->k->states[s].clock, cl->code))
            fault(c, "state %s can be reached without %s, by which its clock goes",
                  c->k->states[s].code, cl->from);
}

static bool answered_from(const struct checking *c, const char *state, enum flow_request what,
                          bool grant)
{
    for (size_t i = 0; i < c->k->n_moves; i++) {
        const struct flow_move *m = &c->k->moves[i];
        if ((grant ? m->grants : m->refuses) == what && flow_move_from(c->k, m, state))
            return true;
    }
    return false;
}

static void check_request(struct checking *c, const struct flow_move *m)
{
    enum flow_request what = m->asks ? m->asks : m->grants ? m->grants : m->refuses;
    if ((m->asks != 0) + (m->grants != 0) + (m->refuses != 0) > 1)
        fault(c, "move %s asks and answers at once", m->verb);
    if (what && m->to && m->asks)
        fault(c, "move %s asks: the matter stays where it is meanwhile", m->verb);
    if (m->asks && !lists_sets(c, m->fields, FLOW_SETS_UNTIL))
        fault(c, "move %s asks without a day", m->verb);
    for (size_t i = 0; m->asks && i < c->k->n_states; i++) {
        const struct flow_state *s = &c->k->states[i];
        if (!flow_move_from(c->k, m, s->code))
            continue;
        if (!answered_from(c, s->code, m->asks, true) ||
            !answered_from(c, s->code, m->asks, false))
            fault(c, "move %s: in state %s nobody can grant or refuse it", m->verb, s->code);
        if (m->asks == FLOW_EXTEND && !s->clock)
            fault(c, "move %s: in state %s no clock runs", m->verb, s->code);
    }
}

static const struct flow_kind *kind_in(const struct checking *c, const char *code)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->kinds[i]->code, code))
            return c->kinds[i];
    return NULL;
}

/* A state that matters only visit after their end. */
static bool revisited(const struct checking *c, const char *state)
{
    for (size_t i = 0; i < c->k->n_moves; i++)
        if (c->k->moves[i].revisits && str_eq(c->k->moves[i].to, state))
            return true;
    return false;
}

static void check_move(struct checking *c, const struct flow_move *m, struct use *u)
{
    bool any = false;
    words(c, "move", m->verb, m->name, true);
    words(c, "move", m->verb, m->event, false);
    words(c, "move", m->verb, m->help, false);
    if (!is_word(m->verb))
        fault(c, "move %s: a verb is a-z and _", m->verb ? m->verb : "?");
    static const char *const taken[] = { "open",      "comment", "attach",  "link",
                                         "hand_over", "pass_on", "calendar" };
    for (size_t i = 0; i < COUNT(taken); i++)
        if (str_eq(m->verb, taken[i]))
            fault(c, "move %s: the engine has this verb", m->verb);
    size_t n;
    char **from = str_split(c->a, m->from, '|', &n);
    for (size_t i = 0; i < n && !str_eq(m->from, "*"); i++)
        if (!flow_state_of(c->k, from[i]))
            fault(c, "move %s: no state %s", m->verb, from[i]);
    if (m->to && !flow_state_of(c->k, m->to))
        fault(c, "move %s: no state %s", m->verb, m->to);
    for (size_t i = 0; i < c->k->n_states; i++) {
        const struct flow_state *s = &c->k->states[i];
        if (!flow_move_from(c->k, m, s->code))
            continue;
        any = true;
        const struct flow_state *to = m->to ? flow_state_of(c->k, m->to) : NULL;
        bool to_open = to && !to->final;
        if (s->final && to_open && !m->reopens && !m->revisits)
            fault(c, "move %s leads out of the end without opening again", m->verb);
        if (!s->final && m->reopens && !revisited(c, s->code))
            fault(c, "move %s opens again what has not ended", m->verb);
        if (!s->final && to_open && !m->reopens && revisited(c, s->code))
            fault(c, "move %s goes on after a visit without opening again", m->verb);
        if (m->revisits && (!s->final || !to_open || m->reopens))
            fault(c, "move %s revisits what has not ended", m->verb);
        if (flow_move_of(c->k, s->code, m->verb) != m)
            fault(c, "move %s: two rows in state %s", m->verb, s->code);
    }
    if (!any)
        fault(c, "move %s begins nowhere", m->verb);
    if (!m->who)
        fault(c, "move %s: nobody may take it", m->verb);
    check_roles(c, "move", m->verb, m->who, m->need);
    if (m->also && !some_role_has(m->also))
        fault(c, "move %s: no role has the capability %s", m->verb, cap_name(m->also));
    if ((m->who & FLOW_SYSTEM) && !m->event)
        fault(c, "move %s: what makes the program take it?", m->verb);
    if (m->event && !(m->who & FLOW_SYSTEM))
        fault(c, "move %s is not the program's", m->verb);
    /* What the program finds it may say; when a clock runs out it has found nothing. */
    for (size_t i = 0; m->fields && *m->fields && i < c->k->n_clocks; i++)
        if (str_eq(c->k->clocks[i].lapse, m->verb))
            fault(c, "move %s: a clock that runs out fills in nothing", m->verb);
    if ((m->accepts || m->delivers || m->joint_done) && !can_set(c, FLOW_SETS_JOINT))
        fault(c, "move %s is about joint units, but no field names any", m->verb);
    if ((m->accepts || m->delivers) && !(m->who & FLOW_JOINT))
        fault(c, "move %s is a joint unit's, but not theirs to take", m->verb);
    const struct flow_kind *part = m->splits ? kind_in(c, m->splits) : NULL;
    if (m->splits && (!part || !word_in(part->part_of, c->k->code, ' ')))
        fault(c, "move %s: %s cannot be a part of this", m->verb, m->splits);
    if ((m->splits != NULL) != lists_sets(c, m->fields, FLOW_SETS_PARTS))
        fault(c, "move %s: parts need a kind and a field that names units", m->verb);
    check_request(c, m);
    check_list(c, m->verb, m->fields, u);
}

static void check_kind(struct checking *c)
{
    const struct flow_kind *k = c->k;
    struct use u = { .field = arena_array(c->a, k->n_fields + 1, sizeof(bool)),
                     .clock = arena_array(c->a, k->n_clocks + 1, sizeof(bool)) };
    struct map *codes = map_new(c->a);
    words(c, "kind", k->code, k->name, true);
    words(c, "kind", k->code, k->help, true);
    if (!is_word(k->code))
        fault(c, "a code is a-z and _");
    if (k->n_states == 0 || (k->n_states > 0 && k->states[0].final))
        fault(c, "it has no state to begin in");
    if (k->open && !some_role_has(k->open))
        fault(c, "nobody may open it");
    for (size_t i = 0; i < k->n_states; i++)
        if (!map_add(codes, arena_printf(c->a, "s %s", k->states[i].code), codes))
            fault(c, "state %s twice", k->states[i].code);
    for (size_t i = 0; i < k->n_fields; i++)
        if (!map_add(codes, arena_printf(c->a, "f %s", k->fields[i].code), codes))
            fault(c, "field %s twice", k->fields[i].code);
    for (size_t i = 0; i < k->n_clocks; i++)
        if (!map_add(codes, arena_printf(c->a, "c %s", k->clocks[i].code), codes))
            fault(c, "clock %s twice", k->clocks[i].code);
    check_list(c, "open", k->open_fields, &u);
    for (size_t i = 0; i < k->n_fields; i++)
        check_field(c, &k->fields[i]);
    for (size_t i = 0; i < k->n_moves; i++)
        check_move(c, &k->moves[i], &u);
    for (size_t i = 0; i < k->n_states; i++)
        check_state(c, &k->states[i], &u);
    for (size_t i = 0; i < k->n_clocks; i++) {
        check_clock(c, &k->clocks[i]);
        check_from(c, &k->clocks[i]);
    }
    check_reach(c);
    check_ends(c);
    for (size_t i = 0; i < k->n_fields; i++)
        if (!u.field[i])
            fault(c, "field %s is never filled in", k->fields[i].code);
    for (size_t i = 0; i < k->n_clocks; i++)
        if (!u.clock[i])
            fault(c, "clock %s never runs", k->clocks[i].code);
}

bool flow_kinds_check(const struct flow_kind *const *kinds, size_t n, bool english,
                      struct str *problems)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct checking c = { .kinds = kinds, .n = n, .english = english, .out = problems, .a = a };
    size_t before = problems->n;
    for (size_t i = 0; i < n; i++) {
        c.k = kinds[i];
        check_kind(&c);
        for (size_t k = 0; k < i; k++) {
            if (str_eq(kinds[k]->code, kinds[i]->code))
                fault(&c, "two kinds of this code");
            if (str_eq(kinds[k]->prefix, kinds[i]->prefix))
                fault(&c, "the prefix %s is %s's", kinds[i]->prefix, kinds[k]->code);
        }
    }
    return problems->n == before;
}
