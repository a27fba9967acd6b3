/*
 * Telling people that something waits for them, outside the pages: one digest a day, what is
 * red at once, quiet at night and on days off. A message says how many things wait and nothing
 * else: 您有1件事项待签收,请登录查看.
 *
 * What waits is another folder's business: it gives a source. Every message is a row with its
 * outcome and record. One that may have gone is never sent again by itself; one that has not
 * is tried until it goes, however long the gateway is down, and tells by then of all that has
 * come meanwhile: at most one message waits for a person and channel.
 */
#ifndef NOTICE_NOTICE_H
#define NOTICE_NOTICE_H

#include "notice/channel.h"
#include "people/account.h"
#include "store/setting.h"

struct county;
struct job_run;

/* ---- what there is to tell ---- */

struct notice_waiting {
    int64_t n;      /* things on the person's desk and their unit's */
    int64_t urgent; /* of the notices after the mark, those that are red */
};
struct notice_source {
    /* The newest notice there is, whosever: when it is as before, nothing has become urgent. */
    enum rc (*newest)(const struct snap *s, int64_t *ret, struct err *e);
    enum rc (*waiting)(const struct snap *s, struct county *c, const struct person *p,
                       const struct units *units, int64_t after, struct arena *a,
                       struct notice_waiting *ret, struct err *e);
    /* Is nobody at work that day? What is not known is a working day. */
    enum rc (*day_off)(const struct snap *s, struct county *c, int32_t day, bool *ret,
                       struct err *e);
};
/* source outlives the county. Without one nothing is ever told. */
void notice_use(struct county *c, const struct notice_source *source);

/* Hour of the digest, quiet hours, whether red breaks them. */
enum notice_setting { SET_DIGEST_HOUR, SET_QUIET_FROM, SET_QUIET_TO, SET_RED_AT_NIGHT };
extern const struct setting notice_settings[];
extern const size_t notice_settings_n;

/* ---- set up ---- */

/* Every channel that was ever set up. Secrets stay sealed: .secret says only whether there is
 * one ("" or "*"). */
enum rc gateways_get(const struct snap *s, struct arena *a, struct gateway **ret, size_t *ret_n,
                     struct err *e) MUST_USE;
/* secret NULL keeps the one there is. RC_INVALID as gateway_check. */
enum rc gateway_set(struct tx *tx, struct county *c, const struct gateway *g,
                    const char *secret, const char *by, struct err *e) MUST_USE;

struct contact {
    enum channel channel;
    bool enabled;
    const char *address;
};
/* A person's own addresses, opened. */
enum rc contacts_get(const struct snap *s, struct county *c, const char *account,
                     struct arena *a, struct contact **ret, size_t *ret_n,
                     struct err *e) MUST_USE;
/* By the person alone. RC_INVALID as contact_check. */
enum rc contact_set(struct tx *tx, struct county *c, const char *account,
                    const struct contact *x, struct err *e) MUST_USE;

/* ---- sending ---- */

enum {
    SENDINGS_A_RUN = 200,
    GIVE_UP_DAYS = 3,       /* after so long a message says nothing any more */
    BACK_OFF_FIRST_S = 60,  /* doubled with each failure … */
    BACK_OFF_MOST_S = 3600, /* … up to this */
};
struct notice_did {
    int64_t wanted, sent, later, failed;
};
/* What is due: work out who is to be told, then send. The county's clock decides. */
enum rc notice_run(struct county *c, struct notice_did *ret, struct err *e) MUST_USE;
/* The job that does it every minute. */
enum rc notice_job(struct job_run *r, struct err *e) MUST_USE;
/* A message to oneself, to see whether a channel works. RC_CONFLICT: no address, channel off.
 */
enum rc notice_test(struct tx *tx, struct county *c, enum channel channel, const char *account,
                    struct err *e) MUST_USE;
/* Send again what was refused, given up, or may have gone. RC_CONFLICT when it went or waits.
 */
enum rc notice_again(struct tx *tx, struct county *c, int64_t number, const char *by,
                     struct err *e) MUST_USE;
/* The sentence. */
const char *notice_text(int64_t n, enum lang lang, struct arena *a);

/* For the audit: what is sealed is what its digest says. */
enum rc contacts_check(const struct snap *s, struct err *e) MUST_USE;
enum rc gateways_check(const struct snap *s, struct err *e) MUST_USE;

#endif
