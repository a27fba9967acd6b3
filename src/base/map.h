/* A hash map from text to a pointer, in an arena. Keys are copied. No removal. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "arena.h"

struct map;
struct map *map_new(struct arena *a);
void *map_get(const struct map *m, const char *key); /* NULL when absent */
bool map_has(const struct map *m, const char *key);
/* Returns false and changes nothing when the key is there. */
bool map_add(struct map *m, const char *key, void *value);
void map_set(struct map *m, const char *key, void *value);
size_t map_count(const struct map *m);
/* All keys in byte order, in a; the keys themselves live as long as the map. */
const char **map_keys(const struct map *m, struct arena *a, size_t *ret_n);
/* Indexes as values: map_index gives -1 when absent. */
bool map_add_index(struct map *m, const char *key, size_t index);
ptrdiff_t map_index(const struct map *m, const char *key);

#endif
