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
#include "cmd/demo_year.h"
#include "cmd/kinds.h"
#include "flow/calendar.h"
#include "monitor/compute.sql.h"
#include "monitor/demo.h"
#include "monitor/scheme_import.h"
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
/* When it is set up. */
static const char *const begun = "2026-01-05";

struct making {
    struct cmd_call *c;
    struct arena *a;
    struct county *county;
    char hash[PASSWORD_TEXT];
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
    struct calendar_year *years;
    size_t n_years;
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

static enum rc write_calendar(struct tx *tx, void *arg, struct err *e)
{
    struct making *m = arg;
    return calendar_write(tx, m->county, m->years, m->n_years, "wenshu", NULL, e);
}

static enum rc make_calendar(struct making *m, struct err *e)
{
    const struct table *t;
    struct problems ps;
    problems_init(&ps, m->a);
    enum rc rc = table_of(m, "calendar.csv", &t, e);
    if (rc == RC_OK)
        rc = calendar_from_table(t, m->a, &m->years, &m->n_years, &ps, e);
    if (rc == RC_OK)
        rc = problems_err(&ps, "calendar.csv", e);
    return rc == RC_OK ? db_transact(m->county->db, write_calendar, m, e) : rc;
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

/* ---- the year ---- */

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
    struct making m = { .c = c, .a = cmd_arena(c), .county = county };
    /* Points before the scheme, whose formulas name them; accounts last, because the year needs
     * them. */
    static enum rc (*const steps[])(struct making *, struct err *) = {
        make_calendar, make_units, make_map, make_points, make_scheme, make_rules, make_accounts
    };
    struct demo_year y = { .call = c, .a = m.a, .c = county, .seed = seed };
    enum rc rc = day_parse(begun, &y.day, e);
    if (rc == RC_OK)
        rc = demo_hour(&y, 9, e);
    for (size_t i = 0; i < COUNT(steps) && rc == RC_OK; i++)
        rc = steps[i](&m, e);
    if (rc != RC_OK)
        return rc;
    y.accounts = m.accounts;
    y.n_accounts = m.n_accounts;
    y.owners = owners_of(&m, &y.n_owners);
    rc = demo_year_run(&y, e);
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
        kinds_use(county);
    if (rc == RC_OK)
        rc = demo_make(c, county, (uint64_t)seed, e);
    return rc == RC_OK ? demo_tell(c, e) : rc;
}

enum rc demo_tell(struct cmd_call *c, struct err *e)
{
    static const char *const shown[] = { "guheng",   "wenshu",   "fangzhi",
                                         "zhoumin",  "linruoxi", "gongheng",
                                         "sysadmin", "secadmin", "auditadmin" };
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
              { "seed", OPT_VALUE, false, "N",
                N_("随机数种子,默认1;换一个,数值、预警和各人快慢不同,规模不变") } },
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
