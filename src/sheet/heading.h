/*
 * What the columns of a table may be called: a code for programs and Chinese words for people,
 * and the same for what stands in their cells. Whoever reads a table first brings it to codes;
 * whoever writes one for people brings it to words.
 */
#ifndef SHEET_HEADING_H
#define SHEET_HEADING_H

#include "sheet/table.h"

struct heading_word {
    const char *code;  /* town */
    const char *names; /* 乡镇|镇乡: the first is what is written */
};
struct heading {
    const char *code;                 /* peer_group */
    const char *names;                /* 分组|比较分组: the first is what is written */
    const char *help;                 /* what to write into it; N_() */
    const char *sample;               /* an example of it */
    bool needed;                      /* the column must be there */
    const struct heading_word *words; /* of its cells, ended by a NULL code; NULL: as written */
};

/*
 * A copy in a with every known head and word as its code, each cell where it was, so that
 * messages name the person's own cells. A head may carry a remark in brackets or a star:
 * 编码(必填), 名称*. What is not known stays as it is. headings end with a NULL code.
 */
const struct table *table_to_codes(const struct table *t, const struct heading *headings,
                                   struct arena *a);
/* The other way: the first of each head's and word's names. In a. */
const struct table *table_to_words(const struct table *t, const struct heading *headings,
                                   struct arena *a);
/* "编码(code)、名称(name)": for messages about columns. In a. */
const char *heading_list(const struct heading *headings, struct arena *a);
/* "编码" of "code"; the code itself when there is none. In a. */
const char *heading_name(const struct heading *headings, const char *code, struct arena *a);

#endif
