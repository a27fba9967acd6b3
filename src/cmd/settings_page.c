/*
 * Settings as one form, made from the tables. The one idea: what a field says is checked by its
 * row, all fields are checked before any is written, and what was typed stays on the page until
 * all of it is right.
 */
#include "cmd/settings_page.h"

#include "base/fmt.h"
#include "base/map.h"
#include "cmd/serve_cmd.h"
#include "cmd/settings.html.h"
#include "collect/round.h"
#include "directive/directive.h"
#include "duty/first_form.h"
#include "monitor/due.h"
#include "monitor/rule_gate.h"
#include "notice/notice.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/setting.h"
#include "worklog/hint.h"

#include <string.h>

enum { GROUPS = 10, WHY_MAX = 200, HISTORY = 30, SEEN = 200, SHOWN_TEXT = 120 };

struct group {
    const char *name; /* N_() */
    const struct setting *list;
    size_t n;
};

/* One line a table. */
static void groups_all(struct group ret[GROUPS])
{
    struct group *g = ret;
    *g++ = (struct group){ N_("登录"), people_settings, people_settings_n };
    *g++ = (struct group){ N_("报送期限"), monitor_settings, monitor_settings_n };
    *g++ = (struct group){ N_("采集"), collect_settings, collect_settings_n };
    *g++ = (struct group){ N_("预警"), rule_settings, rule_settings_n };
    *g++ = (struct group){ N_("廉动令"), directive_settings, directive_settings_n };
    *g++ = (struct group){ N_("云记录复核提示"), worklog_settings, worklog_settings_n };
    *g++ = (struct group){ N_("四责"), duty_settings, duty_settings_n };
    *g++ = (struct group){ N_("提醒"), notice_settings, notice_settings_n };
    *g++ = (struct group){ N_("访问"), serve_settings, serve_settings_n };
    *g = (struct group){ N_("存证日志"), store_settings, store_settings_n };
}

static const struct setting *find(const struct group *g, const char *key)
{
    for (size_t i = 0; i < GROUPS; i++) {
        const struct setting *s = setting_find(g[i].list, g[i].n, key);
        if (s)
            return s;
    }
    return NULL;
}

static bool has_lines(const struct setting *s)
{
    return s->type == SETTING_TEXT && strchr(s->fallback, '\n');
}

static const char *kind_of(const struct setting *s)
{
    switch (s->type) {
    case SETTING_INT:
        return "int";
    case SETTING_BOOL:
        return "bool";
    case SETTING_TEXT:
        break;
    }
    return has_lines(s) ? "lines" : "text";
}

/* A browser ends lines with CR LF and knows no last line end. */
static const char *lines_of(struct arena *a, const char *text)
{
    struct str b;
    str_init(&b, a);
    for (const char *p = text; *p; p++)
        if (*p != '\r')
            str_addc(&b, *p);
    if (b.n && b.s[b.n - 1] != '\n')
        str_addc(&b, '\n');
    return b.s;
}

/* What the form says; NULL: nothing of it. */
static const char *asked_of(struct rq *rq, const struct setting *s)
{
    const char *v = rq->method == POST ? rq_field(rq, s->key) : NULL;
    if (!v)
        return NULL;
    return has_lines(s) ? lines_of(rq->a, v) : str_trim(rq->a, v);
}

static const char *words_of(const struct rq *rq, const struct setting *s, const char *value)
{
    if (s->type == SETTING_BOOL)
        return str_eq(value, "1") ? rq_tr(rq, N_("是")) : rq_tr(rq, N_("否"));
    size_t n = strcspn(value, "\n");
    bool all = value[n] == '\0' || value[n + 1] == '\0';
    if (n > SHOWN_TEXT)
        return arena_printf(rq->a, "%.*s…", SHOWN_TEXT, value);
    return arena_printf(rq->a, "%.*s%s", (int)n, value, all ? "" : " …");
}

static const char *limits_of(const struct rq *rq, const struct setting *s)
{
    if (s->type != SETTING_INT)
        return "";
    return text_fill(rq->a, rq_tr(rq, N_("{min}到{max}")), "min", fmt_count(rq->a, s->min),
                     "max", fmt_count(rq->a, s->max), NULL);
}

static enum rc fill_items(struct rq *rq, const struct snap *s, const struct group *g,
                          const struct map *wrong, struct settings_page *p, struct err *e)
{
    p->groups = arena_array(rq->a, GROUPS, sizeof(*p->groups));
    p->n_groups = GROUPS;
    for (size_t i = 0; i < GROUPS; i++) {
        struct settings_groups *out = &p->groups[i];
        out->name = rq_tr(rq, g[i].name);
        out->items = arena_array(rq->a, g[i].n, sizeof(*out->items));
        out->n_items = g[i].n;
        for (size_t k = 0; k < g[i].n; k++) {
            const struct setting *t = &g[i].list[k];
            const char *value, *asked = asked_of(rq, t);
            enum rc rc = setting_text(s, t, rq->a, &value, e);
            if (rc != RC_OK)
                return rc;
            out->items[k] = (struct settings_groups_items){
                .code = t->key,
                .name = rq_tr(rq, t->title),
                .help = rq_tr(rq, t->help),
                .kind = kind_of(t),
                .value = asked ? asked : value,
                .usual = words_of(rq, t, t->fallback),
                .limits = limits_of(rq, t),
                .unit = t->unit ? rq_tr(rq, t->unit) : "",
                .changed = !str_eq(value, t->fallback),
                .wrong = map_get(wrong, t->key),
            };
        }
    }
    return RC_OK;
}

/* What a key was before the i-th newest change: the next older one of it, else its default. */
static const char *before(const struct setting_past *list, size_t n, size_t i,
                          const struct setting *s)
{
    for (size_t k = i + 1; k < n; k++)
        if (str_eq(list[k].key, list[i].key))
            return list[k].value;
    return s->fallback;
}

static enum rc fill_history(struct rq *rq, const struct snap *s, const struct group *g,
                            struct settings_page *p, struct err *e)
{
    struct setting_past *list;
    size_t n;
    enum rc rc = setting_history(s, rq->a, SEEN, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    p->history = arena_array(rq->a, n, sizeof(*p->history));
    for (size_t i = 0; i < n && p->n_history < HISTORY; i++) {
        const struct setting *t = find(g, list[i].key);
        if (!t)
            continue; /* of another version of the program */
        p->history[p->n_history++] = (struct settings_history){
            .code = t->key,
            .name = rq_tr(rq, t->title),
            .old = words_of(rq, t, before(list, n, i, t)),
            .new = words_of(rq, t, list[i].value),
            .why = list[i].why,
            .by = *list[i].by ? list[i].by : rq_tr(rq, N_("命令行")),
            .at = list[i].at,
        };
    }
    return RC_OK;
}

static enum rc show(struct rq *rq, struct settings_page *p, const struct map *wrong,
                    struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct group g[GROUPS];
    groups_all(g);
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = fill_items(rq, s, g, wrong, p, e);
    if (rc == RC_OK)
        rc = fill_history(rq, s, g, p, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("设置")), NULL);
    return settings_render(rq, p, e);
}

static enum rc settings_show(struct rq *rq, struct err *e)
{
    struct settings_page p = { .why = "" };
    return show(rq, &p, map_new(rq->a), e);
}

/* ---- changing ---- */

struct change {
    struct rq *rq;
    const char *why;
    const struct setting **list;
    const char **value;
    size_t n;
};

static enum rc write_all(struct tx *tx, void *arg, struct err *e)
{
    const struct change *ch = arg;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < ch->n && rc == RC_OK; i++)
        rc = setting_change(tx, rq_county(ch->rq), ch->list[i], ch->value[i], ch->why,
                            ch->rq->account.code, e);
    return rc;
}

/* The field's label says what it is, so the sentence beside it need not. */
static const char *number_wanted(const struct rq *rq, const struct setting *s,
                                 const char *asked)
{
    return text_fill(rq->a, rq_tr(rq, N_("应为{min}至{max}之间的整数，现在是“{given}”")), "min",
                     fmt_count(rq->a, s->min), "max", fmt_count(rq->a, s->max), "given", asked,
                     NULL);
}

/* What the form changes; each wrong field with its reason, the first one in p. */
static enum rc read_form(struct rq *rq, const struct snap *s, struct change *ch,
                         struct map *wrong, struct settings_page *p, struct err *e)
{
    struct group g[GROUPS];
    size_t most = 0;
    groups_all(g);
    for (size_t i = 0; i < GROUPS; i++)
        most += g[i].n;
    ch->list = arena_array(rq->a, most, sizeof(struct setting *));
    ch->value = arena_array(rq->a, most, sizeof(char *));
    for (size_t i = 0; i < GROUPS; i++)
        for (size_t k = 0; k < g[i].n; k++) {
            const struct setting *t = &g[i].list[k];
            const char *asked = asked_of(rq, t), *now;
            enum rc rc = setting_text(s, t, rq->a, &now, e);
            if (rc != RC_OK)
                return rc;
            if (!asked || str_eq(asked, now))
                continue;
            rc = setting_check(t, asked, e);
            if (rc == RC_OK) {
                ch->list[ch->n] = t;
                ch->value[ch->n++] = asked;
                continue;
            }
            if (rq->json)
                return rc;
            const char *why = t->type == SETTING_INT ? number_wanted(rq, t, asked)
                                                     : err_message(e, rq->lang, rq->a);
            map_set(wrong, t->key, (void *)why);
            if (!p->error) {
                p->error = text_fill(rq->a, rq_tr(rq, N_("{name}：{why}")), "name",
                                     rq_tr(rq, t->title), "why", why, NULL);
                p->error_field = t->key;
            }
            err_done(e);
        }
    return RC_OK;
}

static enum rc settings_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct change ch = { .rq = rq };
    struct map *wrong = map_new(rq->a);
    struct settings_page p = { .why = "" };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = rq_text_opt(rq, "why", N_("为什么改"), WHY_MAX, &ch.why, e);
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = read_form(rq, s, &ch, wrong, &p, e);
    db_read_end(&s);
    if (rc != RC_OK)
        return rc;
    p.why = ch.why;
    if (!p.error && ch.n && !*ch.why) {
        if (rq->json)
            return err_set(e, RC_INVALID, N_("请写明为什么改"));
        p.error = p.why_wrong = rq_tr(rq, N_("请写明为什么改"));
        p.error_field = "why";
    }
    if (p.error) {
        rq->status = 400;
        return show(rq, &p, wrong, e);
    }
    rc = db_transact(c->db, write_all, &ch, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, ch.n ? text_fill(rq->a, rq_tr(rq, N_("已保存{n}项")), "n",
                                   fmt_count(rq->a, (int64_t)ch.n), NULL)
                       : rq_tr(rq, N_("没有改动")));
    return web_done(rq, "/settings", e);
}

const struct route settings_routes[] = {
    { .method = GET,
      .path = "/settings",
      .auth = SESSION | TOKEN,
      .need = CAP_SETTINGS,
      .scope = SCOPE_ALL,
      .fn = settings_show,
      .page = &settings_kind,
      .help = N_("全部设置") },
    { .method = POST,
      .path = "/settings",
      .auth = SESSION | TOKEN,
      .need = CAP_SETTINGS,
      .scope = SCOPE_ALL,
      .fn = settings_post,
      .help = N_("修改设置:字段以设置的名称为名,并写明 why") },
};
const size_t settings_routes_n = COUNT(settings_routes);
