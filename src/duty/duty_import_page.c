/* Lists of duties from a sheet: checked and shown first, written when the person says so. */
#include "base/str.h"
#include "duty/duty_import.html.h"
#include "duty/duty_page.h"
#include "duty/room.h"
#include "people/table_import.h"
#include "sheet/sheet.h"
#include "store/county.h"

enum { DUTY_IMPORT_BYTES = 8 << 20 };

/* What waits between the two requests. */
struct waiting {
    struct duty_sheet sheet;
    int64_t year;
};

static enum rc show(struct rq *rq, struct duty_import_page *p, struct err *e)
{
    p->max_bytes = DUTY_IMPORT_BYTES;
    if (!p->year)
        p->year = duty_this_year(rq);
    rq_crumb(rq, rq_tr(rq, N_("四责")), "/duty/unit");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return duty_import_render(rq, p, e);
}

static enum rc import_show(struct rq *rq, struct err *e)
{
    struct duty_import_page p = { .file = "" };
    return show(rq, &p, e);
}

static enum rc read(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct waiting *w = arena_alloc(a, sizeof(*w));
    enum rc rc = rq_int(rq, "year", N_("年度"), DUTY_FIRST_YEAR, DUTY_LAST_YEAR, &w->year, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = duty_sheet_read(t, s, rq_asker(rq)->units, &rq_asker(rq)->person, a, &w->sheet, ps,
                             e);
    *ret_list = w;
    *ret_n = w->sheet.n;
    return rc;
}

static enum rc look(struct rq *rq, void *list, size_t n, void *page, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct duty_import_page *p = page;
    const struct waiting *w = list;
    struct duty_post *there;
    size_t n_there;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = duty_posts(s, "", rq->a, &there, &n_there, e);
    if (rc != RC_OK)
        return rc;
    p->year = w->year;
    p->posts = arena_array(rq->a, n, sizeof(*p->posts));
    for (size_t i = 0; i < n; i++) {
        const struct duty_sheet_post *x = &w->sheet.posts[i];
        bool fresh = true;
        for (size_t k = 0; k < n_there && fresh; k++)
            fresh = !str_eq(there[k].unit, x->unit) || !str_eq(there[k].name, x->name);
        p->posts[p->n_posts++] =
            (struct duty_import_posts){ .unit_name = arena_strdup(rq->a, x->unit_name),
                                        .name = arena_strdup(rq->a, x->name),
                                        .duty_name = rq_tr(rq, duty_text(x->duty)),
                                        .account = *x->account ? arena_strdup(rq->a, x->account)
                                                               : NULL,
                                        .items = (int64_t)x->n,
                                        .fresh = fresh };
    }
    return RC_OK;
}

static const struct table_import duties_table = { .held = HELD_DUTIES,
                                                  .bytes = DUTY_IMPORT_BYTES,
                                                  .nothing = N_("{file} 里没有一条职责"),
                                                  .read = read,
                                                  .look = look };

/* Who keeps the lists of no unit brings none in. */
static enum rc demand(struct rq *rq, struct err *e)
{
    const struct asker *k = rq_asker(rq);
    return person_can(&k->person, CAP_DISPATCH) ? RC_OK
           : person_can(&k->person, CAP_SIGN)   ? RC_OK
                                                : person_demand(&k->person, CAP_SIGN, NULL, e);
}

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct duty_import_page p = { 0 };
    struct table_import_said said;
    enum rc rc = demand(rq, e);
    if (rc == RC_OK)
        rc = table_import_read(rq, &duties_table, &p, &said, e);
    if (rc != RC_OK)
        return rc;
    TABLE_IMPORT_SAY(&p, &said);
    return show(rq, &p, e);
}

struct keeping {
    struct rq *rq;
    struct file_sent *file;
};

static enum rc keep_file(struct tx *tx, void *arg, struct err *e)
{
    const struct keeping *x = arg;
    return file_sent_register(tx, rq_county(x->rq), x->file, x->rq->account.code, e);
}

/* A county's lists are more than one change may take: the file first, then a few posts each. */
static enum rc import_confirm(struct rq *rq, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = NULL;
    struct county *c = rq_county(rq);
    struct table_waiting w;
    int64_t changed = 0;
    enum rc rc = demand(rq, e);
    if (rc == RC_OK)
        rc = table_import_take(rq, &duties_table, &a, &w, e);
    if (rc == RC_OK)
        rc = file_sent_keep(c, &w.file, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, keep_file, &(struct keeping){ rq, &w.file }, e);
    if (rc == RC_OK) {
        const struct waiting *x = w.list;
        rc = duty_sheet_write(c, &x->sheet, (int)x->year, rq->account.code, &changed, e);
    }
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入，{n}个岗位有变化")), "n",
                            arena_printf(rq->a, "%lld", (long long)changed), NULL));
    return web_done(rq, "/duty/unit", e);
}

/* ---- an empty table and a filled one ---- */

static const char *const example[][7] = {
    { "D04", "党组书记、局长", "第一责任人责任", "", "每季度至少主持研究一次全面从严治党工作",
      "党委（党组）落实全面从严治党主体责任规定第八条", "每季度" },
    { "D04", "党组书记、局长", "第一责任人责任", "", "对班子成员履行一岗双责情况开展提醒谈话",
      "党委（党组）落实全面从严治党主体责任规定第十一条", "随时" },
    { "D04", "分管预算的副局长", "一岗双责", "", "把廉洁要求写进分管业务的年度计划并检查一次",
      "党委（党组）落实全面从严治党主体责任规定第九条", "每年" },
    { "D04", "分管预算的副局长", "一岗双责", "", "听取分管科室廉政风险防控情况",
      "党委（党组）落实全面从严治党主体责任规定第九条", "每半年" },
};

static enum rc send(struct rq *rq, size_t rows, const char *name, struct err *e)
{
    size_t n = 0;
    struct str b;
    while (duty_headings[n].code)
        n++;
    struct table *t = table_new(rq->a, rows + 1, n, /* with_kinds= */ false);
    for (size_t i = 0; i < n; i++) {
        table_set(t, 0, i, CELL_TEXT, duty_headings[i].code);
        for (size_t r = 0; r < rows; r++)
            table_set(t, r + 1, i, CELL_TEXT, example[r][i]);
    }
    const struct table *words = table_to_words(t, duty_headings, rq->a);
    str_init(&b, NULL);
    enum rc rc = sheet_write(SHEET_XLSX, &words, 1, /* bom= */ false, rq->now, &b, e);
    if (rc == RC_OK)
        return web_str(rq, &b, sheet_format_mime(SHEET_XLSX), name, e);
    str_done(&b);
    return rc;
}

static enum rc blank_get(struct rq *rq, struct err *e)
{
    return send(rq, 0, rq_tr(rq, N_("职责清单-空表.xlsx")), e);
}

static enum rc example_get(struct rq *rq, struct err *e)
{
    return send(rq, COUNT(example), rq_tr(rq, N_("职责清单-例子（演示数据）.xlsx")), e);
}

const struct route duty_import_routes[] = {
    { .method = GET,
      .path = "/duty/import",
      .auth = SESSION,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = import_show },
    { .method = POST,
      .path = "/duty/import",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = import_post,
      .body_max = DUTY_IMPORT_BYTES,
      .n_files = 1,
      .page = &duty_import_kind,
      .help = N_("核对一张职责清单的表") },
    { .method = POST,
      .path = "/duty/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = import_confirm,
      .help = N_("导入核对过的职责清单") },
    { .method = GET,
      .path = "/duty/import/blank.xlsx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = blank_get,
      .help = N_("职责清单的空表") },
    { .method = GET,
      .path = "/duty/import/example.xlsx",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = example_get,
      .help = N_("填好的职责清单例子") },
};
const size_t duty_import_routes_n = COUNT(duty_import_routes);
