/* Receipts: made, checked, masked; canonical JSON; rows proved one by one. */
#include "base/hash.h"
#include "base/period.h"
#include "store/erase.h"
#include "store/receipt.h"
#include "store/seal.h"
#include "store/setting.sql.h"
#include "store/test_county.h"
#include "tlog/key.h"
#include "tlog/tree.h"

#include <math.h>
#include <string.h>

static void make(struct county *c, struct id id, unsigned show, struct arena *a,
                 struct receipt *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;

    CHECK_OK(db_read(c->db, &snap, &e));
    CHECK_OK(receipt_make(c, snap, id, show, a, ret, &e));
}

static enum rc check(struct county *c, const struct receipt *r, struct receipt_finding *ret,
                     struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct policy *trust;
    struct str vkey;
    const struct receipt_claim claim = { .proof = r->proof, .record = &r->record };

    str_init(&vkey, a);
    county_vkey(c, &vkey);
    CHECK_OK(trust_make(a, vkey.s, NULL, &trust, &e));
    return receipt_verify(a, &claim, trust, (struct utime){ 0 }, ret, &e);
}

/* Rows of one change follow one another. */
static struct id id_at(struct id last, int i)
{
    return (struct id){ last.v - 299 + i };
}

static void receipts(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const struct id last = t_records(c, "test.done", "330784", 300);
    struct receipt r;
    struct receipt_finding f;

    {
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        CHECK_OK(db_read(c->db, &snap, &e));
        CHECK_INT(receipt_make(c, snap, id_at(last, 0), SHOW_ALL, a, &r, &e), RC_BUSY);
        CHECK_INT(receipt_make(c, snap, (struct id){ 9999 }, SHOW_ALL, a, &r, &e), RC_NOTFOUND);
    }
    CHECK_OK(county_seal_now(c, &e));
    for (int i = 0; i < 300; i += 23) {
        make(c, id_at(last, i), SHOW_ALL, a, &r);
        CHECK_INT(check(c, &r, &f, a), RC_OK);
        CHECK_INT(f.index, i);
        CHECK_INT(f.size, 300);
        CHECK(f.have_entry && span_is(f.entry.kind, "test.done") &&
              span_is(f.entry.unit, "330784"));
        CHECK(f.n_parts == 3 && f.n_shown == 3);
    }
    /* Every byte of the payload counts, and every byte of the proof but the extra's spelling.
     */
    for (size_t i = 0; i < r.record.n; i++) {
        uint8_t *copy = arena_copy(a, r.record.p, r.record.n);
        copy[i] ^= 1;
        struct receipt bad = r;
        bad.record.p = copy;
        if (check(c, &bad, &f, a) == RC_OK &&
            !(f.n_shown == 3 && f.parts[0].access != PART_OPEN))
            t_fail(__FILE__, __LINE__, "accepted with byte %zu of .record changed", i);
    }
    for (size_t i = 0; i < r.proof.n; i++) {
        uint8_t *copy = arena_copy(a, r.proof.p, r.proof.n);
        copy[i] ^= 1;
        struct receipt bad = r;
        bad.proof.p = copy;
        if (check(c, &bad, &f, a) == RC_OK)
            t_fail(__FILE__, __LINE__, "accepted with byte %zu of .tlog-proof changed", i);
    }
    /* The receipt of one record does not prove another's payload. */
    struct receipt other;
    make(c, id_at(last, 1), SHOW_ALL, a, &other);
    struct receipt mixed = { .proof = r.proof, .record = other.record };
    CHECK_INT(check(c, &mixed, &f, a), RC_UNPROVEN);
}
T_COUNTY(receipts)

static void masks(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct id id = t_record(c, "test.done", "330784", "E-1");
    struct receipt r;
    struct receipt_finding f;

    CHECK_OK(county_seal_now(c, &e));
    make(c, id, SHOW_OPEN, a, &r);
    const char *text = arena_strndup(a, (const char *)r.record.p, r.record.n);
    CHECK(strstr(text, "某人") == NULL && strstr(text, "tester") == NULL &&
          strstr(text, "E-1") != NULL);
    CHECK_INT(check(c, &r, &f, a), RC_OK);
    CHECK_INT(f.n_shown, 1);
    CHECK_OK(record_erase(c, id, 1 << 1, "依据", "admin", NULL, 0, &e));
    make(c, id, SHOW_ALL, a, &r);
    CHECK_INT(check(c, &r, &f, a), RC_OK);
    CHECK_INT(f.n_shown, 2);
    CHECK(f.parts[1].erased && !f.parts[2].erased);
}
T_COUNTY(masks)

static void trusts(void)
{
    /* keys of the verify tests */
    static const char log[] =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct policy *p;
    struct key key;
    struct str other;

    CHECK_OK(key_generate("other", VKEY_ED25519, &key, &e));
    str_init(&other, a);
    key_vkey(&key, &other);
    key_done(&key);
    CHECK_INT(trust_make(a, NULL, NULL, &p, &e), RC_INVALID);
    CHECK_INT(trust_make(a, "nonsense", NULL, &p, &e), RC_INVALID);
    CHECK_INT(trust_make(a, NULL, "quorum none\n", &p, &e), RC_INVALID); /* no log at all */
    CHECK_INT(trust_make(a, log, "quorum nobody\n", &p, &e), RC_INVALID);
    CHECK_OK(trust_make(a, log, NULL, &p, &e));
    CHECK(p->n_logs == 1 && p->quorum == SIZE_MAX);
    CHECK_OK(trust_make(a, log, "quorum none\n", &p, &e));
    const char *both = arena_printf(a, "log %s\nlog %s\nquorum none\n", log, other.s);
    CHECK_OK(trust_make(a, NULL, both, &p, &e));
    CHECK_INT(p->n_logs, 2);
    CHECK_OK(trust_make(a, log, both, &p, &e));
    CHECK(p->n_logs == 1 && span_is(p->logs[0].name, "PeterNeumann"));
    CHECK_INT(trust_make(a, log, arena_printf(a, "log %s\nquorum none\n", other.s), &p, &e),
              RC_INVALID);
}

static void canonical(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct canon c;
    size_t n;

    canon_init(&c, a);
    CHECK_STR(canon_end(&c, &n), "{}");
    canon_init(&c, a);
    canon_text(&c, "z", "a\"\\\b\f\n\r\t\x01/<>&文");
    canon_text(&c, "b", NULL);
    canon_int(&c, "a10", INT64_MIN);
    canon_int(&c, "a1", INT64_MAX);
    canon_real(&c, "r", 0.1);
    canon_real(&c, "r0", -0.0);
    canon_real(&c, "rn", NAN);
    canon_real(&c, "rb", 1e300);
    canon_hex(&c, "h", "\x01\xff", 2);
    canon_hex(&c, "h0", NULL, 0);
    canon_period(&c, "p", period_of(PERIOD_QUARTER, 2026, 3));
    canon_period(&c, "p0", (struct period){ 0 });
    canon_id(&c, "i", (struct id){ 5 });
    canon_id(&c, "i0", (struct id){ 0 });
    canon_json(&c, "j", "[1]");
    const char *text = canon_end(&c, &n);
    CHECK_STR(
        text,
        "{\"a1\":9223372036854775807,\"a10\":-9223372036854775808,\"b\":null,\"h\":\"01ff\","
        "\"h0\":null,\"i\":5,\"i0\":null,\"j\":[1],\"p\":\"2026Q3\",\"p0\":null,"
        "\"r\":\"0.10000000000000001\",\"r0\":\"0\",\"rb\":\"1.0000000000000001e+300\",\"rn\":"
        "null,\"z\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001/<>&文\"}");
    CHECK_INT(n, strlen(text));
}

static void rows(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum { N = 100 };
    uint8_t leaves[N][HASH_BYTES], path[MERKLE_PROOF_MAX][HASH_BYTES], root[HASH_BYTES],
        leaf[HASH_BYTES];
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    struct rows_hash h;
    struct canon c;
    size_t n;

    rows_hash_init(&h);
    for (int i = 0; i < N; i++) {
        const struct setting_audit_row row = { .key = arena_printf(a, "k%d", i),
                                               .value = "v",
                                               .changed_at = { i } };
        canon_init(&c, a);
        canon_row(&c, &setting_audit_query, &row);
        const char *json = canon_end(&c, &n);
        if (i == 7)
            CHECK_STR(json, "{\"changed_at\":7,\"key\":\"k7\",\"value\":\"v\"}");
        rows_leaf(json, n, leaves[i]);
        rows_hash_row(&h, &setting_audit_query, &row, scratch);
    }
    rows_hash_root(&h, root);
    size_t len = tree_path_of((const uint8_t(*)[HASH_BYTES])leaves, N, 7, path);
    rows_leaf("{\"changed_at\":7,\"key\":\"k7\",\"value\":\"v\"}",
              strlen("{\"changed_at\":7,\"key\":\"k7\",\"value\":\"v\"}"), leaf);
    CHECK(
        merkle_included(tlog_ops(), 7, N, leaf, (const uint8_t(*)[HASH_BYTES])path, len, root));
    rows_leaf("{\"changed_at\":8,\"key\":\"k7\",\"value\":\"v\"}",
              strlen("{\"changed_at\":8,\"key\":\"k7\",\"value\":\"v\"}"), leaf);
    CHECK(!merkle_included(tlog_ops(), 7, N, leaf, (const uint8_t(*)[HASH_BYTES])path, len,
                           root));
    canon_init(&c, a);
    canon_rows(&c, "setting", &h);
    CHECK(str_starts(canon_end(&c, &n), "{\"rows.setting\":{\"n\":100,\"root\":\""));
}

T_MAIN(T_COUNTY_CASES("a receipt proves its record and nothing else", receipts),
       T_COUNTY_CASES("a masked or erased receipt is still provable", masks),
       { "trust comes from a key, a policy or both", trusts },
       { "canonical JSON has one spelling", canonical },
       { "one row of many is proved by its path", rows })
