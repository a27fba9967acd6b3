/*
 * Fibers: tasks with stacks of their own, run in turns by a few threads. A task that waits for
 * something (waiter_wait) leaves its thread to another one and goes on later, perhaps on
 * another thread. So a thousand tasks that wait cost a thousand stacks, but no thread and no
 * switch by the kernel.
 *
 * What a task must know: a wait may change its thread. It holds no mutex over a wait, and
 * nothing of the thread (_Thread_local, errno) is its own after one; fiber_own is.
 */
#ifndef BASE_FIBER_H
#define BASE_FIBER_H

#include "base.h"

#include <semaphore.h>

struct fiber;
struct fibers; /* the threads, the queue of tasks, the stacks */

/* Embedded in what a task works on. */
struct task {
    struct task *next;
};
struct fibers_config {
    unsigned under_way; /* tasks begun and not ended, at most; the others wait in the queue */
    unsigned threads;   /* that run them, started when needed. When all are kept by tasks that
                           neither wait nor end for FIBER_SLOW_MS, more are let in, at most
                           under_way */
    size_t stack;       /* bytes for each; only what is touched counts */
    void (*run)(struct task *t, void *arg);
    void *arg;
};
enum { FIBER_SLOW_MS = 10 };
struct fibers_stats {
    unsigned queued, under_way, threads;
    int64_t cpu_us; /* what the threads have used */
};

struct fibers *fibers_start(const struct fibers_config *cfg) MUST_USE;
void fibers_add(struct fibers *p, struct task *t);
void fibers_stats(struct fibers *p, struct fibers_stats *ret);
/* All tasks added are run to their ends. NULL is fine. */
void fibers_stop(struct fibers *p);

/*
 * Wait for one event: waiter_init, let another thread know of w, waiter_wait; the other calls
 * waiter_post once. w is the waiting side's again when waiter_wait returns. Outside a fiber the
 * thread waits.
 */
struct waiter {
    struct fiber *fiber; /* NULL: a thread waits */
    _Atomic int state;
    sem_t posted;
};
void waiter_init(struct waiter *w);
void waiter_wait(struct waiter *w);
void waiter_post(struct waiter *w);

/* A place for one pointer that stays with the fiber, outside a fiber with the thread. */
void **fiber_own(void);

#endif
