/* The index as bytes: what was written is read, and what is damaged is refused. */
#include "base/rng.h"
#include "base/test.h"
#include "search/posting.h"

#include <stdlib.h>
#include <string.h>

static struct bytes bytes_of(const struct str *b)
{
    return (struct bytes){ (const uint8_t *)b->s, b->n };
}

/* Of every density and span, once as bits and once as numbers. */
static void numbers_come_back(void)
{
    struct rng r;
    rng_init(&r, 1, 0);
    for (int turn = 0; turn < 400; turn++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        uint32_t span = 1 + (uint32_t)rng_below(&r, turn % 4 ? 300 : 70000);
        uint64_t one_of = 1 + rng_below(&r, turn % 3 ? 20 : 2000);
        uint32_t *want = arena_array(a, span, sizeof(*want)),
                 *got = arena_array(a, span, sizeof(*got));
        uint64_t *bits = arena_array(a, bits_words(span), sizeof(*bits));
        size_t n = 0, n_got = 0;
        struct str b;
        for (uint32_t i = 0; i < span; i++)
            if (rng_below(&r, one_of) == 0)
                want[n++] = i;
        str_init(&b, a);
        posting_write(&b, want, n, span);
        CHECK(b.n <= 1 + ((size_t)span + 7) / 8);
        CHECK(posting_read(bytes_of(&b), span, got, &n_got));
        CHECK_INT(n_got, n);
        CHECK(memcmp(want, got, n * sizeof(*want)) == 0);
        CHECK(posting_or(bytes_of(&b), bits, span));
        for (size_t i = 0; i < n; i++) {
            CHECK(bits[want[i] / 64] >> want[i] % 64 & 1);
            bits[want[i] / 64] &= ~((uint64_t)1 << want[i] % 64);
        }
        for (size_t i = 0; i < bits_words(span); i++)
            CHECK(bits[i] == 0);
    }
}

static struct bytes pack(size_t n, struct arena *a, struct packer *p)
{
    struct str posting;
    str_init(&posting, a);
    pack_begin(p, a);
    for (size_t i = 0; i < n; i++) {
        uint32_t number = (uint32_t)i;
        str_reset(&posting);
        posting_write(&posting, &number, 1, (uint32_t)n);
        pack_add(p, term_of(arena_printf(a, "w%05zu", 2 * i)), bytes_of(&posting));
    }
    pack_end(p);
    return bytes_of(&p->dir);
}

static void words_are_found(void)
{
    enum { WORDS = 5000 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(pack_done) struct packer p;
    struct directory d;
    struct bytes posting, dir = pack(WORDS, a, &p);
    bool bad = false;
    CHECK(directory_read(dir, a, &d));
    CHECK_INT(d.n, p.n);
    CHECK(p.n > 3);
    for (size_t i = 0; i < p.n; i++)
        CHECK(p.blocks[i].n <= BLOCK_BYTES + 300);
    for (size_t i = 0; i < 2 * WORDS; i++) {
        const char *word = arena_printf(a, "w%05zu", i);
        uint32_t number[WORDS];
        size_t n, block = directory_find(&d, word);
        CHECK(block >= 1 && block <= p.n);
        CHECK(block_find(p.blocks[block - 1], word, &posting, &bad) == (i % 2 == 0));
        if (i % 2 == 0)
            CHECK(posting_read(posting, WORDS, number, &n) && n == 1 && number[0] == i / 2);
    }
    CHECK_INT(directory_find(&d, "a"), 0);
    CHECK_INT(directory_find(&d, "x"), p.n);
    CHECK(!bad);
    /* No question is that long. */
    size_t was = p.block.n;
    char *longer = arena_alloc(a, TERM_BYTES + 2);
    memset(longer, 'x', TERM_BYTES + 1);
    pack_add(&p, term_of(longer), posting);
    CHECK_INT(p.block.n, was);
}

/* Cut off, with any byte changed, or any bytes at all: read to the end or refused. */
static void damage_is_refused(void)
{
    enum { SPAN = 1000 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(pack_done) struct packer p;
    struct rng r;
    rng_init(&r, 2, 0);
    (void)pack(300, a, &p);
    for (int turn = 0; turn < 3000; turn++) {
        uint64_t bits[(SPAN + 63) / 64] = { 0 };
        uint32_t numbers[SPAN];
        struct block_entry x;
        struct directory d;
        bool bad = false;
        size_t at = 0, n_numbers;
        size_t n = rng_below(&r, p.blocks[0].n + 1);
        /* Exactly as long as it is, so that reading beyond it is seen. */
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, p.blocks[0].p, n);
        for (int i = 0; n && i < turn % 5; i++)
            copy[rng_below(&r, n)] = (uint8_t)rng_below(&r, 256);
        struct bytes b = { copy, n };
        while (block_next(b, &at, &x, &bad))
            CHECK(x.posting.p + x.posting.n <= b.p + b.n);
        (void)directory_read(b, a, &d);
        (void)posting_or(b, bits, SPAN);
        if (posting_read(b, SPAN, numbers, &n_numbers))
            for (size_t i = 0; i < n_numbers; i++)
                CHECK(numbers[i] < SPAN);
        free(copy);
    }
    bool bad = false;
    size_t at = 0;
    struct block_entry x;
    CHECK(!block_next((struct bytes){ (const uint8_t *)"\x03"
                                                       "ab",
                                      3 },
                      &at, &x, &bad));
    CHECK(bad);
}

T_MAIN({ "numbers come back", numbers_come_back }, { "words are found", words_are_found },
       { "damage is refused", damage_is_refused })
