/* Accounts from a table, each problem named by its cell. */
#include "people/account_sheet.h"

#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "store/county.h"

enum { A_CODE, A_NAME, A_UNIT, A_ROLE, A_SCOPE, ACCOUNT_FIELDS };
static const char *const columns[ACCOUNT_FIELDS] = { "code", "name", "unit", "role", "scope" };

struct reading {
    struct county *c;
    const struct units *us;
    const struct table *t;
    const char *by;
    struct arena *a;
    struct problems *ps;
    ptrdiff_t col[ACCOUNT_FIELDS];
    struct account_new *list;
    size_t *row; /* of each account in the table */
    size_t n;
};

static enum rc find_columns(struct reading *r, struct err *e)
{
    const char *file = r->t->file ? r->t->file : "";
    for (size_t i = 0; i < ACCOUNT_FIELDS; i++)
        r->col[i] = r->t->rows ? table_col(r->t, 0, columns[i]) : -1;
    for (size_t c = 0; r->t->rows && c < r->t->cols; c++) {
        bool known = false;
        for (size_t i = 0; i < ACCOUNT_FIELDS; i++)
            known |= r->col[i] == (ptrdiff_t)c;
        if (!known && *str_trim(r->a, table_text(r->t, 0, c)))
            return err_set(e, RC_INVALID,
                           N_("{file}: 不认识「{column}」这一列;可用的列: {columns}"), "file",
                           file, "column", table_text(r->t, 0, c), "columns",
                           "code, name, unit, role, scope");
    }
    for (size_t i = 0; i <= A_NAME; i++)
        if (r->col[i] < 0)
            return err_set(e, RC_INVALID, N_("{file}: 缺少「{column}」这一列"), "file", file,
                           "column", columns[i]);
    if (r->t->rows > ACCOUNT_ROWS_MAX + 1)
        return err_set(e, RC_TOOBIG, N_("{file}: 一次最多导入{max}个账号,请分几个文件"), "file",
                       file, "max", "5,000");
    return RC_OK;
}

static void wrong(struct reading *r, size_t row, int field, const char *what, const char *hint)
{
    problem_add(r->ps, r->t, PROBLEM_WRONG, row, r->col[field] < 0 ? 0 : (size_t)r->col[field],
                what, hint);
}

/* A role by its code or its Chinese name. */
static const struct role *role_named(const char *text)
{
    for (size_t i = 0; i < roles_n; i++)
        if (str_eq(roles[i].code, text) || str_eq(roles[i].name, text))
            return &roles[i];
    return NULL;
}

static void check_scope(struct reading *r, size_t row, const char *scope)
{
    if (!*scope || str_eq(scope, "all") || str_eq(scope, "subtree"))
        return;
    size_t n;
    char **codes = str_split(r->a, scope, '|', &n);
    for (size_t i = 0; i < n; i++)
        if (!units_find(r->us, codes[i]))
            wrong(r, row, A_SCOPE, N_("范围里有不认识的单位代码"),
                  N_("写 all、subtree,或用 | 隔开的单位代码"));
}

static void read_row(struct reading *r, size_t row, struct map *seen)
{
    const char *cell[ACCOUNT_FIELDS];
    for (size_t i = 0; i < ACCOUNT_FIELDS; i++)
        cell[i] = r->col[i] < 0 ? "" : str_trim(r->a, table_text(r->t, row, (size_t)r->col[i]));
    const struct role *role = *cell[A_ROLE] ? role_named(cell[A_ROLE]) : NULL;
    if (!code_valid(cell[A_CODE]))
        wrong(r, row, A_CODE, N_("账号写法不对"), N_("由字母、数字、- 和 _ 组成,至多64个"));
    else if (!map_add(seen, cell[A_CODE], r))
        wrong(r, row, A_CODE, N_("这个账号在表里写了两次"), NULL);
    if (!*cell[A_NAME] || utf8_count(cell[A_NAME]) > ACCOUNT_NAME_MAX)
        wrong(r, row, A_NAME, N_("姓名应有1至40个字"), NULL);
    if (*cell[A_UNIT] && !units_find(r->us, cell[A_UNIT]))
        wrong(r, row, A_UNIT, N_("没有这个单位代码"), N_("单位代码见单位页,管理员留空"));
    if (*cell[A_ROLE] && !role)
        wrong(r, row, A_ROLE, N_("没有这个角色"),
              N_("用 leader、platform、group、clerk、supplier 或三员的 "
                 "sysadmin、secadmin、auditadmin"));
    check_scope(r, row, cell[A_SCOPE]);
    r->row[r->n] = row;
    r->list[r->n++] = (struct account_new){ .code = cell[A_CODE],
                                            .name = cell[A_NAME],
                                            .unit = cell[A_UNIT],
                                            .role = role ? role->code : "",
                                            .scope = cell[A_SCOPE] };
}

/* Everything is done and taken back; what is said against a row goes to its problems, which
 * are made anew in each run. */
static enum rc try_all(struct tx *tx, void *arg, struct err *e)
{
    struct reading *r = arg;
    char code[ACTIVATION_CODE + 1];
    problems_init(r->ps, r->a);
    for (size_t i = 0; i < r->n; i++) {
        enum rc rc = account_make(tx, r->c, &r->list[i], r->by, r->a, code, e);
        if (rc != RC_OK && rc != RC_INVALID && rc != RC_CONFLICT)
            return rc;
        if (rc == RC_OK)
            continue;
        struct problem *p = problem_add(r->ps, r->t, PROBLEM_WRONG, r->row[i],
                                        (size_t)r->col[A_CODE], e->text, NULL);
        for (size_t k = 0; k < e->n_args && k < PROBLEM_ARGS; k++)
            p->arg[p->n_arg++] = (struct problem_arg){ arena_strdup(r->a, e->args[k].name),
                                                       arena_strdup(r->a, e->args[k].value) };
    }
    return err_set(e, RC_DONE, NULL);
}

enum rc accounts_from_table(struct county *c, const struct units *us, const struct table *t,
                            const char *by, struct arena *a, struct account_new **ret,
                            size_t *ret_n, struct problems *problems, struct err *e)
{
    struct reading r = { .c = c, .us = us, .t = t, .by = by, .a = a, .ps = problems };
    struct map *seen = map_new(a);
    enum rc rc = find_columns(&r, e);
    if (rc != RC_OK)
        return rc;
    r.list = arena_array(a, t->rows, sizeof(*r.list));
    r.row = arena_array(a, t->rows, sizeof(*r.row));
    for (size_t row = 1; row < t->rows; row++)
        if (!table_row_blank(t, row))
            read_row(&r, row, seen);
    if (problems->wrong == 0 && r.n > 0) {
        rc = db_transact(c->db, try_all, &r, e);
        if (rc != RC_DONE)
            return rc;
        err_done(e);
        *e = (struct err){ 0 };
    }
    *ret = r.list;
    *ret_n = r.n;
    return RC_OK;
}
