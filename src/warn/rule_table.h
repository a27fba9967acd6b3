/* Rules as a table: code, name, target_kind, target, op, yellow, orange, red, recover,
 * for_periods, recover_periods, peer_group, advice, send (empty: review). */
#ifndef WARN_RULE_TABLE_H
#define WARN_RULE_TABLE_H

#include "sheet/problem.h"
#include "warn/rule.h"

/* Live rules of a table; wrong cells are in problems, unknown columns are RC_INVALID. In a. */
enum rc rules_from_table(const struct table *t, struct arena *a, struct rule **ret,
                         size_t *ret_n, struct problems *problems, struct err *e) MUST_USE;
const struct table *rules_to_table(const struct rule *rules, size_t n, struct arena *a);

#endif
