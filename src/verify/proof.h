/* A receipt that needs no server (C2SP tlog-proof@v1): the entry's place in a tree and the
 * tree's signed checkpoint. */
#ifndef VERIFY_PROOF_H
#define VERIFY_PROOF_H

#include "verify/policy.h"

enum { PROOF_FILE_MAX = 2 << 20, PROOF_EXTRA_MAX = 65535 };
struct tlog_proof {
    bool has_extra;
    struct span extra_base64; /* checked to be base64 of at most PROOF_EXTRA_MAX bytes; proves
                                 nothing */
    uint64_t index;
    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES]; /* the leaf's sibling first */
    size_t n;
    struct span note; /* the checkpoint with its signatures */
};
bool proof_parse(struct span in, struct tlog_proof *ret);
/* Does the proof show that an entry with this leaf hash is in a tree the policy vouches for? */
enum verdict proof_verify(const struct verify_ops *ops, const struct tlog_proof *proof,
                          const uint8_t leaf[HASH_BYTES], const struct policy *policy,
                          uint64_t now, struct policy_finding *ret);

/*
 * Lines of hashes up to an empty line, as proofs and add-checkpoint requests carry them: at
 * most max of them. Leaves *rest after the empty line.
 */
bool proof_lines(struct span *rest, uint8_t (*hashes)[HASH_BYTES], size_t max, size_t *ret_n);

#endif
