/*
 * A gateway for tests, in the process: speaks as much SMTP (with STARTTLS) or HTTP as sending
 * needs, keeps what it got, and can be wrong in the ways gateways are.
 */
#ifndef NOTICE_TEST_GATEWAY_SERVER_H
#define NOTICE_TEST_GATEWAY_SERVER_H

#include "base/str.h"

#include <pthread.h>

enum wrong {
    WORKS,
    REFUSES_ADDRESS, /* 550 after RCPT; HTTP 400 */
    TRY_LATER,       /* 451 after RCPT; HTTP 503 */
    HANGS_UP_LATE,   /* takes the whole message and closes without a word */
    SENDS_ON,        /* HTTP 302 to another host */
    SAYS_NO,         /* 554 after the message; HTTP 200 with another answer */
};
struct test_gateway {
    int fd, port;
    pthread_t thread;
    pthread_mutex_t lock;
    struct arena *a;
    bool smtp, tls;     /* tls: mail: offers STARTTLS and insists on it; HTTP: https */
    const char *ca;     /* the file its certificate was written to */
    const char *answer; /* body of an HTTP answer */
    _Atomic enum wrong wrong;
    _Atomic int taken; /* messages it said yes to */
    _Atomic int asked; /* connections */
    struct str got;    /* everything that came, after each other */
    void *ssl;
};
/* Listens at 127.0.0.1, any port. dir: where the certificate goes (tls). */
void test_gateway_start(struct test_gateway *g, const char *dir);
void test_gateway_stop(struct test_gateway *g);
/* What came, and forget it. */
const char *test_gateway_got(struct test_gateway *g, struct arena *a);

#endif
