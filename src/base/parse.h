/* Numbers from text, strictly and independent of the locale. The whole string must be the
 * number. */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include "kinds.h"

/* Decimal, optional sign, within [min, max]. what names the thing in the message. */
enum rc parse_int64(const char *s, int64_t min, int64_t max, const char *what, int64_t *ret,
                    struct err *e) MUST_USE;
/* Decimal with optional fraction and exponent; no hex, inf, nan; finite. */
enum rc parse_real(const char *s, const char *what, double *ret, struct err *e) MUST_USE;
/* The same on s[0..n), without a message: false when it is not a number. */
bool parse_real_n(const char *s, size_t n, double *ret);
/* "1,234.50" or "1234.5" yuan into fen. */
enum rc parse_money(const char *s, const char *what, struct money *ret, struct err *e) MUST_USE;
/* A code for paths and tables: [A-Za-z0-9_-]{1,64}. */
bool code_valid(const char *s);

#endif
