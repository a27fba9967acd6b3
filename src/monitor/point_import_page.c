/* Points from a sheet: checked and shown first, written when the person says so; the same
 * import as the command's. */
#include "base/str.h"
#include "monitor/data_page.h"
#include "monitor/point_import.html.h"
#include "monitor/point_page.h"
#include "monitor/scheme_import.h"
#include "people/table_import.h"
#include "store/county.h"

enum { POINT_IMPORT_BYTES = 16 << 20, SHOWN_CHANGES = 100 };

static enum rc show(struct rq *rq, struct point_import_page *p, struct err *e)
{
    p->max_bytes = POINT_IMPORT_BYTES;
    rq_crumb(rq, rq_tr(rq, N_("监测点")), "/point");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return point_import_render(rq, p, e);
}

static enum rc import_show(struct rq *rq, struct err *e)
{
    struct point_import_page p = { .file = "" };
    return show(rq, &p, e);
}

static enum rc read(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e)
{
    struct point *list = NULL;
    enum rc rc = points_from_table(t, rq_asker(rq)->units, a, &list, ret_n, ps, e);
    *ret_list = list;
    return rc;
}

/* What would be new and what would change. */
static enum rc look(struct rq *rq, void *list, size_t n, void *page, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct point_import_page *p = page;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    p->changes = arena_array(rq->a, SHOWN_CHANGES, sizeof(*p->changes));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct point *pt = &((const struct point *)list)[i];
        enum point_change is;
        rc = point_compare(s, pt, &is, e);
        p->fresh += is == POINT_FRESH;
        p->changed += is == POINT_CHANGED;
        p->same += is == POINT_SAME;
        if (is == POINT_SAME)
            continue;
        if (p->n_changes == SHOWN_CHANGES) {
            p->more++;
            continue;
        }
        p->changes[p->n_changes++] = (struct point_import_changes){
            .code = arena_strdup(rq->a, pt->code),
            .name = arena_strdup(rq->a, pt->name),
            .owner_name = arena_strdup(rq->a, unit_name_of(rq_asker(rq)->units, pt->owner)),
            .fresh = is == POINT_FRESH
        };
    }
    return rc;
}

static enum rc write(struct tx *tx, struct county *c, const void *list, size_t n,
                     const char *by, size_t *ret_changed, struct err *e)
{
    return points_write(tx, c, list, n, by, ret_changed, e);
}

static const struct table_import points_table = { .held = HELD_POINTS,
                                                  .bytes = POINT_IMPORT_BYTES,
                                                  .nothing = N_("{file} 里没有监测点"),
                                                  .read = read,
                                                  .look = look,
                                                  .write = write };

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct point_import_page p = { 0 };
    struct table_import_said said;
    enum rc rc = table_import_read(rq, &points_table, &p, &said, e);
    if (rc != RC_OK)
        return rc;
    TABLE_IMPORT_SAY(&p, &said);
    p.rows = said.rows;
    if (p.token)
        p.n_problems = 0; /* what only deserves a look is no reason to stop */
    return show(rq, &p, e);
}

/* During the set-up one goes on where one came from. */
static enum rc import_confirm(struct rq *rq, struct err *e)
{
    return table_import_confirm(rq, &points_table,
                                rq_county(rq)->trial ? "/setup/sources" : "/point", e);
}

const struct route point_import_routes[] = {
    { .method = GET,
      .path = "/point/import",
      .auth = SESSION,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_ALL,
      .fn = import_show },
    { .method = POST,
      .path = "/point/import",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_ALL,
      .fn = import_post,
      .body_max = POINT_IMPORT_BYTES,
      .n_files = 1,
      .page = &point_import_kind,
      .help = N_("核对一张监测点表") },
    { .method = POST,
      .path = "/point/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_ALL,
      .fn = import_confirm,
      .help = N_("导入核对过的监测点表") },
};
const size_t point_import_routes_n = COUNT(point_import_routes);
