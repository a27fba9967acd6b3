/* Drawing, and checking what was drawn. The bytes are fixed in lot.h; nothing here may change
 * them. */
#include "lot/lot.h"

#include "base/clock.h"
#include "base/hmac.h"
#include "base/parse.h"

#include <stdlib.h>
#include <string.h>

static const char version_line[] = "jingjian draw 1\n";

static int stratum_cmp(const void *a, const void *b)
{
    return strcmp(((const struct lot_take *)a)->stratum, ((const struct lot_take *)b)->stratum);
}

/* As the lines sort: bytes of stratum/code, the stroke being one of them. */
static int item_cmp(const void *a, const void *b)
{
    const struct lot_item *x = a, *y = b;
    size_t n = strlen(x->stratum), m = strlen(y->stratum);
    size_t same = n < m ? n : m;
    int c = memcmp(x->stratum, y->stratum, same);

    if (c != 0)
        return c;
    if (n == m)
        return strcmp(x->code, y->code);
    /* The shorter one's stroke against the longer one's next byte. */
    return n < m ? '/' - (unsigned char)y->stratum[n] : (unsigned char)x->stratum[m] - '/';
}

static void item_line(const struct lot_item *i, struct str *ret)
{
    if (*i->stratum) {
        str_add(ret, i->stratum);
        str_addc(ret, '/');
    }
    str_add(ret, i->code);
}

void lot_list(const struct lot *l, struct str *ret)
{
    for (size_t i = 0; i < l->n_items; i++) {
        item_line(&l->items[i], ret);
        str_addc(ret, '\n');
    }
}

void lot_announcement(const struct lot *l, struct str *ret)
{
    char at[TIME_TEXT], hex[HASH_HEX];

    str_addf(ret, "draw: %s\ntitle: %s\nevent: %s\nsource: %s\nat: %s\n", l->draw, l->title,
             l->event, l->source, time_iso(l->at, at));
    for (size_t i = 0; i < l->n_takes; i++) {
        const struct lot_take *t = &l->takes[i];
        str_addf(ret, "take: %s%s%zu of %zu\n", t->stratum, *t->stratum ? " " : "", t->k, t->n);
    }
    str_addf(ret, "list: %s\n", hex_encode(l->list, HASH_SIZE, hex));
}

/* ---- preparing ---- */

static bool one_line(const char *s)
{
    size_t n = strlen(s);

    if (n == 0 || n > LOT_FIELD_MAX || s[0] == ' ' || s[n - 1] == ' ' || !utf8_valid(s, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
            return false;
    return true;
}

static enum rc check_texts(const struct lot *l, struct err *e)
{
    const struct {
        const char *name, *value;
    } texts[] = { { N_("抽什么、为什么抽"), l->title },
                  { N_("公开事件"), l->event },
                  { N_("结果在哪里公布"), l->source } };

    if (!code_valid(l->draw))
        return err_set(e, RC_INVALID, N_("抽签的编号「{code}」不对:应为字母、数字、- 和 _"),
                       "code", l->draw);
    for (size_t i = 0; i < COUNT(texts); i++)
        if (!one_line(texts[i].value))
            return err_set(e, RC_INVALID, N_("「{what_text}」要写,一行,不超过100个汉字"),
                           "what_text", texts[i].name);
    return RC_OK;
}

static enum rc check_items(struct lot *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    if (l->n_items == 0)
        return err_set(e, RC_INVALID, N_("名单是空的,没有可抽的"));
    if (l->n_items > LOT_ITEMS_MAX)
        return err_set(e, RC_TOOBIG, N_("名单有{n}项,最多{max}项"), "n",
                       arena_printf(a, "%zu", l->n_items), "max",
                       arena_printf(a, "%d", LOT_ITEMS_MAX));
    for (size_t i = 0; i < l->n_items; i++) {
        const struct lot_item *x = &l->items[i];
        if (!code_valid(x->code) || (*x->stratum && !code_valid(x->stratum)))
            return err_set(
                e, RC_INVALID, N_("名单里的「{code}」不是编码:应为字母、数字、- 和 _,最多64个"),
                "code", *x->stratum ? arena_printf(a, "%s/%s", x->stratum, x->code) : x->code);
        if (i > 0 && item_cmp(x - 1, x) == 0)
            return err_set(e, RC_INVALID, N_("「{code}」在名单里有两次,只能有一次"), "code",
                           x->code);
    }
    return RC_OK;
}

static struct lot_take *take_of(const struct lot *l, const char *stratum)
{
    const struct lot_take key = { .stratum = stratum };
    return bsearch(&key, l->takes, l->n_takes, sizeof(*l->takes), stratum_cmp);
}

static enum rc check_takes(struct lot *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    if (l->n_takes == 0 || l->n_takes > LOT_TAKES_MAX)
        return err_set(e, RC_INVALID, N_("要说明抽几个;分层的,每层说明一次,最多{max}层"), "max",
                       arena_printf(a, "%d", LOT_TAKES_MAX));
    qsort(l->takes, l->n_takes, sizeof(*l->takes), stratum_cmp);
    for (size_t i = 0; i < l->n_takes; i++) {
        l->takes[i].n = 0;
        if (i > 0 && stratum_cmp(&l->takes[i - 1], &l->takes[i]) == 0)
            return err_set(e, RC_INVALID, N_("层「{code}」说了两次抽几个"), "code",
                           l->takes[i].stratum);
    }
    for (size_t i = 0; i < l->n_items; i++) {
        struct lot_take *t = take_of(l, l->items[i].stratum);
        if (t == NULL)
            return err_set(e, RC_INVALID, N_("「{code}」在层「{stratum}」,没有说这一层抽几个"),
                           "code", l->items[i].code, "stratum", l->items[i].stratum);
        t->n++;
    }
    for (size_t i = 0; i < l->n_takes; i++) {
        const struct lot_take *t = &l->takes[i];
        if (t->k == 0 || t->k > t->n)
            return err_set(e, RC_INVALID, N_("名单{stratum}有{n}项,应抽1到{n}项,现为{k}"),
                           "stratum", t->stratum, "n", arena_printf(a, "%zu", t->n), "k",
                           arena_printf(a, "%zu", t->k));
    }
    return RC_OK;
}

static void list_digest(const struct lot *l, uint8_t ret[HASH_SIZE])
{
    struct str b;

    str_init(&b, NULL);
    lot_list(l, &b);
    sha256(b.s, b.n, ret);
    str_done(&b);
}

enum rc lot_prepare(struct lot *l, struct err *e)
{
    enum rc rc = check_texts(l, e);

    l->seed = "";
    l->drawn = NULL;
    l->n_drawn = 0;
    if (rc == RC_OK && l->n_items > 0)
        qsort(l->items, l->n_items, sizeof(*l->items), item_cmp);
    if (rc == RC_OK)
        rc = check_items(l, e);
    if (rc == RC_OK)
        rc = check_takes(l, e);
    if (rc == RC_OK)
        list_digest(l, l->list);
    return rc;
}

/* ---- the seed ---- */

/* Digits and letters of full width as their ASCII; others as they are. */
static uint32_t half_width(uint32_t cp)
{
    return cp >= 0xff01 && cp <= 0xff5e ? cp - 0xff01 + 0x21 : cp == 0x3000 ? ' ' : cp;
}

static bool is_digit_or_letter(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
}

/* What people write between numbers. */
static bool is_between(uint32_t cp)
{
    return cp == '\t' || cp == '\r' || cp == '\n' || (cp >= ' ' && cp < 0x7f) || cp == 0x3001 ||
           cp == 0x3002 || cp == 0xb7;
}

enum rc lot_seed(struct arena *a, const char *text, const char **ret, struct err *e)
{
    const char *end = text + strlen(text);
    size_t len, signs = 0;
    bool gap = false;
    struct str b;

    str_init(&b, a);
    for (const char *p = text; p < end; p += len) {
        uint32_t cp = half_width(utf8_next(p, end, &len));
        if (!is_digit_or_letter(cp)) {
            if (!is_between(cp))
                return err_set(e, RC_INVALID,
                               N_("种子「{text}」里有「{char}」:只写公布的数字和字母"), "text",
                               text, "char", arena_strndup(a, p, len));
            gap = b.n > 0;
            continue;
        }
        if (gap)
            str_addc(&b, ' ');
        gap = false;
        str_addc(&b, (char)(cp >= 'A' && cp <= 'Z' ? cp - 'A' + 'a' : cp));
        signs++;
    }
    if (signs < LOT_SEED_MIN || b.n > LOT_SEED_MAX)
        return err_set(e, RC_INVALID,
                       N_("种子「{text}」有{n}个数字和字母,应有{min}到{max}个:太少的话,"
                          "结果可以逐个试出来;请用号码多的公开事件,如双色球"),
                       "text", text, "n", arena_printf(a, "%zu", signs), "min",
                       arena_printf(a, "%d", LOT_SEED_MIN), "max",
                       arena_printf(a, "%d", LOT_SEED_MAX));
    *ret = b.s;
    return RC_OK;
}

/* ---- drawing ---- */

struct ticket {
    uint8_t v[HASH_SIZE];
    const struct lot_item *item;
};

static int ticket_cmp(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    int c = memcmp(x->v, y->v, HASH_SIZE);

    return c != 0 ? c : item_cmp(x->item, y->item);
}

static void draw_key(const struct lot *l, const char *seed, uint8_t ret[HASH_SIZE])
{
    struct str b;

    str_init(&b, NULL);
    str_add(&b, version_line);
    lot_announcement(l, &b);
    str_add(&b, seed);
    str_addc(&b, '\n');
    sha256(b.s, b.n, ret);
    str_done(&b);
}

/* Of a sorted list, one stratum's tickets after the other. */
static size_t draw_take(const struct lot *l, const struct lot_take *t,
                        const uint8_t key[HASH_SIZE], struct ticket *room, struct lot_item *ret)
{
    struct str line;
    size_t n = 0;

    str_init(&line, NULL);
    for (size_t i = 0; i < l->n_items; i++) {
        if (strcmp(l->items[i].stratum, t->stratum) != 0)
            continue;
        str_reset(&line);
        item_line(&l->items[i], &line);
        hmac_sha256(key, HASH_SIZE, line.s, line.n, room[n].v);
        room[n++].item = &l->items[i];
    }
    str_done(&line);
    qsort(room, n, sizeof(*room), ticket_cmp);
    for (size_t i = 0; i < t->k; i++)
        ret[i] = *room[i].item;
    return t->k;
}

enum rc lot_draw(struct arena *a, struct lot *l, const char *seed, struct err *e)
{
    const char *right;
    uint8_t key[HASH_SIZE];
    size_t n = 0, total = 0;

    enum rc rc = lot_seed(a, seed, &right, e);
    if (rc != RC_OK)
        return rc;
    if (!str_eq(seed, right))
        return err_set(e, RC_INVALID, N_("种子应写成「{right}」,现为「{text}」"), "right",
                       right, "text", seed);
    struct ticket *room = arena_array(a, l->n_items, sizeof(*room));
    for (size_t i = 0; i < l->n_takes; i++)
        total += l->takes[i].k;
    l->drawn = arena_array(a, total, sizeof(*l->drawn));
    draw_key(l, seed, key);
    for (size_t i = 0; i < l->n_takes; i++)
        n += draw_take(l, &l->takes[i], key, room, l->drawn + n);
    l->seed = right;
    l->n_drawn = n;
    return RC_OK;
}

/* ---- checking ---- */

static bool same_item(const struct lot_item *x, const struct lot_item *y)
{
    return item_cmp(x, y) == 0;
}

static enum rc differs(const struct lot *l, const struct lot *again, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    if (l->n_drawn != again->n_drawn)
        return err_set(e, RC_UNPROVEN, N_("结果有{n}项,公告说抽{k}项"), "n",
                       arena_printf(a, "%zu", l->n_drawn), "k",
                       arena_printf(a, "%zu", again->n_drawn));
    for (size_t i = 0; i < l->n_drawn; i++)
        if (!same_item(&l->drawn[i], &again->drawn[i]))
            return err_set(e, RC_UNPROVEN,
                           N_("结果第{i}项是「{have}」,按名单和种子重算应为「{want}」"), "i",
                           arena_printf(a, "%zu", i + 1), "have", l->drawn[i].code, "want",
                           again->drawn[i].code);
    return RC_OK;
}

enum rc lot_verify(struct arena *a, const struct lot *l, struct err *e)
{
    struct lot again = *l;

    again.items = arena_array(a, l->n_items + 1, sizeof(*l->items));
    again.takes = arena_array(a, l->n_takes + 1, sizeof(*l->takes));
    for (size_t i = 0; i < l->n_items; i++)
        again.items[i] = l->items[i];
    for (size_t i = 0; i < l->n_takes; i++)
        again.takes[i] = l->takes[i];
    enum rc rc = lot_prepare(&again, e);
    if (rc != RC_OK)
        return rc;
    if (memcmp(again.list, l->list, HASH_SIZE) != 0)
        return err_set(e, RC_UNPROVEN, N_("名单与公告里的名单摘要不符:公告以后,名单被改过"));
    for (size_t i = 0; i < l->n_items; i++)
        if (!same_item(&l->items[i], &again.items[i]))
            return err_set(e, RC_UNPROVEN, N_("名单没有按编码排好,从「{code}」起"), "code",
                           l->items[i].code);
    for (size_t i = 0; i < l->n_takes; i++)
        if (again.takes[i].n != l->takes[i].n ||
            !str_eq(again.takes[i].stratum, l->takes[i].stratum))
            return err_set(e, RC_UNPROVEN, N_("公告里抽几个的一行与名单不符(第{i}行)"), "i",
                           arena_printf(a, "%zu", i + 1));
    if (!*l->seed)
        return l->n_drawn == 0 ? RC_OK
                               : err_set(e, RC_UNPROVEN, N_("有结果,没有种子:不能核验"));
    rc = lot_draw(a, &again, l->seed, e);
    return rc == RC_OK ? differs(l, &again, e) : rc;
}
