/* What the pages of the work log share. */
#ifndef WORKLOG_PAGE_ROOM_H
#define WORKLOG_PAGE_ROOM_H

#include "flow/page_room.h"
#include "worklog/worklog.h"

/* "/worklog/M/thumb/D" and its size as shown, "/worklog/M/file/D". */
const char *work_thumb_href(struct arena *a, const struct work *w, const struct work_file *f);
const char *work_file_href(struct arena *a, const struct work *w, const struct work_file *f);
void work_thumb_size(const struct work_file *f, int64_t *ret_width, int64_t *ret_height);

#endif
