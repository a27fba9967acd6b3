/* The publication desk in the demo's year. */
#include "base/str.h"
#include "cmd/demo_year.h"
#include "monitor/demo.h"
#include "monitor/publication.h"

enum { PUBLISHED_AFTER_DAYS = 21, PUBLISHED_HOUR = 15 };

enum rc demo_publish_day(struct demo_year *y, struct err *e)
{
    struct period p;
    enum rc rc = RC_OK;
    if (demo_days_since(y, &p) != PUBLISHED_AFTER_DAYS)
        return RC_OK;
    rc = demo_hour(y, PUBLISHED_HOUR, e);
    return rc == RC_OK ? publication_publish(y->c, p, "guheng", e) : rc;
}
