/* SPDX-License-Identifier: GPL-2.0-only */
/* The bookkeeper: a process that has the NT hashes of the accounts, and checks proofs. */
#ifndef CREDSSPD_BOOKKEEPER_H
#define CREDSSPD_BOOKKEEPER_H

#include <sys/types.h>

/**
 * struct bookkeeper_setup - what a bookkeeper needs
 * @gate: its parent, with which it ends
 * @path: file of accounts, or NULL
 * @machine: name of this machine
 * @user: user to become, see sandbox_enter()
 */
struct bookkeeper_setup {
	pid_t gate;
	const char *path;
	const char *machine;
	const char *user;
};

/*
 * Read the accounts, give up all rights, and answer questions until @fd shows that the gate does
 * not need this process any more. Returns the exit status.
 */
int bookkeeper_serve(int fd, const struct bookkeeper_setup *setup);

#endif
