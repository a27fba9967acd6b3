/*
 * What clients send, made into fields: urlencoded, multipart, JSON, cookies. Pure: bytes in,
 * fields out. Strict: text is UTF-8 without control characters; what is malformed is refused,
 * never guessed. Line ends of text become \n.
 */
#include "web/private.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

enum { NAME_MAX_BYTES = 128, PART_HEADERS_MAX = 4096, JSON_DEPTH_MAX = 32, COOKIES_MAX = 50 };

static enum rc add(struct arena *a, struct fields *f, const char *name, const char *value,
                   size_t n, struct err *e)
{
    if (f->n == f->max)
        return err_set(e, RC_TOOBIG, N_("字段超过 {max} 个"), "max",
                       arena_printf(a, "%zu", f->max));
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 16;
        f->v = arena_grow(a, f->v, f->cap * sizeof(*f->v), cap * sizeof(*f->v));
        f->cap = cap;
    }
    f->v[f->n++] = (struct field){ .name = name, .value = value, .n = n };
    return RC_OK;
}

const char *fields_get(const struct fields *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].name, name) == 0)
            return f->v[i].value;
    return NULL;
}

/* UTF-8 without control characters; \r\n and lone \r become \n in place. False when it is not
 * text. */
static bool text_clean(char *s, size_t *n)
{
    if (!utf8_valid(s, *n))
        return false;
    size_t k = 0;
    for (size_t i = 0; i < *n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\r') {
            if (i + 1 < *n && s[i + 1] == '\n')
                continue;
            c = '\n';
        }
        if ((c < ' ' && c != '\t' && c != '\n') || c == 0x7f)
            return false;
        s[k++] = (char)c;
    }
    s[k] = '\0';
    *n = k;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static char *decode(struct arena *a, const char *s, size_t n, bool plus, size_t *ret_n)
{
    char *out = arena_alloc(a, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '%') {
            int hi = i + 2 < n ? hex_digit(s[i + 1]) : -1,
                lo = i + 2 < n ? hex_digit(s[i + 2]) : -1;
            if (hi < 0 || lo < 0)
                return NULL;
            c = (char)(hi << 4 | lo);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[k++] = c;
    }
    if (!text_clean(out, &k))
        return NULL;
    *ret_n = k;
    return out;
}

char *url_decode(struct arena *a, const char *s, size_t n, bool plus)
{
    size_t len;
    return decode(a, s, n, plus, &len);
}

enum rc form_urlencoded(struct arena *a, const char *s, size_t n, struct fields *f,
                        struct err *e)
{
    const char *end = s + n;
    while (s < end) {
        const char *amp = memchr(s, '&', (size_t)(end - s)), *stop = amp ? amp : end;
        const char *eq = memchr(s, '=', (size_t)(stop - s));
        size_t name_n, value_n = 0;
        char *name = decode(a, s, (size_t)((eq ? eq : stop) - s), true, &name_n);
        char *value = eq ? decode(a, eq + 1, (size_t)(stop - eq - 1), true, &value_n)
                         : arena_strdup(a, "");
        if (!name || !value || name_n > NAME_MAX_BYTES)
            return err_set(e, RC_INVALID, N_("表单字段 {name} 不是有效的 UTF-8 文本"), "name",
                           name ? name : "?");
        if (stop > s) {
            enum rc rc = add(a, f, name, value, value_n, e);
            if (rc != RC_OK)
                return rc;
        }
        s = stop + 1;
    }
    return RC_OK;
}

char *media_type(struct arena *a, const char *content_type)
{
    size_t n = strcspn(content_type, "; \t,");
    char *type = arena_strndup(a, content_type, n);
    for (size_t i = 0; i < n; i++)
        type[i] = (char)tolower((unsigned char)type[i]);
    return type;
}

/* ---- multipart ---- */

/* The value of `; name=token` or `; name="quoted"` in a header. NULL when absent or malformed.
 */
static char *header_param(struct arena *a, const char *s, const char *name)
{
    size_t n = strlen(name);
    for (s += strcspn(s, ";"); *s == ';';) {
        s += 1 + strspn(s + 1, " \t");
        bool ours = strncasecmp(s, name, n) == 0 && s[n] == '=';
        s += strcspn(s, "=;\"");
        if (*s != '=') {
            s += strcspn(s, ";");
            continue;
        }
        s++;
        struct str v;
        str_init(&v, a);
        if (*s == '"') {
            for (s++; *s && *s != '"'; s++) {
                if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
                    s++;
                str_addc(&v, *s);
            }
            if (*s != '"')
                return NULL;
            s++;
        } else {
            size_t len = strcspn(s, "; \t");
            str_addn(&v, s, len);
            s += len;
        }
        if (ours)
            return v.s;
        s += strcspn(s, ";");
    }
    return NULL;
}

/* Browsers write a quote in a name as %22 and line ends as %0D%0A; nothing else is encoded. */
static void name_unescape(char *s)
{
    char *to = s;
    for (; *s; s++) {
        if (strncasecmp(s, "%22", 3) == 0) {
            *to++ = '"';
            s += 2;
        } else {
            *to++ = *s;
        }
    }
    *to = '\0';
}

static const char *without_folders(const char *s)
{
    const char *last = s;
    for (; *s; s++)
        if (*s == '/' || *s == '\\')
            last = s + 1;
    return last;
}

struct part {
    char *name, *filename, *type;
};

/* Headers of a part from s up to the empty line. Returns where its content begins, or NULL. */
static const char *part_headers(struct arena *a, const char *s, const char *end,
                                struct part *ret)
{
    const char *begin = s;
    *ret = (struct part){ 0 };
    for (;;) {
        size_t left = (size_t)(end - s);
        const char *line_end = left ? memmem(s, left, "\r\n", 2) : NULL;
        if (!line_end || line_end - begin > PART_HEADERS_MAX ||
            memchr(s, '\0', (size_t)(line_end - s)))
            return NULL;
        if (line_end == s)
            return s + 2;
        char *line = arena_strndup(a, s, (size_t)(line_end - s));
        char *colon = strchr(line, ':');
        if (!colon)
            return NULL;
        *colon = '\0';
        const char *value = colon + 1 + strspn(colon + 1, " \t");
        if (strcasecmp(line, "Content-Disposition") == 0) {
            if (ret->name || strncasecmp(value, "form-data", 9) != 0)
                return NULL;
            ret->name = header_param(a, value, "name");
            ret->filename = header_param(a, value, "filename");
        } else if (strcasecmp(line, "Content-Type") == 0) {
            ret->type = media_type(a, value);
        }
        s = line_end + 2;
    }
}

static bool name_valid(char *name)
{
    size_t n = name ? strlen(name) : 0;
    return n > 0 && n <= 2 * NAME_MAX_BYTES && text_clean(name, &n) && !strchr(name, '\n');
}

enum rc form_multipart(struct arena *a, const char *type, const char *s, size_t n,
                       struct fields *f, struct part_file *files, size_t max_files,
                       size_t *ret_n_files, struct err *e)
{
    const char *boundary = header_param(a, type, "boundary"), *begin = s, *end = s + n;
    *ret_n_files = 0;
    size_t b_n = boundary ? strlen(boundary) : 0;
    if (b_n == 0 || b_n > 70)
        return err_set(e, RC_INVALID, N_("multipart 表单缺少 boundary"));
    const char *mark = arena_printf(a, "\r\n--%s", boundary);
    size_t mark_n = b_n + 4;
    /* The first mark stands at the very beginning, without its line end. */
    if (n < mark_n - 2 || memcmp(s, mark + 2, mark_n - 2) != 0)
        return err_set(e, RC_INVALID, N_("multipart 表单没有从 boundary 开始"));
    s += mark_n - 2;
    while (end - s < 2 || memcmp(s, "--", 2) != 0) {
        struct part p;
        const char *content =
            end - s >= 2 && memcmp(s, "\r\n", 2) == 0 ? part_headers(a, s + 2, end, &p) : NULL;
        const char *stop =
                       content ? memmem(content, (size_t)(end - content), mark, mark_n) : NULL,
                   *next = stop ? stop + mark_n : NULL;
        /* An empty part may be short of its line end: the mark follows the headers at once. */
        if (content && (size_t)(end - content) >= mark_n - 2 &&
            memcmp(content - 2, mark, mark_n) == 0) {
            stop = content;
            next = content - 2 + mark_n;
        }
        if (!stop || !name_valid(p.name))
            return err_set(e, RC_INVALID, N_("multipart 表单第 {n} 部分不完整或没有名称"), "n",
                           arena_printf(a, "%zu", f->n + *ret_n_files + 1));
        size_t len = (size_t)(stop - content);
        name_unescape(p.name);
        if (p.filename) {
            name_unescape(p.filename);
            const char *base = without_folders(p.filename);
            char *clean = arena_strdup(a, base);
            if (len == 0 && !*clean) {
                s = next;
                continue; /* a file field in which nothing was chosen */
            }
            if (!name_valid(clean))
                return err_set(e, RC_INVALID,
                               N_("文件名不是有效的 UTF-8 文本,或为空,或超过 256 字节"));
            if (*ret_n_files == max_files)
                return err_set(e, RC_TOOBIG, N_("上传的文件超过 {max} 个"), "max",
                               arena_printf(a, "%zu", max_files));
            files[(*ret_n_files)++] =
                (struct part_file){ .field = p.name,
                                    .filename = clean,
                                    .type = p.type ? p.type : "application/octet-stream",
                                    .at = (size_t)(content - begin),
                                    .n = len };
        } else {
            char *value = arena_strndup(a, content, len);
            if (memchr(content, '\0', len) || !text_clean(value, &len))
                return err_set(e, RC_INVALID, N_("表单字段 {name} 不是有效的 UTF-8 文本"),
                               "name", p.name);
            enum rc rc = add(a, f, p.name, value, len, e);
            if (rc != RC_OK)
                return rc;
        }
        s = next;
    }
    return RC_OK;
}

/* ---- JSON ---- */

/* Nesting of brackets outside of strings: checked before parsing, since the parser recurses. */
static bool json_too_deep(const char *s, size_t n)
{
    int depth = 0;
    bool string = false;
    for (size_t i = 0; i < n; i++) {
        if (string && s[i] == '\\')
            i++;
        else if (s[i] == '"')
            string = !string;
        else if (!string && (s[i] == '{' || s[i] == '[') && ++depth > JSON_DEPTH_MAX)
            return true;
        else if (!string && (s[i] == '}' || s[i] == ']'))
            depth--;
    }
    return false;
}

/* A scalar as text. NULL for objects, lists and null. */
static const char *scalar(struct arena *a, const json_t *v)
{
    struct str b;
    switch (json_typeof(v)) {
    case JSON_STRING:
        return arena_strndup(a, json_string_value(v), json_string_length(v));
    case JSON_INTEGER:
        return arena_printf(a, "%lld", (long long)json_integer_value(v));
    case JSON_REAL:
        str_init(&b, a);
        json_num(&b, json_real_value(v));
        return b.s;
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NULL:
        break;
    }
    return NULL;
}

static enum rc json_field(struct arena *a, struct fields *f, const char *name, const json_t *v,
                          struct err *e)
{
    const char *text = scalar(a, v);
    if (!text)
        return RC_OK;
    char *clean = arena_strdup(a, text);
    size_t n = strlen(clean);
    if (!text_clean(clean, &n))
        return err_set(e, RC_INVALID, N_("表单字段 {name} 不是有效的 UTF-8 文本"), "name",
                       name);
    return add(a, f, arena_strdup(a, name), clean, n, e);
}

/* What jansson found, in words of ours. */
static const char *json_reason(const json_error_t *why)
{
    static const struct {
        enum json_error_code code;
        const char *text;
    } reasons[] = {
        { json_error_duplicate_key, N_("JSON 第 {line} 行第 {column} 列:同一个键写了两次") },
        { json_error_invalid_utf8,
          N_("JSON 第 {line} 行第 {column} 列:不是有效的 UTF-8 文本") },
        { json_error_premature_end_of_input,
          N_("JSON 第 {line} 行第 {column} 列:没有写完就结束了") },
        { json_error_end_of_input_expected,
          N_("JSON 第 {line} 行第 {column} 列:结束以后还有内容") },
        { json_error_null_character, N_("JSON 第 {line} 行第 {column} 列:不能有 U+0000") },
        { json_error_null_byte_in_key, N_("JSON 第 {line} 行第 {column} 列:不能有 U+0000") },
        { json_error_numeric_overflow, N_("JSON 第 {line} 行第 {column} 列:数字超出范围") },
    };
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (reasons[i].code == json_error_code(why))
            return reasons[i].text;
    return N_("JSON 第 {line} 行第 {column} 列写法不对: {why}");
}

enum rc form_json(struct arena *a, const char *s, size_t n, struct fields *f,
                  struct json_t **ret_json, struct err *e)
{
    json_error_t why;
    if (json_too_deep(s, n))
        return err_set(e, RC_INVALID, N_("JSON 嵌套超过 {max} 层"), "max",
                       arena_printf(a, "%d", JSON_DEPTH_MAX));
    json_t *j = json_loadb(s, n, JSON_REJECT_DUPLICATES, &why);
    if (!j)
        return err_set(e, RC_INVALID, json_reason(&why), "line",
                       arena_printf(a, "%d", why.line), "column",
                       arena_printf(a, "%d", why.column), "why", why.text);
    enum rc rc = RC_OK;
    if (!json_is_object(j))
        rc = err_set(e, RC_INVALID, N_("JSON 应为一个对象,如 {example}"), "example",
                     "{\"name\": \"value\"}");
    const char *name;
    json_t *v, *item;
    size_t i;
    json_object_foreach(j, name, v)
    {
        if (rc == RC_OK)
            rc = json_field(a, f, name, v, e);
        json_array_foreach(v, i, item)
        {
            if (rc == RC_OK)
                rc = json_field(a, f, name, item, e);
        }
    }
    if (rc != RC_OK) {
        json_decref(j);
        return rc;
    }
    *ret_json = j;
    return RC_OK;
}

/* ---- cookies ---- */

void form_cookies(struct arena *a, const char *header, struct fields *f)
{
    struct err e = { 0 };
    while (header && *header) {
        header += strspn(header, " \t;");
        size_t n = strcspn(header, ";"), name_n = strcspn(header, "=;");
        if (name_n < n) {
            const char *value = header + name_n + 1;
            size_t len = n - name_n - 1;
            while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
                len--;
            if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
                value++;
                len -= 2;
            }
            /* Too many: the rest is not ours. */
            bool text = utf8_valid(header, n);
            for (size_t i = 0; i < n; i++)
                text = text && (unsigned char)header[i] >= ' ' && header[i] != 0x7f;
            if (f->n < COOKIES_MAX && text)
                (void)add(a, f, arena_strndup(a, header, name_n), arena_strndup(a, value, len),
                          len, &e);
        }
        header += n;
    }
    err_done(&e);
}
