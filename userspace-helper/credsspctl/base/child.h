/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that exchanges bytes with this one. */
#ifndef CREDSSPCTL_CHILD_H
#define CREDSSPCTL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* The descriptor of a program of CHILD_SOCKET */
#define CHILD_FD	3

enum child_kind {
	CHILD_PIPES,	/* pipes to its standard input and from its standard output */
	CHILD_STREAMS,	/* and one from its standard error */
	CHILD_SOCKET,	/* a socket as descriptor CHILD_FD; the standard ones are the caller's */
};

/**
 * struct child - a running program; or, without one, two descriptors that are used likewise
 * @pid: its process, -1 without one
 * @pidfd: becomes readable when it ends; -1 without one
 * @input: goes to it; -1 when closed
 * @output: comes from it, likewise
 * @error: likewise, with CHILD_STREAMS
 * @kind: enum child_kind
 *
 * The descriptors of a program do not block. One of CHILD_SOCKET remains in the caller's process
 * group, so that it may use the terminal; others have a group of their own.
 */
struct child {
	pid_t pid;
	int pidfd;
	int input;
	int output;
	int error;
	enum child_kind kind;
};

/*
 * Open /dev/null as the standard descriptors that are closed: no pipe or socket must get their
 * numbers, and what is printed. Return 0, or -1 with errno.
 */
int child_keep_standard(void);

/**
 * child_start() - start a program
 * @child: out
 * @kind: how it is connected
 * @argv: the program, looked up in PATH, and its arguments
 * @env: its environment
 *
 * It has the caller's rights, and none of its descriptors but those above. Its signals are those
 * of a new program.
 *
 * Return: 0, or -1 with errno.
 */
int child_start(struct child *child, enum child_kind kind, char *const argv[],
		char *const env[]);

/* Close a descriptor of it. */
void child_close(int *end);

/* Close @input or @output, so that the program sees it. */
void child_close_input(struct child *child);
void child_close_output(struct child *child);

/*
 * Wait for the end of the program, which is signalled, after a hang-up, first by SIGHUP, and
 * then by SIGKILL. Return the status as of waitpid(2).
 */
int child_wait(struct child *child);
int child_hang_up(struct child *child);

/* Send a signal to it, and to its process group if it has one of its own. */
void child_kill(const struct child *child, int signal);

#endif
