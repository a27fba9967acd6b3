/*
 * Loading values. The rows of one import are held in memory between the slices; the Merkle root
 * over their canonical form is computed beside the writing, by a thread of its own.
 */
#include "monitor/values_import.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/import.sql.h"
#include "monitor/value.sql.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"
#include "store/job.h"
#include "store/record.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* ---- what there is ---- */

struct present_cell {
    double value;
    uint8_t missing; /* enum missing */
    bool there;      /* false also for what was cleared with a trial */
    int32_t version; /* the highest; 0: there never was one */
};
/* Periods are read when the first row of them comes. */
struct values_present {
    const struct snap *s;
    struct arena *a;
    size_t n_units, n_points;
    struct map *by_period;            /* code → struct present_cell[unit × point] */
    struct map *unit_row, *point_row; /* decimal row id → index */
    enum rc failed;
    struct err why;
};

static const char *id_text(int64_t id, char out[24])
{
    size_t n = 0;
    for (uint64_t v = (uint64_t)id; n == 0 || v; v /= 10)
        out[n++] = (char)('0' + v % 10);
    out[n] = '\0';
    return out;
}

static enum rc read_present(struct values_present *p, struct period when,
                            struct present_cell *cells, struct err *e)
{
    CLEANUP(values_present_close) struct rows *rows = NULL;
    enum rc rc = values_present_open(p->s, when, &rows, e);
    struct values_present_row row;
    while (rc == RC_OK && (rc = values_present_next(rows, &row, e)) == RC_OK) {
        char key[24];
        ptrdiff_t u = map_index(p->unit_row, id_text(row.unit_id.v, key)),
                  k = map_index(p->point_row, id_text(row.point_id.v, key));
        if (u >= 0 && k >= 0)
            cells[(size_t)u * p->n_points + (size_t)k] =
                (struct present_cell){ .value = row.value,
                                       .missing = (uint8_t)missing_of(row.missing),
                                       .there = row.counts,
                                       .version = (int32_t)row.version };
    }
    return rc == RC_DONE ? RC_OK : rc;
}

static struct present_cell *present_at(struct values_present *p, struct period when)
{
    char code[PERIOD_TEXT];
    period_code(when, code);
    struct present_cell *cells = map_get(p->by_period, code);
    if (cells)
        return cells;
    cells = arena_array(p->a, p->n_units * p->n_points, sizeof(*cells));
    map_set(p->by_period, code, cells);
    if (p->failed == RC_OK)
        p->failed = read_present(p, when, cells, &p->why);
    return cells;
}

static void known(void *arg, size_t unit, size_t point, struct period when,
                  struct values_known *ret)
{
    struct values_context *x = arg;
    const struct present_cell *c = &present_at(x->present, when)[unit * x->n_points + point];
    *ret = (struct values_known){ .there = c->there,
                                  .value = c->value,
                                  .missing = missing_code((enum missing)c->missing) };
    if (c->missing != PRESENT)
        ret->value = NAN;
}

static bool applies(void *arg, size_t unit, size_t point)
{
    const struct values_context *x = arg;
    return point_applies(&x->points[point], x->unit[unit]);
}

/* ---- who collects ---- */

struct listener {
    const struct values_follower *follower;
};

static void *listener_make(struct county *c)
{
    return mem_alloc(sizeof(struct listener));
}

void values_import_tell(struct county *c, const struct values_follower *f)
{
    struct listener *l = county_room(c, ROOM_ARRIVAL, listener_make, free);
    l->follower = f;
}

static const struct values_follower *follower_of(const struct county *c)
{
    const struct listener *l = c->room[ROOM_ARRIVAL];
    return l ? l->follower : NULL;
}

enum rc values_import_went(struct county *c, const struct snap *s, const char *import,
                           struct arena *a, struct values_filing **ret, size_t *ret_n,
                           struct err *e)
{
    const struct values_follower *f = follower_of(c);
    *ret_n = 0;
    return f ? f->went(s, import, a, ret, ret_n, e) : RC_OK;
}

const char *values_filing_text(const struct values_filing *f, enum lang lang, struct arena *a)
{
    static const char *const texts[] = {
        N_("{n}格进填报{filing},签发后才入库"),
        N_("{n}格与填报{filing}里已提交的不一样,另存在旁边,没有采用;要更正,"
           "先撤回或请平台专班退回"
           "重报"),
    };
    const size_t n[] = { f->waiting, f->aside };
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < COUNT(texts); i++)
        if (n[i])
            str_addf(&b, "%s%s", b.n ? lang_text(lang, N_("；")) : "",
                     text_fill(a, lang_text(lang, texts[i]), "n", arena_printf(a, "%zu", n[i]),
                               "filing", f->code, NULL));
    return b.s;
}

enum rc values_context_make(struct county *c, const struct snap *s, const struct person *person,
                            struct arena *a, struct values_context *ret, struct err *e)
{
    struct values_context *x = ret;
    *x = (struct values_context){ 0 };
    enum rc rc = units_load(s, county_today(c), a, &x->units, e);
    if (rc == RC_OK)
        rc = points_of_period(s, period_at(PERIOD_DAY, county_today(c)), a, &x->points,
                              &x->n_points, e);
    if (rc != RC_OK)
        return rc;
    struct values_unit *units = arena_array(a, x->units->n, sizeof(*units));
    struct values_point *points = arena_array(a, x->n_points, sizeof(*points));
    const struct unit **unit = arena_array(a, x->units->n, sizeof(*unit));
    struct values_present *p = x->present = arena_alloc(a, sizeof(*p));
    *p = (struct values_present){ .s = s,
                                  .a = a,
                                  .n_points = x->n_points,
                                  .by_period = map_new(a),
                                  .unit_row = map_new(a),
                                  .point_row = map_new(a) };
    char key[24];
    for (size_t i = 0; i < x->units->n; i++) {
        const struct unit *u = &x->units->all[i];
        if (!u->assessed)
            continue;
        map_add_index(p->unit_row, id_text(u->id.v, key), p->n_units);
        units[p->n_units] = (struct values_unit){ u->code, u->name };
        unit[p->n_units++] = u;
    }
    for (size_t i = 0; i < x->n_points; i++) {
        const struct point *pt = &x->points[i];
        const struct unit *owner = units_find(x->units, pt->owner);
        map_add_index(p->point_row, id_text(pt->id.v, key), i);
        points[i] =
            (struct values_point){ .code = pt->code,
                                   .name = pt->name,
                                   .unit_of_measure = pt->unit_of_measure,
                                   .frequency = pt->frequency,
                                   .foreign = !person_may(person, CAP_SEND_VALUES, owner),
                                   .owner = owner ? owner->name : pt->owner };
    }
    x->unit = unit;
    x->follower = follower_of(c);
    x->look = (struct values_lookup){ .unit = units,
                                      .n_unit = p->n_units,
                                      .point = points,
                                      .n_point = x->n_points,
                                      .today = county_today(c),
                                      .look_back = true,
                                      .applies = applies,
                                      .known = known,
                                      .arg = x };
    return RC_OK;
}

enum rc values_import_check(const struct values_context *x, const char *name, struct bytes file,
                            struct arena *a, struct values_checked *ret,
                            const struct table **ret_table, struct err *e)
{
    struct book book;
    const struct table *t = NULL;
    enum rc rc;
    bool zip = file.n >= 2 && file.p[0] == 'P' && file.p[1] == 'K', big = file.n > (1u << 20);
    if (!zip && big) {
        /* A long CSV is checked row by row: a table of a million rows would be ten times the
         * file. */
        char *copy = arena_alloc(a, file.n + 1);
        memcpy(copy, file.p, file.n);
        rc = values_check_csv(a, name, copy, file.n, NULL, &x->look, ret, e);
    } else {
        rc = sheet_read(a, name, file, NULL, &book, e);
        if (rc == RC_OK)
            rc = book_first(&book, name, &t, e);
        if (rc == RC_OK)
            rc = values_check(a, t, &x->look, ret, e);
    }
    if (rc == RC_OK && x->present->failed != RC_OK) {
        err_move(e, &x->present->why);
        rc = x->present->failed;
    }
    if (rc == RC_OK && ret_table)
        *ret_table = t;
    return rc == RC_OK && x->follower && !x->signed_for
               ? x->follower->part(x->present->s, x, ret, a, e)
               : rc;
}

/* ---- writing ---- */

struct load {
    struct county *c;
    const struct values_context *x;
    const struct values_checked *checked;
    const char *name, *by, *code;
    struct file_sent file;
    struct id account, id, record;
    struct arena *a;
    uint8_t root[HASH_SIZE];
    struct rows_hash hash;
    size_t from, next; /* rows of the file */
    size_t leaf, next_leaf;
};

static enum rc write_head(struct tx *tx, void *arg, struct err *e)
{
    struct load *l = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct values_checked *k = l->checked;
    enum rc rc = file_sent_register(tx, l->c, &l->file, l->by, e);
    if (rc != RC_OK)
        return rc;
    if (l->id.v) {
        int64_t changed = 0;
        rc = import_checked(tx, k->period, (int64_t)k->rows, (int64_t)k->fresh,
                            (int64_t)k->changed, (int64_t)k->same, (int64_t)k->problems.look,
                            (struct bytes){ l->file.digest, HASH_SIZE }, l->id, NULL, e);
        if (rc == RC_OK)
            rc = import_state(tx, "loading", l->id, "checked", &changed, e);
        if (rc == RC_OK && changed == 0)
            return err_set(e, RC_CONFLICT, N_("这次导入已经确认过了"));
        return rc;
    }
    struct import_last_row last;
    struct import_insert_row made;
    rc = import_last_one(tx_snap(tx), a, &last, e);
    if (rc == RC_OK) {
        l->code = arena_printf(l->a, "I-%06lld", (long long)last.id + 1);
        rc = import_insert_one(tx, l->code, "values", "loading", l->name,
                               (struct bytes){ l->file.digest, HASH_SIZE }, l->account,
                               (struct id){ 0 }, k->period, (int64_t)k->rows, (int64_t)k->fresh,
                               (int64_t)k->changed, (int64_t)k->same, (int64_t)k->problems.look,
                               county_now(l->c), a, &made, e);
    }
    if (rc == RC_OK)
        l->id = made.id;
    return rc;
}

/* What was there before a row. */
static const struct present_cell *old_cell(const struct values_context *x,
                                           const struct value_row *r)
{
    return &present_at(x->present, r->period)[r->unit * x->n_points + r->point];
}

static bool is_written(const struct value_row *r)
{
    return r->state != VALUE_SAME && !r->filing;
}

static enum rc write_slice(struct tx *tx, void *arg, struct err *e)
{
    struct load *l = arg;
    const struct values_context *x = l->x;
    l->next = l->from;
    l->next_leaf = l->leaf;
    for (; l->next < l->checked->n && !tx_slice_over(tx); l->next++) {
        const struct value_row *r = &l->checked->row[l->next];
        if (!is_written(r))
            continue;
        const struct present_cell *old = old_cell(x, r);
        char cell[CELL_NAME];
        enum rc rc =
            value_insert(tx, x->unit[r->unit]->id, x->points[r->point].id, r->period,
                         old->version + 1, r->value, r->missing, r->note, l->id, r->line,
                         cell_name(r->line, r->col, cell), (int64_t)l->next_leaf, NULL, e);
        if (rc != RC_OK)
            return rc;
        l->next_leaf++;
    }
    return RC_OK;
}

/* The root over all rows that are written, on a thread of its own: it needs nothing but what
 * was checked, and takes as long as half of the writing. */
struct rooting {
    struct load *l;
    pthread_t thread;
    atomic_bool stop; /* the import has failed */
};

static void *hash_rows(void *arg)
{
    struct rooting *r = arg;
    struct load *l = r->l;
    const struct values_context *x = l->x;
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    int64_t leaf = 0;
    for (size_t i = 0; i < l->checked->n && !r->stop; i++) {
        const struct value_row *row = &l->checked->row[i];
        if (!is_written(row))
            continue;
        const struct present_cell *old = old_cell(x, row);
        char cell[CELL_NAME];
        struct value_audit_row as = { .cell = cell_name(row->line, row->col, cell),
                                      .leaf_no = leaf++,
                                      .missing = row->missing,
                                      .note = row->note,
                                      .period = row->period,
                                      .point = x->points[row->point].code,
                                      .row_no = row->line,
                                      .unit = x->unit[row->unit]->code,
                                      .value = row->value,
                                      .version = old->version + 1 };
        rows_hash_row(&l->hash, &value_audit_query, &as, scratch);
    }
    return NULL;
}

/* What came in is looked at by the check rules, in the background (src/quality/hint.h). Of a
 * period finer than a quarter, its quarter; of a file of several periods, the newest quarter.
 */
static enum rc look_again(struct tx *tx, struct period p, const char *by, struct err *e)
{
    static const char job[] = "hints";
    const struct clock real = { 0 };
    char code[PERIOD_TEXT];
    struct id id;
    if (p.v && period_kind(p) > PERIOD_QUARTER)
        p = period_at(PERIOD_QUARTER, period_last_day(p));
    return job_add(tx, job, period_code(p, code), "", (struct utime){ 0 }, by, clock_now(&real),
                   &id, e);
}

static enum rc write_done(struct tx *tx, void *arg, struct err *e)
{
    struct load *l = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct import_row_row head;
    enum rc rc = import_row_one(tx_snap(tx), l->id, a, &head, e);
    if (rc != RC_OK)
        return rc;
    const struct import_audit_row row = { .account = head.account,
                                          .code = head.code,
                                          .created_at = head.created_at,
                                          .done_at = county_now(l->c),
                                          .file_digest = { l->file.digest, HASH_SIZE },
                                          .file_name = head.file_name,
                                          .kind = head.kind,
                                          .period = head.period,
                                          .problems = head.problems,
                                          .root = { l->root, HASH_SIZE },
                                          .rows_changed = head.rows_changed,
                                          .rows_new = head.rows_new,
                                          .rows_same = head.rows_same,
                                          .rows_total = head.rows_total };
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &import_audit_query, &row);
    canon_int(&k, "rows", (int64_t)l->leaf);
    canon_rows(&k, "value", &l->hash);
    struct record_part part = part_open(&k);
    rc = record_append(tx, l->c,
                       &(struct record_new){ .kind = "values.imported",
                                             .unit = "",
                                             .subject = l->code,
                                             .by = l->by,
                                             .parts = &part,
                                             .n_parts = 1 },
                       &l->record, e);
    if (rc == RC_OK && l->x->also)
        rc = l->x->also(tx, l->x->also_arg, l->code, e);
    if (rc == RC_OK)
        rc = import_done(tx, row.done_at, row.root, l->record, l->id, NULL, e);
    if (rc == RC_OK)
        rc = look_again(tx, row.period, l->by, e);
    const struct values_arrival v = {
        .import = l->code, .by = l->by, .x = l->x, .checked = l->checked
    };
    return rc == RC_OK && l->x->follower ? l->x->follower->arrived(tx, l->c, &v, e) : rc;
}

static enum rc write_given_up(struct tx *tx, void *arg, struct err *e)
{
    const struct load *l = arg;
    enum rc rc = import_values_drop(tx, l->id, NULL, e);
    return rc == RC_OK ? import_state(tx, "given_up", l->id, "loading", NULL, e) : rc;
}

static enum rc load_all(struct load *l, struct err *e)
{
    struct rooting r = { .l = l };
    /* Every period that is meant is read by now: from here on what is present only serves
     * readers. */
    for (size_t i = 0; i < l->checked->n; i++)
        (void)old_cell(l->x, &l->checked->row[i]);
    bool beside = pthread_create(&r.thread, NULL, hash_rows, &r) == 0;
    enum rc rc = RC_OK;
    while (l->from < l->checked->n && rc == RC_OK) {
        rc = db_transact(l->c->db, write_slice, l, e);
        l->from = l->next;
        l->leaf = l->next_leaf;
        if (rc == RC_OK && l->x->progress)
            l->x->progress(l->x->progress_arg, (int64_t)l->from, (int64_t)l->checked->n);
    }
    r.stop = rc != RC_OK;
    if (beside)
        pthread_join(r.thread, NULL);
    else
        hash_rows(&r);
    if (rc != RC_OK)
        return rc;
    rows_hash_root(&l->hash, l->root);
    return db_transact(l->c->db, write_done, l, e);
}

enum rc values_import_write(struct county *c, const struct values_context *x,
                            const struct values_checked *checked, const char *name,
                            struct bytes file, struct id existing, const char *existing_code,
                            const struct person *by, struct arena *a, struct values_import *ret,
                            struct err *e)
{
    struct load l = { .c = c,
                      .x = x,
                      .checked = checked,
                      .name = name,
                      .by = by->code,
                      .account = by->id,
                      .file = { .name = name,
                                .media = sheet_format_mime(sheet_format_of(file)),
                                .content = file },
                      .id = existing,
                      .code = existing_code,
                      .a = a };
    rows_hash_init(&l.hash);
    enum rc rc = file_sent_keep(c, &l.file, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, write_head, &l, e);
    if (rc != RC_OK)
        return rc;
    rc = load_all(&l, e);
    if (rc != RC_OK) {
        CLEANUP(err_done) struct err ignored = { 0 };
        (void)!db_transact(c->db, write_given_up, &l,
                           &ignored); /* otherwise values_import_clear does it */
        return rc;
    }
    *ret = (struct values_import){ .code = l.code,
                                   .id = l.id,
                                   .record = l.record,
                                   .fresh = checked->fresh,
                                   .changed = checked->changed,
                                   .same = checked->same,
                                   .waiting = checked->waiting,
                                   .aside = checked->aside };
    memcpy(ret->root, l.root, HASH_SIZE);
    return RC_OK;
}

static enum rc clear_one(struct tx *tx, void *arg, struct err *e)
{
    (void)arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct imports_loading_row *rows;
    size_t n;
    enum rc rc = imports_loading_all(tx_snap(tx), a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct load l = { .id = rows[i].id };
        rc = write_given_up(tx, &l, e);
    }
    return rc;
}

enum rc values_import_clear(struct county *c, struct err *e)
{
    return db_transact(c->db, clear_one, c, e);
}
