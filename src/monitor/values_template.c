/* What a department is given to fill in: the forms values_check reads. */
#include "base/str.h"
#include "monitor/values_check.h"

#include <math.h>

enum { WIDE_TITLE, WIDE_POINTS, WIDE_PERIODS, WIDE_HEAD, WIDE_ROWS /* of units from here */ };
enum { WIDE_CODE, WIDE_NAME, WIDE_VALUES };

static const char how_wide[] =
    N_("怎么填：每格填一个数字。没有数值的，填缺失原因："
       "不适用、未到期、拒绝提供、暂不提供、灭失。缺失不等于零。\n"
       "空着的格子表示这次不报。划“—”的格子不用填。\n"
       "编码和期间所在的行请保留，导入时要用。不要添加姓名、身份证号、电话等个人信息。");
static const char how_long[] =
    N_("怎么填：一行一个数值，填在value列。没有数值的，value留空，missing列选缺失原因："
       "na不适用、notdue未到期、refused拒绝提供、"
       "withheld暂不提供、lost灭失。缺失不等于零。\n"
       "不要添加姓名、身份证号、电话等个人信息。");

static void set_value(struct arena *a, struct table *t, size_t row, size_t col,
                      size_t missing_col, const struct values_known *v)
{
    if (!v->there)
        return;
    if (isnan(v->value)) {
        for (size_t i = 0; i < COUNT(value_missing_kinds); i++)
            if (str_eq(value_missing_kinds[i].value, v->missing))
                table_set(t, row, missing_col, CELL_TEXT,
                          missing_col == col ? value_missing_kinds[i].name
                                             : value_missing_kinds[i].value);
        return;
    }
    struct str b;
    str_init(&b, a);
    json_num(&b, v->value);
    table_set(t, row, col, CELL_NUMBER, b.s);
}

static bool asked(const struct values_lookup *look, size_t unit, size_t point)
{
    return !look->applies || look->applies(look->arg, unit, point);
}

static struct values_known known(const struct values_lookup *look,
                                 const struct values_template *t, size_t unit,
                                 const struct values_column *c)
{
    struct values_known v = { 0 };
    if (t->prefill && look->known)
        look->known(look->arg, unit, c->point, c->period, &v);
    return v;
}

static const char *notes(struct arena *a, const struct values_template *t, const char *how)
{
    return t->note && t->note[0] ? arena_printf(a, "%s\n%s", t->note, how) : how;
}

const struct table *values_template_wide(struct arena *a, const struct values_lookup *look,
                                         const struct values_template *t)
{
    size_t cols = WIDE_VALUES + t->n_column;
    struct table *out = table_new(a, WIDE_ROWS + t->n_unit, cols, /* with_kinds= */ true);
    struct table_look *style = arena_alloc(a, sizeof(*style));
    char code[PERIOD_TEXT];
    out->name = "填报";
    table_set(out, WIDE_TITLE, 0, CELL_TEXT, t->title);
    table_set(out, WIDE_POINTS, 0, CELL_TEXT, "监测点编码");
    table_set(out, WIDE_PERIODS, 0, CELL_TEXT, "期间");
    table_set(out, WIDE_HEAD, WIDE_CODE, CELL_TEXT, "单位编码");
    table_set(out, WIDE_HEAD, WIDE_NAME, CELL_TEXT, "单位名称");
    for (size_t i = 0; i < t->n_column; i++) {
        const struct values_point *p = &look->point[t->column[i].point];
        size_t col = WIDE_VALUES + i;
        table_set(out, WIDE_POINTS, col, CELL_TEXT, p->code);
        table_set(out, WIDE_PERIODS, col, CELL_TEXT,
                  arena_strdup(a, period_code(t->column[i].period, code)));
        table_set(out, WIDE_HEAD, col, CELL_TEXT,
                  p->unit_of_measure[0] ? arena_printf(a, "%s(%s)", p->name, p->unit_of_measure)
                                        : p->name);
    }
    for (size_t u = 0; u < t->n_unit; u++) {
        size_t row = WIDE_ROWS + u;
        table_set(out, row, WIDE_CODE, CELL_TEXT, look->unit[t->unit[u]].code);
        table_set(out, row, WIDE_NAME, CELL_TEXT, look->unit[t->unit[u]].name);
        for (size_t i = 0; i < t->n_column; i++) {
            struct values_known v = known(look, t, t->unit[u], &t->column[i]);
            if (!asked(look, t->unit[u], t->column[i].point))
                table_set(out, row, WIDE_VALUES + i, CELL_TEXT, "—");
            else
                set_value(a, out, row, WIDE_VALUES + i, WIDE_VALUES + i, &v);
        }
    }
    if (cols > 1) {
        out->merge = arena_array(a, 1, sizeof(out->merge[0]));
        out->merge[out->n_merge++] = (struct cell_merge){ WIDE_TITLE, 0, WIDE_TITLE, cols - 1 };
    }
    style->head_rows = style->frozen_rows = WIDE_ROWS;
    style->frozen_cols = WIDE_VALUES;
    style->row_hidden = arena_alloc(a, out->rows);
    style->row_hidden[WIDE_POINTS] = true;
    style->width = arena_array(a, cols, sizeof(double));
    for (size_t c = 0; c < cols; c++)
        style->width[c] = c == WIDE_CODE ? 10 : 16;
    style->note = notes(a, t, how_wide);
    out->look = style;
    return out;
}

const struct table *values_template_long(struct arena *a, const struct values_lookup *look,
                                         const struct values_template *t)
{
    enum { UNIT, POINT, PERIOD, VALUE, MISSING, NOTE, LONG_COLS };
    static const char *const head[LONG_COLS] = { "unit",  "point",   "period",
                                                 "value", "missing", "note" };
    static const char *const kinds[] = { "na", "notdue", "refused", "withheld", "lost", NULL };
    size_t rows = 1;
    char code[PERIOD_TEXT];
    for (size_t u = 0; u < t->n_unit; u++)
        for (size_t i = 0; i < t->n_column; i++)
            rows += asked(look, t->unit[u], t->column[i].point);
    struct table *out = table_new(a, rows, LONG_COLS, /* with_kinds= */ true);
    out->name = "填报";
    for (size_t c = 0; c < LONG_COLS; c++)
        table_set(out, 0, c, CELL_TEXT, head[c]);
    size_t row = 1;
    for (size_t i = 0; i < t->n_column; i++)
        for (size_t u = 0; u < t->n_unit; u++) {
            if (!asked(look, t->unit[u], t->column[i].point))
                continue;
            struct values_known v = known(look, t, t->unit[u], &t->column[i]);
            table_set(out, row, UNIT, CELL_TEXT, look->unit[t->unit[u]].code);
            table_set(out, row, POINT, CELL_TEXT, look->point[t->column[i].point].code);
            table_set(out, row, PERIOD, CELL_TEXT,
                      arena_strdup(a, period_code(t->column[i].period, code)));
            set_value(a, out, row, VALUE, MISSING, &v);
            row++;
        }
    struct table_look *style = arena_alloc(a, sizeof(*style));
    style->head_rows = style->frozen_rows = 1;
    style->note = notes(a, t, how_long);
    if (rows > 1) {
        style->choice = arena_array(a, 1, sizeof(style->choice[0]));
        style->choice[style->n_choice++] =
            (struct cell_choice){ 1, MISSING, rows - 1, MISSING, .value = kinds };
    }
    out->look = style;
    return out;
}
