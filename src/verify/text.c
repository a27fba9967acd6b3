/*
 * Pieces of text for the log's formats. The one idea: every reader accepts exactly one spelling
 * of a value, so that two different files never mean the same thing. It knows nothing of notes
 * or trees.
 */
#include "verify/text.h"

struct span span_of(const char *s)
{
    size_t n = 0;

    while (s[n] != '\0')
        n++;
    return (struct span){ .p = (const uint8_t *)s, .n = n };
}

bool span_eq(struct span a, struct span b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (a.p[i] != b.p[i])
            return false;
    return true;
}

bool span_is(struct span a, const char *s)
{
    return span_eq(a, span_of(s));
}

bool span_starts(struct span a, const char *prefix)
{
    struct span b = span_of(prefix);

    return a.n >= b.n && span_eq((struct span){ a.p, b.n }, b);
}

struct span span_skip(struct span a, size_t n)
{
    return n == 0 ? a : (struct span){ .p = a.p + n, .n = a.n - n };
}

bool span_line(struct span *rest, struct span *ret_line)
{
    for (size_t i = 0; i < rest->n; i++) {
        if (rest->p[i] != '\n')
            continue;
        *ret_line = (struct span){ .p = rest->p, .n = i };
        *rest = span_skip(*rest, i + 1);
        return true;
    }
    return false;
}

bool span_uint64(struct span s, uint64_t *ret)
{
    uint64_t v = 0;

    if (s.n == 0 || s.n > DECIMAL_MAX || (s.n > 1 && s.p[0] == '0'))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *ret = v;
    return true;
}

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* out may be NULL: check and count only. */
static bool base64_read(struct span s, uint8_t *out, size_t max, size_t *ret_n)
{
    if (s.n % 4 != 0)
        return false;
    size_t pad = 0;
    if (s.n > 0 && s.p[s.n - 1] == '=')
        pad = s.p[s.n - 2] == '=' ? 2 : 1;
    size_t n = s.n / 4 * 3 - pad;
    if (out != NULL && n > max)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < s.n; i += 4) {
        size_t digits = i + 4 == s.n ? 4 - pad : 4;
        uint32_t v = 0;
        for (size_t j = 0; j < digits; j++) {
            int d = base64_digit(s.p[i + j]);
            if (d < 0)
                return false;
            v |= (uint32_t)d << (18 - 6 * j);
        }
        /* Bits beyond the last byte must be zero, or two texts would mean the same bytes. */
        if ((digits == 2 && (v & 0xffff) != 0) || (digits == 3 && (v & 0xff) != 0))
            return false;
        for (size_t j = 0; j + 1 < digits; j++, at++)
            if (out != NULL)
                out[at] = (uint8_t)(v >> (16 - 8 * j));
    }
    *ret_n = n;
    return true;
}

bool span_base64(struct span s, uint8_t *out, size_t max, size_t *ret_n)
{
    return base64_read(s, out, max, ret_n);
}

bool span_base64_size(struct span s, size_t *ret_n)
{
    return base64_read(s, NULL, 0, ret_n);
}

bool span_hash(struct span s, uint8_t out[HASH_BYTES])
{
    uint8_t hash[HASH_BYTES];
    size_t n;

    if (s.n != HASH_BASE64 || !base64_read(s, hash, sizeof(hash), &n) || n != HASH_BYTES)
        return false;
    hash_copy(out, hash);
    return true;
}

/* One code point off the front of *s; false when it is not strict UTF-8. s is not empty. */
static bool utf8_take(struct span *s, uint32_t *ret)
{
    uint8_t c = s->p[0];
    size_t more = c < 0x80                  ? 0
                  : (c >= 0xc2 && c < 0xe0) ? 1
                  : (c & 0xf0) == 0xe0      ? 2
                  : (c >= 0xf0 && c < 0xf5) ? 3
                                            : 4;
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };

    if (more == 4 || s->n <= more)
        return false;
    uint32_t v = more == 0 ? c : c & (0x3fU >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((s->p[i] & 0xc0) != 0x80)
            return false;
        v = v << 6 | (s->p[i] & 0x3fU);
    }
    if (v < least[more] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
        return false;
    *s = span_skip(*s, more + 1);
    *ret = v;
    return true;
}

bool span_note_text(struct span s)
{
    uint32_t c;

    while (s.n > 0) {
        if (!utf8_take(&s, &c) || (c < 0x20 && c != '\n'))
            return false;
    }
    return true;
}

/* The characters of Unicode's White_Space property. */
static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

bool span_key_name(struct span s)
{
    uint32_t c;

    if (s.n == 0)
        return false;
    while (s.n > 0) {
        if (!utf8_take(&s, &c) || c < 0x20 || c == '+' || is_space(c))
            return false;
    }
    return true;
}

size_t decimal_write(uint64_t v, uint8_t out[DECIMAL_MAX])
{
    uint8_t digits[DECIMAL_MAX];
    size_t n = 0;

    do {
        digits[n++] = (uint8_t)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    for (size_t i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    return n;
}

void hash_base64(const uint8_t hash[HASH_BYTES], uint8_t out[HASH_BASE64])
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < HASH_BYTES; i += 3) {
        uint32_t v = (uint32_t)hash[i] << 16 | (uint32_t)hash[i + 1] << 8 |
                     (i + 2 < HASH_BYTES ? hash[i + 2] : 0U);
        for (size_t j = 0; j < 4; j++)
            out[i / 3 * 4 + j] = (uint8_t)digits[v >> (18 - 6 * j) & 63];
    }
    out[HASH_BASE64 - 1] = '=';
}

bool hash_eq(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
    uint8_t differ = 0;

    for (size_t i = 0; i < HASH_BYTES; i++)
        differ |= (uint8_t)(a[i] ^ b[i]);
    return differ == 0;
}

void hash_copy(uint8_t to[HASH_BYTES], const uint8_t from[HASH_BYTES])
{
    for (size_t i = 0; i < HASH_BYTES; i++)
        to[i] = from[i];
}
