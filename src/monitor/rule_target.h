/*
 * What a rule may look at, in a form's one field: the code of a point, of an indicator (its
 * value), of a node above (its score), "score:CODE" for an indicator's score, "completeness".
 */
#ifndef MONITOR_RULE_TARGET_H
#define MONITOR_RULE_TARGET_H

#include "monitor/panel.h"
#include "warn/rule.h"

struct rule_targets_known {
    const struct point *points;
    size_t n_points;
    const struct scheme *scheme; /* in force; NULL: none */
    struct arena *a;
};
/* What there is for a period. In a. */
enum rc rule_targets_load(const struct snap *s, struct period p, struct arena *a,
                          struct rule_targets_known *ret, struct err *e) MUST_USE;
/* RC_INVALID when there is nothing of that code. */
enum rc rule_target_find(const struct rule_targets_known *k, const char *text,
                         enum warn_target *ret_kind, const char **ret_code,
                         struct err *e) MUST_USE;
/* The field's text for a rule. */
const char *rule_target_field(const struct rule_targets_known *k, const struct rule *r);
/* Name (Chinese source text for completeness) and measure; the code and "" when it is gone. */
const char *rule_target_name(const struct rule_targets_known *k, const struct rule *r,
                             const char **ret_measure);

/* The department whose field the target is: who supplies it; "" unknown. */
const char *rule_target_owner(const struct rule_targets_known *k, const struct rule *r);

#endif
