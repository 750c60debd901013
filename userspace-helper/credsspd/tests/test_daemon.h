/* SPDX-License-Identifier: GPL-2.0-only */
/* A daemon in a process of its own, for the tests: as main() starts it, with a socket as device. */
#ifndef CREDSSPD_TEST_DAEMON_H
#define CREDSSPD_TEST_DAEMON_H

#include <sys/types.h>
#include "logons/gate.h"
#include "office/office.h"

/**
 * struct test_daemon - a daemon that runs
 * @device: the module's end of the device
 * @signals: the other end of its signals
 */
struct test_daemon {
	int device;
	int signals;
	pid_t pid;
};

/*
 * Start a daemon with @threads, in its sandbox; with @keys it has a key keeper for that
 * directory, with @office a ticket office. With NO_SANDBOX in the environment there is no
 * filter of system calls, for ThreadSanitizer.
 */
void test_daemon_start(struct test_daemon *t, unsigned int threads, const char *keys,
		       const struct office_setup *office);
/* The next daemons have a gate for logons with this setup; NULL, and so at first: none. */
extern const struct gate_setup *test_daemon_gate;
/* Close the device, and wait for the daemon's end. */
void test_daemon_stop(const struct test_daemon *t);

#endif
