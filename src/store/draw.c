/* Draws in the database. The one idea: every step checks the facts it rests on again, in the
 * change that makes it, and appends the whole row as its record. */
#include "store/draw.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "store/county.h"
#include "store/job.h"
#include "store/record.h"
#include "store/seal.h"

#include <string.h>

const struct draw_purpose draw_purposes[] = {
    { .code = "lookback", .name = N_("回头看"), .job = "lookback.drawn", .page = "/matter/" },
};
const size_t draw_purposes_n = COUNT(draw_purposes);

const struct draw_purpose *draw_purpose_find(const char *code)
{
    for (size_t i = 0; i < draw_purposes_n; i++)
        if (str_eq(draw_purposes[i].code, code))
            return &draw_purposes[i];
    return NULL;
}

static const struct {
    const char *code, *text;
} states[] = { { "announced", N_("已公告，等存证签名") },
               { "sealed", N_("已公告并存证，等公开事件") },
               { "seeded", N_("种子已录入，等第二人核对") },
               { "drawn", N_("已抽出") },
               { "void", N_("已放弃") } };

const char *draw_state_text(const char *state)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (str_eq(states[i].code, state))
            return states[i].text;
    return state;
}

/* ---- a step: the row as it will be, its record, the row ---- */

static struct draw_audit_row audit_row(const struct draw_get_row *r)
{
    return (struct draw_audit_row){ .code = r->code,
                                    .purpose = r->purpose,
                                    .subject = r->subject,
                                    .title = r->title,
                                    .event = r->event,
                                    .issue = r->issue,
                                    .event_at = r->event_at,
                                    .file = r->file,
                                    .things = r->things,
                                    .picks = r->picks,
                                    .state = r->state,
                                    .sealed_size = r->sealed_size,
                                    .sealed_note = r->sealed_note,
                                    .seed_digest = r->seed_digest,
                                    .outcome_at = r->outcome_at,
                                    .outcome_from = r->outcome_from,
                                    .reason = r->reason,
                                    .announced_by = r->announced_by,
                                    .announced_at = r->announced_at,
                                    .sealed_at = r->sealed_at,
                                    .seeded_by = r->seeded_by,
                                    .seeded_at = r->seeded_at,
                                    .ended_by = r->ended_by,
                                    .ended_at = r->ended_at };
}

/* announcement: its text, a second time by itself, for who checks it with a receipt; or NULL.
 */
static enum rc append(struct tx *tx, struct county *c, const struct draw_get_row *r,
                      const char *kind, const char *by, const char *announcement,
                      struct id *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct draw_audit_row row = audit_row(r);
    struct canon k;

    canon_init(&k, a);
    canon_row(&k, &draw_audit_query, &row);
    if (announcement != NULL)
        canon_text(&k, "announcement", announcement);
    const struct record_part part = part_open(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = r->code,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

static enum rc step(struct tx *tx, struct county *c, const char *was, struct draw_get_row *r,
                    const char *kind, const char *by, struct err *e)
{
    int64_t changed;
    enum rc rc = append(tx, c, r, kind, by, NULL, &r->record_id, e);
    if (rc == RC_OK)
        rc = draw_update(tx, r->state, r->file, r->sealed_size, r->sealed_note, r->sealed_at,
                         r->seed_digest, r->outcome_at, r->outcome_from, r->reason,
                         r->seeded_by, r->seeded_at, r->ended_by, r->ended_at, r->record_id,
                         r->id, was, &changed, e);
    if (rc == RC_OK && changed != 1)
        return err_set(e, RC_CONFLICT, N_("抽签{code}已被他人推进,请刷新后再看"), "code",
                       r->code);
    return rc;
}

enum rc draw_load(const struct snap *s, const char *code, struct arena *a, struct draw *ret,
                  struct err *e)
{
    enum rc rc = draw_get_one(s, code, a, &ret->row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的抽签"), "code", code);
    return rc == RC_OK
               ? lot_parse(
                     a, (struct bytes){ (const uint8_t *)ret->row.file, strlen(ret->row.file) },
                     &ret->lot, e)
               : rc;
}

/* ---- announcing ---- */

static const char *when(struct utime t, struct arena *a)
{
    return time_local(t, arena_alloc(a, TIME_TEXT));
}

static enum rc check_time(struct county *c, struct utime at, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct utime now = county_now(c);
    struct utime first = { now.us + (int64_t)DRAW_LEAD_S * 1000000 };

    if (at.us < first.us)
        return err_set(e, RC_INVALID,
                       N_("公开事件在{at},公告还来不及先存证:种子可能已经有人知道。请选{first}"
                          "以后的一期"),
                       "at", when(at, a), "first", when(first, a));
    if (at.us > now.us + (int64_t)DRAW_AHEAD_DAYS * 86400 * 1000000)
        return err_set(e, RC_INVALID, N_("公开事件在{at},最多提前{n}天公告"), "at", when(at, a),
                       "n", arena_printf(a, "%d", DRAW_AHEAD_DAYS));
    return RC_OK;
}

static enum rc check_same(const struct snap *s, const struct draw_new *n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct draw_same_row same;

    enum rc rc = draw_same_one(s, n->purpose, n->subject, a, &same, e);
    if (rc == RC_NOTFOUND)
        return RC_OK;
    if (rc != RC_OK)
        return rc;
    return str_eq(same.state, "drawn")
               ? err_set(e, RC_CONFLICT, N_("已由{code}抽出,结果不能重抽"), "code", same.code)
               : err_set(e, RC_CONFLICT, N_("{code}正在抽,不能另抽一次;要换,先由第二人放弃它"),
                         "code", same.code);
}

static enum rc next_code(const struct snap *s, struct county *c, struct arena *a,
                         const char **ret, struct err *e)
{
    int year, month, day;
    struct draw_of_year_row n;

    day_split(county_today(c), &year, &month, &day);
    enum rc rc = draw_of_year_one(s, arena_printf(a, "L-%04d-", year),
                                  arena_printf(a, "L-%04d.", year), a, &n, e);
    if (rc == RC_OK)
        *ret = arena_printf(a, "L-%04d-%04lld", year, (long long)n.n + 1);
    return rc;
}

static enum rc prepare(const struct draw_new *n, struct arena *a, struct lot *l, struct err *e)
{
    const struct lot_event *v = lot_event_find(n->event);

    if (v == NULL)
        return err_set(e, RC_INVALID, N_("请选哪个公开事件给种子"));
    enum rc rc = lot_event_name(a, v, n->issue, n->day, n->minute, &l->event, &l->at, e);
    if (rc != RC_OK)
        return rc;
    l->title = n->title;
    l->source = *v->source ? v->source : n->source;
    l->items = n->items;
    l->n_items = n->n_items;
    l->takes = n->takes;
    l->n_takes = n->n_takes;
    return lot_prepare(l, e);
}

enum rc draw_announce(struct tx *tx, struct county *c, const struct draw_new *n,
                      struct arena *a, const char **ret_code, struct err *e)
{
    struct lot l = { .draw = "" };
    struct str file, said;

    enum rc rc = next_code(tx_snap(tx), c, a, &l.draw, e);
    if (rc == RC_OK)
        rc = prepare(n, a, &l, e);
    if (rc == RC_OK)
        rc = check_time(c, l.at, e);
    if (rc == RC_OK)
        rc = check_same(tx_snap(tx), n, e);
    if (rc != RC_OK)
        return rc;
    str_init(&file, a);
    lot_write(&l, &file);
    str_init(&said, a);
    lot_announcement(&l, &said);
    if (file.n > DRAW_LIST_BYTES_MAX)
        return err_set(e, RC_TOOBIG, N_("名单超过{max}"), "max",
                       fmt_bytes(a, DRAW_LIST_BYTES_MAX));
    struct draw_get_row r = { .code = l.draw,
                              .purpose = n->purpose,
                              .subject = n->subject,
                              .title = n->title,
                              .event = n->event,
                              .issue = n->issue,
                              .event_at = l.at,
                              .file = file.s,
                              .things = (int64_t)l.n_items,
                              .state = "announced",
                              .sealed_note = "",
                              .seed_digest = "",
                              .outcome_from = "",
                              .reason = "",
                              .announced_by = n->by,
                              .announced_at = county_now(c),
                              .seeded_by = "",
                              .ended_by = "" };
    for (size_t i = 0; i < l.n_takes; i++)
        r.picks += (int64_t)l.takes[i].k;
    rc = append(tx, c, &r, "draw.announced", n->by, said.s, &r.record_id, e);
    if (rc == RC_OK)
        rc = draw_insert(tx, r.code, r.purpose, r.subject, r.title, r.event, r.issue,
                         r.event_at, r.file, r.things, r.picks, r.announced_by, r.announced_at,
                         r.record_id, NULL, e);
    if (rc == RC_OK)
        *ret_code = r.code;
    return rc;
}

/* ---- sealed in time ---- */

struct sealing {
    struct county *c;
    int64_t n;
};

static enum rc seal_one(struct tx *tx, struct county *c, const char *code,
                        const struct log_state *log, struct arena *a, struct err *e)
{
    struct draw_get_row r;

    enum rc rc = draw_get_one(tx_snap(tx), code, a, &r, e);
    if (rc != RC_OK)
        return rc;
    r.state = "sealed";
    r.sealed_size = log->public_size;
    r.sealed_note = log->public_note;
    r.sealed_at = county_now(c);
    return step(tx, c, "announced", &r, "draw.sealed", "", e);
}

static enum rc seal_all(struct tx *tx, void *arg, struct err *e)
{
    struct sealing *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct draw_unsealed_row *rows;
    struct log_state log;
    size_t n;

    x->n = 0;
    enum rc rc = log_state_get(tx_snap(tx), a, &log, e);
    if (rc == RC_OK)
        rc = draw_unsealed_all(tx_snap(tx), county_now(x->c), a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        if (rows[i].seq_null || rows[i].seq >= log.public_size)
            continue;
        rc = seal_one(tx, x->c, rows[i].code, &log, a, e);
        x->n++;
    }
    return rc;
}

enum rc draw_seal(struct county *c, int64_t *ret_n, struct err *e)
{
    struct sealing x = { .c = c };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct draw_unsealed_row *rows;
    size_t n;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        enum rc rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = draw_unsealed_all(s, county_now(c), a, &rows, &n, e);
        if (rc != RC_OK)
            return rc;
    }
    *ret_n = 0;
    if (n == 0)
        return RC_OK;
    enum rc rc = db_transact(c->db, seal_all, &x, e);
    *ret_n = x.n;
    return rc;
}

enum rc draw_seal_job(struct job_run *r, struct err *e)
{
    int64_t n;
    enum rc rc = draw_seal(r->c, &n, e);

    if (rc == RC_OK)
        (void)err_set(&r->said, RC_DONE, N_("确认了{n}次抽签的公告已存证"), "n",
                      arena_printf(r->a, "%lld", (long long)n)); /* no failure */
    return rc;
}

/* ---- the seed ---- */

static enum rc wrong_state(const struct draw_get_row *r, struct err *e)
{
    return err_set(e, RC_CONFLICT,
                   N_("抽签{code}现在是「{state_text}」,不能这样做;请刷新后再看"), "code",
                   r->code, "state_text", draw_state_text(r->state));
}

/* Was the list fixed before anybody could know the seed? */
static enum rc check_before(struct county *c, const struct draw_get_row *r,
                            const struct draw_seed *s, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct utime now = county_now(c);

    if (now.us < r->event_at.us)
        return err_set(e, RC_CONFLICT, N_("{issue}在{at}才公布,现在还没有种子;请在那以后再录"),
                       "issue", r->issue, "at", when(r->event_at, a));
    if (str_eq(r->state, "announced"))
        return err_set(e, RC_CONFLICT,
                       N_("{issue}公布({at})以前,公告还没有进入存证日志:种子那时已可能有人知道,"
                          "这次不能抽。请由第二人放弃它,另选以后的一期重新公告"),
                       "issue", r->issue, "at", when(r->event_at, a));
    if (s->at.us > now.us)
        return err_set(e, RC_INVALID, N_("公布时间{at}还没有到,请照公布处写的填"), "at",
                       when(s->at, a));
    if (s->at.us <= r->sealed_at.us)
        return err_set(
            e, RC_CONFLICT,
            N_("结果在{at}就公布了,早于公告存证的{sealed}:种子不能用。请由第二人放弃它,"
               "另选以后的一期重新公告"),
            "at", when(s->at, a), "sealed", when(r->sealed_at, a));
    return RC_OK;
}

/* The outcome somebody read, as a seed of this draw. */
static enum rc read_seed(const struct draw_get_row *r, const struct draw_seed *s,
                         struct arena *a, const char **ret, struct err *e)
{
    const struct lot_event *v = lot_event_find(r->event);

    if (v == NULL)
        return err_set(e, RC_INVALID, N_("请选哪个公开事件给种子"));
    if (!str_eq(s->issue, r->issue))
        return err_set(e, RC_INVALID,
                       N_("公告的是「{want}」,所填的是「{have}」:只能用公告的那一期,请到公布处"
                          "查那一期的结果"),
                       "want", r->issue, "have", s->issue);
    return lot_event_seed(a, v, s->outcome, ret, e);
}

static const char *seed_digest(const char *code, const char *seed, struct arena *a)
{
    const char *text = arena_printf(a, "%s %s", code, seed);
    uint8_t digest[HASH_SIZE];

    sha256(text, strlen(text), digest);
    return hex_encode(digest, HASH_SIZE, arena_alloc(a, HASH_HEX));
}

enum rc draw_seed(struct tx *tx, struct county *c, const char *code, const struct draw_seed *s,
                  struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct draw d;
    const char *seed;

    enum rc rc = draw_load(tx_snap(tx), code, a, &d, e);
    if (rc != RC_OK)
        return rc;
    if (!str_eq(d.row.state, "sealed") && !str_eq(d.row.state, "announced"))
        return wrong_state(&d.row, e);
    rc = check_before(c, &d.row, s, e);
    if (rc == RC_OK)
        rc = read_seed(&d.row, s, a, &seed, e);
    if (rc == RC_OK && !*s->from)
        rc = err_set(e, RC_INVALID, N_("要写在哪里看到的结果,别人好去核对"));
    if (rc != RC_OK)
        return rc;
    d.row.state = "seeded";
    d.row.seed_digest = seed_digest(code, seed, a);
    d.row.outcome_at = s->at;
    d.row.outcome_from = s->from;
    d.row.seeded_by = s->by;
    d.row.seeded_at = county_now(c);
    return step(tx, c, "sealed", &d.row, "draw.seeded", s->by, e);
}

static enum rc finish(struct tx *tx, struct county *c, struct draw *d, const char *seed,
                      const char *by, struct arena *a, struct err *e)
{
    const struct draw_purpose *p = draw_purpose_find(d->row.purpose);
    const struct clock real = { 0 };
    struct id job;
    struct str file;

    enum rc rc = lot_draw(a, &d->lot, seed, e);
    if (rc != RC_OK)
        return rc;
    str_init(&file, a);
    lot_write(&d->lot, &file);
    d->row.file = file.s;
    d->row.state = "drawn";
    d->row.ended_by = by;
    d->row.ended_at = county_now(c);
    rc = step(tx, c, "seeded", &d->row, "draw.drawn", by, e);
    if (rc == RC_OK && p != NULL && p->job != NULL)
        rc = job_add(tx, p->job, d->row.code, "", (struct utime){ 0 }, by, clock_now(&real),
                     &job, e);
    return rc;
}

enum rc draw_check(struct tx *tx, struct county *c, const char *code, const struct draw_seed *s,
                   struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct draw d;
    const char *seed;

    enum rc rc = draw_load(tx_snap(tx), code, a, &d, e);
    if (rc != RC_OK)
        return rc;
    if (!str_eq(d.row.state, "seeded"))
        return wrong_state(&d.row, e);
    if (str_eq(d.row.seeded_by, s->by))
        return err_set(e, RC_DENIED, N_("种子是您录入的,要由另一个人到公布处看过,再录一遍"));
    rc = read_seed(&d.row, s, a, &seed, e);
    if (rc == RC_OK && !str_eq(seed_digest(code, seed, a), d.row.seed_digest))
        rc = err_set(e, RC_INVALID,
                     N_("与第一人录入的不一致。请到公布处再看一遍;确认自己没有看错,就退回种子,"
                        "请第一人重录"));
    return rc == RC_OK ? finish(tx, c, &d, seed, s->by, a, e) : rc;
}

static enum rc reason_given(const char *reason, struct err *e)
{
    return *reason ? RC_OK : err_set(e, RC_INVALID, N_("要写明原因"));
}

enum rc draw_return(struct tx *tx, struct county *c, const char *code, const char *reason,
                    const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct draw d;

    enum rc rc = draw_load(tx_snap(tx), code, a, &d, e);
    if (rc == RC_OK)
        rc = reason_given(reason, e);
    if (rc != RC_OK)
        return rc;
    if (!str_eq(d.row.state, "seeded"))
        return wrong_state(&d.row, e);
    if (str_eq(d.row.seeded_by, by))
        return err_set(e, RC_DENIED, N_("种子是您录入的,要由另一个人退回"));
    d.row.state = "sealed";
    d.row.reason = reason;
    d.row.seed_digest = d.row.seeded_by = d.row.outcome_from = "";
    d.row.outcome_at = d.row.seeded_at = (struct utime){ 0 };
    return step(tx, c, "seeded", &d.row, "draw.returned", by, e);
}

enum rc draw_void(struct tx *tx, struct county *c, const char *code, const char *reason,
                  const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct draw d;

    enum rc rc = draw_load(tx_snap(tx), code, a, &d, e);
    if (rc == RC_OK)
        rc = reason_given(reason, e);
    if (rc != RC_OK)
        return rc;
    if (str_eq(d.row.state, "drawn"))
        return err_set(e, RC_CONFLICT, N_("{code}已经抽出,结果不能放弃,也不能重抽"), "code",
                       code);
    if (str_eq(d.row.state, "void"))
        return wrong_state(&d.row, e);
    if (str_eq(d.row.announced_by, by))
        return err_set(e, RC_DENIED, N_("公告是您发的,要由另一个人放弃"));
    const char *was = d.row.state;
    d.row.state = "void";
    d.row.reason = reason;
    d.row.ended_by = by;
    d.row.ended_at = county_now(c);
    return step(tx, c, was, &d.row, "draw.void", by, e);
}
