/*
 * Sending what was planned. The one idea: a message is marked as going out before it goes, so
 * that one whose outcome nobody saw (the program died, the answer was lost) is known as such
 * and not sent again. A gateway that fails is left alone for a while that doubles each time,
 * with everything that waits for it.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "notice/plan.h"
#include "notice/room.h"
#include "notice/sending.sql.h"
#include "store/county.h"
#include "store/job.h"
#include "store/record.h"

enum { RUN_MOST_US = 40 * 1000000 };

const char *notice_text(int64_t n, enum lang lang, struct arena *a)
{
    return n > 0 ? text_fill(a, lang_text(lang, N_("您有{n}件事项待签收,请登录查看")), "n",
                             arena_printf(a, "%lld", (long long)n), NULL)
                 : lang_text(lang, N_("这是一条试发的提醒,不用处理"));
}

/* ---- outcomes ---- */

struct ending {
    struct county *c;
    struct sending_due_row *x;
    const char *outcome, *said;
    struct utime due; /* of the next try */
    const char *channel;
    bool down;
    int64_t failures;
    struct utime next, since;
};

static enum rc write_end(struct tx *tx, struct county *c, const struct sending_due_row *x,
                         const char *outcome, const char *said, struct arena *a, struct err *e)
{
    struct id record;
    struct sending_audit_row row = { .number = x->number,
                                     .account = x->account,
                                     .channel = x->channel,
                                     .cause = x->cause,
                                     .n = x->n,
                                     .outcome = outcome,
                                     .made_at = x->made_at,
                                     .ended_at = county_now(c) };
    enum rc rc =
        notice_record(tx, c, "sending.end", arena_printf(a, "%lld", (long long)x->number), "",
                      &sending_audit_query, &row, a, &record, e);
    return rc == RC_OK ? sending_end(tx, outcome, said, row.ended_at, record, x->id, NULL, e)
                       : rc;
}

static enum rc write_try(struct tx *tx, const struct ending *y, struct arena *a, struct err *e)
{
    const struct sending_due_row *x = y->x;
    struct try_last_row last;
    struct id record;
    enum rc rc = try_last_one(tx_snap(tx), x->number, a, &last, e);
    if (rc != RC_OK)
        return rc;
    struct try_audit_row row = {
        .number = x->number, .try = last.n + 1, .at = county_now(y->c), .said = y->said
    };
    rc = notice_record(tx, y->c, "sending.try",
                       arena_printf(a, "%lld-%lld", (long long)x->number, (long long)row.try),
                       "", &try_audit_query, &row, a, &record, e);
    return rc == RC_OK ? try_insert(tx, row.number, row.try, row.at, row.said, record, NULL, e)
                       : rc;
}

static enum rc write_ending(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct ending *y = arg;
    enum rc rc = str_eq(y->outcome, "sent") ? RC_OK : write_try(tx, y, a, e);
    if (rc == RC_OK && *y->outcome)
        rc = write_end(tx, y->c, y->x, y->outcome, y->said, a, e);
    else if (rc == RC_OK)
        rc = sending_later(tx, y->said, y->due, y->x->id, NULL, e);
    if (rc == RC_OK && y->down)
        return health_bad(tx, y->channel, y->failures, y->next, y->since, y->said, NULL, e);
    return rc == RC_OK ? health_good(tx, y->channel, NULL, e) : rc;
}

/* ---- one message ---- */

struct beginning {
    struct id id;
    int64_t took;
};

static enum rc begin_it(struct tx *tx, void *arg, struct err *e)
{
    struct beginning *x = arg;
    return sending_begin(tx, x->id, &x->took, e);
}

static struct utime later(struct utime now, int64_t failures)
{
    int64_t s = BACK_OFF_FIRST_S;
    for (int64_t i = 1; i < failures && s < BACK_OFF_MOST_S; i++)
        s *= 2;
    s = s < BACK_OFF_MOST_S ? s : BACK_OFF_MOST_S;
    return (struct utime){ now.us + s * 1000000 };
}

struct line { /* one channel in one run */
    struct county *c;
    struct gateway g;
    struct health_of_row health; /* .failures 0: well */
    struct notice_did *did;
    bool down;
};

static enum rc address_of(struct line *l, const char *account, struct arena *a,
                          const char **ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct contact *list;
    size_t n;
    enum rc rc = db_read(l->c->db, &s, e);
    if (rc == RC_OK)
        rc = contacts_get(s, l->c, account, a, &list, &n, e);
    *ret = NULL;
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (list[i].channel == l->g.channel && list[i].enabled)
            *ret = list[i].address;
    return rc;
}

static struct sent try_it(struct line *l, const struct sending_due_row *x, const char *to,
                          struct arena *a)
{
    enum lang lang = x->lang && str_eq(x->lang, "en") ? LANG_EN : LANG_ZH;
    struct message m = { .to = to,
                         .subject = lang_text(lang, N_("净鉴提醒")),
                         .text = notice_text(x->n, lang, a),
                         .id = arena_printf(a, "jingjian-%lld-%lld",
                                            (long long)(x->made_at.us / 1000000),
                                            (long long)x->number),
                         .n = x->n,
                         .at = county_now(l->c) };
    return to ? channel_send(&l->g, &m, a)
              : (struct sent){ WENT_NEVER, lang_text(LANG_ZH, N_("本人已停用这个渠道")),
                               false };
}

static const char *outcome_of(const struct sent *s, const struct sending_due_row *x,
                              struct utime now)
{
    switch (s->went) {
    case WENT:
        return "sent";
    case WENT_NEVER:
        return "refused";
    case WENT_UNSURE:
        return "unknown";
    case WENT_NOT:
        break;
    }
    int64_t age = now.us - x->made_at.us;
    return age > (int64_t)GIVE_UP_DAYS * 86400 * 1000000 ? "given_up" : "";
}

static enum rc send_one(struct line *l, struct sending_due_row *x, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct beginning b = { .id = x->id };
    struct utime now = county_now(l->c);
    const char *to;
    enum rc rc = address_of(l, x->account, a, &to, e);
    if (rc == RC_OK)
        rc = db_transact(l->c->db, begin_it, &b, e);
    if (rc != RC_OK || b.took == 0)
        return rc;
    struct sent s = try_it(l, x, to, a);
    struct ending y = { .c = l->c,
                        .x = x,
                        .outcome = outcome_of(&s, x, now),
                        .said = s.said,
                        .channel = channel_code(l->g.channel),
                        .down = s.down,
                        .failures = l->health.failures + 1,
                        .since = l->health.failures ? l->health.since : now };
    y.next = later(now, y.failures);
    y.due = y.next;
    l->down = s.down;
    l->did->sent += s.went == WENT;
    l->did->later += !*y.outcome;
    l->did->failed += *y.outcome && s.went != WENT;
    if (!s.down)
        l->health.failures = 0;
    return db_transact(l->c->db, write_ending, &y, e);
}

/* ---- a channel ---- */

static enum rc line_open(struct line *l, enum channel channel, struct arena *a, bool *ret_open,
                         struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *ca = arena_printf(a, "%s/keys/gateway-ca.pem", l->c->dir);
    *ret_open = false;
    enum rc rc = db_read(l->c->db, &s, e);
    if (rc == RC_OK)
        rc = gateway_open(s, l->c, channel, a, &l->g, e);
    if (rc == RC_OK)
        rc = health_of_one(s, channel_code(channel), a, &l->health, e);
    if (rc == RC_NOTFOUND) { /* not set up, or well */
        err_done(e);
        *e = (struct err){ 0 };
        l->health = (struct health_of_row){ .failures = 0 };
        rc = RC_OK;
    }
    l->g.ca = file_exists(ca) ? ca : NULL;
    *ret_open = rc == RC_OK && l->g.channel && l->g.enabled &&
                l->health.next_at.us <= county_now(l->c).us;
    return rc;
}

static enum rc line_run(struct county *c, enum channel channel, const struct hours *h,
                        struct notice_did *did, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct line l = { .c = c, .did = did };
    struct sending_due_row *rows = NULL;
    size_t n = 0;
    bool open, quiet = hours_quiet(h, county_now(c));
    int64_t until = clock_monotonic_us() + RUN_MOST_US;
    enum rc rc = line_open(&l, channel, a, &open, e);
    if (rc == RC_OK && open) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = sending_due_all(s, channel_code(channel), county_now(c), SENDINGS_A_RUN, a,
                                 &rows, &n, e);
    }
    for (size_t i = 0; i < n && rc == RC_OK && !l.down; i++) {
        bool red = str_eq(rows[i].cause, "red") && h->red_at_night;
        if (clock_monotonic_us() > until)
            break;
        if (!quiet || red || str_eq(rows[i].cause, "test"))
            rc = send_one(&l, &rows[i], e);
    }
    return rc;
}

/* ---- what an end of the program left ---- */

struct leftover {
    struct county *c;
    int64_t n;
};

static enum rc write_left(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct leftover *x = arg;
    struct sending_begun_row *rows;
    size_t n;
    enum rc rc = sending_begun_all(tx_snap(tx), a, &rows, &n, e);
    x->n = 0;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct sending_due_row y = { .id = rows[i].id,
                                     .number = rows[i].number,
                                     .account = rows[i].account,
                                     .channel = rows[i].channel,
                                     .cause = rows[i].cause,
                                     .n = rows[i].n,
                                     .made_at = rows[i].made_at };
        rc = write_end(tx, x->c, &y, "unknown",
                       lang_text(LANG_ZH, N_("发送途中程序中断,不知是否送到")), a, e);
        x->n++;
    }
    return rc;
}

static enum rc left_over(struct county *c, struct notice_did *did, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct leftover x = { .c = c };
    struct sending_begun_row *rows;
    size_t n;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        enum rc rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = sending_begun_all(s, a, &rows, &n, e);
        if (rc != RC_OK || n == 0)
            return rc;
    }
    enum rc rc = db_transact(c->db, write_left, &x, e);
    did->failed += x.n;
    return rc;
}

enum rc notice_run(struct county *c, struct notice_did *ret, struct err *e)
{
    struct notice_did did = { 0 };
    struct hours h;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = hours_get(s, &h, e);
    }
    if (rc == RC_OK)
        rc = left_over(c, &did, e);
    if (rc == RC_OK)
        rc = plan_make(c, &h, &did.wanted, e);
    for (enum channel ch = CHANNEL_MAIL; ch < CHANNELS && rc == RC_OK; ch++)
        rc = line_run(c, ch, &h, &did, e);
    if (rc == RC_OK)
        *ret = did;
    return rc;
}

enum rc notice_job(struct job_run *r, struct err *e)
{
    struct notice_did did;
    enum rc rc = notice_run(r->c, &did, e);
    if (rc == RC_OK && (did.wanted || did.sent || did.later || did.failed))
        (void)err_set(&r->said, RC_DONE,
                      N_("要提醒{wanted}条,发出{sent}条,稍后再试{later}条,没有送到{failed}条"),
                      "wanted", fmt_count(r->a, did.wanted), "sent", fmt_count(r->a, did.sent),
                      "later", fmt_count(r->a, did.later), "failed",
                      fmt_count(r->a, did.failed)); /* no failure */
    return rc;
}

enum rc notice_again(struct tx *tx, struct county *c, int64_t number, const char *by,
                     struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct sending_one_row_row x;
    struct id record;
    enum rc rc = sending_one_row_one(tx_snap(tx), number, a, &x, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有这条提醒"));
    if (rc != RC_OK)
        return rc;
    if (!*x.outcome || str_eq(x.outcome, "sent"))
        return err_set(e, RC_CONFLICT, N_("这条已经送到,或正等着发送"));
    struct sending_audit_row row = { .number = x.number,
                                     .account = x.account,
                                     .channel = x.channel,
                                     .cause = x.cause,
                                     .n = x.n,
                                     .outcome = "",
                                     .made_at = county_now(c) };
    rc = notice_record(tx, c, "sending.again", arena_printf(a, "%lld", (long long)number), by,
                       &sending_audit_query, &row, a, &record, e);
    return rc == RC_OK ? sending_anew(tx, row.made_at, record, x.id, NULL, e) : rc;
}
