/* The register of rules: its checks, its rows, what became of the problems, tables. */
#include "meeting/regulation.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "meeting/regulation.sql.h"
#include "sheet/cell.h"
#include "store/county.h"
#include "store/record.h"

static const struct word {
    const char *word, *text;
} kinds[] = { [REGULATION_MADE] = { "made", N_("新建") },
              [REGULATION_IMPROVED] = { "improved", N_("修订") } };

const char *regulation_kind_word(enum regulation_kind k)
{
    return k ? kinds[k].word : "";
}

const char *regulation_kind_text(enum regulation_kind k)
{
    return k ? kinds[k].text : "";
}

enum regulation_kind regulation_kind_of(const char *word)
{
    for (size_t i = 1; i < COUNT(kinds); i++)
        if (str_eq(word, kinds[i].word) || str_eq(word, kinds[i].text))
            return (enum regulation_kind)i;
    return 0;
}

/* ---- checking ---- */

static bool fits(const char *text, size_t max)
{
    return *text && utf8_count(text) <= max;
}

static enum rc check_text(const struct regulation *r, const char **field, struct err *e)
{
    *field = "title";
    if (!fits(r->title, REGULATION_TITLE_MAX))
        return err_set(e, RC_INVALID, N_("制度名称应有1至{max}个字"), "max", "100");
    *field = "kind";
    if (!r->kind)
        return err_set(e, RC_INVALID, N_("「{title}」应写明是新建还是修订"), "title", r->title);
    *field = "document";
    if (utf8_count(r->document) > REGULATION_DOCUMENT_MAX)
        return err_set(e, RC_INVALID, N_("「{title}」的文号至多{max}个字"), "title", r->title,
                       "max", "60");
    *field = "problem";
    if (!fits(r->problem, REGULATION_PROBLEM_MAX))
        return err_set(e, RC_INVALID, N_("「{title}」要写明针对什么问题,1至{max}个字"), "title",
                       r->title, "max", "300");
    *field = "why";
    if (utf8_count(r->why) > REGULATION_WHY_MAX)
        return err_set(e, RC_INVALID, N_("「{title}」的修改原因至多{max}个字"), "title",
                       r->title, "max", "200");
    return RC_OK;
}

enum rc regulation_check(const struct snap *s, const struct units *us,
                         const struct regulation *r, int32_t today, const char **ret_field,
                         struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct regulation_matter_there_row there;
    enum rc rc = check_text(r, ret_field, e);
    if (rc != RC_OK)
        return rc;
    *ret_field = "day";
    if (r->day <= 0 || r->day > today)
        return err_set(e, RC_INVALID,
                       N_("「{title}」的印发日期应是今天或以前的一天,如 2026-09-30"), "title",
                       r->title);
    *ret_field = "unit";
    if (!units_find(us, r->unit))
        return err_set(e, RC_INVALID, N_("「{title}」的印发单位「{unit}」不在今天的单位表里"),
                       "title", r->title, "unit", r->unit);
    *ret_field = "matter";
    if (*r->matter)
        rc = regulation_matter_there_one(s, r->matter, a, &there, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return err_set(e, RC_INVALID,
                       N_("「{title}」的关联事项「{matter}」不存在;应写编号,如 D-2026-00012"),
                       "title", r->title, "matter", r->matter);
    }
    if (rc == RC_OK)
        *ret_field = "";
    return rc;
}

/* ---- the database ---- */

static struct regulation from_row(const struct regulation_list_row *w)
{
    return (struct regulation){ .code = w->code,
                                .version = w->version,
                                .title = w->title,
                                .kind = regulation_kind_of(w->kind),
                                .document = w->document,
                                .day = (int32_t)w->day,
                                .unit = w->unit,
                                .problem = w->problem,
                                .matter = w->matter,
                                .why = w->why,
                                .by = w->by_account,
                                .at = w->at };
}

enum rc regulations_load(const struct snap *s, struct arena *a, struct regulation **ret,
                         size_t *ret_n, struct err *e)
{
    struct regulation_list_row *rows;
    size_t n;
    enum rc rc = regulation_list_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = from_row(&rows[i]);
    *ret_n = n;
    return RC_OK;
}

enum rc regulation_load(const struct snap *s, const char *code, struct arena *a,
                        struct regulation *ret, struct err *e)
{
    struct regulation *list;
    size_t n;
    enum rc rc = regulations_load(s, a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].code, code)) {
            *ret = list[i];
            return RC_OK;
        }
    return err_set(e, RC_NOTFOUND, N_("制度库里没有编号为「{code}」的制度"), "code", code);
}

/* The record of what it says from now on. */
static enum rc note(struct tx *tx, struct county *c, const struct regulation *r,
                    const char *code, int64_t version, const char *by, struct id *ret,
                    struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct regulation_audit_row row = { .code = code,
                                        .version = version,
                                        .title = r->title,
                                        .kind = regulation_kind_word(r->kind),
                                        .document = r->document,
                                        .day = r->day,
                                        .unit = r->unit,
                                        .problem = r->problem,
                                        .matter = r->matter,
                                        .why = r->why,
                                        .by_account = by,
                                        .at = county_now(c) };
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &regulation_audit_query, &row);
    struct record_part part = part_restricted(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = "regulation.set",
                                               .unit = r->unit,
                                               .subject = code,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

/* Of one unit one document number is one rule; without a number the title is. */
static bool same_thing(const struct regulation *x, const struct regulation *y)
{
    if (!str_eq(x->unit, y->unit))
        return false;
    return *x->document || *y->document ? str_eq(x->document, y->document)
                                        : str_eq(x->title, y->title);
}

static const struct regulation *find(const struct regulation *list, size_t n,
                                     const struct regulation *r)
{
    for (size_t i = 0; i < n; i++)
        if (r->code && *r->code ? str_eq(list[i].code, r->code) : same_thing(&list[i], r))
            return &list[i];
    return NULL;
}

/* The only other one that is the same thing. */
static enum rc check_twice(const struct regulation *list, size_t n, const struct regulation *r,
                           struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (same_thing(&list[i], r) && !str_eq(list[i].code, r->code ? r->code : ""))
            return err_set(e, RC_CONFLICT,
                           N_("这个单位的「{title}」已在制度库里,编号{code};要改请改那一条"),
                           "title", list[i].title, "code", list[i].code);
    return RC_OK;
}

static enum rc insert(struct tx *tx, struct county *c, const struct regulation *r,
                      const char *by, struct arena *a, const char **ret_code, struct err *e)
{
    struct regulation_last_row last;
    struct regulation_insert_row made;
    struct id record;
    enum rc rc = regulation_last_one(tx_snap(tx), a, &last, e);
    if (rc != RC_OK)
        return rc;
    const char *code = arena_printf(a, "Z-%04lld", (long long)last.n + 1);
    rc = note(tx, c, r, code, 1, by, &record, e);
    if (rc == RC_OK)
        rc = regulation_insert_one(tx, code, r->title, regulation_kind_word(r->kind),
                                   r->document, r->day, r->unit, r->problem, r->matter, r->why,
                                   by, county_now(c), record, a, &made, e);
    *ret_code = code;
    return rc;
}

enum rc regulation_add(struct tx *tx, struct county *c, const struct regulation *r,
                       const char *by, struct arena *a, const char **ret_code, struct err *e)
{
    const struct units *us;
    struct regulation *list;
    size_t n;
    const char *field, *code = "";
    enum rc rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc == RC_OK)
        rc = regulation_check(tx_snap(tx), us, r, county_today(c), &field, e);
    if (rc == RC_OK)
        rc = regulations_load(tx_snap(tx), a, &list, &n, e);
    if (rc == RC_OK)
        rc = check_twice(list, n, r, e);
    if (rc == RC_OK)
        rc = insert(tx, c, r, by, a, &code, e);
    if (rc == RC_OK && ret_code)
        *ret_code = code;
    return rc;
}

enum rc regulation_change(struct tx *tx, struct county *c, const struct regulation *r,
                          const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct units *us;
    struct regulation *list;
    size_t n;
    const char *field;
    struct id record;
    int64_t changed = 0;
    enum rc rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc == RC_OK)
        rc = regulation_check(tx_snap(tx), us, r, county_today(c), &field, e);
    if (rc == RC_OK)
        rc = regulations_load(tx_snap(tx), a, &list, &n, e);
    if (rc == RC_OK)
        rc = check_twice(list, n, r, e);
    if (rc == RC_OK)
        rc = note(tx, c, r, r->code, r->version + 1, by, &record, e);
    if (rc == RC_OK)
        rc = regulation_put(tx, r->title, regulation_kind_word(r->kind), r->document, r->day,
                            r->unit, r->problem, r->matter, r->why, by, county_now(c), record,
                            r->code, r->version, &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_CONFLICT, N_("{code} 已被他人修改,请重新打开再改"), "code",
                       r->code);
    return rc;
}

/* ---- tables ---- */

enum {
    R_CODE,
    R_TITLE,
    R_KIND,
    R_DOCUMENT,
    R_DAY,
    R_UNIT,
    R_PROBLEM,
    R_MATTER,
    R_AGAIN,
    REGULATION_FIELDS
};
static const char *const columns[REGULATION_FIELDS] = { "code",     "title",  "kind",
                                                        "document", "day",    "unit",
                                                        "problem",  "matter", "again" };
static const struct heading_word kind_words[] = {
    { "made", "新建|制定|新制定" },
    { "improved", "修订|修改|完善" },
    { NULL, NULL },
};
const struct heading regulation_headings[] = {
    { "code", "编号", N_("新的留空；改已有的写原编号"), "", false, NULL },
    { "title", "制度名称|名称|标题", N_("文件标题，至多100个字"), "清溪区小额工程采购管理办法",
      true, NULL },
    { "kind", "新建或修订|类别|方式", N_("新建或修订"), "新建", true, kind_words },
    { "document", "文号|发文字号", N_("没有文号的留空"), "清财〔2026〕12号", false, NULL },
    { "day", "印发日期|日期", N_("如 2026-09-30"), "2026-09-30", true, NULL },
    { "unit", "印发单位|单位|制定单位", N_("单位的编码或名称"), "财政局", true, NULL },
    { "problem", "针对的问题|问题", N_("针对什么问题，至多300个字"), "小额工程化整为零规避招标",
      true, NULL },
    { "matter", "关联事项|事项编号", N_("办理那个问题的事项编号；没有的留空"), "", false,
      NULL },
    { "again", "是否再发|再发情况", N_("由系统判断，导入时不看这一列"), "", false, NULL },
    { NULL, NULL, NULL, NULL, false, NULL },
};

struct reading {
    const struct snap *s;
    const struct units *us;
    const struct table *t;
    struct problems *problems;
    struct arena *a;
    int32_t today;
    ptrdiff_t col[REGULATION_FIELDS];
    const struct regulation *there;
    size_t n_there;
};

static enum rc head(struct reading *r, const char *file, struct err *e)
{
    for (size_t i = 0; i < REGULATION_FIELDS; i++)
        r->col[i] = r->t->rows ? table_col(r->t, 0, columns[i]) : -1;
    for (size_t c = 0; r->t->rows && c < r->t->cols; c++) {
        bool known = !*str_trim(r->a, table_text(r->t, 0, c));
        for (size_t i = 0; i < REGULATION_FIELDS; i++)
            known |= r->col[i] == (ptrdiff_t)c;
        if (!known)
            return err_set(e, RC_INVALID,
                           N_("{file}: 不认识「{column}」这一列;可用的列: {columns}"), "file",
                           file, "column", table_text(r->t, 0, c), "columns",
                           heading_list(regulation_headings, r->a));
    }
    for (size_t i = 0; i < REGULATION_FIELDS; i++)
        if (regulation_headings[i].needed && r->col[i] < 0)
            return err_set(e, RC_INVALID, N_("{file}: 缺少「{column}」这一列"), "file", file,
                           "column", heading_name(regulation_headings, columns[i], r->a));
    return RC_OK;
}

static const char *cell(const struct reading *r, size_t row, size_t f)
{
    return r->col[f] < 0
               ? ""
               : arena_strdup(r->a, str_trim(r->a, table_text(r->t, row, (size_t)r->col[f])));
}

static struct regulation read_row(const struct reading *r, size_t row)
{
    const char *day = cell(r, row, R_DAY), *unit = cell(r, row, R_UNIT);
    const struct unit *u = units_named(r->us, unit);
    struct period p;
    struct regulation x = { .code = cell(r, row, R_CODE),
                            .title = cell(r, row, R_TITLE),
                            .kind = regulation_kind_of(cell(r, row, R_KIND)),
                            .document = cell(r, row, R_DOCUMENT),
                            .unit = u ? u->code : unit,
                            .problem = cell(r, row, R_PROBLEM),
                            .matter = cell(r, row, R_MATTER),
                            .why = "",
                            .by = "" };
    if (cell_period(day, &p) && period_kind(p) == PERIOD_DAY)
        x.day = period_first_day(p);
    const struct regulation *old = find(r->there, r->n_there, &x);
    if (old) {
        x.code = old->code;
        x.version = old->version;
    }
    return x;
}

static void wrong(const struct reading *r, size_t row, size_t f, const char *why)
{
    problem_add(r->problems, r->t, PROBLEM_WRONG, row,
                r->col[f] < 0 ? (size_t)r->col[R_TITLE] : (size_t)r->col[f], N_("{why}"), NULL,
                "why", why);
}

static enum rc check_row(const struct reading *r, size_t row, const struct regulation *x,
                         struct err *e)
{
    CLEANUP(err_done) struct err why = { 0 };
    const char *field;
    size_t f = 0;
    enum rc rc = regulation_check(r->s, r->us, x, r->today, &field, &why);
    if (rc == RC_INVALID) {
        while (f + 1 < REGULATION_FIELDS && !str_eq(columns[f], field))
            f++;
        wrong(r, row, f, err_message(&why, LANG_ZH, r->a));
        rc = RC_OK;
    } else if (rc != RC_OK) {
        err_move(e, &why);
    } else if (*x->code && !x->version)
        problem_add(r->problems, r->t, PROBLEM_WRONG, row, (size_t)r->col[R_CODE],
                    N_("制度库里没有编号「{code}」"), N_("新的制度编号留空"), "code", x->code);
    return rc;
}

enum rc regulations_from_table(const struct snap *s, const struct units *us,
                               const struct table *t, int32_t today, struct arena *a,
                               struct regulation **ret, size_t *ret_n,
                               struct problems *problems, struct err *e)
{
    struct regulation *there;
    struct reading r = { .s = s,
                         .us = us,
                         .t = table_to_codes(t, regulation_headings, a),
                         .problems = problems,
                         .a = a,
                         .today = today };
    enum rc rc = head(&r, t->file ? t->file : "", e);
    if (rc == RC_OK && t->rows > REGULATION_ROWS_MAX + 1)
        rc = err_set(e, RC_TOOBIG, N_("{file} 的行太多:最多{max}行"), "file",
                     t->file ? t->file : "", "max", "5000");
    if (rc == RC_OK)
        rc = regulations_load(s, a, &there, &r.n_there, e);
    if (rc != RC_OK)
        return rc;
    r.there = there;
    struct regulation *list = arena_array(a, t->rows, sizeof(*list));
    size_t n = 0;
    for (size_t row = 1; row < t->rows && rc == RC_OK; row++) {
        if (table_row_blank(t, row))
            continue;
        list[n] = read_row(&r, row);
        rc = check_row(&r, row, &list[n], e);
        for (size_t i = 0; i < n; i++)
            if (same_thing(&list[i], &list[n])) {
                wrong(&r, row, R_TITLE, lang_text(LANG_ZH, N_("和上面一行是同一项制度")));
                break;
            }
        n++;
    }
    *ret = list;
    *ret_n = n;
    return rc;
}

static const char *unit_text(const struct units *us, const char *code)
{
    const struct unit *u = units_find(us, code);
    return u && units_named(us, u->name) == u ? u->name : code;
}

const struct table *regulations_to_table(const struct regulation *list, size_t n,
                                         const struct regulation_fate *fates,
                                         const struct units *us, struct arena *a)
{
    size_t cols = fates ? REGULATION_FIELDS : R_AGAIN;
    struct table *t = table_new(a, n + 1, cols, false);
    for (size_t f = 0; f < cols; f++)
        table_set(t, 0, f, CELL_TEXT, columns[f]);
    for (size_t i = 0; i < n; i++) {
        const struct regulation *r = &list[i];
        const char *cells[REGULATION_FIELDS] = {
            r->code,
            r->title,
            regulation_kind_word(r->kind),
            r->document,
            fmt_date(a, day_start(r->day)),
            unit_text(us, r->unit),
            r->problem,
            r->matter,
            fates ? regulation_again_text(fates[i].again) : "",
        };
        for (size_t f = 0; f < cols; f++)
            table_set(t, i + 1, f, CELL_TEXT, cells[f]);
    }
    return table_to_words(t, regulation_headings, a);
}

bool regulation_same(const struct regulation *x, const struct regulation *y)
{
    return str_eq(x->title, y->title) && x->kind == y->kind &&
           str_eq(x->document, y->document) && x->day == y->day && str_eq(x->unit, y->unit) &&
           str_eq(x->problem, y->problem) && str_eq(x->matter, y->matter);
}

enum rc regulations_write(struct tx *tx, struct county *c, const struct regulation *list,
                          size_t n, const char *by, size_t *ret_written, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct regulation *there;
    size_t n_there;
    *ret_written = 0;
    enum rc rc = regulations_load(tx_snap(tx), a, &there, &n_there, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct regulation *old = find(there, n_there, &list[i]);
        if (old && regulation_same(old, &list[i]))
            continue;
        rc = old ? regulation_change(tx, c, &list[i], by, e)
                 : regulation_add(tx, c, &list[i], by, a, NULL, e);
        ++*ret_written;
    }
    return rc;
}
