/* What the commands that check evidence share, and the list of all audited tables. */
#include "cmd/check_cmd.h"

#include "base/file.h"
#include "base/str.h"
#include "burden/burden.sql.h"
#include "burden/same.sql.h"
#include "collect/pull.sql.h"
#include "collect/round.sql.h"
#include "collect/webhook.sql.h"
#include "duty/duty.sql.h"
#include "flow/calendar.sql.h"
#include "flow/flow.h"
#include "flow/matter.sql.h"
#include "flow/notice.sql.h"
#include "meeting/meeting.sql.h"
#include "meeting/regulation.sql.h"
#include "monitor/compute.h"
#include "monitor/compute.sql.h"
#include "monitor/import.sql.h"
#include "monitor/point.sql.h"
#include "monitor/publication.sql.h"
#include "monitor/readopt.sql.h"
#include "monitor/scheme.h"
#include "monitor/scheme.sql.h"
#include "monitor/value_other.sql.h"
#include "notice/notice.h"
#include "notice/sending.sql.h"
#include "people/account.h"
#include "people/account.sql.h"
#include "people/unit.sql.h"
#include "quality/quality.sql.h"
#include "setup/setup.h"
#include "setup/setup.sql.h"
#include "warn/rule.sql.h"
#include "warn/warning.sql.h"
#include "worklog/worklog.sql.h"

#include <string.h>

enum { POLICY_FILE_MAX = 1 << 20 };

enum rc check_file(struct cmd_call *c, const char *path, size_t max, struct bytes *ret,
                   struct err *e)
{
    enum rc rc = file_read(cmd_arena(c), path, max, ret, e);

    if (rc == RC_NOTFOUND)
        return err_set(e, RC_IO, N_("没有文件 {path}"), "path", path);
    return rc;
}

enum rc check_trust(struct cmd_call *c, struct policy **ret, struct err *e)
{
    const char *vkey = cmd_opt(c, "vkey"), *path = cmd_opt(c, "policy"), *policy = NULL;
    struct bytes b;

    *ret = NULL;
    if (vkey == NULL && path == NULL)
        return RC_OK;
    if (path != NULL) {
        enum rc rc = check_file(c, path, POLICY_FILE_MAX, &b, e);
        if (rc != RC_OK)
            return rc;
        policy = (const char *)b.p;
    }
    enum rc rc = trust_make(cmd_arena(c), vkey, policy, ret, e);
    if (rc != RC_INVALID)
        return rc;
    return cmd_usage(c, e, N_("{value}"), NULL, err_message(e, cmd_lang(c), cmd_arena(c)));
}

static enum rc say(void *ctx, const char *what, int64_t done, int64_t total, struct err *e)
{
    (void)e;
    cmd_progress(ctx, what, done, total);
    return RC_OK;
}

struct audit_progress check_progress(struct cmd_call *c)
{
    return (struct audit_progress){ .ctx = c, .say = say };
}

/* What columns cannot say. */
static const struct {
    const char *table;
    enum rc (*fn)(const struct snap *s, struct err *e);
} checks[] = {
    { "report", reports_check },    { "scheme", schemes_check },
    { "role_grant", grants_check }, { "contact", contacts_check },
    { "gateway", gateways_check },  { "trial_cleared", setup_check },
};

const struct audit_query *audit_tables(struct arena *a, size_t *ret_n)
{
    const struct audit_query *store;
    const struct {
        const struct audit_query *at;
        size_t n;
    } rooms[] = {
        { NULL, 0 }, /* those of src/store */
        { account_audits, COUNT(account_audits) },
        { unit_audits, COUNT(unit_audits) },
        { import_audits, COUNT(import_audits) },
        { point_audits, COUNT(point_audits) },
        { scheme_audits, COUNT(scheme_audits) },
        { compute_audits, COUNT(compute_audits) },
        { publication_audits, COUNT(publication_audits) },
        { rule_audits, COUNT(rule_audits) },
        { warning_audits, COUNT(warning_audits) },
        { calendar_audits, COUNT(calendar_audits) },
        { matter_audits, COUNT(matter_audits) },
        { duty_audits, COUNT(duty_audits) },
        { notice_audits, COUNT(notice_audits) },
        { quality_audits, COUNT(quality_audits) },
        { round_audits, COUNT(round_audits) },
        { sending_audits, COUNT(sending_audits) },
        { value_other_audits, COUNT(value_other_audits) },
        { pull_audits, COUNT(pull_audits) },
        { webhook_audits, COUNT(webhook_audits) },
        { setup_audits, COUNT(setup_audits) },
        { readopt_audits, COUNT(readopt_audits) },
        { meeting_audits, COUNT(meeting_audits) },
        { regulation_audits, COUNT(regulation_audits) },
        { worklog_audits, COUNT(worklog_audits) },
        { burden_audits, COUNT(burden_audits) },
        { same_audits, COUNT(same_audits) },
    };
    size_t n = store_audits(&store), at = n;

    for (size_t i = 1; i < COUNT(rooms); i++)
        n += rooms[i].n;
    struct audit_query *all = arena_array(a, n, sizeof(*all));
    memcpy(all, store, at * sizeof(*all));
    for (size_t i = 1; i < COUNT(rooms); i++, at += rooms[i - 1].n)
        memcpy(all + at, rooms[i].at, rooms[i].n * sizeof(*all));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < COUNT(checks); k++)
            if (str_eq(all[i].table, checks[k].table))
                all[i].check = checks[k].fn;
    *ret_n = n;
    return all;
}

enum rc check_matters(struct county *c, struct err *e)
{
    enum { AGE_MS = 3600000 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    int64_t n;
    enum rc rc = db_read_for(c->db, AGE_MS, &s, e);
    return rc == RC_OK ? flow_rebuild_all(s, c, &n, e) : rc;
}
