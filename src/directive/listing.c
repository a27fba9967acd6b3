/* Lists of directives: filters, who sees what, the order. */
#include "directive/listing.h"

#include "base/str.h"
#include "directive/directive.sql.h"
#include "flow/page_room.h"
#include "people/asker.h"
#include "store/county.h"

#include <stdlib.h>
#include <string.h>

enum { SNAP_MS = 60000 };

const char *const list_codes[LISTS] = { "", "problem", "duty", "project" };

/* ---- filters ---- */

static const char *asked(const struct rq *rq, const char *name)
{
    const char *v = rq_query(rq, name);
    return v ? v : "";
}

static void read_filters(struct listing *x)
{
    const struct rq *rq = x->rq;
    x->state = asked(rq, "state");
    x->source = asked(rq, "source");
    x->emphasis = asked(rq, "emphasis");
    x->kind = asked(rq, "kind");
    x->severity = asked(rq, "severity");
    x->unit = asked(rq, "unit");
    for (enum list i = LIST_ALL; i < LISTS; i++)
        if (str_eq(asked(rq, "list"), list_codes[i]))
            x->list = i;
}

/* Does a filter look into the fields? */
static bool looks(const struct listing *x)
{
    return *x->source || *x->emphasis || *x->kind || *x->severity || x->list == LIST_PROBLEM ||
           x->list == LIST_PROJECT;
}

static bool matches(const struct listing *x, const struct matter *m)
{
    return (!*x->source || str_eq(matter_value(m, "source"), x->source)) &&
           (!*x->emphasis || word_in(matter_value(m, "emphasis"), x->emphasis, '|')) &&
           (!*x->kind || str_eq(matter_value(m, "problem_kind"), x->kind)) &&
           (!*x->severity || str_eq(matter_value(m, "severity"), x->severity)) &&
           (x->list != LIST_PROBLEM || *matter_value(m, "problem")) &&
           (x->list != LIST_PROJECT || *matter_value(m, "plan"));
}

/* What a field says in a stored matter (matter_body), as JSON writes it, without reading the
 * rest; false: nothing. */
static bool stored(const char *body, const char *field, struct arena *a, const char **ret,
                   size_t *ret_n)
{
    const char *key = arena_printf(a, "{\"field\":\"%s\",\"text\":\"", field);
    const char *at = strstr(body, key), *end = at ? at + strlen(key) : NULL;
    for (*ret = end; end && *end != '"'; end++)
        end += *end == '\\';
    *ret_n = end ? (size_t)(end - *ret) : 0;
    return *ret_n > 0;
}

static bool stored_is(const char *body, const char *field, const char *value, struct arena *a)
{
    const char *text;
    struct str want;
    size_t n;
    str_init(&want, a);
    json_text(&want, value); /* in quotes */
    return !*value || (stored(body, field, a, &text, &n) && n + 2 == want.n &&
                       memcmp(text, want.s + 1, n) == 0);
}

/* The same as matches, of what is not loaded. */
static bool stored_matches(const struct listing *x, const char *body, struct arena *a)
{
    const char *text;
    size_t n;
    return stored_is(body, "source", x->source, a) &&
           (!*x->emphasis || (stored(body, "emphasis", a, &text, &n) &&
                              word_in(arena_strndup(a, text, n), x->emphasis, '|'))) &&
           stored_is(body, "problem_kind", x->kind, a) &&
           stored_is(body, "severity", x->severity, a) &&
           (x->list != LIST_PROBLEM || stored(body, "problem", a, &text, &n)) &&
           (x->list != LIST_PROJECT || stored(body, "plan", a, &text, &n));
}

static bool wanted_state(const struct listing *x, const struct directive_rows_row *r)
{
    if (!*x->state)
        return r->open;
    return str_eq(x->state, "all") || str_eq(r->state, x->state);
}

const char *listing_href(const struct listing *x, const char *path, const char *list)
{
    struct str b;
    const struct {
        const char *name, *value;
    } q[] = { { "list", list },        { "state", x->state },
              { "source", x->source }, { "emphasis", x->emphasis },
              { "kind", x->kind },     { "severity", x->severity },
              { "unit", x->unit } };
    str_init(&b, x->rq->a);
    str_add(&b, path);
    bool first = true;
    for (size_t i = 0; i < COUNT(q); i++) {
        if (!*q[i].value)
            continue;
        str_addf(&b, "%s%s=", first ? "?" : "&", q[i].name);
        url_text(&b, q[i].value);
        first = false;
    }
    return b.s;
}

/* ---- loading ---- */

static enum rc load(struct listing *x, struct listing_item *it, struct err *e)
{
    if (it->loaded)
        return RC_OK;
    enum rc rc = matter_load(x->s, x->c, it->code, x->rq->a, &it->m, e);
    if (rc == RC_OK)
        rc = directive_status(x->s, x->c, &it->m, x->rq->lang, x->rq->a, &it->st, e);
    it->loaded = rc == RC_OK;
    return rc;
}

enum rc listing_item(struct listing *x, size_t i, const struct listing_item **ret,
                     struct err *e)
{
    *ret = &x->items[i];
    return load(x, &x->items[i], e);
}

/* What is open: counted whether it is asked for or not. */
static enum rc add_open(struct listing *x, const struct directive_rows_row *r, bool wanted,
                        struct err *e)
{
    struct listing_item *it = &x->items[x->n];
    *it = (struct listing_item){ .code = r->code, .id = r->id, .open = true };
    enum rc rc = load(x, it, e);
    if (rc != RC_OK || !flow_may_see(&x->w, &it->m))
        return rc;
    it->waits = flow_offered(x->s, x->c, &x->w, &it->m, NULL) != NULL;
    x->open += !r->draft;
    x->late += !r->draft && it->st.late;
    x->lacking += it->st.lacking;
    x->waiting += it->waits;
    x->n += wanted && matches(x, &it->m);
    return RC_OK;
}

/* What has ended: who reads its unit sees it; else the matter itself is asked. */
static enum rc add_ended(struct listing *x, const struct directive_rows_row *r, struct err *e)
{
    const struct unit *u = units_find(x->w.units, r->unit);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct matter m;
    enum rc rc = RC_OK;
    bool may = !r->draft && (person_may(x->w.person, CAP_READ_COUNTY, NULL) ||
                             (u && person_may(x->w.person, CAP_READ_UNIT, u)));
    if (!may)
        rc = matter_load(x->s, x->c, r->code, a, &m, e);
    if (rc == RC_OK && (may || flow_may_see(&x->w, &m)))
        x->items[x->n++] = (struct listing_item){ .code = r->code, .id = r->id };
    return rc;
}

/* Open ones first, the ones that are late first among them; the rest newest first. */
static int by_need(const void *a, const void *b)
{
    const struct listing_item *x = a, *y = b;
    if (x->open != y->open)
        return x->open ? -1 : 1;
    if (x->open && x->st.late != y->st.late)
        return x->st.late ? -1 : 1;
    if (x->open && x->st.lacking != y->st.lacking)
        return x->st.lacking ? -1 : 1;
    if (x->open && x->st.first != y->st.first)
        return (x->st.first > y->st.first) - (x->st.first < y->st.first);
    return (x->id.v < y->id.v) - (x->id.v > y->id.v);
}

enum rc listing_begin(struct rq *rq, struct listing *x, struct err *e)
{
    struct directive_rows_row *rows;
    size_t n = 0;
    *x = (struct listing){ .rq = rq, .c = rq_county(rq) };
    read_filters(x);
    const bool ended = *x->state != '\0', look = looks(x); /* else those of years stay unread */
    enum rc rc = db_read_for(x->c->db, SNAP_MS, &x->s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, x->s, &x->w, e);
    if (rc == RC_OK)
        rc = directive_rows_all(x->s, look && ended, (struct utime){ ended ? INT64_MAX : 0 },
                                rq->a, &rows, &n, e);
    x->items = arena_array(rq->a, n, sizeof(*x->items));
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct directive_rows_row *r = &rows[i];
        bool wanted = wanted_state(x, r) && (!*x->unit || str_eq(r->unit, x->unit));
        if (r->open)
            rc = add_open(x, r, wanted, e);
        else if (wanted && (!look || stored_matches(x, r->body, tmp)))
            rc = add_ended(x, r, e);
    }
    if (rc == RC_OK && x->n > 1)
        qsort(x->items, x->n, sizeof(*x->items), by_need);
    return rc;
}

void listing_end(struct listing *x)
{
    db_read_end(&x->s);
}
