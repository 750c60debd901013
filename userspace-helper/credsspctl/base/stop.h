/* SPDX-License-Identifier: GPL-2.0-only */
/* A signal asks for the end: what was begun is cleaned up first, with little time. */
#ifndef CREDSSPCTL_STOP_H
#define CREDSSPCTL_STOP_H

#include <stdbool.h>
#include <stdint.h>

/* For cleaning up, after the first signal */
#define STOP_MS		10000

/**
 * struct stop - SIGINT, SIGTERM and SIGHUP
 * @fd: readable when one has come; -1 if they cannot be watched, and end the program
 * @signal: the first one, 0 before it
 * @deadline: when to give up, see net_now(): INT64_MAX before the first one
 */
struct stop {
	int fd;
	int signal;
	int64_t deadline;
};

/*
 * Block the signals from now on, but for those that are ignored. Return a descriptor for struct
 * stop, or -1.
 */
int stop_watch(void);
/* The signal that has come, or 0 */
int stop_take(int fd);

void stop_begin(struct stop *s);
/* Close the descriptor. The signals stay blocked. */
void stop_end(struct stop *s);

/* Has a signal come? With the second one the time is over. Without @s none has. */
bool stop_asked(struct stop *s);
/* @deadline, or an earlier one after a signal */
int64_t stop_limit(const struct stop *s, int64_t deadline);
/* Wait until @fd is readable. Return 0, or -1 with errno. */
int stop_await(struct stop *s, int fd, int64_t deadline);
/* Wait until @fd is writable. Return 0, or -1 with errno: EINTR if a signal ends the wait. */
int stop_await_room(struct stop *s, int fd);

#endif
