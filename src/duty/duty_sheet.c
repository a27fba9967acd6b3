/* A county's lists of duties as one sheet: one row a duty, its post named in each row. */
#include "base/map.h"
#include "base/str.h"
#include "duty/room.h"
#include "store/county.h"

static const struct heading_word duty_words[] = { { "main", "主体责任" },
                                                  { "oversight", "监督责任" },
                                                  { "first", "第一责任人责任|第一责任人" },
                                                  { "double", "一岗双责" },
                                                  { NULL, NULL } };
static const struct heading_word often_words[] = {
    { "always", "随时|经常" },       { "month", "每月" },
    { "quarter", "每季度|每季" },    { "half", "每半年" },
    { "year", "每年|每年至少一次" }, { NULL, NULL }
};

const struct heading duty_headings[] = {
    { .code = "unit",
      .names = "单位|单位编码|单位名称",
      .help = N_("单位编码或名称"),
      .sample = "D04",
      .needed = true },
    { .code = "post",
      .names = "岗位|职务",
      .help = N_("岗位名称，同一岗位每行写得一样"),
      .sample = "党组书记、局长",
      .needed = true },
    { .code = "duty",
      .names = "责任|四责",
      .help = N_("主体责任、监督责任、第一责任人责任 或 一岗双责"),
      .sample = "第一责任人责任",
      .needed = true,
      .words = duty_words },
    { .code = "account",
      .names = "任职账号|任职人|账号",
      .help = N_("任职人的账号；留空不改现在的任职"),
      .sample = "gongheng" },
    { .code = "text",
      .names = "职责|职责内容",
      .help = N_("一行一条"),
      .sample = "每季度至少主持研究一次全面从严治党工作",
      .needed = true },
    { .code = "basis",
      .names = "依据|法规依据",
      .help = N_("哪部法规、哪个文件第几条"),
      .sample = "党委（党组）落实全面从严治党主体责任规定第八条",
      .needed = true },
    { .code = "often",
      .names = "频次|多久一次",
      .help = N_("随时、每月、每季度、每半年 或 每年"),
      .sample = "每季度",
      .needed = true,
      .words = often_words },
    { .code = NULL },
};

enum column { S_UNIT, S_POST, S_DUTY, S_ACCOUNT, S_TEXT, S_BASIS, S_OFTEN, FIELDS };

struct reading {
    const struct table *t;
    const struct snap *s;
    const struct units *us;
    const struct person *keeper;
    struct arena *a;
    struct problems *problems;
    ptrdiff_t col[FIELDS];
    size_t row;
    struct map *posts; /* unit/post → place in out */
    struct map *seen;  /* unit/post/text */
    struct duty_sheet *out;
};

static const char *cell(const struct reading *r, enum column f)
{
    return r->col[f] < 0
               ? ""
               : arena_strdup(r->a,
                              str_trim(r->a, table_text(r->t, r->row, (size_t)r->col[f])));
}

static void wrong(struct reading *r, enum column f, const char *what, const char *hint)
{
    problem_add(r->problems, r->t, PROBLEM_WRONG, r->row,
                r->col[f] < 0 ? SIZE_MAX : (size_t)r->col[f], what, hint, "text", cell(r, f));
}

static enum rc head(struct reading *r, struct err *e)
{
    for (size_t f = 0; f < FIELDS; f++) {
        r->col[f] = r->t->rows ? table_col(r->t, 0, duty_headings[f].code) : -1;
        if (r->col[f] < 0 && duty_headings[f].needed)
            return err_set(e, RC_INVALID, N_("{file} 缺少列「{column}」；列应为 {columns}"),
                           "file", r->t->file, "column",
                           heading_name(duty_headings, duty_headings[f].code, r->a), "columns",
                           heading_list(duty_headings, r->a));
    }
    for (size_t c = 0; c < r->t->cols; c++) {
        const char *name = str_trim(r->a, table_text(r->t, 0, c));
        bool known = !*name;
        for (size_t f = 0; f < FIELDS && !known; f++)
            known = str_eq(name, duty_headings[f].code);
        if (!known)
            return err_set(
                e, RC_INVALID, N_("{file} 有不认识的列「{column}」；列应为 {columns}"), "file",
                r->t->file, "column", name, "columns", heading_list(duty_headings, r->a));
    }
    return RC_OK;
}

/* An account that may hold a post there; others are a problem of their cell. */
static enum rc check_account(struct reading *r, const char *account, struct err *e)
{
    const struct unit *u = units_named(r->us, cell(r, S_UNIT));
    const char *name, *why;
    if (!*account || !u)
        return RC_OK;
    enum rc rc = duty_may_hold(r->s, u, account, r->us->day, r->a, &name, &why, e);
    if (rc == RC_OK && why)
        problem_add(r->problems, r->t, PROBLEM_WRONG, r->row, (size_t)r->col[S_ACCOUNT], why,
                    N_("写任职人登录用的账号；还没有就留空"), "account", account, "unit",
                    u->name);
    return rc;
}

/* The post of this row; NULL when it is wrong. */
static struct duty_sheet_post *post_of(struct reading *r)
{
    CLEANUP(err_done) struct err why = { 0 };
    const char *unit = cell(r, S_UNIT), *name = cell(r, S_POST), *account = cell(r, S_ACCOUNT);
    const struct unit *u = units_named(r->us, unit);
    enum duty duty = duty_of(cell(r, S_DUTY));
    if (!u)
        wrong(r, S_UNIT, N_("今天没有单位「{text}」"), N_("应为单位编码或名称"));
    else if (!duty_may_keep(r->keeper, u))
        wrong(r, S_UNIT, N_("您不维护「{text}」的职责清单"),
              N_("由平台专班或本单位签发人导入"));
    if (duty_name_check(name, &why) != RC_OK)
        wrong(r, S_POST, N_("岗位名称应有1至40个字"), NULL);
    if (!duty)
        wrong(r, S_DUTY, N_("不认识的责任「{text}」"),
              N_("应为 主体责任、监督责任、第一责任人责任 或 一岗双责"));
    if (!u || !*name || !duty)
        return NULL;
    const char *key = arena_printf(r->a, "%s/%s", u->code, name);
    ptrdiff_t at = map_index(r->posts, key);
    if (at < 0) {
        at = (ptrdiff_t)r->out->n;
        map_add_index(r->posts, key, r->out->n);
        struct duty_sheet_post *p = &r->out->posts[r->out->n++];
        *p = (struct duty_sheet_post){ .unit = arena_strdup(r->a, u->code),
                                       .unit_name = arena_strdup(r->a, u->name),
                                       .name = name,
                                       .account = account,
                                       .duty = duty,
                                       .items = arena_array(r->a, DUTY_ITEMS_MAX + 1,
                                                            sizeof(struct duty_item)) };
        return p;
    }
    struct duty_sheet_post *p = &r->out->posts[at];
    if (p->duty != duty)
        wrong(r, S_DUTY, N_("同一岗位的责任写得不一样"), NULL);
    if (*account && *p->account && !str_eq(p->account, account))
        wrong(r, S_ACCOUNT, N_("同一岗位写了两个任职账号"), N_("一个岗位同时只有一个人"));
    if (!*p->account)
        p->account = account;
    return p;
}

static void read_item(struct reading *r, struct duty_sheet_post *p)
{
    CLEANUP(err_done) struct err why = { 0 };
    struct duty_item item = { cell(r, S_TEXT), cell(r, S_BASIS), cell(r, S_OFTEN) };
    if (!*item.text || utf8_count(item.text) > DUTY_TEXT_MAX)
        wrong(r, S_TEXT, N_("职责应有1至300个字"), N_("一行一条"));
    else if (!map_add(r->seen, arena_printf(r->a, "%s/%s/%s", p->unit, p->name, item.text), r))
        wrong(r, S_TEXT, N_("同一岗位的这条职责写了两次"), NULL);
    else if (!*item.basis || utf8_count(item.basis) > DUTY_BASIS_MAX)
        wrong(r, S_BASIS, N_("依据应有1至120个字"), N_("写哪部法规、哪个文件第几条"));
    else if (!duty_often_known(item.often))
        wrong(r, S_OFTEN, N_("不认识的频次「{text}」"),
              N_("应为 随时、每月、每季度、每半年 或 每年"));
    else if (duty_item_check(&item, &why) != RC_OK)
        wrong(r, S_TEXT, N_("这条职责不对"), NULL);
    if (p->n == DUTY_ITEMS_MAX)
        wrong(r, S_POST, N_("岗位「{text}」的职责超过60条"), N_("合并相近的职责"));
    else
        p->items[p->n++] = item;
}

enum rc duty_sheet_read(const struct table *t, const struct snap *s, const struct units *us,
                        const struct person *keeper, struct arena *a, struct duty_sheet *ret,
                        struct problems *problems, struct err *e)
{
    struct reading r = { .t = table_to_codes(t, duty_headings, a),
                         .s = s,
                         .us = us,
                         .keeper = keeper,
                         .a = a,
                         .problems = problems,
                         .posts = map_new(a),
                         .seen = map_new(a),
                         .out = ret };
    if (t->rows > DUTY_ROWS_MAX + 1)
        return err_set(e, RC_TOOBIG, N_("{file} 的行太多:最多2万行"), "file", t->file);
    enum rc rc = head(&r, e);
    if (rc != RC_OK)
        return rc;
    *ret = (struct duty_sheet){ .posts = arena_array(a, t->rows, sizeof(*ret->posts)) };
    for (r.row = 1; r.row < t->rows && rc == RC_OK; r.row++) {
        if (table_row_blank(t, r.row))
            continue;
        rc = check_account(&r, cell(&r, S_ACCOUNT), e);
        struct duty_sheet_post *p = rc == RC_OK ? post_of(&r) : NULL;
        if (p)
            read_item(&r, p);
    }
    return rc;
}

static enum rc write_post(struct tx *tx, struct county *c, const struct duty_sheet_post *p,
                          int year, const char *by, struct arena *a, bool *ret_changed,
                          struct err *e)
{
    struct duty_post *posts;
    const struct duty_post *is = NULL;
    const char *code = NULL;
    size_t n;
    bool listed = false;
    *ret_changed = false;
    enum rc rc = duty_posts(tx_snap(tx), p->unit, a, &posts, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n && !is; i++)
        if (str_eq(posts[i].name, p->name))
            is = &posts[i];
    if (rc == RC_OK && is && is->duty != p->duty)
        rc = err_set(e, RC_CONFLICT,
                     N_("{unit}的岗位「{post}」已登记为{duty}；要改责任，先撤销这个岗位再新建"),
                     "unit", p->unit_name, "post", p->name, "duty_text", duty_text(is->duty));
    if (rc == RC_OK && is)
        code = is->code;
    else if (rc == RC_OK)
        rc = duty_post_add(tx, c, p->unit, p->name, p->duty, by, a, &code, e);
    *ret_changed = !is;
    if (rc == RC_OK && *p->account && (!is || !str_eq(is->account, p->account))) {
        rc = duty_hold(tx, c, code, p->account, county_today(c), by, e);
        *ret_changed = true;
    }
    if (rc == RC_OK)
        rc = duty_list_write(tx, c, code, year, p->items, p->n, by, &listed, e);
    *ret_changed |= listed;
    return rc;
}

struct writing {
    struct county *c;
    const struct duty_sheet *sheet;
    int year;
    const char *by;
    size_t from, to;
    int64_t changed;
};

static enum rc write_slice(struct tx *tx, void *arg, struct err *e)
{
    struct writing *w = arg;
    enum rc rc = RC_OK;
    w->changed = 0;
    for (size_t i = w->from; i < w->to && rc == RC_OK; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        bool changed = false;
        rc = write_post(tx, w->c, &w->sheet->posts[i], w->year, w->by, a, &changed, e);
        w->changed += changed;
    }
    return rc;
}

enum { SLICE = 8 };

enum rc duty_sheet_write(struct county *c, const struct duty_sheet *sheet, int year,
                         const char *by, int64_t *ret_changed, struct err *e)
{
    enum rc rc = RC_OK;
    *ret_changed = 0;
    for (size_t i = 0; i < sheet->n && rc == RC_OK; i += SLICE) {
        struct writing w = { c, sheet, year, by, i, i + SLICE < sheet->n ? i + SLICE : sheet->n,
                             0 };
        rc = db_transact(c->db, write_slice, &w, e);
        *ret_changed += w.changed;
    }
    return rc;
}
