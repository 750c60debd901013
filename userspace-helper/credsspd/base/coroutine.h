/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A function with a stack of its own, which can stop in the middle and be resumed later.
 * With it a callback can wait without blocking the process. A coroutine belongs to the
 * thread that made it.
 */
#ifndef CREDSSPD_COROUTINE_H
#define CREDSSPD_COROUTINE_H

#include <stdbool.h>

struct coroutine;

/* The first coroutine_resume() enters @run. NULL when out of memory. */
struct coroutine *coroutine_new(void (*run)(void *arg), void *arg);
/* Run it until it stops (true) or has returned (false). */
bool coroutine_resume(struct coroutine *c);
/* Called in the coroutine: stop until the next coroutine_resume(). */
void coroutine_stop(struct coroutine *c);
/*
 * Free a coroutine that was never entered or has returned. In any other one the resources
 * on its stack would be lost.
 */
void coroutine_free(struct coroutine *c);
/* This thread ends, and makes no more coroutines. */
void coroutine_forget(void);

#endif
