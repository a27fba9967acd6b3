/*
 * Arenas: a chain of blocks, each twice the size of the last up to a bound; large allocations
 * get a block of their own. Zeroed on allocation. Nothing is freed singly.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 4096, BLOCK_MAX = 1 << 20, ALIGN = 16 };

struct block {
    struct block *next;
    size_t cap, used;
    _Alignas(ALIGN) unsigned char bytes[];
};

struct arena {
    struct block *head; /* the block being filled; older ones follow */
    size_t total;
};

static _Noreturn void out_of_memory(void)
{
    fputs("out of memory\n", stderr);
    abort();
}

void *mem_alloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *mem_array(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *mem_realloc(void *p, size_t n)
{
    p = realloc(p, n ? n : 1);
    if (!p)
        out_of_memory();
    return p;
}

char *mem_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(mem_alloc(n), s, n);
}

void mem_freep(void *pp)
{
    void **p = pp;
    free(*p);
    *p = NULL;
}

static struct block *block_new(size_t cap)
{
    struct block *b = malloc(sizeof(*b) + cap);
    if (!b)
        out_of_memory();
    b->next = NULL;
    b->cap = cap;
    b->used = 0;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = mem_alloc(sizeof(*a));
    a->head = block_new(BLOCK_FIRST);
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct block *b = a->head, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void arena_freep(struct arena **a)
{
    arena_free(*a);
    *a = NULL;
}

void arena_reset(struct arena *a)
{
    struct block *keep = a->head;
    for (struct block *b = keep->next, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    keep->next = NULL;
    keep->used = 0;
    a->total = 0;
}

static size_t round_up(size_t n)
{
    if (n > SIZE_MAX - ALIGN)
        out_of_memory();
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

void *arena_alloc(struct arena *a, size_t n)
{
    n = round_up(n ? n : 1);
    struct block *b = a->head;
    if (b->cap - b->used < n) {
        size_t cap = b->cap * 2 < BLOCK_MAX ? b->cap * 2 : BLOCK_MAX;
        if (n > cap / 4) {
            /* A large one gets a block behind the head, so that the head goes on being filled.
             */
            struct block *own = block_new(n);
            own->next = b->next;
            b->next = own;
            own->used = n;
            a->total += n;
            return memset(own->bytes, 0, n);
        }
        b = block_new(cap);
        b->next = a->head;
        a->head = b;
    }
    void *p = b->bytes + b->used;
    b->used += n;
    a->total += n;
    return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        out_of_memory();
    return arena_alloc(a, n);
}

void *arena_grow(struct arena *a, void *p, size_t old_n, size_t n)
{
    struct block *b = a->head;
    size_t was = round_up(old_n ? old_n : 1), want = round_up(n ? n : 1);
    if (p && want <= was)
        return p;
    if (p && (unsigned char *)p + was == b->bytes + b->used && b->cap - b->used >= want - was) {
        memset(b->bytes + b->used, 0, want - was);
        b->used += want - was;
        a->total += want - was;
        return p;
    }
    void *q = arena_alloc(a, n);
    if (p && old_n)
        memcpy(q, p, old_n);
    return q;
}

void *arena_copy(struct arena *a, const void *p, size_t n)
{
    void *q = arena_alloc(a, n);
    if (n)
        memcpy(q, p, n);
    return q;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *q = arena_alloc(a, n + 1);
    if (n)
        memcpy(q, s, n);
    return q;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    char short_text[256]; /* most texts fit: printed once instead of measured first */
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(short_text, sizeof(short_text), fmt, ap);
    va_end(ap);
    if (n < 0)
        out_of_memory();
    if ((size_t)n < sizeof(short_text))
        return arena_copy(a, short_text, (size_t)n + 1);
    char *s = arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

size_t arena_used(const struct arena *a)
{
    return a->total;
}
