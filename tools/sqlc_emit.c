/* sqlc: the C that is written. Functions are thin: what a query needs lies in const tables that
 * src/db reads. */
#include "sqlc.h"

#include <ctype.h>
#include <string.h>

static const char note[] = "/* Made by tools/sqlc of %s: edit that. */\n";

/* "people/unit.sql" into "people_unit" (upper: "PEOPLE_UNIT"), or only "unit". */
static char *file_name(const struct query_file *qf, bool with_folder, bool upper)
{
    const char *slash = strrchr(qf->name, '/'),
               *from = with_folder || !slash ? qf->name : slash + 1;
    char *s = keepn(from, strlen(from) - (strlen(from) > 4 ? 4 : 0));
    for (char *p = s; *p; p++)
        *p = isalnum((unsigned char)*p) ? (char)(upper ? toupper(*p) : *p) : '_';
    return s;
}

static void comment(FILE *f, const struct query *q)
{
    fputs("/*", f);
    for (const char *p = q->doc; *p;) {
        size_t n = strcspn(p, "\n");
        for (size_t i = 0; i < n; i++) {
            fputs(i == 0 ? (p == q->doc ? " " : "\n * ") : "", f);
            fputc(p[i] == '*' && p[i + 1] == '/' ? '+' : p[i], f);
        }
        p += n + (p[n] == '\n');
    }
    fprintf(f, " */\n");
}

static void params(FILE *f, const struct query *q)
{
    for (size_t i = 0; i < q->n_params; i++) {
        const struct column *p = &q->params[i];
        fprintf(f, ", %s%s", type_info[p->type].c, p->name);
        if (p->null_ok && type_info[p->type].null_member)
            fprintf(f, ", bool %s_null", p->name);
    }
}

static void row_struct(FILE *f, const struct query *q)
{
    fprintf(f, "struct %s_row {\n", q->name);
    for (size_t i = 0; i < q->n_cols; i++) {
        const struct column *c = &q->cols[i];
        fprintf(f, "    %s%s;\n", type_info[c->type].c, c->name);
        if (c->null_ok && type_info[c->type].null_member)
            fprintf(f, "    bool %s_null;\n", c->name);
    }
    fputs("};\n", f);
}

struct shape {
    bool rows, one, all, cursor;
    const char *context, *argument; /* "struct tx *tx", "tx_snap(tx)" */
};

static struct shape shape_of(const struct query *q)
{
    struct shape s = { .rows = q->n_cols > 0,
                       .context = "const struct snap *snap",
                       .argument = "snap" };
    s.one = s.rows && !q->audit;
    s.all = s.rows && !q->audit && (q->writes || q->limited || q->unlimited);
    s.cursor = s.rows && !q->writes && (q->limited || q->unlimited);
    if (q->writes)
        s.context = "struct tx *tx", s.argument = "tx_snap(tx)";
    return s;
}

/* One function's head; end is ";\n" for the header. */
static void head(FILE *f, const struct query *q, const char *suffix, const char *tail,
                 const char *end)
{
    fprintf(f, "enum rc %s%s(%s", q->name, suffix, shape_of(q).context);
    params(f, q);
    fprintf(f, ", %sstruct err *e)%s", tail, end);
}

static char *tail_of(const struct query *q, const char *which)
{
    if (strcmp(which, "one") == 0)
        return keepf("struct arena *arena, struct %s_row *ret, ", q->name);
    if (strcmp(which, "all") == 0)
        return keepf("struct arena *arena, struct %s_row **ret, size_t *ret_n, ", q->name);
    return keepf("struct rows **ret, ");
}

static void declare(FILE *f, const struct query *q)
{
    static const char end[] = " MUST_USE;\n";
    struct shape s = shape_of(q);
    fputc('\n', f);
    comment(f, q);
    fprintf(f, "extern const struct query %s_query;\n", q->name);
    if (!s.rows) {
        head(f, q, "", "int64_t *ret_changed, ", end);
        return;
    }
    row_struct(f, q);
    if (s.one)
        head(f, q, "_one", tail_of(q, "one"), end);
    if (s.all)
        head(f, q, "_all", tail_of(q, "all"), end);
    else if (s.one && !q->writes)
        fputs("/* One row only: for _all and a cursor the query needs a LIMIT or a comment "
              "\"unlimited: reason\". */\n",
              f);
    if (s.cursor) {
        head(f, q, "_open", tail_of(q, "open"), end);
        fprintf(
            f,
            "enum rc %s_next(struct rows *rows, struct %s_row *ret, struct err *e) MUST_USE;\n",
            q->name, q->name);
        fprintf(
            f, "static inline void %s_close(struct rows **rows)\n{\n    rows_close(rows);\n}\n",
            q->name);
    }
}

void emit_header(FILE *f, const struct query_file *qf)
{
    const char *guard = file_name(qf, true, true);
    fprintf(f, note, qf->name);
    fprintf(f, "#ifndef %s_SQL_H\n#define %s_SQL_H\n\n#include \"db/db.h\"\n", guard, guard);
    size_t n_audits = 0;
    for (size_t i = 0; i < qf->n; i++) {
        declare(f, &qf->at[i]);
        n_audits += qf->at[i].audit;
    }
    if (n_audits > 0)
        fprintf(f,
                "\n/* The audited tables of this file. */\nextern const struct audit_query "
                "%s_audits[%zu];\n",
                file_name(qf, false, false), n_audits);
    fputs("\n#endif\n", f);
}

static void value(FILE *f, const struct column *p)
{
    const char *n = p->name;
    const char *null = !p->null_ok ? "false" : NULL;
    switch (p->type) {
    case TYPE_NONE:
        break;
    case TYPE_ID:
        fprintf(f, "val_int(%s.v, %s)", n, null ? null : keepf("%s.v == 0", n));
        break;
    case TYPE_TIME:
        fprintf(f, "val_int(%s.us, %s)", n, null ? null : keepf("%s.us == 0", n));
        break;
    case TYPE_PERIOD:
        fprintf(f, "val_int(%s.v, %s)", n, null ? null : keepf("%s.v == 0", n));
        break;
    case TYPE_MONEY:
        fprintf(f, "val_int(%s.fen, %s)", n, null ? null : keepf("%s_null", n));
        break;
    case TYPE_INT:
    case TYPE_BOOL:
        fprintf(f, "val_int(%s, %s)", n, null ? null : keepf("%s_null", n));
        break;
    case TYPE_REAL:
        fprintf(f, "val_real(%s)", n);
        break;
    case TYPE_TEXT:
        fprintf(f, "val_text(%s)", n);
        break;
    case TYPE_BLOB:
        fprintf(f, "val_blob(%s, %s)", n, null ? null : keepf("%s.p == NULL", n));
        break;
    }
}

static void values(FILE *f, const struct query *q)
{
    fputs("\n{\n", f);
    if (q->n_params == 0)
        fputs("    const struct val *v_ = NULL;\n", f);
    else
        fputs("    const struct val v_[] = {\n", f);
    for (size_t i = 0; i < q->n_params; i++) {
        fputs("        ", f);
        value(f, &q->params[i]);
        fputs(",\n", f);
    }
    if (q->n_params > 0)
        fputs("    };\n", f);
}

static void functions(FILE *f, const struct query *q)
{
    struct shape s = shape_of(q);
    if (!s.rows) {
        head(f, q, "", "int64_t *ret_changed, ", "");
        values(f, q);
        fprintf(f, "    return db_exec(tx, &%s_query, v_, ret_changed, e);\n}\n\n", q->name);
    }
    if (s.one) {
        head(f, q, "_one", tail_of(q, "one"), "");
        values(f, q);
        fprintf(f, "    return db_one(%s, &%s_query, v_, arena, ret, e);\n}\n\n", s.argument,
                q->name);
    }
    if (s.all) {
        head(f, q, "_all", tail_of(q, "all"), "");
        values(f, q);
        fprintf(f,
                "    void *rows_ = NULL;\n    enum rc rc_ = db_all(%s, &%s_query, v_, arena, "
                "&rows_, ret_n, e);\n",
                s.argument, q->name);
        fputs("    if (rc_ == RC_OK)\n        *ret = rows_;\n    return rc_;\n}\n\n", f);
    }
    if (s.cursor) {
        head(f, q, "_open", tail_of(q, "open"), "");
        values(f, q);
        fprintf(f, "    return rows_open(snap, &%s_query, v_, ret, e);\n}\n\n", q->name);
        fprintf(f,
                "enum rc %s_next(struct rows *rows, struct %s_row *ret, struct err *e)\n{\n    "
                "return rows_next(rows, ret, e);\n}\n\n",
                q->name, q->name);
    }
}

void emit_query(FILE *f, const struct query *q, bool with_rows)
{
    if (q->n_params > 0) {
        fprintf(f, "static const struct query_param %s_params[] = {\n", q->name);
        for (size_t i = 0; i < q->n_params; i++)
            fprintf(f, "    { \"%s\", %s, %s },\n", q->params[i].name,
                    type_info[q->params[i].type].constant,
                    q->params[i].null_ok ? "true" : "false");
        fputs("};\n", f);
    }
    if (q->n_cols > 0) {
        fprintf(f, "static const struct query_col %s_cols[] = {\n", q->name);
        for (size_t i = 0; i < q->n_cols; i++) {
            const struct column *c = &q->cols[i];
            fprintf(f, "    { \"%s\", %s, %s", c->name, type_info[c->type].constant,
                    c->null_ok ? "true" : "false");
            if (with_rows)
                fprintf(f, ", offsetof(struct %s_row, %s)", q->name, c->name);
            if (with_rows && c->null_ok && type_info[c->type].null_member)
                fprintf(f, ", offsetof(struct %s_row, %s_null)", q->name, c->name);
            fputs(" },\n", f);
        }
        fputs("};\n", f);
    }
    fprintf(f,
            "%sconst struct query %s_query = {\n    .name = \"%s\",\n    .where = \"%s\",\n    "
            ".sqlite = ",
            with_rows ? "" : "static ", q->name, q->name, q->where);
    c_string(f, q->sqlite);
    fputs(",\n    .pg = ", f);
    c_string(f, q->pg);
    fputs(",\n", f);
    if (q->n_params > 0)
        fprintf(f, "    .params = %s_params,\n    .n_params = %zu,\n", q->name, q->n_params);
    if (q->n_cols > 0)
        fprintf(f, "    .cols = %s_cols,\n    .n_cols = %zu,\n", q->name, q->n_cols);
    if (q->n_cols > 0 && with_rows)
        fprintf(f, "    .row_size = sizeof(struct %s_row),\n", q->name);
    fprintf(f, "    .writes = %s,\n    .single = %s,\n};\n\n", q->writes ? "true" : "false",
            q->limited || q->unlimited || q->writes ? "false" : "true");
}

void emit_source(FILE *f, const struct query_file *qf)
{
    fprintf(f, note, qf->name);
    fprintf(f, "#include \"%s.h\"\n\n", qf->name);
    size_t n_audits = 0;
    for (size_t i = 0; i < qf->n; i++) {
        emit_query(f, &qf->at[i], true);
        functions(f, &qf->at[i]);
        n_audits += qf->at[i].audit;
    }
    if (n_audits == 0)
        return;
    fprintf(f, "const struct audit_query %s_audits[%zu] = {\n", file_name(qf, false, false),
            n_audits);
    for (size_t i = 0; i < qf->n; i++) {
        if (qf->at[i].audit)
            fprintf(f, "    { \"%s\", &%s_query },\n", qf->at[i].table, qf->at[i].name);
    }
    fputs("};\n", f);
}

void emit_migrations(FILE *f, const char *symbol, const struct migration *m, size_t n)
{
    fputs("/* Made by tools/sqlc of migrations: edit those. */\n#include \"db/migrate.h\"\n\n",
          f);
    fprintf(f, "extern const struct migration %s[];\nextern const size_t %s_n;\n", symbol,
            symbol);
    fprintf(f, "const struct migration %s[] = {\n", symbol);
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "    { %d, \"%s\", \"%s\",\n    ", m[i].number, m[i].name, m[i].digest);
        c_string(f, m[i].sqlite);
        fputs(",\n    ", f);
        c_string(f, m[i].pg);
        fputs(" },\n", f);
    }
    fprintf(f, "};\nconst size_t %s_n = %zu;\n", symbol, n);
}
