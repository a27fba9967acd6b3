/*
 * Guessing columns. A head is known by its words: whole words surely, a part of them perhaps; a
 * column without a known head may be known by its cells. The best row of the first twenty is
 * the head.
 */
#include "monitor/sheet_map.h"

#include "base/parse.h"
#include "base/str.h"
#include "sheet/cell.h"

#include <jansson.h>
#include <string.h>

enum { HEAD_ROWS_MAX = 20, HEAD_BYTES_MAX = 60, CELLS_LOOKED_AT = 200, LENGTH_MAX = 1 << 20 };

static const struct {
    const char *code, *name;
    const char *words[18]; /* the whole head; then NULL */
} roles[SHEET_ROLES] = {
    [ROLE_KEEP] = { "keep", N_("原样保留"), { NULL } },
    [ROLE_LEVEL1] = { "level1",
                      N_("一级"),
                      { "一级", "一级指标", "一级目录", "一级项目", "考核类别", "类别",
                        "指标类别", "方面", "考核大项", NULL } },
    [ROLE_LEVEL1 +
        1] = { "level2", N_("二级"), { "二级", "二级指标", "二级目录", "二级项目", NULL } },
    [ROLE_LEVEL1 +
        2] = { "level3", N_("三级"), { "三级", "三级指标", "三级目录", "三级项目", NULL } },
    [ROLE_LEVEL1 + 3] = { "level4", N_("四级"), { "四级", "四级指标", NULL } },
    [ROLE_LEVEL5] = { "level5", N_("五级"), { "五级", "五级指标", NULL } },
    [ROLE_INDICATOR] = { "indicator",
                         N_("指标名称"),
                         { "指标名称", "指标", "考核内容", "考核指标", "考核要点", "评价要点",
                           "具体指标", "考核事项", "评价指标", "监测指标", "指标内容",
                           "考核项目", "评价内容", "主要指标", NULL } },
    [ROLE_CODE] = { "code", N_("指标编码"), { "指标编码", "指标代码", "编码", "代码", NULL } },
    [ROLE_SCORE] = { "score",
                     N_("分值"),
                     { "分值", "权重", "满分", "标准分", "分数", "赋分", "权重(%)", "分值(分)",
                       "满分值", "指标权重", "基准分", NULL } },
    [ROLE_STANDARD] = { "standard",
                        N_("评分标准"),
                        { "评分标准", "计分标准", "评分办法", "计分办法", "计分方法",
                          "评分方法", "考核标准", "评价标准", "扣分标准", "评分细则",
                          "计分规则", "评分规则", "考核评分标准", "计分方式", "评分依据",
                          NULL } },
    [ROLE_SOURCE] = { "source",
                      N_("数据来源"),
                      { "数据来源", "资料来源", "来源", "数据源", "取数方式", "数据获取方式",
                        "采集方式", "考核依据", NULL } },
    [ROLE_OWNER] = { "owner",
                     N_("责任单位"),
                     { "责任单位", "牵头单位", "责任部门", "牵头部门", "考核单位", "考核部门",
                       "数据提供单位", "提供单位", "数据责任单位", "考核责任单位",
                       "实施考核单位", "牵头考核单位", "数据单位", "责任科室", NULL } },
    [ROLE_FREQUENCY] = { "frequency",
                         N_("周期"),
                         { "周期", "频率", "频次", "考核周期", "报送周期", "监测周期",
                           "更新周期", "更新频率", "考核频次", "报送频率", "采集周期", NULL } },
    [ROLE_UNIT] = { "unit",
                    N_("计量单位"),
                    { "计量单位", "数据单位(量纲)", "单位(计量)", NULL } },
    [ROLE_GROUPS] = { "groups",
                      N_("考核对象"),
                      { "考核对象", "适用对象", "适用范围", "被考核单位", "考核范围", NULL } },
    [ROLE_TARGET] = { "target",
                      N_("目标值"),
                      { "目标值", "年度目标", "目标", "年度目标值", NULL } },
    [ROLE_NUMBER] = { "number", N_("序号"), { "序号", "编号", "序", "no", "no.", NULL } },
    [ROLE_NOTE] = { "note", N_("备注"), { "备注", "说明", NULL } },
};

const char *sheet_role_code(enum sheet_role r)
{
    return roles[r].code;
}

const char *sheet_role_name(enum sheet_role r)
{
    return roles[r].name;
}

enum sheet_role sheet_role_of(const char *code)
{
    enum sheet_role r = ROLE_KEEP;
    while (r < SHEET_ROLES && !str_eq(roles[r].code, code))
        r++;
    return r;
}

/* A head as words: no spaces, no line ends. */
static const char *head_words(struct arena *a, const char *s)
{
    struct str b;
    str_init(&b, a);
    for (s = cell_clean(a, s); *s; s++)
        if (!strchr(" \t\r\n", *s))
            str_addc(&b, *s);
    return b.s;
}

static enum sheet_role head_role(const char *words, bool *ret_sure)
{
    *ret_sure = true;
    for (enum sheet_role r = ROLE_KEEP; r < SHEET_ROLES; r++)
        for (const char *const *w = roles[r].words; *w; w++)
            if (strcasecmp(*w, words) == 0)
                return r;
    *ret_sure = false;
    size_t best = 0;
    enum sheet_role found = ROLE_KEEP;
    for (enum sheet_role r = ROLE_KEEP; r < SHEET_ROLES && strlen(words) <= HEAD_BYTES_MAX; r++)
        for (const char *const *w = roles[r].words; *w; w++)
            if (strlen(*w) > best && strlen(*w) >= strlen("分值") && strstr(words, *w)) {
                best = strlen(*w);
                found = r;
            }
    return found;
}

static bool is_name(enum sheet_role r)
{
    return r >= ROLE_LEVEL1 && r <= ROLE_INDICATOR;
}

/* How much a row looks like a head: names count double, sure ones too; 0 without a column of
 * names. */
static size_t head_score(struct arena *a, const struct table *t, size_t row)
{
    bool seen[SHEET_ROLES] = { false }, names = false;
    size_t score = 0;
    for (size_t c = 0; c < t->cols; c++) {
        bool sure;
        enum sheet_role r = head_role(head_words(a, table_text(t, row, c)), &sure);
        if (r == ROLE_KEEP || seen[r])
            continue;
        seen[r] = true;
        names = names || is_name(r);
        score += (size_t)(is_name(r) ? 2 : 1) * (sure ? 2 : 1);
    }
    return names ? score : 0;
}

/* A column whose head says nothing, by what most of its cells say. */
static enum sheet_role cells_role(struct arena *a, const struct table *t, size_t head,
                                  size_t col)
{
    size_t n = 0, scoring = 0, often = 0;
    for (size_t r = head + 1; r < t->rows && n < CELLS_LOOKED_AT; r++) {
        const char *s = head_words(a, table_text(t, r, col));
        if (!s[0])
            continue;
        n++;
        scoring += (strstr(s, "扣") || strstr(s, "得满分") || strstr(s, "不得分") ||
                    strstr(s, "得分")) &&
                   strstr(s, "分");
        often += str_eq(s, "季度") || str_eq(s, "月") || str_eq(s, "年") ||
                 str_eq(s, "每季度") || str_eq(s, "每月") || str_eq(s, "年度") ||
                 str_eq(s, "月度");
    }
    if (n >= 2 && scoring * 2 > n)
        return ROLE_STANDARD;
    return n >= 2 && often * 2 > n ? ROLE_FREQUENCY : ROLE_KEEP;
}

static void samples(struct arena *a, const struct table *t, size_t head, size_t col,
                    struct sheet_column *c)
{
    size_t n = 0;
    for (size_t r = head + 1; r < t->rows && n < SHEET_SAMPLES && r < head + CELLS_LOOKED_AT;
         r++) {
        const char *s = table_text(t, r, col);
        if (!s[0] || (n && str_eq(c->sample[n - 1], s)))
            continue;
        c->sample[n++] = s;
    }
}

static void guess_columns(struct arena *a, const struct table *filled, struct sheet_map *m)
{
    bool seen[SHEET_ROLES] = { false };
    m->n_columns = filled->cols;
    m->column = arena_array(a, filled->cols, sizeof(m->column[0]));
    for (size_t c = 0; c < filled->cols; c++) {
        char letter[CELL_NAME];
        struct sheet_column *col = &m->column[c];
        col->letter = arena_strdup(a, col_name(c, letter));
        col->head = head_words(a, table_text(filled, m->head, c));
        col->role = head_role(col->head, &col->sure);
        /* A second column of the same kind is not guessed; scores may stand behind each level.
         */
        if (seen[col->role] && col->role != ROLE_SCORE)
            col->role = ROLE_KEEP;
        seen[col->role] = true;
        samples(a, m->table, m->head, c, col);
    }
    for (size_t c = 0; c < filled->cols; c++) {
        struct sheet_column *col = &m->column[c];
        if (col->role != ROLE_KEEP)
            continue;
        enum sheet_role r = cells_role(a, m->table, m->head, c);
        col->sure = r == ROLE_KEEP;
        if (!seen[r])
            col->role = r;
        seen[r] = true;
    }
}

enum rc sheet_map_guess(struct arena *a, const struct book *book, const char *file,
                        struct sheet_map *ret, struct err *e)
{
    return sheet_map_read(a, book, file, NULL, ret, e);
}

/* The best head of one sheet, or of all that are not hidden. */
static size_t find_head(struct arena *a, const struct book *book, struct sheet_map *m,
                        const char *only)
{
    size_t best = 0;
    for (size_t i = 0; i < book->n; i++) {
        const struct table *t = book->sheet[i];
        if (only ? !str_eq(t->name, only) : t->hidden)
            continue;
        struct table *filled = table_unmerge(a, t);
        for (size_t r = 0; r < t->rows && r < HEAD_ROWS_MAX; r++) {
            size_t score = head_score(a, filled, r);
            /* Of two rows of a head the lower says more; but not of two sheets. */
            if (score > best || (score && score == best && m->table == t && r == m->head + 1)) {
                best = score;
                m->table = t;
                m->head = r;
            }
        }
    }
    return best;
}

/* MAP.json */

static enum rc wrong_key(const char *file, const char *key, const char *want, struct err *e)
{
    return err_set(e, RC_INVALID, N_("{file} 的读表设置{key}不对;应为{want}"), "file", file,
                   "key", key, "want", want);
}

static enum rc texts(struct arena *a, const char *file, const char *key, json_t *o,
                     struct map *to, struct err *e)
{
    const char *name;
    json_t *v;
    if (!json_is_object(o))
        return wrong_key(file, key, "{\"…\": \"…\"}", e);
    json_object_foreach(o, name, v)
    {
        if (!json_is_string(v))
            return wrong_key(file, key, "{\"…\": \"…\"}", e);
        map_set(to, name, arena_strdup(a, json_string_value(v)));
    }
    return RC_OK;
}

static enum rc override_columns(struct arena *a, const char *file, json_t *o,
                                struct sheet_map *m, struct err *e)
{
    const char *letter;
    json_t *v;
    if (!json_is_object(o))
        return wrong_key(file, "columns", "{\"A\": \"level1\"}", e);
    json_object_foreach(o, letter, v)
    {
        enum sheet_role r =
            json_is_string(v) ? sheet_role_of(json_string_value(v)) : SHEET_ROLES;
        size_t c = 0;
        while (c < m->n_columns && !str_eq(m->column[c].letter, letter))
            c++;
        if (r == SHEET_ROLES || c == m->n_columns)
            return wrong_key(file, arena_printf(a, "columns.%s", letter),
                             "level1-5, indicator, code, score, standard, source, owner, "
                             "frequency, unit, groups, target, "
                             "number, note, keep",
                             e);
        m->column[c].role = r;
        m->column[c].sure = true;
    }
    return RC_OK;
}

static enum rc apply(struct arena *a, const struct book *book, const char *file, json_t *o,
                     struct sheet_map *m, struct err *e)
{
    static const char *const keys[] = { "sheet", "head", "columns", "names", "answers" };
    const char *key;
    json_t *v;
    json_object_foreach(o, key, v)
    {
        size_t i = 0;
        while (i < COUNT(keys) && !str_eq(keys[i], key))
            i++;
        if (i == COUNT(keys))
            return wrong_key(file, key, "sheet, head, columns, names, answers", e);
    }
    json_t *sheet = json_object_get(o, "sheet"), *head = json_object_get(o, "head");
    const char *only = json_string_value(sheet);
    if (sheet && (!only || (!book_sheet(book, only) && book->sheet[0]->name)))
        return wrong_key(file, "sheet", N_("已有的工作表名"), e);
    if (!find_head(a, book, m, book->sheet[0]->name ? only : NULL) && (!head || !only)) {
        if (!head)
            return err_set(e, RC_INVALID,
                           N_("{file} "
                              "没有认出表头;应有“一级”“指标名称”“考核内容”这样的列名,"
                              "或在设置里写明表头在第几行"),
                           "file", file);
        m->table = book->sheet[0];
    }
    if (!m->table)
        m->table = book_sheet(book, only);
    if (head) {
        json_int_t line = json_integer_value(head);
        size_t row = 0;
        while (row < m->table->rows && (json_int_t)table_line(m->table, row) != line)
            row++;
        if (!json_is_integer(head) || row == m->table->rows)
            return wrong_key(file, "head", N_("表头所在的行号"), e);
        m->head = row;
    }
    guess_columns(a, table_unmerge(a, m->table), m);
    enum rc rc = RC_OK;
    if ((v = json_object_get(o, "columns")))
        rc = override_columns(a, file, v, m, e);
    if (rc == RC_OK && (v = json_object_get(o, "names")))
        rc = texts(a, file, "names", v, (struct map *)m->names, e);
    if (rc == RC_OK && (v = json_object_get(o, "answers")))
        rc = texts(a, file, "answers", v, (struct map *)m->answers, e);
    return rc;
}

enum rc sheet_map_read(struct arena *a, const struct book *book, const char *file,
                       const char *json, struct sheet_map *ret, struct err *e)
{
    struct sheet_map m = { .names = map_new(a), .answers = map_new(a) };
    json_error_t je;
    size_t n = json ? strlen(json) : 0;
    json_t *o = n == 0           ? json_object()
                : n > LENGTH_MAX ? NULL
                                 : json_loadb(json, n, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(o)) {
        json_decref(o);
        return wrong_key(file, "JSON", "{\"sheet\": …, \"head\": …, \"columns\": {…}}", e);
    }
    enum rc rc = apply(a, book, file, o, &m, e);
    json_decref(o);
    if (rc != RC_OK)
        return rc;
    bool names = false;
    for (size_t c = 0; c < m.n_columns; c++)
        names = names || is_name(m.column[c].role);
    if (!names)
        return err_set(e, RC_INVALID,
                       N_("{file} 没有一列是指标名称;请指明哪一列是一级、二级、三级或指标"),
                       "file", file);
    *ret = m;
    return RC_OK;
}

static void add_texts(struct arena *a, struct str *b, const char *key, const struct map *m)
{
    size_t n = 0;
    const char **keys = map_keys(m, a, &n);
    if (!n)
        return;
    str_addf(b, ",\"%s\":{", key);
    for (size_t i = 0; i < n; i++) {
        str_add(b, i ? "," : "");
        json_text(b, keys[i]);
        str_addc(b, ':');
        json_text(b, map_get(m, keys[i]));
    }
    str_addc(b, '}');
}

const char *sheet_map_json(struct arena *a, const struct sheet_map *m)
{
    struct str b;
    str_init(&b, a);
    str_addc(&b, '{');
    if (m->table->name) {
        str_add(&b, "\"sheet\":");
        json_text(&b, m->table->name);
        str_addc(&b, ',');
    }
    str_addf(&b, "\"head\":%zu,\"columns\":{", table_line(m->table, m->head));
    for (size_t c = 0; c < m->n_columns; c++)
        str_addf(&b, "%s\"%s\":\"%s\"", c ? "," : "", m->column[c].letter,
                 sheet_role_code(m->column[c].role));
    str_addc(&b, '}');
    add_texts(a, &b, "names", m->names);
    add_texts(a, &b, "answers", m->answers);
    str_addc(&b, '}');
    return b.s;
}
