/* One directive beside its own page: the scan of its instruction, and the stationed group's
 * question at once. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "directive/ask.html.h"
#include "directive/directive_page.h"
#include "directive/room.h"
#include "flow/matter.h"
#include "flow/page_room.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/file.h"

enum { ASK_DAYS = 5, ASK_DAYS_MAX = 92 };

static enum rc load_directive(struct rq *rq, const struct snap *s, struct flow_who *w,
                              struct matter *ret, struct err *e)
{
    const char *code = rq_param(rq, "code");
    enum rc rc = rq_who(rq, s, w, e);
    if (rc == RC_OK)
        rc = matter_load(s, rq_county(rq), code, rq->a, ret, e);
    if (rc == RC_OK && (ret->kind != &directive_flow_kind || !flow_may_see(w, ret)))
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", code);
    return rc;
}

/* The scan of the instruction, for everybody who may see what was made of it. */
static enum rc scan_send(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    const char *want = rq_param(rq, "digest");
    uint8_t digest[HASH_SIZE];
    struct flow_who w;
    struct matter m;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = load_directive(rq, s, &w, &m, e);
    for (size_t i = 0; rc == RC_OK && *m.parent && i < MATTER_DEPTH_MAX; i++)
        rc = matter_load(s, c, m.parent, rq->a, &m, e);
    const char *code = rc == RC_OK ? instruction_of(&m) : "";
    if (rc == RC_OK && *code)
        rc = matter_load(s, c, code, rq->a, &m, e);
    for (size_t i = 0; rc == RC_OK && *code && i < m.n_files; i++)
        if (str_eq(m.files[i].digest, want) && hex_decode(want, HASH_SIZE, digest))
            return web_file(rq, file_path(c, rq->a, digest), "application/octet-stream",
                            m.files[i].name, e);
    return rc == RC_OK ? err_set(e, RC_NOTFOUND, N_("这件事项没有这个文件")) : rc;
}

static enum rc ask_page(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    char due[PERIOD_TEXT], lo[PERIOD_TEXT], hi[PERIOD_TEXT];
    int32_t today = county_today(rq_county(rq));
    struct flow_who w;
    struct matter m;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load_directive(rq, s, &w, &m, e);
    const struct unit *u = rc == RC_OK ? units_find(w.units, matter_unit(&m)) : NULL;
    if (rc == RC_OK)
        rc = person_demand(w.person, CAP_SUPERVISE, u, e);
    if (rc != RC_OK)
        return rc;
    struct directive_ask_page p = { .code = m.code,
                                    .title = m.title,
                                    .unit_name = u ? u->name : "",
                                    .text = error ? rq_field(rq, "text") : "",
                                    .due = error ? rq_field(rq, "due")
                                                 : day_code(today + ASK_DAYS, due),
                                    .minutes = error ? rq_field(rq, "minutes") : "15",
                                    .lo = day_code(today + 1, lo),
                                    .hi = day_code(today + ASK_DAYS_MAX, hi),
                                    .error = error };
    rq_crumb(rq, rq_tr(rq, N_("廉动令")), "/directive");
    rq_crumb(rq, m.code, arena_printf(rq->a, "/matter/%s", m.code));
    rq_crumb(rq, rq_tr(rq, N_("问一句")), NULL);
    return directive_ask_render(rq, &p, e);
}

static enum rc ask_show(struct rq *rq, struct err *e)
{
    return ask_page(rq, NULL, e);
}

struct asking {
    struct rq *rq;
    struct flow_who w;
    struct matter m;
    const char *text, *due, *minutes;
    struct flow_done done;
};

/* A contact of the group, sent as it is written. */
static enum rc ask(struct tx *tx, void *arg, struct err *e)
{
    struct asking *x = arg;
    struct county *c = rq_county(x->rq);
    struct arena *a = x->rq->a;
    const char *title =
        text_fill(a, N_("问{code}：{title}"), "code", x->m.code, "title", x->m.title, NULL);
    const struct flow_given note[] = { { "title", title }, { "text", x->text } };
    const struct flow_given sent[] = {
        { "title", title }, { "text", x->text }, { "due", x->due }, { "minutes", x->minutes }
    };
    const struct flow_link link = { "matter", x->m.code };
    struct flow_done opened;
    enum rc rc = flow_open(tx, c, &x->w,
                           &(struct flow_new){ .kind = "contact",
                                               .title = title,
                                               .unit = matter_unit(&x->m),
                                               .given = note,
                                               .n_given = COUNT(note),
                                               .links = &link,
                                               .n_links = 1 },
                           a, &opened, e);
    return rc == RC_OK ? flow_move(tx, c, &x->w,
                                   &(struct flow_act){ .matter = opened.code,
                                                       .verb = "ask",
                                                       .version = opened.version,
                                                       .given = sent,
                                                       .n_given = COUNT(sent) },
                                   a, &x->done, e)
                       : rc;
}

static enum rc ask_post(struct rq *rq, struct err *e)
{
    struct asking x = { .rq = rq };
    const char *error;
    enum rc rc = rq_text(rq, "text", N_("问什么"), 2000, &x.text, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "due", N_("请在哪天前答复"), 20, &x.due, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "minutes", N_("估计单位要花多少分钟"), 20, &x.minutes, e);
    if (rc == RC_OK) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(rq_county(rq)->db, &s, e);
        if (rc == RC_OK)
            rc = load_directive(rq, s, &x.w, &x.m, e);
        if (rc == RC_OK)
            rc = person_demand(x.w.person, CAP_SUPERVISE,
                               units_find(x.w.units, matter_unit(&x.m)), e);
    }
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, ask, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/matter/%s", x.done.code);
    rc = rq_form_failed(rq, rc, &error, e);
    return rc == RC_OK ? ask_page(rq, error, e) : rc;
}

const struct route ask_routes[] = {
    { .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .method = GET,
      .path = "/directive/:code/scan/:digest",
      .fn = scan_send,
      .journal = "file",
      .help = N_("廉动令所依据批示的扫描件") },
    { .auth = SESSION | TOKEN,
      .need = CAP_SUPERVISE,
      .scope = SCOPE_OBJECT,
      .method = GET,
      .path = "/directive/:code/ask",
      .fn = ask_show,
      .page = &directive_ask_kind,
      .help = N_("派驻组就一件廉动令问单位:表单") },
    { .auth = SESSION | TOKEN,
      .need = CAP_SUPERVISE,
      .scope = SCOPE_OBJECT,
      .method = POST,
      .path = "/directive/:code/ask",
      .fn = ask_post,
      .help = N_("派驻组就一件廉动令问单位") },
};
const size_t ask_routes_n = COUNT(ask_routes);
