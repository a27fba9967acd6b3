/*
 * Instructions: where a leader writes and sees what became of each, and where the office writes
 * them down for a leader. What they are written on comes in the address.
 */
#include "base/fmt.h"
#include "base/str.h"
#include "directive/directive.sql.h"
#include "directive/directive_page.h"
#include "directive/instructions.html.h"
#include "directive/room.h"
#include "directive/status.h"
#include "flow/matter.h"
#include "flow/page_room.h"
#include "people/asker.h"
#include "store/county.h"

#include <string.h>

enum { TITLE_CHARS = 40 };

/* "report:D31-2026Q3" as a link; false when it says nothing. */
static bool about_link(struct arena *a, const char *about, struct flow_link *ret)
{
    const char *colon = about ? strchr(about, ':') : NULL;
    if (!colon || colon == about || !colon[1])
        return false;
    *ret = (struct flow_link){ arena_strndup(a, about, (size_t)(colon - about)), colon + 1 };
    return true;
}

/* What it is written on, as people call it. */
static const char *about_name(const struct rq *rq, const struct units *us, const char *about)
{
    static const struct {
        const char *what, *text;
    } names[] = { { "report", N_("体检报告") },
                  { "warning", N_("预警") },
                  { "matter", N_("事项") },
                  { "value", N_("数值") } };
    struct flow_link l;
    if (!about_link(rq->a, about, &l))
        return "";
    const char *dash = strrchr(l.code, '-'), *code = l.code;
    if (str_eq(l.what, "report") && dash) {
        const char *unit = arena_strndup(rq->a, l.code, (size_t)(dash - l.code));
        const struct unit *u = units_find(us, unit);
        code = arena_printf(rq->a, "%s %s", u ? u->name : unit, dash + 1);
    }
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(names[i].what, l.what))
            return arena_printf(rq->a, "%s %s", rq_tr(rq, names[i].text), code);
    return l.code;
}

static enum rc fill_became(struct rq *rq, const struct snap *s, const struct flow_who *w,
                           const char *code, struct instructions_rows *out, struct err *e)
{
    struct directives_of_row *d;
    size_t n;
    enum rc rc = directives_of_all(s, code, rq->a, &d, &n, e);
    if (rc != RC_OK)
        return rc;
    out->became = arena_array(rq->a, n, sizeof(*out->became));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct matter m;
        struct directive_status st;
        const struct unit *u = units_find(w->units, d[i].unit);
        const char *who = u ? u->name : d[i].unit;
        rc = matter_load(s, rq_county(rq), d[i].code, rq->a, &m, e);
        if (rc == RC_OK && !*d[i].unit && *d[i].account)
            rc = name_of_account(s, d[i].account, rq->a, &who, e);
        if (rc == RC_OK)
            rc = directive_status(s, rq_county(rq), &m, rq->lang, rq->a, &st, e);
        if (rc != RC_OK)
            return rc;
        bool may = flow_may_see(w, &m);
        out->became[out->n_became++] = (struct instructions_rows_became){
            .code = may ? m.code : "",
            .number = directive_number(m.code, rq->lang, rq->a),
            .who = may ? who : "",
            .said = may ? st.said : rq_tr(rq, N_("专班在拟办")),
            .shown = may ? st.shown : "—",
            .lacking = may && st.lacking,
            .against = may ? st.against : "—",
            .late = may && st.late,
        };
    }
    return rc;
}

static enum rc fill_row(struct rq *rq, const struct snap *s, const struct flow_who *w,
                        const char *code, struct instructions_rows *r, struct err *e)
{
    struct matter m;
    enum rc rc = matter_load(s, rq_county(rq), code, rq->a, &m, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_state *st = flow_state_of(m.kind, m.state);
    *r = (struct instructions_rows){ .code = m.code,
                                     .text = matter_value(&m, "text"),
                                     .state_name = st ? rq_tr(rq, st->name) : m.state,
                                     .open = m.open,
                                     .mark = flow_colour_mark(m.colour),
                                     .colour = rq_tr(rq, flow_colour_text(m.colour)) };
    rc = instruction_words(s, &m, rq->lang, rq->a, &r->words, e);
    return rc == RC_OK ? fill_became(rq, s, w, m.code, r, e) : rc;
}

/* A leader's own are what they wrote and what was written down for them. Whoever comes here may
 * open instructions, and so sees all of them (flow_may_see): only a page of them is loaded. */
static enum rc fill_rows(struct rq *rq, const struct snap *s, const struct flow_who *w,
                         struct instructions_page *p, struct err *e)
{
    const char *me = w->person->code;
    const char *leader = /* as matter_body writes it; codes hold nothing to escape */
        arena_printf(rq->a, "{\"field\":\"leader\",\"text\":\"%s\"}", me);
    struct instruction_rows_row *rows;
    size_t n = 0, kept = 0, first = 0, last = 0;
    enum rc rc = person_demand(w->person, CAP_INSTRUCT, NULL, e);
    if (rc == RC_OK)
        rc = instruction_rows_all(s, rq->a, &rows, &n, e);
    for (size_t i = 0; i < n; i++) {
        bool own =
            *rows[i].body ? strstr(rows[i].body, leader) != NULL : str_eq(rows[i].opener, me);
        p->open_all += rows[i].open;
        p->open += own && rows[i].open;
        if (!p->mine || own)
            rows[kept++] = rows[i];
    }
    if (rc == RC_OK)
        rc = rq_pager(rq, kept, &first, &last, &p->pager, e);
    p->rows = arena_array(rq->a, last - first, sizeof(*p->rows));
    for (size_t i = first; i < last && rc == RC_OK; i++)
        rc = fill_row(rq, s, w, rows[i].code, &p->rows[p->n_rows++], e);
    return rc;
}

static enum rc fill_leaders(struct rq *rq, const struct snap *s, const char *chosen,
                            struct instructions_page *p, struct err *e)
{
    struct person *l;
    size_t n;
    enum rc rc = people_who_can(s, CAP_APPROVE, county_today(rq_county(rq)), rq->a, &l, &n, e);
    p->leaders = arena_array(rq->a, rc == RC_OK ? n : 0, sizeof(*p->leaders));
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        p->leaders[p->n_leaders++] =
            (struct instructions_leaders){ l[i].code, l[i].name, str_eq(l[i].code, chosen) };
    return rc;
}

static const char *typed(const struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    return v ? v : "";
}

static enum rc show(struct rq *rq, const char *error, const char *about, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who w;
    struct instructions_page p = { .error = error, .about = about };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc != RC_OK)
        return rc;
    p.leader = person_may(w.person, CAP_APPROVE, NULL);
    p.mine = p.leader;
    p.records = !p.leader;
    p.about_name = about_name(rq, w.units, about);
    p.text = typed(rq, "text");
    p.given_on = typed(rq, "given_on");
    rc = fill_leaders(rq, s, typed(rq, "leader"), &p, e);
    if (rc == RC_OK)
        rc = fill_rows(rq, s, &w, &p, e);
    return rc == RC_OK ? instructions_render(rq, &p, e) : rc;
}

static enum rc instructions_show(struct rq *rq, struct err *e)
{
    const char *about = rq_query(rq, "about");
    return show(rq, NULL, about ? about : "", e);
}

/* ---- writing one ---- */

struct writing {
    struct rq *rq;
    struct flow_who w;
    struct flow_new new;
    struct flow_file *files;
    size_t n_files;
    struct flow_done done;
};

static enum rc write_it(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    enum rc rc = files_register(tx, x->rq, x->files, x->n_files, e);
    return rc == RC_OK ? flow_open(tx, rq_county(x->rq), &x->w, &x->new, x->rq->a, &x->done, e)
                       : rc;
}

static enum rc instruction_post(struct rq *rq, struct err *e)
{
    struct writing x = { .rq = rq };
    struct flow_link link;
    const char *text = "", *leader = "", *day = "", *about = "", *error;
    struct flow_given given[3];
    size_t n = 0;
    enum rc rc = rq_text(rq, "text", N_("批示内容"), 2000, &text, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "leader", N_("代录的是哪位领导的批示"), 64, &leader, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "given_on", N_("批示日期"), 20, &day, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "about", N_("批在"), 200, &about, e);
    if (rc == RC_OK)
        rc = files_keep(rq, &x.files, &x.n_files, e);
    if (rc == RC_OK) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(rq_county(rq)->db, &s, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &x.w, e);
    }
    if (rc == RC_OK) {
        given[n++] = (struct flow_given){ "text", text };
        if (*leader)
            given[n++] = (struct flow_given){ "leader", leader };
        if (*day)
            given[n++] = (struct flow_given){ "given_on", day };
        x.new = (struct flow_new){ .kind = "instruction",
                                   .title = first_words(text, TITLE_CHARS, rq->a),
                                   .given = given,
                                   .n_given = n,
                                   .links = &link,
                                   .n_links = about_link(rq->a, about, &link),
                                   .files = x.files,
                                   .n_files = x.n_files };
        rc = db_transact(rq_county(rq)->db, write_it, &x, e);
    }
    if (rc == RC_OK)
        return web_donef(rq, e, "/matter/%s", x.done.code);
    rc = rq_form_failed(rq, rc, &error, e);
    return rc == RC_OK ? show(rq, error, typed(rq, "about"), e) : rc;
}

const struct route instruction_routes[] = {
    { .method = GET,
      .path = "/instruction",
      .auth = SESSION | TOKEN,
      .need = CAP_INSTRUCT,
      .scope = SCOPE_ALL,
      .fn = instructions_show,
      .page = &instructions_kind,
      .help = N_("批示:写一件,和每一件办得怎样") },
    { .method = POST,
      .path = "/instruction",
      .auth = SESSION | TOKEN,
      .need = CAP_INSTRUCT,
      .scope = SCOPE_ALL,
      .fn = instruction_post,
      .body_max = UPLOAD_BYTES,
      .n_files = UPLOADS_MAX,
      .help = N_("写一件批示,或代录:text、leader、given_on、about(种类:编号)、扫描件") },
};
const size_t instruction_routes_n = COUNT(instruction_routes);
