/* Building text: a growing buffer in an arena (or on the heap when a is NULL), and the
 * escapings every output needs. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "arena.h"

/* s is always NUL-ended after str_init; n excludes the NUL. Text may contain any byte. */
struct str {
    char *s;
    size_t n, cap;
    struct arena *a;
};
void str_init(struct str *b, struct arena *a); /* a NULL: heap, end with str_done */
void str_done(struct str *b);
void str_reset(struct str *b); /* empty, keep the memory */
void str_add(struct str *b, const char *s);
void str_addn(struct str *b, const void *p, size_t n);
void str_addc(struct str *b, char c);
void str_addf(struct str *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void str_reserve(struct str *b, size_t more);
/* What "%lld" and "%.*f" print, without printf's cost: a page has thousands of numbers. */
void str_int(struct str *b, int64_t v);
void str_fixed(struct str *b, double v, unsigned decimals);

void html_textn(struct str *b, const char *s, size_t n);
void html_text(struct str *b,
               const char *s); /* & < > " ' escaped: safe in text and in quoted attributes */
void json_text(struct str *b,
               const char *s); /* with its quotes; also safe inside <script> (< is \u003c) */
void json_textn(struct str *b, const char *s, size_t n);
void json_num(struct str *b,
              double v); /* shortest text that reads back the same; null when not finite */
void url_text(struct str *b,
              const char *s); /* percent-encoding of everything but unreserved characters */
void csv_text(struct str *b, const char *s); /* quoted when needed */

/* Whole-string helpers. */
bool str_eq(const char *a, const char *b); /* both may be NULL */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
const char *str_trim(struct arena *a,
                     const char *s); /* ASCII and U+3000 space at both ends removed */
/* Pieces of s between c; "" gives one empty piece. */
char **str_split(struct arena *a, const char *s, char c, size_t *ret_n);
int text_cmp(const void *a, const void *b); /* qsort over const char * */

/* UTF-8. Strict: no overlong forms, no surrogates, at most U+10FFFF. */
bool utf8_valid(const char *s, size_t n);
/* Decode one code point, set *ret_len (1 on error, returning U+FFFD). s < end. */
uint32_t utf8_next(const char *s, const char *end, size_t *ret_len);
void utf8_add(struct str *b, uint32_t cp);
size_t utf8_count(const char *s); /* code points */

#endif
