/* compute: scores, warnings and reports of a period. */
#include "base/fmt.h"
#include "base/period.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "monitor/compute.h"

#include <stdio.h>

static enum rc progress(void *arg, int64_t done, int64_t total, struct err *e)
{
    (void)e; /* nobody stops it */
    cmd_progress(arg, N_("计算"), done, total);
    return RC_OK;
}

static enum rc compute(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    struct period p;
    struct compute_result r;
    enum rc rc = cmd_period(c, &p, e);
    if (rc == RC_OK)
        rc = cmd_county(c, true, &county, e);
    if (rc == RC_OK)
        rc = compute_period(county, p, "", progress, c, &r, e);
    if (rc != RC_OK)
        return rc;
    struct arena *a = cmd_arena(c);
    char code[PERIOD_TEXT];
    fprintf(
        cmd_out(c), "%s\n",
        text_fill(a,
                  lang_text(cmd_lang(c), N_("{period}: {scored}/{units} 个单位有指数,数值 "
                                            "{values}/{due},指数 {score},预警 {warnings} 项")),
                  "period", period_code(p, code), "scored", fmt_count(a, (int64_t)r.n_scored),
                  "units", fmt_count(a, (int64_t)r.n_units), "values", fmt_count(a, r.n_values),
                  "due", fmt_count(a, r.n_due), "score", fmt_score(a, r.county_score),
                  "warnings", fmt_count(a, (int64_t)r.n_warnings), NULL));
    return RC_OK;
}

const struct command cmd_compute = {
    .name = "compute",
    .help = N_("计算一期的得分、预警和报告"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "period", OPT_VALUE, true, "PERIOD", N_("期间,如 2026Q3") } },
    .fn = compute,
    .sent = true,
};
