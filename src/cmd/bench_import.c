/*
 * One import of a million values through the program (`import values`: read, checked,
 * versioned, one record over all), beside a bare loop of prepared inserts of the same rows into
 * the same table, in one transaction.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/period.h"
#include "cmd/bench.h"
#include "db/bench_db.h"
#include "monitor/value.sql.h"

#include <stdio.h>

enum { UNITS = 500, POINTS = 100, PERIODS = 20, ROWS = UNITS * POINTS * PERIODS };

static const char account[] = "bench";

static struct period nth(size_t i)
{
    return period_step(period_of(PERIOD_MONTH, 2023, 1), (int)i);
}

static enum rc keep(struct bench *b, const char *name, struct str *s, const char **ret,
                    struct err *e)
{
    *ret = arena_printf(b->a, "%s/%s", b->folder, name);
    enum rc rc = file_write_atomic(*ret, s->s, s->n, e);
    str_done(s);
    return rc;
}

static enum rc units_file(struct bench *b, const char **ret, struct err *e)
{
    struct str s;
    str_init(&s, NULL);
    str_add(&s, "code,parent,name,kind,peer_group,from,to\nC,,County,county,,2020-01-01,\n");
    for (int i = 0; i < UNITS; i++)
        str_addf(&s, "U%03d,C,Unit %d,town,town,2020-01-01,\n", i, i);
    return keep(b, "units.csv", &s, ret, e);
}

static enum rc points_file(struct bench *b, const char **ret, struct err *e)
{
    struct str s;
    str_init(&s, NULL);
    str_add(&s, "code,indicator,name,owner,unit_of_measure,frequency,direction,legal_basis,"
                "purpose,retention,contact\n");
    for (int i = 0; i < POINTS; i++)
        str_addf(&s, "P%03d,I%03d,Point %d,C,count,month,1,law,purpose,years,office\n", i, i,
                 i);
    return keep(b, "points.csv", &s, ret, e);
}

static double value_of(int64_t i)
{
    return (double)(i * 7919 % 100000) / 100;
}

static enum rc values_file(struct bench *b, const char **ret, struct err *e)
{
    struct str s;
    char code[PERIOD_TEXT];
    str_init(&s, NULL);
    str_reserve(&s, (size_t)ROWS * 32);
    str_add(&s, "unit,point,period,value,missing,note\n");
    for (int64_t i = 0; i < ROWS; i++)
        str_addf(&s, "U%03d,P%03d,%s,%.2f,,\n", (int)(i / POINTS / PERIODS),
                 (int)(i / PERIODS % POINTS), period_code(nth((size_t)(i % PERIODS)), code),
                 value_of(i));
    return keep(b, "values.csv", &s, ret, e);
}

static enum rc import(struct bench *b, const char *dir, const char *what, const char *file,
                      struct err *e)
{
    const char *const argv[] = { b->jingjian, "import", what,    file, "--data",
                                 dir,         "--as",   account, NULL };
    return program_run(argv, NULL, e);
}

static enum rc county(struct bench *b, const char *name, const char **ret, struct err *e)
{
    const char *units, *points;
    *ret = arena_printf(b->a, "%s/%s", b->folder, name);
    const char *const argv[] = { b->jingjian, "init", "--data", *ret, "--name", "bench", NULL };
    const char *const add[] = { b->jingjian, "account", "add",   "--data", *ret,       "--code",
                                account,     "--name",  "bench", "--role", "platform", NULL };
    enum rc rc = program_run(argv, NULL, e);
    if (rc == RC_OK)
        rc = program_run(add, NULL, e);
    if (rc == RC_OK)
        rc = units_file(b, &units, e);
    if (rc == RC_OK)
        rc = import(b, *ret, "units", units, e);
    if (rc == RC_OK)
        rc = points_file(b, &points, e);
    return rc == RC_OK ? import(b, *ret, "points", points, e) : rc;
}

/* In the order of value_insert's parameters. */
static void row(void *arg, int64_t i, struct val *v)
{
    const struct val all[] = {
        val_int(i / POINTS / PERIODS + 2, false), /* unit: the county is the first */
        val_int(i / PERIODS % POINTS + 1, false),
        val_int(nth((size_t)(i % PERIODS)).v, false),
        val_int(1, false), /* version */
        val_real(value_of(i)),
        val_text(""), /* missing */
        val_text(""), /* note */
        val_int(1, false),
        val_int(i + 2, false), /* row_no */
        val_text(""),          /* cell */
        val_int(i, false),
    };
    for (size_t k = 0; k < COUNT(all); k++)
        v[k] = all[k];
}

enum rc bench_import(struct bench *b, struct err *e)
{
    const char *dir, *bare, *values;
    enum rc rc = county(b, "import", &dir, e);
    if (rc == RC_OK)
        rc = county(b, "bare", &bare, e);
    if (rc == RC_OK)
        rc = values_file(b, &values, e);
    if (rc != RC_OK)
        return rc;
    double loop = bench_insert(arena_printf(b->a, "%s/county.db", bare), &value_insert_query,
                               row, NULL, ROWS, ROWS);
    int64_t began = clock_monotonic_us();
    rc = import(b, dir, "values", values, e);
    if (rc != RC_OK)
        return rc;
    bench_row(
        &(struct bench_row){ .work = "import of 1 M values, from CSV to one record",
                             .reached = ROWS * 1e6 / (double)(clock_monotonic_us() - began),
                             .unit = "rows/s",
                             .yardstick = "a bare loop of prepared inserts",
                             .beside = loop,
                             .kind = SHARE,
                             .goal = 0.5 });
    return RC_OK;
}
