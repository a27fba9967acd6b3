/*
 * Requests and their estimates are ordinary audited rows. Answers are not: whoever holds the
 * whole database and every key must not be able to say what a unit has answered, nor when. So
 * an answer changes counters and leaves a keyed hash that the unit has answered, both under ids
 * that follow from the request and not from the order of coming, and nothing else anywhere: no
 * record (its leaf has a time), no row of its own. With the key one can find out that a unit
 * has answered, which the program must know, but not what. Pages see the counters in steps of
 * five.
 *
 * What this does not hide, and docs/platform.md says so: who compares two copies of the
 * database between which a single unit has answered.
 */
#include "burden/burden.h"

#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.sql.h"
#include "flow/matter.h"
#include "store/county.h"
#include "store/record.h"
#include "store/secret.h"

#include <string.h>

static struct period month_of(const struct county *c)
{
    return period_at(PERIOD_MONTH, county_today(c));
}

/* ---- estimates ---- */

enum rc burden_stated(const struct snap *s, const char *what, const char *code, struct arena *a,
                      struct burden_estimate *ret, struct err *e)
{
    struct estimate_of_row row = { .minutes = -1 };
    enum rc rc = estimate_of_one(s, what, code, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        rc = RC_OK;
    }
    if (rc == RC_OK)
        *ret = (struct burden_estimate){ what, code, row.requester, row.minutes };
    return rc;
}

static enum rc check_minutes(int64_t minutes, int64_t min, struct err *e)
{
    if (minutes >= min && minutes <= BURDEN_MINUTES_MAX)
        return RC_OK;
    return err_set(e, RC_INVALID,
                   N_("预计用时应为1至6000分钟:写您估计一个单位办这件事要用多久,"
                      "再长的请拆成几件"));
}

enum rc burden_state(struct tx *tx, struct county *c, const struct burden_estimate *n,
                     const char *by, struct arena *a, struct err *e)
{
    struct estimate_of_row was;
    enum rc rc = check_minutes(n->minutes, str_eq(n->what, BURDEN_ROUND) ? 0 : 1, e);
    if (rc != RC_OK)
        return rc;
    rc = estimate_of_one(tx_snap(tx), n->what, n->code, a, &was, e);
    if (rc == RC_OK && was.minutes == n->minutes && str_eq(was.requester, n->requester))
        return RC_OK;
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    const struct estimate_audit_row row = { .at = county_now(c),
                                            .by_account = by,
                                            .code = n->code,
                                            .minutes = n->minutes,
                                            .requester = n->requester,
                                            .what = n->what };
    struct canon k;
    struct id record;
    canon_init(&k, a);
    canon_row(&k, &estimate_audit_query, &row);
    struct record_part part = part_open(&k);
    rc = record_append(tx, c,
                       &(struct record_new){ .kind = "burden.estimate",
                                             .unit = n->requester,
                                             .subject = n->code,
                                             .by = by,
                                             .parts = &part,
                                             .n_parts = 1 },
                       &record, e);
    return rc == RC_OK ? estimate_put(tx, row.what, row.code, row.minutes, row.requester, by,
                                      row.at, record, NULL, e)
                       : rc;
}

/* ---- requests ---- */

static struct ask_audit_row ask_row(const struct burden_ask *n, struct period month)
{
    return (struct ask_audit_row){ .code = n->code,
                                   .minutes = n->minutes,
                                   .month = month,
                                   .requester = n->requester,
                                   .title = n->title,
                                   .unit = n->unit,
                                   .what = n->what };
}

/* Has it reached the unit? */
static enum rc reached(const struct snap *s, const char *what, const char *code,
                       const char *unit, bool *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct ask_of_row row;
    enum rc rc = ask_of_one(s, what, code, unit, a, &row, e);
    *ret = rc == RC_OK;
    if (rc == RC_NOTFOUND) {
        err_done(e);
        rc = RC_OK;
    }
    return rc;
}

enum rc burden_ask(struct tx *tx, struct county *c, const struct burden_ask *list, size_t n,
                   const char *by, struct arena *a, struct err *e)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    struct period month = month_of(c);
    struct rows_hash h;
    struct id record;
    bool *new = arena_array(a, n, sizeof(*new));
    size_t n_new = 0;
    enum rc rc = RC_OK;
    rows_hash_init(&h);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        bool there = false;
        rc = check_minutes(list[i].minutes, 1, e);
        if (rc == RC_OK)
            rc = reached(tx_snap(tx), list[i].what, list[i].code, list[i].unit, &there, e);
        new[i] = !there;
        for (size_t k = 0; k < i; k++)
            new[i] &=
                !(str_eq(list[k].unit, list[i].unit) && str_eq(list[k].code, list[i].code) &&
                  str_eq(list[k].what, list[i].what));
        if (rc != RC_OK || !new[i])
            continue;
        struct ask_audit_row row = ask_row(&list[i], month);
        rows_hash_row(&h, &ask_audit_query, &row, scratch);
        n_new++;
    }
    if (rc != RC_OK || n_new == 0)
        return rc;
    struct canon k;
    canon_init(&k, a);
    canon_text(&k, "code", list[0].code);
    canon_rows(&k, "burden_ask", &h);
    struct record_part part = part_open(&k);
    rc = record_append(tx, c,
                       &(struct record_new){ .kind = "burden.asked",
                                             .unit = "",
                                             .subject = list[0].code,
                                             .by = by,
                                             .parts = &part,
                                             .n_parts = 1 },
                       &record, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (new[i])
            rc = ask_insert(tx, list[i].what, list[i].code, list[i].title, list[i].unit,
                            list[i].requester, month, list[i].minutes, record, NULL, e);
    return rc;
}

enum rc burden_ask_again(struct tx *tx, struct county *c, const struct burden_ask *n,
                         const char *by, struct arena *a, struct err *e)
{
    struct burden_ask next = *n;
    bool there = true;
    enum rc rc = RC_OK;
    for (int k = 1; there && rc == RC_OK; k++) {
        if (k > 1)
            next.code = arena_printf(a, "%s_%d", n->code, k);
        rc = reached(tx_snap(tx), n->what, next.code, n->unit, &there, e);
    }
    return rc == RC_OK ? burden_ask(tx, c, &next, 1, by, a, e) : rc;
}

const char *burden_requester(const struct units *us, const struct person *p)
{
    const struct unit *own = us ? units_by_id(us, p->unit) : NULL;
    return own ? own->code : us && us->root ? us->root->code : "";
}

enum rc burden_office(const struct snap *s, struct county *c, const char *account,
                      struct arena *a, const char **ret, struct err *e)
{
    const struct units *us;
    struct office_of_account_row row = { .unit = NULL };
    enum rc rc = units_load(s, county_today(c), a, &us, e);
    if (rc == RC_OK && *account) {
        rc = office_of_account_one(s, account, a, &row, e);
        if (rc == RC_NOTFOUND) {
            err_done(e);
            rc = RC_OK;
        }
    }
    if (rc == RC_OK)
        *ret = row.unit ? row.unit : us->root ? us->root->code : "";
    return rc;
}

const char *burden_matter_of(const char *code, struct arena *a)
{
    return arena_strndup(a, code, strcspn(code, "_"));
}

static enum rc ask_parties(struct tx *tx, const struct flow_look *l, const char *what,
                           unsigned who, bool again, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct matter *m = l->matter;
    const char *text = matter_value(m, "minutes"), *requester;
    int64_t minutes;
    if (!*text)
        return RC_OK;
    enum rc rc = parse_int64(text, 1, BURDEN_MINUTES_MAX, N_("预计用时"), &minutes, e);
    if (rc == RC_OK)
        rc = burden_office(tx_snap(tx), l->c, *l->by ? l->by : m->opener, a, &requester, e);
    if (rc != RC_OK)
        return rc;
    struct burden_ask *list = arena_array(a, m->n_parties, sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < m->n_parties && rc == RC_OK; i++) {
        if (!(who >> m->parties[i].role & 1) || !*m->parties[i].unit) /* a leader's has none */
            continue;
        list[n] = (struct burden_ask){ .what = what,
                                       .code = m->code,
                                       .title = m->title,
                                       .unit = m->parties[i].unit,
                                       .requester = requester,
                                       .minutes = minutes };
        if (again)
            rc = burden_ask_again(tx, l->c, &list[n], l->by, a, e);
        else
            n++;
    }
    return rc == RC_OK ? burden_ask(tx, l->c, list, n, l->by, a, e) : rc;
}

enum rc burden_ask_matter(struct tx *tx, const struct flow_look *l, const char *what,
                          struct err *e)
{
    return ask_parties(tx, l, what, 1u << PARTY_LEAD | 1u << PARTY_JOINT, false, e);
}

enum rc burden_ask_role(struct tx *tx, const struct flow_look *l, const char *what, int role,
                        struct err *e)
{
    return ask_parties(tx, l, what, 1u << role, true, e);
}

/* ---- answers ---- */

enum burden_answer burden_answer_of(const char *word)
{
    static const char *const words[] = {
        [BURDEN_LONGER] = "longer", [BURDEN_AS_SAID] = "as_said", [BURDEN_LESS] = "less"
    };
    for (size_t i = BURDEN_LONGER; i < COUNT(words); i++)
        if (str_eq(words[i], word))
            return (enum burden_answer)i;
    return 0;
}

/* The id of a row that only the key can tell: the same texts, the same id. */
static enum rc hidden_id(struct county *c, const char *label, const char *what,
                         const char *code, const char *unit, struct id *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t name[SECRET_NAME];
    const char *text = arena_printf(a, "%s\n%s\n%s", what, code, unit);
    enum rc rc = secret_name(c, label, text, strlen(text), name, e);
    if (rc != RC_OK)
        return rc;
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++)
        v = v << 8 | name[i];
    ret->v = (int64_t)(v >> 1 | 1); /* positive, never none */
    return RC_OK;
}

static enum rc once_id(struct county *c, const char *what, const char *code, const char *unit,
                       struct id *ret, struct err *e)
{
    return hidden_id(c, "burden.once", what, code, unit, ret, e);
}

enum rc burden_answered(const struct snap *s, struct county *c, const char *what,
                        const char *code, const char *unit, bool *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct id id;
    struct once_of_row row;
    enum rc rc = once_id(c, what, code, unit, &id, e);
    if (rc == RC_OK)
        rc = once_of_one(s, id, a, &row, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    *ret = rc == RC_OK;
    err_done(e);
    return RC_OK;
}

/* The person speaks for the unit. */
static enum rc demand_unit(const struct units *us, const struct person *by, const char *unit,
                           struct err *e)
{
    const struct unit *u = units_find(us, unit);
    if (!u)
        return err_set(e, RC_INVALID, N_("没有编码为「{unit}」的单位"), "unit", unit);
    return person_demand(by, CAP_HANDLE, u, e);
}

/* Count it once a unit. */
static enum rc count_one(struct tx *tx, struct county *c, const char *what, const char *code,
                         const char *unit, enum burden_answer answer, bool before,
                         struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct id once, tally;
    struct tally_of_row t;
    int64_t fresh = 0;
    enum rc rc = once_id(c, what, code, unit, &once, e);
    if (rc == RC_OK)
        rc = hidden_id(c, "burden.tally", what, code, "", &tally, e);
    if (rc == RC_OK)
        rc = once_put(tx, once, &fresh, e);
    if (rc == RC_OK && fresh == 0)
        return err_set(e, RC_CONFLICT, N_("本单位已经答过,一件只答一次"));
    if (rc == RC_OK)
        rc = tally_begin(tx, tally, what, code, NULL, e);
    if (rc == RC_OK)
        rc = tally_of_one(tx_snap(tx), what, code, a, &t, e);
    if (rc != RC_OK)
        return rc;
    t.longer += answer == BURDEN_LONGER;
    t.as_said += answer == BURDEN_AS_SAID;
    t.less += answer == BURDEN_LESS;
    t.before += before;
    int64_t n = t.longer + t.as_said + t.less;
    if ((n ? n : t.before) % BURDEN_SHOWN_FROM == 0) {
        t.shown_longer = t.longer;
        t.shown_as_said = t.as_said;
        t.shown_less = t.less;
        t.shown_before = t.before;
    }
    return tally_set(tx, t.longer, t.as_said, t.less, t.before, t.shown_longer, t.shown_as_said,
                     t.shown_less, t.shown_before, what, code, NULL, e);
}

enum rc burden_answer(struct tx *tx, struct county *c, const struct units *us,
                      const struct person *by, const char *what, const char *code,
                      const char *unit, enum burden_answer answer, bool before, struct err *e)
{
    bool there;
    enum rc rc = demand_unit(us, by, unit, e);
    if (rc == RC_OK && !answer)
        rc = err_set(e, RC_INVALID, N_("请选一项:比说的久、和说的差不多、用不了这么久"));
    if (rc == RC_OK)
        rc = reached(tx_snap(tx), what, code, unit, &there, e);
    if (rc == RC_OK && !there)
        rc = err_set(e, RC_NOTFOUND, N_("没有向本单位要过{code}"), "code", code);
    return rc == RC_OK ? count_one(tx, c, what, code, unit, answer, before, e) : rc;
}

enum rc burden_point_before(struct tx *tx, struct county *c, const struct units *us,
                            const struct person *by, const char *point, const char *unit,
                            struct err *e)
{
    enum rc rc = demand_unit(us, by, unit, e);
    return rc == RC_OK ? count_one(tx, c, BURDEN_POINT, point, unit, 0, true, e) : rc;
}

enum rc burden_tally(const struct snap *s, const char *what, const char *code, struct arena *a,
                     struct burden_tally *ret, struct err *e)
{
    struct tally_of_row t;
    *ret = (struct burden_tally){ .any = false };
    enum rc rc = tally_of_one(s, what, code, a, &t, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    int64_t n = t.shown_longer + t.shown_as_said + t.shown_less;
    *ret = (struct burden_tally){ .any = true,
                                  .shown = n ? n : t.shown_before,
                                  .longer = t.shown_longer,
                                  .as_said = t.shown_as_said,
                                  .less = t.shown_less,
                                  .before = t.shown_before };
    return RC_OK;
}
