/*
 * 制度库: the register with its filters, one rule, its form, the register as a sheet. Who may
 * read a unit sees what it issued; whoever sees the county sees all, also of units that have
 * ended.
 */
#include "meeting/regulation_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/matter.h"
#include "meeting/regulation.h"
#include "meeting/regulation.html.h"
#include "meeting/regulations.html.h"
#include "monitor/data_page.h"
#include "people/account.sql.h"
#include "sheet/sheet.h"
#include "store/county.h"

#include <string.h>

/* What this person sees of the register, with what became of it. */
struct seen {
    struct regulation *list;
    struct regulation_fate *fates;
    size_t n;
    struct flow_who who;
};

static enum rc load(struct rq *rq, const struct snap *s, struct seen *ret, struct err *e)
{
    struct asker *k = rq_asker(rq);
    const bool *may = person_scope(&k->person, CAP_READ_UNIT, k->units, rq->a);
    bool all = person_may(&k->person, CAP_READ_UNIT, NULL);
    size_t n;
    enum rc rc = rq_who(rq, s, &ret->who, e);
    if (rc == RC_OK)
        rc = regulations_load(s, rq->a, &ret->list, &n, e);
    if (rc == RC_OK)
        rc = regulations_fate(s, rq_county(rq), ret->list, n, rq->a, &ret->fates, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_find(k->units, ret->list[i].unit);
        if (!all && !(u && may[u->index]))
            continue;
        ret->list[ret->n] = ret->list[i];
        ret->fates[ret->n++] = ret->fates[i];
    }
    return RC_OK;
}

static const char *event_href(struct arena *a, const struct regulation_event *x)
{
    return arena_printf(a, str_eq(x->what, "warning") ? "/warning/%s" : "/matter/%s", x->code);
}

/* Whether this person may read what came again: else it is only counted. */
static enum rc event_seen(struct rq *rq, const struct snap *s, const struct flow_who *w,
                          const struct regulation_event *x, bool *ret, struct err *e)
{
    struct matter m;
    *ret = person_may(w->person, CAP_READ_UNIT, units_find(w->units, x->unit));
    if (str_eq(x->what, "warning"))
        return RC_OK;
    enum rc rc = matter_load(s, rq_county(rq), x->code, rq->a, &m, e);
    *ret = rc == RC_OK && flow_may_see(w, &m);
    return rc;
}

/* ---- the list ---- */

struct filter {
    const char *q, *unit, *kind, *again;
};

static const char *asked(struct rq *rq, const char *name)
{
    const char *v = rq_query(rq, name);
    return v ? str_trim(rq->a, v) : "";
}

static enum rc filter_read(struct rq *rq, struct filter *ret, struct err *e)
{
    *ret = (struct filter){ asked(rq, "q"), asked(rq, "unit"), asked(rq, "kind"),
                            asked(rq, "again") };
    if (*ret->kind && !regulation_kind_of(ret->kind))
        return err_set(e, RC_INVALID, N_("类别「{kind}」应是 made 或 improved"), "kind",
                       ret->kind);
    for (enum regulation_again x = REGULATION_UNKNOWN; x <= REGULATION_AGAIN; x++)
        if (str_eq(ret->again, regulation_again_word(x)))
            return RC_OK;
    return *ret->again
               ? err_set(e, RC_INVALID, N_("再发「{again}」应是 yes、no、open 或 unknown"),
                         "again", ret->again)
               : RC_OK;
}

static bool passes(const struct filter *f, const struct regulation *r,
                   const struct regulation_fate *fate)
{
    if (*f->q && !strstr(r->title, f->q) && !strstr(r->document, f->q) &&
        !strstr(r->problem, f->q) && !str_eq(r->code, f->q))
        return false;
    return (!*f->unit || str_eq(r->unit, f->unit)) &&
           (!*f->kind || r->kind == regulation_kind_of(f->kind)) &&
           (!*f->again || str_eq(f->again, regulation_again_word(fate->again)));
}

/* The register under the filter, in place. */
static void sieve(struct seen *x, const struct filter *f)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++)
        if (passes(f, &x->list[i], &x->fates[i])) {
            x->list[n] = x->list[i];
            x->fates[n++] = x->fates[i];
        }
    x->n = n;
}

static void offer(struct rq *rq, const struct seen *x, const struct filter *f,
                  struct regulations_page *p)
{
    const struct units *us = rq_asker(rq)->units;
    struct map *units = map_new(rq->a);
    p->units = arena_array(rq->a, x->n, sizeof(*p->units));
    p->kinds = arena_array(rq->a, REGULATION_IMPROVED, sizeof(*p->kinds));
    p->agains = arena_array(rq->a, REGULATION_AGAIN + 1, sizeof(*p->agains));
    for (enum regulation_kind k = REGULATION_MADE; k <= REGULATION_IMPROVED; k++)
        p->kinds[p->n_kinds++] =
            (struct regulations_kinds){ regulation_kind_word(k),
                                        rq_tr(rq, regulation_kind_text(k)),
                                        str_eq(f->kind, regulation_kind_word(k)) };
    for (int i = REGULATION_AGAIN; i >= REGULATION_UNKNOWN; i--)
        p->agains[p->n_agains++] = (struct regulations_agains){
            .code = regulation_again_word((enum regulation_again)i),
            .name = rq_tr(rq, regulation_again_text((enum regulation_again)i)),
            .chosen = str_eq(f->again, regulation_again_word((enum regulation_again)i))
        };
    for (size_t i = 0; i < x->n; i++) {
        const struct regulation *r = &x->list[i];
        if (map_add_index(units, r->unit, p->n_units))
            p->units[p->n_units++] =
                (struct regulations_units){ .code = r->unit,
                                            .name = unit_name_of(us, r->unit),
                                            .chosen = str_eq(f->unit, r->unit) };
        p->units[map_index(units, r->unit)].n++;
        p->agains[REGULATION_AGAIN - x->fates[i].again].n++;
        p->made += r->kind == REGULATION_MADE;
        p->improved += r->kind == REGULATION_IMPROVED;
        p->came_again += x->fates[i].again == REGULATION_AGAIN;
    }
    p->all = (int64_t)x->n;
}

static enum rc regulations_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct asker *k = rq_asker(rq);
    struct regulations_page p = { .may_edit = person_can(&k->person, CAP_DISPATCH) };
    struct seen x = { 0 };
    struct filter f;
    size_t from, to;
    enum rc rc = filter_read(rq, &f, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load(rq, s, &x, e);
    if (rc != RC_OK)
        return rc;
    offer(rq, &x, &f, &p);
    sieve(&x, &f);
    rc = rq_pager(rq, x.n, &from, &to, &p.pager, e);
    if (rc != RC_OK)
        return rc;
    p.q = f.q;
    p.unit = f.unit;
    p.kind = f.kind;
    p.again = f.again;
    const char *query = strchr(rq->target, '?');
    p.xlsx = arena_printf(rq->a, "/regulation.xlsx%s", query ? query : "");
    p.rules = arena_array(rq->a, to - from, sizeof(*p.rules));
    for (size_t i = from; i < to; i++) {
        const struct regulation *r = &x.list[i];
        const struct regulation_fate *fate = &x.fates[i];
        p.rules[p.n_rules++] = (struct regulations_rules){
            .code = r->code,
            .title = r->title,
            .kind_name = rq_tr(rq, regulation_kind_text(r->kind)),
            .document = r->document,
            .day = day_start(r->day),
            .unit_name = unit_name_of(k->units, r->unit),
            .problem = r->problem,
            .again = regulation_again_word(fate->again),
            .again_name = rq_tr(rq, regulation_again_text(fate->again)),
            .times = (int64_t)fate->times,
        };
    }
    rq_crumb(rq, rq_tr(rq, N_("制度库")), NULL);
    return regulations_render(rq, &p, e);
}

static enum rc regulations_xlsx(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct seen x = { 0 };
    struct filter f;
    enum rc rc = filter_read(rq, &f, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load(rq, s, &x, e);
    if (rc != RC_OK)
        return rc;
    sieve(&x, &f);
    const struct table *t =
        regulations_to_table(x.list, x.n, x.fates, rq_asker(rq)->units, rq->a);
    return rq_send_table(rq, SHEET_XLSX, t, "regulation", e);
}

/* ---- one of them ---- */

static enum rc fill_matter(struct rq *rq, const struct snap *s, const struct flow_who *w,
                           struct regulation_page *p, struct err *e)
{
    struct matter m;
    if (!*p->matter)
        return RC_OK;
    enum rc rc = matter_load(s, rq_county(rq), p->matter, rq->a, &m, e);
    if (rc != RC_OK || !m.kind || !flow_may_see(w, &m))
        return rc;
    const struct flow_state *st = flow_state_of(m.kind, m.state);
    p->matter_title = m.title;
    p->matter_state = st ? rq_tr(rq, st->name) : m.state;
    return RC_OK;
}

static enum rc fill_events(struct rq *rq, const struct snap *s, const struct flow_who *w,
                           const struct regulation_fate *f, struct regulation_page *p,
                           struct err *e)
{
    p->events = arena_array(rq->a, f->times, sizeof(*p->events));
    for (size_t i = 0; i < f->times; i++) {
        const struct regulation_event *x = &f->events[i];
        bool seen;
        enum rc rc = event_seen(rq, s, w, x, &seen, e);
        if (rc != RC_OK)
            return rc;
        if (!seen) {
            p->unseen++;
            continue;
        }
        p->events[p->n_events++] = (struct regulation_events){
            .code = x->code,
            .href = event_href(rq->a, x),
            .what_name = rq_tr(rq, str_eq(x->what, "matter") ? N_("关联事项重开")
                                   : str_eq(x->what, "warning") ? N_("同一条规则的预警又亮")
                                                                : N_("又有同类问题的廉动令")),
            .unit_name = unit_name_of(w->units, x->unit),
            .at = x->at
        };
    }
    return RC_OK;
}

static enum rc render(struct rq *rq, struct regulation_page *p, const struct regulation *r,
                      struct err *e)
{
    const struct units *us = rq_asker(rq)->units;
    p->may_edit = person_can(&rq_asker(rq)->person, CAP_DISPATCH);
    p->fresh = !r->version;
    p->code = r->code;
    p->version = r->version;
    p->title = r->title;
    p->document = r->document;
    p->day = r->day ? fmt_date(rq->a, day_start(r->day)) : "";
    p->unit = r->unit;
    p->unit_name = unit_name_of(us, r->unit);
    p->problem = r->problem;
    p->matter = r->matter;
    p->why = r->why;
    p->kind_name = rq_tr(rq, regulation_kind_text(r->kind));
    p->at = r->at;
    p->kinds = arena_array(rq->a, REGULATION_IMPROVED, sizeof(*p->kinds));
    for (enum regulation_kind k = REGULATION_MADE; k <= REGULATION_IMPROVED; k++)
        p->kinds[p->n_kinds++] =
            (struct regulation_kinds){ regulation_kind_word(k),
                                       rq_tr(rq, regulation_kind_text(k)), r->kind == k };
    p->units = arena_array(rq->a, us->n, sizeof(*p->units));
    for (size_t i = 0; i < us->n && p->editing; i++)
        p->units[p->n_units++] = (struct regulation_units){ us->all[i].code, us->all[i].name,
                                                            str_eq(us->all[i].code, r->unit) };
    rq_crumb(rq, rq_tr(rq, N_("制度库")), "/regulation");
    rq_crumb(rq, p->fresh ? rq_tr(rq, N_("登记制度")) : r->title, NULL);
    return regulation_render(rq, p, e);
}

static enum rc find(struct rq *rq, const struct snap *s, struct seen *x, size_t *ret,
                    struct err *e)
{
    const char *code = rq_param(rq, "code");
    enum rc rc = load(rq, s, x, e);
    for (*ret = 0; rc == RC_OK && *ret < x->n; ++*ret)
        if (str_eq(x->list[*ret].code, code))
            return RC_OK;
    return rc == RC_OK
               ? err_set(e, RC_NOTFOUND, N_("制度库里没有编号为「{code}」的制度"), "code", code)
               : rc;
}

static enum rc regulation_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct regulation_page p = { .error = NULL };
    struct account_of_code_row who;
    struct seen x = { 0 };
    size_t i;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = find(rq, s, &x, &i, e);
    if (rc != RC_OK)
        return rc;
    const struct regulation *r = &x.list[i];
    const struct regulation_fate *f = &x.fates[i];
    p.matter = r->matter;
    rc = fill_matter(rq, s, &x.who, &p, e);
    if (rc == RC_OK && *r->by) {
        rc = account_of_code_one(s, r->by, rq->a, &who, e);
        p.who = rc == RC_OK ? who.name : NULL;
    }
    if (rc != RC_OK)
        return rc;
    p.editing = rq_query(rq, "edit") && person_can(&rq_asker(rq)->person, CAP_DISPATCH);
    p.again = regulation_again_word(f->again);
    p.again_name = rq_tr(rq, regulation_again_text(f->again));
    p.times = (int64_t)f->times;
    rc = fill_events(rq, s, &x.who, f, &p, e);
    if (rc != RC_OK)
        return rc;
    if (!p.editing)
        return render(rq, &p, r, e);
    struct regulation to_change = *r;
    to_change.why = "";
    return render(rq, &p, &to_change, e);
}

static const struct regulation nothing = { .code = "",
                                           .title = "",
                                           .kind = REGULATION_MADE,
                                           .document = "",
                                           .unit = "",
                                           .problem = "",
                                           .matter = "",
                                           .why = "",
                                           .by = "" };

static enum rc regulation_new(struct rq *rq, struct err *e)
{
    struct regulation_page p = { .editing = true };
    struct regulation r = nothing;
    const char *matter = rq_query(rq, "matter");
    r.day = county_today(rq_county(rq));
    if (matter)
        r.matter = matter;
    return render(rq, &p, &r, e);
}

/* ---- saving ---- */

struct saving {
    struct rq *rq;
    struct regulation r;
    const char *code;
};

static enum rc save(struct tx *tx, void *arg, struct err *e)
{
    struct saving *x = arg;
    struct county *c = rq_county(x->rq);
    if (x->r.version)
        return regulation_change(tx, c, &x->r, x->rq->account.code, e);
    return regulation_add(tx, c, &x->r, x->rq->account.code, x->rq->a, &x->code, e);
}

static const char *typed(struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    return v ? str_trim(rq->a, v) : "";
}

static enum rc read_form(struct saving *x, struct regulation_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rq *rq = x->rq;
    x->r.title = typed(rq, "title");
    x->r.kind = regulation_kind_of(typed(rq, "kind"));
    x->r.document = typed(rq, "document");
    x->r.unit = typed(rq, "unit");
    x->r.problem = typed(rq, "problem");
    x->r.matter = typed(rq, "matter");
    x->r.why = typed(rq, "why");
    p->error_field = "day";
    enum rc rc = rq_day(rq, "day", N_("印发日期"), &x->r.day, e);
    if (rc == RC_OK && x->r.version) {
        p->error_field = "version";
        rc = rq_int(rq, "version", N_("版本"), 1, INT32_MAX, &x->r.version, e);
    }
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    return rc == RC_OK ? regulation_check(s, rq_asker(rq)->units, &x->r,
                                          county_today(rq_county(rq)), &p->error_field, e)
                       : rc;
}

static enum rc post(struct rq *rq, struct regulation r, struct err *e)
{
    struct saving x = { .rq = rq, .r = r, .code = r.code };
    struct regulation_page p = { .editing = true };
    enum rc rc = read_form(&x, &p, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, save, &x, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &p.error, e);
        return rc == RC_OK ? render(rq, &p, &x.r, e) : rc;
    }
    rq_notice(rq, rq_tr(rq, x.r.version ? N_("已保存。") : N_("已登记。")));
    return web_donef(rq, e, "/regulation/%s", x.code);
}

static enum rc regulation_new_post(struct rq *rq, struct err *e)
{
    return post(rq, nothing, e);
}

static enum rc regulation_post(struct rq *rq, struct err *e)
{
    struct regulation old = nothing;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        enum rc rc = db_read(rq_county(rq)->db, &s, e);
        if (rc == RC_OK)
            rc = regulation_load(s, rq_param(rq, "code"), rq->a, &old, e);
        if (rc != RC_OK)
            return rc;
    }
    return post(rq, old, e);
}

const struct route regulation_routes[] = {
    { .method = GET,
      .path = "/regulation",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = regulations_show,
      .page = &regulations_kind,
      .help = N_("制度库:新建和修订的制度,针对什么问题,是否再发") },
    { .method = GET,
      .path = "/regulation.xlsx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = regulations_xlsx,
      .journal = "export",
      .help = N_("制度库导出为xlsx") },
    { .method = GET,
      .path = "/regulation/new",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = regulation_new,
      .page = &regulation_kind,
      .help = N_("登记制度的表单") },
    { .method = GET,
      .path = "/regulation/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = regulation_show,
      .page = &regulation_kind,
      .help = N_("一项制度") },
    { .method = POST,
      .path = "/regulation",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = regulation_new_post,
      .help = N_("登记制度") },
    { .method = POST,
      .path = "/regulation/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = regulation_post,
      .help = N_("修改一项制度") },
};
const size_t regulation_routes_n = COUNT(regulation_routes);
