/* The county's list of kinds of problems: one setting, a name a line. */
#include "directive/problem_kind.h"

#include "base/map.h"
#include "base/str.h"
#include "directive/room.h"
#include "store/setting.h"

#include <string.h>

/* The names of a text, trimmed, without empty lines. */
static const char *const *names_of(const char *text, struct arena *a, size_t *ret_n)
{
    size_t n, kept = 0;
    char **lines = str_split(a, text, '\n', &n);
    const char **names = arena_array(a, n + 1, sizeof(*names));
    for (size_t i = 0; i < n; i++) {
        const char *name = str_trim(a, lines[i]);
        if (*name)
            names[kept++] = name;
    }
    *ret_n = kept;
    return names;
}

enum rc problem_kinds_text_check(const char *value, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map *seen = map_new(a);
    size_t n;
    const char *const *names = names_of(value, a, &n);
    if (n == 0 || n > PROBLEM_KINDS_MAX)
        return err_set(e, RC_INVALID, N_("问题类别要有1到{limit}种，一行一种"), "limit",
                       arena_printf(a, "%d", PROBLEM_KINDS_MAX));
    for (size_t i = 0; i < n; i++) {
        if (utf8_count(names[i]) > PROBLEM_KIND_NAME_MAX)
            return err_set(e, RC_INVALID, N_("「{name}」太长，一种最多{limit}个字"), "name",
                           names[i], "limit", arena_printf(a, "%d", PROBLEM_KIND_NAME_MAX));
        if (!map_add(seen, names[i], seen))
            return err_set(e, RC_INVALID, N_("「{name}」写了两次"), "name", names[i]);
    }
    return RC_OK;
}

enum rc problem_kinds_load(const struct snap *s, struct arena *a, const char *const **ret,
                           size_t *ret_n, struct err *e)
{
    const char *text;
    enum rc rc = setting_text(s, &directive_settings[SET_PROBLEM_KINDS], a, &text, e);
    if (rc == RC_OK)
        *ret = names_of(text, a, ret_n);
    return rc;
}

enum rc problem_kind_check(const struct snap *s, const char *name, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *const *names;
    struct str b;
    size_t n;
    enum rc rc = problem_kinds_load(s, a, &names, &n, e);
    str_init(&b, a);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (str_eq(names[i], name))
            return RC_OK;
        str_addf(&b, "%s%s", i ? "、" : "", names[i]);
    }
    return rc == RC_OK
               ? err_set(
                     e, RC_INVALID,
                     N_("问题类别里没有「{name}」；有：{list}。可以先在「问题类别」一页加上"),
                     "name", name, "list", b.s)
               : rc;
}
