/*
 * PostgreSQL: statements and values. Parameters and results travel in the binary format, so
 * that numbers come back to the last bit. A cursor is a real one, fetched piece by piece;
 * everything else is a prepared statement.
 */
#include "base/period.h"
#include "db/pg_conn.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

/* Types of the server's catalogue that we meet. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_FLOAT8 = 701,
    OID_NUMERIC = 1700
};

struct params {
    Oid types[PG_PARAMS_MAX];
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];
    union {
        uint64_t i;
        uint16_t small;
        char period[PERIOD_TEXT];
    } space[PG_PARAMS_MAX];
};

static struct pg_conn *own(const struct rows *r)
{
    return (struct pg_conn *)r->snap->conn;
}

static Oid oid_of(enum db_type type)
{
    switch (type) {
    case DB_ID:
    case DB_INT:
    case DB_TIME:
    case DB_MONEY:
        return OID_INT8;
    case DB_BOOL:
        return OID_INT2;
    case DB_REAL:
        return OID_FLOAT8;
    case DB_TEXT:
    case DB_PERIOD:
        return OID_TEXT;
    case DB_BLOB:
        return OID_BYTEA;
    }
    return 0;
}

static void param_set(struct params *p, size_t i, enum db_type type, const struct val *v)
{
    p->types[i] = oid_of(type);
    p->formats[i] = 1;
    p->values[i] = NULL;
    p->lengths[i] = 0;
    if (v->null)
        return;
    p->values[i] = (const char *)&p->space[i];
    switch (type) {
    case DB_ID:
    case DB_INT:
    case DB_TIME:
    case DB_MONEY:
        p->space[i].i = htobe64((uint64_t)v->i);
        p->lengths[i] = 8;
        break;
    case DB_BOOL:
        p->space[i].small = htobe16(v->i != 0);
        p->lengths[i] = 2;
        break;
    case DB_REAL:
        memcpy(&p->space[i].i, &v->r, 8);
        p->space[i].i = htobe64(p->space[i].i);
        p->lengths[i] = 8;
        break;
    case DB_TEXT:
    case DB_BLOB:
        p->values[i] = v->b.n ? (const char *)v->b.p : "";
        p->lengths[i] = (int)v->b.n;
        break;
    case DB_PERIOD:
        period_code((struct period){ (uint32_t)v->i }, p->space[i].period);
        p->lengths[i] = (int)strlen(p->space[i].period);
        break;
    }
}

/* The name of the prepared statement of a slot. */
static void slot_name(const struct pg_conn *c, const struct slot *s, char out[16])
{
    snprintf(out, 16, "s%td", s - c->base.cache.at);
}

static enum rc prepare(struct rows *r, const struct params *p, char name[16], struct err *e)
{
    struct pg_conn *c = own(r);
    struct slot *s = cache_find(&c->base.cache, r->q); /* never busy here */
    slot_name(c, s, name);
    if (s->q == r->q)
        return RC_OK;
    if (s->q != NULL) {
        char sql[32];
        snprintf(sql, sizeof(sql), "DEALLOCATE %s", name);
        s->q = NULL;
        enum rc rc = pg_run(c, sql, e);
        if (rc != RC_OK)
            return rc;
    }
    PGresult *res = PQprepare(c->h, name, r->q->pg, (int)r->q->n_params, p->types);
    enum rc rc =
        PQresultStatus(res) == PGRES_COMMAND_OK ? RC_OK : pg_fail(c, res, r->q->where, e);
    PQclear(res);
    if (rc == RC_OK)
        s->q = r->q;
    return rc;
}

static enum rc result_check(struct rows *r, PGresult *res, struct err *e)
{
    ExecStatusType st = PQresultStatus(res);
    if (st == PGRES_TUPLES_OK || st == PGRES_COMMAND_OK) {
        r->stmt = res;
        r->at = (size_t)-1;
        return RC_OK;
    }
    enum rc rc = pg_fail(own(r), res, r->q->where, e);
    PQclear(res);
    return rc;
}

static enum rc cursor_start(struct rows *r, const struct params *p, struct err *e)
{
    struct pg_conn *c = own(r);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    r->serial = ++c->cursors;
    PGresult *res = PQexecParams(
        c->h, arena_printf(a, "DECLARE c%u NO SCROLL CURSOR FOR %s", r->serial, r->q->pg),
        (int)r->q->n_params, p->types, p->values, p->lengths, p->formats, 1);
    enum rc rc = result_check(r, res, e);
    if (rc != RC_OK)
        r->serial = 0;
    return rc;
}

enum rc pg_start(struct rows *r, const struct val *v, struct err *e)
{
    struct params p;
    char name[16];
    for (size_t i = 0; i < r->q->n_params; i++)
        param_set(&p, i, r->q->params[i].type, &v[i]);
    if (r->cursor)
        return cursor_start(r, &p, e);
    enum rc rc = prepare(r, &p, name, e);
    if (rc != RC_OK)
        return rc;
    PGresult *res =
        PQexecPrepared(own(r)->h, name, (int)r->q->n_params, p.values, p.lengths, p.formats, 1);
    return result_check(r, res, e);
}

static enum rc cursor_fetch(struct rows *r, struct err *e)
{
    char sql[48];
    PQclear(r->stmt);
    r->stmt = NULL;
    snprintf(sql, sizeof(sql), "FETCH FORWARD %d FROM c%u", PG_FETCH, r->serial);
    return result_check(r, PQexecParams(own(r)->h, sql, 0, NULL, NULL, NULL, NULL, 1), e);
}

enum rc pg_step(struct rows *r, struct err *e)
{
    r->at++;
    if (r->cursor && (int)r->at >= PQntuples(r->stmt) && (r->at == 0 || r->at == PG_FETCH)) {
        enum rc rc = cursor_fetch(r, e);
        if (rc != RC_OK)
            return rc;
        r->at = 0;
    }
    if ((int)r->at < PQntuples(r->stmt))
        return RC_OK;
    const char *n = PQcmdTuples(r->stmt);
    for (r->changed = 0; *n >= '0' && *n <= '9'; n++)
        r->changed = r->changed * 10 + (*n - '0');
    return RC_DONE;
}

void pg_finish(struct rows *r)
{
    PQclear(r->stmt);
    r->stmt = NULL;
    if (r->serial == 0 || PQtransactionStatus(own(r)->h) != PQTRANS_INTRANS)
        return; /* gone with its transaction */
    char sql[24];
    struct err e = { 0 };
    snprintf(sql, sizeof(sql), "CLOSE c%u", r->serial);
    (void)pg_run(own(r), sql, &e); /* a failure shows at the next statement */
    err_done(&e);
}

static uint16_t read16(const char *p)
{
    uint16_t v;
    memcpy(&v, p, 2);
    return be16toh(v);
}

static uint64_t read64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return be64toh(v);
}

/*
 * numeric on the wire: how many digits to base 10,000, the weight of the first, the sign,
 * decimals shown, the digits. sum and avg of whole numbers are of this type. False when it has
 * no value we can hold.
 */
static bool read_numeric(const char *p, int64_t *ret_i, double *ret_r)
{
    int n = read16(p), weight = (int16_t)read16(p + 2), sign = read16(p + 4);
    __int128 whole = 0;
    long double value = 0, unit = 1;
    bool exact = weight < 6;
    for (int i = 0; i < n; i++) {
        int digit = read16(p + 8 + 2 * i);
        value = value * 10000 + digit;
        if (i <= weight && exact)
            whole = whole * 10000 + digit;
        exact = exact && (i <= weight || digit == 0);
    }
    for (int i = n; i <= weight && exact; i++)
        whole *= 10000;
    int shift = weight + 1 - n;
    for (int i = 0; i < (shift < 0 ? -shift : shift); i++)
        unit *= 10000;
    value = shift < 0 ? value / unit : value * unit;
    if (sign != 0 && sign != 0x4000)
        return false; /* NaN or infinite */
    if (sign != 0)
        value = -value, whole = -whole;
    if (ret_r != NULL) {
        *ret_r = (double)value;
        return true;
    }
    *ret_i = (int64_t)whole;
    return exact && whole >= INT64_MIN && whole <= INT64_MAX;
}

static enum rc type_fail(const struct rows *r, size_t col, struct err *e)
{
    return err_set(e, RC_DB, N_("查询 {where} 的 {name} 类型或大小不符"), "where", r->q->where,
                   "name", r->q->cols[col].name);
}

static enum rc get_int(const struct rows *r, size_t col, const char *p, struct val *ret,
                       struct err *e)
{
    switch (PQftype(r->stmt, (int)col)) {
    case OID_BOOL:
        ret->i = *p;
        return RC_OK;
    case OID_INT2:
        ret->i = (int16_t)read16(p);
        return RC_OK;
    case OID_INT4:
        ret->i = (int32_t)((uint32_t)read16(p) << 16 | read16(p + 2));
        return RC_OK;
    case OID_INT8:
        ret->i = (int64_t)read64(p);
        return RC_OK;
    case OID_NUMERIC:
        return read_numeric(p, &ret->i, NULL) ? RC_OK : type_fail(r, col, e);
    }
    return type_fail(r, col, e);
}

static enum rc get_real(const struct rows *r, size_t col, const char *p, struct val *ret,
                        struct err *e)
{
    struct val whole = { 0 };
    Oid type = PQftype(r->stmt, (int)col);
    if (type == OID_FLOAT8) {
        uint64_t bits = read64(p);
        memcpy(&ret->r, &bits, 8);
        return RC_OK;
    }
    if (type == OID_NUMERIC)
        return read_numeric(p, NULL, &ret->r) ? RC_OK : type_fail(r, col, e);
    enum rc rc = get_int(r, col, p, &whole, e);
    if (rc == RC_OK)
        ret->r = (double)whole.i;
    return rc;
}

enum rc pg_get(struct rows *r, size_t col, struct val *ret, struct err *e)
{
    int row = (int)r->at, i = (int)col;
    if (PQgetisnull(r->stmt, row, i)) {
        ret->null = true;
        return RC_OK;
    }
    const char *p = PQgetvalue(r->stmt, row, i);
    switch (r->q->cols[col].type) {
    case DB_ID:
    case DB_INT:
    case DB_TIME:
    case DB_MONEY:
    case DB_BOOL:
        return get_int(r, col, p, ret, e);
    case DB_REAL:
        return get_real(r, col, p, ret, e);
    case DB_TEXT:
    case DB_PERIOD:
    case DB_BLOB:
        ret->b = (struct bytes){ (const uint8_t *)p, (size_t)PQgetlength(r->stmt, row, i) };
        return RC_OK;
    }
    return RC_OK;
}
