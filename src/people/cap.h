/*
 * Capabilities: what a route needs and a role gives. Zero is invalid so that a route cannot
 * leave it out. The order is not stored anywhere; names are (tokens).
 */
#ifndef PEOPLE_CAP_H
#define PEOPLE_CAP_H

#include "base/base.h"

/* X(code, name for tokens and the API, text for people) */
#define CAP_LIST(X)                                                                            \
    X(CAP_PUBLIC, "public", N_("公开")) /* anybody; only routes with NONE */                   \
    X(CAP_SELF, "self", N_("本人账号")) /* every signed-in person */                           \
    X(CAP_READ_COUNTY, "read_county", N_("看全县总览"))                                        \
    X(CAP_READ_UNIT, "read_unit", N_("看单位报告和数值")) /* in scope */                       \
    X(CAP_READ_DRAFT, "read_draft", N_("看没有发布的结果"))                                    \
    X(CAP_SEND_VALUES, "send_values", N_("报送数值")) /* points owned by units in scope */     \
    X(CAP_HANDLE, "handle", N_("办理本单位事项"))     /* is "of the unit" */                   \
    X(CAP_SIGN, "sign", N_("签发本单位报出的数"))     /* whom the county named */              \
    X(CAP_DISPATCH, "dispatch", N_("交办和督办事项"))                                          \
    X(CAP_INSTRUCT, "instruct", N_("写批示、代录批示")) /* leaders; the office for them */     \
    X(CAP_SUPERVISE, "supervise", N_("监督单位事项"))   /* a stationed group, over its list */ \
    X(CAP_DISCIPLINE, "discipline", N_("失责记实和第一种形态")) /* the discipline organ */     \
    X(CAP_APPROVE, "approve", N_("审定"))                                                      \
    X(CAP_EDIT_SCHEME, "edit_scheme", N_("编制指标方案"))                                      \
    X(CAP_ADOPT_SCHEME, "adopt_scheme", N_("启用指标方案"))                                    \
    X(CAP_EDIT_POINTS, "edit_points", N_("维护监测点"))                                        \
    X(CAP_EDIT_RULES, "edit_rules", N_("维护预警规则"))                                        \
    X(CAP_COMPUTE, "compute", N_("计算指数"))                                                  \
    X(CAP_EXPORT, "export", N_("导出数据"))                                                    \
    X(CAP_EDIT_UNITS, "edit_units", N_("维护单位"))                                            \
    X(CAP_SETTINGS, "settings", N_("系统设置"))     /* system administrator */                 \
    X(CAP_OPERATE, "operate", N_("运行维护"))       /* jobs, backup, metrics */                \
    X(CAP_ACCOUNTS, "accounts", N_("账号和角色"))   /* security administrator */               \
    X(CAP_AUDIT, "audit", N_("查看操作和读取记录")) /* audit administrator */

enum cap {
    CAP_NONE, /* invalid */
#define X(code, name, text) code,
    CAP_LIST(X)
#undef X
        CAPS
};

const char *cap_name(enum cap cap);
const char *cap_text(enum cap cap); /* Chinese source text */
/* CAP_NONE when there is none of that name. */
enum cap cap_find(const char *name);

#endif
