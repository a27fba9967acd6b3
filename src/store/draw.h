/*
 * Public draws as a county holds them: a list committed to before its seed could be known.
 *
 *   announced  list, number to draw and the public event that will give the seed are a record
 *   sealed     that record is under a checkpoint anyone can see, and the event lies ahead
 *   seeded     after the event one person entered its outcome and where it is published
 *   drawn      a second person entered it again without being shown it; lot_draw gave the
 * result void       given up by a second person, with a reason; stays in the list for ever
 *
 * What is drawn stays: one draw a purpose and subject, none is drawn again. A draw whose
 * announcement was not sealed before the event can only be given up. Each step has its record
 * (draw.announced …, subject: the code). lot/lot.h has the method.
 */
#ifndef STORE_DRAW_H
#define STORE_DRAW_H

#include "lot/lot.h"
#include "store/draw.sql.h"

struct county;
struct job_run;

enum {
    DRAW_LEAD_S = 1800,   /* the event is at least so long after the announcement */
    DRAW_AHEAD_DAYS = 92, /* and at most so many days */
    DRAW_TEXT_MAX = 100,  /* characters of title and event */
    DRAW_REASON_MAX = 500,
    DRAW_LIST_BYTES_MAX = 400 << 10, /* each step's record holds the list */
};

/* What draws are for; a row for each. */
struct draw_purpose {
    const char *code; /* [a-z_]+ */
    const char *name; /* N_() 回头看 */
    const char *job;  /* kind of the job that does what follows from a result, its key the
                         draw's code; NULL: nothing does */
    const char *page; /* address of what is drawn, its code behind it; NULL: none */
};
extern const struct draw_purpose draw_purposes[];
extern const size_t draw_purposes_n;
const struct draw_purpose *draw_purpose_find(const char *code); /* NULL */
/* What a state is called, N_(). */
const char *draw_state_text(const char *state);

struct draw_new {
    const char *purpose, *subject, *title;
    const char *event;  /* lot_event */
    const char *issue;  /* the lottery's, or the event in words */
    const char *source; /* other events: where the outcome will be published; "" a lottery's */
    int32_t day;        /* of the event */
    int minute;         /* other events: of the day */
    struct lot_item *items;
    size_t n_items;
    struct lot_take *takes;
    size_t n_takes;
    const char *by;
};
/*
 * Announce it. RC_INVALID as lot_prepare and lot_event_name, or the event lies too near or too
 * far (and what would be right); RC_CONFLICT: a draw of this purpose and subject is under way
 * or was drawn.
 */
enum rc draw_announce(struct tx *tx, struct county *c, const struct draw_new *n,
                      struct arena *a, const char **ret_code, struct err *e) MUST_USE;
/* Find announcements that are under the public checkpoint now, in time: they become sealed. */
enum rc draw_seal(struct county *c, int64_t *ret_n, struct err *e) MUST_USE;
enum rc draw_seal_job(struct job_run *r, struct err *e) MUST_USE;

struct draw_seed {
    const char *issue;   /* as it is read at the source: must be the announced one */
    const char *outcome; /* the numbers */
    const char *from;    /* first person: where they were read */
    struct utime at;     /* first person: when they were published there */
    const char *by;
};
/*
 * The first person enters the outcome. RC_CONFLICT: the announcement was not in the log before
 * the event, the outcome was public before it was, the event has not been, the state is
 * another; RC_INVALID: another event, an outcome it cannot have. Each says what to do.
 */
enum rc draw_seed(struct tx *tx, struct county *c, const char *code, const struct draw_seed *s,
                  struct err *e) MUST_USE;
/*
 * The second person enters it again; when both agree it is drawn. RC_DENIED: it is the same
 * person; RC_INVALID: what they read differs from what was entered (nothing is said about how).
 */
enum rc draw_check(struct tx *tx, struct county *c, const char *code, const struct draw_seed *s,
                   struct err *e) MUST_USE;
/* A second person sends the seed back: it is entered anew. */
enum rc draw_return(struct tx *tx, struct county *c, const char *code, const char *reason,
                    const char *by, struct err *e) MUST_USE;
/* Give it up before it is drawn, by another than who announced it. */
enum rc draw_void(struct tx *tx, struct county *c, const char *code, const char *reason,
                  const char *by, struct err *e) MUST_USE;

/* One draw and what its file says; RC_NOTFOUND. In a. */
struct draw {
    struct draw_get_row row;
    struct lot lot;
};
enum rc draw_load(const struct snap *s, const char *code, struct arena *a, struct draw *ret,
                  struct err *e) MUST_USE;

#endif
