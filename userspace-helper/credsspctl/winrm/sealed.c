// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sealed.h"
#include "text.h"

#define PROTOCOL	"application/HTTP-CredSSP-session-encrypted"
#define BOUNDARY	"Encrypted Boundary"
#define PARAMETERS	"protocol=\"" PROTOCOL "\";boundary=\"" BOUNDARY "\""
/* The most header lines of a part; five are usual */
#define LINES_MAX	16
#define LENGTH_DIGITS	8
#define WORD_SIZE	4

static void put_le32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
	p[2] = (unsigned char)(v >> 16);
	p[3] = (unsigned char)(v >> 24);
}

static uint32_t get_le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* One record: header, data, trailer, one after the other. */
static int32_t make_record(struct credssp *lib, uint64_t context, const void *data,
			   uint32_t n, const struct credssp_stream_sizes *sizes, FILE *f)
{
	size_t room = (size_t)sizes->header + n + sizes->trailer;
	unsigned char *record = malloc(room);
	struct credssp_buffer b[4] = {
		{ SECBUFFER_STREAM_HEADER, sizes->header, record },
		{ SECBUFFER_DATA, n, record + sizes->header },
		{ SECBUFFER_STREAM_TRAILER, sizes->trailer, record + sizes->header + n },
		{ SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, ARRAY_SIZE(b), b };
	int32_t status;

	if (!record)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(b[1].data, data, n);
	status = credssp_encrypt_message(lib, context, 0, &desc, 0);
	if (status == SEC_E_OK)
		fwrite(record, 1, (size_t)b[0].length + b[1].length + b[2].length, f);
	free(record);
	return status;
}

/* MS-WSMV 2.2.9.1.3.1.2: the lines begin with a tab, and the data follow at once */
static int32_t make_part(struct credssp *lib, uint64_t context, const void *data,
			 uint32_t n, const struct credssp_stream_sizes *sizes, FILE *f)
{
	unsigned char word[WORD_SIZE];

	fprintf(f, "--" BOUNDARY "\r\n\tContent-Type: " PROTOCOL "\r\n"
		"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%u\r\n"
		"--" BOUNDARY "\r\n\tContent-Type: application/octet-stream\r\n", n);
	put_le32(word, sizes->trailer);
	fwrite(word, 1, sizeof(word), f);
	return make_record(lib, context, data, n, sizes, f);
}

static int32_t make_parts(struct credssp *lib, uint64_t context, const char *message,
			  size_t length, const struct credssp_stream_sizes *sizes, FILE *f)
{
	int32_t status = SEC_E_OK;
	uint32_t n;

	while (length && status == SEC_E_OK) {
		n = length < sizes->maximum_message ? (uint32_t)length : sizes->maximum_message;
		status = make_part(lib, context, message, n, sizes, f);
		message += n;
		length -= n;
	}
	fputs("--" BOUNDARY "--\r\n", f);
	return status;
}

int32_t sealed_make(struct credssp *lib, uint64_t context, const void *message,
		    size_t length, unsigned char **body, size_t *body_length,
		    const char **content_type)
{
	struct credssp_stream_sizes sizes;
	char *text = NULL;
	int32_t status;
	FILE *f;

	*body = NULL;
	status = credssp_query_stream_sizes(lib, context, &sizes);
	if (status != SEC_E_OK)
		return status;
	if (!length || length > SEALED_MAX || !sizes.maximum_message)
		return SEC_E_INVALID_PARAMETER;
	*content_type = length > sizes.maximum_message ?
			"multipart/x-multi-encrypted;" PARAMETERS :
			"multipart/encrypted;" PARAMETERS;
	f = open_memstream(&text, body_length);
	if (!f)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = make_parts(lib, context, message, length, &sizes, f);
	if ((ferror(f) | fclose(f)) && status == SEC_E_OK)
		status = SEC_E_INSUFFICIENT_MEMORY;
	*body = (unsigned char *)text;
	if (status != SEC_E_OK) {
		free(text);
		*body = NULL;
	}
	return status;
}

/* Parse one parameter, "; name=value", at @s. Return the rest, or NULL if malformed. */
static const char *parameter(const char *s, char *name, char *value)
{
	const char *end;
	size_t n;

	s += strspn(s, " \t");
	if (*s++ != ';')
		return NULL;
	s += strspn(s, " \t");
	n = strcspn(s, "=; \t\"");
	if (!n || n > BOUNDARY_MAX || s[n] != '=')
		return NULL;
	memcpy(name, s, n);
	name[n] = '\0';
	s += n + 1;
	end = *s == '"' ? strchr(++s, '"') : s + strcspn(s, "; \t\"");
	if (!end || end == s || end - s > BOUNDARY_MAX)
		return NULL;
	memcpy(value, s, (size_t)(end - s));
	value[end - s] = '\0';
	return *end == '"' ? end + 1 : end;
}

static bool right_type(const char *content_type, const char **rest)
{
	static const char *const types[] = {
		"multipart/encrypted", "multipart/x-multi-encrypted",
	};
	size_t i, n = strcspn(content_type, "; \t");

	*rest = content_type + n;
	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (n == strlen(types[i]) && !strncasecmp(content_type, types[i], n))
			return true;
	return false;
}

bool sealed_boundary(const char *content_type, char *boundary)
{
	char name[BOUNDARY_MAX + 1], value[BOUNDARY_MAX + 1];
	bool ours = false;
	const char *rest;

	*boundary = '\0';
	if (!content_type || !right_type(content_type, &rest))
		return false;
	while (rest[strspn(rest, " \t")]) {
		rest = parameter(rest, name, value);
		if (!rest)
			return false;
		if (!strcasecmp(name, "protocol"))
			ours = !strcasecmp(value, PROTOCOL);
		else if (!strcasecmp(name, "boundary"))
			strcpy(boundary, value);
	}
	return ours && *boundary;
}

/**
 * struct reader - a body being read
 * @p, @left: the bytes that are still to be read
 * @boundary: separates the parts
 */
struct reader {
	unsigned char *p;
	size_t left;
	const char *boundary;
};

static void skip(struct reader *r, size_t n)
{
	r->p += n;
	r->left -= n;
}

static bool take(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	if (r->left < n || memcmp(r->p, text, n))
		return false;
	skip(r, n);
	return true;
}

/*
 * Take "--boundary". @last: "--" follows, and the body ends.  OMI and some Exchange
 * servers put a blank after the dashes, which MS-WSMV does not have.
 */
static bool take_boundary(struct reader *r, bool *last)
{
	if (!take(r, "--"))
		return false;
	if (!take(r, r->boundary) && !(take(r, " ") && take(r, r->boundary)))
		return false;
	*last = take(r, "--");
	if (*last) {
		take(r, "\r\n");
		return !r->left;
	}
	return take(r, "\r\n");
}

/* A header line as a string without CRLF and the space before it, or NULL. */
static char *take_line(struct reader *r)
{
	unsigned char *end = memmem(r->p, r->left, "\r\n", 2);
	char *line = (char *)r->p;

	if (!end)
		return NULL;
	*end = '\0';
	if (strlen(line) != (size_t)(end - r->p))
		return NULL;
	skip(r, (size_t)(end - r->p) + 2);
	return line + strspn(line, " \t");
}

/* The value of @line if it is the header @name. */
static const char *value_of(const char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(line, name, n) || line[n] != ':')
		return NULL;
	line += n + 1;
	return line + strspn(line, " \t");
}

/* OriginalContent's Length */
static bool original_length(const char *value, size_t *length)
{
	const char *at = strcasestr(value, "length=");
	size_t digits;

	if (!at)
		return false;
	at += strlen("length=");
	digits = strspn(at, "0123456789");
	if (!digits || digits > LENGTH_DIGITS)
		return false;
	*length = strtoul(at, NULL, 10);
	return *length && *length <= SEALED_MAX;
}

/* Take the first half of a part, which announces a message and its length. */
static bool take_metadata(struct reader *r, size_t *original)
{
	bool typed = false, told = false, last;
	const char *line, *value;
	int i;

	for (i = 0; i < LINES_MAX && (!r->left || *r->p != '-'); i++) {
		line = take_line(r);
		if (!line)
			return false;
		value = value_of(line, "Content-Type");
		if (value && strcasecmp(value, PROTOCOL))
			return false;
		typed = typed || value;
		value = value_of(line, "OriginalContent");
		if (value && (told || !original_length(value, original)))
			return false;
		told = told || value;
	}
	return typed && told && take_boundary(r, &last) && !last;
}

/*
 * Take the beginning of the second half: one header, and the length
 * of the trailer. The records follow.
 */
static bool take_data_head(struct reader *r)
{
	const char *line = take_line(r), *value;

	value = line ? value_of(line, "Content-Type") : NULL;
	if (!value || strcasecmp(value, "application/octet-stream") || r->left < WORD_SIZE)
		return false;
	/* Servers count differently; the length cannot exceed the rest of the body. */
	if (get_le32(r->p) > r->left - WORD_SIZE)
		return false;
	skip(r, WORD_SIZE);
	return true;
}

/* Open one record, and append its data to @message, which may have at most @most bytes. */
static int32_t open_record(struct credssp *lib, uint64_t context, struct reader *r,
			   unsigned char *message, size_t *length, size_t most)
{
	uint32_t all = r->left < CREDSSP_MAX_TOKEN ? (uint32_t)r->left : CREDSSP_MAX_TOKEN;
	struct credssp_buffer b[4] = { { SECBUFFER_DATA, all, r->p } };
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, ARRAY_SIZE(b), b };
	int32_t status = credssp_decrypt_message(lib, context, &desc, 0, NULL);

	if (status == SEC_E_INCOMPLETE_MESSAGE)
		return SEC_E_INVALID_TOKEN;
	if (status != SEC_E_OK)
		return status;
	if (b[1].length > most - *length)
		return SEC_E_INVALID_TOKEN;
	memcpy(message + *length, b[1].data, b[1].length);
	*length += b[1].length;
	skip(r, all - (b[3].type == SECBUFFER_EXTRA ? b[3].length : 0));
	return SEC_E_OK;
}

/* Open one part. @last: it is the last one. */
static int32_t open_part(struct credssp *lib, uint64_t context, struct reader *r,
			 unsigned char *message, size_t *length, bool *last)
{
	size_t original = 0, goal;
	int32_t status;

	if (!take_metadata(r, &original) || !take_data_head(r) ||
	    original > SEALED_MAX - *length)
		return SEC_E_INVALID_TOKEN;
	goal = *length + original;
	while (*length < goal) {
		status = open_record(lib, context, r, message, length, goal);
		if (status != SEC_E_OK)
			return status;
	}
	return take_boundary(r, last) ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

int32_t sealed_open(struct credssp *lib, uint64_t context, const char *boundary,
		    unsigned char *body, size_t length, unsigned char **message,
		    size_t *message_length)
{
	struct reader r = { body, length, boundary };
	int32_t status = SEC_E_OK;
	bool last;

	*message_length = 0;
	*message = malloc(SEALED_MAX);
	if (!*message)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (!take_boundary(&r, &last) || last)
		status = SEC_E_INVALID_TOKEN;
	while (status == SEC_E_OK && !last)
		status = open_part(lib, context, &r, *message, message_length, &last);
	if (status != SEC_E_OK) {
		free(*message);
		*message = NULL;
	}
	return status;
}
