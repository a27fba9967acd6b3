/*
 * Nothing is reckoned from the work log: how much somebody writes is nowhere scored, ranked,
 * charted or counted. Held of the program's own text, since it is what nobody writes that
 * counts: nothing includes the work log but what puts the program together, seven files by
 * name; no query outside it names its tables, nor the records of its entries; inside it one
 * query counts, for the hint of bursts, and its numbers reach no page; no template shows a
 * number of entries; and the language of formulas, indicators and rules knows nothing but
 * points.
 */
#include "base/file.h"
#include "base/str.h"
#include "base/test.h"
#include "stats/formula.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct source {
    const char *path; /* below src */
    const char *text;
};

static const char *const tables[] = { "work_record", "work_text", "work_picture", "work_hint" };
/* Who may call it: what puts all together (routes, sources of the search, settings, audit,
 * erasing), and the demo, which writes. None of them reads entries. */
static const char *const may_include[] = {
    "cmd/backup_cmd.c", "cmd/check_cmd.c",      "cmd/demo_record.c",   "cmd/kinds.c",
    "cmd/routes.c",     "cmd/search_sources.c", "cmd/settings_page.c",
};

static bool may(const char *path)
{
    for (size_t i = 0; i < COUNT(may_include); i++)
        if (str_eq(path, may_include[i]))
            return true;
    return str_starts(path, "worklog/");
}

static bool word_at(const char *text, const char *at, size_t n)
{
    const char *letters = "abcdefghijklmnopqrstuvwxyz_0123456789";
    return (at == text || !strchr(letters, at[-1])) && (!at[n] || !strchr(letters, at[n]));
}

static bool names(const char *text, const char *word)
{
    for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
        if (word_at(text, p, strlen(word)))
            return true;
    return false;
}

/* Without comments, which may speak of what is not done. */
static const char *without_comments(struct arena *a, const char *sql)
{
    struct str b;
    str_init(&b, a);
    for (const char *p = sql; *p;) {
        const char *end = strchr(p, '\n');
        size_t n = end ? (size_t)(end - p) + 1 : strlen(p);
        if (!str_starts(p, "-- ") || str_starts(p, "-- :"))
            str_addn(&b, p, n);
        p += n;
    }
    return b.s;
}

static bool counts(const char *query)
{
    static const char *const words[] = { "COUNT(", "count(", "SUM(", "sum(",     "AVG(",
                                         "avg(",   "MAX(",   "max(", "GROUP BY", "RANK(" };
    for (size_t i = 0; i < COUNT(words); i++)
        if (strstr(query, words[i]))
            return true;
    return false;
}

/* What is wrong with a file; NULL: nothing. */
static const char *fault(struct arena *a, const struct source *f)
{
    bool own = str_starts(f->path, "worklog/");
    const char *name = strrchr(f->path, '/') ? strrchr(f->path, '/') + 1 : f->path;
    bool test = str_starts(name, "test_") || str_starts(name, "bench_");
    bool words = str_eq(f->path, "monitor/record_words.c"); /* names kinds for people */
    if (!test && !may(f->path) && strstr(f->text, "#include \"worklog/"))
        return "includes the work log";
    if (!test && !own &&
        (strstr(f->text, "worklog_of_") || strstr(f->text, "worklog_after") ||
         (!words && strstr(f->text, "worklog.add")) || strstr(f->text, "'worklog.")))
        return "reads entries or their records";
    if (str_ends(name, ".html") && strstr(f->text, "log.entries.count"))
        return "shows a number of entries";
    if (str_ends(name, ".sql") && !own)
        for (size_t i = 0; i < COUNT(tables); i++)
            if (names(f->text, tables[i]))
                return "names a table of the work log";
    if (str_ends(name, ".sql") && own) {
        const char *text = without_comments(a, f->text);
        for (const char *q = strstr(text, "-- :"); q;) {
            const char *next = strstr(q + 4, "-- :");
            const char *one = next ? arena_strndup(a, q, (size_t)(next - q)) : q;
            if (counts(one) && !str_starts(one, "-- :work_burst\n"))
                return "has another query that counts";
            q = next;
        }
    }
    if (str_ends(name, ".html") && own &&
        (strstr(f->text, ".count") || strstr(f->text, " count,") ||
         strstr(f->text, " count;") || strstr(f->text, "percent") || strstr(f->text, "score") ||
         strstr(f->text, "svg")))
        return "shows a number of entries";
    if (own && !test && strstr(f->text, "work_burst_one") && !str_eq(f->path, "worklog/hint.c"))
        return "reads the count of bursts";
    return NULL;
}

static size_t look(struct arena *a, const char *root, const char *folder, size_t *ret_seen)
{
    CLEANUP(err_done) struct err e = { 0 };
    size_t wrong = 0;
    DIR *d = opendir(arena_printf(a, "%s/src/%s", root, folder));
    struct dirent *at;
    CHECK(d != NULL);
    while (d && (at = readdir(d))) {
        const char *path = arena_printf(a, "%s%s%s", folder, *folder ? "/" : "", at->d_name);
        struct bytes text;
        if (at->d_name[0] == '.')
            continue;
        if (!strchr(at->d_name, '.')) {
            wrong += look(a, root, path, ret_seen);
            continue;
        }
        CHECK_OK(file_read(a, arena_printf(a, "%s/src/%s", root, path), 4 << 20, &text, &e));
        const struct source f = { path, (const char *)text.p };
        const char *why = fault(a, &f);
        ++*ret_seen;
        wrong += why != NULL;
        if (why)
            t_fail(__FILE__, __LINE__, "src/%s %s", path, why);
    }
    if (d)
        closedir(d);
    return wrong;
}

static void the_program_counts_nothing(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t seen = 0;
    CHECK_INT(look(a, getenv("JINGJIAN_SOURCE"), "", &seen), 0);
    CHECK(seen > 500);
}

/* Teeth: what must be noticed is. */
static void what_would_count_is_noticed(void)
{
    static const struct source wrong[] = {
        { "monitor/x.c", "#include \"worklog/worklog.h\"\n" },
        { "warn/x.h", "#include \"worklog/hint.h\"\n" },
        { "stats/x.c", "#include \"worklog/alike.h\"\n" },
        { "directive/x.c", "#include \"worklog/worklog.h\"\n" },
        { "cmd/statistics.c", "#include \"worklog/worklog.h\"\n" },
        { "cmd/routes.c", "rc = worklog_of_unit(s, unit, none, a, &list, &n, e);" },
        { "flow/x.sql",
          "-- :x\n-- X.\nSELECT COUNT(*) FROM record WHERE kind = 'worklog.add';\n" },
        { "flow/matter.html", "{_ 共{{ log.entries.count }}条 _}" },
        { "quality/x.sql", "-- :x\n-- X.\nSELECT unit FROM work_record;\n" },
        { "cmd/x.sql", "-- :x\n-- X.\nSELECT h.id FROM work_hint h;\n" },
        { "worklog/x.sql",
          "-- :x\n-- X.\nSELECT unit, COUNT(*) FROM work_record GROUP BY unit;\n" },
        { "worklog/x.sql", "-- :work_burst\n-- X.\nSELECT COUNT(*) FROM work_record;\n\n"
                           "-- :y\n-- Y.\nSELECT count(*) FROM work_record;\n" },
        { "worklog/x.html", "{# data x: units[]: name text, n count; #}" },
        { "worklog/x.html", "{_ 共{{ log.entries.count }}条 _}" },
        { "worklog/x.c", "rc = work_burst_one(s, from, m, a, &row, e);" },
    };
    static const struct source right[] = {
        { "monitor/x.sql", "-- :x\n-- X.\nSELECT id FROM work_records_of_another_kind;\n" },
        { "worklog/x.sql", "-- :x\n-- Counts (COUNT) nothing.\nSELECT id FROM work_record;\n" },
        { "cmd/kinds.c", "#include \"worklog/worklog_page.h\"\n" },
        { "monitor/test_x.c", "#include \"worklog/worklog.h\"\n" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (!fault(a, &wrong[i]))
            t_fail(__FILE__, __LINE__, "not noticed: %s %s", wrong[i].path, wrong[i].text);
    for (size_t i = 0; i < COUNT(right); i++)
        if (fault(a, &right[i]))
            t_fail(__FILE__, __LINE__, "%s: %s", right[i].path, fault(a, &right[i]));
}

/* A county with one point P1: what it can name. */
static bool knows(const void *arg, const char *name, enum formula_type *ret_type)
{
    *ret_type = FORMULA_NUMBER;
    return str_eq(name, arg);
}

static void formulas_know_points_only(void)
{
    static const char *const tried[] = { "work_record",        "worklog",
                                         "COUNT(P1)",          "count(work_record)",
                                         "P1 + work_record.n", "云记录",
                                         "entries(P1)" };
    for (size_t i = 0; i < COUNT(tried); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        const struct formula *f;
        CHECK_INT(formula_compile(a, tried[i], knows, "P1", &f, &e), RC_INVALID);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const struct formula *f;
    CHECK_OK(formula_compile(a, "P1 * 2", knows, "P1", &f, &e));
}

T_MAIN({ "no folder, query or page counts entries", the_program_counts_nothing },
       { "what would count is noticed", what_would_count_is_noticed },
       { "formulas know nothing but points", formulas_know_points_only })
