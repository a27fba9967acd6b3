/*
 * Policies. The one idea: names are defined before they are used and each is a member at most
 * once, so that the groups form a forest and one pass in the order of the file decides the
 * quorum.
 */
#include "verify/policy.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* The next word of *rest; false when there is none. */
static bool word(struct span *rest, struct span *ret)
{
    size_t from = 0;

    while (from < rest->n && is_blank(rest->p[from]))
        from++;
    size_t to = from;
    while (to < rest->n && !is_blank(rest->p[to]))
        to++;
    if (from == to)
        return false;
    *ret = (struct span){ rest->p + from, to - from };
    *rest = span_skip(*rest, to);
    return true;
}

static bool at_end(struct span rest)
{
    struct span w;

    return !word(&rest, &w);
}

static size_t node_find(const struct policy *p, struct span name)
{
    for (size_t i = 0; i < p->n_nodes; i++)
        if (span_eq(p->nodes[i].name, name))
            return i;
    return SIZE_MAX;
}

static bool node_add(struct policy *p, struct span name, size_t witness)
{
    if (span_is(name, "none") || node_find(p, name) != SIZE_MAX)
        return false;
    p->nodes[p->n_nodes++] =
        (struct policy_node){ .name = name, .witness = witness, .parent = SIZE_MAX };
    return true;
}

static bool key_is_new(const struct vkey *keys, size_t n, const struct vkey *key)
{
    for (size_t i = 0; i < n; i++)
        if (vkey_same_key(&keys[i], key))
            return false;
    return true;
}

static bool read_log(const struct verify_ops *ops, struct span rest, struct policy *p)
{
    struct span key, url = { NULL, 0 };
    struct vkey *k = &p->logs[p->n_logs];

    if (p->n_logs == POLICY_LOGS_MAX || !word(&rest, &key) || !vkey_parse(ops, key, k) ||
        k->type == VKEY_COSIGNATURE || !key_is_new(p->logs, p->n_logs, k))
        return false;
    (void)word(&rest, &url); /* the address is optional */
    p->log_urls[p->n_logs++] = url;
    return at_end(rest);
}

static bool read_witness(const struct verify_ops *ops, struct span rest, struct policy *p)
{
    struct span name, key, url = { NULL, 0 };
    struct vkey *k = &p->witnesses[p->n_witnesses];

    if (p->n_witnesses == POLICY_WITNESSES_MAX || !word(&rest, &name) || !word(&rest, &key) ||
        !vkey_parse(ops, key, k) || k->type != VKEY_COSIGNATURE ||
        !key_is_new(p->witnesses, p->n_witnesses, k) || !node_add(p, name, p->n_witnesses))
        return false;
    (void)word(&rest, &url); /* the address is optional */
    p->witness_urls[p->n_witnesses++] = url;
    return at_end(rest);
}

static bool read_group(struct span rest, struct policy *p)
{
    struct span name, least, member;
    uint64_t k = 0;
    size_t n = 0, group = p->n_nodes;

    if (p->n_nodes - p->n_witnesses == POLICY_GROUPS_MAX || !word(&rest, &name) ||
        !word(&rest, &least))
        return false;
    for (; word(&rest, &member); n++) {
        size_t i = node_find(p, member);
        if (i == SIZE_MAX || p->nodes[i].parent != SIZE_MAX)
            return false;
        p->nodes[i].parent = group;
    }
    if (span_is(least, "all"))
        k = n;
    else if (span_is(least, "any"))
        k = 1;
    else if (!span_uint64(least, &k))
        return false;
    if (k < 1 || k > n || !node_add(p, name, SIZE_MAX))
        return false;
    p->nodes[group].least = (size_t)k;
    return true;
}

static bool read_quorum(struct span rest, struct policy *p, bool *seen)
{
    struct span name;

    if (*seen || !word(&rest, &name) || !at_end(rest))
        return false;
    *seen = true;
    p->quorum = node_find(p, name);
    return p->quorum != SIZE_MAX || span_is(name, "none");
}

static bool read_line(const struct verify_ops *ops, struct span line, struct policy *p,
                      bool *quorum)
{
    struct span rest = line, first;

    for (size_t i = 0; i < line.n; i++)
        if ((line.p[i] < 0x20 && line.p[i] != '\t') || line.p[i] == 0x7f)
            return false;
    if (!word(&rest, &first) || first.p[0] == '#')
        return true;
    if (span_is(first, "log"))
        return read_log(ops, rest, p);
    if (span_is(first, "witness"))
        return read_witness(ops, rest, p);
    if (span_is(first, "group"))
        return read_group(rest, p);
    return span_is(first, "quorum") && read_quorum(rest, p, quorum);
}

bool policy_parse(const struct verify_ops *ops, struct span text, struct policy *ret,
                  size_t *ret_line)
{
    struct span line;
    bool quorum = false;

    ret->n_logs = ret->n_witnesses = ret->n_nodes = 0;
    ret->quorum = SIZE_MAX;
    for (*ret_line = 1; span_line(&text, &line); (*ret_line)++)
        if (!read_line(ops, line, ret, &quorum))
            return false;
    /* Every line ends in a newline; what is left over is a line cut short. */
    return text.n == 0 && quorum;
}

bool policy_quorum(const struct policy *p, const bool signed_by[POLICY_WITNESSES_MAX])
{
    size_t count[POLICY_WITNESSES_MAX + POLICY_GROUPS_MAX];

    if (p->quorum == SIZE_MAX)
        return true;
    for (size_t i = 0; i < p->n_nodes; i++)
        count[i] = 0;
    for (size_t i = 0; i < p->n_nodes; i++) {
        const struct policy_node *node = &p->nodes[i];
        bool have =
            node->witness == SIZE_MAX ? count[i] >= node->least : signed_by[node->witness];
        if (have && i == p->quorum)
            return true;
        if (have && node->parent != SIZE_MAX)
            count[node->parent]++;
    }
    return false;
}

enum verdict policy_check(const struct verify_ops *ops, const struct policy *p,
                          struct span note, uint64_t now, struct policy_finding *ret)
{
    struct note n;
    struct note_seal logs[POLICY_LOGS_MAX];
    bool signed_by[POLICY_WITNESSES_MAX];
    enum { DAY = 86400 };

    ret->n_signed = 0;
    ret->log = SIZE_MAX;
    if (!note_parse(note, &n) || !checkpoint_parse(n.text, &ret->checkpoint))
        return VERDICT_MALFORMED;
    enum verdict v = note_verify(ops, &n, p->logs, p->n_logs, logs);
    if (v != VERDICT_OK)
        return v;
    for (size_t i = 0; i < p->n_logs && ret->log == SIZE_MAX; i++)
        if (logs[i].ok && span_eq(p->logs[i].name, ret->checkpoint.origin))
            ret->log = i;
    if (ret->log == SIZE_MAX)
        return VERDICT_WRONG_ORIGIN;
    v = note_verify(ops, &n, p->witnesses, p->n_witnesses, ret->witnesses);
    if (v != VERDICT_OK && v != VERDICT_UNSIGNED)
        return v;
    for (size_t i = 0; i < p->n_witnesses; i++) {
        if (now != 0 && ret->witnesses[i].time > now && ret->witnesses[i].time - now > DAY)
            ret->witnesses[i].ok = false;
        signed_by[i] = ret->witnesses[i].ok;
        ret->n_signed += signed_by[i];
    }
    return policy_quorum(p, signed_by) ? VERDICT_OK : VERDICT_NO_QUORUM;
}
