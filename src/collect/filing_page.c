/*
 * Filings: the list of one's own, and the fields of one. The one idea: last period's value
 * stands beside the field and never in it; what is in the field is what was typed, or the value
 * there is.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/str.h"
#include "collect/collect_page.h"
#include "collect/filing.h"
#include "collect/filing_sheet.html.h"
#include "collect/filings.html.h"
#include "collect/round.sql.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "flow/page_room.h"
#include "monitor/data_page.h"
#include "store/county.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_COLUMNS = 4, MOVED_SHOWN = 12, PROBLEMS_SHOWN = 20, SNAP_MS = 120000 };

/* ---- the list ---- */

/* Open ones before those that have ended, newest round first. */
static int by_round(const void *x, const void *y)
{
    const struct filing_list_row *a = x, *b = y;
    if (a->open != b->open)
        return a->open ? -1 : 1;
    return a->round_id.v != b->round_id.v
               ? (a->round_id.v < b->round_id.v) - (a->round_id.v > b->round_id.v)
               : strcmp(a->source, b->source);
}

/* The filings of all units one files for or supervises. */
static enum rc list(struct rq *rq, const struct snap *s, struct filing_list_row **ret,
                    size_t *ret_n, struct err *e)
{
    const struct asker *k = rq_asker(rq);
    struct filing_list_row *all = NULL;
    size_t n = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < k->units->n && rc == RC_OK; i++) {
        const struct unit *u = &k->units->all[i];
        struct filing_list_row *rows;
        size_t more;
        if (!person_may(&k->person, CAP_HANDLE, u) && !person_may(&k->person, CAP_SUPERVISE, u))
            continue;
        rc = filing_list_all(s, u->code, rq->a, &rows, &more, e);
        if (rc != RC_OK || more == 0)
            continue;
        struct filing_list_row *both = arena_array(rq->a, n + more, sizeof(*both));
        if (n)
            memcpy(both, all, n * sizeof(*both));
        memcpy(both + n, rows, more * sizeof(*both));
        all = both;
        n += more;
    }
    if (n)
        qsort(all, n, sizeof(*all), by_round);
    *ret = all;
    *ret_n = n;
    return rc;
}

/* What others supply about one's own unit: known, and only to be objected to. */
static enum rc spared(struct rq *rq, const struct snap *s, struct filings_page *p,
                      struct err *e)
{
    const struct asker *k = rq_asker(rq);
    const struct unit *own = units_by_id(k->units, k->person.unit);
    struct known_of_unit_row *rows;
    size_t n;
    p->period = period_step(period_at(PERIOD_QUARTER, time_day(rq->now)), -1);
    enum rc rc = rq_query_period(rq, "period", N_("期间"), &p->period, e);
    if (rc != RC_OK || !own || !own->assessed || !person_may(&k->person, CAP_READ_UNIT, own))
        return rc;
    rc = known_of_unit_all(s, own->code, p->period, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->unit = own->code;
    p->unit_name = own->name;
    p->spared = (int64_t)n;
    p->known = arena_array(rq->a, n, sizeof(*p->known));
    for (size_t i = 0; i < n; i++)
        p->known[p->n_known++] =
            (struct filings_known){ .point = rows[i].code,
                                    .name = rows[i].name,
                                    .owner = unit_name_of(k->units, rows[i].owner),
                                    .value = rows[i].value,
                                    .missing = missing_text(rq, rows[i].missing),
                                    .measure = rows[i].unit_of_measure,
                                    .at = rows[i].done_at };
    return RC_OK;
}

static enum rc filings_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    int32_t today = county_today(rq_county(rq));
    struct filings_page p = { .unit = "",
                              .unit_name = "",
                              .may_send = person_can(&k->person, CAP_SEND_VALUES) };
    struct filing_list_row *rows;
    size_t n = 0, from, to;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = list(rq, s, &rows, &n, e);
    if (rc == RC_OK)
        rc = spared(rq, s, &p, e);
    if (rc == RC_OK)
        rc = rq_pager(rq, n, &from, &to, &p.pager, e);
    if (rc != RC_OK)
        return rc;
    p.lines = arena_array(rq->a, to - from, sizeof(*p.lines));
    for (size_t i = 0; i < n; i++) {
        bool late = filing_late(rows[i].open, rows[i].due_day, today);
        p.mine += rows[i].open;
        p.late += late;
        if (i < from || i >= to)
            continue;
        p.lines[p.n_lines++] = (struct filings_lines){
            .code = rows[i].filing,
            .title = rows[i].title,
            .unit_name = unit_name_of(k->units, rows[i].source),
            .period = rows[i].period,
            .state = rows[i].state,
            .state_name = rq_tr(
                rq, filing_state_text(rows[i].state, rows[i].open, rows[i].due_day, today)),
            .late = late,
            .mark = flow_colour_mark((enum flow_colour)rows[i].colour),
            .colour = rq_tr(rq, flow_colour_text((enum flow_colour)rows[i].colour)),
            .due = day_time((int32_t)rows[i].due_day),
            .due_text = rows[i].open ? rq_due_text(rq, s, (int32_t)rows[i].due_day, 0) : "",
            .open = rows[i].open,
            .closed = rows[i].closed_at
        };
    }
    rq_crumb(rq, rq_tr(rq, N_("填报")), NULL);
    return filings_render(rq, &p, e);
}

/* ---- one ---- */

struct showing {
    struct rq *rq;
    struct county *c;
    const struct snap *s;
    struct flow_who w;
    struct matter m;
    struct filing f;
    struct filing_sheet_page p;
    size_t group;
};

static enum rc begin(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    const char *code = rq_param(rq, "code");
    const struct person all = person_system(); /* rights are asked for when it is changed */
    x->c = rq_county(rq);
    enum rc rc = db_read_for(x->c->db, SNAP_MS, &x->s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, x->s, &x->w, e);
    if (rc == RC_OK)
        rc = matter_load(x->s, x->c, code, rq->a, &x->m, e);
    if (rc == RC_OK && !flow_may_see(&x->w, &x->m))
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的填报"), "code", code);
    return rc == RC_OK ? filing_load(x->s, x->c, code, &all, rq->a, &x->f, e) : rc;
}

static bool may(const struct showing *x, const char *verb)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct flow_move *mv = flow_move_of(&filing_kind, x->m.state, verb);
    const char *for_;
    bool part;
    return mv && who_may(&x->w, &x->m, mv, &for_, &part, &e) == RC_OK;
}

static const char *number(struct arena *a, double v)
{
    struct str b;
    str_init(&b, a);
    json_num(&b, v);
    return b.s;
}

/* What the field holds: what was typed, else the value there is. */
static const char *field_text(struct rq *rq, const struct filing_cell *c)
{
    if (c->typed)
        return value_missing_code(c->typed) ? missing_text(rq, value_missing_code(c->typed))
                                            : c->typed;
    if (!c->now.there)
        return "";
    return isnan(c->now.value) ? missing_text(rq, c->now.missing) : number(rq->a, c->now.value);
}

static size_t groups_n(const struct filing *f)
{
    return (f->n_column + GROUP_COLUMNS - 1) / GROUP_COLUMNS;
}

static const char *group_name(const struct showing *x, size_t g)
{
    const struct filing *f = &x->f;
    size_t last = (g + 1) * GROUP_COLUMNS;
    const char *first = f->x.points[f->column[g * GROUP_COLUMNS].point].code,
               *end =
                   f->x.points[f->column[(last < f->n_column ? last : f->n_column) - 1].point]
                       .code;
    return str_eq(first, end) ? first : arena_printf(x->rq->a, "%s–%s", first, end);
}

/* The value a cell will have when it is signed, NaN for none: of the rows that were checked. */
static double *next_values(const struct filing *f, struct arena *a)
{
    size_t n = f->n_unit * f->n_column;
    double *v = arena_array(a, n, sizeof(*v));
    for (size_t i = 0; i < n; i++)
        v[i] = f->cell[i].typed ? NAN : f->cell[i].now.there ? f->cell[i].now.value : NAN;
    struct map *at = map_new(a);
    char code[PERIOD_TEXT];
    for (size_t u = 0; f->checked.n && u < f->n_unit; u++)
        for (size_t k = 0; k < f->n_column; k++)
            map_add_index(at,
                          arena_printf(a, "%zu %zu %s", f->unit[u], f->column[k].point,
                                       period_code(f->column[k].period, code)),
                          u * f->n_column + k);
    for (size_t i = 0; i < f->checked.n; i++) {
        const struct value_row *r = &f->checked.row[i];
        ptrdiff_t k = map_index(
            at, arena_printf(a, "%u %u %s", r->unit, r->point, period_code(r->period, code)));
        if (k >= 0)
            v[k] = r->value;
    }
    return v;
}

struct mover {
    size_t cell;
    double size;
};

static int by_size(const void *x, const void *y)
{
    const struct mover *a = x, *b = y;
    return a->size != b->size ? (a->size < b->size) - (a->size > b->size)
                              : (a->cell > b->cell) - (a->cell < b->cell);
}

/* Against the period before: how many changed, and which the most, relative to what they were.
 */
static void differences(struct showing *x, const double *next)
{
    const struct filing *f = &x->f;
    struct filing_sheet_page *p = &x->p;
    size_t n = f->n_unit * f->n_column, m = 0;
    struct mover *moved = arena_array(x->rq->a, n, sizeof(*moved));
    for (size_t i = 0; i < n; i++) {
        const struct filing_cell *c = &f->cell[i];
        if (isnan(next[i]))
            continue;
        if (!c->last.there || isnan(c->last.value))
            p->fresh++;
        else if (c->last.value == next[i])
            p->same_n++;
        else {
            p->changed_n++;
            moved[m++] = (struct mover){ i, fabs(next[i] - c->last.value) /
                                                fmax(1, fabs(c->last.value)) };
        }
    }
    qsort(moved, m, sizeof(*moved), by_size);
    p->moved = arena_array(x->rq->a, MOVED_SHOWN, sizeof(*p->moved));
    for (size_t i = 0; i < m && i < MOVED_SHOWN; i++) {
        const struct filing_cell *c = &f->cell[moved[i].cell];
        size_t u = moved[i].cell / f->n_column, k = moved[i].cell % f->n_column;
        p->moved[p->n_moved++] =
            (struct filing_sheet_moved){ .unit_name = f->x.look.unit[f->unit[u]].name,
                                         .point_name = f->x.points[f->column[k].point].name,
                                         .before = c->last.value,
                                         .now = next[moved[i].cell],
                                         .change = next[moved[i].cell] - c->last.value,
                                         .group = (int64_t)(k / GROUP_COLUMNS) };
    }
}

static void groups(struct showing *x)
{
    const struct filing *f = &x->f;
    struct filing_sheet_page *p = &x->p;
    size_t n = groups_n(f);
    p->groups = arena_array(x->rq->a, n, sizeof(*p->groups));
    for (size_t g = 0; g < n; g++)
        p->groups[p->n_groups++] = (struct filing_sheet_groups){ .name = group_name(x, g),
                                                                 .number = (int64_t)g,
                                                                 .here = g == x->group };
    for (size_t u = 0; u < f->n_unit; u++)
        for (size_t k = 0; k < f->n_column; k++) {
            const struct filing_cell *c = filing_at(f, u, k);
            p->groups[k / GROUP_COLUMNS].asked += c->asked;
            p->groups[k / GROUP_COLUMNS].filled +=
                c->asked && (c->typed ? *c->typed != '\0' : c->now.there);
        }
}

static void problems(struct showing *x)
{
    const struct filing *f = &x->f;
    struct filing_sheet_page *p = &x->p;
    p->wrong = (int64_t)f->checked.problems.wrong;
    p->problems = arena_array(x->rq->a, PROBLEMS_SHOWN, sizeof(*p->problems));
    for (size_t i = 0; i < f->n_unit * f->n_column && p->n_problems < PROBLEMS_SHOWN; i++) {
        const struct problem *q = f->cell[i].problem;
        if (!q || q->level != PROBLEM_WRONG)
            continue;
        p->problems[p->n_problems++] = (struct filing_sheet_problems){
            .unit_name = f->x.look.unit[f->unit[i / f->n_column]].name,
            .point_name = f->x.points[f->column[i % f->n_column].point].name,
            .what = problem_what(q, x->rq->lang, x->rq->a),
            .group = (int64_t)(i % f->n_column / GROUP_COLUMNS)
        };
    }
}

static const char *person_name(const struct showing *x, const char *account)
{
    struct flow_account_row row;
    CLEANUP(err_done) struct err e = { 0 };
    if (!account || !*account)
        return "";
    return flow_account_one(x->s, account, x->rq->a, &row, &e) == RC_OK ? row.name : account;
}

static struct filing_sheet_rows_cells one_cell(struct showing *x, size_t u, size_t k,
                                               const double *next)
{
    const struct filing *f = &x->f;
    struct rq *rq = x->rq;
    const struct filing_cell *c = filing_at(f, u, k);
    const struct point *pt = &f->x.points[f->column[k].point];
    char code[PERIOD_TEXT];
    double v = next[u * f->n_column + k];
    bool comparable = c->last.there && !isnan(c->last.value) && !isnan(v);
    return (struct filing_sheet_rows_cells){
        .field = arena_printf(rq->a, "v:%s:%s:%s", f->x.look.unit[f->unit[u]].code, pt->code,
                              period_code(f->column[k].period, code)),
        .name = pt->name,
        .asked = c->asked,
        .text = field_text(rq, c),
        .value = c->now.there ? c->now.value : NAN,
        .missing = c->now.there ? missing_text(rq, c->now.missing) : "",
        .typed = c->typed != NULL,
        .from = c->typed && *c->import ? c->import : NULL,
        /* A receipt is shown to who sent it and to who answers for all. */
        .from_open = c->typed && (str_eq(c->typed_by, x->w.person->code) ||
                                  person_may(x->w.person, CAP_SEND_VALUES, NULL)),
        .last = c->last.there ? c->last.value : NAN,
        .last_missing = c->last.there ? missing_text(rq, c->last.missing) : "",
        .change = comparable ? v - c->last.value : NAN,
        .verified = c->verified,
        .validated = c->validated,
        .aside = c->aside,
        .aside_by = person_name(x, c->aside_by),
        .problem =
            c->problem
                ? arena_printf(rq->a, "%s%s%s", problem_what(c->problem, rq->lang, rq->a),
                               *problem_hint(c->problem, rq->lang, rq->a) ? rq_tr(rq, N_("，"))
                                                                          : "",
                               problem_hint(c->problem, rq->lang, rq->a))
                : NULL,
        .err = c->problem && c->problem->level == PROBLEM_WRONG,
    };
}

static void table(struct showing *x, const double *next)
{
    const struct filing *f = &x->f;
    struct rq *rq = x->rq;
    struct filing_sheet_page *p = &x->p;
    size_t from = x->group * GROUP_COLUMNS, to = from + GROUP_COLUMNS;
    if (to > f->n_column)
        to = f->n_column;
    p->columns = arena_array(rq->a, GROUP_COLUMNS, sizeof(*p->columns));
    for (size_t k = from; k < to; k++)
        p->columns[p->n_columns++] = (struct filing_sheet_columns){
            .code = f->x.points[f->column[k].point].code,
            .name = f->x.points[f->column[k].point].name,
            .measure = f->x.points[f->column[k].point].unit_of_measure,
            .period = period_name(rq->a, f->column[k].period, rq->lang)
        };
    p->rows = arena_array(rq->a, f->n_unit, sizeof(*p->rows));
    for (size_t u = 0; u < f->n_unit; u++) {
        bool any = false;
        for (size_t k = from; k < to; k++)
            any |= filing_at(f, u, k)->asked;
        if (!any)
            continue;
        struct filing_sheet_rows *r = &p->rows[p->n_rows++];
        *r = (struct filing_sheet_rows){ .code = f->x.look.unit[f->unit[u]].code,
                                         .name = f->x.look.unit[f->unit[u]].name };
        r->cells = arena_array(rq->a, to - from, sizeof(*r->cells));
        for (size_t k = from; k < to; k++)
            r->cells[r->n_cells++] = one_cell(x, u, k, next);
    }
}

static void rights(struct showing *x)
{
    const struct filing *f = &x->f;
    struct filing_sheet_page *p = &x->p;
    const struct person *me = x->w.person;
    const struct unit *u = units_find(x->w.units, f->source);
    bool sends = u && person_may(me, CAP_SEND_VALUES, u), two = f->signatures == 2;
    bool filler = str_eq(matter_value(&x->m, "filler"), me->code);
    p->two = two;
    p->editable = f->editable;
    p->may_type = f->editable && sends && person_may(me, CAP_HANDLE, u);
    p->may_submit = f->filled > 0 && !f->checked.problems.wrong && sends &&
                    may(x, two ? "submit" : "submit_one");
    p->may_check = may(x, "check");
    p->may_sign = may(x, "sign") && !filler;
    p->may_back = may(x, "back");
    p->may_take_back = filler && may(x, "take_back");
}

/* Who can sign it: not who has filled it in. While it is open, nobody is worth a word. */
static enum rc name_signers(struct showing *x, struct err *e)
{
    const struct filing *f = &x->f;
    struct rq *rq = x->rq;
    const struct unit *u = units_find(x->w.units, f->source);
    const char *filler = str_eq(f->state, "signing") || str_eq(f->state, "checking")
                             ? matter_value(&x->m, "filler")
                             : "";
    struct signers g;
    enum rc rc = f->open ? signers_load(x->s, x->c, rq->lang, rq->a, &g, e) : RC_OK;
    if (rc != RC_OK || !f->open)
        return rc;
    x->p.admins = g.admins;
    x->p.signers = signers_of(&g, u, filler, rq->lang, rq->a);
    x->p.no_signer = !*signers_of(&g, u, "", rq->lang, rq->a);
    x->p.only_filler = !x->p.no_signer && !*x->p.signers;
    return RC_OK;
}

static enum rc show(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    const struct filing *f = &x->f;
    struct filing_sheet_page *p = &x->p;
    int32_t today = county_today(x->c);
    int64_t g = 0;
    enum rc rc = rq->method == GET ? rq_query_int(rq, "g", N_("监测点"), 0, INT32_MAX, &g, e)
                                   : rq_int_opt(rq, "g", N_("监测点"), 0, INT32_MAX, &g, e);
    if (rc != RC_OK)
        return rc;
    x->group = groups_n(f) == 0 ? 0 : (size_t)g < groups_n(f) ? (size_t)g : groups_n(f) - 1;
    const char *error = p->error;
    bool aside = p->kept_aside;
    *p = (struct filing_sheet_page){
        .error = error,
        .kept_aside = aside || rq_query(rq, "kept"),
        .code = f->code,
        .title = x->m.title,
        .unit = f->source,
        .unit_name = unit_name_of(x->w.units, f->source),
        .round = f->round,
        .round_title = f->title,
        .note = f->note,
        .period = f->period,
        .state = f->state,
        .state_name = rq_tr(rq, filing_state_text(f->state, f->open, f->due, today)),
        .mark = flow_colour_mark(x->m.colour),
        .colour = rq_tr(rq, flow_colour_text(x->m.colour)),
        .late = filing_late(f->open, f->due, today),
        .due = day_time(f->open ? f->due : 0),
        .due_text = f->open ? rq_due_text(rq, x->s, f->due, 0) : "",
        .version = f->version,
        .asked = f->asked,
        .filled = f->filled,
        .typed = f->typed,
        .aside = f->aside,
        .gaps = f->asked - f->filled,
        .group = (int64_t)x->group,
        .filler = person_name(x, matter_value(&x->m, "filler")),
    };
    rights(x);
    rc = name_signers(x, e);
    if (rc != RC_OK)
        return rc;
    const double *next = next_values(f, rq->a);
    if (str_eq(f->state, "checking") || str_eq(f->state, "signing"))
        differences(x, next);
    groups(x);
    problems(x);
    if (f->n_column)
        table(x, next);
    bool runs = person_may(x->w.person, CAP_READ_COUNTY, NULL);
    if (runs)
        rq_crumb(rq, f->title, arena_printf(rq->a, "/round/%s", f->round));
    else
        rq_crumb(rq, rq_tr(rq, N_("填报")), "/filing");
    rq_crumb(rq, f->code, NULL);
    return filing_sheet_render(rq, p, e);
}

static enum rc filing_show(struct rq *rq, struct err *e)
{
    struct showing x = { .rq = rq };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = begin(&x, e);
    s = x.s;
    return rc == RC_OK ? show(&x, e) : rc;
}

/* What could not be done is said on the page; a program gets the error. */
static enum rc again(struct rq *rq, enum rc rc, struct err *e)
{
    struct showing x = { .rq = rq };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *error = NULL;
    rc = rq_form_failed(rq, rc, &error, e);
    if (rc == RC_OK)
        rc = begin(&x, e);
    s = x.s;
    x.p.error = error;
    return rc == RC_OK ? show(&x, e) : rc;
}

/* ---- typing ---- */

/* "v:T01:P001:2026Q3" → the field; false when the filing has none of that name. */
static bool place_of(const struct filing *f, struct arena *a, const char *name,
                     struct filing_typed *ret)
{
    size_t n;
    char **part = str_split(a, name, ':', &n), code[PERIOD_TEXT];
    if (n != 4)
        return false;
    size_t u = 0, k = 0;
    while (u < f->n_unit && !str_eq(f->x.look.unit[f->unit[u]].code, part[1]))
        u++;
    while (k < f->n_column && (!str_eq(f->x.points[f->column[k].point].code, part[2]) ||
                               !str_eq(period_code(f->column[k].period, code), part[3])))
        k++;
    *ret = (struct filing_typed){ .unit = u, .column = k };
    return u < f->n_unit && k < f->n_column;
}

static enum rc saved(struct rq *rq, const struct filing *f, const struct filing_saved *done,
                     const char *said, struct err *e)
{
    const char *g = rq_field(rq, "g");
    for (const char *p = g ? g : ""; *p; p++)
        if (*p < '0' || *p > '9')
            g = NULL;
    rq_notice(rq, said);
    return web_donef(rq, e, "/filing/%s?g=%s%s", f->code, g && *g ? g : "0",
                     done->aside && done->n ? "&kept=1" : "");
}

static enum rc save_post(struct rq *rq, struct err *e)
{
    struct showing x = { .rq = rq };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filing_saved done;
    size_t n, m = 0;
    const struct field *f = rq_fields(rq, &n);
    enum rc rc = begin(&x, e);
    s = x.s;
    if (rc != RC_OK)
        return rc;
    struct filing_typed *typed = arena_array(rq->a, n, sizeof(*typed));
    for (size_t i = 0; i < n; i++) {
        struct filing_typed t;
        if (!str_starts(f[i].name, "v:"))
            continue;
        if (!place_of(&x.f, rq->a, f[i].name, &t))
            return err_set(e, RC_INVALID, N_("{code}里没有这一格"), "code", x.f.code);
        t.text = str_trim(rq->a, f[i].value);
        /* What was only looked at is not typed. */
        if (!str_eq(t.text, field_text(rq, filing_at(&x.f, t.unit, t.column))))
            typed[m++] = t;
    }
    db_read_end(&s);
    rc = filing_save(x.c, &x.w, &x.f, typed, m, rq->a, &done, e);
    if (rc != RC_OK)
        return again(rq, rc, e);
    return saved(
        rq, &x.f, &done,
        text_fill(rq->a,
                  rq_tr(rq, done.aside && done.n ? N_("{n}格已另存") : N_("已保存{n}格")), "n",
                  fmt_count(rq->a, done.n), NULL),
        e);
}

static enum rc upload_post(struct rq *rq, struct err *e)
{
    struct showing x = { .rq = rq };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct upload *u = rq_upload(rq, "file");
    struct filing_typed *typed = NULL;
    struct filing_saved done;
    struct values_checked checked;
    struct bytes file;
    size_t n = 0;
    int64_t other = 0;
    enum rc rc = begin(&x, e);
    s = x.s;
    if (rc != RC_OK)
        return rc;
    if (!u || u->size == 0)
        return again(rq, err_set(e, RC_INVALID, N_("请选择一个文件")), e);
    /* Checked by the sender's own rights: another's point is a problem of its cell. */
    rc = filing_load(x.s, x.c, x.f.code, x.w.person, rq->a, &x.f, e);
    if (rc == RC_OK)
        rc = file_read(rq->a, u->path, FILING_UPLOAD_MAX, &file, e);
    if (rc == RC_OK)
        rc = filing_read_file(&x.f, u->filename, file, rq->a, &typed, &n, &other, &checked, e);
    db_read_end(&s);
    if (rc == RC_OK)
        rc = filing_save(x.c, &x.w, &x.f, typed, n, rq->a, &done, e);
    if (rc != RC_OK)
        return again(rq, rc, e);
    const char *said = text_fill(rq->a, rq_tr(rq, N_("表里{n}格已放进格子")), "n",
                                 fmt_count(rq->a, done.n), NULL);
    if (other)
        said = arena_printf(rq->a, "%s%s", said,
                            text_fill(rq->a, rq_tr(rq, N_("，另有{n}行不属于本批次，没有取")),
                                      "n", fmt_count(rq->a, other), NULL));
    return saved(rq, &x.f, &done, said, e);
}

/* ---- moves ---- */

typedef enum rc (*move_fn)(struct county *c, const struct flow_who *w, const char *code,
                           int64_t version, struct arena *a, struct err *e);

static enum rc move_post(struct rq *rq, const char *verb, const char *field, move_fn fn,
                         const char *said, struct err *e)
{
    struct county *c = rq_county(rq);
    struct flow_who w;
    struct flow_given given = { field, field ? rq_field(rq, field) : NULL };
    const char *code = rq_param(rq, "code");
    int64_t version = 0;
    enum rc rc = rq_int(rq, "version", N_("版本"), 0, INT64_MAX, &version, e);
    if (rc == RC_OK) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &w, e);
    }
    if (rc == RC_OK)
        rc = fn ? fn(c, &w, code, version, rq->a, e)
                : filing_move(c, &w, code, verb, version, &given,
                              given.value && *given.value ? 1 : 0, rq->a, e);
    if (rc != RC_OK)
        return again(rq, rc, e);
    rq_notice(rq, rq_tr(rq, said));
    return web_donef(rq, e, "/filing/%s", code);
}

static enum rc submit_post(struct rq *rq, struct err *e)
{
    return move_post(rq, NULL, NULL, filing_submit, N_("已提交"), e);
}

static enum rc check_post(struct rq *rq, struct err *e)
{
    return move_post(rq, "check", NULL, NULL, N_("已审核，等待签发"), e);
}

static enum rc back_post(struct rq *rq, struct err *e)
{
    return move_post(rq, "back", "why", NULL, N_("已退回"), e);
}

static enum rc take_back_post(struct rq *rq, struct err *e)
{
    return move_post(rq, "take_back", NULL, NULL, N_("已撤回，可以再改"), e);
}

static enum rc sign_post(struct rq *rq, struct err *e)
{
    return move_post(rq, NULL, NULL, filing_sign, N_("已签发"), e);
}

#define FILING                                                                                 \
    .auth = SESSION | TOKEN, .need = CAP_READ_UNIT,                                            \
    .scope = SCOPE_OBJECT /* part of an initialiser */

const struct route filing_routes[] = {
    { .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .method = GET,
      .path = "/filing",
      .fn = filings_show,
      .page = &filings_kind,
      .help = N_("本单位的填报，和不用填的") },
    { FILING, .method = GET, .path = "/filing/:code", .fn = filing_show,
      .page = &filing_sheet_kind, .help = N_("一件填报的格子") },
    { FILING, .method = POST, .path = "/filing/:code/save", .fn = save_post,
      .body_max = 1 << 20, .help = N_("保存填的格子") },
    { FILING, .method = POST, .path = "/filing/:code/upload", .fn = upload_post,
      .body_max = FILING_UPLOAD_MAX, .n_files = 1, .help = N_("用表格填") },
    { FILING, .method = POST, .path = "/filing/:code/submit", .fn = submit_post,
      .help = N_("提交审核或签发") },
    { FILING, .method = POST, .path = "/filing/:code/check", .fn = check_post,
      .help = N_("审核通过") },
    { FILING, .method = POST, .path = "/filing/:code/back", .fn = back_post,
      .help = N_("退回") },
    { FILING, .method = POST, .path = "/filing/:code/take-back", .fn = take_back_post,
      .help = N_("撤回再改") },
    { FILING, .method = POST, .path = "/filing/:code/sign", .fn = sign_post,
      .help = N_("签发") },
};
const size_t filing_routes_n = COUNT(filing_routes);
