/*
 * Running a formula: each instruction over a block of units before the next.
 *
 * Null is NaN, so that arithmetic needs no mask; a register points either to its own block or
 * straight into the caller's column. A function over periods is a small loop in the program:
 * its body runs once a period.
 */
#include "stats/formula_code.h"

#include <math.h>

/* Units at once: a register is 4 KB, so that a few stay in the first cache. */
enum { BLOCK = 512 };

/* NaN for anything not finite, and 0 for -0, without a branch: inf - inf and nan - nan are NaN.
 */
static inline double or_null(double v)
{
    return v + (v - v);
}

static inline double logic_and(double a, double b)
{
    if (a == 0 || b == 0)
        return 0;
    return a + b == 2 ? 1 : NAN;
}

static inline double logic_or(double a, double b)
{
    if (a == 1 || b == 1)
        return 1;
    return a + b == 0 ? 0 : NAN;
}

/* A comparison's result, null when an operand is. */
static inline double compared(bool yes, double a, double b)
{
    return a != a || b != b ? NAN : (double)yes;
}

static inline double smaller(double a, double b)
{
    return a < b || b != b ? a : b;
}

static inline double larger(double a, double b)
{
    return a > b || b != b ? a : b;
}

/* Bases 2 and 10 by their own functions: log(1000)/log(10) is not 3. No base is 0: log(0) is
 * not finite. */
static double log_base(double x, double base)
{
    if (base <= 0)
        return NAN;
    if (base == 2)
        return log2(x);
    return base == 10 ? log10(x) : log(x) / log(base);
}

struct run {
    const struct formula *f;
    const struct formula_column *columns;
    size_t *windows;    /* of each loop, by its instruction */
    size_t stride;      /* values in a block */
    double *blocks;     /* n_regs blocks */
    const double **reg; /* where each register's values are */
    size_t step, steps; /* of the running loop */
};

/* How many periods each loop runs; refuses two different windows in one. */
static enum rc windows_find(const struct formula *f, const struct formula_column *columns,
                            size_t *windows, struct arena *a, struct err *e)
{
    size_t loop = 0;
    const char *first = NULL;
    for (size_t i = 0; i < f->n_code; i++) {
        const struct ins *ins = &f->code[i];
        if (ins->op == OP_LOOP) {
            loop = i;
            windows[i] = 1;
        }
        if (ins->op != OP_LOAD || !ins->agg || columns[ins->name].window <= 1)
            continue;
        size_t w = columns[ins->name].window;
        if (windows[loop] != 1 && windows[loop] != w)
            return err_set(
                e, RC_INVALID,
                N_("“{a}”与“{b}”的期数不同（{na}与{nb}），不能放在同一个按期汇总的函数里"), "a",
                first, "b", f->names[ins->name], "na", arena_printf(a, "%zu", windows[loop]),
                "nb", arena_printf(a, "%zu", w));
        windows[loop] = w;
        first = f->names[ins->name];
    }
    return RC_OK;
}

static const double *row_of(const struct run *run, const struct ins *ins)
{
    const struct formula_column *c = &run->columns[ins->name];
    ptrdiff_t i = (ptrdiff_t)c->n_rows - 1;
    if (ins->agg && c->window > 1)
        i = (ptrdiff_t)c->n_rows - (ptrdiff_t)c->window + (ptrdiff_t)run->step;
    i += ins->k;
    return i < 0 || i >= (ptrdiff_t)c->n_rows ? NULL : c->rows[i];
}

static void fill(double *z, size_t n, double v)
{
    for (size_t i = 0; i < n; i++)
        z[i] = v;
}

/* One turn of a loop is over: take the body's value in. */
static void collect(enum op op, double *acc, double *count, const double *v, size_t n)
{
    if (op == OP_SUM || op == OP_AVG) {
        for (size_t i = 0; i < n; i++)
            acc[i] += v[i] == v[i] ? v[i] : 0;
    } else if (op == OP_MIN) {
        for (size_t i = 0; i < n; i++)
            acc[i] = count[i] == 0 ? v[i] : smaller(acc[i], v[i]);
    } else if (op == OP_MAX) {
        for (size_t i = 0; i < n; i++)
            acc[i] = count[i] == 0 ? v[i] : larger(acc[i], v[i]);
    } else if (op == OP_LAST) {
        for (size_t i = 0; i < n; i++)
            acc[i] = v[i] == v[i] ? v[i] : acc[i];
    }
    for (size_t i = 0; i < n; i++)
        count[i] += v[i] == v[i];
}

static void conclude(enum op op, double *acc, const double *count, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double v = op == OP_COUNT ? count[i]
                   : op == OP_AVG ? or_null(acc[i] / count[i])
                                  : or_null(acc[i]);
        acc[i] = count[i] == 0 && op != OP_COUNT ? NAN : v;
    }
}

#define EACH(value)                                                                            \
    for (size_t i = 0; i < n; i++)                                                             \
        z[i] = (value);                                                                        \
    break

/*
 * Run the program for units [from, from + n). EACH is a macro because the compiler must see one
 * loop per operation; it uses z, a, b, c, n of this function.
 */
static void run_block(struct run *run, size_t from, size_t n, double *ret)
{
    const struct formula *f = run->f;
    for (size_t pc = 0; pc < f->n_code; pc++) {
        const struct ins *ins = &f->code[pc];
        size_t r = ins->r;
        double *z = run->blocks + r * run->stride;
        const double *a = run->reg[r], *b = run->reg[r + 1], *c = run->reg[r + 2], *row;
        run->reg[r] = z;
        switch (ins->op) {
        case OP_CONST:
            EACH(ins->c);
        case OP_LOAD:
            row = row_of(run, ins);
            if (row != NULL)
                run->reg[r] = row + from;
            else
                fill(z, n, NAN);
            break;
        case OP_POW:
            EACH(or_null(pow(a[i], b[i]) + (a[i] - a[i]) +
                         (b[i] - b[i]))); /* 1^null and null^0 are null */
        case OP_NEG:
            EACH(0 - a[i]);
        case OP_NOT:
            EACH(1 - a[i]);
        case OP_MUL:
            EACH(or_null(a[i] * b[i]));
        case OP_DIV:
            EACH(or_null(a[i] / b[i]));
        case OP_MOD:
            EACH(or_null(fmod(a[i], b[i])));
        case OP_ADD:
            EACH(or_null(a[i] + b[i]));
        case OP_SUB:
            EACH(or_null(a[i] - b[i]));
        case OP_LT:
            EACH(compared(a[i] < b[i], a[i], b[i]));
        case OP_LE:
            EACH(compared(a[i] <= b[i], a[i], b[i]));
        case OP_GT:
            EACH(compared(a[i] > b[i], a[i], b[i]));
        case OP_GE:
            EACH(compared(a[i] >= b[i], a[i], b[i]));
        case OP_EQ:
            EACH(compared(a[i] == b[i], a[i], b[i]));
        case OP_NE:
            EACH(compared(a[i] != b[i], a[i], b[i]));
        case OP_AND:
            EACH(logic_and(a[i], b[i]));
        case OP_OR:
            EACH(logic_or(a[i], b[i]));
        case OP_IF:
            EACH(a[i] == 1 ? b[i] : a[i] == 0 ? c[i] : NAN);
        case OP_ISNULL:
            EACH(a[i] != a[i]);
        case OP_ISNOTNULL:
            EACH(a[i] == a[i]);
        case OP_FIRST:
            EACH(a[i] == a[i] ? a[i] : b[i]);
        case OP_GREATEST:
            EACH(larger(a[i], b[i]));
        case OP_LEAST:
            EACH(smaller(a[i], b[i]));
        case OP_LOG:
            EACH(or_null(log(a[i])));
        case OP_LOGB:
            EACH(or_null(log_base(a[i], b[i])));
        case OP_LOG10:
            EACH(or_null(log10(a[i])));
        case OP_LOOP:
            fill(z, n, 0);
            fill(run->blocks + (r + 1) * run->stride, n, 0);
            run->step = 0;
            run->steps = run->windows[pc];
            break;
        case OP_SUM:
        case OP_AVG:
        case OP_MIN:
        case OP_MAX:
        case OP_LAST:
        case OP_COUNT:
            collect(ins->op, z, run->blocks + (r + 1) * run->stride, c, n);
            if (++run->step < run->steps)
                pc = (size_t)ins->k;
            else
                conclude(ins->op, z, run->blocks + (r + 1) * run->stride, n);
            break;
        }
    }
    /* A lone name or the choice of one has not passed through or_null yet. */
    for (size_t i = 0; i < n; i++)
        ret[from + i] = or_null(run->reg[0][i]);
}

enum rc formula_eval(const struct formula *f, const struct formula_column *columns,
                     size_t n_units, struct arena *scratch, double *ret, struct err *e)
{
    struct run run = { .f = f,
                       .columns = columns,
                       .stride = n_units < BLOCK ? n_units : BLOCK };
    run.windows = arena_array(scratch, f->n_code, sizeof(*run.windows));
    enum rc rc = windows_find(f, columns, run.windows, scratch, e);
    if (rc != RC_OK)
        return rc;
    run.blocks = arena_array(scratch, f->n_regs * run.stride, sizeof(*run.blocks));
    run.reg = arena_array(scratch, f->n_regs, sizeof(*run.reg));
    for (size_t i = 0; i < f->n_regs; i++)
        run.reg[i] = run.blocks + i * run.stride;
    for (size_t from = 0; from < n_units; from += BLOCK)
        run_block(&run, from, n_units - from < BLOCK ? n_units - from : BLOCK, ret);
    return RC_OK;
}

void formula_print(struct str *b, enum formula_type type, double v)
{
    if (type == FORMULA_NULL || v != v)
        str_add(b, "null");
    else if (type == FORMULA_BOOL)
        str_add(b, v != 0 ? "true" : "false");
    else
        json_num(b, v);
}
