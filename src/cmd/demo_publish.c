/*
 * The publication desk in the demo's year: the platform's people send each quarter's draft to
 * the units, some answer and most are silent, a leader approves, and it is published.
 */
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_year.h"
#include "flow/inbox.h"
#include "monitor/demo.h"
#include "publish/asking.h"
#include "publish/objection.h"
#include "publish/release.sql.h"
#include "publish/release_kind.h"

/* Days after the end of a quarter. It is computed on the 20th. */
enum {
    ASK_AFTER = 21,
    ANSWER_AFTER = 22,
    OVER_AFTER = 45,
    DESK_HOUR = 14,
    OBJECT_HOUR = 11,
    ANSWER_HOUR = 10
};

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
    { 0, "S05", "clerk", "各项数据与街道台账一致。" },
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

/* ---- objections ---- */

static const char reviewer[] = "danqing"; /* who sends no warnings */
/* What units object to, and what becomes of it: verb "" is left open. Days count from the day
 * on which the units were asked. */
static const struct objected {
    int quarter, filed, decided;
    const char *unit, *role, *what, *code; /* code: of a warning the rule's */
    const char *grounds, *right, *verb, *decision, *value;
} objections[] = {
    { 1, 1, 6, "T02", "clerk", "warning", "R13",
      "我镇当期办件量只有两件,一件因材料补正超期,按比例计算不能反映实际情况。", "", "refuse",
      "规则按比例判断,对办件少的单位确有波动,但规则未设最低件数,判定符合规则。"
      "建议在下次修订规则时增设最低件数。",
      NULL },
    { 1, 2, 6, "T02", "clerk", "value", "P161",
      "该名村干部已于3月28日停职,不应计入仍在岗人数。", "0", "refuse",
      "停职文件落款为4月2日,季末仍在岗,数值与组织部台账一致。", NULL },
    { 2, 1, 5, "D23", "clerk", "value", "P167",
      "核查当日该同志持批准的公差手续在外,附差旅审批单,不属于在编不在岗。", "0", "uphold",
      "经与编办核对,公差审批在核查之前,应予剔除,由1人更正为0人。", "0" },
    { 2, 2, 4, "D32", "clerk", "warning", "R19",
      "平台系统升级期间数据未同步,请复核预警所依据的数值。", "", "withdraw", NULL, NULL },
    { 3, 1, 5, "D04", "clerk", "warning", "R07",
      "逾期的一笔因供应商银行账户被冻结,属于客观原因。", "", "refuse",
      "账户冻结发生在约定付款日之后,逾期事实成立;原因可在整改措施中说明。", NULL },
    { 3, 2, 6, "T01", "clerk", "report", "", "全镇应报数值中有一项到期日写早了,请核对完整率。",
      "", "refuse", "该项应报日为季后第10日,报送在第13日,完整率计算无误。", NULL },
    { 3, 12, 0, "S02", "clerk", "report", "",
      "报告所列主要失分项与街道台账口径不同,请说明取数口径。", "", "", NULL, NULL },
};

struct filing {
    struct county *c;
    const struct flow_who *w;
    struct arena *a;
    struct objection_about about;
    const struct objected *o;
    struct flow_done done;
};

static enum rc file_it(struct tx *tx, void *arg, struct err *e)
{
    struct filing *f = arg;
    return objection_open(tx, f->c, f->w, &f->about, f->o->grounds, f->o->right, f->a, &f->done,
                          e);
}

/* The code of what is objected to; "" when a warning is not there. */
static enum rc code_of(const struct objected *o, const struct snap *s, const struct units *us,
                       struct period p, struct arena *a, const char **ret, struct err *e)
{
    struct warn_view *list;
    size_t n;
    char period[PERIOD_TEXT];
    const struct unit *u = units_find(us, o->unit);
    period_code(p, period);
    *ret = "";
    if (str_eq(o->what, "report"))
        *ret = arena_printf(a, "%s-%s", o->unit, period);
    else if (str_eq(o->what, "value"))
        *ret = arena_printf(a, "%s-%s-%s", o->unit, o->code, period);
    if (**ret || !u)
        return RC_OK;
    enum rc rc = warn_of_period(s, p, NULL, u->id, LANG_ZH, a, &list, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (str_eq(list[i].rule_code, o->code))
            *ret = list[i].code;
    return rc;
}

/* The next step of an objection that is due by now. */
static enum rc object(struct demo_year *y, const struct objected *o, struct period p, int after,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct units *us;
    const char *code, *by = demo_account(y, o->unit, o->role);
    struct linked_newest_row m = { .state = "" };
    struct person who;
    struct flow_who w;
    struct filing f = { .c = y->c, .w = &w, .a = a, .o = o };
    if (after < o->filed || !by)
        return RC_OK;
    enum rc rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, y->day, a, &us, e);
    if (rc == RC_OK)
        rc = code_of(o, s, us, p, a, &code, e);
    if (rc != RC_OK || !*code)
        return rc;
    rc = linked_newest_one(s, o->what, code, objection_flow_kind.code, a, &m, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        rc = objection_about_load(s, us, NULL, o->what, code, a, &f.about, e);
        if (rc == RC_OK)
            rc = demo_person(y, s, by, a, &who, e);
        if (rc == RC_OK)
            rc = flow_who_load(s, y->c, &who, us, a, &w, e);
        db_read_end(&s);
        return rc == RC_OK ? db_transact(y->c->db, file_it, &f, e) : rc;
    }
    db_read_end(&s);
    if (rc != RC_OK || !m.open)
        return rc;
    if (str_eq(m.state, "filed") && *o->verb)
        return demo_move(y, reviewer, m.code, "accept", NULL, 0, e);
    if (!str_eq(m.state, "reviewing") || after < o->decided)
        return RC_OK;
    const struct flow_given given[] = { { "decision", o->decision }, { "value", o->value } };
    bool withdrawn = str_eq(o->verb, "withdraw");
    rc = demo_move(y, withdrawn ? by : reviewer, m.code, o->verb, given,
                   withdrawn  ? 0
                   : o->value ? 2
                              : 1,
                   e);
    return rc == RC_OK && o->value ? objection_reissue(y->c, m.code, e) : rc;
}

static enum rc object_all(struct demo_year *y, struct period p, int after, struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < COUNT(objections) && rc == RC_OK; i++)
        if (period_same(p, period_of(PERIOD_QUARTER, DEMO_YEAR, objections[i].quarter)))
            rc = object(y, &objections[i], p, after, e);
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
    if (rc == RC_OK && str_eq(state, "draft") && since >= ASK_AFTER) {
        rc = demo_move(y, editor, code, "ask", &(struct flow_given){ "minutes", "30" }, 1, e);
        return rc == RC_OK ? asking_finish(y->c, code, e) : rc;
    }
    for (size_t i = 0; i < COUNT(does) && rc == RC_OK; i++)
        if (str_eq(state, does[i].state))
            return demo_move(y, does[i].who, code, does[i].verb, NULL, 0, e);
    return rc;
}

enum rc demo_publish_day(struct demo_year *y, struct err *e)
{
    struct period p;
    int32_t since = demo_days_since(y, &p);
    if (since < ASK_AFTER || since > OVER_AFTER || !demo_workday(y))
        return RC_OK;
    enum rc rc = demo_hour(y, ANSWER_HOUR, e);
    if (rc == RC_OK && since >= ANSWER_AFTER)
        rc = answer(y, p, since - ANSWER_AFTER, e);
    if (rc == RC_OK)
        rc = demo_hour(y, OBJECT_HOUR, e);
    if (rc == RC_OK && since >= ANSWER_AFTER)
        rc = object_all(y, p, since - ASK_AFTER, e);
    if (rc == RC_OK)
        rc = demo_hour(y, DESK_HOUR, e);
    return rc == RC_OK ? desk(y, p, since, e) : rc;
}
