/*
 * The bench of the work log: bench_worklog FOLDER [ENTRIES [DATABASE]]. So many entries
 * (1,000,000), each with a text made of an office's phrases and the hash of a picture, are put
 * into a county as worklog_add leaves them (without their records, which are not looked up);
 * (a county that is there is filled up to them; a million are made in minutes when the indexes
 * of work_text and work_picture are dropped before and made again behind; for PostgreSQL copy
 * the three tables out of such a county, then VACUUM ANALYZE, as autovacuum does). Then how
 * long it takes to find the like of a new text and of a new picture, copies and others, and how
 * large the index is.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/rng.h"
#include "base/str.h"
#include "store/county.h"
#include "worklog/alike.h"
#include "worklog/hint.h"
#include "worklog/worklog.sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { AT_ONCE = 500, ASKED = 400, WORDS = 400 };

struct bench {
    struct county *c;
    int64_t made, all;
};

static void must(enum rc rc, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (rc == RC_OK)
        return;
    fprintf(stderr, "%s\n", err_message(e, LANG_ZH, a));
    exit(1);
}

/* A text of 60 to 160 characters: words of two or three characters out of a few hundred, some
 * far more frequent than others, as in what offices write. The same number gives the same text.
 */
static const char *text_of(struct arena *a, int64_t number)
{
    struct rng r, word;
    struct str b;
    rng_init(&r, (uint64_t)number, 2);
    str_init(&b, a);
    for (uint64_t n = 28 + rng_below(&r, 40); n > 0; n--) {
        double u = rng_unit(&r);
        rng_init(&word, (uint64_t)(u * u * WORDS), 3);
        for (uint64_t k = 2 + rng_below(&word, 2); k > 0; k--)
            utf8_add(&b, (uint32_t)(0x4e00 + rng_below(&word, 3000)));
    }
    return b.s;
}

static int64_t hash_of(int64_t number)
{
    struct rng r;
    rng_init(&r, (uint64_t)number, 4);
    return (int64_t)rng_u64(&r);
}

static enum rc make_some(struct tx *tx, void *arg, struct err *e)
{
    struct bench *b = arg;
    enum rc rc = RC_OK;
    int64_t last = b->made + AT_ONCE < b->all ? b->made + AT_ONCE : b->all;
    for (int64_t i = b->made; i < last && rc == RC_OK; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct utime at = { (INT64_C(1790000000) + i) * 1000000 };
        struct work_insert_row row;
        const char *text = text_of(a, i);
        struct pieces p = pieces_of(text, a);
        int64_t k[ALIKE_BANDS], h = hash_of(i);
        pieces_bands(&p, k);
        rc = work_insert_one(tx, arena_printf(a, "%032llx", (unsigned long long)i),
                             arena_printf(a, "D-2026-%05d", (int)(i % 5000)),
                             arena_printf(a, "U%d", (int)(i % 70)), "entry", "", text, "[]",
                             false, "ban", at, at, (struct id){ 1 }, a, &row, e);
        if (rc == RC_OK)
            rc = work_text_insert(tx, row.id, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7],
                                  NULL, e);
        if (rc == RC_OK)
            rc = work_picture_insert(tx, row.id, "", h, hash_piece(h, 0), hash_piece(h, 1),
                                     hash_piece(h, 2), hash_piece(h, 3), NULL, e);
    }
    b->made = rc == RC_OK ? last : b->made;
    return rc;
}

/* How many there are: codes are numbers in order. */
static int64_t there_are(struct bench *b)
{
    int64_t lo = 0, hi = b->all;
    while (lo < hi) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct work_of_code_row row;
        int64_t middle = lo + (hi - lo) / 2;
        must(db_read(b->c->db, &s, &e), &e);
        enum rc rc = work_of_code_one(s, arena_printf(a, "%032llx", (unsigned long long)middle),
                                      a, &row, &e);
        if (rc == RC_OK)
            lo = middle + 1;
        else if (rc == RC_NOTFOUND)
            hi = middle;
        else
            must(rc, &e);
    }
    return lo;
}

static int by_size(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static void measure(struct bench *b, const char *what, bool pictures, bool copies)
{
    int64_t took[ASKED], found = 0;
    struct rng r;
    rng_init(&r, 9, copies);
    for (int i = 0; i < ASKED; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct work_like like[WORK_LIKE_MAX];
        size_t n = 0;
        int64_t of = copies ? (int64_t)rng_below(&r, (uint64_t)b->all) : b->all + i;
        const char *text = copies ? arena_printf(a, "%s%d", text_of(a, of), i) : text_of(a, of);
        int64_t hash = hash_of(of);
        for (int k = 0; copies && k < 3; k++)
            hash ^= (int64_t)(UINT64_C(1) << rng_below(&r, 64));
        must(db_read(b->c->db, &s, &e), &e);
        int64_t start = clock_monotonic_us();
        must(pictures
                 ? work_pictures_like(s, hash, ALIKE_BITS, (struct id){ 0 }, a, like, &n, &e)
                 : work_texts_like(s, text, ALIKE_PERCENT, (struct id){ 0 }, a, like, &n, &e),
             &e);
        took[i] = clock_monotonic_us() - start;
        bool it = false;
        for (size_t k = 0; k < n; k++)
            it |= str_eq(like[k].work.code, arena_printf(a, "%032llx", (unsigned long long)of));
        found += it;
    }
    qsort(took, ASKED, sizeof(*took), by_size);
    printf("%-34s median %7.2f ms, 99%% %7.2f ms, most %7.2f ms; found %lld of %d\n", what,
           (double)took[ASKED / 2] / 1e3, (double)took[ASKED * 99 / 100] / 1e3,
           (double)took[ASKED - 1] / 1e3, (long long)found, ASKED);
}

int main(int argc, char **argv)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(county_closep) struct county *c = NULL;
    struct bench b = { .all = 1000000 };
    struct stat st;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (argc < 2)
        return 2;
    if (argc > 2)
        must(parse_int64(argv[2], 1, 10000000, "ENTRIES", &b.all, &e), &e);
    bool there = file_exists(arena_printf(a, "%s/county.json", argv[1]));
    if (!there)
        must(county_init(&(struct county_config){ .dir = argv[1],
                                                  .name = "区",
                                                  .demo = true,
                                                  .db_url = argc > 3 ? argv[3] : NULL,
                                                  .schema = argc > 3 ? "bench_worklog" : NULL },
                         &e),
             &e);
    must(county_open(argv[1], &c, &e), &e);
    b.c = c;
    int64_t start = clock_monotonic_us();
    b.made = there_are(&b);
    while (b.made < b.all)
        must(db_transact(c->db, make_some, &b, &e), &e);
    printf("%lld entries in %.0f s\n", (long long)b.all,
           (double)(clock_monotonic_us() - start) / 1e6);
    fflush(stdout);
    measure(&b, "like of a new text, others", false, false);
    measure(&b, "like of a new text, copies", false, true);
    measure(&b, "like of a new picture, others", true, false);
    measure(&b, "like of a new picture, copies", true, true);
    if (stat(arena_printf(a, "%s/county.db", argv[1]), &st) == 0)
        printf("database %.0f MB\n", (double)st.st_size / 1e6);
    return 0;
}
