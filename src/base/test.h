/*
 * The test harness: plain functions and a list, TAP on stdout.
 *   T_MAIN({ "html_text escapes markup", escapes_markup }, { … })
 * A failed CHECK prints where and what, marks the test failed and goes on. Arguments that do
 * not start with '-' select tests whose name contains one of them.
 */
#ifndef BASE_TEST_H
#define BASE_TEST_H

#include "base.h"

struct t_case {
    const char *name;
    void (*fn)(void);
};
int t_run(int argc, char **argv, const struct t_case *cases, size_t n);
void t_fail(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
void t_skip(const char *why); /* marks the running test as skipped; return afterwards */
void t_check_str(const char *file, int line, const char *got, const char *want,
                 const char *expr);
void t_check_int(const char *file, int line, int64_t got, int64_t want, const char *expr);
void t_check_real(const char *file, int line, double got, double want, double rel,
                  const char *expr);
/* The environment's JINGJIAN_SHARED folder (design data beside the project) or NULL: then
 * t_skip. */
const char *t_shared(void);

/* Is part somewhere in text? The beginning of text is shown when it is not. */
#define CHECK_PART(text, part) t_check_part(__FILE__, __LINE__, (text), (part))
void t_check_part(const char *file, int line, const char *text, const char *part);
#define CHECK(cond) ((cond) ? (void)0 : t_fail(__FILE__, __LINE__, "CHECK(%s)", #cond))
#define CHECK_STR(got, want) t_check_str(__FILE__, __LINE__, (got), (want), #got)
#define CHECK_INT(got, want)                                                                   \
    t_check_int(__FILE__, __LINE__, (int64_t)(got), (int64_t)(want), #got)
/* Relative to the larger of 1 and |want|; NaN equals NaN. */
#define CHECK_REAL(got, want, rel) t_check_real(__FILE__, __LINE__, (got), (want), (rel), #got)
/* An rc that must be RC_OK; prints e's message when it is not. Uses a variable `struct err e`
 * in scope. */
#define CHECK_OK(expr) t_check_ok(__FILE__, __LINE__, (expr), &e, #expr)
void t_check_ok(const char *file, int line, enum rc rc, const struct err *e, const char *expr);
#define T_MAIN(...)                                                                            \
    int main(int argc, char **argv)                                                            \
    {                                                                                          \
        static const struct t_case cases[] = { __VA_ARGS__ };                                  \
        return t_run(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));                     \
    }

#endif
