/* Receipts. The one idea: everything is checked against a policy the reader brought, never
 * against what the file says. */
#include "verify/proof.h"

bool proof_lines(struct span *rest, uint8_t (*hashes)[HASH_BYTES], size_t max, size_t *ret_n)
{
    struct span line;
    size_t n = 0;

    while (span_line(rest, &line)) {
        if (line.n == 0) {
            *ret_n = n;
            return true;
        }
        if (n == max || !span_hash(line, hashes[n++]))
            return false;
    }
    return false;
}

bool proof_parse(struct span in, struct tlog_proof *ret)
{
    struct span line;
    size_t n;

    if (in.n > PROOF_FILE_MAX || !span_line(&in, &line) ||
        !span_is(line, "c2sp.org/tlog-proof@v1") || !span_line(&in, &line))
        return false;
    ret->has_extra = span_starts(line, "extra ");
    ret->extra_base64 = (struct span){ NULL, 0 };
    if (ret->has_extra) {
        ret->extra_base64 = span_skip(line, 6);
        if (!span_base64_size(ret->extra_base64, &n) || n > PROOF_EXTRA_MAX ||
            !span_line(&in, &line))
            return false;
    }
    struct note note;
    if (!span_starts(line, "index ") || !span_uint64(span_skip(line, 6), &ret->index) ||
        !proof_lines(&in, ret->path, MERKLE_PROOF_MAX, &ret->n) || !note_parse(in, &note))
        return false;
    ret->note = in;
    return true;
}

enum verdict proof_verify(const struct verify_ops *ops, const struct tlog_proof *proof,
                          const uint8_t leaf[HASH_BYTES], const struct policy *policy,
                          uint64_t now, struct policy_finding *ret)
{
    enum verdict v = policy_check(ops, policy, proof->note, now, ret);

    if (v != VERDICT_OK)
        return v;
    return merkle_included(ops, proof->index, ret->checkpoint.size, leaf, proof->path, proof->n,
                           ret->checkpoint.root)
               ? VERDICT_OK
               : VERDICT_BAD_PROOF;
}
