/*
 * One meeting on one page: what it reads, what is asked of it, what it decided and what became
 * of that. Everything that changes it is a move of its kind; a directive that is born of a
 * decision is opened and entered in one change.
 */
#include "meeting/meeting_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/matter.h"
#include "meeting/meeting.sql.h"
#include "meeting/meeting_kind.h"
#include "meeting/meeting_room.h"
#include "meeting/meetings.html.h"
#include "monitor/data_page.h"
#include "store/county.h"

#include <math.h>
#include <string.h>

enum { DUE_DAYS = 30, OFFERED = 60 };

/* ---- the list ---- */

static enum rc meetings_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    struct meetings_page p = { .may_open = person_can(&rq_asker(rq)->person, CAP_DISPATCH) };
    struct meeting_list_row *rows;
    size_t n;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = meeting_list_all(s, meeting_flow_kind.code, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p.meetings = arena_array(rq->a, n, sizeof(*p.meetings));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct matter m;
        size_t decisions;
        rc = matter_load(s, c, rows[i].code, rq->a, &m, e);
        if (rc != RC_OK)
            break;
        const struct flow_state *st = flow_state_of(&meeting_flow_kind, m.state);
        int32_t day = matter_day(&m, "day");
        (void)agenda_lines(&m, "decisions", rq->a, &decisions);
        p.open += m.open;
        p.meetings[p.n_meetings++] = (struct meetings_meetings){
            .code = m.code,
            .title = m.title,
            .state_name = st ? rq_tr(rq, st->name) : m.state,
            .open = m.open,
            .day = day ? day_start(day) : (struct utime){ 0 },
            .decisions = (int64_t)decisions,
            .done_at = m.closed_at,
        };
    }
    rq_crumb(rq, rq_tr(rq, N_("研判会商")), NULL);
    return rc == RC_OK ? meetings_render(rq, &p, e) : rc;
}

/* ---- one of them ---- */

enum rc meeting_begin(struct showing *x, struct rq *rq, struct err *e)
{
    *x = (struct showing){ .rq = rq, .c = rq_county(rq) };
    const char *code = rq_param(rq, "code");
    enum rc rc = db_read(x->c->db, &x->s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, x->s, &x->w, e);
    if (rc == RC_OK)
        rc = matter_load(x->s, x->c, code, rq->a, &x->m, e);
    if (rc == RC_OK && (x->m.kind != &meeting_flow_kind || !flow_may_see(&x->w, &x->m)))
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的会商"), "code", code);
    return rc;
}

/* As it was frozen, unless it is being prepared (again). */
static enum rc load_agenda(struct showing *x, struct err *e)
{
    enum rc rc = frozen_load(x->s, x->m.code, x->rq->a, &x->frozen, e);
    if (rc == RC_OK && str_eq(x->m.state, "prepare"))
        x->frozen.version = 0;
    if (rc != RC_OK)
        return rc;
    if (!x->frozen.version) {
        rc = agenda_make(x->s, x->c, &x->m, x->rq->a, &x->then, e);
        x->now = x->then;
        return rc;
    }
    rc = agenda_read(x->frozen.content, x->rq->a, &x->then, e);
    return rc == RC_OK ? agenda_again(x->s, x->c, &x->then, x->rq->a, &x->now, e) : rc;
}

static const char *interval(struct rq *rq, double v, double lo, double hi)
{
    if (isnan(lo) || isnan(hi))
        return fmt_score(rq->a, v);
    return text_fill(rq->a, rq_tr(rq, N_("{v}（{lo}至{hi}）")), "v", fmt_score(rq->a, v), "lo",
                     fmt_score(rq->a, lo), "hi", fmt_score(rq->a, hi), NULL);
}

static void figure(struct showing *x, const char *name, const char *then, const char *now,
                   const char *href)
{
    bool differs = !str_eq(then, now);
    x->p.differ += differs;
    x->p.figures[x->p.n_figures++] = (struct meeting_figures){ name, then, now, differs, href };
}

static void figure_n(struct showing *x, const char *name, int64_t then, int64_t now,
                     const char *href)
{
    figure(x, rq_tr(x->rq, name), fmt_count(x->rq->a, then), fmt_count(x->rq->a, now), href);
}

static void fill_figures(struct showing *x)
{
    struct rq *rq = x->rq;
    const struct agenda *g = &x->then, *n = &x->now;
    char code[PERIOD_TEXT];
    x->p.figures = arena_array(rq->a, 10, sizeof(*x->p.figures));
    if (g->now.v) {
        const char *at = period_code(g->now, code);
        const char *overview = arena_printf(rq->a, "/overview?period=%s", at),
                   *warning = arena_printf(rq->a, "/warning?period=%s", at);
        figure(x,
               text_fill(rq->a, rq_tr(rq, N_("{period}全域指数")), "period",
                         period_name(rq->a, g->now, rq->lang), NULL),
               interval(rq, g->county, g->county_lo, g->county_hi),
               interval(rq, n->county, n->county_lo, n->county_hi), overview);
        if (g->before.v)
            figure(x,
                   text_fill(rq->a, rq_tr(rq, N_("较{period}")), "period",
                             period_name(rq->a, g->before, rq->lang), NULL),
                   fmt_change(rq->a, g->county - g->county_before),
                   fmt_change(rq->a, n->county - n->county_before), overview);
        figure_n(x, N_("亮着的红色预警"), g->red, n->red, warning);
        figure_n(x, N_("亮着的橙色预警"), g->orange, n->orange, warning);
        figure_n(x, N_("亮着的黄色预警"), g->yellow, n->yellow, warning);
    }
    figure_n(x, N_("在办廉动令"), g->directives, n->directives, "/board/directive");
    figure_n(x, N_("逾期廉动令"), g->directives_late, n->directives_late, "/board/directive");
    figure_n(x, N_("待办异议"), g->objections, n->objections, "/objection");
}

static void fill_changes(struct showing *x)
{
    struct rq *rq = x->rq;
    struct meeting_page *p = &x->p;
    char code[PERIOD_TEXT];
    period_code(x->then.now, code);
    p->changes = arena_array(rq->a, AGENDA_CHANGES, sizeof(*p->changes));
    for (size_t i = 0; i < x->then.n_changes; i++) {
        const struct agenda_change *a = &x->then.changes[i], *b = &x->now.changes[i];
        const char *now = interval(rq, a->now, a->now_lo, a->now_hi),
                   *today = interval(rq, b->now, b->now_lo, b->now_hi),
                   *before = interval(rq, a->before, a->before_lo, a->before_hi);
        bool was = str_eq(before, interval(rq, b->before, b->before_lo, b->before_hi));
        bool differs = !str_eq(now, today) || !was;
        p->differ += differs;
        p->changes[p->n_changes++] = (struct meeting_changes){
            .unit = a->unit,
            .unit_name = a->unit_name,
            .node_name = a->node_name,
            .report = arena_printf(rq->a, "/report/%s/%s", a->unit, code),
            .before = before,
            .now = now,
            .change = fmt_change(rq->a, a->now - a->before),
            .note = a->note,
            .today = was ? today
                         : text_fill(rq->a, rq_tr(rq, N_("{now}，上期{before}")), "now", today,
                                     "before",
                                     interval(rq, b->before, b->before_lo, b->before_hi), NULL),
            .differs = differs,
        };
    }
}

static const char *matter_href(struct showing *x, const char *kind, const char *code)
{
    const struct flow_kind *k = flow_kind_of(x->c, kind);
    return arena_printf(x->rq->a, "%s%s", k && k->page ? k->page : "/matter/", code);
}

/* What was born of a decision; a draft shows itself only to those who may see it. */
static enum rc fill_born(struct showing *x, const struct agenda_born *born, size_t n,
                         size_t decision, struct meeting_decisions *d, struct err *e)
{
    d->born = arena_array(x->rq->a, n, sizeof(*d->born));
    for (size_t i = 0; i < n; i++) {
        struct matter m;
        if (born[i].decision != decision)
            continue;
        if (str_eq(born[i].code, AGENDA_NONE_BORN)) {
            d->none = true;
            continue;
        }
        enum rc rc = matter_load(x->s, x->c, born[i].code, x->rq->a, &m, e);
        if (rc != RC_OK)
            return rc;
        const struct flow_state *st = m.kind ? flow_state_of(m.kind, m.state) : NULL;
        const struct clock_at *cl = matter_running(&m);
        bool see = flow_may_see(&x->w, &m);
        d->born[d->n_born++] = (struct meeting_decisions_born){
            .code = m.code,
            .title = see ? m.title : "",
            .href = see ? matter_href(x, m.kind_code, m.code)
                        : arena_printf(x->rq->a, "#d%zu", decision + 1),
            .state_name = see && st ? rq_tr(x->rq, st->name) : rq_tr(x->rq, N_("正在起草")),
            .late = m.open && cl && cl->first > 0 && cl->first < county_today(x->c),
        };
    }
    return RC_OK;
}

static enum rc fill_decisions(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct meeting_page *p = &x->p;
    struct agenda_born *born;
    size_t n, n_lines;
    const char *const *lines = agenda_lines(&x->m, "conclusions", rq->a, &n_lines);
    enum rc rc = agenda_born(&x->m, rq->a, &born, &n, e);
    p->decisions = arena_array(rq->a, AGENDA_DECISIONS, sizeof(*p->decisions));
    for (size_t i = 0; i < x->then.n_decisions && rc == RC_OK; i++) {
        const struct agenda_decision *d = &x->then.decisions[i];
        struct meeting_decisions *to = &p->decisions[p->n_decisions++];
        struct matter from = { .kind_code = "" };
        if (*d->basis)
            rc = matter_load(x->s, x->c, d->basis, rq->a, &from, e);
        *to =
            (struct meeting_decisions){ .n = (int64_t)i + 1,
                                        .text = d->text,
                                        .basis = d->basis,
                                        .basis_title = d->basis_title,
                                        .basis_href = matter_href(x, from.kind_code, d->basis),
                                        .conclusion = i < n_lines ? lines[i] : "" };
        if (rc == RC_OK)
            rc = fill_born(x, born, n, i, to, e);
    }
    return rc;
}

static void fill_last(struct showing *x)
{
    struct meeting_page *p = &x->p;
    struct rq *rq = x->rq;
    p->last_code = x->then.last_code;
    p->last_title = x->then.last_title;
    p->last_day = x->then.last_day ? day_start(x->then.last_day) : (struct utime){ 0 };
    p->last = arena_array(rq->a, AGENDA_DECISIONS, sizeof(*p->last));
    for (size_t i = 0; i < x->then.n_last; i++) {
        const char *then = agenda_last_text(&x->then.last[i], rq->lang, rq->a);
        const char *now =
            i < x->now.n_last ? agenda_last_text(&x->now.last[i], rq->lang, rq->a) : then;
        p->last[p->n_last++] =
            (struct meeting_last){ x->then.last[i].text, then, now, !str_eq(then, now) };
    }
}

/* ---- the form ---- */

static enum rc fill_slots(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct meeting_page *p = &x->p;
    struct agenda_change *list;
    size_t n;
    enum rc rc = agenda_candidates(x->s, x->c, rq->a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    p->clear = (int64_t)n;
    p->slots = arena_array(rq->a, AGENDA_CHANGES, sizeof(*p->slots));
    for (size_t i = 0; i < AGENDA_CHANGES; i++) {
        const struct agenda_change *chosen = i < x->then.n_changes ? &x->then.changes[i] : NULL;
        struct meeting_slots *to = &p->slots[p->n_slots++];
        *to = (struct meeting_slots){ .n = (int64_t)i + 1, .note = chosen ? chosen->note : "" };
        to->options = arena_array(rq->a, n, sizeof(*to->options));
        for (size_t k = 0; k < n; k++) {
            bool is = chosen && str_eq(chosen->unit, list[k].unit) &&
                      str_eq(chosen->node, list[k].node);
            if (k >= OFFERED && !is)
                continue;
            to->options[to->n_options++] = (struct meeting_slots_options){
                .key = arena_printf(rq->a, "%s %s", list[k].unit, list[k].node),
                .text = arena_printf(rq->a, "%s　%s　%s", list[k].unit_name, list[k].node_name,
                                     fmt_change(rq->a, list[k].now - list[k].before)),
                .chosen = is,
            };
        }
    }
    p->asks = arena_array(rq->a, AGENDA_DECISIONS, sizeof(*p->asks));
    for (size_t i = 0; i < AGENDA_DECISIONS; i++) {
        bool there = i < x->then.n_decisions;
        p->asks[p->n_asks++] =
            (struct meeting_asks){ (int64_t)i + 1, there ? x->then.decisions[i].text : "",
                                   there ? x->then.decisions[i].basis : "" };
    }
    return RC_OK;
}

/* Late matters of the three kinds that may need a decision; never hints. */
static enum rc fill_wanted(struct showing *x, struct err *e)
{
    static const char *const kinds[] = { "directive", "warning", "objection" };
    struct rq *rq = x->rq;
    struct meeting_page *p = &x->p;
    p->wanted = arena_array(rq->a, COUNT(kinds) * 10, sizeof(*p->wanted));
    for (size_t k = 0; k < COUNT(kinds); k++) {
        const struct flow_kind *kind = flow_kind_of(x->c, kinds[k]);
        struct meeting_wanted_row *rows;
        size_t n;
        enum rc rc = meeting_wanted_all(x->s, kinds[k], rq->a, &rows, &n, e);
        if (rc != RC_OK)
            return rc;
        for (size_t i = 0; i < n; i++) {
            enum flow_colour colour = (enum flow_colour)rows[i].colour;
            p->wanted[p->n_wanted++] = (struct meeting_wanted){
                .code = rows[i].code,
                .kind_name = kind ? rq_tr(rq, kind->name) : rows[i].kind,
                .title = rows[i].title,
                .href = matter_href(x, rows[i].kind, rows[i].code),
                .unit_name = unit_name_of(x->w.units, rows[i].unit),
                .due = due_text(rq, (int32_t)rows[i].due_day),
                .mark = flow_colour_mark(colour),
                .colour = rq_tr(rq, flow_colour_text(colour)),
            };
        }
    }
    return RC_OK;
}

static bool may(struct showing *x, const char *verb)
{
    return flow_offered(x->s, x->c, &x->w, &x->m, verb) != NULL;
}

enum rc meeting_show_as(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct meeting_page *p = &x->p;
    const struct flow_state *st = flow_state_of(&meeting_flow_kind, x->m.state);
    char hex[HASH_HEX];
    enum rc rc = load_agenda(x, e);
    if (rc != RC_OK)
        return rc;
    p->code = x->m.code;
    p->title = x->m.title;
    p->state = x->m.state;
    p->state_name = st ? rq_tr(rq, st->name) : x->m.state;
    p->version = x->m.version;
    p->day = x->then.day ? day_start(x->then.day) : (struct utime){ 0 };
    p->place = x->then.place;
    p->chair = x->then.chair;
    p->frozen = x->frozen.version > 0;
    p->frozen_at = x->frozen.at;
    p->digest =
        p->frozen ? arena_strdup(rq->a, hex_encode(x->frozen.digest, HASH_SIZE, hex)) : "";
    p->attended = matter_value(&x->m, "attended");
    p->arrange = may(x, "arrange");
    p->freeze = may(x, "freeze");
    p->thaw = may(x, "thaw");
    p->hold = may(x, "hold");
    p->turn = str_eq(x->m.state, "held") || str_eq(x->m.state, "done");
    p->finish = may(x, "finish");
    p->cancel = may(x, "cancel");
    p->may_directive = may(x, "turn") && flow_kind_of(x->c, "directive");
    p->due = fmt_date(rq->a, day_start(county_today(x->c) + DUE_DAYS));
    fill_figures(x);
    fill_changes(x);
    fill_last(x);
    rc = fill_decisions(x, e);
    if (rc == RC_OK && p->arrange)
        rc = fill_slots(x, e);
    if (rc == RC_OK && p->arrange)
        rc = fill_wanted(x, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("研判会商")), "/meeting");
    rq_crumb(rq, x->m.title, NULL);
    return meeting_render(rq, p, e);
}

static enum rc meeting_show(struct rq *rq, struct err *e)
{
    struct showing x;
    enum rc rc = meeting_begin(&x, rq, e);
    if (rc == RC_OK)
        rc = meeting_show_as(&x, e);
    db_read_end(&x.s);
    return rc;
}

/* ---- on paper ---- */

static enum rc paper(struct rq *rq, bool docx, struct err *e)
{
    struct showing x;
    struct bytes out;
    char hex[HASH_HEX];
    enum rc rc = meeting_begin(&x, rq, e);
    if (rc == RC_OK)
        rc = load_agenda(&x, e);
    db_read_end(&x.s);
    if (rc != RC_OK)
        return rc;
    bool frozen = x.frozen.version > 0;
    const char *mark = county_mark(x.c);
    const struct agenda_paper p = { .county = x.c->name,
                                    .mark = mark ? rq_tr(rq, mark) : NULL,
                                    .lang = rq->lang,
                                    .at = frozen ? x.frozen.at : rq->now,
                                    .digest = frozen
                                                  ? hex_encode(x.frozen.digest, HASH_SIZE, hex)
                                                  : NULL };
    rc = docx ? agenda_docx(&x.then, &p, rq->a, &out, e)
              : agenda_pdf(&x.then, &p, rq->a, &out, e);
    if (rc != RC_OK)
        return rc;
    return docx ? web_bytes(rq, out.p, out.n,
                            "application/"
                            "vnd.openxmlformats-officedocument.wordprocessingml.document",
                            arena_printf(rq->a, "%s.docx", x.m.code), e)
                : web_bytes(rq, out.p, out.n, "application/pdf", NULL, e);
}

static enum rc meeting_pdf(struct rq *rq, struct err *e)
{
    return paper(rq, false, e);
}

static enum rc meeting_docx(struct rq *rq, struct err *e)
{
    return paper(rq, true, e);
}

#define COUNTY_PAGE                                                                            \
    .auth = SESSION | TOKEN, .need = CAP_READ_COUNTY, .scope = SCOPE_ALL /* part of an         \
                                                                            initialiser */
#define COUNTY_ACT                                                                             \
    .method = POST, .auth = SESSION | TOKEN, .need = CAP_DISPATCH, .scope = SCOPE_ALL

const struct route meeting_routes[] = {
    { COUNTY_PAGE, .method = GET, .path = "/meeting", .fn = meetings_show,
      .page = &meetings_kind, .help = N_("研判会商的列表") },
    { COUNTY_PAGE, .method = GET, .path = "/meeting/:code.pdf", .fn = meeting_pdf,
      .help = N_("会前一页A4,PDF") },
    { COUNTY_PAGE, .method = GET, .path = "/meeting/:code.docx", .fn = meeting_docx,
      .help = N_("会前一页A4,docx") },
    { COUNTY_PAGE, .method = GET, .path = "/meeting/:code", .fn = meeting_show,
      .page = &meeting_kind, .help = N_("一次会商:会前材料、决定和去向") },
    { COUNTY_ACT, .path = "/meeting/:code/arrange", .fn = meeting_arrange,
      .help = N_("修改一次会商的议题") },
    { COUNTY_ACT, .path = "/meeting/:code/move", .fn = meeting_move,
      .help = N_("议题定稿、记录决定、办结、退回或不开") },
    { COUNTY_ACT, .path = "/meeting/:code/directive", .fn = meeting_directive,
      .help = N_("由一项决定拟廉动令,或写明不另发") },
};
const size_t meeting_routes_n = COUNT(meeting_routes);
