/* Hints of the work log: found when an entry is written, decided by who supervises. */
#include "worklog/hint.h"

#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "store/canon.h"
#include "store/county.h"
#include "store/record.h"
#include "worklog/alike.h"
#include "worklog/worklog.sql.h"

#include <stdlib.h>
#include <string.h>

enum {
    COMPARED_MAX = 64, /* texts compared in full */
    TEXTS = 16         /* read in one go: ids of :work_texts */
};

static const struct {
    const char *word, *text;
} kinds[] = { [WORK_HINT_TEXT] = { "text", N_("两条记录的文字几乎一样") },
              [WORK_HINT_PICTURE] = { "picture", N_("两条记录的图片几乎一样") },
              [WORK_HINT_BURST] = { "burst", N_("记录集中写在到期之前") } };

const char *work_hint_text(enum work_hint_kind k)
{
    return kinds[k].text;
}

static enum work_hint_kind kind_of(const char *word)
{
    for (size_t i = 1; i < COUNT(kinds); i++)
        if (str_eq(word, kinds[i].word))
            return (enum work_hint_kind)i;
    return 0;
}

/* ---- writing ---- */

static enum rc hint_record(struct tx *tx, struct county *c,
                           const struct work_hint_audit_row *row, const char *by,
                           struct id *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &work_hint_audit_query, row);
    struct record_part part = part_restricted(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = "worklog.hint",
                                               .unit = row->unit,
                                               .subject = row->code,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

/* Codes are in order of making: the next one comes after the newest. */
static enum rc next_code(struct tx *tx, struct county *c, struct arena *a, const char **ret,
                         struct err *e)
{
    struct work_hint_number_row row;
    char day[PERIOD_TEXT];
    int64_t n = 0;
    enum rc rc = work_hint_number_one(tx_snap(tx), a, &row, e);
    const char *dash = rc == RC_OK ? strrchr(row.code, '-') : NULL;
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        rc = RC_OK;
    }
    for (const char *p = dash ? dash + 1 : ""; *p; p++)
        n = n * 10 + (*p - '0');
    *ret = arena_printf(a, "K-%.4s-%05lld", day_code(county_today(c), day), (long long)n + 1);
    return rc;
}

static enum rc put(struct tx *tx, struct county *c, struct work_hint_audit_row *row,
                   struct arena *a, struct err *e)
{
    struct work_hint_there_row there;
    struct id record;
    enum rc rc = work_hint_there_one(tx_snap(tx), row->thing, a, &there, e);
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    rc = next_code(tx, c, a, &row->code, e);
    row->state = hint_state_word(HINT_OPEN);
    row->reason = row->decided_by = "";
    row->found_at = row->changed_at = county_now(c);
    row->version = 1;
    if (rc == RC_OK)
        rc = hint_record(tx, c, row, "", &record, e);
    if (rc == RC_OK)
        rc = work_hint_insert(tx, row->code, row->thing, row->kind, row->matter, row->unit,
                              row->work, row->other, row->other_unit, row->alike, row->state,
                              row->reason, row->decided_by, row->found_at, row->changed_at,
                              row->version, record, NULL, e);
    return rc;
}

/* ---- what is alike ---- */

static enum rc work_by_id(const struct snap *s, struct id id, struct arena *a, struct work *ret,
                          struct err *e)
{
    struct work_of_id_row row;
    enum rc rc = work_of_id_one(s, id, a, &row, e);
    if (rc == RC_OK)
        *ret = (struct work){ .id = row.id,
                              .code = row.code,
                              .matter = row.matter,
                              .unit = row.unit,
                              .about = row.about,
                              .text = row.text,
                              .by = row.by_account,
                              .kind = work_kind_of(row.kind),
                              .captured = row.captured_at };
    return rc;
}

/* Keep the best few, in order. */
static void keep(struct work_like *list, size_t *n, const struct work_like *one, bool more)
{
    size_t at = *n;
    while (at && (more ? one->alike > list[at - 1].alike : one->alike < list[at - 1].alike))
        at--;
    if (at == WORK_LIKE_MAX)
        return;
    *n += *n < WORK_LIKE_MAX;
    memmove(list + at + 1, list + at, (*n - 1 - at) * sizeof(*list));
    list[at] = *one;
}

/* Rows come in order, once for each band they agree in: those that agree in most are looked at.
 */
struct candidate {
    struct id id;
    size_t bands;
};

static int most_bands(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    if (a->bands != b->bands)
        return a->bands < b->bands ? 1 : -1;
    return (a->id.v < b->id.v) - (a->id.v > b->id.v);
}

static struct candidate *candidates(const struct work_text_like_row *rows, size_t n,
                                    struct id but, struct arena *a, size_t *ret_n)
{
    struct candidate *list = arena_array(a, n, sizeof(*list));
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].id.v == but.v)
            continue;
        if (!k || list[k - 1].id.v != rows[i].id.v)
            list[k++] = (struct candidate){ .id = rows[i].id };
        list[k - 1].bands++;
    }
    qsort(list, k, sizeof(*list), most_bands);
    *ret_n = k < COMPARED_MAX ? k : COMPARED_MAX;
    return list;
}

/* At most TEXTS of them in full. */
static enum rc compare(const struct snap *s, const struct pieces *own, int64_t percent,
                       const struct candidate *list, size_t n, struct arena *a,
                       struct work_like ret[WORK_LIKE_MAX], size_t *ret_n, struct err *e)
{
    struct work_texts_row *rows;
    struct id i[TEXTS];
    for (size_t k = 0; k < TEXTS; k++)
        i[k] = list[k < n ? k : 0].id;
    enum rc rc = work_texts_all(s, i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], i[8], i[9],
                                i[10], i[11], i[12], i[13], i[14], i[15], a, &rows, &n, e);
    for (size_t k = 0; rc == RC_OK && k < n; k++) {
        struct pieces other = pieces_of(rows[k].text, a);
        struct work_like one = { .work.id = rows[k].id,
                                 .alike = (int64_t)(pieces_alike(own, &other) * 100) };
        if (one.alike >= percent)
            keep(ret, ret_n, &one, true);
    }
    return rc;
}

enum rc work_texts_like(const struct snap *s, const char *text, int64_t percent, struct id but,
                        struct arena *a, struct work_like ret[WORK_LIKE_MAX], size_t *ret_n,
                        struct err *e)
{
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    struct pieces own = pieces_of(text, tmp);
    struct work_text_like_row *rows;
    int64_t b[ALIKE_BANDS];
    size_t n = 0;
    *ret_n = 0;
    if (!own.n)
        return RC_OK;
    pieces_bands(&own, b);
    enum rc rc = work_text_like_all(s, b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], tmp,
                                    &rows, &n, e);
    struct candidate *list = rc == RC_OK ? candidates(rows, n, but, tmp, &n) : NULL;
    for (size_t i = 0; i < n && rc == RC_OK; i += TEXTS)
        rc = compare(s, &own, percent, list + i, n - i < TEXTS ? n - i : TEXTS, tmp, ret, ret_n,
                     e);
    for (size_t i = 0; i < *ret_n && rc == RC_OK; i++)
        rc = work_by_id(s, ret[i].work.id, a, &ret[i].work, e);
    return rc;
}

static bool has(const struct work_like *list, size_t n, struct id work)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].work.id.v == work.v)
            return true;
    return false;
}

enum rc work_pictures_like(const struct snap *s, int64_t hash, int64_t bits, struct id but,
                           struct arena *a, struct work_like ret[WORK_LIKE_MAX], size_t *ret_n,
                           struct err *e)
{
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    struct work_picture_like_row *rows;
    size_t n = 0;
    *ret_n = 0;
    if (!hash)
        return RC_OK;
    enum rc rc =
        work_picture_like_all(s, hash_piece(hash, 0), hash_piece(hash, 1), hash_piece(hash, 2),
                              hash_piece(hash, 3), tmp, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct work_like one = { .work.id = rows[i].work_id,
                                 .alike = bits_differ(hash, rows[i].hash) };
        if (one.alike <= bits && one.work.id.v != but.v && !has(ret, *ret_n, one.work.id))
            keep(ret, ret_n, &one, false);
    }
    for (size_t i = 0; i < *ret_n && rc == RC_OK; i++)
        rc = work_by_id(s, ret[i].work.id, a, &ret[i].work, e);
    return rc;
}

/* ---- looking ---- */

struct looking {
    struct tx *tx;
    struct county *c;
    struct arena *a;
    const struct matter *m;
    struct work work;
};

static enum rc limit(const struct looking *x, enum work_limit which, int64_t *ret,
                     struct err *e)
{
    return setting_int(tx_snap(x->tx), &worklog_settings[which], ret, e);
}

/* One names the other, at whatever remove: a correction is meant to be like what it corrects.
 */
static bool corrects(const struct work *x, const struct work *y)
{
    return str_eq(x->about, y->code) || str_eq(y->about, x->code) ||
           (*x->about && str_eq(x->about, y->about));
}

static bool same_month(struct utime x, struct utime y)
{
    struct period p = period_at(PERIOD_MONTH, time_day(x)),
                  q = period_at(PERIOD_MONTH, time_day(y));
    return p.v == q.v;
}

static enum rc pair(struct looking *x, enum work_hint_kind kind, const struct work_like *like,
                    struct err *e)
{
    const struct work *o = &like->work;
    return put(
        x->tx, x->c,
        &(struct work_hint_audit_row){
            .thing = arena_printf(x->a, "%s/%s/%s", kinds[kind].word, x->work.code, o->code),
            .kind = kinds[kind].word,
            .matter = x->work.matter,
            .unit = x->work.unit,
            .work = x->work.code,
            .other = o->code,
            .other_unit = o->unit,
            .alike = like->alike },
        x->a, e);
}

static enum rc index_text(struct looking *x, struct err *e)
{
    struct pieces p = pieces_of(x->work.text, x->a);
    int64_t b[ALIKE_BANDS];
    if (!p.n)
        return RC_OK;
    pieces_bands(&p, b);
    return work_text_insert(x->tx, x->work.id, b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7],
                            NULL, e);
}

/* The most alike is enough to look at: the others of a family have their own pair. */
static enum rc look_texts(struct looking *x, struct err *e)
{
    struct work_like like[WORK_LIKE_MAX];
    size_t n = 0;
    int64_t percent;
    enum rc rc = limit(x, WORK_TEXT_PERCENT, &percent, e);
    if (rc == RC_OK)
        rc = work_texts_like(tx_snap(x->tx), x->work.text, percent, x->work.id, x->a, like, &n,
                             e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct work *o = &like[i].work;
        bool apart =
            !str_eq(o->unit, x->work.unit) || !same_month(o->captured, x->work.captured);
        if (apart && !corrects(&x->work, o)) {
            rc = pair(x, WORK_HINT_TEXT, &like[i], e);
            break;
        }
    }
    return rc == RC_OK ? index_text(x, e) : rc;
}

static enum rc look_pictures(struct looking *x, const struct work_file *f, size_t n_files,
                             struct err *e)
{
    int64_t bits = 0;
    enum rc rc = n_files ? limit(x, WORK_PICTURE_BITS, &bits, e) : RC_OK;
    for (size_t k = 0; k < n_files && rc == RC_OK; k++) {
        struct work_like like[WORK_LIKE_MAX];
        size_t n;
        if (!f[k].picture || !f[k].hash)
            continue;
        rc = work_pictures_like(tx_snap(x->tx), f[k].hash, bits, x->work.id, x->a, like, &n, e);
        for (size_t i = 0; i < n && rc == RC_OK; i++)
            if (!corrects(&x->work, &like[i].work)) {
                rc = pair(x, WORK_HINT_PICTURE, &like[i], e);
                break;
            }
        if (rc == RC_OK)
            rc = work_picture_insert(x->tx, x->work.id, f[k].digest, f[k].hash,
                                     hash_piece(f[k].hash, 0), hash_piece(f[k].hash, 1),
                                     hash_piece(f[k].hash, 2), hash_piece(f[k].hash, 3), NULL,
                                     e);
    }
    return rc;
}

static enum rc look_burst(struct looking *x, struct err *e)
{
    const struct clock_at *cl = matter_running(x->m);
    int32_t today = county_today(x->c);
    struct work_burst_row row;
    int64_t least, share, days, span;
    if (!cl || !cl->due || today > cl->due || x->work.kind != WORK_ENTRY)
        return RC_OK;
    enum rc rc = limit(x, WORK_BURST_DAYS, &days, e);
    if (rc == RC_OK)
        rc = limit(x, WORK_BURST_SPAN, &span, e);
    if (rc != RC_OK || cl->due - cl->start < span || today <= cl->due - days)
        return rc;
    rc = limit(x, WORK_BURST_LEAST, &least, e);
    if (rc == RC_OK)
        rc = limit(x, WORK_BURST_SHARE, &share, e);
    if (rc == RC_OK)
        rc = work_burst_one(tx_snap(x->tx), day_start(cl->due - (int32_t)days + 1),
                            x->work.matter, x->a, &row, e);
    if (rc != RC_OK || row.n < least || row.k * 100 < row.n * share)
        return rc;
    return put(x->tx, x->c,
               &(struct work_hint_audit_row){
                   .thing = arena_printf(x->a, "burst/%s/%d", x->work.matter, cl->due),
                   .kind = kinds[WORK_HINT_BURST].word,
                   .matter = x->work.matter,
                   .unit = x->work.unit,
                   .work = "",
                   .other = "",
                   .other_unit = "" },
               x->a, e);
}

enum rc work_hints_look(struct tx *tx, struct county *c, struct id work, const struct matter *m,
                        const struct work_file *files, size_t n_files, struct arena *a,
                        struct err *e)
{
    struct looking x = { .tx = tx, .c = c, .a = a, .m = m };
    enum rc rc = work_by_id(tx_snap(tx), work, a, &x.work, e);
    if (rc == RC_OK)
        rc = look_texts(&x, e);
    if (rc == RC_OK)
        rc = look_pictures(&x, files, n_files, e);
    return rc == RC_OK ? look_burst(&x, e) : rc;
}

/* ---- reading and deciding ---- */

bool work_hint_may(const struct flow_who *w, const char *unit, const char *other_unit)
{
    const char *const of[] = { unit, other_unit };
    for (size_t i = 0; i < COUNT(of); i++) {
        const struct unit *u = units_find(w->units, of[i]);
        if (*of[i] && !person_may(w->person, CAP_DISPATCH, u) &&
            !(u && person_may(w->person, CAP_SUPERVISE, u)))
            return false;
    }
    return true;
}

enum rc work_hints_list(const struct snap *s, const struct flow_who *w, bool open,
                        struct id before, size_t max, struct arena *a, struct work_hint **ret,
                        size_t *ret_n, struct err *e)
{
    enum { AT_ONCE = 200 };
    enum rc rc = RC_OK;
    *ret = NULL;
    *ret_n = 0;
    if (!before.v)
        before.v = INT64_MAX;
    for (size_t n = AT_ONCE; n == AT_ONCE && *ret_n < max && rc == RC_OK;) {
        struct work_hint_list_row *rows;
        rc = work_hint_list_all(s, before, open, AT_ONCE, a, &rows, &n, e);
        if (rc != RC_OK)
            break;
        *ret = arena_grow(a, *ret, *ret_n * sizeof(**ret), (*ret_n + n) * sizeof(**ret));
        for (size_t i = 0; i < n && *ret_n < max; i++) {
            before = rows[i].id;
            if (!work_hint_may(w, rows[i].unit, rows[i].other_unit))
                continue;
            (*ret)[(*ret_n)++] = (struct work_hint){ .id = rows[i].id,
                                                     .code = rows[i].code,
                                                     .kind = kind_of(rows[i].kind),
                                                     .matter = rows[i].matter,
                                                     .unit = rows[i].unit,
                                                     .other_unit = rows[i].other_unit,
                                                     .state = hint_state_of(rows[i].state),
                                                     .found = rows[i].found_at };
        }
    }
    return rc;
}

enum rc work_hint_load(const struct snap *s, const struct flow_who *w, const char *code,
                       struct arena *a, struct work_hint *ret, struct err *e)
{
    struct work_hint_row_row r;
    enum rc rc = work_hint_row_one(s, code, a, &r, e);
    if (rc == RC_NOTFOUND || (rc == RC_OK && !work_hint_may(w, r.unit, r.other_unit)))
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的复核提示"), "code", code);
    if (rc == RC_OK)
        *ret = (struct work_hint){ .id = r.id,
                                   .code = r.code,
                                   .thing = r.thing,
                                   .kind = kind_of(r.kind),
                                   .matter = r.matter,
                                   .unit = r.unit,
                                   .work = r.work,
                                   .other = r.other,
                                   .other_unit = r.other_unit,
                                   .alike = r.alike,
                                   .version = r.version,
                                   .state = hint_state_of(r.state),
                                   .reason = r.reason,
                                   .decided_by = r.decided_by,
                                   .decider = r.decider ? r.decider : r.decided_by,
                                   .found = r.found_at,
                                   .changed = r.changed_at };
    return rc;
}

enum rc work_hint_decide(struct tx *tx, struct county *c, const struct flow_who *w,
                         const char *code, int64_t seen, enum hint_state to, const char *reason,
                         struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct work_hint h;
    struct id record;
    int64_t changed = 0;
    if (to != HINT_CONFIRMED && to != HINT_DISMISSED)
        return err_set(e, RC_INVALID, N_("只能确认或排除"));
    if (!*reason || utf8_count(reason) > HINT_REASON_MAX)
        return err_set(e, RC_INVALID, N_("请写明理由,至多300个字"));
    enum rc rc = work_hint_load(tx_snap(tx), w, code, a, &h, e);
    if (rc != RC_OK)
        return rc;
    if (h.version != seen)
        return err_set(e, RC_CONFLICT, N_("复核提示「{code}」刚刚变了,请刷新后再看"), "code",
                       code);
    struct utime now = county_now(c);
    rc = hint_record(tx, c,
                     &(struct work_hint_audit_row){ .code = h.code,
                                                    .thing = h.thing,
                                                    .kind = kinds[h.kind].word,
                                                    .matter = h.matter,
                                                    .unit = h.unit,
                                                    .work = h.work,
                                                    .other = h.other,
                                                    .other_unit = h.other_unit,
                                                    .alike = h.alike,
                                                    .state = hint_state_word(to),
                                                    .reason = reason,
                                                    .decided_by = w->person->code,
                                                    .found_at = h.found,
                                                    .changed_at = now,
                                                    .version = h.version + 1 },
                     w->person->code, &record, e);
    if (rc == RC_OK)
        rc = work_hint_change(tx, hint_state_word(to), reason, w->person->code, now, record,
                              h.id, h.version, &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_CONFLICT, N_("复核提示「{code}」刚刚变了,请刷新后再看"), "code",
                       code);
    return rc;
}
