/* Consent to show how one did, as a table: anybody of the unit proposes, its head agrees, and
 * may take it back at any time. */
#include "base/period.h"
#include "base/str.h"
#include "flow/matter.h"
#include "monitor/borrow.h"
#include "monitor/scheme.h"
#include "store/county.h"

static const struct flow_state states[] = {
    { .code = "asked",
      .name = N_("待签发人同意"),
      .waits = FLOW_BY_CAP,
      .need = CAP_SIGN,
      .unclocked = N_("公开不公开由本单位定") },
    { .code = "shown", .name = N_("同意公开"), .final = true },
    { .code = "kept", .name = N_("不公开"), .final = true },
};
static const struct flow_field fields[] = {
    { .code = "node",
      .name = N_("指标编码"),
      .type = FLOW_TEXT,
      .max = 64,
      .help = N_("做法是关于哪个指标的") },
    { .code = "measure",
      .name = N_("做法"),
      .type = FLOW_LINES,
      .min = 4,
      .max = 2000,
      .help = N_("做了什么、怎么做的；写单位的做法，不写个人") },
};
static const struct flow_move moves[] = {
    { .verb = "agree",
      .name = N_("同意公开"),
      .from = "asked",
      .to = "shown",
      .who = FLOW_BY_CAP,
      .need = CAP_SIGN,
      .help = N_("同组的单位在「同类借鉴」里看得到本单位的名称和做法；随时可以收回") },
    { .verb = "keep",
      .name = N_("不公开"),
      .from = "asked",
      .to = "kept",
      .who = FLOW_BY_CAP,
      .need = CAP_SIGN },
    { .verb = "withdraw",
      .name = N_("收回同意"),
      .from = "shown",
      .to = "asked",
      .who = FLOW_BY_CAP,
      .need = CAP_SIGN,
      .reopens = true,
      .help = N_("从现在起别的单位看不到名称和做法") },
};

/* The indicator is one of the scheme in force, and the head is asked once. */
static enum rc practice_check(const struct flow_look *l, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct scheme *scheme;
    const char *node = matter_value(l->matter, "node");
    struct borrow_practice there;
    if (l->move || l->only_asking)
        return RC_OK;
    enum rc rc = borrow_practice(l->snap, node, matter_unit(l->matter), a, &there, e);
    if (rc == RC_OK && *there.matter)
        return err_set(e, RC_CONFLICT, N_("这个指标已经请签发人同意过,见{code}"), "code",
                       there.matter);
    if (rc == RC_OK)
        rc = scheme_if_any(l->snap, period_at(PERIOD_QUARTER, county_today(l->c)), a, &scheme,
                           e);
    for (size_t i = 0; rc == RC_OK && scheme && i < scheme->n; i++)
        if (str_eq(scheme->nodes[i].code, node) && scheme->nodes[i].level == 1)
            return RC_OK;
    return rc == RC_OK ? err_set(e, RC_INVALID, N_("现行方案里没有编码为「{code}」的指标"),
                                 "code", node)
                       : rc;
}

const struct flow_kind practice_flow_kind = {
    .code = "practice",
    .name = N_("做法公开"),
    .help = N_("同意同组的单位借鉴本单位在一个指标上的做法"),
    .prefix = "K",
    .open = CAP_HANDLE,
    .open_fields = "node! measure!",
    FLOW_ROWS(states, states),
    FLOW_ROWS(moves, moves),
    FLOW_ROWS(fields, fields),
    .links = "node",
    .check = practice_check,
};
