/* The files of the demo's directives. */
#include "cmd/demo_order.h"

#include "base/parse.h"
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "cmd/demo_picture.h"
#include "monitor/demo.h"
#include "sheet/csv.h"
#include "store/file.h"

#include <assert.h>
#include <string.h>

enum { DUE_LEAST = 30, DUE_MORE = 35 }; /* days a directive has */

uint64_t demo_number(const char *text)
{
    uint64_t n = 14695981039346656037U; /* FNV-1a */
    for (const char *p = text; *p; p++)
        n = (n ^ (unsigned char)*p) * 1099511628211U;
    return n ^ (n >> 29);
}

const char *demo_words(const struct demo_orders *o, const char *use, const char *title,
                       bool money, uint64_t i)
{
    size_t rows[64], n = 0;
    const char *class = money ? "money" : "plain";
    for (int own = 1; own >= 0 && n == 0; own--)
        for (size_t r = 1; r < o->words->rows && n < COUNT(rows); r++) {
            const char *to = table_text(o->words, r, 1);
            if (str_eq(table_text(o->words, r, 0), use) &&
                (own ? *title && str_eq(to, title) : !*to || str_eq(to, class)))
                rows[n++] = r;
        }
    return n ? table_text(o->words, rows[i % n], 2) : "";
}

static enum rc table_of(const char *name, struct arena *a, struct table **ret, struct err *e)
{
    const struct demo_file *f = demo_file(name);
    return csv_read(a, name, (struct bytes){ (const uint8_t *)f->text, f->n }, NULL, ret, e);
}

static const char *at(const struct table *t, size_t row, const char *column)
{
    ptrdiff_t col = table_col(t, 0, column);
    return col < 0 ? "" : table_text(t, row, (size_t)col);
}

static enum rc day_at(const struct table *t, size_t row, const char *column, int32_t *ret,
                      struct err *e)
{
    const char *text = at(t, row, column);
    return *text ? day_parse(text, ret, e) : RC_OK;
}

static void texts(struct demo_order *x, const struct table *t, size_t row, struct arena *a)
{
    x->title = at(t, row, "title");
    x->order = at(t, row, "order");
    x->plan = at(t, row, "plan");
    x->result = at(t, row, "result");
    x->fate = *at(t, row, "fate");
    x->to = at(t, row, "to");
    x->problem = x->cause = x->regulation = x->wrong_unit = x->wrong_why = "";
    x->joint = x->kind = x->severity = x->emphasis = x->source = x->rule = "";
    x->after = "";
    x->said = (struct demo_said){ .title = x->title, .text = "", .office = "", .about = "" };
    if (*at(t, row, "records"))
        x->records = str_split(a, at(t, row, "records"), '|', &x->n_records);
    x->pictures = arena_array(a, x->n_records, sizeof(*x->pictures));
}

static enum rc whole(const struct demo_year *y, const struct table *t, size_t row,
                     struct demo_order *x, struct err *e)
{
    struct rng r;
    const char *wrong = at(t, row, "wrong"), *colon = strstr(wrong, "：");
    texts(x, t, row, y->a);
    x->to = at(t, row, "unit");
    x->problem = at(t, row, "problem");
    x->cause = at(t, row, "cause");
    x->said.text = at(t, row, "instruction");
    x->said.office = at(t, row, "office");
    x->said.about = at(t, row, "about");
    x->regulation = at(t, row, "regulation");
    x->joint = at(t, row, "joint");
    x->kind = at(t, row, "kind");
    x->severity = at(t, row, "severity");
    x->emphasis = at(t, row, "emphasis");
    x->source = at(t, row, "source");
    x->rule = at(t, row, "rule");
    x->after = at(t, row, "after");
    if (colon) {
        x->wrong_unit = arena_strndup(y->a, wrong, (size_t)(colon - wrong));
        x->wrong_why = colon + strlen("：");
    }
    rng_init(&r, y->seed, demo_number(x->title));
    enum rc rc = day_at(t, row, "day", &x->day, e);
    x->due = x->day + DUE_LEAST + (int32_t)rng_below(&r, DUE_MORE);
    if (x->fate == 'c' && x->due > day_of(DEMO_YEAR, 10, 16))
        x->due = day_of(DEMO_YEAR, 10, 16); /* so that it ends within the demo */
    x->dated = *at(t, row, "due") != '\0';
    return rc == RC_OK ? day_at(t, row, "due", &x->due, e) : rc;
}

static struct demo_order *titled(struct demo_orders *o, const char *title)
{
    for (size_t i = 0; i < o->n; i++)
        if (str_eq(o->list[i].title, title))
            return &o->list[i];
    return NULL;
}

static enum rc said(const struct demo_year *y, struct demo_orders *o, struct err *e)
{
    struct table *t;
    enum rc rc = table_of("instructions.csv", y->a, &t, e);
    o->said = arena_array(y->a, rc == RC_OK ? t->rows : 0, sizeof(*o->said));
    for (size_t r = 1; rc == RC_OK && r < t->rows; r++) {
        struct demo_said *x = &o->said[o->n_said++];
        *x = (struct demo_said){ .leader = at(t, r, "leader"),
                                 .office = at(t, r, "office"),
                                 .about = at(t, r, "about"),
                                 .title = at(t, r, "title"),
                                 .text = at(t, r, "text"),
                                 .answer = at(t, r, "answer") };
        rc = day_at(t, r, "day", &x->day, e);
        if (rc == RC_OK && *x->answer)
            rc = parse_int64(at(t, r, "after"), 1, 30, "after", &x->after, e);
    }
    return rc;
}

/* The sheet with the leader's words that the office keeps. */
static enum rc scan(const struct demo_year *y, struct demo_said *x, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (!*x->office || !*x->text)
        return RC_OK;
    struct bytes file = demo_picture("paper", x->text, a);
    x->scan = (struct flow_file){ .name = "批示件扫描（演示）.png",
                                  .media = "image/png",
                                  .size = (int64_t)file.n };
    return file_put(y->c, file, x->scan.digest, e);
}

static enum rc pictures(const struct demo_year *y, struct demo_orders *o, struct err *e)
{
    struct table *t;
    enum rc rc = table_of("pictures.csv", y->a, &t, e);
    for (size_t r = 1; rc == RC_OK && r < t->rows; r++) {
        struct demo_order *x = titled(o, at(t, r, "of"));
        int64_t entry = 0;
        rc = parse_int64(at(t, r, "entry"), 1, x ? (int64_t)x->n_records : 0, "entry", &entry,
                         e);
        if (rc == RC_OK)
            rc = demo_record_picture(y, x, (size_t)entry - 1, at(t, r, "scene"),
                                     at(t, r, "words"), e);
    }
    for (size_t i = 0; rc == RC_OK && i < o->n; i++)
        rc = scan(y, &o->list[i].said, e);
    for (size_t i = 0; rc == RC_OK && i < o->n_said; i++)
        rc = scan(y, &o->said[i], e);
    return rc;
}

enum rc demo_orders_load(const struct demo_year *y, struct demo_orders **ret, struct err *e)
{
    struct demo_orders *o = arena_alloc(y->a, sizeof(*o));
    struct table *wholes, *parts, *words;
    enum rc rc = table_of("directives.csv", y->a, &wholes, e);
    if (rc == RC_OK)
        rc = table_of("directive_parts.csv", y->a, &parts, e);
    if (rc == RC_OK)
        rc = table_of("directive_words.csv", y->a, &words, e);
    if (rc != RC_OK)
        return rc;
    o->words = words;
    o->list = arena_array(y->a, wholes->rows + parts->rows, sizeof(*o->list));
    for (size_t r = 1; r < wholes->rows && rc == RC_OK; r++)
        rc = whole(y, wholes, r, &o->list[o->n++], e);
    for (size_t r = 1; r < parts->rows && rc == RC_OK; r++) {
        struct demo_order *x = &o->list[o->n];
        texts(x, parts, r, y->a);
        x->up = titled(o, at(parts, r, "of"));
        o->n++;
        assert(x->up); /* test_demo.c looks at the files */
    }
    for (size_t i = 0; i < o->n; i++)
        o->list[i].ask = demo_words(o, "ask_own", o->list[i].title, /* money= */ false, 0);
    if (rc == RC_OK)
        rc = said(y, o, e);
    if (rc == RC_OK)
        rc = pictures(y, o, e);
    if (rc == RC_OK)
        *ret = o;
    return rc;
}
