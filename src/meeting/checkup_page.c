/* 规则体检: what is looked at with its use, and deciding about several with one reason. */
#include "meeting/checkup_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/matter.h"
#include "meeting/checkup.h"
#include "meeting/checkup.html.h"
#include "meeting/checkup.sql.h"
#include "monitor/data_page.h"
#include "store/county.h"

enum { FIRST_DUE_DAYS = 60 };

static const struct {
    const char *code, *name, *page;
} whats[] = { { "rule", N_("预警规则"), "/rule/" },
              { "indicator", N_("指标"), "/indicator/" },
              { "form", N_("表（监测点）"), "/point/" } };

static const char *asked(struct rq *rq, const char *name, const char *otherwise)
{
    const char *v = rq->method == GET ? rq_query(rq, name) : rq_field(rq, name);
    return v && *v ? v : otherwise;
}

static size_t what_of(const char *code)
{
    for (size_t i = 0; i < COUNT(whats); i++)
        if (str_eq(whats[i].code, code))
            return i;
    return 0;
}

static enum rc fill_items(struct rq *rq, struct checkup_page *p,
                          const struct checkup_item *items, size_t n, struct err *e)
{
    size_t what = what_of(asked(rq, "what", "rule")), from, to, shown = 0;
    p->what = whats[what].code;
    p->left = asked(rq, "left", "");
    p->whats = arena_array(rq->a, COUNT(whats), sizeof(*p->whats));
    for (size_t i = 0; i < COUNT(whats); i++)
        p->whats[p->n_whats++] = (struct checkup_whats){ .code = whats[i].code,
                                                         .name = rq_tr(rq, whats[i].name),
                                                         .chosen = i == what };
    p->items = arena_array(rq->a, n, sizeof(*p->items));
    for (size_t i = 0; i < n; i++) {
        const struct checkup_item *x = &items[i];
        size_t k = what_of(x->what);
        bool open = !*x->decided.decision, keep = str_eq(x->decided.decision, "keep");
        p->total++;
        p->undecided += open;
        p->kept += keep;
        p->expiring += !open && !keep;
        p->whats[k].n++;
        p->whats[k].undecided += open;
        if (k != what || (*p->left && !open))
            continue;
        p->items[shown++] = (struct checkup_items){
            .key = x->code,
            .code = x->code,
            .name = x->name,
            .href = arena_printf(rq->a, "%s%s", whats[k].page, x->code),
            .used = x->used,
            .idle = x->idle,
            .decision = x->decided.decision,
            .decision_name = rq_tr(rq, keep ? N_("续用") : N_("到期")),
            .reason = x->decided.reason,
            .by = x->decided.by ? x->decided.by : "",
        };
    }
    enum rc rc = rq_pager(rq, shown, &from, &to, &p->pager, e);
    if (rc != RC_OK)
        return rc;
    p->items += from;
    p->n_items = to - from;
    return RC_OK;
}

/* What has expired of the kind that is looked at, by whichever check-up. */
static enum rc fill_gone(struct rq *rq, const struct snap *s, struct checkup_page *p,
                         struct err *e)
{
    struct checkup_gone_row *rows;
    const char *page = whats[what_of(p->what)].page;
    size_t n;
    enum rc rc = checkup_gone_all(s, p->what, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->gone = arena_array(rq->a, n, sizeof(*p->gone));
    for (size_t i = 0; i < n; i++)
        p->gone[p->n_gone++] =
            (struct checkup_gone){ .code = rows[i].item,
                                   .name = rows[i].name,
                                   .href = arena_printf(rq->a, "%s%s", page, rows[i].item),
                                   .since = rows[i].at,
                                   .checkup = rows[i].checkup,
                                   .reason = rows[i].reason };
    return RC_OK;
}

static enum rc show(struct rq *rq, struct checkup_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    struct checkup_item *items = NULL;
    struct matter m;
    bool open = false, dispatch = person_can(&rq_asker(rq)->person, CAP_DISPATCH);
    size_t n = 0;
    p->code = "";
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = checkup_newest(s, rq->a, &p->code, &open, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        rc = RC_OK;
    }
    if (rc == RC_OK && *p->code)
        rc = matter_load(s, c, p->code, rq->a, &m, e);
    if (rc == RC_OK && *p->code) {
        const struct flow_state *st = flow_state_of(&checkup_flow_kind, m.state);
        int32_t day = matter_day(&m, "day");
        p->state_name = st ? rq_tr(rq, st->name) : m.state;
        p->due = day ? day_start(day) : (struct utime){ 0 };
        rc = checkup_items(s, c, p->code, rq->lang, rq->a, &items, &n, e);
    }
    if (rc == RC_OK)
        rc = fill_items(rq, p, items, n, e);
    if (rc == RC_OK)
        rc = fill_gone(rq, s, p, e);
    if (rc != RC_OK)
        return rc;
    p->open = open;
    p->may_again = dispatch;
    p->may_open = dispatch && !open;
    p->may_decide = p->may_finish = dispatch && open;
    p->first_due = fmt_date(rq->a, day_start(county_today(c) + FIRST_DUE_DAYS));
    rq_crumb(rq, rq_tr(rq, N_("规则体检")), NULL);
    return checkup_render(rq, p, e);
}

static enum rc checkup_show(struct rq *rq, struct err *e)
{
    struct checkup_page p = { .error = NULL };
    return show(rq, &p, e);
}

/* A matter's address leads to the page, which shows the newest. */
static enum rc checkup_one(struct rq *rq, struct err *e)
{
    return web_redirect(rq, "/checkup", e);
}

/* ---- acting ---- */

struct acting {
    struct rq *rq;
    struct flow_who w;
    struct flow_new fresh; /* kind NULL: a decision, or */
    bool finish, again;
    const char *code, *what, *decision, *reason;
};

static enum rc act(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    struct rq *rq = x->rq;
    struct county *c = rq_county(rq);
    struct flow_done done;
    size_t n;
    if (x->fresh.kind)
        return flow_open(tx, c, &x->w, &x->fresh, rq->a, &done, e);
    if (x->finish)
        return flow_move(
            tx, c, &x->w,
            &(struct flow_act){ .matter = x->code, .verb = "finish", .version = -1 }, rq->a,
            &done, e);
    const struct field *f = rq_fields(rq, &n);
    const char **items = arena_array(rq->a, n, sizeof(*items));
    size_t chosen = 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].name, "item"))
            items[chosen++] = f[i].value;
    enum rc rc = RC_OK;
    for (size_t i = 0; x->again && i < chosen && rc == RC_OK; i++)
        rc = readopt_again(tx, c, x->what, items[i], x->reason, rq->account.code, e);
    if (x->again && chosen)
        return rc;
    return chosen ? checkup_decide(tx, c, x->code, x->what, items, chosen, x->decision,
                                   x->reason, rq->account.code, e)
                  : err_set(e, RC_INVALID, N_("请先选要决定的"));
}

static enum rc run(struct acting *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct checkup_page p = { .error = NULL };
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(rq_county(rq)->db, &s, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &x->w, e);
    }
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, act, x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/checkup?what=%s", asked(rq, "what", "rule"));
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

static const char *typed(struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    return v ? str_trim(rq->a, v) : "";
}

static enum rc checkup_new(struct rq *rq, struct err *e)
{
    const struct flow_given given = { "day", typed(rq, "day") };
    int year, month, day;
    day_split(county_today(rq_county(rq)), &year, &month, &day);
    struct acting x = { .rq = rq,
                        .fresh = { .kind = checkup_flow_kind.code,
                                   .title = arena_printf(rq->a, "%d年规则体检", year),
                                   .unit = "",
                                   .given = &given,
                                   .n_given = 1 } };
    return run(&x, e);
}

static enum rc checkup_post(struct rq *rq, struct err *e)
{
    struct acting x = { .rq = rq,
                        .code = rq_param(rq, "code"),
                        .what = typed(rq, "what"),
                        .decision = typed(rq, "decision"),
                        .reason = typed(rq, "reason") };
    return run(&x, e);
}

static enum rc checkup_finish(struct rq *rq, struct err *e)
{
    struct acting x = { .rq = rq, .code = rq_param(rq, "code"), .finish = true };
    return run(&x, e);
}

static enum rc checkup_again(struct rq *rq, struct err *e)
{
    struct acting x = {
        .rq = rq, .again = true, .what = typed(rq, "what"), .reason = typed(rq, "reason")
    };
    return run(&x, e);
}

const struct route checkup_routes[] = {
    { .method = GET,
      .path = "/checkup",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_DRAFT,
      .scope = SCOPE_ALL,
      .fn = checkup_show,
      .page = &checkup_kind,
      .help = N_("规则体检:每个指标、规则、表的用处和决定") },
    { .method = GET,
      .path = "/checkup/:code",
      .auth = SESSION,
      .need = CAP_READ_DRAFT,
      .scope = SCOPE_ALL,
      .fn = checkup_one },
    { .method = POST,
      .path = "/checkup",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = checkup_new,
      .help = N_("开始一次规则体检") },
    { .method = POST,
      .path = "/checkup/again",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = checkup_again,
      .help = N_("已失效的指标、规则或表再采用") },
    { .method = POST,
      .path = "/checkup/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = checkup_post,
      .help = N_("决定一批指标、规则或表续用还是到期") },
    { .method = POST,
      .path = "/checkup/:code/finish",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = checkup_finish,
      .help = N_("办结规则体检") },
};
const size_t checkup_routes_n = COUNT(checkup_routes);
