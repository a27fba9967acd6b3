/* Commitments and entries, version 1. The one idea: each value has exactly one encoding, and
 * the parser refuses the rest. */
#include "verify/record.h"

static void put_u32(uint8_t out[4], uint32_t v)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(v >> (24 - 8 * i));
}

void record_part_hash(const struct verify_ops *ops, uint32_t i, const uint8_t salt[SALT_BYTES],
                      struct span bytes, uint8_t out[HASH_BYTES])
{
    static const char label[] = "jingjian/part/v1"; /* its NUL is the separating 00 */
    uint8_t number[4];
    const struct span parts[] = {
        { (const uint8_t *)label, sizeof(label) }, { number, 4 }, { salt, SALT_BYTES }, bytes
    };

    put_u32(number, i);
    ops->sha256(ops->ctx, parts, 4, out);
}

void record_commitment(const struct verify_ops *ops, const uint8_t (*parts)[HASH_BYTES],
                       uint32_t n, uint8_t out[HASH_BYTES])
{
    static const char label[] = "jingjian/record/v1"; /* its NUL is the separating 00 */
    uint8_t number[4];
    const struct span all[] = { { (const uint8_t *)label, sizeof(label) },
                                { number, 4 },
                                { n == 0 ? NULL : parts[0], (size_t)n * HASH_BYTES } };

    put_u32(number, n);
    ops->sha256(ops->ctx, all, 3, out);
}

static bool is_text(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
            return false;
    return s.n <= ENTRY_TEXT_MAX;
}

bool entry_write(const struct entry *entry, uint8_t out[ENTRY_MAX], size_t *ret_n)
{
    const struct span texts[] = { entry->kind, entry->unit, entry->subject };
    size_t n = 0;

    if (entry->time_us < 0 || entry->kind.n == 0)
        return false;
    out[n++] = 0x01;
    for (int i = 0; i < 8; i++)
        out[n++] = (uint8_t)((uint64_t)entry->time_us >> (56 - 8 * i));
    for (size_t t = 0; t < 3; t++) {
        if (!is_text(texts[t]))
            return false;
        out[n++] = (uint8_t)texts[t].n;
        for (size_t i = 0; i < texts[t].n; i++)
            out[n++] = texts[t].p[i];
    }
    hash_copy(out + n, entry->commitment);
    *ret_n = n + HASH_BYTES;
    return true;
}

bool entry_parse(struct span in, struct entry *ret)
{
    struct entry e = { 0 };
    struct span *texts[] = { &e.kind, &e.unit, &e.subject };
    uint64_t time = 0;

    if (in.n < 9 || in.p[0] != 0x01)
        return false;
    for (size_t i = 1; i < 9; i++)
        time = time << 8 | in.p[i];
    in = span_skip(in, 9);
    for (size_t t = 0; t < 3; t++) {
        if (in.n == 0 || in.n - 1 < in.p[0])
            return false;
        *texts[t] = (struct span){ in.p + 1, in.p[0] };
        in = span_skip(in, 1 + (size_t)in.p[0]);
        if (!is_text(*texts[t]))
            return false;
    }
    if (time > INT64_MAX || e.kind.n == 0 || in.n != HASH_BYTES)
        return false;
    e.time_us = (int64_t)time;
    hash_copy(e.commitment, in.p);
    *ret = e;
    return true;
}
