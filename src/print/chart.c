/*
 * Charts on paper: arithmetic from values to rectangles and lines. One idea: a scale is a
 * struct axis, and everything is placed through it.
 */
#include "print/chart.h"

#include "base/arena.h"
#include "base/fmt.h"

#include <math.h>

struct axis {
    double from, to; /* values */
    double x, w;     /* points */
};

static double place(const struct axis *a, double v)
{
    double t = (v - a->from) / (a->to - a->from);
    return a->x + fmin(fmax(t, 0), 1) * a->w;
}

double chart_step(double lo, double hi, int most, double *ret_from, double *ret_to)
{
    if (!isfinite(lo) || !isfinite(hi) || !(lo < hi)) {
        lo = 0;
        hi = 1;
    }
    double raw = (hi - lo) / (most > 0 ? most : 1);
    double unit = pow(10, floor(log10(raw)));
    double step = raw / unit <= 1   ? unit
                  : raw / unit <= 2 ? 2 * unit
                  : raw / unit <= 5 ? 5 * unit
                                    : 10 * unit;
    /* A hair of tolerance: 0.3/0.1 is a little less than 3. */
    *ret_from = floor(lo / step + 1e-9) * step;
    *ret_to = ceil(hi / step - 1e-9) * step;
    return step;
}

/* A tick's text: no more decimals than the step needs. */
static const char *tick_text(struct paper *p, double v, double step)
{
    if (fabs(v) < step / 1000)
        return "0";
    int decimals = step >= 1 ? 0 : (int)fmin(ceil(-log10(step) - 1e-9), 6);
    return fmt_real(paper_arena(p), v, decimals);
}

static size_t tick_count(double from, double to, double step)
{
    double n = floor((to - from) / step + 0.5) + 1;
    return n < 2 ? 2 : n > 50 ? 50 : (size_t)n;
}

/* ---- strip */

double chart_strip(struct paper *p, double x, double y, double w, const struct chart_strip *c)
{
    double lo = isfinite(c->own) ? c->own : INFINITY,
           hi = isfinite(c->own) ? c->own : -INFINITY;
    double band_lo = INFINITY, band_hi = -INFINITY;
    for (size_t i = 0; i < c->n; i++) {
        double v = c->ticks[i].v;
        if (!isfinite(v))
            continue;
        lo = fmin(lo, v);
        hi = fmax(hi, v);
        if (c->ticks[i].in) {
            band_lo = fmin(band_lo, v);
            band_hi = fmax(band_hi, v);
        }
    }
    if (isfinite(c->lo) && isfinite(c->hi) && isfinite(c->own)) {
        lo = fmin(lo, c->lo);
        hi = fmax(hi, c->hi);
    }
    if (!(lo < hi)) { /* one value, or none */
        lo = isfinite(lo) ? lo - 5 : 0;
        hi = isfinite(hi) ? hi + 5 : 100;
    }
    struct axis a = { .x = x + 4, .w = w - 8 };
    double step = chart_step(lo, hi, 6, &a.from, &a.to);
    const double top = y + 17, h = 30, mid = top + h / 2;

    paper_tag(p, "Figure");
    if (band_lo <= band_hi)
        paper_fill(p, PALETTE_S2, place(&a, band_lo) - 3, top - 2,
                   place(&a, band_hi) - place(&a, band_lo) + 6, h + 4);
    struct arena *arena = paper_arena(p);
    struct paper_rect *out = arena_array(arena, c->n + 1, sizeof(*out));
    struct paper_rect *in = arena_array(arena, c->n + 1, sizeof(*in));
    size_t n_out = 0, n_in = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!isfinite(c->ticks[i].v))
            continue;
        struct paper_rect r = { place(&a, c->ticks[i].v) - 0.5, top + 6, 1, h - 12 };
        if (c->ticks[i].in)
            in[n_in++] = r;
        else
            out[n_out++] = r;
    }
    if (n_out)
        paper_rects(p, PALETTE_EDGE, out, n_out);
    if (n_in)
        paper_rects(p, PALETTE_ACCENT, in, n_in);
    if (isfinite(c->own)) {
        double own = place(&a, c->own);
        if (isfinite(c->lo) && isfinite(c->hi))
            paper_line(p, PALETTE_INK, 1.2, 0, place(&a, c->lo), mid, place(&a, c->hi), mid);
        paper_disc(p, PALETTE_ACCENT, PALETTE_SHEET, 1, own, mid, 4.6);
        if (c->label) {
            double half = paper_width(p, STYLE_TABLE_STRONG, c->label) / 2;
            double at = fmin(fmax(own, x + half), x + w - half);
            paper_put(p, at, y + 10, ALIGN_CENTRE, STYLE_TABLE_STRONG, c->label);
        }
    }
    paper_fill(p, PALETTE_EDGE, x, top + h + 6, w, 0.6);
    size_t n = tick_count(a.from, a.to, step);
    for (size_t i = 0; i < n; i++) {
        double v = a.from + (double)i * step;
        paper_fill(p, PALETTE_EDGE, place(&a, v) - 0.3, top + h + 6, 0.6, 3);
        const char *text = tick_text(p, v, step);
        double half = paper_width(p, STYLE_QUIET, text) / 2;
        paper_put(p, fmin(fmax(place(&a, v), x + half), x + w - half), top + h + 20,
                  ALIGN_CENTRE, STYLE_QUIET, text);
    }
    paper_untag(p, "Figure");
    return 17 + h + 26;
}

/* ---- bars */

enum { BAR_ROW = 15 };

double chart_bars_height(size_t n)
{
    return (double)n * BAR_ROW + 20;
}

double chart_bars(struct paper *p, double x, double y, double w, const struct chart_bars *c)
{
    double max = c->max;
    for (size_t i = 0; c->max <= 0 && i < c->n; i++) {
        if (isfinite(c->bars[i].v))
            max = fmax(max, isfinite(c->bars[i].hi) ? fmax(c->bars[i].hi, c->bars[i].v)
                                                    : c->bars[i].v);
    }
    struct axis a = { .x = x + c->name_w + 6, .w = w - c->name_w - 6 - 34 };
    double step = chart_step(0, max > 0 ? max : 1, 4, &a.from, &a.to);
    if (c->max > 0)
        a.to = c->max;
    double low = y + (double)c->n * BAR_ROW;
    paper_tag(p, "Figure");
    size_t ticks = tick_count(0, a.to, step);
    for (size_t i = 0; i < ticks; i++) {
        double v = (double)i * step, at = place(&a, v);
        if (v > a.to * 1.0001)
            break;
        paper_fill(p, i == 0 ? PALETTE_EDGE : PALETTE_RULE2, at - 0.3, y, 0.6, low - y + 3);
        paper_put(p, at, low + 14, ALIGN_CENTRE, STYLE_QUIET, tick_text(p, v, step));
    }
    for (size_t i = 0; i < c->n; i++) {
        const struct chart_bar *b = &c->bars[i];
        double top = y + (double)i * BAR_ROW, mid = top + BAR_ROW / 2.0;
        enum style words = b->own ? STYLE_TABLE_STRONG : STYLE_TABLE;
        paper_put(p, x + c->name_w, mid + 3.2, ALIGN_RIGHT, words, b->name);
        if (!isfinite(b->v)) {
            paper_hatch(p, a.x, top + 3, 40, BAR_ROW - 6);
            paper_put(p, a.x + 46, mid + 3.2, ALIGN_LEFT, STYLE_QUIET,
                      paper_word(p, N_("缺数据")));
            continue;
        }
        paper_fill(p, b->own ? PALETTE_ACCENT : PALETTE_S3, a.x, top + 2.5,
                   place(&a, b->v) - a.x, BAR_ROW - 5);
        if (isfinite(b->lo) && isfinite(b->hi)) {
            double l = place(&a, b->lo), h = place(&a, b->hi);
            paper_rects(p, PALETTE_INK,
                        (struct paper_rect[]){ { l, mid - 0.5, h - l, 1 },
                                               { l - 0.5, mid - 2.5, 1, 5 },
                                               { h - 0.5, mid - 2.5, 1, 5 } },
                        3);
        }
        paper_put(p, x + w, mid + 3.2, ALIGN_RIGHT, STYLE_TABLE_STRONG,
                  fmt_score(paper_arena(p), b->v));
    }
    if (isfinite(c->reference))
        paper_line(p, PALETTE_INK, 0.8, 2, place(&a, c->reference), y, place(&a, c->reference),
                   low);
    paper_untag(p, "Figure");
    return chart_bars_height(c->n);
}

/* ---- waterfall */

enum { FALL_ROW = 20 };

double chart_waterfall_height(size_t n)
{
    return (double)(n + 1) * FALL_ROW + 20;
}

static void fall_words(struct paper *p, const struct chart_part *part, double x, double mid,
                       double value_x, double note_w, bool total)
{
    paper_put(p, x, mid + 3.2, ALIGN_LEFT, total ? STYLE_TABLE_STRONG : STYLE_TABLE,
              part->name);
    paper_put(p, value_x, mid + 3.2, ALIGN_RIGHT, STYLE_TABLE_STRONG, part->text);
    if (!part->note || !*part->note)
        return;
    double h = paper_height(p, STYLE_FINE_QUIET, note_w, part->note);
    bool short_note = paper_width(p, STYLE_QUIET, part->note) <= note_w;
    if (short_note)
        paper_put(p, value_x + 12, mid + 3.2, ALIGN_LEFT, STYLE_QUIET, part->note);
    else
        paper_box(p, value_x + 12, mid - h / 2, note_w, STYLE_FINE_QUIET, part->note);
}

double chart_waterfall(struct paper *p, double x, double y, double w,
                       const struct chart_waterfall *c)
{
    double lo = fmin(0, c->total.v), hi = fmax(0, c->total.v), sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        sum += c->parts[i].v;
        lo = fmin(lo, sum);
        hi = fmax(hi, sum);
    }
    if (hi - lo < 0.1)
        hi = lo + 0.1;
    double value_w = 40;
    struct axis a = { .x = x + c->name_w, .w = w - c->name_w - value_w - 12 - c->note_w };
    double step = chart_step(lo, hi, 5, &a.from, &a.to);
    double low = y + (double)(c->n + 1) * FALL_ROW, value_x = a.x + a.w + value_w;
    paper_tag(p, "Figure");
    size_t ticks = tick_count(a.from, a.to, step);
    for (size_t i = 0; i < ticks; i++) {
        double v = a.from + (double)i * step;
        bool zero = fabs(v) < step / 1000;
        paper_fill(p, zero ? PALETTE_EDGE : PALETTE_RULE2, place(&a, v) - 0.3, y, 0.6, low - y);
        const char *text = tick_text(p, v, step);
        if (v > step / 1000)
            text = arena_printf(paper_arena(p), "+%s", text);
        paper_put(p, place(&a, v), low + 12, ALIGN_CENTRE, STYLE_QUIET, text);
    }
    sum = 0;
    for (size_t i = 0; i <= c->n; i++) {
        const struct chart_part *part = i < c->n ? &c->parts[i] : &c->total;
        double mid = y + ((double)i + 0.5) * FALL_ROW;
        double from = i < c->n ? place(&a, sum) : place(&a, 0);
        sum = i < c->n ? sum + part->v : part->v;
        double to = place(&a, sum);
        enum palette colour = part->v < 0 ? PALETTE_D1 : PALETTE_D5;
        if (fabs(to - from) < 0.6)
            paper_fill(p, PALETTE_INK, from - 0.6, mid - 6, 1.2, 12);
        else
            paper_fill(p, colour, fmin(from, to), mid - 6, fabs(to - from), 12);
        if (i < c->n)
            paper_line(p, PALETTE_INK, 0.6, 2, to, mid + 6, to, mid + FALL_ROW - 6);
        fall_words(p, part, x, mid, value_x, c->note_w, i == c->n);
    }
    paper_untag(p, "Figure");
    return chart_waterfall_height(c->n);
}

/* ---- tiles */

static const enum palette bands[5] = { PALETTE_S1, PALETTE_S2, PALETTE_S3, PALETTE_S4,
                                       PALETTE_S5 };

static int band(const double limits[4], double v)
{
    int b = 0;
    while (b < 4 && v >= limits[b])
        b++;
    return b;
}

static void tiles_key(struct paper *p, double x, double y, double w, const double limits[4])
{
    struct arena *a = paper_arena(p);
    double each = w / 6;
    for (int i = 0; i < 6; i++) {
        double at = x + i * each;
        const char *text;
        if (i == 5) {
            paper_hatch(p, at, y, each - 3, 7);
            text = paper_word(p, N_("缺数据"));
        } else {
            paper_fill(p, bands[i], at, y, each - 3, 7);
            if (i == 0)
                text = text_fill(a, paper_word(p, N_("{v}以下")), "v", fmt_value(a, limits[0]),
                                 NULL);
            else if (i == 4)
                text = text_fill(a, paper_word(p, N_("{v}以上")), "v", fmt_value(a, limits[3]),
                                 NULL);
            else
                text = arena_printf(a, "%s–%s", fmt_value(a, limits[i - 1]),
                                    fmt_value(a, limits[i]));
        }
        paper_put(p, at, y + 17, ALIGN_LEFT, STYLE_FINE_QUIET, text);
    }
}

double chart_tiles(struct paper *p, double x, double y, double w, const struct chart_tiles *c)
{
    enum { GRID_MAX = 200 };
    int columns = 1, rows = 1;
    for (size_t i = 0; i < c->n; i++) {
        const struct chart_tile *t = &c->tiles[i];
        if (t->column >= 0 && t->column < GRID_MAX && t->column + 1 > columns)
            columns = t->column + 1;
        if (t->row >= 0 && t->row < GRID_MAX && t->row + 1 > rows)
            rows = t->row + 1;
    }
    double s = fmin(w / columns, 56);
    paper_tag(p, "Figure");
    for (size_t i = 0; i < c->n; i++) {
        const struct chart_tile *t = &c->tiles[i];
        if (t->column < 0 || t->column >= columns || t->row < 0 || t->row >= rows)
            continue;
        double tx = x + t->column * s, ty = y + t->row * s;
        bool missing = !isfinite(t->v);
        int b = missing ? 0 : band(c->limits, t->v);
        enum palette words = !missing && b >= 3 ? PALETTE_SHEET : PALETTE_INK;
        if (missing) {
            paper_hatch(p, tx + 0.8, ty + 0.8, s - 1.6, s - 1.6);
            paper_fill(p, PALETTE_SHEET, tx + 3, ty + s / 2 - 14, s - 6, 28);
        } else {
            paper_fill(p, bands[b], tx + 0.5, ty + 0.5, s - 1, s - 1);
        }
        paper_put_in(p, tx + s / 2, ty + s / 2 - 1, ALIGN_CENTRE, STYLE_TABLE, words, t->name);
        const char *v = missing ? paper_word(p, N_("缺数据")) : fmt_score(paper_arena(p), t->v);
        paper_put_in(p, tx + s / 2, ty + s / 2 + 11, ALIGN_CENTRE, STYLE_TABLE, words, v);
        if (t->mark !=
            MARK_NONE) { /* on a white ground, for the tile may be as dark as the mark */
            paper_disc(p, PALETTE_SHEET, PALETTE_SHEET, 0, tx + s - 9, ty + 8.5, 6.5);
            paper_mark(p, t->mark, tx + s - 13, ty + 12, 8);
        }
    }
    double low = y + rows * s + 8;
    tiles_key(p, x, low, fmin(w, 300), c->limits);
    paper_untag(p, "Figure");
    return rows * s + 8 + 24;
}

/* ---- trend and spark */

double chart_trend(struct paper *p, double x, double y, double w, double h,
                   const struct chart_moment *m, size_t n)
{
    double lo = INFINITY, hi = -INFINITY;
    size_t last = n;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(m[i].v))
            continue;
        last = i;
        lo = fmin(lo, isfinite(m[i].lo) ? m[i].lo : m[i].v);
        hi = fmax(hi, isfinite(m[i].hi) ? m[i].hi : m[i].v);
    }
    if (last == n)
        return 0;
    double room = fmax((hi - lo) * 0.2, 0.5);
    struct axis a = { .from = lo - room, .to = hi + room, .x = 0, .w = h - 32 };
    double low = y + h - 16, side = 22;
    paper_tag(p, "Figure");
    paper_fill(p, PALETTE_EDGE, x, low, w, 0.6);
    struct paper_point was = { 0, 0 };
    bool has_was = false;
    for (size_t i = 0; i < n; i++) {
        double px =
            n == 1 ? x + w / 2 : x + side + (w - 2 * side) * (double)i / (double)(n - 1);
        paper_put(p, px, low + 12, ALIGN_CENTRE, STYLE_FINE_QUIET, m[i].label);
        if (!isfinite(m[i].v)) {
            has_was = false;
            continue;
        }
        struct paper_point at = { px, low - 2 - place(&a, m[i].v) };
        if (has_was)
            paper_polyline(p, PALETTE_ACCENT, 1.5, (struct paper_point[]){ was, at }, 2);
        if (isfinite(m[i].lo) && isfinite(m[i].hi))
            paper_line(p, PALETTE_INK, 1, 0, px, low - 2 - place(&a, m[i].lo), px,
                       low - 2 - place(&a, m[i].hi));
        was = at;
        has_was = true;
    }
    for (size_t i = 0; i < n; i++) { /* discs and values over the lines */
        if (!isfinite(m[i].v))
            continue;
        double px =
            n == 1 ? x + w / 2 : x + side + (w - 2 * side) * (double)i / (double)(n - 1);
        double py = low - 2 - place(&a, m[i].v);
        paper_disc(p, i == last ? PALETTE_ACCENT : PALETTE_SHEET, PALETTE_ACCENT, 1.2, px, py,
                   2.6);
        double over = low - 2 - place(&a, isfinite(m[i].hi) ? m[i].hi : m[i].v);
        paper_put(p, px, fmin(over, py - 3) - 4, ALIGN_CENTRE,
                  i == last ? STYLE_TABLE_STRONG : STYLE_QUIET,
                  fmt_score(paper_arena(p), m[i].v));
    }
    paper_untag(p, "Figure");
    return h;
}

void chart_spark(struct paper *p, double x, double y, double w, double h, const double *v,
                 size_t n)
{
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(v[i])) {
            lo = fmin(lo, v[i]);
            hi = fmax(hi, v[i]);
        }
    }
    if (!(lo <= hi))
        return;
    double range = hi - lo > 0 ? hi - lo : 1;
    struct paper_point *pt = arena_array(paper_arena(p), n, sizeof(*pt));
    size_t k = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && isfinite(v[i])) {
            double t = hi > lo ? (v[i] - lo) / range : 0.5;
            pt[k++] =
                (struct paper_point){ n == 1 ? x + w : x + w * (double)i / (double)(n - 1),
                                      y + h - t * h };
            continue;
        }
        if (k > 1)
            paper_polyline(p, PALETTE_ACCENT, 1, pt, k);
        if (k > 0)
            paper_disc(p, PALETTE_ACCENT, PALETTE_ACCENT, 0, pt[k - 1].x, pt[k - 1].y,
                       i == n ? 1.8 : 1);
        k = 0;
    }
}
