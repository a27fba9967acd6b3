/* Check rules from a sheet: checked and shown first, written when the person says so. */
#include "base/file.h"
#include "base/map.h"
#include "base/str.h"
#include "monitor/point.h"
#include "people/asker.h"
#include "people/held.h"
#include "quality/check_rule.h"
#include "quality/check_rule_import.html.h"
#include "quality/hint_page.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"

enum { RULE_IMPORT_BYTES = 1 << 20 };

struct waiting {
    struct check_rule *list;
    size_t n;
    struct file_sent file;
};

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

static enum rc points_and_rules(struct rq *rq, struct map **ret_points, struct map **ret_rules,
                                struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct point *points;
    struct check_rule *rules;
    size_t n, n_rules;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = points_load(s, NULL, rq->a, &points, &n, e);
    if (rc == RC_OK)
        rc = check_rules_load(s, rq->a, &rules, &n_rules, e);
    *ret_points = map_new(rq->a);
    *ret_rules = map_new(rq->a);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        (void)map_add(*ret_points, points[i].code, rq);
    for (size_t i = 0; rc == RC_OK && i < n_rules; i++)
        (void)map_add(*ret_rules, rules[i].code, rq);
    return rc;
}

static void fill_rules(struct rq *rq, const struct waiting *w, const struct map *there,
                       struct check_rule_import_page *p)
{
    p->rules = arena_array(rq->a, w->n, sizeof(*p->rules));
    for (size_t i = 0; i < w->n; i++) {
        const struct check_rule *r = &w->list[i];
        p->rules[p->n_rules++] =
            (struct check_rule_import_rules){ .code = arena_strdup(rq->a, r->code),
                                              .name = arena_strdup(rq->a, r->name),
                                              .kind_name = rq_tr(rq, check_kind_text(r->kind)),
                                              .words = check_rule_words(r, rq->lang, rq->a),
                                              .fresh = !map_has(there, r->code) };
    }
    p->rows = (int64_t)w->n;
}

static enum rc read_table(struct rq *rq, const struct upload *u, const struct map *points,
                          struct arena *a, struct waiting *w, struct problems *ps,
                          struct err *e)
{
    struct book book;
    const struct table *t;
    if (!u)
        return err_set(e, RC_INVALID, N_("请选择文件"));
    w->file.name = arena_strdup(a, u->filename);
    enum rc rc = file_read(a, u->path, RULE_IMPORT_BYTES, &w->file.content, e);
    if (rc == RC_OK)
        rc = sheet_read(a, w->file.name, w->file.content, NULL, &book, e);
    if (rc == RC_OK)
        w->file.media = sheet_format_mime(sheet_format_of(w->file.content));
    if (rc == RC_OK)
        rc = book_first(&book, w->file.name, &t, e);
    if (rc == RC_OK)
        rc = check_rules_from_table(t, points, a, &w->list, &w->n, ps, e);
    if (rc == RC_OK && w->n == 0)
        return err_set(e, RC_INVALID, N_("{file} 里没有一条规则"), "file", w->file.name);
    return rc;
}

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct check_rule_import_page p = { .error_field = "file" };
    const struct upload *u = rq_upload(rq, "file");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct waiting *w = arena_alloc(a, sizeof(*w));
    struct map *points, *there;
    struct problems ps;
    problems_init(&ps, a);
    enum rc rc = points_and_rules(rq, &points, &there, e);
    if (rc == RC_OK)
        rc = read_table(rq, u, points, a, w, &ps, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &p.error, e);
        return rc == RC_OK ? show(rq, &p, e) : rc;
    }
    p.error_field = NULL; /* the file could be read */
    p.file = u->filename;
    rq_fixes(rq, &ps, &p.problems, &p.n_problems);
    if (ps.wrong == 0) {
        char token[HELD_TOKEN];
        fill_rules(rq, w, there, &p);
        held_put(c, HELD_CHECK_RULES, rq->account.id, &a, w, token);
        p.token = arena_strdup(rq->a, token);
    }
    return show(rq, &p, e);
}

struct writing {
    struct rq *rq;
    const struct waiting *w;
    struct file_sent file;
    size_t written;
};

static enum rc write_rules(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    struct county *c = rq_county(x->rq);
    enum rc rc = file_sent_register(tx, c, &x->file, x->rq->account.code, e);
    return rc == RC_OK ? check_rules_write(tx, c, x->w->list, x->w->n, x->rq->account.code,
                                           &x->written, e)
                       : rc;
}

static enum rc import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const char *token = rq_field(rq, "token");
    CLEANUP(arena_freep) struct arena *a = NULL;
    const struct waiting *w =
        held_take(c, HELD_CHECK_RULES, rq->account.id, token ? token : "", &a);
    if (!w)
        return err_set(e, RC_CONFLICT, N_("核对过的表已过期或已导入,请重新上传"));
    struct writing x = { .rq = rq, .w = w, .file = w->file };
    enum rc rc = file_sent_keep(c, &x.file, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, write_rules, &x, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入,{n}行有变化")), "n",
                            arena_printf(rq->a, "%zu", x.written), NULL));
    return web_done(rq, "/hint/rule", e);
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
