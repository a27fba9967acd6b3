/* Rules from a sheet: checked and shown first, written when the person says so. */
#include "base/str.h"
#include "meeting/regulation.h"
#include "meeting/regulation_import.html.h"
#include "meeting/regulation_page.h"
#include "monitor/data_page.h"
#include "people/table_import.h"
#include "store/county.h"

enum { REGULATION_IMPORT_BYTES = 4 << 20 };

static enum rc show(struct rq *rq, struct regulation_import_page *p, struct err *e)
{
    p->max_bytes = REGULATION_IMPORT_BYTES;
    size_t n = 0;
    while (regulation_headings[n].code)
        n++;
    p->columns = arena_array(rq->a, n, sizeof(*p->columns));
    for (size_t i = 0; i < n; i++) {
        const struct heading *h = &regulation_headings[i];
        p->columns[p->n_columns++] =
            (struct regulation_import_columns){ heading_name(regulation_headings, h->code,
                                                             rq->a),
                                                rq_tr(rq, h->help), h->needed, h->sample };
    }
    rq_crumb(rq, rq_tr(rq, N_("制度库")), "/regulation");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return regulation_import_render(rq, p, e);
}

static enum rc import_show(struct rq *rq, struct err *e)
{
    struct regulation_import_page p = { .file = "" };
    return show(rq, &p, e);
}

static enum rc read(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct regulation *list = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = regulations_from_table(s, rq_asker(rq)->units, t, county_today(rq_county(rq)), a,
                                    &list, ret_n, ps, e);
    *ret_list = list;
    return rc;
}

static enum rc look(struct rq *rq, void *list, size_t n, void *page, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct regulation_import_page *p = page;
    struct regulation *there;
    size_t n_there;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = regulations_load(s, rq->a, &there, &n_there, e);
    if (rc != RC_OK)
        return rc;
    p->rules = arena_array(rq->a, n, sizeof(*p->rules));
    for (size_t i = 0; i < n; i++) {
        const struct regulation *r = &((const struct regulation *)list)[i], *old = NULL;
        for (size_t k = 0; k < n_there && !old; k++)
            old = str_eq(there[k].code, r->code) ? &there[k] : NULL;
        bool same = old && regulation_same(old, r);
        p->fresh += !old;
        p->changed += old && !same;
        p->same += same;
        p->rules[p->n_rules++] =
            (struct regulation_import_rules){ .title = arena_strdup(rq->a, r->title),
                                              .document = arena_strdup(rq->a, r->document),
                                              .day = day_start(r->day),
                                              .unit_name =
                                                  unit_name_of(rq_asker(rq)->units, r->unit),
                                              .problem = arena_strdup(rq->a, r->problem),
                                              .state = rq_tr(rq, !old   ? N_("新增")
                                                                 : same ? N_("未变")
                                                                        : N_("变化")) };
    }
    return RC_OK;
}

static enum rc write(struct tx *tx, struct county *c, const void *list, size_t n,
                     const char *by, size_t *ret_changed, struct err *e)
{
    return regulations_write(tx, c, list, n, by, ret_changed, e);
}

static const struct table_import regulations_table = { .held = HELD_REGULATIONS,
                                                       .bytes = REGULATION_IMPORT_BYTES,
                                                       .nothing = N_("{file} 里没有一项制度"),
                                                       .read = read,
                                                       .look = look,
                                                       .write = write };

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct regulation_import_page p = { 0 };
    struct table_import_said said;
    enum rc rc = table_import_read(rq, &regulations_table, &p, &said, e);
    if (rc != RC_OK)
        return rc;
    TABLE_IMPORT_SAY(&p, &said);
    p.rows = said.rows;
    return show(rq, &p, e);
}

static enum rc import_confirm(struct rq *rq, struct err *e)
{
    return table_import_confirm(rq, &regulations_table, "/regulation", e);
}

const struct route regulation_import_routes[] = {
    { .method = GET,
      .path = "/regulation/import",
      .auth = SESSION,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = import_show },
    { .method = POST,
      .path = "/regulation/import",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = import_post,
      .body_max = REGULATION_IMPORT_BYTES,
      .n_files = 1,
      .page = &regulation_import_kind,
      .help = N_("核对一张制度的表") },
    { .method = POST,
      .path = "/regulation/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = import_confirm,
      .help = N_("导入核对过的制度表") },
};
const size_t regulation_import_routes_n = COUNT(regulation_import_routes);
