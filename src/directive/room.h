/* What the files of this folder share. */
#ifndef DIRECTIVE_ROOM_H
#define DIRECTIVE_ROOM_H

#include "directive/directive.h"

struct matter;
struct snap;

/* A person's name; the code when there is no such account. */
enum rc name_of_account(const struct snap *s, const char *account, struct arena *a,
                        const char **ret, struct err *e) MUST_USE;
/* The first sentence of a text, at most so many characters of it. */
const char *first_words(const char *text, size_t chars, struct arena *a);
/* The first thing of a sort a matter is linked with; "". */
const char *link_of(const struct matter *m, const char *what);
/* The instruction it was made of: a link to a matter whose code begins with I-; "". */
const char *instruction_of(const struct matter *m);

/* Layers, as they follow from who holds it (directive.h). */
enum layer { LAYER_SECRETARY = 1, LAYER_DEPUTY, LAYER_UNIT, LAYER_SECTION };
enum rc layer_of(const struct snap *s, const struct matter *m, enum layer *ret,
                 struct err *e) MUST_USE;

/* Until when it is to be done: the day in force, before the clock runs the one that was named.
 */
int32_t directive_due(const struct matter *m);

/* Whether people's handling of a warning ended with its indicator recovered, and long enough.
 */
struct directive_recovery {
    bool recovered, enough;
    int32_t since; /* day it ended */
    int64_t days;  /* how long it has to stay */
};
enum rc directive_recovered(const struct snap *s, struct county *c, const char *warning,
                            struct directive_recovery *ret, struct err *e) MUST_USE;
/* May the list of kinds be this text? */
enum rc problem_kinds_text_check(const char *value, struct err *e) MUST_USE;

/* Hooks of the directive (directive_hook.c). */
enum rc directive_check(const struct flow_look *l, struct err *e) MUST_USE;
enum rc directive_apply(struct tx *tx, const struct flow_look *l, struct err *e) MUST_USE;
enum rc directive_describe(const struct flow_look *l, enum lang lang, struct arena *a,
                           struct flow_words *ret, struct err *e) MUST_USE;

enum rc instruction_describe(const struct flow_look *l, enum lang lang, struct arena *a,
                             struct flow_words *ret, struct err *e) MUST_USE;
/* Whose words, when, and who wrote them down: 顾衡，2026-10-11，闻述代录，附扫描件. */
enum rc instruction_words(const struct snap *s, const struct matter *m, enum lang lang,
                          struct arena *a, const char **ret, struct err *e) MUST_USE;

#endif
