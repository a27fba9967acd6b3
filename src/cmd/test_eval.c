/* The eval command through the real command line: exit code, stdout and stderr. */
#include "base/str.h"
#include "base/test.h"
#include "cmd/commands.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const struct command *const commands[] = { &cmd_eval };
const size_t commands_n = COUNT(commands);

/* Let descriptor fd write to memory; returns what it was. */
static int divert(int fd, int *ret_memory)
{
    int was = dup(fd);
    *ret_memory = memfd_create("test", 0);
    CHECK(was >= 0 && *ret_memory >= 0 && dup2(*ret_memory, fd) == fd);
    return was;
}

static char *restore(struct arena *a, int fd, int was, int memory)
{
    char text[4096];
    ssize_t n = pread(memory, text, sizeof(text), 0);
    CHECK(n >= 0 && dup2(was, fd) == fd);
    close(was);
    close(memory);
    return arena_strndup(a, text, n > 0 ? (size_t)n : 0);
}

static int run(struct arena *a, const char *const *args, char **ret_out, char **ret_err)
{
    char *argv[16] = { (char[]){ "jingjian" }, (char[]){ "eval" } };
    int argc = 2, out, err;
    for (; args[argc - 2] != NULL; argc++)
        argv[argc] = arena_strdup(a, args[argc - 2]);
    fflush(stdout);
    int was_out = divert(STDOUT_FILENO, &out), was_err = divert(STDERR_FILENO, &err);
    int code = cmd_main(argc, argv);
    fflush(stdout);
    *ret_out = restore(a, STDOUT_FILENO, was_out, out);
    *ret_err = restore(a, STDERR_FILENO, was_err, err);
    return code;
}

static void prints_the_value_or_the_reason(void)
{
    static const struct {
        const char *args[8];
        int code;
        const char *out, *err;
    } cases[] = {
        { { "1+2*3" }, 0, "7\n", "" },
        { { "-3^2" }, 0, "-9\n", "" },
        { { "0.1+0.2" }, 0, "0.30000000000000004\n", "" },
        { { "1/0" }, 0, "null\n", "" },
        { { "1 < 2" }, 0, "true\n", "" },
        { { "100 * a / b", "--set", "a=43", "--set", "b=50" }, 0, "86\n", "" },
        { { "100 * a / b", "--set", "a=43", "b=50" }, 0, "86\n", "" },
        { { "--set", "a=43", "b=50", "100 * a / b" }, 0, "86\n", "" },
        { { "#{应公告}-1", "--set", "应公告=-2.5e1" }, 0, "-26\n", "" },
        { { "#{a=b}", "--set", "#{a=b}=3" }, 0, "3\n", "" },
        { { "x and y", "--set", "x=true", "y=null" }, 0, "null\n", "" },
        { { "isNull(x)", "--set", "x=" }, 0, "true\n", "" },
        { { "sum(x) + offset(x,-2)", "--set", "x=3,4,null,5" }, 0, "16\n", "" },
        { { "count(x)", "--set", "x=NA, 4" }, 0, "1\n", "" },
        { { "--lang", "zh", "1 +" },
          1,
          "",
          "jingjian eval: 公式在第4个字处结束，这里还应有数字、名称、函数或“(”\n" },
        { { "x + 1" }, 1, "", "jingjian eval: formula, character 1: there is no name “x”\n" },
        { { "1 + x", "--set", "x=true" },
          1,
          "",
          "jingjian eval: formula, character 5: expected a number, this is true or false\n" },
        { { "1", "--set", "x" }, 2, "", "jingjian eval: --set takes NAME=VALUE, not “x”\n" },
        { { "1", "--set", "x=1e999" },
          2,
          "",
          "jingjian eval: the value of x must be a number, true, false or null, not "
          "“1e999”\n" },
        { { "1", "--set", "x=1,true" },
          2,
          "",
          "jingjian eval: the values of x must all be numbers, or all be true or false\n" },
        { { "1", "--set", "x=1", "x=2" }, 2, "", "jingjian eval: x is set twice\n" },
        { { "--set", "x=1" }, 2, "", "jingjian eval: EXPR is missing\n" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        char *out, *err;
        CHECK_INT(run(a, cases[i].args, &out, &err), cases[i].code);
        CHECK_STR(out, cases[i].out);
        CHECK_STR(err, cases[i].err);
    }
}

T_MAIN({ "eval prints the value or the reason", prints_the_value_or_the_reason })
