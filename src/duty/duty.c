/*
 * Posts, holders, lists, and the confirmations that follow from them. The one idea: settle()
 * compares what should be confirmed with the matters there are, so that every change above it
 * only writes its row and calls it.
 */
#include "duty/duty.h"

#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "duty/duty.sql.h"
#include "duty/room.h"
#include "flow/calendar.h"
#include "flow/matter.h"
#include "store/canon.h"
#include "store/county.h"
#include "store/record.h"

/* ---- words ---- */

static const struct {
    const char *word, *text;
} duties[DUTIES + 1] = { [DUTY_MAIN] = { "main", N_("主体责任") },
                         [DUTY_OVERSIGHT] = { "oversight", N_("监督责任") },
                         [DUTY_FIRST] = { "first", N_("第一责任人责任") },
                         [DUTY_DOUBLE] = { "double", N_("一岗双责") } };
static const struct {
    const char *word, *text;
} oftens[] = { { "always", N_("随时") },
               { "month", N_("每月") },
               { "quarter", N_("每季度") },
               { "half", N_("每半年") },
               { "year", N_("每年") } };

const char *duty_word(enum duty d)
{
    return d ? duties[d].word : "";
}

const char *duty_text(enum duty d)
{
    return d ? duties[d].text : "";
}

enum duty duty_of(const char *word)
{
    for (int d = DUTY_MAIN; d <= DUTIES; d++)
        if (str_eq(word, duties[d].word) || str_eq(word, duties[d].text))
            return (enum duty)d;
    return 0;
}

const char *duty_often_text(const char *word)
{
    for (size_t i = 0; i < COUNT(oftens); i++)
        if (str_eq(word, oftens[i].word))
            return oftens[i].text;
    return word;
}

bool duty_often_known(const char *word)
{
    for (size_t i = 0; i < COUNT(oftens); i++)
        if (str_eq(word, oftens[i].word))
            return true;
    return false;
}

/* ---- reading ---- */

static struct duty_post post_of(const struct duty_post_row_row *r)
{
    return (struct duty_post){ .code = r->code,
                               .unit = r->unit,
                               .name = r->name,
                               .duty = duty_of(r->duty),
                               .ended = r->ended,
                               .account = r->account ? r->account : "",
                               .holder = r->holder && *r->holder ? r->holder
                                         : r->account            ? r->account
                                                                 : "",
                               .from_day = r->from_day_null ? 0 : (int32_t)r->from_day };
}

enum rc duty_posts(const struct snap *s, const char *unit, struct arena *a,
                   struct duty_post **ret, size_t *ret_n, struct err *e)
{
    struct duty_post_list_row *rows;
    size_t n;
    enum rc rc = duty_post_list_all(s, unit, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct duty_post *list = arena_array(a, n, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] =
            post_of(&(struct duty_post_row_row){ .code = rows[i].code,
                                                 .unit = rows[i].unit,
                                                 .name = rows[i].name,
                                                 .duty = rows[i].duty,
                                                 .ended = rows[i].ended,
                                                 .account = rows[i].account,
                                                 .holder = rows[i].holder,
                                                 .from_day = rows[i].from_day,
                                                 .from_day_null = rows[i].from_day_null });
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

enum rc duty_post_get(const struct snap *s, const char *code, struct arena *a,
                      struct duty_post *ret, struct err *e)
{
    struct duty_post_row_row row;
    enum rc rc = duty_post_row_one(s, code, a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的岗位"), "code", code);
    if (rc == RC_OK)
        *ret = post_of(&row);
    return rc;
}

bool duty_may_keep(const struct person *p, const struct unit *u)
{
    return person_may(p, CAP_DISPATCH, u) || person_may(p, CAP_SIGN, u);
}

enum rc duty_list_get(const struct snap *s, const char *post, int year, struct arena *a,
                      struct duty_list *ret, struct err *e)
{
    struct duty_list_version_row v;
    struct duty_items_row *rows;
    *ret = (struct duty_list){ 0 };
    enum rc rc = duty_list_version_one(s, post, year, a, &v, e);
    if (rc == RC_OK)
        rc = duty_items_all(s, post, year, v.version, a, &rows, &ret->n, e);
    if (rc != RC_OK)
        return rc;
    ret->version = (int)v.version;
    ret->items = arena_array(a, ret->n, sizeof(*ret->items));
    for (size_t i = 0; i < ret->n; i++)
        ret->items[i] = (struct duty_item){ rows[i].text, rows[i].basis, rows[i].often };
    if (ret->n)
        ret->at = rows[0].at;
    return RC_OK;
}

enum rc duty_year_due(const struct snap *s, int year, int32_t *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duty_year_row_row row;
    enum rc rc = duty_year_row_one(s, year, a, &row, e);
    *ret = rc == RC_OK ? (int32_t)row.due_day : 0;
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    return RC_OK;
}

static const char *year_code(struct arena *a, int year)
{
    return arena_printf(a, "%d", year);
}

enum rc duty_confirmed(const struct snap *s, const char *post, const char *account, int year,
                       struct arena *a, struct duty_confirm *ret, struct err *e)
{
    struct duty_matters_row *rows;
    size_t n;
    *ret = (struct duty_confirm){ .matter = "" };
    enum rc rc = duty_matters_all(s, year_code(a, year), post, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        if (!str_eq(rows[i].account, account) || str_eq(rows[i].state, "ended"))
            continue;
        *ret = (struct duty_confirm){ .matter = rows[i].code,
                                      .state = rows[i].open ? DUTY_WAITING : DUTY_CONFIRMED,
                                      .at = rows[i].closed_at,
                                      .due = (int32_t)rows[i].due_day };
        break;
    }
    return rc;
}

enum rc duty_matter_post(const struct snap *s, const struct matter *m, struct arena *a,
                         struct duty_post *ret, int64_t *ret_year, struct err *e)
{
    const char *post = "";
    for (size_t i = 0; i < m->n_links; i++)
        if (str_eq(m->links[i].what, "post"))
            post = m->links[i].code;
    enum rc rc = parse_int64(matter_value(m, "year"), DUTY_FIRST_YEAR, DUTY_LAST_YEAR, "year",
                             ret_year, e);
    return rc == RC_OK ? duty_post_get(s, post, a, ret, e) : rc;
}

enum rc duty_may_hold(const struct snap *s, const struct unit *u, const char *account,
                      int32_t today, struct arena *a, const char **ret_name,
                      const char **ret_why, struct err *e)
{
    struct duty_account_row row;
    struct person p;
    *ret_name = account;
    *ret_why = N_("没有可用的账号「{account}」");
    enum rc rc = duty_account_one(s, account, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = person_load(s, row.id, today, ~UINT64_C(0), a, &p, e);
    if (rc != RC_OK)
        return rc;
    *ret_name = row.name;
    bool there = u && (p.unit.v == u->id.v || person_may(&p, CAP_HANDLE, u));
    *ret_why = there ? NULL
                     : N_("「{account}」不是「{unit}」的人：请安全管理员给这个账号加上在那里的"
                          "角色，再登记任职");
    return RC_OK;
}

/* ---- confirmations that follow ---- */

struct settling {
    struct tx *tx;
    struct county *c;
    struct arena *a;
    struct flow_who who;
    const struct units *us;
    int year;
    int32_t due; /* of the year */
};

static enum rc settling_begin(struct settling *x, struct tx *tx, struct county *c,
                              struct arena *a, struct err *e)
{
    *x = (struct settling){ .tx = tx, .c = c, .a = a };
    enum rc rc = units_load(tx_snap(tx), county_today(c), a, &x->us, e);
    x->who = flow_who_system(x->us);
    return rc;
}

/* The year's day, or ten days from now when it is nearer or over: nobody is late at once. */
static const char *due_text(const struct settling *x)
{
    int32_t soon = county_today(x->c) + 10;
    char text[PERIOD_TEXT];
    return arena_strdup(x->a, day_code(x->due > soon ? x->due : soon, text));
}

static enum rc move(const struct settling *x, const char *matter, const char *verb,
                    const struct flow_given *given, size_t n, struct err *e)
{
    struct flow_done done;
    return flow_move(
        x->tx, x->c, &x->who,
        &(struct flow_act){
            .matter = matter, .verb = verb, .version = -1, .given = given, .n_given = n },
        x->a, &done, e);
}

static enum rc ask(const struct settling *x, const char *matter, const char *title,
                   const char *unit, const struct burden_estimate *by, struct err *e)
{
    const struct burden_ask n = { .what = BURDEN_DUTY,
                                  .code = matter,
                                  .title = title,
                                  .unit = unit,
                                  .requester = by->requester,
                                  .minutes = by->minutes };
    return by->minutes > 0 ? burden_ask_again(x->tx, x->c, &n, "", x->a, e) : RC_OK;
}

static enum rc open_one(const struct settling *x, const struct duty_post *p,
                        const char *version, const struct burden_estimate *by, struct err *e)
{
    const struct unit *u = units_find(x->us, p->unit);
    const char *year = year_code(x->a, x->year),
               *title = arena_printf(x->a, "%d年知责明责：%s%s", x->year, u->name, p->name);
    const struct flow_given given[] = { { "year", year },
                                        { "version", version },
                                        { "holder", p->account },
                                        { "due", due_text(x) },
                                        { "minutes", arena_printf(x->a, "%lld",
                                                                  (long long)by->minutes) } };
    const struct flow_link links[] = { { "post", p->code }, { "duty_year", year } };
    struct flow_done done;
    enum rc rc = flow_open(
        x->tx, x->c, &x->who,
        &(struct flow_new){ .kind = duty_flow_kind.code,
                            .title = title,
                            .unit = p->unit,
                            .given = given,
                            .n_given = by->minutes > 0 ? COUNT(given) : COUNT(given) - 1,
                            .links = links,
                            .n_links = COUNT(links) },
        x->a, &done, e);
    return rc == RC_OK ? ask(x, done.code, title, p->unit, by, e) : rc;
}

/* Bring the confirmations of a post and year to what they should be. */
static enum rc settle(const struct settling *x, const char *code, struct err *e)
{
    struct duty_post p;
    struct duty_list_version_row list;
    const char *name, *why;
    struct duty_matters_row *rows;
    size_t n;
    bool mine = false;
    struct burden_estimate by;
    const char *year = year_code(x->a, x->year);
    const struct snap *s = tx_snap(x->tx);
    enum rc rc = duty_post_get(s, code, x->a, &p, e);
    if (rc == RC_OK)
        rc = burden_stated(s, BURDEN_DUTY, year, x->a, &by, e);
    if (rc == RC_OK)
        rc = duty_list_version_one(s, code, x->year, x->a, &list, e);
    if (rc == RC_OK)
        rc = duty_matters_all(s, year, code, x->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    bool wanted = !p.ended && *p.account && list.version > 0;
    const char *version = arena_printf(x->a, "%lld", (long long)list.version);
    const struct flow_given given[] = { { "version", version }, { "due", due_text(x) } };
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct matter m;
        if (str_eq(rows[i].state, "ended"))
            continue;
        if (!wanted || mine || !str_eq(rows[i].account, p.account)) {
            if (rows[i].open)
                rc = move(x, rows[i].code, "end", NULL, 0, e);
            continue;
        }
        mine = true;
        rc = matter_load(s, x->c, rows[i].code, x->a, &m, e);
        if (rc != RC_OK || str_eq(matter_value(&m, "version"), version))
            continue;
        rc = move(x, m.code, rows[i].open ? "revise" : "renew", given, COUNT(given), e);
        if (rc == RC_OK && !rows[i].open)
            rc = ask(x, m.code, m.title, p.unit, &by, e);
    }
    if (rc != RC_OK || !wanted || mine)
        return rc;
    /* Somebody locked or moved since could not confirm it; the post says that nobody was asked.
     */
    rc = duty_may_hold(s, units_find(x->us, p.unit), p.account, county_today(x->c), x->a, &name,
                       &why, e);
    return rc == RC_OK && !why ? open_one(x, &p, version, &by, e) : rc;
}

/* The same for every year that was started and is not over. */
static enum rc settle_years(struct tx *tx, struct county *c, const char *post, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct settling x;
    struct duty_years_row *years;
    size_t n;
    int year, month, day;
    day_split(county_today(c), &year, &month, &day);
    enum rc rc = settling_begin(&x, tx, c, a, e);
    if (rc == RC_OK)
        rc = duty_years_all(tx_snap(tx), year, a, &years, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        x.year = (int)years[i].year;
        x.due = (int32_t)years[i].due_day;
        rc = settle(&x, post, e);
    }
    return rc;
}

enum rc duty_confirm(struct tx *tx, struct county *c, const struct flow_who *w,
                     const char *post, int year, struct arena *a, struct err *e)
{
    struct duty_confirm k;
    struct flow_done done;
    enum rc rc = duty_confirmed(tx_snap(tx), post, w->person->code, year, a, &k, e);
    if (rc == RC_OK && k.state != DUTY_WAITING)
        return err_set(e, RC_CONFLICT, N_("岗位「{post}」{year}年没有等您确认的职责清单"),
                       "post", post, "year", year_code(a, year));
    return rc == RC_OK ? flow_move(tx, c, w,
                                   &(struct flow_act){
                                       .matter = k.matter, .verb = "confirm", .version = -1 },
                                   a, &done, e)
                       : rc;
}

/* ---- posts ---- */

static enum rc post_record(struct tx *tx, struct county *c, struct arena *a, const char *kind,
                           const struct duty_post_audit_row *row, struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &duty_post_audit_query, row);
    struct record_part part = part_open(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = row->unit,
                                               .subject = row->code,
                                               .by = row->by_account,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

enum rc duty_name_check(const char *name, struct err *e)
{
    if (!*name || utf8_count(name) > DUTY_POST_MAX)
        return err_set(e, RC_INVALID, N_("岗位名称应有1至40个字，如 党组书记、局长"));
    return RC_OK;
}

enum rc duty_post_add(struct tx *tx, struct county *c, const char *unit, const char *name,
                      enum duty duty, const char *by, struct arena *a, const char **ret_code,
                      struct err *e)
{
    const struct units *us;
    struct duty_post *posts;
    struct duty_post_last_row last;
    struct duty_post_count_row all;
    size_t n;
    struct id record;
    name = str_trim(a, name);
    enum rc rc = duty_name_check(name, e);
    if (rc == RC_OK && !duty)
        rc = err_set(e, RC_INVALID,
                     N_("责任应为 主体责任、监督责任、第一责任人责任 或 一岗双责"));
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc == RC_OK && !units_find(us, unit))
        rc = err_set(e, RC_INVALID, N_("今天没有编码为「{unit}」的单位"), "unit", unit);
    if (rc == RC_OK)
        rc = duty_posts(tx_snap(tx), unit, a, &posts, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (str_eq(posts[i].name, name))
            rc = err_set(e, RC_CONFLICT, N_("这个单位已有岗位「{name}」"), "name", name);
    if (rc == RC_OK)
        rc = duty_post_count_one(tx_snap(tx), a, &all, e);
    if (rc == RC_OK && all.n >= DUTY_POSTS_MAX)
        rc = err_set(e, RC_TOOBIG, N_("岗位至多5000个"));
    if (rc == RC_OK)
        rc = duty_post_last_one(tx_snap(tx), unit, a, &last, e);
    if (rc != RC_OK)
        return rc;
    struct duty_post_audit_row row = { .code = arena_printf(a, "%s-%lld", unit,
                                                            (long long)last.last + 1),
                                       .unit = unit,
                                       .number = last.last + 1,
                                       .name = name,
                                       .duty = duty_word(duty),
                                       .by_account = by,
                                       .at = county_now(c) };
    rc = post_record(tx, c, a, "duty.post", &row, &record, e);
    if (rc == RC_OK)
        rc = duty_post_insert(tx, row.code, row.unit, row.number, row.name, row.duty, false,
                              row.by_account, row.at, record, NULL, e);
    if (rc == RC_OK)
        *ret_code = row.code;
    return rc;
}

static enum rc holding_record(struct tx *tx, struct county *c, struct arena *a,
                              const char *kind, const struct duty_holding_audit_row *row,
                              struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &duty_holding_audit_query, row);
    struct record_part part = part_restricted(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = row->post,
                                               .by = row->by_account,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

static enum rc end_holding(struct tx *tx, struct county *c, struct arena *a, const char *post,
                           const struct duty_holding_now_row *h, int32_t last_day,
                           const char *by, struct err *e)
{
    struct id record;
    struct duty_holding_audit_row row = { .post = post,
                                          .number = h->number,
                                          .account = h->account,
                                          .from_day = h->from_day,
                                          .to_day = last_day,
                                          .by_account = by,
                                          .at = county_now(c) };
    if (last_day < h->from_day)
        return err_set(
            e, RC_INVALID, N_("任职从{from}开始，不能在那以前结束"), "from",
            arena_strdup(a, day_code((int32_t)h->from_day, (char[PERIOD_TEXT]){ 0 })));
    enum rc rc = holding_record(tx, c, a, "duty.holding_ended", &row, &record, e);
    return rc == RC_OK ? duty_holding_end(tx, row.to_day, row.by_account, row.at, record, h->id,
                                          NULL, e)
                       : rc;
}

/* Who holds it now; ret->id none: nobody. */
static enum rc holding_now(const struct snap *s, const char *post, struct arena *a,
                           struct duty_holding_now_row *ret, struct err *e)
{
    *ret = (struct duty_holding_now_row){ 0 };
    enum rc rc = duty_holding_now_one(s, post, a, ret, e);
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    return RC_OK;
}

static enum rc not_to_come(struct county *c, int32_t day, struct err *e)
{
    return day > 0 && day <= county_today(c)
               ? RC_OK
               : err_set(e, RC_INVALID,
                         N_("任职日期应是今天或以前；还没有到的任免，到时再登记"));
}

enum rc duty_hold(struct tx *tx, struct county *c, const char *post, const char *account,
                  int32_t from_day, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct units *us;
    const char *name, *why;
    struct duty_post p;
    struct duty_holding_now_row now;
    struct duty_holding_last_row last;
    struct id record;
    enum rc rc = duty_post_get(tx_snap(tx), post, a, &p, e);
    if (rc == RC_OK && p.ended)
        rc = err_set(e, RC_CONFLICT, N_("岗位「{post}」已经撤销"), "post", p.name);
    if (rc == RC_OK)
        rc = not_to_come(c, from_day, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_find(us, p.unit);
    rc = duty_may_hold(tx_snap(tx), u, account, county_today(c), a, &name, &why, e);
    if (rc == RC_OK && why)
        rc = err_set(e, RC_INVALID, why, "account", account, "unit", u ? u->name : p.unit);
    if (rc == RC_OK)
        rc = holding_now(tx_snap(tx), post, a, &now, e);
    if (rc == RC_OK && now.id.v && str_eq(now.account, account))
        rc =
            err_set(e, RC_CONFLICT, N_("{name}已经任「{post}」"), "name", name, "post", p.name);
    if (rc == RC_OK && now.id.v)
        rc = end_holding(tx, c, a, post, &now, from_day - 1, by, e);
    if (rc == RC_OK)
        rc = duty_holding_last_one(tx_snap(tx), post, a, &last, e);
    if (rc == RC_OK && from_day <= last.to_day)
        rc = err_set(e, RC_INVALID, N_("这一天还是前任在任：应晚于{day}"), "day",
                     arena_strdup(a, day_code((int32_t)last.to_day, (char[PERIOD_TEXT]){ 0 })));
    if (rc != RC_OK)
        return rc;
    struct duty_holding_audit_row row = { .post = post,
                                          .number = last.last + 1,
                                          .account = account,
                                          .from_day = from_day,
                                          .by_account = by,
                                          .at = county_now(c) };
    rc = holding_record(tx, c, a, "duty.holding", &row, &record, e);
    if (rc == RC_OK)
        rc = duty_holding_insert(tx, row.post, row.number, row.account, row.from_day,
                                 row.by_account, row.at, record, NULL, e);
    return rc == RC_OK ? settle_years(tx, c, post, e) : rc;
}

enum rc duty_release(struct tx *tx, struct county *c, const char *post, int32_t last_day,
                     const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duty_post p;
    struct duty_holding_now_row now;
    enum rc rc = duty_post_get(tx_snap(tx), post, a, &p, e);
    if (rc == RC_OK)
        rc = not_to_come(c, last_day, e);
    if (rc == RC_OK)
        rc = holding_now(tx_snap(tx), post, a, &now, e);
    if (rc == RC_OK && !now.id.v)
        rc = err_set(e, RC_CONFLICT, N_("岗位「{post}」现在没有人任职"), "post", p.name);
    if (rc == RC_OK)
        rc = end_holding(tx, c, a, post, &now, last_day, by, e);
    return rc == RC_OK ? settle_years(tx, c, post, e) : rc;
}

enum rc duty_post_end(struct tx *tx, struct county *c, const char *post, const char *by,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duty_post_row_row r;
    struct duty_holding_now_row now;
    struct duty_post p;
    struct id record;
    enum rc rc = duty_post_get(tx_snap(tx), post, a, &p, e);
    if (rc == RC_OK && p.ended)
        rc = err_set(e, RC_CONFLICT, N_("岗位「{post}」已经撤销"), "post", p.name);
    if (rc == RC_OK)
        rc = duty_post_row_one(tx_snap(tx), post, a, &r, e);
    if (rc == RC_OK)
        rc = holding_now(tx_snap(tx), post, a, &now, e);
    if (rc == RC_OK && now.id.v)
        rc = end_holding(tx, c, a, post, &now, county_today(c), by, e);
    if (rc != RC_OK)
        return rc;
    struct duty_post_audit_row row = { .code = r.code,
                                       .unit = r.unit,
                                       .number = r.number,
                                       .name = r.name,
                                       .duty = r.duty,
                                       .ended = true,
                                       .by_account = by,
                                       .at = county_now(c) };
    rc = post_record(tx, c, a, "duty.post_ended", &row, &record, e);
    if (rc == RC_OK)
        rc = duty_post_close(tx, row.by_account, row.at, record, row.code, NULL, e);
    return rc == RC_OK ? settle_years(tx, c, post, e) : rc;
}

/* ---- lists ---- */

static bool same_list(const struct duty_list *l, const struct duty_item *items, size_t n)
{
    if (l->n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!str_eq(l->items[i].text, items[i].text) ||
            !str_eq(l->items[i].basis, items[i].basis) ||
            !str_eq(l->items[i].often, items[i].often))
            return false;
    return true;
}

enum rc duty_item_check(const struct duty_item *i, struct err *e)
{
    if (!*i->text || utf8_count(i->text) > DUTY_TEXT_MAX)
        return err_set(e, RC_INVALID, N_("职责应有1至300个字"));
    if (!*i->basis || utf8_count(i->basis) > DUTY_BASIS_MAX)
        return err_set(
            e, RC_INVALID,
            N_("职责「{text}」没有写依据，或依据超过120个字：写哪部法规、哪个文件第几条"),
            "text", i->text);
    if (!duty_often_known(i->often))
        return err_set(e, RC_INVALID,
                       N_("职责「{text}」的频次应为 随时、每月、每季度、每半年 或 每年"),
                       "text", i->text);
    return RC_OK;
}

enum rc duty_list_write(struct tx *tx, struct county *c, const char *post, int year,
                        const struct duty_item *items, size_t n, const char *by,
                        bool *ret_changed, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    struct duty_post p;
    struct duty_list was;
    struct rows_hash h;
    struct canon k;
    struct id record;
    bool changed = false;
    enum rc rc = duty_post_get(tx_snap(tx), post, a, &p, e);
    if (rc == RC_OK && p.ended)
        rc = err_set(e, RC_CONFLICT, N_("岗位「{post}」已经撤销"), "post", p.name);
    if (rc == RC_OK && (year < DUTY_FIRST_YEAR || year > DUTY_LAST_YEAR))
        rc = err_set(e, RC_INVALID, N_("年度应为2000至2099"));
    if (rc == RC_OK && (n == 0 || n > DUTY_ITEMS_MAX))
        rc = err_set(e, RC_INVALID, N_("岗位「{post}」的职责应有1至60条"), "post", p.name);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = duty_item_check(&items[i], e);
    if (rc == RC_OK)
        rc = duty_list_get(tx_snap(tx), post, year, a, &was, e);
    if (rc == RC_OK && !same_list(&was, items, n)) {
        changed = true;
        struct duty_item_audit_row row = { .post = post,
                                           .year = year,
                                           .version = was.version + 1,
                                           .by_account = by,
                                           .at = county_now(c) };
        rows_hash_init(&h);
        for (size_t i = 0; i < n; i++) {
            row.number = (int64_t)i + 1;
            row.text = items[i].text;
            row.basis = items[i].basis;
            row.often = items[i].often;
            rows_hash_row(&h, &duty_item_audit_query, &row, scratch);
        }
        canon_init(&k, a);
        canon_int(&k, "year", year);
        canon_int(&k, "version", row.version);
        canon_rows(&k, "duty_item", &h);
        struct record_part part = part_open(&k);
        rc = record_append(tx, c,
                           &(struct record_new){ .kind = "duty.list",
                                                 .unit = p.unit,
                                                 .subject = post,
                                                 .by = by,
                                                 .parts = &part,
                                                 .n_parts = 1 },
                           &record, e);
        for (size_t i = 0; i < n && rc == RC_OK; i++)
            rc = duty_item_insert(tx, post, year, row.version, (int64_t)i + 1, items[i].text,
                                  items[i].basis, items[i].often, by, row.at, record, NULL, e);
        if (rc == RC_OK)
            rc = settle_years(tx, c, post, e);
    }
    if (rc == RC_OK && ret_changed)
        *ret_changed = changed;
    return rc;
}

/* ---- years ---- */

struct starting {
    struct county *c;
    int year;
    int32_t due;
    int64_t minutes;
    const char *by;
    struct arena *a;
    const char *after, *next; /* posts up to here are done; with this slice */
    int64_t n;
};

static enum rc start(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct starting *x = arg;
    int32_t due;
    struct id record;
    struct canon k;
    struct burden_estimate burden = { .what = BURDEN_DUTY,
                                      .code = year_code(a, x->year),
                                      .minutes = x->minutes };
    enum rc rc = duty_year_due(tx_snap(tx), x->year, &due, e);
    if (rc != RC_OK || due == x->due)
        return rc;
    if (due)
        return err_set(e, RC_CONFLICT, N_("{year}年已经发起，期限是{day}"), "year",
                       year_code(a, x->year), "day",
                       arena_strdup(a, day_code(due, (char[PERIOD_TEXT]){ 0 })));
    rc = burden_office(tx_snap(tx), x->c, x->by, a, &burden.requester, e);
    if (rc == RC_OK)
        rc = burden_state(tx, x->c, &burden, x->by, a, e);
    if (rc != RC_OK)
        return rc;
    struct duty_year_audit_row row = {
        .year = x->year, .due_day = x->due, .by_account = x->by, .at = county_now(x->c)
    };
    canon_init(&k, a);
    canon_row(&k, &duty_year_audit_query, &row);
    struct record_part part = part_open(&k);
    rc = record_append(tx, x->c,
                       &(struct record_new){ .kind = "duty.year",
                                             .unit = "",
                                             .subject = year_code(a, x->year),
                                             .by = x->by,
                                             .parts = &part,
                                             .n_parts = 1 },
                       &record, e);
    return rc == RC_OK ? duty_year_insert(tx, row.year, row.due_day, row.by_account, row.at,
                                          record, NULL, e)
                       : rc;
}

static enum rc start_slice(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct starting *x = arg;
    struct settling s;
    struct duty_posts_after_row *rows;
    size_t n;
    x->n = 0;
    enum rc rc = settling_begin(&s, tx, x->c, a, e);
    s.year = x->year;
    s.due = x->due;
    if (rc == RC_OK)
        rc = duty_posts_after_all(tx_snap(tx), x->after, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        rc = settle(&s, rows[i].code, e);
        x->next = arena_strdup(x->a, rows[i].code);
        x->n++;
    }
    return rc;
}

enum rc duty_year_start(struct county *c, int year, int32_t due_day, int64_t minutes,
                        const char *by, int64_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct starting x = { .c = c,
                          .year = year,
                          .due = due_day,
                          .minutes = minutes,
                          .by = by,
                          .a = a,
                          .after = "",
                          .next = "" };
    int64_t n = 0;
    if (year < DUTY_FIRST_YEAR || year > DUTY_LAST_YEAR)
        return err_set(e, RC_INVALID, N_("年度应为2000至2099"));
    if (due_day <= county_today(c) || due_day > county_today(c) + 366)
        return err_set(e, RC_INVALID, N_("期限应在今天以后、一年以内"));
    enum rc rc = db_transact(c->db, start, &x, e);
    do {
        if (rc == RC_OK)
            rc = db_transact(c->db, start_slice, &x, e);
        x.after = x.next;
        n += x.n;
    } while (rc == RC_OK && x.n > 0);
    if (rc == RC_OK && ret_n)
        *ret_n = n;
    return rc;
}
