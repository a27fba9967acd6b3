/* Any bytes as a question and as a text: the words made of them hold no space, which parts
 * them, and what is found can be marked. */
#include "search/words.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct want *w)
{
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->parts[i].n; k++)
            for (size_t t = 0; t < w->parts[i].choices[k].n; t++)
                if (strcspn(w->parts[i].choices[k].words[t], " \n") == 0 ||
                    strpbrk(w->parts[i].choices[k].words[t], " \n"))
                    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *text = arena_strndup(a, (const char *)data, size);
    struct question q;
    struct piece *pieces;
    struct str words, whole;
    struct want want;
    str_init(&words, a);
    str_init(&whole, a);
    words_of_text(&(struct search_text){ text, text, text, true }, a, &words);
    if (strpbrk(words.s, "'\"\\&|!():*\n"))
        abort();
    question_of(text, a, &q);
    if (q.n > SEARCH_WORDS_MAX)
        abort();
    for (int tier = 0; tier < TIERS; tier++) {
        want_tier(&q, tier, a, &want);
        check(&want);
    }
    size_t n = question_mark(&q, text, 90, true, a, &pieces);
    for (size_t i = 0; i < n; i++)
        str_add(&whole, pieces[i].text);
    if (n && strlen(text) <= 60 && !str_eq(whole.s, text))
        abort();
    (void)question_fits(&q, &(struct search_text){ text, text, text, true }, a);
    return 0;
}
