/* The page of the kinds of problems: one setting, a name a line. */
#include "base/str.h"
#include "directive/directive.h"
#include "directive/directive_page.h"
#include "directive/problem_kinds.html.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/setting.h"

static enum rc kinds_page(struct rq *rq, struct problem_kinds_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK && !p->text)
        rc = setting_text(s, &directive_settings[SET_PROBLEM_KINDS], rq->a, &p->text, e);
    rq_crumb(rq, rq_tr(rq, N_("廉动令")), "/directive");
    rq_crumb(rq, rq_tr(rq, N_("问题类别")), NULL);
    return rc == RC_OK ? problem_kinds_render(rq, p, e) : rc;
}

static enum rc kinds_show(struct rq *rq, struct err *e)
{
    struct problem_kinds_page p = { .why = "" };
    return kinds_page(rq, &p, e);
}

struct saving {
    struct rq *rq;
    const char *text, *why;
};

static enum rc save(struct tx *tx, void *arg, struct err *e)
{
    struct saving *x = arg;
    return setting_change(tx, rq_county(x->rq), &directive_settings[SET_PROBLEM_KINDS], x->text,
                          x->why, x->rq->account.code, e);
}

static enum rc kinds_post(struct rq *rq, struct err *e)
{
    struct saving x = { .rq = rq };
    struct problem_kinds_page p = { .why = "" };
    enum rc rc = rq_text(rq, "text", N_("一行一种"), 2000, &x.text, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "why", N_("为什么改"), 200, &x.why, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, save, &x, e);
    if (rc == RC_OK)
        return web_done(rq, "/directive", e);
    rc = rq_form_failed(rq, rc, &p.error, e);
    p.text = rq_field(rq, "text") ? rq_field(rq, "text") : "";
    p.why = rq_field(rq, "why") ? rq_field(rq, "why") : "";
    return rc == RC_OK ? kinds_page(rq, &p, e) : rc;
}

const struct route problem_kind_routes[] = {
    { .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .method = GET,
      .path = "/directive/kinds",
      .fn = kinds_show,
      .page = &problem_kinds_kind,
      .help = N_("问题类别") },
    { .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .method = POST,
      .path = "/directive/kinds",
      .fn = kinds_post,
      .help = N_("改问题类别") },
};
const size_t problem_kind_routes_n = COUNT(problem_kind_routes);
