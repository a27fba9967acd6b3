/*
 * One table for each struct says which members are written under which keys; a walk over the
 * tables writes, the same walk reads. Keys of a table are in byte order, so that the text is
 * canonical without sorting.
 */
#include "monitor/report_json.h"

#include "base/parse.h"
#include "base/period.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, INT, I64, REAL, BOOL, TIME, PERIOD, LIST, ARRAY_I64, ARRAY_CAUSE };

struct shape;
struct member {
    const char *key;
    enum kind kind;
    size_t offset;
    size_t n_offset;        /* LIST: of the count */
    const struct shape *of; /* LIST: of one element; ARRAY_CAUSE too */
    size_t count;           /* ARRAY_*: fixed */
};
struct shape {
    size_t size, n;
    const struct member *members;
};

#define M(type, key, kind)                                                                     \
    {                                                                                          \
#key, kind, offsetof(struct type, key), 0, NULL, 0                                     \
    }
#define ML(type, key, shape)                                                                   \
    {                                                                                          \
#key, LIST, offsetof(struct type, key), offsetof(struct type, n_##key), &shape, 0      \
    }
#define SHAPE(name, type, list)                                                                \
    static const struct shape name = { sizeof(struct type), COUNT(list), list }

static const struct member unit_members[] = {
    M(report_unit, code, TEXT), M(report_unit, name, TEXT), M(report_unit, own, BOOL),
    M(report_unit, peer, BOOL), M(report_unit, same, BOOL), M(report_unit, score, REAL),
};
SHAPE(unit_shape, report_unit, unit_members);

static const struct member node_members[] = {
    M(report_node, capped, BOOL),       M(report_node, code, TEXT),
    M(report_node, contribution, REAL), M(report_node, depth, INT),
    M(report_node, hi, REAL),           M(report_node, lo, REAL),
    M(report_node, missing, INT),       M(report_node, n_children, I64),
    M(report_node, name, TEXT),         M(report_node, note, TEXT),
    M(report_node, peer_median, REAL),  M(report_node, prev, REAL),
    M(report_node, score, REAL),        M(report_node, weight, REAL),
};
SHAPE(node_shape, report_node, node_members);

static const struct member noted_members[] = {
    M(report_point_of_note, code, TEXT),        M(report_point_of_note, name, TEXT),
    M(report_point_of_note, note, TEXT),        M(report_point_of_note, path, TEXT),
    M(report_point_of_note, peer_median, REAL), M(report_point_of_note, points, REAL),
    M(report_point_of_note, score, REAL),
};
SHAPE(noted_shape, report_point_of_note, noted_members);

static const struct member cause_members[] = { M(report_cause_part, note, TEXT),
                                               M(report_cause_part, points, REAL) };
SHAPE(cause_shape, report_cause_part, cause_members);

static const struct member warning_members[] = {
    M(report_warning, clears, TEXT), M(report_warning, code, TEXT),
    M(report_warning, mark, INT),    M(report_warning, name, TEXT),
    M(report_warning, rule, TEXT),   M(report_warning, since, TIME),
    M(report_warning, state, INT),   M(report_warning, state_note, TEXT),
    M(report_warning, values, TEXT), M(report_warning, who, TEXT),
};
SHAPE(warning_shape, report_warning, warning_members);

static const struct member gap_members[] = {
    M(report_gap, code, TEXT), M(report_gap, kind, INT),  M(report_gap, name, TEXT),
    M(report_gap, next, TEXT), M(report_gap, note, TEXT), M(report_gap, owner, TEXT),
};
SHAPE(gap_shape, report_gap, gap_members);

static const struct member value_members[] = {
    M(report_value, cell, TEXT),         M(report_value, checked_at, TIME),
    M(report_value, checked_by, TEXT),   M(report_value, file, TEXT),
    M(report_value, how, TEXT),          M(report_value, indicator, TEXT),
    M(report_value, late_days, INT),     M(report_value, legal_basis, TEXT),
    M(report_value, log_index, I64),     M(report_value, missing, INT),
    M(report_value, name, TEXT),         M(report_value, next_update, TEXT),
    M(report_value, point, TEXT),        M(report_value, row, INT),
    M(report_value, score, REAL),        M(report_value, sent_at, TIME),
    M(report_value, sent_by, TEXT),      M(report_value, sheet, TEXT),
    M(report_value, signed_at, TIME),    M(report_value, signed_by, TEXT),
    M(report_value, source, TEXT),       M(report_value, unit, TEXT),
    M(report_value, value, REAL),        M(report_value, version, INT),
    M(report_value, version_note, TEXT),
};
SHAPE(value_shape, report_value, value_members);

static const struct member trend_members[] = {
    M(report_trend, hi, REAL),
    M(report_trend, lo, REAL),
    M(report_trend, period, PERIOD),
    M(report_trend, score, REAL),
};
SHAPE(trend_shape, report_trend, trend_members);

static const struct member report_members[] = {
    M(health_report, answer_more, TEXT),
    M(health_report, approved_by, TEXT),
    { "causes", ARRAY_CAUSE, offsetof(struct health_report, causes), 0, &cause_shape,
      REPORT_CAUSES },
    M(health_report, computed_at, TIME),
    M(health_report, county, TEXT),
    M(health_report, coverage, REAL),
    M(health_report, demo, BOOL),
    M(health_report, erratum, TEXT),
    ML(health_report, gaps, gap_shape),
    M(health_report, hi, REAL),
    M(health_report, lo, REAL),
    M(health_report, method_note, TEXT),
    { "missing", ARRAY_I64, offsetof(struct health_report, missing), 0, NULL,
      REPORT_MISSING_KINDS },
    M(health_report, n_ranked, INT),
    M(health_report, no_change_reason, TEXT),
    ML(health_report, nodes, node_shape),
    M(health_report, peer_count, INT),
    M(health_report, peer_hi, REAL),
    M(health_report, peer_lo, REAL),
    M(health_report, peer_median, REAL),
    M(health_report, peer_name, TEXT),
    M(health_report, peer_rank_hi, INT),
    M(health_report, peer_rank_lo, INT),
    M(health_report, period, PERIOD),
    M(health_report, prev, REAL),
    M(health_report, prev_period, PERIOD),
    M(health_report, published_at, TIME),
    M(health_report, rank_hi, INT),
    M(health_report, rank_lo, INT),
    M(health_report, scheme_from, TIME),
    M(health_report, scheme_name, TEXT),
    M(health_report, scheme_version, INT),
    M(health_report, score, REAL),
    M(health_report, stage, INT),
    M(health_report, state, INT),
    M(health_report, state_reason, TEXT),
    ML(health_report, strengths, noted_shape),
    ML(health_report, trend, trend_shape),
    M(health_report, unit_code, TEXT),
    M(health_report, unit_name, TEXT),
    ML(health_report, units, unit_shape),
    ML(health_report, values, value_shape),
    M(health_report, values_expected, I64),
    M(health_report, values_late, I64),
    M(health_report, values_present, I64),
    M(health_report, values_total, I64),
    ML(health_report, warnings, warning_shape),
    ML(health_report, weaknesses, noted_shape),
};
SHAPE(report_shape, health_report, report_members);

/* Enumerations are written as their numbers; they must have the size of an int to be moved as
 * one. */
_Static_assert(sizeof(enum report_state) == sizeof(int) && sizeof(enum mark) == sizeof(int),
               "enumerations are ints");
_Static_assert(sizeof(size_t) == sizeof(int64_t), "counts are 64 bits");

static void write_shape(struct str *b, const struct shape *s, const char *p);

static void write_list(struct str *b, const struct shape *of, const char *items, size_t n)
{
    str_addc(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            str_addc(b, ',');
        write_shape(b, of, items + i * of->size);
    }
    str_addc(b, ']');
}

static void write_member(struct str *b, const struct member *m, const char *p)
{
    const void *at = p + m->offset;
    char code[PERIOD_TEXT];
    switch (m->kind) {
    case TEXT:
        json_text(b, *(const char *const *)at);
        break;
    case INT:
        str_addf(b, "%d", *(const int *)at);
        break;
    case I64:
    case TIME: /* a struct of one int64_t */
        str_addf(b, "%lld", (long long)*(const int64_t *)at);
        break;
    case REAL:
        if (isfinite(*(const double *)at))
            str_addf(b, "\"%.17g\"", *(const double *)at);
        else
            str_add(b, "null");
        break;
    case BOOL:
        str_add(b, *(const bool *)at ? "true" : "false");
        break;
    case PERIOD:
        json_text(b, period_code(*(const struct period *)at, code));
        break;
    case LIST:
        write_list(b, m->of, *(const char *const *)at,
                   *(const size_t *)(const void *)(p + m->n_offset));
        break;
    case ARRAY_I64:
        for (size_t i = 0; i < m->count; i++)
            str_addf(b, "%c%lld", i ? ',' : '[', (long long)((const int64_t *)at)[i]);
        str_addc(b, ']');
        break;
    case ARRAY_CAUSE:
        write_list(b, m->of, at, m->count);
        break;
    }
}

static void write_shape(struct str *b, const struct shape *s, const char *p)
{
    for (size_t i = 0; i < s->n; i++) {
        str_addf(b, "%c\"%s\":", i ? ',' : '{', s->members[i].key);
        write_member(b, &s->members[i], p);
    }
    str_addc(b, '}');
}

void report_write(struct str *b, const struct health_report *r)
{
    write_shape(b, &report_shape, (const char *)r);
}

/* ---- reading ---- */

static bool read_shape(json_t *o, const struct shape *s, struct arena *a, char *p);

static bool read_list(json_t *v, const struct shape *of, struct arena *a, char *items)
{
    for (size_t i = 0; i < json_array_size(v); i++)
        if (!read_shape(json_array_get(v, i), of, a, items + i * of->size))
            return false;
    return true;
}

static bool read_member(json_t *v, const struct member *m, struct arena *a, char *p)
{
    void *at = p + m->offset;
    if (!v && (m->kind == INT || m->kind == I64 ||
               m->kind == REAL)) { /* a report from before there was such a member */
        if (m->kind == REAL)
            *(double *)at = NAN;
        return true;
    }
    switch (m->kind) {
    case TEXT:
        *(const char **)at = json_is_string(v) ? arena_strdup(a, json_string_value(v)) : NULL;
        return json_is_string(v) || json_is_null(v);
    case INT:
        *(int *)at = (int)json_integer_value(v);
        return json_is_integer(v);
    case I64:
    case TIME:
        *(int64_t *)at = json_integer_value(v);
        return json_is_integer(v);
    case REAL:
        *(double *)at = NAN;
        return json_is_null(v) ||
               (json_is_string(v) &&
                parse_real_n(json_string_value(v), json_string_length(v), at));
    case BOOL:
        *(bool *)at = json_is_true(v);
        return json_is_boolean(v);
    case PERIOD:
        *(struct period *)at = (struct period){ 0 };
        return json_is_string(v) && (!*json_string_value(v) ||
                                     period_parse(json_string_value(v), at, NULL) == RC_OK);
    case LIST: {
        if (!json_is_array(v))
            return false;
        size_t n = json_array_size(v);
        char *items = arena_array(a, n, m->of->size);
        *(char **)at = n ? items : NULL;
        *(size_t *)(void *)(p + m->n_offset) = n;
        return read_list(v, m->of, a, items);
    }
    case ARRAY_I64:
        for (size_t i = 0; i < m->count; i++)
            ((int64_t *)at)[i] = json_integer_value(json_array_get(v, i));
        return json_array_size(v) == m->count;
    case ARRAY_CAUSE:
        return json_array_size(v) == m->count && read_list(v, m->of, a, at);
    }
    return false;
}

static bool read_shape(json_t *o, const struct shape *s, struct arena *a, char *p)
{
    if (!json_is_object(o))
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (!read_member(json_object_get(o, s->members[i].key), &s->members[i], a, p))
            return false;
    return true;
}

enum rc report_read(struct bytes json, struct arena *a, struct health_report *ret,
                    struct err *e)
{
    json_t *o = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
    struct health_report r = { 0 };
    bool ok = o && read_shape(o, &report_shape, a, (char *)&r);
    json_decref(o);
    if (!ok)
        return err_set(e, RC_INVALID, N_("报告的存档内容读不出来"));
    r.proof.index = -1;
    r.proof.size = -1;
    *ret = r;
    return RC_OK;
}
