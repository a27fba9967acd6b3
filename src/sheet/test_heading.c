/* Heads and words of tables: people's and programs'. */
#include "base/str.h"
#include "base/test.h"
#include "sheet/csv.h"
#include "sheet/heading.h"

#include <string.h>

static const struct heading_word kinds[] = { { "town", "乡镇|镇" }, { NULL, NULL } };
static const struct heading headings[] = {
    { .code = "code", .names = "编码|代码", .needed = true },
    { .code = "kind", .names = "类型|类别", .words = kinds },
    { .code = NULL },
};

static struct table *read(struct arena *a, const char *csv)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = NULL;
    CHECK_OK(csv_read(a, "f.csv", (struct bytes){ (const uint8_t *)csv, strlen(csv) }, NULL, &t,
                      &e));
    return t;
}

static const char *flat(struct arena *a, const struct table *t)
{
    struct str b;
    str_init(&b, a);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t c = 0; c < t->cols; c++)
            str_addf(&b, "%s%s", table_text(t, r, c), c + 1 == t->cols ? "\n" : ",");
    return b.s;
}

static void people_s_words_become_codes(void)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "编码,类型\nT1,乡镇\n", "code,kind\nT1,town\n" },
        { "代码(必填), 类别*\nT1, 镇\n", "code,kind\nT1,town\n" },
        { "code,kind\nT1,town\n", "code,kind\nT1,town\n" },
        { "编码,类型,电话\nT1,企业,乡镇\n", "code,kind,电话\nT1,企业,乡镇\n" },
        { "编码说明,类\nT1,乡镇\n", "编码说明,类\nT1,乡镇\n" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const struct table *t = read(a, cases[i].in);
        CHECK_STR(flat(a, table_to_codes(t, headings, a)), cases[i].out);
    }
}

static void codes_become_words_and_come_back(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct table *t = read(a, "code,kind\nT1,town\nT2,own\n"),
                       *words = table_to_words(t, headings, a);
    CHECK_STR(flat(a, words), "编码,类型\nT1,乡镇\nT2,own\n");
    CHECK_STR(flat(a, table_to_codes(words, headings, a)), flat(a, t));
    CHECK_STR(heading_list(headings, a), "编码(code)、类型(kind)");
    CHECK_STR(heading_name(headings, "kind", a), "类型(kind)");
}

T_MAIN({ "people's words become codes, cells stay where they are",
         people_s_words_become_codes },
       { "codes become words and come back", codes_become_words_and_come_back })
