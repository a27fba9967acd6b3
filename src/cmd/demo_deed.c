/*
 * What somebody does about a directive of the demo: it follows from where the matter stands and
 * from the fate that demo/directives.csv gives it; how many days it takes is drawn.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/demo_desk.h"
#include "monitor/demo.h"

#include <string.h>

/* Of a hundred. */
enum { EXTENDED = 11, SENT_BACK = 13, UNSIGNED = 4, REDRAFTED = 3, LATE = 8 };
static const char reviewer[] = "danqing";

static bool does(struct deed *w, const char *verb, const char *account)
{
    w->verb = verb;
    w->account = account;
    return account != NULL;
}

static bool since(struct desk *d, uint64_t from, uint64_t to)
{
    int32_t wait = (int32_t)desk_draw(d, from, to) - d->days;
    if (wait > 0)
        d->x->next = d->y->day + wait;
    return wait <= 0;
}

static bool in_draft(struct desk *d, struct deed *w)
{
    return d->x->fate != 'd' && since(d, 0, 1) && does(w, "submit", d->x->drafter);
}

static bool in_approval(struct desk *d, struct deed *w)
{
    if (d->x->fate == 'q' || !since(d, 0, 2))
        return false;
    if (desk_trait(d, "redraft", REDRAFTED) && d->m.returned == 0) {
        deed_say(w, "why", desk_words(d, "redraft"));
        return does(w, "redraft", d->x->leader);
    }
    if (desk_percent(d, 60))
        deed_say(w, "opinion", desk_words(d, "sign_off"));
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
    if (d->x->fate == 's' || (desk_percent(d, 6) ? !since(d, 2, 4) : !since(d, 0, 1)))
        return false;
    if (*d->x->wrong_unit && str_eq(unit, d->x->wrong_unit)) {
        deed_say(w, "why", d->x->wrong_why);
        return does(w, "wrong", desk_clerk(d, unit));
    }
    return does(w, "sign", desk_holder(d));
}

static bool when_returned(struct desk *d, struct deed *w)
{
    deed_say(w, "lead", d->x->to);
    deed_say(w, "why", desk_words(d, "readdress"));
    return since(d, 0, 1) && does(w, "readdress", d->x->drafter);
}

static bool when_signed(struct desk *d, struct deed *w)
{
    return since(d, 0, 1) && does(w, "accept", desk_holder(d));
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
            deed_say(w, "result", desk_words(d, "deliver"));
        return does(w, verb, *p->account ? p->account : desk_clerk(d, p->unit));
    }
    return false;
}

/* The next part that has not gone out yet; NULL. */
static struct demo_order *part_to_come(const struct desk *d)
{
    for (size_t i = 0; i < d->o->n; i++)
        if (d->o->list[i].up == d->x && !d->o->list[i].leader && !d->o->list[i].over)
            return &d->o->list[i];
    return NULL;
}

static bool in_planning(struct desk *d, struct deed *w)
{
    const bool chain = d->x->up || part_to_come(d); /* its days are shared with others */
    if (d->x->fate == 'p' || !since(d, 1, chain ? 2 : 5))
        return false;
    deed_say(w, "plan", d->x->plan);
    deed_say(w, "cause", d->x->cause);
    return does(w, "plan", desk_holder(d));
}

/* After its own day nothing is handed down any more. */
static bool hand_down(struct desk *d, struct deed *w)
{
    struct demo_order *part = part_to_come(d);
    if (part && d->x->due <= d->y->day)
        part->over = true;
    if (!part || part->over)
        return false;
    const char *unit = desk_unit_of(d, part->to);
    bool section = str_eq(unit, matter_unit(&d->m)) && *unit, person = *unit != '\0';
    part->leader = d->x->leader; /* it is on its way */
    part->next = d->y->day;
    part->due = d->x->due - (section ? 6 : 3);
    if (part->due <= d->y->day)
        part->due = d->x->due;
    deed_say(w, section ? "section" : person ? "deputy" : "units", part->to);
    deed_say(w, "part_title", part->title);
    deed_say(w, "part_order", part->order);
    deed_say(w, "part_due", desk_day(d, part->due));
    deed_say(w, "part_duty", person ? "double" : "main");
    if (!person)
        deed_say(w, "part_minutes", "20");
    return does(w, section ? "assign" : person ? "delegate" : "split", desk_holder(d));
}

/* More time is asked for, and given or not by the leader who signed it off. */
static bool more_time(struct desk *d, struct deed *w, int32_t due)
{
    const char *leader = d->x->up ? d->m.opener : d->x->leader;
    if (matter_request(&d->m, FLOW_EXTEND)) {
        bool no = d->x->fate != 'e' && desk_percent(d, 20);
        deed_say(w, no ? "why" : "until",
                 no ? desk_words(d, "no_more")
                    : desk_day(d, matter_request(&d->m, FLOW_EXTEND)->until));
        if (no)
            d->x->until = due + 2;
        return does(w, no ? "no_more" : "give_more", leader);
    }
    if (d->x->extended || (d->x->fate != 'e' && !desk_trait(d, "more", EXTENDED)) ||
        (d->x->fate != 'e' && d->x->fate != 'c') || d->x->up || desk_is_person(d, d->x->to) ||
        d->y->day < due - 4 || d->y->day > due)
        return false;
    d->x->extended = true;
    d->x->until = due + (int32_t)desk_draw(d, 6, 14);
    deed_say(w, "until", desk_day(d, due + (d->x->fate == 'e' ? 40 : 18)));
    deed_say(w, "why", desk_words(d, "ask_more"));
    return does(w, "ask_more", desk_holder(d));
}

/* Who presses when it is late, in turns. */
static bool pressed(struct desk *d, struct deed *w, int32_t due)
{
    if (d->x->fate != 'l' || d->x->urged || d->y->day < due + 3)
        return false;
    d->x->urged = true;
    bool leader = demo_number(d->x->title) % 2;
    deed_say(w, "word", desk_words(d, leader ? "press" : "urge"));
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
        x->until = due + (x->dated                      ? -(int32_t)desk_draw(d, 3, 4)
                          : desk_trait(d, "late", LATE) ? (int32_t)desk_draw(d, 1, 5)
                                                        : -(int32_t)desk_draw(d, 4, 14));
    }
    x->next = d->y->day + 1;
    if (hand_down(d, w) || joint(d, w, "take") || more_time(d, w, due) || pressed(d, w, due))
        return true;
    if (x->fate == 'h' && d->days >= 15) {
        deed_say(w, "condition", desk_words(d, "hang"));
        deed_say(w, "review_day", desk_day(d, day_of(2026, 12, 15)));
        return does(w, "ask_hang", desk_holder(d));
    }
    const int32_t until = x->until > x->since + 2 ? x->until : x->since + 2;
    if (d->y->day >= until - 4 && !strchr("ol", x->fate) && joint(d, w, "deliver"))
        return true;
    if (d->y->day < until || !reports(d))
        return false;
    const bool top = !matter_unit(&d->m)[0],
               section = x->up && desk_is_person(d, x->to) && !top;
    deed_say(w, "result", x->result);
    deed_say(w, "solved", "yes");
    return does(w,
                top && !x->up    ? "report_top"
                : top || section ? "report_own"
                                 : "report",
                desk_holder(d));
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
    if (desk_trait(d, "unsigned", UNSIGNED) && !d->x->unsigned_once) {
        d->x->unsigned_once = true;
        d->x->until = d->y->day + 2;
        deed_say(w, "why", desk_words(d, "unsign"));
        return does(w, "unsign", signer);
    }
    return does(w, d->x->up ? "head_sign_part" : "head_sign", signer);
}

static bool send_back(struct desk *d, struct deed *w, const char *verb, const char *account)
{
    d->x->sent_back = true;
    d->x->until = d->y->day + (int32_t)desk_draw(d, 4, 9);
    deed_say(w, "lacks", desk_words(d, "back"));
    return does(w, verb, account);
}

static bool above(struct desk *d, struct deed *w)
{
    if (d->x->fate == 'u' || !since(d, 0, 2))
        return false;
    if (d->x->fate == 'b' && !d->x->sent_back)
        return send_back(d, w, "back_part", d->m.opener);
    deed_say(w, "found", desk_words(d, "upper"));
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
    if (d->x->fate == 'c' && desk_trait(d, "back", SENT_BACK) && !d->x->sent_back)
        return send_back(d, w, "back", reviewer);
    if (warned) {
        const char *group = desk_group(d, matter_unit(&d->m));
        deed_say(w, "found", desk_words(d, "verify"));
        return does(w, "verify", group ? group : "qiumo");
    }
    deed_say(w, "found", desk_words(d, "pass"));
    return does(w, "close", reviewer);
}

static bool when_verified(struct desk *d, struct deed *w)
{
    if (d->x->fate == 'v' || !since(d, 0, 2))
        return false;
    deed_say(w, "found", desk_words(d, "pass"));
    return does(w, "close", reviewer);
}

/* 回头看: it held, or it begins again. */
static bool looked_at(struct desk *d, struct deed *w)
{
    struct demo_order *x = d->x;
    if (!x->rebounds) {
        deed_say(w, "found", desk_words(d, "held"));
        return does(w, "held", reviewer);
    }
    x->due = d->y->day + 28;
    x->since = 0;
    x->dated = x->rebounds = false;
    x->n_records = 0;
    x->regulation = "";
    x->result = desk_words(d, "mended");
    deed_say(w, "lacks", desk_words(d, "rebound"));
    deed_say(w, "due", desk_day(d, x->due));
    return does(w, "rebound", reviewer);
}

bool desk_deed(struct desk *d, struct deed *w)
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
