/* Notes, keys, checkpoints and entries from strangers: nothing crashes, and what parses parses
 * again the same way. */
#include "tlog/ops.h"
#include "verify/note.h"
#include "verify/record.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span in = { data, size };
    const char *known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    struct vkey key, other;
    struct note note;
    struct note_seal seals[2];
    struct checkpoint c;
    struct entry entry;

    bool ok = vkey_parse(tlog_ops(), span_of(known), &key);
    assert(ok);
    if (note_parse(in, &note)) {
        (void)note_verify(tlog_ops(), &note, &key, 1, seals); /* whatever it says */
        (void)checkpoint_parse(note.text, &c);
    }
    (void)checkpoint_parse(in, &c);
    if (vkey_parse(tlog_ops(), in, &other))
        assert(other.n > 0 && other.n <= VKEY_MAX);
    if (entry_parse(in, &entry)) {
        uint8_t again[ENTRY_MAX];
        size_t n;
        ok = entry_write(&entry, again, &n);
        assert(ok && n == size && memcmp(again, data, n) == 0);
    }
    return 0;
}
