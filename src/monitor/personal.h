/*
 * Personal lists are refused at the door: columns that look like identity numbers, mobile
 * phones, bank cards or names of people. The department counts for itself and sends the number.
 * What was found is never repeated in a message.
 */
#ifndef MONITOR_PERSONAL_H
#define MONITOR_PERSONAL_H

#include "sheet/table.h"

enum personal {
    PERSONAL_NONE,
    PERSONAL_ID,
    PERSONAL_PHONE,
    PERSONAL_CARD,
    PERSONAL_NAME,
    PERSONAL_HEAD
};

/* Whether all of s is such a number (spaces and hyphens inside it ignored); never NAME or HEAD.
 */
enum personal personal_cell(const char *s);
/* Whether such a number stands somewhere in a text, as in a remark; never NAME or HEAD. */
enum personal personal_in_text(const char *s);
/*
 * What a column with this head holds: one valid identity number is enough; phones and cards
 * when they are most of it, or the head says so; names when the head says so or most cells are
 * different short Chinese names. HEAD: the head asks for something personal and cells are
 * filled.
 */
enum personal personal_column(const char *head, const char *const *cell, size_t n);
enum personal personal_table_column(const struct table *t, size_t head_row, size_t col);
/* "看起来是身份证号码。": the reason without the content. Chinese source text; NULL for NONE.
 */
const char *personal_why(enum personal p);

#endif
