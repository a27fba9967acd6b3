/* All commands, in the order of help. */
#include "cmd/commands.h"

const struct command *const commands[] = {
    &cmd_init,         &cmd_demo,           &cmd_demo_accounts,  &cmd_serve,
    &cmd_score,        &cmd_agree,          &cmd_import,         &cmd_export_all,
    &cmd_export,       &cmd_compute,        &cmd_publish,        &cmd_report,
    &cmd_audit,        &cmd_verify,         &cmd_draw_verify,    &cmd_witness,
    &cmd_backup,       &cmd_restore,        &cmd_eval,           &cmd_account_add,
    &cmd_account_list, &cmd_account_passwd, &cmd_account_lock,   &cmd_account_role,
    &cmd_token_add,    &cmd_token_list,     &cmd_token_revoke,   &cmd_job_list,
    &cmd_job_run,      &cmd_job_cancel,     &cmd_search_rebuild, &cmd_search_update,
};
const size_t commands_n = COUNT(commands);
