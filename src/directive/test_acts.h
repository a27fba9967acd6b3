/* Acting on instructions and directives in tests, by code of account: the people of
 * flow/test_world.h, a second leader (fenguan) and the heads who sign for two units. */
#ifndef DIRECTIVE_TEST_ACTS_H
#define DIRECTIVE_TEST_ACTS_H

#include "directive/status.h"
#include "flow/test_world.h"

extern struct err acts_last; /* why the last act was refused */

struct world acts_world(struct county *c, struct arena *a);
struct flow_who acts_who(struct world *w, const char *account); /* "": the program */
/* given: "field=value;field=value" */
enum rc acts_move(struct world *w, const char *who, const char *matter, const char *verb,
                  const char *given);
enum rc acts_open(struct world *w, const char *who, const struct flow_new *n, const char *given,
                  const char **ret);
/* directive_draft */
enum rc acts_draft(struct world *w, const char *who, const char *what, const char *code,
                   const char **ret);
enum rc acts_hand(struct world *w, const char *who, const char *matter, const char *unit,
                  const char *account);
struct directive_status acts_status(struct world *w, const struct matter *m, enum lang lang);

#endif
