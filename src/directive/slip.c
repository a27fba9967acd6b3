/* Papers of a directive: which rows there are and what stands in them. How they look is
 * print/form.c. */
#include "directive/slip.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "directive/room.h"
#include "directive/slip.sql.h"
#include "directive/status.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "monitor/report_store.h"
#include "people/unit.h"
#include "print/health_report.h"
#include "store/county.h"

#include <jansson.h>
#include <string.h>

enum { ROWS_MAX = 32 };

struct making {
    const struct snap *s;
    struct county *c;
    const struct flow_who *w;
    enum lang lang;
    struct arena *a;
    struct matter m, up; /* up: the instruction it was made of; code NULL: none they may see */
    struct matter_steps_row *steps;
    size_t n_steps;
    struct matter_steps_row *up_steps;
    size_t n_up_steps;
    struct form_row *rows;
    size_t n;
};

static const char *tr(const struct making *x, const char *text)
{
    return lang_text(x->lang, text);
}

static const char *unit_name(const struct making *x, const char *code)
{
    const struct unit *u = units_find(x->w->units, code);
    return u ? u->name : code;
}

/* 2026年9月28日 */
static const char *day_text(const struct making *x, int32_t day)
{
    int y, m, d;
    char code[PERIOD_TEXT];

    if (!day)
        return "";
    if (x->lang == LANG_EN)
        return arena_strdup(x->a, day_code(day, code));
    day_split(day, &y, &m, &d);
    return arena_printf(x->a, "%d年%d月%d日", y, m, d);
}

/* 2026年9月28日16:05 */
static const char *moment(const struct making *x, struct utime t)
{
    const char *clock = fmt_time(x->a, t);
    return arena_printf(x->a, "%s %s", day_text(x, time_day(t)), clock + strlen("2026-09-28 "));
}

static void row(struct making *x, const char *name, const char *text, int lines, bool sign)
{
    x->rows[x->n++] = (struct form_row){
        .n = 1, .cell = { { tr(x, name), text ? text : "" } }, .lines = lines, .sign = sign
    };
}

static void two(struct making *x, const char *name1, const char *text1, const char *name2,
                const char *text2)
{
    x->rows[x->n++] = (struct form_row){ .n = 2,
                                         .cell = { { tr(x, name1), text1 ? text1 : "" },
                                                   { tr(x, name2), text2 ? text2 : "" } } };
}

/* ---- what is read ---- */

static enum rc load(struct making *x, const char *code, struct err *e)
{
    const char *up;
    CLEANUP(err_done) struct err quiet = { 0 };

    enum rc rc = matter_load(x->s, x->c, code, x->a, &x->m, e);
    if (rc == RC_OK &&
        (!flow_may_see(x->w, &x->m) || !str_eq(x->m.kind_code, directive_flow_kind.code)))
        rc = RC_NOTFOUND;
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    if (rc == RC_OK)
        rc = matter_steps_all(x->s, code, x->a, &x->steps, &x->n_steps, e);
    up = rc == RC_OK ? instruction_of(&x->m) : "";
    if (!*up)
        return rc;
    /* The words are for who may read them where they were written. */
    if (matter_load(x->s, x->c, up, x->a, &x->up, &quiet) != RC_OK ||
        !flow_may_see(x->w, &x->up)) {
        x->up.code = NULL;
        return RC_OK;
    }
    return matter_steps_all(x->s, up, x->a, &x->up_steps, &x->n_up_steps, e);
}

static const char *choice(const struct making *x, const char *field)
{
    const struct flow_field *f = flow_field_of(&directive_flow_kind, field);
    const char *v = matter_value(&x->m, field);
    return f && *v ? field_show(f, v, x->w->units, x->lang, x->a) : "";
}

static const char *parties(const struct making *x, enum party_role role)
{
    struct str b;

    str_init(&b, x->a);
    for (size_t i = 0; i < x->m.n_parties; i++)
        if (x->m.parties[i].role == role)
            str_addf(&b, "%s%s", b.n ? tr(x, N_("、")) : "",
                     unit_name(x, x->m.parties[i].unit));
    return b.s;
}

static enum rc person(const struct making *x, const char *account, const char **ret,
                      struct err *e)
{
    *ret = "";
    return *account ? name_of_account(x->s, account, x->a, ret, e) : RC_OK;
}

/* What a step was given, "" without. */
static const char *given(const struct making *x, const struct matter_steps_row *st,
                         const char *field)
{
    json_t *o = json_loads(st->given, 0, NULL);
    const char *v = json_string_value(json_object_get(o, field));
    v = v == NULL ? "" : arena_strdup(x->a, v);
    json_decref(o);
    return v;
}

static const char *name_of(const struct matter_steps_row *st)
{
    return st->by_name ? st->by_name : st->by_account;
}

/* ---- parts of both papers ---- */

/* Whose words, when, and whether somebody else wrote them down. */
static enum rc instruction_row(struct making *x, struct err *e)
{
    const char *leader, *writer, *day;
    struct str b;

    if (x->up.code == NULL)
        return RC_OK;
    const char *for_ = matter_value(&x->up, "leader");
    enum rc rc = person(x, x->up.opener, &writer, e);
    if (rc == RC_OK)
        rc = person(x, *for_ ? for_ : x->up.opener, &leader, e);
    if (rc != RC_OK)
        return rc;
    int32_t on = matter_day(&x->up, "given_on");
    day = day_text(x, on ? on : time_day(x->up.opened_at));
    str_init(&b, x->a);
    str_addf(&b, "%s\n",
             text_fill(x->a,
                       tr(x, *for_ ? N_("{leader}{day}批示（{writer}代录，附批示件扫描）：")
                                   : N_("{leader}{day}批示：")),
                       "leader", leader, "day", day, "writer", writer, (const char *)NULL));
    str_add(&b, matter_value(&x->up, "text"));
    row(x, N_("批示原文"), b.s, 1, false);
    return RC_OK;
}

static const char *source_text(const struct making *x)
{
    const char *from = choice(x, "source"), *doc = matter_value(&x->m, "source_doc"),
               *warning = link_of(&x->m, "warning");
    if (*doc)
        return arena_printf(x->a, "%s\n%s", from, doc);
    if (*warning)
        return arena_printf(x->a, "%s %s", from, warning);
    if (x->up.code)
        return arena_printf(x->a, "%s %s", from, x->up.code);
    return from;
}

static enum rc head_rows(struct making *x, struct err *e)
{
    const char *holder, *duty, *layer;
    enum rc rc = person(x, matter_account(&x->m), &holder, e);
    if (rc == RC_OK)
        rc = directive_duty(x->s, &x->m, &duty, &layer, e);
    if (rc != RC_OK)
        return rc;
    const char *watch = parties(x, PARTY_SUPERVISOR), *lead = unit_name(x, matter_unit(&x->m));
    row(x, N_("事项"), x->m.title, 1, false);
    two(x, N_("牵头单位"), *lead ? lead : tr(x, N_("（领导本人）")), N_("承办人"),
        *holder ? holder : tr(x, N_("由单位自定")));
    const char *joint = parties(x, PARTY_JOINT);
    two(x, N_("协办单位"), *joint ? joint : tr(x, N_("无")), N_("督办单位"),
        *watch                ? watch
        : *matter_unit(&x->m) ? tr(x, N_("派驻纪检监察组"))
                              : tr(x, N_("无")));
    two(x, N_("来源"), source_text(x), N_("承担责任"),
        *layer ? text_fill(x->a, tr(x, N_("{duty}（{layer}）")), "duty", tr(x, duty), "layer",
                           tr(x, layer), (const char *)NULL)
               : tr(x, duty));
    rc = instruction_row(x, e);
    if (rc == RC_OK)
        row(x, N_("要求"), matter_value(&x->m, "order"), 3, false);
    if (rc == RC_OK && *matter_value(&x->m, "problem"))
        row(x, N_("问题"), matter_value(&x->m, "problem"), 1, false);
    return rc;
}

/* ---- 督办单 ---- */

static const char *due_text(const struct making *x, int32_t *ret_first)
{
    const struct clock_at *k = NULL;
    for (size_t i = 0; i < x->m.n_clocks; i++)
        if (str_eq(x->m.clocks[i].code, "work"))
            k = &x->m.clocks[i];
    int32_t now = directive_due(&x->m);
    *ret_first = k && k->first ? k->first : now;
    if (now == *ret_first)
        return day_text(x, now);
    int64_t granted = 0; /* since it was opened, or opened again */
    for (size_t i = 0; i < x->n_steps; i++)
        granted = word_in("reopen rebound", x->steps[i].verb, ' ')
                      ? 0
                      : granted + str_eq(x->steps[i].verb, "give_more");
    return text_fill(x->a, tr(x, N_("{day}\n（延过{n}次）")), "day", day_text(x, now), "n",
                     fmt_count(x->a, granted), (const char *)NULL);
}

/* A line for each receipt, and who has not given one. */
static void receipt(const struct making *x, struct str *b, const char *unit, const char *name,
                    struct utime at, const char *what)
{
    str_addf(b, "%s%s", b->n ? "\n" : "",
             text_fill(x->a, tr(x, N_("{unit}{name}，{at}{what}")), "unit", unit, "name", name,
                       "at", moment(x, at), "what", tr(x, what), (const char *)NULL));
}

/* Where a person belongs; "" when that is not known any more. */
static const char *unit_of(const struct making *x, const char *account)
{
    CLEANUP(err_done) struct err quiet = { 0 };
    struct slip_unit_of_row u;

    return slip_unit_of_one(x->s, account, x->a, &u, &quiet) == RC_OK ? unit_name(x, u.code)
                                                                      : "";
}

static enum rc receipts(struct making *x, struct err *e)
{
    struct slip_parts_row *parts;
    struct str own, below;
    size_t n;

    str_init(&own, x->a);
    str_init(&below, x->a);
    for (size_t i = 0; i < x->n_steps; i++) {
        const struct matter_steps_row *st = &x->steps[i];
        if (str_eq(st->verb, "sign"))
            receipt(x, &own, unit_name(x, matter_unit(&x->m)), name_of(st), st->at, N_("签收"));
        if (str_eq(st->verb, "take"))
            receipt(x, &own, unit_of(x, st->by_account), name_of(st), st->at, N_("协办签收"));
    }
    row(x, N_("签收"), own.n ? own.s : tr(x, N_("未签收")), own.n ? 1 : 2, !own.n);
    enum rc rc = slip_parts_all(x->s, x->m.id, x->a, &parts, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct flow_state *st = flow_state_of(&directive_flow_kind, parts[i].state);
        const char *who = "", *to = unit_name(x, parts[i].unit);
        if (i + 1 < n && str_eq(parts[i + 1].code, parts[i].code))
            continue; /* the newest receipt counts */
        if (!*to)
            rc = person(x, parts[i].account, &to, e);
        if (rc == RC_OK && parts[i].signed_by)
            rc = person(x, parts[i].signed_by, &who, e);
        if (rc == RC_OK)
            str_addf(&below, "%s%s", below.n ? "\n" : "",
                     parts[i].signed_by
                         ? text_fill(x->a, tr(x, N_("{to}（{code}）：{who}{at}签收，{state}")),
                                     "to", to, "code", parts[i].code, "who", who, "at",
                                     moment(x, parts[i].signed_at), "state",
                                     st ? tr(x, st->name) : "", (const char *)NULL)
                         : text_fill(x->a, tr(x, N_("{to}（{code}）：未签收")), "to", to,
                                     "code", parts[i].code, (const char *)NULL));
    }
    if (rc == RC_OK && below.n)
        row(x, N_("分解"), below.s, 1, false);
    return rc;
}

static const char *with_note(const struct making *x, const char *word, const char *note)
{
    return *note ? arena_printf(x->a, "%s%s%s", word, tr(x, N_("。")), note) : word;
}

static enum rc status_rows(struct making *x, struct err *e)
{
    struct directive_status st;
    enum rc rc = directive_status(x->s, x->c, &x->m, x->lang, x->a, &st, e);
    if (rc != RC_OK)
        return rc;
    const struct {
        const char *name, *word, *note;
    } lines[] = { { N_("单位所说"), st.said, st.said_note },
                  { N_("佐证所示"), st.shown, st.shown_note },
                  { N_("对照原定期限"), st.against, st.against_note } };
    struct str b;
    str_init(&b, x->a);
    for (size_t i = 0; i < COUNT(lines); i++)
        str_addf(&b, "%s%s%s%s", i ? "\n" : "", tr(x, lines[i].name), tr(x, N_("：")),
                 with_note(x, lines[i].word, lines[i].note));
    row(x, N_("三个状态"), b.s, 1, false);
    return RC_OK;
}

/* Words that stand in a step, and who wrote them when; "" when there is no such step. */
static const char *said(const struct making *x, const char *const *verbs, const char *field)
{
    for (size_t i = x->n_steps; i-- > 0;)
        for (const char *const *v = verbs; *v; v++)
            if (str_eq(x->steps[i].verb, *v))
                return arena_printf(x->a, "%s\n%s %s", given(x, &x->steps[i], field),
                                    name_of(&x->steps[i]), moment(x, x->steps[i].at));
    return "";
}

static enum rc order_rows(struct making *x, struct err *e)
{
    static const char *const report[] = { "report", "report_own", "report_top", NULL };
    static const char *const close[] = { "close", "close_part", NULL };
    static const char *const again[] = { "rebound", "reopen", NULL };
    int32_t first;
    enum rc rc = head_rows(x, e);
    const char *now = due_text(x, &first);
    if (rc == RC_OK) {
        two(x, x->m.reopened ? N_("重开后期限") : N_("原定期限"), day_text(x, first),
            N_("现在期限"), now);
        if (x->m.reopened)
            row(x, N_("重开"),
                text_fill(x->a, tr(x, N_("重开{n}次。{why}")), "n",
                          fmt_count(x->a, x->m.reopened), "why", said(x, again, "lacks"),
                          (const char *)NULL),
                1, false);
        rc = receipts(x, e);
    }
    if (rc == RC_OK && !x->m.draft)
        rc = status_rows(x, e);
    if (rc != RC_OK)
        return rc;
    const char *result = said(x, report, "result"), *found = said(x, close, "found");
    row(x, N_("办理结果"), result, *result ? 1 : 2, !*result);
    row(x, N_("审核意见"), found, 1, !*found);
    return RC_OK;
}

/* ---- 签批单 ---- */

static const struct {
    const char *verb, *field, *text;
} signings[] = {
    { "submit", "", N_("{who}{at}送审签") },
    { "sign_off", "opinion", N_("{who}{at}审签") },
    { "redraft", "why", N_("{who}{at}退回重拟") },
    { "send", "", N_("{who}{at}发出") },
};

/* Who has signed what and when, as far as it has come. */
static const char *signed_so_far(const struct making *x)
{
    struct str b;

    str_init(&b, x->a);
    for (size_t i = 0; i < x->n_steps; i++)
        for (size_t k = 0; k < COUNT(signings); k++) {
            const struct matter_steps_row *st = &x->steps[i];
            if (!str_eq(st->verb, signings[k].verb))
                continue;
            const char *words = *signings[k].field ? given(x, st, signings[k].field) : "";
            str_addf(&b, "%s%s%s%s", b.n ? "\n" : "",
                     text_fill(x->a, tr(x, signings[k].text), "who", name_of(st), "at",
                               moment(x, st->at), (const char *)NULL),
                     *words ? tr(x, N_("：")) : "", words);
        }
    return b.s;
}

static enum rc approval_rows(struct making *x, struct err *e)
{
    const char *opener;
    int32_t first;
    enum rc rc = head_rows(x, e);
    if (rc == RC_OK)
        rc = person(x, x->m.opener, &opener, e);
    if (rc != RC_OK)
        return rc;
    const char *due = due_text(x, &first);
    two(x, N_("办结期限"), due, N_("拟稿"),
        arena_printf(x->a, "%s\n%s", opener, day_text(x, time_day(x->m.opened_at))));
    const char *so_far = signed_so_far(x);
    if (*so_far)
        row(x, N_("系统内已办"), so_far, 1, false);
    row(x, N_("拟办意见"), "", 1, true);
    row(x, N_("会签意见"), "", 1, true);
    row(x, N_("领导审签"), "", 2, true);
    return RC_OK;
}

/* ---- whole ---- */

static struct utime sent_at(const struct making *x)
{
    for (size_t i = 0; i < x->n_steps; i++)
        if (str_eq(x->steps[i].verb, "send") || str_eq(x->steps[i].verb, "issue"))
            return x->steps[i].at;
    return (struct utime){ 0 };
}

static enum rc proof_url(const struct making *x, const char **ret, struct err *e)
{
    struct slip_record_row last;
    struct report_proof proof;
    enum rc rc = slip_record_one(x->s, x->m.code, x->a, &last, e);
    if (rc == RC_OK)
        rc = report_proof_of(x->c, x->s, last.record_id, x->a, &proof, e);
    if (rc == RC_OK)
        *ret = proof.url;
    return rc;
}

enum rc slip_make(const struct snap *s, struct county *c, const struct flow_who *w,
                  const char *directive, enum slip which, enum lang lang, struct arena *a,
                  struct form *ret, struct err *e)
{
    struct making x = { .s = s, .c = c, .w = w, .lang = lang, .a = a };
    const char *url = NULL;
    enum rc rc = load(&x, directive, e);
    if (rc == RC_OK && which == SLIP_APPROVAL && !flow_may_see_drafts(w, &x.m))
        return err_set(e, RC_DENIED, N_("签批单只有拟办和审签的人看得到"));
    x.rows = arena_array(a, ROWS_MAX, sizeof(*x.rows));
    if (rc == RC_OK)
        rc = which == SLIP_ORDER ? order_rows(&x, e) : approval_rows(&x, e);
    if (rc == RC_OK)
        rc = proof_url(&x, &url, e);
    if (rc != RC_OK)
        return rc;
    struct utime sent = sent_at(&x), now = county_now(c);
    const char **notes = arena_array(a, 1, sizeof(*notes));
    notes[0] =
        tr(&x,
           url ? N_("监测参考，不作为考核、任用、问责的直接依据。本单照系统的记录打印；扫核验码"
                    "或打开核验地址，可以核对它在存证日志里的记录。")
               : N_("监测参考，不作为考核、任用、问责的直接依据。"));
    const char *mark = county_mark(c);
    *ret = (struct form){
        .lang = lang,
        .county = c->name,
        .title = tr(&x, which == SLIP_ORDER ? N_("廉动令督办单") : N_("廉动令签批单")),
        .left = directive_number(x.m.code, lang, a),
        .right =
            x.m.draft || !sent.us ? tr(&x, N_("拟稿，没有发出")) : day_text(&x, time_day(sent)),
        .rows = x.rows,
        .n_rows = x.n,
        .notes = notes,
        .n_notes = 1,
        .proof = url,
        .mark = mark ? tr(&x, mark) : NULL,
        .foot = text_fill(a, tr(&x, N_("{code} {time}打印")), "code", x.m.code, "time",
                          fmt_time(a, now), (const char *)NULL),
        .time = now,
    };
    return RC_OK;
}
