// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include "base/log.h"
#include "extensions.h"

#define RECORD_SIZE_LIMIT	28	/* RFC 8449 */
#define COOKIE			44	/* RFC 8446 4.2.2; it need not be offered */

#define RECORD_MAX		16384	/* RFC 8446 5.1 */

/* ServerHello up to its extensions, RFC 8446 4.1.3, with the session id in the middle */
#define HELLO_VERSION_RANDOM	(2 + 32)
#define HELLO_SUITE_COMPRESSION	(2 + 1)

static int note_one(void *ctx, unsigned int id, const unsigned char *data, unsigned int size)
{
	struct extensions *x = ctx;

	(void)data;
	(void)size;
	if (x->count == EXTENSIONS_MAX)
		return GNUTLS_E_INTERNAL_ERROR;
	x->offered[x->count++] = id;
	return 0;
}

int extensions_note(struct extensions *x, const gnutls_datum_t *hello)
{
	/* The ClientHello after a HelloRetryRequest replaces the first. */
	x->count = 0;
	x->record_limit = 0;
	return gnutls_ext_raw_parse(x, note_one, hello, GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
}

struct check {
	struct extensions *x;
	unsigned int type;
};

/*
 * RFC 8449 4: in TLS 1.3 the limit includes the byte of the content type. GnuTLS itself
 * announces the limit for receiving only, and refuses one that is too small.
 */
static void note_limit(const struct check *c, const unsigned char *data, unsigned int size)
{
	unsigned int limit;

	if (size != 2)
		return;
	limit = data[0] << 8 | data[1];
	if (limit && c->type == GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS)
		limit--;
	c->x->record_limit = limit < RECORD_MAX ? limit : RECORD_MAX;
}

static bool is_offered(const struct check *c, unsigned int id)
{
	for (unsigned int i = 0; i < c->x->count; i++) {
		if (c->x->offered[i] == id)
			return true;
	}
	return id == COOKIE && c->type == GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST;
}

static int check_one(void *ctx, unsigned int id, const unsigned char *data, unsigned int size)
{
	const struct check *c = ctx;

	if (!is_offered(c, id)) {
		log_debug("extension %u was not offered", id);
		return GNUTLS_E_RECEIVED_ILLEGAL_EXTENSION;
	}
	if (id == RECORD_SIZE_LIMIT)
		note_limit(c, data, size);
	return 0;
}

/* The extensions of a ServerHello; empty when it has none. */
static int find(const gnutls_datum_t *hello, gnutls_datum_t *extensions)
{
	size_t at = HELLO_VERSION_RANDOM;

	*extensions = (gnutls_datum_t){ NULL, 0 };
	if (hello->size <= at)
		return GNUTLS_E_UNEXPECTED_PACKET_LENGTH;
	at += 1 + (size_t)hello->data[at] + HELLO_SUITE_COMPRESSION;
	if (hello->size < at)
		return GNUTLS_E_UNEXPECTED_PACKET_LENGTH;
	if (hello->size > at)
		*extensions = (gnutls_datum_t){ hello->data + at, hello->size - at };
	return 0;
}

int extensions_check(struct extensions *x, unsigned int type, const gnutls_datum_t *msg)
{
	struct check check = { x, type };
	gnutls_datum_t extensions = *msg;
	int ret;

	if (type != GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS) {
		ret = find(msg, &extensions);
		if (ret < 0 || !extensions.size)
			return ret;
	}
	return gnutls_ext_raw_parse(&check, check_one, &extensions, 0);
}
