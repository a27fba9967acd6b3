/*
 * How much the ranks depend on the choices made. Each replication draws from its own random
 * stream and writes to its own place, so that the number of threads changes nothing. A
 * replication whose choices have no meaning together (a geometric mean of z-scores) is left out
 * and counted.
 */
#include "base/rng.h"
#include "describe.h"
#include "evaluate.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 64, ROWS_AT_ONCE = 16 };

const char *factor_name(enum factor f)
{
    static const char *const names[FACTORS] = { "weights", "normalise", "aggregate", "winmax" };
    return f < FACTORS ? names[f] : "";
}

/* Which stream each factor of one replication is drawn from. */
struct recipe {
    uint64_t seed;
    uint64_t stream[FACTORS];
};

struct run {
    const struct prepared *p;
    size_t n; /* evaluations */
    void (*recipe)(const struct run *run, size_t i, struct recipe *ret);
    const int32_t *nominal; /* ranks */
    int32_t *rank;          /* n × n_rows or NULL */
    double *score;
    float *nodes;         /* kept × aggregates × n_rows, as bottom_first has them; or NULL */
    size_t n_nodes, kept; /* aggregates; replications whose nodes are kept */
    double *shift;        /* n: mean absolute change of rank; or NULL */
    bool *ok;             /* n */
    struct fault *fault;  /* n */
    size_t samples;       /* of the Sobol design */
    const enum factor *factors;
};

/* ---- drawing ---- */

static size_t pick(const struct recipe *r, enum factor f, size_t n)
{
    if (n == 0)
        return 0;
    struct rng g;
    rng_init(&g, r->seed, r->stream[f] * FACTORS + f);
    return (size_t)rng_below(&g, n);
}

static void noisy_weights(const struct prepared *p, const struct recipe *r, double *w)
{
    double a = p->c->uncertainty.weight_noise;
    struct rng g;
    rng_init(&g, r->seed, r->stream[FACTOR_WEIGHTS] * FACTORS + FACTOR_WEIGHTS);
    for (size_t i = 0; i < p->t->n; i++)
        w[i] = p->weight[i] * (1 + a * (2 * rng_unit(&g) - 1));
    for (size_t i = 0; i < p->t->n; i++) {
        const struct node *d = &p->t->nodes[i];
        double sum = 0;
        for (size_t c = 0; c < d->n_children; c++)
            sum += w[d->children[c]];
        for (size_t c = 0; c < d->n_children; c++)
            w[d->children[c]] /= sum;
    }
}

static void draw(const struct prepared *p, const struct recipe *r, double *weight,
                 struct draw *ret)
{
    const struct uncertainty *u = &p->c->uncertainty;
    noisy_weights(p, r, weight);
    *ret = (struct draw){ .weight = weight, .winmax = p->c->treat_limits.winmax };
    if (u->n_normalise > 0) {
        ret->normalise_drawn = true;
        ret->normalise = u->normalise[pick(r, FACTOR_NORMALISE, u->n_normalise)];
    }
    if (u->n_aggregate > 0) {
        ret->aggregate_drawn = true;
        ret->aggregate = u->aggregate[pick(r, FACTOR_AGGREGATE, u->n_aggregate)];
    }
    if (u->n_winmax > 0)
        ret->winmax = u->winmax[pick(r, FACTOR_WINMAX, u->n_winmax)];
}

/* ---- running ---- */

struct worker {
    const struct run *run;
    size_t from, to;
    pthread_t thread;
};

static struct workspace *workspace_new(const struct prepared *p)
{
    struct workspace *w = mem_alloc(sizeof(*w));
    size_t n = p->t->n;
    w->score = mem_array(n, sizeof(*w->score));
    w->x = mem_array(p->fan_out, sizeof(*w->x));
    w->w = mem_array(p->fan_out, sizeof(*w->w));
    w->summed = mem_array(p->fan_out, sizeof(*w->summed));
    w->temp = mem_array(p->fan_out * p->n_rows, sizeof(double));
    double *cols = mem_array((n - p->t->n_leaves) * p->n_rows, sizeof(double));
    for (size_t k = p->t->n;
         k-- > 0;) { /* the root is first: its column is the block's start */
        size_t i = p->t->bottom_first[k];
        if (p->t->nodes[i].leaf)
            continue;
        w->score[i] = cols;
        cols += p->n_rows;
    }
    return w;
}

static void workspace_free(const struct prepared *p, struct workspace *w)
{
    free(w->score[p->t->bottom_first[p->t->n - 1]]);
    free(w->score);
    free(w->x);
    free(w->w);
    free(w->summed);
    free(w->temp);
    free(w);
}

static double mean_shift(const int32_t *rank, const int32_t *nominal, size_t n)
{
    double sum = 0;
    size_t c = 0;
    for (size_t i = 0; i < n; i++)
        if (rank[i] > 0 && nominal[i] > 0) {
            sum += abs(rank[i] - nominal[i]);
            c++;
        }
    return c == 0 ? NAN : sum / (double)c;
}

/* Scores of all aggregates of a replication, narrowed: quantiles of them are for people. */
static void keep_nodes(const struct run *run, size_t i, const struct workspace *w)
{
    const struct prepared *p = run->p;
    float *to = run->nodes + i * run->n_nodes * p->n_rows;
    for (size_t k = 0; k < p->t->n; k++) {
        size_t node = p->t->bottom_first[k];
        if (p->t->nodes[node].leaf)
            continue;
        for (size_t row = 0; row < p->n_rows; row++)
            *to++ = (float)w->score[node][row];
    }
}

static void *work(void *arg)
{
    struct worker *me = arg;
    const struct run *run = me->run;
    const struct prepared *p = run->p;
    size_t n = p->n_rows;
    struct workspace *w = workspace_new(p);
    double *weight = mem_array(p->t->n, sizeof(*weight));
    int32_t *own_rank = mem_array(n, sizeof(*own_rank));
    for (size_t i = me->from; i < me->to; i++) {
        struct recipe r;
        struct draw d;
        run->recipe(run, i, &r);
        draw(p, &r, weight, &d);
        run->ok[i] = evaluate(p, &d, w, &run->fault[i]);
        if (!run->ok[i])
            continue;
        const double *score = w->score[p->t->root];
        int32_t *rank = run->rank != NULL ? run->rank + i * n : own_rank;
        col_rank_best(score, n, rank);
        if (run->score != NULL)
            memcpy(run->score + i * n, score, n * sizeof(*score));
        if (run->shift != NULL)
            run->shift[i] = mean_shift(rank, run->nominal, n);
        if (i < run->kept)
            keep_nodes(run, i, w);
    }
    free(own_rank);
    free(weight);
    workspace_free(p, w);
    return NULL;
}

static void run_all(const struct run *run)
{
    size_t threads = run->p->c->threads < 1 ? 1 : (size_t)run->p->c->threads;
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    threads = threads > run->n ? (run->n == 0 ? 1 : run->n) : threads;
    struct worker w[THREADS_MAX];
    bool started[THREADS_MAX] = { false };
    for (size_t k = 0; k < threads; k++) {
        w[k] = (struct worker){ .run = run,
                                .from = run->n * k / threads,
                                .to = run->n * (k + 1) / threads };
        if (k > 0)
            started[k] = pthread_create(&w[k].thread, NULL, work, &w[k]) == 0;
    }
    for (size_t k = 0; k < threads; k++)
        if (!started[k])
            (void)work(&w[k]); /* always NULL */
    for (size_t k = 0; k < threads; k++)
        if (started[k])
            (void)pthread_join(w[k].thread, NULL);
}

static void count_left_out(struct prepared *p, const struct run *run, size_t *ret_kept,
                           size_t *ret_first)
{
    *ret_kept = 0;
    *ret_first = SIZE_MAX;
    for (size_t i = 0; i < run->n; i++) {
        *ret_kept += run->ok[i];
        if (!run->ok[i] && *ret_first == SIZE_MAX)
            *ret_first = i;
    }
    if (*ret_first == SIZE_MAX)
        return;
    const struct fault *f = &run->fault[*ret_first];
    warn_add(&p->warnings, WARN_REPLICATIONS_LEFT_OUT,
             f->node == NODE_NONE ? f->parent : f->node, p->unit[f->row], run->n - *ret_kept);
}

/* ---- intervals ---- */

static void interval_of(double *rank, double *score, size_t n, struct interval *ret)
{
    static const double p[] = { 0.05, 0.5, 0.95 };
    double q[3];
    ret->rank_mean = col_mean(rank, n);
    col_quantiles(rank, n, p, 3, q);
    ret->rank_q05 = q[0];
    ret->rank_median = q[1];
    ret->rank_q95 = q[2];
    ret->score_mean = col_mean(score, n);
    col_quantiles(score, n, p, 3, q);
    ret->score_q05 = q[0];
    ret->score_q95 = q[2];
}

static void intervals(const struct engine_result *r, const int32_t *nominal,
                      struct interval *ret)
{
    size_t s = r->n_samples;
    double *rank = mem_array(ROWS_AT_ONCE * s + 1, sizeof(*rank));
    double *score = mem_array(ROWS_AT_ONCE * s + 1, sizeof(*score));
    for (size_t from = 0; from < r->n_rows; from += ROWS_AT_ONCE) {
        size_t m = r->n_rows - from < ROWS_AT_ONCE ? r->n_rows - from : ROWS_AT_ONCE;
        for (size_t i = 0; i < s; i++)
            for (size_t k = 0; k < m; k++) {
                int32_t v = r->rank_samples[i * r->n_rows + from + k];
                rank[k * s + i] = v > 0 ? v : NAN;
                score[k * s + i] = r->score_samples[i * r->n_rows + from + k];
            }
        for (size_t k = 0; k < m; k++) {
            ret[from + k].nominal = nominal[from + k];
            interval_of(rank + k * s, score + k * s, s, &ret[from + k]);
        }
    }
    free(rank);
    free(score);
}

/* Quantiles of each aggregate's score over the replications that were kept and had a meaning.
 */
static void node_intervals(const struct run *run, struct arena *a, struct engine_result *ret)
{
    static const double p[] = { 0.05, 0.95 };
    const struct scheme_tree *t = run->p->t;
    size_t n = run->p->n_rows, slot = 0;
    double *x = mem_array(run->kept, sizeof(*x)), q[2];
    ret->node_lo = arena_array(a, t->n, sizeof(*ret->node_lo));
    ret->node_hi = arena_array(a, t->n, sizeof(*ret->node_hi));
    for (size_t k = 0; k < t->n; k++) {
        size_t node = t->bottom_first[k];
        if (t->nodes[node].leaf)
            continue;
        double *lo = ret->node_lo[node] = arena_array(a, n, sizeof(*lo));
        double *hi = ret->node_hi[node] = arena_array(a, n, sizeof(*hi));
        for (size_t row = 0; row < n; row++) {
            size_t m = 0;
            for (size_t i = 0; i < run->kept; i++)
                if (run->ok[i])
                    x[m++] = (double)run->nodes[(i * run->n_nodes + slot) * n + row];
            col_quantiles(x, m, p, 2, q);
            lo[row] = q[0];
            hi[row] = q[1];
        }
        slot++;
    }
    free(x);
}

/* How many replications' nodes fit; 0: too few to say anything. */
static size_t nodes_kept(const struct prepared *p, size_t n_nodes, size_t reps)
{
    size_t each = n_nodes * p->n_rows, fit = each ? NODE_SAMPLES_MAX / each : 0;
    if (!p->c->node_intervals)
        return 0;
    return reps <= fit ? reps : fit < NODE_SAMPLES_MIN ? 0 : fit;
}

static void recipe_plain(const struct run *run, size_t i, struct recipe *ret)
{
    ret->seed = run->p->c->uncertainty.seed;
    for (size_t f = 0; f < FACTORS; f++)
        ret->stream[f] = i;
}

static enum rc uncertainty(struct prepared *p, struct arena *a, struct engine_result *ret,
                           struct err *e)
{
    size_t n = p->n_rows, reps = p->c->uncertainty.replications;
    struct run run = { .p = p,
                       .n = reps,
                       .recipe = recipe_plain,
                       .rank = arena_array(a, reps * n, sizeof(*run.rank)),
                       .score = arena_array(a, reps * n, sizeof(*run.score)),
                       .ok = arena_array(a, reps, sizeof(*run.ok)),
                       .fault = arena_array(a, reps, sizeof(*run.fault)),
                       .n_nodes = p->t->n - p->t->n_leaves };
    run.kept = nodes_kept(p, run.n_nodes, reps);
    CLEANUP(mem_freep)
    float *nodes = run.kept ? mem_array(run.kept * run.n_nodes * n, sizeof(*nodes)) : NULL;
    run.nodes = nodes;
    run_all(&run);
    size_t kept, first;
    count_left_out(p, &run, &kept, &first);
    if (kept == 0)
        return fault_error(p, &run.fault[first], e);
    if (run.kept)
        node_intervals(&run, a, ret);
    for (size_t i = 0, to = 0; i < reps; i++) {
        if (!run.ok[i])
            continue;
        if (to != i) {
            memcpy(run.rank + to * n, run.rank + i * n, n * sizeof(*run.rank));
            memcpy(run.score + to * n, run.score + i * n, n * sizeof(*run.score));
        }
        to++;
    }
    ret->rank_samples = run.rank;
    ret->score_samples = run.score;
    ret->n_samples = kept;
    struct interval *v = arena_array(a, n, sizeof(*v));
    intervals(ret, ret->rank[p->t->root], v);
    ret->intervals = v;
    return RC_OK;
}

/* ---- sensitivity: the design of Saltelli and others (2010) with Jansen's total effect ---- */

/* Evaluations: A (N), B (N), then for each factor A with that factor taken from B (N each). */
static void recipe_sobol(const struct run *run, size_t i, struct recipe *ret)
{
    size_t block = i / run->samples, row = i % run->samples;
    ret->seed = run->p->c->sensitivity.seed;
    for (size_t f = 0; f < FACTORS; f++)
        ret->stream[f] = 2 * row + (block == 1);
    if (block >= 2)
        ret->stream[run->factors[block - 2]] = 2 * row + 1;
}

static double variance(const double *y, size_t n)
{
    double sd = col_sd(y, n);
    return sd * sd;
}

static struct sobol sobol_of(enum factor f, const double *ya, const double *yb,
                             const double *yab, size_t n, double v)
{
    double first = 0, total = 0;
    size_t c = 0;
    for (size_t i = 0; i < n; i++) {
        double s = yb[i] * (yab[i] - ya[i]), t = (ya[i] - yab[i]) * (ya[i] - yab[i]);
        if (s != s)
            continue;
        first += s;
        total += t;
        c++;
    }
    double m = (double)c;
    return (struct sobol){ .factor = f,
                           .si = v > 0 && c > 0 ? first / m / v : NAN,
                           .sti = v > 0 && c > 0 ? total / (2 * m * v) : NAN };
}

static size_t factors_of(const struct engine_config *c, enum factor ret[FACTORS])
{
    const struct uncertainty *u = &c->uncertainty;
    size_t n = 0;
    if (u->weight_noise > 0)
        ret[n++] = FACTOR_WEIGHTS;
    if (u->n_normalise > 1)
        ret[n++] = FACTOR_NORMALISE;
    if (u->n_aggregate > 1)
        ret[n++] = FACTOR_AGGREGATE;
    if (u->n_winmax > 1 && c->treat)
        ret[n++] = FACTOR_WINMAX;
    return n;
}

static enum rc sensitivity(struct prepared *p, struct arena *a, struct engine_result *ret,
                           struct err *e)
{
    enum factor factors[FACTORS];
    size_t d = factors_of(p->c, factors), samples = p->c->sensitivity.samples,
           n = samples * (d + 2);
    struct run run = { .p = p,
                       .n = n,
                       .recipe = recipe_sobol,
                       .nominal = ret->rank[p->t->root],
                       .shift = arena_array(a, n, sizeof(*run.shift)),
                       .ok = arena_array(a, n, sizeof(*run.ok)),
                       .fault = arena_array(a, n, sizeof(*run.fault)),
                       .samples = samples,
                       .factors = factors };
    run_all(&run);
    size_t kept, first;
    count_left_out(p, &run, &kept, &first);
    if (kept == 0)
        return fault_error(p, &run.fault[first], e);
    for (size_t i = 0; i < n; i++)
        if (!run.ok[i])
            run.shift[i] = NAN;
    double v = variance(run.shift, 2 * samples);
    struct sobol *s = arena_array(a, d, sizeof(*s));
    for (size_t f = 0; f < d; f++)
        s[f] = sobol_of(factors[f], run.shift, run.shift + samples,
                        run.shift + (2 + f) * samples, samples, v);
    ret->sobol = s;
    ret->n_sobol = d;
    return RC_OK;
}

enum rc uncertain_run(struct prepared *p, struct arena *a, struct engine_result *ret,
                      struct err *e)
{
    enum rc rc = RC_OK;
    if (p->c->uncertainty.replications > 0)
        rc = uncertainty(p, a, ret, e);
    if (rc == RC_OK && p->c->sensitivity.samples > 0)
        rc = sensitivity(p, a, ret, e);
    return rc;
}
