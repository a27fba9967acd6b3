/*
 * A county: one database, one folder, one evidence log, one clock. All state hangs from it;
 * there are no process globals, and a process may hold several.
 */
#ifndef STORE_COUNTY_H
#define STORE_COUNTY_H

#include "base/clock.h"
#include "db/db.h"

struct sealer;
struct county {
    struct db *db;
    struct clock clock;
    const char *dir;       /* DATA */
    const char *name;      /* 清溪区; empty until set */
    const char *origin;    /* of the log */
    bool demo;             /* every page, PDF and export says 演示数据·非真实 */
    struct sealer *sealer; /* NULL until county_start_sealing */
    /* What rooms above keep for the county (caches); freed by free_room when the county closes.
     */
    void *room[8];
    void (*free_room[8])(void *);
    struct county_private *p;
};
enum county_room { ROOM_PEOPLE, ROOM_MONITOR, ROOM_WARN, ROOM_WEB };

struct county_config {
    const char *dir;
    const char *db_url; /* init only: NULL is sqlite in DATA */
    const char *schema; /* PostgreSQL, init only */
    const char *origin; /* init only: NULL makes one from random bytes */
    const char *name;   /* init only */
    bool demo;          /* init only: simulated clock, origin ends in /demo */
};
/* Make an empty county in a new or empty folder: database, keys, log. */
enum rc county_init(const struct county_config *cfg, struct err *e) MUST_USE;
/* Open what county_init made, taking the folder's lock: RC_CONFLICT when another process has
 * it. Migrates. */
enum rc county_open(const char *dir, struct county **ret, struct err *e) MUST_USE;
/* Start the thread that seals records and publishes the log; a command that only reads does not
 * need it. */
enum rc county_start_sealing(struct county *c, struct err *e) MUST_USE;
/* Seal everything appended so far, sign and publish; for commands and tests. */
enum rc county_seal_now(struct county *c, struct err *e) MUST_USE;
void county_close(struct county *c); /* takes NULL; seals what is left */
void county_closep(struct county **c);
struct utime county_now(const struct county *c);
int32_t county_today(const struct county *c);

#endif
