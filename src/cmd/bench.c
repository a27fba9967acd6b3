/*
 * make bench: each figure beside its yardstick from the same run, as the table of
 * docs/performance.md. `build/bench` measures everything, `build/bench GROUP …` only that;
 * `--in FOLDER` says on which disk (a folder is made there and removed; else ./var).
 */
#include "cmd/bench.h"

#include "base/file.h"
#include "cmd/serve_cmd.h"
#include "people/session.h"
#include "store/county.h"
#include "store/job.sql.h"

#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Waiting for jobs: a poll each tenth of a second, two seconds without one, a minute at most.
 */
enum { POLL_US = 100000, STILL_POLLS = 20, POLLS_MAX = 600 };

static const struct {
    const char *name;
    enum rc (*fn)(struct bench *b, struct err *e);
} groups[] = {
    { "engine", bench_engine },   { "import", bench_import }, { "change", bench_change },
    { "move", bench_move },       { "page", bench_page },     { "file", bench_file },
    { "paper", bench_paper },     { "audit", bench_audit },   { "start", bench_start },
    { "meeting", bench_meeting },
};

static unsigned n_rows, n_reached; /* of the one run of this program */

/* Three figures, but whole thousands whole. */
static const char *figure(struct arena *a, double v)
{
    double size = fabs(v);
    return arena_printf(a, "%.*f", size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3, v);
}

static bool is_reached(const struct bench_row *r, const char **ret_goal, struct arena *a)
{
    switch (r->kind) {
    case AT_MOST:
        *ret_goal = arena_printf(a, "≤ %s %s", figure(a, r->goal), r->unit);
        return r->reached <= r->goal;
    case AT_LEAST:
        *ret_goal = arena_printf(a, "≥ %s %s", figure(a, r->goal), r->unit);
        return r->reached >= r->goal;
    case SHARE:
        *ret_goal = arena_printf(a, "≥ %s ×", figure(a, r->goal));
        return r->reached >= r->goal * r->beside;
    case NO_GOAL:
        break;
    }
    *ret_goal = "";
    return true;
}

void bench_row(const struct bench_row *r)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *goal, *beside = "", *ratio = "";
    bool good = is_reached(r, &goal, a);
    if (r->yardstick) {
        beside = arena_printf(a, "%s %s, %s", figure(a, r->beside), r->unit, r->yardstick);
        ratio = figure(a, r->reached / r->beside);
    }
    printf("| %s%s%s | %s %s | %s | %s | %s | %s |\n", r->work, r->note ? "; " : "",
           r->note ? r->note : "", figure(a, r->reached), r->unit, beside, ratio, goal,
           r->kind == NO_GOAL ? ""
           : good             ? "yes"
                              : "**no**");
    fflush(stdout);
    n_rows += r->kind != NO_GOAL;
    n_reached += r->kind != NO_GOAL && good;
}

void bench_skip(const char *work, const char *why)
{
    printf("| %s | not measured: %s | | | | |\n", work, why);
    fflush(stdout);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double bench_median(double *v, size_t n)
{
    qsort(v, n, sizeof(*v), by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* ---- the demo county ---- */

static const char account[] = "wenshu"; /* of the platform's staff in the demo county */

struct opening {
    struct county *c;
    struct arena *a;
    const char *token;
};

static enum rc prepare(struct tx *tx, void *arg, struct err *e)
{
    struct opening *o = arg;
    const char *code;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < serve_settings_n && rc == RC_OK; i++)
        rc = setting_set(tx, o->c, &serve_settings[i], "100000000", "", e);
    return rc == RC_OK
               ? token_make(tx, o->c, account, "bench", "", 1, "", o->a, &o->token, &code, e)
               : rc;
}

enum rc bench_demo(struct bench *b, const char **ret_dir, const char **ret_token, struct err *e)
{
    CLEANUP(county_closep) struct county *c = NULL;
    struct opening o = { .a = b->a };
    enum rc rc = RC_OK;
    if (!b->demo) {
        b->demo = arena_printf(b->a, "%s/demo", b->folder);
        const char *const argv[] = { b->jingjian, "demo", "--data", b->demo, NULL };
        /* A server that is to be measured has its index already. */
        const char *const index[] = {
            b->jingjian, "search", "rebuild", "--data", b->demo, NULL
        };
        rc = program_run(argv, NULL, e);
        if (rc == RC_OK)
            rc = program_run(index, NULL, e);
    }
    if (rc == RC_OK)
        rc = county_open(b->demo, &c, e);
    o.c = c;
    if (rc == RC_OK)
        rc = db_transact(c->db, prepare, &o, e);
    if (rc != RC_OK)
        return rc;
    *ret_dir = b->demo;
    *ret_token = o.token;
    return RC_OK;
}

/* A server that has just begun does the day's jobs first: what is measured are requests. Until
 * none has run for a while. */
static enum rc wait_for_jobs(struct bench *b, const char *dir, struct err *e)
{
    CLEANUP(county_closep) struct county *c = NULL;
    enum rc rc = county_open_reading(dir, &c, e);
    for (int still = 0, polls = 0; rc == RC_OK && still < STILL_POLLS && polls < POLLS_MAX;
         polls++) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct job_counts_row jobs;
        usleep(POLL_US);
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = job_counts_one(s, (struct utime){ 0 }, "", b->a, &jobs, e);
        still = rc == RC_OK && jobs.running == 0 ? still + 1 : 0;
    }
    return rc;
}

enum rc bench_serve(struct bench *b, int core, struct program *ret, const char **ret_token,
                    int64_t *ret_us, struct err *e)
{
    const char *dir;
    enum rc rc = bench_demo(b, &dir, ret_token, e);
    if (rc != RC_OK)
        return rc;
    int port = program_free_port();
    const char *const argv[] = { b->jingjian, "serve",
                                 "--data",    dir,
                                 "--listen",  arena_printf(b->a, "127.0.0.1:%d", port),
                                 NULL };
    rc = program_start(argv, port, "/healthz", core, ret, ret_us, e);
    return rc == RC_OK && !ret_us ? wait_for_jobs(b, dir, e) : rc;
}

/* ---- the run ---- */

static void load_average(void)
{
    double v[3] = { 0 };
    (void)getloadavg(v, 3); /* zeros when it is not known */
    printf("load %.2f %.2f %.2f\n\n", v[0], v[1], v[2]);
}

static void machine(void)
{
    struct utsname u;
    char line[512], name[256] = "";
    CLEANUP(file_closep) FILE *f = fopen("/proc/cpuinfo", "re");
    while (f && fgets(line, sizeof(line), f) && !*name)
        if (sscanf(line, "model name : %255[^\n]", name) != 1)
            name[0] = '\0';
    if (uname(&u) == 0)
        printf("%s %s %s, %s, %ld cores, ", u.sysname, u.release, u.machine, name,
               sysconf(_SC_NPROCESSORS_ONLN));
    load_average();
    printf("| work | reached | yardstick, same run | ratio | goal | reached |\n"
           "|---|---|---|---|---|---|\n");
}

static bool run(struct bench *b, size_t i)
{
    CLEANUP(err_done) struct err e = { 0 };
    if (groups[i].fn(b, &e) == RC_OK)
        return true;
    bench_skip(groups[i].name, err_message(&e, LANG_EN, b->a));
    return false;
}

static bool run_named(struct bench *b, const char *name)
{
    for (size_t i = 0; i < COUNT(groups); i++)
        if (str_eq(groups[i].name, name))
            return run(b, i);
    fprintf(stderr, "bench: no group %s\n", name);
    return false;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)!remove(path); /* what stays is only a temporary file */
    return 0;
}

int main(int argc, char **argv)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct bench b = { .a = a, .jingjian = program_beside(a, "jingjian") };
    const char *in = "var";
    int first = 1;
    if (argc > 2 && str_eq(argv[1], "--in")) {
        in = argv[2];
        first = 3;
    }
    char *folder = arena_printf(a, "%s/bench-XXXXXX", in);
    if (dir_make(in, &e) != RC_OK || !mkdtemp(folder)) {
        fprintf(stderr, "bench: no folder can be made in %s\n", in);
        return 3;
    }
    b.folder = folder;
    signal(SIGPIPE, SIG_IGN);
    machine();
    bool good = true;
    for (int i = first; i < argc; i++)
        good = run_named(&b, argv[i]) && good;
    for (size_t i = 0; argc <= first && i < COUNT(groups); i++)
        good = run(&b, i) && good;
    printf("\n%u of %u goals reached, ", n_reached, n_rows);
    load_average();
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return good ? 0 : 3;
}
