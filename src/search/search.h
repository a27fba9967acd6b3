/*
 * Search: one index over everything people may look for, always filtered by who asks. Three
 * ideas:
 *
 * Records are the queue. Every act that matters appends a record in the change that makes it,
 * so a change costs nothing more for being found later: a thread reads the log behind the
 * sealing, asks the sources which things each record changed, and writes them to the index. The
 * index is a projection: `jingjian search rebuild` makes it anew from the same records. It
 * follows within seconds (SEARCH_LAG_S when nothing else is slow).
 *
 * Gates are words. Each thing in the index bears the gates through which it may be seen (who
 * reads the county, who reads unit 12, account 7), a person holds keys, and both are part of
 * the one condition the index answers: what may not be seen is never found, ranked or
 * counted. A source may look once more at the few things of a page, since the index is some
 * seconds old.
 *
 * Newer is higher. What changes is written with a new, higher number, and lists are read from
 * the top: the database stops after a page, however common the word. What is called just so
 * (by code, name or first letters) comes first, then names, then texts; within each the newest.
 * No weights that nobody could explain.
 */
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include "people/asker.h"
#include "search/words.h"
#include "store/record.h"

enum {
    SEARCH_LAG_S = 5,       /* how far the index is behind, as a rule */
    SEARCH_PAGE = 20,       /* things on a page */
    SEARCH_LOOK_S = 2,      /* how often the thread looks for new records */
    SEARCH_BATCH = 500,     /* records read at once */
    SEARCH_UNITS_MAX = 2000 /* units of a person that become keys */
};

/* ---- sources ---- */

/* A thing to be found. Text is copied. */
struct search_doc {
    const char *code; /* which one; unique in its source */
    struct search_text text;
    const char *href;  /* its page */
    const char *unit;  /* code of the unit it is about, for showing; "" */
    struct utime at;   /* when it was last changed */
    struct id record;  /* of its latest change; 0: written whatever record tells of it */
    const char *gates; /* see gate_ below, separated by spaces */
};
struct search_pen;
struct search_hit;
/* A thing as it is now. It is written when record is the one at hand: what changed again later
 * comes again later. */
void search_put(struct search_pen *p, const struct search_doc *d);
/* A thing that is not to be found any more; a code that ends in / is everything that begins so.
 */
void search_drop(struct search_pen *p, const char *code);

/*
 * What of a room is found: one row of a const table, put together in cmd/search_sources.c. A
 * new room adds one.
 */
struct search_source {
    const char *code;    /* [a-z]+: "matter" */
    const char *name;    /* N_("事项") */
    const char *records; /* kinds of records that change such things, separated by spaces;
                            "account." is every kind that begins so */
    bool by_subject;     /* a record changes only what its subject names: of several in a batch
                            the last one is asked for */
    /* The things that a record changed, as they are now: search_put or search_drop for each. */
    enum rc (*docs)(const struct snap *s, struct county *c, const struct record_line *r,
                    struct id record, struct search_pen *p, struct arena *a, struct err *e);
    /* Keys besides those everybody has by units and account; NULL: none. */
    void (*keys)(const struct person *who, const struct units *us, struct str *keys);
    /* May they see it now? Asked for what a page shows; NULL: the gates say enough. */
    enum rc (*may)(struct rq *rq, const struct snap *s, const struct search_hit *h, bool *ret,
                   struct err *e);
};
/* The sources of a county; they outlive it. Once, before anything else. */
void search_use(struct county *c, const struct search_source *const *sources, size_t n);

/* Gates, and the keys of the same names: everybody who reads anything; who reads the county;
 * who reads (read_unit) or handles (handle) a unit; an account. */
#define GATE_READER "_e"
#define GATE_COUNTY "_c"
const char *gate_unit(struct id unit, struct arena *a);
const char *gate_handler(struct id unit, struct arena *a);
const char *gate_account(struct id account, struct arena *a);
void gate_add(struct str *list, const char *gate);
/* The keys of a person. In a. */
const char *search_keys(struct county *c, const struct person *who, const struct units *us,
                        struct arena *a);

/* ---- asking ---- */

struct search_hit {
    struct id id;
    const struct search_source *source;
    struct search_text text;
    const char *code, *href, *unit;
    struct utime at;
    enum found why;
};
/* Where a page ends, for the next one. Zeroed: at the beginning. */
struct search_after {
    int tier;
    struct id id;
};
/*
 * What fits a question and may be seen with the keys: at most max, *ret_more when there are
 * others behind *ret_after. source "" is any. In a.
 */
enum rc search_find(const struct snap *s, struct county *c, const struct question *q,
                    const char *source, const char *keys, const struct search_after *after,
                    size_t max, struct arena *a, struct search_hit **ret, size_t *ret_n,
                    struct search_after *ret_after, bool *ret_more, struct err *e) MUST_USE;

/* ---- keeping the index ---- */

struct search_state {
    int64_t behind; /* records that are sealed and not in the index yet */
    int64_t things; /* how many it was given so far */
    bool building;  /* it is being made anew */
};
enum rc search_state(const struct snap *s, struct arena *a, struct search_state *ret,
                     struct err *e) MUST_USE;
/* Take up what has been sealed since, at most about SEARCH_BATCH records: *ret_more. */
enum rc search_update(struct county *c, bool *ret_more, struct err *e) MUST_USE;
/* Everything that is left. */
enum rc search_update_all(struct county *c, struct err *e) MUST_USE;
/* Put what many updates wrote into as few pieces as there can be. After a rebuild. */
enum rc search_merge(struct county *c, struct err *e) MUST_USE;
/* Empty it; search_update makes it anew. Readers find less meanwhile, and are told. */
enum rc search_clear(struct county *c, struct err *e) MUST_USE;
/* The thread that does it; search_stop ends it. */
struct search_thread;
enum rc search_start(struct county *c, struct search_thread **ret, struct err *e) MUST_USE;
void search_stop(struct search_thread **t); /* for CLEANUP; takes a NULL inside */

/* Erasing a part of a record takes what it says out of the index in the same change; the next
 * update puts back what is left. */
extern const struct eraser search_eraser;

extern const struct search_source search_units;
extern const struct route search_routes[];
extern const size_t search_routes_n;

#endif
