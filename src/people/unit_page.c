/*
 * Units: the tree of a day, one unit with its spans of time, a change from a day on. Who sees a
 * unit sees the names of the units above it, nothing more of them.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "people/people_pages.h"
#include "people/unit.html.h"
#include "people/unit.sql.h"
#include "people/unit_list.html.h"
#include "people/unit_room.h"
#include "store/county.h"
#include "store/record.h"

enum { KIND_MAX = 40 };

static const char *day_text(struct rq *rq, int32_t day)
{
    char out[PERIOD_TEXT];
    return day ? arena_strdup(rq->a, day_code(day, out)) : rq_tr(rq, N_("最初"));
}

/* ---- the tree ---- */

/* By unit.index: it or something below it may be seen. */
static bool *visible(struct rq *rq, const struct units *us)
{
    bool *may = person_scope(&rq_asker(rq)->person, (enum cap)rq->route->need, us, rq->a);
    for (size_t i = us->n; i > 0; i--) { /* children stand behind their parents */
        const struct unit *u = &us->all[i - 1];
        if (may[i - 1] && u->parent)
            may[u->parent->index] = true;
    }
    return may;
}

static size_t depth_of(const struct unit *u)
{
    size_t depth = 1;
    while ((u = u->parent) != NULL)
        depth++;
    return depth;
}

static void count_group(struct rq *rq, struct unit_list_page *p, const char *name)
{
    for (size_t i = 0; i < p->n_groups; i++)
        if (str_eq(p->groups[i].name, name)) {
            p->groups[i].n++;
            return;
        }
    p->groups = arena_grow(rq->a, p->groups, p->n_groups * sizeof(*p->groups),
                           (p->n_groups + 1) * sizeof(*p->groups));
    p->groups[p->n_groups].name = name;
    p->groups[p->n_groups++].n = 1;
}

static void add_row(struct rq *rq, struct unit_list_page *p, const struct unit *u)
{
    const struct person *who = &rq_asker(rq)->person;
    bool opens = person_can(who, CAP_READ_COUNTY) || person_may(who, CAP_READ_UNIT, u);
    p->units[p->n_units++] = (struct unit_list_units){ .depth = (int64_t)depth_of(u),
                                                       .opens = opens,
                                                       .code = u->code,
                                                       .name = u->name,
                                                       .kind = unit_kind_text(rq, u->kind),
                                                       .peer_name = u->peer_group,
                                                       .from_name = day_text(rq, u->from_day) };
    p->total++;
    if (u->assessed) {
        p->assessed++;
        count_group(rq, p, u->peer_group);
    }
}

static enum rc list_show(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    const struct units *us = k->units;
    const char *asked = rq_query(rq, "day");
    int32_t day = us->day;
    enum rc rc = asked && *asked ? day_parse(asked, &day, e) : RC_OK;
    if (rc == RC_OK && day != us->day) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = units_load(s, day, rq->a, &us, e);
    }
    if (rc != RC_OK)
        return rc;
    struct unit_list_page p = { .day = day_start(day),
                                .may_edit = person_can(&k->person, CAP_EDIT_UNITS) };
    const bool *may = visible(rq, us);
    p.units = arena_array(rq->a, us->n, sizeof(*p.units));
    for (size_t i = 0; i < us->n; i++)
        if (may[i])
            add_row(rq, &p, &us->all[i]);
    return unit_list_render(rq, &p, e);
}

/* ---- one unit ---- */

static enum rc fill_terms(struct rq *rq, const struct snap *s, const struct unit *u,
                          struct unit_page *p, struct err *e)
{
    struct unit_terms_of_row *rows;
    struct record rec;
    size_t n;
    const struct units *us = rq_asker(rq)->units;
    int32_t today = county_today(rq_county(rq));
    enum rc rc = unit_terms_of_all(s, u->id, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->terms = arena_array(rq->a, n, sizeof(*p->terms));
    p->n_terms = n;
    for (size_t i = 0; i < n; i++) {
        const struct unit *parent = rows[i].parent ? units_find(us, rows[i].parent) : NULL;
        p->terms[i].name = rows[i].name;
        p->terms[i].kind = unit_kind_text(rq, rows[i].kind);
        p->terms[i].parent_name = parent ? parent->name : rows[i].parent ? rows[i].parent : "";
        p->terms[i].peer_name = rows[i].peer_group;
        p->terms[i].from_name = day_text(rq, (int32_t)rows[i].from_day);
        p->terms[i].to_name = rows[i].to_day ? day_text(rq, (int32_t)rows[i].to_day) : "";
        p->terms[i].current =
            rows[i].from_day <= today && (!rows[i].to_day || rows[i].to_day >= today);
    }
    p->log_index_null = true;
    p->vouch = "";
    if (n == 0)
        return RC_OK;
    rc = record_get(s, rows[0].record_id, rq->a, &rec, e);
    if (rc == RC_OK && rec.seq >= 0) {
        p->log_index = rec.seq;
        p->log_index_null = false;
    }
    if (rc == RC_OK)
        p->vouch = text_fill(rq->a,
                             rq_tr(rq, rec.seq < 0 ? N_("最近一次改动在{time},等待写入日志。")
                                                   : N_("最近一次改动在{time},已写入日志。")),
                             "time", fmt_time(rq->a, rec.at), NULL);
    return rc;
}

/* Kinds and groups that there are already, so that a word is not written in two ways; and
 * every unit as a possible parent. */
static void fill_choices(struct rq *rq, struct unit_page *p)
{
    const struct units *us = rq_asker(rq)->units;
    p->units = arena_array(rq->a, us->n, sizeof(*p->units));
    p->kinds = arena_array(rq->a, us->n, sizeof(*p->kinds));
    p->groups = arena_array(rq->a, us->n, sizeof(*p->groups));
    p->n_units = us->n;
    for (size_t i = 0; i < us->n; i++) {
        const struct unit *u = &us->all[i];
        bool kind_seen = false, group_seen = !u->assessed;
        p->units[i].code = u->code;
        p->units[i].name = u->name;
        p->units[i].chosen = str_eq(u->code, p->parent);
        for (size_t k = 0; k < p->n_kinds; k++)
            kind_seen |= str_eq(p->kinds[k].code, u->kind);
        for (size_t k = 0; k < p->n_groups; k++)
            group_seen |= str_eq(p->groups[k].code, u->peer_group);
        if (!kind_seen) {
            p->kinds[p->n_kinds].code = u->kind;
            p->kinds[p->n_kinds++].name = unit_kind_text(rq, u->kind);
        }
        if (!group_seen) {
            p->groups[p->n_groups].code = u->peer_group;
            p->groups[p->n_groups++].name = u->peer_group;
        }
    }
}

static enum rc unit_page_show(struct rq *rq, struct unit_page *p, struct err *e)
{
    const struct unit *u;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = rq_unit(rq, rq_param(rq, "unit"), &u, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = fill_terms(rq, s, u, p, e);
    if (rc != RC_OK)
        return rc;
    p->code = u->code;
    p->may_edit = person_may(&rq_asker(rq)->person, CAP_EDIT_UNITS, u);
    p->parent_name = u->parent ? u->parent->name : "";
    if (!p->error) {
        p->name = u->name;
        p->kind = unit_kind_text(rq, u->kind);
        p->parent = u->parent ? u->parent->code : "";
        p->peer_group = u->peer_group;
        p->from = day_text(rq, county_today(rq_county(rq)));
    }
    p->peer_name = u->peer_group;
    p->children = arena_array(rq->a, u->n_children, sizeof(*p->children));
    for (size_t i = 0; i < u->n_children; i++) {
        const struct unit *child = u->children[i];
        if (!person_may(&rq_asker(rq)->person, CAP_READ_UNIT, child))
            continue;
        p->children[p->n_children].code = child->code;
        p->children[p->n_children].name = child->name;
        p->children[p->n_children++].kind = unit_kind_text(rq, child->kind);
    }
    if (p->may_edit)
        fill_choices(rq, p);
    rq_crumb(rq, rq_tr(rq, N_("单位")), "/unit");
    rq_crumb(rq, u->name, NULL);
    return unit_render(rq, p, e);
}

static enum rc unit_show(struct rq *rq, struct err *e)
{
    struct unit_page p = { .error = NULL };
    return unit_page_show(rq, &p, e);
}

static enum rc fresh_page(struct rq *rq, struct unit_page *p, struct err *e)
{
    p->fresh = p->may_edit = p->log_index_null = true;
    if (!p->from)
        p->from = day_text(rq, county_today(rq_county(rq)));
    fill_choices(rq, p);
    rq_crumb(rq, rq_tr(rq, N_("单位")), "/unit");
    rq_crumb(rq, rq_tr(rq, N_("新增单位")), NULL);
    return unit_render(rq, p, e);
}

static enum rc new_show(struct rq *rq, struct err *e)
{
    struct unit_page p = { .code = "", .parent = "" };
    return fresh_page(rq, &p, e);
}

/* ---- changes ---- */

struct unit_writing {
    struct county *c;
    struct unit_term term;
    const char *by;
};

static enum rc write_unit(struct tx *tx, void *arg, struct err *e)
{
    const struct unit_writing *w = arg;
    return unit_change(tx, w->c, &w->term, w->by, e);
}

/* The form's term; p keeps what was written and the field that was wrong. */
static enum rc read_form(struct rq *rq, struct unit_page *p, struct unit_term *t, struct err *e)
{
    const char *parent = rq_field(rq, "parent"), *from = rq_field(rq, "from");
    p->parent = parent ? parent : "";
    p->from = from ? from : "";
    p->error_field = "name";
    enum rc rc = rq_text(rq, "name", N_("名称"), UNIT_NAME_MAX, &p->name, e);
    if (rc == RC_OK) {
        p->error_field = "kind";
        rc = rq_text(rq, "kind", N_("类别"), KIND_MAX, &p->kind, e);
    }
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "peer_group", N_("同类分组"), KIND_MAX, &p->peer_group, e);
    if (rc == RC_OK) {
        p->error_field = "from";
        rc = rq_day(rq, "from", N_("从哪天起"), &t->from_day, e);
    }
    t->name = p->name;
    t->kind = unit_kind_code(rq, p->kind);
    t->parent = p->parent;
    t->peer_group = p->peer_group;
    return rc;
}

static enum rc new_post(struct rq *rq, struct err *e)
{
    struct unit_page p = { .code = "", .error_field = "code" };
    struct unit_writing w = { .c = rq_county(rq), .by = rq_asker(rq)->person.code };
    enum rc rc = rq_code(rq, "code", N_("代码"), &p.code, e);
    if (rc == RC_OK && units_find(rq_asker(rq)->units, p.code))
        rc = err_set(e, RC_CONFLICT, N_("单位「{unit}」已经有了"), "unit", p.code);
    if (rc == RC_OK)
        rc = read_form(rq, &p, &w.term, e);
    if (rc == RC_OK) {
        p.error_field = "parent";
        w.term.code = p.code;
        rc = db_transact(w.c->db, write_unit, &w, e);
    }
    if (rc == RC_OK) {
        people_changed(w.c);
        rq_notice(rq, rq_tr(rq, N_("单位已新增")));
        return web_donef(rq, e, "/unit/%s", p.code);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? fresh_page(rq, &p, e) : rc;
}

static enum rc unit_post(struct rq *rq, struct err *e)
{
    struct unit_page p = { .error = NULL };
    struct unit_writing w = { .c = rq_county(rq), .by = rq_asker(rq)->person.code };
    enum rc rc = read_form(rq, &p, &w.term, e);
    if (rc == RC_OK) {
        p.error_field = "parent";
        w.term.code = rq_param(rq, "unit");
        rc = db_transact(w.c->db, write_unit, &w, e);
    }
    if (rc == RC_OK) {
        people_changed(w.c);
        rq_notice(rq, rq_tr(rq, N_("已保存")));
        return web_donef(rq, e, "/unit/%s", rq_param(rq, "unit"));
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? unit_page_show(rq, &p, e) : rc;
}

const struct route unit_routes[] = {
    { .method = GET,
      .path = "/unit",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = list_show,
      .page = &unit_list_kind,
      .help = N_("某一天的单位树") },
    { .method = GET,
      .path = "/unit/new",
      .auth = SESSION,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = new_show },
    { .method = POST,
      .path = "/unit/new",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = new_post,
      .help = N_("新增单位") },
    { .method = GET,
      .path = "/unit/import",
      .auth = SESSION,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = unit_import_show },
    { .method = POST,
      .path = "/unit/import",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = unit_import_post,
      .body_max = UNIT_IMPORT_BYTES,
      .n_files = 1,
      .help = N_("核对一张单位表") },
    { .method = POST,
      .path = "/unit/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = unit_import_confirm,
      .help = N_("导入核对过的单位表") },
    { .method = GET,
      .path = "/unit/:unit",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = unit_show,
      .page = &unit_kind,
      .help = N_("一个单位和它的沿革") },
    { .method = POST,
      .path = "/unit/:unit",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_UNIT,
      .fn = unit_post,
      .help = N_("从某一天起改变一个单位") },
};
const size_t unit_routes_n = COUNT(unit_routes);
