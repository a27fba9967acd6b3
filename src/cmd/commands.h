/* One const struct command per file of this folder. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cmd/cmd.h"

extern const struct command cmd_account_add;
extern const struct command cmd_account_list;
extern const struct command cmd_account_lock;
extern const struct command cmd_account_passwd;
extern const struct command cmd_account_role;
extern const struct command cmd_agree;
extern const struct command cmd_compute;
extern const struct command cmd_demo;
extern const struct command cmd_demo_accounts;
extern const struct command cmd_eval;
extern const struct command cmd_export;
extern const struct command cmd_export_all;
extern const struct command cmd_import;
extern const struct command cmd_init;
extern const struct command cmd_publish;
extern const struct command cmd_report;
extern const struct command cmd_score;
extern const struct command cmd_search_rebuild;
extern const struct command cmd_search_update;
extern const struct command cmd_serve;
extern const struct command cmd_token_add;
extern const struct command cmd_token_list;
extern const struct command cmd_token_revoke;
extern const struct command cmd_audit;
extern const struct command cmd_backup;
extern const struct command cmd_job_cancel;
extern const struct command cmd_job_list;
extern const struct command cmd_job_run;
extern const struct command cmd_restore;
extern const struct command cmd_verify;
extern const struct command cmd_draw_verify;
extern const struct command cmd_witness;

#endif
