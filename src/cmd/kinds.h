/* All kinds of matters of the program, put together from the rooms. */
#ifndef CMD_KINDS_H
#define CMD_KINDS_H

#include "flow/flow.h"

/* Ended by NULL. */
extern const struct flow_kind *const matter_kinds[];
/* Give them to a county that was opened. */
void kinds_use(struct county *c);

#endif
