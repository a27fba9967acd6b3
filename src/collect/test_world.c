/* A county for tests of collection. */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "collect/handing.h"
#include "collect/round.sql.h"
#include "collect/test_collect.h"
#include "flow/calendar.h"
#include "monitor/point.h"
#include "monitor/scheme_import.h"
#include "people/account.sql.h"
#include "sheet/csv.h"
#include "sheet/sheet.h"

#include <stdlib.h>
#include <string.h>

const char *const world_codes[PEOPLE] = {
    "zhuan1", "shuji", "cg1", "cg2", "cgju", "sw1", "t1"
};
static const struct unit_term terms[] = {
    { "QX", "", "清溪区", "county", "", 0, 0, 0 },
    { "CG", "QX", "财政局", "department", "局", 0, 0, 0 },
    { "SW", "QX", "商务局", "department", "局", 0, 0, 0 },
    { "T1", "QX", "云岭镇", "town", "镇", 0, 0, 0 },
    { "T2", "QX", "石桥镇", "town", "镇", 0, 0, 0 },
};
static const struct account_new accounts[] = {
    { "zhuan1", "周明", "QX", "platform", "" }, { "shuji", "林远", "QX", "leader", "" },
    { "cg1", "李青", "CG", "supplier", "" },    { "cg2", "陈禾", "CG", "supplier", "" },
    { "cgju", "何川", "CG", "signer", "" },     { "sw1", "王桐", "SW", "supplier", "" },
    { "t1", "赵岚", "T1", "clerk", "" },
};
#define POINT(c, o, f)                                                                         \
    {                                                                                          \
        .code = c, .indicator = "A1", .name = "点" c, .owner = o, .unit_of_measure = "件",     \
        .frequency = f, .direction = 1, .legal_basis = "依据", .purpose = "用途",              \
        .retention = "五年", .contact = "办公室", .peer_group = ""                             \
    }
static struct point points[] = { POINT("P1", "CG", PERIOD_QUARTER),
                                 POINT("P2", "CG", PERIOD_MONTH),
                                 POINT("P3", "SW", PERIOD_QUARTER) };

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    char codes[COUNT(accounts)][ACTIVATION_CODE + 1];
    size_t changed;
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = points_write(tx, w->c, points, COUNT(points), "", &changed, e);
    if (rc == RC_OK)
        rc = accounts_make(tx, w->c, accounts, COUNT(accounts), 0, "", w->a, codes, e);
    for (size_t i = 0; i < COUNT(accounts) && rc == RC_OK; i++)
        rc = account_activate(tx, w->c, accounts[i].code, codes[i], "none", e);
    return rc;
}

static enum rc make_calendar(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct calendar_year *years;
    struct problems ps;
    struct table *t;
    size_t n;
    problems_init(&ps, w->a);
    enum rc rc = csv_read_file(
        w->a, arena_printf(w->a, "%s/demo/calendar.csv", getenv("JINGJIAN_SOURCE")), NULL, &t,
        e);
    if (rc == RC_OK)
        rc = calendar_from_table(t, w->a, &years, &n, &ps, e);
    return rc == RC_OK ? calendar_write(tx, w->c, years, n, "", NULL, e) : rc;
}

struct world world_new(struct county *c, struct arena *a)
{
    static const struct flow_kind *const kinds[] = { &filing_kind, &handing_kind };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct world w = { .c = c, .a = a };
    CHECK_OK(db_transact(c->db, make, &w, &e));
    CHECK_OK(db_transact(c->db, make_calendar, &w, &e));
    flow_use(c, kinds, COUNT(kinds));
    filings_follow_imports(c);
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(c), a, &w.units, &e));
    for (enum someone i = 0; i < PEOPLE; i++) {
        struct account_of_code_row row;
        CHECK_OK(account_of_code_one(s, world_codes[i], a, &row, &e));
        CHECK_OK(person_load(s, row.id, county_today(c), ~UINT64_C(0), a, &w.people[i], &e));
    }
    return w;
}

void world_day(struct world *w, int year, int month, int day)
{
    struct utime t = day_start(day_of(year, month, day));
    t.us += INT64_C(9) * 3600 * 1000000;
    CHECK(clock_set(&w->c->clock, t));
}

struct flow_who world_who(struct world *w, enum someone who)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who r = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_who_load(s, w->c, &w->people[who], w->units, w->a, &r, &e));
    return r;
}

struct rounding {
    struct world *w;
    struct flow_who who;
    struct round_new n;
    const char *code;
};

static enum rc make_round(struct tx *tx, void *arg, struct err *e)
{
    struct rounding *r = arg;
    return round_make(tx, r->w->c, &r->who, &r->n, r->w->a, &r->code, e);
}

const char *world_round(struct world *w, int signatures, const char **ret_filing)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rounding r = { .w = w,
                          .who = world_who(w, DESK),
                          .n = { .title = "2026年第三季度数据采集",
                                 .note = "",
                                 .period = period_of(PERIOD_QUARTER, 2026, 3),
                                 .open_day = day_of(2026, 9, 30),
                                 .due_day = day_of(2026, 10, 12),
                                 .late_day = day_of(2026, 10, 20),
                                 .minutes = 30,
                                 .signatures = signatures } };
    struct round_filings_row *f;
    size_t n;
    CHECK_OK(db_transact(w->c->db, make_round, &r, &e));
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(round_filings_all(s, r.code, w->a, &f, &n, &e));
    CHECK_INT(n, 2);
    CHECK_STR(f[0].source, "CG");
    *ret_filing = f[0].filing;
    return r.code;
}

static enum rc import(struct world *w, enum someone who, const char *csv, bool decided,
                      const char **ret_code, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    struct bytes file = { (const uint8_t *)csv, strlen(csv) };
    enum rc rc = db_read(w->c->db, &s, e);
    if (rc == RC_OK)
        rc = values_context_make(w->c, s, &w->people[who], w->a, &x, e);
    x.signed_for = decided;
    if (rc == RC_OK)
        rc = values_import_check(&x, "v.csv", file, w->a, &k, NULL, e);
    if (rc == RC_OK)
        rc = problems_err(&k.problems, "v.csv", e);
    if (rc == RC_OK)
        rc = values_import_write(w->c, &x, &k, "v.csv", file, (struct id){ 0 }, NULL,
                                 &w->people[who], w->a, &done, e);
    if (rc == RC_OK && ret_code)
        *ret_code = done.code;
    return rc;
}

enum rc world_import(struct world *w, enum someone who, const char *csv, const char **ret_code,
                     struct err *e)
{
    return import(w, who, csv, /* decided= */ false, ret_code, e);
}

enum rc world_decided(struct world *w, enum someone who, const char *csv, struct err *e)
{
    return import(w, who, csv, /* decided= */ true, NULL, e);
}

struct filing world_filing(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filing f = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(filing_load(s, w->c, code, &w->people[FILL1], w->a, &f, &e));
    return f;
}

enum rc world_type(struct world *w, enum someone who, const char *filing, const char *unit,
                   const char *point, const char *period, const char *text,
                   struct filing_saved *ret, struct err *e)
{
    struct filing f = world_filing(w, filing);
    struct flow_who by = world_who(w, who);
    struct filing_typed t = { 0, 0, text };
    struct filing_saved saved;
    struct period p;
    enum rc rc = period_parse(period, &p, e);
    if (rc != RC_OK)
        return rc;
    while (t.unit < f.n_unit && !str_eq(f.x.look.unit[f.unit[t.unit]].code, unit))
        t.unit++;
    while (t.column < f.n_column &&
           (!str_eq(f.x.points[f.column[t.column].point].code, point) ||
            !period_same(f.column[t.column].period, p)))
        t.column++;
    return filing_save(w->c, &by, &f, &t, 1, w->a, ret ? ret : &saved, e);
}

void world_proved(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    int64_t n;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_rebuild_all(s, w->c, &n, &e));
}

struct bytes world_sheet(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    static const char *const cells[][4] = { { "unit", "point", "period", "value" },
                                            { "T1", "P1", "2026Q3", "4" },
                                            { "T2", "P1", "2026Q3", "12" } };
    struct table *t = table_new(w->a, COUNT(cells), 4, false);
    const struct table *one = t;
    struct str b;
    for (size_t r = 0; r < COUNT(cells); r++)
        for (size_t c = 0; c < 4; c++)
            table_set(t, r, c, CELL_TEXT, cells[r][c]);
    str_init(&b, w->a);
    CHECK_OK(sheet_write(SHEET_XLSX, &one, 1, /* bom= */ false, county_now(w->c), &b, &e));
    return (struct bytes){ (const uint8_t *)b.s, b.n };
}
