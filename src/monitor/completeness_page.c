/* Completeness of a period, counted anew from the values there are: what is due but missing, by
 * department and by kind. */
#include "monitor/completeness_page.h"

#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/completeness.html.h"
#include "monitor/data_page.h"
#include "monitor/overview_page.h"
#include "monitor/panel_store.h"
#include "monitor/publication.h"
#include "monitor/value.sql.h"
#include "people/asker.h"
#include "print/health_report.h"
#include "store/county.h"
#include "web/svg.h"

#include <math.h>
#include <string.h>

enum { GAPS_MAX = 100000 };
/* ?kind= of what came after it was due; the other kinds are codes of missing. */
#define KIND_ARRIVED "arrived"

struct filling {
    struct rq *rq;
    const struct snap *s;
    const struct panel *panel;
    const bool *may; /* by index of the panel's units tree */
    const char *owner, *kind;
    struct completeness_page p;
    int64_t n_missing[MISSINGS];
    struct gap {
        uint32_t point, unit;
        uint32_t row;
        uint8_t why;
    } * gaps;
    size_t n_gaps, max_gaps;
};

static struct completeness_owners *owner_of(struct filling *f, const struct point *pt)
{
    struct completeness_page *p = &f->p;
    for (size_t i = 0; i < p->n_owners; i++)
        if (str_eq(p->owners[i].code, pt->owner))
            return &p->owners[i];
    p->owners[p->n_owners] =
        (struct completeness_owners){ .code = pt->owner,
                                      .name = unit_name_of(f->panel->units, pt->owner),
                                      .contact = pt->contact };
    return &p->owners[p->n_owners++];
}

static void gap_add(struct filling *f, size_t point, size_t row, size_t unit, enum missing why)
{
    if (f->n_gaps < f->max_gaps)
        f->gaps[f->n_gaps++] =
            (struct gap){ (uint32_t)point, (uint32_t)unit, (uint32_t)row, (uint8_t)why };
}

/* A cell is due unless it does not apply or its time has not come; the same as the report
 * counts. */
static void count(struct filling *f)
{
    const struct panel *panel = f->panel;
    for (size_t i = 0; i < panel->n_points; i++) {
        const struct point *pt = &panel->points[i];
        const struct series *s = &panel->series[i];
        struct completeness_owners *o = owner_of(f, pt);
        for (size_t r = s->n_rows - s->window; r < s->n_rows; r++)
            for (size_t u = 0; u < panel->n_units; u++) {
                enum missing m = s->missing[r][u];
                if (m == MISSING_NA || m == MISSING_NOTDUE || !f->may[panel->unit[u]->index])
                    continue;
                f->p.expected++;
                o->expected++;
                f->p.present += m == PRESENT;
                o->present += m == PRESENT;
                bool came_late = m == PRESENT && s->late[r][u];
                f->p.late += came_late;
                o->late += m == MISSING_LATE || came_late;
                bool asked = !*f->owner || str_eq(f->owner, pt->owner);
                if (asked && came_late && str_eq(f->kind, KIND_ARRIVED))
                    gap_add(f, i, r, u, m);
                if (m == PRESENT || !asked)
                    continue;
                f->n_missing[m]++;
                if (!*f->kind || str_eq(f->kind, missing_code(m)))
                    gap_add(f, i, r, u, m);
            }
    }
}

/* Why it is missing, or how late it came. */
static const char *kind_text(struct rq *rq, enum missing why, unsigned late)
{
    if (why != PRESENT)
        return report_missing_text((enum report_missing)why, rq->lang);
    return text_fill(rq->a, rq_tr(rq, N_("逾期{n}天报来")), "n",
                     arena_printf(rq->a, "%u", late), NULL);
}

static double share(int64_t present, int64_t expected)
{
    return expected ? (double)present / (double)expected : NAN;
}

/* What the sender wrote beside the newest version. */
static enum rc note_of(const struct filling *f, struct id point, struct id unit,
                       struct period period, const char **ret, struct err *e)
{
    struct value_versions_row *rows;
    size_t n;
    enum rc rc = value_versions_all(f->s, unit, point, period, f->rq->a, &rows, &n, e);
    if (rc == RC_OK && n)
        *ret = rows[0].note;
    return rc;
}

static enum rc lists(struct filling *f, struct err *e)
{
    struct rq *rq = f->rq;
    struct completeness_page *p = &f->p;
    size_t from, to;
    enum rc rc = rq_pager(rq, f->n_gaps, &from, &to, &p->pager, e);
    if (rc != RC_OK)
        return rc;
    const struct svg_scale scale = { 0, 1 };
    for (size_t i = 0; i < p->n_owners; i++) {
        struct completeness_owners *o = &p->owners[i];
        struct str b;
        o->complete = share(o->present, o->expected);
        str_init(&b, rq->a);
        if (o->expected)
            svg_bar_cell(&b, &scale, o->complete, NAN, NAN, NAN, false);
        o->bar = b.s;
    }
    p->missing = arena_array(rq->a, MISSINGS, sizeof(*p->missing));
    for (enum missing m = MISSING_REFUSED; m < MISSINGS; m++)
        if (f->n_missing[m])
            p->missing[p->n_missing++] = (struct completeness_missing){
                missing_code(m), report_missing_text((enum report_missing)m, rq->lang),
                f->n_missing[m]
            };
    p->gaps = arena_array(rq->a, to - from, sizeof(*p->gaps));
    for (size_t i = from; i < to; i++) {
        const struct gap *g = &f->gaps[i];
        const struct point *pt = &f->panel->points[g->point];
        const struct unit *u = f->panel->unit[g->unit];
        const struct series *s = &f->panel->series[g->point];
        char day[PERIOD_TEXT];
        const char *note = "";
        rc = note_of(f, pt->id, u->id, s->period[g->row], &note, e);
        if (rc != RC_OK)
            return rc;
        p->gaps[p->n_gaps++] = (struct completeness_gaps){
            .unit = u->code,
            .unit_name = u->name,
            .point = pt->code,
            .point_name = pt->name,
            .kind = kind_text(rq, g->why, s->late[g->row][g->unit]),
            .owner = unit_name_of(f->panel->units, pt->owner),
            .note = note,
            .due =
                arena_strdup(rq->a, day_code(due_day(&f->panel->due, s->period[g->row]), day))
        };
    }
    return RC_OK;
}

static enum rc completeness_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *owner = rq_query(rq, "owner"), *kind = rq_query(rq, "kind");
    struct filling f = { .rq = rq, .owner = owner ? owner : "", .kind = kind ? kind : "" };
    const struct panel *panel;
    struct sight sees;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &sees, false, "/completeness", &f.p.period, e);
    if (rc == RC_OK)
        rc = panel_hold(rq, s, f.p.period, &panel, e);
    if (rc != RC_OK)
        return rc;
    f.s = s;
    f.panel = panel;
    f.may = person_scope(&rq_asker(rq)->person, CAP_READ_UNIT, panel->units, rq->a);
    f.p.owner = f.owner;
    f.p.kind = f.kind;
    f.p.due = due_text(rq, due_day(&panel->due, f.p.period));
    f.p.owners = arena_array(rq->a, panel->n_points, sizeof(*f.p.owners));
    f.max_gaps = panel->n_due < GAPS_MAX ? (size_t)panel->n_due : GAPS_MAX;
    f.gaps = arena_array(rq->a, f.max_gaps, sizeof(*f.gaps));
    count(&f);
    f.p.complete = share(f.p.present, f.p.expected);
    rc = lists(&f, e);
    rq_crumb(rq, rq_tr(rq, N_("数据完整情况")), NULL);
    return rc == RC_OK ? completeness_render(rq, &f.p, e) : rc;
}

const struct route completeness_routes[] = {
    { .method = GET,
      .path = "/completeness",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = completeness_show,
      .page = &completeness_kind,
      .help = N_("一期缺哪些数值，为什么缺，谁来报") },
};
const size_t completeness_routes_n = COUNT(completeness_routes);
