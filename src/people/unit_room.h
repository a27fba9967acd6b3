/* What the pages about units share. Not for other folders. */
#ifndef PEOPLE_UNIT_ROOM_H
#define PEOPLE_UNIT_ROOM_H

#include "people/asker.h"

/* Handlers of unit_import_page.c; their routes are rows of unit_routes. */
enum { UNIT_IMPORT_BYTES = 16 << 20 };
enum rc unit_import_show(struct rq *rq, struct err *e);
enum rc unit_import_post(struct rq *rq, struct err *e);
enum rc unit_import_confirm(struct rq *rq, struct err *e);

#endif
