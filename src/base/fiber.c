/* Stacks are changed by swapcontext; the sanitizers are told of it. */
#include "base/fiber.h"

#include "base/arena.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__has_feature)
#define FEATURE(x) __has_feature(x)
#else
#define FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || FEATURE(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define WITH_ASAN(x) x
#else
#define WITH_ASAN(x)
#endif
#if defined(__SANITIZE_THREAD__) || FEATURE(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define WITH_TSAN(x) x
#else
#define WITH_TSAN(x)
#endif

/* Where a stack of execution was left: a thread's or a fiber's. */
struct place {
    ucontext_t at;
    const void *bottom; /* for the sanitizers */
    size_t size;
    void *fake, *tsan;
};
struct fiber {
    struct place here;
    struct place *thread; /* that runs it now */
    struct fibers *pool;
    struct task *task; /* NULL: it has ended */
    struct waiter *waits;
    struct fiber *next; /* free or ready */
    void *own;
    char *stack;
};
struct fibers {
    struct fibers_config cfg;
    pthread_mutex_t lock;
    pthread_cond_t work, kept;
    struct task *head, **tail;         /* the queue */
    struct fiber *ready, **ready_tail; /* waited, and may go on */
    struct fiber *free, **all;
    unsigned n_queued, n_fibers, n_under_way, n_threads, n_idle;
    unsigned n_more;  /* threads let in beside cfg.threads */
    unsigned n_turns; /* tasks taken up */
    bool waking;      /* a thread was woken and has not looked yet */
    bool watching;    /* the watch is awake */
    bool ending;
    pthread_t *threads, watch;
};
enum { NOT_YET, PARKED, POSTED }; /* of a waiter */

static _Thread_local struct fiber *running;
static _Thread_local void *thread_own;

/* Not inlined: the thread, and with it the variable's address, may differ at each call. */
static __attribute__((noinline)) struct fiber *fiber_now(void)
{
    return running;
}

static __attribute__((noinline)) void fiber_set(struct fiber *f)
{
    running = f;
}

__attribute__((noinline)) void **fiber_own(void)
{
    struct fiber *f = fiber_now();
    return f ? &f->own : &thread_own;
}

static void change(struct place *from, struct place *to)
{
    WITH_ASAN(__sanitizer_start_switch_fiber(&from->fake, to->bottom, to->size));
    WITH_TSAN(__tsan_switch_to_fiber(to->tsan, 0));
    swapcontext(&from->at, &to->at); /* fails only where a context was not made */
}

/* f runs, on whatever thread. */
static void arrived(struct fiber *f)
{
    WITH_ASAN(
        __sanitizer_finish_switch_fiber(f->here.fake, &f->thread->bottom, &f->thread->size));
}

static void leave(struct fiber *f)
{
    change(&f->here, f->thread);
    arrived(f);
}

static void fiber_main(void)
{
    struct fiber *f = fiber_now();
    for (arrived(f);; leave(f)) {
        f->pool->cfg.run(f->task, f->pool->cfg.arg);
        f->task = NULL;
    }
}

/* Run f until it waits or has ended. */
static void go(struct place *thread, struct fiber *f)
{
    f->waits = NULL;
    f->thread = thread;
    fiber_set(f);
    change(thread, &f->here);
    WITH_ASAN(__sanitizer_finish_switch_fiber(thread->fake, NULL, NULL));
    fiber_set(NULL);
}

static struct fiber *fiber_new(struct fibers *p)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = p->cfg.stack + page;
    char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        return NULL;
    (void)mprotect(stack, page, PROT_NONE); /* a guard; without it all works as well */
    struct fiber *f = mem_alloc(sizeof(*f));
    f->pool = p;
    f->stack = stack;
    getcontext(&f->here.at);
    f->here.at.uc_stack.ss_sp = stack + page;
    f->here.at.uc_stack.ss_size = p->cfg.stack;
    f->here.bottom = stack + page;
    f->here.size = p->cfg.stack;
    WITH_TSAN(f->here.tsan = __tsan_create_fiber(0));
    makecontext(&f->here.at, fiber_main, 0);
    return f;
}

static void fiber_free(struct fiber *f)
{
    WITH_TSAN(__tsan_destroy_fiber(f->here.tsan));
    munmap(f->stack, f->pool->cfg.stack + (size_t)sysconf(_SC_PAGESIZE));
    free(f);
}

/* ---- under the lock ---- */

/* Whether there is something a thread could take up. */
static bool any(const struct fibers *p)
{
    return p->ready || (p->head && (p->free || p->n_fibers < p->cfg.under_way));
}

static struct fiber *fiber_take(struct fibers *p)
{
    struct fiber *f = p->free;
    if (f) {
        p->free = f->next;
    } else if (p->n_fibers < p->cfg.under_way && (f = fiber_new(p))) {
        p->all[p->n_fibers++] = f;
    }
    return f;
}

/* What may go on, before what may begin: its client has waited longer. */
static struct fiber *next(struct fibers *p)
{
    struct fiber *f = p->ready;
    if (f) {
        p->ready = f->next;
        if (!p->ready)
            p->ready_tail = &p->ready;
        return f;
    }
    if (!p->head || !(f = fiber_take(p)))
        return NULL;
    f->task = p->head;
    p->head = f->task->next;
    if (!p->head)
        p->tail = &p->head;
    p->n_queued--;
    p->n_under_way++;
    return f;
}

static void *crew(void *arg);

/*
 * See that a thread comes for what there is to do, one at a time: it brings the next when there
 * is more. When all are kept, the watch looks whether they are kept for long. Returns whom to
 * wake.
 */
static pthread_cond_t *bring(struct fibers *p)
{
    unsigned awake = p->n_threads - p->n_idle;
    if (!any(p) || p->waking)
        return NULL;
    if (awake >= p->cfg.threads + p->n_more)
        return !p->watching && awake < p->cfg.under_way ? &p->kept : NULL;
    p->waking = true;
    if (p->n_idle > 0)
        return &p->work;
    if (pthread_create(&p->threads[p->n_threads], NULL, crew, p) == 0)
        p->n_threads++;
    else
        p->waking = false; /* then those there are do it */
    return NULL;
}

/* Give the lock back and wake who is wanted: without the lock, which the woken one takes. */
static void unlock(struct fibers *p)
{
    pthread_cond_t *wanted = bring(p);
    pthread_mutex_unlock(&p->lock);
    if (wanted)
        pthread_cond_signal(wanted);
}

static void rest(struct fibers *p)
{
    p->n_idle++;
    pthread_cond_wait(&p->work, &p->lock);
    p->n_idle--;
    p->waking = false;
}

/* NULL: all is done. */
static struct fiber *await(struct fibers *p)
{
    struct fiber *f;
    if (p->n_more > 0 && !p->ending) { /* one of those that were slow is back */
        p->n_more--;
        rest(p);
    }
    while (!(f = next(p)) && !(p->ending && p->n_under_way == 0 && !p->head))
        rest(p);
    p->n_turns++;
    return f;
}

/* Nothing was taken up for a while, although there is something: let another thread in. */
static void *watch(void *arg)
{
    struct fibers *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->ending || p->n_under_way > 0 || p->head) {
        struct timespec until;
        unsigned turns = p->n_turns;
        p->watching = any(p);
        if (!p->watching) {
            pthread_cond_wait(&p->kept, &p->lock);
            continue;
        }
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += FIBER_SLOW_MS * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&p->kept, &p->lock, &until); /* either way: look */
        if (turns == p->n_turns && any(p) && p->n_threads - p->n_idle < p->cfg.under_way) {
            p->n_more++;
            unlock(p);
            pthread_mutex_lock(&p->lock);
        }
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- threads ---- */

/* Of f, which came back from go(): true when it goes on at once. */
static bool goes_on(struct fiber *f)
{
    return f->waits && atomic_exchange(&f->waits->state, PARKED) == POSTED;
}

static void *crew(void *arg)
{
    struct fibers *p = arg;
    struct place here = { .fake = NULL };
    WITH_TSAN(here.tsan = __tsan_get_current_fiber());
    pthread_mutex_lock(&p->lock);
    p->waking = false;
    for (struct fiber *f; (f = await(p));) {
        unlock(p);
        bool ended;
        do {
            go(&here, f);
            ended = !f->task;
        } while (!ended && goes_on(f));
        /* One that waits may be on another thread by now. */
        pthread_mutex_lock(&p->lock);
        if (ended) {
            f->next = p->free;
            p->free = f;
            p->n_under_way--;
        }
    }
    pthread_cond_broadcast(&p->work);
    pthread_cond_signal(&p->kept);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct fibers *fibers_start(const struct fibers_config *cfg)
{
    struct fibers *p = mem_alloc(sizeof(*p));
    p->cfg = *cfg;
    p->tail = &p->head;
    p->ready_tail = &p->ready;
    p->threads = mem_array(cfg->under_way, sizeof(*p->threads));
    p->all = mem_array(cfg->under_way, sizeof(struct fiber *));
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->kept, &attr);
    pthread_condattr_destroy(&attr);
    p->n_threads = 1;
    if (pthread_create(&p->watch, NULL, watch, p) != 0 ||
        pthread_create(&p->threads[0], NULL, crew, p) != 0)
        abort(); /* no threads at all: nothing can be done */
    return p;
}

void fibers_add(struct fibers *p, struct task *t)
{
    t->next = NULL;
    pthread_mutex_lock(&p->lock);
    *p->tail = t;
    p->tail = &t->next;
    p->n_queued++;
    unlock(p);
}

void fibers_stats(struct fibers *p, struct fibers_stats *ret)
{
    pthread_mutex_lock(&p->lock);
    *ret = (struct fibers_stats){ .queued = p->n_queued,
                                  .under_way = p->n_under_way,
                                  .threads = p->n_threads };
    for (unsigned i = 0; i < p->n_threads; i++) {
        clockid_t clock;
        struct timespec t;
        if (pthread_getcpuclockid(p->threads[i], &clock) == 0 && clock_gettime(clock, &t) == 0)
            ret->cpu_us += t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
    }
    pthread_mutex_unlock(&p->lock);
}

void fibers_stop(struct fibers *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->work);
    pthread_cond_signal(&p->kept);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->watch, NULL); /* after it no thread is started */
    for (unsigned i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i], NULL);
    for (unsigned i = 0; i < p->n_fibers; i++)
        fiber_free(p->all[i]);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->kept);
    free(p->threads);
    free(p->all);
    free(p);
}

/* ---- waiting ---- */

void waiter_init(struct waiter *w)
{
    w->fiber = fiber_now();
    w->state = NOT_YET;
    if (!w->fiber)
        sem_init(&w->posted, 0, 0);
}

void waiter_wait(struct waiter *w)
{
    struct fiber *f = w->fiber;
    if (f) {
        f->waits = w;
        leave(f); /* the thread looks whether it was posted meanwhile */
        return;
    }
    while (sem_wait(&w->posted) != 0)
        ; /* interrupted by a signal */
    sem_destroy(&w->posted);
}

void waiter_post(struct waiter *w)
{
    struct fiber *f = w->fiber;
    if (!f) {
        sem_post(&w->posted); /* w is the waiting side's again */
        return;
    }
    struct fibers *p = f->pool;
    if (atomic_exchange(&w->state, POSTED) != PARKED)
        return;
    pthread_mutex_lock(&p->lock);
    f->next = NULL;
    *p->ready_tail = f;
    p->ready_tail = &f->next;
    unlock(p);
}
