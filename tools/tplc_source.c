/* Memory, text and files for tplc and pocheck. Nothing is freed: the tools end soon. */
#include "po.h"
#include "tplc.h"

#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *root_dir;
struct buf deps;
void (*on_text)(const struct source *at, const char *text);

void *grow(void *p, size_t n, size_t size)
{
    return po_grow(p, n, size);
}

char *copy(const char *s, size_t n)
{
    char *c = grow(NULL, n + 1, 1);
    memcpy(c, s, n);
    c[n] = '\0';
    return c;
}

static char *vformat(const char *fmt, va_list ap)
{
    char *s = NULL;
    if (vasprintf(&s, fmt, ap) < 0)
        abort();
    return s;
}

char *format(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *s = vformat(fmt, ap);
    va_end(ap);
    return s;
}

void buf_addn(struct buf *b, const char *s, size_t n)
{
    if (b->n + n + 1 > b->cap)
        b->s = grow(b->s, b->cap = (b->n + n + 1) * 2, 1);
    if (n)
        memcpy(b->s + b->n, s, n);
    b->n += n;
    b->s[b->n] = '\0';
}

void buf_add(struct buf *b, const char *s)
{
    buf_addn(b, s, strlen(s));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *s = vformat(fmt, ap);
    va_end(ap);
    buf_add(b, s);
    free(s);
}

void buf_literal(struct buf *b, const char *s, size_t n)
{
    buf_add(b, "\"");
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\' || c == '?')
            buf_addf(b, "\\%c", c);
        else if (c == '\n')
            buf_add(b, "\\n");
        else if (c < 32)
            buf_addf(b, "\\%03o", c);
        else
            buf_addn(b, s + i, 1);
    }
    buf_add(b, "\"");
}

void fail(const struct source *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%d: error: %s\n", s->path, s->line, vformat(fmt, ap));
    va_end(ap);
    exit(1);
}

struct source source_open(const char *name, const struct source *from)
{
    bool rooted = strchr(name, '/');
    char *dir = dirname(copy(from->path, strlen(from->path)));
    const char *path = format("%s/%s.html", rooted ? root_dir : dir, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail(from, "the template %s cannot be opened", path);
    fclose(f);
    char *all = po_slurp(path, NULL);
    if (!all)
        exit(1);
    buf_addf(&deps, " %s", path);
    return (struct source){ .path = path, .p = all, .line = 1 };
}
