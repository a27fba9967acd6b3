/* Kinds of matters for tests: procedures that are to come, said in tables (docs/kinds.md), and
 * one that uses everything. */
#ifndef FLOW_TEST_KINDS_H
#define FLOW_TEST_KINDS_H

#include "flow/flow.h"

enum { KIND_ERRAND, KIND_WARNING, KIND_OBJECTION, KIND_FILING, KIND_DIRECTIVE, TEST_KINDS };
extern const struct flow_kind *const test_kinds[TEST_KINDS];

/* What the hooks of the errand see and do; a test sets and reads them. */
struct errand_world {
    bool no_closing;  /* check refuses closing, with a reason */
    bool no_praise;   /* check: praising does not apply */
    bool apply_fails; /* apply refuses: nothing of the move may stay */
    int applied;
};
extern struct errand_world errand_world;

#endif
