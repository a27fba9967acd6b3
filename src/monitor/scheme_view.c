/* A scheme as people read it. Nothing here judges: a tree with a circle or an orphan is listed
 * as far as it goes. */
#include "monitor/scheme_view.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/str.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

struct walk {
    const struct scheme *s;
    struct arena *a;
    struct scheme_line *line;
    size_t n;
    bool *seen;
    struct scheme_lines *ret;
    int base; /* depth of the root's children is 1 */
};

static bool counts(const struct scheme_node *n)
{
    return str_eq(n->type, "Indicator") || str_eq(n->type, "Aggregate");
}

static void put(struct walk *w, size_t at, int depth, double share)
{
    if (w->seen[at] || depth > SCHEME_DEPTH_MAX)
        return;
    w->seen[at] = true;
    size_t own = SIZE_MAX;
    if (depth > 0) {
        own = w->n++;
        w->line[own] = (struct scheme_line){ .at = at, .depth = depth, .share = share };
        w->ret->per_depth[depth]++;
        if (depth > w->ret->depth)
            w->ret->depth = depth;
    }
    const char *code = w->s->nodes[at].code;
    double total = 0;
    size_t children = 0;
    for (size_t i = 0; i < w->s->n; i++)
        if (!w->seen[i] && counts(&w->s->nodes[i]) && str_eq(w->s->nodes[i].parent, code)) {
            total += w->s->nodes[i].weight;
            children++;
        }
    for (size_t i = 0; i < w->s->n && children; i++)
        if (!w->seen[i] && counts(&w->s->nodes[i]) && str_eq(w->s->nodes[i].parent, code))
            put(w, i, depth + 1, total > 0 ? share * w->s->nodes[i].weight / total : NAN);
    if (own != SIZE_MAX)
        w->line[own].leaf = w->n == own + 1;
}

void scheme_lines(const struct scheme *s, struct arena *a, struct scheme_lines *ret)
{
    *ret = (struct scheme_lines){ 0 };
    struct walk w = { .s = s,
                      .a = a,
                      .line = arena_array(a, s->n + 1, sizeof(*w.line)),
                      .seen = arena_array(a, s->n + 1, sizeof(*w.seen)),
                      .ret = ret };
    bool rooted = false;
    for (size_t i = 0; i < s->n && !rooted; i++)
        if (counts(&s->nodes[i]) && !*s->nodes[i].parent) {
            put(&w, i, 0, 1);
            rooted = true;
        }
    for (size_t i = 0; i < s->n; i++)
        if (!w.seen[i] && counts(&s->nodes[i]))
            put(&w, i, 1, NAN);
    for (size_t i = 0; i < w.n; i++) {
        int next = i + 1 < w.n ? w.line[i + 1].depth : 1;
        if (w.line[i].depth > next)
            w.line[i].closes = (size_t)(w.line[i].depth - next);
    }
    ret->line = w.line;
    ret->n = w.n;
}

const char *scheme_level_text(int depth)
{
    static const char *const names[] = { N_("一级指标"), N_("二级指标"), N_("三级指标"),
                                         N_("四级指标"), N_("五级指标"), N_("六级指标") };
    return depth >= 1 && depth <= (int)COUNT(names) ? names[depth - 1] : N_("更下级指标");
}

const char *scheme_state_text(enum scheme_state s)
{
    switch (s) {
    case SCHEME_DRAFT:
        return N_("草案");
    case SCHEME_ADOPTED:
        return N_("已采用");
    case SCHEME_RETIRED:
        return N_("不再使用");
    }
    return "";
}

const char *scheme_state_code(enum scheme_state s)
{
    return s == SCHEME_DRAFT ? "draft" : s == SCHEME_ADOPTED ? "adopted" : "retired";
}

const char *scheme_method_text(const char *method)
{
    static const struct {
        const char *code, *name;
    } list[] = {
        { "", N_("按方案统一的办法") },
        { "points", N_("扣分或加分") },
        { "goalposts", N_("目标线之间折算") },
        { "minmax", N_("按各单位最低最高折算") },
        { "scaled", N_("按固定上下限折算") },
        { "zscore", N_("按离平均多远") },
        { "dist2max", N_("按离最好的多远") },
        { "dist2ref", N_("按离参照单位多远") },
        { "dist2targ", N_("按离目标多远") },
        { "fracmax", N_("占最好的几成") },
        { "rank", N_("按名次") },
        { "prank", N_("按名次百分位") },
        { "borda", N_("按胜过几个单位") },
    };
    for (size_t i = 0; i < COUNT(list); i++)
        if (str_eq(list[i].code, method))
            return list[i].name;
    return method;
}

static const char *number(const json_t *o, const char *key, struct arena *a)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? fmt_value(a, json_number_value(v)) : NULL;
}

static void part(struct str *b, enum lang lang, const char *text, const char *v,
                 struct arena *a)
{
    if (!v)
        return;
    if (b->n)
        str_add(b, lang_text(lang, N_("，")));
    str_add(b, text_fill(a, lang_text(lang, text), "v", v, NULL));
}

const char *scheme_scoring_words(const struct scheme_node *n, enum lang lang, struct arena *a)
{
    if (!*n->scoring)
        return "";
    json_t *o = json_loads(n->scoring, JSON_REJECT_DUPLICATES, NULL);
    const char *method = json_string_value(json_object_get(o, "method"));
    struct str b;
    str_init(&b, a);
    if (str_eq(method, "points")) {
        const json_t *steps = json_object_get(o, "steps");
        const json_t *per = json_object_get(o, "per_event");
        part(&b, lang, N_("满分{v}"), number(o, "full", a), a);
        if (json_is_number(per))
            part(&b, lang, json_number_value(per) < 0 ? N_("每件扣{v}分") : N_("每件加{v}分"),
                 fmt_value(a, fabs(json_number_value(per))), a);
        part(&b, lang,
             json_is_number(per) && json_number_value(per) > 0 ? N_("至多加{v}分")
                                                               : N_("至多扣{v}分"),
             number(o, "cap", a), a);
        part(&b, lang, N_("不低于{v}分"), number(o, "floor", a), a);
        part(&b, lang, N_("加分至多{v}分"), number(o, "bonus", a), a);
        if (json_array_size(steps))
            part(&b, lang, N_("分{v}档"), arena_printf(a, "%zu", json_array_size(steps)), a);
    } else if (str_eq(method, "goalposts")) {
        part(&b, lang, N_("{v}得0分"), number(o, n->direction < 0 ? "u" : "l", a), a);
        part(&b, lang, N_("{v}得满分"), number(o, n->direction < 0 ? "l" : "u", a), a);
    }
    if (!b.n)
        str_add(&b, lang_text(lang, scheme_method_text(method ? method : "")));
    json_decref(o);
    return b.s;
}
