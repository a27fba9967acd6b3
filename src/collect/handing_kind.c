/* Handing over as a table, and what both signatures bring about. */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "collect/handing.h"
#include "collect/handing.sql.h"
#include "flow/matter.h"
#include "monitor/data_page.h"
#include "store/county.h"

#include <string.h>

static const struct flow_rung take_ladder[] = {
    { .days = 0 }, { .days = 1, .colour = FLOW_YELLOW, .tell = FLOW_BY_CAP, .need = CAP_SIGN }
};
static const struct flow_clock clocks[] = {
    { .code = "take", .name = N_("接收期限"), .days = 3, FLOW_ROWS(ladder, take_ladder) },
};
static const struct flow_state states[] = {
    { .code = "giving",
      .name = N_("待移交人签字"),
      .waits = FLOW_OPENER,
      .unclocked = N_("由移交一方自己定") },
    { .code = "taking", .name = N_("待接收人签字"), .waits = FLOW_HOLDER, .clock = "take" },
    { .code = "done", .name = N_("已交接"), .final = true },
    { .code = "cancelled", .name = N_("作废"), .final = true },
};
static const struct flow_field fields[] = {
    { .code = "from", .name = N_("移交人"), .type = FLOW_TEXT, .max = 64 },
    { .code = "to", .name = N_("接收人"), .type = FLOW_ACCOUNT_CODE, .sets = FLOW_SETS_HOLDER },
    { .code = "why", .name = N_("移交事由"), .type = FLOW_TEXT, .max = 200 },
    { .code = "gone", .name = N_("移交人已离岗，由单位签发人代签"), .type = FLOW_BOOL },
    { .code = "leaves", .name = N_("移交人调离，交接后停用账号"), .type = FLOW_BOOL },
    { .code = "list",
      .name = N_("移交清单"),
      .type = FLOW_LINES,
      .min = 1,
      .max = HANDING_TEXT_MAX },
    { .code = "lacking", .name = N_("缺什么"), .type = FLOW_LINES, .min = 2, .max = 1000 },
};
static const struct flow_move moves[] = {
    { .verb = "sign",
      .name = N_("移交人签字"),
      .from = "giving",
      .to = "taking",
      .who = FLOW_OPENER,
      .final_act = true,
      .help = N_("签字后转给接收人") },
    { .verb = "sign_for",
      .name = N_("代移交人签字"),
      .from = "giving",
      .to = "taking",
      .who = FLOW_OPENER,
      .also = CAP_SIGN,
      .final_act = true,
      .help = N_("移交人已离岗：由单位签发人代签，清单上会写明") },
    { .verb = "renew",
      .name = N_("重列清单"),
      .from = "giving",
      .who = FLOW_OPENER,
      .fields = "list!" },
    { .verb = "cancel",
      .name = N_("作废"),
      .from = "giving",
      .to = "cancelled",
      .who = FLOW_OPENER },
    { .verb = "take",
      .name = N_("接收人签字"),
      .from = "taking",
      .to = "done",
      .who = FLOW_HOLDER,
      .not_mover = true,
      .final_act = true,
      .help = N_("签字后移交人名下在办的全部转到您名下，期限照走；不可撤回") },
    { .verb = "refuse",
      .name = N_("退回补充"),
      .from = "taking",
      .to = "giving",
      .who = FLOW_HOLDER,
      .fields = "lacking!",
      .returns = true },
};

static bool says(const struct matter *m, const char *field)
{
    return str_eq(matter_value(m, field), "1");
}

const char *handing_taker(const struct matter *m)
{
    const char *holder = matter_account(m);
    return *holder ? holder : matter_value(m, "to");
}

static enum rc check_open(const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct matter *m = l->matter;
    const char *from = matter_value(m, "from"), *to = matter_value(m, "to");
    struct handing_account_row row;
    bool gone = says(m, "gone");
    if (l->only_asking)
        return RC_OK;
    enum rc rc = handing_account_one(l->snap, from, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_INVALID, N_("没有账号「{account}」"), "account", from);
    }
    if (rc != RC_OK)
        return rc;
    if (!row.unit || !str_eq(row.unit, matter_unit(m)))
        return err_set(e, RC_INVALID, N_("{name}不是这个单位的人"), "name", row.name);
    if (str_eq(from, to))
        return err_set(e, RC_INVALID, N_("移交人和接收人不能是同一个人"));
    if (!gone && !str_eq(from, l->by))
        return err_set(e, RC_INVALID,
                       N_("要由移交人自己办；人已离岗的，由单位签发人勾选“已离岗”代办"));
    if (gone && str_eq(from, l->by))
        return err_set(e, RC_INVALID, N_("您自己在岗，不用代签"));
    if (gone && str_eq(to, l->by))
        return err_set(e, RC_INVALID, N_("代签的人不能同时是接收人：两个人都要签字"));
    return RC_OK;
}

static enum rc handing_check(const struct flow_look *l, struct err *e)
{
    if (!l->move)
        return check_open(l, e);
    bool gone = says(l->matter, "gone");
    if (str_eq(l->move->verb, gone ? "sign" : "sign_for"))
        return err_set(e, RC_DENIED,
                       gone ? N_("移交人已离岗，由单位签发人代签")
                            : N_("移交人在岗，由本人签字"));
    return RC_OK;
}

/* Standing in, as one or the other, ends from today on: by the two signatures, in the name of
 * whose was the last. */
static enum rc end_standing_in(struct tx *tx, struct county *c, const char *account,
                               const char *by, struct arena *a, struct err *e)
{
    struct person signer = person_system();
    signer.code = by;
    struct delegation *list;
    size_t n;
    int32_t today = county_today(c);
    enum rc rc = delegation_list(tx_snap(tx), account, a, &list, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (!*list[i].ended_by && list[i].to_day >= today)
            rc = delegation_end(tx, c, &signer, list[i].from, list[i].number, e);
    return rc;
}

static enum rc handing_apply(struct tx *tx, const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct matter *m = l->matter;
    const struct units *us;
    int64_t done = 0, left = 1;
    if (!l->move || !str_eq(l->move->verb, "take"))
        return RC_OK;
    enum rc rc = units_load(tx_snap(tx), county_today(l->c), a, &us, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_who program = flow_who_system(us);
    const struct flow_hand_all what = { .from_unit = matter_unit(m),
                                        .from_account = matter_value(m, "from"),
                                        .to_unit = "",
                                        .to_account =
                                            *matter_account(m) ? matter_account(m) : l->by,
                                        .reason = arena_printf(a, "%s", m->code) };
    while (rc == RC_OK && left > 0) {
        rc = flow_hand_over_all(tx, l->c, &program, &what, &done, &left, e);
        if (rc == RC_OK && left > 0 && done == 0)
            rc = err_set(e, RC_CONFLICT, N_("还有{n}件没有转过去，请稍后再签"), "n",
                         arena_printf(a, "%lld", (long long)left));
    }
    if (rc == RC_OK)
        rc = end_standing_in(tx, l->c, what.from_account, l->by, a, e);
    if (rc == RC_OK && says(m, "leaves"))
        rc = account_lock(tx, l->c, what.from_account, true, l->by, e);
    return rc;
}

static enum rc handing_describe(const struct flow_look *l, enum lang lang, struct arena *a,
                                struct flow_words *ret, struct err *e)
{
    (void)e; /* nothing is read */
    const struct matter *m = l->matter;
    bool given = !str_eq(m->state, "giving"), taken = str_eq(m->state, "done");
    struct flow_need *needs = arena_array(a, 2, sizeof(*needs));
    needs[0] = (struct flow_need){
        .what =
            lang_text(lang, says(m, "gone") ? N_("单位签发人代移交人签字") : N_("移交人签字")),
        .holder = says(m, "gone") ? m->opener : matter_value(m, "from"),
        .done = given
    };
    needs[1] = (struct flow_need){ .what = lang_text(lang, N_("接收人签字")),
                                   .holder = handing_taker(m),
                                   .done = taken };
    *ret = (struct flow_words){ .answer =
                                    lang_text(lang, taken ? N_("两个人都签了，在办的已经转过去")
                                                          : N_("两个人都签字，在办的才转过去")),
                                .needs = needs,
                                .n_needs = 2 };
    return RC_OK;
}

const struct flow_kind handing_kind = {
    .code = "handing",
    .name = N_("交接单"),
    .help = N_("经办人更换时，把到期的、没办完的、答应过的和数据来源一次交清，两个人签字"),
    .openers_own = true,
    .prefix = "J",
    .page = "/handing/",
    .open = CAP_HANDLE,
    .open_fields = "from! to! why! gone leaves list!",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    FLOW_ROWS(clocks, clocks),
    .links = "",
    .check = handing_check,
    .apply = handing_apply,
    .describe = handing_describe,
};

/* ---- the sheet ---- */

struct sheet {
    const struct snap *s;
    struct county *c;
    struct arena *a;
    struct str b;
    size_t chars, left_out;
};

static void line(struct sheet *x, const char *text)
{
    size_t n = utf8_count(text) + 1;
    if (x->chars + n > HANDING_TEXT_MAX - 200) {
        x->left_out++;
        return;
    }
    x->chars += n;
    str_addf(&x->b, "%s\n", text);
}

static const char *day_text(struct arena *a, int32_t day)
{
    char code[PERIOD_TEXT];
    return arena_strdup(a, day_code(day, code));
}

/* What was promised in a matter: a day asked for, a due day that was moved, days it gave. */
static const char *promises(struct sheet *x, const struct matter *m)
{
    struct str b;
    int32_t today = county_today(x->c);
    str_init(&b, x->a);
    for (size_t i = 0; i < m->n_requests; i++)
        str_addf(&b, "；申请到%s", day_text(x->a, m->requests[i].until));
    for (size_t i = 0; i < m->n_clocks; i++)
        if (m->clocks[i].due && m->clocks[i].due != m->clocks[i].first)
            str_addf(&b, "；已延到%s（原定%s）", day_text(x->a, m->clocks[i].due),
                     day_text(x->a, m->clocks[i].first));
    for (size_t i = 0; m->kind && i < m->n_values; i++) {
        const struct flow_field *f = flow_field_of(m->kind, m->values[i].field);
        int32_t day = f && f->type == FLOW_DAY ? matter_day(m, f->code) : 0;
        if (day >= today)
            str_addf(&b, "；%s%s", f->name, day_text(x->a, day));
    }
    return b.s;
}

static enum rc matters(struct sheet *x, const char *unit, const char *account,
                       const char *heading, bool promised, struct err *e)
{
    struct handing_matters_row *rows;
    size_t n;
    enum rc rc =
        handing_matters_all(x->s, unit, account, flow_personal(x->c, x->a), x->a, &rows, &n, e);
    if (rc == RC_OK)
        line(x, arena_printf(x->a, "【%s】%zu件", heading, n));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct matter m;
        rc = matter_load(x->s, x->c, rows[i].code, x->a, &m, e);
        if (rc != RC_OK)
            return rc;
        const struct clock_at *k = matter_running(&m);
        const struct flow_state *st = m.kind ? flow_state_of(m.kind, m.state) : NULL;
        const char *due = !k || !k->due ? "没有期限"
                          : k->due < county_today(x->c)
                              ? arena_printf(x->a, "%s到期，已逾期", day_text(x->a, k->due))
                              : arena_printf(x->a, "%s到期", day_text(x->a, k->due));
        line(x, arena_printf(x->a, "%s %s，%s，%s%s", m.code, m.title, st ? st->name : m.state,
                             due, promised ? promises(x, &m) : ""));
    }
    return rc;
}

static enum rc drafts(struct sheet *x, const char *account, struct err *e)
{
    struct handing_drafts_row *rows;
    size_t n;
    enum rc rc = handing_drafts_all(x->s, account, x->a, &rows, &n, e);
    if (rc == RC_OK)
        line(x, arena_printf(x->a, "【没有写完的】%zu件", n));
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        line(x, arena_printf(x->a, "%s %s", rows[i].code, rows[i].title));
    return rc;
}

/* A post does not go with a sheet: whose it is next, the unit says. */
static enum rc posts(struct sheet *x, const char *account, struct err *e)
{
    struct handing_posts_row *rows;
    size_t n = 0;
    enum rc rc = handing_posts_all(x->s, account, x->a, &rows, &n, e);
    if (rc == RC_OK && n)
        line(x,
             arena_printf(x->a, "【四责岗位】%zu个，不随交接单转移，由单位另行登记任职人", n));
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        line(x, arena_printf(x->a, "%s %s，%s起任职", rows[i].code, rows[i].name,
                             day_text(x->a, (int32_t)rows[i].from_day)));
    return rc;
}

static enum rc sources(struct sheet *x, const char *unit, const char *account, struct err *e)
{
    struct handing_points_row *points;
    struct handing_imports_row *imports;
    struct handing_pulls_row *pulls;
    size_t n, m, k;
    enum rc rc = handing_points_all(x->s, unit, x->a, &points, &n, e);
    if (rc == RC_OK)
        rc = handing_imports_all(x->s, account, x->a, &imports, &m, e);
    if (rc == RC_OK)
        rc = handing_pulls_all(x->s, unit, x->a, &pulls, &k, e);
    if (rc != RC_OK)
        return rc;
    line(x, arena_printf(x->a, "【本单位报的数】%zu个监测点", n));
    for (size_t i = 0; i < n; i++)
        line(x, arena_printf(x->a, "%s %s，%s报", points[i].code, points[i].name,
                             frequency_text(frequency_of(points[i].frequency))));
    line(x, arena_printf(x->a, "【上期的数从哪里来】报送%zu次，自动取数%zu项", m, k));
    for (size_t i = 0; i < m; i++)
        line(x, arena_printf(x->a, "%s %s，%s，%lld行", imports[i].code, imports[i].file_name,
                             day_text(x->a, time_day(imports[i].done_at)),
                             (long long)imports[i].rows_total));
    for (size_t i = 0; i < k; i++)
        line(x, arena_printf(x->a, "%s %s，%s", pulls[i].code, pulls[i].name, pulls[i].place));
    return RC_OK;
}

enum rc handing_picture(const struct snap *s, struct county *c, const struct unit *unit,
                        const char *account, struct arena *a, const char **ret, struct err *e)
{
    struct sheet x = { .s = s, .c = c, .a = a };
    str_init(&x.b, a);
    enum rc rc = matters(&x, unit->code, account, "到期和没办完的", true, e);
    if (rc == RC_OK)
        rc = drafts(&x, account, e);
    if (rc == RC_OK)
        rc = matters(&x, unit->code, "", "单位名下、没有指定到人的", false, e);
    if (rc == RC_OK)
        rc = posts(&x, account, e);
    if (rc == RC_OK)
        rc = sources(&x, unit->code, account, e);
    if (rc == RC_OK && x.left_out)
        str_addf(&x.b, "还有%zu行没有列出，见系统内各列表\n", x.left_out);
    *ret = x.b.s;
    return rc;
}

enum rc handing_make(struct tx *tx, struct county *c, const struct flow_who *w,
                     const struct handing_new *n, struct arena *a, struct flow_done *ret,
                     struct err *e)
{
    const struct unit *u = units_find(w->units, n->unit);
    struct handing_account_row from, to;
    const char *text = NULL;
    if (!u)
        return err_set(e, RC_INVALID, N_("没有编码为「{unit}」的单位"), "unit", n->unit);
    enum rc rc = person_demand(w->person, CAP_HANDLE, u, e);
    if (rc == RC_OK && n->gone)
        rc = person_demand(w->person, CAP_SIGN, u, e);
    if (rc == RC_OK)
        rc = handing_account_one(tx_snap(tx), n->from, a, &from, e);
    if (rc == RC_OK)
        rc = handing_account_one(tx_snap(tx), n->to, a, &to, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_INVALID, N_("请选移交人和接收人"));
    }
    if (rc == RC_OK)
        rc = handing_picture(tx_snap(tx), c, u, n->from, a, &text, e);
    if (rc != RC_OK)
        return rc;
    const struct flow_given given[] = { { "from", n->from },
                                        { "to", n->to },
                                        { "why", n->why },
                                        { "gone", n->gone ? "1" : "0" },
                                        { "leaves", n->leaves ? "1" : "0" },
                                        { "list", text } };
    return flow_open(
        tx, c, w,
        &(struct flow_new){ .kind = handing_kind.code,
                            .title = arena_printf(a, "%s移交给%s", from.name, to.name),
                            .unit = n->unit,
                            .given = given,
                            .n_given = COUNT(given) },
        a, ret, e);
}
