/*
 * Repeated requests: a POST may name itself (request_id, or the header Idempotency-Key). The
 * name goes into the database with the request's change, in one transaction, so that the same
 * request sent again is answered again and not done again; the same name with another content
 * is RC_CONFLICT. Offline phones and impatient fingers are harmless.
 */
#ifndef PEOPLE_REPLAY_H
#define PEOPLE_REPLAY_H

#include "web/web.h"

struct county;
enum { REPLAY_DAYS = 90, REPLAY_RESULT_MAX = 65536 };

/* hooks.change: runs the handler, or answers as it did before. Of a route that is quiet nothing
 * is kept, so that it is never recognised: what was asked of it must not be known by its
 * digest. */
enum rc replay_change(struct rq *rq, struct err *e) MUST_USE;
/* Forget names older than REPLAY_DAYS. */
enum rc replay_expire(struct county *c, struct err *e) MUST_USE;

#endif
