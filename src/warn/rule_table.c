/* Rules from tables and back. */
#include "warn/rule_table.h"

#include "base/parse.h"
#include "base/str.h"

#include <math.h>
#include <string.h>

enum {
    R_CODE,
    R_NAME,
    R_KIND,
    R_TARGET,
    R_OP,
    R_YELLOW,
    R_ORANGE,
    R_RED,
    R_RECOVER,
    R_FOR,
    R_AGAIN,
    R_PEERS,
    R_ADVICE,
    R_SEND,
    RULE_FIELDS
};
static const char *const columns[RULE_FIELDS] = {
    "code", "name",    "target_kind", "target",          "op",         "yellow", "orange",
    "red",  "recover", "for_periods", "recover_periods", "peer_group", "advice", "send"
};

struct reading {
    const struct table *t;
    struct arena *a;
    struct problems *problems;
    ptrdiff_t col[RULE_FIELDS];
    size_t row;
};

static const char *cell(const struct reading *r, size_t field)
{
    return r->col[field] < 0 ? ""
                             : str_trim(r->a, table_text(r->t, r->row, (size_t)r->col[field]));
}

static double limit(struct reading *r, size_t field)
{
    const char *s = cell(r, field);
    double v = NAN;
    if (*s && !parse_real_n(s, strlen(s), &v))
        problem_add(r->problems, r->t, PROBLEM_WRONG, r->row, (size_t)r->col[field],
                    N_("应为数字"), NULL);
    return v;
}

/* Empty is 1; what is no number of periods becomes 0, which rule_check refuses. */
static int periods(struct reading *r, size_t field)
{
    double v = limit(r, field);
    if (isnan(v))
        return 1;
    return v >= 1 && v <= WARN_PERIODS_MAX && v == floor(v) ? (int)v : 0;
}

enum rc rules_from_table(const struct table *t, struct arena *a, struct rule **ret,
                         size_t *ret_n, struct problems *problems, struct err *e)
{
    struct reading r = { .t = t, .a = a, .problems = problems };
    for (size_t i = 0; i < RULE_FIELDS; i++)
        r.col[i] = t->rows ? table_col(t, 0, columns[i]) : -1;
    for (size_t c = 0; t->rows && c < t->cols; c++) {
        bool known = false;
        for (size_t i = 0; i < RULE_FIELDS; i++)
            known |= r.col[i] == (ptrdiff_t)c;
        if (!known)
            return err_set(e, RC_INVALID,
                           N_("{file}: 不认识「{column}」这一列;可用的列: {columns}"), "file",
                           t->file ? t->file : "", "column", table_text(t, 0, c), "columns",
                           "code, name, target_kind, target, op, yellow, orange, red, recover, "
                           "for_periods, recover_periods, "
                           "peer_group, advice, send");
    }
    struct rule *rules = arena_array(a, t->rows, sizeof(*rules));
    size_t n = 0;
    for (r.row = 1; r.row < t->rows; r.row++) {
        if (table_row_blank(t, r.row))
            continue;
        struct rule *x = &rules[n++];
        *x = (struct rule){ .code = cell(&r, R_CODE),
                            .name = cell(&r, R_NAME),
                            .state = RULE_LIVE,
                            .kind = warn_target_of(cell(&r, R_KIND)),
                            .target = cell(&r, R_TARGET),
                            .when = { .op = rule_op_of(cell(&r, R_OP)),
                                      .limit = { [WARN_NONE] = NAN,
                                                 [WARN_YELLOW] = limit(&r, R_YELLOW),
                                                 [WARN_ORANGE] = limit(&r, R_ORANGE),
                                                 [WARN_RED] = limit(&r, R_RED) },
                                      .recover = limit(&r, R_RECOVER),
                                      .for_periods = periods(&r, R_FOR),
                                      .recover_periods = periods(&r, R_AGAIN) },
                            .peer_group = cell(&r, R_PEERS),
                            .advice = cell(&r, R_ADVICE),
                            .send = *cell(&r, R_SEND) ? rule_send_of(cell(&r, R_SEND))
                                                      : RULE_REVIEW,
                            .why = "",
                            .by = "" };
        CLEANUP(err_done) struct err why = { 0 };
        const char *field;
        if (rule_check(x, &field, &why) != RC_OK)
            problem_add(problems, t, PROBLEM_WRONG, r.row, 0, N_("这条规则不成立:{reason}"),
                        NULL, "reason", err_both(&why, a));
    }
    *ret = rules;
    *ret_n = n;
    return RC_OK;
}

static const char *real_text(struct arena *a, double v)
{
    struct str b;
    str_init(&b, a);
    if (!isnan(v))
        json_num(&b, v);
    return b.s;
}

const struct table *rules_to_table(const struct rule *rules, size_t n, struct arena *a)
{
    struct table *t = table_new(a, n + 1, RULE_FIELDS, false);
    for (size_t i = 0; i < RULE_FIELDS; i++)
        table_set(t, 0, i, CELL_TEXT, columns[i]);
    for (size_t i = 0; i < n; i++) {
        const struct rule *x = &rules[i];
        const char *cells[RULE_FIELDS] = { x->code,
                                           x->name,
                                           warn_target_word(x->kind),
                                           x->target,
                                           rule_op_word(x->when.op),
                                           real_text(a, x->when.limit[WARN_YELLOW]),
                                           real_text(a, x->when.limit[WARN_ORANGE]),
                                           real_text(a, x->when.limit[WARN_RED]),
                                           real_text(a, x->when.recover),
                                           arena_printf(a, "%d", x->when.for_periods),
                                           arena_printf(a, "%d", x->when.recover_periods),
                                           x->peer_group,
                                           x->advice,
                                           rule_send_word(x->send) };
        for (size_t c = 0; c < RULE_FIELDS; c++)
            table_set(t, i + 1, c, CELL_TEXT, cells[c]);
    }
    return t;
}
