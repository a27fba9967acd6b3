/* Which texts and pictures are nearly the same: pure functions. */
#include "worklog/alike.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts ---- */

/* The finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit of x moves every bit. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* A character as it is compared; 0: left out. */
static uint32_t folded(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        c -= 0xfee0; /* full-width forms */
    if (c >= '0' && c <= '9')
        return '0';
    if (c >= 'A' && c <= 'Z')
        return c + ('a' - 'A');
    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? c : 0;
    if ((c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x303f) || c == 0xa0 ||
        c == 0xb7 || (c >= 0xff5f && c <= 0xff65))
        return 0; /* spaces and marks */
    return c;
}

static int number_cmp(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

struct pieces pieces_of(const char *text, struct arena *a)
{
    const char *end = text + strlen(text);
    uint32_t *c = arena_array(a, (size_t)(end - text), sizeof(*c));
    size_t n = 0, length;
    for (const char *p = text; p < end; p += length) {
        uint32_t f = folded(utf8_next(p, end, &length));
        /* A number counts as one digit, however long: 9 and 10 are the same work. */
        if (f && !(f == '0' && n && c[n - 1] == '0'))
            c[n++] = f;
    }
    struct pieces r = { 0 };
    if (n < ALIKE_CHARS)
        return r;
    r.at = arena_array(a, n, sizeof(*r.at));
    for (size_t i = 0; i + ALIKE_GRAM <= n; i++) /* 21 bits a character */
        r.at[r.n++] = mix((uint64_t)c[i] << 42 | (uint64_t)c[i + 1] << 21 | c[i + 2]);
    qsort(r.at, r.n, sizeof(*r.at), number_cmp);
    size_t kept = 0;
    for (size_t i = 0; i < r.n; i++)
        if (!kept || r.at[kept - 1] != r.at[i])
            r.at[kept++] = r.at[i];
    r.n = kept;
    return r;
}

double pieces_alike(const struct pieces *x, const struct pieces *y)
{
    size_t i = 0, k = 0, both = 0;
    if (!x->n || !y->n)
        return 0;
    while (i < x->n && k < y->n) {
        both += x->at[i] == y->at[k];
        bool first = x->at[i] <= y->at[k], second = y->at[k] <= x->at[i];
        i += first;
        k += second;
    }
    return (double)both / (double)(x->n + y->n - both);
}

void pieces_bands(const struct pieces *p, int64_t ret[ALIKE_BANDS])
{
    for (unsigned band = 0; band < ALIKE_BANDS; band++) {
        uint64_t key = band;
        for (unsigned row = 0; row < ALIKE_ROWS; row++) {
            /* A hash of the family: multiply by an odd number, keep the high bits. */
            uint64_t odd = mix(band * ALIKE_ROWS + row + 1) | 1, least = UINT64_MAX;
            for (size_t i = 0; i < p->n; i++) {
                uint64_t h = (p->at[i] ^ p->at[i] >> 32) * odd;
                least = h < least ? h : least;
            }
            key = mix(key ^ least);
        }
        ret[band] = (int64_t)key;
    }
}

/* ---- pictures ---- */

enum { SIDE = 32, LOW = 8 };
/* Mean square of the low frequencies, in steps of grey, below which their signs are noise: a
 * blank wall, a white page. */
static const double plain = 0.25;

/* The mean grey of each of 32 by 32 fields. */
static void shrink(const uint8_t *grey, size_t width, size_t height, double ret[SIDE][SIDE])
{
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++) {
            size_t x0 = x * width / SIDE, x1 = (x + 1) * width / SIDE;
            size_t y0 = y * height / SIDE, y1 = (y + 1) * height / SIDE;
            uint64_t sum = 0;
            for (size_t r = y0; r < y1; r++)
                for (size_t c = x0; c < x1; c++)
                    sum += grey[r * width + c];
            ret[y][x] = (double)sum / (double)((x1 - x0) * (y1 - y0));
        }
}

int64_t picture_hash(const uint8_t *grey, size_t width, size_t height)
{
    double field[SIDE][SIDE], wave[LOW + 1][SIDE], rows[SIDE][LOW + 1], low[LOW * LOW];
    double sorted[LOW * LOW], power = 0;
    if (width < SIDE || height < SIDE)
        return 0;
    shrink(grey, width, height, field);
    for (size_t k = 0; k <= LOW; k++)
        for (size_t i = 0; i < SIDE; i++)
            wave[k][i] = cos(acos(-1.0) * (double)k * ((double)i + 0.5) / SIDE);
    for (size_t y = 0; y < SIDE; y++)
        for (size_t k = 0; k <= LOW; k++) {
            rows[y][k] = 0;
            for (size_t x = 0; x < SIDE; x++)
                rows[y][k] += field[y][x] * wave[k][x];
        }
    for (size_t v = 0; v < LOW; v++) /* without the frequency 0: brightness */
        for (size_t h = 0; h < LOW; h++) {
            double sum = 0;
            for (size_t y = 0; y < SIDE; y++)
                sum += rows[y][h + 1] * wave[v + 1][y];
            low[v * LOW + h] = sorted[v * LOW + h] = sum / (SIDE * SIDE / 4.0);
            power += low[v * LOW + h] * low[v * LOW + h];
        }
    if (power / (LOW * LOW) < plain)
        return 0;
    /* Above or below the middle one, so that half of the bits are set. */
    for (size_t i = 1; i < LOW * LOW; i++)
        for (size_t k = i; k && sorted[k - 1] > sorted[k]; k--) {
            double t = sorted[k];
            sorted[k] = sorted[k - 1];
            sorted[k - 1] = t;
        }
    double middle = (sorted[LOW * LOW / 2 - 1] + sorted[LOW * LOW / 2]) / 2;
    uint64_t hash = 0;
    for (size_t i = 0; i < LOW * LOW; i++)
        hash |= (uint64_t)(low[i] > middle) << i;
    return (int64_t)hash;
}

unsigned bits_differ(int64_t x, int64_t y)
{
    return (unsigned)__builtin_popcountll((uint64_t)(x ^ y));
}

int64_t hash_piece(int64_t hash, unsigned piece)
{
    return (int64_t)((uint64_t)hash >> (16 * piece) & 0xffff);
}
