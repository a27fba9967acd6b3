/*
 * One record of the evidence log as a page. What the log itself shows to everybody (kind, unit,
 * subject, time, commitment) is shown to every reader. Of the parts: the open ones to who may
 * see the page of what the record is about, the restricted ones to who may read the unit, or
 * the whole county when it is of none; of what was done to a matter's draft none but to who
 * sees that draft; personal ones never, they are there by their hash. The
 * receipt holds what the page shows.
 */
#include "monitor/proof_page.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "monitor/proof.html.h"
#include "monitor/record_words.h"
#include "monitor/report_store.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/receipt.h"
#include "store/record.h"
#include "store/seal.h"

#include <string.h>

/* Where the thing a record is about can be looked at; NULL when it has no page. */
static const char *subject_href(struct rq *rq, const struct record *r)
{
    const char *dash = strrchr(r->subject, '-');
    if (str_starts(r->kind, "report.") && dash)
        return arena_printf(rq->a, "/report/%s/%s",
                            arena_strndup(rq->a, r->subject, (size_t)(dash - r->subject)),
                            dash + 1);
    if (str_starts(r->kind, "scheme.") && str_starts(r->subject, "S-"))
        return arena_printf(rq->a, "/scheme/%s", r->subject + 2);
    if (str_starts(r->kind, "point.") && *r->subject)
        return arena_printf(rq->a, "/point/%s", r->subject);
    if (str_starts(r->kind, "warning.") && *r->subject)
        return arena_printf(rq->a, "/warning/%s", r->subject);
    if (str_starts(r->kind, "matter.step"))
        return arena_printf(rq->a, "/matter/%s", r->subject);
    if (str_starts(r->kind, "draw."))
        return arena_printf(rq->a, "/draw/%s", r->subject);
    if (str_starts(r->subject, "I-"))
        return arena_printf(rq->a, "/import/%s", r->subject);
    return NULL;
}

/* Who may see the open parts of a record that is of no unit: who has one of these. */
#define BIT(cap) (UINT64_C(1) << (cap)) /* a macro, like the next: part of an initialiser */
#define DRAFTS (BIT(CAP_EDIT_SCHEME) | BIT(CAP_ADOPT_SCHEME) | BIT(CAP_READ_COUNTY))
static const struct {
    const char *begins;
    uint64_t caps;
} open_to[] = {
    { "account.", BIT(CAP_ACCOUNTS) | BIT(CAP_AUDIT) },
    { "token.", BIT(CAP_ACCOUNTS) | BIT(CAP_AUDIT) },
    { "journal.", BIT(CAP_AUDIT) },
    { "setting.", BIT(CAP_SETTINGS) | BIT(CAP_AUDIT) },
    { "backup.", BIT(CAP_OPERATE) | BIT(CAP_AUDIT) },
    { "record.erase", BIT(CAP_READ_UNIT) | BIT(CAP_AUDIT) },
    { "log.", BIT(CAP_READ_UNIT) | BIT(CAP_OPERATE) | BIT(CAP_AUDIT) },
    { "scheme.drafted", DRAFTS },
    { "scheme.edited", DRAFTS },
    { "scheme.dropped", DRAFTS },
    { "", BIT(CAP_READ_UNIT) },
};

static bool open_for(const struct person *who, const struct record *r)
{
    size_t i = 0;
    while (!str_starts(r->kind, open_to[i].begins))
        i++;
    return who->caps & open_to[i].caps;
}

/* Whether the record holds figures that the reader may not see yet. */
static enum rc is_draft(struct rq *rq, const struct snap *s, const struct record *r, bool *ret,
                        struct err *e)
{
    struct sight sees;
    struct id run;
    const struct unit *u = *r->unit ? units_find(rq_asker(rq)->units, r->unit) : NULL;
    enum rc rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = publication_of_record(s, r, rq->a, &run, e);
    if (rc == RC_OK)
        *ret = run.v && sees.floor > PUBLICATION_DRAFT && !sight_find(&sees, run, u);
    return rc;
}

/* Hints that data deserve a second look are for who sends values, and what they are found by:
 * never for a leader. */
static bool for_suppliers(const struct record *r)
{
    return str_starts(r->kind, "hint.") || str_starts(r->kind, "check_rule.");
}

/* What of the parts the reader may see. */
static enum rc shown(struct rq *rq, const struct snap *s, const struct record *r, unsigned *ret,
                     struct err *e)
{
    const struct asker *k = rq_asker(rq);
    const struct unit *u = *r->unit ? units_find(k->units, r->unit) : NULL;
    bool own = *r->by && str_eq(r->by, k->person.code), figures, note, may;
    struct flow_who w;
    enum rc rc = is_draft(rq, s, r, &figures, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = flow_record_draft(s, rq_county(rq), &w, r, rq->a, &note, &may, e);
    if (rc != RC_OK)
        return rc;
    if (k->must_totp || figures) /* the route asks for an account only */
        *ret = 0;
    else if (for_suppliers(r) && !(u ? person_may(&k->person, CAP_SEND_VALUES, u)
                                     : person_can(&k->person, CAP_SEND_VALUES)))
        *ret = 0;
    else if (note)
        *ret = may ? SHOW_OPEN | SHOW_RESTRICTED : 0;
    else if (person_may(&k->person, CAP_READ_UNIT, u))
        *ret = SHOW_OPEN | SHOW_RESTRICTED;
    else
        *ret = own || (!*r->unit && open_for(&k->person, r)) ? SHOW_OPEN : 0;
    return RC_OK;
}

static enum rc find(struct rq *rq, const struct snap *s, struct record *ret, struct err *e)
{
    int64_t index;
    const char *text = rq_param(rq, "index");
    if (parse_int64(text, 0, INT64_MAX, N_("位置"), &index, NULL) != RC_OK)
        return err_set(e, RC_NOTFOUND, N_("日志里没有第{index}条"), "index", text);
    enum rc rc = record_get_seq(s, index, rq->a, ret, e);
    return rc == RC_NOTFOUND
               ? err_set(e, RC_NOTFOUND, N_("日志里没有第{index}条"), "index", text)
               : rc;
}

static void parts(struct rq *rq, const struct record *r, unsigned show, struct proof_page *p)
{
    static const char *const names[] = { "", N_("公开"), N_("限制"), N_("个人") };
    p->parts = arena_array(rq->a, r->n_parts, sizeof(*p->parts));
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct stored_part *x = &r->parts[i];
        bool may = show & (1u << x->access);
        char *hash = arena_alloc(rq->a, HASH_HEX);
        hex_encode(x->hash, HASH_BYTES, hash);
        p->parts[p->n_parts++] = (struct proof_parts){
            .name = text_fill(rq->a, rq_tr(rq, N_("第{n}部分")), "n",
                              arena_printf(rq->a, "%zu", i + 1), NULL),
            .access = rq_tr(rq, names[x->access]),
            .json = x->erased ? NULL
                    : may     ? arena_strndup(rq->a, (const char *)x->bytes.p, x->bytes.n)
                          : text_fill(rq->a, rq_tr(rq, N_("不向您显示,只有它的摘要: {hash}")),
                                      "hash", hash, NULL),
            .erased = x->erased,
            .erased_why = x->erased ? text_fill(rq->a, rq_tr(rq, N_("只留下摘要 {hash}")),
                                                "hash", hash, NULL)
                                    : NULL,
        };
    }
}

static enum rc proof_show(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct record r;
    struct log_state log;
    struct report_proof proof;
    unsigned show;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = find(rq, s, &r, e);
    if (rc == RC_OK)
        rc = shown(rq, s, &r, &show, e);
    if (rc == RC_OK)
        rc = log_state_get(s, rq->a, &log, e);
    if (rc == RC_OK)
        rc = report_proof_of(c, s, r.id, rq->a, &proof, e);
    if (rc != RC_OK)
        return rc;
    struct str vkey;
    uint8_t entry[1 + ENTRY_MAX], leaf[HASH_BYTES];
    size_t n_entry = 0;
    char *digest = arena_alloc(rq->a, HASH_HEX), *leaf_text = arena_alloc(rq->a, HASH_HEX);
    str_init(&vkey, rq->a);
    county_vkey(c, &vkey);
    if (record_entry(&r, entry + 1,
                     &n_entry)) { /* RFC 6962: the leaf is the hash of 0x00 and the entry */
        entry[0] = 0;
        sha256(entry, n_entry + 1, leaf);
        hex_encode(leaf, sizeof(leaf), leaf_text);
    }
    const char *stem = arena_printf(rq->a, "%lld", (long long)r.seq);
    const struct unit *u = *r.unit ? units_find(rq_asker(rq)->units, r.unit) : NULL;
    bool may = show & SHOW_RESTRICTED;
    struct proof_page p = {
        .index = r.seq,
        .kind_name = record_kind_text(rq, r.kind),
        .subject = r.subject,
        .subject_href = subject_href(rq, &r),
        .at = r.at,
        .by = may ? r.by : NULL,
        .unit_name = u ? u->name : r.unit,
        .vouch =
            health_report_vouch(rq->a, &(struct health_report){ .proof = proof }, rq->lang),
        .sealed = proof.index >= 0,
        .origin = c->origin,
        .size = log.public_size,
        .sealed_at = proof.sealed_at,
        .digest = hex_encode(r.commitment, sizeof(r.commitment), digest),
        .leaf = leaf_text,
        .public_key = vkey.s,
        .download = arena_printf(rq->a, "/proof/%s.tlog-proof", stem),
        .entry = arena_printf(rq->a, "/proof/%s.record", stem),
        .command =
            arena_printf(rq->a, "jingjian verify %s.tlog-proof --record %s.record --vkey '%s'",
                         stem, stem, vkey.s),
    };
    p.witnesses = arena_array(rq->a, proof.n_witnesses, sizeof(*p.witnesses));
    for (size_t i = 0; i < proof.n_witnesses; i++)
        p.witnesses[p.n_witnesses++] =
            (struct proof_witnesses){ proof.witnesses[i].name, proof.witnesses[i].at, "" };
    parts(rq, &r, show, &p);
    return proof_render(rq, &p, e);
}

/* ---- receipts ---- */

static enum rc give(struct rq *rq, struct id record, const char *stem, bool proof,
                    struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct record r;
    struct receipt receipt;
    unsigned show;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = record_get(s, record, rq->a, &r, e);
    if (rc == RC_OK)
        rc = shown(rq, s, &r, &show, e);
    if (rc == RC_OK)
        rc = receipt_make(rq_county(rq), s, record, show, rq->a, &receipt, e);
    if (rc != RC_OK)
        return rc;
    struct bytes out = proof ? receipt.proof : receipt.record;
    return web_bytes(rq, out.p, out.n, proof ? "text/plain" : "application/json",
                     arena_printf(rq->a, "%s.%s", stem, proof ? "tlog-proof" : "record"), e);
}

static enum rc of_index(struct rq *rq, bool proof, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct record r;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = find(rq, s, &r, e);
    db_read_end(&s);
    return rc == RC_OK ? give(rq, r.id, rq_param(rq, "index"), proof, e) : rc;
}

static enum rc proof_file(struct rq *rq, struct err *e)
{
    return of_index(rq, true, e);
}

static enum rc proof_record(struct rq *rq, struct err *e)
{
    return of_index(rq, false, e);
}

static enum rc of_report(struct rq *rq, bool proof, struct err *e)
{
    const struct unit *unit;
    struct period period;
    struct held_report held;
    char code[PERIOD_TEXT];
    enum rc rc = period_parse(rq_param(rq, "period"), &period, e);
    if (rc == RC_OK)
        rc = rq_unit(rq, rq_param(rq, "unit"), &unit, e);
    if (rc == RC_OK)
        rc = report_hold(rq, unit, period, &held, e);
    if (rc != RC_OK)
        return rc;
    return give(rq, held.record,
                arena_printf(rq->a, "%s-%s", unit->code, period_code(period, code)), proof, e);
}

static enum rc report_proof_file(struct rq *rq, struct err *e)
{
    return of_report(rq, true, e);
}

static enum rc report_record(struct rq *rq, struct err *e)
{
    return of_report(rq, false, e);
}

const struct route proof_routes[] = {
    { .method = GET,
      .path = "/proof/:index",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = proof_show,
      .page = &proof_kind,
      .help = N_("核验日志里的一条") },
    { .method = GET,
      .path = "/proof/:index.tlog-proof",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = proof_file,
      .help = N_("一条记录的回执") },
    { .method = GET,
      .path = "/proof/:index.record",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = proof_record,
      .help = N_("一条记录的内容,供核验") },
    { .method = GET,
      .path = "/report/:unit/:period.tlog-proof",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = report_proof_file,
      .help = N_("体检报告的回执") },
    { .method = GET,
      .path = "/report/:unit/:period.record",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = report_record,
      .help = N_("体检报告的记录,供核验") },
};
const size_t proof_routes_n = COUNT(proof_routes);
