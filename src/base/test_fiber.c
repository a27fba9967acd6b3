/* Fibers: many that wait for each other and for threads, slow ones, what stays with them. */
#include "base/arena.h"
#include "base/fiber.h"
#include "base/test.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { MANY = 2000, WAITS = 5, UNDER_WAY = 64, STACK = 1 << 18 };

/* ---- one who answers, as the database's writer does ---- */

struct ask {
    struct waiter over;
    int question, answer;
    struct ask *next;
};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked = PTHREAD_COND_INITIALIZER;
static struct ask *asks;
static bool enough;

static void *answering(void *arg)
{
    pthread_mutex_lock(&lock);
    while (asks || !enough) {
        struct ask *all = asks;
        asks = NULL;
        if (!all) {
            pthread_cond_wait(&asked, &lock);
            continue;
        }
        pthread_mutex_unlock(&lock);
        for (struct ask *k = all, *next; k; k = next) {
            next = k->next;
            k->answer = k->question * 2 + 1;
            waiter_post(&k->over);
        }
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static int ask(int question)
{
    struct ask k = { .question = question };
    waiter_init(&k.over);
    pthread_mutex_lock(&lock);
    k.next = asks;
    asks = &k;
    pthread_cond_signal(&asked);
    pthread_mutex_unlock(&lock);
    waiter_wait(&k.over);
    return k.answer;
}

/* ---- tasks ---- */

struct job {
    struct task task;
    int number, wrong;
};
static atomic_int ended;

static void asking(struct task *t, void *arg)
{
    struct job *j = (struct job *)(void *)t;
    int mine = j->number;
    *fiber_own() = j;
    for (int i = 0; i < WAITS; i++) {
        j->wrong += ask(mine + i) != (mine + i) * 2 + 1;
        j->wrong += *fiber_own() != j;
    }
    *fiber_own() = NULL;
    atomic_fetch_add(&ended, 1);
}

static void many(unsigned threads)
{
    struct job *jobs = mem_array(MANY, sizeof(*jobs));
    struct fibers_config cfg = {
        .threads = threads, .under_way = UNDER_WAY, .stack = STACK, .run = asking
    };
    struct fibers_stats s;
    pthread_t answers;
    enough = false;
    ended = 0;
    CHECK(pthread_create(&answers, NULL, answering, NULL) == 0);
    struct fibers *p = fibers_start(&cfg);
    for (int i = 0; i < MANY; i++) {
        jobs[i].number = i;
        fibers_add(p, &jobs[i].task);
    }
    fibers_stats(p, &s);
    CHECK(s.under_way <= UNDER_WAY);
    fibers_stop(p);
    CHECK_INT(ended, MANY);
    int wrong = 0;
    for (int i = 0; i < MANY; i++)
        wrong += jobs[i].wrong;
    CHECK_INT(wrong, 0);
    CHECK_INT(ask(20), 41); /* a thread waits the same way */
    pthread_mutex_lock(&lock);
    enough = true;
    pthread_cond_signal(&asked);
    pthread_mutex_unlock(&lock);
    pthread_join(answers, NULL);
    free(jobs);
}

static void one_thread(void)
{
    many(1);
}

static void some_threads(void)
{
    many(4);
}

/* ---- posted before it is waited for ---- */

static void posts_first(struct task *t, void *arg)
{
    struct waiter w;
    waiter_init(&w);
    waiter_post(&w);
    waiter_wait(&w);
    atomic_fetch_add(&ended, 1);
}

static void posted_before(void)
{
    struct task t;
    struct fibers_config cfg = {
        .threads = 1, .under_way = 1, .stack = STACK, .run = posts_first
    };
    ended = 0;
    struct fibers *p = fibers_start(&cfg);
    fibers_add(p, &t);
    fibers_stop(p);
    CHECK_INT(ended, 1);
    posts_first(&t, NULL);
    CHECK_INT(ended, 2);
    fibers_stop(NULL);
}

/* ---- tasks that keep their threads ---- */

enum { SLOW = 5 };
static sem_t gate;

/* Each but the last keeps its thread until the last has come. */
static void keeping(struct task *t, void *arg)
{
    struct job *j = (struct job *)(void *)t;
    if (j->number == SLOW - 1)
        for (int i = 1; i < SLOW; i++)
            sem_post(&gate);
    else
        while (sem_wait(&gate) != 0)
            ;
    atomic_fetch_add(&ended, 1);
}

static void lets_more_in(void)
{
    struct job jobs[SLOW];
    struct fibers_config cfg = {
        .threads = 1, .under_way = SLOW, .stack = STACK, .run = keeping
    };
    struct fibers_stats s;
    sem_init(&gate, 0, 0);
    ended = 0;
    struct fibers *p = fibers_start(&cfg);
    for (int i = 0; i < SLOW; i++) {
        jobs[i] = (struct job){ .number = i };
        fibers_add(p, &jobs[i].task);
    }
    do
        fibers_stats(p, &s);
    while (s.queued + s.under_way > 0);
    CHECK_INT(s.threads, SLOW);
    CHECK(s.cpu_us >= 0);
    fibers_stop(p);
    CHECK_INT(ended, SLOW);
    sem_destroy(&gate);
}

T_MAIN({ "many fibers wait, one thread runs them", one_thread },
       { "many fibers wait, on several threads", some_threads },
       { "posted before it is waited for", posted_before },
       { "tasks that keep their threads let others in", lets_more_in })
