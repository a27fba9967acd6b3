/*
 * Signed notes. The one idea: a line counts only when both name and id are those of a key we
 * know; anything else is ignored, so that others may add their signatures freely.
 */
#include "verify/note.h"

void vkey_id(const struct verify_ops *ops, struct span name, uint8_t type, struct span key,
             uint8_t ret[4])
{
    const uint8_t between[] = { '\n', type };
    const struct span parts[] = { name, { between, sizeof(between) }, key };
    uint8_t hash[HASH_BYTES];

    ops->sha256(ops->ctx, parts, 3, hash);
    for (size_t i = 0; i < 4; i++)
        ret[i] = hash[i];
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool span_before(struct span *rest, uint8_t c, struct span *ret)
{
    for (size_t i = 0; i < rest->n; i++) {
        if (rest->p[i] != c)
            continue;
        *ret = (struct span){ rest->p, i };
        *rest = span_skip(*rest, i + 1);
        return true;
    }
    return false;
}

static bool key_known(const struct verify_ops *ops, uint8_t type, struct span key)
{
    struct span label = span_of(VKEY_SM2_LABEL);

    if (type == VKEY_ED25519 || type == VKEY_COSIGNATURE)
        return key.n == 32;
    return type == VKEY_OTHER && ops->sm2 != NULL && key.n == label.n + 65 &&
           span_starts(key, VKEY_SM2_LABEL);
}

bool vkey_parse(const struct verify_ops *ops, struct span text, struct vkey *ret)
{
    struct span rest = text, name, hex;
    uint8_t id[4], raw[1 + VKEY_MAX];
    size_t n;

    /* The base64 of the key may itself have plus signs: only the first two separate. */
    if (!span_before(&rest, '+', &name) || !span_before(&rest, '+', &hex) || hex.n != 8 ||
        !span_key_name(name) || !span_base64(rest, raw, sizeof(raw), &n) || n < 2)
        return false;
    struct vkey k = { .name = name, .type = raw[0], .n = n - 1 };
    for (size_t i = 0; i < 4; i++) {
        int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        k.id[i] = (uint8_t)(high << 4 | low);
    }
    for (size_t i = 0; i < k.n; i++)
        k.key[i] = raw[1 + i];
    if (!key_known(ops, k.type, (struct span){ k.key, k.n }))
        return false;
    vkey_id(ops, name, k.type, (struct span){ k.key, k.n }, id);
    if (!span_eq((struct span){ id, 4 }, (struct span){ k.id, 4 }))
        return false;
    *ret = k;
    return true;
}

bool vkey_same_key(const struct vkey *a, const struct vkey *b)
{
    return span_eq((struct span){ a->key, a->n }, (struct span){ b->key, b->n });
}

/* U+2014 and a space begin every signature line. */
#define LINE_MARK "\xe2\x80\x94 "

static bool line_parse(struct span line, struct note_line *ret)
{
    struct note_line l = { .line = line };
    size_t n;

    if (!span_starts(line, LINE_MARK))
        return false;
    struct span rest = span_skip(line, sizeof(LINE_MARK) - 1);
    if (!span_before(&rest, ' ', &l.name) || !span_key_name(l.name) ||
        !span_base64_size(rest, &n) || n < 5)
        return false;
    /* Eight digits hold the id and at least one byte more. */
    uint8_t head[6];
    if (!span_base64((struct span){ rest.p, 8 }, head, sizeof(head), &n))
        return false;
    for (size_t i = 0; i < 4; i++)
        l.id[i] = head[i];
    l.base64 = rest;
    *ret = l;
    return true;
}

bool note_next(struct span *rest, struct note_line *ret)
{
    struct span line;

    return span_line(rest, &line) && line_parse(line, ret);
}

bool note_parse(struct span in, struct note *ret)
{
    size_t at = 0;

    if (in.n < 3 || in.n > NOTE_MAX || in.p[in.n - 1] != '\n' || !span_note_text(in))
        return false;
    for (size_t i = in.n - 1; i > 0 && at == 0; i--)
        if (in.p[i] == '\n' && in.p[i - 1] == '\n')
            at = i;
    if (at == 0)
        return false;
    struct note note = { .text = { in.p, at }, .lines = span_skip(in, at + 1) };
    if (note.lines.n == 0)
        return false;
    struct span rest = note.lines;
    struct note_line line;
    for (size_t n = 0; rest.n > 0; n++)
        if (n == NOTE_SIGNATURES_MAX || !note_next(&rest, &line))
            return false;
    *ret = note;
    return true;
}

size_t cosignature_head(uint64_t time, uint8_t out[COSIGNATURE_HEAD_MAX])
{
    struct span head = span_of("cosignature/v1\ntime ");
    size_t n = 0;

    for (; n < head.n; n++)
        out[n] = head.p[n];
    n += decimal_write(time, out + n);
    out[n++] = '\n';
    return n;
}

static bool line_is(const struct note_line *line, const struct vkey *key)
{
    return span_eq(line->name, key->name) &&
           span_eq((struct span){ line->id, 4 }, (struct span){ key->id, 4 });
}

bool note_line_verify(const struct verify_ops *ops, struct span text,
                      const struct note_line *line, const struct vkey *key, uint64_t *ret_time)
{
    uint8_t blob[4 + 8 + 96];
    size_t n;

    if (!line_is(line, key) || !span_base64(line->base64, blob, sizeof(blob), &n))
        return false;
    if (key->type == VKEY_ED25519) {
        *ret_time = 0;
        return n == 4 + 64 && ops->ed25519(ops->ctx, key->key, &text, 1, blob + 4);
    }
    if (key->type == VKEY_COSIGNATURE) {
        uint64_t time = 0;
        uint8_t head[COSIGNATURE_HEAD_MAX];
        for (size_t i = 0; i < 8 && n > 12; i++)
            time = time << 8 | blob[4 + i];
        struct span parts[] = { { head, cosignature_head(time, head) }, text };
        if (n != 4 + 8 + 64 || time > INT64_MAX ||
            !ops->ed25519(ops->ctx, key->key, parts, 2, blob + 12))
            return false;
        *ret_time = time;
        return true;
    }
    *ret_time = 0;
    return ops->sm2 != NULL && key->n == sizeof(VKEY_SM2_LABEL) - 1 + 65 &&
           ops->sm2(ops->ctx, key->key + sizeof(VKEY_SM2_LABEL) - 1, &text, 1,
                    (struct span){ blob + 4, n - 4 });
}

enum verdict note_verify(const struct verify_ops *ops, const struct note *note,
                         const struct vkey *keys, size_t n, struct note_seal *seals)
{
    struct span rest = note->lines;
    struct note_line line;
    bool any = false;

    for (size_t i = 0; i < n; i++)
        seals[i] = (struct note_seal){ .ok = false };
    while (note_next(&rest, &line)) {
        for (size_t i = 0; i < n; i++) {
            if (!line_is(&line, &keys[i]))
                continue;
            uint64_t time;
            if (!note_line_verify(ops, note->text, &line, &keys[i], &time))
                return VERDICT_BAD_SIGNATURE;
            /* Of two cosignatures of one witness the newer counts. */
            if (!seals[i].ok || time > seals[i].time)
                seals[i] = (struct note_seal){ .ok = true, .time = time };
            any = true;
        }
    }
    return any ? VERDICT_OK : VERDICT_UNSIGNED;
}

bool checkpoint_parse(struct span text, struct checkpoint *ret)
{
    struct checkpoint c;
    struct span size, root;

    if (!span_line(&text, &c.origin) || !span_line(&text, &size) || !span_line(&text, &root) ||
        text.n != 0 || c.origin.n == 0 || !span_uint64(size, &c.size) ||
        !span_hash(root, c.root))
        return false;
    *ret = c;
    return true;
}
