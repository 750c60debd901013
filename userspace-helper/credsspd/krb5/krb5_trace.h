/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines for people about an exchange: KDCs, their answers and tickets, without secrets */
#ifndef CREDSSPD_KRB5_TRACE_H
#define CREDSSPD_KRB5_TRACE_H

#include <stddef.h>
#include <stdint.h>
#include <krb5.h>
#include <linux/credssp.h>

/* The longest line, with its end; what is behind is cut off. */
#define KRB5_TRACE_LINE_MAX	256

/**
 * struct krb5_trace - lines, each with its end, in printable ASCII
 * @length: bytes of @text
 * @text: the lines
 *
 * All-zero is a valid empty one. Lines for which there is no room are dropped; in the
 * functions NULL stands for one without room.
 */
struct krb5_trace {
	size_t length;
	char text[CREDSSP_HLP_MAX_TRACE];
};

/* Add a line. Other bytes than printable ASCII become question marks. */
void krb5_trace_add(struct krb5_trace *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add the lines of another process, @length bytes at @text, each behind @prefix. */
void krb5_trace_add_lines(struct krb5_trace *t, const char *prefix, const uint8_t *text,
			  size_t length);

/* Add a line about a ticket: the service, the encryption types, and since and until when. */
void krb5_trace_add_ticket(struct krb5_trace *t, krb5_context context, const krb5_creds *creds);

#endif
