/* Answers of witnesses and web servers, and .record files, from strangers. */
#include "store/http_client.h"
#include "store/receipt.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    static struct stored_part parts[RECORD_PARTS_MAX];
    static struct record record;
    const struct bytes in = { data, size };
    struct http_reply reply;
    size_t n;

    if (http_parse_reply(a, in, &reply))
        assert(reply.status >= 200 && reply.body.n <= size);
    if (record_file_parse(a, in, parts, &n, &e) == RC_OK)
        assert(n <= RECORD_PARTS_MAX);
    if (parts_read(in, &record)) {
        struct str again;
        str_init(&again, a);
        parts_write(record.parts, record.n_parts, &again);
        assert(again.n == size);
    }
    return 0;
}
