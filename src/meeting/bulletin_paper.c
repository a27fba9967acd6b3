/* The bulletin on paper: what the office says, the figures with what each counts, what rests.
 */
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "meeting/bulletin.h"
#include "print/docx.h"
#include "print/paper.h"

#define T(zh) lang_text(p->lang, (zh))
#define CAVEAT N_("监测参考,不作为考核、任用、问责的直接依据")

static const char *title_of(const struct bulletin *b, const struct bulletin_paper *p,
                            struct arena *a)
{
    return text_fill(a, T(N_("{county}{month}通报")), "county", p->county, "month",
                     period_name(a, b->month, p->lang), NULL);
}

static const char *made_of(const struct bulletin_paper *p, struct arena *a)
{
    if (!p->digest)
        return text_fill(a, T(N_("{state}，数字截至{at}")), "state", p->state, "at",
                         fmt_time(a, p->at), NULL);
    return text_fill(a, T(N_("{state}，数字截至{at}，摘要{digest}")), "state", p->state, "at",
                     fmt_time(a, p->at), "digest", arena_strndup(a, p->digest, 16), NULL);
}

enum rc bulletin_pdf(const struct bulletin *b, const struct bulletin_paper *p, struct arena *a,
                     struct bytes *ret, struct err *e)
{
    const struct paper_config config = { .lang = p->lang,
                                         .time = p->at,
                                         .title = title_of(b, p, a),
                                         .author = p->county,
                                         .head_left = title_of(b, p, a),
                                         .head_right = T(CAVEAT),
                                         .foot = made_of(p, a),
                                         .watermark = p->mark };
    const struct paper_column columns[] = {
        { T(N_("事项")), 150, ALIGN_LEFT, true },
        { T(N_("件数")), 50, ALIGN_RIGHT, true },
        { T(N_("数的是什么")), 0, ALIGN_LEFT, false },
    };
    const struct paper_column quiet[] = {
        { T(N_("暂缓提醒的预警")), 0, ALIGN_LEFT, true },
        { T(N_("单位")), 130, ALIGN_LEFT, false },
        { T(N_("暂缓到")), 80, ALIGN_LEFT, false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns) },
                             q = { .columns = quiet, .n = COUNT(quiet) };
    CLEANUP(paper_free) struct paper *pp = NULL;
    int pages;
    enum rc rc = paper_new(a, &config, &pp, e);
    if (rc != RC_OK)
        return rc;
    paper_title(pp, title_of(b, p, a));
    if (*b->text) {
        paper_section(pp, T(N_("情况和要求")), NULL, 30);
        paper_text(pp, STYLE_BODY, b->text);
    }
    paper_section(pp, T(N_("本月的数")), NULL, 60);
    paper_table_begin(pp, &t);
    for (size_t i = 0; i < b->n_figures; i++) {
        const struct figure_def *d = figure_def_of(b->figures[i].code);
        const struct paper_cell cells[] = {
            { .text = d ? T(d->name) : b->figures[i].code },
            { .text = fmt_count(a, (int64_t)b->figures[i].n) },
            { .text = d ? T(d->means) : "", .quiet = true },
        };
        paper_table_row(pp, cells);
    }
    paper_table_end(pp);
    if (p->n_quiet) {
        paper_section(pp, T(N_("暂缓提醒")), NULL, 60);
        paper_table_begin(pp, &q);
        for (size_t i = 0; i < p->n_quiet; i++) {
            const struct paper_cell cells[] = { { .text = p->quiet[i][0] },
                                                { .text = p->quiet[i][1] },
                                                { .text = p->quiet[i][2] } };
            paper_table_row(pp, cells);
        }
        paper_table_end(pp);
    }
    return paper_finish(pp, ret, &pages, e);
}

enum rc bulletin_docx(const struct bulletin *b, const struct bulletin_paper *p, struct arena *a,
                      struct bytes *ret, struct err *e)
{
    struct docx *d = docx_begin(a, &(struct docx_config){ .lang = p->lang,
                                                          .time = p->at,
                                                          .title = title_of(b, p, a),
                                                          .author = p->county,
                                                          .mark = p->mark,
                                                          .foot = made_of(p, a),
                                                          .dense = true });
    const struct docx_column columns[] = { { T(N_("事项")), 32, false },
                                           { T(N_("件数")), 12, true },
                                           { T(N_("数的是什么")), 56, false } };
    const struct docx_column quiet[] = { { T(N_("暂缓提醒的预警")), 55, false },
                                         { T(N_("单位")), 25, false },
                                         { T(N_("暂缓到")), 20, false } };
    docx_title(d, title_of(b, p, a));
    if (*b->text) {
        docx_heading(d, 1, T(N_("情况和要求")));
        docx_text(d, b->text);
    }
    docx_heading(d, 1, T(N_("本月的数")));
    docx_table(d, columns, COUNT(columns));
    for (size_t i = 0; i < b->n_figures; i++) {
        const struct figure_def *f = figure_def_of(b->figures[i].code);
        const struct docx_cell cells[] = { { .text = f ? T(f->name) : b->figures[i].code },
                                           { .text = fmt_count(a, (int64_t)b->figures[i].n),
                                             .strong = true },
                                           { .text = f ? T(f->means) : "" } };
        docx_row(d, cells);
    }
    docx_table_end(d);
    if (p->n_quiet) {
        docx_heading(d, 1, T(N_("暂缓提醒")));
        docx_table(d, quiet, COUNT(quiet));
        for (size_t i = 0; i < p->n_quiet; i++) {
            const struct docx_cell cells[] = { { .text = p->quiet[i][0] },
                                               { .text = p->quiet[i][1] },
                                               { .text = p->quiet[i][2] } };
            docx_row(d, cells);
        }
        docx_table_end(d);
    }
    docx_text(d, T(CAVEAT));
    return docx_end(d, ret, e);
}
