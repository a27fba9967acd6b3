/*
 * Finding things by what people call them: by code, or by name where only one has it; and what
 * was probably meant by a word that is none of them.
 */
#ifndef MONITOR_NAMES_H
#define MONITOR_NAMES_H

#include "base/map.h"
#include "sheet/problem.h"

enum { NAME_AMBIGUOUS = 1 << 30, NEAR_MAX = 3 };

struct names {
    const char **code, **name;
    size_t n;
    struct arena *a;
    struct map *index; /* of codes and names; a name of several has NAME_AMBIGUOUS */
    const char *last;  /* the previous find, for files sorted by it */
    ptrdiff_t last_index;
    struct map *near; /* answers given: a wrong name costs its search once */
};
/* Room for n. Then names_add each in order, then names_close. Texts are kept by reference; name
 * may be "". */
void names_init(struct names *ns, struct arena *a, size_t n);
void names_add(struct names *ns, const char *code, const char *name);
void names_close(struct names *ns);
/* Index, -1 for none, NAME_AMBIGUOUS or more for a name that several have. The text is taken as
 * it is. */
ptrdiff_t names_find(struct names *ns, const char *text);

struct near {
    struct problem_option option[NEAR_MAX]; /* value: code, name: name; nearest first */
    size_t n;
};
/* The likeliest for a text that is none of them, or those that share an ambiguous name. Lives
 * in the arena. */
const struct near *names_near(struct names *ns, const char *text, bool ambiguous);

/*
 * Indexes of the at most max nearest of n (code, name) pairs into best, nearest first; returns
 * how many are near enough to be offered: half of the characters in place, or one containing
 * the other. Equal ones keep their order.
 */
size_t nearest(const char *text, const char *const *code, const char *const *name, size_t n,
               size_t *best, size_t max);
/* 0 for equal texts, 1 for nothing in common: edit distance by the longer one's characters. */
double text_distance(const char *a, const char *b);

#endif
