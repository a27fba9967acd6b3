/* The sheet before it is made, made, and on paper. */
#include "base/fmt.h"
#include "base/str.h"
#include "collect/handing.h"
#include "collect/handing.sql.h"
#include "collect/handing_new.html.h"
#include "collect/handing_sheet.html.h"
#include "flow/matter.h"
#include "flow/page_room.h"
#include "print/form.h"
#include "store/county.h"

#include <string.h>

enum { LINES_A_ROW = 20 /* of the sheet on paper: a row that may stand on one page */ };

static enum rc who(struct rq *rq, struct flow_who *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    return rc == RC_OK ? rq_who(rq, s, ret, e) : rc;
}

static enum rc own_unit(struct rq *rq, const struct unit **ret, struct err *e)
{
    const struct asker *k = rq_asker(rq);
    *ret = units_by_id(k->units, k->person.unit);
    return *ret ? person_demand(&k->person, CAP_HANDLE, *ret, e)
                : err_set(e, RC_INVALID, N_("您的账号不属于任何单位，没有要交接的"));
}

/* ---- before ---- */

static enum rc new_show(struct rq *rq, struct handing_new_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct person *me = &rq_asker(rq)->person;
    const struct unit *u;
    struct handing_people_row *people;
    size_t n = 0;
    const char *gone = rq->method == POST ? rq_field(rq, "gone") : rq_query(rq, "from"),
               *to = rq->method == POST ? rq_field(rq, "to") : NULL,
               *why = rq->method == POST ? rq_field(rq, "why") : NULL;
    enum rc rc = own_unit(rq, &u, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = handing_people_all(s, u->code, rq->a, &people, &n, e);
    if (rc != RC_OK)
        return rc;
    p->may_sign = person_may(me, CAP_SIGN, u);
    p->unit_name = u->name;
    p->own_name = me->name;
    p->why = why ? why : "";
    p->leaves = rq->method == POST && rq_flag(rq, "leaves");
    p->people = arena_array(rq->a, n, sizeof(*p->people));
    p->left = arena_array(rq->a, n, sizeof(*p->left));
    const char *from = me->code;
    for (size_t i = 0; i < n; i++) {
        bool own = str_eq(people[i].code, me->code),
             left = p->may_sign && str_eq(gone ? gone : "", people[i].code) && !own;
        if (left) {
            from = people[i].code;
            p->own_name = people[i].name;
        }
        if (str_eq(people[i].state, "active") && !own)
            p->people[p->n_people++] =
                (struct handing_new_people){ people[i].code, people[i].name,
                                             str_eq(to ? to : "", people[i].code) };
        if (!own)
            p->left[p->n_left++] =
                (struct handing_new_left){ people[i].code, people[i].name, left };
    }
    rc = handing_picture(s, rq_county(rq), u, from, rq->a, &p->list, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("移交")), "/handover");
    rq_crumb(rq, rq_tr(rq, N_("办交接单")), NULL);
    return handing_new_render(rq, p, e);
}

static enum rc new_get(struct rq *rq, struct err *e)
{
    struct handing_new_page p = { .error = NULL };
    return new_show(rq, &p, e);
}

struct pressing {
    struct rq *rq;
    const struct flow_who *w;
    struct handing_new n;
    struct flow_done done;
};

static enum rc press(struct tx *tx, void *arg, struct err *e)
{
    struct pressing *x = arg;
    return handing_make(tx, rq_county(x->rq), x->w, &x->n, x->rq->a, &x->done, e);
}

static enum rc new_post(struct rq *rq, struct err *e)
{
    struct handing_new_page p = { .error = NULL };
    struct flow_who w;
    struct pressing x = { .rq = rq, .w = &w };
    const struct unit *u;
    const char *gone = "";
    enum rc rc = own_unit(rq, &u, e);
    if (rc == RC_OK)
        rc = who(rq, &w, e);
    if (rc == RC_OK)
        rc = rq_code(rq, p.error_field = "to", N_("交给谁"), &x.n.to, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, p.error_field = "gone", N_("替已经离岗的人办"), 64, &gone, e);
    if (rc == RC_OK)
        rc = rq_text(rq, p.error_field = "why", N_("移交事由"), 200, &x.n.why, e);
    if (rc == RC_OK) {
        p.error_field = NULL;
        x.n.unit = u->code;
        x.n.gone = *gone != 0;
        x.n.from = *gone ? gone : rq_asker(rq)->person.code;
        x.n.leaves = rq_flag(rq, "leaves");
        rc = db_transact(rq_county(rq)->db, press, &x, e);
    }
    if (rc == RC_OK)
        return web_donef(rq, e, "/handing/%s", x.done.code);
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? new_show(rq, &p, e) : rc;
}

/* ---- one ---- */

static const char *name_of(const struct snap *s, const char *account, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct handing_account_row row;
    return handing_account_one(s, account, a, &row, &e) == RC_OK ? row.name : account;
}

/* The signatures that count: those after the sheet was sent back last. */
static enum rc signatures(struct rq *rq, const struct snap *s, struct handing_sheet_page *p,
                          struct err *e)
{
    struct handing_signed_row *rows;
    size_t n;
    enum rc rc = handing_signed_all(s, p->code, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->signs = arena_array(rq->a, n, sizeof(*p->signs));
    for (size_t i = 0; i < n; i++) {
        const char *verb = rows[i].verb;
        if (str_eq(verb, "refuse"))
            p->n_signs = 0;
        if (str_eq(verb, "refuse") || str_eq(verb, "open"))
            continue;
        p->signs[p->n_signs++] = (struct handing_sheet_signs){
            .what = rq_tr(rq, str_eq(verb, "take")       ? N_("接收人签字")
                              : str_eq(verb, "sign_for") ? N_("单位签发人代移交人签字")
                                                         : N_("移交人签字")),
            .name = rows[i].name ? rows[i].name : rows[i].by_account,
            .at = rows[i].at
        };
    }
    return RC_OK;
}

static enum rc load(struct rq *rq, const struct snap *s, const struct flow_who *w,
                    struct matter *m, struct handing_sheet_page *p, struct err *e)
{
    struct county *c = rq_county(rq);
    enum rc rc = matter_load(s, c, rq_param(rq, "code"), rq->a, m, e);
    if (rc == RC_OK && (m->kind != &handing_kind || !flow_may_see(w, m)))
        rc = err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的交接单"), "code",
                     rq_param(rq, "code"));
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_find(w->units, matter_unit(m));
    struct flow_words words = { .answer = "" };
    const struct flow_look look = { .c = c, .snap = s, .kind = m->kind, .matter = m, .by = "" };
    rc = handing_kind.describe(&look, rq->lang, rq->a, &words, e);
    p->code = m->code;
    p->title = m->title;
    p->unit_name = u ? u->name : matter_unit(m);
    p->from_name = name_of(s, matter_value(m, "from"), rq->a);
    p->to_name = name_of(s, handing_taker(m), rq->a);
    p->why = matter_value(m, "why");
    p->state = m->state;
    p->state_name = rq_tr(rq, flow_state_of(m->kind, m->state)->name);
    p->gone = str_eq(matter_value(m, "gone"), "1");
    p->leaves = str_eq(matter_value(m, "leaves"), "1");
    p->answer = words.answer;
    p->list = matter_value(m, "list");
    p->version = m->version;
    return rc == RC_OK ? signatures(rq, s, p, e) : rc;
}

static enum rc show(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    static const char *const verbs[] = {
        "sign", "sign_for", "take", "refuse", "renew", "cancel"
    };
    struct handing_sheet_page p = { .error = error };
    struct flow_who w;
    struct matter m;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = load(rq, s, &w, &m, &p, e);
    if (rc != RC_OK)
        return rc;
    p.acts = arena_array(rq->a, COUNT(verbs), sizeof(*p.acts));
    for (size_t i = 0; i < COUNT(verbs); i++) {
        const struct flow_move *mv = flow_offered(s, rq_county(rq), &w, &m, verbs[i]);
        if (mv)
            p.acts[p.n_acts++] =
                (struct handing_sheet_acts){ mv->verb, rq_tr(rq, mv->name),
                                             mv->help ? rq_tr(rq, mv->help) : "",
                                             str_eq(mv->verb, "refuse") };
    }
    rq_crumb(rq, rq_tr(rq, N_("移交")), "/handover");
    rq_crumb(rq, p.title, NULL);
    return handing_sheet_render(rq, &p, e);
}

static enum rc one_get(struct rq *rq, struct err *e)
{
    return show(rq, NULL, e);
}

struct acting {
    struct rq *rq;
    const struct flow_who *w;
    const char *verb, *lacking;
    int64_t version;
};

static enum rc move(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    struct rq *rq = x->rq;
    const char *code = rq_param(rq, "code");
    struct flow_given given = { "lacking", x->lacking };
    size_t n = *x->lacking != 0;
    struct flow_done done;
    if (str_eq(x->verb, "renew")) {
        struct matter m;
        const struct unit *u = NULL;
        enum rc rc = matter_load(tx_snap(tx), rq_county(rq), code, rq->a, &m, e);
        if (rc == RC_OK)
            u = units_find(x->w->units, matter_unit(&m));
        if (rc == RC_OK && !u)
            rc = err_set(e, RC_CONFLICT, N_("单位已经撤销，由平台专班在“移交”里处理"));
        given.field = "list";
        if (rc == RC_OK)
            rc = handing_picture(tx_snap(tx), rq_county(rq), u, matter_value(&m, "from"), rq->a,
                                 &given.value, e);
        if (rc != RC_OK)
            return rc;
        n = 1;
    }
    return flow_move(tx, rq_county(rq), x->w,
                     &(struct flow_act){ .matter = code,
                                         .verb = x->verb,
                                         .version = x->version,
                                         .given = &given,
                                         .n_given = n },
                     rq->a, &done, e);
}

static enum rc one_post(struct rq *rq, struct err *e)
{
    struct flow_who w;
    struct acting x = { .rq = rq, .w = &w, .lacking = "" };
    const char *error = NULL;
    enum rc rc = who(rq, &w, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "verb", N_("操作"), 20, &x.verb, e);
    if (rc == RC_OK)
        rc = rq_int(rq, "version", N_("版本"), 0, INT64_MAX, &x.version, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "lacking", N_("缺什么"), 1000, &x.lacking, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, move, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/handing/%s", rq_param(rq, "code"));
    rc = rq_form_failed(rq, rc, &error, e);
    return rc == RC_OK ? show(rq, error, e) : rc;
}

/* ---- on paper ---- */

/* The list as rows of a form, a heading in 【】 each; long ones in pieces. */
static size_t list_rows(struct rq *rq, const char *list, struct form_row *rows)
{
    size_t n, m = 0, in_row = 0;
    char **line = str_split(rq->a, list, '\n', &n);
    struct str b;
    str_init(&b, rq->a);
    const char *heading = "";
    for (size_t i = 0; i <= n; i++) {
        bool head = i < n && str_starts(line[i], "【");
        if ((head || i == n || in_row == LINES_A_ROW) && (*heading || in_row)) {
            rows[m++] = (struct form_row){ .cell = { { .name = heading,
                                                       .text = in_row ? arena_strdup(rq->a, b.s)
                                                                      : "—" } },
                                           .n = 1 };
            str_init(&b, rq->a);
            in_row = 0;
        }
        if (i == n)
            break;
        if (head) {
            const char *end = strstr(line[i], "】");
            size_t k = end ? (size_t)(end - line[i]) - strlen("【") : 0;
            heading = arena_strndup(rq->a, line[i] + strlen("【"), k);
        } else if (*line[i]) {
            str_addf(&b, "%s%s", in_row ? "\n" : "", line[i]);
            in_row++;
        }
    }
    return m;
}

static const char *signature(struct rq *rq, const struct handing_sheet_page *p, bool take)
{
    for (size_t i = 0; i < p->n_signs; i++)
        if (str_eq(p->signs[i].what, rq_tr(rq, N_("接收人签字"))) == take)
            return arena_printf(rq->a, "%s %s", p->signs[i].name,
                                fmt_time(rq->a, p->signs[i].at));
    return "";
}

static enum rc one_pdf(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    struct handing_sheet_page p = { .error = NULL };
    struct flow_who w;
    struct matter m;
    struct bytes pdf;
    int pages;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK)
        rc = load(rq, s, &w, &m, &p, e);
    if (rc != RC_OK)
        return rc;
    size_t lines, n = 0;
    (void)str_split(rq->a, p.list, '\n', &lines); /* for how many there are */
    struct form_row *rows = arena_array(rq->a, lines + 8, sizeof(*rows));
    rows[n++] = (struct form_row){ .cell = { { rq_tr(rq, N_("移交人")), p.from_name },
                                             { rq_tr(rq, N_("接收人")), p.to_name } },
                                   .n = 2 };
    rows[n++] = (struct form_row){ .cell = { { rq_tr(rq, N_("移交事由")), p.why } }, .n = 1 };
    n += list_rows(rq, p.list, rows + n);
    rows[n++] = (struct form_row){
        .cell = { { rq_tr(rq, p.gone ? N_("单位签发人代移交人签字") : N_("移交人签字")),
                    signature(rq, &p, false) } },
        .n = 1,
        .lines = 2,
        .sign = true
    };
    rows[n++] =
        (struct form_row){ .cell = { { rq_tr(rq, N_("接收人签字")), signature(rq, &p, true) } },
                           .n = 1,
                           .lines = 2,
                           .sign = true };
    const char *note =
        rq_tr(rq, N_("两个人都签字后，移交人名下在办的事项转给接收人，期限照走。"));
    const struct form f = { .lang = rq->lang,
                            .county = c->name,
                            .title = rq_tr(rq, N_("交接单")),
                            .left = p.unit_name,
                            .right = p.code,
                            .rows = rows,
                            .n_rows = n,
                            .notes = &note,
                            .n_notes = 1,
                            .mark = county_mark(c) ? rq_tr(rq, county_mark(c)) : NULL,
                            .foot = p.state_name,
                            .time = m.state_at };
    rc = form_pdf(&f, rq->a, &pdf, &pages, e);
    return rc == RC_OK ? web_bytes(rq, pdf.p, pdf.n, "application/pdf",
                                   arena_printf(rq->a, "%s.pdf", p.code), e)
                       : rc;
}

const struct route handing_routes[] = {
    { .method = GET,
      .path = "/handing/new",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_LIST,
      .fn = new_get,
      .page = &handing_new_kind,
      .help = N_("办交接单:成单以前的清单") },
    { .method = POST,
      .path = "/handing",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_LIST,
      .fn = new_post,
      .help = N_("办成一张交接单:to、why、leaves;单位签发人替离岗的人办:gone") },
    { .method = GET,
      .path = "/handing/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = one_get,
      .page = &handing_sheet_kind,
      .help = N_("一张交接单和它的签字") },
    { .method = GET,
      .path = "/handing/:code.pdf",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = one_pdf,
      .help = N_("交接单,A4打印") },
    { .method = POST,
      .path = "/handing/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = one_post,
      .help = N_("交接单签字、退回、重列、作废:verb、version、lacking") },
};
const size_t handing_routes_n = COUNT(handing_routes);
