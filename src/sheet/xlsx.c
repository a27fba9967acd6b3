/*
 * Reading xlsx in a child process (base/child.h): what it may unzip and how much it may find
 * are its numbers; frames come back.
 */
#include "sheet/xlsx.h"

#include "base/child.h"

#include <string.h>
#include <strings.h>

enum { LIMITS = 7, CHILD_CPU_S = 60, CHILD_WALL_S = 120 };
/* Beyond what may be unzipped: the file, shared strings as kept, expat, the program itself. */
static const size_t child_memory_extra = (size_t)1 << 30;

/* The child */

static struct sheet_limits limits_of(const size_t *n)
{
    return (struct sheet_limits){ .bytes = n[0],
                                  .unzipped = n[1],
                                  .rows = n[2],
                                  .cols = n[3],
                                  .cells = n[4],
                                  .cell = n[5],
                                  .sheets = n[6] };
}

static size_t child_memory(const size_t *n)
{
    const struct sheet_limits l = limits_of(n);
    return l.bytes + l.unzipped * 2 + child_memory_extra;
}

static bool child_frame(void *arg, const struct xlsx_frame *f, const char *text)
{
    return child_write(arg, f, sizeof(*f)) && child_write(arg, text, f->n);
}

static void child_parse(struct bytes file, const size_t *n, struct child_out *out)
{
    const struct sheet_limits l = limits_of(n);
    if (file.n <= l.bytes)
        xlsx_parse(file, &l, child_frame, out);
}

static const struct child_kind xlsx_child = { .name = "jingjian-xlsx-reader",
                                              .n_numbers = LIMITS,
                                              .memory = child_memory,
                                              .cpu_s = CHILD_CPU_S,
                                              .wall_s = CHILD_WALL_S,
                                              .run = child_parse };

static __attribute__((constructor)) void child_entry(int argc, char **argv)
{
    child_enter(&xlsx_child, argc, argv);
}

/* The parent */

bool xlsx_sniff(struct bytes d)
{
    size_t i = d.n >= 3 && memcmp(d.p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return (d.n >= 4 && (memcmp(d.p, "PK\3\4", 4) == 0 || memcmp(d.p, "PK\5\6", 4) == 0 ||
                         memcmp(d.p, "\xD0\xCF\x11\xE0", 4) == 0)) ||
           (d.n >= i + 5 && (strncasecmp((const char *)d.p + i, "<html", 5) == 0 ||
                             strncasecmp((const char *)d.p + i, "<?xml", 5) == 0 ||
                             strncasecmp((const char *)d.p + i, "<!doc", 5) == 0));
}

static enum rc take(void *arg, const void *p, size_t n, bool *ret_done, struct err *e)
{
    return xlsx_builder_add(arg, p, n, ret_done, e);
}

enum rc xlsx_read(struct arena *a, const char *name, struct bytes data,
                  const struct sheet_limits *limits, struct book *ret, struct err *e)
{
    const struct sheet_limits *l = limits ? limits : &sheet_limits_default;
    const size_t numbers[LIMITS] = { l->bytes, l->unzipped, l->rows,  l->cols,
                                     l->cells, l->cell,     l->sheets };
    if (data.n > l->bytes) {
        CLEANUP(arena_freep) struct arena *tmp = arena_new();
        return err_set(e, RC_TOOBIG, N_("{file} 超过{max}字节的上限"), "file", name, "max",
                       arena_printf(tmp, "%zu", l->bytes));
    }
    CLEANUP(xlsx_builder_freep) struct xlsx_builder *b = xlsx_builder_new(a, name, l);
    enum rc rc = child_read(&xlsx_child, numbers, name, data, take, b, e);
    return rc == RC_OK ? xlsx_builder_end(b, ret, e) : rc;
}
