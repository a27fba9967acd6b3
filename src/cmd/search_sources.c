/* One line a kind of thing, in the order of the page's filter. */
#include "cmd/search_sources.h"

#include "flow/search_source.h"
#include "meeting/search_source.h"
#include "monitor/search_source.h"
#include "search/search.h"
#include "worklog/search_source.h"

static const struct search_source *const sources[] = {
    &search_matters,  &search_work,      &search_reports,     &search_warnings,
    &search_units,    &search_points,    &search_indicators,  &search_files,
    &search_meetings, &search_bulletins, &search_regulations, &search_imports,
};

void search_sources_use(struct county *c)
{
    search_use(c, sources, COUNT(sources));
}
