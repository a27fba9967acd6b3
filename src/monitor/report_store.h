/*
 * Reports as they are kept, read for a request or a command. A report's body never changes, so
 * that parsed ones are kept in memory; what comes after the record (its place in the log, the
 * checkpoint, who co-signed) is read anew.
 */
#ifndef MONITOR_REPORT_STORE_H
#define MONITOR_REPORT_STORE_H

#include "monitor/publication.h"
#include "print/health_report.h"

struct county;
struct rq;
struct snap;

enum { REPORTS_KEPT = 256 /* parsed reports in memory, by report and language */ };

struct kept_report;
struct held_report {
    struct health_report
        r; /* text and arrays belong to the kept report: valid until the request ends */
    struct id id, record;
    struct bytes body;      /* as committed to */
    struct publication run; /* how far it has come; r says so, too */
    struct id previous; /* the computation it took the place of, which may be read; 0: none */
    struct kept_report *kept; /* NULL when it was loaded for a command */
};
/*
 * The newest report of a unit and period that the reader may see (publication.h), in the
 * reader's language; with ?run= that one. RC_NOTFOUND when there is none.
 */
enum rc report_hold(struct rq *rq, const struct unit *unit, struct period p,
                    struct held_report *ret, struct err *e) MUST_USE;
/*
 * What a page makes of a report by itself (drawings, texts), for one of two kinds of readers:
 * made once in a, and kept as long as the report. r is without its proof, which changes.
 */
const void *report_once(const struct held_report *h, bool kind,
                        void *(*make)(struct arena *a, enum lang lang,
                                      const struct health_report *r, bool kind));
/* report_hold for commands: everything lives in a, nothing is kept. */
enum rc report_load(struct county *c, const struct snap *s, const struct sight *k,
                    const struct unit *unit, struct period p, enum lang lang, struct arena *a,
                    struct held_report *ret, struct err *e) MUST_USE;

/* Where a record is in the log, under which checkpoint and who co-signed that; index -1 while
 * it waits. */
enum rc report_proof_of(struct county *c, const struct snap *s, struct id record,
                        struct arena *a, struct report_proof *ret, struct err *e) MUST_USE;

#endif
