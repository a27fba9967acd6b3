/* Matters of warnings: found for lists, and what the kind's hooks check, do and say. */
#include "base/clock.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/due.h"
#include "monitor/publication.h"
#include "monitor/warning_kind_room.h"
#include "monitor/warning_matter.sql.h"
#include "store/county.h"
#include "warn/warning.h"
#include "warn/words.h"

#include <jansson.h>

/* ---- finding ---- */

struct warning_hands {
    struct hand_of_warning *all;
    size_t n;
    struct map *by_pair;
    struct arena *a;
};

static const char *pair_key(struct arena *a, struct id rule, struct id unit)
{
    return arena_printf(a, "%lld %lld", (long long)rule.v, (long long)unit.v);
}

enum rc warning_hands_load(const struct snap *s, struct arena *a,
                           const struct warning_hands **ret, struct err *e)
{
    struct hand_rows_row *rows;
    size_t n;
    enum rc rc = hand_rows_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct warning_hands *h = arena_alloc(a, sizeof(*h));
    *h = (struct warning_hands){ .all = arena_array(a, n, sizeof(*h->all)),
                                 .by_pair = map_new(a),
                                 .a = a };
    for (size_t i = 0; i < n; i++) {
        const struct hand_rows_row *r = &rows[i];
        struct hand_of_warning *x = h->n ? &h->all[h->n - 1] : NULL;
        if (i > 0 && rows[i - 1].id.v == r->id.v) { /* another occurrence, or another rule */
            map_set(h->by_pair, pair_key(a, r->rule_id, r->unit_id), x);
            continue;
        }
        x = &h->all[h->n++];
        *x = (struct hand_of_warning){ .rule = r->rule_id,
                                       .unit = r->unit_id,
                                       .code = r->code,
                                       .state = r->state,
                                       .open = r->open,
                                       .draft = str_eq(r->state, "queued"),
                                       .due = (int32_t)r->due_day,
                                       .gap_year = (int)r->gap_year,
                                       .quiet_day = (int32_t)r->quiet_day,
                                       .late = (enum flow_colour)r->colour,
                                       .reopened = r->reopened,
                                       .state_at = r->state_at };
        map_set(h->by_pair, pair_key(a, r->rule_id, r->unit_id), x);
    }
    *ret = h;
    return RC_OK;
}

enum rc warning_hands_signed(const struct snap *s, const struct warning_hands *h, struct err *e)
{
    struct hands_signed_row *rows;
    size_t n;
    enum rc rc = hands_signed_all(s, h->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct map *by_code = map_new(h->a);
    for (size_t i = 0; i < n; i++)
        map_set(by_code, rows[i].code, &rows[i]);
    for (size_t i = 0; i < h->n; i++) {
        const struct hands_signed_row *r = map_get(by_code, h->all[i].code);
        if (r)
            h->all[i].signed_at = r->at;
    }
    return RC_OK;
}

const struct hand_of_warning *warning_hands_list(const struct warning_hands *h, size_t *ret_n)
{
    *ret_n = h->n;
    return h->all;
}

const struct hand_of_warning *warning_hand_of(const struct warning_hands *h, struct id rule,
                                              struct id unit)
{
    return map_get(h->by_pair, pair_key(h->a, rule, unit));
}

const char *warning_hand_text(const char *state, enum lang lang)
{
    const struct flow_state *st = flow_state_of(&warning_flow_kind, state);
    return st ? lang_text(lang, st->name) : state;
}

/* ---- quiet ---- */

static const char *given_text(const char *json, const char *key, struct arena *a)
{
    json_t *o = json_loads(json, 0, NULL);
    const char *v = json_string_value(json_object_get(o, key));
    const char *text = v ? arena_strdup(a, v) : "";
    json_decref(o);
    return text;
}

static enum rc step_of(const struct snap *s, const char *matter, int64_t number,
                       struct arena *a, struct warning_hand_step_row *ret, struct err *e)
{
    enum rc rc = warning_hand_step_one(s, matter, number, a, ret, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        *ret = (struct warning_hand_step_row){ .given = "{}", .by_account = "" };
        return RC_OK;
    }
    return rc;
}

/* Who asked and who granted; the numbers of their steps, 0: none. */
static enum rc quiet_steps(const struct snap *s, const char *matter, int64_t asked_step,
                           int64_t granted_step, struct arena *a, struct warning_quiet *q,
                           struct err *e)
{
    struct warning_hand_step_row asked, granted = { 0 };
    enum rc rc = step_of(s, matter, asked_step, a, &asked, e);
    if (rc == RC_OK)
        rc = step_of(s, matter, granted_step, a, &granted, e);
    if (rc != RC_OK)
        return rc;
    q->matter = matter;
    q->why = given_text(asked.given, "quiet_why", a);
    q->asked_by = asked.by_name ? asked.by_name : asked.by_account;
    q->granted_by = granted.by_name ? granted.by_name : granted.by_account;
    q->asked_at = asked.at;
    q->granted_at = granted.at;
    return RC_OK;
}

enum rc warning_quiet_list(const struct snap *s, int32_t today, struct arena *a,
                           struct warning_quiet **ret, size_t *ret_n, struct err *e)
{
    struct warnings_quiet_row *rows;
    size_t n;
    enum rc rc = warnings_quiet_all(s, today, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct warning_quiet *list = arena_array(a, n, sizeof(*list));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        list[i] = (struct warning_quiet){ .title = rows[i].title,
                                          .warning = rows[i].warning ? rows[i].warning : "",
                                          .state = rows[i].state,
                                          .unit = rows[i].unit,
                                          .until = (int32_t)rows[i].quiet_day };
        rc = quiet_steps(s, rows[i].code, rows[i].asked_null ? 0 : rows[i].asked,
                         rows[i].granted_null ? 0 : rows[i].granted, a, &list[i], e);
    }
    *ret = list;
    *ret_n = n;
    return rc;
}

enum rc warning_quiet_of(const struct snap *s, const char *matter, struct arena *a,
                         struct warning_quiet *ret, struct err *e)
{
    struct quiet_steps_of_row row;
    enum rc rc = quiet_steps_of_one(s, matter, a, &row, e);
    *ret = (struct warning_quiet){ .title = "" };
    return rc == RC_OK ? quiet_steps(s, matter, row.asked_null ? 0 : row.asked,
                                     row.granted_null ? 0 : row.granted, a, ret, e)
                       : rc;
}

/* ---- check ---- */

/* The competent department that has not given its opinion yet; NULL: none, or it has. */
static const struct party *guide(const struct matter *m)
{
    for (size_t i = 0; i < m->n_parties; i++)
        if (m->parties[i].role == PARTY_JOINT && !str_eq(m->parties[i].state, "delivered"))
            return &m->parties[i];
    return NULL;
}

static bool all_accepted(const struct matter *m)
{
    for (size_t i = 0; i < m->n_parties; i++)
        if (m->parties[i].role == PARTY_JOINT && !*m->parties[i].state)
            return false;
    return true;
}

/* The discipline organ comes after the competent department, unless that is late. */
static enum rc check_order(const struct flow_look *l, struct err *e)
{
    const struct matter *m = l->matter;
    const struct clock_at *cl = matter_running(m);
    bool early = str_eq(m->state, "sent") || str_eq(m->state, "guiding");
    char due[PERIOD_TEXT];
    if (l->only_asking || !early || (cl && cl->due && county_today(l->c) > cl->due))
        return RC_OK;
    return err_set(e, RC_CONFLICT,
                   N_("主责部门先办，纪检监察机关在后监督：现在等单位签收或主责部门提意见，"
                      "{due}以后还没有办的，可以提监督意见"),
                   "due", cl && cl->due ? day_code(cl->due, due) : "—");
}

enum rc warning_check(const struct flow_look *l, struct err *e)
{
    const struct matter *m = l->matter;
    const char *verb = l->move ? l->move->verb : "";
    bool applies = true;
    if (!l->move && *l->by)
        return err_set(e, RC_DENIED, N_("「{kind}」由系统发起,不能手工新建"), "kind",
                       l->kind->name);
    if (str_eq(verb, "sign"))
        applies = guide(m) != NULL;
    else if (str_eq(verb, "sign_alone"))
        applies = guide(m) == NULL;
    else if (str_eq(verb, "take") && l->only_asking) /* else it is marked as taken already */
        applies = !all_accepted(m);
    if (!applies)
        return err_set(e, RC_DENIED, N_("这项预警不走「{move}」这一步"), "move", l->move->name);
    if (str_eq(verb, "auto_send") && str_eq(matter_value(m, "lamp"), "red"))
        return err_set(e, RC_CONFLICT, N_("红色预警一律由人发出"));
    if (str_eq(verb, "supervise"))
        return check_order(l, e);
    return RC_OK;
}

/* ---- apply ---- */

/* A third person found it mended: the colour steps down by one; below yellow it is out. */
static enum rc step_down(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum warn_colour lamp = warn_colour_of(matter_value(l->matter, "lamp"));
    const struct units *us;
    struct flow_done done;
    enum rc rc = units_load(tx_snap(tx), county_today(l->c), a, &us, e);
    if (rc != RC_OK)
        return rc;
    struct flow_who system = flow_who_system(us);
    struct flow_given given = { "lamp", lamp > WARN_YELLOW ? warn_colour_word(lamp - 1) : "" };
    struct flow_act act = { .matter = l->matter->code,
                            .verb = lamp > WARN_YELLOW ? "ease" : "dim",
                            .version = -1,
                            .given = &given,
                            .n_given = lamp > WARN_YELLOW };
    return flow_move(tx, l->c, &system, &act, a, &done, e);
}

/* Put out by people while it carried others: they go on at once by what they were judged. */
static enum rc let_go(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const char *const fields[] = { "judged", "colour", "lamp", "light", "value" };
    struct hands_carried_by_row *rows;
    const struct units *us;
    size_t n;
    enum rc rc = hands_carried_by_all(tx_snap(tx), l->matter->code, a, &rows, &n, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), county_today(l->c), a, &us, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct flow_who system = flow_who_system(us);
        struct flow_given given[COUNT(fields)];
        struct flow_done done;
        struct matter m;
        rc = matter_load(tx_snap(tx), l->c, rows[i].code, a, &m, e);
        for (size_t f = 0; rc == RC_OK && f < COUNT(fields); f++)
            given[f] = (struct flow_given){ fields[f], matter_value(&m, fields[f]) };
        if (rc == RC_OK)
            rc = flow_move(tx, l->c, &system,
                           &(struct flow_act){ .matter = m.code,
                                               .verb = "part",
                                               .version = -1,
                                               .given = given,
                                               .n_given = COUNT(fields) },
                           a, &done, e);
    }
    return rc;
}

enum rc warning_apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    static const char *const puts_out[] = { "dim", "exclude", "upheld" };
    if (l->move && str_eq(l->move->verb, "pass"))
        return step_down(tx, l, e);
    for (size_t i = 0; l->move && i < COUNT(puts_out); i++)
        if (str_eq(l->move->verb, puts_out[i]))
            return let_go(tx, l, e);
    return RC_OK;
}

/* ---- describe ---- */

struct telling {
    const struct flow_look *l;
    enum lang lang;
    struct arena *a;
    const struct units *us;
    struct warn_history h;
    struct flow_need *needs;
    size_t n;
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

static void need(struct telling *t, const char *what, const char *holder, bool done)
{
    t->needs[t->n++] = (struct flow_need){ .what = what, .holder = holder, .done = done };
}

/* What the figure must do, by when the next one is due. */
static enum rc need_figure(struct telling *t, struct err *e)
{
    struct due_days due;
    char day[PERIOD_TEXT];
    enum rc rc = due_load(t->l->snap, &due, e);
    bool final = !t->l->matter->open;
    if (rc != RC_OK || !*t->h.figure || final)
        return rc;
    struct period p = t->h.now.period;
    const char *holder = *t->h.holder ? t->h.holder : unit_name(t, matter_unit(t->l->matter));
    need(t,
         text_fill(t->a, tr(t, N_("{figure}；数值{day}前报到")), "figure", t->h.figure, "day",
                   day_code(due_day(&due, period_step(p, 1)), day), NULL),
         holder, false);
    if (*t->h.rule.advice)
        need(t, t->h.rule.advice, NULL, false);
    return RC_OK;
}

static bool past(const struct matter *m, const char *const *states, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(m->state, states[i]))
            return false;
    return true;
}

static const char *with_day(const struct telling *t, const char *text, int32_t day)
{
    char code[PERIOD_TEXT];
    if (!day)
        return tr(t, text);
    return text_fill(t->a, tr(t, N_("{what}，{day}前")), "what", tr(t, text), "day",
                     day_code(day, code), NULL);
}

static int32_t due_in(const struct telling *t, const char *state)
{
    const struct clock_at *cl = matter_running(t->l->matter);
    return cl && str_eq(t->l->matter->state, state) ? cl->due : 0;
}

/* The steps of the way, done and to come. */
static void need_steps(struct telling *t)
{
    static const char *const order[] = { "queued",  "resend", "sent",
                                         "guiding", "signed", "rectifying" };
    const struct matter *m = t->l->matter;
    const char *unit = unit_name(t, matter_unit(m));
    if (!past(m, order, 2))
        need(t, with_day(t, N_("由人看过后发出"), due_in(t, m->state)), tr(t, N_("平台专班")),
             false);
    need(t, with_day(t, N_("单位签收"), due_in(t, "sent")), unit, past(m, order, 3));
    for (size_t i = 0; i < m->n_parties; i++)
        if (m->parties[i].role == PARTY_JOINT)
            need(t, with_day(t, N_("主责部门核实并提处置意见"), due_in(t, "guiding")),
                 unit_name(t, m->parties[i].unit), str_eq(m->parties[i].state, "delivered"));
    need(t, with_day(t, N_("定原因、措施和期限"), due_in(t, "signed")), unit,
         past(m, order, 5));
    need(t, with_day(t, N_("按措施整改到位"), due_in(t, "rectifying")), unit,
         past(m, order, 6));
    need(t, with_day(t, N_("由数值或第三人验证"), due_in(t, "review")),
         str_eq(m->state, "review") ? tr(t, N_("没有经手过的人")) : NULL, false);
}

static const char *answer(const struct telling *t)
{
    const struct matter *m = t->l->matter;
    enum warn_colour lamp = warn_colour_of(matter_value(m, "lamp"));
    const char *value = matter_value(m, "value");
    if (!m->open)
        return NULL;
    return text_fill(
        t->a,
        tr(t, *value ? N_("按{colour}色办：{rule}；{value}") : N_("按{colour}色办：{rule}")),
        "colour", tr(t, warn_colour_text(lamp)), "rule", t->h.now.rule, "value", value, NULL);
}

enum rc warning_describe(const struct flow_look *l, enum lang lang, struct arena *a,
                         struct flow_words *ret, struct err *e)
{
    /* Whoever reads it: the matter knows what is published and nothing else. */
    static const struct person anybody = { .code = "", .name = "" };
    struct telling t = { .l = l, .lang = lang, .a = a };
    struct sight k = { .n = 0 };
    enum rc rc = units_load(l->snap, county_today(l->c), a, &t.us, e);
    if (rc == RC_OK)
        rc = sight_load(l->snap, &anybody, t.us, a, &k, e);
    const struct warn_sight sight = sight_warnings(&k);
    if (rc == RC_OK)
        rc = warn_load(l->snap, matter_value(l->matter, "light"), &sight, lang, a, &t.h, e);
    if (rc != RC_OK)
        return rc;
    t.needs = arena_array(a, 10 + l->matter->n_parties, sizeof(*t.needs));
    rc = need_figure(&t, e);
    if (rc == RC_OK && l->matter->open)
        need_steps(&t);
    *ret = (struct flow_words){ .answer = answer(&t), .needs = t.needs, .n_needs = t.n };
    return rc;
}
