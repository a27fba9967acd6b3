/*
 * The working-day calendar as a page: a year by months, and the import of an arrangement, first
 * as a dry run, then for good when the person says so. A year that is missing is said, never
 * guessed.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/calendar.html.h"
#include "flow/calendar.sql.h"
#include "flow/flow_page.h"
#include "flow/notice.sql.h"
#include "flow/page_room.h"
#include "people/held.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"

enum { CALENDAR_BYTES = 1 << 20, WEEK = 7 };

struct waiting {
    struct calendar_year *years;
    size_t n;
    struct file_sent file;
};

/* ---- a year ---- */

static bool days_line(const char *line, struct arena *a, struct calendar_day *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    size_t n;
    char **part = str_split(a, line, ' ', &n);
    *ret = (struct calendar_day){ .off = n > 1 && str_eq(part[1], "off"),
                                  .name = n > 2 ? part[2] : "" };
    return n > 1 && day_parse(part[0], &ret->day, &e) == RC_OK;
}

static const char *short_day(struct rq *rq, int32_t day)
{
    int y, m, d;
    day_split(day, &y, &m, &d);
    return text_fill(rq->a, rq_tr(rq, N_("{month}月{day}日")), "month",
                     arena_printf(rq->a, "%d", m), "day", arena_printf(rq->a, "%d", d), NULL);
}

static struct calendar_spans *holiday_of(struct calendar_page *p, const char *name)
{
    for (size_t i = 0; i < p->n_spans; i++)
        if (str_eq(p->spans[i].name, name))
            return &p->spans[i];
    p->spans[p->n_spans] = (struct calendar_spans){ .name = name, .off = "", .work = "" };
    return &p->spans[p->n_spans++];
}

/* The days off of one holiday as one span, by its first; its worked weekends as a list. */
static void fill_spans(struct rq *rq, const struct calendar_day *days, size_t n,
                       struct calendar_page *p)
{
    p->spans = arena_array(rq->a, n, sizeof(*p->spans));
    for (size_t i = 0; i < n; i++) {
        struct calendar_spans *s = days[i].off ? holiday_of(p, days[i].name) : NULL;
        if (!s)
            continue;
        const char *first =
                       s->off_days ? arena_strndup(rq->a, s->off, strcspn(s->off, "—")) : "",
                   *day = short_day(rq, days[i].day);
        s->off = s->off_days++ ? arena_printf(rq->a, "%s—%s", first, day) : day;
    }
    for (size_t i = 0; i < n; i++) {
        struct calendar_spans *s = days[i].off ? NULL : holiday_of(p, days[i].name);
        if (s)
            s->work =
                arena_printf(rq->a, "%s%s%s", s->work, *s->work ? rq_tr(rq, N_("、")) : "",
                             short_day(rq, days[i].day));
    }
}

static const struct calendar_day *special(const struct calendar_day *days, size_t n,
                                          int32_t day)
{
    for (size_t i = 0; i < n; i++)
        if (days[i].day == day)
            return &days[i];
    return NULL;
}

static void fill_month(struct rq *rq, const struct calendar *cal, int year, int month,
                       const struct calendar_day *days, size_t n, struct calendar_months *ret)
{
    int32_t first = day_of(year, month, 1),
            end = month == 12 ? day_of(year + 1, 1, 1) : day_of(year, month + 1, 1),
            monday = first - (first % WEEK + WEEK + 3) % WEEK;
    ret->name =
        text_fill(rq->a, rq_tr(rq, N_("{n}月")), "n", arena_printf(rq->a, "%d", month), NULL);
    ret->weeks = arena_array(rq->a, 6, sizeof(*ret->weeks));
    for (int32_t at = monday; at < end; at += WEEK) {
        struct calendar_months_weeks *w = &ret->weeks[ret->n_weeks++];
        w->days = arena_array(rq->a, WEEK, sizeof(*w->days));
        w->n_days = WEEK;
        for (int32_t i = 0; i < WEEK; i++) {
            struct calendar_months_weeks_days *d = &w->days[i];
            const struct calendar_day *x = special(days, n, at + i);
            bool work = false;
            *d = (struct calendar_months_weeks_days){ .n = "", .note = "", .kind = "" };
            if (at + i < first || at + i >= end)
                continue;
            (void)calendar_is_work(cal, at + i, &work); /* the year is there */
            ret->n += work;
            d->n = arena_printf(rq->a, "%d", at + i - first + 1);
            d->kind = work ? "" : "off";
            /* A weekend inside a holiday is one of its days and bears its mark. */
            d->note = !x ? "" : rq_tr(rq, x->off ? N_("休") : N_("班"));
        }
    }
}

static enum rc fill_year(struct rq *rq, const struct snap *s, struct calendar_page *p,
                         struct err *e)
{
    struct calendar_newest_row *rows;
    const struct calendar *cal;
    struct gaps_n_row gaps;
    size_t n, n_days = 0, n_lines;
    enum rc rc = calendar_newest_all(s, rq->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = calendar_get(rq_county(rq), s, &cal, e);
    if (rc == RC_OK)
        rc = gaps_n_one(s, p->year, rq->a, &gaps, e);
    if (rc != RC_OK)
        return rc;
    p->waiting = gaps.n;
    p->years = arena_array(rq->a, n, sizeof(*p->years));
    const struct calendar_newest_row *row = NULL;
    for (size_t i = 0; i < n; i++) {
        p->years[p->n_years++] =
            (struct calendar_years){ rows[i].year, rows[i].year == p->year };
        if (rows[i].year == p->year)
            row = &rows[i];
    }
    p->has = row != NULL;
    if (!row)
        return RC_OK;
    p->source = row->source;
    p->version = row->version;
    p->imported = row->at;
    char **lines = str_split(rq->a, row->days, '\n', &n_lines);
    struct calendar_day *days = arena_array(rq->a, n_lines, sizeof(*days));
    for (size_t i = 0; i < n_lines; i++)
        n_days += days_line(lines[i], rq->a, &days[n_days]);
    fill_spans(rq, days, n_days, p);
    p->months = arena_array(rq->a, 12, sizeof(*p->months));
    p->n_months = 12;
    for (int m = 1; m <= 12; m++) {
        fill_month(rq, cal, (int)p->year, m, days, n_days, &p->months[m - 1]);
        p->total += p->months[m - 1].n;
    }
    return RC_OK;
}

static enum rc show(struct rq *rq, struct calendar_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    p->max_bytes = CALENDAR_BYTES;
    p->may = person_may(&rq_asker(rq)->person, CAP_DISPATCH, NULL);
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = fill_year(rq, s, p, e);
    if (rc != RC_OK)
        return rc;
    p->prev = arena_printf(rq->a, "/calendar?year=%d", (int)p->year - 1);
    p->next = arena_printf(rq->a, "/calendar?year=%d", (int)p->year + 1);
    rq_crumb(rq, rq_tr(rq, N_("工作日历")), NULL);
    return calendar_render(rq, p, e);
}

static int64_t this_year(struct rq *rq)
{
    int y, m, d;
    day_split(county_today(rq_county(rq)), &y, &m, &d);
    return y;
}

static enum rc calendar_show(struct rq *rq, struct err *e)
{
    struct calendar_page p = { .year = this_year(rq) };
    enum rc rc = rq_query_int(rq, "year", N_("年度"), CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR,
                              &p.year, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

/* ---- import ---- */

static enum rc read_table(const struct upload *u, struct arena *a, struct waiting *w,
                          struct problems *ps, struct err *e)
{
    struct book book;
    const struct table *t;
    if (!u)
        return err_set(e, RC_INVALID, N_("请选择文件"));
    w->file.name = arena_strdup(a, u->filename);
    enum rc rc = file_read(a, u->path, CALENDAR_BYTES, &w->file.content, e);
    if (rc == RC_OK)
        rc = sheet_read(a, u->filename, w->file.content, NULL, &book, e);
    if (rc == RC_OK)
        w->file.media = sheet_format_mime(sheet_format_of(w->file.content));
    if (rc == RC_OK)
        rc = book_first(&book, u->filename, &t, e);
    if (rc == RC_OK)
        rc = calendar_from_table(t, a, &w->years, &w->n, ps, e);
    if (rc == RC_OK && w->n == 0 && ps->wrong == 0)
        return err_set(e, RC_INVALID, N_("{file} 里没有节假日安排"), "file", u->filename);
    return rc;
}

/* What would be written, year by year. */
static enum rc fill_changes(struct rq *rq, const struct waiting *w, struct calendar_page *p,
                            struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    p->changes = arena_array(rq->a, w->n, sizeof(*p->changes));
    p->n_changes = w->n;
    for (size_t i = 0; i < w->n && rc == RC_OK; i++) {
        int64_t version = 0;
        bool same = false;
        rc = calendar_differs(s, &w->years[i], &version, &same, e);
        p->changes[i] = (struct calendar_changes){ .year = w->years[i].year,
                                                   .n = (int64_t)w->years[i].n,
                                                   .version = version,
                                                   .same = same };
    }
    return rc;
}

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct calendar_page p = { .error_field = "file", .year = this_year(rq) };
    const struct upload *u = rq_upload(rq, "file");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct waiting *w = arena_alloc(a, sizeof(*w));
    struct problems ps;
    problems_init(&ps, a);
    enum rc rc = read_table(u, a, w, &ps, e);
    if (rc == RC_OK && ps.wrong == 0)
        rc = fill_changes(rq, w, &p, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &p.error, e);
        return rc == RC_OK ? show(rq, &p, e) : rc;
    }
    p.error_field = NULL;
    p.file = u->filename;
    rq_fixes(rq, &ps, &p.problems, &p.n_problems);
    if (w->n > 0)
        p.year = w->years[w->n - 1].year;
    if (ps.wrong == 0) {
        char token[HELD_TOKEN];
        held_put(c, HELD_CALENDAR, rq->account.id, &a, w, token);
        p.token = arena_strdup(rq->a, token);
    }
    return show(rq, &p, e);
}

struct writing {
    struct county *c;
    const struct waiting *w;
    struct file_sent file;
    const char *by;
    size_t written;
};

static enum rc write_years(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    enum rc rc = file_sent_register(tx, x->c, &x->file, x->by, e);
    return rc == RC_OK ? calendar_write(tx, x->c, x->w->years, x->w->n, x->by, &x->written, e)
                       : rc;
}

/* Due days that waited for a year are worked out by the next run of the clock. */
static enum rc import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const char *token = rq_field(rq, "token");
    CLEANUP(arena_freep) struct arena *a = NULL;
    struct writing x = { .c = c, .by = rq_asker(rq)->person.code };
    x.w = held_take(c, HELD_CALENDAR, rq->account.id, token ? token : "", &a);
    if (!x.w)
        return err_set(e, RC_CONFLICT, N_("核对过的表已过期或已导入,请重新上传"));
    x.file = x.w->file;
    enum rc rc = file_sent_keep(c, &x.file, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, write_years, &x, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入,{n}个年度有变化")), "n",
                            arena_printf(rq->a, "%zu", x.written), NULL));
    return web_donef(rq, e, "/calendar?year=%d", x.w->years[x.w->n - 1].year);
}

const struct route calendar_routes[] = {
    { .method = GET,
      .path = "/calendar",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_ALL,
      .fn = calendar_show,
      .page = &calendar_kind,
      .help = N_("一年的工作日和节假日安排") },
    { .method = POST,
      .path = "/calendar/import",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = import_post,
      .body_max = CALENDAR_BYTES + 4096,
      .n_files = 1,
      .page = &calendar_kind,
      .help = N_("核对一份节假日安排,不写入") },
    { .method = POST,
      .path = "/calendar/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = import_confirm,
      .help = N_("写入核对过的节假日安排") },
};
const size_t calendar_routes_n = COUNT(calendar_routes);
