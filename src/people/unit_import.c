/* Units from tables and back. */
#include "people/unit_import.h"

#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "people/unit.sql.h"
#include "sheet/cell.h"
#include "store/county.h"

enum { U_CODE, U_PARENT, U_NAME, U_KIND, U_PEERS, U_FROM, U_TO, UNIT_FIELDS };
static const char *const columns[UNIT_FIELDS] = { "code",       "parent", "name", "kind",
                                                  "peer_group", "from",   "to" };

static const struct heading_word kind_words[] = {
    { "county", "县(区)|县|区|县区|市" },
    { "town", "乡镇|镇|乡" },
    { "street", "街道" },
    { "department", "部门" },
    { "source", "数据部门" },
    { "village", "村" },
    { "group", "派驻纪检监察组|派驻组" },
    { NULL, NULL },
};
const struct heading unit_headings[] = {
    { "code", "编码|代码|单位编码|单位代码",
      N_("每个单位一个，字母、数字、- 和 _，定了就不再变"), "T01", true, NULL },
    { "parent", "上级|上级编码|上级单位|上级名称", N_("上级单位的编码或名称；县(区)本身留空"),
      "QX", true, NULL },
    { "name", "名称|单位|单位名称", N_("单位全称或通用简称"), "云岭镇", true, NULL },
    { "kind", "类型|类别|单位类型|单位类别",
      N_("县(区)、乡镇、街道、部门、数据部门、派驻纪检监察组，或县里自己的叫法"), "乡镇", true,
      kind_words },
    { "peer_group", "分组|比较分组|评估分组",
      N_("互相比较的单位写同一个词；留空就不评估，县(区)、派驻组、数据部门一般留空"),
      "乡镇街道", false, NULL },
    { "from", "起|自|起始日期|开始日期", N_("从哪天起，如 2026-01-01；留空是一直"), "", false,
      NULL },
    { "to", "止|至|终止日期|结束日期", N_("到哪天止；留空是至今"), "", false, NULL },
    { NULL, NULL, NULL, NULL, false, NULL },
};

static int32_t day_in(const struct table *t, size_t row, ptrdiff_t col,
                      struct problems *problems, struct arena *a)
{
    const char *s = col < 0 ? "" : str_trim(a, table_text(t, row, (size_t)col));
    struct period day; /* a date cell, 2026/9/30 and 2026年9月30日 are dates, too */
    if (!*s)
        return 0;
    if (cell_period(s, &day) && period_kind(day) == PERIOD_DAY)
        return period_first_day(day);
    problem_add(problems, t, PROBLEM_WRONG, row, (size_t)col, N_("不是日期"),
                N_("应写作 2026-09-30"));
    return 0;
}

/* A parent that is no code of the table but the name of one unit in it is that unit. */
static void parents_by_name(struct arena *a, struct unit_term *terms, size_t n)
{
    struct map *codes = map_new(a), *names = map_new(a);
    static const char twice[] = "";
    for (size_t i = 0; i < n; i++) {
        map_set(codes, terms[i].code, &terms[i]);
        const char *was = map_get(names, terms[i].name);
        map_set(names, terms[i].name,
                (void *)(!was || str_eq(was, terms[i].code) ? terms[i].code : twice));
    }
    for (size_t i = 0; i < n; i++) {
        const char *code =
            map_has(codes, terms[i].parent) ? NULL : map_get(names, terms[i].parent);
        if (code && *code)
            terms[i].parent = code;
    }
}

enum rc units_from_table(const struct table *t, struct arena *a, struct unit_term **ret,
                         size_t *ret_n, struct problems *problems, struct err *e)
{
    const char *file = t->file ? t->file : "";
    ptrdiff_t col[UNIT_FIELDS];
    t = table_to_codes(t, unit_headings, a);
    for (size_t i = 0; i < UNIT_FIELDS; i++)
        col[i] = t->rows ? table_col(t, 0, columns[i]) : -1;
    for (size_t c = 0; t->rows && c < t->cols; c++) {
        bool known = false;
        for (size_t i = 0; i < UNIT_FIELDS; i++)
            known |= col[i] == (ptrdiff_t)c;
        if (!known)
            return err_set(e, RC_INVALID,
                           N_("{file}: 不认识「{column}」这一列;可用的列: {columns}"), "file",
                           file, "column", table_text(t, 0, c), "columns",
                           heading_list(unit_headings, a));
    }
    for (size_t i = 0; i <= U_KIND; i++)
        if (col[i] < 0)
            return err_set(e, RC_INVALID, N_("{file}: 缺少「{column}」这一列"), "file", file,
                           "column", heading_name(unit_headings, columns[i], a));
    struct unit_term *terms = arena_array(a, t->rows, sizeof(*terms));
    size_t n = 0;
    for (size_t r = 1; r < t->rows; r++) {
        if (table_row_blank(t, r))
            continue;
        const char *cell[U_FROM];
        for (size_t i = 0; i < U_FROM; i++)
            cell[i] = col[i] < 0 ? "" : str_trim(a, table_text(t, r, (size_t)col[i]));
        if (!*cell[U_CODE])
            problem_add(problems, t, PROBLEM_WRONG, r, (size_t)col[U_CODE], N_("没有编码"),
                        NULL);
        terms[n++] = (struct unit_term){ .code = cell[U_CODE],
                                         .parent = cell[U_PARENT],
                                         .name = cell[U_NAME],
                                         .kind = cell[U_KIND],
                                         .peer_group = cell[U_PEERS],
                                         .from_day = day_in(t, r, col[U_FROM], problems, a),
                                         .to_day = day_in(t, r, col[U_TO], problems, a) };
    }
    parents_by_name(a, terms, n);
    *ret = terms;
    *ret_n = n;
    return RC_OK;
}

struct writing {
    struct county *c;
    const char *by;
    const struct unit_term *terms;
    size_t n;
    bool dry;
    const struct file_sent *file;
};

static enum rc write(struct tx *tx, void *arg, struct err *e)
{
    const struct writing *w = arg;
    enum rc rc = w->n ? units_write(tx, w->c, w->terms, w->n, 2, w->by, e) : RC_OK;
    if (rc == RC_OK && w->file)
        rc = file_sent_register(tx, w->c, w->file, w->by, e);
    /* A dry run does everything and takes it back. */
    return rc == RC_OK && w->dry ? err_set(e, RC_DONE, NULL) : rc;
}

enum rc units_import(struct county *c, struct unit_term *terms, size_t n, bool dry,
                     struct file_sent *file, const char *by, size_t *ret_changed, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map *there = map_new(a);
    struct unit_terms_all_row *rows = NULL;
    size_t n_rows = 0;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        enum rc rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = unit_terms_all_all(s, a, &rows, &n_rows, e);
        if (rc != RC_OK)
            return rc;
    }
    for (size_t i = 0; i < n_rows; i++)
        map_add(there, arena_printf(a, "%s %lld", rows[i].code, (long long)rows[i].from_day),
                &rows[i]);
    struct unit_term *changed = arena_array(a, n, sizeof(*changed));
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const struct unit_terms_all_row *old =
            map_get(there, arena_printf(a, "%s %d", terms[i].code, terms[i].from_day));
        if (old && str_eq(old->name, terms[i].name) && str_eq(old->kind, terms[i].kind) &&
            str_eq(old->peer_group, terms[i].peer_group) && old->to_day == terms[i].to_day &&
            str_eq(old->parent ? old->parent : "", terms[i].parent))
            continue;
        changed[m] = terms[i];
        if (old)
            changed[m].sort = (int)old->sort;
        m++;
    }
    struct writing w = {
        .c = c, .by = by, .terms = changed, .n = m, .dry = dry, .file = dry ? NULL : file
    };
    enum rc rc = w.file ? file_sent_keep(c, file, e) : RC_OK;
    if (rc == RC_OK && (m || w.file))
        rc = db_transact(c->db, write, &w, e);
    if (dry && rc == RC_DONE) {
        err_done(e);
        rc = RC_OK;
    }
    if (rc == RC_OK)
        *ret_changed = m;
    return rc;
}

enum rc units_to_table(const struct snap *s, struct arena *a, const struct table **ret,
                       struct err *e)
{
    struct unit_terms_all_row *rows;
    size_t n;
    enum rc rc = unit_terms_all_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct table *t = table_new(a, n + 1, UNIT_FIELDS, false);
    for (size_t i = 0; i < UNIT_FIELDS; i++)
        table_set(t, 0, i, CELL_TEXT, columns[i]);
    for (size_t i = 0; i < n; i++) {
        char from[PERIOD_TEXT] = "", to[PERIOD_TEXT] = "";
        if (rows[i].from_day)
            day_code((int32_t)rows[i].from_day, from);
        if (rows[i].to_day)
            day_code((int32_t)rows[i].to_day, to);
        const char *cells[UNIT_FIELDS] = {
            rows[i].code,       rows[i].parent ? rows[i].parent : "",
            rows[i].name,       rows[i].kind,
            rows[i].peer_group, arena_strdup(a, from),
            arena_strdup(a, to)
        };
        for (size_t c = 0; c < UNIT_FIELDS; c++)
            table_set(t, i + 1, c, CELL_TEXT, cells[c]);
    }
    *ret = t;
    return RC_OK;
}
