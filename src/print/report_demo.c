/*
 * Writes the invented report as PDF, for eyes and for measuring:
 *   report_demo OUT.pdf [zh|en]      one report
 *   report_demo --time N [zh|en]     N reports: CPU per page, bytes per page, memory
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"
#include "print/health_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static int real_cmp(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static long memory_kb(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss : 0;
}

static int measure(int64_t n, enum lang lang, struct err *e)
{
    double *ms = mem_array((size_t)n, sizeof(*ms));
    size_t bytes = 0;
    int pages = 1;
    long warm = 0;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (int64_t i = 0; i < n; i++) {
        arena_reset(a);
        struct health_report r;
        health_report_example(a, lang, &r);
        r.unit_code = arena_printf(a, "D%02d", (int)i);
        struct bytes pdf;
        int64_t from = clock_cpu_us();
        if (health_report_pdf(&r, lang, a, &pdf, &pages, e) != RC_OK) {
            mem_freep(&ms);
            return 1;
        }
        ms[i] = (double)(clock_cpu_us() - from) / 1000 / pages;
        bytes = pdf.n / (size_t)pages;
        if (i == 9)
            warm = memory_kb();
    }
    double first = ms[0];
    qsort(ms, (size_t)n, sizeof(*ms), real_cmp);
    printf("%d pages; CPU per page: median %.1f ms, worst %.1f ms, first %.1f ms; %zu bytes "
           "per page; memory %ld KB, "
           "grown by %ld KB since the tenth\n",
           pages, ms[n / 2], ms[n - 1], first, bytes, memory_kb(), memory_kb() - warm);
    mem_freep(&ms);
    return 0;
}

int main(int argc, char **argv)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    bool timing = argc > 2 && str_eq(argv[1], "--time");
    enum lang lang =
        argc > (timing ? 3 : 2) && str_eq(argv[timing ? 3 : 2], "en") ? LANG_EN : LANG_ZH;
    int status = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: report_demo OUT.pdf [zh|en] | --time N [zh|en]\n");
        return 2;
    }
    if (timing) {
        int64_t n;
        if (parse_int64(argv[2], 1, 100000, "N", &n, &e) != RC_OK) {
            fprintf(stderr, "%s\n", err_message(&e, LANG_EN, a));
            return 2;
        }
        status = measure(n, lang, &e);
    } else {
        struct health_report r;
        struct bytes pdf;
        health_report_example(a, lang, &r);
        if (health_report_pdf(&r, lang, a, &pdf, NULL, &e) != RC_OK ||
            file_write_atomic(argv[1], pdf.p, pdf.n, &e) != RC_OK)
            status = 1;
    }
    if (status != 0)
        fprintf(stderr, "%s\n", err_message(&e, LANG_EN, a));
    return status;
}
