/* Settings of the running server, read when it starts. */
#ifndef CMD_SERVE_CMD_H
#define CMD_SERVE_CMD_H

#include "store/setting.h"

enum serve_setting { SET_LIMIT_ADDRESS, SET_LIMIT_ACCOUNT };
extern const struct setting serve_settings[];
extern const size_t serve_settings_n;

#endif
