/* Any bytes as a question and as a text: the words and conditions made of them hold nothing
 * that a database could take for its own, and what is found can be marked. */
#include "search/words.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Quotes only around words, each of characters that words are made of. */
static void check(const char *condition, char quote)
{
    for (const char *p = condition; (p = strchr(p, quote)) != NULL;) {
        size_t n = strcspn(++p, quote == '"' ? "\"" : "'");
        if (n == 0 || p[n] != quote || strcspn(p, " '\"\\&|!():*") < n)
            abort();
        p += n + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *text = arena_strndup(a, (const char *)data, size);
    struct question q;
    struct piece *pieces;
    struct str words, fts, pg, whole;
    str_init(&words, a);
    str_init(&fts, a);
    str_init(&pg, a);
    str_init(&whole, a);
    words_of_text(&(struct search_text){ text, text, text, true }, a, &words);
    if (strpbrk(words.s, "'\"\\&|!():*\n"))
        abort();
    question_of(text, a, &q);
    if (q.n > SEARCH_WORDS_MAX)
        abort();
    want_text(&q, WORDS_FTS5, &fts);
    want_name(&q, WORDS_TSQUERY, &pg);
    check(fts.s, '"');
    check(pg.s, '\'');
    size_t n = question_mark(&q, text, 90, true, a, &pieces);
    for (size_t i = 0; i < n; i++)
        str_add(&whole, pieces[i].text);
    if (n && strlen(text) <= 60 && !str_eq(whole.s, text))
        abort();
    (void)question_fits(&q, &(struct search_text){ text, text, text, true }, a);
    return 0;
}
