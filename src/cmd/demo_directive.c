/*
 * Directives in the demo's year: leaders write instructions, the team drafts and sends, units
 * sign for them, plan, work, write it down, report; a person who had no hand in it closes. What
 * each does follows from where the matter stands and from what demo/directives.csv says of its
 * fate; how many days it takes is drawn for each matter and state, so that a seed always gives
 * the same year. Three times a day, between the other rooms' hours.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_order.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "meeting/regulation.h"
#include "monitor/demo.h"
#include "monitor/warning_matter.h"
#include "warn/warn.h"
#include "worklog/worklog.h"

#include <string.h>

enum { GIVEN_MAX = 20, PERSONS_MAX = 200, MINUTE_US = 60000000 };
/* Of a hundred. */
enum { EXTENDED = 11, SENT_BACK = 13, UNSIGNED = 4, REDRAFTED = 3, QUESTIONED = 40, LATE = 8 };
static const char reviewer[] = "danqing";

/* What somebody does to a matter, and in how many days it is looked at again. */
struct deed {
    const char *verb, *account; /* NULL: nothing */
    struct flow_given given[GIVEN_MAX];
    size_t n;
};

struct desk {
    struct demo_year *y;
    struct demo_orders *o;
    struct arena *a;
    struct tx *tx;
    const struct units *us;
    struct flow_who who[PERSONS_MAX]; /* of this change, each read once */
    const char *names[PERSONS_MAX];
    size_t n_who;
    struct demo_order *x;
    struct matter m;
    struct rng r; /* of this matter in this state */
    int32_t days; /* in this state */
};

static void say(struct deed *w, const char *field, const char *value)
{
    if (value && *value)
        w->given[w->n++] = (struct flow_given){ field, value };
}

static bool does(struct deed *w, const char *verb, const char *account)
{
    w->verb = verb;
    w->account = account;
    return account != NULL;
}

static bool percent(struct desk *d, unsigned share)
{
    return rng_below(&d->r, 100) < share;
}

/* A trait of the directive, whatever its state; none of those that would not end in time. */
static bool is_one(const struct desk *d, const char *trait, unsigned share)
{
    struct rng r;
    rng_init(&r, d->y->seed, demo_number(arena_printf(d->a, "%s %s", trait, d->x->title)));
    return rng_below(&r, 100) < share && d->x->due < day_of(DEMO_YEAR, 10, 6);
}

static uint64_t draw(struct desk *d, uint64_t from, uint64_t to)
{
    return from + rng_below(&d->r, to - from + 1);
}

static bool since(struct desk *d, uint64_t from, uint64_t to)
{
    int32_t wait = (int32_t)draw(d, from, to) - d->days;
    if (wait > 0)
        d->x->next = d->y->day + wait;
    return wait <= 0;
}

static const char *day_text(const struct desk *d, int32_t day)
{
    char text[PERIOD_TEXT];
    return arena_strdup(d->a, day_code(day, text));
}

/* The next text for a use: by turns, so that none comes again before all have. */
static const char *words(struct desk *d, const char *use)
{
    static const char *const uses[] = { "sign_off", "pass",    "verify", "upper", "ask_more",
                                        "back",     "deliver", "ask",    "head",  "no_more" };
    size_t i = 0;
    while (i < COUNT(uses) && !str_eq(uses[i], use))
        i++;
    return demo_words(d->o, use, d->x->title, strstr(d->x->result, "元") != NULL,
                      i < COUNT(uses) ? d->o->turn[i]++ : demo_number(d->x->title));
}

/* ---- people ---- */

static const char *of_unit(const struct desk *d, const char *unit)
{
    const char *clerk = demo_account(d->y, unit, "clerk");
    return clerk ? clerk : demo_account(d->y, unit, "supplier");
}

static const char *unit_of(const struct desk *d, const char *account)
{
    for (size_t i = 0; i < d->y->n_accounts; i++)
        if (str_eq(d->y->accounts[i].code, account))
            return d->y->accounts[i].unit;
    return "";
}

static bool is_person(const struct desk *d, const char *to)
{
    return *unit_of(d, to) != '\0';
}

/* Who holds it: the person it was given to, or the unit's clerk. */
static const char *holder(const struct desk *d)
{
    const char *person = matter_account(&d->m);
    return *person ? person : of_unit(d, matter_unit(&d->m));
}

/* The stationed group of a unit; NULL. */
static const char *group_of(const struct desk *d, const char *unit)
{
    for (size_t i = 0; i < d->y->n_accounts; i++) {
        size_t n;
        if (!str_eq(d->y->accounts[i].role, "group"))
            continue;
        char **units = str_split(d->a, d->y->accounts[i].scope, '|', &n);
        for (size_t k = 0; k < n; k++)
            if (str_eq(units[k], unit))
                return d->y->accounts[i].code;
    }
    return NULL;
}

static enum rc who_is(struct desk *d, const char *account, const struct flow_who **ret,
                      struct err *e)
{
    for (size_t i = 0; i < d->n_who; i++)
        if (str_eq(d->names[i], account)) {
            *ret = &d->who[i];
            return RC_OK;
        }
    struct person *p = arena_alloc(d->a, sizeof(*p));
    enum rc rc = demo_person(d->y, tx_snap(d->tx), account, d->a, p, e);
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(d->tx), d->y->c, p, d->us, d->a, &d->who[d->n_who], e);
    if (rc != RC_OK)
        return rc;
    d->names[d->n_who] = account;
    *ret = &d->who[d->n_who++];
    return RC_OK;
}

/* ---- beginning ---- */

static enum rc open_matter(struct desk *d, const char *account, const struct flow_new *n,
                           const char **ret_code, struct err *e)
{
    const struct flow_who *w;
    struct flow_done done;
    enum rc rc = who_is(d, account, &w, e);
    if (rc == RC_OK)
        rc = flow_open(d->tx, d->y->c, w, n, d->a, &done, e);
    if (rc == RC_OK)
        *ret_code = arena_strdup(d->y->a, done.code);
    return rc;
}

static enum rc instruct(struct desk *d, struct err *e)
{
    const struct flow_given text = { "text", d->x->instruction };
    return open_matter(d, d->x->leader,
                       &(struct flow_new){ .kind = "instruction",
                                           .title = d->x->title,
                                           .unit = "",
                                           .given = &text,
                                           .n_given = 1 },
                       &d->x->instruction_code, e);
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
    struct flow_link link = { .what = "matter", .code = x->instruction_code };
    const char *warning = "", *source = x->source;
    bool person = is_person(d, x->to);
    enum rc rc = str_eq(source, "warning") ? warning_of(d, &warning, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    if (*warning)
        link = (struct flow_link){ "warning", warning };
    else if (str_eq(source, "warning"))
        source = "meeting";
    say(&w, "order", x->order);
    say(&w, "source", source);
    if (!link.code)
        say(&w, "source_doc", document_of(d));
    say(&w, "due", day_text(d, x->due));
    say(&w, "emphasis", x->emphasis);
    say(&w, "duty", !person ? "main" : str_eq(x->to, "guheng") ? "first" : "double");
    if (person)
        say(&w, "layer", str_eq(x->to, "guheng") ? "secretary" : "deputy");
    say(&w, person ? "holder" : "lead", *x->wrong_unit ? x->wrong_unit : x->to);
    say(&w, "joint", x->joint);
    say(&w, "minutes", arena_printf(d->a, "%d", 20 + (int)rng_below(&d->r, 9) * 5));
    say(&w, "problem", x->problem);
    say(&w, "problem_kind", x->kind);
    say(&w, "severity", x->severity);
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

static enum rc begin(struct desk *d, struct err *e)
{
    static const char *const leaders[] = { "guheng", "luyun", "ningshu", "heqing" };
    struct demo_order *x = d->x;
    if (x->up || d->y->day < x->day) {
        x->next = x->up ? x->next : x->day;
        return RC_OK;
    }
    rng_init(&d->r, d->y->seed, demo_number(x->title));
    x->leader = is_person(d, x->to) ? "guheng" : leaders[demo_number(x->title) % 4];
    x->next = d->y->day;
    if (*x->instruction && !x->instruction_code) {
        x->next = d->y->day + (int32_t)draw(d, 0, 1);
        return instruct(d, e);
    }
    return draft(d, e);
}

/* ---- what each does ---- */

static bool in_draft(struct desk *d, struct deed *w)
{
    return d->x->fate != 'd' && since(d, 0, 1) && does(w, "submit", d->x->drafter);
}

static bool in_approval(struct desk *d, struct deed *w)
{
    if (d->x->fate == 'q' || !since(d, 0, 2))
        return false;
    if (is_one(d, "redraft", REDRAFTED) && d->m.returned == 0) {
        say(w, "why", words(d, "redraft"));
        return does(w, "redraft", d->x->leader);
    }
    if (percent(d, 60))
        say(w, "opinion", words(d, "sign_off"));
    return does(w, "sign_off", d->x->leader);
}

static bool when_approved(struct desk *d, struct deed *w)
{
    const char *other = str_eq(d->x->drafter, "wenshu") ? "qiumo" : "wenshu";
    bool warned = false;
    for (size_t i = 0; i < d->m.n_links; i++)
        warned |= str_eq(d->m.links[i].what, "warning");
    return since(d, 0, 1) && does(w, "send", warned ? d->x->drafter : other);
}

static bool when_sent(struct desk *d, struct deed *w)
{
    const char *unit = matter_unit(&d->m);
    if (d->x->fate == 's' || (percent(d, 6) ? !since(d, 2, 4) : !since(d, 0, 1)))
        return false;
    if (*d->x->wrong_unit && str_eq(unit, d->x->wrong_unit)) {
        say(w, "why", d->x->wrong_why);
        return does(w, "wrong", of_unit(d, unit));
    }
    return does(w, "sign", holder(d));
}

static bool when_returned(struct desk *d, struct deed *w)
{
    say(w, "lead", d->x->to);
    say(w, "why", words(d, "readdress"));
    return since(d, 0, 1) && does(w, "readdress", d->x->drafter);
}

static bool when_signed(struct desk *d, struct deed *w)
{
    return since(d, 0, 1) && does(w, "accept", holder(d));
}

/* A joint unit that has not come to this state yet: its clerk takes it up, or delivers. */
static bool joint(struct desk *d, struct deed *w, const char *verb)
{
    const bool deliver = str_eq(verb, "deliver");
    for (size_t i = 0; i < d->m.n_parties; i++) {
        const struct party *p = &d->m.parties[i];
        if (p->role != PARTY_JOINT || str_eq(p->state, "delivered") ||
            (!deliver && str_eq(p->state, "accepted")))
            continue;
        if (deliver)
            say(w, "result", words(d, "deliver"));
        return does(w, verb, *p->account ? p->account : of_unit(d, p->unit));
    }
    return false;
}

static bool in_planning(struct desk *d, struct deed *w)
{
    if (d->x->fate == 'p' || !since(d, 1, 5))
        return false;
    say(w, "plan", d->x->plan);
    say(w, "cause", d->x->cause);
    return does(w, "plan", holder(d));
}

/* The next part that is not there yet goes out. */
static bool hand_down(struct desk *d, struct deed *w)
{
    struct demo_order *part = NULL;
    for (size_t i = 0; i < d->o->n && !part; i++)
        if (d->o->list[i].up == d->x && !d->o->list[i].leader)
            part = &d->o->list[i];
    if (!part)
        return false;
    const char *unit = unit_of(d, part->to);
    bool section = str_eq(unit, matter_unit(&d->m)) && *unit, person = *unit != '\0';
    part->leader = d->x->leader; /* it is on its way */
    part->next = d->y->day;
    part->due = d->x->due - (section ? 6 : 3);
    if (part->due <= d->y->day)
        part->due = d->x->due;
    say(w, section ? "section" : person ? "deputy" : "units", part->to);
    say(w, "part_title", part->title);
    say(w, "part_order", part->order);
    say(w, "part_due", day_text(d, part->due));
    say(w, "part_duty", person ? "double" : "main");
    if (!person)
        say(w, "part_minutes", "20");
    return does(w, section ? "assign" : person ? "delegate" : "split", holder(d));
}

/* More time is asked for, and given or not by the leader who signed it off. */
static bool more_time(struct desk *d, struct deed *w, int32_t due)
{
    const char *leader = d->x->up ? d->m.opener : d->x->leader;
    if (matter_request(&d->m, FLOW_EXTEND)) {
        bool no = d->x->fate != 'e' && percent(d, 20);
        say(w, no ? "why" : "until",
            no ? words(d, "no_more") : day_text(d, matter_request(&d->m, FLOW_EXTEND)->until));
        if (no)
            d->x->until = due + 2;
        return does(w, no ? "no_more" : "give_more", leader);
    }
    if (d->x->extended || (d->x->fate != 'e' && !is_one(d, "more", EXTENDED)) ||
        (d->x->fate != 'e' && d->x->fate != 'c') || d->x->up || d->y->day < due - 4 ||
        d->y->day > due)
        return false;
    d->x->extended = true;
    d->x->until = due + (int32_t)draw(d, 6, 14);
    say(w, "until", day_text(d, due + (d->x->fate == 'e' ? 40 : 18)));
    say(w, "why", words(d, "ask_more"));
    return does(w, "ask_more", holder(d));
}

/* Who presses when it is late, in turns. */
static bool pressed(struct desk *d, struct deed *w, int32_t due)
{
    if (d->x->fate != 'l' || d->x->urged || d->y->day < due + 3)
        return false;
    d->x->urged = true;
    bool leader = demo_number(d->x->title) % 2;
    say(w, "word", words(d, leader ? "press" : "urge"));
    return does(w, leader ? "press" : "urge", leader ? d->x->leader : "wenshu");
}

static bool parts_done(const struct desk *d)
{
    for (size_t i = 0; i < d->o->n; i++)
        if (d->o->list[i].up == d->x && !d->o->list[i].over)
            return false;
    return true;
}

static bool reports(const struct desk *d)
{
    return d->x->fate != 'b' || !d->x->sent_back
               ? strchr("cavgub", d->x->fate) != NULL && *d->x->result && parts_done(d)
               : false;
}

static bool when_working(struct desk *d, struct deed *w)
{
    struct demo_order *x = d->x;
    const struct clock_at *clock = matter_running(&d->m);
    const int32_t due = clock && clock->due ? clock->due : x->due;
    if (!x->since) {
        x->since = d->y->day;
        x->until = due + (x->dated                  ? -(int32_t)draw(d, 3, 4)
                          : is_one(d, "late", LATE) ? (int32_t)draw(d, 1, 5)
                                                    : -(int32_t)draw(d, 4, 14));
    }
    x->next = d->y->day + 1;
    if (hand_down(d, w) || joint(d, w, "take") || more_time(d, w, due) || pressed(d, w, due))
        return true;
    if (x->fate == 'h' && d->days >= 15) {
        say(w, "condition", words(d, "hang"));
        say(w, "review_day", day_text(d, day_of(2026, 12, 15)));
        return does(w, "ask_hang", holder(d));
    }
    const int32_t until = x->until > x->since + 2 ? x->until : x->since + 2;
    if (d->y->day >= until - 4 && !strchr("ol", x->fate) && joint(d, w, "deliver"))
        return true;
    if (d->y->day < until || !reports(d))
        return false;
    const bool top = !matter_unit(&d->m)[0], section = x->up && is_person(d, x->to) && !top;
    say(w, "result", x->result);
    say(w, "solved", "yes");
    return does(w,
                top && !x->up    ? "report_top"
                : top || section ? "report_own"
                                 : "report",
                holder(d));
}

static bool when_hanging(struct desk *d, struct deed *w)
{
    return since(d, 1, 3) && does(w, "hang", d->x->leader);
}

static bool at_the_head(struct desk *d, struct deed *w)
{
    const char *signer = demo_account(d->y, matter_unit(&d->m), "signer");
    if (d->x->fate == 'g' || !since(d, 0, 2))
        return false;
    if (is_one(d, "unsigned", UNSIGNED) && !d->x->unsigned_once) {
        d->x->unsigned_once = true;
        d->x->until = d->y->day + 2;
        say(w, "why", words(d, "unsign"));
        return does(w, "unsign", signer);
    }
    return does(w, d->x->up ? "head_sign_part" : "head_sign", signer);
}

static bool send_back(struct desk *d, struct deed *w, const char *verb, const char *account)
{
    d->x->sent_back = true;
    d->x->until = d->y->day + (int32_t)draw(d, 4, 9);
    say(w, "lacks", words(d, "back"));
    return does(w, verb, account);
}

static bool above(struct desk *d, struct deed *w)
{
    if (d->x->fate == 'u' || !since(d, 0, 2))
        return false;
    if (d->x->fate == 'b' && !d->x->sent_back)
        return send_back(d, w, "back_part", d->m.opener);
    say(w, "found", words(d, "upper"));
    return does(w, "close_part", d->m.opener);
}

/* Born of a warning it is looked at by the stationed group, or whoever has not touched it. */
static bool in_review(struct desk *d, struct deed *w)
{
    bool warned = false;
    for (size_t i = 0; i < d->m.n_links; i++)
        warned |= str_eq(d->m.links[i].what, "warning");
    if (d->x->fate == 'a' || !since(d, 1, 4))
        return false;
    if (d->x->fate == 'c' && is_one(d, "back", SENT_BACK) && !d->x->sent_back)
        return send_back(d, w, "back", reviewer);
    if (warned) {
        const char *group = group_of(d, matter_unit(&d->m));
        say(w, "found", words(d, "verify"));
        return does(w, "verify", group ? group : "qiumo");
    }
    say(w, "found", words(d, "pass"));
    return does(w, "close", reviewer);
}

static bool when_verified(struct desk *d, struct deed *w)
{
    if (d->x->fate == 'v' || !since(d, 0, 2))
        return false;
    say(w, "found", words(d, "pass"));
    return does(w, "close", reviewer);
}

/* 回头看: it held, or it begins again. */
static bool looked_at(struct desk *d, struct deed *w)
{
    struct demo_order *x = d->x;
    if (!x->rebounds) {
        say(w, "found", words(d, "held"));
        return does(w, "held", reviewer);
    }
    x->due = d->y->day + 28;
    x->since = 0;
    x->dated = x->rebounds = false;
    x->n_records = 0;
    x->regulation = "";
    x->result = words(d, "mended");
    say(w, "lacks", words(d, "rebound"));
    say(w, "due", day_text(d, x->due));
    return does(w, "rebound", reviewer);
}

static bool deed_of(struct desk *d, struct deed *w)
{
    static const struct {
        const char *state;
        bool (*fn)(struct desk *, struct deed *);
    } states[] = { { "draft", in_draft },
                   { "approving", in_approval },
                   { "approved", when_approved },
                   { "sent", when_sent },
                   { "returned", when_returned },
                   { "signed", when_signed },
                   { "planning", in_planning },
                   { "working", when_working },
                   { "hanging", when_hanging },
                   { "heads", at_the_head },
                   { "upper", above },
                   { "review", in_review },
                   { "verified", when_verified },
                   { "looking", looked_at } };
    d->x->next = d->y->day + 1;
    for (size_t i = 0; i < COUNT(states); i++)
        if (str_eq(states[i].state, d->m.state))
            return states[i].fn(d, w) && w->account;
    return false;
}

/* ---- 云记录 ---- */

static enum rc write_down(struct desk *d, const char *account, enum work_kind kind,
                          const char *about, const char *text, const char **ret_code,
                          struct err *e)
{
    const struct flow_who *w;
    struct work_done done;
    enum rc rc = who_is(d, account, &w, e);
    if (rc == RC_OK)
        rc = worklog_add(d->tx, d->y->c, w,
                         &(struct work_new){
                             .matter = d->x->code, .kind = kind, .about = about, .text = text },
                         d->a, &done, e);
    if (rc == RC_OK)
        *ret_code = arena_strdup(d->y->a, done.code);
    return rc;
}

/* The question that is asked now, or was asked last, with its answer behind a |. */
static const char *question(const struct desk *d)
{
    return demo_words(d->o, "ask", d->x->title, strstr(d->x->result, "元") != NULL,
                      d->o->asked);
}

/* What was done, spread over the time there is; a question of the stationed group and the
 * answer to it. */
static enum rc records(struct desk *d, bool *ret, struct err *e)
{
    struct demo_order *x = d->x;
    const char *group = group_of(d, matter_unit(&d->m)), *code;
    if (!str_eq(d->m.state, "working") || !x->since)
        return RC_OK;
    const int32_t span = x->until > x->since + 6 ? x->until - x->since : 6;
    if (x->asked) {
        const char *pair = question(d);
        enum rc rc =
            write_down(d, holder(d), WORK_ANSWER, x->asked, strchr(pair, '|') + 1, &code, e);
        x->asked = NULL;
        d->o->asked++;
        d->o->asking = false;
        *ret = true;
        return rc;
    }
    if (x->written < x->n_records && d->y->day >= x->since + span * (int32_t)(x->written + 1) /
                                                                 (int32_t)(x->n_records + 1)) {
        *ret = true;
        return write_down(d, holder(d), WORK_ENTRY, NULL, x->records[x->written++], &code, e);
    }
    if (!x->questioned && group && x->written > 0 && !d->o->asking &&
        is_one(d, "question", QUESTIONED)) {
        const char *pair = question(d);
        x->questioned = d->o->asking = *ret = true;
        return write_down(d, group, WORK_QUESTION, NULL,
                          arena_strndup(d->a, pair, strcspn(pair, "|")), &x->asked, e);
    }
    return RC_OK;
}

/* ---- 制度库 ---- */

static enum rc regulate(struct desk *d, struct err *e)
{
    struct demo_order *x = d->x;
    const char *unit = is_person(d, x->to) ? "D35" : x->to, *code;
    const struct unit *u = units_find(d->us, unit);
    const size_t two = strlen("云岭"), one = strlen("财");
    bool department = *unit == 'D';
    struct regulation r = {
        .title = x->regulation,
        .kind = demo_number(x->title) % 4 ? REGULATION_MADE : REGULATION_IMPROVED,
        .document = arena_printf(d->a, "%s%.*s发〔2026〕%d号", department ? "清" : "",
                                 (int)(department ? one : two), u->name,
                                 3 + (int)(d->y->day - day_of(2026, 1, 1)) / 6 +
                                     (int)(demo_number(x->title) % 7)),
        .day = d->y->day,
        .unit = unit,
        .problem = x->problem,
        .matter = x->code,
        .why = "",
    };
    return regulation_add(d->tx, d->y->c, &r, "wenshu", d->a, &code, e);
}

/* ---- a day ---- */

/* A part is found under the one above it when that one has handed it down. */
static enum rc find_part(struct desk *d, struct err *e)
{
    struct demo_order *x = d->x;
    struct matter_parts_row *parts;
    struct matter up;
    size_t n = 0;
    if (!x->leader)
        return RC_OK;
    enum rc rc = matter_load(tx_snap(d->tx), d->y->c, x->up->code, d->a, &up, e);
    if (rc == RC_OK)
        rc = matter_parts_all(tx_snap(d->tx), up.id, d->a, &parts, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (str_eq(parts[i].title, x->title))
            x->code = arena_strdup(d->y->a, parts[i].code);
    return rc;
}

static enum rc act(struct desk *d, struct err *e)
{
    struct demo_order *x = d->x;
    struct deed w = { .verb = NULL };
    const struct flow_who *who;
    struct flow_done done;
    bool wrote = false;
    enum rc rc = x->code ? RC_OK : x->up ? find_part(d, e) : begin(d, e);
    if (rc != RC_OK || !x->code || x->next > d->y->day)
        return rc;
    rc = matter_load(tx_snap(d->tx), d->y->c, x->code, d->a, &d->m, e);
    if (rc != RC_OK)
        return rc;
    d->days = d->y->day - time_day(d->m.state_at);
    rng_init(&d->r, d->y->seed,
             demo_number(arena_printf(d->a, "%s %s %lld", x->title, d->m.state,
                                      (long long)d->m.returned)));
    rc = records(d, &wrote, e);
    if (rc != RC_OK || wrote || !deed_of(d, &w))
        return rc;
    rc = who_is(d, w.account, &who, e);
    if (rc == RC_OK)
        rc = flow_move(d->tx, d->y->c, who,
                       &(struct flow_act){ .matter = x->code,
                                           .verb = w.verb,
                                           .version = -1,
                                           .given = w.given,
                                           .n_given = w.n },
                       d->a, &done, e);
    x->over = rc == RC_OK && str_eq(done.state, "archived");
    if (rc != RC_OK || !str_eq(done.state, "closed"))
        return rc;
    x->over = true;
    return *x->regulation ? regulate(d, e) : RC_OK;
}

struct turn {
    struct demo_year *y;
    uint64_t which;
    struct demo_orders begun; /* as all stood before it */
};

/* All of a turn in one change: each act is its own step with its own record all the same. */
static enum rc act_all(struct tx *tx, void *arg, struct err *e)
{
    const struct turn *t = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct desk *d = arena_alloc(a, sizeof(*d));
    *d = (struct desk){ .y = t->y, .o = t->y->orders, .a = a, .tx = tx };
    struct demo_order *list = d->o->list;
    memcpy(list, t->begun.list, t->begun.n * sizeof(*list)); /* it may run more than once */
    *d->o = t->begun;
    d->o->list = list;
    enum rc rc = units_load(tx_snap(tx), d->y->day, a, &d->us, e);
    for (size_t i = 0; i < d->o->n && rc == RC_OK; i++) {
        d->x = &d->o->list[i];
        if (!d->x->over && d->x->next <= d->y->day &&
            (demo_number(d->x->title) + (uint64_t)d->y->day) % 3 == t->which)
            rc = act(d, e);
    }
    return rc;
}

static enum rc turn(struct demo_year *y, int hour, uint64_t which, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct turn t = { .y = y, .which = which };
    enum rc rc = y->orders ? RC_OK : demo_orders_load(y, &y->orders, e);
    if (rc != RC_OK || !demo_workday(y))
        return rc;
    t.begun = *y->orders;
    t.begun.list = arena_array(a, t.begun.n, sizeof(*t.begun.list));
    memcpy(t.begun.list, y->orders->list, t.begun.n * sizeof(*t.begun.list));
    rc = demo_hour(y, hour, e);
    if (rc == RC_OK) {
        y->t.us += (int64_t)(demo_number(arena_printf(a, "%d %d", (int)y->day, hour)) % 50) *
                   MINUTE_US;
        rc = county_set_clock(y->c, y->t, e);
    }
    return rc == RC_OK ? db_transact(y->c->db, act_all, &t, e) : rc;
}

enum rc demo_directive_morning(struct demo_year *y, struct err *e)
{
    return turn(y, 8, 0, e);
}

enum rc demo_directive_noon(struct demo_year *y, struct err *e)
{
    return turn(y, 15, 1, e);
}

enum rc demo_directive_evening(struct demo_year *y, struct err *e)
{
    return turn(y, 17, 2, e);
}
