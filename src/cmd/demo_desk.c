/* What the parts of a turn of the demo's directives use. */
#include "cmd/demo_desk.h"

#include "base/period.h"
#include "base/str.h"
#include "monitor/demo.h"

#include <string.h>

void deed_say(struct deed *w, const char *field, const char *value)
{
    if (value && *value)
        w->given[w->n++] = (struct flow_given){ field, value };
}

bool desk_percent(struct desk *d, unsigned share)
{
    return rng_below(&d->r, 100) < share;
}

bool desk_trait(const struct desk *d, const char *trait, unsigned share)
{
    struct rng r;
    rng_init(&r, d->y->seed, demo_number(arena_printf(d->a, "%s %s", trait, d->x->title)));
    return rng_below(&r, 100) < share && d->x->due < day_of(DEMO_YEAR, 10, 6);
}

uint64_t desk_draw(struct desk *d, uint64_t from, uint64_t to)
{
    return from + rng_below(&d->r, to - from + 1);
}

const char *desk_day(const struct desk *d, int32_t day)
{
    char text[PERIOD_TEXT];
    return arena_strdup(d->a, day_code(day, text));
}

const char *desk_words(struct desk *d, const char *use)
{
    static const char *const uses[] = { "sign_off", "pass",    "verify", "upper", "ask_more",
                                        "back",     "deliver", "ask",    "head",  "no_more" };
    size_t i = 0;
    while (i < COUNT(uses) && !str_eq(uses[i], use))
        i++;
    return demo_words(d->o, use, d->x->title, strstr(d->x->result, "元") != NULL,
                      i < COUNT(uses) ? d->o->turn[i]++ : demo_number(d->x->title));
}

/* ---- people ---- */

const char *desk_clerk(const struct desk *d, const char *unit)
{
    const char *clerk = demo_account(d->y, unit, "clerk");
    return clerk ? clerk : demo_account(d->y, unit, "supplier");
}

const char *desk_unit_of(const struct desk *d, const char *account)
{
    for (size_t i = 0; i < d->y->n_accounts; i++)
        if (str_eq(d->y->accounts[i].code, account))
            return d->y->accounts[i].unit;
    return "";
}

bool desk_is_person(const struct desk *d, const char *to)
{
    return *desk_unit_of(d, to) != '\0';
}

/* Who holds it: the person it was given to, or the unit's clerk. */
const char *desk_holder(const struct desk *d)
{
    const char *person = matter_account(&d->m);
    return *person ? person : desk_clerk(d, matter_unit(&d->m));
}

const char *desk_group(const struct desk *d, const char *unit)
{
    for (size_t i = 0; i < d->y->n_accounts; i++) {
        size_t n;
        if (!str_eq(d->y->accounts[i].role, "group"))
            continue;
        char **units = str_split(d->a, d->y->accounts[i].scope, '|', &n);
        for (size_t k = 0; k < n; k++)
            if (str_eq(units[k], unit))
                return d->y->accounts[i].code;
    }
    return NULL;
}

enum rc desk_who(struct desk *d, const char *account, const struct flow_who **ret,
                 struct err *e)
{
    for (size_t i = 0; i < d->n_who; i++)
        if (str_eq(d->names[i], account)) {
            *ret = &d->who[i];
            return RC_OK;
        }
    struct person *p = arena_alloc(d->a, sizeof(*p));
    enum rc rc = demo_person(d->y, tx_snap(d->tx), account, d->a, p, e);
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(d->tx), d->y->c, p, d->us, d->a, &d->who[d->n_who], e);
    if (rc != RC_OK)
        return rc;
    d->names[d->n_who] = account;
    *ret = &d->who[d->n_who++];
    return RC_OK;
}
