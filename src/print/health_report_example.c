/*
 * An invented report. Names of places, units and people are invented; the tree is computed here
 * the way the engine computes it (leaves up), so that everything adds up as it must.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/period.h"
#include "print/health_report.h"

#include <math.h>

/* The tree's names, level 1 to 3; '1', '2', '3' is the level. Level 4 is made of the third and
 * a measure. */
static const char *const names[] = {
    "1重大决策部署落实",   "2决策部署按期落实", "3中央部署分解落实",   "3省市部署分解落实",
    "3区委决定落实",       "2督查反馈问题整改", "3督查问题整改",       "3整改回头看",
    "2重点项目推进",       "3年度重点项目",     "3民生实事项目",       "1全面从严治党责任履行",
    "2主体责任",           "3党组会议研究",     "3责任清单兑现",       "2监督责任",
    "3日常监督",           "3线索移送配合",     "2一岗双责",           "3分管领域谈话提醒",
    "3分管领域问题整改",   "1权力运行与监督",   "2资金分配与拨付",     "3专项资金分配",
    "3资金拨付进度",       "2采购与合同",       "3采购过程",           "3合同履约",
    "2内控与审计整改",     "3内部控制",         "3审计问题整改",       "2行政审批与执法",
    "3审批时限",           "3执法公示",         "1作风建设与基层减负", "2文件会议与报表",
    "3文件会议数量",       "3报表重复报送",     "2窗口服务",           "3窗口办件时限",
    "3一次办结",           "2公务接待与用车",   "3公务接待",           "3公务用车",
    "1选人用人与干部队伍", "2选任程序",         "3动议酝酿",           "3任前公示",
    "2教育培训",           "3廉政教育",         "3业务培训",           "2日常管理",
    "3请示报告",           "3因私出国境管理",   "1群众反映与办理",     "2信访办理",
    "3信访按期办结",       "3初次信访化解",     "2群众评价",           "3办件满意",
    "3热线响应",           "2政务公开",         "3主动公开",           "3依申请公开答复",
    "3财政预决算公开",
};
static const char *const measures[] = { "按期完成率", "问题整改率", "抽查合格率" };

/* A small generator of its own: the example is the same bytes for ever. */
static double noise(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 8) / (1 << 24) - 0.5;
}

static size_t tree_make(struct arena *a, struct report_node *out)
{
    static const double weight1[] = { 20, 20, 18, 16, 12, 14 };
    size_t n = 0, aspect = 0;
    uint32_t seed = 7;
    for (size_t i = 0; i < COUNT(names); i++) {
        int depth = names[i][0] - '0';
        out[n++] = (struct report_node){ .code = arena_printf(a, "%d.%zu", depth, i),
                                         .name = names[i] + 1,
                                         .depth = depth };
        if (depth == 1)
            out[n - 1].weight = weight1[aspect++];
        /* 123 leaves less 3: the numbers of a real scheme. */
        size_t leaves = depth < 3 ? 0 : i == 9 || i == 20 || i == 40 ? 2 : 3;
        for (size_t k = 0; k < leaves; k++) {
            double base = 78 + 22 * noise(&seed);
            out[n++] = (struct report_node){ .code = arena_printf(a, "4.%zu.%zu", i, k),
                                             .name = arena_printf(a, "%s%s", names[i] + 1,
                                                                  measures[k]),
                                             .depth = 4,
                                             .score = base,
                                             .peer_median = base + 12 * noise(&seed) };
        }
    }
    return n;
}

/* Children of i, directly below it. */
static void children_count(struct report_node *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n && v[k].depth > v[i].depth; k++)
            v[i].n_children += v[k].depth == v[i].depth + 1;
    }
}

static void weights_share(struct report_node *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n && v[k].depth > v[i].depth; k++) {
            if (v[k].depth == v[i].depth + 1)
                v[k].weight = v[i].weight / (double)v[i].n_children;
        }
    }
}

static void scores_up(struct report_node *v, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        double score = 0, median = 0;
        for (size_t k = i + 1; k < n && v[k].depth > v[i].depth; k++) {
            if (v[k].depth != v[i].depth + 1)
                continue;
            score += v[k].score * v[k].weight;
            median += v[k].peer_median * v[k].weight;
        }
        if (v[i].n_children > 0) {
            v[i].score = score / v[i].weight;
            v[i].peer_median = median / v[i].weight;
        }
        v[i].contribution = v[i].weight * v[i].score / 100;
        v[i].lo = v[i].n_children > 0 ? v[i].score - 0.6 * v[i].depth : NAN;
        v[i].hi = v[i].n_children > 0 ? v[i].score + 0.5 * v[i].depth : NAN;
    }
}

static struct report_node *tree(struct arena *a, double total, size_t *ret_n)
{
    struct report_node *v = arena_array(a, 4 * COUNT(names), sizeof(*v));
    size_t n = tree_make(a, v);
    children_count(v, n);
    weights_share(v, n);
    for (size_t i = 0; i < n; i++) { /* the story of the report: contracts */
        if (v[i].depth == 4 && v[i].code[2] == '2' && v[i].code[3] == '7') {
            v[i].score = v[i].code[5] == '0' ? 44.0 : v[i].code[5] == '1' ? 56.0 : 64.0;
            v[i].peer_median = v[i].score + 9;
        }
    }
    scores_up(v, n);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i].depth == 1 ? v[i].contribution : 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].depth == 4)
            v[i].score += total - sum;
    }
    scores_up(v, n);
    *ret_n = n;
    return v;
}

static void units(struct arena *a, struct health_report *r)
{
    enum { N = 68 };
    struct report_unit *u = arena_array(a, N, sizeof(*u));
    uint32_t seed = 3;
    for (size_t i = 0; i < N; i++) {
        /* From the best down; places 12 to 19 lie within a hair. */
        double v = i < 11   ? 84.2 - 0.42 * (double)i
                   : i < 19 ? 79.0 - 0.17 * (double)(i - 11)
                            : 77.4 - 12.6 * pow((double)(i - 19) / 48, 1.25) -
                                  0.2 * (noise(&seed) + 0.5);
        u[i] = (struct report_unit){ .code = arena_printf(a, "D%02zu", i + 1),
                                     .name = arena_printf(a, "单位%zu", i + 1),
                                     .score = v,
                                     .same = i >= 11 && i < 19,
                                     .peer = i % 6 == 0 };
    }
    u[15] =
        (struct report_unit){ "D04", "财政局", 78.4, .own = true, .same = true, .peer = true };
    r->units = u;
    r->n_units = N;
}

static const struct report_node *node_find(const struct health_report *r, bool strong,
                                           size_t skip)
{
    const struct report_node *best = NULL;
    double limit = INFINITY;
    for (size_t round = 0; round <= skip; round++) {
        best = NULL;
        for (size_t i = 0; i < r->n_nodes; i++) {
            double d = r->nodes[i].weight * (r->nodes[i].score - r->nodes[i].peer_median) *
                       (strong ? 1 : -1);
            if (r->nodes[i].depth == 4 && d < limit &&
                (!best ||
                 d > best->weight * (best->score - best->peer_median) * (strong ? 1 : -1)))
                best = &r->nodes[i];
        }
        limit = best->weight * (best->score - best->peer_median) * (strong ? 1 : -1);
    }
    return best;
}

static struct report_point_of_note *notable(struct arena *a, const struct health_report *r,
                                            bool strong)
{
    struct report_point_of_note *v = arena_array(a, 5, sizeof(*v));
    for (size_t i = 0; i < 5; i++) {
        const struct report_node *n = node_find(r, strong, i);
        v[i] = (struct report_point_of_note){ .code = n->code,
                                              .name = n->name,
                                              .score = n->score,
                                              .peer_median = n->peer_median,
                                              .points = n->weight *
                                                        (n->score - n->peer_median) / 100 };
    }
    return v;
}

static struct utime at(int month, int day, int hour, int minute)
{
    struct utime t = day_start(day_of(2026, month, day));
    t.us += ((int64_t)hour * 60 + minute) * 60 * 1000000;
    return t;
}

static const char *pick(enum lang lang, const char *zh, const char *en)
{
    return lang == LANG_EN ? en : zh;
}

static void warnings(struct arena *a, enum lang l, struct health_report *r)
{
    struct report_warning *w = arena_array(a, 3, sizeof(*w));
    w[0] = (struct report_warning){
        .code = "W-2026Q3-0041",
        .mark = MARK_ORANGE,
        .name = pick(l, "采购合同未按期公告", "Contracts not announced in time"),
        .rule = pick(l, "连续2期低于90%即橙", "orange below 90% for 2 periods"),
        .values = "88.4%、86.0%",
        .state = REPORT_VERIFYING,
        .since = at(10, 26, 9, 0),
        .clears =
            pick(l, "四季度达到92%，即50份里46份按期；7份逾期的补公告",
                 "92% in the fourth quarter: 46 of 50 in time; the 7 late ones announced"),
        .who = pick(l, "政府采购科，交易中心出数",
                    "Procurement section; figures from the trading centre"),
    };
    w[1] = (struct report_warning){
        .code = "W-2026Q3-0052",
        .mark = MARK_YELLOW,
        .name = pick(l, "审计问题到期未整改", "Audit findings overdue"),
        .rule = pick(l, "到期未完成1项即黄", "yellow from 1 overdue"),
        .values = pick(l, "现有2项", "now 2"),
        .state = REPORT_RECTIFYING,
        .state_note = pick(l, "12-05到期", "due 12-05"),
        .clears = pick(l, "2项整改结果，经审计局复核认定",
                       "2 results, confirmed by the audit office"),
        .who = pick(l, "预算科，审计局复核", "Budget section; audit office reviews"),
    };
    w[2] = (struct report_warning){
        .code = "W-2026Q3-0077",
        .mark = MARK_YELLOW,
        .name = pick(l, "合同款支付超期", "Contract payments late"),
        .rule = pick(l, "低于85%即黄", "yellow below 85%"),
        .values = pick(l, "本期84.0%", "now 84.0%"),
        .state = REPORT_ACKNOWLEDGED,
        .state_note = "11-20",
        .clears = pick(l, "四季度达到88%；现差2笔，共6,790元",
                       "88% in the fourth quarter; 2 payments short, 6,790 yuan"),
        .who = pick(l, "国库科", "Treasury section"),
    };
    r->warnings = w;
    r->n_warnings = 3;
}

static void values(struct arena *a, enum lang l, struct health_report *r)
{
    struct report_value *v = arena_array(a, 4, sizeof(*v));
    v[0] = (struct report_value){
        .point = "P118",
        .name = "采购合同按期公告率",
        .indicator = "合同履约按期完成率",
        .value = 86,
        .unit = "%",
        .score = 44,
        .how = pick(l, "按期公告43份，应公告50份，等于86.0%；按75%至100%折算，得44.0分。",
                    "43 announced in time of 50 due: 86.0%; scaled from 75% to 100% this gives "
                    "44.0 points."),
        .source = "公共资源交易中心，合同公告台账",
        .file = "2026Q3合同公告.xlsx",
        .sheet = "合同",
        .row = 4,
        .sent_by = "林若溪",
        .sent_at = at(10, 9, 15, 20),
        .checked_by = "陈砚",
        .checked_at = at(10, 10, 9, 12),
        .signed_by = "罗定川",
        .signed_at = at(10, 10, 16, 40),
        .version = 2,
        .version_note = pick(l, "第1版为84.0%，1份公告日期录错，10-15更正",
                             "version 1 said 84.0%: one date was wrong, corrected 10-15"),
        .log_index = 48211,
        .next_update = pick(l, "2027-01-10，交易中心综合科", "2027-01-10, trading centre"),
        .legal_basis = "《政府采购法实施条例》第五十条",
    };
    v[1] = v[0];
    v[1].name = "合同款按约支付率";
    v[1].value = 84;
    v[1].how = pick(l, "按约支付21笔，应支付25笔，等于84.0%；按75%至100%折算，得64.0分。",
                    "21 of 25 paid as agreed: 84.0%; scaled from 75% to 100%.");
    v[1].source = "财政局国库科，支付台账";
    v[1].file = "2026Q3支付.csv";
    v[1].sheet = NULL;
    v[1].row = 17;
    v[1].version = 1;
    v[1].version_note = NULL;
    v[1].log_index = 48236;
    v[1].legal_basis = "《保障中小企业款项支付条例》第八条";
    v[2] = v[1];
    v[2].name = "审计问题按期整改数";
    v[2].value = 9;
    v[2].unit = "项";
    v[2].how = pick(l, "应整改11项，按期9项。每少1项扣5分，满分90分。",
                    "9 of 11 in time. 5 points off for each one late, of 90.");
    v[2].source = "审计局，整改台账";
    v[2].file = NULL;
    v[2].row = 0;
    v[2].log_index = 48240;
    v[2].legal_basis = "《审计法》第五十二条";
    v[3] = v[2];
    v[3].name = "窗口办件平均时长";
    v[3].value = NAN;
    v[3].missing = REPORT_WITHHELD;
    v[3].unit = "小时";
    v[3].how = pick(l, "系统迁移，三季度数据待核，本期不参加计算，权重分给同级指标。",
                    "The system moved; figures are being checked. Left out, its weight goes to "
                    "its siblings.");
    v[3].source = "政务服务局，综合窗口系统";
    v[3].log_index = -1;
    v[3].legal_basis = NULL;
    r->values = v;
    r->n_values = 4;
    r->values_total = 198;
}

static void gaps(struct arena *a, enum lang l, struct health_report *r)
{
    struct report_gap *g = arena_array(a, 3, sizeof(*g));
    g[0] = (struct report_gap){ "P131",
                                "窗口办件平均时长",
                                REPORT_WITHHELD,
                                "政务服务局",
                                pick(l, "系统迁移，数据待核", "System moved, being checked"),
                                "2026-12-10" };
    g[1] = (struct report_gap){ "P132",
                                "窗口一次办结数",
                                REPORT_WITHHELD,
                                "政务服务局",
                                pick(l, "同上", "As above"),
                                "2026-12-10" };
    g[2] = (struct report_gap){ "P087",
                                "因私出国境证件集中保管数",
                                REPORT_LATE,
                                "组织部",
                                pick(l, "10-12到期，已催办", "Due 10-12, reminded"),
                                "2027-01-10" };
    r->gaps = g;
    r->n_gaps = 3;
    r->values_expected = 201;
    r->values_present = 198;
    r->missing[REPORT_NA] = 1;
    r->missing[REPORT_WITHHELD] = 2;
    r->missing[REPORT_LATE] = 1;
}

void health_report_example(struct arena *a, enum lang l, struct health_report *r)
{
    struct period q3 = period_of(PERIOD_QUARTER, 2026, 3);
    *r = (struct health_report){
        .county = "清溪区",
        .unit_code = "D04",
        .unit_name = "财政局",
        .period = q3,
        .answer_more =
            pick(l, "失分主要在采购合同的公告和支付。",
                 "Most points were lost on announcing and paying procurement contracts."),
        .demo = true,
        .stage = REPORT_PUBLISHED,
        .score = 78.4,
        .lo = 77.6,
        .hi = 79.2,
        .coverage = 0.9,
        .prev = 77.2,
        .prev_period = period_step(q3, -1),
        .rank_lo = 12,
        .rank_hi = 19,
        .n_ranked = 68,
        .state = REPORT_WATCH,
        .state_reason = pick(l, "因橙色预警1项", "1 orange warning"),
        .peer_name = pick(l, "综合经济部门", "the economic departments"),
        .peer_count = 11,
        .peer_median = 75.3,
        .peer_lo = 72.9,
        .peer_hi = 79.3,
        .scheme_name = "清溪区政治生态监测方案",
        .scheme_version = 3,
        .scheme_from = at(7, 1, 0, 0),
        .method_note =
            pick(l, "绝对计分：每项指标按方案写明的上下限折算成0至100分，不受其他单位影响。",
                 "Absolute scoring: each indicator is scaled between the limits in the scheme; "
                 "other units have no influence."),
        .computed_at = at(10, 26, 9, 0),
        .published_at = at(10, 28, 10, 30),
        .approved_by = "区纪委监委党风政风监督室",
    };
    struct report_trend *t = arena_array(a, 3, sizeof(*t));
    t[0] = (struct report_trend){ period_step(q3, -2), 76.1, 75.2, 77.0 };
    t[1] = (struct report_trend){ period_step(q3, -1), 77.2, 76.4, 78.0 };
    t[2] = (struct report_trend){ q3, 78.4, 77.6, 79.2 };
    r->trend = t;
    r->n_trend = 3;
    units(a, r);
    r->nodes = tree(a, r->score, &r->n_nodes);
    r->strengths = notable(a, r, true);
    r->weaknesses = notable(a, r, false);
    r->n_strengths = r->n_weaknesses = 5;
    r->causes[REPORT_CAUSE_DATA] =
        (struct report_cause_part){ 1.9,
                                    pick(l, "上季多数指标好转", "Most indicators got better") };
    r->causes[REPORT_CAUSE_PEERS] =
        (struct report_cause_part){ 0, pick(l, "绝对计分，不受他人影响",
                                            "Absolute scoring: no influence") };
    r->causes[REPORT_CAUSE_WEIGHTS] =
        (struct report_cause_part){ -0.3, pick(l, "方案第3版调低窗口服务",
                                               "Scheme 3 lowered counter services") };
    r->causes[REPORT_CAUSE_METHOD] =
        (struct report_cause_part){ 0, pick(l, "未变", "Unchanged") };
    r->causes[REPORT_CAUSE_MISSING] =
        (struct report_cause_part){ -0.4, pick(l, "2个监测点由估算改为缺失",
                                               "2 points now missing instead of estimated") };
    warnings(a, l, r);
    gaps(a, l, r);
    values(a, l, r);
    struct report_witness *w = arena_array(a, 1, sizeof(*w));
    w[0] = (struct report_witness){ "区审计局", at(10, 28, 10, 31) };
    r->proof = (struct report_proof){
        .origin = "qingxi.example/jingjian/demo",
        .index = 51873,
        .size = 51874,
        .sealed_at = at(10, 28, 10, 30),
        .digest = "9c1185a5c5e9fc54612808977ee8f548b2258d31a2b6fa6f3f7d5c6ad3a1b0c4",
        .witnesses = w,
        .n_witnesses = 1,
        .command = "jingjian verify D04-2026Q3.tlog-proof --record D04-2026Q3.record --vkey "
                   "qingxi.example/jingjian/demo+8a1f…",
        .url = "https://jingjian.qingxi.example/report/D04/2026Q3/proof",
    };
}
