/*
 * Witnessing (C2SP tlog-witness 1.0.0) without HTTP: what a witness answers to an
 * add-checkpoint request, and what a log sends and makes of the answer.
 */
#ifndef TLOG_WITNESS_H
#define TLOG_WITNESS_H

#include "base/clock.h"
#include "tlog/key.h"
#include "tlog/tile.h"

/* An HTTP answer's substance. body lives in the arena given to the call. */
struct witness_answer {
    int status;
    const char *type; /* Content-Type */
    const char *body;
    size_t n;
};

enum { WITNESS_PROOF_MAX = 63, WITNESS_BODY_MAX = 1 << 20, WITNESS_LOGS_MAX = 64 };
struct witness; /* any thread may use it */
/*
 * A witness with its state in folder dir (locked against a second process), its key in dir/key
 * made when absent under this name. vkeys are the logs it knows; several keys of one origin are
 * alternatives.
 */
enum rc witness_open(const char *dir, const char *name, const char *const *vkeys, size_t n,
                     const struct clock *clock, struct witness **ret, struct err *e) MUST_USE;
void witness_close(struct witness *w); /* takes NULL */
void witness_closep(struct witness **w);
void witness_vkey(const struct witness *w, struct str *ret);

/*
 * Answer a request. 404 unknown origin; 403 no trusted or a bad signature; 400 old > size or
 * malformed; 409 old is not what is stored (type text/x.tlog.size, body the stored size); 422
 * bad proof, a proof with old 0, equal sizes with other roots, size 0 with a root that is not
 * the empty tree's; else stored durably, then 200 with the cosignature. Storing fails: 500.
 */
void witness_add_checkpoint(struct witness *w, struct arena *a, const char *body, size_t n,
                            struct witness_answer *ret);
/* GET <hex SHA-256(origin)>/checkpoint: the latest checkpoint, or 404. */
void witness_get_checkpoint(struct witness *w, struct arena *a, const char *hex,
                            struct witness_answer *ret);

/* The request of a log: note is its signed checkpoint, path the consistency proof from old. */
void witness_request(uint64_t old, const uint8_t (*path)[HASH_BYTES], size_t n,
                     const char *note, struct str *ret);
/*
 * The lines of an answer's body that are key's valid cosignatures of text, appended to ret.
 * RC_UNPROVEN when there is none: others' lines are ignored.
 */
enum rc witness_lines(const char *body, size_t n, struct span text, const struct vkey *key,
                      struct str *ret, struct err *e) MUST_USE;

#endif
