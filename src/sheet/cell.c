/*
 * Cells as numbers. Nothing is guessed: what is not plainly a number is refused with its
 * reason, because a wrong number is worse than a question.
 */
#include "sheet/cell.h"

#include "base/parse.h"
#include "base/str.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* The ASCII character that stands for cp, cp itself when there is none. */
static uint32_t plain(uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return cp - 0xFEE0;
    if (cp == 0x3000 || cp == 0x00A0 || cp == 0x202F || cp == 0x2007)
        return ' ';
    if (cp == 0x2212 || cp == 0xFE63)
        return '-';
    return cp;
}

const char *cell_clean(struct arena *a, const char *text)
{
    bool same = text[0] != ' ' && (!text[0] || text[strlen(text) - 1] != ' ');
    const char *end = text + strlen(text);
    for (const char *p = text; p < end && same;) {
        size_t len;
        uint32_t cp = utf8_next(p, end, &len);
        same = plain(cp) == cp && cp != '\t' && cp != '\n' && cp != '\r';
        p += len;
    }
    if (same)
        return text;
    struct str b;
    str_init(&b, a);
    for (const char *p = text; p < end;) {
        size_t len;
        utf8_add(&b, plain(utf8_next(p, end, &len)));
        p += len;
    }
    size_t from = strspn(b.s, " \t\r\n"), n = b.n;
    while (n > from && strchr(" \t\r\n", b.s[n - 1]))
        n--;
    b.s[n] = 0;
    return b.s + from;
}

static bool one_of(const char *s, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(s, *words) == 0)
            return true;
    return false;
}

static int two(const char *s)
{
    return (s[0] - '0') * 10 + (s[1] - '0');
}

static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

/* Whether the commas of s stand where thousands are parted: 1,234,567.89 */
static bool thousands(const char *s)
{
    s += *s == '+' || *s == '-';
    size_t n = digits(s);
    if (n < 1 || n > 3)
        return false;
    s += n;
    while (*s == ',') {
        if (digits(s + 1) != 3)
            return false;
        s += 4;
    }
    if (*s == '.')
        s += 1 + digits(s + 1);
    return *s == 0;
}

/* 2026-9-30, 2026/9/30, 2026.9.30, 2026年9月… */
static bool date_like(const char *s)
{
    size_t n = digits(s);
    if (n != 4)
        return false;
    s += n;
    if (str_starts(s, "年"))
        return true;
    char sep = *s;
    if (!sep || !strchr("-/.", sep))
        return false;
    n = digits(s + 1);
    return (n == 1 || n == 2) && s[1 + n] == sep && digits(s + n + 2) > 0;
}

static const char *reason(const char *s)
{
    static const char *const endless[] = { "nan",  "+nan",     "-nan",      "inf",       "+inf",
                                           "-inf", "infinity", "+infinity", "-infinity", "∞",
                                           "-∞",   "+∞",       NULL };
    static const char zh_digits[] = "〇零一二三四五六七八九十百千万亿两";
    if (one_of(s, endless))
        return N_("“{text}”不是有限的数;没有数值请留空并写缺失原因");
    if (date_like(s))
        return N_("“{text}”是日期,这里要数字");
    size_t n = strspn(s, "+-0123456789.,");
    if (n > 0 && strchr("OoIl", s[n] ? s[n] : ' ') && s[n] &&
        !s[n + 1 + strspn(s + n + 1, "0123456789.,OoIl")])
        return N_("“{text}”不是数字:含有字母O或I,应为数字0或1");
    if (str_starts(s, "=") || str_starts(s, "@"))
        return N_("“{text}”是公式;请复制后选择“粘贴为数值”");
    if (n > 0 && !s[n])
        return strchr(s, ',') ? N_("“{text}”的千位分隔符位置不对;请去掉逗号")
                              : N_("“{text}”不是数字");
    if (n > 0 && (unsigned char)s[n] >= 0x80)
        return N_("“{text}”带有文字;这里只填数字,单位在表头");
    bool zh = *s != 0;
    for (const char *p = s; *p && zh; p += 3)
        zh = ((unsigned char)*p & 0xF0) == 0xE0 && strlen(p) >= 3 &&
             memmem(zh_digits, sizeof(zh_digits) - 1, p, 3);
    if (zh)
        return N_("“{text}”是中文数字;请写成阿拉伯数字");
    return N_("“{text}”不是数字");
}

struct cell_value cell_number(const char *text, enum cell_kind kind)
{
    static const char *const na[] = { "NA", "N/A", "#N/A", "-",  "--", "—",
                                      "——", "–",   "/",    "\\", NULL };
    switch (kind) {
    case CELL_DATE:
        return (struct cell_value){ .verdict = CELL_IS_WRONG,
                                    .why = N_("“{text}”是日期,这里要数字;请把格式改为“常规”") };
    case CELL_BOOL:
        return (struct cell_value){ .verdict = CELL_IS_WRONG,
                                    .why = N_("“{text}”是真假值,这里要数字") };
    case CELL_ERROR:
        return (struct cell_value){ .verdict = CELL_IS_WRONG,
                                    .why = N_("“{text}”是公式出错的结果;请改成数值") };
    case CELL_FORMULA:
        return (struct cell_value){
            .verdict = CELL_IS_WRONG,
            .why = N_("这一格是公式(结果“{text}”);请复制后选择“粘贴为数值”")
        };
    case CELL_EMPTY:
    case CELL_TEXT:
    case CELL_NUMBER:
    case CELL_PERCENT:
        break;
    }
    struct cell_value ret = { .verdict = CELL_IS_WRONG };
    /* The usual cell: ASCII digits and nothing else. */
    size_t n = strlen(text);
    if (n && parse_real_n(text, n, &ret.v)) {
        ret.verdict = CELL_IS_NUMBER;
        return ret;
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *s = arena_strdup(a, cell_clean(a, text));
    ret.converted =
        strspn(text, " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                     "abcdefghijklmnopqrstuvwxyz{|}~\t\r\n") != n;
    n = strlen(s);
    if (!n || one_of(s, na)) {
        ret.verdict = n ? CELL_IS_NA : CELL_IS_BLANK;
        ret.converted = false;
        return ret;
    }
    ret.why = NULL;
    bool percent = s[n - 1] == '%';
    if (percent) {
        do
            s[--n] = 0;
        while (n && s[n - 1] == ' ');
    }
    if (strchr(s, ',')) {
        if (!thousands(s)) {
            ret.why = reason(s);
            return ret;
        }
        char *to = s;
        for (const char *p = s; *p; p++)
            if (*p != ',')
                *to++ = *p;
        *to = 0;
        n = (size_t)(to - s);
    }
    if (!n || !parse_real_n(s, n, &ret.v)) {
        ret.v = 0;
        ret.why = reason(s);
        return ret;
    }
    ret.percent = percent;
    ret.verdict = CELL_IS_NUMBER;
    return ret;
}

/* Takes up to two digits, or one of the numerals 一 to 四, from *s; 0 when there are none. */
static int small_number(const char **s)
{
    static const char *const zh[] = { "一", "二", "三", "四" };
    for (size_t i = 0; i < COUNT(zh); i++)
        if (str_starts(*s, zh[i])) {
            *s += strlen(zh[i]);
            return (int)i + 1;
        }
    int v = 0;
    for (size_t n = digits(*s) > 2 ? 0 : digits(*s); n > 0; n--)
        v = v * 10 + (*(*s)++ - '0');
    return v;
}

static bool take(const char **s, const char *word)
{
    if (!str_starts(*s, word))
        return false;
    *s += strlen(word);
    return true;
}

/* Behind "2026年": nothing, 第三季度, 9月, 9月30日, 第38周. */
static struct period year_then(int year, const char *s)
{
    take(&s, "度");
    if (!*s)
        return period_of(PERIOD_YEAR, year, 1);
    take(&s, "第");
    int n = small_number(&s);
    if (take(&s, "季度") || take(&s, "季"))
        return *s ? (struct period){ 0 } : period_of(PERIOD_QUARTER, year, n);
    if (take(&s, "周"))
        return *s ? (struct period){ 0 } : period_of(PERIOD_WEEK, year, n);
    if (!take(&s, "月份") && !take(&s, "月"))
        return (struct period){ 0 };
    if (!*s)
        return period_of(PERIOD_MONTH, year, n);
    int day = small_number(&s);
    take(&s, "日");
    struct period month = period_of(PERIOD_MONTH, year, n);
    if (*s || day < 1 || !month.v || period_first_day(month) + day - 1 > period_last_day(month))
        return (struct period){ 0 };
    return period_at(PERIOD_DAY, period_first_day(month) + day - 1);
}

/* Behind "2026" and a separator: 9 or 9-30 (with the same one). */
static struct period month_then(int year, char sep, const char *s)
{
    if (digits(s) == 0)
        return (struct period){ 0 };
    int n = small_number(&s), day = 0;
    struct period month = period_of(PERIOD_MONTH, year, n);
    if (!*s || !month.v)
        return month;
    if (*s++ != sep || digits(s) == 0)
        return (struct period){ 0 };
    day = small_number(&s);
    if (str_starts(s, " ") && day) /* a date with a time */
        s = "";
    if (*s || day < 1 || period_first_day(month) + day - 1 > period_last_day(month))
        return (struct period){ 0 };
    return period_at(PERIOD_DAY, period_first_day(month) + day - 1);
}

bool cell_period(const char *text, struct period *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    if (period_parse(text, ret, &e) == RC_OK)
        return true;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *s = arena_strdup(a, cell_clean(a, text));
    for (char *p = s; *p; p++)
        if (*p == 'q' || *p == 'w')
            *p = (char)(*p - 'a' + 'A');
    if (period_parse(s, ret, &e) == RC_OK)
        return true;
    if (digits(s) != 4)
        return false;
    int year = two(s) * 100 + two(s + 2);
    struct period p = { 0 };
    if (str_starts(s + 4, "年"))
        p = year_then(year, s + 4 + strlen("年"));
    else if (s[4] && strchr("-/.", s[4]))
        p = month_then(year, s[4], s + 5);
    if (!p.v)
        return false;
    *ret = p;
    return true;
}
