/* What the files of tplc share: the data a template declares, a growing buffer, and reporting.
 */
#ifndef TOOLS_TPLC_H
#define TOOLS_TPLC_H

#include <stdbool.h>
#include <stddef.h>

enum kind {
    K_TEXT = 1,
    K_INT = 2,
    K_REAL = 4,
    K_BOOL = 8,
    K_MONEY = 16,
    K_TIME = 32,
    K_PERIOD = 64,
    K_URL = 128,
    K_OBJ = 256,
    K_SVG = 512
};

struct field {
    char *name;
    enum kind kind;
    const char *format; /* the type was a formatter's name: used when the template says none */
    bool optional, list;
    char *part;        /* the name of the template this is a part of, or NULL */
    char *type;        /* C struct of an object */
    struct field *sub; /* members of an object */
    size_t n_sub;
};
struct data {
    char *name;     /* of the page */
    char *existing; /* "struct chrome": declared elsewhere, or NULL */
    struct field root;
    char **headers; /* of parts: "web/pager.html.h" */
    size_t n_headers;
};

struct buf {
    char *s;
    size_t n, cap;
};
void buf_add(struct buf *b, const char *s);
void buf_addn(struct buf *b, const char *s, size_t n);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_literal(struct buf *b, const char *s,
                 size_t n); /* a C string literal with its quotes */

/* Where reading stands: a file and what of it is left. Memory is never freed: the tool ends
 * soon. */
struct source {
    const char *path; /* as shown in messages */
    const char *p;
    int line;
};
/* Print path:line: error: …, end the program. */
_Noreturn void fail(const struct source *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void *grow(void *p, size_t n, size_t size);
char *copy(const char *s, size_t n);
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The folder templates are named from, without a slash at its end. */
extern const char *root_dir;
/* Files read beside the template itself, each after a space. */
extern struct buf deps;
/* Called with each text for people, when set. */
extern void (*on_text)(const struct source *at, const char *text);
/* A template's file, found beside the folder root or beside from; noted for the depfile. */
struct source source_open(const char *name, const struct source *from);

/* Read the `{# data … #}` that begins s; s stands after it. */
void data_read(struct source *s, struct data *ret);
void data_header(struct buf *b, const struct data *d, const char *path); /* the .h */
void data_json(struct buf *b, const struct data *d);                     /* NAME_json */
void data_schema(struct buf *b, const struct data *d);                   /* as JSON text */
const struct field *field_find(const struct field *of, const char *name, size_t n);

/* Translate the template after its data line into C functions. */
void page_compile(struct source *s, const struct data *d, struct buf *b);

#endif
