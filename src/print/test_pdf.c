/* Reading a PDF's text in tests. */
#include "print/test_pdf.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void compact(struct str *out, const char *s)
{
    for (; *s; s++) {
        if (*s != ' ' && *s != '\n' && *s != '\t' && *s != '\r')
            str_addc(out, *s);
    }
}

char **pdf_pages(struct arena *a, struct bytes pdf, size_t *ret_n)
{
    char path[] = "/tmp/jingjian-test-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0)
        return NULL;
    bool written = write(fd, pdf.p, pdf.n) == (ssize_t)pdf.n;
    close(fd);
    struct str text;
    str_init(&text, a);
    FILE *f = written ? popen(arena_printf(a, "pdftotext -q -raw %s - 2>/dev/null", path), "r")
                      : NULL;
    int c;
    while (f && (c = getc(f)) != EOF)
        str_addc(&text, (char)c);
    bool done = f && pclose(f) == 0;
    unlink(path);
    if (!done)
        return NULL;
    char **pages = str_split(a, text.s, '\f', ret_n);
    if (*ret_n > 0)
        (*ret_n)--; /* a form feed ends the last page */
    for (size_t i = 0; i < *ret_n; i++) {
        struct str tight;
        str_init(&tight, a);
        compact(&tight, pages[i]);
        pages[i] = tight.s;
    }
    return pages;
}

int text_count(const char *text, const char *phrase)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, phrase)) != NULL; at += strlen(phrase))
        n++;
    return n;
}
