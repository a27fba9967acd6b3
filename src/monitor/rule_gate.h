/*
 * Before a rule goes live: its trial on past periods may not light more lamps per unit and
 * period than a county has set. A rule that fires everywhere tells nobody anything, and units
 * stop looking.
 */
#ifndef MONITOR_RULE_GATE_H
#define MONITOR_RULE_GATE_H

#include "store/setting.h"
#include "warn/trial.h"

enum rule_setting { SET_RULE_LOAD, RULE_SETTINGS };
extern const struct setting rule_settings[];
extern const size_t rule_settings_n;

/* Lamps a hundred units have lit in a period, by the trial; 0 when nothing was looked at. */
double rule_load_of(const struct trial *t);
/*
 * The rules of the list that are live and say something new are tried on the periods computed
 * so far, as known at as_of. RC_CONFLICT names the rule, the trial's numbers, the limit and
 * what to do. Without any computed period nothing can be tried and nothing is refused.
 */
enum rc rule_gate(const struct snap *s, const struct rule *list, size_t n, struct utime as_of,
                  struct err *e) MUST_USE;

#endif
