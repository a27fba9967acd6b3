/*
 * The register of rules made or improved (制度库): title, document number, date, unit, the
 * problem it is to cure, and whether that problem has come again since. The last is never
 * typed: it is found by looking at what became of the matter in which the problem was dealt
 * with. A rule is changed in place; each change has a record.
 */
#ifndef MEETING_REGULATION_H
#define MEETING_REGULATION_H

#include "base/kinds.h"
#include "people/unit.h"
#include "sheet/heading.h"
#include "sheet/problem.h"

struct county;
struct snap;
struct tx;

enum {
    REGULATION_TITLE_MAX = 100,
    REGULATION_DOCUMENT_MAX = 60,
    REGULATION_PROBLEM_MAX = 300,
    REGULATION_WHY_MAX = 200,
    REGULATION_ROWS_MAX = 5000
};
enum regulation_kind { REGULATION_MADE = 1, REGULATION_IMPROVED };

struct regulation {
    const char *code; /* Z-0001; "" or NULL: a new one */
    int64_t version;  /* 0: a new one */
    const char *title;
    enum regulation_kind kind;
    const char *document; /* "清财〔2026〕12号"; "": none */
    int32_t day;          /* when it was issued */
    const char *unit;     /* code of who issued it */
    const char *problem;  /* what it is to cure */
    const char *matter;   /* code of the matter in which that was dealt with; "": none */
    const char *why;      /* why it was changed; "" at first */
    const char *by;
    struct utime at;
};
const char *regulation_kind_word(enum regulation_kind k);  /* made, improved */
const char *regulation_kind_text(enum regulation_kind k);  /* 新建, 修订; source text */
enum regulation_kind regulation_kind_of(const char *word); /* word or text; 0: neither */

/*
 * Everything about one: RC_INVALID names what is wrong and what would be right; *ret_field is
 * the form's field. us: units of today. The matter must be there when one is named.
 */
enum rc regulation_check(const struct snap *s, const struct units *us,
                         const struct regulation *r, int32_t today, const char **ret_field,
                         struct err *e) MUST_USE;
/* A new one, with its record; checked first. ret_code (may be NULL) lives in a. RC_CONFLICT:
 * the unit has one of that document number, or without a number of that title, already. */
enum rc regulation_add(struct tx *tx, struct county *c, const struct regulation *r,
                       const char *by, struct arena *a, const char **ret_code,
                       struct err *e) MUST_USE;
/* Change it; r->version as it was read. RC_CONFLICT: somebody changed it meanwhile. */
enum rc regulation_change(struct tx *tx, struct county *c, const struct regulation *r,
                          const char *by, struct err *e) MUST_USE;

/* All, the newest first. In a. */
enum rc regulations_load(const struct snap *s, struct arena *a, struct regulation **ret,
                         size_t *ret_n, struct err *e) MUST_USE;
/* RC_NOTFOUND names the code. */
enum rc regulation_load(const struct snap *s, const char *code, struct arena *a,
                        struct regulation *ret, struct err *e) MUST_USE;

/* Whether the problem has come again since the rule was issued. */
enum regulation_again {
    REGULATION_UNKNOWN, /* no matter is named, so that nobody can tell */
    REGULATION_OPEN,    /* the matter itself has not ended yet */
    REGULATION_NOT_AGAIN,
    REGULATION_AGAIN,
};
/* What says so. */
struct regulation_event {
    const char *what; /* matter (opened again), warning, or later (another directive) */
    const char *code, *unit;
    struct utime at;
};
struct regulation_fate {
    enum regulation_again again;
    struct regulation_event *events; /* the first one first */
    size_t times;                    /* how often */
};
const char *regulation_again_word(enum regulation_again x); /* unknown, open, no, yes */
const char *regulation_again_text(enum regulation_again x); /* source text */
/* One for each of list, in its order; in a. */
enum rc regulations_fate(const struct snap *s, struct county *c, const struct regulation *list,
                         size_t n, struct arena *a, struct regulation_fate **ret,
                         struct err *e) MUST_USE;

/* ---- tables ---- */

extern const struct heading regulation_headings[];
/* Rules of a table; wrong cells are in problems. A row whose code, or whose unit and document
 * number (without one: title), is there already is that one. Unknown columns are RC_INVALID. */
enum rc regulations_from_table(const struct snap *s, const struct units *us,
                               const struct table *t, int32_t today, struct arena *a,
                               struct regulation **ret, size_t *ret_n,
                               struct problems *problems, struct err *e) MUST_USE;
/* fates NULL: without that column. */
const struct table *regulations_to_table(const struct regulation *list, size_t n,
                                         const struct regulation_fate *fates,
                                         const struct units *us, struct arena *a);
/* Whether both say the same. */
bool regulation_same(const struct regulation *x, const struct regulation *y);
/* Write those that are new or changed. */
enum rc regulations_write(struct tx *tx, struct county *c, const struct regulation *list,
                          size_t n, const char *by, size_t *ret_written,
                          struct err *e) MUST_USE;

#endif
