// SPDX-License-Identifier: GPL-2.0-only
#include "base/log.h"
#include "base/vector.h"
#include "issuers.h"

#define CERTIFICATE_AUTHORITIES	47	/* RFC 8446 4.2.4 */

static int check_list(gnutls_datum_t list)
{
	gnutls_datum_t name;
	unsigned int count = 0;

	while (vector_take(&list, 2, &name)) {
		if (++count > ISSUERS_COUNT) {
			log_debug("a list of more than %d issuers", ISSUERS_COUNT);
			return GNUTLS_E_HANDSHAKE_TOO_LARGE;
		}
	}
	return 0;
}

static int check_extension(void *ctx, unsigned int id, const unsigned char *data,
			   unsigned int size)
{
	gnutls_datum_t in = { (unsigned char *)data, size }, list;

	(void)ctx;
	return id == CERTIFICATE_AUTHORITIES && vector_take(&in, 2, &list) ? check_list(list) : 0;
}

int issuers_check(const gnutls_datum_t *msg, bool tls13)
{
	gnutls_datum_t in = *msg, part;

	if (tls13) {
		/* RFC 8446 4.3.2: context, extensions */
		if (!vector_take(&in, 1, &part))
			return 0;
		return gnutls_ext_raw_parse(NULL, check_extension, &in, 0);
	}
	/* RFC 5246 7.4.4: types, algorithms, names */
	if (!vector_take(&in, 1, &part) || !vector_take(&in, 2, &part) ||
	    !vector_take(&in, 2, &part))
		return 0;
	return check_list(part);
}
