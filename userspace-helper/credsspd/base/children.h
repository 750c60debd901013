/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals of the processes that have workers: the key keeper and the ticket office. */
#ifndef CREDSSPD_CHILDREN_H
#define CREDSSPD_CHILDREN_H

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
