/* SPDX-License-Identifier: GPL-2.0-only */
/* The acceptor: it reads an AP-REQ and answers with an AP-REP. */
#ifndef CREDSSPD_TEST_SERVICE_H
#define CREDSSPD_TEST_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <krb5.h>

/**
 * struct test_service - what the acceptor knows at the end
 * @rep, @rep_length: the AP-REP
 * @checksum: of the authenticator
 * @options: of the AP-REQ
 * @client: name
 * @enctype, @key, @key_length: the context's key
 * @tx_seq, @rx_seq: of the acceptor
 */
struct test_service {
	uint8_t rep[4096];
	size_t rep_length;
	uint8_t checksum[24];
	krb5_flags options;
	char client[256];
	krb5_enctype enctype;
	uint8_t key[64];
	size_t key_length;
	uint32_t tx_seq;
	uint32_t rx_seq;
};

/*
 * Accept the AP-REQ with the keys of the file @keytab or, if it is NULL, with @session_key.
 * With @subkey the AP-REP has one.
 */
void test_service_accept(struct test_service *s, const char *keytab,
			 const krb5_keyblock *session_key, bool subkey, const uint8_t *req,
			 size_t length);

#endif
