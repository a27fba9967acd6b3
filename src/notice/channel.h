/*
 * Channels: how a message leaves the house. Mail by SMTP (plain, STARTTLS or TLS), everything
 * else by an HTTP template: an SMS gateway and a WeCom or DingTalk robot differ in address and
 * body only; a template may sign itself as DingTalk's robots want it ({token} {timestamp}
 * {sign}).
 *
 * The answer to "did it go?" has four values, because that decides whether it may be sent
 * again: what may have gone is never sent a second time by itself.
 */
#ifndef NOTICE_CHANNEL_H
#define NOTICE_CHANNEL_H

#include "base/arena.h"
#include "base/kinds.h"

enum channel { CHANNEL_MAIL = 1, CHANNEL_SMS, CHANNEL_CHAT, CHANNELS };
const char *channel_code(enum channel c); /* mail, sms, chat */
const char *channel_text(enum channel c); /* N_() */
/* 0: none of that code. */
enum channel channel_find(const char *code);

struct gateway {
    enum channel channel;
    bool enabled;
    const char *address, *secure, *sender, *login, *media, *body, *taken;
    const char *secret; /* opened; "" for none; token and signing key with a space between */
    const char *ca;     /* a file of certificates to trust; NULL: the system's */
};
/* Whether it can be used: RC_INVALID names the field and what would be right. */
enum rc gateway_check(const struct gateway *g, struct err *e) MUST_USE;
/* Whether an address fits a channel: RC_INVALID says how it is written. */
enum rc contact_check(enum channel c, const char *address, struct err *e) MUST_USE;

struct message {
    const char *to;
    const char *subject; /* at most 45 bytes */
    const char *text;
    const char *id; /* the same at every try: gateways that look at it send once */
    int64_t n;
    struct utime at;
};
enum went {
    WENT,        /* the gateway has taken it */
    WENT_NOT,    /* it surely has not gone: try again later */
    WENT_NEVER,  /* it will not go: the address or the template is wrong */
    WENT_UNSURE, /* it may have gone: not again by itself */
};
struct sent {
    enum went went;
    const char *said; /* the gateway's word or the reason, at most SAID_MAX bytes; no secrets */
    bool down;        /* the gateway itself is at fault, not this message */
};
enum { SAID_MAX = 200, CHANNEL_TIMEOUT_S = 15 };
struct sent channel_send(const struct gateway *g, const struct message *m, struct arena *a);

/* For tests and previews: a template with its names filled in for a kind of text. */
enum template_form { TEMPLATE_PLAIN, TEMPLATE_JSON, TEMPLATE_URL };
const char *template_fill(const char *template, const struct gateway *g,
                          const struct message *m, enum template_form form, struct arena *a);

#endif
