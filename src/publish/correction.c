/* Corrections go the way of every value: as a file of values, checked by the import and written
 * by it. What stands there already is left out, so that writing twice is writing once. */
#include "publish/correction.h"

#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/publication.h"
#include "monitor/scheme.h"
#include "monitor/values_import.h"
#include "people/account.sql.h"
#include "publish/release.sql.h"
#include "store/county.h"

#include <string.h>

struct correcting {
    struct county *c;
    const struct snap *s;
    struct arena *a;
    const struct objection_about *x;
    struct person who;
    struct values_context values;
    struct str csv;
    size_t rows;
};

static enum rc begin(struct correcting *k, const char *by, struct err *e)
{
    struct account_of_code_row row;
    enum rc rc = account_of_code_one(k->s, by, k->a, &row, e);
    if (rc == RC_OK)
        rc = person_load(k->s, row.id, county_today(k->c), ~UINT64_C(0), k->a, &k->who, e);
    if (rc == RC_OK)
        rc = values_context_make(k->c, k->s, &k->who, k->a, &k->values, e);
    k->values.signed_for = true; /* decided by the reviewer */
    str_init(&k->csv, k->a);
    str_add(&k->csv, "unit,point,period,value,missing,note\n");
    return rc;
}

/* ---- the rows ---- */

static void cell(struct str *b, const char *text)
{
    str_addc(b, '"');
    for (; *text; text++)
        str_addf(b, *text == '"' ? "\"\"" : "%c", *text);
    str_add(b, "\",");
}

static enum rc row(struct correcting *k, const struct matter *m, const char *point,
                   struct period p, const char *value, struct err *e)
{
    double v;
    char code[PERIOD_TEXT];
    bool number = parse_real_n(value, strlen(value), &v);
    const char *missing = number ? "" : value_missing_code(value);
    if (!missing)
        return err_set(e, RC_INVALID,
                       N_("更正后的「{value}」要是一个数,如 86.5,或者一种缺失原因,如 不适用"),
                       "value", value);
    cell(&k->csv, k->x->unit);
    cell(&k->csv, point);
    cell(&k->csv, period_code(p, code));
    cell(&k->csv, number ? value : "");
    cell(&k->csv, missing);
    str_addf(&k->csv, "%s\n", m->code);
    k->rows++;
    return RC_OK;
}

static char *trim(char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    for (size_t n = strlen(s); n && strchr(" \t\r", s[n - 1]);)
        s[--n] = '\0';
    return s;
}

static const struct values_point *point_of(const struct correcting *k, const char *text)
{
    const struct values_lookup *look = &k->values.look;
    for (size_t i = 0; i < look->n_point; i++)
        if (str_eq(look->point[i].code, text) || str_eq(look->point[i].name, text))
            return &look->point[i];
    return NULL;
}

/* "P161=0" or "P161 202608=0": of the point's newest period in the report's when none is
 * written. */
static enum rc line(struct correcting *k, const struct matter *m, char *text, struct err *e)
{
    CLEANUP(err_done) struct err none = { 0 };
    char *eq = strrchr(text, '=');
    if (!eq)
        return err_set(e, RC_INVALID, N_("「{line}」要写成:监测点=数值,如 P161=0"), "line",
                       text);
    *eq = '\0';
    char *left = trim(text), *space = strrchr(left, ' ');
    struct period p = { 0 };
    bool dated = space && period_parse(space + 1, &p, &none) == RC_OK;
    if (dated)
        *space = '\0';
    const struct values_point *point = point_of(k, trim(left));
    if (!point)
        return err_set(e, RC_INVALID, N_("没有「{point}」这个监测点"), "point", trim(left));
    if (!dated)
        p = period_at(point->frequency, period_last_day(k->x->period));
    return row(k, m, point->code, p, trim(eq + 1), e);
}

static enum rc rows(struct correcting *k, const struct matter *m, struct err *e)
{
    enum rc rc = RC_OK;
    const char *value = matter_value(m, "value"), *values = matter_value(m, "values");
    if (str_eq(k->x->what, "value"))
        return row(k, m, k->x->point, k->x->period, value, e);
    if (!str_eq(k->x->what, "report"))
        return RC_OK;
    size_t n;
    char **lines = str_split(k->a, values, '\n', &n);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (*trim(lines[i]))
            rc = line(k, m, trim(lines[i]), e);
    return rc;
}

static struct bytes file_of(const struct correcting *k)
{
    return (struct bytes){ (const uint8_t *)k->csv.s, k->csv.n };
}

static enum rc look(struct correcting *k, const char *name, struct values_checked *ret,
                    struct err *e)
{
    enum rc rc = values_import_check(&k->values, name, file_of(k), k->a, ret, NULL, e);
    return rc == RC_OK ? problems_err(&ret->problems, name, e) : rc;
}

/* ---- a report without corrected values ---- */

/* Something else was put right since it was computed, so that it comes out another. */
static enum rc check_changed(struct correcting *k, const struct matter *m, struct err *e)
{
    const char *fault = matter_value(m, "fault");
    const struct unit *u = units_find(k->values.units, k->x->unit);
    const struct scheme *scheme;
    struct publication now;
    struct run_head_row run;
    struct values_newer_row *newer = NULL;
    size_t n = 0;
    enum rc rc = publication_newest(k->s, k->x->period, k->a, &now, e);
    if (rc == RC_OK)
        rc = run_head_one(k->s, now.computation, k->a, &run, e);
    if (rc == RC_OK && str_eq(fault, "scheme"))
        rc = scheme_for_period(k->s, k->x->period, k->a, &scheme, e);
    if (rc == RC_OK && str_eq(fault, "values") && u)
        rc = values_newer_all(k->s, u->id, run.started_at, k->a, &newer, &n, e);
    if (rc != RC_OK)
        return rc;
    if (str_eq(fault, "scheme") && scheme->id.v == run.scheme_id.v)
        return err_set(e, RC_CONFLICT, N_("方案还是计算时的那一版:先改好方案并采用,再办成立"));
    for (size_t i = 0; i < n; i++)
        if (period_contains(k->x->period, newer[i].period) ||
            period_contains(newer[i].period, k->x->period))
            return RC_OK;
    return str_eq(fault, "values")
               ? err_set(
                     e, RC_INVALID,
                     N_("数值有误的,请写明更正哪些数值;已由来源更正的,计算之后要有新的一版"))
               : RC_OK;
}

enum rc correction_check(struct county *c, const struct snap *s, const struct matter *m,
                         const struct objection_about *x, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct correcting k = { .c = c, .s = s, .a = a, .x = x };
    struct values_checked checked;
    if (!str_eq(x->what, "value") && !str_eq(x->what, "report"))
        return RC_OK;
    enum rc rc = begin(&k, by, e);
    if (rc == RC_OK)
        rc = rows(&k, m, e);
    if (rc == RC_OK && k.rows == 0)
        return check_changed(&k, m, e);
    if (rc == RC_OK)
        rc = look(&k, "values.csv", &checked, e);
    return rc == RC_OK && checked.fresh == 0 && checked.changed == 0
               ? err_set(e, RC_INVALID, N_("更正后的数值和现在的一样,没有要更正的"))
               : rc;
}

/* ---- writing ---- */

/* When the newest of them came. */
static enum rc since(struct correcting *k, const struct values_checked *checked,
                     struct utime *ret, struct err *e)
{
    enum rc rc = RC_OK;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    rc = db_read(k->c->db, &s, e);
    for (size_t i = 0; i < checked->n && rc == RC_OK; i++) {
        const struct value_row *r = &checked->row[i];
        struct value_issuer_row now;
        rc = value_issuer_one(s, k->values.unit[r->unit]->id, k->values.points[r->point].id,
                              r->period, k->a, &now, e);
        if (rc == RC_OK && now.done_at.us > ret->us)
            *ret = now.done_at;
    }
    return rc;
}

enum rc correction_write(struct county *c, const struct matter *m,
                         const struct objection_about *x, const char *by, struct arena *a,
                         struct utime *ret_since, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct correcting k = { .c = c, .a = a, .x = x };
    struct values_checked checked;
    struct values_import done;
    const char *name = arena_printf(a, "%s.csv", m->code);
    *ret_since = (struct utime){ 0 };
    enum rc rc = db_read(c->db, &s, e);
    k.s = s;
    if (rc == RC_OK)
        rc = begin(&k, by, e);
    if (rc == RC_OK)
        rc = rows(&k, m, e);
    if (rc != RC_OK || k.rows == 0)
        return rc;
    rc = look(&k, name, &checked, e);
    db_read_end(&s); /* a change does not wait behind a snapshot */
    if (rc == RC_OK && (checked.fresh || checked.changed))
        rc = values_import_write(c, &k.values, &checked, name, file_of(&k), (struct id){ 0 },
                                 NULL, &k.who, a, &done, e);
    return rc == RC_OK ? since(&k, &checked, ret_since, e) : rc;
}
