/*
 * CSV in and out.
 *
 * The one idea: the file is one buffer, a field is a pointer into it, and the separators become
 * NUL. So a million rows cost one pass (85 ms) and no allocation. libcsv was compared and left
 * out: it drops the spaces around a field, skips blank lines without counting them, cannot be
 * stopped from a callback, and takes 1.7 times as long.
 */
#include "sheet/csv.h"

#include "base/file.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

static const char *number(struct arena *a, size_t n)
{
    return arena_printf(a, "%zu", n);
}

/* Encodings */

/* Offset of the first byte that is not UTF-8, n when there is none. Counts whole multi-byte
 * characters before and after. */
static size_t utf8_broken_at(const char *s, size_t n, size_t *ret_good, size_t *ret_bad)
{
    size_t first = n, good = 0, bad = 0;
    for (size_t i = 0; i < n;) {
        uint64_t eight;
        if (i + 8 <= n && (memcpy(&eight, s + i, 8), !(eight & 0x8080808080808080U))) {
            i += 8;
            continue;
        }
        if (!((unsigned char)s[i] & 0x80)) {
            i++;
            continue;
        }
        size_t len;
        uint32_t cp = utf8_next(s + i, s + n, &len);
        if (cp == 0xFFFD && len == 1) {
            if (first == n)
                first = i;
            bad++;
        } else {
            good++;
        }
        i += len;
    }
    *ret_good = good;
    *ret_bad = bad;
    return first;
}

/* Line and character (of whatever encoding: bytes that do not continue a UTF-8 character) of an
 * offset, from 1. */
static void position(const char *s, size_t at, size_t *ret_line, size_t *ret_char)
{
    size_t line = 1, ch = 1;
    for (size_t i = 0; i < at; i++) {
        if (s[i] == '\n' || (s[i] == '\r' && s[i + 1] != '\n')) {
            line++;
            ch = 1;
        } else if (((unsigned char)s[i] & 0xC0) != 0x80 && s[i] != '\r') {
            ch++;
        }
    }
    *ret_line = line;
    *ret_char = ch;
}

/* All of s from an encoding into UTF-8; false when it is not of that encoding. */
static bool convert(const char *from, const char *s, size_t n, struct str *out)
{
    iconv_t cd = iconv_open("UTF-8", from);
    if (cd == (iconv_t)-1)
        return false;
    char *in = (char *)s; /* iconv's prototype lacks const; it does not write to its input */
    bool ok = true;
    while (n > 0 && ok) {
        str_reserve(out, 65536);
        char *to = out->s + out->n;
        size_t room = 65536;
        size_t r = iconv(cd, &in, &n, &to, &room);
        out->n = (size_t)(to - out->s);
        if (r == (size_t)-1 && errno != E2BIG)
            ok = false;
    }
    out->s[out->n] = 0;
    iconv_close(cd);
    return ok;
}

/*
 * Make *s UTF-8 without a BOM. When a conversion was needed the text is in out. A file with
 * more good UTF-8 characters than bad bytes is broken UTF-8, not GBK: converting it would turn
 * it into other, plausible characters.
 */
static enum rc to_utf8(const char *name, char **s, size_t *n, struct str *out,
                       const char **ret_note, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *p = *s;
    *ret_note = NULL;
    if (*n >= 2 && (memcmp(p, "\xFF\xFE", 2) == 0 || memcmp(p, "\xFE\xFF", 2) == 0)) {
        if (!convert("UTF-16", p, *n, out))
            return err_set(e, RC_INVALID,
                           N_("{file} 以UTF-16开头,内容却不是;请另存为“CSV UTF-8”"), "file",
                           name);
        *ret_note = N_("原文件是UTF-16编码,已转换为UTF-8");
        *s = out->s;
        *n = out->n;
        return RC_OK;
    }
    bool bom = *n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0;
    if (bom) {
        *s += 3;
        *n -= 3;
        p = *s;
    }
    size_t good, bad, line, ch;
    size_t at = utf8_broken_at(p, *n, &good, &bad);
    if (at == *n)
        return RC_OK;
    if (!bom && bad > good && convert("GB18030", p, *n, out)) {
        *ret_note = N_("原文件是GBK编码,已转换为UTF-8");
        *s = out->s;
        *n = out->n;
        return RC_OK;
    }
    position(p, at, &line, &ch);
    return err_set(
        e, RC_INVALID,
        N_("{file} 第{line}行第{char}个字符不是有效的UTF-8(也不是GBK);请另存为“CSV UTF-8”再试"),
        "file", name, "line", number(a, line), "char", number(a, ch));
}

/* Rows */

struct reader {
    const char *name;
    const struct sheet_limits *limits;
    csv_row_fn fn;
    void *arg;
    const char **field;
    uint32_t *len;
    size_t cap, n, want; /* fields of this row; fields of the first */
    size_t row, line;
};

static const char text_nul[] =
    N_("{file} 第{line}行有空字符(U+0000),不是文本;请另存为“CSV UTF-8”再试");

static enum rc bad_row(const struct reader *rd, size_t line, const char *text, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    return err_set(e, RC_INVALID, text, "file", rd->name, "line", number(a, line));
}

static enum rc too_big(const struct reader *rd, size_t line, const char *text, size_t max,
                       struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    return err_set(e, RC_TOOBIG, text, "file", rd->name, "line", number(a, line), "max",
                   number(a, max));
}

/*
 * Whether a cell, behind any apostrophes, begins as a formula does: a spreadsheet program would
 * compute it when it opens the file, whoever wrote the text. Such a cell is written with one
 * apostrophe more, and read with one less.
 */
static bool begins_formula(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && s[i] == '\'')
        i++;
    return i < n && s[i] && strchr("=+-@\t\r", s[i]);
}

static enum rc add_field(struct reader *rd, const char *s, size_t n, struct err *e)
{
    if (n > 0 && s[0] == '\'' && begins_formula(s, n)) {
        s++;
        n--;
    }
    if (n > rd->limits->cell)
        return too_big(rd, rd->line, N_("{file} 第{line}行有一格超过{max}字节的上限"),
                       rd->limits->cell, e);
    if (rd->n == rd->cap) {
        if (rd->n >= rd->limits->cols)
            return too_big(rd, rd->line, N_("{file} 第{line}行超过{max}列的上限"),
                           rd->limits->cols, e);
        rd->cap = rd->cap ? rd->cap * 2 : 64;
        if (rd->cap > rd->limits->cols)
            rd->cap = rd->limits->cols;
        rd->field = mem_realloc(rd->field, rd->cap * sizeof(rd->field[0]));
        rd->len = mem_realloc(rd->len, rd->cap * sizeof(rd->len[0]));
    }
    rd->field[rd->n] = s;
    rd->len[rd->n++] = (uint32_t)n;
    return RC_OK;
}

static enum rc end_row(struct reader *rd, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = NULL;
    if (rd->row == 0)
        rd->want = rd->n;
    if (rd->n != rd->want) {
        a = arena_new();
        return err_set(e, RC_INVALID,
                       N_("{file} 第{line}行有{n}列,第一行有{want}列;各行的列数要相同"), "file",
                       rd->name, "line", number(a, rd->line), "n", number(a, rd->n), "want",
                       number(a, rd->want));
    }
    if (rd->row >= rd->limits->rows)
        return too_big(rd, rd->line, N_("{file} 第{line}行超过{max}行的上限"), rd->limits->rows,
                       e);
    struct csv_row row = {
        .row = rd->row++, .line = rd->line, .n = rd->n, .field = rd->field, .len = rd->len
    };
    rd->n = 0;
    return rd->fn(rd->arg, &row, e);
}

/*
 * A quoted field that starts behind its quote at s: undoubled in place. *ret_end is behind the
 * closing quote; *lines grows by the line ends inside.
 */
static enum rc quoted(struct reader *rd, char *s, char *end, char **ret_end, size_t *lines,
                      struct err *e)
{
    char *to = s, *p = s;
    for (;;) {
        char *q = memchr(p, '"', (size_t)(end - p));
        if (!q)
            return bad_row(rd, rd->line, N_("{file} 第{line}行有引号没有结束"), e);
        if (memchr(p, 0, (size_t)(q - p)))
            return bad_row(rd, rd->line + *lines, text_nul, e);
        for (char *c = p; c < q; c++)
            if (*c == '\n' || (*c == '\r' && c[1] != '\n'))
                (*lines)++;
        if (to != p)
            memmove(to, p, (size_t)(q - p));
        to += q - p;
        p = q + 1;
        if (p == end || *p != '"')
            break;
        *to++ = '"';
        p++;
    }
    if (p < end && *p != ',' && *p != '\n' && *p != '\r')
        return bad_row(rd, rd->line + *lines,
                       N_("{file} 第{line}行:结束的引号后面只能是逗号或换行"), e);
    enum rc rc = add_field(rd, s, (size_t)(to - s), e);
    if (rc != RC_OK)
        return rc;
    *ret_end = p;
    /* The NUL goes onto the closing quote or before it: never onto the separator that is still
     * to be read. */
    *to = 0;
    return RC_OK;
}

static enum rc rows(struct reader *rd, char *s, size_t n, struct err *e)
{
    static const bool stop[256] = { [','] = true, ['\n'] = true, ['\r'] = true, [0] = true };
    char *p = s, *end = s + n;
    size_t lines = 0; /* line ends inside the quoted fields of this row */
    rd->line = 1;
    while (p < end) {
        enum rc rc;
        char sep;
        if (*p == '"') {
            rc = quoted(rd, p + 1, end, &p, &lines, e);
        } else {
            char *from = p;
            /* s[n] is NUL, so the scan ends. */
            while (!stop[(unsigned char)*p])
                p++;
            if (*p == 0 && p < end)
                return bad_row(rd, rd->line, text_nul, e);
            bool blank = p == from && rd->n == 0 && (p == end || *p != ',');
            rc = blank ? RC_OK : add_field(rd, from, (size_t)(p - from), e);
        }
        if (rc != RC_OK)
            return rc;
        sep = p < end ? *p : 0;
        *p = 0;
        if (sep == ',') {
            p++;
            if (p < end)
                continue;
            /* A comma that ends the file has an empty field behind it. */
            rc = add_field(rd, p, 0, e);
            if (rc != RC_OK)
                return rc;
        }
        if (rd->n > 0) {
            rc = end_row(rd, e);
            if (rc != RC_OK)
                return rc;
        }
        if (sep == '\r' && p + 1 < end && p[1] == '\n')
            p++;
        if (p < end)
            p++;
        rd->line += lines + 1;
        lines = 0;
    }
    return RC_OK;
}

static enum rc each(const char *name, char *buf, size_t n, const struct sheet_limits *limits,
                    csv_row_fn fn, void *arg, const char **ret_note, struct str *converted,
                    struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = NULL;
    limits = limits ? limits : &sheet_limits_default;
    if (n > limits->bytes) {
        a = arena_new();
        return err_set(e, RC_TOOBIG, N_("{file} 超过{max}字节的上限"), "file", name, "max",
                       number(a, limits->bytes));
    }
    const char *note;
    enum rc rc = to_utf8(name, &buf, &n, converted, &note, e);
    if (rc != RC_OK)
        return rc;
    if (ret_note)
        *ret_note = note;
    struct reader rd = { .name = name, .limits = limits, .fn = fn, .arg = arg };
    rc = rows(&rd, buf, n, e);
    mem_freep(&rd.field);
    mem_freep(&rd.len);
    return rc;
}

enum rc csv_each(const char *name, char *buf, size_t n, const struct sheet_limits *limits,
                 csv_row_fn fn, void *arg, const char **ret_note, struct err *e)
{
    CLEANUP(str_done) struct str converted;
    str_init(&converted, NULL);
    return each(name, buf, n, limits, fn, arg, ret_note, &converted, e);
}

/* Tables */

struct builder {
    struct table *t;
    const struct sheet_limits *limits;
    size_t cap; /* rows there is room for */
};

static enum rc build_row(void *arg, const struct csv_row *row, struct err *e)
{
    struct builder *b = arg;
    struct table *t = b->t;
    CLEANUP(arena_freep) struct arena *a = NULL;
    t->cols = row->n;
    if (row->n > b->limits->cells / (t->rows + 1)) {
        a = arena_new();
        return err_set(e, RC_TOOBIG, N_("{file} 第{line}行超过{max}格的上限"), "file", t->file,
                       "line", number(a, row->line), "max", number(a, b->limits->cells));
    }
    if (t->rows == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 64;
        t->text = mem_realloc(t->text, b->cap * t->cols * sizeof(t->text[0]));
        t->line = mem_realloc(t->line, b->cap * sizeof(t->line[0]));
    }
    memcpy(t->text + t->rows * t->cols, row->field, t->cols * sizeof(t->text[0]));
    t->line[t->rows++] = (uint32_t)row->line;
    return RC_OK;
}

enum rc csv_read(struct arena *a, const char *name, struct bytes data,
                 const struct sheet_limits *limits, struct table **ret, struct err *e)
{
    struct table t = { .file = arena_strdup(a, name) };
    struct builder b = { .t = &t, .limits = limits ? limits : &sheet_limits_default };
    struct str converted;
    str_init(&converted, a);
    /* Fields point into this copy, or into the converted text: both live in a. */
    char *buf = arena_alloc(a, data.n + 1);
    if (data.n)
        memcpy(buf, data.p, data.n);
    enum rc rc = each(name, buf, data.n, b.limits, build_row, &b, &t.note, &converted, e);
    if (rc == RC_OK && t.rows == 0)
        rc = err_set(e, RC_INVALID, N_("{file} 是空的"), "file", name);
    if (rc == RC_OK) {
        struct table *out = arena_copy(a, &t, sizeof(t));
        out->text = arena_copy(a, t.text, t.rows * t.cols * sizeof(t.text[0]));
        out->line = arena_copy(a, t.line, t.rows * sizeof(t.line[0]));
        *ret = out;
    }
    mem_freep(&t.text);
    mem_freep(&t.line);
    return rc;
}

enum rc csv_read_file(struct arena *a, const char *path, const struct sheet_limits *limits,
                      struct table **ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *file = arena_new();
    struct bytes data;
    enum rc rc =
        file_read(file, path, (limits ? limits : &sheet_limits_default)->bytes, &data, e);
    if (rc != RC_OK)
        return rc;
    return csv_read(a, path, data, limits, ret, e);
}

/* -12.5e-3 and the like, which nothing can be hidden in. */
static bool is_number(const char *s)
{
    size_t n = strlen(s);
    return strspn(s, "0123456789.eE+-") == n && strpbrk(s, "0123456789");
}

void csv_write(struct str *out, const struct table *t, bool bom)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (bom)
        str_add(out, "\xEF\xBB\xBF");
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->cols; c++) {
            if (c)
                str_addc(out, ',');
            const char *s = table_text(t, r, c);
            /* A blank line would be skipped by readers: an empty row of one column is written
             * as "". */
            if (t->cols == 1 && !s[0])
                str_add(out, "\"\"");
            else if (begins_formula(s, strlen(s)) && !is_number(s))
                csv_text(out, arena_printf(a, "'%s", s));
            else
                csv_text(out, s);
        }
        str_addc(out, '\n');
    }
}
