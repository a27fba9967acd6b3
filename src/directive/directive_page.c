/*
 * Directives as a list, with their three statuses. The three lists (问题、责任、项目) are the
 * same matters with other columns. What each role asks is the heading: the platform which are
 * late, a unit what waits for it.
 */
#include "directive/directive_page.h"

#include "base/fmt.h"
#include "base/str.h"
#include "directive/directive.sql.h"
#include "directive/directives.html.h"
#include "directive/listing.h"
#include "directive/problem_kind.h"
#include "directive/room.h"
#include "flow/page_room.h"
#include "monitor/publication.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "sheet/sheet.h"
#include "sheet/table.h"
#include "store/county.h"
#include "warn/warn.h"

#include <string.h>

enum { CELLS_MAX = 5 };

static const struct {
    const char *name;
    const char *heads[CELLS_MAX];
} lists[LISTS] = {
    [LIST_ALL] = { N_("全部"), { N_("谁来办"), N_("来源") } },
    [LIST_PROBLEM] = { N_("问题清单"),
                       { N_("问题"), N_("问题类别"), N_("严重程度"), N_("原因"), N_("单位") } },
    [LIST_DUTY] = { N_("责任清单"),
                    { N_("层级"), N_("负哪一种责任"), N_("谁来办"), N_("协办单位"),
                      N_("督办单位") } },
    [LIST_PROJECT] = { N_("项目清单"), { N_("谁来办"), N_("工作方案"), N_("下级事项") } },
};

/* ---- cells ---- */

static const char *unit_name(const struct listing *x, const char *code)
{
    const struct unit *u = units_find(x->w.units, code);
    return u ? u->name : code;
}

static const char *field_text(const struct listing *x, const struct matter *m,
                              const char *field)
{
    return field_show(flow_field_of(m->kind, field), matter_value(m, field), x->w.units,
                      x->rq->lang, x->rq->a);
}

static enum rc holder(const struct listing *x, const struct matter *m, const char **ret,
                      struct err *e)
{
    *ret = unit_name(x, matter_unit(m));
    return !*matter_unit(m) && *matter_account(m)
               ? name_of_account(x->s, matter_account(m), x->rq->a, ret, e)
               : RC_OK;
}

static const char *party_names(const struct listing *x, const struct matter *m,
                               enum party_role role)
{
    struct str b;
    str_init(&b, x->rq->a);
    for (size_t i = 0; i < m->n_parties; i++)
        if (m->parties[i].role == role)
            str_addf(&b, "%s%s", b.n ? rq_tr(x->rq, N_("、")) : "",
                     unit_name(x, m->parties[i].unit));
    return b.s;
}

static enum rc parts_text(const struct listing *x, const struct matter *m, const char **ret,
                          struct err *e)
{
    struct directive_parts_row *parts;
    size_t n, ended = 0;
    enum rc rc = directive_parts_all(x->s, m->id, x->rq->a, &parts, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        ended += !parts[i].open;
    *ret = rc != RC_OK || n == 0 ? ""
                                 : text_fill(x->rq->a, rq_tr(x->rq, N_("{n}件，办结{ended}件")),
                                             "n", fmt_count(x->rq->a, (int64_t)n), "ended",
                                             fmt_count(x->rq->a, (int64_t)ended), NULL);
    return rc;
}

static enum rc cells(const struct listing *x, const struct matter *m,
                     const char *ret[CELLS_MAX], struct err *e)
{
    const char *who, *duty, *layer, *parts;
    enum rc rc = holder(x, m, &who, e);
    memset(ret, 0, CELLS_MAX * sizeof(*ret));
    switch (rc == RC_OK ? x->list : LISTS) {
    case LIST_ALL:
        ret[0] = who;
        ret[1] = field_text(x, m, "source");
        break;
    case LIST_PROBLEM:
        ret[0] = matter_value(m, "problem");
        ret[1] = matter_value(m, "problem_kind");
        ret[2] = field_text(x, m, "severity");
        ret[3] = matter_value(m, "cause");
        ret[4] = who;
        break;
    case LIST_DUTY:
        rc = directive_duty(x->s, m, &duty, &layer, e);
        if (rc != RC_OK)
            break;
        ret[0] = rq_tr(x->rq, layer);
        ret[1] = rq_tr(x->rq, duty);
        ret[2] = who;
        ret[3] = party_names(x, m, PARTY_JOINT);
        ret[4] = party_names(x, m, PARTY_SUPERVISOR);
        break;
    case LIST_PROJECT:
        rc = parts_text(x, m, &parts, e);
        ret[0] = who;
        ret[1] = matter_value(m, "plan");
        ret[2] = parts;
        break;
    case LISTS:
        break;
    }
    return rc;
}

/* ---- the page ---- */

struct option {
    const char *code, *name;
    bool chosen;
};

/* Choices of a field as options. */
static size_t options_of(const struct listing *x, const char *field, const char *chosen,
                         struct option *ret)
{
    size_t n = 0;
    for (const struct flow_choice *c = flow_field_of(&directive_flow_kind, field)->choices;
         c->code; c++)
        ret[n++] = (struct option){ c->code, rq_tr(x->rq, c->name), str_eq(c->code, chosen) };
    return n;
}

static enum rc fill_filter(const struct listing *x, struct directives_page *p, struct err *e)
{
    struct arena *a = x->rq->a;
    const struct units *us = x->w.units;
    const struct flow_kind *k = &directive_flow_kind;
    const bool *may = person_scope(x->w.person, CAP_READ_UNIT, us, a);
    struct option o[16];
    const char *const *names;
    size_t n;
    p->states = arena_array(a, k->n_states + 2, sizeof(*p->states));
    p->states[p->n_states++] =
        (struct directives_states){ "", rq_tr(x->rq, N_("在办的")), !*x->state };
    p->states[p->n_states++] =
        (struct directives_states){ "all", rq_tr(x->rq, N_("全部")), str_eq(x->state, "all") };
    for (size_t i = 0; i < k->n_states; i++)
        p->states[p->n_states++] =
            (struct directives_states){ k->states[i].code, rq_tr(x->rq, k->states[i].name),
                                        str_eq(k->states[i].code, x->state) };
    n = options_of(x, "source", x->source, o);
    p->sources = arena_array(a, n, sizeof(*p->sources));
    for (size_t i = 0; i < n; i++)
        p->sources[p->n_sources++] =
            (struct directives_sources){ o[i].code, o[i].name, o[i].chosen };
    n = options_of(x, "emphasis", x->emphasis, o);
    p->emphases = arena_array(a, n, sizeof(*p->emphases));
    for (size_t i = 0; i < n; i++)
        p->emphases[p->n_emphases++] =
            (struct directives_emphases){ o[i].code, o[i].name, o[i].chosen };
    n = options_of(x, "severity", x->severity, o);
    p->severities = arena_array(a, n, sizeof(*p->severities));
    for (size_t i = 0; i < n; i++)
        p->severities[p->n_severities++] =
            (struct directives_severities){ o[i].code, o[i].name, o[i].chosen };
    p->units = arena_array(a, us->n, sizeof(*p->units));
    for (size_t i = 0; i < us->n; i++)
        if (may[i])
            p->units[p->n_units++] =
                (struct directives_units){ us->all[i].code, us->all[i].name,
                                           str_eq(us->all[i].code, x->unit) };
    enum rc rc = problem_kinds_load(x->s, a, &names, &n, e);
    p->kinds = arena_array(a, rc == RC_OK ? n : 0, sizeof(*p->kinds));
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        p->kinds[p->n_kinds++] =
            (struct directives_kinds){ names[i], names[i], str_eq(names[i], x->kind) };
    return rc;
}

static enum rc fill_row(struct listing *x, size_t i, const struct directives_page *p,
                        struct directives_rows *r, struct err *e)
{
    struct arena *a = x->rq->a;
    const struct listing_item *it;
    const char *text[CELLS_MAX];
    enum rc rc = listing_item(x, i, &it, e);
    if (rc == RC_OK)
        rc = cells(x, &it->m, text, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_state *state = flow_state_of(it->m.kind, it->m.state);
    *r = (struct directives_rows){
        .code = it->code,
        .number = directive_number(it->code, x->rq->lang, a),
        .title = it->m.title,
        .state_name = state ? rq_tr(x->rq, state->name) : it->m.state,
        .mark = flow_colour_mark(it->m.colour),
        .colour = rq_tr(x->rq, flow_colour_text(it->m.colour)),
        .waits = it->waits,
        .said = it->st.said,
        .said_note = it->st.said_note,
        .shown = it->st.shown,
        .shown_note = it->st.shown_note,
        .lacking = it->st.lacking,
        .against = it->st.against,
        .against_note = it->st.against_note,
        .late = it->st.late,
    };
    r->cells = arena_array(a, p->n_heads, sizeof(*r->cells));
    for (size_t k = 0; k < p->n_heads; k++)
        r->cells[r->n_cells++] =
            (struct directives_rows_cells){ p->heads[k].name, text[k] ? text[k] : "" };
    return RC_OK;
}

static enum rc fill_rows(struct listing *x, size_t first, size_t last,
                         struct directives_page *p, struct err *e)
{
    enum rc rc = RC_OK;
    p->heads = arena_array(x->rq->a, CELLS_MAX, sizeof(*p->heads));
    for (size_t i = 0; i < CELLS_MAX && lists[x->list].heads[i]; i++)
        p->heads[p->n_heads++] =
            (struct directives_heads){ rq_tr(x->rq, lists[x->list].heads[i]) };
    p->rows = arena_array(x->rq->a, last - first, sizeof(*p->rows));
    for (size_t i = first; i < last && rc == RC_OK; i++)
        rc = fill_row(x, i, p, &p->rows[p->n_rows++], e);
    return rc;
}

/* Warnings of their units that count, for who sees both in one place. */
static enum rc fill_warnings(const struct listing *x, struct directives_page *p, struct err *e)
{
    struct sight k;
    struct warn_view *w;
    size_t n, n_periods;
    enum rc rc = rq_sight(x->rq, &k, e);
    if (rc != RC_OK)
        return rc;
    const struct period *periods = sight_periods(&k, true, x->rq->a, &n_periods);
    const struct warn_sight sight = sight_warnings(&k);
    p->warnings_href = "/warning";
    if (n_periods == 0)
        return RC_OK;
    rc = warnings_shown(x->s, periods[0], &sight, (struct id){ 0 }, x->rq->lang, x->rq->a, &w,
                        &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct unit *u = units_by_id(x->w.units, w[i].unit);
        p->warnings +=
            u && person_may(x->w.person, CAP_READ_UNIT, u) && warn_view_counts(&w[i]);
    }
    return rc;
}

static enum rc directives_show(struct rq *rq, struct err *e)
{
    CLEANUP(listing_end) struct listing x = { .s = NULL };
    struct directives_page p = { .view = "" };
    size_t first, last;
    enum rc rc = listing_begin(rq, &x, e);
    if (rc != RC_OK)
        return rc;
    p.of_units = person_can(x.w.person, CAP_HANDLE);
    p.dispatches = person_can(x.w.person, CAP_DISPATCH);
    p.open = x.open;
    p.late = x.late;
    p.lacking = x.lacking;
    p.waiting = x.waiting;
    p.total = (int64_t)x.n;
    p.list = list_codes[x.list];
    p.export = listing_href(&x, "/directive/export.xlsx", p.list);
    p.lists = arena_array(rq->a, LISTS, sizeof(*p.lists));
    for (enum list i = LIST_ALL; i < LISTS; i++)
        p.lists[p.n_lists++] = (struct directives_lists){
            rq_tr(rq, lists[i].name), listing_href(&x, "/directive", list_codes[i]), i == x.list
        };
    rc = rq_pager(rq, x.n, &first, &last, &p.pager, e);
    if (rc == RC_OK)
        rc = fill_filter(&x, &p, e);
    if (rc == RC_OK)
        rc = fill_rows(&x, first, last, &p, e);
    if (rc == RC_OK && p.of_units)
        rc = fill_warnings(&x, &p, e);
    return rc == RC_OK ? directives_render(rq, &p, e) : rc;
}

/* The same list as a sheet: code, title, state, the list's own columns, the three statuses. */
static const char *const sheet_heads[] = { N_("文号"), N_("编号"), N_("事项"), N_("状态") };
static const char *const sheet_tails[] = { N_("单位所说"),     N_("单位所说的说明"),
                                           N_("佐证所示"),     N_("佐证所示的说明"),
                                           N_("对照原定期限"), N_("期限说明") };

static enum rc put_row(struct listing *x, size_t i, size_t own, struct table *t, struct err *e)
{
    const size_t h = COUNT(sheet_heads);
    const struct listing_item *it;
    const char *text[CELLS_MAX];
    enum rc rc = listing_item(x, i, &it, e);
    if (rc == RC_OK)
        rc = cells(x, &it->m, text, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_state *state = flow_state_of(it->m.kind, it->m.state);
    const char *const left[] = { directive_number(it->code, x->rq->lang, x->rq->a), it->code,
                                 it->m.title, state ? rq_tr(x->rq, state->name) : it->m.state };
    const char *const right[] = { it->st.said,       it->st.said_note, it->st.shown,
                                  it->st.shown_note, it->st.against,   it->st.against_note };
    for (size_t k = 0; k < h; k++)
        table_set(t, i + 1, k, CELL_TEXT, left[k]);
    for (size_t k = 0; k < own; k++)
        table_set(t, i + 1, h + k, CELL_TEXT, text[k] ? text[k] : "");
    for (size_t k = 0; k < COUNT(right); k++)
        table_set(t, i + 1, h + own + k, CELL_TEXT, right[k]);
    return RC_OK;
}

static enum rc export_send(struct rq *rq, struct err *e)
{
    CLEANUP(listing_end) struct listing x = { .s = NULL };
    enum rc rc = listing_begin(rq, &x, e);
    if (rc != RC_OK)
        return rc;
    size_t own = 0, h = COUNT(sheet_heads);
    while (own < CELLS_MAX && lists[x.list].heads[own])
        own++;
    struct table *t = table_new(rq->a, x.n + 1, h + own + COUNT(sheet_tails), true);
    for (size_t i = 0; i < h; i++)
        table_set(t, 0, i, CELL_TEXT, rq_tr(rq, sheet_heads[i]));
    for (size_t i = 0; i < own; i++)
        table_set(t, 0, h + i, CELL_TEXT, rq_tr(rq, lists[x.list].heads[i]));
    for (size_t i = 0; i < COUNT(sheet_tails); i++)
        table_set(t, 0, h + own + i, CELL_TEXT, rq_tr(rq, sheet_tails[i]));
    for (size_t i = 0; i < x.n && rc == RC_OK; i++)
        rc = put_row(&x, i, own, t, e);
    if (rc != RC_OK)
        return rc;
    return rq_send_table(rq, SHEET_XLSX, t, "directive", e);
}

/* ---- made of something else ---- */

static enum rc load_who(struct rq *rq, struct flow_who *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    return rc == RC_OK ? rq_who(rq, s, ret, e) : rc;
}

struct making {
    struct rq *rq;
    struct flow_who w;
    const char *what, *code;
    struct flow_done done;
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct making *x = arg;
    return directive_draft(tx, rq_county(x->rq), &x->w, x->what, x->code, x->rq->a, &x->done,
                           e);
}

static enum rc from_post(struct rq *rq, struct err *e)
{
    struct making x = { .rq = rq, .what = rq_param(rq, "what"), .code = rq_param(rq, "code") };
    enum rc rc = load_who(rq, &x.w, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, make, &x, e);
    return rc == RC_OK ? web_donef(rq, e, "/matter/%s?do=save", x.done.code) : rc;
}

#define READS .auth = SESSION | TOKEN, .need = CAP_READ_UNIT /* part of an initialiser */

const struct route directive_routes[] = {
    { READS, .method = GET, .path = "/directive", .scope = SCOPE_LIST, .fn = directives_show,
      .page = &directives_kind,
      .help = N_("廉动令:单位所说、佐证所示、对照原定期限;问题、责任、项目三本清单") },
    { READS, .method = GET, .path = "/directive/export.xlsx", .scope = SCOPE_LIST,
      .fn = export_send, .journal = "export", .help = N_("廉动令按筛选导出为xlsx") },
    { .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_OBJECT,
      .method = POST,
      .path = "/directive/from/:what/:code",
      .fn = from_post,
      .help = N_("由批示、会议(what=matter)或预警(what=warning)拟一件廉动令") },
};
const size_t directive_routes_n = COUNT(directive_routes);
