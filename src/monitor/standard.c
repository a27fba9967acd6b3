/*
 * Reading scoring standards. The one idea: a standard is a list of clauses, each clause must
 * match one row of a table of patterns whole, and gives one fact; then the facts must fit
 * together into one of three forms. A pattern is text with # for a number, ~ for a few words
 * without digits, {a|b|} for alternatives.
 */
#include "monitor/standard.h"

#include "base/parse.h"
#include "base/str.h"
#include "sheet/cell.h"

#include <math.h>
#include <string.h>

enum { NUMBERS_MAX = 4, WORDS_BYTES_MAX = 60, CLAUSE_BYTES_MAX = 600 };

enum fact {
    FACT_FULL,         /* full points: # */
    FACT_FULL_AT_NONE, /* no event: full points, perhaps # */
    FACT_UPPER,        /* from #% on: full or # points */
    FACT_UPPER_ALL,    /* everything done: the same at 100 */
    FACT_BAND,         /* from # to #: # points */
    FACT_BELOW,        /* below #: nothing, or # points */
    FACT_LOW_FULL,     /* at most #: full or # points */
    FACT_NO_RISE,      /* not more than before: full points */
    FACT_ABOVE_NONE,   /* from # on: nothing */
    FACT_SHARE,        /* in proportion between the limits */
    FACT_RATE,         /* the rate times full points */
    FACT_UNDER,        /* below #%: what then comes in the next clause */
    FACT_UNDER_RATE,   /* below #%: the rate times full points */
    FACT_EACH,         /* each, or each # events: # points off */
    FACT_EACH_ONE,     /* # events: # points off, where # is 1 or agrees with it */
    FACT_EACH_ADD,     /* each, or each # events: # points more */
    FACT_EACH_LOWER,   /* each # percentage points lower: # points off */
    FACT_EACH_HIGHER,
    FACT_TO_ZERO,     /* not below 0 */
    FACT_CAP,         /* at most # points off */
    FACT_BONUS,       /* at most # points more */
    FACT_COUNT,       /* # events: # points */
    FACT_COUNT_NONE,  /* # events or more: nothing */
    FACT_ANY_NONE,    /* any event: nothing */
    FACT_VETO_IF,     /* # events or more: what then comes in the next clause */
    FACT_VETO_ANY_IF, /* any event: likewise */
    FACT_VETO_AT,     /* # events or more: veto */
    FACT_VETO_ANY_AT,
    FACT_VETO,     /* behind IF */
    FACT_VETO_CAP, /* target at most #% */
    FACT_VETO_ZERO,
    FACT_GROUPS,  /* only for ~ */
    FACT_NOTHING, /* says nothing about points */
};

static const struct {
    const char *pattern;
    enum fact fact;
} rules[] = {
    { "{本项|该项|此项|}{满分|分值|总分|标准分|基础分|基本分|权重}{为|是|计|:|}#分",
      FACT_FULL },
    { "{共|计|}#分{制|}", FACT_FULL },
    { "{没有|无|未发生|未出现|零发生|零报告|均无|不存在|没有发生|无此类情况}{~|}{的|}{得|计|记}"
      "{满分|基础分|}#分",
      FACT_FULL_AT_NONE },
    { "{没有|无|未发生|未出现|零发生|零报告|均无|不存在|没有发生|无此类情况}{~|}{的|}{得|计|记}"
      "满分",
      FACT_FULL_AT_NONE },
    { "{~|}{同比|较上年|较上期|}{下降|持平或下降|不上升|未上升|零增长|持平}{的|}{得|计|记}满分{"
      "#分|}",
      FACT_NO_RISE },
    { "{全部|全面|按时全部|如期全部}{~|}{完成|办结|落实|整改到位|到位|达标}{的|}{得|计|记}{"
      "满分#分|满分|#分}",
      FACT_UPPER_ALL },
    { "{~|}{不高于|不超过|不大于|控制在|≤}#{%|}{以内|以下|之内|}{的|}{得|计|记}{满分#分|满分|#"
      "分}",
      FACT_LOW_FULL },
    { "{~|}{低于|小于|<}#{%|}{的|}{得|计|记}{满分#分|满分}", FACT_LOW_FULL },
    { "{~|}#{%|}以下{的|}{得|计|记}{满分#分|满分}", FACT_LOW_FULL },
    { "{~|}{达到|达|为|在|≥|>=|不低于|不少于|高于|}#{%|}{及以上|以上|(含)以上|}{的|}{得|计|记}{"
      "满分#分|满分|#分}",
      FACT_UPPER },
    { "{~|}{在|}#{%|}{(含)|}{至|到|-|—|–}#{%|}{(不含)|(含)|}{之间|}{的|}{得|计|记}#分",
      FACT_BAND },
    { "#{%|}{≤|<|<=}~{≤|<|<=}#{%|}{的|}{得|计|记}#分", FACT_BAND },
    { "{~|}{低于|不足|未达到|未达|小于|达不到|<}#{%|}{的|}{不得分|不计分|得0分|计0分|记0分}",
      FACT_BELOW },
    { "{~|}{在|}#{%|}以下{的|}{不得分|不计分|得0分|计0分|记0分}", FACT_BELOW },
    { "{~|}{低于|不足|未达到|未达|小于|达不到|<}#{%|}{的|}{得|计|记}#分", FACT_BELOW },
    { "{~|}{在|}#{%|}以下{的|}{得|计|记}#分", FACT_BELOW },
    { "{~|}{高于|超过|大于|达到|达|>|≥|}#%{及以上|以上|}{的|}{不得分|不计分|得0分|计0分|记0分}",
      FACT_ABOVE_NONE },
    { "{~|}{之间|其间|中间|区间内|介于两者之间}{的|}{按比例|按比例得分|按比例计分|按比例折算|"
      "按比例折算得分|按比例计算|按比例计算得分|"
      "按实际比例计分|线性计分}",
      FACT_SHARE },
    { "{其余|其他|}{按|按照|根据|以}{实际|}{完成率|完成比例|比例|百分比|完成百分比|落实率|"
      "办结率|达标率}{折算|计算|}{得分|计分|记分|计算得分|}",
      FACT_RATE },
    { "{按|按照|以}{实际|}~率{×|*|x|X|乘以}{#分|#|分值|满分|权重|本项分值}{计分|得分|计算得分|"
      "}",
      FACT_RATE },
    { "{实际|}得分=~率{×|*|x|X|乘以}{#分|#|分值|满分|权重|本项分值}", FACT_RATE },
    { "{实际|}得分=~/~{×|*|x|X|乘以}{#分|#|分值|满分|权重|本项分值}", FACT_RATE },
    { "{~|}{低于|未达到|未达|不足|达不到|小于|<}#{%|}{的|}按比例{得分|计分|折算|}",
      FACT_UNDER_RATE },
    { "{~|}{低于|未达到|未达|不足|达不到}#%的", FACT_UNDER },
    { "每{降低|下降|低于|低|少|减少|落后|低于目标}{目标|目标值|}#{个百分点|%|个点}{的|}{扣|"
      "扣减|扣除|减}#分",
      FACT_EACH_LOWER },
    { "每{升高|上升|高出|高于|超过|超出|增加|超|高}{目标|目标值|}#{个百分点|%|个点}{的|}{扣|"
      "扣减|扣除|减}#分",
      FACT_EACH_HIGHER },
    { "每{少|差}#~{的|}{扣|扣减|扣除|减}#分", FACT_EACH_LOWER }, /* of 次, of 项: no event */
    { "{每|凡}{~|}#~{的|}{扣|扣减|扣除|减}#分", FACT_EACH },
    { "{~的|}每#~{扣|扣减|扣除|减}#分", FACT_EACH },
    { "{~的|}每~#~{扣|扣减|扣除|减}#分", FACT_EACH },
    { "{~的|}每~{扣|扣减|扣除|减}#分", FACT_EACH },
    { "{~|}#~{的|}{扣|扣减|扣除|减}#分", FACT_EACH_ONE },
    { "每{~|}#~{的|}{加|加计|奖励|另加}#分", FACT_EACH_ADD },
    { "每~{加|加计|奖励|另加}#分", FACT_EACH_ADD },
    { "{直至|}扣完{本项|该项|所有|全部|}{分值|分|满分|}为止", FACT_TO_ZERO },
    { "{扣完即止|不倒扣|不计负分|不得负分|扣至0分为止|扣到0分为止|最低得0分|最低计0分|最低0分}",
      FACT_TO_ZERO },
    { "{累计|合计|}{最多|最高|至多|上限|不超过}{累计|}{扣|扣减|扣除}#分{为止|封顶|}",
      FACT_CAP },
    { "{累计|合计|}扣分{最多|最高|上限|不超过|以}{为|}#分{为限|为上限|封顶|}", FACT_CAP },
    { "{累计|合计|}{最多|最高|至多}{累计|}{加|加计|奖励}#分{为止|封顶|}", FACT_BONUS },
    { "{累计|合计|}加分{最多|最高|上限|不超过|以}{为|}#分{为限|为上限|封顶|}", FACT_BONUS },
    { "{发生|出现|有|}#{起|件|次|人|人次|项|个|例|宗|户|笔|张|条}{的|}{得|计|记}#分",
      FACT_COUNT },
    { "{发生|出现|有|}#{起|件|次|人|人次|项|个|例|宗|户|笔|张|条}{及以上|以上|或以上}{的|}{"
      "不得分|不计分|得0分}",
      FACT_COUNT_NONE },
    { "{发生|出现|有|存在}{~|}{的|}{不得分|不计分|得0分}", FACT_ANY_NONE },
    { "{发生|出现|有|查实|存在}{~|}#~{及以上|以上|}{的|}{实行|}一票否决", FACT_VETO_AT },
    { "{发生|出现|有|查实|存在}{~|}#{起|件|次|人|人次|项|个|例|宗|户|笔|张|条}{~|}{及以上|以上|"
      "}的",
      FACT_VETO_IF },
    { "{发生|出现|有|查实|存在|凡发生|凡有}~的{实行|}一票否决", FACT_VETO_ANY_AT },
    { "{发生|出现|有|查实|存在|凡发生|凡有}~的", FACT_VETO_ANY_IF },
    { "{实行|予以|}一票否决{制|}", FACT_VETO },
    { "“~”{的|}{得分|}{不超过|最高得|不高于|最高}#%", FACT_VETO_CAP },
    { "“~”{的|}{不得分|得0分|计0分|记0分}", FACT_VETO_ZERO },
    { "{本项|该项|此项|该指标|本指标|上级指标}{不得分|得0分|计0分|记0分}", FACT_VETO_ZERO },
    { "{本项|该项|此项|该指标|本指标|上级指标}{得分|}{不超过|最高得|不高于|最高}#%",
      FACT_VETO_CAP },
    { "{只|仅}{考核|适用于|适用|评价}~", FACT_GROUPS },
    { "以~为准", FACT_NOTHING },
    { "{按月|按季|按季度|按年|年底|每季度|每月|每年}{统计|考核|计分|汇总}", FACT_NOTHING },
};

/* Matching */

struct match {
    const char *end;
    double number[NUMBERS_MAX];
    size_t n;
    bool percent;
    const char *words; /* the last ~ that matched something */
    size_t words_n;
};

/* A number at s, in digits or as one Chinese numeral up to ten; its length, 0 when there is
 * none. */
static size_t number_at(const char *s, const char *end, double *ret)
{
    static const char *const zh[] = {
        "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"
    };
    size_t n = strspn(s, "0123456789.");
    n = n > (size_t)(end - s) ? (size_t)(end - s) : n;
    if (n && s[0] != '.' && parse_real_n(s, n, ret))
        return n;
    for (size_t i = 0; i < COUNT(zh); i++)
        if ((size_t)(end - s) >= 3 && memcmp(s, zh[i], 3) == 0) {
            *ret = (double)i + 1;
            return 3;
        }
    *ret = 2;
    return (size_t)(end - s) >= 3 && memcmp(s, "两", 3) == 0 ? 3 : 0;
}

static bool match_at(const char *p, const char *s, struct match *m);

/* The alternative from p to its | or }, then what follows the group. */
static bool match_group(const char *p, const char *s, struct match *m)
{
    int depth = 1;
    const char *close = p;
    for (; depth; close++)
        depth += *close == '{' ? 1 : *close == '}' ? -1 : 0;
    while (p < close) {
        const char *bar = p + strcspn(p, "|}");
        char one[CLAUSE_BYTES_MAX];
        size_t n = (size_t)(bar - p), rest = strlen(close);
        if (n + rest < sizeof(one)) {
            memcpy(one, p, n);
            memcpy(one + n, close, rest + 1);
            struct match try = *m;
            if (match_at(one, s, &try)) {
                *m = try;
                return true;
            }
        }
        p = bar + 1;
    }
    return false;
}

/* A few words without digits and percent signs, the shortest that lets the rest match. */
static bool match_words(const char *p, const char *s, struct match *m)
{
    for (size_t n = 0; s + n < m->end && n <= WORDS_BYTES_MAX &&
                       !(s[n] >= '0' && s[n] <= '9') && s[n] != '%';) {
        size_t len;
        (void)utf8_next(s + n, m->end, &len); /* only its length matters */
        n += len;
        struct match try = *m;
        try.words = s;
        try.words_n = n;
        if (match_at(p, s + n, &try)) {
            *m = try;
            return true;
        }
    }
    return false;
}

/* Whether all of s up to m->end matches p. */
static bool match_at(const char *p, const char *s, struct match *m)
{
    while (*p) {
        if (*p == '{')
            return match_group(p + 1, s, m);
        if (*p == '~')
            return match_words(p + 1, s, m);
        if (*p == '#') {
            double v;
            size_t n = number_at(s, m->end, &v);
            if (!n || m->n == NUMBERS_MAX)
                return false;
            m->number[m->n++] = v;
            s += n;
            p++;
            continue;
        }
        if (s >= m->end || *s != *p)
            return false;
        m->percent = m->percent || *s == '%';
        s++;
        p++;
    }
    return s == m->end;
}

/* Facts */

struct facts {
    double full, each, each_add, lower, higher, cap, bonus, below, below_points, low_full,
        above_none, none_points;
    struct standard_step band[STANDARD_STEPS_MAX];
    size_t n_band;
    double upper[STANDARD_STEPS_MAX], upper_points[STANDARD_STEPS_MAX]; /* points NaN: full */
    size_t n_upper;
    double count[STANDARD_STEPS_MAX], count_points[STANDARD_STEPS_MAX];
    size_t n_count;
    double under;
    bool share, rate, all, to_zero, at_none, veto;
    size_t contradictions; /* the same thing said twice, differently */
};

static void set_once(struct facts *f, double *to, double v)
{
    f->contradictions += *to == *to && *to != v;
    *to = v;
}

/* Points off or more for each; 每0次 and 扣0分 say nothing. */
static void set_each(struct facts *f, double *to, double events, double points)
{
    if (events > 0 && points > 0)
        set_once(f, to, points / events);
    else
        f->contradictions++;
}

static void add_step(double *at, double *points, size_t *n, double x, double p, struct facts *f)
{
    if (*n == STANDARD_STEPS_MAX) {
        f->contradictions++;
        return;
    }
    at[*n] = x;
    points[(*n)++] = p;
}

static void take_fact(struct arena *a, struct standard *s, struct facts *f, enum fact fact,
                      const struct match *m)
{
    double x = m->n > 0 ? m->number[0] : NAN, y = m->n > 1 ? m->number[1] : NAN;
    const char *words = m->words_n ? arena_strndup(a, m->words, m->words_n) : "";
    s->percent = s->percent || m->percent;
    switch (fact) {
    case FACT_FULL:
        set_once(f, &f->full, x);
        break;
    case FACT_FULL_AT_NONE:
        f->at_none = true;
        f->none_points = x;
        if (m->n)
            set_once(f, &f->full, x);
        break;
    case FACT_UPPER:
        add_step(f->upper, f->upper_points, &f->n_upper, x, y, f);
        break;
    case FACT_UPPER_ALL:
        f->all = true;
        if (m->n)
            set_once(f, &f->full, x);
        break;
    case FACT_BAND:
        if (f->n_band < STANDARD_STEPS_MAX && m->n == 3 && x < y)
            f->band[f->n_band++] = (struct standard_step){ x, m->number[2] };
        else
            f->contradictions++;
        break;
    case FACT_BELOW:
        set_once(f, &f->below, x);
        f->below_points = m->n > 1 ? y : 0;
        break;
    case FACT_LOW_FULL:
        set_once(f, &f->low_full, x);
        if (m->n > 1)
            set_once(f, &f->full, y);
        break;
    case FACT_NO_RISE:
        set_once(f, &f->low_full, 0);
        if (m->n)
            set_once(f, &f->full, x);
        break;
    case FACT_ABOVE_NONE:
        set_once(f, &f->above_none, x);
        break;
    case FACT_SHARE:
        f->share = true;
        break;
    case FACT_RATE:
        f->rate = true;
        if (m->n)
            set_once(f, &f->full, x);
        break;
    case FACT_UNDER:
    case FACT_UNDER_RATE:
        set_once(f, &f->under, x);
        f->rate = f->rate || fact == FACT_UNDER_RATE;
        break;
    case FACT_EACH_ONE:
        /* 发生2起扣4分 says nothing new behind 发生1起扣2分, and nothing certain alone. */
        if (x == 1)
            set_each(f, &f->each, 1, y);
        else
            f->contradictions += !(f->each == y / x);
        s->event = words;
        break;
    case FACT_EACH:
    case FACT_EACH_ADD:
        set_each(f, fact == FACT_EACH ? &f->each : &f->each_add, m->n > 1 ? x : 1,
                 m->n > 1 ? y : x);
        s->event = words;
        break;
    case FACT_EACH_LOWER:
        set_each(f, &f->lower, x, y);
        break;
    case FACT_EACH_HIGHER:
        set_each(f, &f->higher, x, y);
        break;
    case FACT_TO_ZERO:
        f->to_zero = true;
        break;
    case FACT_CAP:
        set_once(f, &f->cap, x);
        break;
    case FACT_BONUS:
        set_once(f, &f->bonus, x);
        break;
    case FACT_COUNT:
        add_step(f->count, f->count_points, &f->n_count, x, y, f);
        break;
    case FACT_COUNT_NONE:
        add_step(f->count, f->count_points, &f->n_count, x, 0, f);
        break;
    case FACT_ANY_NONE:
        add_step(f->count, f->count_points, &f->n_count, 1, 0, f);
        break;
    case FACT_VETO_IF:
    case FACT_VETO_AT:
        s->veto.limit = x;
        s->veto.there = s->veto.there || fact == FACT_VETO_AT;
        break;
    case FACT_VETO_ANY_IF:
    case FACT_VETO_ANY_AT:
        s->veto.limit = 1;
        s->veto.there = s->veto.there || fact == FACT_VETO_ANY_AT;
        break;
    case FACT_VETO:
        s->veto.there = true;
        break;
    case FACT_VETO_CAP:
        s->veto.cap = x;
        s->veto.target = words;
        break;
    case FACT_VETO_ZERO:
        s->veto.cap = 0;
        s->veto.target = words;
        break;
    case FACT_GROUPS:
        s->groups = words;
        break;
    case FACT_NOTHING:
        break;
    }
    f->veto = f->veto || (fact >= FACT_VETO_IF && fact <= FACT_VETO_ZERO);
}

/* Clauses */

static bool read_clause(struct arena *a, struct standard *s, struct facts *f, const char *from,
                        const char *end)
{
    if (end - from > CLAUSE_BYTES_MAX)
        return false;
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct match m = { .end = end };
        if (match_at(rules[i].pattern, from, &m)) {
            take_fact(a, s, f, rules[i].fact, &m);
            return true;
        }
    }
    return false;
}

/* Numbers of a list before a clause: 1. ① (1) 一、 */
static const char *skip_bullet(const char *s)
{
    static const char *const round[] = { "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨" };
    for (size_t i = 0; i < COUNT(round); i++)
        if (str_starts(s, round[i]))
            return s + strlen(round[i]);
    if (s[0] >= '1' && s[0] <= '9' && (s[1] == '.' || str_starts(s + 1, "、")) &&
        !(s[2] >= '0' && s[2] <= '9'))
        return s + (s[1] == '.' ? 2 : 1 + strlen("、"));
    if (s[0] == '(' && s[1] >= '1' && s[1] <= '9' && s[2] == ')')
        return s + 3;
    return s;
}

/* The clause's end: a comma (not inside a number), semicolon, full stop, line end, or a bracket
 * that opens a remark. */
static const char *clause_end(const char *s)
{
    const char *p = s;
    for (; *p; p++) {
        if (*p == ',' &&
            !(p > s && p[-1] >= '0' && p[-1] <= '9' && strspn(p + 1, "0123456789") == 3))
            return p;
        if (*p == ';' || *p == '\n' || str_starts(p, "。"))
            return p;
        if (*p == '(' && !str_starts(p, "(含)") && !str_starts(p, "(不含)"))
            return p;
        if (*p == ')' && !(p - s >= 3 && (memcmp(p - 3, "含", 3) == 0)))
            return p;
    }
    return p;
}

/* 被通报批评的,每次扣1分: a condition and what follows it are one. The end of both, NULL when
 * they do not match. */
static const char *join_clause(struct arena *a, struct standard *s, struct facts *f,
                               const char *from, const char *end)
{
    size_t n = (size_t)(end - from), tail = strlen("的");
    if (*end != ',' || n < tail || memcmp(end - tail, "的", tail) != 0)
        return NULL;
    const char *second = clause_end(end + 1);
    const char *both =
        arena_printf(a, "%.*s%.*s", (int)n, from, (int)(second - end - 1), end + 1);
    return read_clause(a, s, f, both, both + strlen(both)) ? second : NULL;
}

static void read_clauses(struct arena *a, const char *text, struct standard *s, struct facts *f)
{
    const char *p = text;
    while (*p) {
        p = skip_bullet(p);
        const char *end = clause_end(p);
        const char *joined_end = join_clause(a, s, f, p, end);
        if (joined_end)
            end = joined_end;
        else if (end > p && !read_clause(a, s, f, p, end) && !s->rest[0])
            s->rest = arena_strndup(a, p, (size_t)(end - p));
        if (!*end)
            break;
        size_t len;
        (void)utf8_next(end, end + strlen(end), &len); /* one separator, of whatever length */
        p = end + len;
    }
}

/* Fitting together */

static int step_order(const struct standard_step *a, const struct standard_step *b)
{
    return a->from < b->from ? -1 : a->from > b->from;
}

static bool push(struct standard *s, double from, double points)
{
    if (s->n_steps == STANDARD_STEPS_MAX || !isfinite(from) || !isfinite(points))
        return false;
    size_t i = s->n_steps++;
    struct standard_step step = { from, points };
    for (; i > 0 && step_order(&s->step[i - 1], &step) > 0; i--)
        s->step[i] = s->step[i - 1];
    s->step[i] = step;
    return i == 0 || s->step[i - 1].from < from;
}

/* Bands by rate: 95%以上得1分, 85%至95%得0.8分, 70%以下不得分. */
static const char *fit_bands(struct standard *s, const struct facts *f)
{
    s->kind = STANDARD_STEPS;
    bool ok = true;
    for (size_t i = 0; i < f->n_upper; i++)
        ok = push(s, f->upper[i],
                  f->upper_points[i] == f->upper_points[i] ? f->upper_points[i] : s->full) &&
             ok;
    for (size_t i = 0; i < f->n_band; i++)
        ok = push(s, f->band[i].from, f->band[i].points) && ok;
    double lowest = s->n_steps ? s->step[0].from : NAN;
    /* What is below the last band must be said, and said without a gap. */
    if (f->below == f->below && f->below != lowest)
        return N_("各档之间有空隙");
    if (lowest > 0)
        ok = push(s, 0, f->below == f->below ? f->below_points : 0) && ok;
    for (size_t i = 1; i < s->n_steps; i++)
        ok = ok && s->step[i].points >= s->step[i - 1].points;
    s->direction = 1;
    if (f->share || f->each == f->each || f->lower == f->lower)
        return N_("既有分档又有按比例或扣分");
    return ok ? NULL : N_("各档的起点或分数不合顺序");
}

/* Steps by count: 1起得5分, 2起得3分, 3起以上不得分. */
static const char *fit_counts(struct standard *s, const struct facts *f)
{
    s->kind = STANDARD_STEPS;
    s->direction = -1;
    bool ok = true, zero = false;
    for (size_t i = 0; i < f->n_count; i++) {
        ok = push(s, f->count[i], f->count_points[i]) && ok;
        zero = zero || f->count[i] == 0;
    }
    if (!zero)
        ok = push(s, 0, s->full) && ok;
    for (size_t i = 1; i < s->n_steps; i++)
        ok = ok && s->step[i].points <= s->step[i - 1].points;
    return ok ? NULL : N_("各档的起点或分数不合顺序");
}

/* 发生1起扣2分, 2起及以上不得分. */
static const char *fit_each_counts(struct standard *s, const struct facts *f)
{
    double none = NAN;
    for (size_t i = 0; i < f->n_count; i++)
        if (f->count_points[i] != 0)
            return N_("既按件扣分又按件数得分");
        else if (!(none <= f->count[i]))
            none = f->count[i];
    s->kind = STANDARD_STEPS;
    s->direction = -1;
    bool ok = push(s, 0, s->full);
    for (int k = 1; k < none && ok; k++)
        ok = push(s, k, s->full > f->each * k ? s->full - f->each * k : 0);
    return ok && push(s, none, 0) ? NULL : N_("各档的起点或分数不合顺序");
}

static const char *between(struct standard *s, int direction, double l, double u)
{
    s->kind = STANDARD_BETWEEN;
    s->direction = direction;
    s->l = l;
    s->u = u;
    return l < u ? NULL : N_("得满分和不得分的界限颠倒了");
}

/* Rates with one threshold for full points and perhaps one for none. */
static const char *fit_rate(struct standard *s, const struct facts *f)
{
    if (f->rate) {
        /* The rate itself, up to all of it; with other limits no method of ours says it
         * exactly. */
        bool limits = f->below == f->below || f->n_upper > 1 ||
                      (f->n_upper && f->upper[0] != 100) || f->share;
        (void)between(s, 1, f->below > 0 && f->below < 100 ? f->below : 0,
                      100); /* the order is right */
        return limits ? N_("既按完成率得分又有界限,没有完全对应的计分办法") : NULL;
    }
    if (f->n_upper) {
        double u = f->upper[0];
        if (f->upper_points[0] == f->upper_points[0] && f->upper_points[0] != s->full)
            return N_("没有说满分怎么得");
        if (f->lower == f->lower)
            return f->below == f->below || f->share ? N_("既按百分点扣分又按比例")
                                                    : between(s, 1, u - s->full / f->lower, u);
        if (f->share)
            return between(s, 1, f->below == f->below && f->below_points == 0 ? f->below : 0,
                           u);
        if (!(f->below == u))
            return f->below == f->below ? N_("没有说两个界限之间怎么得分")
                                        : N_("没有说达不到时怎么得分");
        return fit_bands(s, f);
    }
    if (f->low_full == f->low_full) {
        if (f->higher == f->higher)
            return between(s, -1, f->low_full, f->low_full + s->full / f->higher);
        if (f->share && f->above_none == f->above_none)
            return between(s, -1, f->low_full, f->above_none);
        return N_("没有说超过以后怎么得分");
    }
    if (f->share && f->below == f->below && f->below_points == 0)
        return between(s, 1, f->below, 100);
    return f->share ? between(s, 1, 0, 100) : N_("没有读到怎么得分");
}

static const char *fit_events(struct standard *s, const struct facts *f)
{
    if (f->each == f->each && f->each_add == f->each_add)
        return N_("既有加分又有扣分,一个数值不够");
    if (f->each_add == f->each_add && !(f->full == f->full)) {
        /* Only additions: from nothing up to the full points or the limit. */
        double most = f->bonus == f->bonus ? f->bonus : s->full;
        s->full = most;
        return between(s, 1, 0, most / f->each_add);
    }
    s->kind = STANDARD_POINTS;
    s->direction = f->each == f->each ? -1 : 1;
    s->per_event = f->each == f->each ? -f->each : f->each_add;
    s->cap = f->cap;
    s->floor = 0;
    s->bonus = f->each_add == f->each_add ? f->bonus : 0;
    if (f->each_add == f->each_add && !(f->bonus == f->bonus))
        return N_("没有说最多加多少分");
    if (f->n_upper || f->n_band || f->share || f->rate)
        return N_("既按件扣分又按完成率得分");
    return NULL;
}

static bool says_no_points(const struct facts *f)
{
    bool none = !(f->each == f->each) && !(f->each_add == f->each_add) &&
                !(f->lower == f->lower) && !(f->higher == f->higher) && !f->n_band &&
                !f->n_count && !(f->below == f->below && f->below_points != 0);
    for (size_t i = 0; i < f->n_upper; i++)
        none = none && !(f->upper_points[i] == f->upper_points[i]);
    return none;
}

static const char *fit(struct standard *s, const struct facts *f, double score)
{
    s->full = f->full;
    for (size_t i = 0; i < f->n_upper; i++)
        if (!(s->full >= f->upper_points[i]) && f->upper_points[i] == f->upper_points[i])
            s->full = f->upper_points[i];
    bool adds_only = f->each_add == f->each_add && !(f->full == f->full);
    const char *differs = NULL;
    if (s->full == s->full && score == score && fabs(s->full - score) > 1e-9 && !adds_only)
        differs = N_("评分标准里的满分与分值不同");
    if (!(s->full == s->full))
        s->full = score;
    /* Shares of whatever the full points are need no number. */
    bool unscaled = !(s->full == s->full) && says_no_points(f);
    if (unscaled)
        s->full = 100;
    if (!(s->full > 0))
        return N_("没有满分");
    const char *why;
    bool rates =
        f->n_upper || f->share || f->rate || f->low_full == f->low_full || f->below == f->below;
    if (f->each == f->each && f->n_count)
        why = fit_each_counts(s, f);
    else if (f->each == f->each || f->each_add == f->each_add)
        why = fit_events(s, f);
    else if (f->n_count)
        why = fit_counts(s, f);
    else if (f->n_band || f->n_upper > 1)
        why = fit_bands(s, f);
    else if (rates)
        why = fit_rate(s, f);
    else
        why = N_("没有读到怎么得分");
    if (!why && f->veto && !s->veto.there)
        why = N_("读到了否决的条件,没有读到“一票否决”");
    if (!why && s->veto.there && !(s->veto.limit == s->veto.limit))
        why = N_("没有读到什么情况下一票否决");
    if (!why && s->veto.there && !(s->veto.cap == s->veto.cap))
        why = N_("没有说一票否决以后最多得多少");
    if (!why && f->contradictions)
        why = N_("同一件事说了两次,不一样");
    s->full = unscaled ? NAN : s->full;
    return why ? why : differs;
}

/* What a fact means depends on the others. */
static void resolve(struct facts *f)
{
    if (f->all && !(f->each == f->each) &&
        !f->n_count) /* everything done is 100 %; beside deductions it is none of them */
        add_step(f->upper, f->upper_points, &f->n_upper, 100, NAN, f);
    if (f->under == f->under && f->n_upper)
        f->contradictions += f->upper[0] != f->under;
    else if (f->under == f->under)
        add_step(f->upper, f->upper_points, &f->n_upper, f->under, NAN, f);
}

/* Without spaces, with one kind of dash, without (含) and (含90%): 以上 includes the number
 * anyway. */
static const char *plain_text(struct arena *a, const char *text)
{
    struct str b;
    str_init(&b, a);
    for (const char *p = cell_clean(a, text); *p; p++) {
        const char *close = str_starts(p, "(含") ? strchr(p, ')') : NULL;
        if (close)
            p = close;
        else if (*p != ' ' && *p != '\t' && *p != '\r')
            str_addc(&b, *p == '~' ? '-' : *p);
    }
    return b.s;
}

void standard_read(struct arena *a, const char *text, double score, struct standard *ret)
{
    *ret = (struct standard){ .full = NAN,
                              .per_event = NAN,
                              .cap = NAN,
                              .floor = NAN,
                              .bonus = NAN,
                              .l = NAN,
                              .u = NAN,
                              .rest = "",
                              .event = "",
                              .groups = "",
                              .veto = { .limit = NAN, .cap = NAN, .target = "" } };
    struct facts f = { .full = NAN,
                       .each = NAN,
                       .each_add = NAN,
                       .lower = NAN,
                       .higher = NAN,
                       .cap = NAN,
                       .bonus = NAN,
                       .below = NAN,
                       .under = NAN,
                       .low_full = NAN,
                       .above_none = NAN,
                       .none_points = NAN };
    if (strlen(text) > STANDARD_TEXT_MAX) {
        ret->why = N_("评分标准太长");
        return;
    }
    const char *plain = plain_text(a, text);
    read_clauses(a, plain, ret, &f);
    resolve(&f);
    ret->why = fit(ret, &f, score);
    if (!plain[0])
        ret->why = N_("没有评分标准");
    else if (ret->rest[0])
        ret->why = N_("“{rest}”没有读懂");
    ret->understood = !ret->why;
    if (ret->kind == STANDARD_BETWEEN && !(ret->l < ret->u))
        ret->kind = STANDARD_NONE;
}

/* Writing */

/* Shares of full points come out as 12.5, not 12.499999999999998. */
static void add_number(struct str *b, double v)
{
    str_addf(b, "%.12g", v == 0 ? 0 : v);
}

const char *standard_scoring(struct arena *a, const struct standard *s)
{
    struct str b;
    str_init(&b, a);
    double scale = s->full == s->full ? 100 / s->full : 1;
    switch (s->kind) {
    case STANDARD_NONE:
        return NULL;
    case STANDARD_BETWEEN:
        str_add(&b, "{\"method\":\"goalposts\",\"l\":");
        add_number(&b, s->l);
        str_add(&b, ",\"u\":");
        add_number(&b, s->u);
        break;
    case STANDARD_POINTS:
        str_add(&b, "{\"method\":\"points\",\"full\":100,\"per_event\":");
        add_number(&b, s->per_event * scale);
        str_add(&b, ",\"floor\":0");
        if (s->cap == s->cap) {
            str_add(&b, ",\"cap\":");
            add_number(&b, s->cap * scale);
        }
        if (s->bonus > 0) {
            str_add(&b, ",\"bonus\":");
            add_number(&b, s->bonus * scale);
        }
        break;
    case STANDARD_STEPS:
        str_add(&b, "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[");
        for (size_t i = 0; i < s->n_steps; i++) {
            str_add(&b, i ? ",[" : "[");
            add_number(&b, s->step[i].from);
            str_addc(&b, ',');
            add_number(&b, s->step[i].points * scale);
            str_addc(&b, ']');
        }
        str_addc(&b, ']');
        break;
    }
    str_addc(&b, '}');
    return b.s;
}

const char *standard_veto_json(struct arena *a, const struct standard *s,
                               const char *target_code, const char *reason)
{
    if (!s->veto.there || !(s->veto.limit == s->veto.limit) || !(s->veto.cap == s->veto.cap))
        return NULL;
    struct str b;
    str_init(&b, a);
    str_add(&b, "{\"cmp\":\">=\",\"limit\":");
    add_number(&b, s->veto.limit);
    if (target_code[0]) {
        str_add(&b, ",\"target\":");
        json_text(&b, target_code);
    }
    str_add(&b, ",\"cap\":");
    add_number(&b, s->veto.cap);
    str_add(&b, ",\"reason\":");
    json_text(&b, reason);
    str_addc(&b, '}');
    return b.s;
}

static const char *num(struct arena *a, double v)
{
    return arena_printf(a, "%.12g", v == 0 ? 0 : v);
}

static void say_steps(struct str *b, const struct standard *s, enum lang lang, struct arena *a)
{
    const char *sign = s->percent ? "%" : "";
    for (size_t i = s->n_steps; i-- > 0;)
        str_add(b, text_fill(a, lang_text(lang, N_("{from}{sign}起得{points}分;")), "from",
                             num(a, s->step[i].from), "sign", sign, "points",
                             num(a, s->step[i].points), NULL));
}

const char *standard_words(struct arena *a, const struct standard *s, enum lang lang)
{
    struct str b;
    str_init(&b, a);
    const char *full = num(a, s->full == s->full ? s->full : 100), *l = num(a, s->l),
               *u = num(a, s->u), *sign = s->percent ? "%" : "";
    switch (s->kind) {
    case STANDARD_NONE:
        break;
    case STANDARD_BETWEEN:
        str_add(&b,
                text_fill(
                    a,
                    lang_text(
                        lang,
                        s->direction > 0
                            ? N_("{u}{sign}起得满分{full}分,{l}{sign}以下不得分,之间按比例;")
                            : N_("{l}{sign}以下得满分{full}分,{u}{sign}起不得分,之间按比例;")),
                    "u", u, "l", l, "sign", sign, "full", full, NULL));
        break;
    case STANDARD_POINTS:
        str_add(&b, text_fill(a,
                              lang_text(lang, s->per_event < 0
                                                  ? N_("满分{full}分,每1{event}扣{each}分;")
                                                  : N_("基础{full}分,每1{event}加{each}分;")),
                              "full", full, "event", s->event, "each",
                              num(a, fabs(s->per_event)), NULL));
        if (s->cap == s->cap)
            str_add(&b, text_fill(a, lang_text(lang, N_("最多扣{cap}分;")), "cap",
                                  num(a, s->cap), NULL));
        else if (s->per_event < 0)
            str_add(&b, lang_text(lang, N_("扣到0分为止;")));
        if (s->bonus > 0)
            str_add(&b, text_fill(a, lang_text(lang, N_("最多加{bonus}分;")), "bonus",
                                  num(a, s->bonus), NULL));
        break;
    case STANDARD_STEPS:
        say_steps(&b, s, lang, a);
        break;
    }
    if (s->veto.there && s->veto.limit == s->veto.limit && s->veto.cap == s->veto.cap)
        str_add(&b,
                text_fill(a, lang_text(lang, N_("达到{limit}一票否决,{target}最多得{cap}%;")),
                          "limit", num(a, s->veto.limit), "target",
                          s->veto.target[0] ? s->veto.target : lang_text(lang, N_("上级指标")),
                          "cap", num(a, s->veto.cap), NULL));
    /* The last semicolon. */
    for (const char *end = lang == LANG_ZH ? "；" : "; "; str_ends(b.s, end);
         b.n -= strlen(end), b.s[b.n] = 0)
        ;
    return b.s;
}
