/*
 * Collection rounds (采集批次): a period's values asked of sources. The platform makes a round;
 * when it opens, each source gets a filing (a matter of kind `filing`), and everything that
 * people do is there. A round is closed when nobody waits for it any more; what has not been
 * signed by then is stopped, and what was typed is kept.
 */
#ifndef COLLECT_ROUND_H
#define COLLECT_ROUND_H

#include "base/period.h"
#include "flow/flow.h"
#include "store/job.h"
#include "store/setting.h"

enum {
    ROUND_TITLE_MAX = 60,
    ROUND_NOTE_MAX = 1000,
    ROUND_SPAN_MAX = 200, /* days from opening to the due day, and from there to the late day */
    ROUND_PERIODS_MAX = 64, /* of a fine point in a coarse round: weeks of a year */
};

/* "collect.signatures": how many signatures a new round asks for. "collect.outside": addresses
 * that pulls and calls may reach, separated by spaces; each is a beginning. */
enum collect_setting { COLLECT_SIGNATURES, COLLECT_OUTSIDE };
extern const struct setting collect_settings[];
extern const size_t collect_settings_n;

struct round_new {
    const char *title, *note;
    struct period period;
    int32_t open_day, due_day, late_day;
    int64_t signatures; /* 1: 签发; 2: 审核, then 签发 */
    int64_t minutes;    /* each source needs, by who asks; 0: what is stated of its points */
    const char *const *sources; /* codes of units that own points; none: all of them */
    size_t n_sources;
};
/* What rounds of a period ask for: its points, but for forms that have expired
 * (monitor/readopt.h). In a. */
struct point;
enum rc round_points_of(const struct snap *s, struct period p, struct arena *a,
                        const struct point **ret, size_t *ret_n, struct err *e) MUST_USE;
/*
 * Make a round and, when its first day has come, open it. RC_DENIED without CAP_DISPATCH;
 * RC_INVALID names the field and what would be right; RC_CONFLICT when the county has not gone
 * live, or another round that is not closed asks a source for the same period: the same is
 * asked for once. RC_INVALID also when it has no minutes and neither has one of its points.
 * *ret_code in a.
 */
enum rc round_make(struct tx *tx, struct county *c, const struct flow_who *w,
                   const struct round_new *n, struct arena *a, const char **ret_code,
                   struct err *e) MUST_USE;
/* Open a planned round now: RC_CONFLICT when it is open or closed. */
enum rc round_open(struct tx *tx, struct county *c, const struct flow_who *w, const char *code,
                   struct arena *a, struct err *e) MUST_USE;
/* Close a round: filings that are not signed are stopped and their sources told. One that has
 * not begun is called off. *ret_stopped: how many. */
enum rc round_close(struct tx *tx, struct county *c, const struct flow_who *w, const char *code,
                    const char *why, struct arena *a, int64_t *ret_stopped,
                    struct err *e) MUST_USE;
/* 催报: everybody who has not signed is told once more, with receipts. *ret_told: how many
 * sources. */
enum rc round_urge(struct tx *tx, struct county *c, const struct flow_who *w, const char *code,
                   struct arena *a, int64_t *ret_told, struct err *e) MUST_USE;
/* Open what is to open today: the job does it, safe to run twice. */
enum rc rounds_open_due(struct county *c, int64_t *ret_opened, struct err *e) MUST_USE;
enum rc round_job_run(struct job_run *r, struct err *e) MUST_USE;

/* The periods of a point of this frequency that end in a round's period, at most
 * ROUND_PERIODS_MAX: of a quarter its months, and the year with its last quarter. */
size_t round_periods(enum period_kind frequency, struct period round,
                     struct period ret[ROUND_PERIODS_MAX]);

#endif
