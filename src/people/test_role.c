/* Roles, capabilities and passwords. */
#include "base/str.h"
#include "base/test.h"
#include "people/password.h"
#include "people/role.h"

static void capabilities_have_names(void)
{
    CHECK(roles_n > 0 && CAPS <= 64);
    for (enum cap c = CAP_PUBLIC; c < CAPS; c++) {
        CHECK(cap_name(c) && cap_text(c));
        CHECK_INT(cap_find(cap_name(c)), c);
    }
    CHECK_INT(cap_find("nonsense"), CAP_NONE);
}

static void administrators_are_separated(void)
{
    static const char *const admins[] = { "sysadmin", "secadmin", "auditadmin" };
    CLEANUP(err_done) struct err e = { 0 };
    for (size_t i = 0; i < COUNT(admins); i++) {
        const struct role *r = role_find(admins[i]);
        CHECK(r && r->administrator);
        /* No administrator sees content. */
        for (enum cap c = CAP_READ_COUNTY; c <= CAP_EDIT_UNITS; c++)
            CHECK(!(r->caps >> c & 1));
        for (size_t k = 0; k < roles_n; k++) {
            const char *const pair[] = { admins[i], roles[k].code };
            CHECK_INT(role_check_together(pair, 2, &e),
                      str_eq(admins[i], roles[k].code) ? RC_OK : RC_INVALID);
        }
    }
    const char *const fine[] = { "clerk", "supplier", "group" };
    CHECK_OK(role_check_together(fine, 3, &e));
}

static void passwords_are_checked(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(password_check_new("correct horse 9", "zhou", &e));
    CHECK_INT(password_check_new("short", "zhou", &e), RC_INVALID);
    CHECK_INT(password_check_new("", "zhou", &e), RC_INVALID);
    CHECK_INT(password_check_new("aaaaaaaaaaaa", "zhou", &e), RC_INVALID);
    CHECK_INT(password_check_new("zhou-2026-abc", "zhou", &e), RC_INVALID);
    password_cheap_for_tests();
    char hash[PASSWORD_TEXT];
    password_hash("correct horse 9", hash);
    CHECK(password_verify("correct horse 9", hash));
    CHECK(!password_verify("correct horse 8", hash));
    CHECK(!password_verify("correct horse 9", NULL));
}

T_MAIN({ "capabilities have names", capabilities_have_names },
       { "administrators are separated and see no content", administrators_are_separated },
       { "passwords are checked and kept as Argon2id", passwords_are_checked })
