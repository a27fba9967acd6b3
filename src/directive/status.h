/*
 * The three statuses of a directive, which no page lets out of sight: what the unit says, what
 * the supporting material shows, how it stands to the day that was set first. Each is a word or
 * two with a note; none is reckoned from how many entries, pictures or meetings there were.
 */
#ifndef DIRECTIVE_STATUS_H
#define DIRECTIVE_STATUS_H

#include "base/base.h"
#include "base/kinds.h"

struct arena;
struct county;
struct matter;
struct snap;

/* In the reader's language, in a. Notes are "" when there is nothing to add. */
struct directive_status {
    const char *said, *said_note;       /* 单位所说 */
    const char *shown, *shown_note;     /* 佐证所示 */
    const char *against, *against_note; /* 对照原定期限 */
    bool lacking;                       /* the material does not bear out what was said */
    bool late;                          /* past the first day */
    int32_t first;                      /* that day; 0: none yet */
};
enum rc directive_status(const struct snap *s, struct county *c, const struct matter *m,
                         enum lang lang, struct arena *a, struct directive_status *ret,
                         struct err *e) MUST_USE;

/* 主体责任 …: the responsibility its holder bears, as the directive says or its layer implies;
 * source text. And the layer: 书记, 分管领导, 单位, 科室. */
enum rc directive_duty(const struct snap *s, const struct matter *m, const char **ret_duty,
                       const char **ret_layer, struct err *e) MUST_USE;
/* 廉动令〔2026〕87号, of its code. */
const char *directive_number(const char *code, enum lang lang, struct arena *a);

#endif
