/*
 * A matter as it stands, in memory: read from its row, changed only by folding a step into it,
 * written back with the rows made from it for searching. Not for other folders, but for what
 * hooks look at.
 */
#ifndef FLOW_MATTER_H
#define FLOW_MATTER_H

#include "flow/flow.h"

struct json_t;
struct canon;

enum {
    MATTER_TITLE_MAX = 200,
    MATTER_TEXT_MAX = 100,    /* default limit of a line */
    MATTER_LINES_MAX = 4000,  /* default limit of several */
    MATTER_PARTIES_MAX = 200, /* joint units, parts */
    MATTER_FILES_MAX = 50,    /* of one step */
    MATTER_LINKS_MAX = 500,
    MATTER_DEPTH_MAX = 8,     /* parts of parts */
    MATTER_BODY_MAX = 900000, /* bytes; a record's part holds no more */
};

enum party_role { PARTY_LEAD = 1, PARTY_JOINT, PARTY_SUPERVISOR, PARTY_ISSUER };
struct party {
    enum party_role role;
    const char *unit, *account; /* codes; account "" is anybody of the unit */
    const char *state;          /* joint: "", accepted, delivered */
};
/* A clock of the matter: how it stands now. Earlier due days are in the steps. */
struct clock_at {
    const char *code;
    int64_t version;    /* of the due day: 1, 2, … */
    int32_t start;      /* day it was started or resumed */
    int32_t due, first; /* last day in time, and as it was first set; 0: not known */
    int64_t left;       /* working days it has from start; paused: that were left */
    int gap;            /* year whose calendar was missing; 0: none */
    bool on, paused;
    bool late, late_first; /* stopped after its due day, after the first one */
};
struct request_at {
    enum flow_request what;
    const char *by, *for_; /* who asked, and for whom */
    int32_t until;
    int64_t number; /* its step */
};
struct value_at {
    const char *field, *text;
};
struct file_at {
    const char *digest; /* hex */
    const char *name, *media;
    int64_t size, number;
};
struct alarm_at {
    int64_t rung;
    int32_t day;
    const char *what; /* remind, colour, lapse */
    enum flow_colour colour;
    const char *desk; /* "" */
};
struct rest_at {
    int32_t from, to; /* to 0: still resting */
};

struct matter {
    struct id id, parent_id, record;
    const char *code, *kind_code, *title, *state;
    const struct flow_kind *kind; /* NULL: no table of that code */
    bool open, draft;
    int64_t version, steps;
    const char *parent; /* code, "" */
    const char *opener;
    struct utime opened_at, state_at, closed_at;
    const char *last_verb, *mover, *mover_for; /* the newest move */
    const char *state_mover, *state_mover_for; /* who moved it into its state */
    const char *clock;                         /* the one that runs, "" */
    enum flow_colour base;                     /* colour when the alarms were set */
    enum flow_colour colour;                   /* now */
    int32_t quiet_day;
    int64_t returned, reopened, gross_days, net_days, on_time, on_first;
    struct value_at *values;
    struct party *parties;
    struct clock_at *clocks;
    struct request_at *requests;
    struct flow_link *links;
    struct file_at *files;
    struct alarm_at *alarms;
    struct rest_at *rests;
    const char **actors; /* who took part as holder, unit or joint */
    const char **desks;
    size_t n_values, n_parties, n_clocks, n_requests, n_links, n_files, n_alarms, n_rests,
        n_actors, n_desks;
};

/* The value of a field, "" when it has none. */
const char *matter_value(const struct matter *m, const char *field);
int32_t matter_day(const struct matter *m, const char *field); /* of a DAY field; 0 */
const struct party *matter_party(const struct matter *m,
                                 enum party_role role); /* first; NULL */
const char *matter_unit(const struct matter *m);        /* lead unit, "" */
const char *matter_account(const struct matter *m);     /* holder, "" */
struct clock_at *matter_clock(const struct matter *m, const char *code);
const struct clock_at *matter_running(const struct matter *m); /* NULL: no clock runs */
const struct request_at *matter_request(const struct matter *m, enum flow_request what);
int32_t matter_due_key(const struct matter *m);
/* What its field `lamp` says; FLOW_NO_COLOUR without one. */
enum flow_colour matter_lamp(const struct matter *m);

/* RC_NOTFOUND names the code. In a. c NULL: without its table. */
enum rc matter_load(const struct snap *s, struct county *c, const char *code, struct arena *a,
                    struct matter *ret, struct err *e) MUST_USE;

/* ---- steps ---- */

struct step {
    const char *matter, *verb, *from_state, *to_state, *by, *for_;
    int64_t number;
    struct utime at;
    const char *given, *did; /* canonical JSON */
};
/* Fold a step into a matter (of the first one: an empty struct with its code). RC_UNPROVEN when
 * it is not a step we wrote. */
enum rc matter_fold(struct matter *m, const struct step *st, struct arena *a,
                    struct err *e) MUST_USE;
/* Whether a step counts as a move, and whether what was given are values of the kind's fields.
 */
enum step_moved { STEP_NO_MOVE, STEP_MOVE, STEP_HAND_OVER };
/* What makes next out of now, for a step's did. */
const char *matter_did(const struct matter *now, const struct matter *next,
                       enum step_moved moved, struct arena *a);
/* Everything that is not a column, as stored. */
const char *matter_body(const struct matter *m, struct arena *a);
/* Lists of next are its own, so that they can be changed. */
void matter_copy(const struct matter *m, struct arena *a, struct matter *ret);
/* Grow a list by one zeroed element and return it. */
#define matter_add(a, list, n)                                                                 \
    (*((list) = matter_grow((a), (list), (n), sizeof(*(list))), (n)++, &(list)[(n)-1]))
void *matter_grow(struct arena *a, void *list, size_t n, size_t size);

/*
 * Append the step with its record, then write the matter and what is made from it. now NULL: it
 * begins. next is what folding gives; its id and record are set.
 */
enum rc matter_write(struct tx *tx, struct county *c, const struct matter *now,
                     struct matter *next, const struct step *st, struct arena *a,
                     struct err *e) MUST_USE;
/* Code of the next matter of a kind. */
enum rc matter_number(struct tx *tx, const struct flow_kind *k, int year, struct arena *a,
                      const char **ret, struct err *e) MUST_USE;

/* ---- who (who.c) ---- */

/* Desks of a set of roles: "u:CG", "a:zhangsan", "c:dispatch". Adds to m->desks, each once. */
void matter_put_desks(struct matter *m, unsigned roles, enum cap need, struct arena *a);
/* One role as one desk, for telling; "" when nobody has it. */
const char *matter_role_desk(const struct matter *m, unsigned role, enum cap need,
                             struct arena *a);
/*
 * May they make this move? *ret_for: the absent person they do it for ("" for themselves);
 * *ret_takes_part: as holder, unit or joint unit. RC_DENIED says who may.
 */
enum rc who_may(const struct flow_who *w, const struct matter *m, const struct flow_move *mv,
                const char **ret_for, bool *ret_takes_part, struct err *e) MUST_USE;
/* Does the kind let the move happen here, as far as can be said before anything is filled in?
 */
bool move_applies(const struct snap *s, struct county *c, const struct flow_who *w,
                  const struct matter *m, const struct flow_move *mv);
/* Which of the roles without .need a person has. */
unsigned who_roles(const struct person *p, const struct units *us, const struct matter *m);
/* The joint party a person acts for; NULL. */
struct party *who_joint(const struct flow_who *w, struct matter *m);
/* Who may do it, in words: 承办单位、督办单位. */
const char *who_text(const struct flow_move *mv, enum lang lang, struct arena *a);

/* ---- clocks (due.c) ---- */

struct calendar;
/*
 * Stop, pause, resume and start clocks for next's new state, and set desks and alarms.
 * from_state "": it begins. today: the day of the step. RC_INVALID when a clock's day was not
 * given.
 */
enum rc due_enter(const struct calendar *cal, struct matter *next, const char *from_state,
                  bool restart, int32_t today, struct arena *a, struct err *e) MUST_USE;
/* The running clock gets another due day. */
void due_extend(const struct calendar *cal, struct matter *next, int32_t until, int32_t today,
                struct arena *a);
/* A calendar has come: what was not known is computed. False: still not. */
bool due_fill(const struct calendar *cal, struct matter *next, int32_t today, struct arena *a);
/* Who is told may have changed with the parties: alarms keep their days. */
void due_retell(struct matter *next, struct arena *a);
/* Gross and net days, in time or not, at its end. */
void due_close(const struct calendar *cal, struct matter *next, int32_t today);

/* ---- fields (field.c) ---- */

/*
 * Check what was given against the fields of a list ("cause! until") and give it in its stored
 * form, in the table's order. RC_INVALID names the field and what would be right.
 */
enum rc fields_read(const struct snap *s, const struct flow_kind *k, const char *list,
                    const struct flow_who *w, const struct flow_given *given, size_t n_given,
                    size_t n_files, int32_t today, struct arena *a, struct value_at **ret,
                    size_t *ret_n, struct err *e) MUST_USE;
/* The next code of a list; *ret_required. False at its end. Advances *list. */
bool fields_next(const char **list, struct arena *a, const char **ret, bool *ret_required);
/* Is the word in a list separated by sep (| or space)? */
bool word_in(const char *list, const char *word, char sep);
/* A stored value as people read it. */
const char *field_show(const struct flow_field *f, const char *stored,
                       const struct units *units, enum lang lang, struct arena *a);

/* ---- acting (step.c) ---- */

/* Work out again what a missing calendar had left open; a step by the program. */
enum rc flow_fill_gap(struct tx *tx, struct county *c, const struct flow_who *w,
                      const char *matter, struct arena *a, bool *ret_filled,
                      struct err *e) MUST_USE;

/* ---- notices (notice.c) ---- */

/* What a step tells, and whom. */
enum rc notices_of_step(struct tx *tx, const struct matter *now, const struct matter *next,
                        const struct step *st, const struct flow_move *mv,
                        struct err *e) MUST_USE;

#endif
