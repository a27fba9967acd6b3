/* The county of this folder's tests: 24 towns, two points of department T00, one warning rule.
 */
#ifndef QUALITY_TEST_WORLD_H
#define QUALITY_TEST_WORLD_H

#include "base/str.h"
#include "store/test_county.h"
#include "web/web.h"

#include <string.h>

enum { TOWNS = 24 };

struct world {
    struct county *c;
    struct arena *a;
    struct web_fake *web;
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

struct web_reply ask(struct world *w, const char *token, const char *method, const char *target,
                     const char *type, const char *body);
struct web_reply get(struct world *w, const char *token, const char *target);
struct web_reply post(struct world *w, const char *token, const char *target, const char *form);
struct web_reply upload(struct world *w, const char *token, const char *target,
                        const char *csv);
/* The token of the form that confirms. */
const char *token_of(struct world *w, const struct web_reply *r);

void check_has(const char *file, int line, const struct web_reply *r, const char *text);
void check_status(const char *file, int line, const struct web_reply *r, int want);
#define CHECK_STATUS(r, want)                                                                  \
    do {                                                                                       \
        struct web_reply r_ = (r);                                                             \
        check_status(__FILE__, __LINE__, &r_, (want));                                         \
    } while (0)
#define CHECK_HAS(r, text)                                                                     \
    do {                                                                                       \
        struct web_reply r_ = (r);                                                             \
        check_has(__FILE__, __LINE__, &r_, (text));                                            \
    } while (0)

#endif
