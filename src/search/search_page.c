/* The page behind the box at the top of every page. */
#include "base/parse.h"
#include "search/room.h"
#include "search/search.html.h"
#include "store/county.h"

#include <string.h>

enum { SNIPPET = 90, NAME_SHOWN = 120 };

static const char *why_text(enum found w)
{
    switch (w) {
    case FOUND_LABEL:
        return N_("编号相同");
    case FOUND_WHOLE:
        return N_("名称相同");
    case FOUND_NAME:
        return N_("名称里有");
    case FOUND_LETTERS:
        return N_("首字母匹配");
    case FOUND_TEXT:
        return N_("正文里有");
    case FOUND_NOT:
        break;
    }
    return "";
}

/* /search with what is asked, a kind and a place. */
static const char *address(struct rq *rq, const char *text, const char *kind,
                           const struct search_after *after)
{
    struct str b;
    str_init(&b, rq->a);
    str_add(&b, "/search?q=");
    url_text(&b, text);
    if (*kind) {
        str_add(&b, "&kind=");
        url_text(&b, kind);
    }
    if (after)
        str_addf(&b, "&after=%d-%lld", after->tier, (long long)after->id.v);
    return b.s;
}

/* tier-id, as address writes it. */
static enum rc after_read(struct rq *rq, struct search_after *ret, struct err *e)
{
    const char *given = rq_query(rq, "after");
    int64_t tier = 0;
    size_t n;
    if (!given || !*given)
        return RC_OK;
    char **part = str_split(rq->a, given, '-', &n);
    enum rc rc = n == 2 ? parse_int64(part[0], 0, 2, "after", &tier, e)
                        : err_set(e, RC_INVALID, N_("搜索结果的位置(after)写得不对"));
    if (rc == RC_OK)
        rc = parse_int64(part[1], 1, INT64_MAX, "after", &ret->id.v, e);
    ret->tier = (int)tier;
    return rc;
}

static void fill_kinds(struct rq *rq, struct search_page *p)
{
    const struct search_room *m = search_room(rq_county(rq));
    p->kinds = arena_array(rq->a, m->n + 1, sizeof(*p->kinds));
    p->kinds[p->n_kinds++] = (struct search_kinds){ "", rq_tr(rq, N_("全部")),
                                                    address(rq, p->text, "", NULL), !*p->kind };
    for (size_t i = 0; i < m->n; i++)
        p->kinds[p->n_kinds++] =
            (struct search_kinds){ m->sources[i]->code, rq_tr(rq, m->sources[i]->name),
                                   address(rq, p->text, m->sources[i]->code, NULL),
                                   str_eq(p->kind, m->sources[i]->code) };
}

static void fill_hit(struct rq *rq, const struct question *q, const struct search_hit *h,
                     struct search_hits *ret)
{
    const struct unit *u = units_find(rq_asker(rq)->units, h->unit);
    struct piece *pieces;
    *ret =
        (struct search_hits){ .source = h->source->code,
                              .source_name = rq_tr(rq, h->source->name),
                              .code = h->code,
                              .label = h->text.label,
                              .href = h->href,
                              .why = rq_tr(rq, why_text(h->why)),
                              .unit = h->unit,
                              .unit_name = u && !str_eq(u->name, h->text.name) ? u->name : "",
                              .at = h->at };
    size_t n = question_mark(q, h->text.name, NAME_SHOWN, h->text.initials, rq->a, &pieces);
    ret->name = arena_array(rq->a, n, sizeof(*ret->name));
    for (size_t i = 0; i < n; i++)
        ret->name[ret->n_name++] = (struct search_hits_name){ pieces[i].text, pieces[i].hit };
    if (h->why != FOUND_TEXT)
        return;
    n = question_mark(q, h->text.body, SNIPPET, false, rq->a, &pieces);
    ret->body = arena_array(rq->a, n, sizeof(*ret->body));
    for (size_t i = 0; i < n; i++)
        ret->body[ret->n_body++] = (struct search_hits_body){ pieces[i].text, pieces[i].hit };
}

/* The index may be seconds old: what is not to be seen any more is left out. */
static enum rc fill_hits(struct rq *rq, const struct snap *s, const struct question *q,
                         const struct search_hit *h, size_t n, struct search_page *p,
                         struct err *e)
{
    p->hits = arena_array(rq->a, n, sizeof(*p->hits));
    for (size_t i = 0; i < n; i++) {
        bool may = true;
        enum rc rc = h[i].source->may ? h[i].source->may(rq, s, &h[i], &may, e) : RC_OK;
        if (rc != RC_OK && rc != RC_NOTFOUND)
            return rc;
        if (rc == RC_OK && may)
            fill_hit(rq, q, &h[i], &p->hits[p->n_hits++]);
        err_done(e);
    }
    p->total = (int64_t)p->n_hits;
    return RC_OK;
}

static enum rc search_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    const struct asker *k = rq_asker(rq);
    struct search_page p = { .text = rq_query(rq, "q"), .kind = rq_query(rq, "kind") };
    struct search_after after = { 0 }, next;
    struct question q;
    struct search_hit *hits;
    struct search_state st;
    size_t n;
    p.text = p.text ? str_trim(rq->a, p.text) : "";
    p.kind = p.kind ? p.kind : "";
    if (utf8_count(p.text) > SEARCH_TEXT_MAX)
        return err_set(e, RC_INVALID, N_("搜索最多写100个字"));
    if (*p.kind && !search_source_of(c, p.kind))
        return err_set(e, RC_NOTFOUND, N_("没有「{kind}」这一类可搜"), "kind", p.kind);
    question_of(p.text, rq->a, &q);
    enum rc rc = after_read(rq, &after, e);
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = search_state(s, rq->a, &st, e);
    if (rc == RC_OK)
        rc = search_find(s, c, &q, p.kind, search_keys(c, &k->person, k->units, rq->a), &after,
                         SEARCH_PAGE, rq->a, &hits, &n, &next, &p.more, e);
    if (rc == RC_OK)
        rc = fill_hits(rq, s, &q, hits, n, &p, e);
    if (rc != RC_OK)
        return rc;
    p.asked = *p.text != '\0';
    p.first = after.id.v == 0;
    p.building = st.building;
    p.behind = st.behind;
    if (p.more)
        p.next = address(rq, p.text, p.kind, &next);
    if (p.asked)
        fill_kinds(rq, &p);
    rq->chrome.search_text = p.text;
    return search_render(rq, &p, e);
}

const struct route search_routes[] = {
    { .method = GET,
      .path = "/search",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = search_show,
      .page = &search_kind,
      .help = N_(
          "搜索:单位、事项、报告、指标、监测点、会商、通报、制度和文件名,只找得到您可以看的") },
};
const size_t search_routes_n = COUNT(search_routes);
