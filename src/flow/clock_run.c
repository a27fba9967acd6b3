/*
 * What the hour brings. The one idea: a clock's ladder was turned into rows with days when the
 * clock was set, so a run only takes the rows that are due and changes what hangs on them by
 * sets; it needs neither calendar nor tables. A run takes as many as fit into the writer's
 * slice.
 */
#include "base/clock.h"
#include "base/fmt.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/inbox.sql.h"
#include "flow/matter.h"
#include "flow/notice.sql.h"
#include "store/county.h"
#include "store/job.h"
#include "store/record.h"

enum { ALARMS_A_SLICE = 200 };

struct slice {
    struct county *c;
    int32_t today;
    int64_t alarms, notices;
};

static enum rc write_run(struct tx *tx, struct slice *s, struct id run, struct arena *a,
                         struct err *e)
{
    struct canon k;
    struct id record;
    struct run_audit_row row = {
        .day = s->today, .at = county_now(s->c), .alarms = s->alarms, .notices = s->notices
    };
    canon_init(&k, a);
    canon_row(&k, &run_audit_query, &row);
    struct record_part part = part_open(&k);
    enum rc rc = record_append(
        tx, s->c,
        &(struct record_new){ .kind = "matter.clock",
                              .unit = "",
                              .subject = arena_printf(a, "%lld", (long long)run.v),
                              .by = "",
                              .parts = &part,
                              .n_parts = 1 },
        &record, e);
    return rc == RC_OK ? run_set(tx, s->alarms, s->notices, record, run, NULL, e) : rc;
}

static enum rc slice_run(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct slice *s = arg;
    struct run_insert_row run;
    struct utime now = county_now(s->c);
    int64_t more = 0;
    s->alarms = s->notices = 0;
    enum rc rc = run_insert_one(tx, s->today, now, a, &run, e);
    if (rc == RC_OK)
        rc = alarms_take(tx, run.id, s->today, ALARMS_A_SLICE, &s->alarms, e);
    if (rc == RC_OK)
        rc = tally_less(tx, run.id, NULL, e);
    if (rc == RC_OK)
        rc = colour_set(tx, run.id, NULL, e);
    if (rc == RC_OK)
        rc = tally_more(tx, run.id, NULL, e);
    if (rc == RC_OK)
        rc = alarms_tell(tx, run.id, now, s->today, &s->notices, e);
    if (rc == RC_OK)
        rc = alarms_tell_more(tx, run.id, now, s->today, &more, e);
    s->notices += more;
    return rc == RC_OK ? write_run(tx, s, run.id, a, e) : rc;
}

static enum rc due_now(struct county *c, int32_t today, int64_t *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct alarms_due_row row;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = alarms_due_one(s, today, 1, a, &row, e);
    if (rc == RC_OK)
        *ret = row.n;
    return rc;
}

/* ---- clocks that have run out, and calendars that have come: one matter at a time ---- */

struct one {
    struct county *c;
    const char *matter, *verb;
    bool done;
};

static enum rc lapse_one(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct one *o = arg;
    const struct units *units;
    struct flow_done done;
    enum rc rc = units_load(tx_snap(tx), county_today(o->c), a, &units, e);
    if (rc != RC_OK)
        return rc;
    struct flow_who w = flow_who_system(units);
    return flow_move(tx, o->c, &w,
                     &(struct flow_act){ .matter = o->matter, .verb = o->verb, .version = -1 },
                     a, &done, e);
}

static enum rc fill_one(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct one *o = arg;
    const struct units *units;
    o->done = false;
    enum rc rc = units_load(tx_snap(tx), county_today(o->c), a, &units, e);
    if (rc != RC_OK)
        return rc;
    struct flow_who w = flow_who_system(units);
    return flow_fill_gap(tx, o->c, &w, o->matter, a, &o->done, e);
}

static enum rc lapsed(struct county *c, struct flow_run *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct run_lapsed_row *rows;
    size_t n;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = run_lapsed_all(s, a, &rows, &n, e);
    }
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct flow_clock *k =
            flow_clock_of(flow_kind_of(c, rows[i].kind), rows[i].clock);
        struct one o = { .c = c, .matter = rows[i].code, .verb = k ? k->lapse : NULL };
        if (!o.verb)
            continue;
        rc = db_transact(c->db, lapse_one, &o, e);
        /* Somebody was quicker, or the kind refuses it now: the next hour looks again. */
        if (rc == RC_CONFLICT || rc == RC_INVALID || rc == RC_DENIED) {
            err_done(e);
            *e = (struct err){ 0 };
            rc = RC_OK;
        } else if (rc == RC_OK) {
            ret->lapsed++;
        }
    }
    return rc;
}

static enum rc fill_year(struct county *c, int year, struct flow_run *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct id after = { 0 };
    for (;;) {
        struct gaps_of_row *rows;
        size_t n = 0;
        enum rc rc;
        arena_reset(a);
        {
            CLEANUP(db_read_end) const struct snap *s = NULL;
            rc = db_read(c->db, &s, e);
            if (rc == RC_OK)
                rc = gaps_of_all(s, year, after, a, &rows, &n, e);
        }
        for (size_t i = 0; rc == RC_OK && i < n; i++) {
            struct one o = { .c = c, .matter = rows[i].code };
            after = rows[i].id;
            rc = db_transact(c->db, fill_one, &o, e);
            ret->gaps += rc == RC_OK && o.done;
        }
        if (rc != RC_OK || n == 0)
            return rc;
    }
}

static enum rc gaps_fill(struct county *c, struct flow_run *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct calendar *cal;
    const int *years;
    size_t n;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = calendar_get(c, s, &cal, e);
    }
    if (rc != RC_OK)
        return rc;
    years = calendar_years(cal, a, &n);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = fill_year(c, years[i], ret, e);
    return rc;
}

/* ---- units that are not there any more ---- */

static const char *const giver = "c:dispatch"; /* the desk of who gives matters to units */

struct leaving {
    struct slice slice;
    const char *unit;
};

static enum rc tell_orphans(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct leaving *x = arg;
    struct slice *s = &x->slice;
    struct run_insert_row run;
    struct utime now = county_now(s->c);
    enum rc rc = run_insert_one(tx, s->today, now, a, &run, e);
    if (rc == RC_OK)
        rc = orphans_tell(tx, giver, run.id, now, x->unit, &s->notices, e);
    return rc == RC_OK ? write_run(tx, s, run.id, a, e) : rc;
}

static enum rc orphans(struct county *c, int32_t today, struct flow_run *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct units *us;
    struct open_units_row *rows;
    size_t n, n_gone = 0;
    const char **gone;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = units_load(s, today, a, &us, e);
        if (rc == RC_OK)
            rc = open_units_all(s, a, &rows, &n, e);
        if (rc != RC_OK)
            return rc;
        gone = arena_array(a, n, sizeof(*gone));
        for (size_t i = 0; i < n && rc == RC_OK; i++) {
            struct orphans_untold_row untold = { 0 };
            if (!units_find(us, rows[i].unit))
                rc = orphans_untold_one(s, rows[i].unit, giver, a, &untold, e);
            if (untold.n > 0)
                gone[n_gone++] = rows[i].unit;
        }
    }
    for (size_t i = 0; i < n_gone && rc == RC_OK; i++) {
        struct leaving x = { .slice = { .c = c, .today = today }, .unit = gone[i] };
        rc = db_transact(c->db, tell_orphans, &x, e);
        ret->notices += x.slice.notices;
    }
    return rc;
}

enum rc flow_clock_run(struct county *c, struct flow_run *ret, struct err *e)
{
    struct slice s = { .c = c, .today = county_today(c) };
    struct flow_run r = { 0 };
    int64_t due = 0;
    enum rc rc = gaps_fill(c, &r, e);
    if (rc == RC_OK)
        rc = due_now(c, s.today, &due, e);
    while (rc == RC_OK && due > 0) {
        rc = db_transact(c->db, slice_run, &s, e);
        r.alarms += s.alarms;
        r.notices += s.notices;
        if (rc == RC_OK)
            rc = due_now(c, s.today, &due, e);
    }
    if (rc == RC_OK)
        rc = lapsed(c, &r, e);
    if (rc == RC_OK)
        rc = orphans(c, s.today, &r, e);
    if (rc == RC_OK)
        *ret = r;
    return rc;
}

/* ---- the job ---- */

enum rc flow_clock_job(struct job_run *r, struct err *e)
{
    struct flow_run did = { 0 };
    enum rc rc = flow_clock_run(r->c, &did, e);
    if (rc == RC_OK)
        (void)err_set(&r->said, RC_DONE,
                      N_("提醒和变色{alarms}件,通知{notices}条,到期自动处理{lapsed}件"),
                      "alarms", fmt_count(r->a, did.alarms), "notices",
                      fmt_count(r->a, did.notices), "lapsed", fmt_count(r->a, did.lapsed));
    return rc;
}
