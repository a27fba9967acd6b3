/*
 * Rate limits: a token bucket per (limit, key) in a table of fixed size. A set of eight slots
 * per hash; when all are taken, the one longest unused goes: an attacker with many addresses
 * can make us forget, never make us grow.
 */
#include "base/hash.h"
#include "web/private.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 2048, WAYS = 8 };

struct slot {
    uint64_t key;
    int64_t at_us;
    double tokens;
};
struct limiter {
    pthread_mutex_t lock;
    struct web_limit *limits;
    size_t n;
    uint64_t seed[2]; /* so that collisions cannot be chosen */
    struct slot slots[SETS][WAYS];
};

struct limiter *limiter_new(const struct web_limit *limits, size_t n)
{
    struct limiter *l = mem_alloc(sizeof(*l));
    pthread_mutex_init(&l->lock, NULL);
    l->limits = mem_array(n, sizeof(*limits));
    memcpy(l->limits, limits, n * sizeof(*limits));
    l->n = n;
    random_bytes(l->seed, sizeof(l->seed));
    return l;
}

void limiter_free(struct limiter *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l->limits);
    free(l);
}

ptrdiff_t limiter_find(const struct limiter *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->limits[i].name, name))
            return (ptrdiff_t)i;
    return -1;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static uint64_t key_hash(const struct limiter *l, size_t which, const char *key)
{
    uint64_t h = mix(l->seed[0], which + 1);
    for (; *key; key++)
        h = mix(h ^ l->seed[1], (unsigned char)*key);
    return h ? h : 1;
}

bool limiter_take(struct limiter *l, size_t which, const char *key, int64_t now_us,
                  int64_t *ret_wait_s)
{
    const struct web_limit *lim = &l->limits[which];
    uint64_t h = key_hash(l, which, key);
    pthread_mutex_lock(&l->lock);
    struct slot *set = l->slots[h % SETS], *s = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == h) {
            s = &set[i];
            break;
        }
        if (set[i].at_us < s->at_us)
            s = &set[i];
    }
    if (s->key != h)
        *s = (struct slot){ .key = h, .at_us = now_us, .tokens = lim->burst };
    double gained = (double)(now_us - s->at_us) * lim->per_minute / 60e6;
    s->tokens = fmin(lim->burst, s->tokens + fmax(0, gained));
    s->at_us = now_us;
    bool ok = s->tokens >= 1;
    if (ok)
        s->tokens -= 1;
    else if (ret_wait_s)
        *ret_wait_s =
            (int64_t)ceil(fmin(3600, fmax(1, (1 - s->tokens) * 60 / lim->per_minute)));
    pthread_mutex_unlock(&l->lock);
    return ok;
}
