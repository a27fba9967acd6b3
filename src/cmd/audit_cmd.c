/* audit: recompute everything and name the first thing that differs. */
#include "base/str.h"
#include "cmd/check_cmd.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"

#include <stdio.h>

static const char *number(struct arena *a, int64_t v)
{
    return arena_printf(a, "%lld", (long long)v);
}

static void print_result(struct cmd_call *c, const struct audit_result *r, bool inside)
{
    struct arena *a = cmd_arena(c);
    enum lang lang = cmd_lang(c);

    puts(text_fill(a, lang_text(lang, N_("完整:日志 {origin},{size} 条")), "origin", r->origin,
                   "size", number(a, (int64_t)r->size), (const char *)NULL));
    if (inside)
        puts(text_fill(
            a,
            lang_text(lang, N_("记录内容 {parts} 份(已消除 {erased} 份),未封存 {waiting} "
                               "条;{tables} 张表 {rows} 行;{files} 个文件")),
            "parts", number(a, r->parts), "erased", number(a, r->erased), "waiting",
            number(a, r->waiting), "tables", number(a, r->tables), "rows", number(a, r->rows),
            "files", number(a, r->files), (const char *)NULL));
    if (r->vkey != NULL)
        puts(text_fill(a, lang_text(lang, N_("日志公钥:{vkey}")), "vkey", r->vkey,
                       (const char *)NULL));
    if (r->witnesses[0] != '\0')
        puts(text_fill(a, lang_text(lang, N_("见证:{names}")), "names", r->witnesses,
                       (const char *)NULL));
    if (!r->trusted && !inside)
        fprintf(stderr, "jingjian audit: %s\n",
                lang_text(lang, N_("没有给出 --vkey 或 --policy,签名未核对")));
}

static enum rc audit_inside(struct cmd_call *c, const struct policy *trust,
                            struct audit_result *r, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    const struct audit_progress progress = check_progress(c);
    size_t n;
    const struct audit_query *tables = audit_tables(cmd_arena(c), &n);

    enum rc rc = cmd_county(c, /* writing= */ false, &county, e);
    if (rc == RC_OK)
        rc = audit_data(cmd_arena(c), county, tables, n, trust, &progress, r, e);
    if (rc == RC_OK)
        rc = check_matters(county, e);
    if (rc == RC_OK) { /* the county closes */
        r->origin = arena_strdup(cmd_arena(c), r->origin);
        r->vkey = arena_strdup(cmd_arena(c), r->vkey);
    }
    return rc;
}

static enum rc audit(struct cmd_call *c, struct err *e)
{
    const char *data = cmd_opt(c, "data"), *tiles = cmd_opt(c, "tiles"),
               *url = cmd_opt(c, "url");
    const struct audit_progress progress = check_progress(c);
    struct audit_result r;
    struct policy *trust;

    if ((data != NULL) + (tiles != NULL) + (url != NULL) != 1)
        return cmd_usage(c, e, N_("--data、--tiles、--url 要写其中一个"), NULL, NULL);
    enum rc rc = check_trust(c, &trust, e);
    if (rc != RC_OK)
        return rc;
    if (data != NULL)
        rc = audit_inside(c, trust, &r, e);
    else if (tiles != NULL)
        rc = audit_folder(cmd_arena(c), tiles, trust, &progress, &r, e);
    else
        rc = audit_url(cmd_arena(c), url, trust, &progress, &r, e);
    if (rc == RC_OK)
        print_result(c, &r, data != NULL);
    return cmd_missing(c, rc, e);
}

const struct command cmd_audit = {
    .name = "audit",
    .help = N_("把日志和记录全部重算一遍,说出第一处不符"),
    .detail = N_(
        "--data "
        "核对县的数据文件夹(服务运行时也可以):瓦片、签名、每条记录、每张受核对的表和每个文件。"
        "--tiles 和 --url 只核对公开的日志,不需要县的任何东西。"),
    .opts = { { "data", OPT_VALUE, false, "DIR", N_("县的数据文件夹") },
              { "tiles", OPT_VALUE, false, "DIR", N_("日志文件夹,里面有 checkpoint 和 tile") },
              { "url", OPT_VALUE, false, "URL", N_("日志的地址,http:// 开头") },
              { "vkey", OPT_VALUE, false, "VKEY", N_("日志的公钥") },
              { "policy", OPT_VALUE, false, "FILE", N_("策略文件(tlog-policy 格式)") } },
    .fn = audit,
};
