/* The scheme's tree: checks that name what is wrong, then the orders in which everything else
 * walks it. */
#include "scheme.h"

#include "base/map.h"
#include "base/str.h"

#include <math.h>

static bool blank(const char *s)
{
    return s == NULL || *s == '\0';
}

static enum rc check_row(const struct scheme_row *r, size_t line, struct arena *a,
                         struct err *e)
{
    if (blank(r->code))
        return err_set(e, RC_INVALID, N_("体系第 {line} 行没有编码"), "line",
                       arena_printf(a, "%zu", line));
    if (r->level < 1 || r->level > SCHEME_LEVELS_MAX)
        return err_set(e, RC_INVALID, N_("{code} 的层级 {level} 不对:应为 1 至 {max} 的整数"),
                       "code", r->code, "level", arena_printf(a, "%d", r->level), "max",
                       arena_printf(a, "%d", SCHEME_LEVELS_MAX));
    if (r->direction < -1 || r->direction > 1)
        return err_set(e, RC_INVALID, N_("{code} 的方向不对:应为 1 或 -1"), "code", r->code);
    if (!blank(r->parent) && !(r->weight > 0 && isfinite(r->weight)))
        return err_set(e, RC_INVALID, N_("{code} 的权重 {weight} 不对:应大于 0"), "code",
                       r->code, "weight", arena_printf(a, "%g", r->weight));
    return RC_OK;
}

/* Parents by index; says what is wrong with roots, orphans and cycles. */
static enum rc link_parents(const struct scheme_row *rows, struct scheme_tree *t,
                            const struct map *by_code, struct err *e)
{
    t->root = NODE_NONE;
    for (size_t i = 0; i < t->n; i++) {
        struct node *d = &t->nodes[i];
        d->parent = NODE_NONE;
        if (blank(rows[i].parent)) {
            if (t->root != NODE_NONE)
                return err_set(
                    e, RC_INVALID,
                    N_("体系有两个根:{first} 和 {second};只能有一个没有上级的总指数"), "first",
                    t->nodes[t->root].code, "second", d->code);
            t->root = i;
            continue;
        }
        ptrdiff_t p = map_index(by_code, rows[i].parent);
        if (p < 0)
            return err_set(e, RC_INVALID, N_("{code} 的上级 {parent} 不在体系中"), "code",
                           d->code, "parent", rows[i].parent);
        d->parent = (size_t)p;
    }
    /* Walk up from each node; a walk longer than the number of nodes goes round in a circle. */
    for (size_t i = 0; i < t->n; i++) {
        size_t at = i;
        for (size_t steps = 0; at != NODE_NONE && steps <= SCHEME_LEVELS_MAX; steps++)
            at = t->nodes[at].parent;
        if (at != NODE_NONE)
            break; /* too deep or a cycle: told apart below by levels */
        if (i + 1 == t->n && t->root != NODE_NONE)
            return RC_OK;
    }
    for (size_t i = 0; i < t->n;
         i++) { /* Brent's meeting of slow and fast finds a node on a cycle */
        size_t slow = i, fast = i;
        do {
            slow = t->nodes[slow].parent;
            for (int k = 0; k < 2 && fast != NODE_NONE; k++)
                fast = t->nodes[fast].parent;
        } while (fast != NODE_NONE && slow != fast);
        if (fast != NODE_NONE)
            return err_set(e, RC_INVALID,
                           N_("{code} 的上级绕了一圈又回到自己:{parent} 在它下面"), "code",
                           t->nodes[fast].code, "parent", t->nodes[t->nodes[fast].parent].code);
    }
    if (t->root == NODE_NONE)
        return err_set(e, RC_INVALID, N_("体系没有根:应有一个没有上级的总指数"));
    return err_set(e, RC_INVALID, N_("体系太深:最多 {max} 层"), "max", "64");
}

static enum rc check_levels(const struct scheme_tree *t, struct err *e)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct node *d = &t->nodes[i];
        if (d->parent == NODE_NONE)
            continue;
        const struct node *p = &t->nodes[d->parent];
        if (p->level == 1)
            return err_set(e, RC_INVALID,
                           N_("{code} 的上级 {parent} 是指标(第 1 层),下面不能再有内容"),
                           "code", d->code, "parent", p->code);
        if (p->level <= d->level)
            return err_set(e, RC_INVALID, N_("{code} 的上级 {parent} 层级不比它高"), "code",
                           d->code, "parent", p->code);
    }
    return RC_OK;
}

static enum rc link_children(struct scheme_tree *t, struct arena *a, struct err *e)
{
    size_t *start = arena_array(a, t->n + 1, sizeof(*start));
    size_t *list = arena_array(a, t->n, sizeof(*list));
    for (size_t i = 0; i < t->n; i++)
        if (t->nodes[i].parent != NODE_NONE)
            start[t->nodes[i].parent + 1]++;
    for (size_t i = 0; i < t->n; i++)
        start[i + 1] += start[i];
    for (size_t i = 0; i < t->n; i++) {
        size_t p = t->nodes[i].parent;
        if (p != NODE_NONE)
            list[start[p] + t->nodes[p].n_children++] = i;
    }
    for (size_t i = 0; i < t->n; i++) {
        struct node *d = &t->nodes[i];
        d->children = list + start[i];
        d->leaf = d->level == 1;
        t->n_leaves += d->leaf;
        if (!d->leaf && d->n_children == 0)
            return err_set(e, RC_INVALID, N_("{code} 下面没有指标"), "code", d->code);
    }
    return RC_OK;
}

static void order_nodes(struct scheme_tree *t, struct arena *a)
{
    size_t *top = arena_array(a, t->n, sizeof(*top)),
           *bottom = arena_array(a, t->n, sizeof(*bottom));
    size_t *leaves = arena_array(a, t->n_leaves, sizeof(*leaves));
    size_t at = 0, n_leaves = 0;
    for (int level = SCHEME_LEVELS_MAX; level >= 1; level--)
        for (size_t i = 0; i < t->n; i++)
            if (t->nodes[i].level == level)
                top[at++] = i;
    at = 0;
    for (int level = 1; level <= SCHEME_LEVELS_MAX; level++)
        for (size_t i = 0; i < t->n; i++)
            if (t->nodes[i].level == level)
                bottom[at++] = i;
    for (size_t i = 0; i < t->n; i++)
        if (t->nodes[i].leaf)
            leaves[n_leaves++] = i;
    t->top_first = top;
    t->bottom_first = bottom;
    t->leaves = leaves;
    t->n_levels = t->nodes[t->root].level;
}

enum rc scheme_build(const struct scheme_row *rows, size_t n, struct arena *a,
                     struct scheme_tree *ret, struct err *e)
{
    if (n == 0)
        return err_set(e, RC_INVALID, N_("体系是空的"));
    if (n > SCHEME_NODES_MAX)
        return err_set(e, RC_TOOBIG, N_("体系超过 {max} 个节点"), "max", "100000");
    struct scheme_tree t = { .n = n, .nodes = arena_array(a, n, sizeof(*t.nodes)) };
    struct map *by_code = map_new(a);
    for (size_t i = 0; i < n; i++) {
        const struct scheme_row *r = &rows[i];
        enum rc rc = check_row(r, i + 1, a, e);
        if (rc != RC_OK)
            return rc;
        if (!map_add_index(by_code, r->code, i))
            return err_set(e, RC_INVALID, N_("编码 {code} 在体系中出现两次"), "code", r->code);
        t.nodes[i] = (struct node){ .code = r->code,
                                    .name = blank(r->name) ? r->code : r->name,
                                    .level = r->level,
                                    .direction = r->direction < 0 ? -1 : 1,
                                    .weight = blank(r->parent) ? 1 : r->weight,
                                    .target = r->target };
    }
    enum rc rc = link_parents(rows, &t, by_code, e);
    if (rc == RC_OK)
        rc = check_levels(&t, e);
    if (rc == RC_OK)
        rc = link_children(&t, a, e);
    if (rc != RC_OK)
        return rc;
    if (t.nodes[t.root].leaf)
        return err_set(e, RC_INVALID, N_("体系只有一个指标 {code},没有总指数"), "code",
                       t.nodes[t.root].code);
    order_nodes(&t, a);
    *ret = t;
    return RC_OK;
}

size_t scheme_find(const struct scheme_tree *t, const char *code)
{
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(t->nodes[i].code, code))
            return i;
    return NODE_NONE;
}

void scheme_effective_weights(const struct scheme_tree *t, const double *weight, double *ret)
{
    for (size_t k = t->n; k-- > 0;) {
        size_t i = t->bottom_first[k]; /* parents before children */
        const struct node *d = &t->nodes[i];
        if (d->parent == NODE_NONE) {
            ret[i] = 1;
            continue;
        }
        const struct node *p = &t->nodes[d->parent];
        double sum = 0;
        for (size_t c = 0; c < p->n_children; c++) {
            size_t s = p->children[c];
            sum += weight != NULL ? weight[s] : t->nodes[s].weight;
        }
        ret[i] = ret[d->parent] * ((weight != NULL ? weight[i] : d->weight) / sum);
    }
}
