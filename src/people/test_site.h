/* For tests of pages: people of a county ask it, each with a token, without sockets. */
#ifndef PEOPLE_TEST_SITE_H
#define PEOPLE_TEST_SITE_H

#include "people/account.h"
#include "people/asker.h"
#include "store/test_county.h"

struct site {
    struct county *c;
    struct web_fake *web;
    struct arena *a; /* answers live here */
};
/* With these routes, which are checked; sections NULL: none. */
void site_open(struct site *x, struct county *c, struct arena *a,
               const struct route_table *tables, size_t n, const struct section *sections);
void site_done(struct site *x);

/* Accounts that are there at once, as if each had been activated. */
enum rc site_people(struct tx *tx, struct county *c, const struct account_new *people, size_t n,
                    struct arena *a, struct err *e) MUST_USE;
/* A token of an account, or a session as a browser has one (its forms carry what they must):
 * what is asked with below; NULL is a visitor. */
const char *site_token(struct site *x, const char *account);
const char *site_session(struct site *x, const char *account);

struct web_reply site_ask(struct site *x, const char *token, const char *method,
                          const char *target, const char *type, const char *body);
struct web_reply site_get(struct site *x, const char *token, const char *target);
struct web_reply site_post(struct site *x, const char *token, const char *target,
                           const char *form);
/* A file in the field "file"; more: further parts, as SITE_PART writes them, or "". */
struct web_reply site_upload(struct site *x, const char *token, const char *target,
                             const char *name, const char *content, const char *more);
#define SITE_PART(name, value)                                                                 \
    "--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
/* The token of what waits (people/held.h), from the form that confirms it. */
const char *site_held(struct site *x, const struct web_reply *r);

void t_check_status(const char *file, int line, const struct web_reply *r, int want);
void t_check_has(const char *file, int line, const struct web_reply *r, const char *text,
                 bool want);
#define CHECK_STATUS(r, want)                                                                  \
    do {                                                                                       \
        const struct web_reply r_ = (r);                                                       \
        t_check_status(__FILE__, __LINE__, &r_, (want));                                       \
    } while (0)
#define CHECK_HAS(r, text)                                                                     \
    do {                                                                                       \
        const struct web_reply r_ = (r);                                                       \
        t_check_has(__FILE__, __LINE__, &r_, (text), true);                                    \
    } while (0)
#define CHECK_LACKS(r, text)                                                                   \
    do {                                                                                       \
        const struct web_reply r_ = (r);                                                       \
        t_check_has(__FILE__, __LINE__, &r_, (text), false);                                   \
    } while (0)

#endif
