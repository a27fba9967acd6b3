/*
 * Values that come by an import or a pull. The one idea: what a round asks for goes the way of
 * what is typed. Such a row becomes a cell of the filing, and a value when that is signed; the
 * import says which rows those are, the filing where its cells came from.
 */
#include "base/map.h"
#include "base/str.h"
#include "collect/filing.h"
#include "collect/round.sql.h"
#include "store/county.h"

#include <math.h>
#include <string.h>

/* A filing that asks for something in the file, with its cells as they are. */
struct taker {
    const char *code;
    const char *source;
    bool editable, came;       /* came: something of this import became a part of it */
    bool told;                 /* something of it lies in or beside it */
    struct map *cell, *beside; /* "unit point period" → struct cells_of_row */
    int64_t n;
};
/* A point is asked for the periods that end in a round's. */
struct asked {
    struct taker *of;
    struct period round;
};
struct sorting {
    const struct snap *s;
    const struct values_context *x;
    struct arena *a;
    struct asked **asked; /* by point; NULL: not looked up yet */
    size_t *n_asked;
    struct taker **taker;
    size_t n_takers;
    struct map *by_code;
};

static const char *key_of(struct arena *a, const char *unit, const char *point, struct period p)
{
    char code[PERIOD_TEXT];
    return arena_printf(a, "%s %s %s", unit, point, period_code(p, code));
}

static enum rc find_taker(struct sorting *x, const char *code, const char *source,
                          const char *state, struct taker **ret, struct err *e)
{
    struct cells_of_row *rows;
    size_t n;
    if ((*ret = map_get(x->by_code, code)))
        return RC_OK;
    struct taker *t = *ret = arena_alloc(x->a, sizeof(*t));
    *t = (struct taker){ .code = code,
                         .source = source,
                         .editable = filing_editable(state),
                         .cell = map_new(x->a),
                         .beside = map_new(x->a) };
    enum rc rc = cells_of_all(x->s, code, x->a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        map_set(rows[i].aside ? t->beside : t->cell,
                key_of(x->a, rows[i].unit, rows[i].point, rows[i].period), &rows[i]);
    struct taker **more = arena_array(x->a, x->n_takers + 1, sizeof(*more));
    if (x->n_takers)
        memcpy(more, x->taker, x->n_takers * sizeof(*more));
    more[x->n_takers++] = t;
    x->taker = more;
    map_set(x->by_code, code, t);
    return rc;
}

static enum rc look_up(struct sorting *x, size_t point, struct err *e)
{
    const struct point *p = &x->x->points[point];
    struct filings_asking_row *rows;
    size_t n;
    enum rc rc = filings_asking_all(x->s, p->code, p->owner, x->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    x->asked[point] = arena_array(x->a, n + 1, sizeof(**x->asked));
    x->n_asked[point] = n;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        x->asked[point][i].round = rows[i].period;
        rc = find_taker(x, rows[i].filing, p->owner, rows[i].state, &x->asked[point][i].of, e);
    }
    return rc;
}

/* The filing that asks for a row, NULL when none does. */
static enum rc taker_of(struct sorting *x, const struct value_row *r, struct taker **ret,
                        struct err *e)
{
    int32_t last = period_last_day(r->period);
    enum rc rc = x->asked[r->point] ? RC_OK : look_up(x, r->point, e);
    *ret = NULL;
    for (size_t i = 0; rc == RC_OK && !*ret && i < x->n_asked[r->point]; i++) {
        const struct asked *k = &x->asked[r->point][i];
        if (last >= period_first_day(k->round) && last <= period_last_day(k->round) &&
            point_applies(&x->x->points[r->point], x->x->unit[r->unit]))
            *ret = k->of;
    }
    return rc;
}

static struct sorting sorting(const struct snap *s, const struct values_context *x,
                              struct arena *a)
{
    return (struct sorting){ .s = s,
                             .x = x,
                             .a = a,
                             .asked = arena_array(a, x->n_points, sizeof(struct asked *)),
                             .n_asked = arena_array(a, x->n_points, sizeof(size_t)),
                             .by_code = map_new(a) };
}

static const char *row_key(const struct sorting *x, const struct value_row *r)
{
    return key_of(x->a, x->x->unit[r->unit]->code, x->x->points[r->point].code, r->period);
}

const char *filing_text_of(const struct value_row *r, struct arena *a)
{
    struct str b;
    if (isnan(r->value))
        return r->missing;
    str_init(&b, a);
    json_num(&b, r->value);
    return b.s;
}

/* Does it say what the filing says already? Else what stands there is the value there is. */
static bool says_nothing_new(struct sorting *x, const struct taker *t,
                             const struct value_row *r)
{
    const char *key = row_key(x, r);
    const struct cells_of_row *c = t->editable ? NULL : map_get(t->beside, key);
    if (!c)
        c = map_get(t->cell, key);
    return c ? str_eq(c->text, filing_text_of(r, x->a)) && str_eq(c->note, r->note)
             : r->state == VALUE_SAME;
}

/* ---- the check ---- */

static void count_again(struct values_checked *k, const struct sorting *x)
{
    struct values_filing *f = arena_array(x->a, x->n_takers, sizeof(*f));
    k->fresh = k->changed = k->same = 0;
    for (size_t i = 0; i < x->n_takers; i++)
        f[i] =
            (struct values_filing){ .code = x->taker[i]->code, .source = x->taker[i]->source };
    for (size_t i = 0; i < k->n; i++) {
        const struct value_row *r = &k->row[i];
        if (r->state == VALUE_SAME || !r->filing) {
            *(r->state == VALUE_FRESH  ? &k->fresh
              : r->state == VALUE_SAME ? &k->same
                                       : &k->changed) += 1;
            continue;
        }
        size_t j = 0;
        while (!str_eq(f[j].code, r->filing))
            j++;
        *(r->aside ? &f[j].aside : &f[j].waiting) += 1;
        *(r->aside ? &k->aside : &k->waiting) += 1;
    }
    for (size_t i = 0; i < x->n_takers; i++)
        if (f[i].waiting || f[i].aside)
            f[k->n_filing++] = f[i];
    k->filing = f;
}

static enum rc part(const struct snap *s, const struct values_context *v,
                    struct values_checked *k, struct arena *a, struct err *e)
{
    struct sorting x = sorting(s, v, a);
    struct value_row *marked = NULL;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < k->n && rc == RC_OK; i++) {
        struct taker *t;
        rc = taker_of(&x, &k->row[i], &t, e);
        if (rc != RC_OK || !t)
            continue;
        if (!marked)
            k->row = marked = arena_copy(a, k->row, k->n * sizeof(*marked));
        struct value_row *r = &marked[i];
        r->filing = t->code;
        r->aside = !t->editable;
        r->state = says_nothing_new(&x, t, r) ? VALUE_SAME
                   : r->state == VALUE_SAME   ? VALUE_CHANGED
                                              : r->state;
    }
    if (rc == RC_OK && marked)
        count_again(k, &x);
    return rc;
}

/* ---- the change ---- */

/* Nobody asks any more: the round was closed since the check. It is kept beside the filing. */
static enum rc still(struct sorting *x, const struct value_row *r, struct taker **ret,
                     struct err *e)
{
    return *ret && str_eq((*ret)->code, r->filing)
               ? RC_OK
               : find_taker(x, r->filing, x->x->points[r->point].owner, "stopped", ret, e);
}

static enum rc put(struct sorting *x, struct tx *tx, struct county *c,
                   const struct values_arrival *v, const struct value_row *r, struct taker *t,
                   struct err *e)
{
    const char *unit = x->x->unit[r->unit]->code, *point = x->x->points[r->point].code;
    enum rc rc = RC_OK;
    if (t->editable && map_has(t->beside, row_key(x, r))) /* settled by this */
        rc = cell_drop(tx, t->code, unit, point, r->period, true, NULL, e);
    if (rc == RC_OK)
        rc =
            cell_put(tx, t->code, unit, point, r->period, !t->editable, filing_text_of(r, x->a),
                     r->note, v->import, v->by, county_now(c), NULL, e);
    t->told = true;
    t->came |= t->editable;
    t->n++;
    return rc;
}

/* The filing is told how many, and linked with the import. */
static enum rc tell(struct tx *tx, struct county *c, const struct values_arrival *v,
                    const struct taker *t, struct arena *a, struct err *e)
{
    const struct flow_who w = flow_who_system(v->x->units);
    const struct flow_link link = { "import", v->import };
    const struct flow_given came = { "came", arena_printf(a, "%lld", (long long)t->n) };
    struct flow_done done;
    enum rc rc = RC_OK;
    if (t->came)
        rc = flow_move(tx, c, &w,
                       &(struct flow_act){ .matter = t->code,
                                           .verb = "arrive",
                                           .version = -1,
                                           .given = &came,
                                           .n_given = 1 },
                       a, &done, e);
    return rc == RC_OK && t->told ? flow_add_links(tx, c, &w, t->code, &link, 1, a, &done, e)
                                  : rc;
}

static enum rc arrived(struct tx *tx, struct county *c, const struct values_arrival *v,
                       struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct sorting x = sorting(tx_snap(tx), v->x, a);
    enum rc rc = RC_OK;
    if (v->x->signed_for)
        return RC_OK;
    for (size_t i = 0; i < v->checked->n && rc == RC_OK; i++) {
        const struct value_row *r = &v->checked->row[i];
        struct taker *t;
        if (r->state == VALUE_SAME)
            continue;
        rc = taker_of(&x, r, &t, e);
        if (rc == RC_OK && t && !r->filing)
            rc = err_set(e, RC_CONFLICT,
                         N_("{code}刚刚开始采集这些数,它们要先经签发;请再核对一次"), "code",
                         t->code);
        if (rc == RC_OK && r->filing)
            rc = still(&x, r, &t, e);
        if (rc == RC_OK && r->filing)
            rc = put(&x, tx, c, v, r, t, e);
    }
    for (size_t i = 0; i < x.n_takers && rc == RC_OK; i++)
        rc = tell(tx, c, v, x.taker[i], a, e);
    return rc;
}

static enum rc went(const struct snap *s, const char *import, struct arena *a,
                    struct values_filing **ret, size_t *ret_n, struct err *e)
{
    struct filings_of_import_row *rows;
    size_t n;
    enum rc rc = filings_of_import_all(s, import, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = (struct values_filing){ .code = rows[i].filing,
                                            .source = rows[i].source,
                                            .waiting = (size_t)rows[i].waiting,
                                            .aside = (size_t)rows[i].aside };
    return RC_OK;
}

void filings_follow_imports(struct county *c)
{
    static const struct values_follower follower = { part, arrived, went };
    values_import_tell(c, &follower);
}
