/*
 * Publication: the one gate that decides who sees the figures of which computation. A
 * computation that is done is a draft, and with the platform's people; it goes on to the units
 * (each its own report), to who approves, to everybody. Everything that shows a score, a report
 * or a warning asks here for the newest computation of a period that this person may see; what
 * was seen before stays readable under its own name and says by what it was replaced.
 *
 * Asking is a look into memory: the list of a county's computations is kept, and read again
 * when a stage has changed.
 */
#ifndef MONITOR_PUBLICATION_H
#define MONITOR_PUBLICATION_H

#include "monitor/compute.sql.h"
#include "people/account.h"
#include "warn/warn.h"

struct county;
struct rq;

/* How far figures have come. The numbers are stored. */
enum publication_stage {
    PUBLICATION_DRAFT = 1,   /* 草稿: who has read_draft */
    PUBLICATION_COMMENT = 2, /* 征求意见稿: also each unit's people and its stationed group,
                                their own */
    PUBLICATION_DECISION = 3,  /* 待审定: also who approves */
    PUBLICATION_PUBLISHED = 4, /* 已发布: everybody whom the page lets in */
};
/* draft …; 草稿 …, source text. */
const char *publication_stage_word(enum publication_stage s);
const char *publication_stage_text(enum publication_stage s);

/* A computation and its stage. Text lives as long as the sight it was found by. */
struct publication {
    struct id computation;
    struct period period;
    int32_t last_day;
    enum publication_stage stage;
    struct utime at, started_at, computed_at, published_at; /* published_at 0: it was not */
    const char *approved_by, *approver; /* code and name; "" and NULL: nobody */
    const char *erratum;                /* what was wrong with the one it corrects; ""; see
                                           publication_erratum_of */
    struct id replaced_by;              /* 0: it stands */
    struct utime replaced_at;
};

/* What one person sees. */
struct sight {
    const struct person *person;
    const struct publication *list; /* by period, newest first; of a period the newest first */
    size_t n;
    enum publication_stage floor; /* of figures of the whole county and of every unit */
    enum publication_stage own; /* the same of units the person belongs to or is stationed at */
    const struct units *units;  /* to find a unit by id: of today; may be NULL */
};
/* From which stage somebody sees figures; own: of a unit they belong to or are stationed at. */
enum publication_stage publication_floor(const struct person *who, bool own);
/* Of who asks; valid until the request ends. */
enum rc rq_sight(struct rq *rq, struct sight *ret, struct err *e) MUST_USE;
/* Of somebody else, as a snapshot has it: for commands and programs. In a. */
enum rc sight_load(const struct snap *s, const struct person *who, const struct units *units,
                   struct arena *a, struct sight *ret, struct err *e) MUST_USE;

/* The newest computation of a period whose county-wide figures the person may see; NULL. */
const struct publication *sight_run(const struct sight *k, struct period p);
/* The same of one unit's report, values' scores and warnings. u NULL: as sight_run. */
const struct publication *sight_run_of(const struct sight *k, struct period p,
                                       const struct unit *u);
/* May the person see this one, also an old one, of a unit (NULL: of the county)? NULL: no. */
const struct publication *sight_find(const struct sight *k, struct id computation,
                                     const struct unit *u);
/* Periods of which something is to be seen, newest first; own: also what only the person's own
 * units see. In a. */
const struct period *sight_periods(const struct sight *k, bool own, struct arena *a,
                                   size_t *ret_n);
/* Which judgements of warnings the person sees: for warn_of_period and warn_load. It points to
 * k. */
struct warn_sight sight_warnings(const struct sight *k);

/* The row of sight_run: RC_NOTFOUND, without a message, when there is none. */
enum rc sight_run_load(const struct sight *k, const struct snap *s, struct period p,
                       struct arena *a, struct run_head_row *ret, struct err *e) MUST_USE;

/* ---- moving ---- */

struct publication_step {
    struct id computation;
    enum publication_stage stage;
    const char *approved_by; /* NULL: as it is */
    const char *erratum;     /* NULL: as it is */
    const char *by;
};
/*
 * A computation reaches a stage, with its record; earlier ones of the period that had come no
 * further are replaced by it. Reaching a stage again changes nothing but what is given.
 * RC_CONFLICT: the county has not gone live, so that everything
 * stays a draft; a lower stage than it has, or a later computation of the period has that stage
 * already; an earlier period's newest figures have not come so far (they are part of this one's
 * reports).
 */
enum rc publication_set(struct tx *tx, struct county *c, const struct publication_step *step,
                        struct err *e) MUST_USE;
/* fn hears, in the same change, of every computation that reaches a stage. One; once, before
 * anything is computed. */
typedef enum rc publication_watcher(struct tx *tx, struct county *c,
                                    const struct publication *now, struct err *e);
void publication_watch(struct county *c, publication_watcher *fn);

/* The newest computation of a period is published without further ado: where there is no desk.
 */
enum rc publication_publish(struct county *c, struct period p, const char *by,
                            struct err *e) MUST_USE;
/* The newest computation of a period that is done; RC_NOTFOUND says so, and of one that was
 * made before there was a desk that the period has to be computed again. */
enum rc publication_newest(const struct snap *s, struct period p, struct arena *a,
                           struct publication *ret, struct err *e) MUST_USE;

/*
 * An erratum is lines; one that begins with @CODE tells of a unit's own figures and is for the
 * readers of that unit's report. unit NULL: of all. Others read that something was put right.
 */
const char *publication_erratum_line(const char *unit, const char *text, struct arena *a);
const char *publication_erratum_of(const char *erratum, const char *unit, enum lang lang,
                                   struct arena *a);

/* Which computation a record's figures are of (report.made, period.computed, warning.…);
 * *ret 0: the record shows no figures. */
struct record;
enum rc publication_of_record(const struct snap *s, const struct record *r, struct arena *a,
                              struct id *ret, struct err *e) MUST_USE;

#endif
