/*
 * 我的职责: what is mine, what is due, what I did, what is held about me. The one idea: the
 * person judged sees on one page everything held about them as a holder of a post, and can
 * answer it. What is shown of others is in duty_unit_page.c.
 */
#include "duty/duty_page.h"

#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "duty/duty.html.h"
#include "duty/duty.sql.h"
#include "duty/duty_confirm.html.h"
#include "duty/failure.h"
#include "duty/room.h"
#include "flow/matter.h"
#include "flow/page_room.h"
#include "store/county.h"

#include <string.h>

int duty_this_year(struct rq *rq)
{
    int year, month, day;
    day_split(county_today(rq_county(rq)), &year, &month, &day);
    return year;
}

const char *duty_matter_href(struct rq *rq, const char *kind, const char *code)
{
    const struct flow_kind *k = flow_kind_of(rq_county(rq), kind);
    return arena_printf(rq->a, "%s%s", k && k->page ? k->page : "/matter/", code);
}

const char *duty_state_name(struct rq *rq, const char *kind, const char *state)
{
    const struct flow_kind *k = flow_kind_of(rq_county(rq), kind);
    const struct flow_state *st = k ? flow_state_of(k, state) : NULL;
    return st ? rq_tr(rq, st->name) : state;
}

static struct utime date_of(int64_t day)
{
    return day > 0 ? day_start((int32_t)day) : (struct utime){ 0 };
}

/* ---- what is mine ---- */

static enum rc fill_posts(struct rq *rq, const struct snap *s, struct duty_page *p,
                          struct err *e)
{
    const struct asker *k = rq_asker(rq);
    struct duty_posts_of_row *rows;
    size_t n;
    enum rc rc = duty_posts_of_all(s, k->person.code, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->posts = arena_array(rq->a, n, sizeof(*p->posts));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct unit *u = units_find(k->units, rows[i].unit);
        struct duty_list l;
        struct duty_confirm c;
        rc = duty_list_get(s, rows[i].code, (int)p->year, rq->a, &l, e);
        if (rc == RC_OK)
            rc = duty_confirmed(s, rows[i].code, k->person.code, (int)p->year, rq->a, &c, e);
        if (rc != RC_OK)
            return rc;
        struct duty_posts *x = &p->posts[p->n_posts++];
        *x = (struct duty_posts){ .code = rows[i].code,
                                  .unit_name = u ? u->name : rows[i].unit,
                                  .name = rows[i].name,
                                  .duty_name = rq_tr(rq, duty_text(duty_of(rows[i].duty))),
                                  .since = date_of(rows[i].from_day),
                                  .version = l.version,
                                  .due_text = "" };
        if (c.state == DUTY_WAITING) {
            x->confirm = arena_printf(rq->a, "/duty/confirm/%s", c.matter);
            x->due_text = rq_due_text(rq, s, c.due, 0);
            p->to_confirm++;
        } else if (c.state == DUTY_CONFIRMED) {
            x->confirmed = c.at;
        }
        p->all_confirmed = (i == 0 || p->all_confirmed) && c.state == DUTY_CONFIRMED;
        x->items = arena_array(rq->a, l.n, sizeof(*x->items));
        for (size_t m = 0; m < l.n; m++)
            x->items[x->n_items++] =
                (struct duty_posts_items){ l.items[m].text, l.items[m].basis,
                                           rq_tr(rq, duty_often_text(l.items[m].often)) };
    }
    return rc;
}

/* The word of a matter's choice field, and its place among the choices. */
static const char *choice_of(struct rq *rq, const struct matter *m, const char *field,
                             size_t *ret_place)
{
    const struct flow_field *f = m->kind ? flow_field_of(m->kind, field) : NULL;
    const char *v = matter_value(m, field);
    for (size_t i = 0; f && f->choices && f->choices[i].code; i++)
        if (str_eq(f->choices[i].code, v)) {
            *ret_place = i;
            return rq_tr(rq, f->choices[i].name);
        }
    return "";
}

enum { LAYERS = 8 };

/* Open matters by their layer (书记, 分管领导, 单位, 科室), those without one last. */
static enum rc fill_held(struct rq *rq, const struct snap *s, struct duty_page *p,
                         struct err *e)
{
    struct duty_held_row *rows;
    struct duty_layers *by_place = arena_array(rq->a, LAYERS, sizeof(*by_place));
    size_t n;
    enum rc rc = duty_held_all(s, rq_asker(rq)->person.code, rq->a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct matter m;
        size_t place = LAYERS - 1, other;
        rc = matter_load(s, rq_county(rq), rows[i].code, rq->a, &m, e);
        if (rc != RC_OK)
            break;
        const char *layer = choice_of(rq, &m, "layer", &place);
        const struct clock_at *clock = matter_running(&m);
        struct duty_layers *l = &by_place[place < LAYERS ? place : LAYERS - 1];
        if (!l->matters) {
            l->name = *layer ? layer : rq_tr(rq, N_("其他事项"));
            l->matters = arena_array(rq->a, n, sizeof(*l->matters));
        }
        l->matters[l->n_matters++] = (struct duty_layers_matters){
            .href = duty_matter_href(rq, m.kind_code, m.code),
            .title = m.title,
            .kind_name = m.kind ? rq_tr(rq, m.kind->name) : m.kind_code,
            .state_name = duty_state_name(rq, m.kind_code, m.state),
            .duty_name = choice_of(rq, &m, "duty", &other),
            .due_text = clock ? rq_due_text(rq, s, clock->due, clock->gap) : "",
            .mark = m.colour ? flow_colour_mark(m.colour) : NULL,
            .colour = rq_tr(rq, flow_colour_text(m.colour))
        };
        p->held_n++;
    }
    p->layers = arena_array(rq->a, LAYERS, sizeof(*p->layers));
    for (size_t i = 0; i < LAYERS; i++)
        if (by_place[i].n_matters)
            p->layers[p->n_layers++] = by_place[i];
    return rc;
}

static enum rc fill_done(struct rq *rq, const struct snap *s, struct duty_page *p,
                         struct err *e)
{
    struct duty_done_row *rows;
    size_t n;
    enum rc rc = duty_done_all(s, rq_asker(rq)->person.code, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->done = arena_array(rq->a, n, sizeof(*p->done));
    for (size_t i = 0; i < n; i++) {
        const struct flow_kind *k = flow_kind_of(rq_county(rq), rows[i].kind);
        p->done[p->n_done++] =
            (struct duty_done){ duty_matter_href(rq, rows[i].kind, rows[i].code), rows[i].title,
                                k ? rq_tr(rq, k->name) : rows[i].kind,
                                duty_state_name(rq, rows[i].kind, rows[i].state),
                                rows[i].closed_at };
    }
    return RC_OK;
}

/* ---- what is held about me ---- */

static enum rc fill_late(struct rq *rq, const struct snap *s, struct duty_page *p,
                         struct err *e)
{
    struct duty_late_row *rows;
    size_t n;
    enum rc rc = duty_late_all(s, rq_asker(rq)->person.code, county_today(rq_county(rq)), rq->a,
                               &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->late = arena_array(rq->a, n, sizeof(*p->late));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct statement *said;
        size_t n_said;
        rc = statements_of(s, "matter", rows[i].code, rq->a, &said, &n_said, e);
        if (rc != RC_OK)
            return rc;
        struct duty_late *x = &p->late[p->n_late++];
        *x = (struct duty_late){ .code = rows[i].code,
                                 .href = duty_matter_href(rq, rows[i].kind, rows[i].code),
                                 .title = rows[i].title,
                                 .state_name = duty_state_name(rq, rows[i].kind, rows[i].state),
                                 .due = date_of(rows[i].due_day),
                                 .closed = rows[i].closed_at,
                                 .statements =
                                     arena_array(rq->a, n_said, sizeof(*x->statements)) };
        for (size_t k = 0; k < n_said; k++)
            if (str_eq(said[k].account, rq_asker(rq)->person.code))
                x->statements[x->n_statements++] =
                    (struct duty_late_statements){ said[k].text, said[k].at };
    }
    p->late_n = (int64_t)p->n_late;
    return rc;
}

static enum rc fill_failures(struct rq *rq, const struct snap *s, struct duty_page *p,
                             struct err *e)
{
    const struct asker *k = rq_asker(rq);
    struct failure *list = NULL;
    size_t n = 0;
    enum rc rc = failures_of(s, k->person.code, rq->a, &list, &n, e);
    p->failures = arena_array(rq->a, n, sizeof(*p->failures));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct unit *u = units_find(k->units, list[i].unit);
        struct statement *said;
        size_t n_said;
        rc = statements_of(s, "failure", list[i].code, rq->a, &said, &n_said, e);
        if (rc != RC_OK)
            return rc;
        struct duty_failures *x = &p->failures[p->n_failures++];
        *x = (struct duty_failures){ .code = list[i].code,
                                     .post_name = list[i].post_name,
                                     .unit_name = u ? u->name : list[i].unit,
                                     .document = list[i].document,
                                     .day = date_of(list[i].day),
                                     .duty_name = rq_tr(rq, duty_text(list[i].duty)),
                                     .at = list[i].at,
                                     .statements =
                                         arena_array(rq->a, n_said, sizeof(*x->statements)) };
        for (size_t m = 0; m < n_said; m++)
            x->statements[x->n_statements++] =
                (struct duty_failures_statements){ said[m].text, said[m].at };
    }
    return rc;
}

static enum rc show(struct rq *rq, struct duty_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    p->year = duty_this_year(rq);
    p->writes = person_can(&rq_asker(rq)->person, CAP_HANDLE);
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = fill_posts(rq, s, p, e);
    if (rc == RC_OK)
        rc = fill_held(rq, s, p, e);
    if (rc == RC_OK)
        rc = fill_done(rq, s, p, e);
    if (rc == RC_OK)
        rc = fill_late(rq, s, p, e);
    if (rc == RC_OK)
        rc = fill_failures(rq, s, p, e);
    return rc == RC_OK ? duty_render(rq, p, e) : rc;
}

static enum rc mine_show(struct rq *rq, struct err *e)
{
    struct duty_page p = { .error = NULL };
    return show(rq, &p, e);
}

struct saying {
    struct rq *rq;
    const char *what, *code, *text;
};

static enum rc say(struct tx *tx, void *arg, struct err *e)
{
    const struct saying *x = arg;
    return statement_add(tx, rq_county(x->rq), &rq_asker(x->rq)->person, x->what, x->code,
                         x->text, e);
}

static enum rc statement_post(struct rq *rq, struct err *e)
{
    struct saying x = { .rq = rq };
    struct duty_page p = { .error_field = NULL };
    enum rc rc = rq_code(rq, "what", N_("说明什么"), &x.what, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "code", N_("编号"), &x.code, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "text", N_("本人说明"), STATEMENT_MAX, &x.text, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, say, &x, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("说明已记下")));
        return web_done(rq, "/duty", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

/* ---- reading and confirming ---- */

/* The matter, when it is a confirmation of the asker's own. */
static enum rc load_own(struct rq *rq, const struct snap *s, struct matter *ret, bool *ret_own,
                        struct err *e)
{
    const char *code = rq_param(rq, "code");
    enum rc rc = matter_load(s, rq_county(rq), code, rq->a, ret, e);
    if (rc == RC_OK && ret->kind != &duty_flow_kind)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    if (rc == RC_OK)
        *ret_own = str_eq(matter_account(ret), rq_asker(rq)->person.code);
    return rc;
}

static enum rc show_confirm(struct rq *rq, struct duty_confirm_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    struct matter m;
    struct duty_post post;
    struct duty_list l;
    bool own = false;
    int64_t year;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load_own(rq, s, &m, &own, e);
    if (rc != RC_OK)
        return rc;
    if (!own) /* others look at it as at any matter, if they may */
        return web_redirect(rq, arena_printf(rq->a, "/matter/%s", m.code), e);
    rc = duty_matter_post(s, &m, rq->a, &post, &year, e);
    if (rc == RC_OK)
        rc = duty_list_get(s, post.code, (int)year, rq->a, &l, e);
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_find(k->units, post.unit);
    const struct clock_at *clock = matter_running(&m);
    p->code = m.code;
    p->year = year;
    p->version = l.version;
    p->unit_name = u ? u->name : post.unit;
    p->post_name = post.name;
    p->duty_name = rq_tr(rq, duty_text(post.duty));
    p->state_name = duty_state_name(rq, m.kind_code, m.state);
    p->waiting = m.open;
    p->confirmed = str_eq(m.state, "confirmed") ? m.closed_at : (struct utime){ 0 };
    p->due_text = clock ? rq_due_text(rq, s, clock->due, clock->gap) : "";
    p->items = arena_array(rq->a, l.n, sizeof(*p->items));
    for (size_t i = 0; i < l.n; i++)
        p->items[p->n_items++] =
            (struct duty_confirm_items){ l.items[i].text, l.items[i].basis,
                                         rq_tr(rq, duty_often_text(l.items[i].often)) };
    rq_crumb(rq, rq_tr(rq, N_("我的职责")), "/duty");
    rq_crumb(rq, rq_tr(rq, N_("职责确认")), NULL);
    return duty_confirm_render(rq, p, e);
}

static enum rc confirm_show(struct rq *rq, struct err *e)
{
    struct duty_confirm_page p = { .error = NULL };
    return show_confirm(rq, &p, e);
}

struct confirming {
    struct rq *rq;
    int64_t version; /* that was read */
};

static enum rc confirm(struct tx *tx, void *arg, struct err *e)
{
    const struct confirming *x = arg;
    struct rq *rq = x->rq;
    struct flow_who w;
    struct matter m;
    struct duty_post post;
    int64_t year;
    bool own = false;
    enum rc rc = load_own(rq, tx_snap(tx), &m, &own, e);
    if (rc == RC_OK && !own)
        rc = err_set(e, RC_DENIED, N_("职责要由任职人本人阅读确认，不能代办"));
    if (rc == RC_OK)
        rc = duty_matter_post(tx_snap(tx), &m, rq->a, &post, &year, e);
    if (rc == RC_OK && !str_eq(matter_value(&m, "version"),
                               arena_printf(rq->a, "%lld", (long long)x->version)))
        rc = err_set(e, RC_CONFLICT,
                     N_("清单刚出了第{version}版，您读的是第{read}版：请再读一遍"), "version",
                     matter_value(&m, "version"), "read",
                     arena_printf(rq->a, "%lld", (long long)x->version));
    if (rc == RC_OK)
        rc = rq_who(rq, tx_snap(tx), &w, e);
    return rc == RC_OK ? duty_confirm(tx, rq_county(rq), &w, post.code, (int)year, rq->a, e)
                       : rc;
}

static enum rc confirm_post(struct rq *rq, struct err *e)
{
    struct confirming x = { .rq = rq };
    struct duty_confirm_page p = { .error_field = NULL };
    enum rc rc = rq_int(rq, "version", N_("清单第几版"), 1, INT32_MAX, &x.version, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, confirm, &x, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已确认，留下了记录")));
        return web_done(rq, "/duty", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show_confirm(rq, &p, e) : rc;
}

#define MINE                                                                                   \
    .auth = SESSION | TOKEN, .need = CAP_SELF, .scope = SCOPE_ALL /* part of an initialiser */

const struct route duty_routes[] = {
    { MINE, .method = GET, .path = "/duty", .fn = mine_show, .page = &duty_kind,
      .help = N_("我的职责:岗位和清单,手上的、办结的和未按期的事项,失责记实,本人说明") },
    { MINE, .method = POST, .path = "/duty/statement", .fn = statement_post,
      .help = N_("对自己的未按期事项或失责记实作说明") },
    { MINE, .method = GET, .path = "/duty/confirm/:code", .fn = confirm_show,
      .page = &duty_confirm_kind, .help = N_("读一个岗位的职责清单") },
    { MINE, .method = POST, .path = "/duty/confirm/:code", .fn = confirm_post,
      .help = N_("任职人确认职责清单") },
};
const size_t duty_routes_n = COUNT(duty_routes);
