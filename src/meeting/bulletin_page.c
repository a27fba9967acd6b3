/*
 * Bulletins: the list, one with its figures, what each figure counted. A unit's people read it
 * when it is issued, and behind a figure only what is theirs; the number stays the county's and
 * says how many of it they see.
 */
#include "meeting/bulletin_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/matter.h"
#include "meeting/bulletin.h"
#include "meeting/bulletin.html.h"
#include "meeting/bulletin.sql.h"
#include "meeting/bulletin_figure.html.h"
#include "meeting/bulletins.html.h"
#include "meeting/frozen.h"
#include "meeting/meeting.sql.h"
#include "monitor/data_page.h"
#include "store/county.h"

struct reading {
    struct rq *rq;
    struct county *c;
    const struct snap *s;
    struct flow_who w;
    struct matter m;
    struct frozen frozen;
    struct bulletin b;
};

static const char *state_name(struct rq *rq, const char *state)
{
    const struct flow_state *st = flow_state_of(&bulletin_flow_kind, state);
    return st ? rq_tr(rq, st->name) : state;
}

/* Issued: everybody whom the route lets in; before that who may see the matter. */
static bool may_read(const struct flow_who *w, const struct matter *m)
{
    if (m->kind != &bulletin_flow_kind)
        return false;
    return str_eq(m->state, "issued") ||
           (flow_may_see(w, m) && person_may(w->person, CAP_READ_COUNTY, NULL));
}

static enum rc begin(struct reading *x, struct rq *rq, struct err *e)
{
    *x = (struct reading){ .rq = rq, .c = rq_county(rq) };
    const char *code = rq_param(rq, "code");
    enum rc rc = db_read(x->c->db, &x->s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, x->s, &x->w, e);
    if (rc == RC_OK)
        rc = matter_load(x->s, x->c, code, rq->a, &x->m, e);
    if (rc == RC_NOTFOUND || (rc == RC_OK && !may_read(&x->w, &x->m))) {
        err_done(e);
        *e = (struct err){ 0 };
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的通报"), "code", code);
    }
    if (rc == RC_OK)
        rc = frozen_load(x->s, code, rq->a, &x->frozen, e);
    if (rc == RC_OK && (str_eq(x->m.state, "draft") || str_eq(x->m.state, "dropped")))
        x->frozen.version = 0;
    if (rc != RC_OK)
        return rc;
    return x->frozen.version ? bulletin_read(x->frozen.content, rq->a, &x->b, e)
                             : bulletin_make(x->s, bulletin_month(&x->m),
                                             matter_value(&x->m, "text"), rq->a, &x->b, e);
}

/* ---- the list ---- */

static enum rc list(struct rq *rq, struct bulletins_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    struct meeting_list_row *rows;
    struct flow_who w;
    size_t n;
    char month[PERIOD_TEXT];
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = meeting_list_all(s, bulletin_flow_kind.code, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->may_open = person_can(&rq_asker(rq)->person, CAP_DISPATCH);
    if (!p->month)
        p->month = arena_strdup(
            rq->a,
            period_code(period_step(period_at(PERIOD_MONTH, county_today(c)), -1), month));
    p->bulletins = arena_array(rq->a, n, sizeof(*p->bulletins));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct matter m;
        rc = matter_load(s, c, rows[i].code, rq->a, &m, e);
        if (rc == RC_OK && may_read(&w, &m) && !str_eq(m.state, "dropped"))
            p->bulletins[p->n_bulletins++] =
                (struct bulletins_bulletins){ .code = m.code,
                                              .month = bulletin_month(&m),
                                              .state_name = state_name(rq, m.state),
                                              .issued = !m.open,
                                              .at = m.state_at };
    }
    rq_crumb(rq, rq_tr(rq, N_("通报")), NULL);
    return rc == RC_OK ? bulletins_render(rq, p, e) : rc;
}

static enum rc bulletins_show(struct rq *rq, struct err *e)
{
    struct bulletins_page p = { .error = NULL };
    return list(rq, &p, e);
}

/* ---- one ---- */

/* What rests: matters that the reader may see. */
static enum rc fill_quiet(struct reading *x, struct bulletin_page *p, struct err *e)
{
    const struct figure *f = bulletin_figure(&x->b, "warning_quiet");
    p->quiet = arena_array(x->rq->a, f ? f->n : 0, sizeof(*p->quiet));
    for (size_t i = 0; f && i < f->n; i++) {
        struct matter m;
        enum rc rc = matter_load(x->s, x->c, f->items[i].code, x->rq->a, &m, e);
        if (rc != RC_OK)
            return rc;
        if (flow_may_see(&x->w, &m))
            p->quiet[p->n_quiet++] = (struct bulletin_quiet){
                .title = m.title,
                .href = arena_printf(x->rq->a, "/matter/%s", m.code),
                .unit_name = unit_name_of(x->w.units, matter_unit(&m)),
                .until = f->items[i].quiet ? day_start(f->items[i].quiet) : (struct utime){ 0 },
            };
    }
    return RC_OK;
}

static enum rc fill_figures(struct reading *x, struct bulletin_page *p, struct err *e)
{
    struct rq *rq = x->rq;
    struct bulletin again = x->b;
    enum rc rc = p->again ? bulletin_make(x->s, x->b.month, "", rq->a, &again, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    p->figures = arena_array(rq->a, x->b.n_figures, sizeof(*p->figures));
    for (size_t i = 0; i < x->b.n_figures; i++) {
        const struct figure *f = &x->b.figures[i], *now = bulletin_figure(&again, f->code);
        const struct figure_def *d = figure_def_of(f->code);
        struct bulletin_figures *to = &p->figures[p->n_figures++];
        if (!now)
            now = f;
        *to = (struct bulletin_figures){ .code = f->code,
                                         .name = d ? rq_tr(rq, d->name) : f->code,
                                         .means = d ? rq_tr(rq, d->means) : "",
                                         .n = (int64_t)f->n,
                                         .now = (int64_t)now->n };
        if (now != f) {
            to->more = (int64_t)figure_missing(now, f);
            to->fewer = (int64_t)figure_missing(f, now);
        }
        to->differs = to->more || to->fewer;
        p->differ += to->differs;
    }
    return RC_OK;
}

static bool may(struct reading *x, const char *verb)
{
    return flow_offered(x->s, x->c, &x->w, &x->m, verb) != NULL;
}

static enum rc show(struct rq *rq, struct bulletin_page *p, struct err *e)
{
    struct reading x;
    char hex[HASH_HEX];
    enum rc rc = begin(&x, rq, e);
    if (rc == RC_OK) {
        p->again = rq_query(rq, "again") && x.frozen.version;
        p->write = may(&x, "write");
        p->submit = may(&x, "submit");
        p->approve = may(&x, "approve");
        p->back = may(&x, "back");
        p->issue = may(&x, "issue");
        p->drop = may(&x, "drop");
        rc = fill_figures(&x, p, e);
    }
    if (rc == RC_OK)
        rc = fill_quiet(&x, p, e);
    db_read_end(&x.s);
    if (rc != RC_OK)
        return rc;
    p->code = x.m.code;
    p->version = x.m.version;
    p->month = x.b.month;
    p->state = x.m.state;
    p->state_name = state_name(rq, x.m.state);
    p->text = x.b.text;
    p->frozen = x.frozen.version > 0;
    p->frozen_at = x.frozen.at;
    p->digest =
        p->frozen ? arena_strdup(rq->a, hex_encode(x.frozen.digest, HASH_SIZE, hex)) : "";
    rq_crumb(rq, rq_tr(rq, N_("通报")), "/bulletin");
    rq_crumb(rq, period_name(rq->a, x.b.month, rq->lang), NULL);
    return bulletin_render(rq, p, e);
}

static enum rc bulletin_show(struct rq *rq, struct err *e)
{
    struct bulletin_page p = { .error = NULL };
    return show(rq, &p, e);
}

/* ---- behind a figure ---- */

static enum rc rule_row(struct reading *x, const char *code, struct bulletin_figure_rows *ret,
                        bool *see, struct err *e)
{
    struct bulletin_rule_row r;
    enum rc rc = bulletin_rule_one(x->s, code, x->rq->a, &r, e);
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_find(x->w.units, r.unit);
    *see = person_may(x->w.person, CAP_READ_UNIT, u);
    *ret =
        (struct bulletin_figure_rows){ .code = r.code,
                                       .title = r.title,
                                       .href = arena_printf(x->rq->a, "/regulation/%s", code),
                                       .unit_name = unit_name_of(x->w.units, r.unit),
                                       .state_name = "" };
    return RC_OK;
}

/* Who reads the county reads every matter that is not being written: then its line is enough,
 * of thousands behind one figure. */
static enum rc matter_row(struct reading *x, const char *code, struct bulletin_figure_rows *ret,
                          bool *see, struct err *e)
{
    struct bulletin_matter_row r;
    struct matter m;
    enum rc rc = bulletin_matter_one(x->s, code, x->rq->a, &r, e);
    if (rc != RC_OK)
        return rc;
    *see = !r.draft && person_may(x->w.person, CAP_READ_COUNTY, NULL);
    if (!*see) {
        rc = matter_load(x->s, x->c, code, x->rq->a, &m, e);
        if (rc != RC_OK)
            return rc;
        *see = flow_may_see(&x->w, &m);
    }
    const struct flow_kind *kind = flow_kind_of(x->c, r.kind);
    const struct flow_state *st = kind ? flow_state_of(kind, r.state) : NULL;
    *ret = (struct bulletin_figure_rows){
        .code = r.code,
        .title = r.title,
        .href =
            arena_printf(x->rq->a, "%s%s", kind && kind->page ? kind->page : "/matter/", code),
        .unit_name = unit_name_of(x->w.units, r.unit),
        .state_name = st ? rq_tr(x->rq, st->name) : r.state,
    };
    return RC_OK;
}

static enum rc fill_rows(struct reading *x, const struct figure_def *d, const struct figure *f,
                         struct bulletin_figure_page *p, struct err *e)
{
    p->rows = arena_array(x->rq->a, f->n, sizeof(*p->rows));
    for (size_t i = 0; i < f->n; i++) {
        struct bulletin_figure_rows row;
        bool see;
        enum rc rc = d->kind ? matter_row(x, f->items[i].code, &row, &see, e)
                             : rule_row(x, f->items[i].code, &row, &see, e);
        if (rc != RC_OK)
            return rc;
        if (see)
            p->rows[p->n_rows++] = row;
    }
    p->shown = (int64_t)p->n_rows;
    p->hidden = (int64_t)(f->n - p->n_rows);
    return RC_OK;
}

static enum rc figure_show(struct rq *rq, struct err *e)
{
    struct reading x;
    struct bulletin_figure_page p = { .n = 0 };
    const struct figure_def *d = figure_def_of(rq_param(rq, "figure"));
    size_t from, to;
    enum rc rc = begin(&x, rq, e);
    const struct figure *f = rc == RC_OK && d ? bulletin_figure(&x.b, d->code) : NULL;
    if (rc == RC_OK && !f)
        rc = err_set(e, RC_NOTFOUND, N_("通报里没有「{figure}」这个数"), "figure",
                     rq_param(rq, "figure"));
    if (rc == RC_OK)
        rc = fill_rows(&x, d, f, &p, e);
    db_read_end(&x.s);
    if (rc == RC_OK)
        rc = rq_pager(rq, p.n_rows, &from, &to, &p.pager, e);
    if (rc != RC_OK)
        return rc;
    p.code = x.m.code;
    p.month = x.b.month;
    p.figure = d->code;
    p.name = rq_tr(rq, d->name);
    p.means = rq_tr(rq, d->means);
    p.n = (int64_t)f->n;
    p.rows += from;
    p.n_rows = to - from;
    rq_crumb(rq, rq_tr(rq, N_("通报")), "/bulletin");
    rq_crumb(rq, period_name(rq->a, x.b.month, rq->lang),
             arena_printf(rq->a, "/bulletin/%s", x.m.code));
    rq_crumb(rq, p.name, NULL);
    return bulletin_figure_render(rq, &p, e);
}

/* ---- on paper ---- */

static enum rc paper(struct rq *rq, bool docx, struct err *e)
{
    struct reading x;
    struct bulletin_page p = { .error = NULL };
    struct bytes out;
    char hex[HASH_HEX];
    enum rc rc = begin(&x, rq, e);
    if (rc == RC_OK)
        rc = fill_quiet(&x, &p, e);
    db_read_end(&x.s);
    if (rc != RC_OK)
        return rc;
    bool frozen = x.frozen.version > 0;
    const char *mark = county_mark(x.c);
    const char *(*quiet)[3] = arena_array(rq->a, p.n_quiet, sizeof(*quiet));
    for (size_t i = 0; i < p.n_quiet; i++) {
        quiet[i][0] = p.quiet[i].title;
        quiet[i][1] = p.quiet[i].unit_name;
        quiet[i][2] = p.quiet[i].until.us ? fmt_date(rq->a, p.quiet[i].until) : "";
    }
    const struct bulletin_paper how = {
        .county = x.c->name,
        .mark = mark ? rq_tr(rq, mark) : NULL,
        .lang = rq->lang,
        .at = frozen ? x.frozen.at : rq->now,
        .state = state_name(rq, x.m.state),
        .digest = frozen ? hex_encode(x.frozen.digest, HASH_SIZE, hex) : NULL,
        .quiet = (const char *const(*)[3])quiet,
        .n_quiet = p.n_quiet
    };
    rc = docx ? bulletin_docx(&x.b, &how, rq->a, &out, e)
              : bulletin_pdf(&x.b, &how, rq->a, &out, e);
    if (rc != RC_OK)
        return rc;
    return docx ? web_bytes(rq, out.p, out.n,
                            "application/"
                            "vnd.openxmlformats-officedocument.wordprocessingml.document",
                            arena_printf(rq->a, "%s.docx", x.m.code), e)
                : web_bytes(rq, out.p, out.n, "application/pdf", NULL, e);
}

static enum rc bulletin_pdf_show(struct rq *rq, struct err *e)
{
    return paper(rq, false, e);
}

static enum rc bulletin_docx_show(struct rq *rq, struct err *e)
{
    return paper(rq, true, e);
}

/* ---- acting ---- */

struct acting {
    struct rq *rq;
    struct flow_who w;
    struct flow_act act, first; /* first: what is saved before, verb NULL: nothing */
    struct flow_new fresh;
    struct flow_done done;
};

static enum rc act(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    struct county *c = rq_county(x->rq);
    enum rc rc = RC_OK;
    if (x->fresh.kind)
        return flow_open(tx, c, &x->w, &x->fresh, x->rq->a, &x->done, e);
    struct flow_act then = x->act;
    if (x->first.verb) {
        rc = flow_move(tx, c, &x->w, &x->first, x->rq->a, &x->done, e);
        then.version = x->done.version;
    }
    return rc == RC_OK ? flow_move(tx, c, &x->w, &then, x->rq->a, &x->done, e) : rc;
}

static const char *typed(struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    return v ? str_trim(rq->a, v) : "";
}

static enum rc bulletin_new_post(struct rq *rq, struct err *e)
{
    struct acting x = { .rq = rq };
    struct bulletins_page p = { .error_field = "month", .month = typed(rq, "month") };
    struct period month;
    char code[PERIOD_TEXT];
    enum rc rc = rq_period(rq, "month", N_("月份"), &month, e);
    if (rc == RC_OK) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(rq_county(rq)->db, &s, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &x.w, e);
    }
    if (rc == RC_OK) {
        const struct flow_given given = { "month", period_code(month, code) };
        const struct flow_link link = { "period", code };
        x.fresh =
            (struct flow_new){ .kind = bulletin_flow_kind.code,
                               .title = text_fill(rq->a, N_("{month}通报"), "month",
                                                  period_name(rq->a, month, LANG_ZH), NULL),
                               .unit = "",
                               .given = &given,
                               .n_given = 1,
                               .links = &link,
                               .n_links = 1 };
        rc = db_transact(rq_county(rq)->db, act, &x, e);
    }
    if (rc == RC_OK)
        return web_donef(rq, e, "/bulletin/%s", x.done.code);
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? list(rq, &p, e) : rc;
}

static enum rc bulletin_post(struct rq *rq, struct err *e)
{
    struct acting x = { .rq = rq };
    struct bulletin_page p = { .why = typed(rq, "why") };
    struct reading read;
    const char *verb = typed(rq, "verb");
    enum rc rc = begin(&read, rq, e);
    x.w = read.w;
    x.act = (struct flow_act){ .matter = rq_param(rq, "code"),
                               .verb = verb,
                               .version = read.m.version };
    if (rc == RC_OK && rq_field(rq, "version"))
        rc = rq_int(rq, "version", N_("版本"), 0, INT32_MAX, &x.act.version, e);
    db_read_end(&read.s);
    if (rc != RC_OK)
        return rc;
    const struct flow_given text = { "text", typed(rq, "text") }, why = { "why", p.why };
    if (str_eq(verb, "back") || str_eq(verb, "drop")) {
        x.act.given = &why;
        x.act.n_given = 1;
    } else if (str_eq(verb, "write")) {
        x.act.given = &text;
        x.act.n_given = 1;
    } else if (str_eq(verb, "submit") && *text.value) {
        x.first = x.act;
        x.first.verb = "write";
        x.first.given = &text;
        x.first.n_given = 1;
    }
    rc = db_transact(rq_county(rq)->db, act, &x, e);
    if (rc == RC_OK)
        return str_eq(verb, "drop") ? web_done(rq, "/bulletin", e)
                                    : web_donef(rq, e, "/bulletin/%s", x.act.matter);
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

#define LISTING                                                                                \
    .method = GET, .auth = SESSION | TOKEN, .need = CAP_READ_UNIT,                             \
    .scope = SCOPE_LIST /* part of an initialiser */

const struct route bulletin_routes[] = {
    { LISTING, .path = "/bulletin", .fn = bulletins_show, .page = &bulletins_kind,
      .help = N_("每月通报的列表") },
    { LISTING, .path = "/bulletin/:code.pdf", .fn = bulletin_pdf_show,
      .help = N_("一月的通报,PDF") },
    { LISTING, .path = "/bulletin/:code.docx", .fn = bulletin_docx_show,
      .help = N_("一月的通报,docx") },
    { LISTING, .path = "/bulletin/:code", .fn = bulletin_show, .page = &bulletin_kind,
      .help = N_("一月的通报;again=1 再算一遍") },
    { LISTING, .path = "/bulletin/:code/:figure", .fn = figure_show,
      .page = &bulletin_figure_kind, .help = N_("通报里一个数背后的事项") },
    { .method = POST,
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .path = "/bulletin",
      .fn = bulletin_new_post,
      .help = N_("起草一月的通报") },
    { .method = POST,
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .path = "/bulletin/:code",
      .fn = bulletin_post,
      .help = N_("修改、送审、审定、退回、印发或作废一份通报") },
};
const size_t bulletin_routes_n = COUNT(bulletin_routes);
