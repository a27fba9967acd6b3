#include "monitor/test_small.h"

#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.h"
#include "monitor/import.sql.h"
#include "monitor/point.h"
#include "monitor/publication.h"
#include "monitor/scheme_import.h"
#include "monitor/value.sql.h"

#include <math.h>
#include <string.h>

struct making {
    struct county *c;
    const struct small *s;
    const struct small_values *v;
    struct period from; /* a new version of the scheme */
    struct arena *a;
};

static struct point point(size_t i, const char *owner)
{
    return (struct point){ .code = i ? "P2" : "P1",
                           .indicator = i ? "A2" : "A1",
                           .name = i ? "投诉办结率" : "合同按期公告率",
                           .owner = owner,
                           .unit_of_measure = "%",
                           .peer_group = "",
                           .legal_basis = "条例",
                           .purpose = "监测",
                           .retention = "5年",
                           .contact = "8201",
                           .frequency = PERIOD_QUARTER,
                           .direction = 1 };
}

static struct scheme_node node(const char *code, const char *parent, const char *name,
                               int level)
{
    return (struct scheme_node){ .code = code,
                                 .parent = parent,
                                 .name = name,
                                 .level = level,
                                 .type = level > 1 ? "Aggregate" : "Indicator",
                                 .direction = 1,
                                 .weight = 1,
                                 .unit_of_measure = "%",
                                 .target = NAN,
                                 .denominator = "",
                                 .owner = "",
                                 .frequency = "",
                                 .formula = "",
                                 .peer_group = "",
                                 .scoring = "",
                                 .veto = "",
                                 .standard = "",
                                 .source = "",
                                 .tags = "" };
}

static enum rc make_scheme(struct tx *tx, const struct making *x, struct period from,
                           struct err *e)
{
    const char *aspect = x->s->aspect, *up = aspect ? aspect : "QX";
    struct scheme_node nodes[4];
    struct point points[2];
    size_t n = 0, changed;
    int version;
    nodes[n++] = node("QX", "", "指数", aspect ? 3 : 2);
    if (aspect)
        nodes[n++] = node(aspect, "QX", "公开", 2);
    for (size_t i = 0; i < x->s->points; i++) {
        points[i] = point(i, x->s->owner);
        nodes[n++] =
            node(points[i].indicator, up, i ? "投诉按期办结率" : "采购合同按期公告率", 1);
    }
    struct scheme s = { .name = "方案",
                        .note = "",
                        .config =
                            "{\"normalise\":{\"method\":\"goalposts\",\"l\":0,\"u\":100}}",
                        .sheet_map = "",
                        .nodes = nodes,
                        .n = n };
    enum rc rc = points_write(tx, x->c, points, x->s->points, "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, x->c, &s, (struct id){ 0 }, "", &version, e);
    return rc == RC_OK ? scheme_adopt(tx, x->c, version, from, (struct id){ 0 }, "", e) : rc;
}

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    const struct making *x = arg;
    const struct small *s = x->s;
    struct unit_term *terms = arena_array(x->a, s->n_units + 1, sizeof(*terms));
    terms[0] = (struct unit_term){
        .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = ""
    };
    memcpy(terms + 1, s->units, s->n_units * sizeof(*terms));
    enum rc rc = units_write(tx, x->c, terms, s->n_units + 1, 0, "", e);
    if (rc == RC_OK)
        rc = site_people(tx, x->c, s->people, s->n_people, x->a, e);
    return rc == RC_OK ? make_scheme(tx, x, period_of(PERIOD_QUARTER, s->year, 1), e) : rc;
}

static enum rc again(struct tx *tx, void *arg, struct err *e)
{
    const struct making *x = arg;
    return make_scheme(tx, x, x->from, e);
}

void small_scheme(struct county *c, const struct small *s, struct period from, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct making x = { .c = c, .s = s, .from = from, .a = a };
    CHECK_OK(db_transact(c->db, again, &x, &e));
}

void small_open(struct county *c, const struct small *s, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct making x = { .c = c, .s = s, .a = a };
    CHECK_OK(db_transact(c->db, make, &x, &e));
}

static enum rc put(struct tx *tx, void *arg, struct err *e)
{
    const struct making *x = arg;
    const struct small_values *v = x->v;
    const struct units *us;
    const struct point *points;
    struct import_insert_row made;
    uint8_t digest[HASH_SIZE] = { 1 };
    char period[PERIOD_TEXT];
    size_t n;
    const int64_t rows = (int64_t)(v->n_units * x->s->points);
    enum rc rc = units_load(tx_snap(tx), county_today(x->c), x->a, &us, e);
    if (rc == RC_OK)
        rc = points_load(tx_snap(tx), NULL, x->a, &points, &n, e);
    if (rc == RC_OK)
        rc = import_insert_one(tx,
                               arena_printf(x->a, "I-%s-%lld", period_code(v->period, period),
                                            (long long)v->version),
                               "values", "loading", "v.csv",
                               (struct bytes){ digest, sizeof(digest) }, (struct id){ 0 },
                               (struct id){ 0 }, v->period, rows, rows, 0, 0, 0,
                               county_now(x->c), x->a, &made, e);
    for (size_t u = 0; u < v->n_units; u++)
        for (size_t p = 0; p < x->s->points && rc == RC_OK; p++) {
            int64_t at = (int64_t)(u * x->s->points + p);
            rc = value_insert(tx, units_find(us, x->s->units[u].code)->id, points[p].id,
                              v->period, v->version, v->given(v->arg, u, p, v->period), "", "",
                              made.id, at + 2, "", at, NULL, e);
        }
    return rc == RC_OK
               ? import_done(tx, county_now(x->c), (struct bytes){ digest, sizeof(digest) },
                             (struct id){ 1 }, made.id, NULL, e)
               : rc;
}

void small_values(struct county *c, const struct small *s, const struct small_values *v,
                  struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct making x = { .c = c, .s = s, .v = v, .a = a };
    CHECK_OK(db_transact(c->db, put, &x, &e));
}

void small_publish(struct county *c, struct period p)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct compute_result r;
    CHECK_OK(compute_period(c, p, "", NULL, NULL, &r, &e));
    CHECK_OK(publication_publish(c, p, "", &e));
}
