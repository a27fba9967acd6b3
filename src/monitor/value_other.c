/* Numbers of others beside the claimed one. */
#include "monitor/value_other.h"

#include "base/str.h"
#include "monitor/point.h"
#include "monitor/value_other.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <math.h>

const char *other_kind_text(const char *kind)
{
    return str_eq(kind, "verified") ? N_("核实值") : N_("印证值");
}

static bool of_owner(const struct person *by, const struct units *us, const char *owner)
{
    const struct unit *u = units_by_id(us, by->unit), *o = units_find(us, owner);
    return u && o && unit_under(u, o);
}

static bool may_verify(const struct person *by, const struct units *us, const struct unit *u,
                       const char *owner)
{
    return !of_owner(by, us, owner) &&
           (person_may(by, CAP_SUPERVISE, u) || person_may(by, CAP_DISPATCH, u));
}

bool other_may(const struct person *by, const struct units *us, const struct unit *u,
               const char *owner)
{
    return may_verify(by, us, u, owner) ||
           (person_can(by, CAP_SEND_VALUES) && !of_owner(by, us, owner));
}

static enum rc check(const struct person *by, const struct units *us, const struct other_new *n,
                     const struct point *p, struct err *e)
{
    const struct unit *u = units_find(us, n->unit), *source = units_find(us, n->source);
    bool verified = str_eq(n->kind, "verified");
    if (!verified && !str_eq(n->kind, "validated"))
        return err_set(e, RC_INVALID, N_("只能登记核实值或印证值"));
    if (!u)
        return err_set(e, RC_NOTFOUND, N_("没有编码为「{unit}」的单位"), "unit", n->unit);
    if (!source)
        return err_set(e, RC_INVALID, N_("没有编码为「{unit}」的单位"), "unit", n->source);
    if (!isfinite(n->value))
        return err_set(e, RC_INVALID, N_("请填一个数"));
    if (!*n->how || utf8_count(n->how) > OTHER_HOW_MAX)
        return err_set(e, RC_INVALID, N_("写明怎么得来的,最多200个字"));
    if (period_kind(n->period) != p->frequency)
        return err_set(e, RC_INVALID, N_("期间与监测点的填报周期不同"));
    if (str_eq(n->source, p->owner) || of_owner(by, us, p->owner))
        return err_set(e, RC_DENIED, N_("报送单位自己不能核实或印证自己报的数"));
    if (verified ? may_verify(by, us, u, p->owner)
                 : person_may(by, CAP_SEND_VALUES, source) || person_may(by, CAP_DISPATCH, u))
        return RC_OK;
    return err_set(e, RC_DENIED,
                   verified ? N_("核实值由监督这个单位的人员或平台专班登记")
                            : N_("印证值由印证来源的报送人或平台专班登记"));
}

enum rc other_add(struct tx *tx, struct county *c, const struct person *by,
                  const struct units *us, const struct other_new *n, struct arena *a,
                  struct err *e)
{
    struct point p;
    struct other_last_row last;
    struct id record;
    char code[PERIOD_TEXT];
    if (c->trial)
        return err_set(e, RC_CONFLICT,
                       N_("还没有正式启用,先不登记核实值和印证值:试算的数是要清除的"));
    enum rc rc = point_find(tx_snap(tx), n->point, a, &p, e);
    if (rc == RC_OK)
        rc = check(by, us, n, &p, e);
    if (rc == RC_OK)
        rc = other_last_one(tx_snap(tx), n->unit, n->point, n->period, n->kind, a, &last, e);
    if (rc != RC_OK)
        return rc;
    const struct other_audit_row row = { .unit = n->unit,
                                         .point = n->point,
                                         .period = n->period,
                                         .kind = n->kind,
                                         .number = last.number + 1,
                                         .value = n->value,
                                         .source = n->source,
                                         .how = n->how,
                                         .by_account = by->code,
                                         .at = county_now(c) };
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &other_audit_query, &row);
    struct record_part part = part_open(&k);
    rc = record_append(
        tx, c,
        &(struct record_new){ .kind = "value.other",
                              .unit = n->unit,
                              .subject = arena_printf(a, "%s-%s-%s-%lld", n->point,
                                                      period_code(n->period, code), n->kind,
                                                      (long long)row.number),
                              .by = by->code,
                              .parts = &part,
                              .n_parts = 1 },
        &record, e);
    return rc == RC_OK ? other_insert(tx, row.unit, row.point, row.period, row.kind, row.number,
                                      row.value, row.source, row.how, row.by_account, row.at,
                                      record, NULL, e)
                       : rc;
}
