/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TLS server in memory, for the tests: GnuTLS, with some
 * faults that it does not have itself.
 */
#ifndef CREDSSPD_TEST_SERVER_H
#define CREDSSPD_TEST_SERVER_H

#include "test_client.h"

/**
 * struct test_server_options - behaviour of a server
 * @version: TLS_1_2 or TLS_1_3, its only version
 * @record_limit: the most plaintext that it accepts in one record; 0: GnuTLS's default
 * @hello_extension: type of an extension that is added to the ServerHello; -1: none
 * @ee_extension: likewise in EncryptedExtensions, by GnuTLS
 * @group: its only group, as GnuTLS's priorities name it; NULL: all
 * @tickets: its sessions can be resumed
 * @ask: it asks for a client certificate
 * @issuers: ... and names this many issuers, by names of @issuer_size bytes and some
 * @nameless: these names are empty
 * @chain: certificates of its chain
 * @cert_size: bytes that each of them is made larger by
 * @names: names that each of them has beside its subject
 */
struct test_server_options {
	uint16_t version;
	size_t record_limit;
	int hello_extension;
	int ee_extension;
	const char *group;
	bool tickets;
	bool ask;
	unsigned int issuers;
	size_t issuer_size;
	bool nameless;
	unsigned int chain;
	size_t cert_size;
	unsigned int names;
};

struct test_server;

/* Certificates and lists of issuers are kept for the next server with the same options. */
struct test_server *test_server_new(const struct test_server_options *options);
void test_server_free(struct test_server *s);
/* Pass the client's bytes to the server. The bytes returned are valid until the next call. */
const uint8_t *test_server_step(struct test_server *s, const void *in, size_t length,
				size_t *out_length);

/*
 * Relay between the conversation and the server, from a reply to TLS_START on, up to the
 * first reply that is not CONTINUE.
 */
void test_relay(struct engine *e, uint64_t conversation, struct test_server *s,
		struct test_reply *r);

#endif
