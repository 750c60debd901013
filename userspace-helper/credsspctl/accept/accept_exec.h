/* SPDX-License-Identifier: GPL-2.0-only */
/* --exec: a program for an authenticated connection. */
#ifndef CREDSSPCTL_ACCEPT_EXEC_H
#define CREDSSPCTL_ACCEPT_EXEC_H

#include "accept.h"

/* Run the command with the connection's plaintext, and report its end. */
void accept_exec(struct accepted *c);

/*
 * The environment of the command: that of this process without its CREDSSP_* variables, and
 * those of the verdict. NULL without memory, or with errno EILSEQ if the user's name is empty,
 * or has characters that a program could take for something else.
 */
char **accept_exec_environment(const struct accepted *c, char *const *own);

#endif
