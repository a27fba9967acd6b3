/*
 * Who the client is behind proxies we trust. X-Forwarded-For is read from the right: each hop
 * that is a trusted proxy is passed over, the first that is not is the client; everything
 * further left was written by the client itself.
 */
#include "base/hash.h"
#include "base/parse.h"
#include "web/private.h"

#include <arpa/inet.h>
#include <string.h>

struct network {
    uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;
};
struct networks {
    struct network *v;
    size_t n;
};

/* "10.1.2.3", "::1", "[::1]"; a port is not allowed. */
static bool address_parse(const char *s, uint8_t out[16], bool *ret_v4)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    *ret_v4 = inet_pton(AF_INET, s, out + 12) == 1;
    if (*ret_v4) {
        memcpy(out, mapped, 12);
        return true;
    }
    return inet_pton(AF_INET6, s, out) == 1;
}

enum rc networks_parse(struct arena *a, const char *text, struct networks **ret, struct err *e)
{
    struct networks *list = arena_alloc(a, sizeof(*list));
    size_t n;
    char **words = str_split(a, text, ' ', &n);
    list->v = arena_array(a, n, sizeof(*list->v));
    for (size_t i = 0; i < n; i++) {
        if (!*words[i])
            continue;
        size_t len = strcspn(words[i], "/");
        const char *address = arena_strndup(a, words[i], len);
        struct network net;
        bool v4;
        int64_t bits = 0;
        bool ok = address_parse(address, net.bytes, &v4);
        int64_t most = v4 ? 32 : 128;
        if (ok && words[i][len])
            ok = parse_int64(words[i] + len + 1, 0, most, "/", &bits, e) == RC_OK;
        else
            bits = most;
        if (!ok)
            return err_set(e, RC_INVALID, N_("受信代理 {text} 不是地址或网段,例如 10.0.0.0/8"),
                           "text", words[i]);
        net.bits = (unsigned)bits + (v4 ? 96 : 0);
        list->v[list->n++] = net;
    }
    *ret = list;
    return RC_OK;
}

bool networks_has(const struct networks *list, const char *address)
{
    uint8_t b[16];
    bool v4;
    if (!list || !address_parse(address, b, &v4))
        return false;
    for (size_t i = 0; i < list->n; i++) {
        unsigned whole = list->v[i].bits / 8, rest = list->v[i].bits % 8;
        if (memcmp(b, list->v[i].bytes, whole) == 0 &&
            (rest == 0 || (b[whole] ^ list->v[i].bytes[whole]) >> (8 - rest) == 0))
            return true;
    }
    return false;
}

const char *address_key(struct arena *a, const char *address)
{
    uint8_t b[16];
    bool v4;
    char hex[17];
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (!address_parse(address, b, &v4) || v4 || memcmp(b, mapped, sizeof(mapped)) == 0)
        return address;
    return arena_printf(a, "%s/64", hex_encode(b, 8, hex));
}

const char *client_address(const struct networks *n, const char *peer, const char *forwarded,
                           struct arena *a)
{
    uint8_t bytes[16];
    bool v4;
    const char *client = peer;
    size_t count = 0;
    char **hops = forwarded ? str_split(a, forwarded, ',', &count) : NULL;
    while (count > 0 && networks_has(n, client)) {
        const char *hop = str_trim(a, hops[--count]);
        if (!address_parse(hop, bytes, &v4))
            break; /* "unknown" or a lie: the proxy before it is as far as we know */
        client = hop;
    }
    return client;
}
