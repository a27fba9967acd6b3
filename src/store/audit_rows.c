/*
 * Auditing tables. The one idea: a record was committed to when it was appended and cannot
 * change any more, so a row is right exactly when its record says the same, and a record is in
 * force exactly when its row still names it.
 */
#include "base/hash.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "store/audit_inside.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which record is named by a row: a hash table of ids ---- */

struct seen {
    int64_t *id; /* 0: free */
    uint16_t *table;
    size_t n, cap;
};

static size_t seen_slot(const struct seen *s, int64_t id)
{
    size_t i = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (s->cap - 1);

    while (s->id[i] != 0 && s->id[i] != id)
        i = (i + 1) & (s->cap - 1);
    return i;
}

static void seen_add(struct seen *s, int64_t id, size_t table)
{
    if (s->n * 2 >= s->cap) {
        struct seen old = *s;
        *s = (struct seen){ .cap = old.cap == 0 ? 1024 : old.cap * 2 };
        s->id = mem_array(s->cap, sizeof(*s->id));
        s->table = mem_array(s->cap, sizeof(*s->table));
        for (size_t i = 0; i < old.cap; i++)
            if (old.id[i] != 0)
                seen_add(s, old.id[i], old.table[i]);
        free(old.id);
        free(old.table);
    }
    size_t i = seen_slot(s, id);
    s->n += s->id[i] == 0;
    s->id[i] = id;
    s->table[i] = (uint16_t)table;
}

/* The table whose row names the record, or -1. */
static ptrdiff_t seen_get(const struct seen *s, int64_t id)
{
    if (s->cap == 0)
        return -1;
    size_t i = seen_slot(s, id);
    return s->id[i] == 0 ? -1 : s->table[i];
}

/* ---- state ---- */

/* Where a record comes: those that wait to be sealed after all others, in the order in which
 * they were written down. */
static const int64_t waiting_from = INT64_MAX / 2;

static int64_t place_of(const struct record *record)
{
    return record->seq < 0 ? waiting_from + record->id.v : record->seq;
}

/* Rows of one table under one record. */
struct group {
    int64_t seq;
    const char *record; /* what people call it */
    uint64_t n;
    uint8_t root[HASH_BYTES];
    struct rows_hash hash;
};
/* The newest record of one thing in one table. */
struct newest {
    size_t table;
    int64_t seq;
    const char *kind, *unit, *subject;
    bool in_force;
};
/* What is known of a kind: whose rows its records make. */
struct kind {
    ptrdiff_t table; /* -1: none found yet */
    bool many;       /* over many rows each */
    unsigned tried;
};
enum { KIND_TRIES = 8 };
/* Of a row's name: columns, and characters of one. */
enum { NAME_PARTS_MAX = 6, NAME_PART_MAX = 40 };

struct rows_audit {
    struct arena *a;
    const struct snap *snap;
    const struct audit_query *tables;
    size_t n;
    int64_t *last_group; /* by table: the highest seq of a record over many rows */
    struct seen seen;
    struct map *groups; /* "table id" -> struct group, of the table at hand */
    struct group **group_list;
    size_t n_groups, cap_groups;
    struct map *kinds;     /* name -> struct kind */
    struct map *newest_of; /* "table unit subject" -> struct newest */
    struct newest **newest_list;
    size_t n_newest, cap_newest;
    struct { /* the record of the last row */
        int64_t id;
        struct group *group; /* NULL: a record of one row */
    } last;
};

struct rows_audit *rows_audit_new(struct arena *a, const struct snap *snap,
                                  const struct audit_query *tables, size_t n)
{
    struct rows_audit *r = arena_alloc(a, sizeof(*r));

    *r = (struct rows_audit){ .a = a,
                              .snap = snap,
                              .tables = tables,
                              .n = n,
                              .last_group = arena_array(a, n + 1, sizeof(int64_t)),
                              .kinds = map_new(a),
                              .newest_of = map_new(a) };
    for (size_t i = 0; i < n; i++)
        r->last_group[i] = -1;
    return r;
}

void rows_audit_done(struct rows_audit *r)
{
    free(r->seen.id);
    free(r->seen.table);
    free(r->group_list);
    free(r->newest_list);
}

/* ---- a record's parts as JSON ---- */

struct parsed {
    json_t *part[RECORD_PARTS_MAX];
    size_t n;
    bool erased; /* some part is gone */
};

static void parsed_done(struct parsed *p)
{
    for (size_t i = 0; i < p->n; i++)
        json_decref(p->part[i]);
}

static void parse_parts(const struct record *record, struct parsed *ret)
{
    *ret = (struct parsed){ .n = 0 };
    for (size_t i = 0; i < record->n_parts; i++) {
        const struct stored_part *p = &record->parts[i];
        if (p->erased)
            ret->erased = true;
        else
            ret->part[ret->n++] =
                json_loadb((const char *)p->bytes.p, p->bytes.n, JSON_REJECT_DUPLICATES, NULL);
    }
}

static const json_t *member(const struct parsed *p, const char *key)
{
    for (size_t i = 0; i < p->n; i++) {
        const json_t *v = json_object_get(p->part[i], key);
        if (v != NULL)
            return v;
    }
    return NULL;
}

/* "rows.TABLE" of a record over many rows. */
static bool group_of(const struct parsed *p, const char *table, struct group *ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const json_t *o = member(p, arena_printf(a, "rows.%s", table));
    const json_t *n = json_object_get(o, "n");
    const char *root = json_string_value(json_object_get(o, "root"));

    if (!json_is_integer(n) || json_integer_value(n) < 0 || root == NULL)
        return false;
    ret->n = (uint64_t)json_integer_value(n);
    return hex_decode(root, HASH_BYTES, ret->root);
}

/* ---- a row against its record ---- */

static bool integer_is(const json_t *v, int64_t have, bool null)
{
    return null ? json_is_null(v) : json_is_integer(v) && json_integer_value(v) == have;
}

static bool text_is(const json_t *v, const char *have)
{
    if (have == NULL)
        return json_is_null(v);
    return json_is_string(v) && json_string_length(v) == strlen(have) &&
           strcmp(json_string_value(v), have) == 0;
}

static bool real_is(const json_t *v, double have)
{
    char text[40];

    if (isnan(have))
        return json_is_null(v);
    snprintf(text, sizeof(text), "%.17g", have == 0 ? 0.0 : have);
    return text_is(v, text);
}

static bool blob_is(const json_t *v, struct bytes have)
{
    const char *hex = json_string_value(v);
    bool same = hex != NULL && strlen(hex) == 2 * have.n;
    char digits[3];

    if (hex == NULL)
        return json_is_null(v) && have.p == NULL;
    for (size_t i = 0; same && i < have.n; i++)
        same = memcmp(hex + 2 * i, hex_encode(have.p + i, 1, digits), 2) == 0;
    return same;
}

static bool column_is(const json_t *v, const struct query_col *col, const char *row)
{
    const void *at = row + col->offset;
    bool null = col->null_offset != 0 && *(const bool *)(row + col->null_offset);
    char code[PERIOD_TEXT];

    switch (col->type) {
    case DB_ID: {
        int64_t id = ((const struct id *)at)->v;
        return integer_is(v, id, col->null_ok && id == 0);
    }
    case DB_INT:
        return integer_is(v, *(const int64_t *)at, null);
    case DB_REAL:
        return real_is(v, *(const double *)at);
    case DB_TEXT:
        return text_is(v, *(const char *const *)at);
    case DB_BLOB:
        return blob_is(v, *(const struct bytes *)at);
    case DB_TIME: {
        int64_t us = ((const struct utime *)at)->us;
        return integer_is(v, us, col->null_ok && us == 0 && json_is_null(v));
    }
    case DB_MONEY:
        return integer_is(v, ((const struct money *)at)->fen, null);
    case DB_PERIOD: {
        struct period p = *(const struct period *)at;
        return p.v == 0 ? json_is_null(v) : text_is(v, period_code(p, code));
    }
    case DB_BOOL:
        return integer_is(v, *(const bool *)at, null);
    }
    return false;
}

/* What an erased personal column must look like. */
static bool column_empty(const struct query_col *col, const char *row)
{
    const void *at = row + col->offset;

    if (col->null_offset != 0 && *(const bool *)(row + col->null_offset))
        return true;
    switch (col->type) {
    case DB_TEXT: {
        const char *s = *(const char *const *)at;
        return s == NULL || s[0] == '\0';
    }
    case DB_BLOB:
        return ((const struct bytes *)at)->n == 0;
    case DB_REAL:
        return isnan(*(const double *)at);
    case DB_ID:
    case DB_INT:
    case DB_TIME:
    case DB_MONEY:
        return *(const int64_t *)at == 0;
    case DB_PERIOD:
        return ((const struct period *)at)->v == 0;
    case DB_BOOL:
        return !*(const bool *)at;
    }
    return false;
}

static const char *number(struct arena *a, int64_t v)
{
    return arena_printf(a, "%lld", (long long)v);
}

/* Whether a column tells rows apart: no time, no flag, no number of what was measured, nothing
 * long, and not who wrote it. */
static bool column_names(const struct query_col *col, const char *row)
{
    const void *at = row + col->offset;

    switch (col->type) {
    case DB_TEXT: {
        const char *s = *(const char *const *)at;
        return s != NULL && *s && utf8_count(s) <= NAME_PART_MAX &&
               strcmp(col->name, "by_account") != 0;
    }
    case DB_ID:
    case DB_INT:
    case DB_PERIOD:
        return true;
    case DB_BLOB:
    case DB_BOOL:
    case DB_MONEY:
    case DB_REAL:
    case DB_TIME:
        break;
    }
    return false;
}

/* What people call a row: its code, or what else tells it apart. but: the column that differs,
 * which names nothing any more; NULL: none does. */
static const char *row_name(struct arena *a, const struct query *q, const char *row,
                            const struct query_col *but)
{
    struct canon c;
    struct query named = *q;
    struct query_col *cols = arena_array(a, q->n_cols, sizeof(*cols));
    size_t n;

    named.cols = cols;
    named.n_cols = 0;
    for (size_t i = 1; i < q->n_cols; i++) {
        const struct query_col *col = &q->cols[i];
        if (col == but || !column_names(col, row))
            continue;
        bool code = strcmp(col->name, "code") == 0;
        if (code)
            named.n_cols = 0;
        if (code || named.n_cols < NAME_PARTS_MAX)
            cols[named.n_cols++] = *col;
        if (code)
            break;
    }
    canon_init(&c, a);
    canon_row(&c, &named, row);
    return canon_end(&c, &n);
}

/* What people call a record: its kind and what it is about. */
static const char *record_name(struct arena *a, const struct record *r)
{
    return arena_printf(a, "%s%s%s %s", r->kind, *r->unit ? " " : "", r->unit, r->subject);
}

static enum rc row_differs(const struct audit_query *t, const char *row,
                           const struct query_col *col, const struct record *record,
                           struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    return err_set(
        e, RC_UNPROVEN,
        N_("表 {table} 的行 {row} 的 {column} 与记录 {record} 不符(日志第 {seq} 条)"), "table",
        t->table, "row", row_name(a, t->query, row, col), "column", col->name, "record",
        record_name(a, record), "seq", number(a, record->seq));
}

static enum rc row_wrong(const struct audit_query *t, const char *row, const char *text,
                         struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    return err_set(e, RC_UNPROVEN, text, "table", t->table, "row",
                   row_name(a, t->query, row, NULL));
}

static enum rc compare_row(const struct audit_query *t, const char *row,
                           const struct record *record, const struct parsed *p, struct err *e)
{
    for (size_t i = 1; i < t->query->n_cols; i++) {
        const struct query_col *col = &t->query->cols[i];
        const json_t *v = member(p, col->name);
        bool ok = v != NULL ? column_is(v, col, row) : p->erased && column_empty(col, row);
        if (!ok)
            return row_differs(t, row, col, record, e);
    }
    return RC_OK;
}

static struct kind *kind_of(struct rows_audit *r, const char *name)
{
    struct kind *k = map_get(r->kinds, name);

    if (k == NULL) {
        k = arena_alloc(r->a, sizeof(*k));
        k->table = -1;
        map_set(r->kinds, name, k);
    }
    return k;
}

/* The first row of a record: is it a record of one row or of many? */
static enum rc first_row(struct rows_audit *r, size_t table, int64_t id, const char *row,
                         struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct audit_query *t = &r->tables[table];
    struct record *record = arena_alloc(a, sizeof(*record));
    CLEANUP(parsed_done) struct parsed p = { .n = 0 };
    struct group group = { 0 };

    enum rc rc = record_get(r->snap, (struct id){ id }, a, record, e);
    if (rc == RC_NOTFOUND)
        return row_wrong(t, row, N_("表 {table} 的行 {row} 没有记录"), e);
    if (rc != RC_OK)
        return rc;
    if (!record_whole(record)) /* then it is not the row that is to blame */
        return err_set(e, RC_UNPROVEN,
                       N_("日志第 {seq} 条({kind} {unit} {subject})的内容被改动过"), "seq",
                       number(a, record->seq), "kind", record->kind, "unit", record->unit,
                       "subject", record->subject);
    parse_parts(record, &p);
    r->last.id = id;
    r->last.group = NULL;
    if (!group_of(&p, t->table, &group)) {
        if (seen_get(&r->seen, id) == (ptrdiff_t)table)
            return row_wrong(t, row, N_("表 {table} 的行 {row} 用了另一行的记录"), e);
        kind_of(r, record->kind)->table = (ptrdiff_t)table;
        seen_add(&r->seen, id, table);
        return compare_row(t, row, record, &p, e);
    }
    kind_of(r, record->kind)->many = true;
    struct group *g = arena_alloc(r->a, sizeof(*g));
    *g = group;
    g->seq = record->seq;
    g->record = record_name(r->a, record);
    if (place_of(record) > r->last_group[table])
        r->last_group[table] = place_of(record);
    if (r->n_groups == r->cap_groups) {
        r->cap_groups = r->cap_groups == 0 ? 64 : r->cap_groups * 2;
        r->group_list = mem_realloc(r->group_list, r->cap_groups * sizeof(*r->group_list));
    }
    r->group_list[r->n_groups++] = g;
    map_set(r->groups, arena_printf(a, "%lld", (long long)id), g);
    seen_add(&r->seen, id, table);
    r->last.group = g;
    return RC_OK;
}

static enum rc audit_row(struct rows_audit *r, size_t table, const char *row, struct canon *c,
                         struct err *e)
{
    const struct audit_query *t = &r->tables[table];
    int64_t id = ((const struct id *)(row + t->query->cols[0].offset))->v;
    size_t n;

    if (id == 0) /* a column that may be null: written down later, in a batch */
        return t->query->cols[0].null_ok
                   ? RC_OK
                   : row_wrong(t, row, N_("表 {table} 的行 {row} 没有记录"), e);
    if (r->last.id != id || r->last.group == NULL) {
        struct group *g = map_get(r->groups, arena_printf(c->a, "%lld", (long long)id));
        if (g == NULL) {
            enum rc rc = first_row(r, table, id, row, e);
            if (rc != RC_OK || r->last.group == NULL)
                return rc;
        } else {
            r->last.id = id;
            r->last.group = g;
        }
    }
    canon_init(c, c->a);
    canon_row(c, t->query, row);
    const char *json = canon_end(c, &n);
    rows_hash_add(&r->last.group->hash, json, n);
    return RC_OK;
}

static enum rc rows_missing(const struct audit_query *t, const struct group *g, uint64_t have,
                            struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    return err_set(
        e, RC_UNPROVEN,
        N_("表 {table} 里记录 {record}(日志第 {seq} 条)的行应有 {want} 行,现有 {have} 行"),
        "table", t->table, "record", g->record, "seq", number(a, g->seq), "want",
        number(a, (int64_t)g->n), "have", number(a, (int64_t)have));
}

static enum rc end_groups(struct rows_audit *r, const struct audit_query *t, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t root[HASH_BYTES];

    for (size_t i = 0; i < r->n_groups; i++) {
        const struct group *g = r->group_list[i];
        if (g->hash.tree.size != g->n)
            return rows_missing(t, g, g->hash.tree.size, e);
        rows_hash_root(&g->hash, root);
        if (memcmp(root, g->root, HASH_BYTES) != 0)
            return err_set(e, RC_UNPROVEN,
                           N_("表 {table} 里记录 {record}(日志第 {seq} 条)的行被改动过"),
                           "table", t->table, "record", g->record, "seq", number(a, g->seq));
    }
    r->n_groups = 0;
    return RC_OK;
}

static void rows_closep(struct rows **rows)
{
    rows_close(rows);
}

static enum rc audit_table(struct rows_audit *r, size_t table,
                           const struct audit_progress *progress, struct audit_result *ret,
                           struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(arena_freep) struct arena *groups = arena_new();
    CLEANUP(rows_closep) struct rows *rows = NULL;
    const struct audit_query *t = &r->tables[table];
    char *row = mem_alloc(t->query->row_size);
    struct canon c = { .a = a };

    r->groups = map_new(groups);
    r->last.id = 0;
    enum rc rc = rows_open(r->snap, t->query, NULL, &rows, e);
    for (int64_t n = 1; rc == RC_OK; n++) {
        rc = rows_next(rows, row, e);
        if (rc != RC_OK)
            break;
        arena_reset(a);
        rc = audit_row(r, table, row, &c, e);
        ret->rows++;
        if (rc == RC_OK && n % 10000 == 0)
            rc = audit_say(progress, t->table, n, 0, e);
    }
    free(row);
    if (rc == RC_DONE)
        rc = end_groups(r, t, e);
    return rc == RC_OK && t->check ? t->check(r->snap, e) : rc;
}

enum rc rows_audit_tables(struct rows_audit *r, const struct audit_progress *progress,
                          struct audit_result *ret, struct err *e)
{
    for (size_t i = 0; i < r->n; i++) {
        enum rc rc = audit_table(r, i, progress, ret, e);
        if (rc != RC_OK)
            return rc;
        ret->tables++;
    }
    return RC_OK;
}

/* ---- records without a row ---- */

/* Has the record all canonical columns of the table, as one that made a row of it has? */
static bool shaped_like(const struct parsed *p, const struct audit_query *t)
{
    for (size_t i = 1; i < t->query->n_cols; i++)
        if (member(p, t->query->cols[i].name) == NULL)
            return false;
    return t->query->n_cols > 1;
}

/*
 * A record that no row names: the table it would belong to in *ret_table (-1: none);
 * *ret_deleted: it says that the row is to be gone.
 */
static enum rc without_row(struct rows_audit *r, const struct record *record, struct kind *k,
                           ptrdiff_t *ret_table, bool *ret_deleted, struct err *e)
{
    CLEANUP(parsed_done) struct parsed p = { .n = 0 };
    struct group group;

    parse_parts(record, &p);
    *ret_table = -1;
    for (size_t i = 0; i < r->n; i++) {
        if (group_of(&p, r->tables[i].table, &group)) {
            k->many = true;
            group.seq = record->seq;
            group.record = record_name(r->a, record);
            if (group.n > 0)
                return rows_missing(&r->tables[i], &group, 0, e);
        }
        if (*ret_table < 0 && (k->table < 0 || k->table == (ptrdiff_t)i) &&
            shaped_like(&p, &r->tables[i]))
            *ret_table = (ptrdiff_t)i;
    }
    *ret_deleted = json_integer_value(member(&p, "deleted")) == 1;
    if (*ret_table < 0 && *ret_deleted)
        *ret_table = k->table;
    return RC_OK;
}

static struct newest *newest_get(struct rows_audit *r, ptrdiff_t table,
                                 const struct record *record)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *key = arena_printf(a, "%td %s %s", table, record->unit, record->subject);
    struct newest *n = map_get(r->newest_of, key);

    if (n != NULL)
        return n;
    n = arena_alloc(r->a, sizeof(*n));
    *n = (struct newest){ .table = (size_t)table,
                          .unit = arena_strdup(r->a, record->unit),
                          .subject = arena_strdup(r->a, record->subject) };
    map_set(r->newest_of, key, n);
    if (r->n_newest == r->cap_newest) {
        r->cap_newest = r->cap_newest == 0 ? 64 : r->cap_newest * 2;
        r->newest_list = mem_realloc(r->newest_list, r->cap_newest * sizeof(*r->newest_list));
    }
    r->newest_list[r->n_newest++] = n;
    return n;
}

enum rc rows_audit_record(struct rows_audit *r, const struct record *record, struct err *e)
{
    ptrdiff_t table = seen_get(&r->seen, record->id.v);
    bool deleted = false, in_force = table >= 0;

    if (record->daily || r->n == 0)
        return RC_OK;
    struct kind *k = kind_of(r, record->kind);
    if (!in_force) {
        if (k->table < 0 && !k->many && k->tried++ >= KIND_TRIES)
            return RC_OK;
        enum rc rc = without_row(r, record, k, &table, &deleted, e);
        if (rc != RC_OK || table < 0)
            return rc;
        k->table = table;
    }
    struct newest *n = newest_get(r, table, record);
    n->seq = place_of(record);
    if (n->kind == NULL || strcmp(n->kind, record->kind) != 0)
        n->kind = arena_strdup(r->a, record->kind);
    n->in_force = in_force || deleted;
    return RC_OK;
}

enum rc rows_audit_end(struct rows_audit *r, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    for (size_t i = 0; i < r->n_newest; i++) {
        const struct newest *n = r->newest_list[i];
        /* A later record over many rows may have taken the row over. */
        if (n->in_force || r->last_group[n->table] > n->seq)
            continue;
        return err_set(e, RC_UNPROVEN,
                       N_("表 {table} 里没有记录 {kind} {unit} {subject}(日志第 {seq} 条)的行:"
                          "行被删除,或退回了旧值"),
                       "table", r->tables[n->table].table, "kind", n->kind, "unit", n->unit,
                       "subject", n->subject, "seq",
                       n->seq >= waiting_from ? "-" : number(a, n->seq));
    }
    return RC_OK;
}
