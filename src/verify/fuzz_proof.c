/* Receipts and policies from strangers. Until the first NUL the input is a policy, after it a
 * receipt. */
#include "tlog/ops.h"
#include "verify/proof.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct policy policy; /* large */
    static struct tlog_proof proof;
    static struct policy_finding finding;
    const uint8_t *end = memchr(data, 0, size);
    size_t n = end == NULL ? size : (size_t)(end - data), line;
    const uint8_t leaf[HASH_BYTES] = { 0 };

    bool have = policy_parse(tlog_ops(), (struct span){ data, n }, &policy, &line);
    if (end == NULL)
        return 0;
    struct span rest = { end + 1, size - n - 1 };
    if (proof_parse(rest, &proof) && have)
        assert(proof_verify(tlog_ops(), &proof, leaf, &policy, 0, &finding) != VERDICT_OK);
    return 0;
}
