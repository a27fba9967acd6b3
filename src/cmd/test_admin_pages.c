/*
 * The administration pages as a browser meets them, on both databases: who gets where, a job
 * asked for from a page and run, a setting changed, what the journal then says.
 */
#include "base/clock.h"
#include "base/str.h"
#include "cmd/jobs.h"
#include "cmd/routes.h"
#include "people/asker.h"
#include "people/test_site.h"
#include "people/unit_import.h"
#include "store/journal.h"
#include "store/setting.h"
#include "store/test_county.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    const char *token;
};

static const struct account_new people[] = {
    { "sys", "系统员", "", "sysadmin", "" },   { "sec", "安全员", "", "secadmin", "" },
    { "aud", "审计员", "", "auditadmin", "" }, { "platform", "吴专班", "", "platform", "" },
    { "clerk", "经办人", "T1", "clerk", "" },
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return site_people(tx, w->c, people, COUNT(people), w->a, e);
}

static void sign(struct world *w, const char *account)
{
    w->token = site_session(&w->site, account);
}

static void setup(struct world *w, struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct unit_term terms[] = { { "C", "", "县", "county", "", 0, 0, 0 },
                                 { "T1", "C", "东镇", "town", "towns", 0, 0, 0 } };
    size_t changed;
    *w = (struct world){ .c = c, .a = arena_new() };
    CHECK_OK(units_import(c, terms, COUNT(terms), false, NULL, "", &changed, &e));
    CHECK_OK(db_transact(c->db, make, w, &e));
    struct route_table *tables = arena_array(w->a, ROUTE_TABLES_MAX, sizeof(*tables));
    size_t n = routes_all(tables);
    site_open(&w->site, c, w->a, tables, n, sections);
}

static void done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}

static struct web_reply get(struct world *w, const char *target)
{
    return site_get(&w->site, w->token, target);
}

static struct web_reply post(struct world *w, const char *target, const char *fields)
{
    return site_post(&w->site, w->token, target, fields);
}

static bool says(struct web_reply r, const char *text)
{
    return strstr(r.body, text) != NULL;
}

/* The job thread's work, at once. */
static void work(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct clock real = { 0 };
    bool any;
    CHECK_OK(job_run_one(w->c, job_kinds, job_kinds_n, clock_now(&real), &any, &e));
    CHECK(any);
}

static void each_gets_their_own(struct county *c)
{
    static const struct {
        const char *account, *path;
        int status;
    } cases[] = {
        { "sys", "/settings", 200 },     { "sys", "/backup", 200 },
        { "sys", "/admin", 200 },        { "sec", "/admin", 403 },
        { "aud", "/admin", 403 },        { "platform", "/admin", 403 },
        { "sys", "/job", 200 },          { "sys", "/journal", 403 },
        { "sys", "/account", 403 },      { "sys", "/report", 403 },
        { "sec", "/settings", 403 },     { "sec", "/backup", 403 },
        { "sec", "/backup/x.tar", 403 }, { "sec", "/journal", 403 },
        { "sec", "/account", 200 },      { "aud", "/journal", 200 },
        { "aud", "/settings", 403 },     { "aud", "/backup", 403 },
        { "aud", "/backup/x.tar", 403 }, { "platform", "/settings", 403 },
        { "platform", "/backup", 403 },  { "platform", "/backup/x.tar", 403 },
        { "platform", "/journal", 403 }, { "platform", "/job", 200 },
        { "clerk", "/settings", 403 },   { "clerk", "/journal", 403 },
        { "clerk", "/job", 200 },
    };
    struct world w;
    const char *last = "";
    setup(&w, c);
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (!str_eq(cases[i].account, last))
            sign(&w, cases[i].account);
        last = cases[i].account;
        int got = get(&w, cases[i].path).status;
        if (got != cases[i].status)
            t_fail(__FILE__, __LINE__, "%s at %s gets %d", last, cases[i].path, got);
    }
    done(&w);
}
T_COUNTY(each_gets_their_own)

static void a_period_is_computed(struct county *c)
{
    struct world w;
    setup(&w, c);
    sign(&w, "clerk");
    CHECK_INT(post(&w, "/compute", "period=2026Q2").status, 403);
    sign(&w, "platform");
    CHECK_INT(post(&w, "/compute", "period=2027Q2").status, 400); /* has not begun */
    CHECK_INT(post(&w, "/compute", "period=soon").status, 400);
    struct web_reply r = post(&w, "/compute", "period=2026Q2");
    CHECK_INT(r.status, 303);
    CHECK_STR(r.location, "/job/1");
    /* An impatient finger gets the same job. */
    CHECK_STR(post(&w, "/compute", "period=2026Q2").location, "/job/1");
    r = get(&w, "/job/1");
    CHECK_INT(r.status, 200);
    CHECK(says(r, "2026年第二季度") && says(r, "在排队") && says(r, "/job/1/cancel"));
    CHECK(says(get(&w, "/job/1.json"), "\"ended\":false"));
    /* There is no scheme: it fails, says why, and keeps the attempt. */
    work(&w);
    r = get(&w, "/job/1");
    CHECK(says(r, "没有做成的1次") && says(r, "方案") && says(r, "/job/1/again"));
    CHECK_INT(post(&w, "/job/1/cancel", "").status, 409); /* it has ended */
    CHECK(says(get(&w, "/job?state=failed"), "/job/1\""));
    CHECK(!says(get(&w, "/job?state=done"), "/job/1\""));
    CHECK_STR(post(&w, "/job/1/again", "").location, "/job/2");
    CHECK_INT(post(&w, "/job/2/again", "").status, 409); /* it is on its way */
    CHECK_INT(post(&w, "/job/2/cancel", "").status, 303);
    CHECK_INT(post(&w, "/job/2/cancel", "").status, 409);
    CHECK(says(get(&w, "/job?state=cancelled"), "/job/2\""));
    CHECK_STR(post(&w, "/job/2/again", "").location, "/job/3");
    /* Who runs the machine sees it and may stop it, but not compute. */
    sign(&w, "sys");
    CHECK_INT(get(&w, "/job/3").status, 200);
    CHECK_INT(post(&w, "/job/3/cancel", "").status, 303);
    CHECK_INT(post(&w, "/job/3/again", "").status, 403);
    CHECK_INT(get(&w, "/job/9").status, 404);
    CHECK_INT(get(&w, "/job/x").status, 404);
    sign(&w, "clerk");
    CHECK_INT(get(&w, "/job/1").status, 403);
    CHECK_INT(post(&w, "/job/1/cancel", "").status, 403);
    CHECK(!says(get(&w, "/job"), "/job/1\""));
    done(&w);
}
T_COUNTY(a_period_is_computed)

static const char *between(struct world *w, const char *s, const char *from, const char *to)
{
    const char *at = strstr(s, from);
    if (!at)
        return "";
    at += strlen(from);
    const char *end = strstr(at, to);
    return end ? arena_strndup(w->a, at, (size_t)(end - at)) : "";
}

static void a_backup_is_made(struct county *c)
{
    struct world w;
    setup(&w, c);
    sign(&w, "platform");
    CHECK_INT(post(&w, "/backup", "").status, 403);
    sign(&w, "sys");
    struct web_reply r = get(&w, "/backup");
    CHECK(says(r, "还没有备份过") && says(r, "jingjian restore"));
    CHECK(says(get(&w, "/admin"), "还没有备份过"));
    r = post(&w, "/backup", "");
    CHECK_STR(r.location, "/job/1");
    CHECK(says(get(&w, "/backup"), "正在备份"));
    work(&w);
    r = get(&w, "/job/1");
    CHECK(says(r, "做完") && says(r, "SHA-256"));
    r = get(&w, "/backup");
    CHECK_INT(r.status, 200);
    const char *name = between(&w, r.body, "/backup/", ".tar");
    CHECK(strlen(name) == 15);
    CHECK(!says(get(&w, "/admin"), "还没有备份过"));
    CHECK(!says(r, "没有记下"));
    r = get(&w, arena_printf(w.a, "/backup/%s.tar", name));
    CHECK_INT(r.status, 200);
    CHECK_INT(get(&w, "/backup/nothing.tar").status, 404);
    CHECK_INT(get(&w, "/backup/..%2Fcounty.tar").status, 404);
    /* Taking it away is written down. */
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(journal_flush(c, &e));
    sign(&w, "aud");
    r = get(&w, "/journal");
    CHECK(says(r, "取走备份") && says(r, "系统员") && says(r, name));
    CHECK(says(get(&w, "/journal?kind=act"), "备份"));
    done(&w);
}
T_COUNTY(a_backup_is_made)

static void settings_are_changed(struct county *c)
{
    struct world w;
    setup(&w, c);
    sign(&w, "sys");
    struct web_reply r = get(&w, "/settings");
    CHECK_INT(r.status, 200);
    CHECK(says(r, "name=\"session.idle\"") && says(r, "name=\"log.policy\"") &&
          says(r, "name=\"limit.address\"") && says(r, "还没有改过"));
    /* Nothing is written while a field is wrong, and what was typed stays. */
    r = post(&w, "/settings", "session.idle=7&session.max=1000&why=试");
    CHECK_INT(r.status, 400);
    CHECK(says(r, "href=\"#session.max\"") && says(r, "value=\"1000\"") &&
          says(r, "value=\"7\"") && says(r, "value=\"试\"") && says(r, "应为1至168之间的整数"));
    CHECK(says(get(&w, "/settings"), "value=\"60\""));
    r = post(&w, "/settings", "log.policy=quorum+some&why=试");
    CHECK(r.status == 400 && says(r, "href=\"#log.policy\""));
    /* A change has a reason. */
    r = post(&w, "/settings", "session.idle=7&why=");
    CHECK(r.status == 400 && says(r, "请写明为什么改"));
    CHECK_INT(post(&w, "/settings", "session.idle=7&signin.admin_totp=0&why=演练").status, 303);
    r = get(&w, "/settings");
    CHECK(says(r, "value=\"7\"") && says(r, "演练") && says(r, "已改过默认值"));
    /* The same again changes nothing, and a policy comes with a browser's line ends. */
    CHECK_INT(post(&w, "/settings", "session.idle=7&log.policy=quorum+none%0D%0A&why=").status,
              303);
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct setting_past *past;
    size_t n;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(setting_history(s, w.a, 10, &past, &n, &e));
    CHECK_INT(n, 1);
    CHECK(n == 1 && str_eq(past[0].why, "演练") && str_eq(past[0].by, "sys") &&
          str_eq(past[0].value, "7"));
    done(&w);
}
T_COUNTY(settings_are_changed)

static void the_journal_is_filtered(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    setup(&w, c);
    sign(&w, "clerk");
    CHECK_INT(get(&w, "/settings").status, 403);
    sign(&w, "platform");
    CHECK_INT(get(&w, "/backup").status, 403);
    CHECK_OK(journal_flush(c, &e));
    sign(&w, "aud");
    struct web_reply r = get(&w, "/journal");
    CHECK(says(r, "其中被拒绝2次") && says(r, "经办人") && says(r, "吴专班"));
    r = get(&w, "/journal?who=clerk");
    CHECK(says(r, "/settings") && says(r, "经办人") && !says(r, "吴专班"));
    /* The county's clock stands at 2026-09-30. */
    CHECK(says(get(&w, "/journal?from=2026-09-30&until=2026-09-30"), "吴专班"));
    CHECK(!says(get(&w, "/journal?from=2026-10-01"), "吴专班"));
    CHECK(!says(get(&w, "/journal?until=2026-09-29"), "吴专班"));
    CHECK(says(get(&w, "/journal?from=gestern"), "应写成2026-09-30这样"));
    CHECK(!says(get(&w, "/journal?kind=read"), "吴专班"));
    /* Looking at the journal is in it. */
    CHECK_OK(journal_flush(c, &e));
    CHECK(says(get(&w, "/journal?who=aud"), "看读取日志"));
    done(&w);
}
T_COUNTY(the_journal_is_filtered)

static void today_says_what_there_is(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    setup(&w, c);
    CHECK_STR(get(&w, "/").location, "/signin");
    sign(&w, "clerk");
    CHECK_STR(get(&w, "/").location, "/today");
    CHECK(says(get(&w, "/today"), "没有要办的事"));
    CHECK_INT(get(&w, "/settings").status, 403);
    CHECK_OK(journal_flush(c, &e));
    sign(&w, "aud");
    struct web_reply r = get(&w, "/today");
    CHECK(says(r, "近七天有1次被拒绝") && says(r, "/journal?kind=denied"));
    sign(&w, "sys");
    CHECK(says(get(&w, "/today"), "还没有备份过"));
    CHECK_INT(post(&w, "/backup", "").status, 303);
    work(&w);
    CHECK(says(get(&w, "/today"), "没有要办的事"));
    /* What failed is said to who computes and who runs the machine, until it is done again. */
    sign(&w, "platform");
    CHECK_STR(post(&w, "/compute", "period=2026Q2").location, "/job/2");
    work(&w);
    r = get(&w, "/today");
    CHECK(says(r, "没有做成：计算一期，2026年第二季度") && says(r, "/job/2\""));
    sign(&w, "sys");
    CHECK(says(get(&w, "/today"), "/job/2\""));
    sign(&w, "aud");
    CHECK(!says(get(&w, "/today"), "/job/2\""));
    sign(&w, "platform");
    CHECK_INT(post(&w, "/job/2/again", "").status, 303);
    CHECK(!says(get(&w, "/today"), "/job/2\""));
    done(&w);
}
T_COUNTY(today_says_what_there_is)

T_MAIN(T_COUNTY_CASES("today says what there is to do", today_says_what_there_is),
       T_COUNTY_CASES("each administrator gets to their own pages", each_gets_their_own),
       T_COUNTY_CASES("a period is computed from a page", a_period_is_computed),
       T_COUNTY_CASES("a backup is made, listed and taken away", a_backup_is_made),
       T_COUNTY_CASES("settings are changed with a reason", settings_are_changed),
       T_COUNTY_CASES("the journal is filtered", the_journal_is_filtered))
