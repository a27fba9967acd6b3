/* What a stationed group says to its units: who sees it when, who answers by when, and what is
 * outside the list. The routes are asked in cmd/publication. */
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "burden/test_load.h"
#include "flow/inbox.h"
#include "flow/test_world.h"
#include "monitor/contact_kind.h"
#include "people/account.sql.h"
#include "sheet/table.h"

static struct world begin(struct county *c, struct arena *a)
{
    static const struct flow_kind *const kinds[] = { &contact_flow_kind };
    struct world w = world_new(c, a);
    flow_use(c, kinds, COUNT(kinds));
    world_day(&w, 2026, 9, 30);
    return w;
}

static const char *note(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *code = "";
    CHECK_OK(world_open(w, GROUP, "contact", "合同公告迟了", "CG",
                        "title=合同公告迟了;text=先记一笔", &code, &e));
    return code;
}

/* Whether a person finds it: on its page, by search, on the board, in numbers and the export,
 * beside its unit, among what was told. */
static bool finds(struct world *w, enum someone p, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who who = world_who(w, p);
    struct matter m = world_matter(w, code);
    struct matter_line *l;
    struct board_column *b;
    struct flow_stats st;
    struct flow_notice *told;
    const struct table *t;
    size_t n, hits = 0;
    bool more, may = flow_may_see(&who, &m);
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_search(s, w->c, &who, m.title, LANG_ZH, w->a, &l, &n, &e));
    hits += n;
    CHECK_OK(flow_of_unit(s, w->c, &who, "CG", LANG_ZH, w->a, &l, &n, &e));
    hits += n;
    CHECK_OK(flow_linked(s, w->c, &who, "unit", "CG", LANG_ZH, w->a, &l, &n, &e));
    hits += n;
    CHECK_OK(flow_export(s, w->c, &who, "contact", LANG_ZH, w->a, &t, &e));
    hits += t->rows - 1;
    CHECK_OK(flow_statistics(s, w->c, &who, "contact", "", (struct utime){ 0 },
                             (struct utime){ INT64_MAX }, w->a, &st, &e));
    hits += (size_t)(st.open + st.ended);
    CHECK_OK(flow_board(s, w->c, &who, "contact", "", LANG_ZH, w->a, &b, &n, &e));
    for (size_t i = 0; i < n; i++) {
        hits += (size_t)b[i].n + b[i].n_lines;
        CHECK(person_can(who.person, CAP_SUPERVISE) || !str_eq(b[i].state, "draft"));
    }
    CHECK_OK(flow_agenda(s, w->c, &who, 0, INT32_MAX - 1, LANG_ZH, w->a, &l, &n, &e));
    hits += n;
    CHECK_OK(flow_inbox(s, w->c, &who, "", NULL, 50, LANG_ZH, w->a, &l, &n, &more, &e));
    hits += n;
    CHECK_OK(flow_notices(s, w->c, &who, (struct id){ 0 }, 50, LANG_ZH, w->a, &told, &n, &e));
    hits += n;
    CHECK(may == (hits > 0));
    return may;
}

static void a_note_is_the_groups_until_it_is_sent(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = note(&w);
    CHECK(finds(&w, GROUP, code));
    for (enum someone p = LEADER; p < PEOPLE; p++)
        if (p != GROUP)
            CHECK(!finds(&w, p, code));
    /* Nor can it be touched from elsewhere, by its name or with the unit's other matters. */
    CHECK(world_comment(&w, FIN1, code, "?", &e) == RC_NOTFOUND);
    CHECK(world_move(&w, DESK1, code, "ask", "title=x;text=xx;due=2026-10-20;minutes=20", &e) ==
          RC_NOTFOUND);
    CHECK(world_hand(&w, FIN1, code, "CG", "cg2", &e) == RC_NOTFOUND);
    CHECK(world_hand(&w, GROUP, code, "T1", "", &e) == RC_DENIED); /* not one of its units */
    CHECK_OK(world_move(&w, GROUP, code, "save", "title=合同公告迟了;text=再想想", &e));
    CHECK_OK(world_move(&w, GROUP, code, "ask",
                        "title=请说明合同公告;text=三季度迟了六项;due=2026-10-20;minutes=20",
                        &e));
    CHECK(finds(&w, GROUP, code));
    CHECK(finds(&w, FIN1, code));
    CHECK(!finds(&w, TOWN, code)); /* another unit */
    struct matter m = world_matter(&w, code);
    CHECK_STR(m.title, "请说明合同公告");
    CHECK_STR(matter_value(&m, "text"), "三季度迟了六项");
    world_proved(&w);
}
T_COUNTY(a_note_is_the_groups_until_it_is_sent)

static void a_note_that_is_dropped_stays_unseen(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = note(&w);
    CHECK_OK(world_move(&w, GROUP, code, "drop", NULL, &e));
    for (enum someone p = LEADER; p < PEOPLE; p++)
        if (p != GROUP)
            CHECK(!finds(&w, p, code));
    world_proved(&w);
}
T_COUNTY(a_note_that_is_dropped_stays_unseen)

static void the_unit_answers_by_a_day(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    struct flow_run run;
    const char *code = note(&w);
    CHECK(world_move(&w, GROUP, code, "ask", "title=请说明;text=迟了六项", &e) == RC_INVALID);
    CHECK_OK(world_move(&w, GROUP, code, "ask",
                        "title=请说明;text=迟了六项;due=2026-10-20;minutes=20", &e));
    CHECK(world_move(&w, TRADE, code, "explain", "answer=已补公告", &e) == RC_NOTFOUND);
    CHECK(world_move(&w, GROUP, code, "explain", "answer=已补公告", &e) == RC_DENIED);
    /* More time is asked for before it is over, and granted by the group. */
    CHECK_OK(world_move(&w, FIN1, code, "ask_more", "until=2026-10-23;why=等审计结果", &e));
    CHECK(world_move(&w, FIN2, code, "give_more", NULL, &e) == RC_DENIED);
    CHECK_OK(world_move(&w, GROUP, code, "give_more", NULL, &e));
    struct matter m = world_matter(&w, code);
    CHECK_INT(matter_running(&m)->due, DAY(2026, 10, 23));
    CHECK_INT(matter_running(&m)->first, DAY(2026, 10, 20));
    world_day(&w, 2026, 10, 26);
    CHECK_OK(flow_clock_run(c, &run, &e));
    CHECK_INT(world_matter(&w, code).colour, FLOW_YELLOW);
    CHECK_OK(world_move(&w, FIN1, code, "explain", "answer=已补公告", &e));
    CHECK_OK(world_move(&w, GROUP, code, "suggest",
                        "title=建议按月核对;text=每月核一次;due=2026-11-20;minutes=20", &e));
    CHECK_OK(world_move(&w, FIN2, code, "respond", "takes=all;answer=十一月起按月核对", &e));
    CHECK_OK(world_move(
        &w, GROUP, code, "invite",
        "title=当面商谈;text=带上台账;meet=2026-11-12;due=2026-11-10;minutes=20", &e));
    CHECK_OK(world_move(&w, FIN1, code, "reply", "comes=yes", &e));
    CHECK_OK(world_move(&w, GROUP, code, "close", "result=已落实", &e));
    m = world_matter(&w, code);
    CHECK(!m.open && m.on_time == 0); /* one answer came late, and that stays */
    /* Each time it asked was a request of its own. */
    int64_t asks;
    CHECK_INT(load_of(c, "CG", "ZU", &asks), 60);
    CHECK_INT(asks, 3);
    CHECK_STR(burden_matter_of(arena_printf(a, "%s_3", code), a), code);
    world_proved(&w);
}
T_COUNTY(the_unit_answers_by_a_day)

static void a_competent_department_acts_on_what_is_handed_to_it(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = note(&w);
    CHECK(world_move(&w, GROUP, code, "refer",
                     "title=请商务局核;text=迟了六项;joint=CG;due=2026-10-20;minutes=20",
                     &e) == RC_INVALID); /* the unit itself */
    CHECK_OK(world_move(&w, GROUP, code, "refer",
                        "title=请核合同公告;text=迟了六项;joint=T1;due=2026-10-20;minutes=20",
                        &e));
    CHECK(finds(&w, FIN1, code));
    CHECK(world_move(&w, FIN1, code, "report", "answer=已核", &e) == RC_DENIED);
    CHECK_OK(world_move(&w, TOWN, code, "decline", "why=不归本镇管", &e));
    CHECK_INT(world_matter(&w, code).returned, 1);
    CHECK_OK(world_move(&w, GROUP, code, "refer",
                        "title=请核合同公告;text=迟了六项;joint=SW;due=2026-10-20;minutes=20",
                        &e));
    CHECK_OK(world_move(&w, TRADE, code, "report", "answer=已核，两项属实", &e));
    CHECK_OK(world_move(&w, GROUP, code, "close", NULL, &e));
    code = note(&w);
    CHECK_OK(world_move(&w, GROUP, code, "refer",
                        "title=请核;text=迟了六项;joint=SW;due=2026-10-20;minutes=20", &e));
    CHECK_OK(world_move(&w, TRADE, code, "ask_more", "until=2026-10-30;why=人手", &e));
    CHECK_OK(world_move(&w, GROUP, code, "keep_day", "why=不能再等", &e));
    CHECK_OK(world_move(&w, GROUP, code, "withdraw", "why=已另行核清", &e));
    world_proved(&w);
}
T_COUNTY(a_competent_department_acts_on_what_is_handed_to_it)

/* ---- the list ---- */

static enum rc end_grants(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct person *p = &w->people[GROUP];
    return account_end_grant(tx, w->c, p->code, p->grants[0].id, "", e);
}

static enum rc other_list(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return account_grant(tx, w->c, world_codes[GROUP], "group", "SW", "", e);
}

/* The list is dated: what is not on it today is not the group's, whoever began it. */
static void outside_the_list_there_is_nothing(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    CHECK(world_open(&w, GROUP, "contact", "x", "T1", "title=x;text=xx", NULL, &e) ==
          RC_DENIED);
    CHECK(world_open(&w, GROUP, "contact", "x", "", "title=x;text=xx", NULL, &e) == RC_DENIED);
    for (enum someone p = LEADER; p < PEOPLE; p++)
        if (p != GROUP)
            CHECK(world_open(&w, p, "contact", "x", "CG", "title=x;text=xx", NULL, &e) ==
                  RC_DENIED);
    const char *own = note(&w), *sent = note(&w);
    CHECK_OK(world_move(&w, GROUP, sent, "ask",
                        "title=请说明;text=迟了六项;due=2026-10-20;minutes=20", &e));
    world_day(&w, 2026, 10, 9);
    CHECK_OK(db_transact(c->db, end_grants, &w, &e));
    CHECK_OK(db_transact(c->db, other_list, &w, &e));
    world_units_again(&w);
    CHECK(world_move(&w, GROUP, own, "save", "title=x;text=xx", &e) == RC_NOTFOUND);
    CHECK(!finds(&w, GROUP, own));
    CHECK(world_move(&w, GROUP, sent, "withdraw", "why=不再派驻", &e) == RC_NOTFOUND);
    CHECK_OK(world_move(&w, FIN1, sent, "explain", "answer=已补公告", &e));
}
T_COUNTY(outside_the_list_there_is_nothing)

T_MAIN(T_COUNTY_CASES("a note is the group's until it is sent",
                      a_note_is_the_groups_until_it_is_sent),
       T_COUNTY_CASES("a note that is dropped stays unseen",
                      a_note_that_is_dropped_stays_unseen),
       T_COUNTY_CASES("the unit answers by a day", the_unit_answers_by_a_day),
       T_COUNTY_CASES("a competent department acts on what is handed to it",
                      a_competent_department_acts_on_what_is_handed_to_it),
       T_COUNTY_CASES("outside the list there is nothing", outside_the_list_there_is_nothing))
