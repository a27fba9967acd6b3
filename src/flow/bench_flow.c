/*
 * The bench of matters: bench_flow FOLDER [MATTERS [DAY]]. A county of 70 units with so many
 * open matters (200,000), made by the engine itself (a county that is there already is used as
 * it is, from DAY on); then CPU of the pages' queries, a run of the clock on an ordinary day
 * and on a bad one, and moves by 64 clients beside the disk's fsync.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/inbox.h"
#include "flow/matter.h"
#include "flow/test_kinds.h"
#include "people/account.sql.h"
#include "store/county.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { UNITS = 70, CLIENTS = 64, DAYS = 120 };

struct bench {
    struct county *c;
    struct arena *a;
    const struct units *units;
    struct person desk, clerk;
    int64_t made, all;
    struct rng r;
};

static void must(enum rc rc, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (rc == RC_OK)
        return;
    fprintf(stderr, "%s\n", err_message(e, LANG_ZH, a));
    exit(1);
}

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct bench *b = arg;
    struct unit_term terms[UNITS + 1];
    static const struct account_new people[] = {
        { .code = "zhuan", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
        { .code = "ban", .name = "李青", .unit = "U7", .role = "clerk", .scope = "" },
    };
    char codes[COUNT(people)][ACTIVATION_CODE + 1];
    terms[0] = (struct unit_term){
        .code = "QX", .parent = "", .name = "区", .kind = "county", .peer_group = ""
    };
    for (int i = 0; i < UNITS; i++)
        terms[i + 1] = (struct unit_term){ .code = arena_printf(b->a, "U%d", i),
                                           .parent = "QX",
                                           .name = arena_printf(b->a, "单位%d", i),
                                           .kind = "town",
                                           .peer_group = "镇" };
    enum rc rc = units_write(tx, b->c, terms, UNITS + 1, 0, "", e);
    return rc == RC_OK ? accounts_make(tx, b->c, people, COUNT(people), 0, "", b->a, codes, e)
                       : rc;
}

static enum rc make_calendar(struct tx *tx, void *arg, struct err *e)
{
    struct bench *b = arg;
    struct calendar_day day = {
        .year = 2026, .day = day_of(2026, 1, 1), .off = true, .name = "x"
    };
    struct calendar_year years[3];
    for (int i = 0; i < 3; i++) {
        struct calendar_day *d = arena_copy(b->a, &day, sizeof(day));
        d->year = 2026 + i;
        d->day = day_of(2026 + i, 1, 1);
        years[i] =
            (struct calendar_year){ .year = 2026 + i, .source = "bench", .days = d, .n = 1 };
    }
    return calendar_write(tx, b->c, years, 3, "", NULL, e);
}

/* Errands, half a year of due days, signed and under way. */
static enum rc make_some(struct tx *tx, void *arg, struct err *e)
{
    struct bench *b = arg;
    struct flow_who w = flow_who_system(b->units);
    int64_t from = b->made;
    for (; b->made < b->all && !(b->made > from && tx_slice_over(tx)); b->made++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct flow_done done;
        char day[PERIOD_TEXT];
        int32_t due = county_today(b->c) + 2 + (int32_t)rng_below(&b->r, DAYS);
        struct flow_given given[] = { { "due", arena_strdup(a, day_code(due, day)) } };
        struct flow_new n = { .kind = "filing",
                              .title = arena_printf(a, "第%lld件:整治收费", (long long)b->made),
                              .unit = arena_printf(a, "U%d", (int)rng_below(&b->r, UNITS)),
                              .given = given,
                              .n_given = 1 };
        enum rc rc = flow_open(tx, b->c, &w, &n, a, &done, e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static void load(struct bench *b)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_of_code_row row;
    must(db_read(b->c->db, &s, &e), &e);
    must(units_load(s, county_today(b->c), b->a, &b->units, &e), &e);
    must(account_of_code_one(s, "zhuan", b->a, &row, &e), &e);
    must(person_load(s, row.id, county_today(b->c), ~UINT64_C(0), b->a, &b->desk, &e), &e);
    must(account_of_code_one(s, "ban", b->a, &row, &e), &e);
    must(person_load(s, row.id, county_today(b->c), ~UINT64_C(0), b->a, &b->clerk, &e), &e);
}

static enum rc ask_inbox(struct bench *b, const struct snap *s, const struct flow_who *w,
                         struct arena *a, struct err *e)
{
    struct matter_line *l;
    size_t n;
    bool more;
    return flow_inbox(s, b->c, w, "", NULL, INBOX_PAGE, LANG_ZH, a, &l, &n, &more, e);
}

static enum rc ask_count(struct bench *b, const struct snap *s, const struct flow_who *w,
                         struct arena *a, struct err *e)
{
    int64_t n;
    return flow_inbox_count(s, b->c, w, 1000, a, &n, e);
}

static enum rc ask_board(struct bench *b, const struct snap *s, const struct flow_who *w,
                         struct arena *a, struct err *e)
{
    struct board_column *c;
    size_t n;
    return flow_board(s, b->c, w, "filing", "", LANG_ZH, a, &c, &n, e);
}

static enum rc ask_agenda(struct bench *b, const struct snap *s, const struct flow_who *w,
                          struct arena *a, struct err *e)
{
    struct matter_line *l;
    size_t n;
    int32_t today = county_today(b->c);
    return flow_agenda(s, b->c, w, today, today + 7, LANG_ZH, a, &l, &n, e);
}

static void measure(struct bench *b, const char *what, const struct person *p,
                    enum rc (*fn)(struct bench *, const struct snap *, const struct flow_who *,
                                  struct arena *, struct err *))
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum { TIMES = 200 };
    int64_t cpu = 0;
    for (int i = 0; i < TIMES + 20; i++) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct flow_who w;
        arena_reset(a);
        int64_t start = clock_cpu_us();
        must(db_read(b->c->db, &s, &e), &e);
        must(flow_who_load(s, b->c, p, b->units, a, &w, &e), &e);
        must(fn(b, s, &w, a, &e), &e);
        cpu += i < 20 ? 0 : clock_cpu_us() - start;
    }
    printf("%-44s %8.2f ms CPU\n", what, (double)cpu / TIMES / 1000);
}

static int64_t process_cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void run_clock(struct bench *b, const char *what)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct flow_run r;
    int64_t start = clock_monotonic_us(), cpu = process_cpu_us();
    must(flow_clock_run(b->c, &r, &e), &e);
    printf("%-44s %8.2f s (%.2f s CPU), %lld alarms, %lld notices\n", what,
           (double)(clock_monotonic_us() - start) / 1e6, (double)(process_cpu_us() - cpu) / 1e6,
           (long long)r.alarms, (long long)r.notices);
}

struct client {
    struct bench *b;
    int64_t at, n, until_us;
    pthread_t thread;
};

static enum rc move_one(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct client *c = arg;
    struct flow_who w = { .person = &c->b->desk, .units = c->b->units };
    struct flow_done done;
    return flow_comment(tx, c->b->c, &w, arena_printf(a, "F-2026-%05lld", (long long)c->at),
                        "已收到,按期报送", a, &done, e);
}

static void *client_run(void *arg)
{
    struct client *c = arg;
    CLEANUP(err_done) struct err e = { 0 };
    while (clock_monotonic_us() < c->until_us) {
        must(db_transact(c->b->c->db, move_one, c, &e), &e);
        c->at += CLIENTS;
        c->n++;
    }
    return NULL;
}

static double fsyncs(const char *dir)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *path = arena_printf(a, "%s/sync", dir);
    int fd = open(path, O_CREAT | O_WRONLY, 0600), n = 0;
    int64_t start = clock_monotonic_us();
    for (; fd >= 0 && clock_monotonic_us() - start < 1000000; n++)
        if (pwrite(fd, "0123456789abcdef", 16, 0) != 16 || fsync(fd) != 0)
            break;
    close(fd);
    unlink(path);
    return n * 1e6 / (double)(clock_monotonic_us() - start);
}

static void clients(struct bench *b)
{
    struct client c[CLIENTS];
    int64_t start = clock_monotonic_us(), cpu = process_cpu_us(), n = 0;
    for (int i = 0; i < CLIENTS; i++) {
        c[i] = (struct client){ .b = b, .at = i + 1, .until_us = start + 5000000 };
        pthread_create(&c[i].thread, NULL, client_run, &c[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(c[i].thread, NULL);
        n += c[i].n;
    }
    printf("%-44s %8.0f /s, %.0f µs CPU each   fsync %.0f /s\n",
           "steps with their records, 64 clients",
           (double)n * 1e6 / (double)(clock_monotonic_us() - start),
           (double)(process_cpu_us() - cpu) / (double)(n ? n : 1), fsyncs(b->c->dir));
}

int main(int argc, char **argv)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(county_closep) struct county *c = NULL;
    struct bench b = { .a = a, .all = 200000 };
    if (argc < 2)
        return 2;
    if (argc > 2)
        must(parse_int64(argv[2], 1, 10000000, "MATTERS", &b.all, &e), &e);
    bool there = file_exists(arena_printf(a, "%s/county.json", argv[1]));
    if (!there)
        must(county_init(&(struct county_config){ .dir = argv[1], .name = "区", .demo = true },
                         &e),
             &e);
    must(county_open(argv[1], &c, &e), &e);
    int32_t day = day_of(2026, 9, 30);
    if (argc > 3)
        must(day_parse(argv[3], &day, &e), &e);
    struct utime t = day_start(day);
    t.us += INT64_C(9) * 3600 * 1000000;
    clock_set(&c->clock, t);
    b.c = c;
    rng_init(&b.r, 1, 0);
    flow_use(c, test_kinds, TEST_KINDS);
    if (!there) {
        must(db_transact(c->db, make_people, &b, &e), &e);
        must(db_transact(c->db, make_calendar, &b, &e), &e);
    }
    load(&b);
    b.made = there ? b.all : 0;
    int64_t start = clock_monotonic_us(), cpu = process_cpu_us();
    while (b.made < b.all)
        must(db_transact(c->db, make_some, &b, &e), &e);
    printf("%-44s %8.0f /s, %.0f µs CPU each\n", "opening matters, many a change",
           (double)b.all * 1e6 / (double)(clock_monotonic_us() - start),
           (double)(process_cpu_us() - cpu) / (double)b.all);
    fflush(stdout);
    measure(&b, "inbox of a clerk", &b.clerk, ask_inbox);
    measure(&b, "inbox of the platform", &b.desk, ask_inbox);
    measure(&b, "number beside the inbox, clerk", &b.clerk, ask_count);
    measure(&b, "board of the county", &b.desk, ask_board);
    measure(&b, "board of a clerk", &b.clerk, ask_board);
    measure(&b, "agenda of a week, county", &b.desk, ask_agenda);
    run_clock(&b, "first run of the clock");
    t.us += INT64_C(86400) * 1000000;
    clock_set(&c->clock, t);
    run_clock(&b, "run of the clock, an ordinary day");
    t.us += INT64_C(86400) * 14 * 1000000;
    clock_set(&c->clock, t);
    run_clock(&b, "run of the clock, two weeks at once");
    clients(&b);
    return 0;
}
