/* SPDX-License-Identifier: GPL-2.0-only */
/* A command run by a server's WinRM (MS-WSMV 3.1.4.10 to 3.1.4.14), from the client's end. */
#ifndef CREDSSPCTL_REMOTE_SHELL_H
#define CREDSSPCTL_REMOTE_SHELL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/stop.h"
#include "winrm.h"

/**
 * struct remote_command - a command
 * @to: host and port of the server
 * @line: command line
 * @input: descriptor that its input comes from, or -1 for none
 * @output, @error: descriptors that its output and errors go to
 * @deadline: when it is ended, see net_now()
 * @stop: signals that end it, or NULL
 * @done: out: it has ended by itself; @code is right
 * @code: out: its exit code
 * @failure: out: why it was not run to its end; empty while nothing is wrong
 * @late: out: it was ended at the deadline
 * @left: out: its shell could not be deleted, and may go on
 */
struct remote_command {
	const char *to;
	const char *line;
	int input;
	int output;
	int error;
	int64_t deadline;
	struct stop *stop;
	bool done;
	uint32_t code;
	char failure[256];
	bool late;
	bool left;
};

/* Exchanges an envelope for another one; as winrm_exchange() */
typedef int (*remote_exchange_fn)(void *arg, const void *message, size_t n, int64_t deadline,
				  struct winrm_reply *reply);

/*
 * Run it. Return 0 when @done, -1 with @failure; if the exchange itself has failed, that is empty.
 */
int remote_run(struct remote_command *c, remote_exchange_fn exchange, void *arg);

#endif
