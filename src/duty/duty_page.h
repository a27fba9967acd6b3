/* Routes of the pages about the four responsibilities: one's own, units' and posts', the import
 * of lists, failures, the first form. */
#ifndef DUTY_DUTY_PAGE_H
#define DUTY_DUTY_PAGE_H

#include "web/web.h"

extern const struct route duty_routes[], duty_unit_routes[], duty_import_routes[],
    duty_failure_routes[], first_form_routes[];
extern const size_t duty_routes_n, duty_unit_routes_n, duty_import_routes_n,
    duty_failure_routes_n, first_form_routes_n;

#endif
