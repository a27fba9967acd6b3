/*
 * Checking one value. Every part of a row is looked at even when another is wrong, so that a
 * person sees all there is to mend at once.
 */
#include "monitor/values_row.h"

#include "base/str.h"
#include "sheet/cell.h"

#include <math.h>
#include <string.h>

const struct problem_option value_missing_kinds[5] = {
    { "na", N_("不适用") },         { "notdue", N_("未到期") }, { "refused", N_("拒绝提供") },
    { "withheld", N_("暂不提供") }, { "lost", N_("灭失") },
};

const char *value_missing_code(const char *text)
{
    for (size_t i = 0; i < COUNT(value_missing_kinds); i++)
        if (str_eq(text, value_missing_kinds[i].value) ||
            str_eq(text, value_missing_kinds[i].name))
            return value_missing_kinds[i].value;
    return NULL;
}

static const char *frequency_name(enum period_kind k)
{
    switch (k) {
    case PERIOD_YEAR:
        return N_("年");
    case PERIOD_QUARTER:
        return N_("季");
    case PERIOD_MONTH:
        return N_("月");
    case PERIOD_WEEK:
        return N_("周");
    case PERIOD_DAY:
        return N_("日");
    }
    return "";
}

struct problem *values_checker_problem(struct values_checker *c, enum problem_level level,
                                       const struct values_raw *r, enum column col,
                                       const char *what, const char *hint, const char *arg,
                                       const char *value)
{
    uint32_t line = (uint32_t)r->line;
    struct table at = { .name = c->sheet, .line = &line, .rows = 1 };
    bool there = r->col[col] != SIZE_MAX;
    struct problem *p = problem_add(&c->out->problems, &at, level, there ? 0 : SIZE_MAX,
                                    there ? r->col[col] : SIZE_MAX, what, hint, "text",
                                    r->text[col], arg ? arg : "", value ? value : "");
    if (p == &c->out->problems.scratch)
        return p;
    p->row = r->row;
    p->given = arena_strdup(c->a, r->text[col]);
    return p;
}

static void offer(struct problem *p, const struct near *near)
{
    p->option = near->option;
    p->n_option = near->n;
    if (near->n)
        p->fix = near->option[0].value;
}

void values_checker_init(struct values_checker *c, struct arena *a,
                         const struct values_lookup *look, struct values_checked *out)
{
    *c = (struct values_checker){ .a = a, .look = look, .out = out };
    *out = (struct values_checked){ 0 };
    problems_init(&out->problems, a);
    names_init(&c->units, a, look->n_unit);
    for (size_t i = 0; i < look->n_unit; i++)
        names_add(&c->units, look->unit[i].code, look->unit[i].name);
    names_close(&c->units);
    names_init(&c->points, a, look->n_point);
    for (size_t i = 0; i < look->n_point; i++)
        names_add(&c->points, look->point[i].code, look->point[i].name);
    names_close(&c->points);
}

static ptrdiff_t check_name(struct values_checker *c, const struct values_raw *r,
                            enum column col, struct names *ns)
{
    static const struct {
        const char *empty, *unknown, *several;
    } words[] = {
        [COL_UNIT] = { N_("没有写单位"), N_("没有叫“{text}”的单位"),
                       N_("叫“{text}”的单位不止一个,请写编码") },
        [COL_POINT] = { N_("没有写监测点"), N_("没有叫“{text}”的监测点"),
                        N_("叫“{text}”的监测点不止一个,请写编码") },
    };
    ptrdiff_t i = names_find(ns, r->text[col]);
    const char *clean = r->text[col];
    if (i < 0) {
        clean = cell_clean(c->a, clean);
        i = names_find(ns, clean);
    }
    if (i >= 0 && i < NAME_AMBIGUOUS)
        return i;
    if (!clean[0]) {
        values_checker_problem(c, PROBLEM_WRONG, r, col, words[col].empty, NULL, NULL, NULL);
        return -1;
    }
    /* Beyond what is shown nothing is searched: a file may have a million wrong names. */
    bool full = c->out->problems.n == PROBLEMS_KEPT;
    static const struct near none = { .n = 0 };
    const struct near *near = full ? &none : names_near(ns, clean, i >= 0);
    if (i >= 0)
        offer(values_checker_problem(c, PROBLEM_WRONG, r, col, words[col].several, NULL, NULL,
                                     NULL),
              near);
    else if (near->n)
        offer(values_checker_problem(c, PROBLEM_WRONG, r, col, words[col].unknown,
                                     N_("最接近的是{near}"), "near", near->option[0].name),
              near);
    else
        values_checker_problem(c, PROBLEM_WRONG, r, col, words[col].unknown, NULL, NULL, NULL);
    return -1;
}

ptrdiff_t values_checker_unit(struct values_checker *c, const struct values_raw *r)
{
    return check_name(c, r, COL_UNIT, &c->units);
}

static struct period check_period(struct values_checker *c, const struct values_raw *r,
                                  const struct values_point *pt)
{
    struct period p = { 0 };
    char code[PERIOD_TEXT];
    const char *text = r->text[COL_PERIOD], *every = frequency_name(pt->frequency);
    if (c->last.v && strcmp(c->last_period, text) == 0 && period_kind(c->last) == pt->frequency)
        return c->last;
    if (!cell_period(text, &p)) {
        const char *example = period_code(
            period_of(pt->frequency, 2026, pt->frequency == PERIOD_YEAR ? 1 : 3), code);
        values_checker_problem(c, PROBLEM_WRONG, r, COL_PERIOD,
                               text[0] ? N_("“{text}”不是期间") : N_("没有写期间"),
                               N_("写法如{example}"), "example", example);
        return (struct period){ 0 };
    }
    if (period_kind(p) != pt->frequency) {
        struct period right = period_at(pt->frequency, period_last_day(p));
        struct problem *bad = values_checker_problem(c, PROBLEM_WRONG, r, COL_PERIOD,
                                                     N_("这个监测点按{every}报,不能填“{text}”"),
                                                     N_("写成{right}"), "every", every);
        if (bad->n_arg < PROBLEM_ARGS)
            bad->arg[bad->n_arg++] =
                (struct problem_arg){ "right", arena_strdup(c->a, period_code(right, code)) };
        bad->fix = arena_strdup(c->a, period_code(right, code));
        return (struct period){ 0 };
    }
    if (c->look->today && period_first_day(p) > c->look->today) {
        values_checker_problem(c, PROBLEM_WRONG, r, COL_PERIOD, N_("“{text}”还没有到"), NULL,
                               NULL, NULL);
        return (struct period){ 0 };
    }
    size_t n = strlen(text);
    if (n < sizeof(c->last_period)) {
        memcpy(c->last_period, text, n + 1);
        c->last = p;
    }
    return p;
}

/* 1,206 after 118: a digit too many? Only a question; small counts jump by themselves. */
static void look_back(struct values_checker *c, const struct values_raw *r,
                      const struct value_row *v)
{
    struct values_known before = { 0 };
    struct period p = period_step(v->period, -1);
    if (!c->look->look_back || !c->look->known || !p.v || isnan(v->value))
        return;
    c->look->known(c->look->arg, v->unit, v->point, p, &before);
    if (!before.there || !(before.value >= 10) || !(v->value > 0))
        return;
    double ratio = v->value / before.value;
    if (ratio < 8 && ratio > 0.125)
        return;
    const char *was = arena_printf(c->a, "%.15g", before.value);
    const char *what = N_("{text},上一期是{was}"),
               *hint = ratio > 1 ? N_("比上一期多了很多") : N_("比上一期少了很多");
    if (ratio >= 8 && ratio < 12.5)
        hint = N_("可能多打了一位");
    else if (ratio <= 0.125 && ratio > 0.08)
        hint = N_("可能少打了一位");
    else if (ratio >= 80 && ratio < 125)
        hint = N_("可能多乘了100");
    else if (ratio <= 0.0125 && ratio > 0.008)
        hint = N_("可能少乘了100");
    struct problem *q =
        values_checker_problem(c, PROBLEM_LOOK, r, COL_VALUE, what, hint, "was", was);
    if (ratio >= 8 && ratio < 12.5)
        q->fix = arena_printf(
            c->a, "%.15g", v->value == floor(v->value) ? floor(v->value / 10) : v->value / 10);
}

/* The number in a cell, in the point's unit of measure. false: a problem was added. */
static bool check_number(struct values_checker *c, const struct values_raw *r,
                         const struct values_point *pt, const struct cell_value *n, double *ret)
{
    bool share = strstr(pt->unit_of_measure, "%") != NULL;
    *ret = n->v;
    if (n->percent && !share) {
        if (pt->unit_of_measure[0]) {
            values_checker_problem(c, PROBLEM_WRONG, r, COL_VALUE,
                                   N_("“{text}”带百分号,这个监测点的单位是{unit}"), NULL,
                                   "unit", pt->unit_of_measure);
            return false;
        }
        *ret = n->v / 100;
    }
    if (n->converted)
        values_checker_problem(c, PROBLEM_LOOK, r, COL_VALUE,
                               N_("“{text}”是全角字符,按{read}读入"), NULL, "read",
                               arena_printf(c->a, "%.15g", *ret));
    else if (*ret < 0 && !share)
        values_checker_problem(c, PROBLEM_LOOK, r, COL_VALUE, N_("{text}是负数"), NULL, NULL,
                               NULL);
    return true;
}

/* Value or kind of missing into *v. false: a problem was added. */
static bool check_value(struct values_checker *c, const struct values_raw *r,
                        const struct values_point *pt, struct value_row *v)
{
    const char *missing = r->text[COL_MISSING];
    v->value = NAN;
    v->missing = "";
    if (missing[0]) {
        missing = cell_clean(c->a, missing);
        if (missing[0] && !(v->missing = value_missing_code(missing))) {
            struct problem *p = values_checker_problem(
                c, PROBLEM_WRONG, r, COL_MISSING, N_("“{text}”不是缺失原因"), NULL, NULL, NULL);
            p->option = value_missing_kinds;
            p->n_option = COUNT(value_missing_kinds);
            return false;
        }
    }
    struct cell_value n = cell_number(r->text[COL_VALUE], r->kind[COL_VALUE]);
    switch (n.verdict) {
    case CELL_IS_WRONG:
        values_checker_problem(c, PROBLEM_WRONG, r, COL_VALUE, n.why, NULL, NULL, NULL);
        return false;
    case CELL_IS_BLANK:
    case CELL_IS_NA:
        if (!v->missing[0]) {
            enum column at = r->col[COL_MISSING] != SIZE_MAX ? COL_MISSING : COL_VALUE;
            struct problem *p =
                values_checker_problem(c, PROBLEM_WRONG, r, at, N_("没有数值,也没写缺失原因"),
                                       N_("缺失不等于零,选一个原因就能收"), NULL, NULL);
            p->option = value_missing_kinds;
            p->n_option = COUNT(value_missing_kinds);
            return false;
        }
        return true;
    case CELL_IS_NUMBER:
        if (v->missing[0]) {
            values_checker_problem(c, PROBLEM_WRONG, r, COL_MISSING, N_("既有数值又有缺失原因"),
                                   N_("有数值就删去缺失原因"), NULL, NULL);
            return false;
        }
        return check_number(c, r, pt, &n, &v->value);
    }
    return false;
}

static const char *check_note(struct values_checker *c, const struct values_raw *r)
{
    const char *s = r->text[COL_NOTE];
    if (!s[0])
        return "";
    enum personal p = personal_in_text(s);
    if (p == PERSONAL_NONE)
        return arena_strdup(c->a, s);
    struct problem *bad =
        values_checker_problem(c, PROBLEM_WRONG, r, COL_NOTE, N_("备注里有个人信息"),
                               N_("平台不收个人名单,请删去"), NULL, NULL);
    bad->given = "";
    for (size_t i = 0; i < bad->n_arg; i++)
        bad->arg[i].value = "";
    return NULL;
}

/* Rows that were taken, found by unit, point and period */

static uint64_t row_hash(const struct value_row *v)
{
    uint64_t h = ((uint64_t)v->unit << 32 | v->point) * 0x9E3779B97F4A7C15u;
    h = (h ^ h >> 29 ^ v->period.v) * 0xBF58476D1CE4E5B9u;
    return h ^ h >> 32;
}

static const uint64_t slot_index = 0xFFFFFFFF;

static void slots_grow(struct values_checker *c)
{
    size_t n = c->n_slots ? c->n_slots * 4 : 4096;
    mem_freep(&c->slot);
    c->slot = mem_array(n, sizeof(c->slot[0]));
    c->n_slots = n;
    for (size_t i = 0; i < c->out->n; i++) {
        uint64_t h = row_hash(&c->row[i]);
        size_t at = h & (n - 1);
        while (c->slot[at])
            at = (at + 1) & (n - 1);
        c->slot[at] = (h & ~slot_index) | (i + 1);
    }
}

/*
 * The row taken before for the same cell of the county's data; else NULL and the free slot. The
 * hash in the slot spares looking at the rows of others.
 */
static struct value_row *row_find(struct values_checker *c, const struct value_row *v,
                                  uint64_t **ret_slot)
{
    if (c->out->n * 2 >= c->n_slots)
        slots_grow(c);
    uint64_t h = row_hash(v);
    size_t at = h & (c->n_slots - 1);
    for (; c->slot[at]; at = (at + 1) & (c->n_slots - 1)) {
        if ((c->slot[at] ^ h) & ~slot_index)
            continue;
        struct value_row *o = &c->row[(c->slot[at] & slot_index) - 1];
        if (o->unit == v->unit && o->point == v->point && period_same(o->period, v->period))
            return o;
    }
    *ret_slot = &c->slot[at];
    return NULL;
}

static bool same_value(double a, const char *missing_a, double b, const char *missing_b)
{
    return (a == b || (isnan(a) && isnan(b))) && strcmp(missing_a, missing_b) == 0;
}

static void take(struct values_checker *c, const struct values_raw *r, struct value_row *v)
{
    uint64_t *slot;
    const struct value_row *before = row_find(c, v, &slot);
    if (before) {
        char cell[CELL_NAME];
        cell_name(before->line, before->col, cell);
        if (!same_value(before->value, before->missing, v->value, v->missing))
            values_checker_problem(c, PROBLEM_WRONG, r, COL_VALUE,
                                   N_("与{cell}是同一个数值,却不一样"), N_("只留对的那一个"),
                                   "cell", cell);
        else
            c->out->repeated++;
        return;
    }
    struct values_known known = { 0 };
    if (c->look->known)
        c->look->known(c->look->arg, v->unit, v->point, v->period, &known);
    v->state = VALUE_FRESH;
    if (known.there) {
        v->state = same_value(known.value, known.missing, v->value, v->missing) ? VALUE_SAME
                                                                                : VALUE_CHANGED;
        v->old_value = known.value;
        v->old_missing = known.missing;
    }
    *(v->state == VALUE_FRESH  ? &c->out->fresh
      : v->state == VALUE_SAME ? &c->out->same
                               : &c->out->changed) += 1;
    if (c->out->n == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 256;
        c->row = mem_realloc(c->row, c->cap * sizeof(c->row[0]));
    }
    c->row[c->out->n++] = *v;
    *slot = (row_hash(v) & ~slot_index) | c->out->n;
    look_back(c, r, v);
}

void values_checker_take(struct values_checker *c, const struct values_raw *r)
{
    ptrdiff_t unit = r->unit ? *r->unit : check_name(c, r, COL_UNIT, &c->units);
    ptrdiff_t point = check_name(c, r, COL_POINT, &c->points);
    const char *note = check_note(c, r);
    static const struct values_point any = { "", "", "%", 0, false, NULL };
    const struct values_point *pt = point < 0 ? &any : &c->look->point[point];
    struct value_row v = { .old_missing = "", .old_value = NAN };
    if (point >= 0)
        v.period = check_period(c, r, pt);
    bool ok = check_value(c, r, pt, &v);
    if (unit >= 0 && point >= 0 && pt->foreign) {
        values_checker_problem(c, PROBLEM_WRONG, r, COL_POINT,
                               N_("“{text}”不由本单位提供,提供单位是{owner}"), NULL, "owner",
                               pt->owner ? pt->owner : "");
        return;
    }
    if (unit >= 0 && point >= 0 && c->look->applies &&
        !c->look->applies(c->look->arg, (size_t)unit, (size_t)point)) {
        values_checker_problem(c, PROBLEM_WRONG, r, COL_POINT, N_("这个监测点不用于{unit}"),
                               NULL, "unit", c->look->unit[unit].name);
        return;
    }
    if (unit < 0 || point < 0 || !v.period.v || !ok || !note)
        return;
    v.unit = (uint32_t)unit;
    v.point = (uint32_t)point;
    v.note = note;
    v.line = (uint32_t)r->line;
    v.col = (uint32_t)(r->col[COL_VALUE] != SIZE_MAX ? r->col[COL_VALUE] : 0);
    take(c, r, &v);
}

void values_checker_end(struct values_checker *c)
{
    struct values_checked *out = c->out;
    out->row = c->row ? arena_copy(c->a, c->row, out->n * sizeof(c->row[0])) : NULL;
    for (size_t i = 0; i < out->n; i++) {
        if (i == 0)
            out->period = out->row[0].period;
        else if (!period_same(out->period, out->row[i].period))
            out->period = (struct period){ 0 };
    }
    mem_freep(&c->row);
    mem_freep(&c->slot);
}
