/* Routes of the health report. */
#ifndef MONITOR_REPORT_PAGE_H
#define MONITOR_REPORT_PAGE_H

#include "print/health_report.h"
#include "web/web.h"

extern const struct route report_routes[];
extern const size_t report_routes_n;

/* The report as one HTML file that needs nothing else: with the style sheet in it, without the
 * frame of the pages. b is in a. */
void report_page_alone(const struct health_report *r, enum lang lang, struct utime now,
                       const struct web_assets *assets, struct arena *a, struct str *b);

#endif
