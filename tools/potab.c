/*
 * potab OUTPUT DEPFILE INPUT…: all catalogues merged into one sorted C table, which base's
 * lang_text searches. A text with two different translations, or a translation whose
 * {placeholders} differ from the source's, fails the build. Beside the English stands the
 * source as it is set in Chinese, with full-width marks. An INPUT may be a folder: its *.po,
 * and a new file there rebuilds the table.
 */
#include "po.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_literal(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", f);
        else if (c == '\t')
            fputs("\\t", f);
        else if (c == '?')
            fputs("\\?", f); /* no trigraphs */
        else
            fputc(c, f);
    }
    fputc('"', f);
}

static int name_is_po(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 3 && strcmp(d->d_name + n - 3, ".po") == 0;
}

/* One catalogue or a folder of them; names go to deps, and live as long as the program. */
static bool read_input(struct po *po, const char *path, FILE *deps)
{
    struct dirent **names;
    fprintf(deps, " %s", path);
    int n = scandir(path, &names, name_is_po, alphasort);
    if (n < 0)
        return po_read(po, path);
    bool ok = true;
    for (int i = 0; i < n; i++) {
        size_t len = strlen(path) + strlen(names[i]->d_name) + 2;
        char *file = po_grow(NULL, len, 1);
        snprintf(file, len, "%s/%s", path, names[i]->d_name);
        fprintf(deps, " %s", file);
        ok = po_read(po, file) && ok;
        free(names[i]);
    }
    free(names);
    return ok;
}

int main(int argc, char **argv)
{
    struct po po = { 0 };
    FILE *deps = argc >= 4 ? fopen(argv[2], "wb") : NULL;
    bool ok = deps;
    if (!ok)
        fprintf(stderr, "usage: potab OUTPUT DEPFILE INPUT...\n");
    else
        fprintf(deps, "%s:", argv[1]);
    for (int i = 3; ok && i < argc; i++)
        ok = read_input(&po, argv[i], deps);
    if (deps)
        ok = fputc('\n', deps) != EOF && ok;
    if (deps)
        ok = fclose(deps) == 0 && ok;
    ok = ok && po_sort(&po);
    for (size_t i = 0; ok && i < po.n; i++) {
        const char *name;
        if (po_names_agree(po.rows[i].zh, po.rows[i].en, &name))
            continue;
        fprintf(stderr, "%s:%d: %s is on one side only\n", po.rows[i].file, po.rows[i].line,
                name);
        ok = false;
    }
    FILE *f = ok ? fopen(argv[1], "wb") : NULL;
    if (ok && !f)
        fprintf(stderr, "%s: cannot be written\n", argv[1]);
    if (f) {
        fputs("/* Made by tools/potab. Sorted by strcmp of zh. */\n#include <stddef.h>\n"
              "struct po_row {\n    const char *zh, *en, *set;\n};\n"
              "extern const struct po_row po_en[];\nextern const size_t po_en_n;\n"
              "const struct po_row po_en[] = {\n",
              f);
        for (size_t i = 0; i < po.n; i++) {
            fputs("    { ", f);
            write_literal(f, po.rows[i].zh);
            fputs(", ", f);
            write_literal(f, po.rows[i].en);
            char *set = po_typeset(po.rows[i].zh);
            fputs(", ", f);
            if (set)
                write_literal(f, set);
            else
                fputc('0', f);
            free(set);
            fputs(" },\n", f);
        }
        fputs("    { 0, 0, 0 }\n};\n", f);
        fprintf(f, "const size_t po_en_n = %zu;\n", po.n);
        ok = !ferror(f);
        ok = fclose(f) == 0 && ok;
    }
    po_done(&po);
    return ok && f ? 0 : 1;
}
