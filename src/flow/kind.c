/* Looking things up in the table of a kind, and saying them in words. */
#include "base/str.h"
#include "flow/matter.h"
#include "flow/room.h"
#include "store/county.h"

#include <string.h>

bool word_in(const char *list, const char *word, char sep)
{
    size_t n = strlen(word);
    for (const char *s = list; s && n > 0;) {
        const char *end = strchr(s, sep);
        size_t len = end ? (size_t)(end - s) : strlen(s);
        if (len == n && memcmp(s, word, n) == 0)
            return true;
        s = end ? end + 1 : NULL;
    }
    return false;
}

const char *flow_personal(struct county *c, struct arena *a)
{
    struct str b;
    size_t n;
    const struct flow_kind *const *kinds = flow_kinds(c, &n);
    str_init(&b, a);
    for (size_t i = 0; i < n; i++)
        if (kinds[i]->personal)
            str_addf(&b, " %s ", kinds[i]->code);
    return b.n ? b.s : "";
}

const struct flow_state *flow_state_of(const struct flow_kind *k, const char *code)
{
    for (size_t i = 0; k && i < k->n_states; i++)
        if (str_eq(k->states[i].code, code))
            return &k->states[i];
    return NULL;
}

const struct flow_field *flow_field_of(const struct flow_kind *k, const char *code)
{
    for (size_t i = 0; k && i < k->n_fields; i++)
        if (str_eq(k->fields[i].code, code))
            return &k->fields[i];
    return NULL;
}

const struct flow_clock *flow_clock_of(const struct flow_kind *k, const char *code)
{
    for (size_t i = 0; k && code && i < k->n_clocks; i++)
        if (str_eq(k->clocks[i].code, code))
            return &k->clocks[i];
    return NULL;
}

bool flow_move_from(const struct flow_kind *k, const struct flow_move *m, const char *state)
{
    const struct flow_state *s = flow_state_of(k, state);
    if (str_eq(m->from, "*"))
        return s && !s->final;
    return word_in(m->from, state, '|');
}

const struct flow_move *flow_move_of(const struct flow_kind *k, const char *state,
                                     const char *verb)
{
    for (size_t i = 0; k && i < k->n_moves; i++)
        if (str_eq(k->moves[i].verb, verb) && flow_move_from(k, &k->moves[i], state))
            return &k->moves[i];
    return NULL;
}

void flow_use(struct county *c, const struct flow_kind *const *kinds, size_t n)
{
    flow_room_set_kinds(flow_room(c), kinds, n);
}

const struct flow_kind *const *flow_kinds(struct county *c, size_t *ret_n)
{
    return flow_room_kinds(flow_room(c), ret_n);
}

const struct flow_kind *flow_kind_of(struct county *c, const char *code)
{
    size_t n;
    const struct flow_kind *const *kinds = flow_kinds(c, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(kinds[i]->code, code))
            return kinds[i];
    return NULL;
}

const char *flow_rung_text(const struct flow_rung *r, enum lang lang, struct arena *a)
{
    const char *text = r->days < 0    ? N_("到期前{n}个工作日")
                       : r->days == 0 ? N_("到期当天")
                                      : N_("逾期第{n}个工作日");
    return text_fill(a, lang_text(lang, text), "n",
                     arena_printf(a, "%d", r->days < 0 ? -r->days : r->days), NULL);
}

static const struct {
    unsigned role;
    const char *name;
} role_names[] = {
    { FLOW_OPENER, N_("发起人") },       { FLOW_HOLDER, N_("承办人") },
    { FLOW_UNIT, N_("牵头单位") },       { FLOW_JOINT, N_("协办单位") },
    { FLOW_SUPERVISOR, N_("督办单位") }, { FLOW_REVIEWER, N_("没有参与办理的复核人") },
    { FLOW_BY_CAP, N_("有权限的人员") }, { FLOW_SYSTEM, N_("系统") },
};

const char *flow_role_text(unsigned role)
{
    for (size_t i = 0; i < COUNT(role_names); i++)
        if (role_names[i].role == role)
            return role_names[i].name;
    return "";
}

const char *flow_colour_text(enum flow_colour c)
{
    static const char *const names[] = { "", N_("黄"), N_("橙"), N_("红") };
    return names[c];
}

const char *flow_colour_mark(enum flow_colour c)
{
    static const char *const marks[] = { "", "y", "o", "r" };
    return marks[c];
}

enum cap flow_hand_cap(const struct flow_kind *k)
{
    return k && k->open ? k->open : CAP_DISPATCH;
}
