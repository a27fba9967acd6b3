/* Numbers and dates for people. Never depends on the process's locale. Results live in a. */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include "arena.h"
#include "kinds.h"

const char *fmt_score(struct arena *a, double v); /* one decimal: 78.4; "—" when NaN */
const char *fmt_real(struct arena *a, double v, int decimals); /* thousands separators */
const char *fmt_value(struct arena *a,
                      double v); /* up to 4 decimals, no trailing zeros, thousands separators */
const char *fmt_change(struct arena *a,
                       double v); /* signed one decimal, U+2212 minus: +1.2 −0.4 0.0 */
const char *fmt_percent(struct arena *a, double v);            /* 0.979 -> 97.9% */
const char *fmt_count(struct arena *a, int64_t v);             /* 10,337 */
const char *fmt_yuan(struct arena *a, struct money m);         /* 6,790.00 */
const char *fmt_yuan_capital(struct arena *a, struct money m); /* 陆仟柒佰玖拾元整 */
const char *fmt_time(struct arena *a, struct utime t);         /* 2026-11-22 16:05 */
const char *fmt_date(struct arena *a, struct utime t);         /* 2026-11-22 */
const char *fmt_ago(struct arena *a, struct utime t, struct utime now,
                    enum lang lang);               /* 3天前 */
const char *fmt_bytes(struct arena *a, int64_t n); /* 1.2 MB */
/* 17 significant digits, "NA" when NaN: what files for machines carry. */
const char *fmt_exact(struct arena *a, double v);

#endif
