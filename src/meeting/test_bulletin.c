/*
 * A bulletin: every figure has as many matters behind it as it says, stays as it was approved,
 * can be computed again by whoever reads it, and shows a unit only what is its own.
 */
#include "base/period.h"
#include "flow/calendar.h"
#include "meeting/bulletin.h"
#include "meeting/bulletin_page.h"
#include "meeting/regulation.h"
#include "meeting/test_world.h"

#include <jansson.h>
#include <string.h>

/* Kinds that know the steps which the figures count, and nothing else. */
#define STEP(v)                                                                                \
    {                                                                                          \
        .verb = (v), .name = "步", .from = "open", .who = FLOW_BY_CAP, .need = CAP_DISPATCH    \
    }
#define END(v)                                                                                 \
    {                                                                                          \
        .verb = (v), .name = "完", .from = "open", .to = "done", .who = FLOW_BY_CAP,           \
        .need = CAP_DISPATCH                                                                   \
    }
static const struct flow_state states[] = {
    { .code = "open",
      .name = "办理中",
      .waits = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .clock = "c" },
    { .code = "done", .name = "办结", .final = true },
};
static const struct flow_clock clocks[] = {
    { .code = "c", .name = "期限", .days = 2, .counts = true }
};
static const struct flow_move steps[] = {
    STEP("send"),
    STEP("sign_off"),
    STEP("rebound"),
    STEP("give_quiet"),
    STEP("uphold"),
    END("close"),
    END("recover"),
    END("sign"),
    { .verb = "ask_more",
      .name = "申请延期",
      .from = "open",
      .who = FLOW_UNIT,
      .fields = "until!",
      .asks = FLOW_EXTEND },
    { .verb = "give_more",
      .name = "同意延期",
      .from = "open",
      .who = FLOW_BY_CAP,
      .need = CAP_DISPATCH,
      .fields = "until",
      .grants = FLOW_EXTEND },
};
static const struct flow_field fields[] = {
    { .code = "until",
      .name = "延到",
      .type = FLOW_DAY,
      .min = 1,
      .max = 90,
      .sets = FLOW_SETS_UNTIL },
};
#define KIND(k, c, p)                                                                          \
    static const struct flow_kind k = { .code = (c),                                           \
                                        .name = "试",                                          \
                                        .help = "测试",                                        \
                                        .prefix = (p),                                         \
                                        .open = CAP_DISPATCH,                                  \
                                        FLOW_ROWS(states, states),                             \
                                        FLOW_ROWS(moves, steps),                               \
                                        FLOW_ROWS(fields, fields),                             \
                                        FLOW_ROWS(clocks, clocks) }
KIND(directive, "directive", "D");
KIND(instruction, "instruction", "I");
KIND(warning, "warning", "WH");
KIND(objection, "objection", "O");
KIND(filing, "filing", "F");
static const struct flow_kind *const kinds[] = { &bulletin_flow_kind, &directive,
                                                 &instruction,        &warning,
                                                 &objection,          &filing };

static enum rc make_calendar(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct calendar_year years[] = { { .year = 2026, .source = "试验" },
                                           { .year = 2027, .source = "试验" } };
    return calendar_write(tx, w->c, years, COUNT(years), "", NULL, e);
}

static enum rc add_rule(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct regulation r = { .code = "",
                                  .title = "采购办法",
                                  .kind = REGULATION_MADE,
                                  .document = "1号",
                                  .day = county_today(w->c),
                                  .unit = "D01",
                                  .problem = "拆分",
                                  .matter = "",
                                  .why = "",
                                  .by = "" };
    return regulation_add(tx, w->c, &r, "", w->a, NULL, e);
}

static const char *opened(struct world *w, const char *kind, const char *unit)
{
    const char *code = "";
    if (open_matter(w, EDITOR, kind, "一件事", unit, "", &code) != RC_OK)
        t_fail(__FILE__, __LINE__, "%s", refused);
    return code;
}

static void step(struct world *w, const char *matter, const char *verb)
{
    if (move(w, EDITOR, matter, verb, "") != RC_OK)
        t_fail(__FILE__, __LINE__, "%s %s: %s", matter, verb, refused);
}

static const char *day_text(struct world *w, int32_t day)
{
    char code[PERIOD_TEXT];
    return arena_strdup(w->a, day_code(day, code));
}

/* Something for every figure, at two units. */
static void a_month(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    static const char *const units[] = { "D01", "D02" };
    const char *late[2];
    for (size_t i = 0; i < COUNT(units); i++) {
        const char *d = opened(w, "directive", units[i]);
        step(w, d, "send");
        step(w, d, "send"); /* a second time counts once */
        step(w, d, "rebound");
        (void)opened(w, "instruction", units[i]);
        const char *x = opened(w, "warning", units[i]);
        step(w, x, "send");
        step(w, x, "give_quiet");
        step(w, x, "recover");
        x = opened(w, "objection", units[i]);
        step(w, x, "uphold");
        late[i] = opened(w, "filing", units[i]);
        step(w, d, "close"); /* in time */
    }
    const char *d = opened(w, "directive", "D01");
    /* Given more time and ended in it: after the first day, and not late. */
    const char *more[] = { opened(w, "directive", "D01"), opened(w, "filing", "D01") };
    const char *until = arena_printf(w->a, "until=%s", day_text(w, county_today(w->c) + 20));
    for (size_t i = 0; i < COUNT(more); i++) {
        if (move(w, CLERK, more[i], "ask_more", until) != RC_OK)
            t_fail(__FILE__, __LINE__, "%s", refused);
        step(w, more[i], "give_more");
    }
    for (int i = 0; i < 10; i++)
        world_day(w);
    step(w, more[0], "close");
    step(w, more[1], "sign");
    step(w, d, "sign"); /* signed, and ended late */
    for (size_t i = 0; i < COUNT(units); i++)
        step(w, late[i], "sign");
    step(w, opened(w, "filing", "D01"), "sign"); /* in time: not counted */
    CHECK_OK(db_transact(w->c->db, add_rule, w, &e));
}

static const struct {
    const char *code;
    int n;
} want[] = { { "directive_sent", 2 },    { "directive_signed", 1 }, { "directive_closed", 3 },
             { "directive_in_time", 2 }, { "directive_again", 2 },  { "instruction", 2 },
             { "warning_sent", 2 },      { "warning_out", 2 },      { "warning_quiet", 2 },
             { "objection_in", 2 },      { "objection_upheld", 2 }, { "filing_late", 2 },
             { "regulation", 1 } };

static int64_t count_in(const struct web_reply *r, const char *key, const char *list)
{
    json_error_t why;
    json_t *o = json_loads(r->body, 0, &why);
    const json_t *v = json_object_get(o, key);
    int64_t n =
        list ? (int64_t)json_array_size(json_object_get(o, list)) : json_integer_value(v);
    json_decref(o);
    return n;
}

/* The number, the list behind it, and the list's own total are the same for every figure. */
static void check_figures(struct world *w, const char *page)
{
    CHECK_INT((int)figure_defs_n, (int)COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        struct web_reply r =
            get(w, EDITOR, arena_printf(w->a, "%s/%s.json", page, want[i].code));
        CHECK_STATUS(r, 200);
        if (count_in(&r, "n", NULL) != want[i].n || count_in(&r, NULL, "rows") != want[i].n ||
            count_in(&r, "hidden", NULL) != 0)
            t_fail(__FILE__, __LINE__, "%s: %lld, list %lld, not %d", want[i].code,
                   (long long)count_in(&r, "n", NULL), (long long)count_in(&r, NULL, "rows"),
                   want[i].n);
    }
    CHECK_STATUS(get(w, EDITOR, arena_printf(w->a, "%s/nothing", page)), 404);
}

static void begin(struct world *w, struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    static struct route_table tables[1];
    tables[0] = (struct route_table){ bulletin_routes, bulletin_routes_n };
    world_open(w, c, kinds, COUNT(kinds), tables, COUNT(tables));
    CHECK_OK(db_transact(c->db, make_calendar, w, &e));
}

static enum rc make_leader(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return account_grant(tx, w->c, "pingtai", "leader", "", "", e);
}

static void every_figure_opens_what_it_counts(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    const char *page = "/bulletin/TB-2026-00001";
    begin(&w, c);
    a_month(&w);
    CHECK_STATUS(post(&w, LEADER, "/bulletin", "month=202610"), 403);
    CHECK_STATUS(post(&w, EDITOR, "/bulletin", "month=2026Q3"), 400);
    CHECK_STATUS(post(&w, EDITOR, "/bulletin", "month=202712"), 400); /* has not begun */
    CHECK_STATUS(post(&w, EDITOR, "/bulletin", "month=202610"), 303);
    CHECK_STATUS(post(&w, EDITOR, "/bulletin", "month=202610"), 409);
    check_figures(&w, page);
    /* A draft is the platform's. */
    CHECK_STATUS(get(&w, LEADER, page), 404);
    CHECK_STATUS(get(&w, CLERK, page), 404);
    CHECK_STATUS(post(&w, EDITOR, page, "verb=submit&text=各单位要按期报送。"), 303);
    CHECK_HAS(get(&w, LEADER, page), "各单位要按期报送");
    CHECK_STATUS(get(&w, CLERK, page), 404);
    CHECK_STATUS(post(&w, EDITOR, page, "verb=approve"), 403);
    CHECK_STATUS(post(&w, EDITOR, page, "verb=write&text=改了"), 409);
    /* Who sends it to be approved does not approve it, whatever else they are. */
    CHECK_OK(db_transact(c->db, make_leader, &w, &e));
    CHECK_STATUS(post(&w, EDITOR, page, "verb=approve"), 403);
    CHECK_STATUS(post(&w, LEADER, page, "verb=approve"), 303);
    CHECK_STATUS(post(&w, EDITOR, page, "verb=issue"), 303);
    check_figures(&w, page);
    /* A unit reads the number, and its own matters behind it. */
    struct web_reply r = get(&w, CLERK, arena_printf(w.a, "%s/directive_sent.json", page));
    CHECK_INT((int)count_in(&r, "n", NULL), 2);
    CHECK_INT((int)count_in(&r, NULL, "rows"), 1);
    CHECK_INT((int)count_in(&r, "hidden", NULL), 1);
    CHECK_STATUS(get(&w, CLERK, arena_printf(w.a, "%s.pdf", page)), 200);
    CHECK_STATUS(get(&w, CLERK, arena_printf(w.a, "%s.docx", page)), 200);
    /* Computed again by anyone: the same, until something of the month changes. */
    const char *again = arena_printf(w.a, "%s?again=1", page);
    CHECK_HAS(get(&w, CLERK, again), "全都一样");
    step(&w, opened(&w, "directive", "D01"), "send");
    CHECK_HAS(get(&w, CLERK, again), "1个数后来有变");
    CHECK_HAS(get(&w, CLERK, again), "多了1件，少了0件");
    check_figures(&w, page); /* what was issued stays */
    /* What is done on the first of the next month is the next month's. */
    while (county_today(c) < day_of(2026, 11, 1))
        world_day(&w);
    step(&w, opened(&w, "directive", "D01"), "send");
    CHECK_HAS(get(&w, CLERK, again), "多了1件，少了0件");
    CLEANUP(db_read_end) const struct snap *s = NULL;
    int64_t n;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(flow_rebuild_all(s, c, &n, &e));
    world_done(&w);
}
T_COUNTY(every_figure_opens_what_it_counts)

static void it_comes_back_as_it_was_kept(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct figure_item items[] = { { "D-2026-00001", 0 }, { "D-2026-00002", 20000 } };
    struct figure f = { "directive_sent", items, COUNT(items) };
    struct bulletin b = { .month = period_of(PERIOD_MONTH, 2026, 10),
                          .text = "要求\n二",
                          .figures = &f,
                          .n_figures = 1 },
                    back;
    CHECK_OK(bulletin_read(bulletin_write(&b, a), a, &back, &e));
    CHECK_STR(bulletin_write(&back, a), bulletin_write(&b, a));
    static const char *const bad[] = { "", "[]", "{}", "{\"month\":\"2026\",\"text\":\"\"}",
                                       "{\"month\":\"x\",\"text\":\"\",\"figures\":[]}" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP(err_done) struct err why = { 0 };
        if (bulletin_read(bad[i], a, &back, &why) == RC_OK)
            t_fail(__FILE__, __LINE__, "%s is read", bad[i]);
    }
}

/* No figure may rank units or count what people do to be seen. */
static void no_figure_counts_records_of_work(void)
{
    static const char *const never[] = { "work", "record", "read", "login", "meeting", "duty" };
    for (size_t i = 0; i < figure_defs_n; i++)
        for (size_t k = 0; k < COUNT(never); k++)
            if (figure_defs[i].kind && strstr(figure_defs[i].kind, never[k]))
                t_fail(__FILE__, __LINE__, "%s counts %s", figure_defs[i].code, never[k]);
}

T_MAIN(T_COUNTY_CASES("every figure opens what it counts", every_figure_opens_what_it_counts),
       { "it comes back as it was kept", it_comes_back_as_it_was_kept },
       { "no figure counts records of work", no_figure_counts_records_of_work })
