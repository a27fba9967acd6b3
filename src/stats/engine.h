/*
 * From a matrix to scores: denominate → impute → screen → treat → normalise → aggregate → rank,
 * in this order, with vetoes, and the uncertainty and sensitivity of the ranks. Pure: matrix
 * in, results out. The command `score` and the county use the same calls. Missing is NaN
 * everywhere. The result depends on the input only: not on the number of threads, the compiler
 * or the machine's vector width.
 *
 *   struct engine_config c = engine_config_default();
 *   rc = engine_run(&in, &c, arena, &result, e);
 */
#ifndef STATS_ENGINE_H
#define STATS_ENGINE_H

#include "aggregate.h"
#include "normalise.h"
#include "scheme.h"
#include "treat.h"

/* An indicator whose raw value caps an aggregate (一票否决). */
enum cmp { CMP_LT, CMP_LE, CMP_EQ, CMP_NE, CMP_GE, CMP_GT };
struct veto {
    size_t node; /* the indicator looked at: its value as given, before any step; missing never
                    triggers */
    enum cmp cmp;
    double limit;
    size_t target; /* the aggregate that is capped; NODE_NONE: the indicator's parent */
    double cap;
    const char *reason; /* for the report; may be NULL */
};

struct engine_input {
    const struct scheme_tree *tree;
    size_t n_units;
    const char *const *unit_codes; /* n_units; for messages and dist2ref */
    const double *const
        *values; /* by node: n_units values for a leaf; not looked at for aggregates */
    const double *const
        *denominators; /* by node: n_units values or NULL; the array may be NULL */
    const double *denominator_scale; /* by node: x / (d / scale); NULL: all 1 */
    const int32_t
        *group; /* by unit, 0..n_groups-1, negative: none; for group imputation, may be NULL */
    size_t n_groups;
    const struct veto *vetoes;
    size_t n_vetoes;
};

enum impute_method {
    IMPUTE_NONE,
    IMPUTE_MEAN,
    IMPUTE_MEDIAN,
    IMPUTE_GROUP_MEAN,
    IMPUTE_GROUP_MEDIAN
};
enum screen_method { SCREEN_NONE, SCREEN_BY_NA };
enum weight_method { WEIGHT_META, WEIGHT_EQUAL };

/* An indicator with its own normaliser. */
struct norm_override {
    size_t node;
    struct norm norm;
    bool own_method; /* false: only parameters are overridden, and a drawn method applies here
                        too */
};
/* A level (of the parent: 2 is what is made from indicators) with its own aggregation. */
struct agg_override {
    int level;
    struct agg agg;
    bool own_method; /* as in norm_override */
};

/* What uncertainty draws from, each entry with the same chance. An empty list: what the
 * configuration says. */
struct uncertainty {
    size_t replications; /* 0: do not run */
    uint64_t seed;
    double weight_noise; /* a: each weight times U(1-a, 1+a), renormalised per parent; 0 <= a <
                            1 */
    const enum norm_method *normalise;
    size_t n_normalise;
    const enum agg_method *aggregate;
    size_t n_aggregate;
    const int *winmax; /* in effect when treatment runs */
    size_t n_winmax;
};
struct sensitivity {
    size_t samples; /* N of the N(d+2) design; 0: do not run */
    uint64_t seed;
};

struct engine_config {
    bool denominate;
    enum impute_method impute;
    enum screen_method screen;
    double screen_threshold; /* a unit with present / indicators below it is left out */
    bool treat;
    struct treat treat_limits;
    struct norm normalise;
    const struct norm_override *per;
    size_t n_per;
    struct agg aggregate;
    const struct agg_override *per_level;
    size_t n_per_level;
    enum weight_method weights;
    struct uncertainty uncertainty;
    struct sensitivity sensitivity;
    int threads;         /* for uncertainty and sensitivity; 0 or 1: the calling thread only */
    bool rank_all;       /* rank every node, not only the root */
    bool node_intervals; /* with uncertainty: the score's interval of every aggregate too */
    bool drop_steps;     /* big matrices: do not keep treated and normalised columns */
};
/* Nothing but minmax 0..100 and the arithmetic mean with the scheme's weights. */
struct engine_config engine_config_default(void);
enum {
    REPLICATIONS_MAX = 1000000,
    SAMPLES_MAX = 100000000, /* of one run; and times units kept */
    /* Units × aggregates × replications kept for node_intervals: of a bigger result fewer
     * replications are looked at, and below NODE_SAMPLES_MIN of them none. */
    NODE_SAMPLES_MAX = 20000000,
    NODE_SAMPLES_MIN = 200
};

enum engine_warning_kind {
    WARN_CONSTANT,    /* node: all its values are equal: no score */
    WARN_ALL_MISSING, /* node: no value at all */
    WARN_NO_REF,      /* node: its reference, target or maximum leaves nothing to divide by */
    WARN_DENOMINATOR_ZERO,      /* node, unit: value lost because its denominator is zero */
    WARN_GROUP_MISSING,         /* node: a group without any value could not be imputed */
    WARN_UNIT_MISSING,          /* unit: no value at all */
    WARN_REPLICATIONS_LEFT_OUT, /* count replications had no meaning (first: node, unit) */
};
struct engine_warning {
    enum engine_warning_kind kind;
    size_t node,
        unit; /* NODE_NONE / SIZE_MAX when it has none; unit counts the rows of the input */
    size_t count;
};
/* The warning as text for people (Chinese source with the names filled in as *e's message; code
 * RC_OK). */
void engine_warning_text(const struct engine_input *in, const struct engine_warning *w,
                         struct err *e);

struct veto_hit {
    size_t veto;   /* index into in->vetoes */
    size_t row;    /* of the result */
    double before; /* what the target would have been; > cap */
};

/* Per row of the result. All NaN / 0 when uncertainty did not run or the unit has no score. */
struct interval {
    int32_t nominal; /* rank */
    double rank_mean, rank_median, rank_q05, rank_q95;
    double score_mean, score_q05, score_q95;
};
enum factor { FACTOR_WEIGHTS, FACTOR_NORMALISE, FACTOR_AGGREGATE, FACTOR_WINMAX, FACTORS };
const char *factor_name(enum factor f); /* "weights" … */
struct sobol {
    enum factor factor;
    double si, sti;
};

struct engine_result {
    size_t n_rows;      /* units that passed the screen, in input order */
    const size_t *unit; /* row → unit of the input */
    /* Columns by node, n_rows values each; NULL for what does not exist (treated of an
     * aggregate, dropped steps). */
    double **treated; /* NULL when treat did not run */
    double **score;   /* every node; for an indicator the normalised value */
    int32_t **rank; /* by node; NULL but for the root unless rank_all; 0 = none; 1 = best, ties
                       get the least */
    const struct treatment *treatment; /* by node (leaves), NULL when treat did not run */
    const double *weight;              /* by node, as used */
    const double *effective_weight;    /* by node */
    const struct veto_hit *veto_hits;
    size_t n_veto_hits;
    const struct engine_warning *warnings;
    size_t n_warnings;
    const struct interval *intervals; /* by row; NULL when not run */
    /* Replications kept, each n_rows values: [sample * n_rows + row]. Rank 0 and score NaN:
     * none. NULL when not run. */
    const int32_t *rank_samples;
    const double *score_samples;
    size_t n_samples;
    /* By node, n_rows values each: 5 % and 95 % quantiles of the score of an aggregate over the
     * replications; NULL for an indicator. NULL unless node_intervals, or when the result is
     * too big for it (NODE_SAMPLES_MAX). */
    double **node_lo, **node_hi;
    const struct sobol *sobol; /* factors that vary */
    size_t n_sobol;
};

/*
 * The whole way. Arrays of the result live in a; strings refer to the input. RC_INVALID when
 * the configuration does not fit the input (unknown reference unit, missing target, parameters)
 * or what is asked has no meaning (geometric mean of a value <= 0, harmonic mean of 0: names
 * the node and the unit); RC_TOOBIG for Copeland beyond COPELAND_UNITS_MAX.
 */
enum rc engine_run(const struct engine_input *in, const struct engine_config *c,
                   struct arena *a, struct engine_result *ret, struct err *e) MUST_USE;

#endif
