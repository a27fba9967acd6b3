/*
 * Who of a peer group improved most, and what a unit has written down of how. Figures of others
 * are those everybody sees; whether a name goes with them, its own unit has said.
 */
#include "monitor/borrow.h"

#include "base/str.h"
#include "flow/matter.h"
#include "monitor/borrow.sql.h"
#include "monitor/compute.sql.h"

#include <math.h>
#include <string.h>

/* Has it improved? Told apart by intervals where there are, else by points. */
static bool improved(const struct scores_of_node_row *was, const struct scores_of_node_row *is)
{
    if (isnan(was->score) || isnan(is->score))
        return false;
    if (!isnan(was->score_hi) && !isnan(is->score_lo))
        return is->score_lo > was->score_hi;
    return is->score - was->score >= BORROW_POINTS;
}

enum rc borrow_best(const struct snap *s, const struct units *us, const char *peer_group,
                    const char *node, struct id before, struct id now, struct arena *a,
                    struct borrow_best *ret, struct err *e)
{
    struct scores_of_node_row *is, *was;
    size_t n, m;
    *ret = (struct borrow_best){ .unit = NULL };
    enum rc rc = scores_of_node_all(s, now, node, a, &is, &n, e);
    if (rc == RC_OK)
        rc = scores_of_node_all(s, before, node, a, &was, &m, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct unit *u = units_by_id(us, is[i].unit_id);
        size_t k = 0;
        while (k < m && was[k].unit_id.v != is[i].unit_id.v)
            k++;
        if (!u || k == m || !str_eq(u->peer_group, peer_group) || !improved(&was[k], &is[i]))
            continue;
        if (!ret->unit || is[i].score - was[k].score > ret->now - ret->before)
            *ret = (struct borrow_best){ u, was[k].score, is[i].score };
    }
    return rc;
}

/* A warning's own measure; of a directive the report on its end, else the plan, and the rule
 * that came of it. */
static const char *measure_of(const struct matter *m, const struct measures_of_unit_row *r,
                              struct arena *a)
{
    const char *text = matter_value(m, "measure");
    if (!*text)
        text = matter_value(m, "result");
    if (!*text)
        text = matter_value(m, "plan");
    if (!*text || !r->regulation)
        return text;
    return arena_printf(a, "%s\n《%s》%s", text, r->regulation, r->document ? r->document : "");
}

enum rc borrow_measure(const struct snap *s, struct county *c, const struct flow_who *w,
                       const char *unit, const char *node, const char *name, struct arena *a,
                       const char **ret, struct err *e)
{
    struct measures_of_unit_row *rows;
    size_t n;
    *ret = "";
    enum rc rc = measures_of_unit_all(s, node, unit, a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK && !**ret; i++) {
        struct matter m;
        if (!rows[i].about && !strstr(rows[i].title, name))
            continue;
        rc = matter_load(s, c, rows[i].code, a, &m, e);
        if (rc == RC_OK && flow_may_see(w, &m))
            *ret = measure_of(&m, &rows[i], a);
    }
    return rc;
}

enum rc borrow_practice(const struct snap *s, const char *node, const char *unit,
                        struct arena *a, struct borrow_practice *ret, struct err *e)
{
    struct practice_of_row row;
    *ret = (struct borrow_practice){ .matter = "" };
    enum rc rc = practice_of_one(s, node, unit, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc == RC_OK)
        *ret = (struct borrow_practice){ row.code, str_eq(row.state, "shown") };
    return rc;
}
