/*
 * What is done at a meeting's page: items arranged, figures frozen, decisions recorded, each a
 * move of the kind; a directive that is born of a decision is opened and entered in one change.
 */
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/matter.h"
#include "meeting/meeting_room.h"
#include "monitor/data_page.h"
#include "store/county.h"

enum { GIVEN_MAX = 4, TITLE_CHARS = 40 };
struct acting {
    struct rq *rq;
    struct flow_who w;
    struct flow_act act;
    struct flow_given given[GIVEN_MAX];
    /* A directive that is born in it. */
    const char *conclusion, *born, *due;
    int64_t decision;
    struct flow_done done;
};

/* The draft of a directive, and its place in the meeting, in one change. */
static enum rc bear(struct tx *tx, struct acting *x, struct err *e)
{
    struct rq *rq = x->rq;
    const char *title = x->conclusion;
    size_t at = 0, len;
    for (size_t n = 0; n < TITLE_CHARS && title[at]; n++, at += len)
        (void)utf8_next(title + at, title + strlen(title), &len);
    const struct flow_given given[] = { { "order", x->conclusion },
                                        { "source", "meeting" },
                                        { "due", x->due } };
    const struct flow_link link = { "matter", x->act.matter };
    struct flow_done born;
    enum rc rc = flow_open(tx, rq_county(rq), &x->w,
                           &(struct flow_new){ .kind = "directive",
                                               .title = arena_strndup(rq->a, title, at),
                                               .unit = "",
                                               .given = given,
                                               .n_given = COUNT(given),
                                               .links = &link,
                                               .n_links = 1 },
                           rq->a, &born, e);
    if (rc == RC_OK)
        x->given[0].value = arena_printf(rq->a, "%s%s%lld %s", x->born, *x->born ? "\n" : "",
                                         (long long)x->decision, born.code);
    return rc;
}

static enum rc act(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    enum rc rc = x->due ? bear(tx, x, e) : RC_OK;
    return rc == RC_OK ? flow_move(tx, rq_county(x->rq), &x->w, &x->act, x->rq->a, &x->done, e)
                       : rc;
}

static const char *typed(struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    return v ? str_trim(rq->a, v) : "";
}

/* One line, whatever was typed. */
static void add_line(struct str *b, const char *line)
{
    str_add(b, b->n ? "\n" : "");
    for (const char *s = line; *s; s++)
        str_addn(b, *s == '\n' || *s == '\r' ? " " : s, 1);
}

static const char *lines_of(struct rq *rq, const char *name, size_t n, const char *empty)
{
    struct str b;
    str_init(&b, rq->a);
    for (size_t i = 1; i <= n; i++) {
        const char *v = typed(rq, arena_printf(rq->a, "%s%zu", name, i));
        if (*v || *empty)
            add_line(&b, *v ? v : empty);
    }
    return b.s ? b.s : "";
}

static const char *changes_of(struct rq *rq)
{
    struct str b;
    str_init(&b, rq->a);
    for (int i = 1; i <= AGENDA_CHANGES; i++) {
        const char *key = typed(rq, arena_printf(rq->a, "change%d", i));
        if (*key)
            add_line(&b, arena_printf(rq->a, "%s %s", key,
                                      typed(rq, arena_printf(rq->a, "note%d", i))));
    }
    return b.s ? b.s : "";
}

static const char *decisions_of(struct rq *rq)
{
    struct str b;
    str_init(&b, rq->a);
    for (int i = 1; i <= AGENDA_DECISIONS; i++) {
        const char *text = typed(rq, arena_printf(rq->a, "decision%d", i)),
                   *basis = typed(rq, arena_printf(rq->a, "basis%d", i));
        if (*text)
            add_line(&b, *basis ? arena_printf(rq->a, "%s｜%s", text, basis) : text);
    }
    return b.s ? b.s : "";
}

static enum rc finish(struct showing *shown, struct acting *x, struct err *e)
{
    struct rq *rq = x->rq;
    x->act.given = x->given;
    db_read_end(&shown->s);
    enum rc rc = db_transact(rq_county(rq)->db, act, x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/meeting/%s", shown->m.code);
    struct meeting_page kept = { .error = NULL };
    rc = rq_form_failed(rq, rc, &kept.error, e);
    if (rc != RC_OK)
        return rc;
    rc = meeting_begin(shown, rq, e);
    shown->p = kept;
    if (rc == RC_OK)
        rc = meeting_show_as(shown, e);
    db_read_end(&shown->s);
    return rc;
}

static enum rc start(struct rq *rq, struct showing *shown, struct acting *x, struct err *e)
{
    enum rc rc = meeting_begin(shown, rq, e);
    *x = (struct acting){ .rq = rq,
                          .w = shown->w,
                          .act = { .matter = shown->m.code, .version = shown->m.version } };
    if (rc == RC_OK && rq_field(rq, "version"))
        rc = rq_int(rq, "version", N_("版本"), 0, INT32_MAX, &x->act.version, e);
    if (rc != RC_OK)
        db_read_end(&shown->s);
    return rc;
}

enum rc meeting_arrange(struct rq *rq, struct err *e)
{
    struct showing shown;
    struct acting x;
    enum rc rc = start(rq, &shown, &x, e);
    if (rc != RC_OK)
        return rc;
    x.act.verb = "arrange";
    x.given[0] = (struct flow_given){ "changes", changes_of(rq) };
    x.given[1] = (struct flow_given){ "decisions", decisions_of(rq) };
    x.act.n_given = 2;
    return finish(&shown, &x, e);
}

enum rc meeting_move(struct rq *rq, struct err *e)
{
    struct showing shown;
    struct acting x;
    const char *verb = typed(rq, "verb");
    enum rc rc = start(rq, &shown, &x, e);
    if (rc != RC_OK)
        return rc;
    size_t n;
    (void)agenda_lines(&shown.m, "decisions", rq->a, &n);
    x.act.verb = verb;
    if (str_eq(verb, "hold")) {
        x.given[x.act.n_given++] =
            (struct flow_given){ "conclusions", lines_of(rq, "conclusion", n, "") };
        x.given[x.act.n_given++] = (struct flow_given){ "attended", typed(rq, "attended") };
    } else if (str_eq(verb, "thaw") || str_eq(verb, "cancel")) {
        x.given[x.act.n_given++] = (struct flow_given){ "why", typed(rq, "why") };
    }
    return finish(&shown, &x, e);
}

enum rc meeting_directive(struct rq *rq, struct err *e)
{
    struct showing shown;
    struct acting x;
    size_t n;
    bool none = str_eq(typed(rq, "what"), "none");
    int32_t due;
    enum rc rc = start(rq, &shown, &x, e);
    if (rc != RC_OK)
        return rc;
    rc = rq_int(rq, "decision", N_("第几项决定"), 1, AGENDA_DECISIONS, &x.decision, e);
    if (rc == RC_OK && !none)
        rc = rq_day(rq, "due", N_("办结期限"), &due, e);
    const char *const *lines = agenda_lines(&shown.m, "conclusions", rq->a, &n);
    if (rc == RC_OK && (size_t)x.decision > n)
        rc = err_set(e, RC_INVALID, N_("没有第{n}项决定"), "n", typed(rq, "decision"));
    if (rc != RC_OK) {
        db_read_end(&shown.s);
        return rc;
    }
    x.act.verb = "turn";
    x.born = matter_value(&shown.m, "born");
    x.given[0] = (struct flow_given){ "born", NULL };
    x.act.n_given = 1;
    x.conclusion = lines[x.decision - 1];
    if (none)
        x.given[0].value = arena_printf(rq->a, "%s%s%lld " AGENDA_NONE_BORN, x.born,
                                        *x.born ? "\n" : "", (long long)x.decision);
    else
        x.due = typed(rq, "due");
    return finish(&shown, &x, e);
}
