/* `agree` through the real command line: the golden county of tests/data/agree, and what bad
 * input gets. */
#include "base/file.h"
#include "base/str.h"
#include "base/test.h"
#include "cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct command *const commands[] = { &cmd_agree };
const size_t commands_n = COUNT(commands);

struct place {
    struct arena *a;
    const char *scores, *evaluations, *out, *errors;
};

static struct place place_new(void)
{
    char dir[] = "/tmp/jingjian-agree-XXXXXX";
    struct arena *a = arena_new();
    CHECK(mkdtemp(dir) != NULL);
    return (struct place){ .a = a,
                           .scores = arena_printf(a, "%s/s.csv", dir),
                           .evaluations = arena_printf(a, "%s/e.csv", dir),
                           .out = arena_printf(a, "%s/o.json", dir),
                           .errors = arena_printf(a, "%s/err", dir) };
}

static void place_done(struct place *p)
{
    const char *slash = strrchr(p->out, '/');
    dir_remove(arena_strndup(p->a, p->out, (size_t)(slash - p->out)));
    arena_freep(&p->a);
}

static int run(struct place *p, const char *scores, const char *evaluations, const char **says)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes b;
    unlink(p->out);
    if (scores)
        CHECK_OK(file_write_atomic(p->scores, scores, strlen(scores), &e));
    if (evaluations)
        CHECK_OK(file_write_atomic(p->evaluations, evaluations, strlen(evaluations), &e));
    char *argv[] = { (char[]){ "jingjian" },
                     (char[]){ "agree" },
                     (char[]){ "--scores" },
                     arena_strdup(p->a, p->scores),
                     (char[]){ "--evaluations" },
                     arena_strdup(p->a, p->evaluations),
                     (char[]){ "--out" },
                     arena_strdup(p->a, p->out),
                     (char[]){ "--lang" },
                     (char[]){ "zh" },
                     NULL };
    fflush(stderr);
    int was = dup(STDERR_FILENO);
    CHECK(freopen(p->errors, "w", stderr) != NULL);
    int code = cmd_main((int)COUNT(argv) - 1, argv);
    fflush(stderr);
    CHECK(dup2(was, STDERR_FILENO) >= 0);
    close(was);
    CHECK_OK(file_read(p->a, p->errors, 1 << 20, &b, &e));
    *says = (const char *)b.p;
    return code;
}

static void writes_what_an_independent_program_has(void)
{
    struct place p = place_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes b;
    const char *says;
    /* Columns and rows in another order, an unknown column, a unit of each file alone. */
    CHECK_INT(run(&p,
                  "\xef\xbb\xbfscore,name,uCode\r\n6,f,F\r\n2,b,B\r\n1,a,A\r\n,x,X\r\n3,c,"
                  "C\r\n4,d,D\r\n5,e,E\r\n",
                  "uCode,eval\nA,10\nB,20\nX,5\nC,30\nD,40\nF,60\nE,50\nZ,1\n", &says),
              0);
    CHECK(strstr(says, "1 个单位") != NULL);
    CHECK_OK(file_read(p.a, p.out, 1 << 20, &b, &e));
    CHECK_STR((const char *)b.p,
              "{\n  \"n\": 6,\n  \"tau_b\": 1,\n  \"tau_b_lo\": 1,\n  \"tau_b_hi\": 1,\n"
              "  \"spearman\": 1,\n  \"spearman_lo\": 1,\n  \"spearman_hi\": 1\n}\n");
    place_done(&p);
}

static void refuses_with_the_reason(void)
{
    static const char good_s[] = "uCode,score\nA,1\nB,2\nC,3\n",
                      good_e[] = "uCode,eval\nA,1\nB,2\nC,3\n";
    static const struct {
        const char *scores, *evaluations;
        int code;
        const char *says;
    } cases[] = {
        { "uCode,score\nP,1\nQ,2\nR,3\n", good_e, 1, "没有一个相同的单位" },
        { "uCode,score\nA,1\nB,2\n", good_e, 1, "至少要3个" },
        { "uCode,score\nA,1\nB,NA\nC,3\n", good_e, 1, "至少要3个" },
        { "uCode,score\nA,5\nB,5\nC,5\n", good_e, 1, "得分全部相同" },
        { good_s, "uCode,eval\nA,5\nB,5\nC,5\n", 1, "评价全部相同" },
        { "uCode,score\nA,1\nB,二\nC,3\n", good_e, 1, "s.csv B3（score，单位 B）" },
        { good_s, "uCode,eval\nA,1\nB,nan\nC,3\n", 1, "e.csv B3（eval，单位 B）" },
        { "uCode,score\nA,1\nB,2\nB,3\n", good_e, 1, "B 重复" },
        { "uCode,score\nA,1\n,2\nC,3\n", good_e, 1, "缺少单位编码" },
        { "uCode,points\nA,1\nB,2\nC,3\n", good_e, 1, "缺少列 score" },
        { good_s, "uCode,eval\nA,1\nB,2\nC", 1, "第4行" }, /* half a file */
        { good_s, "uCode,eval\nA,1\nB,2\nC,\"3", 1, "引号" },
        { "", good_e, 1, "s.csv" },
        { "uCode,score\n", good_e, 1, "没有一个相同的单位" },
    };
    struct place p = place_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *says;
        CHECK_INT(run(&p, cases[i].scores, cases[i].evaluations, &says), cases[i].code);
        if (strstr(says, cases[i].says) == NULL)
            t_fail(__FILE__, __LINE__, "case %zu says %s", i, says);
        CHECK(!file_exists(p.out));
    }
    unlink(p.scores);
    const char *says;
    CHECK_INT(run(&p, NULL, good_e, &says), 3);
    CHECK(strstr(says, "s.csv") != NULL);
    place_done(&p);
}

T_MAIN({ "the result is what an independent program has, in whatever order",
         writes_what_an_independent_program_has },
       { "what cannot be compared is refused with file, cell and reason",
         refuses_with_the_reason })
