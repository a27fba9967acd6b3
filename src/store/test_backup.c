/* A county in one file and back, on both databases. */
#include "base/file.h"
#include "base/str.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/erase.h"
#include "store/file.h"
#include "store/record.h"
#include "store/seal.h"
#include "store/secret.h"
#include "store/test_county.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct keeping {
    struct county *c;
    uint8_t digest[HASH_SIZE];
};

static enum rc register_file(struct tx *tx, void *arg, struct err *e)
{
    struct keeping *k = arg;
    return file_register(tx, k->c, k->digest, 5, "text/plain", "五个字.txt", "tester", e);
}

/* Some records, a file, a secret; everything sealed. */
static struct bytes fill(struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct keeping k = { .c = c };
    struct bytes sealed;
    for (int i = 0; i < 5; i++)
        t_record(c, "test.made", "D01", arena_printf(a, "s%d", i));
    CHECK_OK(file_put(c, (struct bytes){ (const uint8_t *)"hello", 5 }, k.digest, &e));
    CHECK_OK(db_transact(c->db, register_file, &k, &e));
    CHECK_OK(secret_seal(c, "totp", 4, a, &sealed, &e));
    CHECK_OK(county_seal_now(c, &e));
    return sealed;
}

static enum rc drop_schema(const struct t_county *t, struct arena *a, struct err *e)
{
    /* psql is how the restore itself gets in. */
    const char *sql = arena_printf(a, "%s/drop.sql", t->db.dir);
    const char *text = arena_printf(a, "DROP SCHEMA \"%s\" CASCADE;", t->db.schema);
    enum rc rc = file_write_atomic(sql, text, strlen(text), e);
    return rc == RC_OK ? db_load(t->db.url, sql, e) : rc;
}

static struct log_state state(struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct log_state log = { .hold = "" };
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(log_state_get(s, a, &log, &e));
    return log;
}

/* The county is lost; its backup goes into another folder. NULL when it could not be opened. */
static struct county *lose_and_restore(struct t_county *t, struct arena *a, const char *file,
                                       const char *dir)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct backup_info info;
    struct county *c = NULL;
    bool postgres = t->db.kind == DB_POSTGRES;
    county_close(t->c);
    t->c = NULL;
    if (postgres)
        CHECK_OK(drop_schema(t, a, &e));
    CHECK_OK(county_restore(file, dir, postgres ? t->db.url : NULL, NULL, a, &info, &e));
    CHECK_OK(county_open(dir, &c, &e));
    return c;
}

static void comes_back_whole_and_on_hold(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *file = arena_printf(a, "%s/b.tar", t->db.dir),
               *dir = arena_printf(a, "%s/again", t->db.dir);
    struct backup_info made, said;
    struct audit_result r;
    struct bytes sealed = fill(t->c, a);
    int64_t size = state(t->c, a).size;
    CHECK_OK(county_backup(t->c, file, NULL, a, &made, &e));
    CHECK_INT(made.log_size, size);
    CHECK_INT(strlen(made.digest), 64);
    CHECK_INT(county_backup(t->c, file, NULL, a, &said, &e), RC_CONFLICT);
    CHECK_OK(backup_look(file, a, &said, &e));
    CHECK_STR(said.origin, t->c->origin);
    CHECK_INT(said.log_size, size);
    /* What comes after the backup is lost with the county. */
    t_record(t->c, "test.made", "D01", "late");
    CLEANUP(county_closep) struct county *c = lose_and_restore(t, a, file, dir);
    if (!c)
        return;
    CHECK_INT(state(c, a).size, size);
    CHECK(strstr(state(c, a).hold, "restored") != NULL);
    const struct audit_query *tables;
    size_t n = store_audits(&tables);
    CHECK_OK(audit_data(a, c, tables, n, NULL, NULL, &r, &e));
    CHECK_INT(r.files, 1);
    char secret[4];
    CHECK_OK(secret_open(c, sealed, secret, 4, &e));
    /* Nothing is signed until somebody decides. */
    t_record(c, "test.made", "D01", "after");
    CHECK_INT(county_seal_now(c, &e), RC_CONFLICT);
    CHECK_INT(county_i_know_size(c, size + 100, &e), RC_CONFLICT);
    CHECK_OK(county_i_know_size(c, size, &e));
    CHECK_OK(county_seal_now(c, &e));
    CHECK_INT(state(c, a).signed_size, size + 1);
}
T_COUNTY_IN(comes_back_whole_and_on_hold)

static void what_was_erased_stays_erased(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *file = arena_printf(a, "%s/b.tar", t->db.dir),
               *dir = arena_printf(a, "%s/again", t->db.dir);
    struct backup_info made;
    struct bytes list;
    struct record rec;
    int64_t erased = 0;
    fill(t->c, a);
    struct id id = t_record(t->c, "test.made", "D01", "named");
    CHECK_OK(county_seal_now(t->c, &e));
    CHECK_OK(county_backup(t->c, file, NULL, a, &made, &e));
    CHECK_OK(record_erase(t->c, id, 2, "某某法第四十七条", "tester", NULL, 0, &e));
    /* The list of the lost folder is put there before the restore. */
    CHECK_OK(file_read(a, arena_printf(a, "%s/keys/erasures", t->dir), 10000, &list, &e));
    CHECK_OK(dir_make(arena_printf(a, "%s/keys", dir), &e));
    CHECK_OK(file_write_private(arena_printf(a, "%s/keys/erasures", dir), list.p, list.n, &e));
    CLEANUP(county_closep) struct county *c = lose_and_restore(t, a, file, dir);
    if (!c)
        return;
    CHECK_OK(erasures_replay(c, NULL, 0, &erased, &e));
    CHECK_INT(erased, 1);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(record_get(s, id, a, &rec, &e));
    CHECK(rec.parts[1].erased && record_whole(&rec));
}
T_COUNTY_IN(what_was_erased_stays_erased)

/* Whatever is wrong with a file: it is said, and the folder is as it was before. */
static void refused(struct t_county *t, struct arena *a, const char *file, enum rc want,
                    const char *named)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *dir = arena_printf(a, "%s/bad", t->db.dir);
    struct backup_info info;
    CHECK_INT(county_restore(file, dir, t->db.kind == DB_POSTGRES ? t->db.url : NULL, NULL, a,
                             &info, &e),
              want);
    if (!strstr(err_message(&e, LANG_EN, a), named))
        t_fail(__FILE__, __LINE__, "%s does not name %s", err_message(&e, LANG_EN, a), named);
    CHECK(!file_exists(dir));
}

/* Where an entry's content begins. */
static size_t content_of(const struct bytes *b, const char *name)
{
    for (size_t at = 0; at + 1024 <= b->n; at += 512)
        if (str_eq((const char *)b->p + at, name))
            return at + 512;
    t_fail(__FILE__, __LINE__, "no %s in it", name);
    return 0;
}

static void a_damaged_backup_is_refused(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *file = arena_printf(a, "%s/b.tar", t->db.dir),
               *bad = arena_printf(a, "%s/bad.tar", t->db.dir),
               *database = t->db.kind == DB_POSTGRES ? "county.sql" : "county.db";
    struct backup_info made;
    struct bytes b;
    fill(t->c, a);
    CHECK_OK(county_backup(t->c, file, NULL, a, &made, &e));
    CHECK_OK(file_read(a, file, 1 << 26, &b, &e));
    uint8_t *p = arena_copy(a, b.p, b.n);
    const char *const names[] = { database, "keys/log.key" };
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t at = content_of(&b, names[i]) + 5;
        p[at] ^= 1;
        CHECK_OK(file_write_atomic(bad, p, b.n, &e));
        p[at] ^= 1;
        refused(t, a, bad, RC_UNPROVEN, names[i]);
    }
    size_t sums = content_of(&b, "SHA256SUMS");
    p[sums] = p[sums] == '0' ? '1' : '0';
    CHECK_OK(file_write_atomic(bad, p, b.n, &e));
    p[sums] = b.p[sums];
    refused(t, a, bad, RC_UNPROVEN, "backup.json");
    /* Cut short, a head that is wrong, not a backup at all, not there. */
    CHECK_OK(file_write_atomic(bad, p, b.n / 2, &e));
    refused(t, a, bad, RC_INVALID, bad);
    p[content_of(&b, database) - 400] ^= 1;
    CHECK_OK(file_write_atomic(bad, p, b.n, &e));
    refused(t, a, bad, RC_INVALID, bad);
    CHECK_OK(file_write_atomic(bad, "hello", 5, &e));
    refused(t, a, bad, RC_INVALID, bad);
    refused(t, a, arena_printf(a, "%s/none.tar", t->db.dir), RC_NOTFOUND, "none.tar");
    /* Into a folder that is a county, and one that is in use. */
    CHECK_INT(county_restore(file, t->dir, NULL, NULL, a, &made, &e), RC_CONFLICT);
    err_done(&e);
    county_close(t->c);
    t->c = NULL;
    CHECK_INT(county_restore(file, t->dir, NULL, NULL, a, &made, &e), RC_CONFLICT);
    CHECK(file_exists(arena_printf(a, "%s/county.json", t->dir)));
}
T_COUNTY_IN(a_damaged_backup_is_refused)

/* PostgreSQL: the schema is there already, or the address is wrong. */
static void a_database_that_will_not_leaves_nothing(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *file = arena_printf(a, "%s/b.tar", t->db.dir),
               *dir = arena_printf(a, "%s/again", t->db.dir);
    struct backup_info made;
    fill(t->c, a);
    CHECK_OK(county_backup(t->c, file, NULL, a, &made, &e));
    if (t->db.kind == DB_POSTGRES) {
        CHECK_INT(county_restore(file, dir, t->db.url, NULL, a, &made, &e), RC_IO);
        CHECK(strstr(err_message(&e, LANG_EN, a), "already exists") != NULL);
        err_done(&e);
        CHECK_INT(county_restore(file, dir, NULL, NULL, a, &made, &e), RC_INVALID);
        err_done(&e);
        CHECK_INT(
            county_restore(file, dir, "postgresql://nobody@127.0.0.1:1/x", NULL, a, &made, &e),
            RC_IO);
    } else {
        CHECK_INT(county_restore(file, dir, "postgresql:///x", NULL, a, &made, &e), RC_INVALID);
    }
    CHECK(!file_exists(dir));
    CHECK(state(t->c, a).size > 0); /* what is there is untouched */
}
T_COUNTY_IN(a_database_that_will_not_leaves_nothing)

struct writing {
    struct county *c;
    _Atomic bool stop;
    _Atomic int wrote;
};

static void *keep_writing(void *arg)
{
    struct writing *w = arg;
    while (!w->stop) {
        t_record(w->c, "test.made", "D01", "busy");
        w->wrote++;
    }
    return NULL;
}

/* A backup made while others write is of one moment: the audit finds it whole. */
static void is_of_one_moment(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *file = arena_printf(a, "%s/b.tar", t->db.dir),
               *dir = arena_printf(a, "%s/again", t->db.dir);
    struct writing w = { .c = t->c };
    struct backup_info made;
    struct audit_result r;
    pthread_t thread;
    fill(t->c, a);
    CHECK_OK(county_start_sealing(t->c, &e));
    CHECK_INT(pthread_create(&thread, NULL, keep_writing, &w), 0);
    while (w.wrote < 3)
        sched_yield();
    CHECK_OK(county_backup(t->c, file, NULL, a, &made, &e));
    int wrote = w.wrote;
    while (w.wrote < wrote + 3)
        sched_yield();
    w.stop = true;
    pthread_join(thread, NULL);
    CLEANUP(county_closep) struct county *c = lose_and_restore(t, a, file, dir);
    if (!c)
        return;
    const struct audit_query *tables;
    size_t n = store_audits(&tables);
    CHECK_OK(audit_data(a, c, tables, n, NULL, NULL, &r, &e));
    CHECK(state(c, a).size >= made.log_size);
}
T_COUNTY_IN(is_of_one_moment)

struct stopping {
    int calls;
};
static enum rc stop(void *ctx, int64_t done, int64_t total, struct err *e)
{
    ((struct stopping *)ctx)->calls++;
    CHECK(done <= total);
    return err_set(e, RC_BUSY, N_("服务正在停止"));
}

static void a_stopped_backup_leaves_nothing(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *file = arena_printf(a, "%s/b.tar", t->db.dir);
    struct stopping s = { 0 };
    struct backup_info made;
    const struct backup_progress p = { .ctx = &s, .say = stop };
    fill(t->c, a);
    CHECK_INT(county_backup(t->c, file, &p, a, &made, &e), RC_BUSY);
    CHECK_INT(s.calls, 1);
    CHECK(!file_exists(file));
    CHECK(!file_exists(arena_printf(a, "%s.%d.new", file, (int)getpid())));
    CHECK(!file_exists(arena_printf(a, "%s.%d.copy", file, (int)getpid())));
}
T_COUNTY_IN(a_stopped_backup_leaves_nothing)

T_MAIN(T_COUNTY_CASES("a county comes back whole and on hold", comes_back_whole_and_on_hold),
       T_COUNTY_CASES("what was erased stays erased", what_was_erased_stays_erased),
       T_COUNTY_CASES("a damaged backup is refused", a_damaged_backup_is_refused),
       T_COUNTY_CASES("a database that will not leaves nothing",
                      a_database_that_will_not_leaves_nothing),
       T_COUNTY_CASES("a backup made while others write is of one moment", is_of_one_moment),
       T_COUNTY_CASES("a backup that is stopped leaves nothing",
                      a_stopped_backup_leaves_nothing))
