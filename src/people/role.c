/* Roles and capabilities as tables. */
#include "people/role.h"

#include "base/str.h"

#define BIT(cap) (UINT64_C(1) << (cap))
/* What everybody who works with content may do. */
#define READER (BIT(CAP_SELF) | BIT(CAP_READ_COUNTY) | BIT(CAP_READ_UNIT) | BIT(CAP_EXPORT))

const struct role roles[] = {
    { .code = "leader",
      .name = N_("领导"),
      .caps = READER | BIT(CAP_APPROVE) | BIT(CAP_INSTRUCT),
      .whole_county = true },
    { .code = "platform",
      .name = N_("平台专班"),
      .caps = READER | BIT(CAP_READ_DRAFT) | BIT(CAP_SEND_VALUES) | BIT(CAP_EDIT_SCHEME) |
              BIT(CAP_ADOPT_SCHEME) | BIT(CAP_EDIT_POINTS) | BIT(CAP_EDIT_RULES) |
              BIT(CAP_COMPUTE) | BIT(CAP_EDIT_UNITS) | BIT(CAP_DISPATCH) | BIT(CAP_INSTRUCT),
      .whole_county = true },
    { .code = "group",
      .name = N_("派驻纪检监察组"),
      .caps = BIT(CAP_SELF) | BIT(CAP_READ_UNIT) | BIT(CAP_EXPORT) | BIT(CAP_SUPERVISE) |
              BIT(CAP_DISCIPLINE) },
    /* The county's discipline organ itself: a stationed group is sent by it and has the same
     * over its list alone. Apart from the platform, which runs the county's figures and is not
     * to see what is held about a person. */
    { .code = "discipline",
      .name = N_("纪检监察机关"),
      .caps = READER | BIT(CAP_DISCIPLINE),
      .whole_county = true },
    { .code = "clerk",
      .name = N_("单位经办人"),
      .caps = BIT(CAP_SELF) | BIT(CAP_READ_UNIT) | BIT(CAP_EXPORT) | BIT(CAP_HANDLE) },
    { .code = "supplier",
      .name = N_("数据部门"),
      .caps = BIT(CAP_SELF) | BIT(CAP_READ_UNIT) | BIT(CAP_SEND_VALUES) | BIT(CAP_EXPORT) |
              BIT(CAP_HANDLE) },
    { .code = "signer",
      .name = N_("单位签发人"),
      .caps = BIT(CAP_SELF) | BIT(CAP_READ_UNIT) | BIT(CAP_EXPORT) | BIT(CAP_HANDLE) |
              BIT(CAP_SIGN) },
    { .code = "sysadmin",
      .name = N_("系统管理员"),
      .caps = BIT(CAP_SELF) | BIT(CAP_SETTINGS) | BIT(CAP_OPERATE),
      .administrator = true,
      .whole_county = true },
    { .code = "secadmin",
      .name = N_("安全管理员"),
      .caps = BIT(CAP_SELF) | BIT(CAP_ACCOUNTS),
      .administrator = true,
      .whole_county = true },
    { .code = "auditadmin",
      .name = N_("审计管理员"),
      .caps = BIT(CAP_SELF) | BIT(CAP_AUDIT),
      .administrator = true,
      .whole_county = true },
};
const size_t roles_n = COUNT(roles);

static const struct {
    const char *name, *text;
} caps[CAPS] = {
#define X(code, name, text) [code] = { name, text },
    CAP_LIST(X)
#undef X
};

const char *cap_name(enum cap cap)
{
    return caps[cap].name;
}

const char *cap_text(enum cap cap)
{
    return caps[cap].text;
}

enum cap cap_find(const char *name)
{
    for (enum cap c = CAP_PUBLIC; c < CAPS; c++)
        if (str_eq(caps[c].name, name))
            return c;
    return CAP_NONE;
}

const struct role *role_find(const char *code)
{
    for (size_t i = 0; i < roles_n; i++)
        if (str_eq(roles[i].code, code))
            return &roles[i];
    return NULL;
}

enum rc role_check_together(const char *const *codes, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        const struct role *a = role_find(codes[i]);
        for (size_t k = i + 1; a && k < n; k++) {
            const struct role *b = role_find(codes[k]);
            if (b && a != b && (a->administrator || b->administrator))
                return err_set(e, RC_INVALID,
                               N_("三员分立:「{a}」和「{b}」不能由同一个账号担任"), "a",
                               a->name, "b", b->name);
        }
    }
    return RC_OK;
}
