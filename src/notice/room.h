/* What src/notice shares with itself. Not for other folders. */
#ifndef NOTICE_ROOM_H
#define NOTICE_ROOM_H

#include "notice/notice.h"

struct query;

/* A record with the audited columns of a row. */
enum rc notice_record(struct tx *tx, struct county *c, const char *kind, const char *subject,
                      const char *by, const struct query *audit, const void *row,
                      struct arena *a, struct id *ret, struct err *e) MUST_USE;
/* A channel with its secret, for sending. RC_NOTFOUND: it was never set up. */
enum rc gateway_open(const struct snap *s, struct county *c, enum channel channel,
                     struct arena *a, struct gateway *ret, struct err *e) MUST_USE;
const struct notice_source *notice_source_of(struct county *c); /* NULL: none */

#endif
