/*
 * Meetings, by what was prepared and concluded: whoever reads the county. Bulletins, by their
 * text: everybody when they are issued, the county before. Rules of the register, by title,
 * document number and the problem they are to cure: who may read the unit that issued them.
 */
#include "meeting/search_source.h"

#include "flow/page_room.h"
#include "flow/search_source.h"
#include "meeting/bulletin.h"
#include "meeting/meeting_kind.h"
#include "meeting/regulation.sql.h"
#include "store/county.h"

/* ---- meetings and bulletins ---- */

static const char *meeting_gates(const struct matter *m)
{
    (void)m;
    return GATE_COUNTY;
}

static const char *bulletin_gates(const struct matter *m)
{
    return str_eq(m->state, "issued") ? GATE_READER : GATE_COUNTY;
}

static enum rc meeting_docs(const struct snap *s, struct county *c, const struct record_line *r,
                            struct id record, struct search_pen *p, struct arena *a,
                            struct err *e)
{
    (void)record;
    return flow_docs(s, c, r, &meeting_flow_kind, meeting_gates, p, a, e);
}

static enum rc bulletin_docs(const struct snap *s, struct county *c,
                             const struct record_line *r, struct id record,
                             struct search_pen *p, struct arena *a, struct err *e)
{
    (void)record;
    return flow_docs(s, c, r, &bulletin_flow_kind, bulletin_gates, p, a, e);
}

/* As their pages ask. */
static enum rc may(struct rq *rq, const struct snap *s, const struct search_hit *h, bool *ret,
                   struct err *e)
{
    struct flow_who w;
    struct matter m;
    enum rc rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = matter_load(s, rq_county(rq), h->code, rq->a, &m, e);
    if (rc == RC_OK)
        *ret =
            str_eq(bulletin_gates(&m), GATE_READER) ||
            (!m.draft && flow_may_see(&w, &m) && person_may(w.person, CAP_READ_COUNTY, NULL));
    return rc;
}

const struct search_source search_meetings = { .code = "meeting",
                                               .name = N_("研判会商"),
                                               .records = "matter.step",
                                               .by_subject = true,
                                               .docs = meeting_docs,
                                               .may = may };
const struct search_source search_bulletins = { .code = "bulletin",
                                                .name = N_("通报"),
                                                .records = "matter.step",
                                                .by_subject = true,
                                                .docs = bulletin_docs,
                                                .may = may };

/* ---- the register of rules ---- */

static enum rc regulation_docs(const struct snap *s, struct county *c,
                               const struct record_line *r, struct id record,
                               struct search_pen *p, struct arena *a, struct err *e)
{
    struct regulation_of_record_row row;
    struct str gates;
    (void)c;
    enum rc rc = regulation_of_record_one(s, record, a, &row, e);
    if (rc != RC_OK)
        return rc; /* RC_NOTFOUND: a later record says more */
    str_init(&gates, a);
    gate_add(&gates, GATE_COUNTY);
    if (row.unit_id.v)
        gate_add(&gates, gate_unit(row.unit_id, a));
    search_put(p, &(struct search_doc){
                      .code = row.code,
                      .text = { row.code, row.title,
                                arena_printf(a, "%s\n%s", row.document, row.problem), false },
                      .href = arena_printf(a, "/regulation/%s", row.code),
                      .unit = row.unit,
                      .at = r->at,
                      .record = record,
                      .gates = gates.s });
    return RC_OK;
}

static enum rc regulation_may(struct rq *rq, const struct snap *s, const struct search_hit *h,
                              bool *ret, struct err *e)
{
    const struct asker *k = rq_asker(rq);
    const struct unit *u = units_find(k->units, h->unit);
    (void)s, (void)e;
    *ret = person_may(&k->person, CAP_READ_UNIT, NULL) ||
           (u && person_may(&k->person, CAP_READ_UNIT, u));
    return RC_OK;
}

const struct search_source search_regulations = { .code = "regulation",
                                                  .name = N_("制度"),
                                                  .records = "regulation.set",
                                                  .docs = regulation_docs,
                                                  .may = regulation_may };
