/* add-checkpoint requests and tile paths from strangers. */
#include "base/arena.h"
#include "tlog/witness.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct witness *open_once(void)
{
    static struct witness *w; /* one for all inputs */
    static struct clock clock = { .simulated = true };
    static const char *vkey =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    static char dir[] = "/tmp/jingjian-fuzz-XXXXXX";
    struct err e = { 0 };

    if (w == NULL &&
        (mkdtemp(dir) == NULL || witness_open(dir, "w", &vkey, 1, &clock, &w, &e) != RC_OK))
        abort();
    return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct witness_answer answer;
    struct tile t;
    char path[TILE_PATH_MAX];

    witness_add_checkpoint(open_once(), a, (const char *)data, size, &answer);
    assert(answer.status == 400 || answer.status == 403 || answer.status == 404 ||
           answer.status == 409 || answer.status == 422);
    const char *text = arena_strndup(a, (const char *)data, size);
    if (tile_parse(text, &t))
        assert(strcmp(tile_path(t, path), text) == 0);
    struct bytes rest = { data, size }, entry;
    while (bundle_next(&rest, &entry))
        assert(entry.p + entry.n <= data + size);
    return 0;
}
