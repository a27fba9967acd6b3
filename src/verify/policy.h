/*
 * Whom one trusts (C2SP tlog-policy): logs, witnesses, and which of them must have signed
 * together. Limits are above those every implementation must accept (32 of each).
 */
#ifndef VERIFY_POLICY_H
#define VERIFY_POLICY_H

#include "verify/note.h"

enum { POLICY_LOGS_MAX = 32, POLICY_WITNESSES_MAX = 64, POLICY_GROUPS_MAX = 64 };

/* Large (some 20 KB): keep it off small stacks. Everything points into the parsed text. */
struct policy {
    struct vkey logs[POLICY_LOGS_MAX];
    struct span log_urls[POLICY_LOGS_MAX]; /* n == 0: none */
    size_t n_logs;
    struct vkey witnesses[POLICY_WITNESSES_MAX];
    struct span witness_urls[POLICY_WITNESSES_MAX];
    size_t n_witnesses;
    /* Every witness and group is a node, in the order of the file: members come before their
     * group. */
    struct policy_node {
        struct span name;
        size_t witness; /* its index; SIZE_MAX for a group */
        size_t parent;  /* index of the group it belongs to; SIZE_MAX for none */
        size_t least;   /* groups: how many members are enough */
    } nodes[POLICY_WITNESSES_MAX + POLICY_GROUPS_MAX];
    size_t n_nodes;
    size_t quorum; /* a node; SIZE_MAX for none */
};
/* On failure *ret_line is the number of the line that is wrong (one more than the last for a
 * missing quorum). */
bool policy_parse(const struct verify_ops *ops, struct span text, struct policy *ret,
                  size_t *ret_line);
/* Is it enough that the witnesses with signed[i] have signed? */
bool policy_quorum(const struct policy *p, const bool signed_by[POLICY_WITNESSES_MAX]);

/* What was found out about a checkpoint. */
struct policy_finding {
    struct checkpoint checkpoint;
    size_t log; /* whose signature it carries */
    struct note_seal witnesses[POLICY_WITNESSES_MAX];
    size_t n_signed; /* witnesses who signed */
};
/*
 * Is this a checkpoint of one of the policy's logs, signed by it under its own origin, with the
 * quorum? *ret is filled as far as the examination went. Cosignatures newer than `now`
 * (seconds; 0: not looked at) by more than a day are not counted.
 */
enum verdict policy_check(const struct verify_ops *ops, const struct policy *p,
                          struct span note, uint64_t now, struct policy_finding *ret);

#endif
