/* Everything, as files; see export_all.h. */
#include "cmd/export_all.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/export_all.sql.h"
#include "cmd/whole.h"
#include "cmd/whole.sql.h"
#include "publish/bundle.h"
#include "sheet/xlsx_stream.h"
#include "store/county.h"
#include "store/file.h"
#include "store/receipt.h"
#include "store/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

enum { SNAP_MS = 4 * 3600 * 1000, HEX_BYTES_MAX = 64, COPY_BYTES = 1 << 16 };

#define SECRET N_("是密码、令牌或密钥,离开系统没有用处,只有风险")
#define MADE N_("由别的表算出来的,随时可以重算")
#define PASSING N_("用过即弃,不是县里的数据")

const struct export_table export_tables[] = {
    { "setting", "设置", NULL, NULL, false },
    { "request", "表单的请求编号", NULL, PASSING, true },
    { "county", "县", NULL, NULL, false },
    { "record", "日志里的记录", "parts", N_("内容在 log/records.jsonl"), false },
    { "log_head", "日志到哪里", NULL, NULL, false },
    { "log_witness", "见证机构", NULL, NULL, false },
    { "file", "文件", NULL, NULL, false },
    { "erasure", "依法删除", NULL, NULL, false },
    { "job", "后台任务", NULL, PASSING, true },
    { "job_try", "后台任务没做成的几次", NULL, PASSING, true },
    { "read_journal", "读取日志", "address", N_("地址是个人信息,留在原系统"), false },
    { "unit", "单位", NULL, NULL, false },
    { "unit_term", "单位各时期的名称和上级", NULL, NULL, false },
    { "account", "账号", NULL, NULL, false },
    { "identity", "登录方式", NULL, SECRET, true },
    { "activation", "启用单", NULL, SECRET, true },
    { "role_grant", "角色", NULL, NULL, false },
    { "role_unit", "角色的单位", NULL, NULL, false },
    { "session", "登录中的浏览器", NULL, SECRET, true },
    { "token", "程序的令牌", "token_hash", SECRET, false },
    { "scheme", "方案", NULL, NULL, false },
    { "node", "指标", NULL, NULL, false },
    { "point", "监测点", NULL, NULL, false },
    { "import", "报送", NULL, NULL, false },
    { "value", "数值", NULL, NULL, false },
    { "computation", "计算", NULL, NULL, false },
    { "score", "得分", NULL, NULL, false },
    { "report", "体检报告", NULL, NULL, false },
    { "map", "地图", NULL, NULL, false },
    { "map_tile", "地图上的位置", NULL, NULL, false },
    { "rule", "预警规则", NULL, NULL, false },
    { "rule_version", "预警规则的版本", NULL, NULL, false },
    { "warning", "预警", NULL, NULL, false },
    { "warning_step", "预警的经过", NULL, NULL, false },
    { "warning_void", "异议成立、不再计数的预警", NULL, NULL, false },
    { "calendar_year", "工作日历", NULL, NULL, false },
    { "matter", "事项", NULL, NULL, false },
    { "matter_number", "事项编到几号", NULL, NULL, false },
    { "matter_step", "事项的经过", NULL, NULL, false },
    { "matter_desk", "事项在谁手里", NULL, NULL, false },
    { "matter_link", "事项和什么有关", NULL, NULL, false },
    { "matter_alarm", "期限哪天提醒", NULL, NULL, false },
    { "matter_tally", "各状态的件数", NULL, MADE, true },
    { "matter_run", "计时的每一次", NULL, NULL, false },
    { "matter_notice", "通知", NULL, NULL, false },
    { "notice_receipt", "通知的回执", NULL, NULL, false },
    { "delegation", "代办", NULL, NULL, false },
    { "gateway", "提醒的出口", "secret secret_digest", SECRET, false },
    { "contact", "提醒的地址", NULL, N_("只有本人能看的地址,加了密"), true },
    { "sending", "发出的提醒", NULL, NULL, false },
    { "sending_try", "没发成的提醒", NULL, NULL, false },
    { "told_mark", "提醒到哪里", NULL, PASSING, true },
    { "gateway_health", "出口通不通", NULL, PASSING, true },
    { "collect_round", "采集批次", NULL, NULL, false },
    { "collect_point", "批次要的监测点", NULL, NULL, false },
    { "collect_filing", "批次的填报", NULL, NULL, false },
    { "collect_cell", "填报里还没签发的", NULL, NULL, false },
    { "collect_pull", "自动取数", "secret", SECRET, false },
    { "collect_pull_run", "自动取数的每一次", NULL, NULL, false },
    { "collect_hook", "通知外部程序", "secret", SECRET, false },
    { "collect_call", "通知外部程序的每一次", NULL, NULL, false },
    { "value_other", "核实值和印证值", NULL, NULL, false },
    { "publication", "发布", NULL, NULL, false },
    { "evaluation_set", "导入的评价", NULL, NULL, false },
    { "evaluation", "别人的评价", NULL, NULL, false },
    { "evaluation_problem", "别人发现的问题数", NULL, NULL, false },
    { "agreement", "和别人评价的比较", NULL, MADE, true },
    { "check_rule", "复核规则", NULL, NULL, false },
    { "hint", "数据复核提示", NULL, NULL, false },
    { "setup", "第一次设置", NULL, NULL, false },
    { "trial_cleared", "清掉的试用内容", NULL, NULL, false },
    { "regulation", "制度库", NULL, NULL, false },
    { "work_record", "云记录", NULL, NULL, false },
    { "work_text", "云记录相似度的索引", NULL, MADE, true },
    { "work_picture", "图片相似度的索引", NULL, MADE, true },
    { "work_hint", "云记录的复核提示", NULL, NULL, false },
    { "burden_estimate", "要求方估计的分钟数", NULL, NULL, false },
    { "burden_ask", "到了单位的要求", NULL, NULL, false },
    { "burden_once", "答过的不再答", NULL, N_("匿名回答的防重,不能和谁对上"), true },
    { "burden_tally", "匿名回答的计数", "id longer as_said less before",
      N_("不足五份、还没有给人看的匿名回答谁也不给看"), false },
    { "same_verdict", "一数一源的认定", NULL, NULL, false },
    { "draw", "抽取", NULL, NULL, false },
    { "duty_post", "责任岗位", NULL, NULL, false },
    { "duty_holding", "岗位由谁担任", NULL, NULL, false },
    { "duty_item", "责任清单", NULL, NULL, false },
    { "duty_year", "年度确认", NULL, NULL, false },
    { "duty_failure", "失责记实", NULL, NULL, false },
    { "duty_statement", "本人说明", NULL, NULL, false },
    { "first_form", "第一种形态的数", NULL, NULL, false },
    { "first_form_shown", "第一种形态公布的数", NULL, NULL, false },
    { "frozen", "定格的数", NULL, NULL, false },
    { "readopt", "规则体检的续用", NULL, NULL, false },
    { "search_block", "搜索的索引块", NULL, MADE, true },
    { "search_doc", "搜索的索引", NULL, MADE, true },
    { "search_segment", "搜索的索引段", NULL, MADE, true },
    { "search_state", "索引到哪里", NULL, MADE, true },
    { NULL },
};

/* ---- where files go ---- */

struct exporting {
    struct county *c;
    const struct snap *s;
    struct arena *a; /* paths and the list of what was written */
    const char *dir;
    struct str list; /* of books, for the README */
    const struct export_said *said;
};

static void say(const struct exporting *x, const char *what, int64_t done)
{
    if (x->said && x->said->say)
        x->said->say(x->said->arg, what, done);
}

static const char *place(const struct exporting *x, const char *name)
{
    return arena_printf(x->a, "%s/%s", x->dir, name);
}

static enum rc folder(const struct exporting *x, const char *name, struct err *e)
{
    return dir_make(place(x, name), e);
}

static enum rc io_failed(const char *path, struct err *e)
{
    return err_set(e, RC_IO, N_("{path} 没有写成: {why}"), "path", path, "why",
                   strerror(errno));
}

/* A name as part of a path on any system. */
static const char *safe_name(const char *name, struct arena *a)
{
    enum { NAME_BYTES = 120 };
    char *s = arena_strdup(a, name);
    size_t n = strlen(s);
    for (char *p = s; *p; p++)
        if (strchr("/\\:*?\"<>|", *p) || (unsigned char)*p < ' ')
            *p = '_';
    /* Of a long one the end stays, which says what it is; cut between characters. */
    while (n > NAME_BYTES || (*s & 0xc0) == 0x80)
        s++, n--;
    return *s ? s : "_";
}

/* ---- cells ---- */

struct book {
    struct exporting *x;
    struct xlsx_stream *out;
    const char *name; /* tables/unit */
    int64_t rows;
    struct arena *a; /* of a row */
};

/* What does not fit into a cell lies beside the book; the cell says where. */
static enum rc put_aside(struct book *b, const char *col, const void *p, size_t n, bool text,
                         const char **ret, struct err *e)
{
    const char *begin = p, *ending = n > 0 && (*begin == '{' || *begin == '[') ? "json"
                                     : text                                    ? "txt"
                                                                               : "bin";
    const char *name = arena_printf(
        b->a, "long/%s", strrchr(b->name, '/') ? strrchr(b->name, '/') + 1 : b->name);
    enum rc rc = dir_make(arena_printf(b->a, "%s/long", b->x->dir), e);
    if (rc == RC_OK)
        rc = dir_make(arena_printf(b->a, "%s/%s", b->x->dir, name), e);
    name = arena_printf(b->a, "%s/%lld-%s.%s", name, (long long)b->rows + 1, col, ending);
    if (rc == RC_OK)
        rc = file_write_private(arena_printf(b->a, "%s/%s", b->x->dir, name), p, n, e);
    *ret = arena_printf(b->a, "见 %s", name);
    return rc;
}

static const char *hex_of(struct bytes v, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < v.n; i++)
        str_addf(&b, "%02x", v.p[i]);
    return b.s;
}

/* Whole numbers that a spreadsheet would round stay text. */
static struct xlsx_cell whole_number(int64_t v, struct arena *a)
{
    const int64_t exact = INT64_C(1) << 53;
    return (struct xlsx_cell){ arena_printf(a, "%lld", (long long)v),
                               v <= exact && v >= -exact };
}

static const char *real_text(double v, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    if (v == v)
        json_num(&b, v);
    return b.s;
}

static enum rc cell_of(struct book *b, const struct query_col *col, const uint8_t *row,
                       struct xlsx_cell *ret, struct err *e)
{
    const void *at = row + col->offset;
    char text[TIME_TEXT];
    bool null = col->null_offset && *(const bool *)(row + col->null_offset);
    *ret = (struct xlsx_cell){ "", false };
    if (null)
        return RC_OK;
    switch (col->type) {
    case DB_ID:
        if (((const struct id *)at)->v || !col->null_ok)
            *ret = whole_number(((const struct id *)at)->v, b->a);
        return RC_OK;
    case DB_INT:
        *ret = whole_number(*(const int64_t *)at, b->a);
        return RC_OK;
    case DB_BOOL:
        *ret = (struct xlsx_cell){ *(const bool *)at ? "1" : "0", true };
        return RC_OK;
    case DB_REAL:
        *ret = (struct xlsx_cell){ real_text(*(const double *)at, b->a), true };
        return RC_OK;
    case DB_MONEY:
        *ret =
            (struct xlsx_cell){ real_text((double)((const struct money *)at)->fen / 100, b->a),
                                true };
        return RC_OK;
    case DB_TIME:
        if (((const struct utime *)at)->us)
            ret->text = arena_strdup(b->a, time_iso(*(const struct utime *)at, text));
        return RC_OK;
    case DB_PERIOD:
        if (((const struct period *)at)->v)
            ret->text = arena_strdup(b->a, period_code(*(const struct period *)at, text));
        return RC_OK;
    case DB_TEXT: {
        const char *s = *(const char *const *)at;
        if (s && strlen(s) > XLSX_CELL_MAX)
            return put_aside(b, col->name, s, strlen(s), true, &ret->text, e);
        ret->text = s ? s : "";
        return RC_OK;
    }
    case DB_BLOB: {
        const struct bytes *v = at;
        if (v->n > HEX_BYTES_MAX)
            return put_aside(b, col->name, v->p, v->n, false, &ret->text, e);
        ret->text = hex_of(*v, b->a);
        return RC_OK;
    }
    }
    return RC_OK;
}

/* ---- books ---- */

static bool word_of(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; p && *p;) {
        size_t k = strcspn(p, " ");
        if (k == n && strncmp(p, word, n) == 0)
            return true;
        p += k + (p[k] == ' ');
    }
    return false;
}

static enum rc write_rows(struct book *b, const struct query *q, const char *without,
                          struct err *e)
{
    CLEANUP(rows_close) struct rows *rows = NULL;
    CLEANUP(arena_freep) struct arena *once = arena_new();
    uint8_t *row = arena_alloc(once, q->row_size);
    struct xlsx_cell *cells = arena_array(once, q->n_cols, sizeof(*cells));
    enum rc rc = rows_open(b->x->s, q, NULL, &rows, e);
    while (rc == RC_OK) {
        size_t n = 0;
        arena_reset(b->a);
        rc = rows_next(rows, row, e);
        for (size_t i = 0; rc == RC_OK && i < q->n_cols; i++)
            if (!word_of(without, q->cols[i].name))
                rc = cell_of(b, &q->cols[i], row, &cells[n++], e);
        if (rc == RC_OK)
            rc = xlsx_stream_row(b->out, cells, e);
        b->rows += rc == RC_OK;
    }
    return rc == RC_DONE ? RC_OK : rc;
}

/* A query as a book: its rows, and what the columns are. docs NULL: nothing to say. */
static enum rc write_book(struct exporting *x, const char *name, const char *title,
                          const struct query *q, const char *without, const char *const *docs,
                          struct err *e)
{
    static const char *const about[] = { "列", "说明 (what it is)" };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(xlsx_stream_drop) struct xlsx_stream *out = NULL;
    struct book b = { .x = x, .name = name, .a = arena_new() };
    const char **heads = arena_array(a, q->n_cols, sizeof(*heads));
    size_t n = 0;
    for (size_t i = 0; i < q->n_cols; i++)
        if (!word_of(without, q->cols[i].name))
            heads[n++] = q->cols[i].name;
    enum rc rc = xlsx_stream_open(arena_printf(a, "%s/%s.xlsx", x->dir, name), x->dir,
                                  county_now(x->c), &out, e);
    b.out = out;
    if (rc == RC_OK)
        rc = xlsx_stream_sheet(out, "data", heads, n, e);
    if (rc == RC_OK)
        rc = write_rows(&b, q, without, e);
    if (rc == RC_OK && docs)
        rc = xlsx_stream_sheet(out, "columns", about, COUNT(about), e);
    for (size_t i = 0; rc == RC_OK && docs && i < q->n_cols; i++)
        if (!word_of(without, q->cols[i].name))
            rc = xlsx_stream_row(
                out,
                (const struct xlsx_cell[]){ { q->cols[i].name, false }, { docs[i], false } },
                e);
    if (rc == RC_OK)
        rc = xlsx_stream_close(&out, e);
    arena_free(b.a);
    if (rc == RC_OK)
        str_addf(&x->list, "| %s.xlsx | %s | %lld |\n", name, title, (long long)b.rows);
    say(x, name, b.rows);
    return rc;
}

static enum rc readable(struct exporting *x, struct err *e)
{
    static const struct {
        const char *name, *title;
        const struct query *q;
    } books[] = {
        { "units", "单位和它们各时期的名称、上级 (units)", &all_units_query },
        { "people", "人员、单位和角色 (people and roles)", &all_people_query },
        { "values", "数值的每一版,来自哪个文件哪一行 (values, all versions)",
          &all_values_query },
        { "scores", "每次计算的得分 (scores)", &all_scores_query },
        { "reports", "体检报告和发布到哪一步;stage 4 是已发布 (reports)", &all_reports_query },
        { "warnings", "预警和每期的判断 (warnings)", &all_warnings_query },
        { "matters", "事项现在怎样 (matters)", &all_matters_query },
        { "timeline", "事项的每一步;given 是填了什么 (what happened to matters)",
          &all_steps_query },
    };
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < COUNT(books); i++)
        rc = write_book(x, books[i].name, books[i].title, books[i].q, NULL, NULL, e);
    return rc;
}

static const struct export_table *row_of(const char *table)
{
    for (const struct export_table *t = export_tables; t->table; t++)
        if (str_eq(t->table, table))
            return t;
    return NULL;
}

static enum rc tables(struct exporting *x, struct err *e)
{
    enum rc rc = folder(x, "tables", e);
    for (const struct whole_table *w = whole_tables; rc == RC_OK && w->name; w++) {
        const struct export_table *t = row_of(w->name);
        if (!t) /* the test cmd/export_all has not been run */
            return err_set(e, RC_INVALID, N_("没有说明表 {table} 怎么导出"), "table", w->name);
        if (!t->left_out)
            rc = write_book(x, arena_printf(x->a, "tables/%s", w->name),
                            arena_printf(x->a, "%s (%s)", t->name, w->doc), w->query,
                            t->without, w->docs, e);
    }
    return rc;
}

/* ---- files ---- */

static enum rc copy_file(const char *from, const char *to, struct err *e)
{
    CLEANUP(mem_freep) char *buffer = mem_alloc(COPY_BYTES);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t n = out < 0 ? -1 : 1;
    while (n > 0) {
        n = read(in, buffer, COPY_BYTES);
        for (ssize_t done = 0; n > 0 && done < n;) {
            ssize_t k = write(out, buffer + done, (size_t)(n - done));
            if (k < 0)
                n = -1;
            else
                done += k;
        }
    }
    enum rc rc = n < 0 ? io_failed(in < 0 ? from : to, e) : RC_OK;
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) != 0 && rc == RC_OK)
        rc = io_failed(to, e);
    return rc;
}

/* Each under the name it came with, the beginning of its digest before it. */
static enum rc files(struct exporting *x, struct err *e)
{
    CLEANUP(all_files_close) struct rows *rows = NULL;
    struct all_files_row f;
    int64_t n = 0;
    enum rc rc = folder(x, "files", e);
    if (rc == RC_OK)
        rc = all_files_open(x->s, &rows, e);
    while (rc == RC_OK) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        rc = all_files_next(rows, &f, e);
        if (rc != RC_OK)
            break;
        rc = copy_file(file_path(x->c, a, f.digest.p),
                       arena_printf(a, "%s/files/%.12s-%s", x->dir, hex_of(f.digest, a),
                                    safe_name(f.name, a)),
                       e);
        n += rc == RC_OK;
    }
    str_addf(&x->list,
             "| files/ | 文件原样,名称前是 SHA-256 的前12位,对照 tables/file.xlsx (files as "
             "they came) | %lld |\n",
             (long long)n);
    say(x, "files", n);
    return rc == RC_DONE ? RC_OK : rc;
}

/* ---- reports ---- */

static enum rc reports(struct exporting *x, struct err *e)
{
    struct all_periods_row *p;
    size_t n, total = 0;
    char code[PERIOD_TEXT];
    enum rc rc = all_periods_all(x->s, x->a, &p, &n, e);
    if (rc == RC_OK)
        rc = folder(x, "reports", e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const char *dir =
            arena_printf(a, "%s/reports/%s", x->dir, period_code(p[i].period, code));
        size_t done = 0;
        rc = dir_make(dir, e);
        if (rc == RC_OK)
            rc = bundle_files(x->c, x->s, p[i].period, dir, a, &done, e);
        total += done;
        say(x, "reports", (int64_t)total);
    }
    str_addf(&x->list,
             "| reports/ | 已发布的体检报告:PDF、原文、回执 (published reports: PDF, text, "
             "receipts) | %zu |\n",
             total);
    return rc;
}

/* ---- the log ---- */

static enum rc copy_tree(const char *from, const char *to, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    DIR *d = opendir(from);
    struct dirent *f;
    enum rc rc = d ? dir_make(to, e) : io_failed(from, e);
    while (rc == RC_OK && (f = readdir(d)) != NULL) {
        struct stat st;
        const char *source = arena_printf(a, "%s/%s", from, f->d_name),
                   *target = arena_printf(a, "%s/%s", to, f->d_name);
        if (f->d_name[0] == '.' || stat(source, &st) != 0) /* a tile that was replaced */
            continue;
        rc = S_ISDIR(st.st_mode) ? copy_tree(source, target, e) : copy_file(source, target, e);
    }
    if (d)
        closedir(d);
    return rc;
}

/* Every record with its parts, a line each: what the leaves of the log are made of. */
static enum rc records(struct exporting *x, struct err *e)
{
    CLEANUP(whole_record_close) struct rows *rows = NULL;
    struct whole_record_row row;
    const char *path = place(x, "log/records.jsonl");
    int64_t n = 0;
    FILE *out = fopen(path, "wbx");
    enum rc rc = out ? whole_record_open(x->s, &rows, e) : io_failed(path, e);
    while (rc == RC_OK) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct record *r = arena_alloc(a, sizeof(*r));
        char text[TIME_TEXT];
        struct str b;
        str_init(&b, a);
        rc = whole_record_next(rows, &row, e);
        if (rc != RC_OK)
            break;
        if (!parts_read(row.parts, r)) {
            rc = err_set(e, RC_UNPROVEN, N_("记录 {id} 的内容读不出来"), "id",
                         arena_printf(a, "%lld", (long long)row.id.v));
            break;
        }
        str_addf(&b, "{\"id\":%lld,\"index\":", (long long)row.id.v);
        if (row.seq_null)
            str_add(&b, "null");
        else
            str_int(&b, row.seq);
        str_addf(&b, ",\"at\":\"%s\",\"kind\":", time_iso(row.at, text));
        json_text(&b, row.kind);
        str_add(&b, ",\"unit\":"), json_text(&b, row.unit);
        str_add(&b, ",\"subject\":"), json_text(&b, row.subject);
        str_add(&b, ",\"by\":"), json_text(&b, row.by_account);
        struct bytes content = record_file(r, SHOW_ALL, a);
        str_add(&b, ",\"record\":");
        str_addn(&b, content.p, content.n);
        str_add(&b, "}\n");
        if (fwrite(b.s, 1, b.n, out) != b.n)
            rc = io_failed(path, e);
        n += rc == RC_OK;
    }
    if (out && fclose(out) != 0 && (rc == RC_OK || rc == RC_DONE))
        rc = io_failed(path, e);
    str_addf(
        &x->list,
        "| log/records.jsonl | 每条记录的全部内容 (every record with its parts) | %lld |\n",
        (long long)n);
    say(x, "records", n);
    return rc == RC_DONE ? RC_OK : rc;
}

static enum rc the_log(struct exporting *x, struct err *e)
{
    struct str vkey, policy;
    str_init(&vkey, x->a);
    str_init(&policy, x->a);
    county_vkey(x->c, &vkey);
    enum rc rc = copy_tree(county_log_dir(x->c), place(x, "log"), e);
    if (rc == RC_OK)
        rc = county_policy(x->c, x->s, &policy, e);
    if (rc == RC_OK)
        rc = file_write_private(place(x, "log/log.vkey"), vkey.s, vkey.n, e);
    if (rc == RC_OK)
        rc = file_write_private(place(x, "log/policy"), policy.s, policy.n, e);
    str_add(&x->list, "| log/ | 存证日志:checkpoint 是签过的检查点,tile 是瓦片,log.vkey 是公钥 "
                      "(the log: checkpoint, tiles, key, policy) | |\n");
    return rc == RC_OK ? records(x, e) : rc;
}

/* ---- what it all is ---- */

static enum rc readme(struct exporting *x, struct err *e)
{
    char now[TIME_TEXT];
    struct str b;
    str_init(&b, x->a);
    str_addf(&b, "# %s\n\n", x->c->name);
    if (county_mark(x->c))
        str_addf(&b, "**%s**\n\n", county_mark(x->c));
    str_addf(
        &b,
        "这是净鉴里本县的全部数据，%s 的样子，用任何电子表格、PDF "
        "阅读器和文本编辑器就能看，不需要净鉴。\n"
        "它由能在服务器上运行命令的人导出，**"
        "包括草稿、受限和个人信息部分，请按涉密和个人信息的规定保管、分发。**\n"
        "密码、令牌、密钥不在里面；每张没有导出的表、没有导出的列，连同原因，列在后面。\n\n"
        "Everything this county has in Jingjian as of %s, readable without it. Made by who may "
        "run commands on the\n"
        "server: it holds drafts, restricted and personal parts; keep it accordingly. Secrets "
        "are not in it; what is left\n"
        "out is listed below with its reason.\n\n"
        "怎样看：先看最外面的八个表格，名称都写全了；`tables/` "
        "里是每一张表的每一列，第二页说明各列，用编号互相对照（`unit_id` 对 `unit` 表的 "
        "`id`）。\n"
        "时间是 UTC（北京时间减8小时），`_day` 是自1970-01-01起的天数，金额是元。太长的内容在 "
        "`long/`，格子里写着在哪里。\n"
        "核对没有被改过：`sha256sum -c SHA256SUMS`；每份报告的回执和核对方法在 "
        "`reports/期间/README.txt`；`log/` 按 C2SP tlog-tiles "
        "的格式，任何同类工具可以核对。\n\n"
        "How to read: begin with the eight sheets at the top; `tables/` has every column of "
        "every table, explained on each second\n"
        "sheet. Times are UTC, `_day` counts days since 1970-01-01, money is in yuan. What is "
        "too long for a cell is in `long/`.\n"
        "Unchanged? `sha256sum -c SHA256SUMS`; receipts of reports are explained in "
        "reports/PERIOD/README.txt; log/ has the form of\n"
        "C2SP tlog-tiles, records.jsonl what its leaves are made of.\n\n"
        "| 在哪里 (where) | 是什么 (what) | 几项 (how many) |\n|---|---|---|\n",
        time_local(county_now(x->c), now), now);
    str_add(&b, x->list.s);
    str_add(&b, "\n## 没有导出的 (left out)\n\n| 表 (table) | 列 (columns) | 为什么 (why) "
                "|\n|---|---|---|\n");
    for (const struct export_table *t = export_tables; t->table; t++)
        if (t->left_out || t->without)
            str_addf(&b, "| %s %s | %s | %s (%s) |\n", t->table, t->name,
                     t->without ? t->without : "全部 (all)", t->why,
                     lang_text(LANG_EN, t->why));
    return file_write_private(place(x, "README.md"), b.s, b.n, e);
}

/* ---- sums, and the zip ---- */

/* fn for each file below dir/at, by name. */
static enum rc each_file(const char *dir, const char *at,
                         enum rc (*fn)(void *arg, const char *path, const char *name,
                                       struct err *e),
                         void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct dirent **list;
    enum rc rc = RC_OK;
    int n = scandir(arena_printf(a, "%s/%s", dir, at), &list, NULL, alphasort);
    if (n < 0)
        return io_failed(dir, e);
    for (int i = 0; i < n; i++) {
        const char *name = arena_printf(a, "%s%s%s", at, *at ? "/" : "", list[i]->d_name),
                   *path = arena_printf(a, "%s/%s", dir, name);
        struct stat st;
        if (rc == RC_OK && list[i]->d_name[0] != '.') {
            if (stat(path, &st) != 0)
                rc = io_failed(path, e);
            else
                rc = S_ISDIR(st.st_mode) ? each_file(dir, name, fn, arg, e)
                                         : fn(arg, path, name, e);
        }
        free(list[i]);
    }
    free(list);
    return rc;
}

static enum rc sum_one(void *arg, const char *path, const char *name, struct err *e)
{
    CLEANUP(sha256_freep) struct sha256 *h = sha256_new();
    CLEANUP(mem_freep) char *buffer = mem_alloc(COPY_BYTES);
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX];
    size_t n;
    FILE *in = fopen(path, "rb");
    if (!in)
        return io_failed(path, e);
    while ((n = fread(buffer, 1, COPY_BYTES, in)) > 0)
        sha256_add(h, buffer, n);
    bool bad = ferror(in) != 0;
    fclose(in);
    if (bad)
        return io_failed(path, e);
    sha256_end(h, digest);
    fprintf(arg, "%s  %s\n", hex_encode(digest, HASH_SIZE, hex), name);
    return RC_OK;
}

static enum rc sums(const struct exporting *x, struct err *e)
{
    const char *path = place(x, ".sums"), *last = place(x, "SHA256SUMS");
    FILE *out = fopen(path, "wbx");
    if (!out)
        return io_failed(path, e);
    enum rc rc = each_file(x->dir, "", sum_one, out, e);
    if (fclose(out) != 0 && rc == RC_OK)
        rc = io_failed(path, e);
    if (rc == RC_OK && rename(path, last) != 0)
        rc = io_failed(last, e);
    return rc;
}

static enum rc zip_one(void *arg, const char *path, const char *name, struct err *e)
{
    zip_t *z = arg;
    zip_source_t *src = zip_source_file(z, path, 0, -1);
    if (src && zip_file_add(z, name, src, ZIP_FL_ENC_UTF_8) >= 0)
        return RC_OK;
    if (src)
        zip_source_free(src);
    return err_set(e, RC_IO, N_("压缩包没有写成: {why}"), "why", zip_strerror(z));
}

static enum rc pack(const struct exporting *x, const char *path, struct err *e)
{
    int code;
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
    if (!z)
        return err_set(e, RC_IO, N_("压缩包没有写成: {why}"), "why", path);
    enum rc rc = each_file(x->dir, "", zip_one, z, e);
    if (rc == RC_OK && zip_close(z) == 0)
        return chmod(path, 0600) == 0 ? RC_OK : io_failed(path, e);
    if (rc == RC_OK)
        rc = err_set(e, RC_IO, N_("压缩包没有写成: {why}"), "why", zip_strerror(z));
    zip_discard(z);
    return rc;
}

/* ---- all of it ---- */

static void remove_tree(const char *dir)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    DIR *d = opendir(dir);
    struct dirent *f;
    while (d && (f = readdir(d)) != NULL) {
        const char *path = arena_printf(a, "%s/%s", dir, f->d_name);
        if (str_eq(f->d_name, ".") || str_eq(f->d_name, ".."))
            continue;
        if (unlink(path) != 0)
            remove_tree(path);
    }
    if (d)
        closedir(d);
    (void)!rmdir(dir); /* at worst it stays */
}

static enum rc write_everything(struct exporting *x, struct err *e)
{
    enum rc rc = readable(x, e);
    if (rc == RC_OK)
        rc = tables(x, e);
    if (rc == RC_OK)
        rc = reports(x, e);
    if (rc == RC_OK)
        rc = files(x, e);
    if (rc == RC_OK)
        rc = the_log(x, e);
    if (rc == RC_OK)
        rc = readme(x, e);
    return rc == RC_OK ? sums(x, e) : rc;
}

enum rc export_all(struct county *c, const char *out, const struct export_said *said,
                   struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct exporting x = { .c = c, .a = a, .said = said };
    struct stat st;
    if (stat(out, &st) == 0)
        return err_set(e, RC_CONFLICT, N_("{path} 已经存在,请换一个名字"), "path", out);
    x.dir = arena_printf(a, "%s.part", out);
    str_init(&x.list, a);
    if (mkdir(x.dir, 0700) != 0)
        return io_failed(x.dir, e);
    enum rc rc = db_read_for(c->db, SNAP_MS, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = write_everything(&x, e);
    db_read_end(&s);
    if (rc == RC_OK && str_ends(out, ".zip"))
        rc = pack(&x, out, e);
    else if (rc == RC_OK && rename(x.dir, out) != 0)
        rc = io_failed(out, e);
    if (rc != RC_OK || str_ends(out, ".zip"))
        remove_tree(x.dir);
    return rc;
}
