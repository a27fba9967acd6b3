/*
 * The program of a formula: what formula.c compiles and formula_run.c runs. A stack machine
 * whose stack positions are known when compiling, so that an operand is a register number and a
 * register is a column of values.
 */
#ifndef STATS_FORMULA_CODE_H
#define STATS_FORMULA_CODE_H

#include "stats/formula.h"

/* Operand and result registers: r is the result and first operand, r+1 the second, r+2 the
 * third. */
enum op {
    OP_CONST, /* r = c */
    OP_LOAD,  /* r = name, k rows later; follows the loop when agg is set */
    OP_POW,
    OP_NEG,
    OP_NOT,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    OP_ADD,
    OP_SUB,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_EQ,
    OP_NE,
    OP_AND,
    OP_OR,
    OP_IF,
    OP_ISNULL,
    OP_ISNOTNULL,
    OP_FIRST,
    OP_GREATEST,
    OP_LEAST,
    OP_LOG,
    OP_LOGB,
    OP_LOG10,
    OP_LOOP, /* start of a function over periods: r collects, r+1 counts; the body leaves its
                value in r+2 */
    OP_SUM,  /* these six end the loop that starts at instruction k */
    OP_AVG,
    OP_MIN,
    OP_MAX,
    OP_LAST,
    OP_COUNT,
};

struct ins {
    enum op op;
    uint32_t r;
    uint32_t name;
    int32_t k;
    bool agg;
    double c;
};

struct formula {
    struct ins *code;
    size_t n_code, n_regs, n_names;
    const char **names;
    enum formula_type type;
};

#endif
