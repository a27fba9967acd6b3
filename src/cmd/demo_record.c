/* 云记录 in the demo's year: what was done, spread over the time there is; a question of the
 * stationed group and the answer to it. */
#include "base/clock.h"
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_desk.h"
#include "cmd/demo_picture.h"
#include "worklog/hint.h"
#include "worklog/keep.h"

#include <string.h>

enum { QUESTIONED = 40 /* of a hundred */, LOOKED_AFTER = 14 /* days */ };

static enum rc write_down(struct desk *d, const char *account, const struct work_new *n,
                          const char **ret_code, struct err *e)
{
    const struct flow_who *w;
    struct work_done done;
    enum rc rc = desk_who(d, account, &w, e);
    if (rc == RC_OK)
        rc = worklog_add(d->tx, d->y->c, w, n, d->a, &done, e);
    if (rc == RC_OK)
        *ret_code = arena_strdup(d->y->a, done.code);
    return rc;
}

/* The question that is asked, with its answer behind a |: the directive's own, or the next of
 * those that fit any, one at a time. */
static const char *question(const struct desk *d)
{
    const struct demo_order *x = d->x;
    return *x->ask ? x->ask
                   : demo_words(d->o, "ask", x->title, strstr(x->result, "元") != NULL,
                                d->o->asked);
}

static enum rc answer(struct desk *d, struct err *e)
{
    const char *pair = question(d), *code;
    const struct work_new n = { .matter = d->x->code,
                                .kind = WORK_ANSWER,
                                .about = d->x->asked,
                                .text = strchr(pair, '|') + 1 };
    d->x->asked = NULL;
    if (!*d->x->ask) {
        d->o->asked++;
        d->o->asking = false;
    }
    return write_down(d, desk_holder(d), &n, &code, e);
}

static enum rc ask(struct desk *d, const char *group, struct err *e)
{
    const char *pair = question(d);
    const struct work_new n = { .matter = d->x->code,
                                .kind = WORK_QUESTION,
                                .text = arena_strndup(d->a, pair, strcspn(pair, "|")) };
    d->x->questioned = true;
    return write_down(d, group, &n, &d->x->asked, e);
}

static enum rc enter(struct desk *d, bool at_once, struct err *e)
{
    struct demo_order *x = d->x;
    const struct work_file *f = x->pictures[x->written];
    const char *code;
    const struct work_new n = { .matter = x->code,
                                .kind = WORK_ENTRY,
                                .text = x->records[x->written++],
                                .files = f,
                                .n_files = f != NULL };
    if (at_once) {
        x->at_once = true;
        x->next = d->y->day;
    }
    return write_down(d, desk_holder(d), &n, &code, e);
}

enum rc desk_record(struct desk *d, bool *ret, struct err *e)
{
    struct demo_order *x = d->x;
    if (!str_eq(d->m.state, "working") || !x->since)
        return RC_OK;
    const int32_t span = x->until > x->since + 6 ? x->until - x->since : 6;
    const char *group = desk_group(d, matter_unit(&d->m));
    const bool own = *x->ask != '\0', asks = !x->questioned && group && x->written > 0;
    *ret = true;
    if (x->asked)
        return answer(d, e);
    if (asks && own)
        return ask(d, group, e);
    if (x->written < x->n_records &&
        d->y->day >= x->since + span * (int32_t)(x->written + 1) / (int32_t)(x->n_records + 1))
        return enter(d, own && group && !x->questioned, e);
    if (asks && !d->o->asking && desk_trait(d, "question", QUESTIONED)) {
        d->o->asking = true;
        return ask(d, group, e);
    }
    *ret = false;
    return RC_OK;
}

enum rc desk_record_after(struct desk *d, struct err *e)
{
    const char *code;
    enum rc rc = matter_load(tx_snap(d->tx), d->y->c, d->x->code, d->a, &d->m, e);
    const struct work_new n = { .matter = d->x->code,
                                .kind = WORK_ENTRY,
                                .text = d->x->after,
                                .captured = { d->m.closed_at.us - INT64_C(86400000000) } };
    d->x->after = "";
    return rc == RC_OK ? write_down(d, desk_holder(d), &n, &code, e) : rc;
}

enum rc demo_record_picture(const struct demo_year *y, struct demo_order *x, size_t entry,
                            const char *scene, const char *words, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct work_file *f = arena_alloc(y->a, sizeof(*f));
    enum rc rc = work_file_keep(y->c, "picture.png", demo_picture(scene, words, a), y->a, f, e);
    if (rc == RC_OK)
        x->pictures[entry] = f;
    return rc;
}

/* ---- hints ---- */

/* 复核提示 are looked at after two weeks. Several of a kind by turns. */
static const struct {
    enum work_hint_kind kind;
    enum hint_state to;
    const char *reason;
} looked[] = {
    { WORK_HINT_TEXT, HINT_CONFIRMED,
      "确是照抄：台账里翻不出这次自查，已请单位按实际办的补记一条。" },
    { WORK_HINT_TEXT, HINT_DISMISSED,
      "是两家联合检查的同一次经过，各记了一遍，现场照片和签到对得上。" },
    { WORK_HINT_PICTURE, HINT_CONFIRMED, "照片是别处用过的，已同单位说清，换成现场的一张。" },
    { WORK_HINT_BURST, HINT_DISMISSED, "最后两天集中记的是验收经过，单据日期对得上。" },
};

static enum rc look_at_hints(struct tx *tx, void *arg, struct err *e)
{
    struct demo_year *y = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct person who;
    struct flow_who w;
    const struct units *us;
    struct work_hint *list;
    size_t n = 0;
    enum rc rc = demo_person(y, tx_snap(tx), "wenshu", a, &who, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), y->day, a, &us, e);
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(tx), y->c, &who, us, a, &w, e);
    if (rc == RC_OK)
        rc = work_hints_list(tx_snap(tx), &w, /* open= */ true, (struct id){ 0 }, SIZE_MAX, a,
                             &list, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct work_hint h;
        size_t k = (size_t)list[i].id.v % 2;
        if (y->day - time_day(list[i].found) < LOOKED_AFTER)
            continue;
        rc = work_hint_load(tx_snap(tx), &w, list[i].code, a, &h, e);
        if (rc == RC_OK && h.alike == 100) /* word for word */
            k = 0;
        while (rc == RC_OK && looked[k].kind != h.kind)
            k = (k + 1) % COUNT(looked);
        if (rc == RC_OK)
            rc = work_hint_decide(tx, y->c, &w, h.code, h.version, looked[k].to,
                                  looked[k].reason, e);
    }
    return rc;
}

enum rc demo_record_day(struct demo_year *y, struct err *e)
{
    const bool friday = y->day % 7 == 1;
    return friday && demo_workday(y) ? db_transact(y->c->db, look_at_hints, y, e) : RC_OK;
}
