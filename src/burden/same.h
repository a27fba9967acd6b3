/*
 * 一数一源: the same number is asked for once. A point that looks like one that is there is
 * refused with the place where the data are, until a person has said which of the two it is:
 * the same number (then it is not asked for), or another one, and why.
 *
 * Likeness is that of names, as plain characters: 全角 and 一二三 as ASCII, without words that
 * say nothing (本期, 的, a year, a final 总量, 件数). It is the share of character bigrams two
 * names have in common (Dice: 2|A∩B| / (|A|+|B|), L. R. Dice, Ecology 26 (1945)); or, when one
 * is the other with characters left out (垃圾处理率, 生活垃圾无害化处理率), more the more of it
 * is left. Names whose numbers differ (60岁, 80岁) are not alike. Measured on the demo's 202
 * points: with the same frequency and unit of measure, of pairs that feed different indicators
 * 4 of 20,301 reach SAME_LIKE, and of 1,700 ways to write a name once more (words turned round,
 * 本季度, 全区, 总数, 量 added) 99 % do. Two points of one indicator are its numerator and
 * denominator (应办结的…, 按期办结的…) and look alike by nature: there only a name that is as
 * good as equal counts.
 */
#ifndef BURDEN_SAME_H
#define BURDEN_SAME_H

#include "base/kinds.h"

struct arena;
struct county;
struct snap;
struct tx;

#define SAME_LIKE 0.75   /* the same frequency and unit of measure */
#define SAME_UNLIKE 0.85 /* one of them differs */
#define SAME_EQUAL 0.97  /* both feed one indicator */
enum { SAME_REASON_MAX = 200, SAME_PAIRS_MAX = 200 };

/* 0 … 1. */
double same_likeness(const char *a, const char *b);

/* What of a point decides. */
struct same_point {
    const char *code, *name, *indicator, *owner, *measure, *frequency;
};
/* Are they probably one number? *ret_like: how alike the names are. */
bool same_suspect(const struct same_point *a, const struct same_point *b, double *ret_like);

enum same_verdict { SAME_OPEN, SAME_SAME, SAME_DIFFERENT };
struct same_pair {
    struct same_point point, other; /* the later one, the one that is there */
    double like;
    enum same_verdict verdict;
    const char *reason; /* "" */
};
/*
 * Pairs of new points with those that are there, and with those before them in the list, the
 * likest first; at most SAME_PAIRS_MAX. A new point whose code is there under the same name is
 * no new one. In a.
 */
enum rc same_find(const struct snap *s, const struct same_point *new, size_t n,
                  const struct same_point *there, size_t n_there, struct arena *a,
                  struct same_pair **ret, size_t *ret_n, struct err *e) MUST_USE;
/*
 * RC_CONFLICT for the first pair that is not decided as different: it names the point, where
 * the data are (owner_name of the other's owner), and what to do.
 */
enum rc same_refuse(const struct same_pair *pairs, size_t n,
                    const char *(*owner_name)(const void *arg, const char *owner),
                    const void *arg, struct err *e) MUST_USE;

/* A person decides, with its record. RC_INVALID: different without a reason. Saying the same
 * again changes nothing. */
struct same_decision {
    const char *point, *name, *other; /* name: of point */
    enum same_verdict verdict;        /* SAME_SAME or SAME_DIFFERENT */
    const char *reason;
};
enum rc same_decide(struct tx *tx, struct county *c, const struct same_decision *d,
                    const char *by, struct arena *a, struct err *e) MUST_USE;

#endif
