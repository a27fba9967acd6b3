/*
 * A county: one database, one folder, one evidence log, one clock. All state hangs from it;
 * there are no process globals, and a process may hold several.
 *
 * The folder DATA:
 *   county.json     where the database is; written last by county_init
 *   county.db       SQLite, unless the database is elsewhere
 *   lock            taken by the one process that may write
 *   keys/log.key    signs checkpoints; keys/sm2.key, where there is one, adds a 国密 line
 *   keys/signed     the last signed checkpoint, a second time: a database restored from a
 * backup must not sign below it keys/erasures   the list of erasures, kept outside backups and
 * replayed after a restore log/            checkpoint and tiles, as served files/ files under
 * their SHA-256
 */
#ifndef STORE_COUNTY_H
#define STORE_COUNTY_H

#include "base/clock.h"
#include "base/str.h"
#include "db/db.h"

struct sealer;
enum county_room {
    ROOM_PEOPLE,
    ROOM_MONITOR,
    ROOM_WARN,
    ROOM_WEB,
    ROOM_JOURNAL,
    ROOM_HELD,
    ROOM_PANELS,
    ROOM_GHOSTS,
    ROOM_FLOW,
    ROOM_NOTICE,
    ROOM_PUBLICATION,
    ROOM_ARRIVAL,
    ROOM_SEARCH,
    COUNTY_ROOMS
};

struct county {
    struct db *db;
    struct clock clock;
    const char *dir;       /* DATA */
    const char *name;      /* 清溪区; empty until set */
    const char *origin;    /* of the log */
    bool demo;             /* every page, PDF and export says 演示数据·非真实 */
    _Atomic bool trial;    /* it has not gone live: every page, PDF and export says 试算 */
    struct sealer *sealer; /* NULL until county_start_sealing */
    /* county_room */
    void *room[COUNTY_ROOMS];
    void (*free_room[COUNTY_ROOMS])(void *);
    struct county_private *p;
};

struct county_config {
    const char *dir;
    const char *db_url; /* init only: NULL is sqlite in DATA */
    const char *schema; /* PostgreSQL, init only */
    const char *origin; /* init only: NULL makes one from random bytes */
    const char *name;   /* init only */
    bool demo;          /* init only: simulated clock, origin ends in /demo */
};
/*
 * Make an empty county in a new or empty folder: database, keys, log. RC_CONFLICT when
 * something is there. A demo's origin that does not end in /demo gets that ending.
 */
enum rc county_init(const struct county_config *cfg, struct err *e) MUST_USE;
/* Open what county_init made, taking the folder's lock: RC_CONFLICT when another process has
 * it. Migrates. */
enum rc county_open(const char *dir, struct county **ret, struct err *e) MUST_USE;
/* Only to read, beside a running server: no lock, no migration, nothing may be written or
 * sealed. */
enum rc county_open_reading(const char *dir, struct county **ret, struct err *e) MUST_USE;
/* Start the threads that seal records, publish the log and ask witnesses; who only reads does
 * not need them. */
enum rc county_start_sealing(struct county *c, struct err *e) MUST_USE;
/* Seal everything appended so far, sign, publish, ask the witnesses once; for commands and
 * tests. */
enum rc county_seal_now(struct county *c, struct err *e) MUST_USE;
/* One owner more: county_close does nothing until it is called once for each. */
void county_use(struct county *c);
/*
 * What a room keeps for the county: made when it is first asked for, once for all threads;
 * freed by done when the county closes.
 */
void *county_room(struct county *c, enum county_room which, void *(*make)(struct county *c),
                  void (*done)(void *room));
void county_close(struct county *c); /* takes NULL; seals what is left */
void county_closep(struct county **c);
/* What everything shown says of the county across it, source text: 演示数据·非真实, 试算, both;
 * NULL: nothing. */
const char *county_mark(const struct county *c);
struct utime county_now(const struct county *c);
int32_t county_today(const struct county *c);
/* Move a simulated clock, durably; going back is RC_INVALID, and so is a county whose clock is
 * real. */
enum rc county_set_clock(struct county *c, struct utime t, struct err *e) MUST_USE;
/* The log's public key, and the policy to check it with: the key, then the setting log.policy
 * or `quorum none`. */
void county_vkey(const struct county *c, struct str *ret);
enum rc county_policy(const struct county *c, const struct snap *snap, struct str *ret,
                      struct err *e) MUST_USE;
/* DATA/log, where checkpoint and tiles lie. */
const char *county_log_dir(const struct county *c);

#endif
