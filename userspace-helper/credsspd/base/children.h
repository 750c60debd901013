/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that serve another one of credsspd's, and the signals of those that have such. */
#ifndef CREDSSPD_CHILDREN_H
#define CREDSSPD_CHILDREN_H

#include <stddef.h>
#include <sys/types.h>

/**
 * children_start() - fork a process with a connection to this one
 * @fd: out: this side of the connection. Writing never waits, so that a process that does not
 *	read stops no other one
 * @most: bytes of the longest packet, see packets_connect()
 * @run: what the process does with its side of the connection; returns its exit status
 * @arg: passed to @run
 *
 * Return: its pid, or a negative errno
 */
pid_t children_start(int *fd, size_t most, int (*run)(int fd, const void *arg), const void *arg);
/*
 * The same for a process whose end the connection shows: its exit status is not needed, and it is
 * never waited for. @fd or a negative errno
 */
int children_start_service(size_t most, int (*run)(int fd, const void *arg), const void *arg);

/*
 * Ignore what is sent to a whole group or service: it is for the daemon, which ends the
 * others. 0 or a negative errno.
 */
int children_ignore_signals(void);
/* A signalfd for SIGCHLD, or a negative errno */
int children_watch(void);
/* Take a signal. Its content is not used: one may stand for several children. */
void children_take_signal(int signals);

#endif
