/*
 * Directives by their pages: who sees which, filters held against a count made one by one, the
 * sheet against the page, the stationed group's question, the kinds of problems, and the three
 * statuses wherever a directive is listed.
 */
#include "base/str.h"
#include "directive/directive.h"
#include "directive/directive_page.h"
#include "directive/test_acts.h"
#include "flow/flow_page.h"
#include "people/test_site.h"
#include "sheet/sheet.h"
#include "sheet/table.h"

#include <jansson.h>
#include <string.h>

static const char *const people[] = { "shuji", "zhuan1", "cg1", "sw1", "zu1", "anquan" };
enum { SHUJI, ZHUAN, CG, SW, ZU, ANQUAN, PERSONS };

struct pages {
    struct world w;
    struct site site;
    const char *token[PERSONS];
    const char *codes[40];
    size_t n;
};

static struct web_reply get(struct pages *p, int who, const char *target)
{
    return site_get(&p->site, p->token[who], target);
}

static void begin(struct pages *p, struct county *c, struct arena *a)
{
    const struct route_table tables[] = { { directive_routes, directive_routes_n },
                                          { ask_routes, ask_routes_n },
                                          { problem_kind_routes, problem_kind_routes_n },
                                          { instruction_routes, instruction_routes_n },
                                          { matter_routes, matter_routes_n },
                                          { matter_new_routes, matter_new_routes_n },
                                          { inbox_routes, inbox_routes_n } };
    *p = (struct pages){ .w = acts_world(c, a) };
    world_day(&p->w, 2026, 9, 30);
    site_open(&p->site, c, a, tables, COUNT(tables), NULL);
    for (int i = 0; i < PERSONS; i++)
        p->token[i] = site_token(&p->site, people[i]);
}

static void step(struct pages *p, const char *who, const char *code, const char *verb,
                 const char *given)
{
    if (acts_move(&p->w, who, code, verb, given) != RC_OK)
        t_fail(__FILE__, __LINE__, "%s %s: %s", who, verb,
               err_message(&acts_last, LANG_ZH, p->w.a));
}

/* How far a directive is brought. */
enum far { DRAFTED, SENT, WORKING, REPORTED, CLOSED, FARS };

static const char *directive(struct pages *p, const char *given, const char *unit, enum far far)
{
    const char *code = "", *clerk = str_eq(unit, "CG") ? "cg1" : "sw1",
               *head = str_eq(unit, "CG") ? "cghead" : "swhead";
    const struct flow_new n = { .kind = "directive", .title = "整治" };
    if (acts_open(&p->w, "zhuan1", &n, arena_printf(p->w.a, "%s;lead=%s", given, unit),
                  &code) != RC_OK)
        t_fail(__FILE__, __LINE__, "%s: %s", given, err_message(&acts_last, LANG_ZH, p->w.a));
    p->codes[p->n++] = code;
    if (far >= SENT) {
        step(p, "zhuan1", code, "submit", "minutes=30");
        step(p, "fenguan", code, "sign_off", "");
        step(p, "zhuan1", code, "send", "");
    }
    if (far >= WORKING) {
        step(p, clerk, code, "sign", "");
        step(p, clerk, code, "accept", "");
        step(p, clerk, code, "plan", "plan=按周推进到位");
    }
    if (far >= REPORTED) {
        step(p, clerk, code, "report", "result=整治到位;solved=yes");
        step(p, head, code, "head_sign", "");
    }
    if (far >= CLOSED)
        step(p, "zhuan2", code, "close", "found=属实");
    return code;
}
#define BASE "order=整治到位;source_doc=某办〔2026〕3号;due=2026-10-30;"

static void many(struct pages *p)
{
    static const char *const given[] = {
        BASE "source=document",
        BASE "source=meeting;emphasis=rules|duties;problem=公示不及时;severity=early;"
             "problem_kind=权力运行不规范",
        BASE "source=tour;emphasis=duties;problem=账外有账;severity=major;"
             "problem_kind=财务和资金管理不规范;cause=没有人核对",
        BASE "source=meeting;emphasis=power;problem=两套\"台账\";severity=early;"
             "problem_kind=财务和资金管理不规范",
    };
    for (size_t i = 0; i < COUNT(given); i++)
        for (enum far far = DRAFTED; far < FARS; far++)
            directive(p, given[i], (i + far) % 2 ? "CG" : "SW", far);
}

/* ---- filters ---- */

struct filter {
    const char *list, *state, *source, *emphasis, *kind, *severity, *unit;
};

/* The same said once more, matter by matter. */
static int64_t naive(struct pages *p, int who, const struct filter *f)
{
    const struct flow_who w = acts_who(&p->w, people[who]);
    int64_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct matter m = world_matter(&p->w, p->codes[i]);
        bool state = *f->state ? str_eq(f->state, "all") || str_eq(f->state, m.state) : m.open;
        n += flow_may_see(&w, &m) && state &&
             (!*f->source || str_eq(matter_value(&m, "source"), f->source)) &&
             (!*f->emphasis || strstr(matter_value(&m, "emphasis"), f->emphasis)) &&
             (!*f->kind || str_eq(matter_value(&m, "problem_kind"), f->kind)) &&
             (!*f->severity || str_eq(matter_value(&m, "severity"), f->severity)) &&
             (!*f->unit || str_eq(matter_unit(&m), f->unit)) &&
             (!str_eq(f->list, "problem") || *matter_value(&m, "problem")) &&
             (!str_eq(f->list, "project") || *matter_value(&m, "plan"));
    }
    return n;
}

static const char *query(struct arena *a, const char *path, const struct filter *f)
{
    struct str b;
    const char *const parts[][2] = { { "?list=", f->list },     { "&state=", f->state },
                                     { "&source=", f->source }, { "&emphasis=", f->emphasis },
                                     { "&kind=", f->kind },     { "&severity=", f->severity },
                                     { "&unit=", f->unit } };
    str_init(&b, a);
    str_add(&b, path);
    for (size_t i = 0; i < COUNT(parts); i++) {
        str_add(&b, parts[i][0]);
        url_text(&b, parts[i][1]);
    }
    return b.s;
}

/* Every row of the page stands in the sheet, in the same order, with the same statuses. */
static void check_sheet(struct pages *p, int who, const struct filter *f, json_t *page)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct web_reply r = get(p, who, query(p->w.a, "/directive/export.xlsx", f));
    json_t *rows = json_object_get(page, "rows");
    struct book b;
    const struct table *t;
    CHECK_STATUS(r, 200);
    CHECK_OK(sheet_read(p->w.a, "d.xlsx", (struct bytes){ (const uint8_t *)r.body, r.n }, NULL,
                        &b, &e));
    CHECK_OK(book_first(&b, "d.xlsx", &t, &e));
    CHECK_INT(t->rows, json_array_size(rows) + 1);
    for (size_t i = 0; i < json_array_size(rows) && i + 1 < t->rows; i++) {
        static const struct {
            const char *name;
            size_t from_end; /* 0: column 1 */
        } cells[] = { { "code", 0 }, { "said", 6 }, { "shown", 4 }, { "against", 2 } };
        json_t *row = json_array_get(rows, i);
        for (size_t k = 0; k < COUNT(cells); k++) {
            size_t col = cells[k].from_end ? t->cols - cells[k].from_end : 1;
            CHECK_STR(table_text(t, i + 1, col),
                      json_string_value(json_object_get(row, cells[k].name)));
        }
    }
}

static void filters_agree_with_a_naive_count(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct filter asked[] = {
        { "", "", "", "", "", "", "" },
        { "", "all", "", "", "", "", "" },
        { "", "closed", "", "", "", "", "" },
        { "", "draft", "", "", "", "", "" },
        { "problem", "", "", "", "", "", "" },
        { "problem", "all", "", "", "", "", "" },
        { "problem", "all", "", "", "财务和资金管理不规范", "", "" },
        { "problem", "all", "", "", "", "early", "" },
        { "problem", "closed", "tour", "", "", "major", "" },
        { "duty", "all", "", "duties", "", "", "" },
        { "duty", "closed", "", "rules", "", "", "" },
        { "duty", "", "", "power", "", "", "SW" },
        { "project", "", "", "", "", "", "" },
        { "project", "all", "meeting", "", "", "", "" },
        { "", "all", "document", "", "", "", "CG" },
        { "", "all", "", "", "没有这一类", "", "" },
    };
    struct pages p;
    int64_t found = 0;
    begin(&p, c, a);
    many(&p);
    for (int who = SHUJI; who <= ZU; who++)
        for (size_t i = 0; i < COUNT(asked); i++) {
            struct web_reply r = get(&p, who, query(a, "/directive.json", &asked[i]));
            json_t *page = json_loadb(r.body, r.n, 0, NULL);
            int64_t total = json_integer_value(json_object_get(page, "total")),
                    want = naive(&p, who, &asked[i]);
            if (r.status != 200 || total != want)
                t_fail(__FILE__, __LINE__, "%s %s: %lld, not %lld", people[who],
                       query(a, "", &asked[i]), (long long)total, (long long)want);
            found += total;
            if (i % 3 == 0)
                check_sheet(&p, who, &asked[i], page);
            json_decref(page);
        }
    CHECK(found > 100);
    site_done(&p.site);
}

/* ---- who sees which ---- */

static void everybody_sees_their_own(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages p;
    begin(&p, c, a);
    const char *draft = directive(&p, BASE "source=document", "CG", DRAFTED),
               *sent = directive(&p, BASE "source=document", "CG", SENT);
    /* Pages, with what each person gets, in the order of people. */
    const struct {
        const char *path;
        int want[PERSONS];
    } pages[] = {
        { "/directive", { 200, 200, 200, 200, 200, 403 } },
        { "/directive/kinds", { 403, 200, 403, 403, 403, 403 } },
        { "/instruction", { 200, 200, 403, 403, 403, 403 } },
        { arena_printf(a, "/matter/%s", draft), { 404, 200, 404, 404, 404, 404 } },
        { arena_printf(a, "/matter/%s", sent), { 200, 200, 200, 404, 200, 404 } },
        { arena_printf(a, "/directive/%s/ask", sent), { 403, 403, 403, 403, 200, 403 } },
        { arena_printf(a, "/directive/%s/ask", draft), { 403, 403, 403, 403, 404, 403 } },
    };
    for (size_t i = 0; i < COUNT(pages); i++)
        for (int who = 0; who < PERSONS; who++) {
            struct web_reply r = get(&p, who, pages[i].path);
            if (r.status != pages[i].want[who])
                t_fail(__FILE__, __LINE__, "%s of %s: %d, not %d", pages[i].path, people[who],
                       r.status, pages[i].want[who]);
        }
    CHECK_HAS(get(&p, ZHUAN, "/directive"), "拟一件廉动令");
    CHECK_LACKS(get(&p, SHUJI, "/directive"), "拟一件廉动令");
    CHECK_HAS(get(&p, CG, "/directive"), "1件廉动令等本单位办");
    CHECK_HAS(get(&p, SW, "/directive"), "没有等本单位办的廉动令");
    site_done(&p.site);
}

/* ---- the three statuses ---- */

static void three_statuses_are_wherever_one_is_listed(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages p;
    begin(&p, c, a);
    const char *code = directive(&p, BASE "source=document", "CG", SENT);
    static const char *const where[] = { "/board/directive", "/board/directive?q=D-2026",
                                         "/inbox", "/agenda", "/matters/directive.csv" };
    for (size_t i = 0; i < COUNT(where); i++)
        CHECK_HAS(get(&p, CG, where[i]),
                  "单位所说：还没有签收；佐证所示：—；对照原定期限：还有30天");
    CHECK_HAS(get(&p, CG, arena_printf(a, "/matter/%s", code)), "还没有签收");
    CHECK_HAS(get(&p, CG, "/directive"), "还没有签收");
    CHECK_LACKS(get(&p, ZHUAN, "/matters/instruction.csv"), "现在怎样");
    site_done(&p.site);
}

/* ---- asking ---- */

static void the_group_asks_at_once(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages p;
    begin(&p, c, a);
    const char *code = directive(&p, BASE "source=document", "CG", WORKING),
               *target = arena_printf(a, "/directive/%s/ask", code);
    CHECK_HAS(get(&p, ZU, arena_printf(a, "/matter/%s", code)), "问一句");
    CHECK_LACKS(get(&p, CG, arena_printf(a, "/matter/%s", code)), "问一句");
    CHECK_HAS(get(&p, ZU, target), "问财政局一句");
    /* What is wrong is said on the form, and what was typed stays. */
    struct web_reply r =
        site_post(&p.site, p.token[ZU], target, "text=why-again&due=2026-09-01&minutes=15");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "why-again");
    CHECK_HAS(r, "value=\"2026-09-01\"");
    CHECK_HAS(r, "value=\"15\"");
    CHECK_HAS(r, "请在哪天前答复");
    CHECK_STATUS(site_post(&p.site, p.token[ZU], target, "text=&due=2026-10-15&minutes=15"),
                 400);
    CHECK_STATUS(site_post(&p.site, p.token[ZU], target, "text=a&due=2026-10-15&minutes=0"),
                 400);
    CHECK_STATUS(site_post(&p.site, p.token[CG], target, "text=a&due=2026-10-15&minutes=15"),
                 403);
    r = site_post(&p.site, p.token[ZU], target, "text=why-again&due=2026-10-15&minutes=15");
    CHECK_STATUS(r, 303);
    CHECK_STR(r.location, "/matter/G-2026-00001");
    struct matter ask = world_matter(&p.w, "G-2026-00001");
    CHECK_STR(matter_unit(&ask), "CG");
    CHECK_STR(matter_value(&ask, "text"), "why-again");
    CHECK(!ask.draft);
    CHECK_HAS(get(&p, CG, "/inbox"), "/matter/G-2026-00001");
    CHECK_STATUS(get(&p, SW, "/matter/G-2026-00001"), 404);
    site_done(&p.site);
}

/* ---- kinds of problems ---- */

static void kinds_of_problems_are_the_countys(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages p;
    begin(&p, c, a);
    CHECK_HAS(get(&p, ZHUAN, "/directive/kinds"), "权力运行不规范");
    struct web_reply r =
        site_post(&p.site, p.token[ZHUAN], "/directive/kinds", "text=one%0Atwo%0Aone&why=test");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "写了两次");
    CHECK_HAS(r, "two");
    CHECK_STATUS(site_post(&p.site, p.token[SHUJI], "/directive/kinds", "text=one&why=test"),
                 403);
    CHECK_STATUS(
        site_post(&p.site, p.token[ZHUAN], "/directive/kinds", "text=one%0Atwo&why=test"), 303);
    CHECK_HAS(get(&p, ZHUAN, "/directive"), "value=\"two\"");
    CHECK_LACKS(get(&p, ZHUAN, "/directive"), "权力运行不规范");
    CHECK_HAS(get(&p, ZHUAN, "/matter/new?kind=directive"), "two");
    site_done(&p.site);
}

/* ---- instructions ---- */

static void a_leader_sees_their_own_instructions(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct pages p;
    const struct flow_new n = { .kind = "instruction", .title = "批示" };
    const struct flow_file scan = { .name = "批示件.pdf",
                                    .media = "application/pdf",
                                    .size = 3 };
    struct flow_new with = n;
    const char *code = "", *d = "";
    begin(&p, c, a);
    with.files = &scan;
    with.n_files = 1;
    CHECK(acts_open(&p.w, "shuji", &n, "text=查清为什么反复", &code) == RC_OK);
    CHECK(acts_draft(&p.w, "zhuan1", "matter", code, &d) == RC_OK);
    CHECK(acts_open(&p.w, "zhuan2", &with, "text=按周报来;leader=shuji", &code) == RC_OK);
    CHECK(acts_open(&p.w, "fenguan", &n, "text=到现场看一看", &code) == RC_OK);
    struct web_reply r = get(&p, SHUJI, "/instruction");
    CHECK_HAS(r, "您的批示有2件还没有办结");
    CHECK_HAS(r, "查清为什么反复");
    CHECK_HAS(r, "许宁代录");
    CHECK_HAS(r, "专班在拟办"); /* a draft is not a leader's to read */
    CHECK_LACKS(r, "到现场看一看");
    r = get(&p, ZHUAN, "/instruction");
    CHECK_HAS(r, "3件批示还没有办结");
    CHECK_HAS(r, "到现场看一看");
    CHECK_HAS(r, "还没有发出"); /* the statuses of what became of it */
    CHECK_STATUS(site_post(&p.site, p.token[SHUJI], "/instruction", "text=&about="), 400);
    site_done(&p.site);
}

T_COUNTY(filters_agree_with_a_naive_count)
T_COUNTY(everybody_sees_their_own)
T_COUNTY(three_statuses_are_wherever_one_is_listed)
T_COUNTY(the_group_asks_at_once)
T_COUNTY(kinds_of_problems_are_the_countys)
T_COUNTY(a_leader_sees_their_own_instructions)

T_MAIN(T_COUNTY_CASES("filters agree with a naive count, the sheet with the page",
                      filters_agree_with_a_naive_count),
       T_COUNTY_CASES("everybody sees their own", everybody_sees_their_own),
       T_COUNTY_CASES("three statuses are wherever a directive is listed",
                      three_statuses_are_wherever_one_is_listed),
       T_COUNTY_CASES("the stationed group asks at once", the_group_asks_at_once),
       T_COUNTY_CASES("kinds of problems are the county's", kinds_of_problems_are_the_countys),
       T_COUNTY_CASES("a leader sees their own instructions",
                      a_leader_sees_their_own_instructions))
