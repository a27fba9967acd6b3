/*
 * Tables and slips on paper. One idea: both are a frame and a flow; what is particular is only
 * how wide a column must be and how eight slips share a page.
 */
#include "print/print_out.h"

#include "base/arena.h"
#include "base/fmt.h"
#include "base/str.h"

#include <math.h>

static struct paper_config config_of(const struct print_frame *f, struct arena *a)
{
    return (struct paper_config){
        .lang = f->lang,
        .time = f->time,
        .title = f->title,
        .author = f->county,
        .head_left =
            arena_printf(a, "%s　%s", f->county ? f->county : "", f->title ? f->title : ""),
        .foot = f->time.us ? text_fill(a, lang_text(f->lang, N_("{time}制表")), "time",
                                       fmt_time(a, f->time), NULL)
                           : NULL,
        .watermark = f->demo ? lang_text(f->lang, N_("演示数据·非真实")) : NULL,
    };
}

/* ---- tables */

enum {
    FINE_FROM = 6,     /* so many columns and more are set small */
    SAMPLE_ROWS = 300, /* looked at to find the widths */
    COLUMN_LEAST = 24,
};

/* Every column gets what it needs while that is less than an equal share of what is left; the
 * wide ones share the rest in proportion to their need. */
static void widths_find(double *w, const double *need, size_t n, double room)
{
    size_t left = n;
    bool settled = false;
    for (size_t i = 0; i < n; i++)
        w[i] = 0;
    while (!settled && left > 0) {
        settled = true;
        double share = room / (double)left;
        for (size_t i = 0; i < n; i++) {
            if (w[i] == 0 && need[i] <= share) {
                w[i] = fmax(need[i], 1);
                room -= w[i];
                left--;
                settled = false;
            }
        }
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += w[i] == 0 ? need[i] : 0;
    for (size_t i = 0; i < n; i++) {
        if (w[i] == 0)
            w[i] = room * need[i] / sum;
    }
}

static void columns_measure(struct paper *p, const struct print_table *t, bool fine,
                            struct paper_column *columns)
{
    double need[PAPER_COLUMNS_MAX], w[PAPER_COLUMNS_MAX];
    enum style words = fine ? STYLE_FINE : STYLE_TABLE;
    size_t step = t->n_rows / SAMPLE_ROWS + 1;
    for (size_t i = 0; i < t->n_columns; i++) {
        need[i] = fmax(COLUMN_LEAST, paper_width(p, fine ? STYLE_FINE_QUIET : STYLE_QUIET,
                                                 t->columns[i].head));
        for (size_t row = 0; row < t->n_rows; row += step) {
            const char *cell = t->cells[row * t->n_columns + i];
            if (cell)
                need[i] = fmax(need[i], paper_width(p, words, cell) + 1);
        }
    }
    double gaps = (fine ? 6.0 : 10.0) * (double)(t->n_columns - 1);
    widths_find(w, need, t->n_columns, paper_w(p) - gaps);
    for (size_t i = 0; i < t->n_columns; i++)
        columns[i] =
            (struct paper_column){ t->columns[i].head, w[i], t->columns[i].align, false };
}

enum rc print_table_pdf(const struct print_table *t, struct arena *a, struct bytes *ret,
                        int *ret_pages, struct err *e)
{
    if (t->n_columns == 0 || t->n_columns > PAPER_COLUMNS_MAX)
        return err_set(e, RC_TOOBIG, N_("这张表有 {n} 列,纸上能印 1 至 {max} 列:请导出为表格"),
                       "n", arena_printf(a, "%zu", t->n_columns), "max",
                       arena_printf(a, "%d", PAPER_COLUMNS_MAX));
    struct paper_config config = config_of(&t->frame, a);
    CLEANUP(paper_free) struct paper *p = NULL;
    enum rc rc = paper_new(a, &config, &p, e);
    if (rc != RC_OK)
        return rc;
    paper_title(p, t->frame.title ? t->frame.title : "");
    if (t->lead && *t->lead)
        paper_text(p, STYLE_LEAD, t->lead);
    paper_gap(p, 10);
    bool fine = t->n_columns >= FINE_FROM;
    struct paper_column columns[PAPER_COLUMNS_MAX];
    columns_measure(p, t, fine, columns);
    const struct paper_table table = { .columns = columns, .n = t->n_columns, .fine = fine };
    paper_table_begin(p, &table);
    for (size_t row = 0; row < t->n_rows && !paper_full(p); row++) {
        struct paper_cell cells[PAPER_COLUMNS_MAX] = { 0 };
        for (size_t i = 0; i < t->n_columns; i++)
            cells[i].text = t->cells[row * t->n_columns + i];
        paper_table_row(p, cells);
    }
    paper_table_end(p);
    if (t->n_rows == 0)
        paper_text(p, STYLE_QUIET, lang_text(t->frame.lang, N_("没有符合条件的行。")));
    return paper_finish(p, ret, ret_pages, e);
}

/* ---- slips */

enum { SLIP_COLUMNS = 2, SLIP_ROWS = 4 };

static double slip_line(struct paper *p, double x, double y, double w, const char *label,
                        const char *text, enum style style)
{
    if (!text || !*text)
        return y;
    double label_w = paper_lang(p) == LANG_EN ? 76 : 44;
    paper_box(p, x, y, label_w, STYLE_QUIET, label);
    return y + fmax(15, paper_box(p, x + label_w, y, w - label_w, style, text));
}

static void slip(struct paper *p, const struct print_frame *f, const struct print_slip *s,
                 double x, double y, double w, double h)
{
    struct arena *a = paper_arena(p);
    const double pad = 12, qr = 62;
    paper_tag(p, "Sect");
    double at = y + pad, inner = w - 2 * pad;
    at += paper_box(p, x + pad, at, inner, STYLE_STRONG,
                    arena_printf(a, "%s %s", f->county ? f->county : "",
                                 paper_word(p, N_("净鉴开户单")))) +
          4;
    bool code = s->url && *s->url && paper_qr(p, s->url, x + w - pad - qr, at + 2, qr);
    double words = inner - (code ? qr + 8 : 0);
    at = slip_line(p, x + pad, at, words, paper_word(p, N_("姓名")), s->name,
                   STYLE_TABLE_STRONG);
    at = slip_line(p, x + pad, at, words, paper_word(p, N_("单位")), s->unit, STYLE_TABLE);
    at = slip_line(p, x + pad, at, words, paper_word(p, N_("账号")), s->account,
                   STYLE_TABLE_STRONG);
    at = slip_line(p, x + pad, at, words, paper_word(p, N_("启用码")), s->code,
                   STYLE_TABLE_STRONG);
    if (s->expires.us)
        at = slip_line(p, x + pad, at, words, paper_word(p, N_("有效至")),
                       fmt_time(a, s->expires), STYLE_TABLE);
    at += 3;
    if (s->url && *s->url)
        at += paper_box(p, x + pad, at, inner, STYLE_FINE_QUIET, s->url);
    const char *note = paper_word(p, N_("打开网址或扫码，用启用码设置自己的密码。启用码只能用一"
                                        "次，请勿转交他人；用后请销毁本单。"));
    paper_box(p, x + pad, fmin(at, y + h - 32), inner, STYLE_FINE_QUIET, note);
    paper_untag(p, "Sect");
}

enum rc print_slips_pdf(const struct print_frame *f, const struct print_slip *slips, size_t n,
                        struct arena *a, struct bytes *ret, int *ret_pages, struct err *e)
{
    struct paper_config config = config_of(f, a);
    CLEANUP(paper_free) struct paper *p = NULL;
    enum rc rc = paper_new(a, &config, &p, e);
    if (rc != RC_OK)
        return rc;
    double w = (PAPER_RIGHT - PAPER_LEFT) / SLIP_COLUMNS,
           h = (PAPER_BOTTOM - PAPER_TOP) / SLIP_ROWS;
    for (size_t i = 0; i < n; i++) {
        size_t k = i % (SLIP_COLUMNS * SLIP_ROWS);
        if (i > 0 && k == 0)
            paper_break(p);
        double x = PAPER_LEFT + (double)(k % SLIP_COLUMNS) * w,
               y = PAPER_TOP + (double)(k / SLIP_COLUMNS) * h;
        slip(p, f, &slips[i], x, y, w, h);
        paper_line(p, PALETTE_EDGE, 0.5, 3, x, y + h, x + w, y + h); /* where to cut */
        if (k % SLIP_COLUMNS == 0)
            paper_line(p, PALETTE_EDGE, 0.5, 3, x + w, y, x + w, y + h);
    }
    if (n == 0)
        paper_text(p, STYLE_BODY, paper_word(p, N_("没有要印的开户单。")));
    return paper_finish(p, ret, ret_pages, e);
}
