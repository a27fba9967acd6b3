/*
 * A county's own sheet of indicators (一级|二级|三级|四级|分值|评分标准|数据来源|责任单位|周期)
 * → the nodes of a scheme. Nothing is refused that can be asked: unknown units and groups,
 * words of frequency, unreadable standards and missing points are questions with proposals.
 * Nothing is lost: the sheet itself stays as it was read (sheet_map.table), rows that were not
 * used are named.
 *
 * Cells that are merged or left blank below a name mean that name. Rows with 合计 or 小计,
 * remarks below the table and title rows above the head are not indicators. Points in a name
 * ("政治建设(20分)") are the node's own.
 */
#ifndef MONITOR_SCHEME_SHEET_H
#define MONITOR_SCHEME_SHEET_H

#include "monitor/scheme.h"
#include "monitor/sheet_map.h"
#include "monitor/standard.h"
#include "monitor/values_check.h"

struct map;

enum { SHEET_INDICATORS_MAX = 5000 };

/*
 * What is known of the county. A row whose names are those of a known node is that node: it
 * keeps its code, and an indicator its formula, unit, denominator and tags, so that its points
 * go on feeding it. Any other row gets a code that nothing has had.
 */
struct sheet_context {
    const struct values_unit *unit;
    size_t n_unit;
    const char *const *group; /* peer groups */
    size_t n_group;
    const struct scheme_node *known; /* of the scheme in force; its root first */
    size_t n_known;
    const char *const *used; /* codes of indicators that points feed */
    size_t n_used;
};

enum question_kind {
    QUESTION_UNIT,
    QUESTION_GROUP,
    QUESTION_FREQUENCY,
    QUESTION_STANDARD,
    QUESTION_SCORE
};

/*
 * Something to be answered. Without an answer: a unit stays as written, a group means every
 * unit, a frequency is the quarter, a standard leaves the node to the configuration's method,
 * points are shared equally.
 */
struct sheet_question {
    enum question_kind kind;
    const char *id;    /* "unit:H5": kind and first cell; the key under "answers" */
    const char *given; /* as written */
    const char *cells; /* "H5、H9": the first few */
    size_t n;          /* how often */
    const char
        *why; /* Chinese source text; {rest} and {near} from below; NULL: nothing to add */
    const char *rest;
    const struct problem_option *option; /* value: the answer; name: Chinese words */
    size_t n_option;
    const char *proposal; /* the answer that is proposed, one of the options; NULL */
    const char *answer;   /* given in the map; NULL: open */
    size_t node;          /* of standards and points */
};

/* A node with what the sheet said of it. */
struct sheet_node {
    struct scheme_node n;
    size_t parent;             /* SIZE_MAX for the root */
    int depth;                 /* 0: the root */
    double score;              /* 分值 as written; NaN: none */
    size_t row;                /* of the table, of the name's first cell */
    const char *cell;          /* of the name; "" for the root */
    const char *standard_cell; /* "" when there is none */
    const char *score_cell;
    struct standard standard; /* of an indicator */
};

struct sheet_scheme {
    struct sheet_node *node; /* depth first; the root is the first */
    size_t n, n_indicators;
    int depth;                         /* of the deepest level */
    size_t by_depth[SHEET_LEVELS + 2]; /* nodes of each */
    struct sheet_question *question;   /* in the order of the sheet, answered ones too */
    size_t n_question, n_open;
    struct problems
        problems; /* LOOK: rows not used, sums that differ; WRONG: cells that cannot be read */
    double total; /* 分值 of all indicators */
    size_t rows, rows_used; /* below the head, with something in them */
};

/*
 * Read the sheet as the map says. root: code and name of the index. RC_INVALID when there is no
 * indicator in it, or an answer is not one of its options; RC_TOOBIG above
 * SHEET_INDICATORS_MAX. In a.
 */
enum rc scheme_sheet_read(struct arena *a, const struct sheet_map *map,
                          const struct sheet_context *c, const char *root_code,
                          const char *root_name, struct sheet_scheme *ret,
                          struct err *e) MUST_USE;
/* The nodes for struct scheme: n of them, in order. In a. */
const struct scheme_node *scheme_sheet_nodes(struct arena *a, const struct sheet_scheme *s);
/*
 * A data point for each indicator without a formula that no point feeds, as a table with the
 * head of points: code P and the first number that is free, the indicator's name, owner, unit
 * and frequency. Legal basis, purpose, retention and contact are left to be filled in. fed:
 * codes of indicators that points feed; points: codes of points. In a.
 */
const struct table *scheme_sheet_points(struct arena *a, const struct scheme_node *node,
                                        size_t n, const struct map *fed,
                                        const struct map *points);

/* Any scheme in the form of such a sheet, names merged over their rows. unit names come from c.
 * In a. */
const struct table *scheme_sheet_write(struct arena *a, const struct scheme_node *node,
                                       size_t n, const struct sheet_context *c);

#endif
