/*
 * Activation slips to print and cut: on a page and as PDF. The codes are nowhere but in memory,
 * for half an hour and for the one who made them; what is kept in the database is a digest.
 */
#include "base/clock.h"
#include "people/account_room.h"
#include "people/held.h"
#include "people/slips.html.h"
#include "print/print_out.h"
#include "store/county.h"

#include <string.h>

struct slips_held *slips_new(struct county *c, struct arena *a, size_t n)
{
    struct slips_held *h = arena_alloc(a, sizeof(*h));
    h->row = arena_array(a, n, sizeof(*h->row));
    h->n = n;
    h->gone_us = clock_monotonic_us() + HELD_MINUTES * INT64_C(60000000);
    h->until = (struct utime){ county_now(c).us + ACTIVATION_DAYS * INT64_C(86400000000) };
    return h;
}

/* A copy of what waits, in the request. It stays held until its time is over or newer slips
 * come, so that the page and the PDF can both be had. */
static const struct slips_held *waiting(struct rq *rq)
{
    struct arena *a = NULL;
    const struct slips_held *h = held_take(rq_county(rq), HELD_SLIPS, rq->account.id, NULL, &a);
    if (!h || h->gone_us < clock_monotonic_us()) {
        arena_free(a);
        return NULL;
    }
    struct slips_held *copy = arena_copy(rq->a, h, sizeof(*h));
    copy->row = arena_copy(rq->a, h->row, h->n * sizeof(*h->row));
    for (size_t i = 0; i < h->n; i++) {
        copy->row[i].code = arena_strdup(rq->a, h->row[i].code);
        copy->row[i].name = arena_strdup(rq->a, h->row[i].name);
        copy->row[i].unit = arena_strdup(rq->a, h->row[i].unit);
    }
    char token[HELD_TOKEN];
    held_put(rq_county(rq), HELD_SLIPS, rq->account.id, &a, h, token);
    return copy;
}

static const char *address(struct rq *rq)
{
    return arena_printf(rq->a, "%s://%s/activate", rq->scheme, rq->host);
}

enum rc slips_show(struct rq *rq, struct err *e)
{
    const struct slips_held *h = waiting(rq);
    struct slips_page p = { .place = rq_county(rq)->name,
                            .address = address(rq),
                            .days = ACTIVATION_DAYS,
                            .n_slips = h ? h->n : 0 };
    p.slips = arena_array(rq->a, p.n_slips, sizeof(*p.slips));
    for (size_t i = 0; i < p.n_slips; i++) {
        p.slips[i].code = h->row[i].code;
        p.slips[i].name = h->row[i].name;
        p.slips[i].unit_name = h->row[i].unit;
        p.slips[i].role_name = rq_tr(rq, h->row[i].role);
        p.slips[i].pin = h->row[i].pin;
        p.slips[i].until = h->until;
    }
    rq_crumb(rq, rq_tr(rq, N_("账号")), "/account");
    rq_crumb(rq, rq_tr(rq, N_("启用单")), NULL);
    return slips_render(rq, &p, e);
}

enum rc slips_pdf(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const struct slips_held *h = waiting(rq);
    if (!h)
        return err_set(e, RC_NOTFOUND, N_("没有要打印的启用单;请先新建或重新启用账号"));
    struct print_slip *slips = arena_array(rq->a, h->n, sizeof(*slips));
    for (size_t i = 0; i < h->n; i++)
        slips[i] = (struct print_slip){ .name = h->row[i].name,
                                        .unit = h->row[i].unit,
                                        .account = h->row[i].code,
                                        .code = h->row[i].pin,
                                        .url = address(rq),
                                        .expires = h->until };
    struct print_frame frame = { .lang = rq->lang,
                                 .county = c->name,
                                 .title = rq_tr(rq, N_("启用单")),
                                 .time = county_now(c),
                                 .demo = c->demo };
    struct bytes pdf;
    int pages;
    enum rc rc = print_slips_pdf(&frame, slips, h->n, rq->a, &pdf, &pages, e);
    return rc == RC_OK
               ? web_bytes(rq, pdf.p, pdf.n, "application/pdf", rq_tr(rq, N_("启用单.pdf")), e)
               : rc;
}
