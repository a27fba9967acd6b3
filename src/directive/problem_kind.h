/*
 * Kinds of problems (问题类别): the county's own list, seven to begin with, edited on a page.
 * A directive keeps the name, so that a list that changes later rewrites nothing.
 */
#ifndef DIRECTIVE_PROBLEM_KIND_H
#define DIRECTIVE_PROBLEM_KIND_H

#include "base/base.h"

struct arena;
struct snap;

enum { PROBLEM_KINDS_MAX = 30, PROBLEM_KIND_NAME_MAX = 30 };

/* Names in the county's order. In a. */
enum rc problem_kinds_load(const struct snap *s, struct arena *a, const char *const **ret,
                           size_t *ret_n, struct err *e) MUST_USE;
/* RC_INVALID names the list when it has no kind of this name. */
enum rc problem_kind_check(const struct snap *s, const char *name, struct err *e) MUST_USE;

#endif
