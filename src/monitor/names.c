/* Names and suggestions; the latter by edit distance (Levenshtein 1966) over characters, case
 * ignored in ASCII. */
#include "monitor/names.h"

#include "base/str.h"

#include <string.h>

void names_init(struct names *ns, struct arena *a, size_t n)
{
    *ns = (struct names){ .code = arena_array(a, n, sizeof(char *)),
                          .name = arena_array(a, n, sizeof(char *)),
                          .index = map_new(a),
                          .near = map_new(a),
                          .a = a,
                          .last_index = -1 };
}

void names_add(struct names *ns, const char *code, const char *name)
{
    size_t i = ns->n++;
    ns->code[i] = code;
    ns->name[i] = name;
    map_add_index(ns->index, code, i);
}

void names_close(struct names *ns)
{
    /* After all codes, so that a name never hides a code. */
    for (size_t i = 0; i < ns->n; i++) {
        ptrdiff_t at = ns->name[i][0] ? map_index(ns->index, ns->name[i]) : 0;
        if (!ns->name[i][0] ||
            (at >= 0 && at < NAME_AMBIGUOUS && str_eq(ns->code[at], ns->name[i])))
            continue;
        if (at < 0)
            map_add_index(ns->index, ns->name[i], i);
        else if (at < NAME_AMBIGUOUS && (size_t)at != i)
            map_set(ns->index, ns->name[i], (void *)(uintptr_t)(NAME_AMBIGUOUS + 1));
    }
}

ptrdiff_t names_find(struct names *ns, const char *text)
{
    if (ns->last && strcmp(ns->last, text) == 0)
        return ns->last_index;
    ptrdiff_t i = map_index(ns->index, text);
    if (i >= 0 && i < NAME_AMBIGUOUS) {
        ns->last = ns->code[i];
        ns->last_index = i;
        if (strcmp(ns->last, text) != 0)
            ns->last = NULL;
    }
    return i;
}

const struct near *names_near(struct names *ns, const char *text, bool ambiguous)
{
    struct near *r = map_get(ns->near, text);
    if (r)
        return r;
    r = arena_alloc(ns->a, sizeof(*r));
    size_t best[NEAR_MAX], n = 0;
    if (ambiguous) {
        for (size_t i = 0; i < ns->n && n < NEAR_MAX; i++)
            if (str_eq(ns->name[i], text))
                best[n++] = i;
    } else {
        n = nearest(text, ns->code, ns->name, ns->n, best, NEAR_MAX);
    }
    for (size_t i = 0; i < n; i++)
        r->option[r->n++] = (struct problem_option){ ns->code[best[i]],
                                                     ns->name[best[i]][0] ? ns->name[best[i]]
                                                                          : ns->code[best[i]] };
    map_set(ns->near, text, r);
    return r;
}

enum { CHARS_MAX = 64 };

static size_t chars(const char *s, uint32_t out[CHARS_MAX])
{
    const char *end = s + strlen(s);
    size_t n = 0;
    while (s < end && n < CHARS_MAX) {
        size_t len;
        uint32_t cp = utf8_next(s, end, &len);
        out[n++] = cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
        s += len;
    }
    return n;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

double text_distance(const char *a, const char *b)
{
    uint32_t x[CHARS_MAX], y[CHARS_MAX];
    size_t row[CHARS_MAX + 1], nx = chars(a, x), ny = chars(b, y);
    if (nx == 0 || ny == 0)
        return nx == ny ? 0 : 1;
    for (size_t j = 0; j <= ny; j++)
        row[j] = j;
    for (size_t i = 1; i <= nx; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= ny; j++) {
            size_t up = row[j];
            row[j] = least(least(up, row[j - 1]) + 1, diagonal + (x[i - 1] != y[j - 1]));
            diagonal = up;
        }
    }
    double d = (double)row[ny] / (double)(nx > ny ? nx : ny);
    /* 财政 for 区财政局: abbreviations are what people write. */
    if (nx >= 2 && ny >= 2 && (strstr(a, b) || strstr(b, a)) && d > 0.4)
        d = 0.4;
    return d;
}

size_t nearest(const char *text, const char *const *code, const char *const *name, size_t n,
               size_t *best, size_t max)
{
    double at[8];
    size_t found = 0;
    if (max > COUNT(at))
        max = COUNT(at);
    for (size_t i = 0; i < n; i++) {
        double dc = text_distance(text, code[i]), dn = text_distance(text, name[i]),
               d = dc < dn ? dc : dn;
        if (d > 0.5)
            continue;
        size_t k = found < max ? found++ : max;
        while (k > 0 && at[k - 1] > d) {
            if (k < max) {
                at[k] = at[k - 1];
                best[k] = best[k - 1];
            }
            k--;
        }
        if (k < max) {
            at[k] = d;
            best[k] = i;
        }
    }
    return found;
}
