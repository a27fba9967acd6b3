/* `agree`: how far scores agree with somebody else's evaluations, on files. */
#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "sheet/csv.h"
#include "stats/agree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sheet_limits limits = {
    .bytes = (size_t)256 << 20,
    .rows = 1000001,
    .cols = 1000,
    .cells = (size_t)20 << 20,
    .cell = (size_t)4 << 10,
};

/* One file: a number for each unit, NaN when missing. */
struct column {
    struct map *index; /* unit → index into v */
    double *v;
    size_t n;
};

static enum rc read_cell(const struct table *t, size_t row, size_t col, const char *name,
                         const char *unit, struct arena *a, double *ret, struct err *e)
{
    const char *text = str_trim(a, table_text(t, row, col));
    *ret = NAN;
    if (*text == '\0' || str_eq(text, "NA") || parse_real_n(text, strlen(text), ret))
        return RC_OK;
    return err_set(e, RC_INVALID,
                   N_("{file} {where}({column},单位 {code}):「{value}」不是数;缺失留空或写 NA"),
                   "file", t->file, "where", table_where(a, t, row, col), "column", name,
                   "code", unit, "value", text);
}

static enum rc find_column(const struct table *t, const char *name, size_t *ret, struct err *e)
{
    ptrdiff_t col = t->rows == 0 ? -1 : table_col(t, 0, name);
    if (col < 0)
        return err_set(e, RC_INVALID, N_("{file} 缺少列 {column}"), "file", t->file, "column",
                       name);
    *ret = (size_t)col;
    return RC_OK;
}

static enum rc read_column(struct cmd_call *c, const char *option, const char *name,
                           struct column *ret, struct err *e)
{
    struct arena *a = cmd_arena(c);
    struct bytes b;
    struct table *t;
    size_t unit_col = 0, col = 0;
    enum rc rc = cmd_read(c, option, limits.bytes, &b, e);
    if (rc == RC_OK)
        rc = csv_read(a, cmd_opt(c, option), b, &limits, &t, e);
    if (rc == RC_OK)
        rc = find_column(t, "uCode", &unit_col, e);
    if (rc == RC_OK)
        rc = find_column(t, name, &col, e);
    if (rc != RC_OK)
        return rc;
    *ret =
        (struct column){ .index = map_new(a), .v = arena_array(a, t->rows, sizeof(*ret->v)) };
    for (size_t row = 1; row < t->rows; row++) {
        const char *unit = str_trim(a, table_text(t, row, unit_col));
        if (table_row_blank(t, row))
            continue;
        if (*unit == '\0')
            return err_set(e, RC_INVALID, N_("{file} {where}:缺少单位编码 uCode"), "file",
                           t->file, "where", table_where(a, t, row, unit_col));
        if (!map_add_index(ret->index, unit, ret->n))
            return err_set(e, RC_INVALID, N_("{file} {where}:单位编码 {code} 重复"), "file",
                           t->file, "where", table_where(a, t, row, unit_col), "code", unit);
        rc = read_cell(t, row, col, name, unit, a, &ret->v[ret->n++], e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* How many units stand in one file only: said, because a code that is written in two ways looks
 * like that. */
static void say_left_out(struct cmd_call *c, const struct column *x, const struct column *y,
                         size_t common)
{
    struct arena *a = cmd_arena(c);
    size_t n = x->n - common + y->n - common;
    if (n > 0)
        fprintf(cmd_err(c), "jingjian agree: %s\n",
                text_fill(a,
                          lang_text(cmd_lang(c),
                                    N_("提示:{count} 个单位只在其中一个文件里,没有比较")),
                          "count", arena_printf(a, "%zu", n), NULL));
}

static void figure(struct str *b, const char *name, struct agree_figure f)
{
    const char *const ends[] = { "", "_lo", "_hi" };
    const double v[] = { f.v, f.lo, f.hi };
    for (size_t i = 0; i < COUNT(v); i++) {
        str_addf(b, ",\n  \"%s%s\": ", name, ends[i]);
        json_num(b, v[i]);
    }
}

static enum rc agree(struct cmd_call *c, struct err *e)
{
    struct arena *a = cmd_arena(c);
    struct column x, y;
    enum rc rc = read_column(c, "scores", "score", &x, e);
    if (rc == RC_OK)
        rc = read_column(c, "evaluations", "eval", &y, e);
    if (rc != RC_OK)
        return rc;
    /* By code: the result does not depend on the order of the files. */
    size_t n = 0, common = 0;
    const char **units = map_keys(x.index, a, &n);
    double *px = arena_array(a, n, sizeof(*px)), *py = arena_array(a, n, sizeof(*py));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = map_index(y.index, units[i]);
        if (at < 0)
            continue;
        px[common] = x.v[map_index(x.index, units[i])];
        py[common++] = y.v[at];
    }
    if (common == 0)
        return err_set(e, RC_INVALID,
                       N_("{a} 和 {b} 没有一个相同的单位编码 uCode;两个文件应使用同一套编码"),
                       "a", cmd_opt(c, "scores"), "b", cmd_opt(c, "evaluations"));
    struct agree_ranks r;
    rc = agree_ranks(px, py, common, &agree_plan_default, &r, e);
    if (rc != RC_OK)
        return rc;
    say_left_out(c, &x, &y, common);
    struct str b;
    str_init(&b, a);
    str_addf(&b, "{\n  \"n\": %zu", r.n);
    figure(&b, "tau_b", r.tau_b);
    figure(&b, "spearman", r.spearman);
    str_add(&b, "\n}\n");
    return cmd_put(c, "out", "", (struct bytes){ (const uint8_t *)b.s, b.n }, e);
}

const struct command cmd_agree = {
    .name = "agree",
    .help = N_("由得分和评价文件计算两者是否一致"),
    .detail = N_("FILE 的列:得分 uCode,score;评价 uCode,eval(数越大越好);空或 NA 表示缺失。"
                 "结果是 JSON:n(两者都有的单位数)、tau_b、spearman 和 95% 区间(_lo、_hi;自助法 2000 次,"
                 "随机种子固定,docs/engine.md)。少于 3 个单位,或其中一列全部相同,不能比较。"),
    .opts = {
        { .name = "scores", .kind = OPT_VALUE, .required = true, .value = "FILE", .help = N_("得分:uCode,score"), .reads = true },
        { .name = "evaluations", .kind = OPT_VALUE, .required = true, .value = "FILE", .help = N_("评价:uCode,eval"), .reads = true },
        { .name = "out", .kind = OPT_VALUE, .required = true, .value = "FILE", .help = N_("结果写入的文件"), .writes = true },
    },
    .fn = agree,
};
