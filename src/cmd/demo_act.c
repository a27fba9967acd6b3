/* The demo's people at their matters. */
#include "cmd/demo_act.h"

#include "base/str.h"
#include "flow/calendar.h"

struct acting {
    struct county *c;
    const struct flow_who *w;
    struct flow_act act;
    struct arena *a;
    struct flow_done done;
};

static enum rc act(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    return flow_move(tx, x->c, x->w, &x->act, x->a, &x->done, e);
}

enum rc demo_move(struct demo_year *y, const char *account, const char *matter,
                  const char *verb, const struct flow_given *given, size_t n_given,
                  struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct person who;
    struct flow_who w;
    const struct units *us;
    enum rc rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, y->day, a, &us, e);
    if (rc == RC_OK)
        rc = demo_person(y, s, account, a, &who, e);
    if (rc == RC_OK)
        rc = flow_who_load(s, y->c, &who, us, a, &w, e);
    db_read_end(&s);
    if (rc != RC_OK)
        return rc;
    struct acting x = { .c = y->c,
                        .w = &w,
                        .act = { .matter = matter,
                                 .verb = verb,
                                 .version = -1,
                                 .given = given,
                                 .n_given = n_given },
                        .a = a };
    return db_transact(y->c->db, act, &x, e);
}

bool demo_workday(struct demo_year *y)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct calendar *cal;
    bool work = (y->day + 3) % 7 < 5; /* 1970-01-01 was a Thursday */
    if (db_read(y->c->db, &s, &e) == RC_OK && calendar_get(y->c, s, &cal, &e) == RC_OK)
        (void)calendar_is_work(cal, y->day, &work); /* a missing year leaves the guess */
    return work;
}
