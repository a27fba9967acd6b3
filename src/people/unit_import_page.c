/* Units from a sheet: checked and shown first, written when the person says so. */
#include "base/map.h"
#include "base/str.h"
#include "people/table_import.h"
#include "people/unit.sql.h"
#include "people/unit_import.h"
#include "people/unit_import.html.h"
#include "people/unit_room.h"
#include "store/county.h"

static enum rc show(struct rq *rq, struct unit_import_page *p, struct err *e)
{
    p->max_bytes = UNIT_IMPORT_BYTES;
    rq_crumb(rq, rq_tr(rq, N_("单位")), "/unit");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return unit_import_render(rq, p, e);
}

enum rc unit_import_show(struct rq *rq, struct err *e)
{
    struct unit_import_page p = { .file = "" };
    return show(rq, &p, e);
}

static enum rc read(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e)
{
    struct unit_term *terms = NULL;
    enum rc rc = units_from_table(t, a, &terms, ret_n, ps, e);
    *ret_list = terms;
    return rc;
}

/* What only the whole tree shows: cycles, overlaps, a second root; then how many terms are new,
 * changed, the same. */
static enum rc look(struct rq *rq, void *list, size_t n, void *page, struct err *e)
{
    struct county *c = rq_county(rq);
    struct unit_term *terms = list;
    struct unit_import_page *p = page;
    struct unit_terms_all_row *rows;
    size_t n_rows, changed;
    enum rc rc = units_import(c, terms, n, /* dry= */ true, NULL, rq_asker(rq)->person.code,
                              &changed, e);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = unit_terms_all_all(s, rq->a, &rows, &n_rows, e);
    if (rc != RC_OK)
        return rc;
    struct map *there = map_new(rq->a);
    for (size_t i = 0; i < n_rows; i++)
        map_add_index(there,
                      arena_printf(rq->a, "%s %lld", rows[i].code, (long long)rows[i].from_day),
                      i);
    for (size_t i = 0; i < n; i++)
        p->fresh +=
            !map_has(there, arena_printf(rq->a, "%s %d", terms[i].code, terms[i].from_day));
    p->changed = (int64_t)changed - p->fresh;
    p->same = (int64_t)(n - changed);
    return RC_OK;
}

static const struct table_import units_table = { .held = HELD_UNITS,
                                                 .bytes = UNIT_IMPORT_BYTES,
                                                 .nothing = N_("{file} 里没有单位"),
                                                 .read = read,
                                                 .look = look };

enum rc unit_import_post(struct rq *rq, struct err *e)
{
    struct unit_import_page p = { 0 };
    struct table_import_said said;
    enum rc rc = table_import_read(rq, &units_table, &p, &said, e);
    if (rc != RC_OK)
        return rc;
    TABLE_IMPORT_SAY(&p, &said);
    p.rows = said.rows;
    return show(rq, &p, e);
}

enum rc unit_import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    CLEANUP(arena_freep) struct arena *a = NULL;
    struct table_waiting w;
    size_t changed = 0;
    enum rc rc = table_import_take(rq, &units_table, &a, &w, e);
    if (rc == RC_OK)
        rc = units_import(c, w.list, w.n, /* dry= */ false, &w.file, rq_asker(rq)->person.code,
                          &changed, e);
    if (rc != RC_OK)
        return rc;
    people_changed(c);
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入,{n}行有变化")), "n",
                            arena_printf(rq->a, "%zu", changed), NULL));
    /* During the set-up one goes on where one came from. */
    return web_done(rq, c->trial ? "/setup/units" : "/unit", e);
}
