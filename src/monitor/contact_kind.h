/*
 * 派驻联系单: what a stationed group says to one of its units, and the unit's answer. It begins
 * as a note that only the group sees; sent, it asks, invites, suggests, or hands over to the
 * competent department. The words keep clear of 谈话、函询、约谈 and 监察建议: those are
 * measures with procedures and papers of their own, which this program does not hold.
 */
#ifndef MONITOR_CONTACT_KIND_H
#define MONITOR_CONTACT_KIND_H

#include "flow/flow.h"

extern const struct flow_kind contact_flow_kind;

#endif
