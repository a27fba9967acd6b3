/* Evaluations from a table, and into the database: one record over all rows of a file. */
#include "quality/evaluation.h"

#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "quality/quality.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *word, *text;
} sources[SOURCES + 1] = { [SOURCE_INSPECTION] = { "inspection", N_("巡察") },
                           [SOURCE_DEPARTMENT] = { "department", N_("职能部门") },
                           [SOURCE_SUPERVISION] = { "supervision", N_("监督部门") } };

const char *source_word(enum source s)
{
    return sources[s].word;
}

const char *source_text(enum source s)
{
    return sources[s].text;
}

enum source source_of(const char *word)
{
    for (int i = 1; i <= SOURCES; i++)
        if (str_eq(word, sources[i].word) || str_eq(word, sources[i].text))
            return (enum source)i;
    return 0;
}

/* Ladders that sources use; the places of different ladders are not compared with one another,
 * because one source uses one. */
static const struct {
    const char *word;
    int rank;
} states[] = { { "好", 4 },   { "较好", 3 }, { "一般", 2 },    { "差", 1 },
               { "平稳", 4 }, { "关注", 2 }, { "重点关注", 1 } };

int evaluation_state_rank(const char *word)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (str_eq(word, states[i].word))
            return states[i].rank;
    return 0;
}

const char *evaluation_states_text(void)
{
    return "好、较好、一般、差、平稳、关注、重点关注";
}

/* ---- reading ---- */

enum field {
    E_UNIT,
    E_PERIOD,
    E_SOURCE,
    E_SCORE,
    E_STATE,
    E_PROBLEM,
    E_COUNT,
    E_FOUND,
    FIELDS
};
static const char *const columns[FIELDS] = { "unit",  "period",  "source", "score",
                                             "state", "problem", "count",  "found" };
static const bool needed[FIELDS] = { [E_UNIT] = true, [E_PERIOD] = true, [E_SOURCE] = true };

struct reading {
    const struct table *t;
    const struct units *us;
    int32_t today;
    struct arena *a;
    struct problems *problems;
    size_t col[FIELDS]; /* SIZE_MAX: not there */
    size_t row;
    struct map *seen; /* unit/period/source → index + 1 */
    struct map *kinds;
    struct evaluations *x;
};

static enum rc head(struct reading *r, struct err *e)
{
    for (size_t f = 0; f < FIELDS; f++) {
        ptrdiff_t c = r->t->rows ? table_col(r->t, 0, columns[f]) : -1;
        if (c < 0 && needed[f])
            return err_set(e, RC_INVALID,
                           N_("{file} 缺少列 {column};列应为 unit,period,source,score,state,"
                              "problem,count,found"),
                           "file", r->t->file, "column", columns[f]);
        r->col[f] = c < 0 ? SIZE_MAX : (size_t)c;
    }
    for (size_t c = 0; c < r->t->cols; c++) {
        const char *name = str_trim(r->a, table_text(r->t, 0, c));
        bool known = !*name;
        for (size_t f = 0; f < FIELDS && !known; f++)
            known = str_eq(name, columns[f]);
        if (!known)
            return err_set(e, RC_INVALID,
                           N_("{file} 有不认识的列「{column}」;评价只收分数、状况和问题类别,"
                              "列应为 unit,period,source,score,state,problem,count,found"),
                           "file", r->t->file, "column", name);
    }
    return RC_OK;
}

static const char *cell(const struct reading *r, enum field f)
{
    return r->col[f] == SIZE_MAX ? "" : str_trim(r->a, table_text(r->t, r->row, r->col[f]));
}

static void wrong(struct reading *r, enum field f, const char *what, const char *hint)
{
    size_t col = r->col[f] == SIZE_MAX ? SIZE_MAX : r->col[f];
    problem_add(r->problems, r->t, PROBLEM_WRONG, r->row, col, what, hint, "text", cell(r, f));
}

static bool read_key(struct reading *r, struct evaluation *v)
{
    CLEANUP(err_done) struct err e = { 0 };
    v->unit = units_find(r->us, cell(r, E_UNIT));
    v->source = source_of(cell(r, E_SOURCE));
    if (!v->unit)
        wrong(r, E_UNIT, N_("没有编码为「{text}」的单位"), N_("应为单位编码"));
    if (!v->source)
        wrong(r, E_SOURCE, N_("不认识的来源「{text}」"), N_("应为 巡察、职能部门 或 监督部门"));
    bool dated = period_parse(cell(r, E_PERIOD), &v->period, &e) == RC_OK;
    if (!dated)
        wrong(r, E_PERIOD, N_("「{text}」不是期间"), N_("如 2026、2026Q3、202609"));
    else if (r->today && period_first_day(v->period) > r->today)
        wrong(r, E_PERIOD, N_("{text}还没有开始"), NULL);
    return v->unit && v->source && dated;
}

/* Score and state; a row may have none when it has a problem. */
static void read_judgement(struct reading *r, struct evaluation *v)
{
    const char *score = cell(r, E_SCORE);
    v->score = NAN;
    v->state = arena_strdup(r->a, cell(r, E_STATE));
    if (*score && !str_eq(score, "NA") && !parse_real_n(score, strlen(score), &v->score))
        wrong(r, E_SCORE, N_("「{text}」不是数"), N_("分数越大越好;没有就留空"));
    if (*v->state && !evaluation_state_rank(v->state))
        wrong(r, E_STATE, N_("不认识的状况「{text}」"),
              N_("应为 好、较好、一般、差,或 平稳、关注、重点关注"));
    if (!*cell(r, E_SCORE) && !*v->state && !*cell(r, E_PROBLEM))
        wrong(r, E_SCORE, N_("这一行没有分数、状况,也没有问题"), N_("至少写一样"));
}

static void keep(struct reading *r, const struct evaluation *v)
{
    char period[PERIOD_TEXT];
    const char *key = arena_printf(r->a, "%s/%s/%d", v->unit->code,
                                   period_code(v->period, period), (int)v->source);
    ptrdiff_t at = map_index(r->seen, key);
    if (at < 0) {
        map_add_index(r->seen, key, r->x->n);
        r->x->list[r->x->n++] = *v;
        return;
    }
    struct evaluation *was = &r->x->list[at];
    if (!isnan(v->score) && !isnan(was->score) && v->score != was->score)
        wrong(r, E_SCORE, N_("同一单位、期间、来源的分数写了两个"), NULL);
    if (*v->state && *was->state && !str_eq(v->state, was->state))
        wrong(r, E_STATE, N_("同一单位、期间、来源的状况写了两个"), NULL);
    if (isnan(was->score))
        was->score = v->score;
    if (!*was->state)
        was->state = v->state;
}

static void read_problem(struct reading *r, const struct evaluation *v)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *kind = cell(r, E_PROBLEM), *count = cell(r, E_COUNT), *found = cell(r, E_FOUND);
    char period[PERIOD_TEXT];
    struct evaluation_problem p = { .unit = v->unit,
                                    .period = v->period,
                                    .source = v->source,
                                    .kind = arena_strdup(r->a, kind),
                                    .n = 1 };
    if (!*kind) {
        if (*count || *found)
            wrong(r, E_PROBLEM, N_("写了数量或日期,没有写问题类别"), NULL);
        return;
    }
    if (utf8_count(kind) > EVALUATION_KIND_MAX)
        wrong(r, E_PROBLEM, N_("问题类别太长"), N_("至多30个字;只写类别,不写经过和人名"));
    if (*count &&
        parse_int64(count, 1, EVALUATION_COUNT_MAX, columns[E_COUNT], &p.n, &e) != RC_OK)
        wrong(r, E_COUNT, N_("「{text}」不是1以上的整数"), NULL);
    if (*found && day_parse(found, &p.found_day, &e) != RC_OK)
        wrong(r, E_FOUND, N_("「{text}」不是日期"), N_("如 2026-08-15"));
    else if (r->today && p.found_day > r->today)
        wrong(r, E_FOUND, N_("{text}还没有到"), NULL);
    const char *key = arena_printf(r->a, "%s/%s/%d/%s", v->unit->code,
                                   period_code(v->period, period), (int)v->source, kind);
    if (!map_add(r->kinds, key, r))
        wrong(r, E_PROBLEM, N_("同一单位、期间、来源的「{text}」写了两行"), N_("合成一行"));
    r->x->problem[r->x->n_problem++] = p;
}

enum rc evaluations_from_table(const struct table *t, const struct units *us, int32_t today,
                               struct arena *a, struct evaluations *ret,
                               struct problems *problems, struct err *e)
{
    struct reading r = { .t = t,
                         .us = us,
                         .today = today,
                         .a = a,
                         .problems = problems,
                         .seen = map_new(a),
                         .kinds = map_new(a),
                         .x = ret };
    enum rc rc = head(&r, e);
    if (rc != RC_OK)
        return rc;
    if (t->rows > EVALUATIONS_MAX + 1)
        return err_set(e, RC_TOOBIG, N_("{file} 的行太多:最多2万行"), "file", t->file);
    *ret = (struct evaluations){ .list = arena_array(a, t->rows, sizeof(*ret->list)),
                                 .problem = arena_array(a, t->rows, sizeof(*ret->problem)) };
    for (r.row = 1; r.row < t->rows; r.row++) {
        struct evaluation v;
        if (table_row_blank(t, r.row))
            continue;
        if (!read_key(&r, &v))
            continue;
        read_judgement(&r, &v);
        keep(&r, &v);
        read_problem(&r, &v);
    }
    return RC_OK;
}

/* ---- writing ---- */

struct writing {
    struct county *c;
    const struct evaluations *x;
    struct file_sent *file;
    const char *by;
    struct arena *a;
    const char *code;
    struct id set;
};

static struct evaluation_audit_row evaluation_row(const struct writing *w, size_t i)
{
    const struct evaluation *v = &w->x->list[i];
    return (struct evaluation_audit_row){ .set_id = w->set,
                                          .unit_id = v->unit->id,
                                          .period = v->period,
                                          .source = source_word(v->source),
                                          .score = v->score,
                                          .state = v->state };
}

static struct evaluation_problem_audit_row problem_row(const struct writing *w, size_t i)
{
    const struct evaluation_problem *p = &w->x->problem[i];
    return (struct evaluation_problem_audit_row){ .set_id = w->set,
                                                  .unit_id = p->unit->id,
                                                  .period = p->period,
                                                  .source = source_word(p->source),
                                                  .kind = p->kind,
                                                  .n = p->n,
                                                  .found_day = p->found_day };
}

static enum rc append(struct tx *tx, const struct writing *w,
                      const struct evaluation_set_audit_row *set, struct id *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    struct rows_hash values, problems;
    rows_hash_init(&values);
    rows_hash_init(&problems);
    for (size_t i = 0; i < w->x->n; i++) {
        struct evaluation_audit_row row = evaluation_row(w, i);
        rows_hash_row(&values, &evaluation_audit_query, &row, scratch);
    }
    for (size_t i = 0; i < w->x->n_problem; i++) {
        struct evaluation_problem_audit_row row = problem_row(w, i);
        rows_hash_row(&problems, &evaluation_problem_audit_query, &row, scratch);
    }
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &evaluation_set_audit_query, set);
    canon_rows(&k, "evaluation", &values);
    canon_rows(&k, "evaluation_problem", &problems);
    struct record_part part = part_open(&k);
    return record_append(tx, w->c,
                         &(struct record_new){ .kind = "evaluation.imported",
                                               .unit = "",
                                               .subject = w->code,
                                               .by = w->by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

static enum rc write_rows(struct tx *tx, const struct writing *w, struct id record,
                          struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < w->x->n && rc == RC_OK; i++) {
        struct evaluation_audit_row v = evaluation_row(w, i);
        rc = evaluation_insert(tx, v.set_id, v.unit_id, v.period, v.source, v.score, v.state,
                               record, NULL, e);
    }
    for (size_t i = 0; i < w->x->n_problem && rc == RC_OK; i++) {
        struct evaluation_problem_audit_row p = problem_row(w, i);
        rc = evaluation_problem_insert(tx, p.set_id, p.unit_id, p.period, p.source, p.kind, p.n,
                                       p.found_day, record, NULL, e);
    }
    return rc;
}

static enum rc write_set(struct tx *tx, void *arg, struct err *e)
{
    struct writing *w = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct evaluation_set_last_row last;
    struct evaluation_set_insert_row made;
    int64_t problems = 0;
    struct id record;
    for (size_t i = 0; i < w->x->n_problem; i++)
        problems += w->x->problem[i].n;
    enum rc rc = file_sent_register(tx, w->c, w->file, w->by, e);
    if (rc == RC_OK)
        rc = evaluation_set_last_one(tx_snap(tx), a, &last, e);
    if (rc != RC_OK)
        return rc;
    w->code = arena_printf(w->a, "E-%04lld", (long long)last.id + 1);
    struct evaluation_set_audit_row set = { .code = w->code,
                                            .file_name = w->file->name,
                                            .file_digest = { w->file->digest, HASH_SIZE },
                                            .evaluations = (int64_t)w->x->n,
                                            .problems = problems,
                                            .by_account = w->by,
                                            .at = county_now(w->c) };
    rc =
        evaluation_set_insert_one(tx, set.code, set.file_name, set.file_digest, set.evaluations,
                                  set.problems, set.by_account, set.at, a, &made, e);
    if (rc != RC_OK)
        return rc;
    w->set = made.id;
    rc = append(tx, w, &set, &record, e);
    if (rc == RC_OK)
        rc = evaluation_set_record(tx, record, w->set, NULL, e);
    return rc == RC_OK ? write_rows(tx, w, record, e) : rc;
}

enum rc evaluations_write(struct county *c, const struct evaluations *x, struct file_sent *file,
                          const char *by, struct arena *a, const char **ret_code, struct err *e)
{
    struct writing w = { .c = c, .x = x, .file = file, .by = by, .a = a };
    if (x->n == 0)
        return err_set(e, RC_INVALID, N_("{file} 里没有一条评价"), "file", file->name);
    enum rc rc = file_sent_keep(c, file, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, write_set, &w, e);
    if (rc == RC_OK)
        *ret_code = w.code;
    return rc;
}
