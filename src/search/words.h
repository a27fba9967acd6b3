/*
 * Words of a text as the index keeps them, and of a question as the index is asked. The one
 * idea: Chinese has no spaces, so each two characters that stand together are a word (财政局:
 * 财政, 政局), each single one too, and a question is put together from the same words; what
 * the index then finds is looked at once more, whether the question really stands there. So a
 * word of any length is found, and nothing that only looks like it.
 *
 * Full-width forms and capitals count as the plain ones. Letters and digits form words of their
 * own (D-2026-00142: d, 2026, 00142, also 142). Every word of the index is made here in C: no
 * database's idea of a word matters.
 */
#ifndef SEARCH_WORDS_H
#define SEARCH_WORDS_H

#include "base/str.h"

enum {
    SEARCH_VERSION = 2,    /* of the words; another one: the index is made anew */
    SEARCH_TEXT_MAX = 100, /* characters of a question */
    SEARCH_WORDS_MAX = 8,  /* words of a question */
    SEARCH_NAME_MAX = 300, /* characters of a name that are looked at */
    SEARCH_BODY_MAX = 8000 /* and of a text */
};

/* A text with capitals and full-width forms made plain: code points, and the byte of the text
 * each came from (at[n] is its end). */
struct plain {
    uint32_t *cp;
    size_t *at;
    size_t n;
};
/* At most max characters of it. In a. */
struct plain plain_of(const char *text, size_t max, struct arena *a);

/* What of a thing is found by words. */
struct search_text {
    const char *label; /* its code as people write it, D-2026-00142; "" */
    const char *name;  /* its name or title */
    const char *body;  /* what else it says; "" */
    bool initials;     /* the name is also found by first letters: czj */
};
/* The words of a thing for the index, each once, separated by spaces. */
void words_of_text(const struct search_text *t, struct arena *a, struct str *ret);

/* A question, taken apart. */
struct asked_word {
    struct plain plain;
    const char **words;   /* all of them must be there */
    const char **letters; /* … or all of these: first letters */
    size_t n_words, n_letters;
};
struct question {
    struct asked_word words[SEARCH_WORDS_MAX];
    size_t n;
    const char
        *label; /* all its letters and digits, when there are only such and - _ . /; "" */
    const char *whole; /* all of it, as a name that is nothing else has it; "" */
};
/* Any bytes are taken; what is no word is left out, what is too much is left off. n is 0: it
 * asks for nothing. In a. */
void question_of(const char *text, struct arena *a, struct question *ret);

/* What must hold of a thing, in words of the index: every part, of each part one of the
 * choices, of a choice all words. */
struct choice {
    const char *const *words;
    size_t n;
};
struct part {
    struct choice *choices;
    size_t n;
};
struct want {
    struct part parts[SEARCH_WORDS_MAX + 2];
    size_t n;
};
/* What is found first: what is called just so, by code, name or letters; then names; then
 * texts. Below each other: a thing is of the first tier it is in. */
enum { TIER_WHOLE, TIER_NAME, TIER_TEXT, TIERS };
bool has_tier(const struct question *q, int tier);
/* In a. */
void want_tier(const struct question *q, int tier, struct arena *a, struct want *ret);
/* … and one of the words of a list separated by spaces. */
void want_any(struct want *w, const char *list, struct arena *a);

/* Why a thing was found. */
enum found { FOUND_NOT, FOUND_LABEL, FOUND_WHOLE, FOUND_NAME, FOUND_LETTERS, FOUND_TEXT };
enum found question_fits(const struct question *q, const struct search_text *t,
                         struct arena *a);
/* A text in pieces, each either what was asked for or what stands around it. */
struct piece {
    const char *text;
    bool hit;
};
/* All of a short text, or of a long one about max characters around the first place. In a. */
size_t question_mark(const struct question *q, const char *text, size_t max, bool letters,
                     struct arena *a, struct piece **ret);

#endif
