/* Lists of problems. Texts are kept unfilled, so that the same list reads in every language. */
#include "sheet/problem.h"

#include "base/str.h"

#include <stdarg.h>
#include <string.h>

void problems_init(struct problems *ps, struct arena *a)
{
    *ps = (struct problems){ .a = a };
}

struct problem *problem_add_(struct problems *ps, const struct table *t,
                             enum problem_level level, size_t row, size_t col, const char *what,
                             const char *hint, ...)
{
    *(level == PROBLEM_WRONG ? &ps->wrong : &ps->look) += 1;
    if (ps->n == PROBLEMS_KEPT)
        return memset(&ps->scratch, 0, sizeof(ps->scratch));
    if (ps->n == ps->cap) {
        size_t cap = ps->cap ? ps->cap * 2 : 32;
        struct problem *grown = arena_array(ps->a, cap, sizeof(*grown));
        for (size_t i = 0; i < ps->n; i++)
            grown[i] = ps->p[i];
        ps->p = grown;
        ps->cap = cap;
    }
    struct problem *p = &ps->p[ps->n++];
    *p = (struct problem){ .level = level,
                           .row = row,
                           .col = col,
                           .what = what,
                           .hint = hint,
                           .cell = "",
                           .where = "",
                           .given = "" };
    if (row != SIZE_MAX && col != SIZE_MAX) {
        char name[CELL_NAME];
        p->cell = arena_strdup(ps->a, cell_name(table_line(t, row), col, name));
        p->where = table_where(ps->a, t, row, col);
        if (t->text)
            p->given = arena_strdup(ps->a, table_text(t, row, col));
    }
    va_list args;
    va_start(args, hint);
    for (const char *name;
         (name = va_arg(args, const char *)) != NULL && p->n_arg < PROBLEM_ARGS;) {
        const char *value = va_arg(args, const char *);
        p->arg[p->n_arg++] = (struct problem_arg){ name, arena_strdup(ps->a, value) };
    }
    va_end(args);
    return p;
}

/* text_fill takes a list of arguments, this an array of them. */
static const char *fill(const struct problem *p, const char *text, enum lang lang,
                        struct arena *a)
{
    const char *in = lang_text(lang, text);
    const struct problem_arg *g = p->arg;
    static const struct problem_arg none = { "", "" };
    const struct problem_arg *x[PROBLEM_ARGS];
    for (size_t i = 0; i < PROBLEM_ARGS; i++)
        x[i] = i < p->n_arg ? &g[i] : &none;
    return text_fill(a, in, x[0]->name, lang_text(lang, x[0]->value), x[1]->name,
                     lang_text(lang, x[1]->value), x[2]->name, lang_text(lang, x[2]->value),
                     x[3]->name, lang_text(lang, x[3]->value), x[4]->name,
                     lang_text(lang, x[4]->value), x[5]->name, lang_text(lang, x[5]->value),
                     NULL);
}

const char *problem_what(const struct problem *p, enum lang lang, struct arena *a)
{
    return fill(p, p->what, lang, a);
}

const char *problem_hint(const struct problem *p, enum lang lang, struct arena *a)
{
    return p->hint ? fill(p, p->hint, lang, a) : "";
}

const char *problem_line(const struct problem *p, enum lang lang, struct arena *a)
{
    const char *hint = problem_hint(p, lang, a), *what = problem_what(p, lang, a);
    const char *sep = lang == LANG_ZH ? "。" : "; ";
    return arena_printf(a, "%s%s%s%s%s", p->where, p->where[0] ? ": " : "", what,
                        hint[0] ? sep : "", hint);
}

enum rc problems_err(const struct problems *ps, const char *file, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < ps->n; i++)
        if (ps->p[i].level == PROBLEM_WRONG)
            return err_set(e, RC_INVALID, N_("{file} 有{n}处要改,第一处在{where};没有读入"),
                           "file", file, "n", arena_printf(a, "%zu", ps->wrong), "where",
                           ps->p[i].where[0] ? ps->p[i].where : "-");
    return RC_OK;
}

const struct table *problems_marked(struct arena *a, const struct table *t,
                                    const struct problems *ps, enum lang lang)
{
    struct table *ret = arena_copy(a, t, sizeof(*t));
    struct table_look *look =
        t->look ? arena_copy(a, t->look, sizeof(*look)) : arena_alloc(a, sizeof(*look));
    look->mark = arena_array(a, ps->n, sizeof(look->mark[0]));
    look->n_mark = 0;
    bool *seen = arena_alloc(a, t->rows * t->cols);
    for (size_t i = 0; i < ps->n; i++) {
        const struct problem *p = &ps->p[i];
        if (p->row >= t->rows || p->col >= t->cols || seen[p->row * t->cols + p->col])
            continue;
        seen[p->row * t->cols + p->col] = true;
        const char *hint = problem_hint(p, lang, a);
        look->mark[look->n_mark++] =
            (struct cell_mark){ p->row, p->col,
                                arena_printf(a, "%s%s%s", problem_what(p, lang, a),
                                             hint[0] ? "\n" : "", hint) };
    }
    ret->look = look;
    return ret;
}
