/* Bodies, cookies, lists and addresses as clients send them. The first byte chooses the parser.
 */
#include "web/private.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a field promises: text without control characters, NUL-ended at its length. */
static void check(const struct fields *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (strlen(f->v[i].value) != f->v[i].n || !utf8_valid(f->v[i].value, f->v[i].n) ||
            strchr(f->v[i].value, '\r') || !utf8_valid(f->v[i].name, strlen(f->v[i].name)))
            abort();
}

static void multipart(struct arena *a, const char *s, size_t n, struct fields *f, struct err *e)
{
    struct part_file files[3];
    size_t n_files = 0;
    const char *line = memchr(s, '\n', n);
    if (!line || memchr(s, '\0', (size_t)(line - s)))
        return;
    const char *type = arena_strndup(a, s, (size_t)(line - s));
    size_t rest = n - (size_t)(line + 1 - s);
    if (form_multipart(a, type, line + 1, rest, f, files, COUNT(files), &n_files, e) != RC_OK)
        return;
    for (size_t i = 0; i < n_files; i++)
        if (files[i].at + files[i].n > rest || !*files[i].filename ||
            strpbrk(files[i].filename, "/\\\n"))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct fields f = { .max = 100 };
    struct networks *networks;
    struct json_t *j = NULL;
    /* A copy of the exact size, so that reading past the end is noticed. */
    size_t n = size - 1;
    char *s = mem_alloc(n ? n : 1);
    memcpy(s, data + 1, n);
    switch (data[0]) {
    case 'u':
        if (form_urlencoded(a, s, n, &f, &e) != RC_OK)
            f.n = 0;
        break;
    case 'm':
        multipart(a, s, n, &f, &e);
        break;
    case 'j':
        if (form_json(a, s, n, &f, &j, &e) == RC_OK)
            json_decref(j);
        break;
    case 'c':
        form_cookies(a, arena_strndup(a, s, n), &f);
        break;
    case 'n':
        if (networks_parse(a, arena_strndup(a, s, n), &networks, &e) == RC_OK)
            (void)networks_has(networks, "10.0.0.1");
        break;
    case 'a':
        (void)accepts(arena_strndup(a, s, n), "gzip");
        break;
    }
    check(&f);
    free(s);
    return 0;
}
