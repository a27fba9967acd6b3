/*
 * Who asks: the web hooks that turn a cookie or token into a person, check capability and scope
 * before a handler runs, record what was denied, and fill the frame of a page.
 */
#ifndef PEOPLE_ASKER_H
#define PEOPLE_ASKER_H

#include "people/account.h"
#include "people/session.h"
#include "sheet/sheet.h"
#include "web/web.h"

/* What a signed-in request carries in rq->account.data. */
struct asker {
    struct county *county;
    struct session session;
    struct person person;
    const struct units *units; /* the tree of today, shared and read-only */
    bool must_totp;            /* an administrator who has to set up the second factor first */
};

/* The county of a request, and who asks (never NULL behind a route with SESSION or TOKEN). */
struct county *rq_county(const struct rq *rq);
struct asker *rq_asker(const struct rq *rq);
/* The tree of today; cached in the county, read again after people_changed. It lives as long as
 * the request. */
enum rc people_units(struct county *c, struct rq *rq, const struct units **ret,
                     struct err *e) MUST_USE;
/* Call after a change of units has been committed. */
void people_changed(struct county *c);
/* A unit of the tree by code for which the asker has the route's capability: RC_NOTFOUND,
 * RC_DENIED. */
enum rc rq_unit(struct rq *rq, const char *code, const struct unit **ret,
                struct err *e) MUST_USE;

/*
 * A form could not be taken: shown again with *ret_error (RC_OK is returned, rq->status set),
 * when what is wrong is what the person wrote. Everything else, and every program, gets the
 * error.
 */
enum rc rq_form_failed(struct rq *rq, enum rc rc, const char **ret_error,
                       struct err *e) MUST_USE;
/* Answer with a sheet to save as what.csv, .xlsx or .json; file and sheet say when the county
 * is invented or on trial. */
enum rc rq_send_table(struct rq *rq, enum sheet_format format, const struct table *t,
                      const char *what, struct err *e) MUST_USE;
/* Which units a grant covers, in words: "全县", "城关镇及其下属". */
const char *rq_scope_text(struct rq *rq, const struct units *us, const struct grant *g);
/* What a kind of unit is called, and back: "town" is 乡镇; a county's own word is itself. */
const char *unit_kind_text(const struct rq *rq, const char *kind);
const char *unit_kind_code(const struct rq *rq, const char *text);

/* A page of a list: rows [first, last) of total, from ?page=; the pager keeps the other
 * filters.
 */
enum { ROWS_A_PAGE = 50 };
struct pager_page;
enum rc rq_pager(struct rq *rq, size_t total, size_t *ret_first, size_t *ret_last,
                 struct pager_page *ret, struct err *e) MUST_USE;

/* What a sheet has wrong, for the pages that take one. */
struct fix_page;
struct problems;
void rq_fixes(const struct rq *rq, const struct problems *ps, struct fix_page **ret,
              size_t *ret_n);

/* A section of the navigation: shown to who has the capability in one of the roles. */
enum { SECTIONS_A_ROLE = 6 }; /* more is a list nobody reads */
struct section {
    const char *name; /* N_() */
    const char *href;
    enum cap need;
    const char *roles;  /* codes of people/role.c separated by spaces; NULL: every role */
    const char *covers; /* addresses of pages that lie in it besides its own, separated by
                           spaces; NULL: none */
    const char *group;  /* heading above it, N_(); NULL: as before */
};
/* Is the section in the navigation of a role? */
bool section_for(const struct section *s, const struct role *r);
/* Hooks for web_config; sections are what the program's rooms offer, in order, ended by a NULL
 * name. */
struct web_hooks people_hooks(struct county *c, const struct section *sections);
/* Where what waits for a person is listed, and how many that are: for the top of every page.
 * count may be NULL (no number); what it cannot tell is left out. */
void people_use_inbox(struct county *c, const char *href,
                      enum rc (*count)(struct rq *rq, int64_t *ret, struct err *e));

/* Where the box at the top of every page asks, for who reads anything. */
void people_use_search(struct county *c, const char *href);

#endif
