/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the payload of a request: its fixed part, then what the lengths in it say. */
#ifndef CREDSSPD_KRB5_FIELDS_H
#define CREDSSPD_KRB5_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct krb5_fields - a payload that is being read
 * @data, @left: what has not been read
 * @bad: something was wrong; nothing can be read any more
 */
struct krb5_fields {
	const uint8_t *data;
	size_t left;
	bool bad;
};

/* Take @n of at most @most bytes: a view of the payload, or NULL. */
const uint8_t *krb5_fields_take(struct krb5_fields *f, size_t n, size_t most);
/* Copy a fixed part of @n bytes: where it is in the payload, or NULL. */
const uint8_t *krb5_fields_copy(struct krb5_fields *f, void *to, size_t n);
/* Copy a string of @n bytes without NUL; @text has room for @most of them and a NUL. */
void krb5_fields_text(struct krb5_fields *f, char *text, size_t n, size_t most);
/* 0 if all was right, and nothing is left; else -EBADMSG */
int krb5_fields_end(const struct krb5_fields *f);

#endif
