/* SPDX-License-Identifier: GPL-2.0-only */
/* A printer of JSON (RFC 8259): escapes strings and places commas. */
#ifndef CREDSSPCTL_JSON_H
#define CREDSSPCTL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct json - one document
 * @f: output
 * @depth: open objects and arrays
 * @comma: the next value at this depth needs a comma
 * @one_line: no newlines inside, for a list of documents with one in each line
 */
struct json {
	FILE *f;
	int depth;
	bool comma;
	bool one_line;
};

/* @key is NULL inside arrays and for the document itself. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
void json_string(struct json *j, const char *key, const char *value); /* NULL: null */
void json_number(struct json *j, const char *key, uint64_t value);
void json_signed(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
void json_hex32(struct json *j, const char *key, uint32_t value); /* "0x8009030C" */

#endif
