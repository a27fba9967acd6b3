/* From when on entries of the work log are hinted at: what a county may set. */
#include "worklog/hint.h"

const struct setting worklog_settings[WORK_LIMITS] = {
    [WORK_TEXT_PERCENT] = { .key = "worklog.text_percent",
                            .type = SETTING_INT,
                            .fallback = "80",
                            .min = 60,
                            .max = 100,
                            .title = N_("文字有多少相同就提示"),
                            .unit = N_("%"),
                            .help = N_(
                                "不计标点和数字。百万条里找，90%相同的找得到99.9%，80%的96%，"
                                "70%的77%，60%的48%；改了只管以后写的") },
    [WORK_PICTURE_BITS] = { .key = "worklog.picture_bits",
                            .type = SETTING_INT,
                            .fallback = "5",
                            .min = 0,
                            .max = 7,
                            .title = N_("图片有多少处不同以内就提示"),
                            .unit = N_("处"),
                            .help = N_("画面比64处明暗；0是只提示同一张。改了只管以后写的") },
    [WORK_BURST_LEAST] = { .key = "worklog.burst_least",
                           .type = SETTING_INT,
                           .fallback = "5",
                           .min = 3,
                           .max = 100,
                           .title = N_("到期前集中写：至少多少条才提示"),
                           .unit = N_("条"),
                           .help = N_("少于这个数的事项不提示") },
    [WORK_BURST_SHARE] = { .key = "worklog.burst_share",
                           .type = SETTING_INT,
                           .fallback = "80",
                           .min = 50,
                           .max = 100,
                           .title = N_("到期前集中写：最后几天占多少才提示"),
                           .unit = N_("%"),
                           .help = N_("按当时记的算，迟交的不算") },
    [WORK_BURST_DAYS] = { .key = "worklog.burst_days",
                          .type = SETTING_INT,
                          .fallback = "2",
                          .min = 1,
                          .max = 7,
                          .title = N_("到期前集中写：最后几天"),
                          .unit = N_("天"),
                          .help = N_("连到期那天算在内") },
    [WORK_BURST_SPAN] = { .key = "worklog.burst_span",
                          .type = SETTING_INT,
                          .fallback = "14",
                          .min = 8,
                          .max = 365,
                          .title = N_("到期前集中写：期限多长才提示"),
                          .unit = N_("天"),
                          .help = N_("期限短的事项本来就集中写，不提示") },
};
const size_t worklog_settings_n = WORK_LIMITS;

enum rc work_limits_then(const struct snap *s, struct utime at, struct work_limits *ret,
                         struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < WORK_LIMITS && rc == RC_OK; i++)
        rc = setting_int_then(s, &worklog_settings[i], at, &ret->of[i], e);
    return rc;
}
