/*
 * The inside of the engine, shared by engine.c and uncertain.c and nobody else: what is
 * prepared once, and one evaluation of treat, normalise, aggregate over it.
 */
#ifndef STATS_EVALUATE_H
#define STATS_EVALUATE_H

#include "engine.h"

struct warnings {
    struct engine_warning *v;
    size_t n, cap;
    struct arena *a;
};
void warn_add(struct warnings *w, enum engine_warning_kind kind, size_t node, size_t unit,
              size_t count);

/* Everything that does not change between replications. */
struct prepared {
    const struct engine_input *in;
    const struct engine_config *c;
    const struct scheme_tree *t;
    size_t n_rows;
    const size_t *unit; /* row → unit */
    const double **col; /* by leaf: after denominate, impute, screen */
    struct norm *norm;  /* by leaf */
    bool *norm_own;     /* by leaf: a drawn method does not apply */
    size_t *i_ref;      /* by leaf: row of the reference unit */
    struct agg *agg;    /* by aggregate */
    bool *agg_own;
    double *weight; /* by node */
    size_t fan_out; /* most children of a node */
    struct warnings warnings;
};
enum rc prepare(const struct engine_input *in, const struct engine_config *c, struct arena *a,
                struct prepared *ret, struct err *e) MUST_USE;

/* What one evaluation takes differently. */
struct draw {
    bool normalise_drawn, aggregate_drawn;
    enum norm_method normalise;
    enum agg_method aggregate;
    int winmax;
    const double *weight; /* by node */
};

struct workspace {
    double **score;              /* by node; leaves NULL when temp is used */
    double **treated;            /* by leaf; NULL: treat in the score column */
    struct treatment *treatment; /* by node or NULL */
    enum norm_state *state;      /* by node */
    double *temp; /* NULL: score has columns for leaves; else fan_out columns for the leaves of
                     one parent */
    const double **x;      /* fan_out */
    double *w;             /* fan_out */
    bool *summed;          /* fan_out */
    struct veto_hit *hits; /* NULL: do not record */
    size_t n_hits, cap_hits;
    struct arena *a; /* for hits */
};

/* A value without meaning for the aggregation. */
struct fault {
    size_t node; /* the child; NODE_NONE: the children's sum under parent */
    size_t parent, row;
    enum agg_method method;
    double value;
};
/* false: *f says why; what is in the workspace is then undefined. */
bool evaluate(const struct prepared *p, const struct draw *d, struct workspace *w,
              struct fault *f) MUST_USE;
enum rc fault_error(const struct prepared *p, const struct fault *f, struct err *e);

/* Uncertainty and sensitivity into *ret, whose nominal columns are there already. */
enum rc uncertain_run(struct prepared *p, struct arena *a, struct engine_result *ret,
                      struct err *e) MUST_USE;

#endif
