/*
 * Who is to be told. The one idea: at most one message waits for a person and channel; what
 * comes while it waits is added to it, so a gateway that was down for a day does not pour out a
 * day's messages.
 */
#include "notice/plan.h"

#include "base/clock.h"
#include "base/str.h"
#include "notice/room.h"
#include "notice/sending.sql.h"
#include "people/unit.h"
#include "store/county.h"
#include "store/record.h"

#include <stdlib.h>

#define HOUR_US (INT64_C(3600) * 1000000) /* more than an enum holds */

/* ---- settings ---- */

const struct setting notice_settings[] = {
    [SET_DIGEST_HOUR] = { .key = "notice.digest_hour",
                          .type = SETTING_INT,
                          .fallback = "8",
                          .max = 23,
                          .title = N_("每天几点提醒"),
                          .unit = N_("点"),
                          .help = N_("有待办的人每个工作日收到一条,这个钟点之后发出") },
    [SET_QUIET_FROM] = { .key = "notice.quiet_from",
                         .type = SETTING_INT,
                         .fallback = "21",
                         .max = 24,
                         .title = N_("几点以后不打扰"),
                         .unit = N_("点"),
                         .help = N_("这个钟点以后不发,等到第二天;24就是不设") },
    [SET_QUIET_TO] = { .key = "notice.quiet_to",
                       .type = SETTING_INT,
                       .fallback = "7",
                       .max = 23,
                       .title = N_("几点以前不打扰"),
                       .unit = N_("点"),
                       .help = N_("这个钟点以前不发") },
    [SET_RED_AT_NIGHT] = { .key = "notice.red_at_night",
                           .type = SETTING_BOOL,
                           .fallback = "0",
                           .title = N_("红色事项不避开休息时间"),
                           .help = N_("变红的事项马上提醒;勾选后夜里和休息日也发") },
};
const size_t notice_settings_n = COUNT(notice_settings);

enum rc hours_get(const struct snap *s, struct hours *ret, struct err *e)
{
    int64_t red = 0;
    enum rc rc = setting_int(s, &notice_settings[SET_DIGEST_HOUR], &ret->digest, e);
    if (rc == RC_OK)
        rc = setting_int(s, &notice_settings[SET_QUIET_FROM], &ret->quiet_from, e);
    if (rc == RC_OK)
        rc = setting_int(s, &notice_settings[SET_QUIET_TO], &ret->quiet_to, e);
    if (rc == RC_OK)
        rc = setting_int(s, &notice_settings[SET_RED_AT_NIGHT], &red, e);
    ret->red_at_night = red != 0;
    return rc;
}

bool hours_quiet(const struct hours *h, struct utime now)
{
    int64_t hour = (now.us - day_start(time_day(now)).us) / HOUR_US;
    return hour >= h->quiet_from || hour < h->quiet_to;
}

/* ---- the room ---- */

static void room_free(void *p)
{
    (void)p; /* a const table of the program */
}

void notice_use(struct county *c, const struct notice_source *source)
{
    c->room[ROOM_NOTICE] = (void *)source;
    c->free_room[ROOM_NOTICE] = room_free;
}

const struct notice_source *notice_source_of(struct county *c)
{
    return c->room[ROOM_NOTICE];
}

/* ---- writing ---- */

static enum rc write_new(struct tx *tx, struct county *c, const char *account,
                         const char *channel, const char *cause, int64_t n, struct arena *a,
                         struct err *e)
{
    struct sending_last_row last;
    struct id record;
    enum rc rc = sending_last_one(tx_snap(tx), a, &last, e);
    if (rc != RC_OK)
        return rc;
    struct sending_audit_row row = { .number = last.number + 1,
                                     .account = account,
                                     .channel = channel,
                                     .cause = cause,
                                     .n = n,
                                     .outcome = "",
                                     .made_at = county_now(c) };
    rc = notice_record(tx, c, "sending.new", arena_printf(a, "%lld", (long long)row.number), "",
                       &sending_audit_query, &row, a, &record, e);
    return rc == RC_OK ? sending_insert(tx, row.number, account, channel, cause, n, row.made_at,
                                        record, NULL, e)
                       : rc;
}

/* A message that waits already tells of this, too. */
static enum rc write_more(struct tx *tx, struct county *c, const struct sending_open_row *was,
                          const char *cause, int64_t n, struct arena *a, struct err *e)
{
    bool red = str_eq(cause, "red") || str_eq(was->cause, "red");
    struct id record;
    struct sending_audit_row row = { .number = was->number,
                                     .account = was->account,
                                     .channel = was->channel,
                                     .cause = red ? "red" : was->cause,
                                     .n = n,
                                     .outcome = "",
                                     .made_at = was->made_at };
    if (str_eq(row.cause, was->cause) && n == was->n)
        return RC_OK;
    enum rc rc =
        notice_record(tx, c, "sending.new", arena_printf(a, "%lld", (long long)row.number), "",
                      &sending_audit_query, &row, a, &record, e);
    return rc == RC_OK ? sending_set_more(tx, row.cause, n, record, was->id, NULL, e) : rc;
}

static enum rc want(struct tx *tx, struct county *c, const char *account, const char *channel,
                    const char *cause, int64_t n, struct arena *a, struct err *e)
{
    struct sending_open_row was;
    enum rc rc = sending_open_one(tx_snap(tx), account, channel, a, &was, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return write_new(tx, c, account, channel, cause, n, a, e);
    }
    return rc == RC_OK ? write_more(tx, c, &was, cause, n, a, e) : rc;
}

/* ---- planning ---- */

struct plan {
    const char *account, *cause; /* cause "": only the mark moves */
    int64_t n, notice;
    int32_t digest_day;
};
struct planning {
    struct county *c;
    const struct plan *p;
    size_t n, wanted;
};

static enum rc write_plan(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct planning *x = arg;
    enum rc rc = RC_OK;
    x->wanted = 0;
    for (size_t i = 0; i < x->n && rc == RC_OK; i++) {
        const struct plan *p = &x->p[i];
        struct contact_channels_row *rows = NULL;
        size_t n = 0;
        if (*p->cause)
            rc = contact_channels_all(tx_snap(tx), p->account, a, &rows, &n, e);
        for (size_t k = 0; k < n && rc == RC_OK; k++)
            rc = want(tx, x->c, p->account, rows[k].channel, p->cause, p->n, a, e);
        x->wanted += n;
        if (rc == RC_OK)
            rc = told_put(tx, p->account, p->notice, p->digest_day, NULL, e);
    }
    return rc;
}

struct looking {
    struct county *c;
    const struct snap *s;
    const struct notice_source *from;
    const struct units *units;
    struct arena *a;
    int64_t newest;
    int32_t today;
    bool digest; /* the hour has come, and people are at work */
};

/* One person: nothing new and the digest done is the usual case, and costs nothing. */
static enum rc look(const struct looking *x, const struct contact_people_row *who,
                    struct plan *p, bool *ret_write, struct err *e)
{
    struct person person;
    struct notice_waiting w = { 0 };
    bool fresh = who->notice < 0, digest = x->digest && who->digest_day < x->today;
    *p = (struct plan){ .account = who->account,
                        .cause = "",
                        .notice = x->newest,
                        .digest_day = digest ? x->today : (int32_t)who->digest_day };
    *ret_write = fresh || digest || who->notice < x->newest;
    if (!*ret_write)
        return RC_OK;
    enum rc rc = person_load(x->s, who->account_id, x->today, ~UINT64_C(0), x->a, &person, e);
    if (rc == RC_OK)
        rc = x->from->waiting(x->s, x->c, &person, x->units, fresh ? x->newest : who->notice,
                              x->a, &w, e);
    p->n = w.n;
    if (w.urgent > 0)
        p->cause = "red";
    else if (digest && w.n > 0)
        p->cause = "digest";
    p->n = w.n > 0 ? w.n : w.urgent;
    return rc;
}

enum rc plan_make(struct county *c, const struct hours *h, int64_t *ret_wanted, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct looking x = {
        .c = c, .from = notice_source_of(c), .a = a, .today = county_today(c)
    };
    int64_t hour = (county_now(c).us - day_start(x.today).us) / HOUR_US;
    const char *after = "";
    bool off = false;
    *ret_wanted = 0;
    if (!x.from)
        return RC_OK;
    enum rc rc = db_read(c->db, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = x.from->newest(s, &x.newest, e);
    if (rc == RC_OK)
        rc = x.from->day_off(s, c, x.today, &off, e);
    if (rc == RC_OK)
        rc = units_load(s, x.today, a, &x.units, e);
    x.digest = !off && hour >= h->digest;
    while (rc == RC_OK) {
        struct contact_people_row *rows;
        size_t n, n_plan = 0;
        rc = contact_people_all(s, after, a, &rows, &n, e);
        if (rc != RC_OK || n == 0)
            return rc;
        after = rows[n - 1].account;
        struct plan *plan = arena_array(a, n, sizeof(*plan));
        for (size_t i = 0; i < n && rc == RC_OK; i++) {
            bool write;
            rc = look(&x, &rows[i], &plan[n_plan], &write, e);
            n_plan += rc == RC_OK && write;
        }
        struct planning y = { c, plan, n_plan, 0 };
        if (rc == RC_OK && n_plan > 0)
            rc = db_transact(c->db, write_plan, &y, e);
        *ret_wanted += (int64_t)y.wanted;
    }
    return rc;
}

enum rc notice_test(struct tx *tx, struct county *c, enum channel channel, const char *account,
                    struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct contact_channels_row *rows;
    size_t n;
    enum rc rc = contact_channels_all(tx_snap(tx), account, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (str_eq(rows[i].channel, channel_code(channel)))
            return want(tx, c, account, rows[i].channel, "test", 0, a, e);
    if (rc != RC_OK)
        return rc;
    return err_set(e, RC_CONFLICT, N_("要先启用「{channel}」,并在「我的账户」里填好自己的地址"),
                   "channel", channel_text(channel));
}
