/* A directive's papers to take along: 督办单 and 签批单, each as PDF and docx. */
#ifndef DIRECTIVE_SLIP_PAGE_H
#define DIRECTIVE_SLIP_PAGE_H

#include "web/web.h"

extern const struct route slip_routes[];
extern const size_t slip_routes_n;

#endif
