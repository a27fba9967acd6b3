/*
 * The tree of a scheme: index at the top, aspects and levels under it, indicators as leaves.
 * Built once from a flat list, checked, then read only. Nodes keep the order of the list, so
 * that a column or a weight vector indexed by node needs no mapping.
 */
#ifndef STATS_SCHEME_H
#define STATS_SCHEME_H

#include "base/arena.h"
#include "base/base.h"

#define NODE_NONE SIZE_MAX
enum { SCHEME_NODES_MAX = 100000, SCHEME_LEVELS_MAX = 64 };

/* One line of the scheme as given. parent NULL or "" is the index. Level 1 is an indicator,
 * upwards to the index. */
struct scheme_row {
    const char *code, *name, *parent;
    int level;
    int direction; /* +1 or -1; 0 means +1 (for aggregates it has no effect) */
    double weight; /* > 0; the root's is not looked at */
    double target; /* NaN: none; dist2targ needs it */
};

struct node {
    const char *code, *name;
    size_t parent;          /* NODE_NONE at the root */
    const size_t *children; /* in the order of the list */
    size_t n_children;
    int level;
    int direction; /* +1 or -1 */
    double weight; /* relative to its siblings */
    double target;
    bool leaf; /* an indicator: has a column of values */
};

struct scheme_tree {
    struct node *nodes; /* n of them, in the order of the list */
    size_t n, n_leaves, root;
    int n_levels; /* level of the root */
    const size_t
        *top_first; /* all nodes: level from the top, within a level in the order of the list */
    const size_t *bottom_first; /* all nodes: every child before its parent */
    const size_t *leaves;       /* in the order of the list */
};

/*
 * Check and build. Strings are kept by reference, arrays live in a. RC_INVALID naming the node:
 * no node at all, an empty or repeated code, an unknown parent (orphan), a parent that is an
 * indicator or not above its child, a cycle, none or two roots, a weight that is not a finite
 * number above 0, a direction other than ±1, an aggregate with nothing under it.
 */
enum rc scheme_build(const struct scheme_row *rows, size_t n, struct arena *a,
                     struct scheme_tree *ret, struct err *e) MUST_USE;
/* The node of a code, NODE_NONE when absent. Linear; for many look-ups make a map. */
size_t scheme_find(const struct scheme_tree *t, const char *code);
/*
 * ret[node] = product down the tree of weight / sum of siblings' weights: the share of the
 * index (root: 1). weight is by node; NULL: the nodes' own.
 */
void scheme_effective_weights(const struct scheme_tree *t, const double *weight, double *ret);

#endif
