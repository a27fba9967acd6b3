/* Postings, blocks and directories; see posting.h. */
#include "search/posting.h"

#include <string.h>

enum { DIFFERENCES, BITS };

/* ---- numbers ---- */

static void add_number(struct str *b, uint32_t v)
{
    for (; v >= 0x80; v >>= 7)
        str_addc(b, (char)(v | 0x80));
    str_addc(b, (char)v);
}

static bool read_number(struct bytes b, size_t *at, uint32_t *ret)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 35 && *at < b.n; shift += 7) {
        uint8_t c = b.p[(*at)++];
        v |= (uint64_t)(c & 0x7f) << shift;
        *ret = (uint32_t)v;
        if (c < 0x80)
            return v <= UINT32_MAX;
    }
    return false;
}

static size_t bits_bytes(uint32_t span)
{
    return ((size_t)span + 7) / 8;
}

void posting_write(struct str *b, const uint32_t *numbers, size_t n, uint32_t span)
{
    size_t begin = b->n, longest = bits_bytes(span);
    uint32_t next = 0; /* the lowest that can follow */
    str_addc(b, DIFFERENCES);
    for (size_t i = 0; i < n && b->n - begin <= longest; i++) {
        add_number(b, numbers[i] - next);
        next = numbers[i] + 1;
    }
    if (b->n - begin <= longest)
        return;
    b->n = begin;
    str_addc(b, BITS);
    str_reserve(b, longest);
    memset(b->s + b->n, 0, longest);
    for (size_t i = 0; i < n; i++)
        b->s[b->n + numbers[i] / 8] |= (char)(1 << numbers[i] % 8);
    b->n += longest;
    b->s[b->n] = '\0';
}

static void or_bits(const uint8_t *p, size_t n, uint64_t *bits)
{
    size_t whole = n / 8;
    for (size_t i = 0; i < whole; i++) {
        uint64_t w = 0;
        for (int k = 7; k >= 0; k--)
            w = w << 8 | p[8 * i + (size_t)k];
        bits[i] |= w;
    }
    for (size_t i = 8 * whole; i < n; i++)
        bits[whole] |= (uint64_t)p[i] << 8 * (i - 8 * whole);
}

bool posting_or(struct bytes b, uint64_t *bits, uint32_t span)
{
    uint64_t next = 0;
    size_t at = 1;
    if (b.n == 0 || b.p[0] > BITS)
        return false;
    if (b.p[0] == BITS) {
        if (b.n != 1 + bits_bytes(span) || (span % 8 && b.p[b.n - 1] >> span % 8))
            return false;
        or_bits(b.p + 1, b.n - 1, bits);
        return true;
    }
    while (at < b.n) {
        uint32_t more;
        if (b.p[at] < 0x80)
            more = b.p[at++];
        else if (!read_number(b, &at, &more))
            return false;
        next += more;
        if (next >= span)
            return false;
        bits[next / 64] |= (uint64_t)1 << next % 64;
        next++;
    }
    return true;
}

bool posting_read(struct bytes b, uint32_t span, uint32_t *numbers, size_t *ret_n)
{
    uint64_t next = 0;
    size_t at = 1, n = 0;
    *ret_n = 0;
    if (b.n == 0 || b.p[0] > BITS || (b.p[0] == BITS && b.n != 1 + bits_bytes(span)))
        return false;
    for (size_t i = 1; b.p[0] == BITS && i < b.n; i++)
        for (uint32_t k = 0; k < 8; k++)
            if (b.p[i] >> k & 1 && (i - 1) * 8 + k < span)
                numbers[n++] = (uint32_t)(i - 1) * 8 + k;
    while (b.p[0] == DIFFERENCES && at < b.n) {
        uint32_t more;
        if (!read_number(b, &at, &more) || next + more >= span)
            return false;
        next += more;
        numbers[n++] = (uint32_t)next++;
    }
    *ret_n = n;
    return true;
}

/* ---- writing ---- */

void pack_begin(struct packer *p, struct arena *a)
{
    *p = (struct packer){ .a = a };
    str_init(&p->block, NULL);
    str_init(&p->dir, NULL);
}

void pack_done(struct packer *p)
{
    str_done(&p->block);
    str_done(&p->dir);
}

void pack_taken(struct packer *p)
{
    p->blocks = NULL;
    p->n = p->room = 0;
    arena_reset(p->a);
}

static void block_end(struct packer *p)
{
    if (p->block.n == 0)
        return;
    if (p->n == p->room) {
        size_t more = p->room ? 2 * p->room : 64;
        p->blocks =
            arena_grow(p->a, p->blocks, p->n * sizeof(*p->blocks), more * sizeof(*p->blocks));
        p->room = more;
    }
    p->blocks[p->n++] = (struct bytes){ arena_copy(p->a, p->block.s, p->block.n), p->block.n };
    str_reset(&p->block);
}

static void add_term(struct str *b, struct bytes term)
{
    str_addc(b, (char)term.n);
    str_addn(b, term.p, term.n);
}

void pack_add(struct packer *p, struct bytes term, struct bytes posting)
{
    if (term.n > TERM_BYTES)
        return;
    if (p->block.n + term.n + posting.n > BLOCK_BYTES)
        block_end(p);
    if (p->block.n == 0)
        add_term(&p->dir, term);
    add_term(&p->block, term);
    add_number(&p->block, (uint32_t)posting.n);
    str_addn(&p->block, posting.p, posting.n);
}

void pack_end(struct packer *p)
{
    block_end(p);
}

/* ---- reading ---- */

struct bytes term_of(const char *term)
{
    return (struct bytes){ (const uint8_t *)term, strlen(term) };
}

int term_cmp(struct bytes a, struct bytes b)
{
    int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static bool term_at(struct bytes b, size_t *at, struct bytes *ret)
{
    if (*at >= b.n || b.n - *at - 1 < b.p[*at])
        return false;
    *ret = (struct bytes){ b.p + *at + 1, b.p[*at] };
    *at += 1 + ret->n;
    return true;
}

bool directory_read(struct bytes block, struct arena *a, struct directory *ret)
{
    struct bytes term;
    size_t n = 0, at = 0;
    while (at < block.n && term_at(block, &at, &term))
        n++;
    if (at < block.n)
        return false;
    uint32_t *list = arena_array(a, n + 1, sizeof(*list));
    at = 0;
    for (size_t i = 0; i < n; i++) {
        list[i] = (uint32_t)at;
        (void)term_at(block, &at, &term);
    }
    *ret = (struct directory){ block, list, n };
    return true;
}

size_t directory_find(const struct directory *d, const char *term)
{
    struct bytes want = term_of(term), first;
    size_t lo = 0, hi = d->n; /* the first word of all below lo is not above it */
    while (lo < hi) {
        size_t mid = (lo + hi) / 2, at = d->at[mid];
        if (term_at(d->all, &at, &first) && term_cmp(first, want) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool block_next(struct bytes block, size_t *at, struct block_entry *ret, bool *damaged)
{
    uint32_t n;
    if (*at == block.n)
        return false;
    if (!term_at(block, at, &ret->term) || !read_number(block, at, &n) || n > block.n - *at) {
        *damaged = true;
        return false;
    }
    ret->posting = (struct bytes){ block.p + *at, n };
    *at += n;
    return true;
}

bool block_find(struct bytes block, const char *term, struct bytes *ret, bool *damaged)
{
    struct bytes want = term_of(term);
    struct block_entry x;
    size_t at = 0;
    while (block_next(block, &at, &x, damaged)) {
        if (x.term.n != want.n || memcmp(x.term.p, want.p, want.n) != 0)
            continue;
        *ret = x.posting;
        return true;
    }
    return false;
}
