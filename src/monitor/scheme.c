/*
 * Schemes: loading, checking, writing. The engine's view (struct scheme_plan) is built from the
 * rows every time it is needed: a scheme has some hundred nodes, and a second copy in the
 * database would be a second truth.
 */
#include "monitor/scheme.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/scheme.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static enum scheme_state state_of(const char *text)
{
    return str_eq(text, "draft")     ? SCHEME_DRAFT
           : str_eq(text, "adopted") ? SCHEME_ADOPTED
                                     : SCHEME_RETIRED;
}

static enum rc load_nodes(const struct snap *s, struct scheme *sc, struct arena *a,
                          struct err *e)
{
    struct scheme_nodes_row *rows;
    enum rc rc = scheme_nodes_all(s, sc->id, a, &rows, &sc->n, e);
    if (rc != RC_OK)
        return rc;
    struct scheme_node *nodes = arena_array(a, sc->n, sizeof(*nodes));
    for (size_t i = 0; i < sc->n; i++)
        nodes[i] = (struct scheme_node){
            .code = rows[i].code,
            .parent = rows[i].parent_code,
            .name = rows[i].name,
            .level = (int)rows[i].level,
            .type = rows[i].type,
            .direction = (int)rows[i].direction,
            .weight = rows[i].weight,
            .unit_of_measure = rows[i].unit_of_measure,
            .target = rows[i].target,
            .denominator = rows[i].denominator,
            .owner = rows[i].owner,
            .frequency = rows[i].frequency,
            .formula = rows[i].formula,
            .peer_group = rows[i].peer_group,
            .scoring = rows[i].scoring,
            .veto = rows[i].veto,
            .standard = rows[i].standard,
            .source = rows[i].source,
            .tags = rows[i].tags,
            .from_day = (int32_t)rows[i].from_day,
            .to_day = (int32_t)rows[i].to_day,
        };
    sc->nodes = nodes;
    return RC_OK;
}

/* The three ways to find a scheme give rows of the same shape under different names; sqlc has a
 * struct for each. */
#define HEAD(row)                                                                              \
    (struct scheme)                                                                            \
    {                                                                                          \
        .id = (row).id, .version = (int)(row).version, .name = (row).name, .note = (row).note, \
        .state = state_of((row).state), .from_period = (row).from_period,                      \
        .config = (row).config, .sheet_digest = (row).sheet_digest,                            \
        .sheet_map = (row).sheet_map, .created_at = (row).created_at,                          \
        .adopted_at = (row).adopted_at                                                         \
    }

static enum rc finish(const struct snap *s, struct scheme head, struct arena *a,
                      const struct scheme **ret, struct err *e)
{
    struct scheme *sc = arena_alloc(a, sizeof(*sc));
    *sc = head;
    enum rc rc = load_nodes(s, sc, a, e);
    if (rc == RC_OK)
        *ret = sc;
    return rc;
}

enum rc scheme_for_period(const struct snap *s, struct period p, struct arena *a,
                          const struct scheme **ret, struct err *e)
{
    struct scheme_in_force_at_row row;
    enum rc rc = scheme_in_force_at_one(s, period_last_day(p), a, &row, e);
    if (rc == RC_NOTFOUND) {
        char code[PERIOD_TEXT];
        return err_set(e, RC_NOTFOUND,
                       N_("{period} 还没有启用的指标方案;请先导入并启用一个方案"), "period",
                       period_code(p, code));
    }
    return rc == RC_OK ? finish(s, HEAD(row), a, ret, e) : rc;
}

enum rc scheme_if_any(const struct snap *s, struct period p, struct arena *a,
                      const struct scheme **ret, struct err *e)
{
    enum rc rc = scheme_for_period(s, p, a, ret, e);
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *ret = NULL;
    return RC_OK;
}

enum rc scheme_load_version(const struct snap *s, int version, struct arena *a,
                            const struct scheme **ret, struct err *e)
{
    struct scheme_of_version_row row;
    enum rc rc = scheme_of_version_one(s, version, a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有第{version}版指标方案"), "version",
                       arena_printf(a, "%d", version));
    return rc == RC_OK ? finish(s, HEAD(row), a, ret, e) : rc;
}

enum rc scheme_load(const struct snap *s, struct id id, struct arena *a,
                    const struct scheme **ret, struct err *e)
{
    struct scheme_by_id_row row;
    enum rc rc = scheme_by_id_one(s, id, a, &row, e);
    return rc == RC_OK ? finish(s, HEAD(row), a, ret, e) : rc;
}

/* ---- the engine's view ---- */

static bool in_tree(const struct scheme_node *n, int32_t day)
{
    if (!str_eq(n->type, "Indicator") && !str_eq(n->type, "Aggregate"))
        return false;
    return n->from_day <= day && (n->to_day == 0 || n->to_day >= day);
}

static enum rc veto_of(const struct scheme_plan *p, const struct scheme_node *n, size_t node,
                       struct arena *a, struct veto *ret, struct err *e)
{
    static const struct {
        const char *text;
        enum cmp cmp;
    } cmps[] = { { "<", CMP_LT },  { "<=", CMP_LE }, { "==", CMP_EQ },
                 { "!=", CMP_NE }, { ">=", CMP_GE }, { ">", CMP_GT } };
    json_t *o = json_loads(n->veto, JSON_REJECT_DUPLICATES, NULL);
    const char *cmp = NULL, *target = "", *reason = "";
    double limit = NAN, cap = NAN;
    bool ok = o && json_unpack_ex(o, NULL, JSON_STRICT, "{s:s, s:F, s:F, s?s, s?s}", "cmp",
                                  &cmp, "limit", &limit, "cap", &cap, "target", &target,
                                  "reason", &reason) == 0;
    size_t i = 0;
    while (ok && i < COUNT(cmps) && !str_eq(cmps[i].text, cmp))
        i++;
    size_t at = ok && *target ? scheme_find(&p->tree, target) : NODE_NONE;
    ok = ok && i < COUNT(cmps) && (!*target || at != NODE_NONE);
    if (ok)
        *ret = (struct veto){ .node = node,
                              .cmp = cmps[i].cmp,
                              .limit = limit,
                              .target = at,
                              .cap = cap,
                              .reason = arena_strdup(a, reason) };
    json_decref(o);
    if (!ok)
        return err_set(e, RC_INVALID, N_("指标「{name}」的一票否决写法不对,应如 {example}"),
                       "name", n->name, "example", "{\"cmp\":\">=\",\"limit\":1,\"cap\":60}");
    return RC_OK;
}

/* The configuration with each node's own scoring under normalise.per. */
static enum rc whole_config(const struct scheme_plan *p, struct arena *a, struct bytes *ret,
                            struct err *e)
{
    const struct scheme *s = p->scheme;
    json_t *o = json_loads(*s->config ? s->config : "{}", JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(o)) {
        json_decref(o);
        return err_set(e, RC_INVALID, N_("方案的计算设置不是 JSON 对象"));
    }
    json_t *norm = json_object_get(o, "normalise");
    if (!norm) {
        norm = json_object();
        json_object_set_new(o, "normalise", norm);
    }
    json_t *per = json_object_get(norm, "per");
    if (!per) {
        per = json_object();
        json_object_set_new(norm, "per", per);
    }
    enum rc rc = RC_OK;
    for (size_t i = 0; i < p->tree.n && rc == RC_OK; i++) {
        const struct scheme_node *n = &s->nodes[p->of_tree[i]];
        if (!*n->scoring || !p->tree.nodes[i].leaf)
            continue;
        json_t *own = json_loads(n->scoring, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(own)) {
            rc = err_set(e, RC_INVALID, N_("指标「{name}」的计分设置不是 JSON 对象"), "name",
                         n->name);
            json_decref(own);
        } else {
            json_object_set_new(per, n->code, own);
        }
    }
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (rc == RC_OK)
        *ret = (struct bytes){ .p = (const uint8_t *)arena_strdup(a, text), .n = strlen(text) };
    free(text);
    return rc;
}

enum rc scheme_plan(const struct scheme *s, int32_t day, struct arena *a,
                    struct scheme_plan *ret, struct err *e)
{
    struct scheme_plan p = { .scheme = s };
    struct scheme_row *rows = arena_array(a, s->n, sizeof(*rows));
    size_t *of_tree = arena_array(a, s->n, sizeof(*of_tree)), n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct scheme_node *o = &s->nodes[i];
        if (!in_tree(o, day))
            continue;
        of_tree[n] = i;
        rows[n++] = (struct scheme_row){ .code = o->code,
                                         .name = o->name,
                                         .parent = o->parent,
                                         .level = o->level,
                                         .direction = o->direction,
                                         .weight = o->weight,
                                         .target = o->target };
    }
    p.of_tree = of_tree;
    enum rc rc = scheme_build(rows, n, a, &p.tree, e);
    struct bytes config;
    if (rc == RC_OK)
        rc = whole_config(&p, a, &config, e);
    if (rc == RC_OK)
        rc = score_config_parse(config, &p.tree, a, &p.config, e);
    struct veto *vetoes = arena_array(a, n, sizeof(*vetoes));
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (*s->nodes[of_tree[i]].veto && p.tree.nodes[i].leaf)
            rc = veto_of(&p, &s->nodes[of_tree[i]], i, a, &vetoes[p.n_vetoes++], e);
    p.vetoes = vetoes;
    if (rc == RC_OK)
        *ret = p;
    return rc;
}

/* ---- writing ---- */

static const char *node_json(const struct scheme_node *n, struct arena *a)
{
    struct canon k;
    size_t len;
    canon_init(&k, a);
    canon_text(&k, "code", n->code);
    canon_text(&k, "parent", n->parent);
    canon_text(&k, "name", n->name);
    canon_int(&k, "level", n->level);
    canon_text(&k, "type", n->type);
    canon_int(&k, "direction", n->direction);
    canon_real(&k, "weight", n->weight);
    canon_text(&k, "unit_of_measure", n->unit_of_measure);
    canon_real(&k, "target", n->target);
    canon_text(&k, "denominator", n->denominator);
    canon_text(&k, "owner", n->owner);
    canon_text(&k, "frequency", n->frequency);
    canon_text(&k, "formula", n->formula);
    canon_text(&k, "peer_group", n->peer_group);
    canon_text(&k, "scoring", n->scoring);
    canon_text(&k, "veto", n->veto);
    canon_text(&k, "standard", n->standard);
    canon_text(&k, "source", n->source);
    canon_text(&k, "tags", n->tags);
    canon_int(&k, "from_day", n->from_day);
    canon_int(&k, "to_day", n->to_day);
    return canon_end(&k, &len);
}

void scheme_digest(const struct scheme *s, uint8_t out[32])
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(sha256_freep) struct sha256 *h = sha256_new();
    sha256_add(h, s->config, strlen(s->config) + 1);
    for (size_t i = 0; i < s->n; i++) {
        const char *json = node_json(&s->nodes[i], a);
        sha256_add(h, json, strlen(json) + 1);
        arena_reset(a);
    }
    sha256_end(h, out);
}

static const char *state_word(enum scheme_state s)
{
    switch (s) {
    case SCHEME_DRAFT:
        return "draft";
    case SCHEME_ADOPTED:
        return "adopted";
    case SCHEME_RETIRED:
        break;
    }
    return "retired";
}

/* The record of a version as it is to be: of s the name, the note and what makes the digest,
 * the rest of row. */
static enum rc record_scheme(struct tx *tx, struct county *c, const char *kind,
                             const struct scheme *s, struct scheme_audit_row row,
                             const char *by, struct arena *a, struct id *ret, struct err *e)
{
    struct canon k;
    uint8_t digest[32];
    scheme_digest(s, digest);
    row.name = s->name;
    row.note = s->note;
    canon_init(&k, a);
    canon_row(&k, &scheme_audit_query, &row);
    canon_hex(&k, "digest", digest, sizeof(digest));
    struct record_part part = part_open(&k);
    return record_append(
        tx, c,
        &(struct record_new){ .kind = kind,
                              .unit = "",
                              .subject = arena_printf(a, "S-%d", (int)row.version),
                              .by = by,
                              .parts = &part,
                              .n_parts = 1 },
        ret, e);
}

/* What a version says now. */
static struct scheme_audit_row row_of(const struct scheme *s)
{
    return (struct scheme_audit_row){ .adopted_at = s->adopted_at,
                                      .created_at = s->created_at,
                                      .from_day = s->from_period.v
                                                      ? period_first_day(s->from_period)
                                                      : 0,
                                      .from_period = s->from_period,
                                      .sheet_digest = s->sheet_digest,
                                      .sheet_map = s->sheet_map ? s->sheet_map : "",
                                      .state = state_word(s->state),
                                      .version = s->version };
}

static enum rc write_nodes(struct tx *tx, struct id scheme, const struct scheme *s,
                           struct err *e)
{
    enum rc rc = scheme_clear_nodes(tx, scheme, NULL, e);
    for (size_t i = 0; i < s->n && rc == RC_OK; i++) {
        const struct scheme_node *n = &s->nodes[i];
        rc = node_insert(tx, scheme, n->code, n->parent, n->name, n->level, n->type,
                         n->direction, n->weight, n->unit_of_measure, n->target, n->denominator,
                         n->owner, n->frequency, n->formula, n->peer_group, n->scoring, n->veto,
                         n->standard, n->source, n->tags, n->from_day, n->to_day,
                         (int64_t)i + 1, NULL, e);
    }
    return rc;
}

static enum rc check_shape(const struct scheme *s, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map *seen = map_new(a);
    if (!*s->name || utf8_count(s->name) > SCHEME_NAME_MAX)
        return err_set(e, RC_INVALID, N_("方案名称应有1至100个字"));
    for (size_t i = 0; i < s->n; i++) {
        if (!code_valid(s->nodes[i].code))
            return err_set(e, RC_INVALID,
                           N_("指标编码「{code}」应由字母、数字、- 和 _ 组成,至多64个"), "code",
                           s->nodes[i].code);
        if (!map_add(seen, s->nodes[i].code, (void *)&s->nodes[i]))
            return err_set(e, RC_INVALID, N_("指标编码「{code}」出现了两次"), "code",
                           s->nodes[i].code);
    }
    return RC_OK;
}

enum rc scheme_write(struct tx *tx, struct county *c, const struct scheme *s, struct id account,
                     const char *by, int *ret_version, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct scheme_last_version_row last;
    struct scheme_audit_row row;
    const struct scheme *old;
    enum rc rc = check_shape(s, e);
    if (rc == RC_OK && s->id.v) {
        rc = scheme_load(tx_snap(tx), s->id, a, &old, e);
        if (rc == RC_OK)
            row = row_of(old);
    } else if (rc == RC_OK) {
        rc = scheme_last_version_one(tx_snap(tx), a, &last, e);
        row = row_of(s);
        row.state = state_word(SCHEME_DRAFT);
        row.version = last.version + 1;
        row.created_at = county_now(c);
        row.adopted_at = (struct utime){ 0 };
        row.from_period = (struct period){ 0 };
        row.from_day = 0;
    }
    struct id record;
    if (rc == RC_OK)
        rc = record_scheme(tx, c, s->id.v ? "scheme.edited" : "scheme.drafted", s, row, by, a,
                           &record, e);
    if (rc != RC_OK)
        return rc;
    int version = (int)row.version;
    struct id id = s->id;
    if (id.v) {
        int64_t changed = 0;
        rc = scheme_update(tx, s->name, s->config, s->note, record, id, &changed, e);
        if (rc == RC_OK && changed == 0)
            return err_set(e, RC_CONFLICT,
                           N_("第{version}版已启用或已停用,不能再改;请以它为底另建一版"),
                           "version", arena_printf(a, "%d", version));
    } else {
        struct scheme_insert_row made;
        rc = scheme_insert_one(tx, version, s->name, s->config, row.sheet_digest, row.sheet_map,
                               s->note, account, row.created_at, record, a, &made, e);
        id = made.id;
    }
    if (rc == RC_OK)
        rc = write_nodes(tx, id, s, e);
    if (rc == RC_OK)
        *ret_version = version;
    return rc;
}

enum rc scheme_adopt(struct tx *tx, struct county *c, int version, struct period from,
                     struct id account, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct scheme *s;
    struct scheme_problem *problems;
    size_t n;
    enum rc rc = scheme_load_version(tx_snap(tx), version, a, &s, e);
    if (rc == RC_OK)
        rc = scheme_check(tx_snap(tx), s, a, &problems, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n > 0) {
        err_set(e, RC_INVALID, N_("第{version}版还有{n}个问题,不能启用;第一个: {reason}"),
                "version", arena_printf(a, "%d", version), "n", arena_printf(a, "%zu", n),
                "reason", err_both(&problems[0].err, a));
        for (size_t i = 0; i < n; i++)
            err_done(&problems[i].err);
        return RC_INVALID;
    }
    struct id record;
    int64_t changed = 0;
    struct scheme_audit_row row = row_of(s);
    row.state = state_word(SCHEME_ADOPTED);
    row.from_period = from;
    row.from_day = period_first_day(from);
    row.adopted_at = county_now(c);
    rc = record_scheme(tx, c, "scheme.adopted", s, row, by, a, &record, e);
    if (rc == RC_OK)
        rc = scheme_set_adopted(tx, from, row.from_day, account, row.adopted_at, record, s->id,
                                &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_CONFLICT, N_("第{version}版不是草案,不能启用"), "version",
                       arena_printf(a, "%d", version));
    return rc;
}

enum rc scheme_drop(struct tx *tx, struct county *c, int version, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct scheme *s;
    struct id record;
    int64_t changed = 0;
    enum rc rc = scheme_load_version(tx_snap(tx), version, a, &s, e);
    struct scheme_audit_row row;
    if (rc == RC_OK) {
        row = row_of(s);
        row.state = state_word(SCHEME_RETIRED);
        rc = record_scheme(tx, c, "scheme.dropped", s, row, by, a, &record, e);
    }
    if (rc == RC_OK)
        rc = scheme_give_up(tx, record, s->id, &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_CONFLICT, N_("第{version}版不是草案"), "version",
                       arena_printf(a, "%d", version));
    return rc;
}

/* ---- auditing ---- */

static bool digest_recorded(const struct snap *s, struct id record, const uint8_t digest[32],
                            struct arena *a)
{
    CLEANUP(err_done) struct err none = { 0 };
    struct record *r = arena_alloc(a, sizeof(*r));
    char hex[65];
    if (record_get(s, record, a, r, &none) != RC_OK || !r->n_parts || r->parts[0].erased)
        return false;
    json_t *o = json_loadb((const char *)r->parts[0].bytes.p, r->parts[0].bytes.n,
                           JSON_REJECT_DUPLICATES, NULL);
    bool same =
        str_eq(json_string_value(json_object_get(o, "digest")), hex_encode(digest, 32, hex));
    json_decref(o);
    return same;
}

enum rc schemes_check(const struct snap *s, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct schemes_whole_row *rows;
    size_t n;
    enum rc rc = schemes_whole_all(s, a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct scheme *sc;
        uint8_t digest[32];
        rc = scheme_load_version(s, (int)rows[i].version, a, &sc, e);
        if (rc != RC_OK)
            break;
        scheme_digest(sc, digest);
        if (!digest_recorded(s, rows[i].record_id, digest, a))
            return err_set(e, RC_UNPROVEN,
                           N_("表 node 里第{version}版方案的指标或计算设置被改动过"), "version",
                           arena_printf(a, "%d", sc->version));
    }
    return rc;
}
