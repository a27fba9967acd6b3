/* Canonical JSON. The one idea: pairs are kept as finished text and sorted at the end, so that
 * no caller can get the order wrong. */
#include "store/canon.h"

#include "base/hash.h"
#include "base/period.h"
#include "db/db.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct canon_pair {
    const char *key;
    const char *value; /* JSON */
};

void canon_init(struct canon *c, struct arena *a)
{
    *c = (struct canon){ .a = a };
}

static void add(struct canon *c, const char *key, const char *value)
{
    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 16 : c->cap * 2;
        struct canon_pair *pairs = arena_array(c->a, cap, sizeof(*pairs));
        if (c->n > 0)
            memcpy(pairs, c->pairs, c->n * sizeof(*pairs));
        c->pairs = pairs;
        c->cap = cap;
    }
    c->pairs[c->n++] = (struct canon_pair){ .key = arena_strdup(c->a, key), .value = value };
}

/* RFC 8785 3.2.2.2: the short escapes, \u00xx for other controls, everything else as it is. */
static void add_string(struct str *b, const char *s)
{
    str_addc(b, '"');
    for (;; s++) {
        static const char from[] = "\b\t\n\f\r\"\\", to[] = "btnfr\"\\";
        size_t plain = 0;
        while ((unsigned char)s[plain] >= 0x20 && s[plain] != '"' && s[plain] != '\\')
            plain++;
        str_addn(b, s, plain);
        s += plain;
        if (*s == '\0')
            break;
        const char *at = strchr(from, *s);
        if (at != NULL)
            str_addf(b, "\\%c", to[at - from]);
        else
            str_addf(b, "\\u%04x", (unsigned)*s);
    }
    str_addc(b, '"');
}

void canon_text(struct canon *c, const char *key, const char *value)
{
    struct str b;

    if (value == NULL) {
        canon_null(c, key);
        return;
    }
    str_init(&b, c->a);
    add_string(&b, value);
    add(c, key, b.s);
}

void canon_int(struct canon *c, const char *key, int64_t value)
{
    char text[24], *p = text + sizeof(text);
    uint64_t v = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    /* By hand: imports write ten of them for each of a million rows. */
    *--p = '\0';
    do
        *--p = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    if (value < 0)
        *--p = '-';
    add(c, key, arena_strdup(c->a, p));
}

void canon_null(struct canon *c, const char *key)
{
    add(c, key, "null");
}

void canon_id(struct canon *c, const char *key, struct id value)
{
    if (value.v == 0)
        canon_null(c, key);
    else
        canon_int(c, key, value.v);
}

void canon_time(struct canon *c, const char *key, struct utime value)
{
    canon_int(c, key, value.us);
}

void canon_real(struct canon *c, const char *key, double value)
{
    if (isnan(value))
        canon_null(c, key);
    else
        /* Minus zero becomes zero: SQLite does not keep the sign. */
        add(c, key, arena_printf(c->a, "\"%.17g\"", value == 0 ? 0.0 : value));
}

void canon_hex(struct canon *c, const char *key, const void *p, size_t n)
{
    if (p == NULL) {
        canon_null(c, key);
        return;
    }
    char *hex = arena_alloc(c->a, 2 * n + 1);
    add(c, key, arena_printf(c->a, "\"%s\"", hex_encode(p, n, hex)));
}

void canon_period(struct canon *c, const char *key, struct period value)
{
    char text[PERIOD_TEXT];

    if (value.v == 0)
        canon_null(c, key);
    else
        canon_text(c, key, period_code(value, text));
}

void canon_json(struct canon *c, const char *key, const char *json)
{
    add(c, key, arena_strdup(c->a, json));
}

static int pair_cmp(const void *a, const void *b)
{
    const struct canon_pair *x = a, *y = b;

    return strcmp(x->key, y->key);
}

const char *canon_end(struct canon *c, size_t *ret_n)
{
    struct str b;

    if (c->n > 0)
        qsort(c->pairs, c->n, sizeof(c->pairs[0]), pair_cmp);
    str_init(&b, c->a);
    str_addc(&b, '{');
    for (size_t i = 0; i < c->n; i++) {
        assert(i == 0 || strcmp(c->pairs[i - 1].key, c->pairs[i].key) != 0);
        if (i > 0)
            str_addc(&b, ',');
        add_string(&b, c->pairs[i].key);
        str_addc(&b, ':');
        str_add(&b, c->pairs[i].value);
    }
    str_addc(&b, '}');
    *ret_n = b.n;
    return b.s;
}

/* ---- rows ---- */

static void column(struct canon *c, const struct query_col *col, const char *row)
{
    const void *at = row + col->offset;

    if (col->null_offset != 0 && *(const bool *)(row + col->null_offset)) {
        canon_null(c, col->name);
        return;
    }
    switch (col->type) {
    case DB_ID:
        if (col->null_ok)
            canon_id(c, col->name, *(const struct id *)at);
        else
            canon_int(c, col->name, ((const struct id *)at)->v);
        break;
    case DB_INT:
        canon_int(c, col->name, *(const int64_t *)at);
        break;
    case DB_REAL:
        canon_real(c, col->name, *(const double *)at);
        break;
    case DB_TEXT:
        canon_text(c, col->name, *(const char *const *)at);
        break;
    case DB_BLOB: {
        struct bytes b = *(const struct bytes *)at;
        canon_hex(c, col->name, b.p == NULL && !col->null_ok ? (const uint8_t *)"" : b.p, b.n);
        break;
    }
    case DB_TIME:
        if (col->null_ok && ((const struct utime *)at)->us == 0)
            canon_null(c, col->name);
        else
            canon_time(c, col->name, *(const struct utime *)at);
        break;
    case DB_MONEY:
        canon_int(c, col->name, ((const struct money *)at)->fen);
        break;
    case DB_PERIOD:
        canon_period(c, col->name, *(const struct period *)at);
        break;
    case DB_BOOL:
        canon_int(c, col->name, *(const bool *)at);
        break;
    }
}

void canon_row(struct canon *c, const struct query *audit, const void *row)
{
    for (size_t i = 0; i < audit->n_cols; i++)
        if (strcmp(audit->cols[i].name, "record_id") != 0)
            column(c, &audit->cols[i], row);
}

void rows_hash_init(struct rows_hash *h)
{
    *h = (struct rows_hash){ 0 };
}

void rows_leaf(const char *json, size_t n, uint8_t ret[HASH_BYTES])
{
    merkle_leaf(tlog_ops(), (struct span){ (const uint8_t *)json, n }, ret);
}

void rows_hash_add(struct rows_hash *h, const char *json, size_t n)
{
    uint8_t leaf[HASH_BYTES];

    rows_leaf(json, n, leaf);
    tree_add(&h->tree, leaf);
}

void rows_hash_row(struct rows_hash *h, const struct query *audit, const void *row,
                   struct arena *scratch)
{
    struct canon c;
    size_t n;

    arena_reset(scratch);
    canon_init(&c, scratch);
    canon_row(&c, audit, row);
    const char *json = canon_end(&c, &n);
    rows_hash_add(h, json, n);
}

void rows_hash_root(const struct rows_hash *h, uint8_t ret[HASH_BYTES])
{
    tree_root(&h->tree, ret);
}

void canon_rows(struct canon *c, const char *table, const struct rows_hash *h)
{
    struct canon inner;
    uint8_t root[HASH_BYTES];
    size_t n;

    canon_init(&inner, c->a);
    canon_int(&inner, "n", (int64_t)h->tree.size);
    rows_hash_root(h, root);
    canon_hex(&inner, "root", root, HASH_BYTES);
    canon_json(c, arena_printf(c->a, "rows.%s", table), canon_end(&inner, &n));
}
