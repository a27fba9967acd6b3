/* Every route of the program has a method, authority, capability and scope; public is exactly
 * what needs nobody. */
#include "base/test.h"
#include "cmd/routes.h"

static void every_route_is_complete(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct route_table tables[ROUTE_TABLES_MAX];
    size_t n = routes_all(tables), routes = 0;
    CHECK(n > 0 && n <= ROUTE_TABLES_MAX);
    CHECK_OK(web_check_routes(tables, n, CAP_PUBLIC, &e));
    for (size_t i = 0; i < n; i++)
        routes += tables[i].n;
    CHECK(routes > 40);
}

static void sections_lead_to_routes(void)
{
    struct route_table tables[ROUTE_TABLES_MAX];
    size_t n = routes_all(tables);
    for (const struct section *s = sections; s->name; s++) {
        bool found = false;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < tables[i].n; k++)
                found |= tables[i].routes[k].method == GET &&
                         str_eq(tables[i].routes[k].path, s->href);
        if (!found)
            t_fail(__FILE__, __LINE__, "no page at %s", s->href);
    }
}

/* A navigation that nobody can take in at a glance is none. */
static void each_role_has_few_sections(void)
{
    for (size_t r = 0; r < roles_n; r++) {
        int n = 0;
        bool today = false;
        for (const struct section *s = sections; s->name; s++)
            if (section_for(s, &roles[r])) {
                n++;
                today |= str_eq(s->href, "/today");
            }
        if (n > SECTIONS_A_ROLE || n < 2 || !today)
            t_fail(__FILE__, __LINE__, "%s has %d sections", roles[r].code, n);
    }
}

static void sections_name_roles_that_are(void)
{
    for (const struct section *s = sections; s->name; s++) {
        bool any = false;
        for (size_t r = 0; r < roles_n; r++)
            any |= section_for(s, &roles[r]);
        if (!any)
            t_fail(__FILE__, __LINE__, "nobody sees %s", s->href);
    }
}

T_MAIN({ "each role has at most six sections, the day among them", each_role_has_few_sections },
       { "every section is somebody's", sections_name_roles_that_are },
       { "every route is complete", every_route_is_complete },
       { "the sections lead to pages", sections_lead_to_routes })
