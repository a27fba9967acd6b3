/* Parsers of what clients send: what is taken, what is refused; proxies' addresses; rate
 * limits. */
#include "base/test.h"
#include "web/private.h"

#include <jansson.h>
#include <string.h>

static enum rc url(struct arena *a, const char *in, struct fields *f)
{
    struct err e = { 0 };
    *f = (struct fields){ .max = 3 };
    enum rc rc = form_urlencoded(a, in, strlen(in), f, &e);
    err_done(&e);
    return rc;
}

static void urlencoded(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct fields f;
    CHECK(url(a, "a=1&b=%E7%A8%8E+x&a=%0D%0A2", &f) == RC_OK);
    CHECK_INT(f.n, 3);
    CHECK_STR(fields_get(&f, "a"), "1");
    CHECK_STR(fields_get(&f, "b"), "税 x");
    CHECK_STR(f.v[2].value, "\n2");
    CHECK(!fields_get(&f, "c"));
    CHECK(url(a, "&&a&=x&", &f) == RC_OK);
    CHECK_STR(fields_get(&f, "a"), "");
    CHECK_STR(fields_get(&f, ""), "x");
    static const struct {
        const char *in;
        enum rc rc;
    } bad[] = {
        { "a=%", RC_INVALID },
        { "a=%4", RC_INVALID },
        { "a=%zz", RC_INVALID },
        { "a=%00", RC_INVALID },
        { "a=%ff", RC_INVALID },
        { "%C0%80=1", RC_INVALID },
        { "a=%1b", RC_INVALID },
        { "a=%ED%A0%80", RC_INVALID },
        { "a=1&b=2&c=3&d=4", RC_TOOBIG },
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_INT(url(a, bad[i].in, &f), bad[i].rc);
}

#define TYPE "multipart/form-data; boundary=XX"
#define DISP "Content-Disposition: form-data; name=\"%s\"\r\n\r\n"

static enum rc multi(struct arena *a, const char *type, const char *in, size_t n,
                     struct fields *f, struct part_file files[2], size_t *n_files)
{
    struct err e = { 0 };
    *f = (struct fields){ .max = 3 };
    enum rc rc = form_multipart(a, type, in, n, f, files, 2, n_files, &e);
    err_done(&e);
    return rc;
}

static void multipart(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct fields f;
    struct part_file files[2];
    size_t n;
    static const char in[] =
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--X\r\n--XX\r\n"
        "content-disposition: form-data; filename=\"C:\\\\x\\\\\xE7\xA8\x8E%22.xlsx\"; "
        "name=\"f\"\r\nContent-Type: text/CSV; x=y\r\n\r\n"
        "\0\xff\r\n--X\r\n--XX\r\n"
        "Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--XX\r\n"
        "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--XX--\r\n";
    CHECK(multi(a, TYPE, in, sizeof(in) - 1, &f, files, &n) == RC_OK);
    CHECK_INT(f.n, 2);
    CHECK_STR(fields_get(&f, "a"), "one\n--X");
    CHECK_STR(fields_get(&f, "empty"), "");
    CHECK_INT(n, 1);
    CHECK_STR(files[0].field, "f");
    CHECK_STR(files[0].filename, "税\".xlsx");
    CHECK_STR(files[0].type, "text/csv");
    CHECK_INT(files[0].n, 7);
    CHECK(memcmp(in + files[0].at, "\0\xff\r\n--X", 7) == 0);
    CHECK(multi(a, "multipart/form-data; charset=x; boundary=\"X X\"", "--X X--", 7, &f, files,
                &n) == RC_OK);
    CHECK_INT(f.n, 0);
    static const struct {
        const char *type, *in;
        enum rc rc;
    } bad[] = {
        { "multipart/form-data", "--XX--", RC_INVALID },
        { "multipart/form-data; boundary=", "----", RC_INVALID },
        { "multipart/form-data; boundary=\"XX", "--XX--", RC_INVALID },
        { TYPE, "", RC_INVALID },
        { TYPE, "--XX", RC_INVALID },
        { TYPE, "--XX\r\n", RC_INVALID },
        { TYPE, "--XX\r\n\r\nx\r\n--XX--", RC_INVALID },
        { TYPE, "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--", RC_INVALID },
        { TYPE, "--XX\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--XX--",
          RC_INVALID },
        { TYPE, "--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XX--",
          RC_INVALID },
        { TYPE, "--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--",
          RC_INVALID },
        { TYPE, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", RC_INVALID },
        { TYPE, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--XX--",
          RC_INVALID },
        { TYPE,
          "--XX\r\nContent-Disposition: form-data; name=\"a\"; "
          "filename=\"../..\"\r\n\r\nx\r\n--XX\r\n",
          RC_INVALID },
        { TYPE,
          "--XX\r\nContent-Disposition: form-data; name=\"a\"; "
          "filename=\"/\"\r\n\r\nx\r\n--XX--",
          RC_INVALID },
        { TYPE,
          "--XX\r\nContent-Disposition: form-data; name=a; "
          "filename=1\r\n\r\nx\r\n--XX\r\nContent-Disposition: form-data; name=a; "
          "filename=2\r\n\r\nx"
          "\r\n--XX\r\nContent-Disposition: form-data; name=a; filename=3\r\n\r\nx\r\n--XX--",
          RC_TOOBIG },
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_INT(multi(a, bad[i].type, bad[i].in, strlen(bad[i].in), &f, files, &n),
                  bad[i].rc);
}

static enum rc json(struct arena *a, const char *in, struct fields *f)
{
    struct err e = { 0 };
    struct json_t *j = NULL;
    *f = (struct fields){ .max = 10 };
    enum rc rc = form_json(a, in, strlen(in), f, &j, &e);
    if (j)
        json_decref(j);
    err_done(&e);
    return rc;
}

static void json_bodies(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct fields f;
    CHECK(json(a,
               "{\"s\":\"税\",\"i\":-3,\"r\":0.1,\"t\":true,\"n\":null,\"l\":[1,\"b\",{}],"
               "\"o\":{\"x\":1}}",
               &f) == RC_OK);
    CHECK_INT(f.n, 6);
    CHECK_STR(fields_get(&f, "s"), "税");
    CHECK_STR(fields_get(&f, "i"), "-3");
    CHECK_STR(fields_get(&f, "r"), "0.1");
    CHECK_STR(fields_get(&f, "t"), "true");
    CHECK_STR(f.v[5].value, "b");
    CHECK(!fields_get(&f, "n"));
    static const char *const bad[] = { "",
                                       "{",
                                       "{\"a\":1,\"a\":2}",
                                       "{\"a\":NaN}",
                                       "\"\xff\"",
                                       "{\"a\":\"\\u0000\"}",
                                       "{\"a\":1} x",
                                       "[1,]",
                                       "{\"a\":\"\\ud800\"}",
                                       "{\"a\":\"\\u001b\"}",
                                       "[]",
                                       "1" };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_INT(json(a, bad[i], &f), RC_INVALID);
    /* An object around 32 lists is too deep, around 31 it is not. */
    CHECK_INT(
        json(a, "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", &f),
        RC_INVALID);
    CHECK_INT(
        json(a, "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", &f),
        RC_OK);
    CHECK_INT(json(a, "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\"}", &f),
              RC_OK);
}

static void cookies(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct fields f = { .max = SIZE_MAX };
    form_cookies(a, "a=1; b=\"x y\" ;c;  d=;=e; f=\xff; a=2", &f);
    CHECK_STR(fields_get(&f, "a"), "1");
    CHECK_STR(fields_get(&f, "b"), "x y");
    CHECK_STR(fields_get(&f, "d"), "");
    CHECK(!fields_get(&f, "c"));
    CHECK(!fields_get(&f, "f"));
    form_cookies(a, NULL, &f);
}

static void accept_lists(void)
{
    CHECK(accepts("gzip, br", "gzip"));
    CHECK(accepts("br,GZIP;q=0.5", "gzip"));
    CHECK(!accepts("gzip;q=0, br", "gzip"));
    CHECK(!accepts("xgzip", "gzip"));
    CHECK(!accepts("gzipx", "gzip"));
    CHECK(!accepts(NULL, "gzip"));
    CHECK(!accepts("", "gzip"));
}

static void proxies(void)
{
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        { "10.1.2.3", "1.2.3.4", "1.2.3.4" },
        { "10.1.2.3", "6.6.6.6, 1.2.3.4", "1.2.3.4" },
        { "10.1.2.3", "1.2.3.4, 10.9.9.9", "1.2.3.4" },
        { "10.1.2.3", "1.2.3.4,::1 , 10.9.9.9", "1.2.3.4" },
        { "10.1.2.3", "nonsense", "10.1.2.3" },
        { "10.1.2.3", "1.2.3.4, nonsense, 10.0.0.1", "10.0.0.1" },
        { "10.1.2.3", NULL, "10.1.2.3" },
        { "11.1.2.3", "1.2.3.4", "11.1.2.3" },
        { "::1", "2001:db8::1", "2001:db8::1" },
        { "::ffff:10.1.2.3", "1.2.3.4", "1.2.3.4" },
        { "2001:db8:5::1", "1.2.3.4", "1.2.3.4" },
        { "2001:dba::1", "1.2.3.4", "2001:dba::1" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct networks *n;
    struct err e = { 0 };
    CHECK_OK(networks_parse(a, "10.0.0.0/8  ::1 2001:db8::/31", &n, &e));
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_STR(client_address(n, cases[i].peer, cases[i].forwarded, a), cases[i].client);
    CHECK(networks_has(n, "2001:db9::1")); /* /31 takes both */
    static const char *const bad[] = { "10.0.0.0/33", "x", "10.0.0.0/", "::1/129",
                                       "10.0.0.0/-1" };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_INT(networks_parse(a, bad[i], &n, &e), RC_INVALID);
    err_done(&e);
}

static void limits(void)
{
    static const struct web_limit rows[] = { { "x", 60, 3 }, { "y", 6, 1 } };
    struct limiter *l = limiter_new(rows, COUNT(rows));
    int64_t wait = 0, now = 1000000000;
    for (int i = 0; i < 3; i++)
        CHECK(limiter_take(l, 0, "a", now, &wait));
    CHECK(!limiter_take(l, 0, "a", now, &wait));
    CHECK_INT(wait, 1);
    CHECK(limiter_take(l, 0, "b", now, &wait)); /* another key */
    CHECK(limiter_take(l, 1, "a", now, &wait)); /* another limit */
    CHECK(!limiter_take(l, 1, "a", now + 1000000, &wait));
    CHECK_INT(wait, 9);
    CHECK(!limiter_take(l, 0, "a", now + 900000, &wait));
    CHECK(limiter_take(l, 0, "a", now + 2000000, &wait));
    CHECK(limiter_take(l, 0, "a", now + 60000000, &wait)); /* never more than the burst */
    CHECK(limiter_take(l, 0, "a", now + 60000000, &wait));
    CHECK(limiter_take(l, 0, "a", now + 60000000, &wait));
    CHECK(!limiter_take(l, 0, "a", now + 60000000, &wait));
    CHECK_INT(limiter_find(l, "y"), 1);
    CHECK_INT(limiter_find(l, "z"), -1);
    limiter_free(l);
}

T_MAIN({ "urlencoded forms", urlencoded }, { "multipart forms", multipart },
       { "JSON bodies", json_bodies }, { "cookies", cookies },
       { "lists of what is accepted", accept_lists }, { "clients behind proxies", proxies },
       { "rate limits", limits })
