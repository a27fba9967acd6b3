/*
 * A matter from its records. What is compared with is everything the program reads when it
 * shows or finds a matter: the row with every column, its desks, links and alarms.
 */
#include "base/str.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "flow/rebuild.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct rebuilding {
    const struct snap *s;
    struct county *c;
    struct arena *a;
    const char *code;
    struct matter m;
    struct matter_row_row row;
};

static enum rc differs(const struct rebuilding *r, const char *table, const char *what,
                       struct err *e)
{
    return err_set(e, RC_UNPROVEN, N_("事项 {code}:表 {table} 的 {what} 与记录不一致"), "code",
                   r->code, "table", table, "what", what);
}

/* ---- from records ---- */

static void json_freep(json_t **o)
{
    json_decref(*o);
}

static const char *text_of(struct arena *a, const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? arena_strdup(a, s) : "";
}

static enum rc step_of(const struct rebuilding *r, const struct record *rec, struct step *ret,
                       struct err *e)
{
    if (rec->n_parts < 1 || rec->parts[0].erased)
        return err_set(e, RC_UNPROVEN, N_("事项 {code} 的一条记录已被删除内容,不能重建"),
                       "code", r->code);
    CLEANUP(json_freep)
    json_t *o = json_loadb((const char *)rec->parts[0].bytes.p, rec->parts[0].bytes.n, 0, NULL);
    *ret = (struct step){ .matter = r->code,
                          .number = json_integer_value(json_object_get(o, "number")),
                          .verb = text_of(r->a, o, "verb"),
                          .from_state = text_of(r->a, o, "from_state"),
                          .to_state = text_of(r->a, o, "to_state"),
                          .by = text_of(r->a, o, "by_account"),
                          .for_ = text_of(r->a, o, "for_account"),
                          .at = { json_integer_value(json_object_get(o, "at")) },
                          .given = text_of(r->a, o, "given"),
                          .did = text_of(r->a, o, "did") };
    if (!str_eq(json_string_value(json_object_get(o, "matter")), r->code) ||
        !record_whole(rec) || !str_eq(rec->by, ret->by))
        return err_set(e, RC_UNPROVEN, N_("事项 {code} 的一条记录不是它自己的"), "code",
                       r->code);
    return RC_OK;
}

static enum rc fold_all(struct rebuilding *r, struct err *e)
{
    struct rebuild_records_row *rows;
    size_t n;
    enum rc rc = rebuild_records_all(r->s, r->code, r->a, &rows, &n, e);
    r->m = (struct matter){ .code = r->code };
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct record *rec = arena_alloc(r->a, sizeof(*rec));
        struct step st;
        rc = record_get(r->s, rows[i].id, r->a, rec, e);
        if (rc == RC_OK)
            rc = step_of(r, rec, &st, e);
        if (rc != RC_OK)
            return rc;
        if (st.number != r->m.steps + 1 || !str_eq(st.from_state, i ? r->m.state : ""))
            return err_set(e, RC_UNPROVEN, N_("事项 {code} 的记录缺了一步"), "code", r->code);
        r->m.record = rows[i].id;
        rc = matter_fold(&r->m, &st, r->a, e);
    }
    if (rc == RC_OK && n == 0)
        return err_set(e, RC_UNPROVEN, N_("事项 {code} 没有记录"), "code", r->code);
    return rc;
}

/* ---- comparing ---- */

static enum rc check_texts(const struct rebuilding *r, struct err *e)
{
    const struct matter *m = &r->m;
    const struct matter_row_row *row = &r->row;
    char *words = arena_printf(r->a, "%s %s", m->code, m->title);
    for (char *p = words; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
    const struct {
        const char *column, *have, *want;
    } texts[] = {
        { "kind", row->kind, m->kind_code },
        { "title", row->title, m->title },
        { "state", row->state, m->state },
        { "unit", row->unit, matter_unit(m) },
        { "account", row->account, matter_account(m) },
        { "opener", row->opener, m->opener },
        { "clock", row->clock, m->clock },
        { "words", row->words, words },
        { "body", row->body, matter_body(m, r->a) },
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        if (!str_eq(texts[i].have, texts[i].want))
            return differs(r, "matter", texts[i].column, e);
    return RC_OK;
}

static enum rc check_numbers(const struct rebuilding *r, enum flow_colour colour, struct err *e)
{
    const struct matter *m = &r->m;
    const struct matter_row_row *row = &r->row;
    const struct clock_at *cl = matter_running(m);
    const struct {
        const char *column;
        int64_t have, want;
    } numbers[] = {
        { "open", row->open, m->open },
        { "draft", row->draft, m->draft },
        { "version", row->version, m->version },
        { "steps", row->steps, m->steps },
        { "opened_at", row->opened_at.us, m->opened_at.us },
        { "state_at", row->state_at.us, m->state_at.us },
        { "closed_at", row->closed_at.us, m->closed_at.us },
        { "due_day", row->due_day, cl ? cl->due : 0 },
        { "first_due", row->first_due, cl ? cl->first : 0 },
        { "due_key", row->due_key, matter_due_key(m) },
        { "gap_year", row->gap_year, cl ? cl->gap : 0 },
        { "colour", row->colour, colour },
        { "lamp", row->lamp, matter_lamp(m) },
        { "quiet_day", row->quiet_day, m->quiet_day },
        { "returned", row->returned, m->returned },
        { "reopened", row->reopened, m->reopened },
        { "gross_days", row->gross_days, m->gross_days },
        { "net_days", row->net_days, m->net_days },
        { "on_time", row->on_time, m->on_time },
        { "on_first", row->on_first, m->on_first },
        { "record_id", row->record_id.v, m->record.v },
    };
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (numbers[i].have != numbers[i].want)
            return differs(r, "matter", numbers[i].column, e);
    return RC_OK;
}

static enum rc check_parent(const struct rebuilding *r, struct err *e)
{
    struct matter_parent_row row;
    const char *code = "";
    if (r->row.parent_id.v) {
        enum rc rc = matter_parent_one(r->s, r->row.parent_id, r->a, &row, e);
        if (rc != RC_OK)
            return rc;
        code = row.code;
    }
    return str_eq(code, r->m.parent) ? RC_OK : differs(r, "matter", "parent_id", e);
}

static enum rc check_lines(const struct rebuilding *r, const char *table, const char **want,
                           size_t n_want, const char **have, size_t n_have, struct err *e)
{
    if (n_want > 0)
        qsort(want, n_want, sizeof(*want), text_cmp);
    if (n_have > 0)
        qsort(have, n_have, sizeof(*have), text_cmp);
    if (n_want != n_have)
        return differs(r, table, N_("行数"), e);
    for (size_t i = 0; i < n_want; i++)
        if (!str_eq(want[i], have[i]))
            return differs(r, table, have[i], e);
    return RC_OK;
}

static enum rc check_desks(const struct rebuilding *r, struct err *e)
{
    struct rebuild_desks_row *rows;
    size_t n;
    enum rc rc = rebuild_desks_all(r->s, r->row.id, r->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    const char **want = arena_array(r->a, r->m.n_desks, sizeof(*want)),
               **have = arena_array(r->a, n, sizeof(*have));
    for (size_t i = 0; i < r->m.n_desks; i++)
        want[i] = arena_printf(r->a, "%s %s %d", r->m.desks[i], matter_unit(&r->m),
                               matter_due_key(&r->m));
    for (size_t i = 0; i < n; i++)
        have[i] = arena_printf(r->a, "%s %s %lld", rows[i].desk, rows[i].unit,
                               (long long)rows[i].due_key);
    return check_lines(r, "matter_desk", want, r->m.n_desks, have, n, e);
}

static enum rc check_links(const struct rebuilding *r, struct err *e)
{
    const struct matter *m = &r->m;
    struct rebuild_links_row *rows;
    size_t n, n_want = 0;
    enum rc rc = rebuild_links_all(r->s, r->row.id, r->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    const char **want = arena_array(r->a, m->n_links + m->n_parties, sizeof(*want)),
               **have = arena_array(r->a, n, sizeof(*have));
    for (size_t i = 0; i < m->n_links; i++)
        want[n_want++] = arena_printf(r->a, "%s %s", m->links[i].what, m->links[i].code);
    for (size_t i = 0; i < m->n_parties; i++) {
        const char *line = arena_printf(r->a, "unit %s", m->parties[i].unit);
        bool there = !*m->parties[i].unit;
        for (size_t k = 0; k < n_want; k++)
            there |= str_eq(want[k], line);
        if (!there)
            want[n_want++] = line;
    }
    for (size_t i = 0; i < n; i++)
        have[i] = arena_printf(r->a, "%s %s", rows[i].what, rows[i].code);
    return check_lines(r, "matter_link", want, n_want, have, n, e);
}

/* Alarms, and the colour that those which have gone off give it. */
static enum rc check_alarms(const struct rebuilding *r, enum flow_colour *ret_colour,
                            struct err *e)
{
    const struct matter *m = &r->m;
    struct rebuild_alarms_row *rows;
    size_t n;
    enum rc rc = rebuild_alarms_all(r->s, r->row.id, r->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    const char **want = arena_array(r->a, m->n_alarms, sizeof(*want)),
               **have = arena_array(r->a, n, sizeof(*have));
    *ret_colour = m->base;
    for (size_t i = 0; i < m->n_alarms; i++)
        want[i] = arena_printf(r->a, "%lld %d %s %d %s", (long long)m->alarms[i].rung,
                               m->alarms[i].day, m->alarms[i].what, (int)m->alarms[i].colour,
                               m->alarms[i].desk);
    for (size_t i = 0; i < n; i++) {
        have[i] = arena_printf(r->a, "%lld %lld %s %lld %s", (long long)rows[i].rung,
                               (long long)rows[i].day, rows[i].what, (long long)rows[i].colour,
                               rows[i].desk);
        if (rows[i].run && rows[i].colour > (int64_t)*ret_colour)
            *ret_colour = (enum flow_colour)rows[i].colour;
    }
    return check_lines(r, "matter_alarm", want, m->n_alarms, have, n, e);
}

enum rc flow_rebuild(const struct snap *s, struct county *c, const char *matter, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rebuilding r = { .s = s, .c = c, .a = a, .code = matter };
    enum flow_colour colour;
    enum rc rc = matter_row_one(s, matter, a, &r.row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", matter);
    if (rc == RC_OK)
        rc = fold_all(&r, e);
    if (rc == RC_OK)
        rc = check_texts(&r, e);
    if (rc == RC_OK)
        rc = check_alarms(&r, &colour, e);
    if (rc == RC_OK)
        rc = check_numbers(&r, colour, e);
    if (rc == RC_OK)
        rc = check_parent(&r, e);
    if (rc == RC_OK)
        rc = check_desks(&r, e);
    if (rc == RC_OK)
        rc = check_links(&r, e);
    return rc;
}

static enum rc check_tally(const struct snap *s, struct arena *a, struct err *e)
{
    struct rebuild_tally_row *rows;
    struct rebuild_count_row all;
    size_t n;
    int64_t sum = 0;
    enum rc rc = rebuild_tally_all(s, a, &rows, &n, e);
    if (rc == RC_OK)
        rc = rebuild_count_one(s, a, &all, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        sum += rows[i].n;
        if (rows[i].n != rows[i].have)
            rc =
                err_set(e, RC_UNPROVEN, N_("表 matter_tally 的 {kind} {state} {unit} 数目不对"),
                        "kind", rows[i].kind, "state", rows[i].state, "unit", rows[i].unit);
    }
    if (rc == RC_OK && sum != all.n)
        rc = err_set(e, RC_UNPROVEN, N_("表 matter_tally 的总数与事项数不一致"));
    return rc;
}

enum rc flow_rebuild_all(const struct snap *s, struct county *c, int64_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct id after = { 0 };
    int64_t done = 0;
    for (;;) {
        struct rebuild_codes_row *rows;
        size_t n;
        arena_reset(a);
        enum rc rc = rebuild_codes_all(s, after, a, &rows, &n, e);
        for (size_t i = 0; i < n && rc == RC_OK; i++, done++) {
            after = rows[i].id;
            rc = flow_rebuild(s, c, rows[i].code, e);
        }
        if (rc != RC_OK)
            return rc;
        if (n == 0)
            break;
    }
    enum rc rc = check_tally(s, a, e);
    if (rc == RC_OK)
        *ret_n = done;
    return rc;
}
