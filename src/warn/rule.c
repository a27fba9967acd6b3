/*
 * Rules in the database. Three queries give rows of the same shape under different names; sqlc
 * has a struct for each, so RULE_OF is a macro.
 */
#include "warn/rule.h"

#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "store/county.h"
#include "store/record.h"
#include "warn/rule.sql.h"

#include <math.h>

static const char *const op_words[] = { [RULE_BELOW] = "below",
                                        [RULE_ABOVE] = "above",
                                        [RULE_CHANGE_BELOW] = "change_below",
                                        [RULE_CHANGE_ABOVE] = "change_above",
                                        [RULE_MISSING] = "missing",
                                        [RULE_LATE] = "late" };
static const char *const target_words[] = { [WARN_POINT] = "point",
                                            [WARN_INDICATOR] = "indicator",
                                            [WARN_SCORE] = "score",
                                            [WARN_COMPLETENESS] = "completeness" };
static const char *const state_words[] = {
    [RULE_DRAFT] = "draft", [RULE_LIVE] = "live", [RULE_OFF] = "off"
};
static const char *const send_words[] = {
    [RULE_REVIEW] = "review", [RULE_AT_ONCE] = "at_once"
};

/* The place of a word in a table whose first entry is empty; 0: none. */
static int word_at(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 1; i < n; i++)
        if (str_eq(words[i], word))
            return (int)i;
    return 0;
}

enum rule_op rule_op_of(const char *word)
{
    return (enum rule_op)word_at(op_words, COUNT(op_words), word);
}

const char *rule_op_word(enum rule_op op)
{
    return op_words[op];
}

enum warn_target warn_target_of(const char *word)
{
    return (enum warn_target)word_at(target_words, COUNT(target_words), word);
}

const char *warn_target_word(enum warn_target kind)
{
    return target_words[kind];
}

enum rule_state rule_state_of(const char *word)
{
    return (enum rule_state)word_at(state_words, COUNT(state_words), word);
}

const char *rule_state_word(enum rule_state s)
{
    return state_words[s];
}

const char *rule_state_text(enum rule_state s)
{
    switch (s) {
    case RULE_DRAFT:
        return N_("起草");
    case RULE_LIVE:
        return N_("启用");
    case RULE_OFF:
        return N_("停用");
    }
    return "";
}

enum rule_send rule_send_of(const char *word)
{
    return (enum rule_send)word_at(send_words, COUNT(send_words), word);
}

const char *rule_send_word(enum rule_send s)
{
    return send_words[s];
}

const char *rule_send_text(enum rule_send s)
{
    return s == RULE_AT_ONCE ? N_("即时发出") : N_("审后发出");
}

/* ---- checking ---- */

static bool counts(enum rule_op op)
{
    return op == RULE_MISSING || op == RULE_LATE;
}

static enum rc check_texts(const struct rule *r, const char **field, struct err *e)
{
    *field = "code";
    if (!code_valid(r->code))
        return err_set(e, RC_INVALID,
                       N_("规则代码「{code}」应由字母、数字、- 和 _ 组成,至多64个"), "code",
                       r->code);
    *field = "name";
    if (!*r->name || utf8_count(r->name) > RULE_NAME_MAX)
        return err_set(e, RC_INVALID, N_("规则「{code}」的名称应有1至60个字"), "code", r->code);
    *field = "advice";
    if (utf8_count(r->advice) > RULE_ADVICE_MAX)
        return err_set(e, RC_INVALID, N_("规则「{code}」的消除办法至多500个字"), "code",
                       r->code);
    *field = "send";
    if (!r->send)
        return err_set(e, RC_INVALID,
                       N_("规则「{code}」的发出方式应是 review(审后发出)或 at_once(即时发出)"),
                       "code", r->code);
    *field = "why";
    if (utf8_count(r->why) > RULE_WHY_MAX)
        return err_set(e, RC_INVALID, N_("规则「{code}」的修改原因至多200个字"), "code",
                       r->code);
    return RC_OK;
}

static enum rc check_target(const struct rule *r, const char **field, struct err *e)
{
    *field = "target";
    if (!r->kind)
        return err_set(e, RC_INVALID, N_("规则「{code}」要写明看监测点、指标、得分还是完整率"),
                       "code", r->code);
    if ((r->kind == WARN_COMPLETENESS) != !*r->target)
        return err_set(e, RC_INVALID,
                       r->kind == WARN_COMPLETENESS ? N_("规则「{code}」看完整率,不写对象代码")
                                                    : N_("规则「{code}」没有写看哪个对象"),
                       "code", r->code);
    *field = "op";
    if (!r->when.op)
        return err_set(e, RC_INVALID,
                       N_("规则「{code}」的条件应是 below、above、change_below、change_above、"
                          "missing 或 late"),
                       "code", r->code);
    if (counts(r->when.op) && r->kind != WARN_POINT && r->kind != WARN_INDICATOR)
        return err_set(e, RC_INVALID, N_("规则「{code}」: 只有监测点和指标可以看缺失、逾期"),
                       "code", r->code);
    return RC_OK;
}

static enum rc check_limits(const struct rule *r, const char **field, struct err *e)
{
    static const char *const fields[] = { "recover", "yellow", "orange", "red" };
    const struct condition *c = &r->when;
    double sign = c->op == RULE_BELOW || c->op == RULE_CHANGE_BELOW ? -1 : 1;
    double last = c->recover;
    *field = "yellow";
    if (warn_lowest(c) == WARN_NONE)
        return err_set(e, RC_INVALID, N_("规则「{code}」至少要有一种颜色的界线"), "code",
                       r->code);
    for (enum warn_colour k = WARN_NONE; k <= WARN_RED; k++) {
        double v = k ? c->limit[k] : c->recover;
        if (isnan(v))
            continue;
        *field = fields[k];
        if (!isfinite(v))
            return err_set(e, RC_INVALID, N_("规则「{code}」的界线不是数"), "code", r->code);
        if (counts(c->op) && (v != floor(v) || v < (k ? 1 : 0)))
            return err_set(e, RC_INVALID,
                           N_("规则「{code}」数的是缺几个数值,界线应是1以上的整数"), "code",
                           r->code);
        if (k && !isnan(last) && sign * v <= sign * last)
            return err_set(e, RC_INVALID,
                           N_("规则「{code}」的界线应由轻到重: 恢复、黄、橙、红,不能相等"),
                           "code", r->code);
        last = v;
    }
    return RC_OK;
}

enum rc rule_check(const struct rule *r, const char **ret_field, struct err *e)
{
    enum rc rc = check_texts(r, ret_field, e);
    if (rc == RC_OK)
        rc = check_target(r, ret_field, e);
    if (rc == RC_OK)
        rc = check_limits(r, ret_field, e);
    if (rc != RC_OK)
        return rc;
    const struct condition *c = &r->when;
    *ret_field = c->for_periods < 1 || c->for_periods > WARN_PERIODS_MAX ? "for_periods"
                                                                         : "recover_periods";
    if (c->for_periods < 1 || c->for_periods > WARN_PERIODS_MAX || c->recover_periods < 1 ||
        c->recover_periods > WARN_PERIODS_MAX)
        return err_set(e, RC_INVALID, N_("规则「{code}」的连续期数应是1至12"), "code", r->code);
    *ret_field = "";
    return RC_OK;
}

static bool same_number(double x, double y)
{
    return x == y || (isnan(x) && isnan(y));
}

bool rule_same(const struct rule *x, const struct rule *y)
{
    bool same = x->kind == y->kind && x->when.op == y->when.op &&
                same_number(x->when.recover, y->when.recover) &&
                x->when.for_periods == y->when.for_periods &&
                x->when.recover_periods == y->when.recover_periods;
    for (enum warn_colour k = WARN_YELLOW; k <= WARN_RED; k++)
        same = same && same_number(x->when.limit[k], y->when.limit[k]);
    return same && str_eq(x->name, y->name) && str_eq(x->target, y->target) &&
           str_eq(x->peer_group, y->peer_group) && str_eq(x->advice, y->advice) &&
           x->send == y->send;
}

/* ---- reading ---- */

#define RULE_OF(row)                                                                           \
    (struct rule)                                                                              \
    {                                                                                          \
        .id = (row).id, .version_id = (row).version_id, .version = (int)(row).version,         \
        .newest = (int)(row).newest, .live = (int)(row).live_version, .code = (row).code,      \
        .name = (row).name, .state = rule_state_of((row).state),                               \
        .kind = warn_target_of((row).target_kind), .target = (row).target,                     \
        .when = { .op = rule_op_of((row).op),                                                  \
                  .limit = { NAN, (row).yellow, (row).orange, (row).red },                     \
                  .recover = (row).recover,                                                    \
                  .for_periods = (int)(row).for_periods,                                       \
                  .recover_periods = (int)(row).recover_periods },                             \
        .peer_group = (row).peer_group, .advice = (row).advice,                                \
        .send = rule_send_of((row).send), .why = (row).why, .by = (row).by ? (row).by : "",    \
        .created_at = (row).created_at                                                         \
    }

enum rc rules_in_force(const struct snap *s, struct arena *a, struct rule **ret, size_t *ret_n,
                       struct err *e)
{
    struct rules_live_row *rows;
    size_t n;
    enum rc rc = rules_live_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = RULE_OF(rows[i]);
    *ret_n = n;
    return RC_OK;
}

enum rc rules_newest(const struct snap *s, struct arena *a, struct rule **ret, size_t *ret_n,
                     struct err *e)
{
    struct rules_latest_row *rows;
    size_t n;
    enum rc rc = rules_latest_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = RULE_OF(rows[i]);
    *ret_n = n;
    return RC_OK;
}

enum rc rule_load(const struct snap *s, const char *code, struct arena *a, struct rule **ret,
                  size_t *ret_n, struct err *e)
{
    struct rule_versions_row *rows;
    size_t n;
    enum rc rc = rule_versions_all(s, code, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n == 0)
        return err_set(e, RC_NOTFOUND, N_("没有代码为「{code}」的预警规则"), "code", code);
    *ret = arena_array(a, n, sizeof(**ret));
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = RULE_OF(rows[i]);
    *ret_n = n;
    return RC_OK;
}

/* ---- writing ---- */

static enum rc write_version(struct tx *tx, struct county *c, const struct rule *r,
                             const struct rule *old, struct id account, const char *by,
                             struct arena *a, struct err *e)
{
    struct id id = old ? old->id : (struct id){ 0 }, record;
    struct rule_insert_row made;
    enum rc rc = old ? RC_OK : rule_insert_one(tx, r->code, a, &made, e);
    if (rc != RC_OK)
        return rc;
    if (!old)
        id = made.id;
    int version = old ? old->newest + 1 : 1, live = old ? old->live : 0;
    live = r->state == RULE_LIVE ? version : r->state == RULE_OFF ? 0 : live;
    const struct condition *w = &r->when;
    struct rule_audit_row head = { .code = r->code, .version = version, .live_version = live };
    struct rule_version_audit_row v = { .rule_id = id,
                                        .version = version,
                                        .state = rule_state_word(r->state),
                                        .name = r->name,
                                        .target_kind = warn_target_word(r->kind),
                                        .target = r->target,
                                        .op = rule_op_word(w->op),
                                        .yellow = w->limit[WARN_YELLOW],
                                        .orange = w->limit[WARN_ORANGE],
                                        .red = w->limit[WARN_RED],
                                        .recover = w->recover,
                                        .for_periods = w->for_periods,
                                        .recover_periods = w->recover_periods,
                                        .peer_group = r->peer_group,
                                        .advice = r->advice,
                                        .send = rule_send_word(r->send),
                                        .why = r->why,
                                        .created_by = account,
                                        .created_at = county_now(c) };
    struct canon parts[2];
    canon_init(&parts[0], a);
    canon_row(&parts[0], &rule_audit_query, &head);
    canon_init(&parts[1], a);
    canon_row(&parts[1], &rule_version_audit_query, &v);
    struct record_part open[] = { part_open(&parts[0]), part_open(&parts[1]) };
    rc = record_append(tx, c,
                       &(struct record_new){ .kind = "rule.set",
                                             .unit = "",
                                             .subject = r->code,
                                             .by = by,
                                             .parts = open,
                                             .n_parts = COUNT(open) },
                       &record, e);
    if (rc == RC_OK)
        rc = rule_version_insert(tx, id, version, v.state, v.name, v.target_kind, v.target,
                                 v.op, v.yellow, v.orange, v.red, v.recover, v.for_periods,
                                 v.recover_periods, v.peer_group, v.advice, v.send, v.why,
                                 account, v.created_at, record, NULL, e);
    return rc == RC_OK ? rule_set(tx, version, live, record, id, NULL, e) : rc;
}

enum rc rules_write(struct tx *tx, struct county *c, const struct rule *list, size_t n,
                    struct id account, const char *by, size_t *ret_written, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rule *present;
    size_t n_present, written = 0;
    enum rc rc = rules_newest(tx_snap(tx), a, &present, &n_present, e);
    if (rc != RC_OK)
        return rc;
    struct map *by_code = map_new(a), *seen = map_new(a);
    for (size_t i = 0; i < n_present; i++)
        map_add(by_code, present[i].code, &present[i]);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const char *field;
        rc = rule_check(&list[i], &field, e);
        if (rc == RC_OK && !map_add_index(seen, list[i].code, i))
            rc = err_set(e, RC_INVALID, N_("规则代码「{code}」写了两次"), "code", list[i].code);
        if (rc != RC_OK)
            break;
        const struct rule *old = map_get(by_code, list[i].code);
        if (old && rule_same(old, &list[i]) && old->state == list[i].state)
            continue;
        if (!old && map_count(by_code) + written >= RULES_MAX)
            return err_set(e, RC_TOOBIG, N_("预警规则至多10000条"));
        rc = write_version(tx, c, &list[i], old, account, by, a, e);
        written++;
    }
    if (rc == RC_OK)
        *ret_written = written;
    return rc;
}
