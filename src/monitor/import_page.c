/* Sending values: upload, check, confirm, receipt, and the list of everything that was sent. */
#include "monitor/import_page.h"

#include "base/file.h"
#include "base/fmt.h"
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/data_page.h"
#include "monitor/import_new.html.h"
#include "monitor/import_show.html.h"
#include "monitor/imports.html.h"
#include "monitor/values_import.html.h"
#include "people/asker.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"
#include "store/receipt.h"

#include <stdlib.h>
#include <string.h>

enum {
    SNAP_MS = 600000 /* a check of a million rows may take that long */,
    PERIODS_OFFERED = 6
};

static const struct {
    const char *code, *name;
} kinds[] = { { "values", N_("数值") },
              { "units", N_("单位") },
              { "points", N_("监测点") },
              { "scheme", N_("指标方案") },
              { "accounts", N_("账号") } },
  states[] = { { "checked", N_("等待入库") },
               { "loading", N_("正在入库") },
               { "done", N_("已入库") },
               { "given_up", N_("已放弃") },
               { "cleared", N_("试算已清除") } };

static const char *kind_text(const struct rq *rq, const char *code)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_eq(kinds[i].code, code))
            return rq_tr(rq, kinds[i].name);
    return code;
}

static const char *state_text(const struct rq *rq, const char *code)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (str_eq(states[i].code, code))
            return rq_tr(rq, states[i].name);
    return code;
}

/* Who answers for the whole county sees every import, others their own. */
static bool sees_all(const struct rq *rq)
{
    return person_may(&rq_asker(rq)->person, CAP_SEND_VALUES, NULL);
}

static enum rc find(struct rq *rq, const struct snap *s, struct import_of_code_row *ret,
                    struct err *e)
{
    const char *code = rq_param(rq, "code");
    enum rc rc = import_of_code_one(s, code, rq->a, ret, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的报送"), "code", code);
    }
    if (rc == RC_OK && ret->account_id.v != rq->account.id.v && !sees_all(rq))
        return err_set(e, RC_DENIED, N_("{code}是别人报送的，您看不到"), "code", code);
    return rc;
}

/* ---- choosing a file ---- */

static enum rc new_show(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct asker *k = rq_asker(rq);
    struct period period = period_step(period_at(PERIOD_QUARTER, time_day(rq->now)), -1),
                  now = period_step(period, 1);
    if (period_last_day(now) - time_day(rq->now) < 15)
        period = now; /* the quarter ends: its values are collected */
    const struct point *points;
    size_t n = 0;
    enum rc rc = rq_query_period(rq, "period", N_("期间"), &period, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = points_of_period(s, period, rq->a, &points, &n, e);
    struct due_days due;
    if (rc == RC_OK)
        rc = due_load(s, &due, e);
    if (rc != RC_OK)
        return rc;
    char code[PERIOD_TEXT];
    struct import_new_page p = { .error = error,
                                 .error_field = error ? "file" : NULL,
                                 .period = arena_strdup(rq->a, period_code(period, code)),
                                 .unit_name = k->person.name,
                                 .due = due_text(rq, due_day(&due, period)),
                                 .max_bytes = IMPORT_FILE_MAX };
    const struct unit *own = units_by_id(k->units, k->person.unit);
    if (own)
        p.unit_name = own->name;
    p.periods = arena_array(rq->a, PERIODS_OFFERED + 1, sizeof(*p.periods));
    for (int i = 0; i < PERIODS_OFFERED; i++) {
        struct period q = period_step(now, -i);
        p.periods[p.n_periods++] =
            (struct import_new_periods){ arena_strdup(rq->a, period_code(q, code)),
                                         period_name(rq->a, q, rq->lang),
                                         period_same(q, period) };
    }
    p.owners = arena_array(rq->a, n, sizeof(*p.owners));
    for (size_t i = 0; i < n; i++) {
        const struct unit *owner = units_find(k->units, points[i].owner);
        size_t o = 0;
        if (!person_may(&k->person, CAP_SEND_VALUES, owner))
            continue;
        while (o < p.n_owners && !str_eq(p.owners[o].code, points[i].owner))
            o++;
        if (o == p.n_owners)
            p.owners[p.n_owners++] =
                (struct import_new_owners){ .code = points[i].owner,
                                            .name = unit_name_of(k->units, points[i].owner) };
        p.owners[o].points++;
        p.points++;
    }
    rq_crumb(rq, rq_tr(rq, N_("报送记录")), "/import");
    rq_crumb(rq, rq_tr(rq, N_("填报数据")), NULL);
    return import_new_render(rq, &p, e);
}

static enum rc import_new_get(struct rq *rq, struct err *e)
{
    return new_show(rq, NULL, e);
}

/* The page once more with what was wrong; a program gets the error as such. */
static enum rc new_again(struct rq *rq, enum rc rc, struct err *e)
{
    const char *why = NULL;
    rc = rq_form_failed(rq, rc, &why, e);
    return rc == RC_OK ? new_show(rq, why, e) : rc;
}

/* The bytes that are kept and loaded: without columns that may not be read, with a column of
 * periods. */
struct incoming {
    const char *name;
    struct bytes file;
    struct period period;
    struct values_checked k;
    const char *refused; /* "C:1|D:2": columns that were not read, and why */
};

static enum rc clean(struct rq *rq, const struct values_context *x, struct incoming *in,
                     struct err *e)
{
    const struct table *t = NULL;
    struct book book;
    enum rc rc = RC_OK;
    bool zip = in->file.n >= 2 && in->file.p[0] == 'P' && in->file.p[1] == 'K';
    if (zip || in->file.n <= 1u << 20) {
        rc = sheet_read(rq->a, in->name, in->file, NULL, &book, e);
        if (rc == RC_OK)
            rc = book_first(&book, in->name, &t, e);
        const struct table *w = rc == RC_OK ? table_with_period(rq->a, t, in->period) : t;
        if (rc == RC_OK && w != t)
            rc = table_bytes(rq, w, in->name, &in->file, e);
    }
    if (rc == RC_OK)
        rc = values_import_check(x, in->name, in->file, rq->a, &in->k, &t, e);
    in->refused = "";
    if (rc != RC_OK || in->k.n_refused == 0)
        return rc;
    if (!t)
        return err_set(e, RC_INVALID, N_("{file}里有像个人名单的列，请去掉后再传"), "file",
                       in->name);
    for (size_t i = 0; i < in->k.n_refused; i++)
        in->refused = arena_printf(rq->a, "%s%s%s:%d", in->refused, i ? "|" : "",
                                   in->k.refused[i].letter, (int)in->k.refused[i].why);
    rc = table_bytes(rq, table_without(rq->a, t, in->k.col_dropped), in->name, &in->file, e);
    return rc == RC_OK ? values_import_check(x, in->name, in->file, rq->a, &in->k, NULL, e)
                       : rc;
}

struct opening {
    struct rq *rq;
    const struct incoming *in;
    uint8_t digest[HASH_SIZE];
    const char *code;
};

static enum rc open_import(struct tx *tx, void *arg, struct err *e)
{
    struct opening *o = arg;
    const struct values_checked *k = &o->in->k;
    struct arena *a = o->rq->a;
    struct import_last_row last;
    struct import_insert_row made;
    enum rc rc = import_last_one(tx_snap(tx), a, &last, e);
    if (rc != RC_OK)
        return rc;
    o->code = arena_printf(a, "I-%06lld", (long long)last.id + 1);
    rc = import_insert_one(tx, o->code, "values", "checked", o->in->name,
                           (struct bytes){ o->digest, HASH_SIZE }, o->rq->account.id,
                           (struct id){ 0 }, k->period, (int64_t)k->rows, (int64_t)k->fresh,
                           (int64_t)k->changed, (int64_t)k->same, (int64_t)k->problems.wrong,
                           county_now(rq_county(o->rq)), a, &made, e);
    return rc == RC_OK && *o->in->refused ? import_refuse(tx, o->in->refused, made.id, NULL, e)
                                          : rc;
}

static enum rc import_new_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct upload *u = rq_upload(rq, "file");
    if (!u || u->size == 0)
        return new_again(rq, err_set(e, RC_INVALID, N_("请选择一个文件")), e);
    struct incoming in = { .name = u->filename,
                           .period = period_at(PERIOD_QUARTER, time_day(rq->now)) };
    struct values_context x;
    enum rc rc =
        rq_field(rq, "period") ? rq_period(rq, "period", N_("期间"), &in.period, e) : RC_OK;
    if (rc == RC_OK)
        rc = file_read(rq->a, u->path, IMPORT_FILE_MAX, &in.file, e);
    if (rc == RC_OK)
        rc = db_read_for(c->db, SNAP_MS, &s, e);
    if (rc == RC_OK)
        rc = values_context_make(c, s, &rq_asker(rq)->person, rq->a, &x, e);
    if (rc != RC_OK)
        return rc;
    rc = clean(rq, &x, &in, e);
    db_read_end(&s);
    if (rc == RC_INVALID || rc == RC_TOOBIG)
        return new_again(rq, rc, e);
    struct opening o = { .rq = rq, .in = &in };
    if (rc == RC_OK)
        rc = file_put(c, in.file, o.digest, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, open_import, &o, e);
    return rc == RC_OK ? web_donef(rq, e, "/import/%s", o.code) : rc;
}

/* ---- between upload and confirmation ---- */

static enum rc look(struct rq *rq, struct import_look *l, struct err *e)
{
    struct county *c = rq_county(rq);
    enum rc rc = RC_OK;
    if (!str_eq(l->row.state, "checked"))
        return err_set(e, RC_CONFLICT, N_("{code}不在等待入库：{state}"), "code", l->row.code,
                       "state", state_text(rq, l->row.state));
    uint8_t digest[HASH_SIZE];
    memcpy(digest, l->row.file_digest.p, HASH_SIZE);
    rc = file_get(c, rq->a, digest, IMPORT_FILE_MAX, &l->file, e);
    if (rc == RC_OK)
        rc = values_context_make(c, l->s, &rq_asker(rq)->person, rq->a, &l->x, e);
    return rc == RC_OK
               ? values_import_check(&l->x, l->row.file_name, l->file, rq->a, &l->k, &l->t, e)
               : rc;
}

static enum rc find_look(struct rq *rq, struct import_look *l, struct err *e)
{
    enum rc rc = db_read_for(rq_county(rq)->db, SNAP_MS, &l->s, e);
    if (rc == RC_OK)
        rc = find(rq, l->s, &l->row, e);
    return rc == RC_OK ? look(rq, l, e) : rc;
}

struct changing {
    struct rq *rq;
    const struct import_look *l;
    struct bytes file;
    const struct values_checked *k;
    uint8_t digest[HASH_SIZE];
    const char *to;
};

static enum rc write_mended(struct tx *tx, void *arg, struct err *e)
{
    struct changing *m = arg;
    int64_t changed = 0;
    enum rc rc = import_checked(
        tx, m->k->period, (int64_t)m->k->rows, (int64_t)m->k->fresh, (int64_t)m->k->changed,
        (int64_t)m->k->same, (int64_t)m->k->problems.wrong,
        (struct bytes){ m->digest, HASH_SIZE }, m->l->row.id, &changed, e);
    return rc == RC_OK && changed == 0 ? err_set(e, RC_CONFLICT, N_("这次导入已经确认过了"))
                                       : rc;
}

static enum rc import_fix(struct rq *rq, struct err *e)
{
    struct import_look l = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct changing m = { .rq = rq, .l = &l };
    struct values_checked again;
    enum rc rc = find_look(rq, &l, e);
    s = l.s;
    if (rc == RC_OK)
        rc = import_look_mend(rq, &l, &m.file, e);
    if (rc == RC_OK)
        rc = values_import_check(&l.x, l.row.file_name, m.file, rq->a, &again, NULL, e);
    if (rc == RC_OK && again.n_refused)
        rc = err_set(e, RC_INVALID, N_("平台不收个人信息，请汇总成数字"));
    m.k = &again;
    if (rc == RC_OK)
        rc = file_put(rq_county(rq), m.file, m.digest, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_mended, &m, e);
    return rc == RC_OK ? web_donef(rq, e, "/import/%s", l.row.code) : rc;
}

static enum rc import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct import_look l = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = find_look(rq, &l, e);
    s = l.s;
    if (rc != RC_OK)
        return rc;
    if (l.k.problems.wrong || l.k.n_refused || l.k.n == 0) {
        rq->status = 400;
        return import_look_show(
            rq, &l, rq_tr(rq, l.k.n ? N_("还有要改的，改好再入库") : N_("没有可以入库的行")),
            e);
    }
    struct values_import done;
    rc = values_import_write(c, &l.x, &l.k, l.row.file_name, l.file, l.row.id, l.row.code,
                             &rq_asker(rq)->person, rq->a, &done, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, rq_tr(rq, done.waiting + done.aside ? N_("已收下") : N_("已入库")));
    return web_donef(rq, e, "/import/%s", l.row.code);
}

static enum rc write_drop(struct tx *tx, void *arg, struct err *e)
{
    const struct import_of_code_row *row = arg;
    int64_t changed = 0;
    enum rc rc = import_state(tx, "given_up", row->id, "checked", &changed, e);
    return rc == RC_OK && changed == 0 ? err_set(e, RC_CONFLICT, N_("这次导入已经确认过了"))
                                       : rc;
}

static enum rc import_drop(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct import_of_code_row row;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = find(rq, s, &row, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_drop, &row, e);
    return rc == RC_OK ? web_done(rq, "/import", e) : rc;
}

static enum rc import_marked(struct rq *rq, struct err *e)
{
    struct import_look l = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = find_look(rq, &l, e);
    s = l.s;
    if (rc == RC_OK && !l.t)
        return err_set(e, RC_TOOBIG, N_("{file}太大，不能标注；请按页面所列的位置改"), "file",
                       l.row.file_name);
    if (rc != RC_OK)
        return rc;
    const struct table *marked = problems_marked(rq->a, l.t, &l.k.problems, rq->lang);
    struct str b;
    str_init(&b, NULL);
    rc = sheet_write(SHEET_XLSX, &marked, 1, false, rq->now, &b, e);
    if (rc == RC_OK)
        return web_str(rq, &b, sheet_format_mime(SHEET_XLSX),
                       arena_printf(rq->a, "%s.xlsx", l.row.code), e);
    str_done(&b);
    return rc;
}

/* ---- the receipt ---- */

static enum rc rows(struct rq *rq, const struct snap *s, struct import_show_page *p,
                    const struct import_of_code_row *row, struct err *e)
{
    struct import_values_page_row *v = NULL;
    size_t from, to, n = 0;
    enum rc rc =
        rq_pager(rq, (size_t)(row->rows_new + row->rows_changed), &from, &to, &p->pager, e);
    if (rc == RC_OK)
        rc = import_values_page_all(s, row->id, (int64_t)from, (int64_t)to, rq->a, &v, &n, e);
    if (rc != RC_OK)
        return rc;
    const struct units *us = rq_asker(rq)->units;
    p->values = arena_array(rq->a, n, sizeof(*p->values));
    for (size_t i = 0; i < n; i++)
        p->values[p->n_values++] =
            (struct import_show_values){ .unit = v[i].unit,
                                         .unit_name = unit_name_of(us, v[i].unit),
                                         .point = v[i].point,
                                         .point_name = v[i].point_name,
                                         .period = v[i].period,
                                         .value = v[i].value,
                                         .missing = missing_text(rq, v[i].missing),
                                         .version = v[i].version,
                                         .cell = v[i].cell,
                                         .row = v[i].row_no,
                                         .changed = v[i].before.v != 0,
                                         .old = v[i].old };
    return RC_OK;
}

/* What of it went to filings. */
static enum rc filings(struct rq *rq, const struct snap *s, struct import_show_page *p,
                       struct err *e)
{
    struct values_filing *f = NULL;
    size_t n;
    enum rc rc = values_import_went(rq_county(rq), s, p->code, rq->a, &f, &n, e);
    if (rc != RC_OK)
        return rc;
    p->filings = arena_array(rq->a, n, sizeof(*p->filings));
    for (size_t i = 0; i < n; i++)
        p->filings[p->n_filings++] =
            (struct import_show_filings){ f[i].code,
                                          unit_name_of(rq_asker(rq)->units, f[i].source),
                                          (int64_t)f[i].waiting, (int64_t)f[i].aside };
    return RC_OK;
}

static enum rc receipt_show(struct rq *rq, const struct snap *s,
                            const struct import_of_code_row *row, struct err *e)
{
    struct vouched v;
    char hex[2 * HASH_SIZE + 1];
    bool done = str_eq(row->state, "done");
    enum rc rc = record_vouch(rq, s, row->record_id, &v, e);
    struct import_show_page p = {
        .code = row->code,
        .kind_name = kind_text(rq, row->kind),
        .file = row->file_name,
        .period = row->period.v ? period_name(rq->a, row->period, rq->lang) : NULL,
        .state = row->state,
        .state_name = state_text(rq, row->state),
        .sent_by = row->sender,
        .unit_name = row->unit ? unit_name_of(rq_asker(rq)->units, row->unit) : "",
        .sent_at = row->created_at,
        .done_at = row->done_at,
        .rows = row->rows_new + row->rows_changed + row->rows_same,
        .fresh = row->rows_new,
        .changed = row->rows_changed,
        .same = row->rows_same,
        .digest = arena_strdup(rq->a, hex_encode(row->file_digest.p, row->file_digest.n, hex)),
        .log_index_null = true,
        .log_index = -1
    };
    if (rc != RC_OK)
        return rc;
    p.log_index = v.log_index;
    p.log_index_null = v.log_index_null;
    p.vouch = v.vouch;
    if (row->root.n == HASH_SIZE)
        p.root = arena_strdup(rq->a, hex_encode(row->root.p, row->root.n, hex));
    struct file_info info;
    rc = file_info_get(s, row->file_digest.p, rq->a, &info, e);
    if (rc == RC_OK)
        p.size = info.size;
    else if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    rc = done ? rows(rq, s, &p, row, e) : RC_OK;
    if (rc == RC_OK && done)
        rc = filings(rq, s, &p, e);
    if (rc != RC_OK)
        return rc;
    p.refused = import_refused_columns(rq, row->refused);
    rq_crumb(rq, rq_tr(rq, N_("报送记录")), "/import");
    rq_crumb(rq, row->code, NULL);
    return import_show_render(rq, &p, e);
}

static enum rc import_get(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct import_look l = { 0 };
    enum rc rc = db_read_for(rq_county(rq)->db, SNAP_MS, &s, e);
    l.s = s;
    if (rc == RC_OK)
        rc = find(rq, s, &l.row, e);
    if (rc != RC_OK)
        return rc;
    if (!str_eq(l.row.state, "checked"))
        return receipt_show(rq, s, &l.row, e);
    rc = look(rq, &l, e);
    return rc == RC_OK ? import_look_show(rq, &l, NULL, e) : rc;
}

static enum rc import_receipt(struct rq *rq, bool proof, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct import_of_code_row row;
    struct receipt r;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = find(rq, s, &row, e);
    if (rc == RC_OK && !row.record_id.v)
        rc = err_set(e, RC_NOTFOUND, N_("{code}还没有入库，没有回执"), "code", row.code);
    if (rc == RC_OK)
        rc = receipt_make(rq_county(rq), s, row.record_id, SHOW_OPEN, rq->a, &r, e);
    if (rc != RC_OK)
        return rc;
    struct bytes b = proof ? r.proof : r.record;
    return web_bytes(rq, b.p, b.n, proof ? "text/plain; charset=utf-8" : "application/json",
                     arena_printf(rq->a, "%s.%s", row.code, proof ? "tlog-proof" : "record"),
                     e);
}

static enum rc import_proof(struct rq *rq, struct err *e)
{
    return import_receipt(rq, /* proof= */ true, e);
}

static enum rc import_record(struct rq *rq, struct err *e)
{
    return import_receipt(rq, /* proof= */ false, e);
}

static enum rc import_file(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct import_of_code_row row;
    struct bytes b;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = find(rq, s, &row, e);
    if (rc == RC_OK)
        rc = file_get(rq_county(rq), rq->a, row.file_digest.p, IMPORT_FILE_MAX, &b, e);
    return rc == RC_OK ? web_bytes(rq, b.p, b.n, "application/octet-stream", row.file_name, e)
                       : rc;
}

/* ---- a department's template; without one, of all the points the person may send ---- */

static enum rc template_of(struct rq *rq, const struct values_context *x, const char *owner,
                           struct period p, struct err *e)
{
    struct values_column *column = arena_array(rq->a, x->n_points * 64, sizeof(*column));
    size_t *unit = arena_array(rq->a, x->look.n_unit, sizeof(*unit)), n = 0, n_unit = 0;
    bool *wanted = arena_array(rq->a, x->look.n_unit, sizeof(*wanted));
    for (size_t i = 0; i < x->n_points; i++) {
        const struct point *pt = &x->points[i];
        if ((*owner && !str_eq(pt->owner, owner)) || x->look.point[i].foreign)
            continue;
        struct period last = period_at(pt->frequency, period_last_day(p)),
                      q = period_first_in(pt->frequency, p);
        for (size_t k = 0; k < 64 && q.v && period_last_day(q) <= period_last_day(last);
             k++, q = period_step(q, 1))
            column[n++] = (struct values_column){ i, q };
        for (size_t u = 0; u < x->look.n_unit; u++)
            wanted[u] |= point_applies(pt, x->unit[u]);
    }
    for (size_t u = 0; u < x->look.n_unit; u++)
        if (wanted[u])
            unit[n_unit++] = u;
    if (n == 0)
        return err_set(e, RC_DENIED, N_("没有归您报送的监测点：{owner}"), "owner", owner);
    char code[PERIOD_TEXT];
    const char *title = text_fill(rq->a, rq_tr(rq, N_("{owner}{period}填报表")), "owner",
                                  *owner ? unit_name_of(x->units, owner) : "", "period",
                                  period_name(rq->a, p, rq->lang), NULL);
    const struct table *t = values_template_wide(rq->a, &x->look,
                                                 &(struct values_template){ .title = title,
                                                                            .column = column,
                                                                            .n_column = n,
                                                                            .unit = unit,
                                                                            .n_unit = n_unit,
                                                                            .prefill = true });
    struct str b;
    str_init(&b, NULL);
    enum rc rc = sheet_write(SHEET_XLSX, &t, 1, false, rq->now, &b, e);
    if (rc == RC_OK)
        return web_str(rq, &b, sheet_format_mime(SHEET_XLSX),
                       arena_printf(rq->a, "%s-%s.xlsx",
                                    *owner ? owner : rq_tr(rq, N_("填报表")),
                                    period_code(p, code)),
                       e);
    str_done(&b);
    return rc;
}

static enum rc import_template(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct values_context x;
    struct period p = period_at(PERIOD_QUARTER, time_day(rq->now));
    const char *owner = rq_query(rq, "owner");
    enum rc rc = rq_query_period(rq, "period", N_("期间"), &p, e);
    if (rc == RC_OK)
        rc = db_read_for(rq_county(rq)->db, SNAP_MS, &s, e);
    if (rc == RC_OK)
        rc = values_context_make(rq_county(rq), s, &rq_asker(rq)->person, rq->a, &x, e);
    return rc == RC_OK ? template_of(rq, &x, owner ? owner : "", p, e) : rc;
}

/* ---- everything that was sent ---- */

static int by_file(const void *x, const void *y)
{
    const struct import_list_row *a = x, *b = y;
    int d = strcmp(a->file_name, b->file_name);
    return d ? d : (a->id.v < b->id.v) - (a->id.v > b->id.v);
}

static int by_sender(const void *x, const void *y)
{
    const struct import_list_row *a = x, *b = y;
    int d = strcmp(a->sender ? a->sender : "", b->sender ? b->sender : "");
    return d ? d : (a->id.v < b->id.v) - (a->id.v > b->id.v);
}

static int by_state(const void *x, const void *y)
{
    const struct import_list_row *a = x, *b = y;
    int d = strcmp(a->state, b->state);
    return d ? d : (a->id.v < b->id.v) - (a->id.v > b->id.v);
}

static int by_rows(const void *x, const void *y)
{
    const struct import_list_row *a = x, *b = y;
    return a->rows_total != b->rows_total
               ? (a->rows_total < b->rows_total) - (a->rows_total > b->rows_total)
               : (a->id.v < b->id.v) - (a->id.v > b->id.v);
}

/* As the query gives them: the newest first. */
static const struct {
    const char *name;
    int (*compare)(const void *, const void *);
} sorts[] = {
    { "file", by_file }, { "sender", by_sender }, { "state", by_state }, { "rows", by_rows }
};

static enum rc import_index(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *kind = rq_query(rq, "kind"), *state = rq_query(rq, "state");
    struct imports_page p = {
        .kind = kind ? kind : "", .state = state ? state : "", .sort = "", .may_send = true
    };
    struct import_list_row *all;
    size_t n, from, to, m = 0;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = import_list_all(s, sees_all(rq) ? (struct id){ 0 } : rq->account.id, rq->a, &all,
                             &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++)
        if ((!*p.kind || str_eq(p.kind, all[i].kind)) &&
            (!*p.state || str_eq(p.state, all[i].state)))
            all[m++] = all[i];
    for (size_t i = 0; i < COUNT(sorts); i++)
        if (str_eq(sorts[i].name, rq_query(rq, "sort"))) {
            p.sort = sorts[i].name;
            qsort(all, m, sizeof(*all), sorts[i].compare);
        }
    rc = rq_pager(rq, m, &from, &to, &p.pager, e);
    if (rc != RC_OK)
        return rc;
    p.kinds = arena_array(rq->a, COUNT(kinds), sizeof(*p.kinds));
    for (size_t i = 0; i < COUNT(kinds); i++)
        p.kinds[p.n_kinds++] =
            (struct imports_kinds){ kinds[i].code, rq_tr(rq, kinds[i].name) };
    p.imports = arena_array(rq->a, to - from, sizeof(*p.imports));
    for (size_t i = from; i < to; i++)
        p.imports[p.n_imports++] = (struct imports_imports){
            .code = all[i].code,
            .kind_name = kind_text(rq, all[i].kind),
            .file = all[i].file_name,
            .period = all[i].period.v ? period_name(rq->a, all[i].period, rq->lang) : "",
            .sent_by = all[i].sender,
            .unit_name = all[i].unit ? unit_name_of(rq_asker(rq)->units, all[i].unit) : "",
            .sent_at = all[i].created_at,
            .state = all[i].state,
            .state_name = state_text(rq, all[i].state),
            .rows = all[i].rows_total,
            .fresh = all[i].rows_new,
            .changed = all[i].rows_changed,
            .problems = str_eq(all[i].state, "checked") ? all[i].problems : 0
        };
    rq_crumb(rq, rq_tr(rq, N_("报送记录")), NULL);
    return imports_render(rq, &p, e);
}

#define SENDING                                                                                \
    .auth = SESSION | TOKEN, .need = CAP_SEND_VALUES /* a macro: part of an initialiser */

const struct route import_routes[] = {
    { .method = GET,
      .path = "/import",
      SENDING,
      .scope = SCOPE_LIST,
      .fn = import_index,
      .page = &imports_kind,
      .help = N_("报送记录") },
    { .method = GET,
      .path = "/import/new",
      SENDING,
      .scope = SCOPE_LIST,
      .fn = import_new_get,
      .page = &import_new_kind,
      .help = N_("选择要报送的文件") },
    { .method = POST,
      .path = "/import/new",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_new_post,
      .body_max = IMPORT_FILE_MAX + 65536,
      .n_files = 1,
      .help = N_("上传并核对，不入库") },
    { .method = GET,
      .path = "/import/template.xlsx",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_template,
      .help = N_("一个部门的填报表") },
    { .method = GET,
      .path = "/import/:code",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_get,
      .page = &import_show_kind,
      .help = N_("一次报送的核对结果或回执") },
    { .method = POST,
      .path = "/import/:code/fix",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_fix,
      .help = N_("改几格再核对") },
    { .method = POST,
      .path = "/import/:code/confirm",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_confirm,
      .help = N_("入库") },
    { .method = POST,
      .path = "/import/:code/drop",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_drop,
      .help = N_("不要这次上传") },
    { .method = GET,
      .path = "/import/:code/marked.xlsx",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_marked,
      .help = N_("标注过的表") },
    { .method = GET,
      .path = "/import/:code/file",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_file,
      .journal = "import.file",
      .help = N_("原来的文件") },
    { .method = GET,
      .path = "/import/:code.tlog-proof",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_proof,
      .help = N_("回执：日志中的证明") },
    { .method = GET,
      .path = "/import/:code.record",
      SENDING,
      .scope = SCOPE_OBJECT,
      .fn = import_record,
      .help = N_("回执：记录的内容") },
};
const size_t import_routes_n = COUNT(import_routes);
