/*
 * The four responsibilities in the demo's year: in January the platform brings in the posts and
 * their lists (demo/duties.csv) and starts the year's confirmation; everybody who holds a post
 * confirms, most in time. The discipline organ enters month by month how many person-times of
 * the first form there were, and gives each quarter out once it has ended.
 */
#include "base/period.h"
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_order.h"
#include "duty/duty.h"
#include "duty/first_form.h"
#include "monitor/demo.h"
#include "sheet/csv.h"

enum { ITEMS_MAX = 8, HOUR = 18, CONFIRMED_WITHIN = 26 };
static const char brought[] = "2026-01-19", due[] = "2026-02-27", platform[] = "wenshu",
                  organ[] = "chuxing";

/* Who holds which post: the unit's account of a role, for units of a kind. */
static const struct {
    const char *role, *name;
    enum duty duty;
} posts[] = { { "signer", "党组（党委）班子", DUTY_MAIN },
              { "signer", "主要负责人", DUTY_FIRST },
              { "clerk", "分管负责人", DUTY_DOUBLE },
              { "group", "派驻纪检监察组组长", DUTY_OVERSIGHT } };
/* The leaders, by account. */
static const struct {
    const char *account, *name;
    enum duty duty;
} leaders[] = { { "guheng", "区委书记", DUTY_FIRST },
                { "luyun", "区委副书记", DUTY_DOUBLE },
                { "ningshu", "分管宣传和城市管理的领导", DUTY_DOUBLE },
                { "heqing", "分管农业农村的领导", DUTY_DOUBLE } };

/* Person-times by month: used, of these counted in the statistics; level by turns. */
static const struct {
    const char *month, *level;
    int64_t used, counted;
} forms[] = {
    { "202601", "科级", 7, 6 },     { "202601", "其他", 4, 3 },
    { "202602", "科级", 5, 5 },     { "202602", "其他", 5, 3 },
    { "202603", "县管干部", 2, 2 }, { "202603", "科级", 8, 7 },
    { "202603", "其他", 6, 5 },     { "202604", "科级", 6, 5 },
    { "202604", "其他", 5, 4 },     { "202605", "县管干部", 1, 1 },
    { "202605", "科级", 7, 6 },     { "202605", "其他", 6, 4 },
    { "202606", "科级", 6, 6 },     { "202606", "其他", 5, 4 },
    { "202607", "县管干部", 3, 3 }, { "202607", "科级", 6, 5 },
    { "202607", "其他", 5, 4 },     { "202608", "科级", 5, 5 },
    { "202608", "其他", 6, 4 },     { "202609", "科级", 6, 5 },
    { "202609", "其他", 5, 5 },
};

static bool today_is(const struct demo_year *y, const char *day)
{
    char code[PERIOD_TEXT];
    return str_eq(day_code(y->day, code), day);
}

/* ---- posts and lists ---- */

static struct duty_sheet_post *post_add(struct duty_sheet *s, const struct table *t,
                                        const char *unit, const char *name, enum duty duty,
                                        const char *account, struct arena *a)
{
    struct duty_sheet_post *p = &s->posts[s->n++];
    *p = (struct duty_sheet_post){ .unit = unit,
                                   .unit_name = unit,
                                   .name = name,
                                   .account = account,
                                   .duty = duty,
                                   .items = arena_array(a, ITEMS_MAX, sizeof(*p->items)) };
    for (size_t r = 1; r < t->rows && p->n < ITEMS_MAX; r++)
        if (duty_of(table_text(t, r, 0)) == duty)
            p->items[p->n++] = (struct duty_item){ table_text(t, r, 1), table_text(t, r, 2),
                                                   table_text(t, r, 3) };
    return p;
}

static enum rc bring(struct demo_year *y, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct demo_file *f = demo_file("duties.csv");
    struct duty_sheet s = { .n = 0 };
    struct table *t;
    int64_t n;
    int32_t last;
    enum rc rc = csv_read(a, "duties.csv", (struct bytes){ (const uint8_t *)f->text, f->n },
                          NULL, &t, e);
    if (rc != RC_OK)
        return rc;
    s.posts = arena_array(a, y->n_accounts * COUNT(posts) + COUNT(leaders), sizeof(*s.posts));
    for (size_t i = 0; i < COUNT(leaders); i++)
        (void)post_add(&s, t, "QX", leaders[i].name, leaders[i].duty, leaders[i].account, a);
    for (size_t i = 0; i < y->n_accounts; i++)
        for (size_t k = 0; k < COUNT(posts); k++) {
            const struct account_new *x = &y->accounts[i];
            if (str_eq(x->role, posts[k].role) &&
                str_eq(demo_account(y, x->unit, x->role), x->code)) /* one of each unit */
                (void)post_add(&s, t, x->unit, posts[k].name, posts[k].duty, x->code, a);
        }
    rc = demo_hour(y, HOUR, e);
    if (rc == RC_OK)
        rc = duty_sheet_write(y->c, &s, DEMO_YEAR, platform, &n, e);
    if (rc == RC_OK)
        rc = day_parse(due, &last, e);
    return rc == RC_OK ? duty_year_start(y->c, DEMO_YEAR, last, 15, platform, &n, e) : rc;
}

/* ---- confirmations ---- */

/* Whoever's turn it is today; each confirms all that is theirs. */
static enum rc confirm_all(struct tx *tx, void *arg, struct err *e)
{
    struct demo_year *y = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duty_post *list;
    const struct units *us;
    int32_t first;
    size_t n;
    enum rc rc = duty_posts(tx_snap(tx), "", a, &list, &n, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), y->day, a, &us, e);
    if (rc == RC_OK)
        rc = day_parse(brought, &first, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct person who;
        struct flow_who w;
        struct duty_confirm k;
        int32_t turn =
            first + 1 + (int32_t)(demo_number(list[i].account) % CONFIRMED_WITHIN) * 7 / 4;
        if (turn > y->day)
            continue;
        rc = duty_confirmed(tx_snap(tx), list[i].code, list[i].account, DEMO_YEAR, a, &k, e);
        if (rc != RC_OK || k.state != DUTY_WAITING)
            continue;
        rc = demo_person(y, tx_snap(tx), list[i].account, a, &who, e);
        if (rc == RC_OK)
            rc = flow_who_load(tx_snap(tx), y->c, &who, us, a, &w, e);
        if (rc == RC_OK)
            rc = duty_confirm(tx, y->c, &w, list[i].code, DEMO_YEAR, a, e);
    }
    return rc;
}

/* ---- 第一种形态 ---- */

struct entering {
    struct demo_year *y;
    struct period month; /* whose counts are entered, or */
    struct period quarter;
};

static enum rc enter(struct tx *tx, void *arg, struct err *e)
{
    const struct entering *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct person by;
    const struct units *us;
    char code[PERIOD_TEXT];
    enum rc rc = demo_person(x->y, tx_snap(tx), organ, a, &by, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), x->y->day, a, &us, e);
    if (rc == RC_OK && x->quarter.v)
        rc = first_form_give(tx, x->y->c, &by, x->quarter, e);
    period_code(x->month, code);
    for (size_t i = 0; i < COUNT(forms) && rc == RC_OK && x->month.v; i++)
        if (str_eq(forms[i].month, code))
            rc = first_form_put(
                tx, x->y->c, &by, us,
                &(struct first_form){
                    .organ = "O01",
                    .level = forms[i].level,
                    .file = arena_printf(a, "清纪台账〔2026〕%d号", (int)period_sub(x->month)),
                    .month = x->month,
                    .used = forms[i].used,
                    .counted = forms[i].counted },
                e);
    return rc;
}

enum rc demo_duty_day(struct demo_year *y, struct err *e)
{
    enum { ENTERED = 8, GIVEN = 22 }; /* days after a month, a quarter */
    struct period last = period_step(period_at(PERIOD_MONTH, y->day), -1);
    struct period quarter;
    struct entering x = { .y = y };
    int32_t first, over;
    enum rc rc = day_parse(brought, &first, e);
    if (rc == RC_OK)
        rc = day_parse("2026-03-20", &over, e);
    if (rc == RC_OK && today_is(y, brought))
        rc = bring(y, e);
    if (rc == RC_OK && y->day > first && y->day <= over && demo_workday(y)) {
        rc = demo_hour(y, HOUR, e);
        if (rc == RC_OK)
            rc = db_transact(y->c->db, confirm_all, y, e);
    }
    if (period_year(last) == DEMO_YEAR && y->day == period_last_day(last) + ENTERED)
        x.month = last;
    if (demo_days_since(y, &quarter) == GIVEN)
        x.quarter = quarter;
    if (rc == RC_OK && (x.month.v || x.quarter.v))
        rc = demo_hour(y, HOUR, e);
    return rc == RC_OK && (x.month.v || x.quarter.v) ? db_transact(y->c->db, enter, &x, e) : rc;
}
