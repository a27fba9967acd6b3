/* The model check: the kinds of the tests have no fault, and every fault it knows is found. */
#include "base/str.h"
#include "base/test.h"
#include "flow/test_kinds.h"

#include <string.h>

static const char *faults_of(struct arena *a, const struct flow_kind *k, bool english)
{
    const struct flow_kind *kinds[TEST_KINDS];
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < TEST_KINDS; i++)
        kinds[i] = test_kinds[i];
    kinds[0] = k;
    bool fine = flow_kinds_check(kinds, TEST_KINDS, english, &b);
    CHECK_INT(fine, b.n == 0);
    return b.s;
}

static void no_fault(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_STR(faults_of(a, test_kinds[0], false), "");
}

/* A copy of the errand that may be changed. */
struct copy {
    struct flow_kind k;
    struct flow_state *states;
    struct flow_move *moves;
    struct flow_field *fields;
    struct flow_clock *clocks;
};

static struct copy copy_of(struct arena *a)
{
    const struct flow_kind *k = test_kinds[KIND_ERRAND];
    struct copy c = { .k = *k };
    c.k.states = c.states = arena_copy(a, k->states, k->n_states * sizeof(*k->states));
    c.k.moves = c.moves = arena_copy(a, k->moves, k->n_moves * sizeof(*k->moves));
    c.k.fields = c.fields = arena_copy(a, k->fields, k->n_fields * sizeof(*k->fields));
    c.k.clocks = c.clocks = arena_copy(a, k->clocks, k->n_clocks * sizeof(*k->clocks));
    return c;
}

static struct flow_move *move(struct copy *c, const char *verb)
{
    for (size_t i = 0; i < c->k.n_moves; i++)
        if (str_eq(c->moves[i].verb, verb))
            return &c->moves[i];
    return NULL;
}
static struct flow_state *state(struct copy *c, const char *code)
{
    for (size_t i = 0; i < c->k.n_states; i++)
        if (str_eq(c->states[i].code, code))
            return &c->states[i];
    return NULL;
}
static struct flow_field *field(struct copy *c, const char *code)
{
    for (size_t i = 0; i < c->k.n_fields; i++)
        if (str_eq(c->fields[i].code, code))
            return &c->fields[i];
    return NULL;
}
static struct flow_clock *clock_of(struct copy *c, const char *code)
{
    for (size_t i = 0; i < c->k.n_clocks; i++)
        if (str_eq(c->clocks[i].code, code))
            return &c->clocks[i];
    return NULL;
}

static const struct flow_rung late_only[] = { { .days = 1 } },
                              wrong_order[] = { { .days = -1 }, { .days = -2 } },
                              falling[] = { { .days = -2, .colour = FLOW_RED },
                                            { .days = 1, .colour = FLOW_YELLOW } };

static void s_unreachable(struct copy *c)
{
    move(c, "pass")->to = "done";
}
static void s_dead_end(struct copy *c)
{
    move(c, "recover")->from = "draft";
    move(c, "relapse")->from = "draft";
    move(c, "drop")->from = "draft|sent|working|hung";
}
static void s_no_clock(struct copy *c)
{
    state(c, "hung")->clock = NULL;
}
static void s_both(struct copy *c)
{
    state(c, "hung")->unclocked = "不计时";
}
static void s_nobody(struct copy *c)
{
    move(c, "hang")->who = 0;
}
static void s_no_cap(struct copy *c)
{
    move(c, "close")->need = CAP_NONE;
}
static void s_cap_nobody_has(struct copy *c)
{
    move(c, "close")->need = CAP_PUBLIC;
}
static void s_dead_field(struct copy *c)
{
    move(c, "report")->fields = "result! how! money cases period public";
}
static void s_unknown_field(struct copy *c)
{
    move(c, "report")->fields = "resutl!";
}
static void s_bad_type(struct copy *c)
{
    field(c, "joint")->type = FLOW_TEXT;
}
static void s_no_words(struct copy *c)
{
    field(c, "why")->name = NULL;
}
static void s_no_name(struct copy *c)
{
    state(c, "sent")->name = "";
}
static void s_nowhere(struct copy *c)
{
    move(c, "sign")->from = "snet";
}
static void s_to_nowhere(struct copy *c)
{
    move(c, "sign")->to = "wroking";
}
static void s_twice(struct copy *c)
{
    move(c, "back")->verb = "close";
}
static void s_ends_never(struct copy *c)
{
    state(c, "done")->final = false;
    state(c, "dropped")->final = false;
}
static void s_final_clock(struct copy *c)
{
    state(c, "done")->clock = "sign";
}
static void s_from_missing(struct copy *c)
{
    move(c, "send")->fields = "lead! due";
}
static void s_lapse(struct copy *c)
{
    clock_of(c, "hung")->lapse = "drop";
}
static void s_dead_clock(struct copy *c)
{
    state(c, "reporting")->clock = "sign";
}
static void s_ladder_late(struct copy *c)
{
    clock_of(c, "sign")->ladder = late_only;
    clock_of(c, "sign")->n_ladder = 1;
}
static void s_ladder_order(struct copy *c)
{
    clock_of(c, "work")->ladder = wrong_order;
    clock_of(c, "work")->n_ladder = 2;
}
static void s_ladder_falls(struct copy *c)
{
    clock_of(c, "work")->ladder = falling;
    clock_of(c, "work")->n_ladder = 2;
}
static void s_no_grant(struct copy *c)
{
    move(c, "no_more")->refuses = FLOW_NO_REQUEST;
}
static void s_no_until(struct copy *c)
{
    move(c, "ask_more")->fields = "why!";
}
static void s_waits_wrong(struct copy *c)
{
    state(c, "hung")->waits = FLOW_JOINT;
}
static void s_no_desk(struct copy *c)
{
    state(c, "hung")->waits = 0;
}
static void s_silent_reopen(struct copy *c)
{
    move(c, "reopen")->reopens = false;
}
static void s_visits_the_open(struct copy *c)
{
    move(c, "hang")->revisits = true;
}
static void s_goes_on_from_a_visit(struct copy *c)
{
    struct flow_move *m = move(c, "reopen");
    m->reopens = false;
    m->revisits = true;
}
static void s_no_event(struct copy *c)
{
    move(c, "recover")->event = NULL;
}
static void s_no_parts(struct copy *c)
{
    c->k.part_of = NULL;
}
static void s_no_joint(struct copy *c)
{
    move(c, "send")->fields = "lead! due!";
}
static void s_engine_verb(struct copy *c)
{
    move(c, "drop")->verb = "comment";
}
static void s_prefix(struct copy *c)
{
    c->k.prefix = "D";
}
static void s_bound(struct copy *c)
{
    field(c, "cases")->min = 1000;
}

static void finds_faults(void)
{
    static const struct {
        void (*spoil)(struct copy *c);
        const char *want;
    } cases[] = {
        { s_unreachable, "state waiting cannot be reached" },
        { s_dead_end, "state waiting has no way out" },
        { s_dead_end, "from state waiting no end can be reached" },
        { s_no_clock, "state hung: either a clock or a reason for none" },
        { s_both, "state hung: either a clock or a reason for none" },
        { s_nobody, "move hang: nobody may take it" },
        { s_no_cap, "move close: by capability, but none is named" },
        { s_cap_nobody_has, "move close: no role has the capability public" },
        { s_dead_field, "field proofs is never filled in" },
        { s_unknown_field, "report: no field resutl" },
        { s_bad_type, "field joint: its type does not fit what it sets" },
        { s_no_words, "field why has no words" },
        { s_no_name, "state sent has no words" },
        { s_nowhere, "move sign: no state snet" },
        { s_nowhere, "move sign begins nowhere" },
        { s_to_nowhere, "move sign: no state wroking" },
        { s_twice, "move close: two rows in state reporting" },
        { s_ends_never, "no state is final" },
        { s_final_clock, "state done is final: nothing runs and nobody waits" },
        { s_from_missing, "state working can be reached without due, by which its clock goes" },
        { s_lapse, "clock hung: drop is no move of the program in state hung" },
        { s_dead_clock, "clock review never runs" },
        { s_ladder_late, "clock sign says nothing before it is too late" },
        { s_ladder_order, "clock work: rungs are not in order" },
        { s_ladder_falls, "clock work: colours do not rise" },
        { s_no_grant, "move ask_more: in state working nobody can grant or refuse it" },
        { s_no_until, "move ask_more asks without a day" },
        { s_waits_wrong, "state hung waits for people who have no move there" },
        { s_no_desk, "state hung lies on nobody's desk" },
        { s_silent_reopen, "move reopen leads out of the end without opening again" },
        { s_visits_the_open, "move hang revisits what has not ended" },
        { s_goes_on_from_a_visit, "move hang goes on after a visit without opening again" },
        { s_no_event, "move recover: what makes the program take it?" },
        { s_no_parts, "move split: errand cannot be a part of this" },
        { s_no_joint, "move take: by joint units, but no field names any" },
        { s_engine_verb, "move comment: the engine has this verb" },
        { s_prefix, "the prefix D is errand's" },
        { s_bound, "field cases: its least is more than its most" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct copy c = copy_of(a);
        cases[i].spoil(&c);
        const char *got = faults_of(a, &c.k, false);
        if (!strstr(got, cases[i].want))
            t_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", cases[i].want, got);
    }
}

static void english_is_asked_for(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK(
        strstr(faults_of(a, test_kinds[0], true), "move praise: \"留作参考\" has no English"));
}

T_MAIN({ "the kinds of the tests have no fault", no_fault },
       { "every fault is found", finds_faults },
       { "a text without English is a fault", english_is_asked_for })
