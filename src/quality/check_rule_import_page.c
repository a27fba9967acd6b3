/* Check rules from a sheet: checked and shown first, written when the person says so. */
#include "base/map.h"
#include "base/str.h"
#include "monitor/point.h"
#include "people/table_import.h"
#include "quality/check_rule.h"
#include "quality/check_rule_import.html.h"
#include "quality/hint_page.h"
#include "store/county.h"

enum { RULE_IMPORT_BYTES = 1 << 20 };

static enum rc show(struct rq *rq, struct check_rule_import_page *p, struct err *e)
{
    p->max_bytes = RULE_IMPORT_BYTES;
    rq_crumb(rq, rq_tr(rq, N_("核对规则")), "/hint/rule");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return check_rule_import_render(rq, p, e);
}

static enum rc import_show(struct rq *rq, struct err *e)
{
    struct check_rule_import_page p = { .file = "" };
    return show(rq, &p, e);
}

static enum rc read(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct point *points;
    struct check_rule *list = NULL;
    struct map *codes = map_new(rq->a);
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = points_load(s, NULL, rq->a, &points, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        (void)map_add(codes, points[i].code, rq);
    if (rc == RC_OK)
        rc = check_rules_from_table(t, codes, a, &list, ret_n, ps, e);
    *ret_list = list;
    return rc;
}

static enum rc look(struct rq *rq, void *list, size_t n, void *page, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct check_rule_import_page *p = page;
    struct check_rule *there;
    struct map *codes = map_new(rq->a);
    size_t n_there;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = check_rules_load(s, rq->a, &there, &n_there, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n_there; i++)
        (void)map_add(codes, there[i].code, rq);
    p->rules = arena_array(rq->a, n, sizeof(*p->rules));
    for (size_t i = 0; i < n; i++) {
        const struct check_rule *r = &((const struct check_rule *)list)[i];
        p->rules[p->n_rules++] =
            (struct check_rule_import_rules){ .code = arena_strdup(rq->a, r->code),
                                              .name = arena_strdup(rq->a, r->name),
                                              .kind_name = rq_tr(rq, check_kind_text(r->kind)),
                                              .words = check_rule_words(r, rq->lang, rq->a),
                                              .fresh = !map_has(codes, r->code) };
    }
    return RC_OK;
}

static enum rc write(struct tx *tx, struct county *c, const void *list, size_t n,
                     const char *by, size_t *ret_changed, struct err *e)
{
    return check_rules_write(tx, c, list, n, by, ret_changed, e);
}

static const struct table_import rules_table = { .held = HELD_CHECK_RULES,
                                                 .bytes = RULE_IMPORT_BYTES,
                                                 .nothing = N_("{file} 里没有一条规则"),
                                                 .read = read,
                                                 .look = look,
                                                 .write = write };

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct check_rule_import_page p = { 0 };
    struct table_import_said said;
    enum rc rc = table_import_read(rq, &rules_table, &p, &said, e);
    if (rc != RC_OK)
        return rc;
    TABLE_IMPORT_SAY(&p, &said);
    p.rows = said.rows;
    return show(rq, &p, e);
}

static enum rc import_confirm(struct rq *rq, struct err *e)
{
    return table_import_confirm(rq, &rules_table, "/hint/rule", e);
}

const struct route check_rule_import_routes[] = {
    { .method = GET,
      .path = "/hint/rule/import",
      .auth = SESSION,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = import_show },
    { .method = POST,
      .path = "/hint/rule/import",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = import_post,
      .body_max = RULE_IMPORT_BYTES,
      .n_files = 1,
      .page = &check_rule_import_kind,
      .help = N_("核对一张核对规则的表") },
    { .method = POST,
      .path = "/hint/rule/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = import_confirm,
      .help = N_("导入核对过的规则表") },
};
const size_t check_rule_import_routes_n = COUNT(check_rule_import_routes);
