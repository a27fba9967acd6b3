/*
 * 批示 and 廉动令. An instruction is what a leader wrote; a directive is what the platform
 * makes of it, or of a meeting, a superior's document, a tour's finding, a warning, and sends
 * down the layers 书记 → 分管领导 → 单位 → 科室. Each layer is a directive of its own, part of
 * the one above it, with its holder and its own receipt.
 *
 * A layer without a unit is a leader's, held by the person; one in the unit of its parent is a
 * section's; every other is a unit's. When every directive made of an instruction has ended the
 * instruction has, too.
 */
#ifndef DIRECTIVE_DIRECTIVE_H
#define DIRECTIVE_DIRECTIVE_H

#include "flow/flow.h"
#include "store/setting.h"

extern const struct flow_kind instruction_flow_kind, directive_flow_kind;

/*
 * A draft made of an instruction, a warning or a meeting, with what is known of it filled in
 * and both linked: what "matter" with the code of the matter, or "warning" with the warning's.
 * The day is DIRECTIVE_DAYS from today until somebody names another. RC_NOTFOUND, also of what
 * they may not see; RC_DENIED.
 */
enum { DIRECTIVE_DAYS = 30 };
enum rc directive_draft(struct tx *tx, struct county *c, const struct flow_who *w,
                        const char *what, const char *code, struct arena *a,
                        struct flow_done *ret, struct err *e) MUST_USE;

enum directive_setting { SET_RECOVERED_DAYS, SET_PROBLEM_KINDS };

extern const struct setting directive_settings[];
extern const size_t directive_settings_n;

#endif
