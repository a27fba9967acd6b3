/* A directive's papers: what stands on them at each step, and who gets them. */
#include "base/clock.h"
#include "base/period.h"
#include "directive/directive.h"
#include "directive/slip_page.h"
#include "meeting/test_world.h"
#include "people/account.sql.h"
#include "print/test_pdf.h"

#include <string.h>

static enum rc make_signer(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return account_grant(tx, w->c, "bieren", "signer", "D01", "", e);
}

static void begin(struct world *w, struct county *c)
{
    static const struct flow_kind *const kinds[] = { &directive_flow_kind,
                                                     &instruction_flow_kind };
    const struct route_table tables[] = { { slip_routes, slip_routes_n } };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_of_code_row row;
    world_open(w, c, kinds, COUNT(kinds), tables, COUNT(tables));
    CHECK_OK(db_transact(c->db, make_signer, w, &e));
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(account_of_code_one(s, "bieren", w->a, &row, &e));
    CHECK_OK(
        person_load(s, row.id, county_today(c), ~UINT64_C(0), w->a, &w->person[OTHER], &e));
}

/* The paper's text without blanks; "" when it was refused. */
static const char *paper(struct world *w, enum who by, const char *code, const char *which)
{
    struct web_reply r = get(w, by, arena_printf(w->a, "/directive/%s/%s.pdf", code, which));
    struct str b;
    size_t n;
    str_init(&b, w->a);
    if (r.status != 200)
        return "";
    char **pages = pdf_pages(w->a, (struct bytes){ (const uint8_t *)r.body, r.n }, &n);
    if (pages == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        str_add(&b, pages[i]);
    return b.s;
}

static void has(struct world *w, enum who by, const char *code, const char *which,
                const char *part, bool want)
{
    const char *text = paper(w, by, code, which);
    if (text == NULL)
        t_skip("no pdftotext");
    else if (!strstr(text, part) == want)
        t_fail(__FILE__, __LINE__, "%s \"%s\" in %s", want ? "no" : "there is", part, text);
}

static void step(struct world *w, enum who by, const char *code, const char *verb,
                 const char *given)
{
    if (move(w, by, code, verb, given) != RC_OK)
        t_fail(__FILE__, __LINE__, "%s: %s", verb, refused);
}

static void says_what_the_records_say(struct county *c)
{
    struct world w;
    const char *code = "";
    begin(&w, c);
    CHECK(open_matter(&w, EDITOR, "directive", "合同公告逐项补齐", "",
                      "order=十二项合同逐项公告;source=meeting;source_doc=第3次研判会;"
                      "due=2026-10-30;lead=D01;joint=D02;duty=first;problem=公告不及时",
                      &code) == RC_OK);

    /* A draft is printed by those who may see drafts, and by nobody else. */
    has(&w, EDITOR, code, "order", "拟稿，没有发出", true);
    has(&w, EDITOR, code, "approval", "领导审签", true);
    has(&w, EDITOR, code, "approval", "系统内已办", false);
    CHECK_STATUS(get(&w, CLERK, arena_printf(w.a, "/directive/%s/order.pdf", code)), 404);
    CHECK_STATUS(get(&w, CLERK, arena_printf(w.a, "/directive/%s/approval.docx", code)), 404);
    CHECK_STATUS(get(&w, EDITOR, "/directive/D-2026-99999/order.pdf"), 404);

    step(&w, EDITOR, code, "submit", "minutes=30");
    step(&w, LEADER, code, "sign_off", "opinion=同意，抓紧办");
    has(&w, SECOND, code, "approval", "韩松2026年10月9日", true);
    has(&w, SECOND, code, "approval", "审签：同意，抓紧办", true);
    step(&w, EDITOR, code, "send", "");
    has(&w, CLERK, code, "order", "十二项合同逐项公告", true);
    has(&w, CLERK, code, "order", "第3次研判会", true);
    has(&w, CLERK, code, "order", "第一责任人责任", true);
    has(&w, CLERK, code, "order", "审计局", true);
    has(&w, CLERK, code, "order", "未签收", true);
    has(&w, CLERK, code, "order", "抓紧办", false); /* what was said of the draft */
    CHECK_STATUS(get(&w, CLERK, arena_printf(w.a, "/directive/%s/approval.pdf", code)), 403);

    step(&w, CLERK, code, "sign", "");
    step(&w, CLERK, code, "accept", "");
    step(&w, CLERK, code, "plan", "plan=逐项核对后公告");
    has(&w, CLERK, code, "order", "财政局李青，2026年10月9日", true);
    /* The first day stays beside the one in force. */
    step(&w, CLERK, code, "ask_more", "until=2026-11-13;why=两项要重新招标");
    step(&w, LEADER, code, "give_more", "");
    has(&w, CLERK, code, "order", "2026年10月30日", true);
    has(&w, CLERK, code, "order", "2026年11月13日（延过1次）", true);
    has(&w, CLERK, code, "order", "对照原定期限", true);
    CHECK_STATUS(get(&w, CLERK, arena_printf(w.a, "/directive/%s/order.docx", code)), 200);
    world_done(&w);
}
T_COUNTY(says_what_the_records_say)

struct opening {
    struct world *w;
    struct flow_who who;
    struct flow_new n;
    struct flow_done done;
};

static enum rc open_it(struct tx *tx, void *arg, struct err *e)
{
    struct opening *x = arg;
    return flow_open(tx, x->w->c, &x->who, &x->n, x->w->a, &x->done, e);
}

static const char *opened(struct world *w, enum who by, struct flow_new n)
{
    struct opening x = { .w = w, .n = n };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_who_load(s, w->c, &w->person[by], w->units, w->a, &x.who, &e));
    db_read_end(&s);
    CHECK_OK(db_transact(w->c->db, open_it, &x, &e));
    return x.done.code;
}

/* A leader's words are on the paper of who may read them, and who wrote them down is said. */
static void carries_the_instruction(struct county *c)
{
    static const struct flow_given words[] = { { "text", "合同公告不能再拖，月底前补齐" },
                                               { "leader", "lingdao" },
                                               { "given_on", "2026-10-08" } };
    static const struct flow_given order[] = { { "order", "十二项合同，月底前补齐" },
                                               { "source", "instruction" },
                                               { "due", "2026-10-30" },
                                               { "lead", "D01" } };
    static const struct flow_file scan = { .name = "批示件.pdf",
                                           .media = "application/pdf",
                                           .size = 1 };
    struct world w;
    begin(&w, c);
    const char *up = opened(&w, EDITOR,
                            (struct flow_new){ .kind = "instruction",
                                               .title = "合同公告",
                                               .unit = "",
                                               .given = words,
                                               .n_given = COUNT(words),
                                               .files = &scan,
                                               .n_files = 1 });
    const struct flow_link link = { "matter", up };
    const char *code = opened(&w, EDITOR,
                              (struct flow_new){ .kind = "directive",
                                                 .title = "合同公告逐项补齐",
                                                 .unit = "",
                                                 .given = order,
                                                 .n_given = COUNT(order),
                                                 .links = &link,
                                                 .n_links = 1 });
    has(&w, EDITOR, code, "order", "韩松2026年10月8日批示（周明代录，附批示件扫描）：", true);
    has(&w, EDITOR, code, "order", "不能再拖", true);
    has(&w, EDITOR, code, "order", up, true);
    step(&w, EDITOR, code, "submit", "minutes=30");
    step(&w, LEADER, code, "sign_off", "");
    step(&w, EDITOR, code, "send", "");
    has(&w, CLERK, code, "order", "十二项合同，月底前补齐", true);
    has(&w, CLERK, code, "order", "不能再拖", false); /* the instruction itself is not theirs */
    world_done(&w);
}
T_COUNTY(carries_the_instruction)

T_MAIN(T_COUNTY_CASES("papers say what the records say", says_what_the_records_say),
       T_COUNTY_CASES("an instruction's words are for who may read them",
                      carries_the_instruction))
