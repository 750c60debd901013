/* SPDX-License-Identifier: GPL-2.0-only */
/* Workers of the key keeper for its test, which do what a script says. */
#ifndef CREDSSPD_TEST_WORKER_H
#define CREDSSPD_TEST_WORKER_H

#include <semaphore.h>
#include <sys/types.h>

/* Users; the others up to USERS have no script of their own. */
enum { ALICE = 1, BOB = 2, USERS = 100, NOBODY = 9999 };

/*
 * The workers' scripts for each user, of which the first is for the first worker, and so
 * on; later workers run the last script. Without a script a worker answers each request.
 * The letters are in test_worker.c.
 */
extern const char *const *scripts[USERS];

/**
 * struct shared - what all processes see
 * @started: workers of each user so far
 * @pid: of the last one
 * @keeper: its parent
 * @gate: each post lets one worker pass; no worker has a descriptor for it
 */
extern struct shared {
	unsigned int started[USERS];
	pid_t pid[USERS];
	pid_t keeper;
	sem_t gate;
} *shared;

#endif
