/*
 * Pulls. The one idea: fetching ends in bytes, and from there on it is a file somebody sent; a
 * run writes values, its import and its line in the log in one change, or only the line.
 */
#include "collect/pull.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "collect/pull.sql.h"
#include "collect/round.h"
#include "monitor/values_import.h"
#include "notice/outside.h"
#include "people/account.sql.h"
#include "store/county.h"
#include "store/record.h"
#include "store/secret.h"

#include <dirent.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

const char pull_job[] = "pull";

const char *pull_message(const struct err *e, struct arena *a)
{
    return arena_printf(a, "%s\n%s", err_message(e, LANG_ZH, a), err_message(e, LANG_EN, a));
}

const char *pull_message_in(const char *message, enum lang lang, struct arena *a)
{
    size_t zh = strcspn(message, "\n");
    return lang == LANG_ZH || message[zh] == '\0' ? arena_strndup(a, message, zh)
                                                  : message + zh + 1;
}

bool outside_allowed(const char *allowed, const char *address)
{
    while (*allowed) {
        size_t n = strcspn(allowed, " \r\n\t");
        /* A whole part of the address: http://a.example is not the beginning of
         * http://a.example.org. */
        if (n && strncmp(allowed, address, n) == 0 &&
            (address[n] == '\0' || address[n] == '/' || address[n] == '?' ||
             allowed[n - 1] == '/'))
            return true;
        allowed += n;
        allowed += strspn(allowed, " \r\n\t");
    }
    return false;
}

/* ---- setting up ---- */

static enum rc check_place(const struct snap *s, const struct pull_new *n, struct arena *a,
                           struct err *e)
{
    const char *allowed;
    bool http = str_eq(n->kind, "http"), sql = str_eq(n->kind, "sql");
    if (str_eq(n->kind, "folder"))
        return code_valid(n->place)
                   ? RC_OK
                   : err_set(e, RC_INVALID,
                             N_("文件夹名「{name}」只能用字母、数字、-和_,它在数据文件夹的 "
                                "pull/ 里"),
                             "name", n->place);
    if (!http && !sql)
        return err_set(e, RC_INVALID, N_("取数方式应是文件夹、HTTP接口或SQL视图"));
    if (http && !str_starts(n->place, "http://") && !str_starts(n->place, "https://"))
        return err_set(e, RC_INVALID, N_("接口地址应以 https:// 或 http:// 开头"));
    if (sql && !str_starts(n->place, "postgresql://"))
        return err_set(e, RC_INVALID, N_("数据库地址应以 postgresql:// 开头"));
    if (sql && strstr(n->place, "password"))
        return err_set(e, RC_INVALID, N_("密码请填在密码一栏,不要写在地址里"));
    enum rc rc = setting_text(s, &collect_settings[COLLECT_OUTSIDE], a, &allowed, e);
    if (rc == RC_OK && !outside_allowed(allowed, n->place))
        rc = err_set(e, RC_INVALID,
                     N_("{address}不在允许连接的地址里;请系统管理员在「设置」里加上"),
                     "address", n->place);
    return rc;
}

static enum rc check_points(const struct snap *s, const struct pull_new *n, struct arena *a,
                            struct err *e)
{
    size_t k;
    char **code = str_split(a, n->points, ' ', &k);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < k && rc == RC_OK; i++) {
        struct point p;
        if (!*code[i])
            continue;
        rc = point_find(s, code[i], a, &p, e);
        if (rc == RC_OK && !str_eq(p.owner, n->source))
            rc = err_set(e, RC_INVALID, N_("监测点{point}不归{source}报送"), "point", code[i],
                         "source", n->source);
    }
    return rc;
}

static enum rc check_secret(const struct pull_new *n, struct err *e)
{
    if (strlen(n->secret) > PULL_SECRET_MAX)
        return err_set(e, RC_TOOBIG, N_("密码或令牌最多{limit}个字节"), "limit", "2000");
    if (*n->secret && str_eq(n->kind, "folder"))
        return err_set(e, RC_INVALID, N_("从文件夹取数不用密码或令牌"));
    return str_eq(n->kind, "http") && !outside_bearer_valid(n->secret)
               ? err_set(e, RC_INVALID, N_("令牌只能是字母、数字和标点,中间没有空格"))
               : RC_OK;
}

static enum rc write_record(struct tx *tx, struct county *c, const struct query *audit,
                            const void *row, const char *kind, const char *unit,
                            const char *subject, const char *by, struct arena *a,
                            struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, audit, row);
    struct record_part part = part_restricted(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = unit,
                                               .subject = subject,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

static enum rc demand(const struct person *by, const struct unit *u, struct err *e)
{
    enum rc rc = person_demand(by, CAP_DISPATCH, NULL, e);
    return rc == RC_OK ? person_demand(by, CAP_SEND_VALUES, u, e) : rc;
}

enum rc pull_make(struct tx *tx, struct county *c, const struct person *by,
                  const struct pull_new *n, struct arena *a, const char **ret_code,
                  struct err *e)
{
    const struct snap *s = tx_snap(tx);
    const struct units *us;
    struct pull_last_row last;
    struct bytes secret = { 0 };
    struct id record;
    enum rc rc = units_load(s, county_today(c), a, &us, e);
    const struct unit *u = rc == RC_OK ? units_find(us, n->source) : NULL;
    if (rc == RC_OK && !u)
        rc = err_set(e, RC_INVALID, N_("没有编码为「{unit}」的单位"), "unit", n->source);
    if (rc == RC_OK)
        rc = demand(by, u, e);
    if (rc == RC_OK && (n->every_hours < 1 || n->every_hours > 24 * 31))
        rc = err_set(e, RC_INVALID, N_("每1到{limit}小时取一次"), "limit", "744");
    if (rc == RC_OK)
        rc = check_place(s, n, a, e);
    if (rc == RC_OK)
        rc = check_points(s, n, a, e);
    if (rc == RC_OK)
        rc = check_secret(n, e);
    if (rc == RC_OK && *n->secret)
        rc = secret_seal(c, n->secret, strlen(n->secret), a, &secret, e);
    if (rc == RC_OK)
        rc = pull_last_one(s, a, &last, e);
    if (rc != RC_OK)
        return rc;
    const struct pull_audit_row row = { .code =
                                            arena_printf(a, "Q-%05lld", (long long)last.id + 1),
                                        .name = n->name,
                                        .source = n->source,
                                        .kind = n->kind,
                                        .place = n->place,
                                        .relation = n->relation,
                                        .points = n->points,
                                        .every_hours = n->every_hours,
                                        .state = "on",
                                        .by_account = by->code,
                                        .at = county_now(c) };
    rc = write_record(tx, c, &pull_audit_query, &row, "pull.set", n->source, row.code, by->code,
                      a, &record, e);
    if (rc == RC_OK)
        rc = pull_insert(tx, row.code, row.name, row.source, row.kind, row.place, row.relation,
                         secret, row.points, row.every_hours, row.state, row.by_account, row.at,
                         record, NULL, e);
    if (rc == RC_OK)
        *ret_code = row.code;
    return rc;
}

static enum rc find(const struct snap *s, const char *code, struct arena *a,
                    struct pull_of_code_row *ret, struct err *e)
{
    enum rc rc = pull_of_code_one(s, code, a, ret, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的取数"), "code", code);
    }
    return rc;
}

enum rc pull_switch(struct tx *tx, struct county *c, const struct person *by, const char *code,
                    bool on, struct arena *a, struct err *e)
{
    struct pull_of_code_row p;
    const struct units *us;
    struct id record;
    int64_t changed = 0;
    enum rc rc = find(tx_snap(tx), code, a, &p, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc == RC_OK)
        rc = demand(by, units_find(us, p.source), e);
    if (rc != RC_OK)
        return rc;
    const struct pull_audit_row row = { .code = p.code,
                                        .name = p.name,
                                        .source = p.source,
                                        .kind = p.kind,
                                        .place = p.place,
                                        .relation = p.relation,
                                        .points = p.points,
                                        .every_hours = p.every_hours,
                                        .state = on ? "on" : "off",
                                        .by_account = p.by_account,
                                        .at = county_now(c) };
    rc = write_record(tx, c, &pull_audit_query, &row, "pull.set", p.source, p.code, by->code, a,
                      &record, e);
    if (rc == RC_OK)
        rc = pull_set_state(tx, row.state, row.at, record, p.code, &changed, e);
    if (rc == RC_OK && changed == 0)
        rc = err_set(e, RC_CONFLICT, on ? N_("这项取数已经开着") : N_("这项取数已经停了"));
    return rc;
}

/* ---- fetching ---- */

struct fetching {
    struct county *c;
    struct arena *a;
    struct pull_of_code_row p;
    const char *file; /* its name */
    struct bytes content;
};

static bool is_sheet(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && ((n > 4 && strcasecmp(name + n - 4, ".csv") == 0) ||
                              (n > 5 && strcasecmp(name + n - 5, ".xlsx") == 0));
}

/* The file whose name sorts last: files are named by their day or period. */
static enum rc fetch_folder(struct fetching *f, struct err *e)
{
    const char *dir = arena_printf(f->a, "%s/pull/%s", f->c->dir, f->p.place), *best = NULL;
    DIR *d = opendir(dir);
    struct stat st;
    if (!d)
        return err_set(e, RC_IO, N_("数据文件夹里没有 pull/{name}"), "name", f->p.place);
    for (struct dirent *x = readdir(d); x; x = readdir(d))
        if (is_sheet(x->d_name) && (!best || strcmp(x->d_name, best) > 0))
            best = arena_strdup(f->a, x->d_name);
    (void)closedir(d); /* only read */
    if (!best)
        return err_set(e, RC_IO, N_("pull/{name} 里没有 csv 或 xlsx 文件"), "name", f->p.place);
    const char *path = arena_printf(f->a, "%s/%s", dir, best);
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return err_set(e, RC_IO, N_("{file}不是文件"), "file", best);
    if (time(NULL) - st.st_mtime < PULL_QUIET_S && st.st_mtime <= time(NULL))
        return err_set(e, RC_IO, N_("{file}刚刚还在写,可能不完整;下次再取"), "file", best);
    f->file = best;
    return file_read(f->a, path, PULL_BYTES_MAX, &f->content, e);
}

/* The password or the token of this pull, "" for none. */
static enum rc open_secret(struct fetching *f, const char **ret, struct err *e)
{
    *ret = "";
    return f->p.secret.n ? secret_open_text(f->c, f->p.secret, f->a, ret, e) : RC_OK;
}

static enum rc fetch_http(struct fetching *f, struct err *e)
{
    struct outside_reply r;
    const char *token;
    enum rc rc = open_secret(f, &token, e);
    if (rc == RC_OK)
        rc = outside_ask(f->a,
                         &(struct outside_call){ .url = f->p.place,
                                                 .bearer = token,
                                                 .timeout_ms = PULL_TIMEOUT_MS,
                                                 .max = PULL_BYTES_MAX },
                         &r, e);
    if (rc != RC_OK)
        return rc;
    if (*r.redirect)
        return err_set(e, RC_IO, N_("接口要转到{to},没有跟去;请把登记的地址改成最终的那个"),
                       "to", r.redirect);
    if (r.status != 200)
        return err_set(e, RC_IO, N_("接口答{status},应是200"), "status",
                       arena_printf(f->a, "%d", r.status));
    f->content = r.body;
    bool zip = r.body.n >= 2 && r.body.p[0] == 'P' && r.body.p[1] == 'K';
    f->file = zip ? arena_printf(f->a, "%s.xlsx", f->p.code)
                  : arena_printf(f->a, "%s.csv", f->p.code);
    if (strncasecmp(r.type, "text/html", 9) == 0)
        return err_set(e, RC_INVALID,
                       N_("取到的是网页,不是数据;常见的原因是要先登录,或地址变了"));
    return RC_OK;
}

static enum rc fetch_sql(struct fetching *f, struct err *e)
{
    const char *password;
    f->file = arena_printf(f->a, "%s.csv", f->p.code);
    enum rc rc = open_secret(f, &password, e);
    return rc == RC_OK
               ? pull_sql_read(f->p.place, password, f->p.relation, f->a, &f->content, e)
               : rc;
}

/* What no check of rows can see. */
static enum rc whole(const struct fetching *f, struct err *e)
{
    const uint8_t *p = f->content.p;
    size_t n = f->content.n, i = 0;
    if (n == 0)
        return err_set(e, RC_INVALID, N_("{file}是空的"), "file", f->file);
    if (n >= 2 && p[0] == 'P' && p[1] == 'K')
        return RC_OK; /* half of a zip has no directory, which is at its end */
    if (n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf)
        i = 3;
    while (i < n && (p[i] == ' ' || p[i] == '\r' || p[i] == '\n' || p[i] == '\t'))
        i++;
    if (i < n && p[i] == '<')
        return err_set(e, RC_INVALID,
                       N_("取到的是网页,不是数据;常见的原因是要先登录,或地址变了"));
    if (p[n - 1] != '\n' && p[n - 1] != '\r')
        return err_set(e, RC_INVALID, N_("{file}不完整:最后一行没有换行,可能只传了一半"),
                       "file", f->file);
    return RC_OK;
}

static enum rc fetch(struct fetching *f, struct err *e)
{
    /* Where it may reach may have changed since it was set up. */
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct pull_new now = { .kind = f->p.kind, .place = f->p.place };
    enum rc rc = db_read(f->c->db, &s, e);
    if (rc == RC_OK)
        rc = check_place(s, &now, f->a, e);
    db_read_end(&s);
    if (rc != RC_OK)
        return rc;
    rc = str_eq(f->p.kind, "folder") ? fetch_folder(f, e)
         : str_eq(f->p.kind, "http") ? fetch_http(f, e)
                                     : fetch_sql(f, e);
    return rc == RC_OK ? whole(f, e) : rc;
}

/* ---- a run ---- */

struct running {
    struct fetching f;
    struct pull_run_audit_row row;
    uint8_t digest[HASH_SIZE];
};

/* The line in the log. */
static enum rc write_run(struct tx *tx, void *arg, struct err *e)
{
    struct running *r = arg;
    struct pull_run_audit_row *row = &r->row;
    struct pull_run_last_row last;
    struct id record;
    enum rc rc = pull_run_last_one(tx_snap(tx), row->pull, r->f.a, &last, e);
    if (rc != RC_OK)
        return rc;
    row->number = last.number + 1;
    row->at = county_now(r->f.c);
    rc = write_record(tx, r->f.c, &pull_run_audit_query, row, "pull.run", r->f.p.source,
                      arena_printf(r->f.a, "%s-%lld", row->pull, (long long)row->number),
                      r->f.p.by_account, r->f.a, &record, e);
    return rc == RC_OK
               ? pull_run_insert(tx, row->pull, row->number, row->at, row->outcome,
                                 row->message, row->file_name, row->digest, row->n_rows,
                                 row->n_fresh, row->n_changed, row->import, record, NULL, e)
               : rc;
}

static enum rc with_import(struct tx *tx, void *arg, const char *import, struct err *e)
{
    struct running *r = arg;
    r->row.import = import;
    r->row.outcome = "taken";
    return write_run(tx, r, e);
}

static bool may_come(const char *points, const char *code)
{
    size_t n = strlen(code);
    if (!*points)
        return true;
    for (const char *p = points; (p = strstr(p, code)); p += n)
        if ((p == points || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
            return true;
    return false;
}

static enum rc check_rows(const struct running *r, const struct values_context *x,
                          const struct values_checked *k, struct err *e)
{
    enum rc rc = RC_OK;
    if (k->n_refused)
        return err_set(e, RC_INVALID, N_("{file}里有像个人名单的列，请去掉后再传"), "file",
                       r->f.file);
    rc = problems_err(&k->problems, r->f.file, e);
    if (rc == RC_OK && k->n == 0)
        rc = err_set(e, RC_INVALID, N_("{file}里没有一行数值"), "file", r->f.file);
    for (size_t i = 0; i < k->n && rc == RC_OK; i++) {
        const struct point *p = &x->points[k->row[i].point];
        if (!str_eq(p->owner, r->f.p.source) || !may_come(r->f.p.points, p->code))
            rc = err_set(e, RC_INVALID, N_("{file}里的监测点{point}不在这项取数里"), "file",
                         r->f.file, "point", p->code);
    }
    return rc;
}

/* Twice the same file is said and done with. */
static enum rc same_as_before(struct running *r, bool *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct pull_run_digest_row last;
    char at[TIME_TEXT];
    enum rc rc = db_read(r->f.c->db, &s, e);
    if (rc == RC_OK)
        rc = pull_run_digest_one(s, r->row.pull, r->f.a, &last, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *ret = false;
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    *ret = last.digest.n == HASH_SIZE && memcmp(last.digest.p, r->digest, HASH_SIZE) == 0;
    if (*ret) {
        CLEANUP(err_done) struct err said = { 0 };
        (void)err_set(&said, RC_DONE, N_("和{at}取的一模一样,没有写入"), "at",
                      time_local(last.at, at)); /* no failure */
        r->row.message = pull_message(&said, r->f.a);
    }
    return RC_OK;
}

/* What went to filings, in both languages as a row keeps it; "" for nothing. */
static const char *filings_message(const struct values_checked *k, struct arena *a)
{
    struct str zh, en;
    str_init(&zh, a);
    str_init(&en, a);
    for (size_t i = 0; i < k->n_filing; i++) {
        str_addf(&zh, "%s%s", i ? "；" : "", values_filing_text(&k->filing[i], LANG_ZH, a));
        str_addf(&en, "%s%s", i ? "; " : "", values_filing_text(&k->filing[i], LANG_EN, a));
    }
    return k->n_filing ? arena_printf(a, "%s\n%s", zh.s, en.s) : "";
}

static enum rc take(struct running *r, bool *ret_written, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct arena *a = r->f.a;
    struct account_of_code_row who;
    struct person by;
    struct values_context x;
    struct values_checked k;
    struct values_import done;
    bool same = false;
    sha256(r->f.content.p, r->f.content.n, r->digest);
    r->row.file_name = r->f.file;
    r->row.digest = (struct bytes){ r->digest, HASH_SIZE };
    enum rc rc = same_as_before(r, &same, e);
    if (rc != RC_OK || same)
        return rc;
    rc = db_read(r->f.c->db, &s, e);
    if (rc == RC_OK)
        rc = account_of_code_one(s, r->f.p.by_account, a, &who, e);
    if (rc == RC_OK)
        rc = person_load(s, who.id, county_today(r->f.c), ~UINT64_C(0), a, &by, e);
    if (rc == RC_OK)
        rc = values_context_make(r->f.c, s, &by, a, &x, e);
    if (rc == RC_OK)
        rc = values_import_check(&x, r->f.file, r->f.content, a, &k, NULL, e);
    if (rc == RC_OK)
        rc = check_rows(r, &x, &k, e);
    if (rc != RC_OK)
        return rc;
    r->row.message = filings_message(&k, a);
    r->row.n_rows = (int64_t)k.rows;
    r->row.n_fresh = (int64_t)k.fresh;
    r->row.n_changed = (int64_t)k.changed;
    if (k.fresh + k.changed + k.waiting + k.aside == 0) {
        CLEANUP(err_done) struct err said = { 0 };
        (void)err_set(&said, RC_DONE, N_("{n}行都和已有的一样,没有写入"), "n",
                      fmt_count(a, (int64_t)k.rows)); /* no failure */
        r->row.message = pull_message(&said, a);
        return RC_OK;
    }
    x.also = with_import;
    x.also_arg = r;
    rc = values_import_write(r->f.c, &x, &k, r->f.file, r->f.content, (struct id){ 0 }, NULL,
                             &by, a, &done, e);
    *ret_written = rc == RC_OK;
    return rc;
}

enum rc pull_run(struct county *c, const char *code, struct arena *a, struct pull_ran *ret,
                 struct err *e)
{
    struct running r = { .f = { .c = c, .a = a } };
    CLEANUP(err_done) struct err why = { 0 };
    bool written = false;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = find(s, code, a, &r.f.p, e);
    }
    if (rc != RC_OK)
        return rc;
    r.row = (struct pull_run_audit_row){
        .pull = r.f.p.code, .outcome = "same", .message = "", .file_name = "", .import = ""
    };
    rc = fetch(&r.f, &why);
    if (rc == RC_OK)
        rc = take(&r, &written, &why);
    if (rc != RC_OK) {
        r.row.outcome = "failed";
        r.row.import = "";
        r.row.n_fresh = r.row.n_changed = 0;
        r.row.message = pull_message(&why, a);
    }
    rc = written ? RC_OK : db_transact(c->db, write_run, &r, e);
    if (rc == RC_OK)
        *ret = (struct pull_ran){ .number = r.row.number,
                                  .outcome = r.row.outcome,
                                  .import = r.row.import,
                                  .fresh = r.row.n_fresh,
                                  .changed = r.row.n_changed };
    return rc;
}

/* ---- the job ---- */

static bool is_due(const struct pull_list_row *p, struct utime now)
{
    const int64_t hour_us = INT64_C(3600) * 1000000, slack_us = 60 * INT64_C(1000000);
    return str_eq(p->state, "on") &&
           (!p->run_at.us || now.us - p->run_at.us >= p->every_hours * hour_us - slack_us);
}

enum rc pull_job_run(struct job_run *r, struct err *e)
{
    struct pull_list_row *p;
    size_t n;
    int64_t taken = 0, failed = 0, done = 0;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(r->c->db, &s, e);
        if (rc == RC_OK)
            rc = pull_list_all(s, r->a, &p, &n, e);
    }
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct pull_ran ran;
        if (*r->key ? !str_eq(r->key, p[i].code) : !is_due(&p[i], county_now(r->c)))
            continue;
        rc = pull_run(r->c, p[i].code, a, &ran, e);
        if (rc == RC_OK) {
            taken += str_eq(ran.outcome, "taken");
            failed += str_eq(ran.outcome, "failed");
            rc = job_progress(r, ++done, (int64_t)n, e);
        }
    }
    if (rc == RC_OK && done)
        (void)err_set(&r->said, RC_DONE, N_("取了{n}项,有新数的{taken}项,没取成的{failed}项"),
                      "n", fmt_count(r->a, done), "taken", fmt_count(r->a, taken), "failed",
                      fmt_count(r->a, failed)); /* no failure */
    return rc;
}
