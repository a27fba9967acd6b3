/* What the discipline organ entered, for itself. Entering is on the post's page
 * (duty_unit_page.c), answering on one's own (duty_page.c). */
#include "base/clock.h"
#include "base/str.h"
#include "duty/duty_failures.html.h"
#include "duty/duty_page.h"
#include "duty/failure.h"
#include "duty/room.h"
#include "people/asker.h"
#include "store/county.h"

static enum rc show(struct rq *rq, struct duty_failures_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    struct failure *list;
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = failures_seen(s, &k->person, k->units, rq->a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    p->failures = arena_array(rq->a, n, sizeof(*p->failures));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct failure *f = &list[i];
        const struct unit *u = units_find(k->units, f->unit);
        struct statement *said;
        size_t n_said;
        rc = statements_of(s, "failure", f->code, rq->a, &said, &n_said, e);
        if (rc != RC_OK)
            return rc;
        struct duty_failures_failures *x = &p->failures[p->n_failures++];
        *x = (struct duty_failures_failures){
            .code = f->code,
            .post = f->post,
            .unit_name = u ? u->name : f->unit,
            .post_name = f->post_name,
            .holder = *f->holder ? f->holder : f->account,
            .document = f->document,
            .day = f->day > 0 ? day_start(f->day) : (struct utime){ 0 },
            .duty_name = rq_tr(rq, duty_text(f->duty)),
            .at = f->at,
            .erased = f->erased,
            .statements = arena_array(rq->a, n_said, sizeof(*x->statements))
        };
        for (size_t m = 0; m < n_said; m++)
            if (*said[m].account)
                x->statements[x->n_statements++] =
                    (struct duty_failures_failures_statements){ said[m].text, said[m].at };
    }
    rq_crumb(rq, rq_tr(rq, N_("四责")), "/duty/unit");
    rq_crumb(rq, rq_tr(rq, N_("失责记实")), NULL);
    return duty_failures_render(rq, p, e);
}

static enum rc failures_show(struct rq *rq, struct err *e)
{
    struct duty_failures_page p = { .error = NULL };
    return show(rq, &p, e);
}

static enum rc erase_post(struct rq *rq, struct err *e)
{
    const struct asker *k = rq_asker(rq);
    struct duty_failures_page p = { .error_field = NULL };
    const char *ground;
    enum rc rc = rq_text(rq, "ground", N_("删除的依据"), 200, &ground, e);
    if (rc == RC_OK)
        rc =
            failure_erase(rq_county(rq), &k->person, k->units, rq_param(rq, "code"), ground, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已删除，留下了编号和依据")));
        return web_done(rq, "/duty/failure", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

#define ORGAN .auth = SESSION | TOKEN, .need = CAP_DISCIPLINE /* part of an initialiser */

const struct route duty_failure_routes[] = {
    { ORGAN, .method = GET, .path = "/duty/failure", .scope = SCOPE_LIST, .fn = failures_show,
      .journal = "failure", .page = &duty_failures_kind,
      .help = N_("失责记实:只给纪检监察机关,按范围") },
    { ORGAN, .method = POST, .path = "/duty/failure", .scope = SCOPE_OBJECT,
      .fn = duty_failure_post, .help = N_("凭文号登记失责记实") },
    { ORGAN, .method = POST, .path = "/duty/failure/:code/erase", .scope = SCOPE_OBJECT,
      .fn = erase_post, .help = N_("依法删除一条失责记实") },
};
const size_t duty_failure_routes_n = COUNT(duty_failure_routes);
