/*
 * 云记录 as pages: the unit writes (on a phone, also without a network: web/js/worklog.js),
 * everybody who may see the matter reads, who supervises asks. Nothing is counted here.
 */
#include "worklog/worklog_page.h"

#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"
#include "flow/inbox.h"
#include "flow/log.html.h"
#include "flow/matter.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/file.h"
#include "worklog/keep.h"
#include "worklog/page_room.h"
#include "worklog/picture.h"
#include "worklog/worklog.html.h"
#include "worklog/worklog.sql.h"
#include "worklog/worklog_form.html.h"
#include "worklog/worklog_matter.html.h"

#include <string.h>

enum {
    MATTERS_MAX = 100, /* to choose from */
    ON_MATTER = 5,     /* newest entries on the matter's page */
    ABOUT_CHARS = 60,  /* of an entry that another is about */
    SOON_US =
        300 * 1000000 /* what came so soon after it was written was written there and then */
};

/* ---- entries as pages show them ---- */

const char *work_file_href(struct arena *a, const struct work *w, const struct work_file *f)
{
    return arena_printf(a, "/worklog/%s/file/%s", w->matter, f->digest);
}

const char *work_thumb_href(struct arena *a, const struct work *w, const struct work_file *f)
{
    return arena_printf(a, "/worklog/%s/thumb/%s", w->matter, f->thumb);
}

void work_thumb_size(const struct work_file *f, int64_t *ret_width, int64_t *ret_height)
{
    size_t width = (size_t)f->width, height = (size_t)f->height;
    picture_fit(PICTURE_THUMB, &width, &height);
    *ret_width = (int64_t)width;
    *ret_height = (int64_t)height;
}

static const char *beginning(struct arena *a, const char *text)
{
    const char *end = text + strlen(text), *p = text;
    size_t length;
    for (size_t n = 0; p < end && n < ABOUT_CHARS; n++, p += length)
        (void)utf8_next(p, end, &length); /* only how long it is */
    return p < end ? arena_printf(a, "%.*s……", (int)(p - text), text) : text;
}

static const struct work *find(const struct work *list, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].code, code))
            return &list[i];
    return NULL;
}

struct showing {
    struct rq *rq;
    const struct work *list; /* that entries may be about */
    size_t n;
    bool may_write, may_ask;
    bool titles; /* entries of several matters: each says which */
};

static const char *act_href(const struct showing *x, const struct work *w, const char *kind)
{
    return arena_printf(x->rq->a, "/worklog/%s?kind=%s&about=%s#text", w->matter, kind,
                        w->code);
}

static void fill_files(const struct showing *x, const struct work *w, struct log_entries *out)
{
    struct arena *a = x->rq->a;
    out->pictures = arena_array(a, w->n_files, sizeof(*out->pictures));
    out->files = arena_array(a, w->n_files, sizeof(*out->files));
    for (size_t i = 0; i < w->n_files; i++) {
        const struct work_file *f = &w->files[i];
        if (!f->picture) {
            out->files[out->n_files++] =
                (struct log_entries_files){ f->name, work_file_href(a, w, f), f->size };
            continue;
        }
        struct log_entries_pictures *p = &out->pictures[out->n_pictures++];
        p->thumb = work_thumb_href(a, w, f);
        p->href = work_file_href(a, w, f);
        work_thumb_size(f, &p->width, &p->height);
    }
}

static void fill_entry(const struct showing *x, const struct work *w, struct log_entries *out)
{
    struct rq *rq = x->rq;
    const struct asker *k = rq_asker(rq);
    const struct unit *u = units_find(k->units, w->unit);
    const struct work *about = *w->about ? find(x->list, x->n, w->about) : NULL;
    bool mine = str_eq(w->by, k->person.code), said = w->kind != WORK_QUESTION;
    *out =
        (struct log_entries){ .code = w->code,
                              .name = x->titles ? w->title : rq_tr(rq, work_kind_text(w->kind)),
                              .question = !said,
                              .who = u ? text_fill(rq->a, rq_tr(rq, N_("{unit}{name}")), "unit",
                                                   u->name, "name", w->by_name, NULL)
                                       : w->by_name,
                              .at = w->captured,
                              .late = w->late,
                              .text = w->text,
                              .log_index = w->seq,
                              .log_index_null = w->seq < 0 };
    if (w->received.us - w->captured.us > SOON_US)
        out->came = w->received;
    if (x->titles)
        out->matter = arena_printf(rq->a, "/worklog/%s#w-%s", w->matter, w->code);
    if (about) {
        out->about_name =
            text_fill(rq->a, rq_tr(rq, N_("针对{name}的{kind}")), "name", about->by_name,
                      "kind", rq_tr(rq, work_kind_text(about->kind)), NULL);
        out->about_text = beginning(rq->a, about->text);
    }
    if (x->may_write && mine && (w->kind == WORK_ENTRY || w->kind == WORK_CORRECTION))
        out->correct = act_href(x, w, "correction");
    if (x->may_write && w->kind == WORK_QUESTION)
        out->reply = act_href(x, w, "answer");
    if (x->may_ask && !mine && said)
        out->ask = act_href(x, w, "question");
    fill_files(x, w, out);
}

/* The entries of x from first on, in their order. */
static void fill_log(const struct showing *x, size_t first, struct log_page *ret)
{
    ret->entries = arena_array(x->rq->a, x->n, sizeof(*ret->entries));
    for (size_t i = first; i < x->n; i++)
        fill_entry(x, &x->list[i], &ret->entries[ret->n_entries++]);
}

enum rc worklog_fill(struct rq *rq, const struct snap *s, const struct flow_who *w,
                     const struct matter *m, bool *ret_has, struct log_page *ret, struct err *e)
{
    struct work *list;
    size_t n;
    enum rc rc = m->draft ? RC_DONE : worklog_of_matter(s, m->code, rq->a, &list, &n, e);
    if (rc != RC_OK)
        return rc == RC_DONE ? RC_OK : rc;
    const struct showing x = { .rq = rq,
                               .list = list,
                               .n = n,
                               .may_write = worklog_may_write(w, m),
                               .may_ask = worklog_may_ask(w, m) };
    /* A procedure with a page of its own has no room for it, unless somebody wrote. */
    *ret_has = n > 0 || (!(m->kind && m->kind->page) && (x.may_write || x.may_ask));
    ret->more = n > ON_MATTER;
    ret->href = arena_printf(rq->a, "/worklog/%s", m->code);
    fill_log(&x, n > ON_MATTER ? n - ON_MATTER : 0, ret);
    return RC_OK;
}

/* ---- the unit's page ---- */

/* The unit whose work they do: their office if they handle its matters, else the first one. */
static const struct unit *work_unit(const struct asker *k)
{
    const struct unit *own = units_by_id(k->units, k->person.unit);
    if (own && person_may(&k->person, CAP_HANDLE, own))
        return own;
    for (size_t i = 0; i < k->units->n; i++)
        if (person_may(&k->person, CAP_HANDLE, &k->units->all[i]))
            return &k->units->all[i];
    return own;
}

static void offer(struct rq *rq, const char *kind, const char *code, const char *title,
                  const char *note, const char *chosen, struct worklog_form_page *f)
{
    const struct flow_kind *k = flow_kind_of(rq_county(rq), kind);
    if (!k || k->page)
        return; /* what has a page of its own is worked on there */
    f->more = f->n_matters == MATTERS_MAX;
    if (f->more)
        return;
    f->matters[f->n_matters++] =
        (struct worklog_form_matters){ code, title, rq_tr(rq, note ? note : k->name),
                                       str_eq(code, chosen) };
}

static enum rc offer_code(struct rq *rq, const struct snap *s, const struct flow_who *w,
                          const char *code, const char *note, const char *chosen,
                          struct worklog_form_page *f, struct err *e)
{
    struct matter m;
    enum rc rc = matter_load(s, rq_county(rq), code, rq->a, &m, e);
    if (rc == RC_OK && flow_may_see(w, &m) && worklog_may_write(w, &m))
        offer(rq, m.kind_code, m.code, m.title, note, chosen, f);
    return rc;
}

/* Open matters of the unit, directives first, then those of others in which it takes part; when
 * there are none, what it did last: it may have more to say, which is then late. */
static enum rc fill_matters(struct rq *rq, const struct snap *s, const struct flow_who *w,
                            const char *unit, const char *chosen, struct worklog_form_page *f,
                            struct err *e)
{
    struct county *c = rq_county(rq);
    struct work_joint_matters_row *joint;
    struct work_ended_matters_row *ended;
    struct matter_line *own;
    size_t n_own, n_joint, n_ended = 0;
    enum rc rc = flow_of_unit(s, c, w, unit, rq->lang, rq->a, &own, &n_own, e);
    if (rc == RC_OK)
        rc = work_joint_matters_all(s, unit, rq->a, &joint, &n_joint, e);
    if (rc != RC_OK)
        return rc;
    f->matters = arena_array(rq->a, MATTERS_MAX, sizeof(*f->matters));
    for (int directives = 1; directives >= 0; directives--)
        for (size_t i = 0; i < n_own; i++)
            if (str_eq(own[i].kind, "directive") == (directives == 1))
                offer(rq, own[i].kind, own[i].code, own[i].title, NULL, chosen, f);
    for (size_t i = 0; i < n_joint && rc == RC_OK; i++)
        rc = offer_code(rq, s, w, joint[i].code, NULL, chosen, f, e);
    if (rc == RC_OK && f->n_matters == 0)
        rc = work_ended_matters_all(s, unit, rq->a, &ended, &n_ended, e);
    for (size_t i = 0; i < n_ended && rc == RC_OK; i++)
        rc = offer_code(rq, s, w, ended[i].code, N_("已经结束，记下的注明迟交"), chosen, f, e);
    return rc;
}

static enum rc show_own(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    const struct unit *u = work_unit(k);
    const char *chosen = rq_field(rq, "matter"), *typed = rq_field(rq, "text");
    struct worklog_page p = { .error = error, .unit_name = u ? u->name : "" };
    struct showing x = { .rq = rq, .titles = true };
    struct flow_who w;
    struct work *list;
    int64_t before = 0;
    enum rc rc = rq_query_int(rq, "before", N_("从哪一条往前"), 0, INT64_MAX, &before, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = fill_matters(rq, s, &w, u ? u->code : "", chosen ? chosen : "", &p.form, e);
    if (rc == RC_OK)
        rc = worklog_of_unit(s, u ? u->code : "", (struct id){ before }, rq->a, &list, &x.n, e);
    if (rc != RC_OK)
        return rc;
    x.list = list;
    p.form.kind = work_kind_word(WORK_ENTRY);
    p.form.name = rq_tr(rq, N_("记一条"));
    p.form.account = p.account = k->person.code;
    p.form.text = typed ? typed : "";
    p.may_write = p.form.n_matters > 0;
    if (x.n > ROWS_A_PAGE) {
        x.n = ROWS_A_PAGE;
        p.older = arena_printf(rq->a, "/worklog?before=%lld", (long long)list[x.n - 1].id.v);
    }
    fill_log(&x, 0, &p.log);
    return worklog_render(rq, &p, e);
}

static enum rc worklog_show(struct rq *rq, struct err *e)
{
    return show_own(rq, NULL, e);
}

/* ---- a matter's ---- */

static enum rc load(struct rq *rq, const struct snap *s, const char *code, struct flow_who *w,
                    struct matter *m, struct err *e)
{
    enum rc rc = rq_who(rq, s, w, e);
    if (rc == RC_OK)
        rc = matter_load(s, rq_county(rq), code, rq->a, m, e);
    if (rc == RC_OK && (m->draft || !flow_may_see(w, m)))
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    return rc;
}

static void fill_form(const struct showing *x, const struct matter *m, enum work_kind kind,
                      const struct work *about, struct worklog_form_page *f)
{
    static const char *const names[] = { "", N_("记一条"), N_("更正"), N_("询问"), N_("答复") };
    static const char *const helps[] = { "", "", N_("原来的那条留着，更正列在后面。"),
                                         N_("承办单位马上收到提醒；询问和答复都留着。"), "" };
    struct rq *rq = x->rq;
    const char *typed = rq_field(rq, "text");
    *f = (struct worklog_form_page){ .kind = work_kind_word(kind),
                                     .name = rq_tr(rq, names[kind]),
                                     .help = *helps[kind] ? rq_tr(rq, helps[kind]) : "",
                                     .matter = m->code,
                                     .matter_title = m->title,
                                     .text = typed ? typed : "",
                                     .account = rq_asker(rq)->person.code };
    if (about) {
        f->about = about->code;
        f->about_name =
            text_fill(rq->a, rq_tr(rq, N_("针对{name}的{kind}")), "name", about->by_name,
                      "kind", rq_tr(rq, work_kind_text(about->kind)), NULL);
        f->about_text = beginning(rq->a, about->text);
    }
}

static enum rc show_matter(struct rq *rq, const char *code, const char *kind_word,
                           const char *about_code, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct worklog_matter_page p = { .error = error };
    struct showing x = { .rq = rq };
    struct flow_who w;
    struct matter m;
    struct work *list;
    enum work_kind kind = work_kind_of(kind_word ? kind_word : "");
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load(rq, s, code, &w, &m, e);
    if (rc == RC_OK)
        rc = worklog_of_matter(s, code, rq->a, &list, &x.n, e);
    if (rc != RC_OK)
        return rc;
    x.list = list;
    x.may_write = p.may_write = worklog_may_write(&w, &m);
    x.may_ask = p.may_ask = worklog_may_ask(&w, &m);
    if (!kind || !(kind == WORK_QUESTION ? x.may_ask : x.may_write))
        kind = x.may_write ? WORK_ENTRY : WORK_QUESTION;
    const struct work *about =
        about_code && kind != WORK_ENTRY ? find(x.list, x.n, about_code) : NULL;
    if (!about && (kind == WORK_CORRECTION || kind == WORK_ANSWER))
        kind = WORK_ENTRY;
    const struct flow_state *st = flow_state_of(m.kind, m.state);
    const struct unit *u = units_find(w.units, matter_unit(&m));
    p.code = m.code;
    p.title = m.title;
    p.state_name = st ? rq_tr(rq, st->name) : m.state;
    p.unit_name = u ? u->name : matter_unit(&m);
    p.ended = !m.open && x.may_write;
    p.doing = x.may_write || x.may_ask;
    fill_form(&x, &m, kind, about, &p.form);
    fill_log(&x, 0, &p.log);
    rq_crumb(rq, p.code, arena_printf(rq->a, "/matter/%s", m.code));
    rq_crumb(rq, rq_tr(rq, N_("云记录")), NULL);
    return worklog_matter_render(rq, &p, e);
}

static enum rc worklog_matter_show(struct rq *rq, struct err *e)
{
    return show_matter(rq, rq_param(rq, "matter"), rq_query(rq, "kind"), rq_query(rq, "about"),
                       NULL, e);
}

/* ---- writing ---- */

struct writing {
    struct rq *rq;
    struct county *c;
    struct flow_who w;
    struct work_new n;
    struct work_done done;
};

static enum rc do_add(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    return worklog_add(tx, x->c, &x->w, &x->n, x->rq->a, &x->done, e);
}

static enum rc keep_files(struct writing *x, struct err *e)
{
    struct rq *rq = x->rq;
    size_t n, kept = 0;
    const struct upload *u = rq_uploads(rq, &n);
    struct work_file *files = arena_array(rq->a, n, sizeof(*files));
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        CLEANUP(arena_freep) struct arena *tmp = arena_new();
        struct bytes content;
        if (u[i].size == 0 && !*u[i].filename)
            continue; /* a field left empty */
        rc = file_read(tmp, u[i].path, PICTURE_BYTES_MAX, &content, e);
        if (rc == RC_TOOBIG)
            rc = err_set(e, RC_TOOBIG, N_("{file} 超过{max}MB"), "file", u[i].filename, "max",
                         arena_printf(rq->a, "%d", PICTURE_BYTES_MAX / (1 << 20)));
        if (rc == RC_OK)
            rc = work_file_keep(x->c, u[i].filename, content, rq->a, &files[kept++], e);
    }
    x->n.files = files;
    x->n.n_files = kept;
    return rc;
}

static enum rc read_form(struct writing *x, struct err *e)
{
    struct rq *rq = x->rq;
    const char *kind = "";
    int64_t captured = 0;
    enum rc rc = rq_code(rq, "matter", N_("哪件事"), &x->n.matter, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "kind", N_("哪一种"), 20, &kind, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "about", N_("针对哪一条"), WORK_CODE, &x->n.about, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "text", N_("内容"), WORK_TEXT_MAX, &x->n.text, e);
    if (rc == RC_OK)
        rc = rq_int_opt(rq, "captured", N_("什么时候写的"), 0, INT64_MAX, &captured, e);
    if (rc != RC_OK)
        return rc;
    x->n.kind = *kind ? work_kind_of(kind) : WORK_ENTRY;
    if (!x->n.kind)
        return err_set(e, RC_INVALID, N_("没有“{kind}”这种记录"), "kind", kind);
    x->n.captured = (struct utime){ captured };
    x->n.code = rq_field(rq, "entry");
    return RC_OK;
}

/* Files are read only for somebody who may write at all: decoding costs. */
static enum rc may_add(struct writing *x, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m;
    enum rc rc = db_read(x->c->db, &s, e);
    if (rc == RC_OK)
        rc = load(x->rq, s, x->n.matter, &x->w, &m, e);
    if (rc == RC_OK && !worklog_may_write(&x->w, &m) && !worklog_may_ask(&x->w, &m))
        return err_set(e, RC_DENIED,
                       N_("这件事项由「{unit}」承办,云记录由承办和协办单位的人写"), "unit",
                       matter_unit(&m));
    return rc;
}

/* What a phone sends once more, because the answer was lost, has come, also when its writer may
 * not write to the matter any more. */
static bool came_already(struct writing *x)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CLEANUP(err_done) struct err unsaid = { 0 };
    struct work old;
    if (!x->n.code || db_read(x->c->db, &s, &unsaid) != RC_OK ||
        worklog_load(s, x->n.code, x->rq->a, &old, &unsaid) != RC_OK)
        return false;
    x->done = (struct work_done){ .code = old.code, .late = old.late, .again = true };
    return str_eq(old.by, rq_asker(x->rq)->person.code) && str_eq(old.matter, x->n.matter) &&
           old.kind == x->n.kind && str_eq(old.text, str_trim(x->rq->a, x->n.text));
}

static enum rc worklog_post(struct rq *rq, struct err *e)
{
    struct writing x = { .rq = rq, .c = rq_county(rq) };
    enum rc rc = read_form(&x, e);
    if (rc == RC_OK)
        rc = may_add(&x, e);
    bool refused = rc == RC_DENIED || rc == RC_NOTFOUND;
    if (rc == RC_OK)
        rc = keep_files(&x, e);
    if (rc == RC_OK)
        rc = db_transact(x.c->db, do_add, &x, e);
    if (refused && came_already(&x)) {
        err_done(e);
        *e = (struct err){ 0 };
        rc = RC_OK;
    }
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, x.done.late ? N_("已记下，注明迟交。") : N_("已记下。")));
        return web_donef(rq, e, "/worklog/%s#w-%s", x.n.matter, x.done.code);
    }
    const char *error;
    bool own = !x.n.kind || !x.n.matter;
    rc = rq_form_failed(rq, rc, &error, e);
    if (rc != RC_OK)
        return rc;
    return own ? show_own(rq, error, e)
               : show_matter(rq, x.n.matter, work_kind_word(x.n.kind), x.n.about, error, e);
}

/* ---- files ---- */

static enum rc send(struct rq *rq, bool thumb, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *asked = rq_param(rq, "digest"), *code = rq_param(rq, "matter");
    struct flow_who w;
    struct matter m;
    struct work *list;
    size_t n = 0;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load(rq, s, code, &w, &m, e);
    if (rc == RC_OK)
        rc = worklog_of_matter(s, code, rq->a, &list, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        for (size_t k = 0; k < list[i].n_files; k++) {
            const struct work_file *f = &list[i].files[k];
            uint8_t digest[HASH_SIZE];
            if (str_eq(thumb ? f->thumb : f->digest, asked) && (f->picture || !thumb) &&
                hex_decode(asked, HASH_SIZE, digest))
                return web_file(rq, file_path(rq_county(rq), rq->a, digest),
                                f->picture ? "image/jpeg" : "application/octet-stream",
                                f->picture ? NULL : f->name, e);
        }
    return rc == RC_OK ? err_set(e, RC_NOTFOUND, N_("这件事项没有这个文件")) : rc;
}

static enum rc file_send(struct rq *rq, struct err *e)
{
    return send(rq, /* thumb= */ false, e);
}

static enum rc thumb_send(struct rq *rq, struct err *e)
{
    return send(rq, /* thumb= */ true, e);
}

const struct route worklog_routes[] = {
    { .method = GET,
      .path = "/worklog",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_LIST,
      .fn = worklog_show,
      .page = &worklog_kind,
      .help = N_("云记录:给承办的事项写一条,本单位写过的") },
    { .method = POST,
      .path = "/worklog",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = worklog_post,
      .body_max = WORK_BODY_MAX,
      .n_files = WORK_FILES_MAX,
      .help = N_("写一条云记录:记录、更正、询问、答复") },
    { .method = GET,
      .path = "/worklog/:matter",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = worklog_matter_show,
      .page = &worklog_matter_kind,
      .journal = "worklog",
      .help = N_("一件事项的云记录,从早到晚") },
    { .method = GET,
      .path = "/worklog/:matter/file/:digest",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = file_send,
      .journal = "file",
      .help = N_("云记录所附的图片或文件") },
    { .method = GET,
      .path = "/worklog/:matter/thumb/:digest",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = thumb_send,
      .help = N_("云记录所附图片的小图") },
};
const size_t worklog_routes_n = COUNT(worklog_routes);
