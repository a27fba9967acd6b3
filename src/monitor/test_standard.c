/* Scoring standards in words. The cases are of the kinds counties' sheets are full of. */
#include "base/test.h"
#include "monitor/standard.h"

#include <math.h>

/* "scoring dir groups veto" or "? why (proposal)". */
static const char *read(struct arena *a, const char *text, double score)
{
    struct standard s;
    standard_read(a, text, score, &s);
    const char *json = standard_scoring(a, &s), *veto = standard_veto_json(a, &s, "", "r");
    if (!s.understood)
        return arena_printf(a, "? %s", text_fill(a, s.why, "rest", s.rest, NULL));
    return arena_printf(a, "%s %+d%s%s%s%s", json, s.direction, s.groups[0] ? " " : "",
                        s.groups, veto ? " " : "", veto ? veto : "");
}

static void standards_that_are_understood(void)
{
    static const struct {
        const char *text;
        double score;
        const char *out;
    } cases[] = {
        { "达到100%得满分2分，60%以下不得分，之间按比例计分", 2,
          "{\"method\":\"goalposts\",\"l\":60,\"u\":100} +1" },
        { "满分1.2分，98%以上得满分，低于70%不得分，之间按比例（只考核乡镇街道）", 1.2,
          "{\"method\":\"goalposts\",\"l\":70,\"u\":98} +1 乡镇街道" },
        { "95%以上得1分，85%至95%得0.8分，70%至85%得0.5分，70%以下不得分", 1,
          "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,0],[70,50],[85,80],["
          "95,100]]} +1" },
        { "完成率达90%以上得5分，80%-90%得3分，60%～80%得1分，60%以下不得分。", NAN,
          "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,0],[60,20],[80,60],["
          "90,100]]} +1" },
        { "达到100%得1.2分，每低1个百分点扣0.04分，扣完为止", 1.2,
          "{\"method\":\"goalposts\",\"l\":70,\"u\":100} +1" },
        { "完成率100%得满分，每降低1个百分点扣0.1分", 2,
          "{\"method\":\"goalposts\",\"l\":80,\"u\":100} +1" },
        { "不高于80%得满分0.5分，130%以上不得分，之间按比例计分", 0.5,
          "{\"method\":\"goalposts\",\"l\":80,\"u\":130} -1" },
        { "信访量同比下降得满分，每上升1个百分点扣0.2分", 2,
          "{\"method\":\"goalposts\",\"l\":0,\"u\":10} -1" },
        { "按比例计分", 3, "{\"method\":\"goalposts\",\"l\":0,\"u\":100} +1" },
        { "得分=完成率×分值", 3, "{\"method\":\"goalposts\",\"l\":0,\"u\":100} +1" },
        { "没有的得满分1分；每有1项扣0.2分，扣完为止", 1,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-20,\"floor\":0} -1" },
        { "0.8分。每个扣0.1分，扣完为止", 0.8,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-12.5,\"floor\":0} -1" },
        { "每发现一起扣2分，扣完为止", 10,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-20,\"floor\":0} -1" },
        { "每迟报两次扣1分，最多扣2分", 5,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-10,\"floor\":0,\"cap\":40} -1" },
        { "满分1分，每发生1人次扣0.2分，最多扣0.8分", 1,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-20,\"floor\":0,\"cap\":80} -1" },
        { "基础分5分，每获得1次表彰加1分，最多加2分", 5,
          "{\"method\":\"points\",\"full\":100,\"per_event\":20,\"floor\":0,\"bonus\":40} +1" },
        { "每获得1次表彰加0.5分，最多加2分", 2,
          "{\"method\":\"goalposts\",\"l\":0,\"u\":4} +1" },
        { "没有的得满分；1起得3分；2起得1分；3起及以上不得分", 5,
          "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,100],[1,60],[2,20],[3,"
          "0]]} -1" },
        { "满分1分，每发生1项扣0."
          "25分，扣完为止；发生2项以上的，一票否决，“制度执行”得分不超过40%（只考核区直部门）",
          1,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-25,\"floor\":0} -1 区直部门 "
          "{\"cmp\":\">=\",\"limit\":2,\"cap\":40,\"reason\":\"r\"}" },
        { "1.每发生1起扣1分，扣完为止。\n2.发生重大事故的,一票否决，本项不得分", 5,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-20,\"floor\":0} -1 "
          "{\"cmp\":\">=\",\"limit\":1,\"cap\":0,\"reason\":\"r\"}" },
        { "达到95%得满分，低于95%不得分", 4,
          "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,0],[95,100]]} +1" },
        { "①全部完成得满分②每低5个百分点扣1分", 4, "? 没有读到怎么得分" },
        { "①全部完成得满分；②每低5个百分点扣1分", 4,
          "{\"method\":\"goalposts\",\"l\":80,\"u\":100} +1" },
        { "满分 2 分， 每 发生 1 项 扣 0.5 分", 2,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-25,\"floor\":0} -1" },
        { "未按时完成的，每项扣1分，扣完为止。", 5,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-20,\"floor\":0} -1" },
        { "每发现1起未按规定请示报告的，扣1分，扣完为止。", 5,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-20,\"floor\":0} -1" },
        { "被省级通报的每次扣2分，扣完为止。", 5,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-40,\"floor\":0} -1" },
        { "按照完成率×5分计分。", 5, "{\"method\":\"goalposts\",\"l\":0,\"u\":100} +1" },
        { "得分=按时办结数/应办结数×5", 5, "{\"method\":\"goalposts\",\"l\":0,\"u\":100} +1" },
        { "完成率达到100%得5分，低于100%的按比例得分。", 5,
          "{\"method\":\"goalposts\",\"l\":0,\"u\":100} +1" },
        { "发生1起扣2分，2起及以上不得分。", 5,
          "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,100],[1,60],[2,0]]} "
          "-1" },
        { "没有发生的得5分，发生1起扣2分，发生2起扣4分，发生3起及以上不得分。", 5,
          "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,100],[1,60],[2,20],[3,"
          "0]]} -1" },
        { "及时率100%得满分；未达到100%的，每低1个百分点扣0.2分，扣完为止。", 5,
          "{\"method\":\"goalposts\",\"l\":75,\"u\":100} +1" },
        { "全部按时办结得5分，每逾期一件扣1分，扣完为止。", 5,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-20,\"floor\":0} -1" },
        { "查处率在90%以上（含90%）的得满分，每下降1个百分点扣0.5分", 5,
          "{\"method\":\"goalposts\",\"l\":80,\"u\":90} +1" },
        { "建成率≥90%得5分；80%≤建成率<90%得3分；＜80%不得分。", 5,
          "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,0],[80,60],[90,100]]} "
          "+1" },
        { "未发生的得5分，发生的不得分", 5,
          "{\"method\":\"points\",\"full\":100,\"floor\":0,\"steps\":[[0,100],[1,0]]} -1" },
        { "一项不落实扣0.5分，扣完为止。", 5,
          "{\"method\":\"points\",\"full\":100,\"per_event\":-10,\"floor\":0} -1" },
        { "低于1,000万元不得分，达到2,000万元得满分，之间按比例", 2,
          "? “低于1,000万元不得分”没有读懂" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(read(a, cases[i].text, cases[i].score), cases[i].out);
    }
}

static void standards_that_are_asked_about(void)
{
    static const struct {
        const char *text;
        double score;
        const char *why;
    } cases[] = {
        { "", 1, "没有评分标准" },
        { "根据实际情况酌情打分", 1, "“根据实际情况酌情打分”没有读懂" },
        { "优秀得5分，良好得3分，合格得1分", 5, "“优秀得5分”没有读懂" },
        { "按时上报得2分，每迟报一次扣0.5分，每漏报一次扣1分，扣完为止", 2,
          "“按时上报得2分”没有读懂" },
        { "每迟报一次扣0.5分，每漏报一次扣1分，扣完为止", 2, "同一件事说了两次,不一样" },
        { "满分3分，每发生1项扣1分", 2, "评分标准里的满分与分值不同" },
        { "每发生1项扣1分", NAN, "没有满分" },
        { "90%以上得5分，70%至80%得3分，60%以下不得分", 5, "各档之间有空隙" },
        { "达到90%得满分", 5, "没有说达不到时怎么得分" },
        { "达到90%得满分，60%以下不得分", 5, "没有说两个界限之间怎么得分" },
        { "60%以上得满分，90%以下不得分，之间按比例", 5, "得满分和不得分的界限颠倒了" },
        { "每有1项扣1分，每有1项创新加1分", 5, "既有加分又有扣分,一个数值不够" },
        { "每发生1项扣1分；发生3项以上的，一票否决", 5, "没有说一票否决以后最多得多少" },
        { "一票否决", 5, "没有读到怎么得分" },
        { "按完成比例得分，完成率低于60%的不得分。", 5,
          "既按完成率得分又有界限,没有完全对应的计分办法" },
        { "达到90%得满分，其余按比例得分", 5, "既按完成率得分又有界限,没有完全对应的计分办法" },
        { "每有1起扣1分，扣完为止，情节严重的一票否决", 5, "“情节严重的一票否决”没有读懂" },
        { "低于80%扣2分", 5, "“低于80%扣2分”没有读懂" },
        { "超过30天扣2分", 5, "没有读到怎么得分" },
        { "发生1起扣1分，发生2起扣3分", 5, "同一件事说了两次,不一样" },
        { "5分，未完成不得分", 5, "“未完成不得分”没有读懂" },
        { "排名前3名得5分，4-10名得3分，其他不得分", 5, "“排名前3名得5分”没有读懂" },
        { "每少0次扣0.5分，扣完为止", 5, "没有读到怎么得分" },
        { "每少1次扣1分，扣完为止", 5, "没有读到怎么得分" },
        { "达到90%得满分，每低0个百分点扣1分", 5, "没有说达不到时怎么得分" },
        { "80%以上得3分，90%以上得2分，80%以下不得分", 3, "各档的起点或分数不合顺序" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(read(a, cases[i].text, cases[i].score),
                  arena_printf(a, "? %s", cases[i].why));
    }
}

static void what_was_read_is_said_again(void)
{
    static const struct {
        const char *text;
        double score;
        const char *words;
    } cases[] = {
        { "达到100%得满分2分，60%以下不得分，之间按比例计分", 2,
          "100%起得满分2分，60%以下不得分，之间按比例" },
        { "不高于80%得满分0.5分，130%以上不得分，之间按比例计分", 0.5,
          "80%以下得满分0.5分，130%起不得分，之间按比例" },
        { "满分1分，每发生1项扣0."
          "25分，扣完为止；发生2项以上的，一票否决，“制度执行”得分不超过40%",
          1, "满分1分，每1项扣0.25分；扣到0分为止；达到2一票否决，制度执行最多得40%" },
        { "满分1分，每发生1人次扣0.2分，最多扣0.8分", 1,
          "满分1分，每1人次扣0.2分；最多扣0.8分" },
        { "95%以上得1分，70%至95%得0.5分，70%以下不得分", 1,
          "95%起得1分；70%起得0.5分；0%起得0分" },
        { "看着办", 1, "" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct standard s;
        standard_read(a, cases[i].text, cases[i].score, &s);
        CHECK_STR(standard_words(a, &s, LANG_ZH), cases[i].words);
    }
}

T_MAIN({ "standards that are understood", standards_that_are_understood },
       { "standards that are asked about", standards_that_are_asked_about },
       { "what was read is said again", what_was_read_is_said_again })
