/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A function with a stack of its own, which can stop in the middle and be gone on
 * with later: the way out of a callback that must wait.  For one thread.
 */
#ifndef CREDSSPD_COROUTINE_H
#define CREDSSPD_COROUTINE_H

#include <stdbool.h>

struct coroutine;

/* @run is entered by the first resume. NULL when out of memory. */
struct coroutine *coroutine_new(void (*run)(void *arg), void *arg);
/* Run it until it stops (true) or is over (false). */
bool coroutine_resume(struct coroutine *c);
/* In the coroutine: stop until the next resume. */
void coroutine_stop(struct coroutine *c);
/* Only one that was never entered or is over: what is on its stack would be lost. */
void coroutine_free(struct coroutine *c);

#endif
