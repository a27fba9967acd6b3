/* Scenes of simple shapes with cairo; where things stand and their colours follow from the
 * words. */
#include "cmd/demo_picture.h"

#include "base/rng.h"
#include "base/str.h"
#include "cmd/demo_order.h"

#include <assert.h>
#include <cairo.h>
#include <pango/pangocairo.h>

enum { WIDE = 640, HIGH = 480, FOOT = 44, QUARTERS = 3 /* of that are drawn */ };

struct drawing {
    cairo_t *c;
    struct rng r;
    const char *words;
};

static double between(struct drawing *d, double low, double high)
{
    return low + (high - low) * (double)rng_below(&d->r, 1001) / 1000;
}

static void box(struct drawing *d, double x, double y, double w, double h, unsigned rgb)
{
    cairo_set_source_rgb(d->c, (rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0);
    cairo_rectangle(d->c, x, y, w, h);
    cairo_fill(d->c);
}

static unsigned one_of(struct drawing *d, const unsigned *colours, size_t n)
{
    return colours[rng_below(&d->r, n)];
}
#define ONE_OF(d, ...)                                                                         \
    one_of(d, (const unsigned[]){ __VA_ARGS__ },                                               \
           sizeof((const unsigned[]){ __VA_ARGS__ }) / sizeof(unsigned))

static void text(struct drawing *d, const char *s, double x, double y, double wide, double size,
                 unsigned rgb)
{
    PangoLayout *l = pango_cairo_create_layout(d->c);
    PangoFontDescription *f = pango_font_description_from_string("Noto Sans CJK SC");
    pango_font_description_set_absolute_size(f, size * PANGO_SCALE);
    pango_layout_set_font_description(l, f);
    pango_layout_set_width(l, (int)(wide * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_CHAR);
    pango_layout_set_spacing(l, (int)(size / 2 * PANGO_SCALE));
    pango_layout_set_text(l, s, -1);
    cairo_set_source_rgb(d->c, (rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0);
    cairo_move_to(d->c, x, y);
    pango_cairo_show_layout(d->c, l);
    pango_font_description_free(f);
    g_object_unref(l);
}

/* Rows of grey where a paper has text. */
static void lines(struct drawing *d, double x, double y, double wide, double high)
{
    for (double at = y; at < y + high - 6; at += 16)
        box(d, x, at, wide * between(d, 0.45, 1), 5, 0x9AA3A8);
}

/* ---- scenes ---- */

static void board(struct drawing *d)
{
    const double x = between(d, 40, 170), y = between(d, 30, 110),
                 w = WIDE - x - between(d, 40, 150), h = between(d, 210, 270);
    box(d, 0, 0, WIDE, HIGH, ONE_OF(d, 0xD9D2C3, 0xC9D3D6, 0xE3DDD0, 0xB9C2B4));
    box(d, 0, between(d, 350, 400), WIDE, HIGH, ONE_OF(d, 0x8C867B, 0x777F84, 0xA39A88));
    box(d, x + 30, y, 14, HIGH - y - 60, 0x5C6468);
    box(d, x + w - 44, y, 14, HIGH - y - 60, 0x5C6468);
    box(d, x, y, w, h, ONE_OF(d, 0x2F5D50, 0x7B3B30, 0x3E5A7A, 0x6B5A3A));
    box(d, x + 12, y + 48, w - 24, h - 60, 0xF4F1E8);
    text(d, d->words, x + 20, y + 10, w - 30, 22, 0xFFFFFF);
    const int sheets = 2 + (int)rng_below(&d->r, 3);
    for (int i = 0; i < sheets; i++) {
        double at = x + 24 + i * (w - 40) / sheets, wide = (w - 40) / sheets - 14,
               high = between(d, 90, h - 80);
        box(d, at, y + 60, wide, high, ONE_OF(d, 0xFFFFFF, 0xFBE9C8, 0xF7D9D5));
        lines(d, at + 8, y + 72, wide - 16, high - 20);
    }
}

static void street(struct drawing *d)
{
    const double road = between(d, 300, 370);
    box(d, 0, 0, WIDE, road, ONE_OF(d, 0xC4D8E6, 0xE5E1D4, 0x8FA3B5, 0x2E3A4C));
    for (double x = -between(d, 0, 60); x < WIDE;) {
        double w = between(d, 80, 190), top = between(d, 40, 210);
        box(d, x, top, w, road - top, ONE_OF(d, 0xBFA58A, 0x9FB0A5, 0xD8CDB9, 0x8E8378));
        for (double wy = top + 20; wy < road - 100; wy += 48)
            for (double wx = x + 14; wx < x + w - 26; wx += 40)
                box(d, wx, wy, 20, 26, ONE_OF(d, 0x5B6E7C, 0xE8D9A0, 0x75838C));
        box(d, x + 6, road - 80, w - 12, 18, ONE_OF(d, 0xA8483C, 0x3C6E8F, 0x5F7F4A, 0xB98B2F));
        box(d, x + 14, road - 60, w - 28, 60, 0x54504A);
        x += w + between(d, 0, 14);
    }
    box(d, 0, road, WIDE, HIGH - road, 0x7A7A78);
    for (double x = between(d, 0, 50); x < WIDE; x += 90)
        box(d, x, road + 70, 46, 6, 0xE9E7DF);
    const int stalls = (int)rng_below(&d->r, 5);
    for (int i = 0; i < stalls; i++) {
        double x = between(d, 20, WIDE - 90);
        box(d, x, road - 24, 70, 40, ONE_OF(d, 0xC7B37A, 0x8A6A4F, 0x6F8F6A));
        box(d, x - 8, road - 56, 86, 14, ONE_OF(d, 0xC75B45, 0x3F7FA6, 0xD8A13A));
    }
}

static void field(struct drawing *d)
{
    const double sky = between(d, 110, 240);
    box(d, 0, 0, WIDE, sky, ONE_OF(d, 0xBBD3E3, 0xDCE3E4, 0xA9B7C0));
    for (int i = 0; i < 4; i++) {
        double x = between(d, -80, WIDE), w = between(d, 200, 420), h = between(d, 40, 120);
        cairo_set_source_rgb(d->c, 0.42 + i * 0.03, 0.55 + i * 0.02, 0.5);
        cairo_move_to(d->c, x, sky);
        cairo_line_to(d->c, x + w / 2, sky - h);
        cairo_line_to(d->c, x + w, sky);
        cairo_fill(d->c);
    }
    box(d, 0, sky, WIDE, HIGH - sky, ONE_OF(d, 0x7E8F4E, 0xA58F55, 0x6D7F5B, 0x93754D));
    const double vanish = between(d, 100, 540);
    const unsigned row = ONE_OF(d, 0x5E7A36, 0xC2AE62, 0x4F6B44);
    cairo_set_source_rgb(d->c, (row >> 16) / 255.0, (row >> 8 & 255) / 255.0,
                         (row & 255) / 255.0);
    cairo_set_line_width(d->c, between(d, 4, 12));
    const double step = between(d, 50, 110);
    for (double x = -600; x < WIDE + 600; x += step) {
        cairo_move_to(d->c, vanish, sky);
        cairo_line_to(d->c, x, HIGH);
        cairo_stroke(d->c);
    }
    if (rng_below(&d->r, 2)) { /* a ditch */
        double x = between(d, 60, 420), w = between(d, 60, 140);
        box(d, x, sky, w, HIGH - sky, 0x8D9AA0);
        box(d, x + w / 4, sky, w / 2, HIGH - sky, 0x5D87A0);
    }
}

static void hall(struct drawing *d)
{
    const double desk = between(d, 250, 320);
    const int windows = 3 + (int)rng_below(&d->r, 4);
    box(d, 0, 0, WIDE, HIGH, ONE_OF(d, 0xEDEBE4, 0xDDE4E6, 0xD2CCBF));
    box(d, 0, between(d, 10, 40), WIDE, 60, ONE_OF(d, 0x2F5D50, 0x8C3A32, 0x35567A));
    for (int i = 0; i < windows; i++) {
        double w = (double)WIDE / windows, x = i * w;
        box(d, x + 8, 110, w - 16, desk - 110, ONE_OF(d, 0xBFD3DA, 0x9DB4BD, 0xE6EEF0));
        box(d, x + 12, 84, w - 24, 20, 0x23302C);
        text(d, (const char *[]){ "1", "2", "3", "4", "5", "6" }[i], x + w / 2 - 6, 82, 40, 18,
             0xF2C14E);
        if (rng_below(&d->r, 4)) { /* somebody sits there */
            box(d, x + w / 2 - 22, desk - 70, 44, 70, ONE_OF(d, 0x39495A, 0x6C5B4B, 0x4C6B5F));
            cairo_arc(d->c, x + w / 2, desk - 86, 18, 0, 7);
            cairo_set_source_rgb(d->c, 0.86, 0.71, 0.6);
            cairo_fill(d->c);
        }
    }
    box(d, 0, desk, WIDE, 56, ONE_OF(d, 0x8A6F52, 0x6E767B, 0xB7A58A));
    const int queue = (int)rng_below(&d->r, 7);
    for (int i = 0; i < queue; i++) {
        double x = between(d, 20, WIDE - 60);
        box(d, x, desk + 30, 40, 130, ONE_OF(d, 0x5B4A57, 0x3F5663, 0x7A5A45, 0x46604A));
    }
}

static void works(struct drawing *d)
{
    const double ground = between(d, 220, 320);
    box(d, 0, 0, WIDE, ground, ONE_OF(d, 0xC9D6DC, 0xE0D8C8, 0x9BA7AE));
    const int floors = 2 + (int)rng_below(&d->r, 4);
    const double x = between(d, 20, 300), w = between(d, 180, 320), h = between(d, 40, 52);
    for (int i = 0; i < floors; i++)
        box(d, x, ground - (i + 1) * h, w, h - 6, ONE_OF(d, 0xA9A39A, 0xB9AFA0, 0x8F9296));
    for (double at = x; at <= x + w; at += 36)
        box(d, at, ground - floors * h - 14, 5, floors * h + 14, 0x3F7F5F);
    if (rng_below(&d->r, 2)) { /* a crane */
        double mast = between(d, 40, 600);
        box(d, mast, 20, 10, ground - 20, 0xD8A52A);
        box(d, mast - 150, 30, 300, 8, 0xD8A52A);
    }
    box(d, 0, ground, WIDE, HIGH - ground, ONE_OF(d, 0x9C8462, 0x85807A, 0xB59E78));
    for (int i = 0; i < 5; i++) { /* heaps, pipes, barriers */
        double at = between(d, 0, WIDE - 60), low = between(d, ground + 30, HIGH - 90);
        box(d, at, low, between(d, 40, 130), between(d, 14, 44),
            ONE_OF(d, 0xC4553A, 0x5F6C74, 0xE2D4B5, 0x6F5B43));
    }
}

static void paper(struct drawing *d)
{
    box(d, 0, 0, WIDE, HIGH, ONE_OF(d, 0x6C6258, 0x8B8F8C, 0x4E565C));
    cairo_save(d->c);
    cairo_translate(d->c, WIDE / 2.0, HIGH / 2.0);
    cairo_rotate(d->c, between(d, -0.05, 0.05));
    cairo_translate(d->c, -WIDE / 2.0, -HIGH / 2.0);
    const double x = between(d, 50, 130), w = WIDE - 2 * x + 40;
    box(d, x, 16, w, HIGH - 30, 0xFBFAF4);
    text(d, d->words, x + 24, 36, w - 48, 24, 0x1F3A6E);
    lines(d, x + 24, between(d, 240, 300), w - 48, 100);
    cairo_restore(d->c);
}

static const struct {
    const char *name;
    void (*fn)(struct drawing *d);
} scenes[] = { { "board", board }, { "street", street }, { "field", field },
               { "hall", hall },   { "works", works },   { "paper", paper } };

static cairo_status_t put(void *to, const unsigned char *p, unsigned n)
{
    str_addn(to, (const char *)p, n);
    return CAIRO_STATUS_SUCCESS;
}

struct bytes demo_picture(const char *scene, const char *words, struct arena *a)
{
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDE * QUARTERS / 4,
                                                    HIGH * QUARTERS / 4);
    struct drawing d = { .c = cairo_create(s), .words = words };
    struct str out;
    size_t i = 0;
    while (i < COUNT(scenes) && !str_eq(scenes[i].name, scene))
        i++;
    assert(i < COUNT(scenes)); /* test_demo.c looks at the files */
    str_init(&out, a);
    rng_init(&d.r, 1, demo_number(words));
    cairo_scale(d.c, QUARTERS / 4.0, QUARTERS / 4.0);
    scenes[i].fn(&d);
    box(&d, 0, HIGH - FOOT, WIDE, FOOT, 0x20302C);
    text(&d, words, 14, HIGH - FOOT + 8, WIDE - 160, 20, 0xFFFFFF);
    text(&d, "演示·虚构", WIDE - 120, HIGH - FOOT + 8, 120, 20, 0xF2C14E);
    cairo_status_t done = cairo_surface_write_to_png_stream(s, put, &out);
    assert(done == CAIRO_STATUS_SUCCESS);
    (void)done; /* without asserts */
    cairo_destroy(d.c);
    cairo_surface_destroy(s);
    return (struct bytes){ (const uint8_t *)out.s, out.n };
}
