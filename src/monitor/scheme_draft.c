/* Reading a county's own sheet with what the county knows. */
#include "monitor/scheme_draft.h"

#include "base/str.h"
#include "monitor/point.h"
#include "monitor/scheme.h"

#include <string.h>

const char scheme_default_config[] =
    "{\"normalise\":{\"method\":\"goalposts\",\"l\":0,\"u\":100,\"a\":100},"
    "\"aggregate\":{\"method\":\"amean\"},"
    "\"uncertainty\":{\"replications\":1000,\"seed\":1,\"weight_noise\":0.25}}";

bool scheme_book_is_meta(const struct book *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->sheet[i]->rows && table_col(b->sheet[i], 0, "iCode") >= 0)
            return true;
    return false;
}

void sheet_context_of(const struct units *us, struct arena *a, struct sheet_context *ret)
{
    struct values_unit *unit = arena_array(a, us->n, sizeof(*unit));
    const char **group = arena_array(a, us->n, sizeof(*group));
    struct map *seen = map_new(a);
    *ret = (struct sheet_context){ .unit = unit, .group = group };
    for (size_t i = 0; i < us->n; i++) {
        unit[ret->n_unit++] = (struct values_unit){ us->all[i].code, us->all[i].name };
        if (us->all[i].assessed && map_add(seen, us->all[i].peer_group, ret))
            group[ret->n_group++] = us->all[i].peer_group;
    }
}

/* The nodes and points that rows of a sheet may be. */
static enum rc known_of(const struct snap *s, struct period now, struct arena *a,
                        struct sheet_context *c, struct err *e)
{
    const struct scheme *sc;
    const struct point *points;
    size_t n;
    enum rc rc = scheme_if_any(s, now, a, &sc, e);
    if (rc == RC_OK)
        rc = points_load(s, sc, a, &points, &n, e);
    if (rc != RC_OK)
        return rc;
    c->known = sc ? sc->nodes : NULL;
    c->n_known = sc ? sc->n : 0;
    const char **used = arena_array(a, n, sizeof(*used));
    for (size_t i = 0; i < n; i++)
        used[i] = points[i].indicator;
    c->used = used;
    c->n_used = n;
    return RC_OK;
}

enum rc scheme_sheet_take(struct arena *a, const struct book *b, const char *file,
                          const char *map, const struct snap *s, struct period now,
                          const struct units *us, const char *county, enum lang lang,
                          struct sheet_map *ret_map, struct sheet_scheme *ret, struct err *e)
{
    struct sheet_context context;
    enum rc rc = sheet_map_read(a, b, file, map, ret_map, e);
    if (rc != RC_OK)
        return rc;
    sheet_context_of(us, a, &context);
    rc = known_of(s, now, a, &context, e);
    if (rc != RC_OK)
        return rc;
    const char *code = "INDEX",
               *name = arena_printf(a, "%s%s", county, lang_text(lang, N_("综合指数")));
    for (size_t i = 0; i < context.n_known; i++)
        if (str_eq(context.known[i].type, "Aggregate") && !*context.known[i].parent) {
            code = context.known[i].code;
            name = context.known[i].name;
        }
    return scheme_sheet_read(a, ret_map, &context, code, name, ret, e);
}

const char *scheme_draft_name(struct arena *a, const char *file, enum lang lang)
{
    const char *dot = strrchr(file, '.');
    const char *name =
        str_trim(a, arena_strndup(a, file, dot ? (size_t)(dot - file) : strlen(file)));
    return *name && utf8_count(name) <= SCHEME_NAME_MAX ? name
                                                        : lang_text(lang, N_("监测指标方案"));
}

enum rc scheme_draft_write(struct tx *tx, struct county *c, const struct scheme *s,
                           const struct file_sent *file, struct period adopt_from,
                           struct id account, const char *by, int *ret_version, struct err *e)
{
    int version;
    struct scheme draft = *s;
    if (str_eq(s->config, "{}"))
        draft.config = scheme_default_config;
    enum rc rc = file_sent_register(tx, c, file, by, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, c, &draft, account, by, &version, e);
    if (rc == RC_OK && adopt_from.v)
        rc = scheme_adopt(tx, c, version, adopt_from, account, by, e);
    if (rc == RC_OK)
        *ret_version = version;
    return rc;
}
