/* Writing a hint: for hint.c and hint_run.c. */
#ifndef QUALITY_HINT_STORE_H
#define QUALITY_HINT_STORE_H

#include "quality/hint.h"

/* Write h (id 0: a new one; else its version is the one after what is there) with its record.
 */
enum rc hint_store(struct tx *tx, struct county *c, const struct hint *h, const char *by,
                   struct err *e) MUST_USE;

#endif
