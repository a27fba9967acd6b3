/* Accounts from a table, each problem named by its cell. */
#include "people/account_sheet.h"

#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "store/county.h"

#include <string.h>

enum { A_CODE, A_NAME, A_UNIT, A_ROLE, A_SCOPE, ACCOUNT_FIELDS };
static const char *const columns[ACCOUNT_FIELDS] = { "code", "name", "unit", "role", "scope" };

static const struct heading_word scope_words[] = {
    { "all", "全县|全区|全部" },
    { "subtree", "本单位及下级|本单位及下属|本单位" },
    { NULL, NULL },
};
static const struct heading_word role_words[] = {
    { "leader", "领导" },
    { "platform", "平台专班|专班" },
    { "group", "派驻纪检监察组|派驻组" },
    { "discipline", "纪检监察机关|纪委监委" },
    { "clerk", "单位经办人|经办人" },
    { "supplier", "数据部门|数据部门经办人" },
    { "signer", "单位签发人|签发人" },
    { "sysadmin", "系统管理员" },
    { "secadmin", "安全管理员" },
    { "auditadmin", "审计管理员" },
    { NULL, NULL },
};
const struct heading account_headings[] = {
    { "code", "账号|登录账号|account", N_("登录用，字母、数字、- 和 _，定了就不再变"), "liming",
      true, NULL },
    { "name", "姓名", N_("页面上怎么称呼，一般是姓名"), "李明", true, NULL },
    { "unit", "单位|所在单位|单位编码|单位代码", N_("所在单位的编码或名称；三员留空"), "D04",
      false, NULL },
    { "role", "角色",
      N_("领导、平台专班、派驻纪检监察组、纪检监察机关、单位经办人、数据部门、单位签发人，"
         "或三员之一："
         "系统管理员、安全管理员、审计管理员"),
      "单位经办人", false, role_words },
    { "scope", "范围|管哪些单位",
      N_("留空是通常的范围；派驻组写所管单位的编码或名称，用 | 或、隔开；其余写 全县 或 "
         "本单位及下级"),
      "", false, scope_words },
    { NULL, NULL, NULL, NULL, false, NULL },
};

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
                           heading_list(account_headings, r->a));
    }
    for (size_t i = 0; i <= A_NAME; i++)
        if (r->col[i] < 0)
            return err_set(e, RC_INVALID, N_("{file}: 缺少「{column}」这一列"), "file", file,
                           "column", heading_name(account_headings, columns[i], r->a));
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

/* "云岭镇、D04" as "T01|D04"; all and subtree as they are. */
static const char *scope_codes(struct reading *r, size_t row, const char *scope)
{
    static const char *const between[] = { "、", "，", ",", "；", ";" };
    struct str b, codes;
    size_t n;
    if (!*scope || str_eq(scope, "all") || str_eq(scope, "subtree"))
        return scope;
    str_init(&b, r->a);
    for (const char *at = scope; *at;) {
        size_t k = 0;
        while (k < COUNT(between) && !str_starts(at, between[k]))
            k++;
        str_addc(&b, k < COUNT(between) ? '|' : *at);
        at += k < COUNT(between) ? strlen(between[k]) : 1;
    }
    char **words = str_split(r->a, b.s, '|', &n);
    str_init(&codes, r->a);
    for (size_t i = 0; i < n; i++) {
        const char *word = str_trim(r->a, words[i]);
        const struct unit *u = units_named(r->us, word);
        if (!u)
            wrong(r, row, A_SCOPE, N_("范围里有不认识的单位"),
                  N_("写 全县、本单位及下级,或单位的编码或名称,用 | 或、隔开"));
        str_addf(&codes, "%s%s", i ? "|" : "", u ? u->code : word);
    }
    return codes.s;
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
    const struct unit *unit = *cell[A_UNIT] ? units_named(r->us, cell[A_UNIT]) : NULL;
    if (*cell[A_UNIT] && !unit)
        wrong(r, row, A_UNIT, N_("没有这个单位"), N_("写单位页上的编码或名称,三员留空"));
    if (*cell[A_ROLE] && !role)
        wrong(
            r, row, A_ROLE, N_("没有这个角色"),
            N_("写 领导、平台专班、派驻纪检监察组、纪检监察机关、单位经办人、数据部门,或三员的 "
               "系统管理员、安全管理员、审计管理员"));
    const char *scope = scope_codes(r, row, cell[A_SCOPE]);
    r->row[r->n] = row;
    r->list[r->n++] = (struct account_new){ .code = cell[A_CODE],
                                            .name = cell[A_NAME],
                                            .unit = unit ? unit->code : "",
                                            .role = role ? role->code : "",
                                            .scope = scope };
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
    struct reading r = { .c = c,
                         .us = us,
                         .t = table_to_codes(t, account_headings, a),
                         .by = by,
                         .a = a,
                         .ps = problems };
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
