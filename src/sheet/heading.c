/* Names of columns and words of cells, to codes and back. */
#include "sheet/heading.h"

#include "base/str.h"

#include <string.h>

/* The first of a|b|c. */
static const char *first_of(struct arena *a, const char *names)
{
    const char *end = strchr(names, '|');
    return end ? arena_strndup(a, names, (size_t)(end - names)) : names;
}

static bool one_of(const char *names, const char *text, size_t n)
{
    for (const char *at = names; at;) {
        const char *end = strchr(at, '|');
        size_t len = end ? (size_t)(end - at) : strlen(at);
        if (len == n && memcmp(at, text, n) == 0)
            return true;
        at = end ? end + 1 : NULL;
    }
    return false;
}

/* The length of a head without its remark: 编码(必填), 编码*. */
static size_t bare(const char *head)
{
    static const char *const stops[] = { "(", "（", "*", "＊", "\n" };
    size_t n = strlen(head);
    for (size_t i = 0; i < COUNT(stops); i++) {
        const char *at = strstr(head, stops[i]);
        if (at && at > head && (size_t)(at - head) < n)
            n = (size_t)(at - head);
    }
    while (n > 0 && head[n - 1] == ' ')
        n--;
    return n;
}

static const struct heading *heading_of(const struct heading *h, const char *head)
{
    size_t n = bare(head);
    for (; h->code; h++)
        if (str_eq(h->code, head) || one_of(h->names, head, strlen(head)) ||
            one_of(h->names, head, n))
            return h;
    return NULL;
}

/* A copy that may be written to; its places are those of t. */
static struct table *copy(const struct table *t, struct arena *a)
{
    struct table *c = arena_alloc(a, sizeof(*c));
    *c = *t;
    c->text = arena_array(a, t->rows * t->cols, sizeof(*c->text));
    memcpy(c->text, t->text, t->rows * t->cols * sizeof(*c->text));
    return c;
}

const struct table *table_to_codes(const struct table *t, const struct heading *headings,
                                   struct arena *a)
{
    if (t->rows == 0 || t->cols == 0)
        return t;
    struct table *c = copy(t, a);
    for (size_t col = 0; col < t->cols; col++) {
        const struct heading *h = heading_of(headings, str_trim(a, table_text(t, 0, col)));
        if (!h)
            continue;
        c->text[col] = h->code;
        for (size_t row = 1; h->words && row < t->rows; row++) {
            const char *text = str_trim(a, table_text(t, row, col));
            for (const struct heading_word *w = h->words; w->code; w++)
                if (*text && one_of(w->names, text, strlen(text)))
                    c->text[row * t->cols + col] = w->code;
        }
    }
    return c;
}

const struct table *table_to_words(const struct table *t, const struct heading *headings,
                                   struct arena *a)
{
    if (t->rows == 0 || t->cols == 0)
        return t;
    struct table *c = copy(t, a);
    for (size_t col = 0; col < t->cols; col++) {
        const struct heading *h = heading_of(headings, table_text(t, 0, col));
        if (!h)
            continue;
        c->text[col] = first_of(a, h->names);
        for (size_t row = 1; h->words && row < t->rows; row++)
            for (const struct heading_word *w = h->words; w->code; w++)
                if (str_eq(w->code, table_text(t, row, col)))
                    c->text[row * t->cols + col] = first_of(a, w->names);
    }
    return c;
}

const char *heading_list(const struct heading *headings, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (const struct heading *h = headings; h->code; h++)
        str_addf(&b, "%s%s(%s)", h == headings ? "" : "、", first_of(a, h->names), h->code);
    return b.s;
}

const char *heading_name(const struct heading *headings, const char *code, struct arena *a)
{
    for (const struct heading *h = headings; h->code; h++)
        if (str_eq(h->code, code))
            return arena_printf(a, "%s(%s)", first_of(a, h->names), code);
    return code;
}
