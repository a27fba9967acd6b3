/*
 * Filings: their fields, what is typed into them, submitting and signing. The one idea: what
 * was typed is text in cells until it is signed; then it goes through the check and the import
 * that every file goes through, and the signature is written with the import's last change, so
 * that there is never one without the other.
 */
#include "collect/filing.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/str.h"
#include "collect/round.sql.h"
#include "flow/matter.h"
#include "monitor/value_other.sql.h"
#include "people/account.sql.h"
#include "sheet/csv.h"
#include "store/county.h"

#include <math.h>
#include <string.h>

/* ---- the fields ---- */

static void columns(struct filing *f, const struct round_points_row *p, size_t n,
                    const size_t *index, struct arena *a)
{
    struct period each[ROUND_PERIODS_MAX];
    size_t cap = 0;
    for (size_t i = 0; i < n; i++)
        cap += index[i] == SIZE_MAX
                   ? 0
                   : round_periods(f->x.points[index[i]].frequency, f->period, each);
    f->column = arena_array(a, cap, sizeof(*f->column));
    for (size_t i = 0; i < n; i++) {
        if (index[i] == SIZE_MAX)
            continue;
        size_t k = round_periods(f->x.points[index[i]].frequency, f->period, each);
        for (size_t j = 0; j < k; j++)
            f->column[f->n_column++] = (struct filing_column){ index[i], each[j] };
    }
    (void)p;
}

static void units(struct filing *f, struct arena *a)
{
    f->unit = arena_array(a, f->x.look.n_unit, sizeof(*f->unit));
    for (size_t u = 0; u < f->x.look.n_unit; u++)
        for (size_t k = 0; k < f->n_column; k++)
            if (point_applies(&f->x.points[f->column[k].point], f->x.unit[u])) {
                f->unit[f->n_unit++] = u;
                break;
            }
}

static enum rc points(const struct snap *s, struct filing *f, struct arena *a, struct err *e)
{
    struct round_points_row *p;
    struct map *by_code = map_new(a);
    size_t n;
    enum rc rc = round_points_all(s, f->round, f->source, a, &p, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < f->x.n_points; i++)
        map_add_index(by_code, f->x.points[i].code, i);
    size_t *index = arena_array(a, n, sizeof(*index));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = map_index(by_code, p[i].point);
        index[i] = at < 0 ? SIZE_MAX : (size_t)at;
    }
    columns(f, p, n, index, a);
    units(f, a);
    if (f->n_unit * f->n_column > FILING_CELLS_MAX)
        return err_set(e, RC_TOOBIG, N_("{code}的格子太多,请分成几个批次"), "code", f->code);
    return RC_OK;
}

static const char *cell_key(struct arena *a, const char *unit, const char *point,
                            struct period p)
{
    char code[PERIOD_TEXT];
    return arena_printf(a, "%s %s %s", unit, point, period_code(p, code));
}

static enum rc typed(const struct snap *s, struct filing *f, struct arena *a, struct err *e)
{
    struct cells_of_row *rows;
    struct map *at = map_new(a);
    size_t n;
    enum rc rc = cells_of_all(s, f->code, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t u = 0; n && u < f->n_unit; u++)
        for (size_t k = 0; k < f->n_column; k++)
            map_add_index(at,
                          cell_key(a, f->x.look.unit[f->unit[u]].code,
                                   f->x.points[f->column[k].point].code, f->column[k].period),
                          u * f->n_column + k);
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t k = map_index(at, cell_key(a, rows[i].unit, rows[i].point, rows[i].period));
        if (k < 0)
            continue;
        struct filing_cell *c = &f->cell[k];
        if (rows[i].aside) {
            c->aside = rows[i].text;
            c->aside_by = rows[i].by_account;
            c->aside_at = rows[i].at;
            f->aside++;
        } else {
            c->typed = rows[i].text;
            c->typed_by = rows[i].by_account;
            c->note = rows[i].note;
            c->import = rows[i].import;
            f->typed++;
        }
    }
    return RC_OK;
}

static void values(struct filing *f)
{
    const struct values_lookup *look = &f->x.look;
    for (size_t u = 0; u < f->n_unit; u++)
        for (size_t k = 0; k < f->n_column; k++) {
            const struct filing_column *col = &f->column[k];
            struct filing_cell *c = filing_at(f, u, k);
            struct period before = period_step(col->period, -1);
            c->asked = look->applies(look->arg, f->unit[u], col->point);
            if (!c->asked)
                continue;
            look->known(look->arg, f->unit[u], col->point, col->period, &c->now);
            if (before.v)
                look->known(look->arg, f->unit[u], col->point, before, &c->last);
            f->asked++;
            /* Emptied: the value there is is taken back, and why is still to be said. */
            f->filled += c->typed ? *c->typed != '\0' : c->now.there;
        }
}

/* What others say of the same cells. */
static enum rc others(const struct snap *s, struct filing *f, struct arena *a, struct err *e)
{
    struct map *units = map_new(a);
    enum rc rc = RC_OK;
    for (size_t u = 0; u < f->n_unit; u++)
        map_add_index(units, f->x.look.unit[f->unit[u]].code, u);
    for (size_t i = 0; i < f->n_unit * f->n_column; i++)
        f->cell[i].verified = f->cell[i].validated = NAN;
    struct map *done = map_new(a);
    for (size_t k = 0; k < f->n_column && rc == RC_OK; k++) {
        struct others_of_period_row *rows;
        char code[PERIOD_TEXT];
        size_t n;
        if (!map_add(done, period_code(f->column[k].period, code), f))
            continue;
        rc = others_of_period_all(s, f->column[k].period, a, &rows, &n, e);
        for (size_t i = 0; rc == RC_OK && i < n; i++) {
            ptrdiff_t u = map_index(units, rows[i].unit);
            for (size_t j = k; u >= 0 && j < f->n_column; j++)
                if (period_same(f->column[j].period, f->column[k].period) &&
                    str_eq(f->x.points[f->column[j].point].code, rows[i].point))
                    *(str_eq(rows[i].kind, "verified")
                          ? &filing_at(f, (size_t)u, j)->verified
                          : &filing_at(f, (size_t)u, j)->validated) = rows[i].value;
        }
    }
    return rc;
}

/* What was typed as the long form of a file; *ret_cell: which cell each row is. */
static const struct table *as_table(const struct filing *f, struct arena *a, size_t **ret_cell)
{
    enum { UNIT, POINT, PERIOD, VALUE, MISSING, NOTE, COLS };
    static const char *const head[COLS] = { "unit",  "point",   "period",
                                            "value", "missing", "note" };
    struct table *t = table_new(a, (size_t)f->typed + 1, COLS, false);
    size_t *cell = arena_array(a, (size_t)f->typed + 1, sizeof(*cell)), r = 1;
    char code[PERIOD_TEXT];
    t->file = arena_printf(a, "%s.csv", f->code);
    for (size_t i = 0; i < COLS; i++)
        table_set(t, 0, i, CELL_TEXT, head[i]);
    for (size_t i = 0; i < f->n_unit * f->n_column; i++) {
        const struct filing_cell *c = &f->cell[i];
        const struct filing_column *col = &f->column[i % f->n_column];
        if (!c->typed)
            continue;
        const char *missing = value_missing_code(c->typed);
        table_set(t, r, UNIT, CELL_TEXT, f->x.look.unit[f->unit[i / f->n_column]].code);
        table_set(t, r, POINT, CELL_TEXT, f->x.points[col->point].code);
        table_set(t, r, PERIOD, CELL_TEXT, arena_strdup(a, period_code(col->period, code)));
        table_set(t, r, missing ? MISSING : VALUE, CELL_TEXT, missing ? missing : c->typed);
        table_set(t, r, NOTE, CELL_TEXT, c->note);
        cell[r++] = i;
    }
    *ret_cell = cell;
    return t;
}

static struct bytes as_file(const struct filing *f, struct arena *a)
{
    size_t *cell;
    struct str b;
    str_init(&b, a);
    csv_write(&b, as_table(f, a, &cell), false);
    return (struct bytes){ (const uint8_t *)b.s, b.n };
}

/* The same check as a file's. */
static enum rc check_typed(struct filing *f, struct arena *a, struct err *e)
{
    size_t *cell;
    const struct table *t = as_table(f, a, &cell);
    enum rc rc = values_check(a, t, &f->x.look, &f->checked, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < f->checked.problems.n; i++) {
        const struct problem *p = &f->checked.problems.p[i];
        if (p->row == 0 || p->row == SIZE_MAX || p->row >= t->rows)
            continue;
        struct filing_cell *c = &f->cell[cell[p->row]];
        if (!c->problem || p->level == PROBLEM_WRONG)
            c->problem = p;
    }
    return RC_OK;
}

bool filing_editable(const char *state)
{
    return str_eq(state, "todo") || str_eq(state, "filling") || str_eq(state, "returned");
}

static enum rc find(const struct snap *s, const char *code, struct arena *a,
                    struct filing_of_code_row *ret, struct err *e)
{
    enum rc rc = filing_of_code_one(s, code, a, ret, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的填报"), "code", code);
    }
    return rc;
}

enum rc filing_load(const struct snap *s, struct county *c, const char *code,
                    const struct person *sender, struct arena *a, struct filing *ret,
                    struct err *e)
{
    struct filing_of_code_row r;
    enum rc rc = find(s, code, a, &r, e);
    if (rc != RC_OK)
        return rc;
    *ret = (struct filing){ .code = arena_strdup(a, code),
                            .round = r.round,
                            .source = r.source,
                            .title = r.title,
                            .note = r.note,
                            .period = r.period,
                            .open_day = (int32_t)r.open_day,
                            .due_day = (int32_t)r.due_day,
                            .late_day = (int32_t)r.late_day,
                            .due = (int32_t)r.due,
                            .signatures = r.signatures,
                            .version = r.version,
                            .state = r.state,
                            .round_state = r.round_state,
                            .open = r.open,
                            .editable = filing_editable(r.state) };
    rc = values_context_make(c, s, sender, a, &ret->x, e);
    ret->x.signed_for = true; /* what is read for it or signed in it goes no other way */
    if (rc == RC_OK)
        rc = points(s, ret, a, e);
    if (rc != RC_OK)
        return rc;
    ret->cell = arena_array(a, ret->n_unit * ret->n_column, sizeof(*ret->cell));
    rc = typed(s, ret, a, e);
    if (rc != RC_OK)
        return rc;
    values(ret);
    rc = others(s, ret, a, e);
    if (rc != RC_OK)
        return rc;
    return check_typed(ret, a, e);
}

/* ---- what changes ---- */

enum rc filing_stamp(const struct snap *s, const char *code, struct arena *a, const char **ret,
                     struct err *e)
{
    struct filing_of_code_row r;
    struct cells_of_row *cells;
    struct filing_frequencies_row *fs;
    struct str b;
    size_t n, n_fs;
    char period[PERIOD_TEXT], hex[HASH_HEX];
    uint8_t digest[HASH_SIZE];
    str_init(&b, a);
    enum rc rc = find(s, code, a, &r, e);
    if (rc == RC_OK)
        rc = cells_of_all(s, code, a, &cells, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (!cells[i].aside)
            str_addf(&b, "%s,%s,%s,%s,%s\n", cells[i].unit, cells[i].point,
                     period_code(cells[i].period, period), cells[i].text, cells[i].note);
    if (rc == RC_OK)
        rc = filing_frequencies_all(s, r.round, r.source, a, &fs, &n_fs, e);
    for (size_t i = 0; rc == RC_OK && i < n_fs; i++) {
        struct period each[ROUND_PERIODS_MAX];
        struct filing_values_row v;
        size_t k = round_periods(frequency_of(fs[i].frequency), r.period, each);
        for (size_t j = 0; rc == RC_OK && j < k; j++) {
            rc = filing_values_one(s, each[j], r.round, r.source, a, &v, e);
            if (rc == RC_OK)
                str_addf(&b, "%s %lld %lld\n", period_code(each[j], period), (long long)v.n,
                         (long long)v.last);
        }
    }
    if (rc != RC_OK)
        return rc;
    sha256(b.s, b.n, digest);
    *ret = arena_strdup(a, hex_encode(digest, HASH_SIZE, hex));
    return RC_OK;
}

/* ---- typing ---- */

struct saving {
    struct county *c;
    const struct flow_who *w;
    const struct filing *f;
    const struct filing_typed *typed;
    size_t n;
    struct arena *a;
    struct filing_saved saved;
};

static enum rc save(struct tx *tx, void *arg, struct err *e)
{
    struct saving *x = arg;
    const struct filing *f = x->f;
    struct filing_of_code_row now;
    enum rc rc = find(tx_snap(tx), f->code, x->a, &now, e);
    if (rc != RC_OK)
        return rc;
    x->saved = (struct filing_saved){ .n = (int64_t)x->n,
                                      .aside = !filing_editable(now.state),
                                      .state = now.state };
    for (size_t i = 0; i < x->n && rc == RC_OK; i++) {
        const struct filing_typed *t = &x->typed[i];
        const char *unit = f->x.look.unit[f->unit[t->unit]].code,
                   *point = f->x.points[f->column[t->column].point].code;
        struct period p = f->column[t->column].period;
        if (!x->saved.aside) /* it was seen beside the field and is settled by this */
            rc = cell_drop(tx, f->code, unit, point, p, true, NULL, e);
        /* A value there is does not go away by emptying its field: it is taken back, and a
         * kind of missing has to be stated before it can be submitted. */
        bool taken_back = !x->saved.aside && filing_at(f, t->unit, t->column)->now.there;
        if (rc == RC_OK)
            rc = *t->text || taken_back
                     ? cell_put(tx, f->code, unit, point, p, x->saved.aside, t->text, "", "",
                                x->w->person->code, county_now(x->c), NULL, e)
                     : cell_drop(tx, f->code, unit, point, p, x->saved.aside, NULL, e);
    }
    if (rc != RC_OK || x->saved.aside || str_eq(now.state, "filling"))
        return rc;
    struct flow_done done;
    return flow_move(
        tx, x->c, x->w,
        &(struct flow_act){ .matter = f->code, .verb = "begin", .version = now.version }, x->a,
        &done, e);
}

enum rc filing_save(struct county *c, const struct flow_who *w, const struct filing *f,
                    const struct filing_typed *typed, size_t n, struct arena *a,
                    struct filing_saved *ret, struct err *e)
{
    const struct unit *u = units_find(w->units, f->source);
    enum rc rc = person_demand(w->person, CAP_SEND_VALUES, u, e);
    if (rc == RC_OK)
        rc = person_demand(w->person, CAP_HANDLE, u, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (typed[i].unit >= f->n_unit || typed[i].column >= f->n_column ||
            !filing_at(f, typed[i].unit, typed[i].column)->asked)
            return err_set(e, RC_INVALID, N_("{code}里没有这一格"), "code", f->code);
        if (utf8_count(typed[i].text) > CELL_TEXT_MAX)
            return err_set(e, RC_INVALID, N_("{unit}的「{point}」太长,一格最多{limit}个字"),
                           "unit", f->x.look.unit[f->unit[typed[i].unit]].name, "point",
                           f->x.points[f->column[typed[i].column].point].name, "limit",
                           arena_printf(a, "%d", CELL_TEXT_MAX));
    }
    struct saving x = { .c = c, .w = w, .f = f, .typed = typed, .n = n, .a = a };
    if (rc == RC_OK && n)
        rc = db_transact(c->db, save, &x, e);
    else
        x.saved = (struct filing_saved){ .aside = !f->editable, .state = f->state };
    if (rc == RC_OK)
        *ret = x.saved;
    return rc;
}

enum rc filing_read_file(const struct filing *f, const char *name, struct bytes file,
                         struct arena *a, struct filing_typed **ret, size_t *ret_n,
                         int64_t *ret_other, struct values_checked *ret_checked, struct err *e)
{
    enum rc rc = values_import_check(&f->x, name, file, a, ret_checked, NULL, e);
    if (rc != RC_OK)
        return rc;
    if (ret_checked->n_refused)
        return err_set(e, RC_INVALID, N_("{file}里有像个人名单的列，请去掉后再传"), "file",
                       name);
    rc = problems_err(&ret_checked->problems, name, e);
    if (rc != RC_OK)
        return rc;
    struct filing_typed *typed = arena_array(a, ret_checked->n, sizeof(*typed));
    size_t n = 0;
    *ret_other = 0;
    for (size_t i = 0; i < ret_checked->n; i++) {
        const struct value_row *r = &ret_checked->row[i];
        size_t u = 0, k = 0;
        while (u < f->n_unit && f->unit[u] != r->unit)
            u++;
        while (k < f->n_column &&
               (f->column[k].point != r->point || !period_same(f->column[k].period, r->period)))
            k++;
        if (u == f->n_unit || k == f->n_column || !filing_at(f, u, k)->asked) {
            ++*ret_other;
            continue;
        }
        typed[n++] = (struct filing_typed){ u, k, filing_text_of(r, a) };
    }
    if (n == 0)
        return err_set(e, RC_INVALID, N_("{file}里没有本批次要的数值"), "file", name);
    *ret = typed;
    *ret_n = n;
    return RC_OK;
}

/* ---- who signs ---- */

static const char *name_add(const char *names, const char *name, enum lang lang,
                            struct arena *a)
{
    return arena_printf(a, "%s%s%s", names, *names ? lang_text(lang, N_("、")) : "", name);
}

enum rc signers_load(const struct snap *s, struct county *c, enum lang lang, struct arena *a,
                     struct signers *ret, struct err *e)
{
    struct person *admins;
    size_t n = 0;
    *ret = (struct signers){ .admins = "" };
    enum rc rc = people_who_can(s, CAP_SIGN, county_today(c), a, &ret->p, &ret->n, e);
    if (rc == RC_OK)
        rc = people_who_can(s, CAP_ACCOUNTS, county_today(c), a, &admins, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        ret->admins = name_add(ret->admins, admins[i].name, lang, a);
    return rc;
}

const char *signers_of(const struct signers *g, const struct unit *u, const char *but,
                       enum lang lang, struct arena *a)
{
    const char *names = "";
    for (size_t i = 0; u && i < g->n; i++)
        if (person_may(&g->p[i], CAP_SIGN, u) && !str_eq(g->p[i].code, but))
            names = name_add(names, g->p[i].name, lang, a);
    return names;
}

/* ---- submitting and signing ---- */

struct moving {
    struct county *c;
    const struct flow_who *w;
    struct flow_act act;
    struct arena *a;
    struct flow_done done;
};

static enum rc move(struct tx *tx, void *arg, struct err *e)
{
    struct moving *m = arg;
    return flow_move(tx, m->c, m->w, &m->act, m->a, &m->done, e);
}

enum rc filing_move(struct county *c, const struct flow_who *w, const char *code,
                    const char *verb, int64_t version, const struct flow_given *given,
                    size_t n_given, struct arena *a, struct err *e)
{
    struct moving m = { .c = c,
                        .w = w,
                        .act = { .matter = code,
                                 .verb = verb,
                                 .version = version,
                                 .given = given,
                                 .n_given = n_given },
                        .a = a };
    return db_transact(c->db, move, &m, e);
}

/* What would be refused when it becomes values is refused now. */
static enum rc must_be_right(const struct filing *f, struct err *e)
{
    if (f->filled == 0)
        return err_set(e, RC_INVALID, N_("还一格都没有填;没有数值的,填缺失原因(如「不适用」)"));
    return problems_err(&f->checked.problems, f->code, e);
}

enum rc filing_submit(struct county *c, const struct flow_who *w, const char *code,
                      int64_t version, struct arena *a, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filing f;
    const char *stamp = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = filing_load(s, c, code, w->person, a, &f, e);
    if (rc == RC_OK)
        rc = person_demand(w->person, CAP_SEND_VALUES, units_find(w->units, f.source), e);
    if (rc == RC_OK && f.editable)
        rc = must_be_right(&f, e);
    if (rc == RC_OK)
        rc = filing_stamp(s, code, a, &stamp, e);
    if (rc != RC_OK)
        return rc;
    db_read_end(&s);
    const struct flow_given given[] = {
        { "rows", arena_printf(a, "%lld", (long long)f.filled) },
        { "gaps", arena_printf(a, "%lld", (long long)(f.asked - f.filled)) },
        { "stamp", stamp },
        { "filler", w->person->code },
    };
    return filing_move(c, w, code, f.signatures == 2 ? "submit" : "submit_one", version, given,
                       COUNT(given), a, e);
}

/* May it be made? Nothing of it stays: RC_DONE when it may. */
static enum rc try_move(struct tx *tx, void *arg, struct err *e)
{
    enum rc rc = move(tx, arg, e);
    return rc == RC_OK ? RC_DONE : rc;
}

static enum rc sign_with(struct tx *tx, void *arg, const char *import, struct err *e)
{
    struct moving *m = arg;
    const struct flow_given given = { "import", import };
    struct flow_act act = m->act;
    act.given = &given;
    act.n_given = 1;
    return flow_move(tx, m->c, m->w, &act, m->a, &m->done, e);
}

/* Who typed it sends it; who signs answers for it. */
static enum rc filler_of(const struct snap *s, struct county *c, const char *code,
                         struct arena *a, struct person *ret, struct err *e)
{
    struct matter m;
    struct account_of_code_row row;
    enum rc rc = matter_load(s, c, code, a, &m, e);
    if (rc == RC_OK)
        rc = account_of_code_one(s, matter_value(&m, "filler"), a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_CONFLICT, N_("{code}还没有提交"), "code", code);
    }
    return rc == RC_OK ? person_load(s, row.id, county_today(c), ~UINT64_C(0), a, ret, e) : rc;
}

enum rc filing_sign(struct county *c, const struct flow_who *w, const char *code,
                    int64_t version, struct arena *a, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filing f;
    struct filing_of_code_row now;
    struct person filler;
    struct values_import done;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = find(s, code, a, &now, e);
    /* In the wrong state, on an old version: the move says what is wrong. */
    if (rc == RC_OK && (!str_eq(now.state, "signing") || now.version != version)) {
        db_read_end(&s);
        return filing_move(c, w, code, "sign", version, NULL, 0, a, e);
    }
    if (rc == RC_OK)
        rc = filler_of(s, c, code, a, &filler, e);
    if (rc == RC_OK)
        rc = filing_load(s, c, code, &filler, a, &f, e);
    if (rc == RC_OK)
        rc = problems_err(&f.checked.problems, code, e);
    if (rc != RC_OK)
        return rc;
    struct moving m = {
        .c = c, .w = w, .act = { .matter = code, .verb = "sign", .version = version }, .a = a
    };
    if (f.checked.fresh + f.checked.changed == 0) {
        db_read_end(&s);
        return db_transact(c->db, move, &m, e);
    }
    /* Before any row is written: who may not sign leaves no import behind. */
    rc = db_transact(c->db, try_move, &m, e);
    if (rc != RC_DONE)
        return rc;
    f.x.also = sign_with;
    f.x.also_arg = &m;
    return values_import_write(c, &f.x, &f.checked, arena_printf(a, "%s.csv", code),
                               as_file(&f, a), (struct id){ 0 }, NULL, &filler, a, &done, e);
}
