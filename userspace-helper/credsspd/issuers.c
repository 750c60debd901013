// SPDX-License-Identifier: GPL-2.0-only
#include "issuers.h"
#include "log.h"

#define CERTIFICATE_AUTHORITIES	47	/* RFC 8446 4.2.4 */

/* Take a vector with a length of @size bytes off the front of @in. False: it is cut. */
static bool take(gnutls_datum_t *in, unsigned int size, gnutls_datum_t *vector)
{
	size_t length = 0;

	if (in->size < size)
		return false;
	for (unsigned int i = 0; i < size; i++)
		length = length << 8 | in->data[i];
	if (length > in->size - size)
		return false;
	*vector = (gnutls_datum_t){ in->data + size, length };
	in->data += size + length;
	in->size -= size + length;
	return true;
}

static int check_list(gnutls_datum_t list)
{
	gnutls_datum_t name;
	unsigned int count = 0;

	while (take(&list, 2, &name)) {
		if (++count > ISSUERS_COUNT) {
			log_debug("a list of more than %d issuers", ISSUERS_COUNT);
			return GNUTLS_E_UNEXPECTED_PACKET_LENGTH;
		}
	}
	return 0;
}

static int check_extension(void *ctx, unsigned int id, const unsigned char *data,
			   unsigned int size)
{
	gnutls_datum_t in = { (unsigned char *)data, size }, list;

	(void)ctx;
	return id == CERTIFICATE_AUTHORITIES && take(&in, 2, &list) ? check_list(list) : 0;
}

int issuers_check(const gnutls_datum_t *msg, bool tls13)
{
	gnutls_datum_t in = *msg, part;

	if (tls13) {
		/* RFC 8446 4.3.2: context, extensions */
		if (!take(&in, 1, &part))
			return 0;
		return gnutls_ext_raw_parse(NULL, check_extension, &in, 0);
	}
	/* RFC 5246 7.4.4: types, algorithms, names */
	if (!take(&in, 1, &part) || !take(&in, 2, &part) || !take(&in, 2, &part))
		return 0;
	return check_list(part);
}
