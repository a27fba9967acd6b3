/* How a directive of the demo begins: a leader's instruction, then the team's draft. */
#include "base/period.h"
#include "base/str.h"
#include "cmd/demo_desk.h"
#include "monitor/demo.h"
#include "monitor/warning_matter.h"
#include "store/file.h"

#include <string.h>

static enum rc open_matter(struct desk *d, const char *account, const struct flow_new *n,
                           const char **ret_code, struct err *e)
{
    const struct flow_who *w;
    struct flow_done done;
    enum rc rc = desk_who(d, account, &w, e);
    if (rc == RC_OK)
        rc = flow_open(d->tx, d->y->c, w, n, d->a, &done, e);
    if (rc == RC_OK)
        *ret_code = arena_strdup(d->y->a, done.code);
    return rc;
}

/* What it is written on as a link. */
static size_t about_link(const struct desk *d, const struct demo_said *x, struct flow_link *ret)
{
    const char *colon = strchr(x->about, ':');
    if (!colon)
        return 0;
    *ret = (struct flow_link){ arena_strndup(d->a, x->about, (size_t)(colon - x->about)),
                               colon + 1 };
    return 1;
}

/* The office writes down today what a leader wrote on paper the day before, or on Friday. */
static enum rc instruct(struct desk *d, struct demo_said *x, struct err *e)
{
    struct deed w = { .n = 0 };
    struct flow_link link;
    const bool office = *x->office != '\0';
    const struct flow_file *f = &x->scan;
    enum rc rc = RC_OK;
    deed_say(&w, "text", x->text);
    if (office) {
        deed_say(&w, "leader", x->leader);
        deed_say(&w, "given_on", desk_day(d, d->y->day - (d->y->day % 7 == 4 ? 3 : 1)));
        rc = file_register(d->tx, d->y->c, f->digest, f->size, f->media, f->name, x->office, e);
    }
    const struct flow_new n = { .kind = "instruction",
                                .title = x->title,
                                .unit = "",
                                .given = w.given,
                                .n_given = w.n,
                                .links = &link,
                                .n_links = about_link(d, x, &link),
                                .files = f,
                                .n_files = office };
    return rc == RC_OK ? open_matter(d, office ? x->office : x->leader, &n, &x->code, e) : rc;
}

/* Written, or answered when it is time. */
static enum rc say_or_answer(struct desk *d, struct demo_said *x, struct err *e)
{
    const struct flow_given answer = { "answer", x->answer };
    const struct flow_who *who;
    struct flow_done done;
    struct matter m;
    if (!x->code)
        return d->y->day < x->day ? RC_OK : instruct(d, x, e);
    if (!*x->answer || d->y->day < x->day + x->after)
        return RC_OK;
    enum rc rc = matter_load(tx_snap(d->tx), d->y->c, x->code, d->a, &m, e);
    if (rc != RC_OK || !m.open)
        return rc;
    rc = desk_who(d, demo_number(x->title) % 2 ? "wenshu" : "qiumo", &who, e);
    return rc == RC_OK ? flow_move(d->tx, d->y->c, who,
                                   &(struct flow_act){ .matter = x->code,
                                                       .verb = "answer",
                                                       .version = -1,
                                                       .given = &answer,
                                                       .n_given = 1 },
                                   d->a, &done, e)
                       : rc;
}

enum rc desk_instructions(struct desk *d, struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < d->o->n_said && rc == RC_OK; i++)
        rc = say_or_answer(d, &d->o->said[i], e);
    return rc;
}

/* The open warning of the unit by the rule that the row names; "" when there is none. */
static enum rc warning_of(struct desk *d, const char **ret, struct err *e)
{
    const struct warning_hands *hands;
    const struct unit *u = units_find(d->us, d->x->to);
    size_t n;
    *ret = "";
    enum rc rc = u ? warning_hands_load(tx_snap(d->tx), d->a, &hands, e) : RC_NOTFOUND;
    if (rc != RC_OK)
        return rc;
    const struct hand_of_warning *h = warning_hands_list(hands, &n);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct matter m;
        const char *warning = "", *rule = "";
        if (h[i].unit.v != u->id.v || !h[i].open || h[i].draft)
            continue;
        rc = matter_load(tx_snap(d->tx), d->y->c, h[i].code, d->a, &m, e);
        for (size_t k = 0; k < m.n_links && rc == RC_OK; k++) {
            if (str_eq(m.links[k].what, "warning"))
                warning = m.links[k].code;
            if (str_eq(m.links[k].what, "rule"))
                rule = m.links[k].code;
        }
        if (*warning && str_eq(rule, d->x->rule))
            *ret = warning;
    }
    return rc;
}

static const char *document_of(struct desk *d)
{
    const char *kind = str_eq(d->x->source, "document") ? "document"
                       : str_eq(d->x->source, "tour")   ? "tour"
                                                        : "meeting";
    const char *form = demo_words(d->o, kind, "", false, demo_number(d->x->title));
    return text_fill(d->a, form, "n",
                     arena_printf(d->a, "%d", (int)(d->x->day - day_of(2026, 1, 1)) / 9 + 1),
                     NULL);
}

static enum rc draft(struct desk *d, struct err *e)
{
    struct demo_order *x = d->x;
    struct deed w = { .n = 0 };
    const char *meeting = demo_meeting_of(d->y, x->title);
    struct flow_link link = { .what = "matter", .code = meeting ? meeting : x->said.code };
    const char *warning = "", *source = x->source;
    bool person = desk_is_person(d, x->to);
    enum rc rc = str_eq(source, "warning") ? warning_of(d, &warning, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    if (*warning)
        link = (struct flow_link){ "warning", warning };
    else if (str_eq(source, "warning"))
        source = "meeting";
    deed_say(&w, "order", x->order);
    deed_say(&w, "source", source);
    if (!link.code)
        deed_say(&w, "source_doc", document_of(d));
    deed_say(&w, "due", desk_day(d, x->due));
    deed_say(&w, "emphasis", x->emphasis);
    deed_say(&w, "duty", !person ? "main" : str_eq(x->to, "guheng") ? "first" : "double");
    if (person)
        deed_say(&w, "layer", str_eq(x->to, "guheng") ? "secretary" : "deputy");
    deed_say(&w, person ? "holder" : "lead", *x->wrong_unit ? x->wrong_unit : x->to);
    deed_say(&w, "joint", x->joint);
    deed_say(&w, "minutes", arena_printf(d->a, "%d", 20 + (int)rng_below(&d->r, 9) * 5));
    deed_say(&w, "problem", x->problem);
    deed_say(&w, "problem_kind", x->kind);
    deed_say(&w, "severity", x->severity);
    x->drafter = *warning || demo_number(x->title) % 2 ? "wenshu" : "qiumo";
    return open_matter(d, x->drafter,
                       &(struct flow_new){ .kind = "directive",
                                           .title = x->title,
                                           .unit = "",
                                           .given = w.given,
                                           .n_given = w.n,
                                           .links = &link,
                                           .n_links = link.code != NULL },
                       &x->code, e);
}

enum rc desk_begin(struct desk *d, struct err *e)
{
    static const char *const leaders[] = { "guheng", "luyun", "ningshu", "heqing" };
    struct demo_order *x = d->x;
    if (x->up || d->y->day < x->day) {
        x->next = x->up ? x->next : x->day;
        return RC_OK;
    }
    rng_init(&d->r, d->y->seed, demo_number(x->title));
    x->leader = desk_is_person(d, x->to) ? "guheng" : leaders[demo_number(x->title) % 4];
    x->next = d->y->day;
    if (*x->said.text && !x->said.code) {
        x->next = d->y->day + (int32_t)desk_draw(d, 0, 1);
        x->said.leader = x->leader;
        return instruct(d, &x->said, e);
    }
    return draft(d, e);
}
