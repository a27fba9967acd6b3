/* Whom somebody who checks a log trusts: a log's key, a policy file, or both. */
#ifndef STORE_TRUST_H
#define STORE_TRUST_H

#include "base/arena.h"
#include "verify/policy.h"

/*
 * vkey alone: that log, no witness asked for. policy alone: as it says. Both: the policy's
 * quorum, and the log must be the one of vkey, whether the policy has log lines or not.
 * Neither: RC_INVALID. The result lives in a.
 */
enum rc trust_make(struct arena *a, const char *vkey, const char *policy, struct policy **ret,
                   struct err *e) MUST_USE;
/* Names of the witnesses who signed, separated by ", "; "" when none. */
const char *trust_witnesses(struct arena *a, const struct policy *p,
                            const struct policy_finding *f);

#endif
