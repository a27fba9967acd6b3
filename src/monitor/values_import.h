/*
 * Values from a file into the county: checked against what there is (nothing written), then
 * loaded in slices nobody sees and made visible by one change with one record over all rows. A
 * correction is a new version of a value. Rows that a collection round asks for wait in its
 * filings for the signature.
 */
#ifndef MONITOR_VALUES_IMPORT_H
#define MONITOR_VALUES_IMPORT_H

#include "monitor/panel.h"
#include "monitor/values_check.h"
#include "people/account.h"

/* What a check needs to know of the county; lives as long as the snapshot and the arena it was
 * made with. */
struct values_context {
    struct values_lookup look;
    const struct units *units;
    const struct unit *const *unit; /* by look.unit */
    const struct point *points;     /* by look.point */
    size_t n_points;
    struct values_present *present;
    /* May be set by who makes it: called while rows are written. */
    void (*progress)(void *arg, int64_t done, int64_t total);
    void *progress_arg;
    /* May be set, too: runs in the change that makes the import visible, just before it does;
     * if it fails, nothing of the import stays. It may run more than once. */
    enum rc (*also)(struct tx *tx, void *arg, const char *import, struct err *e);
    void *also_arg;
    /* May be set: people have signed for what comes or decided it, so that nothing of it waits
     * in a filing. */
    bool signed_for;
    const struct values_follower *follower; /* of the county; NULL: nobody collects */
};
/* person: whose points may be supplied (CAP_SEND_VALUES over the point's owner); others are
 * named as foreign. */
enum rc values_context_make(struct county *c, const struct snap *s, const struct person *person,
                            struct arena *a, struct values_context *ret,
                            struct err *e) MUST_USE;
/* Check the bytes of a CSV or xlsx file. *ret_table (may be NULL): the sheet it was, NULL for a
 * long CSV. */
enum rc values_import_check(const struct values_context *x, const char *name, struct bytes file,
                            struct arena *a, struct values_checked *ret,
                            const struct table **ret_table, struct err *e) MUST_USE;

struct values_import {
    const char *code; /* I-000001 */
    struct id id, record;
    size_t fresh, changed, same, waiting, aside;
    uint8_t root[32];
};
/*
 * Write what was checked; there are no wrong rows in it (the caller asks). The file is kept and
 * made known, whether it came by a page or a command. RC_CONFLICT when
 * somebody else has changed one of the cells meanwhile: check again. existing: an import in
 * state checked that now goes on, with its code; id 0: a new one.
 */
enum rc values_import_write(struct county *c, const struct values_context *x,
                            const struct values_checked *checked, const char *name,
                            struct bytes file, struct id existing, const char *existing_code,
                            const struct person *by, struct arena *a, struct values_import *ret,
                            struct err *e) MUST_USE;

/*
 * Who collects values (src/collect). What a round asks for is no value before its source has
 * signed for it, by whatever way it comes: such rows are marked by the check, and go to the
 * filing in the change that makes the rest of the import visible. One a county, given before
 * anything is imported.
 */
struct values_arrival {
    const char *import, *by; /* code, account */
    const struct values_context *x;
    const struct values_checked *checked;
};
struct values_follower {
    /* Mark the rows that go to a filing, and count again. */
    enum rc (*part)(const struct snap *s, const struct values_context *x,
                    struct values_checked *k, struct arena *a, struct err *e);
    /* Take them. RC_CONFLICT when a round has begun to ask for a row that was not marked. */
    enum rc (*arrived)(struct tx *tx, struct county *c, const struct values_arrival *v,
                       struct err *e);
    /* The filings that an import went to, with what of it still waits there. */
    enum rc (*went)(const struct snap *s, const char *import, struct arena *a,
                    struct values_filing **ret, size_t *ret_n, struct err *e);
};
void values_import_tell(struct county *c, const struct values_follower *f);
/* What became of an import's rows. None: all of it are values. */
enum rc values_import_went(struct county *c, const struct snap *s, const char *import,
                           struct arena *a, struct values_filing **ret, size_t *ret_n,
                           struct err *e) MUST_USE;

/* What goes to a filing, in words, a sentence without its end; in a. */
const char *values_filing_text(const struct values_filing *f, enum lang lang, struct arena *a);

/* Clear what a stopped program left half loaded; called when a county is opened to be served.
 */
enum rc values_import_clear(struct county *c, struct err *e) MUST_USE;

#endif
