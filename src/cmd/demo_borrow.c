/* 同类借鉴 in the demo's year: a month after a quarter units that improved most offer how, from
 * what they reported; their heads agree, refuse, take it back, or have not got to it yet. */
#include "base/arena.h"
#include "cmd/demo_act.h"
#include "monitor/borrow.h"
#include "monitor/publication.h"
#include "monitor/scheme.h"

enum { AFTER = 30, OFFERS = 24, HOUR = 15 };

/* Where nothing was reported that could be shown. */
static const char *const words[] = {
    "把每一步定到人、定到天，周五对一次账，没做完的当面说原因。",
    "到期前十天由科室先自查，缺材料的一次告知，不等到最后一天。",
    "两个科室的台账合成一本，谁经手谁登记，月底互相抽三件。",
    "把去年超期的逐件看了一遍，七成卡在会签，会签改为三天内不回就视为同意。",
    "窗口只收一次材料，后面的流转由经办人跑，办完回一个短信。",
    "请做得好的站所来讲了两个小时，照他们的清单改，没有另发文件。",
};

struct offer {
    struct demo_year *y;
    struct arena *a;
    const char *unit, *clerk, *node, *name, *measure;
    struct flow_done done;
};

static enum rc propose(struct tx *tx, void *arg, struct err *e)
{
    struct offer *x = arg;
    const struct flow_given given[] = { { "node", x->node }, { "measure", x->measure } };
    const struct flow_link link = { "node", x->node };
    const struct units *us;
    struct person who;
    struct flow_who w;
    enum rc rc = demo_person(x->y, tx_snap(tx), x->clerk, x->a, &who, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), x->y->day, x->a, &us, e);
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(tx), x->y->c, &who, us, x->a, &w, e);
    return rc == RC_OK ? flow_open(tx, x->y->c, &w,
                                   &(struct flow_new){
                                       .kind = practice_flow_kind.code,
                                       .title = arena_printf(x->a, "公开“%s”上的做法", x->name),
                                       .unit = x->unit,
                                       .given = given,
                                       .n_given = COUNT(given),
                                       .links = &link,
                                       .n_links = 1 },
                                   x->a, &x->done, e)
                       : rc;
}

/* What the head says: most agree. */
static enum rc decide(struct offer *x, const char *head, int n, struct err *e)
{
    const char *first = n % 6 == 4 ? "keep" : n % 6 == 5 ? NULL : "agree";
    enum rc rc = first ? demo_move(x->y, head, x->done.code, first, NULL, 0, e) : RC_OK;
    return rc == RC_OK && n == 2 ? demo_move(x->y, head, x->done.code, "withdraw", NULL, 0, e)
                                 : rc;
}

/* What the clerk finds written down; "" when there is nothing they may see. */
static enum rc written(struct offer *x, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct units *us;
    struct person who;
    struct flow_who w;
    enum rc rc = db_read(x->y->c->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, x->y->day, x->a, &us, e);
    if (rc == RC_OK)
        rc = demo_person(x->y, s, x->clerk, x->a, &who, e);
    if (rc == RC_OK)
        rc = flow_who_load(s, x->y->c, &who, us, x->a, &w, e);
    return rc == RC_OK
               ? borrow_measure(s, x->y->c, &w, x->unit, x->node, x->name, x->a, &x->measure, e)
               : rc;
}

/* The peer groups by turns, so that each finds some. */
static const char *const groups[] = { "乡镇街道", "综合经济", "民生服务", "执法监管",
                                      "党群机关" };

struct finding {
    struct demo_year *y;
    const struct snap *s;
    const struct units *us;
    const struct publication *now, *before;
    struct arena *a;
    struct offer list[OFFERS];
    int n;
};

/* Who improved most at a node, if it has somebody to write it down. */
static enum rc improver(struct finding *f, const struct scheme_node *node, struct err *e)
{
    struct borrow_best b;
    enum rc rc = borrow_best(f->s, f->us, groups[(size_t)f->n % COUNT(groups)], node->code,
                             f->before->computation, f->now->computation, f->a, &b, e);
    const char *clerk =
        rc == RC_OK && b.unit ? demo_account(f->y, b.unit->code, "clerk") : NULL;
    if (clerk)
        f->list[f->n++] = (struct offer){ .y = f->y,
                                          .a = f->a,
                                          .unit = b.unit->code,
                                          .clerk = clerk,
                                          .node = node->code,
                                          .name = node->name };
    return rc;
}

static enum rc improvers(struct finding *f, struct period p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct scheme *scheme = NULL;
    struct person desk;
    struct sight k = { .n = 0 };
    enum rc rc = db_read(f->y->c->db, &s, e);
    f->s = s;
    if (rc == RC_OK)
        rc = units_load(s, period_last_day(p), f->a, &f->us, e);
    if (rc == RC_OK)
        rc = demo_person(f->y, s, "wenshu", f->a, &desk, e);
    if (rc == RC_OK)
        rc = sight_load(s, &desk, f->us, f->a, &k, e);
    if (rc == RC_OK)
        rc = scheme_if_any(s, p, f->a, &scheme, e);
    if (rc != RC_OK || !scheme)
        return rc;
    f->now = sight_run(&k, p);
    f->before = sight_run(&k, period_step(p, -1));
    for (size_t i = 0; rc == RC_OK && f->now && f->before && f->n < OFFERS && i < scheme->n;
         i++)
        if (scheme->nodes[i].level == 1)
            rc = improver(f, &scheme->nodes[i], e);
    return rc;
}

enum rc demo_borrow_day(struct demo_year *y, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct period p;
    if (demo_days_since(y, &p) != AFTER)
        return RC_OK;
    struct finding f = { .y = y, .a = a };
    enum rc rc = improvers(&f, p, e);
    if (rc == RC_OK && f.n)
        rc = demo_hour(y, HOUR, e);
    for (int i = 0; i < f.n && rc == RC_OK; i++) {
        struct offer *x = &f.list[i];
        const char *head = demo_account(y, x->unit, "signer");
        rc = written(x, e);
        if (rc == RC_OK && !*x->measure)
            x->measure = words[(size_t)i % COUNT(words)];
        if (rc == RC_OK)
            rc = db_transact(y->c->db, propose, x, e);
        if (rc == RC_OK && head)
            rc = decide(x, head, i, e);
    }
    return rc;
}
