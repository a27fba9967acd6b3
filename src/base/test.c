/* The test harness: TAP on stdout. */
#include "base/test.h"

#include "base/arena.h"
#include "base/file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool failed;
    const char *skipped;
} now; /* the harness runs one test at a time */

void t_fail(const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    printf("# %s:%d: ", file, line);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    now.failed = true;
}

void t_skip(const char *why)
{
    now.skipped = why;
}

void t_check_part(const char *file, int line, const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        t_fail(file, line, "no \"%s\" in %.6000s", part, text ? text : "nothing");
}

void t_check_str(const char *file, int line, const char *got, const char *want,
                 const char *expr)
{
    if (got == want || (got && want && strcmp(got, want) == 0))
        return;
    t_fail(file, line, "%s is \"%s\", want \"%s\"", expr, got ? got : "(null)",
           want ? want : "(null)");
}

void t_check_int(const char *file, int line, int64_t got, int64_t want, const char *expr)
{
    if (got != want)
        t_fail(file, line, "%s is %lld, want %lld", expr, (long long)got, (long long)want);
}

void t_check_real(const char *file, int line, double got, double want, double rel,
                  const char *expr)
{
    if ((isnan(got) && isnan(want)) || got == want)
        return;
    if (!(fabs(got - want) <= rel * fmax(1, fabs(want))))
        t_fail(file, line, "%s is %.17g, want %.17g", expr, got, want);
}

void t_check_ok(const char *file, int line, enum rc rc, const struct err *e, const char *expr)
{
    if (rc == RC_OK)
        return;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    t_fail(file, line, "%s: %s: %s", expr, rc_name(rc), err_message(e, LANG_ZH, a));
}

const char *t_shared(void)
{
    const char *path = getenv("JINGJIAN_SHARED");
    return path && file_exists(path) ? path : NULL;
}

static bool selected(const char *name, int argc, char **argv)
{
    bool any = false;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            continue;
        any = true;
        if (strstr(name, argv[i]))
            return true;
    }
    return !any;
}

int t_run(int argc, char **argv, const struct t_case *cases, size_t n)
{
    int failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("TAP version 13\n1..%zu\n", n);
    for (size_t i = 0; i < n; i++) {
        now.failed = false;
        now.skipped = NULL;
        if (!selected(cases[i].name, argc, argv))
            now.skipped = "not selected";
        else
            cases[i].fn();
        printf("%sok %zu - %s", now.failed ? "not " : "", i + 1, cases[i].name);
        if (now.skipped && !now.failed)
            printf(" # SKIP %s", now.skipped);
        putchar('\n');
        failed += now.failed;
    }
    return failed ? 1 : 0;
}
