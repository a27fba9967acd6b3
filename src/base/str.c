/* Growing text, escaping, UTF-8. */
#include "base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void str_init(struct str *b, struct arena *a)
{
    *b = (struct str){ .a = a, .cap = 64 };
    b->s = a ? arena_alloc(a, b->cap) : mem_alloc(b->cap);
}

void str_done(struct str *b)
{
    if (!b->a)
        free(b->s);
    *b = (struct str){ 0 };
}

void str_reset(struct str *b)
{
    b->n = 0;
    b->s[0] = '\0';
}

void str_reserve(struct str *b, size_t more)
{
    if (b->cap - b->n > more)
        return;
    size_t cap = b->cap;
    while (cap - b->n <= more) {
        if (cap > SIZE_MAX / 2)
            abort();
        cap *= 2;
    }
    b->s = b->a ? arena_grow(b->a, b->s, b->cap, cap) : mem_realloc(b->s, cap);
    b->cap = cap;
}

void str_addn(struct str *b, const void *p, size_t n)
{
    if (b->cap - b->n <= n)
        str_reserve(b, n);
    if (n)
        memcpy(b->s + b->n, p, n);
    b->n += n;
    b->s[b->n] = '\0';
}

void str_add(struct str *b, const char *s)
{
    str_addn(b, s, strlen(s));
}

void str_addc(struct str *b, char c)
{
    if (b->cap - b->n <= 1)
        str_reserve(b, 1);
    b->s[b->n++] = c;
    b->s[b->n] = '\0';
}

void str_addf(struct str *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(b->s + b->n, b->cap - b->n, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    if ((size_t)n >= b->cap - b->n) {
        str_reserve(b, (size_t)n);
        va_start(ap, fmt);
        vsnprintf(b->s + b->n, b->cap - b->n, fmt, ap);
        va_end(ap);
    }
    b->n += (size_t)n;
}

/* n / 10^decimals */
static void decimal_add(struct str *b, uint64_t n, unsigned decimals, bool minus)
{
    char text[32], *p = text + sizeof(text);
    unsigned written = 0;
    do {
        if (written == decimals && decimals > 0)
            *--p = '.';
        *--p = (char)('0' + n % 10);
        n /= 10;
        written++;
    } while (n != 0 || written <= decimals);
    if (minus)
        *--p = '-';
    str_addn(b, p, (size_t)(text + sizeof(text) - p));
}

void str_int(struct str *b, int64_t v)
{
    decimal_add(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 0, v < 0);
}

void str_fixed(struct str *b, double v, unsigned decimals)
{
    static const double tens[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
    if (decimals < COUNT(tens) && fabs(v) < 1e8) {
        /* The product is off by half a unit in its last place at most: farther than that from
         * the middle between two texts, rounding it is exact. */
        double scaled = fabs(v) * tens[decimals], whole = rint(scaled);
        if (0.5 - fabs(scaled - whole) > scaled * 0x1p-52) {
            decimal_add(b, (uint64_t)whole, decimals, signbit(v));
            return;
        }
    }
    str_addf(b, "%.*f", (int)decimals, v);
}

void html_textn(struct str *b, const char *s, size_t n)
{
    /* Most texts are short: looking at each byte is quicker than calling strcspn. */
    static const char *const escaped[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"
    };
    const char *end = s + n, *plain = s;
    for (; s < end; s++) {
        const char *as = escaped[(unsigned char)*s];
        if (!as)
            continue;
        str_addn(b, plain, (size_t)(s - plain));
        str_add(b, as);
        plain = s + 1;
    }
    str_addn(b, plain, (size_t)(end - plain));
}

void html_text(struct str *b, const char *s)
{
    html_textn(b, s, strlen(s));
}

void json_textn(struct str *b, const char *s, size_t n)
{
    str_addc(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != '<')
            continue;
        str_addn(b, s + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\') {
            str_addc(b, '\\');
            str_addc(b, (char)c);
        } else if (c == '\n') {
            str_add(b, "\\n");
        } else {
            str_addf(b, "\\u%04x", c);
        }
    }
    str_addn(b, s + from, n - from);
    str_addc(b, '"');
}

void json_text(struct str *b, const char *s)
{
    if (s)
        json_textn(b, s, strlen(s));
    else
        str_add(b, "null");
}

void json_num(struct str *b, double v)
{
    if (!isfinite(v)) {
        str_add(b, "null");
        return;
    }
    char text[32];
    /* Most numbers have few decimals: when whole hundredths or so give the same number back,
     * they are its shortest text, without printing and reading it up to three times. */
    static const double tens[] = { 1, 10, 100, 1000, 10000 };
    for (size_t k = 0; k < COUNT(tens) && fabs(v) < 1e10 && (v == 0 || fabs(v) >= 1e-4); k++) {
        double whole = rint(v * tens[k]);
        if (whole / tens[k] == v) {
            decimal_add(b, (uint64_t)fabs(whole), (unsigned)k, signbit(v));
            return;
        }
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    str_add(b, text);
}

void url_text(struct str *b, const char *s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-._~", c)) {
            str_addc(b, (char)c);
        } else {
            str_addc(b, '%');
            str_addc(b, hex[c >> 4]);
            str_addc(b, hex[c & 15]);
        }
    }
}

void csv_text(struct str *b, const char *s)
{
    if (!s)
        return;
    bool edge = s[0] == ' ' || (s[0] && s[strlen(s) - 1] == ' ');
    if (!edge && !s[strcspn(s, ",\"\r\n")]) {
        str_add(b, s);
        return;
    }
    str_addc(b, '"');
    for (; *s; s++) {
        if (*s == '"')
            str_addc(b, '"');
        str_addc(b, *s);
    }
    str_addc(b, '"');
}

bool str_eq(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

/* Length of a space at s (ASCII white space or U+3000), 0 when there is none. */
static size_t space_at(const char *s)
{
    if (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        return 1;
    return memcmp(s, "\xE3\x80\x80", strnlen(s, 3) == 3 ? 3 : 1) == 0 ? 3 : 0;
}

const char *str_trim(struct arena *a, const char *s)
{
    for (size_t n; (n = space_at(s)) > 0;)
        s += n;
    size_t end = strlen(s);
    for (;;) {
        if (end >= 1 && space_at((char[]){ s[end - 1], 0 }) == 1)
            end--;
        else if (end >= 3 && memcmp(s + end - 3, "\xE3\x80\x80", 3) == 0)
            end -= 3;
        else
            break;
    }
    return arena_strndup(a, s, end);
}

char **str_split(struct arena *a, const char *s, char c, size_t *ret_n)
{
    size_t n = 1;
    for (const char *p = s; *p; p++)
        n += *p == c;
    char **list = arena_array(a, n, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        const char *end = strchr(s, c);
        size_t len = end && i + 1 < n ? (size_t)(end - s) : strlen(s);
        list[i] = arena_strndup(a, s, len);
        s += len + 1;
    }
    *ret_n = n;
    return list;
}

int text_cmp(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

uint32_t utf8_next(const char *s, const char *end, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t left = (size_t)(end - s), need = 0;
    uint32_t cp = 0, least = 0;
    *ret_len = 1;
    if (p[0] < 0x80)
        return p[0];
    if ((p[0] & 0xE0) == 0xC0)
        need = 2, cp = p[0] & 0x1F, least = 0x80;
    else if ((p[0] & 0xF0) == 0xE0)
        need = 3, cp = p[0] & 0x0F, least = 0x800;
    else if ((p[0] & 0xF8) == 0xF0)
        need = 4, cp = p[0] & 0x07, least = 0x10000;
    if (!need || left < need)
        return 0xFFFD;
    for (size_t i = 1; i < need; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0xFFFD;
        cp = cp << 6 | (p[i] & 0x3F);
    }
    if (cp < least || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return 0xFFFD;
    *ret_len = need;
    return cp;
}

bool utf8_valid(const char *s, size_t n)
{
    const char *end = s + n;
    while (s < end) {
        size_t len;
        uint32_t cp = utf8_next(s, end, &len);
        if (cp == 0xFFFD && len == 1)
            return false;
        s += len;
    }
    return true;
}

void utf8_add(struct str *b, uint32_t cp)
{
    if (cp < 0x80) {
        str_addc(b, (char)cp);
    } else if (cp < 0x800) {
        str_addc(b, (char)(0xC0 | cp >> 6));
        str_addc(b, (char)(0x80 | (cp & 0x3F)));
    } else if (cp < 0x10000) {
        str_addc(b, (char)(0xE0 | cp >> 12));
        str_addc(b, (char)(0x80 | (cp >> 6 & 0x3F)));
        str_addc(b, (char)(0x80 | (cp & 0x3F)));
    } else {
        str_addc(b, (char)(0xF0 | cp >> 18));
        str_addc(b, (char)(0x80 | (cp >> 12 & 0x3F)));
        str_addc(b, (char)(0x80 | (cp >> 6 & 0x3F)));
        str_addc(b, (char)(0x80 | (cp & 0x3F)));
    }
}

size_t utf8_count(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}
