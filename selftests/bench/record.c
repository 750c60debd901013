// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

#define HEADER	5
#define TAG	16
#define DATA	23
#define MAX	16384

static void judge(int rc, const char *what)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, gnutls_strerror(rc));
	exit(1);
}

void record_init(struct record_side *s, uint8_t fill)
{
	gnutls_datum_t key = { s->key, sizeof(s->key) };

	memset(s->key, fill, sizeof(s->key));
	memset(s->iv, fill, sizeof(s->iv));
	s->seq = 0;
	judge(gnutls_aead_cipher_init(&s->aead, GNUTLS_CIPHER_AES_128_GCM, &key), "AES-GCM");
}

/* The nonce of the next record, RFC 8446 5.3 */
static void next_nonce(struct record_side *s, uint8_t *nonce)
{
	uint64_t seq = s->seq++;
	int i;

	memcpy(nonce, s->iv, sizeof(s->iv));
	for (i = RECORD_IV - 1; seq; i--, seq >>= 8)
		nonce[i] ^= seq;
}

void record_seal(struct record_side *s, struct span plain, struct bytes *out)
{
	uint8_t header[HEADER] = { DATA, 3, 3 }, nonce[RECORD_IV], sealed[MAX];
	size_t len = plain.len + 1 + TAG, room = sizeof(sealed);
	struct bytes inner = { 0 };

	header[3] = len >> 8;
	header[4] = len;
	bytes_span(&inner, plain);
	bytes_u8(&inner, DATA);
	next_nonce(s, nonce);
	judge(gnutls_aead_cipher_encrypt(s->aead, nonce, sizeof(nonce), header, sizeof(header),
					 TAG, inner.p, inner.len, sealed, &room), "sealing");
	bytes_free(&inner);
	bytes_add(out, header, sizeof(header));
	bytes_add(out, sealed, room);
}

void record_open(struct record_side *s, struct span record, struct bytes *out)
{
	uint8_t nonce[RECORD_IV], plain[MAX];
	size_t room = sizeof(plain);
	struct span header;

	if (!span_take(&record, HEADER, &header) ||
	    record.len != (size_t)(header.p[3] << 8 | header.p[4]))
		judge(GNUTLS_E_UNEXPECTED_PACKET_LENGTH, "record");
	next_nonce(s, nonce);
	judge(gnutls_aead_cipher_decrypt(s->aead, nonce, sizeof(nonce), header.p, header.len,
					 TAG, record.p, record.len, plain, &room), "opening");
	/* The content type comes last; there is no padding. */
	if (header.p[0] != DATA || !room || plain[room - 1] != DATA)
		judge(GNUTLS_E_UNEXPECTED_PACKET, "record");
	bytes_add(out, plain, room - 1);
}
