/* SPDX-License-Identifier: GPL-2.0-only */
/* Conversion of sessions that can be resumed to bytes, and back. */
#ifndef CREDSSPD_TICKET_H
#define CREDSSPD_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gnutls/gnutls.h>
#include "base/bytes.h"

/**
 * struct ticket - the latest session that the server lets us resume
 * @data: the session in GnuTLS's format, allocated by GnuTLS; no data if there is none
 * @lifetime: seconds, from the server's ticket; 0 if the server did not tell
 * @group: the group of the next handshake's key share, see groups.h
 */
struct ticket {
	gnutls_datum_t data;
	uint32_t lifetime;
	unsigned int group;
};

/**
 * ticket_parse() - take apart what ticket_write() wrote
 * @blob, @length: bytes that may be anything
 * @data: out: the session in GnuTLS's format, in @blob
 * @group: out: the group of the key share; set only if this succeeds
 *
 * Return: 0, or -EBADMSG if @blob has another form.
 */
int ticket_parse(const uint8_t *blob, size_t length, gnutls_datum_t *data,
		 unsigned int *group);
/* Try to resume. False if @data cannot be used; the handshake will be a full one. */
bool ticket_offer(gnutls_session_t session, const gnutls_datum_t *data);

/* Note the lifetime of a NewSessionTicket, whose contents are @body. */
void ticket_note(struct ticket *t, const gnutls_datum_t *body);

/* Take the session in its present state. */
void ticket_take(struct ticket *t, gnutls_session_t session);

/**
 * ticket_read() - take tickets that came after a TLS 1.3 handshake
 * @t: gets the last session, through the message hooks that were set before
 * @session: finished; afterwards its keys can no longer be read
 * @messages: NewSessionTicket messages with their headers
 * @length: their bytes
 *
 * Return: 0, or -EINVAL if a message is no NewSessionTicket.
 */
int ticket_read(struct ticket *t, gnutls_session_t session, const uint8_t *messages,
		size_t length);

/* Seconds that the session may be used, 0 if there is none. */
uint32_t ticket_lifetime(const struct ticket *t);
/* Write the session as a blob, if there is one. */
void ticket_write(const struct ticket *t, struct writer *w);
/* Wipe and free. */
void ticket_free(struct ticket *t);

#endif
