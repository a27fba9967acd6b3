/*
 * The scheme as a page: its tree, what each thing weighs, its versions; the same as files; a
 * version copied to a new draft.
 */
#include "monitor/scheme_page.h"

#include "base/parse.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/point.sql.h"
#include "monitor/report_store.h"
#include "monitor/scheme.html.h"
#include "monitor/scheme.sql.h"
#include "monitor/scheme_import.h"
#include "monitor/scheme_sheet.h"
#include "monitor/scheme_view.h"
#include "people/asker.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"

#include <math.h>
#include <string.h>

/* ---- shared by the pages of schemes ---- */

/* What is not adopted yet is between those who make it and who decides. */
static bool sees_drafts(const struct rq *rq)
{
    const struct person *who = &rq_asker(rq)->person;
    return person_can(who, CAP_EDIT_SCHEME) || person_can(who, CAP_ADOPT_SCHEME) ||
           person_can(who, CAP_READ_COUNTY);
}

enum rc rq_scheme(struct rq *rq, const struct snap *s, const struct scheme **ret, struct err *e)
{
    int64_t version;
    const char *text = rq_param(rq, "version");
    if (parse_int64(text, 1, 1000000, N_("版号"), &version, NULL) != RC_OK)
        return err_set(e, RC_NOTFOUND, N_("没有第{version}版指标方案"), "version", text);
    enum rc rc = scheme_load_version(s, (int)version, rq->a, ret, e);
    if (rc == RC_OK && (*ret)->state == SCHEME_DRAFT && !sees_drafts(rq))
        return err_set(e, RC_DENIED, N_("第{version}版还是草案，采用以后才公开"), "version",
                       text);
    return rc;
}

struct writing {
    struct county *c;
    const struct scheme *s;
    struct id account;
    const char *by;
    int version;
};

static enum rc write_draft(struct tx *tx, void *arg, struct err *e)
{
    struct writing *w = arg;
    return scheme_write(tx, w->c, w->s, w->account, w->by, &w->version, e);
}

enum rc rq_scheme_write(struct rq *rq, const struct scheme *sc, int *ret_version, struct err *e)
{
    struct writing w = {
        .c = rq_county(rq), .s = sc, .account = rq->account.id, .by = rq->account.code
    };
    enum rc rc = db_transact(w.c->db, write_draft, &w, e);
    if (rc == RC_OK)
        *ret_version = w.version;
    return rc;
}

enum rc rq_scheme_problems(struct rq *rq, const struct snap *s, const struct scheme *sc,
                           const char ***ret, const char ***ret_codes, size_t *ret_n,
                           struct err *e)
{
    struct scheme_problem *list;
    size_t n;
    enum rc rc = scheme_check(s, sc, rq->a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    const char **text = arena_array(rq->a, n, sizeof(*text)),
               **code = arena_array(rq->a, n, sizeof(*code));
    for (size_t i = 0; i < n; i++) {
        text[i] = err_message(&list[i].err, rq->lang, rq->a);
        code[i] = list[i].code;
        err_done(&list[i].err);
    }
    *ret = text;
    if (ret_codes)
        *ret_codes = code;
    *ret_n = n;
    return RC_OK;
}

/* ---- the tree ---- */

static void tree(struct rq *rq, const struct scheme *sc, const struct point_list_row *points,
                 size_t n_points, struct scheme_page *p)
{
    struct scheme_lines lines;
    struct arena *a = rq->a;
    const struct units *us = rq_asker(rq)->units;
    scheme_lines(sc, a, &lines);
    p->counts = arena_array(a, (size_t)lines.depth, sizeof(*p->counts));
    for (int d = 1; d <= lines.depth; d++)
        p->counts[p->n_counts++] = (struct scheme_counts){ rq_tr(rq, scheme_level_text(d)),
                                                           (int64_t)lines.per_depth[d] };
    p->nodes = arena_array(a, lines.n, sizeof(*p->nodes));
    for (size_t i = 0; i < lines.n; i++) {
        const struct scheme_line *l = &lines.line[i];
        const struct scheme_node *n = &sc->nodes[l->at];
        const struct unit *owner = *n->owner ? units_find(us, n->owner) : NULL;
        struct scheme_nodes x = { .depth = l->depth,
                                  .code = n->code,
                                  .name = n->name,
                                  .leaf = l->leaf,
                                  .weight = n->weight,
                                  .share = l->share,
                                  .scoring_words = scheme_scoring_words(n, rq->lang, a),
                                  .owner = owner ? owner->name : n->owner,
                                  .standard = n->standard,
                                  .frequency = n->frequency,
                                  .n_closes = l->closes,
                                  .closes = arena_array(a, l->closes, sizeof(*x.closes)) };
        for (size_t k = 0; k < n_points && l->leaf; k++)
            x.points += str_eq(points[k].indicator, n->code);
        p->points += x.points;
        p->nodes[p->n_nodes++] = x;
    }
    for (size_t i = 0; i < us->n; i++)
        p->unit_total += us->all[i].assessed;
}

static enum rc versions(struct rq *rq, const struct snap *s, struct scheme_page *p,
                        struct err *e)
{
    struct scheme_list_row *rows;
    size_t n;
    enum rc rc = scheme_list_all(s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->versions = arena_array(rq->a, n, sizeof(*p->versions));
    for (size_t i = 0; i < n; i++) {
        const struct scheme_list_row *r = &rows[i];
        if (str_eq(r->state, "draft") && !sees_drafts(rq))
            continue;
        bool adopted = str_eq(r->state, "adopted");
        const char *name = rq_tr(rq, adopted                     ? N_("已采用")
                                     : str_eq(r->state, "draft") ? N_("草案")
                                                                 : N_("不再使用"));
        const char *by = adopted ? r->adopted_by : r->created_by;
        p->versions[p->n_versions++] = (struct scheme_versions){
            .version = r->version,
            .name = r->name,
            .state = r->state,
            .state_name = name,
            .from_period =
                r->from_period.v ? period_name(rq->a, r->from_period, rq->lang) : NULL,
            .note = r->note,
            .at = adopted ? r->adopted_at : r->created_at,
            .by = by ? by : rq_tr(rq, N_("命令行")),
            .current = r->version == p->version
        };
        if (r->version == p->version) {
            p->created_by = r->created_by;
            p->adopted_by = r->adopted_by;
        }
    }
    return RC_OK;
}

static enum rc show(struct rq *rq, const struct snap *s, const struct scheme *sc, struct err *e)
{
    struct point_list_row *points;
    size_t n_points;
    struct scheme_of_version_row head;
    struct report_proof proof;
    const struct person *who = &rq_asker(rq)->person;
    struct scheme_page p = { .version = sc->version,
                             .name = sc->name,
                             .state = scheme_state_code(sc->state),
                             .state_name = rq_tr(rq, scheme_state_text(sc->state)),
                             .from_period = sc->from_period.v
                                                ? period_name(rq->a, sc->from_period, rq->lang)
                                                : NULL,
                             .note = sc->note,
                             .created_at = sc->created_at,
                             .adopted_at = sc->adopted_at,
                             .may_edit = person_can(who, CAP_EDIT_SCHEME),
                             .may_adopt = person_can(who, CAP_ADOPT_SCHEME),
                             .sees_county = person_can(who, CAP_READ_COUNTY) };
    enum rc rc = point_list_all(s, rq->a, &points, &n_points, e);
    if (rc == RC_OK)
        rc = versions(rq, s, &p, e);
    if (rc == RC_OK && sc->state == SCHEME_DRAFT)
        rc = rq_scheme_problems(rq, s, sc, &p.problems, NULL, &p.n_problems, e);
    if (rc == RC_OK)
        rc = scheme_of_version_one(s, sc->version, rq->a, &head, e);
    if (rc == RC_OK)
        rc = report_proof_of(rq_county(rq), s, head.record_id, rq->a, &proof, e);
    if (rc != RC_OK)
        return rc;
    p.log_index = proof.index;
    p.log_index_null = proof.index < 0;
    p.vouch = health_report_vouch(rq->a, &(struct health_report){ .proof = proof }, rq->lang);
    tree(rq, sc, points, n_points, &p);
    rq_crumb(rq, rq_tr(rq, N_("指标方案")), "/scheme");
    return scheme_render(rq, &p, e);
}

/* The version in force today, else the newest one. */
static enum rc scheme_show_current(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct scheme_in_force_at_row row;
    struct scheme_last_version_row last;
    const struct scheme *sc;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = scheme_in_force_at_one(s, county_today(rq_county(rq)), rq->a, &row, e);
    int version = rc == RC_OK ? (int)row.version : 0;
    if (rc == RC_NOTFOUND) {
        err_done(e);
        rc = scheme_last_version_one(s, rq->a, &last, e);
        version = rc == RC_OK ? (int)last.version : 0;
        if (rc == RC_OK && !version && person_can(&rq_asker(rq)->person, CAP_EDIT_SCHEME) &&
            !rq->json)
            return web_redirect(rq, "/scheme/import", e);
        if (rc == RC_OK && !version)
            return err_set(e, RC_NOTFOUND, N_("还没有指标方案;由编制方案的人导入"));
    }
    if (rc == RC_OK)
        rc = scheme_load_version(s, version, rq->a, &sc, e);
    if (rc == RC_OK && sc->state == SCHEME_DRAFT && !sees_drafts(rq))
        return err_set(e, RC_NOTFOUND, N_("还没有采用的指标方案"));
    return rc == RC_OK ? show(rq, s, sc, e) : rc;
}

static enum rc scheme_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct scheme *sc;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_scheme(rq, s, &sc, e);
    return rc == RC_OK ? show(rq, s, sc, e) : rc;
}

/* ---- as files ---- */

static enum rc give(struct rq *rq, enum sheet_format format, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CLEANUP(str_done) struct str out = { 0 };
    const struct scheme *sc;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_scheme(rq, s, &sc, e);
    if (rc != RC_OK)
        return rc;
    const struct table *t = scheme_to_table(sc, rq->a);
    str_init(&out, NULL);
    rc = sheet_write(format, &t, 1, /* bom= */ true, rq->now, &out, e);
    if (rc != RC_OK)
        return rc;
    return web_bytes(
        rq, out.s, out.n, sheet_format_mime(format),
        arena_printf(rq->a, "scheme-%d.%s", sc->version, format == SHEET_CSV ? "csv" : "xlsx"),
        e);
}

static enum rc scheme_csv(struct rq *rq, struct err *e)
{
    return give(rq, SHEET_CSV, e);
}

static enum rc scheme_xlsx(struct rq *rq, struct err *e)
{
    return give(rq, SHEET_XLSX, e);
}

/* The sheet it came from, byte for byte; a scheme that came otherwise is written in the form of
 * such a sheet. */
static enum rc scheme_sheet(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CLEANUP(str_done) struct str out = { 0 };
    const struct scheme *sc;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_scheme(rq, s, &sc, e);
    if (rc != RC_OK)
        return rc;
    if (sc->sheet_digest.n == HASH_SIZE) {
        struct bytes file;
        struct file_info info;
        rc = file_get(rq_county(rq), rq->a, sc->sheet_digest.p, SCHEME_FILE_MAX, &file, e);
        if (rc == RC_OK)
            rc = file_info_get(s, sc->sheet_digest.p, rq->a, &info, e);
        return rc == RC_OK ? web_bytes(rq, file.p, file.n, info.media, info.name, e) : rc;
    }
    struct sheet_context context;
    rq_sheet_context(rq, &context);
    const struct table *t = scheme_sheet_write(rq->a, sc->nodes, sc->n, &context);
    str_init(&out, NULL);
    rc = sheet_write(SHEET_XLSX, &t, 1, /* bom= */ false, rq->now, &out, e);
    return rc == RC_OK ? web_bytes(rq, out.s, out.n, sheet_format_mime(SHEET_XLSX),
                                   arena_printf(rq->a, "sheet-%d.xlsx", sc->version), e)
                       : rc;
}

/* Points that its indicators still want, to be filled in and imported. */
static enum rc scheme_points(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CLEANUP(str_done) struct str out = { 0 };
    const struct scheme *sc;
    const struct point *points;
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_scheme(rq, s, &sc, e);
    if (rc == RC_OK)
        rc = points_load(s, sc, rq->a, &points, &n, e);
    if (rc != RC_OK)
        return rc;
    struct map *fed = map_new(rq->a), *codes = map_new(rq->a);
    for (size_t i = 0; i < n; i++) {
        map_add(fed, points[i].indicator, rq);
        map_add(codes, points[i].code, rq);
    }
    const struct table *t = table_to_words(
        scheme_sheet_points(rq->a, sc->nodes, sc->n, fed, codes), point_headings, rq->a);
    str_init(&out, NULL);
    rc = sheet_write(SHEET_XLSX, &t, 1, /* bom= */ false, rq->now, &out, e);
    return rc == RC_OK ? web_bytes(rq, out.s, out.n, sheet_format_mime(SHEET_XLSX),
                                   arena_printf(rq->a, "points-%d.xlsx", sc->version), e)
                       : rc;
}

/* ---- a version as the ground of a new draft ---- */

static enum rc scheme_copy_post(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct scheme *sc;
    int version;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_scheme(rq, s, &sc, e);
    db_read_end(&s);
    if (rc != RC_OK)
        return rc;
    struct scheme copy = *sc;
    copy.id = (struct id){ 0 };
    copy.note = "";
    rc = rq_scheme_write(rq, &copy, &version, e);
    return rc == RC_OK ? web_donef(rq, e, "/scheme/%d/edit", version) : rc;
}

const struct route scheme_routes[] = {
    { .method = GET,
      .path = "/scheme",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = scheme_show_current,
      .page = &scheme_kind,
      .help = N_("现行指标方案") },
    { .method = GET,
      .path = "/scheme/:version",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = scheme_show,
      .page = &scheme_kind,
      .help = N_("一版指标方案") },
    { .method = GET,
      .path = "/scheme/:version/nodes.csv",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = scheme_csv,
      .help = N_("指标方案的CSV,可原样导入") },
    { .method = GET,
      .path = "/scheme/:version/nodes.xlsx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = scheme_xlsx,
      .help = N_("指标方案的xlsx,可原样导入") },
    { .method = GET,
      .path = "/scheme/:version/points.xlsx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = scheme_points,
      .help = N_("还没有监测点的指标各一个监测点，填好后导入") },
    { .method = GET,
      .path = "/scheme/:version/sheet.xlsx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = scheme_sheet,
      .help = N_("指标方案的原表") },
    { .method = POST,
      .path = "/scheme/:version/copy",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = scheme_copy_post,
      .help = N_("以一版为底起草新版") },
};
const size_t scheme_routes_n = COUNT(scheme_routes);
