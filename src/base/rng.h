/*
 * Reproducible pseudo-random numbers: xoshiro256** (Blackman and Vigna 2018) seeded by
 * splitmix64. Streams of one seed are independent, so that results do not depend on the number
 * of threads. Not for secrets: use random_bytes.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "base.h"

struct rng {
    uint64_t s[4];
};
void rng_init(struct rng *r, uint64_t seed, uint64_t stream);
uint64_t rng_u64(struct rng *r);
double rng_unit(struct rng *r);                /* uniform in [0, 1), 53 bits */
uint64_t rng_below(struct rng *r, uint64_t n); /* uniform in [0, n), unbiased; n > 0 */
double rng_normal(struct rng *r); /* standard normal, polar method without a spare, so that
                                     streams stay simple */

#endif
