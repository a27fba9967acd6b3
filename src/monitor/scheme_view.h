/* A scheme as people read it: its lines in order, what each weighs, and how it is scored in
 * words. */
#ifndef MONITOR_SCHEME_VIEW_H
#define MONITOR_SCHEME_VIEW_H

#include "monitor/scheme.h"

enum { SCHEME_DEPTH_MAX = 32, SCHEME_FIELD_MAX = 4000 };

/* One line of the tree without its root; what hangs under nothing that exists comes last, so
 * that a draft that does not hold together can still be read and mended. */
struct scheme_line {
    size_t at; /* in scheme->nodes */
    int depth; /* 1: under the index */
    bool leaf;
    size_t closes; /* levels that end behind it */
    double share;  /* of the index, 0..1 */
};
struct scheme_lines {
    const struct scheme_line *line;
    size_t n;
    size_t per_depth[SCHEME_DEPTH_MAX + 1]; /* how many lines of a depth */
    int depth;                              /* the deepest */
};
void scheme_lines(const struct scheme *s, struct arena *a, struct scheme_lines *ret);
/* 一级指标, 二级指标 …: source text. */
const char *scheme_level_text(int depth);
/* How a node is scored, in words. */
const char *scheme_scoring_words(const struct scheme_node *n, enum lang lang, struct arena *a);
/* 草案, 已采用, 已停用: source text; and the code of pages. */
const char *scheme_state_text(enum scheme_state s);
const char *scheme_state_code(enum scheme_state s);
/* What a scoring method is called; source text. "" is the scheme's own way. */
const char *scheme_method_text(const char *method);

#endif
