/* Strict numbers from text. */
#include "base/parse.h"

#include "base/arena.h"
#include "base/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longest text taken for a number; longer is not one that anybody means. */
enum { NUMBER_MAX = 400 };

enum rc parse_int64(const char *s, int64_t min, int64_t max, const char *what, int64_t *ret,
                    struct err *e)
{
    const char *p = s;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    int64_t v = 0;
    bool ok = *p != '\0', overflow = false;
    for (; *p; p++) {
        if (*p < '0' || *p > '9') {
            ok = false;
            break;
        }
        int digit = *p - '0';
        overflow |= __builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v);
    }
    /* Collected as a negative number, which reaches INT64_MIN. */
    if (ok && !overflow && !negative)
        overflow = __builtin_sub_overflow((int64_t)0, v, &v);
    if (ok && !overflow && v >= min && v <= max) {
        *ret = v;
        return RC_OK;
    }
    char lo[24], hi[24];
    snprintf(lo, sizeof(lo), "%lld", (long long)min);
    snprintf(hi, sizeof(hi), "%lld", (long long)max);
    return err_set(e, RC_INVALID, N_("{what}应为{min}至{max}之间的整数,现为「{value}」"),
                   "what", what, "min", lo, "max", hi, "value", s);
}

bool parse_real_n(const char *s, size_t n, double *ret)
{
    if (n == 0 || n > NUMBER_MAX)
        return false;
    size_t i = 0, digits = 0;
    bool point = false;
    if (s[i] == '-' || s[i] == '+')
        i++;
    /* Short decimals, which are nearly all there are, are exact: an integer below 2^53 divided
     * by a power of ten. */
    uint64_t whole = 0;
    int scale = 0;
    for (; i < n && ((s[i] >= '0' && s[i] <= '9') || (s[i] == '.' && !point)); i++) {
        if (s[i] == '.') {
            point = true;
            continue;
        }
        digits++;
        if (digits <= 15)
            whole = whole * 10 + (uint64_t)(s[i] - '0');
        scale += point;
    }
    if (digits == 0)
        return false;
    if (i == n && digits <= 15) {
        static const double power[] = { 1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
        double v = (double)whole / power[scale];
        *ret = s[0] == '-' ? -v : v;
        return true;
    }
    if (i < n && (s[i] == 'e' || s[i] == 'E')) {
        size_t exponent = 0;
        i++;
        if (i < n && (s[i] == '-' || s[i] == '+'))
            i++;
        for (; i < n && s[i] >= '0' && s[i] <= '9'; i++)
            exponent++;
        if (exponent == 0)
            return false;
    }
    if (i != n)
        return false;
    char text[NUMBER_MAX + 1];
    memcpy(text, s, n);
    text[n] = '\0';
    double v =
        strtod(text, NULL); /* the process never sets a locale, so the point is a point */
    if (!isfinite(v))
        return false;
    *ret = v;
    return true;
}

enum rc parse_real(const char *s, const char *what, double *ret, struct err *e)
{
    if (parse_real_n(s, strlen(s), ret))
        return RC_OK;
    return err_set(e, RC_INVALID, N_("{what}应为数字,现为「{value}」"), "what", what, "value",
                   s);
}

enum rc parse_money(const char *s, const char *what, struct money *ret, struct err *e)
{
    const char *p = s;
    bool negative = *p == '-', ok = true;
    p += negative;
    int64_t fen = 0;
    size_t digits = 0, after = 0, group = 0;
    bool point = false, comma = false;
    for (; *p && ok; p++) {
        if (*p == ',' && !point) {
            ok = comma ? group == 3 : digits >= 1 && digits <= 3;
            comma = true;
            group = 0;
        } else if (*p == '.' && !point) {
            ok = !comma || group == 3;
            point = true;
        } else if (*p >= '0' && *p <= '9') {
            digits += !point;
            group += !point;
            after += point;
            ok = after <= 2 && !__builtin_mul_overflow(fen, 10, &fen) &&
                 !__builtin_add_overflow(fen, *p - '0', &fen);
        } else {
            ok = false;
        }
    }
    ok = ok && digits > 0 && (!comma || point || group == 3) && (!point || after > 0);
    for (; ok && after < 2; after++)
        ok = !__builtin_mul_overflow(fen, 10, &fen);
    if (!ok)
        return err_set(e, RC_INVALID, N_("{what}应为金额(元,最多两位小数),现为「{value}」"),
                       "what", what, "value", s);
    ret->fen = negative ? -fen : fen;
    return RC_OK;
}

bool code_valid(const char *s)
{
    size_t n = 0;
    for (; s[n]; n++) {
        char c = s[n];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-'))
            return false;
    }
    return n >= 1 && n <= 64;
}
