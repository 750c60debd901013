// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <time.h>
#include "test.h"
#include "test_service.h"

static void take_authenticator(struct test_service *s, krb5_context context,
			       krb5_auth_context auth)
{
	krb5_authenticator *a;
	char *name;

	ENSURE(!krb5_auth_con_getauthenticator(context, auth, &a));
	ENSURE(a->checksum && a->checksum->checksum_type == 0x8003 &&
	       a->checksum->length == sizeof(s->checksum));
	memcpy(s->checksum, a->checksum->contents, sizeof(s->checksum));
	ENSURE(!krb5_unparse_name(context, a->client, &name));
	snprintf(s->client, sizeof(s->client), "%s", name);
	krb5_free_unparsed_name(context, name);
	krb5_free_authenticator(context, a);
}

static void take_key(struct test_service *s, krb5_context context, krb5_auth_context auth,
		     bool subkey)
{
	krb5_int32 local, remote;
	krb5_keyblock *key;

	if (subkey)
		ENSURE(!krb5_auth_con_getsendsubkey(context, auth, &key));
	else
		ENSURE(!krb5_auth_con_getrecvsubkey(context, auth, &key));
	ENSURE(key && key->length <= sizeof(s->key));
	s->enctype = key->enctype;
	s->key_length = key->length;
	memcpy(s->key, key->contents, key->length);
	krb5_free_keyblock(context, key);
	ENSURE(!krb5_auth_con_getlocalseqnumber(context, auth, &local));
	ENSURE(!krb5_auth_con_getremoteseqnumber(context, auth, &remote));
	s->tx_seq = local;
	s->rx_seq = remote;
}

static void answer(struct test_service *s, krb5_context context, krb5_auth_context auth)
{
	krb5_data rep;

	ENSURE(!krb5_mk_rep(context, auth, &rep) && rep.length <= sizeof(s->rep));
	s->rep_length = rep.length;
	memcpy(s->rep, rep.data, rep.length);
	krb5_free_data_contents(context, &rep);
}

/* Put @tag and the length before the @n bytes at @p, which are fewer than 256. */
static size_t wrap(uint8_t *p, uint8_t tag, size_t n)
{
	const uint8_t head[] = { tag, 0x81, n };

	ENSURE(n < 256);
	memmove(p + sizeof(head), p, n);
	memcpy(p, head, sizeof(head));
	return n + sizeof(head);
}

/* A tagged INTEGER */
static size_t put_number(uint8_t *p, uint8_t tag, uint32_t v)
{
	const uint8_t be[] = { 0, v >> 24, v >> 16, v >> 8, v };
	size_t skip = 0, n;

	/* DER wants the shortest form. */
	while (skip < 4 && !be[skip] && be[skip + 1] < 0x80)
		skip++;
	n = sizeof(be) - skip;
	memcpy(p, (const uint8_t[]){ tag, n + 2, 2, n }, 4);
	memcpy(p + 4, be + skip, n);
	return n + 4;
}

/* EncAPRepPart (RFC 4120 5.5.2) without a subkey */
static size_t make_part(uint8_t *p, const krb5_authenticator *a, uint32_t sequence)
{
	const time_t ctime = (uint32_t)a->ctime;
	struct tm tm;
	size_t n;

	n = strftime((char *)p, 32, "\xa0\x11\x18\x0f%Y%m%d%H%M%SZ", gmtime_r(&ctime, &tm));
	n += put_number(p + n, 0xa1, a->cusec);
	n += put_number(p + n, 0xa3, sequence);
	return wrap(p, 0x7b, wrap(p, 0x30, n));
}

/* Encrypt @n bytes at @p in the session key: EncryptedData (RFC 4120 5.2.9). */
static size_t encrypt(krb5_context context, krb5_auth_context auth, uint8_t *p, size_t n)
{
	const krb5_data plain = { .data = (char *)p, .length = n };
	uint8_t cipher[256];
	krb5_enc_data out = { .ciphertext = { .data = (char *)cipher, .length = sizeof(cipher) } };
	krb5_keyblock *key;

	ENSURE(!krb5_auth_con_getkey(context, auth, &key));
	ENSURE(!krb5_c_encrypt(context, key, KRB5_KEYUSAGE_AP_REP_ENCPART, NULL, &plain, &out));
	memcpy(p, cipher, out.ciphertext.length);
	n = wrap(p, 0xa2, wrap(p, 0x04, out.ciphertext.length));
	memmove(p + 5, p, n);
	ENSURE(put_number(p, 0xa0, key->enctype) == 5);
	krb5_free_keyblock(context, key);
	return wrap(p, 0x30, n + 5);
}

/* libkrb5 would send the initiator's own one. */
static void answer_without_subkey(struct test_service *s, krb5_context context,
				  krb5_auth_context auth)
{
	uint8_t *p = s->rep;
	krb5_authenticator *a;
	krb5_int32 local;
	size_t n;

	ENSURE(!krb5_auth_con_getauthenticator(context, auth, &a));
	ENSURE(!krb5_auth_con_getlocalseqnumber(context, auth, &local));
	n = encrypt(context, auth, p, make_part(p, a, local));
	krb5_free_authenticator(context, a);
	n = wrap(p, 0xa2, n);
	memmove(p + 10, p, n);
	ENSURE(put_number(p, 0xa0, 5) == 5 && put_number(p + 5, 0xa1, 15) == 5);
	s->rep_length = wrap(p, 0x6f, wrap(p, 0x30, n + 10));
}

void test_service_accept(struct test_service *s, const char *keytab,
			 const krb5_keyblock *session_key, bool subkey, const uint8_t *req,
			 size_t length)
{
	const krb5_data in = { .data = (char *)req, .length = length };
	krb5_auth_context auth;
	krb5_keytab keys = NULL;
	krb5_context context;
	krb5_error_code ret;

	ENSURE(!krb5_init_context(&context) && !krb5_auth_con_init(context, &auth));
	ENSURE(!krb5_auth_con_setflags(context, auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE |
				       (subkey ? KRB5_AUTH_CONTEXT_USE_SUBKEY : 0)));
	if (keytab)
		ENSURE(!krb5_kt_resolve(context, keytab, &keys));
	else
		ENSURE(!krb5_auth_con_setuseruserkey(context, auth, (krb5_keyblock *)session_key));
	ret = krb5_rd_req(context, &auth, &in, NULL, keys, &s->options, NULL);
	if (ret)
		fprintf(stderr, "krb5_rd_req: %s\n", krb5_get_error_message(context, ret));
	ENSURE(!ret);
	take_authenticator(s, context, auth);
	if (subkey)
		answer(s, context, auth);
	else
		answer_without_subkey(s, context, auth);
	take_key(s, context, auth, subkey);
	if (keys)
		krb5_kt_close(context, keys);
	krb5_auth_con_free(context, auth);
	krb5_free_context(context);
}
