/* What the files of src/store share about a county. Not for other folders. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "store/county.h"
#include "tlog/key.h"

#include <pthread.h>

struct jobs;
struct county_private {
    struct arena *a; /* lives as long as the county */
    char *log_dir, *files_dir, *keys_dir;
    _Atomic int more_users;       /* of county_use */
    int lock;                     /* -1 when only reading */
    struct key key, sm2;          /* sm2.name NULL: none */
    char *vkey;                   /* of key */
    pthread_mutex_t sealing;      /* one sealing at a time: the thread's or county_seal_now */
    pthread_mutex_t asking;       /* one round of questions to witnesses at a time */
    struct jobs *jobs;            /* the thread of jobs_start, or NULL */
    _Atomic bool witnesses_asked; /* their sizes are known since this start */
};

/* The one process that may write in a folder: the lock is held as long as the descriptor.
 * RC_CONFLICT when another has it. */
enum rc folder_lock(const char *dir, int *ret, struct err *e) MUST_USE;

/* Read keys again after the origin has changed. */
enum rc county_load_keys(struct county *c, struct err *e) MUST_USE;

/* ---- seal.c ---- */

/* Place, publish, sign. *ret_signed: a new checkpoint was signed. Takes p->sealing. */
enum rc seal_round(struct county *c, bool *ret_signed, struct err *e) MUST_USE;
/* Write what is served: the newest checkpoint with quorum. */
enum rc publish_checkpoint(struct county *c, const char *note, struct err *e) MUST_USE;
/* A note as a checkpoint of this county's log with its good signature. */
enum rc own_checkpoint(const struct county *c, const char *note, struct checkpoint *ret,
                       struct err *e) MUST_USE;

/*
 * Does the tree of size with this root continue the checkpoint in note ("": nothing to
 * continue)? who holds the note, for the message.
 */
enum rc must_continue(const struct county *c, const char *who, const char *note, uint64_t size,
                      const uint8_t root[HASH_BYTES], struct err *e) MUST_USE;

/* ---- sealer.c ---- */

/* Something waits to be written or sealed: look soon. No effect without county_start_sealing.
 */
void sealer_wake(struct county *c);

/* ---- ask.c ---- */

/*
 * Send the newest signed checkpoint to every witness that has an address. *ret_quorum: the
 * public checkpoint is now the newest signed one. RC_OK also when witnesses do not answer;
 * RC_CONFLICT when one holds more than we have signed.
 */
enum rc ask_round(struct county *c, bool *ret_quorum, struct err *e) MUST_USE;
/*
 * Before the first signature since the start: does the tree of size with this root continue
 * what every witness holds? RC_CONFLICT when one is ahead, RC_UNPROVEN when it holds another
 * tree. *ret_silent: how many did not say. Sends only the last signed checkpoint.
 */
enum rc ask_sizes(struct county *c, int64_t size, const uint8_t root[HASH_BYTES],
                  size_t *ret_silent, size_t *ret_n, struct err *e) MUST_USE;

#endif
