/* account and token: people's and programs' access from the command line. */
#include "base/parse.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "people/account.sql.h"
#include "people/password.h"
#include "people/session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct act {
    struct cmd_call *c;
    struct county *county;
    struct account_new account;
    char code[1][ACTIVATION_CODE + 1];
    char hash[PASSWORD_TEXT];
    const char *role, *scope, *caps, *name, *token, *token_code;
    struct id grant;
    bool locked, set_password;
    int days;
};

static const char *opt(struct cmd_call *c, const char *name)
{
    const char *v = cmd_opt(c, name);
    return v ? v : "";
}

/* A change of the county; everything the command does. */
static enum rc change(struct cmd_call *c, enum rc (*fn)(struct tx *, void *, struct err *),
                      struct act *act, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    enum rc rc = cmd_county(c, true, &county, e);
    act->c = c;
    act->county = county;
    return rc == RC_OK ? db_transact(county->db, fn, act, e) : rc;
}

static enum rc write_add(struct tx *tx, void *arg, struct err *e)
{
    struct act *t = arg;
    return account_make(tx, t->county, &t->account, "", cmd_arena(t->c), t->code[0], e);
}

static enum rc add(struct cmd_call *c, struct err *e)
{
    struct act t = { .account = { .code = opt(c, "code"),
                                  .name = opt(c, "name"),
                                  .unit = opt(c, "unit"),
                                  .role = opt(c, "role"),
                                  .scope = opt(c, "scope") } };
    enum rc rc = change(c, write_add, &t, e);
    if (rc == RC_OK)
        fprintf(cmd_out(c), "%s  %s\n", t.account.code, t.code[0]);
    return rc;
}

static enum rc list(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_list_row *rows;
    size_t n;
    enum rc rc = cmd_county(c, false, &county, e);
    if (rc == RC_OK)
        rc = db_read(county->db, &s, e);
    if (rc == RC_OK)
        rc = account_list_all(s, cmd_arena(c), &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        fprintf(cmd_out(c), "%s\t%s\t%s\t%s\n", rows[i].code, rows[i].state,
                rows[i].unit ? rows[i].unit : "", rows[i].name);
    db_read_end(&s);
    return rc;
}

/* A line of standard input without its end: passwords are never arguments, which other users
 * can see. */
static enum rc read_password(struct cmd_call *c, struct act *t, const char *account,
                             struct err *e)
{
    char line[PASSWORD_MAX + 2];
    if (!fgets(line, sizeof(line), cmd_in(c)))
        return err_set(e, RC_INVALID, N_("请在标准输入给出新密码"));
    line[strcspn(line, "\r\n")] = '\0';
    enum rc rc = password_check_new(line, account, e);
    if (rc == RC_OK)
        password_hash(line, t->hash);
    return rc;
}

static enum rc write_passwd(struct tx *tx, void *arg, struct err *e)
{
    struct act *t = arg;
    return t->set_password ? account_set_password(tx, t->county, t->name, t->hash, "", e)
                           : account_reactivate(tx, t->county, t->name, "", t->code[0], e);
}

static enum rc passwd(struct cmd_call *c, struct err *e)
{
    struct act t = { .name = opt(c, "ACCOUNT"), .set_password = cmd_flag(c, "stdin") };
    enum rc rc = t.set_password ? read_password(c, &t, t.name, e) : RC_OK;
    if (rc == RC_OK)
        rc = change(c, write_passwd, &t, e);
    if (rc == RC_OK && !t.set_password)
        fprintf(cmd_out(c), "%s  %s\n", t.name, t.code[0]);
    return rc;
}

static enum rc write_lock(struct tx *tx, void *arg, struct err *e)
{
    struct act *t = arg;
    return account_lock(tx, t->county, t->name, t->locked, "", e);
}

static enum rc lock(struct cmd_call *c, struct err *e)
{
    struct act t = { .name = opt(c, "ACCOUNT"), .locked = !cmd_flag(c, "unlock") };
    return change(c, write_lock, &t, e);
}

static enum rc write_role(struct tx *tx, void *arg, struct err *e)
{
    struct act *t = arg;
    return t->grant.v ? account_end_grant(tx, t->county, t->name, t->grant, "", e)
                      : account_grant(tx, t->county, t->name, t->role, t->scope, "", e);
}

static enum rc role(struct cmd_call *c, struct err *e)
{
    struct act t = { .name = opt(c, "ACCOUNT"),
                     .role = opt(c, "give"),
                     .scope = opt(c, "scope") };
    enum rc rc = RC_OK;
    if (cmd_opt(c, "end"))
        rc = cmd_wrong(c, parse_int64(cmd_opt(c, "end"), 1, INT64_MAX, "--end", &t.grant.v, e));
    else if (!*t.role)
        return cmd_usage(c, e, N_("要写 --give ROLE 或 --end N"), NULL, NULL);
    return rc == RC_OK ? change(c, write_role, &t, e) : rc;
}

static enum rc write_token(struct tx *tx, void *arg, struct err *e)
{
    struct act *t = arg;
    return token_make(tx, t->county, t->name, t->account.name, t->caps, t->days, "",
                      cmd_arena(t->c), &t->token, &t->token_code, e);
}

static enum rc token_add(struct cmd_call *c, struct err *e)
{
    int64_t days = 90;
    struct act t = { .name = opt(c, "account"),
                     .account = { .name = opt(c, "name") },
                     .caps = opt(c, "caps") };
    enum rc rc = RC_OK;
    if (cmd_opt(c, "days"))
        rc = cmd_wrong(c,
                       parse_int64(cmd_opt(c, "days"), 1, TOKEN_DAYS_MAX, "--days", &days, e));
    t.days = (int)days;
    if (rc == RC_OK)
        rc = change(c, write_token, &t, e);
    if (rc == RC_OK)
        fprintf(cmd_out(c), "%s  %s\n", t.token_code, t.token);
    return rc;
}

static enum rc token_print(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct token_list_row *rows;
    size_t n;
    enum rc rc = cmd_county(c, false, &county, e);
    if (rc == RC_OK)
        rc = db_read(county->db, &s, e);
    if (rc == RC_OK)
        rc = token_list_all(s, (struct id){ 0 }, cmd_arena(c), &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        char until[TIME_TEXT];
        fprintf(cmd_out(c), "%s\t%s\t%s\t%s\t%s\n", rows[i].code, rows[i].account, rows[i].name,
                time_local(rows[i].expires_at, until), rows[i].revoked_at.us ? "revoked" : "");
    }
    db_read_end(&s);
    return rc;
}

static enum rc write_revoke(struct tx *tx, void *arg, struct err *e)
{
    struct act *t = arg;
    return token_take_back(tx, t->county, (struct id){ 0 }, t->name, "", e);
}

static enum rc token_revoke_one(struct cmd_call *c, struct err *e)
{
    struct act t = { .name = opt(c, "TOKEN") };
    return change(c, write_revoke, &t, e);
}

#define DATA                                                                                   \
    {                                                                                          \
        "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹")                                   \
    }
const struct command cmd_account_add = {
    .name = "account add",
    .help = N_("建账号,打印一次性启用码"),
    .opts = { DATA,
              { "code", OPT_VALUE, true, "ACCOUNT", N_("登录用的账号") },
              { "name", OPT_VALUE, true, "NAME", N_("姓名") },
              { "unit", OPT_VALUE, false, "CODE", N_("所属单位的编码") },
              { "role", OPT_VALUE, false, "ROLE", N_("角色,如 clerk、platform、secadmin") },
              { "scope", OPT_VALUE, false, "SCOPE",
                N_("all、subtree,或用 | 隔开的单位编码") } },
    .fn = add,
    .sent = true,
};
const struct command cmd_account_list = {
    .name = "account list", .help = N_("列出账号"), .opts = { DATA }, .fn = list
};
const struct command cmd_account_passwd = {
    .name = "account passwd",
    .help = N_("打印新的启用码;加 --stdin 则从标准输入读新密码"),
    .opts = { { "ACCOUNT", OPT_ARG, true, NULL, N_("账号") },
              DATA,
              { "stdin", OPT_FLAG, false, NULL, N_("从标准输入读新密码") } },
    .fn = passwd,
    .sent = true,
};
const struct command cmd_account_lock = {
    .name = "account lock",
    .help = N_("停用账号;加 --unlock 则恢复"),
    .opts = { { "ACCOUNT", OPT_ARG, true, NULL, N_("账号") },
              DATA,
              { "unlock", OPT_FLAG, false, NULL, N_("恢复") } },
    .fn = lock,
    .sent = true,
};
const struct command cmd_account_role = {
    .name = "account role",
    .help = N_("给账号一个角色,或结束一项角色"),
    .opts = { { "ACCOUNT", OPT_ARG, true, NULL, N_("账号") },
              DATA,
              { "give", OPT_VALUE, false, "ROLE", N_("角色") },
              { "scope", OPT_VALUE, false, "SCOPE", N_("all、subtree,或用 | 隔开的单位编码") },
              { "end", OPT_VALUE, false, "N", N_("要结束的那项角色的编号") } },
    .fn = role,
    .sent = true,
};
const struct command cmd_token_add = {
    .name = "token add",
    .help = N_("给程序一个令牌,只显示一次"),
    .opts = { DATA,
              { "account", OPT_VALUE, true, "ACCOUNT", N_("以哪个账号的名义") },
              { "name", OPT_VALUE, true, "NAME", N_("用途") },
              { "caps", OPT_VALUE, false, "CAPS",
                N_("限于哪些权限,用 | 隔开;不写就是账号的全部权限") },
              { "days", OPT_VALUE, false, "N", N_("有效天数,默认90") } },
    .fn = token_add,
    .sent = true,
};
const struct command cmd_token_list = {
    .name = "token list", .help = N_("列出令牌"), .opts = { DATA }, .fn = token_print
};
const struct command cmd_token_revoke = {
    .name = "token revoke",
    .help = N_("收回一个令牌"),
    .opts = { { "TOKEN", OPT_ARG, true, NULL, N_("令牌的编号") }, DATA },
    .fn = token_revoke_one,
    .sent = true,
};
