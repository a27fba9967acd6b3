/* verify: check a receipt offline, with nothing but the receipt and the keys one trusts. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "cmd/check_cmd.h"
#include "cmd/commands.h"
#include "store/receipt.h"

#include <stdio.h>

enum { ENTRY_FILE_MAX = 1 << 20, RECORD_FILE_MAX = 64 << 20 };

static const char *number(struct arena *a, uint64_t v)
{
    return arena_printf(a, "%llu", (unsigned long long)v);
}

static void print_finding(struct cmd_call *c, const struct receipt_finding *f)
{
    struct arena *a = cmd_arena(c);
    enum lang lang = cmd_lang(c);
    char time[TIME_TEXT];

    puts(text_fill(a, lang_text(lang, N_("属实:是日志 {origin} 的第 {index} 条(共 {size} 条)")),
                   "origin", f->origin, "index", number(a, f->index), "size",
                   number(a, f->size), (const char *)NULL));
    if (f->have_entry)
        printf("%s  %.*s  %.*s  %.*s\n", time_iso((struct utime){ f->entry.time_us }, time),
               (int)f->entry.kind.n, (const char *)f->entry.kind.p, (int)f->entry.unit.n,
               (const char *)f->entry.unit.p, (int)f->entry.subject.n,
               (const char *)f->entry.subject.p);
    for (size_t i = 0; i < f->n_parts; i++)
        if (!f->parts[i].erased)
            printf("%.*s\n", (int)f->parts[i].bytes.n, (const char *)f->parts[i].bytes.p);
    if (f->n_shown < f->n_parts)
        puts(text_fill(a, lang_text(lang, N_("另有 {n} 份内容没有出示")), "n",
                       number(a, f->n_parts - f->n_shown), (const char *)NULL));
    if (f->witnesses[0] != '\0')
        puts(text_fill(a, lang_text(lang, N_("见证:{names}")), "names", f->witnesses,
                       (const char *)NULL));
}

/* At most one of --entry, --leaf-hash and --record. */
static enum rc read_claim(struct cmd_call *c, struct receipt_claim *claim, struct bytes *file,
                          uint8_t leaf[HASH_BYTES], struct err *e)
{
    const char *entry = cmd_opt(c, "entry"), *hex = cmd_opt(c, "leaf-hash"),
               *record = cmd_opt(c, "record");

    if ((entry != NULL) + (hex != NULL) + (record != NULL) > 1)
        return cmd_usage(c, e, N_("--entry、--leaf-hash、--record 只能写其中一个"), NULL, NULL);
    if (hex != NULL) {
        if (!hex_decode(hex, HASH_BYTES, leaf))
            return cmd_usage(c, e, N_("--{name} 应是 64 位十六进制数,现为「{value}」"),
                             "leaf-hash", hex);
        claim->leaf = leaf;
        return RC_OK;
    }
    if (entry == NULL && record == NULL)
        return RC_OK;
    *(entry != NULL ? &claim->entry : &claim->record) = file;
    return check_file(c, entry != NULL ? entry : record,
                      entry != NULL ? ENTRY_FILE_MAX : RECORD_FILE_MAX, file, e);
}

static enum rc verify(struct cmd_call *c, struct err *e)
{
    const struct clock real = { 0 };
    struct receipt_claim claim = { .entry = NULL };
    struct receipt_finding *f = arena_alloc(cmd_arena(c), sizeof(*f));
    uint8_t leaf[HASH_BYTES];
    struct bytes file;
    struct policy *trust;

    enum rc rc = read_claim(c, &claim, &file, leaf, e);
    if (rc == RC_OK)
        rc = check_trust(c, &trust, e);
    if (rc == RC_OK && trust == NULL)
        return cmd_usage(c, e, N_("要给出日志公钥(--vkey)或策略文件(--policy)"), NULL, NULL);
    if (rc == RC_OK)
        rc = check_file(c, cmd_opt(c, "FILE"), PROOF_FILE_MAX, &claim.proof, e);
    if (rc == RC_OK)
        rc = receipt_verify(cmd_arena(c), &claim, trust, clock_now(&real), f, e);
    if (rc == RC_OK)
        print_finding(c, f);
    return rc;
}

const struct command cmd_verify = {
    .name = "verify",
    .help = N_("离线核验一份回执"),
    .detail = N_("不联网,不需要服务器。--record 核对记录的内容;--entry 或 --leaf-hash "
                 "核对日志里的任意条目;"
                 "都不写就核对回执自带的条目。"),
    .opts = { { "FILE", OPT_ARG, true, "FILE.tlog-proof", N_("回执") },
              { "entry", OPT_VALUE, false, "FILE", N_("条目的字节") },
              { "leaf-hash", OPT_VALUE, false, "HEX", N_("条目的叶子哈希") },
              { "record", OPT_VALUE, false, "FILE", N_("与回执一起得到的 .record 文件") },
              { "vkey", OPT_VALUE, false, "VKEY", N_("日志的公钥") },
              { "policy", OPT_VALUE, false, "FILE", N_("策略文件(tlog-policy 格式)") } },
    .fn = verify,
};
