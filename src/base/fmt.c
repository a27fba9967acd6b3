/* Numbers and dates for people. */
#include "base/fmt.h"

#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const MINUS = "\xE2\x88\x92"; /* U+2212 */
static const char *const NONE = "\xE2\x80\x94";  /* U+2014 */

/* "1234567.50" with thousands separators and a real minus sign. A negative zero is written as
 * zero. */
static const char *group(struct arena *a, const char *plain)
{
    bool negative = *plain == '-';
    plain += negative;
    if (negative && plain[strspn(plain, "0.")] == '\0')
        negative = false;
    size_t whole = strcspn(plain, ".");
    struct str b;
    str_init(&b, a);
    if (negative)
        str_add(&b, MINUS);
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            str_addc(&b, ',');
        str_addc(&b, plain[i]);
    }
    str_add(&b, plain + whole);
    return b.s;
}

const char *fmt_real(struct arena *a, double v, int decimals)
{
    if (!isfinite(v))
        return NONE;
    struct str b;
    str_init(&b, a);
    str_fixed(&b, v, (unsigned)decimals);
    return group(a, b.s);
}

const char *fmt_score(struct arena *a, double v)
{
    return fmt_real(a, v, 1);
}

const char *fmt_value(struct arena *a, double v)
{
    if (!isfinite(v))
        return NONE;
    struct str b;
    str_init(&b, a);
    str_fixed(&b, v, 4);
    char *s = b.s;
    size_t n = b.n;
    while (n > 0 && s[n - 1] == '0')
        s[--n] = '\0';
    if (n > 0 && s[n - 1] == '.')
        s[--n] = '\0';
    return group(a, s);
}

const char *fmt_change(struct arena *a, double v)
{
    const char *s = fmt_real(a, v, 1);
    bool positive = isfinite(v) && v > 0 && strcmp(s, "0.0") != 0;
    return positive ? arena_printf(a, "+%s", s) : s;
}

const char *fmt_percent(struct arena *a, double v)
{
    if (!isfinite(v))
        return NONE;
    return arena_printf(a, "%s%%", fmt_real(a, v * 100, 1));
}

const char *fmt_count(struct arena *a, int64_t v)
{
    struct str b;
    str_init(&b, a);
    str_int(&b, v);
    return group(a, b.s);
}

const char *fmt_yuan(struct arena *a, struct money m)
{
    uint64_t fen = m.fen < 0 ? 0 - (uint64_t)m.fen : (uint64_t)m.fen;
    return group(a, arena_printf(a, "%s%llu.%02u", m.fen < 0 ? "-" : "",
                                 (unsigned long long)(fen / 100), (unsigned)(fen % 100)));
}

/* One group of four digits: 6790 -> 陆仟柒佰玖拾. A gap inside is one 零. */
static void capital_group(struct str *b, unsigned v)
{
    static const char *const digit[] = { "零", "壹", "贰", "叁", "肆",
                                         "伍", "陆", "柒", "捌", "玖" };
    static const char *const unit[] = { "仟", "佰", "拾", "" };
    static const unsigned power[] = { 1000, 100, 10, 1 };
    bool begun = false, gap = false;
    for (int i = 0; i < 4; i++) {
        unsigned d = v / power[i] % 10;
        if (d == 0) {
            gap = begun;
            continue;
        }
        if (gap)
            str_add(b, digit[0]);
        str_add(b, digit[d]);
        str_add(b, unit[i]);
        begun = true;
        gap = false;
    }
}

/* 《支付结算办法》附一: 正确填写票据和结算凭证的基本规定. */
const char *fmt_yuan_capital(struct arena *a, struct money m)
{
    static const char *const digit[] = { "零", "壹", "贰", "叁", "肆",
                                         "伍", "陆", "柒", "捌", "玖" };
    static const char *const unit[] = { "亿亿", "万亿", "亿", "万", "" };
    struct str b;
    str_init(&b, a);
    uint64_t fen = m.fen < 0 ? 0 - (uint64_t)m.fen : (uint64_t)m.fen;
    uint64_t yuan = fen / 100;
    unsigned jiao = (unsigned)(fen / 10 % 10), last = (unsigned)(fen % 10);
    if (m.fen < 0)
        str_add(&b, "负");
    bool begun = false, gap = false;
    uint64_t scale = 10000000000000000u;
    for (size_t i = 0; i < COUNT(unit); i++, scale /= 10000) {
        unsigned g = (unsigned)(yuan / scale % 10000);
        if (g == 0) {
            gap = begun;
            continue;
        }
        if (begun && (gap || g < 1000))
            str_add(&b, digit[0]);
        capital_group(&b, g);
        /* 万亿 followed by a group of 亿 says 亿 once, there. */
        bool next_is_yi = i == 1 && yuan / 100000000 % 10000 != 0;
        str_add(&b, next_is_yi ? "万" : unit[i]);
        begun = true;
        gap = false;
    }
    if (begun)
        str_add(&b, "元");
    else if (fen == 0)
        str_add(&b, "零元");
    if (jiao == 0 && last == 0) {
        str_add(&b, "整");
        return b.s;
    }
    if (jiao) {
        str_add(&b, digit[jiao]);
        str_add(&b, "角");
    } else if (begun) {
        str_add(&b, digit[0]);
    }
    if (last) {
        str_add(&b, digit[last]);
        str_add(&b, "分");
    } else {
        str_add(&b, "整");
    }
    return b.s;
}

const char *fmt_time(struct arena *a, struct utime t)
{
    char out[TIME_TEXT];
    return t.us ? arena_strdup(a, time_local(t, out)) : NONE;
}

const char *fmt_date(struct arena *a, struct utime t)
{
    char out[PERIOD_TEXT];
    return t.us ? arena_strdup(a, day_code(time_day(t), out)) : NONE;
}

const char *fmt_ago(struct arena *a, struct utime t, struct utime now, enum lang lang)
{
    static const struct {
        int64_t us;
        const char *past, *future;
    } steps[] = {
        { (int64_t)86400 * 1000000, N_("{n}天前"), N_("{n}天后") },
        { (int64_t)3600 * 1000000, N_("{n}小时前"), N_("{n}小时后") },
        { (int64_t)60 * 1000000, N_("{n}分钟前"), N_("{n}分钟后") },
    };
    int64_t d = now.us - t.us;
    for (size_t i = 0; i < COUNT(steps); i++) {
        int64_t n = (d < 0 ? -d : d) / steps[i].us;
        if (n > 0)
            return text_fill(a, lang_text(lang, d < 0 ? steps[i].future : steps[i].past), "n",
                             arena_printf(a, "%lld", (long long)n), NULL);
    }
    return lang_text(lang, N_("刚刚"));
}

const char *fmt_bytes(struct arena *a, int64_t n)
{
    static const char *const unit[] = { "B", "KB", "MB", "GB", "TB" };
    double v = (double)n;
    size_t i = 0;
    for (; v >= 1000 && i + 1 < COUNT(unit); i++)
        v /= 1000;
    return arena_printf(a, i ? "%.1f %s" : "%.0f %s", v, unit[i]);
}

const char *fmt_exact(struct arena *a, double v)
{
    return isfinite(v) ? arena_printf(a, "%.17g", v) : "NA";
}
