/* Words; see words.h. Pure: no database, no county. */
#include "search/words.h"

#include "base/map.h"
#include "search/pinyin.h"

#include <string.h>

/* ---- plain text ---- */

static uint32_t plain_cp(uint32_t cp)
{
    if (cp >= 0xff01 && cp <= 0xff5e)
        cp -= 0xfee0;
    if (cp == 0x3000)
        return ' ';
    return cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
}

struct plain plain_of(const char *text, size_t max, struct arena *a)
{
    size_t bytes = strlen(text), n = bytes < max ? bytes : max;
    struct plain p = { .cp = arena_array(a, n + 1, sizeof(*p.cp)),
                       .at = arena_array(a, n + 1, sizeof(*p.at)) };
    const char *end = text + bytes;
    const char *s = text;
    while (s < end && p.n < n) {
        size_t len;
        p.at[p.n] = (size_t)(s - text);
        p.cp[p.n++] = plain_cp(utf8_next(s, end, &len));
        s += len;
    }
    p.at[p.n] = (size_t)(s - text);
    return p;
}

enum sort { GAP, LETTER, DIGIT, SIGN }; /* SIGN: a character that is a word by itself */

static enum sort sort_of(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } gaps[] = {
        { 0x80, 0xa9 },     { 0xab, 0xb4 },     { 0xb6, 0xb9 },       { 0xbb, 0xbf },
        { 0x2000, 0x2bff }, { 0x2e00, 0x2e7f }, { 0x3000, 0x3004 },   { 0x3008, 0x3020 },
        { 0x3030, 0x3030 }, { 0xd800, 0xdfff }, { 0xfe10, 0xfe6f },   { 0xff5f, 0xff65 },
        { 0xffe0, 0xffff }, { 0xfeff, 0xfeff }, { 0x1f000, 0x1faff },
    };
    if (c < 0x80) {
        if (c >= 'a' && c <= 'z')
            return LETTER;
        return c >= '0' && c <= '9' ? DIGIT : GAP;
    }
    for (size_t i = 0; i < COUNT(gaps); i++)
        if (c >= gaps[i].first && c <= gaps[i].last)
            return GAP;
    return SIGN;
}

/* ---- words of a run ---- */

/* As it is, where SQLite's table of letters knows it for sure; else its number. */
static void add_sign(struct str *b, uint32_t c)
{
    if ((c >= 0x4e00 && c <= 0x9fa5) || (c >= 0x3400 && c <= 0x4db5))
        utf8_add(b, c);
    else
        str_addf(b, "_x%05x", c);
}

/* Where a word goes: the index (each once, with what it begins with) or a question. */
struct sink {
    struct arena *a;
    struct map *seen;
    struct str *out;     /* index */
    const char ***words; /* question */
    size_t *n;
    const char *prefix;
};

static void drop_word(struct sink *k, const char *w)
{
    const char *word = *k->prefix ? arena_printf(k->a, "%s%s", k->prefix, w) : w;
    if (!map_add(k->seen, word, k->seen))
        return;
    if (k->out) {
        str_addf(k->out, "%s%s", k->out->n ? " " : "", word);
        return;
    }
    const char **list = arena_array(k->a, *k->n + 1, sizeof(*list));
    if (*k->n)
        memcpy(list, *k->words, *k->n * sizeof(*list));
    list[(*k->n)++] = arena_strdup(k->a, word);
    *k->words = list;
}

static size_t run_end(const struct plain *p, size_t i)
{
    enum sort s = sort_of(p->cp[i]);
    size_t j = i;
    while (j < p->n && sort_of(p->cp[j]) == s)
        j++;
    return j;
}

static void ascii_words(struct sink *k, const struct plain *p, size_t i, size_t j,
                        struct str *b)
{
    str_reset(b);
    for (size_t x = i; x < j; x++)
        str_addc(b, (char)p->cp[x]);
    drop_word(k, b->s);
    const char *w = b->s + strspn(b->s, "0");
    if (k->out && w != b->s && *w)
        drop_word(k, w); /* 142 finds 00142 */
}

/* single: also each character by itself (the index), or only when there is but one. */
static void sign_words(struct sink *k, const struct plain *p, size_t i, size_t j, bool single,
                       struct str *b)
{
    for (size_t x = i; x < j; x++) {
        if (single || j - i == 1) {
            str_reset(b);
            add_sign(b, p->cp[x]);
            drop_word(k, b->s);
        }
        if (x + 1 < j) {
            str_reset(b);
            add_sign(b, p->cp[x]);
            add_sign(b, p->cp[x + 1]);
            drop_word(k, b->s);
        }
    }
}

static void all_words(struct sink *k, const struct plain *p, bool single)
{
    struct str b;
    str_init(&b, k->a);
    for (size_t i = 0; i < p->n;) {
        size_t j = run_end(p, i);
        switch (sort_of(p->cp[i])) {
        case GAP:
            break;
        case LETTER:
        case DIGIT:
            ascii_words(k, p, i, j, &b);
            break;
        case SIGN:
            sign_words(k, p, i, j, single, &b);
            break;
        }
        i = j;
    }
}

/* First letters of each two neighbours of a name, in every reading. */
static void letter_words(struct sink *k, const struct plain *p)
{
    for (size_t i = 0; i + 1 < p->n; i++) {
        char x[PINYIN_LETTERS], y[PINYIN_LETTERS];
        size_t n = pinyin_of(p->cp[i], x), m = pinyin_of(p->cp[i + 1], y);
        for (size_t s = 0; s < n; s++)
            for (size_t t = 0; t < m; t++)
                drop_word(k, arena_printf(k->a, "_i%c%c", x[s], y[t]));
    }
}

/* The letters and digits of a label; "" when it has others than those and - _ . / */
static const char *label_of(const struct plain *p, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < p->n; i++) {
        enum sort s = sort_of(p->cp[i]);
        if (s == LETTER || s == DIGIT)
            str_addc(&b, (char)p->cp[i]);
        else if (p->cp[i] >= 0x80 || !strchr("-_./ ", (char)p->cp[i]))
            return "";
    }
    return b.s;
}

/* A name and nothing else: without gaps, so that 第三季度 体检 and 第三季度体检 are one. */
static const char *whole_of(const struct plain *p, struct arena *a)
{
    enum { WHOLE_MAX = 30 };
    struct str b;
    size_t n = 0;
    str_init(&b, a);
    for (size_t i = 0; i < p->n; i++) {
        enum sort s = sort_of(p->cp[i]);
        if (s == SIGN)
            add_sign(&b, p->cp[i]);
        else if (s != GAP)
            str_addc(&b, (char)p->cp[i]);
        n += s != GAP;
    }
    return n <= WHOLE_MAX ? b.s : "";
}

/* The letters of a whole name in its most common reading; "" when a character has none. */
static const char *letters_of(const struct plain *p, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < p->n; i++) {
        char x[PINYIN_LETTERS];
        if (pinyin_of(p->cp[i], x) == 0)
            return "";
        str_addc(&b, x[0]);
    }
    return b.s;
}

void words_of_text(const struct search_text *t, struct arena *a, struct str *ret)
{
    struct sink k = { .a = a, .seen = map_new(a), .out = ret, .prefix = "" };
    struct plain label = plain_of(t->label, SEARCH_TEXT_MAX, a),
                 name = plain_of(t->name, SEARCH_NAME_MAX, a),
                 body = plain_of(t->body, SEARCH_BODY_MAX, a);
    const char *plain_label = label_of(&label, a);
    if (*plain_label)
        drop_word(&k, arena_printf(a, "_k%s", plain_label));
    const char *whole = whole_of(&name, a), *letters = t->initials ? letters_of(&name, a) : "";
    if (*whole)
        drop_word(&k, arena_printf(a, "_w%s", whole));
    if (*letters)
        drop_word(&k, arena_printf(a, "_v%s", letters));
    all_words(&k, &label, true);
    all_words(&k, &name, true);
    all_words(&k, &body, true);
    k.prefix = "_n";
    all_words(&k, &name, true);
    k.prefix = "";
    if (t->initials)
        letter_words(&k, &name);
}

/* ---- a question ---- */

/* Ends a word of a question; - and the like are inside of codes. */
static bool parts_words(uint32_t c)
{
    return sort_of(c) == GAP &&
           (c >= 0x80 || c <= ' ' || c == 0x7f || strchr(",;\"'()[]{}<>", (char)c));
}

static struct plain cut(const struct plain *p, size_t i, size_t j)
{
    return (struct plain){ .cp = p->cp + i, .at = p->at + i, .n = j - i };
}

static bool only_letters(const struct plain *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (sort_of(p->cp[i]) != LETTER)
            return false;
    return true;
}

static void add_word(struct question *q, struct plain p, struct arena *a)
{
    enum { LETTERS_MAX = 12 };
    struct asked_word *w = &q->words[q->n];
    struct sink k = {
        .a = a, .seen = map_new(a), .words = &w->words, .n = &w->n_words, .prefix = ""
    };
    *w = (struct asked_word){ .plain = p };
    all_words(&k, &p, false);
    if (w->n_words == 0)
        return;
    if (p.n >= 2 && p.n <= LETTERS_MAX && only_letters(&p)) {
        struct sink l = {
            .a = a, .seen = map_new(a), .words = &w->letters, .n = &w->n_letters, .prefix = ""
        };
        for (size_t i = 0; i + 1 < p.n; i++)
            drop_word(&l, arena_printf(a, "_i%c%c", (char)p.cp[i], (char)p.cp[i + 1]));
    }
    q->n++;
}

void question_of(const char *text, struct arena *a, struct question *ret)
{
    struct plain p = plain_of(text, SEARCH_TEXT_MAX, a);
    *ret = (struct question){ .label = label_of(&p, a), .whole = whole_of(&p, a) };
    for (size_t i = 0; i < p.n && ret->n < SEARCH_WORDS_MAX;) {
        size_t j = i;
        while (j < p.n && !parts_words(p.cp[j]))
            j++;
        if (j > i)
            add_word(ret, cut(&p, i, j), a);
        i = j + 1;
    }
}

/* ---- what must hold ---- */

static void add_choice(struct part *p, const char *const *words, size_t n, struct arena *a)
{
    p->choices =
        arena_grow(a, p->choices, p->n * sizeof(*p->choices), (p->n + 1) * sizeof(*p->choices));
    p->choices[p->n++] = (struct choice){ words, n };
}

static void add_one(struct part *p, const char *prefix, const char *word, struct arena *a)
{
    const char **list = arena_array(a, 1, sizeof(*list));
    list[0] = arena_printf(a, "%s%s", prefix, word);
    add_choice(p, list, 1, a);
}

static void add_asked(struct want *ret, const struct asked_word *w, const char *prefix,
                      struct arena *a)
{
    struct part *p = &ret->parts[ret->n++];
    const char **list = arena_array(a, w->n_words, sizeof(*list));
    for (size_t i = 0; i < w->n_words; i++)
        list[i] = arena_printf(a, "%s%s", prefix, w->words[i]);
    add_choice(p, list, w->n_words, a);
    if (w->n_letters)
        add_choice(p, w->letters, w->n_letters, a);
}

bool has_tier(const struct question *q, int tier)
{
    return tier == TIER_WHOLE ? *q->label || *q->whole : q->n > 0;
}

void want_tier(const struct question *q, int tier, struct arena *a, struct want *ret)
{
    *ret = (struct want){ 0 };
    for (size_t i = 0; tier != TIER_WHOLE && i < q->n; i++)
        add_asked(ret, &q->words[i], tier == TIER_NAME ? "_n" : "", a);
    if (tier != TIER_WHOLE || !has_tier(q, tier))
        return;
    struct part *p = &ret->parts[ret->n++];
    if (*q->whole)
        add_one(p, "_w", q->whole, a);
    if (*q->label) {
        add_one(p, "_k", q->label, a);
        add_one(p, "_v", q->label, a);
    }
}

void want_any(struct want *w, const char *list, struct arena *a)
{
    struct part *p = &w->parts[w->n++];
    size_t n;
    char **words = str_split(a, list, ' ', &n);
    for (size_t i = 0; i < n; i++)
        add_one(p, "", words[i], a);
}

/* ---- looking once more ---- */

enum { NOWHERE = -1 };

static ptrdiff_t place_of(const struct plain *p, const struct plain *w, size_t from)
{
    for (size_t i = from; i + w->n <= p->n; i++)
        if (memcmp(p->cp + i, w->cp, w->n * sizeof(*w->cp)) == 0)
            return (ptrdiff_t)i;
    return NOWHERE;
}

static bool reads(uint32_t cp, uint32_t letter)
{
    char x[PINYIN_LETTERS];
    size_t n = pinyin_of(cp, x);
    for (size_t i = 0; i < n; i++)
        if ((uint32_t)x[i] == letter)
            return true;
    return false;
}

static ptrdiff_t letters_at(const struct plain *p, const struct plain *w, size_t from)
{
    for (size_t i = from; i + w->n <= p->n; i++) {
        size_t k = 0;
        while (k < w->n && reads(p->cp[i + k], w->cp[k]))
            k++;
        if (k == w->n)
            return (ptrdiff_t)i;
    }
    return NOWHERE;
}

enum found question_fits(const struct question *q, const struct search_text *t, struct arena *a)
{
    struct plain label = plain_of(t->label, SEARCH_TEXT_MAX, a),
                 name = plain_of(t->name, SEARCH_NAME_MAX, a),
                 body = plain_of(t->body, SEARCH_BODY_MAX, a);
    enum found best = FOUND_NAME;
    if (*q->label && str_eq(q->label, label_of(&label, a)))
        return FOUND_LABEL;
    if (*q->whole && str_eq(q->whole, whole_of(&name, a)))
        return FOUND_WHOLE;
    for (size_t i = 0; i < q->n; i++) {
        const struct asked_word *w = &q->words[i];
        enum found here =
            place_of(&name, &w->plain, 0) >= 0 ? FOUND_NAME
            : w->n_letters && t->initials && letters_at(&name, &w->plain, 0) >= 0
                ? FOUND_LETTERS
            : place_of(&body, &w->plain, 0) >= 0 || place_of(&label, &w->plain, 0) >= 0
                ? FOUND_TEXT
                : FOUND_NOT;
        if (here == FOUND_NOT)
            return FOUND_NOT;
        best = here > best ? here : best;
    }
    return q->n ? best : FOUND_NOT;
}

size_t question_mark(const struct question *q, const char *text, size_t max, bool letters,
                     struct arena *a, struct piece **ret)
{
    struct plain p = plain_of(text, SEARCH_BODY_MAX, a);
    bool *hit = arena_array(a, p.n + 1, sizeof(*hit));
    size_t first = p.n;
    for (size_t i = 0; i < q->n; i++) {
        const struct plain *w = &q->words[i].plain;
        bool by_letters = letters && q->words[i].n_letters && place_of(&p, w, 0) < 0;
        ptrdiff_t at = by_letters ? letters_at(&p, w, 0) : place_of(&p, w, 0);
        while (at >= 0) {
            first = (size_t)at < first ? (size_t)at : first;
            for (size_t k = 0; k < w->n; k++)
                hit[(size_t)at + k] = true;
            at = by_letters ? letters_at(&p, w, (size_t)at + w->n)
                            : place_of(&p, w, (size_t)at + w->n);
        }
    }
    size_t from = 0, to = p.n;
    if (p.n > max) {
        from = first < p.n && first > max / 4 ? first - max / 4 : 0;
        to = from + max < p.n ? from + max : p.n;
    }
    struct piece *list = arena_array(a, to - from + 3, sizeof(*list));
    size_t n = 0;
    if (from > 0)
        list[n++] = (struct piece){ "…", false };
    for (size_t i = from; i < to;) {
        size_t j = i;
        while (j < to && hit[j] == hit[i])
            j++;
        list[n++] =
            (struct piece){ arena_strndup(a, text + p.at[i], p.at[j] - p.at[i]), hit[i] };
        i = j;
    }
    if (to < p.n || text[p.at[p.n]])
        list[n++] = (struct piece){ "…", false };
    *ret = list;
    return n;
}
