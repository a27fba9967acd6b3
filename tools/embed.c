/*
 * embed: files -> one C file that holds them, so that the program needs nothing beside itself.
 *
 *   embed OUT.c HEADER.h TYPE NAME FILE...
 *
 * makes `const TYPE NAME[]` of { name, bytes, n } in the order given, where name is the file's
 * without its folder, and `const size_t NAME_n`. TYPE is declared in HEADER. Each file has a
 * NUL after it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what)
{
    fprintf(stderr, "embed: %s: %s\n", what, strerror(errno));
    exit(1);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Bytes as numbers: string literals have limits in length and traps in escapes. Returns their
 * count. */
static size_t write_bytes(FILE *out, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        fail(path);
    size_t n = 0;
    for (int c = getc(in); c != EOF; c = getc(in))
        fprintf(out, "%d,%s", c, ++n % 24 == 0 ? "\n" : "");
    if (ferror(in))
        fail(path);
    fclose(in);
    return n;
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "usage: embed OUT.c HEADER.h TYPE NAME FILE...\n");
        return 2;
    }
    FILE *out = fopen(argv[1], "w");
    size_t *size = calloc((size_t)argc, sizeof(*size));
    if (out == NULL || size == NULL)
        fail(argv[1]);
    fprintf(out, "#include \"%s\"\n\n", argv[2]);
    for (int i = 5; i < argc; i++) {
        fprintf(out, "static const unsigned char file_%d[] = {\n", i);
        size[i] = write_bytes(out, argv[i]);
        fprintf(out, "0 };\n");
    }
    fprintf(out, "\nconst %s %s[] = {\n", argv[3], argv[4]);
    for (int i = 5; i < argc; i++)
        fprintf(out, "{ \"%s\", (const char *)file_%d, %zu },\n", base_name(argv[i]), i,
                size[i]);
    fprintf(out, "};\nconst size_t %s_n = %d;\n", argv[4], argc - 5);
    free(size);
    if (fclose(out) != 0)
        fail(argv[1]);
    return 0;
}
