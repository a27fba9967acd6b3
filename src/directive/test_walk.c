/*
 * Instructions and directives as they are, walked at random on both databases: everybody tries
 * everything, allowed or not, in layers, with people standing in for others, matters handed
 * over and days going by. What must hold is said here a second time, in words of the issue and
 * not of the tables: who may do what, who must not judge what they did, how a directive born
 * of a warning ends, that nothing goes round in a circle. What is refused changes nothing;
 * three statuses can always be told; in the end every matter is made again from its records.
 * A failure names the seed: JINGJIAN_SEED=n walks that one alone.
 */
#include "base/clock.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "directive/directive.h"
#include "directive/test_acts.h"
#include "flow/matter.sql.h"
#include "flow/test_flow.sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- people ---- */

/* What somebody is to a directive. */
enum part {
    LEADS = 1 << 0,
    DESK = 1 << 1,    /* the platform */
    HOLDS = 1 << 2,   /* holds it */
    HELPS = 1 << 3,   /* of a joint unit */
    SIGNS = 1 << 4,   /* head of the lead unit */
    WATCHES = 1 << 5, /* the stationed group over the lead unit */
    OPENED = 1 << 6,
    SELF = 1 << 7 /* the program */
};
static const struct {
    const char *code, *unit;
    unsigned is;
} people[] = {
    { "", "", SELF },
    { "shuji", "", LEADS },
    { "fenguan", "", LEADS },
    { "zhuan1", "", DESK },
    { "zhuan2", "", DESK },
    { "zhuan3", "", DESK },
    { "cg1", "CG", 0 },
    { "cg2", "CG", 0 },
    { "sw1", "SW", 0 },
    { "t1", "T1", 0 },
    { "cghead", "CG", SIGNS },
    { "swhead", "SW", SIGNS },
    { "zu1", "CG|SW", WATCHES },
    { "anquan", "", 0 },
};
/* Who stands in for whom, in days from the start. */
static const struct {
    const char *from, *to;
    int first, last;
} away[] = { { "zhuan3", "zhuan2", 12, 25 }, { "cg1", "cg2", 20, 28 } };

/* Who may do what, as the issue says it. */
static const struct {
    const char *kind, *verb;
    unsigned who;
} may[] = {
    { "directive", "save", DESK },
    { "directive", "submit", DESK },
    { "directive", "sign_off", LEADS },
    { "directive", "redraft", LEADS },
    { "directive", "send", DESK },
    { "directive", "issue", SELF },
    { "directive", "drop", DESK },
    { "directive", "sign", HOLDS },
    { "directive", "accept", HOLDS },
    { "directive", "wrong", HOLDS },
    { "directive", "readdress", OPENED | DESK },
    { "directive", "insist", OPENED | DESK },
    { "directive", "plan", HOLDS },
    { "directive", "begin", HOLDS },
    { "directive", "report", HOLDS },
    { "directive", "report_own", HOLDS },
    { "directive", "report_top", HOLDS },
    { "directive", "delegate", HOLDS },
    { "directive", "split", HOLDS },
    { "directive", "assign", HOLDS },
    { "directive", "replan", HOLDS },
    { "directive", "take", HELPS },
    { "directive", "deliver", HELPS },
    { "directive", "ask_more", HOLDS },
    { "directive", "give_more", OPENED | LEADS },
    { "directive", "no_more", OPENED | LEADS },
    { "directive", "ask_hang", HOLDS },
    { "directive", "hang", LEADS },
    { "directive", "no_hang", LEADS },
    { "directive", "wake", HOLDS | SELF },
    { "directive", "urge", OPENED | WATCHES | DESK },
    { "directive", "press", LEADS },
    { "directive", "head_sign", SIGNS },
    { "directive", "head_sign_part", SIGNS },
    { "directive", "unsign", SIGNS },
    { "directive", "verify", DESK | WATCHES },
    { "directive", "back", DESK },
    { "directive", "back_part", OPENED | DESK },
    { "directive", "close", DESK },
    { "directive", "close_part", OPENED | DESK },
    { "directive", "drawn", SELF },
    { "directive", "held", DESK },
    { "directive", "rebound", DESK },
    { "directive", "archive", DESK },
    { "directive", "reopen", DESK },
    { "directive", "cancel", LEADS },
    { "instruction", "turn", SELF },
    { "instruction", "answer", DESK },
    { "instruction", "unturn", SELF },
    { "instruction", "fulfil", SELF },
    { "instruction", "again", SELF },
    { "instruction", "press", LEADS },
    { "instruction", "withdraw", OPENED },
};
/* Judging what others did. */
static const char judging[] =
    "sign_off head_sign head_sign_part hang no_hang verify back close "
    "close_part";
/* To look as a third person one has had no hand in it. */
static const char third[] = "back close";
/* What ends the walk of a matter early, or sends it round once more. */
static const char setback[] =
    "drop cancel withdraw answer wrong redraft no_hang ask_hang back back_part";
/* Having had a hand in it. Looking and sending back is not. */
static const char doing[] =
    "save submit sign_off redraft send sign accept wrong readdress insist "
    "plan begin report report_own report_top delegate split assign "
    "replan take deliver ask_more ask_hang wake head_sign "
    "head_sign_part unsign verify";

/* ---- the walk ---- */

enum {
    KINDS = 2,
    MATTERS_MAX = 400,
    MOVES_MAX = 100,
    ACTS_MAX = 4000,
    ROUNDS = 50,
    ROUNDS_MAX = 85,
    NEW_EVERY = 8
};
static const struct flow_kind *const walked[KINDS] = { &directive_flow_kind,
                                                       &instruction_flow_kind };

struct walk {
    struct world *w;
    struct rng r;
    uint64_t seed;
    int32_t start;
    int taken[KINDS][MOVES_MAX];
    int64_t moves, refused;
    struct deed {
        const char *matter, *verb, *by;
    } deeds[ACTS_MAX];
    size_t n_deeds;
    const char *codes[MATTERS_MAX];
    size_t n_codes;
    const char *hands[64]; /* of warnings */
    size_t n_hands;
};

#define FAULT(k, ...)                                                                          \
    t_fail(__FILE__, __LINE__, "seed %llu: %s", (unsigned long long)(k)->seed,                 \
           arena_printf((k)->w->a, __VA_ARGS__)) /* a macro for the line */

static const char *pick(struct walk *k, const char *list)
{
    size_t n;
    char **part = str_split(k->w->a, list, ' ', &n);
    return part[rng_below(&k->r, n)];
}

static bool chance(struct walk *k, int of)
{
    return rng_below(&k->r, (uint64_t)of) == 0;
}

static const char *day_from(struct walk *k, int64_t days)
{
    char day[PERIOD_TEXT];
    return arena_strdup(k->w->a, day_code(county_today(k->w->c) + (int32_t)days, day));
}

static const struct {
    const char *field, *values;
} words[] = {
    { "title", "背街小巷占道经营整治 公示不及时整改 办事窗口延时服务" },
    { "source_doc", "区政府第9次常务会议 某办〔2026〕3号" },
    { "problem_kind", "权力运行不规范 贯彻落实决策部署不到位 没有这一类" },
    { "units", "SW T1 SW|T1 CG CG|SW QX" },
    { "deputy", "fenguan fenguan shuji cg1" },
    { "section", "cg2 cg1 sw1 fenguan" },
    { "joint", "SW T1 SW|T1" },
    { "watch", "ZU QX" },
    { "layer", "unit secretary deputy section" },
    { "source", "document meeting tour instruction warning" },
    { "solved", "yes part none" },
    { "draw", "L-2026-0001" },
};

/* Something for a field; now and then what does not fit. */
static const char *value_for(struct walk *k, const struct matter *m, const struct flow_field *f)
{
    const char *now = matter_value(m, f->code);
    if (str_eq(f->code, "source") && *now)
        return now;
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i].field, f->code))
            return pick(k, words[i].values);
    if (str_eq(f->code, "part_due"))
        return day_from(k, 1 + (int64_t)rng_below(&k->r, 40));
    if (f->type == FLOW_DAY)
        return day_from(k, 5 + (int64_t)rng_below(&k->r, 40));
    if (f->type == FLOW_INT)
        return arena_printf(k->w->a, "%d", 1 + (int)rng_below(&k->r, 300));
    if (f->type == FLOW_CHOICE || f->type == FLOW_CHOICES)
        return f->choices[0].code;
    return f->type == FLOW_LINES || f->type == FLOW_TEXT
               ? arena_printf(k->w->a, "经核对，第%d项已落实", (int)rng_below(&k->r, 90))
               : NULL;
}

static const char *values_for(struct walk *k, const struct matter *m, const char *list)
{
    static const char *const to[] = { "lead=CG",          "lead=CG;holder=cg1",
                                      "holder=shuji",     "lead=SW",
                                      "lead=CG;joint=SW", "lead=T1",
                                      "holder=fenguan",   "joint=" };
    struct str b;
    const char *code;
    bool required;
    str_init(&b, k->w->a);
    while (list && fields_next(&list, k->w->a, &code, &required)) {
        const struct flow_field *f = flow_field_of(m->kind, code);
        if (str_eq(code, "lead"))
            str_addf(&b, "%s%s", b.n ? ";" : "", to[rng_below(&k->r, COUNT(to))]);
        bool often = word_in("source_doc minutes part_minutes", code, ' ');
        bool given = required ? !chance(k, 25) : often ? !chance(k, 9) : chance(k, 4);
        const char *v =
            given && !word_in("lead holder joint", code, ' ') ? value_for(k, m, f) : NULL;
        if (v)
            str_addf(&b, "%s%s=%s", b.n ? ";" : "", code, v);
    }
    return b.s;
}

/* ---- what must hold ---- */

/* What somebody is to it, without asking the program. */
static unsigned parts_of(const char *who, const struct matter *m)
{
    unsigned is = 0;
    const char *unit = matter_unit(m), *account = matter_account(m);
    for (size_t i = 0; i < COUNT(people); i++) {
        if (!str_eq(people[i].code, who))
            continue;
        is |= people[i].is & ~(unsigned)(SIGNS | WATCHES);
        bool of = *unit && word_in(people[i].unit, unit, '|');
        is |= of ? people[i].is & (SIGNS | WATCHES) : 0;
        const bool handles = !(people[i].is & ~(unsigned)SIGNS); /* a head may, too */
        if (*account ? str_eq(account, who) : of && handles)
            is |= HOLDS;
        for (size_t p = 0; p < m->n_parties && handles; p++)
            if (m->parties[p].role == PARTY_JOINT && str_eq(m->parties[p].unit, people[i].unit))
                is |= HELPS;
    }
    const struct party *sup = matter_party(m, PARTY_SUPERVISOR);
    if (sup) /* named: nobody else, and its clerks are none of these people but the group's */
        is = (is & ~(unsigned)WATCHES) |
             (str_eq(sup->unit, "ZU") && str_eq(who, "zu1") ? WATCHES : 0);
    return is | (*who && str_eq(m->opener, who) ? OPENED : 0);
}

static unsigned roles_of(const struct walk *k, const char *who, const struct matter *m)
{
    int day = county_today(k->w->c) - k->start;
    unsigned is = parts_of(who, m);
    for (size_t i = 0; i < COUNT(away); i++)
        if (str_eq(away[i].to, who) && day >= away[i].first && day <= away[i].last)
            is |= parts_of(away[i].from, m);
    return is;
}

static bool had_a_hand(const struct walk *k, const char *who, const struct matter *m)
{
    for (size_t i = 0; i < k->n_deeds; i++)
        if (str_eq(k->deeds[i].matter, m->code) && str_eq(k->deeds[i].by, who) &&
            word_in(doing, k->deeds[i].verb, ' '))
            return true;
    return (parts_of(who, m) & (OPENED | HOLDS | HELPS)) != 0;
}

static bool was_done(const struct walk *k, const char *matter, const char *verb,
                     const char *not_by)
{
    for (size_t i = 0; i < k->n_deeds; i++)
        if (str_eq(k->deeds[i].matter, matter) && str_eq(k->deeds[i].verb, verb) &&
            !str_eq(k->deeds[i].by, not_by))
            return true;
    return false;
}

enum { STAYS = 10 }; /* days the indicator has to stay recovered here */

/* A third person has looked, or its warning is out and was so long enough. */
static bool outcome_is_there(struct walk *k, const char *who, const struct matter *m)
{
    for (size_t i = 0; i < m->n_links; i++) {
        size_t n = 0;
        if (!str_eq(m->links[i].what, "warning") ||
            (str_eq(m->state, "verified") && was_done(k, m->code, "verify", who)))
            continue;
        while (n < k->n_hands &&
               !str_eq(world_matter(k->w, k->hands[n]).links[0].code, m->links[i].code))
            n++;
        if (n == k->n_hands)
            return false;
        struct matter hand = world_matter(k->w, k->hands[n]);
        if (hand.open || (str_eq(hand.state, "closed") &&
                          county_today(k->w->c) < time_day(hand.closed_at) + STAYS))
            return false;
    }
    return true;
}

static void check_allowed(struct walk *k, const char *who, const struct matter *m,
                          const struct flow_move *mv)
{
    const char *verb = mv->verb;
    unsigned is = roles_of(k, who, m), asks = 0;
    for (size_t i = 0; i < COUNT(may); i++)
        if (str_eq(may[i].kind, m->kind_code) && str_eq(may[i].verb, verb))
            asks = may[i].who;
    if (!(is & asks))
        FAULT(k, "%s may not %s %s", who, verb, m->code);
    if (!flow_move_from(m->kind, mv, m->state))
        FAULT(k, "%s of %s does not begin in %s", verb, m->code, m->state);
    if (str_eq(m->kind_code, "instruction"))
        return;
    if (word_in(judging, verb, ' ') && str_eq(m->state_mover, who))
        FAULT(k, "%s judges their own: %s %s", who, verb, m->code);
    for (size_t i = 0; word_in("give_more no_more", verb, ' ') && i < m->n_requests; i++)
        if (str_eq(m->requests[i].by, who))
            FAULT(k, "%s answers their own request: %s %s", who, verb, m->code);
    const bool looks = word_in(third, verb, ' ') ||
                       (word_in("back_part close_part", verb, ' ') && !(is & OPENED)) ||
                       (str_eq(verb, "verify") && !(is & WATCHES));
    if (looks && had_a_hand(k, who, m))
        FAULT(k, "%s had a hand in %s: %s", who, m->code, verb);
    if (str_eq(verb, "close") && !outcome_is_there(k, who, m))
        FAULT(k, "%s is closed without its outcome", m->code);
    if (word_in("report report_own report_top", verb, ' '))
        for (size_t i = 0; i < k->n_codes; i++) {
            struct matter part = world_matter(k->w, k->codes[i]);
            if (str_eq(part.parent, m->code) && part.open)
                FAULT(k, "%s is reported before %s", m->code, part.code);
        }
    for (size_t i = 0; str_eq(verb, "ask_more") && i < m->n_clocks; i++)
        if (str_eq(m->clocks[i].code, "work") && county_today(k->w->c) > m->clocks[i].due)
            FAULT(k, "more time for %s after its day", m->code);
}

/* Up the layers nobody holds it twice: a person never, a unit only by its own people. */
static void check_circle(struct walk *k, const struct matter *m)
{
    struct matter up = *m;
    int depth = 0;
    for (bool inside = true; *up.parent && depth < MATTER_DEPTH_MAX; depth++) {
        up = world_matter(k->w, up.parent);
        const char *unit = matter_unit(m), *account = matter_account(m);
        bool same = *unit && str_eq(unit, matter_unit(&up));
        inside = inside && same;
        if (str_eq(up.code, m->code) || (*account && str_eq(account, matter_account(&up))) ||
            (same && (!*account || !inside)))
            FAULT(k, "%s is in the hands of %s again", m->code, up.code);
    }
    CHECK(depth < MATTER_DEPTH_MAX);
}

static void check_statuses(struct walk *k, const struct matter *m)
{
    if (!str_eq(m->kind_code, "directive"))
        return;
    int32_t first = 0;
    for (size_t i = 0; i < m->n_clocks; i++)
        if (str_eq(m->clocks[i].code, "work"))
            first = m->clocks[i].first;
    for (enum lang lang = LANG_ZH; lang <= LANG_EN; lang++) {
        struct directive_status st = acts_status(k->w, m, lang);
        if (!*st.said || !*st.shown || !*st.against)
            FAULT(k, "%s in %s: %s/%s/%s", m->code, m->state, st.said, st.shown, st.against);
        if (first && st.first != first)
            FAULT(k, "%s: the first day is %d, not %d", m->code, st.first, first);
        if (word_in("working hung planning signed sent heads", m->state, ' ') && st.first &&
            st.late != (county_today(k->w->c) > st.first))
            FAULT(k, "%s: late is %d", m->code, st.late);
    }
    if (m->draft)
        for (size_t i = 0; i < COUNT(people); i++) {
            struct flow_who who = acts_who(k->w, people[i].code);
            bool sees = flow_may_see(&who, m);
            if (sees && !(people[i].is & (SELF | DESK)) &&
                !(people[i].is & LEADS && str_eq(m->state, "approving")))
                FAULT(k, "%s sees %s in %s", people[i].code, m->code, m->state);
        }
}

/* Everything a refused act must leave alone. */
struct picture {
    struct test_counts_row n;
    const char *body, *state;
    int64_t version;
};

static struct picture picture(struct walk *k, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m = world_matter(k->w, code);
    struct picture p = { .state = m.state, .version = m.version };
    p.body = matter_body(&m, k->w->a);
    CHECK_OK(db_read(k->w->c->db, &s, &e));
    CHECK_OK(test_counts_one(s, k->w->a, &p.n, &e));
    return p;
}

static void check_same(struct walk *k, const struct picture *x, const char *code,
                       const char *who, const char *verb)
{
    struct picture y = picture(k, code);
    if (x->version != y.version || !str_eq(x->state, y.state) || !str_eq(x->body, y.body) ||
        x->n.matters != y.n.matters || x->n.steps != y.n.steps || x->n.notices != y.n.notices ||
        x->n.records != y.n.records)
        FAULT(k, "%s was refused %s of %s, and something changed", who, verb, code);
}

/* ---- acting ---- */

/* Every matter there is, parts too. */
static void find_codes(struct walk *k)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(k->w->c->db, &s, &e));
    k->n_codes = 0;
    for (size_t x = 0; x < KINDS; x++)
        for (size_t i = 1; k->n_codes < MATTERS_MAX; i++) {
            CLEANUP(err_done) struct err none = { 0 };
            struct matter_id_row row;
            const char *code = arena_printf(k->w->a, "%s-2026-%05zu", walked[x]->prefix, i);
            if (matter_id_one(s, code, k->w->a, &row, &none) != RC_OK)
                break;
            k->codes[k->n_codes++] = code;
        }
}

static size_t index_of(const struct matter *m)
{
    return m->kind == walked[0] ? 0 : 1;
}

static bool tries(struct walk *k, const char *who, const struct matter *m,
                  const struct flow_move *mv)
{
    struct picture before = picture(k, m->code);
    enum rc rc = acts_move(k->w, who, m->code, mv->verb, values_for(k, m, mv->fields));
    if (rc != RC_OK) {
        const char *why = err_message(&acts_last, LANG_ZH, k->w->a);
        k->refused++;
        if (rc != RC_DENIED && rc != RC_CONFLICT && rc != RC_INVALID && rc != RC_NOTFOUND)
            FAULT(k, "%s of %s by %s: %s", mv->verb, m->code, who, why);
        CHECK(*why);
        check_same(k, &before, m->code, who, mv->verb);
        return false;
    }
    check_allowed(k, who, m, mv);
    struct matter after = world_matter(k->w, m->code);
    const char *to = mv->to ? mv->to : m->state;
    if (!str_eq(after.state, to))
        FAULT(k, "%s of %s leads to %s, not %s", mv->verb, m->code, after.state, to);
    check_statuses(k, &after);
    k->moves++;
    k->taken[index_of(m)][mv - m->kind->moves]++;
    if (k->n_deeds < ACTS_MAX)
        k->deeds[k->n_deeds++] = (struct deed){ after.code, mv->verb, who };
    else
        FAULT(k, "the walk is longer than ACTS_MAX");
    if (mv->splits || str_eq(mv->verb, "readdress")) {
        find_codes(k);
        for (size_t i = 0; i < k->n_codes; i++) {
            struct matter part = world_matter(k->w, k->codes[i]);
            if (mv->splits ? str_eq(part.parent, after.code) && part.steps <= 2
                           : str_eq(part.code, after.code))
                check_circle(k, &part);
        }
    }
    return true;
}

/* Anybody, anything. */
static void wild(struct walk *k, const char *code)
{
    struct matter m = world_matter(k->w, code);
    const struct flow_move *mv = &m.kind->moves[rng_below(&k->r, m.kind->n_moves)];
    (void)tries(k, people[rng_below(&k->r, COUNT(people))].code, &m, mv); /* either way */
}

/* Of what may happen now anything, or what has happened least, by whoever can. */
static void onwards(struct walk *k, const char *code)
{
    struct matter m = world_matter(k->w, code);
    bool tried[MOVES_MAX] = { false };
    const int *taken = k->taken[index_of(&m)];
    const bool rarest = !chance(k, 3);
    for (int verbs = 0; verbs < 4; verbs++) {
        const struct flow_move *mv = NULL;
        for (size_t i = 0, n = 0; i < m.kind->n_moves; i++)
            if (!tried[i] && flow_move_from(m.kind, &m.kind->moves[i], m.state) &&
                (rarest || !word_in(setback, m.kind->moves[i].verb, ' ') || chance(k, 4)) &&
                (!mv ||
                 (rarest ? taken[i] < taken[mv - m.kind->moves] : rng_below(&k->r, ++n) == 0)))
                mv = &m.kind->moves[i];
        if (!mv)
            return;
        tried[mv - m.kind->moves] = true;
        size_t from = rng_below(&k->r, COUNT(people));
        for (size_t i = 0; i < COUNT(people); i++) {
            const char *who = people[(from + i) % COUNT(people)].code;
            unsigned asks = 0;
            for (size_t j = 0; j < COUNT(may); j++)
                if (str_eq(may[j].kind, m.kind_code) && str_eq(may[j].verb, mv->verb))
                    asks = may[j].who;
            if ((roles_of(k, who, &m) & asks) && tries(k, who, &m, mv))
                return;
        }
    }
}

static void aside(struct walk *k, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    enum rc rc = RC_OK;
    switch (rng_below(&k->r, 14)) {
    case 0:
        rc = world_comment(k->w, LEADER, code, "请补一句：进度如何？", &e);
        break;
    case 1:
        rc = acts_hand(k->w, pick(k, "zhuan1 cg1 zu1 t1"), code, pick(k, "CG CG SW"),
                       pick(k, "cg1 cg2 sw1"));
        break;
    }
    CHECK(rc == RC_OK || rc == RC_CONFLICT || rc == RC_INVALID || rc == RC_NOTFOUND ||
          rc == RC_DENIED);
}

static void day_goes_by(struct walk *k)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct flow_run run;
    struct utime t = county_now(k->w->c);
    t.us += ((int64_t)rng_below(&k->r, 3) * 86400 + 1800) * 1000000;
    CHECK(clock_set(&k->w->c->clock, t));
    CHECK_OK(flow_clock_run(k->w->c, &run, &e));
}

/* ---- beginnings ---- */

static void open_instruction(struct walk *k)
{
    static const struct flow_file scan = { .name = "批示件.pdf",
                                           .media = "application/pdf",
                                           .size = 3 };
    const struct flow_new own = { .kind = "instruction", .title = "批示" };
    struct flow_new with = own;
    const char *code = "", *d = "";
    bool recorded = chance(k, 2);
    with.files = &scan;
    with.n_files = 1;
    enum rc rc = recorded
                     ? acts_open(k->w, "zhuan2", &with, "text=请逐项对照;leader=shuji", &code)
                     : acts_open(k->w, "fenguan", &own, "text=请逐项对照", &code);
    CHECK(rc == RC_OK);
    if (!chance(k, 3))
        CHECK(acts_draft(k->w, pick(k, "zhuan1 zhuan2"), "matter", code, &d) == RC_OK);
}

static void open_plain(struct walk *k, const char *to)
{
    const struct flow_new n = { .kind = "directive", .title = "整治" };
    const char *code = "";
    CHECK(acts_open(k->w, pick(k, "zhuan1 zhuan3"), &n,
                    arena_printf(k->w->a,
                                 "order=整治到位;source=document;source_doc=文;due=%s;%s",
                                 day_from(k, 30), to),
                    &code) == RC_OK);
}

static void open_warning(struct walk *k)
{
    const char *w = arena_printf(k->w->a, "W-2026Q3-%04zu", k->n_hands + 1), *d = "";
    CHECK(acts_open(k->w, "",
                    &(struct flow_new){ .kind = "warning",
                                        .title = "投诉件数过高",
                                        .unit = chance(k, 2) ? "CG" : "SW",
                                        .links = &(struct flow_link){ "warning", w },
                                        .n_links = 1 },
                    "judged=2026Q3;colour=yellow;lamp=yellow;light=W",
                    &k->hands[k->n_hands]) == RC_OK);
    k->n_hands++;
    CHECK(acts_draft(k->w, pick(k, "zhuan1 zhuan2"), "warning", w, &d) == RC_OK);
}

/* Warnings recover, or turn out to be none. */
static void warnings_go_on(struct walk *k)
{
    for (size_t i = 0; i < k->n_hands; i++)
        if (chance(k, 8))
            (void)acts_move(k->w, "", k->hands[i], pick(k, "recover recover correct"),
                            "judged=2026Q3;value=3件"); /* or it has ended already */
}

static enum rc shorter(struct tx *tx, void *arg, struct err *e)
{
    struct walk *k = arg;
    char days[24];
    (void)snprintf(days, sizeof(days), "%d", STAYS); /* fits */
    return setting_set(tx, k->w->c, &directive_settings[SET_RECOVERED_DAYS], days, "", e);
}

/* A move that was not taken yet: no table may hold what cannot happen. */
static const char *never(const struct walk *k)
{
    for (size_t x = 0; x < KINDS; x++)
        for (size_t i = 0; i < walked[x]->n_moves; i++)
            if (!k->taken[x][i])
                return walked[x]->moves[i].verb;
    return NULL;
}

static void walk(struct county *c, uint64_t seed)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = acts_world(c, a);
    struct walk *k = arena_alloc(a, sizeof(*k));
    const char *asked = getenv("JINGJIAN_SEED");
    int64_t other;
    k->w = &w;
    k->seed = seed;
    if (asked && parse_int64(asked, 1, INT64_MAX, "JINGJIAN_SEED", &other, &e) == RC_OK)
        k->seed = (uint64_t)other;
    k->start = county_today(c);
    rng_init(&k->r, k->seed, 0);
    CHECK_OK(db_transact(c->db, shorter, k, &e));
    for (size_t i = 0; i < COUNT(away); i++)
        CHECK_OK(world_away(&w, SECADMIN, away[i].from, away[i].to, k->start + away[i].first,
                            k->start + away[i].last, &e));
    for (int round = 0; round < ROUNDS || (round < ROUNDS_MAX && never(k)); round++) {
        if (round % NEW_EVERY == 0) {
            open_instruction(k);
            open_warning(k);
            open_warning(k);
            open_plain(k, "lead=CG;joint=SW");
            open_plain(k, "holder=shuji;layer=secretary");
        }
        find_codes(k);
        const size_t n = k->n_codes; /* parts that come now have their turn next time */
        for (size_t i = 0; i < n; i++) {
            if (chance(k, 2))
                wild(k, k->codes[i]);
            onwards(k, k->codes[i]);
            aside(k, k->codes[i]);
        }
        warnings_go_on(k);
        day_goes_by(k);
    }
    const char *missing = never(k);
    if (missing)
        FAULT(k, "%s never happened", missing);
    CHECK(k->moves > 300 && k->refused > 100);
    world_proved(&w);
}

static void walk_once(struct county *c)
{
    walk(c, 1);
}
static void walk_again(struct county *c)
{
    walk(c, 2);
}
T_COUNTY(walk_once)
T_COUNTY(walk_again)

T_MAIN(T_COUNTY_CASES("what must hold of directives holds on a random walk", walk_once),
       T_COUNTY_CASES("it holds on another walk", walk_again))
