/*
 * `score` through the real command line: the small golden set of tests/data/score (made by
 * golden.py there, an independent program), the ASEM data of the shared folder, the example
 * configuration, and every refusal.
 */
#include "base/file.h"
#include "base/str.h"
#include "base/test.h"
#include "cmd/commands.h"
#include "sheet/csv.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const struct command *const commands[] = { &cmd_score };
const size_t commands_n = COUNT(commands);

struct place {
    struct arena *a;
    char *dir; /* temporary */
};

static struct place place_new(void)
{
    char dir[] = "/tmp/jingjian-score-XXXXXX";
    struct arena *a = arena_new();
    CHECK(mkdtemp(dir) != NULL);
    return (struct place){ .a = a, .dir = arena_strdup(a, dir) };
}

static void remove_all(struct arena *a, const char *dir)
{
    DIR *d = opendir(dir);
    for (struct dirent *f; d != NULL && (f = readdir(d)) != NULL;)
        if (f->d_name[0] != '.') {
            const char *path = arena_printf(a, "%s/%s", dir, f->d_name);
            if (unlink(path) != 0)
                remove_all(a, path);
        }
    if (d != NULL)
        closedir(d);
    (void)rmdir(dir);
}

static void place_done(struct place *p)
{
    remove_all(p->a, p->dir);
    arena_free(p->a);
}

static const char *put(const struct place *p, const char *name, const char *text)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *path = arena_printf(p->a, "%s/%s", p->dir, name);
    CHECK_OK(file_write_atomic(path, text, strlen(text), &e));
    return path;
}

/* Runs the command with stderr caught; returns the exit code. */
static int score(const struct place *p, const char *meta, const char *data, const char *config,
                 const char *out, const char **ret_err)
{
    const char *args[] = { "jingjian",
                           "score",
                           "--meta",
                           meta,
                           "--data",
                           data,
                           "--out",
                           out,
                           "--lang",
                           "zh",
                           config != NULL ? "--config" : NULL,
                           config,
                           NULL };
    char *argv[16];
    int argc = 0;
    for (; args[argc] != NULL; argc++)
        argv[argc] = arena_strdup(p->a, args[argc]);
    int was = dup(STDERR_FILENO), memory = memfd_create("stderr", 0);
    CHECK(was >= 0 && memory >= 0 && dup2(memory, STDERR_FILENO) == STDERR_FILENO);
    int code = cmd_main(argc, argv);
    static char text[1 << 16];
    ssize_t n = pread(memory, text, sizeof(text) - 1, 0);
    CHECK(n >= 0 && dup2(was, STDERR_FILENO) == STDERR_FILENO);
    close(was);
    close(memory);
    *ret_err = arena_strndup(p->a, text, n > 0 ? (size_t)n : 0);
    return code;
}

static struct table *table(const struct place *p, const char *path)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = NULL;
    CHECK_OK(csv_read_file(p->a, path, NULL, &t, &e));
    return t;
}

static bool same(const char *got, const char *want)
{
    if (str_eq(got, want))
        return true;
    char *end_g, *end_w;
    double g = strtod(got, &end_g), w = strtod(want, &end_w);
    if (*end_g != '\0' || *end_w != '\0' || *got == '\0' || *want == '\0')
        return false;
    return fabs(g - w) <= 1e-9 * fabs(w) || (fabs(w) < 1e-12 && fabs(g) < 1e-12);
}

static void compare(const struct place *p, const char *got_path, const char *want_path)
{
    const struct table *got = table(p, got_path), *want = table(p, want_path);
    if (got == NULL || want == NULL)
        return;
    CHECK_INT(got->rows, want->rows);
    CHECK_INT(got->cols, want->cols);
    if (got->rows != want->rows || got->cols != want->cols)
        return;
    for (size_t i = 0; i < got->rows; i++)
        for (size_t k = 0; k < got->cols; k++)
            if (!same(table_text(got, i, k), table_text(want, i, k)))
                t_fail(__FILE__, __LINE__, "%s row %zu, %s: %s, want %s", got_path, i,
                       table_text(got, 0, k), table_text(got, i, k), table_text(want, i, k));
}

static size_t files_in(const char *dir)
{
    size_t n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *f; d != NULL && (f = readdir(d)) != NULL;)
        n += f->d_name[0] != '.';
    if (d != NULL)
        closedir(d);
    return n;
}

static const char *golden(const struct place *p, const char *name)
{
    const char *source = getenv("JINGJIAN_SOURCE");
    return arena_printf(p->a, "%s/tests/data/score/%s", source != NULL ? source : ".", name);
}

static void agrees_with_an_independent_program(void)
{
    static const char *const configs[] = { "plain",    "full",    "relative",
                                           "absolute", "targets", "uncertain" };
    static const char *const files[] = { "scores.csv",       "normalised.csv",
                                         "treated.csv",      "treatment.csv",
                                         "intervals.csv",    "sensitivity.csv",
                                         "correlations.csv", "effective_weights.csv" };
    struct place p = place_new();
    for (size_t c = 0; c < COUNT(configs); c++) {
        const char *err, *out = arena_printf(p.a, "%s/%s", p.dir, configs[c]),
                         *want = golden(&p, arena_printf(p.a, "expected_%s", configs[c]));
        int code =
            score(&p, golden(&p, "META.csv"), golden(&p, "DATA.csv"),
                  golden(&p, arena_printf(p.a, "config_%s.json", configs[c])), out, &err);
        CHECK_INT(code, 0);
        CHECK(files_in(want) >= 4);
        CHECK_INT(files_in(out), files_in(want));
        for (size_t i = 0; i < COUNT(files); i++) {
            const char *w = arena_printf(p.a, "%s/%s", want, files[i]);
            if (file_exists(w))
                compare(&p, arena_printf(p.a, "%s/%s", out, files[i]), w);
        }
    }
    place_done(&p);
}

/* ---- ASEM ---- */

static const char asem_config[] = "{\"denominate\": true, \"impute\": {\"method\": "
                                  "\"group_mean\", \"group\": \"EurAsia_group\"},"
                                  " \"screen\": {\"method\": \"by_na\", \"threshold\": 0.9}, "
                                  "\"treat\": {\"method\": \"default\"},"
                                  " \"normalise\": {\"method\": \"minmax\", \"l\": 0, \"u\": "
                                  "100}, \"aggregate\": {\"method\": \"amean\"},"
                                  " \"weights\": {\"method\": \"meta\"}}";

static void scores_asem(void)
{
    const char *shared = t_shared(), *err;
    if (shared == NULL) {
        t_skip("no shared folder");
        return;
    }
    struct place p = place_new();
    const char *out = arena_printf(p.a, "%s/out", p.dir);
    CHECK_INT(score(&p, arena_printf(p.a, "%s/data/asem/ASEM_iMeta.csv", shared),
                    arena_printf(p.a, "%s/data/asem/ASEM_iData.csv", shared),
                    put(&p, "c.json", asem_config), out, &err),
              0);
    CHECK_STR(err, "");
    const struct table *got = table(&p, arena_printf(p.a, "%s/scores.csv", out)),
                       *want = table(
                           &p, arena_printf(p.a, "%s/data/asem/results_full.csv", shared));
    CHECK_INT(got->cols, want->cols);
    CHECK_STR(table_text(got, 0, 2), "Index");
    CHECK_STR(table_text(got, 1, 0), "AUT"); /* rows in input order */
    size_t checked = 0;
    for (size_t i = 1; i < want->rows; i++)
        for (size_t r = 1; r < got->rows; r++)
            if (str_eq(table_text(got, r, 0), table_text(want, i, 0)))
                for (size_t k = 1; k < want->cols; k++) {
                    ptrdiff_t at = table_col(got, 0, table_text(want, 0, k));
                    CHECK(at >= 0 &&
                          same(table_text(got, r, (size_t)at), table_text(want, i, k)));
                    checked++;
                }
    CHECK_INT(checked, (want->rows - 1) * (want->cols - 1));
    place_done(&p);
}

/* ---- the example configuration of the specification, twice: same bytes ---- */

static const char example[] =
    "{\"denominate\": true, \"impute\": {\"method\": \"mean\"}, \"screen\": {\"method\": "
    "\"none\"},"
    " \"treat\": {\"method\": \"default\", \"winmax\": 5, \"skew\": 2, \"kurt\": 3.5},"
    " \"normalise\": {\"method\": \"minmax\", \"l\": 0, \"u\": 100, \"per\": {\"b1\": {\"l\": "
    "1}}},"
    " \"aggregate\": {\"method\": \"amean\", \"p\": 2, \"threshold\": 0, \"per_level\": "
    "{\"2\": {\"threshold\": 0.1}}},"
    " \"weights\": {\"method\": \"equal\"},"
    " \"uncertainty\": {\"replications\": 200, \"seed\": 1, \"weight_noise\": 0.25,"
    "  \"normalise\": [\"minmax\",\"zscore\",\"prank\"], \"aggregate\": [\"amean\",\"gmean\"], "
    "\"winmax\": [1,5]},"
    " \"sensitivity\": {\"samples\": 50, \"seed\": 1}}";

static void runs_the_whole_example_reproducibly(void)
{
    static const char *const files[] = { "scores.csv", "intervals.csv", "sensitivity.csv" };
    struct place p = place_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *config = put(&p, "c.json", example), *err, *out[2];
    for (size_t i = 0; i < 2; i++) {
        out[i] = arena_printf(p.a, "%s/out%zu", p.dir, i);
        CHECK_INT(
            score(&p, golden(&p, "META.csv"), golden(&p, "DATA.csv"), config, out[i], &err), 0);
        CHECK(strstr(err, "没有意义") != NULL); /* geometric means of 0 were drawn */
        CHECK_INT(files_in(out[i]), 8);
    }
    for (size_t k = 0; k < COUNT(files); k++) {
        struct bytes b[2];
        for (size_t i = 0; i < 2; i++)
            CHECK_OK(file_read(p.a, arena_printf(p.a, "%s/%s", out[i], files[k]), 1 << 20,
                               &b[i], &e));
        CHECK(b[0].n == b[1].n && memcmp(b[0].p, b[1].p, b[0].n) == 0);
    }
    const struct table *s = table(&p, arena_printf(p.a, "%s/sensitivity.csv", out[0]));
    static const char *const factors[] = { "factor", "weights", "normalise", "aggregate",
                                           "winmax" };
    CHECK_INT(s->rows, 5);
    for (size_t i = 0; i < 5; i++)
        CHECK_STR(table_text(s, i, 0), factors[i]);
    place_done(&p);
}

/* ---- formulas, missing units, constants ---- */

static void computes_indicators_by_formula(void)
{
    struct place p = place_new();
    const char *err, *out = arena_printf(p.a, "%s/out", p.dir);
    const char *meta = put(&p, "m.csv",
                           "iCode,iName,Level,Parent,Direction,Weight,Type,Formula,Owner\n"
                           "x,率,1,I,1,1,Indicator,\"if(all > 0, 100 * done / all, null)\",办\n"
                           "y,数,1,I,1,1,Indicator,,办\nI,总,2,,,,Aggregate,,\n");
    const char *data =
        put(&p, "d.csv", "uCode,done,all,y,note\na,1,4,3,x\nb,3,4,1,y\nc,2,0,2,z\n");
    const char *config =
        put(&p, "c.json", "{\"normalise\":{\"method\":\"scaled\",\"l\":0,\"u\":100}}");
    CHECK_INT(score(&p, meta, data, config, out, &err), 0);
    CHECK_STR(err, "");
    const struct table *t = table(&p, arena_printf(p.a, "%s/scores.csv", out));
    CHECK_STR(table_text(t, 0, 3), "x");
    CHECK_STR(table_text(t, 1, 3), "25");
    CHECK_STR(table_text(t, 2, 3), "75");
    CHECK_STR(table_text(t, 3, 3), "NA");
    CHECK_STR(table_text(t, 3, 2), "2");
    CHECK_STR(table_text(t, 2, 1), "1");
    place_done(&p);
}

/* The numbers go in and out unchanged, whatever program wrote the file. */
static void reads_what_spreadsheets_write(void)
{
    struct place p = place_new();
    const char *err, *out = arena_printf(p.a, "%s/out", p.dir);
    const char *meta =
        put(&p, "m.csv",
            "\xef\xbb\xbf\"iCode\",\"Level\",\"Parent\",\"Direction\",\"Weight\",\"Type\"\r\n"
            "x,1,I,1,1,Indicator\r\nI,2,,,,Aggregate\r\ng,,,,,Group\r\n,,,,,\r\n");
    const char *data =
        put(&p, "d.csv",
            "\xef\xbb\xbf\"uCode\",\"uName\",x,g\r\n\"z, \"\"1\"\"\",甲,1e-3,1\r\n\r\n"
            "b,乙,\" 0.1\",2\r\nc,丙,NA,3\r\nd,丁,,4\r\na,戊,+.3e1,5\r\n,,,\r\n");
    const char *config =
        put(&p, "c.json", "{\"normalise\":{\"method\":\"scaled\",\"l\":0,\"u\":1,\"s\":1}}");
    CHECK_INT(score(&p, meta, data, config, out, &err), 0);
    static const char *const want[][3] = { { "z, \"1\"", "3", "0.001" },
                                           { "b", "2", "0.10000000000000001" },
                                           { "c", "NA", "NA" },
                                           { "d", "NA", "NA" },
                                           { "a", "1", "3" } };
    const struct table *t = table(&p, arena_printf(p.a, "%s/scores.csv", out));
    CHECK_INT(t->rows, 6);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 3; k++)
            CHECK_STR(table_text(t, i + 1, k), want[i][k]);
    place_done(&p);
}

static void a_result_file_is_of_this_run(void)
{
    struct place p = place_new();
    const char *err, *out = arena_printf(p.a, "%s/out", p.dir);
    CHECK_INT(score(&p, golden(&p, "META.csv"), golden(&p, "DATA.csv"),
                    put(&p, "c.json", example), out, &err),
              0);
    CHECK_INT(files_in(out), 8);
    (void)put(&p, "out/mine.csv", "1\n");
    /* What fails leaves everything; what runs leaves no file of a step that did not. */
    CHECK_INT(score(&p, golden(&p, "META.csv"), golden(&p, "DATA.csv"),
                    put(&p, "c.json", "{\"aggregate\":{\"method\":\"gmean\"}}"), out, &err),
              1);
    CHECK_INT(files_in(out), 9);
    CHECK_INT(score(&p, golden(&p, "META.csv"), golden(&p, "DATA.csv"), put(&p, "c.json", "{}"),
                    out, &err),
              0);
    CHECK_INT(files_in(out), 5);
    CHECK(file_exists(arena_printf(p.a, "%s/mine.csv", out)));
    CHECK(!file_exists(arena_printf(p.a, "%s/intervals.csv", out)));
    place_done(&p);
}

#define META "iCode,Level,Parent,Direction,Weight,Type\n"
#define TREE META "x,1,I,1,1,Indicator\ny,1,I,-1,1,Indicator\nI,2,,1,1,Aggregate\n"
#define DATA "uCode,x,y\na,1,2\nb,2,3\nc,4,1\n"

static void warns_and_goes_on(void)
{
    static const struct {
        const char *data, *names[2], *config;
    } cases[] = {
        { "uCode,x,y\na,1,2\nb,1,3\nc,1,1\n", { "x", "相同" }, NULL },
        { "uCode,x,y\na,,2\nb,NA,3\nc,,1\n", { "x", "没有一个单位有值" }, NULL },
        { "uCode,x,y\na,1,2\nb,NA,\nc,2,1\n", { "b", "没有一个值" }, NULL },
        { "uCode,x,y\na,1,2\nb,NA,4\nc,2,1\n",
          { "x", "参照" },
          "{\"normalise\":{\"method\":\"dist2ref\",\"ref\":\"b\"}}" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct place p = place_new();
        const char *err, *out = arena_printf(p.a, "%s/out", p.dir);
        CHECK_INT(score(&p, put(&p, "m.csv", TREE), put(&p, "d.csv", cases[i].data),
                        cases[i].config ? put(&p, "c.json", cases[i].config) : NULL, out, &err),
                  0);
        for (size_t k = 0; k < 2; k++)
            if (strstr(err, cases[i].names[k]) == NULL)
                t_fail(__FILE__, __LINE__, "case %zu: \"%s\" lacks %s", i, err,
                       cases[i].names[k]);
        CHECK(file_exists(arena_printf(p.a, "%s/scores.csv", out)));
        place_done(&p);
    }
}

static void refuses_and_names_what_is_wrong(void)
{
    static const struct {
        const char *meta, *data, *config, *names[3];
    } cases[] = {
        /* the scheme */
        { META "x,1,J,1,1,Indicator\nI,2,,1,1,Aggregate\n", DATA, NULL, { "x", "J" } },
        { META "x,1,I,1,1,Indicator\nI,3,A,1,1,Aggregate\nA,2,I,1,1,Aggregate\n",
          DATA,
          NULL,
          { "I", "A" } },
        { TREE "J,2,,1,1,Aggregate\n", DATA, NULL, { "I", "J" } },
        { META "x,1,I,1,0,Indicator\nI,2,,1,1,Aggregate\n",
          DATA,
          NULL,
          { "E2", "Weight", "0" } },
        { META "x,1,I,1,-2,Indicator\nI,2,,1,1,Aggregate\n", DATA, NULL, { "E2", "-2" } },
        { META "x,1,I,2,1,Indicator\nI,2,,1,1,Aggregate\n", DATA, NULL, { "D2", "Direction" } },
        { META "x,1.5,I,1,1,Indicator\nI,2,,1,1,Aggregate\n", DATA, NULL, { "B2", "1.5" } },
        { META "x,1,I,1,abc,Indicator\nI,2,,1,1,Aggregate\n", DATA, NULL, { "E2", "abc" } },
        { META "x,1,I,1,1,Indikator\nI,2,,1,1,Aggregate\n", DATA, NULL, { "F2", "Indikator" } },
        { "iCode,Level,Parent,Direction,Type\n", DATA, NULL, { "Weight" } },
        { TREE "x,1,I,1,1,Indicator\n", DATA, NULL, { "x" } },
        /* the data */
        { TREE, "uCode,x\na,1\n", NULL, { "y" } },
        { TREE, "code,x,y\na,1,2\n", NULL, { "uCode" } },
        { TREE, "uCode,x,y\na,1,2\na,2,3\n", NULL, { "A3", "a" } },
        { TREE, "uCode,x,y\n,1,2\n", NULL, { "A2" } },
        { TREE, "uCode,x,y\na,1,2\nb,NaN,3\n", NULL, { "B3", "NaN", "x" } },
        { TREE, "uCode,x,y\na,1,inf\nb,1,3\n", NULL, { "C2", "inf", "y" } },
        { TREE, "uCode,x,y\na,\"1,234\",1\n", NULL, { "B2", "1,234" } },
        { TREE, "uCode,x,y\na,\xef\xbc\x91\xef\xbc\x92,1\n", NULL, { "B2" } },
        { TREE, "uCode,x,y\na,1\n", NULL, { "2" } },
        { TREE, "uCode,x,x,y\na,1,1,1\n", NULL, { "x" } },
        { TREE, "uCode,x,y\n", NULL, { "d.csv" } },
        /* the configuration against the data */
        { TREE, DATA, "{\"impute\":{\"method\":\"group_mean\",\"group\":\"g\"}}", { "g" } },
        { TREE, DATA, "{\"normalise\":{\"method\":\"dist2ref\",\"ref\":\"zz\"}}", { "zz" } },
        { TREE, DATA, "{\"normalise\":{\"method\":\"dist2targ\"}}", { "x" } },
        { TREE, DATA, "{\"aggregate\":{\"method\":\"gmean\"}}", { "单位 a", "x" } },
        { TREE, DATA, "{\"aggregate\":{\"method\":\"hmean\"}}", { "单位 a", "x" } },
        { TREE, DATA, "{\"aggregate\":{\"method\":\"genmean\",\"p\":-2}}", { "单位 a", "x" } },
        { TREE,
          DATA,
          "{\"normalise\":{\"method\":\"zscore\"},\"aggregate\":{\"method\":\"genmean\",\"p\":"
          "0.5}}",
          { "单位 a", "x" } },
        { TREE, DATA, "{\"normalise\":{\"methot\":\"zscore\"}}", { "normalise.methot" } },
        { TREE, DATA, "{\"treat\":{},\"treat\":{}}", { "JSON" } },
        { TREE,
          "uCode,x,y\na,,\nb,1,\n",
          "{\"screen\":{\"method\":\"by_na\",\"threshold\":1}}",
          { "没有一个单位" } },
        { META "x,1,I,1,1,Indicator\nI,2,,1,1,Aggregate\n",
          "uCode,x\na,1\nb,NA\n",
          "{\"normalise\":{\"method\":\"scaled\",\"l\":3,\"u\":3}}",
          { "normalise", "u" } },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct place p = place_new();
        const char *err, *out = arena_printf(p.a, "%s/out", p.dir);
        int code =
            score(&p, put(&p, "m.csv", cases[i].meta), put(&p, "d.csv", cases[i].data),
                  cases[i].config ? put(&p, "c.json", cases[i].config) : NULL, out, &err);
        if (code != 1)
            t_fail(__FILE__, __LINE__, "case %zu: exit %d, %s", i, code, err);
        for (size_t k = 0; k < 3 && cases[i].names[k] != NULL; k++)
            if (strstr(err, cases[i].names[k]) == NULL)
                t_fail(__FILE__, __LINE__, "case %zu: \"%s\" lacks %s", i, err,
                       cases[i].names[k]);
        CHECK(strchr(err, '\n') != NULL && strchr(err, '\n')[1] == '\0'); /* one line */
        CHECK(!file_exists(out));
        place_done(&p);
    }
}

static void refuses_copeland_beyond_its_limit(void)
{
    struct place p = place_new();
    struct str b;
    str_init(&b, p.a);
    str_add(&b, "uCode,x,y\n");
    for (int i = 0; i < 5001; i++)
        str_addf(&b, "u%d,%d,%d\n", i, i, i % 7);
    const char *err, *out = arena_printf(p.a, "%s/out", p.dir);
    CHECK_INT(score(&p, put(&p, "m.csv", TREE), put(&p, "d.csv", b.s),
                    put(&p, "c.json", "{\"aggregate\":{\"method\":\"copeland\"}}"), out, &err),
              1);
    CHECK(strstr(err, "5000") != NULL && strstr(err, "5001") != NULL);
    CHECK_INT(score(&p, put(&p, "m.csv", TREE), arena_printf(p.a, "%s/none.csv", p.dir), NULL,
                    out, &err),
              3); /* not there: nothing could be looked at */
    place_done(&p);
}

T_MAIN({ "six configurations agree with an independent program",
         agrees_with_an_independent_program },
       { "the ASEM data agree in every column and rank", scores_asem },
       { "the whole example runs and gives the same bytes again",
         runs_the_whole_example_reproducibly },
       { "files as spreadsheets write them, 17 digits back", reads_what_spreadsheets_write },
       { "a result file is of this run", a_result_file_is_of_this_run },
       { "an indicator's formula is computed over columns", computes_indicators_by_formula },
       { "constant, missing and without a reference: a warning and exit 0", warns_and_goes_on },
       { "what is wrong is named in one line and nothing is written",
         refuses_and_names_what_is_wrong },
       { "copeland has a limit and says so", refuses_copeland_beyond_its_limit })
