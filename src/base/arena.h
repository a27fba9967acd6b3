/* Memory that belongs to a request, a job or a call, and goes with it. Not for use by two
 * threads at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base.h"

struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *a);   /* takes NULL */
void arena_freep(struct arena **a); /* for CLEANUP */
/* Forget everything allocated, keep the first block for use again. */
void arena_reset(struct arena *a);

/* n zeroed bytes aligned for any type. Never NULL: being out of memory aborts. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull));
/* count * size with overflow check (aborts). */
void *arena_array(struct arena *a, size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));
/* The last allocation p of old_n bytes grown to n in place when possible, else copied. New
 * bytes are zero. */
void *arena_grow(struct arena *a, void *p, size_t old_n, size_t n)
    __attribute__((returns_nonnull));
void *arena_copy(struct arena *a, const void *p, size_t n) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3)
    __attribute__((returns_nonnull));
size_t arena_used(const struct arena *a);

/* malloc, realloc and strdup that abort instead of returning NULL, for what outlives an arena.
 */
void *mem_alloc(size_t n) __attribute__((malloc, returns_nonnull)); /* zeroed */
void *mem_array(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *mem_realloc(void *p, size_t n) __attribute__((returns_nonnull));
char *mem_strdup(const char *s) __attribute__((malloc, returns_nonnull));
void mem_freep(void *pp); /* for CLEANUP on any pointer: frees *pp, sets it to NULL */

#endif
