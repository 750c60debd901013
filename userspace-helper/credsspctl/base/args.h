/* SPDX-License-Identifier: GPL-2.0-only */
/* Command lines of long options, by tables. */
#ifndef CREDSSPCTL_ARGS_H
#define CREDSSPCTL_ARGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct args_row - an option
 * @name: without the dashes
 * @has_arg: no_argument, required_argument or optional_argument; the last one is part of
 *	the option's word: --ccache=NAME
 * @set: sets it. Returns NULL, or what is wrong with @arg
 * @offset: of what @set changes, in the command's structure
 * @commands: bits of the commands that have it; 0 for all of the table's commands
 */
struct args_row {
	const char *name;
	int has_arg;
	const char *(*set)(void *to, const char *arg);
	size_t offset;
	unsigned int commands;
};

/* The most rows of a table */
#define ARGS_ROWS_MAX	40

/**
 * struct args_table - the options of a command
 * @command: its name, for error messages
 * @rows: options
 * @count: of @rows, at most ARGS_ROWS_MAX
 * @bit: of the command in @rows' commands
 * @leading: options end before the first argument that is none
 */
struct args_table {
	const char *command;
	const struct args_row *rows;
	size_t count;
	unsigned int bit;
	bool leading;
};

/*
 * Set the options of @argv in @options. Return 0, with the first argument that is no option at
 * optind; or -1 after a line on standard error.
 */
int args_parse(const struct args_table *table, void *options, int argc, char **argv);

/* Print "credsspctl COMMAND: WHAT: WHY". Return -1. */
int args_fail(const char *command, const char *what, const char *why);

/* Setters of a bool */
const char *args_true(void *to, const char *arg);
const char *args_false(void *to, const char *arg);

#endif
