/* What commands about a county share. */
#include "cmd/county_cmd.h"

#include "base/file.h"
#include "base/period.h"
#include "cmd/kinds.h"
#include "people/account.sql.h"

#include <stdio.h>

enum rc cmd_county(struct cmd_call *c, bool writing, struct county **ret, struct err *e)
{
    const char *dir = cmd_opt(c, "data");
    if (cmd_served(c)) {
        *ret = cmd_served(c);
        county_use(*ret); /* the command closes what it was given */
        return RC_OK;
    }
    enum rc rc = writing ? county_open(dir, ret, e) : county_open_reading(dir, ret, e);
    if (rc == RC_OK)
        kinds_use(*ret);
    return cmd_missing(c, rc, e);
}

enum rc cmd_person(struct cmd_call *c, struct county *county, struct person *ret, struct err *e)
{
    const char *code = cmd_opt(c, "as");
    if (!code) {
        *ret = person_system();
        return RC_OK;
    }
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_of_code_row who;
    enum rc rc = db_read(county->db, &s, e);
    if (rc == RC_OK)
        rc = account_of_code_one(s, code, cmd_arena(c), &who, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有账号「{account}」"), "account", code);
    return rc == RC_OK ? person_load(s, who.id, county_today(county), ~UINT64_C(0),
                                     cmd_arena(c), ret, e)
                       : rc;
}

enum rc cmd_period(struct cmd_call *c, struct period *ret, struct err *e)
{
    return cmd_wrong(c, period_parse(cmd_opt(c, "period"), ret, e));
}

enum rc cmd_output(struct cmd_call *c, const void *p, size_t n, struct err *e)
{
    const char *path = cmd_opt(c, "out");
    if (path)
        return cmd_missing(c, file_write_atomic(path, p, n, e), e);
    if (fwrite(p, 1, n, cmd_out(c)) != n)
        return err_set(e, RC_IO, N_("输出写不出去"));
    return RC_OK;
}
