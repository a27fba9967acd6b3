/* Which counts may be shown. Why these rules hold against everybody who knows them is in
 * test_suppress.c, which tries all tables. */
#include "duty/suppress.h"

static void all(enum shown_mark *ret, size_t n, enum shown_mark mark)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = mark;
}

void suppress(const int64_t *counts, size_t n, enum shown_mark *ret, enum shown_mark *ret_sum)
{
    int64_t sum = 0, small_sum = 0;
    size_t last_small = n, besides = n;
    for (size_t i = 0; i < n; i++) {
        sum += counts[i];
        if (counts[i] < SMALL) {
            small_sum += counts[i];
            last_small = i;
        }
    }
    *ret_sum = sum < SMALL ? SHOWN_SMALL : SHOWN_NUMBER;
    /* So little that the sum alone narrows down what is in it: nothing but the sum. */
    if (sum < (int64_t)n * SMALL + SMALL - 1) {
        all(ret, n, SHOWN_HIDDEN);
        return;
    }
    all(ret, n, SHOWN_NUMBER);
    if (last_small == n)
        return;
    for (size_t k = 1; k < n && besides == n; k++)
        if (counts[(last_small + k) % n] >= SMALL)
            besides = (last_small + k) % n;
    /* With one more hidden, can every small one still be anything? Else all are. */
    bool enough = small_sum + counts[besides] >= SMALL + SMALL - 1;
    for (size_t i = 0; i < n; i++)
        if (counts[i] < SMALL)
            ret[i] = SHOWN_SMALL;
        else if (i == besides || !enough)
            ret[i] = SHOWN_HIDDEN;
}

enum shown_mark suppress_part(int64_t part, int64_t sum)
{
    if (sum < SMALL + SMALL - 1)
        return SHOWN_HIDDEN;
    if (part < SMALL)
        return SHOWN_SMALL;
    return sum - part > 0 && sum - part < SMALL ? SHOWN_HIDDEN : SHOWN_NUMBER;
}
