/* The county of this folder's tests: a county, two departments, a town; people; pages without a
 * socket. */
#ifndef MEETING_TEST_WORLD_H
#define MEETING_TEST_WORLD_H

#include "flow/flow.h"
#include "people/test_site.h"

enum who { LEADER, EDITOR, SECOND, CLERK, OTHER, PROGRAM, PEOPLE };

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    const char *token[PROGRAM];
    struct person person[PEOPLE];
    const struct units *units;
};
void world_open(struct world *w, struct county *c, const struct flow_kind *const *kinds,
                size_t n_kinds, const struct route_table *tables, size_t n_tables);
/* Results of 2026Q1 and 2026Q2, published: the department D01 falls clearly, D02 stays, the
 * town rises. */
void world_results(struct world *w);
/* Other values of a quarter, computed: a draft; and published in place of what was there. */
void world_draft(struct world *w, int quarter, const char *csv);
void world_values(struct world *w, int quarter, const char *csv);
void world_done(struct world *w);
/* The clock a day further. */
void world_day(struct world *w);

/* Open a matter, make a move: given "field=value;field=value". What became of it; its code
 * lives in the world. */
enum rc open_matter(struct world *w, enum who by, const char *kind, const char *title,
                    const char *unit, const char *given, const char **ret_code);
enum rc move(struct world *w, enum who by, const char *matter, const char *verb,
             const char *given);
/* Link a matter with something, as the program. */
void link_matter(struct world *w, const char *matter, const char *what, const char *code);
/* The sentence of the move that was refused last. */
extern const char *refused;

struct web_reply get(struct world *w, enum who by, const char *target);
struct web_reply post(struct world *w, enum who by, const char *target, const char *form);
struct web_reply upload(struct world *w, enum who by, const char *target, const char *name,
                        const char *content);

#endif
