/*
 * backup and restore: a county in one file and back. A backup only reads, so it is made by this
 * process, beside a running server too; restoring wants a folder nobody uses.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/parse.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "duty/failure.h"
#include "people/account.h"
#include "search/search.h"
#include "store/backup.h"
#include "store/erase.h"
#include "store/seal.h"
#include "worklog/worklog.h"

#include <stdio.h>

struct telling {
    struct cmd_call *c;
    const char *what;
};

static enum rc say(void *ctx, int64_t done, int64_t total, struct err *e)
{
    const struct telling *t = ctx;
    (void)e;
    cmd_progress(t->c, t->what, done, total);
    return RC_OK;
}

static enum rc backup(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    struct telling telling = { c, N_("备份") };
    const struct backup_progress progress = { .ctx = &telling, .say = say };
    struct arena *a = cmd_arena(c);
    struct backup_info made;
    const char *out = cmd_opt(c, "out");
    if (file_exists(out))
        return err_set(e, RC_CONFLICT, N_("文件 {path} 已存在"), "path", out);
    enum rc rc = cmd_county(c, /* writing= */ false, &county, e);
    if (rc == RC_OK)
        rc = cmd_missing(c, county_backup(county, out, &progress, a, &made, e), e);
    if (rc != RC_OK)
        return rc;
    fprintf(cmd_out(c), "%s\n",
            text_fill(a,
                      lang_text(cmd_lang(c),
                                N_("{path}: {size} 字节,日志 {log} 条,SHA-256 {digest}")),
                      "path", out, "size", fmt_count(a, made.size), "log",
                      fmt_count(a, made.log_size), "digest", made.digest, NULL));
    return RC_OK;
}

const struct command cmd_backup = {
    .name = "backup",
    .help = N_("把整个县备份成一个文件,服务运行时也可以"),
    .detail = N_("文件是 tar:数据库在一个时刻的样子、密钥、上传的文件和它们的摘要。里面有私钥,"
                 "只有文件主能读;请拷到另一台机器,加密保存。PostgreSQL 的县要有 pg_dump。"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "out", OPT_VALUE, true, "FILE", N_("写到哪个新文件") } },
    .fn = backup,
};

/* ---- restore ---- */

struct deciding {
    const char *origin; /* NULL: none */
    int64_t size;       /* -1: not said */
};

/* What was erased since the backup, then who may sign again. */
static enum rc settle(struct cmd_call *c, struct county *county, const struct deciding *d,
                      struct err *e)
{
    const struct eraser erasers[] = { account_eraser, worklog_eraser, duty_eraser,
                                      search_eraser };
    int64_t erased = 0;
    enum rc rc = erasures_replay(county, erasers, COUNT(erasers), &erased, e);
    if (rc == RC_OK && erased)
        fprintf(cmd_out(c), "%s\n",
                text_fill(cmd_arena(c),
                          lang_text(cmd_lang(c), N_("备份之后依法删除过的 {n} 项已再次删除")),
                          "n", fmt_count(cmd_arena(c), erased), NULL));
    if (rc == RC_OK && d->origin)
        rc = county_new_origin(county, d->origin, e);
    if (rc == RC_OK && d->size >= 0)
        rc = county_i_know_size(county, d->size, e);
    return rc;
}

/* How the log stands: on hold until somebody decides, or signed again. */
static enum rc tell_state(struct cmd_call *c, struct county *county, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct arena *a = cmd_arena(c);
    struct log_state log;
    enum rc rc = db_read(county->db, &s, e);
    if (rc == RC_OK)
        rc = log_state_get(s, a, &log, e);
    if (rc != RC_OK)
        return rc;
    fprintf(cmd_out(c), "%s\n",
            text_fill(a,
                      lang_text(cmd_lang(c),
                                *log.hold
                                    ? N_("日志 {origin},{size} 条。暂停签署:等所有见证机构"
                                         "说出它们记着的大小;没有见证机构时,用 restore --data "
                                         "{dir} 加 --i-know-size N(您确知最后签过的大小)或 "
                                         "--new-origin NAME(另起日志)作出决定")
                                    : N_("日志 {origin},{size} 条,启动服务后继续签署")),
                      "origin", county->origin, "size", fmt_count(a, log.size), "dir",
                      county->dir, NULL));
    return RC_OK;
}

static enum rc restore(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    struct telling telling = { c, N_("恢复") };
    const struct backup_progress progress = { .ctx = &telling, .say = say };
    struct arena *a = cmd_arena(c);
    struct deciding d = { .origin = cmd_opt(c, "new-origin"), .size = -1 };
    struct backup_info from;
    char at[TIME_TEXT];
    const char *file = cmd_opt(c, "FILE"), *dir = cmd_opt(c, "data"),
               *known = cmd_opt(c, "i-know-size");
    if (d.origin && known)
        return cmd_usage(c, e, N_("--new-origin 和 --i-know-size 只能写一个"), NULL, NULL);
    if (!file && !d.origin && !known)
        return cmd_usage(c, e, N_("缺少 {name}"), "FILE", NULL);
    if (known && parse_int64(known, 0, INT64_MAX, "--i-know-size", &d.size, e) != RC_OK)
        return cmd_usage(c, e, N_("--{name} 应为整数,现为「{value}」"), "i-know-size", known);
    enum rc rc =
        file ? cmd_missing(
                   c, county_restore(file, dir, cmd_opt(c, "db"), &progress, a, &from, e), e)
             : RC_OK;
    if (rc == RC_OK && file)
        fprintf(cmd_out(c), "%s\n",
                text_fill(a, lang_text(cmd_lang(c), N_("{dir}: 已恢复 {time} 的备份")), "dir",
                          dir, "time", time_local(from.at, at), NULL));
    if (rc == RC_OK)
        rc = cmd_county(c, /* writing= */ true, &county, e);
    if (rc == RC_OK)
        rc = settle(c, county, &d, e);
    return rc == RC_OK ? tell_state(c, county, e) : rc;
}

const struct command cmd_restore = {
    .name = "restore",
    .help = N_("把备份恢复到空的数据文件夹"),
    .detail = N_("先把原来文件夹里 keys/ 中最新的 erasures 和 signed "
                 "放进新文件夹的 keys/,恢复不会覆盖它们。"
                 "备份之后签过的检查点不能忘记,所以恢复后暂停签署,直到所有见证机构答复,"
                 "或由人决定;不写 FILE 就是为已经恢复的县作这个决定。"
                 "PostgreSQL 的县要有 psql。"),
    .opts = { { "FILE", OPT_ARG, false, NULL, N_("backup 写的文件") },
              { "data", OPT_VALUE, true, "DIR", N_("空的数据文件夹") },
              { "db", OPT_VALUE, false, "URL",
                N_("PostgreSQL 的县恢复到哪个数据库,里面不能已有它的模式") },
              { "new-origin", OPT_VALUE, false, "NAME", N_("另起一个日志,用新名字和新密钥") },
              { "i-know-size", OPT_VALUE, false, "N",
                N_("我确知最后签过的日志大小是 N,可以接着签") } },
    .fn = restore,
};
