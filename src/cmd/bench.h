/*
 * What the groups of the bench share: a row of its table, and a demo county to measure on. Each
 * group is one file and one row of the table in bench.c; it prints its rows as it goes.
 */
#ifndef CMD_BENCH_H
#define CMD_BENCH_H

#include "base/str.h"
#include "cmd/bench_program.h"

#include <math.h>

enum bench_goal { AT_MOST = 1, AT_LEAST, SHARE /* of the yardstick, at least */, NO_GOAL };

struct bench_row {
    const char *work;
    double reached;
    const char *unit;      /* "s", "/s", "µs", "KB" */
    const char *yardstick; /* what stands beside it, measured in the same run; NULL: nothing */
    double beside;         /* in the same unit */
    enum bench_goal kind;
    double goal;
    const char *note; /* NULL: none */
};
void bench_row(const struct bench_row *r);
/* A row that cannot be measured here, and why. */
void bench_skip(const char *work, const char *why);

/* Several measurements of one thing: the middle and the least. Sorts v. */
double bench_median(double *v, size_t n);

struct bench {
    struct arena *a;
    const char *folder; /* on the disk that is measured; removed at the end */
    const char *jingjian;
    const char *demo; /* bench_demo's, or NULL */
};
/* The demo county in its folder, made at the first call, with request limits out of the way and
 * a token of an account that may read everything and edit points. */
enum rc bench_demo(struct bench *b, const char **ret_dir, const char **ret_token,
                   struct err *e) MUST_USE;
/* The demo county, served. */
enum rc bench_serve(struct bench *b, int core, struct program *ret, const char **ret_token,
                    int64_t *ret_us, struct err *e) MUST_USE;

enum rc bench_engine(struct bench *b, struct err *e) MUST_USE;
enum rc bench_import(struct bench *b, struct err *e) MUST_USE;
enum rc bench_change(struct bench *b, struct err *e) MUST_USE;
enum rc bench_move(struct bench *b, struct err *e) MUST_USE;
enum rc bench_page(struct bench *b, struct err *e) MUST_USE;
enum rc bench_file(struct bench *b, struct err *e) MUST_USE;
enum rc bench_paper(struct bench *b, struct err *e) MUST_USE;
enum rc bench_audit(struct bench *b, struct err *e) MUST_USE;
enum rc bench_start(struct bench *b, struct err *e) MUST_USE;
enum rc bench_meeting(struct bench *b,
                      struct err *e) MUST_USE; /* makes the demo county large: last */

#endif
