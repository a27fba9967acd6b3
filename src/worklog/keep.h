/* Files and pictures of an entry, kept before it is written. */
#ifndef WORKLOG_KEEP_H
#define WORKLOG_KEEP_H

#include "worklog/worklog.h"

/*
 * Keep what was sent, under name: a picture is made anew from its pixels and called by its
 * digest; a document of a usual kind stays as it is. RC_INVALID: neither, or broken, with what
 * would be right; RC_TOOBIG.
 */
enum rc work_file_keep(struct county *c, const char *name, struct bytes content,
                       struct arena *a, struct work_file *ret, struct err *e) MUST_USE;

#endif
