/*
 * Keys that sign notes: a log's (Ed25519), a witness's (timestamped cosignature), and the
 * additional 国密 line (SM2 over SM3, type ff). A key is kept as text, the form Go's note
 * package writes: PRIVATE+KEY+name+hex8+base64(type || secret) where secret is the 32-byte
 * seed, or for SM2 the label, the point and the 32-byte number.
 */
#ifndef TLOG_KEY_H
#define TLOG_KEY_H

#include "base/str.h"
#include "verify/note.h"

struct key {
    char *name;   /* heap */
    uint8_t type; /* VKEY_ED25519, VKEY_COSIGNATURE, VKEY_OTHER for SM2 */
    uint8_t id[4];
    uint8_t secret[64];       /* libsodium's form of Ed25519; SM2 uses the first 32 bytes */
    uint8_t public[VKEY_MAX]; /* what follows the type in the vkey */
    size_t n_public;
};
/* RC_INVALID when name cannot be a key's name. End with key_done, which wipes the secret. */
enum rc key_generate(const char *name, uint8_t type, struct key *ret, struct err *e) MUST_USE;
enum rc key_parse(const char *text, struct key *ret, struct err *e) MUST_USE;
void key_text(const struct key *key, struct str *ret); /* the secret's text */
void key_vkey(const struct key *key, struct str *ret); /* the public one */
void key_done(struct key *key);

/*
 * A key in a file of its own (mode 0600): read when it is there, else generated and written
 * durably. A file of another name or type is RC_CONFLICT: a new name needs a new file.
 */
enum rc key_file(const char *path, const char *name, uint8_t type, struct key *ret,
                 struct err *e) MUST_USE;
/* Only read it: RC_NOTFOUND when there is none. */
enum rc key_file_read(const char *path, struct key *ret, struct err *e) MUST_USE;

/* Append "— name base64\n" over text. time in seconds counts for cosignatures only. */
enum rc key_sign(const struct key *key, const char *text, size_t n, uint64_t time,
                 struct str *ret, struct err *e) MUST_USE;

/* "origin\nsize\nbase64 root\n" */
void checkpoint_text(const char *origin, uint64_t size, const uint8_t root[HASH_BYTES],
                     struct str *ret);
/* The verdict in words, as an error (RC_UNPROVEN; malformed: RC_INVALID). verdict is not
 * VERDICT_OK. */
enum rc verdict_err(struct err *e, enum verdict verdict, const char *what);

#endif
