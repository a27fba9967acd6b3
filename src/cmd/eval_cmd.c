/* `eval`: one formula by hand. */
#include "base/map.h"
#include "base/parse.h"
#include "cmd/commands.h"
#include "stats/formula.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EVAL_PERIODS_MAX = 1200 };

/* What --set gave one name: its values, oldest first. */
struct given {
    enum formula_type type;
    const double *const *rows;
    size_t n;
};

/* One value: a number, true, false, or null (also NA or nothing). */
static bool read_value(const char *text, double *ret, enum formula_type *ret_type)
{
    *ret_type = FORMULA_NULL;
    *ret = NAN;
    if (str_eq(text, "") || str_eq(text, "null") || str_eq(text, "NA"))
        return true;
    *ret_type = FORMULA_BOOL;
    *ret = str_eq(text, "true");
    if (str_eq(text, "true") || str_eq(text, "false"))
        return true;
    *ret_type = FORMULA_NUMBER;
    return parse_real_n(text, strlen(text), ret);
}

static enum rc read_set(struct cmd_call *c, const char *set, struct map *names, struct err *e)
{
    struct arena *a = cmd_arena(c);
    bool quoted = str_starts(set, "#{");
    const char *end = quoted ? strstr(set, "}=") : strchr(set, '=');
    const char *start = quoted ? set + 2 : set;
    if (end == NULL || end == start)
        return cmd_usage(c, e, N_("--{name} 后面应为 名称=值，不是“{value}”"), "set", set);
    const char *name = arena_strndup(a, start, (size_t)(end - start));
    size_t n;
    char **texts = str_split(a, end + (quoted ? 2 : 1), ',', &n);
    if (n > EVAL_PERIODS_MAX)
        return cmd_usage(c, e, N_("{name}的值太多：最多1200期"), name, NULL);
    double *values = arena_array(a, n, sizeof(*values));
    const double **rows = arena_array(a, n, sizeof(*rows));
    struct given *given = arena_alloc(a, sizeof(*given));
    *given = (struct given){ .rows = rows, .n = n };
    for (size_t i = 0; i < n; i++) {
        enum formula_type type;
        if (!read_value(str_trim(a, texts[i]), &values[i], &type))
            return cmd_usage(c, e, N_("{name}的值“{value}”应为数字、true、false 或 null"), name,
                             texts[i]);
        if (type != FORMULA_NULL && given->type != FORMULA_NULL && type != given->type)
            return cmd_usage(c, e, N_("{name}的各期值应同为数字，或同为 true、false"), name,
                             NULL);
        if (type != FORMULA_NULL)
            given->type = type;
        rows[i] = &values[i];
    }
    if (!map_add(names, name, given))
        return cmd_usage(c, e, N_("{name}给了两次值"), name, NULL);
    return RC_OK;
}

static bool find_name(const void *arg, const char *name, enum formula_type *ret_type)
{
    const struct given *given = map_get(arg, name);
    if (given != NULL)
        *ret_type = given->type;
    return given != NULL;
}

static enum rc eval(struct cmd_call *c, struct err *e)
{
    struct arena *a = cmd_arena(c);
    size_t n_sets;
    const char *const *sets = cmd_many(c, "set", &n_sets);
    const char *text = cmd_opt(c, "EXPR");
    /* In `--set x=1 x+1` the formula was taken for one more setting. */
    if (text == NULL && n_sets > 1)
        text = sets[--n_sets];
    if (text == NULL)
        return cmd_usage(c, e, N_("缺少 {name}"), "EXPR", NULL);
    struct map *given = map_new(a);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n_sets && rc == RC_OK; i++)
        rc = read_set(c, sets[i], given, e);
    const struct formula *f;
    if (rc == RC_OK)
        rc = formula_compile(a, text, find_name, given, &f, e);
    if (rc != RC_OK)
        return rc;
    const char *const *names;
    size_t n = formula_names(f, &names);
    struct formula_column *columns = arena_array(a, n, sizeof(*columns));
    for (size_t i = 0; i < n; i++) {
        const struct given *g = map_get(given, names[i]);
        columns[i] = (struct formula_column){ g->rows, g->n, g->n };
    }
    double v;
    rc = formula_eval(f, columns, 1, a, &v, e);
    if (rc != RC_OK)
        return rc;
    struct str b;
    str_init(&b, a);
    formula_print(&b, formula_type(f), v);
    puts(b.s);
    return RC_OK;
}

const struct command cmd_eval = {
    .name = "eval",
    .help = N_("手算一个公式"),
    .detail = N_("例：jingjian eval \"if(b > 0, 100 * a / b, null)\" --set a=43 b=50。"
                 "多期的值用逗号分开，最后一个是本期：--set x=3,4,null,5，公式里写 sum(x)、"
                 "offset(x,-1)。中文名称在公式里写成 #{…}。"),
    .opts = {
        { "EXPR", OPT_ARG, false, NULL, N_("公式") },
        { "set", OPT_MANY, false, "NAME=VALUE",
          N_("公式里一个名称的值：数字、true、false 或 null") },
    },
    .fn = eval,
};
