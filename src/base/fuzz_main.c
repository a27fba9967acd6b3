/* Replays inputs through a fuzz target without a fuzzing engine: each argument is a file or a
 * folder of files. */
#include "base/arena.h"
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 26 };
static int n_run;

static void replay(const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        CLEANUP(arena_freep) struct arena *names = arena_new();
        struct dirent **list;
        int n = scandir(path, &list, NULL, alphasort);
        for (int i = 0; i < n; i++) {
            if (list[i]->d_name[0] != '.')
                replay(arena_printf(names, "%s/%s", path, list[i]->d_name));
            free(list[i]);
        }
        if (n >= 0)
            free(list);
        return;
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes b;
    if (file_read(a, path, INPUT_MAX, &b, &e) != RC_OK) {
        printf("# cannot read %s\n", path);
        return;
    }
    /* A copy of exact size, so that the sanitizer sees a read beyond the end. */
    uint8_t *copy = mem_alloc(b.n);
    for (size_t i = 0; i < b.n; i++)
        copy[i] = b.p[i];
    LLVMFuzzerTestOneInput(copy, b.n);
    free(copy);
    n_run++;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("TAP version 13\n1..1\n%sok 1 - replayed %d inputs\n", n_run ? "" : "not ", n_run);
    return n_run ? 0 : 1;
}
