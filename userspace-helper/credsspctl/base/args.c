// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "args.h"
#include "text.h"

/* getopt_long()'s value for the first row: above all characters */
#define FIRST_OPTION	256

int args_fail(const char *command, const char *what, const char *why)
{
	fprintf(stderr, "credsspctl %s: ", command);
	text_print(stderr, what);
	fprintf(stderr, ": %s\n", why);
	return -1;
}

const char *args_true(void *to, const char *arg)
{
	(void)arg;
	*(bool *)to = true;
	return NULL;
}

const char *args_false(void *to, const char *arg)
{
	(void)arg;
	*(bool *)to = false;
	return NULL;
}

static void long_options(const struct args_table *table, struct option *options)
{
	const struct args_row *row = table->rows;
	size_t i;

	for (i = 0; i < table->count && i < ARGS_ROWS_MAX; i++, row++) {
		if (row->commands && !(row->commands & table->bit))
			continue;
		options->name = row->name;
		options->has_arg = row->has_arg;
		options->val = FIRST_OPTION + (int)i;
		options++;
	}
}

static int set(const struct args_table *table, void *options, size_t row, const char *arg)
{
	const struct args_row *r = &table->rows[row];
	const char *err = r->set((char *)options + r->offset, arg);
	char name[32];

	if (!err)
		return 0;
	snprintf(name, sizeof(name), "--%s", r->name);
	return args_fail(table->command, name, err);
}

int args_parse(const struct args_table *table, void *options, int argc, char **argv)
{
	struct option list[ARGS_ROWS_MAX + 1] = { { NULL } };
	int value;

	long_options(table, list);
	while ((value = getopt_long(argc, argv, table->leading ? "+" : "", list, NULL)) >= 0) {
		/* getopt_long() has printed the error */
		if (value < FIRST_OPTION)
			return -1;
		if (set(table, options, (size_t)(value - FIRST_OPTION), optarg))
			return -1;
	}
	return 0;
}
