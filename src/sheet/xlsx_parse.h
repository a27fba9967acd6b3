/*
 * The bytes of an xlsx into a stream of frames. Runs in the child process of xlsx.c, and in the
 * fuzz target: it opens nothing, keeps no state, and every size is limited. Not for callers
 * outside this folder.
 */
#ifndef SHEET_XLSX_PARSE_H
#define SHEET_XLSX_PARSE_H

#include "table.h"

enum xlsx_frame_type {
    XLSX_SHEET, /* a: 1 when hidden; text: its name. Cells, merges… that follow are its own */
    XLSX_CELL,  /* a: row, b: column, kind, text */
    XLSX_MERGE, /* a, b: first row and column; c, d: last */
    XLSX_WIDTH, /* a, b: first and last column, c: hundredths of a character, d: 1 when hidden
                 */
    XLSX_ROW_HIDDEN, /* a: row */
    XLSX_END,        /* everything was read */
    XLSX_FAIL,       /* a: enum xlsx_fail; text: sheet, cell or part it is about */
};
enum { XLSX_FRAMES = XLSX_FAIL + 1 };

struct xlsx_frame {
    uint8_t type, kind; /* enum xlsx_frame_type, enum cell_kind */
    uint16_t zero;
    uint32_t a, b, c, d;
    uint32_t n; /* bytes of text, which follows the frame in a pipe */
};

/* What can be wrong with a file; the texts are in xlsx.c. */
enum xlsx_fail {
    XLSX_FAIL_NOT_ZIP,
    XLSX_FAIL_PASSWORD,
    XLSX_FAIL_OLD_XLS,
    XLSX_FAIL_HTML,
    XLSX_FAIL_ODS,
    XLSX_FAIL_DOCX,
    XLSX_FAIL_XLSB,
    XLSX_FAIL_NO_WORKBOOK,
    XLSX_FAIL_NO_SHEET,
    XLSX_FAIL_XML, /* detail: part and line */
    XLSX_FAIL_DTD,
    XLSX_FAIL_BROKEN_ZIP, /* detail: part */
    XLSX_FAIL_CUT,        /* no directory: the archive is not all there */
    XLSX_FAIL_UNZIPPED,
    XLSX_FAIL_CELL_LONG,  /* detail: sheet!cell */
    XLSX_FAIL_CELL_PLACE, /* detail: sheet!reference as written */
    XLSX_FAIL_CELL_TWICE, /* found by the parent */
    XLSX_FAIL_STRING,     /* detail: sheet!cell: an index beyond the shared strings */
    XLSX_FAIL_SHEETS,
    XLSX_FAIL_MERGES,
    XLSX_FAIL_MEMORY,
};
enum { XLSX_FAILS = XLSX_FAIL_MEMORY + 1 };

/* Takes a frame with its text (not NUL-ended); false stops the parser. */
typedef bool (*xlsx_sink)(void *arg, const struct xlsx_frame *f, const char *text);
/* Ends with exactly one XLSX_END or XLSX_FAIL, unless the sink stopped it. */
void xlsx_parse(struct bytes data, const struct sheet_limits *limits, xlsx_sink sink,
                void *arg);
/* One worksheet's XML alone, without shared strings and styles; for the fuzz target. */
void xlsx_parse_sheet(struct bytes xml, const struct sheet_limits *limits, xlsx_sink sink,
                      void *arg);

#endif
