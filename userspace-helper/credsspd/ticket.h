/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions that can be resumed: made into bytes, and made from them. */
#ifndef CREDSSPD_TICKET_H
#define CREDSSPD_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gnutls/gnutls.h>

/**
 * struct ticket - the latest session that the server lets us resume
 * @blob: GnuTLS's own form of it, allocated by GnuTLS; no data when there is none
 * @lifetime: seconds, as the server said with its ticket; 0: it did not say
 */
struct ticket {
	gnutls_datum_t blob;
	uint32_t lifetime;
};

/* Try to resume @blob. false: it is of no use, and the handshake will be a full one. */
bool ticket_offer(gnutls_session_t session, const void *blob, size_t length);

/* A NewSessionTicket came; @body is its contents. */
void ticket_note(struct ticket *t, const gnutls_datum_t *body);

/* Take the session as it is now. */
void ticket_take(struct ticket *t, gnutls_session_t session);

/**
 * ticket_read() - take tickets that came after a TLS 1.3 handshake
 * @t: where the last session goes, by the hooks on messages that were set before
 * @session: finished; its keys cannot be asked for any more afterwards
 * @messages: NewSessionTicket messages with their headers
 * @length: their bytes
 *
 * Return: 0, or -EINVAL for what is no NewSessionTicket.
 */
int ticket_read(struct ticket *t, gnutls_session_t session, const uint8_t *messages,
		size_t length);

/* Seconds that the session may be used, 0 when there is none. */
uint32_t ticket_lifetime(const struct ticket *t);
/* Wipe and free. */
void ticket_free(struct ticket *t);

#endif
