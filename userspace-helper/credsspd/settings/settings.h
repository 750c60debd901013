/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration file: lines "name = value". */
#ifndef CREDSSPD_SETTINGS_H
#define CREDSSPD_SETTINGS_H

#include <stdbool.h>

/**
 * struct settings_reader - who takes what is in a file
 * @set: called for each line; nonzero: the value is wrong, which it has said
 * @arg: for @set
 */
struct settings_reader {
	int (*set)(void *arg, const char *file, unsigned int line, const char *name,
		   const char *value);
	void *arg;
};

/*
 * Read @file. @optional: there need not be one, *@text is NULL then. Names and values are in
 * *@text, which the caller frees. Returns 0 or a negative errno, and the reason has been written
 * to stderr, with the line's number.
 */
int settings_read(const char *file, bool optional, char **text,
		  const struct settings_reader *reader);

#endif
