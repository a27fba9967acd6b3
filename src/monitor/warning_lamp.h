/*
 * The colour people handle a warning by, beside the colour the rule gives its figures. They
 * differ when a third person's review let the colour step down (原红，现橙) or somebody who had
 * no hand in it put the warning out: by review (经复核消除), or dismissed (排除). That holds
 * for the judgement the review knew, no longer: a new period's figures, or a worse colour of
 * the same, are handled as they are judged. A dismissal holds until it gets worse.
 *
 * Pages that show how things stand count and mark by this colour and say the rule's beside it;
 * what was issued (a report, its paper) and what judges the rules (体检准不准, 规则质量) keeps
 * the rule's.
 */
#ifndef MONITOR_WARNING_LAMP_H
#define MONITOR_WARNING_LAMP_H

#include "base/kinds.h"
#include "warn/warn.h"

struct arena;

/* warn_of_period, with the colour each is handled by in .lamp; the worst by that first. What a
 * warning that was put out carried counts by itself. */
enum rc warnings_shown(const struct snap *s, struct period p, const struct warn_sight *sight,
                       struct id unit, enum lang lang, struct arena *a, struct warn_view **ret,
                       size_t *ret_n, struct err *e) MUST_USE;
/* Only the colours, of warnings that came otherwise: their code, colour, period, state and
 * whether they fired are looked at. *ret_any: some differ from the rule's. */
enum rc warning_lamps_put(const struct snap *s, struct warn_view *list, size_t n, bool *ret_any,
                          struct err *e) MUST_USE;

/* What a colour is called that a warning is handled by: 红; of none 已灭. Source text. */
const char *warning_lamp_text(enum warn_colour lamp);
/* Its mark: r, o, y; of none n. */
const char *warning_lamp_mark(enum warn_colour lamp);
/* 原红: what the rule says where people handle it by another colour; NULL where they do not. */
const char *warning_was(const struct warn_view *v, enum lang lang, struct arena *a);

#endif
