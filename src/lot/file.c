/* The file a county publishes of a draw: blocks of lines parted by an empty line, each under
 * its name, so that a dozen lines of any language can read it. */
#include "base/clock.h"
#include "base/parse.h"
#include "lot/lot.h"

#include <string.h>

static const char head[] = "jingjian draw 1";

static void add_items(struct str *b, const char *name, const struct lot_item *items, size_t n)
{
    str_addf(b, "\n%s\n", name);
    for (size_t i = 0; i < n; i++)
        str_addf(b, "%s%s%s\n", items[i].stratum, *items[i].stratum ? "/" : "", items[i].code);
}

void lot_write(const struct lot *l, struct str *ret)
{
    str_addf(ret, "%s\n\nannouncement\n", head);
    lot_announcement(l, ret);
    add_items(ret, "list", l->items, l->n_items);
    if (!*l->seed)
        return;
    str_addf(ret, "\nseed\n%s\n", l->seed);
    add_items(ret, "result", l->drawn, l->n_drawn);
}

/* ---- reading ---- */

struct reading {
    struct arena *a;
    char *at, *end; /* every line feed is NUL once its line was read */
    size_t line;    /* of the line read last */
};

static enum rc wrong(const struct reading *r, const char *want, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    return err_set(e, RC_INVALID, N_("抽签文件第{line}行不对:这里应是{want_text}"), "line",
                   arena_printf(a, "%zu", r->line), "want_text", want);
}

/* The next line; NULL at the end. */
static char *next(struct reading *r)
{
    char *s = r->at, *stop = memchr(s, '\n', (size_t)(r->end - s));

    r->line++;
    if (s == r->end)
        return NULL;
    *stop = '\0'; /* there is one: the file's last byte is a line feed */
    r->at = stop + 1;
    return s;
}

/* An empty line, then the block's name. *ret_there: false at the end, where it may be missing.
 */
static enum rc block(struct reading *r, const char *name, bool needed, bool *ret_there,
                     struct err *e)
{
    const char *s = next(r);

    *ret_there = s != NULL;
    if (s == NULL && !needed)
        return RC_OK;
    if (s == NULL || *s)
        return wrong(r, N_("一个空行"), e);
    s = next(r);
    return s != NULL && str_eq(s, name) ? RC_OK : wrong(r, name, e);
}

static enum rc field(struct reading *r, const char *name, const char **ret, struct err *e)
{
    const char *s = next(r);
    size_t n = strlen(name);

    if (s == NULL || strncmp(s, name, n) != 0 || !str_starts(s + n, ": "))
        return wrong(r, name, e);
    *ret = s + n + 2;
    return RC_OK;
}

/* "take: A 3 of 40" */
static enum rc read_take(struct reading *r, const char *text, struct lot_take *ret,
                         struct err *e)
{
    size_t n;
    char **w = str_split(r->a, text, ' ', &n);
    int64_t k, of;
    CLEANUP(err_done) struct err quiet = { 0 };

    *ret = (struct lot_take){ .stratum = n == 4 ? w[0] : "" };
    if (n == 4)
        w++;
    if ((n != 3 && n != 4) || !str_eq(w[1], "of") ||
        parse_int64(w[0], 1, LOT_ITEMS_MAX, "", &k, &quiet) != RC_OK ||
        parse_int64(w[2], 1, LOT_ITEMS_MAX, "", &of, &quiet) != RC_OK)
        return wrong(r, "take: 5 of 40", e);
    ret->k = (size_t)k;
    ret->n = (size_t)of;
    return RC_OK;
}

static enum rc read_takes(struct reading *r, struct lot *l, struct err *e)
{
    l->takes = arena_array(r->a, LOT_TAKES_MAX, sizeof(*l->takes));
    while (l->n_takes < LOT_TAKES_MAX && str_starts(r->at, "take: ")) {
        const char *text;
        enum rc rc = field(r, "take", &text, e);
        if (rc == RC_OK)
            rc = read_take(r, text, &l->takes[l->n_takes++], e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static enum rc read_announcement(struct reading *r, struct lot *l, struct err *e)
{
    const char *at, *list;
    bool there;

    enum rc rc = block(r, "announcement", true, &there, e);
    if (rc == RC_OK)
        rc = field(r, "draw", &l->draw, e);
    if (rc == RC_OK)
        rc = field(r, "title", &l->title, e);
    if (rc == RC_OK)
        rc = field(r, "event", &l->event, e);
    if (rc == RC_OK)
        rc = field(r, "source", &l->source, e);
    if (rc == RC_OK)
        rc = field(r, "at", &at, e);
    if (rc == RC_OK)
        rc = time_parse(at, &l->at, e);
    if (rc == RC_OK)
        rc = read_takes(r, l, e);
    if (rc == RC_OK)
        rc = field(r, "list", &list, e);
    if (rc == RC_OK && !hex_decode(list, HASH_SIZE, l->list))
        return wrong(r, N_("list: 和64位十六进制数"), e);
    return rc;
}

static enum rc read_items(struct reading *r, struct lot_item **ret, size_t *ret_n,
                          struct err *e)
{
    size_t max = 0;

    for (const char *p = r->at; p < r->end && *p != '\n'; max++)
        p = (const char *)memchr(p, '\n', (size_t)(r->end - p)) + 1;
    if (max > LOT_ITEMS_MAX)
        return err_set(e, RC_TOOBIG, N_("抽签文件的名单超过{max}项"), "max",
                       arena_printf(r->a, "%d", LOT_ITEMS_MAX));
    *ret = arena_array(r->a, max + 1, sizeof(**ret));
    for (size_t i = 0; i < max; i++) {
        char *s = next(r), *stroke = strchr(s, '/');
        (*ret)[i] = (struct lot_item){ .stratum = "", .code = s };
        if (stroke != NULL) {
            *stroke = '\0';
            (*ret)[i] = (struct lot_item){ .stratum = s, .code = stroke + 1 };
        }
        if (!code_valid((*ret)[i].code) || (stroke != NULL && !code_valid(s)))
            return wrong(r, N_("一个编码,或 层/编码"), e);
    }
    *ret_n = max;
    return RC_OK;
}

static enum rc read_blocks(struct reading *r, struct lot *l, struct err *e)
{
    bool there;
    const char *s = next(r);

    if (s == NULL || !str_eq(s, head))
        return wrong(r, head, e);
    enum rc rc = read_announcement(r, l, e);
    if (rc == RC_OK)
        rc = block(r, "list", true, &there, e);
    if (rc == RC_OK)
        rc = read_items(r, &l->items, &l->n_items, e);
    if (rc == RC_OK)
        rc = block(r, "seed", false, &there, e);
    if (rc != RC_OK || !there)
        return rc;
    s = next(r);
    if (s == NULL || !*s)
        return wrong(r, N_("种子"), e);
    l->seed = s;
    rc = block(r, "result", true, &there, e);
    if (rc == RC_OK)
        rc = read_items(r, &l->drawn, &l->n_drawn, e);
    if (rc == RC_OK && next(r) != NULL)
        return wrong(r, N_("文件的末尾"), e);
    return rc;
}

/* The method is over the bytes of the file: what says the same in other bytes is not one. */
static enum rc one_spelling(const struct lot *l, struct bytes file, struct err *e)
{
    struct str b;
    size_t line = 1, i = 0;

    str_init(&b, NULL);
    lot_write(l, &b);
    for (; i < b.n && i < file.n && (uint8_t)b.s[i] == file.p[i]; i++)
        line += b.s[i] == '\n';
    bool same = i == b.n && i == file.n;
    str_done(&b);
    const struct reading r = { .line = line };
    return same ? RC_OK : wrong(&r, N_("标准的写法(docs/draw.md)"), e);
}

enum rc lot_parse(struct arena *a, struct bytes file, struct lot *ret, struct err *e)
{
    struct lot l = { .draw = "", .title = "", .event = "", .source = "", .seed = "" };

    if (file.n > LOT_FILE_MAX)
        return err_set(e, RC_TOOBIG, N_("抽签文件超过{max}"), "max", "4 MB");
    if (file.n == 0 || memchr(file.p, '\0', file.n) != NULL ||
        !utf8_valid((const char *)file.p, file.n) || file.p[file.n - 1] != '\n')
        return err_set(e, RC_INVALID,
                       N_("不是抽签文件:应是 UTF-8 文本,每行以换行结束,首行为 {head}"), "head",
                       head);
    char *copy = arena_strndup(a, (const char *)file.p, file.n);
    struct reading r = { .a = a, .at = copy, .end = copy + file.n };
    enum rc rc = read_blocks(&r, &l, e);
    if (rc == RC_OK)
        rc = one_spelling(&l, file, e);
    if (rc == RC_OK)
        *ret = l;
    return rc;
}
