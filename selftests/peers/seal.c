// SPDX-License-Identifier: GPL-2.0-only
/* Sealed records that GnuTLS itself would not send (RFC 8446 5.2, RFC 5288, RFC 7905). */
#include <gnutls/crypto.h>
#include <string.h>

#include "peer.h"

#define HEADER		5
#define TAG		16
#define EXPLICIT	8	/* TLS 1.2's part of the GCM nonce on the wire */
#define IV		12

/* The sending direction as GnuTLS has it now. */
struct direction {
	gnutls_cipher_algorithm_t cipher;
	gnutls_datum_t key;
	gnutls_datum_t iv;
	uint8_t seq[8];
	bool tls13;
	bool explicit_nonce;
};

static int direction_get(struct conn *c, struct direction *d)
{
	gnutls_datum_t mac;

	d->cipher = gnutls_cipher_get(c->tls);
	d->tls13 = gnutls_protocol_get_version(c->tls) == GNUTLS_TLS1_3;
	d->explicit_nonce = !d->tls13 && d->cipher != GNUTLS_CIPHER_CHACHA20_POLY1305;
	return gnutls_record_get_state(c->tls, 0, &mac, &d->iv, &d->key, d->seq);
}

static void make_nonce(const struct direction *d, uint8_t *nonce)
{
	int i;

	memset(nonce, 0, IV);
	memcpy(nonce, d->iv.data, d->iv.size < IV ? d->iv.size : IV);
	if (d->explicit_nonce)
		memcpy(nonce + IV - EXPLICIT, d->seq, sizeof(d->seq));
	else
		for (i = 0; i < 8; i++)
			nonce[IV - 8 + i] ^= d->seq[i];
}

static void put_header(struct bytes *b, uint8_t type, size_t len)
{
	uint8_t header[HEADER] = { type, 3, 3, len >> 8, len };

	bytes_add(b, header, sizeof(header));
}

/* What is authenticated: the record's header, in TLS 1.2 after its number. */
static void additional(const struct direction *d, uint8_t type, size_t len, struct bytes *b)
{
	if (d->tls13) {
		put_header(b, 23, len + TAG);
		return;
	}
	bytes_add(b, d->seq, sizeof(d->seq));
	put_header(b, type, len);
}

static int seal(const struct direction *d, uint8_t type, struct span plain, struct bytes *out)
{
	uint8_t nonce[IV], sealed[1024];
	size_t len = sizeof(sealed);
	gnutls_aead_cipher_hd_t aead;
	struct bytes aad = { 0 };
	int rc;

	make_nonce(d, nonce);
	additional(d, type, plain.len, &aad);
	rc = gnutls_aead_cipher_init(&aead, d->cipher, &d->key);
	if (rc)
		return rc;
	rc = gnutls_aead_cipher_encrypt(aead, nonce, IV, aad.p, aad.len, TAG, plain.p, plain.len,
					sealed, &len);
	gnutls_aead_cipher_deinit(aead);
	bytes_free(&aad);
	if (rc)
		return rc;
	put_header(out, d->tls13 ? 23 : type, len + (d->explicit_nonce ? EXPLICIT : 0));
	if (d->explicit_nonce)
		bytes_add(out, d->seq, EXPLICIT);
	bytes_add(out, sealed, len);
	return 0;
}

static void count(struct direction *d)
{
	int i = 7;

	while (!++d->seq[i] && i--)
		;
}

int link_send_record(struct conn *c, uint8_t type, struct span plain)
{
	struct bytes inner = { 0 }, record = { 0 };
	struct direction d;
	int rc = direction_get(c, &d);

	bytes_span(&inner, plain);
	if (d.tls13)
		bytes_u8(&inner, type);
	if (!rc)
		rc = seal(&d, type, inner.p ? span_of(&inner) : span("", 0), &record);
	if (!rc) {
		count(&d);
		rc = gnutls_record_set_state(c->tls, 0, d.seq);
	}
	if (rc)
		fail(c, "seal-%s", gnutls_strerror_name(rc));
	else
		rc = tcp_write(c, record.p, record.len);
	bytes_free(&inner);
	bytes_free(&record);
	return rc ? -1 : 0;
}
