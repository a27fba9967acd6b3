/* One matter: how it stands, what may be done now and by whom, everything that happened. */
#include "base/clock.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/matter.h"
#include "flow/matter.html.h"
#include "flow/matter.sql.h"
#include "flow/notice.sql.h"
#include "flow/page_room.h"
#include "flow/room.h"
#include "store/county.h"
#include "store/file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct showing {
    struct rq *rq;
    struct county *c;
    const struct snap *s;
    struct flow_who w;
    struct matter m;
    struct matter_steps_row *steps; /* that they may see */
    size_t n_steps;
    struct matter_page p;
    const char *verb; /* whose form is open; NULL: the first that is possible */
};

/* What was said and put in while it was a draft stays with those who wrote it. */
static bool may_read_step(const struct showing *x, const struct matter_steps_row *r)
{
    const struct flow_state *st = flow_state_of(x->m.kind, r->to_state);
    return !st || !st->draft || !*r->by_account || flow_may_see_drafts(&x->w, &x->m);
}

static bool opens_with(const struct flow_kind *k, const char *field, struct arena *a)
{
    const char *list = k ? k->open_fields : NULL, *code;
    bool required;
    while (list && fields_next(&list, a, &code, &required))
        if (str_eq(code, field))
            return true;
    return false;
}

/* The text itself is sent; what else was filled in on the way there, why it was sent back or
 * what was thought of it when it was signed, is not. */
static void drop_values(struct showing *x, size_t n_steps)
{
    struct matter *m = &x->m;
    size_t kept = 0;
    for (size_t i = 0; i < m->n_values; i++) {
        const char *key = arena_printf(x->rq->a, "\"%s\":", m->values[i].field);
        size_t last = n_steps;
        while (last > 0 && !strstr(x->steps[last - 1].given, key))
            last--;
        if (last == 0 || opens_with(m->kind, m->values[i].field, x->rq->a) ||
            may_read_step(x, &x->steps[last - 1]))
            m->values[kept++] = m->values[i];
    }
    m->n_values = kept;
}

static enum rc load_steps(struct showing *x, struct err *e)
{
    size_t n, kept = 0, files = 0;
    enum rc rc = matter_steps_all(x->s, x->m.code, x->rq->a, &x->steps, &n, e);
    if (rc != RC_OK)
        return rc;
    drop_values(x, n);
    for (size_t i = 0; i < n; i++) {
        bool may = may_read_step(x, &x->steps[i]);
        for (size_t k = 0; may && k < x->m.n_files; k++)
            if (x->m.files[k].number == x->steps[i].number)
                x->m.files[files++] = x->m.files[k];
        if (may)
            x->steps[kept++] = x->steps[i];
    }
    x->m.n_files = files;
    x->n_steps = kept;
    return RC_OK;
}

static enum rc begin(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    const char *code = rq_param(rq, "code");
    x->c = rq_county(rq);
    enum rc rc = db_read(x->c->db, &x->s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, x->s, &x->w, e);
    if (rc == RC_OK)
        rc = matter_load(x->s, x->c, code, rq->a, &x->m, e);
    if (rc == RC_OK && !flow_may_see(&x->w, &x->m))
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    return rc == RC_OK ? load_steps(x, e) : rc;
}

/* ---- names ---- */

static const char *unit_name(const struct showing *x, const char *code)
{
    const struct unit *u = units_find(x->w.units, code);
    return u ? u->name : code;
}

static const char *account_name(const struct showing *x, const char *code)
{
    struct flow_account_row row;
    CLEANUP(err_done) struct err e = { 0 };
    if (!*code)
        return rq_tr(x->rq, N_("系统"));
    return flow_account_one(x->s, code, x->rq->a, &row, &e) == RC_OK ? row.name : code;
}

/* What stands in a field, as people read it. */
static const char *shown(const struct showing *x, const struct flow_field *f,
                         const char *stored)
{
    return f && f->type == FLOW_ACCOUNT_CODE && *stored
               ? account_name(x, stored)
               : field_show(f, stored, x->w.units, x->rq->lang, x->rq->a);
}

static const char *desk_name(const struct showing *x, const char *desk)
{
    if (desk[0] == 'u')
        return unit_name(x, desk + 2);
    if (desk[0] == 'a')
        return account_name(x, desk + 2);
    return text_fill(x->rq->a, rq_tr(x->rq, N_("有「{cap}」权限的人员")), "cap",
                     rq_tr(x->rq, cap_text(cap_find(desk + 2))), NULL);
}

static const char *field_name(const struct showing *x, const char *code)
{
    const struct flow_field *f = flow_field_of(x->m.kind, code);
    if (f)
        return rq_tr(x->rq, f->name);
    return str_eq(code, "reason") ? rq_tr(x->rq, N_("移交事由")) : code;
}

static const char *step_name(const struct showing *x, const char *verb)
{
    static const struct {
        const char *verb, *name;
    } own[] = { { "open", N_("新建") },
                { "comment", N_("留言") },
                { "attach", N_("补充材料") },
                { "link", N_("关联") },
                { "hand_over", N_("移交") },
                { "pass_on", N_("发起人由接手的人接着办") },
                { "calendar", N_("日历导入后补算期限") } };
    for (size_t i = 0; i < COUNT(own); i++)
        if (str_eq(own[i].verb, verb))
            return rq_tr(x->rq, own[i].name);
    for (size_t i = 0; x->m.kind && i < x->m.kind->n_moves; i++)
        if (str_eq(x->m.kind->moves[i].verb, verb))
            return rq_tr(x->rq, x->m.kind->moves[i].name);
    return verb;
}

/* ---- what may be done ---- */

static void fill_moves(struct showing *x, const struct flow_move **ret_doing)
{
    const struct flow_kind *k = x->m.kind;
    const struct flow_state *st = flow_state_of(k, x->m.state);
    struct matter_page *p = &x->p;
    *ret_doing = NULL;
    if (!k)
        return;
    p->moves = arena_array(x->rq->a, k->n_moves, sizeof(*p->moves));
    p->others = arena_array(x->rq->a, k->n_moves, sizeof(*p->others));
    for (size_t i = 0; i < k->n_moves; i++) {
        const struct flow_move *mv = &k->moves[i];
        CLEANUP(err_done) struct err e = { 0 };
        const char *for_;
        bool part;
        if (!flow_move_from(k, mv, x->m.state) || !move_applies(x->s, x->c, &x->w, &x->m, mv))
            continue;
        bool waited = st && (mv->who & st->waits);
        if (who_may(&x->w, &x->m, mv, &for_, &part, &e) != RC_OK) {
            if (!waited)
                continue;
            p->others[p->n_others++] =
                (struct matter_others){ rq_tr(x->rq, mv->name),
                                        who_text(mv, x->rq->lang, x->rq->a) };
            continue;
        }
        p->moves[p->n_moves++] =
            (struct matter_moves){ mv->verb, rq_tr(x->rq, mv->name), false };
        if (x->verb && str_eq(x->verb, mv->verb))
            *ret_doing = mv;
    }
    /* By itself a page offers what the matter waits for this person to do, never what else is
     * possible. */
    if (!x->verb)
        *ret_doing = flow_offered(x->s, x->c, &x->w, &x->m, NULL);
    for (size_t i = 0; i < p->n_moves; i++)
        p->moves[i].here = *ret_doing && str_eq(p->moves[i].verb, (*ret_doing)->verb);
}

/* What is likely to stay is there already; what a step is about is not. */
static const char *stays(const void *ctx, const struct flow_field *f)
{
    const struct matter *m = ctx;
    if (m->draft && !f->sets)
        return matter_value(m, f->code); /* what is being written goes on being written */
    switch (f->sets) {
    case FLOW_SETS_LEAD:
        return matter_unit(m);
    case FLOW_SETS_TITLE:
        return m->title;
    case FLOW_SETS_SUPERVISOR:
        return matter_value(m, f->code);
    case FLOW_SETS_PARTS:
        return "";
    case FLOW_SETS_NOTHING:
    case FLOW_SETS_HOLDER:
    case FLOW_SETS_JOINT:
    case FLOW_SETS_ISSUER:
    case FLOW_SETS_UNTIL:
        break;
    }
    return f->type == FLOW_UNIT_CODES ? matter_value(m, f->code) : "";
}

static enum rc fill_form(struct showing *x, const struct flow_move *mv, struct err *e)
{
    struct matter_page *p = &x->p;
    struct matter_doing *d = arena_alloc(x->rq->a, sizeof(*d));
    *d = (struct matter_doing){ .verb = mv->verb,
                                .name = rq_tr(x->rq, mv->name),
                                .help = mv->help ? rq_tr(x->rq, mv->help) : "",
                                .final_act = mv->final_act };
    p->doing = d;
    return form_fill(x->rq, x->s,
                     &(struct form_asked){ .kind = x->m.kind,
                                           .list = mv->fields,
                                           .unit = matter_unit(&x->m),
                                           .was = stays,
                                           .ctx = &x->m },
                     &p->form, e);
}

/* ---- how it stands ---- */

static void fill_head(struct showing *x)
{
    struct rq *rq = x->rq;
    const struct matter *m = &x->m;
    const struct flow_state *st = flow_state_of(m->kind, m->state);
    const struct clock_at *cl = matter_running(m);
    const struct flow_clock *k = cl ? flow_clock_of(m->kind, cl->code) : NULL;
    struct matter_page *p = &x->p;
    p->code = m->code;
    p->kind = m->kind_code;
    p->kind_name = m->kind ? rq_tr(rq, m->kind->name) : m->kind_code;
    p->title = m->title;
    p->state_name = st ? rq_tr(rq, st->name) : m->state;
    p->mark = flow_colour_mark(m->colour);
    p->colour = rq_tr(rq, flow_colour_text(m->colour));
    p->final = !m->open;
    p->draft = m->draft;
    p->unit = matter_unit(m);
    p->unit_name = unit_name(x, p->unit);
    p->holder = *matter_account(m) ? account_name(x, matter_account(m)) : "";
    p->opener = account_name(x, m->opener);
    p->opened_at = m->opened_at;
    p->closed_at = m->closed_at;
    p->clock_name = k ? rq_tr(rq, k->name) : "";
    p->due = day_time(cl ? cl->due : 0);
    p->first_due = day_time(cl && cl->first != cl->due ? cl->first : 0);
    p->due_text = cl ? rq_due_text(rq, x->s, cl->due, cl->gap) : "";
    p->gap_year = cl ? cl->gap : 0;
    p->gap_year_null = !cl || !cl->gap;
    p->quiet = day_time(m->quiet_day >= county_today(x->c) ? m->quiet_day : 0);
    p->version = m->version;
    if (m->kind && m->kind->page && !x->verb)
        p->own_page = arena_printf(rq->a, "%s%s", m->kind->page, m->code);
    p->returned = m->returned;
    p->reopened = m->reopened;
    p->gross = m->gross_days;
    p->gross_null = m->gross_days < 0;
    p->net = m->net_days;
    p->net_null = m->net_days < 0;
    p->on_time = m->on_time < 0 ? "" : rq_tr(rq, m->on_time ? N_("按期") : N_("逾期"));
    if (st && st->unclocked && m->open && !cl)
        p->due_text = rq_tr(rq, st->unclocked);
}

static void fill_waits(struct showing *x)
{
    struct str b;
    str_init(&b, x->rq->a);
    for (size_t i = 0; i < x->m.n_desks; i++)
        str_addf(&b, "%s%s", i ? rq_tr(x->rq, N_("、")) : "", desk_name(x, x->m.desks[i]));
    x->p.waits_text = b.s;
}

static void fill_parties(struct showing *x)
{
    static const char *const names[] = { "", N_("牵头单位"), N_("协办单位"), N_("督办单位"),
                                         N_("原经办人") };
    const struct matter *m = &x->m;
    struct matter_page *p = &x->p;
    p->parties = arena_array(x->rq->a, m->n_parties, sizeof(*p->parties));
    for (size_t i = 0; i < m->n_parties; i++) {
        const struct party *y = &m->parties[i];
        const char *note = str_eq(y->state, "delivered")  ? N_("已交")
                           : str_eq(y->state, "accepted") ? N_("已签收")
                                                          : "";
        p->parties[p->n_parties++] = (struct matter_parties){
            rq_tr(x->rq, y->role == PARTY_LEAD && !*y->unit ? N_("承办人") : names[y->role]),
            *y->unit ? unit_name(x, y->unit) : account_name(x, y->account), rq_tr(x->rq, note)
        };
    }
}

static void fill_values(struct showing *x)
{
    const struct matter *m = &x->m;
    struct matter_page *p = &x->p;
    p->values = arena_array(x->rq->a, m->n_values, sizeof(*p->values));
    for (size_t i = 0; i < m->n_values; i++) {
        const struct flow_field *f = flow_field_of(m->kind, m->values[i].field);
        if (f && (f->sets == FLOW_SETS_LEAD || f->sets == FLOW_SETS_JOINT ||
                  f->sets == FLOW_SETS_TITLE || f->sets == FLOW_SETS_HOLDER ||
                  f->sets == FLOW_SETS_SUPERVISOR || f->sets == FLOW_SETS_UNTIL ||
                  f->sets == FLOW_SETS_PARTS || str_starts(f->code, "part_")))
            continue; /* said elsewhere on the page: who has it, its parts */
        p->values[p->n_values++] = (struct matter_values){ field_name(x, m->values[i].field),
                                                           shown(x, f, m->values[i].text) };
    }
    p->files = arena_array(x->rq->a, m->n_files, sizeof(*p->files));
    p->n_files = m->n_files;
    for (size_t i = 0; i < m->n_files; i++)
        p->files[i] =
            (struct matter_files){ m->files[i].name, m->files[i].size, m->files[i].digest };
}

/* UNIT-POINT-PERIOD; codes of units and points may have dashes. */
static const char *value_href(struct showing *x, const char *code, const char *last)
{
    struct arena *a = x->rq->a;
    for (const char *d = strchr(code, '-'); d && d < last; d = strchr(d + 1, '-')) {
        const char *unit = arena_strndup(a, code, (size_t)(d - code));
        if (units_find(x->w.units, unit))
            return arena_printf(a, "/value/%s/%.*s/%s", unit, (int)(last - d - 1), d + 1,
                                last + 1);
    }
    return "#";
}

static void fill_links(struct showing *x)
{
    static const char *const pages[] = { "warning", "unit",   "matter", "rule",
                                         "round",   "import", "hint" };
    static const struct {
        const char *what, *name;
    } names[] = {
        { "warning", N_("预警") },       { "unit", N_("单位") },
        { "matter", N_("事项") },        { "rule", N_("规则") },
        { "round", N_("采集批次") },     { "import", N_("报送") },
        { "report", N_("体检报告") },    { "period", N_("期间") },
        { "source", N_("提供部门") },    { "value", N_("数值") },
        { "objection", N_("异议") },     { "hint", N_("复核提示") },
        { "check", N_("复核规则") },     { "post", N_("岗位") },
        { "duty_year", N_("职责年度") },
    };
    const struct matter *m = &x->m;
    struct matter_page *p = &x->p;
    p->links = arena_array(x->rq->a, m->n_links, sizeof(*p->links));
    p->n_links = m->n_links;
    for (size_t i = 0; i < m->n_links; i++) {
        const struct flow_link *l = &m->links[i];
        const char *href = "#", *dash = strrchr(l->code, '-'), *name = l->what;
        for (size_t k = 0; k < COUNT(names); k++)
            if (str_eq(names[k].what, l->what))
                name = rq_tr(x->rq, names[k].name);
        if (str_eq(l->what, "report") && dash) /* UNIT-PERIOD */
            href = arena_printf(x->rq->a, "/report/%.*s/%s", (int)(dash - l->code), l->code,
                                dash + 1);
        else if (str_eq(l->what, "period"))
            href = arena_printf(x->rq->a, "/report?period=%s", l->code);
        else if (str_eq(l->what, "source"))
            href = arena_printf(x->rq->a, "/unit/%s", l->code);
        else if (str_eq(l->what, "value") && dash)
            href = value_href(x, l->code, dash);
        else if (str_eq(l->what, "check"))
            href = arena_printf(x->rq->a, "/hint/rule/%s", l->code);
        else if (str_eq(l->what, "objection"))
            href = arena_printf(x->rq->a, "/matter/%s", l->code);
        else if (str_eq(l->what, "post"))
            href = arena_printf(x->rq->a, "/duty/post/%s", l->code);
        else if (str_eq(l->what, "duty_year"))
            href = arena_printf(x->rq->a, "/duty/unit?year=%s", l->code);
        for (size_t k = 0; k < COUNT(pages); k++)
            if (str_eq(pages[k], l->what))
                href = arena_printf(x->rq->a, "/%s/%s", l->what, l->code);
        p->links[i] = (struct matter_links){ name, l->code, href };
    }
}

static void fill_rungs(struct showing *x)
{
    const struct flow_clock *k = flow_clock_of(x->m.kind, x->m.clock);
    struct matter_page *p = &x->p;
    p->rungs = arena_array(x->rq->a, x->m.n_alarms, sizeof(*p->rungs));
    for (size_t i = 0; k && i < x->m.n_alarms; i++) {
        const struct alarm_at *al = &x->m.alarms[i];
        if (al->rung >= (int64_t)k->n_ladder)
            continue;
        p->rungs[p->n_rungs++] =
            (struct matter_rungs){ flow_rung_text(&k->ladder[al->rung], x->rq->lang, x->rq->a),
                                   rq_tr(x->rq, flow_colour_text(al->colour)),
                                   flow_colour_mark(al->colour), day_time(al->day) };
    }
}

/* ---- what happened ---- */

static void fill_step(struct showing *x, const struct matter_steps_row *r,
                      struct matter_steps *out)
{
    struct arena *a = x->rq->a;
    json_t *given = json_loads(r->given, 0, NULL), *text;
    const char *key;
    const char *who =
        *r->by_account ? (r->by_name ? r->by_name : r->by_account) : rq_tr(x->rq, N_("系统"));
    *out = (struct matter_steps){
        .number = r->number,
        .name = step_name(x, r->verb),
        .who = *r->for_account ? text_fill(a, rq_tr(x->rq, N_("{who}（代{absent}）")), "who",
                                           who, "absent", account_name(x, r->for_account), NULL)
                               : who,
        .at = r->at,
        .log_index = r->seq,
        .log_index_null = r->seq_null,
    };
    out->values = arena_array(a, json_object_size(given), sizeof(*out->values));
    json_object_foreach(given, key, text)
    {
        const struct flow_field *f = flow_field_of(x->m.kind, key);
        const char *stored = arena_strdup(a, json_string_value(text));
        if (str_eq(r->verb, "comment"))
            out->comment = stored;
        else
            out->values[out->n_values++] =
                (struct matter_steps_values){ field_name(x, key), shown(x, f, stored) };
    }
    json_decref(given);
    out->files = arena_array(a, x->m.n_files, sizeof(*out->files));
    for (size_t i = 0; i < x->m.n_files; i++)
        if (x->m.files[i].number == r->number)
            out->files[out->n_files++] =
                (struct matter_steps_files){ x->m.files[i].name, x->m.files[i].digest };
}

static void fill_steps(struct showing *x)
{
    size_t n = x->n_steps;
    x->p.steps = arena_array(x->rq->a, n, sizeof(*x->p.steps));
    x->p.n_steps = n;
    for (size_t i = 0; i < n; i++) /* the newest first */
        fill_step(x, &x->steps[n - 1 - i], &x->p.steps[i]);
}

/* How a part stands by its own kind's words. */
static enum rc fill_part_facts(struct showing *x, const struct matter_parts_row *row,
                               struct matter_parts *out, struct err *e)
{
    const struct flow_fact *f;
    size_t n;
    enum rc rc = flow_facts(x->s, x->c, row->kind, row->code, x->rq->lang, x->rq->a, &f, &n, e);
    out->facts = arena_array(x->rq->a, n, sizeof(*out->facts));
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        out->facts[out->n_facts++] =
            (struct matter_parts_facts){ f[i].name, f[i].value, f[i].wanting };
    return rc;
}

static enum rc fill_parts(struct showing *x, struct err *e)
{
    struct matter_parts_row *rows;
    struct matter_parent_row up;
    size_t n;
    enum rc rc = matter_parts_all(x->s, x->m.id, x->rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    x->p.parts = arena_array(x->rq->a, n, sizeof(*x->p.parts));
    x->p.n_parts = n;
    for (size_t i = 0; i < n; i++) {
        const struct flow_state *st =
            flow_state_of(flow_kind_of(x->c, rows[i].kind), rows[i].state);
        x->p.parts[i] = (struct matter_parts){
            rows[i].code,
            rows[i].title,
            *rows[i].unit || !*rows[i].account ? unit_name(x, rows[i].unit)
                                               : account_name(x, rows[i].account),
            st ? rq_tr(x->rq, st->name) : rows[i].state,
            flow_colour_mark((enum flow_colour)rows[i].colour),
            rq_tr(x->rq, flow_colour_text((enum flow_colour)rows[i].colour)),
            day_time((int32_t)rows[i].due_day)
        };
        rc = fill_part_facts(x, &rows[i], &x->p.parts[i], e);
        if (rc != RC_OK)
            return rc;
    }
    if (!x->m.parent_id.v)
        return RC_OK;
    rc = matter_parent_one(x->s, x->m.parent_id, x->rq->a, &up, e);
    if (rc == RC_OK) {
        x->p.parent_code = up.code;
        x->p.parent_title = up.title;
    }
    return rc;
}

static enum rc fill_told(struct showing *x, struct err *e)
{
    static const struct {
        const char *what, *name;
    } words[] = { { "remind", N_("提醒") },
                  { "yellow", N_("转黄") },
                  { "orange", N_("转橙") },
                  { "red", N_("转红") },
                  { "comment", N_("留言") },
                  { "closed", N_("办结") },
                  { "asked_log", N_("云记录里有询问") },
                  { "orphan", N_("单位已撤销,待移交") } };
    struct notices_of_matter_row *rows;
    size_t n;
    enum rc rc = notices_of_matter_all(x->s, x->m.id, x->rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    x->p.told = arena_array(x->rq->a, n, sizeof(*x->p.told));
    x->p.n_told = n;
    for (size_t i = 0; i < n; i++) {
        const char *what = N_("待办");
        for (size_t k = 0; k < COUNT(words); k++)
            if (str_eq(words[k].what, rows[i].what))
                what = words[k].name;
        x->p.told[i] =
            (struct matter_told){ rq_tr(x->rq, what), desk_name(x, rows[i].desk),
                                  rows[i].at,         rows[i].name ? rows[i].name : "",
                                  rows[i].seen_at,    rows[i].acked_at };
    }
    return RC_OK;
}

static void fill_sides(struct showing *x, const struct flow_words *words)
{
    x->p.sides = arena_array(x->rq->a, words->n_sides, sizeof(*x->p.sides));
    for (size_t i = 0; i < words->n_sides; i++) {
        const struct flow_side *s = &words->sides[i];
        struct matter_sides *out = &x->p.sides[x->p.n_sides++];
        *out = (struct matter_sides){ .title = s->title, .quote = s->quote, .note = s->note };
        out->rows = arena_array(x->rq->a, s->n_rows, sizeof(*out->rows));
        for (size_t k = 0; k < s->n_rows; k++)
            out->rows[out->n_rows++] =
                (struct matter_sides_rows){ s->rows[k].name, s->rows[k].text, s->rows[k].href };
    }
}

static enum rc fill_words(struct showing *x, struct err *e)
{
    struct flow_look l = { .c = x->c,
                           .snap = x->s,
                           .kind = x->m.kind,
                           .matter = &x->m,
                           .by = x->w.person->code,
                           .who = &x->w };
    struct flow_words words = { 0 };
    if (!x->m.kind || !x->m.kind->describe)
        return RC_OK;
    enum rc rc = x->m.kind->describe(&l, x->rq->lang, x->rq->a, &words, e);
    if (rc != RC_OK)
        return rc;
    x->p.answer = words.answer;
    x->p.needs = arena_array(x->rq->a, words.n_needs, sizeof(*x->p.needs));
    x->p.n_needs = words.n_needs;
    for (size_t i = 0; i < words.n_needs; i++)
        x->p.needs[i] = (struct matter_needs){ words.needs[i].what, words.needs[i].holder,
                                               words.needs[i].done };
    x->p.facts = arena_array(x->rq->a, words.n_facts, sizeof(*x->p.facts));
    for (size_t i = 0; i < words.n_facts; i++)
        x->p.facts[x->p.n_facts++] =
            (struct matter_facts){ words.facts[i].name, words.facts[i].value,
                                   words.facts[i].note, words.facts[i].wanting };
    x->p.ways = arena_array(x->rq->a, words.n_ways, sizeof(*x->p.ways));
    for (size_t i = 0; i < words.n_ways; i++)
        x->p.ways[x->p.n_ways++] =
            (struct matter_ways){ words.ways[i].name, words.ways[i].note, words.ways[i].href,
                                  words.ways[i].press };
    fill_sides(x, &words);
    return RC_OK;
}

/* To whom it may be handed: units of today, and who handles matters of the unit chosen. */
static enum rc fill_hands(struct showing *x, struct err *e)
{
    struct arena *a = x->rq->a;
    const struct units *us = x->w.units;
    const char *typed = rq_field(x->rq, "unit"), *own = matter_unit(&x->m),
               *chosen = typed && *typed ? typed : own;
    struct matter_page *p = &x->p;
    struct handler *h;
    size_t n;
    p->units = arena_array(a, us->n, sizeof(*p->units));
    for (size_t i = 0; i < us->n; i++)
        p->units[p->n_units++] = (struct matter_units){ us->all[i].code, us->all[i].name,
                                                        str_eq(us->all[i].code, chosen) };
    enum rc rc = flow_handlers(x->s, x->c, us, own, a, &h, &n, e);
    p->people = arena_array(a, n, sizeof(*p->people));
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        p->people[p->n_people++] = (struct matter_people){ h[i].code, h[i].name };
    return rc;
}

static bool may_hand(const struct showing *x)
{
    const struct unit *u = units_find(x->w.units, matter_unit(&x->m));
    unsigned has = who_roles(x->w.person, x->w.units, &x->m);
    return x->m.open && !(x->m.kind && x->m.kind->personal) &&
           ((has & (FLOW_HOLDER | FLOW_UNIT | FLOW_SUPERVISOR)) ||
            (!u && person_may(x->w.person, CAP_DISPATCH, NULL)) ||
            person_may(x->w.person, flow_hand_cap(x->m.kind), u));
}

void flow_use_log(struct county *c, flow_log_fill *fill)
{
    flow_room_set_log(flow_room(c), fill);
}

static enum rc fill_log(struct showing *x, struct err *e)
{
    flow_log_fill *fill = flow_room_log(flow_room(x->c));
    return fill ? fill(x->rq, x->s, &x->w, &x->m, &x->p.has_log, &x->p.log, e) : RC_OK;
}

static enum rc show(struct showing *x, struct err *e)
{
    const struct flow_move *doing;
    fill_head(x);
    fill_waits(x);
    fill_moves(x, &doing);
    fill_parties(x);
    fill_values(x);
    fill_links(x);
    fill_rungs(x);
    fill_steps(x);
    x->p.may_hand = may_hand(x);
    enum rc rc = doing ? fill_form(x, doing, e) : RC_OK;
    if (rc == RC_OK && x->p.may_hand)
        rc = fill_hands(x, e);
    if (rc == RC_OK)
        rc = fill_parts(x, e);
    if (rc == RC_OK)
        rc = fill_told(x, e);
    if (rc == RC_OK)
        rc = fill_words(x, e);
    if (rc == RC_OK)
        rc = fill_log(x, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(x->rq, x->p.kind_name, arena_printf(x->rq->a, "/board/%s", x->p.kind));
    rq_crumb(x->rq, x->p.code, NULL);
    return matter_render(x->rq, &x->p, e);
}

static enum rc matter_show(struct rq *rq, struct err *e)
{
    struct showing x = { .rq = rq, .verb = rq_query(rq, "do") };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = begin(&x, e);
    s = x.s;
    return rc == RC_OK ? show(&x, e) : rc;
}

/* ---- changing ---- */

struct changing {
    struct rq *rq;
    struct county *c;
    const struct flow_who *w;
    const char *code, *text, *unit, *account;
    struct flow_act act;
    struct flow_file *files;
    size_t n_files;
    struct flow_done done;
};

static enum rc do_move(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    enum rc rc = files_register(tx, x->rq, x->files, x->n_files, e);
    return rc == RC_OK ? flow_move(tx, x->c, x->w, &x->act, x->rq->a, &x->done, e) : rc;
}

static enum rc do_comment(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return flow_comment(tx, x->c, x->w, x->code, x->text, x->rq->a, &x->done, e);
}

static enum rc do_attach(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    enum rc rc = files_register(tx, x->rq, x->files, x->n_files, e);
    return rc == RC_OK ? flow_attach(tx, x->c, x->w, x->code, x->files, x->n_files, x->rq->a,
                                     &x->done, e)
                       : rc;
}

static enum rc do_hand_over(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return flow_hand_over(tx, x->c, x->w, x->code, x->unit, x->account, x->text, x->rq->a,
                          &x->done, e);
}

/* Load who acts, make the change, and go back to the page; what was typed is not lost when it
 * could not be taken. */
static enum rc change(struct changing *x, const char *verb,
                      enum rc (*fn)(struct tx *, void *, struct err *), struct err *e)
{
    struct rq *rq = x->rq;
    struct flow_who w;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(x->c->db, &s, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &w, e);
    }
    x->w = &w;
    if (rc == RC_OK)
        rc = db_transact(x->c->db, fn, x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/matter/%s", x->code);
    struct showing again = { .rq = rq, .verb = verb };
    rc = rq_form_failed(rq, rc, &again.p.error, e);
    if (rc != RC_OK)
        return rc;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    rc = begin(&again, e);
    s = again.s;
    return rc == RC_OK ? show(&again, e) : rc;
}

static enum rc move_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq, .c = rq_county(rq), .code = rq_param(rq, "code") };
    x.act = (struct flow_act){ .matter = x.code, .verb = rq_param(rq, "verb") };
    x.act.given = form_given(rq, "version", &x.act.n_given);
    enum rc rc = rq_int(rq, "version", N_("版本"), 0, INT64_MAX, &x.act.version, e);
    if (rc != RC_OK)
        return rc;
    rc = files_keep(rq, &x.files, &x.n_files, e);
    if (rc != RC_OK)
        return rc;
    x.act.files = x.files;
    x.act.n_files = x.n_files;
    return change(&x, x.act.verb, do_move, e);
}

static enum rc comment_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq, .c = rq_county(rq), .code = rq_param(rq, "code") };
    enum rc rc = rq_text(rq, "comment", N_("留言"), MATTER_LINES_MAX, &x.text, e);
    return rc == RC_OK ? change(&x, NULL, do_comment, e) : rc;
}

static enum rc attach_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq, .c = rq_county(rq), .code = rq_param(rq, "code") };
    enum rc rc = files_keep(rq, &x.files, &x.n_files, e);
    return rc == RC_OK ? change(&x, NULL, do_attach, e) : rc;
}

static enum rc hand_over_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq, .c = rq_county(rq), .code = rq_param(rq, "code") };
    enum rc rc = rq_text(rq, "reason", N_("移交事由"), 200, &x.text, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "unit", N_("单位"), 64, &x.unit, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "account", N_("经办人"), 64, &x.account, e);
    return rc == RC_OK ? change(&x, NULL, do_hand_over, e) : rc;
}

static enum rc file_send(struct rq *rq, struct err *e)
{
    struct showing x = { .rq = rq };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *asked = rq_param(rq, "digest");
    enum rc rc = begin(&x, e);
    s = x.s;
    for (size_t i = 0; rc == RC_OK && i < x.m.n_files; i++) {
        uint8_t digest[HASH_SIZE];
        if (str_eq(x.m.files[i].digest, asked) && hex_decode(asked, HASH_SIZE, digest))
            return web_file(rq, file_path(x.c, rq->a, digest), "application/octet-stream",
                            x.m.files[i].name, e);
    }
    return rc == RC_OK ? err_set(e, RC_NOTFOUND, N_("这件事项没有这个文件")) : rc;
}

#define ONE                                                                                    \
    .auth = SESSION | TOKEN, .need = CAP_SELF, .scope = SCOPE_OBJECT /* part of an initialiser \
                                                                      */

const struct route matter_routes[] = {
    { ONE, .method = GET, .path = "/matter/:code", .fn = matter_show, .page = &matter_kind,
      .journal = "matter", .help = N_("一件事项:状态、可办的步骤、经过") },
    { ONE, .method = POST, .path = "/matter/:code/move/:verb", .fn = move_post,
      .body_max = UPLOAD_BYTES, .n_files = UPLOADS_MAX, .help = N_("办一步") },
    { ONE, .method = POST, .path = "/matter/:code/comment", .fn = comment_post,
      .help = N_("留言") },
    { ONE, .method = POST, .path = "/matter/:code/attach", .fn = attach_post,
      .body_max = UPLOAD_BYTES, .n_files = UPLOADS_MAX, .help = N_("补充材料") },
    { ONE, .method = POST, .path = "/matter/:code/hand-over", .fn = hand_over_post,
      .help = N_("移交") },
    { ONE, .method = GET, .path = "/matter/:code/file/:digest", .fn = file_send,
      .journal = "file", .help = N_("下载材料") },
};
const size_t matter_routes_n = COUNT(matter_routes);
