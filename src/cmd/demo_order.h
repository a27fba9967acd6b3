/*
 * What the demo's directives are about: demo/directives.csv, their parts of
 * demo/directive_parts.csv, and what people write besides, demo/directive_words.csv. How far
 * each has come is kept with it; what happens to it is demo_directive.c's.
 *
 * Fates: c is closed; a, v, g, u, p, s wait at review, after a third person's review, for the
 * head's signature, above, for a plan, for a receipt; b was sent back and is worked on; o is
 * worked on, e with more time, l late; h waits for a condition; q waits to be signed off, d is
 * a draft.
 */
#ifndef CMD_DEMO_ORDER_H
#define CMD_DEMO_ORDER_H

#include "cmd/demo_year.h"
#include "flow/flow.h"
#include "sheet/table.h"

struct work_file;

/* An instruction as a leader wrote it, or as the office wrote it down for them. */
struct demo_said {
    const char *leader, *office /* "": nobody */, *about /* report:UNIT-PERIOD; "" */;
    const char *title, *text, *answer; /* answer "": it becomes a directive, or waits */
    int32_t day;
    int64_t after; /* days until the answer */
    struct flow_file scan;
    const char *code; /* NULL: not there yet */
};

struct demo_order {
    /* as the files say */
    const char *title, *problem, *cause, *order, *plan, *result, *regulation;
    const char *wrong_unit, *wrong_why; /* where it went first; "" */
    const char *to;                     /* unit, or a person's account */
    const char *joint, *kind, *severity, *emphasis, *source, *rule;
    const char *ask;   /* what the stationed group asks at once, answer behind a |; "" */
    const char *after; /* an entry that comes when all has ended; "" */
    char **records;
    struct work_file **pictures; /* one a record; NULL: none */
    struct demo_said said;       /* text "": it is not made of one */
    size_t n_records;
    char fate;
    struct demo_order *up; /* it is a part of */
    int32_t day, due;      /* 0: a part's is its upper's */
    bool dated;            /* texts name days before it */
    /* how far it has come */
    const char *code; /* NULL: not there yet */
    const char *drafter, *leader;
    const char *asked; /* code of a question nobody has answered yet */
    int32_t next;      /* the day on which somebody looks at it again */
    int32_t since;     /* in hand */
    int32_t until;     /* to be reported on */
    size_t written;
    bool at_once; /* somebody looks at it again in the next turn */
    bool questioned, urged, sent_back, unsigned_once, extended, over,
        rebounds; /* when it is looked at again it has come back */
};

struct demo_orders {
    struct demo_order *list;
    size_t n;
    struct demo_said *said; /* that became no directives */
    size_t n_said;
    const struct table *words;
    uint64_t turn[10]; /* whose text is next, by use */
    uint64_t asked;    /* questions so far; one at a time */
    bool asking;
};

/* In y->a. Pictures and scans are drawn and kept. */
enum rc demo_orders_load(const struct demo_year *y, struct demo_orders **ret,
                         struct err *e) MUST_USE;
/* A picture for the entry, from 0, drawn and kept as one that a phone sends (demo_record.c). */
enum rc demo_record_picture(const struct demo_year *y, struct demo_order *x, size_t entry,
                            const char *scene, const char *words, struct err *e) MUST_USE;
/* The texts for a use, first those for this title, else those for anything and for what is
 * about money or not; the i-th of them round and round. "" when there is none. */
const char *demo_words(const struct demo_orders *o, const char *use, const char *title,
                       bool money, uint64_t i);
/* The meeting, held by now, that decided on the directive of this title; NULL
 * (demo_meeting.c). */
const char *demo_meeting_of(const struct demo_year *y, const char *title);
/* A number that stands for a text. */
uint64_t demo_number(const char *text);

#endif
