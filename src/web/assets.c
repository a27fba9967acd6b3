/*
 * What the event thread answers by itself: embedded files and mounted folders (log tiles).
 * Embedded files have their MHD responses made once and shared by all connections; immutable
 * files of a mount are kept the same way in a bounded cache. Everything here runs on the one
 * event thread: no locks.
 */
#include "base/hash.h"
#include "base/map.h"
#include "web/private.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CACHE_SLOTS = 512, CACHE_FILE_MAX = 65536 };
static const char forever[] = "public, max-age=31536000, immutable";

/* One file in one form, with its 304. */
struct form {
    struct MHD_Response *full, *same;
};
struct entry { /* an embedded file at one address */
    struct entry *next;
    struct form plain, gz;
    const char *etag;
};
struct cached { /* a file of an immutable mount */
    char *target;
    struct form form;
};
struct statics {
    struct arena *arena;
    struct map *entries; /* "app.3f2a.css" -> struct entry */
    struct entry *all;
    const struct web_mount *mounts;
    size_t n_mounts;
    unsigned zone;
    struct MHD_Response *missing, *wrong_method;
    struct cached cache[CACHE_SLOTS];
};

static void header(struct MHD_Response *r, const char *name, const char *value)
{
    if (value && MHD_add_response_header(r, name, value) != MHD_YES)
        abort(); /* out of memory, or a header we wrote wrongly */
}

static struct MHD_Response *buffer(const void *p, size_t n, enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(n, (void *)(uintptr_t)p, mode);
    if (!r)
        abort();
    header(r, "X-Content-Type-Options", "nosniff");
    return r;
}

static void describe(struct MHD_Response *r, const char *cache, const char *etag, bool vary)
{
    header(r, "Cache-Control", cache);
    header(r, "ETag", etag);
    if (vary)
        header(r, "Vary", "Accept-Encoding");
}

static struct form form_make(const void *p, size_t n, enum MHD_ResponseMemoryMode mode,
                             const char *type, const char *cache, const char *etag,
                             const char *coding, bool vary)
{
    struct form f = { .full = buffer(p, n, mode),
                      .same = buffer("", 0, MHD_RESPMEM_PERSISTENT) };
    header(f.full, "Content-Type", type);
    header(f.full, "Content-Encoding", coding);
    header(f.full, "Cross-Origin-Resource-Policy", "same-origin");
    describe(f.full, cache, etag, vary);
    describe(f.same, cache, etag, vary);
    return f;
}

static void form_done(struct form *f)
{
    if (f->full)
        MHD_destroy_response(f->full);
    if (f->same)
        MHD_destroy_response(f->same);
    *f = (struct form){ 0 };
}

static struct entry *entry_make(struct statics *s, const struct web_asset *w, const char *cache)
{
    struct entry *en = arena_alloc(s->arena, sizeof(*en));
    en->etag = w->etag;
    en->next = s->all;
    s->all = en;
    en->plain =
        form_make(w->p, w->n, MHD_RESPMEM_PERSISTENT, w->type, cache, w->etag, NULL, w->gz);
    if (w->gz)
        en->gz = form_make(w->gz, w->n_gz, MHD_RESPMEM_PERSISTENT, w->type, cache, w->etag,
                           "gzip", true);
    /* What keeps pages for a phone without a network works below the page it is told of, not
     * only below its own address. */
    if (str_eq(w->name, "worker.js")) {
        header(en->plain.full, "Service-Worker-Allowed", "/");
        if (en->gz.full)
            header(en->gz.full, "Service-Worker-Allowed", "/");
    }
    return en;
}

struct statics *statics_new(const struct web_config *cfg)
{
    struct statics *s = mem_alloc(sizeof(*s));
    s->arena = arena_new();
    s->entries = map_new(s->arena);
    s->mounts = cfg->mounts;
    s->n_mounts = cfg->n_mounts;
    s->zone = cfg->zone;
    s->missing = buffer("404\n", 4, MHD_RESPMEM_PERSISTENT);
    header(s->missing, "Content-Type", "text/plain; charset=utf-8");
    s->wrong_method = buffer("405\n", 4, MHD_RESPMEM_PERSISTENT);
    header(s->wrong_method, "Content-Type", "text/plain; charset=utf-8");
    header(s->wrong_method, "Allow", "GET, HEAD");
    for (size_t i = 0; cfg->assets && i < cfg->assets->n; i++) {
        const struct web_asset *w = &cfg->assets->rows[i];
        map_set(s->entries, w->hashed, entry_make(s, w, forever));
        map_set(s->entries, w->name, entry_make(s, w, "no-cache"));
    }
    return s;
}

void statics_free(struct statics *s)
{
    if (!s)
        return;
    for (struct entry *en = s->all; en; en = en->next) {
        form_done(&en->plain);
        form_done(&en->gz);
    }
    for (size_t i = 0; i < CACHE_SLOTS; i++) {
        form_done(&s->cache[i].form);
        free(s->cache[i].target);
    }
    MHD_destroy_response(s->missing);
    MHD_destroy_response(s->wrong_method);
    arena_free(s->arena);
    free(s);
}

static const struct web_mount *mount_of(const struct statics *s, const char *target)
{
    for (size_t i = 0; i < s->n_mounts; i++)
        if (str_starts(target, s->mounts[i].prefix) &&
            (!s->mounts[i].zone || (s->mounts[i].zone & s->zone)))
            return &s->mounts[i];
    return NULL;
}

bool statics_own(const struct statics *s, const char *target)
{
    return (str_starts(target, "/static/") || mount_of(s, target)) && !strchr(target, '?');
}

static bool gzip_accepted(struct MHD_Connection *c)
{
    return accepts(MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Accept-Encoding"), "gzip");
}

/* Whether the client has it: If-None-Match lists our tag, weak or strong, or is *. */
static bool known(struct MHD_Connection *c, const char *etag)
{
    const char *tags = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "If-None-Match");
    return tags && (strstr(tags, etag) || str_eq(tags, "*"));
}

static int send_form(struct MHD_Connection *c, const struct form *f, const char *etag)
{
    bool same = etag && known(c, etag);
    return MHD_queue_response(c, same ? 304 : 200, same ? f->same : f->full) == MHD_YES;
}

/* ---- mounted folders ---- */

/* What may follow the prefix: names of [A-Za-z0-9._-] without dot pieces. */
static bool rest_valid(const char *s)
{
    for (;;) {
        size_t n =
            strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
        if (n == 0 || (n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
            return false;
        if (!s[n])
            return true;
        if (s[n] != '/')
            return false;
        s += n + 1;
    }
}

static uint32_t slot_of(const char *s)
{
    uint32_t h = 2166136261u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 16777619u;
    return h % CACHE_SLOTS;
}

/* The whole file in memory of its own, or NULL. */
static uint8_t *load(int fd, size_t n)
{
    uint8_t *p = mem_alloc(n + 1);
    size_t done = 0;
    while (done < n) {
        ssize_t k = read(fd, p + done, n - done);
        if (k <= 0) {
            free(p);
            return NULL;
        }
        done += (size_t)k;
    }
    return p;
}

static int answer_mount(struct statics *s, struct MHD_Connection *c, const struct web_mount *m,
                        const char *target)
{
    char path[4096], etag[64];
    struct stat st;
    const char *rest = target + strlen(m->prefix);
    struct cached *slot = &s->cache[slot_of(target)];
    if (m->immutable && slot->target && strcmp(slot->target, target) == 0)
        return send_form(c, &slot->form, "\"i\"");
    int n = snprintf(path, sizeof(path), "%s/%s", m->dir, rest);
    int fd = rest_valid(rest) && n > 0 && (size_t)n < sizeof(path)
                 ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
                 : -1;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        return MHD_queue_response(c, 404, s->missing) == MHD_YES;
    }
    /* An immutable file never changes, so any tag is right for it. */
    snprintf(etag, sizeof(etag), m->immutable ? "\"i\"" : "\"%llx-%llx-%llx\"",
             (unsigned long long)st.st_size, (unsigned long long)st.st_mtim.tv_sec,
             (unsigned long long)st.st_mtim.tv_nsec);
    const char *cache = m->immutable ? forever : "no-cache",
               *type = m->type ? m->type : type_of(rest);
    struct form f;
    if (st.st_size <= CACHE_FILE_MAX) {
        uint8_t *p = load(fd, (size_t)st.st_size);
        close(fd);
        if (!p)
            return MHD_queue_response(c, 404, s->missing) == MHD_YES;
        f = form_make(p, (size_t)st.st_size, MHD_RESPMEM_MUST_FREE, type, cache, etag, NULL,
                      false);
    } else {
        f = form_make("", 0, MHD_RESPMEM_PERSISTENT, type, cache, etag, NULL, false);
        MHD_destroy_response(f.full);
        f.full = MHD_create_response_from_fd64((uint64_t)st.st_size, fd);
        if (!f.full)
            abort();
        header(f.full, "Content-Type", type);
        header(f.full, "X-Content-Type-Options", "nosniff");
        describe(f.full, cache, etag, false);
    }
    int ok = send_form(c, &f, etag);
    if (m->immutable && st.st_size <= CACHE_FILE_MAX) {
        form_done(&slot->form);
        free(slot->target);
        *slot = (struct cached){ .target = mem_strdup(target), .form = f };
    } else {
        form_done(&f);
    }
    return ok;
}

int statics_answer(struct statics *s, struct MHD_Connection *c, const char *target,
                   const char *method)
{
    if (!str_eq(method, "GET") && !str_eq(method, "HEAD"))
        return MHD_queue_response(c, 405, s->wrong_method) == MHD_YES;
    if (str_starts(target, "/static/")) {
        const struct entry *en = map_get(s->entries, target + 8);
        if (!en)
            return MHD_queue_response(c, 404, s->missing) == MHD_YES;
        return send_form(c, en->gz.full && gzip_accepted(c) ? &en->gz : &en->plain, en->etag);
    }
    return answer_mount(s, c, mount_of(s, target), target);
}
