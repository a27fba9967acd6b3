/*
 * A county as a tar archive. The database's moment comes first and the files after it: files
 * are only ever added, so every file a row of the copy names is there when its turn comes.
 * Writing is one pass; the digests are computed on the way and stand at the end.
 */
#include "store/backup.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"
#include "store/inside.h"
#include "store/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512, NAME_MAX_BYTES = 99, COPY = 1 << 16, CONFIG_BYTES = 1 << 16 };

/* The head of an entry, as POSIX has it. */
struct tar_head {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100],
        magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct tar_head) == BLOCK, "a block");

static enum rc io(struct err *e, const char *path)
{
    char why[128];
    return err_set(e, errno == ENOENT ? RC_NOTFOUND : RC_IO, N_("{path}: {reason}"), "path",
                   path, "reason", strerror_r(errno, why, sizeof(why)));
}

static int64_t head_sum(const struct tar_head *h)
{
    const unsigned char *p = (const unsigned char *)h;
    int64_t sum = 0;
    for (size_t i = 0; i < BLOCK; i++) {
        bool in_sum = i >= offsetof(struct tar_head, sum) &&
                      i < offsetof(struct tar_head, sum) + sizeof(h->sum);
        sum += in_sum ? ' ' : p[i];
    }
    return sum;
}

static void head_make(struct tar_head *h, const char *name, int64_t size, int64_t mtime)
{
    *h = (struct tar_head){ .type = '0',
                            .mode = "0000600",
                            .uid = "0000000",
                            .gid = "0000000",
                            .magic = "ustar",
                            .version = { '0', '0' } };
    snprintf(h->name, sizeof(h->name), "%s", name);
    snprintf(h->mtime, sizeof(h->mtime), "%011llo", (unsigned long long)mtime);
    if (size < INT64_C(1) << 33) {
        snprintf(h->size, sizeof(h->size), "%011llo", (unsigned long long)size);
    } else { /* eleven octal digits are 8 GiB; beyond, the number itself (GNU, star, BSD) */
        h->size[0] = (char)0x80;
        for (int i = 11; i > 3; i--, size >>= 8)
            h->size[i] = (char)size;
    }
    snprintf(h->sum, sizeof(h->sum), "%06llo", (unsigned long long)head_sum(h));
    h->sum[7] = ' ';
}

static bool octal(const char *s, size_t n, int64_t *ret)
{
    int64_t v = 0;
    size_t i = 0;
    for (; i < n && s[i] >= '0' && s[i] <= '7'; i++) {
        if (v >> 58)
            return false;
        v = v * 8 + (s[i] - '0');
    }
    *ret = v;
    return i > 0 && (i == n || s[i] == '\0' || s[i] == ' ');
}

static bool head_read(const struct tar_head *h, int64_t *ret_size)
{
    int64_t sum;
    if (memcmp(h->magic, "ustar", 5) != 0 || h->type != '0' || h->prefix[0] ||
        !memchr(h->name, 0, sizeof(h->name)) || !octal(h->sum, 8, &sum) || sum != head_sum(h))
        return false;
    if (!((unsigned char)h->size[0] & 0x80))
        return octal(h->size, sizeof(h->size), ret_size);
    *ret_size = 0;
    for (size_t i = 4; i < 12; i++)
        *ret_size = (int64_t)((uint64_t)*ret_size << 8 | (unsigned char)h->size[i]);
    return *ret_size >= 0;
}

/* ---- writing ---- */

struct source { /* what goes in: name in the archive, path on disk */
    const char *name, *path;
    int64_t size;
};

struct writing {
    struct county *c;
    struct arena *a;
    FILE *f;
    const char *path; /* of the temporary file */
    struct sha256 *all;
    struct str sums;
    int64_t mtime, done, total, size;
    const struct backup_progress *progress;
    struct source *src;
    size_t n, cap;
};

static enum rc put(struct writing *w, const void *p, size_t n, struct err *e)
{
    if (fwrite(p, 1, n, w->f) != n)
        return io(e, w->path);
    sha256_add(w->all, p, n);
    w->size += (int64_t)n;
    return RC_OK;
}

static enum rc put_padding(struct writing *w, int64_t size, struct err *e)
{
    static const char zeros[BLOCK];
    return put(w, zeros, (size_t)((BLOCK - size % BLOCK) % BLOCK), e);
}

static enum rc put_text(struct writing *w, const char *name, const char *text, struct err *e)
{
    struct tar_head h;
    int64_t n = (int64_t)strlen(text);
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX];
    head_make(&h, name, n, w->mtime);
    enum rc rc = put(w, &h, sizeof(h), e);
    if (rc == RC_OK)
        rc = put(w, text, (size_t)n, e);
    if (rc == RC_OK)
        rc = put_padding(w, n, e);
    sha256(text, (size_t)n, digest);
    str_addf(&w->sums, "%s  %s\n", hex_encode(digest, sizeof(digest), hex), name);
    return rc;
}

static enum rc say(struct writing *w, struct err *e)
{
    return w->progress ? w->progress->say(w->progress->ctx, w->done, w->total, e) : RC_OK;
}

static enum rc put_file(struct writing *w, const struct source *s, struct err *e)
{
    CLEANUP(file_closep) FILE *from = fopen(s->path, "rbe");
    CLEANUP(sha256_freep) struct sha256 *one = sha256_new();
    struct tar_head h;
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX], block[COPY];
    struct stat st;
    if (!from || fstat(fileno(from), &st) != 0)
        return io(e, s->path);
    /* A key file may have been replaced since it was found; what is open stays as it is. */
    head_make(&h, s->name, st.st_size, w->mtime);
    enum rc rc = put(w, &h, sizeof(h), e);
    for (int64_t left = st.st_size; left > 0 && rc == RC_OK;) {
        size_t want = left < COPY ? (size_t)left : COPY;
        if (fread(block, 1, want, from) != want)
            return err_set(e, RC_IO, N_("{path} 在备份时变短了"), "path", s->path);
        sha256_add(one, block, want);
        rc = put(w, block, want, e);
        left -= (int64_t)want;
        w->done += (int64_t)want;
        if (rc == RC_OK)
            rc = say(w, e);
    }
    if (rc == RC_OK)
        rc = put_padding(w, st.st_size, e);
    sha256_end(one, digest);
    str_addf(&w->sums, "%s  %s\n", hex_encode(digest, sizeof(digest), hex), s->name);
    return rc;
}

static enum rc add_source(struct writing *w, const char *name, const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return io(e, path);
    if (!S_ISREG(st.st_mode) || strlen(name) > NAME_MAX_BYTES)
        return RC_OK;
    if (w->n == w->cap) {
        size_t cap = w->cap ? w->cap * 2 : 64;
        w->src = arena_grow(w->a, w->src, w->cap * sizeof(*w->src), cap * sizeof(*w->src));
        w->cap = cap;
    }
    w->src[w->n++] = (struct source){ .name = arena_strdup(w->a, name),
                                      .path = arena_strdup(w->a, path),
                                      .size = st.st_size };
    w->total += st.st_size;
    return RC_OK;
}

/* Every file of a folder and, where deep, of the folders in it; files still being written
 * ("new.…", "….tmp") are nobody's yet. */
static enum rc add_folder(struct writing *w, const char *name, const char *path, bool deep,
                          struct err *e)
{
    DIR *d = opendir(path);
    enum rc rc = RC_OK;
    if (!d)
        return errno == ENOENT ? RC_OK : io(e, path);
    for (struct dirent *f; rc == RC_OK && (f = readdir(d)) != NULL;) {
        const char *n = arena_printf(w->a, "%s/%s", name, f->d_name),
                   *p = arena_printf(w->a, "%s/%s", path, f->d_name);
        struct stat st;
        /* keys/signed is not taken: it is newer than the copy of the database, and would forbid
         * to go on from there. The one of the lost folder, where there is one, decides. */
        if (f->d_name[0] == '.' || str_eq(n, "keys/signed") || str_starts(f->d_name, "new.") ||
            strstr(f->d_name, ".tmp") || stat(p, &st) != 0)
            continue;
        if (deep && S_ISDIR(st.st_mode))
            rc = add_folder(w, n, p, /* deep= */ false, e);
        else
            rc = add_source(w, n, p, e);
    }
    closedir(d);
    return rc;
}

/* db and schema of county.json; NULL where it says nothing. */
static enum rc config_of(struct arena *a, const char *dir, const char **ret_url,
                         const char **ret_schema, struct err *e)
{
    struct bytes b;
    enum rc rc = file_read(a, arena_printf(a, "%s/county.json", dir), CONFIG_BYTES, &b, e);
    if (rc != RC_OK)
        return rc;
    json_t *o = json_loadb((const char *)b.p, b.n, 0, NULL);
    const char *url = json_string_value(json_object_get(o, "db")),
               *schema = json_string_value(json_object_get(o, "schema"));
    *ret_url = url && *url ? arena_strdup(a, url) : NULL;
    *ret_schema = schema && *schema ? arena_strdup(a, schema) : NULL;
    json_decref(o);
    return RC_OK;
}

static enum rc info_fill(struct county *c, struct arena *a, struct backup_info *ret,
                         struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct clock real = { .simulated = false };
    struct log_state log;
    const char *url;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = log_state_get(s, a, &log, e);
    if (rc == RC_OK)
        rc = config_of(a, c->dir, &url, &ret->schema, e);
    ret->origin = arena_strdup(a, c->origin);
    ret->name = arena_strdup(a, c->name);
    ret->at = clock_now(&real);
    ret->log_size = rc == RC_OK ? log.size : 0;
    ret->postgres = db_kind(c->db) == DB_POSTGRES;
    return rc;
}

static const char *info_text(struct arena *a, const struct backup_info *i)
{
    struct str b;
    char at[TIME_TEXT];
    str_init(&b, a);
    str_add(&b, "{\"backup\":1,\"origin\":");
    json_text(&b, i->origin);
    str_add(&b, ",\"name\":");
    json_text(&b, i->name);
    str_addf(&b, ",\"at\":\"%s\",\"log_size\":%lld,\"postgres\":%s,\"schema\":",
             time_iso(i->at, at), (long long)i->log_size, i->postgres ? "true" : "false");
    json_text(&b, i->schema ? i->schema : "");
    str_add(&b, "}\n");
    return b.s;
}

/* The database of one moment in a file of its own beside the archive. */
static enum rc copy_database(struct writing *w, const struct backup_info *i, const char *path,
                             struct err *e)
{
    (void)unlink(path); /* of an attempt that was cut off */
    enum rc rc = i->postgres ? db_dump(w->c->db, path, e) : db_backup(w->c->db, path, e);
    return rc == RC_OK ? add_source(w, i->postgres ? "county.sql" : "county.db", path, e) : rc;
}

static enum rc write_all(struct writing *w, const struct backup_info *i, const char *copy,
                         struct err *e)
{
    static const char end[2 * BLOCK];
    enum rc rc = copy_database(w, i, copy, e);
    if (rc == RC_OK)
        rc = add_folder(w, "keys", w->c->p->keys_dir, /* deep= */ false, e);
    if (rc == RC_OK)
        rc = add_folder(w, "files", w->c->p->files_dir, /* deep= */ true, e);
    if (rc == RC_OK)
        rc = put_text(w, "backup.json", info_text(w->a, i), e);
    for (size_t k = 0; k < w->n && rc == RC_OK; k++)
        rc = put_file(w, &w->src[k], e);
    if (rc == RC_OK)
        rc = put_text(w, "SHA256SUMS", arena_strdup(w->a, w->sums.s), e);
    if (rc == RC_OK)
        rc = put(w, end, sizeof(end), e);
    if (rc == RC_OK && (fflush(w->f) != 0 || fsync(fileno(w->f)) != 0))
        rc = io(e, w->path);
    return rc;
}

enum rc county_backup(struct county *c, const char *path,
                      const struct backup_progress *progress, struct arena *a,
                      struct backup_info *ret, struct err *e)
{
    struct backup_info info = { .origin = "" };
    CLEANUP(sha256_freep) struct sha256 *all = sha256_new();
    CLEANUP(file_closep) FILE *f = NULL;
    const char *copy = arena_printf(a, "%s.%d.copy", path, (int)getpid());
    struct writing w = { .c = c,
                         .a = a,
                         .path = arena_printf(a, "%s.%d.new", path, (int)getpid()),
                         .all = all,
                         .progress = progress };
    uint8_t digest[HASH_SIZE];
    if (file_exists(path))
        return err_set(e, RC_CONFLICT, N_("文件 {path} 已存在"), "path", path);
    (void)unlink(w.path); /* of an attempt that was cut off */
    int fd = open(w.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!f)
        return io(e, path);
    w.f = f;
    str_init(&w.sums, a);
    enum rc rc = info_fill(c, a, &info, e);
    w.mtime = info.at.us / 1000000;
    if (rc == RC_OK)
        rc = write_all(&w, &info, copy, e);
    if (rc == RC_OK)
        rc = file_publish(w.path, path, e);
    (void)unlink(copy);
    (void)unlink(w.path);
    if (rc != RC_OK)
        return rc;
    sha256_end(all, digest);
    hex_encode(digest, sizeof(digest), info.digest);
    info.size = w.size;
    *ret = info;
    return RC_OK;
}

/* ---- reading ---- */

struct reading {
    struct arena *a;
    FILE *f;
    const char *path, *dir, *stage; /* the file, the folder, where it is unpacked in there */
    struct str placed;              /* keys put into the folder, a line each */
    struct str sums;                /* as computed */
    const char *said;               /* SHA256SUMS */
    bool database;
    const struct backup_progress *progress;
    int64_t done, total;
};

static enum rc not_a_backup(const struct reading *r, struct err *e)
{
    return err_set(e, RC_INVALID, N_("{path} 不是净鉴的备份文件,或已残缺"), "path", r->path);
}

static enum rc next_head(struct reading *r, struct tar_head *ret, int64_t *ret_size,
                         struct err *e)
{
    if (fread(ret, 1, sizeof(*ret), r->f) != sizeof(*ret))
        return not_a_backup(r, e);
    if (ret->name[0] == '\0')
        return RC_DONE;
    return head_read(ret, ret_size) ? RC_OK : not_a_backup(r, e);
}

/* The bytes of a small entry, NUL-ended. */
static enum rc entry_text(struct reading *r, int64_t size, int64_t max, char **ret,
                          struct err *e)
{
    size_t padded = (size_t)((size + BLOCK - 1) / BLOCK * BLOCK);
    if (size > max)
        return not_a_backup(r, e);
    char *text = arena_alloc(r->a, padded + 1);
    if (fread(text, 1, padded, r->f) != padded)
        return not_a_backup(r, e);
    text[size] = '\0';
    *ret = text;
    return RC_OK;
}

static enum rc info_read(struct reading *r, struct backup_info *ret, struct err *e)
{
    struct tar_head h;
    int64_t size;
    char *text, hex[HASH_HEX];
    uint8_t digest[HASH_SIZE];
    enum rc rc = next_head(r, &h, &size, e);
    if (rc == RC_OK && !str_eq(h.name, "backup.json"))
        rc = RC_DONE;
    if (rc == RC_OK)
        rc = entry_text(r, size, CONFIG_BYTES, &text, e);
    if (rc != RC_OK)
        return rc == RC_DONE ? not_a_backup(r, e) : rc;
    json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const char *origin = json_string_value(json_object_get(o, "origin")),
               *name = json_string_value(json_object_get(o, "name")),
               *at = json_string_value(json_object_get(o, "at")),
               *schema = json_string_value(json_object_get(o, "schema"));
    *ret = (struct backup_info){
        .origin = origin ? arena_strdup(r->a, origin) : NULL,
        .name = name ? arena_strdup(r->a, name) : "",
        .log_size = json_integer_value(json_object_get(o, "log_size")),
        .postgres = json_is_true(json_object_get(o, "postgres")),
        .schema = schema && *schema ? arena_strdup(r->a, schema) : NULL,
        .size = r->total,
    };
    rc = json_integer_value(json_object_get(o, "backup")) == 1 && origin && at
             ? time_parse(at, &ret->at, e)
             : not_a_backup(r, e);
    json_decref(o);
    sha256(text, (size_t)size, digest);
    str_addf(&r->sums, "%s  backup.json\n", hex_encode(digest, sizeof(digest), hex));
    return rc;
}

static enum rc reading_open(struct reading *r, struct err *e)
{
    struct stat st;
    r->f = fopen(r->path, "rbe");
    if (!r->f || fstat(fileno(r->f), &st) != 0)
        return io(e, r->path);
    r->total = st.st_size;
    str_init(&r->sums, r->a);
    return RC_OK;
}

enum rc backup_look(const char *path, struct arena *a, struct backup_info *ret, struct err *e)
{
    struct reading r = { .a = a, .path = path };
    enum rc rc = reading_open(&r, e);
    if (rc == RC_OK)
        rc = info_read(&r, ret, e);
    file_closep(&r.f);
    return rc;
}

/* As the database has them; it ends up in SQL. */
static bool schema_valid(const char *s)
{
    size_t n = strlen(s);
    return n > 0 && n <= 63 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == n &&
           !(*s >= '0' && *s <= '9');
}

/* keys/log.key, files/ab/cdef…: nothing that could lead elsewhere. */
static bool name_valid(const char *name)
{
    if (str_eq(name, "county.db") || str_eq(name, "county.sql"))
        return true;
    if (!str_starts(name, "keys/") && !str_starts(name, "files/"))
        return false;
    for (const char *s = name; *s; s++) {
        bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
                     (*s >= '0' && *s <= '9') || *s == '-' || *s == '_';
        if (!plain && !(*s == '/' && s[1] != '/' && s[1] != '.') &&
            !(*s == '.' && s > name && s[-1] != '.' && s[-1] != '/'))
            return false;
    }
    return !str_ends(name, "/");
}

static enum rc folder_of(struct reading *r, const char *path, struct err *e)
{
    const char *slash = strrchr(path, '/');
    return dir_make(arena_strndup(r->a, path, (size_t)(slash - path)), e);
}

/* One entry into the stage. */
static enum rc unpack(struct reading *r, const char *name, int64_t size, struct err *e)
{
    const char *path = arena_printf(r->a, "%s/%s", r->stage, name);
    CLEANUP(sha256_freep) struct sha256 *one = sha256_new();
    CLEANUP(file_closep) FILE *to = NULL;
    char block[COPY], hex[HASH_HEX];
    uint8_t digest[HASH_SIZE];
    enum rc rc = folder_of(r, path, e);
    if (rc != RC_OK)
        return rc;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    to = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!to)
        return io(e, path);
    for (int64_t left = size; left > 0 && rc == RC_OK;) {
        size_t n = left < COPY ? (size_t)left : COPY;
        if (fread(block, 1, n, r->f) != n)
            return not_a_backup(r, e);
        sha256_add(one, block, n);
        if (fwrite(block, 1, n, to) != n)
            return io(e, path);
        left -= (int64_t)n;
        r->done += (int64_t)n;
        rc = r->progress ? r->progress->say(r->progress->ctx, r->done, r->total, e) : RC_OK;
    }
    size_t pad = (size_t)((BLOCK - size % BLOCK) % BLOCK);
    if (rc == RC_OK && fread(block, 1, pad, r->f) != pad)
        return not_a_backup(r, e);
    if (rc == RC_OK && (fflush(to) != 0 || fsync(fileno(to)) != 0))
        return io(e, path);
    sha256_end(one, digest);
    str_addf(&r->sums, "%s  %s\n", hex_encode(digest, sizeof(digest), hex), name);
    return rc;
}

/* The first line of what was computed that the archive's own list does not have there. */
static enum rc compare_sums(struct reading *r, struct err *e)
{
    size_t i = 0, line = 0;
    if (str_eq(r->said, r->sums.s))
        return RC_OK;
    for (; r->sums.s[i] && r->sums.s[i] == r->said[i]; i++)
        if (r->sums.s[i] == '\n')
            line = i + 1;
    const char *rest = r->sums.s + line;
    size_t n = strcspn(rest, "\n"), digest = (size_t)HASH_HEX - 1 + 2;
    return err_set(e, RC_UNPROVEN, N_("{path} 已损坏:里面的 {name} 与它自带的摘要不符"), "path",
                   r->path, "name",
                   n > digest ? arena_strndup(r->a, rest + digest, n - digest) : "SHA256SUMS");
}

static enum rc unpack_all(struct reading *r, const struct backup_info *i, struct err *e)
{
    struct tar_head h;
    int64_t size;
    const char *database = i->postgres ? "county.sql" : "county.db";
    enum rc rc;
    while ((rc = next_head(r, &h, &size, e)) == RC_OK) {
        char *text;
        const char *name = arena_strdup(r->a, h.name);
        if (str_eq(name, "SHA256SUMS")) {
            rc = entry_text(r, size, r->total, &text, e);
            if (rc != RC_OK)
                return rc;
            r->said = text;
            continue;
        }
        if (r->said || !name_valid(name))
            return not_a_backup(r, e);
        r->database |= str_eq(name, database);
        rc = unpack(r, name, size, e);
        if (rc != RC_OK)
            return rc;
    }
    if (rc != RC_DONE)
        return rc;
    if (!r->said || !r->database)
        return not_a_backup(r, e);
    return compare_sums(r, e);
}

/* Empty but for the lock and what was put into keys. */
static enum rc must_be_free(const char *dir, struct err *e)
{
    DIR *d = opendir(dir);
    bool empty = true;
    if (!d)
        return io(e, dir);
    for (struct dirent *f; empty && (f = readdir(d)) != NULL;)
        empty = f->d_name[0] == '.' || str_eq(f->d_name, "lock") || str_eq(f->d_name, "keys");
    closedir(d);
    return empty ? RC_OK
                 : err_set(e, RC_CONFLICT, N_("{dir} 里已有内容;恢复要用空文件夹"), "dir", dir);
}

/* Last of all: with county.json the folder is a county. */
static enum rc config_write(struct reading *r, const char *url, const char *schema,
                            struct err *e)
{
    struct str b;
    str_init(&b, r->a);
    str_add(&b, "{\"version\":1,\"db\":");
    json_text(&b, url ? url : "");
    str_add(&b, ",\"schema\":");
    json_text(&b, schema ? schema : "");
    str_add(&b, "}\n");
    return file_write_private(arena_printf(r->a, "%s/county.json", r->dir), b.s, b.n, e);
}

/* ---- from the stage to a county ---- */

static enum rc move(const struct reading *r, const char *name, struct err *e)
{
    const char *from = arena_printf(r->a, "%s/%s", r->stage, name),
               *to = arena_printf(r->a, "%s/%s", r->dir, name);
    return rename(from, to) == 0 ? RC_OK : io(e, to);
}

/* Keys that lie in the folder already are newer and stay. */
static enum rc move_keys(struct reading *r, struct err *e)
{
    enum rc rc = dir_make(arena_printf(r->a, "%s/keys", r->dir), e);
    DIR *d = opendir(arena_printf(r->a, "%s/keys", r->stage));
    if (!d)
        return rc; /* no key was in it: county_open says so */
    for (struct dirent *f; rc == RC_OK && (f = readdir(d)) != NULL;) {
        const char *name = arena_printf(r->a, "keys/%s", f->d_name);
        if (f->d_name[0] == '.' || file_exists(arena_printf(r->a, "%s/%s", r->dir, name)))
            continue;
        rc = move(r, name, e);
        if (rc == RC_OK)
            str_addf(&r->placed, "%s\n", name);
    }
    closedir(d);
    return rc;
}

static enum rc move_all(struct reading *r, const struct backup_info *i, const char *db_url,
                        struct err *e)
{
    enum rc rc = move_keys(r, e);
    if (rc == RC_OK && !i->postgres)
        rc = move(r, "county.db", e);
    if (rc == RC_OK && file_exists(arena_printf(r->a, "%s/files", r->stage)))
        rc = move(r, "files", e);
    if (rc == RC_OK)
        rc = dir_make(arena_printf(r->a, "%s/files", r->dir), e);
    if (rc == RC_OK)
        rc = dir_make(arena_printf(r->a, "%s/log", r->dir), e);
    return rc == RC_OK
               ? config_write(r, i->postgres ? db_url : NULL, i->postgres ? i->schema : NULL, e)
               : rc;
}

/* On hold, and with its tiles again. */
static enum rc settle(const char *dir, const struct backup_info *i, struct err *e)
{
    CLEANUP(county_closep) struct county *c = NULL;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char at[TIME_TEXT];
    enum rc rc = county_open(dir, &c, e);
    if (rc == RC_OK)
        rc = county_hold(c, arena_printf(a, "restored from %s", time_iso(i->at, at)), e);
    return rc == RC_OK ? county_rebuild_tiles(c, e) : rc;
}

/* A schema that was made here goes again; psql is the way it came. */
static void drop_schema(const struct reading *r, const struct backup_info *i, const char *url)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *sql = arena_printf(r->a, "%s/undo.sql", r->stage),
               *text = arena_printf(r->a, "DROP SCHEMA \"%s\" CASCADE;\n",
                                    i->schema ? i->schema : "jingjian");
    if (dir_make(r->stage, &e) == RC_OK &&
        file_write_private(sql, text, strlen(text), &e) == RC_OK)
        (void)!db_load(url, sql, &e); /* why it failed before is what is reported */
}

/* Nothing of an attempt that failed is left behind; what was there before stays. */
static void undo(const struct reading *r, bool made)
{
    static const char *const files[] = { "county.json",   "county.db", "county.db-wal",
                                         "county.db-shm", "files",     "log" };
    size_t n;
    char **keys = str_split(r->a, r->placed.s, '\n', &n);
    for (size_t i = 0; i < COUNT(files); i++)
        dir_remove(arena_printf(r->a, "%s/%s", r->dir, files[i]));
    for (size_t i = 0; i < n; i++)
        if (*keys[i])
            (void)unlink(arena_printf(r->a, "%s/%s", r->dir, keys[i]));
    (void)rmdir(arena_printf(r->a, "%s/keys", r->dir)); /* when nothing was put there before */
    if (made) {
        (void)unlink(arena_printf(r->a, "%s/lock", r->dir));
        (void)rmdir(r->dir);
    }
}

static enum rc take(struct reading *r, struct backup_info *i, const char *db_url,
                    bool *ret_loaded, struct err *e)
{
    enum rc rc = reading_open(r, e);
    if (rc == RC_OK)
        rc = info_read(r, i, e);
    if (rc == RC_OK && i->postgres && !db_url)
        rc = err_set(e, RC_INVALID,
                     N_("{path} 里是 PostgreSQL 的县:请用 --db 写明恢复到哪个数据库"), "path",
                     r->path);
    if (rc == RC_OK && !i->postgres && db_url)
        rc = err_set(e, RC_INVALID, N_("{path} 里是 SQLite 的县,不能恢复到别的数据库"), "path",
                     r->path);
    if (rc == RC_OK && i->schema && !schema_valid(i->schema))
        rc = not_a_backup(r, e);
    if (rc == RC_OK)
        rc = unpack_all(r, i, e);
    file_closep(&r->f);
    if (rc == RC_OK && i->postgres) {
        rc = db_load(db_url, arena_printf(r->a, "%s/county.sql", r->stage), e);
        *ret_loaded = rc == RC_OK;
    }
    return rc == RC_OK ? move_all(r, i, db_url, e) : rc;
}

enum rc county_restore(const char *path, const char *dir, const char *db_url,
                       const struct backup_progress *progress, struct arena *a,
                       struct backup_info *ret, struct err *e)
{
    struct reading r = { .a = a, .path = path, .dir = dir, .progress = progress };
    struct backup_info info = { .origin = "" };
    CLEANUP(fd_closep) int lock = -1;
    bool made = !file_exists(dir), loaded = false;
    enum rc rc = dir_make(dir, e);
    if (rc == RC_OK)
        rc = folder_lock(dir, &lock, e);
    if (rc == RC_OK)
        rc = must_be_free(dir, e);
    if (rc != RC_OK)
        return rc;
    r.stage = arena_printf(a, "%s/.restore", dir);
    dir_remove(r.stage); /* of an attempt that was cut off */
    str_init(&r.placed, a);
    rc = take(&r, &info, db_url, &loaded, e);
    fd_closep(&lock); /* county_open takes it */
    if (rc == RC_OK)
        rc = settle(dir, &info, e);
    if (rc == RC_OK)
        *ret = info;
    else if (loaded)
        drop_schema(&r, &info, db_url);
    dir_remove(r.stage);
    if (rc != RC_OK)
        undo(&r, made);
    return rc;
}
