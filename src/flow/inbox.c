/*
 * Finding matters. The one idea: a person's inbox is a few desks, and each desk is an index by
 * due day; the lists of the desks are merged here. Nothing counts or sorts the whole.
 */
#include "flow/inbox.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/inbox.sql.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "flow/notice.sql.h"
#include "sheet/table.h"
#include "store/county.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every query of lines has these columns; one place turns them into lines. */
#define LINE(r)                                                                                \
    {                                                                                          \
        .code = (r)->code, .kind = (r)->kind, .title = (r)->title, .state = (r)->state,        \
        .unit = (r)->unit, .account = (r)->account, .due = (int32_t)(r)->due_day,              \
        .first_due = (int32_t)(r)->first_due, .gap_year = (int)(r)->gap_year,                  \
        .quiet_day = (int32_t)(r)->quiet_day, .colour = (enum flow_colour)(r)->colour,         \
        .lamp = (enum flow_colour)(r)->lamp, .version = (r)->version,                          \
        .state_at = (r)->state_at, .for_ = "", .id = (r)->id,                                  \
    }

struct naming {
    struct county *c;
    const struct units *units;
    enum lang lang;
};

static void name_line(const struct naming *n, struct matter_line *l)
{
    const struct flow_kind *k = flow_kind_of(n->c, l->kind);
    const struct flow_state *s = flow_state_of(k, l->state);
    const struct unit *u = units_find(n->units, l->unit);
    l->kind_name = k ? lang_text(n->lang, k->name) : l->kind;
    l->state_name = s ? lang_text(n->lang, s->name) : l->state;
    l->unit_name = u ? u->name : l->unit;
}

static int32_t key_of(const struct matter_line *l)
{
    return l->due ? l->due : INT32_MAX;
}

static int by_due(const void *x, const void *y)
{
    const struct matter_line *a = x, *b = y;
    if (key_of(a) != key_of(b))
        return key_of(a) < key_of(b) ? -1 : 1;
    return (a->id.v > b->id.v) - (a->id.v < b->id.v);
}

/* ---- desks of a person ---- */

struct desk {
    const char *desk, *unit; /* unit NULL: whatever unit */
    const char *for_;
};
struct desks {
    struct desk *p;
    size_t n;
};

static void desk_add(struct desks *d, struct arena *a, const char *desk, const char *unit,
                     const char *for_)
{
    matter_add(a, d->p, d->n) = (struct desk){ desk, unit, for_ };
}

/* Capabilities that some kind's desks go by. */
static uint64_t desk_caps(struct county *c)
{
    size_t n;
    const struct flow_kind *const *kinds = flow_kinds(c, &n);
    /* Besides: who supervises, and who hears of matters that nobody holds any more. */
    uint64_t caps = UINT64_C(1) << CAP_SUPERVISE | UINT64_C(1) << CAP_DISPATCH;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < kinds[i]->n_states; k++)
            caps |= UINT64_C(1) << kinds[i]->states[k].need;
        for (size_t k = 0; k < kinds[i]->n_moves; k++)
            if (kinds[i]->moves[k].grants)
                caps |= UINT64_C(1) << kinds[i]->moves[k].need;
    }
    return caps & ~(UINT64_C(1) << CAP_NONE);
}

static bool whole_county(const struct person *p, enum cap cap)
{
    for (size_t i = 0; i < p->n_grants; i++)
        if ((p->grants[i].role->caps >> cap & 1) && p->grants[i].scope == GRANT_ALL)
            return true;
    return false;
}

static void desks_of_cap(const struct flow_who *w, const struct person *p, enum cap cap,
                         const char *for_, struct arena *a, struct desks *d)
{
    const char *desk = arena_printf(a, "c:%s", cap_name(cap));
    if (!person_can(p, cap))
        return;
    if (whole_county(p, cap)) {
        desk_add(d, a, desk, NULL, for_);
        return;
    }
    const bool *may = person_scope(p, cap, w->units, a);
    for (size_t i = 0; i < w->units->n; i++)
        if (may[i])
            desk_add(d, a, desk, w->units->all[i].code, for_);
}

static void desks_of_person(struct county *c, const struct flow_who *w, const struct person *p,
                            const char *for_, struct arena *a, struct desks *d)
{
    uint64_t caps = desk_caps(c);
    desk_add(d, a, arena_printf(a, "a:%s", p->code), NULL, for_);
    if (person_can(p, CAP_HANDLE)) {
        const bool *may = person_scope(p, CAP_HANDLE, w->units, a);
        for (size_t i = 0; i < w->units->n; i++)
            if (may[i])
                desk_add(d, a, arena_printf(a, "u:%s", w->units->all[i].code), NULL, for_);
    }
    for (enum cap cap = CAP_PUBLIC; cap < CAPS; cap++)
        if (caps >> cap & 1)
            desks_of_cap(w, p, cap, for_, a, d);
}

static struct desks desks_of(struct county *c, const struct flow_who *w, struct arena *a)
{
    struct desks d = { 0 };
    desks_of_person(c, w, w->person, "", a, &d);
    for (size_t i = 0; i < w->n_absent; i++)
        desks_of_person(c, w, &w->absent[i].person, w->absent[i].person.code, a, &d);
    return d;
}

/* ---- the inbox ---- */

static enum rc desk_read(const struct snap *s, const struct desk *d, const char *kind,
                         const struct matter_after *after, size_t max, struct arena *a,
                         struct matter_line **list, size_t *n, struct err *e)
{
    size_t m = 0;
    enum rc rc;
    if (d->unit) {
        struct desk_unit_lines_row *r;
        rc = desk_unit_lines_all(s, d->desk, d->unit, after->due_key, after->id, kind,
                                 (int64_t)max, a, &r, &m, e);
        for (size_t i = 0; rc == RC_OK && i < m; i++) {
            matter_add(a, *list, *n) = (struct matter_line)LINE(&r[i]);
            (*list)[*n - 1].for_ = d->for_;
        }
        return rc;
    }
    struct desk_lines_row *r;
    rc =
        desk_lines_all(s, d->desk, after->due_key, after->id, kind, (int64_t)max, a, &r, &m, e);
    for (size_t i = 0; rc == RC_OK && i < m; i++) {
        matter_add(a, *list, *n) = (struct matter_line)LINE(&r[i]);
        (*list)[*n - 1].for_ = d->for_;
    }
    return rc;
}

/* One matter may lie on two of somebody's desks. */
static size_t once(struct matter_line *l, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || l[kept - 1].id.v != l[i].id.v)
            l[kept++] = l[i];
        else if (!*l[i].for_)
            l[kept - 1].for_ = "";
    return kept;
}

enum rc flow_inbox(const struct snap *s, struct county *c, const struct flow_who *w,
                   const char *kind, const struct matter_after *after, size_t max,
                   enum lang lang, struct arena *a, struct matter_line **ret, size_t *ret_n,
                   bool *ret_more, struct err *e)
{
    static const struct matter_after start = { 0 };
    struct naming names = { c, w->units, lang };
    struct desks d = desks_of(c, w, a);
    struct matter_line *list = NULL;
    size_t n = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < d.n && rc == RC_OK; i++)
        rc = desk_read(s, &d.p[i], kind, after ? after : &start, max + 1, a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n > 0)
        qsort(list, n, sizeof(*list), by_due);
    n = once(list, n);
    *ret_more = n > max;
    *ret_n = n > max ? max : n;
    for (size_t i = 0; i < *ret_n; i++)
        name_line(&names, &list[i]);
    *ret = list;
    return RC_OK;
}

enum rc flow_inbox_count(const struct snap *s, struct county *c, const struct flow_who *w,
                         int64_t cap, struct arena *a, int64_t *ret, struct err *e)
{
    struct desks d = desks_of(c, w, a);
    int64_t sum = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < d.n && rc == RC_OK; i++) {
        struct desk_count_row one = { 0 };
        struct desk_unit_count_row of_unit = { 0 };
        if (d.p[i].unit)
            rc = desk_unit_count_one(s, d.p[i].desk, d.p[i].unit, cap, a, &of_unit, e);
        else
            rc = desk_count_one(s, d.p[i].desk, cap, a, &one, e);
        sum += one.n + of_unit.n;
    }
    if (rc == RC_OK)
        *ret = sum;
    return rc;
}

/* ---- which units somebody may read ---- */

struct reach {
    bool all;
    const bool *may; /* by unit.index */
};

static struct reach reach_of(const struct flow_who *w, struct arena *a)
{
    struct reach r = { .all = person_may(w->person, CAP_READ_COUNTY, NULL) };
    if (!r.all)
        r.may = person_scope(w->person, CAP_READ_UNIT, w->units, a);
    return r;
}

static bool reaches(const struct reach *r, const struct units *us, const char *unit)
{
    const struct unit *u = r->all ? NULL : units_find(us, unit);
    return r->all || (u && r->may[u->index]);
}

/* Drafts are seen by few: not in lists over everything. */
static bool hidden(const struct flow_who *w, const struct flow_kind *k, const char *state,
                   const char *unit)
{
    const struct flow_state *s = flow_state_of(k, state);
    return s && s->draft &&
           !(k->open && person_may(w->person, k->open, units_find(w->units, unit))) &&
           !(s->need && person_may(w->person, s->need, units_find(w->units, unit)));
}

/* Of every unit: it is no column of theirs. */
static bool hidden_everywhere(const struct flow_who *w, const struct flow_kind *k,
                              const struct flow_state *s)
{
    return s->draft && !(k->open && person_can(w->person, k->open)) &&
           !(s->need && person_can(w->person, s->need));
}

static bool shown(const struct flow_who *w, const struct reach *r, struct county *c,
                  const struct matter_line *l)
{
    return reaches(r, w->units, l->unit) &&
           !hidden(w, flow_kind_of(c, l->kind), l->state, l->unit);
}

/* ---- the board ---- */

static struct board_column *column_of(struct board_column *b, size_t n, const char *state)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(b[i].state, state))
            return &b[i];
    return NULL;
}

static enum rc board_cards(const struct snap *s, const struct flow_who *w,
                           const struct reach *r, const struct flow_kind *k, const char *unit,
                           struct board_column *b, struct arena *a, struct err *e)
{
    enum rc rc = RC_OK;
    if (r->all && !*unit && !hidden(w, k, b->state, "")) {
        struct board_lines_row *rows;
        size_t n = 0;
        rc = board_lines_all(s, k->code, b->state, BOARD_CARDS, a, &rows, &n, e);
        for (size_t i = 0; rc == RC_OK && i < n; i++)
            matter_add(a, b->lines, b->n_lines) = (struct matter_line)LINE(&rows[i]);
        return rc;
    }
    for (size_t u = 0; u < w->units->n && rc == RC_OK; u++) {
        const char *code = w->units->all[u].code;
        struct board_unit_lines_row *rows;
        size_t n = 0;
        if ((*unit && !str_eq(unit, code)) || !reaches(r, w->units, code) ||
            hidden(w, k, b->state, code))
            continue;
        rc = board_unit_lines_all(s, code, !b->final, k->code, b->state, BOARD_CARDS, a, &rows,
                                  &n, e);
        for (size_t i = 0; rc == RC_OK && i < n; i++)
            matter_add(a, b->lines, b->n_lines) = (struct matter_line)LINE(&rows[i]);
    }
    if (b->n_lines > 0)
        qsort(b->lines, b->n_lines, sizeof(*b->lines), by_due);
    b->n_lines = b->n_lines > BOARD_CARDS ? BOARD_CARDS : b->n_lines;
    return rc;
}

enum rc flow_states(const struct snap *s, struct county *c, const struct flow_who *w,
                    const char *kind, const char *unit, enum lang lang, struct arena *a,
                    struct board_column **ret, size_t *ret_n, struct err *e)
{
    const struct flow_kind *k = flow_kind_of(c, kind);
    struct reach r = reach_of(w, a);
    struct board_tally_row *rows;
    size_t n, n_b = 0;
    if (!k)
        return err_set(e, RC_NOTFOUND, N_("没有「{kind}」这类事项"), "kind", kind);
    struct board_column *b = arena_array(a, k->n_states, sizeof(*b));
    for (size_t i = 0; i < k->n_states; i++)
        if (!hidden_everywhere(w, k, &k->states[i]))
            b[n_b++] = (struct board_column){ .state = k->states[i].code,
                                              .name = lang_text(lang, k->states[i].name),
                                              .final = k->states[i].final };
    enum rc rc = board_tally_all(s, kind, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct board_column *col = column_of(b, n_b, rows[i].state);
        if (!col || (*unit && !str_eq(unit, rows[i].unit)) ||
            !reaches(&r, w->units, rows[i].unit) || hidden(w, k, rows[i].state, rows[i].unit))
            continue;
        col->n += rows[i].n;
        if (rows[i].colour >= 0 && rows[i].colour < 4)
            col->by_colour[rows[i].colour] += rows[i].n;
    }
    if (rc == RC_OK) {
        *ret = b;
        *ret_n = n_b;
    }
    return rc;
}

enum rc flow_board(const struct snap *s, struct county *c, const struct flow_who *w,
                   const char *kind, const char *unit, enum lang lang, struct arena *a,
                   struct board_column **ret, size_t *ret_n, struct err *e)
{
    struct reach r = reach_of(w, a);
    struct naming names = { c, w->units, lang };
    enum rc rc = flow_states(s, c, w, kind, unit, lang, a, ret, ret_n, e);
    for (size_t i = 0; rc == RC_OK && i < *ret_n; i++) {
        struct board_column *b = &(*ret)[i];
        if (b->n > 0)
            rc = board_cards(s, w, &r, flow_kind_of(c, kind), unit, b, a, e);
        for (size_t j = 0; j < b->n_lines; j++)
            name_line(&names, &b->lines[j]);
    }
    return rc;
}

/* ---- other lists ---- */

static void keep(const struct flow_who *w, const struct reach *r, const struct naming *names,
                 struct matter_line l, struct arena *a, struct matter_line **list, size_t *n)
{
    if (!shown(w, r, names->c, &l))
        return;
    name_line(names, &l);
    matter_add(a, *list, *n) = l;
}

enum rc flow_agenda(const struct snap *s, struct county *c, const struct flow_who *w,
                    int32_t from, int32_t to, enum lang lang, struct arena *a,
                    struct matter_line **ret, size_t *ret_n, struct err *e)
{
    struct naming names = { c, w->units, lang };
    struct reach r = reach_of(w, a);
    struct agenda_lines_row *rows;
    size_t n;
    *ret = NULL;
    *ret_n = 0;
    enum rc rc =
        agenda_lines_all(s, from, to, r.all ? AGENDA_MAX : 20 * AGENDA_MAX, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n && *ret_n < AGENDA_MAX; i++)
        keep(w, &r, &names, (struct matter_line)LINE(&rows[i]), a, ret, ret_n);
    return rc;
}

/* The words of a search as LIKE patterns; each must be there. */
static const char *pattern_of(struct arena *a, const char *word)
{
    struct str b;
    str_init(&b, a);
    str_addc(&b, '%');
    for (const char *p = word; *p; p++) {
        if (*p == '%' || *p == '_' || *p == '\\')
            str_addc(&b, '\\');
        str_addc(&b, *p >= 'A' && *p <= 'Z' ? (char)(*p + 'a' - 'A') : *p);
    }
    str_addc(&b, '%');
    return b.s;
}

enum rc flow_search(const struct snap *s, struct county *c, const struct flow_who *w,
                    const char *text, enum lang lang, struct arena *a, struct matter_line **ret,
                    size_t *ret_n, struct err *e)
{
    struct naming names = { c, w->units, lang };
    struct reach r = reach_of(w, a);
    struct search_lines_row *rows;
    struct id before = { 0 };
    size_t n_words, n;
    enum rc rc = RC_OK;
    const char *asked = str_trim(a, text);
    char **word = str_split(a, asked, ' ', &n_words);
    *ret = NULL;
    *ret_n = 0;
    /* The first word in the database, the others here; a page at a time, so that what may not
     * be seen does not crowd out what may. */
    while (*asked && rc == RC_OK && *ret_n < SEARCH_MAX) {
        rc = search_lines_all(s, pattern_of(a, word[0]), before, SEARCH_MAX, a, &rows, &n, e);
        for (size_t i = 0; rc == RC_OK && i < n && *ret_n < SEARCH_MAX; i++) {
            bool all = true;
            for (size_t k = 1; k < n_words; k++)
                all &= strcasestr(rows[i].title, word[k]) || strcasestr(rows[i].code, word[k]);
            if (all)
                keep(w, &r, &names, (struct matter_line)LINE(&rows[i]), a, ret, ret_n);
        }
        if (rc != RC_OK || n < SEARCH_MAX)
            break;
        before = rows[n - 1].id;
    }
    return rc;
}

enum rc flow_linked(const struct snap *s, struct county *c, const struct flow_who *w,
                    const char *what, const char *code, enum lang lang, struct arena *a,
                    struct matter_line **ret, size_t *ret_n, struct err *e)
{
    struct naming names = { c, w->units, lang };
    struct reach r = reach_of(w, a);
    struct linked_lines_row *rows;
    size_t n;
    *ret = NULL;
    *ret_n = 0;
    enum rc rc = linked_lines_all(s, what, code, AGENDA_MAX, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        keep(w, &r, &names, (struct matter_line)LINE(&rows[i]), a, ret, ret_n);
    return rc;
}

enum rc flow_of_unit(const struct snap *s, struct county *c, const struct flow_who *w,
                     const char *unit, enum lang lang, struct arena *a,
                     struct matter_line **ret, size_t *ret_n, struct err *e)
{
    struct naming names = { c, w->units, lang };
    struct reach r = reach_of(w, a);
    struct unit_lines_row *rows;
    size_t n;
    *ret = NULL;
    *ret_n = 0;
    enum rc rc = unit_lines_all(s, unit, AGENDA_MAX, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        keep(w, &r, &names, (struct matter_line)LINE(&rows[i]), a, ret, ret_n);
    return rc;
}

enum rc flow_orphans(const struct snap *s, struct county *c, const struct flow_who *w,
                     enum lang lang, struct arena *a, struct matter_line **ret, size_t *ret_n,
                     struct err *e)
{
    struct naming names = { c, w->units, lang };
    struct open_units_row *units;
    size_t n;
    *ret = NULL;
    *ret_n = 0;
    if (!person_may(w->person, CAP_READ_COUNTY, NULL))
        return RC_OK;
    enum rc rc = open_units_all(s, a, &units, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct unit_lines_row *rows;
        size_t m = 0;
        if (units_find(w->units, units[i].unit))
            continue;
        rc = unit_lines_all(s, units[i].unit, AGENDA_MAX, a, &rows, &m, e);
        for (size_t k = 0; rc == RC_OK && k < m; k++) {
            struct matter_line l = LINE(&rows[k]);
            if (hidden(w, flow_kind_of(c, l.kind), l.state, l.unit))
                continue;
            name_line(&names, &l);
            matter_add(a, *ret, *ret_n) = l;
        }
    }
    return rc;
}

/* ---- numbers ---- */

static int by_number(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* The nearest-rank quantile: a duration that some matter really had. */
static int64_t quantile(const int64_t *sorted, size_t n, size_t percent)
{
    if (n == 0)
        return -1;
    size_t rank = (n * percent + 99) / 100;
    return sorted[rank ? rank - 1 : 0];
}

static double mean(const int64_t *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)v[i];
    return n ? sum / (double)n : NAN;
}

static enum rc stats_open(const struct snap *s, const struct flow_who *w, const struct reach *r,
                          const struct flow_kind *k, const char *unit, struct arena *a,
                          struct flow_stats *ret, struct err *e)
{
    struct board_tally_row *rows;
    size_t n;
    enum rc rc = board_tally_all(s, k->code, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct flow_state *st = flow_state_of(k, rows[i].state);
        if (!st || st->final || (*unit && !str_eq(unit, rows[i].unit)) ||
            !reaches(r, w->units, rows[i].unit) || hidden(w, k, rows[i].state, rows[i].unit))
            continue;
        ret->open += rows[i].n;
        if (rows[i].colour >= 0 && rows[i].colour < 4)
            ret->overdue[rows[i].colour] += rows[i].n;
    }
    return rc;
}

enum rc flow_statistics(const struct snap *s, struct county *c, const struct flow_who *w,
                        const char *kind, const char *unit, struct utime from, struct utime to,
                        struct arena *a, struct flow_stats *ret, struct err *e)
{
    const struct flow_kind *k = flow_kind_of(c, kind);
    struct reach r = reach_of(w, a);
    struct stats_ended_row *rows;
    struct flow_stats st = { 0 };
    size_t n, n_gross = 0, n_net = 0;
    if (!k)
        return err_set(e, RC_NOTFOUND, N_("没有「{kind}」这类事项"), "kind", kind);
    enum rc rc = stats_open(s, w, &r, k, unit, a, &st, e);
    if (rc == RC_OK)
        rc = stats_ended_all(s, kind, from, to, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    int64_t *gross = arena_array(a, n, sizeof(*gross)), *net = arena_array(a, n, sizeof(*net));
    for (size_t i = 0; i < n; i++) {
        const struct stats_ended_row *x = &rows[i];
        if ((*unit && !str_eq(unit, x->unit)) || !reaches(&r, w->units, x->unit))
            continue;
        st.ended++;
        st.in_time += x->on_time == 1;
        st.late += x->on_time == 0;
        st.no_due += x->on_time < 0;
        st.first_in_time += x->on_first == 1;
        st.first_late += x->on_first == 0;
        st.returned += x->returned > 0;
        st.reopened += x->reopened > 0;
        if (x->gross_days >= 0)
            gross[n_gross++] = x->gross_days;
        if (x->net_days >= 0)
            net[n_net++] = x->net_days;
    }
    if (n_gross > 0)
        qsort(gross, n_gross, sizeof(*gross), by_number);
    if (n_net > 0)
        qsort(net, n_net, sizeof(*net), by_number);
    st.measured = (int64_t)n_gross;
    st.gross_mean = mean(gross, n_gross);
    st.net_mean = mean(net, n_net);
    st.gross_median = quantile(gross, n_gross, 50);
    st.gross_p90 = quantile(gross, n_gross, 90);
    st.net_median = quantile(net, n_net, 50);
    st.net_p90 = quantile(net, n_net, 90);
    *ret = st;
    return RC_OK;
}

/* ---- export ---- */

enum {
    X_CODE,
    X_TITLE,
    X_STATE,
    X_UNIT,
    X_ACCOUNT,
    X_OPENER,
    X_OPENED,
    X_CLOSED,
    X_DUE,
    X_FIRST,
    X_COLOUR,
    X_RETURNED,
    X_REOPENED,
    X_GROSS,
    X_NET,
    X_TIME,
    X_ON_FIRST,
    X_FACTS, /* of kinds that have them */
    X_COLUMNS
};
static const char *const export_heads[X_COLUMNS] = {
    N_("编号"),   N_("标题"),       N_("状态"),     N_("承办单位"), N_("承办人"),
    N_("发起人"), N_("发起时间"),   N_("办结时间"), N_("期限"),     N_("原定期限"),
    N_("颜色"),   N_("退回次数"),   N_("重开次数"), N_("总工作日"), N_("净工作日"),
    N_("按期"),   N_("按原定期限"), N_("现在怎样"),
};

static void put_number(struct table *t, size_t row, size_t col, int64_t v, struct arena *a)
{
    if (v >= 0)
        table_set(t, row, col, CELL_NUMBER, arena_printf(a, "%lld", (long long)v));
}

static void put_day(struct table *t, size_t row, size_t col, int64_t day, struct arena *a)
{
    char text[PERIOD_TEXT];
    if (day > 0)
        table_set(t, row, col, CELL_DATE, arena_strdup(a, day_code((int32_t)day, text)));
}

static void put_time(struct table *t, size_t row, size_t col, struct utime at, struct arena *a)
{
    if (at.us)
        table_set(t, row, col, CELL_TEXT, fmt_time(a, at));
}

static void put_yes(struct table *t, size_t row, size_t col, int64_t v, enum lang lang)
{
    if (v >= 0)
        table_set(t, row, col, CELL_TEXT, lang_text(lang, v ? N_("是") : N_("否")));
}

enum rc flow_export(const struct snap *s, struct county *c, const struct flow_who *w,
                    const char *kind, enum lang lang, struct arena *a, const struct table **ret,
                    struct err *e)
{
    struct naming names = { c, w->units, lang };
    struct reach r = reach_of(w, a);
    struct kind_lines_row *rows;
    size_t n, row = 1;
    if (!flow_kind_of(c, kind))
        return err_set(e, RC_NOTFOUND, N_("没有「{kind}」这类事项"), "kind", kind);
    enum rc rc = kind_lines_all(s, kind, EXPORT_MAX, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    const bool facts = flow_has_facts(flow_kind_of(c, kind));
    const size_t columns = facts ? X_COLUMNS : X_FACTS;
    struct table *t = table_new(a, n + 1, columns, true);
    for (size_t i = 0; i < columns; i++)
        table_set(t, 0, i, CELL_TEXT, lang_text(lang, export_heads[i]));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct kind_lines_row *x = &rows[i];
        struct matter_line l = LINE(x);
        const char *standing;
        if (!shown(w, &r, c, &l))
            continue;
        name_line(&names, &l);
        table_set(t, row, X_CODE, CELL_TEXT, l.code);
        table_set(t, row, X_TITLE, CELL_TEXT, l.title);
        table_set(t, row, X_STATE, CELL_TEXT, l.state_name);
        table_set(t, row, X_UNIT, CELL_TEXT, l.unit_name);
        table_set(t, row, X_ACCOUNT, CELL_TEXT, l.account);
        table_set(t, row, X_OPENER, CELL_TEXT, x->opener);
        put_time(t, row, X_OPENED, x->opened_at, a);
        put_time(t, row, X_CLOSED, x->closed_at, a);
        put_day(t, row, X_DUE, x->due_day, a);
        put_day(t, row, X_FIRST, x->first_due, a);
        table_set(t, row, X_COLOUR, CELL_TEXT, lang_text(lang, flow_colour_text(l.colour)));
        put_number(t, row, X_RETURNED, x->returned, a);
        put_number(t, row, X_REOPENED, x->reopened, a);
        put_number(t, row, X_GROSS, x->gross_days, a);
        put_number(t, row, X_NET, x->net_days, a);
        put_yes(t, row, X_TIME, x->on_time, lang);
        put_yes(t, row, X_ON_FIRST, x->on_first, lang);
        rc = facts ? flow_facts_text(s, c, &l, lang, a, &standing, e) : RC_OK;
        if (rc == RC_OK && facts)
            table_set(t, row, X_FACTS, CELL_TEXT, standing);
        row++;
    }
    t->rows = row;
    *ret = t;
    return rc;
}

/* ---- people ---- */

enum rc flow_handlers(const struct snap *s, struct county *c, const struct units *units,
                      const char *unit, struct arena *a, struct handler **ret, size_t *ret_n,
                      struct err *e)
{
    struct unit_accounts_row *rows;
    const struct unit *u = units_find(units, unit);
    size_t n;
    *ret = NULL;
    *ret_n = 0;
    enum rc rc = unit_accounts_all(s, unit, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && u && i < n; i++) {
        struct person p;
        rc = person_load(s, rows[i].id, county_today(c), ~UINT64_C(0), a, &p, e);
        if (rc == RC_OK && person_may(&p, CAP_HANDLE, u))
            matter_add(a, *ret, *ret_n) = (struct handler){ rows[i].code, rows[i].name };
    }
    return rc;
}

/* ---- notices ---- */

static const struct {
    const char *what, *text;
} notice_texts[] = {
    { "arrived", N_("有事项待办") }, { "handed", N_("移交到你处") },
    { "returned", N_("退回了") },    { "reopened", N_("重新打开了") },
    { "asked", N_("有申请待答复") }, { "granted", N_("申请已同意") },
    { "refused", N_("申请未同意") }, { "comment", N_("有新留言") },
    { "closed", N_("已办结") },      { "remind", N_("临近期限提醒") },
    { "urged", N_("催办") },         { "orphan", N_("单位已撤销,待移交") },
    { "yellow", N_("变为黄色") },    { "orange", N_("变为橙色") },
    { "red", N_("变为红色") },       { "asked_log", N_("云记录里有询问") },
};

static const char *notice_text(const char *what, enum lang lang)
{
    for (size_t i = 0; i < COUNT(notice_texts); i++)
        if (str_eq(notice_texts[i].what, what))
            return lang_text(lang, notice_texts[i].text);
    return what;
}

static int newest_first(const void *x, const void *y)
{
    const struct flow_notice *a = x, *b = y;
    return (a->id.v < b->id.v) - (a->id.v > b->id.v);
}

enum rc flow_notices(const struct snap *s, struct county *c, const struct flow_who *w,
                     struct id before, size_t max, enum lang lang, struct arena *a,
                     struct flow_notice **ret, size_t *ret_n, struct err *e)
{
    struct desks d = desks_of(c, w, a);
    struct flow_notice *list = NULL;
    size_t n = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < d.n && rc == RC_OK; i++) {
        struct notices_of_desk_row *rows;
        size_t m = 0;
        rc = notices_of_desk_all(s, w->person->code, d.p[i].desk,
                                 before.v ? before : (struct id){ INT64_MAX }, (int64_t)max, a,
                                 &rows, &m, e);
        for (size_t k = 0; rc == RC_OK && k < m; k++) {
            if (d.p[i].unit && !str_eq(d.p[i].unit, rows[k].unit))
                continue;
            matter_add(a, list, n) =
                (struct flow_notice){ .id = rows[k].id,
                                      .matter = rows[k].code,
                                      .title = rows[k].title,
                                      .what = notice_text(rows[k].what, lang),
                                      .at = rows[k].at,
                                      .seen_at = rows[k].seen_at,
                                      .acked_at = rows[k].acked_at };
        }
    }
    if (rc != RC_OK)
        return rc;
    if (n > 0)
        qsort(list, n, sizeof(*list), newest_first);
    *ret = list;
    *ret_n = n > max ? max : n;
    return RC_OK;
}

/* Has what this notice tells of turned red, or come red? */
static bool is_red(const struct notices_since_row *n)
{
    static const char *const comes[] = { "arrived", "handed", "returned", "reopened" };
    bool came = false;
    for (size_t i = 0; i < COUNT(comes); i++)
        came |= str_eq(comes[i], n->what);
    return str_eq(n->what, "red") || (came && (n->colour == FLOW_RED || n->lamp == FLOW_RED));
}

enum rc flow_turned_red(const struct snap *s, struct county *c, const struct flow_who *w,
                        struct id after, struct arena *a, int64_t *ret, struct err *e)
{
    struct desks d = desks_of(c, w, a);
    enum rc rc = RC_OK;
    *ret = 0;
    for (size_t i = 0; i < d.n && rc == RC_OK; i++) {
        struct notices_since_row *rows;
        size_t n;
        rc = notices_since_all(s, d.p[i].desk, after, d.p[i].unit ? d.p[i].unit : "",
                               county_today(c), a, &rows, &n, e);
        for (size_t k = 0; rc == RC_OK && k < n; k++)
            *ret += is_red(&rows[k]);
    }
    return rc;
}

/* Is the notice on one of the person's desks? */
static enum rc theirs(const struct snap *s, struct county *c, const struct flow_who *w,
                      struct id id, struct arena *a, struct err *e)
{
    struct notice_row_row row;
    struct desks d = desks_of(c, w, a);
    enum rc rc = notice_row_one(s, id, a, &row, e);
    for (size_t i = 0; rc == RC_OK && i < d.n; i++)
        if (str_eq(d.p[i].desk, row.desk) && (!d.p[i].unit || str_eq(d.p[i].unit, row.unit)))
            return RC_OK;
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    return err_set(e, RC_NOTFOUND, N_("没有这条通知"));
}

enum rc flow_notices_seen(struct tx *tx, struct county *c, const struct flow_who *w,
                          const struct id *ids, size_t n, struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = notice_seen(tx, ids[i], w->person->code, county_now(c), NULL, e);
    return rc;
}

enum rc flow_notice_ack(struct tx *tx, struct county *c, const struct flow_who *w, struct id id,
                        struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum rc rc = theirs(tx_snap(tx), c, w, id, a, e);
    return rc == RC_OK ? notice_acked(tx, id, w->person->code, county_now(c), NULL, e) : rc;
}
