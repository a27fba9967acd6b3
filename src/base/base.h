/*
 * Results, errors and the few macros every file needs.
 *
 * Anything that can fail returns enum rc and takes a struct err *. The function that discovers
 * the failure writes the message once, as Chinese text with named placeholders; it is rendered
 * in the reader's language at the edge.
 */
#ifndef BASE_H
#define BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
/* Run fn(&variable) when the variable goes out of scope, on every return. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Marks text for people in const tables; po/extract finds it. It must be a macro: initialisers
 * need a constant. */
#define N_(text) text

/* Every result: code, HTTP status, Chinese text used when nobody wrote a better message. */
#define RC_LIST(X)                                                                             \
    X(RC_OK, 200, N_("成功"))                                                                  \
    X(RC_DONE, 200, N_("没有更多"))    /* an iteration has ended; not a failure */             \
    X(RC_INVALID, 400, N_("输入有误")) /* what was given is wrong; nothing changed */          \
    X(RC_UNAUTH, 401, N_("请先登录"))                                                          \
    X(RC_DENIED, 403, N_("没有权限"))                                                          \
    X(RC_NOTFOUND, 404, N_("没有找到"))                                                        \
    X(RC_CONFLICT, 409, N_("内容已有变化")) /* somebody or something was there first */        \
    X(RC_TOOBIG, 413, N_("超过上限"))                                                          \
    X(RC_UNPROVEN, 422, N_("核验不通过")) /* a proof, signature or digest is wrong */          \
    X(RC_TOOMANY, 429, N_("请求过于频繁"))                                                     \
    X(RC_IO, 500, N_("读写失败")) /* disk, network or child process */                         \
    X(RC_DB, 500, N_("数据库出错"))                                                            \
    X(RC_BUSY, 503, N_("系统繁忙,请稍后再试")) /* try again: nothing was done */

enum rc {
#define X(code, status, text) code,
    RC_LIST(X)
#undef X
};

int rc_http(enum rc rc);
const char *rc_text(enum rc rc); /* Chinese source text */
const char *rc_name(enum rc rc); /* "RC_OK" */

/*
 * One failure. Start with `struct err e = { 0 };` and CLEANUP(err_done). text is the Chinese
 * source with {name} placeholders (NULL: rc_text), args are owned copies. Setting again
 * replaces what was there.
 */
enum { ERR_ARGS_MAX = 12 };
struct err {
    enum rc rc;
    const char *text; /* static storage: a literal marked with N_() */
    size_t n_args;
    struct err_arg {
        char *name, *value;
    } args[ERR_ARGS_MAX];
};

/*
 * Set *e and return rc, so that one line reports and returns:
 *   return err_set(e, RC_CONFLICT, N_("{name} 已被他人修改"), "name", f->name);
 * The tail is name, value pairs of const char *; the value of a name that ends in _text is
 * source text and is translated, too. It is a macro to end the list with NULL for the caller.
 */
#define err_set(...) err_set_(__VA_ARGS__, (const char *)NULL)
enum rc err_set_(struct err *e, enum rc rc, const char *text, ...) __attribute__((sentinel));
void err_done(struct err *e);
/* Move src into dst (dst's old content is freed, src becomes empty). */
void err_move(struct err *dst, struct err *src);

enum lang { LANG_ZH, LANG_EN };
struct arena;
/* The message as a person reads it. Never NULL; lives in a. */
const char *err_message(const struct err *e, enum lang lang, struct arena *a);
/* The message as a value of another message's placeholder: it is shown in that one's language.
 */
const char *err_both(const struct err *e, struct arena *a);
/* The whole text with {name} replaced from (name, value) pairs ended by NULL; {name|unit|units}
 * becomes the first word when the value is 1, else the second. */
const char *text_fill(struct arena *a, const char *text, ...) __attribute__((sentinel));

/* A Chinese source text as it is read: for LANG_ZH with full-width marks, for others
 * translated; the text itself when the catalogues do not have it. */
const char *lang_text(enum lang lang, const char *zh);

#endif
