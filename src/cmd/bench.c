/* make bench: each figure beside its yardstick from the same run, as a table for
 * docs/performance.md. */
#include "base/arena.h"
#include "cmd/bench_engine.h"
#include "db/bench_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

static void machine(void)
{
    struct utsname u;
    if (uname(&u) == 0)
        printf("%s %s, %ld cores\n\n", u.sysname, u.machine, sysconf(_SC_NPROCESSORS_ONLN));
}

static void database(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct bench_db r;
    char folder[] = "/tmp/jingjian-bench-XXXXXX";
    if (!mkdtemp(folder) || bench_db(folder, &r, &e) != RC_OK) {
        printf("database: %s\n", err_message(&e, LANG_EN, a));
        return;
    }
    printf("durable changes, 64 clients      %8.0f /s   bare loop, 32 a commit %8.0f /s   "
           "ratio %.2f   fsync %.0f /s\n",
           r.changes, r.bare_changes, r.changes / r.bare_changes, r.fsyncs);
    printf("rows through the writer          %8.0f /s   bare prepared inserts  %8.0f /s   "
           "ratio %.2f\n",
           r.rows, r.bare_rows, r.rows / r.bare_rows);
}

int main(void)
{
    machine();
    bench_engine();
    database();
    return 0;
}
