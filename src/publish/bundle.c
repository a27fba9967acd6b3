/* The bundle. Files are written into a folder first, and packed from there: at no time is more
 * than one report in memory. */
#include "publish/bundle.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/publication.h"
#include "monitor/report_store.h"
#include "people/unit.h"
#include "store/county.h"
#include "store/job.h"
#include "store/receipt.h"
#include "store/seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

const char bundle_job[] = "bundle";
enum { SNAP_MS = 600000 };

struct bundling {
    struct county *c;
    struct arena *a;
    const struct snap *s;
    struct sight sees;
    const struct publication *run;
    const struct units *us;
    const char *dir; /* where the files are */
    const char **names;
    size_t n, cap;
};

static const char *folder(struct county *c, struct arena *a)
{
    return arena_printf(a, "%s/bundle", c->dir);
}

static const char *stem(const struct publication *run, struct arena *a)
{
    char code[PERIOD_TEXT];
    return arena_printf(a, "%s-%lld", period_code(run->period, code),
                        (long long)run->computation.v);
}

const char *bundle_path(struct county *c, const struct publication *run, struct arena *a)
{
    const char *path = arena_printf(a, "%s/%s.zip", folder(c, a), stem(run, a));
    return file_exists(path) ? path : NULL;
}

static enum rc keep(struct bundling *b, const char *name, const void *p, size_t n,
                    struct err *e)
{
    if (b->n == b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 256;
        b->names =
            arena_grow(b->a, b->names, b->cap * sizeof(*b->names), cap * sizeof(*b->names));
        b->cap = cap;
    }
    b->names[b->n++] = arena_strdup(b->a, name);
    return file_write_atomic(arena_printf(b->a, "%s/%s", b->dir, name), p, n, e);
}

/* A unit's name as part of a file's: without what Windows does not take. */
static const char *file_name(const char *name, struct arena *a)
{
    char *s = arena_strdup(a, name);
    for (char *p = s; *p; p++)
        if (strchr("/\\:*?\"<>|", *p) || (unsigned char)*p < ' ')
            *p = '_';
    return s;
}

static enum rc one(struct bundling *b, const struct unit *u, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct held_report held;
    struct receipt receipt;
    struct bytes pdf;
    char code[PERIOD_TEXT];
    const char *name = arena_printf(a, "%s-%s", u->code, period_code(b->run->period, code));
    enum rc rc = report_load(b->c, b->s, &b->sees, u, b->run->period, LANG_ZH, a, &held, e);
    if (rc == RC_OK)
        rc = receipt_make(b->c, b->s, held.record, SHOW_OPEN, a, &receipt, e);
    if (rc == RC_OK)
        rc = health_report_pdf(&held.r, LANG_ZH, a, &pdf, NULL, e);
    if (rc == RC_OK)
        rc =
            keep(b, arena_printf(a, "%s-%s.pdf", name, file_name(u->name, a)), pdf.p, pdf.n, e);
    if (rc == RC_OK)
        rc = keep(b, arena_printf(a, "%s.json", name), held.body.p, held.body.n, e);
    if (rc == RC_OK)
        rc = keep(b, arena_printf(a, "%s.tlog-proof", name), receipt.proof.p, receipt.proof.n,
                  e);
    if (rc == RC_OK)
        rc = keep(b, arena_printf(a, "%s.record", name), receipt.record.p, receipt.record.n, e);
    return rc;
}

static enum rc readme(struct bundling *b, size_t reports, struct err *e)
{
    struct str text, vkey;
    struct log_state log;
    char day[PERIOD_TEXT];
    str_init(&text, b->a);
    str_init(&vkey, b->a);
    county_vkey(b->c, &vkey);
    enum rc rc = log_state_get(b->s, b->a, &log, e);
    if (rc != RC_OK)
        return rc;
    str_addf(&text, "%s %s\n\n", b->c->name, period_name(b->a, b->run->period, LANG_ZH));
    if (b->c->demo)
        str_add(&text, "演示数据·非真实 (invented data)\n\n");
    str_addf(&text, "体检报告%zu份，%s发布。监测参考，不作为考核、任用、问责的直接依据。\n",
             reports, day_code(time_day(b->run->published_at), day));
    if (*b->run->erratum)
        str_addf(&text, "更正说明：%s\n",
                 publication_erratum_of(b->run->erratum, NULL, LANG_ZH, b->a));
    str_add(&text,
            "\n每份报告四个文件：\n"
            "  UNIT-PERIOD-单位.pdf    供阅读\n"
            "  UNIT-PERIOD.json        写入日志时的原文，其 SHA-256 就是 .record 里的 digest\n"
            "  UNIT-PERIOD.record      日志里这一条记录的内容\n"
            "  UNIT-PERIOD.tlog-proof  这条记录在日志里的回执\n\n"
            "不依靠本系统核验一份报告：\n"
            "  jingjian verify UNIT-PERIOD.tlog-proof --record UNIT-PERIOD.record --vkey '");
    str_add(&text, vkey.s);
    str_add(
        &text,
        "'\n  sha256sum UNIT-PERIOD.json\n\n"
        "Each report: the PDF, the bytes that were committed to (.json), the record that holds "
        "their SHA-256 (.record)\nand the receipt of that record in the log (.tlog-proof). The "
        "commands above check them without the server.\n");
    rc = keep(b, "README.txt", text.s, text.n, e);
    if (rc == RC_OK)
        rc = keep(b, "log.vkey", vkey.s, vkey.n, e);
    return rc == RC_OK ? keep(b, "checkpoint", log.public_note, strlen(log.public_note), e)
                       : rc;
}

static enum rc zip_failed(zip_t *z, struct err *e)
{
    enum rc rc = err_set(e, RC_IO, N_("压缩包没有写成: {why}"), "why", zip_strerror(z));
    zip_discard(z);
    return rc;
}

/* From files: libzip reads them one after the other while it closes. */
static enum rc pack(struct bundling *b, const char *path, struct err *e)
{
    int code;
    const char *part = arena_printf(b->a, "%s.part", path), *top = stem(b->run, b->a);
    zip_t *z = zip_open(part, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!z)
        return err_set(e, RC_IO, N_("压缩包没有写成: {why}"), "why", part);
    for (size_t i = 0; i < b->n; i++) {
        zip_source_t *src =
            zip_source_file(z, arena_printf(b->a, "%s/%s", b->dir, b->names[i]), 0, -1);
        zip_int64_t at = src ? zip_file_add(z, arena_printf(b->a, "%s/%s", top, b->names[i]),
                                            src, ZIP_FL_ENC_UTF_8)
                             : -1;
        if (at < 0 && src)
            zip_source_free(src);
        if (at < 0 || zip_file_set_mtime(z, (zip_uint64_t)at,
                                         (time_t)(b->run->published_at.us / 1000000), 0) != 0)
            return zip_failed(z, e);
    }
    if (zip_close(z) != 0)
        return zip_failed(z, e);
    return file_publish(part, path, e);
}

static void clear(struct bundling *b)
{
    for (size_t i = 0; i < b->n; i++)
        (void)!unlink(arena_printf(b->a, "%s/%s", b->dir, b->names[i])); /* at worst it stays */
    (void)!rmdir(b->dir);                                                /* as above */
}

/* What anybody may see of a period. */
static enum rc begin(struct bundling *b, struct period p, struct err *e)
{
    static const struct person anybody = { .code = "", .name = "" };
    char code[PERIOD_TEXT];
    enum rc rc = units_load(b->s, period_last_day(p), b->a, &b->us, e);
    if (rc == RC_OK)
        rc = sight_load(b->s, &anybody, b->us, b->a, &b->sees, e);
    if (rc != RC_OK)
        return rc;
    b->run = sight_run(&b->sees, p);
    return b->run ? RC_OK
                  : err_set(e, RC_NOTFOUND, N_("{period} 还没有发布"), "period",
                            period_code(p, code));
}

/* All files into b->dir, which is there. */
static enum rc write_files(struct bundling *b, bundle_progress *progress, void *arg,
                           size_t *ret_done, struct err *e)
{
    struct reports_of_run_row *rows;
    size_t n = 0, done = 0;
    enum rc rc = reports_of_run_all(b->s, b->run->computation, b->a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct unit *u = units_by_id(b->us, rows[i].unit_id);
        if (u)
            rc = one(b, u, e);
        done += u && rc == RC_OK;
        if (rc == RC_OK && progress)
            rc = progress(arg, (int64_t)i + 1, (int64_t)n, e);
    }
    *ret_done = done;
    return rc == RC_OK ? readme(b, done, e) : rc;
}

enum rc bundle_files(struct county *c, const struct snap *s, struct period p, const char *dir,
                     struct arena *a, size_t *ret_reports, struct err *e)
{
    struct bundling b = { .c = c, .a = a, .s = s, .dir = dir };
    enum rc rc = begin(&b, p, e);
    return rc == RC_OK ? write_files(&b, NULL, NULL, ret_reports, e) : rc;
}

enum rc bundle_make(struct county *c, struct period p, bundle_progress *progress, void *arg,
                    struct arena *a, const char **ret_path, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct bundling b = { .c = c, .a = a };
    size_t done;
    enum rc rc = db_read_for(c->db, SNAP_MS, &s, e);
    b.s = s;
    if (rc == RC_OK)
        rc = begin(&b, p, e);
    if (rc != RC_OK)
        return rc;
    *ret_path = bundle_path(c, b.run, a);
    if (*ret_path)
        return RC_OK;
    b.dir = arena_printf(a, "%s/%s", folder(c, a), stem(b.run, a));
    rc = dir_make(folder(c, a), e);
    if (rc == RC_OK)
        rc = dir_make(b.dir, e);
    if (rc == RC_OK)
        rc = write_files(&b, progress, arg, &done, e);
    const char *path = arena_printf(a, "%s.zip", b.dir);
    if (rc == RC_OK)
        rc = pack(&b, path, e);
    clear(&b);
    if (rc == RC_OK)
        *ret_path = path;
    return rc;
}

static enum rc progress(void *arg, int64_t done, int64_t total, struct err *e)
{
    return job_progress(arg, done, total, e);
}

enum rc bundle_job_run(struct job_run *r, struct err *e)
{
    struct period p;
    const char *path;
    enum rc rc = period_parse(r->key, &p, e);
    if (rc == RC_OK)
        rc = job_progress(r, 0, 0, e);
    if (rc == RC_OK)
        rc = bundle_make(r->c, p, progress, r, r->a, &path, e);
    if (rc == RC_OK)
        (void)err_set(&r->said, RC_DONE, N_("打包好了:到发布台下载")); /* no failure */
    return rc;
}
