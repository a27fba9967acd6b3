/*
 * Recognising personal lists. Numbers are recognised by their check digits, so that amounts and
 * codes of the same length are not taken for them: an 18-digit number passes by chance once in
 * eleven, with a date inside it once in some thousands.
 */
#include "monitor/personal.h"

#include "base/map.h"
#include "base/period.h"
#include "base/str.h"

#include <string.h>

enum { COLUMN_SAMPLE = 2000, NAMES_LEAST = 5 };

static size_t digit_run(const char *s)
{
    return strspn(s, "0123456789");
}

static int two(const char *s)
{
    return (s[0] - '0') * 10 + (s[1] - '0');
}

/* GB 11643: six digits of a place, a birthday, three digits, a check digit of ISO 7064 MOD
 * 11-2. */
static bool is_id18(const char *s)
{
    static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (s[i] - '0') * weight[i];
    char check = "10X98765432"[sum % 11];
    int year = two(s + 6) * 100 + two(s + 8), month = two(s + 10), day = two(s + 12);
    return s[0] >= '1' && s[0] <= '8' && year >= 1900 && year <= 2100 && month >= 1 &&
           month <= 12 && day >= 1 && day <= 31 &&
           (s[17] == check || (check == 'X' && s[17] == 'x'));
}

static bool luhn(const char *s, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = s[n - 1 - i] - '0';
        if (i % 2)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

/* What a number that stands alone is; n digits, s[n] may be the X of an identity number. */
static enum personal number_kind(const char *s, size_t n)
{
    if ((n == 18 || (n == 17 && (s[17] == 'X' || s[17] == 'x'))) && is_id18(s))
        return PERSONAL_ID;
    if (n == 13 && strncmp(s, "86", 2) == 0) {
        s += 2;
        n -= 2;
    }
    if (n == 11 && s[0] == '1' && s[1] >= '3' && s[1] <= '9')
        return PERSONAL_PHONE;
    bool union_pay = n >= 16 && n <= 19 && strncmp(s, "62", 2) == 0;
    if ((union_pay || (n == 16 && (s[0] == '4' || s[0] == '5'))) && luhn(s, n))
        return PERSONAL_CARD;
    return PERSONAL_NONE;
}

enum personal personal_cell(const char *s)
{
    char digits[24];
    size_t n = 0;
    for (s += *s == '+' || *s == '\''; *s; s++) {
        if (*s == ' ' || *s == '-' || *s == '\t')
            continue;
        if (n == sizeof(digits) - 1)
            return PERSONAL_NONE;
        digits[n++] = *s;
    }
    digits[n] = 0;
    size_t run = digit_run(digits);
    bool whole = run == n || (run == 17 && n == 18);
    return n >= 11 && whole ? number_kind(digits, run) : PERSONAL_NONE;
}

enum personal personal_in_text(const char *s)
{
    while (*s) {
        size_t n = digit_run(s);
        if (n >= 11) {
            enum personal p = number_kind(s, n);
            if (p != PERSONAL_NONE)
                return p;
        }
        s += n;
        s += *s != 0;
    }
    return PERSONAL_NONE;
}

static bool has(const char *s, const char *const *words)
{
    for (; *words; words++)
        if (strstr(s, *words))
            return true;
    return false;
}

/* A name of two to four Chinese characters that begins with a frequent surname, or has a dot as
 * names of minorities do. */
static bool name_like(const char *s)
{
    static const char surnames[] = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓"
                                   "曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
                                   "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙"
                                   "史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛"
                                   "樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘"
                                   "祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁"
                                   "冉骆蓝路游辛靳管柴蒙鲍华喻祁房蒲";
    size_t n = strlen(s);
    if (n < 6 || n > 12 || n % 3)
        return false;
    for (size_t i = 0; i < n; i += 3) /* Chinese characters are of three bytes */
        if (((unsigned char)s[i] & 0xF0) != 0xE0)
            return false;
    static const char offices[] = "镇乡村局办委区县市街道场站所院部心组会社馆厅处科室校队";
    return memmem(surnames, sizeof(surnames) - 1, s, 3) &&
           !memmem(offices, sizeof(offices) - 1, s + n - 3, 3);
}

struct counts {
    size_t filled, id, phone, card, name, distinct_names;
};

static struct counts count(const char *const *cell, size_t n)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map *names = map_new(a);
    struct counts c = { 0 };
    for (size_t i = 0; i < n && c.filled < COLUMN_SAMPLE; i++) {
        const char *s = str_trim(a, cell[i]);
        if (!s[0])
            continue;
        c.filled++;
        enum personal p = personal_cell(s);
        c.id += p == PERSONAL_ID;
        c.phone += p == PERSONAL_PHONE;
        c.card += p == PERSONAL_CARD;
        if (name_like(s)) {
            c.name++;
            c.distinct_names += map_add_index(names, s, i);
        }
    }
    return c;
}

enum personal personal_column(const char *head, const char *const *cell, size_t n)
{
    static const char *const phone[] = { "电话", "手机", "联系方式", "phone", "mobile", NULL };
    static const char *const card[] = { "银行卡", "卡号", "账号", "账户", "card", NULL };
    static const char *const name[] = { "姓名", "人名",     "当事人", "联系人",
                                        "户主", "被谈话人", NULL };
    static const char *const asks[] = { "身份证",   "公民身份", "证件号", "家庭住址",
                                        "出生日期", "出生年月", NULL };
    struct counts c = count(cell, n);
    if (c.filled == 0)
        return PERSONAL_NONE;
    if (c.id)
        return PERSONAL_ID;
    if (c.phone && (has(head, phone) || (c.phone >= 3 && c.phone * 2 > c.filled)))
        return PERSONAL_PHONE;
    if (c.card && (has(head, card) || (c.card >= 3 && c.card * 2 > c.filled)))
        return PERSONAL_CARD;
    /* Towns and villages have short names as well, but not one a row that begins with a
     * surname. */
    bool many = c.name >= NAMES_LEAST && c.name * 10 >= c.filled * 9 &&
                c.distinct_names * 5 >= c.name * 4;
    if (many || (c.name && has(head, name) && c.name * 2 > c.filled))
        return PERSONAL_NAME;
    return has(head, asks) || has(head, name) ? PERSONAL_HEAD : PERSONAL_NONE;
}

enum personal personal_table_column(const struct table *t, size_t head_row, size_t col)
{
    if (head_row >= t->rows)
        return PERSONAL_NONE;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n = t->rows - head_row - 1;
    n = n > COLUMN_SAMPLE * 4 ? COLUMN_SAMPLE * 4 : n;
    const char **cell = arena_array(a, n, sizeof(*cell));
    for (size_t i = 0; i < n; i++)
        cell[i] = table_text(t, head_row + 1 + i, col);
    return personal_column(table_text(t, head_row, col), cell, n);
}

const char *personal_why(enum personal p)
{
    switch (p) {
    case PERSONAL_NONE:
        return NULL;
    case PERSONAL_ID:
        return N_("看起来是身份证号码。");
    case PERSONAL_PHONE:
        return N_("看起来是手机号码。");
    case PERSONAL_CARD:
        return N_("看起来是银行卡号。");
    case PERSONAL_NAME:
        return N_("看起来是人员姓名。");
    case PERSONAL_HEAD:
        return N_("表头要的是个人信息。");
    }
    return NULL;
}
