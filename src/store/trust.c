/* Trust from the command line. The one idea: everything becomes one tlog-policy text, parsed by
 * the one parser. */
#include "store/trust.h"

#include "base/str.h"
#include "tlog/ops.h"

#include <string.h>

/* The policy without its log lines. */
static const char *without_logs(struct arena *a, const char *policy)
{
    struct span rest = span_of(policy), line;
    struct str b;

    str_init(&b, a);
    while (span_line(&rest, &line)) {
        struct span s = line;
        while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
            s = span_skip(s, 1);
        /* Lines keep their numbers. */
        if (!span_starts(s, "log ") && !span_starts(s, "log\t"))
            str_addn(&b, line.p, line.n);
        str_addc(&b, '\n');
    }
    str_addn(&b, rest.p, rest.n);
    return b.s;
}

static bool has_log(const struct policy *p, const struct vkey *key)
{
    for (size_t i = 0; i < p->n_logs; i++)
        if (span_eq(p->logs[i].name, key->name) && vkey_same_key(&p->logs[i], key))
            return true;
    return p->n_logs == 0;
}

static enum rc read_policy(struct arena *a, const char *text, struct policy *ret, struct err *e)
{
    size_t line;

    if (policy_parse(tlog_ops(), span_of(text), ret, &line))
        return RC_OK;
    return err_set(e, RC_INVALID, N_("策略文件第 {line} 行不对(tlog-policy 格式)"), "line",
                   arena_printf(a, "%zu", line));
}

enum rc trust_make(struct arena *a, const char *vkey, const char *policy, struct policy **ret,
                   struct err *e)
{
    struct policy *p = arena_alloc(a, sizeof(*p));
    struct vkey key;

    if (vkey == NULL && policy == NULL)
        return err_set(e, RC_INVALID, N_("要给出日志公钥(--vkey)或策略文件(--policy)"));
    if (vkey != NULL &&
        (!vkey_parse(tlog_ops(), span_of(vkey), &key) || key.type == VKEY_COSIGNATURE))
        return err_set(e, RC_INVALID, N_("日志公钥 {vkey} 无效:应是 名称+编号+密钥"), "vkey",
                       vkey);
    const char *text = policy == NULL ? "quorum none\n" : policy;
    enum rc rc = read_policy(a, text, p, e);
    if (rc == RC_OK && vkey != NULL) {
        if (!has_log(p, &key))
            return err_set(e, RC_INVALID, N_("策略文件里没有日志公钥 {vkey}"), "vkey", vkey);
        const char *all = arena_printf(a, "log %s\n%s", vkey, without_logs(a, text));
        rc = read_policy(a, all, p, e);
    }
    if (rc == RC_OK && p->n_logs == 0)
        return err_set(e, RC_INVALID, N_("策略文件里没有日志,要用 --vkey 给出"));
    if (rc == RC_OK)
        *ret = p;
    return rc;
}

const char *trust_witnesses(struct arena *a, const struct policy *p,
                            const struct policy_finding *f)
{
    struct str b;

    str_init(&b, a);
    for (size_t i = 0; i < p->n_witnesses; i++) {
        if (!f->witnesses[i].ok)
            continue;
        if (b.n > 0)
            str_add(&b, ", ");
        str_addn(&b, p->witnesses[i].name.p, p->witnesses[i].name.n);
    }
    return b.s;
}
