/* The three statuses, from how the matter and its parts stand. Facts only: what was filled in,
 * who looked at it, which day was set. */
#include "directive/status.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "directive/directive.sql.h"
#include "directive/room.h"
#include "flow/matter.h"
#include "store/county.h"

#include <string.h>

struct telling {
    const struct snap *s;
    struct county *c;
    const struct matter *m;
    enum lang lang;
    struct arena *a;
    struct directive_parts_row *parts;
    size_t n_parts;
};

static const char *tr(const struct telling *t, const char *text)
{
    return lang_text(t->lang, text);
}

static const char *the_day(const struct telling *t, int32_t day)
{
    char text[PERIOD_TEXT];
    return arena_strdup(t->a, day_code(day, text));
}

static const char *count(const struct telling *t, int64_t n)
{
    return fmt_count(t->a, n);
}

static bool in(const struct matter *m, const char *states)
{
    return word_in(states, m->state, ' ');
}

/* Notes are a line. */
static const char *brief(const struct telling *t, const char *text)
{
    enum { CHARS = 40 };
    return first_words(text, CHARS, t->a);
}

/* ---- 单位所说 ---- */

/* Of the parts that were not called off: how many, and how many are said to be done. */
static void parts_said(const struct telling *t, int64_t *ret_n, int64_t *ret_done)
{
    *ret_n = *ret_done = 0;
    for (size_t i = 0; i < t->n_parts; i++) {
        const char *state = t->parts[i].state;
        if (word_in("cancelled dropped", state, ' '))
            continue;
        ++*ret_n;
        *ret_done += word_in("heads upper review verified closed looking archived", state, ' ');
    }
}

static const char *parts_note(const struct telling *t)
{
    int64_t n, done;
    parts_said(t, &n, &done);
    if (!n)
        return "";
    return text_fill(t->a, tr(t, N_("{n}项中{done}项报完成")), "n", count(t, n), "done",
                     count(t, done), NULL);
}

static void said(const struct telling *t, struct directive_status *x)
{
    static const struct {
        const char *states, *text;
    } words[] = {
        { "draft approving approved", N_("还没有发出") },
        { "dropped", N_("没有发出") },
        { "sent", N_("还没有签收") },
        { "signed", N_("已签收，还没有受理") },
        { "returned", N_("说不是本单位职责") },
        { "planning", N_("已受理，在拟方案") },
        { "working", N_("办理中") },
        { "hanging", N_("说现在办不了") },
        { "hung", N_("说现在办不了") },
        { "heads", N_("经办人报完成，负责人没有签字") },
        { "upper review verified closed looking archived", N_("已办结") },
        { "cancelled", N_("撤销") },
    };
    const struct matter *m = t->m;
    const struct flow_field *f = flow_field_of(m->kind, "solved");
    x->said = "";
    x->said_note = parts_note(t);
    for (size_t i = 0; i < COUNT(words); i++)
        if (in(m, words[i].states))
            x->said = tr(t, words[i].text);
    if (in(m, "working") && *matter_value(m, "result"))
        x->said = tr(t, m->reopened ? N_("重新办理中") : N_("曾报办结，退回后在补"));
    if (in(m, "hanging hung"))
        x->said_note = brief(t, matter_value(m, "condition"));
    if (in(m, "upper review verified closed looking archived") && *matter_value(m, "solved"))
        x->said_note = field_show(f, matter_value(m, "solved"), NULL, t->lang, t->a);
}

/* ---- 佐证所示 ---- */

static const char *material(const struct telling *t)
{
    if (t->m->n_files == 0)
        return tr(t, N_("还没有佐证材料"));
    return text_fill(t->a, tr(t, N_("有{n}份佐证材料，没有审核")), "n",
                     count(t, (int64_t)t->m->n_files), NULL);
}

/* Of the parts: how many were found good by somebody else. */
static const char *parts_shown(const struct telling *t)
{
    int64_t n = 0, good = 0;
    for (size_t i = 0; i < t->n_parts; i++) {
        bool gone = word_in("cancelled dropped", t->parts[i].state, ' ');
        n += !gone;
        good += word_in("closed looking archived", t->parts[i].state, ' ');
    }
    if (!n)
        return "";
    return text_fill(t->a, tr(t, N_("{n}项中{good}项审核通过")), "n", count(t, n), "good",
                     count(t, good), NULL);
}

static enum rc shown_by_indicator(const struct telling *t, struct directive_status *x,
                                  struct err *e)
{
    struct directive_recovery r;
    enum rc rc = directive_recovered(t->s, t->c, link_of(t->m, "warning"), &r, e);
    if (rc != RC_OK)
        return rc;
    int64_t held = r.recovered ? county_today(t->c) - r.since : 0;
    if (!r.recovered)
        x->shown = tr(t, N_("指标还没有恢复"));
    else if (!r.enough)
        x->shown = text_fill(t->a, tr(t, N_("指标恢复{n}天，要{days}天")), "n", count(t, held),
                             "days", count(t, r.days), NULL);
    else
        x->shown = tr(t, N_("指标已恢复"));
    x->lacking = !r.enough && in(t->m, "heads review");
    return RC_OK;
}

static enum rc shown(const struct telling *t, struct directive_status *x, struct err *e)
{
    const struct matter *m = t->m;
    const char *lacks = matter_value(m, "lacks"), *found = matter_value(m, "found");
    enum rc rc = RC_OK;
    x->shown_note = "";
    if (in(m, "draft approving approved sent signed returned planning cancelled dropped")) {
        x->shown = "—";
        return RC_OK;
    }
    if (in(m, "closed archived looking")) {
        x->shown = tr(t, in(m, "looking")  ? N_("审核通过，正在回头看")
                         : in(m, "closed") ? N_("审核通过")
                                           : N_("审核通过，已归档"));
        x->shown_note = brief(t, found);
        return RC_OK;
    }
    if (in(m, "verified")) {
        x->shown = tr(t, N_("第三人复核属实"));
        x->shown_note = brief(t, found);
        return RC_OK;
    }
    if (*lacks && in(m, "working hanging hung heads")) {
        x->shown = tr(t, N_("不足"));
        x->shown_note = brief(t, lacks);
        x->lacking = true;
        return RC_OK;
    }
    x->shown = material(t);
    x->lacking = in(m, "heads upper review") && m->n_files == 0 && !t->n_parts;
    if (*link_of(m, "warning")) {
        x->shown_note = x->shown;
        rc = shown_by_indicator(t, x, e);
    } else if (*parts_shown(t)) {
        x->shown_note = x->shown;
        x->shown = parts_shown(t);
    }
    return rc;
}

/* ---- 对照原定期限 ---- */

static const struct clock_at *work_clock(const struct matter *m)
{
    for (size_t i = 0; i < m->n_clocks; i++)
        if (str_eq(m->clocks[i].code, "work") && m->clocks[i].first)
            return &m->clocks[i];
    return NULL;
}

static void against(const struct telling *t, struct directive_status *x)
{
    const struct matter *m = t->m;
    const struct clock_at *cl = work_clock(m);
    int32_t first = cl ? cl->first : matter_day(m, "due"), due = directive_due(m),
            today = county_today(t->c);
    x->first = first;
    x->against = "—";
    x->against_note = "";
    if (!first || in(m, "cancelled dropped"))
        return;
    const char *day = the_day(t, first);
    const char *more = m->reopened ? N_("重开后定在{first}，经批准延到{due}")
                                   : N_("原定{first}，经批准延到{due}"),
               *set = m->reopened ? N_("重开后定在{first}") : N_("原定{first}");
    x->against_note = text_fill(t->a, tr(t, due > first ? more : set), "first", day, "due",
                                the_day(t, due), NULL);
    /* Judged when it left the unit's hands; how long others look at it is not theirs. */
    bool ended = !m->open || in(m, "looking"), reported = in(m, "upper review verified");
    if (ended || reported) {
        x->late = cl && cl->late_first;
        x->against = tr(t, ended ? x->late ? N_("晚于原定期限办结") : N_("按原定期限办结")
                           : x->late ? N_("晚于原定期限报办结")
                                     : N_("按原定期限报办结"));
        return;
    }
    x->late = today > first;
    x->against = text_fill(t->a,
                           tr(t, x->late          ? N_("已过{n}天")
                                 : today == first ? N_("今天到期")
                                                  : N_("还有{n}天")),
                           "n", count(t, x->late ? today - first : first - today), NULL);
    if (in(m, "hung"))
        x->against_note =
            text_fill(t->a, tr(t, N_("{note}；挂账，{day}复查")), "note", x->against_note,
                      "day", matter_value(m, "review_day"), NULL);
}

enum rc directive_status(const struct snap *s, struct county *c, const struct matter *m,
                         enum lang lang, struct arena *a, struct directive_status *ret,
                         struct err *e)
{
    struct telling t = { .s = s, .c = c, .m = m, .lang = lang, .a = a };
    *ret = (struct directive_status){ .said = "" };
    enum rc rc = directive_parts_all(s, m->id, a, &t.parts, &t.n_parts, e);
    if (rc != RC_OK)
        return rc;
    said(&t, ret);
    against(&t, ret);
    return shown(&t, ret, e);
}

enum rc directive_duty(const struct snap *s, const struct matter *m, const char **ret_duty,
                       const char **ret_layer, struct err *e)
{
    static const char *const layers[] = { "", "secretary", "deputy", "unit", "section" };
    static const char *const borne[] = { "", "first", "double", "main", "double" };
    const char *duty = matter_value(m, "duty");
    enum layer layer;
    enum rc rc = layer_of(s, m, &layer, e);
    if (rc != RC_OK)
        return rc;
    *ret_duty = *ret_layer = "";
    if (!*duty)
        duty = borne[layer];
    for (const struct flow_choice *x = flow_field_of(m->kind, "duty")->choices; x->code; x++)
        if (str_eq(x->code, duty))
            *ret_duty = x->name;
    for (const struct flow_choice *x = flow_field_of(m->kind, "layer")->choices; x->code; x++)
        if (str_eq(x->code, layers[layer]))
            *ret_layer = x->name;
    return RC_OK;
}

const char *directive_number(const char *code, enum lang lang, struct arena *a)
{
    size_t n;
    char **part = str_split(a, code, '-', &n); /* D-2026-00087 */
    if (n != 3)
        return code;
    const char *number = part[2];
    while (*number == '0' && number[1])
        number++;
    return text_fill(a, lang_text(lang, N_("廉动令〔{year}〕{n}号")), "year", part[1], "n",
                     number, NULL);
}
