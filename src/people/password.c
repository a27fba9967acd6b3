/* Argon2id behind a semaphore of two. */
#include "people/password.h"

#include "base/str.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* How many run now: one bound for the process, because memory and cores are the process's. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static int running, waiting;
static unsigned long long ops_limit = crypto_pwhash_OPSLIMIT_INTERACTIVE;
static size_t mem_limit = crypto_pwhash_MEMLIMIT_INTERACTIVE;

void password_pause_for_tests(bool on)
{
    pthread_mutex_lock(&lock);
    running += on ? PASSWORD_AT_ONCE : -PASSWORD_AT_ONCE;
    pthread_cond_broadcast(&freed);
    pthread_mutex_unlock(&lock);
}

void password_cheap_for_tests(void)
{
    ops_limit = crypto_pwhash_OPSLIMIT_MIN;
    mem_limit = crypto_pwhash_MEMLIMIT_MIN;
}

static void enter(void)
{
    pthread_mutex_lock(&lock);
    waiting++;
    while (running >= PASSWORD_AT_ONCE)
        pthread_cond_wait(&freed, &lock);
    waiting--;
    running++;
    pthread_mutex_unlock(&lock);
}

enum rc password_room(struct err *e)
{
    pthread_mutex_lock(&lock);
    bool room = waiting < PASSWORD_WAITING;
    pthread_mutex_unlock(&lock);
    return room ? RC_OK : err_set(e, RC_BUSY, N_("现在登录的人太多，请过几秒再试"));
}

static void leave(void)
{
    pthread_mutex_lock(&lock);
    running--;
    pthread_cond_signal(&freed);
    pthread_mutex_unlock(&lock);
}

enum rc password_check_new(const char *password, const char *account, struct err *e)
{
    size_t n = utf8_count(password);
    if (n < PASSWORD_MIN || strlen(password) > PASSWORD_MAX)
        return err_set(e, RC_INVALID, N_("密码应有{min}至{max}个字符,现为{n}个"), "min", "10",
                       "max", "256", "n",
                       n < PASSWORD_MIN ? (char[]){ (char)('0' + n), 0 } : "256+");
    bool seen[256] = { false };
    size_t kinds = 0;
    for (const char *s = password; *s; s++) {
        kinds += !seen[(unsigned char)*s];
        seen[(unsigned char)*s] = true;
    }
    if (kinds < 5)
        return err_set(e, RC_INVALID, N_("密码里不同的字符太少,请换一个不容易猜到的"));
    if (account && *account && strstr(password, account))
        return err_set(e, RC_INVALID, N_("密码里不要含有账号「{account}」"), "account",
                       account);
    return RC_OK;
}

void password_hash(const char *password, char out[PASSWORD_TEXT])
{
    _Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_TEXT, "room for the text");
    if (sodium_init() < 0)
        abort();
    enter();
    int failed = crypto_pwhash_str(out, password, strlen(password), ops_limit, mem_limit);
    leave();
    if (failed)
        abort(); /* out of memory: the only reason libsodium gives */
}

bool password_verify(const char *password, const char *hash)
{
    if (sodium_init() < 0)
        abort();
    if (!hash) {
        /* Somebody who guesses account names must not learn from the time taken. */
        char ignored[PASSWORD_TEXT];
        password_hash(password, ignored);
        return false;
    }
    enter();
    bool same = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
    leave();
    return same;
}
