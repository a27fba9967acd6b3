/* import: units, scheme, points, rules and values from a file, by the same code as the pages.
 */
#include "base/file.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "flow/calendar.h"
#include "monitor/data_page.h"
#include "monitor/point_same.h"
#include "monitor/rule_gate.h"
#include "monitor/scheme_draft.h"
#include "monitor/scheme_import.h"
#include "monitor/values_import.h"
#include "people/unit_import.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"
#include "store/receipt.h"
#include "store/seal.h"
#include "warn/rule_table.h"

#include <libgen.h>
#include <stdio.h>
#include <time.h>

enum { MAP_FILE_MAX = 1 << 20, RECEIPT_WAIT_S = 15 };

struct job {
    struct cmd_call *c;
    struct arena *a;
    struct county *county;
    struct person person;
    const char *path, *name;
    struct file_sent file;
    struct period adopt_from; /* 0: a scheme stays a draft */
    bool dry;
    struct id record; /* what the receipt proves; 0: that the file came */
    /* what a change writes */
    struct scheme scheme;
    struct point *points;
    struct calendar_year *years;
    struct rule *rules;
    size_t n, changed;
    size_t open; /* what a county's own sheet left to be answered */
    int version;
};

static enum rc first_table(struct job *j, const struct table **ret, struct err *e)
{
    struct book book;
    enum rc rc = sheet_read(j->a, j->name, j->file.content, NULL, &book, e);
    return rc == RC_OK ? book_first(&book, j->name, ret, e) : rc;
}

/* All problems, a line each; RC_INVALID when one of them is wrong. */
static enum rc tell(struct job *j, const struct problems *ps, struct err *e)
{
    for (size_t i = 0; i < ps->n; i++)
        fprintf(cmd_err(j->c), "%s\n", problem_line(&ps->p[i], cmd_lang(j->c), j->a));
    return problems_err(ps, j->name, e);
}

static void say(const struct job *j, const char *text, size_t n, const char *more)
{
    fprintf(cmd_out(j->c), "%s\n",
            text_fill(j->a, lang_text(cmd_lang(j->c), text), "n", arena_printf(j->a, "%zu", n),
                      "more", more ? more : "", NULL));
}

static enum rc write_scheme(struct tx *tx, void *arg, struct err *e)
{
    struct job *j = arg;
    return scheme_draft_write(tx, j->county, &j->scheme, &j->file, j->adopt_from, j->person.id,
                              j->person.code, &j->version, e);
}

/* The head of META.csv says what every column is. */
static enum rc read_meta(struct job *j, const struct book *book, struct err *e)
{
    const struct table *t;
    struct problems ps;
    problems_init(&ps, j->a);
    enum rc rc = book_first(book, j->name, &t, e);
    if (rc == RC_OK)
        rc = scheme_from_table(t, j->a, &j->scheme, &ps, e);
    return rc == RC_OK ? tell(j, &ps, e) : rc;
}

/* A county's own sheet. What it leaves open is said, a line each with the id by which MAP.json
 * answers it; nothing is refused. */
static enum rc read_own_sheet(struct job *j, const struct book *book, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct units *us;
    const char *map_path = cmd_opt(j->c, "map");
    struct bytes map = { NULL, 0 };
    struct sheet_map m;
    struct sheet_scheme sheet;
    enum lang lang = cmd_lang(j->c);
    enum rc rc = map_path ? cmd_read(j->c, "map", MAP_FILE_MAX, &map, e) : RC_OK;
    if (rc == RC_OK)
        rc = db_read(j->county->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(j->county), j->a, &us, e);
    if (rc == RC_OK)
        rc = scheme_sheet_take(j->a, book, j->name, (const char *)map.p, s,
                               period_at(PERIOD_DAY, county_today(j->county)), us,
                               j->county->name, lang, &m, &sheet, e);
    if (rc != RC_OK)
        return rc;
    rc = tell(j, &sheet.problems, e);
    for (size_t i = 0; i < sheet.n_question && rc == RC_OK; i++) {
        const struct sheet_question *q = &sheet.question[i];
        if (q->answer)
            continue;
        const char *why = q->why ? text_fill(j->a, lang_text(lang, q->why), "rest", q->rest,
                                             "near", q->rest, NULL)
                                 : "";
        fprintf(cmd_err(j->c), "%s\n",
                text_fill(j->a, lang_text(lang, N_("{cells}: “{given}” 待答({id}) {why}")),
                          "cells", q->cells, "given", q->given, "id", q->id, "why", why, NULL));
    }
    j->open = sheet.n_open;
    j->scheme = (struct scheme){ .name = "",
                                 .note = "",
                                 .config = "{}",
                                 .sheet_digest = { j->file.digest, HASH_SIZE },
                                 .sheet_map = sheet_map_json(j->a, &m),
                                 .nodes = scheme_sheet_nodes(j->a, &sheet),
                                 .n = sheet.n };
    return rc;
}

static enum rc import_scheme(struct job *j, struct err *e)
{
    struct book book;
    enum rc rc = person_demand(&j->person, CAP_EDIT_SCHEME, NULL, e);
    if (rc == RC_OK && j->adopt_from.v)
        rc = person_demand(&j->person, CAP_ADOPT_SCHEME, NULL, e);
    if (rc == RC_OK)
        rc = sheet_read(j->a, j->name, j->file.content, NULL, &book, e);
    if (rc == RC_OK)
        rc = scheme_book_is_meta(&book) ? read_meta(j, &book, e) : read_own_sheet(j, &book, e);
    struct scheme_plan plan;
    j->scheme.name = scheme_draft_name(j->a, j->name, cmd_lang(j->c));
    if (rc == RC_OK)
        rc = scheme_plan(&j->scheme, county_today(j->county), j->a, &plan, e);
    if (rc != RC_OK)
        return rc;
    if (!j->dry)
        rc = file_sent_keep(j->county, &j->file, e);
    if (rc == RC_OK && !j->dry)
        rc = db_transact(j->county->db, write_scheme, j, e);
    if (rc == RC_OK)
        say(j,
            j->dry            ? N_("{n} 个节点,没有问题;未写入")
            : j->adopt_from.v ? N_("{n} 个节点,存为第 {more} 版并已启用")
                              : N_("{n} 个节点,存为第 {more} 版草案"),
            j->scheme.n, arena_printf(j->a, "%d", j->version));
    if (rc == RC_OK && j->open)
        say(j, N_("还有 {n} 处待答,写进 --map 的 MAP.json 再导入,或在页面上改草案"), j->open,
            NULL);
    return rc;
}

static enum rc write_points(struct tx *tx, void *arg, struct err *e)
{
    struct job *j = arg;
    enum rc rc = file_sent_register(tx, j->county, &j->file, j->person.code, e);
    return rc == RC_OK
               ? points_write(tx, j->county, j->points, j->n, j->person.code, &j->changed, e)
               : rc;
}

/* Every pair that waits for a person is said at once; the table has a column for the reason. */
static enum rc tell_pairs(struct job *j, const struct snap *s, const struct units *us,
                          struct err *e)
{
    struct same_pair *pairs;
    size_t n = 0;
    enum rc rc = points_same(s, j->points, j->n, j->a, &pairs, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (pairs[i].verdict == SAME_OPEN &&
            !*points_same_reason(j->points, j->n, pairs[i].point.code))
            fprintf(cmd_err(j->c), "%s\n",
                    text_fill(j->a,
                              lang_text(cmd_lang(j->c),
                                        N_("{point}“{name}” 像 {code}“{other}” ({owner}): 不是"
                                           "同一个数的, 在 different 一列写明理由")),
                              "point", pairs[i].point.code, "name", pairs[i].point.name, "code",
                              pairs[i].other.code, "other", pairs[i].other.name, "owner",
                              unit_name_of(us, pairs[i].other.owner), NULL));
    return rc;
}

static enum rc import_points(struct job *j, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct units *us;
    const struct table *t;
    struct problems ps;
    problems_init(&ps, j->a);
    enum rc rc = person_demand(&j->person, CAP_EDIT_POINTS, NULL, e);
    if (rc == RC_OK)
        rc = db_read(j->county->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(j->county), j->a, &us, e);
    if (rc == RC_OK)
        rc = first_table(j, &t, e);
    if (rc == RC_OK)
        rc = points_from_table(t, us, j->a, &j->points, &j->n, &ps, e);
    if (rc == RC_OK)
        rc = tell(j, &ps, e);
    if (rc == RC_OK)
        rc = tell_pairs(j, s, us, e);
    db_read_end(&s);
    if (rc == RC_OK && !j->dry)
        rc = file_sent_keep(j->county, &j->file, e);
    if (rc == RC_OK && !j->dry)
        rc = db_transact(j->county->db, write_points, j, e);
    if (rc == RC_OK)
        say(j, j->dry ? N_("{n} 个监测点,没有问题;未写入") : N_("{n} 个监测点,{more} 个有变化"),
            j->n, arena_printf(j->a, "%zu", j->changed));
    return rc;
}

static enum rc write_rules(struct tx *tx, void *arg, struct err *e)
{
    struct job *j = arg;
    enum rc rc = file_sent_register(tx, j->county, &j->file, j->person.code, e);
    return rc == RC_OK ? rules_write(tx, j->county, j->rules, j->n, j->person.id,
                                     j->person.code, &j->changed, e)
                       : rc;
}

/* Rules go live as they are; each is tried on the past first. */
static enum rc import_rules(struct job *j, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct table *t;
    struct problems ps;
    problems_init(&ps, j->a);
    enum rc rc = person_demand(&j->person, CAP_EDIT_RULES, NULL, e);
    if (rc == RC_OK)
        rc = first_table(j, &t, e);
    if (rc == RC_OK)
        rc = rules_from_table(t, j->a, &j->rules, &j->n, &ps, e);
    if (rc == RC_OK)
        rc = tell(j, &ps, e);
    if (rc == RC_OK)
        rc = db_read_for(j->county->db, 600000, &s, e);
    if (rc == RC_OK)
        rc = rule_gate(s, j->rules, j->n, county_now(j->county), e);
    db_read_end(&s);
    if (rc == RC_OK && !j->dry)
        rc = file_sent_keep(j->county, &j->file, e);
    if (rc == RC_OK && !j->dry)
        rc = db_transact(j->county->db, write_rules, j, e);
    if (rc == RC_OK)
        say(j, j->dry ? N_("{n} 条规则,没有问题;未写入") : N_("{n} 条规则,{more} 条有变化"),
            j->n, arena_printf(j->a, "%zu", j->changed));
    return rc;
}

static void loaded(void *arg, int64_t done, int64_t total)
{
    cmd_progress(arg, N_("入库"), done, total);
}

static enum rc import_values(struct job *j, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    enum rc rc = db_read_for(j->county->db, 600000, &s, e);
    if (rc == RC_OK)
        rc = values_context_make(j->county, s, &j->person, j->a, &x, e);
    if (rc == RC_OK)
        rc = values_import_check(&x, j->name, j->file.content, j->a, &k, NULL, e);
    if (rc == RC_OK && k.note)
        fprintf(cmd_err(j->c), "%s\n", lang_text(cmd_lang(j->c), k.note));
    if (rc == RC_OK)
        rc = tell(j, &k.problems, e);
    /* The file is kept as it came, so nothing may be in it that must not be kept. */
    if (rc == RC_OK && k.n_refused)
        rc = err_set(e, RC_INVALID, N_("{file}里有像个人名单的列（{column}），请去掉后再传"),
                     "file", j->name, "column", k.refused[0].letter);
    if (rc != RC_OK)
        return rc;
    const char *counts = arena_printf(j->a, "%zu / %zu / %zu", k.fresh, k.changed, k.same);
    for (size_t i = 0; i < k.n_filing; i++)
        fprintf(cmd_out(j->c), "%s\n", values_filing_text(&k.filing[i], cmd_lang(j->c), j->a));
    if (j->dry) {
        say(j, N_("{n} 行,没有错误;新增 / 更正 / 不变: {more};未写入"), k.n, counts);
        return RC_OK;
    }
    x.progress = loaded;
    x.progress_arg = j->c;
    rc = values_import_write(j->county, &x, &k, j->name, j->file.content, (struct id){ 0 },
                             NULL, &j->person, j->a, &done, e);
    if (rc != RC_OK)
        return rc;
    j->record = done.record;
    say(j, N_("{n} 行,新增 / 更正 / 不变: {more}"), k.n,
        arena_printf(j->a, "%s (%s)", counts, done.code));
    if (!cmd_opt(j->c, "receipt"))
        say(j, N_("回执在页面 {more}"), 0,
            arena_printf(j->a, "/import/%s.tlog-proof", done.code));
    return RC_OK;
}

static enum rc import_units(struct job *j, struct err *e)
{
    const struct table *t;
    enum rc rc = person_demand(&j->person, CAP_EDIT_UNITS, NULL, e);
    if (rc == RC_OK)
        rc = first_table(j, &t, e);
    struct problems ps;
    problems_init(&ps, j->a);
    struct unit_term *terms;
    if (rc == RC_OK)
        rc = units_from_table(t, j->a, &terms, &j->n, &ps, e);
    if (rc == RC_OK)
        rc = tell(j, &ps, e);
    if (rc == RC_OK)
        rc = units_import(j->county, terms, j->n, j->dry, &j->file, j->person.code, &j->changed,
                          e);
    if (rc == RC_OK)
        say(j, j->dry ? N_("{n} 行单位,没有问题;未写入") : N_("{n} 行单位,{more} 行有变化"),
            j->n, arena_printf(j->a, "%zu", j->changed));
    return rc;
}

static enum rc write_calendar(struct tx *tx, void *arg, struct err *e)
{
    struct job *j = arg;
    enum rc rc = file_sent_register(tx, j->county, &j->file, j->person.code, e);
    return rc == RC_OK
               ? calendar_write(tx, j->county, j->years, j->n, j->person.code, &j->changed, e)
               : rc;
}

/* Due days that waited for a year's calendar are worked out by the next run of the clock. */
static enum rc import_calendar(struct job *j, struct err *e)
{
    const struct table *t;
    struct problems ps;
    problems_init(&ps, j->a);
    enum rc rc = person_demand(&j->person, CAP_DISPATCH, NULL, e);
    if (rc == RC_OK)
        rc = first_table(j, &t, e);
    if (rc == RC_OK)
        rc = calendar_from_table(t, j->a, &j->years, &j->n, &ps, e);
    if (rc == RC_OK)
        rc = tell(j, &ps, e);
    if (rc == RC_OK && !j->dry)
        rc = file_sent_keep(j->county, &j->file, e);
    if (rc == RC_OK && !j->dry)
        rc = db_transact(j->county->db, write_calendar, j, e);
    if (rc == RC_OK)
        say(j,
            j->dry ? N_("{n} 个年度的节假日安排,没有问题;未写入")
                   : N_("{n} 个年度的节假日安排,{more} 个有变化"),
            j->n, arena_printf(j->a, "%zu", j->changed));
    return rc;
}

/* ---- the receipt ---- */

static enum rc receipt_now(struct job *j, struct receipt *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct file_info info;
    struct log_state log;
    enum rc rc = db_read(j->county->db, &s, e);
    if (rc == RC_OK)
        rc = log_state_get(s, j->a, &log, e);
    if (rc == RC_OK && *log.hold) /* waiting would be in vain */
        return err_set(e, RC_CONFLICT,
                       N_("暂停签署:{why}。须所有见证机构答复,或用 restore 的 --i-know-size、"
                          "--new-origin 作出决定"),
                       "why", log.hold);
    if (rc == RC_OK && !j->record.v) {
        rc = file_info_get(s, j->file.digest, j->a, &info, e);
        j->record = rc == RC_OK ? info.record_id : j->record;
    }
    return rc == RC_OK ? receipt_make(j->county, s, j->record, SHOW_OPEN, j->a, ret, e) : rc;
}

/* As soon as the log has signed it: a server does so every second, otherwise this does. */
static enum rc give_receipt(struct job *j, struct err *e)
{
    const struct timespec pause = { .tv_nsec = 100000000 };
    struct receipt r;
    enum rc rc = cmd_served(j->c) ? RC_OK : county_seal_now(j->county, e);
    if (rc == RC_OK)
        rc = receipt_now(j, &r, e);
    for (int i = 0; rc == RC_BUSY && i < RECEIPT_WAIT_S * 10 && !cmd_stopping(j->c); i++) {
        err_done(e);
        *e = (struct err){ 0 };
        nanosleep(&pause, NULL);
        rc = receipt_now(j, &r, e);
    }
    if (rc == RC_OK)
        rc = cmd_put(j->c, "receipt", "", r.proof, e);
    return rc == RC_OK ? cmd_put(j->c, "receipt", ".record", r.record, e) : rc;
}

static enum rc import(struct cmd_call *c, struct err *e)
{
    static const struct {
        const char *what;
        enum rc (*fn)(struct job *j, struct err *e);
    } kinds[] = { { "units", import_units },   { "scheme", import_scheme },
                  { "points", import_points }, { "rules", import_rules },
                  { "values", import_values }, { "calendar", import_calendar } };
    CLEANUP(county_closep) struct county *county = NULL;
    struct job j = {
        .c = c, .a = cmd_arena(c), .path = cmd_opt(c, "FILE"), .dry = cmd_flag(c, "dry-run")
    };
    j.name = basename(arena_strdup(j.a, j.path));
    size_t k = 0;
    while (k < COUNT(kinds) && !str_eq(kinds[k].what, cmd_opt(c, "WHAT")))
        k++;
    if (k == COUNT(kinds))
        return cmd_usage(
            c, e,
            N_("不能导入「{value}」;可以导入 units、scheme、points、rules、values、calendar"),
            NULL, cmd_opt(c, "WHAT"));
    bool scheme = str_eq(kinds[k].what, "scheme");
    if (!scheme && (cmd_opt(c, "map") || cmd_opt(c, "adopt-from")))
        return cmd_usage(c, e, N_("--{name} 只用于导入 scheme"),
                         cmd_opt(c, "map") ? "map" : "adopt-from", NULL);
    if (j.dry && cmd_opt(c, "receipt"))
        return cmd_usage(c, e, N_("--dry-run 不写入,没有回执"), NULL, NULL);
    enum rc rc = RC_OK;
    if (cmd_opt(c, "adopt-from"))
        rc = cmd_wrong(c, period_parse(cmd_opt(c, "adopt-from"), &j.adopt_from, e));
    if (rc == RC_OK)
        rc = cmd_read(c, "FILE", CMD_FILE_MAX, &j.file.content, e);
    j.file.name = j.name;
    j.file.media = sheet_format_mime(sheet_format_of(j.file.content));
    if (rc == RC_OK)
        rc = cmd_county(c, true, &county, e);
    j.county = county;
    if (rc == RC_OK)
        rc = cmd_person(c, county, &j.person, e);
    if (rc == RC_OK)
        rc = kinds[k].fn(&j, e);
    return rc == RC_OK && cmd_opt(c, "receipt") ? give_receipt(&j, e) : rc;
}

const struct command cmd_import = {
    .name = "import",
    .help = N_("从文件导入单位、方案、监测点或数值"),
    .detail = N_("先检查,有错误就逐格列出,什么也不写入。县里自己的方案表也可以导入:"
                 "读不懂的列出来,答案写进MAP.json,或在页面上逐项确认。"
                 "方案存为草案,在页面上试算后启用;--adopt-from 则从一期起立即启用。"
                 "原文件照样留存;--receipt 写出它在日志里的证明,可用 verify 离线核对。"),
    .opts = { { "WHAT", OPT_ARG, true, NULL,
                N_("units、scheme、points、rules、values 或 calendar") },
              { "FILE", OPT_ARG, true, NULL, N_("CSV 或 xlsx 文件"), .reads = true },
              { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "as", OPT_VALUE, true, "ACCOUNT", N_("以哪个账号的权限") },
              { "dry-run", OPT_FLAG, false, NULL, N_("只检查,不写入") },
              { "map", OPT_VALUE, false, "MAP.json",
                N_("县里自己的方案表: 各列是什么,待答的怎么答"), .reads = true },
              { "adopt-from", OPT_VALUE, false, "PERIOD", N_("方案从这一期起启用,如 2026Q3") },
              { "receipt", OPT_VALUE, false, "FILE.tlog-proof",
                N_("把回执写到这里,内容写到旁边的 FILE.record"), .writes = true } },
    .fn = import,
    .sent = true,
};
