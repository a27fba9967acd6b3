/* One line a place. */
#include "cmd/places.h"

#include "base/str.h"
#include "cmd/places.html.h"
#include "cmd/routes.h"

#define INDICATORS N_("指标和规则")
#define MATTERS N_("事项")
#define PEOPLE N_("单位和运行")

#define FIGURES N_("看数")

static const struct {
    const char *group, *name, *note, *href;
    enum cap need;
} table[] = {
    { INDICATORS, N_("方案"), N_("指标、权重和标准，每一版都留着"), "/scheme", CAP_READ_UNIT },
    { INDICATORS, N_("监测点"), N_("每个数谁来报、依据是什么"), "/point", CAP_READ_UNIT },
    { INDICATORS, N_("一数一源"), N_("很像的监测点，确认是不是同一个数"), "/point/same",
      CAP_EDIT_POINTS },
    { INDICATORS, N_("预警规则"), N_("什么时候亮灯，试算过多少"), "/rule", CAP_READ_UNIT },
    { INDICATORS, N_("规则体检"), N_("每年一次，没人用的到期"), "/checkup", CAP_READ_DRAFT },
    { INDICATORS, N_("数据完整"), N_("哪些数还没有报"), "/completeness", CAP_READ_UNIT },
    { INDICATORS, N_("报送记录"), N_("每次报送的文件和回执"), "/import", CAP_SEND_VALUES },
    { INDICATORS, N_("数据复核提示"), N_("哪些数请人再看一眼"), "/hint", CAP_SEND_VALUES },
    { MATTERS, N_("事项看板"), N_("每一类停在哪一步"), "/board", CAP_READ_UNIT },
    { MATTERS, N_("新建事项"), N_("您可以发起的"), "/matter/new", CAP_HANDLE },
    { MATTERS, N_("到期日历"), N_("四周内到期的"), "/agenda", CAP_READ_UNIT },
    { MATTERS, N_("办理统计"), N_("办结、按期和用时"), "/statistics", CAP_READ_UNIT },
    { MATTERS, N_("移交"), N_("人员调离、单位撤销时"), "/handover", CAP_READ_UNIT },
    { MATTERS, N_("基层负担"), N_("谁要了谁多少时间"), "/burden", CAP_READ_UNIT },
    { MATTERS, N_("工作日历"), N_("哪天上班，期限按它算"), "/calendar", CAP_READ_UNIT },
    { MATTERS, N_("云记录复核提示"), N_("哪些记录请人再看一眼"), "/worklog/hint",
      CAP_DISPATCH },
    { MATTERS, N_("云记录复核提示"), N_("哪些记录请人再看一眼"), "/worklog/hint",
      CAP_SUPERVISE },
    { MATTERS, N_("批示"), N_("领导写的，和办得怎样"), "/instruction", CAP_INSTRUCT },
    { MATTERS, N_("廉动令"), N_("三本清单，三种状态"), "/directive", CAP_READ_UNIT },
    { MATTERS, N_("问题类别"), N_("廉动令的问题归哪一类"), "/directive/kinds", CAP_DISPATCH },
    { MATTERS, N_("异议"), N_("对数值、预警和报告提出的"), "/objection", CAP_READ_UNIT },
    { MATTERS, N_("通报"), N_("每月一份，每个数点开就是背后的事项"), "/bulletin",
      CAP_READ_UNIT },
    { MATTERS, N_("研判会商"), N_("会前一页、议题、决定和去向"), "/meeting", CAP_READ_COUNTY },
    { MATTERS, N_("制度库"), N_("新建和修订的制度，问题是否再发"), "/regulation",
      CAP_READ_UNIT },
    { MATTERS, N_("回头看"), N_("销号的抽查，反弹、重开和再发"), "/lookback", CAP_READ_COUNTY },
    { MATTERS, N_("抽签"), N_("回头看抽到谁，号码从哪里来"), "/draw", CAP_READ_UNIT },
    { MATTERS, N_("我的职责"), N_("岗位清单、手上的事、本人说明"), "/duty", CAP_READ_UNIT },
    { MATTERS, N_("四责"), N_("各单位的岗位、确认和结果"), "/duty/unit", CAP_READ_UNIT },
    { MATTERS, N_("第一种形态"), N_("按季给出的人次"), "/duty/form/shown", CAP_READ_COUNTY },
    { PEOPLE, N_("第一次设置"), N_("七步从空县到正式使用"), "/setup", CAP_DISPATCH },
    { PEOPLE, N_("单位"), N_("单位树和同类分组"), "/unit", CAP_READ_COUNTY },
    { PEOPLE, N_("地图"), N_("方格图，或导入的边界图"), "/map", CAP_EDIT_UNITS },
    { PEOPLE, N_("任务"), N_("计算、核对这些后台的事"), "/job", CAP_COMPUTE },
    { PEOPLE, N_("提醒记录"), N_("发出的提醒和结果"), "/notice", CAP_SELF },
    { FIGURES, N_("总览"), N_("全域指数和各单位"), "/overview", CAP_READ_COUNTY },
    { FIGURES, N_("报告"), N_("每个单位的体检报告"), "/report", CAP_READ_UNIT },
    { FIGURES, N_("预警"), N_("亮着的灯和差什么"), "/warning", CAP_READ_UNIT },
    { FIGURES, N_("大屏"), N_("开会时投在墙上"), "/wall", CAP_READ_COUNTY },
    { FIGURES, N_("体检准不准"), N_("和别人的评价比一比"), "/agree", CAP_READ_COUNTY },
};

/* In the navigation already? */
static bool in_navigation(const struct rq *rq, const char *href)
{
    const struct person *p = &rq_asker(rq)->person;
    for (const struct section *s = sections; s->name; s++)
        for (size_t i = 0; i < p->n_grants; i++)
            if (str_eq(s->href, href) && section_for(s, p->grants[i].role))
                return true;
    return false;
}

void places_of(struct rq *rq, const struct place **ret, size_t *ret_n)
{
    struct place *list = arena_array(rq->a, COUNT(table), sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < COUNT(table); i++)
        if (person_can(&rq_asker(rq)->person, table[i].need) &&
            !in_navigation(rq, table[i].href))
            list[n++] = (struct place){ rq_tr(rq, table[i].group), rq_tr(rq, table[i].name),
                                        rq_tr(rq, table[i].note), table[i].href };
    *ret = list;
    *ret_n = n;
}

static enum rc places_show(struct rq *rq, struct err *e)
{
    struct places_page p = { .n_groups = 0 };
    const struct place *list;
    size_t n;
    places_of(rq, &list, &n);
    p.groups = arena_array(rq->a, n, sizeof(*p.groups));
    for (size_t i = 0; i < n; i++) {
        struct places_groups *g = p.n_groups ? &p.groups[p.n_groups - 1] : NULL;
        if (!g || !str_eq(g->name, list[i].group)) {
            g = &p.groups[p.n_groups++];
            g->name = list[i].group;
            g->places = arena_array(rq->a, n, sizeof(*g->places));
        }
        g->places[g->n_places++] =
            (struct places_groups_places){ list[i].name, list[i].note, list[i].href };
    }
    return places_render(rq, &p, e);
}

const struct route places_routes[] = {
    { .method = GET,
      .path = "/manage",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = places_show,
      .page = &places_kind,
      .help = N_("平台专班的设置:到方案、监测点、规则、日历、单位的入口") },
};
const size_t places_routes_n = COUNT(places_routes);
