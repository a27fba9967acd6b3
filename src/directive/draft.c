/* A draft directive made of something else: one press, what is known filled in. */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "directive/directive.sql.h"
#include "directive/room.h"
#include "flow/matter.h"
#include "store/county.h"

#include <string.h>

enum { TITLE_CHARS = 40 };

struct known {
    const char *title, *order, *source, *source_doc, *lead, *problem;
    struct flow_link links[8];
    size_t n_links;
};

const char *first_words(const char *text, size_t chars, struct arena *a)
{
    const char *stop = strstr(text, "。");
    size_t line = strcspn(text, "\r\n");
    if (stop && (size_t)(stop - text) < line)
        line = (size_t)(stop - text);
    const char *s = arena_strndup(a, text, line), *p = s;
    for (size_t n = 0; *p && n < chars; n++)
        for (p++; ((unsigned char)*p & 0xC0) == 0x80; p++)
            ;
    return *p ? arena_printf(a, "%.*s…", (int)(p - s), s) : s;
}

static void link_to(struct known *k, const char *what, const char *code)
{
    if (k->n_links < COUNT(k->links))
        k->links[k->n_links++] = (struct flow_link){ what, code };
}

/* Of an instruction its words and what it was written on; of a meeting its name. */
static void known_of_matter(const struct matter *m, struct arena *a, struct known *k)
{
    bool instruction = str_eq(m->kind_code, "instruction");
    const char *text = matter_value(m, "text");
    link_to(k, "matter", m->code);
    k->source = instruction ? "instruction" : "meeting";
    k->source_doc = instruction ? "" : m->title;
    k->title = instruction ? first_words(text, TITLE_CHARS, a) : m->title;
    k->order = instruction
                   ? text
                   : text_fill(a, N_("落实{title}的决定，报告结果"), "title", m->title, NULL);
    for (size_t i = 0; instruction && i < m->n_links; i++) {
        const struct flow_link *l = &m->links[i];
        const char *dash = strrchr(l->code, '-');
        if (word_in("warning report value", l->what, ' '))
            link_to(k, l->what, l->code);
        if (str_eq(l->what, "report") && dash) /* UNIT-PERIOD */
            k->lead = arena_strndup(a, l->code, (size_t)(dash - l->code));
    }
}

static enum rc known_of(const struct snap *s, struct county *c, const struct flow_who *w,
                        const char *what, const char *code, struct arena *a, struct known *k,
                        struct err *e)
{
    struct warning_hand_last_row hand;
    struct matter m;
    const char *matter = code;
    enum rc rc = RC_OK;
    *k = (struct known){ .source_doc = "", .lead = "", .problem = "" };
    if (str_eq(what, "warning")) {
        rc = warning_hand_last_one(s, code, a, &hand, e);
        matter = rc == RC_OK ? hand.code : "";
    } else if (!str_eq(what, "matter")) {
        return err_set(e, RC_NOTFOUND, N_("「{what}」不能转为廉动令"), "what", what);
    }
    if (rc == RC_OK)
        rc = matter_load(s, c, matter, a, &m, e);
    if (rc == RC_NOTFOUND || (rc == RC_OK && !flow_may_see(w, &m))) {
        err_done(e);
        *e = (struct err){ 0 };
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    }
    if (rc != RC_OK)
        return rc;
    if (str_eq(what, "matter")) {
        known_of_matter(&m, a, k);
        return RC_OK;
    }
    link_to(k, "warning", code);
    link_to(k, "matter", m.code);
    k->source = "warning";
    k->title = k->problem = m.title;
    k->lead = matter_unit(&m);
    k->order =
        text_fill(a, N_("查清“{title}”的原因，改到指标恢复并保持住"), "title", m.title, NULL);
    return RC_OK;
}

enum rc directive_draft(struct tx *tx, struct county *c, const struct flow_who *w,
                        const char *what, const char *code, struct arena *a,
                        struct flow_done *ret, struct err *e)
{
    struct known k;
    char due[PERIOD_TEXT];
    enum rc rc = known_of(tx_snap(tx), c, w, what, code, a, &k, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_given all[] = {
        { "order", k.order },
        { "source", k.source },
        { "due", day_code(county_today(c) + DIRECTIVE_DAYS, due) },
        { "source_doc", k.source_doc },
        { "lead", units_find(w->units, k.lead) ? k.lead : "" },
        { "problem", k.problem },
    };
    struct flow_given given[COUNT(all)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(all); i++)
        if (*all[i].value)
            given[n++] = all[i];
    return flow_open(tx, c, w,
                     &(struct flow_new){ .kind = directive_flow_kind.code,
                                         .title = k.title,
                                         .given = given,
                                         .n_given = n,
                                         .links = k.links,
                                         .n_links = k.n_links },
                     a, ret, e);
}
