/* What a kind of record is called on a page. */
#ifndef MONITOR_RECORD_WORDS_H
#define MONITOR_RECORD_WORDS_H

struct rq;

/* In the person's language; a kind without a name is itself. */
const char *record_kind_text(const struct rq *rq, const char *kind);

#endif
