/*
 * Warnings in the demo's year: the team sends them, units sign for them, the competent
 * departments give their opinions, units set measures and mend, a third person reviews. Who is
 * quick and who is late, who finds what: drawn for each matter and state, so that a seed always
 * gives the same year. What they write is in demo/handling.csv.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "cmd/demo_act.h"
#include "monitor/demo.h"
#include "monitor/warning_kind.h"
#include "monitor/warning_matter.h"
#include "sheet/csv.h"

enum { AT_HOUR = 16, WORDS_MAX = 8, MORE = 30 /* days more that are asked for */ };

/* What is done in a state, and how many days after it was reached. */
struct deed {
    const char *verb;
    const char *account;
    struct flow_given given[4];
    size_t n;
};

struct desk {
    struct demo_year *y;
    struct arena *a;
    struct tx *tx;
    const struct units *us;
    const struct table *words;
    const struct warning_hands *hands;
    struct matter m;
    struct rng r; /* of this matter in this state */
    int32_t days; /* in this state */
    const char *rule;
};

static uint64_t number_of(const char *text)
{
    uint64_t n = 14695981039346656037U;
    for (const char *p = text; *p; p++)
        n = (n ^ (unsigned char)*p) * 1099511628211U;
    return n;
}

static bool percent(struct desk *d, unsigned share)
{
    return rng_below(&d->r, 100) < share;
}

/* Between from and to days in the state. */
static bool since(struct desk *d, uint64_t from, uint64_t to)
{
    return d->days >= (int32_t)(from + rng_below(&d->r, to - from + 1));
}

/* One of the rows of the rule; the next one when the first did not help. */
static const char *words(const struct desk *d, const char *column)
{
    size_t rows[WORDS_MAX], n = 0;
    ptrdiff_t col = table_col(d->words, 0, column);
    for (size_t i = 1; i < d->words->rows && n < WORDS_MAX; i++)
        if (str_eq(table_text(d->words, i, 0), d->rule))
            rows[n++] = i;
    return n && col >= 0 ? table_text(d->words,
                                      rows[(number_of(d->m.code) / 7 +
                                            (uint64_t)(d->m.returned + d->m.reopened)) %
                                           n],
                                      (size_t)col)
                         : "按平台提示的问题逐项核对整改";
}

static const char *of_unit(const struct desk *d, const char *unit)
{
    const char *clerk = demo_account(d->y, unit, "clerk");
    return clerk ? clerk : demo_account(d->y, unit, "supplier");
}

static void say(struct deed *x, const char *field, const char *value)
{
    x->given[x->n++] = (struct flow_given){ field, value };
}

static const char *day_text(const struct desk *d, int32_t day)
{
    char text[PERIOD_TEXT];
    return arena_strdup(d->a, day_code(day, text));
}

/* ---- what each does ---- */

static const char *const desk_people[] = { "wenshu", "qiumo" };

static bool in_queue(struct desk *d, struct deed *x)
{
    static const char *const notes[] = { "请核实数值，按期签收办理。",
                                         "与上期同类问题一并整改。",
                                         "涉及群众反映，请主要负责人过问。",
                                         "请主责部门先核口径，再定措施。" };
    if (percent(d, 12) ? !since(d, 8, 20) : !since(d, 0, 2))
        return false;
    x->verb = "send";
    x->account = desk_people[number_of(d->m.code) % 2];
    if (percent(d, 40))
        say(x, "note", notes[rng_below(&d->r, COUNT(notes))]);
    return true;
}

static bool when_sent(struct desk *d, struct deed *x)
{
    if (percent(d, 18) ? !since(d, 6, 16) : !since(d, 0, 2))
        return false;
    bool guided = false;
    for (size_t i = 0; i < d->m.n_parties; i++)
        guided |=
            d->m.parties[i].role == PARTY_JOINT && !str_eq(d->m.parties[i].state, "delivered");
    x->verb = guided ? "sign" : "sign_alone";
    x->account = of_unit(d, matter_unit(&d->m));
    return true;
}

static bool when_guided(struct desk *d, struct deed *x)
{
    if (percent(d, 8) || !since(d, 1, 4)) /* some let the days pass */
        return false;
    for (size_t i = 0; i < d->m.n_parties; i++)
        if (d->m.parties[i].role == PARTY_JOINT)
            x->account = of_unit(d, d->m.parties[i].unit);
    x->verb = "advise";
    say(x, "advice", words(d, "advice"));
    return x->account != NULL;
}

/* The discipline organ after the department, about the worst. */
static bool supervises(struct desk *d, struct deed *x)
{
    static const char *const views[] = { "整改期限请压缩在两个月内，进展写在本事项里。",
                                         "主责部门意见明确，请照办；到期我组核对结果。",
                                         "同类问题上季已提醒过，这次要找到机制上的原因。" };
    const char *group = NULL;
    bool grave = str_eq(matter_value(&d->m, "lamp"), "red") || d->m.returned > 0;
    if (!grave || *matter_value(&d->m, "view"))
        return false;
    for (size_t i = 0; i < d->y->n_accounts; i++)
        if (str_eq(d->y->accounts[i].role, "group")) {
            size_t n;
            char **units = str_split(d->a, d->y->accounts[i].scope, '|', &n);
            for (size_t k = 0; k < n; k++)
                if (str_eq(units[k], matter_unit(&d->m)))
                    group = d->y->accounts[i].code;
        }
    x->verb = "supervise";
    x->account = group;
    say(x, "view", views[rng_below(&d->r, COUNT(views))]);
    return group != NULL;
}

static const char *const reasons[] = { "招标程序本月走完，之前没有新的业务发生，不影响整改",
                                       "系统正在升级，期间没有数据，升级完成后恢复提醒",
                                       "当事各方已约定现场核查日期，核查前不再催" };

/* Somebody asks for more time or quiet, another answers. */
static bool requests(struct desk *d, struct deed *x)
{
    const struct request_at *r;
    const char *unit = of_unit(d, matter_unit(&d->m));
    if (matter_request(&d->m, FLOW_EXTEND)) {
        x->verb = percent(d, 80) ? "give_more" : "no_more";
        x->account = "qiumo";
        if (str_eq(x->verb, "no_more"))
            say(x, "why", "前期已给足时间，请照原期限办");
        return since(d, 1, 30);
    }
    r = matter_request(&d->m, FLOW_SNOOZE);
    if (r) {
        x->verb = "give_quiet";
        x->account = str_eq(r->by, "qiumo") ? "wenshu" : "qiumo";
        return true;
    }
    unsigned what = (unsigned)(number_of(d->m.code) % 100);
    if (what < 15 && d->m.quiet_day < d->y->day && d->days < 10 && since(d, 1, 4)) {
        x->verb = "ask_quiet";
        x->account = unit;
        say(x, "until", day_text(d, d->y->day + 40 + (int32_t)rng_below(&d->r, 75)));
        say(x, "quiet_why", reasons[rng_below(&d->r, COUNT(reasons))]);
        return true;
    }
    const struct clock_at *cl = matter_running(&d->m);
    if (str_eq(d->m.state, "rectifying") && what >= 80 && cl && cl->due &&
        cl->due - d->y->day < 10 && cl->due > d->y->day && !*matter_value(&d->m, "until")) {
        x->verb = "ask_more";
        x->account = unit;
        say(x, "until", day_text(d, cl->due + MORE));
        say(x, "why", "整改要跨部门会签，按现在的进度本月办不完，已完成大半");
        return true;
    }
    return false;
}

static bool when_signed(struct desk *d, struct deed *x)
{
    static const struct {
        const char *ground, *why;
    } outs[] = { { "false", "口径调整后上下两期不可比，规则把口径变化判成了下降" },
                 { "false", "单位本期没有这项业务，规则把零业务判成了异常" },
                 { "value", "提供部门确认多记一笔，已另行更正，下次计算按更正后的数" },
                 { "scope", "机构改革后这项职责已划出，规则不该再看这个单位" } };
    if (percent(d, 10)) { /* whoever had no hand in it finds a false alarm */
        size_t i = rng_below(&d->r, COUNT(outs));
        if (!since(d, 2, 4))
            return false;
        x->verb = "exclude";
        x->account = "danqing";
        say(x, "ground", outs[i].ground);
        say(x, "why", outs[i].why);
        return true;
    }
    if (d->m.returned > 0 && requests(d, x))
        return true;
    x->n = 0;
    if (since(d, 1, 2) && supervises(d, x))
        return true;
    x->n = 0;
    if (percent(d, 20) ? !since(d, 8, 16) : !since(d, 2, 6))
        return false;
    x->verb = "plan";
    x->account = of_unit(d, matter_unit(&d->m));
    say(x, "cause", words(d, "cause"));
    say(x, "measure", words(d, "measure"));
    say(x, "due", day_text(d, d->y->day + 25 + (int32_t)rng_below(&d->r, 40)));
    return true;
}

static bool when_working(struct desk *d, struct deed *x)
{
    if (requests(d, x))
        return true;
    x->n = 0;
    bool quick = percent(d, 25); /* what a phone call mends */
    if (percent(d, 10) || (quick ? !since(d, 2, 6) : !since(d, 12, 40))) /* some are late */
        return false;
    x->verb = percent(d, 25) ? "ask_review" : "fixed";
    x->account = of_unit(d, matter_unit(&d->m));
    say(x, "result", words(d, "result"));
    return true;
}

static bool in_review(struct desk *d, struct deed *x)
{
    static const char *const good[] = { "抽查凭证和现场，与报告一致，同意",
                                        "材料齐全，制度已改，同意降色",
                                        "随机抽三件，均已整改到位" };
    static const char *const bad[] = { "只有制度没有结果，退回补充",
                                       "抽查两件仍有逾期，请继续整改" };
    if (!since(d, 2, 6))
        return false;
    x->account = "danqing";
    if (percent(d, 80)) {
        x->verb = "pass";
        say(x, "opinion", good[rng_below(&d->r, COUNT(good))]);
    } else {
        x->verb = "back";
        say(x, "opinion", bad[rng_below(&d->r, COUNT(bad))]);
        say(x, "due", day_text(d, d->y->day + 30));
    }
    return true;
}

static bool deed_of(struct desk *d, struct deed *x)
{
    static const struct {
        const char *state;
        bool (*fn)(struct desk *, struct deed *);
    } states[] = { { "queued", in_queue },    { "resend", in_queue },
                   { "sent", when_sent },     { "guiding", when_guided },
                   { "signed", when_signed }, { "rectifying", when_working },
                   { "review", in_review } };
    for (size_t i = 0; i < COUNT(states); i++)
        if (str_eq(states[i].state, d->m.state))
            return states[i].fn(d, x) && x->account;
    return false;
}

/* ---- a day ---- */

static const char *rule_of(const struct matter *m)
{
    for (size_t i = 0; i < m->n_links; i++)
        if (str_eq(m->links[i].what, "rule"))
            return m->links[i].code;
    return "";
}

static enum rc act(struct desk *d, const struct hand_of_warning *h, struct err *e)
{
    struct deed x = { .verb = NULL };
    struct person who;
    struct flow_who w;
    struct flow_done done;
    enum rc rc = matter_load(tx_snap(d->tx), d->y->c, h->code, d->a, &d->m, e);
    if (rc != RC_OK)
        return rc;
    d->days = d->y->day - time_day(h->state_at);
    d->rule = rule_of(&d->m);
    rng_init(&d->r, d->y->seed,
             number_of(arena_printf(d->a, "%s %s %lld", d->m.code, d->m.state,
                                    (long long)d->m.returned)));
    if (!deed_of(d, &x))
        return RC_OK;
    rc = demo_person(d->y, tx_snap(d->tx), x.account, d->a, &who, e);
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(d->tx), d->y->c, &who, d->us, d->a, &w, e);
    return rc == RC_OK ? flow_move(d->tx, d->y->c, &w,
                                   &(struct flow_act){ .matter = d->m.code,
                                                       .verb = x.verb,
                                                       .version = -1,
                                                       .given = x.given,
                                                       .n_given = x.n },
                                   d->a, &done, e)
                       : rc;
}

/* All of a day in one change: each act is its own step with its own record all the same. */
static enum rc act_all(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct desk d = *(const struct desk *)arg;
    size_t n;
    d.tx = tx;
    d.a = a;
    enum rc rc = warning_hands_load(tx_snap(tx), a, &d.hands, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), d.y->day, a, &d.us, e);
    if (rc != RC_OK)
        return rc;
    const struct hand_of_warning *list = warning_hands_list(d.hands, &n);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (list[i].open && !str_eq(list[i].state, "waiting"))
            rc = act(&d, &list[i], e);
    return rc;
}

enum rc demo_warning_day(struct demo_year *y, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct demo_file *f = demo_file("handling.csv");
    struct table *t;
    if (!demo_workday(y))
        return RC_OK;
    enum rc rc = csv_read(a, "handling.csv", (struct bytes){ (const uint8_t *)f->text, f->n },
                          NULL, &t, e);
    if (rc == RC_OK)
        rc = demo_hour(y, AT_HOUR, e);
    struct desk d = { .y = y, .words = t };
    return rc == RC_OK ? db_transact(y->c->db, act_all, &d, e) : rc;
}
