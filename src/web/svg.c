/*
 * Charts as inline SVG, see svg.h.
 *
 * The one idea: SVG takes per cent for x, width, cx and x1 of basic shapes. A drawing made of
 * rectangles, lines, circles and words therefore stretches with its place without scaling its
 * words; polylines and paths, which take none, are not used.
 */
#include "web/svg.h"

#include "base/fmt.h"

#include <math.h>
#include <stdlib.h>

enum {
    CELL_HEIGHT = 20,
    STEP_HEIGHT = 36,
    SPARK_HEIGHT = 28,
    STRIP_HEIGHT = 92,
    TREND_HEIGHT = 128
};

/* A number with at most one decimal, without printf's locale. */
static void add_fixed(struct str *b, double v)
{
    long tenths = lround(v * 10);
    long whole = labs(tenths) / 10, rest = labs(tenths) % 10;

    if (tenths < 0)
        str_addc(b, '-');
    str_int(b, whole);
    if (rest) {
        str_addc(b, '.');
        str_int(b, rest);
    }
}

static void add_px(struct str *b, const char *name, double v)
{
    str_addc(b, ' ');
    str_add(b, name);
    str_add(b, "=\"");
    add_fixed(b, v);
    str_addc(b, '"');
}

static void add_pct(struct str *b, const char *name, double pct)
{
    str_addc(b, ' ');
    str_add(b, name);
    str_add(b, "=\"");
    add_fixed(b, pct);
    str_add(b, "%\"");
}

/* Where v lies on the width, 0..100, kept inside. */
static double at(const struct svg_scale *s, double v)
{
    double p = (v - s->min) / (s->max - s->min) * 100;

    return p < 0 ? 0 : p > 100 ? 100 : p;
}

static void open_shape(struct str *b, const char *tag, const char *class)
{
    str_add(b, tag);
    str_add(b, class);
    str_addc(b, '"');
}

static void add_vertical(struct str *b, const char *class, double pct, double y1, double y2)
{
    open_shape(b, "<line class=\"", class);
    add_pct(b, "x1", pct);
    add_px(b, "y1", y1);
    add_pct(b, "x2", pct);
    add_px(b, "y2", y2);
    str_add(b, "/>");
}

static void add_line(struct str *b, const char *class, double x1, double y1, double x2,
                     double y2)
{
    open_shape(b, "<line class=\"", class);
    add_pct(b, "x1", x1);
    add_px(b, "y1", y1);
    add_pct(b, "x2", x2);
    add_px(b, "y2", y2);
    str_add(b, "/>");
}

static void add_rect(struct str *b, const char *class, double x1, double x2, double y,
                     double height)
{
    open_shape(b, "<rect class=\"", class);
    add_pct(b, "x", x1);
    add_px(b, "y", y);
    add_pct(b, "width", x2 - x1);
    add_px(b, "height", height);
    str_add(b, "/>");
}

static void add_circle(struct str *b, const char *class, double pct, double y, double r)
{
    open_shape(b, "<circle class=\"", class);
    add_pct(b, "cx", pct);
    add_px(b, "cy", y);
    add_px(b, "r", r);
    str_add(b, "/>");
}

static void add_text(struct str *b, const char *class, double pct, double dx, double y,
                     const char *text)
{
    open_shape(b, "<text class=\"", class);
    add_pct(b, "x", pct);
    if (dx != 0)
        add_px(b, "dx", dx);
    add_px(b, "y", y);
    str_addc(b, '>');
    html_text(b, text);
    str_add(b, "</text>");
}

static void open_cell(struct str *b, int height)
{
    str_add(b, "<svg class=\"chart\" width=\"100%\" height=\"");
    str_int(b, height);
    str_add(b, "\" aria-hidden=\"true\" focusable=\"false\">");
}

static void open_chart(struct str *b, int height, const char *label)
{
    str_addf(b, "<svg class=\"chart\" width=\"100%%\" height=\"%d\" role=\"img\" aria-label=\"",
             height);
    html_text(b, label ? label : "");
    str_add(b, "\">");
}

/* 1, 2, 2.5 or 5 times a power of ten, not below raw. */
static double round_step(double raw)
{
    static const double nice[] = { 1, 2, 2.5, 5, 10 };
    double power = pow(10, floor(log10(raw)));

    for (size_t i = 0; i < COUNT(nice); i++)
        if (nice[i] * power >= raw * (1 - 1e-9))
            return nice[i] * power;
    return 10 * power;
}

struct svg_scale svg_scale_of(const double *v, size_t n, double min_span)
{
    double min = INFINITY, max = -INFINITY;

    for (size_t i = 0; i < n; i++) {
        if (!isfinite(v[i]))
            continue;
        min = fmin(min, v[i]);
        max = fmax(max, v[i]);
    }
    if (min > max)
        return (struct svg_scale){ 0, 1 };
    if (!(min_span > 0))
        min_span = 1e-6;
    if (max - min < min_span) {
        double middle = min + (max - min) / 2;
        min = middle - min_span / 2;
        max = middle + min_span / 2;
    }

    double step = round_step((max - min) / 6);
    return (struct svg_scale){ floor(min / step + 1e-9) * step,
                               ceil(max / step - 1e-9) * step };
}

size_t svg_ticks(const struct svg_scale *s, size_t want, double ret[SVG_TICKS_MAX])
{
    double step = round_step((s->max - s->min) / (double)(want < 2    ? 2
                                                          : want > 10 ? 10
                                                                      : want));
    double first = ceil(s->min / step - 1e-9);
    size_t n = 0;

    while (n < SVG_TICKS_MAX && (first + (double)n) * step <= s->max + step * 1e-9) {
        double v = (first + (double)n) * step;
        ret[n++] = fabs(v) < step * 1e-9 ? 0 : v;
    }
    return n;
}

int svg_band(double v, const double *cuts, size_t n_cuts)
{
    if (!isfinite(v))
        return 0;
    size_t i = 0;
    while (i < n_cuts && v >= cuts[i])
        i++;
    return (int)i + 1;
}

/* The short way of writing a tick: 0, 2.5, 1,200, −5. */
static const char *tick_text(struct arena *a, double v)
{
    return v < 0 ? arena_printf(a, "\u2212%s", fmt_value(a, -v)) : fmt_value(a, v);
}

void svg_bar_cell(struct str *b, const struct svg_scale *s, double v, double lo, double hi,
                  double ref, bool me)
{
    open_cell(b, CELL_HEIGHT);
    add_vertical(b, "ax", 0, 0, CELL_HEIGHT);
    if (isfinite(v))
        add_rect(b, me ? "bar me" : "bar", 0, at(s, v), 3, CELL_HEIGHT - 6);
    if (isfinite(ref))
        add_vertical(b, "ref", at(s, ref), 0, CELL_HEIGHT);
    if (isfinite(v) && isfinite(lo) && isfinite(hi)) {
        add_line(b, "iv", at(s, lo), CELL_HEIGHT / 2, at(s, hi), CELL_HEIGHT / 2);
        add_vertical(b, "iv", at(s, lo), CELL_HEIGHT / 2 - 4, CELL_HEIGHT / 2 + 4);
        add_vertical(b, "iv", at(s, hi), CELL_HEIGHT / 2 - 4, CELL_HEIGHT / 2 + 4);
    }
    str_add(b, "</svg>");
}

void svg_interval_cell(struct str *b, const struct svg_scale *s, double v, double lo, double hi,
                       double ref)
{
    open_cell(b, CELL_HEIGHT);
    add_line(b, "gl", 0, CELL_HEIGHT / 2, 100, CELL_HEIGHT / 2);
    if (isfinite(ref))
        add_vertical(b, "ref", at(s, ref), 0, CELL_HEIGHT);
    if (isfinite(lo) && isfinite(hi))
        add_line(b, "iv", at(s, lo), CELL_HEIGHT / 2, at(s, hi), CELL_HEIGHT / 2);
    if (isfinite(v))
        add_circle(b, "dot", at(s, v), CELL_HEIGHT / 2, 4);
    str_add(b, "</svg>");
}

void svg_dots_cell(struct str *b, const struct svg_scale *s, const double *v, size_t n,
                   double ref)
{
    open_cell(b, CELL_HEIGHT);
    add_line(b, "ax", 0, CELL_HEIGHT / 2, 100, CELL_HEIGHT / 2);
    for (size_t i = 0; i < n; i++)
        if (isfinite(v[i]))
            add_circle(b, "dot", at(s, v[i]), CELL_HEIGHT / 2, 4.5);
    if (isfinite(ref))
        add_vertical(b, "ref", at(s, ref), 0, CELL_HEIGHT);
    str_add(b, "</svg>");
}

void svg_change_cell(struct str *b, double v, double most)
{
    enum { HEIGHT = 14 };

    open_cell(b, HEIGHT);
    if (isfinite(v) && most > 0) {
        double half = fmin(fabs(v) / most, 1) * 50;
        if (v >= 0)
            add_rect(b, "bar up", 50, 50 + half, 2, HEIGHT - 4);
        else
            add_rect(b, "bar dn", 50 - half, 50, 2, HEIGHT - 4);
    }
    add_vertical(b, "ax", 50, 0, HEIGHT);
    str_add(b, "</svg>");
}

void svg_step_cell(struct str *b, const struct svg_scale *s, double from, double to,
                   enum svg_step kind, bool next)
{
    enum { TOP = 8, BOTTOM = 28 };

    open_cell(b, STEP_HEIGHT);
    add_vertical(b, "ax", at(s, 0), 0, STEP_HEIGHT);
    if (isfinite(from) && isfinite(to)) {
        double x1 = at(s, fmin(from, to)), x2 = at(s, fmax(from, to));
        add_vertical(b, "ref", at(s, kind == SVG_STEP_TOTAL ? to : from), 0, TOP);
        if (x2 - x1 < 0.2)
            add_vertical(b, "iv", at(s, to), TOP, BOTTOM);
        else
            add_rect(b,
                     kind == SVG_STEP_TOTAL && to >= 0 ? "bar me"
                     : to < from                       ? "bar dn"
                                                       : "bar up",
                     x1, x2, TOP, BOTTOM - TOP);
        if (next)
            add_vertical(b, "ref", at(s, to), BOTTOM, STEP_HEIGHT);
    }
    str_add(b, "</svg>");
}

/* The height of v in a band of the drawing, top to bottom. */
static double height_at(const struct svg_scale *s, double v, double top, double bottom)
{
    return bottom - at(s, v) / 100 * (bottom - top);
}

/* The middle of column i of n, with room for words at both ends. */
static double column_at(size_t i, size_t n, double first, double last)
{
    return n < 2 ? (first + last) / 2 : first + (last - first) * (double)i / (double)(n - 1);
}

void svg_spark(struct str *b, const struct svg_scale *s, const double *v, size_t n)
{
    open_cell(b, SPARK_HEIGHT);
    for (size_t i = 0; i + 1 < n; i++)
        if (isfinite(v[i]) && isfinite(v[i + 1]))
            add_line(b, "ln", column_at(i, n, 5, 95), height_at(s, v[i], 5, SPARK_HEIGHT - 5),
                     column_at(i + 1, n, 5, 95), height_at(s, v[i + 1], 5, SPARK_HEIGHT - 5));
    for (size_t i = 0; i < n; i++)
        if (isfinite(v[i]) && (n <= 8 || i + 1 == n))
            add_circle(b, i + 1 == n ? "dot" : "dot o", column_at(i, n, 5, 95),
                       height_at(s, v[i], 5, SPARK_HEIGHT - 5), 3.4);
    str_add(b, "</svg>");
}

/* Whether n equal steps of the scale are round and begin at a multiple of the step. */
static bool round_in(const struct svg_scale *s, size_t n)
{
    double step = (s->max - s->min) / (double)n, first = s->min / step;

    return round_step(step) <= step * (1 + 1e-9) && fabs(first - nearbyint(first)) < 1e-6;
}

void svg_axis(struct str *b, const struct svg_scale *s, size_t steps)
{
    static const size_t others[] = { 5, 4, 6, 3, 7, 8, 2, 1 };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    if (steps == 0 || !round_in(s, steps))
        for (size_t i = 0; i < COUNT(others); i++)
            if (round_in(s, others[i])) {
                steps = others[i];
                break;
            }
    str_add(b, "<span class=\"axis\" aria-hidden=\"true\">");
    for (size_t i = 0; i <= steps && steps > 0; i++) {
        str_add(b, "<span>");
        html_text(b, tick_text(a, s->min + (s->max - s->min) * (double)i / (double)steps));
        str_add(b, "</span>");
    }
    str_add(b, "</span>");
}

/* Words near an edge lean inwards. */
static const char *anchor(double pct)
{
    return pct < 12 ? "" : pct > 88 ? " end" : " midd";
}

void svg_strip(struct str *b, const struct svg_strip *s)
{
    enum { TOP = 22, BOTTOM = 64, AXIS = 68 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    double *all = arena_array(a, s->n + 3, sizeof(*all));
    double same_min = INFINITY, same_max = -INFINITY;

    for (size_t i = 0; i < s->n; i++) {
        all[i] = s->units[i].v;
        if (s->units[i].same && isfinite(s->units[i].v)) {
            same_min = fmin(same_min, s->units[i].v);
            same_max = fmax(same_max, s->units[i].v);
        }
    }
    all[s->n] = s->own;
    all[s->n + 1] = s->lo;
    all[s->n + 2] = s->hi;
    struct svg_scale scale = svg_scale_of(all, s->n + 3, 5);

    open_chart(b, STRIP_HEIGHT, s->label);
    if (same_min <= same_max)
        add_rect(b, "band", fmax(at(&scale, same_min) - 0.6, 0),
                 fmin(at(&scale, same_max) + 0.6, 100), TOP, BOTTOM - TOP);
    for (size_t i = 0; i < s->n; i++)
        if (isfinite(s->units[i].v))
            add_vertical(b, s->units[i].same ? "tick in" : "tick", at(&scale, s->units[i].v),
                         TOP + 10, BOTTOM - 10);
    add_line(b, "ax", 0, AXIS, 100, AXIS);
    double ticks[SVG_TICKS_MAX];
    size_t n_ticks = svg_ticks(&scale, 5, ticks);
    for (size_t i = 0; i < n_ticks; i++) {
        double pct = at(&scale, ticks[i]);
        add_vertical(b, "ax", pct, AXIS, AXIS + 4);
        add_text(b,
                 pct < 2    ? ""
                 : pct > 98 ? "end"
                            : "midd",
                 pct, 0, AXIS + 19, tick_text(a, ticks[i]));
    }
    if (isfinite(s->own)) {
        double pct = at(&scale, s->own);
        if (isfinite(s->lo) && isfinite(s->hi))
            add_line(b, "iv", at(&scale, s->lo), (TOP + BOTTOM) / 2, at(&scale, s->hi),
                     (TOP + BOTTOM) / 2);
        add_circle(b, "dot", pct, (TOP + BOTTOM) / 2, 6);
        add_text(
            b, arena_printf(a, "b%s", anchor(pct)), pct, 0, 14,
            arena_printf(a, "%s %s", s->own_name ? s->own_name : "", fmt_score(a, s->own)));
    }
    str_add(b, "</svg>");
}

void svg_trend(struct str *b, const struct svg_trend *t)
{
    enum { TOP = 20, BOTTOM = 92, AXIS = 104, NAMES = 122 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    double *all = arena_array(a, t->n * 3 + 1, sizeof(*all));

    for (size_t i = 0; i < t->n; i++) {
        all[3 * i] = t->points[i].v;
        all[3 * i + 1] = t->points[i].lo;
        all[3 * i + 2] = t->points[i].hi;
    }
    all[3 * t->n] = t->ref_name ? t->ref : NAN;
    struct svg_scale scale = svg_scale_of(all, t->n * 3 + 1, t->values ? 0 : 4);
    /* Names of periods must not run into one another: at most six short ones or three long
     * ones, the last always; long ones at the ends lean inwards. */
    bool wide = false;
    for (size_t i = 0; i < t->n; i++)
        wide = wide || utf8_count(t->points[i].name ? t->points[i].name : "") > 6;
    size_t most = wide ? 3 : 6, every = (t->n + most - 1) / most;

    open_chart(b, TREND_HEIGHT, t->label);
    add_line(b, "ax", 0, AXIS, 100, AXIS);
    if (t->ref_name && isfinite(t->ref)) {
        double y = height_at(&scale, t->ref, TOP, BOTTOM);
        add_line(b, "ref", 0, y, 100, y);
        add_text(b, "end", 100, 0, y - 4, t->ref_name);
    }
    for (size_t i = 0; i + 1 < t->n; i++) {
        const struct svg_trend_point *p = &t->points[i], *q = p + 1;
        if (isfinite(p->v) && isfinite(q->v))
            add_line(b, "ln", column_at(i, t->n, 8, 90), height_at(&scale, p->v, TOP, BOTTOM),
                     column_at(i + 1, t->n, 8, 90), height_at(&scale, q->v, TOP, BOTTOM));
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct svg_trend_point *p = &t->points[i];
        double x = column_at(i, t->n, 8, 90), y = height_at(&scale, p->v, TOP, BOTTOM);
        bool last = i + 1 == t->n;

        if (isfinite(p->lo) && isfinite(p->hi))
            add_vertical(b, "iv", x, height_at(&scale, p->hi, TOP, BOTTOM),
                         height_at(&scale, p->lo, TOP, BOTTOM));
        if (isfinite(p->v)) {
            add_circle(b, last ? "dot" : "dot o", x, y, 4.5);
            if (t->n <= 8 || last)
                add_text(b, last ? "b" : "v", x, 9, fmax(y - 8, 13),
                         t->values ? tick_text(a, p->v) : fmt_score(a, p->v));
        }
        if ((t->n - 1 - i) % every == 0) {
            bool first = wide && i == 0, end = wide && last;
            add_text(b,
                     first ? ""
                     : end ? "end"
                           : "midd",
                     first ? 0
                     : end ? 100
                           : x,
                     0, NAMES, p->name ? p->name : "");
        }
    }
    str_add(b, "</svg>");
}
