/* Pages of schemes: the tree, its versions, taking a sheet in, editing a draft, previewing and
 * adopting it. */
#ifndef MONITOR_SCHEME_PAGE_H
#define MONITOR_SCHEME_PAGE_H

#include "monitor/scheme.h"
#include "monitor/scheme_sheet.h"
#include "web/web.h"

enum { SCHEME_FILE_MAX = 16 << 20 };

extern const struct route scheme_routes[];         /* the tree, downloads, copy */
extern const struct route scheme_import_routes[];  /* a sheet or table goes in */
extern const struct route scheme_edit_routes[];    /* a draft by hand */
extern const struct route scheme_preview_routes[]; /* what it would have said; adoption */
extern const size_t scheme_routes_n, scheme_import_routes_n, scheme_edit_routes_n,
    scheme_preview_routes_n;

/* The scheme of the path's :version, in the request's arena. RC_NOTFOUND. */
enum rc rq_scheme(struct rq *rq, const struct snap *s, const struct scheme **ret,
                  struct err *e) MUST_USE;
/* Write a scheme as draft in a change of its own; ret_version is its number. */
enum rc rq_scheme_write(struct rq *rq, const struct scheme *sc, int *ret_version,
                        struct err *e) MUST_USE;
/* What is wrong with a scheme, as sentences in the reader's language; ret_codes, when asked,
 * says of which node each is. */
enum rc rq_scheme_problems(struct rq *rq, const struct snap *s, const struct scheme *sc,
                           const char ***ret, const char ***ret_codes, size_t *ret_n,
                           struct err *e) MUST_USE;

/* Units and peer groups a sheet may name, in the request's arena. */
void rq_sheet_context(struct rq *rq, struct sheet_context *ret);

#endif
