/* 复核提示 of the work log: the list, and two entries side by side. For who dispatches or
 * supervises; leaders have none of it. */
#include "base/str.h"
#include "flow/matter.h"
#include "people/asker.h"
#include "store/county.h"
#include "worklog/hint.h"
#include "worklog/page_room.h"
#include "worklog/work_hint.html.h"
#include "worklog/work_hints.html.h"
#include "worklog/worklog_page.h"

static enum rc demand(struct rq *rq, struct err *e)
{
    const struct person *p = &rq_asker(rq)->person;
    if (!person_can(p, CAP_DISPATCH) && !person_can(p, CAP_SUPERVISE))
        return err_set(e, RC_DENIED, N_("复核提示由平台专班和派驻机构看"));
    return RC_OK;
}

static const char *unit_name(const struct rq *rq, const char *code)
{
    const struct unit *u = units_find(rq_asker(rq)->units, code);
    return u ? u->name : code;
}

static enum rc hints_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct work_hints_page p = { .decided = rq_query(rq, "decided") != NULL };
    struct flow_who w;
    struct work_hint *h;
    size_t n;
    int64_t before = 0;
    enum rc rc = demand(rq, e);
    if (rc == RC_OK)
        rc = rq_query_int(rq, "before", N_("从哪一条往前"), 0, INT64_MAX, &before, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = work_hints_list(s, &w, !p.decided, (struct id){ before }, ROWS_A_PAGE + 1, rq->a,
                             &h, &n, e);
    if (rc != RC_OK)
        return rc;
    if (n > ROWS_A_PAGE) {
        n = ROWS_A_PAGE;
        p.older = arena_printf(rq->a, "/worklog/hint?%sbefore=%lld",
                               p.decided ? "decided=1&" : "", (long long)h[n - 1].id.v);
    }
    p.hints = arena_array(rq->a, n, sizeof(*p.hints));
    for (size_t i = 0; i < n; i++)
        p.hints[p.n_hints++] =
            (struct work_hints_hints){ .code = h[i].code,
                                       .words = rq_tr(rq, work_hint_text(h[i].kind)),
                                       .unit_name = unit_name(rq, h[i].unit),
                                       .other_name = str_eq(h[i].unit, h[i].other_unit)
                                                         ? ""
                                                         : unit_name(rq, h[i].other_unit),
                                       .matter = h[i].matter,
                                       .state_name = rq_tr(rq, hint_state_text(h[i].state)),
                                       .found = h[i].found };
    return work_hints_render(rq, &p, e);
}

static enum rc side(struct rq *rq, const struct snap *s, const char *code,
                    struct work_hint_sides *out, struct err *e)
{
    struct work w;
    enum rc rc = worklog_load(s, code, rq->a, &w, e);
    if (rc != RC_OK)
        return rc;
    *out = (struct work_hint_sides){ .name = rq_tr(rq, work_kind_text(w.kind)),
                                     .href = arena_printf(rq->a, "/worklog/%s#w-%s", w.matter,
                                                          w.code),
                                     .who = w.by_name,
                                     .unit_name = unit_name(rq, w.unit),
                                     .matter = w.matter,
                                     .at = w.captured,
                                     .text = w.text };
    out->pictures = arena_array(rq->a, w.n_files, sizeof(*out->pictures));
    for (size_t i = 0; i < w.n_files; i++)
        if (w.files[i].picture) {
            struct work_hint_sides_pictures *p = &out->pictures[out->n_pictures++];
            p->thumb = work_thumb_href(rq->a, &w, &w.files[i]);
            p->href = work_file_href(rq->a, &w, &w.files[i]);
            work_thumb_size(&w.files[i], &p->width, &p->height);
        }
    return RC_OK;
}

static enum rc show(struct rq *rq, const char *error, struct err *e)
{
    static const char *const words[] = {
        [WORK_HINT_TEXT] = "text", [WORK_HINT_PICTURE] = "picture", [WORK_HINT_BURST] = "burst"
    };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *typed = rq_field(rq, "reason");
    struct flow_who w;
    struct work_hint h;
    struct work_limits then;
    enum rc rc = demand(rq, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = work_hint_load(s, &w, rq_param(rq, "code"), rq->a, &h, e);
    if (rc == RC_OK)
        rc = work_limits_then(s, h.found, &then, e);
    if (rc != RC_OK)
        return rc;
    bool pictures = h.kind == WORK_HINT_PICTURE;
    struct work_hint_page p = { .code = h.code,
                                .words = rq_tr(rq, work_hint_text(h.kind)),
                                .kind = words[h.kind],
                                .alike = h.alike,
                                .limit =
                                    then.of[pictures ? WORK_PICTURE_BITS : WORK_TEXT_PERCENT],
                                .least = then.of[WORK_BURST_LEAST],
                                .share = then.of[WORK_BURST_SHARE],
                                .days = then.of[WORK_BURST_DAYS],
                                .span = then.of[WORK_BURST_SPAN],
                                .matter = h.matter,
                                .state = hint_state_word(h.state),
                                .state_name = rq_tr(rq, hint_state_text(h.state)),
                                .found = h.found,
                                .decider = h.state == HINT_OPEN ? "" : h.decider,
                                .changed = h.changed,
                                .reason = h.reason,
                                .version = h.version,
                                .may_decide = true,
                                .error = error,
                                .error_field = error ? "reason" : NULL,
                                .typed = typed ? typed : "" };
    p.sides = arena_array(rq->a, 2, sizeof(*p.sides));
    if (*h.work)
        rc = side(rq, s, h.other, &p.sides[p.n_sides++], e);
    if (rc == RC_OK && *h.work)
        rc = side(rq, s, h.work, &p.sides[p.n_sides++], e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("云记录复核提示")), "/worklog/hint");
    rq_crumb(rq, h.code, NULL);
    return work_hint_render(rq, &p, e);
}

static enum rc hint_show(struct rq *rq, struct err *e)
{
    return show(rq, NULL, e);
}

struct deciding {
    struct county *c;
    struct flow_who w;
    const char *code, *reason;
    int64_t seen;
    enum hint_state to;
};

static enum rc decide(struct tx *tx, void *arg, struct err *e)
{
    const struct deciding *d = arg;
    return work_hint_decide(tx, d->c, &d->w, d->code, d->seen, d->to, d->reason, e);
}

static enum rc hint_post(struct rq *rq, struct err *e)
{
    struct deciding d = { .c = rq_county(rq), .code = rq_param(rq, "code") };
    const char *state = "", *error;
    enum rc rc = demand(rq, e);
    if (rc == RC_OK)
        rc = rq_int(rq, "version", N_("版本"), 0, INT64_MAX, &d.seen, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "state", N_("怎么处理"), 20, &state, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "reason", N_("是怎么回事"), HINT_REASON_MAX, &d.reason, e);
    if (rc == RC_OK) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        d.to = hint_state_of(state);
        rc = db_read(d.c->db, &s, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &d.w, e);
    }
    if (rc == RC_OK)
        rc = db_transact(d.c->db, decide, &d, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/worklog/hint/%s", d.code);
    rc = rq_form_failed(rq, rc, &error, e);
    return rc == RC_OK ? show(rq, error, e) : rc;
}

const struct route work_hint_routes[] = {
    { .method = GET,
      .path = "/worklog/hint",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = hints_show,
      .page = &work_hints_kind,
      .help = N_("云记录复核提示:几乎一样的文字和图片,到期前集中写的") },
    { .method = GET,
      .path = "/worklog/hint/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = hint_show,
      .page = &work_hint_kind,
      .help = N_("一条云记录复核提示,两边并排") },
    { .method = POST,
      .path = "/worklog/hint/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = hint_post,
      .help = N_("看过云记录复核提示,确认或排除") },
};
const size_t work_hint_routes_n = COUNT(work_hint_routes);
