// SPDX-License-Identifier: GPL-2.0-only
/* Keys, version and cipher suite of a finished handshake, for the reply. */
#include <errno.h>
#include <string.h>
#include "facts.h"
#include "tls.h"

int facts_direction(gnutls_session_t session, unsigned int read,
		    struct credssp_hlp_tls_keys *keys)
{
	gnutls_datum_t mac, iv, key;
	int ret;

	ret = gnutls_record_get_state(session, read, &mac, &iv, &key, keys->seq);
	if (ret < 0 || key.size > sizeof(keys->key) || iv.size > sizeof(keys->iv))
		return -EPROTO;
	memcpy(keys->key, key.data, key.size);
	memcpy(keys->iv, iv.data, iv.size);
	keys->key_length = key.size;
	keys->iv_length = iv.size;
	return 0;
}

uint16_t facts_version(gnutls_session_t session)
{
	switch (gnutls_protocol_get_version(session)) {
	case GNUTLS_TLS1_2:
		return TLS_1_2;
	case GNUTLS_TLS1_3:
		return TLS_1_3;
	default:
		return 0;
	}
}

/*
 * GnuTLS tells the parts of a suite; its number is in the list of all
 * suites. Among AEAD suites the parts are unambiguous, and TLS 1.3 suites
 * have no key exchange (RFC 8446 B.4).
 */
uint16_t facts_cipher(gnutls_session_t session)
{
	const gnutls_protocol_t version = gnutls_protocol_get_version(session);
	const gnutls_cipher_algorithm_t cipher = gnutls_cipher_get(session);
	const gnutls_kx_algorithm_t kx = gnutls_kx_get(session);
	gnutls_cipher_algorithm_t c;
	gnutls_kx_algorithm_t k;
	gnutls_protocol_t v;
	unsigned char id[2];

	for (size_t i = 0; gnutls_cipher_suite_info(i, id, &k, &c, NULL, &v); i++) {
		if (c == cipher && v == version && (k == kx || v == GNUTLS_TLS1_3))
			return id[0] << 8 | id[1];
	}
	return 0;
}
