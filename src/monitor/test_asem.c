/*
 * The real ASEM data (see tests' shared data) through a county of their own: scheme, units,
 * points, values, computation. The index must be the one the reference package computed from
 * the same files.
 */
#include "base/file.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "monitor/compute.h"
#include "monitor/compute.sql.h"
#include "monitor/scheme_import.h"
#include "monitor/values_import.h"
#include "people/unit.h"
#include "sheet/csv.h"
#include "store/test_county.h"

#include <string.h>

static const char config[] =
    "{\"denominate\":true,\"impute\":{\"method\":\"group_mean\",\"group\":\"EurAsia_group\"},"
    "\"treat\":{\"method\":\"default\"},\"normalise\":{\"method\":\"minmax\"}}";

struct asem {
    struct arena *a;
    struct county *c;
    struct table *meta, *data, *want;
    struct scheme scheme;
    struct unit_term *units;
    struct point *points;
    size_t n_units, n_points;
};

static const char *at(const struct table *t, size_t row, const char *col)
{
    return table_text(t, row, (size_t)table_col(t, 0, col));
}

static enum rc write_frame(struct tx *tx, void *arg, struct err *e)
{
    struct asem *x = arg;
    size_t changed;
    int version;
    enum rc rc = units_write(tx, x->c, x->units, x->n_units, 2, "", e);
    if (rc == RC_OK)
        rc = points_write(tx, x->c, x->points, x->n_points, "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, x->c, &x->scheme, (struct id){ 0 }, "", &version, e);
    return rc == RC_OK ? scheme_adopt(tx, x->c, version, period_of(PERIOD_YEAR, 2018, 1),
                                      (struct id){ 0 }, "", e)
                       : rc;
}

static void make_frame(struct asem *x)
{
    x->units = arena_array(x->a, x->data->rows, sizeof(*x->units));
    x->units[x->n_units++] = (struct unit_term){
        .code = "ASEM", .parent = "", .name = "ASEM", .kind = "county", .peer_group = ""
    };
    for (size_t r = 1; r < x->data->rows; r++)
        x->units[x->n_units++] =
            (struct unit_term){ .code = at(x->data, r, "uCode"),
                                .parent = "ASEM",
                                .name = at(x->data, r, "uName"),
                                .kind = "country",
                                .peer_group = at(x->data, r, "EurAsia_group") };
    x->points = arena_array(x->a, x->meta->rows, sizeof(*x->points));
    for (size_t r = 1; r < x->meta->rows; r++) {
        const char *type = at(x->meta, r, "Type");
        if (str_eq(type, "Indicator") || str_eq(type, "Denominator"))
            x->points[x->n_points++] = (struct point){ .code = at(x->meta, r, "iCode"),
                                                       .indicator = at(x->meta, r, "iCode"),
                                                       .name = at(x->meta, r, "iName"),
                                                       .owner = "ASEM",
                                                       .unit_of_measure = "",
                                                       .peer_group = "",
                                                       .legal_basis = "MIT",
                                                       .purpose = "test",
                                                       .retention = "1",
                                                       .contact = "test",
                                                       .different = "同类而不同的指标",
                                                       .frequency = PERIOD_YEAR,
                                                       .direction = 1 };
    }
}

static struct bytes values_csv(const struct asem *x)
{
    struct str b;
    str_init(&b, x->a);
    str_add(&b, "unit,point,period,value,missing,note\n");
    for (size_t r = 1; r < x->data->rows; r++)
        for (size_t p = 0; p < x->n_points; p++) {
            const char *v = at(x->data, r, x->points[p].code);
            bool missing = !*v || str_eq(v, "NA");
            str_addf(&b, "%s,%s,2018,%s,%s,\n", at(x->data, r, "uCode"), x->points[p].code,
                     missing ? "" : v, missing ? "lost" : "");
        }
    return (struct bytes){ (const uint8_t *)b.s, b.n };
}

static void send(struct asem *x)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct person all = person_system();
    struct values_context ctx;
    struct values_checked k;
    struct values_import done;
    struct bytes file = values_csv(x);
    CHECK_OK(db_read(x->c->db, &s, &e));
    CHECK_OK(values_context_make(x->c, s, &all, x->a, &ctx, &e));
    CHECK_OK(values_import_check(&ctx, "asem.csv", file, x->a, &k, NULL, &e));
    CHECK_INT(k.problems.wrong, 0);
    CHECK_OK(values_import_write(x->c, &ctx, &k, "asem.csv", file, (struct id){ 0 }, NULL, &all,
                                 x->a, &done, &e));
}

static void compare(struct asem *x, struct id run)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct scores_of_run_row *rows;
    size_t n, found = 0;
    CHECK_OK(db_read(x->c->db, &s, &e));
    CHECK_OK(scores_of_run_all(s, run, x->a, &rows, &n, &e));
    struct map *want = map_new(x->a);
    for (size_t r = 1; r < x->want->rows; r++)
        map_add_index(want, at(x->want, r, "uCode"), r);
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t r = map_index(want, rows[i].unit),
                  c = table_col(x->want, 0, rows[i].node_code);
        double v;
        if (r < 0 || c < 0)
            continue;
        const char *text = table_text(x->want, (size_t)r, (size_t)c);
        if (!parse_real_n(text, strlen(text), &v))
            continue;
        CHECK_REAL(rows[i].score, v, 1e-9);
        found++;
    }
    CHECK(found >= 51 * 11);
}

static void has_the_same_index(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct asem x = { .a = a, .c = c };
    struct compute_result r;
    struct problems ps;
    if (!t_shared()) {
        t_skip("the shared data are not here");
        return;
    }
    problems_init(&ps, a);
    CHECK_OK(csv_read_file(a, arena_printf(a, "%s/data/asem/ASEM_iMeta.csv", t_shared()), NULL,
                           &x.meta, &e));
    CHECK_OK(csv_read_file(a, arena_printf(a, "%s/data/asem/ASEM_iData.csv", t_shared()), NULL,
                           &x.data, &e));
    CHECK_OK(csv_read_file(a, arena_printf(a, "%s/data/asem/results_full.csv", t_shared()),
                           NULL, &x.want, &e));
    CHECK_OK(scheme_from_table(x.meta, a, &x.scheme, &ps, &e));
    x.scheme.name = "ASEM";
    x.scheme.config = config;
    make_frame(&x);
    CHECK_OK(db_transact(c->db, write_frame, &x, &e));
    send(&x);
    CHECK_OK(compute_period(c, period_of(PERIOD_YEAR, 2018, 1), "", NULL, NULL, &r, &e));
    CHECK_INT(r.n_scored, 51);
    compare(&x, r.id);
}
T_COUNTY(has_the_same_index)

T_MAIN(T_COUNTY_CASES("ASEM in a county of its own has the reference's index",
                      has_the_same_index))
