/* Where else a person may go: what the navigation, which is short, has no room for. */
#ifndef CMD_PLACES_H
#define CMD_PLACES_H

#include "web/web.h"

struct place {
    const char *group, *name, *note; /* in the reader's language */
    const char *href;
};
/* Those of the asker, by group; what their navigation holds is left out. In rq->a. */
void places_of(struct rq *rq, const struct place **ret, size_t *ret_n);

extern const struct route places_routes[];
extern const size_t places_routes_n;

#endif
