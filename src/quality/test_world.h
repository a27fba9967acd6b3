/* The county of this folder's tests: 24 towns, two points of department T00, one warning rule.
 */
#ifndef QUALITY_TEST_WORLD_H
#define QUALITY_TEST_WORLD_H

#include "monitor/test_small.h"

#include <string.h>

enum { TOWNS = 24 };

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    struct small small;
    const char *editor, *leader, *clerk, *supplier, *other; /* tokens */
    struct period period;
    double (*given)(size_t town, size_t point, struct period p);
};

/* Values of 2026Q2 by given (NULL: P1 rises with the town, P2 says nothing), computed. */
void world_open(struct world *w, struct county *c,
                double (*given)(size_t town, size_t point, struct period p));
void world_done(struct world *w);
/* One more period's values, as an import would leave them. */
void world_values(struct world *w, struct period p);

struct web_reply get(struct world *w, const char *token, const char *target);
struct web_reply post(struct world *w, const char *token, const char *target, const char *form);
struct web_reply upload(struct world *w, const char *token, const char *target,
                        const char *csv);

#endif
