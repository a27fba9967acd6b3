/*
 * The gate. The list of computations is read once and shared by all requests until the database
 * has changed: a count of commits says whether anything has, the newest record of the table
 * whether it was this.
 */
#include "monitor/publication.h"

#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/publication.sql.h"
#include "monitor/warning_kind.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/record.h"
#include "store/shelf.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *text;
} stages[] = {
    { "", "" },
    [PUBLICATION_DRAFT] = { "draft", N_("草稿") },
    [PUBLICATION_COMMENT] = { "comment", N_("征求意见稿") },
    [PUBLICATION_DECISION] = { "decision", N_("待审定") },
    [PUBLICATION_PUBLISHED] = { "published", N_("已发布") },
};

const char *publication_stage_word(enum publication_stage s)
{
    return stages[s].word;
}

const char *publication_stage_text(enum publication_stage s)
{
    return stages[s].text;
}

/* ---- the list, kept ---- */

struct kept_list {
    struct kept kept;
    struct arena *a;
    struct publication *list;
    size_t n;
    struct publication_stamp_row stamp; /* the newest records when it was read */
    _Atomic int64_t commits;            /* when it was last known to be true */
};

struct room {
    struct shelf *lists;          /* of one place */
    publication_watcher *watcher; /* NULL: nobody */
};

static void list_done(struct kept *k)
{
    struct kept_list *l = (struct kept_list *)k;
    arena_free(l->a);
    free(l);
}

static void room_free(void *p)
{
    struct room *r = p;
    shelf_free(r->lists);
    free(r);
}

static void *room_make(struct county *c)
{
    struct room *r = mem_alloc(sizeof(*r));
    r->lists = shelf_new(1);
    return r;
}

static struct room *room(struct county *c)
{
    return county_room(c, ROOM_PUBLICATION, room_make, room_free);
}

/* key: int64_t, the commits there are. */
static bool same_commits(const struct kept *k, const void *key)
{
    const struct kept_list *l = (const struct kept_list *)k;
    const int64_t *commits = key;
    return atomic_load(&l->commits) == *commits;
}

static bool same_stamp(const struct kept *k, const void *key)
{
    const struct publication_stamp_row *x = &((const struct kept_list *)k)->stamp, *y = key;
    return x->record == y->record && x->cleared == y->cleared;
}

static enum rc read_list(const struct snap *s, struct arena *a, struct publication **ret,
                         size_t *ret_n, struct err *e)
{
    struct publication_list_row *rows;
    size_t n;
    enum rc rc = publication_list_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct publication *list = arena_array(a, n, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] = (struct publication){ .computation = rows[i].computation_id,
                                        .period = rows[i].period,
                                        .last_day = (int32_t)rows[i].last_day,
                                        .stage = (enum publication_stage)rows[i].stage,
                                        .at = rows[i].at,
                                        .started_at = rows[i].started_at,
                                        .computed_at = rows[i].done_at,
                                        .published_at = rows[i].published_at,
                                        .approved_by = rows[i].approved_by,
                                        .approver = rows[i].approver,
                                        .erratum = rows[i].erratum,
                                        .replaced_by = rows[i].replaced_by,
                                        .replaced_at = rows[i].replaced_at };
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

/* The list as it stands, with one user more. */
static enum rc take_list(struct county *c, struct arena *tmp, struct kept_list **ret,
                         struct err *e)
{
    struct shelf *lists = room(c)->lists;
    int64_t commits = db_commits(c->db); /* before the snapshot: at worst it is read again */
    *ret = (struct kept_list *)shelf_take(lists, same_commits, &commits);
    if (*ret)
        return RC_OK;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct publication_stamp_row stamp;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = publication_stamp_one(s, tmp, &stamp, e);
    if (rc != RC_OK)
        return rc;
    struct kept_list *k = (struct kept_list *)shelf_take(lists, same_stamp, &stamp);
    if (!k) {
        k = mem_alloc(sizeof(*k));
        kept_begin(&k->kept, list_done);
        k->a = arena_new();
        k->stamp = stamp;
        rc = read_list(s, k->a, &k->list, &k->n, e);
        if (rc != RC_OK) {
            kept_drop(k);
            return rc;
        }
        shelf_put(lists, &k->kept);
    }
    atomic_store(&k->commits, commits);
    *ret = k;
    return RC_OK;
}

/* ---- who sees what ---- */

enum publication_stage publication_floor(const struct person *who, bool own)
{
    enum publication_stage floor = person_can(who, CAP_READ_DRAFT) ? PUBLICATION_DRAFT
                                   : person_can(who, CAP_APPROVE)  ? PUBLICATION_DECISION
                                                                   : PUBLICATION_PUBLISHED;
    bool belongs = person_can(who, CAP_HANDLE) || person_can(who, CAP_SUPERVISE);
    return own && belongs && floor > PUBLICATION_COMMENT ? PUBLICATION_COMMENT : floor;
}

static struct sight sight_of(const struct person *who, const struct units *units,
                             const struct publication *list, size_t n)
{
    return (struct sight){ .person = who,
                           .list = list,
                           .n = n,
                           .floor = publication_floor(who, false),
                           .own = publication_floor(who, true),
                           .units = units };
}

enum rc rq_sight(struct rq *rq, struct sight *ret, struct err *e)
{
    const struct asker *k = rq_asker(rq);
    struct kept_list *list;
    enum rc rc = take_list(rq_county(rq), rq->a, &list, e);
    if (rc != RC_OK)
        return rc;
    rq_at_end(rq, kept_drop, list);
    *ret = sight_of(&k->person, k->units, list->list, list->n);
    return RC_OK;
}

enum rc sight_load(const struct snap *s, const struct person *who, const struct units *units,
                   struct arena *a, struct sight *ret, struct err *e)
{
    struct publication *list;
    size_t n;
    enum rc rc = read_list(s, a, &list, &n, e);
    if (rc == RC_OK)
        *ret = sight_of(who, units, list, n);
    return rc;
}

static enum publication_stage floor_of(const struct sight *k, const struct unit *u)
{
    bool own =
        u && k->own < k->floor &&
        (person_may(k->person, CAP_HANDLE, u) || person_may(k->person, CAP_SUPERVISE, u));
    return own ? k->own : k->floor;
}

static const struct publication *newest(const struct sight *k, struct period p,
                                        enum publication_stage floor)
{
    for (size_t i = 0; i < k->n; i++)
        if (period_same(k->list[i].period, p) && k->list[i].stage >= floor)
            return &k->list[i];
    return NULL;
}

const struct publication *sight_run(const struct sight *k, struct period p)
{
    return newest(k, p, k->floor);
}

const struct publication *sight_run_of(const struct sight *k, struct period p,
                                       const struct unit *u)
{
    return newest(k, p, floor_of(k, u));
}

const struct publication *sight_find(const struct sight *k, struct id computation,
                                     const struct unit *u)
{
    for (size_t i = 0; i < k->n; i++)
        if (k->list[i].computation.v == computation.v)
            return k->list[i].stage >= floor_of(k, u) ? &k->list[i] : NULL;
    return NULL;
}

const struct period *sight_periods(const struct sight *k, bool own, struct arena *a,
                                   size_t *ret_n)
{
    struct period *list = arena_array(a, k->n, sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++)
        if (k->list[i].stage >= (own ? k->own : k->floor) &&
            (n == 0 || !period_same(list[n - 1], k->list[i].period)))
            list[n++] = k->list[i].period;
    *ret_n = n;
    return list;
}

static struct id upto(const void *arg, struct period p, struct id unit)
{
    const struct sight *k = arg;
    const struct unit *u = k->units ? units_by_id(k->units, unit) : NULL;
    const struct publication *run = sight_run_of(k, p, u);
    return run ? run->computation : (struct id){ 0 };
}

struct warn_sight sight_warnings(const struct sight *k)
{
    return (struct warn_sight){ upto, k };
}

enum rc sight_run_load(const struct sight *k, const struct snap *s, struct period p,
                       struct arena *a, struct run_head_row *ret, struct err *e)
{
    const struct publication *run = sight_run(k, p);
    return run ? run_head_one(s, run->computation, a, ret, e) : RC_NOTFOUND;
}

/* ---- moving ---- */

static enum rc put(struct tx *tx, struct county *c, const struct publication_audit_row *row,
                   const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char code[PERIOD_TEXT];
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &publication_audit_query, row);
    struct record_part part = part_open(&k);
    struct id record;
    enum rc rc =
        record_append(tx, c,
                      &(struct record_new){
                          .kind = "period.stage",
                          .unit = "",
                          .subject = arena_printf(a, "%s-%lld", period_code(row->period, code),
                                                  (long long)row->computation.v),
                          .by = by,
                          .parts = &part,
                          .n_parts = 1 },
                      &record, e);
    return rc == RC_OK ? publication_put(tx, row->computation, row->period,
                                         (int32_t)row->last_day, row->stage, row->at,
                                         row->published_at, row->approved_by, row->erratum,
                                         row->replaced_by, row->replaced_at, record, NULL, e)
                       : rc;
}

static struct publication_audit_row row_of(const struct publication_of_period_row *r)
{
    return (struct publication_audit_row){ .approved_by = r->approved_by,
                                           .at = r->at,
                                           .computation = r->computation_id,
                                           .erratum = r->erratum,
                                           .last_day = r->last_day,
                                           .period = r->period,
                                           .published_at = r->published_at,
                                           .replaced_at = r->replaced_at,
                                           .replaced_by = r->replaced_by,
                                           .stage = r->stage };
}

/* Figures of earlier periods are part of a report (what changed, the trend): they come first.
 */
static enum rc check_earlier(const struct snap *s, struct period p, int64_t stage,
                             struct arena *a, struct err *e)
{
    struct publication *list;
    size_t n;
    enum rc rc = read_list(s, a, &list, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        bool newest_of = i == 0 || !period_same(list[i - 1].period, list[i].period);
        char code[PERIOD_TEXT];
        if (newest_of && list[i].last_day < period_last_day(p) &&
            period_kind(list[i].period) == period_kind(p) && (int64_t)list[i].stage < stage)
            return err_set(
                e, RC_CONFLICT,
                N_("{period} 的结果还是「{stage}」,要先办完它:后一期的报告里有前一期的数"),
                "period", period_code(list[i].period, code), "stage",
                publication_stage_text(list[i].stage));
    }
    return rc;
}

enum rc publication_set(struct tx *tx, struct county *c, const struct publication_step *step,
                        struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct snap *s = tx_snap(tx);
    struct run_head_row run;
    struct publication_of_period_row *rows;
    size_t n, at = SIZE_MAX;
    char code[PERIOD_TEXT];
    if (c->trial && step->stage > PUBLICATION_DRAFT)
        return err_set(e, RC_CONFLICT, N_("还没有正式启用:试算的结果不能发布"));
    enum rc rc = run_head_one(s, step->computation, a, &run, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, rc, N_("没有这次计算"));
    if (rc == RC_OK)
        rc = publication_of_period_all(s, run.period, a, &rows, &n, e);
    if (rc == RC_OK && step->stage > PUBLICATION_DRAFT)
        rc = check_earlier(s, run.period, step->stage, a, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].computation_id.v == step->computation.v)
            at = i;
        if (rows[i].computation_id.v > step->computation.v && rows[i].stage >= (int)step->stage)
            return err_set(e, RC_CONFLICT, N_("{period} 已有更新的计算,这一次作废"), "period",
                           period_code(run.period, code));
    }
    struct publication_audit_row now = { .approved_by = "",
                                         .computation = step->computation,
                                         .erratum = "",
                                         .last_day = run.last_day,
                                         .period = run.period };
    if (at != SIZE_MAX)
        now = row_of(&rows[at]);
    if (now.stage > (int)step->stage)
        return err_set(e, RC_CONFLICT, N_("{period} 已经到了「{stage}」,不能退回"), "period",
                       period_code(run.period, code), "stage",
                       publication_stage_text((enum publication_stage)now.stage));
    bool fresh = now.stage < (int)step->stage;
    if (fresh)
        now.at = county_now(c);
    now.stage = step->stage;
    if (step->stage == PUBLICATION_PUBLISHED && !now.published_at.us)
        now.published_at = now.at;
    now.approved_by = step->approved_by ? step->approved_by : now.approved_by;
    now.erratum = step->erratum ? step->erratum : now.erratum;
    rc = put(tx, c, &now, step->by, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (rows[i].computation_id.v >= step->computation.v || rows[i].replaced_by.v ||
            rows[i].stage > (int)step->stage)
            continue;
        struct publication_audit_row old = row_of(&rows[i]);
        old.replaced_by = step->computation;
        old.replaced_at = county_now(c);
        rc = put(tx, c, &old, step->by, e);
    }
    if (rc == RC_OK && step->stage == PUBLICATION_PUBLISHED)
        rc = warning_matters_open(tx, c, step->computation, e);
    publication_watcher *watcher = room(c)->watcher;
    return rc == RC_OK && fresh && watcher
               ? watcher(tx, c,
                         &(struct publication){ .computation = now.computation,
                                                .period = now.period,
                                                .last_day = (int32_t)now.last_day,
                                                .stage = step->stage,
                                                .at = now.at,
                                                .published_at = now.published_at,
                                                .approved_by = now.approved_by,
                                                .erratum = now.erratum },
                         e)
               : rc;
}

void publication_watch(struct county *c, publication_watcher *fn)
{
    room(c)->watcher = fn;
}

/* What was computed before there was a desk has no stage, and nobody sees it: nothing says who
 * might. */
static enum rc nothing(const struct snap *s, struct period p, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct run_newest_row old;
    char code[PERIOD_TEXT];
    enum rc rc = run_newest_one(s, p, a, &old, e);
    if (rc == RC_OK)
        return err_set(
            e, RC_NOTFOUND,
            N_("{period} 是有发布台之前算的，谁也看不到：请重新计算，再从发布台发布"), "period",
            period_code(p, code));
    return rc == RC_NOTFOUND ? err_set(e, RC_NOTFOUND, N_("{period} 还没有计算过"), "period",
                                       period_code(p, code))
                             : rc;
}

enum rc publication_newest(const struct snap *s, struct period p, struct arena *a,
                           struct publication *ret, struct err *e)
{
    struct publication_of_period_row *rows;
    size_t n;
    enum rc rc = publication_of_period_all(s, p, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n == 0)
        return nothing(s, p, e);
    *ret = (struct publication){ .computation = rows[0].computation_id,
                                 .period = rows[0].period,
                                 .last_day = (int32_t)rows[0].last_day,
                                 .stage = (enum publication_stage)rows[0].stage,
                                 .at = rows[0].at,
                                 .published_at = rows[0].published_at,
                                 .approved_by = rows[0].approved_by,
                                 .erratum = rows[0].erratum,
                                 .replaced_by = rows[0].replaced_by,
                                 .replaced_at = rows[0].replaced_at };
    return RC_OK;
}

/* ---- what was wrong ---- */

const char *publication_erratum_line(const char *unit, const char *text, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    str_addf(&b, "@%s ", unit);
    for (; *text; text++) /* it is one line */
        str_addc(&b, *text == '\n' || *text == '\r' ? ' ' : *text);
    return b.s;
}

const char *publication_erratum_of(const char *erratum, const char *unit, enum lang lang,
                                   struct arena *a)
{
    size_t n, of_others = 0;
    struct str b;
    char **lines = str_split(a, erratum, '\n', &n);
    const char *between = lang_text(lang, N_("；"));
    str_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        const char *line = lines[i];
        size_t code = *line == '@' ? strcspn(line + 1, " ") : 0;
        if (code && unit && (strlen(unit) != code || strncmp(line + 1, unit, code) != 0)) {
            of_others++;
            continue;
        }
        str_addf(&b, "%s%s", b.n ? between : "", code ? line + 1 + code + 1 : line);
    }
    if (of_others)
        str_addf(&b, "%s%s", b.n ? between : "",
                 lang_text(lang, N_("别的单位的数据更正过，本期重新计算")));
    return b.n ? b.s : "";
}

struct publishing {
    struct county *c;
    struct period p;
    const char *by;
};

static enum rc publish(struct tx *tx, void *arg, struct err *e)
{
    const struct publishing *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct publication now;
    enum rc rc = publication_newest(tx_snap(tx), x->p, a, &now, e);
    return rc == RC_OK
               ? publication_set(tx, x->c,
                                 &(struct publication_step){ .computation = now.computation,
                                                             .stage = PUBLICATION_PUBLISHED,
                                                             .approved_by = x->by,
                                                             .by = x->by },
                                 e)
               : rc;
}

enum rc publication_publish(struct county *c, struct period p, const char *by, struct err *e)
{
    return db_transact(c->db, publish, &(struct publishing){ c, p, by }, e);
}

/* ---- records ---- */

static enum rc of_report(const struct snap *s, const struct record *r, struct arena *a,
                         struct id *ret, struct err *e)
{
    struct run_of_report_record_row row;
    struct period p;
    const char *dash = strrchr(r->subject, '-');
    enum rc rc = dash ? period_parse(dash + 1, &p, e) : RC_NOTFOUND;
    if (rc == RC_OK)
        rc = run_of_report_record_one(s, r->unit, p, r->id, a, &row, e);
    if (rc == RC_OK)
        *ret = row.computation_id;
    return rc;
}

static enum rc of_run(const struct snap *s, const struct record *r, struct arena *a,
                      struct id *ret, struct err *e)
{
    struct run_of_record_row row;
    struct period p;
    enum rc rc = period_parse(r->subject, &p, e);
    if (rc == RC_OK)
        rc = run_of_record_one(s, p, r->id, a, &row, e);
    if (rc == RC_OK)
        *ret = row.id;
    return rc;
}

static enum rc of_warning(const struct snap *s, const struct record *r, struct arena *a,
                          struct id *ret, struct err *e)
{
    struct run_of_warning_record_row row;
    enum rc rc = run_of_warning_record_one(s, r->subject, r->id, a, &row, e);
    if (rc == RC_OK)
        *ret = row.computation;
    return rc;
}

enum rc publication_of_record(const struct snap *s, const struct record *r, struct arena *a,
                              struct id *ret, struct err *e)
{
    static const struct {
        const char *kind;
        enum rc (*of)(const struct snap *, const struct record *, struct arena *, struct id *,
                      struct err *);
    } kinds[] = { { "report.made", of_report },
                  { "period.computed", of_run },
                  { "warning.begin", of_warning },
                  { "warning.step", of_warning },
                  { "warning.void", of_warning } };
    *ret = (struct id){ 0 };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (!str_eq(r->kind, kinds[i].kind))
            continue;
        /* Figures of a run that came to nothing are nobody's: an id that is in no list. */
        *ret = (struct id){ -1 };
        enum rc rc = kinds[i].of(s, r, a, ret, e);
        if (rc == RC_NOTFOUND || rc == RC_INVALID) {
            err_done(e);
            *e = (struct err){ 0 };
            rc = RC_OK;
        }
        return rc;
    }
    return RC_OK;
}
