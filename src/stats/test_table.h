/*
 * For the tests of this folder only: a table of a golden file, by column name. Stats may not
 * use the real CSV reader, and the golden files are plain: commas, optional quotes, no line
 * ends or doubled quotes inside.
 */
#ifndef STATS_TEST_TABLE_H
#define STATS_TEST_TABLE_H

#include "base/arena.h"
#include "base/file.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct table {
    size_t n, n_cols;
    char **names;
    char ***cells; /* [row][col] */
};

static inline char **table_cells(struct arena *a, const char *line, size_t *ret_n)
{
    char **c = arena_array(a, strlen(line) + 2, sizeof(*c));
    struct str b;
    bool quoted = false;
    size_t n = 0;
    str_init(&b, a);
    for (const char *s = line;; s++) {
        if (*s == '"')
            quoted = !quoted;
        else if (*s == '\0' || (*s == ',' && !quoted)) {
            c[n++] = arena_strdup(a, b.s);
            str_reset(&b);
            if (*s == '\0')
                break;
        } else
            str_addc(&b, *s);
    }
    *ret_n = n;
    return c;
}

static inline struct table table_read(struct arena *a, const char *path)
{
    struct err e = { 0 };
    struct table t = { 0 };
    struct bytes b;
    enum rc rc = file_read(a, path, 16 << 20, &b, &e);
    CHECK_OK(rc);
    err_done(&e);
    if (rc != RC_OK)
        return t;
    size_t n;
    char **lines = str_split(a, (const char *)b.p, '\n', &n);
    t.names = table_cells(a, lines[0], &t.n_cols);
    t.cells = arena_array(a, n, sizeof(*t.cells));
    for (size_t i = 1; i < n; i++)
        if (lines[i][0] != '\0') {
            size_t k;
            t.cells[t.n++] = table_cells(a, lines[i], &k);
            CHECK_INT(k, t.n_cols);
        }
    return t;
}

static inline size_t table_col(const struct table *t, const char *name)
{
    for (size_t c = 0; c < t->n_cols; c++)
        if (strcmp(t->names[c], name) == 0)
            return c;
    return SIZE_MAX;
}

static inline double table_real(const char *s)
{
    double v = NAN;
    if (strcmp(s, "NA") != 0 && strcmp(s, "NaN") != 0 && *s != '\0')
        CHECK(parse_real_n(s, strlen(s), &v));
    return v;
}

static inline double *table_reals(struct arena *a, const struct table *t, const char *name)
{
    size_t c = table_col(t, name);
    if (c == SIZE_MAX)
        return NULL;
    double *x = arena_array(a, t->n, sizeof(*x));
    for (size_t i = 0; i < t->n; i++)
        x[i] = table_real(t->cells[i][c]);
    return x;
}

/* Truly relative, unlike CHECK_REAL; what should be 0 may be rounding noise. */
static inline void check_rel(double got, double want, const char *what, const char *which)
{
    if ((isnan(got) && isnan(want)) || fabs(got - want) <= 1e-9 * fabs(want) ||
        (want == 0 && fabs(got) < 1e-12))
        return;
    t_fail(__FILE__, __LINE__, "%s of %s is %.17g, want %.17g", what, which, got, want);
}

#endif
