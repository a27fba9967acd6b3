/* A small county for tests: QX with a few units, its people, an indicator or two with a point
 * each, and values as an import would leave them. Whatever fails fails the test. */
#ifndef MONITOR_TEST_SMALL_H
#define MONITOR_TEST_SMALL_H

#include "people/test_site.h"

#define SMALL_TOWN(c, n)                                                                       \
    {                                                                                          \
        .code = (c), .parent = "QX", .name = (n), .kind = "town", .peer_group = "镇"          \
    } /* part of an initialiser */

struct small {
    const struct unit_term *units; /* under QX 清溪区, which is there besides */
    size_t n_units;
    const struct account_new *people;
    size_t n_people;
    size_t points; /* 1: P1 合同按期公告率, of indicator A1; 2: and P2 投诉办结率, of A2 */
    const char *owner;  /* of both points */
    const char *aspect; /* code of one (公开) that the indicators hang under; NULL: none */
    int year;           /* the scheme is adopted from its first quarter */
};
void small_open(struct county *c, const struct small *s, struct arena *a);

/* The same scheme as a new version, adopted from a period on. */
void small_scheme(struct county *c, const struct small *s, struct period from, struct arena *a);

struct small_values {
    struct period period;
    int64_t version;
    size_t n_units; /* of the first so many units */
    double (*given)(const void *arg, size_t unit, size_t point, struct period p);
    const void *arg;
};
void small_values(struct county *c, const struct small *s, const struct small_values *v,
                  struct arena *a);
/* Computed and published. */
void small_publish(struct county *c, struct period p);

#endif
