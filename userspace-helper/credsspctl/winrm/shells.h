/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The remote shells of a WinRM server's connection (MS-WSMV 3.1.4.10 to 3.1.4.14): each command
 * that a client asks for is run by a program of the server's choice.
 */
#ifndef CREDSSPCTL_SHELLS_H
#define CREDSSPCTL_SHELLS_H

#include <stddef.h>

/* Shells of a connection; each runs one command at a time */
#define SHELLS_MAX	4
/* Input that waits for a command to read it */
#define SHELL_INPUT_MAX	(256 * 1024)
/* Output and errors in one answer, each: in base64, below WinRM's bound on an envelope */
#define SHELL_OUTPUT_MAX	49152

struct shells;

/**
 * struct shells_options - how commands are run
 * @program: program and arguments; the client's command line becomes the last one
 * @env: environment
 * @fd: connection: when the client ends it, nothing waits for output any more
 * @stop: descriptor that is readable when all must end, or -1
 */
struct shells_options {
	char *const *program;
	char *const *env;
	int fd;
	int stop;
};

/* NULL without memory. @options' members must live on. */
struct shells *shells_new(const struct shells_options *options);

/* Ends all commands. */
void shells_free(struct shells *s);

/**
 * shells_answer() - carry out one request
 * @s: shells
 * @message, @n: its envelope
 * @status: out: of HTTP
 * @reply, @length: out: envelope, to be freed
 *
 * Return: 0; -1 when the connection must end.
 */
int shells_answer(struct shells *s, const void *message, size_t n, unsigned int *status,
		  unsigned char **reply, size_t *length);

#endif
