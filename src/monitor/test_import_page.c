/* Sending values through the pages, from the wrong file to the corrected value. */
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "monitor/export.h"
#include "monitor/export_page.h"
#include "monitor/import_page.h"
#include "monitor/point_page.h"
#include "monitor/scheme_import.h"
#include "monitor/value_page.h"
#include "people/asker.h"
#include "people/test_site.h"
#include "people/unit_import.h"
#include "sheet/csv.h"
#include "store/record.h"
#include "store/test_county.h"
#include "tlog/ops.h"

#include <stdio.h>
#include <string.h>

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    const char *token;
};

static struct point points[] = {
    { .code = "P1",
      .indicator = "A1",
      .name = "公开件数",
      .owner = "D1",
      .unit_of_measure = "件",
      .frequency = PERIOD_QUARTER,
      .direction = 1,
      .legal_basis = "依据",
      .purpose = "用途",
      .retention = "五年",
      .contact = "办公室",
      .peer_group = "" },
    { .code = "P2",
      .indicator = "A2",
      .name = "不归我的数",
      .owner = "T1",
      .unit_of_measure = "件",
      .frequency = PERIOD_QUARTER,
      .direction = 1,
      .legal_basis = "依据",
      .purpose = "用途",
      .retention = "五年",
      .contact = "办公室",
      .peer_group = "" },
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    size_t changed;
    const struct account_new who[] = { { "sender", "报送人", "D1", "supplier", "subtree" },
                                       { "reader", "经办人", "T1", "clerk", "subtree" },
                                       { "editor", "专班", "", "platform", "" } };
    enum rc rc = points_write(tx, w->c, points, COUNT(points), "", &changed, e);
    return rc == RC_OK ? site_people(tx, w->c, who, COUNT(who), w->a, e) : rc;
}

static void sign(struct world *w, const char *account)
{
    w->token = site_session(&w->site, account);
}

static void setup(struct world *w, struct county *c)
{
    struct err e = { 0 };
    struct unit_term terms[] = { { "C", "", "县", "county", "", 0, 0, 0 },
                                 { "D1", "C", "政务局", "department", "", 0, 0, 0 },
                                 { "T1", "C", "东镇", "town", "towns", 0, 0, 0 },
                                 { "T2", "C", "西镇", "town", "towns", 0, 0, 0 } };
    size_t changed;
    *w = (struct world){ .c = c, .a = arena_new() };
    CHECK_OK(units_import(c, terms, COUNT(terms), false, NULL, "", &changed, &e));
    CHECK_OK(db_transact(c->db, make, w, &e));
    struct route_table tables[] = { { import_routes, import_routes_n },
                                    { value_routes, value_routes_n },
                                    { export_routes, export_routes_n },
                                    { point_routes, point_routes_n },
                                    { point_import_routes, point_import_routes_n } };
    site_open(&w->site, c, w->a, tables, COUNT(tables), NULL);
}

static void done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}

static struct web_reply get(struct world *w, const char *target)
{
    return site_get(&w->site, w->token, target);
}

static struct web_reply post(struct world *w, const char *target, const char *fields)
{
    return site_post(&w->site, w->token, target, fields);
}

static struct web_reply send_to(struct world *w, const char *target, const char *csv)
{
    return site_upload(&w->site, w->token, target, "v.csv", csv, SITE_PART("period", "2026Q2"));
}

static struct web_reply send(struct world *w, const char *csv)
{
    return send_to(w, "/import/new", csv);
}

static bool says(struct web_reply r, const char *text)
{
    return strstr(r.body, text) != NULL;
}

static void sends(struct county *c)
{
    struct world w;
    setup(&w, c);
    sign(&w, "sender");
    CHECK_INT(get(&w, "/import/new").status, 200);
    /* Wrong: a letter in a number. Nothing may be taken in. */
    struct web_reply r = send(&w, "unit,point,value,missing,note\nT1,P1,4O,,\nT2,P1,7,,\n");
    CHECK_INT(r.status, 303);
    CHECK_STR(r.location, "/import/I-000001");
    r = get(&w, "/import/I-000001");
    CHECK_INT(r.status, 200);
    CHECK(says(r, "cell:C2"));
    CHECK_INT(get(&w, "/import/I-000001/marked.xlsx").status, 200);
    CHECK_INT(post(&w, "/import/I-000001/confirm", "").status, 400);
    /* Put right on the page, then taken in once. */
    CHECK_INT(post(&w, "/import/I-000001/fix", "cell%3AC2=40").status, 303);
    CHECK_INT(post(&w, "/import/I-000001/confirm", "").status, 303);
    CHECK_INT(post(&w, "/import/I-000001/confirm", "").status, 409);
    CHECK(says(get(&w, "/import/I-000001"), "I-000001.tlog-proof") ||
          says(get(&w, "/import/I-000001"), "东镇"));
    r = get(&w, "/import?sort=file");
    CHECK(says(r, "v.csv") && says(r, "政务局") && says(r, "aria-sort=\"ascending\""));
    CHECK_INT(get(&w, "/import?sort=rows&state=done").status, 200);
    r = get(&w, "/point?period=2026Q2&sort=name");
    CHECK(says(r, "不归我的数"));
    CHECK(strstr(r.body, "公开件数") > strstr(r.body, "不归我的数"));
    r = get(&w, "/point?period=2026Q2");
    CHECK(strstr(r.body, "公开件数") < strstr(r.body, "不归我的数"));
    /* A personal column is not read; the page says so for as long as there is one. */
    r = send(&w, "unit,point,value,missing,note,手机\nT1,P1,40,,,13800138000\n"
                 "T2,P1,8,,,13900139000\n");
    CHECK_INT(r.status, 303);
    CHECK(!strchr(r.location, '?'));
    const char *lists_people = r.location;
    r = get(&w, lists_people);
    CHECK(says(r, "F列没有读取") && !says(r, "13800138000"));
    CHECK_INT(post(&w, arena_printf(w.a, "%s/drop", lists_people), "").status, 303);
    CHECK(says(get(&w, lists_people), "F列没有读取"));
    /* A correction is a second version; the first stays. */
    r = send(&w, "unit,point,period,value,missing,note\nT1,P1,2026Q2,41,,更正\n");
    CHECK_STR(r.location, "/import/I-000003");
    CHECK_INT(post(&w, "/import/I-000003/confirm", "").status, 303);
    /* Somebody else's point is a problem, not a value. */
    r = send(&w, "unit,point,period,value,missing,note\nT1,P2,2026Q2,1,,\n");
    CHECK_INT(post(&w, arena_printf(w.a, "%s/confirm", r.location), "").status, 400);
    CHECK_INT(get(&w, "/import/template.xlsx?owner=D1&period=2026Q2").status, 200);
    CHECK_INT(get(&w, "/import/template.xlsx?owner=T1&period=2026Q2").status, 403);
    /* Who reads the town sees the two versions, and nothing of the other town. */
    sign(&w, "reader");
    r = get(&w, "/value/T1/P1/2026Q2");
    CHECK_INT(r.status, 200);
    CHECK(says(r, "第1版") && says(r, "第2版") && says(r, "v.csv"));
    CHECK(!says(r, "/import/I-000001")); /* a page that is closed to a reader */
    CHECK_INT(get(&w, "/value/T2/P1/2026Q2").status, 403);
    CHECK_INT(get(&w, "/import/I-000001").status, 403);
    r = get(&w, "/export/values.csv?period=2026Q2");
    CHECK_INT(r.status, 200);
    CHECK(says(r, "T1,P1,2026Q2,41,,更正\n"));
    CHECK(!says(r, "T2,"));
    CHECK(says(get(&w, "/point?period=2026Q2"), "公开件数"));
    r = get(&w, "/point/P1?period=2026Q2");
    CHECK_INT(r.status, 200);
    CHECK(says(r, "/value/T1/P1/2026Q2") && !says(r, "/value/T2/P1/2026Q2"));
    done(&w);
}
T_COUNTY(sends)

struct again {
    struct county *c;
    const struct point *points;
    size_t n, changed;
};

static enum rc write_again(struct tx *tx, void *arg, struct err *e)
{
    struct again *w = arg;
    return points_write(tx, w->c, w->points, w->n, "", &w->changed, e);
}

/* A form for the first year there is comes at once. */
static void any_period_has_an_end(struct county *c)
{
    struct world w;
    setup(&w, c);
    sign(&w, "sender");
    CHECK_INT(get(&w, "/import/template.xlsx?owner=D1&period=1900").status, 200);
    CHECK_INT(get(&w, "/import/template.xlsx?owner=D1&period=2199").status, 200);
    done(&w);
}
T_COUNTY(any_period_has_an_end)

/* Points from a sheet: nothing is written before the yes, and the yes counts once. */
static void takes_points(struct county *c)
{
    static const char head[] = "code,indicator,name,owner,unit_of_measure,frequency,direction,"
                               "legal_basis,purpose,retention,contact\n";
    struct world w;
    setup(&w, c);
    sign(&w, "sender");
    CHECK_INT(get(&w, "/point/import").status, 403);
    CHECK_INT(send_to(&w, "/point/import", head).status, 403);
    sign(&w, "editor");
    CHECK_INT(get(&w, "/point/import").status, 200);
    struct web_reply r = send_to(&w, "/point/import", "no,such,columns\n1,2,3\n");
    CHECK_INT(r.status, 400);
    CHECK_INT(send_to(&w, "/point/import", head).status, 400); /* no rows */
    /* Wrong cells are named, and there is no yes. */
    r = send_to(&w, "/point/import",
                arena_printf(w.a,
                             "%sP3,A3,新点,NOWHERE,件,quarter,1,依据,用途,五年,办公室\n"
                             "P4,A3,新点,D1,件,sometimes,1,,用途,五年,办公室\n",
                             head));
    CHECK_INT(r.status, 200);
    CHECK(says(r, "D2") && says(r, "F3") && !says(r, "/point/import/confirm"));
    CHECK_INT(get(&w, "/point/P3").status, 404);
    /* One new, one changed, one the same. */
    r = send_to(&w, "/point/import",
                arena_printf(w.a,
                             "%sP1,A1,公开件数,D1,件,quarter,1,依据,用途,五年,办公室\n"
                             "P2,A2,改过名,T1,件,quarter,1,依据,用途,五年,办公室\n"
                             "P3,A3,新点,D1,件,quarter,-1,依据,用途,五年,办公室\n",
                             head));
    CHECK_INT(r.status, 200);
    CHECK(says(r, "新增1个，变化1个，未变1个") && says(r, "改过名"));
    CHECK_INT(get(&w, "/point/P3").status, 404);
    const char *token = strstr(r.body, "name=\"token\" value=\"");
    CHECK(token != NULL);
    if (token) {
        const char *field = arena_printf(w.a, "token=%.32s", token + 20);
        CHECK_INT(post(&w, "/point/import/confirm", "token=x").status, 409);
        CHECK_INT(post(&w, "/point/import/confirm", field).status, 303);
        CHECK_INT(post(&w, "/point/import/confirm", field).status, 409);
    }
    CHECK(says(get(&w, "/point/P3"), "新点"));
    CHECK(says(get(&w, "/point/P2"), "改过名"));
    done(&w);
}
T_COUNTY(takes_points)

/* What was exported is read back as the same. */
static void comes_back(struct county *c)
{
    struct world w;
    setup(&w, c);
    sign(&w, "sender");
    CHECK_INT(post(&w,
                   arena_printf(w.a, "%s/confirm",
                                send(&w, "unit,point,period,value,missing,note\nT1,P1,2026Q2,"
                                         "40.25,,\nT2,P1,2026Q2,,lost,\n")
                                    .location),
                   "")
                  .status,
              303);
    struct err e = { 0 };
    struct person all = person_system();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct table *t;
    struct values_context x;
    struct values_checked k;
    struct str b;
    struct period p = period_of(PERIOD_QUARTER, 2026, 2);
    const struct sight sees = { .person = &all, .floor = PUBLICATION_DRAFT };
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(export_table(s, &sees, 0, &(struct export_wish){ .what = "values", .period = p },
                          w.a, &t, &e));
    str_init(&b, w.a);
    csv_write(&b, t, false);
    CHECK_OK(values_context_make(c, s, &all, w.a, &x, &e));
    CHECK_OK(values_import_check(&x, "v.csv", (struct bytes){ (const uint8_t *)b.s, b.n }, w.a,
                                 &k, NULL, &e));
    CHECK_INT(k.problems.wrong, 0);
    CHECK_INT(k.same, 2);
    CHECK_INT(k.fresh + k.changed, 0);
    struct unit_term *terms;
    struct problems ps;
    size_t n, changed;
    problems_init(&ps, w.a);
    CHECK_OK(export_table(s, &sees, 0, &(struct export_wish){ .what = "units", .period = p },
                          w.a, &t, &e));
    CHECK_OK(units_from_table(t, w.a, &terms, &n, &ps, &e));
    CHECK_OK(units_import(c, terms, n, true, NULL, "", &changed, &e));
    CHECK_INT(n, 4);
    CHECK_INT(changed, 0);
    /* The first and the last year there is have nothing, and an end. */
    for (int year = 1900; year <= 2199; year += 299) {
        const struct export_wish edge = { .what = "values",
                                          .period = period_of(PERIOD_YEAR, year, 1) };
        CHECK_OK(export_table(s, &sees, 0, &edge, w.a, &t, &e));
        CHECK_INT(t->rows, 1);
    }
    struct point *read;
    CHECK_OK(export_table(s, &sees, 0, &(struct export_wish){ .what = "points" }, w.a, &t, &e));
    CHECK_OK(points_from_table(t, x.units, w.a, &read, &n, &ps, &e));
    db_read_end(&s);
    struct again again = { .c = c, .points = read, .n = n };
    CHECK_OK(db_transact(c->db, write_again, &again, &e));
    CHECK(n > 0 && again.changed == 0);
    done(&w);
}
T_COUNTY(comes_back)

/* Every record with the hash that is in the log, for those only who may see who did what. */
static void lists_records(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct person all = person_system(), nobody = { .code = "x" };
    const struct sight sees = { .person = &all }, sees_little = { .person = &nobody };
    const struct export_wish wish = { .what = "records" };
    const struct table *t;
    t_records(c, "test.made", "D01", 3);
    CHECK_OK(county_seal_now(c, &e));
    t_record(c, "test.made", "D01", "waits");
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(export_table(s, &sees, 0, &wish, a, &t, &e));
    CHECK_INT(t->rows, 1 + 3 + 1);
    for (size_t r = 1; r < t->rows; r++) {
        struct record rec;
        uint8_t entry[ENTRY_MAX], leaf[HASH_BYTES];
        char hex[HASH_HEX];
        size_t n;
        bool waits = r == 4;
        CHECK_STR(table_text(t, r, 0), waits ? "" : arena_printf(a, "%zu", r - 1));
        if (waits)
            continue;
        CHECK_OK(record_get_seq(s, (int64_t)r - 1, a, &rec, &e));
        CHECK(record_entry(&rec, entry, &n));
        merkle_leaf(tlog_ops(), (struct span){ entry, n }, leaf);
        CHECK_STR(table_text(t, r, 6), hex_encode(leaf, HASH_BYTES, hex));
        CHECK_STR(table_text(t, r, 2), "test.made");
    }
    const struct export_wish later = { .what = "records",
                                       .period = period_of(PERIOD_QUARTER, 2027, 1) };
    CHECK_OK(export_table(s, &sees, 0, &later, a, &t, &e));
    CHECK_INT(t->rows, 1);
    CHECK_INT(export_table(s, &sees_little, 0, &wish, a, &t, &e), RC_DENIED);
}
T_COUNTY(lists_records)

T_MAIN(T_COUNTY_CASES("values are sent, put right, taken in and corrected", sends),
       T_COUNTY_CASES("a form for the first and the last year has an end",
                      any_period_has_an_end),
       T_COUNTY_CASES("points are taken from a sheet", takes_points),
       T_COUNTY_CASES("exports come back unchanged", comes_back),
       T_COUNTY_CASES("records are listed with their hashes", lists_records))
