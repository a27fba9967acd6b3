/* draw verify: draw again from the file a county published, and compare; with the receipt of
 * the announcement also that it is in the log. Needs no county and no server. */
#include "base/clock.h"
#include "base/str.h"
#include "cmd/check_cmd.h"
#include "cmd/commands.h"
#include "lot/lot.h"
#include "store/receipt.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { RECORD_FILE_MAX = 64 << 20 };

static const char *number(struct arena *a, size_t v)
{
    return arena_printf(a, "%zu", v);
}

static void say(struct cmd_call *c, const char *text, const struct lot *l)
{
    char at[TIME_TEXT];
    struct arena *a = cmd_arena(c);

    puts(text_fill(a, lang_text(cmd_lang(c), text), "draw", l->draw, "title", l->title, "n",
                   number(a, l->n_items), "k", number(a, l->n_drawn), "event", l->event, "at",
                   time_local(l->at, at), (const char *)NULL));
}

/* The announcement that a record's open parts hold; NULL: none. */
static const char *announced(struct arena *a, const struct receipt_finding *f)
{
    for (size_t i = 0; i < f->n_parts; i++) {
        if (f->parts[i].erased)
            continue;
        json_t *o = json_loadb((const char *)f->parts[i].bytes.p, f->parts[i].bytes.n, 0, NULL);
        const char *text = json_string_value(json_object_get(o, "announcement"));
        text = text == NULL ? NULL : arena_strdup(a, text);
        json_decref(o);
        if (text != NULL)
            return text;
    }
    return NULL;
}

static enum rc check_receipt(struct cmd_call *c, const struct lot *l, struct err *e)
{
    const struct clock real = { 0 };
    struct arena *a = cmd_arena(c);
    struct receipt_claim claim = { .entry = NULL };
    struct receipt_finding *f = arena_alloc(a, sizeof(*f));
    char at[TIME_TEXT];
    struct bytes record;
    struct policy *trust;
    struct str b;

    enum rc rc = check_trust(c, &trust, e);
    if (rc == RC_OK && (trust == NULL || cmd_opt(c, "record") == NULL))
        return cmd_usage(c, e,
                         N_("核对回执要给出 --record,以及日志公钥(--vkey)或策略文件(--policy)"),
                         NULL, NULL);
    if (rc == RC_OK)
        rc = check_file(c, cmd_opt(c, "receipt"), PROOF_FILE_MAX, &claim.proof, e);
    if (rc == RC_OK)
        rc = check_file(c, cmd_opt(c, "record"), RECORD_FILE_MAX, &record, e);
    claim.record = &record;
    if (rc == RC_OK)
        rc = receipt_verify(a, &claim, trust, clock_now(&real), f, e);
    if (rc != RC_OK)
        return rc;
    str_init(&b, a);
    lot_announcement(l, &b);
    if (!str_eq(announced(a, f), b.s))
        return err_set(e, RC_UNPROVEN, N_("回执里的记录不是这次抽签的公告"));
    if (f->have_entry && f->entry.time_us >= l->at.us)
        return err_set(e, RC_UNPROVEN,
                       N_("公告是{at}才记下的,晚于公开事件的时间:种子那时已可知道"), "at",
                       time_local((struct utime){ f->entry.time_us }, at));
    puts(text_fill(
        a,
        lang_text(cmd_lang(c), N_("公告属实:{at}记入日志 {origin},第{index}条;见证:{names}")),
        "at", time_local((struct utime){ f->entry.time_us }, at), "origin", f->origin, "index",
        number(a, (size_t)f->index), "names", f->witnesses[0] ? f->witnesses : "-",
        (const char *)NULL));
    return RC_OK;
}

static enum rc verify(struct cmd_call *c, struct err *e)
{
    struct bytes file;
    struct lot l;

    enum rc rc = check_file(c, cmd_opt(c, "FILE"), LOT_FILE_MAX, &file, e);
    if (rc == RC_OK)
        rc = lot_parse(cmd_arena(c), file, &l, e);
    if (rc == RC_OK)
        rc = lot_verify(cmd_arena(c), &l, e);
    if (rc != RC_OK)
        return rc;
    say(c,
        *l.seed ? N_("属实:{draw}「{title}」按公告的名单和种子,从{n}项中抽出的正是这{k}项")
                : N_("名单属实:{draw}「{title}」的{n}项与公告的摘要相符;还没有种子,不早于{at}"),
        &l);
    if (*l.seed)
        say(c, N_("种子请自己对一遍:{event},{at}后公布"), &l);
    return cmd_opt(c, "receipt") != NULL ? check_receipt(c, &l, e) : RC_OK;
}

const struct command cmd_draw_verify = {
    .name = "draw verify",
    .help = N_("核验一次公开的抽签"),
    .detail =
        N_("不联网,不需要服务器:按文件里的名单、公告和种子重新抽一遍,与公布的结果比较。"
           "--receipt 和 --record 核对公告在种子可知之前已记入日志。方法见 docs/draw.md。"),
    .opts = { { "FILE", OPT_ARG, true, "FILE.draw", N_("公布的抽签文件") },
              { "receipt", OPT_VALUE, false, "FILE", N_("公告的回执(.tlog-proof)") },
              { "record", OPT_VALUE, false, "FILE", N_("与回执一起得到的 .record 文件") },
              { "vkey", OPT_VALUE, false, "VKEY", N_("日志的公钥") },
              { "policy", OPT_VALUE, false, "FILE", N_("策略文件(tlog-policy 格式)") } },
    .fn = verify,
};
