/*
 * What templates compiled by tools/tplc use when they run: the output with its reader's
 * language, and the frame (chrome) that src/web/layout.html puts around every page. Handlers
 * fill a page's struct and call its NAME_render; hooks and handlers fill the chrome; nobody
 * else calls the out_ functions.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"

struct chrome_link {
    const char *name; /* already in the reader's language */
    const char *href;
    const char *group; /* heading above it in the navigation; NULL continues the group before */
    bool current;
};

/*
 * The frame of a page. Strings are in the reader's language and live in the request's arena.
 * The chrome hook fills what belongs to the county and the account; a handler what belongs to
 * its page: crumbs and, if it has them, periods, title (when the template has no {% title %}),
 * current section.
 */
struct chrome {
    const char
        *title; /* what the page is about, for <title>; the template's {% title %} wins */
    const char *place;       /* the county's name */
    const char *home;        /* its address; NULL is "/" */
    struct chrome_link *nav; /* sections this person may use */
    size_t n_nav;
    struct chrome_link *crumbs; /* the way to this page; the last one without href */
    size_t n_crumbs;
    struct chrome_link *periods; /* the period picker; none: no picker */
    size_t n_periods;
    const char *period;                 /* the name of the period shown */
    const char *account, *account_href; /* NULL: nobody is signed in */
    const char *sign_in, *sign_out;     /* addresses; sign_out takes a POST */
    const char *search,
        *search_text;  /* address of the search page, NULL: no search field; what was asked */
    const char *inbox; /* address of what waits for this person, NULL: none */
    int64_t n_inbox;
    bool demo;          /* every page says 演示数据·非真实 */
    const char *mark;   /* what stands across every printed page; NULL: nothing */
    bool trial;         /* every page says 试算 */
    const char *set_up; /* with trial: where the set-up goes on; NULL: not by this person */
    const char *notice; /* one sentence after an act; web fills it from rq_notice of the request
                           before */
    const char *body; /* a class for <body>: density "expert", "citizen", "wall"; the template's
                         {% body %} wins */
    bool bare; /* no frame: sign-in, the wall, print views; the template's {% bare %} sets it */
    /* Filled by web itself. */
    const char *lang;                                 /* "zh-CN", "en" */
    const char *other_lang, *other_name, *other_href; /* the same page in the other language */
    const char *json;           /* the same page as JSON; NULL: it has none */
    struct chrome_link *styles; /* hashed addresses of style sheets and scripts */
    size_t n_styles;
    struct chrome_link *scripts;
    size_t n_scripts;
    const char *request; /* request id */
};

struct web_assets;
/* Where a template writes. Begin with designated initialisers and str_init(&o.b, …); a is for
 * small things it needs. */
struct out {
    struct str b;
    struct arena *a;
    enum lang lang;
    struct utime now;                /* for | ago */
    const char *csrf;                /* goes into every form with method post; NULL: none */
    const struct web_assets *assets; /* NULL: unhashed addresses */
    void (*content)(struct out *o,
                    const void *page); /* what {% content %} of the layout writes */
    const void *page;
    bool plain; /* texts are not escaped: what is written is a value, and escaped where it goes
                 */
};

/* What tplc makes of a template beside its struct: const struct page_kind NAME_kind. */
struct page_kind {
    const char *name;
    void (*html)(struct out *o, const void *page);
    void (*json)(struct str *b, const void *page);
    void (*title)(struct out *o, const void *page); /* NULL without {% title %} */
    const char *schema;                             /* JSON schema of the data */
    const char *body;                               /* {% body "expert" %} or NULL */
    bool bare;                                      /* {% bare %} */
    const char *const *scripts,
        *const *styles; /* {% script "chart.js" %}, {% style "map.css" %}; ended by NULL */
};

struct rq;
/* Render in the form the client asked for; status 200 unless rq->status says otherwise. Called
 * by NAME_render. */
enum rc web_page(struct rq *rq, const struct page_kind *kind, const void *page, struct err *e);

/*
 * For generated code only.
 */
static inline void out_lit(struct out *o, const char *s, size_t n)
{
    str_addn(&o->b, s, n);
}
void out_text(struct out *o, const char *s);  /* escaped; NULL is "" */
void out_lines(struct out *o, const char *s); /* escaped, line ends become <br> */
void out_raw(struct out *o, const char *s);
void out_int(struct out *o, int64_t v);
void out_exact(struct out *o, double v); /* shortest text that reads back; "" when NaN */
void out_url(
    struct out *o,
    const char *s); /* a whole address; what is not http(s), mailto, tel or local becomes "#" */
void out_part(struct out *o, const char *s); /* percent-encoded */
void out_score(struct out *o, double v);
void out_real(struct out *o, double v, int decimals);
void out_value(struct out *o, double v);
void out_change(struct out *o, double v);
void out_percent(struct out *o, double v);
void out_count(struct out *o, int64_t v);
void out_bytes(struct out *o, int64_t v);
void out_yuan(struct out *o, struct money m);
void out_capital(struct out *o, struct money m);
void out_plain_yuan(struct out *o, struct money m); /* 6790.00, for value="" of a field */
void out_time(struct out *o, struct utime t);
void out_date(struct out *o, struct utime t);
void out_ago(struct out *o, struct utime t);
void out_iso(struct out *o, struct utime t);
void out_period(struct out *o, struct period p);
void out_period_code(struct out *o, struct period p);
void out_tr(struct out *o,
            const char *zh); /* a text without placeholders, translated and escaped */
const char *out_tr_begin(const struct out *o, const char *zh);
/*
 * Write up to the next known {name}; its index in names, or -1 at the end. {name|unit|units} is
 * written as the first word when values[name] is 1, else as the second: a translation may need
 * what Chinese does not.
 */
int out_tr_next(struct out *o, const char **text, const char *const *names,
                const int64_t *values, size_t n_names);
void out_csrf(struct out *o); /* hidden fields: csrf and a fresh request_id */
void out_asset(struct out *o, const char *name);
void out_content(struct out *o);

/* JSON of values: what has no value is null. */
void json_text_null(struct str *b, const char *s);
void json_int(struct str *b, int64_t v);
void json_bool(struct str *b, bool v);
void json_money(struct str *b, struct money m);   /* "6790.00" */
void json_time(struct str *b, struct utime t);    /* ISO 8601 UTC */
void json_date(struct str *b, struct utime t);    /* 2026-11-22 in Asia/Shanghai */
void json_period(struct str *b, struct period p); /* its code */

#endif
