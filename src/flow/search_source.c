/*
 * What of matters can be found: the matter itself by code, title and everything that was
 * written to it, and its files by name. A draft cannot be found by anybody, and what was
 * written while it was one never.
 *
 * Gates are those of flow_may_see: who reads the county, who reads the lead unit, who handles
 * for a joint or the supervising unit, who holds it by name. A page asks flow_may_see itself
 * once more.
 */
#include "flow/search_source.h"

#include "base/map.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "flow/page_room.h"
#include "people/unit.sql.h"
#include "store/county.h"

#include <jansson.h>
#include <string.h>

struct gathering {
    const struct snap *s;
    struct county *c;
    struct arena *a;
    struct matter m;
    struct matter_steps_row *steps; /* that others than the writers see */
    size_t n_steps;
};

/* ---- gates ---- */

static enum rc unit_gate(const struct snap *s, const char *code, bool handler, struct arena *a,
                         struct str *gates, struct err *e)
{
    struct unit_id_of_row row;
    if (!*code)
        return RC_OK;
    enum rc rc = unit_id_of_one(s, code, a, &row, e);
    if (rc == RC_OK)
        gate_add(gates, handler ? gate_handler(row.id, a) : gate_unit(row.id, a));
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc account_gate(const struct snap *s, const char *code, struct arena *a,
                            struct str *gates, struct err *e)
{
    struct flow_account_row row;
    if (!*code)
        return RC_OK;
    enum rc rc = flow_account_one(s, code, a, &row, e);
    if (rc == RC_OK)
        gate_add(gates, gate_account(row.id, a));
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc flow_gates(const struct snap *s, const struct matter *m, struct arena *a,
                   struct str *gates, struct err *e)
{
    enum rc rc = unit_gate(s, matter_unit(m), false, a, gates, e);
    gate_add(gates, GATE_COUNTY);
    if (!*matter_unit(m) && rc == RC_OK)
        rc = account_gate(s, m->opener, a, gates, e);
    for (size_t i = 0; rc == RC_OK && i < m->n_parties; i++) {
        const struct party *p = &m->parties[i];
        if (p->role == PARTY_ISSUER)
            continue;
        rc = *p->account ? account_gate(s, p->account, a, gates, e)
                         : unit_gate(s, p->unit, true, a, gates, e);
    }
    for (size_t i = 0; rc == RC_OK && i < m->n_desks; i++) {
        const char *desk = m->desks[i];
        rc = desk[0] == 'a'   ? account_gate(s, desk + 2, a, gates, e)
             : desk[0] == 'u' ? unit_gate(s, desk + 2, true, a, gates, e)
                              : RC_OK;
    }
    return rc;
}

/* ---- what it says ---- */

/* As load_steps of the matter's page for somebody who may not see drafts. */
static enum rc load(struct gathering *g, const char *code, struct err *e)
{
    size_t n, files = 0;
    enum rc rc = matter_load(g->s, g->c, code, g->a, &g->m, e);
    if (rc != RC_OK || g->m.draft)
        return rc;
    rc = matter_steps_all(g->s, code, g->a, &g->steps, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct flow_state *st = flow_state_of(g->m.kind, g->steps[i].to_state);
        if (st && st->draft && *g->steps[i].by_account)
            continue;
        for (size_t k = 0; k < g->m.n_files; k++)
            if (g->m.files[k].number == g->steps[i].number)
                g->m.files[files++] = g->m.files[k];
        g->steps[g->n_steps++] = g->steps[i];
    }
    g->m.n_files = files;
    return rc;
}

static void add_line(struct str *b, const char *line, struct map *seen)
{
    if (*line && map_add(seen, line, seen))
        str_addf(b, "%s%s", b->n ? "\n" : "", line);
}

static bool is_prose(const struct flow_field *f)
{
    return f && (f->type == FLOW_TEXT || f->type == FLOW_LINES);
}

static void add_given(const struct gathering *g, const struct matter_steps_row *r,
                      struct str *b, struct map *seen)
{
    json_t *given = json_loads(r->given, 0, NULL), *value;
    const char *key;
    json_object_foreach(given, key, value)
    {
        if (json_is_string(value) &&
            (str_eq(r->verb, "comment") || is_prose(flow_field_of(g->m.kind, key))))
            add_line(b, json_string_value(value), seen);
    }
    json_decref(given);
}

/* The newest first: of a long story what is new is found. */
static const char *text_of(const struct gathering *g)
{
    struct map *seen = map_new(g->a);
    struct str b;
    str_init(&b, g->a);
    for (size_t i = 0; i < g->m.n_values; i++)
        if (is_prose(flow_field_of(g->m.kind, g->m.values[i].field)))
            add_line(&b, g->m.values[i].text, seen);
    for (size_t i = g->n_steps; i > 0; i--)
        add_given(g, &g->steps[i - 1], &b, seen);
    return b.s;
}

static const char *address_of(const struct gathering *g)
{
    const struct flow_kind *k = g->m.kind;
    return arena_printf(g->a, "%s%s", k && k->page ? k->page : "/matter/", g->m.code);
}

enum rc flow_docs(const struct snap *s, struct county *c, const struct record_line *r,
                  const struct flow_kind *of, const char *(*room_gates)(const struct matter *m),
                  struct search_pen *p, struct arena *a, struct err *e)
{
    struct gathering g = { .s = s, .c = c, .a = a };
    struct str gates;
    str_init(&gates, a);
    enum rc rc = load(&g, r->subject, e);
    if (rc != RC_OK || (of ? g.m.kind != of : g.m.kind && g.m.kind->found_by_room))
        return rc;
    if (g.m.draft) {
        search_drop(p, g.m.code);
        return RC_OK;
    }
    if (room_gates)
        gate_add(&gates, room_gates(&g.m));
    else
        rc = flow_gates(s, &g.m, a, &gates, e);
    if (rc == RC_OK)
        search_put(p, &(struct search_doc){ .code = g.m.code,
                                            .text = { g.m.code, g.m.title, text_of(&g), false },
                                            .href = address_of(&g),
                                            .unit = matter_unit(&g.m),
                                            .at = r->at,
                                            .record = g.m.record,
                                            .gates = gates.s });
    return rc;
}

static enum rc matter_docs(const struct snap *s, struct county *c, const struct record_line *r,
                           struct id record, struct search_pen *p, struct arena *a,
                           struct err *e)
{
    (void)record; /* the pen knows it */
    return flow_docs(s, c, r, NULL, NULL, p, a, e);
}

static enum rc file_docs(const struct snap *s, struct county *c, const struct record_line *r,
                         struct id record, struct search_pen *p, struct arena *a, struct err *e)
{
    struct gathering g = { .s = s, .c = c, .a = a };
    struct str gates;
    (void)record;
    str_init(&gates, a);
    enum rc rc = load(&g, r->subject, e);
    if (rc == RC_OK && g.m.draft) {
        search_drop(p, arena_printf(a, "%s/", g.m.code));
        return RC_OK;
    }
    if (rc == RC_OK && g.m.n_files)
        rc = flow_gates(s, &g.m, a, &gates, e);
    for (size_t i = 0; rc == RC_OK && i < g.m.n_files; i++)
        search_put(p, &(struct search_doc){
                          .code = arena_printf(a, "%s/%s", g.m.code, g.m.files[i].digest),
                          .text = { "", g.m.files[i].name, g.m.title, false },
                          .href = address_of(&g),
                          .unit = matter_unit(&g.m),
                          .at = r->at,
                          .record = g.m.record,
                          .gates = gates.s });
    return rc;
}

/* ---- once more, for a page ---- */

static enum rc may(struct rq *rq, const struct snap *s, const struct search_hit *h, bool *ret,
                   struct err *e)
{
    struct flow_who w;
    struct matter m;
    enum rc rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = matter_load(s, rq_county(rq), arena_strndup(rq->a, h->code, strcspn(h->code, "/")),
                         rq->a, &m, e);
    if (rc == RC_OK)
        *ret = !m.draft && flow_may_see(&w, &m);
    return rc;
}

const struct search_source search_matters = { .code = "matter",
                                              .name = N_("事项"),
                                              .records = "matter.step",
                                              .by_subject = true,
                                              .docs = matter_docs,
                                              .may = may };
const struct search_source search_files = { .code = "file",
                                            .name = N_("文件"),
                                            .records = "matter.step",
                                            .by_subject = true,
                                            .docs = file_docs,
                                            .may = may };
