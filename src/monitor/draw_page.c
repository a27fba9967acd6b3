/*
 * Draws as pages. What is drawn and why is for everybody who reads the county's figures: the
 * list holds codes, nothing of what they stand for. Announcing, entering and checking the seed
 * are the platform's people's. Nothing here shows the seed before two people have entered it.
 */
#include "monitor/draw_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/period.h"
#include "monitor/draw.html.h"
#include "monitor/draws.html.h"
#include "people/account.sql.h"
#include "store/county.h"
#include "store/draw.h"
#include "store/job.h"

#include <string.h>

enum { DRAWS_SHOWN = 500, LIST_SHOWN = 1000 };

/* ---- the list ---- */

static enum rc draws_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct draws_page p = { .may_announce = person_can(&rq_asker(rq)->person, CAP_DISPATCH) };
    struct draw_list_row *rows;
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = draw_list_all(s, DRAWS_SHOWN, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p.draws = arena_array(rq->a, n, sizeof(*p.draws));
    for (size_t i = 0; i < n; i++) {
        const struct draw_list_row *r = &rows[i];
        const struct draw_purpose *why = draw_purpose_find(r->purpose);
        p.draws[p.n_draws++] =
            (struct draws_draws){ .code = r->code,
                                  .title = r->title,
                                  .purpose_name = why ? rq_tr(rq, why->name) : r->purpose,
                                  .event_at = r->event_at,
                                  .things = r->things,
                                  .picks = r->picks,
                                  .state = r->state,
                                  .state_name = rq_tr(rq, draw_state_text(r->state)),
                                  .announced_at = r->announced_at,
                                  .ended_at = r->ended_at };
        p.drawn += str_eq(r->state, "drawn");
        p.given_up += str_eq(r->state, "void");
    }
    p.open = (int64_t)n - p.drawn - p.given_up;
    return draws_render(rq, &p, e);
}

/* ---- one draw ---- */

static const struct {
    const char *kind, *name;
} step_names[] = {
    { "draw.announced", N_("公告名单、抽几个、用哪个公开事件") },
    { "draw.sealed", N_("公告在公开事件以前已存证") },
    { "draw.seeded", N_("第一人录入种子") },
    { "draw.returned", N_("第二人退回种子") },
    { "draw.drawn", N_("第二人核对一致，抽出") },
    { "draw.void", N_("第二人放弃") },
};

static const char *step_name(const struct rq *rq, const char *kind)
{
    for (size_t i = 0; i < COUNT(step_names); i++)
        if (str_eq(step_names[i].kind, kind))
            return rq_tr(rq, step_names[i].name);
    return kind;
}

static const char *who(struct rq *rq, const struct snap *s, const char *account)
{
    CLEANUP(err_done) struct err none = { 0 };
    struct account_of_code_row row;

    if (!*account)
        return "";
    return account_of_code_one(s, account, rq->a, &row, &none) == RC_OK ? row.name : account;
}

/* Where the announcement's receipt is, once it has a place in the log. */
static void receipts(struct rq *rq, const struct draw_records_row *announced,
                     struct draw_page *p)
{
    struct str vkey;

    p->command = arena_printf(rq->a, "jingjian draw verify %s.draw", p->code);
    if (announced->seq_null)
        return;
    long long seq = (long long)announced->seq;
    str_init(&vkey, rq->a);
    county_vkey(rq_county(rq), &vkey);
    p->receipt = arena_printf(rq->a, "/proof/%lld.tlog-proof", seq);
    p->receipt_record = arena_printf(rq->a, "/proof/%lld.record", seq);
    p->command =
        arena_printf(rq->a, "%s --receipt %lld.tlog-proof --record %lld.record --vkey '%s'",
                     p->command, seq, seq, vkey.s);
}

static enum rc fill_steps(struct rq *rq, const struct snap *s, const struct draw *d,
                          struct draw_page *p, struct err *e)
{
    struct draw_records_row *rows;
    size_t n;
    enum rc rc = draw_records_all(s, d->row.code, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->steps = arena_array(rq->a, n, sizeof(*p->steps));
    for (size_t i = 0; i < n; i++) {
        struct draw_steps *x = &p->steps[p->n_steps++];
        *x = (struct draw_steps){ .name = step_name(rq, rows[i].kind),
                                  .who = who(rq, s, rows[i].by_account),
                                  .at = rows[i].at };
        if (!rows[i].seq_null)
            x->proof = arena_printf(rq->a, "/proof/%lld", (long long)rows[i].seq);
        if (str_eq(rows[i].kind, "draw.sealed"))
            x->note = text_fill(rq->a, rq_tr(rq, N_("在共{size}条的签名检查点之下")), "size",
                                fmt_count(rq->a, d->row.sealed_size), (const char *)NULL);
    }
    if (n > 0)
        receipts(rq, &rows[0], p);
    return RC_OK;
}

static bool was_drawn(const struct lot *l, const struct lot_item *x)
{
    for (size_t i = 0; i < l->n_drawn; i++)
        if (str_eq(l->drawn[i].code, x->code) && str_eq(l->drawn[i].stratum, x->stratum))
            return true;
    return false;
}

static void fill_list(struct rq *rq, const struct draw *d, struct draw_page *p)
{
    const struct lot *l = &d->lot;
    const struct draw_purpose *why = draw_purpose_find(d->row.purpose);
    bool linked = why && why->page && person_can(&rq_asker(rq)->person, CAP_READ_COUNTY);
    size_t shown = l->n_items < LIST_SHOWN ? l->n_items : LIST_SHOWN;

    p->list = arena_array(rq->a, shown, sizeof(*p->list));
    for (size_t i = 0; i < shown; i++)
        p->list[p->n_list++] = (struct draw_list){ l->items[i].stratum, l->items[i].code,
                                                   was_drawn(l, &l->items[i]) };
    p->drawn = arena_array(rq->a, l->n_drawn, sizeof(*p->drawn));
    for (size_t i = 0; i < l->n_drawn; i++)
        p->drawn[p->n_drawn++] = (struct draw_drawn){
            .place = (int64_t)i + 1,
            .stratum = l->drawn[i].stratum,
            .code = l->drawn[i].code,
            .href = linked ? arena_printf(rq->a, "%s%s", why->page, l->drawn[i].code) : NULL
        };
    p->takes = arena_array(rq->a, l->n_takes, sizeof(*p->takes));
    for (size_t i = 0; i < l->n_takes; i++)
        if (*l->takes[i].stratum)
            p->takes[p->n_takes++] =
                (struct draw_takes){ l->takes[i].stratum, (int64_t)l->takes[i].k,
                                     (int64_t)l->takes[i].n };
}

/* What the person may do now, and what is waited for. */
static void fill_acts(struct rq *rq, const struct draw *d, struct draw_page *p)
{
    const struct draw_get_row *r = &d->row;
    struct utime now = county_now(rq_county(rq));
    bool may = person_can(&rq_asker(rq)->person, CAP_DISPATCH), over = now.us >= r->event_at.us,
         first = str_eq(rq->account.code, r->seeded_by), open;

    p->before = !over;
    p->late = str_eq(r->state, "announced") && over;
    p->known = str_eq(r->state, "void") && r->ended_at.us >= r->event_at.us;
    open = !str_eq(r->state, "drawn") && !str_eq(r->state, "void");
    p->may_seed = may && str_eq(r->state, "sealed") && over;
    p->may_check = may && str_eq(r->state, "seeded") && !first;
    p->may_return = p->may_check;
    p->may_void = may && open && !str_eq(rq->account.code, r->announced_by);
    const char *wait = NULL;
    if (str_eq(r->state, "announced") && !over)
        wait = N_("等公告进入存证日志并签名，一般在一两分钟以内。");
    else if (str_eq(r->state, "sealed") && !over)
        wait = N_("等公开事件。到时由平台专班两个人先后到公布处看结果，各录一遍。");
    else if (str_eq(r->state, "sealed"))
        wait = N_("公开事件的结果已经公布，等平台专班录入。");
    else if (str_eq(r->state, "seeded"))
        wait = N_("等另一个人到公布处看过，再录一遍。");
    if (wait == NULL)
        return;
    p->nexts = arena_array(rq->a, 1, sizeof(*p->nexts));
    p->nexts[p->n_nexts++] = rq_tr(rq, wait);
}

static void fill_form(struct rq *rq, const struct draw *d, struct draw_page *p)
{
    const struct lot_event *v = lot_event_find(d->row.event);
    char *day = arena_alloc(rq->a, PERIOD_TEXT);
    const char *from = rq_field(rq, "from"), *issue = rq_field(rq, "issue"),
               *outcome = rq_field(rq, "outcome"), *date = rq_field(rq, "day"),
               *minute = rq_field(rq, "minute");

    p->form_issue = issue ? issue : "";
    p->form_outcome = outcome ? outcome : "";
    p->form_from = from ? from : d->lot.source;
    p->form_day = date ? date : day_code(time_day(d->row.event_at), day);
    p->form_minute = minute ? minute : "";
    p->hint =
        v && v->issue_digits
            ? text_fill(rq->a, rq_tr(rq, N_("{main}个号码由小到大，再加{more}个，都写两位")),
                        "main", arena_printf(rq->a, "%d", v->main_n), "more",
                        arena_printf(rq->a, "%d", v->more_n), (const char *)NULL)
            : rq_tr(rq, N_("公布的数字和字母，至少10个"));
}

static enum rc show(struct rq *rq, const char *error, const char *error_field, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct draw d;
    char *hex = arena_alloc(rq->a, HASH_HEX);
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = draw_load(s, rq_param(rq, "code"), rq->a, &d, e);
    if (rc != RC_OK)
        return rc;
    const struct draw_purpose *why = draw_purpose_find(d.row.purpose);
    struct draw_page p = {
        .code = d.row.code,
        .title = d.row.title,
        .purpose_name = why ? rq_tr(rq, why->name) : d.row.purpose,
        .state = d.row.state,
        .state_name = rq_tr(rq, draw_state_text(d.row.state)),
        .event = d.lot.event,
        .issue = d.row.issue,
        .source = d.lot.source,
        .event_at = d.row.event_at,
        .things = d.row.things,
        .picks = d.row.picks,
        .list_digest = hex_encode(d.lot.list, HASH_SIZE, hex),
        .seed = d.lot.seed,
        .outcome_at = d.row.outcome_at,
        .outcome_from = d.row.outcome_from,
        .reason = d.row.reason,
        .download = arena_printf(rq->a, "/draw/%s.draw", d.row.code),
        .error = error,
        .error_field = error_field,
    };
    fill_list(rq, &d, &p);
    fill_acts(rq, &d, &p);
    fill_form(rq, &d, &p);
    rc = fill_steps(rq, s, &d, &p, e);
    return rc == RC_OK ? draw_render(rq, &p, e) : rc;
}

static enum rc draw_show(struct rq *rq, struct err *e)
{
    return show(rq, NULL, NULL, e);
}

static enum rc draw_file(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct draw d;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = draw_load(s, rq_param(rq, "code"), rq->a, &d, e);
    return rc == RC_OK
               ? web_bytes(rq, d.row.file, strlen(d.row.file), "text/plain; charset=utf-8",
                           arena_printf(rq->a, "%s.draw", d.row.code), e)
               : rc;
}

/* ---- acting ---- */

/* "15:00" as a minute of the day; empty leaves *ret. */
static enum rc read_minute(const char *text, int *ret, struct err *e)
{
    CLEANUP(err_done) struct err quiet = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n;
    char **p = str_split(a, text, ':', &n);
    int64_t h, m;

    if (!*text)
        return RC_OK;
    if (n < 2 || n > 3 || parse_int64(p[0], 0, 23, "", &h, &quiet) != RC_OK ||
        parse_int64(p[1], 0, 59, "", &m, &quiet) != RC_OK)
        return err_set(e, RC_INVALID, N_("时刻「{text}」应写成 15:00 的样子"), "text", text);
    *ret = (int)(h * 60 + m);
    return RC_OK;
}

enum rc rq_draw_event(struct rq *rq, struct draw_new *ret, struct err *e)
{
    const char *minute = rq_field(rq, "minute");

    ret->minute = -1;
    enum rc rc = rq_code(rq, "event", N_("公开事件"), &ret->event, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "issue", N_("哪一期（哪一件）"), DRAW_TEXT_MAX, &ret->issue, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "source", N_("结果在哪里公布"), DRAW_TEXT_MAX, &ret->source, e);
    if (rc == RC_OK)
        rc = rq_day(rq, "day", N_("哪天公布"), &ret->day, e);
    return rc == RC_OK ? read_minute(minute ? minute : "", &ret->minute, e) : rc;
}

struct acting {
    struct rq *rq;
    enum rc (*fn)(struct tx *tx, struct acting *x, struct err *e);
    struct draw_seed seed;
    const char *code, *reason, *field;
};

static enum rc run(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    return x->fn(tx, x, e);
}

static enum rc do_seed(struct tx *tx, struct acting *x, struct err *e)
{
    return draw_seed(tx, rq_county(x->rq), x->code, &x->seed, e);
}

static enum rc do_check(struct tx *tx, struct acting *x, struct err *e)
{
    return draw_check(tx, rq_county(x->rq), x->code, &x->seed, e);
}

static enum rc do_return(struct tx *tx, struct acting *x, struct err *e)
{
    return draw_return(tx, rq_county(x->rq), x->code, x->reason, x->rq->account.code, e);
}

static enum rc do_void(struct tx *tx, struct acting *x, struct err *e)
{
    return draw_void(tx, rq_county(x->rq), x->code, x->reason, x->rq->account.code, e);
}

static enum rc read_seed(struct acting *x, bool first, struct err *e)
{
    struct rq *rq = x->rq;
    const char *minute = rq_field(rq, "minute");
    int32_t day = 0;
    int at = -1;

    x->field = "issue";
    enum rc rc = rq_text(rq, "issue", N_("哪一期（哪一件）"), DRAW_TEXT_MAX, &x->seed.issue, e);
    if (rc != RC_OK)
        return rc;
    x->field = "outcome";
    rc = rq_text(rq, "outcome", N_("公布的号码"), LOT_SEED_MAX, &x->seed.outcome, e);
    if (rc != RC_OK || !first)
        return rc;
    x->field = "day";
    rc = rq_day(rq, "day", N_("哪天公布"), &day, e);
    if (rc != RC_OK)
        return rc;
    x->field = "minute";
    rc = read_minute(minute ? minute : "", &at, e);
    if (rc == RC_OK && at < 0)
        rc = err_set(e, RC_INVALID, N_("要写公开事件的结果几点公布,如 15:00"));
    if (rc != RC_OK)
        return rc;
    x->seed.at.us = day_start(day).us + (int64_t)at * 60 * 1000000;
    x->field = "from";
    rc = rq_text(rq, "from", N_("在哪里看到的"), DRAW_TEXT_MAX, &x->seed.from, e);
    x->field = "outcome"; /* what the draw itself refuses */
    return rc;
}

static enum rc act(struct acting *x, enum rc rc, const char *said, struct err *e)
{
    struct rq *rq = x->rq;
    const char *error;

    x->code = rq_param(rq, "code");
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, run, x, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &error, e);
        return rc == RC_OK ? show(rq, error, x->field, e) : rc;
    }
    jobs_wake(rq_county(rq));
    rq_notice(rq, rq_tr(rq, said));
    return web_donef(rq, e, "/draw/%s", x->code);
}

static enum rc draw_seed_post(struct rq *rq, struct err *e)
{
    struct acting x = { .rq = rq, .fn = do_seed, .seed = { .by = rq->account.code } };
    return act(&x, read_seed(&x, true, e), N_("已录入，请另一个人核对。"), e);
}

static enum rc draw_check_post(struct rq *rq, struct err *e)
{
    struct acting x = { .rq = rq, .fn = do_check, .seed = { .by = rq->account.code } };
    return act(&x, read_seed(&x, false, e), N_("两遍一致，已抽出。"), e);
}

static enum rc read_reason(struct acting *x, struct err *e)
{
    return rq_text(x->rq, "reason", N_("原因"), DRAW_REASON_MAX, &x->reason, e);
}

static enum rc draw_return_post(struct rq *rq, struct err *e)
{
    struct acting x = { .rq = rq, .fn = do_return };
    return act(&x, read_reason(&x, e), N_("已退回，请第一人重录。"), e);
}

static enum rc draw_void_post(struct rq *rq, struct err *e)
{
    struct acting x = { .rq = rq, .fn = do_void };
    return act(&x, read_reason(&x, e), N_("已放弃，记录留着。"), e);
}

const struct route draw_routes[] = {
    { .method = GET,
      .path = "/draw",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = draws_show,
      .page = &draws_kind,
      .help = N_("每一次抽签") },
    { .method = GET,
      .path = "/draw/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = draw_show,
      .page = &draw_kind,
      .help = N_("一次抽签:名单、公告、种子、结果和各步的存证") },
    { .method = GET,
      .path = "/draw/:code.draw",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_ALL,
      .fn = draw_file,
      .help = N_("抽签文件,供 jingjian draw verify 或别的程序重抽") },
    { .method = POST,
      .path = "/draw/:code/seed",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = draw_seed_post,
      .help = N_("第一人录入种子") },
    { .method = POST,
      .path = "/draw/:code/check",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = draw_check_post,
      .help = N_("第二人核对种子,抽出") },
    { .method = POST,
      .path = "/draw/:code/return",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = draw_return_post,
      .help = N_("第二人退回种子") },
    { .method = POST,
      .path = "/draw/:code/void",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = draw_void_post,
      .help = N_("第二人放弃一次抽签") },
};
const size_t draw_routes_n = COUNT(draw_routes);
