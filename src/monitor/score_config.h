/*
 * The engine's configuration as JSON: what `score --config` reads and what a county stores with
 * its method. Strict: an unknown key, a repeated key or a wrong type is an error that names the
 * key's path ("normalise.per.LPI.l") and what is allowed. Every key is optional.
 */
#ifndef MONITOR_SCORE_CONFIG_H
#define MONITOR_SCORE_CONFIG_H

#include "base/kinds.h"
#include "stats/engine.h"

enum { SCORE_CONFIG_BYTES_MAX = 4 << 20, SCORE_CONFIG_LIST_MAX = 1000 };

struct score_config {
    struct engine_config engine;
    const char *group; /* impute.group when a method by group is chosen: the column that says
                          the group; else NULL */
};

/*
 * Codes under normalise.per must be indicators of the tree. Everything lives in a. Defaults:
 * nothing but minmax 0..100 and the arithmetic mean; a step without "method" takes minmax,
 * amean, meta, none (impute, screen) or default (treat). An override that names another method
 * starts from that method's defaults, else from the general parameters.
 */
enum rc score_config_parse(struct bytes json, const struct scheme_tree *tree, struct arena *a,
                           struct score_config *ret, struct err *e) MUST_USE;

#endif
