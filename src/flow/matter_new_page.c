/*
 * Opening a matter by hand: the form is made from the kind's open_fields. What it is about
 * comes in the address (link=warning:CODE), so that a page of something can offer it.
 */
#include "base/parse.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/matter.h"
#include "flow/matter_new.html.h"
#include "flow/page_room.h"
#include "store/county.h"

#include <string.h>

enum { LINKS_ASKED_MAX = 20 };

/* A value of the form, else of the address; "" when there is none. */
static const char *said(const struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    if (!v)
        v = rq_query(rq, name);
    return v ? v : "";
}

static const char *from_address(const void *ctx, const struct flow_field *f)
{
    return said(ctx, f->code);
}

/* Does a field of the opening set this? */
static const struct flow_field *open_sets(const struct flow_kind *k, enum flow_sets what,
                                          struct arena *a)
{
    const char *list = k->open_fields, *code;
    bool required;
    while (fields_next(&list, a, &code, &required)) {
        const struct flow_field *f = flow_field_of(k, code);
        if (f->sets == what)
            return f;
    }
    return NULL;
}

static enum rc links_of(struct rq *rq, struct flow_link **ret, size_t *ret_n, struct err *e)
{
    size_t n;
    const struct field *f = rq->method == GET ? rq_queries(rq, &n) : rq_fields(rq, &n);
    *ret = arena_array(rq->a, LINKS_ASKED_MAX, sizeof(**ret));
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(f[i].name, "link") || f[i].n == 0)
            continue;
        const char *colon = strchr(f[i].value, ':');
        if (!colon || colon == f[i].value || !colon[1])
            return err_set(e, RC_INVALID, N_("关联应写作 种类:编号,如 {example}"), "example",
                           "warning:W-2026Q3-0041");
        if (*ret_n == LINKS_ASKED_MAX)
            return err_set(e, RC_TOOBIG, N_("一件事项最多关联{limit}处"), "limit",
                           arena_printf(rq->a, "%d", LINKS_ASKED_MAX));
        (*ret)[(*ret_n)++] =
            (struct flow_link){ arena_strndup(rq->a, f[i].value, (size_t)(colon - f[i].value)),
                                colon + 1 };
    }
    return RC_OK;
}

static bool may_open_any(const struct rq *rq, const struct flow_kind *k)
{
    return k->open && person_can(&rq_asker(rq)->person, k->open);
}

static void fill_kinds(struct rq *rq, struct matter_new_page *p)
{
    size_t n;
    const struct flow_kind *const *kinds = flow_kinds(rq_county(rq), &n);
    p->kinds = arena_array(rq->a, n, sizeof(*p->kinds));
    for (size_t i = 0; i < n; i++)
        if (may_open_any(rq, kinds[i]))
            p->kinds[p->n_kinds++] =
                (struct matter_new_kinds){ kinds[i]->code, rq_tr(rq, kinds[i]->name),
                                           rq_tr(rq, kinds[i]->help) };
}

/* Units over which this person may open one; the only one is chosen already. */
static void fill_units(struct rq *rq, const struct flow_kind *k, struct matter_new_page *p)
{
    const struct asker *w = rq_asker(rq);
    const bool *may = person_scope(&w->person, k->open, w->units, rq->a);
    const char *chosen = said(rq, "unit");
    p->units = arena_array(rq->a, w->units->n, sizeof(*p->units));
    for (size_t i = 0; i < w->units->n; i++)
        if (may[i])
            p->units[p->n_units++] =
                (struct matter_new_units){ w->units->all[i].code, w->units->all[i].name,
                                           str_eq(w->units->all[i].code, chosen) };
    if (p->n_units == 1)
        p->units[0].chosen = true;
    p->ask_unit = true;
    p->need_unit = !person_may(&w->person, k->open, NULL);
}

static enum rc show(struct rq *rq, struct matter_new_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct flow_kind *k = flow_kind_of(rq_county(rq), said(rq, "kind"));
    struct flow_link *links;
    size_t n;
    rq_crumb(rq, rq_tr(rq, N_("事项")), "/board");
    rq_crumb(rq, rq_tr(rq, N_("新建")), NULL);
    if (!*said(rq, "kind")) {
        fill_kinds(rq, p);
        return matter_new_render(rq, p, e);
    }
    if (!k)
        return err_set(e, RC_NOTFOUND, N_("没有「{kind}」这类事项"), "kind", said(rq, "kind"));
    if (!k->open)
        return err_set(e, RC_DENIED, N_("「{kind}」由系统发起,不能手工新建"), "kind", k->name);
    if (!may_open_any(rq, k))
        return person_demand(&rq_asker(rq)->person, k->open, NULL, e);
    enum rc rc = links_of(rq, &links, &n, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc != RC_OK)
        return rc;
    p->kind = k->code;
    p->kind_name = rq_tr(rq, k->name);
    p->help = rq_tr(rq, k->help);
    p->begins_draft = k->states[0].draft;
    p->parent = said(rq, "parent");
    p->title_text = said(rq, "title");
    p->ask_title = !open_sets(k, FLOW_SETS_TITLE, rq->a);
    if (!open_sets(k, FLOW_SETS_LEAD, rq->a))
        fill_units(rq, k, p);
    p->links = arena_array(rq->a, n, sizeof(*p->links));
    for (size_t i = 0; i < n; i++)
        p->links[p->n_links++] = (struct matter_new_links){ links[i].what, links[i].code };
    rc = form_fill(rq, s,
                   &(struct form_asked){ .kind = k,
                                         .list = k->open_fields,
                                         .unit = said(rq, "unit"),
                                         .was = from_address,
                                         .ctx = rq },
                   &p->form, e);
    return rc == RC_OK ? matter_new_render(rq, p, e) : rc;
}

static enum rc new_show(struct rq *rq, struct err *e)
{
    struct matter_new_page p = { .error = NULL };
    return show(rq, &p, e);
}

struct opening {
    struct rq *rq;
    const struct flow_who *w;
    struct flow_new new;
    struct flow_file *files;
    struct flow_done done;
};

static enum rc open_it(struct tx *tx, void *arg, struct err *e)
{
    struct opening *x = arg;
    enum rc rc = files_register(tx, x->rq, x->files, x->new.n_files, e);
    return rc == RC_OK ? flow_open(tx, rq_county(x->rq), x->w, &x->new, x->rq->a, &x->done, e)
                       : rc;
}

static enum rc who(struct rq *rq, struct flow_who *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    return rc == RC_OK ? rq_who(rq, s, ret, e) : rc;
}

static enum rc new_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const struct flow_kind *k = flow_kind_of(c, said(rq, "kind"));
    struct matter_new_page p = { .error = NULL };
    struct opening x = { .rq = rq };
    struct flow_link *links = NULL;
    struct flow_who w;
    if (!k)
        return err_set(e, RC_NOTFOUND, N_("没有「{kind}」这类事项"), "kind", said(rq, "kind"));
    const struct flow_field *titled = open_sets(k, FLOW_SETS_TITLE, rq->a);
    x.new = (struct flow_new){ .kind = k->code,
                               .title = said(rq, titled ? titled->code : "title"),
                               .unit = said(rq, "unit"),
                               .parent = *said(rq, "parent") ? said(rq, "parent") : NULL };
    x.new.given =
        form_given(rq,
                   titled && str_eq(titled->code, "title") ? "kind unit parent link"
                                                           : "kind unit parent link title",
                   &x.new.n_given);
    enum rc rc = links_of(rq, &links, &x.new.n_links, e);
    if (rc == RC_OK)
        rc = who(rq, &w, e);
    if (rc == RC_OK)
        rc = files_keep(rq, &x.files, &x.new.n_files, e);
    x.new.links = links;
    x.new.files = x.files;
    x.w = &w;
    if (rc == RC_OK)
        rc = db_transact(c->db, open_it, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/matter/%s", x.done.code);
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

const struct route matter_new_routes[] = {
    { .method = GET,
      .path = "/matter/new",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = new_show,
      .page = &matter_new_kind,
      .help = N_("新建事项的表单;先选类别") },
    { .method = POST,
      .path = "/matter/new",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = new_post,
      .body_max = UPLOAD_BYTES,
      .n_files = UPLOADS_MAX,
      .help = N_("新建事项:kind、title、unit、link(种类:编号)、parent和这类事项的栏目") },
};
const size_t matter_new_routes_n = COUNT(matter_new_routes);
