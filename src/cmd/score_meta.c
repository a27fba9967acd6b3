/* META.csv: the tree with what each indicator needs. Errors name the cell. */
#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "cmd/score_files.h"
#include "sheet/csv.h"

#include <math.h>
#include <string.h>

enum column {
    COL_CODE,
    COL_NAME,
    COL_LEVEL,
    COL_PARENT,
    COL_DIRECTION,
    COL_WEIGHT,
    COL_UNIT,
    COL_TARGET,
    COL_DENOMINATOR,
    COL_TYPE,
    COL_OWNER,
    COL_FREQUENCY,
    COL_FORMULA,
    COL_PEER_GROUP,
    COL_FROM,
    COLUMNS
};
static const struct {
    const char *name;
    bool needed;
} columns[COLUMNS] = {
    [COL_CODE] = { "iCode", true },
    [COL_NAME] = { "iName", false },
    [COL_LEVEL] = { "Level", true },
    [COL_PARENT] = { "Parent", true },
    [COL_DIRECTION] = { "Direction", true },
    [COL_WEIGHT] = { "Weight", true },
    [COL_UNIT] = { "Unit", false },
    [COL_TARGET] = { "Target", false },
    [COL_DENOMINATOR] = { "Denominator", false },
    [COL_TYPE] = { "Type", false },
    [COL_OWNER] = { "Owner", false },
    [COL_FREQUENCY] = { "Frequency", false },
    [COL_FORMULA] = { "Formula", false },
    [COL_PEER_GROUP] = { "PeerGroup", false },
    [COL_FROM] = { "From", false },
};

struct reader {
    const struct table *t;
    ptrdiff_t at[COLUMNS]; /* -1: absent */
    struct arena *a;
    struct err *e;
};

void score_note(struct score_notes *notes, struct err *note)
{
    if (notes->n == notes->cap) {
        size_t cap = notes->cap == 0 ? 16 : 2 * notes->cap;
        notes->v = arena_grow(notes->a, notes->v, notes->cap * sizeof(*notes->v),
                              cap * sizeof(*notes->v));
        notes->cap = cap;
    }
    notes->v[notes->n++] = err_message(note, notes->lang, notes->a);
    err_done(note);
}

static enum rc find_columns(struct reader *r, struct score_notes *notes)
{
    for (int c = 0; c < COLUMNS; c++) {
        r->at[c] = table_col(r->t, 0, columns[c].name);
        if (r->at[c] < 0 && columns[c].needed)
            return err_set(r->e, RC_INVALID, N_("{file} 缺少列 {column}"), "file", r->t->file,
                           "column", columns[c].name);
    }
    for (size_t k = 0; k < r->t->cols; k++) {
        const char *name = str_trim(r->a, table_text(r->t, 0, k));
        bool known = false;
        for (int c = 0; c < COLUMNS; c++)
            known |= str_eq(name, columns[c].name);
        if (known && table_col(r->t, 0, name) != (ptrdiff_t)k)
            return err_set(r->e, RC_INVALID, N_("{file} 的列 {column} 出现两次"), "file",
                           r->t->file, "column", name);
        if (!known) {
            struct err note = { 0 };
            (void)err_set(&note, RC_OK, N_("{file} 的列 {column} 不认识,已略过"), "file",
                          r->t->file, "column", name);
            score_note(notes, &note);
        }
    }
    return RC_OK;
}

/* The cell's text without spaces around it; NULL when the column is absent or the cell is empty
 * or NA. */
static const char *cell(const struct reader *r, size_t row, enum column c)
{
    if (r->at[c] < 0)
        return NULL;
    const char *s = str_trim(r->a, table_text(r->t, row, (size_t)r->at[c]));
    return *s == '\0' || str_eq(s, "NA") ? NULL : s;
}

static enum rc bad_cell(const struct reader *r, size_t row, enum column c, const char *text)
{
    const char *s = cell(r, row, c);
    return err_set(r->e, RC_INVALID, text, "file", r->t->file, "where",
                   r->at[c] < 0 ? columns[c].name
                                : table_where(r->a, r->t, row, (size_t)r->at[c]),
                   "column", columns[c].name, "value", s == NULL ? "" : s);
}

static enum rc real_cell(const struct reader *r, size_t row, enum column c, double *ret)
{
    const char *s = cell(r, row, c);
    *ret = NAN;
    if (s != NULL && !parse_real_n(s, strlen(s), ret))
        return bad_cell(r, row, c, N_("{file} {where}({column}):「{value}」不是数"));
    return RC_OK;
}

static enum rc level_and_type(const struct reader *r, size_t row, int *ret_level)
{
    const char *type = cell(r, row, COL_TYPE);
    bool indicator = str_eq(type, "Indicator"), aggregate = str_eq(type, "Aggregate"),
         other = str_eq(type, "Group") || str_eq(type, "Denominator") || str_eq(type, "Other");
    double level;
    *ret_level = 0;
    if (type != NULL && !indicator && !aggregate && !other)
        return bad_cell(r, row, COL_TYPE,
                        N_("{file} {where}({column}):「{value}」应为 "
                           "Indicator、Aggregate、Group、Denominator 或 Other"));
    enum rc rc = real_cell(r, row, COL_LEVEL, &level);
    if (rc != RC_OK || other || (type == NULL && level != level))
        return rc;
    if (!(level >= 1 && level <= SCHEME_LEVELS_MAX && level == floor(level)))
        return bad_cell(r, row, COL_LEVEL,
                        N_("{file} {where}({column}):「{value}」应为 1 至 64 的整数,指标为 1"));
    if ((indicator && level != 1) || (aggregate && level == 1))
        return bad_cell(r, row, COL_LEVEL,
                        N_("{file} {where}({column}):「{value}」与 Type 不符:指标(Indicator)为 "
                           "1,汇总(Aggregate)大于 1"));
    *ret_level = (int)level;
    return RC_OK;
}

/* One row of the tree; *ret_level 0 when it is not one. */
static enum rc read_row(const struct reader *r, size_t row, struct scheme_row *ret)
{
    int level;
    double direction;
    enum rc rc = level_and_type(r, row, &level);
    *ret = (struct scheme_row){ .level = level };
    if (rc != RC_OK || level == 0)
        return rc;
    ret->code = cell(r, row, COL_CODE);
    ret->name = cell(r, row, COL_NAME);
    ret->parent = cell(r, row, COL_PARENT);
    if (ret->code == NULL)
        return bad_cell(r, row, COL_CODE, N_("{file} {where}({column}):缺少编码"));
    rc = real_cell(r, row, COL_DIRECTION, &direction);
    if (rc == RC_OK && !(fabs(direction) == 1 || (direction != direction && level > 1)))
        rc = bad_cell(r, row, COL_DIRECTION,
                      N_("{file} {where}({column}):「{value}」应为 1 或 -1"));
    ret->direction = direction < 0 ? -1 : 1;
    if (rc == RC_OK)
        rc = real_cell(r, row, COL_WEIGHT, &ret->weight);
    if (rc == RC_OK && ret->parent != NULL && !(ret->weight > 0))
        rc = bad_cell(r, row, COL_WEIGHT,
                      N_("{file} {where}({column}):「{value}」应为大于 0 的数"));
    if (rc == RC_OK)
        rc = real_cell(r, row, COL_TARGET, &ret->target);
    return rc;
}

enum rc score_meta_read(const char *path, struct arena *a, struct score_notes *notes,
                        struct score_meta *ret, struct err *e)
{
    struct table *t;
    enum rc rc = csv_read_file(a, path, NULL, &t, e);
    if (rc != RC_OK)
        return rc;
    if (t->note != NULL) {
        struct err note = { 0 };
        (void)err_set(&note, RC_OK, t->note);
        score_note(notes, &note);
    }
    struct reader r = { .t = t, .a = a, .e = e };
    if (t->rows == 0)
        return err_set(e, RC_INVALID, N_("{file} 是空的"), "file", t->file);
    rc = find_columns(&r, notes);
    if (rc != RC_OK)
        return rc;
    struct scheme_row *rows = arena_array(a, t->rows, sizeof(*rows));
    struct score_meta m = { .denominator = arena_array(a, t->rows, sizeof(*m.denominator)),
                            .formula = arena_array(a, t->rows, sizeof(*m.formula)) };
    size_t n = 0;
    for (size_t i = 1; i < t->rows; i++) {
        if (table_row_blank(t, i))
            continue;
        rc = read_row(&r, i, &rows[n]);
        if (rc != RC_OK)
            return rc;
        if (rows[n].level == 0)
            continue;
        m.denominator[n] = cell(&r, i, COL_DENOMINATOR);
        m.formula[n] = cell(&r, i, COL_FORMULA);
        n++;
    }
    rc = scheme_build(rows, n, a, &m.tree, e);
    if (rc == RC_OK)
        *ret = m;
    return rc;
}
