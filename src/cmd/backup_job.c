/*
 * Backups. The one idea: the folder is the list. Each backup is a file in DATA/backup with its
 * digest beside it as sha256sum writes it, so that what the page shows is what there is, also
 * after somebody has moved files with other tools.
 */
#include "cmd/backup_job.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/backup.html.h"
#include "people/asker.h"
#include "store/backup.h"
#include "store/county.h"
#include "store/record.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

const char backup_job[] = "backup";

enum { LISTED = 200, NAME_MAX_BYTES = 64 };

static const char *folder(struct arena *a, const struct county *c)
{
    return arena_printf(a, "%s/backup", c->dir);
}

/* ---- making one ---- */

static enum rc say(void *ctx, int64_t done, int64_t total, struct err *e)
{
    return job_progress(ctx, done, total, e);
}

struct noting {
    struct county *c;
    const struct backup_info *made;
    const char *name, *by;
};

static enum rc note(struct tx *tx, void *arg, struct err *e)
{
    const struct noting *n = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct canon k;
    struct id record;
    canon_init(&k, a);
    canon_text(&k, "digest", n->made->digest);
    canon_int(&k, "log_size", n->made->log_size);
    canon_text(&k, "name", n->name);
    canon_int(&k, "size", n->made->size);
    struct record_part part = part_open(&k);
    return record_append(tx, n->c,
                         &(struct record_new){ .kind = "backup.made",
                                               .unit = "",
                                               .subject = n->name,
                                               .by = n->by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         &record, e);
}

/* 20261122-160512 in the county's time zone. */
static const char *name_now(struct arena *a)
{
    const struct clock real = { 0 };
    struct utime now = clock_now(&real);
    char local[TIME_TEXT], day[PERIOD_TEXT];
    int64_t s = now.us / 1000000 % 60;
    time_local(now, local); /* 2026-11-22 16:05 */
    day_code(time_day(now), day);
    return arena_printf(a, "%.4s%.2s%.2s-%.2s%.2s%02d", day, day + 5, day + 8, local + 11,
                        local + 14, (int)s);
}

enum rc backup_job_run(struct job_run *r, struct err *e)
{
    const char *dir = folder(r->a, r->c), *name = name_now(r->a),
               *path = arena_printf(r->a, "%s/%s.tar", dir, name);
    const struct backup_progress progress = { .ctx = r, .say = say };
    struct backup_info made;
    enum rc rc = dir_make(dir, e);
    if (rc == RC_OK)
        rc = job_progress(r, 0, 0, e);
    if (rc == RC_OK)
        rc = county_backup(r->c, path, &progress, r->a, &made, e);
    if (rc != RC_OK)
        return rc;
    const char *sum = arena_printf(r->a, "%s  %s.tar\n", made.digest, name);
    struct noting n = { .c = r->c, .made = &made, .name = name, .by = r->by };
    rc = file_write_private(arena_printf(r->a, "%s.sha256", path), sum, strlen(sum), e);
    if (rc == RC_OK)
        rc = db_transact(r->c->db, note, &n, e);
    if (rc != RC_OK)
        return rc;
    (void)err_set(&r->said, RC_DONE, N_("存为 {path},{size},SHA-256 {digest}"), "path",
                  arena_printf(r->a, "backup/%s.tar", name), "size", fmt_bytes(r->a, made.size),
                  "digest", made.digest); /* no failure */
    return RC_OK;
}

/* ---- the page ---- */

/* What a backup is called: [A-Za-z0-9_-]+.tar. NULL when the file is not one. */
static const char *stem_of(struct arena *a, const char *file)
{
    size_t n = strlen(file);
    if (n <= 4 || n > NAME_MAX_BYTES || !str_ends(file, ".tar"))
        return NULL;
    const char *stem = arena_strndup(a, file, n - 4);
    return code_valid(stem) ? stem : NULL;
}

static int newest_first(const void *a, const void *b)
{
    return text_cmp(b, a);
}

static void list(struct rq *rq, const char *dir, struct backup_page *p)
{
    const char *names[LISTED];
    size_t n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *f; d && n < LISTED && (f = readdir(d)) != NULL;) {
        const char *stem = stem_of(rq->a, f->d_name);
        if (stem)
            names[n++] = stem;
    }
    if (d)
        closedir(d);
    qsort(names, n, sizeof(*names), newest_first);
    p->backups = arena_array(rq->a, n, sizeof(*p->backups));
    for (size_t i = 0; i < n; i++) {
        CLEANUP(err_done) struct err e = { 0 };
        struct backup_backups *b = &p->backups[p->n_backups++];
        struct backup_info info;
        struct bytes sum;
        const char *path = arena_printf(rq->a, "%s/%s.tar", dir, names[i]);
        b->name = arena_printf(rq->a, "%s.tar", names[i]);
        b->href = arena_printf(rq->a, "/backup/%s.tar", names[i]);
        b->digest = rq_tr(rq, N_("没有记下"));
        if (backup_look(path, rq->a, &info, &e) != RC_OK) {
            b->bad = err_message(&e, rq->lang, rq->a);
            continue;
        }
        b->at = info.at;
        b->size = info.size;
        b->log_size = info.log_size;
        if (file_read(rq->a, arena_printf(rq->a, "%s.sha256", path), 1024, &sum, &e) == RC_OK)
            b->digest = arena_printf(rq->a, "%.64s", (const char *)sum.p);
        if (info.at.us > p->last.us) {
            p->last = info.at;
            p->last_size = info.size;
        }
    }
}

static enum rc backup_show(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct backup_page p = { .dir = folder(rq->a, c) };
    CLEANUP(mem_freep) char *full = realpath(c->dir, NULL);
    struct job j;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = job_latest(s, backup_job, "", rq->a, &j, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    if (rc == RC_OK) {
        p.running = str_eq(j.state, "running") || str_eq(j.state, "waiting");
        p.job = arena_printf(rq->a, "/job/%lld", (long long)j.id.v);
        if (str_eq(j.state, "failed"))
            p.failed = job_message(&j, rq->lang, rq->a);
    }
    err_done(e);
    *e = (struct err){ 0 };
    list(rq, p.dir, &p);
    if (full)
        p.dir = arena_printf(rq->a, "%s/backup", full);
    rq_crumb(rq, rq_tr(rq, N_("备份")), NULL);
    return backup_render(rq, &p, e);
}

struct asking {
    const char *by;
    struct id id;
};

static enum rc ask(struct tx *tx, void *arg, struct err *e)
{
    struct asking *k = arg;
    const struct clock real = { 0 };
    return job_add(tx, backup_job, "", "", (struct utime){ 0 }, k->by, clock_now(&real), &k->id,
                   e);
}

static enum rc backup_post(struct rq *rq, struct err *e)
{
    struct asking k = { .by = rq->account.code };
    enum rc rc = db_transact(rq_county(rq)->db, ask, &k, e);
    if (rc != RC_OK)
        return rc;
    jobs_wake(rq_county(rq));
    return web_donef(rq, e, "/job/%lld", (long long)k.id.v);
}

static enum rc backup_take(struct rq *rq, struct err *e)
{
    const char *name = rq_param(rq, "name"),
               *path = arena_printf(rq->a, "%s/%s.tar", folder(rq->a, rq_county(rq)), name);
    return web_file(rq, path, "application/x-tar", arena_printf(rq->a, "%s.tar", name), e);
}

const struct route backup_routes[] = {
    { .method = GET,
      .path = "/backup",
      .auth = SESSION | TOKEN,
      .need = CAP_OPERATE,
      .scope = SCOPE_ALL,
      .fn = backup_show,
      .page = &backup_kind,
      .help = N_("备份:有哪些,怎么恢复") },
    { .method = POST,
      .path = "/backup",
      .auth = SESSION | TOKEN,
      .need = CAP_OPERATE,
      .scope = SCOPE_ALL,
      .fn = backup_post,
      .help = N_("开始备份:记为一个任务,在后台做") },
    /* Everything is in it: a person at a browser takes it, never a program's token. */
    { .method = GET,
      .path = "/backup/:name.tar",
      .auth = SESSION,
      .need = CAP_OPERATE,
      .scope = SCOPE_ALL,
      .fn = backup_take,
      .journal = "backup",
      .help = N_("取走一份备份") },
};
const size_t backup_routes_n = COUNT(backup_routes);
