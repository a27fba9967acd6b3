/*
 * 通报: what a month brought, as named figures. Each figure is a query with its definition in
 * words; what it counted is kept with the number, so that the list behind it has as many rows,
 * and anyone who may read the bulletin can compute it again and sees what has changed since.
 * No figure counts people, participation or records of work.
 */
#ifndef MEETING_BULLETIN_H
#define MEETING_BULLETIN_H

#include "base/kinds.h"
#include "flow/flow.h"

extern const struct flow_kind bulletin_flow_kind;

enum { BULLETIN_TEXT_MAX = 1500 };

/* A figure's definition. */
struct figure_def {
    const char *code, *name; /* name: N_() */
    const char *means;       /* what is counted; N_() */
    const char *kind;        /* of the matters; NULL: rules of the register */
    const char *verbs;       /* |send|issue| */
    int only;                /* 0 all, 1 ended by the day first set, 2 ended late */
};
extern const struct figure_def figure_defs[];
extern const size_t figure_defs_n;
const struct figure_def *figure_def_of(const char *code); /* NULL */

struct figure_item {
    const char *code;
    int32_t quiet; /* reminders rest up to this day; 0 */
};
struct figure {
    const char *code;
    struct figure_item *items;
    size_t n;
};
struct bulletin {
    struct period month;
    const char *text;       /* what the office says of it */
    struct figure *figures; /* one for each of figure_defs that there was */
    size_t n_figures;
};

/* All figures as the database says them now. In a. */
enum rc bulletin_make(const struct snap *s, struct period month, const char *text,
                      struct arena *a, struct bulletin *ret, struct err *e) MUST_USE;
/* Canonical JSON, and back (RC_UNPROVEN). */
const char *bulletin_write(const struct bulletin *b, struct arena *a);
enum rc bulletin_read(const char *json, struct arena *a, struct bulletin *ret,
                      struct err *e) MUST_USE;
const struct figure *bulletin_figure(const struct bulletin *b, const char *code); /* NULL */
/* The month of a bulletin's matter; none when it has none. */
struct period bulletin_month(const struct matter *m);
/* How many are in one and not in the other: what a recomputation found. */
size_t figure_missing(const struct figure *in, const struct figure *from);

/* ---- on paper ---- */

struct bulletin_paper {
    const char *county, *mark;
    enum lang lang;
    struct utime at;    /* when the figures were taken */
    const char *state;  /* 已印发 …, in the reader's language */
    const char *digest; /* hex; NULL: not frozen */
    /* What is on hold: title, unit, until. */
    const char *const (*quiet)[3];
    size_t n_quiet;
};
enum rc bulletin_pdf(const struct bulletin *b, const struct bulletin_paper *p, struct arena *a,
                     struct bytes *ret, struct err *e) MUST_USE;
enum rc bulletin_docx(const struct bulletin *b, const struct bulletin_paper *p, struct arena *a,
                      struct bytes *ret, struct err *e) MUST_USE;

#endif
