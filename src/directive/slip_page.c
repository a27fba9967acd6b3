/* The routes of a directive's papers. Who may open the directive may print its 督办单; the
 * 签批单 is for who writes and signs off drafts. */
#include "directive/slip_page.h"

#include "base/str.h"
#include "directive/slip.h"
#include "flow/flow_page.h"
#include "people/asker.h"
#include "store/county.h"

static enum rc give(struct rq *rq, enum slip which, bool docx, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *code = rq_param(rq, "code");
    struct flow_who w;
    struct bytes out;
    struct form f;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = slip_make(s, rq_county(rq), &w, code, which, rq->lang, rq->a, &f, e);
    if (rc != RC_OK)
        return rc;
    db_read_end(&s);
    /* A telephone reads the code: a whole address. */
    if (f.proof && *f.proof == '/')
        f.proof =
            *rq->host ? arena_printf(rq->a, "%s://%s%s", rq->scheme, rq->host, f.proof) : NULL;
    rc = docx ? form_docx(&f, rq->a, &out, e) : form_pdf(&f, rq->a, &out, NULL, e);
    if (rc != RC_OK)
        return rc;
    return web_bytes(rq, out.p, out.n,
                     docx ? "application/vnd.openxmlformats-officedocument."
                            "wordprocessingml.document"
                          : "application/pdf",
                     arena_printf(rq->a, "%s-%s.%s", code,
                                  which == SLIP_ORDER ? "order" : "approval",
                                  docx ? "docx" : "pdf"),
                     e);
}

static enum rc order_pdf(struct rq *rq, struct err *e)
{
    return give(rq, SLIP_ORDER, false, e);
}

static enum rc order_docx(struct rq *rq, struct err *e)
{
    return give(rq, SLIP_ORDER, true, e);
}

static enum rc approval_pdf(struct rq *rq, struct err *e)
{
    return give(rq, SLIP_APPROVAL, false, e);
}

static enum rc approval_docx(struct rq *rq, struct err *e)
{
    return give(rq, SLIP_APPROVAL, true, e);
}

const struct route slip_routes[] = {
    { .method = GET,
      .path = "/directive/:code/order.pdf",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = order_pdf,
      .help = N_("廉动令督办单PDF") },
    { .method = GET,
      .path = "/directive/:code/order.docx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = order_docx,
      .help = N_("廉动令督办单docx") },
    { .method = GET,
      .path = "/directive/:code/approval.pdf",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = approval_pdf,
      .help = N_("廉动令签批单PDF") },
    { .method = GET,
      .path = "/directive/:code/approval.docx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = approval_docx,
      .help = N_("廉动令签批单docx") },
};
const size_t slip_routes_n = COUNT(slip_routes);
