/* Results and errors: the code table, messages with named placeholders, and the lookup of
 * translations. */
#include "base/base.h"

#include "base/arena.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Made from po/ at build time, sorted by zh in byte order. */
extern const struct po_row {
    const char *zh, *en, *set; /* set: zh with full-width marks; NULL: the same */
} po_en[];
extern const size_t po_en_n;

static const struct {
    int status;
    const char *name, *text;
} codes[] = {
#define X(code, status, text) [code] = { status, #code, text },
    RC_LIST(X)
#undef X
};

int rc_http(enum rc rc)
{
    return codes[rc].status;
}

const char *rc_text(enum rc rc)
{
    return codes[rc].text;
}

const char *rc_name(enum rc rc)
{
    return codes[rc].name;
}

void err_done(struct err *e)
{
    for (size_t i = 0; i < e->n_args; i++) {
        free(e->args[i].name);
        free(e->args[i].value);
    }
    *e = (struct err){ 0 };
}

void err_move(struct err *dst, struct err *src)
{
    if (dst == src)
        return;
    err_done(dst);
    *dst = *src;
    *src = (struct err){ 0 };
}

enum rc err_set_(struct err *e, enum rc rc, const char *text, ...)
{
    if (!e)
        return rc;
    /* Built aside first: an argument may be a piece of the message being replaced. */
    struct err fresh = { .rc = rc, .text = text };
    va_list ap;
    va_start(ap, text);
    for (const char *name; (name = va_arg(ap, const char *)) && fresh.n_args < ERR_ARGS_MAX;) {
        const char *value = va_arg(ap, const char *);
        fresh.args[fresh.n_args++] =
            (struct err_arg){ .name = mem_strdup(name),
                              .value = mem_strdup(value ? value : "") };
    }
    va_end(ap);
    err_done(e);
    *e = fresh;
    return rc;
}

/* Finds the value of a placeholder; NULL when there is none of that name. */
typedef const char *lookup_fn(const void *ctx, const char *name, size_t n, size_t *ret_len);

/* {name} is its value, {name|one|many} the word that goes with it. */
static void fill(struct str *b, const char *text, lookup_fn *lookup, const void *ctx)
{
    for (const char *s = text; *s;) {
        const char *end = *s == '{' ? strchr(s, '}') : NULL;
        size_t len, name = strcspn(s, "|}");
        const char *value = end ? lookup(ctx, s + 1, name - 1, &len) : NULL;
        if (value && s + name < end) {
            bool single = len == 1 && *value == '1';
            const char *word = s + name + 1;
            size_t one = strcspn(word, "|}");
            value = single || word[one] == '}' ? word : word + one + 1;
            len = single ? one : (size_t)(end - value);
        }
        if (value) {
            str_addn(b, value, len);
            s = end + 1;
        } else {
            str_addc(b, *s++);
        }
    }
}

struct telling {
    const struct err *e;
    enum lang lang;
};

enum { BOTH = '\x1f' }; /* between a Chinese and an English message */

static const char *err_lookup(const void *ctx, const char *name, size_t n, size_t *ret_len)
{
    const struct telling *t = ctx;
    const struct err *e = t->e;
    bool text = n > 5 && memcmp(name + n - 5, "_text", 5) == 0;
    for (size_t i = 0; i < e->n_args; i++) {
        if (strlen(e->args[i].name) != n || memcmp(e->args[i].name, name, n) != 0)
            continue;
        const char *value = text ? lang_text(t->lang, e->args[i].value) : e->args[i].value;
        const char *both = strchr(value, BOTH);
        if (both && t->lang == LANG_EN)
            value = both + 1;
        *ret_len = both && t->lang == LANG_ZH ? (size_t)(both - value) : strlen(value);
        return value;
    }
    return NULL;
}

const char *err_message(const struct err *e, enum lang lang, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    fill(&b, lang_text(lang, e->text ? e->text : rc_text(e->rc)), err_lookup,
         &(struct telling){ e, lang });
    return b.s;
}

const char *err_both(const struct err *e, struct arena *a)
{
    return arena_printf(a, "%s%c%s", err_message(e, LANG_ZH, a), BOTH,
                        err_message(e, LANG_EN, a));
}

struct pairs {
    const char *name[ERR_ARGS_MAX], *value[ERR_ARGS_MAX];
    size_t n;
};

static const char *pairs_lookup(const void *ctx, const char *name, size_t n, size_t *ret_len)
{
    const struct pairs *p = ctx;
    for (size_t i = 0; i < p->n; i++)
        if (strlen(p->name[i]) == n && memcmp(p->name[i], name, n) == 0) {
            *ret_len = strlen(p->value[i]);
            return p->value[i];
        }
    return NULL;
}

const char *text_fill(struct arena *a, const char *text, ...)
{
    struct pairs p = { .n = 0 };
    va_list ap;
    va_start(ap, text);
    for (const char *name; p.n < ERR_ARGS_MAX && (name = va_arg(ap, const char *));) {
        p.name[p.n] = name;
        const char *value = va_arg(ap, const char *);
        p.value[p.n++] = value ? value : "";
    }
    va_end(ap);
    struct str b;
    str_init(&b, a);
    fill(&b, text, pairs_lookup, &p);
    return b.s;
}

/* Has it a mark that Chinese sets otherwise? Nearly none has, and every page asks for each of
 * its words. */
static bool has_latin_mark(const char *s)
{
    static const bool marks[256] = { [','] = true, [';'] = true, [':'] = true, ['?'] = true,
                                     ['!'] = true, ['('] = true, [')'] = true };
    for (; *s; s++)
        if (marks[(unsigned char)*s])
            return true;
    return false;
}

const char *lang_text(enum lang lang, const char *zh)
{
    if (!zh || (lang == LANG_ZH && !has_latin_mark(zh)))
        return zh;
    for (size_t lo = 0, hi = po_en_n; lo < hi;) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(zh, po_en[mid].zh);
        if (c == 0)
            return lang == LANG_EN ? po_en[mid].en : po_en[mid].set ? po_en[mid].set : zh;
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return zh;
}
