// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "text.h"

#define REPLACEMENT	0xfffd

/*
 * The text of a certificate is not trusted. Bytes that are not UTF-8
 * become U+FFFD. Characters that could steer a terminal are escaped, even
 * where RFC 8259 7 does not require it.
 */
static void put_string(FILE *f, const char *s)
{
	size_t n = strlen(s), used;
	uint32_t c;

	fputc('"', f);
	for (; n; s += used, n -= used) {
		used = text_next(s, n, &c);
		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", (char)c);
		else if (text_is_control(c) || c == REPLACEMENT)
			fprintf(f, "\\u%04x", c);
		else
			fwrite(s, 1, used, f);
	}
	fputc('"', f);
}

static void put_indent(struct json *j)
{
	if (!j->one_line)
		fprintf(j->f, "\n%*s", 2 * j->depth, "");
}

static void put_key(struct json *j, const char *key)
{
	if (j->comma)
		fputs(j->one_line ? ", " : ",", j->f);
	if (j->depth)
		put_indent(j);
	if (key) {
		put_string(j->f, key);
		fputs(": ", j->f);
	}
	j->comma = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
	put_key(j, key);
	fputc(bracket, j->f);
	j->depth++;
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->comma)
		put_indent(j);
	fputc(bracket, j->f);
	j->comma = true;
	if (!j->depth)
		fputc('\n', j->f);
}

void json_string(struct json *j, const char *key, const char *value)
{
	put_key(j, key);
	if (value)
		put_string(j->f, value);
	else
		fputs("null", j->f);
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	put_key(j, key);
	fprintf(j->f, "%" PRIu64, value);
}

void json_signed(struct json *j, const char *key, int64_t value)
{
	put_key(j, key);
	fprintf(j->f, "%" PRId64, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	put_key(j, key);
	fputs(value ? "true" : "false", j->f);
}

void json_null(struct json *j, const char *key)
{
	put_key(j, key);
	fputs("null", j->f);
}

void json_hex32(struct json *j, const char *key, uint32_t value)
{
	put_key(j, key);
	fprintf(j->f, "\"0x%08" PRIX32 "\"", value);
}
