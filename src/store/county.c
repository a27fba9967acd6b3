/*
 * Counties: made, opened, closed. The one idea: county.json is written last when a county is
 * made, so a folder either is a whole county or none; and the folder's lock is taken before
 * anything is looked at, so that two processes never share one.
 */
#include "store/county.h"

#include "base/file.h"
#include "base/hash.h"
#include "store/inside.h"
#include "store/job.h"
#include "store/record.sql.h"
#include "store/seal.h"
#include "store/setting.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { CONFIG_MAX = 65536 };

/* ---- the folder ---- */

enum rc folder_lock(const char *dir, int *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *path = arena_printf(a, "%s/lock", dir);
    CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char why[128];

    if (fd < 0)
        return err_set(e, errno == ENOENT ? RC_NOTFOUND : RC_IO, N_("打不开 {path}:{reason}"),
                       "path", path, "reason", strerror_r(errno, why, sizeof(why)));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(e, RC_CONFLICT, N_("{dir} 正被另一个进程使用"), "dir", dir);
    *ret = fd;
    fd = -1;
    return RC_OK;
}

/* Anything but the lock and the list of erasures, which is put back before a restore. */
static enum rc must_be_empty(const char *dir, struct err *e)
{
    DIR *d = opendir(dir);
    bool empty = true;

    if (d == NULL)
        return err_set(e, RC_IO, N_("打不开 {path}:{reason}"), "path", dir, "reason",
                       strerror(errno));
    for (struct dirent *f; empty && (f = readdir(d)) != NULL;)
        empty = f->d_name[0] == '.' || str_eq(f->d_name, "lock") || str_eq(f->d_name, "keys");
    closedir(d);
    if (!empty)
        return err_set(e, RC_CONFLICT, N_("{dir} 里已有内容;新的县要用空文件夹"), "dir", dir);
    return RC_OK;
}

static enum rc config_write(const char *dir, const struct county_config *cfg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;

    str_init(&b, a);
    str_add(&b, "{\"version\":1,\"db\":");
    json_text(&b, cfg->db_url == NULL ? "" : cfg->db_url);
    str_add(&b, ",\"schema\":");
    json_text(&b, cfg->schema == NULL ? "" : cfg->schema);
    str_add(&b, "}\n");
    /* A database's address may hold a password. */
    return file_write_private(arena_printf(a, "%s/county.json", dir), b.s, b.n, e);
}

static const char *config_text(struct arena *a, const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s == NULL || s[0] == '\0' ? NULL : arena_strdup(a, s);
}

static enum rc config_read(struct arena *a, const char *dir, struct db_config *ret,
                           struct err *e)
{
    const char *path = arena_printf(a, "%s/county.json", dir);
    struct bytes b;

    enum rc rc = file_read(a, path, CONFIG_MAX, &b, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("{dir} 不是县的数据文件夹:没有 county.json"), "dir",
                       dir);
    if (rc != RC_OK)
        return rc;
    json_t *o = json_loadb((const char *)b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
    if (json_integer_value(json_object_get(o, "version")) != 1) {
        json_decref(o);
        return err_set(e, RC_INVALID, N_("{path} 无法理解"), "path", path);
    }
    const char *url = config_text(a, o, "db");
    *ret = (struct db_config){ .url = url == NULL ? arena_printf(a, "sqlite:%s/county.db", dir)
                                                  : url,
                               .schema = config_text(a, o, "schema") };
    json_decref(o);
    return RC_OK;
}

/* ---- making ---- */

struct making {
    const struct county_config *cfg;
    const char *origin;
};

static enum rc make_rows(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct making *m = arg;
    struct county_get_row row;
    const struct clock real = { 0 };

    enum rc rc = county_get_one(tx_snap(tx), a, &row, e);
    if (rc == RC_OK)
        return err_set(e, RC_CONFLICT, N_("数据库里已有县 {origin}"), "origin", row.origin);
    if (rc != RC_NOTFOUND)
        return rc;
    struct utime now = clock_now(&real);
    /* A demo's clock starts at zero: who makes the demo sets it. */
    rc = county_make(tx, m->cfg->name == NULL ? "" : m->cfg->name, m->origin, m->cfg->demo,
                     (struct utime){ 0 }, now, NULL, e);
    if (rc == RC_OK)
        rc = log_head_make(tx, (struct bytes){ (const uint8_t *)"", 0 }, NULL, e);
    return rc;
}

static const char *origin_of(struct arena *a, const struct county_config *cfg)
{
    uint8_t random[8];
    char hex[17];
    const char *origin = cfg->origin;

    if (origin == NULL) {
        random_bytes(random, sizeof(random));
        origin = arena_printf(a, "jingjian/%s", hex_encode(random, sizeof(random), hex));
    }
    return cfg->demo && !str_ends(origin, "/demo") ? arena_printf(a, "%s/demo", origin)
                                                   : origin;
}

static enum rc make_county(const struct county_config *cfg, const struct db_config *dc,
                           struct arena *a, struct err *e)
{
    CLEANUP(db_closep) struct db *db = NULL;
    struct making m = { .cfg = cfg, .origin = origin_of(a, cfg) };
    struct key key;
    static const char *const folders[] = { "keys", "log", "files" };
    enum rc rc = RC_OK;

    for (size_t i = 0; i < COUNT(folders) && rc == RC_OK; i++)
        rc = dir_make(arena_printf(a, "%s/%s", cfg->dir, folders[i]), e);
    if (rc == RC_OK)
        rc = key_file(arena_printf(a, "%s/keys/log.key", cfg->dir), m.origin, VKEY_ED25519,
                      &key, e);
    if (rc != RC_OK)
        return rc;
    key_done(&key);
    rc = db_open(dc, &db, e);
    if (rc == RC_OK)
        rc = db_migrate(db, e);
    if (rc == RC_OK)
        rc = db_transact(db, make_rows, &m, e);
    return rc == RC_OK ? config_write(cfg->dir, cfg, e) : rc;
}

/* What make_county made; a list of erasures that was put into keys before stays. */
static void unmake_county(const char *dir, bool made, struct arena *a)
{
    static const char *const rest[] = { "county.db", "county.db-wal", "county.db-shm", "log",
                                        "files" };

    for (size_t i = 0; i < COUNT(rest); i++)
        dir_remove(arena_printf(a, "%s/%s", dir, rest[i]));
    (void)unlink(arena_printf(a, "%s/keys/log.key", dir));
    (void)rmdir(arena_printf(a, "%s/keys", dir)); /* unless something is in it */
    if (made) {
        (void)unlink(arena_printf(a, "%s/lock", dir));
        (void)rmdir(dir);
    }
}

enum rc county_init(const struct county_config *cfg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(fd_closep) int lock = -1;
    struct db_config dc = { .url = cfg->db_url, .schema = cfg->schema };
    bool made = !file_exists(cfg->dir);

    if (dc.url == NULL)
        dc.url = arena_printf(a, "sqlite:%s/county.db", cfg->dir);
    enum rc rc = dir_make(cfg->dir, e);
    if (rc == RC_OK)
        rc = folder_lock(cfg->dir, &lock, e);
    if (rc == RC_OK)
        rc = must_be_empty(cfg->dir, e);
    if (rc != RC_OK)
        return rc;
    rc = make_county(cfg, &dc, a, e);
    if (rc != RC_OK)
        unmake_county(cfg->dir, made, a);
    return rc;
}

/* ---- opening ---- */

/* After county_new_origin: the waiting key takes the place of the old one, which keeps a name
 * of its own. */
static enum rc key_change(struct county *c, struct err *e)
{
    struct county_private *p = c->p;
    const char *next = arena_printf(p->a, "%s/next.key", p->keys_dir),
               *path = arena_printf(p->a, "%s/log.key", p->keys_dir);
    struct key waiting = { 0 };
    char hex[9];

    if (key_file_read(next, &waiting, e) != RC_OK || !str_eq(waiting.name, c->origin)) {
        key_done(&waiting);
        return err_set(e, RC_CONFLICT, N_("签名密钥属于 {have},不是本县的日志 {origin}"),
                       "have", p->key.name, "origin", c->origin);
    }
    const char *old =
        arena_printf(p->a, "%s/old-%s.key", p->keys_dir, hex_encode(p->key.id, 4, hex));
    (void)link(path, old); /* there already when this is a second attempt */
    (void)unlink(arena_printf(p->a, "%s/sm2.key", p->keys_dir)); /* of the old name, if any */
    if (rename(next, path) != 0) {
        key_done(&waiting);
        return err_set(e, RC_IO, N_("打不开 {path}:{reason}"), "path", path, "reason",
                       strerror(errno));
    }
    key_done(&p->key);
    p->key = waiting;
    return RC_OK;
}

enum rc county_load_keys(struct county *c, struct err *e)
{
    struct county_private *p = c->p;
    struct str vkey;

    key_done(&p->key);
    key_done(&p->sm2);
    enum rc rc = key_file_read(arena_printf(p->a, "%s/log.key", p->keys_dir), &p->key, e);
    if (rc == RC_OK && !str_eq(p->key.name, c->origin))
        rc = key_change(c, e);
    if (rc != RC_OK)
        return rc;
    rc = key_file_read(arena_printf(p->a, "%s/sm2.key", p->keys_dir), &p->sm2, e);
    if (rc == RC_OK && (!str_eq(p->sm2.name, c->origin) || p->sm2.type != VKEY_OTHER))
        return err_set(e, RC_CONFLICT, N_("签名密钥属于 {have},不是本县的日志 {origin}"),
                       "have", p->sm2.name, "origin", c->origin);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    str_init(&vkey, p->a);
    key_vkey(&p->key, &vkey);
    p->vkey = vkey.s;
    return RC_OK;
}

static enum rc county_fill(struct county *c, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct county_get_row row;
    struct county_trial_row trial;

    enum rc rc = db_read(c->db, &snap, e);
    if (rc == RC_OK)
        rc = county_get_one(snap, c->p->a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_INVALID, N_("数据库里没有县"));
    if (rc == RC_OK)
        rc = county_trial_one(snap, c->p->a, &trial, e);
    if (rc != RC_OK)
        return rc;
    c->name = row.name;
    c->origin = row.origin;
    c->demo = row.demo;
    c->trial = trial.n > 0;
    c->clock.simulated = row.demo;
    c->clock.now_us = row.clock.us;
    return county_load_keys(c, e);
}

static enum rc open_in(const char *dir, bool reading, struct county **ret, struct err *e)
{
    struct arena *a = arena_new();
    CLEANUP(county_closep) struct county *c = mem_alloc(sizeof(*c));
    struct county_private *p = mem_alloc(sizeof(*p));
    struct db_config dc;

    c->p = p;
    *p = (struct county_private){ .a = a, .lock = -1 };
    pthread_mutex_init(&p->sealing, NULL);
    pthread_mutex_init(&p->asking, NULL);
    c->dir = arena_strdup(a, dir);
    p->log_dir = arena_printf(a, "%s/log", dir);
    p->files_dir = arena_printf(a, "%s/files", dir);
    p->keys_dir = arena_printf(a, "%s/keys", dir);
    enum rc rc = reading ? RC_OK : folder_lock(dir, &p->lock, e);
    if (rc == RC_OK)
        rc = config_read(a, dir, &dc, e);
    if (rc == RC_OK)
        rc = db_open(&dc, &c->db, e);
    if (rc == RC_OK)
        rc = reading ? db_check(c->db, e) : db_migrate(c->db, e);
    if (rc == RC_OK)
        rc = county_fill(c, e);
    if (rc != RC_OK)
        return rc;
    *ret = c;
    c = NULL;
    return RC_OK;
}

enum rc county_open(const char *dir, struct county **ret, struct err *e)
{
    return open_in(dir, /* reading= */ false, ret, e);
}

enum rc county_open_reading(const char *dir, struct county **ret, struct err *e)
{
    return open_in(dir, /* reading= */ true, ret, e);
}

void county_use(struct county *c)
{
    c->p->more_users++;
}

void *county_room(struct county *c, enum county_room which, void *(*make)(struct county *c),
                  void (*done)(void *room))
{
    static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER; /* of any room of any county */
    pthread_mutex_lock(&making);
    if (c->room[which] == NULL) {
        c->room[which] = make(c);
        c->free_room[which] = done;
    }
    void *room = c->room[which];
    pthread_mutex_unlock(&making);
    return room;
}

void county_close(struct county *c)
{
    if (c == NULL || (c->p->more_users > 0 && c->p->more_users-- > 0))
        return;
    jobs_stop(c);
    sealer_stop(c);
    for (size_t i = 0; i < COUNT(c->room); i++)
        if (c->room[i] != NULL && c->free_room[i] != NULL)
            c->free_room[i](c->room[i]);
    db_close(c->db);
    fd_closep(&c->p->lock);
    key_done(&c->p->key);
    key_done(&c->p->sm2);
    pthread_mutex_destroy(&c->p->sealing);
    pthread_mutex_destroy(&c->p->asking);
    arena_free(c->p->a);
    free(c->p);
    free(c);
}

void county_closep(struct county **c)
{
    county_close(*c);
    *c = NULL;
}

const char *county_mark(const struct county *c)
{
    bool trial = c->trial;
    if (c->demo)
        return trial ? N_("演示数据·非真实 · 试算") : N_("演示数据·非真实");
    return trial ? N_("试算") : NULL;
}

struct utime county_now(const struct county *c)
{
    return clock_now(&c->clock);
}

int32_t county_today(const struct county *c)
{
    return time_day(county_now(c));
}

static enum rc store_clock(struct tx *tx, void *arg, struct err *e)
{
    return county_set_clock_row(tx, *(const struct utime *)arg, NULL, e);
}

enum rc county_set_clock(struct county *c, struct utime t, struct err *e)
{
    if (!c->clock.simulated)
        return err_set(e, RC_INVALID, N_("只有演示县的时钟可以设置"));
    if (t.us < county_now(c).us)
        return err_set(e, RC_INVALID, N_("时钟不能倒退"));
    enum rc rc = db_transact(c->db, store_clock, &t, e);
    if (rc == RC_OK)
        (void)clock_set(&c->clock, t); /* checked above */
    return rc;
}

void county_vkey(const struct county *c, struct str *ret)
{
    str_add(ret, c->p->vkey);
}

enum rc county_policy(const struct county *c, const struct snap *snap, struct str *ret,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *text;

    enum rc rc = setting_text(snap, &store_settings[SET_LOG_POLICY], a, &text, e);
    if (rc == RC_OK)
        str_addf(ret, "log %s\n%s", c->p->vkey, text);
    return rc;
}

const char *county_log_dir(const struct county *c)
{
    return c->p->log_dir;
}
