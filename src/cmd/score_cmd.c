/* `score`: the engine on files. Reads, runs, tells what was noticed, writes; nothing is written
 * when anything failed. */
#include "base/file.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/score_files.h"
#include "monitor/score_config.h"

#include <stdio.h>
#include <unistd.h>

enum { WARNINGS_SHOWN = 20, THREADS_MOST = 16 };

static void say(struct cmd_call *c, const char *text)
{
    fprintf(
        stderr, "jingjian score: %s\n",
        text_fill(cmd_arena(c), lang_text(cmd_lang(c), N_("提示:{text}")), "text", text, NULL));
}

/* Each warning on a line; of one kind the first ones only. */
static void say_warnings(struct cmd_call *c, const struct engine_input *in,
                         const struct engine_result *r)
{
    size_t seen[WARN_REPLICATIONS_LEFT_OUT + 1] = { 0 }, hidden = 0;
    for (size_t i = 0; i < r->n_warnings; i++) {
        const struct engine_warning *w = &r->warnings[i];
        if (++seen[w->kind] > WARNINGS_SHOWN) {
            hidden++;
            continue;
        }
        CLEANUP(err_done) struct err text = { 0 };
        engine_warning_text(in, w, &text);
        say(c, err_message(&text, cmd_lang(c), cmd_arena(c)));
    }
    if (hidden > 0)
        say(c, text_fill(cmd_arena(c), lang_text(cmd_lang(c), N_("另有 {count} 条同类提示")),
                         "count", arena_printf(cmd_arena(c), "%zu", hidden), NULL));
}

static enum rc read_config(const char *path, const struct scheme_tree *t, struct arena *a,
                           struct score_config *ret, struct err *e)
{
    struct bytes b = { (const uint8_t *)"{}", 2 };
    if (path != NULL) {
        enum rc rc = file_read(a, path, SCORE_CONFIG_BYTES_MAX, &b, e);
        if (rc != RC_OK)
            return rc;
    }
    return score_config_parse(b, t, a, ret, e);
}

static int processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (int)n;
}

static enum rc score(struct cmd_call *c, struct err *e)
{
    struct arena *a = cmd_arena(c);
    struct score_notes notes = { .a = a, .lang = cmd_lang(c) };
    struct score_meta meta;
    struct score_config config;
    struct engine_input in;
    struct engine_result result;
    enum rc rc = score_meta_read(cmd_opt(c, "meta"), a, &notes, &meta, e);
    if (rc == RC_OK)
        rc = read_config(cmd_opt(c, "config"), &meta.tree, a, &config, e);
    if (rc == RC_OK)
        rc = score_data_read(cmd_opt(c, "data"), &meta, config.engine.denominate, config.group,
                             a, &notes, &in, e);
    for (size_t i = 0; i < notes.n; i++)
        say(c, notes.v[i]);
    if (rc != RC_OK)
        return cmd_missing(c, rc, e);
    config.engine.threads = processors();
    rc = engine_run(&in, &config.engine, a, &result, e);
    if (rc != RC_OK)
        return rc;
    say_warnings(c, &in, &result);
    return cmd_missing(c, score_write(cmd_opt(c, "out"), &in, &config.engine, &result, e), e);
}

const struct command cmd_score = {
    .name = "score",
    .help = N_("由体系和数据文件计算得分、名次、区间"),
    .detail = N_("META.csv 的列:iCode iName Level(1 为指标,向上到总指数)Parent Direction Weight Unit Target Denominator "
                 "Type(Indicator Aggregate Group Denominator Other),另可有 Owner Frequency Formula PeerGroup From;"
                 "DATA.csv 的列:uCode uName、分组、分母和每个指标一列,空或 NA 表示缺失。结果写入 DIR:scores.csv、"
                 "normalised.csv、effective_weights.csv、correlations.csv,做了相应步骤时还有 treated.csv、treatment.csv、"
                 "intervals.csv、sensitivity.csv。没有 --config 时按最小最大值标准化到 0 至 100,加权算术平均。"),
    .opts = {
        { "meta", OPT_VALUE, true, "META.csv", N_("体系:指标、层级、权重") },
        { "data", OPT_VALUE, true, "DATA.csv", N_("数据:每个单位一行") },
        { "config", OPT_VALUE, false, "C.json", N_("方法;不给则用默认方法") },
        { "out", OPT_VALUE, true, "DIR", N_("结果写入的文件夹") },
    },
    .fn = score,
};
