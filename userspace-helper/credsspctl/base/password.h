/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a password, and keeping it until the kernel has it. */
#ifndef CREDSSPCTL_PASSWORD_H
#define CREDSSPCTL_PASSWORD_H

#include <stddef.h>

/**
 * struct secret - one password in memory that is not swapped or dumped
 * @data: its bytes, no NUL
 * @length: bytes
 * @size: of the mapping
 * @dumpable: the process' previous setting
 *
 * While a process has a secret it is not dumpable, so that other processes of its user
 * cannot ptrace it.
 */
struct secret {
	char *data;
	size_t length;
	size_t size;
	int dumpable;
};

/* Return 0, or -1 with errno (EPERM, ENOMEM: the limit of mlock(2) is too low). */
int secret_alloc(struct secret *s);
/* The same for a longer secret with a password in it. */
int secret_alloc_size(struct secret *s, size_t size);
/* Wipe and unmap; may be called twice. */
void secret_free(struct secret *s);

/*
 * Read a password. Return NULL, or what is wrong. @fd is read up to the first newline,
 * which is not part of the password, or to the end, and not a byte further.
 */
const char *password_from_fd(struct secret *s, int fd);
const char *password_from_file(struct secret *s, const char *path);
/* From the terminal, without echo; a signal restores it before it takes effect. */
const char *password_from_terminal(struct secret *s, const char *prompt);
/* From @fd unless it is -1, or @file unless it is NULL, or the terminal. */
const char *password_from(struct secret *s, int fd, const char *file, const char *prompt);

#endif
