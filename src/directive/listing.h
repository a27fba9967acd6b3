/*
 * Which directives a list shows, and in what order. Of what is open everything is read, since
 * the counts and the order need it; of what has ended only what a page asks for.
 */
#ifndef DIRECTIVE_LISTING_H
#define DIRECTIVE_LISTING_H

#include "directive/status.h"
#include "flow/matter.h"

struct rq;

/* The three lists are filters of the same matters, with other columns. */
enum list { LIST_ALL, LIST_PROBLEM, LIST_DUTY, LIST_PROJECT, LISTS };

struct listing_item {
    const char *code;
    struct id id;
    bool open, loaded;
    /* of a loaded one */
    struct matter m;
    struct directive_status st;
    bool waits; /* for who asks */
};
struct listing {
    struct rq *rq;
    struct county *c;
    const struct snap *s;
    struct flow_who w;
    enum list list;
    const char *state, *source, *emphasis, *kind, *severity, *unit; /* filters; "": any */
    struct listing_item *items; /* open ones first, late ones first among them */
    size_t n;
    int64_t open, late, lacking, waiting; /* of everything open they may see */
};

/* What the request's filters choose of what this person may see. End it in any case. */
enum rc listing_begin(struct rq *rq, struct listing *x, struct err *e) MUST_USE;
void listing_end(struct listing *x);
/* An item with its matter and statuses. */
enum rc listing_item(struct listing *x, size_t i, const struct listing_item **ret,
                     struct err *e) MUST_USE;
/* The same filters at another address; list is a list's code. */
extern const char *const list_codes[LISTS];
const char *listing_href(const struct listing *x, const char *path, const char *list);

#endif
