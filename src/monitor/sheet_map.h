/*
 * How a county's own sheet is to be read: which sheet, which row is the head, which column is
 * what, and the answers to what could not be read. Guessed from the heads and the cells, then
 * overridden by a form or by MAP.json:
 *
 *   {"sheet": "方案", "head": 3, "columns": {"A": "level1", "F": "keep"},
 *    "names": {"区委办": "D35", "每两月": "month"}, "answers": {"standard:F7": "hand"}}
 *
 * head is the line of the head in the sheet, from 1. names answer every question about that
 * text, answers one question by its id (scheme_sheet.h). All keys are optional, unknown ones an
 * error.
 */
#ifndef MONITOR_SHEET_MAP_H
#define MONITOR_SHEET_MAP_H

#include "base/map.h"
#include "sheet/sheet.h"

enum { SHEET_LEVELS = 5, SHEET_SAMPLES = 3 };

enum sheet_role {
    ROLE_KEEP,   /* kept with the sheet, not used */
    ROLE_LEVEL1, /* the uppermost names; LEVEL1 + i */
    ROLE_LEVEL5 = ROLE_LEVEL1 + SHEET_LEVELS - 1,
    ROLE_INDICATOR, /* names of indicators, below the levels */
    ROLE_CODE,      /* the indicator's code */
    ROLE_SCORE, /* 分值: of the indicator; behind a level's column, when there are several: of
                   the level */
    ROLE_STANDARD,
    ROLE_SOURCE,
    ROLE_OWNER,
    ROLE_FREQUENCY,
    ROLE_UNIT,   /* of measure */
    ROLE_GROUPS, /* 考核对象 */
    ROLE_TARGET,
    ROLE_NUMBER, /* 序号 */
    ROLE_NOTE,
    SHEET_ROLES
};
/* "level1" … "note": the names in forms and MAP.json; SHEET_ROLES for an unknown one. */
const char *sheet_role_code(enum sheet_role r);
enum sheet_role sheet_role_of(const char *code);
const char *sheet_role_name(enum sheet_role r); /* Chinese text for people */

struct sheet_map {
    const struct table *table; /* as read, merged cells not filled */
    size_t head;               /* row of the table */
    struct sheet_column {
        const char *letter, *head;
        enum sheet_role role;
        bool sure; /* not guessed from a part of the head or from the cells */
        const char *sample[SHEET_SAMPLES]; /* first different cells; NULL behind the last */
    } * column;
    size_t n_columns;
    const struct map *names, *answers; /* text → const char *; never NULL */
};

/* Guess everything. RC_INVALID when no sheet has columns of names. In a. */
enum rc sheet_map_guess(struct arena *a, const struct book *book, const char *file,
                        struct sheet_map *ret, struct err *e) MUST_USE;
/* The same, then what json says instead; RC_INVALID names the key. json NULL or "": only the
 * guess. */
enum rc sheet_map_read(struct arena *a, const struct book *book, const char *file,
                       const char *json, struct sheet_map *ret, struct err *e) MUST_USE;
/* As JSON that sheet_map_read takes and gets the same map from. In a. */
const char *sheet_map_json(struct arena *a, const struct sheet_map *m);

#endif
