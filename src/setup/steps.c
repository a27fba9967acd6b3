/*
 * How far each step is. One function a step looks at what the county holds and says what is
 * wrong in sentences; whether it is done follows from that. Nothing is kept.
 */
#include "setup/steps.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/fmt.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/flow.h"
#include "monitor/compute.sql.h"
#include "monitor/panel.h"
#include "monitor/scheme.sql.h"
#include "people/role.h"
#include "people/unit.h"
#include "setup/setup.sql.h"
#include "store/county.h"

#include <math.h>

enum { FINDINGS_MAX = 24, NAMES_SHOWN = 5, PROBLEMS_SHOWN = 8 };

const struct setup_about setup_about[SETUP_STEPS] = {
    [SETUP_UNITS] = { "units", N_("单位"), N_("告诉平台县里有哪些单位、谁和谁比。"),
                      N_("下载空表，一行一个单位，填好后上传核对，没有错再导入。"),
                      CAP_EDIT_UNITS },
    [SETUP_PEOPLE] = { "people", N_("人员和账号"),
                       N_("让每个要用平台的人有自己的账号，只看到该看的。"),
                       N_("下载空表，一行一个人，填好后上传核对；导入后打印启用单，各人凭它设密"
                          "码。"),
                       CAP_ACCOUNTS },
    [SETUP_SCHEME] = { "scheme", N_("指标方案"), N_("县里考什么、怎么计分，用自己的那张表。"),
                       N_("上传县里现有的考核表，对一下各列是什么，回答读不懂的地方。"),
                       CAP_EDIT_SCHEME },
    [SETUP_SOURCES] = { "sources", N_("来源和责任人"),
                        N_("每个指标的数由哪个部门报、凭什么收、找谁问。"),
                        N_("下载监测点表，补上依据、用途、保存期、联系处室，导入后采用方案。"),
                        CAP_EDIT_POINTS },
    [SETUP_VALUES] = { "values", N_("试导一期数值"),
                       N_("用过去一期的真数，看来源和口径对不对。"),
                       N_("下载填报表，填过去一期的数，上传核对，没有错再入库。"),
                       CAP_SEND_VALUES },
    [SETUP_COMPUTE] = { "compute", N_("试算"), N_("算一遍，看得分、报告、预警合不合常理。"),
                        N_("按一下计算，一两分钟后看总览、报告和预警；不对就回到前面改，再算一"
                           "遍。"),
                        CAP_COMPUTE },
    [SETUP_LIVE] = { "live", N_("正式启用"), N_("清除试算数据，从此所见都作数。"),
                     N_("先清除试算数据，再正式启用；单位、账号、方案、监测点都留着。"),
                     CAP_ADOPT_SCHEME },
};

enum setup_step setup_step_of(const char *code)
{
    enum setup_step s = SETUP_UNITS;
    while (s < SETUP_STEPS && !str_eq(setup_about[s].code, code))
        s++;
    return s;
}

struct looking {
    struct county *c;
    const struct snap *s;
    enum lang lang;
    struct arena *a;
    struct setup_view *v;
    const struct units *us;
    struct setup_people_row *people;
    size_t n_people;
    struct setup_finding *finding; /* of the step at hand */
    size_t n;
    const struct scheme *scheme; /* the newest that is no given-up draft; NULL */
};

static const char *tr(const struct looking *k, const char *zh)
{
    return lang_text(k->lang, zh);
}

static const char *number(const struct looking *k, int64_t n)
{
    return fmt_count(k->a, n);
}

static const char *n_of(const struct looking *k, const char *text, int64_t n)
{
    return text_fill(k->a, tr(k, text), "n", number(k, n), NULL);
}

static void find(struct looking *k, bool must, const char *what, const char *todo,
                 const char *href, const char *act)
{
    if (k->n < FINDINGS_MAX)
        k->finding[k->n++] =
            (struct setup_finding){ must, what, todo, href, act ? tr(k, act) : NULL };
}

/* "财政局、教育局等12个" */
struct names {
    struct str b;
    int64_t n;
};

static void name_add(struct names *x, struct arena *a, const char *name)
{
    if (x->n == 0)
        str_init(&x->b, a);
    if (x->n < NAMES_SHOWN)
        str_addf(&x->b, "%s%s", x->n ? "、" : "", name);
    x->n++;
}

static const char *names_text(const struct looking *k, const struct names *x)
{
    if (x->n <= NAMES_SHOWN)
        return x->n ? x->b.s : "";
    return text_fill(k->a, tr(k, N_("{names}等{n}个")), "names", x->b.s, "n", number(k, x->n),
                     NULL);
}

/* ---- units ---- */

static void units(struct looking *k, struct setup_stand *ret)
{
    const struct units *us = k->us;
    struct names alone = { .n = 0 };
    size_t assessed = 0;
    for (size_t i = 0; i < us->n; i++) {
        size_t same = 0;
        assessed += us->all[i].assessed;
        for (size_t j = 0; us->all[i].assessed && j < us->n; j++)
            same += str_eq(us->all[j].peer_group, us->all[i].peer_group);
        if (same == 1)
            name_add(&alone, k->a, us->all[i].name);
    }
    ret->said =
        us->n ? text_fill(k->a, tr(k, N_("{n}个单位，其中{m}个要评估")), "n",
                          number(k, (int64_t)us->n), "m", number(k, (int64_t)assessed), NULL)
              : tr(k, N_("还没有单位"));
    if (us->n == 0)
        find(k, true, tr(k, N_("还没有单位")), tr(k, N_("下载空表，填好后导入")),
             "/unit/import", N_("导入单位表"));
    else if (assessed == 0)
        find(k, true, n_of(k, N_("{n}个单位都没有写分组，没有可评估的单位"), (int64_t)us->n),
             tr(k, N_("在「分组」一列给互相比较的单位写同一个词，如 乡镇街道，再导入一次")),
             "/unit/import", N_("再导入一次"));
    if (alone.n)
        find(k, false,
             text_fill(k->a, tr(k, N_("{names}的分组里只有它自己，没有可比的单位")), "names",
                       names_text(k, &alone), NULL),
             tr(k, N_("并到相近的分组里，或者就这样，只看自己的变化")), "/unit",
             N_("去看单位"));
}

/* ---- people ---- */

static bool has_role(const struct looking *k, const char *role, const char *unit)
{
    for (size_t i = 0; i < k->n_people; i++)
        if (str_eq(k->people[i].role, role) &&
            (!unit || str_eq(k->people[i].unit ? k->people[i].unit : "", unit)))
            return true;
    return false;
}

static void people(struct looking *k, struct setup_stand *ret)
{
    static const struct {
        const char *role, *todo;
    } needed[] = {
        { "platform", N_("导入、计算、发布都由平台专班做") },
        { "leader", N_("发布前要由领导审定") },
        { "sysadmin", N_("三员分立：设置、备份、运行由他管") },
        { "secadmin", N_("三员分立：账号和角色由他管") },
        { "auditadmin", N_("三员分立：谁看过什么由他查") },
    };
    struct names bare = { .n = 0 };
    int64_t accounts = 0, fresh = 0;
    for (size_t i = 0; i < k->n_people; i++) {
        bool again = false;
        for (size_t j = 0; j < i && !again; j++)
            again = str_eq(k->people[j].code, k->people[i].code);
        accounts += !again;
        fresh += !again && str_eq(k->people[i].state, "new");
    }
    ret->said = n_of(k, N_("{n}个账号"), accounts);
    if (fresh)
        ret->said = text_fill(k->a, tr(k, N_("{n}个账号，{m}个还没有启用")), "n",
                              number(k, accounts), "m", number(k, fresh), NULL);
    for (size_t i = 0; i < COUNT(needed); i++)
        if (!has_role(k, needed[i].role, NULL))
            find(k, true,
                 text_fill(k->a, tr(k, N_("还没有「{role}」的账号")), "role",
                           tr(k, role_find(needed[i].role)->name), NULL),
                 tr(k, needed[i].todo), "/account/import", N_("导入账号表"));
    for (size_t i = 0; i < k->us->n; i++)
        if (k->us->all[i].assessed && !has_role(k, "clerk", k->us->all[i].code) &&
            !has_role(k, "supplier", k->us->all[i].code))
            name_add(&bare, k->a, k->us->all[i].name);
    if (bare.n)
        find(k, false,
             text_fill(k->a, tr(k, N_("{names}还没有经办人的账号")), "names",
                       names_text(k, &bare), NULL),
             tr(k, N_("可以以后再建；没有账号的单位看不到自己的报告，也签收不了预警")),
             "/account/import", N_("导入账号表"));
    if (fresh)
        find(k, false, n_of(k, N_("{n}个账号还没有启用"), fresh),
             tr(k, N_("把启用单交给本人，在 /activate 设密码；14天内有效，过期重新打印")),
             "/account?state=new", N_("去看账号"));
}

/* ---- scheme and sources ---- */

static enum rc scheme(struct looking *k, struct setup_stand *ret, struct scheme_problem **p,
                      size_t *n, struct err *e)
{
    *n = 0;
    if (!k->scheme) {
        ret->said = tr(k, N_("还没有方案"));
        find(k, true, tr(k, N_("还没有方案")),
             tr(k, N_("上传县里现有的考核表，列名和合并的单元格都不用改")), "/scheme/import",
             N_("导入方案表"));
        return RC_OK;
    }
    const struct scheme *sc = k->scheme;
    size_t leaves = 0, unscored = 0, shown = 0, rest = 0;
    for (size_t i = 0; i < sc->n; i++) {
        const struct scheme_node *x = &sc->nodes[i];
        bool leaf = x->level == 1 && str_eq(x->type, "Indicator");
        leaves += leaf;
        unscored += leaf && *x->standard && !*x->scoring;
    }
    ret->said =
        text_fill(k->a,
                  tr(k, sc->state == SCHEME_ADOPTED ? N_("「{name}」，{n}个指标，已采用")
                                                    : N_("「{name}」，{n}个指标，是草案")),
                  "name", sc->name, "n", number(k, (int64_t)leaves), NULL);
    /* Its value would be its score, whatever the standard says. */
    if (unscored)
        find(k, sc->state != SCHEME_ADOPTED,
             n_of(k, N_("{n}个指标有评分标准，还没有定怎么计分"), (int64_t)unscored),
             tr(k, N_("在草案页上选一种计分办法；不选，报来的数就直接当作得分")),
             arena_printf(k->a, "/scheme/%d", sc->version), N_("去草案页"));
    if (sc->state == SCHEME_ADOPTED)
        return RC_OK;
    enum rc rc = scheme_check(k->s, sc, k->a, p, n, e);
    const char *href = arena_printf(k->a, "/scheme/%d", sc->version);
    for (size_t i = 0; i < *n && rc == RC_OK; i++) {
        if ((*p)[i].source)
            continue;
        if (shown++ < PROBLEMS_SHOWN)
            find(k, true, err_message(&(*p)[i].err, k->lang, k->a),
                 tr(k, N_("在草案页上改，或改了原表再导入一次")), href, N_("去草案页"));
        else
            rest++;
    }
    if (rest)
        find(k, true, n_of(k, N_("另有{n}处"), (int64_t)rest), "", href, N_("去草案页"));
    return rc;
}

static enum rc sources(struct looking *k, struct setup_stand *ret,
                       const struct scheme_problem *p, size_t n, struct err *e)
{
    const struct point *points;
    size_t n_points, lacking = 0, other = 0, n_owners = 0;
    struct names mute = { .n = 0 }, unsigned_ = { .n = 0 };
    enum rc rc = points_load(k->s, k->scheme, k->a, &points, &n_points, e);
    if (rc != RC_OK)
        return rc;
    const char **owner = arena_array(k->a, n_points, sizeof(*owner));
    for (size_t i = 0; i < n_points; i++) {
        size_t o = 0;
        while (o < n_owners && !str_eq(owner[o], points[i].owner))
            o++;
        if (o < n_owners)
            continue;
        owner[n_owners++] = points[i].owner;
        const struct unit *u = units_find(k->us, points[i].owner);
        if (!has_role(k, "supplier", points[i].owner))
            name_add(&mute, k->a, u ? u->name : points[i].owner);
        if (!has_role(k, "signer", points[i].owner))
            name_add(&unsigned_, k->a, u ? u->name : points[i].owner);
    }
    ret->said = n_points ? text_fill(k->a, tr(k, N_("{n}个监测点，由{m}个部门报")), "n",
                                     number(k, (int64_t)n_points), "m",
                                     number(k, (int64_t)n_owners), NULL)
                         : tr(k, N_("还没有监测点"));
    for (size_t i = 0; i < n; i++)
        *(p[i].source ? &lacking : &other) += 1;
    if (!k->scheme) {
        find(k, true, tr(k, N_("还没有方案，不知道要哪些数")), tr(k, N_("先做上一步")),
             "/setup/scheme", N_("回到上一步"));
        return RC_OK;
    }
    if (n_points == 0 || lacking)
        find(k, true,
             lacking ? n_of(k, N_("{n}个指标还没有监测点供数"), (int64_t)lacking)
                     : tr(k, N_("还没有监测点")),
             tr(k, N_("下载监测点表，这些指标各有一行，补齐后导入")), "/point/import",
             N_("导入监测点表"));
    else if (k->scheme->state != SCHEME_ADOPTED)
        find(k, true, tr(k, N_("方案还是草案")),
             other ? tr(k, N_("先改好上一步列出的问题，再采用"))
                   : text_fill(k->a, tr(k, N_("看一眼，从{period}或更早的一期起采用")),
                               "period", period_name(k->a, k->v->period, k->lang), NULL),
             arena_printf(k->a, "/scheme/%d/preview", k->scheme->version), N_("去采用方案"));
    if (mute.n)
        find(k, false,
             text_fill(k->a, tr(k, N_("{names}要报数，但还没有数据部门的账号")), "names",
                       names_text(k, &mute), NULL),
             tr(k, N_("请安全管理员补建；在此之前由平台专班代报")), "/setup/people",
             N_("看第2步"));
    if (unsigned_.n)
        find(k, false,
             text_fill(k->a, tr(k, N_("{names}要报数，但还没有「单位签发人」的账号")), "names",
                       names_text(k, &unsigned_), NULL),
             tr(k, N_("采集批次要的数，签发以后才算数；签发人是单位负责人或他指定的人，不是"
                      "填报的人")),
             "/setup/people", N_("看第2步"));
    return RC_OK;
}

/* ---- the trial ---- */

/* The period that the values sent so far are of: a quarter if there is any, else a month, else
 * what there is. */
static enum rc trial_period(struct looking *k, struct err *e)
{
    struct trial_periods_row *rows;
    size_t n;
    enum rc rc = trial_periods_all(k->s, k->a, &rows, &n, e);
    struct period best = period_step(period_at(PERIOD_QUARTER, county_today(k->c)), -1);
    static const enum period_kind order[] = { PERIOD_QUARTER, PERIOD_MONTH, PERIOD_YEAR,
                                              PERIOD_WEEK, PERIOD_DAY };
    bool found = false;
    for (size_t o = 0; o < COUNT(order) && rc == RC_OK && !found; o++)
        for (size_t i = 0; i < n; i++)
            if (period_kind(rows[i].period) == order[o] &&
                (!found || period_last_day(rows[i].period) > period_last_day(best))) {
                best = rows[i].period;
                found = true;
            }
    k->v->period = best;
    return rc;
}

static enum rc gaps(struct looking *k, struct setup_stand *ret, struct err *e)
{
    struct panel *p;
    struct names owners = { .n = 0 };
    enum rc rc = panel_build(k->s, NULL, k->v->period, county_now(k->c), k->a, &p, e);
    if (rc == RC_NOTFOUND || rc == RC_INVALID) {
        char code[PERIOD_TEXT];
        find(k, true,
             text_fill(k->a, tr(k, N_("{period}没有采用的方案，这一期的数用不上")), "period",
                       period_code(k->v->period, code), NULL),
             err_message(e, k->lang, k->a), "/scheme", N_("去看方案"));
        err_done(e);
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    ret->said = text_fill(k->a, tr(k, N_("{period}应有{n}个数，到了{m}个")), "period",
                          period_name(k->a, k->v->period, k->lang), "n", number(k, p->n_due),
                          "m", number(k, p->n_present), NULL);
    int64_t silent = p->n_missing[MISSING_LATE];
    for (size_t i = 0; i < p->n_points && silent; i++) {
        const struct series *x = &p->series[i];
        bool lacks = false, named = false;
        for (size_t r = x->n_rows - x->window; r < x->n_rows; r++)
            for (size_t u = 0; u < p->n_units; u++)
                lacks |= x->missing[r][u] == MISSING_LATE;
        for (size_t j = 0; j < i && lacks && !named; j++)
            named = str_eq(p->points[j].owner, p->points[i].owner);
        const struct unit *u = units_find(p->units, p->points[i].owner);
        if (lacks && !named)
            name_add(&owners, k->a, u ? u->name : p->points[i].owner);
    }
    if (silent)
        find(k, false,
             text_fill(k->a, tr(k, N_("还有{n}个数没有报，归{names}")), "n", number(k, silent),
                       "names", names_text(k, &owners), NULL),
             tr(k,
                N_("有数就再导一次；确实没有的写缺失原因。缺失不等于零，缺太多的单位不给指数")),
             arena_printf(k->a, "/completeness?period=%s",
                          period_code(k->v->period, (char[PERIOD_TEXT]){ 0 })),
             N_("看缺哪些"));
    return RC_OK;
}

static enum rc values(struct looking *k, struct setup_stand *ret,
                      const struct trial_count_row *there, bool cleared, struct err *e)
{
    ret->said = tr(k, N_("还没有数值"));
    if (there->waiting)
        find(k, false, n_of(k, N_("{n}次报送核对过了，还没有入库"), there->waiting),
             tr(k, N_("打开看一眼，确认才算")), "/import?state=checked", N_("去看"));
    if (!there->imports) {
        if (cleared)
            ret->said = tr(k, N_("试过了，数已清除"));
        else
            find(k, true, tr(k, N_("还没有数值")),
                 tr(k, N_("下载填报表，填过去一期的数再上传")),
                 arena_printf(k->a, "/import/new?period=%s",
                              period_code(k->v->period, (char[PERIOD_TEXT]){ 0 })),
                 N_("上传数值"));
        return RC_OK;
    }
    return gaps(k, ret, e);
}

static enum rc compute(struct looking *k, struct setup_stand *ret,
                       const struct trial_count_row *there, bool cleared, struct err *e)
{
    struct trial_runs_row *runs;
    struct reports_of_run_row *rows;
    size_t n, n_rows;
    struct names none = { .n = 0 };
    ret->said = tr(k, N_("还没有算过"));
    enum rc rc = trial_runs_all(k->s, k->a, &runs, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n == 0) {
        if (cleared && !there->imports)
            ret->said = tr(k, N_("试过了，结果已清除"));
        else
            find(k, true, tr(k, N_("还没有算过")),
                 there->imports ? tr(k, N_("按下面的「计算」")) : tr(k, N_("先试导一期数值")),
                 there->imports ? NULL : "/setup/values", N_("回到上一步"));
        return RC_OK;
    }
    k->v->computed = true;
    rc = reports_of_run_all(k->s, runs[0].id, k->a, &rows, &n_rows, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n_rows; i++) {
        const struct unit *u = units_by_id(k->us, rows[i].unit_id);
        if (isnan(rows[i].score))
            name_add(&none, k->a, u ? u->name : "");
    }
    ret->said =
        text_fill(k->a, tr(k, N_("{period}：{n}个单位有指数，{m}项预警")), "period",
                  period_name(k->a, runs[0].period, k->lang), "n",
                  number(k, (int64_t)n_rows - none.n), "m", number(k, there->warnings), NULL);
    if (there->sent_at.us > runs[0].started_at.us)
        find(k, true, tr(k, N_("计算以后又来了数")), tr(k, N_("再算一遍")), NULL, NULL);
    if (none.n)
        find(k, false,
             text_fill(k->a, tr(k, N_("{names}没有指数")), "names", names_text(k, &none), NULL),
             tr(k, N_("一般是缺的数太多；补齐再算，或核对这些单位的分组和方案")), "/report",
             N_("看报告"));
    if (there->warnings == 0)
        find(k, false, tr(k, N_("没有预警")),
             tr(k, N_("没有预警规则就不会有预警；规则可以现在定，也可以启用后再定")), "/rule",
             N_("去看规则"));
    return RC_OK;
}

static enum rc live(struct looking *k, struct setup_stand *ret, struct err *e)
{
    struct setup_view *v = k->v;
    for (enum setup_step s = SETUP_UNITS; s < SETUP_LIVE; s++)
        if (!v->step[s].done)
            find(k, true,
                 text_fill(k->a, tr(k, N_("第{n}步「{name}」还没有做完")), "n",
                           number(k, (int64_t)s + 1), "name", tr(k, setup_about[s].name), NULL),
                 "", arena_printf(k->a, "/setup/%s", setup_about[s].code), N_("去做"));
    if (v->trial && (v->imports || v->computations))
        find(k, true, tr(k, N_("试算的数还在")), tr(k, N_("按下面的「清除试算数据」")), NULL,
             NULL);
    const struct calendar *cal;
    int year, month, day;
    day_split(county_today(k->c), &year, &month, &day);
    enum rc rc = calendar_get(k->c, k->s, &cal, e);
    if (rc == RC_OK && !calendar_has(cal, year))
        find(k, false,
             text_fill(k->a, tr(k, N_("还没有{n}年的放假调休安排")), "n",
                       arena_printf(k->a, "%d", year), NULL),
             tr(k, N_("办事期限按工作日算，没有它就算不出哪天到期；每年导入一次")), "/calendar",
             N_("去导入"));
    ret->said = v->live_at.us ? text_fill(k->a, tr(k, N_("{day}正式启用")), "day",
                                          fmt_date(k->a, v->live_at), NULL)
                : v->trial    ? tr(k, N_("还没有启用"))
                              : tr(k, N_("已在使用"));
    return rc;
}

/* ---- together ---- */

static enum rc newest_scheme(struct looking *k, struct err *e)
{
    struct scheme_last_version_row last;
    enum rc rc = scheme_last_version_one(k->s, k->a, &last, e);
    for (int version = rc == RC_OK ? (int)last.version : 0; version > 0 && rc == RC_OK;
         version--) {
        const struct scheme *sc;
        rc = scheme_load_version(k->s, version, k->a, &sc, e);
        if (rc != RC_OK || sc->state == SCHEME_RETIRED)
            continue;
        k->scheme = sc;
        k->v->scheme = version;
        break;
    }
    return rc;
}

/* Those whose role has the capability, by name. */
static const char *who(const struct looking *k, enum cap need)
{
    struct names x = { .n = 0 };
    for (size_t i = 0; i < k->n_people; i++) {
        const struct role *r = role_find(k->people[i].role);
        if (r && r->whole_county && (r->caps >> need & 1) &&
            str_eq(k->people[i].state, "active"))
            name_add(&x, k->a, k->people[i].name);
    }
    return names_text(k, &x);
}

static void start(struct looking *k)
{
    k->finding = arena_array(k->a, FINDINGS_MAX, sizeof(*k->finding));
    k->n = 0;
}

static void end(struct looking *k, enum setup_step s)
{
    struct setup_stand *x = &k->v->step[s];
    x->finding = k->finding;
    x->n = k->n;
    x->done = true;
    for (size_t i = 0; i < k->n; i++)
        x->done &= !k->finding[i].must;
    x->who = who(k, setup_about[s].need);
    start(k);
}

static enum rc look_at_steps(struct looking *k, const struct trial_count_row *there,
                             bool cleared, struct err *e)
{
    struct setup_stand *x = k->v->step;
    struct scheme_problem *problems = NULL;
    size_t n_problems = 0;
    start(k);
    units(k, &x[SETUP_UNITS]);
    end(k, SETUP_UNITS);
    people(k, &x[SETUP_PEOPLE]);
    end(k, SETUP_PEOPLE);
    enum rc rc = scheme(k, &x[SETUP_SCHEME], &problems, &n_problems, e);
    end(k, SETUP_SCHEME);
    if (rc == RC_OK)
        rc = sources(k, &x[SETUP_SOURCES], problems, n_problems, e);
    end(k, SETUP_SOURCES);
    if (rc == RC_OK)
        rc = values(k, &x[SETUP_VALUES], there, cleared, e);
    end(k, SETUP_VALUES);
    if (rc == RC_OK)
        rc = compute(k, &x[SETUP_COMPUTE], there, cleared, e);
    end(k, SETUP_COMPUTE);
    if (rc == RC_OK)
        rc = live(k, &x[SETUP_LIVE], e);
    end(k, SETUP_LIVE);
    x[SETUP_LIVE].done = !k->v->trial;
    return rc;
}

enum rc setup_look(struct county *c, const struct snap *s, enum lang lang, struct arena *a,
                   struct setup_view *ret, struct err *e)
{
    struct setup_view v = { .trial = c->trial };
    struct looking k = { .c = c, .s = s, .lang = lang, .a = a, .v = &v };
    struct setup_get_row row = { .state = "" };
    struct trial_count_row there;
    struct trial_cleared_count_row cleared;
    enum rc rc = setup_get_one(s, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        rc = RC_OK;
    } else if (rc == RC_OK) {
        v.was = true;
        v.trial = str_eq(row.state, "trial");
        v.live_at = row.live_at;
    }
    if (rc == RC_OK)
        rc = units_load(s, county_today(c), a, &k.us, e);
    if (rc == RC_OK)
        rc = setup_people_all(s, county_today(c), a, &k.people, &k.n_people, e);
    if (rc == RC_OK)
        rc = trial_count_one(s, a, &there, e);
    if (rc == RC_OK)
        rc = trial_cleared_count_one(s, a, &cleared, e);
    if (rc == RC_OK)
        rc = trial_period(&k, e);
    if (rc == RC_OK)
        rc = newest_scheme(&k, e);
    if (rc != RC_OK)
        return rc;
    v.imports = there.imports;
    v.values = there.n_values;
    v.computations = there.computations;
    v.reports = there.reports;
    v.warnings = there.warnings;
    rc = look_at_steps(&k, &there, cleared.computations > 0, e);
    if (rc != RC_OK)
        return rc;
    while (v.next < SETUP_STEPS && v.step[v.next].done)
        v.next++;
    *ret = v;
    return RC_OK;
}
