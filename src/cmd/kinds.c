/* One line a kind. */
#include "cmd/kinds.h"

#include "cmd/search_sources.h"
#include "collect/filing.h"
#include "collect/handing.h"
#include "directive/directive.h"
#include "duty/duty.h"
#include "flow/inbox.h"
#include "meeting/bulletin.h"
#include "meeting/checkup.h"
#include "meeting/meeting_kind.h"
#include "monitor/borrow.h"
#include "monitor/contact_kind.h"
#include "monitor/warning_kind.h"
#include "notice/notice.h"
#include "publish/objection.h"
#include "publish/release_kind.h"
#include "worklog/worklog_page.h"

const struct flow_kind *const matter_kinds[] = {
    &warning_flow_kind,     &filing_kind,         &release_flow_kind,
    &opinion_flow_kind,     &objection_flow_kind, &contact_flow_kind,
    &instruction_flow_kind, &directive_flow_kind, &duty_flow_kind,
    &meeting_flow_kind,     &bulletin_flow_kind,  &checkup_flow_kind,
    &handing_kind,          &practice_flow_kind,  NULL,
};

void kinds_use(struct county *c)
{
    size_t n = 0;
    while (matter_kinds[n])
        n++;
    flow_use(c, matter_kinds, n);
    filings_follow_imports(c);
    release_use(c);
    notice_use(c, &flow_notice_source);
    flow_use_log(c, worklog_fill);
    search_sources_use(c);
}
