/* Codes of points and nodes as what rules look at. Lists are short: they are walked. */
#include "monitor/rule_target.h"

#include "base/str.h"

#include <string.h>

static const char completeness[] = "completeness", score[] = "score:";

static const struct point *point_of(const struct rule_targets_known *k, const char *code)
{
    for (size_t i = 0; i < k->n_points; i++)
        if (str_eq(k->points[i].code, code))
            return &k->points[i];
    return NULL;
}

static const struct scheme_node *node_of(const struct rule_targets_known *k, const char *code)
{
    for (size_t i = 0; k->scheme && i < k->scheme->n; i++)
        if (str_eq(k->scheme->nodes[i].code, code))
            return &k->scheme->nodes[i];
    return NULL;
}

enum rc rule_targets_load(const struct snap *s, struct period p, struct arena *a,
                          struct rule_targets_known *ret, struct err *e)
{
    struct rule_targets_known k = { .a = a };
    enum rc rc = scheme_if_any(s, p, a, &k.scheme, e);
    if (rc == RC_OK)
        rc = points_load(s, k.scheme, a, &k.points, &k.n_points, e);
    if (rc == RC_OK)
        *ret = k;
    return rc;
}

enum rc rule_target_find(const struct rule_targets_known *k, const char *text,
                         enum warn_target *ret_kind, const char **ret_code, struct err *e)
{
    bool by_score = str_starts(text, score);
    const char *code = by_score ? text + strlen(score) : text;
    const struct scheme_node *node = node_of(k, code);
    if (str_eq(text, completeness)) {
        *ret_kind = WARN_COMPLETENESS;
        code = "";
    } else if (!by_score && point_of(k, code)) {
        *ret_kind = WARN_POINT;
    } else if (node) {
        *ret_kind = node->level == 1 && !by_score ? WARN_INDICATOR : WARN_SCORE;
    } else {
        return err_set(
            e, RC_INVALID,
            N_("没有代码为「{code}」的监测点或指标;看完整率写 completeness,看指标的得分写 "
               "score:代码"),
            "code", code);
    }
    *ret_code = code;
    return RC_OK;
}

const char *rule_target_field(const struct rule_targets_known *k, const struct rule *r)
{
    const struct scheme_node *node = node_of(k, r->target);
    if (r->kind == WARN_COMPLETENESS)
        return completeness;
    if (r->kind == WARN_SCORE && (!node || node->level == 1))
        return arena_printf(k->a, "%s%s", score, r->target);
    return r->target;
}

const char *rule_target_name(const struct rule_targets_known *k, const struct rule *r,
                             const char **ret_measure)
{
    const struct point *point = r->kind == WARN_POINT ? point_of(k, r->target) : NULL;
    const struct scheme_node *node = node_of(k, r->target);
    *ret_measure = "";
    if (r->kind == WARN_COMPLETENESS) {
        *ret_measure = "%";
        return N_("数据完整率");
    }
    if (point) {
        *ret_measure = point->unit_of_measure;
        return point->name;
    }
    if (!node)
        return r->target;
    *ret_measure = r->kind == WARN_SCORE ? N_("分") : node->unit_of_measure;
    return node->name;
}

const char *rule_target_owner(const struct rule_targets_known *k, const struct rule *r)
{
    const struct point *point = r->kind == WARN_POINT ? point_of(k, r->target) : NULL;
    const struct scheme_node *node = r->kind == WARN_INDICATOR ? node_of(k, r->target) : NULL;
    if (point)
        return point->owner;
    if (node && *node->owner)
        return node->owner;
    for (size_t i = 0; node && i < k->n_points; i++)
        if (str_eq(k->points[i].indicator, node->code))
            return k->points[i].owner;
    return "";
}
