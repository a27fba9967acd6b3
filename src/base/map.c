/* Open addressing with linear probing, FNV-1a with a per-process seed, at most 70% full. */
#include "base/map.h"

#include "base/hash.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

struct map {
    struct arena *a;
    size_t n, cap; /* cap is a power of two */
    uint64_t seed;
    struct entry {
        char *key;
        uint64_t hash;
        void *value;
    } * entries;
};

struct map *map_new(struct arena *a)
{
    struct map *m = arena_alloc(a, sizeof(*m));
    m->a = a;
    m->cap = 16;
    /* Keys come from outside: an unknown seed keeps anybody from choosing keys that collide. */
    random_bytes(&m->seed, sizeof(m->seed));
    m->entries = arena_array(a, m->cap, sizeof(*m->entries));
    return m;
}

static uint64_t hash_of(const struct map *m, const char *key)
{
    uint64_t h = 0xcbf29ce484222325u ^ m->seed;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 0x100000001b3u;
    return h ^ h >> 32;
}

static struct entry *slot(const struct map *m, const char *key, uint64_t hash)
{
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct entry *e = &m->entries[i];
        if (!e->key || (e->hash == hash && strcmp(e->key, key) == 0))
            return e;
    }
}

static void grow(struct map *m)
{
    struct entry *old = m->entries;
    size_t cap = m->cap;
    m->cap *= 2;
    m->entries = arena_array(m->a, m->cap, sizeof(*m->entries));
    for (size_t i = 0; i < cap; i++)
        if (old[i].key)
            *slot(m, old[i].key, old[i].hash) = old[i];
}

static bool put(struct map *m, const char *key, void *value, bool replace)
{
    uint64_t hash = hash_of(m, key);
    struct entry *e = slot(m, key, hash);
    if (e->key) {
        if (replace)
            e->value = value;
        return false;
    }
    *e = (struct entry){ .key = arena_strdup(m->a, key), .hash = hash, .value = value };
    if (++m->n * 10 > m->cap * 7)
        grow(m);
    return true;
}

void *map_get(const struct map *m, const char *key)
{
    return slot(m, key, hash_of(m, key))->value;
}

bool map_has(const struct map *m, const char *key)
{
    return slot(m, key, hash_of(m, key))->key != NULL;
}

bool map_add(struct map *m, const char *key, void *value)
{
    return put(m, key, value, false);
}

void map_set(struct map *m, const char *key, void *value)
{
    put(m, key, value, true);
}

size_t map_count(const struct map *m)
{
    return m->n;
}

bool map_add_index(struct map *m, const char *key, size_t index)
{
    return put(m, key, (void *)(index + 1), false);
}

ptrdiff_t map_index(const struct map *m, const char *key)
{
    return (ptrdiff_t)map_get(m, key) - 1;
}

const char **map_keys(const struct map *m, struct arena *a, size_t *ret_n)
{
    const char **keys = arena_array(a, m->n, sizeof(*keys));
    size_t n = 0;
    for (size_t i = 0; i < m->cap; i++)
        if (m->entries[i].key)
            keys[n++] = m->entries[i].key;
    qsort(keys, n, sizeof(keys[0]), text_cmp);
    *ret_n = n;
    return keys;
}
