/* How a matter stands in a few words, for lists. Only kinds that are split into parts of their
 * own kind say it: their describe is asked on nobody's behalf. */
#include "base/str.h"
#include "flow/inbox.h"
#include "flow/matter.h"
#include "store/county.h"

bool flow_has_facts(const struct flow_kind *k)
{
    return k && k->describe && word_in(k->part_of, k->code, ' ');
}

enum rc flow_facts(const struct snap *s, struct county *c, const char *kind, const char *code,
                   enum lang lang, struct arena *a, const struct flow_fact **ret, size_t *ret_n,
                   struct err *e)
{
    const struct flow_kind *k = flow_kind_of(c, kind);
    struct flow_words words = { 0 };
    struct matter m;
    *ret_n = 0;
    if (!flow_has_facts(k))
        return RC_OK;
    enum rc rc = matter_load(s, c, code, a, &m, e);
    if (rc == RC_OK)
        rc = k->describe(
            &(struct flow_look){ .c = c, .snap = s, .kind = k, .matter = &m, .by = "" }, lang,
            a, &words, e);
    *ret = words.facts;
    *ret_n = words.n_facts;
    return rc;
}

enum rc flow_facts_text(const struct snap *s, struct county *c, const struct matter_line *l,
                        enum lang lang, struct arena *a, const char **ret, struct err *e)
{
    const struct flow_fact *f;
    struct str b;
    size_t n;
    enum rc rc = flow_facts(s, c, l->kind, l->code, lang, a, &f, &n, e);
    str_init(&b, a);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        str_add(&b, i ? lang_text(lang, N_("；")) : "");
        str_add(&b, text_fill(a, lang_text(lang, N_("{name}：{value}")), "name", f[i].name,
                              "value", f[i].value, NULL));
    }
    *ret = b.s;
    return rc;
}
