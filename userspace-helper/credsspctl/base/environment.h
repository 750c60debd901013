/* SPDX-License-Identifier: GPL-2.0-only */
/* The environment of a program: the caller's, with CREDSSP_* variables of its own. */
#ifndef CREDSSPCTL_ENVIRONMENT_H
#define CREDSSPCTL_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Variables that environment_set() may add */
#define ENVIRONMENT_OWN_MAX	24

/**
 * struct environment - variables being collected
 * @list: strings, NULL-terminated
 * @count: of them
 * @own: of these, those of environment_set()
 * @failed: there was no memory
 */
struct environment {
	char **list;
	size_t count;
	size_t own;
	bool failed;
};

/* Begin with @from, without its CREDSSP_* variables: a program must not take them for ours. */
void environment_begin(struct environment *e, char *const *from);

/* Add CREDSSP_@name. */
void environment_set(struct environment *e, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for a text that only informs: it becomes empty if it is not clean. */
void environment_set_text(struct environment *e, const char *name, const char *text);

/* The list, to be freed; or NULL with errno ENOMEM. */
char **environment_end(struct environment *e);
void environment_free(char **list);

#endif
