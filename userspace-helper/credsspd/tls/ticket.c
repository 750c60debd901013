// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <linux/credssp.h>
#include "base/log.h"
#include "groups.h"
#include "ticket.h"

#define HEADER_SIZE	4	/* msg_type and a 24-bit length, RFC 8446 4 */

/*
 * The lifetime of a TLS 1.2 session if the server does not tell: a session that is
 * resumed by its id (RFC 5246 F.1.4 allows a day), or by a ticket with a lifetime of 0,
 * which means "unspecified" there (RFC 5077 3.3). Too long a time does no harm: if the
 * server has forgotten the session, the handshake is a full one.
 */
#define LIFETIME_DEFAULT	3600
#define LIFETIME_MAX		604800	/* RFC 8446 4.6.1: seven days */

/*
 * GnuTLS returns a few bytes for a session without ticket and id. A session that can be
 * resumed has at least a secret.
 */
#define DATA_MIN		48

/* A blob: its form, the group's number (16 bits, big-endian), and GnuTLS's data */
#define BLOB_FORM		1
#define BLOB_HEADER		3

int ticket_parse(const uint8_t *blob, size_t length, gnutls_datum_t *data,
		 unsigned int *group)
{
	unsigned int found;

	if (length <= BLOB_HEADER || blob[0] != BLOB_FORM)
		return -EBADMSG;
	found = groups_find(blob[1] << 8 | blob[2]);
	if (found == GROUPS_COUNT)
		return -EBADMSG;
	*group = found;
	*data = (gnutls_datum_t){ (uint8_t *)blob + BLOB_HEADER, length - BLOB_HEADER };
	return 0;
}

void ticket_write(const struct ticket *t, struct writer *w)
{
	const uint16_t number = groups_number(t->group);
	const uint8_t header[BLOB_HEADER] = { BLOB_FORM, number >> 8, number };

	if (!t->data.size)
		return;
	writer_put(w, header, sizeof(header));
	writer_put(w, t->data.data, t->data.size);
}

bool ticket_offer(gnutls_session_t session, const gnutls_datum_t *data)
{
	int ret = gnutls_session_set_data(session, data->data, data->size);

	if (ret < 0)
		log_debug("a session is not offered: %s", gnutls_strerror(ret));
	return ret >= 0;
}

void ticket_note(struct ticket *t, const gnutls_datum_t *body)
{
	const uint8_t *p = body->data;

	if (body->size >= 4)
		t->lifetime = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static void drop_data(struct ticket *t)
{
	if (t->data.data)
		gnutls_memset(t->data.data, 0, t->data.size);
	gnutls_free(t->data.data);
	t->data = (gnutls_datum_t){ NULL, 0 };
}

/*
 * With TLS 1.3 a server whose group was not guessed has sent a HelloRetryRequest: the next
 * handshake begins with the group that it used. TLS 1.2 has no guess.
 */
static void note_group(struct ticket *t, gnutls_session_t session)
{
	const unsigned int group = groups_used(session);

	if (gnutls_protocol_get_version(session) == GNUTLS_TLS1_3 && group < GROUPS_COUNT)
		t->group = group;
}

void ticket_take(struct ticket *t, gnutls_session_t session)
{
	drop_data(t);
	note_group(t, session);
	if (gnutls_session_get_data2(session, &t->data) < 0)
		t->data = (gnutls_datum_t){ NULL, 0 };
	else if (t->data.size < DATA_MIN ||
		 t->data.size > CREDSSP_HLP_MAX_SESSION - BLOB_HEADER)
		drop_data(t);
}

/* After the handshake only the module sends to the server. */
static int say_nothing(gnutls_session_t session, gnutls_record_encryption_level_t level,
		       gnutls_handshake_description_t type, const void *data, size_t size)
{
	(void)session;
	(void)level;
	(void)data;
	(void)size;
	log_debug("message %d is not sent", type);
	return GNUTLS_E_INTERNAL_ERROR;
}

int ticket_read(struct ticket *t, gnutls_session_t session, const uint8_t *messages,
		size_t length)
{
	size_t size;
	int ret;

	gnutls_handshake_set_read_function(session, say_nothing);
	for (; length; messages += size, length -= size) {
		if (length < HEADER_SIZE || messages[0] != GNUTLS_HANDSHAKE_NEW_SESSION_TICKET)
			return -EINVAL;
		size = HEADER_SIZE + ((size_t)messages[1] << 16 | messages[2] << 8 | messages[3]);
		if (size > length)
			return -EINVAL;
		ret = gnutls_handshake_write(session, GNUTLS_ENCRYPTION_LEVEL_APPLICATION,
					     messages, size);
		/* A ticket that cannot be used does not end the connection. */
		if (ret < 0)
			log_debug("ticket: %s", gnutls_strerror(ret));
	}
	/* RFC 8446 4.6.1: "discarded immediately" */
	if (!t->lifetime)
		drop_data(t);
	return 0;
}

uint32_t ticket_lifetime(const struct ticket *t)
{
	uint32_t lifetime = t->lifetime ? t->lifetime : LIFETIME_DEFAULT;

	if (!t->data.size)
		return 0;
	return lifetime < LIFETIME_MAX ? lifetime : LIFETIME_MAX;
}

void ticket_free(struct ticket *t)
{
	drop_data(t);
}
