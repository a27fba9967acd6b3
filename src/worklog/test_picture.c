/* Pictures: nothing but pixels comes through, bombs and strangers are refused with words that
 * help, and the same picture is known again. */
#include "base/rng.h"
#include "base/test.h"
#include "worklog/alike.h"
#include "worklog/picture.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Something like a photo: soft shapes and hard edges, made from a seed. */
static struct pixels photo(struct arena *a, uint64_t seed, size_t width, size_t height)
{
    enum { WAVES = 8, BOXES = 6 };
    struct rng r;
    double fx[WAVES], fy[WAVES], ph[WAVES], box[BOXES][5];
    uint8_t *rgb = arena_alloc(a, width * height * 3);
    rng_init(&r, seed, 1);
    for (int i = 0; i < WAVES; i++) {
        fx[i] = rng_normal(&r) * 4;
        fy[i] = rng_normal(&r) * 4;
        ph[i] = rng_unit(&r) * 6.28;
    }
    for (int i = 0; i < BOXES; i++)
        for (int k = 0; k < 5; k++)
            box[i][k] = rng_unit(&r);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            double u = (double)x / (double)width, v = (double)y / (double)height, s = 128;
            for (int i = 0; i < WAVES; i++)
                s += 14 * sin(fx[i] * u * 6.28 + fy[i] * v * 6.28 + ph[i]);
            for (int i = 0; i < BOXES; i++)
                if (fabs(u - box[i][0]) < box[i][2] / 4 && fabs(v - box[i][1]) < box[i][3] / 4)
                    s += 80 * (box[i][4] - 0.5);
            for (int k = 0; k < 3; k++) {
                double c = s + k * 9 + 3 * rng_normal(&r);
                rgb[(y * width + x) * 3 + (size_t)k] = (uint8_t)(c < 0 ? 0 : c > 255 ? 255 : c);
            }
        }
    return (struct pixels){ rgb, width, height };
}

/* Every point n times as wide and high. */
static struct pixels enlarged(struct arena *a, struct pixels p, size_t n)
{
    uint8_t *rgb = arena_alloc(a, p.width * n * p.height * n * 3);
    for (size_t y = 0; y < p.height * n; y++)
        for (size_t x = 0; x < p.width * n; x++)
            memcpy(rgb + (y * p.width * n + x) * 3, p.rgb + (y / n * p.width + x / n) * 3, 3);
    return (struct pixels){ rgb, p.width * n, p.height * n };
}

static struct str jpeg_of(struct arena *a, struct pixels p)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct str b;
    size_t w, h;
    str_init(&b, a);
    CHECK_OK(picture_write(&p, PICTURE_SIDE, &b, &w, &h, &e));
    return b;
}

static struct bytes bytes_of(const struct str *b)
{
    return (struct bytes){ (const uint8_t *)b->s, b->n };
}

/* EXIF as phones write it: orientation, and a GPS directory with a latitude. */
static struct str with_exif(struct arena *a, const struct str *jpeg, uint8_t orientation)
{
    static const uint8_t head[] = {
        0xff, 0xe1, 0x00, 0x62, 'E', 'x', 'i', 'f', 0, 0,
        'M',  'M',  0,    42,   0,   0,   0,   8,   0, 2, /* two entries */
        0x01, 0x12, 0,    3,    0,   0,   0,   1,   0, 0 /* orientation */,
        0,    0, /* and */
        0x88, 0x25, 0,    4,    0,   0,   0,   1,   0, 0,
        0,    38,   0,    0,    0,   0, /* GPS at 38 */
        0,    2,    0,    1,    0,   2,   0,   0,   0, 2,
        'N',  0,    0,    0,    0,   2,   0,   5,   0, 0,
        0,    3,    0,    0,    0,   64,  0,   0,   0, 0,
        0,    0,    0,    30,   0,   0,   0,   1,   0, 0,
        0,    16,   0,    0,    0,   1,   0,   0,   0, 27
    };
    struct str b;
    uint8_t exif[sizeof(head) + 2] = { 0 };
    memcpy(exif, head, sizeof(head));
    exif[2] = (uint8_t)((sizeof(exif) - 2) >> 8);
    exif[3] = (uint8_t)(sizeof(exif) - 2);
    exif[29] = orientation;
    str_init(&b, a);
    str_addn(&b, jpeg->s, 2);
    str_addn(&b, exif, sizeof(exif));
    str_addn(&b, "\xff\xfe\x00\x12GPS-30.16,120.1", 4 + 14);
    str_addn(&b, jpeg->s + 2, jpeg->n - 2);
    str_add(&b, "GPS-behind-the-end");
    return b;
}

static bool holds(const struct str *b, const char *word)
{
    return memmem(b->s, b->n, word, strlen(word)) != NULL;
}

static void put_32(uint8_t *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void place_is_gone(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct str plain = jpeg_of(a, photo(a, 1, 400, 300)), sent = with_exif(a, &plain, 6);
    struct pixels p;
    CHECK(holds(&sent, "Exif") && holds(&sent, "GPS"));
    CHECK_INT(jpeg_orientation(bytes_of(&sent)), 6);
    CHECK_OK(picture_read(a, "照片.jpg", bytes_of(&sent), &p, &e));
    CHECK_INT(p.width, 300); /* held upright: turned */
    CHECK_INT(p.height, 400);
    struct str kept = jpeg_of(a, p);
    CHECK(!holds(&kept, "Exif") && !holds(&kept, "GPS"));
    /* No segment but what drawing it needs: no application data but JFIF's, no comment. */
    size_t at = 2, segments = 0;
    while (at + 4 < kept.n && (uint8_t)kept.s[at + 1] != 0xda) {
        uint8_t kind = (uint8_t)kept.s[at + 1];
        CHECK_INT((uint8_t)kept.s[at], 0xff);
        CHECK(kind == 0xe0 || kind < 0xe0);
        at += 2 + ((size_t)(uint8_t)kept.s[at + 2] << 8 | (uint8_t)kept.s[at + 3]);
        segments++;
    }
    CHECK(segments > 3);
    /* Of a PNG neither: what stands behind its end or in a text. */
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = 300, .height = 400, .format = PNG_FORMAT_RGB
    };
    png_alloc_size_t n = 0;
    CHECK(png_image_write_to_memory(&image, NULL, &n, 0, p.rgb, 0, NULL));
    enum { HEAD = 33, TEXT = 12 + 15 }; /* signature and IHDR; a tEXt with its frame */
    uint8_t *png = arena_alloc(a, n + TEXT + 10);
    CHECK(png_image_write_to_memory(&image, png, &n, 0, p.rgb, 0, NULL));
    memmove(png + HEAD + TEXT, png + HEAD, n - HEAD);
    memcpy(png + HEAD, "\0\0\0\x0ftEXtComment\0GPS-30.", 8 + 15);
    put_32(png + HEAD + 8 + 15, (uint32_t)crc32(0, png + HEAD + 4, 4 + 15));
    n += TEXT;
    memcpy(png + n, "GPS-behind", 10);
    struct pixels q;
    CHECK_OK(picture_read(a, "截屏.png", (struct bytes){ png, n + 10 }, &q, &e));
    CHECK_INT(q.width, 300);
    CHECK(memcmp(p.rgb, q.rgb, (size_t)300 * 400 * 3) == 0);
    kept = jpeg_of(a, q);
    CHECK(!holds(&kept, "GPS"));
}

/* Two by one fields, red at the left: where it stands for each way of holding. */
static void upright(void)
{
    static const struct {
        uint8_t orientation;
        bool wide, last; /* red is the first or the last half, left or upper */
    } cases[] = { { 1, true, false }, { 2, true, true },   { 3, true, true },
                  { 4, true, false }, { 5, false, false }, { 6, false, false },
                  { 7, false, true }, { 8, false, true } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t *rgb = arena_alloc(a, 64 * 32 * 3);
    for (size_t i = 0; i < 64 * 32; i++)
        rgb[3 * i + (i % 64 < 32 ? 0 : 2)] = 250;
    struct str plain = jpeg_of(a, (struct pixels){ rgb, 64, 32 });
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(err_done) struct err e = { 0 };
        struct str sent = with_exif(a, &plain, cases[i].orientation);
        struct pixels p;
        CHECK_OK(picture_read(a, "x.jpg", bytes_of(&sent), &p, &e));
        CHECK_INT(p.width, cases[i].wide ? 64 : 32);
        size_t x = cases[i].wide && cases[i].last ? 50 : 10;
        size_t y = !cases[i].wide && cases[i].last ? 50 : 10;
        CHECK(p.rgb[(y * p.width + x) * 3] > 200 && p.rgb[(y * p.width + x) * 3 + 2] < 60);
    }
}

static void large_ones(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct str big;
    size_t w, h;
    struct pixels p = enlarged(a, photo(a, 3, 504, 378), 8), q;
    str_init(&big, a);
    CHECK_OK(picture_write(&p, 4032, &big, &w, &h, &e));
    CHECK_OK(picture_read(a, "大图.jpg", bytes_of(&big), &q, &e));
    CHECK(q.width <= PICTURE_SIDE && q.width > PICTURE_SIDE * 3 / 4);
    CHECK_INT(q.width * 3, q.height * 4);
    struct str thumb;
    str_init(&thumb, a);
    CHECK_OK(picture_write(&q, PICTURE_THUMB, &thumb, &w, &h, &e));
    CHECK_INT(w, PICTURE_THUMB);
    CHECK(thumb.n < 40000);
}

static void refuses(const char *what, struct bytes file, enum rc want, const char *part)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct pixels p;
    enum rc rc = picture_read(a, what, file, &p, &e);
    if (rc != want || !strstr(err_message(&e, LANG_ZH, a), part))
        t_fail(__FILE__, __LINE__, "%s: %s: %s", what, rc_name(rc),
               rc == RC_OK ? "" : err_message(&e, LANG_ZH, a));
}
#define REFUSED(file, want, part) refuses(#file, (file), (want), (part))

static void strangers(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str good = jpeg_of(a, photo(a, 5, 200, 160));
    static const uint8_t text[] = "<svg onload=alert(1)>";
    struct bytes not_one = { text, sizeof(text) },
                 cut = { (const uint8_t *)good.s, good.n / 2 },
                 only_magic = { (const uint8_t *)"\xff\xd8\xff\xe0", 4 };
    REFUSED(not_one, RC_INVALID, "不是JPEG或PNG");
    REFUSED(cut, RC_INVALID, "是坏的");
    REFUSED(only_magic, RC_INVALID, "是坏的");
    /* A JPEG that says it has four thousand million pixels. */
    uint8_t *huge = arena_alloc(a, good.n);
    memcpy(huge, good.s, good.n);
    for (size_t i = 0; i + 9 < good.n; i++)
        if (huge[i] == 0xff && huge[i + 1] == 0xc0) {
            memset(huge + i + 5, 0xff, 4);
            huge[i + 5] = huge[i + 7] = 0xf0;
            break;
        }
    struct bytes jpeg_bomb = { huge, good.n };
    REFUSED(jpeg_bomb, RC_TOOBIG, "像素太多");
    /* A PNG of 40,000 by 40,000 points in a few bytes. */
    uint8_t png[33 + 12] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    put_32(png + 16, 40000);
    put_32(png + 20, 40000);
    png[24] = 8;
    png[25] = 2;
    put_32(png + 29, (uint32_t)crc32(0, png + 12, 17));
    memcpy(png + 33, "\0\0\0\0IDAT\x35\xaf\x06\x1e", 12);
    struct bytes png_bomb = { png, sizeof(png) };
    REFUSED(png_bomb, RC_TOOBIG, "像素太多");
    /* More bytes than are taken at all. */
    struct bytes many = { (const uint8_t *)good.s, (size_t)PICTURE_BYTES_MAX + 1 };
    REFUSED(many, RC_TOOBIG, "32MB");
}

/* A child that was taken over by what it read sends what it likes. */
static void liars(void)
{
    static const struct {
        uint8_t head[12];
        size_t n;
    } cases[] = {
        { { 0, 0, 0, 0, 0, 0, 0, 0, 1 }, 12 },    /* no width */
        { { 0, 0, 0, 0, 1, 0x80, 0, 0, 1 }, 12 }, /* too wide */
        { { 0, 0, 0, 0, 255, 255, 255, 255, 255, 255 }, 12 },
        { { 0, 0, 0, 0, 2, 0, 0, 0, 2 }, 12 },  /* no pixels */
        { { 0, 0, 0, 0, 2 }, 7 },               /* half a head */
        { { 99, 0, 0, 0, 2, 0, 0, 0, 2 }, 12 }, /* an unknown fault */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct pixels_coming c = { .a = a };
        struct pixels p;
        bool done = false;
        enum rc rc = pixels_take(&c, cases[i].head, cases[i].n, &done, &e);
        if (rc == RC_OK)
            rc = pixels_end(&c, "x", &p, &e);
        CHECK_INT(rc, RC_INVALID);
    }
}

/* The same photo through a messenger: smaller, worse, brighter. Others are others. */
static void known_again(void)
{
    enum { PHOTOS = 60 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    int64_t hash[PHOTOS];
    size_t found = 0, wrong = 0, pairs = 0;
    for (size_t i = 0; i < PHOTOS; i++) {
        CLEANUP(arena_freep) struct arena *tmp = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct pixels p = photo(tmp, 1000 + i, 320, 240), q;
        struct str small;
        size_t w, h;
        hash[i] = pixels_hash(&p, tmp);
        CHECK(hash[i] != 0);
        uint8_t *brighter = arena_alloc(tmp, p.width * p.height * 3);
        for (size_t k = 0; k < p.width * p.height * 3; k++)
            brighter[k] = (uint8_t)(p.rgb[k] > 235 ? 255 : p.rgb[k] + 20);
        q = (struct pixels){ brighter, p.width, p.height };
        str_init(&small, tmp);
        CHECK_OK(picture_write(&q, 200, &small, &w, &h, &e));
        uint8_t *rgb = NULL;
        CHECK_INT(picture_decode(bytes_of(&small), PICTURE_SIDE, &rgb, &w, &h), PICTURE_FINE);
        q = (struct pixels){ rgb, w, h };
        found += bits_differ(hash[i], pixels_hash(&q, tmp)) <= ALIKE_BITS;
        free(rgb);
        for (size_t k = 0; k < i; k++, pairs++)
            wrong += bits_differ(hash[i], hash[k]) <= ALIKE_BITS;
    }
    printf(
        "# of %d photos sent again %zu were known; of %zu pairs of others %zu taken for one\n",
        PHOTOS, found, pairs, wrong);
    CHECK(found * 100 >= PHOTOS * 95);
    CHECK_INT(wrong, 0);
    /* A white page is like every white page: it is not known by its looks. */
    uint8_t *white = arena_alloc(a, 100 * 100 * 3);
    memset(white, 250, 100 * 100 * 3);
    CHECK_INT(pixels_hash(&(struct pixels){ white, 100, 100 }, a), 0);
}

static void looked_up(void)
{
    /* Up to seven bits apart, some piece is the same but for one bit. */
    struct rng r;
    rng_init(&r, 7, 1);
    for (int i = 0; i < 2000; i++) {
        uint64_t x = rng_u64(&r), y = x;
        for (int k = 0; k < 7; k++)
            y ^= UINT64_C(1) << rng_below(&r, 64);
        bool met = false;
        for (unsigned piece = 0; piece < ALIKE_PIECES; piece++)
            met |=
                bits_differ(hash_piece((int64_t)x, piece), hash_piece((int64_t)y, piece)) <= 1;
        CHECK(met && bits_differ((int64_t)x, (int64_t)y) <= 7);
    }
}

T_MAIN({ "place and device are gone, and everything but pixels", place_is_gone },
       { "pictures stand upright however they were held", upright },
       { "what phones make is kept at a size for paper", large_ones },
       { "bombs, halves and strangers are refused with what would be right", strangers },
       { "a child that lies is not believed", liars },
       { "a photo is known again after a messenger, others are not", known_again },
       { "pieces find every hash within seven bits", looked_up })
