/* Nearly the same texts: found when they are, left alone when they are not. Texts are made from
 * what offices write: the same phrases in other words, other places, other numbers. */
#include "base/rng.h"
#include "base/str.h"
#include "base/test.h"
#include "worklog/alike.h"

#include <stdio.h>
#include <string.h>

static const char *const when[] = {
    "上午", "下午", "今天", "昨天", "本周一", "周三上午", "会后"
};
static const char *const who[] = { "带队",         "和商务局一起",
                                   "请派驻组一同", "由分管副局长主持",
                                   "组织三个科室", "陪同专家",
                                   "与镇里干部" };
static const char *const where[] = { "到城关镇便民服务中心", "在云岭镇集贸市场",
                                     "到城东小学食堂",       "在区政务大厅二楼",
                                     "到河口村卫生室",       "在经开区物流园",
                                     "到老城改造工地",       "在局里会议室" };
static const char *const what[] = { "核对收费公示牌", "查看台账和合同",   "逐户走访听意见",
                                    "抽查采购票据",   "比对补贴发放清单", "检查消防通道",
                                    "清点库房物资",   "试用线上办件流程", "核实投诉的情况" };
static const char *const found[] = { "发现两项已取消的费用还挂在墙上",
                                     "发现五份合同没有按期公告",
                                     "没有发现新的问题",
                                     "发现一处数字和报上来的对不上",
                                     "群众反映排队时间仍然偏长",
                                     "发现有三笔支出缺验收单",
                                     "发现指示牌方向标反了" };
static const char *const then[] = { "当场请负责人改正",         "列入清单下周再看一次",
                                    "已电话通知另外三个点自查", "约定周五前把材料补齐",
                                    "请法制科研究后答复",       "拍照留存并发回执",
                                    "转给牵头单位一并处理" };

#define PICK(r, list) (list)[rng_below((r), COUNT(list))]

/* Clauses joined to a text of a day's work; n of them. */
static const char *work_text(struct arena *a, struct rng *r, int clauses)
{
    struct str b;
    str_init(&b, a);
    for (int i = 0; i < clauses; i++)
        str_addf(&b, "%s%s%s%s,%s,%s。", PICK(r, when), PICK(r, who), PICK(r, where),
                 PICK(r, what), PICK(r, found), PICK(r, then));
    return b.s;
}

/* A copy as people make it: another unit's name, a word, a number, a sentence in front. */
static const char *copied(struct arena *a, struct rng *r, const char *text)
{
    const char *half = strstr(text, "。");
    switch (rng_below(r, 5)) {
    case 0:
        return arena_printf(a, "%s特此记录。", text);
    case 1: /* other marks and spaces */
    {
        struct str b;
        str_init(&b, a);
        for (const char *p = text; *p; p++)
            if (*p == ',')
                str_add(&b, "， ");
            else
                str_addc(&b, *p);
        return b.s;
    }
    case 2:
        return arena_printf(a, "9月%d日：%s", (int)rng_below(r, 28) + 1, text);
    case 3:
        return half ? arena_printf(a, "%.*s，共%d处%s", (int)(half - text), text,
                                   (int)rng_below(r, 90), half)
                    : text;
    default: /* another place, as when one unit takes over what another wrote */
        for (size_t i = 0; i < COUNT(where); i++) {
            const char *at = strstr(text, where[i]);
            if (at)
                return arena_printf(a, "%.*s%s%s", (int)(at - text), text,
                                    where[(i + 1) % COUNT(where)], at + strlen(where[i]));
        }
        return text;
    }
}

static bool meets(const struct pieces *x, const struct pieces *y)
{
    int64_t a[ALIKE_BANDS], b[ALIKE_BANDS];
    pieces_bands(x, a);
    pieces_bands(y, b);
    for (int i = 0; i < ALIKE_BANDS; i++)
        if (a[i] == b[i])
            return true;
    return false;
}

static void copies_are_found(void)
{
    enum { TEXTS = 600 };
    struct rng r;
    size_t near = 0, met = 0, copies = 0, hinted = 0;
    rng_init(&r, 11, 1);
    for (int i = 0; i < TEXTS; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const char *text = work_text(a, &r, 2 + (int)rng_below(&r, 3));
        struct pieces x = pieces_of(text, a), y = pieces_of(copied(a, &r, text), a);
        double s = pieces_alike(&x, &y);
        bool m = meets(&x, &y);
        copies++;
        hinted += m && s * 100 >= ALIKE_PERCENT;
        near += s * 100 >= ALIKE_PERCENT;
        met += m && s * 100 >= ALIKE_PERCENT;
    }
    printf("# of %zu copies %zu are nearly the same, of those %zu meet in a band; %zu are "
           "hinted at\n",
           copies, near, met, hinted);
    CHECK(met * 1000 >= near * 985);    /* recall of the index */
    CHECK(hinted * 100 >= copies * 95); /* recall of copies */
}

static void others_are_left_alone(void)
{
    enum { TEXTS = 900 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pieces p[TEXTS];
    int64_t band[TEXTS][ALIKE_BANDS];
    struct rng r;
    size_t pairs = 0, met = 0, hinted = 0;
    rng_init(&r, 12, 1);
    for (int i = 0; i < TEXTS; i++) {
        p[i] = pieces_of(work_text(a, &r, 2 + (int)rng_below(&r, 3)), a);
        pieces_bands(&p[i], band[i]);
    }
    for (int i = 0; i < TEXTS; i++)
        for (int k = 0; k < i; k++, pairs++) {
            bool m = false;
            for (int b = 0; b < ALIKE_BANDS; b++)
                m |= band[i][b] == band[k][b];
            met += m;
            hinted += m && pieces_alike(&p[i], &p[k]) * 100 >= ALIKE_PERCENT;
        }
    printf("# of %zu pairs of other work %zu are compared in full, %zu hinted at\n", pairs, met,
           hinted);
    CHECK_INT(hinted, 0);
    CHECK(met * 100 < pairs * 2); /* the index compares few for nothing */
}

static void what_counts(void)
{
    static const struct {
        const char *x, *y;
        int least, most; /* percent */
    } cases[] = {
        /* Dates, amounts, marks, spaces, width of letters are no difference. */
        { "9月3日到城关镇便民服务中心核对收费公示牌,撤下2项费用,退还12.50元。",
          "10月27日到城关镇便民服务中心核对收费公示牌，撤下13项费用，退还9元。", 100, 100 },
        { "ＡＢＣ公司的合同共三份已经全部核对完毕并公告到网站上了",
          "abc公司的合同共三份,已经全部核对完毕,并公告到网站上了", 100, 100 },
        /* One word in a sentence is little, another sentence is much. */
        { "上午到城关镇便民服务中心核对收费公示牌,发现两项已取消的费用还挂在墙上,"
          "当场请负责人改正。",
          "下午到城关镇便民服务中心核对收费公示牌,发现两项已取消的费用还挂在墙上,"
          "当场请负责人改正。",
          85, 99 },
        { "上午到城关镇便民服务中心核对收费公示牌,发现两项已取消的费用还挂在墙上。",
          "上午到城关镇便民服务中心试用线上办件流程,群众反映排队时间仍然偏长,请法制科答复。", 0,
          45 },
        /* Too short to be a copy of anything. */
        { "已完成,下周再看。", "已完成,下周再看。", 0, 0 },
        { "", "", 0, 0 },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pieces x = pieces_of(cases[i].x, a), y = pieces_of(cases[i].y, a);
        int s = (int)(pieces_alike(&x, &y) * 100);
        if (s < cases[i].least || s > cases[i].most)
            t_fail(__FILE__, __LINE__, "%s: %d%%", cases[i].x, s);
    }
}

T_MAIN({ "copies are found", copies_are_found },
       { "other work is left alone", others_are_left_alone },
       { "what counts as a difference", what_counts })
