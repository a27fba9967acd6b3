/* Every report of the demo county's newest quarter as PDF: CPU and bytes a page. */
#include "base/clock.h"
#include "base/period.h"
#include "cmd/bench.h"
#include "monitor/report_store.h"
#include "people/unit.h"
#include "store/county.h"

struct paper {
    double *ms, *kb; /* a page, by report */
    size_t n;
};

static enum rc print_one(struct county *c, const struct snap *s, const struct unit *u,
                         struct paper *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct held_report held;
    struct bytes pdf;
    int pages;
    const struct person machine = person_system();
    struct sight sees;
    enum rc rc = sight_load(s, &machine, NULL, a, &sees, e);
    if (rc == RC_OK)
        rc = report_load(c, s, &sees, u, period_of(PERIOD_QUARTER, 2026, 3), LANG_ZH, a, &held,
                         e);
    int64_t cpu = clock_cpu_us();
    if (rc == RC_OK)
        rc = health_report_pdf(&held.r, LANG_ZH, a, &pdf, &pages, e);
    if (rc != RC_OK)
        return rc;
    ret->ms[ret->n] = (double)(clock_cpu_us() - cpu) / 1e3 / pages;
    ret->kb[ret->n++] = (double)pdf.n / 1e3 / pages;
    return RC_OK;
}

enum rc bench_paper(struct bench *b, struct err *e)
{
    CLEANUP(county_closep) struct county *c = NULL;
    const char *dir, *token;
    struct paper p = { 0 };
    const struct units *us;
    enum rc rc = bench_demo(b, &dir, &token, e);
    if (rc == RC_OK)
        rc = county_open_reading(dir, &c, e);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(c), b->a, &us, e);
    if (rc != RC_OK)
        return rc;
    p.ms = arena_array(b->a, us->n, sizeof(double));
    p.kb = arena_array(b->a, us->n, sizeof(double));
    for (size_t i = 0; i < us->n && rc == RC_OK; i++)
        if (us->all[i].assessed)
            rc = print_one(c, s, &us->all[i], &p, e);
    if (rc != RC_OK)
        return rc;
    bench_row(&(struct bench_row){ .work = "PDF report, CPU a page, median of the county",
                                   .reached = bench_median(p.ms, p.n),
                                   .unit = "ms",
                                   .kind = AT_MOST,
                                   .goal = 15 });
    bench_row(&(struct bench_row){ .work = "PDF report, bytes a page, median of the county",
                                   .reached = bench_median(p.kb, p.n),
                                   .unit = "KB",
                                   .kind = AT_MOST,
                                   .goal = 60 });
    return RC_OK;
}
