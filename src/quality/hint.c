/* Hints in the database: reading, words, numbers, deciding. */
#include "quality/hint.h"

#include "base/fmt.h"
#include "base/parse.h"
#include "base/str.h"
#include "quality/hint_store.h"
#include "quality/quality.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static const struct {
    const char *word, *text;
} states[] = { [HINT_OPEN] = { "open", N_("待复核") },
               [HINT_CONFIRMED] = { "confirmed", N_("已确认，数据有误") },
               [HINT_DISMISSED] = { "dismissed", N_("已排除，数据无误") },
               [HINT_GONE] = { "gone", N_("数据已变，不再提示") } };

const char *hint_state_word(enum hint_state s)
{
    return states[s].word;
}

const char *hint_state_text(enum hint_state s)
{
    return states[s].text;
}

enum hint_state hint_state_of(const char *word)
{
    for (size_t i = 1; i < COUNT(states); i++)
        if (str_eq(word, states[i].word))
            return (enum hint_state)i;
    return 0;
}

/* Both queries give rows of the same shape under different names, so HINT_OF is a macro. */
#define HINT_OF(row)                                                                           \
    (struct hint)                                                                              \
    {                                                                                          \
        .id = (row).id, .code = (row).code, .thing = (row).thing, .rule = (row).rule,          \
        .rule_version = (int)(row).rule_version, .kind = check_kind_of((row).kind),            \
        .period = (row).period, .unit = (row).unit, .owner = (row).owner,                      \
        .point = (row).point, .importance = check_importance_of((row).importance),             \
        .numbers = (row).numbers, .state = hint_state_of((row).state), .reason = (row).reason, \
        .decided_by = (row).decided_by, .decided_own = (row).decided_own,                      \
        .found_at = (row).found_at, .changed_at = (row).changed_at, .version = (row).version   \
    }

enum rc hints_of(const struct snap *s, struct period p, struct arena *a, struct hint **ret,
                 size_t *ret_n, struct err *e)
{
    struct hints_of_period_row *rows;
    size_t n;
    enum rc rc = hints_of_period_all(s, p, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = HINT_OF(rows[i]);
    *ret_n = n;
    return RC_OK;
}

enum rc hint_load(const struct snap *s, const char *code, struct arena *a, struct hint *ret,
                  struct err *e)
{
    struct hint_of_code_row row;
    enum rc rc = hint_of_code_one(s, code, a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的复核提示"), "code", code);
    if (rc == RC_OK) {
        *ret = HINT_OF(row);
        ret->decider = row.decider;
        ret->record = row.record_id;
    }
    return rc;
}

/* ---- numbers ---- */

static const struct number {
    const char *key, *text;
    enum hint_number_form form;
} labels[] = {
    { "value", N_("报来的数"), HINT_VALUE },
    { "left", N_("左边"), HINT_VALUE },
    { "right", N_("右边"), HINT_VALUE },
    { "verified", N_("核实值"), HINT_VALUE },
    { "validated", N_("印证值"), HINT_VALUE },
    { "lo", N_("最小"), HINT_VALUE },
    { "hi", N_("最大"), HINT_VALUE },
    { "centre", N_("平均或中位"), HINT_VALUE },
    { "spread", N_("离散程度"), HINT_VALUE },
    { "score", N_("差几倍离散程度"), HINT_VALUE },
    { "n", N_("看了多少个"), HINT_COUNT },
    { "k", N_("其中"), HINT_COUNT },
    { "share", N_("占比"), HINT_SHARE },
    { "expected", N_("通常占比"), HINT_SHARE },
    { "sd", N_("各期标准差"), HINT_VALUE },
    { "usual_sd", N_("通常的标准差"), HINT_VALUE },
    { "p", N_("纯属偶然的可能"), HINT_CHANCE_FORM },
};

size_t hint_numbers(const struct hint *h, struct hint_number ret[HINT_NUMBERS_MAX])
{
    json_t *o = json_loads(h->numbers, 0, NULL);
    size_t n = 0;
    for (size_t i = 0; i < COUNT(labels) && n < HINT_NUMBERS_MAX; i++) {
        const char *text = json_string_value(json_object_get(o, labels[i].key));
        double v;
        if (text && parse_real_n(text, strlen(text), &v))
            ret[n++] = (struct hint_number){ labels[i].key, labels[i].text, v, labels[i].form };
    }
    json_decref(o);
    return n;
}

static const char *of(const struct hint_number *list, size_t n, const char *key,
                      struct arena *a)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].key, key))
            return fmt_value(a, list[i].v);
    return "";
}

static const char *template_of(const struct hint *h, const struct hint_number *list, size_t n)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    switch (h->kind) {
    case CHECK_COMPARE:
        return *of(list, n, "left", a) && *of(list, n, "right", a)
                   ? N_("{unit}：「{rule}」不成立，左边{left}，右边{right}")
                   : N_("{unit}：「{rule}」缺一边的数");
    case CHECK_SOURCE:
        return *of(list, n, "verified", a) || *of(list, n, "validated", a)
                   ? N_("{unit}的{point}：报来{value}，别人给的是{right}")
               : *h->unit ? N_("{unit}：自报{left}，另一来源{right}")
                          : N_("{point}：{n}个对不上的里，{k}个是自报的更好");
    case CHECK_Z:
    case CHECK_MODIFIED_Z:
        return N_("{unit}的{point}是{value}，同组其他单位在{centre}上下");
    case CHECK_MINMAX:
        return N_("{unit}的{point}是{value}，超出可能的范围");
    case CHECK_HISTORY:
        return N_("{unit}的{point}是{value}，自己往期在{centre}上下");
    case CHECK_DIGITS:
        return N_("{point}：{n}个数里{k}个以0或5结尾");
    case CHECK_COPY:
        return N_("{point}：{n}个数里{k}个和上期完全一样");
    case CHECK_BUNCH:
        return N_("{point}：界线附近{n}个数，{k}个正好过线");
    case CHECK_PERFECT:
        return N_("{unit}的{point}连续{n}期都是{value}");
    case CHECK_SMOOTH:
        return N_("{unit}的{point}{n}期几乎不变");
    case CHECK_BURST:
        return N_("{owner}的{n}次报送里，{k}次在最后几天");
    }
    return "";
}

const char *hint_words(const struct hint *h, const char *unit, const char *point,
                       const char *owner, const char *rule, enum lang lang, struct arena *a)
{
    struct hint_number list[HINT_NUMBERS_MAX];
    size_t n = hint_numbers(h, list);
    return text_fill(a, lang_text(lang, template_of(h, list, n)), "unit", unit, "point", point,
                     "owner", owner, "rule", rule, "left", of(list, n, "left", a), "right",
                     of(list, n, "right", a), "value", of(list, n, "value", a), "centre",
                     of(list, n, "centre", a), "n", of(list, n, "n", a), "k",
                     of(list, n, "k", a), NULL);
}

/* ---- writing ---- */

static enum rc hint_record(struct tx *tx, struct county *c, const struct hint *h,
                           const char *by, struct id *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct hint_audit_row row = { .code = h->code,
                                  .thing = h->thing,
                                  .rule = h->rule,
                                  .rule_version = h->rule_version,
                                  .kind = check_kind_word(h->kind),
                                  .period = h->period,
                                  .unit = h->unit,
                                  .owner = h->owner,
                                  .point = h->point,
                                  .importance = check_importance_word(h->importance),
                                  .numbers = h->numbers,
                                  .state = hint_state_word(h->state),
                                  .reason = h->reason,
                                  .decided_by = h->decided_by,
                                  .decided_own = h->decided_own,
                                  .found_at = h->found_at,
                                  .changed_at = h->changed_at,
                                  .version = h->version };
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &hint_audit_query, &row);
    struct record_part part = part_open(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = "hint.set",
                                               .unit = h->owner,
                                               .subject = h->code,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

enum rc hint_store(struct tx *tx, struct county *c, const struct hint *h, const char *by,
                   struct err *e)
{
    struct id record;
    int64_t changed = 0;
    enum rc rc = hint_record(tx, c, h, by, &record, e);
    if (rc != RC_OK)
        return rc;
    if (!h->id.v)
        return hint_insert(tx, h->code, h->thing, h->rule, h->rule_version,
                           check_kind_word(h->kind), h->period, h->unit, h->owner, h->point,
                           check_importance_word(h->importance), h->numbers,
                           hint_state_word(h->state), h->reason, h->decided_by, h->decided_own,
                           h->found_at, h->changed_at, h->version, record, NULL, e);
    rc = hint_change(tx, h->rule_version, check_importance_word(h->importance), h->numbers,
                     hint_state_word(h->state), h->reason, h->decided_by, h->decided_own,
                     h->changed_at, record, h->id, h->version - 1, &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_CONFLICT, N_("复核提示「{code}」刚刚变了,请刷新后再看"), "code",
                       h->code);
    return rc;
}

struct deciding {
    struct county *c;
    const char *code, *reason, *by;
    int64_t seen;
    enum hint_state to;
    bool own;
};

static enum rc decide(struct tx *tx, void *arg, struct err *e)
{
    const struct deciding *d = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct hint h;
    enum rc rc = hint_load(tx_snap(tx), d->code, a, &h, e);
    if (rc != RC_OK)
        return rc;
    if (h.version != d->seen)
        return err_set(e, RC_CONFLICT, N_("复核提示「{code}」刚刚变了,请刷新后再看"), "code",
                       h.code);
    if (h.state == HINT_GONE)
        return err_set(e, RC_CONFLICT, N_("复核提示「{code}」的数据已变,不用再处理"), "code",
                       h.code);
    h.state = d->to;
    h.reason = d->reason;
    h.decided_by = d->by;
    h.decided_own = d->own;
    h.changed_at = county_now(d->c);
    h.version++;
    return hint_store(tx, d->c, &h, d->by, e);
}

enum rc hint_decide(struct county *c, const char *code, int64_t seen_version,
                    enum hint_state to, const char *reason, const char *by, bool own,
                    struct err *e)
{
    if (to != HINT_CONFIRMED && to != HINT_DISMISSED)
        return err_set(e, RC_INVALID, N_("只能确认或排除"));
    if (!*reason || utf8_count(reason) > HINT_REASON_MAX)
        return err_set(e, RC_INVALID, N_("请写明理由,至多300个字"));
    struct deciding d = { .c = c,
                          .code = code,
                          .reason = reason,
                          .by = by,
                          .seen = seen_version,
                          .to = to,
                          .own = own };
    return db_transact(c->db, decide, &d, e);
}

enum rc hint_upheld(struct tx *tx, struct county *c, const char *code, const char *reason,
                    const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct hint h;
    enum rc rc = hint_load(tx_snap(tx), code, a, &h, e);
    if (rc != RC_OK || h.state == HINT_GONE || h.state == HINT_DISMISSED)
        return rc;
    const char *end = reason + strlen(reason), *p = reason;
    size_t length;
    for (size_t n = 0; p < end && n < HINT_REASON_MAX; n++) {
        (void)utf8_next(p, end, &length); /* only how long it is */
        p += length;
    }
    struct deciding d = { .c = c,
                          .code = code,
                          .reason = arena_strndup(a, reason, (size_t)(p - reason)),
                          .by = by,
                          .seen = h.version,
                          .to = HINT_DISMISSED };
    return decide(tx, &d, e);
}
