/* Entries by the model: who writes and asks, the same twice, after the end, corrections, hints.
 */
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "flow/test_world.h"
#include "store/erase.h"
#include "worklog/alike.h"
#include "worklog/hint.h"
#include "worklog/worklog.sql.h"

#include <string.h>

struct writing {
    struct world *w;
    struct flow_who who;
    struct work_new n;
    struct work_done done;
};

static enum rc do_add(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    return worklog_add(tx, x->w->c, &x->who, &x->n, x->w->a, &x->done, e);
}

static enum rc put(struct world *w, enum someone who, struct work_new n, struct work_done *ret,
                   struct err *e)
{
    struct writing x = { .w = w, .who = world_who(w, who), .n = n };
    enum rc rc = db_transact(w->c->db, do_add, &x, e);
    if (rc == RC_OK && ret)
        *ret = x.done;
    return rc;
}

static enum rc entry(struct world *w, enum someone who, const char *matter, const char *text,
                     struct work_done *ret, struct err *e)
{
    return put(w, who, (struct work_new){ .matter = matter, .kind = WORK_ENTRY, .text = text },
               ret, e);
}

/* What is refused, and a piece of the sentence that says why. */
static void refused(const char *file, int line, enum rc got, enum rc want, struct err *e,
                    const char *part)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *said = got == RC_OK ? "" : err_message(e, LANG_ZH, a);
    if (got != want || !strstr(said, part))
        t_fail(file, line, "%s: %s; not %s: %s", rc_name(got), said, rc_name(want), part);
    err_done(e);
    *e = (struct err){ 0 };
}
#define CHECK_REFUSED(expr, rc_, part) refused(__FILE__, __LINE__, (expr), (rc_), &e, (part))

/* An errand of DESK1 at CG with SW beside it, signed. */
static const char *working(struct world *w, const char *title)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *code = "";
    CHECK_OK(world_open(w, DESK1, "errand", title, "", "why=批示要求", &code, &e));
    CHECK_OK(world_move(w, DESK1, code, "send",
                        arena_printf(w->a, "lead=CG;due=2026-11-20;joint=SW;title=%s", title),
                        &e));
    CHECK_OK(world_move(w, FIN1, code, "sign", NULL, &e));
    return code;
}

static size_t of_matter(struct world *w, const char *matter, struct work **ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    size_t n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(worklog_of_matter(s, matter, w->a, ret, &n, &e));
    return n;
}

static const char long_text[] =
    "上午到城关镇便民服务中心核对窗口收费公示牌,现场比对发改部门公布的目录清单,"
    "发现两项已经取消的"
    "费用还挂在墙上,当场请窗口负责人撤下并更换,同时电话通知另外三个分中心自查。";
static const char long_copy[] =
    "下午到城关镇便民服务中心核对窗口收费公示牌，现场比对发改部门公布的目录清单，发现三项已经取"
    "消的"
    "费用还挂在墙上，当场请窗口负责人撤下并更换，同时电话通知另外三个分中心自查。";

static void entries(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct work_done d = { 0 }, q = { 0 };
    struct work *list;
    const char *draft;
    world_day(&w, 2026, 9, 30);
    CHECK_OK(world_open(&w, DESK1, "errand", "还没发出的", "", "why=批示", &draft, &e));
    CHECK_REFUSED(entry(&w, DESK1, draft, "先记一笔", NULL, &e), RC_CONFLICT, "还是草稿");
    CHECK_REFUSED(entry(&w, FIN1, draft, "先记一笔", NULL, &e), RC_NOTFOUND, draft);
    const char *m = working(&w, "整治涉企乱收费");
    /* Holder and joint unit write; who supervises asks; others neither. */
    CHECK_OK(entry(&w, FIN1, m, "  已通知各窗口自查。 ", &d, &e));
    CHECK(!d.again && !d.late && strlen(d.code) == WORK_CODE);
    CHECK_OK(entry(&w, TRADE, m, "商务局派两人参加现场核对。", NULL, &e));
    CHECK_REFUSED(entry(&w, TOWN, m, "我也写一条", NULL, &e), RC_NOTFOUND, m);
    CHECK_REFUSED(entry(&w, LEADER, m, "我也写一条", NULL, &e), RC_DENIED, "承办");
    struct work_new ask = {
        .matter = m, .kind = WORK_QUESTION, .about = d.code, .text = "自查结果什么时候有?"
    };
    CHECK_REFUSED(put(&w, FIN2, ask, NULL, &e), RC_DENIED, "询问");
    CHECK_OK(put(&w, GROUP, ask, &q, &e));
    struct work_new answer = {
        .matter = m, .kind = WORK_ANSWER, .about = d.code, .text = "本周五之前。"
    };
    CHECK_REFUSED(put(&w, FIN1, answer, NULL, &e), RC_INVALID, "只有询问可以答复");
    answer.about = q.code;
    CHECK_OK(put(&w, FIN2, answer, NULL, &e));
    /* A correction is by who wrote it, and a new entry: the old one stays as it was. */
    struct work_new mend = {
        .matter = m, .kind = WORK_CORRECTION, .about = d.code, .text = "已通知十二个窗口自查。"
    };
    CHECK_REFUSED(put(&w, FIN2, mend, NULL, &e), RC_DENIED, "更正由写那条记录的人");
    CHECK_OK(put(&w, FIN1, mend, NULL, &e));
    CHECK_INT(of_matter(&w, m, &list), 5);
    CHECK_STR(list[0].text, "已通知各窗口自查。");
    CHECK_STR(list[0].unit, "CG");
    CHECK_STR(list[0].by_name, "李青");
    CHECK_STR(list[1].unit, "SW");
    CHECK_STR(list[2].unit, "ZU");
    CHECK(list[2].kind == WORK_QUESTION && list[3].kind == WORK_ANSWER);
    CHECK_STR(list[4].about, d.code);
    /* Nothing, too much, another matter's entry, a person's numbers. */
    CHECK_REFUSED(entry(&w, FIN1, m, "  ", NULL, &e), RC_INVALID, "还没有写内容");
    char *much = arena_alloc(a, 3 * (WORK_TEXT_MAX + 1) + 1);
    for (size_t i = 0; i <= WORK_TEXT_MAX; i++)
        memcpy(much + 3 * i, "记", 3);
    CHECK_REFUSED(entry(&w, FIN1, m, much, NULL, &e), RC_INVALID, "4000");
    CHECK_REFUSED(entry(&w, FIN1, m, "找到了,电话 13812345678", NULL, &e), RC_INVALID,
                  "个人信息");
    CHECK_REFUSED(entry(&w, FIN1, m, "本人身份证 11010519491231002X 已核对", NULL, &e),
                  RC_INVALID, "身份证");
    const char *other = working(&w, "另一件事");
    mend.matter = other;
    CHECK_REFUSED(put(&w, FIN1, mend, NULL, &e), RC_INVALID, "没有找到所针对的");
    CHECK_REFUSED(entry(&w, FIN1, "E-2026-09999", "没有这件事", NULL, &e), RC_NOTFOUND,
                  "E-2026-09999");
    CHECK_INT(of_matter(&w, m, &list), 5);
    world_proved(&w); /* entries are nothing of the matter's own */
}

static void offline(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct work_done d = { 0 };
    struct work *list;
    world_day(&w, 2026, 9, 30);
    const char *m = working(&w, "整治涉企乱收费");
    struct utime written = county_now(c);
    struct work_new n = { .code = "00112233445566778899aabbccddeeff",
                          .matter = m,
                          .kind = WORK_ENTRY,
                          .text = "在云岭镇看了三户,没有网。",
                          .captured = written };
    world_day(&w, 2026, 10, 9);
    CHECK_OK(put(&w, FIN1, n, &d, &e));
    CHECK(!d.again);
    /* The answer was lost: sent again it is the same entry, and other words are not. */
    CHECK_OK(put(&w, FIN1, n, &d, &e));
    CHECK(d.again);
    CHECK_INT(of_matter(&w, m, &list), 1);
    CHECK_INT(list[0].captured.us, written.us);
    CHECK_INT(list[0].received.us, county_now(c).us);
    n.text = "在云岭镇看了四户。";
    CHECK_REFUSED(put(&w, FIN1, n, NULL, &e), RC_CONFLICT, "已经收到过");
    n.code = "不是编号";
    CHECK_REFUSED(put(&w, FIN1, n, NULL, &e), RC_INVALID, "32位");
    /* A clock that is years ahead says nothing: then it was written when it came. */
    n.code = "10112233445566778899aabbccddeeff";
    n.captured = (struct utime){ county_now(c).us + INT64_C(400) * 86400 * 1000000 };
    CHECK_OK(put(&w, FIN1, n, NULL, &e));
    CHECK_INT(of_matter(&w, m, &list), 2);
    CHECK_INT(list[1].captured.us, county_now(c).us);
    /* After the end: kept, marked, shown; a question then is not late. */
    CHECK_OK(world_move(&w, DESK1, m, "drop", "why=并入另一件", &e));
    CHECK(!world_matter(&w, m).open);
    n = (struct work_new){ .code = "20112233445566778899aabbccddeeff",
                           .matter = m,
                           .kind = WORK_ENTRY,
                           .text = "手机里还有一条没送出的。",
                           .captured = written };
    CHECK_OK(put(&w, FIN1, n, &d, &e));
    CHECK(d.late);
    CHECK_OK(put(&w, GROUP,
                 (struct work_new){ .matter = m, .kind = WORK_QUESTION, .text = "为什么晚了?" },
                 &d, &e));
    CHECK(!d.late);
    CHECK_INT(of_matter(&w, m, &list), 4);
    CHECK(list[2].late && !list[3].late);
    world_proved(&w);
}

static size_t hints(struct world *w, enum someone who, struct work_hint **ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who me = world_who(w, who);
    size_t n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(work_hints_list(s, &me, true, (struct id){ 0 }, SIZE_MAX, w->a, ret, &n, &e));
    return n;
}

struct deciding {
    struct world *w;
    struct flow_who who;
    const char *code, *reason;
    int64_t seen;
};

static enum rc do_decide(struct tx *tx, void *arg, struct err *e)
{
    struct deciding *d = arg;
    return work_hint_decide(tx, d->w->c, &d->who, d->code, d->seen, HINT_DISMISSED, d->reason,
                            e);
}

static enum rc dismiss(struct world *w, enum someone who, const char *code, int64_t seen,
                       const char *reason, struct err *e)
{
    struct deciding d = {
        .w = w, .who = world_who(w, who), .code = code, .seen = seen, .reason = reason
    };
    return db_transact(w->c->db, do_decide, &d, e);
}

static void alike(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct work_done d = { 0 };
    struct work_hint *h;
    world_day(&w, 2026, 9, 30);
    const char *m = working(&w, "整治涉企乱收费");
    CHECK_OK(entry(&w, FIN1, m, long_text, &d, &e));
    /* Within a unit and month, and as a correction, the like is no news. */
    CHECK_OK(entry(&w, FIN2, m, long_copy, NULL, &e));
    CHECK_OK(put(&w, FIN1,
                 (struct work_new){
                     .matter = m, .kind = WORK_CORRECTION, .about = d.code, .text = long_copy },
                 NULL, &e));
    CHECK_OK(entry(&w, FIN1, m, "已完成。", NULL, &e));
    CHECK_OK(entry(&w, TRADE, m, "已完成。", NULL, &e));
    CHECK_INT(hints(&w, DESK1, &h), 0);
    /* Another unit: one hint, for who dispatches, and who supervises both; never for leaders,
     * nor for the unit, whose own page has nothing to be told off by. */
    CHECK_OK(entry(&w, TRADE, m, long_copy, NULL, &e));
    CHECK_INT(hints(&w, DESK1, &h), 1);
    CHECK_INT(hints(&w, GROUP, &h), 1);
    CHECK_INT(hints(&w, LEADER, &h), 0);
    CHECK_INT(hints(&w, FIN1, &h), 0);
    CHECK_INT(hints(&w, DESK1, &h), 1);
    CHECK(h[0].kind == WORK_HINT_TEXT);
    CHECK_STR(h[0].unit, "SW");
    CHECK_STR(h[0].other_unit, "CG");
    /* Who supervises only one of the two units sees nothing of the other. */
    const struct flow_who group = world_who(&w, GROUP);
    CHECK(work_hint_may(&group, "CG", "SW"));
    CHECK(!work_hint_may(&group, "CG", "T1") && !work_hint_may(&group, "T1", "CG"));
    /* Dismissed with a reason, once, by who may see it. */
    CHECK_REFUSED(dismiss(&w, DESK1, h[0].code, 1, "", &e), RC_INVALID, "理由");
    CHECK_REFUSED(dismiss(&w, LEADER, h[0].code, 1, "一起去的", &e), RC_NOTFOUND, h[0].code);
    CHECK_OK(dismiss(&w, GROUP, h[0].code, 1, "两家一起去的,一人执笔", &e));
    CHECK_REFUSED(dismiss(&w, DESK1, h[0].code, 1, "再说一次", &e), RC_CONFLICT, "刚刚变了");
    CHECK_INT(hints(&w, DESK1, &h), 0);
    /* The same unit in another month. */
    world_day(&w, 2026, 10, 13);
    CHECK_OK(entry(&w, FIN2, m, long_text, NULL, &e));
    CHECK_INT(hints(&w, DESK1, &h), 1);
    CHECK_STR(h[0].other_unit, "CG");
}

static void burst(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct work_hint *h;
    world_day(&w, 2026, 9, 30);
    const char *m = working(&w, "整治涉企乱收费"), *steady = working(&w, "一直在记的事");
    for (int day = 12; day < 17; day++) {
        world_day(&w, 2026, 10, day);
        CHECK_OK(entry(&w, FIN1, steady, arena_printf(a, "第%d天走访", day), NULL, &e));
    }
    world_day(&w, 2026, 11, 19);
    for (int i = 0; i < 5; i++) {
        CHECK_INT(hints(&w, DESK1, &h), 0);
        CHECK_OK(entry(&w, FIN1, steady, arena_printf(a, "收尾%d", i), NULL, &e));
    }
    for (int i = 0; i < 5; i++) {
        CHECK_INT(hints(&w, DESK1, &h), 0);
        CHECK_OK(entry(&w, FIN1, m, arena_printf(a, "补记%d", i), NULL, &e));
    }
    CHECK_INT(hints(&w, DESK1, &h), 1);
    CHECK(h[0].kind == WORK_HINT_BURST);
    CHECK_OK(entry(&w, FIN1, m, "再补一条", NULL, &e));
    CHECK_INT(hints(&w, DESK1, &h), 1); /* one a matter and due day */
}

struct limiting {
    struct county *c;
    enum work_limit which;
    const char *value;
};

static enum rc do_limit(struct tx *tx, void *arg, struct err *e)
{
    const struct limiting *l = arg;
    return setting_change(tx, l->c, &worklog_settings[l->which], l->value, "试一试", "sys", e);
}

static enum rc set_limit(struct county *c, enum work_limit which, const char *value,
                         struct err *e)
{
    struct limiting l = { c, which, value };
    return db_transact(c->db, do_limit, &l, e);
}

static struct work_limits limits_then(struct county *c, struct utime at)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct work_limits r = { { 0 } };
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(work_limits_then(s, at, &r, &e));
    return r;
}

/* Two thirds of it are long_text's. */
static const char long_half[] =
    "上午到城关镇便民服务中心核对窗口收费公示牌,现场比对发改部门公布的目录清单,"
    "没有发现不符的,"
    "当场请窗口负责人签了字,同时电话通知另外三个分中心自查。";

static void limits(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct work_hint *h;
    world_day(&w, 2026, 9, 30);
    CHECK_INT(limits_then(c, county_now(c)).of[WORK_TEXT_PERCENT], ALIKE_PERCENT);
    CHECK_INT(limits_then(c, county_now(c)).of[WORK_PICTURE_BITS], ALIKE_BITS);
    const char *m = working(&w, "整治涉企乱收费");
    CHECK_OK(entry(&w, FIN1, m, long_text, NULL, &e));
    CHECK_OK(entry(&w, TRADE, m, long_half, NULL, &e));
    CHECK_INT(hints(&w, DESK1, &h), 0);
    /* Lower: only what is written from now on; the hint knows with which it was raised. */
    world_day(&w, 2026, 10, 1);
    CHECK_REFUSED(set_limit(c, WORK_TEXT_PERCENT, "59", &e), RC_INVALID, "60");
    CHECK_OK(set_limit(c, WORK_TEXT_PERCENT, "60", &e));
    CHECK_INT(hints(&w, DESK1, &h), 0);
    CHECK_OK(entry(&w, TRADE, m, long_half, NULL, &e));
    CHECK_INT(hints(&w, DESK1, &h), 1);
    CHECK_INT(limits_then(c, h[0].found).of[WORK_TEXT_PERCENT], 60);
    world_day(&w, 2026, 10, 2);
    CHECK_OK(set_limit(c, WORK_TEXT_PERCENT, "100", &e));
    CHECK_OK(entry(&w, TRADE, m, long_copy, NULL, &e));
    CHECK_INT(hints(&w, DESK1, &h), 1);
    CHECK_INT(limits_then(c, h[0].found).of[WORK_TEXT_PERCENT], 60);
    CHECK_INT(limits_then(c, county_now(c)).of[WORK_TEXT_PERCENT], 100);
    /* Three in the last three of twenty days are a burst where a county says so. */
    CHECK_OK(set_limit(c, WORK_BURST_LEAST, "3", &e));
    CHECK_OK(set_limit(c, WORK_BURST_DAYS, "3", &e));
    const char *late = working(&w, "最后三天才记的事");
    world_day(&w, 2026, 11, 18);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(hints(&w, DESK1, &h), 1);
        CHECK_OK(entry(&w, FIN1, late, arena_printf(a, "补记%d", i), NULL, &e));
    }
    CHECK_INT(hints(&w, DESK1, &h), 2);
    CHECK(h[0].kind == WORK_HINT_BURST);
    world_proved(&w);
}

static struct id record_of(struct county *c, const char *code, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct work_of_code_row r = { 0 };
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(work_of_code_one(s, code, a, &r, &e));
    return r.record_id;
}

struct many {
    const struct work *like;
    struct id record;
    int n;
    struct arena *a;
};

static enum rc do_fill(struct tx *tx, void *arg, struct err *e)
{
    const struct many *x = arg;
    const struct work *w = x->like;
    enum rc rc = RC_OK;
    for (int i = 0; i < x->n && rc == RC_OK; i++) {
        struct work_insert_row r;
        rc = work_insert_one(tx, arena_printf(x->a, "%032x", i), w->matter, w->unit, "entry",
                             "", "又走了一户", "", false, w->by, w->captured, w->received,
                             x->record, x->a, &r, e);
    }
    return rc;
}

/* A matter is shown with all its entries, so there is an end to them, and it is said. */
static void full(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct work *list;
    world_day(&w, 2026, 9, 30);
    const char *m = working(&w, "整治涉企乱收费");
    CHECK_OK(entry(&w, FIN1, m, "第一户", NULL, &e));
    CHECK_INT(of_matter(&w, m, &list), 1);
    struct many x = { .like = &list[0],
                      .record = record_of(c, list[0].code, a),
                      .n = WORK_OF_MATTER_MAX - 2,
                      .a = a };
    CHECK_OK(db_transact(c->db, do_fill, &x, &e));
    const char *last = "40112233445566778899aabbccddeeff";
    struct work_new n = { .code = last, .matter = m, .kind = WORK_ENTRY, .text = "最后一户" };
    struct work_done d = { 0 };
    CHECK_OK(put(&w, FIN1, n, &d, &e));
    CHECK_REFUSED(entry(&w, FIN1, m, "还有一户", NULL, &e), RC_CONFLICT, "5000条云记录");
    CHECK_OK(put(&w, FIN1, n, &d, &e)); /* the same again is there */
    CHECK(d.again);
    CHECK_INT(of_matter(&w, m, &list), WORK_OF_MATTER_MAX);
    CHECK_STR(list[0].text, "第一户");
    CHECK_STR(list[WORK_OF_MATTER_MAX - 1].text, "最后一户");
    CHECK_OK(entry(&w, FIN1, working(&w, "分出的一件"), "接着记", NULL, &e));
}

static enum rc do_hints(struct tx *tx, void *arg, struct err *e)
{
    const struct many *x = arg;
    const struct work *w = x->like;
    enum rc rc = RC_OK;
    for (int i = 0; i < x->n && rc == RC_OK; i++) {
        const char *code = arena_printf(x->a, "K-2026-1%04d", i);
        rc = work_hint_insert(tx, code, code, "burst", w->matter, i % 10 ? "T1" : "CG", "", "",
                              "", 60, "open", "", "", w->captured, w->captured, 1, x->record,
                              NULL, e);
    }
    return rc;
}

/* What one may not see does not push out what one may. */
static void hints_in_scope(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct world w = world_new(c, a);
    struct work *list;
    struct work_hint *h;
    size_t n, all = 0;
    world_day(&w, 2026, 9, 30);
    const char *m = working(&w, "整治涉企乱收费");
    CHECK_OK(entry(&w, FIN1, m, "第一户", NULL, &e));
    CHECK_INT(of_matter(&w, m, &list), 1);
    struct many x = {
        .like = &list[0], .record = record_of(c, list[0].code, a), .n = 1000, .a = a
    };
    CHECK_OK(db_transact(c->db, do_hints, &x, &e));
    struct flow_who group = world_who(&w, GROUP);
    CHECK_OK(db_read(c->db, &s, &e));
    for (struct id before = { 0 };; before = h[n - 1].id) {
        CHECK_OK(work_hints_list(s, &group, true, before, 30, a, &h, &n, &e));
        if (!n)
            break;
        CHECK(n <= 30);
        for (size_t i = 0; i < n; i++)
            CHECK_STR(h[i].unit, "CG");
        all += n;
    }
    CHECK_INT(all, 100);
}

struct hashed {
    struct id work;
    int64_t hash;
};

static enum rc do_hash(struct tx *tx, void *arg, struct err *e)
{
    const struct hashed *h = arg;
    return work_picture_insert(tx, h->work, "", h->hash, hash_piece(h->hash, 0),
                               hash_piece(h->hash, 1), hash_piece(h->hash, 2),
                               hash_piece(h->hash, 3), NULL, e);
}

static void looked_up(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct world w = world_new(c, a);
    struct work_like like[WORK_LIKE_MAX];
    struct work_done d = { 0 };
    struct rng r;
    size_t n;
    rng_init(&r, 21, 1);
    world_day(&w, 2026, 9, 30);
    const char *m = working(&w, "整治涉企乱收费");
    struct hashed h[20];
    for (size_t i = 0; i < COUNT(h); i++) {
        CHECK_OK(entry(&w, FIN1, m, arena_printf(a, "第%zu张", i), &d, &e));
        h[i] = (struct hashed){ d.id, (int64_t)rng_u64(&r) };
        CHECK_OK(db_transact(c->db, do_hash, &h[i], &e));
    }
    CHECK_OK(db_read(c->db, &s, &e));
    for (size_t i = 0; i < 200; i++) {
        const struct hashed *of = &h[i % COUNT(h)];
        int64_t asked = of->hash;
        for (size_t k = 0; k < i % 8; k++)
            asked ^= (int64_t)(UINT64_C(1) << rng_below(&r, 64));
        CHECK_OK(work_pictures_like(s, asked, 7, (struct id){ 0 }, a, like, &n, &e));
        CHECK_INT(n, 1);
        CHECK(n && like[0].work.id.v == of->work.v && *like[0].work.code);
        CHECK_INT(n ? like[0].alike : -1, bits_differ(asked, of->hash));
        CHECK_OK(work_pictures_like(s, asked, 7, of->work, a, like, &n, &e));
        CHECK_INT(n, 0);
    }
}

static void erased(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct world w = world_new(c, a);
    struct work_done d = { 0 };
    struct work_of_code_row row;
    struct work *list;
    struct record r;
    world_day(&w, 2026, 9, 30);
    const char *m = working(&w, "整治涉企乱收费");
    CHECK_OK(entry(&w, FIN1, m, long_text, &d, &e));
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(work_of_code_one(s, d.code, a, &row, &e));
    CHECK_OK(record_get(s, row.record_id, a, &r, &e));
    CHECK_OK(record_erase(c, row.record_id, record_parts_of(&r, PART_RESTRICTED),
                          "个人信息保护法第四十七条", "anquan", &worklog_eraser, 1, &e));
    CHECK_INT(of_matter(&w, m, &list), 1);
    CHECK_STR(list[0].text, "");
    CHECK_OK(entry(&w, TRADE, m, long_text, NULL, &e));
    struct work_hint *h;
    CHECK_INT(hints(&w, DESK1, &h), 0); /* it is found by nothing any more */
}

T_COUNTY(entries)
T_COUNTY(offline)
T_COUNTY(alike)
T_COUNTY(burst)
T_COUNTY(limits)
T_COUNTY(looked_up)
T_COUNTY(erased)

T_COUNTY(full)
T_COUNTY(hints_in_scope)

T_MAIN(T_COUNTY_CASES("entries, questions, answers and corrections", entries),
       T_COUNTY_CASES("the same twice, late ones, clocks of devices", offline),
       T_COUNTY_CASES("nearly the same text is hinted at, and dismissed with a reason", alike),
       T_COUNTY_CASES("a burst before the due day is hinted at", burst),
       T_COUNTY_CASES("from when on there is a hint is the county's to set", limits),
       T_COUNTY_CASES("a picture within seven bits is found", looked_up),
       T_COUNTY_CASES("a matter is full one day, and says so", full),
       T_COUNTY_CASES("hints of others push out none of one's own", hints_in_scope),
       T_COUNTY_CASES("an erased entry is gone and found no more", erased))
