/* How the county's towns are drawn: tiles, or an imported map. */
#ifndef MONITOR_MAP_PAGE_H
#define MONITOR_MAP_PAGE_H

#include "base/kinds.h"
#include "people/unit.h"
#include "web/web.h"

extern const struct route map_routes[];
extern const size_t map_routes_n;

enum { MAP_FEATURES_MAX = 2000, MAP_SIDE_MAX = 12, MAP_FILE_MAX = 8 << 20, REVIEW_NO_MAX = 40 };

/*
 * Check a GeoJSON: a FeatureCollection of polygons in degrees, each with the property key,
 * whose value is a unit's code or name. The features that are nobody's are in unmatched.
 * RC_INVALID names the feature and what would be right. In a.
 */
struct geo_found {
    size_t n, matched;
    const char **unmatched;
    size_t n_unmatched;
};
enum rc geo_check(struct bytes json, const char *key, const struct units *us, struct arena *a,
                  struct geo_found *ret, struct err *e) MUST_USE;
/* 审图号: "GS(2026)0001号" or "浙S(2026)12号", with either kind of brackets; empty is allowed,
 * the map then stays inside. */
enum rc review_no_check(const char *text, struct err *e) MUST_USE;

#endif
