/* Clocks and times. China has kept UTC+8 without daylight saving since 1991; earlier times are
 * not ours. */
#include "base/clock.h"

#include "base/period.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const int64_t DAY_US = 86400000000, ZONE_US = 8 * 3600000000;

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct utime clock_now(const struct clock *c)
{
    if (c->simulated)
        return (struct utime){ atomic_load(&c->now_us) };
    return (struct utime){ read_us(CLOCK_REALTIME) };
}

bool clock_set(struct clock *c, struct utime t)
{
    int64_t now = atomic_load(&c->now_us);
    while (t.us > now)
        if (atomic_compare_exchange_weak(&c->now_us, &now, t.us))
            return true;
    return t.us == now;
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_cpu_us(void)
{
    return read_us(CLOCK_THREAD_CPUTIME_ID);
}

/* Day and microseconds within it; the day rounds down also before 1970. */
static int32_t split(int64_t us, int64_t *ret_rest)
{
    int64_t day = us / DAY_US, rest = us % DAY_US;
    if (rest < 0) {
        rest += DAY_US;
        day--;
    }
    *ret_rest = rest;
    return (int32_t)day;
}

static void two_digits(char *s, unsigned v)
{
    s[0] = (char)('0' + v / 10 % 10);
    s[1] = (char)('0' + v % 10);
}

char *time_iso(struct utime t, char out[TIME_TEXT])
{
    int64_t rest;
    char day[PERIOD_TEXT];
    day_code(split(t.us, &rest), day);
    int64_t s = rest / 1000000;
    memcpy(out, day, 10); /* what day_code writes is always as long */
    memcpy(out + 10, "T00:00:00.000000Z", 18);
    two_digits(out + 11, (unsigned)(s / 3600));
    two_digits(out + 14, (unsigned)(s / 60 % 60));
    two_digits(out + 17, (unsigned)(s % 60));
    for (unsigned i = 0, us = (unsigned)(rest % 1000000); i < 3; i++, us /= 100)
        two_digits(out + 24 - 2 * i, us % 100);
    return out;
}

char *time_local(struct utime t, char out[TIME_TEXT])
{
    int64_t rest;
    char day[PERIOD_TEXT];
    day_code(split(t.us + ZONE_US, &rest), day);
    memcpy(out, day, 10); /* what day_code writes is always as long */
    memcpy(out + 10, " 00:00", 7);
    two_digits(out + 11, (unsigned)(rest / 3600000000));
    two_digits(out + 14, (unsigned)(rest / 60000000 % 60));
    return out;
}

/* Two digits at s below max, or -1. */
static int two(const char *s, int max)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return -1;
    int v = (s[0] - '0') * 10 + s[1] - '0';
    return v < max ? v : -1;
}

enum rc time_parse(const char *iso, struct utime *ret, struct err *e)
{
    char text[12] = { 0 };
    int32_t day;
    if (iso && strlen(iso) == 27 && iso[10] == 'T' && iso[13] == ':' && iso[16] == ':' &&
        iso[19] == '.' && iso[26] == 'Z') {
        memcpy(text, iso, 10);
        int h = two(iso + 11, 24), m = two(iso + 14, 60), s = two(iso + 17, 60);
        int us = 0;
        for (int i = 20; i < 26 && us >= 0; i++)
            us = iso[i] >= '0' && iso[i] <= '9' ? us * 10 + iso[i] - '0' : -1;
        if (h >= 0 && m >= 0 && s >= 0 && us >= 0 && day_parse(text, &day, NULL) == RC_OK) {
            ret->us = day * DAY_US + (h * 3600 + m * 60 + s) * (int64_t)1000000 + us;
            return RC_OK;
        }
    }
    return err_set(e, RC_INVALID, N_("「{value}」不是时间:应写作 2026-09-30T08:00:00.000000Z"),
                   "value", iso ? iso : "");
}

int32_t time_day(struct utime t)
{
    int64_t rest;
    return split(t.us + ZONE_US, &rest);
}

struct utime day_start(int32_t day)
{
    return (struct utime){ day * DAY_US - ZONE_US };
}
