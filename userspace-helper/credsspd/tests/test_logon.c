// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <credssp.h>
#include "test.h"
#include "test_logon.h"
#include "vectors/ntlm_logons.h"

/* A client's blob with an empty list of AV pairs (MS-NLMP 2.2.2.7) */
#define BLOB	32

size_t test_logon_hex(uint8_t *out, const char *digits)
{
	const size_t n = strlen(digits) / 2;
	unsigned int byte;

	for (size_t i = 0; i < n; i++) {
		ENSURE(sscanf(digits + 2 * i, "%2x", &byte) == 1);
		out[i] = byte;
	}
	return n;
}

void test_logon_address(struct credssp_address *a, const char *text)
{
	*a = (struct credssp_address){ 0 };
	if (!text)
		return;
	a->port = 50000;
	a->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	ENSURE(inet_pton(a->family, text, a->address) == 1);
}

/* UTF-16LE; returns bytes. */
static size_t put_name(uint8_t *out, const char *name)
{
	uint16_t units[LOGON_NAME_MAX];
	ssize_t count;

	if (!name)
		return 0;
	count = credssp_utf8_to_utf16(name, strlen(name), units, LOGON_NAME_MAX);
	ENSURE(count >= 0 && count <= LOGON_NAME_MAX);
	for (ssize_t i = 0; i < count; i++) {
		out[2 * i] = units[i];
		out[2 * i + 1] = units[i] >> 8;
	}
	return 2 * count;
}

/* NTOWFv2 and NTProofStr, by the words of MS-NLMP 3.3.2 */
static void prove(const struct logon_request *r, const char *password, uint8_t ntowf[16],
		  uint8_t proof[16])
{
	uint8_t hash[ACCOUNT_HASH], upper[2 * LOGON_NAME_MAX];
	const struct ntlm_response *nt = &r->response;
	struct hmac_md5_ctx hmac;
	uint16_t unit;

	ENSURE(!account_hash_password(hash, password, strlen(password)));
	for (size_t i = 0; i < nt->user_length; i += 2) {
		unit = account_upcase(nt->user[i] | nt->user[i + 1] << 8);
		upper[i] = unit;
		upper[i + 1] = unit >> 8;
	}
	hmac_md5_set_key(&hmac, sizeof(hash), hash);
	hmac_md5_update(&hmac, nt->user_length, upper);
	hmac_md5_update(&hmac, nt->domain_length, nt->domain);
	hmac_md5_digest(&hmac, 16, ntowf);
	hmac_md5_set_key(&hmac, 16, ntowf);
	hmac_md5_update(&hmac, NTLM_CHALLENGE, nt->challenge);
	hmac_md5_update(&hmac, nt->nt_length - NTLM_PROOF, nt->nt + NTLM_PROOF);
	hmac_md5_digest(&hmac, 16, proof);
}

size_t test_logon_make(uint8_t *out, const struct test_logon *t)
{
	struct credssp_hlp_ntlm_logon head = {
		.flags = t->foreign ? 0 : CREDSSP_HLP_NTLM_LOCAL,
		.time_limit = t->time_limit ? t->time_limit : 60000,
		.server_challenge = "challeng",
	};
	uint8_t *p = out + sizeof(head), ntowf[16];
	struct credssp_address address;
	struct logon_request r;

	test_logon_address(&address, t->address);
	head.peer_family = address.family;
	head.peer_port = address.port;
	memcpy(head.peer_address, address.address, sizeof(head.peer_address));
	if (t->challenge)
		test_logon_hex(head.server_challenge, t->challenge);
	head.user_length = put_name(p, t->user);
	p += head.user_length;
	head.domain_length = put_name(p, t->domain);
	p += head.domain_length;
	head.workstation_length = put_name(p, t->workstation);
	p += head.workstation_length;
	if (t->response) {
		head.response_length = test_logon_hex(p, t->response);
	} else {
		head.response_length = NTLM_PROOF + BLOB;
		memset(p, 0, NTLM_PROOF + BLOB);
		p[NTLM_PROOF] = 1;
		p[NTLM_PROOF + 1] = 1;
	}
	memcpy(out, &head, sizeof(head));
	p += head.response_length;
	if (t->password) {
		ENSURE(!logon_request_read(&r, out, p - out));
		prove(&r, t->password, ntowf, (uint8_t *)r.response.nt);
	}
	return p - out;
}

void test_logon_key(const uint8_t *payload, size_t length, const char *password,
		    uint8_t key[NTLM_SESSION_KEY])
{
	uint8_t ntowf[16], proof[16];
	struct hmac_md5_ctx hmac;
	struct logon_request r;

	ENSURE(!logon_request_read(&r, payload, length));
	prove(&r, password, ntowf, proof);
	hmac_md5_set_key(&hmac, 16, ntowf);
	hmac_md5_update(&hmac, 16, proof);
	hmac_md5_digest(&hmac, 16, key);
}

int test_vector_has_key(const struct test_vector *v, const uint8_t key[NTLM_SESSION_KEY])
{
	uint8_t expected[16], in[16], out[16];
	struct arcfour_ctx rc4;

	if (v->key) {
		test_logon_hex(expected, v->key);
		return !memcmp(expected, key, sizeof(expected));
	}
	test_logon_hex(expected, v->exported_key);
	test_logon_hex(in, v->encrypted_key);
	arcfour_set_key(&rc4, NTLM_SESSION_KEY, key);
	arcfour_crypt(&rc4, sizeof(out), out, in);
	return !memcmp(expected, out, sizeof(expected));
}
