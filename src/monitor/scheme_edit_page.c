/*
 * A draft by hand: weights of the whole tree, and one node's formula, scoring and veto. What a
 * person typed is written only when it can be read; what the scheme as a whole still lacks is
 * said beside the field, but does not stop the saving: a draft may be unfinished.
 */
#include "base/fmt.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "monitor/panel.h"
#include "monitor/point.sql.h"
#include "monitor/readopt.h"
#include "monitor/scheme_edit.html.h"
#include "monitor/scheme_page.h"
#include "monitor/scheme_view.h"
#include "people/asker.h"
#include "stats/formula.h"
#include "store/county.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 50, EDIT_FORM_MAX = 256 << 10 };

struct editing {
    struct rq *rq;
    const struct snap *s;
    const struct scheme *sc;
    struct scheme_node *nodes; /* a copy that may be changed */
    struct point_list_row *points;
    size_t n_points;
    struct map *forms; /* points that have expired */
    struct scheme_edit_page p;
    const char *wrong_code, *wrong_text; /* a weight that could not be read */
};

static enum rc begin(struct editing *x, struct rq *rq, struct err *e)
{
    x->rq = rq;
    enum rc rc = rq_scheme(rq, x->s, &x->sc, e);
    if (rc == RC_OK && x->sc->state != SCHEME_DRAFT)
        return err_set(e, RC_CONFLICT,
                       N_("第{version}版已采用或已停用,不能再改;请以它为底起草新版"), "version",
                       arena_printf(rq->a, "%d", x->sc->version));
    if (rc == RC_OK)
        rc = point_list_all(x->s, rq->a, &x->points, &x->n_points, e);
    if (rc == RC_OK)
        rc = readopt_gone(x->s, "form", rq->a, &x->forms, e);
    if (rc == RC_OK) {
        x->nodes = arena_array(rq->a, x->sc->n, sizeof(*x->nodes));
        memcpy(x->nodes, x->sc->nodes, x->sc->n * sizeof(*x->nodes));
    }
    return rc;
}

static const char *text_of(struct arena *a, double v)
{
    struct str b;
    str_init(&b, a);
    if (!isnan(v))
        json_num(&b, v);
    return b.s;
}

/* ---- showing ---- */

static const char *json_number_text(struct arena *a, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? text_of(a, json_number_value(v)) : "";
}

static const char *steps_text(struct arena *a, const json_t *o)
{
    struct str b;
    str_init(&b, a);
    size_t i;
    json_t *step;
    json_array_foreach(json_object_get(o, "steps"), i, step)
    {
        const json_t *from =
            json_is_array(step) ? json_array_get(step, 0) : json_object_get(step, "from");
        const json_t *points =
            json_is_array(step) ? json_array_get(step, 1) : json_object_get(step, "points");
        str_addf(&b, "%s%s %s", i ? "\n" : "", text_of(a, json_number_value(from)),
                 text_of(a, json_number_value(points)));
    }
    return b.s;
}

/* ">= 1 : 60", "> 0 : 60 @A1" when another node than the parent is capped. */
static const char *veto_text(struct arena *a, const char *veto)
{
    json_t *o = *veto ? json_loads(veto, 0, NULL) : NULL;
    const char *cmp = json_string_value(json_object_get(o, "cmp")),
               *target = json_string_value(json_object_get(o, "target"));
    const char *out = "";
    if (cmp)
        out = arena_printf(a, "%s %s : %s%s%s", cmp, json_number_text(a, o, "limit"),
                           json_number_text(a, o, "cap"), target && *target ? " @" : "",
                           target ? target : "");
    json_decref(o);
    return out;
}

static void scoring_fields(struct editing *x, const struct scheme_node *n,
                           struct scheme_edit_node *p)
{
    static const char *const methods[] = { "",        "points", "goalposts", "minmax",
                                           "scaled",  "zscore", "dist2max",  "dist2targ",
                                           "fracmax", "prank",  "rank",      "borda" };
    struct arena *a = x->rq->a;
    json_t *o = *n->scoring ? json_loads(n->scoring, 0, NULL) : NULL;
    const char *method = json_string_value(json_object_get(o, "method"));
    p->method = arena_strdup(a, method ? method : "");
    p->methods = arena_array(a, COUNT(methods), sizeof(*p->methods));
    for (size_t i = 0; i < COUNT(methods); i++)
        p->methods[p->n_methods++] =
            (struct scheme_edit_node_methods){ methods[i],
                                               rq_tr(x->rq, scheme_method_text(methods[i])),
                                               str_eq(methods[i], p->method) };
    bool points = str_eq(method, "points");
    p->full = json_number_text(a, o, "full");
    p->per_event = json_number_text(a, o, "per_event");
    p->cap = points ? json_number_text(a, o, "cap") : "";
    p->floor = json_number_text(a, o, "floor");
    p->bonus = json_number_text(a, o, "bonus");
    p->steps = steps_text(a, o);
    p->low = json_number_text(a, o, n->direction < 0 ? "u" : "l");
    p->high = json_number_text(a, o, n->direction < 0 ? "l" : "u");
    p->parameters = arena_strdup(a, n->scoring);
    json_decref(o);
}

static void groups(struct editing *x, const struct scheme_node *n, struct scheme_edit_node *p)
{
    const struct units *us = rq_asker(x->rq)->units;
    struct map *seen = map_new(x->rq->a);
    size_t n_own;
    char **own = str_split(x->rq->a, n->peer_group, '|', &n_own);
    p->groups = arena_array(x->rq->a, us->n, sizeof(*p->groups));
    for (size_t i = 0; i < us->n; i++) {
        const char *g = us->all[i].peer_group;
        if (!us->all[i].assessed || !map_add(seen, g, p))
            continue;
        bool chosen = false;
        for (size_t k = 0; k < n_own; k++)
            chosen |= str_eq(own[k], g);
        p->groups[p->n_groups++] = (struct scheme_edit_node_groups){ g, g, chosen };
    }
}

static const char *path_of(struct editing *x, const struct scheme_node *n)
{
    const char *path = "";
    for (int depth = 0; *n->parent && depth < SCHEME_DEPTH_MAX; depth++) {
        const struct scheme_node *up = NULL;
        for (size_t i = 0; i < x->sc->n && !up; i++)
            if (str_eq(x->nodes[i].code, n->parent))
                up = &x->nodes[i];
        if (!up)
            break;
        path = *path ? arena_printf(x->rq->a, "%s › %s", up->name, path) : up->name;
        n = up;
    }
    return path;
}

/* What was typed and could not be taken stays as it was typed, until it is right. */
static void as_typed(const struct rq *rq, struct scheme_edit_node *p)
{
    static const struct {
        const char *field;
        size_t at;
    } texts[] = { { "name", offsetof(struct scheme_edit_node, name) },
                  { "formula", offsetof(struct scheme_edit_node, formula) },
                  { "full", offsetof(struct scheme_edit_node, full) },
                  { "per_event", offsetof(struct scheme_edit_node, per_event) },
                  { "cap", offsetof(struct scheme_edit_node, cap) },
                  { "floor", offsetof(struct scheme_edit_node, floor) },
                  { "bonus", offsetof(struct scheme_edit_node, bonus) },
                  { "low", offsetof(struct scheme_edit_node, low) },
                  { "high", offsetof(struct scheme_edit_node, high) },
                  { "steps", offsetof(struct scheme_edit_node, steps) },
                  { "direction", offsetof(struct scheme_edit_node, direction) },
                  { "measure", offsetof(struct scheme_edit_node, measure) },
                  { "owner", offsetof(struct scheme_edit_node, owner) },
                  { "standard", offsetof(struct scheme_edit_node, standard) },
                  { "source", offsetof(struct scheme_edit_node, source) },
                  { "veto", offsetof(struct scheme_edit_node, veto) } };
    const char *method = rq_field(rq, "method"), *frequency = rq_field(rq, "frequency");
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *typed = rq_field(rq, texts[i].field);
        if (typed)
            *(const char **)((char *)p + texts[i].at) = typed;
    }
    for (size_t i = 0; i < p->n_methods && method; i++)
        p->methods[i].chosen = str_eq(p->methods[i].code, method);
    for (size_t i = 0; i < p->n_frequencies && frequency; i++)
        p->frequencies[i].chosen = str_eq(p->frequencies[i].code, frequency);
    for (size_t g = 0; g < p->n_groups; g++) {
        p->groups[g].chosen = false;
        for (size_t i = 0; i < n; i++)
            p->groups[g].chosen |=
                str_eq(f[i].name, "peer_group") && str_eq(f[i].value, p->groups[g].code);
    }
}

/* A point to choose, marked when it has expired. */
static const char *point_name(const struct editing *x, size_t i)
{
    return readopt_mark(x->points[i].name, map_get(x->forms, x->points[i].code), x->rq->lang,
                        x->rq->a);
}

static void show_node(struct editing *x, const struct scheme_node *n)
{
    static const char *const words[] = { "year", "quarter", "month", "week", "day" };
    static const char *const names[] = { N_("每年"), N_("每季"), N_("每月"), N_("每周"),
                                         N_("每日") };
    struct arena *a = x->rq->a;
    const struct units *us = rq_asker(x->rq)->units;
    struct scheme_edit_node *p = arena_alloc(a, sizeof(*p));
    *p = (struct scheme_edit_node){ .code = n->code,
                                    .name = n->name,
                                    .leaf = n->level == 1,
                                    .path = path_of(x, n),
                                    .formula = n->formula,
                                    .direction = n->direction < 0 ? "-1" : "1",
                                    .measure = n->unit_of_measure,
                                    .owner = n->owner,
                                    .frequency = n->frequency,
                                    .standard = n->standard,
                                    .source = n->source,
                                    .veto = veto_text(a, n->veto) };
    scoring_fields(x, n, p);
    groups(x, n, p);
    p->frequencies = arena_array(a, COUNT(words) + 1, sizeof(*p->frequencies));
    p->frequencies[p->n_frequencies++] =
        (struct scheme_edit_node_frequencies){ "", rq_tr(x->rq, N_("随监测点")),
                                               !*n->frequency };
    for (size_t i = 0; i < COUNT(words); i++)
        p->frequencies[p->n_frequencies++] =
            (struct scheme_edit_node_frequencies){ words[i], rq_tr(x->rq, names[i]),
                                                   str_eq(words[i], n->frequency) };
    p->points = arena_array(a, x->n_points, sizeof(*p->points));
    for (size_t i = 0; i < x->n_points; i++)
        if (str_eq(x->points[i].indicator, n->code)) {
            const struct unit *owner = units_find(us, x->points[i].owner);
            p->points[p->n_points++] =
                (struct scheme_edit_node_points){ x->points[i].code, point_name(x, i),
                                                  owner ? owner->name : x->points[i].owner };
        }
    if (x->p.error && str_eq(rq_field(x->rq, "node"), n->code))
        as_typed(x->rq, p);
    x->p.node = p;
}

/* Page of the draft as x->nodes has it; node: the code of the one shown at the side, or NULL.
 */
static enum rc render(struct editing *x, const char *node, struct err *e)
{
    struct rq *rq = x->rq;
    struct scheme now = *x->sc;
    now.nodes = x->nodes;
    const char **text, **code;
    size_t n_problems;
    enum rc rc = rq_scheme_problems(rq, x->s, &now, &text, &code, &n_problems, e);
    if (rc != RC_OK)
        return rc;
    struct scheme_lines lines;
    scheme_lines(&now, rq->a, &lines);
    x->p.version = now.version;
    x->p.name = now.name;
    x->p.counts = arena_array(rq->a, (size_t)lines.depth, sizeof(*x->p.counts));
    for (int d = 1; d <= lines.depth; d++)
        x->p.counts[x->p.n_counts++] =
            (struct scheme_edit_counts){ rq_tr(rq, scheme_level_text(d)),
                                         (int64_t)lines.per_depth[d] };
    x->p.nodes = arena_array(rq->a, lines.n, sizeof(*x->p.nodes));
    for (size_t i = 0; i < lines.n; i++) {
        const struct scheme_node *n = &x->nodes[lines.line[i].at];
        struct scheme_edit_nodes row = { .depth = lines.line[i].depth,
                                         .code = n->code,
                                         .name = n->name,
                                         .here = str_eq(n->code, node),
                                         .weight = text_of(rq->a, n->weight),
                                         .field = arena_printf(rq->a, "weight:%s", n->code),
                                         .share = lines.line[i].share };
        for (size_t k = 0; k < n_problems && !row.why; k++)
            if (str_eq(code[k], n->code))
                row.why = text[k];
        if (str_eq(x->wrong_code, n->code))
            row.why = x->wrong_text;
        if (x->wrong_code && rq_field(rq, row.field))
            row.weight = rq_field(rq, row.field); /* all as typed, not only the wrong one */
        if (row.here)
            show_node(x, n);
        if (lines.line[i].depth == 1)
            x->p.weight_total += n->weight;
        x->p.nodes[x->p.n_nodes++] = row;
    }
    if (node && !x->p.node)
        return err_set(e, RC_NOTFOUND, N_("这一版里没有指标「{code}」"), "code", node);
    for (size_t k = 0; k < n_problems && !x->p.error; k++)
        if (!*code[k])
            x->p.error = text[k];
    x->p.point_names = arena_array(rq->a, x->n_points, sizeof(*x->p.point_names));
    for (size_t i = 0; i < x->n_points; i++)
        x->p.point_names[x->p.n_point_names++] =
            (struct scheme_edit_point_names){ x->points[i].code, point_name(x, i) };
    rq_crumb(rq, rq_tr(rq, N_("指标方案")), "/scheme");
    return scheme_edit_render(rq, &x->p, e);
}

static enum rc scheme_edit_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    struct editing x = { .s = s };
    if (rc == RC_OK)
        rc = begin(&x, rq, e);
    if (rc != RC_OK)
        return rc;
    x.p.saved = rq_query(rq, "saved") != NULL;
    return render(&x, rq_query(rq, "node"), e);
}

/* ---- taking in ---- */

static enum rc save(struct editing *x, const char *back, struct err *e)
{
    struct scheme now = *x->sc;
    int version;
    now.nodes = x->nodes;
    enum rc rc = rq_scheme_write(x->rq, &now, &version, e);
    return rc == RC_OK ? web_done(x->rq, back, e) : rc;
}

/* Weights are weight:CODE fields; a field that does not come stays as it is. */
static enum rc read_weights(struct editing *x, struct err *e)
{
    for (size_t i = 0; i < x->sc->n; i++) {
        struct scheme_node *n = &x->nodes[i];
        const char *field = arena_printf(x->rq->a, "weight:%s", n->code),
                   *text = rq_field(x->rq, field);
        double v;
        if (!text)
            continue;
        text = str_trim(x->rq->a, text);
        if (!parse_real_n(text, strlen(text), &v) || v <= 0) {
            x->wrong_code = n->code;
            return err_set(e, RC_INVALID, N_("“{name}”的权重应是大于0的数,现在是“{given}”"),
                           "name", n->name, "given", text);
        }
        n->weight = v;
    }
    return RC_OK;
}

static enum rc scheme_weights_post(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    struct editing x = { .s = s };
    if (rc == RC_OK)
        rc = begin(&x, rq, e);
    if (rc != RC_OK)
        return rc;
    rc = read_weights(&x, e);
    if (rc == RC_INVALID && !rq->json) {
        x.wrong_text = x.p.error = err_message(e, rq->lang, rq->a);
        x.p.error_field = arena_printf(rq->a, "weight:%s", x.wrong_code);
        err_done(e);
        rq->status = 400;
        return render(&x, NULL, e);
    }
    return rc == RC_OK
               ? save(&x, arena_printf(rq->a, "/scheme/%d/edit?saved=1", x.sc->version), e)
               : rc;
}

/* An optional number of the form into o under key. */
static enum rc put_number(struct rq *rq, const char *field, const char *label, json_t *o,
                          const char *key, struct err *e)
{
    double v = NAN;
    enum rc rc = rq_real_opt(rq, field, label, &v, e);
    if (rc == RC_OK && !isnan(v))
        json_object_set_new(o, key, json_real(v));
    return rc;
}

static enum rc put_steps(struct rq *rq, json_t *o, struct err *e)
{
    const char *text;
    enum rc rc = rq_text_opt(rq, "steps", N_("分档"), SCHEME_FIELD_MAX, &text, e);
    if (rc != RC_OK || !*text)
        return rc;
    size_t n;
    char **lines = str_split(rq->a, text, '\n', &n);
    json_t *list = json_array();
    json_object_set_new(o, "steps", list);
    for (size_t i = 0; i < n; i++) {
        const char *line = str_trim(rq->a, lines[i]);
        if (!*line)
            continue;
        size_t gap = strcspn(line, " \t,:");
        const char *rest = str_trim(rq->a, line + gap + strspn(line + gap, " \t,:"));
        double from, points;
        if (json_array_size(list) >= STEPS_MAX || !parse_real_n(line, gap, &from) ||
            !parse_real_n(rest, strlen(rest), &points))
            return err_set(e, RC_INVALID, N_("分档第{n}行应写成“界线 得分”,如“90 60”"), "n",
                           arena_printf(rq->a, "%zu", i + 1));
        json_array_append_new(list, json_pack("[f,f]", from, points));
    }
    return RC_OK;
}

/* The scoring the form describes, over what the node had when the method stays: parameters
 * without a field are kept. */
static enum rc read_scoring(struct rq *rq, struct scheme_node *n, const char **ret_field,
                            struct err *e)
{
    const char *method = rq_field(rq, "method");
    if (!method)
        return RC_OK;
    if (!*method) {
        n->scoring = "";
        return RC_OK;
    }
    *ret_field = "method";
    if (norm_by_name(method) == NORM_METHODS)
        return err_set(e, RC_INVALID, N_("没有“{method}”这种计分办法"), "method", method);
    json_t *o = *n->scoring ? json_loads(n->scoring, 0, NULL) : NULL;
    if (!json_is_object(o) ||
        !str_eq(json_string_value(json_object_get(o, "method")), method)) {
        json_decref(o);
        o = json_object();
        json_object_set_new(o, "method", json_string(method));
    }
    enum rc rc = RC_OK;
    if (str_eq(method, "points")) {
        static const struct {
            const char *name, *label;
        } fields[] = { { "full", N_("满分") },
                       { "per_event", N_("每件") },
                       { "cap", N_("扣分上限") },
                       { "floor", N_("最低分") },
                       { "bonus", N_("加分上限") } };
        json_object_del(o, "steps");
        for (size_t i = 0; i < COUNT(fields) && rc == RC_OK; i++) {
            *ret_field = fields[i].name;
            json_object_del(o, fields[i].name);
            rc = put_number(rq, fields[i].name, fields[i].label, o, fields[i].name, e);
        }
        if (rc == RC_OK) {
            *ret_field = "steps";
            rc = put_steps(rq, o, e);
        }
    } else if (str_eq(method, "goalposts") || str_eq(method, "scaled")) {
        bool less = n->direction < 0;
        *ret_field = "low";
        json_object_del(o, "l");
        json_object_del(o, "u");
        rc = put_number(rq, "low", N_("得0分"), o, less ? "u" : "l", e);
        if (rc == RC_OK) {
            *ret_field = "high";
            rc = put_number(rq, "high", N_("得满分"), o, less ? "l" : "u", e);
        }
    }
    char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    if (rc == RC_OK)
        n->scoring = arena_strdup(rq->a, text);
    free(text);
    json_decref(o);
    return rc;
}

/* "[CODE] > 0 : 60 [@TARGET]": the indicator's own value is what is looked at, so a name before
 * the sign must be its own. */
static enum rc read_veto(struct editing *x, struct scheme_node *n, struct err *e)
{
    static const char *const cmps[] = { "<=", ">=", "==", "!=", "<", ">" };
    struct arena *a = x->rq->a;
    const char *text;
    enum rc rc = rq_text_opt(x->rq, "veto", N_("一票否决"), SCHEME_FIELD_MAX, &text, e);
    if (rc != RC_OK)
        return rc;
    if (!*text) {
        n->veto = "";
        return RC_OK;
    }
    size_t at = strcspn(text, "<>=!"), c = 0;
    while (c < COUNT(cmps) && !str_starts(text + at, cmps[c]))
        c++;
    const char *name = str_trim(a, arena_strndup(a, text, at));
    bool own = !*name || str_eq(name, n->code);
    for (size_t i = 0; i < x->n_points && !own; i++)
        own = str_eq(x->points[i].code, name) && str_eq(x->points[i].indicator, n->code) &&
              !*n->formula;
    double limit = NAN, cap = NAN;
    const char *rest = c < COUNT(cmps) ? text + at + strlen(cmps[c]) : "";
    size_t n_sides, n_cap = 0;
    char **sides = str_split(a, rest, ':', &n_sides), **caps = NULL;
    if (n_sides == 2)
        caps = str_split(a, sides[1], '@', &n_cap);
    const char *l = str_trim(a, sides[0]), *r = caps ? str_trim(a, caps[0]) : "";
    const char *target = n_cap == 2 ? str_trim(a, caps[1]) : "";
    if (!own || c == COUNT(cmps) || n_sides != 2 || n_cap > 2 ||
        !parse_real_n(l, strlen(l), &limit) || !parse_real_n(r, strlen(r), &cap))
        return err_set(e, RC_INVALID,
                       N_("一票否决应写成“{example}”: "
                          "本指标的数值满足条件时,上级得分最多60;要压低别的上级,后面加“@代码”"),
                       "example", arena_printf(a, "%s > 0 : 60", n->code));
    json_t *o = json_pack("{s:s, s:f, s:f}", "cmp", cmps[c], "limit", limit, "cap", cap);
    if (*target)
        json_object_set_new(o, "target", json_string(target));
    char *json = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    n->veto = arena_strdup(a, json);
    free(json);
    json_decref(o);
    return RC_OK;
}

static bool point_known(const void *arg, const char *name, enum formula_type *ret_type)
{
    const struct editing *x = arg;
    *ret_type = FORMULA_NUMBER;
    for (size_t i = 0; i < x->n_points; i++)
        if (str_eq(x->points[i].code, name))
            return true;
    return false;
}

static enum rc read_leaf(struct editing *x, struct scheme_node *n, const char **ret_field,
                         struct err *e)
{
    static const struct {
        const char *name, *label;
        size_t at;
    } texts[] = { { "measure", N_("计量单位"), offsetof(struct scheme_node, unit_of_measure) },
                  { "owner", N_("责任单位"), offsetof(struct scheme_node, owner) },
                  { "standard", N_("评分标准原文"), offsetof(struct scheme_node, standard) },
                  { "source", N_("数据来源"), offsetof(struct scheme_node, source) },
                  { "frequency", N_("周期"), offsetof(struct scheme_node, frequency) },
                  { "formula", N_("公式"), offsetof(struct scheme_node, formula) } };
    struct rq *rq = x->rq;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < COUNT(texts) && rc == RC_OK; i++) {
        if (!rq_field(rq, texts[i].name))
            continue;
        *ret_field = texts[i].name;
        rc = rq_text_opt(rq, texts[i].name, texts[i].label, SCHEME_FIELD_MAX,
                         (const char **)((char *)n + texts[i].at), e);
    }
    if (rc == RC_OK && *n->frequency && !frequency_of(n->frequency)) {
        *ret_field = "frequency";
        rc = err_set(e, RC_INVALID, N_("周期应为 year、quarter、month、week 或 day"));
    }
    const char *direction = rq_field(rq, "direction");
    if (direction)
        n->direction = str_eq(direction, "-1") ? -1 : 1;
    size_t n_fields;
    const struct field *fields = rq_fields(rq, &n_fields);
    struct str list;
    str_init(&list, rq->a);
    for (size_t i = 0; i < n_fields; i++)
        if (str_eq(fields[i].name, "peer_group"))
            str_addf(&list, "%s%s", list.n ? "|" : "", fields[i].value);
    n->peer_group = list.s;
    if (rc == RC_OK)
        rc = read_scoring(rq, n, ret_field, e);
    if (rc == RC_OK) {
        *ret_field = "veto";
        rc = read_veto(x, n, e);
    }
    const struct formula *f;
    if (rc == RC_OK && *n->formula) {
        *ret_field = "formula";
        rc = formula_compile(rq->a, n->formula, point_known, x, &f, e);
    }
    return rc;
}

/* The scheme with the changed node as a whole: scoring parameters and the veto's target are
 * checked by who uses them. */
static enum rc check_whole(struct editing *x, const struct scheme_node *n,
                           const char **ret_field, struct err *e)
{
    struct scheme one = *x->sc;
    struct scheme_plan plan;
    CLEANUP(err_done) struct err before = { 0 };
    /* A draft that did not hold together before is not the fault of this change. */
    if (scheme_plan(&one, INT32_MAX, x->rq->a, &plan, &before) != RC_OK)
        return RC_OK;
    one.nodes = x->nodes;
    *ret_field = *n->veto && str_eq(*ret_field, "veto") ? "veto" : "method";
    return scheme_plan(&one, INT32_MAX, x->rq->a, &plan, e);
}

static enum rc scheme_node_post(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *code, *field = "name";
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    struct editing x = { .s = s };
    if (rc == RC_OK)
        rc = begin(&x, rq, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "node", N_("指标"), &code, e);
    if (rc != RC_OK)
        return rc;
    struct scheme_node *n = NULL;
    for (size_t i = 0; i < x.sc->n && !n; i++)
        if (str_eq(x.nodes[i].code, code))
            n = &x.nodes[i];
    if (!n)
        return err_set(e, RC_NOTFOUND, N_("这一版里没有指标「{code}」"), "code", code);
    rc = rq_text(rq, "name", N_("名称"), SCHEME_NAME_MAX, &n->name, e);
    if (rc == RC_OK && n->level == 1)
        rc = read_leaf(&x, n, &field, e);
    if (rc == RC_OK)
        rc = check_whole(&x, n, &field, e);
    if (rc == RC_INVALID && !rq->json) {
        x.p.error = err_message(e, rq->lang, rq->a);
        x.p.error_field = field;
        err_done(e);
        rq->status = 400;
        rc = render(&x, code, e);
        return rc;
    }
    return rc == RC_OK ? save(&x,
                              arena_printf(rq->a, "/scheme/%d/edit?node=%s&saved=1#node",
                                           x.sc->version, code),
                              e)
                       : rc;
}

const struct route scheme_edit_routes[] = {
    { .method = GET,
      .path = "/scheme/:version/edit",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = scheme_edit_show,
      .page = &scheme_edit_kind,
      .help = N_("编制一版草案") },
    { .method = POST,
      .path = "/scheme/:version/weights",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = scheme_weights_post,
      .body_max = EDIT_FORM_MAX,
      .help = N_("保存草案的权重: weight:代码") },
    { .method = POST,
      .path = "/scheme/:version/node",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = scheme_node_post,
      .help = N_("保存草案的一项") },
};
const size_t scheme_edit_routes_n = COUNT(scheme_edit_routes);
