/* Check rules: their words, their checks, the database, tables. */
#include "quality/check_rule.h"

#include "base/fmt.h"
#include "base/parse.h"
#include "base/str.h"
#include "quality/quality.sql.h"
#include "stats/formula.h"
#include "store/county.h"
#include "store/record.h"

#include <math.h>
#include <string.h>

static const struct kind {
    const char *word, *text, *asks;
    const char *a, *b; /* what the parameters are; NULL: unused */
    double usual_a, usual_b;
    bool expressions, must_a, must_target;
} kinds[CHECK_KINDS + 1] = {
    [CHECK_COMPARE] = { "compare", N_("数与数的关系"), N_("左边和右边应当这样；不成立就提示"),
                        N_("相等时允许差多少"), NULL, 0, NAN, .expressions = true },
    [CHECK_SOURCE] = { "source", N_("自报和另一来源"),
                       N_("左边是自报的数，右边是独立来源的数；相差太多就提示。两边都不写，就和"
                          "登记的核实值、印证值比"),
                       N_("允许差百分之几"), NULL, 5, NAN, .expressions = true },
    [CHECK_Z] = { "z", N_("离群（平均数）"), N_("和同组其他单位的平均数差太远"),
                  N_("差几个标准差"), NULL, 3, NAN },
    [CHECK_MODIFIED_Z] = { "modified_z", N_("离群（中位数）"),
                           N_("和同组其他单位的中位数差太远"), N_("修正z分数的界线"), NULL, 3.5,
                           NAN },
    [CHECK_MINMAX] = { "minmax", N_("超出范围"), N_("数值不在可能的范围里"), N_("最小"),
                       N_("最大"), NAN, NAN, .must_target = true },
    [CHECK_HISTORY] = { "history", N_("和自己往期差太远"), N_("和本单位往期的中位数差太远"),
                        N_("修正z分数的界线"), N_("至少几个往期"), 5, 3 },
    [CHECK_DIGITS] = { "digits", N_("尾数集中"), N_("以0或5结尾的整数太多"), NULL, NULL, NAN,
                       NAN },
    [CHECK_COPY] = { "copy", N_("照抄上期"), N_("太多数和上期完全一样"),
                     N_("至少几成一样（0至1）"), NULL, 0.8, NAN },
    [CHECK_BUNCH] = { "bunch", N_("挤在界线一边"), N_("界线附近的数大多正好过线"), N_("界线"),
                      N_("两边各看多宽"), NAN, 5, .must_a = true, .must_target = true },
    [CHECK_PERFECT] = { "perfect", N_("好得出奇"), N_("连续多期都是最好的数，别的单位很少这样"),
                        N_("最好的数"), N_("至少连续几期"), NAN, 4, .must_a = true,
                        .must_target = true },
    [CHECK_SMOOTH] = { "smooth", N_("平得出奇"), N_("各期几乎不变，别的单位不这样"), NULL, NULL,
                       NAN, NAN },
    [CHECK_BURST] = { "burst", N_("挤在最后几天报"), N_("报送集中在应报日前的最后几天"),
                      N_("最后几天"), N_("看前几天"), 2, 10 },
};
static const struct word {
    const char *word, *text;
} ops[CHECK_OPS + 1] = { [CHECK_EQ] = { "eq", "=" },
                         [CHECK_NE] = { "ne", "≠" },
                         [CHECK_LT] = { "lt", "<" },
                         [CHECK_LE] = { "le", "≤" },
                         [CHECK_GT] = { "gt", ">" },
                         [CHECK_GE] = { "ge", "≥" },
                         [CHECK_PAIR] = { "pair", N_("同有同无") },
                         [CHECK_EXCLUSIVE] = { "exclusive", N_("不能同有") } },
                  importances[] = { [CHECK_HIGH] = { "high", N_("重要") },
                                    [CHECK_MEDIUM] = { "medium", N_("一般") },
                                    [CHECK_LOW] = { "low", N_("次要") } },
                  missings[] = { [CHECK_SKIP] = { "skip", N_("缺数就不判") },
                                 [CHECK_ONE] = { "one", N_("只缺一边就提示") },
                                 [CHECK_ANY] = { "any", N_("缺数就提示") } };

static int word_of(const struct word *words, size_t n, const char *word)
{
    for (size_t i = 1; i < n; i++)
        if (str_eq(word, words[i].word) || str_eq(word, words[i].text))
            return (int)i;
    return 0;
}

const char *check_kind_word(enum check_kind k)
{
    return kinds[k].word;
}
const char *check_kind_text(enum check_kind k)
{
    return kinds[k].text;
}
const char *check_kind_asks(enum check_kind k)
{
    return kinds[k].asks;
}
const char *check_kind_a(enum check_kind k)
{
    return kinds[k].a;
}
const char *check_kind_b(enum check_kind k)
{
    return kinds[k].b;
}
const char *check_op_word(enum check_op o)
{
    return o ? ops[o].word : "";
}
const char *check_op_text(enum check_op o)
{
    return o ? ops[o].text : "";
}
const char *check_importance_word(enum check_importance i)
{
    return importances[i].word;
}
const char *check_importance_text(enum check_importance i)
{
    return importances[i].text;
}
const char *check_missing_word(enum check_missing m)
{
    return missings[m].word;
}
const char *check_missing_text(enum check_missing m)
{
    return missings[m].text;
}
enum check_op check_op_of(const char *word)
{
    return (enum check_op)word_of(ops, COUNT(ops), word);
}
enum check_importance check_importance_of(const char *word)
{
    return (enum check_importance)word_of(importances, COUNT(importances), word);
}
enum check_missing check_missing_of(const char *word)
{
    return (enum check_missing)word_of(missings, COUNT(missings), word);
}
enum check_kind check_kind_of(const char *word)
{
    for (int i = 1; i <= CHECK_KINDS; i++)
        if (str_eq(word, kinds[i].word) || str_eq(word, kinds[i].text))
            return (enum check_kind)i;
    return 0;
}

bool check_rule_compares(const struct check_rule *r)
{
    return kinds[r->kind].expressions && (r->kind == CHECK_COMPARE || *r->left || *r->right);
}

double check_rule_a(const struct check_rule *r)
{
    return isnan(r->a) ? kinds[r->kind].usual_a : r->a;
}

double check_rule_b(const struct check_rule *r)
{
    return isnan(r->b) ? kinds[r->kind].usual_b : r->b;
}

bool check_rule_covers(const struct check_rule *r, const char *point)
{
    if (!*r->target)
        return true;
    size_t n = strlen(point);
    for (const char *s = r->target; s; s = strchr(s, '|') ? strchr(s, '|') + 1 : NULL)
        if (strncmp(s, point, n) == 0 && (s[n] == '|' || s[n] == '\0'))
            return true;
    return false;
}

const char *check_rule_words(const struct check_rule *r, enum lang lang, struct arena *a)
{
    if (r->kind == CHECK_SOURCE && !check_rule_compares(r))
        return text_fill(a, lang_text(lang, N_("报来的数和登记的核实值、印证值相差不超过{a}%")),
                         "a", fmt_value(a, check_rule_a(r)), NULL);
    if (!kinds[r->kind].expressions)
        return lang_text(lang, kinds[r->kind].asks);
    if (r->kind == CHECK_COMPARE)
        return arena_printf(a, "%s %s %s", r->left, lang_text(lang, ops[r->op].text), r->right);
    return text_fill(a, lang_text(lang, N_("{left} 和 {right} 相差不超过{a}%")), "left",
                     r->left, "right", r->right, "a", fmt_value(a, check_rule_a(r)), NULL);
}

/* ---- checking ---- */

static bool knows(const void *arg, const char *name, enum formula_type *ret_type)
{
    *ret_type = FORMULA_NUMBER;
    return map_has(arg, name);
}

static enum rc check_expression(const struct check_rule *r, const char *text,
                                const struct map *points, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err why = { 0 };
    const struct formula *f;
    if (!*text || strlen(text) > CHECK_EXPR_MAX)
        return err_set(e, RC_INVALID, N_("规则「{code}」要写左右两个算式,各至多500字节"),
                       "code", r->code);
    enum rc rc = formula_compile(a, text, knows, points, &f, &why);
    if (rc == RC_OK && formula_type(f) == FORMULA_BOOL)
        rc = err_set(&why, RC_INVALID, N_("结果应是数,不是真假"));
    if (rc == RC_OK)
        return RC_OK;
    return err_set(e, rc, N_("规则「{code}」的算式「{text}」:{why}"), "code", r->code, "text",
                   text, "why", err_both(&why, a));
}

static enum rc check_target(const struct check_rule *r, const struct map *points, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (strlen(r->target) > CHECK_TARGETS_MAX)
        return err_set(e, RC_INVALID, N_("规则「{code}」的监测点太多;看全部监测点就留空"),
                       "code", r->code);
    if (!*r->target)
        return kinds[r->kind].must_target
                   ? err_set(e, RC_INVALID, N_("规则「{code}」要写明看哪些监测点"), "code",
                             r->code)
                   : RC_OK;
    size_t n;
    char **list = str_split(a, r->target, '|', &n);
    for (size_t i = 0; i < n; i++)
        if (!map_has(points, list[i]))
            return err_set(e, RC_INVALID, N_("规则「{code}」的监测点「{point}」不存在"), "code",
                           r->code, "point", list[i]);
    return RC_OK;
}

static enum rc check_numbers(const struct check_rule *r, const char **field, struct err *e)
{
    const struct kind *k = &kinds[r->kind];
    double a = check_rule_a(r), b = check_rule_b(r);
    *field = "a";
    if ((k->must_a && isnan(r->a)) || isinf(r->a))
        return err_set(e, RC_INVALID, N_("规则「{code}」要写参数一({what})"), "code", r->code,
                       "what_text", k->a);
    if (r->kind == CHECK_MINMAX && isnan(r->a) && isnan(r->b))
        return err_set(e, RC_INVALID, N_("规则「{code}」要写最小或最大"), "code", r->code);
    if (r->kind == CHECK_MINMAX && a > b)
        return err_set(e, RC_INVALID, N_("规则「{code}」的最小大于最大"), "code", r->code);
    bool limits = r->kind == CHECK_Z || r->kind == CHECK_MODIFIED_Z || r->kind == CHECK_HISTORY;
    if (limits && !(a > 0))
        return err_set(e, RC_INVALID, N_("规则「{code}」的界线应大于0"), "code", r->code);
    if ((r->kind == CHECK_COMPARE || r->kind == CHECK_SOURCE) && a < 0)
        return err_set(e, RC_INVALID, N_("规则「{code}」允许的差不能是负数"), "code", r->code);
    if (r->kind == CHECK_COPY && !(a > 0 && a <= 1))
        return err_set(e, RC_INVALID, N_("规则「{code}」的比例应在0和1之间"), "code", r->code);
    *field = "b";
    if (isinf(r->b) || (r->kind == CHECK_BUNCH && !(b > 0)))
        return err_set(e, RC_INVALID, N_("规则「{code}」的参数二应大于0"), "code", r->code);
    if (r->kind == CHECK_BURST && !(a > 0 && b > a && b <= 366))
        return err_set(e, RC_INVALID, N_("规则「{code}」: 最后几天应少于看前几天"), "code",
                       r->code);
    if ((r->kind == CHECK_HISTORY || r->kind == CHECK_PERFECT) && !(b >= 1 && b <= 60))
        return err_set(e, RC_INVALID, N_("规则「{code}」的期数应是1至60"), "code", r->code);
    return RC_OK;
}

enum rc check_rule_check(const struct check_rule *r, const struct map *points,
                         const char **ret_field, struct err *e)
{
    *ret_field = "code";
    if (!code_valid(r->code))
        return err_set(e, RC_INVALID,
                       N_("规则代码「{code}」应由字母、数字、- 和 _ 组成,至多64个"), "code",
                       r->code);
    *ret_field = "name";
    if (!*r->name || utf8_count(r->name) > CHECK_NAME_MAX)
        return err_set(e, RC_INVALID, N_("规则「{code}」的名称应有1至60个字"), "code", r->code);
    *ret_field = "why";
    if (utf8_count(r->why) > CHECK_WHY_MAX)
        return err_set(e, RC_INVALID, N_("规则「{code}」的修改原因至多200个字"), "code",
                       r->code);
    *ret_field = "kind";
    if (!r->kind)
        return err_set(e, RC_INVALID, N_("规则「{code}」要选一种检查"), "code", r->code);
    *ret_field = "importance";
    if (!r->importance)
        return err_set(e, RC_INVALID, N_("规则「{code}」的重要程度应是 high、medium 或 low"),
                       "code", r->code);
    *ret_field = "missing";
    if (!r->missing)
        return err_set(e, RC_INVALID, N_("规则「{code}」的缺数处理应是 skip、one 或 any"),
                       "code", r->code);
    enum rc rc = RC_OK;
    if (check_rule_compares(r)) {
        *ret_field = "op";
        if (r->kind == CHECK_COMPARE && !r->op)
            return err_set(
                e, RC_INVALID,
                N_("规则「{code}」的关系应是 eq、ne、lt、le、gt、ge、pair 或 exclusive"),
                "code", r->code);
        *ret_field = "left";
        rc = check_expression(r, r->left, points, e);
        if (rc != RC_OK)
            return rc;
        *ret_field = "right";
        rc = check_expression(r, r->right, points, e);
    } else {
        *ret_field = "target";
        rc = check_target(r, points, e);
    }
    if (rc == RC_OK)
        rc = check_numbers(r, ret_field, e);
    if (rc == RC_OK)
        *ret_field = "";
    return rc;
}

static bool same_number(double x, double y)
{
    return x == y || (isnan(x) && isnan(y));
}

bool check_rule_same(const struct check_rule *x, const struct check_rule *y)
{
    return str_eq(x->name, y->name) && x->kind == y->kind && str_eq(x->target, y->target) &&
           str_eq(x->left, y->left) && x->op == y->op && str_eq(x->right, y->right) &&
           same_number(x->a, y->a) && same_number(x->b, y->b) &&
           x->importance == y->importance && x->missing == y->missing && x->live == y->live;
}

/* ---- the database ---- */

enum rc check_rules_load(const struct snap *s, struct arena *a, struct check_rule **ret,
                         size_t *ret_n, struct err *e)
{
    struct check_rule_list_row *rows;
    size_t n;
    enum rc rc = check_rule_list_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct check_rule *list = arena_array(a, n, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] = (struct check_rule){ .code = rows[i].code,
                                       .name = rows[i].name,
                                       .version = (int)rows[i].version,
                                       .kind = check_kind_of(rows[i].kind),
                                       .target = rows[i].target,
                                       .left = rows[i].left_expr,
                                       .op = check_op_of(rows[i].op),
                                       .right = rows[i].right_expr,
                                       .a = rows[i].a,
                                       .b = rows[i].b,
                                       .importance = check_importance_of(rows[i].importance),
                                       .missing = check_missing_of(rows[i].missing),
                                       .live = rows[i].live,
                                       .why = rows[i].why,
                                       .by = rows[i].by_account,
                                       .at = rows[i].at };
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

enum rc check_rule_load(const struct snap *s, const char *code, struct arena *a,
                        struct check_rule *ret, struct err *e)
{
    struct check_rule *list;
    size_t n;
    enum rc rc = check_rules_load(s, a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].code, code)) {
            *ret = list[i];
            return RC_OK;
        }
    return err_set(e, RC_NOTFOUND, N_("没有代码为「{code}」的核对规则"), "code", code);
}

static enum rc write_one(struct tx *tx, struct county *c, const struct check_rule *r,
                         int version, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct check_rule_audit_row row = { .code = r->code,
                                        .version = version,
                                        .name = r->name,
                                        .kind = check_kind_word(r->kind),
                                        .target = r->target,
                                        .left_expr = r->left,
                                        .op = check_op_word(r->op),
                                        .right_expr = r->right,
                                        .a = r->a,
                                        .b = r->b,
                                        .importance = check_importance_word(r->importance),
                                        .missing = check_missing_word(r->missing),
                                        .live = r->live,
                                        .why = r->why,
                                        .by_account = by,
                                        .at = county_now(c) };
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &check_rule_audit_query, &row);
    struct record_part part = part_open(&k);
    struct id record;
    enum rc rc = record_append(tx, c,
                               &(struct record_new){ .kind = "check_rule.set",
                                                     .unit = "",
                                                     .subject = r->code,
                                                     .by = by,
                                                     .parts = &part,
                                                     .n_parts = 1 },
                               &record, e);
    return rc == RC_OK ? check_rule_put(tx, row.code, row.version, row.name, row.kind,
                                        row.target, row.left_expr, row.op, row.right_expr,
                                        row.a, row.b, row.importance, row.missing, row.live,
                                        row.why, row.by_account, row.at, record, NULL, e)
                       : rc;
}

enum rc check_rules_write(struct tx *tx, struct county *c, const struct check_rule *list,
                          size_t n, const char *by, size_t *ret_written, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct check_rule *there;
    size_t n_there;
    *ret_written = 0;
    enum rc rc = check_rules_load(tx_snap(tx), a, &there, &n_there, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct check_rule *old = NULL;
        for (size_t k = 0; k < n_there && !old; k++)
            old = str_eq(there[k].code, list[i].code) ? &there[k] : NULL;
        if (old && check_rule_same(old, &list[i]))
            continue;
        rc = write_one(tx, c, &list[i], old ? old->version + 1 : 1, by, e);
        ++*ret_written;
    }
    return rc;
}

/* ---- tables ---- */

enum field {
    F_CODE,
    F_NAME,
    F_KIND,
    F_TARGET,
    F_LEFT,
    F_OP,
    F_RIGHT,
    F_A,
    F_B,
    F_IMPORTANCE,
    F_MISSING,
    F_LIVE,
    F_WHY,
    FIELDS
};
static const char *const columns[FIELDS] = { "code",    "name",  "kind", "target", "left",
                                             "op",      "right", "a",    "b",      "importance",
                                             "missing", "live",  "why" };

struct reading {
    const struct table *t;
    struct arena *a;
    struct problems *problems;
    size_t col[FIELDS], row;
};

static const char *cell(const struct reading *r, enum field f)
{
    return r->col[f] == SIZE_MAX
               ? ""
               : arena_strdup(r->a, str_trim(r->a, table_text(r->t, r->row, r->col[f])));
}

static enum rc head(struct reading *r, struct err *e)
{
    static const enum field needed[] = { F_CODE, F_NAME, F_KIND };
    for (size_t f = 0; f < FIELDS; f++) {
        ptrdiff_t c = r->t->rows ? table_col(r->t, 0, columns[f]) : -1;
        r->col[f] = c < 0 ? SIZE_MAX : (size_t)c;
    }
    for (size_t i = 0; i < COUNT(needed); i++)
        if (r->col[needed[i]] == SIZE_MAX)
            return err_set(e, RC_INVALID, N_("{file} 缺少列 {column}"), "file", r->t->file,
                           "column", columns[needed[i]]);
    for (size_t c = 0; c < r->t->cols; c++) {
        const char *name = str_trim(r->a, table_text(r->t, 0, c));
        bool known = !*name;
        for (size_t f = 0; f < FIELDS && !known; f++)
            known = str_eq(name, columns[f]);
        if (!known)
            return err_set(
                e, RC_INVALID,
                N_("{file} 有不认识的列「{column}」;列应为 code,name,kind,target,left,op,"
                   "right,a,b,importance,missing,live,why"),
                "file", r->t->file, "column", name);
    }
    return RC_OK;
}

static bool number(struct reading *r, enum field f, double *ret)
{
    const char *s = cell(r, f);
    *ret = NAN;
    if (!*s || parse_real_n(s, strlen(s), ret))
        return true;
    problem_add(r->problems, r->t, PROBLEM_WRONG, r->row, r->col[f], N_("「{text}」不是数"),
                NULL, "text", s);
    return false;
}

static void read_rule(struct reading *r, const struct map *points, struct check_rule *ret)
{
    CLEANUP(err_done) struct err why = { 0 };
    const char *live = cell(r, F_LIVE), *importance = cell(r, F_IMPORTANCE),
               *missing = cell(r, F_MISSING), *field;
    *ret = (struct check_rule){ .code = cell(r, F_CODE),
                                .name = cell(r, F_NAME),
                                .kind = check_kind_of(cell(r, F_KIND)),
                                .target = cell(r, F_TARGET),
                                .left = cell(r, F_LEFT),
                                .op = check_op_of(cell(r, F_OP)),
                                .right = cell(r, F_RIGHT),
                                .importance = *importance ? check_importance_of(importance)
                                                          : CHECK_MEDIUM,
                                .missing = *missing ? check_missing_of(missing) : CHECK_SKIP,
                                .live = !str_eq(live, "0"),
                                .why = cell(r, F_WHY) };
    if (!number(r, F_A, &ret->a) || !number(r, F_B, &ret->b) ||
        check_rule_check(ret, points, &field, &why) == RC_OK)
        return;
    size_t f = 0;
    while (f + 1 < FIELDS && !str_eq(columns[f], field))
        f++;
    problem_add(r->problems, r->t, PROBLEM_WRONG, r->row, r->col[f], N_("{why}"), NULL, "why",
                err_message(&why, LANG_ZH, r->a));
}

enum rc check_rules_from_table(const struct table *t, const struct map *points, struct arena *a,
                               struct check_rule **ret, size_t *ret_n,
                               struct problems *problems, struct err *e)
{
    struct reading r = { .t = t, .a = a, .problems = problems };
    enum rc rc = head(&r, e);
    if (rc == RC_OK && t->rows > CHECK_RULES_MAX + 1)
        rc = err_set(e, RC_TOOBIG, N_("{file} 的行太多:最多2000行"), "file", t->file);
    if (rc != RC_OK)
        return rc;
    struct check_rule *list = arena_array(a, t->rows, sizeof(*list));
    struct map *seen = map_new(a);
    size_t n = 0;
    for (r.row = 1; r.row < t->rows; r.row++) {
        if (table_row_blank(t, r.row))
            continue;
        read_rule(&r, points, &list[n]);
        if (!map_add(seen, list[n].code, &list[n]))
            problem_add(problems, t, PROBLEM_WRONG, r.row, r.col[F_CODE],
                        N_("规则「{code}」写了两次"), NULL, "code", list[n].code);
        n++;
    }
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

static const char *number_text(struct arena *a, double v)
{
    return isnan(v) ? "" : fmt_exact(a, v);
}

const struct table *check_rules_to_table(const struct check_rule *list, size_t n,
                                         struct arena *a)
{
    struct table *t = table_new(a, n + 1, FIELDS, false);
    for (size_t f = 0; f < FIELDS; f++)
        table_set(t, 0, f, CELL_TEXT, columns[f]);
    for (size_t i = 0; i < n; i++) {
        const struct check_rule *r = &list[i];
        const char *cells[FIELDS] = { r->code,
                                      r->name,
                                      check_kind_word(r->kind),
                                      r->target,
                                      r->left,
                                      check_op_word(r->op),
                                      r->right,
                                      number_text(a, r->a),
                                      number_text(a, r->b),
                                      check_importance_word(r->importance),
                                      check_missing_word(r->missing),
                                      r->live ? "1" : "0",
                                      r->why };
        for (size_t f = 0; f < FIELDS; f++)
            table_set(t, i + 1, f, CELL_TEXT, cells[f]);
    }
    return t;
}

#define USUAL(c, k, n, i)                                                                      \
    {                                                                                          \
        .code = (c), .name = (n), .kind = (k), .target = "", .left = "", .right = "",          \
        .a = __builtin_nan(""), .b = __builtin_nan(""), .importance = (i),                     \
        .missing = CHECK_SKIP, .live = true, .why = "", .by = ""                               \
    }
const struct check_rule check_rules_usual[] = {
    USUAL("far-from-peers", CHECK_MODIFIED_Z, "和同组其他单位差太远", CHECK_LOW),
    USUAL("far-from-past", CHECK_HISTORY, "和自己往期差太远", CHECK_MEDIUM),
    USUAL("round-digits", CHECK_DIGITS, "尾数集中在0和5", CHECK_MEDIUM),
    USUAL("copied", CHECK_COPY, "大多和上期一样", CHECK_HIGH),
    USUAL("too-even", CHECK_SMOOTH, "各期几乎不变", CHECK_MEDIUM),
    USUAL("last-days", CHECK_BURST, "报送挤在最后几天", CHECK_LOW),
};
const size_t check_rules_usual_n = COUNT(check_rules_usual);
