/*
 * Backups made while the county works: the job, where its files lie, and the pages of them.
 */
#ifndef CMD_BACKUP_JOB_H
#define CMD_BACKUP_JOB_H

#include "store/job.h"
#include "web/web.h"

/* The job's name: into DATA/backup/, with the digest beside the file. */
extern const char backup_job[];
enum rc backup_job_run(struct job_run *r, struct err *e) MUST_USE;
extern const struct route backup_routes[];
extern const size_t backup_routes_n;

#endif
