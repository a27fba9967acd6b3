/*
 * A published period as one zip: every report as PDF and as the bytes that were committed to,
 * each with its receipt, the log's checkpoint and key, and a README that says how to check them
 * without this server. Made by a job, a report at a time, so that the county's size does not
 * matter; kept in DATA/bundle, because what is published does not change.
 */
#ifndef PUBLISH_BUNDLE_H
#define PUBLISH_BUNDLE_H

#include "base/kinds.h"

struct arena;
struct county;
struct job_run;
struct publication;
struct snap;

extern const char bundle_job[];
/* key: the period's code. RC_BUSY while a report is not under a signed checkpoint. */
enum rc bundle_job_run(struct job_run *r, struct err *e) MUST_USE;

/* done of total reports; other than RC_OK stops it. */
typedef enum rc bundle_progress(void *arg, int64_t done, int64_t total, struct err *e);
/* Make it, unless it is there: *ret_path is its file. RC_NOTFOUND: the period is not published.
 */
enum rc bundle_make(struct county *c, struct period p, bundle_progress *progress, void *arg,
                    struct arena *a, const char **ret_path, struct err *e) MUST_USE;
/* The same files unpacked, into a folder that is there, as a snapshot has them. */
enum rc bundle_files(struct county *c, const struct snap *s, struct period p, const char *dir,
                     struct arena *a, size_t *ret_reports, struct err *e) MUST_USE;
/* Its file when it has been made; NULL. */
const char *bundle_path(struct county *c, const struct publication *run, struct arena *a);

#endif
