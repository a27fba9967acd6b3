/*
 * What a meeting reads before it begins (会前材料), as one struct: the county's figures, five
 * changes that the intervals tell apart, three decisions that are needed, what became of the
 * last meeting's. Made anew from the database, or read back as it was frozen.
 */
#ifndef MEETING_AGENDA_H
#define MEETING_AGENDA_H

#include "base/kinds.h"
#include "people/unit.h"

struct county;
struct matter;
struct snap;

enum {
    AGENDA_CHANGES = 5,
    AGENDA_DECISIONS = 3,
    AGENDA_NOTE_MAX = 24,     /* characters of what a person says of a change */
    AGENDA_DECISION_MAX = 90, /* of what is to be decided */
    AGENDA_CONCLUSION_MAX = 300
};

struct agenda_change {
    const char *unit, *unit_name; /* code, name */
    const char *node, *node_name;
    double before, before_lo, before_hi, now, now_lo, now_hi;
    const char *note; /* "" */
};
struct agenda_decision {
    const char *text;
    const char *basis, *basis_title; /* code of a matter; "" */
};
struct agenda_last {
    const char *text; /* what was decided */
    /* Directives born of it, and how they stand; what is neither open nor done was called off.
     */
    int64_t born, open, late, done;
};
struct agenda {
    const char *title, *place, *chair;
    int32_t day;
    struct period now, before; /* none: nothing was published */
    bool other_scheme;         /* the two were judged by different schemes */
    double county, county_lo, county_hi, county_before;
    int64_t red, orange, yellow;
    int64_t directives, directives_late, objections;
    struct agenda_change changes[AGENDA_CHANGES];
    size_t n_changes;
    struct agenda_decision decisions[AGENDA_DECISIONS];
    size_t n_decisions;
    const char *last_code, *last_title; /* the meeting before; "" */
    int32_t last_day;
    struct agenda_last last[AGENDA_DECISIONS];
    size_t n_last;
};

/* Changes that can be told apart between the two newest published periods, the largest first; a
 * unit is named once among the first AGENDA_CHANGES. */
enum rc agenda_candidates(const struct snap *s, struct county *c, struct arena *a,
                          struct agenda_change **ret, size_t *ret_n, struct err *e) MUST_USE;
/* As it is now, of what the meeting's people chose and wrote. In a. */
enum rc agenda_make(const struct snap *s, struct county *c, const struct matter *m,
                    struct arena *a, struct agenda *ret, struct err *e) MUST_USE;
/* The same things of the same periods as they are now: what stands beside a frozen figure. */
enum rc agenda_again(const struct snap *s, struct county *c, const struct agenda *then,
                     struct arena *a, struct agenda *ret, struct err *e) MUST_USE;
/* Whether what people wrote can be read: RC_INVALID says which line and what would be right. */
enum rc agenda_check(const struct snap *s, struct county *c, const struct matter *m,
                     struct err *e) MUST_USE;
/* Lines of a field, trimmed, without empty ones. In a. */
const char *const *agenda_lines(const struct matter *m, const char *field, struct arena *a,
                                size_t *ret_n);

/* What was born of which decision (field born: "2 D-2026-00012", "1 －" when nothing was to be
 * sent). In a. */
#define AGENDA_NONE_BORN "－"
struct agenda_born {
    size_t decision;  /* from 0 */
    const char *code; /* AGENDA_NONE_BORN: nothing */
};
enum rc agenda_born(const struct matter *m, struct arena *a, struct agenda_born **ret,
                    size_t *ret_n, struct err *e) MUST_USE;

/* Canonical JSON, and back (RC_UNPROVEN: not what we wrote). In a. */
const char *agenda_write(const struct agenda *g, struct arena *a);
enum rc agenda_read(const char *json, struct arena *a, struct agenda *ret,
                    struct err *e) MUST_USE;

/* ---- on paper ---- */

/* Of a decision that was made earlier: its directives and how they stand. */
const char *agenda_last_text(const struct agenda_last *x, enum lang lang, struct arena *a);

struct agenda_paper {
    const char *county, *mark; /* mark: what stands across the page; NULL */
    enum lang lang;
    struct utime at;    /* when the figures were taken */
    const char *digest; /* of what was frozen, hex; NULL: not yet */
};
/*
 * One A4. RC_TOOBIG: it does not fit, and which text to shorten.
 */
enum rc agenda_pdf(const struct agenda *g, const struct agenda_paper *p, struct arena *a,
                   struct bytes *ret, struct err *e) MUST_USE;
enum rc agenda_docx(const struct agenda *g, const struct agenda_paper *p, struct arena *a,
                    struct bytes *ret, struct err *e) MUST_USE;

#endif
