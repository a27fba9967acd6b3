/*
 * assetc OUT.c OUT.bin FILE…: files into the program, each with its hashed name, its ETag and,
 * where that saves something, its gzip form made once here instead of at every request. The
 * bytes go to OUT.bin, which the assembler takes in: a C array of a megabyte would take the
 * compiler seconds. Same input, same bytes.
 */
#include "po.h"

#include <libgen.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct file {
    char *name, *bytes, *gz;
    size_t n, n_gz;
    char hash[17];
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static const char *type_of(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        { ".css", "text/css; charset=utf-8" },
        { ".js", "text/javascript; charset=utf-8" },
        { ".svg", "image/svg+xml" },
        { ".png", "image/png" },
        { ".ico", "image/x-icon" },
        { ".woff2", "font/woff2" },
        { ".json", "application/json" },
        { ".webmanifest", "application/manifest+json" },
        { ".txt", "text/plain; charset=utf-8" },
    };
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        size_t k = strlen(types[i].ending);
        if (n > k && strcmp(name + n - k, types[i].ending) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

/* gzip with level 9 and no time in its header. Kept only when it is a tenth smaller. */
static bool compress_file(struct file *f)
{
    z_stream z = { 0 };
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t cap = deflateBound(&z, f->n) + 32;
    f->gz = po_grow(NULL, cap, 1);
    z.next_in = (unsigned char *)f->bytes;
    z.avail_in = (unsigned)f->n;
    z.next_out = (unsigned char *)f->gz;
    z.avail_out = (unsigned)cap;
    bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
    f->n_gz = z.total_out;
    deflateEnd(&z);
    if (f->n_gz > f->n - f->n / 10)
        f->n_gz = 0;
    return ok;
}

static bool read_file(const char *path, struct file *f)
{
    f->bytes = po_slurp(path, &f->n);
    if (!f->bytes)
        return false;
    char *copy = po_grow(NULL, strlen(path) + 1, 1);
    memcpy(copy, path, strlen(path) + 1);
    f->name = basename(copy);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)f->bytes, f->n, digest);
    for (int i = 0; i < 8; i++)
        snprintf(f->hash + 2 * i, 3, "%02x", digest[i]);
    return compress_file(f);
}

/* app.css with hash 0123… -> app.0123….css */
static void write_row(FILE *c, const struct file *f, size_t at)
{
    const char *dot = strrchr(f->name, '.');
    int stem = dot ? (int)(dot - f->name) : (int)strlen(f->name);
    fprintf(c,
            "    { .name = \"%s\", .hashed = \"%.*s.%s%s\", .type = \"%s\", .etag = "
            "\"\\\"%s\\\"\",\n",
            f->name, stem, f->name, f->hash, dot ? dot : "", type_of(f->name), f->hash);
    fprintf(c, "      .p = bytes + %zu, .n = %zu", at, f->n);
    if (f->n_gz)
        fprintf(c, ", .gz = bytes + %zu, .n_gz = %zu", at + f->n, f->n_gz);
    fprintf(c, " },\n");
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: assetc OUT.c OUT.bin FILE...\n");
        return 2;
    }
    size_t n = (size_t)argc - 3, at = 0;
    struct file *files = po_grow(NULL, n + 1, sizeof(*files));
    memset(files, 0, (n + 1) * sizeof(*files));
    for (size_t i = 0; i < n; i++)
        if (!read_file(argv[3 + i], &files[i]))
            return 1;
    qsort(files, n, sizeof(*files), by_name);
    FILE *c = fopen(argv[1], "wb"), *bin = fopen(argv[2], "wb");
    char *full = bin ? realpath(argv[2], NULL) : NULL;
    if (!c || !full) {
        fprintf(stderr, "%s: cannot be written\n", argv[1]);
        return 1;
    }
    fprintf(c,
            "/* Made by tools/assetc. */\n#include \"web/web.h\"\n\n"
            "__asm__(\".section .rodata\\n.balign 16\\nweb_static_bytes:\\n.incbin "
            "\\\"%s\\\"\\n.byte 0\\n.previous\\n\");\n"
            "extern const uint8_t bytes[] __asm__(\"web_static_bytes\");\n"
            "static const struct web_asset rows[] = {\n",
            full);
    for (size_t i = 0; i < n; i++) {
        write_row(c, &files[i], at);
        fwrite(files[i].bytes, 1, files[i].n, bin);
        fwrite(files[i].gz, 1, files[i].n_gz, bin);
        at += files[i].n + files[i].n_gz;
    }
    fprintf(
        c,
        "};\nconst struct web_assets web_static = { rows, sizeof(rows) / sizeof(rows[0]) };\n");
    int bad = ferror(c) | ferror(bin);
    bad |= fclose(c) | fclose(bin);
    return bad ? 1 : 0;
}
