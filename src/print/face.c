/*
 * Fonts. One idea: text is shaped once at a size of 100 points, and everything afterwards is
 * arithmetic in em; so a press holds two fonts, not one for every size, and measuring a line
 * costs nothing.
 *
 * Does not draw and knows no pages.
 */
#include "print/face.h"

#include "base/map.h"
#include "base/str.h"

#include <cairo-ft.h>
#include <hb-subset.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHAPE_SIZE = 100 };
/* A press remembers short texts: labels and names come back in every report. It forgets them
 * all between two documents when they are more than KEEP, and stops learning within one at MAX.
 */
enum { SHAPE_CACHE_KEEP = 4096, SHAPE_CACHE_MAX = 8192, SHAPE_CACHE_TEXT = 200 };

static const char *const FAMILY = "Noto Sans CJK SC";

/* A cut font grows with the documents of a press, up to so many glyphs; then it begins anew. */
enum { CUT_GLYPHS_MAX = 4000 };
struct cut {
    struct glyph_set glyphs;
    cairo_font_face_t *font; /* NULL: none yet */
    uint16_t map[FACE_GLYPHS];
};

struct press {
    struct press *next;
    PangoFontMap *map;
    PangoContext *context;
    PangoLayout *layout[FACES];
    PangoAttrList *attrs;
    hb_face_t *face[FACES]; /* with only the tables an embedded font needs */
    struct cut *cut[FACES];
    struct arena *cache_arena;
    struct map *cache;
};

/*
 * The idle presses: a cache, for font maps are expensive. At most as many presses exist as
 * there are processors, since printing is pure computing; more threads wait.
 */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct press *idle;
    long made;
} pool = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, 0 };

/* The tables of an OpenType font that a PDF's font is made of. Without the others (character
 * map, layout) HarfBuzz has less to copy: 4 ms for 500 glyphs instead of 8. */
static hb_blob_t *needed_table(hb_face_t *face, hb_tag_t tag, void *whole)
{
    static const hb_tag_t needed[] = { HB_TAG('C', 'F', 'F', ' '), HB_TAG('h', 'e', 'a', 'd'),
                                       HB_TAG('h', 'h', 'e', 'a'), HB_TAG('h', 'm', 't', 'x'),
                                       HB_TAG('m', 'a', 'x', 'p'), HB_TAG('n', 'a', 'm', 'e') };
    (void)face;
    for (size_t i = 0; i < COUNT(needed); i++) {
        if (tag == needed[i])
            return hb_face_reference_table(whole, tag);
    }
    return NULL;
}

static void whole_face_done(void *face)
{
    hb_face_destroy(face);
}

static void press_free(struct press *p)
{
    for (int f = 0; f < FACES; f++) {
        hb_face_destroy(p->face[f]);
        g_clear_object(&p->layout[f]);
        if (p->cut[f] && p->cut[f]->font)
            cairo_font_face_destroy(p->cut[f]->font);
        free(p->cut[f]);
    }
    g_clear_pointer(&p->attrs, pango_attr_list_unref);
    g_clear_object(&p->context);
    g_clear_object(&p->map);
    arena_free(p->cache_arena);
    free(p);
}

/* Load one face and see that it is the one asked for: fontconfig answers with something else
 * rather than nothing. */
static enum rc face_load(struct press *p, enum face face, struct err *e)
{
    PangoFontDescription *want = pango_font_description_new();
    pango_font_description_set_family_static(want, FAMILY);
    pango_font_description_set_weight(want, face == FACE_BOLD ? PANGO_WEIGHT_BOLD
                                                              : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(want, SHAPE_SIZE * PANGO_SCALE);
    p->layout[face] = pango_layout_new(p->context);
    pango_layout_set_font_description(p->layout[face], want);
    pango_layout_set_auto_dir(p->layout[face], FALSE);

    PangoFont *font = pango_font_map_load_font(p->map, p->context, want);
    PangoFontDescription *got = font ? pango_font_describe(font) : NULL;
    bool right =
        got && str_eq(pango_font_description_get_family(got), FAMILY) &&
        pango_font_description_get_weight(got) == pango_font_description_get_weight(want);
    if (right) {
        hb_face_t *whole = hb_face_reference(hb_font_get_face(pango_font_get_hb_font(font)));
        p->face[face] = hb_face_create_for_tables(needed_table, whole, whole_face_done);
        hb_face_set_upem(p->face[face], hb_face_get_upem(whole));
        hb_face_set_glyph_count(p->face[face], hb_face_get_glyph_count(whole));
    }
    if (got)
        pango_font_description_free(got);
    if (font)
        g_object_unref(font);
    pango_font_description_free(want);
    if (!right)
        return err_set(e, RC_IO, N_("没有安装字体 {font}:请安装软件包 fonts-noto-cjk"), "font",
                       face == FACE_BOLD ? "Noto Sans CJK SC Bold"
                                         : "Noto Sans CJK SC Regular");
    return RC_OK;
}

static enum rc press_new(struct press **ret, struct err *e)
{
    struct press *p = mem_alloc(sizeof(*p));
    p->cache_arena = arena_new();
    p->cache = map_new(p->cache_arena);
    p->map = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(p->map), 72);
    p->context = pango_font_map_create_context(p->map);
    pango_context_set_base_dir(p->context, PANGO_DIRECTION_LTR);
    pango_context_set_language(p->context, pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(p->context, FALSE);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(p->context, options);
    cairo_font_options_destroy(options);

    p->attrs = pango_attr_list_new();
    /* A character the faces lack is a box, not a third face in the document. */
    pango_attr_list_insert(p->attrs, pango_attr_fallback_new(FALSE));
    for (int f = 0; f < FACES; f++) {
        enum rc rc = face_load(p, f, e);
        if (rc != RC_OK) {
            press_free(p);
            return rc;
        }
    }
    *ret = p;
    return RC_OK;
}

enum rc press_take(struct press **ret, struct err *e)
{
    long limit = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_mutex_lock(&pool.lock);
    while (!pool.idle && pool.made >= (limit < 1 ? 1 : limit))
        pthread_cond_wait(&pool.given, &pool.lock);
    struct press *p = pool.idle;
    if (p)
        pool.idle = p->next;
    else
        pool.made++;
    pthread_mutex_unlock(&pool.lock);
    if (p) {
        *ret = p;
        return RC_OK;
    }
    enum rc rc = press_new(ret, e);
    if (rc != RC_OK) {
        pthread_mutex_lock(&pool.lock);
        pool.made--;
        pthread_cond_signal(&pool.given);
        pthread_mutex_unlock(&pool.lock);
    }
    return rc;
}

void press_give(struct press **p)
{
    if (!*p)
        return;
    if (map_count((*p)->cache) > SHAPE_CACHE_KEEP) {
        arena_reset((*p)->cache_arena);
        (*p)->cache = map_new((*p)->cache_arena);
    }
    pthread_mutex_lock(&pool.lock);
    (*p)->next = pool.idle;
    pool.idle = *p;
    pthread_cond_signal(&pool.given);
    pthread_mutex_unlock(&pool.lock);
    *p = NULL;
}

/* The text with what would upset a line made harmless. Cut at SHAPE_TEXT_MAX. */
static const char *harmless(struct arena *a, const char *s)
{
    struct str b;
    str_init(&b, a);
    const char *end = s + strlen(s);
    while (s < end) {
        size_t n;
        uint32_t c = utf8_next(s, end, &n);
        s += n;
        if (b.n + 4 > SHAPE_TEXT_MAX) {
            str_add(&b, "…");
            break;
        }
        bool control =
            c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
        /* Marks that turn the direction of text could make a page read otherwise than its data.
         */
        bool turns = c == 0x061c || (c >= 0x200e && c <= 0x200f) ||
                     (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        if (control)
            str_addc(&b, ' ');
        else if (!turns)
            utf8_add(&b, c);
    }
    return b.s;
}

static uint8_t char_class(uint32_t c)
{
    switch (c) {
    case ' ':
    case 0x3000:
        return GLYPH_SPACE;
    case 0x3001: /* 、 */
    case 0x3002: /* 。 */
    case 0xff0c: /* , */
    case 0xff1a: /* : */
    case 0xff1b: /* ; */
    case 0x201d: /* ” */
    case 0xff09:
    case 0x3009:
    case 0x300b:
    case 0x300d:
    case 0x300f:
    case 0x3011:
        return GLYPH_CLOSE;
    case 0x201c: /* “ */
    case 0xff08:
    case 0x3008:
    case 0x300a:
    case 0x300c:
    case 0x300e:
    case 0x3010:
        return GLYPH_OPEN;
    default: /* not an enum: every other character */
        break;
    }
    if ((c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
        (c >= 0x20000 && c <= 0x3ffff))
        return GLYPH_CJK;
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
        (c >= 0xc0 && c <= 0x24f) || c == '%' || c == '+' || c == 0x2212)
        return GLYPH_LATIN;
    return 0;
}

/* One run's glyphs, in logical order. */
static size_t run_glyphs(const PangoGlyphItem *run, const char *s, enum face face,
                         struct glyph *out)
{
    const PangoGlyphString *gs = run->glyphs;
    bool backward = run->item->analysis.level % 2;
    size_t n = 0, base = (size_t)run->item->offset, end = base + (size_t)run->item->length;
    for (int k = 0; k < gs->num_glyphs; k++) {
        int i = backward ? gs->num_glyphs - 1 - k : k;
        const PangoGlyphInfo *info = &gs->glyphs[i];
        size_t at = base + (size_t)gs->log_clusters[i];
        bool more = n > 0 && out[n - 1].at == at;
        if (info->glyph == PANGO_GLYPH_EMPTY)
            continue;
        out[n++] = (struct glyph){
            .gid = info->glyph & PANGO_GLYPH_UNKNOWN_FLAG ? 0 : info->glyph,
            .at = (uint32_t)at,
            .len = more ? 0 : 1, /* a mark; the length is known when the next one is */
            .dx = (float)info->geometry.x_offset / (PANGO_SCALE * SHAPE_SIZE),
            .dy = (float)info->geometry.y_offset / (PANGO_SCALE * SHAPE_SIZE),
            .w = info->glyph & PANGO_GLYPH_UNKNOWN_FLAG
                     ? 1.0f
                     : (float)info->geometry.width / (PANGO_SCALE * SHAPE_SIZE),
            .face = (uint8_t)face,
        };
    }
    (void)s;
    for (size_t i = 0; i < n; i++) {
        if (out[i].len == 0)
            continue;
        size_t j = i + 1;
        while (j < n && out[j].at == out[i].at)
            j++;
        out[i].len = (uint32_t)((j < n ? out[j].at : end) - out[i].at);
    }
    return n;
}

/* Quotation marks, dashes and dots that Chinese and English share are as wide as an ideograph
 * in a Chinese face; in English text they are asked for narrow. */
static PangoAttrList *english(const struct press *p, const char *s)
{
    PangoAttrList *list = NULL;
    const char *end = s + strlen(s);
    for (const char *at = s; at < end;) {
        size_t n;
        uint32_t c = utf8_next(at, end, &n);
        if (c == 0x2014 || (c >= 0x2018 && c <= 0x201d) || c == 0x2026 || c == 0xb7) {
            PangoAttribute *narrow = pango_attr_font_features_new("pwid=1");
            narrow->start_index = (guint)(at - s);
            narrow->end_index = (guint)(at - s + (ptrdiff_t)n);
            if (!list)
                list = pango_attr_list_copy(p->attrs);
            pango_attr_list_insert(list, narrow);
        }
        at += n;
    }
    return list;
}

static struct shaped shape(struct press *p, struct arena *a, enum face face, enum lang lang,
                           const char *text)
{
    const char *s = harmless(a, text);
    PangoLayout *layout = p->layout[face];
    PangoAttrList *narrow = lang == LANG_EN ? english(p, s) : NULL;
    pango_layout_set_attributes(layout, narrow ? narrow : p->attrs);
    g_clear_pointer(&narrow, pango_attr_list_unref);
    pango_layout_set_text(layout, s, -1);
    int n_attrs;
    const PangoLogAttr *attrs = pango_layout_get_log_attrs_readonly(layout, &n_attrs);
    PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);

    size_t n = 0;
    for (GSList *r = line ? line->runs : NULL; r; r = r->next)
        n += (size_t)((PangoGlyphItem *)r->data)->glyphs->num_glyphs;
    struct glyph *g = arena_array(a, n + 1, sizeof(*g));
    size_t k = 0;
    for (GSList *r = line ? line->runs : NULL; r; r = r->next)
        k += run_glyphs(r->data, s, face, g + k);

    /* Classes and places to break, walking bytes, characters and glyphs together. */
    const char *end = s + strlen(s);
    size_t at = 0, ch = 0;
    float w = 0;
    for (size_t i = 0; i < k; i++) {
        w += g[i].w;
        if (g[i].len == 0)
            continue;
        while (at < g[i].at && s + at < end) {
            size_t len;
            (void)utf8_next(s + at, end, &len); /* only its length is wanted */
            at += len;
            ch++;
        }
        size_t len;
        g[i].flags = char_class(utf8_next(s + g[i].at, end, &len));
        if (ch < (size_t)n_attrs) {
            g[i].flags |= attrs[ch].is_line_break ? GLYPH_BREAK : 0;
            g[i].flags |= attrs[ch].is_char_break ? GLYPH_CHAR : 0;
        }
        if (lang == LANG_EN && g[i].w < 0.75f) /* narrow by choice: nothing to trim */
            g[i].flags &= (uint8_t) ~(GLYPH_OPEN | GLYPH_CLOSE);
    }
    return (struct shaped){ .s = s, .g = g, .n = k, .w = w };
}

struct shaped press_shape(struct press *p, struct arena *a, enum face face, enum lang lang,
                          const char *s)
{
    size_t n = strlen(s);
    if (n > SHAPE_CACHE_TEXT)
        return shape(p, a, face, lang, s);
    char key[SHAPE_CACHE_TEXT + 2] = { (char)('0' + face * 2 + (lang == LANG_EN)) };
    memcpy(key + 1, s, n + 1);
    struct shaped *known = map_get(p->cache, key);
    if (known)
        return *known;
    if (map_count(p->cache) >= SHAPE_CACHE_MAX)
        return shape(p, a, face, lang, s);
    struct shaped made = shape(p, p->cache_arena, face, lang, s);
    map_set(p->cache, key, arena_copy(p->cache_arena, &made, sizeof(made)));
    return made;
}

void glyph_set_add(struct glyph_set *g, uint32_t gid)
{
    if (gid < FACE_GLYPHS)
        g->bit[gid / 64] |= UINT64_C(1) << (gid % 64);
}

uint64_t glyph_set_hash(const struct glyph_set *g)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < COUNT(g->bit); i++) {
        for (int byte = 0; byte < 8; byte++)
            h = (h ^ (g->bit[i] >> (8 * byte) & 255)) * UINT64_C(1099511628211);
    }
    return h;
}

static bool glyph_set_has(const struct glyph_set *g, uint32_t gid)
{
    return g->bit[gid / 64] >> (gid % 64) & 1;
}

/* What a cairo font face stands on; goes when cairo's caches let go of the face, on whichever
 * thread. Therefore each has a FreeType library of its own: one library must not be used by two
 * threads. */
struct footing {
    FT_Library library;
    FT_Face face;
    hb_blob_t *blob;
};

static void footing_done(void *p)
{
    struct footing *f = p;
    if (f->face)
        FT_Done_Face(f->face);
    if (f->library)
        FT_Done_FreeType(f->library);
    hb_blob_destroy(f->blob);
    free(f);
}

static hb_face_t *subset(hb_face_t *whole, struct cut *cut)
{
    hb_subset_input_t *in = hb_subset_input_create_or_fail();
    if (!in)
        return NULL;
    hb_subset_input_set_flags(in, HB_SUBSET_FLAGS_DESUBROUTINIZE | HB_SUBSET_FLAGS_NO_HINTING |
                                      HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    hb_set_t *glyphs = hb_subset_input_glyph_set(in);
    for (uint32_t gid = 0; gid < FACE_GLYPHS; gid++) {
        if (glyph_set_has(&cut->glyphs, gid))
            hb_set_add(glyphs, gid);
    }
    hb_subset_plan_t *plan = hb_subset_plan_create_or_fail(whole, in);
    hb_subset_input_destroy(in);
    if (!plan)
        return NULL;
    const hb_map_t *new_of_old = hb_subset_plan_old_to_new_glyph_mapping(plan);
    for (uint32_t gid = 0; gid < FACE_GLYPHS; gid++) {
        if (glyph_set_has(&cut->glyphs, gid))
            cut->map[gid] = (uint16_t)hb_map_get(new_of_old, gid);
    }
    hb_face_t *face = hb_subset_plan_execute_or_fail(plan);
    hb_subset_plan_destroy(plan);
    return face;
}

/* The font of cut->glyphs, or NULL. */
static cairo_font_face_t *cut_font(hb_face_t *whole, struct cut *cut)
{
    static const cairo_user_data_key_t footing_key;
    hb_face_t *face = subset(whole, cut);
    if (!face)
        return NULL;
    struct footing *f = mem_alloc(sizeof(*f));
    f->blob = hb_face_reference_blob(face);
    hb_face_destroy(face);
    unsigned n;
    const char *bytes = hb_blob_get_data(f->blob, &n);
    if (FT_Init_FreeType(&f->library) != 0 ||
        FT_New_Memory_Face(f->library, (const FT_Byte *)bytes, (FT_Long)n, 0, &f->face) != 0) {
        footing_done(f);
        return NULL;
    }
    cairo_font_face_t *font =
        cairo_ft_font_face_create_for_ft_face(f->face, FT_LOAD_NO_HINTING);
    if (cairo_font_face_set_user_data(font, &footing_key, f, footing_done) !=
        CAIRO_STATUS_SUCCESS) {
        cairo_font_face_destroy(font);
        footing_done(f);
        return NULL;
    }
    return font;
}

/* Add what is new; false when there is nothing. A set that would grow too large begins anew. */
static bool glyph_set_grow(struct glyph_set *have, const struct glyph_set *more)
{
    int n = 0;
    bool new = false;
    for (size_t i = 0; i < COUNT(have->bit); i++) {
        new |= (more->bit[i] & ~have->bit[i]) != 0;
        n += __builtin_popcountll(have->bit[i] | more->bit[i]);
    }
    for (size_t i = 0; new &&i < COUNT(have->bit); i++)
        have->bit[i] = n > CUT_GLYPHS_MAX ? more->bit[i] : have->bit[i] | more->bit[i];
    return new;
}

enum rc press_subset(struct press *p, enum face face, const struct glyph_set *used,
                     cairo_font_face_t **ret, const uint16_t **ret_map, struct err *e)
{
    if (!p->cut[face])
        p->cut[face] = mem_alloc(sizeof(*p->cut[face]));
    struct cut *cut = p->cut[face];
    bool grown = glyph_set_grow(&cut->glyphs, used);
    if (grown || !cut->font) {
        if (cut->font)
            cairo_font_face_destroy(cut->font);
        cut->font = cut_font(p->face[face], cut);
    }
    if (!cut->font) {
        cut->glyphs = (struct glyph_set){ 0 };
        return err_set(e, RC_IO, N_("字体 {font} 读不出来"), "font", FAMILY);
    }
    *ret = cut->font;
    *ret_map = cut->map;
    return RC_OK;
}
