/*
 * The walk of the issue on both databases: a county prepares for 全国文明城市, and the
 * secretary's instruction goes down the layers to the propaganda department's office and comes
 * back as a result. Then what is refused, how a directive born of a warning ends, and that
 * every matter is what its records say.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "directive/directive.h"
#include "directive/directive.sql.h"
#include "directive/test_acts.h"

#include <stdlib.h>
#include <string.h>

static void step(struct world *w, const char *who, const char *matter, const char *verb,
                 const char *given)
{
    if (acts_move(w, who, matter, verb, given) != RC_OK)
        t_fail(__FILE__, __LINE__, "%s %s: %s", who, verb,
               err_message(&acts_last, LANG_ZH, w->a));
}

static void refused(struct world *w, const char *who, const char *matter, const char *verb,
                    const char *given, const char *why)
{
    enum rc rc = acts_move(w, who, matter, verb, given);
    const char *said = rc == RC_OK ? "" : err_message(&acts_last, LANG_ZH, w->a);
    if (rc == RC_OK || !strstr(said, why))
        t_fail(__FILE__, __LINE__, "%s %s: \"%s\", not \"%s\"", who, verb, said, why);
}

static const char *draft_of(struct world *w, const char *who, const char *what,
                            const char *code)
{
    const char *ret = "";
    if (acts_draft(w, who, what, code, &ret) != RC_OK)
        t_fail(__FILE__, __LINE__, "%s: %s", code, err_message(&acts_last, LANG_ZH, w->a));
    return ret;
}

static const char *state_of(struct world *w, const char *code)
{
    return world_matter(w, code).state;
}

static struct directive_status status_of(struct world *w, const char *code)
{
    struct matter m = world_matter(w, code);
    return acts_status(w, &m, LANG_ZH);
}

static bool sees(struct world *w, const char *who, const char *code)
{
    struct flow_who k = acts_who(w, who);
    struct matter m = world_matter(w, code);
    return flow_may_see(&k, &m);
}

/* The part of a matter that was split off as number i. */
static const char *part_of(struct world *w, const char *code, size_t i)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct directive_parts_row *rows;
    size_t n;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(directive_parts_all(s, world_matter(w, code).id, w->a, &rows, &n, &e));
    if (i >= n) {
        t_fail(__FILE__, __LINE__, "%s has %zu parts", code, n);
        return "";
    }
    return rows[i].code;
}

/* ---- the walk ---- */

static void walks_the_issues_case(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w = acts_world(c, a);
    const char *note = "", *ask = "";
    CHECK(RC_OK == acts_open(&w, "shuji",
                             &(struct flow_new){ .kind = "instruction", .title = "文明城市" },
                             "text=全国文明城市复查在即。请逐项对照，年底前拿出管得住的办法。",
                             &note));
    CHECK(!sees(&w, "cg1", note)); /* a leader's words are not the unit's yet */
    CHECK(!sees(&w, "zu1", note));
    CHECK(acts_draft(&w, "cg1", "matter", note, &ask) == RC_NOTFOUND); /* not even that it is */
    const char *top = draft_of(&w, "zhuan1", "matter", note);
    CHECK_STR(state_of(&w, note), "turned");
    struct matter m = world_matter(&w, top);
    CHECK_STR(matter_value(&m, "order"),
              "全国文明城市复查在即。请逐项对照，年底前拿出管得住的办法。");
    CHECK_STR(matter_value(&m, "source"), "instruction");
    refused(&w, "zhuan1", top, "submit", "", "还没有写明交给谁");
    step(&w, "zhuan1", top, "save",
         "title=全国文明城市复查;order=逐项对照，拿出管得住的办法;source=instruction;"
         "due=2026-12-20;layer=secretary;holder=shuji;emphasis=decisions|duties;"
         "problem=背街小巷占道经营反复;problem_kind=贯彻落实决策部署不到位;severity=early");
    step(&w, "zhuan1", top, "submit", "minutes=30");
    CHECK(!sees(&w, "cg1", top) && !sees(&w, "zu1", top));
    refused(&w, "zhuan2", top, "sign_off", "", "审签");
    step(&w, "shuji", top, "sign_off", "opinion=同意");
    step(&w, "zhuan1", top, "send", "");
    /* 书记 → 分管领导 → 单位 → 科室, each with its receipt. */
    step(&w, "shuji", top, "sign", "");
    step(&w, "shuji", top, "accept", "");
    refused(&w, "shuji", top, "assign", "section=cg1", "不走「交科室」");
    step(&w, "shuji", top, "delegate", "deputy=fenguan");
    const char *deputy = part_of(&w, top, 0);
    CHECK_STR(state_of(&w, deputy), "sent");
    CHECK_STR(status_of(&w, deputy).said, "还没有签收");
    step(&w, "fenguan", deputy, "sign", "");
    step(&w, "fenguan", deputy, "accept", "");
    refused(&w, "fenguan", deputy, "delegate", "deputy=shuji", "不走「交分管领导」");
    refused(&w, "fenguan", deputy, "split", "units=CG;part_due=2026-12-25;part_minutes=20",
            "不能晚于上级");
    step(&w, "fenguan", deputy, "split",
         "units=CG|SW;part_title=背街小巷占道经营整治;part_due=2026-11-30;part_minutes=60");
    const char *unit = part_of(&w, deputy, 0), *other = part_of(&w, deputy, 1);
    m = world_matter(&w, unit);
    CHECK_STR(m.title, "背街小巷占道经营整治");
    CHECK_STR(matter_value(&m, "minutes"), "60");
    CHECK_STR(matter_value(&m, "emphasis"), "decisions|duties");
    CHECK_STR(matter_value(&m, "due"), "2026-11-30");
    CHECK(sees(&w, "cg1", unit) && sees(&w, "zu1", unit) && !sees(&w, "sw1", unit));
    CHECK(!sees(&w, "cg1", top) && !sees(&w, "t1", unit));
    step(&w, "cg1", unit, "sign", "");
    step(&w, "cg1", unit, "accept", "");
    refused(&w, "cg1", unit, "begin", "", "不走「开始办理");
    step(&w, "cg1", unit, "plan", "plan=摸排、疏导、夜间巡查三步走，十一月底到位");
    step(&w, "cg1", unit, "assign",
         "section=cg2;part_title=摸排点位，建立台账;part_due=2026-10-20");
    const char *section = part_of(&w, unit, 0);
    step(&w, "cg2", section, "sign", "");
    step(&w, "cg2", section, "accept", "");
    refused(&w, "cg2", section, "assign", "section=cg1", "不走「交科室」");
    step(&w, "cg2", section, "begin", "");
    /* The stationed group asks at once. */
    CHECK(RC_OK == acts_open(&w, "zu1",
                             &(struct flow_new){ .kind = "contact",
                                                 .title = "问",
                                                 .unit = "CG",
                                                 .links = &(struct flow_link){ "matter", unit },
                                                 .n_links = 1 },
                             "title=清理后为什么又回来;text=是疏导区不够，还是夜间没有人？",
                             &ask));
    step(&w, "zu1", ask, "ask",
         "title=清理后为什么又回来;text=是疏导区不够，还是夜间没有人？;due=2026-10-15;minutes="
         "15");
    step(&w, "cg1", ask, "explain", "answer=夜间力量不足，已调整排班");
    CHECK_STR(state_of(&w, ask), "answered");
    /* Nothing goes up past what is open below. */
    refused(&w, "cg1", unit, "report", "result=整治到位", "还有1件下级事项");
    refused(&w, "cg2", section, "report", "result=台账132处", "不走「报办结」");
    step(&w, "cg2", section, "report_own", "result=台账132处;solved=yes");
    refused(&w, "cg2", section, "close_part", "", "要由");
    step(&w, "cg1", section, "close_part", "");
    /* Sent up, signed by the head, sent back for what is missing, then found good. */
    step(&w, "cg1", unit, "report", "result=三步都到位;solved=yes");
    CHECK_STR(status_of(&w, unit).said, "经办人报完成，负责人没有签字");
    refused(&w, "cg1", unit, "head_sign_part", "", "签字上报");
    refused(&w, "cghead", unit, "head_sign", "", "不走「签字上报」");
    step(&w, "cghead", unit, "head_sign_part", "");
    CHECK_STR(status_of(&w, unit).said, "已办结");
    refused(&w, "cg1", unit, "close_part", "", "要由");
    step(&w, "fenguan", unit, "back_part", "lacks=缺夜间巡查排班表");
    CHECK_STR(status_of(&w, unit).shown, "不足");
    CHECK(status_of(&w, unit).lacking);
    step(&w, "cg1", unit, "report", "result=排班表已补;solved=yes");
    step(&w, "cghead", unit, "head_sign_part", "");
    step(&w, "fenguan", unit, "close_part", "found=材料齐，抽看三条街");
    CHECK_STR(status_of(&w, unit).shown, "审核通过");
    CHECK_STR(status_of(&w, unit).against, "按原定期限办结");
    /* Of the other unit's part everybody hears that it is wrong there. */
    step(&w, "sw1", other, "sign", "");
    step(&w, "sw1", other, "wrong", "why=街面管理归财政局");
    CHECK_STR(state_of(&w, other), "returned");
    step(&w, "shuji", other, "cancel", "why=并到另一件");
    step(&w, "fenguan", deputy, "begin", "");
    /* What was called off is neither asked nor found good. */
    CHECK_STR(status_of(&w, deputy).shown, "1项中1项审核通过");
    step(&w, "fenguan", deputy, "report_own", "result=两个单位都落实了");
    step(&w, "shuji", deputy, "close_part", "");
    step(&w, "shuji", top, "begin", "");
    step(&w, "shuji", top, "report_top", "result=复查通过;solved=yes");
    refused(&w, "zhuan1", top, "close", "found=属实", "要由"); /* who drafted it */
    step(&w, "zhuan2", top, "close", "found=看了四个单位的佐证，属实");
    CHECK_STR(state_of(&w, note), "done");
    /* Looked at again it has not come back, whatever else happens meanwhile. */
    step(&w, "", top, "drawn", "draw=L-2026-0001");
    const char *second = draft_of(&w, "zhuan1", "matter", note);
    CHECK_STR(state_of(&w, note), "turned");
    step(&w, "zhuan1", second, "drop", "why=不另发");
    CHECK_STR(state_of(&w, note), "done");
    step(&w, "zhuan2", top, "held", "found=没有反弹");
    /* It has come back: the instruction knows. */
    step(&w, "zhuan3", top, "reopen", "lacks=北城街道又有三处;due=2027-01-15");
    CHECK_STR(state_of(&w, note), "turned");
    world_proved(&w);
}

/* ---- instructions ---- */

static void an_instruction_says_whose_it_is(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w = acts_world(c, a);
    const struct flow_new n = { .kind = "instruction", .title = "批示" };
    struct flow_new with = n;
    const struct flow_file scan = { .name = "批示件.pdf",
                                    .media = "application/pdf",
                                    .size = 3 };
    const char *code = "";
    with.files = &scan;
    with.n_files = 1;
    CHECK(acts_open(&w, "cg1", &n, "text=请办", &code) == RC_DENIED);
    CHECK(acts_open(&w, "zhuan1", &n, "text=请办", &code) == RC_INVALID);
    CHECK(strstr(err_message(&acts_last, LANG_ZH, a), "哪位领导"));
    CHECK(acts_open(&w, "zhuan1", &n, "text=请办;leader=shuji", &code) == RC_INVALID);
    CHECK(strstr(err_message(&acts_last, LANG_ZH, a), "附批示件扫描"));
    CHECK(acts_open(&w, "zhuan1", &with, "text=请办;leader=cg1", &code) == RC_INVALID);
    CHECK(acts_open(&w, "shuji", &with, "text=请办;leader=shuji", &code) == RC_INVALID);
    CHECK(RC_OK ==
          acts_open(&w, "zhuan1", &with, "text=请办;leader=shuji;given_on=2026-09-28", &code));
    /* Answered without a directive it has ended; what became of it is known either way. */
    step(&w, "shuji", code, "press", "word=怎么样了");
    step(&w, "zhuan2", code, "answer", "answer=已请财政局当场办结");
    CHECK_STR(state_of(&w, code), "answered");
    /* Drafts that come to nothing give it back. */
    CHECK(RC_OK == acts_open(&w, "fenguan", &n, "text=查清为什么反复", &code));
    const char *d = draft_of(&w, "zhuan1", "matter", code);
    CHECK_STR(state_of(&w, code), "turned");
    step(&w, "zhuan1", d, "drop", "why=另有安排");
    CHECK_STR(state_of(&w, code), "written");
    world_proved(&w);
}

/* ---- what is refused ---- */

/* A directive to CG, under way since 2026-09-30, due 2026-10-30. */
static const char *working(struct world *w, const char *given)
{
    const char *code = "";
    CHECK(RC_OK == acts_open(w, "zhuan1",
                             &(struct flow_new){ .kind = "directive", .title = "整治" }, given,
                             &code));
    step(w, "zhuan1", code, "submit", "minutes=30");
    step(w, "fenguan", code, "sign_off", "");
    step(w, "zhuan1", code, "send", "");
    step(w, "cg1", code, "sign", "");
    step(w, "cg1", code, "accept", "");
    step(w, "cg1", code, "plan", "plan=按周推进到位");
    return code;
}
#define PLAIN "order=整治到位;source=document;source_doc=某办〔2026〕3号;due=2026-10-30;lead=CG"

static enum rc dissolve(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term ended = { .code = "T1",
                                            .parent = "QX",
                                            .name = "云岭镇",
                                            .kind = "town",
                                            .peer_group = "镇",
                                            .to_day = 20726 }; /* 2026-09-30 */
    return units_write(tx, w->c, &ended, 1, 0, "", e);
}

static void bad_input_is_refused_with_what_to_do(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = acts_world(c, a);
    const struct flow_new n = { .kind = "directive", .title = "整治" };
    const char *code = "";
    CHECK(acts_open(&w, "zhuan1", &n, "order=整治到位;source=document;due=2026-10-30", &code) ==
          RC_INVALID);
    CHECK(acts_open(&w, "zhuan1", &n, "order=整治到位;source=warning;due=2026-10-30", &code) ==
          RC_INVALID);
    CHECK(acts_open(&w, "zhuan1", &n, PLAIN ";layer=deputy", &code) == RC_INVALID);
    CHECK(acts_open(&w, "zhuan1", &n, PLAIN ";problem_kind=没有这一类", &code) == RC_INVALID);
    CHECK(strstr(err_message(&acts_last, LANG_ZH, a), "权力运行不规范"));
    CHECK(acts_open(&w, "cg1", &n, PLAIN, &code) == RC_DENIED);
    /* Whoever asks says how long it takes. */
    CHECK(RC_OK == acts_open(&w, "zhuan1", &n, PLAIN, &code));
    refused(&w, "zhuan1", code, "submit", "", "请估计单位要花多少分钟");
    step(&w, "zhuan1", code, "drop", "why=另拟");
    code = working(&w, PLAIN);
    refused(&w, "cg1", code, "split", "units=SW", "估计");
    /* Circles: back to oneself, and back up. */
    refused(&w, "cg1", code, "split", "units=CG;part_minutes=20", "已经在他们手里");
    step(&w, "cg1", code, "split", "units=SW;part_minutes=20");
    const char *part = part_of(&w, code, 0);
    step(&w, "sw1", part, "sign", "");
    step(&w, "sw1", part, "wrong", "why=街面管理归财政局");
    refused(&w, "cg1", part, "readdress", "lead=CG;why=还是自己办", "已经在他们手里");
    step(&w, "cg1", part, "insist", "why=摊点在你们市场里");
    step(&w, "sw1", part, "accept", "");
    refused(&w, "sw1", part, "split", "units=CG;part_minutes=20", "已经在他们手里");
    step(&w, "shuji", part, "cancel", "why=不分了");
    /* A unit that was dissolved: before it is drafted, before it is sent, on the way. */
    const char *late = "";
    CHECK(RC_OK ==
          acts_open(&w, "zhuan1", &n,
                    "order=整治到位;source=document;source_doc=文;due=2026-10-30;lead=T1",
                    &late));
    step(&w, "zhuan1", late, "submit", "minutes=30");
    step(&w, "fenguan", late, "sign_off", "");
    world_day(&w, 2026, 10, 8);
    CHECK_OK(db_transact(c->db, dissolve, &w, &e));
    world_units_again(&w);
    CHECK(!units_find(w.units, "T1"));
    CHECK(acts_open(&w, "zhuan1", &n,
                    "order=整治到位;source=document;source_doc=文;due=2026-10-30;lead=T1",
                    &code) == RC_INVALID);
    CHECK(strstr(err_message(&acts_last, LANG_ZH, a), "已撤销"));
    CHECK(strstr(err_message(&acts_last, LANG_ZH, a), "移交"));
    refused(&w, "cg1", code, "split", "units=T1;part_minutes=20", "2026-10-01起已撤销");
    refused(&w, "zhuan1", late, "send", "", "作废后另拟");
    /* More time: in time by two people, the first day stays; after the day not at all. */
    step(&w, "cg1", code, "ask_more", "until=2026-11-20;why=夜间排班要试两周");
    refused(&w, "zhuan1", code, "give_more", "", "不由拟办人定");
    step(&w, "fenguan", code, "give_more", "");
    CHECK_STR(status_of(&w, code).against_note, "原定2026-10-30，经批准延到2026-11-20");
    world_day(&w, 2026, 10, 30);
    CHECK_STR(status_of(&w, code).against, "今天到期");
    /* A part takes over the day in force, not the first one. */
    step(&w, "cg1", code, "assign", "section=cg2");
    struct matter m = world_matter(&w, part_of(&w, code, 1));
    CHECK_STR(matter_value(&m, "due"), "2026-11-20");
    CHECK(!status_of(&w, code).late);
    world_day(&w, 2026, 11, 5);
    CHECK(status_of(&w, code).late);
    CHECK_STR(status_of(&w, code).against, "已过6天");
    world_day(&w, 2026, 11, 23);
    refused(&w, "cg1", code, "ask_more", "until=2026-12-20;why=还没有办完", "不能再申请延期");
    /* What is due is still split, by a day of the part's own; its own day stays missed. */
    refused(&w, "cg1", code, "assign", "section=cg2", "2026-11-24到2026-12-23之间");
    refused(&w, "cg1", code, "assign", "section=cg2;part_due=2026-12-24", "最晚到2026-12-23");
    step(&w, "cg1", code, "assign", "section=cg2;part_due=2026-12-23");
    refused(&w, "cg1", code, "assign", "section=cg2", "2026-11-24到2026-12-23之间");
    CHECK(!status_of(&w, part_of(&w, code, 2)).late);
    CHECK_STR(status_of(&w, code).against, "已过24天");
    /* On hold only with a condition, by a leader; the day wakes it. */
    refused(&w, "cg1", code, "ask_hang", "review_day=2026-12-01", "挂账条件");
    step(&w, "cg1", code, "ask_hang", "condition=等上级批复用地;review_day=2026-12-01");
    refused(&w, "zhuan1", code, "hang", "", "要由");
    step(&w, "fenguan", code, "hang", "");
    CHECK_STR(status_of(&w, code).said, "说现在办不了");
    struct flow_run r;
    world_day(&w, 2026, 12, 2);
    CHECK_OK(flow_clock_run(c, &r, &e));
    CHECK_STR(state_of(&w, code), "working");
    step(&w, "zu1", code, "urge", "word=请抓紧");
    refused(&w, "sw1", code, "report", "result=不是我办的", "没有编号");
    world_proved(&w);
}

/* ---- by the outcome ---- */

static const char *born_of_warning(struct world *w, const char *warning, const char **ret_hand)
{
    CHECK(RC_OK ==
          acts_open(w, "",
                    &(struct flow_new){ .kind = "warning",
                                        .title = "投诉件数过高",
                                        .unit = "CG",
                                        .links = &(struct flow_link){ "warning", warning },
                                        .n_links = 1 },
                    "judged=2026Q3;colour=yellow;lamp=yellow;light=W", ret_hand));
    const char *code = draft_of(w, "zhuan1", "warning", warning);
    struct matter m = world_matter(w, code);
    CHECK_STR(matter_unit(&m), "CG");
    CHECK_STR(matter_value(&m, "source"), "warning");
    CHECK_STR(matter_value(&m, "due"), "2026-10-30");
    step(w, "zhuan1", code, "submit", "minutes=30");
    step(w, "fenguan", code, "sign_off", "");
    step(w, "zhuan1", code, "send", "");
    step(w, "cg1", code, "sign", "");
    step(w, "cg1", code, "accept", "");
    step(w, "cg1", code, "plan", "plan=查清原因逐件办结");
    step(w, "cg1", code, "report", "result=投诉已办结");
    step(w, "cghead", code, "head_sign", "");
    return code;
}

static void a_warnings_directive_ends_by_its_outcome(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w = acts_world(c, a);
    const char *hand = "", *other = "";
    const char *held = born_of_warning(&w, "W-2026Q3-0001", &hand),
               *seen = born_of_warning(&w, "W-2026Q3-0002", &other);
    /* What the unit says is not enough. */
    CHECK_STR(status_of(&w, held).shown, "指标还没有恢复");
    CHECK(status_of(&w, held).lacking);
    refused(&w, "zhuan2", held, "close", "found=材料齐", "还没有消除");
    /* It recovers and has to stay so. */
    step(&w, "zhuan1", hand, "send", "");
    step(&w, "", hand, "recover", "judged=2026Q3;value=3件");
    CHECK_STR(state_of(&w, hand), "closed");
    refused(&w, "zhuan2", held, "close", "found=材料齐", "还没有稳住60天");
    world_day(&w, 2026, 11, 28);
    refused(&w, "zhuan2", held, "close", "found=材料齐", "2026-11-29以后可以销号");
    world_day(&w, 2026, 11, 29);
    step(&w, "zhuan2", held, "close", "found=连续两个月恢复");
    /* The other never recovers: a third person looks, and somebody else closes. */
    refused(&w, "zhuan1", seen, "verify", "found=看过", "要由");
    refused(&w, "cg2", seen, "verify", "found=看过", "要由");
    step(&w, "zu1", seen, "verify", "found=到现场看过，措施管用");
    CHECK_STR(status_of(&w, seen).shown, "第三人复核属实");
    refused(&w, "zu1", seen, "close", "found=属实", "要由");
    /* Who has reviewed has a hand in it, also when it went back and came again. */
    step(&w, "zhuan2", seen, "back", "lacks=缺一份单据");
    step(&w, "cg1", seen, "report", "result=单据已补");
    step(&w, "cghead", seen, "head_sign", "");
    step(&w, "zhuan2", seen, "verify", "found=单据齐");
    step(&w, "zhuan3", seen, "back", "lacks=再补一份");
    step(&w, "cg1", seen, "report", "result=都补齐了");
    step(&w, "cghead", seen, "head_sign", "");
    refused(&w, "zhuan2", seen, "close", "found=属实", "要由");
    step(&w, "zu1", seen, "verify", "found=到现场又看过");
    step(&w, "zhuan3", seen, "close", "found=复核属实");
    CHECK_STR(state_of(&w, seen), "closed");
    /* Of one without a warning nobody asks that. */
    const char *plain = working(&w, "order=整治到位;source=document;source_doc=文;"
                                    "due=2026-12-30;lead=CG");
    step(&w, "cg1", plain, "report", "result=整治到位");
    step(&w, "cghead", plain, "head_sign", "");
    refused(&w, "zu1", plain, "verify", "found=看过", "不走「第三人复核」");
    step(&w, "zhuan2", plain, "close", "found=属实");
    world_proved(&w);
}

static void joint_work_goes_up_by_the_lead_unit(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w = acts_world(c, a);
    const char *code = working(&w, PLAIN ";joint=SW");
    refused(&w, "cg1", code, "report", "result=整治到位", "协办单位还没有交来");
    step(&w, "sw1", code, "take", "");
    step(&w, "sw1", code, "deliver", "result=摊点已疏导");
    step(&w, "cg1", code, "report", "result=整治到位");
    refused(&w, "swhead", code, "head_sign", "", "要由");
    refused(&w, "cg1", code, "report", "result=整治到位",
            "现在可以办的有：催办、领导催问、签字上报、不签，退回承办人、撤销");
    CHECK(status_of(&w, code).lacking); /* nothing bears out what is said */
    step(&w, "cghead", code, "unsign", "why=结果没有写清");
    /* The head may report; then another head signs. */
    step(&w, "cghead", code, "report", "result=清理完毕");
    refused(&w, "cghead", code, "head_sign", "", "不能由办上一步的人");
    step(&w, "cghead", code, "unsign", "why=由经办人报");
    step(&w, "cg1", code, "report", "result=十一处全部清理");
    step(&w, "cghead", code, "head_sign", "");
    step(&w, "zhuan2", code, "close", "found=属实");
    world_proved(&w);
}

/* Looking again at what has ended keeps what was found at its end. */
static void a_visit_counts_nothing_anew(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w = acts_world(c, a);
    const char *code = working(&w, PLAIN);
    world_day(&w, 2026, 11, 9);
    step(&w, "cg1", code, "report", "result=整治到位");
    step(&w, "cghead", code, "head_sign", "");
    step(&w, "zhuan2", code, "close", "found=属实");
    struct matter m = world_matter(&w, code);
    int64_t gross = m.gross_days;
    CHECK_INT(m.on_time, 0);
    world_day(&w, 2026, 12, 1);
    step(&w, "", code, "drawn", "draw=L-2026-0001");
    CHECK_STR(status_of(&w, code).against, "晚于原定期限办结");
    step(&w, "zhuan3", code, "held", "found=没有反弹");
    m = world_matter(&w, code);
    CHECK_INT(m.on_time, 0);
    CHECK_INT(m.reopened, 0);
    CHECK_INT(m.gross_days, gross);
    step(&w, "zhuan3", code, "reopen", "lacks=又有三处;due=2026-12-30");
    m = world_matter(&w, code);
    CHECK_INT(m.reopened, 1);
    CHECK_STR(status_of(&w, code).against_note, "重开后定在2026-12-30");
    CHECK_INT(m.gross_days, -1);
    world_proved(&w);
}

/* Whoever acted, or whose unit does it, judges it for nobody who is away. */
static void stand_ins_do_not_judge_their_own(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = acts_world(c, a);
    const int32_t from = day_of(2026, 9, 30), to = day_of(2026, 10, 30);
    const char *code = "";
    CHECK_OK(world_away(&w, SECADMIN, "shuji", "zhuan1", from, to, &e));
    CHECK_OK(world_away(&w, SECADMIN, "fenguan", "cg2", from, to, &e));
    CHECK(RC_OK == acts_open(&w, "zhuan1",
                             &(struct flow_new){ .kind = "directive", .title = "整治" }, PLAIN,
                             &code));
    step(&w, "zhuan2", code, "submit", "minutes=30");
    refused(&w, "zhuan1", code, "sign_off", "", "要由"); /* drafted it, for the secretary */
    step(&w, "shuji", code, "redraft", "why=再写实一点");
    step(&w, "zhuan1", code, "drop", "why=另拟");
    /* A leader's part, done by the stand-in's own unit. */
    const char *top = "";
    CHECK(RC_OK == acts_open(&w, "zhuan2",
                             &(struct flow_new){ .kind = "directive", .title = "整治" },
                             "order=整治到位;source=document;source_doc=文;due=2026-10-30;"
                             "layer=deputy;holder=fenguan",
                             &top));
    step(&w, "zhuan2", top, "submit", "minutes=30");
    step(&w, "shuji", top, "sign_off", "");
    step(&w, "zhuan2", top, "send", "");
    step(&w, "fenguan", top, "sign", "");
    step(&w, "fenguan", top, "accept", "");
    /* What a leader holds another leader puts on hold. */
    step(&w, "fenguan", top, "begin", "");
    step(&w, "fenguan", top, "ask_hang", "condition=等上级批复;review_day=2026-10-10");
    refused(&w, "fenguan", top, "hang", "", "不能由办上一步的人");
    step(&w, "shuji", top, "no_hang", "why=先办起来");
    step(&w, "fenguan", top, "split", "units=CG;part_minutes=20");
    const char *part = part_of(&w, top, 0);
    step(&w, "cg1", part, "sign", "");
    step(&w, "cg1", part, "accept", "");
    step(&w, "cg1", part, "plan", "plan=按周推进到位");
    step(&w, "cg1", part, "ask_more", "until=2026-11-20;why=夜间排班要试两周");
    refused(&w, "cg2", part, "give_more", "", "要由");
    step(&w, "fenguan", part, "no_more", "why=按期办");
    step(&w, "cg1", part, "report", "result=整治到位");
    step(&w, "cghead", part, "head_sign_part", "");
    refused(&w, "cg2", part, "close_part", "", "要由");
    step(&w, "fenguan", part, "close_part", "");
    world_proved(&w);
}

T_COUNTY(walks_the_issues_case)
T_COUNTY(stand_ins_do_not_judge_their_own)
T_COUNTY(an_instruction_says_whose_it_is)
T_COUNTY(bad_input_is_refused_with_what_to_do)
T_COUNTY(a_warnings_directive_ends_by_its_outcome)
T_COUNTY(joint_work_goes_up_by_the_lead_unit)
T_COUNTY(a_visit_counts_nothing_anew)

T_MAIN(T_COUNTY_CASES("an instruction goes down the layers and comes back as a result",
                      walks_the_issues_case),
       T_COUNTY_CASES("stand-ins do not judge their own", stand_ins_do_not_judge_their_own),
       T_COUNTY_CASES("an instruction says whose it is", an_instruction_says_whose_it_is),
       T_COUNTY_CASES("bad input is refused with what to do",
                      bad_input_is_refused_with_what_to_do),
       T_COUNTY_CASES("a warning's directive ends by its outcome",
                      a_warnings_directive_ends_by_its_outcome),
       T_COUNTY_CASES("joint work goes up by the lead unit",
                      joint_work_goes_up_by_the_lead_unit),
       T_COUNTY_CASES("a visit counts nothing anew", a_visit_counts_nothing_anew))
