/* Entries of matters, by what they say and what their files are called; seen by whoever sees
 * the matter. A step of the matter may change who that is, so its entries are looked at again.
 */
#include "worklog/search_source.h"

#include "base/str.h"
#include "flow/page_room.h"
#include "flow/search_source.h"
#include "store/county.h"
#include "worklog/worklog.h"

enum { NAME_MAX_CHARS = 40 };

static const char *beginning(const char *text, struct arena *a)
{
    struct plain p = plain_of(text, NAME_MAX_CHARS, a);
    return arena_printf(a, "%s%s", arena_strndup(a, text, p.at[p.n]),
                        text[p.at[p.n]] ? "…" : "");
}

static void put(struct search_pen *p, const struct matter *m, const struct work *w,
                const char *gates, struct arena *a)
{
    struct str body;
    str_init(&body, a);
    str_add(&body, w->text);
    for (size_t i = 0; i < w->n_files; i++)
        str_addf(&body, "\n%s", w->files[i].name);
    if (m->draft || !body.n) { /* being written, or erased */
        search_drop(p, w->code);
        return;
    }
    const char *name = beginning(*w->text ? w->text : body.s + 1, a);
    str_addf(&body, "\n%s", m->title);
    search_put(p, &(struct search_doc){ .code = w->code,
                                        .text = { "", name, body.s, false },
                                        .href = arena_printf(a, "/matter/%s", m->code),
                                        .unit = w->unit,
                                        .at = w->received,
                                        .gates = gates });
}

static enum rc docs(const struct snap *s, struct county *c, const struct record_line *r,
                    struct id record, struct search_pen *p, struct arena *a, struct err *e)
{
    bool step = str_eq(r->kind, "matter.step");
    struct matter m;
    struct work one, *list = &one;
    struct str gates;
    size_t n = 1;
    (void)record; /* entries are written as they are, whichever record tells of them */
    str_init(&gates, a);
    enum rc rc = step ? worklog_of_matter(s, r->subject, a, &list, &n, e)
                      : worklog_load(s, r->subject, a, &one, e);
    if (rc != RC_OK || n == 0)
        return rc;
    rc = matter_load(s, c, list[0].matter, a, &m, e);
    if (rc == RC_OK)
        rc = flow_gates(s, &m, a, &gates, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        put(p, &m, &list[i], gates.s, a);
    return rc;
}

static enum rc may(struct rq *rq, const struct snap *s, const struct search_hit *h, bool *ret,
                   struct err *e)
{
    struct work w;
    struct matter m;
    struct flow_who who;
    enum rc rc = worklog_load(s, h->code, rq->a, &w, e);
    if (rc == RC_OK)
        rc = matter_load(s, rq_county(rq), w.matter, rq->a, &m, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &who, e);
    if (rc == RC_OK)
        *ret = !m.draft && flow_may_see(&who, &m);
    return rc;
}

const struct search_source search_work = { .code = "work",
                                           .name = N_("云记录"),
                                           .records = "worklog.add matter.step",
                                           .by_subject = true,
                                           .docs = docs,
                                           .may = may };
