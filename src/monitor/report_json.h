/*
 * The health report as canonical JSON and back: what a report's record commits to, what the
 * database keeps, what pages and the PDF are made from. Keys are the names of struct
 * health_report's members; reals are strings of 17 digits, so that what is read back is the
 * same number.
 */
#ifndef MONITOR_REPORT_JSON_H
#define MONITOR_REPORT_JSON_H

#include "base/str.h"
#include "print/health_report.h"

/* Without proof.index, size, sealed_at and witnesses, which come after the record: they are
 * read from the log. */
void report_write(struct str *b, const struct health_report *r);
/* Everything lives in a. RC_INVALID when the text is not what report_write makes. */
enum rc report_read(struct bytes json, struct arena *a, struct health_report *ret,
                    struct err *e) MUST_USE;

#endif
