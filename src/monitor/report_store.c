/* Parsed bodies on a shelf, by report and language: nothing is copied for a request. */
#include "monitor/report_store.h"

#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/report_json.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/seal.h"
#include "store/setting.h"
#include "store/shelf.h"
#include "verify/note.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept_report {
    struct kept kept;
    int64_t report;
    enum lang lang;
    struct arena *a;
    struct health_report r;
    struct bytes body;
    uint8_t digest[HASH_SIZE]; /* of body */
    struct id record;
    pthread_mutex_t lock; /* made, and a once r is there */
    void *made[2];        /* of report_once */
};

static void report_done(struct kept *k)
{
    struct kept_report *r = (struct kept_report *)k;
    arena_free(r->a);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static void *shelf_make(struct county *c)
{
    return shelf_new(REPORTS_KEPT);
}

/* What is asked for. */
struct asked {
    int64_t report;
    enum lang lang;
};

static bool same(const struct kept *k, const void *key)
{
    const struct kept_report *r = (const struct kept_report *)k;
    const struct asked *now = key;
    return r->report == now->report && r->lang == now->lang;
}

/* The gate; run: the one that is asked for, 0 the newest. */
static enum rc key_of(const struct snap *s, const struct sight *k, const struct unit *unit,
                      struct period p, struct id run, struct arena *a,
                      const struct publication **ret_run, struct report_key_row *ret,
                      struct err *e)
{
    char code[PERIOD_TEXT];
    *ret_run = run.v ? sight_find(k, run, unit) : sight_run_of(k, p, unit);
    enum rc rc = *ret_run && period_same((*ret_run)->period, p)
                     ? report_key_one(s, (*ret_run)->computation, unit->id, a, ret, e)
                     : RC_NOTFOUND;
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("{period} 还没有这个单位的体检报告"), "period",
                       period_code(p, code));
    return rc;
}

static enum rc read_body(const struct snap *s, struct id report, enum lang lang,
                         struct arena *a, struct health_report *ret, struct bytes *ret_body,
                         struct err *e)
{
    struct report_body_row row;
    enum rc rc = report_body_one(s, report, a, &row, e);
    if (rc != RC_OK)
        return rc;
    *ret_body = lang == LANG_EN ? row.body_en : row.body;
    return report_read(*ret_body, a, ret, e);
}

/* Who co-signed the public checkpoint: the sealer has checked the lines before it published
 * them. */
static const struct report_witness *witnesses_of(struct county *c, const char *text,
                                                 struct arena *a, size_t *ret_n)
{
    struct note note;
    struct report_witness *list = arena_array(a, NOTE_SIGNATURES_MAX, sizeof(*list));
    size_t n = 0;
    struct span in = { (const uint8_t *)text, strlen(text) };
    if (note_parse(in, &note)) {
        struct note_line line;
        while (n < NOTE_SIGNATURES_MAX && note_next(&note.lines, &line)) {
            const char *name = arena_strndup(a, (const char *)line.name.p, line.name.n);
            uint8_t *blob;
            size_t blob_n;
            /* keyid[4], then of a cosignature seconds[8] and signature[64]; the log's own line
             * is no witness. */
            if (str_eq(name, c->origin) ||
                !base64_decode(a, (const char *)line.base64.p, line.base64.n, &blob, &blob_n) ||
                blob_n != 4 + 8 + 64)
                continue;
            int64_t s = 0;
            for (size_t i = 4; i < 12; i++)
                s = s << 8 | blob[i];
            list[n++] = (struct report_witness){ .name = name, .at = { s * 1000000 } };
        }
    }
    *ret_n = n;
    return list;
}

enum rc report_proof_of(struct county *c, const struct snap *s, struct id record,
                        struct arena *a, struct report_proof *ret, struct err *e)
{
    struct log_state log;
    struct record_place_row place;
    enum rc rc = log_state_get(s, a, &log, e);
    if (rc == RC_OK)
        rc = record_place_one(s, record, a, &place, e);
    if (rc != RC_OK)
        return rc;
    const char *site;
    rc = setting_text(s, &store_settings[SET_LOG_ADDRESS], a, &site, e);
    if (rc != RC_OK)
        return rc;
    bool proved = place.seq >= 0 && place.seq < log.public_size;
    *ret = (struct report_proof){
        .origin = c->origin,
        .index = proved ? place.seq : -1,
        .size = proved ? log.public_size : -1,
        .url = proved ? arena_printf(a, "%s/proof/%lld", site, (long long)place.seq) : NULL,
    };
    if (proved)
        ret->witnesses = witnesses_of(c, log.public_note, a, &ret->n_witnesses);
    return RC_OK;
}

/* What is known of the proof now: the place in the log, the checkpoint, who co-signed. */
static enum rc add_proof(struct county *c, const struct snap *s, struct id record,
                         const uint8_t digest[HASH_SIZE], struct arena *a,
                         struct health_report *r, struct err *e)
{
    char code[PERIOD_TEXT], *hex = arena_alloc(a, HASH_HEX);
    struct report_proof proof;
    enum rc rc = report_proof_of(c, s, record, a, &proof, e);
    if (rc != RC_OK)
        return rc;
    struct str vkey;
    str_init(&vkey, a);
    county_vkey(c, &vkey);
    const char *stem = arena_printf(a, "%s-%s", r->unit_code, period_code(r->period, code));
    proof.digest = hex_encode(digest, HASH_SIZE, hex);
    proof.command = arena_printf(
        a, "jingjian verify %s.tlog-proof --record %s.record --vkey '%s'", stem, stem, vkey.s);
    r->proof = proof;
    return RC_OK;
}

/* The newest that the run took the place of and that the reader may see; NULL. */
static const struct publication *
previous_of(const struct sight *k, const struct publication *run, const struct unit *unit)
{
    for (size_t i = 0; i < k->n; i++)
        if (k->list[i].replaced_by.v == run->computation.v &&
            sight_find(k, k->list[i].computation, unit))
            return &k->list[i];
    return NULL;
}

/* How far it has come: told beside the body, which never changes. was: what it took the place
 * of; only what had been published is corrected. */
static void add_stage(const struct publication *run, const struct publication *was, bool trial,
                      enum lang lang, struct arena *a, struct health_report *r)
{
    static const enum report_stage stages[] = {
        [PUBLICATION_DRAFT] = REPORT_DRAFT,
        [PUBLICATION_COMMENT] = REPORT_COMMENT,
        [PUBLICATION_DECISION] = REPORT_COMMENT,
        [PUBLICATION_PUBLISHED] = REPORT_PUBLISHED,
    };
    bool corrects =
        *run->erratum && run->stage == PUBLICATION_PUBLISHED && was && was->published_at.us;
    r->stage = corrects ? REPORT_CORRECTED : trial ? REPORT_TRIAL : stages[run->stage];
    r->erratum =
        *run->erratum ? publication_erratum_of(run->erratum, r->unit_code, lang, a) : NULL;
    r->published_at = run->published_at;
    r->approved_by = run->approver ? arena_strdup(a, run->approver) : NULL;
}

enum rc report_hold(struct rq *rq, const struct unit *unit, struct period p,
                    struct held_report *ret, struct err *e)
{
    struct county *c = rq_county(rq);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct report_key_row key;
    struct sight sees;
    const struct publication *run;
    int64_t asked = 0;
    enum rc rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = rq_query_int(rq, "run", N_("哪次计算"), 1, INT64_MAX, &asked, e);
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = key_of(s, &sees, unit, p, (struct id){ asked }, rq->a, &run, &key, e);
    if (rc != RC_OK)
        return rc;
    struct shelf *shelf = county_room(c, ROOM_MONITOR, shelf_make, shelf_free);
    const struct asked now = { key.id.v, rq->lang };
    struct kept_report *k = (struct kept_report *)shelf_take(shelf, same, &now);
    if (!k) {
        k = mem_alloc(sizeof(*k));
        kept_begin(&k->kept, report_done);
        k->a = arena_new();
        k->report = key.id.v;
        k->lang = rq->lang;
        k->record = key.record_id;
        pthread_mutex_init(&k->lock, NULL);
        rc = read_body(s, key.id, rq->lang, k->a, &k->r, &k->body, e);
        if (rc != RC_OK) {
            kept_drop(k);
            return rc;
        }
        sha256(k->body.p, k->body.n, k->digest);
        shelf_put(shelf, &k->kept);
    }
    rq_at_end(rq, kept_drop, k);
    *ret = (struct held_report){ .r = k->r,
                                 .id = key.id,
                                 .record = key.record_id,
                                 .body = k->body,
                                 .run = *run,
                                 .kept = k };
    const struct publication *was = previous_of(&sees, run, unit);
    ret->previous = was ? was->computation : (struct id){ 0 };
    add_stage(run, was, c->trial, rq->lang, rq->a, &ret->r);
    return add_proof(c, s, key.record_id, k->digest, rq->a, &ret->r, e);
}

const void *report_once(const struct held_report *h, bool kind,
                        void *(*make)(struct arena *a, enum lang lang,
                                      const struct health_report *r, bool kind))
{
    struct kept_report *k = h->kept;
    pthread_mutex_lock(&k->lock);
    if (!k->made[kind])
        k->made[kind] = make(k->a, k->lang, &k->r, kind);
    const void *made = k->made[kind];
    pthread_mutex_unlock(&k->lock);
    return made;
}

enum rc report_load(struct county *c, const struct snap *s, const struct sight *k,
                    const struct unit *unit, struct period p, enum lang lang, struct arena *a,
                    struct held_report *ret, struct err *e)
{
    struct report_key_row key;
    const struct publication *run;
    struct held_report h = { 0 };
    uint8_t digest[HASH_SIZE];
    enum rc rc = key_of(s, k, unit, p, (struct id){ 0 }, a, &run, &key, e);
    if (rc == RC_OK)
        rc = read_body(s, key.id, lang, a, &h.r, &h.body, e);
    if (rc != RC_OK)
        return rc;
    h.id = key.id;
    h.record = key.record_id;
    h.run = *run;
    add_stage(run, previous_of(k, run, unit), c->trial, lang, a, &h.r);
    sha256(h.body.p, h.body.n, digest);
    rc = add_proof(c, s, key.record_id, digest, a, &h.r, e);
    if (rc == RC_OK)
        *ret = h;
    return rc;
}
