/* How the demo's people move matters: as the pages do, with their rights of the day. */
#ifndef CMD_DEMO_ACT_H
#define CMD_DEMO_ACT_H

#include "cmd/demo_year.h"
#include "flow/flow.h"

/* A person makes a move. */
enum rc demo_move(struct demo_year *y, const char *account, const char *matter,
                  const char *verb, const struct flow_given *given, size_t n_given,
                  struct err *e) MUST_USE;
/* Is today worked? By the calendar, or by the day of the week where there is none. */
bool demo_workday(struct demo_year *y);

#endif
