/*
 * Verifiable draws (抽签): k of n chosen by a seed nobody could know when the list was fixed,
 * so that anyone can draw again and get the same. Pure: no clock, no database. docs/draw.md has
 * the method for people who check it, with the same in a dozen lines of another language.
 *
 * The method, frozen as version 1. The list is lines, one a thing: its code, or stratum/code;
 * sorted by bytes, no two alike, each ended by a line feed; its digest is SHA-256. The
 * announcement is lines too (lot_announcement) and holds the list's digest. Then
 *
 *   key        = SHA-256("jingjian draw 1\n" announcement seed "\n")
 *   ticket(x)  = HMAC-SHA-256(key, line of x without its line feed)
 *
 * and of every stratum the k things with the smallest tickets are drawn, in that order (two
 * equal tickets: by line).
 *
 * Why it is fair: to somebody who does not know the seed the tickets are n independent uniform
 * numbers of 256 bits, and sorting by such numbers gives every order the same probability but
 * for ties, of which the chance is below n² / 2^257; nothing is reduced modulo anything. Random
 * keys sorted: Sunter, Applied Statistics 26 (1977) 261–268; draws anyone can check from public
 * numbers fixed later: RFC 3797; tickets by a hash of seed and thing: Rivest, Consistent
 * Sampling with Replacement, arXiv:1808.10016; HMAC: RFC 2104. The announcement is in the key
 * so that two draws by the same lottery's numbers have nothing to do with one another.
 *
 * What it cannot do: a seed has no more chance in it than its event. 双色球 has 17.7 million
 * outcomes; a thing's chance differs from k/n by a few hundredths of a percent at most.
 */
#ifndef LOT_LOT_H
#define LOT_LOT_H

#include "base/hash.h"
#include "base/kinds.h"
#include "base/str.h"

enum {
    LOT_ITEMS_MAX = 20000,
    LOT_TAKES_MAX = 32,
    LOT_FIELD_MAX = 300, /* bytes of a line of the announcement */
    LOT_SEED_MIN = 10,   /* letters and digits */
    LOT_SEED_MAX = 200,  /* bytes */
    LOT_FILE_MAX = 4 << 20,
};

struct lot_item {
    const char *stratum, *code; /* stratum "": the draw has none */
};
/* Of a stratum (its code; "": of the whole list) k of n are drawn. */
struct lot_take {
    const char *stratum;
    size_t k, n;
};
struct lot {
    const char *draw;   /* its code */
    const char *title;  /* what is drawn and what for */
    const char *event;  /* the public event that gives the seed */
    const char *source; /* where anyone can read its outcome */
    struct utime at;    /* not before: when the outcome becomes public */
    struct lot_take *takes;
    size_t n_takes;
    struct lot_item *items;
    size_t n_items;
    uint8_t list[HASH_SIZE]; /* digest of the list */
    const char *seed;        /* "": not drawn yet */
    struct lot_item *drawn;  /* in the order of takes, and of their tickets */
    size_t n_drawn;
};

/*
 * Make a draw of what its fields say: sorts takes and items (both changed in place), counts n
 * and sets the list's digest; seed and drawn become empty. RC_INVALID: an empty list, a code
 * twice or malformed, a stratum without a take or the other way round, more to draw than there
 * are, a text that is empty, too long or not one line. RC_TOOBIG.
 */
enum rc lot_prepare(struct lot *l, struct err *e) MUST_USE;
/* The list, the announcement: the bytes the method speaks of. */
void lot_list(const struct lot *l, struct str *ret);
void lot_announcement(const struct lot *l, struct str *ret);
/*
 * The seed in its one spelling: runs of digits and letters, lower case, one blank between them;
 * full-width forms count as their ASCII; RC_INVALID when it holds other characters than
 * punctuation, or too few to be a seed.
 */
enum rc lot_seed(struct arena *a, const char *text, const char **ret, struct err *e) MUST_USE;
/* Draw a prepared lot; seed is as lot_seed gives it, else RC_INVALID. */
enum rc lot_draw(struct arena *a, struct lot *l, const char *seed, struct err *e) MUST_USE;

/* ---- the file a county publishes ---- */

/* A prepared lot, drawn or not. */
void lot_write(const struct lot *l, struct str *ret);
/* What such a file says, as it stands: lot_verify judges it. RC_INVALID names the line. */
enum rc lot_parse(struct arena *a, struct bytes file, struct lot *ret, struct err *e) MUST_USE;
/*
 * Is it what the method gives? Works out digest and result again. RC_UNPROVEN: what differs.
 * A draw that has no seed yet is only checked for its list.
 */
enum rc lot_verify(struct arena *a, const struct lot *l, struct err *e) MUST_USE;

/* ---- events ---- */

/* A state lottery of which the program knows days and numbers; or any other event. */
struct lot_event {
    const char *code;     /* ssq, dlt, other */
    const char *name;     /* N_() 中国福利彩票双色球 */
    const char *source;   /* N_() where its numbers are read */
    unsigned days;        /* bit 0: Monday; 0: any day */
    int minute;           /* of the day in Asia/Shanghai; -1: the announcement says */
    int issue_digits;     /* length of an issue's number; 0: the event is named in words */
    int main_n, main_max; /* numbers drawn, ascending, then the others */
    int more_n, more_max;
};
extern const struct lot_event lot_events[];
extern const size_t lot_events_n;
const struct lot_event *lot_event_find(const char *code); /* NULL */
/*
 * Name and time of an event: issue is the lottery's number of it, or the event in words; day,
 * and for other events the minute of the day. RC_INVALID: no such issue's form, a year that is
 * not the day's, a day on which the lottery is not drawn (and which days it is).
 */
enum rc lot_event_name(struct arena *a, const struct lot_event *v, const char *issue,
                       int32_t day, int minute, const char **ret_name, struct utime *ret_at,
                       struct err *e) MUST_USE;
/* The seed that an outcome gives: lot_seed, and for a lottery as many numbers as it has, each
 * two digits and within its bounds, each group ascending. */
enum rc lot_event_seed(struct arena *a, const struct lot_event *v, const char *text,
                       const char **ret, struct err *e) MUST_USE;

#endif
