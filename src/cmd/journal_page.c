/*
 * The read journal, and beside it what people did, for the audit administrator alone. The one
 * idea: it shows who, when and about what, never a content; and looking at it is written down
 * like any other reading.
 */
#include "cmd/journal_page.h"

#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/journal.html.h"
#include "cmd/journal_page.sql.h"
#include "monitor/record_words.h"
#include "people/asker.h"
#include "store/county.h"
#include "web/pager.html.h"

/* Beyond this many the time has to be narrowed. */
enum { SEEN_MAX = 10000 };

static const struct {
    const char *code, *name;
    int denied; /* see journal_page_rows */
} kinds[] = { { "", N_("读取和被拒绝"), -1 },
              { "read", N_("读取"), 0 },
              { "denied", N_("被拒绝"), 1 },
              { "act", N_("操作"), -1 } };

/* Readings, as the route's journal word says; acts are kinds of records. */
static const char *const words[][2] = {
    { "report", N_("看体检报告") },
    { "report.pdf", N_("取体检报告PDF") },
    { "report.docx", N_("取体检报告Word文档") },
    { "bundle", N_("取一期的全部报告") },
    { "value", N_("看数值来历") },
    { "matter", N_("看事项") },
    { "worklog", N_("看云记录") },
    { "file", N_("取附件") },
    { "failure", N_("看失责记实") },
    { "first_form", N_("看第一种形态") },
    { "warning", N_("看预警") },
    { "export", N_("导出") },
    { "import.file", N_("取报送的原文件") },
    { "backup", N_("取走备份") },
    { "journal", N_("看读取日志") },
    { "GET", N_("打开") },
    { "POST", N_("提交") },
    { "dropped", N_("来不及写下的条数") },
};

static const char *words_of(const struct rq *rq, const char *code)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i][0], code))
            return rq_tr(rq, words[i][1]);
    return record_kind_text(rq, code);
}

struct looking {
    struct rq *rq;
    const struct snap *s;
    size_t kind;
    struct utime from, until;
    struct journal_page p;
};

static const char *unit_name(const struct looking *l, const char *code)
{
    const struct unit *u = *code ? units_find(rq_asker(l->rq)->units, code) : NULL;
    return u ? u->name : code;
}

static enum rc readings(struct looking *l, size_t from, size_t to, struct err *e)
{
    struct journal_page_rows_row *r;
    size_t n;
    enum rc rc =
        journal_page_rows_all(l->s, l->p.who, kinds[l->kind].denied, l->from, l->until,
                              (int64_t)(to - from), (int64_t)from, l->rq->a, &r, &n, e);
    if (rc != RC_OK)
        return rc;
    l->p.entries = arena_array(l->rq->a, n, sizeof(*l->p.entries));
    l->p.n_entries = n;
    for (size_t i = 0; i < n; i++)
        l->p.entries[i] = (struct journal_entries){ .at = r[i].at,
                                                    .who = r[i].account,
                                                    .who_name = r[i].name ? r[i].name : "",
                                                    .what = words_of(l->rq, r[i].what),
                                                    .subject = r[i].subject,
                                                    .unit_name = unit_name(l, r[i].unit),
                                                    .address = r[i].address,
                                                    .denied = r[i].denied,
                                                    .log_index = r[i].seq };
    return RC_OK;
}

static enum rc acts(struct looking *l, size_t from, size_t to, struct err *e)
{
    struct acts_page_rows_row *r;
    size_t n;
    enum rc rc = acts_page_rows_all(l->s, l->p.who, l->from, l->until, (int64_t)(to - from),
                                    (int64_t)from, l->rq->a, &r, &n, e);
    if (rc != RC_OK)
        return rc;
    l->p.entries = arena_array(l->rq->a, n, sizeof(*l->p.entries));
    l->p.n_entries = n;
    for (size_t i = 0; i < n; i++)
        l->p.entries[i] = (struct journal_entries){ .at = r[i].at,
                                                    .who = r[i].by_account,
                                                    .who_name = r[i].name ? r[i].name : "",
                                                    .what = words_of(l->rq, r[i].kind),
                                                    .subject = r[i].subject,
                                                    .unit_name = unit_name(l, r[i].unit),
                                                    .address = "",
                                                    .log_index = r[i].seq };
    return RC_OK;
}

/* How many fit, and how many of them were refused. */
static enum rc count(struct looking *l, int64_t *ret, struct err *e)
{
    struct journal_page_count_row all, denied;
    struct acts_page_count_row done;
    struct arena *a = l->rq->a;
    if (str_eq(kinds[l->kind].code, "act")) {
        enum rc rc =
            acts_page_count_one(l->s, l->p.who, l->from, l->until, SEEN_MAX, a, &done, e);
        *ret = rc == RC_OK ? done.n : 0;
        return rc;
    }
    enum rc rc = journal_page_count_one(l->s, l->p.who, kinds[l->kind].denied, l->from,
                                        l->until, SEEN_MAX, a, &all, e);
    if (rc == RC_OK)
        rc = journal_page_count_one(l->s, l->p.who, 1, l->from, l->until, SEEN_MAX, a, &denied,
                                    e);
    if (rc != RC_OK)
        return rc;
    *ret = all.n;
    l->p.denied = kinds[l->kind].denied == 0 ? 0 : denied.n;
    return RC_OK;
}

/* A day of the filter; what is no day is said on the page and not filtered by. */
static struct utime day_of_query(struct looking *l, const char *name, const char *label,
                                 int add, int64_t without, const char **ret_text)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *text = rq_query(l->rq, name);
    int32_t day;
    *ret_text = text ? text : "";
    if (!text || !*text)
        return (struct utime){ without };
    if (day_parse(text, &day, &e) == RC_OK)
        return day_start(day + add);
    l->p.error = text_fill(l->rq->a, rq_tr(l->rq, N_("{label}：应写成2026-09-30这样")), "label",
                           rq_tr(l->rq, label), NULL);
    l->p.error_field = name;
    return (struct utime){ without };
}

static void choices(struct looking *l)
{
    const char *kind = rq_query(l->rq, "kind");
    l->p.kinds = arena_array(l->rq->a, COUNT(kinds), sizeof(*l->p.kinds));
    l->p.n_kinds = COUNT(kinds);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (str_eq(kinds[i].code, kind))
            l->kind = i;
        l->p.kinds[i] = (struct journal_kinds){ .code = kinds[i].code,
                                                .name = rq_tr(l->rq, kinds[i].name) };
    }
    l->p.kinds[l->kind].chosen = true;
    l->p.kind = kinds[l->kind].code;
}

static enum rc journal_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct looking l = { .rq = rq };
    const char *who = rq_query(rq, "who");
    size_t from, to;
    int64_t total;
    choices(&l);
    l.p.who = who ? str_trim(rq->a, who) : "";
    l.from = day_of_query(&l, "from", N_("自"), 0, 0, &l.p.from);
    l.until = day_of_query(&l, "until", N_("至"), 1, INT64_MAX, &l.p.until);
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    l.s = s;
    if (rc == RC_OK)
        rc = count(&l, &total, e);
    if (rc == RC_OK)
        rc = rq_pager(rq, (size_t)(total < SEEN_MAX ? total : SEEN_MAX), &from, &to, &l.p.pager,
                      e);
    if (rc == RC_OK)
        rc = str_eq(l.p.kind, "act") ? acts(&l, from, to, e) : readings(&l, from, to, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("读取日志")), NULL);
    return journal_render(rq, &l.p, e);
}

const struct route journal_routes[] = {
    { .method = GET,
      .path = "/journal",
      .auth = SESSION | TOKEN,
      .need = CAP_AUDIT,
      .scope = SCOPE_ALL,
      .fn = journal_show,
      .journal = "journal",
      .page = &journal_kind,
      .help = N_("读取日志:谁看过什么,谁被拒绝,谁做过什么") },
};
const size_t journal_routes_n = COUNT(journal_routes);
