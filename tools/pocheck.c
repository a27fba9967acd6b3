/*
 * pocheck SRC PO: every text for people in SRC's code and templates has its English in PO/en.po
 * or PO/en.d, with the same {placeholders}. Prints what is missing as entries to fill in; exit
 * 1 then. Tests and fuzz targets are left out.
 *
 * In C a text is the argument of N_() or, unmarked, the third of err_set(); in templates what
 * stands in {_ _}.
 */
#include "po.h"
#include "tplc.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct text {
    char *zh;
    const char *path;
    int line;
};
static struct text *texts;
static size_t n_texts;

static void found(const char *path, int line, const char *zh)
{
    for (size_t i = 0; i < n_texts; i++)
        if (strcmp(texts[i].zh, zh) == 0)
            return;
    texts = grow(texts, n_texts + 1, sizeof(*texts));
    texts[n_texts++] = (struct text){ .zh = copy(zh, strlen(zh)), .path = path, .line = line };
}

static void found_in_page(const struct source *at, const char *text)
{
    found(at->path, at->line, text);
}

static void skip_space(struct source *s)
{
    for (; isspace((unsigned char)*s->p); s->p++)
        s->line += *s->p == '\n';
}

/* Adjacent string literals at s as one text, s after them; NULL when there is none. */
static char *literals(struct source *s)
{
    struct buf b = { 0 };
    skip_space(s);
    if (*s->p != '"')
        return NULL;
    while (*s->p == '"') {
        for (s->p++; *s->p && *s->p != '"'; s->p++) {
            if (*s->p == '\\' && s->p[1]) {
                s->p++;
                buf_addn(&b, *s->p == 'n' ? "\n" : *s->p == 't' ? "\t" : s->p, 1);
            } else {
                buf_addn(&b, s->p, 1);
            }
        }
        if (*s->p)
            s->p++;
        skip_space(s);
    }
    buf_addn(&b, "", 0);
    return b.s;
}

/* Past one argument and its comma; false at the end of the call. */
static bool skip_argument(struct source *s)
{
    for (int depth = 0; *s->p; s->p++) {
        s->line += *s->p == '\n';
        if (*s->p == '(' || *s->p == '{' || *s->p == '[') {
            depth++;
        } else if (*s->p == ')' || *s->p == '}' || *s->p == ']') {
            if (depth-- == 0)
                return false;
        } else if (*s->p == ',' && depth == 0) {
            s->p++;
            return true;
        } else if (*s->p == '"') {
            for (s->p++; *s->p && *s->p != '"'; s->p++)
                s->p += *s->p == '\\' && s->p[1];
            if (!*s->p)
                return false;
        }
    }
    return false;
}

/* Past comments, character and string literals that are no call's. False when s is not at one.
 */
static bool skip_quoted(struct source *s)
{
    if (strncmp(s->p, "/*", 2) == 0) {
        for (; *s->p && strncmp(s->p, "*/", 2) != 0; s->p++)
            s->line += *s->p == '\n';
        s->p += *s->p ? 2 : 0;
        return true;
    }
    if (strncmp(s->p, "//", 2) == 0) {
        s->p += strcspn(s->p, "\n");
        return true;
    }
    if (*s->p == '"' || *s->p == '\'') {
        char quote = *s->p++;
        for (; *s->p && *s->p != quote && *s->p != '\n'; s->p++)
            s->p += *s->p == '\\' && s->p[1];
        s->p += *s->p == quote;
        return true;
    }
    return false;
}

static void scan_c(const char *path, const char *all)
{
    struct source s = { .path = path, .p = all, .line = 1 };
    bool name = false; /* the character before belongs to a name */
    while (*s.p) {
        if (!name && strncmp(s.p, "N_(", 3) == 0) {
            s.p += 3;
            int line = s.line;
            char *zh = literals(&s);
            if (zh)
                found(path, line, zh);
        } else if (!name && strncmp(s.p, "err_set(", 8) == 0) {
            struct source t = s;
            t.p += 8;
            char *zh = skip_argument(&t) && skip_argument(&t) ? literals(&t) : NULL;
            if (zh)
                found(path, t.line, zh);
            s.p += 8; /* the arguments are looked at again: N_() may be among them */
        } else if (!skip_quoted(&s)) {
            name = isalnum((unsigned char)*s.p) || *s.p == '_';
            s.line += *s.p == '\n';
            s.p++;
            continue;
        }
        name = false;
    }
}

static bool ends(const char *s, const char *ending)
{
    size_t n = strlen(s), k = strlen(ending);
    return n > k && strcmp(s + n - k, ending) == 0;
}

static void scan_page(const char *path)
{
    struct data d;
    struct buf sink = { 0 };
    char *all = po_slurp(path, NULL);
    if (!all)
        exit(1);
    /* A piece without data of its own is read where it is included. */
    if (strncmp(all, "{# data", 7) != 0)
        return;
    struct source s = { .path = path, .p = all, .line = 1 };
    data_read(&s, &d);
    page_compile(&s, &d, &sink);
}

static void scan_folder(const char *dir)
{
    struct dirent **names;
    int n = scandir(dir, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name, *path = format("%s/%s", dir, name);
        struct stat st;
        if (name[0] == '.' || strncmp(name, "test_", 5) == 0 ||
            strncmp(name, "fuzz_", 5) == 0 || stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode)) {
            scan_folder(path);
        } else if (ends(name, ".c") || ends(name, ".h")) {
            char *all = po_slurp(path, NULL);
            if (!all)
                exit(1);
            scan_c(path, all);
        } else if (ends(name, ".html")) {
            scan_page(path);
        }
    }
}

static int is_po(const struct dirent *d)
{
    return ends(d->d_name, ".po");
}

static bool read_catalogues(const char *dir, struct po *po)
{
    struct dirent **names;
    bool ok = po_read(po, format("%s/en.po", dir));
    const char *parts = format("%s/en.d", dir);
    int n = scandir(parts, &names, is_po, alphasort);
    for (int i = 0; i < n; i++)
        ok = po_read(po, format("%s/%s", parts, names[i]->d_name)) && ok;
    return po_sort(po) && ok;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: pocheck SRC PO\n");
        return 2;
    }
    struct po po = { 0 };
    root_dir = argv[1];
    on_text = found_in_page;
    bool ok = read_catalogues(argv[2], &po);
    scan_folder(argv[1]);
    size_t missing = 0;
    for (size_t i = 0; i < n_texts; i++) {
        const struct po_entry *row = po_find(&po, texts[i].zh);
        const char *bad;
        struct buf zh = { 0 };
        if (row && po_names_agree(row->zh, row->en, &bad))
            continue;
        buf_literal(&zh, texts[i].zh, strlen(texts[i].zh));
        if (row)
            printf("# %s:%d: %s is on one side only\n", row->file, row->line, bad);
        else
            printf("# %s:%d\nmsgid %s\nmsgstr \"\"\n\n", texts[i].path, texts[i].line, zh.s);
        missing++;
    }
    fprintf(stderr, "%zu texts, %zu without English\n", n_texts, missing);
    return ok && missing == 0 ? 0 : 1;
}
