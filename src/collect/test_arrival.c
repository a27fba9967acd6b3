/* Values that come by a file: nobody uses what a round asks for before it is signed. */
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "collect/round.sql.h"
#include "collect/test_collect.h"
#include "flow/matter.h"
#include "monitor/value.sql.h"

#include <string.h>

#define HEAD "unit,point,period,value\n"
#define CHECK_SAYS(e, text)                                                                    \
    do {                                                                                       \
        CLEANUP(arena_freep) struct arena *sa = arena_new();                                   \
        CHECK_PART(err_message(&(e), LANG_ZH, sa), text);                                      \
        err_done(&(e));                                                                        \
    } while (0)

/* A file as it was checked: every period in it has been read by then. */
struct sent {
    struct values_context x;
    struct values_checked k;
    struct bytes file;
};

static enum rc check(struct world *w, enum someone who, const char *csv, struct sent *ret,
                     struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    *ret = (struct sent){ .file = { (const uint8_t *)csv, strlen(csv) } };
    enum rc rc = db_read(w->c->db, &s, e);
    if (rc == RC_OK)
        rc = values_context_make(w->c, s, &w->people[who], w->a, &ret->x, e);
    return rc == RC_OK
               ? values_import_check(&ret->x, "v.csv", ret->file, w->a, &ret->k, NULL, e)
               : rc;
}

static enum rc take(struct world *w, enum someone who, struct sent *sent,
                    struct values_import *done, struct err *e)
{
    return values_import_write(w->c, &sent->x, &sent->k, "v.csv", sent->file, (struct id){ 0 },
                               NULL, &w->people[who], w->a, done, e);
}

/* How many values everybody can use, all units and points of a period together. */
static size_t values_of(struct world *w, const char *period)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct values_of_period_row *rows;
    struct period p;
    size_t n = 0;
    CHECK_OK(period_parse(period, &p, &e));
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(values_of_period_all(s, p, county_now(w->c), w->a, &rows, &n, &e));
    return n;
}

static struct filing_cell cell(struct world *w, const char *code, const char *unit,
                               const char *point, const char *period)
{
    struct filing f = world_filing(w, code);
    char text[PERIOD_TEXT];
    for (size_t u = 0; u < f.n_unit; u++)
        for (size_t k = 0; k < f.n_column; k++)
            if (str_eq(f.x.look.unit[f.unit[u]].code, unit) &&
                str_eq(f.x.points[f.column[k].point].code, point) &&
                str_eq(period_code(f.column[k].period, text), period))
                return *filing_at(&f, u, k);
    t_fail(__FILE__, __LINE__, "no cell %s %s %s", unit, point, period);
    return (struct filing_cell){ 0 };
}

static enum rc submit_and_sign(struct world *w, const char *code, struct err *e)
{
    struct flow_who fill = world_who(w, FILL1), head = world_who(w, HEAD1);
    enum rc rc = filing_submit(w->c, &fill, code, world_filing(w, code).version, w->a, e);
    return rc == RC_OK ? filing_sign(w->c, &head, code, world_filing(w, code).version, w->a, e)
                       : rc;
}

static void recall(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct flow_who desk = world_who(w, DESK);
    const struct flow_given given[] = { { "why", "有更正" }, { "due", "2026-10-20" } };
    CHECK_OK(filing_move(w->c, &desk, code, "recall", world_filing(w, code).version, given, 2,
                         w->a, &e));
}

struct closing {
    struct world *w;
    struct flow_who who;
    const char *round;
};

static enum rc close_it(struct tx *tx, void *arg, struct err *e)
{
    struct closing *x = arg;
    int64_t n;
    return round_close(tx, x->w->c, &x->who, x->round, "本期已汇总", x->w->a, &n, e);
}

static void close_round(struct world *w, const char *round)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct closing x = { w, world_who(w, DESK), round };
    CHECK_OK(db_transact(w->c->db, close_it, &x, &e));
}

static struct values_filing went(struct world *w, const char *import)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct values_filing *f;
    size_t n;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(values_import_went(w->c, s, import, w->a, &f, &n, &e));
    return n == 1 ? f[0] : (struct values_filing){ .code = "" };
}

static void waits_for_the_signature(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    static const char csv[] = "unit,point,period,value,missing,note\n"
                              "T1,P1,2026Q3,4,,按台账\nT2,P1,2026Q3,,lost,\n"
                              "T1,P1,2026Q2,3,,\nT1,P3,2026Q3,9,,\n";
    struct values_import done;
    struct sent sent;
    const char *code;
    world_round(&w, 1, &code);
    /* By the platform, for both sources; one row is of a period that nobody asks for. */
    CHECK_OK(check(&w, DESK, csv, &sent, &e));
    CHECK_INT(sent.k.fresh, 1);
    CHECK_INT(sent.k.waiting, 3);
    CHECK_INT(sent.k.aside, 0);
    CHECK_INT(sent.k.n_filing, 2);
    CHECK_STR(sent.k.filing[0].source, "CG");
    CHECK_INT(sent.k.filing[0].waiting, 2);
    CHECK_PART(values_filing_text(&sent.k.filing[0], LANG_ZH, a),
               arena_printf(a, "2格进填报%s，签发后才入库", code));
    CHECK_STR(world_filing(&w, code).state, "todo"); /* a check writes nothing */
    CHECK_OK(take(&w, DESK, &sent, &done, &e));
    CHECK_INT(values_of(&w, "2026Q3"), 0);
    CHECK_INT(values_of(&w, "2026Q2"), 1);
    CHECK_STR(world_filing(&w, code).state, "filling");
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").typed, "4");
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").note, "按台账");
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").import, done.code);
    CHECK_STR(cell(&w, "F-2026-00002", "T1", "P3", "2026Q3").typed, "9");
    /* Twice the same file: nothing more. */
    CHECK_OK(check(&w, DESK, csv, &sent, &e));
    CHECK_INT(sent.k.same, 4);
    CHECK_INT(sent.k.n_filing, 0);
    /* Another number for it: it replaces the one that waits, and leaves nothing behind. */
    CHECK_OK(check(&w, FILL1, HEAD "T1,P1,2026Q3,5\n", &sent, &e));
    CHECK_INT(sent.k.waiting, 1);
    CHECK_OK(take(&w, FILL1, &sent, &done, &e));
    CHECK_STR(went(&w, done.code).code, code);
    CHECK_INT(went(&w, done.code).waiting, 1);
    CHECK_INT(values_of(&w, "2026Q3"), 0);
    /* Who sent it does not matter: it takes somebody of the source to submit, another to sign.
     */
    CHECK_OK(submit_and_sign(&w, code, &e));
    CHECK_INT(values_of(&w, "2026Q3"), 2); /* not the other source's */
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").now.value == 5);
    CHECK_STR(cell(&w, code, "T2", "P1", "2026Q3").now.missing, "lost");
    CHECK_INT(went(&w, done.code).waiting, 0);
    world_proved(&w);
}
T_COUNTY(waits_for_the_signature)

static void correction_is_signed_again(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct values_import done;
    struct sent sent;
    const char *code, *round = world_round(&w, 1, &code);
    CHECK_OK(world_import(&w, FILL1, HEAD "T1,P1,2026Q3,4\n", NULL, &e));
    CHECK_OK(submit_and_sign(&w, code, &e));
    close_round(&w, round);
    for (int turn = 0; turn < 2; turn++) { /* the same twice: once aside */
        CHECK_OK(check(&w, FILL1, HEAD "T1,P1,2026Q3,6\n", &sent, &e));
        CHECK_INT(sent.k.aside, 1 - turn);
        CHECK_INT(sent.k.same, turn);
        CHECK_INT(sent.k.changed, 0);
        CHECK_OK(take(&w, FILL1, &sent, &done, &e));
    }
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").now.value == 4);
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").aside, "6");
    CHECK_STR(world_filing(&w, code).state, "signed");
    /* Sent back, it goes in; the old value is used until the new one is signed. */
    recall(&w, code);
    CHECK_OK(world_import(&w, FILL1, HEAD "T1,P1,2026Q3,6\n", NULL, &e));
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").typed, "6");
    CHECK(!cell(&w, code, "T1", "P1", "2026Q3").aside);
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").now.value == 4);
    CHECK_OK(submit_and_sign(&w, code, &e));
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").now.value == 6);
    CHECK_INT(values_of(&w, "2026Q3"), 2); /* both versions stay */
    /* Of a source that never signed nobody asks any more: a value at once. */
    CHECK_OK(world_import(&w, OTHER, HEAD "T1,P3,2026Q3,9\n", NULL, &e));
    CHECK_INT(values_of(&w, "2026Q3"), 3);
    world_proved(&w);
}
T_COUNTY(correction_is_signed_again)

static void rounds_change_meanwhile(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct values_import done;
    struct sent sent;
    const char *code, *round;
    /* It begins between the check and the change: nothing is written, nothing slips by. */
    CHECK_OK(check(&w, FILL1, HEAD "T1,P1,2026Q3,4\n", &sent, &e));
    CHECK_INT(sent.k.fresh, 1);
    round = world_round(&w, 1, &code);
    CHECK_INT(take(&w, FILL1, &sent, &done, &e), RC_CONFLICT);
    CHECK_SAYS(e, "请再核对一次");
    CHECK_INT(values_of(&w, "2026Q3"), 0);
    CHECK_INT(world_filing(&w, code).typed, 0);
    /* It is closed between them: kept aside, no value. */
    CHECK_OK(check(&w, FILL1, HEAD "T1,P1,2026Q3,4\n", &sent, &e));
    CHECK_INT(sent.k.waiting, 1);
    close_round(&w, round);
    CHECK_OK(take(&w, FILL1, &sent, &done, &e));
    CHECK_INT(values_of(&w, "2026Q3"), 0);
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").aside, "4");
    CHECK_STR(world_filing(&w, code).state, "stopped");
    /* Submitted between them: aside as well. */
    recall(&w, code);
    CHECK_OK(world_type(&w, FILL1, code, "T2", "P1", "2026Q3", "1", NULL, &e));
    CHECK_OK(check(&w, FILL1, HEAD "T2,P1,2026Q3,2\n", &sent, &e));
    CHECK_INT(sent.k.waiting, 1);
    struct flow_who fill = world_who(&w, FILL1);
    CHECK_OK(filing_submit(c, &fill, code, world_filing(&w, code).version, a, &e));
    CHECK_OK(take(&w, FILL1, &sent, &done, &e));
    CHECK_STR(cell(&w, code, "T2", "P1", "2026Q3").typed, "1");
    CHECK_STR(cell(&w, code, "T2", "P1", "2026Q3").aside, "2");
    world_proved(&w);
}
T_COUNTY(rounds_change_meanwhile)

static void emptied_is_taken_back(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code;
    /* One value came before the round, one comes in it. */
    CHECK_OK(world_import(&w, FILL1, HEAD "T1,P1,2026Q3,4\n", NULL, &e));
    world_round(&w, 1, &code);
    CHECK_OK(world_import(&w, FILL1, HEAD "T2,P1,2026Q3,7\nT1,P2,202608,1\n", NULL, &e));
    CHECK_INT(world_filing(&w, code).filled, 3);
    /* What waits is simply gone; what is a value already has to be given a reason. */
    CHECK_OK(world_type(&w, FILL1, code, "T2", "P1", "2026Q3", "", NULL, &e));
    CHECK(!cell(&w, code, "T2", "P1", "2026Q3").typed);
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "", NULL, &e));
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").typed, "");
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").problem != NULL);
    CHECK_INT(world_filing(&w, code).filled, 1);
    CHECK_INT(submit_and_sign(&w, code, &e), RC_INVALID);
    err_done(&e);
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").now.value == 4); /* until it is signed */
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "灭失", NULL, &e));
    CHECK_OK(submit_and_sign(&w, code, &e));
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").now.missing, "lost");
    CHECK(!cell(&w, code, "T2", "P1", "2026Q3").now.there);
    world_proved(&w);
}
T_COUNTY(emptied_is_taken_back)

T_MAIN(T_COUNTY_CASES("what a round asks for waits for its signature", waits_for_the_signature),
       T_COUNTY_CASES("a correction is signed again", correction_is_signed_again),
       T_COUNTY_CASES("a round that begins or ends meanwhile", rounds_change_meanwhile),
       T_COUNTY_CASES("a field emptied takes a value back", emptied_is_taken_back))
