/* What the files of the kind share. Not for others. */
#ifndef MONITOR_WARNING_KIND_ROOM_H
#define MONITOR_WARNING_KIND_ROOM_H

#include "monitor/warning_kind.h"
#include "monitor/warning_matter.h"

enum rc warning_check(const struct flow_look *l, struct err *e) MUST_USE;
enum rc warning_apply(struct tx *tx, const struct flow_look *l, struct err *e) MUST_USE;
enum rc warning_describe(const struct flow_look *l, enum lang lang, struct arena *a,
                         struct flow_words *ret, struct err *e) MUST_USE;

#endif
