/*
 * Catalogues of translations. The format is gettext's, reduced: `msgid "…"`, `msgstr "…"`,
 * continuation strings,
 * `#` comments. No plurals, contexts or fuzzy entries: a text is its own key.
 */
#include "po.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *po_grow(void *p, size_t n, size_t size)
{
    if (size && n > (size_t)-1 / size)
        abort();
    p = realloc(p, n * size);
    if (!p)
        abort();
    return p;
}

char *po_slurp(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: cannot be opened\n", path);
        return NULL;
    }
    char *s = NULL;
    size_t n = 0, cap = 0;
    do {
        if (cap - n < 65536)
            s = po_grow(s, cap = cap * 2 + 131072, 1);
        n += fread(s + n, 1, cap - n - 1, f);
    } while (!feof(f) && !ferror(f));
    bool bad = ferror(f);
    fclose(f);
    if (bad) {
        fprintf(stderr, "%s: cannot be read\n", path);
        free(s);
        return NULL;
    }
    s[n] = '\0';
    if (ret_n)
        *ret_n = n;
    return s;
}

/* Append the string literal at *pp (which points at its quote) to *text. False when it does not
 * end on its line. */
static bool add_literal(const char **pp, char **text)
{
    const char *p = *pp + 1;
    size_t n = *text ? strlen(*text) : 0, end = n + strcspn(p, "\n");
    *text = po_grow(*text, end + 1, 1);
    while (*p && *p != '\n' && *p != '"') {
        char c = *p++;
        if (c == '\\') {
            c = *p;
            if (c != 'n' && c != 't' && c != '"' && c != '\\')
                return false;
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            p++;
        }
        (*text)[n++] = c;
    }
    (*text)[n] = '\0';
    *pp = p + 1;
    return *p == '"';
}

static void add_row(struct po *po, char *zh, char *en, const char *file, int line)
{
    if (po->n == po->cap)
        po->rows = po_grow(po->rows, po->cap = po->cap * 2 + 256, sizeof(*po->rows));
    po->rows[po->n++] = (struct po_entry){ .zh = zh, .en = en, .file = file, .line = line };
}

bool po_read(struct po *po, const char *path)
{
    char *all = po_slurp(path, NULL);
    if (!all)
        return false;
    const char *p = all, *why = NULL;
    char *zh = NULL, *en = NULL;
    int line = 1, at = 0;
    enum { WANT_ID, IN_ID, IN_STR } state = WANT_ID;

    while (!why) {
        p += strspn(p, " \t\r");
        if (*p == '\n') {
            line++;
            p++;
            continue;
        }
        if (*p == '#') {
            p += strcspn(p, "\n");
            continue;
        }
        bool id = strncmp(p, "msgid ", 6) == 0;
        if (id || !*p) {
            if (state == IN_ID)
                why = "a msgid without its msgstr";
            if (state == IN_STR && *zh && *en)
                add_row(po, zh, en, path, at);
            else if (state == IN_STR && *zh)
                why = "an empty msgstr";
            if (state == IN_STR && !why && !*zh) {
                free(zh); /* gettext's header entry */
                free(en);
            }
            if (why || !*p)
                break;
            zh = en = NULL;
            at = line;
            state = IN_ID;
            p += 6;
        } else if (strncmp(p, "msgstr ", 7) == 0) {
            if (state != IN_ID || !zh)
                why = "a msgstr without its msgid";
            state = IN_STR;
            p += 7;
        }
        if (why)
            break;
        p += strspn(p, " \t");
        if (*p != '"' || state == WANT_ID || !add_literal(&p, state == IN_ID ? &zh : &en))
            why = "expected msgid \"…\" or msgstr \"…\" with \\n \\t \\\" \\\\ as the only "
                  "escapes";
    }
    if (why)
        fprintf(stderr, "%s:%d: %s\n", path, line, why);
    free(all);
    return !why;
}

static int row_cmp(const void *a, const void *b)
{
    return strcmp(((const struct po_entry *)a)->zh, ((const struct po_entry *)b)->zh);
}

bool po_sort(struct po *po)
{
    bool ok = true;
    if (po->n)
        qsort(po->rows, po->n, sizeof(*po->rows), row_cmp);
    size_t n = 0;
    for (size_t i = 0; i < po->n; i++) {
        struct po_entry *r = &po->rows[i];
        if (n == 0 || strcmp(po->rows[n - 1].zh, r->zh) != 0) {
            po->rows[n++] = *r;
            continue;
        }
        if (strcmp(po->rows[n - 1].en, r->en) != 0) {
            fprintf(stderr, "%s:%d: \"%s\" is \"%s\" here and \"%s\" at %s:%d\n", r->file,
                    r->line, r->zh, r->en, po->rows[n - 1].en, po->rows[n - 1].file,
                    po->rows[n - 1].line);
            ok = false;
        }
        free(r->zh);
        free(r->en);
    }
    po->n = n;
    return ok;
}

/* ---- Chinese punctuation */

/* Whether the character that starts (ends, when back) here is Chinese: an ideograph, full-width
 * form, or 「」“”《》. */
static bool is_chinese(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (u[0] >= 0xE3 && u[0] <= 0xE9) || (u[0] == 0xEF && u[1] >= 0xBC) ||
           (u[0] == 0xE2 && u[1] == 0x80 && u[2] >= 0x98 && u[2] <= 0x9D);
}

/* The character before at in the text that begins at zh, seen through a placeholder's end. */
static bool chinese_before(const char *zh, const char *at)
{
    const char *p = at;
    while (p > zh && ((unsigned char)p[-1] & 0xC0) == 0x80)
        p--;
    return p > zh && p < at && is_chinese(p - 1);
}

/* After a placeholder a mark belongs to the sentence: {n}:… and {a},{b} are Chinese when the
 * text is. */
static bool placeholder_before(const char *zh, const char *at)
{
    return at > zh && at[-1] == '}';
}

static const char *wide(char c)
{
    switch (c) {
    case ',':
        return "，";
    case ';':
        return "；";
    case ':':
        return "：";
    case '?':
        return "？";
    case '!':
        return "！";
    case '(':
        return "（";
    case ')':
        return "）";
    }
    return NULL;
}

/* Whether the mark at p is one of the Chinese sentence; after_wide: it stands behind another
 * that is. */
static bool is_sentence_mark(const char *zh, const char *p, bool chinese_text, bool after_wide)
{
    const char *after = p + 1 + (p[1] == ' ');
    if (strncmp(p + 1, "”", 3) == 0 && p - zh >= 3 && strncmp(p - 3, "“", 3) == 0)
        return false; /* the sign itself is meant */
    if (*p == ';')
        return chinese_text;
    bool before =
        after_wide || chinese_before(zh, p) || (chinese_text && placeholder_before(zh, p));
    if (*p == ':' || *p == '?' || *p == '!')
        return before;
    return before || is_chinese(after);
}

char *po_typeset(const char *zh)
{
    bool chinese_text = false, changed = false;
    for (const char *p = zh; *p; p++)
        chinese_text |= is_chinese(p);
    size_t n = strlen(zh);
    char *out = po_grow(NULL, 3 * n + 1, 1), *to = out;
    bool open[16]; /* of each bracket that is open: whether it was made full-width */
    size_t depth = 0;
    bool after_wide = false;
    for (const char *p = zh; *p; p++) {
        const char *w = wide(*p);
        bool set = w && is_sentence_mark(zh, p, chinese_text, after_wide);
        if (*p == '(') {
            if (depth < sizeof(open))
                open[depth] = set;
            depth++;
        } else if (*p == ')') {
            depth -= depth > 0;
            set = depth < sizeof(open) && open[depth];
        }
        after_wide = set;
        if (!set) {
            *to++ = *p;
            continue;
        }
        memcpy(to, w, 3);
        to += 3;
        changed = true;
        if (*p != '(' && p[1] == ' ')
            p++;
    }
    *to = '\0';
    if (changed)
        return out;
    free(out);
    return NULL;
}

const struct po_entry *po_find(const struct po *po, const char *zh)
{
    struct po_entry key = { .zh = (char *)zh };
    return po->n ? bsearch(&key, po->rows, po->n, sizeof(*po->rows), row_cmp) : NULL;
}

/* Whether b has {name} or {name|…}; name begins with its brace. */
static bool has_name(const char *b, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = strstr(b, name); p; p = strstr(p + 1, name))
        if (p[n] == '}' || p[n] == '|')
            return true;
    return false;
}

/* Whether each {name} or {name|one|many} of a is in b too; *ret_name is the first that is not.
 */
static bool names_in(const char *a, const char *b, const char **ret_name)
{
    static char name[128];
    for (const char *p = strchr(a, '{'); p; p = strchr(p + 1, '{')) {
        size_t n = strcspn(p, "|}");
        if (!strchr(p, '}') || n + 2 > sizeof(name))
            continue;
        memcpy(name, p, n);
        name[n] = '\0';
        if (has_name(b, name))
            continue;
        memcpy(name + n, "}", 2);
        *ret_name = name;
        return false;
    }
    return true;
}

bool po_names_agree(const char *zh, const char *en, const char **ret_name)
{
    return names_in(zh, en, ret_name) && names_in(en, zh, ret_name);
}

void po_done(struct po *po)
{
    for (size_t i = 0; i < po->n; i++) {
        free(po->rows[i].zh);
        free(po->rows[i].en);
    }
    free(po->rows);
    *po = (struct po){ 0 };
}
