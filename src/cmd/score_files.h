/*
 * The files of the command `score`: META.csv and DATA.csv in, the results' CSV files out.
 * Columns are described in the manual of the command.
 */
#ifndef CMD_SCORE_FILES_H
#define CMD_SCORE_FILES_H

#include "stats/engine.h"

enum {
    SCORE_UNITS_MAX = 10000000,
    SCORE_COLUMNS_MAX = 200000,
};

/* What META.csv says. By node, in the order of the file's indicators and aggregates. */
struct score_meta {
    struct scheme_tree tree;
    const char **denominator; /* column of DATA.csv or NULL */
    const char **formula;     /* over columns of DATA.csv or NULL */
};
/* Notes for stderr (unknown columns, conversions), as Chinese text filled in; a list in the
 * arena. */
struct score_notes {
    struct arena *a;
    enum lang lang;
    const char **v;
    size_t n, cap;
};
void score_note(struct score_notes *notes, struct err *note);

enum rc score_meta_read(const char *path, struct arena *a, struct score_notes *notes,
                        struct score_meta *ret, struct err *e) MUST_USE;

/*
 * DATA.csv into an engine_input that refers to meta and to a. Only the columns that are needed
 * are read: indicators (or the columns of their formulas), denominators when with_denominators,
 * group when not NULL.
 */
enum rc score_data_read(const char *path, const struct score_meta *meta, bool with_denominators,
                        const char *group, struct arena *a, struct score_notes *notes,
                        struct engine_input *ret, struct err *e) MUST_USE;

/* All files of the result into folder dir (made if need be); a file appears only when all could
 * be written. A result file of a step that did not run is removed if it stands there. */
enum rc score_write(const char *dir, const struct engine_input *in,
                    const struct engine_config *c, const struct engine_result *r,
                    struct err *e) MUST_USE;

#endif
