/*
 * The publication desk in the demo's year: the platform's people send each quarter's draft to
 * the units, some answer and most are silent, a leader approves, and it is published.
 */
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_year.h"
#include "flow/inbox.h"
#include "monitor/demo.h"
#include "publish/release_kind.h"

/* Days after the end of a quarter. It is computed on the 20th. */
enum { ASK_AFTER = 21, ANSWER_AFTER = 22, DESK_HOUR = 14, ANSWER_HOUR = 10 };

static const char editor[] = "wenshu";

/* What the desk does with a matter in a state: by whom and which move. */
static const struct {
    const char *state, *who, *verb;
} does[] = {
    { "objections", "wenshu", "submit" },
    { "decision", "guheng", "approve" },
    { "approved", "wenshu", "publish" },
};

/* Who answers on which day after the draft came. */
static const struct {
    int after;
    const char *unit, *role, *note;
} answers[] = {
    { 0, "D04", "clerk", "各项数据与本局台账一致。" },
    { 0, "T01", "clerk", "已与财政所、经管站核对,无异议。" },
    { 1, "D39", "clerk", "" },
    { 1, "T15", "clerk", "数值无误,预警原因正在查。" },
    { 2, "S02", "clerk", "核对无误。" },
    { 2, "D20", "clerk", "" },
    { 3, "D31", "supplier", "采购类指标已同交易中心系统比对,一致。" },
    { 3, "T17", "clerk", "" },
};

static enum rc answer(struct demo_year *y, struct period p, int after, struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < COUNT(answers) && rc == RC_OK; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(db_read_end) const struct snap *s = NULL;
        const char *code, *state, *by = demo_account(y, answers[i].unit, answers[i].role);
        if (answers[i].after != after || !by)
            continue;
        rc = db_read(y->c->db, &s, e);
        if (rc == RC_OK)
            rc = opinion_of(s, answers[i].unit, p, a, &code, &state, e);
        db_read_end(&s);
        const struct flow_given note = { "note", answers[i].note };
        if (rc == RC_OK && str_eq(state, "asked"))
            rc = demo_move(y, by, code, "agree", &note, *note.value ? 1 : 0, e);
    }
    return rc;
}

/* One step a day, as soon as the state allows it. */
static enum rc desk(struct demo_year *y, struct period p, int since, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *code, *state = "";
    enum rc rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = release_of(s, p, a, &code, &state, e);
    db_read_end(&s);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc == RC_OK && str_eq(state, "draft") && since >= ASK_AFTER)
        return demo_move(y, editor, code, "ask", NULL, 0, e);
    for (size_t i = 0; i < COUNT(does) && rc == RC_OK; i++)
        if (str_eq(state, does[i].state))
            return demo_move(y, does[i].who, code, does[i].verb, NULL, 0, e);
    return rc;
}

enum rc demo_publish_day(struct demo_year *y, struct err *e)
{
    struct period p;
    int32_t since = demo_days_since(y, &p);
    if (since < ASK_AFTER || !demo_workday(y))
        return RC_OK;
    enum rc rc = demo_hour(y, ANSWER_HOUR, e);
    if (rc == RC_OK && since >= ANSWER_AFTER)
        rc = answer(y, p, since - ANSWER_AFTER, e);
    if (rc == RC_OK)
        rc = demo_hour(y, DESK_HOUR, e);
    return rc == RC_OK ? desk(y, p, since, e) : rc;
}
