/*
 * The county's map. Tiles need no permission: they are no map of boundaries. An imported
 * GeoJSON is one, and publishing it needs a review number (审图号); without it the map is kept
 * but said to be for the inside only. The file is kept as it came.
 */
#include "monitor/map_page.h"

#include "base/file.h"
#include "base/map.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/map.html.h"
#include "monitor/names.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/file.h"
#include "store/record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MAP_FORM_MAX = MAP_FILE_MAX + (64 << 10), UNMATCHED_SHOWN = 100, DEFAULT_WIDE = 8 };

/* ---- checking ---- */

enum rc review_no_check(const char *text, struct err *e)
{
    const char *s = text;
    if (!*s)
        return RC_OK;
    const char *mark = strchr(s, 'S');
    bool ok = mark && utf8_count(text) <= REVIEW_NO_MAX && mark - s <= 4;
    if (ok) {
        s = mark + 1;
        ok = str_starts(s, "(") || str_starts(s, "（");
        s += ok ? (*s == '(' ? 1 : strlen("（")) : 0;
        ok = ok && strspn(s, "0123456789") == 4;
        s += ok ? 4 : 0;
        ok = ok && (*s == ')' || str_starts(s, "）"));
        s += ok ? (*s == ')' ? 1 : strlen("）")) : 0;
        size_t digits = ok ? strspn(s, "0123456789") : 0;
        s += digits;
        ok = ok && digits > 0 && (!*s || str_eq(s, "号"));
    }
    return ok ? RC_OK
              : err_set(e, RC_INVALID, N_("审图号“{given}”不像审图号,应如 {example}"), "given",
                        text, "example", "GS(2026)0001号");
}

static bool position(const json_t *p)
{
    const json_t *x = json_array_get(p, 0), *y = json_array_get(p, 1);
    return json_is_number(x) && json_is_number(y) && json_number_value(x) >= -180 &&
           json_number_value(x) <= 180 && json_number_value(y) >= -90 &&
           json_number_value(y) <= 90;
}

/* Rings of at least four positions whose first is also their last. */
static bool polygon(const json_t *rings)
{
    size_t i, k;
    json_t *ring, *p;
    if (!json_array_size(rings))
        return false;
    json_array_foreach(rings, i, ring)
    {
        if (json_array_size(ring) < 4)
            return false;
        json_array_foreach(ring, k, p) if (!position(p)) return false;
        if (!json_equal(json_array_get(ring, 0),
                        json_array_get(ring, json_array_size(ring) - 1)))
            return false;
    }
    return true;
}

static bool shape(const json_t *geometry)
{
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *c = json_object_get(geometry, "coordinates");
    if (str_eq(type, "Polygon"))
        return polygon(c);
    size_t i;
    json_t *one;
    if (!str_eq(type, "MultiPolygon") || !json_array_size(c))
        return false;
    json_array_foreach(c, i, one) if (!polygon(one)) return false;
    return true;
}

static enum rc check_features(const json_t *list, const char *key, const struct units *us,
                              struct arena *a, struct geo_found *ret, struct err *e)
{
    struct names names;
    struct geo_found found = { .n = json_array_size(list) };
    names_init(&names, a, us->n);
    for (size_t i = 0; i < us->n; i++)
        names_add(&names, us->all[i].code, us->all[i].name);
    names_close(&names);
    struct map *seen = map_new(a);
    found.unmatched = arena_array(a, found.n, sizeof(*found.unmatched));
    size_t i;
    json_t *f;
    json_array_foreach(list, i, f)
    {
        const char *at = arena_printf(a, "%zu", i + 1);
        const json_t *v = json_object_get(json_object_get(f, "properties"), key);
        if (!shape(json_object_get(f, "geometry")))
            return err_set(
                e, RC_INVALID,
                N_("第{n}块不是多边形,或坐标不是经纬度(经度-180至180,纬度-90至90,首尾相接)"),
                "n", at);
        if (!json_is_string(v) && !json_is_integer(v))
            return err_set(e, RC_INVALID, N_("第{n}块没有属性“{key}”"), "n", at, "key", key);
        const char *given = json_is_string(v)
                                ? arena_strdup(a, json_string_value(v))
                                : arena_printf(a, "%lld", (long long)json_integer_value(v));
        ptrdiff_t unit = names_find(&names, str_trim(a, given));
        if (unit < 0 || unit >= NAME_AMBIGUOUS) {
            found.unmatched[found.n_unmatched++] = given;
            continue;
        }
        if (!map_add(seen, us->all[unit].code, f))
            return err_set(e, RC_INVALID,
                           N_("第{n}块: “{unit}”已有一块,多块请合成一个MultiPolygon"), "n", at,
                           "unit", us->all[unit].name);
        found.matched++;
    }
    if (!found.matched)
        return err_set(e, RC_INVALID, N_("按属性“{key}”一块也没有对上单位的代码或名称"), "key",
                       key);
    *ret = found;
    return RC_OK;
}

/* RFC 7946 knows degrees of WGS 84 only; files of before may name their system. CGCS2000 is the
 * same to within centimetres. */
static bool degrees(const json_t *o, const char **ret)
{
    static const char *const same[] = { "CRS84", "4326", "4490" };
    const json_t *crs = json_object_get(o, "crs");
    const char *name =
        json_string_value(json_object_get(json_object_get(crs, "properties"), "name"));
    if (!crs || json_is_null(crs))
        return true;
    *ret = name ? name : "?";
    for (size_t i = 0; name && i < COUNT(same); i++)
        if (str_ends(name, same[i]))
            return true;
    return false;
}

enum rc geo_check(struct bytes json, const char *key, const struct units *us, struct arena *a,
                  struct geo_found *ret, struct err *e)
{
    json_error_t why;
    json_t *o = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, &why);
    const json_t *list = json_object_get(o, "features");
    const char *crs = "";
    enum rc rc = RC_OK;
    if (!o)
        rc = err_set(e, RC_INVALID, N_("不是JSON: 第{line}行{reason}"), "line",
                     arena_printf(a, "%d", why.line), "reason", why.text);
    else if (!str_eq(json_string_value(json_object_get(o, "type")), "FeatureCollection") ||
             !json_is_array(list))
        rc = err_set(e, RC_INVALID, N_("应是GeoJSON的FeatureCollection,每块一个Feature"));
    else if (json_array_size(list) > MAP_FEATURES_MAX)
        rc = err_set(e, RC_TOOBIG, N_("至多{n}块"), "n",
                     arena_printf(a, "%d", MAP_FEATURES_MAX));
    else if (!degrees(o, &crs))
        rc = err_set(
            e, RC_INVALID,
            N_("坐标系是“{crs}”，应为经纬度：WGS 84（EPSG:4326）或 CGCS2000（EPSG:4490）"),
            "crs", crs);
    else
        rc = check_features(list, key, us, a, ret, e);
    json_decref(o);
    return rc;
}

/* ---- the page ---- */

struct shown {
    struct rq *rq;
    const struct snap *s;
    struct map_page p;
};

static bool is_town(const struct unit *u)
{
    return str_eq(u->kind, "town") || str_eq(u->kind, "street");
}

static enum rc tiles(struct shown *x, struct err *e)
{
    struct rq *rq = x->rq;
    const struct units *us = rq_asker(rq)->units;
    struct map_tiles_row *rows;
    size_t n;
    enum rc rc = map_tiles_all(x->s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    x->p.tiles = arena_array(rq->a, us->n, sizeof(*x->p.tiles));
    x->p.unplaced = arena_array(rq->a, us->n, sizeof(*x->p.unplaced));
    x->p.wide = DEFAULT_WIDE;
    for (size_t i = 0; i < us->n; i++) {
        const struct unit *u = &us->all[i];
        if (!u->assessed || !is_town(u))
            continue;
        struct map_tiles t = { .code = u->code,
                               .name = u->name,
                               .field_x = arena_printf(rq->a, "x:%s", u->code),
                               .field_y = arena_printf(rq->a, "y:%s", u->code) };
        for (size_t k = 0; k < n; k++)
            if (rows[k].unit_id.v == u->id.v) {
                t.x = rows[k].x + 1; /* kept from 0, shown from 1 */
                t.y = rows[k].y + 1;
            }
        if (t.x > x->p.wide)
            x->p.wide = t.x;
        if (!t.x)
            x->p.unplaced[x->p.n_unplaced++] = (struct map_unplaced){ u->code, u->name };
        x->p.tiles[x->p.n_tiles++] = t;
    }
    return RC_OK;
}

/* The newest map, when it is in use: a digest of no bytes says that tiles are drawn again. */
static enum rc newest(struct rq *rq, const struct snap *s, struct map_newest_row *ret,
                      struct err *e)
{
    enum rc rc = map_newest_one(s, rq->a, ret, e);
    if (rc == RC_OK && ret->file_digest.n != HASH_SIZE)
        return err_set(e, RC_NOTFOUND, N_("没有导入地图,现在用方格图"));
    return rc;
}

static enum rc geo(struct shown *x, struct err *e)
{
    struct map_newest_row map;
    struct bytes file;
    struct geo_found found;
    struct map_page *p = &x->p;
    p->kind = "tiles";
    enum rc rc = newest(x->rq, x->s, &map, e);
    if (rc == RC_OK)
        rc = file_get(rq_county(x->rq), x->rq->a, map.file_digest.p, MAP_FILE_MAX, &file, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = geo_check(file, map.code_key, rq_asker(x->rq)->units, x->rq->a, &found, e);
    if (rc == RC_INVALID) { /* units have gone since it was imported */
        err_done(e);
        found = (struct geo_found){ 0 };
        rc = RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    p->kind = "geo";
    p->file = map.file_name;
    p->review_no = map.review_no;
    if (!p->code_key)
        p->code_key = map.code_key;
    p->features = (int64_t)found.n;
    p->matched = (int64_t)found.matched;
    p->unmatched = found.unmatched;
    p->n_unmatched = found.n_unmatched < UNMATCHED_SHOWN ? found.n_unmatched : UNMATCHED_SHOWN;
    p->at = map.created_at;
    return RC_OK;
}

static enum rc render(struct rq *rq, const char *error, const char *field, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct shown x = { .rq = rq,
                       .p = { .error = error,
                              .error_field = field,
                              .max_bytes = MAP_FILE_MAX,
                              .code_key =
                                  rq->method == POST ? rq_field(rq, "code_key") : NULL } };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = tiles(&x, e);
    if (rc == RC_OK)
        rc = geo(&x, e);
    if (rc != RC_OK)
        return rc;
    if (error)
        rq->status = 400;
    return map_render(rq, &x.p, e);
}

static enum rc map_show(struct rq *rq, struct err *e)
{
    return render(rq, NULL, NULL, e);
}

/* A refused form shows the page again with the reason; a program gets the error itself. */
static enum rc refuse(struct rq *rq, enum rc rc, const char *field, struct err *e)
{
    if (rq->json || (rc != RC_INVALID && rc != RC_TOOBIG))
        return rc;
    const char *text = err_message(e, rq->lang, rq->a);
    err_done(e);
    return render(rq, text, field, e);
}

/* ---- changes ---- */

struct place {
    const struct unit *unit;
    int64_t x, y;
};
struct change {
    struct rq *rq;
    struct place *places;
    size_t n;
    uint8_t digest[HASH_SIZE];
    size_t n_digest; /* 0: tiles again */
    int64_t size;
    const char *file, *code_key, *review_no;
};

static enum rc write_tiles(struct tx *tx, void *arg, struct err *e)
{
    struct change *c = arg;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < c->n && rc == RC_OK; i++) {
        const struct place *p = &c->places[i];
        struct canon k;
        struct id record;
        CLEANUP(arena_freep) struct arena *a = arena_new();
        canon_init(&k, a);
        canon_text(&k, "unit", p->unit->code);
        canon_int(&k, "x", p->x);
        canon_int(&k, "y", p->y);
        struct record_part part = part_open(&k);
        rc = record_append(tx, rq_county(c->rq),
                           &(struct record_new){ .kind = "map.tile",
                                                 .unit = p->unit->code,
                                                 .subject = p->unit->code,
                                                 .by = c->rq->account.code,
                                                 .parts = &part,
                                                 .n_parts = 1 },
                           &record, e);
        if (rc == RC_OK)
            rc = map_tile_put(tx, p->unit->id, p->x, p->y, record, NULL, e);
    }
    return rc;
}

/* Fields x:CODE and y:CODE; both or neither, within the grid, no two units in one place. */
static enum rc read_places(struct rq *rq, struct change *c, const char **ret_field,
                           struct err *e)
{
    const struct units *us = rq_asker(rq)->units;
    struct map *taken = map_new(rq->a);
    c->places = arena_array(rq->a, us->n, sizeof(*c->places));
    for (size_t i = 0; i < us->n; i++) {
        const struct unit *u = &us->all[i];
        const char *fx = arena_printf(rq->a, "x:%s", u->code),
                   *fy = arena_printf(rq->a, "y:%s", u->code);
        int64_t x = 0, y = 0;
        *ret_field = fx;
        enum rc rc = rq_int_opt(rq, fx, N_("横向位置"), 1, MAP_SIDE_MAX, &x, e);
        if (rc == RC_OK) {
            *ret_field = fy;
            rc = rq_int_opt(rq, fy, N_("纵向位置"), 1, MAP_SIDE_MAX, &y, e);
        }
        if (rc != RC_OK)
            return rc;
        if (!x && !y)
            continue;
        if (!x || !y)
            return err_set(e, RC_INVALID, N_("“{unit}”的横、纵要么都填,要么都空"), "unit",
                           u->name);
        const char *spot = arena_printf(rq->a, "%lld/%lld", (long long)x, (long long)y);
        const struct unit *other = map_get(taken, spot);
        if (other)
            return err_set(e, RC_INVALID, N_("“{unit}”和“{other}”在同一格({place})"), "unit",
                           u->name, "other", other->name, "place", spot);
        map_add(taken, spot, (void *)u);
        c->places[c->n++] = (struct place){ u, x - 1, y - 1 };
    }
    return RC_OK;
}

static enum rc map_tiles_post(struct rq *rq, struct err *e)
{
    struct change c = { .rq = rq };
    const char *field = NULL;
    enum rc rc = read_places(rq, &c, &field, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_tiles, &c, e);
    return rc == RC_OK ? web_done(rq, "/map", e) : refuse(rq, rc, field, e);
}

static enum rc write_map(struct tx *tx, void *arg, struct err *e)
{
    struct change *c = arg;
    struct county *county = rq_county(c->rq);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map_insert_row made;
    struct canon k;
    struct id record;
    canon_init(&k, a);
    canon_text(&k, "code_key", c->code_key);
    canon_hex(&k, "file", c->digest, c->n_digest);
    canon_text(&k, "name", c->file);
    canon_text(&k, "review_no", c->review_no);
    struct record_part part = part_open(&k);
    enum rc rc = RC_OK;
    if (c->n_digest)
        rc = file_register(tx, county, c->digest, c->size, "application/geo+json", c->file,
                           c->rq->account.code, e);
    if (rc == RC_OK)
        rc = record_append(tx, county,
                           &(struct record_new){ .kind = "map.set",
                                                 .unit = "",
                                                 .subject = "map",
                                                 .by = c->rq->account.code,
                                                 .parts = &part,
                                                 .n_parts = 1 },
                           &record, e);
    if (rc == RC_OK)
        rc = map_insert_one(tx, (struct bytes){ c->digest, c->n_digest }, c->file, c->code_key,
                            c->review_no, county_now(county), record, a, &made, e);
    return rc;
}

static enum rc map_geo_post(struct rq *rq, struct err *e)
{
    const struct upload *u = rq_upload(rq, "file");
    const char *field = "review_no";
    struct change c = { .rq = rq, .n_digest = HASH_SIZE };
    struct bytes file;
    struct geo_found found;
    enum rc rc = rq_text_opt(rq, "review_no", N_("审图号"), REVIEW_NO_MAX, &c.review_no, e);
    if (rc == RC_OK)
        rc = review_no_check(c.review_no, e);
    if (rc == RC_OK) {
        field = "code_key";
        rc = rq_text(rq, "code_key", N_("哪个属性是单位的代码或名称"), REVIEW_NO_MAX,
                     &c.code_key, e);
    }
    if (rc == RC_OK) {
        field = "file";
        rc = u && u->size ? file_read(rq->a, u->path, MAP_FILE_MAX, &file, e)
                          : err_set(e, RC_INVALID, N_("请选择一个GeoJSON文件"));
    }
    if (rc == RC_OK)
        rc = geo_check(file, c.code_key, rq_asker(rq)->units, rq->a, &found, e);
    if (rc == RC_OK)
        rc = file_put(rq_county(rq), file, c.digest, e);
    if (rc == RC_OK) {
        c.size = (int64_t)file.n;
        c.file = u->filename;
        rc = db_transact(rq_county(rq)->db, write_map, &c, e);
    }
    return rc == RC_OK ? web_done(rq, "/map", e) : refuse(rq, rc, field, e);
}

/* Tiles again: a row without a file. The map that was stays in the log and in the files. */
static enum rc map_none_post(struct rq *rq, struct err *e)
{
    struct change c = { .rq = rq, .file = "", .code_key = "", .review_no = "" };
    enum rc rc = db_transact(rq_county(rq)->db, write_map, &c, e);
    return rc == RC_OK ? web_done(rq, "/map", e) : rc;
}

/* The shapes with nothing but each unit's code and name: that is what the page draws by, and
 * what else the county's file says of a place stays with the file. */
static enum rc map_for_page(struct bytes file, const char *key, const struct units *us,
                            struct arena *a, struct str *ret, struct err *e)
{
    struct names names;
    names_init(&names, a, us->n);
    for (size_t i = 0; i < us->n; i++)
        names_add(&names, us->all[i].code, us->all[i].name);
    names_close(&names);
    json_t *o = json_loadb((const char *)file.p, file.n, 0, NULL), *f, *out = json_array();
    size_t i;
    json_array_foreach(json_object_get(o, "features"), i, f)
    {
        const json_t *v = json_object_get(json_object_get(f, "properties"), key);
        const char *given = json_is_string(v) ? json_string_value(v)
                            : json_is_integer(v)
                                ? arena_printf(a, "%lld", (long long)json_integer_value(v))
                                : "";
        ptrdiff_t at = names_find(&names, str_trim(a, given));
        bool known = at >= 0 && at < NAME_AMBIGUOUS;
        json_array_append_new(out,
                              json_pack("{s:s, s:{s:s, s:s}, s:O}", "type", "Feature",
                                        "properties", "code", known ? us->all[at].code : given,
                                        "name", known ? us->all[at].name : given, "geometry",
                                        json_object_get(f, "geometry")));
    }
    json_t *all = json_pack("{s:s, s:o}", "type", "FeatureCollection", "features", out);
    char *text = json_dumps(all, JSON_COMPACT);
    str_add(ret, text ? text : "");
    free(text);
    json_decref(all);
    json_decref(o);
    return ret->n ? RC_OK : err_set(e, RC_INVALID, N_("地图文件读不出来"));
}

static enum rc map_geojson(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct map_newest_row map;
    struct bytes file;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = newest(rq, s, &map, e);
    if (rc == RC_OK)
        rc = file_get(rq_county(rq), rq->a, map.file_digest.p, MAP_FILE_MAX, &file, e);
    struct str out;
    str_init(&out, rq->a);
    if (rc == RC_OK)
        rc = map_for_page(file, map.code_key, rq_asker(rq)->units, rq->a, &out, e);
    return rc == RC_OK ? web_bytes(rq, out.s, out.n, "application/geo+json", NULL, e) : rc;
}

const struct route map_routes[] = {
    { .method = GET,
      .path = "/map",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = map_show,
      .page = &map_kind,
      .help = N_("乡镇街道怎么画在图上") },
    { .method = GET,
      .path = "/map.geojson",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = map_geojson,
      .help = N_("导入的地图") },
    { .method = POST,
      .path = "/map/tiles",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = map_tiles_post,
      .help = N_("方格图的位置: x:代码, y:代码") },
    { .method = POST,
      .path = "/map/geo",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = map_geo_post,
      .body_max = MAP_FORM_MAX,
      .n_files = 1,
      .help = N_("导入地图: file, code_key, review_no") },
    { .method = POST,
      .path = "/map/none",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_UNITS,
      .scope = SCOPE_ALL,
      .fn = map_none_post,
      .help = N_("改用方格图") },
};
const size_t map_routes_n = COUNT(map_routes);
