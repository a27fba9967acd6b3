/*
 * What a page of an instruction or a directive says first: the three statuses, what is still
 * wanted and in whose hands, whose words it goes back to, who answers for it, and, of an
 * instruction, what became of it.
 */
#include "base/clock.h"
#include "base/fmt.h"
#include "base/str.h"
#include "directive/directive.sql.h"
#include "directive/room.h"
#include "directive/status.h"
#include "flow/matter.h"
#include "store/county.h"

#include <string.h>

enum { SIDES = 4, WAYS = 12, CHAIN_MAX = MATTER_DEPTH_MAX };

struct telling {
    const struct flow_look *l;
    enum lang lang;
    struct arena *a;
    const struct units *us;
    struct directive_status st;
    struct flow_need *needs;
    struct flow_side *sides;
    struct flow_way *ways;
    size_t n_needs, n_sides, n_ways;
};

static const char *tr(const struct telling *t, const char *text)
{
    return lang_text(t->lang, text);
}

static const char *unit_name(const struct telling *t, const char *code)
{
    const struct unit *u = units_find(t->us, code);
    return u ? u->name : code;
}

/* Who holds it, as people say it. */
static enum rc holder_of(const struct telling *t, const struct matter *m, const char **ret,
                         struct err *e)
{
    const char *unit = matter_unit(m), *account = matter_account(m), *name = "";
    enum rc rc = *account ? name_of_account(t->l->snap, account, t->a, &name, e) : RC_OK;
    if (rc == RC_OK)
        *ret = *unit && *account ? text_fill(t->a, tr(t, N_("{unit}（{person}）")), "unit",
                                             unit_name(t, unit), "person", name, NULL)
               : *unit           ? unit_name(t, unit)
                                 : name;
    return rc;
}

/* ---- what is still wanted ---- */

static void need(struct telling *t, const char *what, const char *holder, bool done)
{
    t->needs[t->n_needs++] = (struct flow_need){ what, done ? NULL : holder, done };
}

/* Has it come past these states? */
static bool past(const struct matter *m, const char *states)
{
    return !word_in(states, m->state, ' ');
}

static enum rc need_all(struct telling *t, struct err *e)
{
    static const char before_sent[] = "draft approving approved";
    const struct matter *m = t->l->matter;
    const char *who, *warning = link_of(m, "warning");
    bool unit = *matter_unit(m) != '\0';
    struct directive_parts_row *parts;
    size_t n_parts, open = 0;
    enum rc rc = holder_of(t, m, &who, e);
    if (rc == RC_OK)
        rc = directive_parts_all(t->l->snap, m->id, t->a, &parts, &n_parts, e);
    if (rc != RC_OK)
        return rc;
    t->needs = arena_array(t->a, m->n_parties + 8, sizeof(*t->needs));
    if (!m->open || word_in("looking", m->state, ' '))
        return RC_OK;
    if (!past(m, before_sent)) {
        need(t, tr(t, N_("领导审签")), tr(t, N_("审签的领导")), str_eq(m->state, "approved"));
        need(t, tr(t, N_("发出")), tr(t, N_("平台专班")), false);
        return RC_OK;
    }
    need(t, tr(t, N_("签收")), who, past(m, "sent"));
    need(t, tr(t, N_("受理")), who, past(m, "sent signed returned"));
    if (unit)
        need(t, tr(t, N_("工作方案")), who, past(m, "sent signed returned planning"));
    for (size_t i = 0; i < m->n_parties; i++)
        if (m->parties[i].role == PARTY_JOINT)
            need(t, tr(t, N_("协办情况")), unit_name(t, m->parties[i].unit),
                 str_eq(m->parties[i].state, "delivered"));
    for (size_t i = 0; i < n_parts; i++)
        open += parts[i].open;
    if (n_parts)
        need(t,
             text_fill(t->a, tr(t, N_("下级事项{n}件办结")), "n",
                       fmt_count(t->a, (int64_t)n_parts), NULL),
             open ? tr(t, N_("下级承办的单位")) : NULL, open == 0);
    bool reported = !past(m, "heads upper review verified");
    need(t,
         *matter_value(m, "lacks") && !reported ? matter_value(m, "lacks")
                                                : tr(t, N_("办结报告")),
         who, reported);
    if (unit)
        need(t, tr(t, N_("单位负责人签字")), unit_name(t, matter_unit(m)),
             !past(m, "upper review verified"));
    if (*warning && !*m->parent)
        need(t, tr(t, N_("指标保持恢复，或第三人复核")), tr(t, N_("没有经手过的人")),
             str_eq(m->state, "verified") || str_eq(t->st.shown, tr(t, N_("指标已恢复"))));
    need(t, tr(t, N_("审核销号")),
         *m->parent ? tr(t, N_("交下这一项的人")) : tr(t, N_("没有经手过的人")), false);
    return RC_OK;
}

/* ---- beside it ---- */

/* The top of the layers, whose instruction all of them carry out. */
static enum rc top_of(const struct telling *t, struct matter *ret, struct err *e)
{
    *ret = *t->l->matter;
    enum rc rc = RC_OK;
    for (size_t i = 0; *ret->parent && i < CHAIN_MAX && rc == RC_OK; i++)
        rc = matter_load(t->l->snap, t->l->c, ret->parent, t->a, ret, e);
    return rc;
}

enum rc instruction_words(const struct snap *s, const struct matter *m, enum lang lang,
                          struct arena *a, const char **ret, struct err *e)
{
    const char *leader = matter_value(m, "leader"), *who, *by;
    const char *day =
        *matter_value(m, "given_on") ? matter_value(m, "given_on") : fmt_date(a, m->opened_at);
    enum rc rc = name_of_account(s, *leader ? leader : m->opener, a, &who, e);
    if (rc == RC_OK)
        rc = name_of_account(s, m->opener, a, &by, e);
    if (rc == RC_OK)
        *ret = *leader ? text_fill(a, lang_text(lang, N_("{who}，{day}，{by}代录，附扫描件")),
                                   "who", who, "day", day, "by", by, NULL)
                       : text_fill(a, lang_text(lang, N_("{who}，{day}")), "who", who, "day",
                                   day, NULL);
    return rc;
}

/* The words of the instruction, and the scan when somebody else wrote them down. */
static enum rc side_instruction(struct telling *t, const struct matter *top, struct err *e)
{
    const char *code = instruction_of(top), *note = "";
    struct matter m;
    enum rc rc = *code ? matter_load(t->l->snap, t->l->c, code, t->a, &m, e) : RC_OK;
    if (rc != RC_OK || !*code)
        return rc;
    rc = instruction_words(t->l->snap, &m, t->lang, t->a, &note, e);
    if (rc != RC_OK)
        return rc;
    struct flow_side_row *rows = arena_array(t->a, m.n_files + 1, sizeof(*rows));
    size_t n = 0;
    for (size_t i = 0; i < m.n_files; i++)
        rows[n++] =
            (struct flow_side_row){ tr(t, N_("扫描件")), m.files[i].name,
                                    arena_printf(t->a, "/directive/%s/scan/%s",
                                                 t->l->matter->code, m.files[i].digest) };
    if (t->l->who && flow_may_see(t->l->who, &m))
        rows = memcpy(arena_array(t->a, n + 1, sizeof(*rows)), rows, n * sizeof(*rows)),
        rows[n++] = (struct flow_side_row){ tr(t, N_("批示")), m.code,
                                            arena_printf(t->a, "/matter/%s", m.code) };
    t->sides[t->n_sides++] = (struct flow_side){ .title = tr(t, N_("批示")),
                                                 .quote = matter_value(&m, "text"),
                                                 .note = note,
                                                 .rows = rows,
                                                 .n_rows = n };
    return RC_OK;
}

/* The stationed group that watches over it. */
static enum rc watcher(const struct telling *t, const char **ret, struct err *e)
{
    const struct matter *m = t->l->matter;
    const struct party *named = matter_party(m, PARTY_SUPERVISOR);
    const struct unit *u = units_find(t->us, matter_unit(m));
    struct person *p;
    size_t n;
    *ret = named ? unit_name(t, named->unit) : "";
    if (named || !u)
        return RC_OK;
    enum rc rc =
        people_who_can(t->l->snap, CAP_SUPERVISE, county_today(t->l->c), t->a, &p, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK && !**ret; i++) {
        const struct unit *of = units_by_id(t->us, p[i].unit);
        if (of && person_may(&p[i], CAP_SUPERVISE, u))
            *ret = of->name;
    }
    return rc;
}

/* Who answers for it, layer by layer from the top, and who supervises. */
static enum rc side_duties(struct telling *t, struct err *e)
{
    struct matter chain[CHAIN_MAX];
    struct flow_side_row *rows = arena_array(t->a, CHAIN_MAX + 1, sizeof(*rows));
    size_t n = 1, n_rows = 0;
    const char *group;
    enum rc rc = RC_OK;
    chain[0] = *t->l->matter;
    while (rc == RC_OK && *chain[n - 1].parent && n < CHAIN_MAX) {
        rc = matter_load(t->l->snap, t->l->c, chain[n - 1].parent, t->a, &chain[n], e);
        n++;
    }
    for (size_t i = n; i > 0 && rc == RC_OK; i--) {
        const struct matter *m = &chain[i - 1];
        const char *duty, *layer, *who;
        rc = directive_duty(t->l->snap, m, &duty, &layer, e);
        if (rc == RC_OK)
            rc = holder_of(t, m, &who, e);
        bool may = rc == RC_OK && i > 1 && t->l->who && flow_may_see(t->l->who, m);
        if (rc == RC_OK && *who)
            rows[n_rows++] =
                (struct flow_side_row){ tr(t, duty),
                                        text_fill(t->a, tr(t, N_("{who}（{layer}）")), "who",
                                                  who, "layer", tr(t, layer), NULL),
                                        may ? arena_printf(t->a, "/matter/%s", m->code)
                                            : NULL };
    }
    if (rc == RC_OK)
        rc = watcher(t, &group, e);
    if (rc == RC_OK && *group)
        rows[n_rows++] = (struct flow_side_row){ tr(t, N_("监督责任")), group, NULL };
    if (rc == RC_OK && n_rows)
        t->sides[t->n_sides++] =
            (struct flow_side){ .title = tr(t, N_("四责")), .rows = rows, .n_rows = n_rows };
    return rc;
}

/* ---- what may be done elsewhere ---- */

static void way(struct telling *t, const char *name, const char *note, const char *href)
{
    t->ways[t->n_ways++] = (struct flow_way){ tr(t, name), note ? tr(t, note) : "", href };
}

/* 督办单 for who reads it, 签批单 for who writes and signs off drafts. */
static void papers(struct telling *t)
{
    const struct matter *m = t->l->matter;
    if (flow_may_see_drafts(t->l->who, m)) {
        way(t, N_("签批单"), N_("PDF，打印"),
            arena_printf(t->a, "/directive/%s/approval.pdf", m->code));
        way(t, N_("签批单"), N_("docx，可改"),
            arena_printf(t->a, "/directive/%s/approval.docx", m->code));
    }
    way(t, N_("督办单"), N_("PDF，打印"),
        arena_printf(t->a, "/directive/%s/order.pdf", m->code));
    way(t, N_("督办单"), N_("docx，可改"),
        arena_printf(t->a, "/directive/%s/order.docx", m->code));
}

static void ways(struct telling *t)
{
    const struct matter *m = t->l->matter;
    const struct flow_who *w = t->l->who;
    const struct unit *u = units_find(t->us, matter_unit(m));
    t->ways = arena_array(t->a, WAYS, sizeof(*t->ways));
    if (!w)
        return;
    papers(t);
    if (m->draft)
        return;
    if (m->open && u && person_may(w->person, CAP_SUPERVISE, u))
        way(t, N_("问一句"), N_("写明问什么、请在哪天前答，发出就到单位"),
            arena_printf(t->a, "/directive/%s/ask", m->code));
    if (m->open && person_can(w->person, CAP_INSTRUCT))
        way(t, N_("批示"), NULL, arena_printf(t->a, "/instruction?about=matter:%s", m->code));
}

enum rc directive_describe(const struct flow_look *l, enum lang lang, struct arena *a,
                           struct flow_words *ret, struct err *e)
{
    struct telling t = { .l = l, .lang = lang, .a = a };
    struct flow_fact *facts = arena_array(a, 3, sizeof(*facts));
    struct matter top;
    t.sides = arena_array(a, SIDES, sizeof(*t.sides));
    enum rc rc = units_load(l->snap, county_today(l->c), a, &t.us, e);
    if (rc == RC_OK)
        rc = directive_status(l->snap, l->c, l->matter, lang, a, &t.st, e);
    if (rc == RC_OK && l->who) {
        rc = need_all(&t, e);
        if (rc == RC_OK)
            rc = top_of(&t, &top, e);
        if (rc == RC_OK)
            rc = side_instruction(&t, &top, e);
        if (rc == RC_OK)
            rc = side_duties(&t, e);
        ways(&t);
    }
    if (rc != RC_OK)
        return rc;
    facts[0] = (struct flow_fact){ tr(&t, N_("单位所说")), t.st.said, t.st.said_note, false };
    facts[1] =
        (struct flow_fact){ tr(&t, N_("佐证所示")), t.st.shown, t.st.shown_note, t.st.lacking };
    facts[2] = (struct flow_fact){ tr(&t, N_("对照原定期限")), t.st.against, t.st.against_note,
                                   t.st.late };
    *ret = (struct flow_words){ .answer = directive_number(l->matter->code, lang, a),
                                .needs = t.needs,
                                .n_needs = t.n_needs,
                                .facts = facts,
                                .n_facts = 3,
                                .sides = t.sides,
                                .n_sides = t.n_sides,
                                .ways = t.ways,
                                .n_ways = t.n_ways };
    return RC_OK;
}

/* ---- an instruction ---- */

/* What became of it: each directive made of it with what its material shows. */
static enum rc side_became(struct telling *t, struct err *e)
{
    struct directives_of_row *rows;
    size_t n;
    enum rc rc = directives_of_all(t->l->snap, t->l->matter->code, t->a, &rows, &n, e);
    struct flow_side_row *out = arena_array(t->a, 2 * (rc == RC_OK ? n : 0) + 1, sizeof(*out));
    size_t n_out = 0;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct matter m;
        struct directive_status st;
        const char *who;
        rc = matter_load(t->l->snap, t->l->c, rows[i].code, t->a, &m, e);
        if (rc == RC_OK)
            rc = directive_status(t->l->snap, t->l->c, &m, t->lang, t->a, &st, e);
        if (rc == RC_OK)
            rc = holder_of(t, &m, &who, e);
        if (rc != RC_OK)
            return rc;
        bool may = t->l->who && flow_may_see(t->l->who, &m);
        out[n_out++] = (struct flow_side_row){
            directive_number(m.code, t->lang, t->a),
            may ? text_fill(t->a, tr(t, N_("{who}：单位说{said}；佐证{shown}；{against}")),
                            "who", who, "said", st.said, "shown", st.shown, "against",
                            st.against, NULL)
                : tr(t, N_("专班在拟办")),
            may ? arena_printf(t->a, "/matter/%s", m.code) : NULL
        };
    }
    if (rc == RC_OK)
        t->sides[t->n_sides++] =
            (struct flow_side){ .title = tr(t, N_("办得怎样")),
                                .note = n_out ? NULL : tr(t, N_("专班还没有转成廉动令")),
                                .rows = out,
                                .n_rows = n_out };
    return rc;
}

enum rc instruction_describe(const struct flow_look *l, enum lang lang, struct arena *a,
                             struct flow_words *ret, struct err *e)
{
    struct telling t = { .l = l, .lang = lang, .a = a };
    const char *answer;
    t.sides = arena_array(a, SIDES, sizeof(*t.sides));
    t.ways = arena_array(a, WAYS, sizeof(*t.ways));
    enum rc rc = units_load(l->snap, county_today(l->c), a, &t.us, e);
    if (rc == RC_OK)
        rc = instruction_words(l->snap, l->matter, lang, a, &answer, e);
    if (rc == RC_OK)
        rc = side_became(&t, e);
    if (rc != RC_OK)
        return rc;
    t.sides[t.n_sides++] = (struct flow_side){ .title = tr(&t, N_("批示")),
                                               .quote = matter_value(l->matter, "text"),
                                               .note = answer };
    if (l->who && person_can(l->who->person, CAP_DISPATCH) &&
        word_in("written turned done", l->matter->state, ' '))
        t.ways[t.n_ways++] =
            (struct flow_way){ tr(&t, N_("转为廉动令")), tr(&t, N_("知道的都填好，再改")),
                               arena_printf(a, "/directive/from/matter/%s", l->matter->code),
                               true };
    *ret = (struct flow_words){ .answer = answer,
                                .sides = t.sides,
                                .n_sides = t.n_sides,
                                .ways = t.ways,
                                .n_ways = t.n_ways };
    return RC_OK;
}
