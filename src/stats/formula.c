/*
 * Compiling formulas: a recursive-descent parser that emits the program directly; types are
 * checked on the way. It does not know units, periods' names or where values come from.
 */
#include "base/parse.h"
#include "stats/formula_code.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define IDEOGRAPHIC_SPACE "\u3000" /* a macro so that it stays a literal of three bytes */

/* --- Reading
 * ------------------------------------------------------------------------------------------------------
 */

enum tok {
    T_END,
    T_NUMBER,
    T_NAME, /* an identifier or #{…} */
    T_LP,
    T_RP,
    T_COMMA,
    T_OFFSET, /* .periodOffset */
    T_PLUS,
    T_MINUS,
    T_STAR,
    T_SLASH,
    T_PERCENT,
    T_CARET,
    T_LT,
    T_LE,
    T_GT,
    T_GE,
    T_EQ,
    T_NE,
    T_AND,
    T_OR,
    T_NOT,  /* not */
    T_BANG, /* ! */
    T_TRUE,
    T_FALSE,
    T_NULL,
};

struct parser {
    struct arena *a;
    const char *s, *p; /* whole text, end of the current token */
    const char *at;    /* start of the current token */
    enum tok tok;
    bool quoted; /* T_NAME written as #{…} */
    const char *name;
    double number;
    struct err *e;
    formula_lookup *lookup;
    const void *arg;
    struct formula *f;
    size_t cap_code, cap_names;
    enum formula_type *types; /* of the names */
    int depth, offset;
    bool agg;
};

static const struct {
    const char *text;
    enum tok tok;
} words[] = {
    { "and", T_AND },   { "or", T_OR },       { "not", T_NOT },
    { "true", T_TRUE }, { "false", T_FALSE }, { "null", T_NULL },
};
/* Longer symbols stand before those they begin with. */
static const struct {
    const char *text;
    enum tok tok;
} symbols[] = {
    { "<>", T_NE },   { "<=", T_LE },   { ">=", T_GE },  { "==", T_EQ },   { "!=", T_NE },
    { "&&", T_AND },  { "||", T_OR },   { "(", T_LP },   { ")", T_RP },    { ",", T_COMMA },
    { "+", T_PLUS },  { "-", T_MINUS }, { "*", T_STAR }, { "/", T_SLASH }, { "%", T_PERCENT },
    { "^", T_CARET }, { "<", T_LT },    { ">", T_GT },   { "=", T_EQ },    { "!", T_BANG },
};
/* What a Chinese keyboard puts there, and what is meant. */
static const struct {
    const char *wide, *plain;
} wide_forms[] = {
    { "\uff08", "(" },  { "\uff09", ")" }, { "\uff0c", "," },  { "\uff0b", "+" },
    { "\uff0d", "-" },  { "\u2212", "-" }, { "\u00d7", "*" },  { "\u00f7", "/" },
    { "\uff0f", "/" },  { "\uff1d", "=" }, { "\uff1c", "<" },  { "\uff1e", ">" },
    { "\uff01", "!" },  { "\uff05", "%" }, { "\u2265", ">=" }, { "\u2264", "<=" },
    { "\u2260", "!=" }, { "\uff0a", "*" }, { "\uff3e", "^" },  { "\uff03", "#" },
    { "\uff0e", "." },  { "\u3001", "," },
};

/* The number of the character at p, from 1, as text. */
static const char *place(const struct parser *p, const char *at)
{
    const char *before = arena_strndup(p->a, p->s, (size_t)(at - p->s));
    return arena_printf(p->a, "%zu", utf8_count(before) + 1);
}

/* The current token as the person wrote it. */
static const char *written(const struct parser *p)
{
    return arena_strndup(p->a, p->at, (size_t)(p->p - p->at));
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum rc read_number(struct parser *p)
{
    const char *s = p->at;
    bool ok = true;
    while (is_digit(*s))
        s++;
    if (*s == '.' && !str_starts(s, ".periodOffset")) {
        s++;
        ok = is_digit(*s);
        while (is_digit(*s))
            s++;
    }
    if (ok && (*s == 'e' || *s == 'E')) {
        s++;
        if (*s == '+' || *s == '-')
            s++;
        ok = is_digit(*s);
        while (is_digit(*s))
            s++;
    }
    /* 3x, 1.2.3 and 5.x are slips, not a number and something else. */
    if (is_letter(*s) || is_digit(*s) || (*s == '.' && strncmp(s, ".periodOffset", 13) != 0))
        ok = false;
    while (!ok && (is_letter(*s) || is_digit(*s) || *s == '.'))
        s++;
    p->p = s;
    p->tok = T_NUMBER;
    const char *text = arena_printf(p->a, "0%s", written(p)); /* .5 is allowed here */
    if (!ok || !parse_real_n(text, strlen(text), &p->number))
        return err_set(p->e, RC_INVALID, N_("公式第{at}个字处的数字“{got}”写得不对或太大"),
                       "at", place(p, p->at), "got", written(p));
    return RC_OK;
}

static enum rc read_quoted(struct parser *p)
{
    const char *s = p->at + 2;
    while (*s != '\0' && *s != '}' && (unsigned char)*s >= 0x20 && *s != 0x7f)
        s++;
    p->p = s;
    if (*s != '}')
        return err_set(p->e, RC_INVALID, N_("公式第{at}个字处的“{open}”没有用“{close}”结束"),
                       "at", place(p, p->at), "open", "#{", "close", "}");
    p->p = s + 1;
    p->name = arena_strndup(p->a, p->at + 2, (size_t)(s - p->at - 2));
    p->tok = T_NAME;
    p->quoted = true;
    size_t n = utf8_count(p->name);
    if (n == 0 || n > FORMULA_NAME_MAX)
        return err_set(p->e, RC_INVALID, N_("公式第{at}个字处的名称应有1到{max}个字"), "at",
                       place(p, p->at), "max", arena_printf(p->a, "%d", FORMULA_NAME_MAX));
    return RC_OK;
}

static enum rc read_word(struct parser *p)
{
    const char *s = p->at;
    for (;;) {
        while (is_letter(*s) || is_digit(*s))
            s++;
        if (*s != '.' || !(is_letter(s[1]) || is_digit(s[1])) ||
            strncmp(s, ".periodOffset", 13) == 0)
            break;
        s++;
    }
    p->p = s;
    p->name = written(p);
    p->quoted = false;
    p->tok = T_NAME;
    if (s - p->at > FORMULA_NAME_MAX)
        return err_set(p->e, RC_INVALID, N_("公式第{at}个字处的名称应有1到{max}个字"), "at",
                       place(p, p->at), "max", arena_printf(p->a, "%d", FORMULA_NAME_MAX));
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i].text, p->name))
            p->tok = words[i].tok;
    return RC_OK;
}

static enum rc read_unknown(struct parser *p)
{
    size_t n;
    (void)utf8_next(p->at, p->at + strlen(p->at),
                    &n); /* the text was checked; only its length is wanted */
    p->p = p->at + n;
    const char *got = (unsigned char)*p->at < 0x20 ? "" : written(p);
    for (size_t i = 0; i < COUNT(wide_forms); i++)
        if (str_eq(wide_forms[i].wide, got))
            return err_set(p->e, RC_INVALID, N_("公式第{at}个字“{got}”请改写成“{want}”"), "at",
                           place(p, p->at), "got", got, "want", wide_forms[i].plain);
    if ((unsigned char)*p->at >= 0x80)
        return err_set(p->e, RC_INVALID,
                       N_("公式第{at}个字“{got}”不能直接写，名称请写成{want}"), "at",
                       place(p, p->at), "got", got, "want", "#{…}");
    return err_set(p->e, RC_INVALID, N_("公式第{at}个字“{got}”不能用在公式里"), "at",
                   place(p, p->at), "got", got);
}

/* Move to the next token. */
static enum rc next(struct parser *p)
{
    const char *s = p->p;
    while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' ||
           strncmp(s, IDEOGRAPHIC_SPACE, 3) == 0)
        s += *s == IDEOGRAPHIC_SPACE[0] ? 3 : 1;
    p->at = p->p = s;
    if (*s == '\0') {
        p->tok = T_END;
        return RC_OK;
    }
    if (is_digit(*s) || (*s == '.' && is_digit(s[1])))
        return read_number(p);
    if (s[0] == '#' && s[1] == '{')
        return read_quoted(p);
    if (is_letter(*s))
        return read_word(p);
    if (strncmp(s, ".periodOffset", 13) == 0) {
        p->p = s + 13;
        p->tok = T_OFFSET;
        return RC_OK;
    }
    for (size_t i = 0; i < COUNT(symbols); i++)
        if (str_starts(s, symbols[i].text)) {
            p->p = s + strlen(symbols[i].text);
            p->tok = symbols[i].tok;
            return RC_OK;
        }
    return read_unknown(p);
}

/* --- Compiling
 * ----------------------------------------------------------------------------------------------------
 */

/* The current token is none of those in want (symbols, the same in every language). */
static enum rc expected(struct parser *p, const char *want)
{
    if (p->tok == T_END)
        return err_set(p->e, RC_INVALID, N_("公式在第{at}个字处结束，这里还应有 {want}"), "at",
                       place(p, p->at), "want", want);
    return err_set(p->e, RC_INVALID, N_("公式第{at}个字“{got}”处应为 {want}"), "at",
                   place(p, p->at), "got", written(p), "want", want);
}

static enum rc take(struct parser *p, enum tok tok, const char *want)
{
    return p->tok == tok ? next(p) : expected(p, want);
}

/* A value that starts at `at` has this type but must have that; null fits everywhere. */
static enum rc need(struct parser *p, const char *at, enum formula_type type,
                    enum formula_type want)
{
    if (type == want || type == FORMULA_NULL || want == FORMULA_NULL)
        return RC_OK;
    if (want == FORMULA_NUMBER)
        return err_set(p->e, RC_INVALID, N_("公式第{at}个字处应为数值，这里是真假值"), "at",
                       place(p, at));
    return err_set(p->e, RC_INVALID, N_("公式第{at}个字处应为真假值，这里是数值"), "at",
                   place(p, at));
}

static struct ins *emit(struct parser *p, enum op op, size_t r)
{
    struct formula *f = p->f;
    if (f->n_code == p->cap_code) {
        size_t cap = p->cap_code == 0 ? 16 : p->cap_code * 2;
        f->code =
            arena_grow(p->a, f->code, p->cap_code * sizeof(*f->code), cap * sizeof(*f->code));
        p->cap_code = cap;
    }
    /* A loop needs three registers beside its body's, every other instruction at most r+2. */
    if (f->n_regs < r + 3)
        f->n_regs = r + 3;
    struct ins *i = &f->code[f->n_code++];
    *i = (struct ins){ .op = op, .r = (uint32_t)r };
    return i;
}

static enum rc expression(struct parser *p, size_t r, enum formula_type *ret);
static enum rc unary(struct parser *p, size_t r, enum formula_type *ret);

/* An expression that must have the type want. */
static enum rc typed(struct parser *p, size_t r, enum formula_type want)
{
    const char *at = p->at;
    enum formula_type type;
    enum rc rc = expression(p, r, &type);
    return rc != RC_OK ? rc : need(p, at, type, want);
}

static enum rc load(struct parser *p, const char *at, const char *name, size_t r,
                    enum formula_type *ret)
{
    struct formula *f = p->f;
    size_t i = 0;
    while (i < f->n_names && !str_eq(f->names[i], name))
        i++;
    if (i == f->n_names) {
        enum formula_type type = FORMULA_NUMBER;
        if (p->lookup != NULL && !p->lookup(p->arg, name, &type))
            return err_set(p->e, RC_INVALID, N_("公式第{at}个字处没有叫“{name}”的名称"), "at",
                           place(p, at), "name", name);
        if (i == FORMULA_NAMES_MAX)
            return err_set(p->e, RC_TOOBIG,
                           N_("公式第{at}个字处超过上限：一个公式最多用{max}个名称"), "at",
                           place(p, at), "max", arena_printf(p->a, "%d", FORMULA_NAMES_MAX));
        if (i == p->cap_names) {
            size_t cap = i == 0 ? 8 : i * 2;
            f->names =
                arena_grow(p->a, f->names, i * sizeof(*f->names), cap * sizeof(*f->names));
            p->types =
                arena_grow(p->a, p->types, i * sizeof(*p->types), cap * sizeof(*p->types));
            p->cap_names = cap;
        }
        f->names[i] = name;
        p->types[i] = type;
        f->n_names++;
    }
    struct ins *ins = emit(p, OP_LOAD, r);
    ins->name = (uint32_t)i;
    ins->k = p->offset;
    ins->agg = p->agg;
    *ret = p->types[i];
    return RC_OK;
}

static enum rc constant(struct parser *p, size_t r, double c)
{
    emit(p, OP_CONST, r)->c = c;
    return next(p);
}

/* What a function's arguments look like. */
enum shape {
    SHAPE_IF,      /* boolean, then two alike */
    SHAPE_TEST,    /* one of any type; boolean */
    SHAPE_FIRST,   /* one or more alike */
    SHAPE_NUMBERS, /* one or more numbers */
    SHAPE_LOG,     /* one number, or two */
    SHAPE_NUMBER,  /* one number */
    SHAPE_PERIODS, /* one number, over periods */
    SHAPE_LAST,    /* one of any type, over periods */
    SHAPE_COUNT,   /* one of any type, over periods; a number */
    SHAPE_OFFSET,  /* one of any type, and a whole number */
};
static const struct function {
    const char *name;
    enum shape shape;
    enum op op;
} functions[] = {
    { "if", SHAPE_IF, OP_IF },
    { "isNull", SHAPE_TEST, OP_ISNULL },
    { "isNotNull", SHAPE_TEST, OP_ISNOTNULL },
    { "firstNonNull", SHAPE_FIRST, OP_FIRST },
    { "greatest", SHAPE_NUMBERS, OP_GREATEST },
    { "least", SHAPE_NUMBERS, OP_LEAST },
    { "log", SHAPE_LOG, OP_LOG },
    { "log10", SHAPE_NUMBER, OP_LOG10 },
    { "sum", SHAPE_PERIODS, OP_SUM },
    { "avg", SHAPE_PERIODS, OP_AVG },
    { "min", SHAPE_PERIODS, OP_MIN },
    { "max", SHAPE_PERIODS, OP_MAX },
    { "last", SHAPE_LAST, OP_LAST },
    { "count", SHAPE_COUNT, OP_COUNT },
    { "offset", SHAPE_OFFSET, OP_LOAD },
};

static enum rc call_if(struct parser *p, size_t r, enum formula_type *ret)
{
    enum rc rc = typed(p, r, FORMULA_BOOL);
    if (rc == RC_OK)
        rc = take(p, T_COMMA, ",");
    enum formula_type yes, no;
    if (rc == RC_OK)
        rc = expression(p, r + 1, &yes);
    if (rc == RC_OK)
        rc = take(p, T_COMMA, ",");
    if (rc != RC_OK)
        return rc;
    const char *at = p->at;
    rc = expression(p, r + 2, &no);
    if (rc == RC_OK)
        rc = need(p, at, no, yes);
    if (rc != RC_OK)
        return rc;
    (void)emit(p, OP_IF, r);
    *ret = yes == FORMULA_NULL ? no : yes;
    return take(p, T_RP, ")");
}

/* One or more arguments, folded pair by pair so that a long list needs no more registers. */
static enum rc call_fold(struct parser *p, enum op op, enum formula_type want, size_t r,
                         enum formula_type *ret)
{
    enum formula_type all = want;
    for (bool first = true;; first = false) {
        const char *at = p->at;
        enum formula_type type;
        enum rc rc = expression(p, first ? r : r + 1, &type);
        if (rc == RC_OK)
            rc = need(p, at, type, all);
        if (rc != RC_OK)
            return rc;
        if (all == FORMULA_NULL)
            all = type;
        if (!first)
            (void)emit(p, op, r);
        if (p->tok != T_COMMA)
            break;
        rc = next(p);
        if (rc != RC_OK)
            return rc;
    }
    *ret = all;
    return take(p, T_RP, ", )");
}

static enum rc call_log(struct parser *p, size_t r, enum formula_type *ret)
{
    enum op op = OP_LOG;
    enum rc rc = typed(p, r, FORMULA_NUMBER);
    if (rc == RC_OK && p->tok == T_COMMA) {
        op = OP_LOGB;
        rc = next(p);
        if (rc == RC_OK)
            rc = typed(p, r + 1, FORMULA_NUMBER);
    }
    if (rc != RC_OK)
        return rc;
    (void)emit(p, op, r);
    *ret = FORMULA_NUMBER;
    return take(p, T_RP, op == OP_LOG ? ", )" : ")");
}

static enum rc call_periods(struct parser *p, const struct function *fn, const char *at,
                            size_t r, enum formula_type *ret)
{
    if (p->agg)
        return err_set(p->e, RC_INVALID,
                       N_("公式第{at}个字处的{name}不能放在另一个按期汇总的函数里"), "at",
                       place(p, at), "name", fn->name);
    size_t loop = p->f->n_code;
    (void)emit(p, OP_LOOP, r);
    p->agg = true;
    const char *start = p->at;
    enum formula_type type;
    enum rc rc = expression(p, r + 2, &type);
    p->agg = false;
    if (rc == RC_OK && fn->shape == SHAPE_PERIODS)
        rc = need(p, start, type, FORMULA_NUMBER);
    if (rc != RC_OK)
        return rc;
    emit(p, fn->op, r)->k = (int32_t)loop;
    *ret = fn->shape == SHAPE_LAST ? type : FORMULA_NUMBER;
    return take(p, T_RP, ")");
}

/* A whole number with an optional sign, within the limits. */
static enum rc offset_number(struct parser *p, int *ret)
{
    const char *at = p->at;
    int sign = 1;
    enum rc rc = RC_OK;
    if (p->tok == T_MINUS || p->tok == T_PLUS) {
        sign = p->tok == T_MINUS ? -1 : 1;
        rc = next(p);
    }
    if (rc != RC_OK)
        return rc;
    if (p->tok != T_NUMBER || p->number != floor(p->number) || p->number > FORMULA_OFFSET_MAX)
        return err_set(p->e, RC_INVALID,
                       N_("公式第{at}个字处应为−{max}到{max}之间的整数：往前一期写-1"), "at",
                       place(p, at), "max", arena_printf(p->a, "%d", FORMULA_OFFSET_MAX));
    *ret = sign * (int)p->number;
    return next(p);
}

/* Move what was compiled from instruction `from` on by k periods. */
static enum rc shift(struct parser *p, size_t from, int k, const char *at)
{
    for (size_t i = from; i < p->f->n_code; i++) {
        struct ins *ins = &p->f->code[i];
        if (ins->op != OP_LOAD)
            continue;
        ins->k += k;
        if (ins->k > FORMULA_OFFSET_MAX || ins->k < -FORMULA_OFFSET_MAX)
            return err_set(p->e, RC_INVALID,
                           N_("公式第{at}个字处应为−{max}到{max}之间的整数：往前一期写-1"),
                           "at", place(p, at), "max",
                           arena_printf(p->a, "%d", FORMULA_OFFSET_MAX));
    }
    return RC_OK;
}

static enum rc call_offset(struct parser *p, size_t r, enum formula_type *ret)
{
    size_t from = p->f->n_code;
    int k = 0;
    enum rc rc = expression(p, r, ret);
    if (rc == RC_OK)
        rc = take(p, T_COMMA, ",");
    const char *at = p->at;
    if (rc == RC_OK)
        rc = offset_number(p, &k);
    if (rc == RC_OK)
        rc = shift(p, from, k, at);
    return rc != RC_OK ? rc : take(p, T_RP, ")");
}

static enum rc call(struct parser *p, const char *at, const char *name, size_t r,
                    enum formula_type *ret)
{
    const struct function *fn = NULL, *like = NULL;
    for (size_t i = 0; i < COUNT(functions); i++) {
        if (str_eq(functions[i].name, name))
            fn = &functions[i];
        if (strcasecmp(functions[i].name, name) == 0)
            like = &functions[i];
    }
    if (fn == NULL && like != NULL)
        return err_set(p->e, RC_INVALID,
                       N_("公式第{at}个字处没有叫“{name}”的函数，应写成“{want}”"), "at",
                       place(p, at), "name", name, "want", like->name);
    if (fn == NULL)
        return err_set(p->e, RC_INVALID, N_("公式第{at}个字处没有叫“{name}”的函数"), "at",
                       place(p, at), "name", name);
    enum rc rc = next(p); /* the bracket */
    if (rc != RC_OK)
        return rc;
    switch (fn->shape) {
    case SHAPE_IF:
        return call_if(p, r, ret);
    case SHAPE_FIRST:
        return call_fold(p, fn->op, FORMULA_NULL, r, ret);
    case SHAPE_NUMBERS:
        return call_fold(p, fn->op, FORMULA_NUMBER, r, ret);
    case SHAPE_LOG:
        return call_log(p, r, ret);
    case SHAPE_PERIODS:
    case SHAPE_LAST:
    case SHAPE_COUNT:
        return call_periods(p, fn, at, r, ret);
    case SHAPE_OFFSET:
        return call_offset(p, r, ret);
    case SHAPE_TEST:
    case SHAPE_NUMBER:
        break;
    }
    rc = typed(p, r, fn->shape == SHAPE_NUMBER ? FORMULA_NUMBER : FORMULA_NULL);
    if (rc != RC_OK)
        return rc;
    (void)emit(p, fn->op, r);
    *ret = fn->shape == SHAPE_NUMBER ? FORMULA_NUMBER : FORMULA_BOOL;
    return take(p, T_RP, ")");
}

static enum rc primary(struct parser *p, size_t r, enum formula_type *ret)
{
    const char *at = p->at, *name = p->name;
    bool quoted = p->quoted;
    enum tok tok = p->tok;
    enum rc rc;
    if (tok == T_NUMBER) {
        *ret = FORMULA_NUMBER;
        return constant(p, r, p->number);
    }
    if (tok == T_TRUE || tok == T_FALSE) {
        *ret = FORMULA_BOOL;
        return constant(p, r, tok == T_TRUE ? 1 : 0);
    }
    if (tok == T_NULL) {
        *ret = FORMULA_NULL;
        return constant(p, r, NAN);
    }
    if (tok == T_LP) {
        rc = next(p);
        if (rc == RC_OK)
            rc = expression(p, r, ret);
        return rc != RC_OK ? rc : take(p, T_RP, ")");
    }
    if (tok == T_NAME) {
        rc = next(p);
        if (rc != RC_OK)
            return rc;
        if (p->tok == T_LP && !quoted)
            return call(p, at, name, r, ret);
        return load(p, at, name, r, ret);
    }
    if (tok == T_END)
        return err_set(p->e, RC_INVALID,
                       N_("公式在第{at}个字处结束，这里还应有数字、名称、函数或“(”"), "at",
                       place(p, at));
    return err_set(p->e, RC_INVALID, N_("公式第{at}个字“{got}”处应为数字、名称、函数或“(”"),
                   "at", place(p, at), "got", written(p));
}

static enum rc postfix(struct parser *p, size_t r, enum formula_type *ret)
{
    size_t from = p->f->n_code;
    enum rc rc = primary(p, r, ret);
    while (rc == RC_OK && p->tok == T_OFFSET) {
        int k = 0;
        rc = next(p);
        if (rc == RC_OK)
            rc = take(p, T_LP, "(");
        const char *at = p->at;
        if (rc == RC_OK)
            rc = offset_number(p, &k);
        if (rc == RC_OK)
            rc = shift(p, from, k, at);
        if (rc == RC_OK)
            rc = take(p, T_RP, ")");
    }
    return rc;
}

static enum rc power(struct parser *p, size_t r, enum formula_type *ret)
{
    const char *at = p->at;
    enum rc rc = postfix(p, r, ret);
    if (rc != RC_OK || p->tok != T_CARET)
        return rc;
    rc = need(p, at, *ret, FORMULA_NUMBER);
    if (rc == RC_OK)
        rc = next(p);
    if (rc != RC_OK)
        return rc;
    /* The exponent may carry a sign, and takes further powers: this is what makes ^
     * right-associative. */
    at = p->at;
    enum formula_type type;
    rc = unary(p, r + 1, &type);
    if (rc == RC_OK)
        rc = need(p, at, type, FORMULA_NUMBER);
    if (rc != RC_OK)
        return rc;
    (void)emit(p, OP_POW, r);
    *ret = FORMULA_NUMBER;
    return RC_OK;
}

static enum rc deeper(struct parser *p)
{
    if (++p->depth > FORMULA_DEPTH_MAX)
        return err_set(p->e, RC_TOOBIG,
                       N_("公式第{at}个字处超过上限：括号、函数和符号最多套{max}层"), "at",
                       place(p, p->at), "max", arena_printf(p->a, "%d", FORMULA_DEPTH_MAX));
    return RC_OK;
}

static enum rc unary(struct parser *p, size_t r, enum formula_type *ret)
{
    enum rc rc = deeper(p);
    if (rc != RC_OK)
        return rc;
    enum tok tok = p->tok;
    if (tok == T_MINUS || tok == T_PLUS || tok == T_NOT || tok == T_BANG) {
        bool sign = tok == T_MINUS || tok == T_PLUS;
        rc = next(p);
        const char *at = p->at;
        if (rc == RC_OK)
            rc = unary(p, r, ret);
        if (rc == RC_OK)
            rc = need(p, at, *ret, sign ? FORMULA_NUMBER : FORMULA_BOOL);
        if (rc == RC_OK && tok != T_PLUS)
            (void)emit(p, tok == T_MINUS ? OP_NEG : OP_NOT, r);
        if (rc == RC_OK)
            *ret = sign ? FORMULA_NUMBER : FORMULA_BOOL;
    } else {
        rc = power(p, r, ret);
    }
    p->depth--;
    return rc;
}

/* Left-associative operators between two operands, loosest first. */
enum level {
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_EQUAL,
    LEVEL_ORDER,
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_UNARY
};
static const struct binary {
    enum tok tok;
    enum level level;
    enum op op;
} binaries[] = {
    { T_OR, LEVEL_OR, OP_OR },
    { T_AND, LEVEL_AND, OP_AND },
    { T_EQ, LEVEL_EQUAL, OP_EQ },
    { T_NE, LEVEL_EQUAL, OP_NE },
    { T_LT, LEVEL_ORDER, OP_LT },
    { T_LE, LEVEL_ORDER, OP_LE },
    { T_GT, LEVEL_ORDER, OP_GT },
    { T_GE, LEVEL_ORDER, OP_GE },
    { T_PLUS, LEVEL_SUM, OP_ADD },
    { T_MINUS, LEVEL_SUM, OP_SUB },
    { T_STAR, LEVEL_PRODUCT, OP_MUL },
    { T_SLASH, LEVEL_PRODUCT, OP_DIV },
    { T_PERCENT, LEVEL_PRODUCT, OP_MOD },
};

static const struct binary *binary_at(const struct parser *p, enum level level)
{
    for (size_t i = 0; i < COUNT(binaries); i++)
        if (binaries[i].tok == p->tok && binaries[i].level == level)
            return &binaries[i];
    return NULL;
}

static enum rc chain(struct parser *p, enum level level, size_t r, enum formula_type *ret);

/* `not` before a comparison: DHIS2 gives it to the operand alone, where a number is an error;
 * for booleans both readings agree. */
static enum rc negation(struct parser *p, size_t r, enum formula_type *ret)
{
    if (p->tok != T_NOT)
        return chain(p, LEVEL_EQUAL, r, ret);
    enum rc rc = deeper(p);
    if (rc == RC_OK)
        rc = next(p);
    const char *at = p->at;
    if (rc == RC_OK)
        rc = negation(p, r, ret);
    if (rc == RC_OK)
        rc = need(p, at, *ret, FORMULA_BOOL);
    if (rc != RC_OK)
        return rc;
    (void)emit(p, OP_NOT, r);
    *ret = FORMULA_BOOL;
    p->depth--;
    return RC_OK;
}

static enum rc chain(struct parser *p, enum level level, size_t r, enum formula_type *ret)
{
    if (level == LEVEL_UNARY)
        return unary(p, r, ret);
    if (level == LEVEL_NOT)
        return negation(p, r, ret);
    const char *left = p->at;
    enum rc rc = chain(p, level + 1, r, ret);
    const struct binary *b;
    while (rc == RC_OK && (b = binary_at(p, level)) != NULL) {
        bool logic = level <= LEVEL_AND, equal = level == LEVEL_EQUAL;
        enum formula_type want = logic ? FORMULA_BOOL : FORMULA_NUMBER;
        if (equal)
            want = *ret; /* either type, but both the same */
        rc = need(p, left, *ret, want);
        if (rc == RC_OK)
            rc = next(p);
        const char *right = p->at;
        enum formula_type type = FORMULA_NULL;
        if (rc == RC_OK)
            rc = chain(p, level + 1, r + 1, &type);
        if (rc == RC_OK)
            rc = need(p, right, type, want);
        if (rc != RC_OK)
            return rc;
        (void)emit(p, b->op, r);
        *ret = level < LEVEL_SUM ? FORMULA_BOOL : FORMULA_NUMBER;
    }
    return rc;
}

static enum rc expression(struct parser *p, size_t r, enum formula_type *ret)
{
    enum rc rc = deeper(p);
    if (rc == RC_OK)
        rc = chain(p, LEVEL_OR, r, ret);
    p->depth--;
    return rc;
}

enum rc formula_compile(struct arena *a, const char *text, formula_lookup *lookup,
                        const void *arg, const struct formula **ret, struct err *e)
{
    size_t n = strlen(text);
    if (n > FORMULA_LENGTH_MAX)
        return err_set(e, RC_TOOBIG, N_("公式有{n}字节，超过上限{max}"), "n",
                       arena_printf(a, "%zu", n), "max",
                       arena_printf(a, "%d", FORMULA_LENGTH_MAX));
    if (!utf8_valid(text, n))
        return err_set(e, RC_INVALID, N_("公式不是有效的UTF-8文字"));
    struct parser p = { .a = a, .s = text, .p = text, .e = e, .lookup = lookup, .arg = arg };
    p.f = arena_alloc(a, sizeof(*p.f));
    enum rc rc = next(&p);
    if (rc == RC_OK)
        rc = expression(&p, 0, &p.f->type);
    if (rc != RC_OK)
        return rc;
    if (p.tok != T_END)
        return err_set(e, RC_INVALID, N_("公式第{at}个字“{got}”处应为运算符或结尾"), "at",
                       place(&p, p.at), "got", written(&p));
    *ret = p.f;
    return RC_OK;
}

size_t formula_names(const struct formula *f, const char *const **ret)
{
    *ret = f->names;
    return f->n_names;
}

enum formula_type formula_type(const struct formula *f)
{
    return f->type;
}
