/*
 * Any bytes as an xlsx, as one worksheet's XML, or as the frames of a child that was taken
 * over: reading ends, within its limits, and what comes out is a whole table or an error. The
 * first byte says which: P (of PK) a file, < a worksheet, anything else frames behind that
 * byte.
 */
#include "sheet/xlsx.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sink {
    struct xlsx_builder *b;
    bool done;
    struct err e;
};

static bool feed(void *arg, const struct xlsx_frame *f, const char *text)
{
    struct sink *s = arg;
    if (xlsx_builder_add(s->b, f, sizeof(*f), &s->done, &s->e) != RC_OK)
        return false;
    return xlsx_builder_add(s->b, text, f->n, &s->done, &s->e) == RC_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sheet_limits small = { .bytes = 1 << 20,
                                               .unzipped = 1 << 20,
                                               .rows = 1000,
                                               .cols = 100,
                                               .cells = 5000,
                                               .cell = 1000,
                                               .sheets = 4 };
    if (size < 1)
        return 0;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(xlsx_builder_freep) struct xlsx_builder *b = xlsx_builder_new(a, "f.xlsx", &small);
    struct sink s = { .b = b };
    struct bytes all = { data, size };
    if (data[0] == 'P') {
        xlsx_parse(all, &small, feed, &s);
    } else if (data[0] == '<') {
        xlsx_parse_sheet(all, &small, feed, &s);
    } else {
        /* In pieces, as a pipe gives them. */
        for (size_t i = 1; i < size && !s.e.rc; i += 7)
            if (xlsx_builder_add(b, data + i, size - i < 7 ? size - i : 7, &s.done, &s.e) !=
                RC_OK)
                break;
    }
    struct book book;
    if (s.e.rc == RC_OK && xlsx_builder_end(b, &book, &s.e) == RC_OK) {
        size_t n = 0;
        for (size_t i = 0; i < book.n; i++) {
            struct table *t = book.sheet[i];
            n += t->rows * t->cols;
            (void)table_unmerge(a, t);
            for (size_t k = 0; k < t->rows * t->cols; k++)
                if (!t->text[k] || (t->kind[k] == CELL_EMPTY) != !t->text[k][0])
                    if (t->kind[k] != CELL_FORMULA)
                        abort();
        }
        if (n > small.cells)
            abort();
    }
    err_done(&s.e);
    return 0;
}
