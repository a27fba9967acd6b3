/*
 * Roles: named sets of capabilities, a const table. An account holds roles over scopes, for
 * spans of days. 三员分立: of sysadmin, secadmin and auditadmin nobody may hold two, and none
 * of them sees content.
 */
#ifndef PEOPLE_ROLE_H
#define PEOPLE_ROLE_H

#include "people/cap.h"

struct role {
    const char *code;
    const char *name;   /* N_() */
    uint64_t caps;      /* bit (1 << cap) */
    bool administrator; /* one of the three separated ones */
    bool whole_county;  /* its scope is always all */
};

extern const struct role roles[];
extern const size_t roles_n;
/* NULL when there is none of that code. */
const struct role *role_find(const char *code);
/*
 * Whether roles held together (by code) keep the separation: at most one administrator role,
 * and an administrator holds no role that sees content. RC_INVALID names the two.
 */
enum rc role_check_together(const char *const *codes, size_t n, struct err *e) MUST_USE;

#endif
