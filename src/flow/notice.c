/*
 * What a step tells, and whom: those on whose desk it comes to lie, who asked for something,
 * who opened it. Never the one who did it.
 */
#include "base/str.h"
#include "flow/matter.h"
#include "flow/notice.sql.h"

struct telling {
    struct tx *tx;
    const struct matter *m;
    const struct step *st;
    const char *own; /* the actor's own desk */
    const char *told[64];
    size_t n_told;
};

static bool on_desk(const struct matter *m, const char *desk)
{
    for (size_t i = 0; m && i < m->n_desks; i++)
        if (str_eq(m->desks[i], desk))
            return true;
    return false;
}

static enum rc tell(struct telling *t, const char *desk, const char *what, struct err *e)
{
    if (!*desk || str_eq(desk, t->own))
        return RC_OK;
    for (size_t i = 0; i < t->n_told; i++)
        if (str_eq(t->told[i], desk))
            return RC_OK;
    if (t->n_told < COUNT(t->told))
        t->told[t->n_told++] = desk;
    return notice_insert(t->tx, t->m->id, desk, matter_unit(t->m), what, t->st->number,
                         t->st->at, NULL, e);
}

static enum rc tell_desks(struct telling *t, const struct matter *but_not, const char *what,
                          struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < t->m->n_desks && rc == RC_OK; i++)
        if (!on_desk(but_not, t->m->desks[i]))
            rc = tell(t, t->m->desks[i], what, e);
    return rc;
}

enum rc notices_of_step(struct tx *tx, const struct matter *now, const struct matter *next,
                        const struct step *st, const struct flow_move *mv, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct telling t = {
        .tx = tx, .m = next, .st = st, .own = arena_printf(a, "a:%s", st->by)
    };
    const char *opener = *next->opener ? arena_printf(a, "a:%s", next->opener) : "";
    enum flow_request answered = !mv ? FLOW_NO_REQUEST : mv->grants ? mv->grants : mv->refuses;
    const struct request_at *r = now && answered ? matter_request(now, answered) : NULL;
    enum rc rc = RC_OK;
    if (r)
        rc = tell(&t, arena_printf(a, "a:%s", r->by), mv->grants ? "granted" : "refused", e);
    if (rc == RC_OK && now && now->open && !next->open)
        rc = tell(&t, opener, "closed", e);
    if (rc == RC_OK && str_eq(st->verb, "comment")) {
        rc = tell_desks(&t, NULL, "comment", e);
        if (rc == RC_OK)
            rc = tell(&t, opener, "comment", e);
    }
    if (rc == RC_OK && mv && mv->urges) {
        t.m = next->open ? next : now; /* what has ended lies on no desk any more */
        return tell_desks(&t, NULL, next->open ? "urged" : "closed", e);
    }
    if (rc != RC_OK ||
        (now && str_eq(st->from_state, st->to_state) && !mv && !str_eq(st->verb, "hand_over")))
        return rc;
    const char *what = mv && mv->asks                  ? "asked"
                       : mv && mv->returns             ? "returned"
                       : mv && mv->reopens             ? "reopened"
                       : str_eq(st->verb, "hand_over") ? "handed"
                                                       : "arrived";
    /* Whoever it lay with knows it already, unless it is sent back or begins again there. */
    bool anew = !now || !str_eq(st->from_state, st->to_state);
    return tell_desks(&t, anew ? NULL : now, what, e);
}

enum rc flow_tell(struct tx *tx, const struct matter *m, const char *by, const char *what,
                  struct utime at, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct step st = { .matter = m->code, .number = m->steps, .by = by, .at = at };
    struct telling t = { .tx = tx, .m = m, .st = &st, .own = arena_printf(a, "a:%s", by) };
    enum rc rc = tell_desks(&t, NULL, what, e);
    if (rc == RC_OK)
        rc = tell(&t, matter_role_desk(m, FLOW_HOLDER, CAP_NONE, a), what, e);
    if (rc == RC_OK && *m->opener)
        rc = tell(&t, arena_printf(a, "a:%s", m->opener), what, e);
    return rc;
}
