/*
 * Three steps: look for the name; run the handler with the name's row accompanying its first
 * change; note the answer, which nobody waits for. When the process ends between the second and
 * the third, the row has no answer: then the request is known to have been done, and nothing
 * more is said.
 */
#include "people/replay.h"

#include "base/hash.h"
#include "base/str.h"
#include "people/asker.h"
#include "people/replay.sql.h"
#include "store/county.h"

#include <stdlib.h>
#include <string.h>

struct naming {
    struct county *c;
    struct id account;
    const char *request;
    struct bytes digest;
    const char *location, *result; /* of the answer */
    int status;                    /* 0: the request failed */
};

static enum rc write_name(struct tx *tx, void *arg, struct err *e)
{
    const struct naming *n = arg;
    int64_t fresh = 0;
    enum rc rc =
        request_insert(tx, n->account, n->request, n->digest, county_now(n->c), &fresh, e);
    if (rc == RC_OK && fresh == 0)
        return err_set(e, RC_CONFLICT, N_("同一个请求正在办理,请稍后查看结果"));
    return rc;
}

static enum rc write_answer(struct tx *tx, void *arg, struct err *e)
{
    const struct naming *n = arg;
    return n->status ? request_answer(tx, n->status, n->location, n->result, n->account,
                                      n->request, NULL, e)
                     : request_drop(tx, n->account, n->request, NULL, e);
}

/* The answer of before, in the form that is asked for now. */
static enum rc answer_again(struct rq *rq, const struct request_of_row *row,
                            const uint8_t digest[HASH_SIZE], struct err *e)
{
    if (row->digest.n != HASH_SIZE || !bytes_equal(row->digest.p, digest, HASH_SIZE))
        return err_set(e, RC_CONFLICT, N_("请求编号 {request} 已用于另一份内容,请换一个编号"),
                       "request", rq_request_id(rq));
    web_header(rq, "Idempotent-Replay", "true");
    if (rq->json && row->result) {
        rq->status = (int)row->status;
        if (row->location)
            web_header(rq, "Location", row->location);
        return web_json(rq, row->result, strlen(row->result), e);
    }
    if (row->location)
        return web_done(rq, row->location, e);
    return err_set(e, RC_CONFLICT, N_("这个请求已经办过了,没有再办一次"));
}

static enum rc look_once(struct rq *rq, const struct naming *n, struct request_of_row *ret,
                         struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(n->c->db, &s, e);
    return rc == RC_OK ? request_of_one(s, n->account, n->request, rq->a, ret, e) : rc;
}

static enum rc nothing(struct tx *tx, void *arg, struct err *e)
{
    return RC_OK;
}

/* A name without an answer may have one that is still on its way: a change of our own comes
 * after it. */
static enum rc look(struct rq *rq, const struct naming *n, struct request_of_row *ret,
                    struct err *e)
{
    enum rc rc = look_once(rq, n, ret, e);
    if (rc != RC_OK || ret->status != 0)
        return rc;
    rc = db_transact(n->c->db, nothing, NULL, e);
    return rc == RC_OK ? look_once(rq, n, ret, e) : rc;
}

static void naming_free(void *arg)
{
    struct naming *n = arg;
    free((void *)(uintptr_t)n->request);
    free((void *)(uintptr_t)n->location);
    free((void *)(uintptr_t)n->result);
    free(n);
}

static char *copy(const char *s)
{
    return s ? mem_strdup(s) : NULL;
}

/* What was done stays done, whether its answer is noted or not. */
static void note_answer(const struct naming *n)
{
    struct naming *own = mem_alloc(sizeof(*own));
    *own = (struct naming){ .c = n->c,
                            .account = n->account,
                            .request = copy(n->request),
                            .location = copy(n->location),
                            .result = copy(n->result),
                            .status = n->status };
    db_transact_later(n->c->db, write_answer, own, naming_free);
}

/* Run the handler; what it answers is noted when its change has taken effect. */
static enum rc run(struct rq *rq, struct naming *n, struct err *e)
{
    struct db_company company = { .db = n->c->db, .fn = write_name, .arg = n };
    db_accompany(&company);
    enum rc rc = rq->route->fn(rq, e);
    db_accompany_end();
    struct web_given given;
    web_given(rq, &given);
    if (!company.gone)
        return rc;
    if (rc == RC_OK && given.status < 400) {
        n->status = given.status;
        n->location = given.location;
        /* Only where it leads to: a page that is shown once may hold a secret. */
        bool json = given.type && str_starts(given.type, "application/json");
        if (json && given.location && given.body.n <= REPLAY_RESULT_MAX)
            n->result = arena_strndup(rq->a, (const char *)given.body.p, given.body.n);
    }
    note_answer(n);
    return rc;
}

enum rc replay_change(struct rq *rq, struct err *e)
{
    const char *request = rq_request_id(rq);
    if (!request || !rq->account.id.v || rq->route->quiet)
        return rq->route->fn(rq, e);
    uint8_t digest[HASH_SIZE];
    rq_digest(rq, digest);
    struct naming n = { .c = rq_county(rq),
                        .account = rq->account.id,
                        .request = request,
                        .digest = { .p = digest, .n = HASH_SIZE } };
    struct request_of_row row;
    enum rc rc = look(rq, &n, &row, e);
    if (rc == RC_OK)
        return answer_again(rq, &row, digest, e);
    return rc == RC_NOTFOUND ? run(rq, &n, e) : rc;
}

static enum rc write_expire(struct tx *tx, void *arg, struct err *e)
{
    const struct county *c = arg;
    struct utime before = { county_now(c).us - REPLAY_DAYS * INT64_C(86400000000) };
    return request_expire(tx, before, NULL, e);
}

enum rc replay_expire(struct county *c, struct err *e)
{
    return db_transact(c->db, write_expire, c, e);
}
