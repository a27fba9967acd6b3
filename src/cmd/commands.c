/* All commands, in the order of help. */
#include "cmd/commands.h"

const struct command *const commands[] = {
    &cmd_demo, &cmd_demo_accounts, &cmd_import, &cmd_compute, &cmd_report, &cmd_score, &cmd_eval,
};
const size_t commands_n = COUNT(commands);
