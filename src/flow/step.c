/*
 * Acting on a matter. Every act is thought through on a copy (next), from which the step's
 * `did` is made; the matter that is written is what folding that step gives, by the same
 * function that rebuilds matters from their records.
 */
#include "base/clock.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "people/account.sql.h"
#include "store/canon.h"
#include "store/county.h"

#include <string.h>

/* An act under way. */
struct acting {
    struct tx *tx;
    struct county *c;
    const struct snap *s;
    const struct flow_who *w;
    struct arena *a;
    const struct calendar *cal;
    int32_t today;
    const char *for_;
    bool takes_part;
    struct matter now, next; /* now.code NULL: it begins */
    struct value_at *values;
    size_t n_values;
};

static enum rc act_begin(struct acting *x, struct tx *tx, struct county *c,
                         const struct flow_who *w, struct arena *a, struct err *e)
{
    *x = (struct acting){
        .tx = tx, .c = c, .s = tx_snap(tx), .w = w, .a = a, .today = county_today(c), .for_ = ""
    };
    return calendar_get(c, x->s, &x->cal, e);
}

static enum rc load(struct acting *x, const char *code, struct err *e)
{
    enum rc rc = matter_load(x->s, x->c, code, x->a, &x->now, e);
    if (rc == RC_OK && !flow_may_see(x->w, &x->now))
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    if (rc == RC_OK)
        matter_copy(&x->now, x->a, &x->next);
    return rc;
}

static const char *given_text(const struct acting *x)
{
    struct canon k;
    size_t n;
    canon_init(&k, x->a);
    for (size_t i = 0; i < x->n_values; i++)
        canon_text(&k, x->values[i].field, x->values[i].text);
    return canon_end(&k, &n);
}

/* Write the step and what folding it gives. */
static enum rc finish(struct acting *x, const char *verb, const struct flow_move *mv,
                      enum step_moved moved, struct flow_done *ret, struct err *e)
{
    const struct matter *now = x->now.code ? &x->now : NULL;
    struct step st = { .matter = x->next.code,
                       .verb = verb,
                       .from_state = now ? now->state : "",
                       .to_state = x->next.state,
                       .by = x->w->person->code,
                       .for_ = x->for_,
                       .number = now ? now->steps + 1 : 1,
                       .at = county_now(x->c),
                       .given = given_text(x),
                       .did = matter_did(now, &x->next, moved, x->a) };
    struct matter m = { .code = x->next.code };
    if (now)
        matter_copy(now, x->a, &m);
    enum rc rc = matter_fold(&m, &st, x->a, e);
    if (rc != RC_OK)
        return rc;
    m.id = x->next.id;
    m.parent_id = x->next.parent_id;
    m.kind = x->next.kind;
    rc = matter_write(x->tx, x->c, now, &m, &st, x->a, e);
    if (rc == RC_OK)
        rc = notices_of_step(x->tx, now, &m, &st, mv, e);
    if (rc != RC_OK)
        return rc;
    x->next = m;
    *ret = (struct flow_done){ .code = m.code,
                               .state = m.state,
                               .version = m.version,
                               .number = st.number,
                               .record = m.record };
    return RC_OK;
}

/* ---- what fields set ---- */

static struct party *party_put(struct acting *x, enum party_role role)
{
    for (size_t i = 0; i < x->next.n_parties; i++)
        if (x->next.parties[i].role == role)
            return &x->next.parties[i];
    matter_add(x->a, x->next.parties, x->next.n_parties) =
        (struct party){ .role = role, .unit = "", .account = "", .state = "" };
    return &x->next.parties[x->next.n_parties - 1];
}

static void set_joint(struct acting *x, const char *codes)
{
    struct matter *m = &x->next;
    struct party *old = m->parties;
    size_t n_old = m->n_parties, n;
    char **code = str_split(x->a, codes, '|', &n);
    m->parties = NULL;
    m->n_parties = 0;
    for (size_t i = 0; i < n_old; i++)
        if (old[i].role != PARTY_JOINT)
            matter_add(x->a, m->parties, m->n_parties) = old[i];
    for (size_t i = 0; i < n; i++) {
        struct party p = { .role = PARTY_JOINT, .unit = code[i], .account = "", .state = "" };
        /* Who stays joint keeps what it has done. */
        for (size_t k = 0; k < n_old; k++)
            if (old[k].role == PARTY_JOINT && str_eq(old[k].unit, code[i]))
                p = old[k];
        if (!str_eq(code[i], matter_unit(m)))
            matter_add(x->a, m->parties, m->n_parties) = p;
    }
}

/* Is the account one that handles matters of the unit? */
static enum rc check_holder(const struct acting *x, const char *account, const char *unit,
                            struct err *e)
{
    struct flow_account_row row;
    struct person p;
    const struct unit *u = units_find(x->w->units, unit);
    enum rc rc = flow_account_one(x->s, account, x->a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_INVALID, N_("没有可用的账号「{account}」"), "account", account);
    if (rc == RC_OK)
        rc = person_load(x->s, row.id, x->today, ~UINT64_C(0), x->a, &p, e);
    if (rc != RC_OK)
        return rc;
    /* Who handles matters there, or belongs to it: a leader holds what is theirs. */
    if (*unit && (!u || (!person_may(&p, CAP_HANDLE, u) && p.unit.v != u->id.v)))
        return err_set(e, RC_INVALID,
                       N_("{account}不能办理「{unit}」的事项:请选这个单位的经办人"), "account",
                       row.name, "unit", u ? u->name : unit);
    return RC_OK;
}

static enum rc apply_value(struct acting *x, const struct flow_field *f, const char *text,
                           struct err *e)
{
    struct party *p;
    switch (f->sets) {
    case FLOW_SETS_NOTHING:
    case FLOW_SETS_UNTIL:
    case FLOW_SETS_PARTS:
        break;
    case FLOW_SETS_LEAD:
        p = party_put(x, PARTY_LEAD);
        if (!str_eq(p->unit, text))
            p->account = "";
        p->unit = text;
        break;
    case FLOW_SETS_HOLDER:
        p = party_put(x, PARTY_LEAD);
        p->account = text;
        return check_holder(x, text, p->unit, e);
    case FLOW_SETS_JOINT:
        set_joint(x, text);
        break;
    case FLOW_SETS_SUPERVISOR:
        party_put(x, PARTY_SUPERVISOR)->unit = text;
        break;
    case FLOW_SETS_ISSUER:
        party_put(x, PARTY_ISSUER)->account = text;
        break;
    case FLOW_SETS_TITLE:
        x->next.title = text;
        break;
    }
    return RC_OK;
}

static enum rc take_values(struct acting *x, const char *list, const struct flow_given *given,
                           size_t n_given, size_t n_files, struct err *e)
{
    struct matter *m = &x->next;
    enum rc rc = fields_read(x->s, m->kind, list, x->w, given, n_given, n_files, x->today, x->a,
                             &x->values, &x->n_values, e);
    for (size_t i = 0; i < x->n_values && rc == RC_OK; i++) {
        bool there = false;
        for (size_t k = 0; k < m->n_values; k++)
            if (str_eq(m->values[k].field, x->values[i].field)) {
                m->values[k].text = x->values[i].text;
                there = true;
            }
        if (!there)
            matter_add(x->a, m->values, m->n_values) = x->values[i];
        rc = apply_value(x, flow_field_of(m->kind, x->values[i].field), x->values[i].text, e);
    }
    return rc;
}

static enum rc take_files(struct acting *x, const struct flow_file *files, size_t n,
                          struct err *e)
{
    struct matter *m = &x->next;
    if (n > MATTER_FILES_MAX)
        return err_set(e, RC_TOOBIG, N_("一次最多交{limit}个文件"), "limit",
                       arena_printf(x->a, "%d", MATTER_FILES_MAX));
    for (size_t i = 0; i < n; i++) {
        char *hex = arena_alloc(x->a, 2 * HASH_SIZE + 1);
        matter_add(x->a, m->files, m->n_files) =
            (struct file_at){ .digest = hex_encode(files[i].digest, HASH_SIZE, hex),
                              .name = files[i].name,
                              .media = files[i].media,
                              .size = files[i].size,
                              .number = m->steps + 1 };
    }
    return RC_OK;
}

static enum rc take_links(struct acting *x, const struct flow_link *links, size_t n,
                          struct err *e)
{
    struct matter *m = &x->next;
    for (size_t i = 0; i < n; i++) {
        const struct flow_link *l = &links[i];
        bool there = false;
        if (!str_eq(l->what, "unit") && !str_eq(l->what, "matter") &&
            !word_in(m->kind->links, l->what, ' '))
            return err_set(e, RC_INVALID, N_("这类事项不能关联「{what}」"), "what", l->what);
        if (!code_valid(l->code))
            return err_set(e, RC_INVALID, N_("「{code}」不是编号"), "code", l->code);
        for (size_t k = 0; k < m->n_links; k++)
            there |= str_eq(m->links[k].what, l->what) && str_eq(m->links[k].code, l->code);
        if (!there)
            matter_add(x->a, m->links, m->n_links) = *l;
    }
    if (m->n_links > MATTER_LINKS_MAX)
        return err_set(e, RC_TOOBIG, N_("一件事项最多关联{limit}处"), "limit",
                       arena_printf(x->a, "%d", MATTER_LINKS_MAX));
    return RC_OK;
}

static void add_actor(struct acting *x, const char *code)
{
    struct matter *m = &x->next;
    for (size_t i = 0; i < m->n_actors; i++)
        if (str_eq(m->actors[i], code))
            return;
    if (*code)
        matter_add(x->a, m->actors, m->n_actors) = code;
}

static struct flow_look look_of(const struct acting *x, const struct flow_move *mv)
{
    return (struct flow_look){ .c = x->c,
                               .snap = x->s,
                               .kind = x->next.kind,
                               .matter = &x->next,
                               .move = mv,
                               .by = x->w->person->code,
                               .given = x->values,
                               .n_given = x->n_values };
}

static enum rc hook_check(const struct acting *x, const struct flow_move *mv, struct err *e)
{
    struct flow_look l = look_of(x, mv);
    return x->next.kind->check ? x->next.kind->check(&l, e) : RC_OK;
}

static enum rc hook_apply(const struct acting *x, const struct flow_move *mv, struct err *e)
{
    struct flow_look l = look_of(x, mv);
    return x->next.kind->apply ? x->next.kind->apply(x->tx, &l, e) : RC_OK;
}

/* ---- opening ---- */

static enum rc set_parent(struct acting *x, const char *code, struct err *e)
{
    struct matter_parent_row row;
    struct matter parent;
    enum rc rc = matter_load(x->s, x->c, code, x->a, &parent, e);
    if (rc != RC_OK)
        return rc;
    if (!word_in(x->next.kind->part_of, parent.kind_code, ' '))
        return err_set(e, RC_INVALID, N_("「{kind}」不能作为「{code}」的下级事项"), "kind",
                       x->next.kind->name, "code", code);
    if (!parent.open)
        return err_set(e, RC_CONFLICT, N_("「{code}」已经办结,不能再分出下级事项"), "code",
                       code);
    int depth = 2;
    for (struct id up = parent.parent_id; up.v; up = row.parent_id, depth++) {
        rc = matter_parent_one(x->s, up, x->a, &row, e);
        if (rc != RC_OK)
            return rc;
    }
    if (depth > MATTER_DEPTH_MAX)
        return err_set(e, RC_INVALID, N_("下级事项最多{limit}层"), "limit",
                       arena_printf(x->a, "%d", MATTER_DEPTH_MAX));
    x->next.parent = code;
    x->next.parent_id = parent.id;
    return RC_OK;
}

static enum rc may_open(const struct acting *x, struct err *e)
{
    const struct flow_kind *k = x->next.kind;
    const struct unit *u = units_find(x->w->units, matter_unit(&x->next));
    if (!*x->w->person->code)
        return RC_OK;
    if (!k->open)
        return err_set(e, RC_DENIED, N_("「{kind}」由系统发起,不能手工新建"), "kind", k->name);
    return person_demand(x->w->person, k->open, u, e);
}

static enum rc check_title(const char *title, struct err *e)
{
    if (!title || !*title)
        return err_set(e, RC_INVALID, N_("请填写「{field}」"), "field", N_("标题"));
    if (!utf8_valid(title, strlen(title)) || strpbrk(title, "\r\n"))
        return err_set(e, RC_INVALID, N_("「{field}」只能写一行"), "field", N_("标题"));
    if (utf8_count(title) > MATTER_TITLE_MAX)
        return err_set(e, RC_INVALID, N_("「{field}」太长,最多{limit}个字"), "field",
                       N_("标题"), "limit", "200");
    return RC_OK;
}

static int year_of(int32_t day)
{
    int y, m, d;
    day_split(day, &y, &m, &d);
    return y;
}

/* allowed: a part that a move splits off; who may make the move may open its parts. */
static enum rc open_one(struct acting *x, const struct flow_new *n, bool allowed,
                        struct flow_done *ret, struct err *e)
{
    const struct flow_kind *k = flow_kind_of(x->c, n->kind);
    struct matter *m = &x->next;
    if (!k)
        return err_set(e, RC_NOTFOUND, N_("没有「{kind}」这类事项"), "kind", n->kind);
    *m = (struct matter){ .kind = k,
                          .kind_code = k->code,
                          .title = n->title,
                          .state = k->states[0].code,
                          .parent = "",
                          .opener = x->w->person->code,
                          .clock = "",
                          .mover = "",
                          .mover_for = "",
                          .state_mover = "",
                          .state_mover_for = "",
                          .last_verb = "",
                          .gross_days = -1,
                          .net_days = -1,
                          .on_time = -1,
                          .on_first = -1 };
    enum rc rc = check_title(n->title, e);
    if (rc == RC_OK && n->unit && *n->unit) {
        if (!units_find(x->w->units, n->unit))
            return err_set(e, RC_INVALID, N_("现在没有编码为「{unit}」的单位"), "unit",
                           n->unit);
        party_put(x, PARTY_LEAD)->unit = n->unit;
    }
    if (rc == RC_OK && n->parent)
        rc = set_parent(x, n->parent, e);
    if (rc == RC_OK)
        rc = take_values(x, k->open_fields, n->given, n->n_given, n->n_files, e);
    if (rc == RC_OK && !allowed)
        rc = may_open(x, e);
    if (rc == RC_OK)
        rc = take_links(x, n->links, n->n_links, e);
    if (rc == RC_OK)
        rc = take_files(x, n->files, n->n_files, e);
    if (rc == RC_OK)
        rc = hook_check(x, NULL, e);
    if (rc == RC_OK)
        rc = due_enter(x->cal, m, "", false, x->today, x->a, e);
    if (rc == RC_OK)
        rc = matter_number(x->tx, k, year_of(x->today), x->a, &m->code, e);
    if (rc == RC_OK)
        rc = finish(x, "open", NULL, STEP_MOVE, ret, e);
    return rc == RC_OK ? hook_apply(x, NULL, e) : rc;
}

enum rc flow_open(struct tx *tx, struct county *c, const struct flow_who *w,
                  const struct flow_new *n, struct arena *a, struct flow_done *ret,
                  struct err *e)
{
    struct acting x;
    enum rc rc = act_begin(&x, tx, c, w, a, e);
    return rc == RC_OK ? open_one(&x, n, false, ret, e) : rc;
}

/* ---- moving ---- */

static const char *name_of(const struct acting *x, const char *account)
{
    struct flow_account_row row;
    CLEANUP(err_done) struct err e = { 0 };
    if (!*account)
        return N_("系统");
    return flow_account_one(x->s, account, x->a, &row, &e) == RC_OK ? row.name : account;
}

static const char *verb_name(const struct matter *m, const char *verb)
{
    for (size_t i = 0; m->kind && i < m->kind->n_moves; i++)
        if (str_eq(m->kind->moves[i].verb, verb))
            return m->kind->moves[i].name;
    return str_eq(verb, "open") ? N_("新建") : str_eq(verb, "hand_over") ? N_("移交") : verb;
}

static const char *state_name(const struct matter *m)
{
    const struct flow_state *s = flow_state_of(m->kind, m->state);
    return s ? s->name : m->state;
}

static enum rc moved_meanwhile(const struct acting *x, struct err *e)
{
    char at[TIME_TEXT];
    const struct matter *m = &x->now;
    return err_set(
        e, RC_CONFLICT,
        N_("您打开这一页之后,{who}在{at}办了「{verb}」,现在是「{state}」;请看过再办"), "who",
        name_of(x, m->mover), "at", time_local(m->state_at, at), "verb",
        verb_name(m, m->last_verb), "state", state_name(m));
}

static enum rc no_such_move(const struct acting *x, const char *verb, struct err *e)
{
    const struct matter *m = &x->now;
    struct str b;
    str_init(&b, x->a);
    for (size_t i = 0; i < m->kind->n_moves; i++) {
        const struct flow_move *mv = &m->kind->moves[i];
        if (flow_move_from(m->kind, mv, m->state) && move_applies(x->s, x->c, x->w, m, mv))
            str_addf(&b, "%s%s", b.n ? "、" : "", mv->name);
    }
    return err_set(e, RC_CONFLICT, N_("「{state}」时不能办「{verb}」;现在可以办的有:{moves}"),
                   "state", state_name(m), "verb", verb_name(m, verb), "moves",
                   b.n ? b.s : "—");
}

static enum rc check_parts(const struct acting *x, const struct flow_move *mv, struct err *e)
{
    struct matter_parts_open_row *rows;
    size_t n = 0;
    struct str b;
    enum rc rc =
        mv->parts_final ? matter_parts_open_all(x->s, x->now.id, x->a, &rows, &n, e) : RC_OK;
    if (rc != RC_OK || n == 0)
        return rc;
    str_init(&b, x->a);
    for (size_t i = 0; i < n && i < 5; i++)
        str_addf(&b, "%s%s", i ? "、" : "", rows[i].code);
    return err_set(e, RC_CONFLICT, N_("还有{n}件下级事项没有办结:{codes}"), "n",
                   arena_printf(x->a, "%zu", n), "codes", b.s);
}

static enum rc check_joint(const struct acting *x, const struct flow_move *mv, struct err *e)
{
    struct str b;
    str_init(&b, x->a);
    for (size_t i = 0; mv->joint_done && i < x->next.n_parties; i++) {
        const struct party *p = &x->next.parties[i];
        const struct unit *u = units_find(x->w->units, p->unit);
        if (p->role == PARTY_JOINT && !str_eq(p->state, "delivered"))
            str_addf(&b, "%s%s", b.n ? "、" : "", u ? u->name : p->unit);
    }
    if (!b.n)
        return RC_OK;
    return err_set(e, RC_CONFLICT, N_("协办单位还没有交来:{units}"), "units", b.s);
}

/* ---- requests ---- */

static int32_t until_given(const struct acting *x)
{
    for (size_t i = 0; i < x->n_values; i++) {
        const struct flow_field *f = flow_field_of(x->next.kind, x->values[i].field);
        CLEANUP(err_done) struct err e = { 0 };
        int32_t day;
        if (f && f->sets == FLOW_SETS_UNTIL && day_parse(x->values[i].text, &day, &e) == RC_OK)
            return day;
    }
    return 0;
}

static enum rc check_extension(const struct acting *x, int32_t until, struct err *e)
{
    const struct clock_at *cl = matter_running(&x->now);
    char due[PERIOD_TEXT];
    if (!cl)
        return err_set(e, RC_CONFLICT, N_("现在没有计时,不用延期"));
    day_code(cl->due, due);
    if (cl->due && x->today > cl->due)
        return err_set(e, RC_CONFLICT,
                       N_("期限{due}已过,不能再申请延期:请照常办理并在办理情况里说明原因,"
                          "逾期如实显示;今后请在到期前申请"),
                       "due", due);
    if (until <= (cl->due ? cl->due : x->today))
        return err_set(e, RC_INVALID, N_("延期要晚于现在的期限{due}"), "due",
                       cl->due ? due : "");
    return RC_OK;
}

static enum rc ask(struct acting *x, const struct flow_move *mv, struct err *e)
{
    int32_t until = until_given(x);
    if (matter_request(&x->now, mv->asks))
        return err_set(e, RC_CONFLICT, N_("已经有一份同样的申请在等答复"));
    if (mv->asks == FLOW_EXTEND) {
        enum rc rc = check_extension(x, until, e);
        if (rc != RC_OK)
            return rc;
    } else if (until <= x->today) {
        return err_set(e, RC_INVALID, N_("暂缓提醒的截止日要晚于今天"));
    }
    matter_add(x->a, x->next.requests, x->next.n_requests) =
        (struct request_at){ .what = mv->asks,
                             .by = x->w->person->code,
                             .for_ = x->for_,
                             .until = until,
                             .number = x->now.steps + 1 };
    return RC_OK;
}

static void drop_request(struct matter *m, enum flow_request what)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->n_requests; i++)
        if (m->requests[i].what != what)
            m->requests[kept++] = m->requests[i];
    m->n_requests = kept;
}

static enum rc answer(struct acting *x, const struct flow_move *mv, struct err *e)
{
    enum flow_request what = mv->grants ? mv->grants : mv->refuses;
    const struct request_at *r = matter_request(&x->now, what);
    if (!r)
        return err_set(e, RC_CONFLICT, N_("没有等答复的申请"));
    int32_t until = r->until, given = until_given(x);
    if (given) /* the second person may grant less */
        until = given < until ? given : until;
    drop_request(&x->next, what);
    if (mv->grants == FLOW_EXTEND)
        due_extend(x->cal, &x->next, until, x->today, x->a);
    if (mv->grants == FLOW_SNOOZE)
        x->next.quiet_day = until;
    return RC_OK;
}

static enum rc requests(struct acting *x, const struct flow_move *mv, struct err *e)
{
    if (mv->asks)
        return ask(x, mv, e);
    if (mv->grants || mv->refuses)
        return answer(x, mv, e);
    return RC_OK;
}

/* ---- a move ---- */

static void mark_joint(struct acting *x, const struct flow_move *mv)
{
    struct party *p = mv->accepts || mv->delivers ? who_joint(x->w, &x->next) : NULL;
    if (p)
        p->state = mv->delivers ? "delivered" : "accepted";
}

static enum rc enter(struct acting *x, const struct flow_move *mv, struct err *e)
{
    struct matter *m = &x->next;
    m->state = mv->to ? mv->to : m->state;
    m->returned += mv->returns;
    m->reopened += mv->reopens;
    if (mv->reopens) {
        m->gross_days = m->net_days = m->on_time = m->on_first = -1;
        for (size_t i = 0; i < m->n_parties; i++) /* joint units begin again, too */
            if (m->parties[i].role == PARTY_JOINT)
                m->parties[i].state = "";
        for (size_t i = 0; i < m->n_clocks; i++)
            m->clocks[i].late = m->clocks[i].late_first = m->clocks[i].paused = false;
    }
    bool was_open = m->open;
    enum rc rc = due_enter(x->cal, m, x->now.state, mv->reopens, x->today, x->a, e);
    /* What was only looked at again keeps what was found at its end. */
    if (rc == RC_OK && was_open && !m->open && m->gross_days < 0 && m->on_time < 0)
        due_close(x->cal, m, x->today);
    return rc;
}

/* What this move gives its parts in fields part_…; NULL: nothing. */
static const char *for_parts(const struct acting *x, const char *field)
{
    for (size_t i = 0; i < x->n_values; i++)
        if (strncmp(x->values[i].field, "part_", 5) == 0 &&
            str_eq(x->values[i].field + 5, field))
            return x->values[i].text;
    return NULL;
}

/* What a part takes over from the whole: of a clock's day the one in force now. */
static const char *inherited(const struct acting *x, const char *field)
{
    char day[PERIOD_TEXT];
    for (size_t i = 0; i < x->next.n_clocks; i++) {
        const struct clock_at *cl = &x->next.clocks[i];
        const struct flow_clock *k = flow_clock_of(x->next.kind, cl->code);
        if (cl->due && k && k->from && str_eq(k->from, field))
            return arena_strdup(x->a, day_code(cl->due, day));
    }
    return matter_value(&x->next, field);
}

/* What a part begins with: what it inherits, what the move says of it, who holds it. */
static size_t part_given(const struct acting *x, const struct flow_kind *k, const char *holder,
                         struct flow_given *ret)
{
    const char *list = k->open_fields, *code;
    bool required;
    size_t n = 0;
    while (fields_next(&list, x->a, &code, &required)) {
        const struct flow_field *f = flow_field_of(k, code);
        const char *text = for_parts(x, code);
        if (!text && f->sets == FLOW_SETS_HOLDER)
            text = holder;
        if (!text && f->inherited)
            text = inherited(x, code);
        if (text && *text)
            ret[n++] = (struct flow_given){ f->code, text };
    }
    return n;
}

/* Parts for each unit of the field that sets them, or one for the person it names. */
static enum rc split(struct acting *x, const struct flow_move *mv, struct err *e)
{
    const struct flow_kind *k = mv->splits ? flow_kind_of(x->c, mv->splits) : NULL;
    const char *to = "", *title = for_parts(x, "title");
    bool person = false;
    size_t n;
    enum rc rc = RC_OK;
    if (!k)
        return RC_OK;
    for (size_t i = 0; i < x->n_values; i++) {
        const struct flow_field *f = flow_field_of(x->next.kind, x->values[i].field);
        if (f->sets == FLOW_SETS_PARTS) {
            to = x->values[i].text;
            person = f->type == FLOW_ACCOUNT_CODE;
        }
    }
    char **code = str_split(x->a, to, '|', &n);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct acting part = *x;
        struct flow_done done;
        if (!*code[i])
            continue;
        part.now = part.next = (struct matter){ 0 };
        part.values = NULL;
        part.n_values = 0;
        struct flow_given *given = arena_array(x->a, k->n_fields, sizeof(*given));
        size_t n_given = part_given(x, k, person ? code[i] : "", given);
        rc = open_one(&part,
                      &(struct flow_new){ .kind = k->code,
                                          .title = title ? title : x->next.title,
                                          .unit = person ? matter_unit(&x->next) : code[i],
                                          .parent = x->next.code,
                                          .given = given,
                                          .n_given = n_given },
                      true, &done, e);
    }
    return rc;
}

static enum rc check_move(struct acting *x, const struct flow_act *act,
                          const struct flow_move **ret, struct err *e)
{
    const struct matter *m = &x->now;
    if (!m->kind)
        return err_set(e, RC_CONFLICT, N_("「{kind}」这类事项已经没有办理规则,只能查看"),
                       "kind", m->kind_code);
    if (act->version >= 0 && act->version != m->version)
        return moved_meanwhile(x, e);
    *ret = flow_move_of(m->kind, m->state, act->verb);
    if (!*ret)
        return no_such_move(x, act->verb, e);
    enum rc rc = who_may(x->w, m, *ret, &x->for_, &x->takes_part, e);
    if (rc == RC_OK)
        rc = check_parts(x, *ret, e);
    return rc;
}

enum rc flow_move(struct tx *tx, struct county *c, const struct flow_who *w,
                  const struct flow_act *act, struct arena *a, struct flow_done *ret,
                  struct err *e)
{
    struct acting x;
    const struct flow_move *mv = NULL;
    enum rc rc = act_begin(&x, tx, c, w, a, e);
    if (rc == RC_OK)
        rc = load(&x, act->matter, e);
    if (rc == RC_OK)
        rc = check_move(&x, act, &mv, e);
    if (rc == RC_OK)
        rc = take_values(&x, mv->fields, act->given, act->n_given, act->n_files, e);
    if (rc == RC_OK)
        rc = take_files(&x, act->files, act->n_files, e);
    if (rc != RC_OK)
        return rc;
    mark_joint(&x, mv);
    rc = check_joint(&x, mv, e);
    if (rc == RC_OK)
        rc = hook_check(&x, mv, e);
    if (rc == RC_OK)
        rc = requests(&x, mv, e);
    if (rc != RC_OK)
        return rc;
    if (x.takes_part) {
        add_actor(&x, w->person->code);
        add_actor(&x, x.for_);
    }
    rc = enter(&x, mv, e);
    if (rc == RC_OK)
        rc = finish(&x, mv->verb, mv, STEP_MOVE, ret, e);
    if (rc == RC_OK)
        rc = split(&x, mv, e);
    return rc == RC_OK ? hook_apply(&x, mv, e) : rc;
}

/* ---- what every kind has ---- */

static void say(struct acting *x, const char *field, const char *text)
{
    matter_add(x->a, x->values, x->n_values) = (struct value_at){ field, text };
}

enum rc flow_comment(struct tx *tx, struct county *c, const struct flow_who *w,
                     const char *matter, const char *text, struct arena *a,
                     struct flow_done *ret, struct err *e)
{
    struct acting x;
    const char *said = str_trim(a, text);
    enum rc rc = act_begin(&x, tx, c, w, a, e);
    if (rc == RC_OK)
        rc = load(&x, matter, e);
    if (rc != RC_OK)
        return rc;
    if (!*said)
        return err_set(e, RC_INVALID, N_("请填写「{field}」"), "field", N_("留言"));
    if (!utf8_valid(said, strlen(said)) || utf8_count(said) > MATTER_LINES_MAX)
        return err_set(e, RC_INVALID, N_("「{field}」太长,最多{limit}个字"), "field",
                       N_("留言"), "limit", arena_printf(a, "%d", MATTER_LINES_MAX));
    say(&x, "comment", said);
    return finish(&x, "comment", NULL, STEP_NO_MOVE, ret, e);
}

enum rc flow_attach(struct tx *tx, struct county *c, const struct flow_who *w,
                    const char *matter, const struct flow_file *files, size_t n,
                    struct arena *a, struct flow_done *ret, struct err *e)
{
    struct acting x;
    enum rc rc = act_begin(&x, tx, c, w, a, e);
    if (rc == RC_OK)
        rc = load(&x, matter, e);
    if (rc == RC_OK && n == 0)
        return err_set(e, RC_INVALID, N_("没有收到文件"));
    if (rc == RC_OK)
        rc = take_files(&x, files, n, e);
    return rc == RC_OK ? finish(&x, "attach", NULL, STEP_NO_MOVE, ret, e) : rc;
}

enum rc flow_add_links(struct tx *tx, struct county *c, const struct flow_who *w,
                       const char *matter, const struct flow_link *links, size_t n,
                       struct arena *a, struct flow_done *ret, struct err *e)
{
    struct acting x;
    enum rc rc = act_begin(&x, tx, c, w, a, e);
    if (rc == RC_OK)
        rc = load(&x, matter, e);
    if (rc == RC_OK)
        rc = take_links(&x, links, n, e);
    return rc == RC_OK ? finish(&x, "link", NULL, STEP_NO_MOVE, ret, e) : rc;
}

static enum rc may_hand_over(const struct acting *x, struct err *e)
{
    const struct matter *m = &x->now;
    const struct unit *u = units_find(x->w->units, matter_unit(m));
    unsigned has = who_roles(x->w->person, x->w->units, m);
    for (size_t i = 0; i < x->w->n_absent; i++)
        has |= who_roles(&x->w->absent[i].person, x->w->units, m);
    /* A unit that is not there any more has nobody: its matters are the platform's to give. */
    if ((has & (FLOW_HOLDER | FLOW_UNIT | FLOW_SUPERVISOR | FLOW_SYSTEM)) ||
        (!u && person_may(x->w->person, CAP_DISPATCH, NULL)) ||
        person_may(x->w->person, flow_hand_cap(m->kind), u))
        return RC_OK;
    return err_set(e, RC_DENIED, N_("「{move}」要由{who}办"), "move", N_("移交"), "who",
                   N_("承办单位、督办单位或发起这类事项的人员"));
}

static enum rc hand_to(struct acting *x, const char *unit, const char *account,
                       const char *reason, struct flow_done *ret, struct err *e)
{
    struct party *p = party_put(x, PARTY_LEAD);
    const struct flow_state *s = flow_state_of(x->now.kind, x->now.state);
    const char *to = *unit ? unit : p->unit;
    if (!x->now.open || !s)
        return err_set(e, RC_CONFLICT, N_("已经办结的事项不用移交"));
    /* A draft goes no further than its writers may write. */
    if (x->now.draft && x->now.kind->open) {
        enum rc may =
            person_demand(x->w->person, x->now.kind->open, units_find(x->w->units, to), e);
        if (may != RC_OK)
            return may;
    }
    if (str_eq(to, p->unit) && str_eq(account, p->account))
        return err_set(e, RC_CONFLICT, N_("已经在这个单位或人员手里"));
    if (*to && !units_find(x->w->units, to))
        return err_set(e, RC_INVALID, N_("现在没有编码为「{unit}」的单位"), "unit", to);
    enum rc rc = *account ? check_holder(x, account, to, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    p->unit = to;
    p->account = account;
    say(x, "reason", reason);
    rc = due_enter(x->cal, &x->next, x->now.state, false, x->today, x->a, e);
    return rc == RC_OK ? finish(x, "hand_over", NULL, STEP_HAND_OVER, ret, e) : rc;
}

enum rc flow_hand_over(struct tx *tx, struct county *c, const struct flow_who *w,
                       const char *matter, const char *unit, const char *account,
                       const char *reason, struct arena *a, struct flow_done *ret,
                       struct err *e)
{
    struct acting x;
    enum rc rc = act_begin(&x, tx, c, w, a, e);
    if (rc == RC_OK)
        rc = load(&x, matter, e);
    if (rc == RC_OK)
        rc = may_hand_over(&x, e);
    if (rc == RC_OK && x.now.kind && x.now.kind->personal)
        return err_set(e, RC_CONFLICT, N_("这件只能由本人办，不能移交"));
    if (rc == RC_OK && !*str_trim(a, reason))
        return err_set(e, RC_INVALID, N_("请填写「{field}」"), "field", N_("移交事由"));
    return rc == RC_OK ? hand_to(&x, unit, account, str_trim(a, reason), ret, e) : rc;
}

/* May the successor go on with a draft? */
static enum rc may_write(const struct acting *x, const char *account, bool *ret, struct err *e)
{
    const struct matter *m = &x->now;
    struct flow_account_row row;
    struct person p;
    enum rc rc = flow_account_one(x->s, account, x->a, &row, e);
    if (rc == RC_OK)
        rc = person_load(x->s, row.id, x->today, ~UINT64_C(0), x->a, &p, e);
    if (rc == RC_OK)
        *ret =
            !m->draft || person_may(&p, m->kind->open, units_find(x->w->units, matter_unit(m)));
    return rc;
}

/* What somebody opened is seen through by their successor. */
static enum rc pass_on(struct tx *tx, struct county *c, const struct flow_who *w,
                       const char *matter, const struct flow_hand_all *what, struct arena *a,
                       struct err *e)
{
    struct acting x;
    struct flow_done done;
    bool may = false;
    enum rc rc = act_begin(&x, tx, c, w, a, e);
    if (rc == RC_OK)
        rc = load(&x, matter, e);
    if (rc == RC_OK && !x.now.kind->openers_own)
        rc = may_write(&x, what->to_account, &may, e);
    if (rc != RC_OK || !may)
        return rc;
    x.next.opener = what->to_account;
    say(&x, "reason", what->reason);
    rc = due_enter(x.cal, &x.next, x.now.state, false, x.today, x.a, e);
    if (rc != RC_OK)
        return rc;
    return finish(&x, "pass_on", NULL, STEP_NO_MOVE, &done, e);
}

/* Only the program passes on, behind a sheet that both have signed. */
static enum rc pass_on_all(struct tx *tx, struct county *c, const struct flow_who *w,
                           const struct flow_hand_all *what, struct err *e)
{
    CLEANUP(arena_freep) struct arena *list = arena_new(), *a = arena_new();
    struct matters_opened_row *rows;
    size_t n = 0;
    enum rc rc = !*w->person->code && *what->from_account && *what->to_account
                     ? matters_opened_all(tx_snap(tx), what->from_account, list, &rows, &n, e)
                     : RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        arena_reset(a);
        rc = pass_on(tx, c, w, rows[i].code, what, a, e);
    }
    return rc;
}

enum rc flow_hand_over_all(struct tx *tx, struct county *c, const struct flow_who *w,
                           const struct flow_hand_all *what, int64_t *ret_done,
                           int64_t *ret_left, struct err *e)
{
    CLEANUP(arena_freep) struct arena *list = arena_new(), *a = arena_new();
    const char *personal = flow_personal(c, list);
    struct matters_held_row *rows;
    size_t n, i = 0;
    enum rc rc = matters_held_all(tx_snap(tx), what->from_unit, what->from_account, personal,
                                  list, &rows, &n, e);
    for (; i < n && rc == RC_OK && !(i > 0 && tx_slice_over(tx)); i++) {
        struct flow_done done;
        arena_reset(a);
        rc = flow_hand_over(tx, c, w, rows[i].code, what->to_unit, what->to_account,
                            what->reason, a, &done, e);
    }
    if (rc != RC_OK)
        return rc;
    struct matters_held_n_row left;
    rc = matters_held_n_one(tx_snap(tx), what->from_unit, what->from_account, personal, list,
                            &left, e);
    *ret_done = (int64_t)i;
    *ret_left = rc == RC_OK ? left.n : 0;
    return rc == RC_OK && left.n == 0 ? pass_on_all(tx, c, w, what, e) : rc;
}

/* ---- a calendar has come ---- */

enum rc flow_fill_gap(struct tx *tx, struct county *c, const struct flow_who *w,
                      const char *matter, struct arena *a, bool *ret_filled, struct err *e)
{
    struct acting x;
    struct flow_done done;
    enum rc rc = act_begin(&x, tx, c, w, a, e);
    if (rc == RC_OK)
        rc = load(&x, matter, e);
    if (rc != RC_OK)
        return rc;
    *ret_filled = due_fill(x.cal, &x.next, x.today, a);
    return *ret_filled ? finish(&x, "calendar", NULL, STEP_NO_MOVE, &done, e) : RC_OK;
}
