/* The inbox, the board, the agenda, exports: lists of matters as pages. */
#include "base/clock.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/agenda.html.h"
#include "flow/board.html.h"
#include "flow/calendar.h"
#include "flow/flow_page.h"
#include "flow/inbox.html.h"
#include "flow/page_room.h"
#include "sheet/sheet.h"
#include "store/county.h"

enum { NOTICES_SHOWN = 20, AGENDA_DAYS = 28, EXPORT_SNAP_MS = 120000 };

enum rc rq_who(struct rq *rq, const struct snap *s, struct flow_who *ret, struct err *e)
{
    struct asker *k = rq_asker(rq);
    return flow_who_load(s, rq_county(rq), &k->person, k->units, rq->a, ret, e);
}

struct utime day_time(int32_t day)
{
    return day ? day_start(day) : (struct utime){ 0 };
}

const char *rq_due_text(struct rq *rq, const struct snap *s, int32_t due, int gap_year)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct calendar *cal;
    int32_t today = county_today(rq_county(rq));
    int n, missing = 0;
    if (!due && gap_year)
        return text_fill(rq->a, rq_tr(rq, N_("期限待{year}年日历")), "year",
                         arena_printf(rq->a, "%d", gap_year), NULL);
    if (!due)
        return "";
    if (due == today)
        return rq_tr(rq, N_("今天到期"));
    if (calendar_get(rq_county(rq), s, &cal, &e) == RC_OK)
        missing = calendar_count(cal, today, due, &n);
    else
        missing = 1;
    bool late = due < today;
    if (missing) /* in calendar days, which need nothing */
        return text_fill(rq->a, rq_tr(rq, late ? N_("已逾期{n}天") : N_("还有{n}天")), "n",
                         arena_printf(rq->a, "%d", late ? today - due : due - today), NULL);
    return text_fill(rq->a, rq_tr(rq, late ? N_("已逾期{n}个工作日") : N_("还有{n}个工作日")),
                     "n", arena_printf(rq->a, "%d", n < 0 ? -n : n), NULL);
}

static const char *asked(struct rq *rq, const char *name)
{
    const char *v = rq_query(rq, name);
    return v ? v : "";
}

/* ---- the inbox ---- */

static void inbox_kinds(struct rq *rq, struct inbox_page *p)
{
    size_t n;
    const struct flow_kind *const *kinds = flow_kinds(rq_county(rq), &n);
    p->kinds = arena_array(rq->a, n, sizeof(*p->kinds));
    for (size_t i = 0; n > 1 && i < n; i++)
        p->kinds[p->n_kinds++] =
            (struct inbox_kinds){ kinds[i]->code, rq_tr(rq, kinds[i]->name),
                                  str_eq(kinds[i]->code, p->kind) };
}

static const char *name_of_absent(const struct flow_who *w, const char *code)
{
    for (size_t i = 0; i < w->n_absent; i++)
        if (str_eq(w->absent[i].person.code, code))
            return w->absent[i].person.name ? w->absent[i].person.name : code;
    return code;
}

static enum rc inbox_lines(struct rq *rq, const struct snap *s, const struct flow_who *w,
                           const struct matter_line *l, size_t n, struct inbox_page *p,
                           struct err *e)
{
    enum rc rc = RC_OK;
    int32_t today = county_today(rq_county(rq));
    p->lines = arena_array(rq->a, n, sizeof(*p->lines));
    p->n_lines = n;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        p->lines[i] =
            (struct inbox_lines){ .code = l[i].code,
                                  .title = l[i].title,
                                  .kind_name = l[i].kind_name,
                                  .state_name = l[i].state_name,
                                  .unit_name = l[i].unit_name,
                                  .mark = flow_colour_mark(l[i].colour),
                                  .colour = rq_tr(rq, flow_colour_text(l[i].colour)),
                                  .due = day_time(l[i].due),
                                  .due_text = rq_due_text(rq, s, l[i].due, l[i].gap_year),
                                  .late = l[i].due && l[i].due < today,
                                  .for_name = *l[i].for_ ? name_of_absent(w, l[i].for_) : "" };
        rc = flow_facts_text(s, rq_county(rq), &l[i], rq->lang, rq->a, &p->lines[i].facts, e);
    }
    return rc;
}

struct seeing {
    struct county *c;
    const struct flow_who *w;
    const struct id *ids;
    size_t n;
};

static enum rc see(struct tx *tx, void *arg, struct err *e)
{
    const struct seeing *x = arg;
    return flow_notices_seen(tx, x->c, x->w, x->ids, x->n, e);
}

/* Notices come with their receipts: what is shown now has been seen. */
static enum rc inbox_notices(struct rq *rq, const struct snap *s, const struct flow_who *w,
                             struct inbox_page *p, struct id *fresh, size_t *ret_fresh,
                             struct err *e)
{
    struct flow_notice *list;
    size_t n;
    enum rc rc = flow_notices(s, rq_county(rq), w, (struct id){ 0 }, NOTICES_SHOWN, rq->lang,
                              rq->a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    p->notices = arena_array(rq->a, n, sizeof(*p->notices));
    *ret_fresh = 0;
    for (size_t i = 0; i < n; i++) {
        if (!list[i].seen_at.us)
            fresh[(*ret_fresh)++] = list[i].id;
        if (!list[i].acked_at.us)
            p->notices[p->n_notices++] = (struct inbox_notices){ .id = list[i].id.v,
                                                                 .code = list[i].matter,
                                                                 .title = list[i].title,
                                                                 .what = list[i].what,
                                                                 .at = list[i].at };
    }
    return RC_OK;
}

static enum rc inbox_show(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct inbox_page p = { .kind = asked(rq, "kind") };
    struct matter_after after = { 0 };
    struct flow_who w;
    struct matter_line *l;
    struct id fresh[NOTICES_SHOWN];
    size_t n, n_fresh = 0;
    int64_t due = 0, id = 0;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = rq_query_int(rq, "due", N_("期限"), 0, INT32_MAX, &due, e);
        if (rc == RC_OK)
            rc = rq_query_int(rq, "after", N_("编号"), 0, INT64_MAX, &id, e);
        if (rc == RC_OK)
            rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &w, e);
        after = (struct matter_after){ (int32_t)due, { id } };
        if (rc == RC_OK)
            rc = flow_inbox(s, c, &w, p.kind, id ? &after : NULL, INBOX_PAGE, rq->lang, rq->a,
                            &l, &n, &p.more, e);
        if (rc == RC_OK)
            rc = flow_inbox_count(s, c, &w, 1000, rq->a, &p.total, e);
        if (rc == RC_OK)
            rc = inbox_notices(rq, s, &w, &p, fresh, &n_fresh, e);
        if (rc == RC_OK)
            rc = inbox_lines(rq, s, &w, l, n, &p, e);
        if (rc != RC_OK)
            return rc;
        inbox_kinds(rq, &p);
    }
    if (p.more && n > 0)
        p.next =
            arena_printf(rq->a, "/inbox?kind=%s&due=%d&after=%lld", p.kind,
                         l[n - 1].due ? l[n - 1].due : INT32_MAX, (long long)l[n - 1].id.v);
    struct seeing x = { c, &w, fresh, n_fresh };
    if (n_fresh > 0 && rq->account.by == SESSION)
        rc = db_transact(c->db, see, &x, e);
    return rc == RC_OK ? inbox_render(rq, &p, e) : rc;
}

struct acking {
    struct county *c;
    const struct flow_who *w;
    struct id id;
};

static enum rc ack(struct tx *tx, void *arg, struct err *e)
{
    const struct acking *x = arg;
    return flow_notice_ack(tx, x->c, x->w, x->id, e);
}

static enum rc notice_ack_post(struct rq *rq, struct err *e)
{
    struct flow_who w;
    struct acking x = { .c = rq_county(rq), .w = &w };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = parse_int64(rq_param(rq, "id"), 1, INT64_MAX, N_("通知"), &x.id.v, e);
    if (rc == RC_OK)
        rc = db_read(x.c->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    db_read_end(&s);
    if (rc == RC_OK)
        rc = db_transact(x.c->db, ack, &x, e);
    return rc == RC_OK ? web_done(rq, "/inbox", e) : rc;
}

/* ---- the board ---- */

static void board_units(struct rq *rq, struct board_page *p)
{
    const struct asker *k = rq_asker(rq);
    const bool *may = person_scope(&k->person, CAP_READ_UNIT, k->units, rq->a);
    p->units = arena_array(rq->a, k->units->n, sizeof(*p->units));
    for (size_t i = 0; i < k->units->n; i++)
        if (may[i])
            p->units[p->n_units++] =
                (struct board_units){ k->units->all[i].code, k->units->all[i].name,
                                      str_eq(k->units->all[i].code, p->unit) };
}

static void board_kinds(struct rq *rq, struct board_page *p)
{
    size_t n;
    const struct flow_kind *const *kinds = flow_kinds(rq_county(rq), &n);
    p->kinds = arena_array(rq->a, n, sizeof(*p->kinds));
    for (size_t i = 0; i < n; i++)
        p->kinds[p->n_kinds++] =
            (struct board_kinds){ kinds[i]->code, rq_tr(rq, kinds[i]->name),
                                  str_eq(kinds[i]->code, p->kind) };
}

static enum rc board_lines(struct rq *rq, const struct snap *s, const struct board_column *b,
                           struct board_columns *c, struct err *e)
{
    enum rc rc = RC_OK;
    c->lines = arena_array(rq->a, b->n_lines, sizeof(*c->lines));
    c->n_lines = b->n_lines;
    for (size_t k = 0; k < b->n_lines && rc == RC_OK; k++) {
        const struct matter_line *l = &b->lines[k];
        c->lines[k] = (struct board_columns_lines){
            .code = l->code,
            .title = l->title,
            .unit_name = l->unit_name,
            .mark = flow_colour_mark(l->colour),
            .colour = rq_tr(rq, flow_colour_text(l->colour)),
            .due = day_time(l->due),
            .due_text = b->final ? "" : rq_due_text(rq, s, l->due, l->gap_year)
        };
        rc = flow_facts_text(s, rq_county(rq), l, rq->lang, rq->a, &c->lines[k].facts, e);
    }
    return rc;
}

static enum rc board_columns(struct rq *rq, const struct snap *s, const struct board_column *b,
                             size_t n, struct board_page *p, struct err *e)
{
    enum rc rc = RC_OK;
    p->columns = arena_array(rq->a, n, sizeof(*p->columns));
    p->n_columns = n;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        p->columns[i] = (struct board_columns){ .state = b[i].state,
                                                .name = b[i].name,
                                                .final = b[i].final,
                                                .n = b[i].n,
                                                .yellow = b[i].by_colour[FLOW_YELLOW],
                                                .orange = b[i].by_colour[FLOW_ORANGE],
                                                .red = b[i].by_colour[FLOW_RED],
                                                .more = b[i].n - (int64_t)b[i].n_lines };
        rc = board_lines(rq, s, &b[i], &p->columns[i], e);
    }
    return rc;
}

static void board_numbers(const struct flow_stats *st, struct board_page *p)
{
    p->open = st->open;
    p->ended = st->ended;
    p->in_time = st->in_time;
    p->judged = st->in_time + st->late;
    p->returned = st->returned;
    p->reopened = st->reopened;
    p->measured = st->measured;
    p->gross_mean = st->gross_mean;
    p->net_mean = st->net_mean;
    p->net_median = st->net_median;
    p->net_p90 = st->net_p90;
}

static enum rc board_found(struct rq *rq, const struct snap *s, const struct matter_line *l,
                           size_t n, struct board_page *p, struct err *e)
{
    enum rc rc = RC_OK;
    p->found = arena_array(rq->a, n, sizeof(*p->found));
    p->n_found = n;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        p->found[i] = (struct board_found){ l[i].code, l[i].title, l[i].state_name,
                                            l[i].unit_name, l[i].kind_name };
        rc = flow_facts_text(s, rq_county(rq), &l[i], rq->lang, rq->a, &p->found[i].facts, e);
    }
    return rc;
}

static enum rc board_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    struct board_page p = { .kind = rq_param(rq, "kind"),
                            .unit = asked(rq, "unit"),
                            .text = asked(rq, "q") };
    const struct flow_kind *k = flow_kind_of(c, p.kind);
    const struct unit *u = units_find(rq_asker(rq)->units, p.unit);
    struct flow_who w;
    struct board_column *b;
    struct flow_stats st;
    struct matter_line *found;
    size_t n, n_found;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = flow_board(s, c, &w, p.kind, p.unit, rq->lang, rq->a, &b, &n, e);
    if (rc == RC_OK)
        rc = flow_statistics(s, c, &w, p.kind, p.unit, (struct utime){ 1 },
                             (struct utime){ INT64_MAX }, rq->a, &st, e);
    if (rc == RC_OK)
        rc = flow_search(s, c, &w, p.text, rq->lang, rq->a, &found, &n_found, e);
    if (rc == RC_OK)
        rc = board_columns(rq, s, b, n, &p, e);
    if (rc == RC_OK)
        rc = board_found(rq, s, found, n_found, &p, e);
    if (rc != RC_OK)
        return rc;
    p.kind_name = rq_tr(rq, k->name);
    p.help = rq_tr(rq, k->help);
    p.unit_name = u ? u->name : "";
    board_kinds(rq, &p);
    board_units(rq, &p);
    board_numbers(&st, &p);
    return board_render(rq, &p, e);
}

/* The first kind there is. */
static enum rc board_first(struct rq *rq, struct err *e)
{
    size_t n;
    const struct flow_kind *const *kinds = flow_kinds(rq_county(rq), &n);
    if (n == 0)
        return err_set(e, RC_NOTFOUND, N_("还没有任何一类事项"));
    return web_redirect(rq, arena_printf(rq->a, "/board/%s", kinds[0]->code), e);
}

/* ---- the agenda ---- */

static const char *weekday(struct rq *rq, int32_t day)
{
    static const char *const names[] = { N_("周一"), N_("周二"), N_("周三"), N_("周四"),
                                         N_("周五"), N_("周六"), N_("周日") };
    return rq_tr(rq, names[(day % 7 + 7 + 3) % 7]);
}

static enum rc agenda_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    const struct calendar *cal;
    struct agenda_page p = { 0 };
    struct flow_who w;
    struct matter_line *l;
    char code[PERIOD_TEXT];
    size_t n;
    int32_t today = county_today(c), from = today - (today % 7 + 7 + 3) % 7;
    const char *given = asked(rq, "from");
    enum rc rc = *given ? day_parse(given, &from, e) : RC_OK;
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = calendar_get(c, s, &cal, e);
    if (rc == RC_OK)
        rc = flow_agenda(s, c, &w, from, from + AGENDA_DAYS - 1, rq->lang, rq->a, &l, &n, e);
    if (rc != RC_OK)
        return rc;
    p.first = day_time(from);
    p.last = day_time(from + AGENDA_DAYS - 1);
    p.total = (int64_t)n;
    p.missing_year_null = true;
    p.prev = arena_printf(rq->a, "/agenda?from=%s", day_code(from - AGENDA_DAYS, code));
    p.next = arena_printf(rq->a, "/agenda?from=%s", day_code(from + AGENDA_DAYS, code));
    p.days = arena_array(rq->a, AGENDA_DAYS, sizeof(*p.days));
    p.n_days = AGENDA_DAYS;
    size_t at = 0;
    for (int32_t i = 0; i < AGENDA_DAYS; i++) {
        struct agenda_days *d = &p.days[i];
        bool work = true;
        int missing = calendar_is_work(cal, from + i, &work);
        if (missing && p.missing_year_null) {
            p.missing_year = missing;
            p.missing_year_null = false;
        }
        *d = (struct agenda_days){ .day = day_time(from + i),
                                   .name = weekday(rq, from + i),
                                   .off = !missing && !work,
                                   .today = from + i == today,
                                   .past = from + i < today };
        d->lines = arena_array(rq->a, n, sizeof(*d->lines));
        for (; at < n && l[at].due == from + i && rc == RC_OK; at++) {
            struct agenda_days_lines *line = &d->lines[d->n_lines++];
            *line = (struct agenda_days_lines){ l[at].code,
                                                l[at].title,
                                                l[at].kind_name,
                                                l[at].state_name,
                                                l[at].unit_name,
                                                flow_colour_mark(l[at].colour),
                                                rq_tr(rq, flow_colour_text(l[at].colour)) };
            rc = flow_facts_text(s, c, &l[at], rq->lang, rq->a, &line->facts, e);
        }
    }
    return rc == RC_OK ? agenda_render(rq, &p, e) : rc;
}

/* ---- exports ---- */

static enum rc send(struct rq *rq, enum sheet_format format, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    const char *kind = rq_param(rq, "kind");
    const struct table *t;
    struct flow_who w;
    enum rc rc = db_read_for(c->db, EXPORT_SNAP_MS, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = flow_export(s, c, &w, kind, rq->lang, rq->a, &t, e);
    if (rc != RC_OK)
        return rc;
    return rq_send_table(rq, format, t, kind, e);
}

static enum rc export_xlsx(struct rq *rq, struct err *e)
{
    return send(rq, SHEET_XLSX, e);
}

static enum rc export_csv(struct rq *rq, struct err *e)
{
    return send(rq, SHEET_CSV, e);
}

static enum rc export_json(struct rq *rq, struct err *e)
{
    return send(rq, SHEET_JSON, e);
}

#define LISTING                                                                                \
    .auth = SESSION | TOKEN, .need = CAP_SELF, .scope = SCOPE_LIST /* part of an initialiser   \
                                                                    */

const struct route inbox_routes[] = {
    { LISTING, .method = GET, .path = "/inbox", .fn = inbox_show, .page = &inbox_kind,
      .help = N_("等着本人办的事项和通知") },
    { LISTING, .method = POST, .path = "/notice/:id/ack", .fn = notice_ack_post,
      .help = N_("知悉一条通知") },
    { LISTING, .method = GET, .path = "/board", .fn = board_first },
    { LISTING, .method = GET, .path = "/board/:kind", .fn = board_show, .page = &board_kind,
      .help = N_("一类事项按状态排列,连同数量和用时") },
    { LISTING, .method = GET, .path = "/agenda", .fn = agenda_show, .page = &agenda_kind,
      .help = N_("四周内到期的事项") },
    { LISTING, .method = GET, .path = "/matters/:kind.xlsx", .fn = export_xlsx,
      .journal = "export", .help = N_("一类事项导出为xlsx") },
    { LISTING, .method = GET, .path = "/matters/:kind.csv", .fn = export_csv,
      .journal = "export", .help = N_("一类事项导出为CSV") },
    { LISTING, .method = GET, .path = "/matters/:kind", .fn = export_json, .journal = "export",
      .help = N_("一类事项导出为JSON") },
};
const size_t inbox_routes_n = COUNT(inbox_routes);
