/*
 * witness: a C2SP tlog-witness for another institution. It keeps one checkpoint a log and no
 * county; everything it decides is in src/tlog/witness.c.
 */
#include "base/log.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "people/cap.h"
#include "tlog/witness.h"
#include "web/web.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static enum rc answer(struct rq *rq, const struct witness_answer *a, struct err *e)
{
    rq->status = a->status;
    return web_bytes(rq, a->body, a->n, a->type, NULL, e);
}

static enum rc add_checkpoint(struct rq *rq, struct err *e)
{
    struct witness_answer a;
    struct bytes body = rq_body(rq);

    witness_add_checkpoint(rq->user, rq->a, (const char *)body.p, body.n, &a);
    return answer(rq, &a, e);
}

static enum rc get_checkpoint(struct rq *rq, struct err *e)
{
    struct witness_answer a;

    witness_get_checkpoint(rq->user, rq->a, rq_param(rq, "origin"), &a);
    return answer(rq, &a, e);
}

static const struct route routes[] = {
    { .method = POST,
      .path = "/add-checkpoint",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = add_checkpoint,
      .body_max = WITNESS_BODY_MAX,
      .raw = true },
    { .method = GET,
      .path = "/:origin/checkpoint",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = get_checkpoint },
};

static enum rc nobody(struct rq *rq, struct err *e)
{
    return RC_OK; /* everybody is a visitor */
}

static enum rc serve(struct witness *w, const char *listen, struct err *e)
{
    const struct route_table table = { routes, COUNT(routes) };
    /* Its callers are a few logs, each at most once a second. */
    const struct web_config cfg = { .listen = listen,
                                    .user = w,
                                    .hooks = { .authenticate = nobody, .authorize = nobody },
                                    .tables = &table,
                                    .n_tables = 1,
                                    .workers = 4,
                                    .per_address = { "address", 12000, 6000 } };
    CLEANUP(web_stopp) struct web *web = NULL;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str vkey;
    sigset_t stop;
    int got;

    /* Blocked before any thread is made, so that only this one takes them. */
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    enum rc rc = web_start(&cfg, &web, e);
    if (rc != RC_OK)
        return rc;
    str_init(&vkey, a);
    witness_vkey(w, &vkey);
    printf("%s\nhttp://%.*s:%d/\n", vkey.s, (int)(strrchr(listen, ':') - listen), listen,
           web_port(web));
    fflush(stdout);
    sigwait(&stop, &got);
    return RC_OK;
}

static enum rc witness(struct cmd_call *c, struct err *e)
{
    CLEANUP(witness_closep) struct witness *w = NULL;
    const struct clock real = { 0 };
    const char *listen = cmd_opt(c, "listen");
    size_t n;
    const char *const *logs = cmd_many(c, "log", &n);

    if (strrchr(listen, ':') == NULL)
        return cmd_usage(c, e, N_("--{name} 应写作 HOST:PORT，现为「{value}」"), "listen",
                         listen);
    enum rc rc = witness_open(cmd_opt(c, "data"), cmd_opt(c, "name"), logs, n, &real, &w, e);
    return rc == RC_OK ? serve(w, listen, e) : rc;
}

const struct command cmd_witness = {
    .name = "witness",
    .help = N_("为别的机构的日志作见证(C2SP tlog-witness)"),
    .detail = N_("先打印自己的公钥和地址,把它们写进那个县的设置 "
                 "log.policy。数据文件夹里有密钥和每个日志见过的最新检查点,"
                 "不能丢,也不能从旧备份恢复。"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("见证的数据文件夹") },
              { "listen", OPT_VALUE, true, "HOST:PORT", N_("监听地址") },
              { "name", OPT_VALUE, true, "NAME", N_("见证的名字,如 witness.example/a") },
              { "log", OPT_MANY, true, "VKEY", N_("要见证的日志的公钥,可以有几个") } },
    .fn = witness,
};
