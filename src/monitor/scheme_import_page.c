/*
 * A scheme goes in. A table in the format of META.csv becomes a draft at once: its head says
 * what every column is. Any other sheet is the county's own: which column is what is guessed
 * and shown, what could not be read is asked, and only then it becomes a draft. Between the
 * steps nothing is kept but the file under its digest; the form carries the map and the
 * answers.
 */
#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/str.h"
#include "monitor/scheme_draft.h"
#include "monitor/scheme_import.h"
#include "monitor/scheme_import.html.h"
#include "monitor/scheme_page.h"
#include "monitor/scheme_view.h"
#include "people/asker.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCHEME_FORM_MAX = SCHEME_FILE_MAX + (64 << 10),
    LINES_SHOWN = 8,
    MAP_TEXT_MAX = 256 << 10,
    FILE_NAME_MAX = 200
};

struct taking {
    struct rq *rq;
    struct bytes data;
    const char *file; /* its name */
    uint8_t digest[HASH_SIZE];
    struct book book;
    struct sheet_map map;
    struct sheet_scheme sheet;
    struct scheme scheme;
    struct file_sent sent;
    struct scheme_import_page p;
    int version;
};

void rq_sheet_context(struct rq *rq, struct sheet_context *ret)
{
    sheet_context_of(rq_asker(rq)->units, rq->a, ret);
}

/* ---- steps as pages ---- */

static enum rc ask_file(struct rq *rq, const char *error, struct err *e)
{
    struct scheme_import_page p = { .step = 1,
                                    .error = error,
                                    .error_field = error ? "file" : NULL,
                                    .max_bytes = SCHEME_FILE_MAX };
    if (error)
        rq->status = 400;
    rq_crumb(rq, rq_tr(rq, N_("指标方案")), "/scheme");
    return scheme_import_render(rq, &p, e);
}

static void columns(struct taking *t)
{
    struct arena *a = t->rq->a;
    struct scheme_import_page *p = &t->p;
    p->columns = arena_array(a, t->map.n_columns, sizeof(*p->columns));
    p->letters = arena_array(a, t->map.n_columns, sizeof(*p->letters));
    for (size_t i = 0; i < t->map.n_columns; i++) {
        const struct sheet_column *c = &t->map.column[i];
        struct scheme_import_columns x = {
            .letter = c->letter,
            .head = c->head,
            .field = arena_printf(a, "column:%s", c->letter),
            .sure = c->sure,
            .samples = arena_array(a, SHEET_SAMPLES, sizeof(*x.samples)),
            .roles = arena_array(a, SHEET_ROLES, sizeof(*x.roles))
        };
        for (size_t k = 0; k < SHEET_SAMPLES && c->sample[k]; k++)
            x.samples[x.n_samples++] = c->sample[k];
        for (enum sheet_role r = 0; r < SHEET_ROLES; r++)
            x.roles[x.n_roles++] = (struct scheme_import_columns_roles){
                sheet_role_code(r), rq_tr(t->rq, sheet_role_name(r)), r == c->role
            };
        p->columns[p->n_columns++] = x;
        p->letters[p->n_letters++] = (struct scheme_import_letters){ .name = c->letter };
    }
    p->sheets = arena_array(a, t->book.n, sizeof(*p->sheets));
    for (size_t i = 0; t->book.n > 1 && i < t->book.n; i++)
        if (t->book.sheet[i]->name)
            p->sheets[p->n_sheets++] = (struct scheme_import_sheets){
                t->book.sheet[i]->name, str_eq(t->book.sheet[i]->name, t->map.table->name)
            };
}

/* The first rows below the head, with names filled in where they were left blank. */
static void lines(struct taking *t)
{
    const struct table *table = t->map.table;
    struct scheme_import_page *p = &t->p;
    p->lines = arena_array(t->rq->a, LINES_SHOWN, sizeof(*p->lines));
    const char **above = arena_array(t->rq->a, table->cols, sizeof(*above));
    for (size_t r = t->map.head + 1; r < table->rows && p->n_lines < LINES_SHOWN; r++) {
        if (table_row_blank(table, r))
            continue;
        struct scheme_import_lines x = { .no = (int64_t)table_line(table, r),
                                         .cells = arena_array(t->rq->a, t->map.n_columns,
                                                              sizeof(*x.cells)) };
        for (size_t c = 0; c < t->map.n_columns && c < table->cols; c++) {
            const char *text = table_text(table, r, c);
            enum sheet_role role = t->map.column[c].role;
            bool level = role >= ROLE_LEVEL1 && role <= ROLE_LEVEL5;
            bool guessed = level && !*text && above[c];
            if (*text) {
                above[c] = text;
                for (size_t k = c + 1; level && k < table->cols; k++)
                    above[k] = NULL; /* a new name above: what hangs below begins anew */
            }
            x.cells[x.n_cells++] =
                (struct scheme_import_lines_cells){ guessed ? above[c] : text, false, guessed };
        }
        p->lines[p->n_lines++] = x;
    }
}

static const char *why_text(struct taking *t, const struct sheet_question *q)
{
    return q->why ? text_fill(t->rq->a, rq_tr(t->rq, q->why), "rest", q->rest ? q->rest : "",
                              "near", q->rest ? q->rest : "", NULL)
                  : "";
}

/* One question as the page has it; the first option leaves it open. */
#define OPTIONS(type, q, out)                                                                  \
    do {                                                                                       \
        const char *chosen_ = (q)->answer ? (q)->answer : (q)->proposal;                       \
        (out).options = arena_array(t->rq->a, (q)->n_option + 1, sizeof(*(out).options));      \
        (out).options[(out).n_options++] =                                                     \
            (struct type){ "", rq_tr(t->rq, N_("先空着")), !chosen_ };                         \
        for (size_t k_ = 0; k_ < (q)->n_option; k_++)                                          \
            (out).options[(out).n_options++] =                                                 \
                (struct type){ (q)->option[k_].value, rq_tr(t->rq, (q)->option[k_].name),      \
                               str_eq((q)->option[k_].value, chosen_) };                       \
    } while (0)

static void questions(struct taking *t)
{
    struct scheme_import_page *p = &t->p;
    struct arena *a = t->rq->a;
    p->questions = arena_array(a, t->sheet.n_question, sizeof(*p->questions));
    p->standards = arena_array(a, t->sheet.n_question, sizeof(*p->standards));
    for (size_t i = 0; i < t->sheet.n_question; i++) {
        const struct sheet_question *q = &t->sheet.question[i];
        if (q->kind == QUESTION_STANDARD || q->kind == QUESTION_SCORE) {
            const struct sheet_node *n = &t->sheet.node[q->node];
            struct scheme_import_standards x = { .id = q->id,
                                                 .cell = q->cells,
                                                 .indicator = n->n.name,
                                                 .text = q->given,
                                                 .full = n->score,
                                                 .read_words = standard_words(a, &n->standard,
                                                                              t->rq->lang),
                                                 .understood = n->standard.understood };
            OPTIONS(scheme_import_standards_options, q, x);
            p->standards[p->n_standards++] = x;
        } else {
            struct scheme_import_questions x = { .id = q->id,
                                                 .given = q->given,
                                                 .cells = q->cells,
                                                 .n = (int64_t)q->n,
                                                 .hint = why_text(t, q) };
            OPTIONS(scheme_import_questions_options, q, x);
            p->questions[p->n_questions++] = x;
        }
    }
}

static void summary(struct taking *t)
{
    struct scheme_import_page *p = &t->p;
    struct arena *a = t->rq->a;
    p->rows = (int64_t)t->sheet.rows;
    p->read_rows = (int64_t)t->sheet.rows_used;
    p->weight_total = t->sheet.total;
    p->points = (int64_t)t->sheet.n_indicators;
    p->counts = arena_array(a, SHEET_LEVELS + 2, sizeof(*p->counts));
    for (int d = 1; d <= t->sheet.depth && d < SHEET_LEVELS + 2; d++)
        p->counts[p->n_counts++] =
            (struct scheme_import_counts){ rq_tr(t->rq, scheme_level_text(d)),
                                           (int64_t)t->sheet.by_depth[d] };
    p->warnings = arena_array(a, t->sheet.problems.n, sizeof(*p->warnings));
    for (size_t i = 0; i < t->sheet.problems.n; i++)
        p->warnings[p->n_warnings++] = problem_line(&t->sheet.problems.p[i], t->rq->lang, a);
}

static enum rc render(struct taking *t, int step, struct err *e)
{
    char *hex = arena_alloc(t->rq->a, HASH_HEX);
    t->p.step = step;
    t->p.file = t->file;
    t->p.digest = hex_encode(t->digest, HASH_SIZE, hex);
    t->p.map = sheet_map_json(t->rq->a, &t->map);
    t->p.max_bytes = SCHEME_FILE_MAX;
    summary(t);
    if (step == 2) {
        columns(t);
        lines(t);
    } else {
        questions(t);
    }
    rq_crumb(t->rq, rq_tr(t->rq, N_("指标方案")), "/scheme");
    return scheme_import_render(t->rq, &t->p, e);
}

/* ---- reading ---- */

static enum rc read_sheet(struct taking *t, const char *json, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rq *rq = t->rq;
    struct county *c = rq_county(rq);
    enum rc rc = db_read(c->db, &s, e);
    return rc == RC_OK
               ? scheme_sheet_take(rq->a, &t->book, t->file, json, s,
                                   period_at(PERIOD_DAY, county_today(c)), rq_asker(rq)->units,
                                   c->name, rq->lang, &t->map, &t->sheet, e)
               : rc;
}

/* The map of the form: what it was, the sheet and columns now chosen, the answers given. */
static const char *form_map(struct rq *rq, bool *ret_other_sheet)
{
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    const char *was = rq_field(rq, "map"), *sheet = rq_field(rq, "sheet");
    json_t *o = was && strlen(was) <= MAP_TEXT_MAX
                    ? json_loads(was, JSON_REJECT_DUPLICATES, NULL)
                    : NULL;
    if (!json_is_object(o)) {
        json_decref(o);
        o = json_object();
    }
    const char *old_sheet = json_string_value(json_object_get(o, "sheet"));
    *ret_other_sheet = sheet && !str_eq(sheet, old_sheet);
    if (*ret_other_sheet) { /* another sheet: nothing of the old one holds */
        json_object_clear(o);
        json_object_set_new(o, "sheet", json_string(sheet));
    } else {
        json_t *columns = json_object_get(o, "columns"),
               *answers = json_object_get(o, "answers");
        if (!columns)
            json_object_set_new(o, "columns", columns = json_object());
        if (!answers)
            json_object_set_new(o, "answers", answers = json_object());
        for (size_t i = 0; i < n; i++) {
            if (str_starts(f[i].name, "column:"))
                json_object_set_new(columns, f[i].name + strlen("column:"),
                                    json_string(f[i].value));
            else if (strchr(f[i].name, ':') && *f[i].value)
                json_object_set_new(answers, f[i].name, json_string(f[i].value));
            else if (strchr(f[i].name, ':'))
                json_object_del(answers, f[i].name);
        }
    }
    char *text = json_dumps(o, JSON_COMPACT);
    const char *out = arena_strdup(rq->a, text);
    free(text);
    json_decref(o);
    return out;
}

/* The first problems of a table as one text, a line each. */
static const char *first_problems(struct rq *rq, const struct problems *ps)
{
    enum { SHOWN = 10 };
    struct str b;
    str_init(&b, rq->a);
    for (size_t i = 0, n = 0; i < ps->n && n < SHOWN; i++)
        if (ps->p[i].level == PROBLEM_WRONG)
            str_addf(&b, "%s%s", n++ ? "\n" : "", problem_line(&ps->p[i], rq->lang, rq->a));
    return b.s;
}

/* ---- writing ---- */

static enum rc write_it(struct tx *tx, void *arg, struct err *e)
{
    struct taking *t = arg;
    struct rq *rq = t->rq;
    return scheme_draft_write(tx, rq_county(rq), &t->scheme, &t->sent, (struct period){ 0 },
                              rq->account.id, rq->account.code, &t->version, e);
}

static enum rc become_draft(struct taking *t, struct err *e)
{
    struct rq *rq = t->rq;
    t->scheme.name = scheme_draft_name(rq->a, t->file, rq->lang);
    t->sent = (struct file_sent){ .name = t->file,
                                  .media = sheet_format_mime(sheet_format_of(t->data)),
                                  .content = t->data };
    enum rc rc = file_sent_keep(rq_county(rq), &t->sent, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_it, t, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq,
              text_fill(rq->a,
                        rq_tr(rq, N_("读到{n}项,存为第{version}版草案。草案不影响任何得分。")),
                        "n", arena_printf(rq->a, "%zu", t->scheme.n), "version",
                        arena_printf(rq->a, "%d", t->version), NULL));
    return rq_county(t->rq)->trial ? web_done(rq, "/setup/scheme", e)
                                   : web_donef(rq, e, "/scheme/%d", t->version);
}

static enum rc take_meta(struct taking *t, struct err *e)
{
    struct rq *rq = t->rq;
    const struct table *table;
    struct problems ps;
    problems_init(&ps, rq->a);
    enum rc rc = book_first(&t->book, t->file, &table, e);
    if (rc == RC_OK)
        rc = scheme_from_table(table, rq->a, &t->scheme, &ps, e);
    if (rc == RC_OK && ps.wrong)
        return err_set(e, RC_INVALID, N_("{file}里有{n}处要改:\n{lines}"), "file", t->file, "n",
                       arena_printf(rq->a, "%zu", ps.wrong), "lines", first_problems(rq, &ps));
    if (rc == RC_OK && t->scheme.n == 0)
        return err_set(e, RC_INVALID, N_("{file}里没有指标"), "file", t->file);
    /* Such a table is whole or it is nothing: what has no tree is no draft. */
    struct scheme_plan plan;
    if (rc == RC_OK)
        rc = scheme_plan(&t->scheme, county_today(rq_county(rq)), rq->a, &plan, e);
    return rc == RC_OK ? become_draft(t, e) : rc;
}

static enum rc take_sheet(struct taking *t, struct err *e)
{
    t->scheme = (struct scheme){ .name = "",
                                 .note = "",
                                 .config = "{}",
                                 .sheet_digest = { t->digest, HASH_SIZE },
                                 .sheet_map = sheet_map_json(t->rq->a, &t->map),
                                 .nodes = scheme_sheet_nodes(t->rq->a, &t->sheet),
                                 .n = t->sheet.n };
    return become_draft(t, e);
}

/* ---- requests ---- */

static enum rc scheme_import_show(struct rq *rq, struct err *e)
{
    return ask_file(rq, NULL, e);
}

static enum rc upload_taken(struct taking *t, const struct upload *u, struct err *e)
{
    struct rq *rq = t->rq;
    t->file = u->filename;
    enum rc rc = file_read(rq->a, u->path, SCHEME_FILE_MAX, &t->data, e);
    if (rc == RC_OK)
        rc = sheet_read(rq->a, t->file, t->data, NULL, &t->book, e);
    if (rc != RC_OK)
        return rc;
    if (scheme_book_is_meta(&t->book))
        return take_meta(t, e);
    rc = file_put(rq_county(rq), t->data, t->digest, e);
    if (rc == RC_OK)
        rc = read_sheet(t, "", e);
    return rc == RC_OK ? render(t, 2, e) : rc;
}

static enum rc next_step(struct taking *t, struct err *e)
{
    struct rq *rq = t->rq;
    const char *digest = rq_field(rq, "digest");
    int64_t step = 2;
    bool other = false;
    enum rc rc = rq_int_opt(rq, "step", N_("步骤"), 2, 4, &step, e);
    if (rc == RC_OK && (!digest || !hex_decode(digest, HASH_SIZE, t->digest)))
        return err_set(e, RC_INVALID, N_("请选择一个xlsx或CSV文件"));
    if (rc == RC_OK)
        rc = rq_text(rq, "file_name", N_("文件"), FILE_NAME_MAX, &t->file, e);
    if (rc == RC_OK)
        rc = file_get(rq_county(rq), rq->a, t->digest, SCHEME_FILE_MAX, &t->data, e);
    if (rc == RC_OK)
        rc = sheet_read(rq->a, t->file, t->data, NULL, &t->book, e);
    if (rc == RC_OK)
        rc = read_sheet(t, form_map(rq, &other), e);
    if (rc != RC_OK)
        return rc;
    /* Another sheet was chosen: its columns are looked at first. */
    return step == 4 ? take_sheet(t, e) : render(t, other ? 2 : (int)step, e);
}

static enum rc scheme_import_post(struct rq *rq, struct err *e)
{
    struct taking t = { .rq = rq };
    const struct upload *u = rq_upload(rq, "file");
    enum rc rc = u && u->size ? upload_taken(&t, u, e) : next_step(&t, e);
    if (rc == RC_OK || rq->json || (rc != RC_INVALID && rc != RC_TOOBIG))
        return rc;
    const char *why = err_message(e, rq->lang, rq->a);
    err_done(e);
    return ask_file(rq, why, e);
}

const struct route scheme_import_routes[] = {
    { .method = GET,
      .path = "/scheme/import",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = scheme_import_show,
      .page = &scheme_import_kind,
      .help = N_("导入指标方案") },
    { .method = POST,
      .path = "/scheme/import",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = scheme_import_post,
      .body_max = SCHEME_FORM_MAX,
      .n_files = 1,
      .help = N_("导入指标方案的文件,存为草案") },
};
const size_t scheme_import_routes_n = COUNT(scheme_import_routes);
