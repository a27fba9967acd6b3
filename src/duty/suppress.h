/*
 * Small numbers left out of a table of counts, so that nobody can compute them.
 *
 * One list of counts with its sum. What is below SMALL is shown as "<5"; and since the sum is
 * shown too, so much else is hidden that every small count could still be any number from 0 to
 * three, mostly 4, for somebody who knows this program. Which one is hidden besides is decided
 * by place, not by size: the smallest would say something about the others.
 *
 * Two lists over the same sum (by month, by level) say nothing about one another beyond the
 * sum, because for any two lists with one sum there is a table with both as its margins. So
 * each is treated by itself; the table of both is never shown.
 */
#ifndef DUTY_SUPPRESS_H
#define DUTY_SUPPRESS_H

#include "base/base.h"
#include "duty/first_form.h"

enum { SMALL = 5 };

/* marks of n counts, and of their sum. n > 0, counts ≥ 0. */
void suppress(const int64_t *counts, size_t n, enum shown_mark *ret, enum shown_mark *ret_sum);
/*
 * Whether part of a sum may be shown beside the sum: neither it nor what is left may be small
 * (all of it may be).
 */
enum shown_mark suppress_part(int64_t part, int64_t sum);

#endif
