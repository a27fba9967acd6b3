/* The figures of a month: a table of queries, computed, kept, compared. */
#include "meeting/bulletin.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "meeting/bulletin.sql.h"
#include "store/canon.h"

#include <jansson.h>
#include <string.h>

const struct figure_def figure_defs[] = {
    { "directive_sent", N_("发出的廉动令"), N_("本月发出的廉动令，含各层级的；一件数一次"),
      "directive", "|send|issue|", 0 },
    { "directive_signed", N_("签收的廉动令"), N_("本月签收的廉动令；一件数一次"), "directive",
      "|sign|", 0 },
    { "directive_closed", N_("销号的廉动令"), N_("本月销号的廉动令；一件数一次"), "directive",
      "|close|close_part|", 0 },
    { "directive_in_time", N_("其中按原定期限销号的"),
      N_("本月销号的廉动令里，没有超过最初定的期限的；延过期的按最初的期限算"), "directive",
      "|close|close_part|", 1 },
    { "directive_again", N_("重开的廉动令"), N_("本月重开的，或者回头看发现反弹的廉动令"),
      "directive", "|reopen|rebound|", 0 },
    { "instruction", N_("领导批示"), N_("本月写下的批示，含代录的"), "instruction", "|open|",
      0 },
    { "warning_sent", N_("发出的预警"), N_("本月发给单位的预警；一件数一次"), "warning",
      "|send|auto_send|", 0 },
    { "warning_out", N_("消除的预警"), N_("本月经下期数值验证、或第三人复核而灭的预警"),
      "warning", "|recover|dim|", 0 },
    { "warning_quiet", N_("暂缓提醒的预警"),
      N_("本月经两人同意暂缓提醒的预警；颜色照旧，期限照走"), "warning", "|give_quiet|", 0 },
    { "objection_in", N_("提出的异议"), N_("本月单位提出的异议"), "objection", "|open|", 0 },
    { "objection_upheld", N_("成立的异议"), N_("本月认定成立、部分成立的异议"), "objection",
      "|uphold|uphold_report|uphold_warning|uphold_hint|part|part_report|", 0 },
    { "filing_late", N_("逾期签发的填报"), N_("本月签发的填报里，过了应报日的"), "filing",
      "|sign|", 2 },
    { "regulation", N_("新建和修订的制度"), N_("印发日期在本月的制度"), NULL, "", 0 },
};
const size_t figure_defs_n = COUNT(figure_defs);

const struct figure_def *figure_def_of(const char *code)
{
    for (size_t i = 0; i < figure_defs_n; i++)
        if (str_eq(figure_defs[i].code, code))
            return &figure_defs[i];
    return NULL;
}

static enum rc rules(const struct snap *s, struct period month, struct arena *a,
                     struct figure *ret, struct err *e)
{
    struct bulletin_rules_row *rows;
    enum rc rc = bulletin_rules_all(s, period_first_day(month), period_last_day(month), a,
                                    &rows, &ret->n, e);
    if (rc != RC_OK)
        return rc;
    ret->items = arena_array(a, ret->n, sizeof(*ret->items));
    for (size_t i = 0; i < ret->n; i++)
        ret->items[i] = (struct figure_item){ .code = rows[i].code };
    return RC_OK;
}

/* Whether a step is one that the figure counts; verbs begin and end with a bar. */
static bool counts(const struct figure_def *d, const struct bulletin_steps_row *r)
{
    size_t n = strlen(r->verb);
    if (!str_eq(d->kind, r->kind) || (d->only == 1 && r->on_first != 1) ||
        (d->only == 2 && r->on_time != 0))
        return false;
    for (const char *at = d->verbs; (at = strstr(at, r->verb)) != NULL; at += n)
        if (at[-1] == '|' && at[n] == '|')
            return true;
    return false;
}

/* Of a month's steps, in the order of their matters: each matter once. */
static void steps(const struct figure_def *d, const struct bulletin_steps_row *rows, size_t n,
                  struct arena *a, struct figure *ret)
{
    size_t room = 0;
    for (size_t i = 0; i < n; i++)
        room += counts(d, &rows[i]);
    ret->items = arena_array(a, room, sizeof(*ret->items));
    for (size_t i = 0; i < n; i++)
        if (counts(d, &rows[i]) &&
            (ret->n == 0 || !str_eq(ret->items[ret->n - 1].code, rows[i].code)))
            ret->items[ret->n++] = (struct figure_item){
                .code = rows[i].code,
                .quiet = str_eq(d->code, "warning_quiet") ? (int32_t)rows[i].quiet_day : 0
            };
}

enum rc bulletin_make(const struct snap *s, struct period month, const char *text,
                      struct arena *a, struct bulletin *ret, struct err *e)
{
    struct bulletin_steps_row *rows;
    struct str verbs;
    size_t n;
    str_init(&verbs, a);
    for (size_t i = 0; i < figure_defs_n; i++)
        str_add(&verbs, figure_defs[i].verbs);
    *ret = (struct bulletin){ .month = month, .text = text };
    ret->figures = arena_array(a, figure_defs_n, sizeof(*ret->figures));
    enum rc rc =
        bulletin_steps_all(s, day_start(period_first_day(month)),
                           day_start(period_last_day(month) + 1), verbs.s, a, &rows, &n, e);
    for (size_t i = 0; i < figure_defs_n && rc == RC_OK; i++) {
        const struct figure_def *d = &figure_defs[i];
        struct figure *f = &ret->figures[ret->n_figures++];
        *f = (struct figure){ .code = d->code };
        if (d->kind)
            steps(d, rows, n, a, f);
        else
            rc = rules(s, month, a, f, e);
    }
    return rc;
}

const struct figure *bulletin_figure(const struct bulletin *b, const char *code)
{
    for (size_t i = 0; i < b->n_figures; i++)
        if (str_eq(b->figures[i].code, code))
            return &b->figures[i];
    return NULL;
}

struct period bulletin_month(const struct matter *m)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct period p = { 0 };
    return period_parse(matter_value(m, "month"), &p, &e) == RC_OK ? p : (struct period){ 0 };
}

size_t figure_missing(const struct figure *in, const struct figure *from)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map *codes = map_new(a);
    size_t n = 0;
    for (size_t i = 0; i < from->n; i++)
        (void)map_add_index(codes, from->items[i].code, i);
    for (size_t i = 0; i < in->n; i++)
        n += !map_has(codes, in->items[i].code);
    return n;
}

/* ---- kept ---- */

static const char *write_figure(const struct figure *f, struct arena *a)
{
    struct canon k;
    struct str b;
    size_t n;
    str_init(&b, a);
    str_add(&b, "[");
    for (size_t i = 0; i < f->n; i++) {
        struct canon x;
        canon_init(&x, a);
        canon_text(&x, "code", f->items[i].code);
        canon_int(&x, "quiet", f->items[i].quiet);
        str_addf(&b, "%s%s", i ? "," : "", canon_end(&x, &n));
    }
    str_add(&b, "]");
    canon_init(&k, a);
    canon_text(&k, "code", f->code);
    canon_int(&k, "n", (int64_t)f->n);
    canon_json(&k, "items", b.s);
    return canon_end(&k, &n);
}

const char *bulletin_write(const struct bulletin *g, struct arena *a)
{
    struct canon k;
    struct str b;
    size_t n;
    str_init(&b, a);
    str_add(&b, "[");
    for (size_t i = 0; i < g->n_figures; i++)
        str_addf(&b, "%s%s", i ? "," : "", write_figure(&g->figures[i], a));
    str_add(&b, "]");
    canon_init(&k, a);
    canon_period(&k, "month", g->month);
    canon_text(&k, "text", g->text);
    canon_json(&k, "figures", b.s);
    return canon_end(&k, &n);
}

static void read_figure(const json_t *o, struct arena *a, struct figure *ret)
{
    const json_t *items = json_object_get(o, "items"), *x;
    const char *code = json_string_value(json_object_get(o, "code"));
    size_t i;
    *ret = (struct figure){ .code = code ? arena_strdup(a, code) : "" };
    ret->items = arena_array(a, json_array_size(items), sizeof(*ret->items));
    json_array_foreach(items, i, x)
    {
        const char *item = json_string_value(json_object_get(x, "code"));
        ret->items[ret->n++] =
            (struct figure_item){ item ? arena_strdup(a, item) : "",
                                  (int32_t)json_integer_value(json_object_get(x, "quiet")) };
    }
}

enum rc bulletin_read(const char *json, struct arena *a, struct bulletin *ret, struct err *e)
{
    json_error_t why;
    json_t *o = json_loads(json, JSON_REJECT_DUPLICATES, &why);
    const json_t *list = json_object_get(o, "figures"), *x;
    const char *month = json_string_value(json_object_get(o, "month")),
               *text = json_string_value(json_object_get(o, "text"));
    size_t i;
    enum rc rc = month && text && json_is_array(list)
                     ? period_parse(month, &ret->month, e)
                     : err_set(e, RC_UNPROVEN, N_("定稿的通报读不出来"));
    if (rc == RC_OK) {
        *ret = (struct bulletin){ .month = ret->month, .text = arena_strdup(a, text) };
        ret->figures = arena_array(a, json_array_size(list), sizeof(*ret->figures));
        json_array_foreach(list, i, x) read_figure(x, a, &ret->figures[ret->n_figures++]);
    }
    json_decref(o);
    return rc;
}
