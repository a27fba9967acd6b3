/* A small HTTP server for tests of pulls and calls: one thread, one request a connection. */
#ifndef COLLECT_TEST_SERVER_H
#define COLLECT_TEST_SERVER_H

#include <pthread.h>
#include <stdatomic.h>

struct t_server {
    int fd, port;
    pthread_t thread;
    const char *_Atomic reply; /* the whole answer */
    atomic_int asked;
    char last[8192]; /* the request that came last; read it when it has been answered */
};
void t_server_start(struct t_server *s, const char *reply);
void t_server_stop(struct t_server *s);

#endif
