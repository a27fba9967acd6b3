/* A gateway for tests. */
#include "notice/test_gateway_server.h"

#include "base/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct peer {
    struct test_gateway *g;
    int fd;
    SSL *ssl;
    char line[2048];
    size_t n;
};

static ssize_t get(struct peer *p, char *to, size_t n)
{
    return p->ssl ? SSL_read(p->ssl, to, (int)n) : recv(p->fd, to, n, 0);
}

static void put(struct peer *p, const char *text)
{
    if (p->ssl)
        (void)SSL_write(p->ssl, text, (int)strlen(text));
    else
        (void)send(p->fd, text, strlen(text), MSG_NOSIGNAL);
}

static void keep(struct test_gateway *g, const char *p, size_t n)
{
    pthread_mutex_lock(&g->lock);
    str_addn(&g->got, p, n);
    pthread_mutex_unlock(&g->lock);
}

/* A line with its end; false when the other has gone. */
static bool line(struct peer *p)
{
    p->n = 0;
    while (p->n + 1 < sizeof(p->line)) {
        if (get(p, &p->line[p->n], 1) != 1)
            return false;
        if (p->line[p->n++] == '\n')
            break;
    }
    p->line[p->n] = '\0';
    keep(p->g, p->line, p->n);
    return true;
}

static void letter(struct peer *p)
{
    put(p, "354 go on\r\n");
    while (line(p) && strcmp(p->line, ".\r\n") != 0)
        ;
    if (p->g->wrong == HANGS_UP_LATE)
        return;
    if (p->g->wrong == SAYS_NO) {
        put(p, "554 not this one\r\n");
        return;
    }
    p->g->taken++;
    put(p, "250 taken\r\n");
}

static bool secure(struct peer *p)
{
    if (p->g->smtp)
        put(p, "220 begin\r\n");
    p->ssl = SSL_new(p->g->ssl);
    SSL_set_fd(p->ssl, p->fd);
    return SSL_accept(p->ssl) == 1;
}

static void smtp(struct peer *p)
{
    put(p, "220 test\r\n");
    while (line(p)) {
        if (str_starts(p->line, "EHLO") || str_starts(p->line, "HELO")) {
            put(p, p->g->tls && !p->ssl ? "250-test\r\n250 STARTTLS\r\n"
                                        : "250-test\r\n250 AUTH PLAIN\r\n");
        } else if (str_starts(p->line, "STARTTLS")) {
            if (!secure(p))
                return;
        } else if (str_starts(p->line, "AUTH")) {
            if (strlen(p->line) < 15) { /* the credentials come when they are asked for */
                put(p, "334 \r\n");
                if (!line(p))
                    return;
            }
            put(p, "235 yes\r\n");
        } else if (p->g->tls && !p->ssl) {
            put(p, "530 first STARTTLS\r\n");
        } else if (str_starts(p->line, "RCPT")) {
            put(p, p->g->wrong == REFUSES_ADDRESS ? "550 nobody of that name\r\n"
                   : p->g->wrong == TRY_LATER     ? "451 later\r\n"
                                                  : "250 yes\r\n");
        } else if (str_starts(p->line, "DATA")) {
            letter(p);
            if (p->g->wrong == HANGS_UP_LATE)
                return;
        } else if (str_starts(p->line, "QUIT")) {
            put(p, "221 bye\r\n");
            return;
        } else {
            put(p, "250 yes\r\n");
        }
    }
}

static void http(struct peer *p)
{
    size_t length = 0;
    char c;
    if (p->g->tls && !secure(p))
        return;
    while (line(p) && strcmp(p->line, "\r\n") != 0) {
        int n;
        if (sscanf(p->line, "Content-Length: %d", &n) == 1)
            length = (size_t)n;
    }
    for (; length > 0 && get(p, &c, 1) == 1; length--)
        keep(p->g, &c, 1);
    if (p->g->wrong == HANGS_UP_LATE)
        return;
    const char *body = p->g->wrong == SAYS_NO ? "{\"errcode\":40001}" : p->g->answer;
    char head[200];
    snprintf(head, sizeof(head),
             "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n",
             p->g->wrong == REFUSES_ADDRESS ? "400 Bad"
             : p->g->wrong == TRY_LATER     ? "503 Later"
             : p->g->wrong == SENDS_ON      ? "302 Found"
                                            : "200 OK",
             p->g->wrong == SENDS_ON ? "Location: https://elsewhere.example/v.csv\r\n" : "",
             strlen(body));
    p->g->taken += p->g->wrong == WORKS; /* before the program hears of it */
    put(p, head);
    put(p, body);
}

static void *serve(void *arg)
{
    struct test_gateway *g = arg;
    for (;;) {
        struct peer p = { .g = g, .fd = accept(g->fd, NULL, NULL) };
        if (p.fd < 0)
            return NULL;
        g->asked++;
        if (g->smtp)
            smtp(&p);
        else
            http(&p);
        if (p.ssl) {
            SSL_shutdown(p.ssl);
            SSL_free(p.ssl);
        }
        shutdown(p.fd, SHUT_RDWR);
        close(p.fd);
    }
}

/* A certificate of its own making for 127.0.0.1. */
static void certify(struct test_gateway *g, const char *dir)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    X509V3_CTX ctx;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -86400);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400L * 30);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"127.0.0.1", -1,
                               -1, 0);
    X509_set_issuer_name(x, name);
    X509_set_pubkey(x, key);
    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    X509_EXTENSION *alt = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(x, alt, -1);
    X509_EXTENSION_free(alt);
    X509_EXTENSION *ca = X509V3_EXT_conf_nid(NULL, &ctx, NID_basic_constraints, "CA:TRUE");
    X509_add_ext(x, ca, -1);
    X509_EXTENSION_free(ca);
    CHECK(X509_sign(x, key, EVP_sha256()) > 0);
    g->ca = arena_printf(g->a, "%s/gateway-ca.pem", dir);
    FILE *f = fopen(g->ca, "w");
    CHECK(f != NULL);
    PEM_write_X509(f, x);
    fclose(f);
    g->ssl = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(g->ssl, x);
    SSL_CTX_use_PrivateKey(g->ssl, key);
    X509_free(x);
    EVP_PKEY_free(key);
}

void test_gateway_start(struct test_gateway *g, const char *dir)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(at);
    int one = 1;
    g->a = arena_new();
    signal(SIGPIPE, SIG_IGN); /* of who hangs up while OpenSSL writes */
    pthread_mutex_init(&g->lock, NULL);
    str_init(&g->got, NULL);
    if (g->tls)
        certify(g, dir);
    g->fd = socket(AF_INET, SOCK_STREAM, 0);
    at.sin_port = htons((uint16_t)g->port); /* the same again after a day that it was down */
    setsockopt(g->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    CHECK(bind(g->fd, (struct sockaddr *)&at, sizeof(at)) == 0);
    CHECK(listen(g->fd, 16) == 0);
    CHECK(getsockname(g->fd, (struct sockaddr *)&at, &n) == 0);
    g->port = ntohs(at.sin_port);
    CHECK(pthread_create(&g->thread, NULL, serve, g) == 0);
}

void test_gateway_stop(struct test_gateway *g)
{
    shutdown(g->fd, SHUT_RDWR);
    close(g->fd);
    pthread_join(g->thread, NULL);
    SSL_CTX_free(g->ssl);
    g->ssl = NULL;
    str_done(&g->got);
    pthread_mutex_destroy(&g->lock);
    arena_free(g->a);
}

const char *test_gateway_got(struct test_gateway *g, struct arena *a)
{
    pthread_mutex_lock(&g->lock);
    const char *got = arena_strndup(a, g->got.s ? g->got.s : "", g->got.n);
    str_done(&g->got);
    str_init(&g->got, NULL);
    pthread_mutex_unlock(&g->lock);
    return got;
}
