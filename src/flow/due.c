/*
 * Clocks of a matter. The one idea: everything that depends on the calendar is worked out when
 * a clock is set and kept as days (the due day, the days of its ladder), so that nothing later
 * has to ask the calendar again, and a step's `did` is enough to rebuild it.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/matter.h"

#include <string.h>

enum { LEFT_UNKNOWN = -1000000 };

static void gap_note(struct clock_at *cl, int missing)
{
    if (missing && !cl->gap)
        cl->gap = missing;
}

/* The days on which the ladder says something, from today on; what lies behind is the colour it
 * begins with. */
static void set_alarms(const struct calendar *cal, struct matter *m, struct clock_at *cl,
                       int32_t today, struct arena *a)
{
    const struct flow_clock *k = flow_clock_of(m->kind, cl->code);
    m->n_alarms = 0;
    m->base = FLOW_NO_COLOUR;
    if (!k || !cl->due)
        return;
    for (size_t i = 0; i < k->n_ladder; i++) {
        const struct flow_rung *r = &k->ladder[i];
        int32_t day;
        int missing = calendar_add(cal, cl->due, r->days, &day);
        gap_note(cl, missing);
        if (missing)
            continue;
        if (day < today) {
            m->base = r->colour > m->base ? r->colour : m->base;
            continue;
        }
        matter_add(a, m->alarms, m->n_alarms) = (struct alarm_at){
            .rung = (int64_t)i,
            .day = day,
            .what = r->colour ? "colour" : "remind",
            .colour = r->colour,
            .desk = r->tell ? matter_role_desk(m, r->tell, r->need, a) : "",
        };
    }
    if (k->lapse)
        matter_add(a, m->alarms, m->n_alarms) =
            (struct alarm_at){ .rung = (int64_t)k->n_ladder,
                               .day = cl->due < today ? today : cl->due + 1,
                               .what = "lapse",
                               .desk = "" };
}

void due_retell(struct matter *m, struct arena *a)
{
    const struct flow_clock *k = flow_clock_of(m->kind, m->clock);
    for (size_t i = 0; k && i < m->n_alarms; i++) {
        struct alarm_at *al = &m->alarms[i];
        if (al->rung < (int64_t)k->n_ladder && k->ladder[al->rung].tell)
            al->desk =
                matter_role_desk(m, k->ladder[al->rung].tell, k->ladder[al->rung].need, a);
    }
}

static void stop(const struct calendar *cal, struct matter *m, struct clock_at *cl,
                 int32_t today, bool over)
{
    const struct flow_clock *k = flow_clock_of(m->kind, cl->code);
    int left;
    if (k && k->counts && cl->due) {
        cl->late |= today > cl->due;
        cl->late_first |= today > cl->first;
    }
    cl->on = false;
    cl->paused = !over && k && k->resumes;
    if (cl->paused && cl->due) {
        int missing = calendar_count(cal, today, cl->due, &left);
        cl->left = missing ? LEFT_UNKNOWN : left;
    }
}

/* From cl->start, cl->left days; when a year is missing the day stays unknown. */
static void reckon(const struct calendar *cal, const struct flow_clock *k, struct clock_at *cl)
{
    int32_t due = 0;
    int missing = 0;
    cl->gap = 0;
    if (k->calendar)
        missing = calendar_not_off(cal, cl->start + (int32_t)cl->left, &due);
    else
        missing = calendar_add(cal, cl->start, (int)cl->left, &due);
    gap_note(cl, missing);
    cl->due = missing ? 0 : due;
    if (cl->due && !cl->first)
        cl->first = cl->due;
}

static void resume(const struct calendar *cal, const struct flow_clock *k, struct clock_at *cl,
                   int32_t today)
{
    cl->on = true;
    cl->paused = false;
    cl->version++;
    cl->start = today;
    /* Late already: the day that was missed stays. A day that was named is kept, too. */
    if (k->from || (cl->due && cl->left <= 0 && cl->left != LEFT_UNKNOWN))
        return;
    if (cl->left == LEFT_UNKNOWN)
        cl->left = k->days;
    reckon(cal, k, cl);
}

static enum rc start(const struct calendar *cal, struct matter *m, const struct flow_clock *k,
                     struct clock_at *cl, int32_t today, struct err *e)
{
    *cl = (struct clock_at){ .code = cl->code,
                             .version = cl->version + 1,
                             .start = today,
                             .left = k->days,
                             .late = cl->late,
                             .late_first = cl->late_first,
                             .on = true };
    if (!k->from) {
        reckon(cal, k, cl);
        return RC_OK;
    }
    cl->due = cl->first = matter_day(m, k->from);
    if (!cl->due) {
        const struct flow_field *f = flow_field_of(m->kind, k->from);
        return err_set(e, RC_INVALID, N_("还没有写明「{field}」,「{clock}」无从计算"), "field",
                       f ? f->name : k->from, "clock", k->name);
    }
    return RC_OK;
}

int32_t matter_day(const struct matter *m, const char *field)
{
    int32_t day = 0;
    CLEANUP(err_done) struct err e = { 0 };
    const char *text = matter_value(m, field);
    return *text && day_parse(text, &day, &e) == RC_OK ? day : 0;
}

static void rest(struct matter *m, bool rests, int32_t today, struct arena *a)
{
    struct rest_at *last = m->n_rests ? &m->rests[m->n_rests - 1] : NULL;
    bool resting = last && !last->to;
    if (resting && !rests)
        last->to = today;
    if (!resting && rests)
        matter_add(a, m->rests, m->n_rests) = (struct rest_at){ .from = today };
}

/* The move that grants a request from a state, for whose desk it then lies on too. */
static const struct flow_move *granting(const struct flow_kind *k, const char *state,
                                        enum flow_request what)
{
    for (size_t i = 0; i < k->n_moves; i++)
        if (k->moves[i].grants == what && flow_move_from(k, &k->moves[i], state))
            return &k->moves[i];
    return NULL;
}

static void set_desks(struct matter *m, const struct flow_state *s, struct arena *a)
{
    size_t kept = 0;
    m->n_desks = 0;
    if (s->final) {
        m->n_requests = 0;
        return;
    }
    matter_put_desks(m, s->waits, s->need, a);
    for (size_t i = 0; i < m->n_requests; i++) {
        const struct flow_move *g = granting(m->kind, s->code, m->requests[i].what);
        if (!g)
            continue;
        matter_put_desks(m, g->who, g->need, a);
        m->requests[kept++] = m->requests[i];
    }
    m->n_requests = kept;
}

enum rc due_enter(const struct calendar *cal, struct matter *m, const char *from_state,
                  bool restart, int32_t today, struct arena *a, struct err *e)
{
    const struct flow_state *s = flow_state_of(m->kind, m->state);
    const char *clock = s->clock ? s->clock : "";
    struct clock_at *running = *m->clock ? matter_clock(m, m->clock) : NULL;
    bool same = running && str_eq(m->clock, clock) && !restart;
    enum rc rc = RC_OK;
    m->open = !s->final;
    m->draft = s->draft;
    rest(m, s->rests && !s->final, today, a);
    if (!same) {
        if (running)
            stop(cal, m, running, today, s->final || restart);
        m->clock = clock;
        m->n_alarms = 0;
        m->base = FLOW_NO_COLOUR;
    }
    if (!same && *clock) {
        const struct flow_clock *k = flow_clock_of(m->kind, clock);
        struct clock_at *cl = matter_clock(m, clock);
        if (!cl) {
            matter_add(a, m->clocks, m->n_clocks) = (struct clock_at){ .code = clock };
            cl = &m->clocks[m->n_clocks - 1];
        }
        if (cl->paused && !restart)
            resume(cal, k, cl, today);
        else
            rc = start(cal, m, k, cl, today, e);
        if (rc == RC_OK)
            set_alarms(cal, m, cl, today, a);
    } else if (same) {
        due_retell(m, a);
    }
    set_desks(m, s, a);
    (void)from_state;
    return rc;
}

void due_extend(const struct calendar *cal, struct matter *m, int32_t until, int32_t today,
                struct arena *a)
{
    struct clock_at *cl = matter_clock(m, m->clock);
    if (!cl)
        return;
    cl->version++;
    cl->due = until;
    cl->gap = 0;
    if (!cl->first)
        cl->first = until;
    set_alarms(cal, m, cl, today, a);
}

bool due_fill(const struct calendar *cal, struct matter *m, int32_t today, struct arena *a)
{
    struct clock_at *cl = *m->clock ? matter_clock(m, m->clock) : NULL;
    const struct flow_clock *k = cl ? flow_clock_of(m->kind, cl->code) : NULL;
    int gap = cl ? cl->gap : 0;
    if (!k || !gap)
        return false;
    if (!cl->due)
        reckon(cal, k, cl);
    else
        cl->gap = 0;
    set_alarms(cal, m, cl, today, a);
    return cl->gap != gap;
}

void due_close(const struct calendar *cal, struct matter *m, int32_t today)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct calendar_pause *p = arena_array(a, m->n_rests, sizeof(*p));
    int32_t opened = time_day(m->opened_at);
    bool counted = false, late = false, late_first = false;
    int n;
    for (size_t i = 0; i < m->n_rests; i++)
        p[i] = (struct calendar_pause){ m->rests[i].from,
                                        m->rests[i].to ? m->rests[i].to : today };
    m->gross_days = calendar_count(cal, opened, today, &n) ? -1 : n;
    m->net_days = calendar_count_net(cal, opened, today, p, m->n_rests, &n) ? -1 : n;
    for (size_t i = 0; i < m->n_clocks; i++) {
        const struct flow_clock *k = flow_clock_of(m->kind, m->clocks[i].code);
        if (!k || !k->counts || !m->clocks[i].first)
            continue;
        counted = true;
        late |= m->clocks[i].late;
        late_first |= m->clocks[i].late_first;
    }
    m->on_time = counted ? !late : -1;
    m->on_first = counted ? !late_first : -1;
}
