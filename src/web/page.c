/*
 * What compiled templates call when they run: escaping, formatting, translated text with named
 * places, the JSON of values. No HTTP here, so that a template can be tested without a server.
 */
#include "web/page.h"

#include "base/clock.h"
#include "base/hash.h"
#include "web/web.h"

#include <math.h>
#include <string.h>

void out_text(struct out *o, const char *s)
{
    if (s && o->plain)
        str_add(&o->b, s);
    else if (s)
        html_text(&o->b, s);
}

void out_lines(struct out *o, const char *s)
{
    while (s && *s) {
        size_t n = strcspn(s, "\r\n");
        html_text(&o->b, arena_strndup(o->a, s, n));
        s += n;
        if (*s == '\r')
            s++;
        if (*s == '\n')
            s++;
        if (*s)
            str_add(&o->b, "<br>\n");
    }
}

void out_raw(struct out *o, const char *s)
{
    if (s)
        str_add(&o->b, s);
}

void out_int(struct out *o, int64_t v)
{
    json_int(&o->b, v);
}

void out_exact(struct out *o, double v)
{
    if (isfinite(v))
        json_num(&o->b, v);
}

/* Whether the address's scheme, if any, is one that only leads somewhere. */
static bool url_safe(const char *s)
{
    static const char *const schemes[] = { "http://", "https://", "mailto:", "tel:" };
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (str_starts(s, schemes[i]))
            return true;
    if (s[0] == '/' && (s[1] == '/' || s[1] == '\\'))
        return false;
    return s[0] != '\\' && s[strcspn(s, ":/?#")] != ':';
}

void out_url(struct out *o, const char *s)
{
    if (!s || !url_safe(s)) {
        str_addc(&o->b, '#');
        return;
    }
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        /* Browsers drop or turn these; an address we made has none. */
        if (c <= ' ' || c == 0x7f || strchr("\\\"'<>`", c))
            str_addf(&o->b, "%%%02X", c);
        else if (c == '&')
            str_add(&o->b, "&amp;");
        else
            str_addc(&o->b, (char)c);
    }
}

void out_part(struct out *o, const char *s)
{
    if (s)
        url_text(&o->b, s);
}

void out_score(struct out *o, double v)
{
    str_add(&o->b, fmt_score(o->a, v));
}

void out_real(struct out *o, double v, int decimals)
{
    str_add(&o->b, fmt_real(o->a, v, decimals));
}

void out_value(struct out *o, double v)
{
    str_add(&o->b, fmt_value(o->a, v));
}

void out_change(struct out *o, double v)
{
    str_add(&o->b, fmt_change(o->a, v));
}

void out_percent(struct out *o, double v)
{
    str_add(&o->b, fmt_percent(o->a, v));
}

void out_count(struct out *o, int64_t v)
{
    str_add(&o->b, fmt_count(o->a, v));
}

void out_bytes(struct out *o, int64_t v)
{
    str_add(&o->b, fmt_bytes(o->a, v));
}

void out_yuan(struct out *o, struct money m)
{
    str_add(&o->b, fmt_yuan(o->a, m));
}

void out_capital(struct out *o, struct money m)
{
    str_add(&o->b, fmt_yuan_capital(o->a, m));
}

static void plain_yuan(struct str *b, struct money m)
{
    uint64_t v = m.fen < 0 ? 0 - (uint64_t)m.fen : (uint64_t)m.fen;
    str_addf(b, "%s%llu.%02u", m.fen < 0 ? "-" : "", (unsigned long long)(v / 100),
             (unsigned)(v % 100));
}

void out_plain_yuan(struct out *o, struct money m)
{
    plain_yuan(&o->b, m);
}

void out_time(struct out *o, struct utime t)
{
    str_add(&o->b, t.us ? fmt_time(o->a, t) : "—");
}

void out_date(struct out *o, struct utime t)
{
    if (t.us)
        str_add(&o->b, fmt_date(o->a, t));
}

void out_ago(struct out *o, struct utime t)
{
    if (t.us)
        html_text(&o->b, fmt_ago(o->a, t, o->now, o->lang));
}

void out_iso(struct out *o, struct utime t)
{
    char text[TIME_TEXT];
    if (t.us)
        str_add(&o->b, time_iso(t, text));
}

void out_period(struct out *o, struct period p)
{
    if (p.v)
        html_text(&o->b, period_name(o->a, p, o->lang));
}

void out_period_code(struct out *o, struct period p)
{
    char text[PERIOD_TEXT];
    str_add(&o->b, period_code(p, text));
}

void out_tr(struct out *o, const char *zh)
{
    html_text(&o->b, lang_text(o->lang, zh));
}

const char *out_tr_begin(const struct out *o, const char *zh)
{
    return lang_text(o->lang, zh);
}

/* The index of the name that s begins with, ended by } or |. */
static int tr_name(const char *s, const char *const *names, size_t n_names, size_t *ret_n)
{
    for (size_t i = 0; i < n_names; i++) {
        size_t n = strlen(names[i]);
        if (strncmp(s, names[i], n) == 0 && (s[n] == '}' || s[n] == '|')) {
            *ret_n = n;
            return (int)i;
        }
    }
    return -1;
}

/* At the | of {name|one|many}: write the word, return what follows the }. */
static const char *tr_word(struct out *o, const char *s, bool one)
{
    size_t first = strcspn(s + 1, "|}");
    const char *second = s + 1 + first + (s[1 + first] == '|');
    size_t n = strcspn(second, "}");
    html_textn(&o->b, one ? s + 1 : second, one ? first : n);
    return second + n + (second[n] == '}');
}

int out_tr_next(struct out *o, const char **text, const char *const *names,
                const int64_t *values, size_t n_names)
{
    for (;;) {
        const char *s = *text;
        int found = -1;
        size_t n = 0, at = 0;
        for (; s[at]; at++)
            if (s[at] == '{' && (found = tr_name(s + at + 1, names, n_names, &n)) >= 0)
                break;
        html_textn(&o->b, s, at);
        if (found < 0 || s[at + 1 + n] == '}') {
            *text = s + at + (found >= 0 ? n + 2 : 0);
            return found;
        }
        *text = tr_word(o, s + at + 1 + n, values[found] == 1);
    }
}

void out_csrf(struct out *o)
{
    uint8_t id[16];
    char hex[2 * sizeof(id) + 1];
    random_bytes(id, sizeof(id));
    if (o->csrf) {
        str_add(&o->b, "<input type=\"hidden\" name=\"csrf\" value=\"");
        html_text(&o->b, o->csrf);
        str_add(&o->b, "\">");
    }
    str_addf(&o->b, "<input type=\"hidden\" name=\"request_id\" value=\"%s\">",
             hex_encode(id, sizeof(id), hex));
}

const char *web_asset_url(const struct web_assets *assets, const char *name, struct arena *a)
{
    size_t lo = 0, hi = assets ? assets->n : 0;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = strcmp(name, assets->rows[mid].name);
        if (c == 0)
            return arena_printf(a, "/static/%s", assets->rows[mid].hashed);
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return arena_printf(a, "/static/%s", name);
}

void out_asset(struct out *o, const char *name)
{
    html_text(&o->b, web_asset_url(o->assets, name, o->a));
}

void out_content(struct out *o)
{
    if (o->content)
        o->content(o, o->page);
}

void json_text_null(struct str *b, const char *s)
{
    if (s)
        json_text(b, s);
    else
        str_addn(b, "null", 4);
}

void json_int(struct str *b, int64_t v)
{
    char digits[24], *p = digits + sizeof(digits);
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do
        *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0)
        *--p = '-';
    str_addn(b, p, (size_t)(digits + sizeof(digits) - p));
}

void json_bool(struct str *b, bool v)
{
    str_add(b, v ? "true" : "false");
}

void json_money(struct str *b, struct money m)
{
    str_addc(b, '"');
    plain_yuan(b, m);
    str_addc(b, '"');
}

void json_time(struct str *b, struct utime t)
{
    char text[TIME_TEXT];
    json_text_null(b, t.us ? time_iso(t, text) : NULL);
}

void json_date(struct str *b, struct utime t)
{
    char text[PERIOD_TEXT];
    json_text_null(b, t.us ? day_code(time_day(t), text) : NULL);
}

void json_period(struct str *b, struct period p)
{
    char text[PERIOD_TEXT];
    json_text_null(b, p.v ? period_code(p, text) : NULL);
}
