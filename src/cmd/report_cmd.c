/* report: health reports as files, the same bytes as the pages give. */
#include "base/file.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "monitor/compute.sql.h"
#include "monitor/report_page.h"
#include "monitor/report_store.h"
#include "print/health_report.h"

enum report_format { FORMAT_PDF, FORMAT_DOCX, FORMAT_HTML, FORMAT_JSON, FORMATS };
static const char *const formats[FORMATS] = { "pdf", "docx", "html", "json" };

struct job {
    struct cmd_call *c;
    struct county *county;
    const struct snap *s;
    struct sight sees; /* the machine's own: everything */
    struct period period;
    enum report_format format;
};

static enum rc make(struct job *j, const struct unit *unit, struct arena *a, struct bytes *ret,
                    struct err *e)
{
    struct held_report held;
    struct str b;
    enum lang lang = cmd_lang(j->c);
    enum rc rc = report_load(j->county, j->s, &j->sees, unit, j->period, lang, a, &held, e);
    if (rc != RC_OK)
        return rc;
    switch (j->format) {
    case FORMAT_PDF:
        return health_report_pdf(&held.r, lang, a, ret, NULL, e);
    case FORMAT_DOCX:
        return health_report_docx(&held.r, lang, a, ret, e);
    case FORMAT_JSON:
        *ret = held.body;
        return RC_OK;
    case FORMAT_HTML:
        report_page_alone(&held.r, lang, county_now(j->county), &web_static, a, &b);
        *ret = (struct bytes){ (const uint8_t *)b.s, b.n };
        return RC_OK;
    case FORMATS:
        break;
    }
    return err_set(e, RC_INVALID, N_("格式应为 pdf、docx、html 或 json"));
}

/* Every report of the period's newest run, a file each, named by unit and period. */
static enum rc all(struct job *j, const struct units *us, const char *folder, struct err *e)
{
    struct run_head_row run;
    struct reports_of_run_row *rows;
    struct arena *a = cmd_arena(j->c);
    size_t n;
    char code[PERIOD_TEXT];
    enum rc rc = sight_run_load(&j->sees, j->s, j->period, a, &run, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("{period} 还没有计算过"), "period",
                       period_code(j->period, code));
    if (rc == RC_OK)
        rc = reports_of_run_all(j->s, run.id, a, &rows, &n, e);
    if (rc == RC_OK)
        rc = dir_make(folder, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        CLEANUP(arena_freep) struct arena *one = arena_new();
        const struct unit *u = units_by_id(us, rows[i].unit_id);
        struct bytes out;
        if (!u)
            continue;
        rc = make(j, u, one, &out, e);
        if (rc == RC_OK)
            rc = file_write_atomic(arena_printf(one, "%s/%s-%s.%s", folder, u->code,
                                                period_code(j->period, code),
                                                formats[j->format]),
                                   out.p, out.n, e);
        cmd_progress(j->c, N_("体检报告"), (int64_t)i + 1, (int64_t)n);
    }
    return rc;
}

static enum rc report(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct job j = { .c = c };
    const struct units *us;
    const struct person machine = person_system();
    const char *unit = cmd_opt(c, "unit"), *format = cmd_opt(c, "format");
    if (!unit == !cmd_flag(c, "all"))
        return cmd_usage(c, e, N_("用 --unit 给出一个单位,或用 --all 要全部单位,二者取一"),
                         NULL, NULL);
    while (j.format < FORMATS && !str_eq(formats[j.format], format))
        j.format++;
    if (j.format == FORMATS)
        return cmd_usage(c, e, N_("没有「{value}」这种格式;可用 pdf、docx、html、json"), NULL,
                         format);
    enum rc rc = cmd_period(c, &j.period, e);
    if (rc == RC_OK)
        rc = cmd_county(c, false, &county, e);
    j.county = county;
    if (rc == RC_OK)
        rc = db_read_for(county->db, 600000, &s, e);
    j.s = s;
    if (rc == RC_OK)
        rc = units_load(s, period_last_day(j.period), cmd_arena(c), &us, e);
    if (rc == RC_OK)
        rc = sight_load(s, &machine, us, cmd_arena(c), &j.sees, e);
    if (rc != RC_OK)
        return rc;
    if (!unit)
        return all(&j, us, cmd_opt(c, "out"), e);
    const struct unit *u = units_find(us, unit);
    struct bytes out;
    if (!u)
        return err_set(e, RC_NOTFOUND, N_("没有编码为「{unit}」的单位"), "unit", unit);
    rc = make(&j, u, cmd_arena(c), &out, e);
    return rc == RC_OK ? cmd_output(c, out.p, out.n, e) : rc;
}

const struct command cmd_report = {
    .name = "report",
    .help = N_("把体检报告写成文件"),
    .detail = N_("与页面同一份内容。json 是写入日志时的原文,其 SHA-256 就是日志里的摘要。"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "unit", OPT_VALUE, false, "CODE", N_("哪个单位") },
              { "all", OPT_FLAG, false, NULL, N_("全部单位;--out 是文件夹") },
              { "period", OPT_VALUE, true, "PERIOD", N_("期间,如 2026Q3") },
              { "format", OPT_VALUE, true, "FORMAT", N_("pdf、docx、html 或 json") },
              { "out", OPT_VALUE, true, "PATH", N_("写到哪里;--all 时是文件夹") } },
    .fn = report,
};
