/*
 * Reading a view of another database. The one idea: the session can only read (asked of the
 * server before anything else), the statement is ours and names only the view, and what comes
 * is made into the CSV that every file goes through.
 */
#include "base/str.h"
#include "collect/pull.h"

#include <libpq-fe.h>
#include <string.h>

static const char *const columns[] = { "unit", "point", "period", "value", "missing", "note" };

static void conn_free(PGconn **c)
{
    PQfinish(*c);
}

static void result_free(PGresult **r)
{
    PQclear(*r);
}

/* "schema.view" or "view", each a plain identifier. */
static bool relation_valid(const char *s)
{
    size_t part = 0, dots = 0;
    for (; *s; s++) {
        bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || *s == '_';
        bool digit = *s >= '0' && *s <= '9';
        if (*s == '.') {
            if (part == 0 || dots++)
                return false;
            part = 0;
        } else if (letter || (digit && part))
            part++;
        else
            return false;
    }
    return part > 0;
}

/* What the server says, on one line. */
static const char *said(PGconn *c, struct arena *a)
{
    char *text = arena_strdup(a, PQerrorMessage(c));
    for (char *p = text; *p; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    return str_trim(a, text);
}

static enum rc run(PGconn *c, const char *sql, struct arena *a, struct err *e)
{
    __attribute__((cleanup(result_free))) PGresult *r = PQexec(c, sql);
    return PQresultStatus(r) == PGRES_COMMAND_OK
               ? RC_OK
               : err_set(e, RC_IO, N_("对方数据库不答应:{why}"), "why", said(c, a));
}

static void to_csv(const PGresult *r, struct str *b)
{
    for (size_t k = 0; k < COUNT(columns); k++)
        str_addf(b, "%s%s", k ? "," : "", columns[k]);
    str_addc(b, '\n');
    for (int i = 0; i < PQntuples(r); i++)
        for (int k = 0; k < (int)COUNT(columns); k++) {
            csv_text(b, PQgetisnull(r, i, k) ? "" : PQgetvalue(r, i, k));
            str_addc(b, k + 1 < (int)COUNT(columns) ? ',' : '\n');
        }
}

enum rc pull_sql_read(const char *url, const char *password, const char *relation,
                      struct arena *a, struct bytes *ret, struct err *e)
{
    const char *const keys[] = {
        "dbname",  "password", "connect_timeout", "application_name", "client_encoding",
        "options", NULL
    };
    const char *const values[] = { url,    *password ? password : NULL,
                                   "10",   "jingjian",
                                   "UTF8", "-c default_transaction_read_only=on",
                                   NULL };
    if (!relation_valid(relation))
        return err_set(e, RC_INVALID, N_("视图名「{name}」不对:应是 视图 或 模式.视图"), "name",
                       relation);
    __attribute__((cleanup(conn_free))) PGconn *c =
        PQconnectdbParams(keys, values, /* expand_dbname= */ 1);
    if (PQstatus(c) != CONNECTION_OK)
        return err_set(e, RC_IO, N_("连不上对方数据库:{why}"), "why", said(c, a));
    enum rc rc = run(c, "SET statement_timeout = 30000", a, e);
    if (rc == RC_OK)
        rc = run(c, "BEGIN READ ONLY", a, e);
    if (rc != RC_OK)
        return rc;
    const char *sql = arena_printf(
        a,
        "SELECT unit::text, point::text, period::text, value::text, missing::text, note::text "
        "FROM %s LIMIT %d",
        relation, PULL_ROWS_MAX + 1);
    __attribute__((cleanup(result_free))) PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return err_set(
            e, RC_IO,
            N_("读不了视图「{name}」:{why}。视图要有 unit、point、period、value、missing、note "
               "六列"),
            "name", relation, "why", said(c, a));
    if (PQntuples(r) > PULL_ROWS_MAX)
        return err_set(e, RC_TOOBIG, N_("视图「{name}」超过{limit}行"), "name", relation,
                       "limit", arena_printf(a, "%d", PULL_ROWS_MAX));
    struct str b;
    str_init(&b, a);
    to_csv(r, &b);
    *ret = (struct bytes){ (const uint8_t *)b.s, b.n };
    return RC_OK;
}
