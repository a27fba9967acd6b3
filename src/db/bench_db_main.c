/* The bench of src/db alone: bench_db FOLDER */
#include "db/bench_db.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct bench_db b;
    if (argc != 2)
        return 2;
    if (bench_db(argv[1], &b, &e) != RC_OK) {
        fprintf(stderr, "%s\n", err_message(&e, LANG_EN, a));
        return 1;
    }
    printf("durable changes, 64 clients  %9.0f/s   fsync %7.0f/s (x%.1f)   bare loop, 32 a "
           "commit %9.0f/s (%.2f)\n",
           b.changes, b.fsyncs, b.changes / b.fsyncs, b.bare_changes,
           b.changes / b.bare_changes);
    printf(
        "rows of an import            %9.0f/s   bare loop of prepared inserts %9.0f/s (%.2f)\n",
        b.rows, b.bare_rows, b.rows / b.bare_rows);
    return 0;
}
