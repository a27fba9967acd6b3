/*
 * tplc: a page's template into C. `tplc ROOT IN.html OUT.c OUT.h DEPFILE`; ROOT is the folder
 * other templates are named from.
 *
 * A template begins with its data:
 *     {# data unit_list: title text; units[]: code text, name text, score real?, at time #}
 * which gives `struct unit_list_page`, `unit_list_html`, `unit_list_json`, `unit_list_kind`
 * (with the JSON schema) and `unit_list_render(rq, &page, e)`. Types: text int real bool money
 * time period url; a formatter's name is a type too and then the default way to show it (score
 * value change percent: real; count bytes: int; yuan: money; date ago: time). svg is a drawing
 * made by web/svg.h: written as it is, absent from the JSON. name[] text            a list:
 * `const char **name; size_t n_name` units[]: a text, …     a list of objects up to the next
 * `;`, or in parentheses: units[](a text, vals[](v real)) unit(code text)        an object;
 * unit obj?(…) one that may be NULL pager part web/pager   the data of another template,
 * written by {% put pager %} score real?            may be absent: text NULL, real NaN, time
 * and period 0; int, bool, money with `bool x_null`
 *     {# data layout = struct chrome: … #}   the struct is declared elsewhere
 *
 * Then HTML with
 *     {{ u.name }}  {{ u.score | score }}  {{ units.count }}  {{ loop.index }}
 *     {% for u in units %}…{% else %}empty…{% end %}
 *     {% if a and not b or c == "x" %}…{% elif n > 3 %}…{% else %}…{% end %}
 *     {% include "web/head" %}  {% put pager %}  {% asset "logo.svg" %}
 *     {_ 共 {{ units.count }} 个单位 _}   text for people, Chinese in the source: msgid "共
 * {count} 个单位"
 *     {% title %}…{% end %}  {% script "chart.js" %}  {% style "map.css" %}  {% body "expert"
 * %}  {% bare %}  for the frame Every form with method="post" gets its CSRF field by itself. {#
 * … #} is a comment.
 *
 * Refused: {{ }} in scripts, styles, on…, unquoted attributes, addresses that do not begin
 * safely; a number without its formatter; Chinese outside {_ _}; branches that leave the HTML
 * at different places; inline script and style; | raw without {# reviewed: NAME, why #}.
 * docs/templates.md tells it with examples.
 */
#include "tplc.h"

#include "po.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_file(const char *path, const struct buf *b)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(b->s, 1, b->n, f) != b->n || fclose(f) != 0) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
}

/* src/people/unit.html as ../src/people/unit.html: the part below ROOT's parent is what others
 * can relate to. */
static const char *shown(const char *path)
{
    size_t n = strlen(root_dir);
    return strncmp(path, root_dir, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: tplc ROOT IN.html OUT.c OUT.h DEPFILE\n");
        return 2;
    }
    root_dir = argv[1];
    char *all = po_slurp(argv[2], NULL);
    if (!all)
        return 1;
    struct source s = { .path = argv[2], .p = all, .line = 1 };
    struct data d;
    data_read(&s, &d);

    struct buf h = { 0 }, c = { 0 }, dep = { 0 };
    data_header(&h, &d, shown(argv[2]));
    buf_addf(&c, "/* Made from %s by tools/tplc. */\n#include \"%s\"\n\n", shown(argv[2]),
             basename(copy(argv[4], strlen(argv[4]))));
    data_json(&c, &d);
    page_compile(&s, &d, &c);
    write_file(argv[3], &c);
    write_file(argv[4], &h);
    buf_addf(&dep, "%s %s: %s%s\n", argv[3], argv[4], argv[2], deps.n ? deps.s : "");
    write_file(argv[5], &dep);
    return 0;
}
