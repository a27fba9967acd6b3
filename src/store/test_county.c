/* Fresh counties for tests; see test_county.h. */
#include "store/test_county.h"

#include "store/record.h"

#include <stdlib.h>

bool t_county_init(struct t_county *t, enum db_kind kind)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    *t = (struct t_county){ .dir = NULL };
    if (!t_db_lend(&t->db, kind))
        return false;
    t->dir = mem_strdup(arena_printf(a, "%s/data", t->db.dir));
    const struct county_config cfg = { .dir = t->dir,
                                       .db_url = kind == DB_SQLITE ? NULL : t->db.url,
                                       .schema = kind == DB_SQLITE ? NULL : t->db.schema,
                                       .origin = "county.example/demo",
                                       .name = "清溪区",
                                       .demo = true };
    enum rc rc = county_init(&cfg, &e);
    CHECK_OK(rc);
    if (rc != RC_OK)
        return false;
    t_county_reopen(t);
    if (t->c == NULL)
        return false;
    CHECK_OK(county_set_clock(t->c, (struct utime){ (int64_t)T_NOW_S * 1000000 }, &e));
    return true;
}

void t_county_reopen(struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };

    county_close(t->c);
    t->c = NULL;
    CHECK_OK(county_open(t->dir, &t->c, &e));
}

void t_county_done(struct t_county *t)
{
    county_close(t->c);
    free(t->dir);
    t_db_done(&t->db);
}

void t_county_run_in(enum db_kind kind, void (*fn)(struct t_county *t))
{
    CLEANUP(t_county_done) struct t_county t;

    if (t_county_init(&t, kind))
        fn(&t);
}

void t_county_run(enum db_kind kind, void (*fn)(struct county *c))
{
    CLEANUP(t_county_done) struct t_county t;

    if (t_county_init(&t, kind))
        fn(t.c);
}

struct appending {
    struct county *c;
    const char *kind, *unit, *subject;
    int n; /* 0: one, with this subject */
    struct id id;
};

static enum rc append_one(struct tx *tx, struct appending *p, const char *subject,
                          struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct canon open, personal;

    canon_init(&open, a);
    canon_text(&open, "what", subject);
    canon_init(&personal, a);
    canon_text(&personal, "name", "某人");
    const struct record_part parts[] = { part_open(&open), part_personal(&personal) };
    const struct record_new r = { .kind = p->kind,
                                  .unit = p->unit,
                                  .subject = subject,
                                  .by = "tester",
                                  .parts = parts,
                                  .n_parts = 2 };
    return record_append(tx, p->c, &r, &p->id, e);
}

static enum rc append(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct appending *p = arg;
    enum rc rc = p->n == 0 ? append_one(tx, p, p->subject, e) : RC_OK;

    for (int i = 0; i < p->n && rc == RC_OK; i++)
        rc = append_one(tx, p, arena_printf(a, "E-%d", i), e);
    return rc;
}

struct id t_record(struct county *c, const char *kind, const char *unit, const char *subject)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct appending p = { .c = c, .kind = kind, .unit = unit, .subject = subject };

    CHECK_OK(db_transact(c->db, append, &p, &e));
    return p.id;
}

struct id t_records(struct county *c, const char *kind, const char *unit, int n)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct appending p = { .c = c, .kind = kind, .unit = unit, .n = n };

    CHECK_OK(db_transact(c->db, append, &p, &e));
    return p.id;
}
