/* Everything leaves: each table of the schema is exported or named as left out, no secret goes
 * along, and what is written can be read back and counted. tests/export.test.mjs reads a whole
 * county back with other tools. */
#include "base/file.h"
#include "base/hash.h"
#include "base/test.h"
#include "cmd/export_all.h"
#include "cmd/kinds.h"
#include "cmd/whole.h"
#include "people/account.h"
#include "people/password.h"
#include "sheet/sheet.h"
#include "store/file.h"
#include "store/test_county.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- the list ---- */

static const struct query_col *column(const struct query *q, const char *name, size_t n)
{
    for (size_t i = 0; i < q->n_cols; i++)
        if (strlen(q->cols[i].name) == n && strncmp(q->cols[i].name, name, n) == 0)
            return &q->cols[i];
    return NULL;
}

static bool left_out(const struct export_table *t, const char *col)
{
    if (t->left_out)
        return true;
    for (const char *p = t->without ? t->without : ""; *p;) {
        size_t n = strcspn(p, " ");
        if (strlen(col) == n && strncmp(p, col, n) == 0)
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

static void every_table_is_exported_or_named(void)
{
    for (const struct whole_table *w = whole_tables; w->name; w++) {
        size_t n = 0;
        for (const struct export_table *t = export_tables; t->table; t++)
            n += str_eq(t->table, w->name);
        if (n != 1)
            t_fail(__FILE__, __LINE__, "table %s stands %zu times in export_tables", w->name,
                   n);
        CHECK(*w->doc);
        for (size_t i = 0; i < w->query->n_cols; i++)
            if (!*w->docs[i])
                t_fail(__FILE__, __LINE__, "%s.%s has no comment", w->name,
                       w->query->cols[i].name);
    }
    for (const struct export_table *t = export_tables; t->table; t++) {
        const struct whole_table *w = whole_tables;
        while (w->name && !str_eq(w->name, t->table))
            w++;
        if (!w->name) {
            t_fail(__FILE__, __LINE__, "there is no table %s", t->table);
            continue;
        }
        CHECK(t->name && *t->name);
        CHECK((t->why != NULL) == (t->left_out || t->without != NULL));
        for (const char *p = t->without ? t->without : ""; *p;) {
            size_t n = strcspn(p, " ");
            if (!column(w->query, p, n))
                t_fail(__FILE__, __LINE__, "%s has no column %.*s", t->table, (int)n, p);
            p += n + (p[n] == ' ');
        }
    }
}

/* By what columns are called and what their comments say. */
static void no_secret_goes_along(void)
{
    static const char *const names[] = { "secret", "sealed", "password", "token_hash",
                                         "code_hash" };
    size_t found = 0;
    for (const struct whole_table *w = whole_tables; w->name; w++) {
        const struct export_table *t = export_tables;
        while (t->table && !str_eq(t->table, w->name))
            t++;
        for (size_t i = 0; t->table && i < w->query->n_cols; i++) {
            const char *col = w->query->cols[i].name;
            bool secret = strstr(w->docs[i], "sealed with") || strstr(w->docs[i], "Argon2");
            for (size_t k = 0; k < COUNT(names); k++)
                secret |= str_eq(col, names[k]);
            found += secret;
            if (secret && !left_out(t, col))
                t_fail(__FILE__, __LINE__, "%s.%s is a secret", w->name, col);
        }
    }
    CHECK(found >= 8);
}

/* ---- a county ---- */

struct making {
    struct county *c;
    struct arena *a;
    struct file_sent file;
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    static const struct unit_term units[] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
        { .code = "CZ",
          .parent = "QX",
          .name = "财政局",
          .kind = "department",
          .peer_group = "部门" },
        { .code = "SW",
          .parent = "QX",
          .name = "税务局\x01",
          .kind = "department",
          .peer_group = "部门" },
    };
    struct making *m = arg;
    char code[ACTIVATION_CODE + 1], hash[PASSWORD_TEXT];
    const struct account_new clerk = { "jingban", "丁", "CZ", "clerk", "" };
    password_hash("jing-jian-2026", hash);
    enum rc rc = units_write(tx, m->c, units, COUNT(units), 1, "", e);
    if (rc == RC_OK)
        rc = account_make(tx, m->c, &clerk, "", m->a, code, e);
    if (rc == RC_OK)
        rc = account_set_password(tx, m->c, "jingban", hash, "", e);
    return rc == RC_OK ? file_sent_register(tx, m->c, &m->file, "", e) : rc;
}

static const char *read_text(const char *dir, const char *name, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes b = { (const uint8_t *)"", 0 };
    CHECK_OK(file_read(a, arena_printf(a, "%s/%s", dir, name), 1 << 24, &b, &e));
    return (const char *)b.p;
}

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static const struct table *sheet(const char *dir, const char *name, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct book b = { .n = 0 };
    CHECK_OK(sheet_read_file(a, arena_printf(a, "%s/%s", dir, name), NULL, &b, &e));
    const struct table *t = b.n ? book_sheet(&b, "data") : NULL;
    CHECK(t != NULL);
    return t ? t : table_new(a, 1, 1, false);
}

/* Rows of a whole table, as the database has them. */
static size_t rows_of(struct county *c, const struct whole_table *w)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    void *rows;
    size_t n = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(db_all(s, w->query, NULL, a, &rows, &n, &e));
    return n;
}

static void leaves(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(err_done) struct err there = { 0 };
    struct county *c = t->c;
    const char *dir = arena_printf(a, "%s/everything", t->dir),
               *zip = arena_printf(a, "%s/everything.zip", t->dir);
    struct making m = { .c = c,
                        .a = a,
                        .file = { .name = "会议/纪要.txt",
                                  .media = "text/plain",
                                  .content = { (const uint8_t *)"纪要全文", 12 } } };
    size_t tables = 0, n;
    kinds_use(c);
    password_cheap_for_tests();
    CHECK_OK(file_sent_keep(c, &m.file, &e));
    CHECK_OK(db_transact(c->db, make, &m, &e));
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(export_all(c, dir, NULL, &e));
    CHECK_INT(export_all(c, dir, NULL, &there), RC_CONFLICT);
    for (const struct whole_table *w = whole_tables; w->name; w++) {
        const struct export_table *x = export_tables;
        const char *name = arena_printf(a, "tables/%s.xlsx", w->name);
        while (x->table && !str_eq(x->table, w->name))
            x++;
        CHECK(file_exists(arena_printf(a, "%s/%s", dir, name)) == !x->left_out);
        size_t rows = rows_of(c, w);
        if (x->left_out || rows == 0)
            continue;
        CHECK_INT(sheet(dir, name, a)->rows, rows + 1);
        tables++;
    }
    CHECK(tables >= 8);
    const struct table *people = sheet(dir, "people.xlsx", a);
    CHECK_INT(people->rows, 2);
    CHECK_STR(table_text(people, 1, 1), "丁");
    CHECK_STR(table_text(people, 1, 2), "CZ");
    CHECK_STR(table_text(people, 1, 4), "clerk");
    const char *records = read_text(dir, "log/records.jsonl", a);
    const struct whole_table *w = whole_tables;
    while (!str_eq(w->name, "record"))
        w++;
    CHECK_INT(lines(records), rows_of(c, w));
    CHECK_PART(records, "\"kind\":\"unit.set\"");
    CHECK_PART(read_text(dir, "README.md", a), "identity");
    CHECK_PART(read_text(dir, "README.md", a), "草稿、受限和个人信息");
    CHECK(file_exists(arena_printf(a, "%s/log/checkpoint", dir)));
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX];
    sha256("纪要全文", 12, digest);
    CHECK_STR(read_text(dir,
                        arena_printf(a, "files/%.12s-会议_纪要.txt",
                                     hex_encode(digest, HASH_SIZE, hex)),
                        a),
              "纪要全文");
    /* Sums hold for every line. */
    char **sum = str_split(a, read_text(dir, "SHA256SUMS", a), '\n', &n);
    CHECK(n > 60);
    for (size_t i = 0; i + 1 < n; i++) {
        struct bytes b = { (const uint8_t *)"", 0 };
        CHECK_OK(file_read(a, arena_printf(a, "%s/%s", dir, sum[i] + 66), 1 << 24, &b, &e));
        sha256(b.p, b.n, digest);
        CHECK(strncmp(sum[i], hex_encode(digest, HASH_SIZE, hex), 64) == 0);
        CHECK(!memmem(b.p, b.n, "$argon2id$", 10));
    }
    CHECK_OK(export_all(c, zip, NULL, &e));
    CHECK(file_exists(zip));
    CHECK(!file_exists(arena_printf(a, "%s.part", zip)));
}
T_COUNTY_IN(leaves)

T_MAIN({ "every table is exported or named", every_table_is_exported_or_named },
       { "no secret goes along", no_secret_goes_along },
       T_COUNTY_CASES("a county leaves whole", leaves))
