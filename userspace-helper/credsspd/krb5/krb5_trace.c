// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "krb5_trace.h"

static void trace_append(struct krb5_trace *t, const char *line, size_t length)
{
	if (length + 1 > sizeof(t->text) - t->length)
		return;
	for (size_t i = 0; i < length; i++)
		t->text[t->length++] = line[i] >= ' ' && line[i] <= '~' ? line[i] : '?';
	t->text[t->length++] = '\n';
}

void krb5_trace_add(struct krb5_trace *t, const char *format, ...)
{
	char line[KRB5_TRACE_LINE_MAX];
	va_list args;
	int length;

	if (!t)
		return;
	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (length > 0)
		trace_append(t, line, strlen(line));
}

void krb5_trace_add_lines(struct krb5_trace *t, const char *prefix, const uint8_t *text,
			  size_t length)
{
	const uint8_t *end;

	for (; length; length -= end - text, text = end) {
		end = memchr(text, '\n', length);
		end = end ? end + 1 : text + length;
		krb5_trace_add(t, "%s%.*s", prefix, (int)(end - text) - (end[-1] == '\n'),
			       (const char *)text);
	}
}

/* 0 stands for a time that the ticket does not have. */
static const char *trace_time(char *text, size_t room, krb5_timestamp when)
{
	/* Unsigned in libkrb5 since 1.16: it ends in 2106. */
	const time_t t = (uint32_t)when;
	struct tm tm;

	if (!t || !gmtime_r(&t, &tm) || !strftime(text, room, "%Y-%m-%d %H:%M:%S UTC", &tm))
		return "?";
	return text;
}

static const char *trace_enctype(char *text, size_t room, krb5_enctype enctype)
{
	return krb5_enctype_to_name(enctype, 1, text, room) ? "?" : text;
}

void krb5_trace_add_ticket(struct krb5_trace *t, krb5_context context, const krb5_creds *creds)
{
	const krb5_ticket_times *times = &creds->times;
	char since[40], until[40], enctype[40];
	char *server;

	if (krb5_unparse_name(context, creds->server, &server))
		return;
	krb5_trace_add(t, "ticket %s, session key %s, since %s, until %s", server,
		       trace_enctype(enctype, sizeof(enctype), creds->keyblock.enctype),
		       trace_time(since, sizeof(since), times->starttime ? times->starttime :
				  times->authtime),
		       trace_time(until, sizeof(until), times->endtime));
	krb5_free_unparsed_name(context, server);
}
