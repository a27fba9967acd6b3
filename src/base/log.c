/* Structured logs: one JSON object a line, written with one call so that lines of threads do
 * not mix. */
#include "base/log.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

static _Atomic int least_level = LOG_INFO; /* process-wide by nature: stderr is */

void log_set_level(enum log_level least)
{
    atomic_store(&least_level, (int)least);
}

static void begin(struct str *b, enum log_level level, const char *event)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    char now[TIME_TEXT];
    struct clock real = { .simulated = false };
    str_addf(b, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":", time_iso(clock_now(&real), now),
             names[level]);
    json_text(b, event);
}

static void end(struct str *b)
{
    str_add(b, "}\n");
    /* Not through stdio: its lock would make all threads queue behind one write. */
    (void)!write(STDERR_FILENO, b->s, b->n); /* whom should it be told */
}

static void add(struct str *b, const char *name, const char *value)
{
    str_addc(b, ',');
    json_text(b, name);
    str_addc(b, ':');
    json_text(b, value);
}

void log_event_(enum log_level level, const char *event, ...)
{
    if ((int)level < atomic_load(&least_level))
        return;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;
    str_init(&b, a);
    begin(&b, level, event);
    va_list ap;
    va_start(ap, event);
    for (const char *name; (name = va_arg(ap, const char *));)
        add(&b, name, va_arg(ap, const char *));
    va_end(ap);
    end(&b);
}

void log_error(const char *event, const struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;
    str_init(&b, a);
    begin(&b, LOG_ERROR, event);
    add(&b, "code", rc_name(e->rc));
    add(&b, "message", err_message(e, LANG_EN, a));
    end(&b);
}
