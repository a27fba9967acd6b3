/* Structured logs: one JSON object a line on stderr, or to a callback in tests. Only the
 * outermost loops log. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
/* event is a short English name; the tail is name, value pairs of const char *, ended by the
 * macro. Thread-safe. */
#define log_event(...) log_event_(__VA_ARGS__, (const char *)NULL)
void log_event_(enum log_level level, const char *event, ...) __attribute__((sentinel));
void log_error(const char *event, const struct err *e); /* the message in English */
void log_set_level(enum log_level least);

#endif
