/* Fields: what a form gives, checked and in the form it is kept in. */
#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"

#include <string.h>

bool fields_next(const char **list, struct arena *a, const char **ret, bool *ret_required)
{
    const char *s = *list ? *list : "";
    while (*s == ' ')
        s++;
    size_t n = strcspn(s, " ");
    *list = s + n;
    if (n == 0)
        return false;
    *ret_required = s[n - 1] == '!';
    *ret = arena_strndup(a, s, n - *ret_required);
    return true;
}

struct reading {
    const struct snap *s;
    const struct flow_who *w;
    const struct flow_field *f;
    int32_t today;
    struct arena *a;
};

static enum rc too(const struct flow_field *f, const char *text, const char *limit,
                   struct err *e)
{
    return err_set(e, RC_INVALID, text, "field", f->name, "limit", limit);
}

static const char *number(struct arena *a, int64_t v)
{
    return arena_printf(a, "%lld", (long long)v);
}

static enum rc read_text(const struct reading *r, const char *in, const char **ret,
                         struct err *e)
{
    const struct flow_field *f = r->f;
    int64_t max = f->max                 ? f->max
                  : f->type == FLOW_TEXT ? MATTER_TEXT_MAX
                                         : MATTER_LINES_MAX,
            n = (int64_t)utf8_count(in);
    if (!utf8_valid(in, strlen(in)))
        return err_set(e, RC_INVALID, N_("「{field}」不是合法的文字"), "field", f->name);
    if (f->type == FLOW_TEXT && strpbrk(in, "\r\n"))
        return err_set(e, RC_INVALID, N_("「{field}」只能写一行"), "field", f->name);
    if (n > max)
        return too(f, N_("「{field}」太长,最多{limit}个字"), number(r->a, max), e);
    if (n < f->min)
        return too(f, N_("「{field}」太短,至少{limit}个字"), number(r->a, f->min), e);
    *ret = in;
    return RC_OK;
}

static enum rc read_int(const struct reading *r, const char *in, const char **ret,
                        struct err *e)
{
    const struct flow_field *f = r->f;
    bool free = !f->min && !f->max;
    int64_t v;
    enum rc rc = parse_int64(in, free ? -1000000000000 : f->min, free ? 1000000000000 : f->max,
                             f->name, &v, e);
    if (rc == RC_OK)
        *ret = number(r->a, v);
    return rc;
}

static enum rc read_money(const struct reading *r, const char *in, const char **ret,
                          struct err *e)
{
    const struct flow_field *f = r->f;
    struct money v;
    enum rc rc = parse_money(in, f->name, &v, e);
    if (rc != RC_OK)
        return rc;
    if (v.fen < f->min)
        return too(f, N_("「{field}」不能少于{limit}元"),
                   fmt_yuan(r->a, (struct money){ f->min }), e);
    if (f->max && v.fen > f->max)
        return too(f, N_("「{field}」不能超过{limit}元"),
                   fmt_yuan(r->a, (struct money){ f->max }), e);
    *ret = number(r->a, v.fen);
    return RC_OK;
}

static enum rc read_day(const struct reading *r, const char *in, const char **ret,
                        struct err *e)
{
    const struct flow_field *f = r->f;
    char text[PERIOD_TEXT];
    int32_t day;
    if (day_parse(in, &day, e) != RC_OK) {
        err_done(e);
        *e = (struct err){ 0 };
        return err_set(e, RC_INVALID, N_("「{field}」不是日期:应写作 2026-09-30"), "field",
                       f->name);
    }
    if ((f->min || f->max) && day < r->today + f->min)
        return too(f, N_("「{field}」不能早于{limit}"),
                   day_code(r->today + (int32_t)f->min, text), e);
    if ((f->min || f->max) && day > r->today + f->max)
        return too(f, N_("「{field}」不能晚于{limit}"),
                   day_code(r->today + (int32_t)f->max, text), e);
    *ret = arena_strdup(r->a, day_code(day, text));
    return RC_OK;
}

static enum rc read_period(const struct reading *r, const char *in, const char **ret,
                           struct err *e)
{
    struct period p;
    enum rc rc = period_parse(in, &p, e);
    if (rc == RC_OK)
        *ret = in;
    return rc;
}

static enum rc read_choice(const struct reading *r, const char *in, const char **ret,
                           struct err *e)
{
    for (const struct flow_choice *c = r->f->choices; c && c->code; c++)
        if (str_eq(c->code, in)) {
            *ret = c->code;
            return RC_OK;
        }
    return err_set(e, RC_INVALID, N_("「{field}」没有「{value}」这一项"), "field", r->f->name,
                   "value", in);
}

/* Several of the list, each once. */
static enum rc read_choices(const struct reading *r, const char *in, const char **ret,
                            struct err *e)
{
    struct str b;
    size_t n;
    char **codes = str_split(r->a, in, '|', &n);
    str_init(&b, r->a);
    for (size_t i = 0; i < n; i++) {
        const char *code = "";
        enum rc rc = *codes[i] ? read_choice(r, codes[i], &code, e) : RC_OK;
        if (rc != RC_OK)
            return rc;
        if (*codes[i] && !word_in(b.s, code, '|'))
            str_addf(&b, "%s%s", b.n ? "|" : "", code);
    }
    *ret = b.s;
    return RC_OK;
}

/* A unit that has ended: since when, and what to do. */
static enum rc unit_ended(const struct reading *r, const char *in, struct err *e)
{
    const struct units *then;
    enum rc rc = units_of_ended(r->s, in, r->a, &then, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_find(then, in);
    char day[PERIOD_TEXT];
    if (then->day >= r->today) /* one that is to come */
        return RC_OK;
    return err_set(
        e, RC_INVALID,
        N_("「{field}」:「{unit}」{day}起已撤销，不能再交给它办；请改选接手它工作的单位，"
           "它手里没有办完的在「移交」一页转给接手的单位"),
        "field", r->f->name, "unit", u ? u->name : in, "day", day_code(then->day + 1, day));
}

static enum rc read_unit(const struct reading *r, const char *in, struct err *e)
{
    if (units_find(r->w->units, in))
        return RC_OK;
    enum rc rc = code_valid(in) ? unit_ended(r, in, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    return err_set(e, RC_INVALID, N_("「{field}」:现在没有编码为「{unit}」的单位"), "field",
                   r->f->name, "unit", in);
}

static enum rc read_units(const struct reading *r, const char *in, const char **ret,
                          struct err *e)
{
    const struct flow_field *f = r->f;
    struct map *seen = map_new(r->a);
    struct str b;
    size_t n;
    char **codes = str_split(r->a, in, '|', &n);
    enum rc rc = RC_OK;
    str_init(&b, r->a);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const char *code = str_trim(r->a, codes[i]);
        if (!*code || !map_add(seen, code, seen))
            continue;
        rc = read_unit(r, code, e);
        str_addf(&b, "%s%s", b.n ? "|" : "", code);
    }
    if (rc != RC_OK)
        return rc;
    int64_t max = f->max ? f->max : MATTER_PARTIES_MAX, have = (int64_t)map_count(seen);
    if (have > max)
        return too(f, N_("「{field}」太多,最多{limit}个单位"), number(r->a, max), e);
    if (have < f->min)
        return too(f, N_("「{field}」至少{limit}个单位"), number(r->a, f->min), e);
    *ret = b.s;
    return RC_OK;
}

static enum rc read_account(const struct reading *r, const char *in, struct err *e)
{
    struct flow_account_row row;
    enum rc rc = flow_account_one(r->s, in, r->a, &row, e);
    if (rc == RC_OK && !str_eq(row.state, "locked"))
        return RC_OK;
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    return err_set(e, RC_INVALID, N_("「{field}」:没有可用的账号「{account}」"), "field",
                   r->f->name, "account", in);
}

static enum rc read_one(const struct reading *r, const char *in, const char **ret,
                        struct err *e)
{
    *ret = in;
    switch (r->f->type) {
    case FLOW_TEXT:
    case FLOW_LINES:
        return read_text(r, in, ret, e);
    case FLOW_INT:
        return read_int(r, in, ret, e);
    case FLOW_MONEY:
        return read_money(r, in, ret, e);
    case FLOW_DAY:
        return read_day(r, in, ret, e);
    case FLOW_PERIOD:
        return read_period(r, in, ret, e);
    case FLOW_BOOL:
        *ret = str_eq(in, "0") || str_eq(in, "false") ? "0" : "1";
        return RC_OK;
    case FLOW_CHOICE:
        return read_choice(r, in, ret, e);
    case FLOW_CHOICES:
        return read_choices(r, in, ret, e);
    case FLOW_UNIT_CODE:
        return read_unit(r, in, e);
    case FLOW_UNIT_CODES:
        return read_units(r, in, ret, e);
    case FLOW_ACCOUNT_CODE:
        return read_account(r, in, e);
    case FLOW_FILES:
        break;
    }
    return RC_OK;
}

/* The value of a field; several of one name (ticked boxes) are joined with |. */
static const char *given_of(const struct flow_given *g, size_t n, const char *field,
                            struct arena *a)
{
    const char *found = NULL;
    for (size_t i = 0; i < n; i++)
        if (str_eq(g[i].field, field) && g[i].value)
            found = found ? arena_printf(a, "%s|%s", found, g[i].value) : g[i].value;
    return found ? str_trim(a, found) : "";
}

static bool in_list(const char *list, const char *field, struct arena *a)
{
    const char *code;
    bool required;
    while (fields_next(&list, a, &code, &required))
        if (str_eq(code, field))
            return true;
    return false;
}

enum rc fields_read(const struct snap *s, const struct flow_kind *k, const char *list,
                    const struct flow_who *w, const struct flow_given *given, size_t n_given,
                    size_t n_files, int32_t today, struct arena *a, struct value_at **ret,
                    size_t *ret_n, struct err *e)
{
    const char *code, *rest = list;
    bool required;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n_given; i++)
        if (!in_list(list, given[i].field, a))
            return err_set(e, RC_INVALID, N_("这里没有「{field}」这一栏"), "field",
                           given[i].field);
    *ret = NULL;
    *ret_n = 0;
    while (rc == RC_OK && fields_next(&rest, a, &code, &required)) {
        const struct flow_field *f = flow_field_of(k, code);
        struct reading r = { .s = s, .w = w, .f = f, .today = today, .a = a };
        const char *in = given_of(given, n_given, code, a), *text;
        if (f->type == FLOW_FILES) {
            int64_t least = f->min > required ? f->min : required;
            if ((required || n_files) && (int64_t)n_files < least)
                rc = too(f, N_("「{field}」至少{limit}个文件"), number(a, least), e);
            continue;
        }
        if (!*in && required)
            return err_set(e, RC_INVALID, N_("请填写「{field}」"), "field", f->name);
        if (!*in)
            continue;
        rc = read_one(&r, in, &text, e);
        if (rc == RC_OK)
            matter_add(a, *ret, *ret_n) = (struct value_at){ f->code, text };
    }
    return rc;
}

/* ---- showing ---- */

static const char *choice_names(const struct flow_field *f, const char *codes, enum lang lang,
                                struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (const struct flow_choice *c = f->choices; c && c->code; c++)
        if (word_in(codes, c->code, '|'))
            str_addf(&b, "%s%s", b.n ? lang_text(lang, N_("、")) : "",
                     lang_text(lang, c->name));
    return b.s;
}

static const char *unit_names(const char *codes, const struct units *us, enum lang lang,
                              struct arena *a)
{
    struct str b;
    size_t n;
    char **code = str_split(a, codes, '|', &n);
    str_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = us ? units_find(us, code[i]) : NULL;
        str_addf(&b, "%s%s", i ? lang_text(lang, N_("、")) : "", u ? u->name : code[i]);
    }
    return b.s;
}

const char *field_show(const struct flow_field *f, const char *stored,
                       const struct units *units, enum lang lang, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    int64_t v = 0;
    struct period p;
    if (!f)
        return stored;
    switch (f->type) {
    case FLOW_MONEY:
        return parse_int64(stored, INT64_MIN, INT64_MAX, "", &v, &e) == RC_OK
                   ? fmt_yuan(a, (struct money){ v })
                   : stored;
    case FLOW_PERIOD:
        return period_parse(stored, &p, &e) == RC_OK ? period_name(a, p, lang) : stored;
    case FLOW_BOOL:
        return lang_text(lang, str_eq(stored, "1") ? N_("是") : N_("否"));
    case FLOW_CHOICE:
        for (const struct flow_choice *c = f->choices; c && c->code; c++)
            if (str_eq(c->code, stored))
                return lang_text(lang, c->name);
        return stored;
    case FLOW_CHOICES:
        return choice_names(f, stored, lang, a);
    case FLOW_UNIT_CODE:
    case FLOW_UNIT_CODES:
        return unit_names(stored, units, lang, a);
    case FLOW_TEXT:
    case FLOW_LINES:
    case FLOW_INT:
    case FLOW_DAY:
    case FLOW_ACCOUNT_CODE:
    case FLOW_FILES:
        break;
    }
    return stored;
}
