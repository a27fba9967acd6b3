/*
 * Receipts. The one idea: a receipt is made of bytes that the log and the record already have;
 * the checker computes everything anew from them and believes only the keys it was given.
 */
#include "store/receipt.h"

#include "base/hash.h"
#include "store/county.h"
#include "store/seal.h"
#include "tlog/folder.h"
#include "tlog/key.h"

#include <jansson.h>
#include <string.h>

static const char *const access_names[] = {
    [PART_OPEN] = "open", [PART_RESTRICTED] = "restricted", [PART_PERSONAL] = "personal"
};

/* ---- making ---- */

static const char *part_text(struct arena *a, const struct stored_part *p, bool show)
{
    struct canon c;
    size_t n;

    canon_init(&c, a);
    canon_text(&c, "access", access_names[p->access]);
    if (show && !p->erased) {
        canon_text(&c, "json", arena_strndup(a, (const char *)p->bytes.p, p->bytes.n));
        canon_hex(&c, "salt", p->salt, SALT_BYTES);
    } else {
        canon_hex(&c, "hash", p->hash, HASH_BYTES);
    }
    return canon_end(&c, &n);
}

struct bytes record_file(const struct record *r, unsigned show, struct arena *a)
{
    struct str list;
    struct canon c;
    struct bytes b;

    str_init(&list, a);
    str_addc(&list, '[');
    for (size_t i = 0; i < r->n_parts; i++) {
        if (i > 0)
            str_addc(&list, ',');
        str_add(&list, part_text(a, &r->parts[i], (show >> r->parts[i].access & 1) != 0));
    }
    str_addc(&list, ']');
    canon_init(&c, a);
    canon_json(&c, "parts", list.s);
    canon_int(&c, "version", 1);
    b.p = (const uint8_t *)canon_end(&c, &b.n);
    return b;
}

static enum rc proof_file(const struct county *c, struct arena *a, const struct record *r,
                          uint64_t size, const char *note, struct bytes *ret, struct err *e)
{
    struct tile_source source = folder_source(county_log_dir(c));
    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES], entry[ENTRY_MAX];
    struct str b;
    size_t n, n_entry;

    if (!record_entry(r, entry, &n_entry))
        return err_set(e, RC_UNPROVEN, N_("记录 {kind} 的存储已损坏"), "kind", r->kind);
    enum rc rc = tiles_inclusion(&source, (uint64_t)r->seq, size, path, &n, e);
    if (rc != RC_OK)
        return rc;
    str_init(&b, a);
    str_add(&b, "c2sp.org/tlog-proof@v1\nextra ");
    base64_add(&b, entry, n_entry);
    str_addf(&b, "\nindex %lld\n", (long long)r->seq);
    for (size_t i = 0; i < n; i++) {
        base64_add(&b, path[i], HASH_BYTES);
        str_addc(&b, '\n');
    }
    str_addf(&b, "\n%s", note);
    *ret = (struct bytes){ (const uint8_t *)b.s, b.n };
    return RC_OK;
}

enum rc receipt_make(struct county *c, const struct snap *snap, struct id record, unsigned show,
                     struct arena *a, struct receipt *ret, struct err *e)
{
    struct record *r = arena_alloc(a, sizeof(*r));
    struct log_state s;

    enum rc rc = record_get(snap, record, a, r, e);
    if (rc == RC_OK)
        rc = log_state_get(snap, a, &s, e);
    if (rc != RC_OK)
        return rc;
    bool quorum = s.public_size > r->seq;
    int64_t size = quorum ? s.public_size : s.signed_size;
    if (r->seq < 0 || r->seq >= size)
        return err_set(e, RC_BUSY, N_("记录还没有封存,请稍后再取回执"));
    *ret = (struct receipt){ .index = r->seq, .size = size, .quorum = quorum };
    ret->record = record_file(r, show, a);
    return proof_file(c, a, r, (uint64_t)size, quorum ? s.public_note : s.signed_note,
                      &ret->proof, e);
}

/* ---- checking ---- */

static bool part_parse(struct arena *a, const json_t *o, uint32_t i, struct stored_part *ret)
{
    const char *access = json_string_value(json_object_get(o, "access"));
    const json_t *json = json_object_get(o, "json");
    const char *salt = json_string_value(json_object_get(o, "salt"));
    const char *hash = json_string_value(json_object_get(o, "hash"));

    *ret = (struct stored_part){ .erased = json == NULL };
    for (size_t k = PART_OPEN; k < COUNT(access_names); k++)
        if (str_eq(access, access_names[k]))
            ret->access = (enum part_access)k;
    if (ret->access == 0)
        return false;
    if (json == NULL)
        return json_object_size(o) == 2 && hash != NULL &&
               hex_decode(hash, HASH_BYTES, ret->hash);
    if (json_object_size(o) != 3 || !json_is_string(json) || salt == NULL ||
        !hex_decode(salt, SALT_BYTES, ret->salt))
        return false;
    ret->bytes =
        (struct bytes){ arena_copy(a, json_string_value(json), json_string_length(json) + 1),
                        json_string_length(json) };
    record_part_hash(tlog_ops(), i, ret->salt, span_bytes(ret->bytes), ret->hash);
    return true;
}

static bool parts_parse(struct arena *a, const json_t *o, struct stored_part *parts,
                        size_t *ret_n)
{
    const json_t *list = json_object_get(o, "parts");
    size_t n = json_array_size(list);

    if (!json_is_array(list) || json_integer_value(json_object_get(o, "version")) != 1 ||
        json_object_size(o) != 2 || n > RECORD_PARTS_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!part_parse(a, json_array_get(list, i), (uint32_t)i, &parts[i]))
            return false;
    *ret_n = n;
    return true;
}

enum rc record_file_parse(struct arena *a, struct bytes in,
                          struct stored_part parts[RECORD_PARTS_MAX], size_t *ret_n,
                          struct err *e)
{
    json_t *o = json_loadb((const char *)in.p, in.n, JSON_REJECT_DUPLICATES, NULL);

    bool ok = parts_parse(a, o, parts, ret_n);
    json_decref(o);
    return ok ? RC_OK : err_set(e, RC_INVALID, N_(".record 文件格式不对"));
}

static struct span span_keep(struct arena *a, struct span s)
{
    return (struct span){ arena_copy(a, s.p, s.n), s.n };
}

/* The entry that is claimed: given, or in the proof's extra. */
static enum rc claimed_entry(struct arena *a, const struct receipt_claim *claim,
                             const struct tlog_proof *proof, struct bytes *ret, struct err *e)
{
    if (claim->entry != NULL) {
        *ret = *claim->entry;
        return RC_OK;
    }
    if (!proof->has_extra)
        return err_set(e, RC_INVALID, N_("回执里没有带记录,要用 --entry 或 --leaf-hash 给出"));
    uint8_t *out = arena_alloc(a, PROOF_EXTRA_MAX + 1);
    size_t n;
    if (!span_base64(proof->extra_base64, out, PROOF_EXTRA_MAX, &n))
        return err_set(e, RC_INVALID, N_("{what} 格式不对"), "what", ".tlog-proof");
    *ret = (struct bytes){ out, n };
    return RC_OK;
}

static enum rc check_record(struct arena *a, const struct receipt_claim *claim,
                            struct receipt_finding *f, struct err *e)
{
    uint8_t hashes[RECORD_PARTS_MAX][HASH_BYTES], commitment[HASH_BYTES];

    enum rc rc = record_file_parse(a, *claim->record, f->parts, &f->n_parts, e);
    if (rc != RC_OK)
        return rc;
    if (!f->have_entry)
        return err_set(e, RC_UNPROVEN, N_("日志里的条目不是第 1 版记录,.record 文件不能对应"));
    for (size_t i = 0; i < f->n_parts; i++) {
        memcpy(hashes[i], f->parts[i].hash, HASH_BYTES);
        f->n_shown += !f->parts[i].erased;
    }
    record_commitment(tlog_ops(), (const uint8_t(*)[HASH_BYTES])hashes, (uint32_t)f->n_parts,
                      commitment);
    if (!hash_eq(commitment, f->entry.commitment))
        return err_set(e, RC_UNPROVEN, N_(".record 文件的内容与日志里的条目不符"));
    return RC_OK;
}

enum rc receipt_verify(struct arena *a, const struct receipt_claim *claim,
                       const struct policy *trust, struct utime now,
                       struct receipt_finding *ret, struct err *e)
{
    struct tlog_proof *proof = arena_alloc(a, sizeof(*proof));
    struct policy_finding *found = arena_alloc(a, sizeof(*found));
    uint8_t leaf[HASH_BYTES];
    struct bytes entry = { NULL, 0 };

    *ret = (struct receipt_finding){ 0 };
    if (!proof_parse(span_bytes(claim->proof), proof))
        return err_set(e, RC_INVALID, N_("{what} 格式不对"), "what", ".tlog-proof");
    if (claim->leaf != NULL) {
        memcpy(leaf, claim->leaf, HASH_BYTES);
    } else {
        enum rc rc = claimed_entry(a, claim, proof, &entry, e);
        if (rc != RC_OK)
            return rc;
        merkle_leaf(tlog_ops(), span_bytes(entry), leaf);
        ret->have_entry = entry_parse(span_keep(a, span_bytes(entry)), &ret->entry);
    }
    enum verdict v =
        proof_verify(tlog_ops(), proof, leaf, trust, (uint64_t)(now.us / 1000000), found);
    if (v != VERDICT_OK)
        return verdict_err(e, v, ".tlog-proof");
    ret->index = proof->index;
    ret->size = found->checkpoint.size;
    ret->origin =
        arena_strndup(a, (const char *)found->checkpoint.origin.p, found->checkpoint.origin.n);
    ret->witnesses = trust_witnesses(a, trust, found);
    return claim->record != NULL ? check_record(a, claim, ret, e) : RC_OK;
}
