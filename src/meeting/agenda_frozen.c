/* What a meeting read, as it is kept: canonical JSON, and back. */
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "meeting/agenda.h"
#include "store/canon.h"

#include <jansson.h>
#include <math.h>

/* A list of finished objects as one JSON text. */
static void add_object(struct str *b, struct canon *k)
{
    size_t n;
    const char *s = canon_end(k, &n);
    str_add(b, b->n > 1 ? "," : "");
    str_addn(b, s, n);
}

static const char *write_changes(const struct agenda *g, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    str_add(&b, "[");
    for (size_t i = 0; i < g->n_changes; i++) {
        const struct agenda_change *x = &g->changes[i];
        struct canon k;
        canon_init(&k, a);
        canon_text(&k, "unit", x->unit);
        canon_text(&k, "unit_name", x->unit_name);
        canon_text(&k, "node", x->node);
        canon_text(&k, "node_name", x->node_name);
        canon_text(&k, "note", x->note);
        canon_real(&k, "before", x->before);
        canon_real(&k, "before_lo", x->before_lo);
        canon_real(&k, "before_hi", x->before_hi);
        canon_real(&k, "now", x->now);
        canon_real(&k, "now_lo", x->now_lo);
        canon_real(&k, "now_hi", x->now_hi);
        add_object(&b, &k);
    }
    str_add(&b, "]");
    return b.s;
}

static const char *write_decisions(const struct agenda *g, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    str_add(&b, "[");
    for (size_t i = 0; i < g->n_decisions; i++) {
        struct canon k;
        canon_init(&k, a);
        canon_text(&k, "text", g->decisions[i].text);
        canon_text(&k, "basis", g->decisions[i].basis);
        canon_text(&k, "basis_title", g->decisions[i].basis_title);
        add_object(&b, &k);
    }
    str_add(&b, "]");
    return b.s;
}

static const char *write_last(const struct agenda *g, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    str_add(&b, "[");
    for (size_t i = 0; i < g->n_last; i++) {
        struct canon k;
        canon_init(&k, a);
        canon_text(&k, "text", g->last[i].text);
        canon_int(&k, "born", g->last[i].born);
        canon_int(&k, "open", g->last[i].open);
        canon_int(&k, "late", g->last[i].late);
        canon_int(&k, "done", g->last[i].done);
        add_object(&b, &k);
    }
    str_add(&b, "]");
    return b.s;
}

const char *agenda_write(const struct agenda *g, struct arena *a)
{
    struct canon k;
    size_t n;
    canon_init(&k, a);
    canon_text(&k, "title", g->title);
    canon_text(&k, "place", g->place);
    canon_text(&k, "chair", g->chair);
    canon_int(&k, "day", g->day);
    canon_period(&k, "now", g->now);
    canon_period(&k, "before", g->before);
    canon_int(&k, "other_scheme", g->other_scheme);
    canon_real(&k, "county", g->county);
    canon_real(&k, "county_lo", g->county_lo);
    canon_real(&k, "county_hi", g->county_hi);
    canon_real(&k, "county_before", g->county_before);
    canon_int(&k, "red", g->red);
    canon_int(&k, "orange", g->orange);
    canon_int(&k, "yellow", g->yellow);
    canon_int(&k, "directives", g->directives);
    canon_int(&k, "directives_late", g->directives_late);
    canon_int(&k, "objections", g->objections);
    canon_json(&k, "changes", write_changes(g, a));
    canon_json(&k, "decisions", write_decisions(g, a));
    canon_text(&k, "last_code", g->last_code);
    canon_text(&k, "last_title", g->last_title);
    canon_int(&k, "last_day", g->last_day);
    canon_json(&k, "last", write_last(g, a));
    return canon_end(&k, &n);
}

static const char *text_in(const json_t *o, const char *key, struct arena *a)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? arena_strdup(a, s) : "";
}

static double real_in(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    double x;
    return json_is_string(v) && parse_real_n(json_string_value(v), json_string_length(v), &x)
               ? x
               : NAN;
}

static int64_t int_in(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static struct period period_in(const json_t *o, const char *key)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *s = json_string_value(json_object_get(o, key));
    struct period p = { 0 };
    return s && period_parse(s, &p, &e) == RC_OK ? p : (struct period){ 0 };
}

static void read_lists(const json_t *o, struct arena *a, struct agenda *g)
{
    const json_t *list = json_object_get(o, "changes"), *x;
    size_t i;
    json_array_foreach(list, i, x)
    {
        if (g->n_changes < AGENDA_CHANGES)
            g->changes[g->n_changes++] =
                (struct agenda_change){ .unit = text_in(x, "unit", a),
                                        .unit_name = text_in(x, "unit_name", a),
                                        .node = text_in(x, "node", a),
                                        .node_name = text_in(x, "node_name", a),
                                        .note = text_in(x, "note", a),
                                        .before = real_in(x, "before"),
                                        .before_lo = real_in(x, "before_lo"),
                                        .before_hi = real_in(x, "before_hi"),
                                        .now = real_in(x, "now"),
                                        .now_lo = real_in(x, "now_lo"),
                                        .now_hi = real_in(x, "now_hi") };
    }
    list = json_object_get(o, "decisions");
    json_array_foreach(list, i, x)
    {
        if (g->n_decisions < AGENDA_DECISIONS)
            g->decisions[g->n_decisions++] =
                (struct agenda_decision){ text_in(x, "text", a), text_in(x, "basis", a),
                                          text_in(x, "basis_title", a) };
    }
    list = json_object_get(o, "last");
    json_array_foreach(list, i, x)
    {
        if (g->n_last < AGENDA_DECISIONS)
            g->last[g->n_last++] =
                (struct agenda_last){ text_in(x, "text", a), int_in(x, "born"),
                                      int_in(x, "open"), int_in(x, "late"), int_in(x, "done") };
    }
}

enum rc agenda_read(const char *json, struct arena *a, struct agenda *ret, struct err *e)
{
    json_error_t why;
    json_t *o = json_loads(json, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(o)) {
        json_decref(o);
        return err_set(e, RC_UNPROVEN, N_("定稿的材料读不出来"));
    }
    *ret = (struct agenda){ .title = text_in(o, "title", a),
                            .place = text_in(o, "place", a),
                            .chair = text_in(o, "chair", a),
                            .day = (int32_t)int_in(o, "day"),
                            .now = period_in(o, "now"),
                            .before = period_in(o, "before"),
                            .other_scheme = int_in(o, "other_scheme") != 0,
                            .county = real_in(o, "county"),
                            .county_lo = real_in(o, "county_lo"),
                            .county_hi = real_in(o, "county_hi"),
                            .county_before = real_in(o, "county_before"),
                            .red = int_in(o, "red"),
                            .orange = int_in(o, "orange"),
                            .yellow = int_in(o, "yellow"),
                            .directives = int_in(o, "directives"),
                            .directives_late = int_in(o, "directives_late"),
                            .objections = int_in(o, "objections"),
                            .last_code = text_in(o, "last_code", a),
                            .last_title = text_in(o, "last_title", a),
                            .last_day = (int32_t)int_in(o, "last_day") };
    read_lists(o, a, ret);
    json_decref(o);
    return RC_OK;
}
