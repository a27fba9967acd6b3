/*
 * The proof of the gate: a county with a period that is published and two drafts (a later run
 * of that period, and the next period) whose figures are recognisable. Every page, export,
 * receipt and program's answer of the whole table of routes is asked for by every role at every
 * stage, and what may not be seen yet is looked for in what comes back: in the texts of PDFs
 * and in every file within a docx, an xlsx or a bundle. So are the tables that the command
 * writes for a person, and what messages and calls to other programs say. A note that a
 * stationed group is writing is one of these things; what was said of it stays unseen when it
 * is sent. So are hints that data deserve a second look: for who sends values, never for a
 * leader. So are an instruction, a directive that is drafted of it, and another that is sent on
 * the way: its unit sees that one from then on, and never what was said while it was a draft.
 */
#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/kinds.h"
#include "cmd/routes.h"
#include "collect/round.h"
#include "collect/webhook.h"
#include "collect/webhook.sql.h"
#include "directive/directive.h"
#include "monitor/compute.h"
#include "monitor/export.h"
#include "monitor/publication.h"
#include "monitor/report_json.h"
#include "monitor/scheme_import.h"
#include "monitor/values_import.h"
#include "people/account.sql.h"
#include "people/asker.h"
#include "people/password.h"
#include "people/unit_import.h"
#include "print/test_pdf.h"
#include "publish/bundle.h"
#include "publish/release_kind.h"
#include "quality/hint.h"
#include "search/search.h"
#include "sheet/csv.h"
#include "sheet/sheet.h"
#include "store/record.h"
#include "store/seal.h"
#include "store/test_county.h"
#include "warn/rule.h"
#include "warn/warning.sql.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

static const char units_csv[] = "code,parent,name,kind,peer_group,from,to\n"
                                "QX,,清溪区,county,,2020-01-01,\n"
                                "D01,QX,财政局,department,部门,2020-01-01,\n"
                                "D02,QX,审计局,department,部门,2020-01-01,\n"
                                "D03,QX,教育局,department,部门,2020-01-01,\n"
                                "T01,QX,云岭镇,town,乡镇,2020-01-01,\n"
                                "G01,QX,第一派驻组,group,,2020-01-01,\n";
static const char points_csv[] =
    "code,indicator,name,owner,unit_of_measure,frequency,direction,legal_basis,purpose,"
    "retention,contact\n"
    "P1,A1,按期公告率,D01,%,quarter,1,条例,监测,5年,8201\n"
    "P2,A2,投诉件数,D02,件,quarter,-1,条例,监测,5年,8202\n";
static const char scheme_csv[] =
    "iCode,iName,Level,Parent,Direction,Weight,Unit,Type,Formula,Method,Params\n"
    "I,指数,3,,1,1,,Aggregate,,,\n"
    "A,公开,2,I,1,1,,Aggregate,,,\n"
    "A1,按期公告率,1,A,1,1,%,Indicator,P1,,\n"
    "A2,投诉,1,A,-1,1,件,Indicator,P2,,\n";
static const char values_csv[] = "unit,point,period,value,missing,note\n"
                                 "D01,P1,2026Q2,90,,\nD02,P1,2026Q2,80,,\n"
                                 "D03,P1,2026Q2,70,,\nT01,P1,2026Q2,60,,\n"
                                 "D01,P2,2026Q2,1,,\nD02,P2,2026Q2,2,,\n"
                                 "D03,P2,2026Q2,3,,\nT01,P2,2026Q2,5,,\n";

/* Whose figures in the drafts look how, as pages and as programs write them. */
enum whose {
    OF_COUNTY,
    OF_D01,
    OF_D02,
    OF_OTHERS,
    OF_NOTE,
    OF_HINT,
    OF_WORDS, /* an instruction */
    OF_DRAFT, /* a directive that is never sent */
    OF_ORDER, /* one to D02 that is sent when the comments begin */
    OF_TALK,  /* what was said of it before */
    WHOSE
};
static const struct {
    double score;
    const char *shown, *raw, *word; /* one decimal; as programs read it; a word in the report */
} sentinel[WHOSE] = {
    [OF_COUNTY] = { 53.1579, "53.2", "53.157", "哨兵全域" },
    [OF_D01] = { 61.2468, "61.2", "61.246", "哨兵财政" },
    [OF_D02] = { 31.7319, "31.7", "31.731", "哨兵审计" },
    [OF_OTHERS] = { 47.9357, "47.9", "47.935", "哨兵其他" },
    [OF_NOTE] = { 0, "哨兵便笺", "哨兵便笺", "哨兵便笺" },
    [OF_HINT] = { 0, "哨兵提示", "哨兵提示", "哨兵复核" },
    [OF_WORDS] = { 0, "哨兵批示", "哨兵批示", "哨兵批示" },
    [OF_DRAFT] = { 0, "哨兵拟令", "哨兵拟令", "哨兵拟令" },
    [OF_ORDER] = { 0, "哨兵督办", "哨兵督办", "哨兵督办" },
    [OF_TALK] = { 0, "哨兵议稿", "哨兵退稿", "哨兵签稿" },
};
/* What comes back is looked into by what it is. */
enum form { FORM_TEXT, FORM_PDF, FORM_DOCX, FORM_XLSX, FORM_ZIP, FORMS };
#define BIT(whose) (1u << (whose))
#define ALL (BIT(OF_COUNTY) | BIT(OF_D01) | BIT(OF_D02) | BIT(OF_OTHERS))
#define DESK (BIT(OF_HINT) | BIT(OF_WORDS) | BIT(OF_DRAFT) | BIT(OF_ORDER) | BIT(OF_TALK))
#define LEAD (BIT(OF_WORDS) | BIT(OF_ORDER))

/* What each may see at which stage. */
static const struct someone {
    const char *code, *role, *unit, *scope;
    unsigned draft, comment, decision;
} people[] = {
    { "pingtai", "platform", "QX", "", ALL | DESK, ALL | DESK, ALL | DESK },
    { "lingdao", "leader", "QX", "", LEAD | BIT(OF_TALK), LEAD, ALL | LEAD },
    { "jingban", "clerk", "D02", "", 0, BIT(OF_D02) | BIT(OF_ORDER),
      BIT(OF_D02) | BIT(OF_ORDER) },
    { "shuju", "supplier", "D01", "", BIT(OF_HINT), BIT(OF_D01) | BIT(OF_HINT),
      BIT(OF_D01) | BIT(OF_HINT) },
    { "paizhu", "group", "G01", "D02", BIT(OF_NOTE), BIT(OF_D02) | BIT(OF_NOTE) | BIT(OF_ORDER),
      BIT(OF_D02) | BIT(OF_NOTE) | BIT(OF_ORDER) },
    { "bieren", "group", "G01", "D01", 0, BIT(OF_D01), BIT(OF_D01) },
    { "xitong", "sysadmin", "", "", 0, 0, 0 },
    { "anquan", "secadmin", "", "", 0, 0, 0 },
    { "shenji", "auditadmin", "", "", 0, 0, 0 },
};

struct world {
    struct county *c;
    struct arena *a;
    struct web_fake *web;
    const char *cookie[COUNT(people)];
    char hash[PASSWORD_TEXT];
    struct point *points;
    size_t n_points;
    struct scheme scheme;
    struct rule rule;
    struct id run[2]; /* the drafts */
    int64_t log_size;
    size_t asked, shown[COUNT(people)];
    char note_due[PERIOD_TEXT];
    size_t found[FORMS]; /* by who may */
    struct map *seen;    /* digest of a PDF → its text, or "": one that is asked for often */
    bool no_pdftotext;
};

/* ---- the county ---- */

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct account_new list[COUNT(people)];
    char codes[COUNT(people)][ACTIVATION_CODE + 1];
    for (size_t i = 0; i < COUNT(people); i++)
        list[i] = (struct account_new){ .code = people[i].code,
                                        .name = "甲",
                                        .unit = people[i].unit,
                                        .role = people[i].role,
                                        .scope = people[i].scope };
    enum rc rc = accounts_make(tx, w->c, list, COUNT(list), 0, "", w->a, codes, e);
    for (size_t i = 0; i < COUNT(list) && rc == RC_OK; i++)
        rc = account_activate(tx, w->c, people[i].code, codes[i], w->hash, e);
    return rc;
}

static enum rc make_frame(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    size_t changed;
    int version;
    enum rc rc = points_write(tx, w->c, w->points, w->n_points, "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, w->c, &w->scheme, (struct id){ 0 }, "", &version, e);
    if (rc == RC_OK)
        rc = scheme_adopt(tx, w->c, version, period_of(PERIOD_QUARTER, 2026, 1),
                          (struct id){ 0 }, "", e);
    w->rule = (struct rule){ .code = "R9",
                             .name = "公告不及时",
                             .state = RULE_LIVE,
                             .kind = WARN_POINT,
                             .target = "P1",
                             .when = { .op = RULE_BELOW,
                                       .limit = { NAN, 50, NAN, NAN },
                                       .recover = NAN,
                                       .for_periods = 1,
                                       .recover_periods = 1 },
                             .peer_group = "",
                             .advice = "",
                             .send = RULE_AT_ONCE,
                             .why = "" };
    return rc == RC_OK ? rules_write(tx, w->c, &w->rule, 1, (struct id){ 0 }, "", &changed, e)
                       : rc;
}

static struct table *table_of(struct world *w, const char *name, const char *text)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = NULL;
    CHECK_OK(csv_read(w->a, name, (struct bytes){ (const uint8_t *)text, strlen(text) }, NULL,
                      &t, &e));
    return t;
}

static void make_content(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct problems ps;
    struct unit_term *terms;
    size_t n, changed;
    const struct units *us;
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    struct compute_result computed;
    struct person all = person_system();
    const struct bytes values = { (const uint8_t *)values_csv, sizeof(values_csv) - 1 };
    const struct period q2 = period_of(PERIOD_QUARTER, 2026, 2);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    problems_init(&ps, w->a);
    CHECK_OK(units_from_table(table_of(w, "u.csv", units_csv), w->a, &terms, &n, &ps, &e));
    CHECK_OK(units_import(w->c, terms, n, false, NULL, "", &changed, &e));
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(w->c), w->a, &us, &e));
    CHECK_OK(points_from_table(table_of(w, "p.csv", points_csv), us, w->a, &w->points,
                               &w->n_points, &ps, &e));
    CHECK_OK(scheme_from_table(table_of(w, "s.csv", scheme_csv), w->a, &w->scheme, &ps, &e));
    w->scheme.name = "方案";
    db_read_end(&s);
    CHECK_OK(db_transact(w->c->db, make_frame, w, &e));
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(values_context_make(w->c, s, &all, w->a, &x, &e));
    CHECK_OK(values_import_check(&x, "v.csv", values, w->a, &k, NULL, &e));
    db_read_end(&s);
    CHECK_OK(values_import_write(w->c, &x, &k, "v.csv", values, (struct id){ 0 }, NULL, &all,
                                 w->a, &done, &e));
    CHECK_OK(compute_period(w->c, q2, "pingtai", NULL, NULL, &computed, &e));
    CHECK_OK(publication_publish(w->c, q2, "", &e));
}

/* ---- the drafts ---- */

static enum whose whose_of(const char *unit)
{
    return str_eq(unit, "D01") ? OF_D01 : str_eq(unit, "D02") ? OF_D02 : OF_OTHERS;
}

static enum rc draft_record(struct tx *tx, struct world *w, const char *kind, const char *unit,
                            const char *subject, enum whose x, struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, w->a);
    canon_real(&k, "score", sentinel[x].score);
    canon_text(&k, "word", sentinel[x].word);
    struct record_part part = part_open(&k);
    return record_append(tx, w->c,
                         &(struct record_new){ .kind = kind,
                                               .unit = unit,
                                               .subject = subject,
                                               .by = "",
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

/* A report like the published one, with the sentinel's figures. */
static struct bytes draft_body(struct world *w, struct bytes old, struct period p, enum whose x)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct health_report r;
    struct str b;
    CHECK_OK(report_read(old, w->a, &r, &e));
    struct report_node *nodes = arena_array(w->a, r.n_nodes, sizeof(*nodes));
    for (size_t i = 0; i < r.n_nodes; i++) {
        nodes[i] = r.nodes[i];
        nodes[i].score = sentinel[x].score;
    }
    r.nodes = nodes;
    r.period = p;
    r.score = r.lo = r.hi = sentinel[x].score;
    r.answer_more = sentinel[x].word;
    str_init(&b, w->a);
    report_write(&b, &r);
    return (struct bytes){ (const uint8_t *)b.s, b.n };
}

static enum rc draft_warning(struct tx *tx, struct world *w, struct id run, struct period p,
                             const struct unit *u, int number, struct err *e)
{
    struct warning_insert_row made;
    struct rule *rules;
    size_t n;
    struct id record;
    char code[PERIOD_TEXT];
    const char *name = arena_printf(w->a, "W-%s-%04d", period_code(p, code), number);
    enum whose x = whose_of(u->code);
    enum rc rc = rules_in_force(tx_snap(tx), w->a, &rules, &n, e);
    if (rc == RC_OK)
        rc = draft_record(tx, w, "warning.begin", u->code, name, x, &record, e);
    if (rc == RC_OK)
        rc = warning_insert_one(tx, name, rules[0].id, u->id, number, county_now(w->c), record,
                                w->a, &made, e);
    if (rc == RC_OK)
        rc = draft_record(tx, w, "warning.step", u->code, name, x, &record, e);
    return rc == RC_OK ? warning_step_insert(tx, made.id, p, period_last_day(p), run,
                                             rules[0].version_id, "", "firing", "", "",
                                             "yellow", 1, 0, "", p, p, sentinel[x].score, NAN,
                                             50, (struct id){ 0 }, sentinel[x].word, "%", "",
                                             county_now(w->c), record, NULL, e)
                       : rc;
}

static enum rc draft(struct tx *tx, struct world *w, struct period p, int number,
                     struct id *ret, struct err *e)
{
    const struct snap *s = tx_snap(tx);
    struct run_newest_row newest;
    struct run_head_row h;
    struct scores_of_run_row *scores;
    struct reports_of_run_row *reports;
    struct computation_insert_row made;
    const struct units *us;
    struct id record;
    size_t n_scores = 0, n_reports = 0;
    char code[PERIOD_TEXT];
    double county = sentinel[OF_COUNTY].score;
    enum rc rc = run_newest_one(s, period_of(PERIOD_QUARTER, 2026, 2), w->a, &newest, e);
    if (rc == RC_OK && w->run[0].v) /* the first draft is the newest by now */
        newest.id.v = w->run[0].v - 1;
    if (rc == RC_OK)
        rc = run_head_one(s, newest.id, w->a, &h, e);
    if (rc == RC_OK)
        rc = scores_of_run_all(s, h.id, w->a, &scores, &n_scores, e);
    if (rc == RC_OK)
        rc = reports_of_run_all(s, h.id, w->a, &reports, &n_reports, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(w->c), w->a, &us, e);
    if (rc == RC_OK)
        rc = draft_record(tx, w, "period.computed", "", period_code(p, code), OF_COUNTY,
                          &record, e);
    if (rc == RC_OK)
        rc = computation_insert_one(tx, p, period_last_day(p), h.scheme_id, h.config_digest,
                                    h.input_digest, h.n_units, h.n_values, h.n_due, county,
                                    county, county, "", county_now(w->c), w->a, &made, e);
    if (rc == RC_OK)
        rc = computation_done(tx, county_now(w->c), record, made.id, NULL, e);
    for (size_t i = 0; i < n_scores && rc == RC_OK; i++) {
        double v = sentinel[whose_of(scores[i].unit)].score;
        rc = score_insert(tx, made.id, scores[i].unit_id, scores[i].node_code, v, v, v,
                          scores[i].raw, scores[i].weight, v, NAN, "", NULL, e);
    }
    for (size_t i = 0; i < n_reports && rc == RC_OK; i++) {
        const struct unit *u = units_by_id(us, reports[i].unit_id);
        enum whose x = whose_of(u->code);
        struct report_of_row old;
        uint8_t digest[HASH_SIZE];
        rc = report_of_one(s, h.id, u->id, w->a, &old, e);
        if (rc != RC_OK)
            break;
        struct bytes body = draft_body(w, old.body, p, x);
        sha256(body.p, body.n, digest);
        const struct bytes d = { digest, HASH_SIZE };
        rc = draft_record(tx, w, "report.made", u->code,
                          arena_printf(w->a, "%s-%s", u->code, period_code(p, code)), x,
                          &record, e);
        if (rc == RC_OK)
            rc = report_insert(tx, made.id, u->id, p, "watch", sentinel[x].score,
                               sentinel[x].score, sentinel[x].score, 1, 2, 1, 2, 2, 2, 2, body,
                               body, d, d, record, NULL, e);
        if (rc == RC_OK)
            rc = draft_warning(tx, w, made.id, p, u, number + (int)i, e);
    }
    *ret = made.id;
    return rc == RC_OK ? publication_set(tx, w->c,
                                         &(struct publication_step){ .computation = made.id,
                                                                     .stage = PUBLICATION_DRAFT,
                                                                     .by = "" },
                                         e)
                       : rc;
}

static enum rc make_drafts(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    w->run[0] = w->run[1] = (struct id){ 0 };
    enum rc rc = draft(tx, w, period_of(PERIOD_QUARTER, 2026, 2), 9001, &w->run[0], e);
    return rc == RC_OK ? draft(tx, w, period_of(PERIOD_QUARTER, 2026, 3), 9101, &w->run[1], e)
                       : rc;
}

struct moving {
    struct world *w;
    enum publication_stage stage;
};

static enum rc move_drafts(struct tx *tx, void *arg, struct err *e)
{
    const struct moving *m = arg;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < 2 && rc == RC_OK; i++)
        rc = publication_set(tx, m->w->c,
                             &(struct publication_step){
                                 .computation = m->w->run[i], .stage = m->stage, .by = "" },
                             e);
    return rc;
}

/* ---- asking for everything ---- */

/* What stands for a parameter; what is not named here gets the last row's. */
static const struct {
    const char *name, *values;
} params[] = {
    { "unit", "D01|D02|D03|T01" },
    { "period", "2026Q2|2026Q3" },
    { "code",
      "W-2026Q2-9001|W-2026Q3-9101|W-2026Q3-9102|W-2026Q3-9103|W-2026Q3-9104|A1|A|I|P1|"
      "R9|P-2026-00001|P-2026-00002|I-000001|G-2026-00001|H-2026Q2-0001|H-2026Q2-0002|c9|"
      "I-2026-00001|D-2026-00001|D-2026-00002" },
    { "point", "P1|P2" },
    { "what", "scores|warnings|values|units|points|scheme|records" },
    { "kind", "release|opinion|warning|objection|filing|contact|directive|instruction" },
    { "version", "1" },
    { "index", "" }, /* every place of the log */
    { "", "1|2|X1" },
};

static const char *values_of(struct world *w, const char *name, size_t n)
{
    size_t i = 0;
    while (*params[i].name &&
           (strlen(params[i].name) != n || strncmp(params[i].name, name, n) != 0))
        i++;
    if (!str_eq(params[i].name, "index"))
        return params[i].values;
    struct str b;
    str_init(&b, w->a);
    for (int64_t k = 0; k < w->log_size; k++)
        str_addf(&b, "%s%lld", k ? "|" : "", (long long)k);
    return b.s;
}

/* ---- looking into what comes back ---- */

static const char *pdf_text(struct world *w, struct bytes pdf)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX];
    size_t n = 0;
    sha256(pdf.p, pdf.n, digest);
    hex_encode(digest, HASH_SIZE, hex);
    const char *known = map_get(w->seen, hex);
    if (known || w->no_pdftotext)
        return known ? known : "";
    char **pages = pdf_pages(a, pdf, &n);
    struct str b;
    str_init(&b, w->a);
    w->no_pdftotext = !pages;
    for (size_t i = 0; i < n; i++)
        str_addf(&b, "%s\n", pages[i]);
    const char *text = b.n ? b.s : "";
    map_set(w->seen, arena_strdup(w->a, hex), (void *)(uintptr_t)text);
    return text;
}

static unsigned whose_in(struct world *w, struct bytes b);

/* Every file of a zip, and what is in those. */
static unsigned whose_in_zip(struct world *w, struct bytes b)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    unsigned found = 0;
    zip_source_t *src = zip_source_buffer_create(b.p, b.n, 0, NULL);
    zip_t *z = zip_open_from_source(src, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
    CHECK(z != NULL);
    for (zip_int64_t i = 0; z && i < zip_get_num_entries(z, 0); i++) {
        zip_stat_t st;
        CHECK_INT(zip_stat_index(z, (zip_uint64_t)i, 0, &st), 0);
        uint8_t *p = arena_alloc(a, st.size + 1);
        zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)i, 0);
        CHECK(f && zip_fread(f, p, st.size) == (zip_int64_t)st.size);
        if (f)
            zip_fclose(f);
        found |= whose_in(w, (struct bytes){ p, st.size });
    }
    if (z)
        zip_discard(z);
    return found;
}

static bool has(struct bytes b, const char *text)
{
    return memmem(b.p, b.n, text, strlen(text)) != NULL;
}

static bool begins(struct bytes b, const char *magic)
{
    return b.n >= strlen(magic) && memcmp(b.p, magic, strlen(magic)) == 0;
}

/* Whose figures are in it; also in what it is packed of. */
static unsigned whose_in(struct world *w, struct bytes b)
{
    unsigned found = 0;
    if (begins(b, "PK\003\004"))
        return whose_in_zip(w, b);
    if (begins(b, "%PDF")) {
        const char *text = pdf_text(w, b);
        b = (struct bytes){ (const uint8_t *)text, strlen(text) };
    }
    for (enum whose x = 0; x < WHOSE; x++)
        if (has(b, sentinel[x].shown) || has(b, sentinel[x].raw) || has(b, sentinel[x].word))
            found |= BIT(x);
    return found;
}

static enum form form_of(struct bytes b, const char *type)
{
    return begins(b, "%PDF")                  ? FORM_PDF
           : !begins(b, "PK\003\004")         ? FORM_TEXT
           : strstr(type, "wordprocessingml") ? FORM_DOCX
           : strstr(type, "spreadsheetml")    ? FORM_XLSX
                                              : FORM_ZIP;
}

/* What somebody got must hold nothing that is not theirs. */
static void judge(struct world *w, size_t who, const char *what, struct bytes b, enum form form,
                  unsigned may)
{
    unsigned found = whose_in(w, b);
    w->shown[who] += found != 0;
    w->found[form] += found != 0;
    for (enum whose x = 0; x < WHOSE; x++)
        if (found & ~may & BIT(x))
            t_fail(__FILE__, __LINE__, "%s shows %s to %s: %.3000s", what, sentinel[x].word,
                   people[who].code, form == FORM_TEXT ? (const char *)b.p : "");
}

static void look(struct world *w, size_t who, const char *target, unsigned may)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_reply r;
    web_fake_ask(w->web,
                 &(struct web_ask){ .target = target,
                                    .headers = (const char *const[]){ w->cookie[who], NULL } },
                 a, &r);
    w->asked++;
    if (r.status >= 500)
        t_fail(__FILE__, __LINE__, "%s of %s: %d %.400s", target, people[who].code, r.status,
               r.body);
    const struct bytes b = { (const uint8_t *)r.body, r.n };
    judge(w, who, target, b, form_of(b, r.type), may);
}

/* The command's tables, written for a person as --by names one. */
static void export_everything(struct world *w, size_t who, unsigned may)
{
    static const char *const whats[] = { "units",  "scheme",   "points", "values",
                                         "scores", "warnings", "records" };
    static const enum sheet_format formats[] = { SHEET_CSV, SHEET_XLSX, SHEET_JSON };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct units *us;
    struct account_of_code_row row;
    struct person person;
    struct sight k;
    CHECK_OK(db_read_for(w->c->db, 60000, &s, &e));
    CHECK_OK(units_load(s, county_today(w->c), a, &us, &e));
    CHECK_OK(account_of_code_one(s, people[who].code, a, &row, &e));
    CHECK_OK(person_load(s, row.id, county_today(w->c), ~UINT64_C(0), a, &person, &e));
    CHECK_OK(sight_load(s, &person, us, a, &k, &e));
    for (size_t i = 0; i < COUNT(whats); i++)
        for (size_t q = 2; q <= 3; q++) {
            const struct export_wish wish = { .what = whats[i],
                                              .period = period_of(PERIOD_QUARTER, 2026, (int)q),
                                              .lang = LANG_ZH };
            const struct table *t;
            enum rc rc = export_table(s, &k, county_today(w->c), &wish, a, &t, &e);
            for (size_t f = 0; f < COUNT(formats) && rc == RC_OK; f++) {
                struct str out;
                str_init(&out, a);
                CHECK_OK(sheet_write(formats[f], &t, 1, false, county_now(w->c), &out, &e));
                judge(w, who, whats[i], (struct bytes){ (const uint8_t *)out.s, out.n },
                      formats[f] == SHEET_XLSX ? FORM_XLSX : FORM_TEXT, may);
            }
            err_done(&e);
            e = (struct err){ 0 };
        }
}

/* A path with its parameters filled in, one after the other. */
static void fill(struct world *w, size_t who, const struct route *route, const char *done,
                 const char *rest, unsigned may)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *colon = strchr(rest, ':');
    if (!colon) {
        const char *path = arena_printf(a, "%s%s", done, rest);
        bool dated = strstr(route->path, ":period"), one = strstr(route->path, ":index");
        look(w, who, path, may);
        if (!dated && !one) {
            look(w, who, arena_printf(a, "%s?period=2026Q2", path), may);
            look(w, who, arena_printf(a, "%s?period=2026Q3", path), may);
        }
        for (size_t i = 0; i < 2 && dated; i++)
            look(w, who, arena_printf(a, "%s?run=%lld", path, (long long)w->run[i].v), may);
        if (route->page && !one)
            look(w, who, arena_printf(a, "%s.json?period=2026Q3", path), may);
        return;
    }
    size_t n = strcspn(colon + 1, "/."), n_values;
    char **values = str_split(a, values_of(w, colon + 1, n), '|', &n_values);
    for (size_t i = 0; i < n_values; i++)
        fill(w, who, route,
             arena_printf(a, "%s%.*s%s", done, (int)(colon - rest), rest, values[i]),
             colon + 1 + n, may);
}

/* A rule that every unit breaks, its hints, and what was decided about one. */
static enum rc put_check_rule(struct tx *tx, void *arg, struct err *e)
{
    static const struct check_rule rule = { .code = "c9",
                                            .name = "哨兵提示",
                                            .kind = CHECK_COMPARE,
                                            .target = "",
                                            .left = "P1",
                                            .op = CHECK_LE,
                                            .right = "P2",
                                            .a = NAN,
                                            .b = NAN,
                                            .importance = CHECK_HIGH,
                                            .missing = CHECK_SKIP,
                                            .live = true,
                                            .why = "" };
    const struct world *w = arg;
    size_t written;
    return check_rules_write(tx, w->c, &rule, 1, "", &written, e);
}

static void make_hints(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct hints_found found;
    CHECK_OK(db_transact(w->c->db, put_check_rule, w, &e));
    CHECK_OK(hints_run(w->c, period_of(PERIOD_QUARTER, 2026, 2), "", &found, &e));
    CHECK(found.fresh >= 3);
    CHECK_OK(hint_decide(w->c, "H-2026Q2-0001", 1, HINT_DISMISSED, "哨兵复核", "pingtai", false,
                         &e));
}

/* ---- matters ---- */

static enum rc who_is(struct tx *tx, struct world *w, const char *code, struct flow_who *ret,
                      struct err *e)
{
    struct person *p = arena_alloc(w->a, sizeof(*p));
    struct account_of_code_row row;
    const struct units *us;
    enum rc rc = units_load(tx_snap(tx), county_today(w->c), w->a, &us, e);
    if (rc == RC_OK)
        rc = account_of_code_one(tx_snap(tx), code, w->a, &row, e);
    if (rc == RC_OK)
        rc = person_load(tx_snap(tx), row.id, county_today(w->c), ~UINT64_C(0), w->a, p, e);
    return rc == RC_OK ? flow_who_load(tx_snap(tx), w->c, p, us, w->a, ret, e) : rc;
}

static enum rc open_one(struct tx *tx, struct world *w, const char *by, const char *kind,
                        const char *unit, const struct flow_given *given, size_t n,
                        struct err *e)
{
    struct flow_who who;
    struct flow_done done;
    enum rc rc = who_is(tx, w, by, &who, e);
    return rc == RC_OK ? flow_open(tx, w->c, &who,
                                   &(struct flow_new){ .kind = kind,
                                                       .title = given[0].value,
                                                       .unit = unit,
                                                       .given = given,
                                                       .n_given = n },
                                   w->a, &done, e)
                       : rc;
}

static enum rc move_one(struct tx *tx, struct world *w, const char *by, const char *matter,
                        const char *verb, const struct flow_given *given, size_t n,
                        struct err *e)
{
    struct flow_who who;
    struct flow_done done;
    enum rc rc = who_is(tx, w, by, &who, e);
    return rc == RC_OK ? flow_move(tx, w->c, &who,
                                   &(struct flow_act){ .matter = matter,
                                                       .verb = verb,
                                                       .version = -1,
                                                       .given = given,
                                                       .n_given = n },
                                   w->a, &done, e)
                       : rc;
}

static enum rc say(struct tx *tx, struct world *w, const char *by, const char *matter,
                   const char *text, struct err *e)
{
    struct flow_who who;
    struct flow_done done;
    enum rc rc = who_is(tx, w, by, &who, e);
    return rc == RC_OK ? flow_comment(tx, w->c, &who, matter, text, w->a, &done, e) : rc;
}

/* The group's note on D02, and what is said of it. */
static enum rc make_note(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct flow_given note[] = { { "title", "哨兵便笺" }, { "text", "哨兵便笺一" } };
    enum rc rc = open_one(tx, w, "paizhu", "contact", "D02", note, COUNT(note), e);
    return rc == RC_OK ? say(tx, w, "paizhu", "G-2026-00001", "哨兵便笺二", e) : rc;
}

static enum rc send_note(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct flow_given given[] = { { "title", "请说明公告情况" },
                                        { "text", "三季度迟了两项" },
                                        { "due", w->note_due },
                                        { "minutes", "15" } };
    return move_one(tx, w, "paizhu", "G-2026-00001", "ask", given, COUNT(given), e);
}

/* The leader's words with a draft made of them, and an order that waits to be signed off. */
static enum rc make_orders(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct flow_given words[] = { { "text", "哨兵批示：逐项对照" } };
    const struct flow_given draft[] = { { "title", "哨兵拟令" },
                                        { "order", "哨兵拟令，逐项对照" },
                                        { "source", "instruction" },
                                        { "due", w->note_due },
                                        { "lead", "D02" } };
    const struct flow_given order[] = { { "order", "哨兵督办，整治到位" },
                                        { "source", "document" },
                                        { "source_doc", "某办〔2026〕3号" },
                                        { "due", w->note_due },
                                        { "minutes", "30" },
                                        { "lead", "D02" } };
    const struct flow_given why[] = { { "why", "哨兵退稿，写清楚再送" } };
    struct flow_who who;
    struct flow_done done;
    enum rc rc = open_one(tx, w, "lingdao", "instruction", "", words, COUNT(words), e);
    if (rc == RC_OK)
        rc = who_is(tx, w, "pingtai", &who, e);
    if (rc == RC_OK)
        rc = directive_draft(tx, w->c, &who, "matter", "I-2026-00001", w->a, &done, e);
    if (rc == RC_OK)
        rc = move_one(tx, w, "pingtai", "D-2026-00001", "save", draft, COUNT(draft), e);
    if (rc == RC_OK)
        rc = open_one(tx, w, "pingtai", "directive", "", order, COUNT(order), e);
    if (rc == RC_OK)
        rc = say(tx, w, "pingtai", "D-2026-00002", "哨兵议稿", e);
    if (rc == RC_OK)
        rc = move_one(tx, w, "pingtai", "D-2026-00002", "submit", NULL, 0, e);
    if (rc == RC_OK)
        rc = move_one(tx, w, "lingdao", "D-2026-00002", "redraft", why, COUNT(why), e);
    return rc == RC_OK ? move_one(tx, w, "pingtai", "D-2026-00002", "submit", NULL, 0, e) : rc;
}

static enum rc send_order(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct flow_given opinion[] = { { "opinion", "哨兵签稿，同意" } };
    enum rc rc =
        move_one(tx, w, "lingdao", "D-2026-00002", "sign_off", opinion, COUNT(opinion), e);
    return rc == RC_OK ? move_one(tx, w, "pingtai", "D-2026-00002", "send", NULL, 0, e) : rc;
}

/* Searching finds the reports of the draft period for exactly those who may open them, and is
 * as silent about what it hides in what it says of pages. A draft note is found by nobody. */
static void search(struct world *w, size_t who, unsigned may)
{
    static const struct {
        const char *href;
        unsigned whose;
    } reports[] = { { "/report/D01/2026Q3", BIT(OF_D01) },
                    { "/report/D02/2026Q3", BIT(OF_D02) },
                    { "/report/D03/2026Q3", BIT(OF_OTHERS) },
                    { "/report/T01/2026Q3", BIT(OF_OTHERS) } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_reply r;
    size_t n = 0;
    look(w, who, "/search?q=%E5%85%B5%E4%BE%BF", may & ~BIT(OF_NOTE));
    look(w, who, "/search?q=%E5%93%A8%E5%85%B5", may & ~(BIT(OF_NOTE) | BIT(OF_DRAFT)));
    web_fake_ask(w->web,
                 &(struct web_ask){ .target = "/search.json?kind=report&q=2026Q3",
                                    .headers = (const char *const[]){ w->cookie[who], NULL } },
                 a, &r);
    for (size_t i = 0; i < COUNT(reports); i++) {
        bool found = strstr(r.body, reports[i].href) != NULL;
        n += (may & reports[i].whose) != 0;
        if (found != ((may & reports[i].whose) != 0))
            t_fail(__FILE__, __LINE__, "%s %s %s: %.2000s", people[who].code,
                   found ? "finds" : "does not find", reports[i].href, r.body);
    }
    if (r.status == 200)
        CHECK_PART(r.body, arena_printf(a, "\"total\":%zu", n));
}

static void ask_everybody(struct world *w, enum publication_stage stage)
{
    struct route_table tables[ROUTE_TABLES_MAX];
    size_t n = routes_all(tables);
    for (size_t p = 0; p < COUNT(people); p++) {
        unsigned may = stage == PUBLICATION_DRAFT     ? people[p].draft
                       : stage == PUBLICATION_COMMENT ? people[p].comment
                                                      : people[p].decision;
        /* Administrators see no content at any stage: once is enough. */
        if (stage != PUBLICATION_DRAFT && !people[p].decision)
            continue;
        w->shown[p] = 0;
        look(w, p, "/board/contact?q=%E5%85%B5%E4%BE%BF", may);
        look(w, p, "/inbox?kind=contact", may);
        look(w, p, "/board/directive?q=%E5%93%A8%E5%85%B5", may);
        look(w, p, "/directive?state=all", may);
        look(w, p, "/directive/export.xlsx?state=all", may);
        search(w, p, may);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < tables[i].n; k++)
                if (tables[i].routes[k].method == GET)
                    fill(w, p, &tables[i].routes[k], "", tables[i].routes[k].path, may);
        export_everything(w, p, may);
        /* Teeth: who may see it finds it. */
        CHECK((w->shown[p] > 0) == (may != 0));
    }
}

/* ---- other programs ---- */

static enum rc make_hook(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct person all = person_system();
    const char *code;
    char key[2 * WEBHOOK_KEY + 1];
    enum rc rc =
        setting_set(tx, w->c, &collect_settings[COLLECT_OUTSIDE], "http://127.0.0.1:9", "", e);
    if (rc != RC_OK)
        return rc;
    return webhook_make(tx, w->c, &all,
                        &(struct webhook_new){ .name = "统计局",
                                               .url = "http://127.0.0.1:9/x",
                                               .events = WEBHOOK_PUBLISHED },
                        w->a, &code, key, e);
}

/* Of what other programs would be called about now; only what is published is told. */
static size_t calls(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct calls_published_row *rows;
    size_t n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(calls_published_all(s, w->a, &rows, &n, &e));
    return n;
}

/* ---- the bundle ---- */

static int verify(struct world *w, const char *proof, const char *record, const char *vkey)
{
    char *args[] = { arena_strdup(w->a, "jingjian"), arena_strdup(w->a, "verify"),
                     arena_strdup(w->a, proof),      arena_strdup(w->a, "--record"),
                     arena_strdup(w->a, record),     arena_strdup(w->a, "--vkey"),
                     arena_strdup(w->a, vkey),       NULL };
    /* Commands print; TAP goes on afterwards. */
    int out = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)dup2(null, STDOUT_FILENO); /* at worst what it says is among the results */
    close(null);
    int code = cmd_main(COUNT(args) - 1, args);
    (void)dup2(out, STDOUT_FILENO); /* as above */
    close(out);
    return code;
}

/* Whoever gets it checks every report with nothing but the program and the key. */
static void check_bundle(struct world *w, const char *path)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *dir = arena_printf(w->a, "%s/unpacked", w->c->dir), *proof[16], *vkey = "";
    size_t n = 0, named = 0;
    int code;
    zip_t *z = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    CHECK(z != NULL);
    CHECK_OK(dir_make(dir, &e));
    for (zip_int64_t i = 0; z && i < zip_get_num_entries(z, 0); i++) {
        zip_stat_t st;
        CHECK_INT(zip_stat_index(z, (zip_uint64_t)i, 0, &st), 0);
        char *p = arena_alloc(w->a, st.size + 1);
        zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)i, 0);
        CHECK(f && zip_fread(f, p, st.size) == (zip_int64_t)st.size);
        zip_fclose(f);
        const char *file = arena_printf(w->a, "%s/%s", dir, strrchr(st.name, '/') + 1);
        CHECK_OK(file_write_atomic(file, p, st.size, &e));
        size_t length = strlen(file);
        /* As Windows reads names: UTF-8, and the archive says so. */
        named += strstr(file, "D01-2026Q2-财政局.pdf") != NULL;
        if (strstr(file, "log.vkey"))
            vkey = arena_strndup(w->a, p, strcspn(p, "\n"));
        if (length > 11 && str_eq(file + length - 11, ".tlog-proof") && n < COUNT(proof))
            proof[n++] = arena_strndup(w->a, file, length - 11);
    }
    if (z)
        zip_discard(z);
    CHECK_INT(named, 1);
    CHECK_INT(n, 4);
    for (size_t i = 0; i < n; i++) {
        const char *receipt = arena_printf(w->a, "%s.tlog-proof", proof[i]);
        CHECK_INT(verify(w, receipt, arena_printf(w->a, "%s.record", proof[i]), vkey), 0);
        CHECK(verify(w, receipt, arena_printf(w->a, "%s.record", proof[(i + 1) % n]), vkey) !=
              0);
    }
    struct bytes all;
    CHECK_OK(file_read(w->a, path, SIZE_MAX / 2, &all, &e));
    for (size_t i = 0; i + 46 < all.n; i++) {
        const uint8_t *h = all.p + i;
        if (memcmp(h, "PK\001\002", 4) != 0)
            continue;
        size_t length = h[28] + 256u * h[29];
        bool ascii = true;
        for (size_t k = 0; k < length && i + 46 + k < all.n; k++)
            ascii &= h[46 + k] < 0x80;
        CHECK(ascii || (h[9] & 8)); /* bit 11: names are UTF-8 */
    }
}

static void a_draft_is_seen_by_nobody_it_is_not_for(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = { .c = c, .a = arena_new() };
    struct route_table tables[ROUTE_TABLES_MAX];
    const char *bundle;
    w.seen = map_new(w.a);
    kinds_use(c);
    password_cheap_for_tests();
    password_hash("jing-jian-2026", w.hash);
    make_content(&w);
    CHECK_OK(db_transact(c->db, make_people, &w, &e));
    CHECK_OK(db_transact(c->db, make_hook, &w, &e));
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(bundle_make(c, period_of(PERIOD_QUARTER, 2026, 2), NULL, NULL, w.a, &bundle, &e));
    check_bundle(&w, bundle);
    CHECK_OK(db_transact(c->db, make_drafts, &w, &e));
    make_hints(&w);
    day_code(county_today(c) + 20, w.note_due);
    CHECK_OK(db_transact(c->db, make_note, &w, &e));
    CHECK_OK(db_transact(c->db, make_orders, &w, &e));
    CHECK_OK(county_seal_now(c, &e));
    for (size_t i = 0; i < COUNT(people); i++) {
        struct session s;
        char cookie[SESSION_TOKEN + 1];
        CHECK_OK(
            sign_in(c, people[i].code, "jing-jian-2026", "127.0.0.1", "", w.a, &s, cookie, &e));
        w.cookie[i] = arena_printf(w.a, "Cookie: session=%s", cookie);
    }
    CHECK_OK(web_fake_new(&(struct web_config){ .user = c,
                                                .hooks = people_hooks(c, sections),
                                                .tables = tables,
                                                .n_tables = routes_all(tables),
                                                .sign_in = "/signin",
                                                .per_address = { "address", 1e9, 1e9 },
                                                .per_account = { "account", 1e9, 1e9 } },
                          &w.web, &e));
    for (enum publication_stage st = PUBLICATION_DRAFT; st <= PUBLICATION_DECISION; st++) {
        struct log_state log;
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_transact(c->db, move_drafts, &(struct moving){ &w, st }, &e));
        if (st == PUBLICATION_COMMENT)
            CHECK_OK(db_transact(c->db, send_order, &w, &e));
        CHECK_OK(county_seal_now(c, &e));
        CHECK_OK(search_update_all(c, &e));
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(log_state_get(s, w.a, &log, &e));
        w.log_size = log.size;
        db_read_end(&s);
        CHECK_INT(calls(&w), 0);
        /* The gate is the same code on both; the queries behind it are asked once on each. */
        if (db_kind(c->db) == DB_POSTGRES && st != PUBLICATION_COMMENT)
            continue;
        ask_everybody(&w, st);
        if (st == PUBLICATION_COMMENT && db_kind(c->db) != DB_POSTGRES)
            CHECK_OK(db_transact(c->db, send_note, &w, &e));
    }
    CHECK(w.asked > 1000);
    CHECK_OK(county_set_clock(c, (struct utime){ county_now(c).us + 1000000 }, &e));
    CHECK_OK(
        db_transact(c->db, move_drafts, &(struct moving){ &w, PUBLICATION_PUBLISHED }, &e));
    CHECK_INT(calls(&w), 2);
    /* Teeth, too: in every form it was found by who may. */
    for (enum form f = 0; f < FORM_ZIP; f++)
        CHECK(w.found[f] > 0 || (f == FORM_PDF && w.no_pdftotext));
    CHECK_INT(w.found[FORM_ZIP], 0); /* a bundle is of what is published */
    web_fake_free(w.web);
    arena_free(w.a);
}
T_COUNTY(a_draft_is_seen_by_nobody_it_is_not_for)

T_MAIN(T_COUNTY_CASES("a draft is seen by nobody it is not for",
                      a_draft_is_seen_by_nobody_it_is_not_for))
