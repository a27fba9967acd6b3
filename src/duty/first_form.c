/*
 * Counts of the first form. The one idea: inside the circle the table first_form, outside only
 * first_form_shown, which never holds a small number; no query for others touches the former.
 * Nothing here appends a record.
 */
#include "duty/first_form.h"

#include "base/period.h"
#include "base/str.h"
#include "duty/duty.sql.h"
#include "duty/suppress.h"
#include "store/county.h"
#include "store/setting.h"

enum { LEVEL_MAX = 20 };

static enum rc levels_check(const char *value, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n;
    char **list = str_split(a, value, '|', &n);
    bool ok = n >= 1 && n <= FIRST_FORM_LEVELS_MAX;
    for (size_t i = 0; ok && i < n; i++) {
        ok = *str_trim(a, list[i]) && utf8_count(list[i]) <= LEVEL_MAX;
        for (size_t k = 0; k < i; k++)
            ok &= !str_eq(list[i], list[k]);
    }
    return ok ? RC_OK
              : err_set(e, RC_INVALID,
                        N_("应写1至8个不同的级别，用 | 分开，每个至多20个字，如 "
                           "县管干部|科级|其他"));
}

const struct setting duty_settings[] = {
    { .key = "duty.levels",
      .type = SETTING_TEXT,
      .fallback = "县管干部|科级|其他",
      .max = 600,
      .title = N_("第一种形态的级别"),
      .help = N_("第一种形态人次按哪些级别登记，用 | 分开"),
      .check = levels_check },
};
const size_t duty_settings_n = COUNT(duty_settings);

enum rc first_form_levels(const struct snap *s, struct arena *a, const char ***ret,
                          size_t *ret_n, struct err *e)
{
    const char *value;
    enum rc rc = setting_text(s, &duty_settings[0], a, &value, e);
    if (rc != RC_OK)
        return rc;
    char **list = str_split(a, value, '|', ret_n);
    const char **levels = arena_array(a, *ret_n, sizeof(*levels));
    for (size_t i = 0; i < *ret_n; i++)
        levels[i] = str_trim(a, list[i]);
    *ret = levels;
    return RC_OK;
}

/* Whose entries p may see: "" all of them, else those of their own office. */
static enum rc circle(const struct person *p, const struct units *us, const char **ret_organ,
                      struct err *e)
{
    *ret_organ = "";
    if (person_may(p, CAP_DISCIPLINE, NULL))
        return RC_OK;
    if (!person_can(p, CAP_DISCIPLINE))
        return person_demand(p, CAP_DISCIPLINE, NULL, e);
    const struct unit *own = units_by_id(us, p->unit);
    if (!own)
        return err_set(e, RC_DENIED,
                       N_("您的账号没有登记所在的机关，不能看第一种形态：请安全管理员补上"));
    *ret_organ = own->code;
    return RC_OK;
}

static enum rc check(const struct first_form *f, int32_t today, struct err *e)
{
    if (!f->month.v || period_kind(f->month) != PERIOD_MONTH ||
        period_first_day(f->month) > today)
        return err_set(e, RC_INVALID, N_("月份应是本月或以前的一个月，如 202609"));
    if (!*f->file || utf8_count(f->file) > FIRST_FORM_FILE_MAX)
        return err_set(e, RC_INVALID,
                       N_("纸质卷宗编号应有1至40个字：平台只记数，事情在卷宗里"));
    if (f->used < 0 || f->used > FIRST_FORM_MAX || f->counted < 0)
        return err_set(e, RC_INVALID, N_("人次应是0至999的整数"));
    if (f->counted > f->used)
        return err_set(e, RC_INVALID, N_("计入统计的人次不能多于运用的人次"));
    return RC_OK;
}

enum rc first_form_put(struct tx *tx, struct county *c, const struct person *by,
                       const struct units *us, const struct first_form *f, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct unit *own = units_by_id(us, by->unit);
    const char **levels, *organ;
    size_t n;
    bool known = false;
    struct first_form_version_row v;
    enum rc rc = circle(by, us, &organ, e);
    if (rc == RC_OK && !own)
        rc = err_set(e, RC_INVALID,
                     N_("您的账号没有登记所在的机关，不能登记：请安全管理员补上"));
    if (rc == RC_OK)
        rc = check(f, county_today(c), e);
    if (rc == RC_OK)
        rc = first_form_levels(tx_snap(tx), a, &levels, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        known |= str_eq(levels[i], f->level);
    if (rc == RC_OK && !known)
        rc = err_set(e, RC_INVALID, N_("没有级别「{level}」"), "level", f->level);
    if (rc == RC_OK)
        rc = first_form_version_one(tx_snap(tx), own->code, f->month, f->level, f->file, a, &v,
                                    e);
    return rc == RC_OK
               ? first_form_insert(tx, own->code, f->month, f->level, f->file, v.version + 1,
                                   f->used, f->counted, by->code, county_now(c), NULL, e)
               : rc;
}

static enum rc rows_of(const struct snap *s, const char *organ, struct period from,
                       struct period to, struct arena *a, struct first_form **ret,
                       size_t *ret_n, struct err *e)
{
    struct first_form_rows_row *rows;
    size_t n;
    enum rc rc = first_form_rows_all(s, from, to, organ, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = (struct first_form){ .organ = rows[i].organ,
                                         .level = rows[i].level,
                                         .file = rows[i].file,
                                         .month = rows[i].month,
                                         .used = rows[i].used,
                                         .counted = rows[i].counted,
                                         .version = (int)rows[i].version,
                                         .at = rows[i].at };
    return RC_OK;
}

enum rc first_form_list(const struct snap *s, const struct person *p, const struct units *us,
                        int year, struct arena *a, struct first_form **ret, size_t *ret_n,
                        struct err *e)
{
    const char *organ;
    enum rc rc = circle(p, us, &organ, e);
    return rc == RC_OK ? rows_of(s, organ, period_of(PERIOD_MONTH, year, 1),
                                 period_of(PERIOD_MONTH, year, 12), a, ret, ret_n, e)
                       : rc;
}

/* ---- for the others ---- */

static const char *const marks[] = {
    [SHOWN_NUMBER] = "shown", [SHOWN_SMALL] = "small", [SHOWN_HIDDEN] = "hidden"
};

struct giving {
    struct tx *tx;
    struct county *c;
    const struct person *by;
    struct period quarter;
};

static enum rc give_cell(const struct giving *g, const char *part, const char *name,
                         size_t place, enum shown_mark mark, int64_t n, struct err *e)
{
    return first_form_shown_insert(g->tx, g->quarter, part, name, (int64_t)place, marks[mark],
                                   mark == SHOWN_NUMBER ? n : 0, g->by->code, county_now(g->c),
                                   NULL, e);
}

static enum rc give_list(const struct giving *g, const char *part, const char *const *names,
                         const int64_t *counts, size_t n, struct arena *a,
                         enum shown_mark *ret_sum, struct err *e)
{
    enum shown_mark *mark = arena_array(a, n, sizeof(*mark));
    enum rc rc = RC_OK;
    suppress(counts, n, mark, ret_sum);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = give_cell(g, part, names[i], i, mark[i], counts[i], e);
    return rc;
}

static enum rc may_give(const struct giving *g, struct arena *a, struct err *e)
{
    struct first_form_given_row given;
    enum rc rc = person_demand(g->by, CAP_DISCIPLINE, NULL, e);
    if (rc != RC_OK)
        return rc;
    if (!g->quarter.v || period_kind(g->quarter) != PERIOD_QUARTER)
        return err_set(e, RC_INVALID, N_("应是一个季度，如 2026Q3"));
    if (period_last_day(g->quarter) >= county_today(g->c))
        return err_set(e, RC_CONFLICT, N_("季度还没有结束，结束以后才能给圈外看"));
    rc = first_form_given_one(tx_snap(g->tx), g->quarter, a, &given, e);
    if (rc == RC_OK && given.n)
        return err_set(e, RC_CONFLICT,
                       N_("这个季度已经给出，不能再给一次：两次相减就露出小数目"));
    return rc;
}

enum rc first_form_give(struct tx *tx, struct county *c, const struct person *by,
                        struct period quarter, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct giving g = { tx, c, by, quarter };
    struct first_form *rows;
    const char **known, **levels, *months[3];
    size_t n, n_levels;
    int64_t by_month[3] = { 0 }, used = 0, counted = 0;
    enum shown_mark sum = SHOWN_HIDDEN;
    enum rc rc = may_give(&g, a, e);
    if (rc == RC_OK)
        rc = first_form_levels(tx_snap(tx), a, &known, &n_levels, e);
    if (rc != RC_OK)
        return rc;
    struct period first = period_first_in(PERIOD_MONTH, quarter);
    rc = rows_of(tx_snap(tx), "", first, period_step(first, 2), a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    levels = arena_array(a, n_levels + n, sizeof(*levels));
    int64_t *by_level = arena_array(a, n_levels + n, sizeof(*by_level));
    for (size_t i = 0; i < n_levels; i++)
        levels[i] = known[i];
    for (int i = 0; i < 3; i++)
        months[i] =
            arena_strdup(a, period_code(period_step(first, i), (char[PERIOD_TEXT]){ 0 }));
    for (size_t i = 0; i < n; i++) {
        size_t l = 0;
        while (l < n_levels && !str_eq(levels[l], rows[i].level))
            l++;
        if (l == n_levels) /* of before the setting was changed */
            levels[n_levels++] = rows[i].level;
        by_level[l] += rows[i].used;
        by_month[period_distance(first, rows[i].month)] += rows[i].used;
        used += rows[i].used;
        counted += rows[i].counted;
    }
    rc = give_list(&g, "month", months, by_month, COUNT(months), a, &sum, e);
    if (rc == RC_OK)
        rc = give_list(&g, "level", levels, by_level, n_levels, a, &sum, e);
    if (rc == RC_OK)
        rc = give_cell(&g, "used", "", 0, sum, used, e);
    return rc == RC_OK
               ? give_cell(&g, "counted", "", 0, suppress_part(counted, used), counted, e)
               : rc;
}

enum rc first_form_shown(const struct snap *s, int year, struct arena *a,
                         struct first_form_cell **ret, size_t *ret_n, struct err *e)
{
    struct first_form_shown_rows_row *rows;
    size_t n;
    enum rc rc = first_form_shown_rows_all(s, period_of(PERIOD_QUARTER, year, 1),
                                           period_of(PERIOD_QUARTER, year, 4), a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    *ret_n = n;
    for (size_t i = 0; i < n; i++) {
        enum shown_mark mark = SHOWN_HIDDEN;
        for (int m = SHOWN_NUMBER; m <= SHOWN_HIDDEN; m++)
            if (str_eq(rows[i].mark, marks[m]))
                mark = (enum shown_mark)m;
        (*ret)[i] = (struct first_form_cell){ rows[i].quarter, rows[i].part, rows[i].name, mark,
                                              rows[i].n };
    }
    return RC_OK;
}
