/*
 * Sealing: records get their place in the log, the tree grows, tiles are published, the
 * checkpoint is signed and witnesses co-sign it. One step after the other, each durable before
 * the next:
 *
 *   place   in one change of the database: seq of a batch, the tree, the size
 *   tiles   entries and hashes on disk, from the database
 *   sign    only what is durable, only what continues the last signed tree, only above what
 * witnesses hold ask     each witness in parallel; with the quorum the checkpoint becomes the
 * public one
 *
 * A step that was interrupted is simply done again.
 */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "store/county.h"

/* Stop the threads of county_start_sealing and seal what is left. No effect when there are
 * none. */
void sealer_stop(struct county *c);

/* How far the log is. Text lives in a. */
struct log_state {
    int64_t size;                          /* records sealed */
    int64_t signed_size, public_size;      /* -1: none yet */
    const char *signed_note, *public_note; /* "" when none */
    const char *hold;                      /* why nothing is signed; "" when it goes on */
    int64_t waiting;                       /* records not sealed yet */
};
enum rc log_state_get(const struct snap *snap, struct arena *a, struct log_state *ret,
                      struct err *e) MUST_USE;
struct log_witness_state {
    const char *name, *vkey;
    int64_t size; /* -1: not known */
    struct utime asked_at;
    const char *error; /* "" when the last attempt went well */
};
enum rc log_witness_states(const struct snap *snap, struct arena *a,
                           struct log_witness_state **ret, size_t *ret_n,
                           struct err *e) MUST_USE;

/*
 * After a restore nothing is signed until one of these: every witness of the policy has said
 * what it holds and it is no more than what we have (sealing then goes on by itself); or
 * somebody who knows it says what size was last signed.
 */
enum rc county_hold(struct county *c, const char *why, struct err *e) MUST_USE;
/* RC_CONFLICT when size is more than the log has: then only a new origin helps. */
enum rc county_i_know_size(struct county *c, int64_t size, struct err *e) MUST_USE;
/* The same records under a new log's name, with new keys; appends a record that says so. */
enum rc county_new_origin(struct county *c, const char *origin, struct err *e) MUST_USE;

/* The tiles in DATA/log made anew from the database. */
enum rc county_rebuild_tiles(struct county *c, struct err *e) MUST_USE;

/* Points between two steps where a test makes it fail as if the power had gone. */
enum seal_step { SEAL_PLACED = 1, SEAL_TILES, SEAL_SIGNED, SEAL_SECOND, SEAL_STEPS };
extern _Thread_local enum seal_step seal_fault; /* tests only: fail after this step, once */

#endif
