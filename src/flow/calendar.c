/*
 * The working-day calendar. The one idea: how many working days there are up to each day is
 * kept for a hundred years, so that counting is a subtraction and adding a binary search; a
 * year without an arrangement counts nothing and is asked about before either.
 */
#include "flow/calendar.h"

#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/calendar.sql.h"
#include "flow/room.h"
#include "store/county.h"
#include "store/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEARS = CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1, DAYS = 36526 };

struct calendar {
    int32_t first; /* day 0 of upto */
    bool has[YEARS];
    int32_t upto[DAYS]; /* working days before first + i, over years that are there */
};

static int year_of(int32_t day)
{
    int y, m, d;
    day_split(day, &y, &m, &d);
    return y;
}

static bool has(const struct calendar *cal, int year)
{
    return year >= CALENDAR_FIRST_YEAR && year <= CALENDAR_LAST_YEAR &&
           cal->has[year - CALENDAR_FIRST_YEAR];
}

/* 1970-01-01 was a Thursday. */
static bool is_weekend(int32_t day)
{
    int32_t w = (day % 7 + 7 + 3) % 7; /* 0 is Monday */
    return w >= 5;
}

static int32_t index_of(const struct calendar *cal, int32_t day)
{
    return day - cal->first;
}

struct calendar *calendar_build(struct arena *a, const int *years, size_t n_years,
                                const struct calendar_day *days, size_t n)
{
    struct calendar *cal = arena_alloc(a, sizeof(*cal));
    bool *work = arena_array(a, DAYS, sizeof(*work));
    cal->first = day_of(CALENDAR_FIRST_YEAR, 1, 1);
    for (size_t i = 0; i < n_years; i++)
        if (years[i] >= CALENDAR_FIRST_YEAR && years[i] <= CALENDAR_LAST_YEAR)
            cal->has[years[i] - CALENDAR_FIRST_YEAR] = true;
    int32_t last = day_of(CALENDAR_LAST_YEAR, 12, 31) - cal->first;
    for (int32_t i = 0; i <= last; i++)
        work[i] = !is_weekend(cal->first + i);
    for (size_t i = 0; i < n; i++) {
        int32_t k = index_of(cal, days[i].day);
        if (k >= 0 && k <= last)
            work[k] = !days[i].off;
    }
    for (int32_t i = 0; i <= last; i++)
        cal->upto[i + 1] = cal->upto[i] + (work[i] && has(cal, year_of(cal->first + i)));
    return cal;
}

bool calendar_has(const struct calendar *cal, int year)
{
    return has(cal, year);
}

const int *calendar_years(const struct calendar *cal, struct arena *a, size_t *ret_n)
{
    int *years = arena_array(a, YEARS, sizeof(*years));
    *ret_n = 0;
    for (int i = 0; i < YEARS; i++)
        if (cal->has[i])
            years[(*ret_n)++] = CALENDAR_FIRST_YEAR + i;
    return years;
}

/* Working days before day. */
static int32_t upto(const struct calendar *cal, int32_t day)
{
    return cal->upto[index_of(cal, day)];
}

int calendar_is_work(const struct calendar *cal, int32_t day, bool *ret)
{
    int y = year_of(day);
    if (!has(cal, y))
        return y;
    *ret = upto(cal, day + 1) > upto(cal, day);
    return 0;
}

static int add_later(const struct calendar *cal, int32_t day, int n, int32_t *ret)
{
    int y = year_of(day + 1);
    if (!has(cal, y))
        return y;
    while (has(cal, y + 1))
        y++;
    int32_t low = day + 1, high = day_of(y, 12, 31), base = upto(cal, day + 1);
    if (upto(cal, high + 1) - base < n)
        return y + 1;
    while (low < high) {
        int32_t mid = low + (high - low) / 2;
        if (upto(cal, mid + 1) - base >= n)
            high = mid;
        else
            low = mid + 1;
    }
    *ret = low;
    return 0;
}

static int add_earlier(const struct calendar *cal, int32_t day, int n, int32_t *ret)
{
    int y = year_of(day - 1);
    if (!has(cal, y))
        return y;
    while (has(cal, y - 1))
        y--;
    int32_t low = day_of(y, 1, 1), high = day - 1, base = upto(cal, day);
    if (base - upto(cal, low) < n)
        return y - 1;
    while (low < high) {
        int32_t mid = high - (high - low) / 2;
        if (base - upto(cal, mid) >= n)
            low = mid;
        else
            high = mid - 1;
    }
    *ret = low;
    return 0;
}

int calendar_add(const struct calendar *cal, int32_t day, int n, int32_t *ret)
{
    if (n == 0) {
        *ret = day;
        return 0;
    }
    return n > 0 ? add_later(cal, day, n, ret) : add_earlier(cal, day, -n, ret);
}

int calendar_count(const struct calendar *cal, int32_t from, int32_t to, int *ret)
{
    int32_t low = from < to ? from : to, high = from < to ? to : from;
    if (low < high)
        for (int y = year_of(low + 1); y <= year_of(high); y++)
            if (!has(cal, y))
                return y;
    int n = low < high ? upto(cal, high + 1) - upto(cal, low + 1) : 0;
    *ret = from < to ? n : -n;
    return 0;
}

int calendar_not_off(const struct calendar *cal, int32_t day, int32_t *ret)
{
    bool work;
    int missing = calendar_is_work(cal, day, &work);
    if (missing)
        return missing;
    *ret = day;
    return work ? 0 : calendar_add(cal, day, 1, ret);
}

/* The end of what the pauses cover without a gap from at on; at itself when nothing does. */
static int32_t covered_to(const struct calendar_pause *p, size_t n, int32_t at)
{
    int32_t end = at;
    for (size_t i = 0; i < n; i++)
        if (p[i].from <= at && p[i].to > end)
            end = p[i].to;
    return end;
}

static int32_t next_pause(const struct calendar_pause *p, size_t n, int32_t at, int32_t end)
{
    for (size_t i = 0; i < n; i++)
        if (p[i].from > at && p[i].from < end && p[i].to > p[i].from)
            end = p[i].from;
    return end;
}

int calendar_count_net(const struct calendar *cal, int32_t from, int32_t to,
                       const struct calendar_pause *pauses, size_t n, int *ret)
{
    int total = 0;
    for (int32_t at = from; at < to;) {
        int32_t end = covered_to(pauses, n, at);
        if (end == at) {
            int part, missing;
            end = next_pause(pauses, n, at, to);
            missing = calendar_count(cal, at, end, &part);
            if (missing)
                return missing;
            total += part;
        }
        at = end;
    }
    *ret = total;
    return 0;
}

enum rc calendar_missing(int year, struct err *e)
{
    char text[16];
    snprintf(text, sizeof(text), "%d", year);
    return err_set(e, RC_INVALID,
                   N_("没有{year}年的工作日历,期限算不出来;请先导入国务院办公厅公布的{year}年"
                      "节假日安排"),
                   "year", text);
}

/* ---- stored ---- */

/* "2026-01-01 off 元旦" */
static const char *lines_of(const struct calendar_year *y, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < y->n; i++) {
        char day[PERIOD_TEXT];
        str_addf(&b, "%s %s %s\n", day_code(y->days[i].day, day),
                 y->days[i].off ? "off" : "work", y->days[i].name);
    }
    return b.s;
}

static enum rc lines_read(const struct calendar_newest_row *row, struct arena *a,
                          struct calendar_day **days, size_t *n, size_t *cap, struct err *e)
{
    size_t n_lines;
    char **lines = str_split(a, row->days, '\n', &n_lines);
    for (size_t i = 0; i < n_lines; i++) {
        size_t parts;
        if (!*lines[i])
            continue;
        char **part = str_split(a, lines[i], ' ', &parts);
        if (*n == *cap) {
            size_t more = *cap ? *cap * 2 : 64;
            *days = arena_grow(a, *days, *cap * sizeof(**days), more * sizeof(**days));
            *cap = more;
        }
        struct calendar_day d = { .year = (int)row->year,
                                  .off = parts > 1 && str_eq(part[1], "off"),
                                  .name = parts > 2 ? part[2] : "" };
        enum rc rc = day_parse(part[0], &d.day, e);
        if (rc != RC_OK)
            return rc;
        (*days)[(*n)++] = d;
    }
    return RC_OK;
}

static enum rc calendar_read(const struct snap *s, struct arena *a, struct calendar **ret,
                             struct err *e)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    struct calendar_newest_row *rows;
    struct calendar_day *days = NULL;
    size_t n_rows, n = 0, cap = 0;
    enum rc rc = calendar_newest_all(s, scratch, &rows, &n_rows, e);
    if (rc != RC_OK)
        return rc;
    int *years = arena_array(scratch, n_rows, sizeof(*years));
    for (size_t i = 0; i < n_rows && rc == RC_OK; i++) {
        years[i] = (int)rows[i].year;
        rc = lines_read(&rows[i], scratch, &days, &n, &cap, e);
    }
    if (rc == RC_OK)
        *ret = calendar_build(a, years, n_rows, days, n);
    return rc;
}

enum rc calendar_get(struct county *c, const struct snap *s, const struct calendar **ret,
                     struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct flow_room *room = flow_room(c);
    struct calendar_mark_row mark;
    struct calendar *fresh;
    enum rc rc = calendar_mark_one(s, a, &mark, e);
    if (rc != RC_OK)
        return rc;
    *ret = flow_room_calendar(room, mark.id);
    if (*ret)
        return RC_OK;
    struct arena *own = arena_new();
    rc = calendar_read(s, own, &fresh, e);
    if (rc != RC_OK) {
        arena_free(own);
        return rc;
    }
    *ret = fresh;
    flow_room_keep(room, mark.id, fresh, own);
    return RC_OK;
}

static const struct calendar_newest_row *row_of(const struct calendar_newest_row *rows,
                                                size_t n, int year)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].year == year)
            return &rows[i];
    return NULL;
}

static bool same_year(const struct calendar_newest_row *old, const struct calendar_year *year,
                      const char *days)
{
    return old && str_eq(old->days, days) && str_eq(old->source, year->source);
}

enum rc calendar_differs(const struct snap *s, const struct calendar_year *year,
                         int64_t *ret_version, bool *ret_same, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct calendar_newest_row *rows;
    size_t n;
    enum rc rc = calendar_newest_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    const struct calendar_newest_row *old = row_of(rows, n, year->year);
    *ret_version = old ? old->version + 1 : 1;
    *ret_same = same_year(old, year, lines_of(year, a));
    return RC_OK;
}

static enum rc write_year(struct tx *tx, struct county *c, const struct calendar_year *y,
                          int64_t version, const char *days, const char *by, struct arena *a,
                          struct err *e)
{
    struct canon k;
    struct id record;
    struct calendar_audit_row row = { .year = y->year,
                                      .version = version,
                                      .days = days,
                                      .source = y->source,
                                      .by_account = by,
                                      .at = county_now(c) };
    canon_init(&k, a);
    canon_row(&k, &calendar_audit_query, &row);
    struct record_part part = part_open(&k);
    enum rc rc = record_append(tx, c,
                               &(struct record_new){ .kind = "calendar.year",
                                                     .unit = "",
                                                     .subject = arena_printf(a, "%d", y->year),
                                                     .by = by,
                                                     .parts = &part,
                                                     .n_parts = 1 },
                               &record, e);
    if (rc == RC_OK)
        rc = calendar_insert(tx, row.year, row.version, row.days, row.source, row.by_account,
                             row.at, record, NULL, e);
    return rc;
}

enum rc calendar_write(struct tx *tx, struct county *c, const struct calendar_year *years,
                       size_t n, const char *by, size_t *ret_written, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct calendar_newest_row *rows;
    size_t n_rows, written = 0;
    enum rc rc = calendar_newest_all(tx_snap(tx), a, &rows, &n_rows, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct calendar_newest_row *old = row_of(rows, n_rows, years[i].year);
        const char *days = lines_of(&years[i], a);
        if (same_year(old, &years[i], days))
            continue;
        rc = write_year(tx, c, &years[i], old ? old->version + 1 : 1, days, by, a, e);
        written++;
    }
    if (rc == RC_OK && ret_written)
        *ret_written = written;
    return rc;
}

/* ---- from a table ---- */

enum { C_YEAR, C_DATE, C_KIND, C_NAME, C_SOURCE, COLUMNS };
static const char *const column_names[COLUMNS][2] = {
    { "年度", "year" }, { "日期", "date" },   { "类型", "kind" },
    { "名称", "name" }, { "来源", "source" },
};

struct reading {
    const struct table *t;
    struct arena *a;
    struct problems *problems;
    size_t col[COLUMNS];
};

static void wrong(const struct reading *r, size_t row, int col, const char *what,
                  const char *hint)
{
    problem_add(r->problems, r->t, PROBLEM_WRONG, row, r->col[col], what, hint);
}

static const char *cell(const struct reading *r, size_t row, int col)
{
    return str_trim(r->a, table_text(r->t, row, r->col[col]));
}

/* One row; false when something is wrong with it. */
static bool row_read(const struct reading *r, size_t row, struct calendar_day *ret,
                     const char **ret_source)
{
    size_t before = r->problems->wrong;
    CLEANUP(err_done) struct err e = { 0 };
    int64_t year = 0;
    struct calendar_day d = { .name = cell(r, row, C_NAME) };
    if (parse_int64(cell(r, row, C_YEAR), CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR, N_("年度"),
                    &year, &e) != RC_OK)
        wrong(r, row, C_YEAR, N_("年度不对"), N_("应写作 2026,在2000年到2099年之间"));
    err_done(&e);
    e = (struct err){ 0 };
    d.year = (int)year;
    const char *kind = cell(r, row, C_KIND);
    d.off = str_eq(kind, "放假") || str_eq(kind, "off");
    if (!d.off && !str_eq(kind, "上班") && !str_eq(kind, "work"))
        wrong(r, row, C_KIND, N_("类型不对"), N_("只能是「放假」或「上班」"));
    if (day_parse(cell(r, row, C_DATE), &d.day, &e) != RC_OK)
        wrong(r, row, C_DATE, N_("不是日期"), N_("应写作 2026-09-30"));
    else if (year && (d.day < day_of(d.year - 1, 12, 1) || d.day > day_of(d.year + 1, 1, 31)))
        wrong(r, row, C_DATE, N_("不在这个年度"), N_("只能是当年的日期,或相邻的12月、1月"));
    else if (!d.off && !is_weekend(d.day))
        wrong(r, row, C_KIND, N_("这天本来就是工作日"),
              N_("只写与周一至周五不同的日子:周末上班或平日放假"));
    *ret_source = cell(r, row, C_SOURCE);
    if (!**ret_source)
        wrong(r, row, C_SOURCE, N_("没有来源"), N_("写明依据哪一份通知"));
    for (const char *s = d.name; *s; s++)
        if (*s == ' ') {
            wrong(r, row, C_NAME, N_("名称里不能有空格"), NULL);
            break;
        }
    *ret = d;
    return r->problems->wrong == before;
}

static int by_day(const void *x, const void *y)
{
    const struct calendar_day *p = x, *q = y;
    if (p->year != q->year)
        return p->year < q->year ? -1 : 1;
    return (p->day > q->day) - (p->day < q->day);
}

static enum rc columns_find(struct reading *r, struct err *e)
{
    const char *file = r->t->file ? r->t->file : "";
    for (int i = 0; i < COLUMNS; i++) {
        ptrdiff_t col = r->t->rows ? table_col(r->t, 0, column_names[i][0]) : -1;
        if (col < 0)
            col = r->t->rows ? table_col(r->t, 0, column_names[i][1]) : -1;
        if (col < 0)
            return err_set(e, RC_INVALID, N_("{file}: 缺少「{column}」这一列"), "file", file,
                           "column", column_names[i][0]);
        r->col[i] = (size_t)col;
    }
    if (r->t->rows > CALENDAR_ROWS_MAX)
        return err_set(e, RC_TOOBIG, N_("{file}: 行数太多,一个年度只有几十行"), "file", file);
    return RC_OK;
}

enum rc calendar_from_table(const struct table *t, struct arena *a, struct calendar_year **ret,
                            size_t *ret_n, struct problems *problems, struct err *e)
{
    struct reading r = { .t = t, .a = a, .problems = problems };
    enum rc rc = columns_find(&r, e);
    if (rc != RC_OK)
        return rc;
    struct calendar_day *days = arena_array(a, t->rows, sizeof(*days));
    const char *sources[YEARS] = { NULL };
    size_t n = 0;
    for (size_t row = 1; row < t->rows; row++) {
        const char *source;
        struct calendar_day d;
        if (table_row_blank(t, row) || !row_read(&r, row, &d, &source))
            continue;
        for (size_t i = 0; i < n; i++)
            if (days[i].day == d.day && days[i].year == d.year)
                wrong(&r, row, C_DATE, N_("这一天写了两次"), NULL);
        const char **kept = &sources[d.year - CALENDAR_FIRST_YEAR];
        if (*kept && !str_eq(*kept, source))
            wrong(&r, row, C_SOURCE, N_("同一年度的来源不一致"), NULL);
        *kept = source;
        days[n++] = d;
    }
    if (n == 0 && problems->wrong == 0)
        return err_set(e, RC_INVALID, N_("{file}: 没有一行节假日安排"), "file",
                       t->file ? t->file : "");
    if (n > 0)
        qsort(days, n, sizeof(*days), by_day);
    struct calendar_year *years = arena_array(a, YEARS, sizeof(*years));
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || days[i].year != days[i - 1].year)
            years[(*ret_n)++] =
                (struct calendar_year){ .year = days[i].year,
                                        .source = sources[days[i].year - CALENDAR_FIRST_YEAR],
                                        .days = &days[i] };
        years[*ret_n - 1].n++;
    }
    *ret = years;
    return RC_OK;
}
