/*
 * Every kind walked at random: whoever may do something does it, days go by, clocks run, people
 * comment and hand over; in the end every matter is made again from its records and compared
 * row by row. A kind's move that was never taken fails the test: no table may hold what cannot
 * happen.
 */
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "flow/calendar.sql.h"
#include "flow/matter.sql.h"
#include "flow/notice.sql.h"
#include "flow/test_flow.sql.h"
#include "flow/test_world.h"
#include "store/audit.h"

#include <string.h>

struct walk {
    struct world *w;
    struct rng r;
    int taken[100]; /* of the kind's moves, how often */
    int moves, refused;
};

static const char *pick(struct walk *k, const char *const *from, size_t n)
{
    return from[rng_below(&k->r, n)];
}

/* Something a person could write into the field. */
static const char *value_for(struct walk *k, const struct flow_field *f)
{
    static const char *const units[] = { "CG", "SW", "T1" }, *const holders[] = { "cg1", "sw1",
                                                                                  "t1" };
    struct arena *a = k->w->a;
    char day[PERIOD_TEXT];
    int64_t n;
    switch (f->type) {
    case FLOW_TEXT:
    case FLOW_LINES:
        return arena_printf(a, "经核对,%d项已落实\"%d\"", (int)rng_below(&k->r, 90),
                            (int)rng_below(&k->r, 9));
    case FLOW_INT:
        return arena_printf(a, "%d", (int)rng_below(&k->r, 900));
    case FLOW_MONEY:
        return arena_printf(a, "%d.5", (int)rng_below(&k->r, 5000));
    case FLOW_DAY:
        n = f->min + 1 + (int64_t)rng_below(&k->r, 30);
        return arena_strdup(a, day_code(county_today(k->w->c) + (int32_t)n, day));
    case FLOW_PERIOD:
        return "2026Q3";
    case FLOW_BOOL:
        return "1";
    case FLOW_CHOICE:
        return f->choices[0].code;
    case FLOW_CHOICES:
        return f->choices[1].code
                   ? arena_printf(k->w->a, "%s|%s", f->choices[1].code, f->choices[0].code)
                   : f->choices[0].code;
    case FLOW_UNIT_CODE:
        return pick(k, units, COUNT(units));
    case FLOW_UNIT_CODES:
        return rng_below(&k->r, 2) ? "SW|T1" : "T1";
    case FLOW_ACCOUNT_CODE:
        return f->sets == FLOW_SETS_ISSUER ? "zhuan3" : pick(k, holders, COUNT(holders));
    case FLOW_FILES:
        break;
    }
    return NULL;
}

static const char *values_for(struct walk *k, const struct flow_kind *kind, const char *list)
{
    struct str b;
    const char *code;
    bool required;
    str_init(&b, k->w->a);
    while (fields_next(&list, k->w->a, &code, &required)) {
        const struct flow_field *f = flow_field_of(kind, code);
        const char *v = required || rng_below(&k->r, 2) ? value_for(k, f) : NULL;
        if (v && f->sets != FLOW_SETS_HOLDER)
            str_addf(&b, "%s%s=%s", b.n ? ";" : "", code, v);
    }
    return b.s;
}

/* One matter one step on: of what its state allows first what has happened least, by whoever
 * comes first from somewhere on. */
static void step_on(struct walk *k, const char *code)
{
    struct matter m = world_matter(k->w, code);
    bool tried[100] = { false };
    for (;;) {
        const struct flow_move *mv = NULL;
        size_t at = 0;
        for (size_t i = 0; i < m.kind->n_moves; i++)
            if (!tried[i] && flow_move_from(m.kind, &m.kind->moves[i], m.state) &&
                (!mv || k->taken[i] < k->taken[at])) {
                mv = &m.kind->moves[i];
                at = i;
            }
        if (!mv)
            return;
        tried[at] = true;
        enum someone who = (enum someone)rng_below(&k->r, PEOPLE);
        for (int tries = 0; tries < PEOPLE; tries++, who = (who + 1) % PEOPLE) {
            CLEANUP(err_done) struct err e = { 0 };
            enum rc rc =
                world_move(k->w, who, code, mv->verb, values_for(k, m.kind, mv->fields), &e);
            if (rc == RC_OK) {
                k->moves++;
                k->taken[at]++;
                return;
            }
            k->refused++;
            if (rc != RC_DENIED && rc != RC_CONFLICT && rc != RC_INVALID && rc != RC_NOTFOUND)
                t_fail(__FILE__, __LINE__, "%s %s by %s: %s", code, mv->verb, world_codes[who],
                       err_message(&e, LANG_ZH, k->w->a));
            if (rc != RC_DENIED && rc != RC_NOTFOUND)
                break;
        }
    }
}

static void aside(struct walk *k, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    enum rc rc = RC_OK;
    switch (rng_below(&k->r, 12)) {
    case 0:
        rc = world_comment(k->w, FIN1, code, "请补一句:进度如何?", &e);
        break;
    case 1:
        rc = world_hand(k->w, DESK1, code, "CG", rng_below(&k->r, 2) ? "cg2" : "", &e);
        break;
    case 2:
        rc = world_hand(k->w, DESK2, code, "T1", "", &e);
        break;
    }
    CHECK(rc == RC_OK || rc == RC_CONFLICT || rc == RC_NOTFOUND || rc == RC_DENIED);
}

static void day_goes_by(struct walk *k)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct flow_run run;
    struct utime t = county_now(k->w->c);
    t.us += ((int64_t)rng_below(&k->r, 3) * 86400 + 3600) * 1000000;
    CHECK(clock_set(&k->w->c->clock, t));
    CHECK_OK(flow_clock_run(k->w->c, &run, &e));
}

static void check_taken(struct walk *k, const struct flow_kind *kind)
{
    for (size_t i = 0; i < kind->n_moves; i++)
        if (!k->taken[i])
            t_fail(__FILE__, __LINE__, "%s: %s never happened", kind->code,
                   kind->moves[i].verb);
}

enum { MATTERS = 12, ROUNDS = 18 };

static void walk_kind(struct county *c, size_t which)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const struct flow_kind *kind = test_kinds[which];
    struct walk k = { .w = &w };
    rng_init(&k.r, 11 + which, 0);
    world_day(&w, 2026, 9, 30);
    for (size_t i = 0; i < MATTERS; i++)
        CHECK_OK(world_open(&w,
                            kind->open == CAP_HANDLE ? TOWN
                            : kind->open             ? DESK1
                                                     : SYSTEM,
                            kind->code, arena_printf(a, "%s第%zu件", kind->name, i),
                            kind->open == CAP_HANDLE ? "T1"
                            : i % 2                  ? "CG"
                                                     : "SW",
                            values_for(&k, kind, kind->open_fields), NULL, &e));
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 1; i <= MATTERS + 20; i++) {
            const char *code = arena_printf(a, "%s-2026-%05zu", kind->prefix, i);
            CLEANUP(db_read_end) const struct snap *s = NULL;
            struct matter_id_row row;
            CHECK_OK(db_read(c->db, &s, &e));
            enum rc there = matter_id_one(s, code, a, &row, &e);
            db_read_end(&s);
            if (there != RC_OK)
                break;
            step_on(&k, code);
            aside(&k, code);
        }
        day_goes_by(&k);
    }
    check_taken(&k, kind);
    CHECK(k.moves > 20 && k.refused > 10);
    world_proved(&w);
    /* The audit finds every step in its record, too. */
    struct audit_query tables[8];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(matter_audits); i++)
        tables[n++] = matter_audits[i];
    for (size_t i = 0; i < COUNT(notice_audits); i++)
        tables[n++] = notice_audits[i];
    struct audit_result res;
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(audit_data(a, c, tables, n, NULL, NULL, &res, &e));
    CHECK(res.rows >= k.moves);
}

static void walk_errand(struct county *c)
{
    walk_kind(c, KIND_ERRAND);
}
static void walk_warning(struct county *c)
{
    walk_kind(c, KIND_WARNING);
}
static void walk_objection(struct county *c)
{
    walk_kind(c, KIND_OBJECTION);
}
static void walk_filing(struct county *c)
{
    walk_kind(c, KIND_FILING);
}
static void walk_directive(struct county *c)
{
    walk_kind(c, KIND_DIRECTIVE);
}
T_COUNTY(walk_errand)
T_COUNTY(walk_warning)
T_COUNTY(walk_objection)
T_COUNTY(walk_filing)
T_COUNTY(walk_directive)

T_MAIN(T_COUNTY_CASES("errands are what their records say", walk_errand),
       T_COUNTY_CASES("warnings are what their records say", walk_warning),
       T_COUNTY_CASES("objections are what their records say", walk_objection),
       T_COUNTY_CASES("filings are what their records say", walk_filing),
       T_COUNTY_CASES("directives are what their records say", walk_directive))
