/* Warnings whose reminders rest: who asked, who agreed, why and until when. */
#include "base/clock.h"
#include "monitor/data_page.h"
#include "monitor/warning_matter.h"
#include "monitor/warning_page.h"
#include "monitor/warning_quiet.html.h"
#include "store/county.h"

enum rc warning_quiet_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    const struct asker *k = rq_asker(rq);
    const bool *may = person_scope(&k->person, CAP_READ_UNIT, k->units, rq->a);
    struct warning_quiet *all;
    size_t n;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = warning_quiet_list(s, county_today(c), rq->a, &all, &n, e);
    if (rc != RC_OK)
        return rc;
    struct warning_quiet_page p = { .rows = arena_array(rq->a, n, sizeof(*p.rows)) };
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_find(k->units, all[i].unit);
        if (!u || !may[u->index])
            continue;
        p.rows[p.n_rows++] = (struct warning_quiet_rows){
            .warning = all[i].warning,
            .matter = all[i].matter,
            .title = all[i].title,
            .unit = u->code,
            .unit_name = u->name,
            .state = warning_hand_text(all[i].state, rq->lang),
            .why = all[i].why,
            .asked_by = all[i].asked_by,
            .asked_at = all[i].asked_at,
            .granted_by = all[i].granted_by,
            .granted_at = all[i].granted_at,
            .until = day_start(all[i].until),
        };
    }
    p.total = (int64_t)p.n_rows;
    rq_crumb(rq, rq_tr(rq, N_("预警")), "/warning");
    rq_crumb(rq, rq_tr(rq, N_("暂缓提醒")), NULL);
    return warning_quiet_render(rq, &p, e);
}
