/* Routes of 体检准不准: agreement with others' judgement, and importing their evaluations. */
#ifndef QUALITY_AGREE_PAGE_H
#define QUALITY_AGREE_PAGE_H

#include "web/web.h"

extern const struct route agree_routes[];
extern const size_t agree_routes_n;
extern const struct route agree_import_routes[];
extern const size_t agree_import_routes_n;

#endif
