/* Completeness of a period, counted anew from the values there are: what is due but missing, by
 * department and by kind. */
#include "monitor/completeness_page.h"

#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/completeness.html.h"
#include "monitor/data_page.h"
#include "monitor/overview_page.h"
#include "people/asker.h"
#include "print/health_report.h"
#include "store/county.h"
#include "web/svg.h"

#include <math.h>
#include <string.h>

enum { GAPS_MAX = 100000 };

struct filling {
    struct rq *rq;
    const struct panel *panel;
    const bool *may; /* by index of the panel's units tree */
    const char *owner, *kind;
    struct completeness_page p;
    int64_t n_missing[MISSINGS];
    struct gap {
        uint32_t point, unit;
        uint8_t why;
    } * gaps;
    size_t n_gaps;
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
                o->late += m == MISSING_LATE;
                bool asked = !*f->owner || str_eq(f->owner, pt->owner);
                if (m == PRESENT || !asked)
                    continue;
                f->n_missing[m]++;
                if (f->n_gaps < GAPS_MAX && (!*f->kind || str_eq(f->kind, missing_code(m))))
                    f->gaps[f->n_gaps++] = (struct gap){ (uint32_t)i, (uint32_t)u, (uint8_t)m };
            }
    }
}

static double share(int64_t present, int64_t expected)
{
    return expected ? (double)present / (double)expected : NAN;
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
        p->gaps[p->n_gaps++] =
            (struct completeness_gaps){ .unit = u->code,
                                        .unit_name = u->name,
                                        .point = pt->code,
                                        .point_name = pt->name,
                                        .kind = report_missing_text((enum report_missing)g->why,
                                                                    rq->lang),
                                        .owner = unit_name_of(f->panel->units, pt->owner),
                                        .note = "",
                                        .next = next_update_text(rq, pt, p->period) };
    }
    return RC_OK;
}

static enum rc completeness_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *owner = rq_query(rq, "owner"), *kind = rq_query(rq, "kind");
    struct filling f = { .rq = rq, .owner = owner ? owner : "", .kind = kind ? kind : "" };
    struct panel *panel;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, s, "/completeness", &f.p.period, e);
    if (rc == RC_OK)
        rc = panel_build(s, NULL, f.p.period, (struct utime){ 0 }, rq->a, &panel, e);
    if (rc != RC_OK)
        return rc;
    f.panel = panel;
    f.may = person_scope(&rq_asker(rq)->person, CAP_READ_UNIT, panel->units, rq->a);
    f.p.owner = f.owner;
    f.p.owners = arena_array(rq->a, panel->n_points, sizeof(*f.p.owners));
    f.gaps = arena_array(rq->a, GAPS_MAX, sizeof(*f.gaps));
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
