/* SPDX-License-Identifier: GPL-2.0-only */
/* Initiators of MIT's libraries, for tests of the acceptor: libkrb5 alone, and GSSAPI. */
#ifndef CREDSSPD_TEST_INITIATOR_H
#define CREDSSPD_TEST_INITIATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gssapi/gssapi.h>
#include <krb5.h>

/* Flags of the authenticator's checksum, RFC 4121 4.1.1.1 */
#define TEST_GSS_FLAGS		0x3e
#define TEST_GSS_MUTUAL		0x02

/**
 * struct test_intent - what an AP-REQ shall be; all-zero: not mutual, without a checksum
 * @cache: of the tickets, which has a TGT at least
 * @target: SERVICE/HOST
 * @options: AP_OPTS_*
 * @checksum, @checksum_length: of the authenticator, of the type @checksum_type
 * @ahead: seconds by which the initiator's clock is ahead
 * @peer_ticket: user-to-user: the acceptor's TGT
 */
struct test_intent {
	const char *cache;
	const char *target;
	krb5_flags options;
	const uint8_t *checksum;
	size_t checksum_length;
	int checksum_type;
	int ahead;
	krb5_data peer_ticket;
};

/**
 * struct test_initiator - libkrb5's
 * @req, @length: the AP-REQ
 * @creds: the ticket
 */
struct test_initiator {
	krb5_context context;
	krb5_auth_context auth;
	krb5_creds *creds;
	uint8_t req[16384];
	size_t length;
};

void test_initiator_make(struct test_initiator *i, const struct test_intent *intent);
/*
 * Take the AP-REP, which must be right: the key of the context and the acceptor's number.
 * The caller frees the key.
 */
void test_initiator_finish(struct test_initiator *i, const uint8_t *rep, size_t length,
			   krb5_keyblock **key, uint32_t *sequence);
void test_initiator_free(struct test_initiator *i);
/* The 24 bytes of a checksum */
void test_initiator_checksum(uint8_t *sum, uint32_t flags, const uint8_t *bindings);

/**
 * struct test_gss - GSSAPI's
 * @req, @length: the AP-REQ, without framing
 * @key, @key_length, @enctype, @subkey, @tx_seq, @rx_seq: of the established context
 */
struct test_gss {
	gss_ctx_id_t context;
	gss_cred_id_t cred;
	gss_name_t target;
	OM_uint32 flags;
	uint8_t req[16384];
	size_t length;
	uint8_t key[64];
	size_t key_length;
	uint32_t enctype;
	bool subkey;
	uint64_t tx_seq;
	uint64_t rx_seq;
};

/* @bindings: application data of the channel bindings, or NULL */
void test_gss_start(struct test_gss *g, const char *cache, const char *target, OM_uint32 flags,
		    const char *bindings);
/* Take the AP-REP; with NULL the context must be complete without one. */
void test_gss_finish(struct test_gss *g, const uint8_t *rep, size_t length);
void test_gss_free(struct test_gss *g);

#endif
