/* Words of texts and questions: what is found and what is not. */
#include "base/test.h"
#include "search/pinyin.h"
#include "search/words.h"

#include <string.h>

static const char *words(const char *label, const char *name, const char *body, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    words_of_text(&(struct search_text){ label, name, body, true }, a, &b);
    return b.s;
}

static bool has(const char *list, const char *word, struct arena *a)
{
    return strstr(arena_printf(a, " %s ", list), arena_printf(a, " %s ", word)) != NULL;
}

static void words_are_pairs_singles_and_runs(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *w = words("D-2026-00142", "财政局Ａ1", "乱收费", a);
    static const char *const there[] = { "_kd202600142", "d",    "2026", "00142",
                                         "142",          "财",   "财政", "政局",
                                         "局",           "a",    "1",    "_n财政",
                                         "_n政局",       "乱收", "收费", "_icz",
                                         "_izj",         "乱" };
    static const char *const gone[] = { "财政局", "局a", "_n乱收", "_ils", "局乱", "局1" };
    for (size_t i = 0; i < COUNT(there); i++)
        if (!has(w, there[i], a))
            t_fail(__FILE__, __LINE__, "%s is not in %s", there[i], w);
    for (size_t i = 0; i < COUNT(gone); i++)
        if (has(w, gone[i], a))
            t_fail(__FILE__, __LINE__, "%s is in %s", gone[i], w);
}

static void words_hold_only_what_both_databases_keep(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *w = words("", "𬭚é王'\"\\", "a'b\"c\\d😀一\x80\xff", a);
    for (const char *p = w; *p; p++)
        CHECK(*p != '\'' && *p != '"' && *p != '\\' && (unsigned char)*p >= ' ');
    CHECK(has(w, "_x2cb5a", a));
    CHECK(has(w, "_x000e9", a));
    CHECK(has(w, "_x000e9王", a));
}

static void questions_find_what_stands_there(void)
{
    static const struct {
        const char *asked, *label, *name, *body;
        bool initials;
        enum found want;
    } cases[] = {
        { "财政", "CZ", "清溪区财政局", "", true, FOUND_NAME },
        { "财政局", "CZ", "财政局", "", true, FOUND_WHOLE },
        { "财政 局", "CZ", "财政局", "", true, FOUND_WHOLE },
        { "财政局", "CZ", "清溪区财政局", "", true, FOUND_NAME },
        { "局", "CZ", "清溪区财政局", "", true, FOUND_NAME },
        { "czj", "CG", "清溪区财政局", "", true, FOUND_LETTERS },
        { "CZJ", "CG", "清溪区财政局", "", true, FOUND_LETTERS },
        { "ｃｚｊ", "CG", "清溪区财政局", "", true, FOUND_LETTERS },
        { "czj", "CG", "清溪区财政局", "", false, FOUND_NOT },
        { "cz", "CZ", "清溪区财政局", "", true, FOUND_LABEL },
        { "d-2026-00142", "D-2026-00142", "整改", "", false, FOUND_LABEL },
        { "D２０２６ 00142", "D-2026-00142", "整改", "", false, FOUND_LABEL },
        { "00142", "D-2026-00142", "整改", "", false, FOUND_TEXT },
        { "142", "D-2026-00142", "整改", "", false, FOUND_TEXT },
        { "财政局 收费", "X", "财政局", "关于乱收费", false, FOUND_TEXT },
        { "财政局 收税", "X", "财政局", "关于乱收费", false, FOUND_NOT },
        /* 财政 and 政局 stand there, the word does not. */
        { "财政局", "X", "财政与政局", "", false, FOUND_NOT },
        { "2026年第三季度", "X", "财政局2026年第三季度", "", false, FOUND_NAME },
        { "２０２６Q3", "X", "财政局", "期间2026q3", false, FOUND_TEXT },
        { "长安", "X", "长安街道", "", true, FOUND_NAME },
        { "zajd", "X", "长安街道", "", true, FOUND_LETTERS },
        { "cajd", "X", "长安街道", "", true, FOUND_LETTERS },
        { "，。；", "X", "财政局", "，。；", false, FOUND_NOT },
        { "", "X", "财政局", "", false, FOUND_NOT },
        { "𬭚", "X", "𬭚粉厂", "", false, FOUND_NAME },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct question q;
        question_of(cases[i].asked, a, &q);
        enum found got =
            question_fits(&q,
                          &(struct search_text){ cases[i].label, cases[i].name, cases[i].body,
                                                 cases[i].initials },
                          a);
        if (got != cases[i].want)
            t_fail(__FILE__, __LINE__, "%s in %s %s: %d, want %d", cases[i].asked,
                   cases[i].name, cases[i].body, got, cases[i].want);
    }
}

/* Whatever the second look finds, the index must give: each word of the question is a word of
 * the text. */
static void the_index_never_hides_what_fits(void)
{
    static const char *const texts[] = { "清溪区财政局2026年第三季度D-2026-00142办理情况Abc",
                                         "云岭镇𬭚粉厂乱收费12.5万元，占比30%" };
    for (size_t t = 0; t < COUNT(texts); t++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct plain p = plain_of(texts[t], 200, a);
        const char *list = words("", texts[t], "", a);
        for (size_t i = 0; i < p.n; i++)
            for (size_t j = i + 1; j <= p.n; j++) {
                struct question q;
                question_of(arena_strndup(a, texts[t] + p.at[i], p.at[j] - p.at[i]), a, &q);
                for (size_t w = 0; w < q.n; w++)
                    for (size_t k = 0; k < q.words[w].n_words; k++) {
                        const char *word = q.words[w].words[k];
                        /* A run of letters or digits that is cut is another word. */
                        bool cut = (unsigned char)word[0] < 0x80 && word[0] != '_';
                        if (!cut && !has(list, word, a))
                            t_fail(__FILE__, __LINE__, "%s is missing", word);
                    }
            }
    }
}

/* (a b | c) (d): every part, of each one of the choices, of a choice all words. */
static const char *wanted(const struct want *w, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < w->n; i++) {
        str_add(&b, i ? " (" : "(");
        for (size_t k = 0; k < w->parts[i].n; k++) {
            const struct choice *c = &w->parts[i].choices[k];
            str_add(&b, k ? " | " : "");
            for (size_t t = 0; t < c->n; t++)
                str_addf(&b, "%s%s", t ? " " : "", c->words[t]);
        }
        str_addc(&b, ')');
    }
    return b.s;
}

static void what_must_hold(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct question q;
    struct want w;
    question_of("财政局 ab'c", a, &q);
    want_tier(&q, TIER_TEXT, a, &w);
    CHECK_STR(wanted(&w, a), "(财政 政局) (ab | _iab) (c)");
    want_tier(&q, TIER_NAME, a, &w);
    want_any(&w, "_c _u1", a);
    CHECK_STR(wanted(&w, a), "(_n财政 _n政局) (_nab | _iab) (_nc) (_c | _u1)");
    want_tier(&q, TIER_WHOLE, a, &w);
    CHECK_STR(wanted(&w, a), "(_w财政局abc)");
    question_of("清纪发〔2026〕12号", a, &q);
    want_tier(&q, TIER_TEXT, a, &w);
    CHECK_STR(wanted(&w, a), "(清纪 纪发) (2026) (12 号)");
    question_of("d-142", a, &q);
    want_tier(&q, TIER_WHOLE, a, &w);
    CHECK_STR(wanted(&w, a), "(_wd142 | _kd142 | _vd142)");
    question_of("!", a, &q);
    CHECK(!has_tier(&q, TIER_WHOLE) && !has_tier(&q, TIER_TEXT));
}

static void marks_show_why(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct question q;
    struct piece *p;
    question_of("乱收费", a, &q);
    size_t n = question_mark(&q, "关于乱收费的问题", 90, false, a, &p);
    CHECK_INT(n, 3);
    CHECK_STR(p[0].text, "关于");
    CHECK_STR(p[1].text, "乱收费");
    CHECK(p[1].hit && !p[0].hit && !p[2].hit);
    CHECK_STR(p[2].text, "的问题");
    n = question_mark(&q, "一二三四五六七八九十一二三四五六七八九十乱收费一二三四五六七八九十",
                      12, false, a, &p);
    CHECK_STR(p[0].text, "…");
    CHECK_STR(p[n - 1].text, "…");
    question_of("czj", a, &q);
    n = question_mark(&q, "清溪区财政局", 90, true, a, &p);
    CHECK_INT(n, 2);
    CHECK_STR(p[1].text, "财政局");
    CHECK(p[1].hit);
}

/* GB 2312 orders its first level by pinyin: an independent word on what the table says. */
static void letters_are_those_of_a_standard(void)
{
    static const struct {
        const char *name, *letters;
    } known[] = {
        { "财政局", "czj" }, { "发展和改革委员会", "fzhggwyh" },
        { "税务局", "swj" }, { "审批服务", "spfw" },
        { "公安局", "gaj" }, { "司法局", "sfj" },
        { "民政局", "mzj" }, { "人力资源和社会保障局", "rlzyhshbzj" },
        { "衢州", "qz" },    { "鄞州", "yz" },
        { "亳州", "bz" },    { "略阳", "ly" },
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct plain p = plain_of(known[i].name, 50, a);
        for (size_t k = 0; k < p.n; k++) {
            char x[PINYIN_LETTERS];
            size_t n = pinyin_of(p.cp[k], x);
            if (n == 0 || !memchr(x, known[i].letters[k], n))
                t_fail(__FILE__, __LINE__, "%s: character %zu", known[i].name, k + 1);
        }
    }
}

T_MAIN({ "words are pairs, singles and runs", words_are_pairs_singles_and_runs },
       { "words hold only what both databases keep", words_hold_only_what_both_databases_keep },
       { "questions find what stands there", questions_find_what_stands_there },
       { "the index never hides what fits", the_index_never_hides_what_fits },
       { "what must hold", what_must_hold }, { "marks show why", marks_show_why },
       { "letters are those of a standard", letters_are_those_of_a_standard })
