/* Objections as pages: what there is and what became of it, and the form that opens one. Its
 * moves are on the matter's own page. */
#include "publish/objection_page.h"

#include "base/str.h"
#include "flow/page_room.h"
#include "monitor/publication.h"
#include "publish/objection.h"
#include "publish/objection_new.html.h"
#include "publish/objections.html.h"
#include "publish/release.sql.h"
#include "quality/check_rule.h"
#include "store/county.h"

#include <math.h>

enum { GROUNDS_MAX = 1000, RIGHT_MAX = 100 };

static bool is_in(const char *state, const char *a, const char *b)
{
    return str_eq(state, a) || str_eq(state, b);
}

/* ---- the list ---- */

static enum rc check_name(const struct snap *s, const char *code, struct arena *a,
                          const char **ret, struct err *e)
{
    struct check_rule r;
    enum rc rc = check_rule_load(s, code, a, &r, e);
    if (rc == RC_OK)
        *ret = r.name;
    return rc;
}

static enum rc rates(struct rq *rq, const struct snap *s, struct objections_page *p,
                     struct err *e)
{
    struct objection_rates_row *rows;
    size_t n;
    enum rc rc = objection_rates_all(s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->rules = arena_array(rq->a, n, sizeof(*p->rules));
    p->sources = arena_array(rq->a, n, sizeof(*p->sources));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct objection_rates_row *r = &rows[i];
        int64_t decided = r->upheld + r->refused;
        double rate = decided ? (double)r->upheld / (double)decided : NAN;
        struct rule_name_row rule = { .name = r->code };
        const struct unit *u = units_find(rq_asker(rq)->units, r->code);
        if (str_eq(r->what, "source")) {
            p->sources[p->n_sources++] = (struct objections_sources){
                r->code, u ? u->name : r->code, r->upheld, decided, r->n, rate
            };
            continue;
        }
        bool check = str_eq(r->what, "check");
        rc = check ? check_name(s, r->code, rq->a, &rule.name, e)
                   : rule_name_one(s, r->code, rq->a, &rule, e);
        if (rc == RC_NOTFOUND) {
            err_done(e);
            *e = (struct err){ 0 };
            rc = RC_OK;
        }
        p->rules[p->n_rules++] = (struct objections_rules){
            r->code,   arena_printf(rq->a, check ? "/hint/rule/%s" : "/rule/%s", r->code),
            rule.name, r->upheld,
            decided,   r->n,
            rate
        };
    }
    return rc;
}

static enum rc objections_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    struct objections_page p = { .may_object = person_can(&k->person, CAP_HANDLE) };
    struct objection_list_row *rows;
    size_t n, m = 0, first, last;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = objection_list_all(s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_find(k->units, rows[i].unit);
        if (u && person_may(&k->person, CAP_READ_UNIT, u))
            rows[m++] = rows[i];
    }
    for (size_t i = 0; i < m; i++) {
        const struct flow_state *st = flow_state_of(&objection_flow_kind, rows[i].state);
        bool upheld =
            is_in(rows[i].state, "upheld", "partly") || str_starts(rows[i].state, "righting");
        p.open += !st->final;
        p.upheld += upheld;
        p.decided += upheld || str_eq(rows[i].state, "refused");
    }
    rc = rq_pager(rq, m, &first, &last, &p.pager, e);
    if (rc != RC_OK)
        return rc;
    p.objections = arena_array(rq->a, last - first, sizeof(*p.objections));
    for (size_t i = first; i < last; i++) {
        const struct objection_list_row *r = &rows[i];
        const struct flow_state *st = flow_state_of(&objection_flow_kind, r->state);
        enum flow_colour colour = (enum flow_colour)r->colour;
        p.objections[p.n_objections++] = (struct objections_objections){
            .code = r->code,
            .title = r->title,
            .unit_name = units_find(k->units, r->unit)->name,
            .state_name = rq_tr(rq, st->name),
            .final = st->final,
            .upheld = is_in(r->state, "upheld", "partly") || str_starts(r->state, "righting"),
            .opened = r->opened_at,
            .closed = r->closed_at,
            .due = day_time((int32_t)r->due_day),
            .due_text = rq_due_text(rq, s, (int32_t)r->due_day, (int)r->gap_year),
            .mark = flow_colour_mark(colour),
            .colour = rq_tr(rq, flow_colour_text(colour))
        };
    }
    rc = rates(rq, s, &p, e);
    return rc == RC_OK ? objections_render(rq, &p, e) : rc;
}

/* ---- a new one ---- */

/* What is objected to, when it is theirs to object to. */
static enum rc about(struct rq *rq, const struct snap *s, const char *what, const char *code,
                     struct objection_about *ret, struct err *e)
{
    struct asker *k = rq_asker(rq);
    struct sight sees;
    enum rc rc = rq_sight(rq, &sees, e);
    const struct warn_sight sight = sight_warnings(&sees);
    if (rc == RC_OK)
        rc = objection_about_load(s, k->units, &sight, what ? what : "", code ? code : "",
                                  rq->a, ret, e);
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_find(k->units, ret->unit);
    rc = person_demand(&k->person, CAP_HANDLE, u, e);
    if (rc == RC_OK && str_eq(ret->what, "hint"))
        rc = person_demand(&k->person, CAP_SEND_VALUES, u, e);
    bool judged = str_eq(ret->what, "report") || str_eq(ret->what, "warning");
    if (rc == RC_OK && judged && !sight_run_of(&sees, ret->period, u))
        return err_set(e, RC_NOTFOUND, N_("没有可以提异议的「{code}」({what})"), "code",
                       ret->code, "what", ret->what);
    return rc;
}

static enum rc form(struct rq *rq, const struct objection_about *x, const char *error,
                    const char *grounds, const char *right, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct linked_newest_row same = { .open = false };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = linked_newest_one(s, x->what, x->code, "objection", rq->a, &same, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    struct objection_new_page p = { .error = error,
                                    .what = x->what,
                                    .code = x->code,
                                    .title = x->title,
                                    .back = x->href,
                                    .grounds = grounds,
                                    .right = right,
                                    .about_value = str_eq(x->what, "value"),
                                    .open_code = rc == RC_OK && same.open ? same.code : "" };
    rq_crumb(rq, rq_tr(rq, N_("异议")), "/objection");
    rq_crumb(rq, rq_tr(rq, N_("提异议")), NULL);
    return objection_new_render(rq, &p, e);
}

static enum rc objection_new_show(struct rq *rq, struct err *e)
{
    struct objection_about x = { 0 };
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        enum rc rc = db_read(rq_county(rq)->db, &s, e);
        if (rc == RC_OK)
            rc = about(rq, s, rq_query(rq, "about"), rq_query(rq, "code"), &x, e);
        if (rc != RC_OK)
            return rc;
    }
    return form(rq, &x, NULL, "", "", e);
}

struct opening {
    struct county *c;
    struct arena *a;
    const struct flow_who *w;
    const struct objection_about *about;
    const char *grounds, *right;
    struct flow_done done;
};

static enum rc open_it(struct tx *tx, void *arg, struct err *e)
{
    struct opening *o = arg;
    return objection_open(tx, o->c, o->w, o->about, o->grounds, o->right, o->a, &o->done, e);
}

static enum rc objection_new_post(struct rq *rq, struct err *e)
{
    struct objection_about x = { 0 };
    struct flow_who w;
    const char *what, *code;
    struct opening o = { .c = rq_county(rq), .a = rq->a, .w = &w, .about = &x };
    enum rc rc = rq_text(rq, "about", N_("对什么提异议"), 20, &what, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "code", N_("编号"), 200, &code, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "grounds", N_("异议理由"), GROUNDS_MAX, &o.grounds, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "right", N_("认为应当是"), RIGHT_MAX, &o.right, e);
    if (rc != RC_OK)
        return rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(o.c->db, &s, e);
        if (rc == RC_OK)
            rc = about(rq, s, what, code, &x, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &w, e);
    }
    if (rc != RC_OK)
        return rc;
    const char *error;
    rc = db_transact(o.c->db, open_it, &o, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/matter/%s", o.done.code);
    rc = rq_form_failed(rq, rc, &error, e);
    return rc == RC_OK ? form(rq, &x, error, o.grounds, o.right, e) : rc;
}

const struct route objection_routes[] = {
    { .method = GET,
      .path = "/objection",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = objections_show,
      .page = &objections_kind,
      .help = N_("异议:在办的、复核结果、按规则和来源的成立率") },
    { .method = GET,
      .path = "/objection/new",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_OBJECT,
      .fn = objection_new_show,
      .page = &objection_new_kind,
      .help = N_("对数值、预警、报告或提示提异议:表单") },
    { .method = POST,
      .path = "/objection/new",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_OBJECT,
      .fn = objection_new_post,
      .help = N_("对数值、预警、报告或提示提异议") },
};
const size_t objection_routes_n = COUNT(objection_routes);
