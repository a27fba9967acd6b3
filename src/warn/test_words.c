/* What rules and warnings say, in both languages. */
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "warn/words.h"

#include <math.h>

enum { NO = -1000 };

static struct rule rule_of(enum rule_op op, double yellow, double orange, double red,
                           double recover, int for_periods)
{
    double v[] = { yellow, orange, red, recover };
    for (size_t i = 0; i < COUNT(v); i++)
        v[i] = v[i] == NO ? NAN : v[i];
    return (struct rule){ .code = "R",
                          .name = "事由",
                          .when = { .op = op,
                                    .limit = { NAN, v[0], v[1], v[2] },
                                    .recover = v[3],
                                    .for_periods = for_periods,
                                    .recover_periods = 1 } };
}

static void says_rules(void)
{
    static const struct {
        enum rule_op op;
        double yellow, orange, red;
        int n;
        enum warn_colour colour;
        const char *measure, *zh, *en;
    } cases[] = {
        { RULE_BELOW, NO, 90, NO, 2, WARN_ORANGE, "%", "连续2期低于90%即橙",
          "Orange below 90%, for 2 periods in a row" },
        { RULE_BELOW, 85, 78, 70.5, 1, WARN_NONE, "%", "低于85%即黄，78%即橙，70.5%即红",
          "Yellow below 85%, Orange 78%, Red 70.5%" },
        { RULE_BELOW, 85, 78, 70, 1, WARN_RED, "%", "低于70%即红", "Red below 70%" },
        { RULE_ABOVE, 18, 24, 30, 1, WARN_RED, "户", "达到30户即红", "Red from 30户" },
        { RULE_CHANGE_BELOW, -3, -5, -8, 1, WARN_NONE, "分",
          "比上期下降超过3分即黄，5分即橙，8分即红",
          "Yellow when down by more than 3 since the last period, Orange 5, Red 8" },
        { RULE_CHANGE_BELOW, 2, NO, NO, 1, WARN_YELLOW, "", "比上期上升不足2即黄",
          "Yellow when up by less than 2 since the last period" },
        { RULE_CHANGE_ABOVE, 3, NO, NO, 1, WARN_YELLOW, "件", "比上期上升3件以上即黄",
          "Yellow when up by 3件 or more since the last period" },
        { RULE_MISSING, 2, NO, NO, 2, WARN_YELLOW, "件", "连续2期缺2个数值即黄",
          "Yellow when 2 values are missing, for 2 periods in a row" },
        { RULE_LATE, 1, NO, NO, 1, WARN_YELLOW, "", "有数值逾期即黄",
          "Yellow when a value is overdue" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct rule r = rule_of(cases[i].op, cases[i].yellow, cases[i].orange, cases[i].red, NO,
                                cases[i].n);
        CHECK_STR(words_rule(&r, cases[i].colour, cases[i].measure, LANG_ZH, a), cases[i].zh);
        CHECK_STR(words_rule(&r, cases[i].colour, cases[i].measure, LANG_EN, a), cases[i].en);
    }
}

/* A rounded number must not read as if the limit were kept. */
static void rounds_on_the_right_side(void)
{
    static const struct {
        double v, limit;
        const char *measure, *want;
    } cases[] = {
        { 86, 90, "%", "86.0%" },       { 89.96, 90, "%", "89.96%" },
        { 89.996, 90, "%", "89.996%" }, { 90.04, 90, "%", "90.0%" },
        { 90, 90, "%", "90.0%" },       { 66.94, 67, "分", "66.9分" },
        { 66.95, 67, "分", "66.95分" }, { 46, 30, "户", "46户" },
        { 1234.5, 30, "", "1,234.5" },  { 73.53, NAN, "分", "73.5分" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_STR(words_number(cases[i].v, cases[i].limit, cases[i].measure, LANG_ZH, a),
                  cases[i].want);
}

static void says_values(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rule below = rule_of(RULE_BELOW, NO, 90, NO, 92, 2),
                above = rule_of(RULE_ABOVE, 18, 24, 30, 10, 1),
                change = rule_of(RULE_CHANGE_BELOW, -3, -5, -8, -1, 1),
                lost = rule_of(RULE_MISSING, 2, NO, NO, 0, 1);
    struct words_value two[] = { { 88.4, NAN }, { 86, 88.4 } },
                       gap[] = { { NAN, NAN }, { 86, NAN } }, none = { NAN, 86 },
                       many = { 46, 21 }, fall = { 76, 82.13 }, rise = { 82.1, 76 },
                       count = { 3, NAN };
    CHECK_STR(words_values(&below, two, 2, 90, "%", LANG_ZH, a), "88.4%、86.0%");
    CHECK_STR(words_values(&below, two, 2, 90, "%", LANG_EN, a), "88.4%, 86.0%");
    CHECK_STR(words_values(&below, gap, 2, 90, "%", LANG_ZH, a), "缺、86.0%");
    CHECK_STR(words_values(&below, &two[1], 1, 90, "%", LANG_ZH, a), "本期86.0%");
    CHECK_STR(words_values(&below, &none, 1, 90, "%", LANG_ZH, a), "本期缺数据");
    CHECK_STR(words_values(&above, &many, 1, 30, "户", LANG_ZH, a), "现有46户");
    CHECK_STR(words_values(&change, &fall, 1, -5, "分", LANG_ZH, a), "82.1分降到76.0分");
    CHECK_STR(words_values(&change, &rise, 1, -5, "分", LANG_EN, a), "76.0 up to 82.1");
    CHECK_STR(words_values(&lost, &count, 1, 2, "件", LANG_ZH, a), "缺数值3个");
}

static void says_what_clears(void)
{
    static const struct {
        enum rule_op op;
        double yellow, recover;
        const char *measure, *zh, *en;
    } cases[] = {
        { RULE_BELOW, 90, 92, "%", "四季度达到92%以上，连续1期", "92% or more in Q4" },
        { RULE_BELOW, 90, NO, "%", "四季度达到90%以上，连续1期", NULL },
        { RULE_ABOVE, 18, 10, "户", "四季度降到10户以下，连续1期", NULL },
        { RULE_ABOVE, 1, 0, "件", "四季度降到0件，连续1期", NULL },
        { RULE_ABOVE, 18, NO, "户", "四季度低于18户，连续1期", "below 18户 in Q4" },
        { RULE_CHANGE_BELOW, -3, -1, "分", "四季度比上期下降不超过1分，连续1期", NULL },
        { RULE_CHANGE_BELOW, -3, 0, "分", "四季度不低于上期，连续1期", NULL },
        { RULE_CHANGE_ABOVE, 3, 1, "件", "四季度比上期上升不超过1件，连续1期", NULL },
        { RULE_CHANGE_ABOVE, 3, NO, "件", "四季度比上期上升不足3件，连续1期", NULL },
        { RULE_MISSING, 2, 0, "件", "四季度数值报齐，连续1期", NULL },
        { RULE_MISSING, 2, NO, "件", "四季度缺的数值少于2个，连续1期", NULL },
        { RULE_LATE, 1, NO, "件", "四季度数值按期报齐，连续1期", NULL },
    };
    struct period q3 = period_of(PERIOD_QUARTER, 2026, 3), q4 = period_step(q3, 1);
    struct warn_at fired = { .state = WARN_FIRING, .colour = WARN_YELLOW, .fired = q3 };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct rule r = rule_of(cases[i].op, cases[i].yellow, NO, NO, cases[i].recover, 1);
        CHECK_STR(words_clears(&r, &fired, q3, "指标", cases[i].measure, LANG_ZH, a),
                  cases[i].zh);
        if (cases[i].en)
            CHECK_STR(words_clears(&r, &fired, q3, "指标", cases[i].measure, LANG_EN, a),
                      cases[i].en);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rule r = rule_of(RULE_BELOW, 90, NO, NO, 92, 2);
    r.when.recover_periods = 3;
    struct warn_at better = fired, gone = fired, waits = { .state = WARN_PENDING },
                   over = { .state = WARN_RESOLVED, .fired = q3 };
    better.state = WARN_RECOVERING;
    better.clear = 1;
    gone.state = WARN_NODATA;
    CHECK_STR(words_clears(&r, &better, q4, "指标", "%", LANG_ZH, a),
              "2027年一季度达到92%以上，连续2期");
    CHECK_STR(words_clears(&r, &gone, q3, "按期公告率", "%", LANG_ZH, a),
              "补上“按期公告率”的数值，再按界线判");
    CHECK_STR(words_clears(&r, &waits, q3, "指标", "%", LANG_ZH, a),
              "四季度达到90%以上，就不发出");
    CHECK_STR(words_clears(&r, &over, q3, "指标", "%", LANG_ZH, a), "");
}

static void names_periods_shortly(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct period q4 = period_of(PERIOD_QUARTER, 2026, 4),
                  december = period_of(PERIOD_MONTH, 2026, 12),
                  year = period_of(PERIOD_YEAR, 2026, 1);
    CHECK_STR(words_period(q4, q4, LANG_ZH, a), "四季度");
    CHECK_STR(words_period(q4, q4, LANG_EN, a), "Q4");
    CHECK_STR(words_period(period_step(q4, 1), q4, LANG_EN, a), "Q1 2027");
    CHECK_STR(words_period(december, q4, LANG_ZH, a), "12月份");
    CHECK_STR(words_period(period_step(december, 1), q4, LANG_ZH, a), "2027年1月");
    CHECK_STR(words_period(period_step(year, 1), q4, LANG_ZH, a), "2027年");
}

T_MAIN({ "rules say their limits", says_rules },
       { "numbers round on their side of the limit", rounds_on_the_right_side },
       { "values are said as they were judged", says_values },
       { "a warning says what clears it", says_what_clears },
       { "periods have short names", names_periods_shortly })
