/*
 * What the table of a directive cannot say: which of two rows of a verb is open to which layer,
 * that nothing goes round in a circle, that a directive born of a warning ends by its outcome;
 * and that instructions follow the directives made of them.
 */
#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "directive/directive.sql.h"
#include "directive/problem_kind.h"
#include "directive/room.h"
#include "flow/matter.h"
#include "people/account.h"
#include "store/county.h"
#include "store/setting.h"

#include <string.h>

const struct setting directive_settings[] = {
    [SET_RECOVERED_DAYS] = { .key = "directive.recovered_days",
                             .type = SETTING_INT,
                             .fallback = "60",
                             .min = 0,
                             .max = 400,
                             .title = N_("预警转来的廉动令，指标恢复多久才能销号"),
                             .unit = N_("天"),
                             .help =
                                 N_("从预警消除那天算起；不到这么久的，要由第三人复核后销号") },
    [SET_PROBLEM_KINDS] = { .key = "directive.problem_kinds",
                            .type = SETTING_TEXT,
                            .fallback = "贯彻落实决策部署不到位\n"
                                        "履行管党治党责任不力\n"
                                        "权力运行不规范\n"
                                        "财务和资金管理不规范\n"
                                        "工程建设和政府采购不规范\n"
                                        "惠民政策落实走样\n"
                                        "形式主义、加重基层负担\n",
                            .max = 4000,
                            .title = N_("廉动令的问题类别"),
                            .help = N_("一行一种；改名不动以前的廉动令"),
                            .check = problem_kinds_text_check },
};
const size_t directive_settings_n = COUNT(directive_settings);

enum rc name_of_account(const struct snap *s, const char *account, struct arena *a,
                        const char **ret, struct err *e)
{
    struct account_name_of_row row;
    enum rc rc = account_name_of_one(s, account, a, &row, e);
    *ret = rc == RC_OK ? row.name : account;
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    return RC_OK;
}

const char *link_of(const struct matter *m, const char *what)
{
    for (size_t i = 0; i < m->n_links; i++)
        if (str_eq(m->links[i].what, what))
            return m->links[i].code;
    return "";
}

const char *instruction_of(const struct matter *m)
{
    for (size_t i = 0; i < m->n_links; i++)
        if (str_eq(m->links[i].what, "matter") && str_starts(m->links[i].code, "I-"))
            return m->links[i].code;
    return "";
}

enum rc layer_of(const struct snap *s, const struct matter *m, enum layer *ret, struct err *e)
{
    static const char *const codes[] = { "", "secretary", "deputy", "unit", "section" };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *given = matter_value(m, "layer"), *unit = matter_unit(m);
    struct directive_unit_row up;
    for (enum layer i = LAYER_SECRETARY; i <= LAYER_SECTION; i++)
        if (str_eq(given, codes[i])) {
            *ret = i;
            return RC_OK;
        }
    *ret = *unit ? LAYER_UNIT : *m->parent ? LAYER_DEPUTY : LAYER_SECRETARY;
    if (!*unit || !*m->parent)
        return RC_OK;
    enum rc rc = directive_unit_one(s, m->parent, a, &up, e);
    if (rc == RC_OK && str_eq(up.unit, unit))
        *ret = LAYER_SECTION;
    return rc;
}

int32_t directive_due(const struct matter *m)
{
    for (size_t i = 0; i < m->n_clocks; i++)
        if (str_eq(m->clocks[i].code, "work") && m->clocks[i].due)
            return m->clocks[i].due;
    return matter_day(m, "due");
}

/* ---- opening ---- */

static enum rc check_source(const struct matter *m, struct err *e)
{
    const char *source = matter_value(m, "source");
    if (str_eq(source, "instruction") && !*instruction_of(m))
        return err_set(
            e, RC_INVALID,
            N_("来源是批示的要从那份批示转来：在「批示」一页打开它，点「转为廉动令」"));
    if (str_eq(source, "warning") && !*link_of(m, "warning"))
        return err_set(e, RC_INVALID,
                       N_("来源是预警的要从那项预警转来：打开它，点「转为廉动令」"));
    if (strstr("meeting document tour", source) && !*matter_value(m, "source_doc") &&
        !*link_of(m, "matter"))
        return err_set(e, RC_INVALID, N_("请填写「{field}」"), "field",
                       N_("会议、文件或巡察反馈的名称和文号"));
    return RC_OK;
}

/* Units end while a draft lies on a desk: what is sent then would be nobody's. */
static enum rc check_there(const struct flow_look *l, const char *unit, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct units *us;
    enum rc rc = units_load(l->snap, county_today(l->c), a, &us, e);
    if (rc != RC_OK || units_find(us, unit))
        return rc;
    rc = units_of_ended(l->snap, unit, a, &us, e);
    return rc == RC_OK
               ? err_set(e, RC_CONFLICT,
                         N_("「{unit}」已撤销，发给它没有人收：退回的改发给接手它工作的单位，"
                            "没有发出的作废后另拟"),
                         "unit", units_find(us, unit)->name)
               : rc;
}

/* Without a unit it is a leader's. */
static enum rc check_holder(const struct flow_look *l, bool needed, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct matter *m = l->matter;
    const char *account = matter_account(m), *layer = matter_value(m, "layer");
    bool for_leader = str_eq(layer, "secretary") || str_eq(layer, "deputy");
    struct person *leaders;
    size_t n;
    if (*layer && for_leader && *matter_unit(m))
        return err_set(e, RC_INVALID,
                       N_("交给书记或分管领导的不填牵头单位，填承办人；由领导再分解给单位"));
    if (*layer && !for_leader && !*matter_unit(m) && *account)
        return err_set(e, RC_INVALID, N_("交给单位或科室的要填牵头单位"));
    if (*matter_unit(m))
        return needed ? check_there(l, matter_unit(m), e) : RC_OK;
    if (!*account)
        return needed ? err_set(e, RC_INVALID,
                                N_("还没有写明交给谁：请填牵头单位，或填承办的领导"))
                      : RC_OK;
    enum rc rc = people_who_can(l->snap, CAP_APPROVE, county_today(l->c), a, &leaders, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (str_eq(leaders[i].code, account))
            return RC_OK;
    return rc == RC_OK
               ? err_set(e, RC_INVALID,
                         N_("不填单位的只能交给领导：{account}不是领导，请填他所在的单位"),
                         "account", account)
               : rc;
}

static enum rc check_what(const struct flow_look *l, struct err *e)
{
    const char *kind = matter_value(l->matter, "problem_kind");
    enum rc rc = check_source(l->matter, e);
    if (rc == RC_OK)
        rc = check_holder(l, false, e);
    if (rc == RC_OK && *kind)
        rc = problem_kind_check(l->snap, kind, e);
    return rc;
}

/* Who holds it already above: a unit may pass it on to somebody of its own, never back. */
static enum rc check_circle(const struct flow_look *l, const struct matter *up, bool direct,
                            struct err *e)
{
    const struct matter *m = l->matter;
    const char *unit = matter_unit(m), *account = matter_account(m);
    bool same_unit = *unit && str_eq(unit, matter_unit(up)),
         same_person = *account && (str_eq(account, matter_account(up)));
    if (same_person || (same_unit && (!*account || !direct)))
        return err_set(e, RC_INVALID,
                       N_("「{code}」已经在他们手里，不能再作为它的下级事项交回去；"
                          "要退回的用「回退」，要换人办的用「移交」"),
                       "code", up->code);
    return RC_OK;
}

/* The last day a part may be given: that of the whole; of one that is due a new one. */
static int32_t part_limit(const struct flow_look *l, const struct matter *up)
{
    int32_t due = directive_due(up), today = county_today(l->c);
    return due && due <= today ? today + DIRECTIVE_DAYS : due;
}

static enum rc check_part_day(const struct flow_look *l, const struct matter *up, struct err *e)
{
    char day[PERIOD_TEXT];
    int32_t limit = part_limit(l, up);
    if (!limit || matter_day(l->matter, "due") <= limit)
        return RC_OK;
    return err_set(e, RC_INVALID,
                   limit == directive_due(up)
                       ? N_("「{field}」不能晚于上级事项的期限{limit}")
                       : N_("上级事项已经到期，「{field}」最晚到{limit}"),
                   "field", N_("这一项的期限"), "limit", day_code(limit, day));
}

/* Nothing new is asked by a day that is over: who splits off what is due names another. */
static enum rc check_own_day(const struct flow_look *l, struct err *e)
{
    char due[PERIOD_TEXT], first[PERIOD_TEXT], last[PERIOD_TEXT];
    int32_t day = directive_due(l->matter), today = county_today(l->c);
    if (!l->move->splits || l->only_asking || !day || day > today)
        return RC_OK;
    for (size_t i = 0; i < l->n_given; i++)
        if (str_eq(l->given[i].field, "part_due") && *l->given[i].text)
            return RC_OK;
    return err_set(e, RC_INVALID,
                   N_("本事项{due}到期，下级事项不能照这个期限：请在「这一项的期限」写明"
                      "{first}到{last}之间的一天；本事项的期限不变，逾期如实显示"),
                   "due", day_code(day, due), "first", day_code(today + 1, first), "last",
                   day_code(part_limit(l, l->matter), last));
}

/* Up the layers: whose hands it is in already, and, of a new one, the day of the one above. */
static enum rc check_part(const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct matter *m = l->matter;
    const char *code = m->parent;
    bool direct = true, section = false;
    struct matter up;
    enum rc rc = RC_OK;
    for (; *code && rc == RC_OK; code = up.parent) {
        rc = matter_load(l->snap, l->c, code, a, &up, e);
        if (rc == RC_OK && direct && !l->move)
            rc = check_part_day(l, &up, e);
        /* A section's own parts stay in the unit, person by person. */
        section = str_eq(matter_unit(m), matter_unit(&up)) && (direct || section);
        if (rc == RC_OK)
            rc = check_circle(l, &up, section, e);
        direct = false;
    }
    return rc == RC_OK ? check_holder(l, true, e) : rc;
}

/* ---- moves ---- */

static enum rc not_here(const struct flow_look *l, struct err *e)
{
    return err_set(e, RC_DENIED, N_("这件廉动令不走「{move}」这一步"), "move", l->move->name);
}

/* Which verb is open to which layer. */
static enum rc check_layer(const struct flow_look *l, struct err *e)
{
    const char *verb = l->move->verb;
    const bool part = *l->matter->parent != '\0';
    enum layer layer;
    enum rc rc = layer_of(l->snap, l->matter, &layer, e);
    if (rc != RC_OK)
        return rc;
    const bool leader = layer <= LAYER_DEPUTY, unit = layer == LAYER_UNIT,
               signs = unit || (!part && !leader);
    const struct {
        const char *verb;
        bool open;
    } rules[] = {
        { "delegate", layer == LAYER_SECRETARY },
        { "split", leader || unit },
        { "assign", unit },
        { "begin", !unit },
        { "report", signs },
        { "report_own", part && !signs },
        { "report_top", !part && !signs },
        { "head_sign", !part },
        { "head_sign_part", part },
    };
    for (size_t i = 0; i < COUNT(rules); i++)
        if (str_eq(rules[i].verb, verb) && !rules[i].open)
            return not_here(l, e);
    return check_own_day(l, e);
}

/* The drafter does not grant what a leader signed; who split a part off may. */
static enum rc check_grant(const struct flow_look *l, struct err *e)
{
    if (!*l->matter->parent && str_eq(l->by, l->matter->opener))
        return err_set(e, RC_DENIED, N_("延期由审签的领导定，不由拟办人定"));
    return RC_OK;
}

enum rc directive_recovered(const struct snap *s, struct county *c, const char *warning,
                            struct directive_recovery *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct warning_hand_last_row row;
    *ret = (struct directive_recovery){ .recovered = false };
    enum rc rc = setting_int(s, &directive_settings[SET_RECOVERED_DAYS], &ret->days, e);
    if (rc == RC_OK)
        rc = warning_hand_last_one(s, warning, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc != RC_OK || row.open)
        return rc;
    /* Excluded: there was nothing to recover from. Passed: a third person has looked already.
     */
    ret->recovered = true;
    ret->since = time_day(row.closed_at);
    ret->enough =
        !str_eq(row.state, "closed") || county_today(c) >= ret->since + (int32_t)ret->days;
    return RC_OK;
}

/* Born of a warning: by the outcome, or by a third person. */
static enum rc check_outcome(const struct flow_look *l, struct err *e)
{
    const char *warning = link_of(l->matter, "warning");
    struct directive_recovery r;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char since[PERIOD_TEXT], until[PERIOD_TEXT];
    if (!*warning || str_eq(l->matter->state, "verified"))
        return RC_OK;
    enum rc rc = directive_recovered(l->snap, l->c, warning, &r, e);
    if (rc != RC_OK || r.enough || l->only_asking)
        return rc;
    const char *days = fmt_count(a, r.days);
    if (!r.recovered)
        return err_set(
            e, RC_CONFLICT,
            N_("预警{warning}还没有消除：等指标恢复并保持{days}天，或由没有经手过的第三人"
               "「第三人复核」后再销号"),
            "warning", warning, "days", days);
    return err_set(e, RC_CONFLICT,
                   N_("预警{warning}{since}消除，还没有稳住{days}天：{until}以后可以销号，"
                      "或由没有经手过的第三人「第三人复核」后再销号"),
                   "warning", warning, "since", day_code(r.since, since), "days", days, "until",
                   day_code(r.since + (int32_t)r.days, until));
}

enum rc directive_check(const struct flow_look *l, struct err *e)
{
    const struct matter *m = l->matter;
    const char *verb = l->move ? l->move->verb : "";
    if (!l->move)
        return *m->parent ? check_part(l, e) : check_what(l, e);
    if (str_eq(verb, "save") && !l->only_asking)
        return check_what(l, e);
    if (str_eq(verb, "submit") && !l->only_asking && *matter_unit(m) &&
        !*matter_value(m, "minutes"))
        return err_set(e, RC_INVALID,
                       N_("请估计单位要花多少分钟办这些手续,会记在单位的负担账上"));
    if (word_in("submit sign_off send readdress insist", verb, ' ') && !l->only_asking)
        return check_part(l, e);
    if (str_eq(verb, "give_more") || str_eq(verb, "no_more"))
        return check_grant(l, e);
    if (str_eq(verb, "verify") && !*link_of(m, "warning"))
        return not_here(l, e);
    if (str_eq(verb, "close"))
        return check_outcome(l, e);
    return check_layer(l, e);
}

/* ---- what follows ---- */

static enum rc program(struct tx *tx, struct county *c, const char *matter, const char *verb,
                       struct arena *a, struct err *e)
{
    const struct units *us;
    struct flow_done done;
    enum rc rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc != RC_OK)
        return rc;
    struct flow_who system = flow_who_system(us);
    return flow_move(tx, c, &system,
                     &(struct flow_act){ .matter = matter, .verb = verb, .version = -1 }, a,
                     &done, e);
}

/* Where an instruction belongs by what became of its directives. */
static enum rc wanted_state(struct tx *tx, const char *code, struct arena *a, const char **ret,
                            struct err *e)
{
    struct directives_of_row *rows;
    size_t n;
    bool live = false, open = false;
    enum rc rc = directives_of_all(tx_snap(tx), code, a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        bool gone = str_eq(rows[i].state, "cancelled") || str_eq(rows[i].state, "dropped");
        live |= !gone;
        /* Looked at again after its end it has not been opened again. */
        open |= rows[i].open && !str_eq(rows[i].state, "looking");
    }
    *ret = open ? "turned" : live ? "done" : "written";
    return rc;
}

static enum rc settle(struct tx *tx, struct county *c, const char *code, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct {
        const char *is, *wanted, *verb;
    } ways[] = {
        { "written", "turned", "turn" },   { "written", "done", "turn" },
        { "turned", "written", "unturn" }, { "turned", "done", "fulfil" },
        { "done", "turned", "again" },     { "done", "written", "again" },
    };
    const char *wanted;
    struct matter m;
    enum rc rc = wanted_state(tx, code, a, &wanted, e);
    for (bool moved = true; moved && rc == RC_OK;) {
        moved = false;
        rc = matter_load(tx_snap(tx), c, code, a, &m, e);
        for (size_t i = 0; i < COUNT(ways) && rc == RC_OK && !moved; i++)
            if (str_eq(ways[i].is, m.state) && str_eq(ways[i].wanted, wanted)) {
                rc = program(tx, c, code, ways[i].verb, a, e);
                moved = true;
            }
    }
    return rc;
}

enum rc directive_apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct matter *m = l->matter;
    const struct flow_state *to =
        l->move && l->move->to ? flow_state_of(l->kind, m->state) : NULL;
    enum rc rc = RC_OK;
    if (!l->move && *m->parent)
        return program(tx, l->c, m->code, "issue", a, e);
    if (l->move && word_in("send issue readdress", l->move->verb, ' '))
        rc = burden_ask_matter(tx, l, BURDEN_DIRECTIVE, e);
    bool matters = !l->move || (to && to->final) || l->move->reopens;
    for (size_t i = 0; i < m->n_links && rc == RC_OK && matters && !*m->parent; i++)
        if (str_eq(m->links[i].what, "matter") && str_starts(m->links[i].code, "I-"))
            rc = settle(tx, l->c, m->links[i].code, e);
    return rc;
}
