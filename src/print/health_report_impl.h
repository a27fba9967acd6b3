/* What the files that set the health report share. Nobody else includes it. */
#ifndef PRINT_HEALTH_REPORT_IMPL_H
#define PRINT_HEALTH_REPORT_IMPL_H

#include "base/arena.h"
#include "print/health_report.h"
#include "print/paper.h"

/* What the main part prints; the page has everything, and so has the appendix for the tree. */
enum {
    TREE_WHOLE_MAX = 40, /* a tree of so many rows needs no appendix */
    TREE_DEEP_MAX = 9,   /* rows below level 2, on the way to weaknesses */
    NOTABLE_MAX = 5,     /* strengths, weaknesses */
    GAPS_MAX = 20,
    VALUES_MAX = 2,
    TREND_MAX = 8,
    NODES_MAX = 5000, /* of the appendix */
};

/* A report being set. */
struct part {
    struct paper *p;
    struct arena *a;
    const struct health_report *r;
    enum lang lang;
};

static inline const char *word(const struct part *s, const char *zh)
{
    return lang_text(s->lang, zh);
}

static inline bool has(const char *text)
{
    return text && *text;
}

/* Two texts with a comma between them, each possibly empty or NULL. */
const char *part_joined(const struct part *s, const char *a, const char *b);

/* Each sets its sections at the end of the document; in the reader's order. */
void part_warnings(const struct part *s);
void part_strengths(const struct part *s);
void part_tree(const struct part *s);
void part_change(const struct part *s);
void part_completeness(const struct part *s);
void part_values(const struct part *s);
void part_proof(const struct part *s);
void part_appendix(const struct part *s); /* the whole tree */

#endif
