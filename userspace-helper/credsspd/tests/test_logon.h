/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests NTLM_LOGON, made from a password or from what Windows has sent. */
#ifndef CREDSSPD_TEST_LOGON_H
#define CREDSSPD_TEST_LOGON_H

#include <stddef.h>
#include <stdint.h>
#include "logons/logon_impl.h"

/**
 * struct test_logon - the pieces of a request; NULL and 0 where there is nothing
 * @user, @domain, @workstation: in UTF-8
 * @password: the response is made with it
 * @response, @challenge: in hexadecimal digits, instead of @password
 * @foreign: without CREDSSP_HLP_NTLM_LOCAL
 * @address: "192.0.2.1", "2001:db8::1"; NULL: not known
 * @time_limit: 0: enough
 */
struct test_logon {
	const char *user;
	const char *domain;
	const char *workstation;
	const char *password;
	const char *response;
	const char *challenge;
	int foreign;
	const char *address;
	uint32_t time_limit;
};

/* Make the payload at @out, of LOGON_PAYLOAD_MAX bytes; returns its length. */
size_t test_logon_make(uint8_t *out, const struct test_logon *t);
/* SessionBaseKey of a request that was made with a password */
void test_logon_key(const uint8_t *payload, size_t length, const char *password,
		    uint8_t key[NTLM_SESSION_KEY]);
/* Bytes from hexadecimal digits; returns their number. */
size_t test_logon_hex(uint8_t *out, const char *digits);
/* An address, as test_logon has it */
void test_logon_address(struct credssp_address *a, const char *text);

/* The example of MS-NLMP 4.2.4, and what Windows has sent */
#define TEST_VECTOR_NLMP	0
#define TEST_VECTORS		3

/**
 * struct test_vector - a logon and what must come of it
 * @logon: without address
 * @password: of the account
 * @key: SessionBaseKey in hexadecimal digits, or NULL
 * @encrypted_key, @exported_key: else EncryptedRandomSessionKey and ExportedSessionKey: RC4 with
 *	SessionBaseKey makes the second one from the first one
 */
struct test_vector {
	struct test_logon logon;
	const char *password;
	const char *key;
	const char *encrypted_key;
	const char *exported_key;
};

extern const struct test_vector test_vectors[TEST_VECTORS];

/* Is @key the SessionBaseKey of @v? */
int test_vector_has_key(const struct test_vector *v, const uint8_t key[NTLM_SESSION_KEY]);

#endif
