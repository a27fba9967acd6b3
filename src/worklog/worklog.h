/*
 * 云记录: what was done on a matter, written as the work goes. An entry is a text with files
 * and pictures, none of them required, written to a matter by those whose work it is (holder,
 * lead and joint units). Who supervises reads and asks: a question is an entry of its own, and
 * the answer another. Nothing is ever changed: a correction is a new entry that names the old
 * one.
 *
 * Entries are no steps of the matter: nobody's page counts them and nothing is reckoned from
 * them (test_apart.c holds that of the whole program). Neither place nor time spent is known
 * here; a picture keeps its pixels and nothing else (picture.h).
 */
#ifndef WORKLOG_WORKLOG_H
#define WORKLOG_WORKLOG_H

#include "flow/flow.h"

enum {
    WORK_CODE = 32,       /* hex digits: 128 bits */
    WORK_TEXT_MAX = 4000, /* characters */
    WORK_FILES_MAX = 9,   /* of one entry */
    WORK_FILE_BYTES_MAX = 20 << 20,
    WORK_BODY_MAX = 64 << 20, /* of one request: nine phone pictures; the proxy of
                                 docs/operation.md lets 70 MB pass */
    WORK_PAGE = 200,          /* entries read at once */
    WORK_OF_MATTER_MAX = 5000 /* of one matter: all are read and shown; more is refused */
};

enum work_kind { WORK_ENTRY = 1, WORK_CORRECTION, WORK_QUESTION, WORK_ANSWER };
const char *work_kind_word(enum work_kind k);  /* entry, correction, question, answer */
const char *work_kind_text(enum work_kind k);  /* source text */
enum work_kind work_kind_of(const char *word); /* 0: none */

/* A file of an entry, kept already. */
struct work_file {
    const char *name, *media;
    const char *digest; /* hex */
    int64_t size;
    bool picture;
    /* Of a picture as it is kept: */
    int64_t width, height;
    const char *thumb; /* hex, a small one for pages */
    int64_t thumb_size;
    int64_t hash; /* perceptual; 0: too plain to be told from others */
};
struct work_new {
    const char *code;   /* made where it was written; NULL: made here */
    const char *matter; /* code */
    enum work_kind kind;
    const char *about; /* code of the entry that is corrected, asked about or answered; NULL or
                          "": none (an entry; a question about the whole) */
    const char *text;
    struct utime captured; /* as the device says; none: now */
    const struct work_file *files;
    size_t n_files;
};
struct work_done {
    const char *code; /* in the arena */
    bool late;        /* the matter had ended: kept, and marked so */
    bool again;       /* it was there already: nothing was done */
    struct id id;
};
/*
 * Write one, with its record, and look for others like it (hint.h). The same code with the same
 * content is the same entry. RC_CONFLICT: the code with another content; a matter that is still
 * a draft; a matter that is full. RC_DENIED: not theirs to write, or to ask. RC_INVALID:
 * nothing in it, too long, a personal number in it, an unknown entry to answer. RC_NOTFOUND: no
 * such matter.
 */
enum rc worklog_add(struct tx *tx, struct county *c, const struct flow_who *w,
                    const struct work_new *n, struct arena *a, struct work_done *ret,
                    struct err *e) MUST_USE;

/* May they write to the matter (entries, corrections, answers)? May they ask? */
bool worklog_may_write(const struct flow_who *w, const struct matter *m);
bool worklog_may_ask(const struct flow_who *w, const struct matter *m);

/* One as it is kept. Text in the arena given. */
struct work {
    struct id id;
    const char *code, *matter, *title /* of the matter */, *unit, *about, *text, *by, *by_name;
    enum work_kind kind;
    const struct work_file *files;
    size_t n_files;
    bool late;
    struct utime captured, received;
    int64_t seq; /* place in the log; -1: waits for it */
};
/* Of a matter, oldest first. Whether the asker may see the matter is the caller's to ask. */
enum rc worklog_of_matter(const struct snap *s, const char *matter, struct arena *a,
                          struct work **ret, size_t *ret_n, struct err *e) MUST_USE;
/* By a unit's people, newest first, before a row (none: from the newest). */
enum rc worklog_of_unit(const struct snap *s, const char *unit, struct id before,
                        struct arena *a, struct work **ret, size_t *ret_n,
                        struct err *e) MUST_USE;
/* All after a row, oldest first, WORK_PAGE at once: for searching and for taking everything
 * along. */
enum rc worklog_after(const struct snap *s, struct id after, struct arena *a, struct work **ret,
                      size_t *ret_n, struct err *e) MUST_USE;
/* RC_NOTFOUND. */
enum rc worklog_load(const struct snap *s, const char *code, struct arena *a, struct work *ret,
                     struct err *e) MUST_USE;

/* What an erasure of an entry's record blanks: its text and its files' names. */
struct eraser;
extern const struct eraser worklog_eraser;

#endif
