/*
 * Directives as a list, with their three statuses. The three lists (问题、责任、项目) are the
 * same matters with other columns. What each role asks is the heading: the platform which are
 * late, a unit what waits for it.
 */
#include "directive/directive_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "directive/ask.html.h"
#include "directive/directive.sql.h"
#include "directive/directives.html.h"
#include "directive/problem_kind.h"
#include "directive/problem_kinds.html.h"
#include "directive/room.h"
#include "directive/status.h"
#include "flow/matter.h"
#include "flow/page_room.h"
#include "monitor/publication.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "sheet/sheet.h"
#include "sheet/table.h"
#include "store/county.h"
#include "store/file.h"
#include "warn/warn.h"

#include <stdlib.h>
#include <string.h>

enum {
    ASK_DAYS = 5,
    ASK_DAYS_MAX = 92,
    EXPORT_SNAP_MS = 60000,
    CELLS_MAX = 5,
    FIXED_HEADS = 3
};

/* ---- the lists ---- */

enum list { LIST_ALL, LIST_PROBLEM, LIST_DUTY, LIST_PROJECT, LISTS };
static const struct {
    const char *code, *name;
    const char *heads[CELLS_MAX];
} lists[LISTS] = {
    [LIST_ALL] = { "", N_("全部"), { N_("谁来办"), N_("来源") } },
    [LIST_PROBLEM] = { "problem",
                       N_("问题清单"),
                       { N_("问题"), N_("问题类别"), N_("严重程度"), N_("原因"), N_("单位") } },
    [LIST_DUTY] = { "duty",
                    N_("责任清单"),
                    { N_("层级"), N_("负哪一种责任"), N_("谁来办"), N_("协办单位"),
                      N_("督办单位") } },
    [LIST_PROJECT] = { "project",
                       N_("项目清单"),
                       { N_("谁来办"), N_("工作方案"), N_("下级事项") } },
};

/* A directive of the list, loaded. */
struct item {
    struct matter m;
    struct directive_status st;
};
struct listing {
    struct rq *rq;
    struct county *c;
    const struct snap *s;
    struct flow_who w;
    enum list list;
    const char *state, *source, *emphasis, *kind, *severity, *unit;
    struct item *items;
    size_t n;
    int64_t open, late, lacking, waiting;
};

static const char *asked(const struct rq *rq, const char *name)
{
    const char *v = rq_query(rq, name);
    return v ? v : "";
}

/* Does the stored matter say this in a field? Only to leave most rows unread; the matter itself
 * is asked again. */
static bool may_say(const char *body, const char *value, struct arena *a)
{
    return !*value || strstr(body, value) ||
           strstr(body, arena_printf(a, "|%s", value)) != NULL;
}

static bool matches(const struct listing *x, const struct matter *m)
{
    return (!*x->source || str_eq(matter_value(m, "source"), x->source)) &&
           (!*x->emphasis || word_in(matter_value(m, "emphasis"), x->emphasis, '|')) &&
           (!*x->kind || str_eq(matter_value(m, "problem_kind"), x->kind)) &&
           (!*x->severity || str_eq(matter_value(m, "severity"), x->severity)) &&
           (x->list != LIST_PROBLEM || *matter_value(m, "problem")) &&
           (x->list != LIST_PROJECT || *matter_value(m, "plan"));
}

/* Open ones first, the ones that are late first among them; the rest newest first. */
static int by_need(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->m.open != y->m.open)
        return x->m.open ? -1 : 1;
    if (x->m.open && x->st.late != y->st.late)
        return x->st.late ? -1 : 1;
    if (x->m.open && x->st.lacking != y->st.lacking)
        return x->st.lacking ? -1 : 1;
    if (x->m.open && x->st.first != y->st.first)
        return (x->st.first > y->st.first) - (x->st.first < y->st.first);
    return (x->m.id.v < y->m.id.v) - (x->m.id.v > y->m.id.v);
}

static bool wanted_state(const struct listing *x, const struct directive_rows_row *r)
{
    if (!*x->state)
        return r->open;
    if (str_eq(x->state, "all"))
        return true;
    return str_eq(r->state, x->state);
}

static enum rc load(struct listing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct directive_rows_row *rows;
    size_t n;
    x->state = asked(rq, "state");
    x->source = asked(rq, "source");
    x->emphasis = asked(rq, "emphasis");
    x->kind = asked(rq, "kind");
    x->severity = asked(rq, "severity");
    x->unit = asked(rq, "unit");
    for (enum list i = LIST_ALL; i < LISTS; i++)
        if (str_eq(asked(rq, "list"), lists[i].code))
            x->list = i;
    enum rc rc = directive_rows_all(x->s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    x->items = arena_array(rq->a, n, sizeof(*x->items));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct directive_rows_row *r = &rows[i];
        struct item *it = &x->items[x->n];
        bool wanted = wanted_state(x, r) && (!*x->unit || str_eq(r->unit, x->unit)) &&
                      may_say(r->body, x->source, rq->a) && may_say(r->body, x->kind, rq->a) &&
                      may_say(r->body, x->severity, rq->a) &&
                      may_say(r->body, x->emphasis, rq->a);
        if (!wanted && !r->open)
            continue;
        rc = matter_load(x->s, x->c, r->code, rq->a, &it->m, e);
        if (rc != RC_OK || !flow_may_see(&x->w, &it->m))
            continue;
        rc = directive_status(x->s, x->c, &it->m, rq->lang, rq->a, &it->st, e);
        x->open += r->open && !r->draft;
        x->late += r->open && !r->draft && it->st.late;
        x->lacking += r->open && it->st.lacking;
        x->waiting += r->open && flow_offered(x->s, x->c, &x->w, &it->m, NULL) != NULL;
        x->n += wanted && matches(x, &it->m);
    }
    if (rc == RC_OK && x->n > 1)
        qsort(x->items, x->n, sizeof(*x->items), by_need);
    return rc;
}

static void end(struct listing *x)
{
    db_read_end(&x->s);
}

static enum rc begin(struct rq *rq, struct listing *x, struct err *e)
{
    *x = (struct listing){ .rq = rq, .c = rq_county(rq) };
    enum rc rc = db_read_for(x->c->db, EXPORT_SNAP_MS, &x->s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, x->s, &x->w, e);
    return rc == RC_OK ? load(x, e) : rc;
}

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
        rc = directive_duty(x->s, x->c, m, &duty, &layer, e);
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

/* The same filters at another address. */
static const char *with_filters(const struct listing *x, const char *path, const char *list)
{
    struct str b;
    const struct {
        const char *name, *value;
    } q[] = { { "list", list },        { "state", x->state },
              { "source", x->source }, { "emphasis", x->emphasis },
              { "kind", x->kind },     { "severity", x->severity },
              { "unit", x->unit } };
    str_init(&b, x->rq->a);
    str_add(&b, path);
    bool first = true;
    for (size_t i = 0; i < COUNT(q); i++) {
        if (!*q[i].value)
            continue;
        str_addf(&b, "%s%s=", first ? "?" : "&", q[i].name);
        url_text(&b, q[i].value);
        first = false;
    }
    return b.s;
}

static enum rc fill_rows(const struct listing *x, size_t first, size_t last,
                         struct directives_page *p, struct err *e)
{
    struct arena *a = x->rq->a;
    enum rc rc = RC_OK;
    p->heads = arena_array(a, CELLS_MAX, sizeof(*p->heads));
    for (size_t i = 0; i < CELLS_MAX && lists[x->list].heads[i]; i++)
        p->heads[p->n_heads++] =
            (struct directives_heads){ rq_tr(x->rq, lists[x->list].heads[i]) };
    p->rows = arena_array(a, last - first, sizeof(*p->rows));
    for (size_t i = first; i < last && rc == RC_OK; i++) {
        const struct matter *m = &x->items[i].m;
        const struct directive_status *st = &x->items[i].st;
        const struct flow_state *state = flow_state_of(m->kind, m->state);
        const char *text[CELLS_MAX];
        struct directives_rows *r = &p->rows[p->n_rows++];
        rc = cells(x, m, text, e);
        *r = (struct directives_rows){
            .code = m->code,
            .number = directive_number(m->code, x->rq->lang, a),
            .title = m->title,
            .state_name = state ? rq_tr(x->rq, state->name) : m->state,
            .mark = flow_colour_mark(m->colour),
            .colour = rq_tr(x->rq, flow_colour_text(m->colour)),
            .waits = m->open && flow_offered(x->s, x->c, &x->w, m, NULL) != NULL,
            .said = st->said,
            .said_note = st->said_note,
            .shown = st->shown,
            .shown_note = st->shown_note,
            .lacking = st->lacking,
            .against = st->against,
            .against_note = st->against_note,
            .late = st->late,
        };
        r->cells = arena_array(a, p->n_heads, sizeof(*r->cells));
        for (size_t k = 0; rc == RC_OK && k < p->n_heads; k++)
            r->cells[r->n_cells++] =
                (struct directives_rows_cells){ p->heads[k].name, text[k] ? text[k] : "" };
    }
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
    CLEANUP(end) struct listing x = { .s = NULL };
    struct directives_page p = { .view = "" };
    size_t first, last;
    enum rc rc = begin(rq, &x, e);
    if (rc != RC_OK)
        return rc;
    p.of_units = person_can(x.w.person, CAP_HANDLE);
    p.dispatches = person_can(x.w.person, CAP_DISPATCH);
    p.open = x.open;
    p.late = x.late;
    p.lacking = x.lacking;
    p.waiting = x.waiting;
    p.total = (int64_t)x.n;
    p.list = lists[x.list].code;
    p.export = with_filters(&x, "/directive/export.xlsx", p.list);
    p.lists = arena_array(rq->a, LISTS, sizeof(*p.lists));
    for (enum list i = LIST_ALL; i < LISTS; i++)
        p.lists[p.n_lists++] = (struct directives_lists){
            rq_tr(rq, lists[i].name), with_filters(&x, "/directive", lists[i].code), i == x.list
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
static enum rc export_send(struct rq *rq, struct err *e)
{
    CLEANUP(end) struct listing x = { .s = NULL };
    struct str b;
    enum rc rc = begin(rq, &x, e);
    if (rc != RC_OK)
        return rc;
    static const char *const heads[] = { N_("文号"), N_("编号"), N_("事项"), N_("状态") };
    static const char *const tails[] = { N_("单位所说"),     N_("单位所说的说明"),
                                         N_("佐证所示"),     N_("佐证所示的说明"),
                                         N_("对照原定期限"), N_("期限说明") };
    size_t own = 0, h = COUNT(heads);
    while (own < CELLS_MAX && lists[x.list].heads[own])
        own++;
    struct table *t = table_new(rq->a, x.n + 1, h + own + COUNT(tails), true);
    for (size_t i = 0; i < h; i++)
        table_set(t, 0, i, CELL_TEXT, rq_tr(rq, heads[i]));
    for (size_t i = 0; i < own; i++)
        table_set(t, 0, h + i, CELL_TEXT, rq_tr(rq, lists[x.list].heads[i]));
    for (size_t i = 0; i < COUNT(tails); i++)
        table_set(t, 0, h + own + i, CELL_TEXT, rq_tr(rq, tails[i]));
    for (size_t i = 0; i < x.n && rc == RC_OK; i++) {
        const struct matter *m = &x.items[i].m;
        const struct directive_status *st = &x.items[i].st;
        const struct flow_state *state = flow_state_of(m->kind, m->state);
        const char *text[CELLS_MAX];
        rc = cells(&x, m, text, e);
        const char *const left[] = { directive_number(m->code, rq->lang, rq->a), m->code,
                                     m->title, state ? rq_tr(rq, state->name) : m->state };
        const char *const right[] = { st->said,       st->said_note, st->shown,
                                      st->shown_note, st->against,   st->against_note };
        for (size_t k = 0; k < h; k++)
            table_set(t, i + 1, k, CELL_TEXT, left[k]);
        for (size_t k = 0; rc == RC_OK && k < own; k++)
            table_set(t, i + 1, h + k, CELL_TEXT, text[k] ? text[k] : "");
        for (size_t k = 0; k < COUNT(tails); k++)
            table_set(t, i + 1, h + own + k, CELL_TEXT, right[k]);
    }
    if (rc != RC_OK)
        return rc;
    const struct table *out = t;
    str_init(&b, NULL);
    rc = sheet_write(SHEET_XLSX, &out, 1, /* bom= */ true, rq->now, &b, e);
    if (rc == RC_OK)
        return web_str(rq, &b, sheet_format_mime(SHEET_XLSX), "directive.xlsx", e);
    str_done(&b);
    return rc;
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

/* ---- one directive: its scan, a question ---- */

static enum rc load_directive(struct rq *rq, const struct snap *s, struct flow_who *w,
                              struct matter *ret, struct err *e)
{
    const char *code = rq_param(rq, "code");
    enum rc rc = rq_who(rq, s, w, e);
    if (rc == RC_OK)
        rc = matter_load(s, rq_county(rq), code, rq->a, ret, e);
    if (rc == RC_OK && (ret->kind != &directive_flow_kind || !flow_may_see(w, ret)))
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    return rc;
}

/* The scan of the instruction, for everybody who may see what was made of it. */
static enum rc scan_send(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    const char *want = rq_param(rq, "digest");
    uint8_t digest[HASH_SIZE];
    struct flow_who w;
    struct matter m;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = load_directive(rq, s, &w, &m, e);
    for (size_t i = 0; rc == RC_OK && *m.parent && i < MATTER_DEPTH_MAX; i++)
        rc = matter_load(s, c, m.parent, rq->a, &m, e);
    const char *code = rc == RC_OK ? instruction_of(&m) : "";
    if (rc == RC_OK && *code)
        rc = matter_load(s, c, code, rq->a, &m, e);
    for (size_t i = 0; rc == RC_OK && *code && i < m.n_files; i++)
        if (str_eq(m.files[i].digest, want) && hex_decode(want, HASH_SIZE, digest))
            return web_file(rq, file_path(c, rq->a, digest), "application/octet-stream",
                            m.files[i].name, e);
    return rc == RC_OK ? err_set(e, RC_NOTFOUND, N_("这件事项没有这个文件")) : rc;
}

static enum rc ask_page(struct rq *rq, const char *error, const char *text, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    char due[PERIOD_TEXT], lo[PERIOD_TEXT], hi[PERIOD_TEXT];
    int32_t today = county_today(rq_county(rq));
    struct flow_who w;
    struct matter m;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load_directive(rq, s, &w, &m, e);
    const struct unit *u = rc == RC_OK ? units_find(w.units, matter_unit(&m)) : NULL;
    if (rc == RC_OK)
        rc = person_demand(w.person, CAP_SUPERVISE, u, e);
    if (rc != RC_OK)
        return rc;
    struct directive_ask_page p = { .code = m.code,
                                    .title = m.title,
                                    .unit_name = u ? u->name : "",
                                    .text = text,
                                    .due = day_code(today + ASK_DAYS, due),
                                    .lo = day_code(today + 1, lo),
                                    .hi = day_code(today + ASK_DAYS_MAX, hi),
                                    .error = error };
    rq_crumb(rq, rq_tr(rq, N_("廉动令")), "/directive");
    rq_crumb(rq, m.code, arena_printf(rq->a, "/matter/%s", m.code));
    rq_crumb(rq, rq_tr(rq, N_("问一句")), NULL);
    return directive_ask_render(rq, &p, e);
}

static enum rc ask_show(struct rq *rq, struct err *e)
{
    return ask_page(rq, NULL, "", e);
}

struct asking {
    struct rq *rq;
    struct flow_who w;
    struct matter m;
    const char *text, *due;
    struct flow_done done;
};

/* A contact of the group, sent as it is written. */
static enum rc ask(struct tx *tx, void *arg, struct err *e)
{
    struct asking *x = arg;
    struct county *c = rq_county(x->rq);
    struct arena *a = x->rq->a;
    const char *title =
        text_fill(a, N_("问{code}：{title}"), "code", x->m.code, "title", x->m.title, NULL);
    const struct flow_given note[] = { { "title", title }, { "text", x->text } };
    const struct flow_given sent[] = { { "title", title },
                                       { "text", x->text },
                                       { "due", x->due } };
    const struct flow_link link = { "matter", x->m.code };
    struct flow_done opened;
    enum rc rc = flow_open(tx, c, &x->w,
                           &(struct flow_new){ .kind = "contact",
                                               .title = title,
                                               .unit = matter_unit(&x->m),
                                               .given = note,
                                               .n_given = COUNT(note),
                                               .links = &link,
                                               .n_links = 1 },
                           a, &opened, e);
    return rc == RC_OK ? flow_move(tx, c, &x->w,
                                   &(struct flow_act){ .matter = opened.code,
                                                       .verb = "ask",
                                                       .version = opened.version,
                                                       .given = sent,
                                                       .n_given = COUNT(sent) },
                                   a, &x->done, e)
                       : rc;
}

static enum rc ask_post(struct rq *rq, struct err *e)
{
    struct asking x = { .rq = rq };
    const char *error;
    enum rc rc = rq_text(rq, "text", N_("问什么"), 2000, &x.text, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "due", N_("请在哪天前答复"), 20, &x.due, e);
    if (rc == RC_OK) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(rq_county(rq)->db, &s, e);
        if (rc == RC_OK)
            rc = load_directive(rq, s, &x.w, &x.m, e);
        if (rc == RC_OK)
            rc = person_demand(x.w.person, CAP_SUPERVISE,
                               units_find(x.w.units, matter_unit(&x.m)), e);
    }
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, ask, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/matter/%s", x.done.code);
    rc = rq_form_failed(rq, rc, &error, e);
    return rc == RC_OK ? ask_page(rq, error, rq_field(rq, "text"), e) : rc;
}

/* ---- kinds of problems ---- */

static enum rc kinds_page(struct rq *rq, struct problem_kinds_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK && !p->text)
        rc = setting_text(s, &directive_settings[SET_PROBLEM_KINDS], rq->a, &p->text, e);
    rq_crumb(rq, rq_tr(rq, N_("廉动令")), "/directive");
    rq_crumb(rq, rq_tr(rq, N_("问题类别")), NULL);
    return rc == RC_OK ? problem_kinds_render(rq, p, e) : rc;
}

static enum rc kinds_show(struct rq *rq, struct err *e)
{
    struct problem_kinds_page p = { .why = "" };
    return kinds_page(rq, &p, e);
}

struct saving {
    struct rq *rq;
    const char *text, *why;
};

static enum rc save(struct tx *tx, void *arg, struct err *e)
{
    struct saving *x = arg;
    return setting_change(tx, rq_county(x->rq), &directive_settings[SET_PROBLEM_KINDS], x->text,
                          x->why, x->rq->account.code, e);
}

static enum rc kinds_post(struct rq *rq, struct err *e)
{
    struct saving x = { .rq = rq };
    struct problem_kinds_page p = { .why = "" };
    enum rc rc = rq_text(rq, "text", N_("一行一种"), 2000, &x.text, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "why", N_("为什么改"), 200, &x.why, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, save, &x, e);
    if (rc == RC_OK)
        return web_done(rq, "/directive", e);
    rc = rq_form_failed(rq, rc, &p.error, e);
    p.text = rq_field(rq, "text") ? rq_field(rq, "text") : "";
    p.why = rq_field(rq, "why") ? rq_field(rq, "why") : "";
    return rc == RC_OK ? kinds_page(rq, &p, e) : rc;
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
      .scope = SCOPE_ALL,
      .method = GET,
      .path = "/directive/kinds",
      .fn = kinds_show,
      .page = &problem_kinds_kind,
      .help = N_("问题类别") },
    { .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .method = POST,
      .path = "/directive/kinds",
      .fn = kinds_post,
      .help = N_("改问题类别") },
    { .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_OBJECT,
      .method = POST,
      .path = "/directive/from/:what/:code",
      .fn = from_post,
      .help = N_("由批示、会议(what=matter)或预警(what=warning)拟一件廉动令") },
    { READS, .method = GET, .path = "/directive/:code/scan/:digest", .scope = SCOPE_OBJECT,
      .fn = scan_send, .journal = "file", .help = N_("廉动令所依据批示的扫描件") },
    { .auth = SESSION | TOKEN,
      .need = CAP_SUPERVISE,
      .scope = SCOPE_OBJECT,
      .method = GET,
      .path = "/directive/:code/ask",
      .fn = ask_show,
      .page = &directive_ask_kind,
      .help = N_("派驻组就一件廉动令问单位:表单") },
    { .auth = SESSION | TOKEN,
      .need = CAP_SUPERVISE,
      .scope = SCOPE_OBJECT,
      .method = POST,
      .path = "/directive/:code/ask",
      .fn = ask_post,
      .help = N_("派驻组就一件廉动令问单位") },
};
const size_t directive_routes_n = COUNT(directive_routes);
