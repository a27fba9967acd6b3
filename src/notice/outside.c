/* The one place that speaks http to programs outside. */
#include "notice/outside.h"

#include "base/str.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

static void begin_once(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

void *outside_handle(const char *protocols, const char *ca, int64_t timeout_ms)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT; /* libcurl's own, for the process */
    pthread_once(&once, begin_once);
    CURL *c = curl_easy_init();
    if (!c)
        return NULL;
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)OUTSIDE_CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (ca)
        curl_easy_setopt(c, CURLOPT_CAINFO, ca);
    return c;
}

bool outside_never_reached(int code)
{
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
           code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
           code == CURLE_USE_SSL_FAILED || code == CURLE_LOGIN_DENIED ||
           code == CURLE_SSL_CACERT_BADFILE || code == CURLE_COULDNT_RESOLVE_PROXY;
}

bool outside_bearer_valid(const char *token)
{
    for (const char *p = token; *p; p++)
        if (*p <= ' ' || *p > '~')
            return false;
    return strlen(token) <= OUTSIDE_BEARER_MAX;
}

struct answer {
    const struct outside_call *call;
    struct str body;
    bool too_big;
};

static size_t take(char *p, size_t size, size_t n, void *arg)
{
    struct answer *x = arg;
    size_t more = size * n, room = x->call->max - x->body.n;
    x->too_big |= more > room;
    if (more > room && !x->call->cut)
        return 0; /* ends it */
    str_addn(&x->body, p, more < room ? more : room);
    return more;
}

static struct curl_slist *headers_of(const struct outside_call *call, struct arena *a)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; call->headers && call->headers[i]; i++)
        list = curl_slist_append(list, call->headers[i]);
    if (call->post)
        list = curl_slist_append(list, call->media
                                           ? arena_printf(a, "Content-Type: %s", call->media)
                                           : "Content-Type:");
    return list;
}

/* host:port of an address, for messages. */
static const char *host_of(const char *url, struct arena *a)
{
    const char *p = strstr(url, "://");
    p = p ? p + 3 : url;
    return arena_strndup(a, p, strcspn(p, "/?#"));
}

static enum rc fail(const struct answer *x, CURLcode code, const char *why, struct arena *a,
                    struct err *e)
{
    const char *host = host_of(x->call->url, a);
    why = *why ? why : curl_easy_strerror(code);
    if (x->too_big && !x->call->cut)
        return err_set(e, RC_TOOBIG, N_("{host}答的超过{limit}字节的上限"), "host", host,
                       "limit", arena_printf(a, "%zu", x->call->max));
    if (code == CURLE_OPERATION_TIMEDOUT)
        return err_set(e, RC_IO, N_("{host}在{s}秒内没有答完"), "host", host, "s",
                       arena_printf(a, "%lld", (long long)(x->call->timeout_ms + 999) / 1000));
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        return err_set(e, RC_IO,
                       N_("{host}的证书核验不过,没有连:{why}。自建的根证书要先装进本机系统"),
                       "host", host, "why", why);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return err_set(e, RC_INVALID, N_("地址不对:{why}"), "why", why);
    return err_set(e, RC_IO, N_("连不上{host}:{why}"), "host", host, "why", why);
}

enum rc outside_ask(struct arena *a, const struct outside_call *call, struct outside_reply *ret,
                    struct err *e)
{
    struct answer x = { .call = call };
    char why[CURL_ERROR_SIZE] = "";
    char *type = NULL, *redirect = NULL;
    long status = 0;
    curl_off_t began = 0;
    *ret = (struct outside_reply){ .type = "", .redirect = "" };
    str_init(&x.body, a);
    CURL *c = outside_handle("http,https", call->ca, call->timeout_ms);
    if (!c)
        return err_set(e, RC_IO, N_("连不上{host}:{why}"), "host", host_of(call->url, a), "why",
                       "libcurl");
    struct curl_slist *list = headers_of(call, a);
    curl_easy_setopt(c, CURLOPT_URL, call->url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &x);
    if (call->bearer && *call->bearer) {
        curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(c, CURLOPT_XOAUTH2_BEARER, call->bearer);
    }
    if (call->post) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->body.n ? (const char *)call->body.p : "");
    }
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(c, CURLINFO_PRETRANSFER_TIME_T, &began);
    curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(c, CURLINFO_REDIRECT_URL, &redirect);
    ret->asked = code == CURLE_OK || (!outside_never_reached(code) && began != 0);
    ret->status = (int)status;
    ret->type = arena_strdup(a, type ? type : "");
    ret->redirect = arena_strdup(a, redirect ? redirect : "");
    ret->body = (struct bytes){ (const uint8_t *)(x.body.n ? x.body.s : ""), x.body.n };
    curl_slist_free_all(list);
    curl_easy_cleanup(c);
    return code == CURLE_OK ? RC_OK : fail(&x, code, why, a, e);
}
