/*
 * demo: the invented county 清溪区, made through the imports and computations that real data go
 * through, on a simulated clock. The seed decides the values; results are computed, never
 * written in.
 */
#include "cmd/demo_cmd.h"

#include "base/file.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "monitor/compute.h"
#include "monitor/compute.sql.h"
#include "monitor/demo.h"
#include "monitor/scheme_import.h"
#include "monitor/values_import.h"
#include "people/account.sql.h"
#include "people/password.h"
#include "people/unit.sql.h"
#include "people/unit_import.h"
#include "sheet/csv.h"
#include "store/record.h"
#include "warn/rule_table.h"

#include <stdio.h>
#include <string.h>

/* The password of every demo account; printed, because nothing in a demo is secret. */
static const char demo_password[] = "qingxi-demo-2026";
/* When things happen in the demo's year. */
static const char *const begun = "2026-01-05";
enum { SENT_AFTER_DAYS = 8, COMPUTED_AFTER_DAYS = 20 };

struct making {
    struct cmd_call *c;
    struct arena *a;
    struct county *county;
    uint64_t seed;
    char hash[PASSWORD_TEXT];
    int64_t done, total; /* steps */
    /* what a change writes */
    struct scheme scheme;
    struct point *points;
    size_t n;
    int version;
    struct rule *rules;
    size_t n_rules;
    struct account_new *accounts;
    size_t n_accounts;
    char (*codes)[ACTIVATION_CODE + 1];
    const struct table *table;
};

static enum rc table_of(struct making *m, const char *name, const struct table **ret,
                        struct err *e)
{
    const struct demo_file *f = demo_file(name);
    struct table *t;
    enum rc rc =
        csv_read(m->a, name, (struct bytes){ (const uint8_t *)f->text, f->n }, NULL, &t, e);
    if (rc == RC_OK)
        *ret = t;
    return rc;
}

static enum rc clock_to(struct making *m, int32_t day, int hour, struct err *e)
{
    struct utime t = { day_start(day).us + hour * INT64_C(3600000000) };
    return county_set_clock(m->county, t, e);
}

static void step(struct making *m)
{
    cmd_progress(m->c, N_("演示县"), ++m->done, m->total);
}

/* ---- what there is before any value ---- */

static enum rc make_units(struct making *m, struct err *e)
{
    const struct table *t;
    struct unit_term *terms;
    struct problems ps;
    size_t n, changed;
    problems_init(&ps, m->a);
    enum rc rc = table_of(m, "units.csv", &t, e);
    if (rc == RC_OK)
        rc = units_from_table(t, m->a, &terms, &n, &ps, e);
    if (rc == RC_OK)
        rc = problems_err(&ps, "units.csv", e);
    return rc == RC_OK ? units_import(m->county, terms, n, false, NULL, "", &changed, e) : rc;
}

static enum rc write_tiles(struct tx *tx, void *arg, struct err *e)
{
    struct making *m = arg;
    enum rc rc = RC_OK;
    for (size_t r = 1; r < m->table->rows && rc == RC_OK; r++) {
        struct unit_id_of_row unit;
        struct err *ignored = e;
        int64_t x = 0, y = 0;
        rc = unit_id_of_one(tx_snap(tx), table_text(m->table, r, 0), m->a, &unit, ignored);
        for (const char *s = table_text(m->table, r, 1); *s >= '0' && *s <= '9'; s++)
            x = x * 10 + (*s - '0');
        for (const char *s = table_text(m->table, r, 2); *s >= '0' && *s <= '9'; s++)
            y = y * 10 + (*s - '0');
        struct canon k;
        canon_init(&k, m->a);
        canon_text(&k, "unit", table_text(m->table, r, 0));
        canon_int(&k, "x", x);
        canon_int(&k, "y", y);
        struct record_part part = part_open(&k);
        struct id record;
        if (rc == RC_OK)
            rc = record_append(tx, m->county,
                               &(struct record_new){ .kind = "map.tile",
                                                     .unit = table_text(m->table, r, 0),
                                                     .subject = table_text(m->table, r, 0),
                                                     .by = "",
                                                     .parts = &part,
                                                     .n_parts = 1 },
                               &record, e);
        if (rc == RC_OK)
            rc = map_tile_put(tx, unit.id, x, y, record, NULL, e);
    }
    return rc;
}

static enum rc make_map(struct making *m, struct err *e)
{
    enum rc rc = table_of(m, "map.csv", &m->table, e);
    return rc == RC_OK ? db_transact(m->county->db, write_tiles, m, e) : rc;
}

static enum rc write_accounts(struct tx *tx, void *arg, struct err *e)
{
    struct making *m = arg;
    enum rc rc =
        accounts_make(tx, m->county, m->accounts, m->n_accounts, 2, "", m->a, m->codes, e);
    for (size_t i = 0; i < m->n_accounts && rc == RC_OK; i++)
        rc = account_set_password(tx, m->county, m->accounts[i].code, m->hash,
                                  m->accounts[i].code, e);
    return rc;
}

static enum rc make_accounts(struct making *m, struct err *e)
{
    const struct table *t;
    enum rc rc = table_of(m, "accounts.csv", &t, e);
    if (rc != RC_OK)
        return rc;
    m->n_accounts = t->rows - 1;
    m->accounts = arena_array(m->a, m->n_accounts, sizeof(*m->accounts));
    m->codes = arena_array(m->a, m->n_accounts, sizeof(*m->codes));
    for (size_t i = 0; i < m->n_accounts; i++)
        m->accounts[i] = (struct account_new){ .code = table_text(t, i + 1, 0),
                                               .name = table_text(t, i + 1, 1),
                                               .unit = table_text(t, i + 1, 2),
                                               .role = table_text(t, i + 1, 3),
                                               .scope = table_text(t, i + 1, 4) };
    password_hash(demo_password, m->hash);
    return db_transact(m->county->db, write_accounts, m, e);
}

static enum rc write_points(struct tx *tx, void *arg, struct err *e)
{
    struct making *m = arg;
    size_t changed;
    return points_write(tx, m->county, m->points, m->n, "wenshu", &changed, e);
}

static enum rc make_points(struct making *m, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct table *t;
    const struct units *us;
    struct problems ps;
    problems_init(&ps, m->a);
    enum rc rc = table_of(m, "points.csv", &t, e);
    if (rc == RC_OK)
        rc = db_read(m->county->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(m->county), m->a, &us, e);
    if (rc == RC_OK)
        rc = points_from_table(t, us, m->a, &m->points, &m->n, &ps, e);
    if (rc == RC_OK)
        rc = problems_err(&ps, "points.csv", e);
    if (rc != RC_OK)
        return rc;
    db_read_end(&s);
    return db_transact(m->county->db, write_points, m, e);
}

/* How the demo scores: by points and goalposts, with the honest choices drawn from a thousand
 * times. */
static const char demo_config[] =
    "{\"normalise\":{\"method\":\"goalposts\",\"l\":0,\"u\":100,\"a\":100},"
    "\"aggregate\":{\"method\":\"amean\"},"
    "\"uncertainty\":{\"replications\":1000,\"seed\":1,\"weight_noise\":0.25}}";

static enum rc write_scheme(struct tx *tx, void *arg, struct err *e)
{
    struct making *m = arg;
    struct period from = period_of(PERIOD_QUARTER, DEMO_YEAR, 1);
    enum rc rc =
        scheme_write(tx, m->county, &m->scheme, (struct id){ 0 }, "wenshu", &m->version, e);
    return rc == RC_OK
               ? scheme_adopt(tx, m->county, m->version, from, (struct id){ 0 }, "wenshu", e)
               : rc;
}

static enum rc make_scheme(struct making *m, struct err *e)
{
    const struct table *t;
    struct problems ps;
    problems_init(&ps, m->a);
    enum rc rc = table_of(m, "scheme.csv", &t, e);
    if (rc == RC_OK)
        rc = scheme_from_table(t, m->a, &m->scheme, &ps, e);
    if (rc == RC_OK)
        rc = problems_err(&ps, "scheme.csv", e);
    m->scheme.name = "清溪区政治生态监测方案";
    m->scheme.note = "2026年度";
    m->scheme.config = demo_config;
    return rc == RC_OK ? db_transact(m->county->db, write_scheme, m, e) : rc;
}

static enum rc write_rules(struct tx *tx, void *arg, struct err *e)
{
    struct making *m = arg;
    size_t written;
    return rules_write(tx, m->county, m->rules, m->n_rules, (struct id){ 0 }, "wenshu",
                       &written, e);
}

static enum rc make_rules(struct making *m, struct err *e)
{
    const struct table *t;
    struct problems ps;
    problems_init(&ps, m->a);
    enum rc rc = table_of(m, "rules.csv", &t, e);
    if (rc == RC_OK)
        rc = rules_from_table(t, m->a, &m->rules, &m->n_rules, &ps, e);
    if (rc == RC_OK)
        rc = problems_err(&ps, "rules.csv", e);
    return rc == RC_OK ? db_transact(m->county->db, write_rules, m, e) : rc;
}

/* ---- the quarters ---- */

/* Who sends a department's file: its first account with the role. */
static enum rc sender_of(struct making *m, const struct snap *s, const char *owner,
                         struct person *ret, struct err *e)
{
    for (size_t i = 0; i < m->n_accounts; i++) {
        if (!str_eq(m->accounts[i].unit, owner) || !str_eq(m->accounts[i].role, "supplier"))
            continue;
        struct account_of_code_row who;
        enum rc rc = account_of_code_one(s, m->accounts[i].code, m->a, &who, e);
        return rc == RC_OK
                   ? person_load(s, who.id, county_today(m->county), ~UINT64_C(0), m->a, ret, e)
                   : rc;
    }
    return err_set(e, RC_NOTFOUND, N_("没有编码为「{unit}」的单位"), "unit", owner);
}

/* The head and the rows of one period; empty when there is no row. */
static void rows_of_period(const char *csv, struct period p, struct str *ret)
{
    char code[PERIOD_TEXT];
    period_code(p, code);
    size_t head = strcspn(csv, "\n") + 1, n = strlen(code);
    for (const char *line = csv + head; *line;) {
        const char *end = line + strcspn(line, "\n") + 1,
                   *at = strchr(strchr(line, ',') + 1, ',');
        if (strncmp(at + 1, code, n) == 0 && at[n + 1] == ',') {
            if (ret->n == 0)
                str_addn(ret, csv, head);
            str_addn(ret, line, (size_t)(end - line));
        }
        line = end;
    }
}

/* What a department sends for p, a quarter or a month of quarter; nothing when it has none. */
static enum rc send_values(struct making *m, struct period quarter, struct period p,
                           const char *owner, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct str all, csv;
    char code[PERIOD_TEXT];
    str_init(&all, a);
    str_init(&csv, a);
    struct person sender;
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    enum rc rc = demo_values(a, m->seed, quarter, owner, &all, e);
    if (rc == RC_OK)
        rows_of_period(all.s, p, &csv);
    if (rc != RC_OK || csv.n == 0)
        return rc;
    rc = db_read(m->county->db, &s, e);
    if (rc == RC_OK)
        rc = sender_of(m, s, owner, &sender, e);
    if (rc == RC_OK)
        rc = values_context_make(m->county, s, &sender, a, &x, e);
    const char *name = arena_printf(a, "%s-%s.csv", owner, period_code(p, code));
    struct bytes file = { (const uint8_t *)csv.s, csv.n };
    if (rc == RC_OK)
        rc = values_import_check(&x, name, file, a, &k, NULL, e);
    if (rc == RC_OK)
        rc = problems_err(&k.problems, name, e);
    if (rc == RC_OK)
        rc = values_import_write(m->county, &x, &k, name, file, (struct id){ 0 }, NULL, &sender,
                                 a, &done, e);
    return rc;
}

static enum rc make_quarter(struct making *m, struct period p, const char *const *owners,
                            size_t n_owners, struct err *e)
{
    struct compute_result r;
    enum rc rc = RC_OK;
    struct period last = period_at(PERIOD_MONTH, period_last_day(p));
    for (int back = 2; back >= 0; back--) { /* each month's values in the month after */
        struct period month = period_step(last, -back);
        for (size_t i = 0; i < n_owners && rc == RC_OK; i++) {
            rc = clock_to(m, period_last_day(month) + SENT_AFTER_DAYS + (int32_t)(i / 8),
                          9 + (int)(i % 8), e);
            if (rc == RC_OK)
                rc = send_values(m, p, month, owners[i], e);
            if (rc == RC_OK && back == 0)
                rc = send_values(m, p, p, owners[i], e);
            if (back == 0)
                step(m);
        }
    }
    if (rc == RC_OK)
        rc = clock_to(m, period_last_day(p) + COMPUTED_AFTER_DAYS, 10, e);
    if (rc == RC_OK)
        rc = compute_period(m->county, p, "wenshu", NULL, NULL, &r, e);
    step(m);
    return rc;
}

static const char *const *owners_of(struct making *m, size_t *ret_n)
{
    struct map *seen = map_new(m->a);
    const char **owners = arena_array(m->a, m->n, sizeof(*owners));
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        if (map_add(seen, m->points[i].owner, m))
            owners[n++] = m->points[i].owner;
    *ret_n = n;
    return owners;
}

enum rc demo_make(struct cmd_call *c, struct county *county, uint64_t seed, struct err *e)
{
    struct making m = {
        .c = c, .a = cmd_arena(c), .county = county, .seed = seed, .total = 60
    };
    /* Points before the scheme, whose formulas name them; accounts last, because the quarters
     * need them. */
    static enum rc (*const steps[])(struct making *, struct err *) = { make_units, make_map,
                                                                       make_points, make_scheme,
                                                                       make_rules };
    int32_t first;
    size_t n_owners;
    enum rc rc = day_parse(begun, &first, e);
    if (rc == RC_OK)
        rc = clock_to(&m, first, 9, e);
    for (size_t i = 0; i < COUNT(steps) && rc == RC_OK; i++) {
        rc = steps[i](&m, e);
        step(&m);
    }
    if (rc != RC_OK)
        return rc;
    const char *const *owners = owners_of(&m, &n_owners);
    m.total = (int64_t)(COUNT(steps) + 1 + (n_owners + 1) * DEMO_QUARTERS);
    rc = make_accounts(&m, e);
    step(&m);
    for (int q = 1; q <= DEMO_QUARTERS && rc == RC_OK; q++)
        rc = make_quarter(&m, period_of(PERIOD_QUARTER, DEMO_YEAR, q), owners, n_owners, e);
    return rc == RC_OK ? county_seal_now(county, e) : rc;
}

static enum rc demo(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    int64_t seed = 1;
    enum rc rc = RC_OK;
    if (cmd_opt(c, "seed"))
        rc = cmd_wrong(c, parse_int64(cmd_opt(c, "seed"), 0, INT64_MAX, "--seed", &seed, e));
    struct county_config cfg = { .dir = cmd_opt(c, "data"),
                                 .db_url = cmd_opt(c, "db"),
                                 .schema = cmd_opt(c, "schema"),
                                 .name = "清溪区",
                                 .origin = "qingxi.example/demo",
                                 .demo = true };
    if (rc == RC_OK && cfg.schema && !cfg.db_url)
        return cmd_usage(c, e, N_("--schema 要与 --db 一起写"), NULL, NULL);
    if (rc == RC_OK)
        rc = cmd_missing(c, county_init(&cfg, e), e);
    if (rc == RC_OK)
        rc = county_open(cfg.dir, &county, e);
    if (rc == RC_OK)
        rc = demo_make(c, county, (uint64_t)seed, e);
    return rc == RC_OK ? demo_tell(c, e) : rc;
}

enum rc demo_tell(struct cmd_call *c, struct err *e)
{
    static const char *const shown[] = { "guheng",   "wenshu",   "fangzhi",  "zhoumin",
                                         "linruoxi", "sysadmin", "secadmin", "auditadmin" };
    const struct demo_file *f = demo_file("accounts.csv");
    struct table *t;
    enum rc rc = csv_read(cmd_arena(c), "accounts.csv",
                          (struct bytes){ (const uint8_t *)f->text, f->n }, NULL, &t, e);
    if (rc != RC_OK)
        return rc;
    printf("%s\n", lang_text(cmd_lang(c), N_("演示账号(演示数据·非真实):")));
    for (size_t r = 1; r < t->rows; r++)
        for (size_t i = 0; i < COUNT(shown); i++)
            if (str_eq(shown[i], table_text(t, r, 0)))
                printf("  %-12s %s  %s\n", shown[i], demo_password,
                       lang_text(cmd_lang(c), role_find(table_text(t, r, 3))->name));
    return RC_OK;
}

const struct command cmd_demo = {
    .name = "demo",
    .help = N_("建一个演示县: 清溪区,一切均为虚构"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("新的数据文件夹") },
              { "db", OPT_VALUE, false, "URL",
                N_("PostgreSQL 数据库;不写就用文件夹里的 SQLite") },
              { "schema", OPT_VALUE, false, "NAME", N_("PostgreSQL 里的模式名") },
              { "seed", OPT_VALUE, false, "N", N_("随机数种子,默认1") } },
    .fn = demo,
};

static enum rc accounts(struct cmd_call *c, struct err *e)
{
    return demo_tell(c, e);
}

const struct command cmd_demo_accounts = {
    .name = "demo-accounts",
    .help = N_("列出演示县的账号"),
    .opts = { { "data", OPT_VALUE, false, "DIR", N_("演示县的数据文件夹") } },
    .fn = accounts,
};
