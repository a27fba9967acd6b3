/* Units from a sheet: checked and shown first, written when the person says so. */
#include "base/file.h"
#include "base/map.h"
#include "base/str.h"
#include "people/held.h"
#include "people/unit.sql.h"
#include "people/unit_import.h"
#include "people/unit_import.html.h"
#include "people/unit_room.h"
#include "sheet/sheet.h"
#include "store/county.h"

struct waiting {
    struct unit_term *terms;
    size_t n;
    struct file_sent file;
};

static enum rc show(struct rq *rq, struct unit_import_page *p, struct err *e)
{
    p->max_bytes = UNIT_IMPORT_BYTES;
    rq_crumb(rq, rq_tr(rq, N_("单位")), "/unit");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return unit_import_render(rq, p, e);
}

enum rc unit_import_show(struct rq *rq, struct err *e)
{
    struct unit_import_page p = { .file = "" };
    return show(rq, &p, e);
}

/* How many terms are new, changed, the same. */
static enum rc count(struct rq *rq, const struct waiting *w, size_t changed,
                     struct unit_import_page *p, struct err *e)
{
    struct unit_terms_all_row *rows;
    size_t n;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = unit_terms_all_all(s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct map *there = map_new(rq->a);
    for (size_t i = 0; i < n; i++)
        map_add_index(there,
                      arena_printf(rq->a, "%s %lld", rows[i].code, (long long)rows[i].from_day),
                      i);
    for (size_t i = 0; i < w->n; i++)
        p->fresh += !map_has(
            there, arena_printf(rq->a, "%s %d", w->terms[i].code, w->terms[i].from_day));
    p->changed = (int64_t)changed - p->fresh;
    p->same = (int64_t)(w->n - changed);
    return RC_OK;
}

static enum rc read_table(const struct upload *u, struct arena *a, struct waiting *w,
                          struct problems *ps, struct err *e)
{
    struct book book;
    const struct table *t;
    if (!u)
        return err_set(e, RC_INVALID, N_("请选择文件"));
    w->file.name = arena_strdup(a, u->filename);
    enum rc rc = file_read(a, u->path, UNIT_IMPORT_BYTES, &w->file.content, e);
    if (rc == RC_OK)
        rc = sheet_read(a, u->filename, w->file.content, NULL, &book, e);
    if (rc == RC_OK)
        w->file.media = sheet_format_mime(sheet_format_of(w->file.content));
    if (rc == RC_OK)
        rc = book_first(&book, u->filename, &t, e);
    if (rc == RC_OK)
        rc = units_from_table(t, a, &w->terms, &w->n, ps, e);
    if (rc == RC_OK && w->n == 0)
        return err_set(e, RC_INVALID, N_("{file} 里没有单位"), "file", u->filename);
    return rc;
}

enum rc unit_import_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct unit_import_page p = { .error_field = "file" };
    const struct upload *u = rq_upload(rq, "file");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct waiting *w = arena_alloc(a, sizeof(*w));
    struct problems ps;
    size_t changed = 0;
    problems_init(&ps, a);
    enum rc rc = read_table(u, a, w, &ps, e);
    /* What only the whole tree shows: cycles, overlaps, a second root. */
    if (rc == RC_OK && ps.wrong == 0)
        rc = units_import(c, w->terms, w->n, /* dry= */ true, NULL, rq_asker(rq)->person.code,
                          &changed, e);
    if (rc == RC_OK && ps.wrong == 0)
        rc = count(rq, w, changed, &p, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &p.error, e);
        return rc == RC_OK ? show(rq, &p, e) : rc;
    }
    p.error_field = NULL; /* the file could be read */
    p.file = u->filename;
    p.rows = (int64_t)w->n;
    rq_fixes(rq, &ps, &p.problems, &p.n_problems);
    if (ps.wrong == 0) {
        char token[HELD_TOKEN];
        held_put(c, HELD_UNITS, rq->account.id, &a, w, token);
        p.token = arena_strdup(rq->a, token);
    }
    return show(rq, &p, e);
}

enum rc unit_import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const char *token = rq_field(rq, "token");
    CLEANUP(arena_freep) struct arena *a = NULL;
    const struct waiting *w = held_take(c, HELD_UNITS, rq->account.id, token ? token : "", &a);
    size_t changed = 0;
    if (!w)
        return err_set(e, RC_CONFLICT, N_("核对过的表已过期或已导入,请重新上传"));
    struct file_sent file = w->file;
    enum rc rc = units_import(c, w->terms, w->n, /* dry= */ false, &file,
                              rq_asker(rq)->person.code, &changed, e);
    if (rc != RC_OK)
        return rc;
    people_changed(c);
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入,{n}行有变化")), "n",
                            arena_printf(rq->a, "%zu", changed), NULL));
    /* During the set-up one goes on where one came from. */
    return web_done(rq, c->trial ? "/setup/units" : "/unit", e);
}
