/* Splitting a change. */
#include "base/rng.h"
#include "base/test.h"
#include "stats/decompose.h"

#include <math.h>

/* v(S) = Σ linear over S + one interaction of factors 0 and 1. */
struct game {
    double base, linear[5], pair01;
    int calls;
};

static enum rc play(void *arg, unsigned now, double *ret, struct err *e)
{
    struct game *g = arg;
    g->calls++;
    *ret = g->base;
    for (int f = 0; f < 5; f++)
        if (now >> f & 1)
            *ret += g->linear[f];
    if ((now & 3) == 3)
        *ret += g->pair01;
    return RC_OK;
}

static void splits_fairly(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct game g = { 70, { 1, -2, 0.5, 0, 4 }, 3, 0 };
    double p[5], change;
    CHECK_OK(decompose(play, &g, 5, p, &change, &e));
    CHECK_INT(g.calls, 32);
    static const double want[] = { 1 + 1.5, -2 + 1.5, 0.5, 0, 4 };
    for (int f = 0; f < 5; f++)
        CHECK_REAL(p[f], want[f], 1e-13);
    CHECK_REAL(change, 6.5, 0);
}

static void adds_up_exactly(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct rng r;
    rng_init(&r, 2, 0);
    for (int k = 0; k < 2000; k++) {
        struct game g = { 100 * rng_unit(&r), { 0 }, k % 3 == 0 ? 0 : rng_normal(&r), 0 };
        for (int f = 0; f < 5; f++)
            g.linear[f] = f == (k + 2) % 5 || (k % 3 == 0 && f != k % 5)
                              ? 0
                              : rng_normal(&r) * (f == k % 5 ? 10 : 0.01);
        double p[5], change, sum = 0, shown[5];
        CHECK_OK(decompose(play, &g, 5, p, &change, &e));
        for (int f = 0; f < 5; f++)
            sum += p[f];
        CHECK(sum == change);
        for (int f = 0; f < 5; f++)
            CHECK(g.linear[f] != 0 || (g.pair01 != 0 && f < 2) ||
                  p[f] == 0); /* no part by rounding */
        decompose_round(p, 5, change, 1, shown);
        int64_t tenths = 0;
        for (int f = 0; f < 5; f++) {
            tenths += (int64_t)nearbyint(shown[f] * 10);
            CHECK(fabs(shown[f] - p[f]) < 0.21);
        }
        CHECK_INT(tenths, (int64_t)nearbyint(change * 10));
    }
}

static enum rc broken(void *arg, unsigned now, double *ret, struct err *e)
{
    if (arg != NULL)
        return err_set(e, RC_IO, N_("读写失败"));
    *ret = now == 3 ? NAN : 1;
    return RC_OK;
}

static void refuses_missing_scores(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    double p[5], change;
    CHECK_INT(decompose(broken, NULL, 2, p, &change, &e), RC_INVALID);
    CHECK_INT(decompose(broken, &p, 2, p, &change, &e), RC_IO);
    CHECK_INT(decompose(broken, NULL, 0, p, &change, &e), RC_INVALID);
}

static void mixes_values_of_two_periods(void)
{
    unsigned own = 1u << CHANGE_OWN, missing = 1u << CHANGE_MISSING;
    CHECK_REAL(decompose_value(3, 5, 0), 3, 0);
    CHECK_REAL(decompose_value(3, 5, own), 5, 0);
    CHECK_REAL(decompose_value(3, 5, missing), 3, 0);
    CHECK_REAL(decompose_value(3, NAN, own), 3, 0);
    CHECK(isnan(decompose_value(3, NAN, missing)));
    CHECK(isnan(decompose_value(NAN, 5, own)));
    CHECK_REAL(decompose_value(NAN, 5, missing), 5, 0);
    CHECK_REAL(decompose_value(NAN, 5, missing | own), 5, 0);
}

T_MAIN({ "an interaction is shared by the factors that make it", splits_fairly },
       { "parts add up exactly, and so do rounded parts", adds_up_exactly },
       { "a missing score or an error stops the split", refuses_missing_scores },
       { "a value exists or not by the missing factor, and is by the own one",
         mixes_values_of_two_periods })
