/*
 * Words into codes. A word that is not understood is asked once, however often it stands in the
 * sheet; standards and missing points are asked one by one.
 */
#include "monitor/sheet_question.h"

#include "base/parse.h"
#include "base/str.h"
#include "monitor/names.h"

#include <math.h>
#include <string.h>

enum { CELLS_SHOWN = 5, CANDIDATES = 8 };

struct asker {
    struct arena *a;
    const struct sheet_map *map;
    const struct sheet_context *c;
    struct sheet_scheme *s;
    size_t cap;
    struct map *asked; /* "unit\0text" → question + 1 */
    struct names units;
};

static const char *const kind_ids[] = {
    [QUESTION_UNIT] = "unit",           [QUESTION_GROUP] = "group",
    [QUESTION_FREQUENCY] = "frequency", [QUESTION_STANDARD] = "standard",
    [QUESTION_SCORE] = "score",
};

static const char *column_cell(struct asker *k, const struct sheet_node *d,
                               enum sheet_role role)
{
    char name[CELL_NAME];
    for (size_t c = 0; c < k->map->n_columns; c++)
        if (k->map->column[c].role == role)
            return arena_strdup(k->a, cell_name(table_line(k->map->table, d->row), c, name));
    return d->cell;
}

static struct sheet_question *add(struct asker *k, enum question_kind kind, const char *cell,
                                  const char *given, size_t node)
{
    struct sheet_scheme *s = k->s;
    if (s->n_question == k->cap) {
        size_t cap = k->cap ? k->cap * 2 : 32;
        struct sheet_question *grown = arena_array(k->a, cap, sizeof(*grown));
        if (s->n_question)
            memcpy(grown, s->question, s->n_question * sizeof(*grown));
        s->question = grown;
        k->cap = cap;
    }
    struct sheet_question *q = &s->question[s->n_question++];
    *q = (struct sheet_question){ .kind = kind,
                                  .id = arena_printf(k->a, "%s:%s", kind_ids[kind], cell),
                                  .given = given,
                                  .cells = cell,
                                  .n = 1,
                                  .rest = "",
                                  .node = node };
    q->answer = map_get(k->map->answers, q->id);
    if (!q->answer && kind <= QUESTION_FREQUENCY)
        q->answer = map_get(k->map->names, given);
    return q;
}

/* The question about a word, the same one when it was asked before. */
static struct sheet_question *ask_word(struct asker *k, enum question_kind kind,
                                       const char *cell, const char *word, size_t node,
                                       bool *ret_new)
{
    const char *key = arena_printf(k->a, "%s:%s", kind_ids[kind], word);
    ptrdiff_t at = map_index(k->asked, key);
    *ret_new = at < 0;
    if (at < 0) {
        map_add_index(k->asked, key, k->s->n_question);
        return add(k, kind, cell, word, node);
    }
    struct sheet_question *q = &k->s->question[at];
    if (++q->n <= CELLS_SHOWN)
        q->cells = arena_printf(k->a, "%s、%s", q->cells, cell);
    return q;
}

static bool offered(const struct sheet_question *q, const char *answer)
{
    for (size_t i = 0; i < q->n_option; i++)
        if (str_eq(q->option[i].value, answer))
            return true;
    return false;
}

static enum rc bad_answer(const struct asker *k, const struct sheet_question *q,
                          const char *answer, struct err *e)
{
    return err_set(e, RC_INVALID, N_("{file} 的{cell}“{given}”:没有“{answer}”这个回答"), "file",
                   k->map->table->file, "cell", q->cells, "given", q->given, "answer", answer);
}

/* Owners: the first of several is asked for the data. */

static const char *first_part(struct arena *a, const char *s)
{
    static const char *const seps[] = { "、", ",", ";", "/", "\n", "," };
    size_t n = strlen(s);
    for (size_t i = 0; i < COUNT(seps); i++) {
        const char *at = strstr(s, seps[i]);
        if (at && (size_t)(at - s) < n)
            n = (size_t)(at - s);
    }
    const char *colon = strchr(s, ':'); /* 牵头:财政局 */
    if (colon && (size_t)(colon - s) < n)
        return str_trim(a, arena_strndup(a, colon + 1, n - (size_t)(colon + 1 - s)));
    return str_trim(a, arena_strndup(a, s, n));
}

static enum rc owner(struct asker *k, size_t node, struct err *e)
{
    struct sheet_node *d = &k->s->node[node];
    const char *word = d->n.owner[0] ? first_part(k->a, d->n.owner) : "";
    bool fresh;
    if (!word[0])
        return RC_OK;
    ptrdiff_t i = names_find(&k->units, word);
    if (i >= 0 && i < NAME_AMBIGUOUS) {
        d->n.owner = k->units.code[i];
        return RC_OK;
    }
    struct sheet_question *q =
        ask_word(k, QUESTION_UNIT, column_cell(k, d, ROLE_OWNER), word, node, &fresh);
    if (fresh) {
        const struct near *near = names_near(&k->units, word, i >= 0);
        struct problem_option *o = arena_array(k->a, k->units.n, sizeof(*o));
        /* The likely ones first, then all: the right one must be there to be chosen. */
        for (size_t x = 0; x < near->n; x++)
            o[q->n_option++] = near->option[x];
        q->option = o;
        for (size_t x = 0; x < k->units.n; x++)
            if (!offered(q, k->units.code[x]))
                o[q->n_option++] = (struct problem_option){
                    k->units.code[x], k->units.name[x][0] ? k->units.name[x] : k->units.code[x]
                };
        q->why = i >= 0    ? N_("叫这个名字的单位不止一个")
                 : near->n ? N_("名称最接近的是{near}")
                           : N_("没有叫这个名字的单位");
        q->rest = near->n ? near->option[0].name : "";
        q->proposal = near->n ? near->option[0].value : NULL;
    }
    if (!q->answer) {
        d->n.owner = word;
        return RC_OK;
    }
    if (!offered(q, q->answer))
        return bad_answer(k, q, q->answer, e);
    d->n.owner = q->answer;
    return RC_OK;
}

/* Frequencies */

static const struct problem_option frequencies[] = {
    { "quarter", N_("每季度") }, { "month", N_("每月") }, { "year", N_("每年") },
    { "week", N_("每周") },      { "day", N_("每日") },
};

static const char *frequency_of_words(const char *s)
{
    static const struct {
        const char *code, *words[8];
    } known[] = {
        { "quarter", { "季", "季度", "每季度", "每季", "按季", "按季度", "quarter", NULL } },
        { "month", { "月", "月度", "每月", "按月", "每个月", "month", NULL } },
        { "year", { "年", "年度", "每年", "按年", "全年", "year", NULL } },
        { "week", { "周", "每周", "按周", "week", NULL } },
        { "day", { "日", "每日", "每天", "天", "day", NULL } },
    };
    for (size_t i = 0; i < COUNT(known); i++)
        for (const char *const *w = known[i].words; *w; w++)
            if (str_eq(s, *w))
                return known[i].code;
    return NULL;
}

static enum rc frequency(struct asker *k, size_t node, struct err *e)
{
    struct sheet_node *d = &k->s->node[node];
    const char *word = d->n.frequency, *code = word[0] ? frequency_of_words(word) : "quarter";
    bool fresh;
    if (!code) {
        struct sheet_question *q = ask_word(
            k, QUESTION_FREQUENCY, column_cell(k, d, ROLE_FREQUENCY), word, node, &fresh);
        q->option = frequencies;
        q->n_option = COUNT(frequencies);
        q->proposal = strstr(word, "年") ? "year" : strstr(word, "月") ? "month" : "quarter";
        if (strstr(word, "半年"))
            q->why = N_("没有半年这种周期,可以按季报,也可以按年报");
        if (q->answer && !offered(q, q->answer))
            return bad_answer(k, q, q->answer, e);
        code = q->answer ? q->answer : "quarter";
    }
    d->n.frequency = code;
    return RC_OK;
}

/* Groups: 只考核乡镇街道 */

/* 民生服务部门 and 民生服务 are the same. */
static bool same_group(const char *word, const char *group)
{
    static const char *const tails[] = { "", "部门", "单位", "机关", "类" };
    size_t n = strlen(group);
    if (strncmp(word, group, n) != 0)
        return false;
    for (size_t i = 0; i < COUNT(tails); i++)
        if (str_eq(word + n, tails[i]))
            return true;
    return false;
}

/* Every group but one, for 区直部门 and the like; and each alone. */
static void group_options(struct asker *k, struct sheet_question *q)
{
    const struct sheet_context *c = k->c;
    struct problem_option *o = arena_array(k->a, c->n_group * 2 + 1, sizeof(*o));
    for (size_t i = 0; i < c->n_group; i++)
        o[q->n_option++] = (struct problem_option){ c->group[i], c->group[i] };
    for (size_t i = 0; i < c->n_group && c->n_group > 2; i++) {
        struct str v;
        str_init(&v, k->a);
        for (size_t x = 0; x < c->n_group; x++)
            if (x != i)
                str_addf(&v, "%s%s", v.n ? "|" : "", c->group[x]);
        o[q->n_option++] =
            (struct problem_option){ v.s, arena_printf(k->a, "除%s以外", c->group[i]) };
    }
    o[q->n_option++] = (struct problem_option){ "", N_("所有单位") };
    q->option = o;
}

/* "a、b" into "a|b" when all are known. */
static const char *known_groups(struct asker *k, const char *word)
{
    struct str b;
    size_t n;
    str_init(&b, k->a);
    struct str plain;
    str_init(&plain, k->a);
    for (const char *p = word; *p;) {
        bool sep = str_starts(p, "、") || strchr(",;|/\n", *p);
        str_addc(&plain, sep ? '|' : *p);
        p += str_starts(p, "、") ? strlen("、") : 1;
    }
    char **part = str_split(k->a, plain.s, '|', &n);
    for (size_t i = 0; i < n; i++) {
        size_t g = 0;
        while (g < k->c->n_group && !same_group(str_trim(k->a, part[i]), k->c->group[g]))
            g++;
        if (g == k->c->n_group)
            return NULL;
        str_addf(&b, "%s%s", b.n ? "|" : "", k->c->group[g]);
    }
    return b.s;
}

static enum rc groups(struct asker *k, size_t node, struct err *e)
{
    static const char *const all[] = { "所有单位", "全部", "全县", "各单位",
                                       "全部单位", "所有", NULL };
    struct sheet_node *d = &k->s->node[node];
    bool column = d->n.peer_group[0] != 0, fresh;
    const char *word = column ? d->n.peer_group : d->standard.groups;
    d->n.peer_group = "";
    for (const char *const *w = all; *w; w++)
        if (str_eq(word, *w))
            return RC_OK;
    if (!word[0])
        return RC_OK;
    const char *known = known_groups(k, word);
    if (known) {
        d->n.peer_group = known;
        return RC_OK;
    }
    struct sheet_question *q =
        ask_word(k, QUESTION_GROUP, column ? column_cell(k, d, ROLE_GROUPS) : d->standard_cell,
                 word, node, &fresh);
    if (fresh) {
        group_options(k, q);
        q->why = N_("没有叫这个名字的分组");
    }
    if (q->answer && !offered(q, q->answer) && !known_groups(k, q->answer))
        return bad_answer(k, q, q->answer, e);
    d->n.peer_group = q->answer ? q->answer : "";
    return RC_OK;
}

/* Standards */

static const char *hand_scoring(struct asker *k, const struct sheet_node *d)
{
    double full = d->standard.full > 0 ? d->standard.full : 100;
    return arena_printf(k->a, "{\"method\":\"goalposts\",\"l\":0,\"u\":%.12g}", full);
}

/* An answer as scoring: one of the words, or JSON of its own. NULL when it is neither. */
static const char *scoring_of(struct asker *k, const struct sheet_node *d, const char *answer)
{
    if (str_eq(answer, "read"))
        return standard_scoring(k->a, &d->standard);
    if (str_eq(answer, "share"))
        return "{\"method\":\"goalposts\",\"l\":0,\"u\":100}";
    if (str_eq(answer, "yes"))
        return "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,0],[1,100]]}";
    if (str_eq(answer, "none"))
        return "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,100],[1,0]]}";
    if (str_eq(answer, "hand"))
        return hand_scoring(k, d);
    if (str_eq(answer, "relative"))
        return "{\"method\":\"minmax\",\"l\":0,\"u\":100}";
    if (str_eq(answer, "later"))
        return "";
    return answer[0] == '{' ? answer : NULL;
}

static void standard_options(struct asker *k, const struct sheet_node *d,
                             struct sheet_question *q)
{
    struct problem_option *o = arena_array(k->a, CANDIDATES, sizeof(*o));
    if (standard_scoring(k->a, &d->standard)) {
        q->proposal = "read";
        o[q->n_option++] =
            (struct problem_option){ "read", standard_words(k->a, &d->standard, LANG_ZH) };
    }
    o[q->n_option++] = (struct problem_option){ "share", N_("按百分比:100%得满分,0%不得分") };
    o[q->n_option++] = (struct problem_option){ "yes", N_("有(1)得满分,没有(0)不得分") };
    o[q->n_option++] = (struct problem_option){ "none", N_("没有(0)得满分,有就不得分") };
    o[q->n_option++] = (struct problem_option){ "hand", N_("由人打分,数值就是得分") };
    o[q->n_option++] =
        (struct problem_option){ "relative", N_("与其他单位比:最好的满分,最差的不得分") };
    o[q->n_option++] = (struct problem_option){ "later", N_("以后再定") };
    q->option = o;
}

/* The node a veto caps: an ancestor of that name, else any node of it; "" the one above. */
static const char *veto_target(struct asker *k, size_t node)
{
    const struct sheet_node *all = k->s->node;
    const char *name = all[node].standard.veto.target;
    if (!name[0])
        return "";
    for (size_t i = all[node].parent; i != SIZE_MAX; i = all[i].parent)
        if (str_eq(all[i].n.name, name))
            return i == all[node].parent ? "" : all[i].n.code;
    for (size_t i = 1; i < k->s->n; i++)
        if (str_eq(all[i].n.name, name) && all[i].n.level > 1)
            return all[i].n.code;
    problem_add(&k->s->problems, k->map->table, PROBLEM_LOOK, all[node].row, SIZE_MAX,
                N_("“{name}”一票否决的“{target}”不在表里,按上一级算"), NULL, "name",
                all[node].n.name, "target", name);
    return "";
}

static enum rc standard(struct asker *k, size_t node, struct err *e)
{
    struct sheet_node *d = &k->s->node[node];
    standard_read(k->a, d->n.standard, d->score, &d->standard);
    const struct standard *st = &d->standard;
    if (st->direction)
        d->n.direction = st->direction;
    if (str_eq(d->n.unit_of_measure, "分"))
        d->n.unit_of_measure = st->percent || st->kind == STANDARD_BETWEEN ? "%"
                               : st->event[0] && strlen(st->event) <= 6    ? st->event
                                                                           : "";
    if (!st->understood) {
        const char *cell = d->standard_cell[0] ? d->standard_cell : d->cell;
        struct sheet_question *q = add(k, QUESTION_STANDARD, cell, d->n.standard, node);
        q->why = st->why;
        q->rest = st->rest;
        standard_options(k, d, q);
        const char *scoring = q->answer ? scoring_of(k, d, q->answer) : "";
        if (!scoring)
            return bad_answer(k, q, q->answer, e);
        d->n.scoring = scoring;
    } else {
        d->n.scoring = standard_scoring(k->a, st);
    }
    if (st->veto.there) {
        const char *json = standard_veto_json(
            k->a, st, veto_target(k, node),
            arena_printf(k->a, "%s达到%.12g%s", d->n.name, st->veto.limit, st->event));
        d->n.veto = json ? json : "";
    }
    return RC_OK;
}

static enum rc score(struct asker *k, size_t node, struct err *e)
{
    struct sheet_node *d = &k->s->node[node];
    if (d->score > 0 || d->standard.full > 0)
        return RC_OK;
    struct sheet_question *q =
        add(k, QUESTION_SCORE, d->score_cell[0] ? d->score_cell : d->cell, d->n.name, node);
    q->why = N_("没有分值,先按1分");
    double v;
    if (!q->answer)
        return RC_OK;
    if (!parse_real_n(q->answer, strlen(q->answer), &v) || !(v > 0))
        return bad_answer(k, q, q->answer, e);
    d->score = v;
    return RC_OK;
}

enum rc sheet_questions(struct arena *a, const struct sheet_map *map,
                        const struct sheet_context *c, struct sheet_scheme *s, struct err *e)
{
    struct asker k = { .a = a, .map = map, .c = c, .s = s, .asked = map_new(a) };
    names_init(&k.units, a, c->n_unit);
    for (size_t i = 0; i < c->n_unit; i++)
        names_add(&k.units, c->unit[i].code, c->unit[i].name);
    names_close(&k.units);
    for (size_t i = 1; i < s->n; i++) {
        if (s->node[i].n.level != 1)
            continue;
        enum rc rc = standard(&k, i, e);
        if (rc == RC_OK)
            rc = score(&k, i, e);
        if (rc == RC_OK)
            rc = owner(&k, i, e);
        if (rc == RC_OK)
            rc = frequency(&k, i, e);
        if (rc == RC_OK)
            rc = groups(&k, i, e);
        if (rc != RC_OK)
            return rc;
    }
    for (size_t i = 0; i < s->n_question; i++)
        s->n_open += !s->question[i].answer;
    return RC_OK;
}
