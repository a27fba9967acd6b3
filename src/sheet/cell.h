/*
 * What a cell means as a number: the one place where separators, full-width digits, percent
 * signs and the many ways of writing nothing are understood, and where everything else gets its
 * reason.
 */
#ifndef SHEET_CELL_H
#define SHEET_CELL_H

#include "base/period.h"
#include "table.h"

enum cell_verdict {
    CELL_IS_NUMBER,
    CELL_IS_BLANK, /* nothing, or only spaces */
    CELL_IS_NA,    /* NA, N/A, -, —, /: said to be missing, without a reason */
    CELL_IS_WRONG,
};

struct cell_value {
    enum cell_verdict verdict;
    double v; /* the number written, before its percent sign: 97.9 for 97.9% and for 0.979 shown
                 as 97.9% */
    bool percent;
    bool converted; /* full-width characters were turned into ASCII */
    /* WRONG: why, and what would be right. Chinese source text with {text}, the cell as it is.
     * Static. */
    const char *why;
};
struct cell_value cell_number(const char *text, enum cell_kind kind);

/*
 * The period a cell means: the five codes, and what people write for them: 2026年,
 * 2026年第三季度, 2026年9月, 2026-09, 2026/9/30, a date cell (its day). false when it is none.
 */
bool cell_period(const char *text, struct period *ret);

/* Full-width ASCII and U+3000 into ASCII, spaces at both ends (also U+00A0) removed. Same
 * pointer when nothing changed. */
const char *cell_clean(struct arena *a, const char *text);

#endif
