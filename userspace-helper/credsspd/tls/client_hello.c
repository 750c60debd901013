// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "client_hello.h"

#define SERVER_NAME		0	/* RFC 6066 3 */
#define MAX_FRAGMENT_LENGTH	1	/* RFC 6066 4 */
#define RECORD_SIZE_LIMIT	28	/* RFC 8449 */

#define HOST_NAME		0	/* the only NameType */
#define NAME_HEADER		3	/* NameType and a 16-bit length */

#define RECORD_MAX		16384	/* RFC 8446 5.1 */

/*
 * The key keeper compares the name with certificates: it gets no bytes that a name in A-labels
 * does not have.
 */
#define HOST_BYTES	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

static unsigned int be16(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

/* A list with one name: a second one of the same type is forbidden. GnuTLS checks the rest. */
static void read_name(struct client_hello *hello, const unsigned char *data, unsigned int size)
{
	char host[KEYRING_HOST + 1];
	unsigned int length;

	if (size < 2 + NAME_HEADER || data[2] != HOST_NAME)
		return;
	length = be16(data + 3);
	if (!length || length > KEYRING_HOST || length > size - 2 - NAME_HEADER)
		return;
	memcpy(host, data + 2 + NAME_HEADER, length);
	host[length] = '\0';
	if (strspn(host, HOST_BYTES) == length)
		memcpy(hello->host, host, length + 1);
}

static int read_one(void *ctx, unsigned int id, const unsigned char *data, unsigned int size)
{
	struct client_hello *hello = ctx;

	if (id == SERVER_NAME)
		read_name(hello, data, size);
	else if (id == MAX_FRAGMENT_LENGTH && size == 1 && data[0] >= 1 && data[0] <= 4)
		hello->fragment = 256 << data[0];
	else if (id == RECORD_SIZE_LIMIT && size == 2)
		hello->record_limit = be16(data);
	return 0;
}

int client_hello_read(struct client_hello *hello, const gnutls_datum_t *msg)
{
	/* The ClientHello after a HelloRetryRequest replaces the first. */
	*hello = (struct client_hello){ 0 };
	return gnutls_ext_raw_parse(hello, read_one, msg, GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
}

/*
 * RFC 8449 4 and 5: in TLS 1.3 the limit includes the byte of the content type, and where a
 * client says both, max_fragment_length does not count.
 */
uint16_t client_hello_limit(const struct client_hello *hello, bool tls13)
{
	unsigned int limit = hello->record_limit;

	if (!limit)
		return hello->fragment;
	if (tls13)
		limit--;
	return limit < RECORD_MAX ? limit : RECORD_MAX;
}
