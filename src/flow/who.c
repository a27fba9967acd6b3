/*
 * Who stands how to a matter. Rights and desks are two sides of the same roles: a desk is where
 * a role's people look, a right is being one of them.
 */
#include "base/str.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "store/record.h"

#include <string.h>

/* ---- desks ---- */

static void put_desk(struct matter *m, const char *desk, struct arena *a)
{
    for (size_t i = 0; i < m->n_desks; i++)
        if (str_eq(m->desks[i], desk))
            return;
    matter_add(a, m->desks, m->n_desks) = desk;
}

static const char *party_desk(const struct party *p, struct arena *a)
{
    if (*p->account)
        return arena_printf(a, "a:%s", p->account);
    return *p->unit ? arena_printf(a, "u:%s", p->unit) : "";
}

const char *matter_role_desk(const struct matter *m, unsigned role, enum cap need,
                             struct arena *a)
{
    const struct party *lead = matter_party(m, PARTY_LEAD),
                       *sup = matter_party(m, PARTY_SUPERVISOR);
    if (role == FLOW_OPENER)
        return *m->opener ? arena_printf(a, "a:%s", m->opener) : "";
    if (role == FLOW_HOLDER && lead)
        return party_desk(lead, a);
    if (role == FLOW_UNIT && lead && *lead->unit)
        return arena_printf(a, "u:%s", lead->unit);
    if (role == FLOW_SUPERVISOR)
        return sup ? party_desk(sup, a) : arena_printf(a, "c:%s", cap_name(CAP_SUPERVISE));
    if (role == FLOW_BY_CAP || role == FLOW_REVIEWER)
        return arena_printf(a, "c:%s", cap_name(need));
    return "";
}

void matter_put_desks(struct matter *m, unsigned has, enum cap need, struct arena *a)
{
    for (unsigned role = 1; role <= FLOW_BY_CAP; role <<= 1) {
        if (!(has & role) || role == FLOW_JOINT)
            continue;
        const char *desk = matter_role_desk(m, role, need, a);
        if (*desk)
            put_desk(m, desk, a);
    }
    for (size_t i = 0; (has & FLOW_JOINT) && i < m->n_parties; i++)
        if (m->parties[i].role == PARTY_JOINT && !str_eq(m->parties[i].state, "delivered"))
            put_desk(m, party_desk(&m->parties[i], a), a);
}

/* ---- rights ---- */

static bool handles(const struct person *p, const struct units *us, const char *unit)
{
    const struct unit *u = *unit ? units_find(us, unit) : NULL;
    return u && person_may(p, CAP_HANDLE, u);
}

static bool is_of(const struct person *p, const struct units *us, const struct party *party)
{
    if (*party->account && str_eq(party->account, p->code))
        return true;
    return !*party->account && handles(p, us, party->unit);
}

unsigned who_roles(const struct person *p, const struct units *us, const struct matter *m)
{
    const struct party *lead = matter_party(m, PARTY_LEAD),
                       *sup = matter_party(m, PARTY_SUPERVISOR);
    const struct unit *u = units_find(us, matter_unit(m));
    unsigned has = 0;
    if (!*p->code)
        return FLOW_SYSTEM;
    if (str_eq(m->opener, p->code))
        has |= FLOW_OPENER;
    if (lead && is_of(p, us, lead))
        has |= FLOW_HOLDER;
    if (lead && handles(p, us, lead->unit))
        has |= FLOW_UNIT;
    if (sup ? is_of(p, us, sup) : u && person_may(p, CAP_SUPERVISE, u))
        has |= FLOW_SUPERVISOR;
    for (size_t i = 0; i < m->n_parties; i++)
        if (m->parties[i].role == PARTY_JOINT && is_of(p, us, &m->parties[i]))
            has |= FLOW_JOINT;
    return has;
}

/* One of those it is about: of the lead or a joint unit. */
static bool of_its_units(const struct person *p, const struct units *us, const struct matter *m)
{
    for (size_t i = 0; i < m->n_parties; i++)
        if ((m->parties[i].role == PARTY_LEAD || m->parties[i].role == PARTY_JOINT) &&
            handles(p, us, m->parties[i].unit))
            return true;
    return false;
}

static bool had_a_hand(const struct person *p, const struct matter *m)
{
    const struct party *issuer = matter_party(m, PARTY_ISSUER);
    const char *code = p->code;
    if (str_eq(m->opener, code) || (issuer && str_eq(issuer->account, code)) ||
        str_eq(m->state_mover, code) || str_eq(m->state_mover_for, code))
        return true;
    for (size_t i = 0; i < m->n_actors; i++)
        if (str_eq(m->actors[i], code))
            return true;
    return false;
}

static bool took_part(const struct person *p, const struct units *us, const struct matter *m)
{
    return of_its_units(p, us, m) || had_a_hand(p, m);
}

/* A second person's move made by a stand-in who is a party where the person who is away is
 * not: the first person's colleague, or the drafter, would judge what is their own. */
static bool judges_own(const struct person *p, const struct person *actor,
                       const struct units *us, const struct matter *m,
                       const struct flow_move *mv)
{
    if (p == actor || !(mv->not_mover || mv->grants || mv->refuses))
        return false;
    return (had_a_hand(actor, m) && !had_a_hand(p, m)) ||
           (of_its_units(actor, us, m) && !of_its_units(p, us, m));
}

/* Whether a person has one of the move's roles; actor is who really acts, the same or a
 * stand-in: separation of duties looks at both. */
static bool has_role(const struct person *p, const struct person *actor, const struct units *us,
                     const struct matter *m, const struct flow_move *mv, bool *ret_takes_part)
{
    const struct unit *u = units_find(us, matter_unit(m));
    unsigned has = who_roles(p, us, m);
    bool third = !took_part(p, us, m) && !took_part(actor, us, m);
    if ((mv->who & FLOW_BY_CAP) && *p->code && person_may(p, mv->need, u))
        has |= FLOW_BY_CAP;
    if ((mv->who & FLOW_REVIEWER) && *p->code && third && person_may(p, mv->need, u))
        has |= FLOW_REVIEWER;
    if (!(has & mv->who) || judges_own(p, actor, us, m, mv))
        return false;
    *ret_takes_part =
        mv->takes_part || (has & mv->who & (FLOW_HOLDER | FLOW_UNIT | FLOW_JOINT)) != 0;
    return !mv->also || person_may(p, mv->also, u);
}

static bool is_either(const char *code, const char *by, const char *for_)
{
    return *code && (str_eq(code, by) || str_eq(code, for_));
}

/* Two people: who asked for it does not grant it, who brought it here does not judge it. */
static enum rc check_second(const struct matter *m, const struct flow_move *mv, const char *by,
                            const char *for_, struct err *e)
{
    enum flow_request what = mv->grants ? mv->grants : mv->refuses;
    const struct request_at *r = what ? matter_request(m, what) : NULL;
    if (r && (is_either(r->by, by, for_) || is_either(r->for_, by, for_)))
        return err_set(e, RC_DENIED, N_("「{move}」要由申请人以外的另一个人办"), "move",
                       mv->name);
    if (mv->not_mover &&
        (is_either(m->state_mover, by, for_) || is_either(m->state_mover_for, by, for_)))
        return err_set(e, RC_DENIED, N_("「{move}」不能由办上一步的人来办,请另一个人办"),
                       "move", mv->name);
    return RC_OK;
}

enum rc who_may(const struct flow_who *w, const struct matter *m, const struct flow_move *mv,
                const char **ret_for, bool *ret_takes_part, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct person *me = w->person;
    const char *for_ = NULL;
    if (has_role(me, me, w->units, m, mv, ret_takes_part))
        for_ = "";
    for (size_t i = 0; !for_ && i < w->n_absent; i++)
        if (has_role(&w->absent[i].person, me, w->units, m, mv, ret_takes_part))
            for_ = w->absent[i].person.code;
    if (!for_)
        return err_set(e, RC_DENIED, N_("「{move}」要由{who}办"), "move", mv->name, "who",
                       who_text(mv, LANG_ZH, a));
    enum rc rc = check_second(m, mv, me->code, for_, e);
    if (rc == RC_OK)
        *ret_for = for_;
    return rc;
}

struct party *who_joint(const struct flow_who *w, struct matter *m)
{
    for (size_t i = 0; i < m->n_parties; i++) {
        struct party *p = &m->parties[i];
        if (p->role != PARTY_JOINT)
            continue;
        if (is_of(w->person, w->units, p))
            return p;
        for (size_t k = 0; k < w->n_absent; k++)
            if (is_of(&w->absent[k].person, w->units, p))
                return p;
    }
    return NULL;
}

const char *who_text(const struct flow_move *mv, enum lang lang, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (unsigned role = 1; role <= FLOW_SYSTEM; role <<= 1) {
        if (!(mv->who & role))
            continue;
        str_add(&b, b.n ? lang_text(lang, N_("、")) : "");
        if (role == FLOW_BY_CAP)
            str_add(&b, text_fill(a, lang_text(lang, N_("有「{cap}」权限的人员")), "cap",
                                  lang_text(lang, cap_text(mv->need)), NULL));
        else
            str_add(&b, lang_text(lang, flow_role_text(role)));
    }
    return b.s;
}

bool move_applies(const struct snap *s, struct county *c, const struct flow_who *w,
                  const struct matter *m, const struct flow_move *mv)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct flow_look l = { .c = c,
                           .snap = s,
                           .kind = m->kind,
                           .matter = m,
                           .move = mv,
                           .by = w->person->code,
                           .only_asking = true };
    enum flow_request answers = mv->grants ? mv->grants : mv->refuses;
    if ((answers && !matter_request(m, answers)) || (mv->asks && matter_request(m, mv->asks)))
        return false;
    return !m->kind->check || m->kind->check(&l, &e) != RC_DENIED;
}

const struct flow_move *flow_offered(const struct snap *s, struct county *c,
                                     const struct flow_who *w, const struct matter *m,
                                     const char *verb)
{
    const struct flow_state *st = m->kind ? flow_state_of(m->kind, m->state) : NULL;
    for (size_t i = 0; st && i < m->kind->n_moves; i++) {
        const struct flow_move *mv = &m->kind->moves[i];
        CLEANUP(err_done) struct err e = { 0 };
        const char *for_;
        bool part;
        /* More time, a snooze: possible, but never what a state waits for. */
        bool asked = verb ? str_eq(mv->verb, verb) : !mv->asks && (mv->who & st->waits) != 0;
        struct flow_move as = *mv; /* in the role that the state waits for */
        as.who = verb ? mv->who : mv->who & st->waits;
        /* Who may is known from what is loaded; whether it applies may ask the database. */
        if (asked && flow_move_from(m->kind, mv, m->state) &&
            who_may(w, m, &as, &for_, &part, &e) == RC_OK && move_applies(s, c, w, m, mv))
            return mv;
    }
    return NULL;
}

/* ---- seeing ---- */

/* Does it lie on a desk of theirs? */
static bool on_desk(const struct person *p, const struct units *us, const struct matter *m)
{
    const struct unit *u = units_find(us, matter_unit(m));
    for (size_t i = 0; i < m->n_desks; i++) {
        const char *desk = m->desks[i], *of = desk + 2;
        if ((desk[0] == 'a' && str_eq(of, p->code)) || (desk[0] == 'u' && handles(p, us, of)) ||
            (desk[0] == 'c' && person_may(p, cap_find(of), u)))
            return true;
    }
    return false;
}

/* Those who see a draft. Who opened it, as long as the unit is one of theirs. */
static bool sees_draft(const struct person *p, const struct units *us, const struct matter *m)
{
    const struct unit *u = units_find(us, matter_unit(m));
    unsigned has = who_roles(p, us, m);
    return (has & FLOW_SYSTEM) ||
           (m->kind && m->kind->open && person_may(p, m->kind->open, u)) ||
           ((has & FLOW_OPENER) && (!u || person_may(p, CAP_READ_UNIT, u)));
}

static bool sees(const struct person *p, const struct units *us, const struct matter *m)
{
    const struct unit *u = units_find(us, matter_unit(m));
    if (sees_draft(p, us, m) || on_desk(p, us, m))
        return true;
    if (m->draft)
        return false;
    return (who_roles(p, us, m) & ~(unsigned)FLOW_OPENER) ||
           (u && person_may(p, CAP_READ_UNIT, u)) || person_may(p, CAP_READ_COUNTY, NULL);
}

static bool any(const struct flow_who *w, const struct matter *m,
                bool (*may)(const struct person *, const struct units *, const struct matter *))
{
    bool yes = may(w->person, w->units, m);
    for (size_t i = 0; !yes && i < w->n_absent; i++)
        yes = may(&w->absent[i].person, w->units, m);
    return yes;
}

bool flow_may_see(const struct flow_who *w, const struct matter *m)
{
    return any(w, m, sees);
}

bool flow_may_see_drafts(const struct flow_who *w, const struct matter *m)
{
    return any(w, m, m->draft ? sees : sees_draft);
}

enum rc flow_record_draft(const struct snap *s, struct county *c, const struct flow_who *w,
                          const struct record *r, struct arena *a, bool *ret_draft,
                          bool *ret_may, struct err *e)
{
    struct matter_step_of_record_row row;
    struct matter m;
    *ret_draft = false;
    if (!str_eq(r->kind, "matter.step") || !*r->by)
        return RC_OK;
    enum rc rc = matter_step_of_record_one(s, r->subject, r->id, a, &row, e);
    if (rc == RC_OK)
        rc = matter_load(s, c, r->subject, a, &m, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_state *st = flow_state_of(m.kind, row.to_state);
    *ret_draft = st && st->draft;
    *ret_may = *ret_draft && flow_may_see_drafts(w, &m);
    return RC_OK;
}

struct flow_who flow_who_system(const struct units *units)
{
    static const struct person nobody = { .code = "", .name = "", .caps = ~UINT64_C(0) };
    return (struct flow_who){ .person = &nobody, .units = units };
}
