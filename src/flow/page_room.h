/* What the pages about matters share, with those of folders whose kinds have pages of their
 * own. */
#ifndef FLOW_PAGE_ROOM_H
#define FLOW_PAGE_ROOM_H

#include "flow/flow_page.h"
#include "flow/inbox.h"
#include "people/asker.h"

struct field_form_page;

enum { UPLOADS_MAX = 10, UPLOAD_BYTES = 50 << 20 };

/* The fields a page asks for. */
struct form_asked {
    const struct flow_kind *kind;
    const char *list; /* codes, ! after what must be filled in */
    const char *unit; /* whose people an account field offers; "" for leaders */
    /* What a field holds as long as nothing was typed. */
    const char *(*was)(const void *ctx, const struct flow_field *f);
    const void *ctx;
};
enum rc form_fill(struct rq *rq, const struct snap *s, const struct form_asked *x,
                  struct field_form_page *ret, struct err *e) MUST_USE;
/* What was typed, without the page's own fields (names separated by spaces). */
const struct flow_given *form_given(struct rq *rq, const char *own, size_t *ret_n);
/* Files are kept before the change, which makes them known. */
enum rc files_keep(struct rq *rq, struct flow_file **ret, size_t *ret_n,
                   struct err *e) MUST_USE;
enum rc files_register(struct tx *tx, struct rq *rq, const struct flow_file *files, size_t n,
                       struct err *e) MUST_USE;

/* 2026-09-30 00:00 of a day, none for 0. */
struct utime day_time(int32_t day);

#endif
