// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "environment.h"
#include "text.h"

#define PREFIX	"CREDSSP_"

static void copy(struct environment *e, const char *variable)
{
	char *own = strdup(variable);

	if (own)
		e->list[e->count++] = own;
	else
		e->failed = true;
}

void environment_begin(struct environment *e, char *const *from)
{
	size_t n;

	*e = (struct environment){ .list = NULL };
	for (n = 0; from[n]; n++)
		;
	e->list = calloc(n + ENVIRONMENT_OWN_MAX + 1, sizeof(*e->list));
	e->failed = !e->list;
	for (n = 0; !e->failed && from[n]; n++)
		if (strncmp(from[n], PREFIX, strlen(PREFIX)))
			copy(e, from[n]);
}

void environment_set(struct environment *e, const char *name, const char *format, ...)
{
	char *value = NULL, *variable = NULL;
	va_list args;
	int n;

	if (e->failed || e->own == ENVIRONMENT_OWN_MAX) {
		e->failed = true;
		return;
	}
	va_start(args, format);
	n = vasprintf(&value, format, args);
	va_end(args);
	if (n < 0) {
		e->failed = true;
		return;
	}
	if (asprintf(&variable, PREFIX "%s=%s", name, value) < 0) {
		e->failed = true;
	} else {
		e->list[e->count++] = variable;
		e->own++;
	}
	free(value);
}

void environment_set_text(struct environment *e, const char *name, const char *text)
{
	environment_set(e, name, "%s", text_is_clean(text) ? text : "");
}

char **environment_end(struct environment *e)
{
	if (!e->failed)
		return e->list;
	environment_free(e->list);
	e->list = NULL;
	errno = ENOMEM;
	return NULL;
}

void environment_free(char **list)
{
	size_t i;

	for (i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}
