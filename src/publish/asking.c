/* See asking.h. The one idea: a unit is asked when it has an opinion of this period that was
 * opened since the release came to its state. */
#include "publish/asking.h"

#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "monitor/publication.h"
#include "people/unit.h"
#include "publish/release.sql.h"
#include "publish/release_kind.h"
#include "store/county.h"
#include "store/job.h"

const char asking_job[] = "asking";

struct asking {
    struct tx *tx; /* NULL: only looking */
    const struct snap *s;
    struct county *c;
    struct arena *a;
    const struct matter *release;
    const struct units *units;
    struct period period;
    char code[PERIOD_TEXT];
    bool done; /* something, in this change */
    bool left;
};

static enum rc begin(struct asking *k, struct err *e)
{
    enum rc rc = units_load(k->s, county_today(k->c), k->a, &k->units, e);
    if (rc == RC_OK)
        rc = release_period(k->release, &k->period, e);
    if (rc == RC_OK)
        period_code(k->period, k->code);
    return rc;
}

/* At least one thing a change, so that every slice comes nearer to the end. */
static bool full(struct asking *k)
{
    k->left |= k->done && tx_slice_over(k->tx);
    k->done = true;
    return k->left;
}

static bool asks(const struct asking *k)
{
    return str_eq(k->release->state, "comment");
}

/* ---- an earlier round ---- */

static enum rc drop(struct asking *k, struct err *e)
{
    enum rc rc = RC_OK;
    const struct utime since = asks(k) ? k->release->state_at : (struct utime){ INT64_MAX };
    for (size_t n = 1; n > 0 && rc == RC_OK && !k->left;) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct opinions_before_row *rows;
        rc = opinions_before_all(k->s, k->release->code, since, a, &rows, &n, e);
        for (size_t i = 0; i < n && rc == RC_OK && !full(k); i++)
            rc = release_move(k->tx, k->c, rows[i].code, "drop", e);
    }
    return rc;
}

/* ---- this one ---- */

static enum rc ask(struct asking *k, const struct unit *u, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct flow_who w = flow_who_system(k->units);
    struct flow_done done;
    struct burden_ask burden = { .what = BURDEN_OPINION, .unit = u->code };
    const char *minutes = matter_value(k->release, "minutes");
    const struct flow_given given = { "minutes", minutes };
    const struct flow_link links[] = { { "report", arena_printf(a, "%s-%s", u->code, k->code) },
                                       { "period", k->code } };
    burden.title = text_fill(a, N_("核对{unit}{period}体检报告"), "unit", u->name, "period",
                             period_name(a, k->period, LANG_ZH), NULL);
    enum rc rc = flow_open(k->tx, k->c, &w,
                           &(struct flow_new){ .kind = opinion_flow_kind.code,
                                               .title = burden.title,
                                               .unit = u->code,
                                               .parent = k->release->code,
                                               .given = &given,
                                               .n_given = *minutes != '\0',
                                               .links = links,
                                               .n_links = COUNT(links) },
                           a, &done, e);
    if (rc != RC_OK || !*minutes)
        return rc;
    burden.code = done.code;
    rc = parse_int64(minutes, 1, BURDEN_MINUTES_MAX, N_("预计用时"), &burden.minutes, e);
    if (rc == RC_OK) /* whoever moved it here asks */
        rc = burden_office(k->s, k->c, k->release->state_mover, a, &burden.requester, e);
    return rc == RC_OK ? burden_ask(k->tx, k->c, &burden, 1, "", a, e) : rc;
}

/* The first that has not been asked after a report's row; NULL at the end. Units that are gone
 * are not asked. */
static enum rc next(const struct asking *k, struct id computation, struct id *after,
                    struct arena *a, const struct unit **ret, struct err *e)
{
    *ret = NULL;
    for (;;) {
        struct unit_unasked_row row;
        enum rc rc = unit_unasked_one(k->s, computation, *after, k->code, k->release->state_at,
                                      a, &row, e);
        if (rc == RC_NOTFOUND) {
            err_done(e);
            *e = (struct err){ 0 };
            return RC_OK;
        }
        if (rc != RC_OK)
            return rc;
        *after = row.id;
        *ret = units_find(k->units, row.code);
        if (*ret)
            return RC_OK;
    }
}

static enum rc ask_all(struct asking *k, struct err *e)
{
    struct publication now;
    struct id after = { 0 };
    const struct unit *u = NULL;
    enum rc rc = publication_newest(k->s, k->period, k->a, &now, e);
    if (rc == RC_OK)
        rc = next(k, now.computation, &after, k->a, &u, e);
    while (rc == RC_OK && u && !full(k)) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        rc = ask(k, u, e);
        if (rc == RC_OK)
            rc = next(k, now.computation, &after, a, &u, e);
    }
    return rc;
}

enum rc asking_all_asked(const struct snap *s, struct county *c, const struct matter *release,
                         bool *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct asking k = { .s = s, .c = c, .a = a, .release = release };
    struct publication now;
    struct id after = { 0 };
    const struct unit *u;
    enum rc rc = begin(&k, e);
    if (rc == RC_OK)
        rc = publication_newest(s, k.period, a, &now, e);
    if (rc == RC_OK)
        rc = next(&k, now.computation, &after, a, &u, e);
    if (rc == RC_OK)
        *ret = !u;
    return rc;
}

/* ---- slices ---- */

static enum rc slice(struct tx *tx, struct county *c, const struct matter *release,
                     bool *ret_left, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct asking k = { .tx = tx, .s = tx_snap(tx), .c = c, .a = a, .release = release };
    enum rc rc = begin(&k, e);
    if (rc == RC_OK)
        rc = drop(&k, e);
    if (rc == RC_OK && !k.left && asks(&k))
        rc = ask_all(&k, e);
    *ret_left = k.left;
    return rc;
}

enum rc asking_go_on(struct tx *tx, struct county *c, const struct matter *release,
                     const char *by, struct err *e)
{
    const struct clock real = { .simulated = false };
    bool left = false;
    struct id job;
    enum rc rc = slice(tx, c, release, &left, e);
    return rc == RC_OK && left ? job_add(tx, asking_job, release->code, "", (struct utime){ 0 },
                                         by, clock_now(&real), &job, e)
                               : rc;
}

struct running {
    struct county *c;
    const char *release;
    bool left;
};

static enum rc one(struct tx *tx, void *arg, struct err *e)
{
    struct running *r = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct matter release;
    enum rc rc = matter_load(tx_snap(tx), r->c, r->release, a, &release, e);
    return rc == RC_OK ? slice(tx, r->c, &release, &r->left, e) : rc;
}

static enum rc run(struct county *c, const char *release, struct job_run *r, struct err *e)
{
    struct running x = { .c = c, .release = release, .left = true };
    enum rc rc = RC_OK;
    while (rc == RC_OK && x.left) {
        rc = r ? job_progress(r, 0, 0, e) : RC_OK;
        if (rc == RC_OK)
            rc = db_transact(c->db, one, &x, e);
    }
    return rc;
}

enum rc asking_finish(struct county *c, const char *release, struct err *e)
{
    return run(c, release, NULL, e);
}

enum rc asking_job_run(struct job_run *r, struct err *e)
{
    return run(r->c, r->key, r, e);
}
