/*
 * From rows to a tree. The one idea: a row says only what differs from the row above it, so
 * that the path of names is carried from row to row; merged cells are filled first, and then
 * are a special case no more.
 */
#include "monitor/scheme_sheet.h"

#include "base/parse.h"
#include "base/str.h"
#include "monitor/names.h"
#include "monitor/sheet_question.h"
#include "sheet/cell.h"

#include <math.h>
#include <string.h>

enum { PATH = SHEET_LEVELS + 1 /* levels and the indicator */ };

struct reader {
    struct arena *a;
    const struct sheet_map *map;
    const struct table *t; /* merged cells filled */
    struct sheet_scheme *out;
    size_t cap;
    size_t level_col[PATH];   /* SIZE_MAX: none; upper to lower */
    size_t level_score[PATH]; /* column of the level's own points */
    int n_levels;             /* entries of level_col that are there */
    size_t col[SHEET_ROLES];
    size_t open[PATH]; /* the node of each level in force; SIZE_MAX: none */
    bool *merged_on;   /* by cell: within a merged range, but not its first */
};

static const char *cell_at(const struct reader *rd, size_t row, size_t col)
{
    return col == SIZE_MAX ? "" : cell_clean(rd->a, table_text(rd->t, row, col));
}

/* The text as it stands, for what is kept in the words of the sheet. */
static const char *words_at(const struct reader *rd, size_t row, size_t col)
{
    return col == SIZE_MAX ? "" : str_trim(rd->a, table_text(rd->t, row, col));
}

static const char *cell_of(const struct reader *rd, size_t row, size_t col)
{
    char name[CELL_NAME];
    return arena_strdup(rd->a, cell_name(table_line(rd->t, row), col, name));
}

/* Line ends inside a name are the sheet's layout, not the name's. */
static const char *one_line(struct arena *a, const char *s)
{
    struct str b;
    str_init(&b, a);
    for (; *s; s++)
        if (*s != '\n' && *s != '\r')
            str_addc(&b, *s);
    return str_trim(a, b.s);
}

/* "政治建设(20分)" → the name, and 20. Percent and full-width brackets as well. Else NaN. */
static double points_in_name(struct arena *a, const char **name)
{
    static const char *const opens[] = { "(", "（" }, *const closes[] = { "分)", "%)", "分）",
                                                                          "%）", "％）" };
    const char *open = NULL;
    for (size_t i = 0; i < COUNT(opens); i++)
        for (const char *p = *name; (p = strstr(p, opens[i])) != NULL; p += strlen(opens[i]))
            open = !open || p > open ? p : open;
    if (!open || open == *name)
        return NAN;
    const char *digits = open + (open[0] == '(' ? 1 : strlen("（"));
    size_t n = strspn(digits, "0123456789.");
    double v;
    if (!parse_real_n(digits, n, &v))
        return NAN;
    for (size_t i = 0; i < COUNT(closes); i++)
        if (str_eq(digits + n, closes[i])) {
            *name = str_trim(a, arena_strndup(a, *name, (size_t)(open - *name)));
            return v;
        }
    return NAN;
}

static struct sheet_node *add_node(struct reader *rd, size_t parent, int depth,
                                   const char *name, size_t row, size_t col)
{
    struct sheet_scheme *out = rd->out;
    if (out->n == rd->cap) {
        size_t cap = rd->cap ? rd->cap * 2 : 256;
        struct sheet_node *grown = arena_array(rd->a, cap, sizeof(*grown));
        if (out->n)
            memcpy(grown, out->node, out->n * sizeof(*grown));
        out->node = grown;
        rd->cap = cap;
    }
    struct sheet_node *d = &out->node[out->n++];
    *d = (struct sheet_node){
        .n = { .code = "",
               .parent = "",
               .name = name,
               .type = "Aggregate",
               .direction = 1,
               .weight = NAN,
               .unit_of_measure = "分",
               .target = NAN,
               .denominator = "",
               .owner = "",
               .frequency = "",
               .formula = "",
               .peer_group = "",
               .scoring = "",
               .veto = "",
               .standard = "",
               .source = "",
               .tags = "" },
        .parent = parent,
        .depth = depth,
        .score = NAN,
        .row = row,
        .cell = col == SIZE_MAX ? "" : cell_of(rd, row, col),
        .standard_cell = "",
        .score_cell = "",
    };
    return d;
}

/* Columns by role; levels in order, each with the points column behind it when there are
 * several. */
static void find_columns(struct reader *rd)
{
    const struct sheet_map *m = rd->map;
    size_t scores = 0, last_level = SIZE_MAX;
    for (size_t i = 0; i < SHEET_ROLES; i++)
        rd->col[i] = SIZE_MAX;
    for (size_t c = 0; c < m->n_columns; c++) {
        if (rd->col[m->column[c].role] == SIZE_MAX)
            rd->col[m->column[c].role] = c;
        scores += m->column[c].role == ROLE_SCORE;
    }
    for (size_t i = 0; i < PATH; i++) {
        rd->level_score[i] = SIZE_MAX;
        size_t col = rd->col[ROLE_LEVEL1 + i];
        if (col != SIZE_MAX)
            rd->level_col[rd->n_levels++] = col;
    }
    if (scores < 2)
        return;
    /* The last one is the indicators'; each other belongs to the level before it. */
    for (size_t c = 0, seen = 0; c < m->n_columns; c++) {
        if (m->column[c].role >= ROLE_LEVEL1 && m->column[c].role <= ROLE_INDICATOR)
            last_level = c;
        if (m->column[c].role != ROLE_SCORE)
            continue;
        if (++seen == scores) {
            rd->col[ROLE_SCORE] = c;
            break;
        }
        for (int i = 0; i < rd->n_levels; i++)
            if (rd->level_col[i] == last_level)
                rd->level_score[i] = c;
    }
}

static void mark_merged(struct reader *rd)
{
    const struct table *t = rd->map->table;
    rd->merged_on = arena_alloc(rd->a, t->rows * t->cols);
    for (size_t i = 0; i < t->n_merge; i++) {
        const struct cell_merge *g = &t->merge[i];
        for (size_t r = g->row; r <= g->last_row && r < t->rows; r++)
            for (size_t c = g->col; c <= g->last_col && c < t->cols; c++)
                rd->merged_on[r * t->cols + c] = r != g->row || c != g->col;
    }
}

static bool continued(const struct reader *rd, size_t row, size_t col)
{
    return rd->merged_on[row * rd->t->cols + col];
}

/* A number in a points column into *to; a wrong one is a problem. */
static void read_score(struct reader *rd, size_t row, size_t col, double *to)
{
    if (col == SIZE_MAX)
        return;
    enum cell_kind kind = table_kind(rd->t, row, col);
    /* A sum that a formula makes is a number here: it is the sheet's own. */
    const char *s = cell_at(rd, row, col);
    size_t n = strlen(s);
    if (n > 3 && str_ends(s, "分"))
        s = arena_strndup(rd->a, s, n - strlen("分"));
    struct cell_value v = cell_number(s, kind == CELL_FORMULA ? CELL_NUMBER : kind);
    switch (v.verdict) {
    case CELL_IS_NUMBER:
        *to = v.v;
        break;
    case CELL_IS_WRONG:
        problem_add(&rd->out->problems, rd->t, PROBLEM_LOOK, row, col, v.why, NULL, "text", s);
        break;
    case CELL_IS_BLANK:
    case CELL_IS_NA:
        break;
    }
}

/* Rows that are no indicators. */

static bool is_sum(const char *s)
{
    static const char *const words[] = { "合计", "总计", "小计", "总分", "合计得分", NULL };
    for (const char *const *w = words; *w; w++)
        if (str_eq(s, *w))
            return true;
    return false;
}

static bool is_remark(const char *s)
{
    static const char *const words[] = { "注:",  "注1",  "注1", "备注", "说明",
                                         "填表", "制表", "附:", NULL };
    for (const char *const *w = words; *w; w++)
        if (str_starts(s, *w))
            return true;
    return false;
}

/* A row of which only one text stands, or a sum, or the head again as on every printed page. */
static bool not_an_indicator(struct reader *rd, size_t row)
{
    const char *first = NULL;
    bool others = false, head = true;
    for (size_t c = 0; c < rd->t->cols; c++) {
        const char *s = cell_at(rd, row, c);
        head = head && str_eq(table_text(rd->t, row, c), table_text(rd->t, rd->map->head, c));
        if (!s[0])
            continue;
        if (is_sum(s))
            return true;
        others = others || (first && !str_eq(first, s));
        first = first ? first : s;
    }
    return head || (first && !others && is_remark(first));
}

/* Text of a leaf's column added to what is there, when it says something new. */
static const char *joined(struct arena *a, const char *old, const char *more)
{
    if (!more[0] || str_eq(old, more))
        return old;
    return old[0] ? arena_printf(a, "%s\n%s", old, more) : more;
}

static void read_leaf(struct reader *rd, struct sheet_node *d, size_t row)
{
    const size_t *col = rd->col;
    const char *standard = words_at(rd, row, col[ROLE_STANDARD]);
    if (standard[0] && !d->standard_cell[0])
        d->standard_cell = cell_of(rd, row, col[ROLE_STANDARD]);
    d->n.standard = joined(rd->a, d->n.standard, standard);
    d->n.source = joined(rd->a, d->n.source, words_at(rd, row, col[ROLE_SOURCE]));
    if (!d->n.owner[0])
        d->n.owner = cell_at(rd, row, col[ROLE_OWNER]);
    if (!d->n.frequency[0])
        d->n.frequency = cell_at(rd, row, col[ROLE_FREQUENCY]);
    if (!d->n.peer_group[0])
        d->n.peer_group = cell_at(rd, row, col[ROLE_GROUPS]);
    if (!d->n.code[0])
        d->n.code = cell_at(rd, row, col[ROLE_CODE]);
    const char *unit = cell_at(rd, row, col[ROLE_UNIT]);
    if (unit[0])
        d->n.unit_of_measure = unit;
    if (col[ROLE_TARGET] != SIZE_MAX) {
        struct cell_value v = cell_number(cell_at(rd, row, col[ROLE_TARGET]), CELL_TEXT);
        if (v.verdict == CELL_IS_NUMBER)
            d->n.target = v.v;
    }
    if (col[ROLE_SCORE] == SIZE_MAX)
        return;
    double score = NAN;
    d->score_cell = d->score_cell[0] ? d->score_cell : cell_of(rd, row, col[ROLE_SCORE]);
    /* Points merged over several indicators are those of the node above. */
    if (!continued(rd, row, col[ROLE_SCORE]))
        read_score(rd, row, col[ROLE_SCORE], &score);
    if (score == score)
        d->score = d->score == d->score ? d->score + score : score;
}

/*
 * One row: the names that stand in it close the levels below them. The lowest name is an
 * indicator; a row without any goes on with the indicator above (a second line of its
 * standard).
 */
static bool read_row(struct reader *rd, size_t row)
{
    int lowest = -1;
    size_t parent = 0;
    bool fresh = false;
    for (int i = 0; i < rd->n_levels; i++) {
        size_t col = rd->level_col[i];
        const char *name = one_line(rd->a, words_at(rd, row, col));
        if (!name[0]) {
            if (fresh) /* a new name above: what was open here is not its own */
                rd->open[i] = SIZE_MAX;
            if (rd->open[i] != SIZE_MAX)
                parent = rd->open[i];
            continue;
        }
        double score = points_in_name(rd->a, &name);
        struct sheet_node *open = rd->open[i] == SIZE_MAX ? NULL : &rd->out->node[rd->open[i]];
        bool again = open && !fresh && str_eq(open->n.name, name) &&
                     (i + 1 < rd->n_levels || continued(rd, row, col));
        if (!again) {
            struct sheet_node *d = add_node(rd, parent, i + 1, name, row, col);
            d->score = score;
            read_score(rd, row, rd->level_score[i], &d->score);
            rd->open[i] = rd->out->n - 1;
            for (int k = i + 1; k < rd->n_levels; k++)
                rd->open[k] = SIZE_MAX;
            fresh = true;
        }
        parent = rd->open[i];
        lowest = i;
    }
    if (lowest < 0 && rd->out->n < 2)
        return false;
    bool says = fresh;
    static const enum sheet_role own[] = { ROLE_STANDARD, ROLE_SCORE, ROLE_SOURCE, ROLE_OWNER,
                                           ROLE_FREQUENCY };
    for (size_t i = 0; i < COUNT(own) && !says; i++)
        says = cell_at(rd, row, rd->col[own[i]])[0] != 0;
    if (says && parent)
        read_leaf(rd, &rd->out->node[parent], row);
    return says;
}

static enum rc read_rows(struct reader *rd, struct err *e)
{
    struct sheet_scheme *out = rd->out;
    for (size_t i = 0; i < PATH; i++)
        rd->open[i] = SIZE_MAX;
    for (size_t row = rd->map->head + 1; row < rd->t->rows; row++) {
        if (table_row_blank(rd->t, row))
            continue;
        out->rows++;
        bool used = !not_an_indicator(rd, row) && read_row(rd, row);
        out->rows_used += used;
        if (!used) {
            size_t col = 0;
            while (col + 1 < rd->t->cols && !table_text(rd->map->table, row, col)[0])
                col++;
            problem_add(&out->problems, rd->t, PROBLEM_LOOK, row, col,
                        N_("这一行没有当作指标:“{text}”"), NULL, "text",
                        table_text(rd->map->table, row, col));
        }
        if (out->n > SHEET_INDICATORS_MAX)
            return err_set(e, RC_TOOBIG, N_("{file} 超过{max}个指标的上限"), "file",
                           rd->t->file, "max", arena_printf(rd->a, "%d", SHEET_INDICATORS_MAX));
    }
    if (out->n < 2)
        return err_set(e, RC_INVALID, N_("{file} 表头下面没有读到指标"), "file", rd->t->file);
    return RC_OK;
}

/* The tree: order, levels, codes, weights */

/* Rows may come back to a level-1 name of before; nodes of one parent are brought together. */
static void depth_first(struct reader *rd)
{
    struct sheet_scheme *out = rd->out;
    size_t n = out->n, at = 0;
    size_t *first = arena_array(rd->a, n, sizeof(*first)),
           *next = arena_array(rd->a, n, sizeof(*next));
    size_t *last = arena_array(rd->a, n, sizeof(*last)),
           *to = arena_array(rd->a, n, sizeof(*to));
    struct sheet_node *sorted = arena_array(rd->a, n, sizeof(*sorted));
    for (size_t i = 1; i < n; i++) { /* 0 is the root, and so no one's child: "none" */
        size_t p = out->node[i].parent;
        if (first[p])
            next[last[p]] = i;
        else
            first[p] = i;
        last[p] = i;
    }
    for (size_t i = 0; at < n;) {
        to[i] = at;
        sorted[at++] = out->node[i];
        if (first[i]) {
            i = first[i];
            continue;
        }
        while (i && !next[i])
            i = out->node[i].parent;
        i = next[i];
    }
    for (size_t i = 1; i < n; i++)
        sorted[i].parent = to[sorted[i].parent];
    out->node = sorted;
}

static void levels(struct reader *rd)
{
    struct sheet_scheme *out = rd->out;
    for (size_t i = out->n; i-- > 0;) {
        struct sheet_node *d = &out->node[i];
        bool leaf = d->n.level == 0; /* no child has raised it */
        if (leaf) {
            d->n.level = 1;
            d->n.type = "Indicator";
            out->n_indicators++;
        }
        if (d->depth > out->depth)
            out->depth = d->depth;
        if (i == 0)
            break;
        struct sheet_node *p = &out->node[d->parent];
        if (p->n.level <= d->n.level)
            p->n.level = d->n.level + 1;
    }
    for (size_t i = 0; i < out->n; i++)
        out->by_depth[out->node[i].depth]++;
    /* All of one depth stand on one level, as people draw it; indicators always on the first.
     */
    for (size_t i = 0; i < out->n; i++)
        if (out->node[i].n.level > 1) {
            struct scheme_node *n = &out->node[i].n;
            n->level = out->depth - out->node[i].depth + 1;
            n->owner = n->frequency = n->peer_group = "";
            n->unit_of_measure = "分";
        }
}

/* ---- nodes the county has already */

/* Where a node is: the names from below the index down to it. */
static const char *path_under(struct arena *a, const char *above, const char *name)
{
    return arena_printf(a, "%s\x1f%s", above, name);
}

struct known {
    struct map *path; /* path → node of the context */
    struct map
        *leaf; /* an indicator's name → its node; the context itself when there are two */
    struct map *used; /* codes a new node may not have */
};

static struct known known_nodes(struct arena *a, const struct sheet_context *c)
{
    struct known k = { map_new(a), map_new(a), map_new(a) };
    struct map *path_of = map_new(a);
    /* Above comes before below only in schemes from a sheet: as often as a tree is deep. */
    for (size_t round = 0; round <= SHEET_LEVELS + 1; round++)
        for (size_t i = 0; i < c->n_known; i++) {
            const struct scheme_node *n = &c->known[i];
            const char *above = *n->parent ? map_get(path_of, n->parent) : NULL;
            if (*n->parent && !above)
                continue;
            const char *path = *n->parent ? path_under(a, above, n->name) : "";
            if (map_add(path_of, n->code, (void *)path) && *path)
                map_add(k.path, path, (void *)n);
        }
    for (size_t i = 0; i < c->n_known; i++) {
        const struct scheme_node *n = &c->known[i];
        map_add(k.used, n->code, (void *)n);
        if (n->level == 1 && !map_add(k.leaf, n->name, (void *)n))
            map_set(k.leaf, n->name, (void *)c);
    }
    for (size_t i = 0; i < c->n_used; i++)
        map_add(k.used, c->used[i], (void *)c);
    return k;
}

static void be_known(struct scheme_node *n, const struct scheme_node *was)
{
    n->code = was->code;
    if (n->level != 1 || was->level != 1)
        return;
    n->formula = was->formula;
    n->denominator = was->denominator;
    n->tags = was->tags;
    if (!*n->unit_of_measure)
        n->unit_of_measure = was->unit_of_measure;
}

/* A, A1, A11, A111; where a node has more than nine children theirs have two digits. */
static void codes(struct reader *rd, const struct sheet_context *c, const char *root_code)
{
    struct sheet_scheme *out = rd->out;
    struct map *taken = map_new(rd->a);
    size_t *children = arena_array(rd->a, out->n, sizeof(size_t)),
           *place = arena_array(rd->a, out->n, sizeof(size_t));
    for (size_t i = 1; i < out->n; i++)
        place[i] = ++children[out->node[i].parent];
    const char **path = arena_array(rd->a, out->n, sizeof(*path));
    struct known known = known_nodes(rd->a, c);
    path[0] = "";
    out->node[0].n.code = root_code;
    map_add_index(taken, root_code, 0);
    for (size_t i = 1; i < out->n; i++) {
        struct sheet_node *d = &out->node[i];
        const struct sheet_node *p = &out->node[d->parent];
        char letters[CELL_NAME];
        const char *made =
            d->parent == 0 ? arena_strdup(rd->a, col_name(place[i] - 1, letters))
                           : arena_printf(rd->a, children[d->parent] > 9 ? "%s%02zu" : "%s%zu",
                                          p->n.code, place[i]);
        if (d->n.code[0] && (!code_valid(d->n.code) || map_has(taken, d->n.code))) {
            problem_add(&out->problems, rd->t, PROBLEM_LOOK, d->row, rd->col[ROLE_CODE],
                        N_("编码“{text}”不能用或用了两次,改为{made}"), NULL, "text", d->n.code,
                        "made", made);
            d->n.code = "";
        }
        path[i] = path_under(rd->a, path[d->parent], d->n.name);
        const struct scheme_node *was = map_get(known.path, path[i]);
        if (!was && d->n.level == 1) {
            was = map_get(known.leaf, d->n.name);
            was = (const void *)was == (const void *)c ? NULL : was;
        }
        bool named = d->n.code[0];
        if (!named && was && !map_has(taken, was->code))
            be_known(&d->n, was);
        if (!d->n.code[0])
            d->n.code = made;
        while ((!named && d->n.code == made && map_has(known.used, made)) ||
               !map_add_index(taken, d->n.code, i))
            d->n.code = made = arena_printf(rd->a, "%s_", d->n.code);
        d->n.parent = p->n.code;
    }
}

/* Points downwards and upwards: an indicator's are its own or its standard's, a node's the sum
 * of those below. */
static void weights(struct reader *rd)
{
    struct sheet_scheme *out = rd->out;
    double *sum = arena_array(rd->a, out->n, sizeof(*sum));
    for (size_t i = out->n; i-- > 1;) {
        struct sheet_node *d = &out->node[i];
        if (d->n.level == 1) {
            d->n.weight = d->score > 0 ? d->score : d->standard.full > 0 ? d->standard.full : 1;
            out->total += d->n.weight;
        } else {
            d->n.weight = d->score > 0 ? d->score : sum[i];
            if (d->score > 0 && fabs(d->score - sum[i]) > 1e-6)
                problem_add(&out->problems, rd->t, PROBLEM_LOOK, d->row,
                            rd->level_col[d->depth - 1],
                            N_("“{name}”写{own}分,下面合计{sum}分"), NULL, "name", d->n.name,
                            "own", arena_printf(rd->a, "%.12g", d->score), "sum",
                            arena_printf(rd->a, "%.12g", sum[i]));
        }
        sum[d->parent] += d->n.weight;
    }
    out->node[0].n.weight = 1;
}

enum rc scheme_sheet_read(struct arena *a, const struct sheet_map *map,
                          const struct sheet_context *c, const char *root_code,
                          const char *root_name, struct sheet_scheme *ret, struct err *e)
{
    *ret = (struct sheet_scheme){ 0 };
    problems_init(&ret->problems, a);
    struct reader rd = { .a = a, .map = map, .t = table_unmerge(a, map->table), .out = ret };
    find_columns(&rd);
    mark_merged(&rd);
    add_node(&rd, SIZE_MAX, 0, root_name, 0, SIZE_MAX);
    enum rc rc = read_rows(&rd, e);
    if (rc != RC_OK)
        return rc;
    depth_first(&rd);
    levels(&rd);
    codes(&rd, c, root_code);
    rc = sheet_questions(a, map, c, ret, e);
    if (rc == RC_OK)
        weights(&rd);
    return rc;
}

const struct scheme_node *scheme_sheet_nodes(struct arena *a, const struct sheet_scheme *s)
{
    struct scheme_node *n = arena_array(a, s->n, sizeof(*n));
    for (size_t i = 0; i < s->n; i++)
        n[i] = s->node[i].n;
    return n;
}
