/*
 * The engine's configuration from JSON. Each object of the format has a list of its keys; one
 * function refuses what is not on the list, and readers by type name the path. No key is read
 * twice or skipped silently.
 */
#include "monitor/score_config.h"

#include "base/str.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Where we are: the object, its path for messages. */
struct at {
    struct arena *a;
    json_t *o;
    const char *path; /* "" at the top */
    struct err *e;
};

static const char *path_of(const struct at *at, const char *key)
{
    return *at->path == '\0' ? key : arena_printf(at->a, "%s.%s", at->path, key);
}

static enum rc bad(const struct at *at, const char *key, const char *text, const char *allowed)
{
    return err_set(at->e, RC_INVALID, text, "key", path_of(at, key), "allowed",
                   allowed == NULL ? "" : allowed);
}

static const char *joined(struct arena *a, const char *const *names)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; names[i] != NULL; i++)
        str_addf(&b, "%s%s", i == 0 ? "" : " ", names[i]);
    return b.s;
}

/* The object's keys are all among names (ended by NULL). */
static enum rc only(const struct at *at, const char *const *names)
{
    const char *key;
    json_t *value;
    json_object_foreach(at->o, key, value)
    {
        size_t i = 0;
        while (names[i] != NULL && !str_eq(names[i], key))
            i++;
        if (names[i] == NULL)
            return bad(at, key, N_("配置里不认识 {key};可用:{allowed}"), joined(at->a, names));
    }
    return RC_OK;
}

/* ret->o is NULL when the key is absent. */
static enum rc enter(const struct at *at, const char *key, struct at *ret)
{
    *ret = (struct at){
        .a = at->a, .e = at->e, .path = path_of(at, key), .o = json_object_get(at->o, key)
    };
    if (ret->o != NULL && !json_is_object(ret->o))
        return bad(at, key, N_("配置里 {key} 应是一个 JSON 对象"), NULL);
    return RC_OK;
}

static enum rc get_real(const struct at *at, const char *key, double min, double max,
                        double *ret)
{
    json_t *v = json_object_get(at->o, key);
    if (v == NULL)
        return RC_OK;
    double x = json_is_number(v) ? json_number_value(v) : NAN;
    if (!(x >= min && x <= max))
        return bad(at, key, N_("配置里 {key} 应是数,范围 {allowed}"),
                   arena_printf(at->a, "%g … %g", min, max));
    *ret = x;
    return RC_OK;
}

/* A whole number; 5.0 is one too: some programs write every number with a point. */
static bool whole(const json_t *v, int64_t min, int64_t max, int64_t *ret)
{
    double x = json_is_real(v) ? json_real_value(v) : 0;
    if (!json_is_number(v) || x != floor(x) || fabs(x) > 0x1p53)
        return false;
    int64_t i = json_is_real(v) ? (int64_t)x : json_integer_value(v);
    if (i < min || i > max)
        return false;
    *ret = i;
    return true;
}

static enum rc get_int(const struct at *at, const char *key, int64_t min, int64_t max,
                       int64_t *ret)
{
    json_t *v = json_object_get(at->o, key);
    if (v != NULL && !whole(v, min, max, ret))
        return bad(at, key, N_("配置里 {key} 应是整数,范围 {allowed}"),
                   arena_printf(at->a, "%lld … %lld", (long long)min, (long long)max));
    return RC_OK;
}

static enum rc get_bool(const struct at *at, const char *key, bool *ret)
{
    json_t *v = json_object_get(at->o, key);
    if (v == NULL)
        return RC_OK;
    if (!json_is_boolean(v))
        return bad(at, key, N_("配置里 {key} 应是 true 或 false"), NULL);
    *ret = json_is_true(v);
    return RC_OK;
}

static enum rc get_text(const struct at *at, const char *key, const char **ret)
{
    json_t *v = json_object_get(at->o, key);
    if (v == NULL)
        return RC_OK;
    if (!json_is_string(v) || *json_string_value(v) == '\0' ||
        strlen(json_string_value(v)) != json_string_length(v))
        return bad(at, key, N_("配置里 {key} 应是文字"), NULL);
    *ret = arena_strdup(at->a, json_string_value(v));
    return RC_OK;
}

/* One of the names (ended by NULL): its index into *ret. */
static enum rc get_choice(const struct at *at, const char *key, const char *const *names,
                          int *ret)
{
    json_t *v = json_object_get(at->o, key);
    if (v == NULL)
        return RC_OK;
    for (int i = 0; json_is_string(v) && names[i] != NULL; i++)
        if (str_eq(names[i], json_string_value(v))) {
            *ret = i;
            return RC_OK;
        }
    return bad(at, key, N_("配置里 {key} 应是其中之一:{allowed}"), joined(at->a, names));
}

/* ---- normalise ---- */

static const char *const norm_names[] = { "minmax",   "scaled",    "zscore",    "dist2max",
                                          "dist2ref", "dist2targ", "fracmax",   "rank",
                                          "prank",    "borda",     "goalposts", "points",
                                          NULL };

/* [[from, points], …] or [{"from": …, "points": …}, …] */
static enum rc get_steps(const struct at *at, struct points *p)
{
    json_t *list = json_object_get(at->o, "steps");
    if (list == NULL)
        return RC_OK;
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n == 0 || n > SCORE_CONFIG_LIST_MAX)
        return bad(at, "steps", N_("配置里 {key} 应是 {allowed}"), "[[from, points], …]");
    struct points_step *s = arena_array(at->a, n, sizeof(*s));
    for (size_t i = 0; i < n; i++) {
        json_t *v = json_array_get(list, i), *from = NULL, *points = NULL;
        if (json_is_array(v) && json_array_size(v) == 2) {
            from = json_array_get(v, 0);
            points = json_array_get(v, 1);
        } else if (json_is_object(v) && json_object_size(v) == 2) {
            from = json_object_get(v, "from");
            points = json_object_get(v, "points");
        }
        if (!json_is_number(from) || !json_is_number(points))
            return bad(at, arena_printf(at->a, "steps[%zu]", i),
                       N_("配置里 {key} 应是 {allowed}"), "[from, points]");
        s[i] = (struct points_step){ json_number_value(from), json_number_value(points) };
    }
    p->steps = s;
    p->n_steps = n;
    return RC_OK;
}

/* "cap" is yes or no for the distances and a number of points for points. */
static enum rc get_cap(const struct at *at, struct norm *norm)
{
    json_t *v = json_object_get(at->o, "cap");
    if (v == NULL || json_is_boolean(v))
        return get_bool(at, "cap", &norm->cap);
    if (!json_is_number(v) || json_number_value(v) < 0)
        return bad(at, "cap", N_("配置里 {key} 应是 true、false 或不小于 0 的数"), NULL);
    norm->points.cap = json_number_value(v);
    return RC_OK;
}

static enum rc get_norm_parameters(const struct at *at, struct norm *norm)
{
    const struct {
        const char *key;
        double *to;
    } reals[] = { { "l", &norm->l },
                  { "u", &norm->u },
                  { "s", &norm->s },
                  { "m", &norm->m },
                  { "a", &norm->a },
                  { "full", &norm->points.full },
                  { "per_event", &norm->points.per_event },
                  { "floor", &norm->points.floor },
                  { "bonus", &norm->points.bonus } };
    for (size_t i = 0; i < COUNT(reals); i++) {
        enum rc rc = get_real(at, reals[i].key, -1e300, 1e300, reals[i].to);
        if (rc != RC_OK)
            return rc;
    }
    enum rc rc = get_cap(at, norm);
    if (rc == RC_OK)
        rc = get_text(at, "ref", &norm->ref);
    if (rc == RC_OK)
        rc = get_steps(at, &norm->points);
    return rc;
}

/* *ret_own: the object names a method. */
static enum rc get_norm(const struct at *at, const struct norm *base, struct norm *ret,
                        bool *ret_own)
{
    int method = (int)base->method;
    enum rc rc = get_choice(at, "method", norm_names, &method);
    if (rc != RC_OK)
        return rc;
    *ret = (enum norm_method)method == base->method ? *base : norm_default();
    ret->method = (enum norm_method)method;
    *ret_own = json_object_get(at->o, "method") != NULL;
    rc = get_norm_parameters(at, ret);
    return rc != RC_OK ? rc : norm_check(ret, at->path, at->e);
}

#define NORM_KEYS                                                                              \
    "method", "l", "u", "s", "m", "a", "ref", "cap", "full", "per_event", "floor", "bonus",    \
        "steps"

static enum rc get_norm_overrides(const struct at *at, const struct scheme_tree *tree,
                                  struct engine_config *c)
{
    static const char *const keys[] = { NORM_KEYS, NULL };
    struct at per;
    enum rc rc = enter(at, "per", &per);
    if (rc != RC_OK || per.o == NULL)
        return rc;
    struct norm_override *list = arena_array(at->a, json_object_size(per.o), sizeof(*list));
    const char *code;
    json_t *value;
    size_t n = 0;
    json_object_foreach(per.o, code, value)
    {
        struct at one;
        size_t node = scheme_find(tree, code);
        if (node == NODE_NONE || !tree->nodes[node].leaf)
            return bad(&per, code, N_("配置里 {key}:体系中没有这个指标"), NULL);
        rc = enter(&per, code, &one);
        if (rc == RC_OK)
            rc = only(&one, keys);
        if (rc == RC_OK)
            rc = get_norm(&one, &c->normalise, &list[n].norm, &list[n].own_method);
        if (rc != RC_OK)
            return rc;
        list[n++].node = node;
    }
    c->per = list;
    c->n_per = n;
    return RC_OK;
}

static enum rc get_normalise(const struct at *top, const struct scheme_tree *tree,
                             struct engine_config *c)
{
    static const char *const keys[] = { NORM_KEYS, "per", NULL };
    struct at at;
    bool own;
    enum rc rc = enter(top, "normalise", &at);
    if (rc != RC_OK || at.o == NULL)
        return rc;
    rc = only(&at, keys);
    if (rc == RC_OK)
        rc = get_norm(&at, &c->normalise, &c->normalise, &own);
    return rc != RC_OK ? rc : get_norm_overrides(&at, tree, c);
}

/* ---- aggregate ---- */

static const char *const agg_names[] = {
    "amean", "gmean", "hmean", "genmean", "copeland", NULL
};

static enum rc get_agg(const struct at *at, struct agg *agg, bool *ret_own)
{
    int method = (int)agg->method;
    enum rc rc = get_choice(at, "method", agg_names, &method);
    agg->method = (enum agg_method)method;
    *ret_own = json_object_get(at->o, "method") != NULL;
    if (rc == RC_OK)
        rc = get_real(at, "p", -1e6, 1e6, &agg->p);
    if (rc == RC_OK && agg->p == 0)
        rc = bad(at, "p", N_("配置里 {key} 不能为 0(几何平均请用 gmean)"), NULL);
    if (rc == RC_OK)
        rc = get_real(at, "threshold", 0, 1, &agg->threshold);
    return rc;
}

static enum rc get_level(const struct at *per, const char *key, const struct scheme_tree *tree,
                         const struct agg *base, struct agg_override *ret)
{
    static const char *const keys[] = { "method", "p", "threshold", NULL };
    int level = 0;
    for (const char *s = key; *s >= '0' && *s <= '9' && level < 1000; s++)
        level = level * 10 + (*s - '0');
    if (!str_eq(arena_printf(per->a, "%d", level), key) || level < 2 || level > tree->n_levels)
        return bad(per, key, N_("配置里 {key}:应是层级 {allowed}"),
                   arena_printf(per->a, "2 … %d", tree->n_levels));
    struct at one;
    *ret = (struct agg_override){ .level = level, .agg = *base };
    enum rc rc = enter(per, key, &one);
    if (rc == RC_OK)
        rc = only(&one, keys);
    return rc != RC_OK ? rc : get_agg(&one, &ret->agg, &ret->own_method);
}

static enum rc get_aggregate(const struct at *top, const struct scheme_tree *tree,
                             struct engine_config *c)
{
    static const char *const keys[] = { "method", "p", "threshold", "per_level", NULL };
    struct at at, per;
    bool own;
    enum rc rc = enter(top, "aggregate", &at);
    if (rc != RC_OK || at.o == NULL)
        return rc;
    rc = only(&at, keys);
    if (rc == RC_OK)
        rc = get_agg(&at, &c->aggregate, &own);
    if (rc == RC_OK)
        rc = enter(&at, "per_level", &per);
    if (rc != RC_OK || per.o == NULL)
        return rc;
    struct agg_override *list = arena_array(at.a, json_object_size(per.o), sizeof(*list));
    const char *key;
    json_t *value;
    size_t n = 0;
    json_object_foreach(per.o, key, value)
    {
        rc = get_level(&per, key, tree, &c->aggregate, &list[n++]);
        if (rc != RC_OK)
            return rc;
    }
    c->per_level = list;
    c->n_per_level = n;
    return RC_OK;
}

/* ---- the other steps ---- */

static enum rc get_impute(const struct at *top, struct score_config *c)
{
    static const char *const keys[] = { "method", "group", NULL };
    static const char *const names[] = { "none",       "mean",         "median",
                                         "group_mean", "group_median", NULL };
    struct at at;
    int method = IMPUTE_NONE;
    enum rc rc = enter(top, "impute", &at);
    if (rc != RC_OK || at.o == NULL)
        return rc;
    rc = only(&at, keys);
    if (rc == RC_OK)
        rc = get_choice(&at, "method", names, &method);
    if (rc == RC_OK)
        rc = get_text(&at, "group", &c->group);
    c->engine.impute = (enum impute_method)method;
    if (rc == RC_OK && method >= IMPUTE_GROUP_MEAN && c->group == NULL)
        rc = bad(&at, "group", N_("配置里缺少 {key}:按组补缺要指明分组的列"), NULL);
    if (method < IMPUTE_GROUP_MEAN)
        c->group = NULL; /* like every parameter of another method: allowed and not looked at */
    return rc;
}

static enum rc get_screen(const struct at *top, struct engine_config *c)
{
    static const char *const keys[] = { "method", "threshold", NULL };
    static const char *const names[] = { "none", "by_na", NULL };
    struct at at;
    int method = SCREEN_NONE;
    enum rc rc = enter(top, "screen", &at);
    if (rc != RC_OK || at.o == NULL)
        return rc;
    rc = only(&at, keys);
    if (rc == RC_OK)
        rc = get_choice(&at, "method", names, &method);
    if (rc == RC_OK)
        rc = get_real(&at, "threshold", 0, 1, &c->screen_threshold);
    c->screen = (enum screen_method)method;
    return rc;
}

static enum rc get_treat(const struct at *top, struct engine_config *c)
{
    static const char *const keys[] = { "method", "winmax", "skew", "kurt", NULL };
    static const char *const names[] = { "none", "default", NULL };
    struct at at;
    int method = 1;
    int64_t winmax = c->treat_limits.winmax;
    enum rc rc = enter(top, "treat", &at);
    if (rc != RC_OK || at.o == NULL)
        return rc;
    rc = only(&at, keys);
    if (rc == RC_OK)
        rc = get_choice(&at, "method", names, &method);
    if (rc == RC_OK)
        rc = get_int(&at, "winmax", 0, INT32_MAX, &winmax);
    if (rc == RC_OK)
        rc = get_real(&at, "skew", 0, 1e300, &c->treat_limits.skew);
    if (rc == RC_OK)
        rc = get_real(&at, "kurt", -1e300, 1e300, &c->treat_limits.kurt);
    c->treat_limits.winmax = (int)winmax;
    c->treat = method == 1;
    return rc;
}

static enum rc get_weights(const struct at *top, struct engine_config *c)
{
    static const char *const keys[] = { "method", NULL };
    static const char *const names[] = { "meta", "equal", NULL };
    struct at at;
    int method = WEIGHT_META;
    enum rc rc = enter(top, "weights", &at);
    if (rc != RC_OK || at.o == NULL)
        return rc;
    rc = only(&at, keys);
    if (rc == RC_OK)
        rc = get_choice(&at, "method", names, &method);
    c->weights = (enum weight_method)method;
    return rc;
}

/* A list of names as indexes (NULL: of whole numbers from 0). */
static enum rc get_list(const struct at *at, const char *key, const char *const *names,
                        int **ret, size_t *ret_n)
{
    json_t *list = json_object_get(at->o, key);
    if (list == NULL)
        return RC_OK;
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > SCORE_CONFIG_LIST_MAX)
        return bad(at, key, N_("配置里 {key} 应是列表 […]"), NULL);
    int *v = arena_array(at->a, n, sizeof(*v));
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_array_get(list, i);
        const char *name = arena_printf(at->a, "%s[%zu]", key, i);
        size_t k = 0;
        while (names != NULL && names[k] != NULL &&
               !(json_is_string(one) && str_eq(names[k], json_string_value(one))))
            k++;
        if (names != NULL && names[k] == NULL)
            return bad(at, name, N_("配置里 {key} 应是其中之一:{allowed}"),
                       joined(at->a, names));
        int64_t number = 0;
        if (names == NULL && !whole(one, 0, INT32_MAX, &number))
            return bad(at, name, N_("配置里 {key} 应是不小于 0 的整数"), NULL);
        v[i] = names != NULL ? (int)k : (int)number;
    }
    *ret = v;
    *ret_n = n;
    return RC_OK;
}

static enum rc get_uncertainty(const struct at *top, struct engine_config *c)
{
    static const char *const keys[] = {
        "replications", "seed", "weight_noise", "normalise", "aggregate", "winmax", NULL
    };
    struct at at;
    struct uncertainty *u = &c->uncertainty;
    enum rc rc = enter(top, "uncertainty", &at);
    if (rc != RC_OK || at.o == NULL)
        return rc;
    int64_t reps = 1000, seed = 1;
    int *norms = NULL, *aggs = NULL, *winmax = NULL;
    rc = only(&at, keys);
    if (rc == RC_OK)
        rc = get_int(&at, "replications", 1, REPLICATIONS_MAX, &reps);
    if (rc == RC_OK)
        rc = get_int(&at, "seed", 0, INT64_MAX, &seed);
    if (rc == RC_OK)
        rc = get_real(&at, "weight_noise", 0, 0.999999, &u->weight_noise);
    if (rc == RC_OK)
        rc = get_list(&at, "normalise", norm_names, &norms, &u->n_normalise);
    if (rc == RC_OK)
        rc = get_list(&at, "aggregate", agg_names, &aggs, &u->n_aggregate);
    if (rc == RC_OK)
        rc = get_list(&at, "winmax", NULL, &winmax, &u->n_winmax);
    if (rc != RC_OK)
        return rc;
    enum norm_method *m = arena_array(at.a, u->n_normalise, sizeof(*m));
    for (size_t i = 0; i < u->n_normalise; i++)
        m[i] = (enum norm_method)norms[i];
    enum agg_method *g = arena_array(at.a, u->n_aggregate, sizeof(*g));
    for (size_t i = 0; i < u->n_aggregate; i++)
        g[i] = (enum agg_method)aggs[i];
    u->normalise = m;
    u->aggregate = g;
    u->winmax = winmax;
    u->replications = (size_t)reps;
    u->seed = (uint64_t)seed;
    return RC_OK;
}

static enum rc get_sensitivity(const struct at *top, struct engine_config *c)
{
    static const char *const keys[] = { "samples", "seed", NULL };
    struct at at;
    enum rc rc = enter(top, "sensitivity", &at);
    if (rc != RC_OK || at.o == NULL)
        return rc;
    int64_t samples = 500, seed = 1;
    rc = only(&at, keys);
    if (rc == RC_OK)
        rc = get_int(&at, "samples", 2, REPLICATIONS_MAX, &samples);
    if (rc == RC_OK)
        rc = get_int(&at, "seed", 0, INT64_MAX, &seed);
    c->sensitivity = (struct sensitivity){ .samples = (size_t)samples, .seed = (uint64_t)seed };
    return rc;
}

static enum rc read_all(const struct at *top, const struct scheme_tree *tree,
                        struct score_config *c)
{
    static const char *const keys[] = { "denominate",  "impute",    "screen",  "treat",
                                        "normalise",   "aggregate", "weights", "uncertainty",
                                        "sensitivity", NULL };
    struct engine_config *g = &c->engine;
    enum rc rc = only(top, keys);
    if (rc == RC_OK)
        rc = get_bool(top, "denominate", &g->denominate);
    if (rc == RC_OK)
        rc = get_impute(top, c);
    if (rc == RC_OK)
        rc = get_screen(top, g);
    if (rc == RC_OK)
        rc = get_treat(top, g);
    if (rc == RC_OK)
        rc = get_normalise(top, tree, g);
    if (rc == RC_OK)
        rc = get_aggregate(top, tree, g);
    if (rc == RC_OK)
        rc = get_weights(top, g);
    if (rc == RC_OK)
        rc = get_uncertainty(top, g);
    if (rc == RC_OK)
        rc = get_sensitivity(top, g);
    return rc;
}

static void json_free(json_t **j)
{
    json_decref(*j);
}

enum rc score_config_parse(struct bytes json, const struct scheme_tree *tree, struct arena *a,
                           struct score_config *ret, struct err *e)
{
    if (json.n > SCORE_CONFIG_BYTES_MAX)
        return err_set(e, RC_TOOBIG, N_("配置太大:最多 {max} 字节"), "max", "4194304");
    if (json.n >= 3 &&
        memcmp(json.p, "\xef\xbb\xbf", 3) == 0) /* editors on Windows put it there */
        json = (struct bytes){ json.p + 3, json.n - 3 };
    json_error_t je;
    CLEANUP(json_free)
    json_t *root = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, &je);
    if (root == NULL)
        return err_set(e, RC_INVALID,
                       N_("配置不是正确的 JSON:第 {line} 行第 {column} 列,{why}"), "line",
                       arena_printf(a, "%d", je.line), "column",
                       arena_printf(a, "%d", je.column), "why", je.text);
    struct at top = { .a = a, .o = root, .path = "", .e = e };
    if (!json_is_object(root))
        return err_set(e, RC_INVALID, N_("配置应是一个 JSON 对象"));
    struct score_config c = { .engine = engine_config_default() };
    enum rc rc = read_all(&top, tree, &c);
    if (rc == RC_OK)
        *ret = c;
    return rc;
}
