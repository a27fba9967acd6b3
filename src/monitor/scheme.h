/*
 * Schemes: versions of the county's tree of indicators, with formulas, scoring and the engine's
 * configuration. A draft is edited and previewed; adopted from a period on it never changes
 * again, and reports keep the version they were made by.
 */
#ifndef MONITOR_SCHEME_H
#define MONITOR_SCHEME_H

#include "base/kinds.h"
#include "monitor/score_config.h"
#include "stats/scheme.h"

struct arena;
struct county;
struct snap;
struct tx;

enum { SCHEME_NAME_MAX = 100, SCHEME_PROBLEMS_MAX = 500 };

/* One node, as the table and META.csv have it. Text is "" when there is none. */
struct scheme_node {
    const char *code, *parent, *name;
    int level;        /* 1: indicator */
    const char *type; /* Indicator, Aggregate, Group, Denominator, Other */
    int direction;
    double weight;
    const char *unit_of_measure;
    double target; /* NaN: none */
    const char *denominator;
    const char *owner, *frequency;
    const char *formula;    /* over points; "": the single point of the indicator */
    const char *peer_group; /* "a|b"; "": every assessed unit */
    const char
        *scoring; /* JSON like an entry of normalise.per; "": the configuration's method */
    const char
        *veto; /* JSON {"cmp":"<","limit":1,"cap":60,"target":CODE?,"reason":TEXT?}; "": none */
    const char *standard, *source, *tags;
    int32_t from_day, to_day;
};

enum scheme_state { SCHEME_DRAFT = 1, SCHEME_ADOPTED, SCHEME_RETIRED };

struct scheme {
    struct id id;
    int version;
    const char *name, *note;
    enum scheme_state state;
    struct period from_period;
    const char *config;        /* JSON, keys of the score command; node's scoring is added under
                                  normalise.per */
    struct bytes sheet_digest; /* of the sheet it came from; n 0: none */
    const char *sheet_map;
    struct utime created_at, adopted_at;
    const struct scheme_node *nodes; /* display order: depth first */
    size_t n;
};

/* The scheme in force at the end of a period: RC_NOTFOUND when none is adopted for it. In a. */
enum rc scheme_for_period(const struct snap *s, struct period p, struct arena *a,
                          const struct scheme **ret, struct err *e) MUST_USE;
/* The same, but NULL when none is. */
enum rc scheme_if_any(const struct snap *s, struct period p, struct arena *a,
                      const struct scheme **ret, struct err *e) MUST_USE;
enum rc scheme_load_version(const struct snap *s, int version, struct arena *a,
                            const struct scheme **ret, struct err *e) MUST_USE;
enum rc scheme_load(const struct snap *s, struct id id, struct arena *a,
                    const struct scheme **ret, struct err *e) MUST_USE;

/* For the audit: the nodes and the configuration of every version have the digest of its
 * record. */
enum rc schemes_check(const struct snap *s, struct err *e) MUST_USE;

/* A scheme ready for the engine. */
struct scheme_plan {
    const struct scheme *scheme;
    struct scheme_tree
        tree; /* only nodes that are in force on the day and not denominators, groups, other */
    const size_t *of_tree; /* tree node → index in scheme->nodes */
    struct score_config config;
    const struct veto *vetoes;
    size_t n_vetoes;
};
/*
 * Build and check tree, scoring, vetoes and configuration. RC_INVALID names the node or key.
 * day: nodes outside their span are left out.
 */
enum rc scheme_plan(const struct scheme *s, int32_t day, struct arena *a,
                    struct scheme_plan *ret, struct err *e) MUST_USE;

/* What is wrong with a draft, all of it, for the person who edits it. */
struct scheme_problem {
    const char *code; /* of the node; "" for the whole */
    bool source;      /* only a point is missing: it goes with the import of points */
    struct err err;
};
/* Tree, weights, scoring, vetoes, and every formula against the points there are. Problems live
 * in a. */
enum rc scheme_check(const struct snap *snap, const struct scheme *s, struct arena *a,
                     struct scheme_problem **ret, size_t *ret_n, struct err *e) MUST_USE;

/* Write a draft: a new one (id 0; ret_version is its number) or a changed one. One record;
 * nodes as given. */
enum rc scheme_write(struct tx *tx, struct county *c, const struct scheme *s, struct id account,
                     const char *by, int *ret_version, struct err *e) MUST_USE;
/* Adopt a draft from a period on. RC_CONFLICT when it is no draft; RC_INVALID when it has
 * problems. */
enum rc scheme_adopt(struct tx *tx, struct county *c, int version, struct period from,
                     struct id account, const char *by, struct err *e) MUST_USE;
enum rc scheme_drop(struct tx *tx, struct county *c, int version, const char *by,
                    struct err *e) MUST_USE;
/* SHA-256 over nodes and configuration: what identifies how something was scored. */
void scheme_digest(const struct scheme *s, uint8_t out[32]);

#endif
