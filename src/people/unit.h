/*
 * Units: a dated tree. A unit's code is for ever; its name, kind, parent and peer group belong
 * to a span of days (a term), so that a report of an old period shows the tree of that time.
 */
#ifndef PEOPLE_UNIT_H
#define PEOPLE_UNIT_H

#include "base/kinds.h"

struct arena;
struct snap;
struct tx;
struct county;

enum { UNIT_DEPTH_MAX = 12, UNIT_NAME_MAX = 60 };

/* A unit on one day. Text lives in the arena of the tree. */
struct unit {
    struct id id;
    const char *code, *name, *kind, *peer_group;
    int32_t from_day, to_day;           /* of the term; 0: open */
    const struct unit *parent;          /* NULL: the root, or its parent has no term that day */
    const struct unit *const *children; /* in display order */
    size_t n_children;
    size_t index;  /* in units.all */
    bool assessed; /* has a peer group */
};

/* The tree of one day. */
struct units {
    int32_t day;
    const struct unit *all; /* depth first from the roots, siblings in display order */
    size_t n;
    const struct map *by_code;
    const struct unit *root; /* the first root; NULL in an empty county */
};

/* The tree on a day (days since 1970-01-01), in a. */
enum rc units_load(const struct snap *s, int32_t day, struct arena *a, const struct units **ret,
                   struct err *e) MUST_USE;
const struct unit *units_find(const struct units *us, const char *code); /* NULL: none */
/* By its code, or by its name when only one unit is called so: what people write. NULL: none.
 */
const struct unit *units_named(const struct units *us, const char *text);
const struct unit *units_by_id(const struct units *us, struct id id); /* NULL: none */
bool unit_under(const struct unit *u, const struct unit *root); /* u is root or below it */
/* Whether a list "a|b" of peer groups or kinds names u's; the empty list names every assessed
 * unit. */
bool unit_in_groups(const struct unit *u, const char *groups);

/* A term to write, as files and forms give it. */
struct unit_term {
    const char *code, *parent /* "" for the county */, *name, *kind, *peer_group;
    int32_t from_day, to_day;
    int sort; /* 0: after everything there is */
};
/*
 * Check terms against each other and what is there, and write them with one record: RC_INVALID
 * names the row (its place from 1, `first_row` added) for a bad code, a missing name, an
 * unknown parent, a cycle, a second root, a term that ends before it begins or overlaps
 * another. All or nothing. by is the account's code ("" for the command line).
 */
enum rc units_write(struct tx *tx, struct county *c, const struct unit_term *terms, size_t n,
                    size_t first_row, const char *by, struct err *e) MUST_USE;
/*
 * Change a unit from term.from_day on: the term in force that day ends the day before, and the
 * new one lasts as long as the old one would have. A unit that is not there yet begins.
 */
enum rc unit_change(struct tx *tx, struct county *c, const struct unit_term *term,
                    const char *by, struct err *e) MUST_USE;
/* The tree of the last day on which a unit was in it, for units that have ended; RC_NOTFOUND
 * when there never was one of that code. */
enum rc units_of_ended(const struct snap *s, const char *code, struct arena *a,
                       const struct units **ret, struct err *e) MUST_USE;

#endif
