/* Making the demo county, for the command and for tests. */
#ifndef CMD_DEMO_CMD_H
#define CMD_DEMO_CMD_H

#include "cmd/cmd.h"

struct county;
/* Fill an empty simulated county with the three quarters of 清溪区. */
enum rc demo_make(struct cmd_call *c, struct county *county, uint64_t seed,
                  struct err *e) MUST_USE;
/* Print the accounts worth trying. */
enum rc demo_tell(struct cmd_call *c, struct err *e) MUST_USE;

#endif
