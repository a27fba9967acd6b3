/* One line a room. */
#include "cmd/routes.h"

#include "burden/burden_page.h"
#include "cmd/admin_page.h"
#include "cmd/backup_job.h"
#include "cmd/job_page.h"
#include "cmd/journal_page.h"
#include "cmd/log_page.h"
#include "cmd/places.h"
#include "cmd/settings_page.h"
#include "cmd/today_page.h"
#include "collect/collect_page.h"
#include "collect/handing.h"
#include "directive/directive_page.h"
#include "directive/lookback_page.h"
#include "directive/slip_page.h"
#include "duty/duty_page.h"
#include "flow/flow_page.h"
#include "meeting/bulletin_page.h"
#include "meeting/checkup_page.h"
#include "meeting/meeting_page.h"
#include "meeting/regulation_page.h"
#include "monitor/borrow.h"
#include "monitor/completeness_page.h"
#include "monitor/compute_job.h"
#include "monitor/draw_page.h"
#include "monitor/export_page.h"
#include "monitor/import_page.h"
#include "monitor/map_page.h"
#include "monitor/mine_page.h"
#include "monitor/node_page.h"
#include "monitor/overview_page.h"
#include "monitor/point_page.h"
#include "monitor/point_same.h"
#include "monitor/proof_page.h"
#include "monitor/report_list_page.h"
#include "monitor/report_page.h"
#include "monitor/rule_page.h"
#include "monitor/scheme_page.h"
#include "monitor/trial_score_page.h"
#include "monitor/value_page.h"
#include "monitor/wall_page.h"
#include "monitor/warning_page.h"
#include "notice/notice_page.h"
#include "people/people_pages.h"
#include "publish/objection_page.h"
#include "publish/publish_page.h"
#include "publish/readers_page.h"
#include "quality/agree_page.h"
#include "quality/hint_page.h"
#include "search/search.h"
#include "setup/setup_page.h"
#include "worklog/worklog_page.h"

/* At most SECTIONS_A_ROLE for each role; what has no place here is linked from a page that has
 * (cmd/places.c: the platform's settings, the end of everybody's day). A page that two sections
 * cover lies in the later one; one that none covers where the first of its crumbs leads, or in
 * the day. */
const struct section sections[] = {
    { .name = N_("今日"), .href = "/today", .need = CAP_SELF },
    { .name = N_("总览"),
      .href = "/overview",
      .need = CAP_READ_COUNTY,
      .roles = "leader discipline",
      .covers = "/report /readers /map /node /indicator /warning /rule /completeness /value "
                "/scheme /point /agree /publish /objection /burden /borrow" },
    { .name = N_("批示"),
      .href = "/instruction",
      .need = CAP_INSTRUCT,
      .roles = "leader",
      .covers = "/directive" },
    { .name = N_("通报"),
      .href = "/bulletin",
      .need = CAP_READ_COUNTY,
      .roles = "leader",
      .covers = "/regulation /meeting" },
    { .name = N_("采集"),
      .href = "/round",
      .need = CAP_READ_COUNTY,
      .roles = "platform",
      .covers = "/filing /import /completeness /value /hint /pull /webhook /other /burden" },
    { .name = N_("研判发布"),
      .href = "/publish",
      .need = CAP_READ_COUNTY,
      .roles = "platform",
      .covers = "/overview /report /readers /map /node /indicator /objection /agree /meeting "
                "/bulletin /borrow" },
    { .name = N_("我的单位"),
      .href = "/mine",
      .need = CAP_SUPERVISE,
      .roles = "group",
      .covers = "/report /readers /indicator /value /completeness /unit /burden /borrow" },
    { .name = N_("填报"),
      .href = "/filing",
      .need = CAP_HANDLE,
      .roles = "clerk supplier signer",
      .covers = "/import /value /completeness" },
    { .name = N_("质量"),
      .href = "/hint",
      .need = CAP_SEND_VALUES,
      .roles = "supplier",
      .covers = "/completeness" },
    { .name = N_("我的数据用在哪"),
      .href = "/usage",
      .need = CAP_SEND_VALUES,
      .roles = "supplier",
      .covers = "/point /burden /borrow" },
    { .name = N_("报告"),
      .href = "/report",
      .need = CAP_READ_UNIT,
      .roles = "clerk signer",
      .covers = "/readers /indicator /trial-score /borrow /burden" },
    { .name = N_("预警"),
      .href = "/warning",
      .need = CAP_READ_UNIT,
      .roles = "platform group discipline",
      .covers = "/rule" },
    { .name = N_("廉动令"),
      .href = "/directive",
      .need = CAP_READ_UNIT,
      .roles = "platform group",
      .covers = "/instruction" },
    { .name = N_("四责"),
      .href = "/duty/unit",
      .need = CAP_DISCIPLINE,
      .roles = "group discipline",
      .covers = "/duty" },
    { .name = N_("预警与廉动令"),
      .href = "/directive",
      .need = CAP_HANDLE,
      .roles = "clerk signer",
      .covers = "/warning /rule" },
    { .name = N_("云记录"), .href = "/worklog", .need = CAP_HANDLE, .roles = "clerk signer" },
    { .name = N_("异议"),
      .href = "/objection",
      .need = CAP_READ_UNIT,
      .roles = "clerk signer" },
    { .name = N_("设置"),
      .href = "/manage",
      .need = CAP_DISPATCH,
      .roles = "platform",
      .covers = "/checkup /setup /scheme /point /unit /job /calendar /duty" },
    { .name = N_("账号"), .href = "/account", .need = CAP_ACCOUNTS },
    { .name = N_("运行"), .href = "/admin", .need = CAP_OPERATE },
    { .name = N_("任务"), .href = "/job", .need = CAP_OPERATE },
    { .name = N_("备份"), .href = "/backup", .need = CAP_OPERATE },
    { .name = N_("设置"), .href = "/settings", .need = CAP_SETTINGS },
    { .name = N_("提醒记录"), .href = "/notice", .need = CAP_OPERATE, .covers = "/gateway" },
    { .name = N_("读取日志"), .href = "/journal", .need = CAP_AUDIT },
    { .name = NULL },
};

size_t routes_all(struct route_table *ret)
{
    size_t n = 0;
#define TABLE(room) ret[n++] = (struct route_table){ room##_routes, room##_routes_n }
    TABLE(log);
    TABLE(today);
    TABLE(search);
    TABLE(setup);
    TABLE(places);
    TABLE(job);
    TABLE(admin);
    TABLE(backup);
    TABLE(journal);
    TABLE(settings);
    TABLE(compute);
    TABLE(export);
    TABLE(import);
    TABLE(overview);
    TABLE(completeness);
    TABLE(point);
    TABLE(point_import);
    TABLE(point_same);
    TABLE(burden);
    TABLE(report);
    TABLE(report_list);
    TABLE(node);
    TABLE(map);
    TABLE(draw);
    TABLE(lookback);
    TABLE(slip);
    TABLE(proof);
    TABLE(publish);
    TABLE(worklog);
    TABLE(work_hint);
    TABLE(directive);
    TABLE(ask);
    TABLE(problem_kind);
    TABLE(instruction);
    TABLE(objection);
    TABLE(readers);
    TABLE(rule);
    TABLE(scheme);
    TABLE(scheme_edit);
    TABLE(scheme_import);
    TABLE(scheme_preview);
    TABLE(wall);
    TABLE(warning);
    TABLE(value);
    TABLE(signin);
    TABLE(me);
    TABLE(account);
    TABLE(unit);
    TABLE(matter);
    TABLE(matter_new);
    TABLE(inbox);
    TABLE(statistics);
    TABLE(handover);
    TABLE(away);
    TABLE(calendar);
    TABLE(agree);
    TABLE(agree_import);
    TABLE(hint);
    TABLE(check_rule);
    TABLE(check_rule_import);
    TABLE(round);
    TABLE(filing);
    TABLE(handing);
    TABLE(outside);
    TABLE(other);
    TABLE(notice);
    TABLE(mine);
    TABLE(usage);
    TABLE(duty);
    TABLE(duty_unit);
    TABLE(duty_import);
    TABLE(duty_failure);
    TABLE(first_form);
    TABLE(trial_score);
    TABLE(borrow);
    TABLE(meeting);
    TABLE(checkup);
    TABLE(bulletin);
    TABLE(regulation);
    TABLE(regulation_import);
#undef TABLE
    return n;
}
