/*
 * Values from a file into the county: checked against what there is (nothing written), then
 * loaded in slices nobody sees and made visible by one change with one record over all rows. A
 * correction is a new version of a value.
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
    size_t fresh, changed, same;
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

/* Values have come, by whatever way: called in the change that makes them visible, for what
 * follows from it. One listener a county, given before anything is imported. */
struct values_arrival {
    const char *import, *by; /* code, account */
    const struct values_context *x;
    const struct values_checked *checked;
};
typedef enum rc (*values_arrived_fn)(struct tx *tx, struct county *c,
                                     const struct values_arrival *v, struct err *e);
void values_import_tell(struct county *c, values_arrived_fn fn);

/* Clear what a stopped program left half loaded; called when a county is opened to be served.
 */
enum rc values_import_clear(struct county *c, struct err *e) MUST_USE;

#endif
