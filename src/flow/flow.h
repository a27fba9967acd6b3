/*
 * Matters (事项): one engine for every procedure.
 *
 * A kind of matter is one const table: states, moves, fields, clocks, and at most three hooks.
 * Everything else is the engine's and the same for all kinds: who may do what, on whose desk a
 * matter lies, working days and extensions, reminders and colours, joint work, parts of a
 * matter, standing in and handing over, comments, files, links, timeline, search, numbers.
 *
 * What happens to a matter is a step: a row of matter_step with its record, never changed. How
 * a matter stands is a projection of its steps (matter.h); flow_rebuild makes it again from the
 * records alone. docs/kinds.md shows how a kind is added, and how the procedures that are to
 * come are said in tables.
 *
 * Why three hooks are enough: a procedure differs from another in whom it asks (roles), what it
 * wants to know (fields), how long it takes (clocks), and what it waits for (states). What is
 * left is a fact outside the matter that decides about a move (check: has the indicator stayed
 * recovered? does the setting ask for a second signature?), a consequence outside (apply: a
 * value is marked as objected, a report re-issued), and words (describe: 要消这盏灯,差什么).
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/hash.h"
#include "base/kinds.h"
#include "db/db.h"
#include "people/account.h"

struct county;
struct arena;
struct matter;

/* ======== the table of a kind ======== */

/*
 * Roles, relative to a matter. A move's .who is a set of them: one is enough. The holder's unit
 * is the lead unit (牵头单位). "Of a unit" means: may handle matters (CAP_HANDLE) of that unit.
 */
enum flow_role {
    FLOW_OPENER = 1 << 0, /* the account that opened it */
    FLOW_HOLDER = 1 << 1, /* the person who holds it; when none is named, anybody of the lead
                             unit */
    FLOW_UNIT = 1 << 2,   /* anybody of the lead unit */
    FLOW_JOINT = 1 << 3,  /* anybody of a joint unit (协办单位), or the person it named */
    FLOW_SUPERVISOR = 1 << 4, /* of the supervising unit named in the matter; when none is,
                                 CAP_SUPERVISE over the lead unit (a stationed group) */
    FLOW_REVIEWER = 1 << 5,   /* has .need over the lead unit and is a third person: not the
                                 opener, not the issuer of what it is about, nobody who handles
                                 matters of the lead or a joint unit, who took part or who moved
                                 it   here */
    FLOW_BY_CAP =
        1 << 6, /* has .need over the lead unit (over the county when there is none) */
    FLOW_SYSTEM = 1 << 7, /* the program: a clock that has run out, a value that has come */
};

/* What filling in a field does besides being kept. */
enum flow_sets {
    FLOW_SETS_NOTHING,
    FLOW_SETS_LEAD,       /* UNIT: the lead unit; names no person any more */
    FLOW_SETS_HOLDER,     /* ACCOUNT: the person who holds it in the lead unit */
    FLOW_SETS_JOINT,      /* UNITS: the joint units, in place of those there were */
    FLOW_SETS_SUPERVISOR, /* UNIT */
    FLOW_SETS_ISSUER,     /* ACCOUNT: who issued what the matter is about; never its reviewer */
    FLOW_SETS_UNTIL,      /* DAY: the day a request asks for */
    FLOW_SETS_PARTS, /* UNITS: a part of kind .splits is opened for each; ACCOUNT: one, held
                        by that person, in the same unit. What the move is given in a field
                        part_x is x of the parts, part_title their title */
    FLOW_SETS_TITLE, /* TEXT */
};

enum flow_type {
    FLOW_TEXT = 1, /* one line */
    FLOW_LINES,    /* several */
    FLOW_INT,
    FLOW_MONEY, /* yuan, kept as fen */
    FLOW_DAY,   /* 2026-09-30 */
    FLOW_PERIOD,
    FLOW_BOOL,
    FLOW_CHOICE,
    FLOW_CHOICES,      /* several of them, separated by | */
    FLOW_UNIT_CODE,    /* a unit of today */
    FLOW_UNIT_CODES,   /* several, separated by | */
    FLOW_ACCOUNT_CODE, /* an active account */
    FLOW_FILES,        /* files come with the step; min is the least number */
};

/* A table's rows and how many: FLOW_ROWS(states, states) is .states = states, .n_states = … */
#define FLOW_ROWS(member, rows) .member = rows, .n_##member = COUNT(rows)

struct flow_choice {
    const char *code, *name; /* N_() */
};
struct flow_field {
    const char *code; /* [a-z_]+ */
    const char *name; /* N_() */
    const char *help; /* N_(); what to write; may be NULL */
    enum flow_type type;
    /* TEXT, LINES: characters; INT: value; MONEY: fen; DAY: days from the day of the step;
     * UNITS, FILES: how many. Both 0: the type's own limits. */
    int64_t min, max;
    const struct flow_choice *choices; /* CHOICE, CHOICES; ended by a NULL code */
    /* TEXT: what a form offers to choose from, the county's own words; the kind's check holds
     * it to them. */
    enum rc (*offered)(const struct snap *s, struct arena *a, const char *const **ret,
                       size_t *ret_n, struct err *e);
    enum flow_sets sets;
    bool inherited; /* a part takes it over from the matter it is a part of */
};

enum flow_colour { FLOW_NO_COLOUR, FLOW_YELLOW, FLOW_ORANGE, FLOW_RED };

/*
 * A rung of a clock's ladder: on a day counted in working days from the due day (negative:
 * before; 0: the due day itself, n: the n-th working day after it). The rule of entry is made
 * from it in words: 到期前2个工作日, 逾期第5个工作日.
 */
struct flow_rung {
    int days;
    enum flow_colour colour; /* FLOW_NO_COLOUR: only a reminder */
    unsigned tell;           /* one role told besides those on whose desk it lies; 0: nobody */
    enum cap need;           /* with FLOW_BY_CAP */
};
struct flow_clock {
    const char *code, *name; /* N_() 签收期限 */
    int days;                /* how long; or */
    const char *from;        /* a DAY field that says until when */
    bool calendar; /* days are calendar days; an end on a day off moves to the next working
                      day */
    bool resumes;  /* a state without this clock only interrupts it; else it starts anew */
    const struct flow_rung *ladder;
    size_t n_ladder;
    bool counts;       /* whether the matter was in time is judged by it: the holder's clocks */
    const char *lapse; /* a FLOW_SYSTEM move taken on the day after the due day; NULL: none */
};

struct flow_state {
    const char *code, *name; /* N_() */
    bool final;
    bool rests; /* days spent here are nobody's delay: left out of the net duration */
    bool draft; /* seen only by who opened it, who may open such matters and on whose desk it
                   lies, and so is what people did to it here, for good; a final one is a draft
                   that was dropped */
    unsigned waits;        /* whose desk it lies on: roles; 0 when final */
    enum cap need;         /* with FLOW_BY_CAP and FLOW_REVIEWER in .waits */
    const char *clock;     /* code; NULL: none runs, and */
    const char *unclocked; /* N_() why not; for states that are not final */
};

/* A request and its answer by a second person (延期, 暂缓提醒, 挂账). */
enum flow_request {
    FLOW_NO_REQUEST,
    FLOW_EXTEND, /* the running clock gets the day asked for; only asked while in time */
    FLOW_SNOOZE, /* no reminders up to the day asked for; the matter stays visible, its clock
                  * runs
                  */
};

struct flow_move {
    const char
        *verb; /* [a-z_]+, unique in the kind (several rows with one verb: other states) */
    const char *name;  /* N_() 签收 */
    const char *from;  /* codes of states separated by |; * is every one that is not final */
    const char *to;    /* NULL: stays */
    unsigned who;      /* roles */
    enum cap need;     /* with FLOW_BY_CAP, FLOW_REVIEWER */
    enum cap also;     /* demanded of everybody, over the lead unit; 0: nothing */
    bool takes_part;   /* who makes it has had a hand in the matter and is never its reviewer;
                          always so of the lead and joint units' people */
    bool not_mover;    /* not by the person whose move brought it into this state */
    const char *event; /* N_() with FLOW_SYSTEM alone: what makes the program do it */
    const char *
        fields; /* codes separated by spaces, ! after what must be filled in: "cause! until!" */
    enum flow_request asks, grants, refuses;
    bool returns;       /* counts as sent back */
    bool reopens;       /* from a final state, or one it is only revisited in: counts as opened
                         * again; joint units begin anew */
    bool revisits;      /* from a final state, to look whether it holds: neither opened again
                         * nor counted anew; what it took and whether it was in time stay */
    bool accepts;       /* the joint unit of who does it is marked as having taken it up */
    bool urges;         /* 催办: those on whose desk it lies are told once more, or that it
                         * has ended without them */
    bool delivers;      /* … as having done its share; it leaves its desk */
    bool joint_done;    /* only when every joint unit has delivered */
    bool parts_final;   /* only when every part is final */
    const char *splits; /* kind of the parts that its FLOW_SETS_PARTS field opens */
    const char *help; /* N_() what will happen and to whom; shown above the form; may be NULL */
    bool final_act;   /* cannot be taken back: the page says so */
};

/* What the hooks look at. */
struct flow_look {
    struct county *c;
    const struct snap *snap;
    const struct flow_kind *kind;
    const struct matter *matter; /* check: before the move, with what was given filled in (of an
                                    opening: as it will be); apply: after it */
    const struct flow_move *move; /* NULL: it is being opened */
    const char *by;               /* account; "" the program */
    const struct flow_who *who;   /* describe: who reads it; NULL: nobody in particular */
    bool only_asking; /* check: for the list of what may be done; nothing is given yet */
    /* check: what this very act was given, not what stood there before. */
    const struct value_at *given;
    size_t n_given;
};
struct flow_words {
    const char *answer; /* one sentence under the title; NULL: none */
    const struct flow_need {
        const char *what, *holder; /* what is still wanted, and in whose hands it is */
        bool done;
    } * needs;
    size_t n_needs;
    /* How it stands in a few words each, always in sight: on its page, and of parts on the page
     * of the whole. */
    const struct flow_fact {
        const char *name, *value, *note;
        bool wanting; /* it is not as it should be */
    } * facts;
    size_t n_facts;
    /* What belongs beside it: who said what, who answers for what. */
    const struct flow_side {
        const char *title, *quote, *note; /* quote, note: NULL for none */
        const struct flow_side_row {
            const char *name, *text, *href; /* href NULL: no link */
        } * rows;
        size_t n_rows;
    } * sides;
    size_t n_sides;
    /* What may be done elsewhere. */
    const struct flow_way {
        const char *name, *note, *href;
        bool press; /* it changes something at once: a button */
    } * ways;
    size_t n_ways;
};

struct flow_kind {
    const char *code;   /* [a-z_]+ */
    const char *name;   /* N_() 廉动令 */
    const char *help;   /* N_() one sentence */
    const char *prefix; /* of codes: D gives D-2026-00142; unique */
    const char *page;   /* "/filing/": a kind that is worked on at a page of its own, with the
                           code behind it; NULL: at the engine's */
    bool found_by_room; /* the search shows it as a thing of its room, not as a matter */
    enum cap open;      /* over the lead unit; CAP_NONE: only the program opens them */
    const char *open_fields;
    const struct flow_state *states; /* the first is where it begins */
    size_t n_states;
    const struct flow_move *moves;
    size_t n_moves;
    const struct flow_field *fields;
    size_t n_fields;
    const struct flow_clock *clocks;
    size_t n_clocks;
    const char *links;   /* what it may be linked with, separated by spaces: "warning report";
                            units   and matters always */
    bool openers_own;    /* handing everything over leaves it with who opened it */
    bool personal;       /* of who holds it alone: never handed over */
    const char *part_of; /* kinds it may be a part of, separated by spaces; NULL: of none */
    /* May this happen? RC_CONFLICT or RC_INVALID with what is missing; RC_DENIED: not shown at
     * all, since it does not apply here. */
    enum rc (*check)(const struct flow_look *l, struct err *e);
    /* What follows from it, in the same change. */
    enum rc (*apply)(struct tx *tx, const struct flow_look *l, struct err *e);
    /* What a person should read first. */
    enum rc (*describe)(const struct flow_look *l, enum lang lang, struct arena *a,
                        struct flow_words *ret, struct err *e);
};

const struct flow_state *flow_state_of(const struct flow_kind *k, const char *code); /* NULL */
const struct flow_field *flow_field_of(const struct flow_kind *k, const char *code);
const struct flow_clock *flow_clock_of(const struct flow_kind *k, const char *code);
/* The move of a verb from a state; NULL. */
const struct flow_move *flow_move_of(const struct flow_kind *k, const char *state,
                                     const char *verb);
bool flow_move_from(const struct flow_kind *k, const struct flow_move *m, const char *state);
/* Who may hand over what others hold, besides them: who may open such matters, and of those
 * that the program opens who dispatches. */
enum cap flow_hand_cap(const struct flow_kind *k);
/* The rule of entry in words: 逾期第5个工作日. */
const char *flow_rung_text(const struct flow_rung *r, enum lang lang, struct arena *a);
const char *flow_role_text(unsigned role);        /* N_() of one role */
const char *flow_colour_text(enum flow_colour c); /* N_(); "" for none */
const char *flow_colour_mark(enum flow_colour c); /* y, o, r: what pages' marks are called */

/*
 * The model check: everything a table can get wrong that a compiler does not see, one line each
 * into problems; true when there is nothing. kinds are all there are (parts name others).
 * english: every text must have its translation, too.
 */
struct str;
bool flow_kinds_check(const struct flow_kind *const *kinds, size_t n, bool english,
                      struct str *problems);

/* The kinds a county has; kinds outlive it. Once, before anything else. */
void flow_use(struct county *c, const struct flow_kind *const *kinds, size_t n);
const struct flow_kind *const *flow_kinds(struct county *c, size_t *ret_n);
/* Codes of the kinds that are personal, each between spaces, for a query; "": none. */
const char *flow_personal(struct county *c, struct arena *a);
const struct flow_kind *flow_kind_of(struct county *c, const char *code); /* NULL */

/* ======== who acts ======== */

/* Who acts, and for whom they stand in today. Made once a request. */
struct flow_who {
    const struct person *person;
    const struct units *units;
    struct flow_absent {
        struct person person; /* the one who is away */
    } * absent;
    size_t n_absent;
};
enum rc flow_who_load(const struct snap *s, struct county *c, const struct person *person,
                      const struct units *units, struct arena *a, struct flow_who *ret,
                      struct err *e) MUST_USE;
/* The program itself: takes FLOW_SYSTEM moves and opens anything. */
struct flow_who flow_who_system(const struct units *units);
/* May they read it? What is being written (a draft) and what was said of it meanwhile is for
 * those of whom flow_state.draft speaks. */
bool flow_may_see(const struct flow_who *w, const struct matter *m);
bool flow_may_see_drafts(const struct flow_who *w, const struct matter *m);
/*
 * Whether the record is of what a person did to a draft, and then whether they may see it; for
 * pages of records. *ret_may is only set when *ret_draft is.
 */
struct record;
enum rc flow_record_draft(const struct snap *s, struct county *c, const struct flow_who *w,
                          const struct record *r, struct arena *a, bool *ret_draft,
                          bool *ret_may, struct err *e) MUST_USE;
/*
 * The move of this verb if they may make it now; verb NULL: the first that the state waits for,
 * as the matter's page offers it. NULL when there is none. For links from elsewhere.
 */
const struct flow_move *flow_offered(const struct snap *s, struct county *c,
                                     const struct flow_who *w, const struct matter *m,
                                     const char *verb);

/* ======== acting ======== */

struct flow_given {
    const char *field, *value; /* as a form gives it */
};
struct flow_file {
    uint8_t digest[HASH_SIZE]; /* kept (file_put) and registered already */
    const char *name, *media;
    int64_t size;
};
struct flow_link {
    const char *what, *code; /* "warning", "W-2026Q3-0041" */
};

struct flow_new {
    const char *kind, *title;
    const char *unit;   /* lead unit's code; "" when a field sets it, or for none */
    const char *parent; /* code of the matter it is a part of; NULL: none */
    const struct flow_given *given;
    size_t n_given;
    const struct flow_link *links;
    size_t n_links;
    const struct flow_file *files;
    size_t n_files;
};
/* What became of an act. Text lives in the arena given. */
struct flow_done {
    const char *code, *state;
    int64_t version, number; /* of the step */
    struct id record;
};
/*
 * Open a matter. RC_DENIED; RC_INVALID names the field and what would be right; RC_NOTFOUND: no
 * such kind, unit or parent.
 */
enum rc flow_open(struct tx *tx, struct county *c, const struct flow_who *w,
                  const struct flow_new *n, struct arena *a, struct flow_done *ret,
                  struct err *e) MUST_USE;

struct flow_act {
    const char *matter, *verb;
    int64_t version; /* as it was read; -1 for the program, which has just read it */
    const struct flow_given *given;
    size_t n_given;
    const struct flow_file *files;
    size_t n_files;
};
/*
 * Make a move: its step with record, the matter, desks, alarms and notices, in one change.
 * RC_CONFLICT when somebody moved it meanwhile (who, what, when and where it stands now), when
 * the state has no such move (what may be done instead), when parts or joint units are
 * missing, when an extension is asked after the due day (and what to do).
 */
enum rc flow_move(struct tx *tx, struct county *c, const struct flow_who *w,
                  const struct flow_act *act, struct arena *a, struct flow_done *ret,
                  struct err *e) MUST_USE;

/* What the engine gives every kind, also when a matter has ended (but for hand_over): they do
 * not count as moves. */
enum rc flow_comment(struct tx *tx, struct county *c, const struct flow_who *w,
                     const char *matter, const char *text, struct arena *a,
                     struct flow_done *ret, struct err *e) MUST_USE;
enum rc flow_attach(struct tx *tx, struct county *c, const struct flow_who *w,
                    const char *matter, const struct flow_file *files, size_t n,
                    struct arena *a, struct flow_done *ret, struct err *e) MUST_USE;
enum rc flow_add_links(struct tx *tx, struct county *c, const struct flow_who *w,
                       const char *matter, const struct flow_link *links, size_t n,
                       struct arena *a, struct flow_done *ret, struct err *e) MUST_USE;
/*
 * Tell those on whose desk it lies, its lead unit and who opened it, of what another folder
 * keeps of it (a word of notice_texts, inbox.c); never by, who did it.
 */
enum rc flow_tell(struct tx *tx, const struct matter *m, const char *by, const char *what,
                  struct utime at, struct err *e) MUST_USE;
/*
 * Another unit or person holds it from now on; the clock goes on. unit "" keeps the unit;
 * account "" leaves it to the unit. By who holds it, who supervises it, who may open such
 * matters. RC_INVALID: a unit that is not there today, a person not of it; RC_CONFLICT: it is
 * over, personal, or there already.
 */
enum rc flow_hand_over(struct tx *tx, struct county *c, const struct flow_who *w,
                       const char *matter, const char *unit, const char *account,
                       const char *reason, struct arena *a, struct flow_done *ret,
                       struct err *e) MUST_USE;
/*
 * The same for everything open that a unit, or a person of it (account not ""), holds, but what
 * is personal: a clerk changes, a unit is dissolved. When nothing is left of it, what that
 * person opened and is not over is the successor's to see through: what waits for its opener
 * waits for them; a draft only if they may open such matters. Stops at the slice's end: call
 * again until *ret_left is 0.
 */
struct flow_hand_all {
    const char *from_unit, *from_account, *to_unit, *to_account, *reason;
};
enum rc flow_hand_over_all(struct tx *tx, struct county *c, const struct flow_who *w,
                           const struct flow_hand_all *what, int64_t *ret_done,
                           int64_t *ret_left, struct err *e) MUST_USE;

/* ---- standing in ---- */

struct delegation {
    const char *from, *to, *reason, *ended_by, *by;
    int64_t number;
    int32_t from_day, to_day;
};
enum { DELEGATION_DAYS_MAX = 92 };
/*
 * Somebody stands in while from is away: arranged by from, or by who administers accounts.
 * RC_INVALID: oneself, a span that is over, upside down or too long. RC_CONFLICT: to is away in
 * that span too, or from stands in for somebody then (nobody stands in for a stand-in); it says
 * for which days and what would be possible.
 */
enum rc delegation_add(struct tx *tx, struct county *c, const struct person *by,
                       const char *from, const char *to, int32_t from_day, int32_t to_day,
                       const char *reason, struct err *e) MUST_USE;
/* End it early: from today on it does not count. */
enum rc delegation_end(struct tx *tx, struct county *c, const struct person *by,
                       const char *from, int64_t number, struct err *e) MUST_USE;
/* Of an account, as one or the other, newest first. */
enum rc delegation_list(const struct snap *s, const char *account, struct arena *a,
                        struct delegation **ret, size_t *ret_n, struct err *e) MUST_USE;

/* ======== the clock ======== */

struct flow_run {
    int64_t alarms, notices, lapsed, gaps;
};
/*
 * What the hour brings: reminders, colours, escalations, clocks that have run out, dates that a
 * new calendar makes known. Set-based and in slices; every slice that did something has its
 * record. Safe to run at any time and twice.
 */
enum rc flow_clock_run(struct county *c, struct flow_run *ret, struct err *e) MUST_USE;
/* The job that does it every hour. */
struct job_run;
enum rc flow_clock_job(struct job_run *r, struct err *e) MUST_USE;

/* ======== proving ======== */

/*
 * Make a matter from its records alone (each whole, each in the log's form) and compare it with
 * every row of the projections: RC_UNPROVEN names table, matter and what differs.
 */
enum rc flow_rebuild(const struct snap *s, struct county *c, const char *matter,
                     struct err *e) MUST_USE;
/* The same for every matter, and the tally of all: *ret_n were compared. */
enum rc flow_rebuild_all(const struct snap *s, struct county *c, int64_t *ret_n,
                         struct err *e) MUST_USE;

#endif
