/* Check rules: the list with how often their hints were right, one rule, changing it, the table
 * of all. */
#include "base/fmt.h"
#include "base/map.h"
#include "base/str.h"
#include "monitor/point.h"
#include "people/asker.h"
#include "quality/check_rule.h"
#include "quality/check_rule.html.h"
#include "quality/check_rules.html.h"
#include "quality/hint_page.h"
#include "quality/quality.sql.h"
#include "sheet/csv.h"
#include "store/county.h"

#include <math.h>

/* ---- the list ---- */

static void tally(const struct hint_tally_row *rows, size_t n, struct check_rules_rules *r)
{
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(rows[i].rule, r->code))
            continue;
        bool confirmed = str_eq(rows[i].state, "confirmed"),
             dismissed = str_eq(rows[i].state, "dismissed");
        r->open += str_eq(rows[i].state, "open") ? rows[i].n : 0;
        r->confirmed += confirmed ? rows[i].n : 0;
        r->dismissed += dismissed ? rows[i].n : 0;
        r->own += dismissed && rows[i].decided_own ? rows[i].n : 0;
    }
    int64_t decided = r->confirmed + r->dismissed;
    r->hits = decided ? (double)r->confirmed / (double)decided : NAN;
}

static enum rc check_rules_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct check_rules_page p = { .may_edit =
                                      person_can(&rq_asker(rq)->person, CAP_EDIT_RULES) };
    struct check_rule *rules;
    struct hint_tally_row *rows;
    size_t n, n_rows;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = check_rules_load(s, rq->a, &rules, &n, e);
    if (rc == RC_OK)
        rc = hint_tally_all(s, rq->a, &rows, &n_rows, e);
    if (rc != RC_OK)
        return rc;
    p.rules = arena_array(rq->a, n, sizeof(*p.rules));
    for (size_t i = 0; i < n; i++) {
        const struct check_rule *r = &rules[i];
        p.rules[p.n_rules] =
            (struct check_rules_rules){ .code = r->code,
                                        .name = r->name,
                                        .kind_name = rq_tr(rq, check_kind_text(r->kind)),
                                        .words = check_rule_words(r, rq->lang, rq->a),
                                        .importance_name =
                                            rq_tr(rq, check_importance_text(r->importance)),
                                        .live = r->live };
        tally(rows, n_rows, &p.rules[p.n_rules++]);
        p.live += r->live;
    }
    rq_crumb(rq, rq_tr(rq, N_("数据复核提示")), "/hint");
    rq_crumb(rq, rq_tr(rq, N_("核对规则")), NULL);
    return check_rules_render(rq, &p, e);
}

/* ---- one rule ---- */

struct showing {
    struct rq *rq;
    struct check_rule_page p;
    struct check_rule r;
    const struct point *points;
    size_t n_points;
    struct map *codes;
};

static enum rc begin(struct showing *x, const char *code, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rq *rq = x->rq;
    x->codes = map_new(rq->a);
    x->r = (struct check_rule){ .code = "",
                                .name = "",
                                .kind = CHECK_COMPARE,
                                .target = "",
                                .left = "",
                                .right = "",
                                .op = CHECK_LE,
                                .a = NAN,
                                .b = NAN,
                                .importance = CHECK_MEDIUM,
                                .missing = CHECK_SKIP,
                                .live = true,
                                .why = "",
                                .by = "" };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK && code)
        rc = check_rule_load(s, code, rq->a, &x->r, e);
    if (rc == RC_OK)
        rc = points_load(s, NULL, rq->a, &x->points, &x->n_points, e);
    for (size_t i = 0; rc == RC_OK && i < x->n_points; i++)
        (void)map_add(x->codes, x->points[i].code, x);
    return rc;
}

static void offer(struct showing *x)
{
    struct rq *rq = x->rq;
    struct check_rule_page *p = &x->p;
    p->kinds = arena_array(rq->a, CHECK_KINDS, sizeof(*p->kinds));
    for (enum check_kind k = CHECK_COMPARE; k <= CHECK_BURST; k++)
        p->kinds[p->n_kinds++] =
            (struct check_rule_kinds){ .code = check_kind_word(k),
                                       .name = rq_tr(rq, check_kind_text(k)),
                                       .asks = rq_tr(rq, check_kind_asks(k)),
                                       .a = check_kind_a(k) ? rq_tr(rq, check_kind_a(k)) : "",
                                       .b = check_kind_b(k) ? rq_tr(rq, check_kind_b(k)) : "",
                                       .chosen = k == x->r.kind };
    p->ops = arena_array(rq->a, CHECK_OPS, sizeof(*p->ops));
    for (enum check_op o = CHECK_EQ; o <= CHECK_EXCLUSIVE; o++)
        p->ops[p->n_ops++] =
            (struct check_rule_ops){ check_op_word(o), rq_tr(rq, check_op_text(o)),
                                     o == x->r.op };
    p->importances = arena_array(rq->a, CHECK_LOW, sizeof(*p->importances));
    for (enum check_importance i = CHECK_HIGH; i <= CHECK_LOW; i++)
        p->importances[p->n_importances++] = (struct check_rule_importances){
            check_importance_word(i), rq_tr(rq, check_importance_text(i)), i == x->r.importance
        };
    p->missings = arena_array(rq->a, CHECK_ANY, sizeof(*p->missings));
    for (enum check_missing m = CHECK_SKIP; m <= CHECK_ANY; m++)
        p->missings[p->n_missings++] =
            (struct check_rule_missings){ check_missing_word(m),
                                          rq_tr(rq, check_missing_text(m)), m == x->r.missing };
    p->points = arena_array(rq->a, x->n_points, sizeof(*p->points));
    for (size_t i = 0; i < x->n_points; i++)
        p->points[p->n_points++] =
            (struct check_rule_points){ x->points[i].code, x->points[i].name };
}

static const char *number(struct rq *rq, double v)
{
    return isnan(v) ? "" : arena_printf(rq->a, "%.15g", v); /* 0.8 as somebody typed it */
}

static enum rc render(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    const struct check_rule *r = &x->r;
    struct check_rule_page *p = &x->p;
    bool typed = p->a != NULL; /* a form that was refused: as it was typed */
    p->may_edit = person_can(&rq_asker(rq)->person, CAP_EDIT_RULES);
    p->fresh = r->version == 0;
    p->code = r->code;
    p->name = r->name;
    p->kind = r->kind ? check_kind_word(r->kind) : "";
    p->kind_name = r->kind ? rq_tr(rq, check_kind_text(r->kind)) : "";
    p->words = r->kind && !p->error ? check_rule_words(r, rq->lang, rq->a) : "";
    p->target = r->target;
    p->left = r->left;
    p->right = r->right;
    p->op = check_op_word(r->op);
    p->op_name = rq_tr(rq, check_op_text(r->op));
    if (!typed) {
        p->a = number(rq, r->a);
        p->b = number(rq, r->b);
    }
    p->importance = r->importance ? check_importance_word(r->importance) : "";
    p->importance_name = r->importance ? rq_tr(rq, check_importance_text(r->importance)) : "";
    p->missing = r->missing ? check_missing_word(r->missing) : "";
    p->missing_name = r->missing ? rq_tr(rq, check_missing_text(r->missing)) : "";
    p->live = r->live;
    p->why = typed ? r->why : "";
    p->version = r->version;
    p->by = r->by;
    p->at = r->at;
    offer(x);
    rq_crumb(rq, rq_tr(rq, N_("数据复核提示")), "/hint");
    rq_crumb(rq, rq_tr(rq, N_("核对规则")), "/hint/rule");
    rq_crumb(rq, p->fresh ? rq_tr(rq, N_("新建核对规则")) : r->name, NULL);
    return check_rule_render(rq, p, e);
}

static enum rc check_rule_show(struct rq *rq, struct err *e)
{
    struct showing x = { .rq = rq };
    enum rc rc = begin(&x, rq_param(rq, "code"), e);
    return rc == RC_OK ? render(&x, e) : rc;
}

static enum rc check_rule_new_show(struct rq *rq, struct err *e)
{
    struct showing x = { .rq = rq };
    enum rc rc = begin(&x, NULL, e);
    return rc == RC_OK ? render(&x, e) : rc;
}

/* ---- saving ---- */

static const char *typed(struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    return v ? str_trim(rq->a, v) : "";
}

static enum rc read_form(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct check_rule *r = &x->r;
    const char *live = typed(rq, "live");
    if (r->version == 0)
        r->code = typed(rq, "code");
    r->name = typed(rq, "name");
    r->kind = check_kind_of(typed(rq, "kind"));
    r->target = typed(rq, "target");
    r->left = typed(rq, "left");
    r->op = check_op_of(typed(rq, "op"));
    r->right = typed(rq, "right");
    r->importance = check_importance_of(typed(rq, "importance"));
    r->missing = check_missing_of(typed(rq, "missing"));
    r->live = !str_eq(live, "0");
    r->why = typed(rq, "why");
    if (r->kind != CHECK_COMPARE)
        r->op = 0;
    if (r->kind != CHECK_COMPARE && r->kind != CHECK_SOURCE)
        r->left = r->right = "";
    else if (r->kind && check_rule_compares(r))
        r->target = "";
    x->p.a = typed(rq, "a");
    x->p.b = typed(rq, "b");
    r->a = r->b = NAN;
    x->p.error_field = "a";
    enum rc rc = rq_real_opt(rq, "a", N_("参数一"), &r->a, e);
    if (rc != RC_OK)
        return rc;
    x->p.error_field = "b";
    rc = rq_real_opt(rq, "b", N_("参数二"), &r->b, e);
    return rc == RC_OK ? check_rule_check(r, x->codes, &x->p.error_field, e) : rc;
}

struct saving {
    struct county *c;
    const struct check_rule *r;
    const char *by;
    size_t written;
};

static enum rc save(struct tx *tx, void *arg, struct err *e)
{
    struct saving *p = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct check_rule old;
    CLEANUP(err_done) struct err none = { 0 };
    if (p->r->version == 0) {
        enum rc rc = check_rule_load(tx_snap(tx), p->r->code, a, &old, &none);
        if (rc == RC_OK)
            return err_set(e, RC_CONFLICT, N_("已有代码为「{code}」的规则,请换一个代码"),
                           "code", p->r->code);
        if (rc != RC_NOTFOUND) {
            err_move(e, &none);
            return rc;
        }
    }
    return check_rules_write(tx, p->c, p->r, 1, p->by, &p->written, e);
}

static enum rc post(struct rq *rq, const char *code, struct err *e)
{
    struct showing x = { .rq = rq };
    enum rc rc = begin(&x, code, e);
    if (rc != RC_OK)
        return rc;
    rc = read_form(&x, e);
    struct saving p = { .c = rq_county(rq), .r = &x.r, .by = rq->account.code };
    if (rc == RC_OK)
        rc = db_transact(p.c->db, save, &p, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &x.p.error, e);
        return rc == RC_OK ? render(&x, e) : rc;
    }
    rq_notice(rq, rq_tr(rq, p.written ? N_("已保存，下次核对起用。") : N_("内容没有变化。")));
    return web_donef(rq, e, "/hint/rule/%s", x.r.code);
}

static enum rc check_rule_post(struct rq *rq, struct err *e)
{
    return post(rq, rq_param(rq, "code"), e);
}

static enum rc check_rule_new_post(struct rq *rq, struct err *e)
{
    return post(rq, NULL, e);
}

/* ---- the table ---- */

static enum rc check_rule_table(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct check_rule *rules;
    size_t n;
    struct str b;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = check_rules_load(s, rq->a, &rules, &n, e);
    if (rc != RC_OK)
        return rc;
    str_init(&b, rq->a);
    csv_write(&b,
              n ? check_rules_to_table(rules, n, rq->a)
                : check_rules_to_table(check_rules_usual, check_rules_usual_n, rq->a),
              /* bom= */ true);
    return web_bytes(rq, b.s, b.n, "text/csv; charset=utf-8", "check-rules.csv", e);
}

const struct route check_rule_routes[] = {
    { .method = GET,
      .path = "/hint/rule",
      .auth = SESSION | TOKEN,
      .need = CAP_SEND_VALUES,
      .scope = SCOPE_ALL,
      .fn = check_rules_show,
      .page = &check_rules_kind,
      .help = N_("核对规则和各自的有用率") },
    { .method = GET,
      .path = "/hint/rule/table.csv",
      .auth = SESSION | TOKEN,
      .need = CAP_SEND_VALUES,
      .scope = SCOPE_ALL,
      .fn = check_rule_table,
      .help = N_("核对规则的表;还没有规则时是样表") },
    { .method = GET,
      .path = "/hint/rule/new",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = check_rule_new_show,
      .page = &check_rule_kind,
      .help = N_("新建核对规则的表单") },
    { .method = GET,
      .path = "/hint/rule/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_SEND_VALUES,
      .scope = SCOPE_ALL,
      .fn = check_rule_show,
      .page = &check_rule_kind,
      .help = N_("一条核对规则") },
    { .method = POST,
      .path = "/hint/rule",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = check_rule_new_post,
      .help = N_("新建核对规则") },
    { .method = POST,
      .path = "/hint/rule/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_RULES,
      .scope = SCOPE_ALL,
      .fn = check_rule_post,
      .help = N_("修改核对规则") },
};
const size_t check_rule_routes_n = COUNT(check_rule_routes);
