/*
 * A matter in memory and in the database. The one idea: a matter is sections of canonical JSON
 * beside a few columns; a step's `did` holds the sections it changed, so that folding steps and
 * reading the stored body is the same code.
 */
#include "flow/matter.h"

#include "base/str.h"
#include "flow/matter.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <jansson.h>
#include <limits.h>
#include <string.h>

/* ---- small looks ---- */

const char *matter_value(const struct matter *m, const char *field)
{
    for (size_t i = 0; i < m->n_values; i++)
        if (str_eq(m->values[i].field, field))
            return m->values[i].text;
    return "";
}

const struct party *matter_party(const struct matter *m, enum party_role role)
{
    for (size_t i = 0; i < m->n_parties; i++)
        if (m->parties[i].role == role)
            return &m->parties[i];
    return NULL;
}

const char *matter_unit(const struct matter *m)
{
    const struct party *p = matter_party(m, PARTY_LEAD);
    return p ? p->unit : "";
}

const char *matter_account(const struct matter *m)
{
    const struct party *p = matter_party(m, PARTY_LEAD);
    return p ? p->account : "";
}

struct clock_at *matter_clock(const struct matter *m, const char *code)
{
    for (size_t i = 0; i < m->n_clocks; i++)
        if (str_eq(m->clocks[i].code, code))
            return &m->clocks[i];
    return NULL;
}

const struct clock_at *matter_running(const struct matter *m)
{
    return *m->clock ? matter_clock(m, m->clock) : NULL;
}

const struct request_at *matter_request(const struct matter *m, enum flow_request what)
{
    for (size_t i = 0; i < m->n_requests; i++)
        if (m->requests[i].what == what)
            return &m->requests[i];
    return NULL;
}

int32_t matter_due_key(const struct matter *m)
{
    const struct clock_at *cl = matter_running(m);
    return cl && cl->due ? cl->due : INT32_MAX;
}

enum flow_colour matter_lamp(const struct matter *m)
{
    static const char *const words[] = { "", "yellow", "orange", "red" };
    const char *lamp = matter_value(m, "lamp");
    for (enum flow_colour x = FLOW_YELLOW; x <= FLOW_RED; x++)
        if (str_eq(lamp, words[x]))
            return x;
    return FLOW_NO_COLOUR;
}

void *matter_grow(struct arena *a, void *list, size_t n, size_t size)
{
    /* Room is made at powers of two: the list knows its length only. */
    if (n == 0)
        return arena_array(a, 4, size);
    if (n < 4 || (n & (n - 1)) != 0)
        return list;
    void *more = arena_array(a, n * 2, size);
    memcpy(more, list, n * size);
    return more;
}

static void *copy_list(struct arena *a, const void *list, size_t n, size_t size)
{
    size_t cap = 4;
    while (cap < n)
        cap *= 2;
    void *own = arena_array(a, cap, size);
    if (n > 0)
        memcpy(own, list, n * size);
    return own;
}

void matter_copy(const struct matter *m, struct arena *a, struct matter *ret)
{
    *ret = *m;
#define OWN(list, n) ret->list = copy_list(a, m->list, m->n, sizeof(*m->list))
    OWN(values, n_values);
    OWN(parties, n_parties);
    OWN(clocks, n_clocks);
    OWN(requests, n_requests);
    OWN(links, n_links);
    OWN(files, n_files);
    OWN(alarms, n_alarms);
    OWN(rests, n_rests);
    OWN(actors, n_actors);
    OWN(desks, n_desks);
#undef OWN
}

/* ---- sections as JSON ---- */

typedef void (*put_fn)(struct canon *k, const struct matter *m, size_t i);

static const char *list_text(const struct matter *m, size_t n, put_fn put, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    str_addc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        struct canon k;
        size_t len;
        canon_init(&k, a);
        put(&k, m, i);
        str_add(&b, i ? "," : "");
        str_add(&b, canon_end(&k, &len));
    }
    str_addc(&b, ']');
    return b.s;
}

static void put_party(struct canon *k, const struct matter *m, size_t i)
{
    const struct party *p = &m->parties[i];
    canon_int(k, "role", p->role);
    canon_text(k, "unit", p->unit);
    canon_text(k, "account", p->account);
    canon_text(k, "state", p->state);
}

static void put_clock(struct canon *k, const struct matter *m, size_t i)
{
    const struct clock_at *p = &m->clocks[i];
    canon_text(k, "code", p->code);
    canon_int(k, "version", p->version);
    canon_int(k, "start", p->start);
    canon_int(k, "due", p->due);
    canon_int(k, "first", p->first);
    canon_int(k, "left", p->left);
    canon_int(k, "gap", p->gap);
    canon_int(k, "on", p->on);
    canon_int(k, "paused", p->paused);
    canon_int(k, "late", p->late);
    canon_int(k, "late_first", p->late_first);
}

static void put_request(struct canon *k, const struct matter *m, size_t i)
{
    const struct request_at *p = &m->requests[i];
    canon_int(k, "what", p->what);
    canon_text(k, "by", p->by);
    canon_text(k, "for", p->for_);
    canon_int(k, "until", p->until);
    canon_int(k, "number", p->number);
}

static void put_value(struct canon *k, const struct matter *m, size_t i)
{
    canon_text(k, "field", m->values[i].field);
    canon_text(k, "text", m->values[i].text);
}

static void put_link(struct canon *k, const struct matter *m, size_t i)
{
    canon_text(k, "what", m->links[i].what);
    canon_text(k, "code", m->links[i].code);
}

static void put_file(struct canon *k, const struct matter *m, size_t i)
{
    const struct file_at *p = &m->files[i];
    canon_text(k, "digest", p->digest);
    canon_text(k, "name", p->name);
    canon_text(k, "media", p->media);
    canon_int(k, "size", p->size);
    canon_int(k, "number", p->number);
}

static void put_alarm(struct canon *k, const struct matter *m, size_t i)
{
    const struct alarm_at *p = &m->alarms[i];
    canon_int(k, "rung", p->rung);
    canon_int(k, "day", p->day);
    canon_text(k, "what", p->what);
    canon_int(k, "colour", p->colour);
    canon_text(k, "desk", p->desk);
}

static void put_rest(struct canon *k, const struct matter *m, size_t i)
{
    canon_int(k, "from", m->rests[i].from);
    canon_int(k, "to", m->rests[i].to);
}

static void put_actor(struct canon *k, const struct matter *m, size_t i)
{
    canon_text(k, "account", m->actors[i]);
}

static void put_desk(struct canon *k, const struct matter *m, size_t i)
{
    canon_text(k, "desk", m->desks[i]);
}

/* What no other place tells; stored: with what a step's columns tell too. */
static const char *main_text(const struct matter *m, bool stored, struct arena *a)
{
    struct canon k;
    size_t n;
    canon_init(&k, a);
    canon_text(&k, "title", m->title);
    canon_text(&k, "kind", m->kind_code);
    canon_text(&k, "parent", m->parent);
    canon_text(&k, "opener", m->opener);
    canon_int(&k, "open", m->open);
    canon_int(&k, "draft", m->draft);
    canon_text(&k, "clock", m->clock);
    canon_int(&k, "base", m->base);
    canon_int(&k, "quiet", m->quiet_day);
    canon_int(&k, "returned", m->returned);
    canon_int(&k, "reopened", m->reopened);
    canon_int(&k, "gross", m->gross_days);
    canon_int(&k, "net", m->net_days);
    canon_int(&k, "on_time", m->on_time);
    canon_int(&k, "on_first", m->on_first);
    if (stored) {
        canon_text(&k, "last_verb", m->last_verb);
        canon_text(&k, "mover", m->mover);
        canon_text(&k, "mover_for", m->mover_for);
        canon_text(&k, "state_mover", m->state_mover);
        canon_text(&k, "state_mover_for", m->state_mover_for);
    }
    return canon_end(&k, &n);
}

enum section {
    S_MAIN,
    S_VALUES,
    S_PARTIES,
    S_CLOCKS,
    S_REQUESTS,
    S_LINKS,
    S_FILES,
    S_ALARMS,
    S_RESTS,
    S_ACTORS,
    S_DESKS,
    SECTIONS
};
static const char *const section_names[SECTIONS] = { "main",     "values", "parties", "clocks",
                                                     "requests", "links",  "files",   "alarms",
                                                     "rests",    "actors", "desks" };

static const char *section_text(const struct matter *m, enum section s, bool stored,
                                struct arena *a)
{
    switch (s) {
    case S_MAIN:
        return main_text(m, stored, a);
    case S_VALUES:
        return list_text(m, m->n_values, put_value, a);
    case S_PARTIES:
        return list_text(m, m->n_parties, put_party, a);
    case S_CLOCKS:
        return list_text(m, m->n_clocks, put_clock, a);
    case S_REQUESTS:
        return list_text(m, m->n_requests, put_request, a);
    case S_LINKS:
        return list_text(m, m->n_links, put_link, a);
    case S_FILES:
        return list_text(m, m->n_files, put_file, a);
    case S_ALARMS:
        return list_text(m, m->n_alarms, put_alarm, a);
    case S_RESTS:
        return list_text(m, m->n_rests, put_rest, a);
    case S_ACTORS:
        return list_text(m, m->n_actors, put_actor, a);
    case S_DESKS:
        return list_text(m, m->n_desks, put_desk, a);
    case SECTIONS:
        break;
    }
    return "";
}

const char *matter_body(const struct matter *m, struct arena *a)
{
    struct canon k;
    size_t n;
    canon_init(&k, a);
    for (enum section s = S_MAIN; s < SECTIONS; s++)
        canon_json(&k, section_names[s], section_text(m, s, true, a));
    return canon_end(&k, &n);
}

const char *matter_did(const struct matter *now, const struct matter *next,
                       enum step_moved moved, struct arena *a)
{
    struct canon k;
    size_t n;
    canon_init(&k, a);
    for (enum section s = S_MAIN; s < SECTIONS; s++) {
        /* Values follow from what was given. */
        if (s == S_VALUES)
            continue;
        const char *text = section_text(next, s, false, a);
        if (!now || !str_eq(text, section_text(now, s, false, a)))
            canon_json(&k, section_names[s], text);
    }
    canon_int(&k, "moved", moved);
    return canon_end(&k, &n);
}

/* ---- sections from JSON ---- */

/* Reading goes on after something missing and says so at the end. */
struct reader {
    struct arena *a;
    bool bad;
};

static const char *text_in(struct reader *r, const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    r->bad |= !s;
    return s ? arena_strdup(r->a, s) : "";
}

static int64_t int_in(struct reader *r, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    r->bad |= !json_is_integer(v);
    return json_integer_value(v);
}

static void *list_in(struct reader *r, const json_t *list, size_t size, size_t *ret_n)
{
    size_t cap = 4;
    r->bad |= !json_is_array(list);
    *ret_n = json_array_size(list);
    while (cap < *ret_n)
        cap *= 2;
    return arena_array(r->a, cap, size);
}

static void main_in(struct reader *r, const json_t *o, bool stored, struct matter *m)
{
    m->title = text_in(r, o, "title");
    m->kind_code = text_in(r, o, "kind");
    m->parent = text_in(r, o, "parent");
    m->opener = text_in(r, o, "opener");
    m->open = int_in(r, o, "open") != 0;
    m->draft = int_in(r, o, "draft") != 0;
    m->clock = text_in(r, o, "clock");
    m->base = (enum flow_colour)int_in(r, o, "base");
    m->quiet_day = (int32_t)int_in(r, o, "quiet");
    m->returned = int_in(r, o, "returned");
    m->reopened = int_in(r, o, "reopened");
    m->gross_days = int_in(r, o, "gross");
    m->net_days = int_in(r, o, "net");
    m->on_time = int_in(r, o, "on_time");
    m->on_first = int_in(r, o, "on_first");
    if (stored) {
        m->last_verb = text_in(r, o, "last_verb");
        m->mover = text_in(r, o, "mover");
        m->mover_for = text_in(r, o, "mover_for");
        m->state_mover = text_in(r, o, "state_mover");
        m->state_mover_for = text_in(r, o, "state_mover_for");
    }
}

static void parties_in(struct reader *r, const json_t *list, struct matter *m)
{
    m->parties = list_in(r, list, sizeof(*m->parties), &m->n_parties);
    for (size_t i = 0; i < m->n_parties; i++) {
        const json_t *o = json_array_get(list, i);
        m->parties[i] = (struct party){ .role = (enum party_role)int_in(r, o, "role"),
                                        .unit = text_in(r, o, "unit"),
                                        .account = text_in(r, o, "account"),
                                        .state = text_in(r, o, "state") };
    }
}

static void clocks_in(struct reader *r, const json_t *list, struct matter *m)
{
    m->clocks = list_in(r, list, sizeof(*m->clocks), &m->n_clocks);
    for (size_t i = 0; i < m->n_clocks; i++) {
        const json_t *o = json_array_get(list, i);
        m->clocks[i] = (struct clock_at){ .code = text_in(r, o, "code"),
                                          .version = int_in(r, o, "version"),
                                          .start = (int32_t)int_in(r, o, "start"),
                                          .due = (int32_t)int_in(r, o, "due"),
                                          .first = (int32_t)int_in(r, o, "first"),
                                          .left = int_in(r, o, "left"),
                                          .gap = (int)int_in(r, o, "gap"),
                                          .on = int_in(r, o, "on") != 0,
                                          .paused = int_in(r, o, "paused") != 0,
                                          .late = int_in(r, o, "late") != 0,
                                          .late_first = int_in(r, o, "late_first") != 0 };
    }
}

static void requests_in(struct reader *r, const json_t *list, struct matter *m)
{
    m->requests = list_in(r, list, sizeof(*m->requests), &m->n_requests);
    for (size_t i = 0; i < m->n_requests; i++) {
        const json_t *o = json_array_get(list, i);
        m->requests[i] = (struct request_at){ .what = (enum flow_request)int_in(r, o, "what"),
                                              .by = text_in(r, o, "by"),
                                              .for_ = text_in(r, o, "for"),
                                              .until = (int32_t)int_in(r, o, "until"),
                                              .number = int_in(r, o, "number") };
    }
}

static void values_in(struct reader *r, const json_t *list, struct matter *m)
{
    m->values = list_in(r, list, sizeof(*m->values), &m->n_values);
    for (size_t i = 0; i < m->n_values; i++) {
        const json_t *o = json_array_get(list, i);
        m->values[i] =
            (struct value_at){ .field = text_in(r, o, "field"), .text = text_in(r, o, "text") };
    }
}

static void links_in(struct reader *r, const json_t *list, struct matter *m)
{
    m->links = list_in(r, list, sizeof(*m->links), &m->n_links);
    for (size_t i = 0; i < m->n_links; i++) {
        const json_t *o = json_array_get(list, i);
        m->links[i] =
            (struct flow_link){ .what = text_in(r, o, "what"), .code = text_in(r, o, "code") };
    }
}

static void files_in(struct reader *r, const json_t *list, struct matter *m)
{
    m->files = list_in(r, list, sizeof(*m->files), &m->n_files);
    for (size_t i = 0; i < m->n_files; i++) {
        const json_t *o = json_array_get(list, i);
        m->files[i] = (struct file_at){ .digest = text_in(r, o, "digest"),
                                        .name = text_in(r, o, "name"),
                                        .media = text_in(r, o, "media"),
                                        .size = int_in(r, o, "size"),
                                        .number = int_in(r, o, "number") };
    }
}

static void alarms_in(struct reader *r, const json_t *list, struct matter *m)
{
    m->alarms = list_in(r, list, sizeof(*m->alarms), &m->n_alarms);
    for (size_t i = 0; i < m->n_alarms; i++) {
        const json_t *o = json_array_get(list, i);
        m->alarms[i] = (struct alarm_at){ .rung = int_in(r, o, "rung"),
                                          .day = (int32_t)int_in(r, o, "day"),
                                          .what = text_in(r, o, "what"),
                                          .colour = (enum flow_colour)int_in(r, o, "colour"),
                                          .desk = text_in(r, o, "desk") };
    }
}

static void rests_in(struct reader *r, const json_t *list, struct matter *m)
{
    m->rests = list_in(r, list, sizeof(*m->rests), &m->n_rests);
    for (size_t i = 0; i < m->n_rests; i++) {
        const json_t *o = json_array_get(list, i);
        m->rests[i] = (struct rest_at){ .from = (int32_t)int_in(r, o, "from"),
                                        .to = (int32_t)int_in(r, o, "to") };
    }
}

static void words_in(struct reader *r, const json_t *list, const char *key, const char ***ret,
                     size_t *ret_n)
{
    *ret = list_in(r, list, sizeof(**ret), ret_n);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = text_in(r, json_array_get(list, i), key);
}

static void section_in(struct reader *r, enum section s, const json_t *v, bool stored,
                       struct matter *m)
{
    switch (s) {
    case S_MAIN:
        main_in(r, v, stored, m);
        break;
    case S_VALUES:
        values_in(r, v, m);
        break;
    case S_PARTIES:
        parties_in(r, v, m);
        break;
    case S_CLOCKS:
        clocks_in(r, v, m);
        break;
    case S_REQUESTS:
        requests_in(r, v, m);
        break;
    case S_LINKS:
        links_in(r, v, m);
        break;
    case S_FILES:
        files_in(r, v, m);
        break;
    case S_ALARMS:
        alarms_in(r, v, m);
        break;
    case S_RESTS:
        rests_in(r, v, m);
        break;
    case S_ACTORS:
        words_in(r, v, "account", &m->actors, &m->n_actors);
        break;
    case S_DESKS:
        words_in(r, v, "desk", &m->desks, &m->n_desks);
        break;
    case SECTIONS:
        break;
    }
}

static void json_freep(json_t **o)
{
    json_decref(*o);
}

static json_t *json_of(const char *text)
{
    return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
}

static enum rc damaged(const char *code, struct err *e)
{
    return err_set(e, RC_UNPROVEN, N_("事项 {code} 的存储内容不是本系统写的样子"), "code",
                   code);
}

/* ---- folding ---- */

static void value_set(struct matter *m, const char *field, const char *text, struct arena *a)
{
    for (size_t i = 0; i < m->n_values; i++)
        if (str_eq(m->values[i].field, field)) {
            m->values[i].text = text;
            return;
        }
    matter_add(a, m->values, m->n_values) = (struct value_at){ .field = field, .text = text };
}

/* Whether two matters' alarms say the same on the same days, whoever is told. */
static bool same_days(const struct matter *x, const struct matter *y)
{
    bool same = x->n_alarms == y->n_alarms;
    for (size_t i = 0; same && i < x->n_alarms; i++)
        same = x->alarms[i].rung == y->alarms[i].rung && x->alarms[i].day == y->alarms[i].day &&
               str_eq(x->alarms[i].what, y->alarms[i].what) &&
               x->alarms[i].colour == y->alarms[i].colour;
    return same;
}

static void begin(struct matter *m, const struct step *st)
{
    m->last_verb = m->mover = m->mover_for = m->state_mover = m->state_mover_for = "";
    m->title = m->kind_code = m->parent = m->opener = m->clock = m->state = "";
    m->opened_at = st->at;
}

enum rc matter_fold(struct matter *m, const struct step *st, struct arena *a, struct err *e)
{
    CLEANUP(json_freep) json_t *did = json_of(st->did), *given = json_of(st->given);
    struct reader r = { .a = a };
    const char *field;
    json_t *text;
    if (!json_is_object(did) || !json_is_object(given))
        return damaged(st->matter, e);
    if (m->steps == 0)
        begin(m, st);
    bool was_open = m->open;
    struct matter before = *m;
    for (enum section s = S_MAIN; s < SECTIONS; s++) {
        const json_t *v = json_object_get(did, section_names[s]);
        if (v)
            section_in(&r, s, v, false, m);
    }
    enum step_moved moved = (enum step_moved)int_in(&r, did, "moved");
    json_object_foreach(given, field, text)
    {
        if (moved != STEP_MOVE)
            break;
        r.bad |= !json_is_string(text);
        if (json_is_string(text))
            value_set(m, arena_strdup(a, field), arena_strdup(a, json_string_value(text)), a);
    }
    if (m->steps == 0 || !str_eq(st->to_state, m->state)) {
        m->state_at = st->at;
        m->state_mover = st->by;
        m->state_mover_for = st->for_;
    }
    if (moved != STEP_NO_MOVE) {
        m->version++;
        m->last_verb = st->verb;
        m->mover = st->by;
        m->mover_for = st->for_;
    }
    m->state = st->to_state;
    m->steps = st->number;
    if (m->open)
        m->closed_at = (struct utime){ 0 };
    else if (was_open || m->steps == 1)
        m->closed_at = st->at;
    if (m->base != before.base || !same_days(&before, m))
        m->colour = m->base;
    return r.bad ? damaged(st->matter, e) : RC_OK;
}

/* ---- the row ---- */

enum rc matter_load(const struct snap *s, struct county *c, const char *code, struct arena *a,
                    struct matter *ret, struct err *e)
{
    struct matter_row_row row;
    enum rc rc = matter_row_one(s, code, a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    if (rc != RC_OK)
        return rc;
    CLEANUP(json_freep) json_t *body = json_of(row.body);
    struct reader r = { .a = a };
    struct matter m = { .id = row.id,
                        .parent_id = row.parent_id,
                        .record = row.record_id,
                        .code = row.code,
                        .state = row.state,
                        .kind = c ? flow_kind_of(c, row.kind) : NULL,
                        .version = row.version,
                        .steps = row.steps,
                        .opened_at = row.opened_at,
                        .state_at = row.state_at,
                        .closed_at = row.closed_at,
                        .colour = (enum flow_colour)row.colour };
    for (enum section k = S_MAIN; k < SECTIONS; k++)
        section_in(&r, k, json_object_get(body, section_names[k]), true, &m);
    if (r.bad)
        return damaged(code, e);
    *ret = m;
    return RC_OK;
}

static const char *lower(const char *s, struct arena *a)
{
    char *t = arena_strdup(a, s);
    for (char *p = t; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
    return t;
}

enum rc matter_number(struct tx *tx, const struct flow_kind *k, int year, struct arena *a,
                      const char **ret, struct err *e)
{
    struct matter_next_row row;
    enum rc rc = matter_next_one(tx, k->prefix, year, a, &row, e);
    if (rc == RC_OK)
        *ret = arena_printf(a, "%s-%d-%05lld", k->prefix, year, (long long)row.last);
    return rc;
}

/* ---- writing ---- */

struct writing {
    struct tx *tx;
    struct county *c;
    const struct matter *now; /* NULL: it begins */
    struct matter *next;
    struct arena *a;
};

static enum rc write_record(struct writing *w, const struct step *st, struct id *ret,
                            struct err *e)
{
    struct canon k;
    struct matter_step_audit_row row = { .matter = st->matter,
                                         .number = st->number,
                                         .verb = st->verb,
                                         .from_state = st->from_state,
                                         .to_state = st->to_state,
                                         .by_account = st->by,
                                         .for_account = st->for_,
                                         .at = st->at,
                                         .given = st->given,
                                         .did = st->did };
    canon_init(&k, w->a);
    canon_row(&k, &matter_step_audit_query, &row);
    struct record_part part = part_restricted(&k);
    return record_append(
        w->tx, w->c,
        &(struct record_new){ .kind = "matter.step",
                              /* The log says to everybody of whom a record
                               * is: of what is being written it does not. */
                              .unit = w->next->draft && *st->by ? "" : matter_unit(w->next),
                              .subject = st->matter,
                              .by = st->by,
                              .parts = &part,
                              .n_parts = 1 },
        ret, e);
}

static enum rc write_row(struct writing *w, struct err *e)
{
    struct matter *m = w->next;
    const struct clock_at *cl = matter_running(m);
    const char *body = matter_body(m, w->a);
    const char *words = lower(arena_printf(w->a, "%s %s", m->code, m->title), w->a);
    int64_t due = cl ? cl->due : 0, first = cl ? cl->first : 0, gap = cl ? cl->gap : 0;
    struct matter_insert_row made;
    if (strlen(body) > MATTER_BODY_MAX)
        return err_set(e, RC_TOOBIG, N_("事项 {code} 的内容太多,请另立一件"), "code", m->code);
    if (w->now)
        return matter_update(w->tx, m->title, m->state, m->open, m->draft, m->version, m->steps,
                             matter_unit(m), matter_account(m), m->opener, m->state_at,
                             m->closed_at, m->clock, due, first, matter_due_key(m), gap,
                             m->colour, matter_lamp(m), m->quiet_day, m->returned, m->reopened,
                             m->gross_days, m->net_days, m->on_time, m->on_first, body, words,
                             m->record, m->id, NULL, e);
    enum rc rc = matter_insert_one(
        w->tx, m->code, m->kind_code, m->title, m->state, m->open, m->draft, m->version,
        m->steps, matter_unit(m), matter_account(m), m->parent_id, m->opener, m->opened_at,
        m->state_at, m->closed_at, m->clock, due, first, matter_due_key(m), gap, m->colour,
        matter_lamp(m), m->quiet_day, m->returned, m->reopened, m->gross_days, m->net_days,
        m->on_time, m->on_first, body, words, m->record, w->a, &made, e);
    if (rc == RC_OK)
        m->id = made.id;
    return rc;
}

static bool same_desks(const struct writing *w)
{
    const struct matter *x = w->now, *y = w->next;
    return x && x->n_desks == y->n_desks && matter_due_key(x) == matter_due_key(y) &&
           str_eq(matter_unit(x), matter_unit(y)) &&
           str_eq(section_text(x, S_DESKS, false, w->a), section_text(y, S_DESKS, false, w->a));
}

static enum rc write_desks(struct writing *w, struct err *e)
{
    const struct matter *m = w->next;
    if (same_desks(w))
        return RC_OK;
    enum rc rc = w->now ? matter_desks_drop(w->tx, m->id, NULL, e) : RC_OK;
    for (size_t i = 0; i < m->n_desks && rc == RC_OK; i++)
        rc = matter_desk_insert(w->tx, m->id, m->desks[i], matter_unit(m), matter_due_key(m),
                                NULL, e);
    return rc;
}

/* Alarms that only tell somebody else keep what they have done; others begin anew. */
static enum rc write_alarms(struct writing *w, struct err *e)
{
    const struct matter *m = w->next;
    enum rc rc = RC_OK;
    if (w->now && str_eq(section_text(w->now, S_ALARMS, false, w->a),
                         section_text(m, S_ALARMS, false, w->a)))
        return RC_OK;
    if (w->now && same_days(w->now, m)) {
        for (size_t i = 0; i < m->n_alarms && rc == RC_OK; i++)
            rc = matter_alarm_retell(w->tx, m->alarms[i].desk, m->id, m->alarms[i].rung, NULL,
                                     e);
        return rc;
    }
    rc = w->now ? matter_alarms_drop(w->tx, m->id, NULL, e) : RC_OK;
    for (size_t i = 0; i < m->n_alarms && rc == RC_OK; i++) {
        const struct alarm_at *al = &m->alarms[i];
        rc = matter_alarm_insert(w->tx, m->id, al->rung, al->day, al->what, al->colour,
                                 al->desk, NULL, e);
    }
    return rc;
}

static enum rc write_links(struct writing *w, struct err *e)
{
    const struct matter *m = w->next, *n = w->now;
    enum rc rc = RC_OK;
    if (n &&
        str_eq(section_text(n, S_LINKS, false, w->a), section_text(m, S_LINKS, false, w->a)) &&
        str_eq(section_text(n, S_PARTIES, false, w->a),
               section_text(m, S_PARTIES, false, w->a)))
        return RC_OK;
    if (n)
        rc = matter_links_drop(w->tx, m->id, NULL, e);
    for (size_t i = 0; i < m->n_links && rc == RC_OK; i++)
        rc = matter_link_insert(w->tx, m->id, m->links[i].what, m->links[i].code, NULL, e);
    for (size_t i = 0; i < m->n_parties && rc == RC_OK; i++)
        if (*m->parties[i].unit)
            rc = matter_link_insert(w->tx, m->id, "unit", m->parties[i].unit, NULL, e);
    return rc;
}

static enum rc write_tally(struct writing *w, struct err *e)
{
    const struct matter *m = w->next, *n = w->now;
    if (n && str_eq(n->state, m->state) && str_eq(matter_unit(n), matter_unit(m)) &&
        n->colour == m->colour)
        return RC_OK;
    enum rc rc = n ? matter_tally_add(w->tx, n->kind_code, n->state, matter_unit(n), n->colour,
                                      -1, NULL, e)
                   : RC_OK;
    if (rc == RC_OK)
        rc = matter_tally_add(w->tx, m->kind_code, m->state, matter_unit(m), m->colour, 1, NULL,
                              e);
    return rc;
}

enum rc matter_write(struct tx *tx, struct county *c, const struct matter *now,
                     struct matter *next, const struct step *st, struct arena *a, struct err *e)
{
    struct writing w = { .tx = tx, .c = c, .now = now, .next = next, .a = a };
    enum rc rc = write_record(&w, st, &next->record, e);
    /* The row before the step: of two changes at once the second waits here, and then begins
     * again with what the first has made. */
    if (rc == RC_OK)
        rc = write_row(&w, e);
    if (rc == RC_OK)
        rc = matter_step_insert(tx, st->matter, st->number, st->verb, st->from_state,
                                st->to_state, st->by, st->for_, st->at, st->given, st->did,
                                next->record, NULL, e);
    if (rc == RC_OK)
        rc = write_desks(&w, e);
    if (rc == RC_OK)
        rc = write_alarms(&w, e);
    if (rc == RC_OK)
        rc = write_links(&w, e);
    if (rc == RC_OK)
        rc = write_tally(&w, e);
    return rc;
}
