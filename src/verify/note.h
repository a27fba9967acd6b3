/*
 * Signed notes, their keys, and checkpoints (C2SP signed-note, tlog-checkpoint,
 * tlog-cosignature).
 *
 * A note's text means nothing until note_verify has found a signature of a key one trusts.
 */
#ifndef VERIFY_NOTE_H
#define VERIFY_NOTE_H

#include "verify/merkle.h"

/* Why something was not accepted. */
enum verdict {
    VERDICT_OK,
    VERDICT_MALFORMED,     /* not in the format at all */
    VERDICT_UNSIGNED,      /* no signature of a trusted key */
    VERDICT_BAD_SIGNATURE, /* a trusted key's line whose signature is wrong */
    VERDICT_WRONG_ORIGIN,  /* signed for another log */
    VERDICT_NO_QUORUM,     /* too few witnesses */
    VERDICT_BAD_PROOF,     /* the hashes do not lead to the root */
};

enum { VKEY_ED25519 = 0x01, VKEY_COSIGNATURE = 0x04, VKEY_OTHER = 0xff };
/* What follows the type byte ff in a key for SM2 over SM3: this text, then the uncompressed
 * point. */
#define VKEY_SM2_LABEL "GB/T 32918 SM2 with SM3, signed note v1\n"
enum { VKEY_MAX = 128 };

/* A public key with its name. */
struct vkey {
    struct span name; /* points into the text given to vkey_parse */
    uint8_t id[4];
    uint8_t type;
    uint8_t key[VKEY_MAX]; /* what follows the type byte */
    size_t n;
};
/* `name+hex8+base64(type || key)`. Refuses other types, wrong lengths and an id that does not
 * fit. */
bool vkey_parse(const struct verify_ops *ops, struct span text, struct vkey *ret);
/* SHA-256(name || newline || type || key)[:4] */
void vkey_id(const struct verify_ops *ops, struct span name, uint8_t type, struct span key,
             uint8_t ret[4]);
bool vkey_same_key(const struct vkey *a, const struct vkey *b); /* whatever the names and ids */

/* A note taken apart; points into what was parsed. */
struct note {
    struct span text;  /* with its last newline */
    struct span lines; /* the signature lines */
};
enum { NOTE_MAX = 1 << 20, NOTE_SIGNATURES_MAX = 100 };
/* Splits at the last empty line and checks every signature line's form. */
bool note_parse(struct span in, struct note *ret);

/* One signature line. */
struct note_line {
    struct span line; /* without its newline */
    struct span name;
    uint8_t id[4];
    struct span base64; /* of id || signature */
};
/* The next line of *rest, which starts as note.lines; false at the end. */
bool note_next(struct span *rest, struct note_line *ret);

/* What a key said about a note. */
struct note_seal {
    bool ok;
    uint64_t time; /* seconds; cosignatures only */
};
/*
 * Check the lines of known keys; lines of others are ignored. seals[i] tells about keys[i].
 * VERDICT_OK when at least one key signed and no known key's line is wrong.
 */
enum verdict note_verify(const struct verify_ops *ops, const struct note *note,
                         const struct vkey *keys, size_t n, struct note_seal *seals);
/* Does this one line carry key's valid signature of text? For lines that did not come inside
 * the note. */
bool note_line_verify(const struct verify_ops *ops, struct span text,
                      const struct note_line *line, const struct vkey *key, uint64_t *ret_time);

/*
 * The bytes before the note's text in what a cosignature signs: "cosignature/v1\ntime N\n" into
 * out; returns how many.
 */
enum { COSIGNATURE_HEAD_MAX = 48 };
size_t cosignature_head(uint64_t time, uint8_t out[COSIGNATURE_HEAD_MAX]);

/* What a log says: its origin, how many leaves, the root. */
struct checkpoint {
    struct span origin;
    uint64_t size;
    uint8_t root[HASH_BYTES];
};
/* A note's text as a checkpoint: exactly three lines. */
bool checkpoint_parse(struct span text, struct checkpoint *ret);

#endif
