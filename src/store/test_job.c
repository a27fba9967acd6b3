/* Jobs: asked for once, run, tried again, cancelled, taken over from a runner that fell silent.
 */
#include "store/job.h"
#include "store/test_county.h"

#include <stdio.h>
#include <string.h>

static int ran; /* how often the functions below were called */

static enum rc works(struct job_run *r, struct err *e)
{
    ran++;
    enum rc rc = job_progress(r, 1, 2, e);
    char said[64];
    snprintf(said, sizeof(said), "%s for %s", r->args, r->key);
    (void)err_set(&r->said, RC_DONE, N_("{value}"), "value", said);
    return rc == RC_OK ? job_progress(r, 2, 2, e) : rc;
}

static enum rc fails(struct job_run *r, struct err *e)
{
    ran++;
    return err_set(e, RC_IO, N_("读写失败"));
}

static enum rc is_wrong(struct job_run *r, struct err *e)
{
    ran++;
    return err_set(e, RC_INVALID, N_("输入有误"));
}

static const struct job_kind kinds[] = {
    { .name = "works", .fn = works, .help = "" },
    { .name = "fails", .fn = fails, .help = "", .attempts = 2 },
    { .name = "wrong", .fn = is_wrong, .help = "" },
};
static const struct job_kind repeated[] = {
    { .name = "works", .fn = works, .help = "", .every_s = 100 },
};

struct asking {
    const char *kind, *key;
    struct utime due, now;
    struct id id;
    bool cancel;
};

static enum rc ask(struct tx *tx, void *arg, struct err *e)
{
    struct asking *x = arg;

    if (x->cancel)
        return job_cancel(tx, x->id, x->now, e);
    return job_add(tx, x->kind, x->key, "{}", x->due, "admin", x->now, &x->id, e);
}

static struct utime at(int64_t s)
{
    return (struct utime){ s * 1000000 };
}

static struct id add(struct county *c, const char *kind, const char *key, int64_t due,
                     int64_t now)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct asking x = { .kind = kind, .key = key, .due = at(due), .now = at(now) };

    CHECK_OK(db_transact(c->db, ask, &x, &e));
    return x.id;
}

static struct job get(struct county *c, struct id id, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct job j = { .state = "?" };

    CHECK_OK(db_read(c->db, &snap, &e));
    CHECK_OK(job_get(snap, id, a, &j, &e));
    return j;
}

/* How many jobs were run by now. */
static int run(struct county *c, int64_t now)
{
    CLEANUP(err_done) struct err e = { 0 };
    int n = 0;

    for (bool any = true; any; n += any)
        CHECK_OK(job_run_one(c, kinds, COUNT(kinds), at(now), &any, &e));
    return n;
}

static void runs(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct id first = add(c, "works", "a", 0, 1000);

    ran = 0;
    CHECK_INT(add(c, "works", "a", 5000, 1001).v, first.v); /* once is enough */
    struct id other = add(c, "works", "b", 2000, 1001);
    CHECK(other.v != first.v);
    CHECK_INT(run(c, 1999), 1);
    struct job j = get(c, first, a);
    CHECK_STR(j.state, "done");
    CHECK_STR(job_message(&j, LANG_ZH, a), "{} for a");
    CHECK_STR(job_message(&j, LANG_EN, a), "{} for a");
    CHECK(j.done == 2 && j.total == 2 && j.attempts == 1 && j.ended_at.us == at(1999).us);
    CHECK_INT(j.started_at.us, at(1999).us);
    CHECK_STR(get(c, other, a).state, "waiting");
    CHECK(add(c, "works", "a", 0, 2000).v != first.v); /* that one has ended */
    CHECK_INT(run(c, 2000), 2);
    CHECK_INT(ran, 3);
}
T_COUNTY(runs)

static void tries_again(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct id id = add(c, "fails", "", 0, 1000), wrong = add(c, "wrong", "", 0, 1000);

    ran = 0;
    CHECK_INT(run(c, 1000), 2);
    CHECK_STR(get(c, wrong, a).state, "failed"); /* no use trying that again */
    CHECK_STR(get(c, id, a).state, "waiting");
    CHECK_INT(run(c, 1029), 0);
    CHECK_INT(run(c, 1030), 1);
    CHECK_STR(get(c, id, a).state, "failed");
    struct job j = get(c, id, a);
    CHECK_STR(job_message(&j, LANG_ZH, a), "读写失败");
    CHECK(!str_eq(job_message(&j, LANG_EN, a), "读写失败"));
    CHECK_INT(ran, 3);
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    CLEANUP(err_done) struct err e = { 0 };
    struct job_failure *f;
    struct job_count count;
    struct job newest;
    size_t n;
    CHECK_OK(db_read(c->db, &snap, &e));
    CHECK_OK(job_failures(snap, id, a, &f, &n, &e));
    CHECK(n == 2 && f[0].attempt == 1 && f[1].attempt == 2);
    CHECK_STR(job_failure_message(&f[1], LANG_ZH, a), "读写失败");
    CHECK_OK(job_count(snap, "", at(0), &count, &e));
    CHECK(count.failed == 2 && count.waiting == 0 && count.running == 0);
    CHECK_OK(job_count(snap, "fails", at(0), &count, &e));
    CHECK_INT(count.failed, 1);
    CHECK_OK(job_count(snap, "", at(5000), &count, &e));
    CHECK_INT(count.failed, 0);
    CHECK_OK(job_latest(snap, "wrong", "", a, &newest, &e));
    CHECK_INT(newest.id.v, wrong.v);
}
T_COUNTY(tries_again)

static void cancels(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct asking x = { .cancel = true, .id = add(c, "works", "", 0, 1000), .now = at(1001) };

    ran = 0;
    CHECK_OK(db_transact(c->db, ask, &x, &e));
    CHECK_INT(run(c, 2000), 0);
    CHECK_STR(get(c, x.id, a).state, "cancelled");
    CHECK_INT(db_transact(c->db, ask, &x, &e), RC_CONFLICT);
    CHECK_INT(ran, 0);
}
T_COUNTY(cancels)

/* While it runs, somebody cancels it or its lease runs out and another takes it. */
static struct county *intruded;
static bool intrude_cancel;

static enum rc is_interrupted(struct job_run *r, struct err *e)
{
    struct err mine = { 0 };

    if (r->attempt == 1 && intrude_cancel) {
        struct asking x = { .cancel = true, .id = r->id, .now = at(1001) };
        CHECK_INT(db_transact(intruded->db, ask, &x, &mine), RC_OK);
    } else if (r->attempt == 1) {
        bool any;
        const struct job_kind same = { .name = "silent", .fn = is_interrupted, .help = "" };
        CHECK_INT(job_run_one(intruded, &same, 1, at(1000 + 61), &any, &mine), RC_OK);
        CHECK(any);
    }
    err_done(&mine);
    ran++;
    return job_progress(r, 1, 1, e);
}

static void is_taken_over(struct county *c)
{
    static const struct job_kind silent = { .name = "silent",
                                            .fn = is_interrupted,
                                            .help = "" };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    bool any;

    intruded = c;
    for (int i = 0; i < 2; i++) {
        intrude_cancel = i == 0;
        ran = 0;
        struct id id = add(c, "silent", "", 0, 1000);
        CHECK_OK(job_run_one(c, &silent, 1, at(1000), &any, &e));
        struct job j = get(c, id, a);
        CHECK_STR(j.state, i == 0 ? "cancelled" : "done");
        CHECK_INT(j.attempts, i == 0 ? 1 : 2);
        CHECK_INT(ran, i == 0 ? 1 : 2);
        CHECK_STR(j.message, ""); /* what the first runner said at the end did not count */
    }
}
T_COUNTY(is_taken_over)

static void repeats(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    bool any;

    ran = 0;
    for (int64_t now = 1000; now < 1450; now += 50) {
        CHECK_OK(job_plan(c, repeated, 1, at(now), &e));
        CHECK_OK(job_run_one(c, repeated, 1, at(now), &any, &e));
    }
    CHECK_INT(ran, 5); /* 1000, 1100, …, 1400 */
}
T_COUNTY(repeats)

static void lists(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct id first = add(c, "works", "a", 0, 1000), second = add(c, "works", "b", 0, 1000);
    struct job *list, j;
    size_t n;

    CHECK_OK(db_read(c->db, &snap, &e));
    CHECK_OK(job_list(snap, "", "", (struct id){ 0 }, a, &list, &n, &e));
    CHECK(n == 2 && list[0].id.v == second.v);
    CHECK_OK(job_list(snap, "waiting", "works", second, a, &list, &n, &e));
    CHECK(n == 1 && list[0].id.v == first.v);
    CHECK_OK(job_list(snap, "done", "", (struct id){ 0 }, a, &list, &n, &e));
    CHECK_INT(n, 0);
    CHECK_INT(job_get(snap, (struct id){ 999 }, a, &j, &e), RC_NOTFOUND);
}
T_COUNTY(lists)

T_MAIN(T_COUNTY_CASES("a job is asked for once and run when due", runs),
       T_COUNTY_CASES("a failed job is tried again, later each time", tries_again),
       T_COUNTY_CASES("a cancelled job does not run", cancels),
       T_COUNTY_CASES("a job given to another is no longer the first one's", is_taken_over),
       T_COUNTY_CASES("a repeated job runs again after its time", repeats),
       T_COUNTY_CASES("jobs are listed", lists))
