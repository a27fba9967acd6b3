/* Pages of directives and instructions. What happens to one is on the matter's own page. */
#ifndef DIRECTIVE_DIRECTIVE_PAGE_H
#define DIRECTIVE_DIRECTIVE_PAGE_H

#include "web/web.h"

extern const struct route ask_routes[], directive_routes[], instruction_routes[],
    problem_kind_routes[];
extern const size_t ask_routes_n, directive_routes_n, instruction_routes_n,
    problem_kind_routes_n;

#endif
