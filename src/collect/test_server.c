/* A small HTTP server for tests. */
#include "collect/test_server.h"

#include "base/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Until the head and as much as it announces are there. */
static void read_request(struct t_server *s, int fd)
{
    size_t n = 0, want = sizeof(s->last) - 1;
    while (n < want) {
        ssize_t got = recv(fd, s->last + n, want - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        s->last[n] = '\0';
        const char *end = strstr(s->last, "\r\n\r\n"),
                   *length = strcasestr(s->last, "Content-Length: ");
        if (!end)
            continue;
        size_t body = 0;
        for (const char *p = length ? length + 16 : ""; *p >= '0' && *p <= '9'; p++)
            body = body * 10 + (size_t)(*p - '0');
        if (n >= (size_t)(end + 4 - s->last) + body)
            break;
    }
}

static void *serve(void *arg)
{
    struct t_server *s = arg;
    for (;;) {
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        memset(s->last, 0, sizeof(s->last));
        read_request(s, fd);
        const char *reply = s->reply;
        if (*s->last)
            (void)!send(fd, reply, strlen(reply), MSG_NOSIGNAL); /* the caller sees it */
        s->asked++;
        close(fd);
    }
}

void t_server_start(struct t_server *s, const char *reply)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof(at);
    s->reply = reply;
    s->asked = 0;
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(s->fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(s->fd, 16) == 0 &&
          getsockname(s->fd, (struct sockaddr *)&at, &n) == 0);
    s->port = ntohs(at.sin_port);
    CHECK(pthread_create(&s->thread, NULL, serve, s) == 0);
}

void t_server_stop(struct t_server *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
}
