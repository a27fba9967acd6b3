/* Routes of 数据复核提示: hints, one hint, check rules, importing rules. */
#ifndef QUALITY_HINT_PAGE_H
#define QUALITY_HINT_PAGE_H

#include "web/web.h"

extern const struct route hint_routes[];
extern const size_t hint_routes_n;
extern const struct route check_rule_routes[];
extern const size_t check_rule_routes_n;
extern const struct route check_rule_import_routes[];
extern const size_t check_rule_import_routes_n;

#endif
