/*
 * Check rules: what is asked of values when they have come in. A comparison of two expressions
 * over points (stats/formula.h), or one of the patterns of stats/hint.h with its parameters. A
 * self-report is compared with another point, or, where no expressions are written, with what
 * others have given for the same value: verified, else validated (monitor/value_other.h).
 * Their finds are hints, never penalties. A rule is changed in place; each change has a record.
 */
#ifndef QUALITY_CHECK_RULE_H
#define QUALITY_CHECK_RULE_H

#include "base/kinds.h"
#include "base/map.h"
#include "sheet/problem.h"

struct county;
struct snap;
struct tx;

enum {
    CHECK_NAME_MAX = 60,
    CHECK_WHY_MAX = 200,
    CHECK_TARGETS_MAX = 2000, /* bytes */
    CHECK_EXPR_MAX = 500,     /* bytes */
    CHECK_RULES_MAX = 2000
};

enum check_kind {
    CHECK_COMPARE = 1,
    CHECK_SOURCE,
    CHECK_Z,
    CHECK_MODIFIED_Z,
    CHECK_MINMAX,
    CHECK_HISTORY,
    CHECK_DIGITS,
    CHECK_COPY,
    CHECK_BUNCH,
    CHECK_PERFECT,
    CHECK_SMOOTH,
    CHECK_BURST
};
enum { CHECK_KINDS = CHECK_BURST };
enum check_op {
    CHECK_EQ = 1,
    CHECK_NE,
    CHECK_LT,
    CHECK_LE,
    CHECK_GT,
    CHECK_GE,
    CHECK_PAIR,
    CHECK_EXCLUSIVE
};
enum { CHECK_OPS = CHECK_EXCLUSIVE };
enum check_importance { CHECK_HIGH = 1, CHECK_MEDIUM, CHECK_LOW };
/* What to do when a side of a comparison is missing: do not judge; a hint when only one side is
 * there; a hint when anything is missing. */
enum check_missing { CHECK_SKIP = 1, CHECK_ONE, CHECK_ANY };

/* A word of files and forms with what people read; source texts. 0 and NULL for an unknown one.
 */
const char *check_kind_word(enum check_kind k);
const char *check_kind_text(enum check_kind k);
const char *check_kind_asks(enum check_kind k); /* what it looks for, one sentence */
const char *check_kind_a(enum check_kind k);    /* what the first parameter is; NULL: unused */
const char *check_kind_b(enum check_kind k);
const char *check_op_word(enum check_op o);
const char *check_op_text(enum check_op o);
const char *check_importance_word(enum check_importance i);
const char *check_importance_text(enum check_importance i);
const char *check_missing_word(enum check_missing m);
const char *check_missing_text(enum check_missing m);
enum check_kind check_kind_of(const char *word);
enum check_op check_op_of(const char *word);
enum check_importance check_importance_of(const char *word);
enum check_missing check_missing_of(const char *word);

struct check_rule {
    const char *code, *name;
    int version; /* 0: not yet there */
    enum check_kind kind;
    const char *target;       /* points "a|b"; "": all */
    const char *left, *right; /* expressions; "" unless compared */
    enum check_op op;         /* 0 unless compare */
    double a, b;              /* NaN: the kind's default */
    enum check_importance importance;
    enum check_missing missing;
    bool live;
    const char *why, *by;
    struct utime at;
};
/* Whether it compares expressions: compare, and source that has some. */
bool check_rule_compares(const struct check_rule *r);
/* The parameters in force: given, or the kind's own. */
double check_rule_a(const struct check_rule *r);
double check_rule_b(const struct check_rule *r);
/* Whether its target names the point. */
bool check_rule_covers(const struct check_rule *r, const char *point);
/* "P1 + P2 ≤ P3", or what the kind asks; in the reader's language. */
const char *check_rule_words(const struct check_rule *r, enum lang lang, struct arena *a);

/* Everything about a rule; points: codes there are. RC_INVALID; *ret_field: the form field it
 * is about. */
enum rc check_rule_check(const struct check_rule *r, const struct map *points,
                         const char **ret_field, struct err *e) MUST_USE;
bool check_rule_same(const struct check_rule *x, const struct check_rule *y);

/* All, by code. In a. */
enum rc check_rules_load(const struct snap *s, struct arena *a, struct check_rule **ret,
                         size_t *ret_n, struct err *e) MUST_USE;
/* RC_NOTFOUND names the code. */
enum rc check_rule_load(const struct snap *s, const char *code, struct arena *a,
                        struct check_rule *ret, struct err *e) MUST_USE;
/* Write those that are new or say something else, each with its record; all or nothing. */
enum rc check_rules_write(struct tx *tx, struct county *c, const struct check_rule *list,
                          size_t n, const char *by, size_t *ret_written,
                          struct err *e) MUST_USE;

/* Columns code,name,kind,target,left,op,right,a,b,importance,missing,live,why. */
enum rc check_rules_from_table(const struct table *t, const struct map *points, struct arena *a,
                               struct check_rule **ret, size_t *ret_n,
                               struct problems *problems, struct err *e) MUST_USE;
const struct table *check_rules_to_table(const struct check_rule *list, size_t n,
                                         struct arena *a);
/* What a county can begin with: one rule of each kind that needs no point named. */
extern const struct check_rule check_rules_usual[];
extern const size_t check_rules_usual_n;

#endif
