/* Panels on a shelf, each as things stood when it was made. */
#include "monitor/panel_store.h"

#include "base/clock.h"
#include "monitor/value.sql.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/shelf.h"

#include <stdlib.h>

struct kept_panel {
    struct kept kept;
    struct arena *a;
    struct panel *panel;
    int32_t day;
    struct panel_stamp_row stamp;
};

static void panel_done(struct kept *k)
{
    struct kept_panel *p = (struct kept_panel *)k;
    arena_free(p->a);
    free(p);
}

static void *shelf_make(struct county *c)
{
    return shelf_new(PANELS_KEPT);
}

/* What is asked for: a period, as things stand now. */
struct asked {
    struct period period;
    int32_t day;
    struct panel_stamp_row stamp;
};

static bool same(const struct kept *k, const void *key)
{
    const struct kept_panel *p = (const struct kept_panel *)k;
    const struct asked *now = key;
    const struct panel_stamp_row *x = &p->stamp, *y = &now->stamp;
    return period_same(p->panel->period, now->period) && p->day == now->day &&
           x->imports == y->imports && x->schemes == y->schemes && x->points == y->points &&
           x->units == y->units && x->settings == y->settings && x->cleared == y->cleared;
}

enum rc panel_hold(struct rq *rq, const struct snap *s, struct period p,
                   const struct panel **ret, struct err *e)
{
    struct shelf *shelf = county_room(rq_county(rq), ROOM_PANELS, shelf_make, shelf_free);
    struct asked now = { .period = p, .day = time_day(rq->now) };
    enum rc rc = panel_stamp_one(s, rq->a, &now.stamp, e);
    if (rc != RC_OK)
        return rc;
    struct kept_panel *k = (struct kept_panel *)shelf_take(shelf, same, &now);
    if (!k) {
        k = mem_alloc(sizeof(*k));
        kept_begin(&k->kept, panel_done);
        k->a = arena_new();
        k->day = now.day;
        k->stamp = now.stamp;
        rc = panel_build(s, NULL, p, rq->now, k->a, &k->panel, e);
        if (rc != RC_OK) {
            kept_drop(k);
            return rc;
        }
        shelf_put(shelf, &k->kept);
    }
    rq_at_end(rq, kept_drop, k);
    *ret = k->panel;
    return RC_OK;
}
