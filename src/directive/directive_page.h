/* Pages of directives and instructions. What happens to one is on the matter's own page. */
#ifndef DIRECTIVE_DIRECTIVE_PAGE_H
#define DIRECTIVE_DIRECTIVE_PAGE_H

#include "web/web.h"

extern const struct route directive_routes[], instruction_routes[];
extern const size_t directive_routes_n, instruction_routes_n;

#endif
