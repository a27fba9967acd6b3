/* The tree: good ones, and every way to be wrong with the name that must be in the message. */
#include "base/arena.h"
#include "base/test.h"
#include "stats/scheme.h"

#include <math.h>
#include <string.h>

#define ROW(c, p, l, w)                                                                        \
    {                                                                                          \
        .code = c, .parent = p, .level = l, .weight = w, .target = NAN                         \
    }

static void builds_orders_and_weights(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    static const struct scheme_row rows[] = {
        ROW("x1", "A", 1, 1), ROW("A", "I", 2, 3), ROW("x2", "A", 1, 3),
        ROW("I", NULL, 3, 0), ROW("B", "I", 2, 1), ROW("x3", "B", 1, 2),
    };
    static const char *const top[] = { "I", "A", "B", "x1", "x2", "x3" };
    static const double effective[] = { 0.1875, 0.75, 0.5625, 1, 0.25, 0.25 };
    struct scheme_tree t;
    CHECK_OK(scheme_build(rows, COUNT(rows), a, &t, &e));
    CHECK_INT(t.n_leaves, 3);
    CHECK_INT(t.root, 3);
    CHECK_INT(t.n_levels, 3);
    for (size_t i = 0; i < t.n; i++)
        CHECK_STR(t.nodes[t.top_first[i]].code, top[i]);
    CHECK_INT(t.nodes[1].n_children, 2);
    CHECK_STR(t.nodes[t.nodes[1].children[1]].code, "x2");
    CHECK_INT(scheme_find(&t, "B"), 4);
    CHECK_INT(scheme_find(&t, "b") == NODE_NONE, true);
    double w[6];
    scheme_effective_weights(&t, NULL, w);
    for (size_t i = 0; i < t.n; i++)
        CHECK_REAL(w[i], effective[i], 1e-15);
}

static void names_what_is_wrong(void)
{
    static const struct {
        struct scheme_row rows[5];
        size_t n;
        const char *names;
    } cases[] = {
        { { ROW("I", NULL, 2, 1), ROW("x", "J", 1, 1) }, 2, "J" },
        { { ROW("I", NULL, 2, 1), ROW("J", "", 2, 1), ROW("x", "I", 1, 1) }, 3, "J" },
        { { ROW("I", NULL, 4, 1), ROW("A", "B", 3, 1), ROW("B", "A", 2, 1),
            ROW("x", "I", 1, 1) },
          4,
          "绕了一圈" },
        { { ROW("A", "B", 3, 1), ROW("B", "A", 2, 1), ROW("x", "B", 1, 1) }, 3, "绕了一圈" },
        { { ROW("x", "x", 1, 1) }, 1, "绕了一圈" },
        /* The one named is on the circle, not on the way to it. */
        { { ROW("x", "y", 1, 1), ROW("y", "A", 1, 1), ROW("A", "B", 3, 1),
            ROW("B", "A", 2, 1) },
          4,
          "B 在它下面" },
        { { ROW("I", NULL, 2, 1), ROW("x", "I", 1, 0) }, 2, "x" },
        { { ROW("I", NULL, 2, 1), ROW("x", "I", 1, -1) }, 2, "-1" },
        { { ROW("I", NULL, 2, 1), ROW("x", "I", 1, NAN) }, 2, "x" },
        { { ROW("I", NULL, 2, 1), ROW("x", "I", 1, 1), ROW("x", "I", 1, 1) }, 3, "x" },
        { { ROW("I", NULL, 2, 1), ROW("x", "I", 2, 1) }, 2, "x" },
        { { ROW("I", NULL, 2, 1), ROW("x", "I", 1, 1), ROW("y", "x", 1, 1) }, 3, "y" },
        { { ROW("I", NULL, 3, 1), ROW("x", "I", 1, 1), ROW("A", "I", 2, 1) }, 3, "A" },
        { { ROW("I", NULL, 0, 1) }, 1, "I" },
        { { ROW("", NULL, 1, 1) }, 1, "1" },
        { { ROW("x", NULL, 1, 1) }, 1, "x" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct scheme_tree t;
        CHECK_INT(scheme_build(cases[i].rows, cases[i].n, a, &t, &e), RC_INVALID);
        const char *m = err_message(&e, LANG_ZH, a);
        if (strstr(m, cases[i].names) == NULL)
            t_fail(__FILE__, __LINE__, "case %zu says \"%s\", without \"%s\"", i, m,
                   cases[i].names);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct scheme_tree t;
    CHECK_INT(scheme_build(NULL, 0, a, &t, &e), RC_INVALID);
}

static void a_deep_tree_is_not_a_circle(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct scheme_row *rows = arena_array(a, 80, sizeof(*rows));
    struct scheme_tree t;
    for (int i = 0; i < 80; i++)
        rows[i] = (struct scheme_row){ .code = arena_printf(a, "n%d", i),
                                       .parent = i ? arena_printf(a, "n%d", i - 1) : NULL,
                                       .level = i < 63 ? 64 - i : 1,
                                       .weight = 1 };
    CHECK_OK(scheme_build(rows, 64, a, &t, &e));
    CHECK_INT(t.n_levels, SCHEME_LEVELS_MAX);
    CHECK_INT(t.bottom_first[0], 63);
    CHECK_INT(scheme_build(rows, 80, a, &t, &e), RC_INVALID);
    CHECK(strstr(err_message(&e, LANG_ZH, a), "太深") != NULL);
}

T_MAIN({ "a tree has its orders and effective weights", builds_orders_and_weights },
       { "what is wrong with a tree is named", names_what_is_wrong },
       { "a tree that is too deep is called that", a_deep_tree_is_not_a_circle })
